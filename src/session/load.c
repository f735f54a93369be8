/*
 * Rows become objects: the one that the identity map has, or a new one decoded straight into its page. What a load returns are
 * siblings: a later lazy load asks for all of them at once.
 */
#include "session/session.h"

#include <stdlib.h>

/* ---------------------------------------------------------------- one row */

void *kith__scratch_more(kith__room *room, size_t size)
{
    struct { kith__room room; kith__arena *arena; } *own = (void *)room;
    return kith__arena_alloc(own->arena, size);
}

/* ---------------------------------------------------------------- of which model it is */

static kith__mapper *of_no_model(kith_session *session, const kith__mapper *mapper, const kith_value *kind)
{
    const char *name = mapper->discriminator->name;
    kith__text said = { 0 };
    if (kind->absent)
        kith__text_add(&said, "NULL");
    else
        kith__value_print(&said, kind);
    kith__fail(&session->error, KITH_RANGE, kind->absent ? "inherit.no_kind" : "inherit.unknown_kind", "A row of %s is of no model that is known: its %s is %s.",
               mapper->layers[0].table->name, name, said.broken ? "another" : said.data);
    kith__fail_hint(&session->error, "Each %s has to be that of a model which is in the list given to kith_open.", name);
    kith__fail_about(&session->error, mapper->name, name, NULL);
    kith__text_free(&said);
    return NULL;
}

kith__mapper *kith__mapper_of_row(kith_session *session, kith__mapper *mapper, kith__statement *statement, size_t first, kith__mapper **last)
{
    const kith__property *property = mapper->discriminator;
    char small[64];
    struct { kith__room room; kith__arena *arena; } room = { { .at = small, .end = small + sizeof small, .more = kith__scratch_more }, &session->scratch };
    kith_value kind;
    if (kith__row_value(statement, first + property->index, kith__field_type(&property->field), property->field.column, &room.room, &kind, &session->error))
        return NULL;
    if (*last && kith__value_equal(&(*last)->kind, &kind))
        return *last;
    kith__mapper *found = kind.absent ? NULL : kith__mapper_of_kind(mapper, &kind);
    if (found)
        *last = found;
    return found ? found : of_no_model(session, mapper, &kind);
}

/* What each of its bases has beside the one before, from the end on. */
int kith__row_of(kith__statement *statement, size_t first, const kith__mapper *mapper, const kith__mapper *of, void *structure, kith__room *room, kith__error *error)
{
    for (const kith__mapper *at = of; at != mapper; at = at->base) {
        int status = kith__row(statement, first + kith__column_of_own(mapper, at), &at->own, structure, room, error);
        if (status)
            return status;
    }
    return kith__row(statement, first, &mapper->fields, structure, room, error);
}

/* ---------------------------------------------------------------- an object of it */

static void forget_loaded_ones(kith__object *object)
{
    const kith__mapper *mapper = kith__mapper_for(object);
    for (size_t i = 0; i < mapper->relation_count; i++) {
        kith__one_member *one = mapper->relations[i]->many ? NULL : kith__one_of(object, mapper->relations[i]);
        if (one && one->link == KITH__LOADED)
            *one = (kith__one_member){ NULL, NULL };
    }
}

/* A value as the row has it now, into the object; a text that is the same keeps its place. */
static bool refresh_property(kith__object *object, const kith__property *property, const void *row)
{
    kith_session *session = kith__session_for(object);
    kith_value new = kith__member_value(&property->field, row), old = kith__member_value(&property->field, kith__struct(object));
    if (kith__value_equal(&new, &old))
        return true;
    kith__object_room room;
    kith__room_apart(&room, object);
    return property->field.labels || kith__value_copy(&room.room, &new) ? kith__member_set(property, kith__struct(object), new, &session->error) == KITH_OK : kith__no_memory(session);
}

/* Texts that were not its own any more when an earlier transaction ended. (An epoch of 0 does not say when that was.) What was written over
 * in this one, or taken back, is still the program's to read. */
static void let_go(kith__object *object)
{
    kith_session *session = kith__session_for(object);
    if (!object->notes || !object->epoch || kith__of_this_transaction(session, object->epoch))
        return;
    if (!object->notes->kept && !kith__is_journaled(session, object))
        kith__chunks_trim(object, NULL, 0);
}

