/*
 * What comes up rarely: children whose only side is the parent's list, in trees and circles; objects expunged together; keys that the engine
 * never gives twice; many objects that rows were changed under.
 */
#include "fixture.h"

KITH_DECLARE(Knot);
KITH_DECLARE(Link);
KITH_DECLARE(Hub);
KITH_DECLARE(Spoke);
KITH_DECLARE(Axle);
KITH_DECLARE(Coin);
KITH_DECLARE(Medal);
KITH_DECLARE(Switch);
/* a tree, and one whose parent must be there, with the parent's side alone */
struct Knot { int64_t id; const char *name; kith_opt_int up_id; KITH_MANY(Knot) below; };
struct Link { int64_t id, up_id; KITH_MANY(Link) below; };
struct Hub { int64_t id; KITH_MANY(Spoke) spokes; KITH_ONE(Coin) coin; KITH_ONE(Medal) medal; };
struct Spoke { int64_t id; kith_opt_int hub_id, axle_id; KITH_ONE(Hub) hub; KITH_ONE(Axle) axle; };
struct Axle { int64_t id; };
struct Coin { int64_t id; kith_opt_int hub_id; KITH_ONE(Hub) hub; };
struct Medal { int64_t id; kith_opt_int hub_id; KITH_ONE(Hub) hub; };
struct Switch { int64_t id; bool on; };

KITH_MODEL(Knot, "knots", KITH_COLUMN(id, .primary_key = true), KITH_COLUMN(name, .unique = true), KITH_COLUMN(up_id, .foreign_key = "knots.id"),
    KITH_RELATIONSHIP(below, Knot, .remote_side = "up_id"));
KITH_MODEL(Link, "links", KITH_COLUMN(id, .primary_key = true), KITH_COLUMN(up_id, .foreign_key = "links.id"), KITH_RELATIONSHIP(below, Link, .remote_side = "up_id"));
KITH_MODEL(Hub, "hubs", KITH_COLUMN(id, .primary_key = true), KITH_RELATIONSHIP(spokes, Spoke, .back_populates = "hub", .cascade = "all"),
    KITH_RELATIONSHIP(coin, Coin, .back_populates = "hub"), KITH_RELATIONSHIP(medal, Medal, .back_populates = "hub", .cascade = "merge"));
KITH_MODEL(Spoke, "spokes", KITH_COLUMN(id, .primary_key = true), KITH_COLUMN(hub_id, .foreign_key = "hubs.id"), KITH_COLUMN(axle_id, .foreign_key = "axles.id"),
    KITH_RELATIONSHIP(hub, Hub, .back_populates = "spokes"), KITH_RELATIONSHIP(axle, Axle, .cascade = "all"));
KITH_MODEL(Axle, "axles", KITH_COLUMN(id, .primary_key = true, .never_reuse = true));
KITH_MODEL(Coin, "coins", KITH_COLUMN(id, .primary_key = true), KITH_COLUMN(hub_id, .foreign_key = "hubs.id"), KITH_RELATIONSHIP(hub, Hub, .back_populates = "coin"));
KITH_MODEL(Medal, "medals", KITH_COLUMN(id, .primary_key = true), KITH_COLUMN(hub_id, .foreign_key = "hubs.id"), KITH_RELATIONSHIP(hub, Hub, .back_populates = "medal", .cascade = "merge"));
KITH_MODEL(Switch, "switches", KITH_COLUMN(id, .primary_key = true), KITH_COLUMN(on, .column = "is on"));

FAMILY(edges, KITH_MODELS(Knot, Link, Hub, Spoke, Axle, Coin, Medal, Switch));

/* ---------------------------------------------------------------- children that only their parent's list knows */

static void a_tree_that_only_lists_know_is_written_from_its_root(void **state)
{
    fixture *f = *state;
    kith_session *s = f->session;
    const Knot *leaf = kith_new(s, Knot, .name = "leaf"), *twig = kith_new(s, Knot, .name = "twig"), *root = kith_new(s, Knot, .name = "root");
    kith_append(twig, below, leaf);
    kith_append(root, below, twig);
    COMMIT(s);
    assert_true(root->id < twig->id && twig->id < leaf->id);
    assert_int_equal(leaf->up_id.value, twig->id);
    assert_int_equal(twig->up_id.value, root->id);
    assert_false(root->up_id.present);
}

static void a_circle_that_only_lists_know_is_closed_afterwards(void **state)
{
    fixture *f = *state;
    kith_session *s = f->session;
    const Knot *a = kith_new(s, Knot, .name = "a"), *b = kith_new(s, Knot, .name = "b");
    kith_append(a, below, b);
    kith_append(b, below, a);
    COMMIT(s);
    kith_clear(s);
    a = kith_first(s, Knot, .where = kith_eq(Knot, name, "a"));
    b = kith_first(s, Knot, .where = kith_eq(Knot, name, "b"));
    assert_int_equal(a->up_id.value, b->id);
    assert_int_equal(b->up_id.value, a->id);
}

