/*
 * Commit, rollback, savepoints. What was done to objects is in one journal, last thing last; a rollback takes it back to front,
 * to its beginning or to where the savepoint began. Afterwards everything is outdated: the next query that meets it reads it anew.
 */
#include "session/session.h"

#include <stdlib.h>

bool kith__journal_add(kith_session *session, kith__undo_kind kind, kith__object *object, void *image)
{
    if (!kith__grow(&session->journal.items, &session->journal.capacity, session->journal.count + 1, sizeof *session->journal.items))
        return kith__no_memory(session);
    session->journal.items[session->journal.count++] = (kith__undo){ .kind = kind, .object = object, .image = image };
    if (object->notes)
        object->notes->other_since = kind != KITH__UNDO_WRITE;
    return true;
}

bool kith__journal_insert(kith_session *session, kith__object *object)
{
    if (!kith__journal_add(session, object->flags & KITH__GENERATED ? KITH__UNDO_GENERATED : KITH__UNDO_INSERT, object, NULL))
        return false;
    if (object->flags & KITH__GENERATED)
        object->flags |= KITH__OWN_KEY;
    object->flags &= (uint16_t)~KITH__GENERATED;
    return true;
}

/* The last write that the journal has of the object; NULL: it has none that is known. */
static kith__undo *latest_write(const kith_session *session, const kith__object *object)
{
    uint32_t latest = object->notes ? object->notes->latest : 0;
    kith__undo *entry = latest && latest <= session->journal.count ? &session->journal.items[latest - 1] : NULL;
    return entry && entry->object == object && entry->kind == KITH__UNDO_WRITE ? entry : NULL;
}

bool kith__is_journaled(const kith_session *session, const kith__object *object) { return latest_write(session, object); }

/* A rollback has two images to go back to, and the older one decides: the newer is there for the next UPDATE to be compared with. So an
 * object that is written and flushed a million times in one transaction has two. */
static void *image_to_use_again(const kith_session *session, const kith__object *object)
{
    const kith__undo *latest = latest_write(session, object);
    size_t mark = session->savepoints.count ? session->savepoints.items[session->savepoints.count - 1] : 0;
    bool again = latest && latest->earlier > mark && !object->notes->other_since && !object->notes->original;
    return again ? latest->image : NULL;
}

static void *new_image(kith_session *session, kith__object *object)
{
    bool noted = object->notes;
    const kith__undo *latest = latest_write(session, object);
    uint32_t earlier = latest ? object->notes->latest : 0;
    void *image = noted ? kith__arena_alloc(&session->images, kith__mapper_for(object)->size) : kith__notes_with_image(object);
    if (!image)
        kith__no_memory(session);
    else if (kith__journal_add(session, KITH__UNDO_WRITE, object, image)) {
        session->journal.items[session->journal.count - 1].earlier = earlier;
        object->notes->latest = session->journal.count <= UINT32_MAX ? (uint32_t)session->journal.count : 0;
        return image;
    }
    if (!noted)
        object->notes = NULL;       /* nothing would take them off it in time */
    return NULL;
}

/* What neither the object nor the journal needs. Of an object that has more than a few savepoints' images nothing is freed before the end. */
static void texts_trim(kith_session *session, kith__object *object)
{
    enum { A_FEW = 16 };
    const void *images[A_FEW];
    size_t count = 0;
    for (const kith__undo *entry = latest_write(session, object); entry; entry = entry->earlier ? &session->journal.items[entry->earlier - 1] : NULL) {
        if (count == A_FEW)
            return;
        images[count++] = entry->image;
    }
    kith__chunks_trim(object, images, count);
}

void *kith__journal_image(kith_session *session, kith__object *object)
{
    void *again = image_to_use_again(session, object), *image = again ? again : new_image(session, object);
    if (!image)
        return NULL;
    memcpy(image, kith__struct(object), kith__mapper_for(object)->size);
    if (again && session->nursery)
        texts_trim(session, object);      /* its binding has copies of what it read */
    return image;
}

void *kith__original_apart(kith_session *session, kith__object *object)
{
    const kith__mapper *mapper = kith__mapper_for(object);
    kith__notes *notes = object->notes;
    if (notes->apart)
        return notes->original;
    void *copy = kith__arena_copy(&session->images, notes->original, mapper->size);
    if (!copy) {
        kith__no_memory(session);
        return NULL;
    }
    notes->apart = true;
    return notes->original = copy;
}

