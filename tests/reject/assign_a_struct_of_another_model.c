// The form must be of the object's model.
// expect-gcc: incompatible pointer type
// expect-clang: incompatible pointer types
#include "reject.h"

PROGRAM
{
#ifdef WRONG
    kith_assign(shop, form);
#else
    kith_assign(rocky, form);
#endif
}
