/*
 * Prepared statements: which are kept, who gets which, what is counted and what a log hears.
 */
#include "helpers.h"

#include <sqlite3.h>
#include <stdio.h>

static int setup(void **state)
{
    place *p = place_in_memory("");
    *state = p;
    run(p, p->one, "CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER, s TEXT)");
    run(p, p->one, "INSERT INTO t (n, s) VALUES (1, 'one'), (2, 'two'), (3, 'three')");
    return 0;
}

static int teardown(void **state)
{
    place_close(*state);
    return 0;
}

/* ---------------------------------------------------------------- the cache */

static const char shapes[1000];         /* addresses */

static void a_statement_is_found_by_its_shape_and_variant_alone(void **state)
{
    place *p = *state;
    assert_null(kith__find(p->one, &shapes[0], 7));
    kith__statement *first = kith__prepare(p->one, &shapes[0], 7, "SELECT n FROM t", &p->error);
    assert_non_null(first);
    kith__done(first);
    assert_ptr_equal(kith__find(p->one, &shapes[0], 7), first);
    kith__done(first);
    assert_null(kith__find(p->one, &shapes[0], 8));
    assert_null(kith__find(p->one, &shapes[1], 7));
    assert_null(kith__find(p->one, NULL, 7));
}

static void without_a_shape_the_text_is_the_key(void **state)
{
    place *p = *state;
    char text[] = "SELECT n FROM t";
    kith__statement *first = prepare(p, p->one, text);
    kith__done(first);
    kith__statement *again = prepare(p, p->one, "SELECT n FROM t");
    assert_ptr_equal(again, first);
    kith__done(again);
    kith__statement *other = prepare(p, p->one, "SELECT s FROM t");
    assert_ptr_not_equal(other, first);
    kith__done(other);
    memset(text, 'x', sizeof text - 1);                                 /* the statement has a copy of its own */
    assert_string_equal(first->sql, "SELECT n FROM t");
}

static void a_busy_statement_is_never_handed_out_twice(void **state)
{
    place *p = *state;
    kith__statement *outer = kith__prepare(p->one, &shapes[0], 1, "SELECT n FROM t ORDER BY id", &p->error);
    assert_int_equal(kith__step_(outer, &p->error), KITH__ROW);
    kith__statement *inner = kith__find(p->one, &shapes[0], 1);
    if (!inner)
        inner = kith__prepare(p->one, &shapes[0], 1, "SELECT n FROM t ORDER BY id", &p->error);
    assert_non_null(inner);
    assert_ptr_not_equal(inner, outer);
    int64_t n = 0;
    for (int64_t i = 1; i <= 3; i++) {
        assert_int_equal(kith__step_(inner, &p->error), KITH__ROW);
        assert_true(kith__row_int(inner, 0, &n));
        assert_int_equal(n, i);
    }
    kith__done(inner);
    assert_int_equal(kith__step_(outer, &p->error), KITH__ROW);         /* the outer goes on where it was */
    assert_true(kith__row_int(outer, 0, &n));
    assert_int_equal(n, 2);
    kith__done(outer);
    assert_ptr_equal(kith__find(p->one, &shapes[0], 1), outer);
    kith__done(outer);
}

static void fill_cache(place *p, size_t from, size_t count)
{
    char sql[64];
    for (size_t i = from; i < from + count; i++) {
        snprintf(sql, sizeof sql, "SELECT %zu FROM t", i);
        kith__statement *statement = kith__prepare(p->one, &shapes[i], 0, sql, &p->error);
        assert_non_null(statement);
        kith__done(statement);
    }
}

static bool is_kept(place *p, size_t i)
{
    kith__statement *statement = kith__find(p->one, &shapes[i], 0);
    kith__done(statement);
    return statement != NULL;
}

