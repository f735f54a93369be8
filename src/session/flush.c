/*
 * The unit of work: what is to be written, found from what was changed (never by looking at all objects), and its order: rows come
 * after those that they reference and go before them.
 */
#include "session/session.h"

#include <stdlib.h>

/* ---------------------------------------------------------------- into and out of the sets */

void kith__expunge(kith__object *object)
{
    kith__objects_drop(&kith__session_for(object)->pending, object);
    kith__object_move(object, KITH_TRANSIENT);
    kith__session_for(object)->expunged = true;
}

static bool is_pending(const kith__object *object) { return object->state == KITH_PENDING; }

bool kith__expunge_owned(kith__object *first)
{
    kith_session *session = kith__session_for(first);
    kith__objects todo = { 0 };
    bool ok = kith__objects_add(session, &todo, first);
    while (ok && todo.count) {
        kith__object *object = todo.items[--todo.count];
        if (!is_pending(object))
            continue;
        kith__expunge(object);
        ok = kith__objects_reached(session, &todo, object, KITH__CASCADE_DELETE, is_pending);
    }
    free(todo.items);
    return ok;
}

static bool doom(kith__object *object)
{
    kith_session *session = kith__session_for(object);
    if (is_pending(object))
        return kith__expunge_owned(object);
    if (object->flags & KITH__DOOMED || !kith__has_row(object))
        return true;
    if (!kith__objects_add(session, &session->doomed, object))
        return false;
    object->flags |= KITH__DOOMED;
    return true;
}

void kith_delete_(const void *structure)
{
    kith__object *object = kith__object_ready(structure);
    if (!object || kith__is_asking(kith__session_for(object), "An object was deleted"))
        return;
    if (kith__in_session(object)) {
        doom(object);
        return;
    }
    kith__misuse(kith__session_for(object), "object.not_persistent", object, "This %s has no row in this session that could be deleted.",
                 kith__mapper_for(object)->name);
}

static bool detach_one(kith_session *session, kith__object *object)
{
    if (object->state == KITH_PENDING) {
        kith__expunge(object);
        return true;
    }
    if (!kith__notes_leave(object))
        return kith__no_memory(session);
    kith__objects_drop(&session->dirty, object);
    kith__objects_drop(&session->doomed, object);
    object->flags &= (uint16_t)~(KITH__DIRTY | KITH__EXPIRED | KITH__DOOMED);
    kith__identity_remove(session, object);
    kith__group_leave(object);
    kith__take_leave(object);
    return kith__object_move(object, KITH_DETACHED);
}

static bool add_when(kith_session *session, kith__objects *todo, const void *structure, bool (*wanted)(const kith__object *))
{
    kith__object *object = structure ? kith__header(structure) : NULL;
    return !object || !wanted(object) || kith__objects_add(session, todo, object);
}

/* What the object's loaded relationships with this cascade reach, and what was added to the others. */
bool kith__objects_reached(kith_session *session, kith__objects *todo, const kith__object *object, unsigned cascade, bool (*wanted)(const kith__object *))
{
    const kith__mapper *mapper = kith__mapper_for(object);
    bool ok = true;
    for (size_t i = 0; ok && i < mapper->relation_count; i++) {
        const kith__relation *relation = mapper->relations[i];
        const kith_link *link = relation->many ? kith__link_peek(object, relation) : NULL;
        if (!(relation->cascade & cascade))
            continue;
        if (!relation->many && !kith__one_is_old(object, relation))
            ok = add_when(session, todo, kith__one_of(object, relation)->object, wanted);
        bool loaded = link && kith__link_current(link);
        for (size_t k = 0; ok && loaded && k < link->list.count; k++)
            ok = add_when(session, todo, link->list.items[k], wanted);
        for (size_t k = 0; ok && link && !loaded && k < link->added.count; k++)        /* an orphan is led to by a list that is there, or not at all */
            ok = link->added.items[k]->flags & KITH__ORPHANED || add_when(session, todo, kith__struct(link->added.items[k]), wanted);
    }
    return ok;
}

static bool is_not_gathered(const kith__object *object) { return kith__in_session(object) && !(object->flags & KITH__GATHERED); }

/* Each that goes along, once. */
static bool leaving(kith_session *session, kith__object *first, kith__objects *all)
{
    kith__objects todo = { 0 };
    bool ok = kith__objects_add(session, &todo, first);
    while (ok && todo.count) {
        kith__object *object = todo.items[--todo.count];
        if (!is_not_gathered(object))
            continue;
        ok = kith__objects_add(session, all, object);
        object->flags |= ok ? KITH__GATHERED : 0;
        ok = ok && kith__objects_reached(session, &todo, object, KITH__CASCADE_EXPUNGE, is_not_gathered);
    }
    for (size_t i = 0; i < all->count; i++)
        all->items[i]->flags &= (uint16_t)~KITH__GATHERED;
    free(todo.items);
    return ok;
}

