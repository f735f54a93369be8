/*
 * Loading: docs/behaviours.md 116 to 125. One statement per relationship for the siblings, never one per object.
 */
#include "fixture.h"

FAMILY(alley, ALLEY_MODELS);
FAMILY(blog, BLOG_MODELS);
FAMILY(bears, BEAR_MODELS);
FAMILY(tree, TREE_MODELS);
FAMILY(atlas, ATLAS_MODELS);

/* A relationship that its model refuses to load lazily, and one that always comes along. */
KITH_DECLARE(House);
KITH_DECLARE(Room);
struct House { int64_t id; const char *name; KITH_MANY(Room) rooms; };
struct Room { int64_t id; const char *name; kith_opt_int house_id; KITH_ONE(House) house; };
KITH_MODEL(House, "houses", KITH_COLUMN(id, .primary_key = true), KITH_COLUMN(name), KITH_RELATIONSHIP(rooms, Room, .back_populates = "house", .load = "raise"));
KITH_MODEL(Room, "rooms", KITH_COLUMN(id, .primary_key = true), KITH_COLUMN(name), KITH_COLUMN(house_id, .foreign_key = "houses.id"),
    KITH_RELATIONSHIP(house, House, .back_populates = "rooms", .load = "eager"));
FAMILY(houses, KITH_MODELS(House, Room));

/* What always comes along brings along what always comes along with it, both ways and up a chain. */
KITH_DECLARE(Street);
KITH_DECLARE(Home);
KITH_DECLARE(Lamp);
struct Street { int64_t id; const char *name; kith_opt_int before_id; KITH_MANY(Home) homes; KITH_ONE(Street) before; };
struct Home { int64_t id; kith_opt_int street_id; KITH_ONE(Street) street; KITH_MANY(Lamp) lamps; };
struct Lamp { int64_t id; kith_opt_int home_id; KITH_ONE(Home) home; };
KITH_MODEL(Street, "streets", KITH_COLUMN(id, .primary_key = true), KITH_COLUMN(name), KITH_COLUMN(before_id, .foreign_key = "streets.id"),
    KITH_RELATIONSHIP(homes, Home, .back_populates = "street", .load = "eager"),
    KITH_RELATIONSHIP(before, Street, .remote_side = "id", .load = "eager"));
KITH_MODEL(Home, "homes", KITH_COLUMN(id, .primary_key = true), KITH_COLUMN(street_id, .foreign_key = "streets.id"),
    KITH_RELATIONSHIP(street, Street, .back_populates = "homes", .load = "eager"), KITH_RELATIONSHIP(lamps, Lamp, .back_populates = "home", .load = "eager"));
KITH_MODEL(Lamp, "lamps", KITH_COLUMN(id, .primary_key = true), KITH_COLUMN(home_id, .foreign_key = "homes.id"),
    KITH_RELATIONSHIP(home, Home, .back_populates = "lamps"));
FAMILY(streets, KITH_MODELS(Street, Home, Lamp));

/* `raccoons` raccoons with `cans` trashcans each, every can with one of ten shops. The session is new afterwards. */
static void stock(fixture *f, int raccoons, int cans)
{
    const Business *shops[10];
    for (int i = 0; i < 10; i++)
        shops[i] = kith_new(f->session, Business, .name = "shop");
    for (int r = 0; r < raccoons; r++) {
        const Raccoon *raccoon = kith_new(f->session, Raccoon, .name = "raccoon", .age = kith_some(r));
        for (int c = 0; c < cans; c++)
            kith_new(f->session, Trashcan, .label = "can", .litres = c, .raccoon = { raccoon }, .business = { shops[(r + c) % 10] });
    }
    COMMIT(f->session);
    new_session(f);
}

/* Touches every list; gives how many trashcans there were, and checks that each is its raccoon's. */
static size_t touch(KITH_LIST(Raccoon) raccoons)
{
    size_t cans = 0;
    kith_each(Raccoon, raccoon, raccoons)
        kith_each(Trashcan, can, kith_many(raccoon, trashcans)) {
            assert_int_equal(can->raccoon_id.value, raccoon->id);
            cans++;
        }
    return cans;
}

/* ---------------------------------------------------------------- lazily, for all siblings */

/* 116: SQLAlchemy's select sends 1 + N; kith 1 + 1 */
static void the_first_touch_loads_for_every_sibling(void **state)
{
    fixture *f = *state;
    stock(f, 50, 3);
    KITH_LIST(Raccoon) raccoons;
    SENDS(f, 1, raccoons = kith_all(f->session, Raccoon));
    SENDS(f, 1, assert_int_equal(touch(raccoons), 150));
    SENDS(f, 0, assert_int_equal(touch(raccoons), 150));
}

/* 116: a foreign key whose object is there, or that is NULL, needs no statement */
static void a_parent_in_the_map_and_a_null_key_need_no_statement(void **state)
{
    fixture *f = *state;
    stock(f, 3, 2);
    kith_new(f->session, Trashcan, .label = "lone");
    COMMIT(f->session);
    new_session(f);
    KITH_LIST(Raccoon) raccoons = kith_all(f->session, Raccoon);
    assert_int_equal(raccoons.count, 3);
    KITH_LIST(Trashcan) cans = kith_all(f->session, Trashcan);
    SENDS(f, 0, {
        kith_each(Trashcan, can, cans)
            if (can->raccoon_id.present)
                assert_int_equal(kith_one(can, raccoon)->id, can->raccoon_id.value);
            else
                assert_null(kith_one(can, raccoon));
    });
}

