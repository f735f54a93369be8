/*
 * Association proxies: docs/behaviours.md 127 to 143. Business.raccoons reads through the trashcans to their raccoons.
 */
#include "fixture.h"

FAMILY(alley, ALLEY_MODELS);
FAMILY(school, SCHOOL_MODELS);
FAMILY(blog, BLOG_MODELS);
FAMILY(garage, GARAGE_MODELS);

static const Raccoon *new_raccoon(fixture *f, const char *name) { return kith_new(f->session, Raccoon, .name = name); }

/* ---------------------------------------------------------------- a list through a list */

/* 127 */
static void a_proxy_is_a_live_view(void **state)
{
    fixture *f = *state;
    const Business *shop = kith_new(f->session, Business, .name = "Shop");
    const Raccoon *rocky = new_raccoon(f, "Rocky"), *dan = new_raccoon(f, "Dan");
    assert_int_equal(COUNT(kith_many(shop, raccoons)), 0);
    const Trashcan *can = kith_new(f->session, Trashcan, .raccoon = { rocky });
    kith_append(shop, trashcans, can);
    assert_int_equal(COUNT(kith_many(shop, raccoons)), 1);
    assert_ptr_equal(kith_many(shop, raccoons).items[0], rocky);
    kith_set(can, raccoon, dan);
    assert_ptr_equal(kith_many(shop, raccoons).items[0], dan);
    kith_remove(shop, trashcans, can);
    assert_int_equal(COUNT(kith_many(shop, raccoons)), 0);
}

/* 127: what was read is a snapshot here, too */
static void a_list_read_through_a_proxy_does_not_change(void **state)
{
    fixture *f = *state;
    const Business *shop = kith_new(f->session, Business, .name = "Shop");
    const Raccoon *rocky = new_raccoon(f, "Rocky"), *dan = new_raccoon(f, "Dan");
    kith_append(shop, raccoons, rocky);
    KITH_LIST(Raccoon) before = kith_many(shop, raccoons);
    kith_append(shop, raccoons, dan);
    kith_remove(shop, raccoons, rocky);
    assert_int_equal(before.count, 1);
    assert_ptr_equal(before.items[0], rocky);
    assert_int_equal(COUNT(kith_many(shop, raccoons)), 1);
}

/* 127: an intermediate that leads nowhere */
static void a_trashcan_of_nobody_is_no_raccoon(void **state)
{
    fixture *f = *state;
    const Business *shop = kith_new(f->session, Business, .name = "Shop");
    kith_new(f->session, Trashcan, .business = { shop });
    kith_append(shop, raccoons, new_raccoon(f, "Rocky"));
    size_t seen = 0;
    kith_each(Raccoon, raccoon, kith_many(shop, raccoons))
        seen += raccoon != NULL;
    assert_int_equal(seen, 1);
}

/* 128: of the list's operations C has reading, append and remove; order is that of the intermediates, duplicates count */
static void a_proxy_appends_removes_and_counts_as_a_list(void **state)
{
    fixture *f = *state;
    const Business *shop = kith_new(f->session, Business, .name = "Shop");
    const Raccoon *x = new_raccoon(f, "x"), *y = new_raccoon(f, "y"), *z = new_raccoon(f, "z");
    kith_append(shop, raccoons, x);
    kith_append(shop, raccoons, y);
    kith_append(shop, raccoons, x);
    KITH_LIST(Raccoon) list = kith_many(shop, raccoons);
    assert_int_equal(list.count, 3);
    assert_int_equal(HOLDS(list, x), 2);
    assert_int_equal(HOLDS(list, z), 0);
    assert_ptr_equal(list.items[1], y);
    kith_remove(shop, raccoons, x);
    assert_int_equal(HOLDS(kith_many(shop, raccoons), x), 1);
    assert_int_equal(COUNT(kith_many(shop, trashcans)), 2);
    kith_remove(shop, raccoons, x);
    kith_remove(shop, raccoons, y);
    assert_int_equal(COUNT(kith_many(shop, trashcans)), 0);
    kith_test_ok(f->session);
}

