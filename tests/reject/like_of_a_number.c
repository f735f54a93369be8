// Only a text is like something.
// expect-gcc: kith: this value does not fit this field
// expect-clang: kith: this value does not fit this field
#include "reject.h"

PROGRAM
{
#ifdef WRONG
    kith_all(session, Raccoon, .where = kith_like(Raccoon, lives, "R%"));
#else
    kith_all(session, Raccoon, .where = kith_like(Raccoon, name, "R%"));
#endif
}