/* 116: parents that are not there come in one statement for all */
static void the_parents_of_siblings_come_in_one_statement(void **state)
{
    fixture *f = *state;
    stock(f, 40, 2);
    KITH_LIST(Trashcan) cans = kith_all(f->session, Trashcan);
    SENDS(f, 1, {
        kith_each(Trashcan, can, cans)
            assert_int_equal(kith_one(can, raccoon)->id, can->raccoon_id.value);
    });
}

/* 116: an empty list is loaded too, and not asked for again */
static void an_empty_list_is_known_to_be_empty(void **state)
{
    fixture *f = *state;
    stock(f, 5, 0);
    KITH_LIST(Raccoon) raccoons = kith_all(f->session, Raccoon);
    SENDS(f, 1, assert_int_equal(touch(raccoons), 0));
    SENDS(f, 0, assert_int_equal(touch(raccoons), 0));
}

/* 116: a parent that no row is, because the key points nowhere (foreign keys were off) */
static void a_key_that_points_nowhere_reads_as_null(void **state)
{
    fixture *f = *state;
    raw_run(f, "PRAGMA foreign_keys = OFF");
    raw_run(f, "INSERT INTO trashcans (label, litres, raccoon_id) VALUES ('ghost', 0, 99)");
    const Trashcan *can = kith_first(f->session, Trashcan);
    SENDS(f, 1, assert_null(kith_one(can, raccoon)));
    SENDS(f, 0, assert_null(kith_one(can, raccoon)));
    kith_test_ok(f->session);
}

/* 116: rows of many owners in turn, so that every list grows while others do; and 3,000 for the one owner whose list is longest */
static void the_lists_of_one_load_grow_side_by_side(void **state)
{
    fixture *f = *state;
    enum { RACCOONS = 60, ROUNDS = 70, MORE = 3000 };
    for (int r = 0; r < RACCOONS; r++)
        kith_new(f->session, Raccoon, .name = "raccoon");
    COMMIT(f->session);
    raw_run(f, "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 60 * 70 - 1) "
               "INSERT INTO trashcans (label, litres, raccoon_id) SELECT 'can', i / 60, i % 60 + 1 FROM n WHERE i % 60 >= i / 60 % 7");
    raw_run(f, "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 2999) "
               "INSERT INTO trashcans (label, litres, raccoon_id) SELECT 'more', 70 + i, 31 FROM n");
    new_session(f);
    KITH_LIST(Raccoon) raccoons = kith_all(f->session, Raccoon);
    size_t cans = 0;
    SENDS(f, 1, cans = touch(raccoons));
    assert_int_equal(cans, raw_int(f, "SELECT count(*) FROM trashcans"));
    kith_each(Raccoon, raccoon, raccoons) {
        int64_t before = -1;
        size_t expected = 0;
        for (int round = 0; round < ROUNDS; round++)
            expected += raccoon->id - 1 >= round % 7;
        assert_int_equal(COUNT(kith_many(raccoon, trashcans)), expected + (raccoon->id == 31 ? MORE : 0));
        kith_each(Trashcan, can, kith_many(raccoon, trashcans)) {
            assert_true(can->litres > before);
            before = can->litres;
        }
    }
}

/* What one load filled together goes its own ways: one list grows, one shrinks, one is read anew, and who has read them before sees what was. */
static void lists_of_one_load_change_one_by_one(void **state)
{
    fixture *f = *state;
    stock(f, 40, 9);
    KITH_LIST(Raccoon) raccoons = kith_all(f->session, Raccoon);
    assert_int_equal(touch(raccoons), 360);
    const Raccoon *grows = raccoons.items[3], *shrinks = raccoons.items[4], *anew = raccoons.items[5], *last = raccoons.items[39];
    KITH_LIST(Trashcan) three = kith_many(grows, trashcans), four = kith_many(shrinks, trashcans), five = kith_many(anew, trashcans);
    for (int i = 0; i < 50; i++)
        kith_new(f->session, Trashcan, .label = "new", .litres = 100 + i, .raccoon = { grows });
    const Trashcan *gone = four.items[4];
    kith_remove(shrinks, trashcans, gone);
    kith_append(last, trashcans, gone);
    FLUSH(f->session);
    kith_expire(anew);
    assert_int_equal(COUNT(kith_many(anew, trashcans)), 9);
    assert_int_equal(COUNT(kith_many(grows, trashcans)), 59);
    assert_int_equal(COUNT(kith_many(shrinks, trashcans)), 8);
    assert_int_equal(COUNT(kith_many(last, trashcans)), 10);
    assert_int_equal(three.count + four.count + five.count, 27);
    for (size_t i = 0; i < 9; i++) {
        assert_ptr_equal(three.items[i], kith_many(grows, trashcans).items[i]);
        assert_int_equal(four.items[i]->litres, i);
        assert_ptr_equal(five.items[i], kith_many(anew, trashcans).items[i]);
    }
    COMMIT(f->session);
    assert_int_equal(touch(kith_all(f->session, Raccoon)), 410);
}

