// Errors are on sessions, and on the database that did not open.
// expect-gcc: '_Generic' selector of type
// expect-clang: not compatible with any generic association type
#include "reject.h"

PROGRAM
{
#ifdef WRONG
    (void)kith_status_of(rocky);
#else
    (void)kith_status_of(session);
#endif
}
