/*
 * Texts and lists that the program holds: what was read is good until the next commit or rollback, whatever becomes of the objects and
 * whatever savepoints are undone, and no longer than needed (11-memory-and-threads.md). Random operations on a few rows, beside a plain
 * model of them; each text and list that was read is looked at after every step. Worth most with AddressSanitizer.
 *
 *     test_c_held [steps] [seed]
 */
#include "support.h"

#include <kith/kith.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

KITH_DECLARE(Label);
struct Label { int64_t id; const char *front, *back; };
KITH_MODEL(Label, "labels", KITH_COLUMN(id, .primary_key = true), KITH_COLUMN(front), KITH_COLUMN(back));

enum { ROWS = 5, DEEP = 6, HELD = 512, LONGEST = 120 };

typedef struct row { int64_t id; char front[LONGEST + 1], back[LONGEST + 1]; bool no_back; } row;
typedef struct held { const char *text; char copy[LONGEST + 1]; } held;
typedef struct held_list { KITH_LIST(Label) list; const Label *copy[ROWS]; } held_list;
typedef struct play {
    kith_database *database;
    kith_session *session, *other;
    const Label *labels[ROWS];
    row now[ROWS], saved[DEEP + 1][ROWS];       /* saved[0]: what is committed; then, of each savepoint */
    size_t deep, held_count, list_count, step;
    held held[HELD];
    held_list lists[HELD];
    int64_t keys[ROWS];                         /* as they were last flushed */
    int64_t next_id;
    uint64_t random;
    unsigned long seed;
} play;

#define CHECK(p, what) \
    do { \
        if (!(what)) { \
            print_error("step %zu, seed %lu: %s\n", (p)->step, (p)->seed, kith_status_of((p)->session) ? kith_error_of((p)->session)->message : ""); \
            assert_true(what); \
        } \
    } while (0)

static unsigned any(play *p, unsigned below)
{
    p->random = p->random * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)(p->random >> 33) % below;
}

/* Of no length, short enough for an object's page, or too long for what is left of it. */
static void any_text(play *p, char *text)
{
    size_t size = any(p, 3) ? any(p, LONGEST) : any(p, 4);
    for (size_t i = 0; i < size; i++)
        text[i] = (char)('a' + any(p, 26));
    text[size] = 0;
}

static void let_go(play *p) { p->held_count = p->list_count = 0; }

static void hold(play *p, const char *text)
{
    if (!text || p->held_count == HELD)
        return;
    held *one = &p->held[p->held_count++];
    one->text = text;
    CHECK(p, strlen(text) <= LONGEST);
    strcpy(one->copy, text);
}

static void hold_list(play *p, KITH_LIST(Label) list, size_t count)
{
    CHECK(p, list.count == count);
    if (p->list_count == HELD)
        return;
    held_list *one = &p->lists[p->list_count++];
    one->list = list;
    memcpy(one->copy, list.items, count * sizeof *list.items);
}

static void note_keys(play *p)
{
    for (size_t i = 0; i < ROWS; i++)
        p->keys[i] = p->now[i].id;
}

/* ---------------------------------------------------------------- operations */

static void set_front(play *p, size_t i) { any_text(p, p->now[i].front); kith_set(p->labels[i], front, p->now[i].front); }

static void set_back(play *p, size_t i)
{
    p->now[i].no_back = !any(p, 3);
    any_text(p, p->now[i].back);
    kith_set(p->labels[i], back, p->now[i].no_back ? NULL : p->now[i].back);
}

/* From a text that it has, or has had. */
static void set_from_held(play *p, size_t i)
{
    if (!p->held_count)
        return;
    const held *from = &p->held[any(p, (unsigned)p->held_count)];
    strcpy(p->now[i].front, from->copy);
    kith_set(p->labels[i], front, from->text);
}

static void set_key(play *p, size_t i) { p->now[i].id = p->next_id++; kith_set(p->labels[i], id, p->now[i].id); }
static void look(play *p, size_t i) { hold(p, p->labels[i]->front); hold(p, p->labels[i]->back); }
static void flush(play *p, size_t i) { (void)i; CHECK(p, kith_flush(p->session) == KITH_OK); note_keys(p); }
static void expire(play *p, size_t i) { kith_expire(p->labels[i]); }
static void refresh(play *p, size_t i) { flush(p, i); kith_refresh(p->labels[i]); }
static void find(play *p, size_t i) { flush(p, i); CHECK(p, kith_get(p->session, Label, .id = p->now[i].id) == p->labels[i]); }
static void all(play *p, size_t i) { flush(p, i); hold_list(p, kith_all(p->session, Label), ROWS); }
static void one(play *p, size_t i) { flush(p, i); hold_list(p, kith_all(p->session, Label, .where = kith_eq(Label, id, p->now[i].id)), 1); }

/* Another's, for a while. */
static void borrow_key(play *p, size_t i)
{
    kith_set(p->labels[i], id, p->now[any(p, ROWS)].id);
    kith_set(p->labels[i], id, p->now[i].id);
}

static void leave_and_return(play *p, size_t i)
{
    if (p->now[i].id != p->keys[i])
        flush(p, i);
    kith_detach(p->labels[i]);
    CHECK(p, kith_attach(p->session, p->labels[i]) == KITH_OK);
}

