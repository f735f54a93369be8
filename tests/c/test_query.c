/*
 * Queries: every condition, filters that are built up, order, limit, and the calls that end a query (docs/behaviours.md 145 to 158, as
 * far as C has them). A condition is checked against what a loop over all rows says, so that the database and C agree.
 */
#include "fixture.h"

FAMILY(alley, ALLEY_MODELS);
FAMILY(blog, BLOG_MODELS);
FAMILY(tree, TREE_MODELS);
FAMILY(plots, PLOT_MODELS);

#define FOUND(...) ((int)kith_count(f->session, Raccoon, .where = __VA_ARGS__))

/* Six raccoons: Rocky 7, Dan absent, "rocky" 3, NULL 9, "100%_x" 0, "" -5. Rocky has two trashcans (one at the Shop), rocky one. */
static void stock(fixture *f)
{
    const Business *shop = kith_new(f->session, Business, .name = "Shop");
    const Raccoon *rocky = kith_new(f->session, Raccoon, .name = "Rocky", .age = kith_some(7));
    kith_new(f->session, Raccoon, .name = "Dan");
    const Raccoon *small = kith_new(f->session, Raccoon, .name = "rocky", .age = kith_some(3));
    kith_new(f->session, Raccoon, .age = kith_some(9));
    const Raccoon *odd = kith_new(f->session, Raccoon, .name = "100%_x");
    kith_set(odd, age, 0);
    kith_new(f->session, Raccoon, .name = "", .age = kith_some(-5));
    kith_new(f->session, Trashcan, .label = "a", .litres = 10, .raccoon = { rocky }, .business = { shop });
    kith_new(f->session, Trashcan, .label = "b", .litres = 20, .raccoon = { rocky });
    kith_new(f->session, Trashcan, .label = "c", .litres = 30, .raccoon = { small });
    kith_new(f->session, Trashcan, .label = "d", .litres = 40);
    COMMIT(f->session);
}

/* ---------------------------------------------------------------- conditions on columns */

/* 148 */
static void comparisons_compare(void **state)
{
    fixture *f = *state;
    stock(f);
    assert_int_equal(FOUND(kith_eq(Raccoon, age, 7)), 1);
    assert_int_equal(FOUND(kith_ne(Raccoon, age, 7)), 4);           /* absent is neither equal nor unequal */
    assert_int_equal(FOUND(kith_lt(Raccoon, age, 3)), 2);
    assert_int_equal(FOUND(kith_le(Raccoon, age, 3)), 3);
    assert_int_equal(FOUND(kith_gt(Raccoon, age, 3)), 2);
    assert_int_equal(FOUND(kith_ge(Raccoon, age, 3)), 3);
    assert_int_equal(FOUND(kith_between(Raccoon, age, 0, 7)), 3);
    assert_int_equal(FOUND(kith_between(Raccoon, age, 7, 0)), 0);
    assert_int_equal(FOUND(kith_eq(Raccoon, age, 0)), 1);
    assert_int_equal(FOUND(kith_is_null(Raccoon, age)), 1);
    assert_int_equal(FOUND(kith_not_null(Raccoon, age)), 5);
    assert_int_equal(FOUND(kith_eq(Raccoon, name, "")), 1);
    assert_int_equal(FOUND(kith_is_null(Raccoon, name)), 1);
    assert_int_equal(FOUND(kith_gt(Raccoon, name, "A")), 3);
}

/* 148: letters count in like, not in ilike; % and _ are wild there and nowhere else */
static void texts_are_matched(void **state)
{
    fixture *f = *state;
    stock(f);
    assert_int_equal(FOUND(kith_eq(Raccoon, name, "rocky")), 1);
    assert_int_equal(FOUND(kith_like(Raccoon, name, "R%")), 1);
    assert_int_equal(FOUND(kith_like(Raccoon, name, "_ocky")), 2);
    assert_int_equal(FOUND(kith_ilike(Raccoon, name, "r%")), 2);
    assert_int_equal(FOUND(kith_starts_with(Raccoon, name, "Ro")), 1);
    assert_int_equal(FOUND(kith_starts_with(Raccoon, name, "%")), 0);
    assert_int_equal(FOUND(kith_starts_with(Raccoon, name, "100%_")), 1);
    assert_int_equal(FOUND(kith_starts_with(Raccoon, name, "")), 5);
    assert_int_equal(FOUND(kith_contains(Raccoon, name, "ock")), 2);
    assert_int_equal(FOUND(kith_contains(Raccoon, name, "OCK")), 0);
    assert_int_equal(FOUND(kith_contains(Raccoon, name, "%_")), 1);
    assert_int_equal(FOUND(kith_contains(Raccoon, name, "_")), 1);
    assert_int_equal(FOUND(kith_contains(Raccoon, name, "'; DROP TABLE raccoons; --")), 0);
    assert_int_equal(FOUND(kith_not(kith_contains(Raccoon, name, "ock"))), 3);
    assert_int_equal((int)kith_count(f->session, Raccoon), 6);
}

