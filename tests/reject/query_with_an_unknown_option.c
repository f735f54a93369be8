// A misspelt option of a query.
// expect-gcc: has no member named 'were'
// expect-clang: field designator 'were' does not refer to any field
#include "reject.h"

PROGRAM
{
#ifdef WRONG
    (void)kith_all(session, Raccoon, .were = kith_eq(Raccoon, id, 7));
#else
    (void)kith_all(session, Raccoon, .where = kith_eq(Raccoon, id, 7));
#endif
}
