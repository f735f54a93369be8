// A floating step for an integer.
// expect: kith: this value does not fit this field
#include "reject.h"

PROGRAM
{
#ifdef WRONG
    kith_update_where(session, Raccoon, .set = { kith_by(Raccoon, lives, 0.5) }, .everything = true);
#else
    kith_update_where(session, Raccoon, .set = { kith_by(Raccoon, lives, 1) }, .everything = true);
#endif
}
