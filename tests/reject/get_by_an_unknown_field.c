// A field that the struct does not have.
// expect-gcc: 'Raccoon' has no member named 'key'
// expect-clang: field designator 'key' does not refer to any field
#include "reject.h"

PROGRAM
{
#ifdef WRONG
    (void)kith_get(session, Raccoon, .key = 7);
#else
    (void)kith_get(session, Raccoon, .id = 7);
#endif
}
