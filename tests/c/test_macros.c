/*
 * The macros of the headers: each evaluates what it is given once, in order, and none of it where it only looks at a type. They also work
 * in the places where C has its traps: unbraced ifs, conditionals, commas, names that the header's own macros use.
 */
#include "fixture.h"

FAMILY(alley, ALLEY_MODELS);

static int times;
static kith_session *counted(kith_session *session) { times++; return session; }
static const Raccoon *counted_raccoon(const Raccoon *raccoon) { times++; return raccoon; }
static const Trashcan *counted_can(const Trashcan *can) { times++; return can; }
static const Raccoon *counted_form(const Raccoon *form) { times++; return form; }
static int64_t counted_int(int64_t i) { times++; return i; }
static const char *counted_text(const char *text) { times++; return text; }
static size_t counted_size(size_t size) { times++; return size; }

#define EVALUATES(n, ...) do { times = 0; __VA_ARGS__; if (times != (n)) fail_msg("%d arguments were evaluated, not %d: %s", times, (n), #__VA_ARGS__); } while (0)

static void each_argument_is_evaluated_once(void **state)
{
    fixture *f = *state;
    kith_session *s = f->session;
    const Raccoon *rocky = NULL;
    EVALUATES(3, rocky = kith_new(counted(s), Raccoon, .name = counted_text("Rocky"), .age = kith_some(counted_int(3))));
    const Trashcan *can = kith_new(s, Trashcan, .litres = 10);
    Raccoon form = *rocky;
    EVALUATES(2, kith_add(counted(s), Raccoon, counted_form(&(Raccoon){ .name = "Dan" })));
    EVALUATES(2, kith_set(counted_raccoon(rocky), name, counted_text("Dan")));
    EVALUATES(1, kith_set_null(counted_raccoon(rocky), age));
    EVALUATES(2, kith_assign(counted_raccoon(rocky), counted_form(&form)));
    EVALUATES(2, kith_append(counted_raccoon(rocky), trashcans, counted_can(can)));
    EVALUATES(1, assert_int_equal(kith_many(counted_raccoon(rocky), trashcans).count, 1));
    EVALUATES(1, assert_ptr_equal(kith_one(counted_can(can), raccoon), rocky));
    EVALUATES(2, kith_remove(counted_raccoon(rocky), trashcans, counted_can(can)));
    FLUSH(s);
    EVALUATES(2, assert_ptr_equal(kith_get(counted(s), Raccoon, .id = counted_int(rocky->id)), rocky));
    EVALUATES(1, kith_refresh(counted_raccoon(rocky)));
    EVALUATES(1, kith_expire(counted_raccoon(rocky)));
    kith_test_ok(s);
}

static void each_argument_of_a_query_is_evaluated_once(void **state)
{
    fixture *f = *state;
    kith_session *s = f->session;
    const Raccoon *rocky = kith_new(s, Raccoon, .name = "Rocky", .age = kith_some(3));
    kith_new(s, Trashcan, .litres = 10, .raccoon = { rocky });
    int64_t ids[] = { 1, 2, 3 };
    COMMIT(s);
    EVALUATES(4, assert_int_equal(kith_all(counted(s), Raccoon, .where = kith_and(kith_eq(Raccoon, name, counted_text("Rocky")),
        kith_between(Raccoon, age, counted_int(1), counted_int(5)))).count, 1));
    EVALUATES(2, assert_int_equal(kith_count(counted(s), Raccoon, .where = kith_in(Raccoon, id, counted_size(3), ids)), 1));
    EVALUATES(2, assert_int_equal(kith_count(counted(s), Trashcan, .where = kith_eq(Trashcan, raccoon, counted_raccoon(rocky))), 1));
    EVALUATES(2, assert_int_equal(kith_sum(counted(s), Trashcan, litres, .where = kith_gt(Trashcan, litres, counted_int(5))), 10));
    EVALUATES(3, assert_int_equal(kith_page(counted(s), Raccoon, counted_size(1), counted_size(20)).total, 1));
    EVALUATES(3, assert_int_equal(kith_update_where(counted(s), Trashcan, .set = { kith_to(Trashcan, label, counted_text("a")), kith_by(Trashcan, litres, counted_int(1)) },
        .everything = true), 1));
    EVALUATES(3, kith_rows(counted(s), Trashcan, counted_text("SELECT * FROM trashcans WHERE id = ?"), counted_int(1)));
    EVALUATES(2, kith_stream(Trashcan, can, counted(s), .where = kith_eq(Trashcan, litres, counted_int(11))) assert_int_equal(can->litres, 11));
    EVALUATES(3, kith_stream_rows(Trashcan, can, counted(s), counted_text("SELECT * FROM trashcans WHERE id = ?"), counted_int(1)) assert_int_equal(can->litres, 11));
    EVALUATES(1, kith_each(Raccoon, raccoon, kith_all(counted(s), Raccoon)) assert_ptr_equal(raccoon, rocky));
    EVALUATES(2, assert_int_equal(kith_delete_where(counted(s), Trashcan, .where = kith_eq(Trashcan, litres, counted_int(11))), 1));
    kith_test_ok(s);
}

/* loops inside of loops, ifs without braces, a conditional, a comma in a compound literal */
static void macros_stand_where_statements_and_expressions_do(void **state)
{
    fixture *f = *state;
    kith_session *s = f->session;
    int pairs = 0, known = 1;
    for (int i = 0; i < 3; i++)
        if (i % 2)
            kith_new(s, Raccoon, .name = "odd", .age = known ? kith_some_int(i) : (kith_opt_int){ .present = false });
        else
            kith_new(s, Raccoon, .name = "even");
    KITH_LIST(Raccoon) all = kith_all(s, Raccoon);
    kith_each(Raccoon, a, all)
        kith_each(Raccoon, b, all)
            if (a == b)
                continue;
            else
                pairs++;
    assert_int_equal(pairs, 6);
    const Raccoon *first = kith_first(s, Raccoon, .where = known ? kith_eq(Raccoon, name, "odd") : NULL);
    assert_non_null(first);
    if (first)
        kith_set(first, name, "named");
    else
        kith_set_null(first, name);
    assert_int_equal(kith_count(s, Raccoon, .where = kith_in(Raccoon, name, 2, (const char *[]){ "named", "even" })), 3);
    kith_each(Raccoon, raccoon, all)
        if (raccoon != first)
            break;
    kith_stream(Raccoon, outer, s)
        kith_stream(Raccoon, inner, s, .where = kith_eq(Raccoon, id, outer->id))
            pairs -= inner->id == outer->id;
    assert_int_equal(pairs, 3);
    kith_test_ok(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_MEMORY(alley, each_argument_is_evaluated_once),
        IN_MEMORY(alley, each_argument_of_a_query_is_evaluated_once),
        IN_MEMORY(alley, macros_stand_where_statements_and_expressions_do),
    };
    return cmocka_run_group_tests_name("macros", tests, NULL, NULL);
}
