/*
 * A small binding: models that are built at run time, objects held through its own pointers and dropped at random, as a language
 * with its own memory would. Nothing here uses a KITH_MODEL or a struct of the program: all is names, types and offsets.
 */
#include "support.h"

#include <kith/kith.h>
#include <kith/sys/model.h>
#include <kith/sys/query.h>
#include <kith/sys/text.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---------------------------------------------------------------- the models, as data */

typedef struct vine { kith_attribute attributes[8]; kith_model model; } vine;       /* a model that is being built */
typedef struct lesson { vine business, raccoon, trashcan, badge; kith_database *database; kith_session *nursery; char url[32]; } lesson;

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
    relation(&l->raccoon, "badge", KITH_TYPE_ONE, &l->badge, "raccoon");
    begin(&l->badge, "Badge", "badges_table");
    key(&l->badge);
    foreign(&l->badge, "raccoon_id", "raccoons_table.id");
    relation(&l->badge, "raccoon", KITH_TYPE_ONE, &l->raccoon, "badge");
    begin(&l->trashcan, "Trashcan", "trashcans_table");
    key(&l->trashcan);
    foreign(&l->trashcan, "business_id", "businesses_table.id");
    foreign(&l->trashcan, "raccoon_id", "raccoons_table.id");
    relation(&l->trashcan, "business", KITH_TYPE_ONE, &l->business, "trashcans");
    relation(&l->trashcan, "raccoon", KITH_TYPE_ONE, &l->raccoon, "trashcans");
    const kith_model *models[] = { &l->business.model, &l->raccoon.model, &l->trashcan.model, &l->badge.model };
    l->database = kith_sys_open("sqlite://", models, 4);
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

/* Bytes that malloc has given and not got back; 0 where another takes its place. */
static size_t heap(void) { return mallinfo2().uordblks; }

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
    kith_set_(rocky, at(&l->raccoon, "name"), kith_of_text("Daniel"));      /* and what was written and never sent goes along */
    kith_session_close(session);
    assert_string_equal(name_of(&l->raccoon, rocky), "Daniel");
    session = sweeping(l);
    assert_int_equal(kith_attach(session, rocky), KITH_OK);
    assert_int_equal(kith_commit(session), KITH_OK);
    kith_session_close(session);
    session = sweeping(l);
    assert_string_equal(name_of(&l->raccoon, get(session, &l->raccoon, 1)), "Daniel");
    kith_session_close(session);
    drop(rocky);
    kith_sys_sweep(l->nursery);
    assert_int_equal(kith_sys_session_bytes(l->nursery), 0);
}

/* 104: columns, and neither the key nor relationships */
static void what_is_written_to_a_detached_object_is_sent_once_a_session_has_it(void **state)
{
    lesson *l = *state;
    kith_session *session = sweeping(l);
    stock(l, session);
    const void *rocky = hold(get(session, &l->raccoon, 1)), *dan = hold(get(session, &l->raccoon, 2));
    size_t name = at(&l->raccoon, "name");
    kith_detach_(dan);
    kith_set_(dan, name, kith_of_text("Daniel"));
    kith_set_(dan, at(&l->raccoon, "id"), kith_of_int(9));
    assert_string_equal(kith_error_of(session)->code, "object.deleted");
    kith_error_clear(session);
    kith_set_(dan, at(&l->raccoon, "badge"), kith_of_object(NULL));
    assert_string_equal(kith_error_of(session)->code, "object.deleted");
    kith_error_clear(session);
    assert_int_equal(kith_attach(session, dan), KITH_OK);
    kith_session_close(session);
    assert_false(kith_sys_is_written(rocky, name));
    kith_set_(rocky, name, kith_of_text(name_of(&l->raccoon, rocky)));
    assert_true(kith_sys_is_written(rocky, name) && !kith_sys_is_changed(rocky, name));     /* to what it was */
    assert_false(kith_sys_is_written(rocky, at(&l->raccoon, "id")) || kith_sys_is_written(rocky, at(&l->raccoon, "badge")) || kith_sys_is_written(NULL, name));
    kith_set_(rocky, name, kith_of_text("Rocco"));
    kith_test_ok(l->nursery);
    assert_string_equal(name_of(&l->raccoon, rocky), "Rocco");
    session = sweeping(l);
    assert_int_equal(kith_attach(session, rocky), KITH_OK);
    assert_int_equal(kith_attach(session, dan), KITH_OK);      /* whose session was closed before it was sent */
    assert_int_equal(kith_commit(session), KITH_OK);
    drop(rocky);
    drop(dan);
    kith_session_close(session);
    session = sweeping(l);
    assert_string_equal(name_of(&l->raccoon, get(session, &l->raccoon, 1)), "Rocco");
    assert_string_equal(name_of(&l->raccoon, get(session, &l->raccoon, 2)), "Daniel");
    kith_session_close(session);
}