static bool refresh_object(kith__loader *loader, kith__object *object)
{
    kith_session *session = loader->session;
    const kith__mapper *mapper = kith__mapper_for(object);
    struct { kith__room room; kith__arena *arena; } room = { { .more = kith__scratch_more }, &session->scratch };
    void *row = kith__arena_zero(&session->scratch, mapper->size);
    if (!row)
        return kith__no_memory(session);
    if (session->by_sql && object->notes && object->notes->original && !kith__original_apart(session, object))
        return false;       /* what is read may be what this transaction wrote, and a rollback goes back behind that */
    let_go(object);
    if (kith__row_of(loader->statement, loader->first, loader->mapper, mapper, row, &room.room, &session->error))
        return false;
    for (size_t i = 0; i < mapper->property_count; i++) {
        const kith__property *property = &mapper->properties[i];
        if (!kith__is_changed(object, property) && !refresh_property(object, property, row))
            return false;
        if (object->notes && object->notes->original && !kith__is_changed(object, property))
            memcpy((char *)object->notes->original + property->field.offset, kith__member_in(object, property->field.offset), property->field.size);
    }
    forget_loaded_ones(object);
    object->epoch = session->epoch;
    return true;
}

/* Nothing tells the rows apart, or the row is not what it was when the object was loaded. */
static kith__object *is_another(const kith__loader *loader, const kith__object *object)
{
    kith_session *session = loader->session;
    kith__misuse(session, "inherit.another", NULL, "A row of %s was read as a %s, and in the session it is a %s already.", loader->mapper->table->name, loader->mapper->name,
                 kith__mapper_for(object)->name);
    kith__fail_hint(&session->error, "One row is one object: detach that, or ask for it as it was first asked for.");
    kith__fail_about(&session->error, loader->mapper->name, NULL, object + 1);
    return NULL;
}

/* The object is there; its values stay what they are unless they are outdated. */
static kith__object *meet(kith__loader *loader, kith__object *object)
{
    const kith__mapper *mapper = kith__mapper_for(object);
    if (mapper != loader->mapper && !kith__is_a(mapper, loader->mapper))
        return is_another(loader, object);
    if (!loader->refresh && !kith__outdated(loader->session, object))
        return object;
    if (mapper != loader->mapper && !loader->mapper->discriminator)
        return object;      /* the row has not all of it */
    return refresh_object(loader, object) ? object : NULL;
}

static inline kith__object *decode_as(kith__loader *loader, kith__mapper *mapper, bool plain)
{
    kith_session *session = loader->session;
    kith__object_room room;
    kith__object *object = kith__object_alloc(session, mapper);
    if (!object)
        return NULL;
    kith__room_open(&room, object);
    int failed = plain ? kith__row(loader->statement, loader->first, &mapper->fields, kith__struct(object), &room.room, &session->error)
                       : kith__row_of(loader->statement, loader->first, loader->mapper, mapper, kith__struct(object), &room.room, &session->error);
    kith__room_close(&room);
    if (!failed)
        return object;
    kith__object_unalloc(object);
    return NULL;
}

__attribute__((noinline)) static kith__object *decode_mixed(kith__loader *loader)
{
    kith__mapper *mapper = kith__mapper_of_row(loader->session, loader->mapper, loader->statement, loader->first, &loader->last);
    return mapper ? decode_as(loader, mapper, false) : NULL;
}

/* Most models have rows of their own only. */
static inline kith__object *decode(kith__loader *loader)
{
    return loader->mapper->mixed ? decode_mixed(loader) : decode_as(loader, loader->mapper, true);
}

static kith__object *entered(const kith__loader *loader, kith__object *object)
{
    object->state = KITH_PERSISTENT;
    object->epoch = loader->session->epoch;
    return object;
}

static kith__object *enter(kith__loader *loader, kith__object *object)
{
    if (!kith__identity_put(loader->session, object)) {
        kith__object_unalloc(object);
        return NULL;
    }
    return entered(loader, object);
}

static kith__object *enter_at(kith__loader *loader, kith__object *object, kith__object **place)
{
    kith__identity_fill(loader->session, place, object);
    return entered(loader, object);
}

void kith__loader_begin(kith__loader *loader)
{
    loader->likely_new = loader->mapper->int_key && loader->session->shelves[loader->mapper->shelf].count == 0;
}

