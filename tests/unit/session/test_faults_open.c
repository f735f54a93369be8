/*
 * Faults from kith_open to kith_close: the handle, its models, the tables made and dropped, the first session. Whatever fails says so in a
 * whole sentence; a file is left with all of its tables or none; and the same then succeeds.
 */
#include "faults.h"

#include <sqlite3.h>
#include <stdio.h>
#include <unistd.h>

#define OPEN_MODELS KITH_MODELS(Business, Raccoon, Trashcan, Post, Tag, Topic, Writer, Book, Plot, Shed)
enum { TABLES = 11 };       /* with the join table */

typedef struct opening {
    char *folder;
    char url[400];
    void (*arm)(size_t n, bool on);
    bool (*disarm)(void);
    bool on, drops;
    int status;             /* that what fails has */
    size_t n;
} opening;

/* ---------------------------------------------------------------- the ways */

static void arm_allocation(size_t n, bool on) { (on ? kith_test_fail_allocations_from : kith_test_fail_allocation)(n); }
static bool disarm_allocation(void)
{
    bool failed = kith_test_allocation_failed();
    kith_test_fail_allocation(0);
    return failed;
}
static void arm_piece(size_t n, bool on) { (void)on; kith_test_fail_piece(n); }
static void arm_driver(size_t n, bool on) { fault_driver_arm(n, on, KITH_IO); }
static void arm_file(size_t n, bool on) { fault_engine_file_arm(n, on, SQLITE_IOERR); }
static void arm_disk(size_t n, bool on) { fault_engine_file_arm(n, on, SQLITE_FULL); }

/* ---------------------------------------------------------------- what is there */