/* 148: an empty list finds nothing, and its opposite everything */
static void in_takes_lists_of_any_length(void **state)
{
    fixture *f = *state;
    stock(f);
    assert_int_equal(FOUND(kith_in(Raccoon, age, 3, (int64_t[]){ 7, 3, 99 })), 2);
    assert_int_equal(FOUND(kith_in(Raccoon, name, 2, (const char *[]){ "Rocky", "Dan" })), 2);
    assert_int_equal(FOUND(kith_in(Raccoon, age, 0, (int64_t[]){ 7 })), 0);
    assert_int_equal(FOUND(kith_not(kith_in(Raccoon, id, 0, (int64_t[]){ 7 }))), 6);
    assert_int_equal(FOUND(kith_in(Raccoon, age, 4, (short[]){ 7, 7, 7, 3 })), 2);
    int64_t many[5000];
    for (int i = 0; i < 5000; i++)
        many[i] = i - 2500;
    assert_int_equal(FOUND(kith_in(Raccoon, age, 5000, many)), 5);
    KITH_LIST(Raccoon) rockies = kith_all(f->session, Raccoon, .where = kith_ilike(Raccoon, name, "rocky"));
    assert_int_equal(kith_count(f->session, Trashcan, .where = kith_in(Trashcan, raccoon, rockies.count, rockies.items)), 3);
    assert_int_equal(kith_count(f->session, Trashcan, .where = kith_in(Trashcan, raccoon, 0, rockies.items)), 0);
}

/* 148: three-valued, as SQL is */
static void and_or_not_combine(void **state)
{
    fixture *f = *state;
    stock(f);
    assert_int_equal(FOUND(kith_and(kith_eq(Raccoon, name, "Rocky"), kith_eq(Raccoon, age, 7))), 1);
    assert_int_equal(FOUND(kith_and(kith_eq(Raccoon, name, "Rocky"), kith_eq(Raccoon, age, 8))), 0);
    assert_int_equal(FOUND(kith_or(kith_eq(Raccoon, name, "Rocky"), kith_eq(Raccoon, age, 9), kith_eq(Raccoon, name, ""))), 3);
    assert_int_equal(FOUND(kith_not(kith_eq(Raccoon, age, 7))), 4);
    assert_int_equal(FOUND(kith_not(kith_not(kith_eq(Raccoon, age, 7)))), 1);
    assert_int_equal(FOUND(kith_and(kith_or(kith_eq(Raccoon, age, 7), kith_eq(Raccoon, age, 3)), kith_not(kith_eq(Raccoon, name, "Rocky")))), 1);
    assert_int_equal(FOUND(kith_or(kith_and(kith_eq(Raccoon, age, 7), kith_eq(Raccoon, age, 3)), kith_eq(Raccoon, age, 9))), 1);
}

/* A NULL operand is no condition */
static void a_null_operand_is_no_condition(void **state)
{
    fixture *f = *state;
    stock(f);
    const char *name = NULL;
    assert_int_equal(FOUND(kith_and(name ? kith_eq(Raccoon, name, name) : NULL, kith_ge(Raccoon, age, 3))), 3);
    assert_int_equal(FOUND(kith_or(NULL, kith_eq(Raccoon, age, 7))), 1);
    assert_int_equal(FOUND(kith_and(NULL, NULL)), 6);
    assert_int_equal(FOUND(kith_or(NULL, NULL)), 6);
    assert_int_equal(FOUND(NULL), 6);
}

/* An object that was not found must not find every orphan */
static void a_null_value_is_refused_with_the_hint_is_null(void **state)
{
    fixture *f = *state;
    stock(f);
    const Raccoon *nobody = kith_first(f->session, Raccoon, .where = kith_eq(Raccoon, name, "none"));
    assert_null(nobody);
    assert_int_equal(kith_count(f->session, Trashcan, .where = kith_eq(Trashcan, raccoon, nobody)), -1);
    kith_test_error(f->session, KITH_MISUSE, "kith_is_null");
    ABOUT(f->session, "Trashcan", "raccoon");
    kith_error_clear(f->session);
    assert_int_equal(kith_delete_where(f->session, Trashcan, .where = kith_eq(Trashcan, raccoon, nobody)), -1);
    kith_test_error(f->session, KITH_MISUSE, "kith_is_null");
    kith_error_clear(f->session);
    const char *no_text = NULL;
    assert_int_equal(FOUND(kith_eq(Raccoon, name, no_text)), -1);
    kith_test_error(f->session, KITH_MISUSE, "kith_is_null");
    kith_error_clear(f->session);
    kith_opt_int absent = { .present = false };
    assert_int_equal(FOUND(kith_ne(Raccoon, age, absent)), -1);
    kith_test_error(f->session, KITH_MISUSE, NULL);
    kith_error_clear(f->session);
    assert_int_equal(FOUND(kith_in(Raccoon, name, 2, (const char *[]){ "Rocky", NULL })), -1);
    kith_test_error(f->session, KITH_MISUSE, NULL);
    kith_error_clear(f->session);
    assert_int_equal(kith_count(f->session, Trashcan), 4);
}