/* 128 */
static void removing_what_is_not_there_is_refused(void **state)
{
    fixture *f = *state;
    const Business *shop = kith_new(f->session, Business, .name = "Shop");
    const Raccoon *rocky = new_raccoon(f, "Rocky"), *dan = new_raccoon(f, "Dan");
    kith_append(shop, raccoons, rocky);
    kith_remove(shop, raccoons, dan);
    kith_test_error(f->session, KITH_MISUSE, "raccoons");
    ABOUT(f->session, "Business", "raccoons");
    kith_error_clear(f->session);
    assert_int_equal(COUNT(kith_many(shop, raccoons)), 1);
    kith_append(shop, raccoons, (const Raccoon *)NULL);
    kith_test_error(f->session, KITH_MISUSE, NULL);
    kith_error_clear(f->session);
    assert_int_equal(COUNT(kith_many(shop, trashcans)), 1);
}

/* 129, 130 */
static void appending_makes_the_intermediate_with_both_sides(void **state)
{
    fixture *f = *state;
    const Business *shop = kith_new(f->session, Business, .name = "Shop");
    const Raccoon *rocky = new_raccoon(f, "Rocky");
    kith_append(shop, raccoons, rocky);
    assert_int_equal(COUNT(kith_many(shop, trashcans)), 1);
    const Trashcan *can = kith_many(shop, trashcans).items[0];
    assert_ptr_equal(kith_one(can, raccoon), rocky);
    assert_ptr_equal(kith_one(can, business), shop);
    assert_int_equal(HOLDS(kith_many(rocky, trashcans), can), 1);
    assert_ptr_equal(kith_many(rocky, businesses).items[0], shop);
    assert_int_equal(kith_state_of(can), KITH_PENDING);
    COMMIT(f->session);
    assert_int_equal(can->business_id.value, shop->id);
    assert_int_equal(can->raccoon_id.value, rocky->id);
}

/* 129 */
static void a_creator_makes_the_intermediate_its_own_way(void **state)
{
    fixture *f = *state;
    const Student *ann = kith_new(f->session, Student, .name = "Ann");
    const Course *art = kith_new(f->session, Course, .title = "art");
    kith_append(ann, courses, art);
    assert_int_equal(COUNT(kith_many(ann, enrolments)), 1);
    const Enrolment *made = kith_many(ann, enrolments).items[0];
    assert_string_equal(made->reason, "made by the creator");
    assert_ptr_equal(kith_one(made, student), ann);
    assert_ptr_equal(kith_many(art, students).items[0], ann);
    COMMIT(f->session);
    assert_int_equal(made->student_id, ann->id);
    assert_int_equal(made->course_id, art->id);
}

/* 132: with delete-orphan the row goes */
static void removing_through_a_proxy_deletes_an_orphan(void **state)
{
    fixture *f = *state;
    const Student *ann = kith_new(f->session, Student, .name = "Ann");
    const Course *art = kith_new(f->session, Course, .title = "art"), *law = kith_new(f->session, Course, .title = "law");
    kith_append(ann, courses, art);
    kith_append(ann, courses, law);
    COMMIT(f->session);
    int64_t id = ann->id, art_id = art->id;
    new_session(f);
    ann = kith_get(f->session, Student, .id = id);
    art = kith_get(f->session, Course, .id = art_id);
    kith_remove(ann, courses, art);
    assert_int_equal(COUNT(kith_many(ann, enrolments)), 1);
    COMMIT(f->session);
    assert_int_equal(kith_count(f->session, Enrolment), 1);
    assert_int_equal(kith_count(f->session, Course), 2);
    assert_int_equal(COUNT(kith_many(art, students)), 0);
}

/* 132: without it the row stays, its key NULL */
static void removing_through_a_proxy_nulls_the_key_of_what_is_no_orphan(void **state)
{
    fixture *f = *state;
    const Business *shop = kith_new(f->session, Business, .name = "Shop");
    const Raccoon *rocky = new_raccoon(f, "Rocky");
    kith_append(shop, raccoons, rocky);
    COMMIT(f->session);
    const Trashcan *can = kith_many(shop, trashcans).items[0];
    kith_remove(shop, raccoons, rocky);
    COMMIT(f->session);
    assert_int_equal(kith_state_of(can), KITH_PERSISTENT);
    assert_false(can->business_id.present);
    assert_int_equal(can->raccoon_id.value, rocky->id);
    assert_int_equal(COUNT(kith_many(shop, raccoons)), 0);
}

