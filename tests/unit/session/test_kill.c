/*
 * Commits of a session killed at random moments (SIGKILL), in each journal mode. A program keeps books: each round makes a ledger with its
 * entries and their tags, moves the counter on and deletes an old ledger with all that hangs on it, in one commit. Whatever is found after
 * the kill must be what the last commit that came back left, or, when it was killed within one, what that would have left: old or new, in
 * all tables alike. The next program goes on from there.
 *
 * KITH_TEST_KILLS says how often in each mode (20). The moments are random; the seed is printed, and KITH_TEST_SEED repeats it.
 */
#include "support.h"

#include <kith/kith.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { ENTRIES = 8, KEPT = 3, TAGS = 5 };

KITH_DECLARE(Counter);
KITH_DECLARE(Ledger);
KITH_DECLARE(Entry);
KITH_DECLARE(Tag);
struct Counter { int64_t id; int64_t round, total; int32_t version; };
struct Ledger { int64_t id; int64_t round, total; KITH_MANY(Entry) entries; };
struct Entry { int64_t id; int64_t ledger_id; int64_t amount; const char *note; KITH_ONE(Ledger) ledger; KITH_MANY(Tag) tags; };
struct Tag { int64_t id; const char *word; KITH_MANY(Entry) entries; };
KITH_MODEL(Counter, "counters", KITH_COLUMN(id, .primary_key = true), KITH_COLUMN(round), KITH_COLUMN(total), KITH_COLUMN(version, .version = true));
KITH_MODEL(Ledger, "ledgers", KITH_COLUMN(id, .primary_key = true), KITH_COLUMN(round, .unique = true), KITH_COLUMN(total),
    KITH_RELATIONSHIP(entries, Entry, .back_populates = "ledger", .cascade = "all, delete-orphan"));
KITH_MODEL(Entry, "entries", KITH_COLUMN(id, .primary_key = true), KITH_COLUMN(ledger_id, .foreign_key = "ledgers.id"), KITH_COLUMN(amount, .index = true), KITH_COLUMN(note),
    KITH_RELATIONSHIP(ledger, Ledger, .back_populates = "entries"), KITH_RELATIONSHIP(tags, Tag, .secondary = "entry_tags", .back_populates = "entries"));
KITH_MODEL(Tag, "tags", KITH_COLUMN(id, .primary_key = true), KITH_COLUMN(word), KITH_RELATIONSHIP(entries, Entry, .secondary = "entry_tags", .back_populates = "tags"));

static const kith_model_function *const models = KITH_MODELS(Counter, Ledger, Entry, Tag);

/* Shared with the program that is killed: which round it is in, which is committed. */
typedef struct progress { _Atomic int64_t begun, done; } progress;

typedef struct place { char *folder, *path, url[400]; progress *seen; long commit_us; } place;

/* ---------------------------------------------------------------- the program */

static int64_t amount_of(int64_t round, int i) { return round * 10 + i * i; }

static void make_ledger(kith_session *session, int64_t round, const Counter *counter)
{
    const Ledger *ledger = kith_new(session, Ledger, .round = round);
    int64_t total = 0;
    for (int i = 0; i < ENTRIES; i++) {
        const Entry *entry = kith_new(session, Entry, .amount = amount_of(round, i), .note = "a note of some length, so that a round fills more than one page of its file");
        kith_append(ledger, entries, entry);
        kith_append(entry, tags, kith_get(session, Tag, .id = 1 + (round + i) % TAGS));
        kith_append(entry, tags, kith_get(session, Tag, .id = 1 + (round + i + 1) % TAGS));
        total += amount_of(round, i);
    }
    kith_set(ledger, total, total);
    kith_set(counter, round, round);
    kith_set(counter, total, counter->total + total);
}

static bool do_round(kith_session *session, progress *seen)
{
    const Counter *counter = kith_get(session, Counter, .id = 1);
    if (!counter)
        return false;
    int64_t round = counter->round + 1;
    make_ledger(session, round, counter);
    const Ledger *old = kith_first(session, Ledger, .where = kith_le(Ledger, round, round - KEPT));
    if (old)
        kith_delete(old);
    if (kith_flush(session))
        return false;
    seen->begun = round;
    if (kith_commit(session))
        return false;
    seen->done = round;
    return true;
}

