/* What a rollback goes back to, and that an object that is flushed again and again in one transaction does not cost more each time. */
#include "session/session.h"

#include "park.h"

#include <kith/sys/model.h>
#include <stdio.h>

static const Raccoon *get(int64_t id) { return kith_get(session, Raccoon, .id = id); }

static void age(const Raccoon *raccoon, int32_t years)
{
    kith_set(raccoon, age, years);
    assert_int_equal(kith_flush(session), KITH_OK);
}

static int64_t stored(int64_t id, int32_t years) { return kith_count(session, Raccoon, .where = kith_and(kith_eq(Raccoon, id, id), kith_eq(Raccoon, age, years))); }

static void a_thousand_flushes_of_one_object_keep_two_images(void **state)
{
    (void)state;
    const Raccoon *rocky = get(1);
    age(rocky, 100), age(rocky, 101);
    size_t entries = session->journal.count;
    const char *at = session->images.at;
    for (int32_t i = 0; i < 1000; i++)
        age(rocky, 200 + i);
    assert_int_equal(session->journal.count, entries);
    assert_ptr_equal(session->images.at, at);
    assert_int_equal(stored(1, 1199), 1);
    assert_int_equal(kith_rollback(session), KITH_OK);
    assert_int_equal(rocky->age, 3);
    assert_int_equal(stored(1, 3), 1);
}

static void each_savepoint_has_images_of_its_own(void **state)
{
    (void)state;
    enum { LEVELS = 12 };
    const Raccoon *rocky = get(1);
    for (int32_t level = 0; level < LEVELS; level++) {
        for (int32_t i = 0; i < 5; i++)
            age(rocky, 100 * (level + 1) + i);
        assert_int_equal(kith_savepoint(session), KITH_OK);
    }
    assert_int_equal(session->journal.count, 2 * LEVELS);
    for (int32_t level = LEVELS; level > 0; level--) {
        age(rocky, 9999), age(rocky, 9998), age(rocky, 9997);
        assert_int_equal(kith_savepoint_undo(session), KITH_OK);
        kith_refresh(rocky);
        assert_int_equal(rocky->age, 100 * level + 4);
        assert_int_equal(stored(1, 100 * level + 4), 1);
    }
    age(rocky, 5), age(rocky, 6), age(rocky, 7);
    assert_int_equal(kith_rollback(session), KITH_OK);
    assert_int_equal(rocky->age, 3);
}

static void a_savepoint_that_is_kept_leaves_its_images_to_the_one_around_it(void **state)
{
    (void)state;
    const Raccoon *rocky = get(1);
    assert_int_equal(kith_savepoint(session), KITH_OK);
    age(rocky, 10), age(rocky, 11);
    assert_int_equal(kith_savepoint(session), KITH_OK);
    age(rocky, 20), age(rocky, 21), age(rocky, 22);
    assert_int_equal(kith_savepoint_keep(session), KITH_OK);
    size_t entries = session->journal.count;
    age(rocky, 30), age(rocky, 31), age(rocky, 32);
    assert_int_equal(session->journal.count, entries);
    assert_int_equal(kith_savepoint_undo(session), KITH_OK);
    assert_int_equal(rocky->age, 3);
    assert_int_equal(stored(1, 3), 1);
}

/* What is written to it after that belongs to another life, of which nothing may be left. */
static void deleted_and_made_again_in_between_it_comes_back_as_it_was(void **state)
{
    (void)state;
    const Raccoon *zed = get(4);
    age(zed, 40), age(zed, 41), age(zed, 42);
    kith_delete(zed);
    assert_int_equal(kith_flush(session), KITH_OK);
    const Raccoon *second = kith_new(session, Raccoon, .id = 4, .name = "Zed the second");
    assert_int_equal(kith_flush(session), KITH_OK);
    age(second, 50), age(second, 51), age(second, 52);
    assert_int_equal(kith_rollback(session), KITH_OK);
    assert_int_equal(zed->age, 1);
    assert_ptr_equal(get(4), zed);
    assert_int_equal(stored(4, 1), 1);
    assert_int_equal(kith_state_of(second), KITH_TRANSIENT);
}

