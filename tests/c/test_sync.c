/*
 * Both sides of a relationship, kept in step: docs/behaviours.md 39 to 62. A number before a test is the rule it holds.
 * In C nothing is transient before it was in a session, so the first part speaks of pending objects: no row, no statement.
 */
#include "fixture.h"

FAMILY(alley, ALLEY_MODELS);
FAMILY(bears, BEAR_MODELS);
FAMILY(blog, BLOG_MODELS);

static const Raccoon *new_raccoon(fixture *f, const char *name) { return kith_new(f->session, Raccoon, .name = name); }
static const Trashcan *new_can(fixture *f, const char *label) { return kith_new(f->session, Trashcan, .label = label); }

/* ---------------------------------------------------------------- pending objects */

/* 39 */
static void appending_sets_the_other_sides_scalar(void **state)
{
    fixture *f = *state;
    const Raccoon *rocky = new_raccoon(f, "Rocky");
    const Trashcan *can = new_can(f, "a");
    SENDS(f, 0, {
        assert_null(kith_one(can, raccoon));
        kith_append(rocky, trashcans, can);
        assert_ptr_equal(kith_one(can, raccoon), rocky);
        assert_int_equal(COUNT(kith_many(rocky, trashcans)), 1);
    });
    assert_null(kith_one(can, business));
    kith_test_ok(f->session);
}

/* 40 */
static void setting_the_scalar_appends_exactly_once(void **state)
{
    fixture *f = *state;
    const Raccoon *rocky = new_raccoon(f, "Rocky");
    const Trashcan *can = new_can(f, "a");
    SENDS(f, 0, {
        kith_set(can, raccoon, rocky);
        kith_set(can, raccoon, rocky);
        assert_int_equal(HOLDS(kith_many(rocky, trashcans), can), 1);
        assert_int_equal(COUNT(kith_many(rocky, trashcans)), 1);
    });
    kith_test_ok(f->session);
}

/* 41: a to-one member given to kith_new is such a write; a to-many member is not looked at */
static void a_relationship_given_to_kith_new_is_on_both_sides(void **state)
{
    fixture *f = *state;
    const Raccoon *rocky = new_raccoon(f, "Rocky");
    const Business *shop = kith_new(f->session, Business, .name = "Shop");
    const Trashcan *can = kith_new(f->session, Trashcan, .raccoon = { rocky }, .business = { shop });
    assert_int_equal(HOLDS(kith_many(rocky, trashcans), can), 1);
    assert_int_equal(HOLDS(kith_many(shop, trashcans), can), 1);
    assert_ptr_equal(kith_one(can, raccoon), rocky);
    assert_ptr_equal(kith_one(can, business), shop);
    Trashcan form = { .label = "from a form", .raccoon = { rocky } };
    const Trashcan *added = kith_add(f->session, Trashcan, &form);
    assert_int_equal(HOLDS(kith_many(rocky, trashcans), added), 1);
    COMMIT(f->session);
    assert_true(added->raccoon_id.present && added->raccoon_id.value == rocky->id);
}

/* 42: of Python's list operations C has append and remove */
static void removing_clears_the_other_sides_scalar(void **state)
{
    fixture *f = *state;
    const Raccoon *rocky = new_raccoon(f, "Rocky");
    const Trashcan *a = new_can(f, "a"), *b = new_can(f, "b"), *c = new_can(f, "c");
    kith_append(rocky, trashcans, a);
    kith_append(rocky, trashcans, b);
    kith_append(rocky, trashcans, c);
    kith_remove(rocky, trashcans, b);
    assert_null(kith_one(b, raccoon));
    KITH_LIST(Trashcan) left = kith_many(rocky, trashcans);
    assert_int_equal(left.count, 2);
    assert_ptr_equal(left.items[0], a);
    assert_ptr_equal(left.items[1], c);
    kith_remove(rocky, trashcans, a);
    kith_remove(rocky, trashcans, c);
    assert_int_equal(COUNT(kith_many(rocky, trashcans)), 0);
    kith_test_ok(f->session);
}

