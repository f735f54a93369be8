/*
 * kith_first, kith_only, kith_all, kith_count, kith_exists, kith_stream, kith_rows, kith_delete_where, kith_update_where; kith_describe
 * and kith_assign. The park is in park.h.
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

#define lists(expected, list) park_lists((expected), (list), __FILE__, __LINE__)

#define refused(status, part) (kith_test_error(session, status, part), kith_error_clear(session))

/* ---------------------------------------------------------------- one */

static void first_gives_the_first_or_null_and_no_error(void **state)
{
    (void)state;
    assert_string_equal(kith_first(session, Raccoon, .order_by = { kith_desc(Raccoon, age) })->name, "Sue");
    assert_null(kith_first(session, Raccoon, .where = kith_eq(Raccoon, name, "nobody")));
    kith_test_ok(session);
    kith_test_sends(session, 1, &sent, kith_first(session, Raccoon));
    assert_non_null(strstr(sent.sql[0], "LIMIT"));
}

static void only_wants_one_and_says_which_model_has_none_or_more(void **state)
{
    (void)state;
    assert_string_equal(kith_only(session, Raccoon, .where = kith_eq(Raccoon, age, 8))->name, "Sue");
    assert_null(kith_only(session, Raccoon, .where = kith_eq(Raccoon, age, 99)));
    refused(KITH_NOT_FOUND, "Raccoon");
    assert_null(kith_only(session, Raccoon));
    refused(KITH_NOT_UNIQUE, "Raccoon");
    assert_non_null(kith_only(session, Raccoon, .limit = 1));
    kith_test_ok(session);
}

/* ---------------------------------------------------------------- many */

static void all_is_ordered_limited_and_begins_where_it_is_told(void **state)
{
    (void)state;
    lists("Dan Rocky Sue Zed", kith_all(session, Raccoon, .order_by = { kith_asc(Raccoon, name) }));
    lists("Sue Dan", kith_all(session, Raccoon, .order_by = { kith_desc(Raccoon, age) }, .limit = 2));
    lists("Rocky Zed", kith_all(session, Raccoon, .order_by = { kith_desc(Raccoon, age) }, .offset = 2));
    lists("Dan", kith_all(session, Raccoon, .order_by = { kith_asc(Raccoon, id) }, .limit = 1, .offset = 1));
    lists("", kith_all(session, Raccoon, .where = kith_gt(Raccoon, age, 100)));
    lists("Rocky Dan Sue Zed", kith_all(session, Raccoon, .distinct = true, .order_by = { kith_asc(Raccoon, id) }));
}

static void an_order_goes_through_a_relationship_and_keeps_those_without(void **state)
{
    (void)state;
    lists("Dan Sue Rocky Zed", kith_all(session, Raccoon, .order_by = { kith_desc_of(Raccoon, mother, name), kith_asc(Raccoon, id) }));
    lists("Dan Zed Sue Rocky", kith_all(session, Raccoon, .order_by = { kith_asc_of(Raccoon, den, name), kith_asc(Raccoon, id) }));
    lists("Dan Zed Rocky Sue", kith_all(session, Raccoon, .order_by = { kith_asc_of(Raccoon, den, area), kith_asc_of(Raccoon, den, number), kith_asc(Raccoon, id) }));
    lists("Sue Rocky", kith_all(session, Raccoon, .where = kith_has(Raccoon, collar, NULL), .order_by = { kith_asc_of(Raccoon, collar, colour) }));
    kith_test_sends(session, 1, &sent, kith_all(session, Trashcan, .where = kith_has(Trashcan, business, kith_eq(Business, name, "Shop")),
                                                .order_by = { kith_desc_of(Trashcan, raccoon, name), kith_asc_of(Trashcan, business, name) }));
    kith_test_ok(session);
}

static void an_order_that_has_no_meaning_is_refused(void **state)
{
    (void)state;
    kith_all(session, Raccoon, .order_by = { kith_asc(Trashcan, litres) });
    refused(KITH_MISUSE, "Trashcan");
    kith_all(session, Raccoon, .order_by = { { .model = kith_model_of_Raccoon, .offset = offsetof(Raccoon, cubs) } });
    refused(KITH_MISUSE, "column");
    kith_all(session, Raccoon, .order_by = { { .model = kith_model_of_Raccoon, .has_through = true, .through = offsetof(Raccoon, cubs) } });
    refused(KITH_MISUSE, "cubs");
    kith_all(session, Raccoon, .order_by = { { .model = kith_model_of_Raccoon, .has_through = true, .through = offsetof(Raccoon, age) } });
    refused(KITH_MISUSE, "relationship");
}