/* The identity map takes keys as they come: few, then more that lie densely, then some from far away, some negative; each row is one object. */
static void every_key_is_one_object_however_the_keys_lie(void **state)
{
    fixture *f = *state;
    raw_run(f, "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 2999) "
               "INSERT INTO raccoons (id, name) SELECT CASE WHEN i < 1500 THEN i + 1 WHEN i < 2000 THEN i * 1000000007 WHEN i < 2500 THEN -i ELSE i * 130 END, 'raccoon' FROM n");
    static const struct { int64_t from, to; } part[] = { { 1, 100 }, { 101, 200 }, { -2500, -1 }, { 201, 1500 }, { 1501, INT64_MAX } };
    const Raccoon *first[3000];
    size_t count = 0;
    for (size_t i = 0; i < sizeof part / sizeof *part; i++)
        kith_each(Raccoon, raccoon, kith_all(f->session, Raccoon, .where = kith_and(kith_ge(Raccoon, id, part[i].from), kith_le(Raccoon, id, part[i].to))))
            first[count++] = raccoon;
    assert_int_equal(count, 3000);
    SENDS(f, 0, {
        for (size_t i = 0; i < count; i++)
            assert_ptr_equal(kith_get(f->session, Raccoon, .id = first[i]->id), first[i]);
    });
    KITH_LIST(Raccoon) again = kith_all(f->session, Raccoon);
    assert_int_equal(again.count, 3000);
    kith_each(Raccoon, raccoon, again)
        assert_ptr_equal(kith_get(f->session, Raccoon, .id = raccoon->id), raccoon);
}

/* Sessions one after the other and side by side on one handle, each as large as the memory that a closed one leaves for the next. */
static void a_session_has_its_own_memory_whoever_had_it_before(void **state)
{
    fixture *f = *state;
    stock(f, 900, 1);
    for (int i = 0; i < 5; i++) {
        kith_session *one = kith_session_open(f->database), *two = kith_session_open(f->database);
        KITH_LIST(Raccoon) ones = kith_all(one, Raccoon), twos = kith_all(two, Raccoon);
        assert_int_equal(ones.count + twos.count, 1800);
        kith_set(ones.items[7], name, "Rocky");
        kith_session_close(one);
        kith_session *three = kith_session_open(f->database);
        KITH_LIST(Raccoon) threes = kith_all(three, Raccoon);
        for (size_t k = 0; k < 900; k++) {
            assert_string_equal(twos.items[k]->name, "raccoon");
            assert_string_equal(threes.items[k]->name, "raccoon");
            assert_int_equal(threes.items[k]->age.value, k);
            assert_ptr_not_equal(threes.items[k], twos.items[k]);
        }
        kith_session_close(three);
        kith_session_close(two);
    }
}

/* 118: at most a thousand at a time */
static void a_thousand_and_one_siblings_are_two_statements(void **state)
{
    fixture *f = *state;
    stock(f, 1001, 1);
    KITH_LIST(Raccoon) raccoons = kith_all(f->session, Raccoon);
    assert_int_equal(raccoons.count, 1001);
    SENDS(f, 1, assert_int_equal(COUNT(kith_many(raccoons.items[0], trashcans)), 1));
    SENDS(f, 1, assert_int_equal(touch(raccoons), 1001));
}

/* 118 */
static void a_thousand_siblings_are_one_statement(void **state)
{
    fixture *f = *state;
    stock(f, 1000, 1);
    KITH_LIST(Raccoon) raccoons = kith_all(f->session, Raccoon);
    SENDS(f, 1, assert_int_equal(touch(raccoons), 1000));
}

/* 118: touched from the end: the next siblings, and then those before */
static void siblings_touched_backwards_still_come_in_chunks(void **state)
{
    fixture *f = *state;
    stock(f, 2500, 1);
    KITH_LIST(Raccoon) raccoons = kith_all(f->session, Raccoon);
    int64_t before = kith_statement_count(f->session);
    for (size_t i = raccoons.count; i-- > 0; )
        assert_int_equal(COUNT(kith_many(raccoons.items[i], trashcans)), 1);
    assert_true(kith_statement_count(f->session) - before <= 4);
}

/* 118: no statement names more than a thousand keys */
static void a_chunk_has_at_most_a_thousand_keys(void **state)
{
    fixture *f = *state;
    stock(f, 2500, 1);
    KITH_LIST(Raccoon) raccoons = kith_all(f->session, Raccoon);
    SENDS(f, 3, assert_int_equal(touch(raccoons), 2500));
    for (size_t i = 0; i < f->seen.count; i++) {
        size_t marks = 0;
        for (const char *at = f->seen.sql[i]; (at = strchr(at, '?')); at++)
            marks++;
        assert_true(marks <= 1000);
    }
}

