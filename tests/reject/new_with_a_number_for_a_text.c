// A number for a text.
// expect-gcc: makes pointer from integer without a cast
// expect-clang: incompatible integer to pointer conversion
#include "reject.h"

PROGRAM
{
#ifdef WRONG
    kith_new(session, Raccoon, .name = 7);
#else
    kith_new(session, Raccoon, .name = "7");
#endif
}
