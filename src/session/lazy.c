/*
 * Relationships from the database: one statement for an object and its siblings, or for all objects that one comes along with. The rows
 * say by themselves whose they are.
 */
#include "session/session.h"

#include <stdlib.h>

/* ---------------------------------------------------------------- siblings */

bool kith__is_outdated(const kith__object *object, const void *unused)
{
    (void)unused;
    return kith__has_row(object) && kith__outdated(kith__session_for(object), object);
}

bool kith__siblings(kith__object *object, size_t limit, bool (*wanted)(const kith__object *, const void *), const void *arg, kith__objects *into)
{
    kith_session *session = kith__session_for(object);
    const kith__group *group = object->group;
    if (!kith__objects_add(session, into, object))
        return false;
    for (size_t i = 1; group && i < group->count && into->count < limit; i++) {
        size_t position = object->position + i;
        const void *structure = group->items[position < group->count ? position : position - group->count];
        kith__object *sibling = structure ? kith__header(structure) : NULL;
        if (sibling && sibling->group == group && sibling != object && wanted(sibling, arg) && !kith__objects_add(session, into, sibling))
            return false;
    }
    return true;
}

bool kith__is_unloaded(const kith__object *object, const void *arg)
{
    const kith__relation *relation = arg;
    const kith_link *link;
    bool known;
    if (!kith__has_row(object) || object->flags & KITH__DOOMED || !kith__is_a(kith__mapper_for(object), relation->owner))
        return false;
    if (relation->many)
        return !(link = kith__link_peek(object, relation)) || !kith__link_current(link);
    if (kith__one_of(object, relation)->link == KITH__CHANGED)
        return false;
    const kith__object *target = kith__one_peek(object, relation, &known);
    return !known || (target && kith__is_outdated(target, NULL));
}

/* The same for a many-to-one, whose target the load itself looks for in the session. */
static bool is_open(const kith__object *object, const kith__relation *relation)
{
    const kith__one_member *one = kith__one_of(object, relation);
    if (!one->link || one->link == KITH__CHANGED)
        return !one->link && kith__has_row(object);
    return kith__one_is_old(object, relation) || (one->object && kith__is_outdated(kith__header(one->object), NULL));
}

/* ---------------------------------------------------------------- whose row is it */

/* Owners by their key: the identity map where it serves, else a map of this load. */
typedef struct owner_map {
    kith_session *session;
    const kith__relation *relation;
    bool by_identity, by_item;
    kith__map map;
    int64_t last_key;
    kith__object *last;
    kith__arrays arrays;            /* of lists */
    kith__objects found;            /* of a one-to-one: owner, item, owner, item */
} owner_map;

static bool map_by(kith_session *session, const kith__property *const *properties, size_t count, const kith__objects *objects, bool of_rows, kith__map *map)
{
    for (size_t i = 0; i < objects->count; i++) {
        kith_value key[KITH__MOST_PARTS];
        size_t size;
        for (size_t k = 0; k < count; k++)
            key[k] = kith__member_value(&properties[k]->field, of_rows ? kith__in_row(objects->items[i]) : objects->items[i] + 1);
        const void *bytes = kith__key_bytes(session, key, count, &size);
        if (!bytes || !kith__map_put(map, bytes, size, objects->items[i]))
            return kith__no_memory(session);
    }
    return true;
}

static bool owners_fill(owner_map *o, const kith__objects *objects)
{
    const kith__relation *relation = o->relation;
    o->by_identity = relation->owner->int_key && relation->pairs == 1 && relation->local[0] == relation->owner->key[0];
    o->by_item = o->by_identity && !relation->secondary;
    return o->by_identity || map_by(o->session, relation->local, relation->pairs, objects, true, &o->map);
}

/* The columns of the row that name the owner: from column `first` on, or (a one-to-many's) where they lie among the target's. */
static kith__object *owner_of_row(owner_map *o, kith__statement *statement, bool among)
{
    const kith__relation *relation = o->relation;
    kith_value key[KITH__MOST_PARTS];
    size_t size;
    int64_t int_key;
    if (o->by_identity) {
        if (!kith__row_int(statement, among ? relation->remote[0]->index : 0, &int_key))
            return NULL;
        if (!o->last || o->last_key != int_key)
            o->last = kith__identity_get_int(o->session, relation->owner, int_key);
        o->last_key = int_key;
        return o->last;
    }
    struct { kith__room room; kith__arena *arena; } room = { { .more = kith__scratch_more }, &o->session->scratch };
    for (size_t i = 0; i < relation->pairs; i++) {
        const kith__field *field = &relation->local[i]->field;
        if (kith__row_value(statement, among ? relation->remote[i]->index : i, kith__field_type(field), field->column, &room.room, &key[i],
                            &o->session->error))
            return NULL;
    }
    const void *bytes = kith__key_bytes(o->session, key, relation->pairs, &size);
    return bytes ? kith__map_get(&o->map, bytes, size) : NULL;
}

