// What a relationship gives is as const as everything else.
// expect-gcc: assignment of member 'name' in read-only object
// expect-clang: read-only variable is not assignable
#include "reject.h"

PROGRAM
{
#ifdef WRONG
    kith_one(can, raccoon)->name = "Dan";
#else
    kith_set(kith_one(can, raccoon), name, "Dan");
#endif
}
