// Texts have NULL: only values that lack one are wrapped.
// expect-gcc: '_Generic' selector of type 'char *' is not compatible with any association
// expect-clang: controlling expression type 'char *' not compatible with any generic association type
#include "reject.h"

PROGRAM
{
#ifdef WRONG
    (void)kith_some("seven");
#else
    (void)kith_some(7);
#endif
}
