/*
 * Locked rows, and what a transaction sees of others: `.lock`, kith_session_isolation (docs/behaviours.md 161, 102). With a
 * rollback journal, with WAL and in memory, where all three are to be the same.
 */
#include "fixture.h"

#include <pthread.h>
#include <time.h>

FAMILY(alley, ALLEY_MODELS);

static const Raccoon *stored(fixture *f, const char *name)
{
    const Raccoon *raccoon = kith_new(f->session, Raccoon, .name = name, .age = kith_some(1));
    COMMIT(f->session);
    return raccoon;
}

static double now_s(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* ---------------------------------------------------------------- locks */

static void a_locked_row_is_nobody_elses_to_change_until_the_commit(void **state)
{
    fixture *f = *state;
    stored(f, "Rocky");
    kith_session *other = another_session(f);
    const Raccoon *theirs = kith_first(other, Raccoon);
    assert_non_null(kith_first(f->session, Raccoon, .lock = KITH_LOCK_WAIT));
    kith_set(theirs, name, "taken");
    assert_int_equal(kith_commit(other), KITH_BUSY);
    assert_int_equal(kith_rollback(other), KITH_OK);
    COMMIT(f->session);                                 /* nothing was written: the lock goes all the same */
    theirs = kith_first(other, Raccoon);
    kith_set(theirs, name, "taken");
    COMMIT(other);
    assert_non_null(kith_all(f->session, Raccoon, .lock = KITH_LOCK_SKIP, .read_only = true).items);
    kith_set(theirs, name, "again");
    assert_int_equal(kith_commit(other), KITH_BUSY);
    assert_int_equal(kith_rollback(other), KITH_OK);
    assert_int_equal(kith_rollback(f->session), KITH_OK);
}

static void a_lock_that_is_wanted_at_once_is_busy_at_once(void **state)
{
    fixture *f = *state;
    stored(f, "Rocky");
    new_session(f);
    raw_run(f, "BEGIN IMMEDIATE");
    double before = now_s();
    assert_null(kith_first(f->session, Raccoon, .lock = KITH_LOCK_FAIL));
    assert_true(now_s() - before < 2);
    FAILS(f->session, KITH_BUSY, "KITH_LOCK_WAIT");
    raw_run(f, "ROLLBACK");
    assert_non_null(kith_first(f->session, Raccoon, .lock = KITH_LOCK_FAIL));
    COMMIT(f->session);
}

static void *hold_for_a_while(void *arg)
{
    fixture *f = arg;
    nanosleep(&(struct timespec){ .tv_nsec = 300000000 }, NULL);
    raw_run(f, "COMMIT");
    return NULL;
}

static void a_lock_that_is_waited_for_comes(void **state)
{
    fixture *f = *state;
    pthread_t thread;
    stored(f, "Rocky");
    new_session(f);
    raw_run(f, "BEGIN IMMEDIATE");
    raw_run(f, "UPDATE raccoons SET name = 'Dan'");
    assert_int_equal(pthread_create(&thread, NULL, hold_for_a_while, f), 0);
    const Raccoon *raccoon = kith_first(f->session, Raccoon, .lock = KITH_LOCK_WAIT);
    pthread_join(thread, NULL);
    kith_test_ok(f->session);
    assert_string_equal(raccoon->name, "Dan");
    COMMIT(f->session);
}

/* 105 says that a query does not overwrite what is loaded; one that locks does, but for what was written here */
static void what_is_locked_says_what_its_row_says_now(void **state)
{
    fixture *f = *state;
    stored(f, "Rocky");
    new_session(f);
    const Raccoon *rocky = kith_first(f->session, Raccoon);
    kith_session_autoflush(f->session, false);
    kith_set(rocky, age, 50);
    kith_session *other = another_session(f);
    const Raccoon *theirs = kith_first(other, Raccoon);
    kith_set(theirs, name, "Dan");
    kith_set(theirs, age, 7);
    COMMIT(other);
    assert_ptr_equal(kith_first(f->session, Raccoon), rocky);
    assert_string_equal(rocky->name, "Rocky");
    assert_ptr_equal(kith_first(f->session, Raccoon, .lock = KITH_LOCK_WAIT), rocky);
    assert_string_equal(rocky->name, "Dan");
    assert_int_equal(rocky->age.value, 50);
    assert_int_equal(kith_rollback(f->session), KITH_OK);
    assert_string_equal(rocky->name, "Dan");
    assert_int_equal(kith_get(f->session, Raccoon, .id = rocky->id)->age.value, 7);
}

static void counting_locks_nothing(void **state)
{
    fixture *f = *state;
    stored(f, "Rocky");
    kith_session *other = another_session(f);
    assert_int_equal(kith_count(f->session, Raccoon, .lock = KITH_LOCK_WAIT), 1);
    assert_true(kith_exists(f->session, Raccoon, .lock = KITH_LOCK_WAIT));
    assert_int_equal(kith_sum(f->session, Raccoon, age, .lock = KITH_LOCK_WAIT), 1);
    kith_new(other, Raccoon, .name = "Dan");
    COMMIT(other);
}

static void an_unknown_lock_is_refused(void **state)
{
    fixture *f = *state;
    assert_null(kith_first(f->session, Raccoon, .lock = (kith_lock)9));
    kith_test_error(f->session, KITH_MISUSE, "lock 9");
}

/* A queue: each job is taken by one of the workers, whoever is fastest. */
enum { JOBS = 40, WORKERS = 4 };
typedef struct worker { kith_database *database; int taken, failed; } worker;

static void *work(void *arg)
{
    worker *w = arg;
    kith_session *session = kith_session_open(w->database);
    for (bool more = true; more && !w->failed; ) {
        const Raccoon *job = kith_first(session, Raccoon, .where = kith_eq(Raccoon, name, "waiting"), .order_by = { kith_asc(Raccoon, id) }, .lock = KITH_LOCK_SKIP);
        more = job != NULL;
        if (job) {
            kith_set(job, name, "done");
            kith_set(job, age, job->age.value + 1);
            w->taken++;
        }
        w->failed = kith_commit(session);
    }
    kith_session_close(session);
    return NULL;
}

static void workers_take_each_job_once(void **state)
{
    fixture *f = *state;
    worker workers[WORKERS] = { { 0 } };
    pthread_t threads[WORKERS];
    int taken = 0;
    for (int i = 0; i < JOBS; i++)
        kith_new(f->session, Raccoon, .name = "waiting", .age = kith_some(0));
    COMMIT(f->session);
    for (int i = 0; i < WORKERS; i++) {
        workers[i].database = f->database;
        assert_int_equal(pthread_create(&threads[i], NULL, work, &workers[i]), 0);
    }
    for (int i = 0; i < WORKERS; i++) {
        pthread_join(threads[i], NULL);
        assert_int_equal(workers[i].failed, 0);
        taken += workers[i].taken;
    }
    assert_int_equal(taken, JOBS);
    assert_int_equal(kith_count(f->session, Raccoon, .where = kith_eq(Raccoon, age, 1)), JOBS);
}

/* ---------------------------------------------------------------- isolation */

static void reads_see_what_is_committed_or_one_moment(void **state)
{
    fixture *f = *state;
    stored(f, "Rocky");
    kith_session *other = another_session(f);
    kith_session_isolation(other, KITH_REPEATABLE_READ);
    assert_int_equal(kith_count(other, Raccoon), 1);
    stored(f, "Dan");
    assert_int_equal(kith_count(other, Raccoon), 1);
    assert_null(kith_get(other, Raccoon, .id = 2));
    COMMIT(other);
    assert_int_equal(kith_count(other, Raccoon), 2);
    COMMIT(other);
    kith_session_isolation(other, KITH_READ_COMMITTED);
    assert_int_equal(kith_count(other, Raccoon), 2);
    stored(f, "Sue");
    assert_int_equal(kith_count(other, Raccoon), 3);
}

static int add_what_is_missing(kith_session *session, void *arg)
{
    fixture *f = arg;
    kith_session_isolation(session, KITH_SERIALIZABLE);
    int64_t there = kith_count(session, Raccoon);
    if (there == 1)
        stored(f, "between");               /* in the first run only */
    kith_new(session, Raccoon, .name = "new", .age = kith_some(there));
    return 0;
}

static void a_serializable_transaction_that_was_overtaken_is_tried_again(void **state)
{
    fixture *f = *state;
    stored(f, "Rocky");
    assert_int_equal(kith_transaction(f->database, add_what_is_missing, f), KITH_OK);
    assert_int_equal(kith_count(f->session, Raccoon, .where = kith_and(kith_eq(Raccoon, name, "new"), kith_eq(Raccoon, age, 2))), 1);
    assert_int_equal(kith_count(f->session, Raccoon), 3);
}

static void isolation_is_said_before_the_transaction_or_not_at_all(void **state)
{
    fixture *f = *state;
    kith_new(f->session, Raccoon, .name = "Rocky");
    FLUSH(f->session);
    kith_session_isolation(f->session, KITH_SERIALIZABLE);
    FAILS(f->session, KITH_MISUSE, "transaction is open");
    kith_session_isolation(f->session, (kith_isolation)7);
    FAILS(f->session, KITH_MISUSE, "isolation 7");
    kith_session_isolation(NULL, KITH_SERIALIZABLE);
    kith_session_isolation(f->session, KITH_SERIALIZABLE);
    kith_new(f->session, Raccoon, .name = "Rocky");
    COMMIT(f->session);
    assert_int_equal(kith_count(f->session, Raccoon), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_EACH(alley, a_locked_row_is_nobody_elses_to_change_until_the_commit),
        ON_FILE(alley, a_lock_that_is_wanted_at_once_is_busy_at_once),
        WITH_WAL(alley, a_lock_that_is_wanted_at_once_is_busy_at_once),
        ON_FILE(alley, a_lock_that_is_waited_for_comes),
        WITH_WAL(alley, what_is_locked_says_what_its_row_says_now),
        IN_EACH(alley, counting_locks_nothing),
        IN_MEMORY(alley, an_unknown_lock_is_refused),
        IN_EACH(alley, workers_take_each_job_once),
        WITH_WAL(alley, reads_see_what_is_committed_or_one_moment),
        WITH_WAL(alley, a_serializable_transaction_that_was_overtaken_is_tried_again),
        IN_EACH(alley, isolation_is_said_before_the_transaction_or_not_at_all),
    };
    return cmocka_run_group_tests_name("locks", tests, NULL, NULL);
}
