/*
 * history: what a database knows of its migrations: kith_version (where it is) and kith_history (how it came there, with the SQL that
 * leads back, so that a program without the file can still downgrade). For the files of src/migrate.
 */
#include "migrate/live.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define NOW_ "strftime('%Y-%m-%d %H:%M:%f', 'now') || '000'"
#define KITH_VERSION_ "0.1.0"

const char kith__create_version[] = "CREATE TABLE IF NOT EXISTS kith_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY)";
const char kith__create_history[] =
    "CREATE TABLE IF NOT EXISTS kith_history (id INTEGER NOT NULL, revision VARCHAR(32) NOT NULL, direction VARCHAR(8) NOT NULL, state VARCHAR(8) NOT NULL, "
    "parents TEXT, sum CHAR(64), message TEXT, up_sql TEXT, down_sql TEXT, started_at DATETIME, finished_at DATETIME, step INTEGER, steps INTEGER, error TEXT, "
    "kith_version VARCHAR(32), app TEXT, host TEXT, pid BIGINT, PRIMARY KEY (id))";

int kith__history_make(kith__connection *connection, kith__error *error)
{
    int status = kith__execute(connection, kith__create_version, error);
    return status != KITH_OK ? status : kith__execute(connection, kith__create_history, error);
}

static void here(char host[65], char pid[24])
{
    if (gethostname(host, 64) != 0)
        strcpy(host, "?");
    host[64] = 0;
    snprintf(pid, 24, "%ld", (long)getpid());
}

int kith__history_start(kith__connection *connection, const char *revision, const char *direction, const char *app, kith__error *error)
{
    char host[65], pid[24];
    here(host, pid);
    const char *binds[] = { revision, direction, KITH_VERSION_, app, host, pid };
    return kith__query_run(connection, error, "INSERT INTO kith_history (revision, direction, state, started_at, step, kith_version, app, host, pid) "
        "VALUES (?, ?, 'running', " NOW_ ", 0, ?, ?, ?, CAST(? AS INTEGER))", binds, KITH__COUNT(binds));
}

int kith__history_finish(kith__connection *connection, const char *revision, const kith__history_entry *entry, kith__error *error)
{
    char host[65], pid[24], steps[24];
    here(host, pid);
    snprintf(steps, sizeof steps, "%zu", entry->steps);
    const char *binds[] = { entry->parents, entry->sum, entry->message, entry->up_sql, entry->down_sql, steps, steps, revision, host, pid };
    return kith__query_run(connection, error, "UPDATE kith_history SET state = 'done', finished_at = " NOW_ ", parents = ?, sum = ?, message = ?, up_sql = ?, down_sql = ?, "
        "step = CAST(? AS INTEGER), steps = CAST(? AS INTEGER) WHERE state = 'running' AND revision = ? AND host = ? AND pid = CAST(? AS INTEGER)",
        binds, KITH__COUNT(binds));
}

int kith__history_fail(kith__connection *connection, const char *why, kith__error *error)
{
    char host[65], pid[24];
    here(host, pid);
    const char *binds[] = { why, host, pid };
    return kith__query_run(connection, error, "UPDATE kith_history SET state = 'failed', finished_at = " NOW_ ", error = ? "
        "WHERE state = 'running' AND host = ? AND pid = CAST(? AS INTEGER)", binds, KITH__COUNT(binds));
}

int kith__history_settle(kith__connection *connection, kith__error *error)
{
    return kith__query_run(connection, error, "UPDATE kith_history SET state = 'undone', finished_at = " NOW_ " WHERE state = 'running'", NULL, 0);
}

int kith__version_move(kith__connection *connection, const char *from, const char *to, kith__error *error)
{
    const char *both[] = { to, from };
    if (from == NULL)
        return kith__query_run(connection, error, "INSERT INTO kith_version (version_num) VALUES (?)", &to, 1);
    if (to == NULL)
        return kith__query_run(connection, error, "DELETE FROM kith_version WHERE version_num = ?", &from, 1);
    return kith__query_run(connection, error, "UPDATE kith_version SET version_num = ? WHERE version_num = ?", both, 2);
}