/* Values are turned into the field's type; what does not fit is out of range, never wrapped */
static void a_value_is_compared_as_the_field_has_it(void **state)
{
    fixture *f = *state;
    stock(f);
    assert_int_equal(kith_count(f->session, Trashcan, .where = kith_eq(Trashcan, litres, (int64_t)10)), 1);
    assert_int_equal(kith_count(f->session, Trashcan, .where = kith_eq(Trashcan, litres, INT64_C(4294967306))), -1);
    kith_test_error(f->session, KITH_RANGE, "litres");
    ABOUT(f->session, "Trashcan", "litres");
    kith_error_clear(f->session);
    assert_int_equal(FOUND(kith_in(Raccoon, age, 1, (uint64_t[]){ UINT64_MAX })), -1);
    kith_test_error(f->session, KITH_RANGE, "age");
    kith_error_clear(f->session);
    assert_int_equal(FOUND(kith_between(Raccoon, age, 0, UINT64_MAX)), -1);
    kith_test_error(f->session, KITH_RANGE, "age");
    kith_error_clear(f->session);
}

/* ---------------------------------------------------------------- conditions on relationships */

/* 152 */
static void any_and_has_look_through_a_relationship(void **state)
{
    fixture *f = *state;
    stock(f);
    assert_int_equal(FOUND(kith_any(Raccoon, trashcans, NULL)), 2);
    assert_int_equal(FOUND(kith_not(kith_any(Raccoon, trashcans, NULL))), 4);
    assert_int_equal(FOUND(kith_any(Raccoon, trashcans, kith_gt(Trashcan, litres, 15))), 2);
    assert_int_equal(FOUND(kith_any(Raccoon, trashcans, kith_lt(Trashcan, litres, 15))), 1);
    assert_int_equal(kith_count(f->session, Trashcan, .where = kith_has(Trashcan, raccoon, NULL)), 3);
    assert_int_equal(kith_count(f->session, Trashcan, .where = kith_not(kith_has(Trashcan, raccoon, NULL))), 1);
    assert_int_equal(kith_count(f->session, Trashcan, .where = kith_has(Trashcan, raccoon, kith_eq(Raccoon, name, "Rocky"))), 2);
    assert_int_equal(FOUND(kith_any(Raccoon, trashcans, kith_has(Trashcan, business, kith_eq(Business, name, "Shop")))), 1);
    assert_int_equal(FOUND(kith_and(kith_any(Raccoon, trashcans, kith_eq(Trashcan, label, "a")), kith_any(Raccoon, trashcans, kith_eq(Trashcan, label, "b")))), 1);
    assert_int_equal(FOUND(kith_any(Raccoon, trashcans, kith_and(kith_eq(Trashcan, label, "a"), kith_eq(Trashcan, label, "b")))), 0);
}

/* 152: equal to an object; unequal also where there is none */
static void a_relationship_is_compared_with_an_object(void **state)
{
    fixture *f = *state;
    stock(f);
    const Raccoon *rocky = kith_first(f->session, Raccoon, .where = kith_eq(Raccoon, name, "Rocky"));
    assert_int_equal(kith_count(f->session, Trashcan, .where = kith_eq(Trashcan, raccoon, rocky)), 2);
    assert_int_equal(kith_count(f->session, Trashcan, .where = kith_ne(Trashcan, raccoon, rocky)), 2);
    assert_int_equal(kith_count(f->session, Trashcan, .where = kith_is_null(Trashcan, raccoon)), 1);
    assert_int_equal(kith_count(f->session, Trashcan, .where = kith_not_null(Trashcan, raccoon)), 3);
}

/* 152: an object that is pending is flushed first, and found by */
static void a_pending_object_may_be_compared_with(void **state)
{
    fixture *f = *state;
    const Raccoon *rocky = kith_new(f->session, Raccoon, .name = "Rocky");
    kith_new(f->session, Trashcan, .raccoon = { rocky });
    assert_int_equal(kith_count(f->session, Trashcan, .where = kith_eq(Trashcan, raccoon, rocky)), 1);
}

