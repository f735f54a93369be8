/*
 * A function that gives a column its value (.on_insert, .on_every_update) is called in the middle of a flush or of kith_insert_all. It may read
 * through the session and change rows by kith_update_where and its like. What the flush would not notice, or not survive, is refused: it had
 * lost what was made or deleted there without a word, gone on outside of a transaction that was over, and read what was freed.
 */
#include "support.h"

#include <kith/kith.h>
#include <string.h>

KITH_DECLARE(Coin);
KITH_DECLARE(Counter);
struct Coin { int64_t id; const char *name; int64_t number, changed; };
struct Counter { int64_t id; int64_t value; };

/* What it does when it is asked. */
static void (*deed)(kith_session *);
static const Coin *old, *new;
static int asked, turn;         /* how often it was; the time at which it does that */

static kith_value answer(kith_session *session, const void *object)
{
    (void)object;
    if (asked++ == turn && deed)
        deed(session);
    return kith_of_int(7);
}

static kith_value next_number(kith_session *session, const void *object)
{
    answer(session, object);
    if (deed || kith_update_where(session, Counter, .set = { kith_by(Counter, value, 1) }, .where = kith_eq(Counter, id, 1)) != 1)
        return kith_of_int(0);
    KITH_LIST(Counter) counters = kith_all(session, Counter, .read_only = true);
    return kith_of_int(counters.count == 1 ? counters.items[0]->value : 0);
}

KITH_MODEL(Coin, "coins", KITH_COLUMN(id, .primary_key = true), KITH_COLUMN(name), KITH_COLUMN(number, .on_insert = next_number),
    KITH_COLUMN(changed, .on_every_update = answer));
KITH_MODEL(Counter, "counters", KITH_COLUMN(id, .primary_key = true), KITH_COLUMN(value));

typedef struct place { kith_database *database; kith_session *session; } place;

static int open_place(void **state)
{
    static place there;
    there.database = kith_open("sqlite://", KITH_MODELS(Coin, Counter));
    assert_int_equal(kith_create_all(there.database), KITH_OK);
    there.session = kith_session_open(there.database);
    deed = NULL;
    asked = turn = 0;
    kith_new(there.session, Counter, .id = 1, .value = 100);
    old = kith_new(there.session, Coin, .name = "old", .number = 1);
    assert_int_equal(kith_commit(there.session), KITH_OK);
    *state = &there;
    return 0;
}

static int close_place(void **state)
{
    place *there = *state;
    kith_session_close(there->session);
    kith_close(there->database);
    return 0;
}

/* ---------------------------------------------------------------- what it may */

static void a_number_comes_from_a_table_of_its_own(void **state)
{
    place *there = *state;
    const Coin *a = kith_new(there->session, Coin, .name = "a"), *b = kith_new(there->session, Coin, .name = "b");
    assert_int_equal(kith_commit(there->session), KITH_OK);
    assert_int_equal(a->number, 101);
    assert_int_equal(b->number, 102);
    Coin rows[300];
    memset(rows, 0, sizeof rows);
    assert_int_equal(kith_insert_all(there->session, Coin, rows, 300), 300);
    assert_int_equal(kith_count(there->session, Coin, .where = kith_between(Coin, number, 103, 402)), 300);
    assert_int_equal(kith_get(there->session, Counter, .id = 1)->value, 402);
    assert_int_equal(kith_rollback(there->session), KITH_OK);
    assert_int_equal(kith_get(there->session, Counter, .id = 1)->value, 102);
}

static void reads(kith_session *session)
{
    assert_int_equal(kith_flush(session), KITH_OK);         /* there is one under way */
    assert_true(kith_count(session, Coin) > 0);
    assert_ptr_equal(kith_get(session, Coin, .id = old->id), old);
    kith_expire(old);
    kith_refresh(old);
    assert_string_equal(old->name, "old");
}

static void it_may_read(void **state)
{
    place *there = *state;
    deed = reads;
    new = kith_new(there->session, Coin, .name = "new");
    assert_int_equal(kith_commit(there->session), KITH_OK);
    assert_int_equal(asked, 1);
    kith_set(new, name, "newer");
    asked = 0;
    assert_int_equal(kith_commit(there->session), KITH_OK);
    assert_int_equal(asked, 1);
    assert_int_equal(new->changed, 7);
}

/* ---------------------------------------------------------------- what it may not */

