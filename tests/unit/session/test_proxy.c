/*
 * Association proxies: what they show, what a change through them makes and takes away, and what they cost. The park is in park.h.
 */
#include "park.h"

#include <stdio.h>

static kith_test_statements sent;

static int watch_park(void **state)
{
    open_park(state);
    kith_test_watch(session, &sent);
    return 0;
}

static int leave_park(void **state)
{
    kith_test_unwatch(session, &sent);
    return close_park(state);
}

static const Business *shop(void) { return kith_only(session, Business, .where = kith_eq(Business, name, "Shop")); }
static const Raccoon *raccoon(int64_t id) { return kith_get(session, Raccoon, .id = id); }

#define lists(expected, list) park_lists((expected), (list), __FILE__, __LINE__)

static void a_proxy_lists_what_the_intermediates_lead_to(void **state)
{
    (void)state;
    lists("Rocky Dan", kith_many(shop(), raccoons));
    assert_int_equal(kith_many(raccoon(1), businesses).count, 2);
    assert_int_equal(kith_many(raccoon(3), businesses).count, 0);       /* her can leads to no business */
    assert_int_equal(kith_many(raccoon(4), businesses).count, 0);
    KITH_LIST(City) cities = kith_many(raccoon(1), cities);             /* by the cans' own proxy */
    assert_int_equal(cities.count, 1);
    assert_string_equal(cities.items[0]->name, "Paris");
    kith_test_ok(session);
}

static void a_scalar_proxy_reads_what_is_at_its_end_or_null(void **state)
{
    (void)state;
    assert_string_equal(kith_one(kith_get(session, Trashcan, .id = 1), city)->name, "Paris");
    assert_null(kith_one(kith_get(session, Trashcan, .id = 2), city));
    assert_null(kith_one(kith_get(session, Trashcan, .id = 4), city));
    kith_test_ok(session);
}

static void it_is_a_live_view_and_a_list_that_was_read_stays(void **state)
{
    (void)state;
    const Business *business = shop();
    KITH_LIST(Raccoon) before = kith_many(business, raccoons), again = kith_many(business, raccoons);
    assert_ptr_equal(before.items, again.items);        /* nothing changed: nothing new is made */
    const Trashcan *can = kith_many(business, trashcans).items[0];
    kith_set(can, raccoon, raccoon(4));
    lists("Zed Dan", kith_many(business, raccoons));
    lists("Rocky Dan", before);
    kith_set_null(can, raccoon);
    lists("Dan", kith_many(business, raccoons));
    kith_new(session, Trashcan, .business = { business }, .raccoon = { raccoon(3) });
    lists("Dan Sue", kith_many(business, raccoons));
    lists("Rocky Dan", before);
}

static void append_makes_an_intermediate_that_both_ends_know(void **state)
{
    (void)state;
    const Business *business = shop();
    const Raccoon *zed = raccoon(4);
    kith_append(business, raccoons, zed);
    lists("Rocky Dan Zed", kith_many(business, raccoons));
    assert_int_equal(kith_many(zed, trashcans).count, 1);
    const Trashcan *can = kith_many(zed, trashcans).items[0];
    assert_ptr_equal(kith_one(can, business), business);
    assert_int_equal(kith_commit(session), KITH_OK);
    kith_clear(session);
    lists("Rocky Dan Zed", kith_many(shop(), raccoons));
    assert_int_equal(kith_count(session, Trashcan), 5);
}

static void append_to_a_new_owner_writes_all_three(void **state)
{
    (void)state;
    const Business *bar = kith_new(session, Business, .name = "Bar");
    const Raccoon *new = kith_new(session, Raccoon, .name = "New");
    kith_append(bar, raccoons, new);
    lists("New", kith_many(bar, raccoons));
    assert_int_equal(kith_commit(session), KITH_OK);
    assert_int_equal(kith_count(session, Trashcan, .where = kith_and(kith_eq(Trashcan, business, bar), kith_eq(Trashcan, raccoon, new))), 1);
}

static void nothing_half_built_is_written_by_autoflush(void **state)
{
    (void)state;
    const Business *business = shop();
    const Raccoon *zed = raccoon(4);
    kith_new(session, Raccoon, .name = "pending");      /* something that autoflush would write */
    kith_append(business, raccoons, zed);
    kith_count(session, Raccoon);
    for (size_t i = 0; i < sent.count; i++)
        if (strstr(sent.sql[i], "INSERT INTO \"trashcans\""))
            assert_null(strstr(sent.values[i], "NULL"));
    assert_int_equal(kith_count(session, Trashcan, .where = kith_eq(Trashcan, raccoon, zed)), 1);
}