/* From `mark` on. What has no memory of its own goes with it. */
static void journal_cut(kith_session *session, size_t mark)
{
    for (size_t i = session->journal.count; i > mark; i--) {
        const kith__undo *entry = &session->journal.items[i - 1];
        kith__object *object = entry->object;
        if (object->notes && object->notes->latest == i)
            object->notes->latest = entry->earlier;
        if (object->notes && entry->kind == KITH__UNDO_NOTHING)
            object->notes->kept = false;
        if (object->notes && !object->notes->lasting)
            object->notes = NULL;
    }
    session->journal.count = mark;
}

void kith__journal_free(kith_session *session)
{
    journal_cut(session, 0);
    session->savepoints.count = 0;
    kith__arena_reset(&session->images);
    kith__identity_settle(session);
}

static void all_outdated(kith_session *session) { session->epoch += session->epoch == UINT32_MAX ? 2 : 1; }      /* 0 says that an object was expired */

/* What lived till now is freed; all is outdated. */
static void transaction_over(kith_session *session)
{
    kith__graveyard_free(session);
    kith__readers_free(session);
    kith__groups_free_unused(session);
    kith__arena_reset(&session->lists);
    all_outdated(session);
    session->began = session->epoch;
    if (session->nursery)
        kith__sweep(session);
}

/* ---------------------------------------------------------------- taking back */

static void put_image_back(kith__object *object, const char *image)
{
    const kith__mapper *mapper = kith__mapper_for(object);
    for (size_t i = 0; i < mapper->fields.count; i++) {
        const kith__field *field = &mapper->fields.items[i];
        memcpy(kith__member_in(object, field->offset), image + field->offset, field->size);
    }
    for (size_t i = 0; i < mapper->relation_count; i++)
        if (!mapper->relations[i]->many)
            *kith__one_of(object, mapper->relations[i]) = (kith__one_member){ NULL, NULL };
}

static void take_key_back(kith__object *object)
{
    const kith__mapper *mapper = kith__mapper_for(object);
    if (mapper->identity)
        memset(kith__member_in(object, mapper->identity->field.offset), 0, mapper->identity->field.size);
}

static void unsettle_links(const kith__object *object)
{
    const kith__mapper *mapper = kith__mapper_for(object);
    for (size_t i = 0; i < mapper->relation_count; i++) {
        kith_link *link = mapper->relations[i]->many ? kith__link_peek(object, mapper->relations[i]) : NULL;
        if (link)
            kith__link_unsettle(link);
    }
}

static void undo_insert(kith_session *session, kith__object *object)
{
    kith__references_keep(object);
    if (object->state == KITH_DETACHED)
        kith__object_move(object, KITH_TRANSIENT);
    else {
        kith__identity_remove(session, object);
        kith__object_move(object, KITH_PENDING);
    }
    kith__references_clear(object);
    unsettle_links(object);
    object->flags |= KITH__TAKEN_BACK;
}

/* The engine may have given it a key and no row. */
static void undo_state(kith__object *object)
{
    if (object->state == KITH_PENDING)
        kith__object_move(object, KITH_TRANSIENT);
    if (object->flags & KITH__GENERATED)
        take_key_back(object);
    object->flags &= (uint16_t)~KITH__GENERATED;
    object->flags |= KITH__TAKEN_BACK;
}

/* It was deleted and added again, and has its row after all: its relationships are what that says. */
static void read_relationships_anew(kith__object *object)
{
    const kith__mapper *mapper = kith__mapper_for(object);
    object->flags &= (uint16_t)~KITH__TAKEN_BACK;
    for (size_t i = 0; i < mapper->relation_count; i++) {
        kith_link *link = mapper->relations[i]->many ? kith__link_peek(object, mapper->relations[i]) : NULL;
        if (!mapper->relations[i]->many)
            *kith__one_of(object, mapper->relations[i]) = (kith__one_member){ NULL, NULL };
        if (!link)
            continue;
        link->fresh = false;
        kith__link_reset(link);
    }
}

static void undo_write(kith_session *session, kith__object *object, const char *image)
{
    if (kith__has_row(object))      /* its key may be among what was written */
        kith__identity_lift(session, object);
    put_image_back(object, image);
    kith__mark_clean(object);
}

void kith__written_back(kith__object *object)
{
    if (object->notes && object->notes->original)
        put_image_back(object, object->notes->original);
}

