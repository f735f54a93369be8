// A field that the struct does not have.
// expect-gcc: 'Raccoon' has no member named 'nmae'
// expect-clang: field designator 'nmae' does not refer to any field
#include "reject.h"

PROGRAM
{
#ifdef WRONG
    kith_new(session, Raccoon, .nmae = "Rocky");
#else
    kith_new(session, Raccoon, .name = "Rocky");
#endif
}
