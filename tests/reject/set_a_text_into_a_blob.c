// A text carries no size.
// expect: kith: this value does not fit this field
#include "reject.h"

PROGRAM
{
#ifdef WRONG
    kith_set(rocky, photo, "bytes");
#else
    kith_set(rocky, photo, ((kith_blob){ "bytes", 5 }));
#endif
}