/* 116: what one object loaded alone has no siblings with */
static void an_object_got_alone_loads_alone(void **state)
{
    fixture *f = *state;
    stock(f, 3, 2);
    KITH_LIST(Raccoon) all = kith_all(f->session, Raccoon, .limit = 1);
    SENDS(f, 1, assert_int_equal(COUNT(kith_many(all.items[0], trashcans)), 2));
    const Raccoon *second = kith_get(f->session, Raccoon, .id = all.items[0]->id + 1);
    SENDS(f, 1, assert_int_equal(COUNT(kith_many(second, trashcans)), 2));
}

/* 116: an object belongs to the newest group of two or more that returned it */
static void siblings_are_those_of_the_newest_query(void **state)
{
    fixture *f = *state;
    stock(f, 10, 1);
    KITH_LIST(Raccoon) two = kith_all(f->session, Raccoon, .limit = 2);
    KITH_LIST(Raccoon) all = kith_all(f->session, Raccoon);
    SENDS(f, 1, assert_int_equal(COUNT(kith_many(two.items[0], trashcans)), 1));
    SENDS(f, 0, assert_int_equal(touch(all), 10));
    assert_non_null(kith_get(f->session, Raccoon, .id = two.items[0]->id));
}

/* 116: two levels, one statement each */
static void every_level_is_one_statement(void **state)
{
    fixture *f = *state;
    stock(f, 30, 4);
    SENDS(f, 3, {
        kith_each(Raccoon, raccoon, kith_all(f->session, Raccoon))
            kith_each(Trashcan, can, kith_many(raccoon, trashcans))
                assert_string_equal(kith_one(can, business)->name, "shop");
    });
}

/* 116: loaded lists are their objects' other sides, too */
static void what_a_list_loaded_knows_its_owner(void **state)
{
    fixture *f = *state;
    stock(f, 5, 2);
    KITH_LIST(Raccoon) raccoons = kith_all(f->session, Raccoon);
    touch(raccoons);
    SENDS(f, 0, {
        kith_each(Raccoon, raccoon, raccoons)
            kith_each(Trashcan, can, kith_many(raccoon, trashcans))
                assert_ptr_equal(kith_one(can, raccoon), raccoon);
    });
}

/* 116: one-to-one, for all at once, those without as well */
static void one_to_one_is_one_statement_for_all(void **state)
{
    fixture *f = *state;
    for (int i = 0; i < 20; i++) {
        const Bear *bear = kith_new(f->session, Bear, .name = "bear");
        if (i % 2)
            kith_new(f->session, Den, .name = "den", .bear = { bear });
    }
    COMMIT(f->session);
    new_session(f);
    int with = 0;
    KITH_LIST(Bear) bears = kith_all(f->session, Bear);
    SENDS(f, 1, {
        kith_each(Bear, bear, bears)
            with += kith_one(bear, den) != NULL;
    });
    assert_int_equal(with, 10);
}

/* 116: keys that are texts, a thousand and one of them */
static void a_thousand_text_keys_load_their_children(void **state)
{
    fixture *f = *state;
    for (int i = 0; i < 1001; i++) {
        char code[3] = { (char)('A' + i / 40), (char)('0' + i % 40), 0 };
        const Country *country = kith_new(f->session, Country, .code = code, .name = "n");
        kith_new(f->session, City, .name = "c", .country = { country });
    }
    COMMIT(f->session);
    new_session(f);
    KITH_LIST(Country) countries = kith_all(f->session, Country);
    SENDS(f, 2, {
        kith_each(Country, country, countries) {
            assert_int_equal(COUNT(kith_many(country, cities)), 1);
            assert_string_equal(kith_many(country, cities).items[0]->country_code, country->code);
        }
    });
}

/* 116: a tree, a level at a time */
static void a_tree_is_one_statement_for_each_level(void **state)
{
    fixture *f = *state;
    const Node *top = kith_new(f->session, Node, .name = "top");
    for (int i = 0; i < 10; i++) {
        const Node *child = kith_new(f->session, Node, .name = "child", .parent = { top });
        for (int j = 0; j < 10; j++)
            kith_new(f->session, Node, .name = "grandchild", .parent = { child });
    }
    COMMIT(f->session);
    new_session(f);
    top = kith_only(f->session, Node, .where = kith_is_null(Node, parent));
    size_t leaves = 0;
    SENDS(f, 3, {
        kith_each(Node, child, kith_many(top, children))
            kith_each(Node, grandchild, kith_many(child, children))
                leaves += 1 + COUNT(kith_many(grandchild, children));
    });
    assert_int_equal(leaves, 100);
}

/* ---------------------------------------------------------------- eagerly */

/* Two streets, the second behind the first; two homes in each, two lamps in each. The session is new afterwards. */
static void build_streets(fixture *f)
{
    const Street *before = NULL;
    for (int s = 0; s < 2; s++) {
        const Street *street = kith_new(f->session, Street, .name = s ? "second" : "first");
        if (before)
            kith_set(street, before, before);
        before = street;
        for (int h = 0; h < 2; h++) {
            const Home *home = kith_new(f->session, Home, .street = { street });
            for (int l = 0; l < 2; l++)
                kith_new(f->session, Lamp, .home = { home });
        }
    }
    COMMIT(f->session);
    new_session(f);
}

