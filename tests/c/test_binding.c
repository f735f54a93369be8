/*
 * A small binding: models that are built at run time, objects held through its own pointers and dropped at random, as a language
 * with its own memory would. Nothing here uses a KITH_MODEL or a struct of the program: all is names, types and offsets.
 */
#include "support.h"

#include <kith/kith.h>
#include <kith/sys/model.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---------------------------------------------------------------- the models, as data */

typedef struct vine { kith_attribute attributes[8]; kith_model model; } vine;       /* a model that is being built */
typedef struct lesson { vine business, raccoon, trashcan; kith_database *database; kith_session *nursery; char url[32]; } lesson;

static void begin(vine *v, const char *name, const char *table)
{
    v->model = (kith_model){ .abi = KITH_ABI, .attribute_size = sizeof(kith_attribute), .name = name, .table = table, .attributes = v->attributes };
}

static kith_attribute *member(vine *v, const char *name, uint32_t type, size_t size)
{
    kith_attribute *attribute = &v->attributes[v->model.count++];
    *attribute = (kith_attribute){ .name = name, .offset = v->model.size, .size = size, .type = type };
    v->model.size += size;
    return attribute;
}

static void key(vine *v) { member(v, "id", KITH_TYPE_OPT + KITH_TYPE_INT, sizeof(kith_opt_int))->primary_key = true; }

static kith_attribute *relation(vine *v, const char *name, uint32_t type, vine *target, const char *back)
{
    kith_attribute *attribute = member(v, name, type, 2 * sizeof(void *));
    attribute->target_model = &target->model;
    attribute->back_populates = back;
    return attribute;
}

static void foreign(vine *v, const char *name, const char *column)
{
    member(v, name, KITH_TYPE_OPT + KITH_TYPE_INT, sizeof(kith_opt_int))->foreign_key = column;
}

static size_t at(const vine *v, const char *name)
{
    for (size_t i = 0; i < v->model.count; i++)
        if (strcmp(v->attributes[i].name, name) == 0)
            return v->attributes[i].offset;
    fail_msg("no member %s", name);
    return 0;
}

static int set_up(void **state)
{
    lesson *l = calloc(1, sizeof *l);
    assert_non_null(l);
    begin(&l->business, "Business", "businesses_table");
    key(&l->business);
    member(&l->business, "name", KITH_TYPE_TEXT, sizeof(char *));
    relation(&l->business, "trashcans", KITH_TYPE_MANY, &l->trashcan, "business");
    kith_attribute *proxy = member(&l->business, "raccoons", KITH_TYPE_PROXY, 2 * sizeof(void *));
    proxy->through = "trashcans";
    proxy->attribute = "raccoon";
    begin(&l->raccoon, "Raccoon", "raccoons_table");
    key(&l->raccoon);
    member(&l->raccoon, "name", KITH_TYPE_TEXT, sizeof(char *));
    relation(&l->raccoon, "trashcans", KITH_TYPE_MANY, &l->trashcan, "raccoon");
    begin(&l->trashcan, "Trashcan", "trashcans_table");
    key(&l->trashcan);
    foreign(&l->trashcan, "business_id", "businesses_table.id");
    foreign(&l->trashcan, "raccoon_id", "raccoons_table.id");
    relation(&l->trashcan, "business", KITH_TYPE_ONE, &l->business, "trashcans");
    relation(&l->trashcan, "raccoon", KITH_TYPE_ONE, &l->raccoon, "trashcans");
    const kith_model *models[] = { &l->business.model, &l->raccoon.model, &l->trashcan.model };
    l->database = kith_sys_open("sqlite://", models, 3);
    if (kith_database_status(l->database))
        fail_msg("%s", kith_database_error(l->database)->message);
    assert_int_equal(kith_create_all(l->database), KITH_OK);
    assert_non_null(l->nursery = kith_sys_nursery_open(l->database));
    *state = l;
    return 0;
}

static int tear_down(void **state)
{
    lesson *l = *state;
    kith_session_close(l->nursery);
    kith_close(l->database);
    free(l);
    return 0;
}

static kith_session *sweeping(lesson *l)
{
    kith_session *session = kith_session_open(l->database);
    kith_test_ok(session);
    kith_sys_session_sweeps(session, l->nursery);
    return session;
}

