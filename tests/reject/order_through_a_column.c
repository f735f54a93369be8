// Only a to-one relationship leads to another model.
// expect-gcc: request for member 'object_' in something not a structure or union
// expect-clang: is not a structure or union
#include "reject.h"

PROGRAM
{
#ifdef WRONG
    (void)kith_all(session, Trashcan, .order_by = { kith_asc_of(Trashcan, id, name) });
#else
    (void)kith_all(session, Trashcan, .order_by = { kith_asc_of(Trashcan, raccoon, name) });
#endif
}
