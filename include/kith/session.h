/*
 * A session: one unit of work with its identity map. One thread at a time; it may move between threads.
 */
#ifndef KITH_SESSION_H
#define KITH_SESSION_H

#include <kith/error.h>
#include <kith/model.h>

#ifndef KITH_CHECK_HEADERS_
#pragma GCC system_header /* the installed header lives where this is implied */
#endif

KITH_BEGIN_

kith_session  *kith_session_open(kith_database *);          /* with an error set when there is no connection; NULL: no memory */
void           kith_session_close(kith_session *);          /* rolls back; frees every object that it handed out */
void           kith_clear(kith_session *);                  /* the same, and the session goes on */

/* Holds one snapshot from now to the next commit or rollback, for reads that must agree with each other, or for many small
 * ones on SQLite, which are several times faster so. Without it a read holds nothing between calls. A write that finds the
 * snapshot outdated is KITH_RETRY. */
int kith_begin(kith_session *);
int kith_flush(kith_session *);
int kith_commit(kith_session *);
int kith_rollback(kith_session *);          /* written fields get their old values back; new objects are nobody's, their key 0 */
int kith_savepoint(kith_session *);         /* they nest */
int kith_savepoint_keep(kith_session *);    /* the innermost */
int kith_savepoint_undo(kith_session *);    /* the innermost, and the error that came after it */

/* What the reads of one transaction see, from its first statement to its end. KITH_READ_COMMITTED, as every session begins: each call sees
 * what is committed then. KITH_REPEATABLE_READ: all see one moment, as if kith_begin came before the first. KITH_SERIALIZABLE: and the
 * transaction is as if no other ran beside it. What the engine cannot give in the end is KITH_RETRY, which kith_transaction takes care of.
 * SQLite: the two are the same, for there is one writer at a time. Said while no transaction is open, else KITH_MISUSE. */
typedef enum kith_isolation { KITH_READ_COMMITTED, KITH_REPEATABLE_READ, KITH_SERIALIZABLE } kith_isolation;
void kith_session_isolation(kith_session *, kith_isolation);

/* Runs work in a session of its own and commits. After a deadlock, a serialization failure or KITH_STALE, runs it again
 * in a fresh session. What work returns, when not 0, rolls back and is returned. */
int kith_transaction(kith_database *, int (*work)(kith_session *, void *arg), void *arg);

/* Switches, all on in a new session. Autoflush: a query first writes what is pending. Lazy loads: refused, a relationship that
 * no query brought along is KITH_MISUSE, so that a test finds the missing .load. */
void kith_session_autoflush(kith_session *, bool on);
void kith_session_lazy_loads(kith_session *, bool on);

/* How many statements that read or write rows the session has sent (not BEGIN, COMMIT, SAVEPOINT, PRAGMA). */
int64_t kith_statement_count(const kith_session *);
/* Called after every statement with its text, its values (borrowed for the call) and what it took. NULL: none. */
typedef void (*kith_log)(void *arg, const char *sql, const kith_value *values, size_t count, int64_t nanoseconds);
void kith_session_log(kith_session *, kith_log, void *arg);

KITH_END_

#endif /* KITH_SESSION_H */
