/*
 * Running what bindings build: rows of objects and values, and statements that change rows.
 */
#include "session/select.h"

#include <stdlib.h>

/* ---------------------------------------------------------------- rows that grow */

typedef struct rows {               /* out->memory */
    kith__arena texts;
    size_t capacity;
    const char **names;
} rows;

static bool rows_begin(kith_session *session, kith_sys_rows *out)
{
    *out = (kith_sys_rows){ .memory = calloc(1, sizeof(rows)) };
    return out->memory || kith__no_memory(session);
}

void kith_sys_rows_free(kith_sys_rows *out)
{
    rows *r = out->memory;
    if (!r)
        return;
    kith__arena_free(&r->texts);
    free(out->cells);
    free(r);
    *out = (kith_sys_rows){ .rows = 0 };
}

static kith_value *row_add(kith_session *session, kith_sys_rows *out)
{
    rows *r = out->memory;
    size_t needed = (out->rows + 1) * out->columns;
    if (needed > r->capacity && !kith__grow(&out->cells, &r->capacity, needed > 64 ? needed : 64, sizeof *out->cells)) {
        kith__no_memory(session);
        return NULL;
    }
    return out->cells + out->rows++ * out->columns;
}

static bool keep_names(kith_session *session, kith__statement *statement, kith_sys_rows *out, size_t columns)
{
    rows *r = out->memory;
    r->names = kith__arena_zero(&r->texts, (columns + 1) * sizeof *r->names);
    for (size_t i = 0; r->names && i < columns; i++) {
        const char *name = kith__row_name(statement, i);
        if (!(r->names[i] = kith__arena_text(&r->texts, name ? name : "")))
            return kith__no_memory(session);
    }
    out->names = r->names;
    out->columns = columns;
    return r->names || kith__no_memory(session);
}

static bool read_value(kith_session *session, kith__statement *statement, kith_sys_rows *out, size_t column, uint32_t type, const kith__type *as, kith_value *cell)
{
    rows *r = out->memory;
    struct { kith__room room; kith__arena *arena; } room = { { .more = kith__scratch_more }, &r->texts };
    return kith__row_value(statement, column, type, as, &room.room, cell, &session->error) == KITH_OK;
}

/* ---------------------------------------------------------------- SELECT */

typedef struct fetch {
    kith_session *session;
    kith_sys_select *select;
    const kith_sys_options *options;
    bool listed;                    /* what it finds is who is found */
    kith_sys_rows *out;
    kith__statement *statement;
    kith__loader *loaders;          /* of the items that are objects */
    kith__objects *found;           /* of each of them */
    kith__group **groups;
} fetch;

static bool begin_loaders(fetch *f)
{
    kith_session *session = f->session;
    size_t count = f->select->item_count;
    f->loaders = kith__arena_zero(&session->scratch, (count + 1) * sizeof *f->loaders);
    f->found = kith__arena_zero(&session->scratch, (count + 1) * sizeof *f->found);
    f->groups = kith__arena_zero(&session->scratch, (count + 1) * sizeof(kith__group *));
    if (!f->loaders || !f->found || !f->groups)
        return kith__no_memory(session);
    for (size_t i = 0; i < count; i++) {
        const kith__selected *item = &f->select->items[i];
        if (!item->mapper)
            continue;
        if (!(f->groups[i] = kith__group_begin(session)))
            return false;
        f->loaders[i] = (kith__loader){ .session = session, .mapper = item->mapper, .statement = f->statement, .first = item->first,
                                        .refresh = f->options && f->options->refresh, .into = &f->found[i], .group = f->groups[i] };
        kith__loader_begin(&f->loaders[i]);
    }
    return true;
}

/* A row of an outer join may have none. */
static bool is_there(fetch *f, const kith__selected *item, bool *there)
{
    const kith__property *key = item->mapper->key[0];
    kith_value value;
    int64_t number;
    *there = true;
    if (!f->select->tree.join_count || (item->mapper->int_key && kith__row_int(f->statement, item->first + key->index, &number)))
        return true;
    if (!read_value(f->session, f->statement, f->out, item->first + key->index, key->field.type, key->field.column, &value))
        return false;
    *there = !value.absent;
    return true;
}

static bool read_object(fetch *f, size_t index, kith_value *cell)
{
    bool there;
    if (!is_there(f, &f->select->items[index], &there))
        return false;
    *cell = (kith_value){ .type = KITH_TYPE_OBJECT, .absent = 1 };
    if (!there)
        return true;
    kith__object *object = kith__load_row(&f->loaders[index]);
    if (!object || !kith__objects_add(f->session, &f->found[index], object))
        return false;
    kith__group_join(f->groups[index], object, f->found[index].count - 1);
    cell->object = kith__struct(object);
    cell->absent = 0;
    return true;
}

