// Blobs have no order that means something.
// expect-gcc: kith: only numbers, texts, dates and times have a minimum and a maximum
// expect-clang: kith: only numbers, texts, dates and times have a minimum and a maximum
#include "reject.h"

PROGRAM
{
#ifdef WRONG
    kith_minimum(session, Raccoon, photo);
#else
    kith_minimum(session, Raccoon, seen);
#endif
}