/* Two change their keys again and again, and at the end each has one that the other had. */
static void keys_that_went_around_come_back(void **state)
{
    (void)state;
    const Raccoon *dan = get(2), *zed = get(4);
    kith_delete(kith_only(session, Trashcan, .where = kith_eq(Trashcan, raccoon, dan)));
    kith_many(dan, tags);
    kith_remove(dan, tags, kith_many(dan, tags).items[0]);
    assert_int_equal(kith_flush(session), KITH_OK);
    static const int64_t keys[][2] = { { 12, 14 }, { 22, 4 }, { 14, 33 }, { 4, 2 }, { 7, 8 }, { 4, 2 } };
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        kith_set(dan, id, keys[i][0]);
        assert_int_equal(kith_flush(session), KITH_OK);
        kith_set(zed, id, keys[i][1]);
        assert_int_equal(kith_flush(session), KITH_OK);
        assert_ptr_equal(get(keys[i][0]), dan);
        assert_ptr_equal(get(keys[i][1]), zed);
    }
    assert_int_equal(kith_rollback(session), KITH_OK);
    assert_ptr_equal(get(2), dan);
    assert_ptr_equal(get(4), zed);
    assert_null(get(12));
    assert_int_equal(stored(2, 5), 1);
}

static void what_was_detached_and_came_back_is_noted_anew(void **state)
{
    (void)state;
    const Raccoon *rocky = get(1);
    age(rocky, 10), age(rocky, 11), age(rocky, 12);
    kith_detach(rocky);
    assert_int_equal(kith_attach(session, rocky), KITH_OK);
    age(rocky, 20), age(rocky, 21), age(rocky, 22);
    assert_int_equal(kith_commit(session), KITH_OK);
    assert_int_equal(stored(1, 22), 1);
    age(rocky, 30), age(rocky, 31);
    assert_int_equal(kith_rollback(session), KITH_OK);
    assert_int_equal(rocky->age, 22);
}

/* Without autoflush: what waits to be written is compared with an image that a kith_update_where must leave alone. */
static void an_update_of_rows_leaves_what_waits_alone(void **state)
{
    (void)state;
    const Raccoon *rocky = get(1);
    age(rocky, 10), age(rocky, 11), age(rocky, 12);
    kith_session_autoflush(session, false);
    kith_set(rocky, weight, 7.5F);
    assert_int_equal(kith_update_where(session, Raccoon, .where = kith_eq(Raccoon, id, 1), .set = { kith_to(Raccoon, age, 50) }), 1);
    kith_set(rocky, age, 12);
    assert_int_equal(kith_flush(session), KITH_OK);
    assert_int_equal(stored(1, 12), 1);
    assert_int_equal(kith_count(session, Raccoon, .where = kith_eq(Raccoon, weight, 7.5F)), 1);
    assert_int_equal(kith_rollback(session), KITH_OK);
    assert_int_equal(rocky->age, 3);
}

static void what_waits_goes_back_with_an_update_of_its_row(void **state)
{
    (void)state;
    const Raccoon *rocky = get(1);
    kith_session_autoflush(session, false);
    kith_set(rocky, name, "Rocco");
    assert_int_equal(kith_update_where(session, Raccoon, .where = kith_eq(Raccoon, id, 1), .set = { kith_to(Raccoon, age, 50), kith_to(Raccoon, nickname, "R") }), 1);
    assert_int_equal(rocky->age, 50);
    assert_string_equal(rocky->name, "Rocco");
    assert_int_equal(kith_rollback(session), KITH_OK);
    assert_int_equal(rocky->age, 3);
    assert_null(rocky->nickname);
    assert_string_equal(rocky->name, "Rocky");
}

