// A write that the session would not see.
// expect-gcc: assignment of member 'name' in read-only object
// expect-clang: cannot assign to variable 'rocky' with const-qualified type
#include "reject.h"

PROGRAM
{
#ifdef WRONG
    rocky->name = "Dan";
#else
    kith_set(rocky, name, "Dan");
#endif
}
