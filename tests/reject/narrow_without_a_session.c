// A filter is kept by a session.
// expect-gcc: incompatible pointer type
// expect-clang: incompatible pointer types
#include "reject.h"

PROGRAM
{
#ifdef WRONG
    (void)kith_narrow(rocky, NULL, kith_ge(Raccoon, age, 3));
#else
    (void)kith_narrow(session, NULL, kith_ge(Raccoon, age, 3));
#endif
}
