/*
 * What comes up rarely: children whose only side is the parent's list, in trees and circles; objects expunged together; keys that the engine
 * never gives twice; many objects that rows were changed under.
 */
#include "fixture.h"

#include <kith/sys/model.h>

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
struct Hub { int64_t id; kith_opt_int axle_id; KITH_ONE(Axle) axle; KITH_MANY(Spoke) spokes; KITH_ONE(Coin) coin; KITH_ONE(Medal) medal; };
struct Spoke { int64_t id; kith_opt_int hub_id, axle_id; KITH_ONE(Hub) hub; KITH_ONE(Axle) axle; };
struct Axle { int64_t id; };
struct Coin { int64_t id; kith_opt_int hub_id; KITH_ONE(Hub) hub; };
struct Medal { int64_t id; kith_opt_int hub_id; KITH_ONE(Hub) hub; };
struct Switch { int64_t id; bool on; };

KITH_MODEL(Knot, "knots", KITH_COLUMN(id, .primary_key = true), KITH_COLUMN(name, .unique = true), KITH_COLUMN(up_id, .foreign_key = "knots.id"),
    KITH_RELATIONSHIP(below, Knot, .remote_side = "up_id"));
KITH_MODEL(Link, "links", KITH_COLUMN(id, .primary_key = true), KITH_COLUMN(up_id, .foreign_key = "links.id"), KITH_RELATIONSHIP(below, Link, .remote_side = "up_id"));
KITH_MODEL(Hub, "hubs", KITH_COLUMN(id, .primary_key = true), KITH_COLUMN(axle_id, .foreign_key = "axles.id"), KITH_RELATIONSHIP(axle, Axle, .cascade = "all"),
    KITH_RELATIONSHIP(spokes, Spoke, .back_populates = "hub", .cascade = "all"),
    KITH_RELATIONSHIP(coin, Coin, .back_populates = "hub"), KITH_RELATIONSHIP(medal, Medal, .back_populates = "hub", .cascade = "merge"));
KITH_MODEL(Spoke, "spokes", KITH_COLUMN(id, .primary_key = true), KITH_COLUMN(hub_id, .foreign_key = "hubs.id"), KITH_COLUMN(axle_id, .foreign_key = "axles.id"),
    KITH_RELATIONSHIP(hub, Hub, .back_populates = "spokes"), KITH_RELATIONSHIP(axle, Axle, .cascade = "all"));
KITH_MODEL(Axle, "axles", KITH_COLUMN(id, .primary_key = true, .never_reuse = true));
KITH_MODEL(Coin, "coins", KITH_COLUMN(id, .primary_key = true), KITH_COLUMN(hub_id, .foreign_key = "hubs.id"), KITH_RELATIONSHIP(hub, Hub, .back_populates = "coin"));
KITH_MODEL(Medal, "medals", KITH_COLUMN(id, .primary_key = true), KITH_COLUMN(hub_id, .foreign_key = "hubs.id"), KITH_RELATIONSHIP(hub, Hub, .back_populates = "medal", .cascade = "merge"));
KITH_MODEL(Switch, "switches", KITH_COLUMN(id, .primary_key = true), KITH_COLUMN(on, .column = "is on"));

/* a key to a column that is unique and no primary key; a list of a column, which there is none of */
KITH_DECLARE(Place);
KITH_DECLARE(Visit);
struct Place { const char *code; int64_t number; KITH_MANY(Visit) visits; KITH_MANY(Visit) days; };
struct Visit { int64_t id; kith_opt_int number; int32_t day; KITH_ONE(Place) place; };
KITH_MODEL(Place, "places", KITH_COLUMN(code, .primary_key = true), KITH_COLUMN(number, .unique = true), KITH_RELATIONSHIP(visits, Visit, .back_populates = "place"),
    KITH_ASSOCIATION_PROXY(days, "visits", "day"));
KITH_MODEL(Visit, "visits", KITH_COLUMN(id, .primary_key = true), KITH_COLUMN(number, .foreign_key = "places.number"), KITH_COLUMN(day),
    KITH_RELATIONSHIP(place, Place, .back_populates = "visits"));
