/*
 * A session's birth and death, its switches and its error.
 */
#include "session/session.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

/* ---------------------------------------------------------------- errors */

int kith__misuse(kith_session *session, const char *code, const kith__object *about, const char *format, ...)
{
    char sentence[512];
    va_list list;
    va_start(list, format);
    vsnprintf(sentence, sizeof sentence, format, list);
    va_end(list);
    kith__fail(&session->error, KITH_MISUSE, code, "%s", sentence);
    if (about)
        kith__fail_about(&session->error, kith__mapper_for(about)->name, NULL, about + 1);
    return KITH_MISUSE;
}

bool kith__no_memory(kith_session *session)
{
    kith__fail_memory(&session->error);
    return false;
}

bool kith__ready(kith_session *session) { return session && session->error.public_.status == KITH_OK; }

static const kith_error no_session = { .status = KITH_MISUSE, .code = "session.null", .message = "There is no session: the handle is NULL.",
                                       .hint = "kith_session_open gives NULL only when there is no memory." };

const kith_error *kith_session_error(const kith_session *session) { return session ? &session->error.public_ : &no_session; }
int kith_session_status(const kith_session *session) { return session ? kith__status(session) : KITH_MISUSE; }

/* The errors after which the transaction stands: of a statement that breaks a constraint the engine takes back that statement alone. */
static bool transaction_stays(int status)
{
    return status == KITH_MISUSE || status == KITH_RANGE || status == KITH_NOT_FOUND || status == KITH_NOT_UNIQUE || status == KITH_SCHEMA || status == KITH_CONSTRAINT ||
           status == KITH_ERROR;
}

void kith_error_clear(kith_session *session)
{
    if (session && (session->is_nursery || (transaction_stays(kith__status(session)) && !session->broken)))      /* a nursery has none */
        kith__error_clear(&session->error);
}

/* ---------------------------------------------------------------- memory of one call */

void kith__scratch_begin(kith_session *session) { session->scratch_depth++; }

void kith__scratch_over(kith_session *session)
{
    if (--session->scratch_depth == 0)
        kith__arena_reset(&session->scratch);
}

/* ---------------------------------------------------------------- connection */

void kith__blame_model(kith_session *session, const kith__mapper *mapper)
{
    if (kith__status(session) && !session->error.public_.model)
        kith__fail_about(&session->error, mapper->name, NULL, NULL);
}

bool kith__connected(kith_session *session)
{
    if (session->is_nursery) {
        kith__fail(&session->error, KITH_MISUSE, "session.none", "The object is in no session, so the database cannot be asked about it.");
        return false;
    }
    if (session->connection && kith__connection_forked(session->connection)) {
        kith__fail(&session->error, KITH_MISUSE, "session.forked", "This session was opened by the parent process; its connection cannot be shared.");
        kith__fail_hint(&session->error, "Open a session of its own after fork(); the database handle may be used.");
        return false;
    }
    if (session->connection)
        return true;
    if (kith__pool_take(session->database->pool, &session->connection, &session->error))
        return false;
    session->statements_before = session->connection->statements;
    session->connection->log = session->log;
    session->connection->log_arg = session->log_arg;
    return true;
}

kith_session *kith_session_open(kith_database *database)
{
    kith_session *session = calloc(1, sizeof *session);
    if (!session)
        return NULL;
    *session = (kith_session){ .database = database, .autoflush = true, .lazy_loads = true, .epoch = 1, .began = 1 };
    if (!database || !database->pool) {
        if (database)
            kith__error_copy(&session->error, &database->error);
        kith__fail(&session->error, KITH_MISUSE, "session.no_database", "There is no database to open a session on.");   /* the first stays */
        return session;
    }
    session->shelves = calloc(database->models->count + 1, sizeof *session->shelves);
    if (!session->shelves)
        kith__no_memory(session);
    else
        kith__connected(session);
    return session;
}

/* Everything in memory is forgotten; what the database has is untouched. */
static void forget(kith_session *session)
{
    if (!session->shelves)
        return;
    kith__journal_free(session);
    kith__graveyard_free(session);
    kith__readers_free(session);
    kith__links_free(session);
    kith__groups_free(session);
    kith__identity_free(session);
    kith__pages_free(session);
    session->pending.count = session->dirty.count = session->doomed.count = session->orphans.count = session->touched_ones.count = 0;
    kith__arena_free(&session->images);
    kith__arena_free(&session->lists);
    kith__arena_free(&session->filters);
    kith__arena_free(&session->scratch);
}

static void give_back(kith_session *session)
{
    if (session->partner)
        kith__partners_leave(session);
    if (!session->connection)
        return;
    session->connection->log = NULL;
    kith__pool_give(session->connection);
    session->connection = NULL;
}

/* A binding's hook is called in a flush, too. */
static bool is_flushing(kith_session *session, const char *what)
{
    if (kith__is_asking(session, what))
        return true;
    if (!session->flushing)
        return false;
    kith__misuse(session, "session.flushing", NULL, "%s in the middle of a flush.", what);
    kith__fail_hint(&session->error, "Do it when the flush is over.");
    return true;
}

void kith_session_close(kith_session *session)
{
    if (!session || is_flushing(session, "kith_session_close was called"))
        return;
    if (session->nursery && session->shelves)
        kith__retire(session);
    forget(session);
    give_back(session);
    free(session->pending.items);
    free(session->dirty.items);
    free(session->doomed.items);
    free(session->orphans.items);
    free(session->waiting.items);
    free(session->reached.items);
    free(session->touched.items);
    free(session->touched_ones.items);
    free(session->journal.items);
    free(session->savepoints.items);
    free(session->shelves);
    kith__sql_free(&session->sql);
    kith__error_free(&session->error);
    free(session);
}

void kith_clear(kith_session *session)
{
    if (!session || !session->shelves || is_flushing(session, "kith_clear was called"))
        return;
    kith_rollback(session);
    forget(session);
}

/* ---------------------------------------------------------------- switches */

void kith_session_autoflush(kith_session *session, bool on)
{
    if (session)
        session->autoflush = on;
}

void kith_session_lazy_loads(kith_session *session, bool on)
{
    if (session)
        session->lazy_loads = on;
}

int64_t kith_statement_count(const kith_session *session)
{
    return session && session->connection ? session->connection->statements - session->statements_before : 0;
}

void kith_session_log(kith_session *session, kith_log log, void *arg)
{
    if (!session)
        return;
    session->log = log;
    session->log_arg = arg;
    if (session->connection) {
        session->connection->log = log;
        session->connection->log_arg = arg;
    }
}
