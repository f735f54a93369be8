/*
 * Bad input: each gets a status and a whole sentence that names what and where; nothing crashes; nothing half-written stays. What is
 * the matter with models is test_config.c, with rows test_types.c, with conditions test_query.c.
 */
#include "fixture.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

FAMILY(alley, ALLEY_MODELS);
FAMILY(atlas, ATLAS_MODELS);

/* ---------------------------------------------------------------- what a place cannot be */

static bool is_sentence(const kith_error *e)
{
    return e->status != KITH_OK && e->code && e->message && strchr(e->message, ' ') && strlen(e->message) > 12;
}

static bool says(const kith_error *e, const char *part)
{
    return !part || strstr(e->message, part) || (e->hint && strstr(e->hint, part));
}

/* Somewhere between kith_open and the first query the failure must show, with this status and this in its words. A pool may open its
 * first connection late, so each step is asked. */
static void assert_unusable(const char *url, int status, const char *part)
{
    kith_database *db = kith_open(url, ALLEY_MODELS);
    assert_non_null(db);
    kith_session *session = kith_session_open(db);
    assert_non_null(session);
    if (kith_status_of(session) == KITH_OK)
        assert_null(kith_first(session, Raccoon));
    const kith_error *e = kith_status_of(db) ? kith_error_of(db) : kith_error_of(session);
    if (e->status != status || !is_sentence(e) || !says(e, part)) {
        print_error("%s: %s (status %d, hint %s)\n", url, e->message ? e->message : "no message", e->status, e->hint ? e->hint : "none");
        fail();
    }
    kith_session_close(session);
    kith_close(db);
}

static void a_wrong_url_is_a_sentence(void **state)
{
    (void)state;
    assert_unusable("", KITH_CONFIG, "sqlite");
    assert_unusable("nonsense", KITH_CONFIG, "nonsense");
    assert_unusable("oracle://host/db", KITH_CONFIG, "oracle");
    assert_unusable("sqlite:/one-slash.db", KITH_CONFIG, "sqlite");
    assert_unusable("sqlite://host/db", KITH_CONFIG, NULL);
    assert_unusable("sqlite:///x.db?jurnal=wal", KITH_CONFIG, "journal");       /* with the list of what there is */
    assert_unusable("sqlite:///x.db?journal=sideways", KITH_CONFIG, "sideways");
    assert_unusable("sqlite:///x.db?timeout=soon", KITH_CONFIG, "soon");
    assert_unusable("sqlite:///x%zz.db", KITH_CONFIG, NULL);
    assert_int_not_equal(access("x.db", F_OK), 0);                              /* and made no file */
}

static void a_folder_that_is_not_there_is_io(void **state)
{
    (void)state;
    assert_unusable("sqlite:////no/such/folder/at/all/test.db", KITH_IO, "/no/such/folder/at/all/test.db");
}

static void a_directory_is_no_database(void **state)
{
    fixture *f = *state;
    char *url = kith_test_path("sqlite://", f->place.folder);
    assert_unusable(url, KITH_IO, f->place.folder);
    free(url);
}

static void a_file_that_is_no_database_is_io(void **state)
{
    fixture *f = *state;
    char *path = kith_test_path(f->place.folder, "letter.txt");
    char *url = kith_test_path("sqlite://", path);
    kith_test_write_file(path, "Dear reader, this is no database at all, however long one reads it. Yours, the author.\n"
        "Dear reader, this is no database at all, however long one reads it. Yours, the author.\n");
    assert_unusable(url, KITH_IO, "letter.txt");
    char *after = kith_test_read_file(path);
    assert_non_null(strstr(after, "Dear reader"));
    free(after);
    free(url);
    free(path);
}

static void a_file_without_rights_is_io(void **state)
{
    fixture *f = *state;
    bool root = geteuid() == 0;     /* who may read anything; so as another user for a while */
    assert_int_equal(chmod(f->place.path, 0), 0);
    assert_int_equal(root ? seteuid(65534) : 0, 0);
    assert_unusable(f->place.url, KITH_IO, "test.db");
    assert_int_equal(root ? seteuid(0) : 0, 0);
    assert_int_equal(chmod(f->place.path, 0600), 0);
}