/* 137 */
static void a_proxy_over_a_many_to_many_reads_and_filters(void **state)
{
    fixture *f = *state;
    const Topic *colours = kith_new(f->session, Topic, .name = "colours"), *sizes = kith_new(f->session, Topic, .name = "sizes");
    const Tag *red = kith_new(f->session, Tag, .word = "red", .topic = { colours }), *tall = kith_new(f->session, Tag, .word = "tall", .topic = { sizes });
    const Post *post = kith_new(f->session, Post, .title = "both"), *other = kith_new(f->session, Post, .title = "tall only");
    kith_append(post, tags, red);
    kith_append(post, tags, tall);
    kith_append(other, tags, tall);
    COMMIT(f->session);
    new_session(f);
    KITH_LIST(Post) posts = kith_all(f->session, Post, .order_by = { kith_asc(Post, title) });
    assert_int_equal(COUNT(kith_many(posts.items[0], topics)), 2);
    assert_int_equal(COUNT(kith_many(posts.items[1], topics)), 1);
    assert_int_equal(kith_count(f->session, Post, .where = kith_any(Post, topics, kith_eq(Topic, name, "colours"))), 1);
}

/* 137: what it makes is a tag of its own, with the link row */
static void appending_through_a_proxy_over_a_many_to_many(void **state)
{
    fixture *f = *state;
    const Topic *colours = kith_new(f->session, Topic, .name = "colours");
    const Post *post = kith_new(f->session, Post, .title = "p");
    kith_append(post, topics, colours);
    COMMIT(f->session);
    assert_int_equal(COUNT(kith_many(post, tags)), 1);
    assert_ptr_equal(kith_one(kith_many(post, tags).items[0], topic), colours);
    assert_int_equal(kith_count(f->session, Tag), 1);
    assert_rows(f, 1, "SELECT count(*) FROM post_tags");
}

/* 142: reading loads lazily, for all siblings */
static void proxies_of_many_owners_load_in_two_statements(void **state)
{
    fixture *f = *state;
    for (int i = 0; i < 30; i++) {
        const Business *shop = kith_new(f->session, Business, .name = "shop");
        kith_append(shop, raccoons, new_raccoon(f, "a"));
        kith_append(shop, raccoons, new_raccoon(f, "b"));
    }
    COMMIT(f->session);
    new_session(f);
    KITH_LIST(Business) shops = kith_all(f->session, Business);
    SENDS(f, 2, {
        kith_each(Business, shop, shops)
            assert_int_equal(COUNT(kith_many(shop, raccoons)), 2);
    });
    new_session(f);
    SENDS(f, 3, shops = kith_all(f->session, Business, .load = { "trashcans.raccoon" }));
    SENDS(f, 0, {
        kith_each(Business, shop, shops)
            assert_int_equal(COUNT(kith_many(shop, raccoons)), 2);
    });
}

/* 142: a proxy may be named in .load as what it leads to */
static void load_may_name_a_proxy(void **state)
{
    fixture *f = *state;
    const Business *shop = kith_new(f->session, Business, .name = "shop");
    kith_append(shop, raccoons, new_raccoon(f, "a"));
    COMMIT(f->session);
    new_session(f);
    KITH_LIST(Business) shops;
    SENDS(f, 3, shops = kith_all(f->session, Business, .load = { "raccoons" }));
    SENDS(f, 0, assert_int_equal(COUNT(kith_many(shops.items[0], raccoons)), 1));
}

/* 143 */
static void appending_through_a_proxy_never_writes_half_an_intermediate(void **state)
{
    fixture *f = *state;
    const Student *ann = kith_new(f->session, Student, .name = "Ann");
    const Course *art = kith_new(f->session, Course, .title = "art"), *law = kith_new(f->session, Course, .title = "law");
    kith_append(ann, courses, art);
    COMMIT(f->session);
    int64_t id = ann->id;
    int64_t law_id = law->id;
    new_session(f);
    ann = kith_get(f->session, Student, .id = id);
    law = kith_get(f->session, Course, .id = law_id);
    kith_new(f->session, Course, .title = "pending");       /* something for an autoflush to write */
    kith_append(ann, courses, law);                         /* its row without the student would not fit the table */
    kith_test_ok(f->session);
    assert_int_equal(COUNT(kith_many(ann, courses)), 2);
    COMMIT(f->session);
}