/* ---------------------------------------------------------------- statements */

/* Another table may stand beside it, so its columns are named with it. */
static const char *alias_of(const kith__mapper *mapper) { return mapper->joined ? NULL : mapper->table->name; }

static const kith__sort *sort_of(kith_session *session, const kith__relation *relation)
{
    kith__sort *order = kith__arena_alloc(&session->scratch, (relation->order_count + 1) * sizeof *order);
    for (size_t i = 0; order && i < relation->order_count; i++)
        order[i] = (kith__sort){ .by = kith__expr_property(&session->scratch, alias_of(relation->target), relation->order[i].property),
                                 .descending = relation->order[i].descending };
    return order;
}

/* near columns of the join table, then the target's; without a join table, the target's alone */
static const kith__expr **columns_of(kith_session *session, const kith__relation *relation, size_t near)
{
    const kith__mapper *target = relation->target;
    const kith__expr **columns = kith__columns_selected(&session->scratch, target, alias_of(target), near);
    for (size_t i = 0; columns && i < near; i++)
        columns[i] = kith__expr_column(&session->scratch, relation->secondary->name, kith__table_column(relation->secondary, relation->near[i]));
    return columns;
}

static const kith__expr *join_on(kith_session *session, const kith__relation *relation)
{
    const kith__expr *all = NULL;
    for (size_t i = 0; i < relation->far_pairs; i++) {
        kith__expr *equal = kith__arena_zero(&session->scratch, sizeof *equal);
        if (!equal)
            return &kith__expr_missing;
        equal->kind = KITH__E_EQ;
        equal->a = kith__expr_column(&session->scratch, relation->secondary->name, kith__table_column(relation->secondary, relation->far[i]));
        equal->b = kith__expr_property(&session->scratch, alias_of(relation->target), relation->remote[i]);
        all = kith__expr_and(&session->scratch, all, equal);
    }
    return all;
}

static const kith__expr **near_columns(kith_session *session, const kith__relation *relation)
{
    const kith__expr **columns = kith__arena_alloc(&session->scratch, relation->pairs * sizeof *columns);
    for (size_t i = 0; columns && i < relation->pairs; i++)
        columns[i] = kith__expr_column(&session->scratch, relation->secondary->name, kith__table_column(relation->secondary, relation->near[i]));
    return columns;
}

enum { RANGE = KITH__KEYS - 1 };        /* in the place of a number of keys: all from one to another, in two marks */

/* What names the owner is in `size` keys, and the row is of the target. */
static const kith__expr *where_of(kith_session *session, const kith__relation *relation, const kith__source *source, size_t size)
{
    const kith__mapper *target = relation->target;
    const kith__expr **keys = !size ? NULL : relation->secondary ? near_columns(session, relation) : kith__columns_of(session, alias_of(target), relation->remote, relation->pairs);
    const kith__expr *in = !keys ? NULL : size == RANGE ? kith__key_range_expr(session, keys[0]) : kith__keys_expr(session, keys, relation->pairs, size);
    return in || !size ? kith__expr_and(&session->scratch, in, source->where) : NULL;
}

/* SELECT … WHERE the columns that name the owner are in `size` keys */
static kith__statement *prepare_relation(kith_session *session, const kith__relation *relation, size_t size)
{
    kith__statement *statement = kith__find(session->connection, relation, KITH__KEYS | size);
    if (statement)
        return statement;
    kith__source source;
    size_t near = relation->secondary ? relation->pairs : 0;
    if (!kith__source_make(session, relation->target, NULL, true, false, near ? 1 : 0, &source))
        return NULL;
    if (near)
        source.joins[source.join_count++] = (kith__join){ .table = relation->secondary->name, .on = join_on(session, relation) };
    kith__select select = { .columns = columns_of(session, relation, near), .column_count = relation->target->width + near,
                            .table = source.table, .joins = source.joins, .join_count = source.join_count,
                            .where = where_of(session, relation, &source, size), .order = sort_of(session, relation), .order_count = relation->order_count };
    if (!select.columns || (!select.where && (size || source.where)) || !select.order) {
        kith__no_memory(session);
        return NULL;
    }
    kith__sql_reset(&session->sql);
    kith__sql_select(&session->sql, kith__pool_dialect(session->database->pool), &select);
    return kith__prepare_kept(session, relation, KITH__KEYS | size);
}

