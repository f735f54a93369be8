// A raccoon is no business.
// expect-gcc: incompatible pointer type
// expect-clang: incompatible pointer types
#include "reject.h"

PROGRAM
{
#ifdef WRONG
    kith_new(session, Trashcan, .business = { rocky });
#else
    kith_new(session, Trashcan, .business = { shop });
#endif
}
