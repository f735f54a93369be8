/*
 * rebuild: a table of SQLite made anew under a passing name, its rows copied, the old one dropped, the new one renamed; nothing of what
 * hung on the old one is lost. For the files of src/migrate; the order of steps was measured, see docs.
 */
#include "migrate/live.h"

#include <strings.h>

typedef struct rebuild {
    kith__connection *connection;
    kith__arena *arena;
    const char *table, *passing;        /* its name; the name while it is made */
    const char *old_sql, *new_sql;
    kith__definition old, new;
    const kith__op *const *ops;
    size_t count;
    kith__rows hanging;                 /* sql of its indexes and triggers */
    kith__rows stats;                   /* sqlite_stat1: idx, stat */
    kith__text sql;
    kith__text *script;                 /* or NULL */
    kith__error *error;
} rebuild;

/* A statement that changes something, as it is, or as it was put together in r->sql. */
static int change(rebuild *r, const char *sql)
{
    int status = kith__execute(r->connection, sql, r->error);
    if (status == KITH_OK && r->script != NULL)
        kith__script_add(r->script, sql);
    return status;
}

static int change_text(rebuild *r)
{
    int status = r->sql.broken ? kith__fail_memory(r->error) : change(r, r->sql.data);
    kith__text_reset(&r->sql);
    return status;
}

static int query(rebuild *r, kith__rows *out, const char *sql)
{
    return kith__query(r->connection, r->arena, out, r->error, sql, &r->table, 1);
}

/* the statistics and sequence tables are there only when someone needed them */
static int has_table(rebuild *r, const char *name, bool *out)
{
    const char *found;
    int status = kith__query_text(r->connection, r->arena, &found, r->error, "SELECT name FROM sqlite_schema WHERE name = ?", name);
    *out = found != NULL;
    return status;
}

static int save(rebuild *r)
{
    bool there = false;
    int status = query(r, &r->hanging, "SELECT sql FROM sqlite_schema WHERE tbl_name = ? COLLATE NOCASE AND type IN ('index', 'trigger') AND sql IS NOT NULL ORDER BY type, rowid");
    if (status == KITH_OK)
        status = has_table(r, "sqlite_stat1", &there);
    if (status == KITH_OK && there)
        status = query(r, &r->stats, "SELECT idx, CAST(stat AS TEXT) FROM sqlite_stat1 WHERE tbl = ? COLLATE NOCASE");
    return status;
}

static int define(rebuild *r)
{
    int status = kith__query_text(r->connection, r->arena, &r->old_sql, r->error, "SELECT sql FROM sqlite_schema WHERE type = 'table' AND name = ? COLLATE NOCASE", r->table);
    if (status != KITH_OK)
        return status;
    if (r->old_sql == NULL)
        return kith__fail(r->error, KITH_SCHEMA, "migrate.no_table", "there is no table %s in the database.", r->table);
    r->passing = kith__arena_format(r->arena, "__kith_new_%s", r->table);
    if (r->passing == NULL)
        return kith__fail_memory(r->error);
    status = kith__definition_edit(r->arena, r->old_sql, r->passing, r->ops, r->count, &r->new_sql, r->error);
    if (status == KITH_OK && (!kith__definition_parse(r->arena, r->old_sql, KITH__SQLITE_TEXT, &r->old) ||
                              !kith__definition_parse(r->arena, r->new_sql, KITH__SQLITE_TEXT, &r->new)))
        status = kith__fail_memory(r->error);
    return status;
}

/* ---------------------------------------------------------------- the rows */

/* Is it one of the old table, and still the same? */
static bool is_kept(const rebuild *r, const char *column)
{
    for (size_t i = 0; i < r->count; i++)
        if (r->ops[i]->kind == KITH__OP_DROP_COLUMN && strcasecmp(r->ops[i]->name, column) == 0)
            return false;
    return kith__table_column_index(r->old.table, column) != SIZE_MAX;
}

/* A date, a moment and a UUID can be read in several spellings, but are found only in one. That each is one of them precheck has seen. */
static const char *respelt(const rebuild *r, const kith__column *to)
{
    kith__text name = { 0 };
    const char *out = NULL;
    kith__sql_quote(&name, to->name);
    const char *n = name.broken ? NULL : kith__arena_text(r->arena, name.data);
    kith__text_free(&name);
    if (n == NULL)
        return NULL;
    if (to->type.kind == KITH__DATE)
        out = kith__arena_format(r->arena, "substr(%s, 1, 10)", n);
    else if (to->type.kind == KITH__TIMESTAMP || to->type.kind == KITH__TIMESTAMPTZ)
        out = kith__arena_format(r->arena, "CASE length(%s) WHEN 10 THEN %s || ' 00:00:00.000000' ELSE %s END", n, n, n);
    else if (to->type.kind == KITH__UUID)
        out = kith__arena_format(r->arena, "lower(CASE typeof(%s) WHEN 'blob' THEN hex(%s) ELSE replace(%s, '-', '') END)", n, n, n);
    return out;
}