/* ---------------------------------------------------------------- to-many, and one-to-one from the side without the key */

static bool start(const kith__relation *relation, kith__object *owner)
{
    if (!relation->many)
        return true;
    kith_link *link = kith__link_of(owner, relation);
    return link && kith__link_start_load(link);
}

/* A whole table also has rows of owners whose list is loaded already, and of others. */
static bool wants(const kith__relation *relation, const kith__object *owner)
{
    const kith_link *link = owner && relation->many ? kith__link_peek(owner, relation) : NULL;
    return owner && (!relation->many || (link && !link->loaded));
}

static bool place(owner_map *o, kith__object *owner, kith__object *item)
{
    kith__one_member *one;
    const kith__object *holder;
    const kith__relation *relation = o->relation, *back = relation->reverse;
    if (item->flags & KITH__DOOMED)
        return true;
    if (back && !back->many) {
        one = kith__one_of(item, back);
        if (one->link != KITH__CHANGED)
            *one = (kith__one_member){ kith__struct(owner), KITH__LOADED };
        else if (one->object != kith__struct(owner))
            return true;        /* in memory it has left already */
    } else if (!back && item->notes && kith__is_moved(item, relation, &holder) && holder != owner)
        return true;
    if (relation->many)
        return kith__arrays_add(&o->arrays, kith__link_peek(owner, relation), item);
    return kith__objects_add(o->session, &o->found, owner) && kith__objects_add(o->session, &o->found, item);
}

/* Of a one-to-one. Before the last row is read, the row of an owner may be among them, which makes it forget what it led to. */
static void settle_ones(const owner_map *o, const kith__objects *owners)
{
    for (size_t i = 0; i < owners->count; i++)
        *kith__one_of(owners->items[i], o->relation) = (kith__one_member){ NULL, KITH__LOADED };
    for (size_t i = o->found.count; i > 0; i -= 2) {        /* of two rows the first counts */
        kith__one_member *one = kith__one_of(o->found.items[i - 2], o->relation);
        if (one->link != KITH__CHANGED)
            *one = (kith__one_member){ kith__struct(o->found.items[i - 1]), KITH__LOADED };
    }
}

/* Whose the item is, by its own members, which are what its row says unless it was changed. */
static kith__object *owner_of_item(owner_map *o, const kith__object *item)
{
    int64_t key;
    if (!kith__member_int(&o->relation->remote[0]->field, item + 1, &key))
        return NULL;
    if (!o->last || o->last_key != key)
        o->last = kith__identity_get_int(o->session, o->relation->owner, key);
    o->last_key = key;
    return o->last;
}

/* One row of the other side: NULL when there is nothing to be placed, or an error is set. */
static kith__object *load_item(owner_map *o, kith__loader *loader, bool sure, kith__object **owner)
{
    kith__object *item;
    if (sure) {     /* every row is somebody's who asked */
        item = kith__load_row(loader);
        if (!item)
            return NULL;
        *owner = o->by_item && !(item->flags & KITH__DIRTY) ? owner_of_item(o, item) : owner_of_row(o, loader->statement, !loader->first);
        return wants(o->relation, *owner) ? item : NULL;
    }
    *owner = owner_of_row(o, loader->statement, !loader->first);
    return wants(o->relation, *owner) ? kith__load_row(loader) : NULL;
}

/* count 0: none of them is named */
static bool bind_owners(kith_session *session, const kith__relation *relation, kith__statement *statement, kith__object *const *items, size_t count, size_t size)
{
    bool of_rows = relation->direction != KITH__MANY_TO_ONE;
    return (!count || kith__keys_bind(session, statement, relation->local, relation->pairs, items, count, size, of_rows) == KITH_OK) &&
        kith__kinds_bind(session, statement, relation->target, size * relation->pairs + 1) == KITH_OK;
}

