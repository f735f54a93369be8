// A field that the struct does not have.
// expect-gcc: 'Raccoon' has no member named 'nmae'
// expect-clang: no member named 'nmae' in 'struct Raccoon'
#include "reject.h"

PROGRAM
{
#ifdef WRONG
    (void)kith_count(session, Raccoon, .where = kith_eq(Raccoon, nmae, "Dan"));
#else
    (void)kith_count(session, Raccoon, .where = kith_eq(Raccoon, name, "Dan"));
#endif
}
