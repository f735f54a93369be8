/*
 * Conditions: which rows each finds, and which are refused with a sentence. The park is in park.h.
 */
#include "park.h"

#include <stdio.h>

#define finds(expected, ...) \
    park_lists((expected), kith_all(session, Raccoon, .where = __VA_ARGS__, .order_by = { kith_asc(Raccoon, id) }), __FILE__, __LINE__)

#define refuses(status, part, M, ...) \
    do { \
        assert_int_equal(kith_count(session, M, .where = __VA_ARGS__), -1); \
        kith_test_error(session, status, part); \
        kith_error_clear(session); \
        kith_test_ok(session); \
    } while (0)

static const Raccoon *named(const char *name) { return kith_only(session, Raccoon, .where = kith_eq(Raccoon, name, name)); }

/* ---------------------------------------------------------------- columns */

static void columns_are_compared_with_values_of_their_type(void **state)
{
    (void)state;
    finds("Rocky", kith_eq(Raccoon, name, "Rocky"));
    finds("Dan Sue Zed", kith_ne(Raccoon, name, "Rocky"));
    finds("Zed", kith_lt(Raccoon, age, 3));
    finds("Rocky Zed", kith_le(Raccoon, age, 3));
    finds("Dan Sue", kith_gt(Raccoon, age, 3));
    finds("Rocky Dan Sue", kith_ge(Raccoon, age, 3));
    finds("Rocky Dan", kith_between(Raccoon, age, 3, 5));
    finds("Dan", kith_eq(Raccoon, weight, 0.1));        /* a float column: 0.1 is 0.1f there */
    finds("Dan Sue", kith_eq(Raccoon, mother_id, 1));
}

static void null_is_asked_for_by_its_own_name(void **state)
{
    (void)state;
    finds("Zed", kith_not_null(Raccoon, nickname));
    finds("Rocky Dan Sue", kith_is_null(Raccoon, nickname));
    finds("Rocky Zed", kith_is_null(Raccoon, mother_id));
    finds("", kith_ne(Raccoon, nickname, "Z"));         /* as SQL has it: NULL is neither equal nor different */
}

static void texts_are_matched_by_pattern_beginning_and_part(void **state)
{
    (void)state;
    finds("Rocky", kith_like(Raccoon, name, "R%"));
    finds("", kith_like(Raccoon, name, "r%"));
    finds("Rocky", kith_ilike(Raccoon, name, "r%Y"));
    finds("Sue", kith_starts_with(Raccoon, name, "Su"));
    finds("", kith_starts_with(Raccoon, name, "%"));
    finds("Dan", kith_contains(Raccoon, name, "an"));
    finds("", kith_contains(Raccoon, name, "_"));
}

static void a_list_of_values_is_any_array(void **state)
{
    (void)state;
    int64_t ids[] = { 1, 4, 99 };
    const char *names[] = { "Dan", "Sue" };
    finds("Rocky Zed", kith_in(Raccoon, id, 3, ids));
    finds("Rocky Zed", kith_in(Raccoon, age, 2, (unsigned char[]){ 3, 1 }));
    finds("Dan Sue", kith_in(Raccoon, name, 2, names));
    finds("Dan", kith_in(Raccoon, weight, 1, (double[]){ 0.1 }));
    finds("", kith_in(Raccoon, id, 0, ids));
    finds("Rocky Dan Sue Zed", kith_not(kith_in(Raccoon, id, 0, ids)));
}

static void a_list_that_is_longer_than_a_statement_may_be_is_refused(void **state)
{
    (void)state;
    static int64_t many[40000];
    refuses(KITH_MISUSE, "40000", Raccoon, kith_in(Raccoon, id, 40000, many));
    refuses(KITH_MISUSE, "values", Raccoon, kith_and(kith_in(Raccoon, id, 20000, many), kith_in(Raccoon, age, 20000, many)));
}

static void a_value_out_of_range_is_no_other_value(void **state)
{
    (void)state;
    refuses(KITH_RANGE, "age", Raccoon, kith_eq(Raccoon, age, INT64_C(1) << 32));
    refuses(KITH_RANGE, "age", Raccoon, kith_in(Raccoon, age, 1, (int64_t[]){ (INT64_C(1) << 32) + 3 }));
    refuses(KITH_RANGE, "id", Raccoon, kith_eq(Raccoon, id, UINT64_MAX));
}

