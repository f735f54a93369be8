// kith_many is for to-many.
// expect-gcc: has no member named 'list_'
// expect-clang: no member named 'list_'
#include "reject.h"

PROGRAM
{
#ifdef WRONG
    (void)kith_many(can, raccoon);
#else
    (void)kith_one(can, raccoon);
#endif
}
