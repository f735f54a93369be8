// A field that the struct does not have.
// expect-gcc: has no member named 'nmae'
// expect-clang: no member named 'nmae'
#include "reject.h"

PROGRAM
{
#ifdef WRONG
    kith_set_null(rocky, nmae);
#else
    kith_set_null(rocky, name);
#endif
}