static void comparing_with_null_is_refused_and_says_kith_is_null(void **state)
{
    (void)state;
    const char *no_name = NULL;
    const Raccoon *nobody = NULL;
    kith_opt_int absent = { .present = false };
    refuses(KITH_MISUSE, "kith_is_null(Raccoon, name)", Raccoon, kith_eq(Raccoon, name, no_name));
    refuses(KITH_MISUSE, "kith_is_null(Raccoon, mother_id)", Raccoon, kith_eq(Raccoon, mother_id, absent));
    refuses(KITH_MISUSE, "kith_is_null(Raccoon, mother)", Raccoon, kith_eq(Raccoon, mother, nobody));
    refuses(KITH_MISUSE, "kith_is_null", Raccoon, kith_in(Raccoon, name, 1, (const char *[]){ NULL }));
    refuses(KITH_MISUSE, "kith_is_null", Raccoon, kith_like(Raccoon, name, no_name));
    refuses(KITH_MISUSE, "kith_is_null", Raccoon, kith_between(Raccoon, mother_id, 1, absent));
}

/* ---------------------------------------------------------------- and, or, not */

static void operands_that_are_null_are_no_condition(void **state)
{
    (void)state;
    finds("Rocky", kith_and(NULL, kith_eq(Raccoon, name, "Rocky"), NULL));
    finds("Rocky", kith_or(NULL, kith_eq(Raccoon, name, "Rocky")));
    finds("Rocky Dan Sue Zed", kith_and(NULL, NULL));
    finds("Rocky Dan Sue Zed", kith_or(NULL, kith_and(NULL, NULL)));
    finds("Rocky Dan Sue Zed", kith_not(NULL));
    finds("Rocky Dan Sue Zed", NULL);
}

static void and_or_and_not_nest(void **state)
{
    (void)state;
    finds("Dan Zed", kith_or(kith_and(kith_gt(Raccoon, age, 3), kith_lt(Raccoon, age, 8)), kith_eq(Raccoon, name, "Zed")));
    finds("Rocky Sue", kith_not(kith_or(kith_eq(Raccoon, name, "Dan"), kith_eq(Raccoon, name, "Zed"))));
    finds("Zed", kith_and(kith_or(kith_eq(Raccoon, age, 1), kith_eq(Raccoon, age, 3)), kith_ne(Raccoon, name, "Rocky")));
}

static void a_condition_that_is_none_is_refused(void **state)
{
    (void)state;
    refuses(KITH_MISUSE, "9999", Raccoon, (&(const kith_condition_){ .op = 9999, .model = kith_model_of_Raccoon }));
    refuses(KITH_MISUSE, "kith_narrow", Raccoon, (&(const kith_condition_){ .op = KITH_OP_END_ }));
    refuses(KITH_MISUSE, "no model", Raccoon, (&(const kith_condition_){ .op = KITH_OP_EQ_ }));
    refuses(KITH_MISUSE, "Raccoon", Raccoon, (&(const kith_condition_){ .op = KITH_OP_EQ_, .model = kith_model_of_Raccoon, .offset = 123456 }));
    refuses(KITH_MISUSE, "name", Raccoon, (&(const kith_condition_){ .op = KITH_OP_IN_, .model = kith_model_of_Raccoon, .offset = offsetof(Raccoon, name), .count = 3 }));
}

static void conditions_nested_without_end_are_refused(void **state)
{
    (void)state;
    static kith_condition_ deep[5000];
    static const kith_condition_ *operands[5000][2];
    const kith_condition_ end = { .op = KITH_OP_END_ };
    deep[4999] = *kith_eq(Raccoon, age, 3);
    for (size_t i = 4999; i-- > 0;) {
        operands[i][0] = &deep[i + 1];
        operands[i][1] = &end;
        deep[i] = (kith_condition_){ .op = KITH_OP_NOT_, .operands = operands[i] };
    }
    refuses(KITH_MISUSE, "1000", Raccoon, deep);
    assert_null(kith_narrow(session, NULL, deep));
    kith_test_error(session, KITH_MISUSE, "1000");
}

