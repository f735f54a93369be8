// Errors stay on sessions and databases.
// expect-gcc: is not compatible with any association
// expect-clang: not compatible with any generic association type
#include "reject.h"

PROGRAM
{
#ifdef WRONG
    (void)kith_error_of(rocky);
#else
    (void)kith_error_of(session);
#endif
}