/* ---------------------------------------------------------------- scalar proxies */

/* 133 */
static void a_scalar_proxy_reads_null_without_an_intermediate(void **state)
{
    fixture *f = *state;
    const Driver *walker = kith_new(f->session, Driver, .name = "walker");
    const Maker *volvo = kith_new(f->session, Maker, .name = "Volvo");
    const Car *car = kith_new(f->session, Car, .plate = "B 1", .maker = { volvo });
    const Driver *driver = kith_new(f->session, Driver, .name = "driver", .car = { car });
    assert_null(kith_one(walker, maker));
    assert_ptr_equal(kith_one(driver, maker), volvo);
    COMMIT(f->session);
    int64_t walker_id = walker->id, driver_id = driver->id;
    new_session(f);
    walker = kith_get(f->session, Driver, .id = walker_id);
    driver = kith_get(f->session, Driver, .id = driver_id);
    SENDS(f, 0, assert_null(kith_one(walker, maker)));
    SENDS(f, 2, assert_string_equal(kith_one(driver, maker)->name, "Volvo"));
}

/* 133 */
static void setting_a_scalar_proxy_makes_the_intermediate_or_changes_it(void **state)
{
    fixture *f = *state;
    const Maker *volvo = kith_new(f->session, Maker, .name = "Volvo"), *saab = kith_new(f->session, Maker, .name = "Saab");
    const Driver *driver = kith_new(f->session, Driver, .name = "driver");
    kith_set(driver, maker, volvo);
    const Car *car = kith_one(driver, car);
    assert_non_null(car);
    assert_ptr_equal(kith_one(car, maker), volvo);
    kith_set(driver, maker, saab);
    assert_ptr_equal(kith_one(driver, car), car);
    assert_ptr_equal(kith_one(car, maker), saab);
    kith_set_null(driver, maker);
    assert_ptr_equal(kith_one(driver, car), car);
    assert_null(kith_one(car, maker));
    COMMIT(f->session);
    assert_int_equal(kith_count(f->session, Car), 1);
}

/* 133 */
static void setting_a_scalar_proxy_to_null_makes_nothing(void **state)
{
    fixture *f = *state;
    const Driver *driver = kith_new(f->session, Driver, .name = "driver");
    kith_set_null(driver, maker);
    assert_null(kith_one(driver, car));
    kith_set_null(driver, plate);
    assert_null(kith_one(driver, car));
    COMMIT(f->session);
    assert_int_equal(kith_count(f->session, Car), 0);
}

/* 133: to a column */
static void setting_a_column_through_a_proxy_makes_the_intermediate_or_changes_it(void **state)
{
    fixture *f = *state;
    const Driver *driver = kith_new(f->session, Driver, .name = "driver");
    kith_set(driver, plate, "B 1");
    const Car *car = kith_one(driver, car);
    assert_non_null(car);
    assert_string_equal(car->plate, "B 1");
    kith_set(driver, plate, "B 2");
    assert_ptr_equal(kith_one(driver, car), car);
    assert_string_equal(car->plate, "B 2");
    kith_set_null(driver, plate);
    assert_null(car->plate);
    assert_ptr_equal(kith_one(driver, car), car);
    COMMIT(f->session);
    assert_int_equal(kith_count(f->session, Car, .where = kith_is_null(Car, plate)), 1);
}

