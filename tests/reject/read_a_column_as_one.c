// A column is read as it stands.
// expect-gcc: request for member 'object_' in something not a structure|has no member named 'object_'
// expect-clang: member reference base type|no member named 'object_'
#include "reject.h"

PROGRAM
{
#ifdef WRONG
    kith_one(rocky, name);
#else
    (void)rocky->name;
#endif
}
