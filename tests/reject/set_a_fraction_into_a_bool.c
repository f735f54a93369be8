// Nor for a bool.
// expect: kith: this value does not fit this field
#include "reject.h"

PROGRAM
{
#ifdef WRONG
    kith_set(rocky, awake, 0.5);
#else
    kith_set(rocky, awake, true);
#endif
}
