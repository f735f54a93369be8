// An object stays const in the program's own variables.
// Both warn of it, always.
// flags: -Werror
// expect-gcc: discards 'const' qualifier
// expect-clang: discards qualifiers
#include "reject.h"

PROGRAM
{
#ifdef WRONG
    Raccoon *mine = kith_first(session, Raccoon);
    (void)mine;
#else
    const Raccoon *mine = kith_first(session, Raccoon);
    (void)mine;
#endif
}
