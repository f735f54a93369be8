// A bare number would be a value that is absent: write kith_some.
// gcc only warns of it, always; clang refuses it.
// flags-gcc: -Werror
// expect-gcc: excess elements in array initializer
// expect-clang: initializer for aggregate with no elements requires explicit braces
#include "reject.h"

PROGRAM
{
#ifdef WRONG
    kith_new(session, Raccoon, .age = 7);
#else
    kith_new(session, Raccoon, .age = kith_some(7));
#endif
}
