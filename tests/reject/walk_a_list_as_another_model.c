// A loop names the list's model.
// expect-gcc: invalid initializer
// expect-clang: initializing
#include "reject.h"

PROGRAM
{
#ifdef WRONG
    kith_each(Raccoon, each, kith_many(rocky, trashcans))
        kith_describe(each);
#else
    kith_each(Trashcan, each, kith_many(rocky, trashcans))
        kith_describe(each);
#endif
}
