/*
 * Faults in the commands of an app, from its words to its last line: each allocation, each of SQLite's own and each thing it does to files
 * fails in turn. A command then says why in a sentence and ends badly, or it has done all and said all; its files and tables are what they
 * were or what they should be; and the same command then does what it should.
 *
 * KITH_TEST_FAULTS=all tries every place in every way. KITH_TEST_FAULT=N tries the N-th alone.
 */
#include "../session/faults_engine.h"

#include <dirent.h>
#include <fcntl.h>
#include <kith/app.h>
#include <sqlite3.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define COUNT_(array) (sizeof(array) / sizeof *(array))

/* ---------------------------------------------------------------- two days of one app */

KITH_DECLARE(Den);
KITH_DECLARE(Bat);
struct Den { int64_t id; const char *name; int32_t depth; KITH_MANY(Bat) bats; };
struct Bat { int64_t id; const char *name, *ring; kith_opt_int den_id; KITH_ONE(Den) den; };
KITH_MODEL(Den, "dens", KITH_COLUMN(id, .primary_key = true), KITH_COLUMN(name, .not_null = true, .unique = true), KITH_COLUMN(depth, .index = true, .check = "depth >= 0"),
    KITH_RELATIONSHIP(bats, Bat, .back_populates = "den"));
KITH_MODEL(Bat, "bats", KITH_COLUMN(id, .primary_key = true), KITH_COLUMN(name), KITH_COLUMN(ring, .length = 8), KITH_COLUMN(den_id, .foreign_key = "dens.id"),
    KITH_RELATIONSHIP(den, Den, .back_populates = "bats"));

KITH_DECLARE(Cave);
KITH_DECLARE(Guest);
KITH_DECLARE(Moth);
struct Cave { int64_t id; const char *name; int64_t depth; KITH_MANY(Guest) bats; };
struct Guest { int64_t id; const char *nickname; int32_t age; const char *place; kith_opt_int den_id; KITH_ONE(Cave) den; };
struct Moth { int64_t id; const char *colour; double span; kith_datetime seen; };
KITH_MODEL(Cave, "dens", KITH_COLUMN(id, .primary_key = true), KITH_COLUMN(name, .not_null = true, .length = 40), KITH_COLUMN(depth),
    KITH_RELATIONSHIP(bats, Guest, .back_populates = "den"));
KITH_MODEL(Guest, "bats", KITH_COLUMN(id, .primary_key = true), KITH_COLUMN(nickname), KITH_COLUMN(age, .server_default = "1"), KITH_COLUMN(place, .not_null = true),
    KITH_COLUMN(den_id, .foreign_key = "dens.id", .on_delete = "CASCADE"), KITH_RELATIONSHIP(den, Cave, .back_populates = "bats"), KITH_INDEX("nickname", "age"));
KITH_MODEL(Moth, "moths", KITH_COLUMN(id, .primary_key = true), KITH_COLUMN(colour, .comment = "as it's seen"), KITH_COLUMN(span), KITH_COLUMN(seen), KITH_CHECK("span > 0"));

static int seed(kith_session *session, int argc, char **argv)
{
    const Den *den = kith_first(session, Den);
    (void)argc, (void)argv;
    if (!den)
        den = kith_new(session, Den, .name = "deep", .depth = 7);
    kith_new(session, Bat, .name = "Bartok", .ring = "r1", .den = { den });
    if (kith_commit(session))
        return 1;
    printf("%lld bats\n", (long long)kith_count(session, Bat));
    return kith_session_status(session) != KITH_OK;
}

static int nothing(kith_session *session, int argc, char **argv) { (void)session, (void)argc, (void)argv; return 0; }

#define HELP "put a bat into the deepest den"
enum { FIRST_DAY, SECOND_DAY };
static const kith_model_function *const first_models = KITH_MODELS(Den, Bat), *const second_models = KITH_MODELS(Cave, Guest, Moth);