/* Until it is killed, or for so many rounds. */
static int keep_books(const char *url, progress *seen, int rounds)
{
    kith_database *database = kith_open(url, models);
    kith_session *session = kith_session_open(database);
    bool ok = kith_session_status(session) == KITH_OK;
    for (int i = 0; ok && (!rounds || i < rounds); i++)
        ok = do_round(session, seen);
    if (!ok)
        fprintf(stderr, "%s\n", kith_error_of(session)->message);
    kith_session_close(session);
    kith_close(database);
    return !ok;
}

/* ---------------------------------------------------------------- what must be there */

static void ask(const place *p, const char *sql, char *out, size_t size)
{
    sqlite3 *db = NULL;
    sqlite3_stmt *statement = NULL;
    assert_int_equal(sqlite3_open_v2(p->path, &db, SQLITE_OPEN_READWRITE, NULL), SQLITE_OK);
    if (sqlite3_prepare_v2(db, sql, -1, &statement, NULL) != SQLITE_OK || sqlite3_step(statement) != SQLITE_ROW)
        fail_msg("%s: %s", sql, sqlite3_errmsg(db));
    snprintf(out, size, "%s", (const char *)sqlite3_column_text(statement, 0));
    sqlite3_finalize(statement);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

/* The round of the counter, the sums of all tables, and what must not be. */
static const char books_sql[] =
    "SELECT (SELECT printf('round %d version %d total %d', round, version, total) FROM counters) || "
    "(SELECT printf(' ledgers %d from %d to %d of %d', count(*), min(round), max(round), sum(total)) FROM ledgers) || "
    "(SELECT printf(' entries %d of %d', count(*), sum(amount)) FROM entries) || (SELECT printf(' tagged %d by %d', count(*), count(DISTINCT tag_id)) FROM entry_tags) || "
    "(SELECT printf(' astray %d', count(*)) FROM entry_tags WHERE entry_id NOT IN (SELECT id FROM entries)) || "
    "(SELECT printf(' wrong %d', count(*)) FROM ledgers WHERE total <> (SELECT sum(amount) FROM entries WHERE ledger_id = ledgers.id)) || "
    "(SELECT ' ' || group_concat(integrity_check) FROM pragma_integrity_check) || (SELECT printf(' %d', count(*)) FROM pragma_foreign_key_check)";

static int64_t total_of(int64_t round)
{
    int64_t total = 0;
    for (int i = 0; i < ENTRIES; i++)
        total += amount_of(round, i);
    return total;
}

static void books_of(int64_t round, char *out, size_t size)
{
    int64_t total = 0, kept = 0, first = round > KEPT ? round - KEPT + 1 : 1;
    for (int64_t r = 1; r <= round; r++) {
        total += total_of(r);
        kept += r >= first ? total_of(r) : 0;
    }
    int ledgers = (int)(round - first + 1);
    snprintf(out, size, "round %d version %d total %d ledgers %d from %d to %d of %d entries %d of %d tagged %d by %d astray 0 wrong 0 ok 0", (int)round, (int)round + 1,
        (int)total, ledgers, (int)first, (int)round, (int)kept, ledgers * ENTRIES, (int)kept, ledgers * ENTRIES * 2, TAGS);
}

static bool is_at(const place *p, int64_t round)
{
    char found[500], wanted[500];
    ask(p, books_sql, found, sizeof found);
    books_of(round, wanted, sizeof wanted);
    return !strcmp(found, wanted);
}

/* ---------------------------------------------------------------- the test */

static long microseconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static void prepare(place *p, const char *journal)
{
    p->folder = kith_test_folder();
    p->path = kith_test_path(p->folder, "books.db");
    snprintf(p->url, sizeof p->url, "sqlite:///%s?journal=%s&cache=256KiB", p->path, journal);
    p->seen = mmap(NULL, sizeof *p->seen, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert_ptr_not_equal(p->seen, MAP_FAILED);
    kith_database *database = kith_open(p->url, models);
    assert_int_equal(kith_create_all(database), KITH_OK);
    kith_session *session = kith_session_open(database);
    kith_new(session, Counter, .id = 1);
    for (int i = 0; i < TAGS; i++)
        kith_new(session, Tag, .word = "tag");
    assert_int_equal(kith_commit(session), KITH_OK);
    kith_session_close(session);
    kith_close(database);
    long began = microseconds();
    assert_int_equal(keep_books(p->url, p->seen, 5), 0);
    p->commit_us = (microseconds() - began) / 5;
    assert_true(is_at(p, 5));
}

static void put_away(place *p)
{
    munmap(p->seen, sizeof *p->seen);
    free(p->path);
    kith_test_remove_folder(p->folder);
}

/* Lets a program begin its n-th commit, and kills it a while after. Whether it was within a commit. */
static bool kill_once(const place *p, int rounds, long delay_us)
{
    int64_t start = p->seen->done;
    pid_t child = fork();
    int how = 0;
    assert_true(child >= 0);
    if (child == 0)
        _exit(keep_books(p->url, p->seen, 0));
    while (p->seen->begun < start + rounds && waitpid(child, &how, WNOHANG) == 0)
        nanosleep(&(struct timespec){ .tv_nsec = 50000 }, NULL);
    nanosleep(&(struct timespec){ .tv_sec = delay_us / 1000000, .tv_nsec = delay_us % 1000000 * 1000 }, NULL);
    kill(child, SIGKILL);
    assert_int_equal(waitpid(child, &how, 0), child);
    assert_true(WIFSIGNALED(how));
    return p->seen->begun != p->seen->done;
}

static long number_from(const char *name, long otherwise)
{
    const char *text = getenv(name);
    return text && *text ? strtol(text, NULL, 10) : otherwise;
}

static void kill_often(const char *journal)
{
    place p = { .folder = NULL };
    long kills = number_from("KITH_TEST_KILLS", 20), seed = number_from("KITH_TEST_SEED", (long)time(NULL)), within = 0, new = 0;
    char mode[500], found[500];
    prepare(&p, journal);
    srand48(seed);
    print_message("%s: seed %ld, a round takes %ld microseconds\n", journal, seed, p.commit_us);
    for (long i = 0; i < kills; i++) {
        bool inside = kill_once(&p, 1 + (int)(drand48() * 3), (long)(drand48() * (double)p.commit_us));
        int64_t old = p.seen->done;
        bool is_new = inside && is_at(&p, old + 1);
        if (!is_new && !is_at(&p, old)) {
            ask(&p, books_sql, found, sizeof found);
            fail_msg("kill %ld: round %ld was committed, round %ld begun, and there is: %s", i, (long)old, (long)p.seen->begun, found);
        }
        within += inside;
        new += is_new;
        p.seen->done = p.seen->begun = old + is_new;
    }
    print_message("%s: %ld of %ld were killed within a commit; of these %ld had the new state\n", journal, within, kills, new);
    ask(&p, "PRAGMA journal_mode", mode, sizeof mode);
    assert_int_equal(!strcmp(mode, "wal"), !strcmp(journal, "wal"));
    assert_true(kills < 20 || within > 0);
    put_away(&p);
}

static void killed_where_the_journal_is_deleted(void **state) { (void)state; kill_often("delete"); }
static void killed_where_the_journal_is_truncated(void **state) { (void)state; kill_often("truncate"); }
static void killed_where_the_journal_persists(void **state) { (void)state; kill_often("persist"); }
static void killed_under_the_write_ahead_log(void **state) { (void)state; kill_often("wal"); }

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(killed_where_the_journal_is_deleted),
        cmocka_unit_test(killed_where_the_journal_is_truncated),
        cmocka_unit_test(killed_where_the_journal_persists),
        cmocka_unit_test(killed_under_the_write_ahead_log),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
