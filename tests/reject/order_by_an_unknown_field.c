// A field that the struct does not have.
// expect-gcc: 'Raccoon' {aka 'struct Raccoon'} has no member named 'nmae'|'struct Raccoon' has no member named 'nmae'|has no member named 'nmae'
// expect-clang: no member named 'nmae' in 'Raccoon'
#include "reject.h"

PROGRAM
{
#ifdef WRONG
    (void)kith_all(session, Raccoon, .order_by = { kith_asc(Raccoon, nmae) });
#else
    (void)kith_all(session, Raccoon, .order_by = { kith_asc(Raccoon, name) });
#endif
}