static kith_app app_of(int day)
{
    static const kith_command first[] = { { "seed", seed, HELP }, { NULL, NULL, NULL } }, second[] = { { "rest", nothing, NULL }, { NULL, NULL, NULL } };
    kith_app app = { .abi = KITH_ABI, .command_size = sizeof(kith_command), .name = "bats", .database = "sqlite:///app.db", .commands = day == FIRST_DAY ? first : second };
    app.models = day == FIRST_DAY ? first_models : second_models;
    return app;
}

/* ---------------------------------------------------------------- the commands, one after the other */

typedef struct step {
    int day;
    const char *words[14];
    int status;
    enum { WHOLE, PARTS, LOOKS } changes;       /* all of it or nothing; some of it may be done; nothing is changed */
} step;

#define SECOND_MIGRATION "db", "migrate", "-m", "second day", "--rev-id", "bbbb0002", "--accept-loss", "--rename", "bats.name=nickname", "--fill", "bats.place='somewhere'"

static const step steps[] = {
    { FIRST_DAY, { "--help" }, 0, LOOKS },
    { FIRST_DAY, { "models" }, 0, LOOKS },
    { FIRST_DAY, { "models", "--dot" }, 0, LOOKS },
    { FIRST_DAY, { "models", "--mermaid" }, 0, LOOKS },
    { FIRST_DAY, { "db", "create" }, 0, WHOLE },
    { FIRST_DAY, { "seed" }, 0, WHOLE },
    { FIRST_DAY, { "db", "drop" }, 0, WHOLE },
    { FIRST_DAY, { "db", "init" }, 0, PARTS },
    { FIRST_DAY, { "db", "migrate", "-m", "first day", "--rev-id", "aaaa0001" }, 0, WHOLE },
    { FIRST_DAY, { "db", "migrate" }, 0, LOOKS },
    { FIRST_DAY, { "db", "check" }, 3, LOOKS },
    { FIRST_DAY, { "db", "upgrade", "--plan" }, 0, LOOKS },
    { FIRST_DAY, { "db", "upgrade", "--dry-run" }, 0, LOOKS },
    { FIRST_DAY, { "db", "upgrade" }, 0, WHOLE },
    { FIRST_DAY, { "seed" }, 0, WHOLE },
    { FIRST_DAY, { "db", "check" }, 0, LOOKS },
    { SECOND_DAY, { "db", "check" }, 3, LOOKS },
    { SECOND_DAY, { SECOND_MIGRATION }, 0, WHOLE },
    { SECOND_DAY, { "db", "upgrade", "--plan" }, 0, LOOKS },
    { SECOND_DAY, { "--echo", "db", "upgrade", "--accept-loss" }, 0, WHOLE },
    { SECOND_DAY, { "db", "check", "--json" }, 0, LOOKS },
    { SECOND_DAY, { "db", "current", "-v" }, 0, LOOKS },
    { SECOND_DAY, { "db", "heads" }, 0, LOOKS },
    { SECOND_DAY, { "db", "history", "-v", "-i" }, 0, LOOKS },
    { SECOND_DAY, { "db", "show", "bbbb" }, 0, LOOKS },
    { SECOND_DAY, { "db", "upgrade", "--sql", "aaaa0001:head" }, 0, LOOKS },
    { SECOND_DAY, { "db", "embed", "-o", "migrations.c" }, 0, PARTS },
    { SECOND_DAY, { "db", "check", "--verify" }, 0, LOOKS },
    { SECOND_DAY, { "db", "revision", "-m", "by hand", "--rev-id", "cccc0003" }, 0, WHOLE },
    { SECOND_DAY, { "db", "reseal" }, 0, WHOLE },
    { SECOND_DAY, { "db", "stamp", "head" }, 0, WHOLE },
    { SECOND_DAY, { "db", "stamp", "bbbb0002" }, 0, WHOLE },
    { SECOND_DAY, { "db", "downgrade", "aaaa0001", "--accept-loss" }, 0, WHOLE },
    { SECOND_DAY, { "db", "downgrade", "base", "--accept-loss" }, 0, WHOLE },
};

/* ---------------------------------------------------------------- folders */

/* cmocka cuts what is long. */
#define fail_long(...) do { fprintf(stderr, __VA_ARGS__); fail(); } while (0)

