/*
 * Transactions and locks between the connections of one pool, and other programs: who waits, who need not, who never could.
 */
#include "helpers.h"

#include <pthread.h>
#include <sqlite3.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

static void prepare_place(place *p)
{
    run(p, p->one, "CREATE TABLE parents (id INTEGER PRIMARY KEY)");
    run(p, p->one, "CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER, parent INTEGER REFERENCES parents (id) DEFERRABLE INITIALLY DEFERRED)");
    run(p, p->one, "INSERT INTO t (n) VALUES (1)");
}

static int in_delete_mode(void **state) { *state = place_in_file("?timeout=2s&journal=delete"); prepare_place(*state); return 0; }
static int in_wal_mode(void **state) { *state = place_in_file("?timeout=2s&journal=wal"); prepare_place(*state); return 0; }
static int in_memory(void **state) { *state = place_in_memory("?timeout=2s"); prepare_place(*state); return 0; }
/* for tests in which nobody must come away empty-handed, however slow the machine is */
static int patient_in_delete_mode(void **state) { *state = place_in_file("?timeout=60s&journal=delete"); prepare_place(*state); return 0; }
static int patient_in_wal_mode(void **state) { *state = place_in_file("?timeout=60s&journal=wal"); prepare_place(*state); return 0; }
static int patient_in_memory(void **state) { *state = place_in_memory("?timeout=60s"); prepare_place(*state); return 0; }
static int teardown(void **state) { place_close(*state); return 0; }

static const char count_sql[] = "SELECT count(*) FROM t";