/* What a column's rows get: a person's USING, the value that it was added with, or NULL: the old column as it is. */
static const char *expression_for(const rebuild *r, const char *column)
{
    const char *expression = NULL;
    for (size_t i = 0; i < r->count; i++) {
        const kith__op *op = r->ops[i];
        if (op->name == NULL || strcasecmp(op->name, column) != 0)
            continue;
        if (op->kind == KITH__OP_TYPE && op->sql != NULL)
            expression = op->sql;
        else if (op->kind == KITH__OP_TYPE && expression == NULL && is_kept(r, column))
            expression = respelt(r, op->column);
        else if (op->kind == KITH__OP_ADD_COLUMN)
            expression = op->column->default_sql;
    }
    return expression;
}

/* by which word the rowid can be said, no column having it; NULL: by none */
static const char *rowid_word(const kith__table *a, const kith__table *b)
{
    static const char *const words[] = { "rowid", "_rowid_", "oid" };
    for (size_t i = 0; i < KITH__COUNT(words); i++)
        if (kith__table_column_index(a, words[i]) == SIZE_MAX && kith__table_column_index(b, words[i]) == SIZE_MAX)
            return words[i];
    return NULL;
}

static bool hidden_rowid(const kith__definition *d)
{
    return !d->table->without_rowid && !d->rowid_alias;
}

static void add_pair(kith__text *names, kith__text *values, const char *name, const char *expression)
{
    kith__text_add(names, names->size > 0 ? ", " : "");
    kith__text_add(values, values->size > 0 ? ", " : "");
    kith__sql_quote(names, name);
    if (expression != NULL)
        kith__text_addf(values, "(%s)", expression);
    else
        kith__sql_quote(values, name);
}

static void list_columns(rebuild *r, kith__text *names, kith__text *values)
{
    const char *rowid = hidden_rowid(&r->old) && hidden_rowid(&r->new) ? rowid_word(r->old.table, r->new.table) : NULL;
    if (rowid != NULL) {
        kith__text_add(names, rowid);
        kith__text_add(values, rowid);
    }
    for (size_t i = 0; i < r->new.table->column_count; i++) {
        const kith__column *column = &r->new.table->columns[i];
        const char *expression = expression_for(r, column->name);
        if (column->generated_sql != NULL)
            continue;
        if (expression != NULL || is_kept(r, column->name))
            add_pair(names, values, column->name, expression);
    }
}

static int count_rows(rebuild *r, const char *table, int64_t *out)
{
    kith__text sql = { 0 };
    kith__text_add(&sql, "SELECT count(*) FROM ");
    kith__sql_quote(&sql, table);
    int status = sql.broken ? kith__fail_memory(r->error) : kith__query_count(r->connection, out, r->error, sql.data);
    kith__text_free(&sql);
    return status;
}

static int copy_rows(rebuild *r)
{
    kith__text names = { 0 }, values = { 0 };
    int64_t before = 0, after = 0;
    list_columns(r, &names, &values);
    kith__text_add(&r->sql, "INSERT INTO ");
    kith__sql_quote(&r->sql, r->passing);
    kith__text_addf(&r->sql, " (%s) SELECT %s FROM ", names.data != NULL ? names.data : "", values.data != NULL ? values.data : "");
    kith__sql_quote(&r->sql, r->table);
    bool broken = names.broken || values.broken, none = names.size == 0;
    kith__text_free(&names);
    kith__text_free(&values);
    if (none)
        kith__text_reset(&r->sql);
    int status = broken ? kith__fail_memory(r->error) : none ? KITH_OK : change_text(r);
    if (status == KITH_OK)
        status = count_rows(r, r->table, &before);
    if (status == KITH_OK)
        status = count_rows(r, r->passing, &after);
    if (status == KITH_OK && before != after)
        status = kith__fail(r->error, KITH_ERROR, "migrate.lost_rows", "%s had %lld rows and its copy has %lld.", r->table, (long long)before, (long long)after);
    return status;
}

/* ---------------------------------------------------------------- the exchange */

