/*
 * An upgrade that rebuilds tables, killed at random moments (SIGKILL), in each journal mode. Whatever is found afterwards must be one of
 * the states that an undisturbed run goes through, whole, with its version row; and the next upgrade must go on from there.
 *
 * KITH_TEST_KILLS says how often in each mode (5). The moments are random; the seed is printed, and KITH_TEST_SEED repeats it.
 */
#include "helpers.h"

#include <fcntl.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { ROWS_ = 12000, STATES_ = 3 };

static const char *const revisions[STATES_] = { "aaaa0001", "aaaa0002", "aaaa0003" };

static const char *const ups[STATES_] = {
    "-- kith: verbatim\n"
    "CREATE TABLE parent (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT COLLATE NOCASE, size INT CHECK (size >= 0), UNIQUE (name) ON CONFLICT REPLACE);\n"
    "CREATE TABLE child (id INTEGER PRIMARY KEY, parent_id INTEGER NOT NULL REFERENCES parent (id) ON DELETE CASCADE, note TEXT);\n"
    "CREATE INDEX down ON parent (size DESC);\nCREATE INDEX part ON parent (lower(name)) WHERE size > 5;\n"
    "CREATE VIEW heavy AS SELECT name FROM parent WHERE size > 5;\n"
    "CREATE TABLE log (what TEXT);\nCREATE TRIGGER own AFTER UPDATE ON parent BEGIN INSERT INTO log VALUES (new.name); END;\n-- kith: end\n",
    ("-- kith: only sqlite\nALTER TABLE parent ALTER COLUMN size SET NOT NULL;\nALTER TABLE parent ADD COLUMN tag VARCHAR(5) DEFAULT 'none' NOT NULL;\n"
    "ALTER TABLE parent ALTER COLUMN tag DROP DEFAULT;\n-- kith: end\n"),
    "-- kith: only sqlite\n-- kith: end\n-- kith: loses child.note\nALTER TABLE child DROP COLUMN note;\nCREATE INDEX by_parent ON child (parent_id);\n",
};

typedef struct place { char *folder, *migrations; const char *journal; char *states[STATES_]; } place;

/* ---------------------------------------------------------------- files and processes */

static void write_revision(const place *p, size_t i)
{
    char name[80], text[3000];
    snprintf(name, sizeof name, "versions/2026_%s_x.sql", revisions[i]);
    snprintf(text, sizeof text, "-- kith: revision %s\n-- kith: down-revision %s\n-- kith: message step\n\n-- kith: upgrade\n%s\n-- kith: downgrade\n", revisions[i],
        i > 0 ? revisions[i - 1] : "base", ups[i]);
    char *path = kith_test_path(p->migrations, name);
    kith_test_write_file(path, text);
    free(path);
}

static char *url_of(const place *p, const char *database)
{
    size_t size = strlen(p->folder) + 100;
    char *url = malloc(size);
    assert_non_null(url);
    snprintf(url, size, "sqlite:///%s/%s?journal=%s", p->folder, database, p->journal);
    return url;
}

/* What a program does that upgrades itself: its exit status. */
static int upgrade(const place *p, const char *database, const char *target)
{
    kith__revisions *set = NULL;
    kith__pool *pool = NULL;
    kith__run_result result;
    kith__error error = { 0 };
    char *url = url_of(p, database);
    int status = kith__revisions_read(&set, p->migrations, &error);
    if (status == KITH_OK)
        status = kith__pool_open(&pool, url, &error);
    if (status == KITH_OK)
        status = kith__upgrade(pool, set, target, NULL, &result, &error);
    if (status != KITH_OK)
        fprintf(stderr, "upgrade: %s\n", error.public_.message);
    if (pool != NULL)
        kith__pool_close(pool);
    kith__revisions_free(set);
    kith__error_free(&error);
    free(url);
    return status;
}

