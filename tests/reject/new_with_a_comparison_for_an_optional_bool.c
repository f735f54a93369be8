// What a comparison gives is an int in C11; kith_some_bool says that it is meant as a bool, and kith_some knows the words.
// flags-gcc: -Werror
// expect-gcc: excess elements in array initializer
// expect-clang: initializer for aggregate with no elements requires explicit braces
#include "reject.h"

KITH_DECLARE(Lamp);
struct Lamp { int64_t id; kith_opt_bool lit, dim; };

PROGRAM
{
#ifdef WRONG
    kith_new(session, Lamp, .lit = kith_some(rocky->lives > 3));
#else
    kith_new(session, Lamp, .lit = kith_some_bool(rocky->lives > 3), .dim = kith_some(false));
#endif
}
