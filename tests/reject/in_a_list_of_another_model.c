// A list of trashcans holds no raccoons.
// expect: kith: this relationship takes an object of its own model, from a session (those are const)
#include "reject.h"

PROGRAM
{
#ifdef WRONG
    (void)kith_count(session, Trashcan, .where = kith_in(Trashcan, raccoon, 1, &can));
#else
    (void)kith_count(session, Trashcan, .where = kith_in(Trashcan, raccoon, 1, &rocky));
#endif
}