static void a_database_opened_for_reading_refuses_writes(void **state)
{
    fixture *f = *state;
    kith_new(f->session, Raccoon, .name = "Rocky");
    COMMIT(f->session);
    char url[512];
    snprintf(url, sizeof url, "%s?mode=ro", f->place.url);
    kith_database *db = kith_open(url, ALLEY_MODELS);
    kith_session *session = kith_session_open(db);
    kith_test_ok(session);
    assert_int_equal(kith_count(session, Raccoon), 1);
    kith_new(session, Raccoon, .name = "never");
    assert_int_equal(kith_commit(session), KITH_IO);
    kith_test_error(session, KITH_IO, "read");
    assert_int_equal(kith_rollback(session), KITH_OK);
    assert_int_equal(kith_count(session, Raccoon), 1);
    kith_session_close(session);
    kith_close(db);
}

/* another program holds the file; a short timeout so that the test does not sit out the five seconds */
static void a_locked_file_is_busy_after_the_timeout(void **state)
{
    fixture *f = *state;
    char url[512];
    snprintf(url, sizeof url, "%s?timeout=200ms", f->place.url);
    kith_database *db = kith_open(url, ALLEY_MODELS);
    kith_session *session = kith_session_open(db);
    kith_test_ok(session);
    raw_run(f, "BEGIN EXCLUSIVE");
    struct timespec before, after;
    clock_gettime(CLOCK_MONOTONIC, &before);
    kith_new(session, Raccoon, .name = "Rocky");
    assert_int_equal(kith_commit(session), KITH_BUSY);
    clock_gettime(CLOCK_MONOTONIC, &after);
    assert_true(after.tv_sec - before.tv_sec < 4);
    kith_test_error(session, KITH_BUSY, NULL);
    raw_run(f, "ROLLBACK");
    assert_int_equal(kith_rollback(session), KITH_OK);
    assert_int_equal(kith_count(session, Raccoon), 0);
    kith_new(session, Raccoon, .name = "Rocky");
    COMMIT(session);
    kith_session_close(session);
    kith_close(db);
}

/* A disk is full for a process whose files may not grow. In a child: the limit cannot be lifted again. */
static int fill_up(const char *url)
{
    signal(SIGXFSZ, SIG_IGN);
    kith_database *db = kith_open(url, ALLEY_MODELS);
    kith_session *session = kith_session_open(db);
    if (kith_count(session, Raccoon) != 1)
        return 1;
    if (setrlimit(RLIMIT_FSIZE, &(struct rlimit){ 64 * 1024, 64 * 1024 }) != 0)
        return 2;
    for (int i = 0; i < 4000; i++)
        kith_new(session, Raccoon, .name = "a raccoon whose name takes up a good part of a page, so that the disk is full before long");
    if (kith_commit(session) != KITH_IO || !is_sentence(kith_error_of(session)))
        return 3;
    if (kith_rollback(session) != KITH_OK || kith_count(session, Raccoon) != 1)
        return 4;
    kith_session_close(session);
    kith_close(db);
    return 0;
}

static void a_full_disk_is_io_and_nothing_half_written_stays(void **state)
{
    fixture *f = *state;
    kith_new(f->session, Raccoon, .name = "Rocky");
    COMMIT(f->session);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0)
        kith_test_exit(fill_up(f->place.url));
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
    assert_rows(f, 1, "SELECT count(*) FROM raccoons");
    char *check = raw_text(f, "PRAGMA integrity_check");
    assert_string_equal(check, "ok");
    free(check);
}

static void a_file_that_was_damaged_is_io(void **state)
{
    fixture *f = *state;
    for (int i = 0; i < 500; i++)
        kith_new(f->session, Raccoon, .name = "a raccoon that fills some pages of the file with its name");
    COMMIT(f->session);
    kith_test_unwatch(f->session, &f->seen);
    kith_session_close(f->session);
    FILE *file = fopen(f->place.path, "r+b");
    assert_non_null(file);
    assert_int_equal(fseek(file, 4096, SEEK_SET), 0);
    for (int i = 0; i < 20000; i++)
        fputc(0xA5, file);
    fclose(file);
    kith_database *db = kith_open(f->place.url, ALLEY_MODELS);
    f->session = kith_session_open(f->database);
    kith_test_watch(f->session, &f->seen);
    kith_session *session = kith_session_open(db);
    assert_int_equal(kith_all(session, Raccoon).count, 0);
    kith_test_error(session, KITH_IO, "test.db");
    kith_session_close(session);
    kith_close(db);
}