static bool read_listed(fetch *f)
{
    kith__object *object = kith__load_row(f->loaders);
    if (!object || !kith__objects_add(f->session, f->found, object))
        return false;
    kith__group_join(*f->groups, object, f->out->rows++);
    return true;
}

static bool read_row(fetch *f)
{
    kith_value *cells = row_add(f->session, f->out);
    bool ok = cells != NULL;
    for (size_t i = 0; ok && i < f->select->item_count; i++) {
        const kith__selected *item = &f->select->items[i];
        ok = item->mapper ? read_object(f, i, &cells[i]) : read_value(f->session, f->statement, f->out, item->first, item->type, item->as, &cells[i]);
    }
    return ok;
}

static bool name_items(fetch *f)
{
    size_t count = f->select->item_count;
    const char **names;
    if (!keep_names(f->session, f->statement, f->out, f->select->tree.column_count))
        return false;
    names = ((rows *)f->out->memory)->names;
    for (size_t i = 0; i < count; i++)
        names[i] = f->select->items[i].mapper ? f->select->items[i].mapper->name : names[f->select->items[i].first];
    f->out->columns = count;
    return true;
}

static bool read_rows(fetch *f)
{
    kith_session *session = f->session;
    kith__sql_reset(&session->sql);
    kith__sql_select(&session->sql, kith__pool_dialect(session->database->pool), &f->select->tree);
    f->statement = kith__prepare_written(session);
    bool ok = f->statement && name_items(f) && begin_loaders(f);
    kith__step step = KITH__END;
    while (ok && (step = kith__step_(f->statement, &session->error)) == KITH__ROW)
        ok = f->listed ? read_listed(f) : read_row(f);
    kith__done(f->statement);
    return ok && step == KITH__END && kith__status(session) == KITH_OK;
}

static bool is_whole(const kith__select *tree)
{
    return !tree->where && !tree->limit && !tree->limited && !tree->offset && !tree->join_count && !tree->group_count && !tree->compound_count && !tree->source;
}

/* Who is found is known now: they are siblings, and bring along what they were asked to. */
static bool load_along(fetch *f)
{
    bool ok = true;
    for (size_t i = 0; ok && i < f->select->item_count; i++) {
        kith__mapper *mapper = f->select->items[i].mapper;
        bool whole = is_whole(&f->select->tree);
        ok = !mapper || kith__load_eager(f->session, mapper, &f->found[i], whole);
        for (size_t k = 0; ok && mapper && !i && f->options && k < f->options->load_count; k++)
            ok = kith__load_path(f->session, mapper, &f->found[i], f->options->load[k], whole);
    }
    return ok;
}

static void end_groups(fetch *f)
{
    for (size_t i = 0; f->groups && i < f->select->item_count; i++) {
        bool whole = is_whole(&f->select->tree) && f->found[i].count;
        if (!f->groups[i])
            continue;
        kith__group *group = f->groups[i];
        if (kith__group_end(f->session, group, &f->found[i]))
            group->whole = whole;
        if (f->listed && f->out->rows)
            f->out->objects = group->items;
        free(f->found[i].items);
    }
}

static bool brings_along(const fetch *f)
{
    bool any = f->options && f->options->load_count;
    for (size_t i = 0; i < f->select->item_count; i++)
        any |= f->select->items[i].mapper && kith__has_eager(f->select->items[i].mapper);
    return any;
}

/* The rows and what comes along are of one moment. */
static bool read_all(fetch *f)
{
    bool own;
    if (!brings_along(f))
        return read_rows(f);
    if (!kith__snapshot(f->session, &own))
        return false;
    bool ok = read_rows(f) && load_along(f);
    return kith__snapshot_over(f->session, own) && ok;
}

static bool built_well(kith_session *session, const kith_sys_query *query)
{
    if (kith__failed(&query->error))
        kith__error_copy(&session->error, &query->error);
    return !kith__failed(&query->error);
}

static bool ready(kith_session *session, const kith_sys_query *query, bool flush, const char *call)
{
    return kith__ready(session) && built_well(session, query) && (!flush || kith__autoflush(session, call) == KITH_OK) && kith__may_read(session);
}

int kith_sys_fetch(kith_session *session, kith_sys_select *select, const kith_sys_options *options, kith_sys_rows *out)
{
    *out = (kith_sys_rows){ .rows = 0 };
    if (!ready(session, select->query, !options || !options->no_autoflush, "a query"))
        return kith_session_status(session);
    kith__sweep_if_grown(session);
    kith__scratch_begin(session);
    bool listed = options && options->listed && select->item_count == 1 && select->items[0].mapper && !select->tree.join_count;
    fetch f = { .session = session, .select = select, .options = options, .listed = listed, .out = out };
    bool ok = rows_begin(session, out) && read_all(&f);
    end_groups(&f);
    if (!ok)
        kith_sys_rows_free(out);
    for (size_t i = 0; !ok && i < select->item_count; i++)
        if (select->items[i].mapper)
            kith__blame_model(session, select->items[i].mapper);
    kith__scratch_over(session);
    return kith__status(session);
}

