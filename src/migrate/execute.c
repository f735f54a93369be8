/*
 * execute: the instructions of a file's part, on SQLite. For the files of src/migrate.
 *
 * Operations on one table that SQLite cannot do itself wait until another statement comes, and are then done in one rebuild.
 */
#include "migrate/live.h"

#include <strings.h>

static bool is_literal(const char *sql)
{
    return sql == NULL || (sql[0] != '(' && strncasecmp(sql, "CURRENT_", 8) != 0 && strchr(sql, '(') == NULL) || sql[0] == '\'';
}

/* can SQLite add it to a table with rows, without a copy? */
bool kith__column_adds_natively(const kith__column *column)
{
    return !column->identity && is_literal(column->default_sql) && (!column->not_null || column->default_sql != NULL) &&
           (column->generated_sql == NULL || !column->generated_stored);
}

static bool is_waiting_kind(kith__op_kind kind)
{
    switch (kind) {
    case KITH__OP_ADD_COLUMN: case KITH__OP_DROP_COLUMN: case KITH__OP_TYPE: case KITH__OP_NOT_NULL: case KITH__OP_DEFAULT: case KITH__OP_IDENTITY:
    case KITH__OP_ADD_PRIMARY_KEY: case KITH__OP_DROP_PRIMARY_KEY: case KITH__OP_ADD_UNIQUE: case KITH__OP_ADD_FOREIGN_KEY: case KITH__OP_ADD_CHECK:
    case KITH__OP_DROP_CONSTRAINT: case KITH__OP_RENAME_CONSTRAINT:
        return true;
    default:
        return false;
    }
}

bool kith__section_needs_rebuild(const kith__section *section)
{
    for (size_t i = 0; i < section->count; i++) {
        if (section->items[i].drops_table && kith__instruction_for(&section->items[i], kith__dialect_sqlite.name))
            return true;
        for (size_t j = 0; j < section->items[i].ops.count && !section->items[i].state_only; j++) {
            const kith__op *op = &section->items[i].ops.items[j];
            if (op->kind == KITH__OP_DROP_TABLE || (is_waiting_kind(op->kind) && !(op->kind == KITH__OP_ADD_COLUMN && kith__column_adds_natively(op->column))))
                return true;
        }
    }
    return false;
}

static int send_as_is(kith__execution *e, const char *sql)
{
    int status = kith__execute(e->connection, sql, e->error);
    if (status == KITH_OK && e->script != NULL)
        kith__script_add(e->script, sql);
    return status;
}

static int send(kith__execution *e, kith__text *sql)
{
    int status = sql->broken ? kith__fail_memory(e->error) : send_as_is(e, sql->data);
    kith__text_free(sql);
    return status;
}

/* ---------------------------------------------------------------- what waited */

/* A foreign key of a column that is only just added goes with it, where every row's value is NULL. */
static bool belongs_to(const kith__op *key, const kith__op *added)
{
    return key->kind == KITH__OP_ADD_FOREIGN_KEY && key->foreign_key->count == 1 && strcasecmp(key->foreign_key->columns[0], added->name) == 0 &&
           added->column->default_sql == NULL && !added->column->not_null;
}

static bool all_native(const kith__execution *e)
{
    for (size_t i = 0; i < e->waiting_count; i++) {
        bool native = e->waiting[i]->kind == KITH__OP_ADD_COLUMN && kith__column_adds_natively(e->waiting[i]->column);
        if (!native && !(i > 0 && e->waiting[i - 1]->kind == KITH__OP_ADD_COLUMN && belongs_to(e->waiting[i], e->waiting[i - 1])))
            return false;
    }
    return true;
}

static int add_natively(kith__execution *e)
{
    int status = KITH_OK;
    for (size_t i = 0; i < e->waiting_count && status == KITH_OK; i++) {
        const kith__op *op = e->waiting[i], *key = i + 1 < e->waiting_count && belongs_to(e->waiting[i + 1], op) ? e->waiting[i + 1] : NULL;
        kith__text sql = { 0 };
        kith__text_add(&sql, "ALTER TABLE ");
        kith__sql_quote(&sql, op->table);
        kith__text_add(&sql, " ADD COLUMN ");
        kith__ddl_column(&sql, &kith__dialect_sqlite, op->column);
        if (key != NULL) {
            kith__text_add(&sql, " CONSTRAINT ");
            kith__sql_quote(&sql, key->name);
            kith__print_foreign_key(&sql, key->foreign_key, kith__sql_quote);
            i++;
        }
        status = send(e, &sql);
    }
    return status;
}