/* What nobody holds goes, and the view of its proxy with it. */
static void a_view_goes_with_its_object(void **state)
{
    lesson *l = *state;
    kith_session *session = sweeping(l);
    stock(l, session);
    assert_int_equal(kith_commit(session), KITH_OK);
    const void *shop = hold(all(session, &l->business).items[0]);
    assert_true(many(&l->business, shop, "raccoons").count > 0);
    drop(shop);
    kith_sys_sweep(session);
    assert_int_equal(kith_sys_session_bytes(session), 0);
    shop = hold(all(session, &l->business).items[0]);
    assert_true(many(&l->business, shop, "raccoons").count > 0);
    kith_session_close(session);
    assert_true(many(&l->business, shop, "raccoons").count > 0);     /* it is read from what is in memory */
    drop(shop);
    kith_sys_sweep(l->nursery);
    assert_int_equal(kith_sys_session_bytes(l->nursery), 0);
}

/* What an engine does not store is refused by the engine's name: without one it stays, until it is sent. */
static void a_model_without_an_engine_takes_any_number(void **state)
{
    (void)state;
    vine reading = { .attributes = { { .name = NULL } } };
    begin(&reading, "Reading", "readings");
    key(&reading);
    member(&reading, "level", KITH_TYPE_REAL, sizeof(double));
    const kith_model *models[] = { &reading.model };
    kith_database *database = kith_sys_models(models, 1);
    assert_int_equal(kith_database_status(database), KITH_OK);
    kith_session *nursery = kith_sys_nursery_open(database);
    char values[64] = { 0 };
    const char *object = kith_sys_new(nursery, &reading.model, values);
    assert_non_null(object);
    double nothing = strtod("nan", NULL), level;
    kith_set_(object, at(&reading, "level"), (kith_value){ .type = KITH_TYPE_REAL, .d = nothing });
    kith_test_ok(nursery);
    memcpy(&level, object + at(&reading, "level"), sizeof level);
    assert_true(level != level);
    kith_session_close(nursery);
    kith_close(database);
}

