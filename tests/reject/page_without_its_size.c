// A page has a number and a size.
// expect-gcc: called object is not a function|too few arguments|expected expression|incompatible type for argument
// expect-clang: expected expression|passing
#include "reject.h"

PROGRAM
{
#ifdef WRONG
    kith_page(session, Raccoon, 1, .where = kith_ge(Raccoon, age, 3));
#else
    kith_page(session, Raccoon, 1, 20, .where = kith_ge(Raccoon, age, 3));
#endif
}
