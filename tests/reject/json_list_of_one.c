// One object is no list.
// expect-gcc: request for member 'items' in something not a structure|has no member named 'items'|'items' is a pointer|is a pointer
// expect-clang: no member named 'items'|member reference
#include "reject.h"
#include <kith/json.h>

PROGRAM
{
#ifdef WRONG
    (void)kith_list_to_json(session, rocky);
#else
    (void)kith_list_to_json(session, kith_all(session, Raccoon));
#endif
}
