/*
 * kith_transaction: work in a session of its own, run again when another transaction was in its way.
 */
#include "session/session.h"

#include <time.h>

enum { RUNS = 6, FIRST_WAIT_MS = 10 };

static bool worth_another(int status) { return status == KITH_RETRY || status == KITH_STALE; }

static void wait_ms(long ms)
{
    struct timespec time = { ms / 1000, ms % 1000 * 1000000 };
    nanosleep(&time, NULL);
}

int kith_transaction(kith_database *database, int (*work)(kith_session *, void *arg), void *arg)
{
    int result = KITH_MISUSE;
    for (int run = 0; work && run < RUNS; run++) {
        if (run)
            wait_ms(FIRST_WAIT_MS << (run - 1));
        kith_session *session = kith_session_open(database);
        if (!session)
            return KITH_NO_MEMORY;
        result = kith_session_status(session);
        if (!result)
            result = work(session, arg);
        if (!result)
            result = kith_commit(session);
        int status = kith_session_status(session);
        kith_session_close(session);
        if (!worth_another(status))
            break;
    }
    return result;
}