/* 43 */
static void setting_null_takes_it_out_of_the_list(void **state)
{
    fixture *f = *state;
    const Raccoon *rocky = new_raccoon(f, "Rocky");
    const Trashcan *a = new_can(f, "a"), *b = new_can(f, "b");
    kith_set(a, raccoon, rocky);
    kith_set(b, raccoon, rocky);
    kith_set(a, raccoon, NULL);
    kith_set_null(b, raccoon);
    kith_set_null(b, raccoon);      /* a second time is nothing */
    assert_null(kith_one(a, raccoon));
    assert_int_equal(COUNT(kith_many(rocky, trashcans)), 0);
    kith_test_ok(f->session);
}

/* 44 */
static void a_move_by_append_leaves_the_old_list(void **state)
{
    fixture *f = *state;
    const Raccoon *rocky = new_raccoon(f, "Rocky"), *dan = new_raccoon(f, "Dan");
    const Trashcan *can = new_can(f, "a");
    kith_append(rocky, trashcans, can);
    kith_append(dan, trashcans, can);
    assert_ptr_equal(kith_one(can, raccoon), dan);
    assert_int_equal(COUNT(kith_many(rocky, trashcans)), 0);
    assert_int_equal(HOLDS(kith_many(dan, trashcans), can), 1);
    COMMIT(f->session);
    assert_int_equal(can->raccoon_id.value, dan->id);
}

/* 44 */
static void a_move_by_setting_the_scalar_leaves_the_old_list(void **state)
{
    fixture *f = *state;
    const Raccoon *rocky = new_raccoon(f, "Rocky"), *dan = new_raccoon(f, "Dan");
    const Trashcan *can = new_can(f, "a");
    kith_set(can, raccoon, rocky);
    kith_set(can, raccoon, dan);
    kith_set(can, raccoon, rocky);
    kith_set(can, raccoon, dan);
    assert_int_equal(COUNT(kith_many(rocky, trashcans)), 0);
    assert_int_equal(COUNT(kith_many(dan, trashcans)), 1);
    COMMIT(f->session);
    assert_int_equal(COUNT(kith_many(rocky, trashcans)), 0);
    assert_int_equal(COUNT(kith_many(dan, trashcans)), 1);
}

/* 44: a thousand and one, so that lists grow and shrink while they move */
static void a_thousand_and_one_moves_keep_every_list_right(void **state)
{
    fixture *f = *state;
    enum { MANY = 1001 };
    const Raccoon *rocky = new_raccoon(f, "Rocky"), *dan = new_raccoon(f, "Dan");
    for (int i = 0; i < MANY; i++)
        kith_append(rocky, trashcans, new_can(f, "x"));
    assert_int_equal(COUNT(kith_many(rocky, trashcans)), MANY);
    kith_each(Trashcan, can, kith_many(rocky, trashcans))
        kith_set(can, raccoon, dan);
    assert_int_equal(COUNT(kith_many(rocky, trashcans)), 0);
    assert_int_equal(COUNT(kith_many(dan, trashcans)), MANY);
    COMMIT(f->session);
    assert_int_equal(kith_count(f->session, Trashcan, .where = kith_eq(Trashcan, raccoon, dan)), MANY);
    assert_int_equal(kith_count(f->session, Trashcan, .where = kith_eq(Trashcan, raccoon, rocky)), 0);
}

/* 45, 82: C has no assignment of a list; what it comes down to is that only the net difference is written */
static void taking_out_and_putting_back_writes_nothing(void **state)
{
    fixture *f = *state;
    const Raccoon *rocky = new_raccoon(f, "Rocky");
    const Trashcan *can = kith_new(f->session, Trashcan, .raccoon = { rocky });
    COMMIT(f->session);
    assert_int_equal(COUNT(kith_many(rocky, trashcans)), 1);
    kith_remove(rocky, trashcans, can);
    kith_append(rocky, trashcans, can);
    SENDS(f, 0, FLUSH(f->session));
    assert_int_equal(HOLDS(kith_many(rocky, trashcans), can), 1);
}

