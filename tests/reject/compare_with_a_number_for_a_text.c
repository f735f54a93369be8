// A condition checks its value.
// expect: kith: this value does not fit this field
#include "reject.h"

PROGRAM
{
#ifdef WRONG
    (void)kith_first(session, Raccoon, .where = kith_eq(Raccoon, name, 7));
#else
    (void)kith_first(session, Raccoon, .where = kith_eq(Raccoon, name, "7"));
#endif
}
