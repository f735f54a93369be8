/*
 * Many rows from an array: kith_insert_all, past the identity map (docs/behaviours.md 113). All rows are there afterwards, or none.
 */
#include "fixture.h"

KITH_DECLARE(Item);
struct Item { int64_t id; const char *name; int32_t pieces; kith_opt_int raccoon_id; int32_t version; kith_datetime at; KITH_ONE(Raccoon) raccoon; KITH_MANY(Item) none_of; };
static kith_value five(kith_session *session, const void *object) { (void)session; (void)object; return kith_of_int(5); }
KITH_MODEL(Item, "items", KITH_COLUMN(id, .primary_key = true), KITH_COLUMN(name, .not_null = true, .unique = true, .length = 8),
    KITH_COLUMN(pieces, .on_insert = five, .check = "pieces > 0"), KITH_COLUMN(raccoon_id, .foreign_key = "raccoons.id"), KITH_COLUMN(version, .version = true),
    KITH_COLUMN(at, .server_default = "'1970-01-01 00:00:00.000007'"), KITH_RELATIONSHIP(raccoon, Raccoon), KITH_UNMAPPED(none_of));
KITH_DECLARE(Bare);
struct Bare { int64_t id; };
KITH_MODEL(Bare, "bares", KITH_COLUMN(id, .primary_key = true));
/* What a function gives is good until its next call. */
static kith_value numbered(kith_session *session, const void *object)
{
    static char text[16];
    static int calls;
    (void)session, (void)object;
    snprintf(text, sizeof text, "label %d", ++calls % 1000);
    return kith_of_text(text);
}
KITH_DECLARE(Label);
struct Label { int64_t id; const char *text; };
KITH_MODEL(Label, "labels", KITH_COLUMN(id, .primary_key = true), KITH_COLUMN(text, .on_insert = numbered));
FAMILY(items, KITH_MODELS(Item, Bare, Label, Business, Raccoon, Trashcan));

static void rows_of_an_array_are_inserted_with_their_defaults(void **state)
{
    fixture *f = *state;
    const Raccoon *rocky = kith_new(f->session, Raccoon, .name = "Rocky");
    COMMIT(f->session);
    char name[] = "first";
    const Item items[] = { { .name = name, .raccoon = { rocky } }, { .name = "second", .pieces = 9, .at = { 11 } }, { .id = 70, .name = "third", .version = 4 } };
    assert_int_equal(kith_insert_all(f->session, Item, items, 3), 3);
    memset(name, 'x', 3);
    COMMIT(f->session);
    KITH_LIST(Item) there = kith_all(f->session, Item, .order_by = { kith_asc(Item, id) });
    assert_int_equal(there.count, 3);
    assert_string_equal(there.items[0]->name, "first");
    assert_int_equal(there.items[0]->pieces, 5);
    assert_int_equal(there.items[0]->version, 1);
    assert_int_equal(there.items[0]->at.microseconds, 7);
    assert_ptr_equal(kith_one(there.items[0], raccoon), rocky);
    assert_int_equal(there.items[1]->pieces, 9);
    assert_int_equal(there.items[1]->at.microseconds, 11);
    assert_int_equal(there.items[2]->id, 70);
    assert_int_equal(there.items[2]->version, 4);
    assert_int_equal(items[0].id, 0);               /* the array is the program's own */
}

static void texts_that_a_function_makes_are_each_rows_own(void **state)
{
    fixture *f = *state;
    const Label labels[100] = { { .id = 0 } };
    assert_int_equal(kith_insert_all(f->session, Label, labels, 100), 100);
    COMMIT(f->session);
    kith_each(Label, label, kith_all(f->session, Label)) {
        char expected[16];
        snprintf(expected, sizeof expected, "label %d", (int)label->id);
        assert_string_equal(label->text, expected);
    }
}

static void an_array_is_written_after_what_is_pending_and_goes_with_a_rollback(void **state)
{
    fixture *f = *state;
    const Raccoon *rocky = kith_new(f->session, Raccoon, .name = "Rocky");
    FLUSH(f->session);
    kith_new(f->session, Raccoon, .name = "Dan");
    Item items[2500];
    char names[2500][8];
    for (int i = 0; i < 2500; i++) {
        snprintf(names[i], sizeof names[i], "n%d", i);
        items[i] = (Item){ .name = names[i], .raccoon = { rocky } };
    }
    assert_int_equal(kith_insert_all(f->session, Item, items, 2500), 2500);
    assert_int_equal(kith_count(f->session, Item, .where = kith_eq(Item, raccoon, rocky)), 2500);
    assert_int_equal(kith_rollback(f->session), KITH_OK);
    assert_int_equal(kith_count(f->session, Item), 0);
    assert_int_equal(kith_count(f->session, Raccoon), 0);
}