static int64_t now_ms(void)
{
    struct timespec now = { 0 };
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* ---------------------------------------------------------------- one connection */

static void a_commit_keeps_and_a_rollback_takes_back(void **state)
{
    place *p = *state;
    begin(p, p->one, KITH__WRITING);
    assert_int_equal(kith__transaction_of(p->one), KITH__WRITING);
    run(p, p->one, "INSERT INTO t (n) VALUES (2)");
    commit(p, p->one);
    assert_int_equal(kith__transaction_of(p->one), KITH__NO_TRANSACTION);
    begin(p, p->one, KITH__WRITING);
    run(p, p->one, "INSERT INTO t (n) VALUES (3)");
    assert_ok(p, kith__rollback(p->one, &p->error));
    assert_int_equal(kith__transaction_of(p->one), KITH__NO_TRANSACTION);
    assert_int_equal(ask(p, p->one, count_sql), 2);
}

static void beginning_what_is_open_and_ending_what_is_not_is_nothing(void **state)
{
    place *p = *state;
    commit(p, p->one);
    assert_ok(p, kith__rollback(p->one, &p->error));
    begin(p, p->one, KITH__NO_TRANSACTION);
    assert_int_equal(kith__transaction_of(p->one), KITH__NO_TRANSACTION);
    begin(p, p->one, KITH__READING);
    begin(p, p->one, KITH__READING);
    begin(p, p->one, KITH__WRITING);
    begin(p, p->one, KITH__READING);
    assert_int_equal(kith__transaction_of(p->one), KITH__WRITING);
    run(p, p->one, "INSERT INTO t (n) VALUES (2)");
    commit(p, p->one);
    assert_int_equal(ask(p, p->one, count_sql), 2);
}

static void savepoints_nest(void **state)
{
    place *p = *state;
    begin(p, p->one, KITH__WRITING);
    run(p, p->one, "INSERT INTO t (n) VALUES (2)");
    assert_ok(p, kith__savepoint_set(p->one, &p->error));
    run(p, p->one, "INSERT INTO t (n) VALUES (3)");
    assert_ok(p, kith__savepoint_set(p->one, &p->error));
    run(p, p->one, "INSERT INTO t (n) VALUES (4)");
    assert_ok(p, kith__savepoint_rollback(p->one, &p->error));
    assert_int_equal(ask(p, p->one, count_sql), 3);
    assert_ok(p, kith__savepoint_set(p->one, &p->error));
    run(p, p->one, "INSERT INTO t (n) VALUES (5)");
    assert_ok(p, kith__savepoint_release(p->one, &p->error));
    assert_int_equal(ask(p, p->one, count_sql), 4);
    assert_ok(p, kith__savepoint_rollback(p->one, &p->error));
    assert_int_equal(ask(p, p->one, count_sql), 2);
    assert_int_equal(kith__savepoint_rollback(p->one, &p->error), KITH_MISUSE);
    assert_error(p, KITH_MISUSE, "savepoint");
    assert_int_equal(kith__savepoint_release(p->one, &p->error), KITH_MISUSE);
    assert_error(p, KITH_MISUSE, "savepoint");
    commit(p, p->one);
    assert_int_equal(ask(p, p->one, count_sql), 2);
    assert_int_equal(kith__savepoint_set(p->one, &p->error), KITH_MISUSE);
    assert_error(p, KITH_MISUSE, "savepoint");
}

static void a_commit_forgets_the_savepoints(void **state)
{
    place *p = *state;
    begin(p, p->one, KITH__WRITING);
    assert_ok(p, kith__savepoint_set(p->one, &p->error));
    commit(p, p->one);
    begin(p, p->one, KITH__WRITING);
    assert_int_equal(kith__savepoint_rollback(p->one, &p->error), KITH_MISUSE);
    assert_error(p, KITH_MISUSE, NULL);
    assert_ok(p, kith__rollback(p->one, &p->error));
}

/* As SQLite does it by itself where there is no memory, or the disk fails. */
static void in_a_transaction_that_sqlite_rolled_back_nothing_goes_on(void **state)
{
    place *p = *state;
    begin(p, p->one, KITH__WRITING);
    run(p, p->one, "INSERT INTO t (n) VALUES (2)");
    run(p, p->one, "ROLLBACK");
    assert_int_equal(kith__execute(p->one, "CREATE TABLE alone (n INTEGER)", &p->error), KITH_ERROR);
    assert_error(p, KITH_ERROR, "rolled the transaction back");
    assert_int_equal(kith__savepoint_set(p->one, &p->error), KITH_ERROR);
    assert_error(p, KITH_ERROR, NULL);
    assert_int_equal(kith__commit(p->one, &p->error), KITH_ERROR);
    assert_error(p, KITH_ERROR, "rolled the transaction back");
    assert_ok(p, kith__rollback(p->one, &p->error));
    begin(p, p->one, KITH__WRITING);
    assert_int_equal(ask(p, p->one, "SELECT count(*) FROM sqlite_schema WHERE name = 'alone'"), 0);
    assert_int_equal(ask(p, p->one, count_sql), 1);
    commit(p, p->one);
}

/* As where there was no memory for a ROLLBACK: the connection knows of no transaction, and SQLite has one. */
static void what_could_not_be_undone_is_undone_before_the_next(void **state)
{
    place *p = *state;
    run(p, p->one, "BEGIN IMMEDIATE");
    run(p, p->one, "INSERT INTO t (n) VALUES (2)");
    begin(p, p->one, KITH__WRITING);
    assert_int_equal(ask(p, p->one, count_sql), 1);
    commit(p, p->one);
}

static void a_commit_that_a_constraint_refuses_leaves_the_transaction_open(void **state)
{
    place *p = *state;
    begin(p, p->one, KITH__WRITING);
    run(p, p->one, "INSERT INTO t (n, parent) VALUES (2, 77)");
    assert_int_equal(kith__commit(p->one, &p->error), KITH_CONSTRAINT);
    assert_error(p, KITH_CONSTRAINT, "foreign");
    assert_int_equal(kith__transaction_of(p->one), KITH__WRITING);
    run(p, p->one, "INSERT INTO parents VALUES (77)");
    commit(p, p->one);
    assert_int_equal(ask(p, p->one, count_sql), 2);
}

/* Rows that are being read when their transaction is rolled back end with a sentence, or go on; they do not crash. */
static void a_rollback_while_rows_are_read(void **state)
{
    place *p = *state;
    begin(p, p->one, KITH__WRITING);
    run(p, p->one, "INSERT INTO t (n) VALUES (2), (3)");
    kith__statement *statement = prepare(p, p->one, "SELECT n FROM t");
    assert_int_equal(kith__step_(statement, &p->error), KITH__ROW);
    assert_ok(p, kith__rollback(p->one, &p->error));
    if (kith__step_(statement, &p->error) == KITH__STEP_FAILED)
        assert_error(p, p->error.public_.status, NULL);
    kith__done(statement);
    assert_int_equal(ask(p, p->one, count_sql), 1);
}

static void what_is_open_when_it_is_given_back_is_rolled_back(void **state)
{
    place *p = *state;
    begin(p, p->one, KITH__WRITING);
    run(p, p->one, "INSERT INTO t (n) VALUES (2)");
    kith__connection *before = p->one;
    kith__pool_give(p->one);
    p->one = take(p);
    assert_ptr_equal(p->one, before);
    assert_int_equal(kith__transaction_of(p->one), KITH__NO_TRANSACTION);
    assert_int_equal(ask(p, p->one, count_sql), 1);
}

/* ---------------------------------------------------------------- two connections of one thread */

static void a_second_writer_of_the_thread_is_busy_at_once_and_told_why(void **state)
{
    place *p = *state;
    kith__connection *two = take(p);
    begin(p, p->one, KITH__WRITING);
    int64_t began = now_ms();
    assert_int_equal(kith__begin(two, KITH__WRITING, &p->error), KITH_BUSY);
    assert_true(now_ms() - began < 1000);
    assert_error(p, KITH_BUSY, "thread");
    began = now_ms();
    assert_int_equal(kith__execute(two, "INSERT INTO t (n) VALUES (5)", &p->error), KITH_BUSY);     /* without a transaction too */
    assert_true(now_ms() - began < 1000);
    assert_error(p, KITH_BUSY, "thread");
    assert_int_equal(kith__transaction_of(two), KITH__NO_TRANSACTION);
    commit(p, p->one);
    begin(p, two, KITH__WRITING);
    commit(p, two);
    kith__pool_give(two);
}

static void one_that_has_read_and_one_that_writes_do_not_wait(void **state)
{
    place *p = *state;
    kith__connection *two = take(p);
    assert_int_equal(ask(p, two, count_sql), 1);
    int64_t began = now_ms();
    begin(p, p->one, KITH__WRITING);
    run(p, p->one, "INSERT INTO t (n) VALUES (2)");
    commit(p, p->one);
    assert_int_equal(ask(p, two, count_sql), 2);
    assert_true(now_ms() - began < 1000);
    kith__pool_give(two);
}

static void a_snapshot_is_taken_when_it_is_begun(void **state)
{
    place *p = *state;
    kith__connection *two = take(p);
    begin(p, two, KITH__READING);
    run(p, p->one, "INSERT INTO t (n) VALUES (2)");
    assert_int_equal(ask(p, two, count_sql), 1);
    commit(p, two);
    assert_int_equal(ask(p, two, count_sql), 2);
    kith__pool_give(two);
}

static void a_snapshot_that_is_outdated_is_to_be_tried_again(void **state)
{
    place *p = *state;
    kith__connection *two = take(p);
    begin(p, two, KITH__READING);
    run(p, p->one, "INSERT INTO t (n) VALUES (2)");
    assert_int_equal(kith__begin(two, KITH__WRITING, &p->error), KITH_RETRY);
    assert_error(p, KITH_RETRY, NULL);
    assert_ok(p, kith__rollback(two, &p->error));
    begin(p, two, KITH__READING);
    assert_int_equal(ask(p, two, count_sql), 2);
    begin(p, two, KITH__WRITING);
    run(p, two, "INSERT INTO t (n) VALUES (3)");
    commit(p, two);
    kith__pool_give(two);
    assert_int_equal(ask(p, p->one, count_sql), 3);
}

static void a_snapshot_that_is_still_true_may_write(void **state)
{
    place *p = *state;
    begin(p, p->one, KITH__READING);
    assert_int_equal(ask(p, p->one, count_sql), 1);
    begin(p, p->one, KITH__WRITING);
    run(p, p->one, "INSERT INTO t (n) VALUES (2)");
    commit(p, p->one);
    assert_int_equal(ask(p, p->one, count_sql), 2);
}

/* A commit under the rollback journal waits for readers; when one is of the same thread it would do so for ever. */
static void a_commit_that_waits_for_a_snapshot_of_the_thread_is_busy_at_once(void **state)
{
    place *p = *state;
    kith__connection *two = take(p);
    begin(p, two, KITH__READING);
    begin(p, p->one, KITH__WRITING);
    run(p, p->one, "INSERT INTO t (n) VALUES (2)");
    int64_t began = now_ms();
    assert_int_equal(kith__commit(p->one, &p->error), KITH_BUSY);
    assert_true(now_ms() - began < 1000);
    assert_error(p, KITH_BUSY, "thread");
    commit(p, two);
    commit(p, p->one);
    assert_int_equal(ask(p, two, count_sql), 2);
    kith__pool_give(two);
}

/* ---------------------------------------------------------------- two threads */

typedef struct writer { place *place; kith__connection *connection; int wait_ms, status; } writer;

static void *write_after_a_while(void *arg)
{
    writer *w = arg;
    kith__error error = { .about = NULL };
    w->status = kith__begin(w->connection, KITH__WRITING, &error);
    if (w->status == KITH_OK)
        w->status = kith__execute(w->connection, "INSERT INTO t (n) VALUES (9)", &error);
    usleep((useconds_t)w->wait_ms * 1000);
    if (w->status == KITH_OK)
        w->status = kith__commit(w->connection, &error);
    kith__error_free(&error);
    return NULL;
}

static void a_writer_waits_for_one_of_another_thread(void **state)
{
    place *p = *state;
    writer w = { .place = p, .connection = take(p), .wait_ms = 100 };
    pthread_t thread;
    begin(p, p->one, KITH__WRITING);
    assert_int_equal(pthread_create(&thread, NULL, write_after_a_while, &w), 0);
    usleep(200000);
    run(p, p->one, "INSERT INTO t (n) VALUES (2)");
    commit(p, p->one);
    assert_int_equal(pthread_join(thread, NULL), 0);
    assert_int_equal(w.status, KITH_OK);
    assert_int_equal(ask(p, p->one, count_sql), 3);
    kith__pool_give(w.connection);
}

static void a_writer_that_waits_longer_than_the_timeout_is_busy(void **state)
{
    place *p = *state;
    writer w = { .place = p, .connection = take(p), .wait_ms = 0 };
    pthread_t thread;
    begin(p, p->one, KITH__WRITING);
    int64_t began = now_ms();
    assert_int_equal(pthread_create(&thread, NULL, write_after_a_while, &w), 0);
    assert_int_equal(pthread_join(thread, NULL), 0);
    assert_int_equal(w.status, KITH_BUSY);
    assert_true(now_ms() - began >= 1800 && now_ms() - began < 4000);
    commit(p, p->one);
    kith__pool_give(w.connection);
}

static void *interrupt_soon(void *arg)
{
    kith__connection *connection = arg;
    usleep(150000);
    connection->driver->interrupt(connection);
    return NULL;
}

static void a_long_statement_can_be_interrupted(void **state)
{
    place *p = *state;
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, interrupt_soon, p->one), 0);
    kith__statement *statement = prepare(p, p->one, "WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n");
    assert_int_equal(kith__step_(statement, &p->error), KITH__STEP_FAILED);
    assert_int_equal(pthread_join(thread, NULL), 0);
    kith__done(statement);
    assert_error(p, KITH_CANCELLED, NULL);
    assert_int_equal(ask(p, p->one, count_sql), 1);
}

