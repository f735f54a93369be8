// A text for a number.
// expect: kith: this value does not fit this field
#include "reject.h"

PROGRAM
{
#ifdef WRONG
    kith_set(rocky, id, "7");
#else
    kith_set(rocky, id, 7);
#endif
}