/* 133: to a column, read: where the value lies, or NULL */
static void a_column_is_read_through_a_proxy(void **state)
{
    fixture *f = *state;
    const Car *car = kith_new(f->session, Car, .plate = "B 1");
    const Driver *driver = kith_new(f->session, Driver, .name = "driver", .car = { car }), *walker = kith_new(f->session, Driver, .name = "walker");
    COMMIT(f->session);
    int64_t driver_id = driver->id, walker_id = walker->id;
    new_session(f);
    driver = kith_get(f->session, Driver, .id = driver_id);
    walker = kith_get(f->session, Driver, .id = walker_id);
    assert_null(kith_through(walker, plate));
    SENDS(f, 1, assert_string_equal(*kith_through(driver, plate), "B 1"));
    assert_null(kith_through((const Driver *)NULL, plate));
    kith_test_ok(f->session);
    assert_null(kith_through(driver, name));            /* a column of its own is read as it is */
    kith_test_error(f->session, KITH_MISUSE, "name");
    kith_error_clear(f->session);
}
/* 138: the second name is a proxy itself */
static void a_proxy_may_lead_to_a_proxy(void **state)
{
    fixture *f = *state;
    const Garage *garage = kith_new(f->session, Garage, .name = "g");
    const Maker *volvo = kith_new(f->session, Maker, .name = "Volvo"), *saab = kith_new(f->session, Maker, .name = "Saab");
    for (int i = 0; i < 2; i++) {
        const Car *car = kith_new(f->session, Car, .plate = "x", .maker = { i ? saab : volvo });
        kith_new(f->session, Driver, .name = "d", .garage = { garage }, .car = { car });
    }
    COMMIT(f->session);
    new_session(f);
    garage = kith_first(f->session, Garage);
    KITH_LIST(Maker) makers = kith_many(garage, makers);
    assert_int_equal(makers.count, 2);
    assert_string_equal(makers.items[0]->name, "Volvo");
    assert_string_equal(makers.items[1]->name, "Saab");
    assert_int_equal(kith_count(f->session, Garage, .where = kith_any(Garage, makers, kith_eq(Maker, name, "Saab"))), 1);
    assert_int_equal(kith_count(f->session, Garage, .where = kith_any(Garage, makers, kith_eq(Maker, name, "none"))), 0);
}

/* 138: three proxies one behind the other, each of its own model */
KITH_DECLARE(Planet);
KITH_DECLARE(Region);
KITH_DECLARE(Village);
KITH_DECLARE(House);
KITH_DECLARE(Roof);
struct Planet { int64_t id; KITH_MANY(Region) regions; KITH_MANY(Roof) roofs; };
struct Region { int64_t id; kith_opt_int planet_id; KITH_ONE(Planet) planet; KITH_MANY(Village) villages; KITH_MANY(Roof) roofs; };
struct Village { int64_t id; kith_opt_int region_id; KITH_ONE(Region) region; KITH_MANY(House) houses; KITH_MANY(Roof) roofs; };
struct House { int64_t id; kith_opt_int village_id, roof_id; KITH_ONE(Village) village; KITH_ONE(Roof) roof; };
struct Roof { int64_t id; const char *colour; };
KITH_MODEL(Planet, "planets", KITH_COLUMN(id, .primary_key = true), KITH_RELATIONSHIP(regions, Region, .back_populates = "planet"),
    KITH_ASSOCIATION_PROXY(roofs, "regions", "roofs"));
KITH_MODEL(Region, "regions", KITH_COLUMN(id, .primary_key = true), KITH_COLUMN(planet_id, .foreign_key = "planets.id"),
    KITH_RELATIONSHIP(planet, Planet, .back_populates = "regions"), KITH_RELATIONSHIP(villages, Village, .back_populates = "region"),
    KITH_ASSOCIATION_PROXY(roofs, "villages", "roofs"));
KITH_MODEL(Village, "villages", KITH_COLUMN(id, .primary_key = true), KITH_COLUMN(region_id, .foreign_key = "regions.id"),
    KITH_RELATIONSHIP(region, Region, .back_populates = "villages"), KITH_RELATIONSHIP(houses, House, .back_populates = "village"),
    KITH_ASSOCIATION_PROXY(roofs, "houses", "roof"));
KITH_MODEL(House, "houses", KITH_COLUMN(id, .primary_key = true), KITH_COLUMN(village_id, .foreign_key = "villages.id"), KITH_COLUMN(roof_id, .foreign_key = "roofs.id"),
    KITH_RELATIONSHIP(village, Village, .back_populates = "houses"), KITH_RELATIONSHIP(roof, Roof));
