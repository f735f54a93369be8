// A member that the struct does not have.
// expect-gcc: has no member named 'nmae'
// expect-clang: no member named 'nmae' in 'Thing'
#include "reject.h"

KITH_DECLARE(Thing);
struct Thing {
    int64_t id;
    const char *name;
};

#ifdef WRONG
KITH_MODEL(Thing, "things",
    KITH_COLUMN(id, .primary_key = true),
    KITH_COLUMN(nmae));
#else
KITH_MODEL(Thing, "things",
    KITH_COLUMN(id, .primary_key = true),
    KITH_COLUMN(name));
#endif
