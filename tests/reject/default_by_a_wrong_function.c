// A default is made by a function of the session and the object.
// expect-gcc: incompatible pointer type
// expect-clang: incompatible function pointer types|incompatible pointer types
#include "reject.h"

static inline int seven(void) { return 7; }
static inline kith_value eight(kith_session *session, const void *object) { (void)session; (void)object; return kith_of_int(8); }

KITH_DECLARE(Thing);
struct Thing { int64_t id; int32_t it; };

#ifdef WRONG
KITH_MODEL(Thing, "things", KITH_COLUMN(id, .primary_key = true), KITH_COLUMN(it, .on_insert = seven));
#else
KITH_MODEL(Thing, "things", KITH_COLUMN(id, .primary_key = true), KITH_COLUMN(it, .on_insert = eight));
#endif
int used(void);
int used(void) { return seven(); }