/* models that go on in tables of their own: without a discriminator, and with a key of two columns */
KITH_DECLARE(Animal);
KITH_DECLARE(Dog);
KITH_DECLARE(Owner);
KITH_DECLARE(Lot);
KITH_DECLARE(House);
struct Animal { int64_t id; const char *name; };
struct Dog { Animal animal; const char *trick; kith_opt_int owner_id; KITH_ONE(Owner) owner; };
struct Owner { int64_t id; const char *name; kith_opt_int best_id; KITH_ONE(Dog) best; KITH_MANY(Dog) walked; };
struct Lot { int32_t x, y; const char *kind, *street; };
struct House { Lot lot; int32_t floors; };
KITH_DECLARE(Empty);
struct Empty { Lot lot; };
KITH_MODEL(Animal, "animals", KITH_COLUMN(id, .primary_key = true), KITH_COLUMN(name));
KITH_MODEL(Dog, "dogs", { .type = KITH_TYPE_INHERITS, .target = kith_model_of_Animal }, KITH_COLUMN(animal.id, .column = "id", .primary_key = true, .foreign_key = "animals.id"), KITH_COLUMN(trick),
    KITH_COLUMN(owner_id, .foreign_key = "owners.id"), KITH_RELATIONSHIP(owner, Owner, .foreign_keys = "owner_id"));
KITH_MODEL(Owner, "owners", KITH_COLUMN(id, .primary_key = true), KITH_COLUMN(name), KITH_COLUMN(best_id, .foreign_key = "dogs.id"),
    KITH_RELATIONSHIP(best, Dog, .foreign_keys = "best_id"), KITH_RELATIONSHIP(walked, Dog, .secondary = "walks"));
KITH_MODEL(Lot, "lots", KITH_DISCRIMINATOR("kind", "lot"), KITH_COLUMN(x, .primary_key = true), KITH_COLUMN(y, .primary_key = true), KITH_COLUMN(kind), KITH_COLUMN(street));
KITH_MODEL(House, "houses", KITH_INHERITS(Lot, "house"), KITH_COLUMN(lot.x, .column = "x", .primary_key = true, .foreign_key = "lots.x"),
    KITH_COLUMN(lot.y, .column = "y", .primary_key = true, .foreign_key = "lots.y"), KITH_COLUMN(floors));
/* which no row says that it is */
KITH_MODEL(Empty, NULL, { .type = KITH_TYPE_INHERITS, .target = kith_model_of_Lot });
/* of one table, one of them what others lead to */
KITH_DECLARE(Vehicle);
KITH_DECLARE(Truck);
KITH_DECLARE(Load);
struct Vehicle { int64_t id; const char *kind; };
struct Truck { Vehicle vehicle; kith_opt_int tons; };
struct Load { int64_t id; kith_opt_int truck_id; KITH_ONE(Truck) truck; };
KITH_MODEL(Vehicle, "vehicles", KITH_DISCRIMINATOR("kind", "car"), KITH_COLUMN(id, .primary_key = true), KITH_COLUMN(kind));
KITH_MODEL(Truck, NULL, KITH_INHERITS(Vehicle, "truck"), KITH_COLUMN(tons));
KITH_MODEL(Load, "loads", KITH_COLUMN(id, .primary_key = true), KITH_COLUMN(truck_id, .foreign_key = "vehicles.id"), KITH_RELATIONSHIP(truck, Truck));
/* a proxy along what takes nothing into a session */
KITH_DECLARE(Choir);
KITH_DECLARE(Part);
KITH_DECLARE(Voice);
struct Choir { int64_t id; KITH_MANY(Part) parts; KITH_MANY(Voice) voices; };
struct Part { int64_t id; kith_opt_int choir_id, voice_id; KITH_ONE(Choir) choir; KITH_ONE(Voice) voice; };
struct Voice { int64_t id; const char *name; };
KITH_MODEL(Choir, "choirs", KITH_COLUMN(id, .primary_key = true), KITH_RELATIONSHIP(parts, Part, .back_populates = "choir", .cascade = "merge"),
    KITH_ASSOCIATION_PROXY(voices, "parts", "voice"));
KITH_MODEL(Part, "parts", KITH_COLUMN(id, .primary_key = true), KITH_COLUMN(choir_id, .foreign_key = "choirs.id"), KITH_COLUMN(voice_id, .foreign_key = "voices.id"),
    KITH_RELATIONSHIP(choir, Choir, .back_populates = "parts", .cascade = "merge"), KITH_RELATIONSHIP(voice, Voice, .cascade = "merge"));