static void a_circle_whose_keys_cannot_wait_is_refused(void **state)
{
    fixture *f = *state;
    kith_session *s = f->session;
    const Link *a = kith_new(s, Link), *b = kith_new(s, Link);
    kith_append(a, below, b);
    kith_append(b, below, a);
    (void)kith_flush(s);
    FAILS(s, KITH_CONSTRAINT, "reference each other in a circle along Link.below");
}

/* The row is there already, and waits for its new parent's. */
static void a_row_moves_below_a_parent_that_is_new(void **state)
{
    fixture *f = *state;
    kith_session *s = f->session;
    const Knot *old = kith_new(s, Knot, .name = "old");
    COMMIT(s);
    const Knot *parent = kith_new(s, Knot, .name = "new");
    kith_set(old, name, "moved");
    kith_append(parent, below, old);
    COMMIT(s);
    assert_int_equal(old->up_id.value, parent->id);
    kith_clear(s);
    assert_int_equal(kith_count(s, Knot, .where = kith_eq(Knot, name, "moved")), 1);
}

/* ---------------------------------------------------------------- deleted and expunged */

/* Deleted before anybody was told of it: what leads to it is not written. */
static void a_relationship_to_what_is_deleted_is_refused(void **state)
{
    fixture *f = *state;
    kith_session *s = f->session;
    const Axle *axle = kith_new(s, Axle);
    const Spoke *spoke = kith_new(s, Spoke);
    COMMIT(s);
    kith_set(spoke, axle, axle);
    kith_delete(axle);
    (void)kith_flush(s);
    FAILS(s, KITH_MISUSE, "Spoke.axle");
    assert_null(kith_one(spoke, axle));
}

static void what_two_lead_to_is_expunged_once(void **state)
{
    fixture *f = *state;
    kith_session *s = f->session;
    const Axle *axle = kith_new(s, Axle);
    const Hub *hub = kith_new(s, Hub);
    const Spoke *one = kith_new(s, Spoke, .hub = { hub }, .axle = { axle }), *two = kith_new(s, Spoke, .hub = { hub }, .axle = { axle });
    COMMIT(s);
    assert_int_equal(kith_many(hub, spokes).count, 2);
    assert_ptr_equal(kith_one(one, axle), axle);
    assert_ptr_equal(kith_one(two, axle), axle);
    kith_detach(hub);
    kith_test_ok(s);
    const void *const gone[] = { hub, one, two, axle };
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(kith_state_of(gone[i]), KITH_DETACHED);
}

static void a_list_keeps_what_was_not_expunged(void **state)
{
    fixture *f = *state;
    kith_session *s = f->session;
    const Hub *hub = kith_new(s, Hub);
    const Spoke *spokes[4];
    for (int i = 0; i < 4; i++)
        spokes[i] = kith_new(s, Spoke, .hub = { hub });
    kith_detach(spokes[1]);
    COMMIT(s);
    kith_list_of_Spoke left = kith_many(hub, spokes);
    assert_int_equal(left.count, 3);
    assert_ptr_equal(left.items[0], spokes[0]);
    assert_ptr_equal(left.items[1], spokes[2]);
    assert_ptr_equal(left.items[2], spokes[3]);
    assert_int_equal(kith_count(s, Spoke), 3);
}

static void one_that_was_expunged_is_nobodys_partner(void **state)
{
    fixture *f = *state;
    kith_session *s = f->session;
    const Hub *hub = kith_new(s, Hub);
    const Coin *coin = kith_new(s, Coin);
    kith_set(hub, coin, coin);
    kith_detach(coin);
    COMMIT(s);
    assert_null(kith_one(hub, coin));
    assert_int_equal(kith_count(s, Coin), 0);
}

/* Without the cascade it is nobody's, and cannot be written. */
static void one_that_is_not_in_the_session_is_refused_where_nothing_takes_it_along(void **state)
{
    fixture *f = *state;
    kith_session *s = f->session;
    const Medal *medal = kith_new(s, Medal);
    assert_int_equal(kith_rollback(s), KITH_OK);
    assert_int_equal(kith_state_of(medal), KITH_TRANSIENT);
    const Hub *hub = kith_new(s, Hub);
    kith_set(hub, medal, medal);
    (void)kith_flush(s);
    FAILS(s, KITH_MISUSE, "Hub.medal");
}

static void deleting_one_without_a_partner_asks_for_none(void **state)
{
    fixture *f = *state;
    kith_session *s = f->session;
    const Hub *hub = kith_new(s, Hub);
    COMMIT(s);
    assert_null(kith_one(hub, coin));
    kith_delete(hub);
    COMMIT(s);
    assert_int_equal(kith_count(s, Hub), 0);
}

/* ---------------------------------------------------------------- keys and rows in numbers */