/* 48 */
static void a_list_may_hold_one_object_twice_until_it_is_read_anew(void **state)
{
    fixture *f = *state;
    const Raccoon *rocky = new_raccoon(f, "Rocky");
    const Trashcan *can = new_can(f, "a");
    kith_append(rocky, trashcans, can);
    kith_append(rocky, trashcans, can);
    assert_int_equal(HOLDS(kith_many(rocky, trashcans), can), 2);
    kith_remove(rocky, trashcans, can);
    assert_int_equal(HOLDS(kith_many(rocky, trashcans), can), 1);
    assert_ptr_equal(kith_one(can, raccoon), rocky);
    kith_append(rocky, trashcans, can);
    COMMIT(f->session);
    assert_int_equal(HOLDS(kith_many(rocky, trashcans), can), 1);
    assert_int_equal(can->raccoon_id.value, rocky->id);
}

/* 50, 51: what the compiler cannot see, because it came as const void */
static void an_object_of_another_model_is_refused_on_the_spot(void **state)
{
    fixture *f = *state;
    const Raccoon *rocky = new_raccoon(f, "Rocky");
    const Trashcan *can = new_can(f, "a");
    const void *shop = kith_new(f->session, Business, .name = "Shop");
    kith_set(can, raccoon, shop);
    kith_test_error(f->session, KITH_MISUSE, "Business");
    ABOUT(f->session, "Trashcan", "raccoon");
    kith_error_clear(f->session);
    kith_append(rocky, trashcans, shop);
    kith_test_error(f->session, KITH_MISUSE, "Business");
    ABOUT(f->session, "Raccoon", "trashcans");
    kith_error_clear(f->session);
    kith_test_ok(f->session);
    assert_null(kith_one(can, raccoon));
    assert_int_equal(COUNT(kith_many(rocky, trashcans)), 0);
    COMMIT(f->session);
}

/* 52 */
static void appending_null_is_refused(void **state)
{
    fixture *f = *state;
    const Raccoon *rocky = new_raccoon(f, "Rocky");
    kith_append(rocky, trashcans, (const Trashcan *)NULL);
    kith_test_error(f->session, KITH_MISUSE, NULL);
    ABOUT(f->session, "Raccoon", "trashcans");
    kith_error_clear(f->session);
    assert_int_equal(COUNT(kith_many(rocky, trashcans)), 0);
    COMMIT(f->session);
}

/* 53 */
static void the_foreign_key_column_is_absent_until_the_flush(void **state)
{
    fixture *f = *state;
    const Raccoon *rocky = new_raccoon(f, "Rocky");
    const Trashcan *can = new_can(f, "a");
    kith_set(can, raccoon, rocky);
    assert_false(can->raccoon_id.present);
    FLUSH(f->session);
    assert_true(can->raccoon_id.present && can->raccoon_id.value == rocky->id);
}

/* 53 */
static void writing_the_foreign_key_column_moves_the_object_at_the_commit(void **state)
{
    fixture *f = *state;
    const Raccoon *rocky = new_raccoon(f, "Rocky");
    const Trashcan *can = new_can(f, "a");
    COMMIT(f->session);
    assert_null(kith_one(can, raccoon));
    assert_int_equal(COUNT(kith_many(rocky, trashcans)), 0);
    kith_set(can, raccoon_id, rocky->id);
    assert_null(kith_one(can, raccoon));
    assert_int_equal(COUNT(kith_many(rocky, trashcans)), 0);
    FLUSH(f->session);
    assert_null(kith_one(can, raccoon));
    COMMIT(f->session);
    assert_ptr_equal(kith_one(can, raccoon), rocky);
    assert_int_equal(HOLDS(kith_many(rocky, trashcans), can), 1);
}

/* 53 */
static void refreshing_shows_what_the_foreign_key_column_says(void **state)
{
    fixture *f = *state;
    const Raccoon *rocky = new_raccoon(f, "Rocky");
    const Trashcan *can = new_can(f, "a");
    COMMIT(f->session);
    assert_null(kith_one(can, raccoon));
    kith_set(can, raccoon_id, rocky->id);
    FLUSH(f->session);
    kith_refresh(can);
    assert_ptr_equal(kith_one(can, raccoon), rocky);
    kith_test_ok(f->session);
}

