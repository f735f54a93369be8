// A bulk update checks its values.
// expect: kith: this value does not fit this field
#include "reject.h"

PROGRAM
{
#ifdef WRONG
    kith_update_where(session, Raccoon, .set = { kith_to(Raccoon, lives, "nine") }, .everything = true);
#else
    kith_update_where(session, Raccoon, .set = { kith_to(Raccoon, lives, 9) }, .everything = true);
#endif
}