/* 152: a table with itself */
static void any_and_has_through_a_tree(void **state)
{
    fixture *f = *state;
    const Node *top = kith_new(f->session, Node, .name = "top"), *middle = kith_new(f->session, Node, .name = "middle", .parent = { top });
    kith_new(f->session, Node, .name = "leaf", .parent = { middle });
    COMMIT(f->session);
    assert_int_equal(kith_count(f->session, Node, .where = kith_has(Node, parent, kith_eq(Node, name, "top"))), 1);
    assert_int_equal(kith_count(f->session, Node, .where = kith_any(Node, children, kith_eq(Node, name, "leaf"))), 1);
    const Node *found = kith_only(f->session, Node, .where = kith_has(Node, parent, kith_has(Node, parent, kith_eq(Node, name, "top"))));
    assert_non_null(found);
    assert_string_equal(found->name, "leaf");
    found = kith_only(f->session, Node, .where = kith_and(kith_eq(Node, name, "top"), kith_any(Node, children, kith_any(Node, children, kith_eq(Node, name, "leaf")))));
    assert_ptr_equal(found, top);
}

/* 152 */
static void any_through_a_many_to_many(void **state)
{
    fixture *f = *state;
    const Post *a = kith_new(f->session, Post, .title = "a"), *b = kith_new(f->session, Post, .title = "b");
    kith_new(f->session, Post, .title = "c");
    const Tag *red = kith_new(f->session, Tag, .word = "red"), *blue = kith_new(f->session, Tag, .word = "blue");
    kith_append(a, tags, red);
    kith_append(a, tags, blue);
    kith_append(b, tags, blue);
    COMMIT(f->session);
    assert_int_equal(kith_count(f->session, Post, .where = kith_any(Post, tags, kith_eq(Tag, word, "blue"))), 2);
    assert_int_equal(kith_count(f->session, Post, .where = kith_any(Post, tags, kith_eq(Tag, word, "red"))), 1);
    assert_int_equal(kith_count(f->session, Post, .where = kith_not(kith_any(Post, tags, NULL))), 1);
    assert_int_equal(kith_count(f->session, Tag, .where = kith_any(Tag, posts, kith_eq(Post, title, "b"))), 1);
}

/* 152: keys of two columns */
static void composite_keys_in_conditions(void **state)
{
    fixture *f = *state;
    const Plot *a = kith_new(f->session, Plot, .x = 1, .y = 2, .name = "a"), *b = kith_new(f->session, Plot, .x = 2, .y = 1, .name = "b");
    kith_new(f->session, Shed, .name = "a's", .plot = { a });
    kith_new(f->session, Shed, .name = "b's", .plot = { b });
    kith_new(f->session, Shed, .name = "half", .plot_x = kith_some(1));
    COMMIT(f->session);
    assert_string_equal(kith_only(f->session, Shed, .where = kith_eq(Shed, plot, a))->name, "a's");
    assert_int_equal(kith_count(f->session, Shed, .where = kith_ne(Shed, plot, a)), 2);
    const Plot *both[] = { a, b };
    assert_int_equal(kith_count(f->session, Shed, .where = kith_in(Shed, plot, 2, both)), 2);
    assert_int_equal(kith_count(f->session, Shed, .where = kith_is_null(Shed, plot)), 1);
    assert_int_equal(kith_count(f->session, Shed, .where = kith_has(Shed, plot, kith_eq(Plot, name, "b"))), 1);
    assert_int_equal(kith_count(f->session, Plot, .where = kith_any(Plot, sheds, NULL)), 2);
}

/* 153 */
static void a_condition_that_a_relationship_cannot_have_is_refused(void **state)
{
    fixture *f = *state;
    stock(f);
    assert_int_equal(FOUND(kith_has(Raccoon, trashcans, NULL)), -1);
    kith_test_error(f->session, KITH_MISUSE, "kith_any");
    kith_error_clear(f->session);
    assert_int_equal(kith_count(f->session, Trashcan, .where = kith_any(Trashcan, raccoon, NULL)), -1);
    kith_test_error(f->session, KITH_MISUSE, "kith_has");
    kith_error_clear(f->session);
    const Raccoon *rocky = kith_first(f->session, Raccoon);
    assert_int_equal(kith_count(f->session, Trashcan, .where = kith_lt(Trashcan, raccoon, rocky)), -1);
    kith_test_error(f->session, KITH_MISUSE, "raccoon");
    kith_error_clear(f->session);
    assert_int_equal(FOUND(kith_any(Raccoon, name, NULL)), -1);
    kith_test_error(f->session, KITH_MISUSE, "name");
    kith_error_clear(f->session);
}