/* ---------------------------------------------------------------- what the binding does with them */

static char held;       /* its address is a binding's pointer */

static const void *hold(const void *object) { kith_sys_bind(object, &held); return object; }
static void drop(const void *object) { kith_sys_bind(object, NULL); }

static const void *named(kith_session *in, const vine *v, const char *name)
{
    char values[256] = { 0 };
    assert_true(v->model.size <= sizeof values);
    memcpy(values + at(v, "name"), &name, sizeof name);
    const void *object = kith_sys_new(in, &v->model, values);
    assert_non_null(object);
    return hold(object);
}

static const void *bare(kith_session *in, const vine *v)
{
    char values[256] = { 0 };
    const void *object = kith_sys_new(in, &v->model, values);
    assert_non_null(object);
    return hold(object);
}

static const char *name_of(const vine *v, const void *object)
{
    const char *name;
    memcpy(&name, (const char *)object + at(v, "name"), sizeof name);
    return name;
}

static kith_opt_int id_of(const vine *v, const void *object)
{
    kith_opt_int id;
    memcpy(&id, (const char *)object + at(v, "id"), sizeof id);
    return id;
}

typedef struct list { const void *const *items; size_t count; } list;
static list many(const vine *v, const void *object, const char *name) { return *(const list *)kith_many_(object, at(v, name)); }
static const void *one(const vine *v, const void *object, const char *name) { return kith_one_(object, at(v, name)); }
static void set_one(const vine *v, const void *object, const char *name, const void *target) { kith_set_(object, at(v, name), kith_of_object(target)); }
static list all(kith_session *session, const vine *v) { return *(const list *)kith_all_(session, &v->model, &(const kith_query){ .size_ = sizeof(kith_query) }); }
static const void *get(kith_session *session, const vine *v, int64_t id)
{
    char values[256] = { 0 };
    kith_opt_int key_value = kith_some_int(id);
    memcpy(values + at(v, "id"), &key_value, sizeof key_value);
    return kith_get_(session, &v->model, values);
}

/* rocky and dan, the corner shop and the cafe, and the lesson's three trashcans */
static void stock(lesson *l, kith_session *session)
{
    const void *rocky = named(l->nursery, &l->raccoon, "Rocky Raccoon"), *dan = named(l->nursery, &l->raccoon, "Dan");
    const void *shop = named(l->nursery, &l->business, "Corner Shop"), *cafe = named(l->nursery, &l->business, "Cafe");
    const void *cans[3], *owners[] = { rocky, rocky, dan }, *places[] = { shop, cafe, shop };     /* in the order in which rocky reaches them */
    for (size_t i = 0; i < 3; i++) {
        cans[i] = bare(l->nursery, &l->trashcan);
        set_one(&l->trashcan, cans[i], "raccoon", owners[i]);
        set_one(&l->trashcan, cans[i], "business", places[i]);
    }
    assert_int_equal(kith_attach(session, rocky), KITH_OK);
    assert_int_equal(kith_state_of(cafe), KITH_PENDING);        /* rocky's second trashcan is there */
    assert_int_equal(kith_commit(session), KITH_OK);
    for (size_t i = 0; i < 3; i++)
        drop(cans[i]);
    drop(rocky), drop(dan), drop(shop), drop(cafe);
}

/* ---------------------------------------------------------------- tests */

static void the_lesson_runs_on_models_that_were_built_at_run_time(void **state)
{
    lesson *l = *state;
    kith_session *session = sweeping(l);
    stock(l, session);
    kith_session_close(session);
    session = sweeping(l);
    list cans = all(session, &l->trashcan);
    assert_int_equal(cans.count, 3);
    assert_string_equal(name_of(&l->raccoon, one(&l->trashcan, cans.items[1], "raccoon")), "Rocky Raccoon");
    assert_string_equal(name_of(&l->business, one(&l->trashcan, cans.items[1], "business")), "Cafe");
    list shops = all(session, &l->business);
    size_t seen = 0;
    for (size_t i = 0; i < shops.count; i++)
        seen += many(&l->business, shops.items[i], "raccoons").count;
    assert_int_equal(seen, 3);
    kith_test_ok(session);
    kith_session_close(session);
}

