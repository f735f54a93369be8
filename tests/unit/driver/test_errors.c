/*
 * Database URLs, and what SQLite's failures become: a status, a stable code, a whole sentence that names what and where.
 */
#include "helpers.h"

#include <sqlite3.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---------------------------------------------------------------- URLs */

static void a_url_says_where_the_database_is(void **state)
{
    (void)state;
    const struct { const char *url, *path; } cases[] = {
        { "sqlite:///x.db", "x.db" }, { "sqlite:////tmp/x.db", "/tmp/x.db" }, { "sqlite://", NULL }, { "sqlite:///:memory:", NULL }, { "sqlite:///a%20b%3f.db", "a b?.db" },
        { "sqlite:///x.db?mode=ro&timeout=5s", "x.db" }, { "sqlite://?timeout=5s", NULL }, { "sqlite:///file:x.db", "file:x.db" }, { "sqlite:///f\xC3\xBC.db", "f\xC3\xBC.db" },
        { "sqlite:///f%C3%BC.db?", "f\xC3\xBC.db" }, { "sqlite:///sub/folder/x.db", "sub/folder/x.db" }, { "sqlite:///a#b.db", "a#b.db" }, { "sqlite:///a+b.db", "a+b.db" },
    };
    for (size_t i = 0; i < KITH__COUNT(cases); i++) {
        kith__url url;
        kith__error error = { .about = NULL };
        if (kith__url_parse(&url, cases[i].url, &error) != KITH_OK)
            fail_msg("%s: %s", cases[i].url, error.public_.message);
        assert_string_equal(url.scheme, "sqlite");
        assert_string_equal(url.text, cases[i].url);
        if (cases[i].path)
            assert_string_equal(url.path ? url.path : "nothing", cases[i].path);
        else
            assert_null(url.path);
        kith__url_free(&url);
        kith__error_free(&error);
    }
}

static void options_are_decoded(void **state)
{
    (void)state;
    kith__url url;
    kith__error error = { .about = NULL };
    assert_int_equal(kith__url_parse(&url, "sqlite:///x.db?journal=wal&timeout=250ms&cache=16MiB&foreign_keys=%6fff&mode=rw", &error), KITH_OK);
    assert_int_equal(url.option_count, 5);
    assert_string_equal(kith__url_option(&url, "journal"), "wal");
    assert_string_equal(kith__url_option(&url, "timeout"), "250ms");
    assert_string_equal(kith__url_option(&url, "foreign_keys"), "off");
    assert_null(kith__url_option(&url, "pool"));
    kith__url_free(&url);
    kith__error_free(&error);
}

static void a_wrong_url_says_what_is_wrong_with_it(void **state)
{
    (void)state;
    const struct { const char *url, *part; } cases[] = {
        { "", "sqlite" }, { "nonsense", "nonsense" }, { "oracle://host/db", "oracle" }, { "sqlite:/one-slash.db", "sqlite:/one-slash.db" }, { "sqlite://host/db", "host" },
        { "sqlite:///x.db?jurnal=wal", "journal" }, { "sqlite:///x.db?journal=sideways", "sideways" }, { "sqlite:///x.db?timeout=soon", "soon" }, { "sqlite:///x.db?timeout=", "timeout" },
        { "sqlite:///x.db?timeout", "timeout" }, { "sqlite:///x.db?timeout=-5s", "-5s" }, { "sqlite:///x.db?timeout=99999999999999999999s", "9999" }, { "sqlite:///x.db?cache=big", "big" },
        { "sqlite:///x.db?foreign_keys=maybe", "maybe" }, { "sqlite:///x.db?mode=rx", "rx" }, { "sqlite:///x%zz.db", "x%zz.db" }, { "sqlite:///x%2", "%" }, { "sqlite:///x%00y", "%" },
        { "sqlite:///x.db?journal=%zz", "%" }, { "sqlite:///x.db?=wal", "option" }, { "://x", "://x" }, { "sqlite://?journal=wal", "memory" }, { "postgresql://localhost/x", "postgresql" },
    };
    for (size_t i = 0; i < KITH__COUNT(cases); i++) {
        kith__pool *pool = NULL;
        kith__error error = { .about = NULL };
        int status = kith__pool_open(&pool, cases[i].url, &error);
        const kith_error *e = &error.public_;
        bool says = e->message && (strstr(e->message, cases[i].part) || (e->hint && strstr(e->hint, cases[i].part)));
        if (status != KITH_CONFIG || !says || !e->code || !strchr(e->message, ' '))
            fail_msg("%s: status %d, %s", cases[i].url, status, e->message ? e->message : "no message");
        assert_null(pool);
        kith__error_free(&error);
    }
    assert_int_not_equal(access("x.db", F_OK), 0);
}

