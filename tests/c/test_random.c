/*
 * Operations at random over a one-to-many, a one-to-one, a many-to-many and a tree, against a plain model of what should be: both
 * sides in memory against each other and against the model after every step, the tables against it after every commit.
 *
 *     test_c_random [steps] [seed]        the seed is printed; what fails can be run again
 */
#include "support.h"

#include <kith/kith.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

KITH_DECLARE(Farm); KITH_DECLARE(Goat); KITH_DECLARE(Bell); KITH_DECLARE(Herb);
struct Farm { int64_t id; const char *name; KITH_MANY(Goat) goats; };
struct Goat {
    int64_t id; const char *name; kith_opt_int farm_id, dam_id;
    KITH_ONE(Farm) farm; KITH_ONE(Goat) dam; KITH_MANY(Goat) kids; KITH_ONE(Bell) bell; KITH_MANY(Herb) herbs;
};
struct Bell { int64_t id; kith_opt_int goat_id; KITH_ONE(Goat) goat; };
struct Herb { int64_t id; const char *name; KITH_MANY(Goat) goats; };
KITH_MODEL(Farm, "farms", KITH_COLUMN(id, .primary_key = true), KITH_COLUMN(name), KITH_RELATIONSHIP(goats, Goat, .back_populates = "farm"));
KITH_MODEL(Goat, "goats", KITH_COLUMN(id, .primary_key = true), KITH_COLUMN(name), KITH_COLUMN(farm_id, .foreign_key = "farms.id"),
    KITH_COLUMN(dam_id, .foreign_key = "goats.id"), KITH_RELATIONSHIP(farm, Farm, .back_populates = "goats"),
    KITH_RELATIONSHIP(dam, Goat, .back_populates = "kids", .remote_side = "id"), KITH_RELATIONSHIP(kids, Goat, .back_populates = "dam"),
    KITH_RELATIONSHIP(bell, Bell, .back_populates = "goat"), KITH_RELATIONSHIP(herbs, Herb, .secondary = "goat_herbs", .back_populates = "goats"));
KITH_MODEL(Bell, "bells", KITH_COLUMN(id, .primary_key = true), KITH_COLUMN(goat_id, .foreign_key = "goats.id"),
    KITH_RELATIONSHIP(goat, Goat, .back_populates = "bell"));
KITH_MODEL(Herb, "herbs", KITH_COLUMN(id, .primary_key = true), KITH_COLUMN(name),
    KITH_RELATIONSHIP(goats, Goat, .secondary = "goat_herbs", .back_populates = "herbs"));

/* ---------------------------------------------------------------- the plain model: numbers instead of pointers, -1 is none */

enum { FARMS = 4, GOATS = 10, BELLS = 4, HERBS = 4, DEPTH = 3 };
typedef struct world {
    bool alive[GOATS];
    int farm[GOATS], dam[GOATS], name[GOATS], bell_of[BELLS];
    bool eats[GOATS][HERBS];
} world;

typedef struct play {
    kith_database *database;
    kith_session *session;
    const Farm *farms[FARMS];
    const Goat *goats[GOATS];
    const Bell *bells[BELLS];
    const Herb *herbs[HERBS];
    world now, committed, saved[DEPTH];
    const Goat *committed_goats[GOATS], *saved_goats[DEPTH][GOATS];
    int depth;
    unsigned long seed, step;
    const char *doing;
} play;

static unsigned random_below(play *p, unsigned limit)
{
    p->seed = p->seed * 6364136223846793005UL + 1442695040888963407UL;
    return (unsigned)(p->seed >> 33) % limit;
}

static int living(play *p)
{
    for (int tries = 0; tries < 50; tries++) {
        int g = (int)random_below(p, GOATS);
        if (p->now.alive[g])
            return g;
    }
    return -1;
}

#define CHECK(p, claim) do { if (!(claim)) fail_msg("step %lu (%s): %s  [%s]", (p)->step, (p)->doing, #claim, kith_error_of((p)->session)->message ? kith_error_of((p)->session)->message : "no error"); } while (0)

/* ---------------------------------------------------------------- memory against the model */

