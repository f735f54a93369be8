/*
 * Transactions, sessions beside each other, threads and processes: docs/behaviours.md 58, 101 to 103, 163.
 * What two sessions do to each other is tried with a rollback journal, with WAL and in memory.
 */
#include "fixture.h"

#include <pthread.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

FAMILY(alley, ALLEY_MODELS);
FAMILY(atlas, ATLAS_MODELS);
FAMILY(papers, PAPER_MODELS);

static int raccoons(kith_session *session) { return (int)kith_count(session, Raccoon); }

/* ---------------------------------------------------------------- savepoints */

/* 103 */
static void undoing_a_savepoint_takes_back_what_came_after_it(void **state)
{
    fixture *f = *state;
    const Raccoon *rocky = get_raccoon(f->session, stored_raccoon(f, "Rocky"));
    const Raccoon *dan = get_raccoon(f->session, stored_raccoon(f, "Dan"));
    kith_set(rocky, name, "before");
    const Raccoon *kept = kith_new(f->session, Raccoon, .name = "kept");
    assert_int_equal(kith_savepoint(f->session), KITH_OK);
    kith_set(rocky, name, "inside");
    kith_set(rocky, age, 4);
    kith_delete(dan);
    const Raccoon *inside = kith_new(f->session, Raccoon, .name = "inside");
    const Trashcan *can = kith_new(f->session, Trashcan, .raccoon = { rocky });
    FLUSH(f->session);
    assert_int_equal(COUNT(kith_many(rocky, trashcans)), 1);
    assert_int_equal(kith_savepoint_undo(f->session), KITH_OK);
    assert_string_equal(rocky->name, "before");
    assert_false(rocky->age.present);
    assert_int_equal(kith_state_of(dan), KITH_PERSISTENT);
    assert_int_equal(kith_state_of(inside), KITH_TRANSIENT);
    assert_int_equal(kith_state_of(can), KITH_TRANSIENT);
    assert_int_equal(inside->id, 0);
    assert_int_equal(COUNT(kith_many(rocky, trashcans)), 0);
    COMMIT(f->session);
    assert_int_equal(kith_state_of(kept), KITH_PERSISTENT);
    assert_int_equal(raccoons(f->session), 3);
    assert_int_equal(kith_count(f->session, Raccoon, .where = kith_eq(Raccoon, name, "before")), 1);
    assert_int_equal(kith_count(f->session, Trashcan), 0);
}

/* 103: lists that were there before get their old members back */
static void undoing_a_savepoint_restores_both_sides(void **state)
{
    fixture *f = *state;
    const Raccoon *rocky = get_raccoon(f->session, stored_raccoon(f, "Rocky"));
    const Raccoon *dan = get_raccoon(f->session, stored_raccoon(f, "Dan"));
    const Trashcan *can = kith_new(f->session, Trashcan, .raccoon = { rocky });
    FLUSH(f->session);
    assert_int_equal(kith_savepoint(f->session), KITH_OK);
    kith_append(dan, trashcans, can);
    FLUSH(f->session);
    assert_int_equal(kith_savepoint_undo(f->session), KITH_OK);
    assert_ptr_equal(kith_one(can, raccoon), rocky);
    assert_int_equal(HOLDS(kith_many(rocky, trashcans), can), 1);
    assert_int_equal(COUNT(kith_many(dan, trashcans)), 0);
    COMMIT(f->session);
    assert_int_equal(can->raccoon_id.value, rocky->id);
}

