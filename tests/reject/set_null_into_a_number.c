// A number has no NULL.
// expect: kith: this value does not fit this field
#include "reject.h"

PROGRAM
{
#ifdef WRONG
    kith_set(rocky, id, NULL);
#else
    kith_set(rocky, name, NULL);
#endif
}
