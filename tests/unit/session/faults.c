/*
 * What must hold when something fails, whatever it is (see faults.h):
 *
 *   The session carries an error with a status that fits and a whole sentence, or all was done as if nothing had failed.
 *   After kith_rollback it carries none, nothing is under way, memory is what the tables are and both sides of relationships agree,
 *   the tables are what they were, and the same work then succeeds.
 *   An error whose transaction stays may be forgotten instead: what is committed then agrees with memory all the same.
 *   No block, no statement and no transaction is left behind.
 */
#include "faults.h"

#include "driver/pool.h"

#include <sqlite3.h>
#include <stdio.h>

typedef enum fault_kind { ALLOCATION, PIECE, DRIVER, ENGINE_MEMORY, FILES } fault_kind;

typedef struct fault_way {
    const char *name;
    fault_kind kind;
    bool on;                        /* from the n-th on all fail */
    int code;                       /* the driver's status; the file's SQLite code */
    size_t stride;                  /* one place in so many is tried, without KITH_TEST_FAULTS=all */
    const char *journal;            /* of the file; NULL: in memory */
    const int *statuses;            /* that the session may have, up to 0 */
} fault_way;

static const int no_memory[] = { KITH_NO_MEMORY, 0 }, io[] = { KITH_IO, 0 }, busy[] = { KITH_BUSY, 0 }, schema[] = { KITH_SCHEMA, 0 };

static const fault_way ways[] = {
    { "an allocation fails", ALLOCATION, false, 0, 1, NULL, no_memory },
    { "there is no memory any more", ALLOCATION, true, 0, 3, NULL, no_memory },
    { "a piece of an arena fails", PIECE, false, 0, 1, NULL, no_memory },
    { "the driver fails", DRIVER, false, KITH_IO, 1, NULL, io },
    { "the driver is busy", DRIVER, false, KITH_BUSY, 7, NULL, busy },
    { "the driver misses a table", DRIVER, false, KITH_SCHEMA, 1, NULL, schema },
    { "the driver fails from then on", DRIVER, true, KITH_IO, 3, NULL, io },
    { "SQLite has no memory", ENGINE_MEMORY, false, 0, 5, NULL, no_memory },
    { "SQLite has no memory from then on", ENGINE_MEMORY, true, 0, 11, NULL, no_memory },
    { "the disk fails", FILES, false, SQLITE_IOERR, 3, "delete", io },
    { "the disk fails under WAL", FILES, false, SQLITE_IOERR, 5, "wal", io },
    { "the disk is full", FILES, true, SQLITE_FULL, 3, "delete", io },
};

static void arm(const fault_way *way, size_t n)
{
    switch (way->kind) {
    case ALLOCATION: (way->on ? kith_test_fail_allocations_from : kith_test_fail_allocation)(n); break;
    case PIECE: kith_test_fail_piece(n); break;
    case DRIVER: fault_driver_arm(n, way->on, way->code); break;
    case ENGINE_MEMORY: fault_engine_memory_arm(n, way->on); break;
    case FILES: fault_engine_file_arm(n, way->on, way->code); break;
    }
}

static bool disarm(const fault_way *way)
{
    bool failed = false;
    switch (way->kind) {
    case ALLOCATION:
        failed = kith_test_allocation_failed();
        kith_test_fail_allocation(0);
        break;
    case PIECE: failed = kith_test_piece_failed(); break;
    case DRIVER: failed = fault_driver_disarm(); break;
    case ENGINE_MEMORY: failed = fault_engine_memory_disarm(); break;
    case FILES: failed = fault_engine_file_disarm(); break;
    }
    return failed;
}

/* ---------------------------------------------------------------- one run */

typedef struct fault_run {
    const fault_case *what;
    const fault_way *way;
    size_t n;                       /* which place fails; 0: none */
    const char *folder;
    kith_database *database;
    kith_session *session;
    char *before, *expected;        /* the tables; what they are when nothing fails */
    char context[200];
} fault_run;

