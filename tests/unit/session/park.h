/* Models with every kind of relationship, and a small park of them, for the tests of queries and proxies. */
#ifndef PARK_H
#define PARK_H

#include "support.h"

KITH_DECLARE(Den);
KITH_DECLARE(Raccoon);
KITH_DECLARE(Collar);
KITH_DECLARE(City);
KITH_DECLARE(Business);
KITH_DECLARE(Trashcan);
KITH_DECLARE(Tag);

struct Den {                        /* a key of two columns */
    int32_t area, number;
    const char *name;
    KITH_MANY(Raccoon) raccoons;
};
struct Raccoon {
    int64_t id;
    const char *name;
    int32_t age;
    float weight;
    const char *nickname;
    kith_opt_int den_area, den_number, mother_id;
    KITH_ONE(Den) den;
    KITH_ONE(Raccoon) mother;
    KITH_MANY(Raccoon) cubs;
    KITH_ONE(Collar) collar;
    KITH_MANY(Trashcan) trashcans;
    KITH_MANY(Tag) tags;
    KITH_MANY(Business) businesses;     /* past the trashcans */
    KITH_MANY(City) cities;             /* past the trashcans, by their proxy */
};
struct Collar { int64_t id; int64_t raccoon_id; const char *colour; KITH_ONE(Raccoon) raccoon; };
struct City { int64_t id; const char *name; KITH_MANY(Business) businesses; };
struct Business {
    int64_t id;
    const char *name;
    kith_opt_int city_id;
    KITH_ONE(City) city;
    KITH_MANY(Trashcan) trashcans;
    KITH_MANY(Raccoon) raccoons;
};
struct Trashcan {
    int64_t id;
    kith_opt_int business_id, raccoon_id;
    int32_t litres;
    KITH_ONE(Business) business;
    KITH_ONE(Raccoon) raccoon;
    KITH_ONE(City) city;                /* past the business */
};
struct Tag { int64_t id; const char *word; KITH_MANY(Raccoon) raccoons; };

/* Rocky (1): age 3, den (1, 1), collar red, tags bold and grey, cans at the Shop (Paris) and at the Kiosk (no city)
 * Dan (2): age 5, no den, mother Rocky, tag grey, a can at the Shop
 * Sue (3): age 8, den (1, 2), mother Rocky, collar blue, a can at no business
 * Zed (4): age 1, nickname "Z", nothing else */
extern kith_test_place park;
extern kith_session *session;       /* the park's */
int open_park(void **state);        /* a test's set-up and tear-down */
int close_park(void **state);
/* The list is these raccoons, by their names with spaces between, and the session is well. */
void park_lists(const char *expected, KITH_LIST(Raccoon) list, const char *file, int line);

#endif