KITH_MODEL(Roof, "roofs", KITH_COLUMN(id, .primary_key = true), KITH_COLUMN(colour));
FAMILY(planets, KITH_MODELS(Planet, Region, Village, House, Roof));

/* Each of `planets` has two regions of two villages with two houses: a red roof and a blue one. */
static void settle(fixture *f, int planets)
{
    const Roof *red = kith_new(f->session, Roof, .colour = "red"), *blue = kith_new(f->session, Roof, .colour = "blue");
    for (int p = 0; p < planets; p++) {
        const Planet *planet = kith_new(f->session, Planet);
        for (int v = 0; v < 4; v++) {
            const Region *region = v % 2 ? kith_many(planet, regions).items[v / 2] : kith_new(f->session, Region, .planet = { planet });
            const Village *village = kith_new(f->session, Village, .region = { region });
            kith_new(f->session, House, .village = { village }, .roof = { red });
            kith_new(f->session, House, .village = { village }, .roof = { blue });
        }
    }
    COMMIT(f->session);
    new_session(f);
}

static size_t roofs_of(KITH_LIST(Planet) planets)
{
    size_t roofs = 0;
    kith_each(Planet, planet, planets)
        roofs += kith_many(planet, roofs).count;
    return roofs;
}

/* 138, 142: lazily and along, one statement for each step */
static void a_chain_of_proxies_loads_each_step_for_all(void **state)
{
    fixture *f = *state;
    settle(f, 10);
    KITH_LIST(Planet) planets = kith_all(f->session, Planet);
    SENDS(f, 4, assert_int_equal(roofs_of(planets), 80));
    new_session(f);
    SENDS(f, 5, planets = kith_all(f->session, Planet, .load = { "roofs" }));
    SENDS(f, 0, assert_int_equal(roofs_of(planets), 80));
    assert_int_equal(kith_count(f->session, Planet, .where = kith_any(Planet, roofs, kith_eq(Roof, colour, "red"))), 10);
    assert_int_equal(kith_count(f->session, Planet, .where = kith_any(Planet, roofs, kith_eq(Roof, colour, "green"))), 0);
    const Roof *red = kith_first(f->session, Roof, .where = kith_eq(Roof, colour, "red"));
    assert_int_equal(kith_count(f->session, Planet, .where = kith_any(Planet, roofs, kith_eq(Roof, id, red->id))), 10);
    assert_int_equal(kith_count(f->session, Planet, .where = kith_not(kith_any(Planet, roofs, kith_eq(Roof, id, red->id)))), 0);
    kith_test_ok(f->session);
}

/* 138: what is appended makes all that stands between; what is removed takes away the nearest of it */
static void a_chain_of_proxies_is_written_through(void **state)
{
    fixture *f = *state;
    const Planet *planet = kith_new(f->session, Planet);
    const Roof *red = kith_new(f->session, Roof, .colour = "red"), *blue = kith_new(f->session, Roof, .colour = "blue");
    kith_append(planet, roofs, red);
    kith_append(planet, roofs, blue);
    assert_int_equal(COUNT(kith_many(planet, roofs)), 2);
    COMMIT(f->session);
    assert_int_equal(kith_count(f->session, House, .where = kith_has(House, village, kith_has(Village, region, kith_eq(Region, planet, planet)))), 2);
    assert_int_equal(COUNT(kith_many(planet, regions)), 2);
    kith_remove(planet, roofs, red);
    assert_int_equal(COUNT(kith_many(planet, roofs)), 1);
    COMMIT(f->session);
    assert_ptr_equal(kith_many(planet, roofs).items[0], blue);
    assert_int_equal(COUNT(kith_many(planet, regions)), 1);
    assert_int_equal(kith_count(f->session, House), 2);         /* no orphans are deleted here: its region has no planet now */
    kith_remove(planet, roofs, red);
    kith_test_error(f->session, KITH_MISUSE, "roofs");
}

/* ---------------------------------------------------------------- filters */

