// A UUID is not its text.
// expect: kith: this value does not fit this field
#include "reject.h"

PROGRAM
{
#ifdef WRONG
    kith_set(rocky, tag, "6f9619ff-8b86-d011-b42d-00cf4fc964ff");
#else
    kith_set(rocky, tag, (kith_uuid){ .bytes = { 1 } });
#endif
}