static kith_database *open_as_binding(const char *url, const kith_model_function *functions)
{
    const kith_model *models[16];
    size_t count = 0;
    for (; functions[count]; count++)
        models[count] = functions[count]();
    return kith_sys_open(url, models, count);
}

static void open_database(fault_run *r)
{
    char url[400] = "sqlite://";
    if (r->way->journal)
        snprintf(url, sizeof url, "sqlite:///%s/test.db?journal=%s", r->folder, r->way->journal);
    r->database = r->what->how & FAULT_BINDS ? open_as_binding(url, r->what->models) : kith_open(url, r->what->models);
    assert_int_equal(kith_status_of(r->database), KITH_OK);
    if (r->way->kind == DRIVER)
        fault_driver_install(r->database->pool);
    assert_int_equal(kith_create_all(r->database), KITH_OK);
}

static void begin(fault_run *r)
{
    open_database(r);
    r->session = kith_session_open(r->database);
    if (r->what->fill) {
        r->what->fill(r->session);
        kith_commit(r->session);
        kith_test_ok(r->session);
        kith_clear(r->session);
    }
    r->before = mirror_dump(r->database);
}

static void end(fault_run *r)
{
    if (r->session)
        mirror_statements(r->session, r->context);
    kith_session_close(r->session);
    kith_close(r->database);
    free(r->before);
    r->session = NULL;
    r->database = NULL;
    r->before = NULL;
    static const char *const files[] = { "test.db", "test.db-journal", "test.db-wal", "test.db-shm" };
    for (size_t i = 0; r->way->journal && i < KITH__COUNT(files); i++) {
        char path[400];
        snprintf(path, sizeof path, "%s/%s", r->folder, files[i]);
        remove(path);
    }
}

/* Objects and tables against each other, and nothing under way. */
static void look(const fault_run *r)
{
    mirror_quiet(r->session, r->context);
    if (r->what->how & FAULT_OUTSIDE)
        kith_clear(r->session);
    mirror_all(r->database, r->session, r->context);
}

static void tables_are(const fault_run *r, const char *when, const char *a, const char *b)
{
    char *now = mirror_dump(r->database);
    if (strcmp(now, a) && (!b || strcmp(now, b))) {
        print_error("%s, %s: the tables are\n%s\ninstead of\n%s%s%s\n", r->context, when, now, a, b ? "\nor\n" : "", b ? b : "");
        fail();
    }
    free(now);
}

static void act_undisturbed(fault_run *r, const char *when)
{
    r->what->act(r->session);
    if (kith_session_status(r->session)) {
        print_error("%s, %s: ", r->context, when);
        kith_test_ok(r->session);
    }
}

/* The first run: nothing fails, and says what is to come out. */
static void learn(fault_run *r)
{
    snprintf(r->context, sizeof r->context, "%s, nothing fails", r->what->name);
    begin(r);
    act_undisturbed(r, "at first");
    r->expected = mirror_dump(r->database);
    look(r);
    end(r);
}

static bool fits(const fault_way *way, int status)
{
    for (const int *s = way->statuses; *s; s++)
        if (*s == status)
            return true;
    return false;
}

static void error_is_whole(const fault_run *r)
{
    const kith_error *error = kith_error_of(r->session);
    if (!fits(r->way, error->status)) {
        print_error("%s: the status is %d (%s), which does not fit\n", r->context, error->status, error->message);
        fail();
    }
    kith_test_error(r->session, error->status, NULL);
}

/* Whether the error was one that may be forgotten, and then the commit too went well. */
static bool forget_and_commit(fault_run *r)
{
    kith_error_clear(r->session);
    if (kith_session_status(r->session) || kith_commit(r->session))
        return false;
    if (r->what->how & FAULT_ATOMIC)
        tables_are(r, "after its error was forgotten and a commit", r->before, r->expected);
    look(r);
    return true;
}

