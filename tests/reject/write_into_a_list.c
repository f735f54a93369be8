// A list is a snapshot: it is not written.
// expect-gcc: assignment of read-only location
// expect-clang: read-only variable is not assignable
#include "reject.h"

PROGRAM
{
#ifdef WRONG
    kith_many(rocky, trashcans).items[0] = can;
#else
    kith_append(rocky, trashcans, can);
#endif
}
