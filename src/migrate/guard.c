/*
 * guard: what a file must not break: rows with their parents, views and triggers that worked. For the files of src/migrate.
 *
 * While a table is rebuilt SQLite's foreign keys are off (they would delete the children), so they are looked at before and after:
 * what was broken before may stay so, nothing may become so.
 */
#include "migrate/live.h"

#include <stdlib.h>
#include <strings.h>

static int broken_rows(kith__connection *connection, kith__arena *arena, kith__rows *out, kith__error *error)
{
    return kith__query(connection, arena, out, error,
        "SELECT \"table\", coalesce(CAST(rowid AS TEXT), ''), parent FROM pragma_foreign_key_check ORDER BY 1, 3, 2", NULL, 0);
}

/* What was asked makes no sense to the engine; anything else went wrong while it was asked. */
static bool is_refusal(int status) { return status == KITH_ERROR || status == KITH_SCHEMA; }

/* Fails when it could not be told. By EXPLAIN, so that no row is read; and stepped, since a statement that was kept from before is only made ready anew there. */
static int view_works(kith__connection *connection, const char *view, bool *works, kith__error *why)
{
    kith__text sql = { 0 };
    kith__text_add(&sql, "EXPLAIN SELECT * FROM ");
    kith__sql_quote(&sql, view);
    int status = sql.broken ? kith__fail_memory(why) : kith__makes_ready(connection, sql.data, why);
    *works = status == KITH_OK;
    kith__text_free(&sql);
    return is_refusal(status) ? KITH_OK : status;
}

static int note_views(kith__connection *connection, kith__arena *arena, kith__guard *guard, kith__error *error)
{
    kith__rows rows;
    int status = kith__query(connection, arena, &rows, error, "SELECT name FROM sqlite_schema WHERE type = 'view'", NULL, 0);
    for (size_t i = 0; i < rows.count && status == KITH_OK; i++) {
        kith__error why = { 0 };
        bool works;
        status = view_works(connection, rows.items[i][0], &works, &why);
        if (status != KITH_OK)
            kith__error_copy(error, &why);
        kith__error_free(&why);
        const char **place = works ? kith__list_add(arena, &guard->views, &guard->view_count, sizeof *place) : NULL;
        if (place != NULL)
            *place = rows.items[i][0];
        else if (works)
            status = kith__fail_memory(error);
    }
    return status;
}

/* ---------------------------------------------------------------- triggers */

/* The statement that makes ready all triggers of a table or a view for one kind of change. Broken, or of no columns: there is none. */
static int put_change(kith__connection *connection, kith__arena *arena, const char *table, const char *kind, kith__text *out, kith__error *why)
{
    const char *columns = NULL;
    bool updates = strcmp(kind, "UPDATE") == 0;
    int status = !updates ? KITH_OK : kith__query_text(connection, arena, &columns, why,
        "SELECT group_concat('\"' || replace(name, '\"', '\"\"') || '\" = NULL', ', ') FROM pragma_table_xinfo(?) WHERE hidden = 0", table);
    kith__text_addf(out, "EXPLAIN %s ", kind);
    kith__sql_quote(out, table);
    kith__text_addf(out, "%s%s", updates ? " SET " : strcmp(kind, "INSERT INTO") == 0 ? " DEFAULT VALUES" : "", columns != NULL ? columns : "");
    return status;
}

/* Fails when it could not be told. A trigger that names a column or a table that is gone is accepted by SQLite, and fails with the change. */
static int change_works(kith__connection *connection, kith__arena *arena, const kith__guarded *one, bool *works, kith__error *why)
{
    kith__text sql = { 0 };
    int status = put_change(connection, arena, one->table, one->kind, &sql, why);
    if (status == KITH_OK)
        status = sql.broken ? kith__fail_memory(why) : kith__makes_ready(connection, sql.data, why);
    *works = status == KITH_OK;
    kith__text_free(&sql);
    return is_refusal(status) ? KITH_OK : status;
}

static int note_change(kith__connection *connection, kith__arena *arena, kith__guard *guard, const kith__guarded *one, kith__error *error)
{
    kith__error why = { 0 };
    bool works;
    int status = change_works(connection, arena, one, &works, &why);
    if (status != KITH_OK)
        kith__error_copy(error, &why);
    kith__error_free(&why);
    kith__guarded *place = works ? kith__list_add(arena, &guard->changes, &guard->change_count, sizeof *place) : NULL;
    if (place != NULL)
        *place = *one;
    return works && place == NULL ? kith__fail_memory(error) : status;
}

static int note_triggers(kith__connection *connection, kith__arena *arena, kith__guard *guard, kith__error *error)
{
    static const char *const kinds[] = { "INSERT INTO", "UPDATE", "DELETE FROM" };
    kith__rows rows;
    int status = kith__query(connection, arena, &rows, error, "SELECT DISTINCT tbl_name FROM sqlite_schema WHERE type = 'trigger'", NULL, 0);
    for (size_t i = 0; i < rows.count; i++)
        for (size_t j = 0; j < KITH__COUNT(kinds) && status == KITH_OK; j++)
            status = note_change(connection, arena, guard, &(kith__guarded){ rows.items[i][0], kinds[j] }, error);
    return status;
}