KITH_MODEL(Voice, "voices", KITH_COLUMN(id, .primary_key = true), KITH_COLUMN(name));
/* who goes with an owner, and has another relationship before that */
KITH_DECLARE(Ship);
KITH_DECLARE(Sailor);
struct Ship { int64_t id; KITH_MANY(Sailor) crew; };
struct Sailor { int64_t id; kith_opt_int axle_id, ship_id; KITH_ONE(Axle) luck; KITH_ONE(Ship) ship; };
KITH_MODEL(Ship, "ships", KITH_COLUMN(id, .primary_key = true), KITH_RELATIONSHIP(crew, Sailor, .back_populates = "ship", .cascade = "all, delete-orphan"));
KITH_MODEL(Sailor, "sailors", KITH_COLUMN(id, .primary_key = true), KITH_COLUMN(axle_id, .foreign_key = "axles.id"), KITH_COLUMN(ship_id, .foreign_key = "ships.id"),
    KITH_RELATIONSHIP(luck, Axle), KITH_RELATIONSHIP(ship, Ship, .back_populates = "crew"));
KITH_DECLARE(Depth);
struct Depth { int64_t metres; };
KITH_MODEL(Depth, "depths", KITH_COLUMN(metres, .primary_key = true));

FAMILY(edges, KITH_MODELS(Place, Visit, Animal, Dog, Owner, Lot, House, Empty, Vehicle, Truck, Load, Depth, Knot, Link, Hub, Spoke, Axle, Coin, Medal, Switch, Choir, Part, Voice, Ship, Sailor));

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
    const Hub *hub = kith_new(s, Hub, .axle = { axle });
    const Spoke *one = kith_new(s, Spoke, .hub = { hub }, .axle = { axle }), *two = kith_new(s, Spoke, .hub = { hub }, .axle = { axle });
    COMMIT(s);
    assert_int_equal(kith_many(hub, spokes).count, 2);
    assert_ptr_equal(kith_one(one, axle), axle);
    assert_ptr_equal(kith_one(two, axle), axle);
    assert_ptr_equal(kith_one(hub, axle), axle);
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

/* What lies between goes with its owner, whatever the cascade says, for the program never sees it */
static void what_a_proxy_makes_joins_the_session_of_its_owner(void **state)
{
    fixture *f = *state;
    kith_session *s = f->session;
    const Choir *choir = kith_new(s, Choir);
    const Voice *alto = kith_new(s, Voice, .name = "alto"), *bass = kith_new(s, Voice, .name = "bass");
    kith_append(choir, voices, alto);
    COMMIT(s);
    kith_append(choir, voices, bass);
    COMMIT(s);
    kith_session_close(s);
    f->session = s = kith_session_open(f->database);
    KITH_LIST(Voice) voices = kith_many(kith_first(s, Choir), voices);
    assert_int_equal(voices.count, 2);
    assert_string_equal(voices.items[0]->name, "alto");
    assert_string_equal(voices.items[1]->name, "bass");
}

static void a_partner_that_was_set_is_forgotten_on_both_sides_by_a_refresh(void **state)
{
    fixture *f = *state;
    kith_session *s = f->session;
    const Hub *one = kith_new(s, Hub), *other = kith_new(s, Hub);
    const Coin *coin = kith_new(s, Coin, .hub = { one });
    COMMIT(s);
    assert_ptr_equal(kith_one(one, coin), coin);
    assert_null(kith_one(other, coin));
    kith_session_autoflush(s, false);
    kith_set(coin, hub, other);
    SENDS(f, 0, assert_null(kith_one(one, coin)));
    SENDS(f, 1, kith_refresh(coin));
    assert_int_equal(coin->hub_id.value, one->id);
    assert_ptr_equal(kith_one(coin, hub), one);
    assert_ptr_equal(kith_one(one, coin), coin);
    assert_null(kith_one(other, coin));
    COMMIT(s);
    assert_int_equal(coin->hub_id.value, one->id);
}