/* In a process of its own, killed after so long (0: not); what waitpid says. */
static int upgrade_in_child(const place *p, const char *database, const char *target, long microseconds)
{
    pid_t child = fork();
    int how = 0;
    assert_true(child >= 0);
    if (child == 0)
        kith_test_exit(upgrade(p, database, target));
    if (microseconds > 0) {
        nanosleep(&(struct timespec){ .tv_sec = microseconds / 1000000, .tv_nsec = microseconds % 1000000 * 1000 }, NULL);
        kill(child, SIGKILL);
    }
    assert_int_equal(waitpid(child, &how, 0), child);
    return how;
}

static void copy_file(const place *p, const char *from, const char *to)
{
    static char block[1 << 16];
    char *source = kith_test_path(p->folder, from), *target = kith_test_path(p->folder, to);
    int in = open(source, O_RDONLY | O_CLOEXEC), out = open(target, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    assert_true(in >= 0 && out >= 0);
    for (ssize_t got; (got = read(in, block, sizeof block)) > 0;)
        assert_int_equal(write(out, block, (size_t)got), got);
    close(in);
    close(out);
    free(source);
    free(target);
}

static void forget(const place *p, const char *database)
{
    static const char *const ends[] = { "", "-journal", "-wal", "-shm" };
    for (size_t i = 0; i < KITH__COUNT(ends); i++) {
        char path[400];
        snprintf(path, sizeof path, "%s/%s%s", p->folder, database, ends[i]);
        unlink(path);
    }
}

/* ---------------------------------------------------------------- what a database holds */

static sqlite3 *opened(const place *p, const char *database)
{
    sqlite3 *db;
    char *path = kith_test_path(p->folder, database);
    assert_int_equal(sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, NULL), SQLITE_OK);
    free(path);
    return db;
}

static int add_cells(void *arg, int count, char **values, char **names)
{
    (void)names;
    for (int i = 0; i < count; i++)
        kith__text_addf(arg, "%s|", values[i] != NULL ? values[i] : "NULL");
    kith__text_addc(arg, '\n');
    return 0;
}

static void add_query(sqlite3 *db, kith__text *out, const char *query)
{
    char *message = NULL;
    if (sqlite3_exec(db, query, add_cells, out, &message) != SQLITE_OK)
        fail_msg("%s: %s", query, message);
}

/* All that must be of one piece: the version, every definition, sums of the rows. The caller's to free. */
static char *state_of(const place *p, const char *database)
{
    kith__text out = { 0 };
    sqlite3 *db = opened(p, database);
    add_query(db, &out, "PRAGMA integrity_check");
    add_query(db, &out, "PRAGMA foreign_key_check");
    add_query(db, &out, "SELECT version_num FROM kith_version");
    add_query(db, &out, "SELECT type, name, sql FROM sqlite_schema ORDER BY 1, 2");
    add_query(db, &out, "SELECT count(*), total(id), total(size), total(length(name)) FROM parent");
    add_query(db, &out, "SELECT count(*), total(id), total(parent_id) FROM child");
    add_query(db, &out, "SELECT seq FROM sqlite_sequence WHERE name = 'parent'");
    add_query(db, &out, "SELECT count(*) FROM heavy");
    sqlite3_close(db);
    assert_false(out.broken);
    char *text = strdup(out.data);
    kith__text_free(&out);
    return text;
}

static void fill(const place *p, const char *database)
{
    char text[400];
    kith__text nothing = { 0 };
    sqlite3 *db = opened(p, database);
    snprintf(text, sizeof text, "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d) "
        "INSERT INTO parent (id, name, size) SELECT i, 'raccoon ' || i, i %% 11 FROM n", ROWS_);
    add_query(db, &nothing, text);
    add_query(db, &nothing, "INSERT INTO child (id, parent_id, note) SELECT id, id, 'a note of some length, ' || name FROM parent");
    add_query(db, &nothing, "INSERT INTO parent (id, name, size) VALUES (99999, 'gone', 1); DELETE FROM parent WHERE id = 99999");
    sqlite3_close(db);
    kith__text_free(&nothing);
}

/* ---------------------------------------------------------------- the test */