/* many to an INSERT, and eight of what is left; the row that fails is told all the same, and rows of another shape in between keep their order */
static void many_rows_are_few_statements_and_the_bad_one_is_named(void **state)
{
    enum { MANY = 128 + 9 * 8 + 3 };
    static const int bad[] = { 1, 127, 131, 199, 200, 202 };       /* in the batch, in an eight and among the single ones */
    fixture *f = *state;
    Item items[MANY];
    char names[MANY][8];
    for (int i = 0; i < MANY; i++) {
        snprintf(names[i], sizeof names[i], "n%d", i);
        items[i] = (Item){ .name = names[i] };
    }
    SENDS(f, 1 + 9 + 3, assert_int_equal(kith_insert_all(f->session, Item, items, MANY), MANY));
    assert_int_equal(kith_rollback(f->session), KITH_OK);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        char says[32];
        snprintf(says, sizeof says, "Row %d of Item", bad[i]);
        items[bad[i]].name = names[bad[i] - 1];
        assert_int_equal(kith_insert_all(f->session, Item, items, MANY), -1);
        FAILS(f->session, KITH_CONSTRAINT, says);
        items[bad[i]].name = names[bad[i]];
    }
    assert_int_equal(kith_count(f->session, Item), 0);
    for (int i = 3; i < MANY; i += 7)
        items[i].at.microseconds = i;
    assert_int_equal(kith_insert_all(f->session, Item, items, MANY), MANY);
    COMMIT(f->session);
    KITH_LIST(Item) there = kith_all(f->session, Item, .order_by = { kith_asc(Item, id) });
    for (size_t i = 0; i < MANY; i++) {
        assert_string_equal(there.items[i]->name, names[i]);
        assert_int_equal(there.items[i]->at.microseconds, i % 7 == 3 ? i : 7);
    }
}

/* 102: the database has taken back the statement alone, so its error may be forgotten and what was done before goes on. */
static void rows_that_break_a_constraint_take_nothing_else_along(void **state)
{
    fixture *f = *state;
    const Item twice[] = { { .name = "first" } };
    kith_new(f->session, Item, .name = "first");
    assert_int_equal(kith_flush(f->session), KITH_OK);
    assert_int_equal(kith_insert_all(f->session, Item, twice, 1), -1);
    kith_test_error(f->session, KITH_CONSTRAINT, "Row 0 of Item");
    kith_error_clear(f->session);
    assert_int_equal(kith_update_where(f->session, Item, .set = { kith_to(Item, pieces, -1) }, .everything = true), -1);
    kith_test_error(f->session, KITH_CONSTRAINT, "pieces");
    kith_error_clear(f->session);
    COMMIT(f->session);
    assert_int_equal(kith_count(f->session, Item), 1);
    kith_new(f->session, Item, .name = "first");
    assert_int_equal(kith_flush(f->session), KITH_CONSTRAINT);
    kith_error_clear(f->session);
    FAILS(f->session, KITH_CONSTRAINT, "name");     /* a flush took the transaction along */
}

static void a_moment_that_no_table_takes_is_named(void **state)
{
    fixture *f = *state;
    Item items[2] = { { .name = "one" }, { .name = "two", .at = { INT64_MAX } } };
    assert_int_equal(kith_insert_all(f->session, Item, items, 2), -1);
    FAILS(f->session, KITH_RANGE, "Item.at");
    assert_int_equal(kith_count(f->session, Item), 0);
}

static void rows_of_nothing_but_a_generated_key_are_inserted(void **state)
{
    fixture *f = *state;
    Bare bares[70] = { 0 };
    bares[68].id = 900;
    assert_int_equal(kith_insert_all(f->session, Bare, bares, 70), 70);
    COMMIT(f->session);
    assert_int_equal(kith_count(f->session, Bare), 70);
    assert_int_equal(kith_maximum(f->session, Bare, id).value, 901);
}

