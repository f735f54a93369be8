/*
 * What a child of fork() may rely on: that its locks are its own, that the parent's transactions are not its business, and that it may
 * go on with the handle. In the child nothing is asserted, its exit status says what went wrong: cmocka belongs to the parent.
 */
#include "support.h"

#include "driver/driver.h"

#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

typedef struct place {
    char *folder;
    char url[512];
    kith__pool *pool;
    kith__connection *connection;
    int to_child[2], to_parent[2];      /* pipes: one byte says go on */
} place;

static place *open_place(const char *journal)
{
    place *p = calloc(1, sizeof *p);
    kith__error error = { .about = NULL };
    assert_non_null(p);
    p->folder = kith_test_folder();
    if (journal)
        snprintf(p->url, sizeof p->url, "sqlite:///%s/test.db?timeout=300ms&journal=%s", p->folder, journal);
    else
        snprintf(p->url, sizeof p->url, "sqlite://?timeout=300ms");
    assert_int_equal(kith__pool_open(&p->pool, p->url, &error), KITH_OK);
    assert_int_equal(kith__pool_take(p->pool, &p->connection, &error), KITH_OK);
    assert_int_equal(kith__execute(p->connection, "CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER)", &error), KITH_OK);
    assert_int_equal(kith__execute(p->connection, "INSERT INTO t (n) VALUES (1)", &error), KITH_OK);
    assert_int_equal(pipe(p->to_child) | pipe(p->to_parent), 0);
    kith__error_free(&error);
    return p;
}

static int in_delete_mode(void **state) { return (*state = open_place("delete")) == NULL; }
static int in_wal_mode(void **state) { return (*state = open_place("wal")) == NULL; }
static int in_memory(void **state) { return (*state = open_place(NULL)) == NULL; }

static int close_place(void **state)
{
    place *p = *state;
    kith__pool_give(p->connection);
    kith__pool_close(p->pool);
    for (int i = 0; i < 2; i++) {
        close(p->to_child[i]);
        close(p->to_parent[i]);
    }
    kith_test_remove_folder(p->folder);
    free(p);
    return 0;
}

static void say_go_on(const int pipe_ends[2])
{
    ssize_t written = write(pipe_ends[1], "x", 1);
    (void)written;
}

static void wait_for_word(const int pipe_ends[2])
{
    char word;
    ssize_t got = read(pipe_ends[0], &word, 1);
    (void)got;
}

static int run(kith__connection *connection, const char *sql)
{
    kith__error error = { .about = NULL };
    int status = kith__execute(connection, sql, &error);
    kith__error_free(&error);
    return status;
}

static int begin(kith__connection *connection, kith__transaction wanted)
{
    kith__error error = { .about = NULL };
    int status = kith__begin(connection, wanted, &error);
    kith__error_free(&error);
    return status;
}

static int commit(kith__connection *connection)
{
    kith__error error = { .about = NULL };
    int status = kith__commit(connection, &error);
    kith__error_free(&error);
    return status;
}

static int roll_back(kith__connection *connection)
{
    kith__error error = { .about = NULL };
    int status = kith__rollback(connection, &error);
    kith__error_free(&error);
    return status;
}

/* -1: it could not be asked */
static int64_t count_rows(kith__connection *connection)
{
    kith__error error = { .about = NULL };
    int64_t count = -1;
    kith__statement *statement = kith__prepare(connection, NULL, 0, "SELECT count(*) FROM t", &error);
    if (!statement || kith__step_(statement, &error) != KITH__ROW || !kith__row_int(statement, 0, &count))
        count = -1;
    kith__done(statement);
    kith__error_free(&error);
    return count;
}

static kith__connection *take(kith__pool *pool)
{
    kith__connection *connection = NULL;
    kith__error error = { .about = NULL };
    if (kith__pool_take(pool, &connection, &error) != KITH_OK)
        connection = NULL;
    kith__error_free(&error);
    return connection;
}

static pid_t fork_child(void)
{
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0)
        alarm(30);                      /* a parent that failed does not say go on */
    return child;
}

