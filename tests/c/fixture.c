/*
 * See fixture.h.
 */
#include "fixture.h"

#include <strings.h>

static int begin(void **state, kith_test_place place)
{
    fixture *f = calloc(1, sizeof *f);
    assert_non_null(f);
    f->place = place;
    f->database = place.database;
    f->session = place.session;
    kith_test_watch(f->session, &f->seen);
    *state = f;
    return 0;
}

int fixture_in_file(void **state, const kith_model_function models[])
{
    return begin(state, kith_test_open(models));
}

int fixture_in_memory(void **state, const kith_model_function models[])
{
    return begin(state, kith_test_open_memory(models));
}

int fixture_in_wal(void **state, const kith_model_function models[])
{
    int failed = fixture_in_file(state, models);
    raw_run(*state, "PRAGMA journal_mode = WAL");
    new_session(*state);
    return failed;
}

int fixture_end(void **state)
{
    fixture *f = *state;
    sqlite3_close(f->raw);
    if (f->other)
        kith_session_close(f->other);
    if (f->session)
        kith_test_unwatch(f->session, &f->seen);
    f->place.session = f->session;
    kith_test_close(&f->place);
    free(f);
    return 0;
}

kith_session *another_session(fixture *f)
{
    assert_null(f->other);
    f->other = kith_session_open(f->database);
    assert_non_null(f->other);
    kith_test_ok(f->other);
    return f->other;
}

kith_session *new_session(fixture *f)
{
    kith_test_unwatch(f->session, &f->seen);
    kith_session_close(f->session);
    f->session = kith_session_open(f->database);
    assert_non_null(f->session);
    kith_test_ok(f->session);
    kith_test_watch(f->session, &f->seen);
    return f->session;
}

int64_t stored_raccoon(fixture *f, const char *name)
{
    const Raccoon *raccoon = kith_new(f->session, Raccoon, .name = name);
    COMMIT(f->session);
    return raccoon->id;
}

const Raccoon *get_raccoon(kith_session *session, int64_t id) { return kith_get(session, Raccoon, .id = id); }

static bool text_is(const char *a, const char *b)
{
    return !b || (a && strcmp(a, b) == 0);
}

void about_(const kith_error *error, const char *model, const char *attribute, const char *file, int line)
{
    if (text_is(error->model, model) && text_is(error->attribute, attribute))
        return;
    print_error("the error is about %s.%s, not %s.%s: %s\n", error->model ? error->model : "?", error->attribute ? error->attribute : "?",
        model ? model : "?", attribute ? attribute : "?", error->message ? error->message : "no message");
    _fail(file, line);
}

size_t times_in_(const void *const *items, size_t count, const void *item)
{
    size_t times = 0;
    for (size_t i = 0; i < count; i++)
        times += items[i] == item;
    return times;
}

static bool begins(const char *sql, const char *beginning)
{
    return strncasecmp(sql, beginning, strlen(beginning)) == 0;
}

size_t seen_count(const fixture *f, const char *beginning)
{
    size_t n = 0;
    for (size_t i = 0; i < f->seen.count; i++)
        n += begins(f->seen.sql[i], beginning);
    return n;
}

const char *seen_sql(const fixture *f, const char *beginning, size_t n)
{
    for (size_t i = 0; i < f->seen.count; i++)
        if (begins(f->seen.sql[i], beginning) && n-- == 0)
            return f->seen.sql[i];
    fail_msg("no such statement was sent: %s", beginning);
    return "";
}

size_t seen_at(const fixture *f, const char *beginning, const char *part)
{
    for (size_t i = 0; i < f->seen.count; i++)
        if (begins(f->seen.sql[i], beginning) && strstr(f->seen.sql[i], part))
            return i;
    return SIZE_MAX;
}

/* ---------------------------------------------------------------- the other program */

static sqlite3 *raw(fixture *f)
{
    if (!f->place.path)
        fail_msg("this fixture is in memory: no other program can see it");
    if (!f->raw && sqlite3_open(f->place.path, &f->raw) != SQLITE_OK)
        fail_msg("sqlite3_open: %s", sqlite3_errmsg(f->raw));
    sqlite3_busy_timeout(f->raw, 2000);
    return f->raw;
}

void raw_run(fixture *f, const char *sql)
{
    if (sqlite3_exec(raw(f), sql, NULL, NULL, NULL) != SQLITE_OK)
        fail_msg("%s: %s", sql, sqlite3_errmsg(f->raw));
}

static sqlite3_stmt *raw_row(fixture *f, const char *sql)
{
    sqlite3_stmt *statement = NULL;
    if (sqlite3_prepare_v2(raw(f), sql, -1, &statement, NULL) != SQLITE_OK || sqlite3_step(statement) != SQLITE_ROW)
        fail_msg("%s: %s", sql, sqlite3_errmsg(f->raw));
    return statement;
}

int64_t raw_int(fixture *f, const char *sql)
{
    sqlite3_stmt *statement = raw_row(f, sql);
    int64_t value = sqlite3_column_type(statement, 0) == SQLITE_NULL ? RAW_NULL : sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    return value;
}

char *raw_text(fixture *f, const char *sql)
{
    sqlite3_stmt *statement = raw_row(f, sql);
    const char *text = (const char *)sqlite3_column_text(statement, 0);
    char *copy = text ? strdup(text) : NULL;
    sqlite3_finalize(statement);
    return copy;
}
