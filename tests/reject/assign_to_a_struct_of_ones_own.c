// A form cannot be assigned to: the object is.
// expect: kith: not an object of a session (those are const): use kith_add or kith_assign for your own struct
#include "reject.h"

PROGRAM
{
#ifdef WRONG
    kith_assign(form, form);
#else
    kith_assign(rocky, form);
#endif
}