static void a_column_of_another_model_is_refused_naming_both(void **state)
{
    (void)state;
    refuses(KITH_MISUSE, "Trashcan", Raccoon, kith_eq(Trashcan, litres, 10));
    refuses(KITH_MISUSE, "Raccoon", Raccoon, kith_and(kith_eq(Raccoon, age, 1), kith_eq(Trashcan, litres, 10)));
    refuses(KITH_MISUSE, "Tag", Raccoon, kith_any(Raccoon, trashcans, kith_eq(Tag, word, "bold")));
}

static void what_does_not_apply_is_refused(void **state)
{
    (void)state;
    refuses(KITH_MISUSE, "kith_has", Raccoon, kith_any(Raccoon, mother, kith_eq(Raccoon, age, 1)));
    refuses(KITH_MISUSE, "kith_any", Raccoon, kith_has(Raccoon, cubs, kith_eq(Raccoon, age, 1)));
    refuses(KITH_MISUSE, "kith_any", Raccoon, kith_has(Raccoon, businesses, NULL));
    refuses(KITH_MISUSE, "kith_has", Trashcan, kith_any(Trashcan, city, NULL));
    refuses(KITH_MISUSE, "Raccoon.age", Raccoon, (&(const kith_condition_){ KITH_ABOUT_(KITH_OP_LIKE_, Raccoon, age), .value = kith_of_text("3") }));
    refuses(KITH_MISUSE, "Raccoon.age", Raccoon, (&(const kith_condition_){ KITH_ABOUT_(KITH_OP_ANY_, Raccoon, age) }));
    refuses(KITH_MISUSE, "Raccoon.mother", Raccoon, (&(const kith_condition_){ KITH_ABOUT_(KITH_OP_LT_, Raccoon, mother), .value = kith_of_int(3) }));
    refuses(KITH_MISUSE, "Raccoon.cubs", Raccoon, (&(const kith_condition_){ KITH_ABOUT_(KITH_OP_EQ_, Raccoon, cubs), .value = kith_of_object(named("Dan")) }));
}

/* ---------------------------------------------------------------- relationships */

static void a_to_one_is_compared_with_an_object(void **state)
{
    (void)state;
    const Raccoon *rocky = named("Rocky"), *dan = named("Dan"), *both[] = { rocky, dan };
    finds("Dan Sue", kith_eq(Raccoon, mother, rocky));
    finds("Rocky Zed", kith_ne(Raccoon, mother, rocky));        /* those without a mother, too */
    finds("Dan Sue", kith_in(Raccoon, mother, 2, both));
    finds("", kith_in(Raccoon, mother, 0, both));
    finds("Rocky Zed", kith_is_null(Raccoon, mother));
    finds("Dan Sue", kith_not_null(Raccoon, mother));
}

static void a_key_of_two_columns_is_compared_as_a_whole(void **state)
{
    (void)state;
    const Den *oak = kith_get(session, Den, .area = 1, .number = 1), *ash = kith_get(session, Den, .area = 1, .number = 2);
    const Den *both[] = { oak, ash };
    finds("Rocky", kith_eq(Raccoon, den, oak));
    finds("Dan Sue Zed", kith_ne(Raccoon, den, oak));
    finds("Rocky Sue", kith_in(Raccoon, den, 2, both));
    finds("Sue", kith_has(Raccoon, den, kith_eq(Den, name, "ash")));
    finds("Dan Zed", kith_is_null(Raccoon, den));
    assert_int_equal(kith_count(session, Den, .where = kith_any(Den, raccoons, kith_eq(Raccoon, name, "Sue"))), 1);
}

static void a_one_to_one_is_asked_from_either_side(void **state)
{
    (void)state;
    const Collar *red = kith_only(session, Collar, .where = kith_eq(Collar, colour, "red"));
    finds("Rocky", kith_eq(Raccoon, collar, red));
    finds("Dan Sue Zed", kith_ne(Raccoon, collar, red));
    finds("Dan Zed", kith_is_null(Raccoon, collar));
    finds("Rocky Sue", kith_not_null(Raccoon, collar));
    finds("Sue", kith_has(Raccoon, collar, kith_eq(Collar, colour, "blue")));
    assert_int_equal(kith_count(session, Collar, .where = kith_has(Collar, raccoon, kith_eq(Raccoon, age, 8))), 1);
}

