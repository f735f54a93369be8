// A number for a text.
// expect: kith: this value does not fit this field
#include "reject.h"

PROGRAM
{
#ifdef WRONG
    kith_set(rocky, name, 7);
#else
    kith_set(rocky, name, "7");
#endif
}
