// An order names model and field.
// expect-gcc: kith_order|invalid initializer|incompatible
// expect-clang: incompatible pointer types initializing
#include "reject.h"

PROGRAM
{
#ifdef WRONG
    (void)kith_all(session, Raccoon, .order_by = { "name" });
#else
    (void)kith_all(session, Raccoon, .order_by = { kith_asc(Raccoon, name) });
#endif
}