static void a_hundred_and_twenty_eight_are_kept_and_the_least_recently_used_goes(void **state)
{
    place *p = *state;
    kith__pool_give(p->one);
    kith__pool_close(p->pool);                                          /* a connection whose cache is empty */
    assert_ok(p, kith__pool_open(&p->pool, p->url, &p->error));
    p->one = take(p);
    run(p, p->one, "CREATE TABLE t (n)");
    fill_cache(p, 0, 128);
    assert_true(is_kept(p, 0));                                         /* and is now the most recent */
    fill_cache(p, 128, 1);
    assert_true(is_kept(p, 0));
    assert_false(is_kept(p, 1));
    assert_true(is_kept(p, 2));
    fill_cache(p, 200, 127);
    assert_true(is_kept(p, 2));
    assert_false(is_kept(p, 3));
    assert_false(is_kept(p, 128));
}

static void more_busy_statements_than_the_cache_holds_all_work(void **state)
{
    place *p = *state;
    enum { MANY = 300 };
    kith__statement *all[MANY];
    char sql[64];
    for (size_t i = 0; i < MANY; i++) {
        snprintf(sql, sizeof sql, "SELECT %zu + n FROM t ORDER BY id", i);
        all[i] = kith__prepare(p->one, &shapes[i], 0, sql, &p->error);
        assert_non_null(all[i]);
        assert_int_equal(kith__step_(all[i], &p->error), KITH__ROW);
    }
    for (size_t i = 0; i < MANY; i++) {
        int64_t n = 0;
        assert_true(kith__row_int(all[i], 0, &n));
        assert_int_equal(n, i + 1);
        kith__done(all[i]);
    }
}

static void a_kept_statement_survives_a_change_of_its_table(void **state)
{
    place *p = *state;
    kith__statement *statement = prepare(p, p->one, "SELECT * FROM t ORDER BY id");
    assert_int_equal(kith__step_(statement, &p->error), KITH__ROW);
    assert_int_equal(kith__row_width(statement), 3);
    kith__done(statement);
    run(p, p->one, "ALTER TABLE t ADD COLUMN more TEXT");
    statement = prepare(p, p->one, "SELECT * FROM t ORDER BY id");
    assert_int_equal(kith__step_(statement, &p->error), KITH__ROW);
    assert_int_equal(kith__row_width(statement), 4);
    assert_string_equal(kith__row_name(statement, 3), "more");
    kith__done(statement);
    run(p, p->one, "DROP TABLE t");
    statement = kith__prepare(p->one, NULL, 0, "SELECT * FROM t ORDER BY id", &p->error);
    if (statement)
        assert_int_equal(kith__step_(statement, &p->error), KITH__STEP_FAILED);
    kith__done(statement);
    assert_error(p, KITH_SCHEMA, "t");
}

static void done_of_null_is_nothing(void **state)
{
    (void)state;
    kith__done(NULL);
}

/* Given back in the middle of its rows it holds no lock: the table may go. */
static void a_statement_given_back_early_lets_go_of_its_table(void **state)
{
    place *p = *state;
    kith__statement *statement = prepare(p, p->one, "SELECT n FROM t");
    assert_int_equal(kith__step_(statement, &p->error), KITH__ROW);
    kith__done(statement);
    run(p, p->one, "DROP TABLE t");
}

static void a_table_whose_rows_are_being_read_cannot_go(void **state)
{
    place *p = *state;
    kith__statement *statement = prepare(p, p->one, "SELECT n FROM t");
    assert_int_equal(kith__step_(statement, &p->error), KITH__ROW);
    assert_int_not_equal(kith__execute(p->one, "DROP TABLE t", &p->error), KITH_OK);
    assert_error(p, KITH_BUSY, NULL);
    kith__done(statement);
}

/* ---------------------------------------------------------------- runs of one statement */

static void a_statement_is_bound_and_run_again_and_again(void **state)
{
    place *p = *state;
    kith__statement *insert = prepare(p, p->one, "INSERT INTO t (n, s) VALUES (?, ?)");
    for (int64_t i = 10; i < 20; i++) {
        char text[16];
        snprintf(text, sizeof text, "no. %d", (int)i);
        kith_value n = kith_of_int(i), s = kith_of_text(text);
        assert_ok(p, kith__bind_value(insert, 1, &n, NULL, &p->error));
        assert_ok(p, kith__bind_value(insert, 2, &s, NULL, &p->error));
        assert_int_equal(kith__step_(insert, &p->error), KITH__END);
        assert_int_equal(kith__changes(p->one), 1);
        assert_int_equal(kith__last_key(p->one), i - 6);
    }
    kith__done(insert);
    assert_int_equal(ask(p, p->one, "SELECT count(*) FROM t WHERE s = 'no. ' || n"), 10);
}

