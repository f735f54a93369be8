// What a stream gives is only read.
// expect-gcc: assignment of member 'name' in read-only object
// expect-clang: const-qualified type
#include "reject.h"

PROGRAM
{
#ifdef WRONG
    kith_stream(Raccoon, each, session) each->name = "Dan";
#else
    kith_stream(Raccoon, each, session) form->name = each->name;
#endif
}