/* Outside of a session an object is known by its key: it has to be that of its row. */
static bool may_leave(kith_session *session, kith__object *object)
{
    const kith__mapper *mapper = kith__mapper_for(object);
    for (size_t i = 0; i < mapper->key_count && object->notes && object->notes->original; i++) {
        if (kith__member_equal(&mapper->key[i]->field, kith__struct(object), object->notes->original))
            continue;
        kith__misuse(session, "object.key_not_sent", object, "The key of this %s was changed and is not written yet, so it cannot leave its session.", mapper->name);
        kith__fail_hint(&session->error, "Call kith_flush first.");
        kith__fail_about(&session->error, mapper->name, mapper->key[i]->name, kith__struct(object));
        return false;
    }
    return true;
}

void kith_detach_(const void *structure)
{
    kith__object *first = kith__object_ready(structure);
    if (!first || !kith__in_session(first) || kith__is_asking(kith__session_for(first), "kith_detach was called"))
        return;
    kith_session *session = kith__session_for(first);
    kith__objects all = { 0 };
    bool ok = leaving(session, first, &all);
    for (size_t i = 0; ok && i < all.count; i++)
        ok = may_leave(session, all.items[i]);
    for (size_t i = 0; ok && i < all.count; i++)
        ok = detach_one(session, all.items[i]);
    free(all.items);
}

static bool is_detached(const kith__object *object) { return object->state == KITH_DETACHED && !(object->flags & KITH__READ_ONLY); }

static bool was_written(const kith__object *object)
{
    const kith__mapper *mapper = kith__mapper_for(object);
    bool any = object->notes && object->notes->parents;
    for (size_t i = 0; object->notes && !any && i < (mapper->property_count + 63) / 64; i++)
        any = object->notes->changed[i] != 0;
    for (size_t i = 0; !any && i < mapper->relation_count; i++)
        any = mapper->relations[i]->direction == KITH__MANY_TO_ONE && kith__one_of(object, mapper->relations[i])->link == KITH__CHANGED;
    return any;
}

/* What was written before it left its session is sent now, whatever the row has by then (104). */
static bool still_to_be_sent(kith__object *object)
{
    if (!kith__relate_again(object))
        return false;
    if (!was_written(object))
        return true;
    if (!kith__mark_dirty(object))
        return false;
    object->flags |= KITH__EXPIRED;
    return true;
}

static bool attach_one(kith_session *session, kith__object *object)
{
    kith_value key[KITH__MOST_PARTS];
    kith__key_of(kith__mapper_for(object), kith__struct(object), key);
    if (kith__identity_get(session, kith__mapper_for(object)->root, key)) {
        kith__misuse(session, "object.identity_taken", object, "Another object of the session is the %s with this key already.", kith__mapper_for(object)->name);
        return false;
    }
    object->epoch = 0;
    return kith__identity_put(session, object) && kith__object_move(object, KITH_PERSISTENT) && still_to_be_sent(object);
}

static int attach_detached(kith_session *session, kith__object *first)
{
    kith__objects todo = { 0 };
    bool ok = kith__objects_add(session, &todo, first);
    while (ok && todo.count) {
        kith__object *object = todo.items[--todo.count];
        if (is_detached(object))
            ok = kith__adopt(session, object) && attach_one(session, object) && kith__objects_reached(session, &todo, object, KITH__CASCADE_SAVE, is_detached);
    }
    free(todo.items);
    return kith__status(session);
}

static bool is_outside(const kith__object *object) { return object->state == KITH_TRANSIENT || is_detached(object); }

/* The object is in the session: what its relationships lead to and is not comes too. */
static int bring_along(kith_session *session, const kith__object *object)
{
    kith__objects todo = { 0 };
    bool ok = kith__objects_reached(session, &todo, object, KITH__CASCADE_SAVE, is_outside);
    for (size_t i = 0; ok && i < todo.count; i++) {
        kith__object *reached = todo.items[i];
        if (is_detached(reached))
            ok = attach_detached(session, reached) == KITH_OK;
        else if (reached->state == KITH_TRANSIENT)      /* none of those before has brought it */
            ok = kith__adopt(session, reached) && kith__join_session(session, reached);
    }
    free(todo.items);
    return kith__status(session);
}

/* What was deleted comes back as a new row. A rollback goes back to its row as it was. */
static bool add_again(kith_session *session, kith__object *object)
{
    bool deleted = object->state == KITH_DELETED;
    return (!deleted || kith__journal_image(session, object)) && kith__join_itself(session, object) && (!deleted || kith__relate_revived(object));
}

int kith_attach(kith_session *session, const void *structure)
{
    if (!kith__ready(session) || kith__is_asking(session, "kith_attach was called"))
        return kith_session_status(session);
    kith__object *object = kith__object_check(structure);
    if (!object)
        return kith__misuse(session, "object.foreign", NULL, "kith_attach was given %s.", structure ? "a struct that kith did not hand out" : "NULL");
    if (object->flags & KITH__READ_ONLY)
        return kith__misuse(session, "object.read_only", object, "This %s came from a read_only query or a stream and cannot be attached.", kith__mapper_for(object)->name);
    if (!kith__adopt(session, object))
        return kith__status(session);
    if (kith__session_for(object) != session) {
        kith__misuse(session, "session.other", object, "This %s belongs to another session.", kith__mapper_for(object)->name);
        kith__fail_hint(&session->error, "That session owns its memory as long as it is open, also when it is detached: read its row here by its key.");
        return kith__status(session);
    }
    if (object->flags & KITH__DOOMED) {
        object->flags &= (uint16_t)~KITH__DOOMED;
        kith__objects_drop(&session->doomed, object);
    } else if (object->state == KITH_DETACHED)
        attach_detached(session, object);
    else if (!kith__in_session(object)) {
        add_again(session, object);
        return kith__status(session);
    } else if (object->flags & KITH__ORPHANED) {        /* it was only reached, and is meant now */
        object->flags &= (uint16_t)~(KITH__ORPHANED | KITH__ORPHAN);
        kith__objects_drop(&session->orphans, object);
    }
    return kith__status(session) ? kith__status(session) : bring_along(session, object);
}