/* ---------------------------------------------------------------- tables of another shape */

static void a_missing_table_is_named(void **state)
{
    fixture *f = *state;
    raw_run(f, "DROP TABLE trashcans");
    new_session(f);
    assert_int_equal(kith_all(f->session, Trashcan).count, 0);
    kith_test_error(f->session, KITH_SCHEMA, "trashcans");
    ABOUT(f->session, "Trashcan", NULL);
    assert_non_null(kith_error_of(f->session)->hint);
    kith_error_clear(f->session);               /* on SQLite the transaction stands */
    assert_int_equal(kith_count(f->session, Raccoon), 0);
    kith_new(f->session, Trashcan, .label = "x");
    assert_int_equal(kith_commit(f->session), KITH_SCHEMA);
    FAILS(f->session, KITH_SCHEMA, "trashcans");
}

static void a_missing_column_is_named(void **state)
{
    fixture *f = *state;
    raw_run(f, "ALTER TABLE raccoons DROP COLUMN age");
    new_session(f);
    assert_int_equal(kith_all(f->session, Raccoon).count, 0);
    kith_test_error(f->session, KITH_SCHEMA, "age");
    kith_error_clear(f->session);
    assert_int_equal(kith_count(f->session, Trashcan), 0);
}

/* ---------------------------------------------------------------- NULL for every pointer */

static int no_work(kith_session *session, void *arg) { (void)session, (void)arg; return 0; }

static void null_handles_are_misuse_or_nothing(void **state)
{
    (void)state;
    kith_database *no_database = NULL;
    kith_session *no_session = NULL;
    kith_close(no_database);
    kith_session_close(no_session);
    kith_clear(no_session);
    kith_error_clear(no_session);
    kith_session_autoflush(no_session, true);
    kith_session_lazy_loads(no_session, true);
    kith_session_log(no_session, NULL, NULL);
    assert_int_equal(kith_create_all(no_database), KITH_MISUSE);
    assert_int_equal(kith_drop_all(no_database), KITH_MISUSE);
    assert_non_null(kith_error_of(no_database));
    assert_non_null(kith_error_of(no_session));
    assert_int_not_equal(kith_status_of(no_database), KITH_OK);
    assert_int_not_equal(kith_status_of(no_session), KITH_OK);
    assert_int_equal(kith_error_of(no_session)->status, kith_status_of(no_session));
    assert_true(is_sentence(kith_error_of(no_session)));
    kith_session *nowhere = kith_session_open(no_database);
    kith_test_error(nowhere, KITH_MISUSE, "database");
    kith_session_close(nowhere);
    assert_int_equal(kith_begin(no_session), KITH_MISUSE);
    assert_int_equal(kith_flush(no_session), KITH_MISUSE);
    assert_int_equal(kith_commit(no_session), KITH_MISUSE);
    assert_int_equal(kith_rollback(no_session), KITH_MISUSE);
    assert_int_equal(kith_savepoint(no_session), KITH_MISUSE);
    assert_int_equal(kith_savepoint_keep(no_session), KITH_MISUSE);
    assert_int_equal(kith_savepoint_undo(no_session), KITH_MISUSE);
    assert_int_equal(kith_transaction(no_database, no_work, NULL), KITH_MISUSE);
    assert_true(kith_statement_count(no_session) <= 0);
    assert_null(kith_new(no_session, Raccoon, .name = "x"));
    assert_null(kith_get(no_session, Raccoon, .id = 1));
    assert_null(kith_first(no_session, Raccoon));
    assert_null(kith_only(no_session, Raccoon));
    assert_int_equal(kith_all(no_session, Raccoon).count, 0);
    assert_int_equal(kith_count(no_session, Raccoon), -1);
    assert_false(kith_exists(no_session, Raccoon));
    assert_int_equal(kith_delete_where(no_session, Raccoon, .everything = true), -1);
    assert_int_equal(kith_insert_all(no_session, Raccoon, (const Raccoon *)NULL, 3), -1);
    assert_null(kith_narrow(no_session, NULL, kith_eq(Raccoon, name, "x")));
    assert_null(kith_widen(no_session, NULL, kith_eq(Raccoon, name, "x")));
    kith_stream(Raccoon, raccoon, no_session)
        fail();
}

