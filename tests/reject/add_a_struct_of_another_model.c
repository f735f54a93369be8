// The form must be of the model named.
// expect-gcc: incompatible pointer type
// expect-clang: incompatible pointer types
#include "reject.h"

PROGRAM
{
#ifdef WRONG
    kith_add(session, Business, form);
#else
    kith_add(session, Raccoon, form);
#endif
}