enum { THREADS = 4, ROUNDS = 50 };

static void *take_write_give(void *arg)
{
    place *p = arg;
    kith__error error = { .about = NULL };
    uintptr_t failed = 0;
    for (int i = 0; i < ROUNDS; i++) {
        kith__connection *connection = NULL;
        failed |= kith__pool_take(p->pool, &connection, &error) != KITH_OK;
        failed |= !connection || kith__begin(connection, KITH__WRITING, &error) != KITH_OK;
        failed |= !connection || kith__execute(connection, "UPDATE t SET n = n + 1", &error) != KITH_OK;
        failed |= !connection || kith__commit(connection, &error) != KITH_OK;
        kith__pool_give(connection);
    }
    if (failed)
        print_error("%s\n", error.public_.message ? error.public_.message : "no message");
    kith__error_free(&error);
    return (void *)failed;
}

static void threads_that_take_and_give_lose_no_update(void **state)
{
    place *p = *state;
    pthread_t threads[THREADS];
    void *failed = NULL;
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, take_write_give, p), 0);
    for (int i = 0; i < THREADS; i++) {
        assert_int_equal(pthread_join(threads[i], &failed), 0);
        assert_null(failed);
    }
    assert_int_equal(ask(p, p->one, "SELECT n FROM t"), 1 + THREADS * ROUNDS);
}