/* Calls on a NULL object give nothing and no error, for there is no session to tell */
static void null_objects_give_nothing(void **state)
{
    fixture *f = *state;
    const Raccoon *nobody = NULL;
    const Trashcan *nothing = NULL, *can = kith_new(f->session, Trashcan, .label = "a");
    kith_set(nobody, name, "x");
    kith_set_null(nobody, name);
    kith_delete(nobody);
    kith_refresh(nobody);
    kith_expire(nobody);
    kith_detach(nobody);
    kith_assign(nobody, &(Raccoon){ .name = "x" });
    kith_append(nobody, trashcans, can);
    kith_remove(nobody, trashcans, can);
    assert_null(kith_one(nothing, raccoon));
    assert_int_equal(COUNT(kith_many(nobody, trashcans)), 0);
    assert_int_equal(COUNT(kith_many((const Business *)NULL, raccoons)), 0);
    kith_each(Trashcan, each, kith_many(nobody, trashcans))
        fail();
    (void)kith_state_of(nobody);
    assert_non_null(kith_describe(nobody));
    kith_test_ok(f->session);
    COMMIT(f->session);
}

/* but a NULL where the session is known is misuse */
static void null_arguments_are_misuse_of_the_session(void **state)
{
    fixture *f = *state;
    const Raccoon *rocky = kith_new(f->session, Raccoon, .name = "Rocky");
    assert_int_equal(kith_attach(f->session, NULL), KITH_MISUSE);
    FAILS(f->session, KITH_MISUSE, NULL);
    rocky = kith_new(f->session, Raccoon, .name = "Rocky");
    kith_assign(rocky, (const Raccoon *)NULL);
    kith_test_error(f->session, KITH_MISUSE, NULL);
    kith_error_clear(f->session);
    assert_null(kith_add(f->session, Raccoon, (const Raccoon *)NULL));
    kith_test_error(f->session, KITH_MISUSE, NULL);
    kith_error_clear(f->session);
    kith_remove(rocky, trashcans, (const Trashcan *)NULL);
    kith_test_error(f->session, KITH_MISUSE, NULL);
    kith_error_clear(f->session);
    assert_int_equal(kith_transaction(f->database, NULL, NULL), KITH_MISUSE);
    assert_int_equal(kith_insert_all(f->session, Raccoon, (const Raccoon *)NULL, 3), -1);
    kith_test_error(f->session, KITH_MISUSE, NULL);
    kith_error_clear(f->session);
    assert_int_equal(kith_insert_all(f->session, Raccoon, (const Raccoon *)NULL, 0), 0);
    kith_test_ok(f->session);
    assert_int_equal(COUNT(kith_many(rocky, trashcans)), 0);
    COMMIT(f->session);
}

static void opening_with_nothing_is_an_error(void **state)
{
    (void)state;
    kith_database *db = kith_open(NULL, ALLEY_MODELS);
    assert_non_null(db);
    assert_int_not_equal(kith_status_of(db), KITH_OK);
    assert_true(is_sentence(kith_error_of(db)));
    kith_close(db);
    db = kith_open("sqlite://", NULL);
    assert_non_null(db);
    assert_int_not_equal(kith_status_of(db), KITH_OK);
    assert_true(is_sentence(kith_error_of(db)));
    kith_close(db);
}

/* the pieces that the macros are made of, for bindings: an offset that is no member's, a value of a type that there is not */
static void offsets_that_are_no_members_are_misuse(void **state)
{
    fixture *f = *state;
    const Raccoon *rocky = kith_new(f->session, Raccoon, .name = "Rocky");
    kith_set_(rocky, 3, kith_of_int(1));
    kith_test_error(f->session, KITH_MISUSE, "Raccoon");
    kith_error_clear(f->session);
    kith_set_(rocky, 100000, kith_of_int(1));
    kith_test_error(f->session, KITH_MISUSE, "Raccoon");
    kith_error_clear(f->session);
    kith_set_(rocky, offsetof(Raccoon, trashcans), kith_of_int(1));
    kith_test_error(f->session, KITH_MISUSE, "trashcans");
    kith_error_clear(f->session);
    kith_append_(rocky, offsetof(Raccoon, name), kith_of_object(rocky));
    kith_test_error(f->session, KITH_MISUSE, "name");
    kith_error_clear(f->session);
    assert_null(kith_one_(rocky, offsetof(Raccoon, name)));
    kith_test_error(f->session, KITH_MISUSE, "name");
    kith_error_clear(f->session);
    kith_set_(rocky, offsetof(Raccoon, name), kith_of_int(5));
    kith_test_error(f->session, KITH_RANGE, "name");
    kith_error_clear(f->session);
    kith_set_(rocky, offsetof(Raccoon, name), (kith_value){ .type = 31 });
    assert_int_not_equal(kith_status_of(f->session), KITH_OK);
    kith_error_clear(f->session);
    assert_string_equal(rocky->name, "Rocky");
    COMMIT(f->session);
}

