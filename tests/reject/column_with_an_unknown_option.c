// A misspelt option of a column.
// expect-gcc: has no member named 'primary_kye'
// expect-clang: field designator 'primary_kye' does not refer to any field
#include "reject.h"

KITH_DECLARE(Thing);
struct Thing {
    int64_t id;
};

#ifdef WRONG
KITH_MODEL(Thing, "things",
    KITH_COLUMN(id, .primary_kye = true));
#else
KITH_MODEL(Thing, "things",
    KITH_COLUMN(id, .primary_key = true));
#endif