static void roll_back(fault_run *r)
{
    kith_rollback(r->session);
    if (kith_session_status(r->session)) {
        print_error("%s, after the rollback: ", r->context);
        kith_test_ok(r->session);
    }
    /* a commit that the disk did not see may be one that happened */
    tables_are(r, "after the rollback", r->before, r->way->kind == FILES || r->what->how & FAULT_MENDS ? r->expected : NULL);
    look(r);
}

static bool is_as_before(const fault_run *r)
{
    char *now = mirror_dump(r->database);
    bool same = strcmp(now, r->before) == 0;
    free(now);
    return same;
}

/* Gives back whether it came to the n-th place. */
static bool run_once(fault_run *r, size_t n)
{
    r->n = n;
    snprintf(r->context, sizeof r->context, "%s, %s (place %zu)", r->what->name, r->way->name, n);
    begin(r);
    arm(r->way, n);
    r->what->act(r->session);
    bool failed = kith_session_status(r->session) != KITH_OK;
    if (failed && r->way->on)
        kith_rollback(r->session);          /* what is missing is missing in a rollback, too */
    bool reached = disarm(r->way);
    if (!failed) {
        if (kith_session_status(r->session))
            kith_test_ok(r->session);
        tables_are(r, "without an error", r->expected, r->what->how & FAULT_MENDS ? r->before : NULL);
        look(r);
    } else {
        if (!reached)
            kith_test_ok(r->session);
        if (!r->way->on)
            error_is_whole(r);
        if (r->way->on || !forget_and_commit(r)) {
            roll_back(r);
            if (is_as_before(r)) {
                act_undisturbed(r, "again");
                tables_are(r, "done again", r->expected, NULL);
                look(r);
            }
        }
    }
    end(r);
    return reached;
}

/* ---------------------------------------------------------------- every place */

static void run_all(void **state)
{
    fault_run *r = *state;
    const char *only = getenv("KITH_TEST_FAULT");
    size_t stride = kith_test_stride(r->way->stride), n;
    learn(r);
    size_t before = kith_test_blocks_alive();
    for (n = only ? (size_t)atol(only) : 1; run_once(r, n) && !only; n += stride) {
        if (kith_test_blocks_alive() != before)
            fail_msg("%s: %zu blocks were left behind", r->context, kith_test_blocks_alive() - before);
    }
    *r->context = 0;
    if (getenv("KITH_TEST_FAULT_COUNTS"))
        print_message("%s, %s: %zu places\n", r->what->name, r->way->name, n - 1);
}

static int set_up(void **state)
{
    fault_run *r = *state;
    r->folder = r->way->journal ? kith_test_folder() : NULL;
    return 0;
}

static int tear_down(void **state)
{
    fault_run *r = *state;
    disarm(r->way);
    if (*r->context)
        print_error("failed in: %s\n", r->context);
    if (r->folder)
        kith_test_remove_folder((char *)(uintptr_t)r->folder);
    free(r->expected);
    free(r->before);
    free(r);
    return 0;
}

int fault_main(const fault_case *cases, size_t count)
{
    struct CMUnitTest *tests = calloc(count * KITH__COUNT(ways), sizeof *tests);
    char (*names)[160] = calloc(count * KITH__COUNT(ways), sizeof *names);
    assert_true(tests && names);
    for (size_t i = 0; i < count; i++)
        for (size_t w = 0; w < KITH__COUNT(ways); w++) {
            size_t at = i * KITH__COUNT(ways) + w;
            fault_run *run = calloc(1, sizeof *run);
            assert_non_null(run);
            run->what = &cases[i];
            run->way = &ways[w];
            snprintf(names[at], sizeof *names, "%s, %s", cases[i].name, ways[w].name);
            tests[at] = (struct CMUnitTest){ names[at], run_all, set_up, tear_down, run };
        }
    fault_engine_install();
    int failed = _cmocka_run_group_tests("faults", tests, count * KITH__COUNT(ways), NULL, NULL);
    free(tests);
    free(names);
    return failed;
}