static void a_key_that_is_another_s_takes_nothing_from_it(void **state)
{
    (void)state;
    const Raccoon *sue = get(3), *zed = get(4);
    kith_set(zed, id, 3);
    kith_set(zed, id, 4);
    assert_ptr_equal(get(3), sue);
    kith_set(zed, id, 3);
    assert_int_equal(kith_commit(session), KITH_CONSTRAINT);
    assert_int_equal(kith_rollback(session), KITH_OK);
    assert_ptr_equal(get(3), sue);
    assert_ptr_equal(get(4), zed);
    assert_int_equal(kith_savepoint(session), KITH_OK);
    kith_set(zed, id, 3);
    assert_int_equal(kith_flush(session), KITH_CONSTRAINT);
    assert_int_equal(kith_savepoint_undo(session), KITH_OK);
    assert_ptr_equal(get(3), sue);
    assert_ptr_equal(get(4), zed);
    kith_set(zed, id, 3);
    kith_delete(zed);
    assert_int_equal(kith_flush(session), KITH_OK);
    assert_int_equal(kith_rollback(session), KITH_OK);
    assert_ptr_equal(get(3), sue);
    assert_ptr_equal(get(4), zed);
}

/* ---------------------------------------------------------------- texts */

static size_t chunks(const void *object)
{
    size_t count = 0;
    const kith__notes *notes = kith__header(object)->notes;
    for (const kith__chunk *chunk = notes ? notes->chunks : NULL; chunk; chunk = chunk->next)
        count++;
    return count;
}

/* A program that looks at one row for ever, which others write. */
static void a_text_that_others_change_replaces_the_one_before(void **state)
{
    (void)state;
    kith_session *other = kith_session_open(park.database);
    const Raccoon *rocky = get(1);
    char name[32];
    for (int i = 0; i < 50; i++) {
        snprintf(name, sizeof name, "Rocky the %dth", i);
        const char *before = rocky->name;       /* outdated, and good until this transaction ends */
        const Raccoon *same = kith_get(other, Raccoon, .id = 1);
        kith_set(same, name, name);
        assert_int_equal(kith_commit(other), KITH_OK);
        kith_refresh(rocky);
        assert_string_equal(rocky->name, name);
        const char *first = rocky->name;
        kith_expire(rocky);
        kith_refresh(rocky);
        kith_refresh(rocky);
        assert_string_equal(first, name);
        assert_true(strncmp(before, "Rocky", 5) == 0);
        assert_true(chunks(rocky) <= 2);
        assert_int_equal(kith_commit(session), KITH_OK);
    }
    kith_session_close(other);
}

/* The same row is changed by others while a savepoint has an image of it. */
static void what_an_image_points_to_stays(void **state)
{
    (void)state;
    const Raccoon *rocky = get(1);
    kith_set(rocky, name, "Rocky the first of that name");
    assert_int_equal(kith_savepoint(session), KITH_OK);
    for (int i = 0; i < 5; i++) {
        kith_set(rocky, name, "Rocky the second of that name");
        assert_int_equal(kith_flush(session), KITH_OK);
        kith_set(rocky, name, "Rocky the third of that name");
        assert_int_equal(kith_savepoint(session), KITH_OK);
        assert_int_equal(kith_savepoint_undo(session), KITH_OK);
        kith_refresh(rocky);
        assert_string_equal(rocky->name, "Rocky the third of that name");
    }
    assert_int_equal(kith_savepoint_undo(session), KITH_OK);
    assert_string_equal(rocky->name, "Rocky the first of that name");
    kith_refresh(rocky);
    assert_string_equal(rocky->name, "Rocky the first of that name");
    kith_set(rocky, nickname, "R");
    kith_refresh(rocky);
    assert_int_equal(kith_rollback(session), KITH_OK);
    assert_string_equal(rocky->name, "Rocky");
    kith_refresh(rocky);
    assert_string_equal(rocky->name, "Rocky");
}

