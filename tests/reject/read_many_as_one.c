// kith_one is for to-one.
// expect-gcc: has no member named 'object_'
// expect-clang: no member named 'object_'
#include "reject.h"

PROGRAM
{
#ifdef WRONG
    (void)kith_one(rocky, trashcans);
#else
    (void)kith_many(rocky, trashcans);
#endif
}