static void some_of_a_list_holds(void **state)
{
    (void)state;
    finds("Rocky", kith_any(Raccoon, cubs, kith_eq(Raccoon, name, "Dan")));
    finds("Rocky", kith_any(Raccoon, cubs, NULL));
    finds("Dan Sue Zed", kith_is_null(Raccoon, cubs));
    finds("Dan Sue Zed", kith_not(kith_any(Raccoon, cubs, NULL)));
    finds("Rocky Dan", kith_any(Raccoon, tags, kith_eq(Tag, word, "grey")));
    finds("Sue Zed", kith_is_null(Raccoon, tags));
    finds("Rocky", kith_and(kith_any(Raccoon, tags, kith_eq(Tag, word, "grey")), kith_any(Raccoon, tags, kith_eq(Tag, word, "bold"))));
    finds("Rocky", kith_any(Raccoon, cubs, kith_has(Raccoon, mother, kith_any(Raccoon, tags, kith_eq(Tag, word, "bold")))));
    finds("Rocky", kith_any(Raccoon, trashcans, kith_and(kith_eq(Trashcan, litres, 20), kith_has(Trashcan, business, kith_eq(Business, name, "Kiosk")))));
}

static void objects_that_cannot_be_meant_are_refused(void **state)
{
    (void)state;
    kith_session *other = kith_session_open(park.database);
    const Raccoon *elsewhere = kith_get(other, Raccoon, .id = 1);
    refuses(KITH_MISUSE, "another session", Raccoon, kith_eq(Raccoon, mother, elsewhere));
    kith_session_close(other);

    kith_session_autoflush(session, false);
    const Raccoon *new = kith_new(session, Raccoon, .name = "New");
    refuses(KITH_MISUSE, "pending", Raccoon, kith_eq(Raccoon, mother, new));
    kith_session_autoflush(session, true);
    finds("", kith_eq(Raccoon, mother, new));       /* autoflush gives it its row */

    Raccoon own = *new;
    refuses(KITH_MISUSE, "no object", Raccoon, (&(const kith_condition_){ KITH_ABOUT_(KITH_OP_EQ_, Raccoon, mother), .value = kith_of_object(&own) }));
    refuses(KITH_MISUSE, "Den", Raccoon, (&(const kith_condition_){ KITH_ABOUT_(KITH_OP_EQ_, Raccoon, den), .value = kith_of_object(new) }));
}

/* ---------------------------------------------------------------- proxies */

static void a_condition_looks_through_proxies(void **state)
{
    (void)state;
    finds("Rocky Dan", kith_any(Raccoon, businesses, kith_eq(Business, name, "Shop")));
    finds("Rocky Dan", kith_any(Raccoon, businesses, NULL));
    finds("Rocky Dan", kith_any(Raccoon, cities, kith_eq(City, name, "Paris")));
    finds("Sue Zed", kith_is_null(Raccoon, businesses));        /* Sue has a can, at no business */
    assert_int_equal(kith_count(session, Business, .where = kith_any(Business, raccoons, kith_eq(Raccoon, name, "Dan"))), 1);
    assert_int_equal(kith_count(session, Trashcan, .where = kith_has(Trashcan, city, kith_eq(City, name, "Paris"))), 2);
}

static void a_scalar_proxy_is_compared_as_what_it_leads_to(void **state)
{
    (void)state;
    const City *paris = kith_only(session, City);
    assert_int_equal(kith_count(session, Trashcan, .where = kith_eq(Trashcan, city, paris)), 2);
    assert_int_equal(kith_count(session, Trashcan, .where = kith_ne(Trashcan, city, paris)), 1);     /* the Kiosk's: a business without a city */
    assert_int_equal(kith_count(session, Trashcan, .where = kith_is_null(Trashcan, city)), 2);       /* and the can without a business */
    assert_int_equal(kith_count(session, Trashcan, .where = kith_not_null(Trashcan, city)), 2);
}

/* ---------------------------------------------------------------- filters */

static const kith_filter *older_than(int age) { return kith_narrow(session, NULL, kith_gt(Raccoon, age, age)); }

