// Nor for an integer that may be absent.
// expect: kith: this value does not fit this field
#include "reject.h"

PROGRAM
{
#ifdef WRONG
    kith_set(rocky, age, 8.5f);
#else
    kith_set(rocky, age, 8);
#endif
}
