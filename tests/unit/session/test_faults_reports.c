/*
 * Faults while a report is made: numbers, pages. What a call gives without an error must be right.
 */
#include "faults.h"

/* What always comes along, both ways, and children that all is done to. */
KITH_DECLARE(Street);
KITH_DECLARE(Home);
struct Street { int64_t id; const char *name; KITH_MANY(Home) homes; };
struct Home { int64_t id; const char *name; kith_opt_int street_id, before_id; KITH_ONE(Street) street; KITH_ONE(Home) before; };
KITH_MODEL(Street, "streets", KITH_COLUMN(id, .primary_key = true), KITH_COLUMN(name),
    KITH_RELATIONSHIP(homes, Home, .back_populates = "street", .load = "eager", .cascade = "all", .order_by = "id"));
KITH_MODEL(Home, "homes", KITH_COLUMN(id, .primary_key = true), KITH_COLUMN(name), KITH_COLUMN(street_id, .foreign_key = "streets.id"),
    KITH_COLUMN(before_id, .foreign_key = "homes.id"), KITH_RELATIONSHIP(street, Street, .back_populates = "homes", .load = "eager"),
    KITH_RELATIONSHIP(before, Home, .remote_side = "id", .load = "eager"));

static void fill_streets(kith_session *s)
{
    const Home *before = NULL;
    for (int i = 0; i < 2; i++) {
        const Street *street = kith_new(s, Street, .name = "street");
        for (int h = 0; h < 2; h++)
            before = kith_new(s, Home, .name = "home", .street = { street }, .before = { before });
    }
}

static void brings_all_along(kith_session *s)
{
    const Home *last = kith_get(s, Home, .id = 4);
    right(s, last && kith_one(last, before) && kith_many(kith_one(last, street), homes).count == 2);
    KITH_LIST(Street) streets = kith_all(s, Street);
    right(s, streets.count == 2 && kith_many(streets.items[0], homes).count == 2);
}

static void reads_anew_what_all_owns(kith_session *s)
{
    const Street *street = kith_get(s, Street, .id = 1);
    if (!street)
        return;
    const Home *home = kith_many(street, homes).count ? kith_many(street, homes).items[0] : NULL;
    if (home)
        kith_set(home, name, "renamed");
    kith_refresh(street);
    kith_expire(street);
    right(s, kith_many(street, homes).count == 2);
    kith_commit(s);
}

static void fill(kith_session *s)
{
    const Raccoon *rocky = kith_new(s, Raccoon, .name = "Rocky", .age = kith_some(3)), *dan = kith_new(s, Raccoon, .name = "Dan", .age = kith_some(5));
    kith_new(s, Trashcan, .label = "one", .litres = 10, .raccoon = { rocky });
    kith_new(s, Trashcan, .label = "two", .litres = 20, .raccoon = { rocky });
    kith_new(s, Trashcan, .label = "three", .litres = 30, .raccoon = { dan });
    kith_new(s, Trashcan, .label = "three", .litres = 30);
}

static void adds_up(kith_session *s)
{
    right(s, kith_sum(s, Trashcan, litres) == 90);
    right(s, kith_sum(s, Trashcan, litres, .distinct = true) == 60);
    right(s, kith_average(s, Raccoon, age).value == 4);
    right(s, kith_minimum(s, Raccoon, age).value == 3);
    right(s, kith_sum(s, Trashcan, litres, .where = kith_has(Trashcan, raccoon, kith_eq(Raccoon, name, "Rocky"))) == 30);
    right(s, kith_sum(s, Trashcan, litres, .order_by = { kith_asc_of(Trashcan, raccoon, name), kith_asc(Trashcan, id) }, .offset = 3) == 20);
}

static void looks_for_ends(kith_session *s)
{
    const char *last = kith_maximum(s, Trashcan, label);
    right(s, last && !strcmp(last, "two"));
    right(s, kith_count_values(s, Trashcan, label, .distinct = true) == 3);
    right(s, kith_count_values(s, Trashcan, label, .limit = 2) == 2);
}

static void adds_up_what_is_pending(kith_session *s)
{
    kith_new(s, Trashcan, .label = "five", .litres = 5);
    right(s, kith_sum(s, Trashcan, litres) == 95);
    kith_commit(s);
}

static void turns_pages(kith_session *s)
{
    KITH_PAGE(Trashcan) page = kith_page(s, Trashcan, 1, 3, .order_by = { kith_asc(Trashcan, id) }, .load = { "raccoon" });
    right(s, page.total == 4 && page.pages == 2 && page.list.count == 3);
    page = kith_page(s, Trashcan, 2, 3, .order_by = { kith_asc(Trashcan, id) });
    right(s, page.total == 4 && page.list.count == 1);
    page = kith_page(s, Trashcan, 3, 3, .order_by = { kith_asc(Trashcan, id) });
    right(s, page.total == 4 && page.list.count == 0);
}

static void streams_with_what_comes_along(kith_session *s)
{
    size_t cans = 0, raccoons = 0;
    kith_stream(Raccoon, raccoon, s, .load = { "trashcans.business" }, .order_by = { kith_asc(Raccoon, id) }) {
        raccoons++;
        cans += kith_many(raccoon, trashcans).count;
    }
    right(s, raccoons == 2 && cans == 3);
    kith_stream(Raccoon, raccoon, s, .load = { "trashcans" }) {
        right(s, kith_many(raccoon, trashcans).count > 0);
        break;
    }
}

static void streams_rows_of_sql(kith_session *s)
{
    char word[] = "three";
    int64_t litres = 0;
    kith_stream_rows(Trashcan, can, s, "SELECT * FROM trashcans WHERE label <> ?", word) {
        word[0] = 'x';
        litres += can->litres;
    }
    right(s, litres == 30);
}

static void locks_rows(kith_session *s)
{
    const Trashcan *can = kith_first(s, Trashcan), *locked = kith_first(s, Trashcan, .where = kith_eq(Trashcan, id, 1), .lock = KITH_LOCK_WAIT);
    right(s, can == locked);
    if (locked)
        kith_set(locked, litres, 77);
    kith_commit(s);
}

static void reads_one_moment(kith_session *s)
{
    kith_begin(s);
    right(s, kith_count(s, Trashcan) == 4);
    right(s, kith_all(s, Raccoon, .load = { "trashcans" }).count == 2);
    kith_commit(s);
}

int main(void)
{
    const fault_case cases[] = {
        { "numbers are added up", ALLEY_MODELS, fill, adds_up, 0 },
        { "the ends of texts are looked for", ALLEY_MODELS, fill, looks_for_ends, 0 },
        { "what is pending is added up", ALLEY_MODELS, fill, adds_up_what_is_pending, 0 },
        { "pages are turned", ALLEY_MODELS, fill, turns_pages, 0 },
        { "a stream brings others along", ALLEY_MODELS, fill, streams_with_what_comes_along, 0 },
        { "rows of SQL are streamed", ALLEY_MODELS, fill, streams_rows_of_sql, 0 },
        { "rows are locked", ALLEY_MODELS, fill, locks_rows, FAULT_ATOMIC },
        { "what always comes along is brought", KITH_MODELS(Street, Home), fill_streets, brings_all_along, 0 },
        { "what all owns is read anew", KITH_MODELS(Street, Home), fill_streets, reads_anew_what_all_owns, 0 },
        { "one moment is read", ALLEY_MODELS, fill, reads_one_moment, 0 },
    };
    return fault_main(cases, sizeof cases / sizeof *cases);
}