/* count 0: all rows that there are */
static bool load_chunk(owner_map *o, kith__object *const *items, size_t count, kith__group *group, kith__objects *loaded)
{
    kith_session *session = o->session;
    const kith__relation *relation = o->relation;
    size_t size = count ? kith__chunk_size(count) : 0, first = relation->secondary ? relation->pairs : 0;
    kith__statement *statement = prepare_relation(session, relation, size);
    if (!statement)
        return false;
    kith__loader loader = { .session = session, .mapper = relation->target, .statement = statement, .first = first };
    kith__loader_begin(&loader);
    bool sure = count || (!first && !relation->remote[0]->nullable);
    bool ok = bind_owners(session, relation, statement, items, count, size);
    while (ok && kith__step_(statement, &session->error) == KITH__ROW) {
        kith__object *owner, *item = load_item(o, &loader, sure, &owner);
        if (!item) {
            ok = kith__status(session) == KITH_OK;
            continue;
        }
        ok = kith__objects_add(session, loaded, item) && place(o, owner, item);
        if (ok)
            kith__group_join(group, item, loaded->count - 1);
    }
    kith__done(statement);
    return ok && kith__status(session) == KITH_OK;
}

static bool load_lists(kith_session *session, const kith__relation *relation, const kith__objects *objects, bool whole)
{
    owner_map o = { .session = session, .relation = relation, .arrays = { .session = session, .owners = objects->count } };
    kith__objects loaded = { 0 };
    kith__group *group = kith__group_begin(session);
    bool ok = group && owners_fill(&o, objects) && (kith__grow(&loaded.items, &loaded.capacity, objects->count, sizeof *loaded.items) || kith__no_memory(session));
    for (size_t i = 0; ok && i < objects->count; i++)
        ok = start(relation, objects->items[i]);
    if (ok && whole)
        ok = load_chunk(&o, NULL, 0, group, &loaded);
    for (size_t i = 0; ok && !whole && i < objects->count; i += KITH__CHUNK)
        ok = load_chunk(&o, objects->items + i, objects->count - i < KITH__CHUNK ? objects->count - i : KITH__CHUNK, group, &loaded);
    kith__arrays_close(&o.arrays);
    for (size_t i = 0; ok && relation->many && i < objects->count; i++)
        ok = kith__link_finish_load(kith__link_peek(objects->items[i], relation));
    if (ok && !relation->many)
        settle_ones(&o, objects);
    free(o.found.items);
    kith__map_free(&o.map);
    if (group)
        kith__group_end(session, group, &loaded);
    return ok && kith__status(session) == KITH_OK;
}

/* ---------------------------------------------------------------- many-to-one */

/* Integers that were seen. */
typedef struct int_set { int64_t *keys; bool *used; size_t capacity, count; } int_set;

/* Where the key is, or would be. */
static size_t int_set_place(const int_set *set, int64_t key)
{
    size_t at = (uint64_t)key * UINT64_C(0x9e3779b97f4a7c15) >> 20 & (set->capacity - 1);
    while (set->used[at] && set->keys[at] != key)
        at = (at + 1) & (set->capacity - 1);
    return at;
}

static bool int_set_grow(kith_session *session, int_set *set)
{
    int_set larger = { .capacity = set->capacity ? set->capacity * 4 : 256 };
    larger.keys = kith__arena_alloc(&session->scratch, larger.capacity * sizeof *larger.keys);
    larger.used = kith__arena_zero(&session->scratch, larger.capacity * sizeof *larger.used);
    if (!larger.keys || !larger.used)
        return kith__no_memory(session);
    for (size_t i = 0; i < set->capacity; i++)
        if (set->used[i]) {
            size_t at = int_set_place(&larger, set->keys[i]);
            larger.keys[at] = set->keys[i];
            larger.used[at] = true;
        }
    larger.count = set->count;
    *set = larger;
    return true;
}

static bool int_set_has(const int_set *set, int64_t key) { return set->used[int_set_place(set, key)]; }

/* *added: it was not in the set. False: no memory. */
static bool int_set_add(kith_session *session, int_set *set, int64_t key, bool *added)
{
    if (set->count * 2 >= set->capacity && !int_set_grow(session, set))
        return false;
    size_t at = int_set_place(set, key);
    *added = !set->used[at];
    set->keys[at] = key;
    set->used[at] = true;
    set->count += *added;
    return true;
}