static void undo(kith_session *session, kith__undo *entry)
{
    kith__object *object = entry->object;
    switch (entry->kind) {
    case KITH__UNDO_WRITE:
        if (object->state != KITH_DETACHED)     /* which has left with what was written to it */
            undo_write(session, object, entry->image);
        break;
    case KITH__UNDO_STATE: undo_state(object); break;
    case KITH__UNDO_INSERT: undo_insert(session, object); break;
    case KITH__UNDO_GENERATED:
        undo_insert(session, object);
        take_key_back(object);
        object->flags &= (uint16_t)~KITH__OWN_KEY;
        break;
    case KITH__UNDO_DELETE:
        kith__object_move(object, KITH_PERSISTENT);
        if (object->flags & KITH__TAKEN_BACK)
            read_relationships_anew(object);
        break;
    case KITH__UNDO_NOTHING: break;
    }
}

/* While entry after entry is taken back, an object may have a key that is another's by then: all are mapped once they have their own. */
static void map_again(kith_session *session, size_t mark)
{
    for (size_t i = session->journal.count; i > mark; i--) {
        kith__object *object = session->journal.items[i - 1].object;
        if (kith__has_row(object))
            kith__identity_put_back(session, object);
    }
}

static void drop_flags(kith__objects *objects, uint16_t flag)
{
    for (size_t i = 0; i < objects->count; i++)
        objects->items[i]->flags &= (uint16_t)~flag;
    objects->count = 0;
}

static void reset_links(kith_session *session)
{
    for (size_t i = 0; i < session->touched.count; i++) {
        kith_link *link = session->touched.items[i];
        link->touched = false;
        if (kith__has_row(link->owner) || link->owner->state == KITH_DELETED)
            kith__link_reset(link);
        else if (link->owner->state != KITH_DETACHED)       /* which has left with what was done to it */
            kith__link_unsettle(link);
    }
    session->touched.count = 0;
    for (size_t i = 0; i < session->touched_ones.count; i++)
        if (kith__has_row(session->touched_ones.items[i].owner))
            *kith__one_of(session->touched_ones.items[i].owner, session->touched_ones.items[i].relation) = (kith__one_member){ NULL, NULL };
    session->touched_ones.count = 0;
}

/* What was written after the mark, and is taken back, is the program's to read until the transaction ends: of the entries that were cut
 * one an object stays, so that its texts are found then. */
static void keep_texts(kith_session *session, size_t mark, size_t end)
{
    for (size_t i = mark; i < end; i++) {
        kith__object *object = session->journal.items[i].object;
        if (!object->notes || !object->notes->chunks || object->notes->kept)
            continue;
        session->journal.items[session->journal.count++] = (kith__undo){ .kind = KITH__UNDO_NOTHING, .object = object };
        object->notes->kept = true;
    }
}

/* Back to `mark` in the journal. What is pending at the end of it is nobody's: it was made after the mark. over: what was handed out is
 * nobody's to read any more. */
static void take_back(kith_session *session, size_t mark, bool over)
{
    size_t end = session->journal.count;
    for (size_t i = 0; i < session->dirty.count; i++)
        kith__mark_clean(session->dirty.items[i]);
    drop_flags(&session->dirty, KITH__DIRTY);
    drop_flags(&session->doomed, KITH__DOOMED);
    drop_flags(&session->orphans, KITH__ORPHAN);
    session->pending.count = 0;
    session->expunged = false;
    for (size_t i = session->journal.count; i > mark; i--)
        undo(session, &session->journal.items[i - 1]);
    map_again(session, mark);
    for (size_t i = 0; over && !mark && i < end; i++)       /* else an older image may still need a text */
        kith__chunks_trim(session->journal.items[i].object, NULL, 0);
    journal_cut(session, mark);
    if (!mark) {
        kith__arena_reset(&session->images);
        kith__identity_settle(session);
    }
    reset_links(session);
    if (over)
        transaction_over(session);
    else {
        keep_texts(session, mark, end);
        all_outdated(session);
    }
}

/* ---------------------------------------------------------------- the end of a transaction */

/* What was written to a detached object waits for its return. */
static bool notes_are_done(const kith__object *object)
{
    const kith__notes *notes = object->notes;
    return notes && (!notes->lasting || (!notes->chunks && !notes->parents && !notes->original && object->state != KITH_DETACHED));
}

/* What was written is true now. */
static void settle(kith_session *session)
{
    for (size_t i = 0; i < session->journal.count; i++) {
        kith__undo *entry = &session->journal.items[i];
        kith__object *object = entry->object;
        object->flags &= (uint16_t)~KITH__OWN_KEY;
        if (object->state == KITH_DELETED)
            object->flags |= KITH__GONE;
        kith__chunks_trim(object, NULL, 0);
        if (object->notes)
            object->notes->kept = false;
        if (notes_are_done(object))
            kith__notes_free(object);
    }
    session->journal.count = 0;
    kith__journal_free(session);
}