/* bad input: a column of another model */
static void a_condition_on_a_foreign_models_column_is_refused(void **state)
{
    fixture *f = *state;
    stock(f);
    assert_int_equal(kith_all(f->session, Raccoon, .where = kith_eq(Trashcan, label, "a")).count, 0);
    kith_test_error(f->session, KITH_MISUSE, "Trashcan");
    kith_error_clear(f->session);
    assert_int_equal(FOUND(kith_and(kith_eq(Raccoon, name, "Rocky"), kith_or(kith_eq(Business, name, "Shop"), NULL))), -1);
    kith_test_error(f->session, KITH_MISUSE, "Business");
    kith_error_clear(f->session);
    assert_null(kith_first(f->session, Raccoon, .order_by = { kith_asc(Trashcan, label) }));
    kith_test_error(f->session, KITH_MISUSE, "Trashcan");
    kith_error_clear(f->session);
    assert_int_equal(kith_count(f->session, Node), -1);         /* not one of this handle's models */
    kith_test_error(f->session, KITH_MISUSE, "Node");
    kith_error_clear(f->session);
}

/* ---------------------------------------------------------------- filters */

/* Built in branches, loops and functions */
static const kith_filter *older_than(kith_session *session, const kith_filter *filter, int64_t years)
{
    return kith_narrow(session, filter, kith_gt(Raccoon, age, years));
}

static void filters_are_narrowed_and_widened(void **state)
{
    fixture *f = *state;
    stock(f);
    const kith_filter *filter = NULL;
    assert_int_equal(kith_count(f->session, Raccoon, .filter = filter), 6);
    filter = older_than(f->session, filter, 0);
    assert_int_equal(kith_count(f->session, Raccoon, .filter = filter), 3);
    const kith_filter *before = filter;
    filter = kith_widen(f->session, filter, kith_eq(Raccoon, age, -5));
    assert_int_equal(kith_count(f->session, Raccoon, .filter = filter), 4);
    assert_int_equal(kith_count(f->session, Raccoon, .filter = before), 3);          /* a filter never changes */
    assert_int_equal(kith_count(f->session, Raccoon, .filter = filter, .where = kith_ilike(Raccoon, name, "rocky")), 2);
    filter = kith_narrow(f->session, filter, kith_filtered(kith_narrow(f->session, NULL, kith_eq(Raccoon, age, 7))));
    assert_int_equal(kith_count(f->session, Raccoon, .filter = filter), 1);
    filter = kith_narrow(f->session, filter, NULL);
    assert_int_equal(kith_count(f->session, Raccoon, .filter = filter), 1);
    assert_null(kith_filtered(NULL));
}

static void a_filter_keeps_copies_of_its_values(void **state)
{
    fixture *f = *state;
    stock(f);
    char name[] = "Rocky";
    int64_t ages[] = { 7, 3 };
    const kith_filter *by_name = kith_narrow(f->session, NULL, kith_eq(Raccoon, name, name));
    const kith_filter *by_age = kith_narrow(f->session, NULL, kith_in(Raccoon, age, 2, ages));
    memset(name, 'x', sizeof name - 1);
    ages[0] = ages[1] = 99;
    COMMIT(f->session);             /* a filter lives till clear */
    assert_int_equal(kith_count(f->session, Raccoon, .filter = by_name), 1);
    assert_int_equal(kith_count(f->session, Raccoon, .filter = by_age), 2);
}

static void a_filter_of_a_thousand_conditions(void **state)
{
    fixture *f = *state;
    stock(f);
    const kith_filter *filter = NULL;
    for (int i = 0; i < 900; i++)
        filter = kith_widen(f->session, filter, kith_eq(Raccoon, age, i));
    assert_int_equal(kith_count(f->session, Raccoon, .filter = filter), 4);
    kith_test_ok(f->session);
}

/* ---------------------------------------------------------------- order, limit, ends of a query */

/* 147 */
static void order_goes_by_several_keys_and_by_a_related_column(void **state)
{
    fixture *f = *state;
    stock(f);
    KITH_LIST(Raccoon) raccoons = kith_all(f->session, Raccoon, .where = kith_not_null(Raccoon, age), .order_by = { kith_desc(Raccoon, age) });
    assert_int_equal(raccoons.count, 5);
    assert_int_equal(raccoons.items[0]->age.value, 9);
    assert_int_equal(raccoons.items[4]->age.value, -5);
    KITH_LIST(Trashcan) cans = kith_all(f->session, Trashcan, .where = kith_not_null(Trashcan, raccoon),
        .order_by = { kith_desc_of(Trashcan, raccoon, name), kith_desc(Trashcan, litres) });
    assert_int_equal(cans.count, 3);
    assert_string_equal(cans.items[0]->label, "c");
    assert_string_equal(cans.items[1]->label, "b");
    assert_string_equal(cans.items[2]->label, "a");
    /* a row without a related one is not lost by being ordered */
    assert_int_equal(kith_all(f->session, Trashcan, .order_by = { kith_asc_of(Trashcan, raccoon, name) }).count, 4);
}