/* 53 */
static void the_relationship_wins_over_a_foreign_key_that_says_otherwise(void **state)
{
    fixture *f = *state;
    const Raccoon *rocky = new_raccoon(f, "Rocky"), *dan = new_raccoon(f, "Dan");
    COMMIT(f->session);
    const Trashcan *can = kith_new(f->session, Trashcan, .raccoon_id = kith_some(rocky->id), .raccoon = { dan });
    FLUSH(f->session);
    assert_int_equal(can->raccoon_id.value, dan->id);
    kith_set(can, raccoon, rocky);
    kith_set(can, raccoon_id, dan->id);
    COMMIT(f->session);
    assert_int_equal(can->raccoon_id.value, rocky->id);
    assert_ptr_equal(kith_one(can, raccoon), rocky);
}

/* 53 */
static void the_relationship_wins_though_it_is_set_to_what_it_was(void **state)
{
    fixture *f = *state;
    const Raccoon *rocky = new_raccoon(f, "Rocky"), *dan = new_raccoon(f, "Dan");
    const Trashcan *can = kith_new(f->session, Trashcan, .raccoon = { rocky }), *free = kith_new(f->session, Trashcan);
    COMMIT(f->session);
    assert_ptr_equal(kith_one(can, raccoon), rocky);
    assert_null(kith_one(free, raccoon));
    assert_int_equal(COUNT(kith_many(rocky, trashcans)), 1);
    kith_set(can, raccoon_id, dan->id);
    kith_set(can, raccoon, rocky);
    kith_set(free, raccoon_id, dan->id);
    kith_set(free, raccoon, NULL);
    assert_int_equal(HOLDS(kith_many(rocky, trashcans), can), 1);
    COMMIT(f->session);
    assert_int_equal(can->raccoon_id.value, rocky->id);
    assert_false(free->raccoon_id.present);
    assert_ptr_equal(kith_one(can, raccoon), rocky);
    assert_int_equal(COUNT(kith_many(dan, trashcans)), 0);
}

/* ---------------------------------------------------------------- objects with rows */

typedef struct alley { const Raccoon *rocky, *dan; const Trashcan *can; } alley;

/* Rocky has one trashcan, Dan none; nothing of it is loaded but the three objects themselves. */
static alley stocked(fixture *f)
{
    const Raccoon *rocky = new_raccoon(f, "Rocky"), *dan = new_raccoon(f, "Dan");
    kith_new(f->session, Trashcan, .label = "first", .raccoon = { rocky });
    COMMIT(f->session);
    int64_t rocky_id = rocky->id, dan_id = dan->id;
    new_session(f);
    alley a = { kith_get(f->session, Raccoon, .id = rocky_id), kith_get(f->session, Raccoon, .id = dan_id),
        kith_first(f->session, Trashcan) };
    assert_true(a.rocky && a.dan && a.can);
    return a;
}

/* 54 */
static void appending_to_an_unloaded_list_sends_nothing(void **state)
{
    fixture *f = *state;
    alley a = stocked(f);
    SENDS(f, 0, kith_append(a.dan, trashcans, a.can));
    SENDS(f, 0, assert_ptr_equal(kith_one(a.can, raccoon), a.dan));
    SENDS(f, 2, assert_int_equal(HOLDS(kith_many(a.dan, trashcans), a.can), 1));      /* its UPDATE, then the load */
    assert_int_equal(seen_count(f, "UPDATE"), 1);
    assert_int_equal(COUNT(kith_many(a.rocky, trashcans)), 0);
    kith_test_ok(f->session);
}

/* 54 */
static void setting_a_scalar_loads_neither_parents_list(void **state)
{
    fixture *f = *state;
    alley a = stocked(f);
    SENDS(f, 0, kith_set(a.can, raccoon, a.dan));
    SENDS(f, 1, COMMIT(f->session));
    assert_int_equal(COUNT(kith_many(a.rocky, trashcans)), 0);
    assert_int_equal(HOLDS(kith_many(a.dan, trashcans), a.can), 1);
}

/* 54 */
static void removing_from_an_unloaded_list_sends_nothing(void **state)
{
    fixture *f = *state;
    alley a = stocked(f);
    SENDS(f, 0, kith_remove(a.rocky, trashcans, a.can));
    kith_test_ok(f->session);
    assert_int_equal(COUNT(kith_many(a.rocky, trashcans)), 0);
    COMMIT(f->session);
    assert_false(a.can->raccoon_id.present);
}