static void prepare(place *p)
{
    p->folder = kith_test_folder();
    p->migrations = kith_test_path(p->folder, "migrations");
    kith__error error = { 0 };
    bool was_there;
    assert_int_equal(kith__migrations_init(p->migrations, &was_there, &error), KITH_OK);
    for (size_t i = 0; i < STATES_; i++)
        write_revision(p, i);
    assert_int_equal(upgrade_in_child(p, "first.db", revisions[0], 0), 0);
    fill(p, "first.db");
    copy_file(p, "first.db", "whole.db");
    for (size_t i = 0; i < STATES_; i++) {
        assert_int_equal(upgrade_in_child(p, "whole.db", revisions[i], 0), 0);
        p->states[i] = state_of(p, "whole.db");
        assert_non_null(strstr(p->states[i], "ok|\n"));
        assert_true(i == 0 || strcmp(p->states[i], p->states[i - 1]) != 0);
    }
}

static void put_away(place *p)
{
    for (size_t i = 0; i < STATES_; i++)
        free(p->states[i]);
    free(p->migrations);
    kith_test_remove_folder(p->folder);
}

static size_t which_state(const place *p, const char *state)
{
    for (size_t i = 0; i < STATES_; i++)
        if (strcmp(p->states[i], state) == 0)
            return i;
    return STATES_;
}

static long measure(const place *p)
{
    struct timespec from, to;
    copy_file(p, "first.db", "killed.db");
    clock_gettime(CLOCK_MONOTONIC, &from);
    assert_int_equal(upgrade_in_child(p, "killed.db", "head", 0), 0);
    clock_gettime(CLOCK_MONOTONIC, &to);
    forget(p, "killed.db");
    return (long)(to.tv_sec - from.tv_sec) * 1000000 + (to.tv_nsec - from.tv_nsec) / 1000;
}

/* One killing: which state it left, which is checked to be one, and to be gone on from. */
static size_t kill_once(const place *p, long microseconds)
{
    copy_file(p, "first.db", "killed.db");
    int how = upgrade_in_child(p, "killed.db", "head", microseconds);
    assert_true(WIFSIGNALED(how) || (WIFEXITED(how) && WEXITSTATUS(how) == 0));
    char *state = state_of(p, "killed.db");
    size_t found = which_state(p, state);
    if (found == STATES_)
        fail_msg("killed after %ld microseconds, the database is in no state of a whole run:\n%s", microseconds, state);
    free(state);
    assert_int_equal(upgrade_in_child(p, "killed.db", "head", 0), 0);
    state = state_of(p, "killed.db");
    if (which_state(p, state) != STATES_ - 1)
        fail_msg("killed after %ld microseconds, the next upgrade does not lead to the head:\n%s", microseconds, state);
    free(state);
    forget(p, "killed.db");
    return found;
}

static long number_from(const char *name, long otherwise)
{
    const char *text = getenv(name);
    return text != NULL && *text != 0 ? strtol(text, NULL, 10) : otherwise;
}

static void kill_often(const char *journal)
{
    place p = { .journal = journal };
    long kills = number_from("KITH_TEST_KILLS", 5), seed = number_from("KITH_TEST_SEED", (long)time(NULL));
    size_t found[STATES_] = { 0 };
    prepare(&p);
    long whole = measure(&p);
    srand48(seed);
    print_message("%s: seed %ld, a whole run takes %ld microseconds\n", journal, seed, whole);
    for (long i = 0; i < kills; i++)
        found[kill_once(&p, 1 + (long)(drand48() * 1.1 * (double)whole))]++;
    print_message("%s: %zu were left at the first revision, %zu at the second, %zu at the third\n", journal, found[0], found[1], found[2]);
    put_away(&p);
}

static void killed_where_the_journal_is_deleted(void **state)
{
    (void)state;
    kill_often("delete");
}

static void killed_under_a_journal_that_is_truncated(void **state)
{
    (void)state;
    kill_often("truncate");
}

static void killed_under_a_journal_that_stays(void **state)
{
    (void)state;
    kill_often("persist");
}

static void killed_under_the_write_ahead_log(void **state)
{
    (void)state;
    kill_often("wal");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(killed_where_the_journal_is_deleted),
        cmocka_unit_test(killed_under_a_journal_that_is_truncated),
        cmocka_unit_test(killed_under_a_journal_that_stays),
        cmocka_unit_test(killed_under_the_write_ahead_log),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