/* ---------------------------------------------------------------- objects that are not what they seem */

/* A struct that kith did not hand out. In the middle of memory of the test's own, so that looking before it is no crime */
static void a_struct_that_kith_did_not_hand_out_is_not_written(void **state)
{
    fixture *f = *state;
    const Raccoon *rocky = kith_new(f->session, Raccoon, .name = "Rocky");
    struct { char before[512]; Raccoon copy; char after[512]; } room;
    memset(&room, 0, sizeof room);
    memcpy((char *)&room.copy - 256, (const char *)rocky, sizeof room.copy);        /* noise where a header would be */
    room.copy = *rocky;
    const Raccoon *copy = &room.copy;
    kith_set(copy, name, "never");
    kith_delete(copy);
    kith_append(copy, trashcans, kith_new(f->session, Trashcan, .label = "a"));
    kith_error_clear(f->session);
    assert_string_equal(room.copy.name, "Rocky");
    assert_int_equal(COUNT(kith_many(copy, trashcans)), 0);
    kith_error_clear(f->session);
    COMMIT(f->session);
    assert_int_equal(kith_count(f->session, Raccoon), 1);
}

/* a copy of an object in a session's own memory is refused where a session can be told */
static void a_copy_of_an_object_cannot_be_related(void **state)
{
    fixture *f = *state;
    const Raccoon *rocky = kith_new(f->session, Raccoon, .name = "Rocky");
    const Trashcan *can = kith_new(f->session, Trashcan, .label = "a");
    struct { char before[512]; Raccoon copy; char after[512]; } room;
    memset(&room, 0, sizeof room);
    room.copy = *rocky;
    const Raccoon *copy = &room.copy;
    kith_set(can, raccoon, copy);
    kith_test_error(f->session, KITH_MISUSE, NULL);
    ABOUT(f->session, "Trashcan", "raccoon");
    kith_error_clear(f->session);
    assert_null(kith_one(can, raccoon));
    COMMIT(f->session);
}

/* ---------------------------------------------------------------- nothing half-written stays */

/* of a thousand rows in one flush the last is wrong */
static void one_bad_row_takes_the_whole_flush_back(void **state)
{
    fixture *f = *state;
    for (int i = 0; i < 1000; i++) {
        char code[3] = { (char)('A' + i / 40), (char)('0' + i % 40), 0 };
        kith_new(f->session, Country, .code = code, .name = "n");
    }
    kith_new(f->session, Country, .code = "zz");
    kith_new(f->session, City, .name = "c");
    assert_int_equal(kith_commit(f->session), KITH_CONSTRAINT);
    ABOUT(f->session, "Country", "name");
    assert_non_null(kith_error_of(f->session)->object);
    FAILS(f->session, KITH_CONSTRAINT, "name");
    assert_rows(f, 0, "SELECT count(*) FROM countries");
    assert_rows(f, 0, "SELECT count(*) FROM cities");
    assert_int_equal(kith_count(f->session, Country), 0);
}

/* 27, 164: what a program can act on */
static void a_constraints_error_says_model_attribute_object_and_sql(void **state)
{
    fixture *f = *state;
    const Country *bad = kith_new(f->session, Country, .code = "DE");
    assert_int_equal(kith_commit(f->session), KITH_CONSTRAINT);
    const kith_error *e = kith_error_of(f->session);
    assert_string_equal(e->model, "Country");
    assert_string_equal(e->attribute, "name");
    assert_ptr_equal(e->object, bad);
    assert_non_null(e->sql);
    assert_non_null(strstr(e->sql, "INSERT"));
    assert_null(e->next);
    assert_true(is_sentence(e));
    assert_int_equal(kith_rollback(f->session), KITH_OK);
}