static void end(kith_session *session)
{
    session->broken = session->lost = session->by_sql = false;
    session->savepoints.count = 0;
}

void kith__transaction_broken(kith_session *session, bool lost)
{
    for (kith_session *p = session; p; p = kith__partner(p, session)) {
        kith__error_copy(&p->error, &session->error);
        p->broken = true;
        p->lost |= lost;
    }
}

int kith_commit(kith_session *session)
{
    if (!session)
        return KITH_MISUSE;
    if (kith__is_asking(session, "kith_commit was called"))
        return kith__status(session);
    if (kith__flush_whole(session))
        return kith__status(session);
    if (session->connection && kith__commit(session->connection, &session->error)) {
        kith__error ignored = { .public_ = { .status = KITH_OK } };
        kith__rollback(session->connection, &ignored);
        kith__error_free(&ignored);
        kith__transaction_broken(session, true);
        return kith__status(session);
    }
    for (kith_session *p = session; p; p = kith__partner(p, session)) {
        settle(p);
        transaction_over(p);
        end(p);
    }
    return KITH_OK;
}

/* What the objects have taken back stands in the database: only another rollback helps. */
static void refused(kith_session *session, kith__error *error)
{
    if (kith__failed(error)) {
        kith__error_copy(&session->error, error);
        kith__transaction_broken(session, true);
    }
    kith__error_free(error);
}

int kith_rollback(kith_session *session)
{
    if (!session)
        return KITH_MISUSE;
    if (!session->shelves || kith__is_asking(session, "kith_rollback was called"))
        return kith__status(session);
    kith__error failed = { .public_ = { .status = KITH_OK } };
    if (session->connection && !kith__connection_forked(session->connection))
        kith__rollback(session->connection, &failed);
    for (kith_session *p = session; p; p = kith__partner(p, session)) {
        kith__error_clear(&p->error);
        take_back(p, 0, true);
        end(p);
    }
    refused(session, &failed);
    return kith__status(session);
}

int kith_begin(kith_session *session)
{
    if (!kith__ready(session) || !kith__connected(session))
        return kith_session_status(session);
    return kith__begin(session->connection, KITH__READING, &session->error);
}

bool kith__may_read(kith_session *session)
{
    return kith__connected(session) && (session->isolation == KITH_READ_COMMITTED || kith_begin(session) == KITH_OK);
}

void kith_session_isolation(kith_session *session, kith_isolation isolation)
{
    if (!kith__ready(session))
        return;
    if (session->connection && kith__transaction_of(session->connection) != KITH__NO_TRANSACTION) {
        kith__misuse(session, "session.isolation", NULL, "The isolation of a session cannot be changed while a transaction is open.");
        kith__fail_hint(&session->error, "Call kith_session_isolation right after kith_session_open, or after kith_commit or kith_rollback.");
    } else if (isolation < KITH_READ_COMMITTED || isolation > KITH_SERIALIZABLE)
        kith__misuse(session, "session.isolation", NULL, "There is no isolation %d.", (int)isolation);
    else
        session->isolation = isolation;
}

int kith__write_by_sql(kith_session *session)
{
    for (kith_session *p = session; p; p = kith__partner(p, session))
        p->by_sql = true;
    return kith__write_lock(session);
}

int kith__write_lock(kith_session *session)
{
    if (!kith__connected(session))
        return kith__status(session);
    if (kith__transaction_of(session->connection) == KITH__WRITING)
        return KITH_OK;
    return kith__begin(session->connection, KITH__WRITING, &session->error);
}

/* Where the engine locks no rows, its one lock stands for all of them. Once it is had there are no rows that others have locked, so
 * there is nothing to be skipped. */
int kith__lock_rows(kith_session *session, kith_lock lock)
{
    if (lock < KITH_LOCK_NONE || lock > KITH_LOCK_FAIL)
        return kith__misuse(session, "query.lock", NULL, "There is no lock %d.", (int)lock);
    if (lock == KITH_LOCK_NONE || !kith__connected(session))
        return kith__status(session);
    session->connection->at_once = lock == KITH_LOCK_FAIL;
    int failed = kith__write_lock(session);
    session->connection->at_once = false;
    return failed;
}

bool kith__snapshot(kith_session *session, bool *own)
{
    *own = kith__transaction_of(session->connection) == KITH__NO_TRANSACTION;
    return !*own || kith__begin(session->connection, KITH__READING, &session->error) == KITH_OK;
}

