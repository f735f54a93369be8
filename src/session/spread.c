/*
 * UPDATE and DELETE of what a condition finds, for models whose rows have a layer in several tables: which rows they are is asked first,
 * since the condition may speak of any of the tables, and what is done to one changes what it finds in the others.
 */
#include "session/session.h"

enum { CHUNK = 500 };

typedef struct spread {
    kith_session *session;
    const kith__mapper *mapper;
    kith_value *keys; size_t count, room;       /* mapper->key_count values of each row; in the scratch */
} spread;

bool kith__is_spread(const kith__mapper *mapper)
{
    bool several = mapper->layer_count > 1;
    for (size_t i = 0; !several && i < mapper->below_count; i++)
        several = mapper->below[i]->layer_count > 1;
    return several;
}

/* ---------------------------------------------------------------- which rows */

static bool room_for_one(spread *s)
{
    size_t width = s->mapper->key_count;
    if (s->count < s->room)
        return true;
    size_t room = s->room ? s->room * 2 : 64;
    kith_value *larger = kith__arena_alloc(&s->session->scratch, room * width * sizeof *larger);
    if (!larger)
        return kith__no_memory(s->session);
    if (s->count)
        memcpy(larger, s->keys, s->count * width * sizeof *larger);
    s->keys = larger;
    s->room = room;
    return true;
}

static bool add_key(spread *s, kith__statement *statement)
{
    struct { kith__room room; kith__arena *arena; } room = { { .more = kith__scratch_more }, &s->session->scratch };
    if (!room_for_one(s))
        return false;
    kith_value *key = s->keys + s->count++ * s->mapper->key_count;
    for (size_t i = 0; i < s->mapper->key_count; i++) {
        const kith__field *field = &s->mapper->key[i]->field;
        if (kith__row_value(statement, i, kith__field_type(field), field->column, &room.room, &key[i], &s->session->error))
            return false;
    }
    return true;
}

kith__statement *kith__select_keys(kith_session *session, const kith__mapper *mapper, const kith__expr *where)
{
    kith__source source;
    const kith__expr **columns = kith__columns_of(session, NULL, mapper->key, mapper->key_count);
    if (!columns || !kith__source_make(session, mapper, NULL, false, false, 0, &source))
        return NULL;
    kith__select select = { .columns = columns, .column_count = mapper->key_count, .table = source.table, .joins = source.joins, .join_count = source.join_count, .where = where };
    kith__sql_reset(&session->sql);
    kith__sql_select(&session->sql, kith__pool_dialect(session->database->pool), &select);
    return kith__prepare_written(session);
}

static bool find_keys(spread *s, const kith__expr *where)
{
    kith__statement *statement = kith__select_keys(s->session, s->mapper, where);
    bool ok = statement != NULL;
    while (ok && kith__step_(statement, &s->session->error) == KITH__ROW)
        ok = add_key(s, statement);
    kith__done(statement);
    return ok && kith__status(s->session) == KITH_OK;
}

/* ---------------------------------------------------------------- one table of theirs */

static const kith__expr *among_keys(const spread *s, const kith__layer *layer, size_t from, size_t count)
{
    kith__arena *arena = &s->session->scratch;
    size_t width = s->mapper->key_count, lead = width > 1 ? width : 0, at = 0;
    kith__expr *in = kith__arena_zero(arena, sizeof *in);
    const kith__expr **items = kith__arena_alloc(arena, (lead + count * width) * sizeof *items);
    bool ok = in && items;
    for (size_t i = 0; ok && i < lead; i++)
        ok = (items[at++] = kith__expr_column(arena, NULL, kith__table_column(layer->table, layer->key[i]))) != NULL;
    for (size_t i = 0; ok && i < count * width; i++)
        ok = (items[at++] = kith__expr_value(arena, s->keys[from * width + i], s->mapper->key[i % width]->field.column)) != NULL;
    if (ok && !lead)
        ok = (in->a = kith__expr_column(arena, NULL, kith__table_column(layer->table, layer->key[0]))) != NULL;
    if (!ok) {
        kith__no_memory(s->session);
        return NULL;
    }
    in->kind = lead ? KITH__E_IN_ROWS : KITH__E_IN;
    in->items = items;
    in->count = at;
    in->row_size = width;
    return in;
}

/* set NULL: they are deleted */
static bool change(const spread *s, const kith__layer *layer, const kith__setting *set)
{
    kith_session *session = s->session;
    const kith__dialect *dialect = kith__pool_dialect(session->database->pool);
    for (size_t from = 0; from < s->count; from += CHUNK) {
        const kith__expr *where = among_keys(s, layer, from, s->count - from < CHUNK ? s->count - from : CHUNK);
        if (!where)
            return false;
        kith__sql_reset(&session->sql);
        if (set)
            kith__sql_update_where(&session->sql, dialect, layer->table->name, set->names, set->values, set->count, where);
        else
            kith__sql_delete_where(&session->sql, dialect, layer->table->name, where);
        kith__statement *statement = kith__prepare_written(session);
        if (statement)
            kith__step_(statement, &session->error);
        kith__done(statement);
        if (kith__status(session))
            return false;
    }
    return true;
}

/* ---------------------------------------------------------------- what where.c asks for */

static int64_t all_or_nothing(const spread *s, bool ok)
{
    if (ok && kith__savepoint_release(s->session->connection, &s->session->error) == KITH_OK)
        return (int64_t)s->count;
    kith__take_back(s->session);
    return -1;
}

/* The tables of sub-models first, the root's last. */
static bool delete_all(const spread *s)
{
    const kith__mapper *mapper = s->mapper;
    bool ok = true;
    for (size_t i = mapper->below_count; ok && i-- > 0;) {
        const kith__mapper *below = mapper->below[i];
        if (below->base->table != below->table)
            ok = change(s, &below->layers[below->layer_count - 1], NULL);
    }
    for (size_t i = mapper->layer_count; ok && i-- > 0;)
        ok = change(s, &mapper->layers[i], NULL);
    return ok;
}

int64_t kith__spread_delete(kith_session *session, const kith__mapper *mapper, const kith__expr *where)
{
    spread s = { .session = session, .mapper = mapper };
    if (!find_keys(&s, where) || kith__savepoint_set(session->connection, &session->error))
        return -1;
    return all_or_nothing(&s, delete_all(&s));
}

static bool update_layer(const spread *s, uint32_t layer, const kith__setting *all)
{
    const char **names = kith__arena_alloc(&s->session->scratch, (all->count + 1) * sizeof *names);
    const kith__expr **values = kith__arena_alloc(&s->session->scratch, (all->count + 1) * sizeof *values);
    kith__setting set = { .names = names, .values = values };
    if (!names || !values)
        return kith__no_memory(s->session);
    for (size_t i = 0; i < all->count; i++) {
        if (all->layers[i] != layer)
            continue;
        names[set.count] = all->names[i];
        values[set.count++] = all->values[i];
    }
    return !set.count || change(s, &s->mapper->layers[layer], &set);
}

int64_t kith__spread_update(kith_session *session, const kith__mapper *mapper, const kith__setting *set, const kith__expr *where)
{
    spread s = { .session = session, .mapper = mapper };
    if (!find_keys(&s, where) || kith__savepoint_set(session->connection, &session->error))
        return -1;
    bool ok = true;
    for (uint32_t i = 0; ok && i < mapper->layer_count; i++)
        ok = update_layer(&s, i, set);
    return all_or_nothing(&s, ok);
}