static size_t lamps_of(const Street *street)
{
    size_t lamps = 0;
    kith_each(Home, home, kith_many(street, homes)) {
        assert_ptr_equal(kith_one(home, street), street);
        lamps += kith_many(home, lamps).count;
    }
    return lamps;
}

/* 119, 121 */
static void what_always_comes_along_brings_its_own_along(void **state)
{
    fixture *f = *state;
    build_streets(f);
    KITH_LIST(Street) streets;
    SENDS(f, 3, streets = kith_all(f->session, Street, .order_by = { kith_asc(Street, id) }));      /* the streets, their homes, their lamps */
    SENDS(f, 0, {
        assert_int_equal(lamps_of(streets.items[0]) + lamps_of(streets.items[1]), 8);
        assert_ptr_equal(kith_one(streets.items[1], before), streets.items[0]);
    });
    kith_clear(f->session);
    const Street *second;
    SENDS(f, 6, second = kith_first(f->session, Street, .where = kith_eq(Street, name, "second")));     /* its homes, their lamps; the street before, with the same */
    SENDS(f, 0, assert_int_equal(lamps_of(kith_one(second, before)) + lamps_of(second), 8));
}

static void what_always_comes_along_comes_with_a_get_and_a_lazy_load_too(void **state)
{
    fixture *f = *state;
    build_streets(f);
    kith_session_lazy_loads(f->session, false);
    const Street *second = kith_get(f->session, Street, .id = 2);
    SENDS(f, 0, assert_int_equal(lamps_of(kith_one(second, before)) + lamps_of(second), 8));
    kith_test_ok(f->session);
    new_session(f);
    const Lamp *lamp = kith_get(f->session, Lamp, .id = 8);
    const Home *home;
    SENDS(f, 8, home = kith_one(lamp, home));       /* the home, its lamps, its street; that one's homes, their lamps; the street before, with the same */
    SENDS(f, 0, assert_int_equal(lamps_of(kith_one(home, street)), 4));
    kith_test_ok(f->session);
}

static void what_comes_along_by_a_path_brings_its_own_along(void **state)
{
    fixture *f = *state;
    build_streets(f);
    KITH_LIST(Lamp) lamps = kith_all(f->session, Lamp, .load = { "home" });
    SENDS(f, 0, kith_each(Lamp, lamp, lamps)
        assert_int_equal(lamps_of(kith_one(kith_one(lamp, home), street)), 4));
    kith_test_ok(f->session);
}

static void a_long_chain_that_always_comes_along_is_loaded(void **state)
{
    fixture *f = *state;
    enum { LONG = 3000 };
    const Street *before = NULL;
    for (int i = 0; i < LONG; i++) {
        const Street *street = kith_new(f->session, Street, .name = "s");
        if (before)
            kith_set(street, before, before);
        before = street;
    }
    COMMIT(f->session);
    new_session(f);
    const Street *last = kith_first(f->session, Street, .order_by = { kith_desc(Street, id) });
    size_t length = 0;
    SENDS(f, 0, for (const Street *at = last; at; at = kith_one(at, before))
        length++);
    assert_int_equal(length, LONG);
}

/* decisions 5: one call is one snapshot. Another program deletes what comes along, as soon as the first statement was sent. */
static void delete_lamps(void *arg, const char *sql, const kith_value *values, size_t count, int64_t nanoseconds)
{
    fixture *f = arg;
    (void)values, (void)count, (void)nanoseconds;
    if (strncmp(sql, "SELECT", 6) == 0)
        raw_run(f, "DELETE FROM lamps");
}

static void what_comes_along_is_of_one_moment(void **state)
{
    fixture *f = *state;
    raw_run(f, "PRAGMA journal_mode = WAL");
    for (int way = 0; way < 3; way++) {
        raw_run(f, "PRAGMA foreign_keys = OFF");
        raw_run(f, "DELETE FROM lamps; DELETE FROM homes; DELETE FROM streets");
        build_streets(f);
        kith_session *session = another_session(f);
        const Lamp *lamp = way == 2 ? kith_first(session, Lamp) : NULL;
        int64_t id = kith_minimum(session, Street, id).value;
        kith_session_log(session, delete_lamps, f);
        const Street *street = way == 0 ? kith_get(session, Street, .id = id) : way == 1 ? kith_first(session, Street, .where = kith_eq(Street, id, id)) :
            kith_one(kith_one(lamp, home), street);
        kith_session_log(session, NULL, NULL);
        kith_test_ok(session);
        assert_int_equal(lamps_of(street), 4);
        assert_int_equal(kith_count(session, Lamp), 0);
        kith_session_close(session);
        f->other = NULL;
    }
}

/* a row that went between is no endless loop */
static void what_should_come_along_and_has_gone_is_left_out(void **state)
{
    fixture *f = *state;
    build_streets(f);
    kith_all(f->session, Street);
    COMMIT(f->session);
    raw_run(f, "PRAGMA foreign_keys = OFF");
    raw_run(f, "DELETE FROM streets WHERE id = 1");
    const Street *second = kith_first(f->session, Street, .where = kith_eq(Street, id, 2));
    assert_int_equal(lamps_of(second), 4);
    kith_test_ok(f->session);
    assert_int_equal(kith_all(f->session, Home, .load = { "street" }).count, 4);
    kith_test_ok(f->session);
}