/* The key that most models have. */
static bool by_int(const kith__relation *relation) { return relation->to_primary_key && relation->target->int_key; }

/* Keys that rows are asked for by: one of the owners for each. Of integers, which they are and between which they lie. */
typedef struct wanted { kith__objects ask; int_set ints; int64_t lowest, highest; } wanted;

static bool want_int(kith_session *session, wanted *w, int64_t key, kith__object *owner)
{
    bool added;
    if (!int_set_add(session, &w->ints, key, &added) || (added && !kith__objects_add(session, &w->ask, owner)))
        return false;
    w->lowest = w->ints.count == 1 || key < w->lowest ? key : w->lowest;
    w->highest = w->ints.count == 1 || key > w->highest ? key : w->highest;
    return true;
}

/* The same as wanted_keys for such. */
static bool wanted_ints(kith_session *session, const kith__relation *relation, const kith__objects *objects, wanted *w)
{
    const kith__field *field = &relation->local[0]->field;
    bool ok = true;
    for (size_t i = 0; ok && i < objects->count; i++) {
        if (!is_open(objects->items[i], relation))
            continue;
        int64_t key;
        if (!kith__member_int(field, objects->items[i] + 1, &key))
            continue;
        const kith__object *there = kith__identity_get_int(session, relation->target, key);
        if (!there || kith__is_outdated(there, NULL))
            ok = want_int(session, w, key, objects->items[i]);
    }
    return ok;
}

/* One of the owners for each different key that has to be asked for. */
static bool wanted_keys(kith_session *session, const kith__relation *relation, const kith__objects *objects, wanted *w)
{
    kith__map seen = { 0 };
    bool ok = true;
    if (by_int(relation))
        return wanted_ints(session, relation, objects, w);
    for (size_t i = 0; ok && i < objects->count; i++) {
        kith_value key[KITH__MOST_PARTS];
        size_t size;
        bool absent = false;
        if (!is_open(objects->items[i], relation))
            continue;
        for (size_t k = 0; k < relation->pairs; k++) {
            key[k] = kith__member_value(&relation->local[k]->field, objects->items[i] + 1);
            absent |= key[k].absent;
        }
        const kith__object *there = !absent && relation->to_primary_key ? kith__identity_get(session, relation->target, key) : NULL;
        if (absent || (there && !kith__is_outdated(there, NULL)))
            continue;
        const void *bytes = kith__key_bytes(session, key, relation->pairs, &size);
        if (!bytes)
            ok = false;
        else if (!kith__map_get(&seen, bytes, size))
            ok = (kith__map_put(&seen, bytes, size, objects->items[i]) || kith__no_memory(session)) && kith__objects_add(session, &w->ask, objects->items[i]);
    }
    kith__map_free(&seen);
    return ok;
}

static void point_at(kith__object *owner, const kith__relation *relation, kith__object *target)
{
    *kith__one_of(owner, relation) = (kith__one_member){ target ? kith__struct(target) : NULL, KITH__LOADED };
}

/* Every owner at its target, for the key that most models have. */
static void point_by_int(kith_session *session, const kith__relation *relation, const kith__objects *owners)
{
    const kith__field *field = &relation->local[0]->field;
    for (size_t i = 0; i < owners->count; i++) {
        int64_t key;
        kith__object *owner = owners->items[i];
        if (is_open(owner, relation))
            point_at(owner, relation, kith__member_int(field, owner + 1, &key) ? kith__identity_get_int(session, relation->target, key) : NULL);
    }
}

static bool point_owner(kith_session *session, const kith__relation *relation, kith__object *owner, const kith__map *map)
{
    kith_value key[KITH__MOST_PARTS];
    kith__object *target = NULL;
    size_t size;
    bool absent = false;
    if (!is_open(owner, relation))
        return true;
    for (size_t k = 0; k < relation->pairs; k++) {
        key[k] = kith__member_value(&relation->local[k]->field, owner + 1);
        absent |= key[k].absent;
    }
    if (!absent && relation->to_primary_key)
        target = kith__identity_get(session, relation->target, key);
    else if (!absent) {
        const void *bytes = kith__key_bytes(session, key, relation->pairs, &size);
        if (!bytes)
            return false;
        target = kith__map_get(map, bytes, size);
    }
    point_at(owner, relation, target);
    return true;
}