static void an_orphan_goes_whatever_else_it_is_related_to(void **state)
{
    fixture *f = *state;
    kith_session *s = f->session;
    const Axle *axle = kith_new(s, Axle);
    const Ship *ship = kith_new(s, Ship);
    const Sailor *one = kith_new(s, Sailor, .ship = { ship }, .luck = { axle }), *other = kith_new(s, Sailor, .ship = { ship });
    COMMIT(s);
    kith_remove(ship, crew, one);
    kith_set(other, luck, axle);
    COMMIT(s);
    assert_int_equal(kith_state_of(one), KITH_DELETED);
    assert_int_equal(kith_count(s, Sailor), 1);
    assert_int_equal(kith_count(s, Axle), 1);
    kith_set(other, luck, NULL);
    COMMIT(s);
    assert_int_equal(kith_count(s, Sailor), 1);
}

/* The row says so by now, and the list does not yet. */
static void what_has_another_owner_by_now_keeps_it_when_an_old_list_lets_it_go(void **state)
{
    fixture *f = *state;
    kith_session *s = f->session;
    const Hub *hub = kith_new(s, Hub), *other = kith_new(s, Hub);
    const Spoke *spoke = kith_new(s, Spoke, .hub = { hub });
    COMMIT(s);
    assert_int_equal(kith_many(hub, spokes).count, 1);
    assert_ptr_equal(kith_get(s, Hub, .id = other->id), other);
    assert_int_equal(kith_update_where(s, Spoke, .set = { kith_to(Spoke, hub_id, other->id) }, .where = kith_eq(Spoke, id, spoke->id)), 1);
    kith_remove(hub, spokes, spoke);
    assert_ptr_equal(kith_one(spoke, hub), other);
    COMMIT(s);
    assert_int_equal(spoke->hub_id.value, other->id);
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

static void objects_whose_keys_are_below_zero_are_found(void **state)
{
    enum { MANY = 300 };
    fixture *f = *state;
    kith_session *s = f->session;
    for (int i = 0; i < MANY; i++)
        kith_new(s, Depth, .metres = -1 - i);
    COMMIT(s);
    kith_clear(s);
    assert_int_equal(kith_all(s, Depth).count, MANY);
    SENDS(f, 0, for (int i = 0; i < MANY; i++) assert_int_equal(kith_get(s, Depth, .metres = -1 - i)->metres, -1 - i));
}

/* ---------------------------------------------------------------- a key that leads to another column than the primary key */

static void some_visits(kith_session *s)
{
    kith_new(s, Place, .code = "a", .number = 7);
    kith_new(s, Place, .code = "b", .number = 8);
    for (int i = 0; i < 5; i++)
        kith_new(s, Visit, .number = { .value = 7 + i % 2, .present = i < 4 }, .day = i);
    COMMIT(s);
    kith_clear(s);
}

static void all_siblings_are_loaded_by_another_column_in_one_statement(void **state)
{
    fixture *f = *state;
    kith_session *s = f->session;
    some_visits(s);
    kith_list_of_Visit visits = kith_all(s, Visit, .order_by = { kith_asc(Visit, id) });
    SENDS(f, 1, for (size_t i = 0; i < 4; i++) assert_string_equal(kith_one(visits.items[i], place)->code, i % 2 ? "b" : "a"));
    SENDS(f, 0, assert_null(kith_one(visits.items[4], place)));
    kith_clear(s);
    visits = kith_all(s, Visit, .order_by = { kith_asc(Visit, id) }, .load = { "place" });
    SENDS(f, 0, for (size_t i = 0; i < 4; i++) assert_string_equal(kith_one(visits.items[i], place)->code, i % 2 ? "b" : "a"));
    /* some know theirs already */
    const Visit *sixth = kith_new(s, Visit, .number = kith_some(8));
    FLUSH(s);
    visits = kith_all(s, Visit, .order_by = { kith_asc(Visit, id) }, .load = { "place" });
    SENDS(f, 0, assert_string_equal(kith_one(sixth, place)->code, "b"));
    kith_clear(s);
    const Place *place = kith_get(s, Place, .code = "a");
    SENDS(f, 1, assert_int_equal(kith_many(place, visits).count, 2));
}

/* ---------------------------------------------------------------- many keys that lie close together */

enum { TRUCKS = 200 };

/* Every tenth vehicle is a car, and every twentieth truck has no load. */
static void loaded_trucks(kith_session *s)
{
    const Truck *trucks[TRUCKS];
    for (int i = 0; i < TRUCKS; i++) {
        trucks[i] = kith_new(s, Truck, .tons = kith_some(i));
        if (i % 9 == 8)
            kith_new(s, Vehicle);
    }
    for (int i = 0; i < TRUCKS; i++)
        if (i % 20)
            kith_new(s, Load, .truck = { trucks[i] });
    kith_new(s, Load);
    COMMIT(s);
    kith_clear(s);
}

static void they_are_asked_for_from_the_first_to_the_last_and_nothing_else_is_read(void **state)
{
    fixture *f = *state;
    kith_session *s = f->session;
    loaded_trucks(s);
    KITH_LIST(Load) loads = { 0 };
    SENDS(f, 2, loads = kith_all(s, Load, .load = { "truck" }));
    size_t trucks = 0;
    kith_each(Load, load, loads) {
        const Truck *truck = NULL;
        SENDS(f, 0, truck = kith_one(load, truck));
        assert_true(truck ? truck->vehicle.id == load->truck_id.value : !load->truck_id.present);
        trucks += truck != NULL;
    }
    assert_int_equal(trucks, TRUCKS - TRUCKS / 20);
    const Truck *empty = NULL;
    SENDS(f, 1, empty = kith_get(s, Truck, .vehicle.id = 23));       /* between them, and nobody's: it was not read */
    assert_int_equal(empty->tons.value, 20);
    kith_clear(s);
    loads = kith_all(s, Load);
    SENDS(f, 1, kith_each(Load, load, loads) trucks -= kith_one(load, truck) != NULL);       /* on demand too, for all siblings */
    assert_int_equal(trucks, 0);
}

/* An object that is in the session and outdated is read anew with them; one that is not outdated stays what it is. */
static void those_that_are_known_are_not_asked_for(void **state)
{
    fixture *f = *state;
    kith_session *s = f->session;
    loaded_trucks(s);
    KITH_LIST(Truck) known = kith_all(s, Truck, .where = kith_lt(Truck, tons, 100));
    kith_set(known.items[1], tons, 1000);
    KITH_LIST(Load) loads = kith_all(s, Load, .load = { "truck" });
    assert_ptr_equal(kith_one(loads.items[0], truck), known.items[1]);
    assert_int_equal(known.items[1]->tons.value, 1000);
    COMMIT(s);
    raw_run(f, "UPDATE vehicles SET tons = tons + 1");
    loads = kith_all(s, Load, .load = { "truck" });
    kith_each(Load, load, loads)
        if (load->truck_id.present)
            assert_true(kith_one(load, truck)->tons.value == 1001 || kith_one(load, truck)->tons.value < TRUCKS + 1);
    assert_int_equal(known.items[1]->tons.value, 1001);
}

/* A row that does not fit is told as in any other load. */
static void a_row_among_them_that_cannot_be_read_is_told(void **state)
{
    fixture *f = *state;
    kith_session *s = f->session;
    loaded_trucks(s);
    raw_run(f, "UPDATE vehicles SET tons = 'many' WHERE id = 5");
    assert_int_equal(kith_all(s, Load, .load = { "truck" }).count, 0);
    FAILS(s, KITH_RANGE, "tons");
}

static void a_key_of_null_finds_nothing_and_asks_nobody(void **state)
{
    fixture *f = *state;
    SENDS(f, 0, assert_null(kith_get(f->session, Place, .code = NULL)));
    kith_test_ok(f->session);
}

static void a_number_that_is_none_is_told_of_a_sum_and_its_kin(void **state)
{
    fixture *f = *state;
    kith_session *s = f->session;
    some_visits(s);
    raw_run(f, "PRAGMA foreign_keys = OFF; UPDATE places SET number = 'many' WHERE code = 'b'");
    assert_false(kith_maximum(s, Place, number).present);
    FAILS(s, KITH_RANGE, "number");
}

static void there_is_no_list_of_a_column(void **state)
{
    fixture *f = *state;
    kith_session *s = f->session;
    some_visits(s);
    const Place *place = kith_get(s, Place, .code = "a");
    assert_int_equal(kith_many(place, days).count, 0);
    FAILS(s, KITH_MISUSE, "Place.days leads to a column of many");
}

/* ---------------------------------------------------------------- models that go on in tables of their own */

static void a_row_met_as_its_base_stays_what_it_is(void **state)
{
    fixture *f = *state;
    kith_session *s = f->session;
    const Dog *rex = kith_new(s, Dog, .animal.name = "Rex", .trick = "sits");
    kith_new(s, Animal, .name = "Tom");
    COMMIT(s);
    kith_list_of_Animal animals = kith_all(s, Animal, .order_by = { kith_asc(Animal, id) });
    assert_int_equal(animals.count, 2);
    assert_ptr_equal(animals.items[0], rex);
    assert_string_equal(rex->trick, "sits");
    assert_string_equal(rex->animal.name, "Rex");
}

static void a_condition_and_an_order_reach_into_both_tables(void **state)
{
    fixture *f = *state;
    kith_session *s = f->session;
    const Dog *rex = kith_new(s, Dog, .animal.name = "Rex", .trick = "sits"), *ada = kith_new(s, Dog, .animal.name = "Ada", .trick = "walks");
    const Owner *one = kith_new(s, Owner, .name = "one", .best = { rex }), *two = kith_new(s, Owner, .name = "two", .best = { ada });
    kith_append(one, walked, rex);
    kith_append(one, walked, ada);
    kith_append(two, walked, ada);
    COMMIT(s);
    kith_list_of_Owner found = kith_all(s, Owner, .order_by = { kith_asc_of(Owner, best, animal.name) });
    assert_int_equal(found.count, 2);
    assert_ptr_equal(found.items[0], two);
    found = kith_all(s, Owner, .order_by = { kith_asc_of(Owner, best, trick) });
    assert_ptr_equal(found.items[0], one);
    assert_ptr_equal(kith_only(s, Owner, .where = kith_any(Owner, walked, kith_eq(Dog, animal.name, "Rex"))), one);
    assert_int_equal(kith_count(s, Owner, .where = kith_any(Owner, walked, kith_eq(Dog, trick, "walks"))), 2);
    assert_int_equal(kith_count(s, Owner, .where = kith_has(Owner, best, kith_eq(Dog, trick, "walks"))), 1);
}

static void many_rows_in_two_tables_are_changed_and_deleted(void **state)
{
    enum { MANY = 200 };
    fixture *f = *state;
    kith_session *s = f->session;
    for (int i = 0; i < MANY; i++)
        kith_new(s, House, .lot = { .x = i, .y = i % 3, .street = "Oak" }, .floors = i % 5);
    kith_new(s, Lot, .x = 900, .y = 1, .street = "Oak");
    COMMIT(s);
    const House *third = kith_get(s, House, .lot.x = 3, .lot.y = 0);
    assert_int_equal(kith_update_where(s, House, .set = { kith_to(House, lot.street, "Elm"), kith_by(House, floors, 1) }, .where = kith_gt(House, floors, 0)), MANY / 5 * 4);
    assert_string_equal(third->lot.street, "Elm");
    assert_int_equal(third->floors, 4);
    COMMIT(s);
    assert_int_equal(kith_count(s, Lot, .where = kith_eq(Lot, street, "Elm")), MANY / 5 * 4);
    assert_int_equal(kith_count(s, House, .where = kith_eq(House, floors, 0)), MANY / 5);
    assert_int_equal(kith_delete_where(s, House, .where = kith_eq(House, lot.street, "Elm")), MANY / 5 * 4);
    COMMIT(s);
    assert_int_equal(kith_count(s, Lot), MANY / 5 + 1);
    assert_int_equal(kith_count(s, House), MANY / 5);
}

static void a_row_that_does_not_say_what_it_is_is_not_read(void **state)
{
    fixture *f = *state;
    raw_run(f, "INSERT INTO lots (x, y, kind, street) VALUES (1, 1, NULL, 'Oak')");
    assert_int_equal(kith_all(f->session, Lot).count, 0);
    FAILS(f->session, KITH_RANGE, "its kind is NULL");
}

static void rows_of_a_model_that_none_says_it_is_are_none(void **state)
{
    fixture *f = *state;
    kith_session *s = f->session;
    kith_new(s, Lot, .x = 1, .y = 1);
    kith_new(s, House, .lot = { .x = 2, .y = 2 });
    COMMIT(s);
    assert_int_equal(kith_all(s, Lot).count, 2);
    assert_int_equal(kith_count(s, House), 1);
    assert_int_equal(kith_all(s, Empty).count, 0);
    assert_int_equal(kith_count(s, Empty), 0);
    kith_test_ok(s);
}

/* ---------------------------------------------------------------- rows that another program took away */

static void a_partner_of_an_object_whose_row_has_gone_is_not_looked_for(void **state)
{
    fixture *f = *state;
    kith_session *s = f->session;
    const Hub *hub = kith_new(s, Hub);
    const Coin *coin = kith_new(s, Coin, .hub = { hub }), *other = kith_new(s, Coin);
    COMMIT(s);
    raw_run(f, "PRAGMA foreign_keys = OFF; DELETE FROM hubs");
    kith_set(hub, coin, other);
    FAILS(s, KITH_STALE, "The row of this Hub is not there any more");
    assert_int_equal(kith_count(s, Coin), 2);
    assert_non_null(coin);
}

static void a_relationship_of_an_object_whose_row_has_gone_says_so(void **state)
{
    fixture *f = *state;
    kith_session *s = f->session;
    const Spoke *spoke = kith_new(s, Spoke);
    COMMIT(s);
    raw_run(f, "DELETE FROM spokes");
    assert_null(kith_one(spoke, hub));
    FAILS(s, KITH_STALE, "The row of this Spoke is not there any more");
}

static void what_several_lead_to_is_read_anew_once(void **state)
{
    fixture *f = *state;
    kith_session *s = f->session;
    const Axle *axle = kith_new(s, Axle);
    const Hub *hub = kith_new(s, Hub, .axle = { axle });
    for (int i = 0; i < 3; i++)
        kith_new(s, Spoke, .hub = { hub }, .axle = { axle });
    COMMIT(s);
    kith_list_of_Spoke spokes = kith_many(hub, spokes);
    kith_each(Spoke, spoke, spokes)
        assert_ptr_equal(kith_one(spoke, axle), axle);
    assert_ptr_equal(kith_one(hub, axle), axle);
    raw_run(f, "UPDATE spokes SET axle_id = NULL WHERE id = 2");
    kith_refresh(hub);
    kith_test_ok(s);
    spokes = kith_many(hub, spokes);
    assert_int_equal(spokes.count, 3);
    assert_null(kith_one(spokes.items[1], axle));
    assert_ptr_equal(kith_one(spokes.items[2], axle), axle);
}

/* ---------------------------------------------------------------- while something is wrong */

static void what_is_in_memory_is_read_while_an_error_stands(void **state)
{
    fixture *f = *state;
    kith_session *s = f->session;
    const Hub *hub = kith_new(s, Hub);
    const Spoke *spoke = kith_new(s, Spoke, .hub = { hub });
    COMMIT(s);
    assert_ptr_equal(kith_one(spoke, hub), hub);
    COMMIT(s);                                              /* outdated: else it would be read anew */
    assert_null(kith_get(s, Place, .number = 7));          /* no whole key */
    assert_int_not_equal(kith_session_status(s), KITH_OK);
    SENDS(f, 0, assert_ptr_equal(kith_one(spoke, hub), hub));
    assert_int_equal(kith_rollback(s), KITH_OK);
    SENDS(f, 2, assert_ptr_equal(kith_one(spoke, hub), hub));      /* its row, and the other's */
}

static void a_relationship_is_not_read_where_what_is_pending_cannot_be_written(void **state)
{
    fixture *f = *state;
    kith_session *s = f->session;
    const Spoke *spoke = kith_new(s, Spoke);
    kith_new(s, Knot, .name = "one");
    COMMIT(s);
    kith_new(s, Knot, .name = "one");
    assert_null(kith_one(spoke, hub));
    FAILS(s, KITH_CONSTRAINT, "knots.name");
}

static void one_of_two_copies_in_a_list_is_removed(void **state)
{
    fixture *f = *state;
    kith_session *s = f->session;
    const Hub *hub = kith_new(s, Hub);
    const Spoke *spoke = kith_new(s, Spoke);
    kith_append(hub, spokes, spoke);
    kith_append(hub, spokes, spoke);
    size_t copies = kith_many(hub, spokes).count;
    kith_remove(hub, spokes, spoke);
    assert_int_equal(kith_many(hub, spokes).count, copies - 1);
    if (copies == 2)
        assert_ptr_equal(kith_one(spoke, hub), hub);
    COMMIT(s);
    assert_int_equal(spoke->hub_id.present, copies == 2);
}

static void what_has_no_row_has_nothing_to_forget(void **state)
{
    fixture *f = *state;
    kith_session *s = f->session;
    char own[256] = { 0 };
    const Knot *knot = kith_new(s, Knot, .name = "kept");
    kith_sys_forget(knot, offsetof(Knot, name));
    kith_test_ok(s);
    assert_string_equal(knot->name, "kept");
    assert_int_equal(kith_sys_place(own + 128, 0, NULL, 0), KITH_MISUSE);
    COMMIT(s);
    knot = kith_first(s, Knot, .read_only = true);
    assert_int_equal(kith_sys_arrange(knot, offsetof(Knot, below), NULL, 0), KITH_MISUSE);
    FAILS(s, KITH_MISUSE, "read");
}

/* ---------------------------------------------------------------- what is said */

static void a_filter_of_another_session_changes_no_rows(void **state)
{
    fixture *f = *state;
    kith_session *s = f->session, *other = another_session(f);
    const kith_filter *theirs = kith_narrow(other, NULL, kith_eq(Switch, on, true));
    kith_new(s, Switch, .on = true);
    COMMIT(s);
    assert_int_equal(kith_update_where(s, Switch, .set = { kith_to(Switch, on, false) }, .filter = theirs), -1);
    FAILS(s, KITH_MISUSE, "session");
    assert_int_equal(kith_count(s, Switch, .where = kith_eq(Switch, on, true)), 1);
}

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
        IN_MEMORY(edges, objects_whose_keys_are_below_zero_are_found),
        IN_MEMORY(edges, all_siblings_are_loaded_by_another_column_in_one_statement),
        IN_MEMORY(edges, they_are_asked_for_from_the_first_to_the_last_and_nothing_else_is_read),
        ON_FILE(edges, those_that_are_known_are_not_asked_for),
        ON_FILE(edges, a_row_among_them_that_cannot_be_read_is_told),
        IN_MEMORY(edges, a_key_of_null_finds_nothing_and_asks_nobody),
        ON_FILE(edges, a_number_that_is_none_is_told_of_a_sum_and_its_kin),
        IN_MEMORY(edges, there_is_no_list_of_a_column),
        IN_MEMORY(edges, a_row_met_as_its_base_stays_what_it_is),
        IN_MEMORY(edges, a_condition_and_an_order_reach_into_both_tables),
        IN_MEMORY(edges, many_rows_in_two_tables_are_changed_and_deleted),
        ON_FILE(edges, a_row_that_does_not_say_what_it_is_is_not_read),
        ON_FILE(edges, a_relationship_of_an_object_whose_row_has_gone_says_so),
        ON_FILE(edges, what_several_lead_to_is_read_anew_once),
        IN_MEMORY(edges, rows_of_a_model_that_none_says_it_is_are_none),
        ON_FILE(edges, a_partner_of_an_object_whose_row_has_gone_is_not_looked_for),
        IN_MEMORY(edges, what_is_in_memory_is_read_while_an_error_stands),
        IN_MEMORY(edges, a_relationship_is_not_read_where_what_is_pending_cannot_be_written),
        IN_MEMORY(edges, one_of_two_copies_in_a_list_is_removed),
        IN_MEMORY(edges, an_orphan_goes_whatever_else_it_is_related_to),
        IN_MEMORY(edges, what_has_another_owner_by_now_keeps_it_when_an_old_list_lets_it_go),
        IN_MEMORY(edges, what_a_proxy_makes_joins_the_session_of_its_owner),
        IN_MEMORY(edges, a_partner_that_was_set_is_forgotten_on_both_sides_by_a_refresh),
        IN_MEMORY(edges, what_has_no_row_has_nothing_to_forget),
        IN_MEMORY(edges, a_filter_of_another_session_changes_no_rows),
        IN_MEMORY(edges, an_object_that_is_nobodys_is_in_no_condition),
        IN_MEMORY(edges, a_path_of_any_length_is_refused_by_its_name),
        IN_MEMORY(edges, a_change_of_a_relationship_is_described),
    };
    return cmocka_run_group_tests_name("edges", tests, NULL, NULL);
}