/* 117 */
static void load_brings_the_lists_along(void **state)
{
    fixture *f = *state;
    stock(f, 7, 3);
    KITH_LIST(Raccoon) raccoons;
    SENDS(f, 2, raccoons = kith_all(f->session, Raccoon, .load = { "trashcans" }));
    SENDS(f, 0, assert_int_equal(touch(raccoons), 21));
}

/* 117: LIMIT is of the raccoons, and no raccoon comes twice */
static void a_limit_is_of_the_owners_and_not_of_what_comes_along(void **state)
{
    fixture *f = *state;
    stock(f, 7, 3);
    KITH_LIST(Raccoon) raccoons = kith_all(f->session, Raccoon, .load = { "trashcans" }, .limit = 2, .offset = 1, .order_by = { kith_asc(Raccoon, age) });
    assert_int_equal(raccoons.count, 2);
    assert_int_equal(raccoons.items[0]->age.value, 1);
    assert_int_equal(raccoons.items[1]->age.value, 2);
    SENDS(f, 0, assert_int_equal(touch(raccoons), 6));
}

/* 118 */
static void a_path_loads_every_step_of_it(void **state)
{
    fixture *f = *state;
    stock(f, 6, 3);
    KITH_LIST(Raccoon) raccoons;
    SENDS(f, 3, raccoons = kith_all(f->session, Raccoon, .load = { "trashcans.business" }));
    SENDS(f, 0, {
        kith_each(Raccoon, raccoon, raccoons)
            kith_each(Trashcan, can, kith_many(raccoon, trashcans))
                assert_string_equal(kith_one(can, business)->name, "shop");
    });
}

/* 118: and back again through what is loaded */
static void a_deep_path_and_two_paths_of_one_beginning(void **state)
{
    fixture *f = *state;
    stock(f, 6, 3);
    KITH_LIST(Business) shops;
    SENDS(f, 3, shops = kith_all(f->session, Business, .load = { "trashcans", "trashcans.raccoon" }));
    SENDS(f, 0, {
        kith_each(Business, shop, shops)
            kith_each(Trashcan, can, kith_many(shop, trashcans))
                assert_non_null(kith_one(can, raccoon));
    });
    new_session(f);
    SENDS(f, 4, shops = kith_all(f->session, Business, .load = { "trashcans.raccoon.trashcans" }));
    kith_test_ok(f->session);
}

/* 118: one statement each way of a many-to-many */
static void load_brings_many_to_many_along(void **state)
{
    fixture *f = *state;
    for (int i = 0; i < 5; i++)
        kith_new(f->session, Tag, .word = "tag");
    COMMIT(f->session);
    KITH_LIST(Tag) tags = kith_all(f->session, Tag);
    for (int p = 0; p < 20; p++) {
        const Post *post = kith_new(f->session, Post, .title = "post");
        for (int t = 0; t <= p % 5; t++)
            kith_append(post, tags, tags.items[t]);
    }
    COMMIT(f->session);
    new_session(f);
    KITH_LIST(Post) posts;
    SENDS(f, 2, posts = kith_all(f->session, Post, .load = { "tags" }, .order_by = { kith_asc(Post, id) }));
    SENDS(f, 0, {
        for (size_t p = 0; p < 20; p++)
            assert_int_equal(COUNT(kith_many(posts.items[p], tags)), p % 5 + 1);
    });
    const Tag *first = kith_many(posts.items[0], tags).items[0];
    SENDS(f, 1, assert_int_equal(COUNT(kith_many(first, posts)), 20));
}

/* 118 */
static void load_brings_parents_along(void **state)
{
    fixture *f = *state;
    stock(f, 5, 2);
    KITH_LIST(Trashcan) cans;
    SENDS(f, 3, cans = kith_all(f->session, Trashcan, .load = { "raccoon", "business" }));
    SENDS(f, 0, {
        kith_each(Trashcan, can, cans)
            assert_true(kith_one(can, raccoon) && kith_one(can, business));
    });
}

/* 118: of a thousand and one */
static void eager_loading_is_in_chunks_too(void **state)
{
    fixture *f = *state;
    stock(f, 1001, 1);
    KITH_LIST(Raccoon) raccoons;
    SENDS(f, 3, raccoons = kith_all(f->session, Raccoon, .where = kith_gt(Raccoon, id, 0), .load = { "trashcans" }));
    SENDS(f, 0, assert_int_equal(touch(raccoons), 1001));
}

/* 118: all raccoons have all trashcans that have a raccoon, so no key needs to be named */
static void a_whole_table_brings_the_other_whole_along(void **state)
{
    fixture *f = *state;
    stock(f, 1001, 1);
    raw_run(f, "INSERT INTO trashcans (label, litres) VALUES ('of nobody', 1)");
    KITH_LIST(Raccoon) raccoons;
    SENDS(f, 2, raccoons = kith_all(f->session, Raccoon, .load = { "trashcans" }));
    SENDS(f, 0, assert_int_equal(touch(raccoons), 1001));
    assert_int_equal(kith_count(f->session, Trashcan), 1002);
}