static void objects_keep_their_identity_through_queries(void **state)
{
    (void)state;
    const Raccoon *rocky = kith_get(session, Raccoon, .id = 1);
    assert_ptr_equal(rocky, kith_first(session, Raccoon, .where = kith_eq(Raccoon, name, "Rocky")));
    assert_ptr_equal(rocky, kith_all(session, Raccoon, .order_by = { kith_asc(Raccoon, id) }).items[0]);
}

static void a_query_finds_what_is_pending_and_what_was_written(void **state)
{
    (void)state;
    const Raccoon *dan = kith_get(session, Raccoon, .id = 2);
    kith_set(dan, age, 50);
    kith_new(session, Raccoon, .name = "New", .age = 51);
    lists("Dan New", kith_all(session, Raccoon, .where = kith_ge(Raccoon, age, 50), .order_by = { kith_asc(Raccoon, id) }));
    kith_delete(dan);
    assert_int_equal(kith_count(session, Raccoon, .where = kith_ge(Raccoon, age, 50)), 1);
}

static void count_and_exists_ask_one_small_question(void **state)
{
    (void)state;
    assert_int_equal(kith_count(session, Raccoon), 4);
    assert_int_equal(kith_count(session, Raccoon, .where = kith_gt(Raccoon, age, 3)), 2);
    assert_int_equal(kith_count(session, Raccoon, .limit = 3), 3);
    assert_int_equal(kith_count(session, Raccoon, .offset = 3), 1);
    assert_int_equal(kith_count(session, Raccoon, .distinct = true, .order_by = { kith_asc_of(Raccoon, mother, name) }), 4);
    assert_true(kith_exists(session, Raccoon, .where = kith_eq(Raccoon, name, "Zed")));
    assert_false(kith_exists(session, Raccoon, .where = kith_eq(Raccoon, name, "nobody"), .order_by = { kith_asc_of(Raccoon, mother, name) }));
    assert_true(kith_exists(session, Raccoon, .offset = 3));
    assert_false(kith_exists(session, Raccoon, .offset = 4));
    kith_test_ok(session);
}

static void what_comes_along_costs_one_statement_per_relationship(void **state)
{
    (void)state;
    KITH_LIST(Raccoon) list = { 0 };
    kith_test_sends(session, 4, &sent, list = kith_all(session, Raccoon, .load = { "trashcans.business", "tags" }, .order_by = { kith_asc(Raccoon, id) }));
    kith_test_sends(session, 0, &sent, {
        assert_int_equal(kith_many(list.items[0], trashcans).count, 2);
        assert_string_equal(kith_one(kith_many(list.items[0], trashcans).items[1], business)->name, "Kiosk");
        assert_int_equal(kith_many(list.items[0], tags).count, 2);
        assert_int_equal(kith_many(list.items[3], tags).count, 0);
    });
    kith_all(session, Raccoon, .load = { "trashcan" });
    refused(KITH_MISUSE, "trashcans");
}

static void a_shorter_query_of_an_older_program_is_read_as_far_as_it_goes(void **state)
{
    (void)state;
    kith_query query;
    memset(&query, 0xff, sizeof query);
    query.size_ = offsetof(kith_query, filter);
    query.where = kith_eq(Raccoon, age, 3);
    const kith_list_of_Raccoon *list = kith_all_(session, kith_model_of_Raccoon(), &query);
    lists("Rocky", *list);
}

static void after_an_error_queries_do_nothing(void **state)
{
    (void)state;
    kith_only(session, Raccoon, .where = kith_eq(Raccoon, age, 99));
    kith_test_seen(&sent);
    assert_int_equal(kith_count(session, Raccoon), -1);
    assert_false(kith_exists(session, Raccoon));
    assert_null(kith_first(session, Raccoon));
    assert_int_equal(kith_all(session, Raccoon).count, 0);
    assert_int_equal(kith_delete_where(session, Raccoon, .everything = true), -1);
    assert_int_equal(sent.count, 0);
    refused(KITH_NOT_FOUND, "Raccoon");
    assert_int_equal(kith_count(session, Raccoon), 4);
    assert_int_equal(kith_count((kith_session *)NULL, Raccoon), -1);
    assert_int_equal(kith_all((kith_session *)NULL, Raccoon).count, 0);
}

/* ---------------------------------------------------------------- reading only */

static void read_only_objects_are_read_and_nothing_else(void **state)
{
    (void)state;
    KITH_LIST(Raccoon) list = kith_all(session, Raccoon, .read_only = true, .order_by = { kith_asc(Raccoon, id) });
    lists("Rocky Dan Sue Zed", list);
    assert_ptr_not_equal(list.items[0], kith_get(session, Raccoon, .id = 1));
    kith_set(list.items[0], name, "Other");
    refused(KITH_MISUSE, "");
    assert_string_equal(list.items[0]->name, "Rocky");
    assert_true(kith_attach(session, list.items[0]) == KITH_MISUSE);
    refused(KITH_MISUSE, "");
    assert_string_equal(kith_describe(list.items[0]), "<Raccoon 1 (read only)>");
}