/* the second row fails: nothing of the array is there, all else of the transaction is */
static void one_bad_row_and_none_is_there(void **state)
{
    fixture *f = *state;
    kith_new(f->session, Raccoon, .name = "Rocky");
    const Item twice[] = { { .name = "a" }, { .name = "a" }, { .name = "b" } };
    const Item nameless[] = { { .name = "a" }, { .pieces = 1 } }, negative[] = { { .name = "a", .pieces = -1 } }, lengthy[] = { { .name = "far too long" } };
    assert_int_equal(kith_savepoint(f->session), KITH_OK);
    assert_int_equal(kith_insert_all(f->session, Item, twice, 3), -1);
    ABOUT(f->session, "Item", "name");
    kith_test_error(f->session, KITH_CONSTRAINT, "Row 1 of Item");
    assert_int_equal(kith_savepoint_undo(f->session), KITH_OK);
    assert_int_equal(kith_savepoint(f->session), KITH_OK);
    assert_int_equal(kith_insert_all(f->session, Item, nameless, 2), -1);
    kith_test_error(f->session, KITH_CONSTRAINT, "name");
    assert_int_equal(kith_savepoint_undo(f->session), KITH_OK);
    assert_int_equal(kith_savepoint(f->session), KITH_OK);
    assert_int_equal(kith_insert_all(f->session, Item, negative, 1), -1);
    kith_test_error(f->session, KITH_CONSTRAINT, "pieces");
    assert_int_equal(kith_savepoint_undo(f->session), KITH_OK);
    assert_int_equal(kith_insert_all(f->session, Item, lengthy, 1), -1);
    ABOUT(f->session, "Item", "name");
    kith_test_error(f->session, KITH_RANGE, "8 characters");
    kith_error_clear(f->session);
    COMMIT(f->session);
    assert_int_equal(kith_count(f->session, Item), 0);
    assert_int_equal(kith_count(f->session, Raccoon), 1);
}

static void an_object_without_a_row_is_no_parent_for_an_array(void **state)
{
    fixture *f = *state;
    kith_session *other = another_session(f);
    const Raccoon *theirs = kith_new(other, Raccoon, .name = "Rocky");
    COMMIT(other);
    const Item item = { .name = "a", .raccoon = { theirs } };
    assert_int_equal(kith_insert_all(f->session, Item, &item, 1), -1);
    FAILS(f->session, KITH_MISUSE, "Item.raccoon of row 0");
    assert_int_equal(kith_count(f->session, Item), 0);
}

/* by condition, with values that grow, and the objects of the session say it */
static void rows_are_changed_by_condition_and_their_objects_follow(void **state)
{
    fixture *f = *state;
    const Item *one = kith_new(f->session, Item, .name = "one", .pieces = 1), *two = kith_new(f->session, Item, .name = "two", .pieces = 2);
    COMMIT(f->session);
    assert_int_equal(kith_count(f->session, Item), 2);
    SENDS(f, 3, assert_int_equal(kith_update_where(f->session, Item, .set = { kith_by(Item, pieces, 10) }, .where = kith_gt(Item, pieces, 1)), 1));  /* who it is, the change, what it says now */
    assert_int_equal(one->pieces, 1);
    assert_int_equal(two->pieces, 12);
    assert_int_equal(two->version, 2);
    assert_int_equal(kith_rollback(f->session), KITH_OK);
    assert_int_equal(two->pieces, 2);
    assert_int_equal(kith_delete_where(f->session, Item, .everything = true), 2);
    assert_int_equal(kith_state_of(one), KITH_DELETED);
    COMMIT(f->session);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_MEMORY(items, rows_of_an_array_are_inserted_with_their_defaults),
        IN_MEMORY(items, texts_that_a_function_makes_are_each_rows_own),
        IN_MEMORY(items, an_array_is_written_after_what_is_pending_and_goes_with_a_rollback),
        IN_MEMORY(items, many_rows_are_few_statements_and_the_bad_one_is_named),
        IN_MEMORY(items, rows_that_break_a_constraint_take_nothing_else_along),
        IN_MEMORY(items, a_moment_that_no_table_takes_is_named),
        IN_MEMORY(items, rows_of_nothing_but_a_generated_key_are_inserted),
        IN_MEMORY(items, one_bad_row_and_none_is_there),
        IN_MEMORY(items, an_object_without_a_row_is_no_parent_for_an_array),
        IN_MEMORY(items, rows_are_changed_by_condition_and_their_objects_follow),
    };
    return cmocka_run_group_tests_name("many rows", tests, NULL, NULL);
}