/* 54: what was queued is merged into what the rows say, even when the flush that would write it is off */
static void a_list_that_loads_late_merges_what_was_queued(void **state)
{
    fixture *f = *state;
    alley a = stocked(f);
    kith_session_autoflush(f->session, false);
    const Trashcan *second = new_can(f, "second"), *third = new_can(f, "third");
    SENDS(f, 0, {
        kith_append(a.rocky, trashcans, second);
        kith_set(third, raccoon, a.rocky);
    });
    KITH_LIST(Trashcan) list = kith_many(a.rocky, trashcans);
    assert_int_equal(list.count, 3);
    assert_ptr_equal(list.items[0], a.can);
    assert_ptr_equal(list.items[1], second);
    assert_ptr_equal(list.items[2], third);
    kith_test_ok(f->session);
}

/* 54 */
static void what_was_queued_and_taken_back_leaves_no_trace(void **state)
{
    fixture *f = *state;
    alley a = stocked(f);
    kith_session_autoflush(f->session, false);
    const Trashcan *second = new_can(f, "second");
    kith_append(a.dan, trashcans, second);
    kith_remove(a.dan, trashcans, second);
    kith_append(a.dan, trashcans, a.can);
    kith_append(a.rocky, trashcans, a.can);
    assert_int_equal(COUNT(kith_many(a.dan, trashcans)), 0);
    assert_int_equal(HOLDS(kith_many(a.rocky, trashcans), a.can), 1);
    assert_int_equal(COUNT(kith_many(a.rocky, trashcans)), 1);
    kith_test_ok(f->session);
}

/* 54: the same in many-to-many, where both sides are lists */
static void neither_side_of_a_many_to_many_is_loaded_by_a_change(void **state)
{
    fixture *f = *state;
    const Post *post = kith_new(f->session, Post, .title = "p");
    const Tag *red = kith_new(f->session, Tag, .word = "red"), *blue = kith_new(f->session, Tag, .word = "blue");
    kith_append(post, tags, red);
    COMMIT(f->session);
    int64_t post_id = post->id, red_id = red->id, blue_id = blue->id;
    new_session(f);
    post = kith_get(f->session, Post, .id = post_id);
    red = kith_get(f->session, Tag, .id = red_id);
    blue = kith_get(f->session, Tag, .id = blue_id);
    SENDS(f, 0, {
        kith_append(post, tags, blue);
        kith_remove(red, posts, post);
    });
    kith_session_autoflush(f->session, false);
    assert_int_equal(HOLDS(kith_many(post, tags), blue), 1);
    assert_int_equal(HOLDS(kith_many(post, tags), red), 0);
    assert_int_equal(COUNT(kith_many(red, posts)), 0);
    assert_int_equal(HOLDS(kith_many(blue, posts), post), 1);
    kith_test_ok(f->session);
}

/* 55 */
static void a_loaded_old_list_is_right_at_once(void **state)
{
    fixture *f = *state;
    alley a = stocked(f);
    assert_int_equal(COUNT(kith_many(a.rocky, trashcans)), 1);
    SENDS(f, 0, {
        kith_append(a.dan, trashcans, a.can);
        assert_int_equal(COUNT(kith_many(a.rocky, trashcans)), 0);
        assert_ptr_equal(kith_one(a.can, raccoon), a.dan);
    });
}

/* 55 */
static void an_unloaded_old_list_is_right_when_it_loads(void **state)
{
    fixture *f = *state;
    alley a = stocked(f);
    kith_append(a.dan, trashcans, a.can);
    assert_int_equal(COUNT(kith_many(a.rocky, trashcans)), 0);
    kith_test_ok(f->session);
}

/* 55: the other way to be wrong: no flush before the load, so the row still says Rocky */
static void an_unloaded_old_list_is_right_without_autoflush_too(void **state)
{
    fixture *f = *state;
    alley a = stocked(f);
    assert_ptr_equal(kith_one(a.can, raccoon), a.rocky);
    kith_session_autoflush(f->session, false);
    kith_append(a.dan, trashcans, a.can);
    assert_int_equal(COUNT(kith_many(a.rocky, trashcans)), 0);
    assert_int_equal(COUNT(kith_many(a.dan, trashcans)), 1);
}

