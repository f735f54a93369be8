// A relationship is declared by KITH_RELATIONSHIP.
// expect-gcc: '_Generic' selector of type
// expect-clang: not compatible with any generic association type
#include "reject.h"

KITH_DECLARE(Thing);
struct Thing {
    int64_t id;
    KITH_ONE(Raccoon) it;
    const char *name;
};

#ifdef WRONG
KITH_MODEL(Thing, "things",
    KITH_COLUMN(id, .primary_key = true),
    KITH_COLUMN(name),
    KITH_COLUMN(it));
#else
KITH_MODEL(Thing, "things",
    KITH_COLUMN(id, .primary_key = true),
    KITH_COLUMN(name),
    KITH_UNMAPPED(it));
#endif