static bool in_list(const void *const *items, size_t count, const void *item)
{
    size_t times = 0;
    for (size_t i = 0; i < count; i++)
        times += items[i] == item;
    return times == 1;
}
#define IN(list, item) in_list((const void *const *)(list).items, (list).count, (item))

static void compare_goat(play *p, int g)
{
    const world *w = &p->now;
    const Goat *goat = p->goats[g];
    char name[16];
    size_t kids = 0, herbs = 0;
    snprintf(name, sizeof name, "n%d", w->name[g]);
    CHECK(p, strcmp(goat->name, name) == 0);
    CHECK(p, kith_one(goat, farm) == (w->farm[g] < 0 ? NULL : p->farms[w->farm[g]]));
    CHECK(p, kith_one(goat, dam) == (w->dam[g] < 0 ? NULL : p->goats[w->dam[g]]));
    const Bell *bell = NULL;
    for (int b = 0; b < BELLS; b++)
        if (w->bell_of[b] == g)
            bell = p->bells[b];
    CHECK(p, kith_one(goat, bell) == bell);
    for (int k = 0; k < GOATS; k++)
        kids += w->alive[k] && w->dam[k] == g;
    CHECK(p, kith_many(goat, kids).count == kids);
    for (int h = 0; h < HERBS; h++) {
        herbs += w->eats[g][h];
        CHECK(p, IN(kith_many(goat, herbs), p->herbs[h]) == w->eats[g][h]);
        CHECK(p, IN(kith_many(p->herbs[h], goats), goat) == w->eats[g][h]);
    }
    CHECK(p, kith_many(goat, herbs).count == herbs);
}

static void compare(play *p)
{
    for (int f = 0; f < FARMS; f++) {
        size_t count = 0;
        for (int g = 0; g < GOATS; g++)
            if (p->now.alive[g] && p->now.farm[g] == f) {
                count++;
                CHECK(p, IN(kith_many(p->farms[f], goats), p->goats[g]));
            }
        CHECK(p, kith_many(p->farms[f], goats).count == count);
    }
    for (int g = 0; g < GOATS; g++)
        if (p->now.alive[g])
            compare_goat(p, g);
    for (int b = 0; b < BELLS; b++)
        CHECK(p, kith_one(p->bells[b], goat) == (p->now.bell_of[b] < 0 ? NULL : p->goats[p->now.bell_of[b]]));
    CHECK(p, kith_status_of(p->session) == KITH_OK);
}

/* ---------------------------------------------------------------- the tables against the model, through another session */

static void compare_tables(play *p)
{
    kith_session *session = kith_session_open(p->database);
    int64_t alive = 0, links = 0;
    for (int g = 0; g < GOATS; g++) {
        if (!p->now.alive[g])
            continue;
        alive++;
        const Goat *goat = kith_get(session, Goat, .id = p->goats[g]->id);
        CHECK(p, goat && strcmp(goat->name, p->goats[g]->name) == 0);
        CHECK(p, goat->farm_id.present == (p->now.farm[g] >= 0) && (!goat->farm_id.present || goat->farm_id.value == p->farms[p->now.farm[g]]->id));
        CHECK(p, goat->dam_id.present == (p->now.dam[g] >= 0) && (!goat->dam_id.present || goat->dam_id.value == p->goats[p->now.dam[g]]->id));
        for (int h = 0; h < HERBS; h++)
            links += p->now.eats[g][h];
        links -= (int64_t)kith_many(goat, herbs).count;
    }
    CHECK(p, kith_count(session, Goat) == alive);
    CHECK(p, links == 0);
    for (int b = 0; b < BELLS; b++) {
        const Bell *bell = kith_get(session, Bell, .id = p->bells[b]->id);
        CHECK(p, bell && bell->goat_id.present == (p->now.bell_of[b] >= 0));
        CHECK(p, !bell->goat_id.present || bell->goat_id.value == p->goats[p->now.bell_of[b]]->id);
    }
    CHECK(p, kith_status_of(session) == KITH_OK);
    kith_session_close(session);
}

/* ---------------------------------------------------------------- the operations */

