// A condition is for a query, not for an if.
// expect-gcc: incompatible types when initializing|incompatible pointer type|makes integer from pointer|pointer to integer
// expect-clang: incompatible pointer to integer conversion
#include "reject.h"

PROGRAM
{
#ifdef WRONG
    int found = kith_eq(Raccoon, id, 7);
    (void)found;
#else
    bool found = kith_exists(session, Raccoon, .where = kith_eq(Raccoon, id, 7));
    (void)found;
#endif
}