/* ---------------------------------------------------------------- reading */

#define HISTORY_ROW_ "CAST(id AS TEXT), revision, direction, state, parents, sum, message, up_sql, down_sql, CAST(started_at AS TEXT), CAST(finished_at AS TEXT), " \
    "error, host, app, CAST(pid AS TEXT)"

static kith__applied *applied_of(kith__arena *arena, const char **row)
{
    kith__applied *out = kith__arena_zero(arena, sizeof *out);
    if (out == NULL)
        return NULL;
    *out = (kith__applied){ .id = row[0] ? strtoll(row[0], NULL, 10) : 0, .revision = row[1], .direction = row[2], .state = row[3], .parents = row[4], .sum = row[5],
        .message = row[6], .up_sql = row[7], .down_sql = row[8], .started_at = row[9], .finished_at = row[10], .error = row[11], .host = row[12], .app = row[13],
        .pid = row[14] ? strtoll(row[14], NULL, 10) : 0 };
    return out;
}

static int read_one(kith__connection *connection, kith__arena *arena, const char *sql, const char *bind, kith__applied **out, kith__error *error)
{
    kith__rows rows;
    *out = NULL;
    int status = kith__query(connection, arena, &rows, error, sql, &bind, bind != NULL);
    if (status == KITH_OK && rows.count > 0 && (*out = applied_of(arena, rows.items[0])) == NULL)
        status = kith__fail_memory(error);
    return status;
}

static int has_tables(kith__connection *connection, kith__arena *arena, bool *version, bool *history, kith__error *error)
{
    kith__rows rows;
    int status = kith__query(connection, arena, &rows, error, "SELECT name FROM sqlite_schema WHERE type = 'table' AND name IN ('kith_version', 'kith_history')", NULL, 0);
    for (size_t i = 0; i < rows.count && status == KITH_OK; i++)
        *(strcmp(rows.items[i][0], "kith_version") == 0 ? version : history) = true;
    return status;
}

/* A table of that name, but not of that shape: another program's. */
static int refuse_shape(const char *table, kith__error *error)
{
    kith__error_clear(error);
    int status = kith__fail(error, KITH_CONFIG, "migrate.not_ours", "the table %s of this database is not one that kith made.", table);
    kith__fail_hint(error, "kith keeps its own books under that name: rename the table, or use another database.");
    return status;
}

int kith__current_read(kith__connection *connection, kith__current *out, kith__error *error)
{
    bool history = false;
    kith__rows rows = { 0 };
    *out = (kith__current){ 0 };
    int status = has_tables(connection, &out->arena, &out->tables, &history, error);
    if (status == KITH_OK && out->tables)
        status = kith__query(connection, &out->arena, &rows, error, "SELECT version_num FROM kith_version ORDER BY 1", NULL, 0);
    if (status == KITH_SCHEMA)
        status = refuse_shape("kith_version", error);
    if (status == KITH_OK && (out->heads = kith__arena_zero(&out->arena, (rows.count + 1) * sizeof *out->heads)) == NULL)
        status = kith__fail_memory(error);
    for (size_t i = 0; i < rows.count && status == KITH_OK; i++)
        out->heads[out->head_count++] = rows.items[i][0];
    if (status == KITH_OK && history)
        status = read_one(connection, &out->arena, "SELECT " HISTORY_ROW_ " FROM kith_history WHERE state = 'running' ORDER BY id DESC LIMIT 1", NULL, &out->running, error);
    if (status == KITH_SCHEMA)
        status = refuse_shape("kith_history", error);
    if (status != KITH_OK)
        kith__current_free(out);
    return status;
}