static void a_url_of_no_file_says_how_one_is_written(void **state)
{
    (void)state;
    kith__url url;
    kith__error error = { 0 };
    assert_int_equal(kith__url_parse(&url, "sqlite:///", &error), KITH_CONFIG);
    assert_string_equal(error.public_.code, "url.no_file");
    assert_non_null(strstr(error.public_.hint, "sqlite:///file.db"));
    kith__url_free(&url);
    kith__error_free(&error);
}

/* 12 digits are read, and a unit makes more of them than a number of 64 bits holds. */
static void a_size_beyond_all_numbers_is_none(void **state)
{
    (void)state;
    static const char *const wrong[] = { "999999999999GiB", "999999999999GB", "8589934592GiB", "17179869184GiB", "9999999999999B" };
    int64_t bytes = 7;
    for (size_t i = 0; i < KITH__COUNT(wrong); i++)
        if (kith__size_parse(wrong[i], &bytes))
            fail_msg("%s is read as %lld bytes", wrong[i], (long long)bytes);
    assert_false(kith__duration_parse("999999999999m", &bytes));
    assert_true(kith__size_parse("2047GiB", &bytes) && bytes == INT64_C(2047) << 30);
}

static bool parse_url(void *arg)
{
    kith__url url;
    kith__error error = { .about = NULL };
    int status = kith__url_parse(&url, arg, &error);
    if (status != KITH_OK)
        assert_int_equal(status, KITH_NO_MEMORY);
    kith__url_free(&url);
    kith__error_free(&error);
    return status == KITH_OK;
}

static void a_url_without_memory_is_said(void **state)
{
    char url[] = "sqlite:///a%20b.db?journal=wal&timeout=5s";
    (void)state;
    assert_true(kith_test_each_allocation(parse_url, url) >= 1);
}

static void options_are_heeded(void **state)
{
    (void)state;
    place *p = place_in_file("?journal=wal&timeout=1s&cache=2MiB&foreign_keys=off");
    char *journal = ask_text(p, p->one, "PRAGMA journal_mode");
    assert_string_equal(journal, "wal");
    free(journal);
    assert_int_equal(ask(p, p->one, "PRAGMA cache_size"), -2048);
    assert_int_equal(ask(p, p->one, "PRAGMA foreign_keys"), 0);
    place_close(p);
    p = place_in_file("");
    journal = ask_text(p, p->one, "PRAGMA journal_mode");
    assert_string_equal(journal, "delete");
    free(journal);
    assert_int_equal(ask(p, p->one, "PRAGMA cache_size"), -8192);
    assert_int_equal(ask(p, p->one, "PRAGMA foreign_keys"), 1);
    assert_int_equal(ask(p, p->one, "PRAGMA mmap_size"), 0);
    place_close(p);
}

/* ---------------------------------------------------------------- places that cannot be opened */

static void assert_cannot_open(const char *url, int status, const char *part)
{
    kith__pool *pool = NULL;
    kith__connection *connection = NULL;
    kith__error error = { .about = NULL };
    assert_int_equal(kith__pool_open(&pool, url, &error), KITH_OK);
    int found = kith__pool_take(pool, &connection, &error);
    if (found != status || !error.public_.message || !strstr(error.public_.message, part))
        fail_msg("%s: status %d, %s", url, found, error.public_.message ? error.public_.message : "no message");
    kith__pool_close(pool);
    kith__error_free(&error);
}

