// A struct of the program's own is no column.
// expect-gcc: '_Generic' selector of type
// expect-clang: not compatible with any generic association type
#include "reject.h"

KITH_DECLARE(Thing);
struct Thing {
    int64_t id;
    struct { int x, y; } it;
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
