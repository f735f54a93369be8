// A column is read as it stands.
// expect-gcc: request for member 'list_' in something not a structure|has no member named 'list_'
// expect-clang: member reference base type|no member named 'list_'
#include "reject.h"

PROGRAM
{
#ifdef WRONG
    kith_many(rocky, age);
#else
    kith_many(rocky, trashcans);
#endif
}
