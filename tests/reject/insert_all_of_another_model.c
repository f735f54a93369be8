// The array is of the model that it is inserted as.
// expect-gcc: incompatible pointer type
// expect-clang: incompatible pointer types
#include "reject.h"

PROGRAM
{
#ifdef WRONG
    kith_insert_all(session, Business, form, 1);
#else
    kith_insert_all(session, Raccoon, form, 1);
#endif
}