/* Nothing was written in it, or it is the session's by now. */
bool kith__snapshot_over(kith_session *session, bool own)
{
    return !own || kith__transaction_of(session->connection) != KITH__READING || kith__rollback(session->connection, &session->error) == KITH_OK;
}

/* ---------------------------------------------------------------- savepoints */

static bool room_for_savepoints(kith_session *session, size_t count)
{
    return kith__grow(&session->savepoints.items, &session->savepoints.capacity, count, sizeof(size_t)) || kith__no_memory(session);
}

int kith_savepoint(kith_session *session)
{
    if (!kith__ready(session) || kith__is_asking(session, "kith_savepoint was called") || kith__flush_whole(session) || kith__write_lock(session))
        return kith_session_status(session);
    for (kith_session *p = session; p; p = kith__partner(p, session))
        if (!room_for_savepoints(p, p->savepoints.count + 1))
            return kith__fail_memory(&session->error);
    if (kith__savepoint_set(session->connection, &session->error))
        return kith__status(session);
    for (kith_session *p = session; p; p = kith__partner(p, session))
        p->savepoints.items[p->savepoints.count++] = p->journal.count;
    return KITH_OK;
}

static int no_savepoint(kith_session *session, const char *call)
{
    return kith__misuse(session, "savepoint.none", NULL, "%s was called and no savepoint is set.", call);
}

int kith_savepoint_keep(kith_session *session)
{
    if (!kith__ready(session) || kith__is_asking(session, "kith_savepoint_keep was called"))
        return kith_session_status(session);
    if (!session->savepoints.count)
        return no_savepoint(session, "kith_savepoint_keep");
    if (kith__flush_whole(session) || kith__savepoint_release(session->connection, &session->error))
        return kith__status(session);
    for (kith_session *p = session; p; p = kith__partner(p, session))
        p->savepoints.count--;
    return KITH_OK;
}

int kith_savepoint_undo(kith_session *session)
{
    if (!session)
        return KITH_MISUSE;
    if (kith__is_asking(session, "kith_savepoint_undo was called"))
        return kith__status(session);
    if (!session->savepoints.count || session->lost)
        return kith__status(session) ? kith__status(session) : no_savepoint(session, "kith_savepoint_undo");
    kith__error failed = { .public_ = { .status = KITH_OK } };
    if (kith__savepoint_rollback(session->connection, &failed)) {
        kith_error_clear(session);      /* unless what failed first has cost the whole transaction: then it is that which stays */
        refused(session, &failed);
        return kith__status(session);
    }
    for (kith_session *p = session; p; p = kith__partner(p, session)) {
        kith__error_clear(&p->error);
        p->broken = false;
        take_back(p, p->savepoints.items[--p->savepoints.count], p->nursery);     /* a binding has copies of what it read */
    }
    return KITH_OK;
}

/* ---------------------------------------------------------------- sessions that share a transaction */

static int may_not_join(kith_session *session, const char *sentence)
{
    kith__misuse(session, "session.join", NULL, "%s", sentence);
    kith__fail_hint(&session->error, "Let it join right after kith_session_open, before anything is done with it.");
    return KITH_MISUSE;
}

int kith_sys_session_joins(kith_session *session, kith_session *other)
{
    if (!kith__ready(session) || !other || session == other)
        return session && !kith__status(session) ? may_not_join(session, "A session was to join none, or itself.") : kith_session_status(session);
    if (session->is_nursery || other->is_nursery || session->database->pool != other->database->pool || !other->connection)
        return may_not_join(session, "A session was to join the transaction of one that is not of the same engine, or has no connection.");
    if (session->partner || session->journal.count || session->savepoints.count || kith__transaction_of(session->connection) != KITH__NO_TRANSACTION)
        return may_not_join(session, "A session that has a transaction already was to join another one's.");
    if (!room_for_savepoints(session, other->savepoints.count + 1))
        return kith__status(session);
    while (session->savepoints.count < other->savepoints.count)
        session->savepoints.items[session->savepoints.count++] = 0;
    session->connection->log = NULL;
    kith__pool_give(session->connection);
    session->connection = other->connection;
    session->statements_before = session->connection->statements;
    session->partner = other->partner ? other->partner : other;
    other->partner = session;
    session->broken = other->broken;
    session->lost = other->lost;
    kith__error_copy(&session->error, &other->error);
    return kith__status(session);
}

void kith__partners_leave(kith_session *session)
{
    kith_session *before = session->partner;
    while (before->partner != session)
        before = before->partner;
    before->partner = session->partner != before ? session->partner : NULL;
    session->partner = NULL;
    session->connection = NULL;
}