/* 118: nothing found, nothing to bring along; first and only bring along as well */
static void load_of_nothing_and_of_one(void **state)
{
    fixture *f = *state;
    stock(f, 3, 2);
    SENDS(f, 1, assert_int_equal(kith_all(f->session, Raccoon, .where = kith_eq(Raccoon, name, "none"), .load = { "trashcans.business" }).count, 0));
    const Raccoon *raccoon;
    SENDS(f, 2, raccoon = kith_first(f->session, Raccoon, .load = { "trashcans" }));
    SENDS(f, 0, assert_int_equal(COUNT(kith_many(raccoon, trashcans)), 2));
    SENDS(f, 2, raccoon = kith_only(f->session, Raccoon, .where = kith_eq(Raccoon, age, 2), .load = { "trashcans" }));
    SENDS(f, 0, assert_int_equal(COUNT(kith_many(raccoon, trashcans)), 2));
}

/* 119 */
static void a_misspelt_path_is_refused_with_what_was_meant(void **state)
{
    fixture *f = *state;
    stock(f, 1, 1);
    assert_int_equal(kith_all(f->session, Raccoon, .load = { "trashcan" }).count, 0);
    kith_test_error(f->session, KITH_MISUSE, "trashcans");
    kith_error_clear(f->session);
    assert_int_equal(kith_all(f->session, Raccoon, .load = { "trashcans.bussiness" }).count, 0);
    kith_test_error(f->session, KITH_MISUSE, "business");
    kith_error_clear(f->session);
    assert_int_equal(kith_all(f->session, Raccoon, .load = { "name" }).count, 0);
    kith_test_error(f->session, KITH_MISUSE, "name");
    kith_error_clear(f->session);
    assert_int_equal(kith_all(f->session, Raccoon, .load = { "trashcans." }).count, 0);
    kith_test_error(f->session, KITH_MISUSE, NULL);
    kith_error_clear(f->session);
}

/* 119, 121: asked for by the relationship itself */
static void a_relationship_may_always_come_along(void **state)
{
    fixture *f = *state;
    const House *house = kith_new(f->session, House, .name = "h");
    kith_new(f->session, Room, .name = "r", .house = { house });
    kith_new(f->session, Room, .name = "s", .house = { house });
    COMMIT(f->session);
    new_session(f);
    KITH_LIST(Room) rooms;
    SENDS(f, 2, rooms = kith_all(f->session, Room));
    SENDS(f, 0, assert_string_equal(kith_one(rooms.items[1], house)->name, "h"));
}

/* ---------------------------------------------------------------- refused */

/* 120 */
static void a_session_may_refuse_lazy_loads(void **state)
{
    fixture *f = *state;
    stock(f, 2, 2);
    kith_session_lazy_loads(f->session, false);
    KITH_LIST(Raccoon) raccoons = kith_all(f->session, Raccoon);
    SENDS(f, 0, assert_int_equal(COUNT(kith_many(raccoons.items[0], trashcans)), 0));
    kith_test_error(f->session, KITH_MISUSE, "trashcans");
    ABOUT(f->session, "Raccoon", "trashcans");
    kith_error_clear(f->session);
    raccoons = kith_all(f->session, Raccoon, .load = { "trashcans" });
    SENDS(f, 0, assert_int_equal(touch(raccoons), 4));
    const Trashcan *can = kith_many(raccoons.items[0], trashcans).items[0];
    SENDS(f, 0, assert_null(kith_one(can, business)));
    ABOUT(f->session, "Trashcan", "business");
    kith_error_clear(f->session);
    SENDS(f, 0, assert_ptr_equal(kith_one(can, raccoon), raccoons.items[0]));      /* that one needs no load */
    kith_session_lazy_loads(f->session, true);
    assert_non_null(kith_one(can, business));
    kith_test_ok(f->session);
}

/* 120 */
static void a_relationship_may_refuse_lazy_loads(void **state)
{
    fixture *f = *state;
    const House *house = kith_new(f->session, House, .name = "h");
    kith_new(f->session, Room, .name = "r", .house = { house });
    COMMIT(f->session);
    int64_t id = house->id;
    new_session(f);
    house = kith_get(f->session, House, .id = id);
    SENDS(f, 0, assert_int_equal(COUNT(kith_many(house, rooms)), 0));
    kith_test_error(f->session, KITH_MISUSE, "rooms");
    ABOUT(f->session, "House", "rooms");
    kith_error_clear(f->session);
    house = kith_first(f->session, House, .load = { "rooms" });
    assert_int_equal(COUNT(kith_many(house, rooms)), 1);
    kith_test_ok(f->session);
}

/* ---------------------------------------------------------------- detached, pending */

