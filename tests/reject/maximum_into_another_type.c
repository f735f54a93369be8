// The maximum of a nullable integer may be absent.
// expect-gcc: incompatible types when initializing type 'int64_t'|incompatible types when initializing
// expect-clang: initializing 'int64_t'
#include "reject.h"

PROGRAM
{
#ifdef WRONG
    int64_t oldest = kith_maximum(session, Raccoon, age);
    (void)oldest;
#else
    kith_opt_int oldest = kith_maximum(session, Raccoon, age);
    (void)oldest;
#endif
}
