/*
 * Rows of join tables: written from the changes of many-to-many lists, each once though both sides know of it.
 */
#include "session/session.h"

#include <stdlib.h>

/* Of two sides, the one that writes. */
static bool writes(const kith__relation *relation)
{
    const kith__relation *other = relation->reverse;
    if (relation->direction != KITH__MANY_TO_MANY || relation->view_only)
        return false;
    if (!other || other->view_only || other == relation)
        return true;
    return relation->owner->index < other->owner->index || (relation->owner == other->owner && relation->index < other->index);
}

/* What the model of a join table, where it has one, makes of the columns that are not keys. */
static bool is_filled(const kith__relation *relation, const kith__property *property)
{
    const char *name = property->column->name;
    return (property->attribute->on_insert || property->attribute->default_of) && !kith__listed(relation->near, relation->pairs, name) &&
           !kith__listed(relation->far, relation->far_pairs, name);
}

static const kith__mapper *mapper_of_rows(const kith_session *session, const kith__relation *relation)
{
    return kith__mapper_of_table(session->database->models, relation->secondary->name);
}

static size_t keys_of(const kith__relation *relation, const char **names)
{
    size_t count = 0;
    for (size_t i = 0; i < relation->pairs; i++)
        names[count++] = relation->near[i];
    for (size_t i = 0; i < relation->far_pairs; i++)
        names[count++] = relation->far[i];
    return count;
}

static kith__statement *prepare(kith_session *session, const kith__relation *relation, uint64_t kind)
{
    kith__statement *statement = kith__find(session->connection, relation, kind);
    if (statement)
        return statement;
    const kith__mapper *mapper = kind == KITH__INSERT || kind == KITH__INSERT_MISSING ? mapper_of_rows(session, relation) : NULL;
    const char **names = kith__arena_alloc(&session->scratch, (KITH__MOST_PARTS * 2 + (mapper ? mapper->property_count : 0)) * sizeof *names);
    if (!names)
        return kith__no_memory(session), NULL;
    const kith__dialect *dialect = kith__pool_dialect(session->database->pool);
    size_t count = keys_of(relation, names), all = count;
    for (size_t i = 0; mapper && i < mapper->property_count; i++)
        if (is_filled(relation, &mapper->properties[i]))
            names[all++] = mapper->properties[i].column->name;
    kith__insert insert = { .table = relation->secondary->name, .columns = names, .column_count = all, .rows = 1 };
    kith__sql_reset(&session->sql);
    if (kind == KITH__INSERT)
        kith__sql_insert(&session->sql, dialect, &insert);
    else if (kind == KITH__INSERT_MISSING)
        kith__sql_insert_missing(&session->sql, dialect, relation->secondary->name, names, all, count);
    else if (kind == KITH__DELETE)
        kith__sql_delete(&session->sql, dialect, relation->secondary->name, names, count, 1);
    else
        kith__sql_delete(&session->sql, dialect, relation->secondary->name, relation->near, relation->pairs, kind & ~(uint64_t)KITH__DELETE_KEYS);
    return kith__prepare_kept(session, relation, kind);
}

static bool bind_pair(kith_session *session, const kith__relation *relation, kith__statement *statement, size_t *position, const kith__object *owner, const kith__object *item)
{
    for (size_t i = 0; i < relation->pairs + relation->far_pairs; i++) {
        bool near = i < relation->pairs;
        const kith__field *field = near ? &relation->local[i]->field : &relation->remote[i - relation->pairs]->field;
        kith_value value = kith__member_value(field, (near ? owner : item) + 1);
        if (kith__bind_value(statement, ++*position, &value, field->column, &session->error))
            return false;
    }
    return true;
}

/* Between the keys' values and the step: each is copied, for what a function gives is borrowed until its next call. */
static bool bind_filled(kith_session *session, const kith__relation *relation, kith__statement *statement, size_t *position)
{
    const kith__mapper *mapper = mapper_of_rows(session, relation);
    struct { kith__room room; kith__arena *arena; } room = { { .more = kith__scratch_more }, &session->scratch };
    const char *row = NULL;
    for (size_t i = 0; mapper && i < mapper->property_count; i++) {
        const kith__property *property = &mapper->properties[i];
        if (!is_filled(relation, property))
            continue;
        if (!row && !(row = kith__arena_zero(&session->scratch, mapper->size)))
            return kith__no_memory(session);
        kith_value value = kith__ask(session, property, property->attribute->on_insert, property->attribute->default_of, row);
        if (kith__status(session) || kith__check_value(session, NULL, property, &value))
            return false;
        if (!kith__value_copy(&room.room, &value))
            return kith__no_memory(session);
        if (kith__bind_value(statement, ++*position, &value, property->field.column, &session->error))
            return false;
    }
    return true;
}

static int run_pair(kith_session *session, const kith__relation *relation, kith__statement *statement, uint64_t kind, kith__object *owner, kith__object *item)
{
    size_t position = 0;
    bool ok = bind_pair(session, relation, statement, &position, owner, item) && (kind == KITH__DELETE || bind_filled(session, relation, statement, &position));
    if (ok && (kind != KITH__INSERT_MISSING || bind_pair(session, relation, statement, &position, owner, item)))
        kith__step_(statement, &session->error);
    return kith__status(session);
}