static bool point_owners(kith_session *session, const kith__relation *relation, const kith__objects *owners, const kith__objects *loaded)
{
    kith__map map = { 0 };
    if (by_int(relation)) {
        point_by_int(session, relation, owners);
        return true;
    }
    bool ok = relation->to_primary_key || map_by(session, relation->remote, relation->pairs, loaded, false, &map);
    for (size_t i = 0; ok && i < owners->count; i++)
        ok = point_owner(session, relation, owners->items[i], &map);
    kith__map_free(&map);
    return ok;
}

/* So many that a statement of a mark for each is worth less than reading a few rows that nobody asked for. */
static bool lie_close_together(const wanted *w)
{
    enum { MANY = 64 };
    return w->ints.count >= MANY && w->ints.count <= KITH__CHUNK && (uint64_t)w->highest - (uint64_t)w->lowest < w->ints.count + w->ints.count / 4;
}

static bool load_range(kith__loader *loader, const kith__relation *relation, const wanted *w)
{
    kith_session *session = loader->session;
    kith__statement *statement = loader->statement = prepare_relation(session, relation, RANGE);
    const kith__property *key = relation->remote[0];
    kith_value lowest = kith_of_int(w->lowest), highest = kith_of_int(w->highest);
    int64_t of_row;
    bool ok = statement && kith__bind_value(statement, 1, &lowest, key->field.column, &session->error) == KITH_OK &&
        kith__bind_value(statement, 2, &highest, key->field.column, &session->error) == KITH_OK && kith__kinds_bind(session, statement, relation->target, 3) == KITH_OK;
    kith__loader_begin(loader);
    while (ok && kith__step_(statement, &session->error) == KITH__ROW) {
        if (kith__row_int(statement, key->index, &of_row) && !int_set_has(&w->ints, of_row))
            continue;
        kith__object *object = kith__load_row(loader);
        ok = object && kith__objects_add(session, loader->into, object);
        if (ok)
            kith__group_join(loader->group, object, loader->into->count - 1);
    }
    kith__done(statement);
    return ok && kith__status(session) == KITH_OK;
}

static bool load_keys(kith__loader *loader, const kith__relation *relation, const kith__objects *ask)
{
    bool ok = true;
    for (size_t i = 0; ok && i < ask->count; i += KITH__CHUNK) {
        size_t count = ask->count - i < KITH__CHUNK ? ask->count - i : KITH__CHUNK, size = kith__chunk_size(count);
        kith__statement *statement = loader->statement = prepare_relation(loader->session, relation, size);
        ok = statement && bind_owners(loader->session, relation, statement, ask->items + i, count, size);
        if (ok)
            ok = kith__load_all(loader);
        else
            kith__done(statement);
    }
    return ok;
}

static bool load_ones(kith_session *session, const kith__relation *relation, const kith__objects *objects)
{
    wanted w = { .ints = { 0 } };
    kith__objects loaded = { 0 };
    kith__group *group = kith__group_begin(session);
    kith__loader loader = { .session = session, .mapper = relation->target, .into = &loaded, .group = group };
    bool ok = group && wanted_keys(session, relation, objects, &w) &&
        (lie_close_together(&w) ? load_range(&loader, relation, &w) : load_keys(&loader, relation, &w.ask)) && point_owners(session, relation, objects, &loaded);
    free(w.ask.items);
    if (group)
        kith__group_end(session, group, &loaded);
    return ok && kith__status(session) == KITH_OK;
}

bool kith__load_relation(kith_session *session, const kith__relation *relation, const kith__objects *owners, bool whole)
{
    if (!owners->count)
        return true;
    if (!kith__may_read(session))
        return false;
    kith__scratch_begin(session);
    bool ok = relation->direction == KITH__MANY_TO_ONE ? load_ones(session, relation, owners) : load_lists(session, relation, owners, whole && relation->many);
    kith__blame_model(session, relation->target);
    kith__scratch_over(session);
    return ok;
}

/* ---------------------------------------------------------------- on demand */