static void a_place_that_cannot_be_opened_is_named(void **state)
{
    (void)state;
    char *folder = kith_test_folder(), *letter = kith_test_path(folder, "letter.txt"), url[512];
    kith_test_write_file(letter, "Dear reader, this is no database at all, however long one reads it. Dear reader, this is no database at all.\n");
    assert_cannot_open("sqlite:////no/such/folder/at/all/test.db", KITH_IO, "/no/such/folder/at/all/test.db");
    snprintf(url, sizeof url, "sqlite:///%s", folder);
    assert_cannot_open(url, KITH_IO, folder);
    snprintf(url, sizeof url, "sqlite:///%s", letter);
    assert_cannot_open(url, KITH_IO, "letter.txt");
    snprintf(url, sizeof url, "sqlite:///%s/none.db?mode=rw", folder);
    assert_cannot_open(url, KITH_IO, "none.db");
    snprintf(url, sizeof url, "sqlite:///%s/none.db?mode=ro", folder);
    assert_cannot_open(url, KITH_IO, "none.db");
    char *none = kith_test_path(folder, "none.db");
    assert_int_not_equal(access(none, F_OK), 0);
    free(none);
    if (geteuid() != 0) {
        assert_int_equal(chmod(letter, 0), 0);
        snprintf(url, sizeof url, "sqlite:///%s", letter);
        assert_cannot_open(url, KITH_IO, "letter.txt");
    }
    free(letter);
    kith_test_remove_folder(folder);
}

static void a_database_opened_for_reading_refuses_writes(void **state)
{
    (void)state;
    place *p = place_in_file("");
    char url[600];
    kith__pool *pool = NULL, *first = p->pool;
    kith__connection *connection = NULL;
    run(p, p->one, "CREATE TABLE t (n)");
    snprintf(url, sizeof url, "%s?mode=ro", p->url);
    assert_ok(p, kith__pool_open(&pool, url, &p->error));
    assert_ok(p, kith__pool_take(pool, &connection, &p->error));
    assert_int_equal(ask(p, connection, "SELECT count(*) FROM t"), 0);
    int status = kith__begin(connection, KITH__WRITING, &p->error);
    if (status == KITH_OK)
        status = kith__execute(connection, "INSERT INTO t VALUES (1)", &p->error);
    assert_int_equal(status, KITH_IO);
    assert_error(p, KITH_IO, "read");
    kith__pool_give(connection);
    kith__pool_close(pool);
    p->pool = first;
    place_close(p);
}

/* ---------------------------------------------------------------- statements that fail */

static int setup(void **state)
{
    place *p = place_in_memory("");
    *state = p;
    run(p, p->one, "CREATE TABLE parents (id INTEGER PRIMARY KEY)");
    run(p, p->one, "CREATE TABLE t (id INTEGER PRIMARY KEY, code TEXT NOT NULL CONSTRAINT uq_t_code UNIQUE, a INTEGER, b INTEGER, amount INTEGER CONSTRAINT ck_t_amount CHECK (amount >= 0), "
        "parent INTEGER REFERENCES parents (id), UNIQUE (a, b))");
    run(p, p->one, "CREATE UNIQUE INDEX ix_t_amount ON t (abs(amount))");
    run(p, p->one, "CREATE TRIGGER no_odd BEFORE INSERT ON t WHEN new.a = 13 BEGIN SELECT RAISE(ABORT, 'thirteen is not welcome'); END");
    run(p, p->one, "CREATE TABLE strict_t (n INTEGER) STRICT");
    run(p, p->one, "INSERT INTO t (id, code, a, b, amount) VALUES (1, 'a', 1, 2, 5)");
    return 0;
}

static int teardown(void **state)
{
    place_close(*state);
    return 0;
}