static int check_change(kith__connection *connection, kith__arena *arena, const kith__guarded *one, kith__error *error)
{
    kith__error why = { 0 };
    const char *found = NULL;
    bool works = true;
    int status = kith__query_text(connection, arena, &found, error, "SELECT tbl_name FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = ? COLLATE NOCASE", one->table);
    if (status == KITH_OK && found != NULL && (status = change_works(connection, arena, one, &works, &why)) != KITH_OK)
        kith__error_copy(error, &why);
    if (status == KITH_OK && !works) {
        status = kith__fail(error, KITH_REFUSED, "migrate.trigger", "a trigger of %s would no longer work: %s", one->table, why.public_.message != NULL ? why.public_.message : "?");
        kith__fail_hint(error, "Drop it at the beginning of the same file, and make it anew at the end.");
    }
    kith__error_free(&why);
    return status;
}

/* ---------------------------------------------------------------- all of it */

int kith__guard_before(kith__connection *connection, kith__arena *arena, kith__guard *guard, kith__error *error)
{
    kith__error why = { 0 };
    if (!guard->checks)
        return KITH_OK;
    int status = broken_rows(connection, arena, &guard->broken, &why);
    guard->keys_known = status == KITH_OK;
    if (is_refusal(status))             /* a key without a unique target fails it */
        status = KITH_OK;
    if (status != KITH_OK)
        kith__error_copy(error, &why);
    kith__error_free(&why);
    if (status == KITH_OK)
        status = note_views(connection, arena, guard, error);
    return status == KITH_OK ? note_triggers(connection, arena, guard, error) : status;
}

static int compare_rows(const char *const *a, const char *const *b)
{
    static const size_t order[] = { 0, 2, 1 };
    for (size_t i = 0; i < KITH__COUNT(order); i++) {
        const char *left = a[order[i]] != NULL ? a[order[i]] : "", *right = b[order[i]] != NULL ? b[order[i]] : "";
        int difference = strcmp(left, right);
        if (difference != 0)
            return difference;
    }
    return 0;
}

static int by_place(const void *a, const void *b) { return compare_rows(*(const char *const *const *)a, *(const char *const *const *)b); }

/* What lay in a table before, or had its parent there, does so in the table of the new name. */
static void rename_broken(kith__guard *guard, const kith__op *op)
{
    static const size_t tables[] = { 0, 2 };
    for (size_t i = 0; i < guard->broken.count; i++)
        for (size_t j = 0; j < KITH__COUNT(tables); j++) {
            const char **table = &guard->broken.items[i][tables[j]];
            if (*table != NULL && strcasecmp(*table, op->table) == 0)
                *table = op->to;
        }
}

static void follow_renames(kith__guard *guard)
{
    for (size_t i = 0; i < guard->section->count; i++) {
        const kith__instruction *instruction = &guard->section->items[i];
        bool runs = !instruction->state_only && kith__instruction_for(instruction, kith__dialect_sqlite.name);
        for (size_t j = 0; runs && j < instruction->ops.count; j++)
            if (instruction->ops.items[j].kind == KITH__OP_RENAME_TABLE)
                rename_broken(guard, &instruction->ops.items[j]);
    }
    if (guard->broken.count > 0)
        qsort(guard->broken.items, guard->broken.count, sizeof *guard->broken.items, by_place);
}

static int check_keys(kith__connection *connection, kith__arena *arena, kith__guard *guard, kith__error *error)
{
    kith__rows now;
    follow_renames(guard);
    int status = broken_rows(connection, arena, &now, error);
    const char **first = NULL;
    size_t count = 0, old = 0;
    for (size_t i = 0; i < now.count && status == KITH_OK; i++) {
        while (old < guard->broken.count && compare_rows(guard->broken.items[old], now.items[i]) < 0)
            old++;
        if (old < guard->broken.count && compare_rows(guard->broken.items[old], now.items[i]) == 0) {
            old++;
            continue;
        }
        first = first != NULL ? first : now.items[i];
        count++;
    }
    if (count > 0)
        status = kith__fail(error, KITH_REFUSED, "migrate.orphans", "%zu row%s would be left without a parent; the first is in %s (rowid %s), its parent should be in %s.",
            count, count == 1 ? "" : "s", first[0], first[1], first[2]);
    if (count > 0)
        kith__fail_hint(error, "Give them a parent, or delete them, at the beginning of the same file.");
    return status;
}

int kith__guard_after(kith__connection *connection, kith__arena *arena, kith__guard *guard, kith__error *error)
{
    int status = guard->checks && guard->keys_known ? check_keys(connection, arena, guard, error) : KITH_OK;
    for (size_t i = 0; i < guard->view_count && status == KITH_OK; i++) {
        kith__error why = { 0 };
        bool works;
        int64_t there = 0;
        const char *name = guard->views[i], *found = NULL;
        status = kith__query_text(connection, arena, &found, error, "SELECT name FROM sqlite_schema WHERE type = 'view' AND name = ?", name);
        there = found != NULL;
        if (status == KITH_OK && there && (status = view_works(connection, name, &works, &why)) != KITH_OK)
            kith__error_copy(error, &why);
        if (status == KITH_OK && there && !works) {
            status = kith__fail(error, KITH_REFUSED, "migrate.view", "the view %s would no longer work: %s", name, why.public_.message != NULL ? why.public_.message : "?");
            kith__fail_hint(error, "Drop it at the beginning of the same file, and make it anew at the end.");
        }
        kith__error_free(&why);
    }
    for (size_t i = 0; i < guard->change_count && status == KITH_OK; i++)
        status = check_change(connection, arena, &guard->changes[i], error);
    return status;
}