/* Most probably new: so its key is read where it was decoded to, and not from the row once more. */
static kith__object *load_new_row(kith__loader *loader)
{
    kith_session *session = loader->session;
    const kith__mapper *mapper = loader->mapper;
    kith__object *object = decode(loader), *known;
    if (!object)
        return NULL;
    int64_t key = kith__int_key(mapper, kith__struct(object));
    if (kith__identity_fill_dense(session, mapper, key, object))
        return entered(loader, object);
    kith__object **place = kith__identity_place(session, mapper, key);
    if (!place)
        return NULL;
    if ((known = *place)) {
        kith__object_unalloc(object);
        return meet(loader, known);
    }
    return enter_at(loader, object, place);
}

/* There may be an object already: its key is looked up first, where that is an integer. */
static kith__object *load_any_row(kith__loader *loader)
{
    kith_session *session = loader->session;
    kith__mapper *mapper = loader->mapper;
    kith__object *object, *known = NULL;
    kith_value key[16];
    int64_t int_key;
    if (mapper->int_key && kith__row_int(loader->statement, loader->first + mapper->key[0]->index, &int_key)) {
        kith__object **place = kith__identity_place(session, mapper, int_key);
        if (!place)
            return NULL;
        if (*place)
            return meet(loader, *place);
        object = decode(loader);
        return object ? enter_at(loader, object, place) : NULL;
    }
    object = decode(loader);
    if (!object)
        return NULL;
    kith__key_of(mapper, kith__struct(object), key);
    known = kith__identity_get(session, mapper->root, key);
    if (!known)
        return enter(loader, object);
    kith__object_unalloc(object);
    return meet(loader, known);
}

kith__object *kith__load_row(kith__loader *loader)
{
    return loader->likely_new ? load_new_row(loader) : load_any_row(loader);
}

bool kith__load_all(kith__loader *loader)
{
    kith_session *session = loader->session;
    kith__step step;
    bool ok = true;
    kith__loader_begin(loader);
    while (ok && (step = kith__step_(loader->statement, &session->error)) == KITH__ROW) {
        kith__object *object = kith__load_row(loader);
        ok = object && kith__objects_add(session, loader->into, object);
        if (ok && loader->group)
            kith__group_join(loader->group, object, loader->into->count - 1);
    }
    kith__done(loader->statement);
    return ok && kith__status(session) == KITH_OK;
}

/* ---------------------------------------------------------------- siblings */

static void group_free(kith_session *session, kith__group *group)
{
    if (group->previous)
        group->previous->next = group->next;
    else
        session->groups = group->next;
    if (group->next)
        group->next->previous = group->previous;
    free(group->items);
    free(group);
}

kith__group *kith__group_begin(kith_session *session)
{
    kith__group *group = calloc(1, sizeof *group);
    if (!group) {
        kith__no_memory(session);
        return NULL;
    }
    group->next = session->groups;
    if (session->groups)
        session->groups->previous = group;
    session->groups = group;
    return group;
}

const void **kith__group_end(kith_session *session, kith__group *group, kith__objects *objects)
{
    size_t count = objects->count;
    kith__object **fitted = count ? realloc(objects->items, count * sizeof *fitted) : NULL;     /* it lives as long as its objects */
    const void **items = (const void **)(void *)(fitted ? fitted : objects->items);
    if (count == 1)
        kith__group_leave((kith__object *)(uintptr_t)items[0]);     /* alone it has no siblings */
    for (size_t i = 0; i < count; i++)
        items[i] = kith__struct((kith__object *)(uintptr_t)items[i]);
    *objects = (kith__objects){ 0 };
    group->items = items;
    group->count = count;
    if (count)
        return items;
    group_free(session, group);
    return NULL;
}

void kith__groups_free_unused(kith_session *session)
{
    for (kith__group *group = session->groups, *next; group; group = next) {
        next = group->next;
        if (!group->members)
            group_free(session, group);
    }
}

void kith__groups_free(kith_session *session)
{
    while (session->groups)
        group_free(session, session->groups);
}

/* ---------------------------------------------------------------- by key */