static void stock_shops(fixture *f)
{
    const Raccoon *x = new_raccoon(f, "x"), *y = new_raccoon(f, "y");
    const Business *a1 = kith_new(f->session, Business, .name = "a1"), *a2 = kith_new(f->session, Business, .name = "a2");
    kith_new(f->session, Business, .name = "a3");
    kith_append(a1, raccoons, x);
    kith_append(a2, raccoons, x);
    kith_append(a2, raccoons, y);
    COMMIT(f->session);
}

/* 139 */
static void filters_of_a_list_proxy_find_any_and_none(void **state)
{
    fixture *f = *state;
    stock_shops(f);
    const Raccoon *y = kith_first(f->session, Raccoon, .where = kith_eq(Raccoon, name, "y"));
    KITH_LIST(Business) found = kith_all(f->session, Business, .where = kith_any(Business, raccoons, kith_eq(Raccoon, name, "y")));
    assert_int_equal(found.count, 1);
    assert_string_equal(found.items[0]->name, "a2");
    assert_int_equal(kith_count(f->session, Business, .where = kith_any(Business, raccoons, kith_eq(Raccoon, name, "x"))), 2);
    assert_int_equal(kith_count(f->session, Business, .where = kith_any(Business, raccoons, kith_eq(Raccoon, id, y->id))), 1);
    assert_int_equal(kith_count(f->session, Business, .where = kith_any(Business, raccoons, NULL)), 2);
    found = kith_all(f->session, Business, .where = kith_not(kith_any(Business, raccoons, NULL)));
    assert_int_equal(found.count, 1);
    assert_string_equal(found.items[0]->name, "a3");
    assert_int_equal(kith_count(f->session, Raccoon, .where = kith_any(Raccoon, businesses, kith_eq(Business, name, "a2"))), 2);
}

static void stock_drivers(fixture *f)
{
    const Maker *volvo = kith_new(f->session, Maker, .name = "Volvo");
    const Car *one = kith_new(f->session, Car, .plate = "B 1", .maker = { volvo }), *two = kith_new(f->session, Car, .plate = "H 2"),
        *bare = kith_new(f->session, Car);
    kith_new(f->session, Driver, .name = "one", .car = { one });
    kith_new(f->session, Driver, .name = "two", .car = { two });
    kith_new(f->session, Driver, .name = "bare", .car = { bare });
    kith_new(f->session, Driver, .name = "walker");
    COMMIT(f->session);
}

/* 139: the scalar to an object */
static void filters_of_a_scalar_proxy_to_an_object(void **state)
{
    fixture *f = *state;
    stock_drivers(f);
    const Maker *volvo = kith_first(f->session, Maker);
    assert_int_equal(kith_count(f->session, Driver, .where = kith_eq(Driver, maker, volvo)), 1);
    assert_int_equal(kith_count(f->session, Driver, .where = kith_has(Driver, maker, kith_eq(Maker, name, "Volvo"))), 1);
    assert_int_equal(kith_count(f->session, Driver, .where = kith_has(Driver, maker, NULL)), 1);
    assert_int_equal(kith_count(f->session, Driver, .where = kith_not(kith_has(Driver, maker, NULL))), 3);
    assert_int_equal(kith_count(f->session, Driver, .where = kith_is_null(Driver, maker)), 3);
}

/* 139: the scalar to a column: is NULL also where there is no car, is-not does not find those without */
static void filters_of_a_scalar_proxy_to_a_column(void **state)
{
    fixture *f = *state;
    stock_drivers(f);
    assert_int_equal(kith_count(f->session, Driver, .where = kith_eq(Driver, plate, "B 1")), 1);
    assert_int_equal(kith_count(f->session, Driver, .where = kith_ne(Driver, plate, "B 1")), 1);
    assert_int_equal(kith_count(f->session, Driver, .where = kith_like(Driver, plate, "B%")), 1);
    assert_int_equal(kith_count(f->session, Driver, .where = kith_contains(Driver, plate, "2")), 1);
    assert_int_equal(kith_count(f->session, Driver, .where = kith_in(Driver, plate, 2, (const char *[]){ "B 1", "H 2" })), 2);
    assert_int_equal(kith_count(f->session, Driver, .where = kith_is_null(Driver, plate)), 2);
    assert_int_equal(kith_count(f->session, Driver, .where = kith_not_null(Driver, plate)), 2);
}

