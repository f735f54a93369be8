// The work of a transaction takes a session and what it was given.
// expect-gcc: incompatible pointer type
// expect-clang: incompatible function pointer types|incompatible pointer types
#include "reject.h"

static inline int for_a_database(kith_database *database, void *arg) { (void)database; (void)arg; return 0; }
static inline int for_a_session(kith_session *session, void *arg) { (void)session; (void)arg; return 0; }

int run(kith_database *database);
int run(kith_database *database)
{
    (void)for_a_database;
    (void)for_a_session;
#ifdef WRONG
    return kith_transaction(database, for_a_database, NULL);
#else
    return kith_transaction(database, for_a_session, NULL);
#endif
}