static void objects_that_are_nobodys_keep_both_sides_in_step(void **state)
{
    lesson *l = *state;
    const void *rocky = named(l->nursery, &l->raccoon, "Rocky"), *can = bare(l->nursery, &l->trashcan);
    set_one(&l->trashcan, can, "raccoon", rocky);
    assert_int_equal(many(&l->raccoon, rocky, "trashcans").count, 1);
    assert_ptr_equal(many(&l->raccoon, rocky, "trashcans").items[0], can);
    assert_false(id_of(&l->raccoon, rocky).present);
    assert_int_equal(kith_state_of(rocky), KITH_TRANSIENT);
    kith_test_ok(l->nursery);
    drop(rocky), drop(can);
    kith_sys_sweep(l->nursery);
    assert_int_equal(kith_sys_session_bytes(l->nursery), 0);
}

static void an_object_that_is_nobodys_joins_by_being_related(void **state)
{
    lesson *l = *state;
    kith_session *session = sweeping(l);
    const void *rocky = named(l->nursery, &l->raccoon, "Rocky"), *can = bare(l->nursery, &l->trashcan);
    assert_int_equal(kith_attach(session, rocky), KITH_OK);
    assert_ptr_equal(kith_sys_session_of(rocky), session);
    kith_append_(rocky, at(&l->raccoon, "trashcans"), kith_of_object(can));
    assert_ptr_equal(kith_sys_session_of(can), session);
    assert_int_equal(kith_state_of(can), KITH_PENDING);
    assert_int_equal(kith_commit(session), KITH_OK);
    assert_true(id_of(&l->trashcan, can).present);
    kith_session_close(session);
    drop(rocky), drop(can);
}

static void a_held_object_outlives_its_session_and_stays_readable(void **state)
{
    lesson *l = *state;
    kith_session *session = sweeping(l);
    stock(l, session);
    const void *rocky = hold(get(session, &l->raccoon, 1));
    kith_session_close(session);
    assert_string_equal(name_of(&l->raccoon, rocky), "Rocky Raccoon");
    assert_int_equal(kith_state_of(rocky), KITH_DETACHED);
    assert_ptr_equal(kith_sys_session_of(rocky), l->nursery);
    session = sweeping(l);
    assert_int_equal(kith_attach(session, rocky), KITH_OK);
    assert_int_equal(many(&l->raccoon, rocky, "trashcans").count, 2);
    kith_test_ok(session);
    kith_session_close(session);
    drop(rocky);
    kith_sys_sweep(l->nursery);
    assert_int_equal(kith_sys_session_bytes(l->nursery), 0);
}

static void what_is_new_or_changed_is_never_swept(void **state)
{
    lesson *l = *state;
    kith_session *session = sweeping(l);
    stock(l, session);
    kith_set_(get(session, &l->raccoon, 2), at(&l->raccoon, "name"), kith_of_text("Daniel"));
    const void *fresh = named(l->nursery, &l->raccoon, "Fresh");
    assert_int_equal(kith_attach(session, fresh), KITH_OK);
    drop(fresh);
    kith_sys_sweep(session);
    assert_int_equal(kith_commit(session), KITH_OK);
    assert_string_equal(name_of(&l->raccoon, get(session, &l->raccoon, 2)), "Daniel");
    assert_int_equal(all(session, &l->raccoon).count, 3);
    kith_session_close(session);
}

static void what_nothing_holds_is_let_go_though_both_sides_are_loaded(void **state)
{
    lesson *l = *state;
    kith_session *session = sweeping(l);
    stock(l, session);
    const void *dan = hold(get(session, &l->raccoon, 2));
    list raccoons = all(session, &l->raccoon);
    for (size_t i = 0; i < raccoons.count; i++)
        many(&l->raccoon, raccoons.items[i], "trashcans");
    kith_sys_sweep(session);
    size_t before = (size_t)kith_statement_count(session);
    assert_ptr_equal(get(session, &l->raccoon, 2), dan);
    assert_int_equal(kith_statement_count(session) - (int64_t)before, 0);
    assert_non_null(get(session, &l->raccoon, 1));      /* it went: it is read again */
    assert_int_equal(kith_statement_count(session) - (int64_t)before, 1);
    drop(dan);
    kith_session_close(session);
}

