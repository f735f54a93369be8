// A key is not an object.
// expect: kith: this value does not fit this field
#include "reject.h"

PROGRAM
{
#ifdef WRONG
    kith_set(can, raccoon, 7);
#else
    kith_set(can, raccoon, kith_get(session, Raccoon, .id = 7));
#endif
}