/* 164: of an array the row is told by its number, and nothing of it stays */
static void a_row_of_an_array_is_named_by_its_number(void **state)
{
    fixture *f = *state;
    const Country countries[] = { { .code = "DE", .name = "Germany" }, { .code = "FR", .name = "France" }, { .code = "DE", .name = "again" } };
    assert_int_equal(kith_insert_all(f->session, Country, countries, 3), -1);
    ABOUT(f->session, "Country", "code");
    assert_non_null(strstr(kith_error_of(f->session)->message, "Row 2 of Country"));
    FAILS(f->session, KITH_CONSTRAINT, "code");
    assert_rows(f, 0, "SELECT count(*) FROM countries");
}

/* 24: a key that is too long for its column, in any call that takes one */
static void what_does_not_fit_is_refused_in_every_call_that_writes(void **state)
{
    fixture *f = *state;
    assert_null(kith_new(f->session, Country, .code = "DEU", .name = "Germany"));
    kith_test_error(f->session, KITH_RANGE, "code");
    ABOUT(f->session, "Country", "code");
    kith_error_clear(f->session);
    const Country *germany = kith_new(f->session, Country, .code = "DE", .name = "Germany");
    kith_assign(germany, &(Country){ .name = "\xFF" });
    kith_test_error(f->session, KITH_RANGE, "name");
    kith_error_clear(f->session);
    assert_string_equal(germany->name, "Germany");
    Country form = { .code = "\xFF", .name = "x" };
    assert_null(kith_add(f->session, Country, &form));
    kith_test_error(f->session, KITH_RANGE, "code");
    kith_error_clear(f->session);
    COMMIT(f->session);
    assert_int_equal(kith_count(f->session, Country), 1);
}

/* memory: every allocation fails in turn; what was asked fails with it, and nothing is left behind */
static bool open_write_and_read(void *arg)
{
    (void)arg;
    kith_database *db = kith_open("sqlite://", ALLEY_MODELS);
    kith_create_all(db);
    kith_session *session = db ? kith_session_open(db) : NULL;
    const Raccoon *rocky = kith_new(session, Raccoon, .name = "Rocky");
    const Trashcan *can = kith_new(session, Trashcan, .label = "a", .raccoon = { rocky });
    kith_flush(session);
    (void)kith_many(rocky, trashcans);
    (void)kith_all(session, Raccoon, .where = kith_eq(Raccoon, name, "Rocky"), .load = { "trashcans" });
    kith_set(can, label, "b");
    kith_commit(session);
    bool worked = session && kith_status_of(session) == KITH_OK;
    kith_session_close(session);
    kith_close(db);
    return worked;
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    assert_true(kith_test_each_allocation(open_write_and_read, NULL) > 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_wrong_url_is_a_sentence),
        cmocka_unit_test(a_folder_that_is_not_there_is_io),
        ON_FILE(alley, a_directory_is_no_database),
        ON_FILE(alley, a_file_that_is_no_database_is_io),
        ON_FILE(alley, a_file_without_rights_is_io),
        ON_FILE(alley, a_database_opened_for_reading_refuses_writes),
        ON_FILE(alley, a_locked_file_is_busy_after_the_timeout),
        ON_FILE(alley, a_full_disk_is_io_and_nothing_half_written_stays),
        ON_FILE(alley, a_file_that_was_damaged_is_io),
        ON_FILE(alley, a_missing_table_is_named),
        ON_FILE(alley, a_missing_column_is_named),
        cmocka_unit_test(null_handles_are_misuse_or_nothing),
        IN_MEMORY(alley, null_objects_give_nothing),
        IN_MEMORY(alley, null_arguments_are_misuse_of_the_session),
        cmocka_unit_test(opening_with_nothing_is_an_error),
        IN_MEMORY(alley, offsets_that_are_no_members_are_misuse),
        IN_MEMORY(alley, a_struct_that_kith_did_not_hand_out_is_not_written),
        IN_MEMORY(alley, a_copy_of_an_object_cannot_be_related),
        ON_FILE(atlas, one_bad_row_takes_the_whole_flush_back),
        IN_MEMORY(atlas, a_constraints_error_says_model_attribute_object_and_sql),
        ON_FILE(atlas, a_row_of_an_array_is_named_by_its_number),
        IN_MEMORY(atlas, what_does_not_fit_is_refused_in_every_call_that_writes),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests_name("bad input", tests, NULL, NULL);
}