static void a_stream_reads_row_by_row_and_closes_itself(void **state)
{
    (void)state;
    char name[] = "%e%";
    int seen = 0;
    kith_stream(Raccoon, raccoon, session, .where = kith_like(Raccoon, name, name), .order_by = { kith_asc(Raccoon, id) }) {
        assert_string_equal(raccoon->name, seen++ ? "Zed" : "Sue");
        memset(name, 'x', 3);                       /* the stream has its own */
        assert_int_equal(kith_count(session, Raccoon), 4);
        kith_set(raccoon, age, 9);
        refused(KITH_MISUSE, "");
    }
    assert_int_equal(seen, 2);
    kith_stream(Raccoon, first, session) {
        assert_int_equal(first->id, 1);
        break;
    }
    kith_test_ok(session);
    assert_int_equal(kith_commit(session), KITH_OK);
    kith_stream(Raccoon, none, session, .load = { "tgas" })
        assert_null(none);
    refused(KITH_MISUSE, "Did you mean \"tags\"");
}

static void rows_are_structs_whose_columns_are_found_by_name(void **state)
{
    (void)state;
    const Tag *grey = kith_only(session, Tag, .where = kith_eq(Tag, word, "grey"));
    KITH_LIST(Tag) tags = kith_rows(session, Tag, "SELECT upper(word) || '?' AS word, id FROM tags WHERE id = ? /* ? */", grey);
    kith_test_ok(session);
    assert_int_equal(tags.count, 1);
    assert_string_equal(tags.items[0]->word, "GREY?");
    assert_int_equal(tags.items[0]->id, grey->id);
    kith_rows(session, Tag, "SELECT id FROM tags");
    refused(KITH_SCHEMA, "word");
    kith_rows(session, Tag, "SELECT id, word, 1 AS more FROM tags");
    refused(KITH_SCHEMA, "more");
    kith_rows(session, Tag, "SELECT id, word FROM tags WHERE id = ?");
    refused(KITH_MISUSE, "1 question mark");
}

/* ---------------------------------------------------------------- by condition */

static void delete_where_deletes_rows_and_the_objects_know(void **state)
{
    (void)state;
    const Trashcan *small = kith_get(session, Trashcan, .id = 1);
    assert_int_equal(kith_delete_where(session, Trashcan, .where = kith_lt(Trashcan, litres, 30)), 2);
    kith_test_ok(session);
    assert_int_equal(kith_state_of(small), KITH_DELETED);
    assert_null(kith_get(session, Trashcan, .id = 1));
    assert_int_equal(kith_count(session, Trashcan), 2);
    kith_rollback(session);
    assert_int_equal(kith_state_of(small), KITH_PERSISTENT);
    assert_ptr_equal(kith_get(session, Trashcan, .id = 1), small);
    assert_int_equal(kith_count(session, Trashcan), 4);
}

static void delete_where_reaches_through_relationships(void **state)
{
    (void)state;
    assert_int_equal(kith_delete_where(session, Trashcan, .where = kith_has(Trashcan, raccoon, kith_any(Raccoon, tags, kith_eq(Tag, word, "bold")))), 2);
    assert_int_equal(kith_count(session, Trashcan), 2);
}

static void everything_is_only_deleted_when_it_is_said(void **state)
{
    (void)state;
    assert_int_equal(kith_delete_where(session, Trashcan), -1);
    refused(KITH_MISUSE, ".everything");
    assert_int_equal(kith_delete_where(session, Trashcan, .where = kith_and(NULL, NULL)), -1);
    refused(KITH_MISUSE, "every Trashcan");
    assert_int_equal(kith_delete_where(session, Trashcan, .limit = 1, .everything = true), -1);
    refused(KITH_MISUSE, "limit");
    assert_int_equal(kith_delete_where(session, Trashcan, .everything = true), 4);
    assert_int_equal(kith_count(session, Trashcan), 0);
}

static void update_where_updates_rows_and_the_objects_know(void **state)
{
    (void)state;
    const Raccoon *rocky = kith_get(session, Raccoon, .id = 1), *zed = kith_get(session, Raccoon, .id = 4);
    assert_int_equal(kith_update_where(session, Raccoon, .set = { kith_by(Raccoon, age, 10), kith_to(Raccoon, nickname, "old") }, .where = kith_ge(Raccoon, age, 3)), 3);
    kith_test_ok(session);
    assert_int_equal(rocky->age, 13);
    assert_string_equal(rocky->nickname, "old");
    assert_int_equal(zed->age, 1);
    kith_rollback(session);
    assert_int_equal(rocky->age, 3);
    assert_null(rocky->nickname);
    assert_int_equal(kith_update_where(session, Raccoon, .set = { kith_to_null(Raccoon, mother_id) }, .everything = true), 4);
    assert_int_equal(kith_count(session, Raccoon, .where = kith_not_null(Raccoon, mother)), 0);
}