/* ---------------------------------------------------------------- a rollback that fails */

static int refuse(kith__connection *connection, kith__error *error)
{
    (void)connection;
    return kith__fail(error, KITH_IO, "test.rollback", "A rollback fails for this test.");
}

/* Gives back `connection`, which writes, and cannot be rolled back. */
static void give_back_unclean(place *p, kith__connection *connection)
{
    kith__driver refuses = *connection->driver;
    const kith__driver *real = connection->driver;
    refuses.rollback = refuse;
    begin(p, connection, KITH__WRITING);
    run(p, connection, "INSERT INTO t (n) VALUES (7)");
    connection->driver = &refuses;
    kith__pool_give(connection);
    if (p->one)
        return;
    connection->driver = real;          /* the only one: the pool has kept it */
}

static void one_that_cannot_be_rolled_back_is_closed_and_lets_others_write(void **state)
{
    place *p = *state;
    give_back_unclean(p, take(p));
    begin(p, p->one, KITH__WRITING);
    assert_int_equal(ask(p, p->one, count_sql), 1);
    commit(p, p->one);
}

static void the_last_one_is_rolled_back_when_it_is_taken_again(void **state)
{
    place *p = *state;
    kith__connection *only = p->one;
    p->one = NULL;
    give_back_unclean(p, only);
    p->one = take(p);
    assert_ptr_equal(p->one, only);
    assert_int_equal(kith__transaction_of(p->one), KITH__NO_TRANSACTION);
    assert_int_equal(ask(p, p->one, count_sql), 1);
}