typedef struct texts { char *out, *err; } texts;

static void copy_folder(const char *from, const char *to)
{
    static char block[1 << 16];
    DIR *folder = opendir(from);
    assert_non_null(folder);
    mkdir(to, 0700);
    for (struct dirent *entry; (entry = readdir(folder));) {
        char *source = kith_test_path(from, entry->d_name), *target = kith_test_path(to, entry->d_name);
        struct stat status;
        assert_int_equal(stat(source, &status), 0);
        if (entry->d_name[0] != '.' && S_ISDIR(status.st_mode))
            copy_folder(source, target);
        else if (entry->d_name[0] != '.') {
            int in = open(source, O_RDONLY | O_CLOEXEC), out = open(target, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
            assert_true(in >= 0 && out >= 0);
            for (ssize_t got; (got = read(in, block, sizeof block)) > 0;)
                assert_int_equal(write(out, block, (size_t)got), got);
            close(in);
            close(out);
        }
        free(source);
        free(target);
    }
    closedir(folder);
}

static void dump_query(sqlite3 *db, const char *sql, FILE *out)
{
    sqlite3_stmt *rows = NULL;
    if (sqlite3_prepare_v2(db, sql, -1, &rows, NULL) != SQLITE_OK)
        fail_msg("%s: %s", sql, sqlite3_errmsg(db));
    while (sqlite3_step(rows) == SQLITE_ROW) {
        for (int i = 0; i < sqlite3_column_count(rows); i++)
            fprintf(out, "%s | ", sqlite3_column_type(rows, i) == SQLITE_NULL ? "NULL" : (const char *)sqlite3_column_text(rows, i));
        fputc('\n', out);
    }
    sqlite3_finalize(rows);
}

/* What counts of a database: not when and how often something was tried. An empty one is as good as none. */
static void dump_database(const char *path, FILE *out)
{
    sqlite3 *db = NULL;
    sqlite3_stmt *tables = NULL;
    assert_int_equal(sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, "unix"), SQLITE_OK);
    dump_query(db, "SELECT integrity_check FROM pragma_integrity_check WHERE integrity_check <> 'ok'", out);
    dump_query(db, "SELECT * FROM pragma_foreign_key_check", out);
    dump_query(db, "SELECT type, name, sql FROM sqlite_schema WHERE tbl_name NOT LIKE 'kith%' AND name NOT LIKE 'sqlite%' ORDER BY 1, 2", out);
    assert_int_equal(sqlite3_prepare_v2(db, "SELECT 'SELECT * FROM \"' || name || '\"' FROM sqlite_schema WHERE type = 'table' AND name NOT IN ('kith_history', 'sqlite_sequence') ORDER BY 1", -1, &tables, NULL), SQLITE_OK);
    while (sqlite3_step(tables) == SQLITE_ROW)
        dump_query(db, (const char *)sqlite3_column_text(tables, 0), out);
    sqlite3_finalize(tables);
    sqlite3_close(db);
}

static int by_name(const struct dirent **a, const struct dirent **b) { return strcmp((*a)->d_name, (*b)->d_name); }

static void dump_folder(const char *folder, FILE *out)
{
    struct dirent **entries = NULL;
    int count = scandir(folder, &entries, NULL, by_name);
    for (int i = 0; i < count; i++) {
        const char *name = entries[i]->d_name;
        char *path = kith_test_path(folder, name);
        struct stat status = { .st_mode = 0 };
        if (!strcmp(name, ".") || !strcmp(name, "..") || stat(path, &status) != 0)
            ;
        else if (S_ISDIR(status.st_mode))
            dump_folder(path, out);
        else if (!strcmp(name, "app.db"))
            dump_database(path, out);
        else if (strncmp(name, "app.db", 6) != 0) {
            char *text = kith_test_read_file(path);
            fprintf(out, "%s:\n%s\n", name, text);
            free(text);
        }
        free(path);
        free(entries[i]);
    }
    free(entries);
}

/* All that lies in the folder, as text; the caller's to free. */
static char *digest(const char *folder)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    dump_folder(folder, out);
    fclose(out);
    return text;
}