/* ---------------------------------------------------------------- orphans and cascades of deletes */

static bool is_orphan(const kith__object *object)
{
    const kith__mapper *mapper = kith__mapper_for(object);
    for (size_t i = 0; i < mapper->relation_count; i++) {
        const kith__relation *relation = mapper->relations[i];
        if (relation->direction != KITH__MANY_TO_ONE || !relation->reverse || !(relation->reverse->cascade & KITH__CASCADE_ORPHAN))
            continue;
        const kith__one_member *one = kith__one_of(object, relation);
        if (one->link == KITH__CHANGED && !one->object)
            return true;
    }
    for (const kith__parent *parent = object->notes ? object->notes->parents : NULL; parent; parent = parent->next)
        if (parent->relation->cascade & KITH__CASCADE_ORPHAN && !parent->object)
            return true;
    return false;
}

static bool doom_orphans(kith_session *session)
{
    bool ok = true;
    for (size_t i = 0; ok && i < session->orphans.count; i++) {
        kith__object *object = session->orphans.items[i];
        if (kith__in_session(object) && is_orphan(object))
            ok = doom(object);
    }
    return ok;
}

static void orphans_are_done(kith_session *session)
{
    for (size_t i = 0; i < session->orphans.count; i++)
        session->orphans.items[i]->flags &= (uint16_t)~KITH__ORPHAN;
    session->orphans.count = 0;
}

/* The flush that doomed these, beside what the program deletes, has failed before it wrote anything. */
static void take_doom_back(kith_session *session, size_t asked)
{
    while (session->doomed.count > asked)
        session->doomed.items[--session->doomed.count]->flags &= (uint16_t)~KITH__DOOMED;
}

static bool is_loaded(const kith__object *object, const kith__relation *relation)
{
    bool known;
    if (!relation->many)
        return !kith__one_is_old(object, relation) && (kith__one_peek(object, relation, &known) || known);
    const kith_link *link = kith__link_peek(object, relation);
    return link && kith__link_current(link);
}

/* The parent is going: the child loses its key, unless it has found another parent. */
static bool let_go(kith__object *owner, const kith__relation *relation, kith__object *child)
{
    bool known;
    if (child->flags & KITH__DOOMED || !kith__in_session(child))
        return true;
    if (relation->reverse)
        return kith__one_peek(child, relation->reverse, &known) != owner || kith__relate_orphaned(child, relation->reverse);
    return kith__note_parent(child, relation, NULL);
}

static bool pass_on(kith__object *owner, const kith__relation *relation, kith__object *child)
{
    return relation->cascade & KITH__CASCADE_DELETE ? doom(child) : let_go(owner, relation, child);
}

static bool pass_on_all(kith__object *owner, const kith__relation *relation)
{
    bool ok = true;
    if (!relation->many) {
        bool known;
        kith__object *child = kith__one_peek(owner, relation, &known);
        return !child || pass_on(owner, relation, child);
    }
    if (!is_loaded(owner, relation))
        return true;
    const kith_link *link = kith__link_peek(owner, relation);
    for (size_t i = link->list.count; ok && i-- > 0;)
        ok = pass_on(owner, relation, kith__header(link->list.items[i]));
    return ok;
}

static bool takes_along(const kith__relation *relation) { return !relation->view_only && relation->cascade & KITH__CASCADE_DELETE; }
static bool lets_go(const kith__relation *relation) { return !relation->view_only && relation->direction == KITH__ONE_TO_MANY && !takes_along(relation); }

/* For the doomed objects from `from` to `to` that are of the model, or of one that inherits from it: load what is not loaded, in one statement, then pass the delete on. */
static bool cascade_relation(kith_session *session, const kith__relation *relation, size_t from, size_t to)
{
    kith__objects ask = { 0 };
    bool ok = true;
    for (size_t i = from; ok && !relation->passive_deletes && i < to; i++) {
        kith__object *object = session->doomed.items[i];
        if (kith__is_a(kith__mapper_for(object), relation->owner) && !is_loaded(object, relation))
            ok = kith__objects_add(session, &ask, object);
    }
    ok = ok && kith__load_relation(session, relation, &ask, false);
    free(ask.items);
    for (size_t i = from; ok && i < to; i++)
        if (kith__is_a(kith__mapper_for(session->doomed.items[i]), relation->owner))
            ok = pass_on_all(session->doomed.items[i], relation);
    return ok;
}