/* Without a transaction nothing goes back to an older text, so it goes. */
static void an_object_that_is_nobodys_keeps_the_last_of_its_texts(void **state)
{
    lesson *l = *state;
    char text[1024];
    const void *rocky = named(l->nursery, &l->raccoon, "Rocky");
    size_t before = heap();
    for (int i = 0; i < 1000; i++) {
        memset(text, 'a' + i % 26, sizeof text - 1);
        text[sizeof text - 1] = '\0';
        kith_set_(rocky, at(&l->raccoon, "name"), kith_of_text(text));
    }
    kith_test_ok(l->nursery);
    assert_string_equal(name_of(&l->raccoon, rocky), text);
    assert_true(heap() < before + 8 * sizeof text);
    drop(rocky);
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
    size_t most = 0, settled = 0, heap_settled = 0;
    for (int i = 0; i < 10000; i++) {
        list shops = all(session, &l->business);
        for (size_t k = 0; k < shops.count; k++) {
            list cans = many(&l->business, shops.items[k], "trashcans");
            for (size_t c = 0; c < cans.count; c++)
                assert_non_null(one(&l->trashcan, cans.items[c], "raccoon"));
        }
        assert_int_equal(kith_commit(session), KITH_OK);
        if (i == 100) {
            settled = kith_sys_session_bytes(session);
            heap_settled = heap();
        }
        if (kith_sys_session_bytes(session) > most)
            most = kith_sys_session_bytes(session);
    }
    assert_true(most <= settled + 65536);
    assert_true(heap() <= heap_settled + 65536);        /* the siblings of each load too */
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
    assert_false(kith_sys_is_claimed(rocky, at(&l->raccoon, "trashcans")));
    assert_true(kith_sys_claim(rocky, at(&l->raccoon, "trashcans")) && kith_sys_is_claimed(rocky, at(&l->raccoon, "trashcans")));
    assert_false(kith_sys_is_claimed(dan, at(&l->raccoon, "trashcans")) || kith_sys_claim(dan, at(&l->raccoon, "name")) || kith_sys_claim(&l, 0) || kith_sys_is_claimed(NULL, 0));
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

static int close_it(kith_session *session, void *arg, bool after)
{
    if (after != *(const bool *)arg)
        return KITH_OK;
    assert_true(kith_sys_session_is_flushing(session));
    kith_session_close(session);
    assert_string_equal(kith_error_of(session)->code, "session.flushing");
    kith_clear(session);
    return kith_status_of(session);
}

typedef struct maker { lesson *l; int makes; } maker;

static int make_another(kith_session *session, void *arg, bool after)
{
    maker *m = arg;
    if (!after || m->makes-- <= 0)
        return KITH_OK;
    void *values = calloc(1, m->l->raccoon.model.size);
    kith_add_(session, &m->l->raccoon.model, values);
    free(values);
    return KITH_OK;
}

static void a_hook_neither_closes_its_session_nor_makes_for_ever(void **state)
{
    lesson *l = *state;
    kith_session *session = kith_session_open(l->database);
    void *values = calloc(1, l->raccoon.model.size);
    for (int after = 0; after < 2; after++) {
        bool when = after;
        kith_sys_session_hook(session, close_it, &when);
        kith_add_(session, &l->raccoon.model, values);
        assert_int_equal(kith_flush(session), KITH_MISUSE);
        kith_sys_session_hook(session, NULL, NULL);
        assert_false(kith_sys_session_is_flushing(session));
        assert_int_equal(kith_rollback(session), KITH_OK);
        assert_int_equal(all(session, &l->raccoon).count, 0);
    }
    maker some = { l, 50 }, many = { l, 1000 };
    kith_sys_session_hook(session, make_another, &some);        /* which is all of one commit */
    kith_add_(session, &l->raccoon.model, values);
    assert_int_equal(kith_commit(session), KITH_OK);
    assert_int_equal(kith_rollback(session), KITH_OK);
    assert_int_equal(all(session, &l->raccoon).count, 51);
    kith_sys_session_hook(session, make_another, &many);
    kith_add_(session, &l->raccoon.model, values);
    assert_int_equal(kith_commit(session), KITH_MISUSE);
    assert_string_equal(kith_error_of(session)->code, "flush.endless");
    kith_sys_session_hook(session, NULL, NULL);
    assert_int_equal(kith_rollback(session), KITH_OK);
    assert_int_equal(all(session, &l->raccoon).count, 51);
    free(values);
    kith_session_close(session);
}

/* ---------------------------------------------------------------- one nursery, many sessions */

/* What sessions share is changed before the binding's lock is given up: both ends are of one session then, and nothing else has happened. */
static void two_ends_meet_in_one_session_and_are_not_related_by_it(void **state)
{
    lesson *l = *state;
    kith_session *session = sweeping(l), *other = sweeping(l);
    stock(l, session);
    int64_t before = kith_statement_count(session);
    size_t trashcans = at(&l->raccoon, "trashcans"), raccoon = at(&l->trashcan, "raccoon");
    const void *rocky = hold(get(session, &l->raccoon, 1)), *can = bare(l->nursery, &l->trashcan), *second = bare(l->nursery, &l->trashcan);
    before += 1;
    kith_sys_meet(rocky, trashcans, rocky);                             /* no trashcan */
    kith_sys_meet(rocky, at(&l->raccoon, "name"), can);                 /* no relationship */
    kith_sys_meet(rocky, trashcans, NULL);
    kith_sys_meet(NULL, trashcans, can);
    assert_ptr_equal(kith_sys_session_of(can), l->nursery);
    kith_sys_meet(rocky, trashcans, can);                               /* the item comes to the owner, */
    assert_ptr_equal(kith_sys_session_of(can), session);
    kith_sys_meet(second, raccoon, rocky);                              /* the owner to the item */
    assert_ptr_equal(kith_sys_session_of(second), session);
    assert_int_equal(kith_state_of(can), KITH_TRANSIENT);
    assert_null(one(&l->trashcan, can, "raccoon"));
    assert_int_equal(kith_statement_count(session), before);
    assert_int_equal(many(&l->raccoon, rocky, "trashcans").count, 2);
    const void *dan = hold(get(other, &l->raccoon, 2));
    kith_sys_meet(dan, trashcans, can);                                 /* of two sessions: each stays where it is, and nobody is told */
    assert_ptr_equal(kith_sys_session_of(can), session);
    kith_test_ok(session);
    kith_test_ok(other);
    set_one(&l->trashcan, can, "raccoon", rocky);
    assert_int_equal(kith_commit(session), KITH_OK);
    assert_int_equal(kith_state_of(can), KITH_PERSISTENT);
    assert_int_equal(kith_state_of(second), KITH_TRANSIENT);            /* it was in the session's memory, and never added */
    drop(rocky), drop(dan), drop(can), drop(second);
    kith_session_close(session);
    kith_session_close(other);
}

static size_t new_ones(kith_session *session) { const void *none; return kith_sys_objects(session, KITH_SYS_NEW, &none, 0); }

/* A one-to-one that was set in the nursery is noted by the session that the objects join, and by nobody else: the nursery's sweep would
 * follow it to where the session had its memory. */
static void a_one_to_one_that_was_set_in_the_nursery_goes_along_and_is_forgotten_there(void **state)
{
    lesson *l = *state;
    for (int round = 0; round < 3; round++) {
        kith_session *session = sweeping(l);
        const void *rocky = named(l->nursery, &l->raccoon, "Rocky"), *badge = bare(l->nursery, &l->badge);
        set_one(&l->raccoon, rocky, "badge", badge);
        assert_ptr_equal(one(&l->badge, badge, "raccoon"), rocky);
        kith_sys_sweep(l->nursery);                                     /* both are held */
        assert_ptr_equal(one(&l->raccoon, rocky, "badge"), badge);
        assert_int_equal(kith_attach(session, rocky), KITH_OK);
        assert_int_equal(new_ones(session), 2);
        assert_true(kith_sys_is_changed(rocky, at(&l->raccoon, "badge")));
        assert_int_equal(kith_commit(session), KITH_OK);
        assert_false(kith_sys_is_changed(rocky, at(&l->raccoon, "badge")));     /* else it is newer than its row for ever */
        assert_ptr_equal(one(&l->raccoon, rocky, "badge"), badge);
        drop(rocky), drop(badge);
        kith_session_close(session);
        kith_sys_sweep(l->nursery);
        assert_int_equal(kith_sys_session_bytes(l->nursery), 0);
    }
}

/* The page of an object that is nobody's has room for its texts and for no more. */
static void an_object_that_is_nobodys_takes_what_its_texts_need(void **state)
{
    lesson *l = *state;
    char name[10001];
    size_t without = 0;
    for (size_t length = 0; length < sizeof name; length += length < 300 ? 1 : 97) {
        memset(name, 'x', length);
        name[length] = 0;
        const void *object = named(l->nursery, &l->raccoon, name);
        size_t bytes = kith_sys_session_bytes(l->nursery);
        without = length ? without : bytes;
        assert_string_equal(name_of(&l->raccoon, object), name);
        assert_true(bytes <= without + length + 8);
        kith_set_(object, at(&l->raccoon, "name"), kith_of_text("another"));
        assert_string_equal(name_of(&l->raccoon, object), "another");
        drop(object);
        kith_sys_sweep(l->nursery);
        assert_int_equal(kith_sys_session_bytes(l->nursery), 0);
    }
}

/* ---------------------------------------------------------------- many of them */

enum { CROWD = 30000, HELD_EACH = 3000 };

static void crowd(lesson *l, kith_session *session)
{
    for (int i = 1; i <= CROWD; i++) {
        char name[32];
        snprintf(name, sizeof name, "raccoon %d", i);
        const void *raccoon = named(l->nursery, &l->raccoon, name);
        assert_int_equal(kith_attach(session, raccoon), KITH_OK);
        drop(raccoon);
    }
    assert_int_equal(kith_commit(session), KITH_OK);
}

/* The objects that a query finds, as a list. `rows` is to be freed. */
static void found(lesson *l, kith_session *session, const vine *v, bool listed, kith_sys_rows *rows)
{
    kith_sys_query *query = kith_sys_query_new(l->database);
    kith_sys_select *select = kith_sys_select_new(query);
    assert_int_equal(kith_sys_from(select, v->model.table, NULL, NULL, NULL, KITH_SYS_JOIN_INNER), 0);
    assert_int_equal(kith_sys_entity(select, &v->model, v->model.table), 0);
    assert_int_equal(kith_sys_order(select, kith_sys_column(query, NULL, v->model.table, "id"), false, 0), 0);
    assert_int_equal(kith_sys_fetch(session, select, &(kith_sys_options){ .listed = listed }, rows), KITH_OK);
    kith_sys_query_free(query);
}

static void what_a_query_finds_may_be_a_list(void **state)
{
    lesson *l = *state;
    kith_session *session = sweeping(l);
    kith_sys_rows rows, listed;
    found(l, session, &l->raccoon, true, &listed);
    assert_true(listed.rows == 0 && !listed.objects && !listed.cells);
    kith_sys_rows_free(&listed);
    stock(l, session);
    kith_session_close(session);
    session = sweeping(l);
    found(l, session, &l->raccoon, true, &listed);
    int64_t before = kith_statement_count(session);
    assert_int_equal(many(&l->raccoon, listed.objects[0], "trashcans").count + many(&l->raccoon, listed.objects[1], "trashcans").count, 3);
    assert_int_equal(kith_statement_count(session) - before, 1);       /* they are siblings */
    found(l, session, &l->raccoon, false, &rows);
    assert_true(rows.rows == 2 && listed.rows == 2 && !rows.objects && !listed.cells);
    for (size_t i = 0; i < 2; i++)
        assert_ptr_equal(listed.objects[i], rows.cells[i].object);
    assert_string_equal(name_of(&l->raccoon, listed.objects[0]), "Rocky Raccoon");
    kith_sys_rows_free(&rows);
    kith_sys_rows_free(&listed);
    kith_session_close(session);
}

/* What loads keep of siblings goes with the last of them, within a transaction too. */
static void a_sweep_leaves_nothing_of_loads_whose_objects_went(void **state)
{
    lesson *l = *state;
    kith_session *session = sweeping(l);
    size_t settled = 0;
    stock(l, session);
    for (int i = 0; i < 5000; i++) {
        kith_sys_rows listed;
        found(l, session, &l->raccoon, true, &listed);
        assert_int_equal(listed.rows, 2);
        kith_sys_rows_free(&listed);
        kith_sys_sweep(session);
        if (i == 100)
            settled = heap();
    }
    assert_int_equal(kith_sys_session_bytes(session), 0);
    assert_true(heap() <= settled + 65536);
    kith_session_close(session);
}

static void where_the_bindings_pointer_lies_can_be_known(void **state)
{
    lesson *l = *state;
    vine stranger = { .model = { .name = "Stranger" } };
    size_t place = kith_sys_binding_at(l->database, &l->raccoon.model);
    const void *rocky = named(l->nursery, &l->raccoon, "Rocky"), *kept;
    memcpy(&kept, (const char *)rocky + place, sizeof kept);
    assert_ptr_equal(kept, &held);
    drop(rocky);
    memcpy(&kept, (const char *)rocky + place, sizeof kept);
    assert_null(kept);
    assert_int_equal(kith_sys_binding_at(l->database, &stranger.model), 0);
    assert_int_equal(kith_sys_binding_at(NULL, &l->raccoon.model), 0);
}

/* Whoever holds it must not find it gone: without memory to find out what else may go, all of the session's objects outlive it. */
static void what_is_held_outlives_its_session_though_there_is_no_memory(void **state)
{
    lesson *l = *state;
    kith_session *session = sweeping(l);
    stock(l, session);
    kith_session_close(session);
    bool failed = true;
    for (size_t n = 1; failed; n++) {
        session = sweeping(l);
        const void *rocky = hold(get(session, &l->raccoon, 1)), *dan = hold(get(session, &l->raccoon, 2)), *shop = hold(get(session, &l->business, 1));
        assert_int_equal(many(&l->raccoon, rocky, "trashcans").count + many(&l->raccoon, dan, "trashcans").count, 3);
        kith_test_fail_allocations_from(n);
        kith_session_close(session);
        failed = kith_test_allocation_failed();
        kith_test_fail_allocation(0);
        assert_string_equal(name_of(&l->raccoon, rocky), "Rocky Raccoon");
        assert_string_equal(name_of(&l->raccoon, dan), "Dan");
        assert_string_equal(name_of(&l->business, shop), "Corner Shop");
        assert_ptr_equal(kith_sys_session_of(shop), l->nursery);
        assert_int_equal(kith_state_of(dan), KITH_DETACHED);
        assert_int_equal(kith_sys_look_at(rocky), KITH_SYS_CURRENT);
        drop(rocky), drop(dan), drop(shop);
        kith_sys_sweep(l->nursery);
        assert_int_equal(kith_sys_session_bytes(l->nursery), 0);
        assert_true(n < 100);
    }
}

static void a_crowd_goes_with_its_session_but_for_who_is_held(void **state)
{
    lesson *l = *state;
    const void *kept[CROWD / HELD_EACH];
    kith_session *session = sweeping(l), *next = sweeping(l);
    kith_sys_rows rows;
    crowd(l, session);
    kith_session_close(session);
    kith_sys_sweep(l->nursery);
    assert_int_equal(kith_sys_session_bytes(l->nursery), 0);
    session = sweeping(l);
    found(l, session, &l->raccoon, true, &rows);
    assert_int_equal(rows.rows, CROWD);
    for (size_t i = 0; i < CROWD; i += HELD_EACH)
        kept[i / HELD_EACH] = hold(rows.objects[i]);
    kith_sys_rows_free(&rows);
    const void *some[3];
    assert_int_equal(kith_sys_objects(session, KITH_SYS_ALL, some, 3), CROWD);
    assert_true(some[0] && some[1] && some[2] && some[0] != some[1] && some[1] != some[2]);
    size_t whole = kith_sys_session_bytes(session);
    kith_sys_sweep(session);                            /* a page in which one is held stays */
    assert_true(kith_sys_session_bytes(session) <= CROWD / HELD_EACH * 65536 && kith_sys_session_bytes(session) < whole / 3);
    found(l, session, &l->raccoon, true, &rows);        /* those that went come again, those that are held are the same */
    for (size_t i = 0; i < CROWD; i += HELD_EACH)
        assert_ptr_equal(rows.objects[i], kept[i / HELD_EACH]);
    kith_sys_rows_free(&rows);
    kith_session_close(session);
    assert_true(kith_sys_session_bytes(l->nursery) <= 2 * CROWD / HELD_EACH * 65536);
    for (size_t i = 0; i < CROWD / HELD_EACH; i++) {
        char expected[32];
        snprintf(expected, sizeof expected, "raccoon %zu", i * HELD_EACH + 1);
        assert_string_equal(name_of(&l->raccoon, kept[i]), expected);
        assert_int_equal(kith_state_of(kept[i]), KITH_DETACHED);
        if (i % 2)
            assert_int_equal(kith_attach(next, kept[i]), KITH_OK);      /* with its page, into another session */
    }
    for (size_t i = 0; i < CROWD / HELD_EACH; i += 2)
        drop(kept[i]);
    kith_sys_sweep(l->nursery);
    kith_set_(kept[1], at(&l->raccoon, "name"), kith_of_text("attached"));
    assert_int_equal(kith_commit(next), KITH_OK);
    for (size_t i = 1; i < CROWD / HELD_EACH; i += 2)
        drop(kept[i]);
    kith_session_close(next);
    kith_sys_sweep(l->nursery);
    assert_int_equal(kith_sys_session_bytes(l->nursery), 0);
}

static list many_of(const void *object, size_t offset) { return *(const list *)kith_many_(object, offset); }

/* 119: what a query of the binding's own has found counts as loaded, with what was changed in between */
static void what_a_query_found_is_placed(void **state)
{
    lesson *l = *state;
    kith_session *session = sweeping(l);
    const void *rocky = named(session, &l->raccoon, "Rocky"), *dan = named(session, &l->raccoon, "Dan"), *cans[3];
    for (int i = 0; i < 3; i++) {
        char values[256] = { 0 };
        cans[i] = hold(kith_sys_new(session, &l->trashcan.model, values));
        kith_set_(cans[i], at(&l->trashcan, "raccoon"), kith_of_object(rocky));
    }
    assert_int_equal(kith_attach(session, rocky), KITH_OK);
    assert_int_equal(kith_attach(session, dan), KITH_OK);
    assert_int_equal(kith_commit(session), KITH_OK);
    size_t many = at(&l->raccoon, "trashcans"), one = at(&l->trashcan, "raccoon");
    assert_int_equal(kith_sys_place(rocky, many, (const void *[]){ cans[1], cans[0] }, 2), KITH_OK);
    assert_true(kith_sys_is_loaded(rocky, many));
    list found = many_of(rocky, many);
    assert_true(found.count == 2 && found.items[0] == cans[1] && found.items[1] == cans[0]);
    assert_int_equal(kith_sys_place(rocky, many, NULL, 0), KITH_OK);
    assert_int_equal(many_of(rocky, many).count, 0);
    assert_int_equal(kith_sys_fresh(cans[2]), KITH_OK);      /* as what a query has just found is */
    assert_int_equal(kith_sys_fresh(dan), KITH_OK);
    assert_int_equal(kith_sys_place(cans[2], one, (const void *[]){ dan }, 1), KITH_OK);
    assert_ptr_equal(kith_one_(cans[2], one), dan);
    kith_set_(cans[2], one, kith_of_object(rocky));
    assert_int_equal(kith_sys_place(cans[2], one, (const void *[]){ dan }, 1), KITH_OK);
    assert_ptr_equal(kith_one_(cans[2], one), rocky);       /* what was set stands */
    assert_int_equal(kith_sys_place(cans[2], one, (const void *[]){ dan, rocky }, 2), KITH_MISUSE);
    kith_error_clear(session);
    assert_int_equal(kith_sys_place(rocky, at(&l->raccoon, "name"), NULL, 0), KITH_MISUSE);
    kith_error_clear(session);
    assert_int_equal(kith_sys_place(rocky, many, (const void *[]){ dan }, 1), KITH_MISUSE);
    kith_error_clear(session);
    assert_int_equal(kith_rollback(session), KITH_OK);
    assert_int_equal(many_of(rocky, many).count, 3);
    for (int i = 0; i < 3; i++)
        drop(cans[i]);
    drop(rocky);
    drop(dan);
    kith_session_close(session);
}

/* 100, 102, 103: what is two for the binding is one for the database. */
static void sessions_may_share_a_transaction(void **state)
{
    lesson *l = *state;
    kith_session *first = sweeping(l), *second = sweeping(l), *third = sweeping(l), *look = sweeping(l);
    assert_int_equal(kith_sys_session_joins(second, first), KITH_OK);
    assert_int_equal(kith_sys_session_joins(third, second), KITH_OK);
    const void *rocky = named(l->nursery, &l->raccoon, "Rocky"), *dan = named(l->nursery, &l->raccoon, "Dan"), *fred = named(l->nursery, &l->raccoon, "Fred");
    kith_attach(first, rocky);
    assert_int_equal(kith_flush(first), KITH_OK);
    kith_attach(second, dan);
    assert_int_equal(kith_flush(second), KITH_OK);          /* it does not wait for the other's lock */
    assert_int_equal(all(third, &l->raccoon).count, 2);
    assert_int_equal(kith_savepoint(second), KITH_OK);
    kith_attach(third, fred);
    assert_int_equal(kith_savepoint_undo(first), KITH_OK);
    assert_int_equal(kith_state_of(fred), KITH_TRANSIENT);
    kith_attach(third, fred);
    assert_int_equal(kith_commit(first), KITH_OK);          /* which flushes the third */
    assert_int_equal(all(look, &l->raccoon).count, 3);
    const void *again = bare(l->nursery, &l->raccoon);
    char values[256] = { 0 };
    kith_opt_int one_already = kith_some_int(1);
    memcpy(values + at(&l->raccoon, "id"), &one_already, sizeof one_already);
    const void *twice = hold(kith_sys_new(l->nursery, &l->raccoon.model, values));
    kith_attach(first, again);
    kith_attach(second, twice);
    assert_int_equal(kith_commit(first), KITH_CONSTRAINT);
    kith_error_clear(third);
    assert_int_equal(kith_session_status(third), KITH_CONSTRAINT);     /* nothing goes on in what is lost */
    assert_int_equal(kith_rollback(third), KITH_OK);
    assert_int_equal(kith_session_status(first), KITH_OK);
    assert_int_equal(kith_state_of(again), KITH_TRANSIENT);
    assert_int_equal(kith_rollback(look), KITH_OK);
    assert_int_equal(all(look, &l->raccoon).count, 3);
    kith_attach(first, again);
    assert_int_equal(kith_flush(first), KITH_OK);
    kith_session_close(first);                              /* leaves the transaction to the others */
    assert_int_equal(kith_commit(third), KITH_OK);
    kith_session_close(third);
    assert_int_equal(all(second, &l->raccoon).count, 4);
    kith_session_close(second);
    assert_int_equal(all(look, &l->raccoon).count, 4);
    drop(rocky), drop(dan), drop(fred), drop(again), drop(twice);
    kith_session_close(look);
}

static void a_session_joins_before_it_does_anything(void **state)
{
    lesson *l = *state;
    kith_session *first = sweeping(l), *second = sweeping(l);
    assert_int_equal(kith_sys_session_joins(NULL, first), KITH_MISUSE);
    assert_int_equal(kith_sys_session_joins(first, NULL), KITH_MISUSE);
    kith_error_clear(first);
    assert_int_equal(kith_sys_session_joins(first, first), KITH_MISUSE);
    kith_error_clear(first);
    assert_int_equal(kith_sys_session_joins(first, l->nursery), KITH_MISUSE);
    kith_error_clear(first);
    assert_int_equal(kith_savepoint(second), KITH_OK);
    assert_int_equal(kith_sys_session_joins(second, first), KITH_MISUSE);
    kith_error_clear(second);
    assert_int_equal(kith_sys_session_joins(first, second), KITH_OK);
    assert_int_equal(kith_sys_session_joins(first, second), KITH_MISUSE);
    kith_error_clear(first);
    assert_int_equal(kith_savepoint_keep(first), KITH_OK);  /* the other's, from before */
    assert_int_equal(kith_savepoint_keep(second), KITH_MISUSE);
    kith_error_clear(second);
    kith_session_close(second);
    kith_session_close(first);
}

/* What a binding gets wrong is KITH_MISUSE, or nothing, and never a crash. */
static void what_a_binding_gets_wrong_is_refused(void **state)
{
    lesson *l = *state;
    const char *own = "nobody's";
    char printed[KITH_SYS_TEXT_SIZE];
    kith_value value = { .type = KITH_TYPE_NONE };
    kith_session *session = sweeping(l);
    const void *rocky = named(session, &l->raccoon, "Rocky");
    assert_int_equal(kith_commit(session), KITH_OK);
    assert_int_equal(kith_sys_fail(NULL, KITH_ERROR, "test", "none"), KITH_MISUSE);
    assert_int_equal(kith_sys_objects(NULL, KITH_SYS_ALL, NULL, 0), 0);
    assert_null(kith_sys_new(NULL, &l->raccoon.model, ""));
    assert_null(kith_sys_new(l->nursery, &l->raccoon.model, NULL));
    assert_null(kith_sys_with(NULL, l->database));
    const void *shop = named(session, &l->business, "Shop");
    assert_null(kith_one_(shop, at(&l->business, "raccoons")));
    assert_non_null(strstr(kith_error_of(session)->message, "raccoons"));
    kith_error_clear(session);
    kith_sys_query *query = kith_sys_query_new(l->database);
    const kith_sys_expr *nothing = kith_sys_value_of(query, (kith_value){ .type = KITH_TYPE_TEXT, .absent = 1 }, NULL);
    assert_non_null(nothing);
    kith_sys_query_free(query);
    kith_sys_query_free(NULL);
    assert_true(kith_sys_is_loaded(rocky, at(&l->raccoon, "name")));
    assert_false(kith_sys_is_changed(rocky, 4711));
    assert_null(kith_one_(rocky, 4711));
    assert_string_equal(kith_error_of(session)->code, "object.no_such_member");
    kith_error_clear(session);
    assert_null(kith_one_(rocky, at(&l->raccoon, "name") + 1));
    kith_error_clear(session);
    assert_null(kith_one_(rocky, at(&l->raccoon, "name")));
    assert_non_null(strstr(kith_error_of(session)->message, "name"));
    kith_error_clear(session);
    assert_int_equal(kith_sys_arrange(&own, 0, NULL, 0), KITH_MISUSE);
    assert_int_equal(kith_sys_arrange(rocky, at(&l->raccoon, "name"), NULL, 0), KITH_MISUSE);
    assert_string_equal(kith_error_of(session)->code, "object.wrong_member");
    assert_int_equal(kith_sys_arrange(rocky, at(&l->raccoon, "trashcans"), NULL, 0), KITH_MISUSE);     /* while an error stands */
    char values[512] = { 0 };
    assert_int_equal(kith_sys_fill(session, &l->raccoon.model, values, at(&l->raccoon, "name"), kith_of_text("x")), KITH_MISUSE);
    kith_error_clear(session);
    assert_int_equal(kith_sys_fill(session, &l->raccoon.model, values, 4711, kith_of_text("x")), KITH_MISUSE);
    assert_string_equal(kith_error_of(session)->code, "object.no_member");
    kith_error_clear(session);
    kith_sys_session_sweeps(session, l->nursery);
    assert_string_equal(kith_error_of(session)->code, "session.has_objects");
    assert_false(kith_sys_print(kith_of_int(1), printed));
    assert_false(kith_sys_parse(KITH_TYPE_INT, "1", 1, &value));
    assert_int_equal(value.type, KITH_TYPE_NONE);
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
        ON(what_is_written_to_a_detached_object_is_sent_once_a_session_has_it),
        ON(a_view_goes_with_its_object),
        ON(an_object_that_is_nobodys_keeps_the_last_of_its_texts),
        cmocka_unit_test(a_model_without_an_engine_takes_any_number),
        ON(what_is_new_or_changed_is_never_swept),
        ON(what_nothing_holds_is_let_go_though_both_sides_are_loaded),
        ON(ten_thousand_graphs_with_both_sides_loaded_stay_flat),
        ON(objects_held_and_dropped_at_random_stay_what_they_are),
        ON(what_outlives_its_session_knows_what_was_outdated),
        ON(what_hooks_into_a_flush_is_called_around_it),
        ON(a_hook_neither_closes_its_session_nor_makes_for_ever),
        ON(two_ends_meet_in_one_session_and_are_not_related_by_it),
        ON(a_one_to_one_that_was_set_in_the_nursery_goes_along_and_is_forgotten_there),
        ON(an_object_that_is_nobodys_takes_what_its_texts_need),
        ON(what_a_query_finds_may_be_a_list),
        ON(a_sweep_leaves_nothing_of_loads_whose_objects_went),
        ON(where_the_bindings_pointer_lies_can_be_known),
        ON(what_is_held_outlives_its_session_though_there_is_no_memory),
        ON(a_crowd_goes_with_its_session_but_for_who_is_held),
        ON(what_a_query_found_is_placed),
        ON(sessions_may_share_a_transaction),
        ON(a_session_joins_before_it_does_anything),
        ON(what_a_binding_gets_wrong_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
