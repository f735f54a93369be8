// A to-one relationship is set.
// expect-gcc: has no member named 'list_'
// expect-clang: no member named 'list_'
#include "reject.h"

PROGRAM
{
#ifdef WRONG
    kith_append(can, raccoon, rocky);
#else
    kith_set(can, raccoon, rocky);
#endif
}