/* 103: what was handed out lives until the transaction ends, also in a loop over it that undoes savepoints */
static void what_was_handed_out_outlives_an_undone_savepoint(void **state)
{
    fixture *f = *state;
    const Raccoon *rocky = get_raccoon(f->session, stored_raccoon(f, "Rocky"));
    for (int i = 0; i < 4; i++)
        kith_new(f->session, Trashcan, .label = "can", .raccoon = { rocky });
    COMMIT(f->session);
    KITH_LIST(Raccoon) one = kith_all(f->session, Raccoon);
    size_t seen = 0;
    kith_each(Trashcan, row, kith_rows(f->session, Trashcan, "SELECT * FROM trashcans")) {
        assert_int_equal(kith_savepoint(f->session), KITH_OK);
        kith_new(f->session, Raccoon, .name = "inside");
        assert_int_equal(kith_savepoint_undo(f->session), KITH_OK);
        assert_string_equal(row->label, "can");
        seen++;
    }
    kith_each(Trashcan, can, kith_many(rocky, trashcans)) {
        assert_int_equal(kith_savepoint(f->session), KITH_OK);
        kith_remove(rocky, trashcans, can);
        assert_int_equal(COUNT(kith_many(rocky, trashcans)), 3);
        assert_int_equal(kith_savepoint_undo(f->session), KITH_OK);
        assert_int_equal(COUNT(kith_many(rocky, trashcans)), 4);
        assert_string_equal(can->label, "can");
        seen++;
    }
    assert_int_equal(seen, 8);
    assert_ptr_equal(one.items[0], rocky);
}

/* 103: it is the insert's that is undone, and no other's */
static void a_generated_key_stays_with_the_row_that_it_was_made_for(void **state)
{
    fixture *f = *state;
    const Raccoon *rocky = kith_new(f->session, Raccoon, .name = "Rocky");
    FLUSH(f->session);
    int64_t id = rocky->id;
    assert_int_equal(kith_savepoint(f->session), KITH_OK);
    kith_delete(rocky);
    FLUSH(f->session);
    assert_int_equal(kith_savepoint(f->session), KITH_OK);
    assert_int_equal(kith_attach(f->session, rocky), KITH_OK);
    FLUSH(f->session);
    assert_int_equal(kith_savepoint_undo(f->session), KITH_OK);
    assert_int_equal(kith_savepoint_undo(f->session), KITH_OK);
    assert_int_equal(rocky->id, id);
    assert_ptr_equal(kith_get(f->session, Raccoon, .id = id), rocky);
    assert_int_equal(kith_rollback(f->session), KITH_OK);
    assert_int_equal(rocky->id, 0);
}

/* 103 */
static void savepoints_nest(void **state)
{
    fixture *f = *state;
    for (int i = 0; i < 5; i++) {
        assert_int_equal(kith_savepoint(f->session), KITH_OK);
        kith_new(f->session, Raccoon, .name = "r");
    }
    assert_int_equal(kith_savepoint_undo(f->session), KITH_OK);      /* the fifth */
    assert_int_equal(kith_savepoint_keep(f->session), KITH_OK);      /* the fourth, into the third */
    assert_int_equal(kith_savepoint_undo(f->session), KITH_OK);      /* the third with it */
    assert_int_equal(raccoons(f->session), 2);
    assert_int_equal(kith_savepoint_keep(f->session), KITH_OK);
    COMMIT(f->session);                                             /* the first is still open: commit keeps all */
    assert_int_equal(raccoons(f->session), 2);
    assert_int_equal(kith_savepoint_keep(f->session), KITH_MISUSE);  /* and none is left */
    kith_error_clear(f->session);
}

/* 103: two that begin at the same place are two */
static void savepoints_with_nothing_between_them_nest_too(void **state)
{
    fixture *f = *state;
    const Raccoon *rocky = kith_new(f->session, Raccoon, .name = "Rocky");
    COMMIT(f->session);
    assert_int_equal(kith_savepoint(f->session), KITH_OK);
    assert_int_equal(kith_savepoint(f->session), KITH_OK);
    kith_set(rocky, name, "inner");
    assert_int_equal(kith_savepoint_undo(f->session), KITH_OK);
    assert_string_equal(rocky->name, "Rocky");
    kith_set(rocky, name, "outer");
    assert_int_equal(kith_savepoint_undo(f->session), KITH_OK);
    assert_string_equal(rocky->name, "Rocky");
    assert_int_equal(kith_savepoint_undo(f->session), KITH_MISUSE);
    assert_int_equal(kith_rollback(f->session), KITH_OK);
    assert_string_equal(rocky->name, "Rocky");
}