static bool cascade_relations(kith_session *session, bool (*concerned)(const kith__relation *), size_t from, size_t to)
{
    bool ok = true;
    for (size_t m = 0; ok && from < to && m < session->database->models->count; m++) {
        const kith__mapper *mapper = session->database->models->mappers[m];
        bool any = false;
        for (size_t i = from; !any && i < to; i++)
            any = kith__is_a(kith__mapper_for(session->doomed.items[i]), mapper);
        for (size_t r = kith__first_own_relation(mapper); ok && any && r < mapper->relation_count; r++)
            if (concerned(mapper->relations[r]))
                ok = cascade_relation(session, mapper->relations[r], from, to);
    }
    return ok;
}

static bool cascade_deletes(kith_session *session)
{
    bool ok = true;
    for (size_t from = 0, to; ok && from < session->doomed.count; from = to) {
        to = session->doomed.count;
        ok = cascade_relations(session, takes_along, from, to);
    }
    return ok;
}

/* Once it is known who goes: those who stay lose their parents. */
static bool let_children_go(kith_session *session) { return cascade_relations(session, lets_go, 0, session->doomed.count); }

/* ---------------------------------------------------------------- order */

/* An object of the same set that `object` references and that must be placed first; NULL: none is left. */
static kith__object *reference_of(const kith__object *object, uint16_t flag)
{
    const kith__mapper *mapper = kith__mapper_for(object);
    for (size_t i = 0; i < mapper->relation_count; i++) {
        const kith__relation *relation = mapper->relations[i];
        bool known;
        if (relation->direction != KITH__MANY_TO_ONE || relation->view_only || relation->target->cycle != mapper->cycle)
            continue;
        kith__object *target = kith__one_peek(object, relation, &known);
        if (target && target->flags & flag && !(target->flags & (KITH__VISITED | KITH__PLACED)))
            return target;
    }
    for (const kith__parent *parent = object->notes ? object->notes->parents : NULL; parent; parent = parent->next)
        if (parent->object && parent->object->flags & flag && !(parent->object->flags & (KITH__VISITED | KITH__PLACED)))
            return parent->object;
    return NULL;
}

/* The rows of a cycle of tables by their own references, depth first without recursion. What references itself around a circle is
 * placed where it is met; kith__sync_keys puts that key in afterwards. */
static bool place_with_references(kith_session *session, kith__object *first, uint16_t flag, kith__objects *sorted)
{
    kith__objects stack = { 0 };
    first->flags |= KITH__VISITED;
    bool ok = kith__objects_add(session, &stack, first);
    while (ok && stack.count) {
        kith__object *top = stack.items[stack.count - 1], *next = reference_of(top, flag);
        if (next) {
            next->flags |= KITH__VISITED;
            ok = kith__objects_add(session, &stack, next);
            continue;
        }
        stack.count--;
        top->flags |= KITH__PLACED;
        ok = kith__objects_add(session, sorted, top);
    }
    free(stack.items);
    return ok;
}

/* Stable by the rank of the models: each comes after those that it references. */
static bool by_rank(kith_session *session, const kith__objects *from, kith__objects *to)
{
    size_t models = session->database->models->count;
    size_t *starts = kith__arena_zero(&session->scratch, (models + 1) * sizeof *starts);
    if (!starts || !kith__grow(&to->items, &to->capacity, from->count, sizeof *to->items))
        return kith__no_memory(session);
    for (size_t i = 0; i < from->count; i++)
        starts[kith__mapper_for(from->items[i])->rank + 1]++;
    for (size_t m = 0; m < models; m++)
        starts[m + 1] += starts[m];
    for (size_t i = 0; i < from->count; i++)
        to->items[starts[kith__mapper_for(from->items[i])->rank]++] = from->items[i];
    to->count = from->count;
    return true;
}

/* flag: in the set that is sorted, for the references to be recognised. It is taken off again. */
static bool sort(kith_session *session, const kith__objects *from, uint16_t flag, kith__objects *sorted)
{
    kith__objects ranked = { 0 };
    bool ok = by_rank(session, from, &ranked);
    for (size_t i = 0; ok && i < ranked.count; i++) {
        kith__object *object = ranked.items[i];
        if (!kith__mapper_for(object)->cycle)
            ok = kith__objects_add(session, sorted, object);
        else if (!(object->flags & KITH__PLACED))
            ok = place_with_references(session, object, flag, sorted);
    }
    for (size_t i = 0; i < from->count; i++)
        from->items[i]->flags &= (uint16_t)~(KITH__VISITED | KITH__PLACED);
    free(ranked.items);
    return ok;
}

/* The key of its row; 0 where it is no single integer. */
static int64_t row_key(const kith__object *object)
{
    int64_t key = 0;
    const kith__mapper *mapper = kith__mapper_for(object);
    if (mapper->int_key)
        kith__member_int(&mapper->key[0]->field, kith__in_row(object), &key);
    return key;
}

typedef struct turn { uint32_t rank; int64_t key; } turn;

static turn turn_of(const kith__object *object) { return (turn){ kith__mapper_for(object)->rank, row_key(object) }; }

