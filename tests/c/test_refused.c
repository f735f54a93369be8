/*
 * What a program gets wrong where no compiler sees it, and the odd ways that are right: conditions, filters, updates of many rows, proxies. Each is
 * KITH_MISUSE with a sentence, and nothing is changed.
 */
#include "fixture.h"

FAMILY(alley, ALLEY_MODELS);

#define REFUSED(f, status, part) do { kith_test_error((f)->session, (status), (part)); kith_error_clear((f)->session); kith_test_ok((f)->session); } while (0)

/* ---------------------------------------------------------------- conditions */

static void a_column_is_not_compared_with_an_object(void **state)
{
    fixture *f = *state;
    const Raccoon *rocky = kith_new(f->session, Raccoon, .name = "Rocky");
    COMMIT(f->session);
    kith_condition_ wrong = *kith_eq(Trashcan, raccoon_id, 1);
    wrong.value = kith_of_object(rocky);
    kith_count(f->session, Trashcan, .where = &wrong);
    REFUSED(f, KITH_MISUSE, "compared with an object");
    wrong = *kith_eq(Trashcan, raccoon, rocky);
    wrong.op = KITH_OP_LIKE_;
    kith_count(f->session, Trashcan, .where = &wrong);
    REFUSED(f, KITH_MISUSE, "kith_like");
    wrong = *kith_any(Raccoon, trashcans, kith_eq(Trashcan, label, "x"));
    wrong.op = KITH_OP_BETWEEN_;
    kith_count(f->session, Raccoon, .where = &wrong);
    REFUSED(f, KITH_MISUSE, "kith_between");
}

static void a_condition_of_no_kind_is_none(void **state)
{
    fixture *f = *state;
    kith_condition_ wrong = *kith_eq(Trashcan, litres, 1);
    wrong.op = 4711;
    assert_null(kith_narrow(f->session, NULL, &wrong));
    REFUSED(f, KITH_MISUSE, "4711");
    kith_count(f->session, Trashcan, .where = &wrong);
    REFUSED(f, KITH_MISUSE, "4711");
    assert_int_equal(kith_update_where(f->session, Trashcan, .set = { kith_to(Trashcan, litres, 2) }, .where = &wrong), -1);
    REFUSED(f, KITH_MISUSE, "4711");
}

static void an_object_without_a_row_is_not_asked_for(void **state)
{
    fixture *f = *state;
    const Raccoon *gone = kith_new(f->session, Raccoon, .name = "gone"), *away = kith_new(f->session, Raccoon, .name = "away");
    COMMIT(f->session);
    const Raccoon *fresh = kith_new(f->session, Raccoon, .name = "fresh");
    kith_session_autoflush(f->session, false);
    kith_count(f->session, Trashcan, .where = kith_eq(Trashcan, raccoon, fresh));
    REFUSED(f, KITH_MISUSE, "pending");
    kith_delete(gone);
    FLUSH(f->session);
    kith_count(f->session, Trashcan, .where = kith_eq(Trashcan, raccoon, gone));
    REFUSED(f, KITH_MISUSE, "deleted");
    kith_detach(away);
    kith_count(f->session, Trashcan, .where = kith_ne(Trashcan, raccoon, away));
    REFUSED(f, KITH_MISUSE, "detached");
    kith_count(f->session, Trashcan, .where = kith_in(Trashcan, raccoon, 2, (const Raccoon *[]){ fresh, away }));
    REFUSED(f, KITH_MISUSE, "detached");
}

/* ---------------------------------------------------------------- many rows, reports */

