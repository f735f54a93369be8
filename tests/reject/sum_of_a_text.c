// Texts do not add up.
// expect-gcc: kith: only numbers have a sum
// expect-clang: kith: only numbers have a sum
#include "reject.h"

PROGRAM
{
#ifdef WRONG
    kith_sum(session, Raccoon, name);
#else
    int64_t sum = kith_sum(session, Raccoon, lives);
    (void)sum;
#endif
}
