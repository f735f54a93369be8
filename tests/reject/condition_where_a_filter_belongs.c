// A condition goes to .where.
// expect-gcc: incompatible pointer type
// expect-clang: incompatible pointer types
#include "reject.h"

PROGRAM
{
#ifdef WRONG
    kith_all(session, Raccoon, .filter = kith_ge(Raccoon, age, 3));
#else
    kith_all(session, Raccoon, .where = kith_ge(Raccoon, age, 3));
#endif
}