/* 147 */
static void limit_and_offset_cut(void **state)
{
    fixture *f = *state;
    stock(f);
    KITH_LIST(Raccoon) page = kith_all(f->session, Raccoon, .order_by = { kith_asc(Raccoon, id) }, .limit = 2, .offset = 1);
    assert_int_equal(page.count, 2);
    assert_string_equal(page.items[0]->name, "Dan");
    assert_int_equal(kith_all(f->session, Raccoon, .order_by = { kith_asc(Raccoon, id) }, .limit = 10, .offset = 5).count, 1);
    assert_int_equal(kith_all(f->session, Raccoon, .offset = 100).count, 0);
    assert_int_equal(kith_all(f->session, Raccoon, .order_by = { kith_asc(Raccoon, id) }, .offset = 4).count, 2);
    assert_int_equal(kith_all(f->session, Raccoon, .limit = SIZE_MAX).count, 6);
    kith_test_ok(f->session);
}

/* 146 */
static void first_only_all_count_exists(void **state)
{
    fixture *f = *state;
    stock(f);
    assert_string_equal(kith_first(f->session, Raccoon, .order_by = { kith_desc(Raccoon, age) }, .where = kith_not_null(Raccoon, name))->name, "Rocky");
    assert_null(kith_first(f->session, Raccoon, .where = kith_eq(Raccoon, name, "none")));
    kith_test_ok(f->session);
    assert_string_equal(kith_only(f->session, Raccoon, .where = kith_eq(Raccoon, age, 7))->name, "Rocky");
    assert_null(kith_only(f->session, Raccoon, .where = kith_eq(Raccoon, name, "none")));
    kith_test_error(f->session, KITH_NOT_FOUND, "Raccoon");
    ABOUT(f->session, "Raccoon", NULL);
    kith_error_clear(f->session);
    assert_null(kith_only(f->session, Raccoon, .where = kith_ilike(Raccoon, name, "rocky")));
    kith_test_error(f->session, KITH_NOT_UNIQUE, "Raccoon");
    kith_error_clear(f->session);
    assert_true(kith_exists(f->session, Raccoon, .where = kith_eq(Raccoon, name, "Dan")));
    assert_false(kith_exists(f->session, Raccoon, .where = kith_eq(Raccoon, name, "none")));
    assert_int_equal(kith_all(f->session, Raccoon).count, 6);
    assert_int_equal(kith_count(f->session, Raccoon), 6);
    SENDS(f, 1, (void)kith_first(f->session, Raccoon));
    SENDS(f, 1, (void)kith_exists(f->session, Raccoon));
    SENDS(f, 1, (void)kith_count(f->session, Raccoon));
}

/* 146: first asks for one row, not for all */
static void first_asks_for_one_row(void **state)
{
    fixture *f = *state;
    stock(f);
    kith_test_seen(&f->seen);
    (void)kith_first(f->session, Raccoon);
    assert_non_null(strstr(seen_sql(f, "SELECT", 0), "LIMIT"));
}

/* 148, 151: values are bound, never pasted */
static void no_value_is_ever_in_the_text_of_a_statement(void **state)
{
    fixture *f = *state;
    kith_test_seen(&f->seen);
    const Raccoon *marked = kith_new(f->session, Raccoon, .name = "MARKER", .age = kith_some(987654321));
    COMMIT(f->session);
    kith_set(marked, name, "MARKER too");
    (void)kith_count(f->session, Raccoon, .where = kith_or(kith_eq(Raccoon, name, "MARKER"), kith_like(Raccoon, name, "%MARKER%"),
        kith_in(Raccoon, name, 2, (const char *[]){ "MARKER", "x" }), kith_contains(Raccoon, name, "MARKER"), kith_starts_with(Raccoon, name, "MARKER"),
        kith_between(Raccoon, age, 987654321, 987654321)), .limit = 987654321);
    (void)kith_delete_where(f->session, Raccoon, .where = kith_eq(Raccoon, name, "MARKER"));
    kith_delete(marked);
    COMMIT(f->session);
    assert_true(f->seen.count >= 5);
    for (size_t i = 0; i < f->seen.count; i++) {
        assert_null(strstr(f->seen.sql[i], "MARKER"));
        assert_null(strstr(f->seen.sql[i], "987654321"));
    }
}

/* 117, 154: each once, whatever joins the order or the condition makes */
static void no_object_comes_twice(void **state)
{
    fixture *f = *state;
    stock(f);
    KITH_LIST(Raccoon) raccoons = kith_all(f->session, Raccoon, .where = kith_any(Raccoon, trashcans, kith_gt(Trashcan, litres, 0)),
        .load = { "trashcans" }, .distinct = true);
    assert_int_equal(raccoons.count, 2);
    assert_ptr_not_equal(raccoons.items[0], raccoons.items[1]);
}