/* ---------------------------------------------------------------- the program's own SQL */

static bool read_plain(kith_session *session, kith__statement *statement, kith_sys_rows *out)
{
    kith_value *cells = row_add(session, out);
    bool ok = cells != NULL;
    for (size_t i = 0; ok && i < out->columns; i++)
        ok = read_value(session, statement, out, i, KITH_TYPE_NONE, NULL, &cells[i]);
    return ok;
}

static bool run_written(kith_session *session, kith_sys_rows *out, int64_t *changed)
{
    if (kith__sql_writes(session->sql.text.data ? session->sql.text.data : "") && kith__write_by_sql(session))
        return false;
    kith__statement *statement = kith__prepare_written(session);
    /* its columns are known with its first step: a statement that is kept may be from before a table was changed */
    kith__step step = statement ? kith__step_(statement, &session->error) : KITH__STEP_FAILED;
    bool ok = step != KITH__STEP_FAILED && rows_begin(session, out) && keep_names(session, statement, out, kith__row_width(statement));
    for (; ok && step == KITH__ROW; step = kith__step_(statement, &session->error))
        if (!(ok = read_plain(session, statement, out)))
            break;
    kith__done(statement);
    if (ok && changed)
        *changed = kith__changes(session->connection);
    return ok && step == KITH__END && kith__status(session) == KITH_OK;
}

int kith_sys_run(kith_session *session, kith_sys_query *query, const kith_sys_expr *sql, kith_sys_rows *out, int64_t *changed)
{
    *out = (kith_sys_rows){ .rows = 0 };
    if (!ready(session, query, true, "a statement"))
        return kith_session_status(session);
    kith__scratch_begin(session);
    kith__sql_reset(&session->sql);
    kith__sql_expression(&session->sql, kith__pool_dialect(session->database->pool), sql);
    if (!run_written(session, out, changed))
        kith_sys_rows_free(out);
    kith__scratch_over(session);
    return kith__status(session);
}

/* ---------------------------------------------------------------- INSERT, UPDATE, DELETE */

static int64_t run_change(kith_session *session)
{
    kith__statement *statement = kith__prepare_written(session);
    if (statement)
        kith__step_(statement, &session->error);
    kith__done(statement);
    return kith__status(session) ? -1 : kith__changes(session->connection);
}

static bool begin_change(kith_session *session, const kith_sys_query *query, const char *call)
{
    return ready(session, query, true, call) && kith__write_by_sql(session) == KITH_OK;
}

int64_t kith_sys_insert(kith_session *session, kith_sys_query *query, const char *table, const char *const *columns, size_t column_count,
                        const kith_sys_expr *const *values, size_t count, int64_t *last_key)
{
    if (!begin_change(session, query, "an INSERT"))
        return -1;
    kith__sql_reset(&session->sql);
    kith__sql_insert_values(&session->sql, kith__pool_dialect(session->database->pool), table, columns, column_count, values, count);
    int64_t changed = run_change(session);
    if (changed >= 0 && last_key)
        *last_key = kith__last_key(session->connection);
    return changed;
}

int64_t kith_sys_update(kith_session *session, kith_sys_query *query, const char *table, const char *const *columns, const kith_sys_expr *const *values, size_t count,
                        const kith_sys_expr *where, bool follow)
{
    kith__mapper *mapper = session ? kith__mapper_of_table(session->database->models, table) : NULL;
    if (!begin_change(session, query, "an UPDATE"))
        return -1;
    if (mapper)
        return kith__update_found(session, mapper, columns, values, count, where, follow);
    kith__sql_reset(&session->sql);
    kith__sql_update_where(&session->sql, kith__pool_dialect(session->database->pool), table, columns, values, count, where);
    return run_change(session);
}

int64_t kith_sys_delete(kith_session *session, kith_sys_query *query, const char *table, const kith_sys_expr *where, bool follow)
{
    kith__mapper *mapper = session ? kith__mapper_of_table(session->database->models, table) : NULL;
    if (!begin_change(session, query, "a DELETE"))
        return -1;
    if (mapper)
        return kith__delete_found(session, mapper, where, follow);
    kith__sql_reset(&session->sql);
    kith__sql_delete_where(&session->sql, kith__pool_dialect(session->database->pool), table, where);
    return run_change(session);
}