/* 140 */
static void any_is_for_lists_and_has_for_scalars(void **state)
{
    fixture *f = *state;
    assert_int_equal(kith_count(f->session, Driver, .where = kith_any(Driver, maker, kith_eq(Maker, name, "Volvo"))), -1);
    kith_test_error(f->session, KITH_MISUSE, "kith_has");
    ABOUT(f->session, "Driver", "maker");
    kith_error_clear(f->session);
    assert_int_equal(kith_count(f->session, Garage, .where = kith_has(Garage, makers, kith_eq(Maker, name, "Volvo"))), -1);
    kith_test_error(f->session, KITH_MISUSE, "kith_any");
    ABOUT(f->session, "Garage", "makers");
    kith_error_clear(f->session);
    assert_int_equal(kith_count(f->session, Driver, .where = kith_has(Driver, plate, kith_eq(Car, plate, "x"))), -1);
    kith_test_error(f->session, KITH_MISUSE, "plate");
    kith_error_clear(f->session);
}

/* 140: a condition on another model than the one the proxy leads to */
static void a_condition_of_a_foreign_model_inside_any_is_refused(void **state)
{
    fixture *f = *state;
    assert_int_equal(kith_count(f->session, Business, .where = kith_any(Business, raccoons, kith_eq(Business, name, "x"))), -1);
    kith_test_error(f->session, KITH_MISUSE, "Raccoon");
    kith_error_clear(f->session);
    assert_int_equal(kith_count(f->session, Business, .where = kith_any(Business, raccoons, kith_eq(Trashcan, label, "x"))), -1);
    kith_test_error(f->session, KITH_MISUSE, "Trashcan");
    kith_error_clear(f->session);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_MEMORY(alley, a_proxy_is_a_live_view),
        IN_MEMORY(alley, a_list_read_through_a_proxy_does_not_change),
        IN_MEMORY(alley, a_trashcan_of_nobody_is_no_raccoon),
        IN_MEMORY(alley, a_proxy_appends_removes_and_counts_as_a_list),
        IN_MEMORY(alley, removing_what_is_not_there_is_refused),
        IN_MEMORY(alley, appending_makes_the_intermediate_with_both_sides),
        IN_MEMORY(school, a_creator_makes_the_intermediate_its_own_way),
        IN_MEMORY(school, removing_through_a_proxy_deletes_an_orphan),
        IN_MEMORY(alley, removing_through_a_proxy_nulls_the_key_of_what_is_no_orphan),
        IN_MEMORY(blog, a_proxy_over_a_many_to_many_reads_and_filters),
        ON_FILE(blog, appending_through_a_proxy_over_a_many_to_many),
        IN_MEMORY(alley, proxies_of_many_owners_load_in_two_statements),
        IN_MEMORY(alley, load_may_name_a_proxy),
        IN_MEMORY(school, appending_through_a_proxy_never_writes_half_an_intermediate),
        IN_MEMORY(garage, a_scalar_proxy_reads_null_without_an_intermediate),
        IN_MEMORY(garage, setting_a_scalar_proxy_makes_the_intermediate_or_changes_it),
        IN_MEMORY(garage, setting_a_scalar_proxy_to_null_makes_nothing),
        IN_MEMORY(garage, setting_a_column_through_a_proxy_makes_the_intermediate_or_changes_it),
        IN_MEMORY(garage, a_column_is_read_through_a_proxy),
        IN_MEMORY(garage, a_proxy_may_lead_to_a_proxy),
        IN_MEMORY(planets, a_chain_of_proxies_loads_each_step_for_all),
        IN_MEMORY(planets, a_chain_of_proxies_is_written_through),
        IN_MEMORY(alley, filters_of_a_list_proxy_find_any_and_none),
        IN_MEMORY(garage, filters_of_a_scalar_proxy_to_an_object),
        IN_MEMORY(garage, filters_of_a_scalar_proxy_to_a_column),
        IN_MEMORY(garage, any_is_for_lists_and_has_for_scalars),
        IN_MEMORY(alley, a_condition_of_a_foreign_model_inside_any_is_refused),
    };
    return cmocka_run_group_tests_name("association proxies", tests, NULL, NULL);
}