/* 56 */
static void setting_null_sends_nothing(void **state)
{
    fixture *f = *state;
    alley a = stocked(f);
    SENDS(f, 0, kith_set_null(a.can, raccoon));
    SENDS(f, 0, assert_null(kith_one(a.can, raccoon)));
    assert_int_equal(COUNT(kith_many(a.rocky, trashcans)), 0);
    COMMIT(f->session);
    assert_false(a.can->raccoon_id.present);
}

/* 57: SQLAlchemy leaves the list stale here; kith applies the removal by identity */
static void a_removal_is_applied_though_the_old_parent_was_not_known(void **state)
{
    fixture *f = *state;
    alley a = stocked(f);
    kith_expire(a.can);
    kith_session_autoflush(f->session, false);
    kith_set_null(a.can, raccoon);
    assert_int_equal(COUNT(kith_many(a.rocky, trashcans)), 0);
    kith_test_ok(f->session);
}

/* 58 */
static void a_rollback_restores_both_sides(void **state)
{
    fixture *f = *state;
    alley a = stocked(f);
    assert_int_equal(COUNT(kith_many(a.rocky, trashcans)), 1);
    assert_int_equal(COUNT(kith_many(a.dan, trashcans)), 0);
    kith_set(a.can, raccoon, a.dan);
    kith_append(a.rocky, trashcans, new_can(f, "never"));
    assert_int_equal(kith_rollback(f->session), KITH_OK);
    assert_ptr_equal(kith_one(a.can, raccoon), a.rocky);
    assert_int_equal(COUNT(kith_many(a.rocky, trashcans)), 1);
    assert_int_equal(HOLDS(kith_many(a.rocky, trashcans), a.can), 1);
    assert_int_equal(COUNT(kith_many(a.dan, trashcans)), 0);
    assert_int_equal(a.can->raccoon_id.value, a.rocky->id);
}

/* 58: the same after the change was flushed, so that the rows have to be taken back too */
static void a_rollback_after_a_flush_restores_both_sides(void **state)
{
    fixture *f = *state;
    alley a = stocked(f);
    kith_set(a.can, raccoon, a.dan);
    FLUSH(f->session);
    assert_int_equal(a.can->raccoon_id.value, a.dan->id);
    assert_int_equal(COUNT(kith_many(a.dan, trashcans)), 1);
    assert_int_equal(kith_rollback(f->session), KITH_OK);
    assert_int_equal(a.can->raccoon_id.value, a.rocky->id);
    assert_ptr_equal(kith_one(a.can, raccoon), a.rocky);
    assert_int_equal(COUNT(kith_many(a.dan, trashcans)), 0);
    assert_int_equal(HOLDS(kith_many(a.rocky, trashcans), a.can), 1);
}

/* 59 */
static void a_loop_may_move_what_it_walks_over(void **state)
{
    fixture *f = *state;
    const Raccoon *rocky = new_raccoon(f, "Rocky"), *dan = new_raccoon(f, "Dan");
    for (int i = 0; i < 3; i++)
        kith_append(rocky, trashcans, new_can(f, "x"));
    int walked = 0;
    kith_each(Trashcan, can, kith_many(rocky, trashcans)) {
        kith_append(dan, trashcans, can);
        walked++;
    }
    assert_int_equal(walked, 3);
    assert_int_equal(COUNT(kith_many(rocky, trashcans)), 0);
    assert_int_equal(COUNT(kith_many(dan, trashcans)), 3);
}

/* 59: a list that was read stays what it was, whatever is done to the relationship, until the commit */
static void a_list_that_was_read_does_not_change(void **state)
{
    fixture *f = *state;
    const Raccoon *rocky = new_raccoon(f, "Rocky");
    const Trashcan *a = new_can(f, "a"), *b = new_can(f, "b");
    kith_append(rocky, trashcans, a);
    KITH_LIST(Trashcan) one = kith_many(rocky, trashcans);
    kith_append(rocky, trashcans, b);
    KITH_LIST(Trashcan) two = kith_many(rocky, trashcans);
    kith_remove(rocky, trashcans, a);
    for (int i = 0; i < 100; i++)
        kith_append(rocky, trashcans, new_can(f, "x"));
    kith_delete(b);
    assert_int_equal(one.count, 1);
    assert_ptr_equal(one.items[0], a);
    assert_int_equal(two.count, 2);
    assert_ptr_equal(two.items[0], a);
    assert_ptr_equal(two.items[1], b);
}