kith__statement *kith__prepare_model(kith_session *session, const kith__mapper *mapper, const kith__expr *where, uint64_t variant)
{
    const kith__expr **columns = kith__columns_selected(&session->scratch, mapper, NULL, 0);
    kith__source source;
    if (!columns || !where || !kith__source_make(session, mapper, NULL, true, false, 0, &source)) {
        kith__no_memory(session);
        return NULL;
    }
    kith__select select = { .columns = columns, .column_count = mapper->width, .table = source.table, .joins = source.joins, .join_count = source.join_count,
                            .where = kith__expr_and(&session->scratch, where, source.where) };
    kith__sql_reset(&session->sql);
    kith__sql_select(&session->sql, kith__pool_dialect(session->database->pool), &select);
    return kith__prepare_kept(session, mapper, variant);
}

/* WHERE key = marks, for the cache: the values are bound by the caller */
static kith__statement *prepare_get(kith_session *session, kith__mapper *mapper)
{
    const kith__expr **parts = kith__arena_alloc(&session->scratch, mapper->key_count * sizeof *parts);
    for (size_t i = 0; parts && i < mapper->key_count; i++) {
        kith__expr *equal = kith__arena_zero(&session->scratch, sizeof *equal);
        if (equal)
            *equal = (kith__expr){ .kind = KITH__E_EQ, .a = kith__expr_property(&session->scratch, NULL, mapper->key[i]),
                                   .b = kith__expr_value(&session->scratch, kith_of_int(0), mapper->key[i]->field.column) };
        parts[i] = equal;
    }
    kith__expr where = { .kind = KITH__E_AND, .items = parts, .count = mapper->key_count };
    return kith__prepare_model(session, mapper, parts ? &where : NULL, KITH__GET);
}

static kith__object *load_one(kith_session *session, kith__mapper *mapper, const kith_value *key, const kith__object *known, bool refresh)
{
    kith__statement *statement = kith__find(session->connection, mapper, KITH__GET);
    if (!statement && !(statement = prepare_get(session, mapper)))
        return NULL;
    kith__loader loader = { .session = session, .mapper = mapper, .statement = statement, .refresh = refresh, .likely_new = mapper->int_key && !known };
    kith__object *object = NULL;
    bool ok = true;
    for (size_t i = 0; ok && i < mapper->key_count; i++)
        ok = kith__bind_value(statement, i + 1, &key[i], mapper->key[i]->field.column, &session->error) == KITH_OK;
    ok = ok && kith__kinds_bind(session, statement, mapper, mapper->key_count + 1) == KITH_OK;
    if (ok && kith__step_(statement, &session->error) == KITH__ROW)
        object = kith__load_row(&loader);
    kith__done(statement);
    return object;
}

/* With what always comes along with it, of one moment. */
static kith__object *load_one_along(kith_session *session, kith__mapper *mapper, const kith_value *key, const kith__object *known, bool refresh)
{
    bool own;
    if (!kith__snapshot(session, &own))
        return NULL;
    kith__object *object = load_one(session, mapper, key, known, refresh);
    bool ok = object && kith__load_eager(session, mapper, &(kith__objects){ .items = &object, .count = 1 }, false);
    return kith__snapshot_over(session, own) && ok ? object : NULL;
}

kith__object *kith__load_by_key(kith_session *session, kith__mapper *mapper, const kith_value *key, const kith__object *known, bool refresh)
{
    if (!kith__may_read(session))
        return NULL;
    kith__scratch_begin(session);
    kith__object *object = (kith__has_eager(mapper) ? load_one_along : load_one)(session, mapper, key, known, refresh);
    kith__blame_model(session, mapper);
    kith__scratch_over(session);
    return object;
}

/* ---------------------------------------------------------------- refreshing */

static int row_gone(kith__object *object)
{
    kith_session *session = kith__session_for(object);
    kith__fail(&session->error, KITH_STALE, "object.row_gone", "The row of this %s is not there any more.", kith__mapper_for(object)->name);
    kith__fail_hint(&session->error, "Another session deleted it. kith_detach takes the object out of the session.");
    kith__fail_about(&session->error, kith__mapper_for(object)->name, NULL, kith__struct(object));
    return KITH_STALE;
}

bool kith__refresh_siblings(kith__object *object)
{
    kith_session *session = kith__session_for(object);
    kith__objects wanted = { 0 };
    if (kith__autoflush(session, "a read of a relationship"))
        return false;
    bool ok = kith__siblings(object, KITH__CHUNK, kith__is_outdated, NULL, &wanted) && kith__load_keys(session, &wanted);
    free(wanted.items);
    if (ok && kith__outdated(session, object))
        return row_gone(object) == KITH_OK;
    return ok;
}