/* ---------------------------------------------------------------- by condition, without objects */

/* 158 */
static void delete_where_counts_rows_and_needs_a_condition(void **state)
{
    fixture *f = *state;
    stock(f);
    assert_int_equal(kith_delete_where(f->session, Trashcan, .where = kith_ge(Trashcan, litres, 30)), 2);
    assert_int_equal(kith_count(f->session, Trashcan), 2);
    assert_int_equal(kith_delete_where(f->session, Trashcan, .where = kith_ge(Trashcan, litres, 30)), 0);
    assert_int_equal(kith_delete_where(f->session, Trashcan), -1);
    kith_test_error(f->session, KITH_MISUSE, "everything");
    kith_error_clear(f->session);
    assert_int_equal(kith_delete_where(f->session, Trashcan, .where = kith_and(NULL, NULL)), -1);
    kith_test_error(f->session, KITH_MISUSE, "everything");
    kith_error_clear(f->session);
    assert_int_equal(kith_delete_where(f->session, Trashcan, .everything = true), 2);
    assert_int_equal(kith_rollback(f->session), KITH_OK);
    assert_int_equal(kith_count(f->session, Trashcan), 4);
}

/* 158 */
static void update_where_sets_adds_and_nulls(void **state)
{
    fixture *f = *state;
    stock(f);
    assert_int_equal(kith_update_where(f->session, Trashcan, .set = { kith_by(Trashcan, litres, 5), kith_to(Trashcan, label, "new") },
        .where = kith_le(Trashcan, litres, 20)), 2);
    assert_int_equal(kith_count(f->session, Trashcan, .where = kith_eq(Trashcan, label, "new")), 2);
    assert_int_equal(kith_count(f->session, Trashcan, .where = kith_eq(Trashcan, litres, 25)), 1);
    assert_int_equal(kith_update_where(f->session, Trashcan, .set = { kith_to_null(Trashcan, label) }, .everything = true), 4);
    assert_int_equal(kith_count(f->session, Trashcan, .where = kith_is_null(Trashcan, label)), 4);
    assert_int_equal(kith_update_where(f->session, Trashcan, .set = { kith_to(Trashcan, label, "x") }), -1);
    kith_test_error(f->session, KITH_MISUSE, "everything");
    kith_error_clear(f->session);
    assert_int_equal(kith_update_where(f->session, Trashcan, .where = kith_eq(Trashcan, label, "x")), -1);
    kith_test_error(f->session, KITH_MISUSE, NULL);
    kith_error_clear(f->session);
}

/* 158: without autoflush the UPDATE is later than what was written to its columns, and takes nothing from the others */
static void update_where_forgets_what_was_written_to_its_columns(void **state)
{
    fixture *f = *state;
    stock(f);
    kith_session_autoflush(f->session, false);
    const Trashcan *can = kith_first(f->session, Trashcan, .where = kith_eq(Trashcan, litres, 10));
    kith_set(can, label, "written");
    kith_set(can, litres, 11);
    assert_int_equal(kith_update_where(f->session, Trashcan, .set = { kith_to(Trashcan, label, "updated") }, .everything = true), 4);
    assert_string_equal(can->label, "updated");
    assert_int_equal(can->litres, 11);
    COMMIT(f->session);
    assert_int_equal(kith_count(f->session, Trashcan, .where = kith_eq(Trashcan, label, "updated")), 4);
    assert_int_equal(kith_count(f->session, Trashcan, .where = kith_eq(Trashcan, litres, 11)), 1);
    kith_set(can, label, "written");
    assert_int_equal(kith_update_where(f->session, Trashcan, .set = { kith_to(Trashcan, label, "again") }, .where = kith_eq(Trashcan, litres, 11)), 1);
    assert_int_equal(kith_rollback(f->session), KITH_OK);
    kith_refresh(can);
    assert_string_equal(can->label, "updated");
}

/* 158: what was read between is of the transaction; a rollback goes back behind all of it */
static void a_rollback_goes_back_behind_every_update_where(void **state)
{
    fixture *f = *state;
    stock(f);
    COMMIT(f->session);
    kith_session_autoflush(f->session, false);
    const Trashcan *can = kith_first(f->session, Trashcan, .where = kith_eq(Trashcan, litres, 10));
    kith_set(can, litres, 11);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(kith_update_where(f->session, Trashcan, .set = { kith_to(Trashcan, label, i % 2 ? "one" : "two") }, .everything = true), 4);
        assert_int_equal(kith_all(f->session, Trashcan).count, 4);
        assert_string_equal(can->label, i % 2 ? "one" : "two");
        assert_int_equal(can->litres, 11);
    }
    assert_int_equal(kith_rollback(f->session), KITH_OK);
    assert_int_equal(can->litres, 10);
    assert_string_not_equal(can->label, "two");
    kith_refresh(can);
    assert_string_not_equal(can->label, "two");
    SENDS(f, 0, FLUSH(f->session));
}

