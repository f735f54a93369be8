/*
 * sqlite: the engine over SQLite's C interface: connections, transactions, statements. May use: pool, sqlite3.
 *
 * A connection is opened without SQLite's mutexes, for a session is one thread's at a time. Values go out in sqlite_bind.c and come in
 * in sqlite_row.c; what SQLite answers becomes a sentence in sqlite_error.c.
 */
#include "driver/sqlite.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { DEFAULT_TIMEOUT_MS = 5000, DEFAULT_CACHE = 8 * 1024 * 1024, SCAN_ROWS = 4096 };
static const int64_t millisecond = 1000000;

/* ---------------------------------------------------------------- waiting for a lock */

static void sleep_ns(int64_t nanoseconds)
{
    struct timespec time = { nanoseconds / 1000000000, nanoseconds % 1000000000 };
    nanosleep(&time, NULL);
}

/* Whether the lock is held by this very thread, so that it can never come. Readers stand only in the way of a commit. */
static bool waits_for_itself(kith__sqlite *c)
{
    kith__transaction held = kith__pool_held_here(&c->common);
    if (held == KITH__NO_TRANSACTION || (held == KITH__READING && !c->committing))
        return false;
    c->waits_for = held;
    return true;
}

/* SQLite's busy handler; 0 gives up. The pauses are those of its own. */
static int wait_turn(void *arg, int count)
{
    static const unsigned char pauses_ms[] = { 1, 2, 5, 10, 15, 20, 25, 25, 25, 50, 50, 100 };
    kith__sqlite *c = arg;
    int64_t now = kith__clock_ns();
    if (count == 0) {
        c->wait_began_ns = now;
        c->interrupts_before = atomic_load(&c->interrupts);
        if (waits_for_itself(c))
            return 0;
    }
    c->interrupted = atomic_load(&c->interrupts) != c->interrupts_before;
    int64_t left = c->timeout_ns - (now - c->wait_began_ns);
    if (c->interrupted || left <= 0 || c->common.at_once)
        return 0;
    int64_t pause = pauses_ms[(size_t)count < sizeof pauses_ms ? (size_t)count : sizeof pauses_ms - 1] * millisecond;
    sleep_ns(pause < left ? pause : left);
    return 1;
}

static void sqlite_interrupt(kith__connection *connection)
{
    kith__sqlite *c = kith__sqlite_of(connection);
    atomic_fetch_add(&c->interrupts, 1);
    sqlite3_interrupt(c->db);
}

/* ---------------------------------------------------------------- open and close */

static int open_flags(const kith__url *url)
{
    const char *mode = kith__url_option(url, "mode");
    int flags = SQLITE_OPEN_NOMUTEX | (url->path ? 0 : SQLITE_OPEN_URI);
    if (mode && strcmp(mode, "ro") == 0)
        return flags | SQLITE_OPEN_READONLY;
    return flags | SQLITE_OPEN_READWRITE | (mode && strcmp(mode, "rw") == 0 ? 0 : SQLITE_OPEN_CREATE);
}

/* A relative path goes through ./ so that no name, like file:x, means something else to SQLite. */
static void add_place(kith__text *text, const kith__pool *pool)
{
    if (!pool->url.path)
        kith__text_addf(text, "file:/kith-%016llx?vfs=memdb", (unsigned long long)pool->id);
    else
        kith__text_addf(text, "%s%s", *pool->url.path == '/' ? "" : "./", pool->url.path);
}

static int open_file(kith__sqlite *c, const kith__url *url, kith__error *error)
{
    kith__text place = { 0 };
    add_place(&place, c->common.pool);
    if (place.broken) {
        kith__text_free(&place);
        return kith__fail_memory(error);
    }
    int code = sqlite3_open_v2(place.data, &c->db, open_flags(url), NULL);
    kith__text_free(&place);
    if (!c->db)
        return kith__fail_memory(error);
    sqlite3_extended_result_codes(c->db, 1);
    return code == SQLITE_OK ? KITH_OK : kith__sqlite_fail_open(url->path, kith__url_option(url, "mode"), sqlite3_extended_errcode(c->db),
        sqlite3_errmsg(c->db), error);
}

