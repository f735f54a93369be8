// A date has no average.
// expect-gcc: kith: only numbers have an average
// expect-clang: kith: only numbers have an average
#include "reject.h"

PROGRAM
{
#ifdef WRONG
    kith_average(session, Raccoon, born);
#else
    kith_average(session, Raccoon, weight);
#endif
}