/* ---------------------------------------------------------------- one command */

typedef struct way {
    const char *name;
    void (*arm)(size_t n);
    bool (*disarm)(void);
    size_t stride;
    const char *says;               /* what stands in what is said of it */
} way;

static void arm_allocation(size_t n) { kith_test_fail_allocation(n); }
static void arm_piece(size_t n) { kith_test_fail_piece(n); }
static void arm_allocations(size_t n) { kith_test_fail_allocations_from(n); }
static bool disarm_allocation(void)
{
    bool failed = kith_test_allocation_failed();
    kith_test_fail_allocation(0);
    return failed;
}
static void arm_engine_memory(size_t n) { fault_engine_memory_arm(n, false); }
static void arm_file(size_t n) { fault_engine_file_arm(n, false, SQLITE_IOERR); }
static void arm_disk(size_t n) { fault_engine_file_arm(n, true, SQLITE_FULL); }

static const way ways[] = {
    { "an allocation fails", arm_allocation, disarm_allocation, 3, "memory" },
    { "a piece of an arena fails", arm_piece, kith_test_piece_failed, 3, "memory" },
    { "there is no memory any more", arm_allocations, disarm_allocation, 37, "memory" },
    { "SQLite has no memory", arm_engine_memory, fault_engine_memory_disarm, 97, "memory" },
    { "the disk fails", arm_file, fault_engine_file_disarm, 23, " " },
    { "the disk is full", arm_disk, fault_engine_file_disarm, 17, " " },
};

typedef struct trial {
    const char *folder;             /* the program's */
    const step *step;
    const way *way;
    char *before, *expected, *said; /* digests; what it prints on stdout */
    size_t n;
} trial;

static int redirected(int to, char *path)
{
    int saved = dup(to), file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    assert_true(saved >= 0 && file >= 0);
    dup2(file, to);
    close(file);
    free(path);
    return saved;
}

static char *taken_back(int to, int saved, char *path)
{
    dup2(saved, to);
    close(saved);
    char *text = kith_test_read_file(path);
    unlink(path);
    free(path);
    return text;
}

/* Its exit status. What it said is the caller's to free. */
static int run_command(const step *what, texts *said, const way *how, size_t n, bool *failed)
{
    kith_app app = app_of(what->day);
    char *argv[20] = { "bats" };
    int argc = 1;
    for (; what->words[argc - 1]; argc++)
        argv[argc] = (char *)(uintptr_t)what->words[argc - 1];
    fflush(stdout);
    fflush(stderr);
    int out = redirected(1, kith_test_path("..", "out")), err = redirected(2, kith_test_path("..", "err"));
    if (how)
        how->arm(n);
    int status = kith_main_(&app, argc, argv);
    if (how)
        *failed = how->disarm();
    fflush(stdout);
    fflush(stderr);
    said->out = taken_back(1, out, kith_test_path("..", "out"));
    said->err = taken_back(2, err, kith_test_path("..", "err"));
    return status;
}

static void forget(texts *said)
{
    free(said->out);
    free(said->err);
}

static char *sentence_of(const trial *t)
{
    static char text[300];
    size_t at = (size_t)snprintf(text, sizeof text, "bats");
    for (size_t i = 0; t->step->words[i] && at < sizeof text - 80; i++)
        at += (size_t)snprintf(text + at, sizeof text - at, " %s", t->step->words[i]);
    snprintf(text + at, sizeof text - at, ", %s (place %zu)", t->way->name, t->n);
    return text;
}

/* What there is after a fault: what was, or what should be. Whether it is the first. */
static bool is_consistent(const trial *t)
{
    char *now = digest(".");
    bool before = !strcmp(now, t->before), after = !strcmp(now, t->expected);
    if (!before && !after && t->step->changes != PARTS)
        fail_long("%s: there is now\n%s\ninstead of\n%s\nor\n%s", sentence_of(t), now, t->before, t->expected);
    free(now);
    return !after;
}