static void assert_child(pid_t child)
{
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

/* ---------------------------------------------------------------- the child's locks are its own */

/* The parent had a snapshot when it forked. SQLite in the child knows of it, though the child's process holds no lock: a reader that
 * believed it would read a file that others change under it. */
static int read_while_the_parent_writes(const place *p)
{
    kith__connection *connection = take(p->pool);
    if (!connection || begin(connection, KITH__READING) != KITH_OK || count_rows(connection) != 1)
        return 1;
    say_go_on(p->to_parent);
    wait_for_word(p->to_child);
    if (count_rows(connection) != 1)
        return 2;
    if (roll_back(connection) != KITH_OK)
        return 3;
    kith__pool_give(connection);
    say_go_on(p->to_parent);
    return 0;
}

static void a_childs_snapshot_keeps_the_parent_from_changing_the_file_under_it(void **state)
{
    place *p = *state;
    assert_int_equal(begin(p->connection, KITH__READING), KITH_OK);
    pid_t child = fork_child();
    if (child == 0)
        kith_test_exit(read_while_the_parent_writes(p));
    wait_for_word(p->to_parent);
    assert_int_equal(roll_back(p->connection), KITH_OK);
    assert_int_equal(begin(p->connection, KITH__WRITING), KITH_OK);
    assert_int_equal(run(p->connection, "INSERT INTO t (n) VALUES (2)"), KITH_OK);
    assert_int_equal(commit(p->connection), KITH_BUSY);         /* the child reads */
    assert_int_equal(roll_back(p->connection), KITH_OK);
    say_go_on(p->to_child);
    wait_for_word(p->to_parent);
    assert_int_equal(run(p->connection, "INSERT INTO t (n) VALUES (3)"), KITH_OK);
    assert_child(child);
    assert_int_equal(count_rows(p->connection), 2);
}

/* The same in a log: the parent must not restart the log that the child reads from, and both see what they should. */
static void a_childs_snapshot_of_a_log_stays_what_it_was(void **state)
{
    place *p = *state;
    assert_int_equal(begin(p->connection, KITH__READING), KITH_OK);
    pid_t child = fork_child();
    if (child == 0)
        kith_test_exit(read_while_the_parent_writes(p));
    wait_for_word(p->to_parent);
    assert_int_equal(roll_back(p->connection), KITH_OK);
    assert_int_equal(run(p->connection, "INSERT INTO t (n) VALUES (2)"), KITH_OK);
    assert_int_equal(run(p->connection, "PRAGMA wal_checkpoint(TRUNCATE)"), KITH_OK);
    assert_int_equal(run(p->connection, "INSERT INTO t (n) VALUES (3)"), KITH_OK);
    say_go_on(p->to_child);
    assert_child(child);
    assert_int_equal(count_rows(p->connection), 3);
}

/* ---------------------------------------------------------------- the parent was writing */

static int write_after_the_parent(const place *p)
{
    kith__connection *connection = take(p->pool);
    if (!connection)
        return 1;
    if (run(connection, "INSERT INTO t (n) VALUES (10)") != KITH_BUSY)
        return 2;                       /* the parent has the lock */
    say_go_on(p->to_parent);
    wait_for_word(p->to_child);
    if (run(connection, "INSERT INTO t (n) VALUES (11)") != KITH_OK)
        return 3;
    if (count_rows(connection) != 3)
        return 4;
    kith__pool_give(connection);
    kith__pool_close(p->pool);
    return 0;
}

static void a_child_of_a_writer_writes_once_the_parent_has_committed(void **state)
{
    place *p = *state;
    assert_int_equal(begin(p->connection, KITH__WRITING), KITH_OK);
    assert_int_equal(run(p->connection, "INSERT INTO t (n) VALUES (2)"), KITH_OK);
    pid_t child = fork_child();
    if (child == 0)
        kith_test_exit(write_after_the_parent(p));
    wait_for_word(p->to_parent);
    assert_int_equal(commit(p->connection), KITH_OK);
    say_go_on(p->to_child);
    assert_child(child);
    assert_int_equal(count_rows(p->connection), 3);
}

static int give_and_close(const place *p)
{
    kith__pool_give(p->connection);
    kith__pool_close(p->pool);
    return 0;
}

static void a_child_that_gives_back_what_the_parent_took_leaves_its_transaction_alone(void **state)
{
    place *p = *state;
    assert_int_equal(begin(p->connection, KITH__WRITING), KITH_OK);
    assert_int_equal(run(p->connection, "INSERT INTO t (n) VALUES (2)"), KITH_OK);
    pid_t child = fork_child();
    if (child == 0)
        kith_test_exit(give_and_close(p));
    assert_child(child);
    assert_int_equal(run(p->connection, "INSERT INTO t (n) VALUES (3)"), KITH_OK);
    assert_int_equal(commit(p->connection), KITH_OK);
    assert_int_equal(count_rows(p->connection), 3);
    kith__connection *other = take(p->pool);
    assert_int_equal(count_rows(other), 3);
    kith__pool_give(other);
}

/* ---------------------------------------------------------------- in memory: the child has a copy of its own */

static int use_the_copy(const place *p)
{
    kith__connection *connection = take(p->pool);
    if (!connection || count_rows(connection) != 1)
        return 1;
    if (run(connection, "INSERT INTO t (n) VALUES (10)") != KITH_OK || count_rows(connection) != 2)
        return 2;
    kith__pool_give(connection);
    connection = take(p->pool);
    if (!connection || count_rows(connection) != 2)
        return 3;
    kith__pool_give(connection);
    kith__pool_close(p->pool);
    return 0;
}

static void a_child_goes_on_with_a_copy_of_what_is_in_memory(void **state)
{
    place *p = *state;
    pid_t child = fork_child();
    if (child == 0)
        kith_test_exit(use_the_copy(p));
    assert_child(child);
    assert_int_equal(count_rows(p->connection), 1);
}

static void the_copy_is_usable_though_the_parent_was_writing(void **state)
{
    place *p = *state;
    assert_int_equal(begin(p->connection, KITH__WRITING), KITH_OK);
    assert_int_equal(run(p->connection, "INSERT INTO t (n) VALUES (2)"), KITH_OK);
    pid_t child = fork_child();
    if (child == 0)
        kith_test_exit(use_the_copy(p));
    assert_child(child);
    assert_int_equal(commit(p->connection), KITH_OK);
    assert_int_equal(count_rows(p->connection), 2);
}

/* ---------------------------------------------------------------- a lock must not keep a connection from being opened */

static void a_connection_is_opened_while_another_session_writes(void **state)
{
    place *p = *state;
    assert_int_equal(begin(p->connection, KITH__WRITING), KITH_OK);
    assert_int_equal(run(p->connection, "INSERT INTO t (n) VALUES (2)"), KITH_OK);
    kith__connection *other = take(p->pool);
    assert_non_null(other);
    assert_int_equal(commit(p->connection), KITH_OK);
    assert_int_equal(count_rows(other), 2);
    kith__pool_give(other);
}

int main(void)
{
#define DELETE_MODE(test_) cmocka_unit_test_setup_teardown(test_, in_delete_mode, close_place)
#define WAL_MODE(test_) cmocka_unit_test_setup_teardown(test_, in_wal_mode, close_place)
#define MEMORY(test_) cmocka_unit_test_setup_teardown(test_, in_memory, close_place)
    const struct CMUnitTest tests[] = {
        DELETE_MODE(a_childs_snapshot_keeps_the_parent_from_changing_the_file_under_it),
        WAL_MODE(a_childs_snapshot_of_a_log_stays_what_it_was),
        DELETE_MODE(a_child_of_a_writer_writes_once_the_parent_has_committed),
        WAL_MODE(a_child_of_a_writer_writes_once_the_parent_has_committed),
        DELETE_MODE(a_child_that_gives_back_what_the_parent_took_leaves_its_transaction_alone),
        WAL_MODE(a_child_that_gives_back_what_the_parent_took_leaves_its_transaction_alone),
        MEMORY(a_child_goes_on_with_a_copy_of_what_is_in_memory),
        MEMORY(the_copy_is_usable_though_the_parent_was_writing),
        MEMORY(a_connection_is_opened_while_another_session_writes),
        DELETE_MODE(a_connection_is_opened_while_another_session_writes),
        WAL_MODE(a_connection_is_opened_while_another_session_writes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
