// Objects do not add up.
// expect-gcc: kith: only numbers have a sum
// expect-clang: kith: only numbers have a sum
#include "reject.h"

PROGRAM
{
#ifdef WRONG
    kith_sum(session, Raccoon, trashcans);
#else
    kith_sum(session, Trashcan, raccoon_id);
#endif
}
