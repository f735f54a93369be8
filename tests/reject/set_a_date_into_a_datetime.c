// A date is not a moment.
// expect: kith: this value does not fit this field
#include "reject.h"

PROGRAM
{
#ifdef WRONG
    kith_set(rocky, seen, kith_today());
#else
    kith_set(rocky, seen, kith_now());
#endif
}
