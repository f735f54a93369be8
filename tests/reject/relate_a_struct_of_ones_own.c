// A form is no object until kith_add.
// expect: kith: this relationship takes an object of its own model, from a session (those are const)
#include "reject.h"

PROGRAM
{
#ifdef WRONG
    kith_set(can, raccoon, form);
#else
    kith_set(can, raccoon, kith_add(session, Raccoon, form));
#endif
}