static void birth(play *p)
{
    for (int g = 0; g < GOATS; g++)
        if (!p->now.alive[g]) {
            int f = (int)random_below(p, FARMS + 1) - 1;
            char name[16];
            p->now.name[g] = (int)random_below(p, 1000);
            snprintf(name, sizeof name, "n%d", p->now.name[g]);
            p->goats[g] = f < 0 ? kith_new(p->session, Goat, .name = name) : kith_new(p->session, Goat, .name = name, .farm = { p->farms[f] });
            p->now.alive[g] = true;
            p->now.farm[g] = f;
            p->now.dam[g] = -1;
            memset(p->now.eats[g], 0, sizeof p->now.eats[g]);
            return;
        }
}

static void rename_one(play *p, int g)
{
    char name[16];
    p->now.name[g] = (int)random_below(p, 1000);
    snprintf(name, sizeof name, "n%d", p->now.name[g]);
    kith_set(p->goats[g], name, name);
}

static void move(play *p, int g)
{
    int f = (int)random_below(p, FARMS + 1) - 1;
    if (f < 0)
        kith_set_null(p->goats[g], farm);
    else if (random_below(p, 2))
        kith_set(p->goats[g], farm, p->farms[f]);
    else if (p->now.farm[g] != f)
        kith_append(p->farms[f], goats, p->goats[g]);
    p->now.farm[g] = f;
}

static void leave(play *p, int g)
{
    if (p->now.farm[g] < 0)
        return;
    kith_remove(p->farms[p->now.farm[g]], goats, p->goats[g]);
    p->now.farm[g] = -1;
}

static bool descends(const world *w, int g, int from)
{
    for (int steps = 0; g >= 0 && steps <= GOATS; g = w->dam[g], steps++)
        if (g == from)
            return true;
    return false;
}

static void mother(play *p, int g)
{
    int d = living(p);
    if (descends(&p->now, d, g))
        d = -1;         /* no circles: they are another test's */
    if (d < 0 && p->now.dam[g] >= 0 && random_below(p, 2))
        kith_remove(p->goats[p->now.dam[g]], kids, p->goats[g]);
    else if (d < 0)
        kith_set_null(p->goats[g], dam);
    else if (random_below(p, 2) || p->now.dam[g] == d)
        kith_set(p->goats[g], dam, p->goats[d]);
    else
        kith_append(p->goats[d], kids, p->goats[g]);
    p->now.dam[g] = d;
}

static void ring(play *p, int g)
{
    int b = (int)random_below(p, BELLS + 1) - 1;
    if (b < 0)
        kith_set_null(p->goats[g], bell);
    else if (random_below(p, 2))
        kith_set(p->goats[g], bell, p->bells[b]);
    else
        kith_set(p->bells[b], goat, p->goats[g]);
    for (int k = 0; k < BELLS; k++)
        if (p->now.bell_of[k] == g)
            p->now.bell_of[k] = -1;
    if (b >= 0)
        p->now.bell_of[b] = g;
}

static void feed(play *p, int g)
{
    int h = (int)random_below(p, HERBS);
    bool from_herb = random_below(p, 2);
    if (p->now.eats[g][h] && from_herb)
        kith_remove(p->herbs[h], goats, p->goats[g]);
    else if (p->now.eats[g][h])
        kith_remove(p->goats[g], herbs, p->herbs[h]);
    else if (from_herb)
        kith_append(p->herbs[h], goats, p->goats[g]);
    else
        kith_append(p->goats[g], herbs, p->herbs[h]);
    p->now.eats[g][h] = !p->now.eats[g][h];
}

static void die(play *p, int g)
{
    bool pending = kith_state_of(p->goats[g]) == KITH_PENDING;
    if (pending)
        return;         /* a delete of a new object is another test's */
    kith_delete(p->goats[g]);
    CHECK(p, kith_flush(p->session) == KITH_OK);
    p->now.alive[g] = false;
    for (int k = 0; k < GOATS; k++)
        if (p->now.dam[k] == g)
            p->now.dam[k] = -1;
    for (int b = 0; b < BELLS; b++)
        if (p->now.bell_of[b] == g)
            p->now.bell_of[b] = -1;
    memset(p->now.eats[g], 0, sizeof p->now.eats[g]);
}

