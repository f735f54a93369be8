/* Tables in the order of their references, the names of constraints, types. */
#include "support.h"

#include "schema/schema.h"

#include <stdio.h>

static bool reference(kith__schema *schema, const char *from, const char *const *to, size_t count)
{
    kith__table *table = kith__schema_find(schema, from);
    table->foreign_keys = kith__arena_zero(&schema->arena, count * sizeof *table->foreign_keys);
    if (!table->foreign_keys)
        return false;
    table->foreign_key_count = count;
    for (size_t i = 0; i < count; i++)
        table->foreign_keys[i].table = to[i];
    return true;
}

static void assert_order(const kith__schema *schema, const char *expected, bool expect_cyclic)
{
    kith__arena arena = { 0 };
    kith__text order = { 0 };
    bool cyclic = !expect_cyclic;
    kith__table **sorted = kith__schema_sorted(schema, &arena, &cyclic);
    assert_non_null(sorted);
    for (size_t i = 0; i < schema->table_count; i++)
        kith__text_addf(&order, i ? " %s" : "%s", sorted[i]->name);
    assert_string_equal(order.data, expected);
    assert_int_equal(cyclic, expect_cyclic);
    kith__text_free(&order);
    kith__arena_free(&arena);
}

static void add_all(kith__schema *schema, const char *names)
{
    for (; *names; names++)
        assert_non_null(kith__schema_add(schema, (char[]){ *names, '\0' }));
}

static void tables_without_references_keep_their_order(void **state)
{
    (void)state;
    kith__schema schema = { 0 };
    add_all(&schema, "zyxabc");
    assert_order(&schema, "z y x a b c", false);
    kith__schema_free(&schema);
}

static void a_table_comes_after_those_that_it_references(void **state)
{
    (void)state;
    kith__schema schema = { 0 };
    add_all(&schema, "abcd");
    assert_true(reference(&schema, "a", (const char *[]){ "c", "d", "elsewhere" }, 3));
    assert_true(reference(&schema, "c", (const char *[]){ "d", "c" }, 2));     /* itself too: no cycle */
    assert_order(&schema, "d c a b", false);
    kith__schema_free(&schema);
}

static void a_cycle_comes_in_the_order_of_the_schema_and_before_who_needs_it(void **state)
{
    (void)state;
    kith__schema schema = { 0 };
    add_all(&schema, "xabcy");
    assert_true(reference(&schema, "x", (const char *[]){ "b" }, 1));
    assert_true(reference(&schema, "a", (const char *[]){ "c" }, 1));
    assert_true(reference(&schema, "b", (const char *[]){ "a" }, 1));
    assert_true(reference(&schema, "c", (const char *[]){ "b", "y" }, 2));
    assert_order(&schema, "y a b c x", true);
    kith__schema_free(&schema);
}

static void a_chain_of_a_hundred_thousand_tables_is_sorted(void **state)
{
    (void)state;
    enum { LENGTH = 100000 };
    kith__schema schema = { 0 };
    char name[20], next[20];
    for (int i = 0; i < LENGTH; i++) {
        snprintf(name, sizeof name, "t%d", i);
        assert_non_null(kith__schema_add(&schema, name));
    }
    for (int i = 0; i + 1 < LENGTH; i++) {
        snprintf(name, sizeof name, "t%d", i);
        snprintf(next, sizeof next, "t%d", i + 1);
        assert_true(reference(&schema, name, (const char *[]){ kith__schema_find(&schema, next)->name }, 1));
    }
    kith__table **sorted = kith__schema_sorted(&schema, &schema.arena, NULL);
    for (int i = 0; i < LENGTH; i++)
        assert_ptr_equal(sorted[i], schema.tables[LENGTH - 1 - i]);
    kith__schema_free(&schema);
}

static bool makes_and_sorts(void *arg)
{
    (void)arg;
    kith__schema schema = { 0 };
    bool whole = true;
    for (int i = 0; whole && i < 40; i++)
        whole = kith__schema_add(&schema, (char[]){ 't', (char)('0' + i), '\0' }) != NULL;
    whole = whole && reference(&schema, "t0", (const char *[]){ "t1" }, 1) && kith__schema_sorted(&schema, &schema.arena, NULL)
        && kith__constraint_name(&schema.arena, "fk", "t0", (const char *[]){ "a" }, 1);
    kith__schema_free(&schema);
    return whole;
}

static void without_memory_nothing_is_left_behind(void **state)
{
    (void)state;
    assert_true(kith_test_each_allocation(makes_and_sorts, NULL) > 5);
}

static void a_long_name_is_cut_between_characters_and_stays_its_own(void **state)
{
    (void)state;
    kith__arena arena = { 0 };
    assert_string_equal(kith__constraint_name(&arena, "fk", "a", (const char *[]){ "b", "c" }, 2), "fk_a_b_c");
    const char *exact = "uq_456789012345678901234567890123456789012345678901234567890_23";
    assert_string_equal(kith__constraint_name(&arena, "uq", exact + 3, NULL, 0), exact);
    const char *first = kith__constraint_name(&arena, "uq", "a_table_whose_name_is_very_long_indeed_and_goes_on", (const char *[]){ "and_a_column" }, 1);
    const char *second = kith__constraint_name(&arena, "uq", "a_table_whose_name_is_very_long_indeed_and_goes_on", (const char *[]){ "and_another" }, 1);
    assert_int_equal(strlen(first), 63);
    assert_memory_equal(first, second, 54);
    assert_string_not_equal(first, second);
    /* the 54th byte is in the middle of an ä */
    const char *cut = kith__constraint_name(&arena, "uq", &"34567890123456789012345678901234567890123456789012345678äääääää"[6], NULL, 0);
    assert_true(kith__utf8_valid(cut, strlen(cut)));
    kith__arena_free(&arena);
}

static void types_are_equal_by_what_they_say(void **state)
{
    (void)state;
    const kith__type text = { .kind = KITH__TEXT }, plain = { .kind = KITH__VARCHAR }, ten = { .kind = KITH__VARCHAR, .length = 10 },
        money = { .kind = KITH__NUMERIC, .precision = 10, .scale = 2 }, less = { .kind = KITH__NUMERIC, .precision = 10, .scale = 1 },
        point = { .kind = KITH__OTHER_TYPE, .words = "point" }, line = { .kind = KITH__OTHER_TYPE, .words = "line" };
    assert_true(kith__type_equal(&text, &plain));
    assert_false(kith__type_equal(&text, &ten));
    assert_false(kith__type_equal(&money, &less));
    assert_true(kith__type_equal(&point, &point));
    assert_false(kith__type_equal(&point, &line));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tables_without_references_keep_their_order),
        cmocka_unit_test(a_table_comes_after_those_that_it_references),
        cmocka_unit_test(a_cycle_comes_in_the_order_of_the_schema_and_before_who_needs_it),
        cmocka_unit_test(a_chain_of_a_hundred_thousand_tables_is_sorted),
        cmocka_unit_test(without_memory_nothing_is_left_behind),
        cmocka_unit_test(a_long_name_is_cut_between_characters_and_stays_its_own),
        cmocka_unit_test(types_are_equal_by_what_they_say),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