static void commits(kith_session *session) { assert_int_equal(kith_commit(session), KITH_MISUSE); }
static void rolls_back(kith_session *session) { assert_int_equal(kith_rollback(session), KITH_MISUSE); }
static void clears(kith_session *session) { kith_clear(session); }
static void closes(kith_session *session) { kith_session_close(session); }
static void sets_a_savepoint(kith_session *session) { assert_int_equal(kith_savepoint(session), KITH_MISUSE); }
static void keeps_a_savepoint(kith_session *session) { assert_int_equal(kith_savepoint_keep(session), KITH_MISUSE); }
static void undoes_a_savepoint(kith_session *session) { assert_int_equal(kith_savepoint_undo(session), KITH_MISUSE); }
static void makes(kith_session *session) { assert_null(kith_new(session, Coin, .name = "another", .number = 3)); }
static void writes(kith_session *session) { (void)session; kith_set(old, name, "changed"); }
static void writes_a_key(kith_session *session) { (void)session; kith_set(old, id, 900); }
static void deletes(kith_session *session) { (void)session; kith_delete(old); }
static void deletes_what_is_new(kith_session *session) { (void)session; kith_delete(new); }
static void detaches(kith_session *session) { (void)session; kith_detach(old); }
static void attaches(kith_session *session) { assert_int_equal(kith_attach(session, old), KITH_MISUSE); }

enum work { FLUSH, UPDATE, BULK };

static void refused_in(place *there, void (*what)(kith_session *), const char *words, enum work work)
{
    kith_session *session = there->session;
    Coin rows[3] = { { .name = "x" }, { .name = "y", .number = 2 }, { .name = "z" } };
    int64_t before = kith_count(session, Coin);
    asked = 0;
    new = work == FLUSH ? kith_new(session, Coin, .name = "new") : NULL;
    if (work == UPDATE)
        kith_set(new = old, name, "old and new");
    deed = what;
    if (work == BULK)
        assert_int_equal(kith_insert_all(session, Coin, rows, 3), -1);
    else
        assert_int_equal(kith_flush(session), KITH_MISUSE);
    deed = NULL;
    assert_true(asked > 0);
    const kith_error *error = kith_error_of(session);
    assert_string_equal(error->code, "session.asking");
    assert_true(strncmp(error->message, words, strlen(words)) == 0);
    assert_string_equal(error->model, "Coin");
    assert_string_equal(error->attribute, work == UPDATE ? "changed" : "number");
    assert_int_equal(kith_rollback(session), KITH_OK);
    assert_int_equal(kith_count(session, Coin), before);
    assert_string_equal(kith_get(session, Coin, .id = old->id)->name, "old");
    assert_int_equal(kith_state_of(old), KITH_PERSISTENT);
    kith_test_ok(session);
}

static void what_the_flush_would_not_survive_is_refused(void **state)
{
    static const struct { void (*what)(kith_session *); const char *words; } deeds[] = {
        { commits, "kith_commit was called by" }, { rolls_back, "kith_rollback was called by" }, { clears, "kith_clear was called by" },
        { closes, "kith_session_close was called by" }, { sets_a_savepoint, "kith_savepoint was called by" },
        { keeps_a_savepoint, "kith_savepoint_keep was called by" }, { undoes_a_savepoint, "kith_savepoint_undo was called by" },
        { makes, "An object was made by" }, { writes, "An object was written to by" }, { writes_a_key, "An object was written to by" },
        { deletes, "An object was deleted by" }, { detaches, "kith_detach was called by" }, { attaches, "kith_attach was called by" },
    };
    place *there = *state;
    for (size_t i = 0; i < sizeof deeds / sizeof *deeds; i++)
        for (enum work work = FLUSH; work <= BULK; work++)
            refused_in(there, deeds[i].what, deeds[i].words, work);
    refused_in(there, deletes_what_is_new, "An object was deleted by", FLUSH);
}

static void insert_a_coin(kith_session *session)
{
    const Coin coin = { .name = "its own", .number = 5 };
    assert_int_equal(kith_insert_all(session, Coin, &coin, 1), 1);
}

static void a_row_that_it_inserts_takes_no_key_of_those_that_are_being_written(void **state)
{
    place *there = *state;
    enum { SOME = 130 };
    const Coin *coins[SOME];
    deed = insert_a_coin;
    turn = 100;
    for (int i = 0; i < SOME; i++)
        coins[i] = kith_new(there->session, Coin, .name = "new");
    kith_commit(there->session);
    kith_test_ok(there->session);
    assert_int_equal(kith_count(there->session, Coin), SOME + 2);
    assert_int_equal(coins[SOME - 1]->id, SOME + 2);
    deed = NULL;
}

#define IN_PLACE(test) cmocka_unit_test_setup_teardown(test, open_place, close_place)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_PLACE(a_number_comes_from_a_table_of_its_own),
        IN_PLACE(it_may_read),
        IN_PLACE(a_row_that_it_inserts_takes_no_key_of_those_that_are_being_written),
        IN_PLACE(what_the_flush_would_not_survive_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