static int64_t tables_in(const opening *o)
{
    const char *path = strchr(o->url, ':') + 4;
    sqlite3 *db = NULL;
    sqlite3_stmt *statement = NULL;
    char file[400];
    snprintf(file, sizeof file, "%.*s", (int)strcspn(path, "?"), path);
    assert_int_equal(sqlite3_open_v2(file, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, "unix"), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db, "SELECT count(*), (SELECT group_concat(integrity_check) FROM pragma_integrity_check) FROM sqlite_master WHERE type = 'table'", -1, &statement, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
    int64_t count = sqlite3_column_int64(statement, 0);
    assert_string_equal((const char *)sqlite3_column_text(statement, 1), "ok");
    sqlite3_finalize(statement);
    sqlite3_close(db);
    return count;
}

static void remove_files(const opening *o)
{
    static const char *const names[] = { "test.db", "test.db-journal", "test.db-wal", "test.db-shm" };
    for (size_t i = 0; o->folder && i < KITH__COUNT(names); i++) {
        char *path = kith_test_path(o->folder, names[i]);
        unlink(path);
        free(path);
    }
}

/* ---------------------------------------------------------------- one run */

static void says(const opening *o, const kith_error *error)
{
    bool sentence = error->message && strchr(error->message, ' ') && error->code;
    if (error->status != o->status || !sentence)
        fail_msg("place %zu: status %d, %s", o->n, error->status, error->message ? error->message : "no message");
}

static bool use_session(const opening *o, kith_database *database)
{
    kith_session *session = kith_session_open(database);
    if (!session) {
        assert_int_equal(o->status, KITH_NO_MEMORY);
        return false;
    }
    kith_new(session, Raccoon, .name = "Rocky");
    bool ok = kith_commit(session) == KITH_OK && kith_count(session, Raccoon) == 1;
    if (!ok)
        says(o, kith_error_of(session));
    kith_session_close(session);
    return ok;
}

/* Whether all of it went well. */
static bool use_database(const opening *o)
{
    kith_database *database = kith_open(o->url, OPEN_MODELS);
    if (!database) {
        assert_int_equal(o->status, KITH_NO_MEMORY);
        return false;
    }
    bool ok = kith_status_of(database) == KITH_OK;
    if (!ok)
        says(o, kith_error_of(database));
    if (ok && o->arm == arm_driver)
        fault_driver_install(database->pool);
    int status = ok ? kith_create_all(database) : KITH_OK;
    if (status)
        assert_int_equal(status, o->status);
    ok = ok && !status && use_session(o, database);
    if (ok && o->drops && (status = kith_drop_all(database))) {
        assert_int_equal(status, o->status);
        ok = false;
    }
    kith_close(database);
    return ok;
}

static bool run_once(opening *o)
{
    size_t before = kith_test_blocks_alive();
    o->arm(o->n, o->on);
    bool ok = use_database(o);
    bool failed = o->disarm();
    if (kith_test_blocks_alive() != before)
        fail_msg("place %zu: %zu blocks were left behind", o->n, kith_test_blocks_alive() - before);
    if (!failed)
        assert_true(ok);
    if (o->folder) {
        int64_t tables = tables_in(o);
        if (tables && tables != TABLES)
            fail_msg("place %zu: %d of %d tables are there", o->n, (int)tables, (int)TABLES);
        o->drops = true;
    }
    if (failed) {               /* the tables that are there stay, and so may the raccoon */
        remove_files(o);
        assert_true(use_database(o));
        if (o->folder)
            assert_int_equal(tables_in(o), 0);
    }
    remove_files(o);
    return failed;
}

/* One place in so many, without KITH_TEST_FAULTS=all. */
static void in_each_place(opening o, size_t stride)
{
    o.drops = true;
    for (o.n = 1; run_once(&o); o.n += kith_test_stride(stride)) {}
    assert_true(o.n > 5);
}

static opening in_memory(void (*arm)(size_t n, bool on), bool (*disarm)(void), bool on, int status)
{
    return (opening){ .url = "sqlite://", .arm = arm, .disarm = disarm, .on = on, .status = status };
}

static void in_a_file(void (*arm)(size_t n, bool on), bool on, const char *journal)
{
    opening o = { .folder = kith_test_folder(), .arm = arm, .disarm = fault_engine_file_disarm, .on = on, .status = KITH_IO };
    snprintf(o.url, sizeof o.url, "sqlite:///%s/test.db?journal=%s&cache=64KiB&timeout=1s", o.folder, journal);
    in_each_place(o, 9);
    kith_test_remove_folder(o.folder);
}

/* ---------------------------------------------------------------- tests */

static void an_allocation_fails(void **state) { (void)state; in_each_place(in_memory(arm_allocation, disarm_allocation, false, KITH_NO_MEMORY), 1); }
static void there_is_no_memory_any_more(void **state) { (void)state; in_each_place(in_memory(arm_allocation, disarm_allocation, true, KITH_NO_MEMORY), 1); }
static void a_piece_of_an_arena_fails(void **state) { (void)state; in_each_place(in_memory(arm_piece, kith_test_piece_failed, false, KITH_NO_MEMORY), 1); }
static void the_driver_fails(void **state) { (void)state; in_each_place(in_memory(arm_driver, fault_driver_disarm, false, KITH_IO), 1); }
static void the_driver_fails_from_then_on(void **state) { (void)state; in_each_place(in_memory(arm_driver, fault_driver_disarm, true, KITH_IO), 1); }
static void sqlite_has_no_memory(void **state) { (void)state; in_each_place(in_memory(fault_engine_memory_arm, fault_engine_memory_disarm, false, KITH_NO_MEMORY), 19); }
static void sqlite_has_no_memory_any_more(void **state) { (void)state; in_each_place(in_memory(fault_engine_memory_arm, fault_engine_memory_disarm, true, KITH_NO_MEMORY), 19); }
static void the_disk_fails(void **state) { (void)state; in_a_file(arm_file, false, "delete"); }
static void the_disk_fails_under_wal(void **state) { (void)state; in_a_file(arm_file, false, "wal"); }
static void the_disk_is_full(void **state) { (void)state; in_a_file(arm_disk, true, "delete"); }

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_allocation_fails),
        cmocka_unit_test(there_is_no_memory_any_more),
        cmocka_unit_test(a_piece_of_an_arena_fails),
        cmocka_unit_test(the_driver_fails),
        cmocka_unit_test(the_driver_fails_from_then_on),
        cmocka_unit_test(sqlite_has_no_memory),
        cmocka_unit_test(sqlite_has_no_memory_any_more),
        cmocka_unit_test(the_disk_fails),
        cmocka_unit_test(the_disk_fails_under_wal),
        cmocka_unit_test(the_disk_is_full),
    };
    fault_engine_install();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