static int compare_turns(turn one, turn other)
{
    return one.rank != other.rank ? (one.rank > other.rank ? 1 : -1) : (one.key > other.key) - (one.key < other.key);
}

static int compare_rows(const void *a, const void *b)
{
    return compare_turns(turn_of(*(kith__object *const *)a), turn_of(*(kith__object *const *)b));
}

static bool in_turn(const kith__objects *objects)
{
    turn last = { 0, INT64_MIN };
    for (size_t i = 0; i < objects->count; i++) {
        turn next = turn_of(objects->items[i]);
        if (compare_turns(last, next) > 0)
            return false;
        last = next;
    }
    return true;
}

/* What is changed, table by table and by its key: two programs that write the same rows do it in the same order. Most often it is so already. */
static bool sort_dirty(kith_session *session)
{
    kith__objects *dirty = &session->dirty, ranked = { 0 };
    if (in_turn(dirty))
        return true;
    if (!by_rank(session, dirty, &ranked))
        return false;
    for (size_t from = 0, to; from < ranked.count; from = to) {
        for (to = from; to < ranked.count && kith__mapper_for(ranked.items[to])->root == kith__mapper_for(ranked.items[from])->root;)
            to++;
        if (kith__mapper_for(ranked.items[from])->int_key)
            qsort(&ranked.items[from], to - from, sizeof *ranked.items, compare_rows);
    }
    memcpy(dirty->items, ranked.items, ranked.count * sizeof *ranked.items);
    free(ranked.items);
    return true;
}

/* The object's row lets go of a key that is unique. */
static bool frees_a_key(const kith__object *object)
{
    const kith__mapper *mapper = kith__mapper_for(object);
    for (size_t i = 0; i < mapper->relation_count; i++) {
        const kith__relation *relation = mapper->relations[i];
        if (relation->direction != KITH__MANY_TO_ONE || relation->view_only || relation->pairs > 1 || !relation->local[0]->attribute->unique)
            continue;
        const kith__one_member *one = kith__one_of(object, relation);
        if (one->link == KITH__CHANGED && !one->object)
            return true;
    }
    for (const kith__parent *parent = object->notes ? object->notes->parents : NULL; parent; parent = parent->next)
        if (!parent->object && parent->relation->pairs == 1 && parent->relation->remote[0]->attribute->unique)
            return true;
    return false;
}

/* In each table such rows go first: another one may be about to take the key. */
static bool free_keys_first(kith_session *session)
{
    kith__objects *dirty = &session->dirty;
    size_t any = 0;
    while (any < dirty->count && !frees_a_key(dirty->items[any]))
        any++;
    kith__object **others = any < dirty->count ? kith__arena_alloc(&session->scratch, dirty->count * sizeof *others) : NULL;
    if (!others)
        return any == dirty->count || kith__no_memory(session);
    for (size_t from = 0, to; from < dirty->count; from = to) {
        size_t first = from, rest = 0, rank = kith__mapper_for(dirty->items[from])->rank;
        for (to = from; to < dirty->count && kith__mapper_for(dirty->items[to])->rank == rank; to++)
            if (frees_a_key(dirty->items[to]))
                dirty->items[first++] = dirty->items[to];
            else
                others[rest++] = dirty->items[to];
        memcpy(dirty->items + first, others, rest * sizeof *others);
    }
    return true;
}

static bool sort_pending(kith_session *session, kith__objects *sorted)
{
    for (size_t i = 0; i < session->pending.count; i++)
        session->pending.items[i]->flags |= KITH__GATHERED;
    bool ok = sort(session, &session->pending, KITH__GATHERED, sorted);
    for (size_t i = 0; i < session->pending.count; i++)
        session->pending.items[i]->flags &= (uint16_t)~KITH__GATHERED;
    return ok;
}

/* ---------------------------------------------------------------- keys along relationships */

static bool key_cannot_go(kith__object *object, const kith__property *property, const kith__relation *relation)
{
    kith_session *session = kith__session_for(object);
    const char *model = kith__mapper_for(object)->name;
    kith__fail(&session->error, property->primary_key ? KITH_MISUSE : KITH_CONSTRAINT, "relationship.key_not_null", "This %s would be left without %s, but its %s %s.", model, relation->name,
               property->name, property->primary_key ? "is part of the primary key" : "must not be NULL");
    kith__fail_hint(&session->error, "Delete it instead, or give the relationship of the other side .cascade = \"all, delete-orphan\".");
    kith__fail_about(&session->error, model, property->name, kith__struct(object));
    return false;
}

static bool not_there(kith__object *object, const kith__relation *relation, const kith__object *target)
{
    bool transient = target->state == KITH_TRANSIENT;
    kith__misuse(kith__session_for(object), transient ? "relationship.not_in_session" : "object.deleted", object, "%s.%s of this %s is a %s that is %s.",
                 relation->owner->name, relation->name, kith__mapper_for(object)->name, kith__mapper_for(target)->name,
                 transient ? "not in the session, so its key is not known" : "deleted");
    return false;
}