static void ten_thousand_graphs_with_both_sides_loaded_stay_flat(void **state)
{
    lesson *l = *state;
    kith_session *session = sweeping(l);
    stock(l, session);
    const void *forever = hold(get(session, &l->business, 1));
    size_t most = 0, settled = 0;
    for (int i = 0; i < 10000; i++) {
        list shops = all(session, &l->business);
        for (size_t k = 0; k < shops.count; k++) {
            list cans = many(&l->business, shops.items[k], "trashcans");
            for (size_t c = 0; c < cans.count; c++)
                assert_non_null(one(&l->trashcan, cans.items[c], "raccoon"));
        }
        assert_int_equal(kith_commit(session), KITH_OK);
        if (i == 100)
            settled = kith_sys_session_bytes(session);
        if (kith_sys_session_bytes(session) > most)
            most = kith_sys_session_bytes(session);
    }
    assert_true(most <= settled + 65536);
    assert_string_equal(name_of(&l->business, forever), "Corner Shop");
    drop(forever);
    kith_session_close(session);
}

enum { HANDS = 40, ROWS = 300, STEPS = 20000 };

static unsigned long next_random(unsigned long *seed) { *seed = *seed * 6364136223846793005UL + 1442695040888963407UL; return *seed >> 33; }

/* A name says which row it belongs to, so a struct that was freed or reused shows. */
static void random_step(lesson *l, kith_session *session, const void **hands, unsigned long *seed)
{
    size_t hand = next_random(seed) % HANDS;
    int64_t id = (int64_t)(next_random(seed) % ROWS) + 1;
    char expected[32];
    size_t copies = 0;
    for (size_t i = 0; i < HANDS; i++)
        copies += hands[i] == hands[hand];
    if (hands[hand] && copies == 1)
        drop(hands[hand]);
    hands[hand] = get(session, &l->raccoon, id);
    assert_non_null(hands[hand]);
    hold(hands[hand]);
    snprintf(expected, sizeof expected, "raccoon %lld", (long long)id);
    assert_string_equal(name_of(&l->raccoon, hands[hand]), expected);
    switch (next_random(seed) % 8) {
    case 0: kith_sys_sweep(session); break;
    case 1: assert_int_equal(kith_commit(session), KITH_OK); break;
    case 2: many(&l->raccoon, hands[hand], "trashcans"); break;
    case 3: {
        const void *can = bare(l->nursery, &l->trashcan);
        set_one(&l->trashcan, can, "raccoon", hands[hand]);
        drop(can);
        break;
    }
    case 4: assert_int_equal(kith_rollback(session), KITH_OK); break;
    default: break;
    }
    for (size_t i = 0; i < HANDS; i++)
        if (hands[i]) {
            snprintf(expected, sizeof expected, "raccoon %lld", (long long)id_of(&l->raccoon, hands[i]).value);
            assert_string_equal(name_of(&l->raccoon, hands[i]), expected);
            assert_ptr_equal(kith_sys_binding(hands[i]), &held);
        }
}

static void objects_held_and_dropped_at_random_stay_what_they_are(void **state)
{
    lesson *l = *state;
    kith_session *session = sweeping(l);
    const void *hands[HANDS] = { NULL };
    unsigned long seed = 20261125;
    for (int i = 1; i <= ROWS; i++) {
        char name[32];
        snprintf(name, sizeof name, "raccoon %d", i);
        const void *raccoon = named(l->nursery, &l->raccoon, name);
        assert_int_equal(kith_attach(session, raccoon), KITH_OK);
        drop(raccoon);
    }
    assert_int_equal(kith_commit(session), KITH_OK);
    for (int step = 0; step < STEPS; step++)
        random_step(l, session, hands, &seed);
    kith_test_ok(session);
    for (size_t i = 0; i < HANDS; i++)
        if (hands[i])
            drop(hands[i]);
    kith_session_close(session);
}

