// Both ends are checked.
// expect: kith: this value does not fit this field
#include "reject.h"

PROGRAM
{
#ifdef WRONG
    (void)kith_count(session, Raccoon, .where = kith_between(Raccoon, lives, 1, "9"));
#else
    (void)kith_count(session, Raccoon, .where = kith_between(Raccoon, lives, 1, 9));
#endif
}