static void does_what_it_should(const trial *t)
{
    texts said;
    bool failed;
    int status = run_command(t->step, &said, NULL, 0, &failed);
    char *now = digest(".");
    if (status != t->step->status || strcmp(now, t->expected))
        fail_long("%s, done again: exit %d, %s%s\n%s\ninstead of\n%s", sentence_of(t), status, said.out, said.err, now, t->expected);
    free(now);
    forget(&said);
}

static void reset_folder(const trial *t)
{
    char *copy = kith_test_path(t->folder, "work"), *start = kith_test_path(t->folder, "start");
    assert_int_equal(chdir("/"), 0);
    if (access(copy, F_OK) == 0) {
        char *gone = strdup(copy);
        kith_test_remove_folder(gone);
    }
    copy_folder(start, copy);
    assert_int_equal(chdir(copy), 0);
    free(start);
    free(copy);
}

static bool run_once(const trial *t)
{
    texts said = { NULL, NULL };
    bool failed = false;
    reset_folder(t);
    size_t before = kith_test_blocks_alive();
    int status = run_command(t->step, &said, t->way, t->n, &failed);
    size_t after = kith_test_blocks_alive() - (said.out ? 1 : 0) - (said.err ? 1 : 0);
    if (after != before)
        fail_long("%s: %zu blocks were left behind", sentence_of(t), after - before);
    if (status == t->step->status && strcmp(said.out, t->said) && !strstr(said.out, "not even enough memory to say"))
        fail_long("%s: exit %d and it said only\n%s\ninstead of\n%s\n%s", sentence_of(t), status, said.out, t->said, said.err);
    if (status != t->step->status && (!failed || !strchr(said.err, '.') || !strchr(said.err, ' ') || !strstr(said.err, t->way->says)))
        fail_long("%s: exit %d, and it said\n%s\n%s", sentence_of(t), status, said.out, said.err);
    forget(&said);
    if (failed && is_consistent(t))
        does_what_it_should(t);
    return failed;
}

/* Every place of every way, in what the steps before have left; then the step undisturbed, for those after. */
static void try_step(trial *t)
{
    texts said;
    bool failed;
    const char *only = getenv("KITH_TEST_FAULT");
    t->way = &ways[0];
    t->n = 0;
    reset_folder(t);
    t->before = digest(".");
    int status = run_command(t->step, &said, NULL, 0, &failed);
    if (status != t->step->status)
        fail_long("%s, nothing fails: exit %d, %s%s", sentence_of(t), status, said.out, said.err);
    t->said = said.out;
    free(said.err);
    t->expected = digest(".");
    if (t->step->changes == LOOKS)
        assert_string_equal(t->expected, t->before);
    for (size_t w = 0; w < COUNT_(ways); w++) {
        t->way = &ways[w];
        for (t->n = only ? (size_t)atol(only) : 1; run_once(t) && !only; t->n += kith_test_stride(t->way->stride)) {}
    }
    free(t->before);
    free(t->said);
}

static void keep_as_start(const trial *t)
{
    char *start = kith_test_path(t->folder, "start"), *copy = kith_test_path(t->folder, "work");
    reset_folder(t);
    does_what_it_should(t);
    assert_int_equal(chdir("/"), 0);
    char *gone = strdup(start);
    kith_test_remove_folder(gone);
    copy_folder(copy, start);
    free(start);
    free(copy);
}

static char *work_folder(void)
{
    if (access("/dev/shm", W_OK) == 0)
        setenv("TMPDIR", "/dev/shm", 1);        /* nothing here asks whether a disk keeps it */
    return kith_test_folder();
}

static void every_command(void **state)
{
    (void)state;
    char *folder = work_folder(), *start = kith_test_path(folder, "start");
    trial t = { .folder = folder };
    assert_int_equal(mkdir(start, 0700), 0);
    for (size_t i = 0; i < COUNT_(steps); i++) {
        t.step = &steps[i];
        try_step(&t);
        keep_as_start(&t);
        free(t.expected);
    }
    free(start);
    kith_test_remove_folder(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(every_command) };
    setenv("SOURCE_DATE_EPOCH", "1764000000", 1);
    unsetenv("KITH_DATABASE_URL");
    fault_engine_install();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