/* Into an object that has no row yet. A text is copied: the one that it comes from may let go of its own. */
static bool put_key(kith__object *object, const kith__property *property, kith_value value)
{
    kith_session *session = kith__session_for(object);
    const kith_value old = kith__member_value(&property->field, kith__struct(object));
    kith__object_room room;
    if (kith__is_pointer(property->field.type)) {
        if (kith__value_equal(&old, &value))
            return true;
        kith__room_apart(&room, object);
        if (!kith__value_copy(&room.room, &value))
            return kith__no_memory(session);
    }
    return kith__member_set(property, kith__struct(object), value, &session->error) == KITH_OK;
}

static bool copy_parts(kith__object *object, kith__object *target, const kith__property *const *to, const kith__property *const *from, size_t count,
                       const kith__relation *relation)
{
    kith_session *session = kith__session_for(object);
    for (size_t i = 0; i < count; i++) {
        if (!target && (!to[i]->nullable || to[i]->primary_key))
            return key_cannot_go(object, to[i], relation);
        if (kith__has_row(object) || !target) {
            kith__copy_key(object, to[i], target, from[i]);
            continue;
        }
        if (!put_key(object, to[i], kith__member_value(&from[i]->field, kith__struct(target))))
            return false;
    }
    return kith__status(session) == KITH_OK;
}

/* The target has no key yet: it comes later in the same circle of references. */
static bool must_wait(const kith__object *object, const kith__object *target)
{
    return target && target->state == KITH_PENDING && (target != object || kith__mapper_for(object)->identity);
}

/* That is possible only where the key may be NULL for a while. */
static bool may_wait(kith__object *object, const kith__property *const *columns, size_t count, const kith__relation *relation)
{
    kith_session *session = kith__session_for(object);
    for (size_t i = 0; i < count; i++) {
        if (columns[i]->nullable && !columns[i]->primary_key)
            continue;
        kith__fail(&session->error, KITH_CONSTRAINT, "flush.circular", "New %s objects reference each other in a circle along %s.%s, and none can be inserted first.",
                   columns[i]->mapper->name, relation->owner->name, relation->name);
        kith__fail_hint(&session->error, "Let %s be NULL (a kith_opt_int), or leave one of the references out of this flush.", columns[i]->name);
        kith__fail_about(&session->error, columns[i]->mapper->name, columns[i]->name, kith__struct(object));
        return false;
    }
    return true;
}

static bool sync_one(kith__object *object, const kith__relation *relation, bool *waits)
{
    kith__one_member *one = kith__one_of(object, relation);
    kith__object *target = one->object ? kith__header(one->object) : NULL;
    if (one->link != KITH__CHANGED)
        return true;
    if (target && (target->state == KITH_TRANSIENT || target->state == KITH_DELETED || target->flags & KITH__DOOMED))
        return not_there(object, relation, target);
    if (must_wait(object, target)) {
        *waits = true;
        return may_wait(object, relation->local, relation->pairs, relation);
    }
    if (!copy_parts(object, target, relation->local, relation->remote, relation->pairs, relation))
        return false;
    one->link = KITH__LOADED;
    return true;
}

bool kith__sync_keys(kith__object *object)
{
    const kith__mapper *mapper = kith__mapper_for(object);
    bool waits = false;
    for (size_t i = 0; i < mapper->relation_count; i++) {
        const kith__relation *relation = mapper->relations[i];
        if (relation->direction == KITH__MANY_TO_ONE && !relation->view_only && !sync_one(object, relation, &waits))
            return false;
    }
    for (const kith__parent *parent = object->notes ? object->notes->parents : NULL; parent; parent = parent->next) {
        if (parent->object && (parent->object->state == KITH_TRANSIENT || parent->object->state == KITH_DELETED))
            return not_there(object, parent->relation, parent->object);
        if (must_wait(object, parent->object)) {
            waits = true;
            if (!may_wait(object, parent->relation->remote, parent->relation->pairs, parent->relation))
                return false;
        } else if (!copy_parts(object, parent->object, parent->relation->remote, parent->relation->local, parent->relation->pairs, parent->relation))
            return false;
    }
    return !waits || kith__objects_add(kith__session_for(object), &kith__session_for(object)->waiting, object);
}

/* ---------------------------------------------------------------- what is related and not in the session */

/* The lists that this flush writes: those that were changed, and those of new owners. */
static bool each_list(kith_session *session, bool (*visit)(kith_link *))
{
    bool ok = true;
    for (size_t i = 0; ok && i < session->touched.count; i++)
        ok = !kith__in_session(session->touched.items[i]->owner) || visit(session->touched.items[i]);
    for (size_t i = 0; ok && i < session->pending.count; i++) {
        const kith__mapper *mapper = kith__mapper_for(session->pending.items[i]);
        for (size_t r = 0; ok && r < mapper->relation_count; r++) {
            kith_link *link = mapper->relations[r]->many ? kith__link_peek(session->pending.items[i], mapper->relations[r]) : NULL;
            ok = !link || !link->fresh || visit(link);
        }
    }
    return ok;
}

static bool is_no_member(const void *structure) { return structure && kith__header(structure)->state == KITH_TRANSIENT; }

