/*
 * What the connection that did the work was really set to. SQLite tells of every connection that is opened, on either side:
 * kith's too, whose handle no program sees otherwise. A function registered on each, and never called, tells when it is closed.
 */
#include <stdio.h>
#include <string.h>

#include "hand.h"

enum { WATCHED_MAX = 16 };
static sqlite3 *watched_[WATCHED_MAX];          /* an entry point has no argument of ours, hence a static */
static size_t   watched_count_;

static void closed(void *db)
{
    for (size_t i = 0; i < watched_count_; i++)
        if (watched_[i] == db) {
            memmove(&watched_[i], &watched_[i + 1], (watched_count_ - i - 1) * sizeof *watched_);
            watched_count_--;
            return;
        }
}

static void never_called(sqlite3_context *context, int count, sqlite3_value **values)
{
    (void)context, (void)count, (void)values;
}

static int opened(sqlite3 *db, char **error, const void *api)
{
    (void)error, (void)api;
    if (watched_count_ == WATCHED_MAX)
        return SQLITE_OK;
    watched_[watched_count_++] = db;
    return sqlite3_create_function_v2(db, "kith_bench_watch", 0, SQLITE_UTF8, db, never_called, NULL, NULL, closed);
}

void bench_watch_start(void)
{
    union { int (*entry)(sqlite3 *, char **, const void *); void (*plain)(void); } point = { .entry = opened };
    if (sqlite3_auto_extension(point.plain) != SQLITE_OK)
        bench_fail("the connections cannot be watched");
}

static void ask(sqlite3 *db, const char *pragma, char answer[16])
{
    sqlite3_stmt *statement = hand_prepare(db, pragma);
    if (hand_step(statement))
        snprintf(answer, 16, "%s", (const char *)sqlite3_column_text(statement, 0));
    else
        snprintf(answer, 16, "0");
    sqlite3_finalize(statement);
}

static int64_t ask_number(sqlite3 *db, const char *pragma)
{
    char answer[16];
    long long number = 0;
    ask(db, pragma, answer);
    sscanf(answer, "%lld", &number);
    return number;
}

void bench_watch_read(bench_settings *settings)
{
    if (!watched_count_)
        bench_fail("no connection is open where its settings should be read");
    sqlite3 *db = watched_[watched_count_ - 1];
    int64_t cache = ask_number(db, "PRAGMA cache_size");
    ask(db, "PRAGMA journal_mode", settings->journal);
    settings->synchronous = (int)ask_number(db, "PRAGMA synchronous");
    settings->foreign_keys = (int)ask_number(db, "PRAGMA foreign_keys");
    settings->cache_kib = cache < 0 ? -cache : cache * ask_number(db, "PRAGMA page_size") / 1024;
    settings->mmap_bytes = ask_number(db, "PRAGMA mmap_size");
    settings->mutex = sqlite3_db_mutex(db) != NULL;
}
