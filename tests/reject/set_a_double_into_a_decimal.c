// A double is not an exact amount.
// expect: kith: this value does not fit this field
#include "reject.h"

PROGRAM
{
#ifdef WRONG
    kith_set(rocky, debt, 12.5);
#else
    kith_set(rocky, debt, (kith_decimal){ "12.50" });
#endif
}
