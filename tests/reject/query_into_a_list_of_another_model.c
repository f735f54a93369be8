// A list has its model.
// expect-gcc: invalid initializer
// expect-clang: initializing
#include "reject.h"

PROGRAM
{
#ifdef WRONG
    KITH_LIST(Trashcan) list = kith_all(session, Raccoon);
    (void)list;
#else
    KITH_LIST(Raccoon) list = kith_all(session, Raccoon);
    (void)list;
#endif
}
