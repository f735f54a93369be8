// A raccoon is no business.
// expect: kith: this relationship takes an object of its own model, from a session (those are const)
#include "reject.h"

PROGRAM
{
#ifdef WRONG
    kith_set(can, business, rocky);
#else
    kith_set(can, business, shop);
#endif
}
