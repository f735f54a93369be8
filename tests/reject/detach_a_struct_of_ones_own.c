// A struct that kith did not hand out.
// expect: kith: not an object of a session (those are const): use kith_add or kith_assign for your own struct
#include "reject.h"

PROGRAM
{
#ifdef WRONG
    kith_detach(form);
#else
    kith_detach(rocky);
#endif
}
