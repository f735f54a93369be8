// A copy of an object is no object.
// expect: kith: not an object of a session (those are const): use kith_add or kith_assign for your own struct
#include "reject.h"

PROGRAM
{
#ifdef WRONG
    Raccoon copy = *rocky;
    kith_set(&copy, name, "Dan");
#else
    Raccoon copy = *rocky;
    copy.name = "Dan";
    kith_assign(rocky, &copy);
#endif
}
