// A floating value is never cut off to fit an integer.
// expect: kith: this value does not fit this field
#include "reject.h"

PROGRAM
{
#ifdef WRONG
    (void)kith_first(session, Raccoon, .where = kith_lt(Raccoon, lives, 8.5));
#else
    (void)kith_first(session, Raccoon, .where = kith_lt(Raccoon, lives, 9));
#endif
}