/* 124: what was loaded when the session closed is there, what was outdated says so */
static void what_outlives_its_session_knows_what_was_outdated(void **state)
{
    lesson *l = *state;
    kith_session *session = sweeping(l);
    stock(l, session);
    const void *rocky = hold(get(session, &l->raccoon, 1)), *dan = hold(get(session, &l->raccoon, 2));
    assert_int_equal(kith_commit(session), KITH_OK);
    assert_int_equal(kith_sys_look_at(rocky), KITH_SYS_OUTDATED);
    kith_sys_fresh(rocky);
    kith_set_(rocky, at(&l->raccoon, "name"), kith_of_text("written"));
    kith_sys_expire(rocky);                             /* and that is forgotten */
    kith_sys_fresh(rocky);
    assert_string_equal(name_of(&l->raccoon, rocky), "Rocky Raccoon");
    assert_int_equal(many(&l->raccoon, rocky, "trashcans").count, 2);
    kith_sys_expire(dan);
    kith_test_ok(session);
    kith_session_close(session);
    assert_int_equal(kith_state_of(rocky), KITH_DETACHED);
    assert_int_equal(kith_sys_look_at(rocky), KITH_SYS_CURRENT);
    assert_true(kith_sys_is_loaded(rocky, at(&l->raccoon, "trashcans")));
    assert_int_equal(many(&l->raccoon, rocky, "trashcans").count, 2);
    assert_int_equal(kith_sys_look_at(dan), KITH_SYS_OUTDATED);
    assert_false(kith_sys_is_loaded(dan, at(&l->raccoon, "trashcans")));
    drop(rocky);
    drop(dan);
}

/* 114: what is called before and after each flush; the first may still change objects, and may refuse */
typedef struct calls { const lesson *l; int before, after, refuse; } calls;

static int count_calls(kith_session *session, void *arg, bool after)
{
    calls *c = arg;
    *(after ? &c->after : &c->before) += 1;
    const void *object;
    if (!after && kith_sys_objects(session, KITH_SYS_NEW, &object, 1) && kith_sys_model_of(object) == &c->l->raccoon.model)
        kith_set_(object, at(&c->l->raccoon, "name"), kith_of_text("named by the hook"));
    return after ? 0 : c->refuse;
}

static void what_hooks_into_a_flush_is_called_around_it(void **state)
{
    lesson *l = *state;
    calls c = { .l = l };
    kith_session *session = kith_session_open(l->database);
    kith_sys_session_hook(session, count_calls, &c);
    assert_int_equal(kith_commit(session), KITH_OK);
    assert_int_equal(c.before, 0);                      /* nothing is to be written: no flush */
    void *values = calloc(1, l->raccoon.model.size);
    const void *raccoon = kith_add_(session, &l->raccoon.model, values);
    free(values);
    assert_int_equal(kith_commit(session), KITH_OK);
    assert_true(c.before == 1 && c.after == 1);
    assert_string_equal(name_of(&l->raccoon, raccoon), "named by the hook");
    c.refuse = KITH_MISUSE;
    kith_set_(raccoon, at(&l->raccoon, "name"), kith_of_text("no"));
    assert_int_equal(kith_commit(session), KITH_MISUSE);
    assert_true(c.before == 2 && c.after == 1);
    assert_int_equal(kith_rollback(session), KITH_OK);
    assert_string_equal(name_of(&l->raccoon, raccoon), "named by the hook");
    kith_sys_session_hook(session, NULL, NULL);
    kith_session_close(session);
}

int main(void)
{
#define ON(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        ON(the_lesson_runs_on_models_that_were_built_at_run_time),
        ON(objects_that_are_nobodys_keep_both_sides_in_step),
        ON(an_object_that_is_nobodys_joins_by_being_related),
        ON(a_held_object_outlives_its_session_and_stays_readable),
        ON(what_is_new_or_changed_is_never_swept),
        ON(what_nothing_holds_is_let_go_though_both_sides_are_loaded),
        ON(ten_thousand_graphs_with_both_sides_loaded_stay_flat),
        ON(objects_held_and_dropped_at_random_stay_what_they_are),
        ON(what_outlives_its_session_knows_what_was_outdated),
        ON(what_hooks_into_a_flush_is_called_around_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