/* Reads the schema, so that a file that is no database, or may not be read, is known now. That another program has it locked just now is
 * for the call that comes to wait for it. */
static int look_inside(kith__sqlite *c, const kith__url *url, kith__error *error)
{
    int code = sqlite3_exec(c->db, "SELECT 1 FROM sqlite_master LIMIT 1", NULL, NULL, NULL);
    if (code == SQLITE_OK || (code & 0xFF) == SQLITE_BUSY)
        return KITH_OK;
    return kith__sqlite_fail_open(url->path, kith__url_option(url, "mode"), code, sqlite3_errmsg(c->db), error);
}

static int set_journal(kith__sqlite *c, const char *mode, kith__error *error)
{
    char sql[64];
    snprintf(sql, sizeof sql, "PRAGMA journal_mode = %s", mode);
    sqlite3_stmt *statement = NULL;
    int code = sqlite3_prepare_v2(c->db, sql, -1, &statement, NULL);
    if (code == SQLITE_OK)
        code = sqlite3_step(statement);
    const char *now = code == SQLITE_ROW ? (const char *)sqlite3_column_text(statement, 0) : NULL;
    int status = KITH_OK;
    if (code != SQLITE_ROW)
        status = kith__sqlite_fail(c, code, sql, error);
    else if (!now || strcmp(now, mode) != 0)
        status = kith__fail(error, KITH_IO, "io.journal", "The journal of the database file %s is %s, and could not be made %s.", c->common.pool->url.path,
            now ? now : "unknown", mode);
    sqlite3_finalize(statement);
    return status;
}

/* The page cache, whose PRAGMA reads the schema first. While that is locked the connection is opened without. */
static int set_cache(kith__sqlite *c)
{
    char sql[64];
    snprintf(sql, sizeof sql, "PRAGMA cache_size = -%lld", (long long)c->cache_kib);
    int code = sqlite3_exec(c->db, sql, NULL, NULL, NULL);
    if (code == SQLITE_OK)
        c->cache_kib = 0;
    return code;
}

static int read_options(kith__sqlite *c, const kith__url *url, bool *foreign_keys, kith__error *error)
{
    const char *timeout = kith__url_option(url, "timeout"), *cache = kith__url_option(url, "cache"), *keys = kith__url_option(url, "foreign_keys");
    int64_t milliseconds = DEFAULT_TIMEOUT_MS, bytes = DEFAULT_CACHE;
    *foreign_keys = true;
    if ((timeout && !kith__duration_parse(timeout, &milliseconds)) || (cache && !kith__size_parse(cache, &bytes)) || (keys && !kith__switch_parse(keys, foreign_keys)))
        return kith__fail(error, KITH_CONFIG, "url.value", "An option of the URL %s cannot be read.", url->text);
    c->timeout_ns = milliseconds * millisecond;
    c->cache_kib = bytes < 1024 ? 1 : bytes / 1024;
    c->scan_kib = c->cache_kib / 8;
    return KITH_OK;
}

/* Never memory-mapped: an I/O error would be a signal. A name in double quotes that is no column is an error, not a text. The busy
 * handler comes last: no one should wait to open a session. */