static void an_update_of_many_rows_takes_columns_and_objects_with_a_row(void **state)
{
    fixture *f = *state;
    const Raccoon *rocky = kith_new(f->session, Raccoon, .name = "Rocky");
    kith_new(f->session, Trashcan, .label = "a", .raccoon = { rocky });
    COMMIT(f->session);
    kith_change change = kith_by(Trashcan, litres, 1);
    change.value.absent = 1;
    assert_int_equal(kith_update_where(f->session, Trashcan, .set = { change }, .everything = true), -1);
    REFUSED(f, KITH_MISUSE, "absent");
    kith_change list = kith_to(Trashcan, raccoon, rocky);
    list.offset = offsetof(Raccoon, trashcans);
    assert_int_equal(kith_update_where(f->session, Raccoon, .set = { list }, .everything = true), -1);
    REFUSED(f, KITH_MISUSE, "no foreign key");
    list.offset = offsetof(Raccoon, businesses);
    assert_int_equal(kith_update_where(f->session, Raccoon, .set = { list }, .everything = true), -1);
    REFUSED(f, KITH_MISUSE, "no column");
    kith_session_autoflush(f->session, false);
    const Raccoon *fresh = kith_new(f->session, Raccoon, .name = "fresh");
    assert_int_equal(kith_update_where(f->session, Trashcan, .set = { kith_to(Trashcan, raccoon, fresh) }, .everything = true), -1);
    REFUSED(f, KITH_MISUSE, "has a row");
    assert_int_equal(kith_update_where(f->session, Trashcan, .set = { kith_to_null(Trashcan, raccoon) }, .everything = true), 1);
    COMMIT(f->session);
    assert_int_equal(kith_count(f->session, Trashcan, .where = kith_is_null(Trashcan, raccoon)), 1);
}

/* What was written to them, or was to be deleted, is over with the row. */
static void a_deletion_of_many_rows_takes_what_is_pending_on_them_along(void **state)
{
    fixture *f = *state;
    kith_session_autoflush(f->session, false);
    const Trashcan *written = kith_new(f->session, Trashcan, .label = "written"), *doomed = kith_new(f->session, Trashcan, .label = "doomed");
    COMMIT(f->session);
    kith_set(written, litres, 7);
    kith_delete(doomed);
    assert_int_equal(kith_delete_where(f->session, Trashcan, .everything = true), 2);
    assert_int_equal(kith_state_of(written), KITH_DELETED);
    assert_int_equal(kith_state_of(doomed), KITH_DELETED);
    COMMIT(f->session);
    assert_int_equal(kith_count(f->session, Trashcan), 0);
}

static void rows_of_no_sql_are_refused(void **state)
{
    fixture *f = *state;
    const char *none = NULL;
    assert_int_equal(kith_rows(f->session, Raccoon, none).count, 0);
    REFUSED(f, KITH_MISUSE, "NULL");
}

/* ---------------------------------------------------------------- members that are none */

static void a_member_that_is_no_relationship_is_not_read_as_one(void **state)
{
    fixture *f = *state;
    const Raccoon *rocky = kith_new(f->session, Raccoon, .name = "Rocky");
    const Trashcan *can = kith_new(f->session, Trashcan, .label = "a", .raccoon = { rocky });
    COMMIT(f->session);
    const struct { const void *const *items; size_t count; } *list = kith_many_(rocky, offsetof(Raccoon, name));
    assert_int_equal(list->count, 0);
    REFUSED(f, KITH_MISUSE, "kith_many");
    assert_null(kith_one_(can, offsetof(Trashcan, label)));
    REFUSED(f, KITH_MISUSE, "kith_one");
    kith_get_(f->session, kith_model_of_Raccoon(), NULL);
    kith_rollback(f->session);
    kith_test_ok(f->session);
}

/* ---------------------------------------------------------------- proxies */

KITH_DECLARE(Shelf);
KITH_DECLARE(Place);
KITH_DECLARE(Item);
/* Item.beside goes through a relationship to one, and then to many; Shelf.items has a creator that fails; Shelf.shown goes through what only looks. */
struct Shelf { int64_t id; KITH_MANY(Place) places, seen; KITH_MANY(Item) items, shown; };
struct Place { int64_t id; kith_opt_int shelf_id, item_id; KITH_ONE(Shelf) shelf; KITH_ONE(Item) item; KITH_MANY(Item) loose; };
struct Item { int64_t id; const char *name; kith_opt_int place_id; KITH_ONE(Place) place; KITH_MANY(Item) beside; KITH_MANY(Place) places; };

static const void *creates_nothing(kith_session *session, const void *owner, kith_value value)
{
    (void)session, (void)owner, (void)value;
    return NULL;
}