/* 103: the reference's bug on SQLite: a kept savepoint survives the rollback around it */
static void a_kept_savepoint_goes_with_the_rollback_around_it(void **state)
{
    fixture *f = *state;
    stored_raccoon(f, "Rocky");
    kith_new(f->session, Raccoon, .name = "outer");
    assert_int_equal(kith_savepoint(f->session), KITH_OK);
    kith_new(f->session, Raccoon, .name = "inner");
    assert_int_equal(kith_savepoint_keep(f->session), KITH_OK);
    assert_int_equal(kith_rollback(f->session), KITH_OK);
    assert_int_equal(raccoons(f->session), 1);
}

/* 103, the importer's loop: an error after the savepoint goes with it, and the row before stays */
static void undoing_a_savepoint_clears_the_error_that_came_after_it(void **state)
{
    fixture *f = *state;
    kith_new(f->session, Country, .code = "DE", .name = "Germany");
    FLUSH(f->session);
    assert_int_equal(kith_savepoint(f->session), KITH_OK);
    kith_new(f->session, Country, .code = "FR");
    assert_int_equal(kith_flush(f->session), KITH_CONSTRAINT);
    const kith_error *error = kith_error_of(f->session);
    assert_int_equal(kith_savepoint_undo(f->session), KITH_OK);
    kith_test_ok(f->session);
    assert_non_null(strstr(error->message, "name"));            /* still readable */
    assert_string_equal(error->model, "Country");
    kith_new(f->session, Country, .code = "IT", .name = "Italy");
    COMMIT(f->session);
    assert_int_equal(kith_count(f->session, Country), 2);
}

/* 102: but not one that was there before it */
static void undoing_a_savepoint_does_not_clear_an_older_error(void **state)
{
    fixture *f = *state;
    kith_new(f->session, Country, .code = "DE");
    assert_int_equal(kith_flush(f->session), KITH_CONSTRAINT);
    assert_int_equal(kith_savepoint(f->session), KITH_CONSTRAINT);
    assert_int_not_equal(kith_savepoint_undo(f->session), KITH_OK);
    assert_int_equal(kith_status_of(f->session), KITH_CONSTRAINT);
    assert_int_equal(kith_rollback(f->session), KITH_OK);
}

static void a_savepoint_that_was_never_set_is_misuse(void **state)
{
    fixture *f = *state;
    assert_int_equal(kith_savepoint_undo(f->session), KITH_MISUSE);
    kith_test_error(f->session, KITH_MISUSE, "savepoint");
    kith_error_clear(f->session);
    assert_int_equal(kith_savepoint(f->session), KITH_OK);
    assert_int_equal(kith_rollback(f->session), KITH_OK);
    assert_int_equal(kith_savepoint_keep(f->session), KITH_MISUSE);
    kith_error_clear(f->session);
}

/* ---------------------------------------------------------------- two sessions */

/* issue: two sessions, one that has read and one that writes: neither waits */
static void a_session_that_has_read_does_not_stop_one_that_writes(void **state)
{
    fixture *f = *state;
    int64_t id = stored_raccoon(f, "Rocky");
    kith_session *other = another_session(f);
    const Raccoon *read = get_raccoon(f->session, id);
    assert_int_equal(kith_all(f->session, Raccoon).count, 1);
    const Raccoon *theirs = get_raccoon(other, id);
    kith_set(theirs, name, "written");
    COMMIT(other);
    assert_string_equal(read->name, "Rocky");
    COMMIT(f->session);
    kith_refresh(read);
    assert_string_equal(read->name, "written");
}

/* and the other way: one that is writing does not stop one that reads, who sees nothing of it before the commit */
static void a_session_that_writes_does_not_stop_one_that_reads(void **state)
{
    fixture *f = *state;
    int64_t id = stored_raccoon(f, "Rocky");
    kith_session *other = another_session(f);
    const Raccoon *mine = get_raccoon(f->session, id);
    kith_set(mine, name, "not yet");
    FLUSH(f->session);
    const Raccoon *theirs = get_raccoon(other, id);
    kith_test_ok(other);
    assert_string_equal(theirs->name, "Rocky");
    COMMIT(f->session);
    COMMIT(other);
    theirs = get_raccoon(other, id);
    assert_string_equal(theirs->name, "not yet");
}

