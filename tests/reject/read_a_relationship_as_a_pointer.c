// A field that may not be loaded is read through kith_one.
// expect-gcc: invalid type argument of '->'
// expect-clang: is not a pointer
#include "reject.h"

PROGRAM
{
#ifdef WRONG
    const char *name = can->raccoon->name;
    (void)name;
#else
    const char *name = kith_one(can, raccoon)->name;
    (void)name;
#endif
}