void kith__current_free(kith__current *current)
{
    kith__arena_free(&current->arena);
    *current = (kith__current){ 0 };
}

int kith__applied_find(kith__connection *connection, kith__arena *arena, const char *revision, kith__applied **out, kith__error *error)
{
    bool version = false, history = false;
    *out = NULL;
    int status = has_tables(connection, arena, &version, &history, error);
    return status != KITH_OK || !history ? status : read_one(connection, arena,
        "SELECT " HISTORY_ROW_ " FROM kith_history WHERE revision = ? AND state = 'done' AND direction IN ('up', 'stamp') AND up_sql IS NOT NULL ORDER BY id DESC LIMIT 1",
        revision, out, error);
}

int kith__history_sums(kith__connection *connection, kith__arena *arena, kith__rows *out, kith__error *error)
{
    bool version = false, history = false;
    *out = (kith__rows){ 0 };
    int status = has_tables(connection, arena, &version, &history, error);
    return status != KITH_OK || !history ? status : kith__query(connection, arena, out, error,
        "SELECT revision, sum, CAST(finished_at AS TEXT) FROM kith_history WHERE id IN (SELECT max(id) FROM kith_history WHERE state = 'done' GROUP BY revision) "
        "AND direction = 'up' AND sum IS NOT NULL ORDER BY id", NULL, 0);
}

/* ---------------------------------------------------------------- what was edited */

/* The next line that says something, without blanks around it; NULL: none. */
static const char *next_line(const char **at, const char *end, size_t *size)
{
    while (*at < end) {
        const char *line = *at, *newline = memchr(line, '\n', (size_t)(end - line)), *stop = newline != NULL ? newline : end;
        *at = newline != NULL ? newline + 1 : end;
        while (line < stop && strchr(" \t\r", *line) != NULL)
            line++;
        while (stop > line && strchr(" \t\r", stop[-1]) != NULL)
            stop--;
        *size = (size_t)(stop - line);
        if (*size > 0 && (*size < 2 || memcmp(line, "--", 2) != 0 || (*size > 8 && memcmp(line, "-- kith:", 8) == 0)))
            return line;
    }
    return NULL;
}

/* The first lines that differ, in words: "(it says “…”; it said “…”)"; NULL: none was found */
static const char *difference(kith__arena *arena, const char *now, size_t now_size, const char *then)
{
    const char *now_end = now + now_size, *then_end = then + strlen(then);
    for (;;) {
        size_t a = 0, b = 0;
        const char *said_now = next_line(&now, now_end, &a), *said_then = next_line(&then, then_end, &b);
        if (said_now == NULL && said_then == NULL)
            return NULL;
        if (said_now == NULL || said_then == NULL || a != b || memcmp(said_now, said_then, a) != 0)
            return kith__arena_format(arena, " (it says \"%.*s\", and said \"%.*s\")", said_now != NULL ? (int)a : 0, said_now != NULL ? said_now : "",
                said_then != NULL ? (int)b : 0, said_then != NULL ? said_then : "");
    }
}

int kith__history_edited(kith__connection *connection, kith__arena *arena, const kith__revision *revision, const char *when, kith__error *error)
{
    kith__applied *ran;
    const char *what = NULL;
    int status = kith__applied_find(connection, arena, revision->id, &ran, error);
    if (status != KITH_OK)
        return status;
    if (ran != NULL && ran->up_sql != NULL)
        what = difference(arena, revision->upgrade.text, revision->upgrade.size, ran->up_sql);
    if (what == NULL && ran != NULL && ran->down_sql != NULL)
        what = difference(arena, revision->downgrade.text, revision->downgrade.size, ran->down_sql);
    status = kith__fail(error, KITH_REFUSED, "migrate.edited", "%s was edited after it was applied on %.16s%s.", revision->file, when != NULL ? when : "?", what != NULL ? what : "");
    kith__fail_hint(error, "Put it back as it was and make a new migration of the change.");
    return status;
}