static int set_up(kith__sqlite *c, const kith__url *url, kith__error *error)
{
    const char *journal = kith__url_option(url, "journal");
    bool foreign_keys;
    int status = read_options(c, url, &foreign_keys, error);
    if (status)
        return status;
    int code = sqlite3_db_config(c->db, SQLITE_DBCONFIG_ENABLE_FKEY, (int)foreign_keys, NULL);
    if (code == SQLITE_OK)
        code = sqlite3_db_config(c->db, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
    if (code == SQLITE_OK)
        code = sqlite3_exec(c->db, "PRAGMA mmap_size = 0", NULL, NULL, NULL);
    if (code == SQLITE_OK)
        code = set_cache(c);
    if (code == SQLITE_OK || (code & 0xFF) == SQLITE_BUSY)
        code = kith__sqlite_decimals(c->db);
    if (code == SQLITE_OK)
        code = kith__sqlite_fits(c->db);
    if (code == SQLITE_OK)
        code = sqlite3_busy_handler(c->db, wait_turn, c);
    if (code != SQLITE_OK)
        return kith__sqlite_fail(c, code, NULL, error);
    return journal ? set_journal(c, journal, error) : KITH_OK;
}

static void sqlite_close(kith__connection *connection)
{
    kith__sqlite *c = kith__sqlite_of(connection);
    for (size_t i = 0; i < KITH__SQLITE_FRAMES; i++)
        sqlite3_finalize(c->frames[i]);
    sqlite3_close_v2(c->db);
    kith__text_free(&c->text);
    free(c);
}

/* ---------------------------------------------------------------- the statements around others */

enum { BEGIN, BEGIN_IMMEDIATE, COMMIT, ROLLBACK, DATA_VERSION };
static const char *const frames[KITH__SQLITE_FRAMES] = { "BEGIN", "BEGIN IMMEDIATE", "COMMIT", "ROLLBACK", "PRAGMA data_version" };

static int prepare_frame(kith__sqlite *c, size_t frame)
{
    return c->frames[frame] ? SQLITE_OK : sqlite3_prepare_v3(c->db, frames[frame], -1, SQLITE_PREPARE_PERSISTENT, &c->frames[frame], NULL);
}

/* Runs one of them; `number`, when not NULL, is what its row has. Gives SQLite's code. */
static int run_frame(kith__sqlite *c, size_t frame, int64_t *number)
{
    c->waits_for = KITH__NO_TRANSACTION;
    c->interrupted = false;
    int code = prepare_frame(c, frame);
    if (code != SQLITE_OK)
        return code;
    code = sqlite3_step(c->frames[frame]);
    if (number && code == SQLITE_ROW)
        *number = sqlite3_column_int64(c->frames[frame], 0);
    int reset = sqlite3_reset(c->frames[frame]);
    return code == SQLITE_ROW || code == SQLITE_DONE ? SQLITE_OK : reset != SQLITE_OK ? reset : code;
}

/* ---------------------------------------------------------------- after a fork */

/* SQLite keeps, for the whole process, which locks its connections have on each file. A child inherits that knowledge and not the locks:
 * a new connection there would read under a lock that nobody holds, or wait for one that is held in its memory alone. To close the
 * parent's connection, or to roll it back, could write to the parent's file. So only its locks are let go, through the methods of its
 * file; in the child they are of no effect on the file. Before 3.40 SQLite trusts that there is a log when the locks of one are let go. */
static void let_go_of_locks(kith__sqlite *c)
{
    enum { LOG_LOCKS = 8 };
    sqlite3_file *file = NULL;
    if (sqlite3_file_control(c->db, "main", SQLITE_FCNTL_FILE_POINTER, &file) != SQLITE_OK || !file || !file->pMethods)
        return;
    bool has_log = c->common.pool->url.path && file->pMethods->iVersion >= 2 && sqlite3_libversion_number() >= 3040000;
    for (int i = 0; has_log && i < LOG_LOCKS; i++)
        file->pMethods->xShmLock(file, i, 1, SQLITE_SHM_UNLOCK | SQLITE_SHM_SHARED);
    file->pMethods->xUnlock(file, SQLITE_LOCK_NONE);
}

/* What is in memory was copied with the process. A transaction that this thread had open is rolled back there; another thread's may have
 * been in the middle of a step, so nothing but its lock is touched. */
static void sqlite_forked(kith__connection *connection)
{
    kith__sqlite *c = kith__sqlite_of(connection);
    bool ours = connection->held != KITH__NO_TRANSACTION && pthread_equal(connection->holder, pthread_self());
    if (ours && !connection->pool->url.path)
        run_frame(c, ROLLBACK, NULL);
    let_go_of_locks(c);
}

static void sqlite_abandon(kith__connection *connection)
{
    kith__text_free(&kith__sqlite_of(connection)->text);
    free(connection);
}

static int sqlite_open(kith__pool *pool, const kith__url *url, kith__connection **out, kith__error *error)
{
    kith__sqlite *c = calloc(1, sizeof *c);
    if (!c)
        return kith__fail_memory(error);
    c->common.driver = &kith__driver_sqlite;
    c->common.pool = pool;
    int status = open_file(c, url, error);
    if (!status)
        status = look_inside(c, url, error);
    if (!status)
        status = set_up(c, url, error);
    if (status)
        sqlite_close(&c->common);
    else
        *out = &c->common;
    return status;
}

/* ---------------------------------------------------------------- transactions */

static int fail_frame(kith__sqlite *c, size_t frame, int code, kith__error *error) { return kith__sqlite_fail(c, code, frames[frame], error); }

static int undo(kith__sqlite *c, int status)
{
    if (!sqlite3_get_autocommit(c->db))
        run_frame(c, ROLLBACK, NULL);
    return status;
}

static bool is_interrupted(kith__connection *connection)
{
    kith__sqlite *c = kith__sqlite_of(connection);
    return atomic_load(&c->interrupts) != c->interrupts_before;
}

/* Among the sessions of this handle first come is first served; then the lock is asked for. */
static int take_write_lock(kith__sqlite *c)
{
    c->interrupts_before = atomic_load(&c->interrupts);
    bool mine = kith__turn_take(&c->common, c->common.at_once ? 0 : c->timeout_ns, is_interrupted);
    if (mine || waits_for_itself(c))
        return run_frame(c, BEGIN_IMMEDIATE, NULL);
    c->interrupted = is_interrupted(&c->common);
    return c->interrupted ? SQLITE_INTERRUPT : SQLITE_BUSY;
}

/* BEGIN alone takes no snapshot; to ask for the data's version does. What undoes it is prepared first, for then there may be no memory; where there
 * was none all the same, what is still open is undone before the next. */
static int sqlite_begin(kith__connection *connection, kith__transaction wanted, kith__error *error)
{
    kith__sqlite *c = kith__sqlite_of(connection);
    size_t frame = wanted == KITH__WRITING ? BEGIN_IMMEDIATE : BEGIN;
    int code = prepare_frame(c, ROLLBACK);
    if (code == SQLITE_OK && !sqlite3_get_autocommit(c->db))
        code = run_frame(c, ROLLBACK, NULL);
    if (code == SQLITE_OK)
        code = wanted == KITH__WRITING ? take_write_lock(c) : run_frame(c, frame, NULL);
    if (code != SQLITE_OK)
        return fail_frame(c, frame, code, error);
    if (wanted == KITH__WRITING)
        return KITH_OK;
    code = run_frame(c, DATA_VERSION, &c->data_version);
    return code == SQLITE_OK ? KITH_OK : undo(c, fail_frame(c, DATA_VERSION, code, error));
}

static int outdated(kith__error *error)
{
    kith__fail(error, KITH_RETRY, "retry", "What this session has read since kith_begin was changed by another one, so it cannot be written any more.");
    kith__fail_hint(error, "Roll back and do it again; kith_transaction does that by itself.");
    return KITH_RETRY;
}

/* The reading transaction ends and a writing one begins, which may wait for its turn without standing in anyone's way; if nobody has
 * committed in between, it is as if it had been one. */
static int sqlite_upgrade(kith__connection *connection, kith__error *error)
{
    kith__sqlite *c = kith__sqlite_of(connection);
    int64_t version = 0;
    int code = run_frame(c, COMMIT, NULL);
    if (code != SQLITE_OK)
        return undo(c, fail_frame(c, COMMIT, code, error));
    code = take_write_lock(c);
    if (code != SQLITE_OK)
        return fail_frame(c, BEGIN_IMMEDIATE, code, error);
    code = run_frame(c, DATA_VERSION, &version);
    if (code != SQLITE_OK)
        return undo(c, fail_frame(c, DATA_VERSION, code, error));
    return version == c->data_version ? KITH_OK : undo(c, outdated(error));
}

/* Without memory, or where the disk fails, SQLite may roll back all of the transaction: nothing goes on as if it stood. */
static bool is_lost(const kith__sqlite *c) { return c->common.transaction != KITH__NO_TRANSACTION && sqlite3_get_autocommit(c->db); }

static int fail_lost(kith__error *error)
{
    return kith__fail(error, KITH_ERROR, "transaction.lost", "SQLite rolled the transaction back when an earlier statement failed: nothing more can be done in it.");
}

static int sqlite_commit(kith__connection *connection, kith__error *error)
{
    kith__sqlite *c = kith__sqlite_of(connection);
    if (is_lost(c))
        return fail_lost(error);
    c->committing = true;
    int code = run_frame(c, COMMIT, NULL);
    c->committing = false;
    return code == SQLITE_OK ? KITH_OK : fail_frame(c, COMMIT, code, error);
}

static int sqlite_rollback(kith__connection *connection, kith__error *error)
{
    kith__sqlite *c = kith__sqlite_of(connection);
    int code = sqlite3_get_autocommit(c->db) ? SQLITE_OK : run_frame(c, ROLLBACK, NULL);
    return code == SQLITE_OK || sqlite3_get_autocommit(c->db) ? KITH_OK : fail_frame(c, ROLLBACK, code, error);
}

/* ---------------------------------------------------------------- statements */

/* Nothing but blanks and comments after the statement that was prepared. */
static bool is_alone(kith__sqlite *c, const char *rest)
{
    sqlite3_stmt *second = NULL;
    int code = *rest ? sqlite3_prepare_v2(c->db, rest, -1, &second, NULL) : SQLITE_OK;
    sqlite3_finalize(second);
    return code == SQLITE_OK && !second;
}

static int not_one(const char *sql, const char *what, kith__error *error)
{
    kith__fail(error, KITH_MISUSE, "sql.not_one", "The SQL to run %s.", what);
    kith__fail_hint(error, "Give one statement at a time.");
    kith__fail_sql(error, sql, NULL);
    return KITH_MISUSE;
}

static int prepare_handle(kith__sqlite *c, const char *sql, unsigned flags, sqlite3_stmt **handle, kith__error *error)
{
    const char *rest = "";
    int code = c->cache_kib ? set_cache(c) : SQLITE_OK;
    if (code == SQLITE_OK)
        code = sqlite3_prepare_v3(c->db, sql, -1, flags, handle, &rest);
    if (code != SQLITE_OK)
        return kith__sqlite_fail(c, code, sql, error);
    if (*handle && is_alone(c, rest))
        return KITH_OK;
    int status = not_one(sql, *handle ? "is more than one statement" : "is no statement", error);
    sqlite3_finalize(*handle);
    *handle = NULL;
    return status;
}

static int sqlite_prepare(kith__connection *connection, const char *sql, kith__statement **out, kith__error *error)
{
    size_t size = strlen(sql) + 1;
    kith__sqlite_statement *s = malloc(sizeof *s + size);
    if (!s)
        return kith__fail_memory(error);
    *s = (kith__sqlite_statement){ .common = { .connection = connection, .sql = s->sql } };
    memcpy(s->sql, sql, size);
    int status = prepare_handle(kith__sqlite_of(connection), sql, SQLITE_PREPARE_PERSISTENT, &s->handle, error);
    if (status)
        free(s);
    else
        *out = &s->common;
    return status;
}

static void sqlite_finalize(kith__statement *statement)
{
    kith__sqlite_statement *s = kith__sqlite_statement_of(statement);
    if (!kith__connection_forked(statement->connection))
        sqlite3_finalize(s->handle);
    free(s->slots);
    free(s);
}

static void sqlite_reset(kith__statement *statement)
{
    kith__sqlite_statement *s = kith__sqlite_statement_of(statement);
    if (s->running)
        sqlite3_reset(s->handle);
    s->running = false;
}

static kith__step step_failed(kith__sqlite_statement *s, int code, kith__error *error)
{
    kith__sqlite_fail(kith__sqlite_of(s->common.connection), code, s->sql, error);
    sqlite_reset(&s->common);
    return KITH__STEP_FAILED;
}

/* What a long scan has read it does not read again: it gets an eighth of the cache, and does not drive all others out. Pages that are in use
 * or not written yet stay. */
static void scanned(kith__sqlite_statement *s)
{
    kith__sqlite *c = kith__sqlite_of(s->common.connection);
    int used = 0, most;
    if (sqlite3_stmt_status(s->handle, SQLITE_STMTSTATUS_FULLSCAN_STEP, 1) < SCAN_ROWS - 1)     /* the first row is no step */
        return;
    sqlite3_db_status(c->db, SQLITE_DBSTATUS_CACHE_USED, &used, &most, 0);
    if (used / 1024 > c->scan_kib)
        sqlite3_db_release_memory(c->db);
}

static int first_step(kith__sqlite_statement *s)
{
    kith__sqlite *c = kith__sqlite_of(s->common.connection);
    c->waits_for = KITH__NO_TRANSACTION;
    c->interrupted = false;
    int code = sqlite3_step(s->handle);
    s->running = true;
    if (code == SQLITE_ROW)
        s->width = sqlite3_column_count(s->handle);     /* asked after the step: another connection may have changed the table */
    return code;
}

/* A statement that has come to its end is reset at once: it holds no lock any more, and may be bound anew. */
static kith__step sqlite_step(kith__statement *statement, kith__error *error)
{
    kith__sqlite_statement *s = kith__sqlite_statement_of(statement);
    int code = s->running ? sqlite3_step(s->handle) : first_step(s);
    if (__builtin_expect(code == SQLITE_ROW, 1)) {
        if (__builtin_expect(++s->rows % SCAN_ROWS == 0, 0))
            scanned(s);
        return KITH__ROW;
    }
    if (code != SQLITE_DONE)
        return step_failed(s, code, error);
    sqlite_reset(statement);
    return KITH__END;
}

static int sqlite_execute(kith__connection *connection, const char *sql, kith__error *error)
{
    kith__sqlite *c = kith__sqlite_of(connection);
    sqlite3_stmt *handle = NULL;
    int status = is_lost(c) ? fail_lost(error) : prepare_handle(c, sql, 0, &handle, error), code = SQLITE_DONE;
    if (status)
        return status;
    c->waits_for = KITH__NO_TRANSACTION;
    c->interrupted = false;
    while ((code = sqlite3_step(handle)) == SQLITE_ROW)
        ;
    if (code != SQLITE_DONE)
        status = kith__sqlite_fail(c, code, sql, error);
    sqlite3_finalize(handle);
    return status;
}

static size_t sqlite_row_width(kith__statement *statement) { return (size_t)sqlite3_column_count(kith__sqlite_statement_of(statement)->handle); }

static const char *sqlite_row_name(kith__statement *statement, size_t column)
{
    const char *name = sqlite3_column_name(kith__sqlite_statement_of(statement)->handle, (int)column);
    return name ? name : "";
}

static int64_t sqlite_changes(kith__connection *connection) { return sqlite3_changes(kith__sqlite_of(connection)->db); }
static int64_t sqlite_last_key(kith__connection *connection) { return sqlite3_last_insert_rowid(kith__sqlite_of(connection)->db); }

const kith__driver kith__driver_sqlite = {
    .name = "sqlite",
    .dialect = &kith__dialect_sqlite,
    .open = sqlite_open, .close = sqlite_close, .forked = sqlite_forked, .abandon = sqlite_abandon,
    .begin = sqlite_begin, .upgrade = sqlite_upgrade, .commit = sqlite_commit, .rollback = sqlite_rollback,
    .execute = sqlite_execute, .prepare = sqlite_prepare, .finalize = sqlite_finalize, .reset = sqlite_reset,
    .bind_value = kith__sqlite_bind_value, .bind_fields = kith__sqlite_bind_fields,
    .step = sqlite_step, .row = kith__sqlite_row, .row_int = kith__sqlite_row_int, .row_value = kith__sqlite_row_value,
    .row_width = sqlite_row_width, .row_name = sqlite_row_name,
    .changes = sqlite_changes, .last_key = sqlite_last_key, .interrupt = sqlite_interrupt,
};
