// A kept filter goes to .filter, or through kith_filtered.
// expect-gcc: incompatible pointer type
// expect-clang: incompatible pointer types
#include "reject.h"

PROGRAM
{
#ifdef WRONG
    kith_all(session, Raccoon, .where = kith_narrow(session, NULL, kith_ge(Raccoon, age, 3)));
#else
    kith_all(session, Raccoon, .filter = kith_narrow(session, NULL, kith_ge(Raccoon, age, 3)));
#endif
}
