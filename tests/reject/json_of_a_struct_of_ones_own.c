// A form is the program's own, and no object.
// expect: kith: not an object of a session
#include "reject.h"
#include <kith/json.h>

PROGRAM
{
#ifdef WRONG
    (void)kith_to_json(form);
#else
    (void)kith_to_json(rocky, "trashcans");
#endif
}