/* ---------------------------------------------------------------- one-to-one */

/* 60 */
static void one_to_one_is_in_step_from_both_sides(void **state)
{
    fixture *f = *state;
    const Bear *bear = kith_new(f->session, Bear, .name = "Baloo"), *other = kith_new(f->session, Bear, .name = "Bruin");
    const Den *den = kith_new(f->session, Den, .name = "cave"), *hole = kith_new(f->session, Den, .name = "hole");
    assert_null(kith_one(bear, den));
    assert_null(kith_one(den, bear));
    kith_set(bear, den, den);
    assert_ptr_equal(kith_one(den, bear), bear);
    kith_set(hole, bear, other);
    assert_ptr_equal(kith_one(other, den), hole);
    COMMIT(f->session);
    assert_int_equal(den->bear_id.value, bear->id);
    assert_int_equal(hole->bear_id.value, other->id);
    int64_t id = bear->id;
    new_session(f);
    const Den *found = kith_one(kith_get(f->session, Bear, .id = id), den);
    assert_non_null(found);
    assert_string_equal(found->name, "cave");
}

/* 60 */
static void a_bear_without_a_den_has_null(void **state)
{
    fixture *f = *state;
    const Bear *bear = kith_new(f->session, Bear, .name = "Baloo");
    COMMIT(f->session);
    int64_t id = bear->id;
    new_session(f);
    bear = kith_get(f->session, Bear, .id = id);
    SENDS(f, 1, assert_null(kith_one(bear, den)));
    SENDS(f, 0, assert_null(kith_one(bear, den)));      /* that there is none is known now */
}

/* 61 */
static void replacing_the_child_clears_the_old_ones_side_and_row(void **state)
{
    fixture *f = *state;
    const Bear *bear = kith_new(f->session, Bear, .name = "Baloo");
    const Den *cave = kith_new(f->session, Den, .name = "cave", .bear = { bear }), *hole = kith_new(f->session, Den, .name = "hole");
    COMMIT(f->session);
    kith_set(bear, den, hole);
    assert_null(kith_one(cave, bear));
    assert_ptr_equal(kith_one(hole, bear), bear);
    COMMIT(f->session);
    assert_false(cave->bear_id.present);
    assert_int_equal(hole->bear_id.value, bear->id);
    assert_int_equal(kith_count(f->session, Den, .where = kith_is_null(Den, bear_id)), 1);
}

/* 61: the old child's row, when it was never loaded into this session */
static void replacing_an_unloaded_child_nulls_its_row(void **state)
{
    fixture *f = *state;
    const Bear *bear = kith_new(f->session, Bear, .name = "Baloo");
    kith_new(f->session, Den, .name = "cave", .bear = { bear });
    COMMIT(f->session);
    int64_t id = bear->id;
    new_session(f);
    bear = kith_get(f->session, Bear, .id = id);
    const Den *hole = kith_new(f->session, Den, .name = "hole");
    kith_set(bear, den, hole);
    COMMIT(f->session);
    assert_int_equal(kith_count(f->session, Den, .where = kith_eq(Den, bear, bear)), 1);
    assert_ptr_equal(kith_one(bear, den), hole);
}

/* 62 */
static void moving_a_den_leaves_its_old_bear_without(void **state)
{
    fixture *f = *state;
    const Bear *one = kith_new(f->session, Bear, .name = "one"), *two = kith_new(f->session, Bear, .name = "two");
    const Den *den = kith_new(f->session, Den, .name = "cave");
    kith_set(one, den, den);
    kith_set(two, den, den);
    assert_ptr_equal(kith_one(den, bear), two);
    assert_null(kith_one(one, den));
    COMMIT(f->session);
    assert_null(kith_one(one, den));
    assert_ptr_equal(kith_one(two, den), den);
}

/* 62 */
static void setting_the_bear_from_the_den_displaces_the_old_den(void **state)
{
    fixture *f = *state;
    const Bear *bear = kith_new(f->session, Bear, .name = "Baloo");
    const Den *cave = kith_new(f->session, Den, .name = "cave"), *hole = kith_new(f->session, Den, .name = "hole");
    kith_set(cave, bear, bear);
    kith_set(hole, bear, bear);
    assert_ptr_equal(kith_one(bear, den), hole);
    assert_null(kith_one(cave, bear));
    COMMIT(f->session);
    assert_false(cave->bear_id.present);
}