/* What fails does not spoil the next run. */
static void a_run_that_fails_leaves_the_statement_usable(void **state)
{
    place *p = *state;
    kith__statement *insert = prepare(p, p->one, "INSERT INTO t (id) VALUES (?)");
    kith_value taken = kith_of_int(1), fresh = kith_of_int(100);
    assert_ok(p, kith__bind_value(insert, 1, &taken, NULL, &p->error));
    assert_int_equal(kith__step_(insert, &p->error), KITH__STEP_FAILED);
    assert_error(p, KITH_CONSTRAINT, NULL);
    assert_ok(p, kith__bind_value(insert, 1, &fresh, NULL, &p->error));
    assert_int_equal(kith__step_(insert, &p->error), KITH__END);
    kith__done(insert);
    assert_int_equal(ask(p, p->one, "SELECT count(*) FROM t"), 4);
}

static void changes_are_those_of_the_last_statement(void **state)
{
    place *p = *state;
    kith__statement *update = prepare(p, p->one, "UPDATE t SET n = n + 1 WHERE id > 1");
    assert_int_equal(kith__step_(update, &p->error), KITH__END);
    assert_int_equal(kith__changes(p->one), 2);
    kith__done(update);
    update = prepare(p, p->one, "UPDATE t SET n = 0 WHERE id = 999");
    assert_int_equal(kith__step_(update, &p->error), KITH__END);
    assert_int_equal(kith__changes(p->one), 0);
    kith__done(update);
}

/* ---------------------------------------------------------------- what is one statement */

static void several_statements_in_one_text_are_refused_whole(void **state)
{
    place *p = *state;
    assert_int_not_equal(kith__execute(p->one, "DELETE FROM t; DROP TABLE t", &p->error), KITH_OK);
    assert_error(p, KITH_MISUSE, NULL);
    assert_int_equal(ask(p, p->one, "SELECT count(*) FROM t"), 3);
    assert_null(kith__prepare(p->one, NULL, 0, "SELECT 1; SELECT 2", &p->error));
    assert_error(p, KITH_MISUSE, NULL);
    assert_int_not_equal(kith__execute(p->one, "DELETE FROM t; -- and\n ; DROP TABLE t", &p->error), KITH_OK);
    assert_error(p, KITH_MISUSE, NULL);
    assert_int_equal(ask(p, p->one, "SELECT count(*) FROM t"), 3);
}

static void a_semicolon_a_blank_and_a_comment_may_follow(void **state)
{
    place *p = *state;
    run(p, p->one, "DELETE FROM t WHERE id = 1;  ");
    run(p, p->one, "DELETE FROM t WHERE id = 2; -- gone\n /* really; */ ;");
    run(p, p->one, "-- first a comment\nDELETE FROM t WHERE id = 3");
    assert_int_equal(ask(p, p->one, "SELECT count(*) FROM t"), 0);
}

static void no_statement_at_all_is_a_sentence(void **state)
{
    place *p = *state;
    const char *const texts[] = { "", "   ", "-- nothing", ";" };
    for (size_t i = 0; i < KITH__COUNT(texts); i++) {
        assert_int_not_equal(kith__execute(p->one, texts[i], &p->error), KITH_OK);
        assert_error(p, KITH_MISUSE, NULL);
        assert_null(kith__prepare(p->one, NULL, 0, texts[i], &p->error));
        assert_error(p, KITH_MISUSE, NULL);
    }
}

static void a_trigger_goes_in_whole(void **state)
{
    place *p = *state;
    run(p, p->one, "CREATE TRIGGER more AFTER INSERT ON t WHEN new.n < 5 BEGIN INSERT INTO t (n) VALUES (new.n + 100); UPDATE t SET s = 'it''s; done' WHERE n = new.n; END");
    run(p, p->one, "INSERT INTO t (n) VALUES (4)");
    assert_int_equal(ask(p, p->one, "SELECT count(*) FROM t WHERE n = 104"), 1);
    assert_int_equal(ask(p, p->one, "SELECT count(*) FROM t WHERE s = 'it''s; done'"), 1);
}

