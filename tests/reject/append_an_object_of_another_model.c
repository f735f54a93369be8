// A raccoon is no trashcan.
// expect: kith: this relationship takes an object of its own model, from a session (those are const)
#include "reject.h"

PROGRAM
{
#ifdef WRONG
    kith_append(shop, trashcans, rocky);
#else
    kith_append(shop, trashcans, can);
#endif
}
