// A condition lives in its block, so its type has no name for programs; kith_narrow keeps one.
// expect-gcc: unknown type name 'kith_condition'
// expect-clang: unknown type name 'kith_condition'
#include "reject.h"

PROGRAM
{
#ifdef WRONG
    const kith_condition *adult = kith_ge(Raccoon, age, 3);
    (void)adult;
#else
    const kith_filter *adult = kith_narrow(session, NULL, kith_ge(Raccoon, age, 3));
    (void)adult;
#endif
}