static void the_last_one_that_still_cannot_be_is_not_handed_out(void **state)
{
    place *p = *state;
    kith__connection *only = p->one, *again = NULL;
    const kith__driver *real = only->driver;
    kith__driver refuses = *real;
    p->one = NULL;
    give_back_unclean(p, only);
    refuses.rollback = refuse;
    only->driver = &refuses;
    assert_int_equal(kith__pool_take(p->pool, &again, &p->error), KITH_IO);
    assert_null(again);
    assert_error(p, KITH_IO, "rollback fails");
    only->driver = real;
    p->one = take(p);
    assert_int_equal(ask(p, p->one, count_sql), 1);
}

/* ---------------------------------------------------------------- other programs */

static void what_another_program_holds_is_busy_after_the_timeout(void **state)
{
    (void)state;
    place *p = place_in_file("?timeout=300ms");
    run(p, p->one, "CREATE TABLE t (n)");
    char *path = kith_test_path(p->folder, "test.db");
    sqlite3 *other = NULL;
    assert_int_equal(sqlite3_open(path, &other), SQLITE_OK);
    assert_int_equal(sqlite3_exec(other, "BEGIN EXCLUSIVE", NULL, NULL, NULL), SQLITE_OK);
    int64_t began = now_ms();
    assert_int_equal(kith__begin(p->one, KITH__WRITING, &p->error), KITH_BUSY);
    assert_true(now_ms() - began >= 250 && now_ms() - began < 2000);
    assert_error(p, KITH_BUSY, "test.db");
    kith__connection *two = take(p);                                    /* is opened all the same */
    assert_int_equal(sqlite3_exec(other, "ROLLBACK", NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(ask(p, two, count_sql), 0);
    assert_int_equal(ask(p, two, "PRAGMA cache_size"), -8192);
    assert_int_equal(ask(p, two, "PRAGMA foreign_keys"), 1);
    sqlite3_close(other);
    kith__pool_give(two);
    free(path);
    place_close(p);
}

int main(void)
{
#define DELETE_MODE(test_) cmocka_unit_test_setup_teardown(test_, in_delete_mode, teardown)
#define WAL_MODE(test_) cmocka_unit_test_setup_teardown(test_, in_wal_mode, teardown)
#define MEMORY(test_) cmocka_unit_test_setup_teardown(test_, in_memory, teardown)
#define PATIENT(test_, mode) cmocka_unit_test_setup_teardown(test_, mode, teardown)
#define EACH(test_) DELETE_MODE(test_), WAL_MODE(test_), MEMORY(test_)
    const struct CMUnitTest tests[] = {
        EACH(a_commit_keeps_and_a_rollback_takes_back),
        EACH(beginning_what_is_open_and_ending_what_is_not_is_nothing),
        EACH(savepoints_nest),
        MEMORY(a_commit_forgets_the_savepoints),
        EACH(in_a_transaction_that_sqlite_rolled_back_nothing_goes_on),
        EACH(what_could_not_be_undone_is_undone_before_the_next),
        EACH(a_commit_that_a_constraint_refuses_leaves_the_transaction_open),
        EACH(a_rollback_while_rows_are_read),
        EACH(what_is_open_when_it_is_given_back_is_rolled_back),
        EACH(a_second_writer_of_the_thread_is_busy_at_once_and_told_why),
        EACH(one_that_has_read_and_one_that_writes_do_not_wait),
        WAL_MODE(a_snapshot_is_taken_when_it_is_begun),
        WAL_MODE(a_snapshot_that_is_outdated_is_to_be_tried_again),
        EACH(a_snapshot_that_is_still_true_may_write),
        DELETE_MODE(a_commit_that_waits_for_a_snapshot_of_the_thread_is_busy_at_once),
        MEMORY(a_commit_that_waits_for_a_snapshot_of_the_thread_is_busy_at_once),
        EACH(a_writer_waits_for_one_of_another_thread),
        DELETE_MODE(a_writer_that_waits_longer_than_the_timeout_is_busy),
        MEMORY(a_writer_that_waits_longer_than_the_timeout_is_busy),
        MEMORY(a_long_statement_can_be_interrupted),
        PATIENT(threads_that_take_and_give_lose_no_update, patient_in_delete_mode),
        PATIENT(threads_that_take_and_give_lose_no_update, patient_in_wal_mode),
        PATIENT(threads_that_take_and_give_lose_no_update, patient_in_memory),
        EACH(one_that_cannot_be_rolled_back_is_closed_and_lets_others_write),
        EACH(the_last_one_is_rolled_back_when_it_is_taken_again),
        EACH(the_last_one_that_still_cannot_be_is_not_handed_out),
        cmocka_unit_test(what_another_program_holds_is_busy_after_the_timeout),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
