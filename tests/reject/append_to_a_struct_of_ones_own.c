// A form has no relationships.
// expect: kith: not an object of a session (those are const): use kith_add or kith_assign for your own struct
#include "reject.h"

PROGRAM
{
#ifdef WRONG
    kith_append(form, trashcans, can);
#else
    kith_append(rocky, trashcans, can);
#endif
}
