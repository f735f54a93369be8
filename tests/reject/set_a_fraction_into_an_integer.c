// A floating value is never cut off to fit an integer.
// expect: kith: this value does not fit this field
#include "reject.h"

PROGRAM
{
#ifdef WRONG
    kith_set(rocky, lives, 8.5);
#else
    kith_set(rocky, lives, 8);
    kith_set(rocky, weight, 8);
#endif
}