/* A wait that cannot end, because a session of the same thread holds the lock, is busy at once */
static void a_second_writer_of_the_same_thread_is_busy_at_once(void **state)
{
    fixture *f = *state;
    kith_session *other = another_session(f);
    kith_new(f->session, Raccoon, .name = "first");
    FLUSH(f->session);
    kith_new(other, Raccoon, .name = "second");
    struct timespec before, after;
    clock_gettime(CLOCK_MONOTONIC, &before);
    assert_int_equal(kith_flush(other), KITH_BUSY);
    clock_gettime(CLOCK_MONOTONIC, &after);
    assert_true(after.tv_sec - before.tv_sec < 3);
    kith_test_error(other, KITH_BUSY, NULL);
    COMMIT(f->session);
    assert_int_equal(kith_rollback(other), KITH_OK);
    kith_new(other, Raccoon, .name = "second");
    COMMIT(other);
    assert_int_equal(raccoons(f->session), 2);
}

/* ---------------------------------------------------------------- kith_begin */

/* Reads that agree with each other, whatever others commit meanwhile */
static void begin_holds_one_snapshot(void **state)
{
    fixture *f = *state;
    int64_t id = stored_raccoon(f, "Rocky");
    kith_session *other = another_session(f);
    assert_int_equal(kith_begin(f->session), KITH_OK);
    assert_int_equal(raccoons(f->session), 1);
    kith_new(other, Raccoon, .name = "Dan");
    COMMIT(other);
    assert_int_equal(raccoons(f->session), 1);
    COMMIT(f->session);
    assert_int_equal(raccoons(f->session), 2);
    assert_non_null(get_raccoon(f->session, id));
}

/* A write that finds the snapshot outdated */
static void a_write_in_an_outdated_snapshot_is_to_be_tried_again(void **state)
{
    fixture *f = *state;
    int64_t id = stored_raccoon(f, "Rocky");
    kith_session *other = another_session(f);
    assert_int_equal(kith_begin(f->session), KITH_OK);
    const Raccoon *rocky = get_raccoon(f->session, id);
    const Raccoon *theirs = get_raccoon(other, id);
    kith_set(theirs, name, "theirs");
    COMMIT(other);
    kith_set(rocky, name, "mine");
    assert_int_equal(kith_commit(f->session), KITH_RETRY);
    FAILS(f->session, KITH_RETRY, NULL);
    kith_refresh(rocky);
    assert_string_equal(rocky->name, "theirs");
    kith_set(rocky, name, "mine");
    COMMIT(f->session);
}

/* Neither BEGIN nor COMMIT nor SAVEPOINT is counted */
static void what_frames_a_transaction_is_not_counted(void **state)
{
    fixture *f = *state;
    SENDS(f, 0, {
        assert_int_equal(kith_begin(f->session), KITH_OK);
        assert_int_equal(kith_savepoint(f->session), KITH_OK);
        assert_int_equal(kith_savepoint_keep(f->session), KITH_OK);
        COMMIT(f->session);
        assert_int_equal(kith_rollback(f->session), KITH_OK);
    });
}

/* ---------------------------------------------------------------- kith_transaction */

typedef struct attempt { int times, fail_until, result; kith_database *database; } attempt;

static int bump(kith_session *session, void *arg)
{
    attempt *a = arg;
    a->times++;
    const Document *paper = kith_first(session, Document);
    if (!paper)
        return kith_status_of(session);
    if (a->times <= a->fail_until) {            /* another writer comes between */
        kith_session *other = kith_session_open(a->database);
        const Document *theirs = kith_first(other, Document);
        kith_set(theirs, title, a->times % 2 ? "odd" : "even");
        kith_commit(other);
        kith_session_close(other);
    }
    kith_set(paper, body, "bumped");
    return a->result;
}

static void a_transaction_commits_and_is_tried_again_when_stale(void **state)
{
    fixture *f = *state;
    kith_new(f->session, Document, .title = "t", .body = "b");
    COMMIT(f->session);
    attempt a = { .fail_until = 2, .database = f->database };
    assert_int_equal(kith_transaction(f->database, bump, &a), KITH_OK);
    assert_int_equal(a.times, 3);
    assert_int_equal(kith_count(f->session, Document, .where = kith_eq(Document, body, "bumped")), 1);
}