static void pragmas_that_give_rows_run_too(void **state)
{
    place *p = *state;
    run(p, p->one, "PRAGMA table_info(t)");
    run(p, p->one, "PRAGMA foreign_keys = OFF");
    assert_int_equal(ask(p, p->one, "PRAGMA foreign_keys"), 0);
    run(p, p->one, "PRAGMA foreign_keys = ON");
    assert_int_equal(ask(p, p->one, "PRAGMA foreign_keys"), 1);
}

/* ---------------------------------------------------------------- counted and logged */

static void only_what_reads_or_writes_rows_is_counted(void **state)
{
    place *p = *state;
    int64_t before = p->one->statements;
    begin(p, p->one, KITH__WRITING);
    assert_ok(p, kith__savepoint_set(p->one, &p->error));
    assert_ok(p, kith__savepoint_release(p->one, &p->error));
    commit(p, p->one);
    begin(p, p->one, KITH__READING);
    begin(p, p->one, KITH__WRITING);
    assert_ok(p, kith__rollback(p->one, &p->error));
    run(p, p->one, "PRAGMA user_version");
    ask(p, p->one, "PRAGMA user_version");
    assert_int_equal(p->one->statements - before, 0);
    assert_int_equal(ask(p, p->one, "SELECT count(*) FROM t"), 3);
    assert_int_equal(p->one->statements - before, 1);
    kith__statement *select = prepare(p, p->one, "SELECT n FROM t");
    for (int i = 0; i < 3; i++)
        assert_int_equal(kith__step_(select, &p->error), KITH__ROW);    /* rows are not statements */
    assert_int_equal(kith__step_(select, &p->error), KITH__END);
    kith__done(select);
    assert_int_equal(p->one->statements - before, 2);
    kith__statement *insert = prepare(p, p->one, "INSERT INTO t (n) VALUES (1)");
    for (int i = 0; i < 5; i++)
        assert_int_equal(kith__step_(insert, &p->error), KITH__END);
    kith__done(insert);
    assert_int_equal(p->one->statements - before, 7);
}

typedef struct heard { char sql[8][128]; char values[8][128]; size_t count; int64_t nanoseconds; } heard;

static void hear(void *arg, const char *sql, const kith_value *values, size_t count, int64_t nanoseconds)
{
    heard *h = arg;
    kith__text text = { 0 };
    assert_true(h->count < 8);
    for (size_t i = 0; i < count; i++) {
        kith__text_add(&text, i ? ", " : "");
        kith__value_print(&text, &values[i]);
    }
    snprintf(h->sql[h->count], sizeof h->sql[0], "%s", sql);
    snprintf(h->values[h->count++], sizeof h->values[0], "%s", text.data ? text.data : "");
    assert_true(nanoseconds >= 0);
    h->nanoseconds += nanoseconds;
    kith__text_free(&text);
}

static void a_log_hears_each_run_once_with_its_values(void **state)
{
    place *p = *state;
    heard h = { .count = 0 };
    p->one->log = hear;
    p->one->log_arg = &h;
    kith__statement *insert = prepare(p, p->one, "INSERT INTO t (n, s) VALUES (?, ?)");
    kith_value n = kith_of_int(7), s = kith_of_text("seven"), none = { .type = KITH_TYPE_TEXT, .absent = 1 };
    assert_ok(p, kith__bind_value(insert, 1, &n, NULL, &p->error));
    assert_ok(p, kith__bind_value(insert, 2, &s, NULL, &p->error));
    assert_int_equal(kith__step_(insert, &p->error), KITH__END);
    assert_ok(p, kith__bind_value(insert, 2, &none, NULL, &p->error));
    assert_int_equal(kith__step_(insert, &p->error), KITH__END);
    kith__done(insert);
    kith__statement *select = prepare(p, p->one, "SELECT n FROM t WHERE n < ?");
    assert_ok(p, kith__bind_value(select, 1, &n, NULL, &p->error));
    assert_int_equal(kith__step_(select, &p->error), KITH__ROW);
    kith__done(select);                                                 /* not read to its end */
    assert_int_equal(h.count, 3);
    assert_string_equal(h.sql[0], "INSERT INTO t (n, s) VALUES (?, ?)");
    assert_string_equal(h.values[0], "7, \"seven\"");
    assert_string_equal(h.values[1], "7, NULL");
    assert_string_equal(h.sql[2], "SELECT n FROM t WHERE n < ?");
    assert_string_equal(h.values[2], "7");
    assert_true(h.nanoseconds > 0);
    p->one->log = NULL;
}

