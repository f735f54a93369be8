// What is read from JSON has its model.
// expect-gcc: incompatible pointer type
// expect-clang: incompatible pointer types
#include "reject.h"
#include <kith/json.h>

PROGRAM
{
#ifdef WRONG
    const Business *made = kith_from_json(session, Raccoon, "{}");
    (void)made;
#else
    const Raccoon *made = kith_from_json(session, Raccoon, "{}");
    (void)made;
#endif
}
