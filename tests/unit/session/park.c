/* The models of park.h, and the park. */
#include "park.h"

KITH_MODEL(Den, "dens",
    KITH_COLUMN(area, .primary_key = true),
    KITH_COLUMN(number, .primary_key = true),
    KITH_COLUMN(name),
    KITH_RELATIONSHIP(raccoons, Raccoon, .back_populates = "den"));

KITH_MODEL(Raccoon, "raccoons",
    KITH_COLUMN(id, .primary_key = true),
    KITH_COLUMN(name),
    KITH_COLUMN(age),
    KITH_COLUMN(weight),
    KITH_COLUMN(nickname),
    KITH_COLUMN(den_area, .foreign_key = "dens.area"),
    KITH_COLUMN(den_number, .foreign_key = "dens.number"),
    KITH_COLUMN(mother_id, .foreign_key = "raccoons.id"),
    KITH_RELATIONSHIP(den, Den, .back_populates = "raccoons"),
    KITH_RELATIONSHIP(mother, Raccoon, .back_populates = "cubs", .remote_side = "id"),
    KITH_RELATIONSHIP(cubs, Raccoon, .back_populates = "mother"),
    KITH_RELATIONSHIP(collar, Collar, .back_populates = "raccoon"),
    KITH_RELATIONSHIP(trashcans, Trashcan, .back_populates = "raccoon", .order_by = "id"),
    KITH_RELATIONSHIP(tags, Tag, .secondary = "raccoon_tags", .back_populates = "raccoons"),
    KITH_ASSOCIATION_PROXY(businesses, "trashcans", "business"),
    KITH_ASSOCIATION_PROXY(cities, "trashcans", "city"));

KITH_MODEL(Collar, "collars",
    KITH_COLUMN(id, .primary_key = true),
    KITH_COLUMN(raccoon_id, .foreign_key = "raccoons.id"),
    KITH_COLUMN(colour),
    KITH_RELATIONSHIP(raccoon, Raccoon, .back_populates = "collar"));

KITH_MODEL(City, "t1",      /* as the aliases of a query are called */
    KITH_COLUMN(id, .primary_key = true),
    KITH_COLUMN(name),
    KITH_RELATIONSHIP(businesses, Business, .back_populates = "city"));

KITH_MODEL(Business, "businesses",
    KITH_COLUMN(id, .primary_key = true),
    KITH_COLUMN(name),
    KITH_COLUMN(city_id, .foreign_key = "t1.id"),
    KITH_RELATIONSHIP(city, City, .back_populates = "businesses"),
    KITH_RELATIONSHIP(trashcans, Trashcan, .back_populates = "business", .order_by = "id"),
    KITH_ASSOCIATION_PROXY(raccoons, "trashcans", "raccoon"));

KITH_MODEL(Trashcan, "trashcans",
    KITH_COLUMN(id, .primary_key = true),
    KITH_COLUMN(business_id, .foreign_key = "businesses.id"),
    KITH_COLUMN(raccoon_id, .foreign_key = "raccoons.id"),
    KITH_COLUMN(litres),
    KITH_RELATIONSHIP(business, Business, .back_populates = "trashcans"),
    KITH_RELATIONSHIP(raccoon, Raccoon, .back_populates = "trashcans"),
    KITH_ASSOCIATION_PROXY(city, "business", "city"));

KITH_MODEL(Tag, "tags",
    KITH_COLUMN(id, .primary_key = true),
    KITH_COLUMN(word, .unique = true),
    KITH_RELATIONSHIP(raccoons, Raccoon, .secondary = "raccoon_tags", .back_populates = "tags"));

kith_test_place park;
kith_session *session;

static void fill(void)
{
    const Den *oak = kith_new(session, Den, .area = 1, .number = 1, .name = "oak"), *ash = kith_new(session, Den, .area = 1, .number = 2, .name = "ash");
    const Raccoon *rocky = kith_new(session, Raccoon, .name = "Rocky", .age = 3, .weight = 4.1f, .den = { oak });
    const Raccoon *dan = kith_new(session, Raccoon, .name = "Dan", .age = 5, .weight = 0.1f, .mother = { rocky });
    const Raccoon *sue = kith_new(session, Raccoon, .name = "Sue", .age = 8, .weight = 9, .den = { ash }, .mother = { rocky });
    kith_new(session, Raccoon, .name = "Zed", .age = 1, .weight = 2, .nickname = "Z");
    const Tag *bold = kith_new(session, Tag, .word = "bold"), *grey = kith_new(session, Tag, .word = "grey");
    kith_append(rocky, tags, bold);
    kith_append(rocky, tags, grey);
    kith_append(dan, tags, grey);
    kith_new(session, Collar, .colour = "red", .raccoon = { rocky });
    kith_new(session, Collar, .colour = "blue", .raccoon = { sue });
    const City *paris = kith_new(session, City, .name = "Paris");
    const Business *shop = kith_new(session, Business, .name = "Shop", .city = { paris }), *kiosk = kith_new(session, Business, .name = "Kiosk");
    kith_new(session, Trashcan, .raccoon = { rocky }, .business = { shop }, .litres = 10);
    kith_new(session, Trashcan, .raccoon = { rocky }, .business = { kiosk }, .litres = 20);
    kith_new(session, Trashcan, .raccoon = { dan }, .business = { shop }, .litres = 30);
    kith_new(session, Trashcan, .raccoon = { sue }, .litres = 40);
}

int open_park(void **state)
{
    (void)state;
    park = kith_test_open_memory(KITH_MODELS(Den, Raccoon, Collar, City, Business, Trashcan, Tag));
    session = park.session;
    fill();
    kith_commit(session);
    kith_test_ok(session);
    kith_clear(session);
    return 0;
}

int close_park(void **state)
{
    (void)state;
    kith_test_close(&park);
    return 0;
}

static char *names_of(KITH_LIST(Raccoon) list)
{
    char *names = calloc(1, 1 + list.count * 32);
    assert_non_null(names);
    kith_each(Raccoon, raccoon, list) {
        strcat(names, *names ? " " : "");
        strcat(names, raccoon->name);
    }
    return names;
}

void park_lists(const char *expected, KITH_LIST(Raccoon) list, const char *file, int line)
{
    char *names = names_of(list);
    kith_test_ok_(session, file, line);
    if (strcmp(names, expected))
        print_error("line %d: found \"%s\", not \"%s\"\n", line, names, expected);
    assert_string_equal(names, expected);
    free(names);
}
