// The member says one model, the declaration another.
// expect-gcc: '_Generic' selector of type
// expect-clang: not compatible with any generic association type
#include "reject.h"

KITH_DECLARE(Thing);
struct Thing {
    int64_t id;
    kith_opt_int raccoon_id;
    KITH_ONE(Raccoon) raccoon;
};

#ifdef WRONG
KITH_MODEL(Thing, "things",
    KITH_COLUMN(id, .primary_key = true),
    KITH_COLUMN(raccoon_id, .foreign_key = "raccoons.id"),
    KITH_RELATIONSHIP(raccoon, Business));
#else
KITH_MODEL(Thing, "things",
    KITH_COLUMN(id, .primary_key = true),
    KITH_COLUMN(raccoon_id, .foreign_key = "raccoons.id"),
    KITH_RELATIONSHIP(raccoon, Raccoon));
#endif