static bool refused(kith__object *object, const kith__relation *relation)
{
    kith_session *session = kith__session_for(object);
    const char *model = relation->owner->name;
    if (!kith__has_row(object)) {
        kith__misuse(session, "object.not_loaded", object, "%s.%s was not loaded before this %s became %s, and cannot be loaded now.", model, relation->name,
                     model, object->state == KITH_DETACHED ? "detached" : "nobody's");
        kith__fail_hint(&session->error, "Bring it along with .load = { \"%s\" }.", relation->name);
        kith__fail_about(&session->error, NULL, relation->name, NULL);
        return true;
    }
    if (session->lazy_loads && relation->load != KITH__LOAD_RAISE)
        return false;
    kith__misuse(session, "relationship.lazy_refused", object, "%s.%s is not loaded, and %s.", model, relation->name,
                 session->lazy_loads ? "the model refuses to load it lazily" : "this session refuses lazy loads");
    kith__fail_hint(&session->error, "Bring it along with .load = { \"%s\" }.", relation->name);
    kith__fail_about(&session->error, NULL, relation->name, NULL);
    return true;
}

bool kith__load_for_siblings(kith__object *object, const kith__relation *relation)
{
    kith_session *session = kith__session_for(object);
    kith__objects owners = { 0 };
    bool own = false;
    if (refused(object, relation) || kith__autoflush(session, "a read of a relationship"))
        return false;
    kith__sweep_if_grown(session);
    if (kith__has_eager(relation->target) && (!kith__may_read(session) || !kith__snapshot(session, &own)))
        return false;
    bool ok = kith__siblings(object, KITH__CHUNK, kith__is_unloaded, relation, &owners);
    bool whole = object->group && object->group->whole && owners.count == object->group->count && owners.count >= KITH__WHOLE_FROM;
    ok = ok && kith__load_relation(session, relation, &owners, whole) && kith__load_along(session, relation, &owners);
    free(owners.items);
    return kith__snapshot_over(session, own) && ok;
}

/* Of one model, or of several that a SELECT of this one brings. */
static bool load_keys_of(kith_session *session, kith__mapper *mapper, kith__object *const *objects, size_t count)
{
    size_t size = kith__chunk_size(count);
    kith__objects loaded = { 0 };
    kith__statement *statement = kith__find(session->connection, mapper, KITH__KEYS | size);
    if (!statement) {
        const kith__expr **columns = kith__columns_of(session, NULL, mapper->key, mapper->key_count);
        const kith__expr *where = columns ? kith__keys_expr(session, columns, mapper->key_count, size) : NULL;
        statement = kith__prepare_model(session, mapper, where, KITH__KEYS | size);
    }
    kith__loader loader = { .session = session, .mapper = mapper, .statement = statement, .into = &loaded };
    bool ok = statement && kith__keys_bind(session, statement, mapper->key, mapper->key_count, objects, count, size, false) == KITH_OK &&
        kith__kinds_bind(session, statement, mapper, size * mapper->key_count + 1) == KITH_OK;
    if (ok)
        ok = kith__load_all(&loader);
    else
        kith__done(statement);
    free(loaded.items);
    return ok;
}

/* The model that all of them are of; where nothing tells the rows of several apart, each model is asked for by itself. */
static kith__mapper *common_of(const kith__objects *objects)
{
    kith__mapper *mapper = kith__mapper_for(objects->items[0]);
    for (size_t i = 1; i < objects->count; i++)
        while (!kith__is_a(kith__mapper_for(objects->items[i]), mapper))
            mapper = mapper->base;
    return mapper;
}

/* From `from` on, those of one model, at most a chunk: *to is where the next begins. */
static kith__mapper *next_chunk(const kith__objects *objects, kith__mapper *common, size_t from, size_t *to)
{
    kith__mapper *mapper = common->discriminator ? common : kith__mapper_for(objects->items[from]);
    size_t end = from + 1;
    while (end < objects->count && end - from < KITH__CHUNK && (mapper == common || kith__mapper_for(objects->items[end]) == mapper))
        end++;
    *to = end;
    return mapper;
}

bool kith__load_keys(kith_session *session, const kith__objects *objects)
{
    bool ok = kith__may_read(session);
    kith__scratch_begin(session);
    kith__mapper *common = objects->count ? common_of(objects) : NULL;
    for (size_t from = 0, to; ok && from < objects->count; from = to) {
        kith__mapper *mapper = next_chunk(objects, common, from, &to);
        ok = load_keys_of(session, mapper, objects->items + from, to - from);
    }
    kith__scratch_over(session);
    return ok && kith__status(session) == KITH_OK;
}
