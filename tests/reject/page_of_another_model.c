// A page has its model.
// expect-gcc: invalid initializer
// expect-clang: initializing
#include "reject.h"

PROGRAM
{
#ifdef WRONG
    KITH_PAGE(Trashcan) page = kith_page(session, Raccoon, 1, 20);
    (void)page;
#else
    KITH_PAGE(Raccoon) page = kith_page(session, Raccoon, 1, 20);
    (void)page;
#endif
}