static void keys_that_are_never_given_twice_are_the_engines_for_many_rows_too(void **state)
{
    enum { MANY = 150 };
    fixture *f = *state;
    kith_session *s = f->session;
    const Axle *axles[MANY];
    for (int i = 0; i < MANY; i++)
        axles[i] = kith_new(s, Axle);
    COMMIT(s);
    for (int i = 0; i < MANY; i++)
        assert_int_equal(axles[i]->id, i + 1);
    assert_int_equal(kith_delete_where(s, Axle, .everything = true), MANY);
    COMMIT(s);
    const Axle *next = kith_new(s, Axle);
    COMMIT(s);
    assert_int_equal(next->id, MANY + 1);
}

/* so many that they are found by their number, not by a hash */
static void many_objects_follow_the_rows_that_a_condition_changed(void **state)
{
    enum { MANY = 400 };
    fixture *f = *state;
    kith_session *s = f->session;
    for (int i = 0; i < MANY; i++)
        kith_new(s, Switch, .on = i % 2);
    COMMIT(s);
    kith_clear(s);
    kith_list_of_Switch all = kith_all(s, Switch, .order_by = { kith_asc(Switch, id) });
    assert_int_equal(kith_update_where(s, Switch, .set = { kith_to(Switch, on, true) }, .where = kith_eq(Switch, on, false)), MANY / 2);
    SENDS(f, 1, assert_int_equal(kith_all(s, Switch).count, MANY));
    for (size_t i = 0; i < MANY; i++)
        assert_true(all.items[i]->on);
    assert_int_equal(kith_delete_where(s, Switch, .where = kith_gt(Switch, id, MANY / 2)), MANY / 2);
    assert_null(kith_get(s, Switch, .id = MANY));
    assert_ptr_equal(kith_get(s, Switch, .id = 1), all.items[0]);
    COMMIT(s);
}

static void truth_values_are_listed_as_any_others(void **state)
{
    fixture *f = *state;
    kith_session *s = f->session;
    const bool both[] = { true, false };
    kith_new(s, Switch, .on = true);
    kith_new(s, Switch);
    assert_int_equal(kith_count(s, Switch, .where = kith_in(Switch, on, 2, both)), 2);
    assert_int_equal(kith_count(s, Switch, .where = kith_in(Switch, on, 1, both)), 1);
}

/* ---------------------------------------------------------------- what is said */

static void an_object_that_is_nobodys_is_in_no_condition(void **state)
{
    fixture *f = *state;
    kith_session *s = f->session;
    const Hub *hub = kith_new(s, Hub);
    assert_int_equal(kith_rollback(s), KITH_OK);
    assert_null(kith_first(s, Spoke, .where = kith_eq(Spoke, hub, hub)));
    FAILS(s, KITH_MISUSE, "is nobody's: it has no row");
}

static void a_path_of_any_length_is_refused_by_its_name(void **state)
{
    fixture *f = *state;
    kith_session *s = f->session;
    char path[300];
    kith_new(s, Hub);
    memset(path, 'x', sizeof path);
    path[sizeof path - 1] = '\0';
    assert_int_equal(kith_all(s, Hub, .load = { path }).count, 0);
    FAILS(s, KITH_MISUSE, "Hub has no relationship \"xxxx");
}

static void a_change_of_a_relationship_is_described(void **state)
{
    fixture *f = *state;
    kith_session *s = f->session;
    const Spoke *spoke = kith_new(s, Spoke);
    const Hub *hub = kith_new(s, Hub);
    COMMIT(s);
    kith_set(spoke, hub, hub);
    assert_non_null(strstr(kith_describe(spoke), "hub"));
    COMMIT(s);
    assert_null(strstr(kith_describe(spoke), "hub"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_MEMORY(edges, a_tree_that_only_lists_know_is_written_from_its_root),
        IN_MEMORY(edges, a_circle_that_only_lists_know_is_closed_afterwards),
        IN_MEMORY(edges, a_circle_whose_keys_cannot_wait_is_refused),
        IN_MEMORY(edges, a_row_moves_below_a_parent_that_is_new),
        IN_MEMORY(edges, a_relationship_to_what_is_deleted_is_refused),
        IN_MEMORY(edges, what_two_lead_to_is_expunged_once),
        IN_MEMORY(edges, a_list_keeps_what_was_not_expunged),
        IN_MEMORY(edges, one_that_was_expunged_is_nobodys_partner),
        IN_MEMORY(edges, one_that_is_not_in_the_session_is_refused_where_nothing_takes_it_along),
        IN_MEMORY(edges, deleting_one_without_a_partner_asks_for_none),
        IN_MEMORY(edges, keys_that_are_never_given_twice_are_the_engines_for_many_rows_too),
        IN_MEMORY(edges, many_objects_follow_the_rows_that_a_condition_changed),
        IN_MEMORY(edges, truth_values_are_listed_as_any_others),
        IN_MEMORY(edges, an_object_that_is_nobodys_is_in_no_condition),
        IN_MEMORY(edges, a_path_of_any_length_is_refused_by_its_name),
        IN_MEMORY(edges, a_change_of_a_relationship_is_described),
    };
    return cmocka_run_group_tests_name("edges", tests, NULL, NULL);
}
