// Rows are of the struct that was asked for.
// expect-gcc: invalid initializer
// expect-clang: initializing
#include "reject.h"

PROGRAM
{
#ifdef WRONG
    KITH_LIST(Trashcan) rows = kith_rows(session, Raccoon, "SELECT * FROM raccoons");
    (void)rows;
#else
    KITH_LIST(Raccoon) rows = kith_rows(session, Raccoon, "SELECT * FROM raccoons");
    (void)rows;
#endif
}