/* No cascade leads there, so it would be left out without a word (80). */
static bool refuse(kith__object *owner, const kith__relation *relation, const void *structure)
{
    kith_session *session = kith__session_for(owner);
    not_there(owner, relation, kith__header(structure));
    kith__fail_hint(&session->error, "The cascade of %s.%s does not bring it along: add it to the session, or take it out.", relation->owner->name, relation->name);
    kith__fail_about(&session->error, relation->owner->name, relation->name, kith__struct(owner));
    return false;
}

static bool holds_members_only(kith_link *link)
{
    const kith__relation *relation = link->relation;
    if (link->owner->flags & KITH__DOOMED || relation->cascade & KITH__CASCADE_SAVE || relation->view_only)
        return true;
    for (size_t i = 0; i < link->list.count; i++)
        if (is_no_member(link->list.items[i]))
            return refuse(link->owner, relation, link->list.items[i]);
    for (size_t i = 0; i < link->added.count; i++)
        if (link->added.items[i]->state == KITH_TRANSIENT)
            return refuse(link->owner, relation, kith__struct(link->added.items[i]));
    return true;
}

static bool members_only(kith_session *session)
{
    if (!session->database->models->leaves_out)
        return true;
    bool ok = each_list(session, holds_members_only);
    for (size_t i = 0; ok && i < session->touched_ones.count; i++) {
        const kith__touched_one *one = &session->touched_ones.items[i];
        const void *other = kith__one_of(one->owner, one->relation)->object;
        if (is_no_member(other) && kith__in_session(one->owner) && !(one->owner->flags & KITH__DOOMED) && !(one->relation->cascade & KITH__CASCADE_SAVE))
            ok = refuse(one->owner, one->relation, other);
    }
    return ok;
}

/* What was expunged is not written, so the lists do not have it any longer (86). */
static bool drop_expunged(kith_link *link)
{
    size_t kept = 0;
    while (kept < link->list.count && !is_no_member(link->list.items[kept]))
        kept++;
    if (kept == link->list.count)
        return true;
    if (!kith__link_part(link, link->list.count))
        return false;
    for (size_t i = kept; i < link->list.count; i++)
        if (!is_no_member(link->list.items[i]))
            link->list.items[kept++] = link->list.items[i];
    link->list.count = kept;
    return true;
}

static bool without_expunged(kith_session *session)
{
    if (!session->expunged)
        return true;
    if (!each_list(session, drop_expunged))
        return false;
    for (size_t i = 0; i < session->touched_ones.count; i++) {
        kith__one_member *one = kith__one_of(session->touched_ones.items[i].owner, session->touched_ones.items[i].relation);
        if (is_no_member(one->object) && kith__in_session(session->touched_ones.items[i].owner))
            one->object = NULL;
    }
    session->expunged = false;
    return true;
}

/* ---------------------------------------------------------------- afterwards */

/* What was done to the links of a detached object waits for its return. */
static void clean_link(kith_link *link)
{
    link->touched = false;
    if (link->owner->state != KITH_DETACHED || link->relation->direction != KITH__MANY_TO_MANY)
        link->added.count = link->removed.count = 0;
}

static void clean_all(kith_session *session, const kith__objects *inserted)
{
    for (size_t i = 0; i < inserted->count; i++) {
        kith__mark_clean(inserted->items[i]);
        inserted->items[i]->flags &= (uint16_t)~KITH__ORPHANED;
    }
    for (size_t i = 0; i < session->dirty.count; i++)
        kith__mark_clean(session->dirty.items[i]);
    for (size_t i = 0; i < session->touched.count; i++)
        clean_link(session->touched.items[i]);
    for (size_t i = 0; i < session->touched_ones.count; i++) {
        kith__one_member *one = kith__one_of(session->touched_ones.items[i].owner, session->touched_ones.items[i].relation);
        if (one->link == KITH__CHANGED)
            one->link = KITH__LOADED;
    }
    session->touched_ones.count = 0;
    session->pending.count = session->dirty.count = session->touched.count = session->doomed.count = session->waiting.count = 0;
}

/* ---------------------------------------------------------------- the flush */

static bool has_work(const kith_session *session)
{
    return session->pending.count || session->dirty.count || session->doomed.count || session->orphans.count || session->touched.count || session->touched_ones.count;
}

/* Objects that waited for a key in a circle: it is there now. */
static int update_waiting(kith_session *session)
{
    for (size_t i = 0; i < session->waiting.count; i++) {
        kith__object *object = session->waiting.items[i];
        kith__notes *notes = kith__notes_of(object);
        if (!notes)
            return kith__fail_memory(&session->error);
        notes->original = NULL;
        memset(notes->changed, 0, (kith__mapper_for(object)->property_count + 63) / 64 * sizeof(uint64_t));
        if (!kith__mark_dirty(object))
            return kith__status(session);
    }
    session->waiting.count = 0;
    return KITH_OK;
}

