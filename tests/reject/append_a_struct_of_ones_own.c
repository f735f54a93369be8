// A form is no object until kith_add.
// expect: kith: not an object of a session (those are const): use kith_add or kith_assign for your own struct
#include "reject.h"

PROGRAM
{
#ifdef WRONG
    Trashcan new_can = { .id = 0 };
    kith_append(shop, trashcans, &new_can);
#else
    Trashcan new_can = { .id = 0 };
    kith_append(shop, trashcans, kith_add(session, Trashcan, &new_can));
#endif
}