static void a_transaction_gives_up_after_five_times(void **state)
{
    fixture *f = *state;
    kith_new(f->session, Document, .title = "t", .body = "b");
    COMMIT(f->session);
    attempt a = { .fail_until = 100, .database = f->database };
    assert_int_equal(kith_transaction(f->database, bump, &a), KITH_STALE);
    assert_in_range(a.times, 5, 6);
}

static void a_transaction_whose_work_says_no_is_rolled_back(void **state)
{
    fixture *f = *state;
    kith_new(f->session, Document, .title = "t", .body = "b");
    COMMIT(f->session);
    attempt a = { .result = 1234, .database = f->database };
    assert_int_equal(kith_transaction(f->database, bump, &a), 1234);
    assert_int_equal(a.times, 1);
    assert_int_equal(kith_count(f->session, Document, .where = kith_eq(Document, body, "bumped")), 0);
}

/* ---------------------------------------------------------------- what closing does */

static void closing_a_session_rolls_back(void **state)
{
    fixture *f = *state;
    kith_session *other = kith_session_open(f->database);
    kith_new(other, Raccoon, .name = "never");
    FLUSH(other);
    kith_session_close(other);
    assert_int_equal(raccoons(f->session), 0);
    kith_new(f->session, Raccoon, .name = "Rocky");     /* and holds no lock */
    COMMIT(f->session);
}

/* In memory lives as long as its handle, and is shared by its sessions alone */
static void a_database_in_memory_is_its_handles(void **state)
{
    fixture *f = *state;
    stored_raccoon(f, "Rocky");
    new_session(f);
    assert_int_equal(raccoons(f->session), 1);
    kith_test_place place = kith_test_open_memory(ALLEY_MODELS);
    assert_int_equal(raccoons(place.session), 0);
    kith_test_close(&place);
}

static void a_file_keeps_what_was_committed(void **state)
{
    fixture *f = *state;
    stored_raccoon(f, "Rocky");
    kith_database *again = kith_open(f->place.url, ALLEY_MODELS);
    assert_int_equal(kith_status_of(again), KITH_OK);
    kith_session *session = kith_session_open(again);
    assert_string_equal(kith_only(session, Raccoon)->name, "Rocky");
    kith_session_close(session);
    kith_close(again);
}

/* ---------------------------------------------------------------- threads */

typedef struct worker { kith_database *database; int number, failed; } worker;

/* Each thread has a session of its own on one handle, and adds to one row and rows of its own. */
static void *work(void *arg)
{
    worker *w = arg;
    kith_session *session = kith_session_open(w->database);
    for (int i = 0; i < 20 && !w->failed; i++) {
        const Raccoon *mine = kith_new(session, Raccoon, .name = "r", .age = kith_some(w->number));
        kith_new(session, Trashcan, .label = "c", .raccoon = { mine });
        w->failed = kith_commit(session);
        if (!w->failed)
            w->failed = kith_count(session, Raccoon, .where = kith_eq(Raccoon, age, w->number)) != i + 1;
    }
    kith_session_close(session);
    return NULL;
}

static void threads_with_a_session_each_share_a_handle(void **state)
{
    fixture *f = *state;
    enum { THREADS = 4 };
    pthread_t threads[THREADS];
    worker workers[THREADS];
    for (int i = 0; i < THREADS; i++) {
        workers[i] = (worker){ .database = f->database, .number = i };
        assert_int_equal(pthread_create(&threads[i], NULL, work, &workers[i]), 0);
    }
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(workers[i].failed, 0);
    assert_int_equal(raccoons(f->session), 20 * THREADS);
    assert_int_equal(kith_count(f->session, Trashcan), 20 * THREADS);
}

/* A session may move between threads */
static void *use_it(void *arg)
{
    kith_session *session = arg;
    kith_new(session, Raccoon, .name = "from another thread");
    return kith_commit(session) ? arg : NULL;
}

static void a_session_may_move_to_another_thread(void **state)
{
    fixture *f = *state;
    stored_raccoon(f, "Rocky");
    pthread_t thread;
    void *failed = NULL;
    assert_int_equal(pthread_create(&thread, NULL, use_it, f->session), 0);
    assert_int_equal(pthread_join(thread, &failed), 0);
    assert_null(failed);
    assert_int_equal(raccoons(f->session), 2);
}