static void update_where_refuses_what_it_cannot_set(void **state)
{
    (void)state;
    assert_int_equal(kith_update_where(session, Raccoon, .set = { kith_to(Raccoon, age, 1) }), -1);
    refused(KITH_MISUSE, ".everything");
    assert_int_equal(kith_update_where(session, Raccoon, .everything = true), -1);
    refused(KITH_MISUSE, "nothing");
    assert_int_equal(kith_update_where(session, Raccoon, .set = { kith_to(Raccoon, id, 7) }, .everything = true), -1);
    refused(KITH_MISUSE, "primary key");
    assert_int_equal(kith_update_where(session, Raccoon, .set = { kith_by(Raccoon, name, "x") }, .everything = true), -1);
    refused(KITH_MISUSE, "Raccoon.name");
    assert_int_equal(kith_update_where(session, Raccoon, .set = { kith_to(Raccoon, age, INT64_C(1) << 40) }, .everything = true), -1);
    refused(KITH_RANGE, "age");
    assert_int_equal(kith_update_where(session, Raccoon, .set = { kith_to_null(Raccoon, age) }, .everything = true), -1);
    refused(KITH_RANGE, "age");
}

/* ---------------------------------------------------------------- describe, assign */

static void describe_says_what_an_object_is(void **state)
{
    (void)state;
    const Raccoon *rocky = kith_get(session, Raccoon, .id = 1);
    Raccoon own = *rocky;
    assert_string_equal(kith_describe(rocky), "<Raccoon 1>");
    kith_set(rocky, name, "Ringo");
    kith_set(rocky, age, 4);
    assert_string_equal(kith_describe(rocky), "<Raccoon 1, dirty: name, age>");
    assert_string_equal(kith_describe(kith_get(session, Den, .area = 1, .number = 2)), "<Den 1, 2>");
    assert_string_equal(kith_describe(kith_new(session, Raccoon)), "<Raccoon (pending)>");
    assert_string_equal(kith_describe(NULL), "<NULL>");
    assert_string_equal(kith_describe(&own), "<no object of kith's>");
    assert_string_equal(kith_describe(kith_get(session, Raccoon, .id = 2)), "<Raccoon 2>");
}

static void assign_writes_what_differs_in_the_copy(void **state)
{
    (void)state;
    const Raccoon *rocky = kith_get(session, Raccoon, .id = 1);
    Raccoon form = *rocky;
    kith_assign(rocky, &form);
    assert_string_equal(kith_describe(rocky), "<Raccoon 1>");
    form.name = "Ringo";
    form.den_area = (kith_opt_int){ .present = false };
    form.den_number = (kith_opt_int){ .present = false };
    form.id = 77;
    kith_assign(rocky, &form);
    kith_test_ok(session);
    assert_int_equal(rocky->id, 1);
    assert_int_equal(kith_commit(session), KITH_OK);
    kith_clear(session);
    rocky = kith_get(session, Raccoon, .id = 1);
    assert_string_equal(rocky->name, "Ringo");
    assert_false(rocky->den_area.present);
    assert_int_equal(rocky->age, 3);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, watch_park, leave_park)
    const struct CMUnitTest tests[] = {
        TEST(first_gives_the_first_or_null_and_no_error),
        TEST(only_wants_one_and_says_which_model_has_none_or_more),
        TEST(all_is_ordered_limited_and_begins_where_it_is_told),
        TEST(an_order_goes_through_a_relationship_and_keeps_those_without),
        TEST(an_order_that_has_no_meaning_is_refused),
        TEST(objects_keep_their_identity_through_queries),
        TEST(a_query_finds_what_is_pending_and_what_was_written),
        TEST(count_and_exists_ask_one_small_question),
        TEST(what_comes_along_costs_one_statement_per_relationship),
        TEST(a_shorter_query_of_an_older_program_is_read_as_far_as_it_goes),
        TEST(after_an_error_queries_do_nothing),
        TEST(read_only_objects_are_read_and_nothing_else),
        TEST(a_stream_reads_row_by_row_and_closes_itself),
        TEST(rows_are_structs_whose_columns_are_found_by_name),
        TEST(delete_where_deletes_rows_and_the_objects_know),
        TEST(delete_where_reaches_through_relationships),
        TEST(everything_is_only_deleted_when_it_is_said),
        TEST(update_where_updates_rows_and_the_objects_know),
        TEST(update_where_refuses_what_it_cannot_set),
        TEST(describe_says_what_an_object_is),
        TEST(assign_writes_what_differs_in_the_copy),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
