// A to-many relationship is appended to and removed from.
// expect-gcc: has no member named 'object_'
// expect-clang: no member named 'object_'
#include "reject.h"

PROGRAM
{
#ifdef WRONG
    kith_set(rocky, trashcans, can);
#else
    kith_append(rocky, trashcans, can);
#endif
}
