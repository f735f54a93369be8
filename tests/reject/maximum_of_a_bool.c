// Of a bool there is no maximum: ask whether there is one that is true.
// expect-gcc: kith: only numbers, texts, dates and times have a minimum and a maximum
// expect-clang: kith: only numbers, texts, dates and times have a minimum and a maximum
#include "reject.h"

PROGRAM
{
#ifdef WRONG
    kith_maximum(session, Raccoon, awake);
#else
    kith_exists(session, Raccoon, .where = kith_eq(Raccoon, awake, true));
#endif
}