static int row_was_gone(kith_session *session, const kith__relation *relation, kith__object *owner)
{
    kith__fail(&session->error, KITH_STALE, "flush.stale", "A row of %s that joins %s.%s was to be deleted, but it is not there any more.", relation->secondary->name,
               relation->owner->name, relation->name);
    kith__fail_about(&session->error, relation->owner->name, relation->name, owner + 1);
    return KITH_STALE;
}

/* ---------------------------------------------------------------- for the objects that are deleted: all their rows */

static int remove_chunk(kith_session *session, const kith__relation *relation, kith__object *const *objects, size_t count)
{
    size_t size = kith__chunk_size(count);
    kith__statement *statement = prepare(session, relation, KITH__DELETE_KEYS | size);
    if (statement && kith__keys_bind(session, statement, relation->local, relation->pairs, objects, count, size, true) == KITH_OK)
        kith__step_(statement, &session->error);
    kith__done(statement);
    return kith__status(session);
}

static int remove_rows_of(kith_session *session, const kith__relation *relation, const kith__objects *doomed)
{
    kith__object *chunk[KITH__CHUNK];
    size_t count = 0;
    for (size_t i = 0; i < doomed->count; i++) {
        kith__object *object = doomed->items[i];
        if (!kith__is_a(kith__mapper_for(object), relation->owner) || !(object->flags & KITH__DOOMED))
            continue;
        chunk[count++] = object;
        if (count == KITH__CHUNK && remove_chunk(session, relation, chunk, count))
            return kith__status(session);
        count %= KITH__CHUNK;
    }
    return count ? remove_chunk(session, relation, chunk, count) : KITH_OK;
}

/* The deleted ones leave the lists of the other side. */
static int leave_lists(kith_session *session, const kith__relation *relation)
{
    for (kith_link *link = session->links; link; link = link->next) {
        if (link->relation != relation || !link->loaded)
            continue;
        for (size_t i = link->list.count; i-- > 0;) {
            kith__object *item = kith__header(link->list.items[i]);
            if (item->flags & KITH__DOOMED && !kith__link_take(link, item))
                return kith__status(session);
        }
    }
    return KITH_OK;
}

int kith__join_rows_remove_of(kith_session *session, const kith__objects *doomed)
{
    for (size_t m = 0; doomed->count && m < session->database->models->count; m++) {
        const kith__mapper *mapper = session->database->models->mappers[m];
        bool any = false;
        for (size_t i = 0; !any && i < doomed->count; i++)
            any = kith__is_a(kith__mapper_for(doomed->items[i]), mapper);
        for (size_t r = kith__first_own_relation(mapper); any && r < mapper->relation_count; r++) {
            const kith__relation *relation = mapper->relations[r];
            if (relation->direction != KITH__MANY_TO_MANY || relation->view_only)
                continue;
            if (remove_rows_of(session, relation, doomed) || (relation->reverse && leave_lists(session, relation->reverse)))
                return kith__status(session);
        }
    }
    return KITH_OK;
}

/* ---------------------------------------------------------------- for the lists that were changed: a row a change */

/* What it is joined by is neither gone, nor waits until it is attached again. */
static bool stays(const kith__object *object) { return kith__has_row(object) && !(object->flags & KITH__DOOMED); }

static int remove_changed(kith_session *session, kith_link *link)
{
    const kith__relation *relation = link->relation;
    kith__statement *statement = NULL;
    for (size_t i = 0; i < link->removed.count && kith__status(session) == KITH_OK; i++) {
        kith__object *item = link->removed.items[i];
        if (!stays(item) || !stays(link->owner))
            continue;
        statement = prepare(session, relation, KITH__DELETE);
        if (statement && run_pair(session, relation, statement, KITH__DELETE, link->owner, item) == KITH_OK && kith__changes(session->connection) < 1)
            row_was_gone(session, relation, link->owner);
        kith__done(statement);
    }
    return kith__status(session);
}

int kith__join_rows_remove(kith_session *session, const kith__objects *doomed)
{
    for (size_t i = 0; i < session->touched.count; i++)
        if (writes(session->touched.items[i]->relation) && remove_changed(session, session->touched.items[i]))
            return kith__status(session);
    return kith__join_rows_remove_of(session, doomed);
}

/* Of a list that was not loaded nobody knows what it holds already. */
static int insert_added(kith_session *session, kith_link *link)
{
    const kith__relation *relation = link->relation;
    uint64_t kind = link->loaded ? KITH__INSERT : KITH__INSERT_MISSING;
    for (size_t i = 0; i < link->added.count && kith__status(session) == KITH_OK; i++) {
        kith__object *item = link->added.items[i];
        if (item->flags & KITH__GATHERED || !stays(item))
            continue;       /* appended twice: one row */
        item->flags |= KITH__GATHERED;
        kith__statement *statement = prepare(session, relation, kind);
        if (statement && run_pair(session, relation, statement, kind, link->owner, item))
            kith__fail_about(&session->error, relation->owner->name, relation->name, link->owner + 1);
        kith__done(statement);
    }
    for (size_t i = 0; i < link->added.count; i++)
        link->added.items[i]->flags &= (uint16_t)~KITH__GATHERED;
    return kith__status(session);
}

int kith__join_rows_insert(kith_session *session)
{
    for (size_t i = 0; i < session->touched.count; i++) {
        kith_link *link = session->touched.items[i];
        if (writes(link->relation) && stays(link->owner) && insert_added(session, link))
            return kith__status(session);
    }
    return KITH_OK;
}