static void a_log_hears_what_failed_too(void **state)
{
    place *p = *state;
    heard h = { .count = 0 };
    p->one->log = hear;
    p->one->log_arg = &h;
    kith__statement *insert = prepare(p, p->one, "INSERT INTO t (id) VALUES (1)");
    assert_int_equal(kith__step_(insert, &p->error), KITH__STEP_FAILED);
    kith__done(insert);
    assert_error(p, KITH_CONSTRAINT, NULL);
    assert_int_equal(h.count, 1);
    p->one->log = NULL;
}

static void a_connection_comes_back_without_its_log(void **state)
{
    place *p = *state;
    heard h = { .count = 0 };
    p->one->log = hear;
    p->one->log_arg = &h;
    kith__connection *before = p->one;
    kith__pool_give(p->one);
    p->one = take(p);
    assert_ptr_equal(p->one, before);
    ask(p, p->one, "SELECT count(*) FROM t");
    assert_int_equal(h.count, 0);
}

/* ---------------------------------------------------------------- memory */

static bool use_statements(void *arg)
{
    const char *url = arg;
    kith__pool *pool = NULL;
    kith__connection *connection = NULL;
    kith__statement *statement = NULL;
    kith__error error = { .about = NULL };
    heard h = { .count = 0 };
    kith_value n = kith_of_int(7), day = kith_of_date((kith_date){ 0 });
    bool ok = kith__pool_open(&pool, url, &error) == KITH_OK && kith__pool_take(pool, &connection, &error) == KITH_OK;
    if (ok) {
        connection->log = hear;
        connection->log_arg = &h;
    }
    ok = ok && kith__execute(connection, "CREATE TABLE t (n, day)", &error) == KITH_OK;
    ok = ok && (statement = kith__prepare(connection, NULL, 0, "INSERT INTO t VALUES (?, ?)", &error)) != NULL;
    ok = ok && kith__bind_value(statement, 1, &n, NULL, &error) == KITH_OK && kith__bind_value(statement, 2, &day, NULL, &error) == KITH_OK;
    ok = ok && kith__step_(statement, &error) == KITH__END;
    kith__done(statement);
    if (!ok)
        assert_int_equal(error.public_.status, KITH_NO_MEMORY);
    kith__pool_give(connection);
    kith__pool_close(pool);
    kith__error_free(&error);
    return ok;
}

static void every_allocation_may_fail_and_says_so(void **state)
{
    (void)state;
    char url[] = "sqlite://?timeout=1s&cache=1MiB";
    assert_true(kith_test_each_allocation(use_statements, url) >= 5);
}

/* ---------------------------------------------------------------- the page cache */

enum { MIB = 1 << 20, WIDE = 300 };

/* `rows` of WIDE bytes and more; what SQLite has in memory while all of them are read, at the most. */
static void fill(place *p, const char *table, int rows)
{
    char sql[400];
    snprintf(sql, sizeof sql, "CREATE TABLE %s (id INTEGER PRIMARY KEY, n INTEGER, s TEXT)", table);
    run(p, p->one, sql);
    snprintf(sql, sizeof sql, "INSERT INTO %s (n, s) WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < %d) "
             "SELECT i, printf('%%.*c', %d, 'x') FROM c", table, rows, WIDE);
    run(p, p->one, sql);
}

