// The proxy holds raccoons, not the trashcans between.
// expect: kith: this relationship takes an object of its own model, from a session (those are const)
#include "reject.h"

PROGRAM
{
#ifdef WRONG
    kith_append(shop, raccoons, can);
#else
    kith_append(shop, raccoons, rocky);
#endif
}