KITH_MODEL(Shelf, "shelves", KITH_COLUMN(id, .primary_key = true), KITH_RELATIONSHIP(places, Place, .back_populates = "shelf"),
    KITH_RELATIONSHIP(seen, Place, .view_only = true), KITH_ASSOCIATION_PROXY(items, "places", "item", .creator = creates_nothing), KITH_ASSOCIATION_PROXY(shown, "seen", "item"));
KITH_MODEL(Place, "places", KITH_COLUMN(id, .primary_key = true), KITH_COLUMN(shelf_id, .foreign_key = "shelves.id"), KITH_COLUMN(item_id, .foreign_key = "items.id"),
    KITH_RELATIONSHIP(shelf, Shelf, .back_populates = "places"), KITH_RELATIONSHIP(item, Item, .back_populates = "places", .foreign_keys = "item_id"),
    KITH_RELATIONSHIP(loose, Item, .back_populates = "place", .foreign_keys = "Item.place_id"));
KITH_MODEL(Item, "items", KITH_COLUMN(id, .primary_key = true), KITH_COLUMN(name), KITH_COLUMN(place_id, .foreign_key = "places.id"),
    KITH_RELATIONSHIP(place, Place, .back_populates = "loose", .foreign_keys = "place_id"), KITH_RELATIONSHIP(places, Place, .back_populates = "item", .foreign_keys = "Place.item_id"),
    KITH_ASSOCIATION_PROXY(beside, "place", "loose"));
FAMILY(shelf, KITH_MODELS(Shelf, Place, Item));

static void a_proxy_through_one_leads_to_its_many(void **state)
{
    fixture *f = *state;
    const Place *place = kith_new(f->session, Place, .id = 0);
    const Item *cup = kith_new(f->session, Item, .name = "cup", .place = { place }), *jug = kith_new(f->session, Item, .name = "jug", .place = { place });
    const Item *lone = kith_new(f->session, Item, .name = "lone");
    COMMIT(f->session);
    assert_int_equal(HOLDS(kith_many(cup, beside), jug), 1);
    assert_int_equal(kith_many(cup, beside).count, 2);
    assert_int_equal(kith_many(lone, beside).count, 0);
    kith_append(lone, beside, jug);                     /* makes the place between them */
    assert_true(kith_one(lone, place) != NULL && kith_one(jug, place) == kith_one(lone, place));
    COMMIT(f->session);
    assert_int_equal(kith_many(cup, beside).count, 1);
    kith_remove(cup, beside, cup);
    assert_null(kith_one(cup, place));
    COMMIT(f->session);
    kith_remove(cup, beside, jug);
    REFUSED(f, KITH_MISUSE, "does not have");
}

static void a_creator_must_create_and_what_looks_only_writes_nothing(void **state)
{
    fixture *f = *state;
    const Shelf *shelf = kith_new(f->session, Shelf, .id = 0);
    const Item *cup = kith_new(f->session, Item, .name = "cup");
    COMMIT(f->session);
    kith_append(shelf, items, cup);
    REFUSED(f, KITH_MISUSE, "gave nothing");
    kith_append(shelf, shown, cup);
    REFUSED(f, KITH_MISUSE, "view_only");
    kith_remove(shelf, shown, cup);
    REFUSED(f, KITH_MISUSE, "view_only");
    assert_int_equal(kith_many(shelf, items).count, 0);
    COMMIT(f->session);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_MEMORY(alley, a_column_is_not_compared_with_an_object),
        IN_MEMORY(alley, a_condition_of_no_kind_is_none),
        IN_MEMORY(alley, an_object_without_a_row_is_not_asked_for),
        IN_MEMORY(alley, an_update_of_many_rows_takes_columns_and_objects_with_a_row),
        IN_MEMORY(alley, a_deletion_of_many_rows_takes_what_is_pending_on_them_along),
        IN_MEMORY(alley, rows_of_no_sql_are_refused),
        IN_MEMORY(alley, a_member_that_is_no_relationship_is_not_read_as_one),
        IN_MEMORY(shelf, a_proxy_through_one_leads_to_its_many),
        IN_MEMORY(shelf, a_creator_must_create_and_what_looks_only_writes_nothing),
    };
    return cmocka_run_group_tests_name("refused", tests, NULL, NULL);
}