static void a_filter_outlives_the_block_and_the_texts_of_its_conditions(void **state)
{
    (void)state;
    char *name = strdup("Rocky"), *names[] = { strdup("Dan") };
    const kith_filter *filter = kith_narrow(session, NULL, kith_eq(Raccoon, name, name));
    filter = kith_widen(session, filter, kith_in(Raccoon, name, 1, names));
    memset(name, 'x', 5);
    memset(names[0], 'x', 3);
    free(name);
    free(names[0]);
    assert_int_equal(kith_count(session, Raccoon, .filter = filter), 2);
    assert_int_equal(kith_count(session, Raccoon, .filter = filter, .where = kith_eq(Raccoon, name, "Dan")), 1);
    finds("Dan Sue", kith_filtered(older_than(3)));
    finds("Rocky", kith_and(kith_filtered(filter), kith_not(kith_filtered(older_than(3)))));
}

static void filters_that_grow_from_one_another_do_not_change_it(void **state)
{
    (void)state;
    const kith_filter *none = kith_narrow(session, NULL, NULL);
    assert_null(none);
    const kith_filter *base = kith_narrow(session, older_than(2), kith_lt(Raccoon, age, 9));        /* Rocky, Dan, Sue */
    const kith_filter *a = kith_narrow(session, base, kith_ne(Raccoon, name, "Dan")), *b = kith_narrow(session, base, kith_eq(Raccoon, name, "Dan"));
    const kith_filter *c = kith_widen(session, a, kith_eq(Raccoon, name, "Zed"));
    finds("Rocky Dan Sue", kith_filtered(base));
    finds("Rocky Sue", kith_filtered(a));
    finds("Dan", kith_filtered(b));
    finds("Rocky Sue Zed", kith_filtered(c));
    assert_ptr_equal(kith_narrow(session, a, NULL), a);
}

static void thousands_of_conditions_make_one_flat_filter(void **state)
{
    (void)state;
    const kith_filter *all = NULL, *some = NULL;
    for (int i = 0; i < 5000; i++) {
        all = kith_narrow(session, all, kith_ne(Raccoon, age, i + 100));
        some = kith_widen(session, some, kith_eq(Raccoon, age, i + 4));
    }
    finds("Rocky Dan Sue Zed", kith_filtered(all));
    finds("Dan Sue", kith_filtered(some));
}

static void a_filter_belongs_to_its_session(void **state)
{
    (void)state;
    kith_session *other = kith_session_open(park.database);
    const kith_filter *filter = kith_narrow(other, NULL, kith_eq(Raccoon, age, 3));
    assert_int_equal(kith_count(session, Raccoon, .filter = filter), -1);
    kith_test_error(session, KITH_MISUSE, "another session");
    kith_session_close(other);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, open_park, close_park)
    const struct CMUnitTest tests[] = {
        TEST(columns_are_compared_with_values_of_their_type),
        TEST(null_is_asked_for_by_its_own_name),
        TEST(texts_are_matched_by_pattern_beginning_and_part),
        TEST(a_list_of_values_is_any_array),
        TEST(a_list_that_is_longer_than_a_statement_may_be_is_refused),
        TEST(a_value_out_of_range_is_no_other_value),
        TEST(comparing_with_null_is_refused_and_says_kith_is_null),
        TEST(operands_that_are_null_are_no_condition),
        TEST(and_or_and_not_nest),
        TEST(a_condition_that_is_none_is_refused),
        TEST(conditions_nested_without_end_are_refused),
        TEST(a_column_of_another_model_is_refused_naming_both),
        TEST(what_does_not_apply_is_refused),
        TEST(a_to_one_is_compared_with_an_object),
        TEST(a_key_of_two_columns_is_compared_as_a_whole),
        TEST(a_one_to_one_is_asked_from_either_side),
        TEST(some_of_a_list_holds),
        TEST(objects_that_cannot_be_meant_are_refused),
        TEST(a_condition_looks_through_proxies),
        TEST(a_scalar_proxy_is_compared_as_what_it_leads_to),
        TEST(a_filter_outlives_the_block_and_the_texts_of_its_conditions),
        TEST(filters_that_grow_from_one_another_do_not_change_it),
        TEST(thousands_of_conditions_make_one_flat_filter),
        TEST(a_filter_belongs_to_its_session),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