/* 158: refused with a limit */
static void delete_where_with_a_limit_is_refused(void **state)
{
    fixture *f = *state;
    stock(f);
    assert_int_equal(kith_delete_where(f->session, Trashcan, .where = kith_gt(Trashcan, litres, 0), .limit = 1), -1);
    kith_test_error(f->session, KITH_MISUSE, "limit");
    kith_error_clear(f->session);
    assert_int_equal(kith_count(f->session, Trashcan), 4);
}

/* Rows in constant memory, closed on break */
static void a_stream_reads_all_and_closes_itself(void **state)
{
    fixture *f = *state;
    stock(f);
    int seen = 0;
    kith_stream(Raccoon, raccoon, f->session, .order_by = { kith_asc(Raccoon, id) })
        seen += raccoon->id > 0;
    assert_int_equal(seen, 6);
    kith_stream(Raccoon, raccoon, f->session) {
        seen++;
        break;
    }
    assert_int_equal(seen, 7);
    kith_test_ok(f->session);
    kith_new(f->session, Raccoon, .name = "after");
    COMMIT(f->session);         /* the one that was left early holds nothing open */
}

static void objects_that_are_only_read_cannot_be_written(void **state)
{
    fixture *f = *state;
    stock(f);
    KITH_LIST(Raccoon) raccoons = kith_all(f->session, Raccoon, .read_only = true, .load = { "trashcans" }, .order_by = { kith_asc(Raccoon, id) });
    assert_int_equal(raccoons.count, 6);
    assert_int_equal(COUNT(kith_many(raccoons.items[0], trashcans)), 2);
    kith_set(raccoons.items[0], name, "never");
    kith_test_error(f->session, KITH_MISUSE, "read_only");
    kith_error_clear(f->session);
    assert_string_equal(raccoons.items[0]->name, "Rocky");
    assert_ptr_not_equal(kith_first(f->session, Raccoon, .order_by = { kith_asc(Raccoon, id) }), raccoons.items[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_MEMORY(alley, comparisons_compare),
        IN_MEMORY(alley, texts_are_matched),
        IN_MEMORY(alley, in_takes_lists_of_any_length),
        IN_MEMORY(alley, and_or_not_combine),
        IN_MEMORY(alley, a_null_operand_is_no_condition),
        IN_MEMORY(alley, a_null_value_is_refused_with_the_hint_is_null),
        IN_MEMORY(alley, a_value_is_compared_as_the_field_has_it),
        IN_MEMORY(alley, any_and_has_look_through_a_relationship),
        IN_MEMORY(alley, a_relationship_is_compared_with_an_object),
        IN_MEMORY(alley, a_pending_object_may_be_compared_with),
        IN_MEMORY(tree, any_and_has_through_a_tree),
        IN_MEMORY(blog, any_through_a_many_to_many),
        IN_MEMORY(plots, composite_keys_in_conditions),
        IN_MEMORY(alley, a_condition_that_a_relationship_cannot_have_is_refused),
        IN_MEMORY(alley, a_condition_on_a_foreign_models_column_is_refused),
        IN_MEMORY(alley, filters_are_narrowed_and_widened),
        IN_MEMORY(alley, a_filter_keeps_copies_of_its_values),
        IN_MEMORY(alley, a_filter_of_a_thousand_conditions),
        IN_MEMORY(alley, order_goes_by_several_keys_and_by_a_related_column),
        IN_MEMORY(alley, limit_and_offset_cut),
        IN_MEMORY(alley, first_only_all_count_exists),
        IN_MEMORY(alley, first_asks_for_one_row),
        IN_MEMORY(alley, no_value_is_ever_in_the_text_of_a_statement),
        IN_MEMORY(alley, no_object_comes_twice),
        IN_MEMORY(alley, delete_where_counts_rows_and_needs_a_condition),
        IN_MEMORY(alley, update_where_sets_adds_and_nulls),
        IN_MEMORY(alley, update_where_forgets_what_was_written_to_its_columns),
        IN_MEMORY(alley, a_rollback_goes_back_behind_every_update_where),
        IN_MEMORY(alley, delete_where_with_a_limit_is_refused),
        IN_MEMORY(alley, a_stream_reads_all_and_closes_itself),
        IN_MEMORY(alley, objects_that_are_only_read_cannot_be_written),
    };
    return cmocka_run_group_tests_name("queries", tests, NULL, NULL);
}