/* The passing table takes over the sequence of the old one, which the renaming brings along: ids of rows that are gone stay used. */
static int carry_sequence(rebuild *r)
{
    bool keeps = false, kept = false;
    for (size_t i = 0; i < r->new.table->column_count; i++)
        keeps = keeps || r->new.table->columns[i].never_reuse;
    for (size_t i = 0; i < r->old.table->column_count; i++)
        kept = kept || r->old.table->columns[i].never_reuse;
    if (!keeps || !kept)
        return KITH_OK;
    kith__text_add(&r->sql, "DELETE FROM sqlite_sequence WHERE name = ");
    kith__print_string(&r->sql, r->passing);
    int status = change_text(r);
    kith__text_add(&r->sql, "INSERT INTO sqlite_sequence (name, seq) SELECT ");
    kith__print_string(&r->sql, r->passing);
    kith__text_add(&r->sql, ", seq FROM sqlite_sequence WHERE name = ");
    kith__print_string(&r->sql, r->table);
    kith__text_add(&r->sql, " COLLATE NOCASE");
    return status == KITH_OK ? change_text(r) : status;
}

static int exchange(rebuild *r)
{
    int status = carry_sequence(r);
    kith__text_reset(&r->sql);
    kith__text_add(&r->sql, "DROP TABLE ");
    kith__sql_quote(&r->sql, r->table);
    if (status == KITH_OK)
        status = change_text(r);
    kith__text_reset(&r->sql);
    kith__text_add(&r->sql, "ALTER TABLE ");
    kith__sql_quote(&r->sql, r->passing);
    kith__text_add(&r->sql, " RENAME TO ");
    kith__sql_quote(&r->sql, r->table);
    return status == KITH_OK ? change_text(r) : status;
}

/* An index on a column that is gone SQLite would make one on a text, where the column stands in double quotes. */
static int refuse_dropped(rebuild *r, const char *sql)
{
    const char *table;
    kith__index index;
    if (!kith__index_parse(r->arena, sql, KITH__SQLITE_TEXT, &table, &index))
        return r->arena->broken ? kith__fail_memory(r->error) : KITH_OK;
    for (size_t i = 0; i < r->count; i++) {
        const char *gone = r->ops[i]->kind == KITH__OP_DROP_COLUMN ? r->ops[i]->name : NULL;
        bool on_it = gone != NULL && index.where != NULL && kith__sql_mentions(r->arena, index.where, gone);
        for (size_t j = 0; gone != NULL && j < index.count; j++)
            on_it = on_it || (index.expression[j] ? kith__sql_mentions(r->arena, index.columns[j], gone) : strcasecmp(index.columns[j], gone) == 0);
        if (!on_it || kith__table_column_index(r->new.table, gone) != SIZE_MAX)
            continue;
        int status = kith__fail(r->error, KITH_REFUSED, "migrate.index", "the index %s is on %s.%s, which is dropped.", index.name, r->table, gone);
        kith__fail_hint(r->error, "Drop it at the beginning of the same file: DROP INDEX %s;", index.name);
        return status;
    }
    return KITH_OK;
}

static int restore(rebuild *r)
{
    int status = KITH_OK;
    for (size_t i = 0; i < r->hanging.count && status == KITH_OK; i++) {
        status = refuse_dropped(r, r->hanging.items[i][0]);
        if (status == KITH_OK)
            status = change(r, r->hanging.items[i][0]);
    }
    for (size_t i = 0; i < r->stats.count && status == KITH_OK; i++) {
        const char *binds[] = { r->table, r->stats.items[i][0], r->stats.items[i][1] };
        status = kith__query_run(r->connection, r->error, "INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES (?, ?, ?)", binds, 3);
    }
    return status;
}

static int go(rebuild *r)
{
    int status = define(r);
    if (status == KITH_OK)
        status = save(r);
    if (status == KITH_OK)
        status = change(r, r->new_sql);
    if (status == KITH_OK)
        status = copy_rows(r);
    if (status == KITH_OK)
        status = exchange(r);
    return status == KITH_OK ? restore(r) : status;
}

int kith__rebuild(kith__connection *connection, kith__arena *arena, const char *table, const kith__op *const *ops, size_t count, kith__text *script, kith__error *error)
{
    rebuild r = { .connection = connection, .arena = arena, .table = table, .ops = ops, .count = count, .script = script, .error = error };
    int status = change(&r, "PRAGMA legacy_alter_table = ON");       /* renaming must not rewrite others */
    if (status == KITH_OK)
        status = go(&r);
    kith__error after = { 0 };
    r.error = &after;
    int restored = change(&r, "PRAGMA legacy_alter_table = OFF");
    if (status == KITH_OK && restored != KITH_OK) {
        kith__error_copy(error, &after);
        status = restored;
    }
    kith__error_free(&after);
    kith__text_free(&r.sql);
    return status;
}