static void commit(play *p)
{
    CHECK(p, kith_commit(p->session) == KITH_OK);
    p->depth = 0;
    p->committed = p->now;
    memcpy(p->committed_goats, p->goats, sizeof p->goats);
    compare_tables(p);
}

static void rollback(play *p)
{
    CHECK(p, kith_rollback(p->session) == KITH_OK);
    p->depth = 0;
    p->now = p->committed;
    memcpy(p->goats, p->committed_goats, sizeof p->goats);
}

static void savepoint(play *p)
{
    if (p->depth == DEPTH)
        return;
    CHECK(p, kith_savepoint(p->session) == KITH_OK);
    p->saved[p->depth] = p->now;
    memcpy(p->saved_goats[p->depth++], p->goats, sizeof p->goats);
}

static void end_savepoint(play *p)
{
    if (!p->depth)
        return;
    p->depth--;
    if (random_below(p, 2)) {
        CHECK(p, kith_savepoint_keep(p->session) == KITH_OK);
        return;
    }
    CHECK(p, kith_savepoint_undo(p->session) == KITH_OK);
    p->now = p->saved[p->depth];
    memcpy(p->goats, p->saved_goats[p->depth], sizeof p->goats);
}

static void step(play *p)
{
    static const struct { const char *name; void (*on_goat)(play *, int); void (*on_all)(play *); } operations[] = {
        { "birth", NULL, birth }, { "birth", NULL, birth }, { "rename", rename_one, NULL }, { "move", move, NULL }, { "move", move, NULL },
        { "leave", leave, NULL }, { "mother", mother, NULL }, { "mother", mother, NULL }, { "ring", ring, NULL }, { "feed", feed, NULL },
        { "feed", feed, NULL }, { "die", die, NULL }, { "commit", NULL, commit }, { "rollback", NULL, rollback },
        { "savepoint", NULL, savepoint }, { "end of savepoint", NULL, end_savepoint },
    };
    size_t chosen = random_below(p, sizeof operations / sizeof *operations);
    p->doing = operations[chosen].name;
    int g = living(p);
    if (operations[chosen].on_all)
        operations[chosen].on_all(p);
    else if (g >= 0)
        operations[chosen].on_goat(p, g);
    CHECK(p, kith_status_of(p->session) == KITH_OK);
    if (random_below(p, 3) == 0)
        compare(p);
    if (random_below(p, 7) == 0)
        CHECK(p, kith_flush(p->session) == KITH_OK);
}

static void begin(play *p)
{
    p->session = kith_session_open(p->database);
    for (int f = 0; f < FARMS; f++)
        p->farms[f] = kith_new(p->session, Farm, .name = "farm");
    for (int b = 0; b < BELLS; b++) {
        p->bells[b] = kith_new(p->session, Bell);
        p->now.bell_of[b] = -1;
    }
    for (int h = 0; h < HERBS; h++)
        p->herbs[h] = kith_new(p->session, Herb, .name = "herb");
    for (int g = 0; g < GOATS; g++)
        p->now.farm[g] = p->now.dam[g] = -1;
    p->doing = "begin";
    commit(p);
}

static unsigned long steps = 50000, seed = 0;      /* with autoflush and without: a hundred thousand */

static void whatever_is_done_memory_and_tables_agree(void **state)
{
    (void)state;
    for (int autoflush = 0; autoflush < 2; autoflush++) {
        play p = { .database = kith_open("sqlite://", KITH_MODELS(Farm, Goat, Bell, Herb)), .seed = seed + (unsigned)autoflush };
        assert_int_equal(kith_status_of(p.database), KITH_OK);
        assert_int_equal(kith_create_all(p.database), KITH_OK);
        begin(&p);
        kith_session_autoflush(p.session, autoflush);
        for (p.step = 0; p.step < steps; p.step++)
            step(&p);
        rollback(&p);
        compare(&p);
        compare_tables(&p);
        kith_session_close(p.session);
        kith_close(p.database);
    }
}

int main(int argc, char **argv)
{
    steps = argc > 1 ? strtoul(argv[1], NULL, 10) : steps;
    seed = argc > 2 ? strtoul(argv[2], NULL, 10) : 20261125;
    print_message("%lu steps, seed %lu\n", steps, seed);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whatever_is_done_memory_and_tables_agree),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
