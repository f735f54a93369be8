/*
 * script: what a run sends, written down for the sqlite3 program to read: for those who may not run kith on the database itself. For the
 * room's own interface.
 *
 * The run is made on a database in memory, so that what it does to a table is known to the letter; nothing of it depends on rows.
 */
#include "migrate/live.h"

void kith__script_add(kith__text *script, const char *sql)
{
    kith__text_add(script, sql);
    kith__text_add(script, ";\n");
}

static void add_string(kith__text *out, const char *text)
{
    if (text != NULL)
        kith__print_string(out, text);
    else
        kith__text_add(out, "NULL");
}

/* ---------------------------------------------------------------- one file
 * kith_guard takes only 1: an INSERT of anything else fails, and with ".bail on" the program ends there, the transaction with it. */

void kith__script_begin(kith__text *script, const char *from, bool checks)
{
    if (checks)
        kith__script_add(script, "PRAGMA foreign_keys = OFF");
    kith__script_add(script, "BEGIN IMMEDIATE");
    kith__script_add(script, kith__create_version);
    kith__script_add(script, kith__create_history);
    kith__text_add(script, "INSERT INTO temp.kith_guard SELECT (SELECT group_concat(version_num) FROM kith_version) IS ");
    add_string(script, from);
    kith__text_add(script, ";\n");
    if (checks)
        kith__script_add(script, "DELETE FROM temp.kith_orphans;\nINSERT INTO temp.kith_orphans SELECT count(*) FROM pragma_foreign_key_check");
}

static void add_version(kith__text *script, const char *from, const char *to)
{
    kith__text_add(script, from == NULL ? "INSERT INTO kith_version (version_num) VALUES (" : to == NULL ? "DELETE FROM kith_version WHERE version_num = "
                                                                                            : "UPDATE kith_version SET version_num = ");
    add_string(script, to != NULL ? to : from);
    kith__text_add(script, from == NULL ? ")" : to == NULL ? "" : " WHERE version_num = ");
    if (from != NULL && to != NULL)
        add_string(script, from);
    kith__text_add(script, ";\n");
}

void kith__script_end(kith__text *script, const char *from, const char *to, const char *revision, const char *direction, const kith__history_entry *entry, bool checks)
{
    const char *texts[] = { revision, direction, entry->parents, entry->sum, entry->message, entry->up_sql, entry->down_sql };
    if (checks)
        kith__script_add(script, "INSERT INTO temp.kith_guard SELECT (SELECT count(*) FROM pragma_foreign_key_check) <= (SELECT rows FROM temp.kith_orphans)");
    add_version(script, from, to);
    kith__text_add(script, "INSERT INTO kith_history (state, revision, direction, parents, sum, message, up_sql, down_sql, started_at, finished_at, step, steps, host) VALUES ('done'");
    for (size_t i = 0; i < KITH__COUNT(texts); i++) {
        kith__text_add(script, ", ");
        add_string(script, texts[i]);
    }
    kith__text_addf(script, ", strftime('%%Y-%%m-%%d %%H:%%M:%%f', 'now') || '000', strftime('%%Y-%%m-%%d %%H:%%M:%%f', 'now') || '000', %zu, %zu, 'a script');\n", entry->steps,
        entry->steps);
    kith__script_add(script, "COMMIT");
    if (checks)
        kith__script_add(script, "PRAGMA foreign_keys = ON");
}

/* ---------------------------------------------------------------- the whole */

static void add_head(kith__text *script, const char *from, const char *to)
{
    kith__text_addf(script, "-- From %s to %s. Run it with: sqlite3 DATABASE < this\n-- It stops, and the file at which it stops is not applied, where a statement fails or the database is "
        "not where it should be.\n.bail on\n", from != NULL ? from : "base", to);
    kith__script_add(script, "CREATE TEMP TABLE kith_guard (is_at_the_revision_and_whole INTEGER CHECK (is_at_the_revision_and_whole = 1))");
    kith__script_add(script, "CREATE TEMP TABLE kith_orphans (rows INTEGER)");
}

int kith__script_make(kith__revisions *set, kith__direction_of_run direction, const char *from, const char *to, kith__text *out, kith__error *error)
{
    kith__pool *pool = NULL;
    kith__run_result result;
    kith__run_options options = { .script = out, .accept_loss = true };
    int status = kith__pool_open(&pool, "sqlite://", error);
    if (status == KITH_OK && from != NULL)
        status = kith__upgrade(pool, set, from, NULL, &result, error);
    add_head(out, from, to);
    if (status == KITH_OK)
        status = direction == KITH__UP ? kith__upgrade(pool, set, to, &options, &result, error) : kith__downgrade(pool, set, to, &options, &result, error);
    if (pool != NULL)
        kith__pool_close(pool);
    return status == KITH_OK && out->broken ? kith__fail_memory(error) : status;
}