/* Types that SQLite stores alike are changed in the files only. */
static int leave_out_alike(kith__execution *e)
{
    const char *sql;
    kith__definition definition;
    size_t kept = 0;
    int status = kith__query_text(e->connection, e->arena, &sql, e->error, "SELECT sql FROM sqlite_schema WHERE type = 'table' AND name = ? COLLATE NOCASE", e->table);
    if (status != KITH_OK || sql == NULL)
        return status;
    if (!kith__definition_parse(e->arena, sql, KITH__SQLITE_TEXT, &definition))
        return e->arena->broken ? kith__fail_memory(e->error) : KITH_OK;
    for (size_t i = 0; i < e->waiting_count; i++) {
        const kith__op *op = e->waiting[i];
        size_t at = op->kind == KITH__OP_TYPE || op->kind == KITH__OP_IDENTITY ? kith__table_column_index(definition.table, op->name) : SIZE_MAX;
        const kith__column *column = at != SIZE_MAX ? &definition.table->columns[at] : NULL;
        bool alike = column != NULL && op->kind == KITH__OP_TYPE && op->sql == NULL && kith__types_stored_alike(e->arena, &kith__dialect_sqlite, &column->type, &op->column->type) &&
                     (column->collation == op->column->collation || (column->collation != NULL && op->column->collation != NULL && strcasecmp(column->collation, op->column->collation) == 0));
        bool same_identity = column != NULL && op->kind == KITH__OP_IDENTITY && column->never_reuse == (op->on && op->never_reuse);
        if (!alike && !same_identity)
            e->waiting[kept++] = op;
    }
    e->waiting_count = kept;
    return KITH_OK;
}

static int flush(kith__execution *e)
{
    if (e->waiting_count == 0)
        return KITH_OK;
    int status = leave_out_alike(e);
    for (size_t i = 0; i < e->waiting_count && status == KITH_OK; i++)
        status = kith__precheck_loss(e, e->waiting[i]);
    if (status == KITH_OK && e->waiting_count > 0)
        status = all_native(e) ? add_natively(e) : kith__rebuild(e->connection, e->arena, e->table, e->waiting, e->waiting_count, e->script, e->error);
    e->waiting = NULL;
    e->waiting_count = 0;
    return status;
}

/* A value is looked at before the rebuild, unless its column is only made or filled by what waits. */
static bool is_made_here(const kith__execution *e, const kith__op *op)
{
    for (size_t i = 0; i < e->waiting_count; i++)
        if (e->waiting[i]->kind == KITH__OP_ADD_COLUMN)
            for (size_t j = 0; j < (op->key != NULL ? op->key->count : 1); j++) {
                const char *name = op->key != NULL ? op->key->columns[j] : op->name;
                if (name != NULL && (strcasecmp(e->waiting[i]->name, name) == 0 || (op->check != NULL && kith__sql_mentions(e->arena, op->check->sql, e->waiting[i]->name))))
                    return true;
            }
    return false;
}

/* A type is checked against the values as they are, and left out by the type that is there: the one before it must be done. */
static bool changes_type_again(const kith__execution *e, const kith__op *op)
{
    for (size_t i = 0; op->kind == KITH__OP_TYPE && i < e->waiting_count; i++)
        if (e->waiting[i]->kind == KITH__OP_TYPE && strcasecmp(e->waiting[i]->name, op->name) == 0)
            return true;
    return false;
}

static int wait(kith__execution *e, const kith__op *op)
{
    bool another = e->table != NULL && strcasecmp(e->table, op->table) != 0;
    int status = another || changes_type_again(e, op) ? flush(e) : KITH_OK;
    if (status == KITH_OK && !is_made_here(e, op))
        status = kith__precheck(e->connection, e->arena, op, e->error);
    if (status != KITH_OK)
        return status;
    e->table = op->table;
    const kith__op **place = kith__list_add(e->arena, &e->waiting, &e->waiting_count, sizeof *place);
    if (place == NULL)
        return kith__fail_memory(e->error);
    *place = op;
    return KITH_OK;
}

/* ---------------------------------------------------------------- what SQLite does itself */

static int rename(kith__execution *e, const kith__op *op)
{
    kith__text sql = { 0 };
    kith__text_add(&sql, "ALTER TABLE ");
    kith__sql_quote(&sql, op->table);
    kith__text_add(&sql, " RENAME ");
    if (op->kind == KITH__OP_RENAME_COLUMN) {
        kith__text_add(&sql, "COLUMN ");
        kith__sql_quote(&sql, op->name);
    }
    kith__text_add(&sql, " TO ");
    kith__sql_quote(&sql, op->to);
    int status = send(e, &sql);
    const char *why = e->error->public_.message;        /* "error in view v: no such table: t" */
    if (status != KITH_OK && (strstr(why, "error in view ") != NULL || strstr(why, "error in trigger ") != NULL))
        kith__fail_hint(e->error, "SQLite renames nothing while a view or trigger is broken: mend that one first, or drop it.");
    return status;
}

static int look_for(kith__execution *e, const char *type, const char *name, bool *there)
{
    const char *found = NULL;
    int status = kith__query_text(e->connection, e->arena, &found, e->error,
        strcmp(type, "table") == 0 ? "SELECT name FROM sqlite_schema WHERE type = 'table' AND name = ? COLLATE NOCASE"
                                   : "SELECT name FROM sqlite_schema WHERE type = 'index' AND name = ? COLLATE NOCASE", name);
    *there = found != NULL;
    return status;
}