/* two handles in one process, each in a thread of its own */
static void *own_handle(void *arg)
{
    int *failed = arg;
    kith_database *db = kith_open("sqlite://", ALLEY_MODELS);
    *failed = kith_create_all(db);
    worker w = { .database = db, .number = 1 };
    work(&w);
    *failed |= w.failed;
    kith_close(db);
    return NULL;
}

static void two_handles_in_two_threads_know_nothing_of_each_other(void **state)
{
    (void)state;
    pthread_t threads[2];
    int failed[2] = { 0, 0 };
    for (int i = 0; i < 2; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, own_handle, &failed[i]), 0);
    for (int i = 0; i < 2; i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(failed[0] | failed[1], 0);
}

/* ---------------------------------------------------------------- processes */

/* In the child; what it finds wrong is its exit status. No assertion there: cmocka belongs to the parent. */
static int in_the_child(fixture *f)
{
    if (kith_first(f->session, Raccoon) || kith_status_of(f->session) != KITH_MISUSE)
        return 1;       /* a session that was carried over is refused */
    kith_session *session = kith_session_open(f->database);
    if (!session || kith_status_of(session))
        return 2;
    kith_new(session, Raccoon, .name = "child");
    if (kith_commit(session))
        return 3;
    if (kith_count(session, Raccoon) < 2)
        return 4;
    kith_session_close(session);
    return 0;
}

static void after_a_fork_parent_and_child_both_work(void **state)
{
    fixture *f = *state;
    stored_raccoon(f, "Rocky");
    assert_int_equal(raccoons(f->session), 1);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0)
        kith_test_exit(in_the_child(f));
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
    COMMIT(f->session);
    kith_new(f->session, Raccoon, .name = "parent");
    COMMIT(f->session);
    assert_int_equal(raccoons(f->session), 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_MEMORY(alley, undoing_a_savepoint_takes_back_what_came_after_it),
        IN_MEMORY(alley, undoing_a_savepoint_restores_both_sides),
        IN_MEMORY(alley, what_was_handed_out_outlives_an_undone_savepoint),
        IN_MEMORY(alley, a_generated_key_stays_with_the_row_that_it_was_made_for),
        IN_MEMORY(alley, savepoints_nest),
        IN_MEMORY(alley, savepoints_with_nothing_between_them_nest_too),
        ON_FILE(alley, a_kept_savepoint_goes_with_the_rollback_around_it),
        IN_MEMORY(atlas, undoing_a_savepoint_clears_the_error_that_came_after_it),
        IN_MEMORY(atlas, undoing_a_savepoint_does_not_clear_an_older_error),
        IN_MEMORY(alley, a_savepoint_that_was_never_set_is_misuse),
        IN_EACH(alley, a_session_that_has_read_does_not_stop_one_that_writes),
        ON_FILE(alley, a_session_that_writes_does_not_stop_one_that_reads),
        WITH_WAL(alley, a_session_that_writes_does_not_stop_one_that_reads),
        IN_EACH(alley, a_second_writer_of_the_same_thread_is_busy_at_once),
        WITH_WAL(alley, begin_holds_one_snapshot),
        WITH_WAL(alley, a_write_in_an_outdated_snapshot_is_to_be_tried_again),
        IN_MEMORY(alley, what_frames_a_transaction_is_not_counted),
        ON_FILE(papers, a_transaction_commits_and_is_tried_again_when_stale),
        ON_FILE(papers, a_transaction_gives_up_after_five_times),
        ON_FILE(papers, a_transaction_whose_work_says_no_is_rolled_back),
        IN_EACH(alley, closing_a_session_rolls_back),
        IN_MEMORY(alley, a_database_in_memory_is_its_handles),
        ON_FILE(alley, a_file_keeps_what_was_committed),
        IN_EACH(alley, threads_with_a_session_each_share_a_handle),
        IN_MEMORY(alley, a_session_may_move_to_another_thread),
        cmocka_unit_test(two_handles_in_two_threads_know_nothing_of_each_other),
        ON_FILE(alley, after_a_fork_parent_and_child_both_work),
    };
    return cmocka_run_group_tests_name("transactions", tests, NULL, NULL);
}
