// A column has nothing to be appended to.
// expect-gcc: request for member 'list_' in something not a structure|has no member named 'list_'
// expect-clang: member reference base type|no member named 'list_'
#include "reject.h"

PROGRAM
{
#ifdef WRONG
    kith_append(rocky, name, can);
#else
    kith_append(rocky, trashcans, can);
#endif
}
