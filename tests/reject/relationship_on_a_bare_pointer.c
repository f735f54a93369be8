// A pointer cannot say that it is not loaded: KITH_ONE.
// expect-gcc: '_Generic' selector of type
// expect-clang: not compatible with any generic association type
#include "reject.h"

KITH_DECLARE(Thing);
struct Thing {
    int64_t id;
    const Raccoon *raccoon;
};

#ifdef WRONG
KITH_MODEL(Thing, "things",
    KITH_COLUMN(id, .primary_key = true),
    KITH_RELATIONSHIP(raccoon, Raccoon));
#else
KITH_MODEL(Thing, "things",
    KITH_COLUMN(id, .primary_key = true),
    KITH_UNMAPPED(raccoon));
#endif
