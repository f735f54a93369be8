// The array's elements are checked.
// expect: kith: this value does not fit this field
#include "reject.h"

PROGRAM
{
#ifdef WRONG
    (void)kith_count(session, Raccoon, .where = kith_in(Raccoon, id, 2, (const char *[]){ "1", "2" }));
#else
    (void)kith_count(session, Raccoon, .where = kith_in(Raccoon, id, 2, (int64_t[]){ 1, 2 }));
#endif
}
