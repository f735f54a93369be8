/*
 * precheck: rows that stand in the way of an operation, counted before anything is changed. For the files of src/migrate.
 */
#include "migrate/live.h"

#include <strings.h>

/* "SELECT … FROM table WHERE …" with names quoted: %T the table, %N the name */
static void fill(kith__text *out, const char *form, const char *table, const char *name)
{
    for (const char *p = form; *p != 0; p++)
        if (p[0] == '%' && (p[1] == 'T' || p[1] == 'N'))
            kith__sql_quote(out, *++p == 'T' ? table : name);
        else
            kith__text_addc(out, *p);
}

static int count_where(kith__connection *connection, const kith__op *op, const char *form, int64_t *out, kith__error *error)
{
    kith__text sql = { 0 };
    fill(&sql, form, op->table, op->name != NULL ? op->name : "");
    int status = sql.broken ? kith__fail_memory(error) : kith__query_count(connection, out, error, sql.data);
    kith__text_free(&sql);
    return status;
}

static const char *rows_word(int64_t count)
{
    return count == 1 ? "row" : "rows";
}

/* "4, 9, 12": by their rowid, as far as there is one */
static const char *first_rows(kith__connection *connection, kith__arena *arena, const kith__op *op, const char *condition)
{
    kith__text sql = { 0 }, list = { 0 };
    kith__rows rows = { 0 };
    kith__error ignored = { 0 };
    kith__text_add(&sql, "SELECT CAST(rowid AS TEXT) FROM ");
    kith__sql_quote(&sql, op->table);
    kith__text_add(&sql, " WHERE ");
    fill(&sql, condition, op->table, op->name);
    kith__text_add(&sql, " LIMIT 3");
    if (!sql.broken && kith__query(connection, arena, &rows, &ignored, sql.data, NULL, 0) == KITH_OK)
        for (size_t i = 0; i < rows.count; i++)
            kith__text_addf(&list, "%s%s", i > 0 ? ", " : "", rows.items[i][0]);
    const char *out = list.size > 0 && !list.broken ? kith__arena_textn(arena, list.data, list.size) : NULL;
    kith__error_free(&ignored);
    kith__text_free(&sql);
    kith__text_free(&list);
    return out != NULL ? out : "?";
}

static int check_not_null(kith__connection *connection, kith__arena *arena, const kith__op *op, kith__error *error)
{
    int64_t count = 0;
    int status = count_where(connection, op, "SELECT count(*) FROM %T WHERE %N IS NULL", &count, error);
    if (status != KITH_OK || count == 0)
        return status;
    status = kith__fail(error, KITH_REFUSED, "migrate.nulls", "%lld %s in %s %s %s NULL (first rows %s); cannot set NOT NULL.", (long long)count, rows_word(count),
        op->table, count == 1 ? "has" : "have", op->name, first_rows(connection, arena, op, "%N IS NULL"));
    kith__fail_hint(error, "Give them a value first: an UPDATE before the ALTER in the same file.");
    return status;
}

/* Which rows a type has no room for, or could not be read by it, as a condition; "": none. */
static void misfits(kith__text *out, const kith__type *type)
{
    if (type->kind == KITH__JSON)
        kith__text_add(out, "%N IS NOT NULL AND NOT json_valid(%N) OR ");
    if (type->kind != KITH__OTHER_TYPE)
        kith__text_addf(out, "NOT kith_fits(%%N, %d, %u, %u)", (int)type->kind, type->kind == KITH__VARCHAR ? type->length : type->precision, type->scale);
}

static int refuse_misfits(kith__connection *connection, kith__arena *arena, const kith__op *op, const char *condition, int64_t count, kith__error *error)
{
    kith__text type = { 0 };
    kith__print_type(&type, &op->column->type);
    int status = kith__fail(error, KITH_REFUSED, "migrate.does_not_fit", "%lld %s in %s %s a %s that does not fit %s (first rows %s).", (long long)count, rows_word(count),
        op->table, count == 1 ? "has" : "have", op->name, type.broken ? "the new type" : type.data, first_rows(connection, arena, op, condition));
    kith__fail_hint(error, "Change those values first, or say how with USING.");
    kith__text_free(&type);
    return status;
}

static int check_type(kith__connection *connection, kith__arena *arena, const kith__op *op, kith__error *error)
{
    kith__text condition = { 0 }, form = { 0 };
    int64_t count = 0;
    if (op->sql != NULL)        /* a person said how */
        return KITH_OK;
    misfits(&condition, &op->column->type);
    bool any = condition.size > 0;
    kith__text_addf(&form, "SELECT count(*) FROM %%T WHERE %s", condition.data != NULL ? condition.data : "");
    int status = condition.broken || form.broken ? kith__fail_memory(error) : any ? count_where(connection, op, form.data, &count, error) : KITH_OK;
    if (status == KITH_OK && count > 0)
        status = refuse_misfits(connection, arena, op, condition.data, count, error);
    kith__text_free(&condition);
    kith__text_free(&form);
    return status;
}

static void add_names(kith__text *out, const char *const *names, size_t count, const char *between, const char *after)
{
    for (size_t i = 0; i < count; i++) {
        kith__text_add(out, i > 0 ? between : "");
        kith__sql_quote(out, names[i]);
        kith__text_add(out, after);
    }
}

