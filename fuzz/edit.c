/*
 * A CREATE TABLE as SQLite keeps it, then a line "---", then operations of portable SQL on that table. If SQLite takes the definition and
 * kith edits it, SQLite takes the result too, and has the columns that the operations say. Without operations only the name changes.
 */
#include "fuzz.h"

#include <sqlite3.h>

static bool takes(sqlite3 *db, const char *sql)
{
    return sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK;
}

static size_t count_columns(sqlite3 *db, const char *table, const char *named)
{
    sqlite3_stmt *statement;
    size_t count = 0;
    if (sqlite3_prepare_v2(db, "SELECT count(*) FROM pragma_table_xinfo(?1) WHERE ?2 IS NULL OR name = ?2 COLLATE NOCASE", -1, &statement, NULL) != SQLITE_OK)
        return 0;
    sqlite3_bind_text(statement, 1, table, -1, SQLITE_STATIC);
    sqlite3_bind_text(statement, 2, named, -1, SQLITE_STATIC);
    if (sqlite3_step(statement) == SQLITE_ROW)
        count = (size_t)sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    return count;
}

/* The text that SQLite kept, and the table's name, of the only table there is; NULL: there is none. */
static char *stored(sqlite3 *db, kith__arena *arena, char **name)
{
    sqlite3_stmt *statement;
    char *text = NULL;
    if (sqlite3_prepare_v2(db, "SELECT sql, name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND sql LIKE 'CREATE TABLE%'", -1, &statement, NULL) != SQLITE_OK)
        return NULL;
    if (sqlite3_step(statement) == SQLITE_ROW) {
        text = kith__arena_text(arena, (const char *)sqlite3_column_text(statement, 0));
        *name = kith__arena_text(arena, (const char *)sqlite3_column_text(statement, 1));
    }
    sqlite3_finalize(statement);
    return text;
}

/* Those of the text that may be edited in: of this table, and no renames. */
static size_t read_ops(kith__arena *arena, const char *text, const char *table, const kith__op **out, size_t most)
{
    kith__tokens tokens;
    kith__error error = { 0 };
    size_t at = 0, first, end, count = 0;
    bool read = kith__tokenize(arena, "ops", text, strlen(text), 0, &tokens, &error) == KITH_OK;
    while (read && kith__statement_next(&tokens, &at, &first, &end)) {
        kith__statement_meaning meaning;
        if (kith__ddl_parse(arena, tokens.items + first, end - first, 0, &meaning) != KITH__PARSED_DDL)
            continue;
        for (size_t i = 0; i < meaning.ops.count && count < most; i++) {
            kith__op *op = &meaning.ops.items[i];
            bool edits = op->kind == KITH__OP_ADD_COLUMN || op->kind == KITH__OP_DROP_COLUMN || (op->kind >= KITH__OP_TYPE && op->kind <= KITH__OP_RENAME_CONSTRAINT);
            op->table = table;
            if (edits)
                out[count++] = op;
        }
    }
    kith__error_free(&error);
    return count;
}

static void check_columns(sqlite3 *db, size_t before, const kith__op *const *ops, size_t count, const char *sql)
{
    size_t expected = before;
    for (size_t i = 0; i < count; i++)
        expected += (size_t)(ops[i]->kind == KITH__OP_ADD_COLUMN) - (size_t)(ops[i]->kind == KITH__OP_DROP_COLUMN);
    MUST(count_columns(db, "fuzz new", NULL) == expected, "%zu columns, not %zu, in %s", count_columns(db, "fuzz new", NULL), expected, sql);
}

/* Nothing in them that a person wrote and SQLite may not take (DEFAULT nonsense, a CHECK of no column), nothing that others may need. */
static bool only_loosens(const kith__op *const *ops, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (ops[i]->kind != KITH__OP_NOT_NULL && ops[i]->kind != KITH__OP_DROP_CONSTRAINT && !(ops[i]->kind == KITH__OP_DEFAULT && ops[i]->sql == NULL))
            return false;
    return true;
}

static void check_edit(sqlite3 *db, kith__arena *arena, const char *text, const char *name, const char *operations)
{
    enum { MOST_ = 32 };
    const kith__op *ops[MOST_];
    const char *edited = NULL, *same = NULL;
    kith__error error = { 0 };
    size_t count = read_ops(arena, operations, name, ops, MOST_), before = count_columns(db, name, NULL);
    bool readable = kith__definition_edit(arena, text, "fuzz new", NULL, 0, &same, &error) == KITH_OK;
    if (readable) {
        MUST(takes(db, same), "SQLite takes\n%s\nand not\n%s\n%s", text, same, sqlite3_errmsg(db));
        check_columns(db, before, ops, 0, same);
        MUST(takes(db, "DROP TABLE \"fuzz new\""), "it cannot be dropped");
    }
    kith__error_free(&error);
    error = (kith__error){ 0 };
    if (kith__definition_edit(arena, text, "fuzz new", ops, count, &edited, &error) == KITH_OK) {
        MUST(readable, "edited, and unreadable: %s", text);
        bool taken = takes(db, edited);
        MUST(taken || !only_loosens(ops, count), "SQLite takes\n%s\nand not\n%s\n%s", text, edited, sqlite3_errmsg(db));
        if (taken)
            check_columns(db, before, ops, count, edited);
    } else {
        MUST(error.public_.message != NULL && error.public_.message[0] != 0, "refused without a word");
    }
    kith__error_free(&error);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    kith__arena arena = { 0 };
    sqlite3 *db = NULL;
    char *text = kith__arena_textn(&arena, (const char *)data, size), *name = NULL;
    char *mark = text != NULL ? strstr(text, "\n---\n") : NULL;
    if (mark != NULL && strlen(text) == size && sqlite3_open(":memory:", &db) == SQLITE_OK) {
        *mark = 0;
        sqlite3_limit(db, SQLITE_LIMIT_EXPR_DEPTH, 100);
        sqlite3_limit(db, SQLITE_LIMIT_VDBE_OP, 100000);
        char *kept = takes(db, text) ? stored(db, &arena, &name) : NULL;
        if (kept != NULL && name != NULL)
            check_edit(db, &arena, kept, name, mark + 5);
    }
    sqlite3_close(db);
    kith__arena_free(&arena);
    return 0;
}