static void constraints_say_which(void **state)
{
    place *p = *state;
    const struct { const char *sql, *constraint, *part; } cases[] = {
        { "INSERT INTO t (a) VALUES (5)", "t.code", "t.code" },
        { "INSERT INTO t (code) VALUES ('a')", "t.code", "t.code" },
        { "INSERT INTO t (id, code) VALUES (1, 'b')", "t.id", "t.id" },
        { "INSERT INTO t (code, a, b) VALUES ('b', 1, 2)", NULL, "t.a" },
        { "INSERT INTO t (code, amount) VALUES ('b', 5)", "ix_t_amount", "index ix_t_amount" },
        { "INSERT INTO t (code, amount) VALUES ('b', -1)", "ck_t_amount", "ck_t_amount" },
        { "INSERT INTO t (code, parent) VALUES ('b', 77)", NULL, "foreign key" },
        { "INSERT INTO t (code, a) VALUES ('b', 13)", NULL, "thirteen is not welcome" },
        { "INSERT INTO strict_t VALUES ('abc')", "strict_t.n", "strict_t.n" },
    };
    for (size_t i = 0; i < KITH__COUNT(cases); i++) {
        int status = kith__execute(p->one, cases[i].sql, &p->error);
        const kith_error *e = &p->error.public_;
        if (status != KITH_CONSTRAINT || (cases[i].constraint && (!e->constraint || strcmp(e->constraint, cases[i].constraint) != 0)))
            fail_msg("%s: status %d, constraint %s, %s", cases[i].sql, status, e->constraint ? e->constraint : "none", e->message ? e->message : "no message");
        assert_string_equal(e->sql, cases[i].sql);
        assert_error(p, KITH_CONSTRAINT, cases[i].part);
    }
    assert_int_equal(ask(p, p->one, "SELECT count(*) FROM t"), 1);
}

static void what_is_not_there_is_named(void **state)
{
    place *p = *state;
    const struct { const char *sql, *part; } cases[] = {
        { "SELECT * FROM trashcans", "trashcans" }, { "SELECT colour FROM t", "colour" }, { "INSERT INTO t (colour) VALUES (1)", "colour" }, { "UPDATE t SET colour = 1", "colour" },
        { "DROP TABLE trashcans", "trashcans" }, { "SELECT \"colour\" FROM t", "colour" }, { "INSERT INTO trashcans VALUES (1)", "trashcans" },
    };
    for (size_t i = 0; i < KITH__COUNT(cases); i++) {
        assert_int_equal(kith__execute(p->one, cases[i].sql, &p->error), KITH_SCHEMA);
        assert_string_equal(p->error.public_.sql, cases[i].sql);
        assert_error(p, KITH_SCHEMA, cases[i].part);
    }
}

static void wrong_sql_is_an_error_with_the_sql(void **state)
{
    place *p = *state;
    assert_null(kith__prepare(p->one, NULL, 0, "SELEKT 1", &p->error));
    assert_string_equal(p->error.public_.sql, "SELEKT 1");
    assert_error(p, KITH_ERROR, "SELEKT");
    assert_int_not_equal(kith__execute(p->one, "SELECT (1", &p->error), KITH_OK);
    assert_error(p, KITH_ERROR, NULL);
    assert_int_equal(ask(p, p->one, "SELECT count(*) FROM t"), 1);
}

static void a_text_as_an_integer_key_is_out_of_range(void **state)
{
    place *p = *state;
    assert_int_equal(kith__execute(p->one, "INSERT INTO t (id, code) VALUES ('abc', 'b')", &p->error), KITH_RANGE);
    assert_error(p, KITH_RANGE, NULL);
}

static void the_first_error_stays(void **state)
{
    place *p = *state;
    assert_int_equal(kith__execute(p->one, "SELECT * FROM trashcans", &p->error), KITH_SCHEMA);
    assert_int_not_equal(kith__execute(p->one, "INSERT INTO t (a) VALUES (5)", &p->error), KITH_OK);
    assert_string_equal(p->error.public_.sql, "SELECT * FROM trashcans");
    assert_error(p, KITH_SCHEMA, "trashcans");
}

int main(void)
{
#define TEST(test_) cmocka_unit_test_setup_teardown(test_, setup, teardown)
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_size_beyond_all_numbers_is_none),
        cmocka_unit_test(a_url_of_no_file_says_how_one_is_written),
        cmocka_unit_test(a_url_says_where_the_database_is),
        cmocka_unit_test(options_are_decoded),
        cmocka_unit_test(a_wrong_url_says_what_is_wrong_with_it),
        cmocka_unit_test(a_url_without_memory_is_said),
        cmocka_unit_test(options_are_heeded),
        cmocka_unit_test(a_place_that_cannot_be_opened_is_named),
        cmocka_unit_test(a_database_opened_for_reading_refuses_writes),
        TEST(constraints_say_which),
        TEST(what_is_not_there_is_named),
        TEST(wrong_sql_is_an_error_with_the_sql),
        TEST(a_text_as_an_integer_key_is_out_of_range),
        TEST(the_first_error_stays),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
