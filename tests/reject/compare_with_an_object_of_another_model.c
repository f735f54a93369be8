// A raccoon is no business.
// expect: kith: this relationship takes an object of its own model, from a session (those are const)
#include "reject.h"

PROGRAM
{
#ifdef WRONG
    (void)kith_first(session, Trashcan, .where = kith_eq(Trashcan, business, rocky));
#else
    (void)kith_first(session, Trashcan, .where = kith_eq(Trashcan, business, shop));
#endif
}