static int64_t scan(place *p, kith__connection *c, const char *sql, int64_t *sum)
{
    kith__statement *statement = prepare(p, c, sql);
    int64_t most = 0, n;
    *sum = 0;
    while (kith__step_(statement, &p->error) == KITH__ROW) {
        assert_true(kith__row_int(statement, 0, &n));
        *sum += n;
        most = sqlite3_memory_used() > most ? sqlite3_memory_used() : most;
    }
    kith__done(statement);
    return most;
}

static void a_long_scan_fills_an_eighth_of_the_page_cache(void **state)
{
    (void)state;
    place *p = place_in_file("");
    int64_t sum, all = INT64_C(30000) * 30001 / 2;
    fill(p, "large", 30000);                                            /* 9 MiB */
    fill(p, "small", 2500);                                             /* 0.75 */
    kith__connection *two = take(p);
    int64_t before = sqlite3_memory_used();
    assert_true(scan(p, two, "SELECT n FROM small", &sum) - before > MIB / 2);
    assert_int_equal(sum, 2500 * 2501 / 2);
    for (int i = 0; i < 10; i++)
        scan(p, two, "SELECT n FROM small", &sum);
    assert_true(sqlite3_memory_used() - before > MIB / 2);              /* what fits is kept, however often it is read */
    assert_true(scan(p, two, "SELECT n FROM large", &sum) - before < 3 * MIB);
    assert_int_equal(sum, all);
    assert_true(scan(p, two, "SELECT n FROM large WHERE id > 0", &sum) - before > 7 * MIB);    /* no scan of all */
    assert_int_equal(sum, all);
    kith__pool_give(two);
    begin(p, p->one, KITH__WRITING);                                    /* what is not written yet stays */
    run(p, p->one, "UPDATE large SET n = n + 1");
    scan(p, p->one, "SELECT n FROM large", &sum);
    assert_int_equal(sum, all + 30000);
    commit(p, p->one);
    scan(p, p->one, "SELECT n FROM large", &sum);
    assert_int_equal(sum, all + 30000);
    place_close(p);
}

static void a_larger_page_cache_lets_a_long_scan_fill_more(void **state)
{
    (void)state;
    place *p = place_in_file("?cache=64MiB");
    int64_t sum;
    fill(p, "large", 30000);
    kith__connection *two = take(p);
    int64_t before = sqlite3_memory_used();
    assert_true(scan(p, two, "SELECT n FROM large", &sum) - before > 8 * MIB);
    assert_int_equal(sum, INT64_C(30000) * 30001 / 2);
    kith__pool_give(two);
    place_close(p);
}

int main(void)
{
#define TEST(test_) cmocka_unit_test_setup_teardown(test_, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(a_statement_is_found_by_its_shape_and_variant_alone),
        TEST(without_a_shape_the_text_is_the_key),
        TEST(a_busy_statement_is_never_handed_out_twice),
        TEST(a_hundred_and_twenty_eight_are_kept_and_the_least_recently_used_goes),
        TEST(more_busy_statements_than_the_cache_holds_all_work),
        TEST(a_kept_statement_survives_a_change_of_its_table),
        TEST(done_of_null_is_nothing),
        TEST(a_statement_given_back_early_lets_go_of_its_table),
        TEST(a_table_whose_rows_are_being_read_cannot_go),
        TEST(a_statement_is_bound_and_run_again_and_again),
        TEST(a_run_that_fails_leaves_the_statement_usable),
        TEST(changes_are_those_of_the_last_statement),
        TEST(several_statements_in_one_text_are_refused_whole),
        TEST(a_semicolon_a_blank_and_a_comment_may_follow),
        TEST(no_statement_at_all_is_a_sentence),
        TEST(a_trigger_goes_in_whole),
        TEST(pragmas_that_give_rows_run_too),
        TEST(only_what_reads_or_writes_rows_is_counted),
        TEST(a_log_hears_each_run_once_with_its_values),
        TEST(a_log_hears_what_failed_too),
        TEST(a_connection_comes_back_without_its_log),
        TEST(every_allocation_may_fail_and_says_so),
        TEST(a_long_scan_fills_an_eighth_of_the_page_cache),
        TEST(a_larger_page_cache_lets_a_long_scan_fill_more),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
