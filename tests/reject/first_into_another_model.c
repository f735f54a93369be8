// An object has its model.
// expect-gcc: incompatible pointer type
// expect-clang: incompatible pointer types
#include "reject.h"

PROGRAM
{
#ifdef WRONG
    const Business *first = kith_first(session, Raccoon);
    (void)first;
#else
    const Raccoon *first = kith_first(session, Raccoon);
    (void)first;
#endif
}