/* 63 */
static void two_rows_where_one_was_meant_give_one_of_them(void **state)
{
    fixture *f = *state;
    const Bear *bear = kith_new(f->session, Bear, .name = "Baloo");
    COMMIT(f->session);
    raw_run(f, "INSERT INTO dens (name, bear_id) VALUES ('cave', 1), ('hole', 1)");
    const Den *den = kith_one(bear, den);
    assert_non_null(den);
    assert_true(den->bear_id.present && den->bear_id.value == bear->id);
    kith_test_ok(f->session);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_MEMORY(alley, appending_sets_the_other_sides_scalar),
        IN_MEMORY(alley, setting_the_scalar_appends_exactly_once),
        IN_MEMORY(alley, a_relationship_given_to_kith_new_is_on_both_sides),
        IN_MEMORY(alley, removing_clears_the_other_sides_scalar),
        IN_MEMORY(alley, setting_null_takes_it_out_of_the_list),
        IN_MEMORY(alley, a_move_by_append_leaves_the_old_list),
        IN_MEMORY(alley, a_move_by_setting_the_scalar_leaves_the_old_list),
        IN_MEMORY(alley, a_thousand_and_one_moves_keep_every_list_right),
        IN_MEMORY(alley, taking_out_and_putting_back_writes_nothing),
        IN_MEMORY(alley, a_list_may_hold_one_object_twice_until_it_is_read_anew),
        IN_MEMORY(alley, an_object_of_another_model_is_refused_on_the_spot),
        IN_MEMORY(alley, appending_null_is_refused),
        IN_MEMORY(alley, the_foreign_key_column_is_absent_until_the_flush),
        IN_MEMORY(alley, writing_the_foreign_key_column_moves_the_object_at_the_commit),
        IN_MEMORY(alley, refreshing_shows_what_the_foreign_key_column_says),
        IN_MEMORY(alley, the_relationship_wins_over_a_foreign_key_that_says_otherwise),
        IN_MEMORY(alley, the_relationship_wins_though_it_is_set_to_what_it_was),
        IN_MEMORY(alley, appending_to_an_unloaded_list_sends_nothing),
        IN_MEMORY(alley, setting_a_scalar_loads_neither_parents_list),
        IN_MEMORY(alley, removing_from_an_unloaded_list_sends_nothing),
        IN_MEMORY(alley, a_list_that_loads_late_merges_what_was_queued),
        IN_MEMORY(alley, what_was_queued_and_taken_back_leaves_no_trace),
        IN_MEMORY(blog, neither_side_of_a_many_to_many_is_loaded_by_a_change),
        IN_MEMORY(alley, a_loaded_old_list_is_right_at_once),
        IN_MEMORY(alley, an_unloaded_old_list_is_right_when_it_loads),
        IN_MEMORY(alley, an_unloaded_old_list_is_right_without_autoflush_too),
        IN_MEMORY(alley, setting_null_sends_nothing),
        IN_MEMORY(alley, a_removal_is_applied_though_the_old_parent_was_not_known),
        IN_MEMORY(alley, a_rollback_restores_both_sides),
        IN_MEMORY(alley, a_rollback_after_a_flush_restores_both_sides),
        IN_MEMORY(alley, a_loop_may_move_what_it_walks_over),
        IN_MEMORY(alley, a_list_that_was_read_does_not_change),
        IN_MEMORY(bears, one_to_one_is_in_step_from_both_sides),
        IN_MEMORY(bears, a_bear_without_a_den_has_null),
        IN_MEMORY(bears, replacing_the_child_clears_the_old_ones_side_and_row),
        IN_MEMORY(bears, replacing_an_unloaded_child_nulls_its_row),
        IN_MEMORY(bears, moving_a_den_leaves_its_old_bear_without),
        IN_MEMORY(bears, setting_the_bear_from_the_den_displaces_the_old_den),
        ON_FILE(bears, two_rows_where_one_was_meant_give_one_of_them),
    };
    return cmocka_run_group_tests_name("both sides of a relationship", tests, NULL, NULL);
}