/* 124 */
static void a_detached_object_keeps_what_it_has_and_loads_no_more(void **state)
{
    fixture *f = *state;
    stock(f, 2, 2);
    KITH_LIST(Raccoon) raccoons = kith_all(f->session, Raccoon, .load = { "trashcans" });
    const Raccoon *loaded = raccoons.items[0];
    const Trashcan *can = kith_many(loaded, trashcans).items[0];
    kith_detach(loaded);
    kith_detach(can);
    SENDS(f, 0, {
        assert_string_equal(loaded->name, "raccoon");
        assert_int_equal(COUNT(kith_many(loaded, trashcans)), 2);
        assert_null(kith_one(can, business));
    });
    kith_test_error(f->session, KITH_MISUSE, "business");
    ABOUT(f->session, "Trashcan", "business");
    kith_error_clear(f->session);
}

/* 124: a refresh cannot proceed either */
static void a_detached_object_cannot_be_refreshed(void **state)
{
    fixture *f = *state;
    stock(f, 1, 0);
    const Raccoon *raccoon = kith_first(f->session, Raccoon);
    kith_detach(raccoon);
    SENDS(f, 0, kith_refresh(raccoon));
    kith_test_error(f->session, KITH_MISUSE, "Raccoon");
    kith_error_clear(f->session);
    assert_string_equal(raccoon->name, "raccoon");
}

/* 125 */
static void a_pending_object_asks_the_database_nothing(void **state)
{
    fixture *f = *state;
    stock(f, 1, 1);
    int64_t id = kith_first(f->session, Raccoon)->id;
    const Raccoon *pending = kith_new(f->session, Raccoon, .name = "new");
    const Trashcan *can = kith_new(f->session, Trashcan, .raccoon_id = kith_some(id));
    SENDS(f, 0, {
        assert_int_equal(COUNT(kith_many(pending, trashcans)), 0);
        assert_null(kith_one(can, raccoon));
    });
    FLUSH(f->session);
    kith_refresh(can);
    assert_int_equal(kith_one(can, raccoon)->id, id);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_MEMORY(alley, the_first_touch_loads_for_every_sibling),
        IN_MEMORY(alley, a_parent_in_the_map_and_a_null_key_need_no_statement),
        IN_MEMORY(alley, the_parents_of_siblings_come_in_one_statement),
        IN_MEMORY(alley, an_empty_list_is_known_to_be_empty),
        ON_FILE(alley, a_key_that_points_nowhere_reads_as_null),
        ON_FILE(alley, the_lists_of_one_load_grow_side_by_side),
        IN_MEMORY(alley, lists_of_one_load_change_one_by_one),
        ON_FILE(alley, every_key_is_one_object_however_the_keys_lie),
        IN_MEMORY(alley, a_session_has_its_own_memory_whoever_had_it_before),
        IN_MEMORY(alley, a_thousand_and_one_siblings_are_two_statements),
        IN_MEMORY(alley, a_thousand_siblings_are_one_statement),
        IN_MEMORY(alley, siblings_touched_backwards_still_come_in_chunks),
        IN_MEMORY(alley, a_chunk_has_at_most_a_thousand_keys),
        IN_MEMORY(alley, an_object_got_alone_loads_alone),
        IN_MEMORY(alley, siblings_are_those_of_the_newest_query),
        IN_MEMORY(alley, every_level_is_one_statement),
        IN_MEMORY(alley, what_a_list_loaded_knows_its_owner),
        IN_MEMORY(bears, one_to_one_is_one_statement_for_all),
        IN_MEMORY(atlas, a_thousand_text_keys_load_their_children),
        IN_MEMORY(tree, a_tree_is_one_statement_for_each_level),
        IN_MEMORY(alley, load_brings_the_lists_along),
        IN_MEMORY(alley, a_limit_is_of_the_owners_and_not_of_what_comes_along),
        IN_MEMORY(alley, a_path_loads_every_step_of_it),
        IN_MEMORY(alley, a_deep_path_and_two_paths_of_one_beginning),
        IN_MEMORY(blog, load_brings_many_to_many_along),
        IN_MEMORY(alley, load_brings_parents_along),
        IN_MEMORY(alley, eager_loading_is_in_chunks_too),
        IN_MEMORY(streets, what_always_comes_along_brings_its_own_along),
        IN_MEMORY(streets, what_always_comes_along_comes_with_a_get_and_a_lazy_load_too),
        IN_MEMORY(streets, what_comes_along_by_a_path_brings_its_own_along),
        IN_MEMORY(streets, a_long_chain_that_always_comes_along_is_loaded),
        ON_FILE(streets, what_should_come_along_and_has_gone_is_left_out),
        ON_FILE(streets, what_comes_along_is_of_one_moment),
        ON_FILE(alley, a_whole_table_brings_the_other_whole_along),
        IN_MEMORY(alley, load_of_nothing_and_of_one),
        IN_MEMORY(alley, a_misspelt_path_is_refused_with_what_was_meant),
        IN_MEMORY(houses, a_relationship_may_always_come_along),
        IN_MEMORY(alley, a_session_may_refuse_lazy_loads),
        IN_MEMORY(houses, a_relationship_may_refuse_lazy_loads),
        IN_MEMORY(alley, a_detached_object_keeps_what_it_has_and_loads_no_more),
        IN_MEMORY(alley, a_detached_object_cannot_be_refreshed),
        IN_MEMORY(alley, a_pending_object_asks_the_database_nothing),
    };
    return cmocka_run_group_tests_name("loading", tests, NULL, NULL);
}