static int create_index(kith__execution *e, const kith__op *op)
{
    kith__text sql = { 0 };
    kith__table table = { .name = op->table };
    int status = kith__precheck(e->connection, e->arena, op, e->error);
    if (status != KITH_OK)
        return status;
    kith__ddl_create_index(&sql, &kith__dialect_sqlite, &table, op->index);
    return send(e, &sql);
}

static int drop(kith__execution *e, const kith__op *op, const char *words, const char *name)
{
    kith__text sql = { 0 };
    int status = kith__precheck_loss(e, op);
    if (status != KITH_OK)
        return status;
    kith__text_add(&sql, words);
    kith__sql_quote(&sql, name);
    return send(e, &sql);
}

/* SQLite has no word for it: the index is made again under its new name. */
static int rename_index(kith__execution *e, const kith__op *op)
{
    const char *sql, *table;
    kith__index index;
    int status = kith__query_text(e->connection, e->arena, &sql, e->error, "SELECT sql FROM sqlite_schema WHERE type = 'index' AND name = ? COLLATE NOCASE", op->name);
    if (status != KITH_OK)
        return status;
    if (sql == NULL || !kith__index_parse(e->arena, sql, KITH__SQLITE_TEXT, &table, &index))
        return sql != NULL && e->arena->broken ? kith__fail_memory(e->error) : kith__fail(e->error, KITH_SCHEMA, "migrate.no_index", "there is no index %s that kith can rename.", op->name);
    status = drop(e, op, "DROP INDEX ", op->name);
    index.name = op->to;
    kith__op made = { .kind = KITH__OP_RENAME_INDEX, .table = table, .name = op->to, .index = &index };
    return status == KITH_OK ? create_index(e, &made) : status;
}

/* made by "db create", by another tool, or by hand */
static int refuse_table(kith__execution *e, const char *table)
{
    int status = kith__fail(e->error, KITH_SCHEMA, "migrate.table_there", "the table %s is in the database already, and no migration that ran has made it.", table);
    kith__fail_hint(e->error, "If it is as the migrations make it, say up to which of them: kith db stamp REVISION, and see with kith db check. Else rename or drop it.");
    return status;
}

static int create_table(kith__execution *e, const kith__op *op)
{
    kith__text sql = { 0 };
    bool there = false;
    int status = op->maybe ? KITH_OK : look_for(e, "table", op->new_table->name, &there);
    if (status != KITH_OK || there)
        return there ? refuse_table(e, op->new_table->name) : status;
    kith__ddl_create_table(&sql, &kith__dialect_sqlite, op->new_table);
    return send(e, &sql);
}

static int run_op(kith__execution *e, const kith__op *op)
{
    int status = KITH_OK;
    if (is_waiting_kind(op->kind))
        return wait(e, op);
    if (op->kind == KITH__OP_COMMENT)
        return KITH_OK;
    status = flush(e);
    if (status != KITH_OK)
        return status;
    bool of_index = op->kind == KITH__OP_CREATE_INDEX || op->kind == KITH__OP_DROP_INDEX;
    bool creates = op->kind == KITH__OP_CREATE_TABLE || op->kind == KITH__OP_CREATE_INDEX, there = false;
    if (op->maybe && ((status = look_for(e, of_index ? "index" : "table", of_index ? op->name : op->table, &there)) != KITH_OK || there == creates))
        return status;
    switch (op->kind) {
    case KITH__OP_CREATE_TABLE:
        return create_table(e, op);
    case KITH__OP_DROP_TABLE:
        return drop(e, op, "DROP TABLE ", op->table);
    case KITH__OP_CREATE_INDEX:
        return create_index(e, op);
    case KITH__OP_DROP_INDEX:
        return drop(e, op, "DROP INDEX ", op->name);
    case KITH__OP_RENAME_INDEX:
        return rename_index(e, op);
    default:
        return rename(e, op);
    }
}

static int run_instruction(kith__execution *e, const kith__instruction *instruction)
{
    if (instruction->state_only || !kith__instruction_for(instruction, kith__dialect_sqlite.name))
        return KITH_OK;
    if (instruction->ops.count == 0) {
        int status = flush(e);
        e->at = instruction;
        return status == KITH_OK ? send_as_is(e, instruction->sql) : status;
    }
    int status = KITH_OK;
    for (size_t i = 0; i < instruction->ops.count && status == KITH_OK; i++) {
        if (e->waiting_count == 0)
            e->at = instruction;
        status = run_op(e, &instruction->ops.items[i]);
    }
    return status;
}

int kith__section_execute(kith__execution *e)
{
    int status = KITH_OK;
    for (size_t i = 0; i < e->section->count && status == KITH_OK; i++)
        status = run_instruction(e, &e->section->items[i]);
    if (status == KITH_OK)
        status = flush(e);
    if (status == KITH_OK && e->arena->broken)
        status = kith__fail_memory(e->error);
    if (status != KITH_OK && e->at != NULL)
        kith__fail_prefix(e->error, "%s:%u:", e->file, e->at->line);
    return kith__correct(e->error, status);
}
