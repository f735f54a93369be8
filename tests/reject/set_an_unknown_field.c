// A field that the struct does not have.
// expect-gcc: 'Raccoon' has no member named 'nmae'
// expect-clang: no member named 'nmae' in 'struct Raccoon'
#include "reject.h"

PROGRAM
{
#ifdef WRONG
    kith_set(rocky, nmae, "Dan");
#else
    kith_set(rocky, name, "Dan");
#endif
}