/* Table by table; in each what is changed goes before what is new, so that a value that must be unique can pass from one row to another. */
static int insert_and_update(kith_session *session, const kith__objects *inserts)
{
    bool ok = true;
    if (!session->dirty.count)
        return kith__insert_all(session, inserts);
    for (size_t from = 0, to, u = 0, count = session->dirty.count; ok && from < inserts->count; from = to) {
        size_t rank = kith__mapper_for(inserts->items[from])->rank, first = u;
        for (to = from; to < inserts->count && kith__mapper_for(inserts->items[to])->rank == rank;)
            to++;
        while (u < count && kith__mapper_for(session->dirty.items[u])->rank <= rank)
            u++;
        ok = kith__update_all(session, first, u, true) == KITH_OK &&
             kith__insert_all(session, &(kith__objects){ .items = inserts->items + from, .count = to - from }) == KITH_OK;
    }
    return kith__status(session);
}

static int write_all(kith_session *session, kith__objects *inserts, kith__objects *deletes)
{
    if (kith__write_lock(session))
        return kith__status(session);
    session->writing = true;
    if (insert_and_update(session, inserts) || update_waiting(session) || kith__update_all(session, 0, session->dirty.count, false) ||
        kith__join_rows_remove(session, deletes) || kith__join_rows_insert(session) || kith__delete_all(session, deletes))
        for (size_t i = 0; i < session->dirty.count; i++)
            session->dirty.items[i]->flags &= (uint16_t)~KITH__PLACED;      /* those that had their turn before the inserts */
    return kith__status(session);
}

/* The database takes back what was half written: all of the transaction, or (by kith_savepoint_undo) all since the savepoint. */
static void fail(kith_session *session)
{
    kith__error ignored = { .public_ = { .status = KITH_OK } };
    session->waiting.count = 0;
    if (!session->writing)
        return;
    kith__transaction_broken(session, !session->savepoints.count);
    if (session->savepoints.count)
        return;
    kith__rollback(session->connection, &ignored);
    kith__error_free(&ignored);
}

/* What is to be deleted is known afterwards. A failure, which the program may mend and go on, leaves what it had deleted and nothing else. */
static bool doom_all(kith_session *session)
{
    size_t asked = session->doomed.count;
    if (doom_orphans(session) && cascade_deletes(session) && members_only(session)) {
        orphans_are_done(session);
        return true;
    }
    take_doom_back(session, asked);
    return false;
}

/* A binding's; false: it does not want the flush, and an error is set. */
static bool call_hook(kith_session *session, bool after)
{
    int status = session->hook ? session->hook(session, session->hook_arg, after) : KITH_OK;
    if (status)
        kith__fail(&session->error, status, "flush.hook", "What was called %s the flush failed.", after ? "after" : "before");
    return status == KITH_OK;
}

int kith__flush(kith_session *session)
{
    if (!kith__ready(session))
        return kith_session_status(session);
    if (session->flushing || !has_work(session))
        return KITH_OK;
    kith__objects inserts = { 0 }, deletes = { 0 };
    session->flushing = true;
    session->writing = false;
    if (!call_hook(session, false)) {
        session->flushing = false;
        return kith__status(session);
    }
    kith__scratch_begin(session);
    bool ok = doom_all(session) && let_children_go(session) && without_expunged(session) && sort_dirty(session) && free_keys_first(session) &&
              sort_pending(session, &inserts) && sort(session, &session->doomed, KITH__DOOMED, &deletes);
    if (ok && (inserts.count || deletes.count || session->dirty.count || session->touched.count))
        ok = write_all(session, &inserts, &deletes) == KITH_OK;
    if (ok)
        clean_all(session, &inserts);
    else
        fail(session);
    free(inserts.items);
    free(deletes.items);
    kith__scratch_over(session);
    if (ok)
        call_hook(session, true);
    session->flushing = false;
    return kith__status(session);
}

int kith_flush(kith_session *session) { return kith__flush(session); }

/* The first of those that share the transaction that has something to write; NULL: none. */
static kith_session *with_work(kith_session *session)
{
    for (kith_session *p = session; p; p = kith__partner(p, session))
        if (!p->flushing && has_work(p))
            return p;
    return NULL;
}

/* The session's own flush, or its partner's, whose failure is the session's. */
static int flush_of(kith_session *session, kith_session *partner)
{
    if (kith__flush(partner) && partner != session) {
        kith__error_copy(&session->error, &partner->error);
        kith_error_clear(partner);
    }
    return kith__status(session);
}

/* What a binding's hook makes after a flush belongs to the same commit. */
int kith__flush_whole(kith_session *session)
{
    enum { ENOUGH = 100 };
    int failed = kith__flush(session);
    kith_session *next = NULL;
    for (int i = 0; i <= ENOUGH && !failed && (next = with_work(session)); i++)
        failed = flush_of(session, next);
    if (failed || !next)
        return failed;
    kith__misuse(session, "flush.endless", NULL, "After %d flushes of one commit there is still more to be written: what is called after each makes it.", ENOUGH);
    kith__fail_hint(&session->error, "Let it make what it makes before the flush, or once.");
    return kith__status(session);
}

int kith__autoflush(kith_session *session, const char *because)
{
    if (!session->autoflush || session->flushing)
        return kith__status(session);
    for (kith_session *p = session; p && !kith__status(session); p = kith__partner(p, session))
        if (has_work(p) && flush_of(session, p))
            kith__fail_prefix(&session->error, "In the flush before %s:", because);
    return kith__status(session);
}
