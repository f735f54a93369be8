// What kith_one gives has its model.
// expect-gcc: incompatible pointer type
// expect-clang: incompatible pointer types
#include "reject.h"

PROGRAM
{
#ifdef WRONG
    const Raccoon *owner = kith_one(can, business);
    (void)owner;
#else
    const Business *owner = kith_one(can, business);
    (void)owner;
#endif
}