static void remove_takes_the_intermediate_out(void **state)
{
    (void)state;
    const Business *business = shop();
    const Raccoon *rocky = raccoon(1);
    kith_remove(business, raccoons, rocky);
    lists("Dan", kith_many(business, raccoons));
    assert_int_equal(kith_commit(session), KITH_OK);
    const Trashcan *can = kith_get(session, Trashcan, .id = 1);
    assert_non_null(can);               /* its row stays: no delete-orphan */
    assert_null(kith_one(can, business));
    kith_remove(business, raccoons, rocky);
    kith_test_error(session, KITH_MISUSE, "Business.raccoons");
}

static void a_scalar_proxy_is_set_on_the_intermediate_that_is_there(void **state)
{
    (void)state;
    const Trashcan *can = kith_get(session, Trashcan, .id = 2);
    const City *rome = kith_new(session, City, .name = "Rome");
    kith_set(can, city, rome);
    assert_ptr_equal(kith_one(kith_one(can, business), city), rome);
    kith_set_null(can, city);
    assert_null(kith_one(kith_one(can, business), city));
    kith_test_ok(session);
}

static void a_scalar_proxy_makes_the_intermediate_that_is_missing(void **state)
{
    (void)state;
    const Trashcan *can = kith_get(session, Trashcan, .id = 4);
    kith_set_null(can, city);
    assert_null(kith_one(can, business));               /* NULL makes nothing */
    kith_set(can, city, kith_only(session, City));
    assert_non_null(kith_one(can, business));
    assert_string_equal(kith_one(can, city)->name, "Paris");
    assert_int_equal(kith_commit(session), KITH_OK);
    assert_int_equal(kith_count(session, Business), 3);
}

static void a_proxy_refuses_what_its_end_would_refuse_and_makes_nothing(void **state)
{
    (void)state;
    kith_session *other = kith_session_open(park.database);
    const Raccoon *elsewhere = kith_get(other, Raccoon, .id = 1);
    const Business *business = shop();
    kith_append(business, raccoons, elsewhere);
    kith_test_error(session, KITH_MISUSE, "another session");
    kith_error_clear(session);
    kith_append_(business, offsetof(Business, raccoons), kith_of_object(business));
    kith_test_error(session, KITH_MISUSE, "Raccoon");
    kith_error_clear(session);
    const Raccoon *zed = raccoon(4);
    kith_delete(zed);
    kith_append(business, raccoons, zed);
    kith_test_error(session, KITH_MISUSE, "deleted");
    kith_error_clear(session);
    assert_int_equal(kith_count(session, Trashcan), 4);
    kith_session_close(other);
}

static void reading_through_a_proxy_costs_a_statement_per_relationship_and_then_none(void **state)
{
    (void)state;
    KITH_LIST(Business) all = kith_all(session, Business, .order_by = { kith_asc(Business, id) });
    kith_test_sends(session, 2, &sent, kith_each(Business, business, all) kith_many(business, raccoons));
    kith_test_sends(session, 0, &sent, kith_each(Business, business, all) kith_many(business, raccoons));
    kith_clear(session);
    kith_test_sends(session, 3, &sent, all = kith_all(session, Business, .load = { "raccoons" }, .order_by = { kith_asc(Business, id) }));
    kith_test_sends(session, 0, &sent, kith_each(Business, business, all) kith_many(business, raccoons));
    kith_test_ok(session);
}

static void a_rollback_takes_back_what_was_made_through_a_proxy(void **state)
{
    (void)state;
    const Business *business = shop();
    kith_append(business, raccoons, raccoon(4));
    kith_remove(business, raccoons, raccoon(2));
    lists("Rocky Zed", kith_many(business, raccoons));
    kith_rollback(session);
    lists("Rocky Dan", kith_many(business, raccoons));
    assert_int_equal(kith_many(raccoon(4), trashcans).count, 0);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, watch_park, leave_park)
    const struct CMUnitTest tests[] = {
        TEST(a_proxy_lists_what_the_intermediates_lead_to),
        TEST(a_scalar_proxy_reads_what_is_at_its_end_or_null),
        TEST(it_is_a_live_view_and_a_list_that_was_read_stays),
        TEST(append_makes_an_intermediate_that_both_ends_know),
        TEST(append_to_a_new_owner_writes_all_three),
        TEST(nothing_half_built_is_written_by_autoflush),
        TEST(remove_takes_the_intermediate_out),
        TEST(a_scalar_proxy_is_set_on_the_intermediate_that_is_there),
        TEST(a_scalar_proxy_makes_the_intermediate_that_is_missing),
        TEST(a_proxy_refuses_what_its_end_would_refuse_and_makes_nothing),
        TEST(reading_through_a_proxy_costs_a_statement_per_relationship_and_then_none),
        TEST(a_rollback_takes_back_what_was_made_through_a_proxy),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