static void update(play *p, size_t i)
{
    flush(p, i);
    any_text(p, p->now[i].back);
    p->now[i].no_back = false;
    int64_t updated = kith_update_where(p->session, Label, .set = { kith_to(Label, back, p->now[i].back) }, .where = kith_eq(Label, id, p->now[i].id));
    CHECK(p, updated == 1);
}

static void savepoint(play *p, size_t i)
{
    (void)i;
    if (p->deep == DEEP)
        return;
    CHECK(p, kith_savepoint(p->session) == KITH_OK);
    memcpy(p->saved[++p->deep], p->now, sizeof p->now);
    note_keys(p);
}

static void keep(play *p, size_t i)
{
    (void)i;
    if (!p->deep)
        return;
    CHECK(p, kith_savepoint_keep(p->session) == KITH_OK);
    p->deep--;
    note_keys(p);
}

static void undo(play *p, size_t i)
{
    (void)i;
    if (!p->deep)
        return;
    CHECK(p, kith_savepoint_undo(p->session) == KITH_OK);
    memcpy(p->now, p->saved[p->deep--], sizeof p->now);
    note_keys(p);
}

/* Another's, which cannot be written. */
static void take_key(play *p, size_t i)
{
    const row *other = &p->now[(i + 1) % ROWS];
    CHECK(p, kith_savepoint(p->session) == KITH_OK);
    note_keys(p);
    kith_set(p->labels[i], id, other->id);
    CHECK(p, kith_flush(p->session) == KITH_CONSTRAINT);
    CHECK(p, kith_savepoint_undo(p->session) == KITH_OK);
    CHECK(p, kith_get(p->session, Label, .id = other->id) == p->labels[(i + 1) % ROWS]);
}

static void commit(play *p, size_t i)
{
    (void)i;
    CHECK(p, kith_commit(p->session) == KITH_OK);
    memcpy(p->saved[p->deep = 0], p->now, sizeof p->now);
    let_go(p);
    note_keys(p);
}

static void rollback(play *p, size_t i)
{
    (void)i;
    CHECK(p, kith_rollback(p->session) == KITH_OK);
    memcpy(p->now, p->saved[p->deep = 0], sizeof p->now);
    let_go(p);
    note_keys(p);
}

/* Another session writes between two transactions of this one; then what this one has is outdated. */
static void others_write(play *p, size_t i)
{
    commit(p, i);
    const Label *same = kith_get(p->other, Label, .id = p->now[i].id);
    CHECK(p, same);
    any_text(p, p->now[i].front);
    kith_set(same, front, p->now[i].front);
    CHECK(p, kith_commit(p->other) == KITH_OK);
    commit(p, i);
    look(p, i);                     /* as it was, and good until the end of this transaction */
    find(p, i);
}

static void check(play *p)
{
    for (size_t i = 0; i < p->held_count; i++)
        CHECK(p, !strcmp(p->held[i].text, p->held[i].copy));
    for (size_t i = 0; i < p->list_count; i++)
        CHECK(p, !memcmp(p->lists[i].list.items, p->lists[i].copy, p->lists[i].list.count * sizeof(const Label *)));
    for (size_t i = 0; i < ROWS; i++) {
        const Label *label = p->labels[i];
        CHECK(p, label->id == p->now[i].id && !strcmp(label->front, p->now[i].front));
        CHECK(p, p->now[i].no_back ? !label->back : label->back && !strcmp(label->back, p->now[i].back));
    }
}

/* ---------------------------------------------------------------- the play */

static void begin(play *p)
{
    for (size_t i = 0; i < ROWS; i++) {
        any_text(p, p->now[i].front);
        p->now[i].id = p->next_id++;
        p->now[i].no_back = true;
        p->labels[i] = kith_new(p->session, Label, .id = p->now[i].id, .front = p->now[i].front);
    }
    commit(p, 0);
}

static void step(play *p)
{
    static void (*const operations[])(play *, size_t) = {
        set_front, set_front, set_back, set_from_held, set_key, look, look, flush, flush, expire, refresh, find, all, one, leave_and_return,
        borrow_key, take_key,
        update, savepoint, savepoint, keep, undo, commit, rollback, others_write,
    };
    operations[any(p, sizeof operations / sizeof *operations)](p, any(p, ROWS));
    CHECK(p, kith_status_of(p->session) == KITH_OK);
    check(p);
}

static unsigned long steps = 20000, seed = 20261127;

static void play_with(bool autoflush)
{
    play *p = calloc(1, sizeof *p);
    p->seed = seed;
    p->random = seed + autoflush;
    p->next_id = 1;
    p->database = kith_open("sqlite://", KITH_MODELS(Label));
    assert_int_equal(kith_create_all(p->database), KITH_OK);
    p->session = kith_session_open(p->database);
    p->other = kith_session_open(p->database);
    kith_session_autoflush(p->session, autoflush);
    begin(p);
    for (p->step = 0; p->step < steps; p->step++)
        step(p);
    kith_session_close(p->other);
    kith_session_close(p->session);
    kith_close(p->database);
    free(p);
}

static void what_was_read_stays_until_the_transaction_ends(void **state)
{
    (void)state;
    play_with(true);
    play_with(false);
}

int main(int argc, char **argv)
{
    steps = argc > 1 ? strtoul(argv[1], NULL, 10) : steps;
    seed = argc > 2 ? strtoul(argv[2], NULL, 10) : seed;
    print_message("%lu steps, seed %lu\n", steps, seed);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_read_stays_until_the_transaction_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
