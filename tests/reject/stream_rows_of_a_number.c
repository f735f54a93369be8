// SQL is a text.
// expect-gcc: makes pointer from integer
// expect-clang: incompatible integer to pointer conversion
#include "reject.h"

PROGRAM
{
#ifdef WRONG
    kith_stream_rows(Raccoon, each, session, 7) (void)each;
#else
    kith_stream_rows(Raccoon, each, session, "SELECT * FROM raccoons WHERE id = ?", 7) (void)each;
#endif
}
