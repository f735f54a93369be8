/*
 * A session: one unit of work with its identity map.
 *
 * Ownership: the session is the caller's, until kith_session_close; every object, list and text that it hands out is the session's.
 * Errors: the first stays on the session (kith_error_of); after it every call does nothing and returns that error's status, until kith_rollback.
 * Threads: one at a time; a session may move between threads.
 * Manual: 7-sessions
 */
#ifndef KITH_SESSION_H
#define KITH_SESSION_H

#include <kith/error.h>
#include <kith/model.h>

#ifndef KITH_CHECK_HEADERS_
#pragma GCC system_header /* the installed header lives where this is implied */
#endif

KITH_BEGIN_

/* A session for a piece of work: a request, a command, a job. It takes a connection when it first needs one, and gives it back at its end.
 * Errors: on the session: kith_open's own when the database did not open, KITH_BUSY when there is no connection to be had. NULL: no memory.
 * Threads: any. */
kith_session *kith_session_open(kith_database *);

/* Rolls back what is not committed. Of kith_session_close that is all; kith_clear leaves the session as if it were opened anew.
 * Ownership: frees every object, list, text and filter that the session handed out.
 * Errors: none; the one that stands is forgotten. NULL: nothing. */
void kith_session_close(kith_session *);
void kith_clear(kith_session *);

/* Holds one snapshot from now to the next commit or rollback, for reads that must agree with each other, or for many small
 * ones on SQLite, which are several times faster so. Without it a read holds nothing between calls. A write that finds the
 * snapshot outdated is KITH_RETRY. */
int kith_begin(kith_session *);

/* kith_flush sends what is pending, in an order that keeps foreign keys: a program needs it for a generated key before the commit, or to meet a
 * constraint earlier. kith_commit flushes, and makes it last.
 * Ownership: after a commit lists and texts that were read before are over; objects stay, and are read anew by the next query that meets them.
 * Errors: returns 0, or the status of the first thing that failed since the last commit: KITH_CONSTRAINT, KITH_STALE, KITH_BUSY, KITH_IO … A
 * flush that fails is rolled back whole, and the session waits for kith_rollback. */
int kith_flush(kith_session *);
int kith_commit(kith_session *);

/* Takes back everything since the last commit, and the error: written fields get their old values, both sides of relationships are as they were,
 * new objects are nobody's with their generated key 0, deleted ones are back.
 * Ownership: lists and texts that were read before are over; objects stay.
 * Errors: returns 0, or why the database could not roll back; the connection is then given up. */
int kith_rollback(kith_session *);

/* A part of a transaction that can be taken back alone; they nest. kith_savepoint flushes what is pending and begins one, kith_savepoint_keep ends
 * the innermost, kith_savepoint_undo takes back what came after it, in the database and in memory, and the error that came after it.
 * Ownership: lists and texts that were read stay until the transaction is over, also those from behind a savepoint that is undone.
 * Errors: returns 0 or a status; KITH_MISUSE where no savepoint is open. */
int kith_savepoint(kith_session *);
int kith_savepoint_keep(kith_session *);
int kith_savepoint_undo(kith_session *);

/* What the reads of one transaction see, from its first statement to its end. KITH_READ_COMMITTED, as every session begins: each call sees
 * what is committed then. KITH_REPEATABLE_READ: all see one moment, as if kith_begin came before the first. KITH_SERIALIZABLE: and the
 * transaction is as if no other ran beside it. What the engine cannot give in the end is KITH_RETRY, which kith_transaction takes care of.
 * SQLite: the two are the same, for there is one writer at a time.
 * Errors: KITH_MISUSE where a transaction is open. */
typedef enum kith_isolation { KITH_READ_COMMITTED, KITH_REPEATABLE_READ, KITH_SERIALIZABLE } kith_isolation;
void kith_session_isolation(kith_session *, kith_isolation);

/* Runs work in a session of its own and commits. After a deadlock, a serialization failure or KITH_STALE, runs it again
 * in a fresh session, five times with growing waits. What work returns, when not 0, rolls back and is returned.
 * Ownership: the session is kith's, and over when the call returns, with its objects and its error; arg is the caller's.
 * Errors: returns 0, what work returned, or the status of what failed.
 * Threads: any. */
int kith_transaction(kith_database *, int (*work)(kith_session *, void *arg), void *arg);

/* Switches, all on in a new session. Autoflush: a query first writes what is pending. Lazy loads: refused, a relationship that
 * no query brought along is KITH_MISUSE, so that a test finds the missing .load.
 * Errors: none. */
void kith_session_autoflush(kith_session *, bool on);
void kith_session_lazy_loads(kith_session *, bool on);

/* How many statements that read or write rows the session has sent (not BEGIN, COMMIT, SAVEPOINT, PRAGMA).
 * Errors: none; also while one stands. */
int64_t kith_statement_count(const kith_session *);

/* A function that is called after every statement with its text, its values and the time it took. NULL: none.
 * Ownership: text and values are lent for the call; arg is the caller's.
 * Errors: none. */
typedef void (*kith_log)(void *arg, const char *sql, const kith_value *values, size_t count, int64_t nanoseconds);
void kith_session_log(kith_session *, kith_log, void *arg);

KITH_END_

#endif /* KITH_SESSION_H */
