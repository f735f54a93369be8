// A date is not a number of days.
// expect: kith: this value does not fit this field
#include "reject.h"

PROGRAM
{
#ifdef WRONG
    kith_set(rocky, born, 20000);
#else
    kith_set(rocky, born, (kith_date){ 20000 });
#endif
}