/* What was written and not flushed is as if it had not been; else the same value, written again, would count as there already. */
static bool forget_written(kith__object *object)
{
    const kith__mapper *mapper = kith__mapper_for(object);
    bool ok = true;
    for (size_t i = 0; ok && i < mapper->relation_count; i++)
        ok = mapper->relations[i]->many || kith__relate_forget(object, mapper->relations[i]);
    kith__written_back(object);
    if (object->notes)
        memset(object->notes->changed, 0, (mapper->property_count + 63) / 64 * sizeof(uint64_t));
    for (size_t i = 0; i < mapper->relation_count; i++)
        if (!mapper->relations[i]->many)
            *kith__one_of(object, mapper->relations[i]) = (kith__one_member){ NULL, NULL };
    return ok;
}

static bool forget_lists(kith__object *object)
{
    const kith__mapper *mapper = kith__mapper_for(object);
    bool ok = true;
    for (size_t i = 0; ok && i < mapper->relation_count; i++) {
        kith_link *link = mapper->relations[i]->many ? kith__link_peek(object, mapper->relations[i]) : NULL;
        ok = !link || kith__link_start_load(link);
    }
    return ok;
}

static bool is_not_expired(const kith__object *object) { return kith__has_row(object) && object->epoch; }

/* With what its relationships that cascade so have loaded. forget: what was written to any of them, too. */
static bool expire(kith_session *session, kith__object *first, bool forget)
{
    kith__objects todo = { 0 };
    bool ok = kith__objects_add(session, &todo, first);
    while (ok && todo.count) {
        kith__object *object = todo.items[--todo.count];
        if (object != first && !is_not_expired(object))
            continue;
        ok = kith__objects_reached(session, &todo, object, KITH__CASCADE_REFRESH, is_not_expired) && (!forget || forget_written(object));
        let_go(object);
        object->epoch = 0;
        ok = ok && forget_lists(object);
    }
    free(todo.items);
    return ok;
}

void kith_refresh_(const void *structure)
{
    kith_value key[16];
    kith__object *object = kith__object_ready(structure);
    if (!object)
        return;
    kith_session *session = kith__session_for(object);
    if (!kith__has_row(object)) {
        kith__misuse(session, "object.no_row", object, "This %s is %s: there is no row to be read anew.", kith__mapper_for(object)->name,
                     object->state == KITH_DELETED ? "deleted" : object->state == KITH_DETACHED ? "detached" : "new");
        return;
    }
    if (kith__autoflush(session, "kith_refresh"))
        return;
    if (!expire(session, object, true))
        return;
    kith__key_of(kith__mapper_for(object), structure, key);
    if (!kith__load_by_key(session, kith__mapper_for(object), key, object, true) && kith__status(session) == KITH_OK)
        row_gone(object);
}

void kith_expire_(const void *structure)
{
    kith__object *object = kith__object_ready(structure);
    if (object && kith__has_row(object))
        expire(kith__session_for(object), object, false);
}

void kith_sys_expire(const void *structure)
{
    kith__object *object = kith__object_ready(structure);
    if (object && kith__has_row(object))
        expire(kith__session_for(object), object, true);
}

void kith__forget_property(kith__object *object, const kith__property *property)
{
    if (kith__is_changed(object, property) && object->notes->original)
        memcpy(kith__member_in(object, property->field.offset), (const char *)object->notes->original + property->field.offset, property->field.size);
    if (object->notes)
        object->notes->changed[property->index / 64] &= ~(UINT64_C(1) << property->index % 64);
    object->epoch = 0;
}

void kith_sys_forget(const void *structure, size_t offset)
{
    kith__object *object = kith__object_ready(structure);
    if (!object || !kith__has_row(object))
        return;
    const kith__mapper *mapper = kith__mapper_for(object);
    kith__member member = kith__member_at(mapper, offset);
    const kith__relation *relation = member.kind == KITH__RELATION ? mapper->relations[member.index] : NULL;
    if (member.kind == KITH__PROPERTY && !mapper->properties[member.index].primary_key)
        kith__forget_property(object, &mapper->properties[member.index]);
    else if (relation && relation->many && kith__link_peek(object, relation))
        kith__link_start_load(kith__link_peek(object, relation));
    else if (relation && !relation->many)
        kith__relate_forget(object, relation);
}