static int check_unique(kith__connection *connection, const char *table, const char *const *names, size_t count, const char *where, kith__error *error)
{
    kith__text sql = { 0 };
    int64_t groups = 0;
    kith__text_add(&sql, "SELECT count(*) FROM (SELECT 1 FROM ");
    kith__sql_quote(&sql, table);
    kith__text_add(&sql, " WHERE ");
    add_names(&sql, names, count, " AND ", " IS NOT NULL");
    if (where != NULL)
        kith__text_addf(&sql, " AND (%s)", where);
    kith__text_add(&sql, " GROUP BY ");
    add_names(&sql, names, count, ", ", "");
    kith__text_add(&sql, " HAVING count(*) > 1)");
    int status = sql.broken ? kith__fail_memory(error) : kith__query_count(connection, &groups, error, sql.data);
    kith__text_free(&sql);
    if (status == KITH_OK && groups > 0) {
        status = kith__fail(error, KITH_REFUSED, "migrate.duplicates", "%lld %s in %s %s more than once (%s); cannot make it unique.", (long long)groups,
            groups == 1 ? "value" : "values", table, groups == 1 ? "is there" : "are there", names[0]);
        kith__fail_hint(error, "Take the duplicates away first.");
    }
    return status;
}

static int check_check(kith__connection *connection, const kith__op *op, kith__error *error)
{
    kith__text form = { 0 };
    int64_t count = 0;
    kith__text_add(&form, "SELECT count(*) FROM ");
    kith__sql_quote(&form, op->table);
    kith__text_addf(&form, " WHERE NOT (%s)", op->check->sql);
    int status = form.broken ? kith__fail_memory(error) : kith__query_count(connection, &count, error, form.data);
    kith__text_free(&form);
    if (status == KITH_OK && count > 0)
        status = kith__fail(error, KITH_REFUSED, "migrate.check_fails", "%lld %s in %s %s not hold CHECK (%s).", (long long)count, rows_word(count), op->table,
            count == 1 ? "does" : "do", op->check->sql);
    if (status == KITH_REFUSED)
        kith__fail_hint(error, "Change those first: an UPDATE in the same file, before the statement that adds the CHECK, and behind the one that drops an old CHECK, if there is one.");
    return status;
}

static bool has_expression(const kith__index *index)
{
    for (size_t i = 0; i < index->count; i++)
        if (index->expression != NULL && index->expression[i])
            return true;
    return false;
}

int kith__precheck(kith__connection *connection, kith__arena *arena, const kith__op *op, kith__error *error)
{
    switch (op->kind) {
    case KITH__OP_NOT_NULL:
        return op->on ? check_not_null(connection, arena, op, error) : KITH_OK;
    case KITH__OP_TYPE:
        return check_type(connection, arena, op, error);
    case KITH__OP_ADD_UNIQUE:
        return check_unique(connection, op->table, op->key->columns, op->key->count, NULL, error);
    case KITH__OP_CREATE_INDEX:
        return op->index->unique && !has_expression(op->index)
                   ? check_unique(connection, op->table, op->index->columns, op->index->count, op->index->where, error) : KITH_OK;
    case KITH__OP_ADD_CHECK:
        return check_check(connection, op, error);
    default:
        return KITH_OK;
    }
}

int kith__precheck_loss(kith__execution *e, const kith__op *op)
{
    int64_t count = 0;
    const char *loses = kith__op_loses(e->arena, op);
    if (e->accept_loss || (op->kind != KITH__OP_DROP_TABLE && op->kind != KITH__OP_DROP_COLUMN))
        return KITH_OK;
    if (loses == NULL)
        return kith__fail_memory(e->error);
    for (size_t i = 0; i < e->section->lose_count; i++)
        if (strcasecmp(e->section->loses[i], loses) == 0)
            return KITH_OK;
    int status = count_where(e->connection, op, op->kind == KITH__OP_DROP_TABLE ? "SELECT count(*) FROM %T" : "SELECT count(%N) FROM %T", &count, e->error);
    if (status != KITH_OK || count == 0)
        return status;
    status = kith__fail(e->error, KITH_REFUSED, "migrate.loses", "dropping %s would lose what %lld %s %s.", loses, (long long)count, rows_word(count),
        count == 1 ? "holds" : "hold");
    kith__fail_hint(e->error, "If that is meant, write \"-- kith: loses %s%s%s\" into the file, or say --accept-loss.", kith__loses_quote(loses), loses, kith__loses_quote(loses));
    return status;
}

/* ---------------------------------------------------------------- what the tables hold */

int kith__table_rows(kith__connection *connection, const char *table, int64_t *out, kith__error *error)
{
    static const char *const exists = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name = ? COLLATE NOCASE";
    kith__arena arena = { 0 };
    const char *found = NULL;
    *out = -1;
    int status = kith__query_text(connection, &arena, &found, error, exists, table);
    kith__op op = { .table = table };
    if (status == KITH_OK && found != NULL)
        status = count_where(connection, &op, "SELECT count(*) FROM %T", out, error);
    kith__arena_free(&arena);
    return status;
}

static int count_table(kith__connection *connection, const char *table, kith__holdings *out, kith__error *error)
{
    int64_t rows = 0;
    int status = kith__table_rows(connection, table, &rows, error);
    out->rows += rows > 0 ? rows : 0;
    out->tables += rows > 0;
    return status;
}

int kith__holdings_count(kith__pool *pool, kith__revisions *set, kith__holdings *out, kith__error *error)
{
    kith__connection *connection;
    kith__state state;
    *out = (kith__holdings){ 0 };
    int status = kith__pool_take(pool, &connection, error);
    if (status != KITH_OK)
        return status;
    for (size_t h = 0; h < set->head_count && status == KITH_OK; h++) {
        status = kith__replay(set, set->heads[h], &state, error);
        for (size_t i = 0; status == KITH_OK && i < state.schema.table_count; i++)
            status = count_table(connection, state.schema.tables[i]->name, out, error);
        kith__state_free(&state);
    }
    kith__pool_give(connection);
    return status;
}