/* Texts that were taken back are there to be read until the transaction ends, and no longer. */
static void a_text_that_was_taken_back_goes_with_the_transaction(void **state)
{
    (void)state;
    const Raccoon *rocky = get(1);
    for (int i = 0; i < 10; i++) {
        assert_int_equal(kith_savepoint(session), KITH_OK);
        kith_set(rocky, name, "a name that is taken back");
        const char *inside = rocky->name;
        assert_int_equal(kith_savepoint(session), KITH_OK);
        kith_set(rocky, name, "another");
        assert_int_equal(kith_savepoint_undo(session), KITH_OK);
        assert_int_equal(kith_savepoint_undo(session), KITH_OK);
        kith_refresh(rocky);
        assert_string_equal(inside, "a name that is taken back");
        assert_int_equal((i % 2 ? kith_commit : kith_rollback)(session), KITH_OK);
        assert_int_equal(chunks(rocky), 0);
        assert_string_equal(rocky->name, "Rocky");
    }
}

/* A binding has copies of what it read: its session keeps the texts that a rollback goes back to, and no others. */
static void a_binding_s_session_keeps_no_text_for_each_flush(void **state)
{
    (void)state;
    enum { LEVELS = 10, FLUSHES = 50 };
    kith_session *nursery = kith_sys_nursery_open(park.database), *own = kith_session_open(park.database);
    kith_sys_session_sweeps(own, nursery);
    const Raccoon *rocky = kith_get(own, Raccoon, .id = 1);
    char name[64];
    for (int level = 0; level < LEVELS; level++) {
        for (int i = 0; i < FLUSHES; i++) {
            snprintf(name, sizeof name, "a name that is too long for what is left, %d, %d", level, i);
            kith_set(rocky, name, name);
            assert_int_equal(kith_flush(own), KITH_OK);
            assert_true(chunks(rocky) <= 3 * (size_t)(level + 1) || level >= 7);        /* more savepoints than are looked at */
        }
        assert_int_equal(kith_savepoint(own), KITH_OK);
    }
    for (int level = LEVELS; level > 0; level--) {
        kith_set(rocky, name, "another name, which is as long as that of the savepoint");
        assert_int_equal(kith_savepoint_undo(own), KITH_OK);
        snprintf(name, sizeof name, "a name that is too long for what is left, %d, %d", level - 1, FLUSHES - 1);
        assert_string_equal(rocky->name, name);
    }
    assert_int_equal(kith_rollback(own), KITH_OK);
    assert_string_equal(((const Raccoon *)kith_get(own, Raccoon, .id = 1))->name, "Rocky");
    kith_session_close(own);
    kith_session_close(nursery);
}

#define IN_A_PARK(test) cmocka_unit_test_setup_teardown(test, open_park, close_park)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_A_PARK(a_thousand_flushes_of_one_object_keep_two_images),
        IN_A_PARK(each_savepoint_has_images_of_its_own),
        IN_A_PARK(a_savepoint_that_is_kept_leaves_its_images_to_the_one_around_it),
        IN_A_PARK(deleted_and_made_again_in_between_it_comes_back_as_it_was),
        IN_A_PARK(keys_that_went_around_come_back),
        IN_A_PARK(what_was_detached_and_came_back_is_noted_anew),
        IN_A_PARK(an_update_of_rows_leaves_what_waits_alone),
        IN_A_PARK(what_waits_goes_back_with_an_update_of_its_row),
        IN_A_PARK(a_key_that_is_another_s_takes_nothing_from_it),
        IN_A_PARK(a_text_that_others_change_replaces_the_one_before),
        IN_A_PARK(what_an_image_points_to_stays),
        IN_A_PARK(a_text_that_was_taken_back_goes_with_the_transaction),
        IN_A_PARK(a_binding_s_session_keeps_no_text_for_each_flush),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
