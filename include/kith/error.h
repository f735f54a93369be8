/*
 * What went wrong, where, and what to do next.
 *
 * Ownership: an error and its texts are the handle's. They stay readable, also after a rollback, until the session's next failure, clear
 * or close; a database's until kith_close.
 * Errors: none; these calls work while an error stands. Of a NULL handle the status is KITH_MISUSE.
 * Threads: as the handle: a database's error never changes, a session is used by one thread at a time.
 * Manual: 10-errors
 */
#ifndef KITH_ERROR_H
#define KITH_ERROR_H

#include <kith/types.h>

#ifndef KITH_CHECK_HEADERS_
#pragma GCC system_header /* the installed header lives where this is implied */
#endif

KITH_BEGIN_

/* The kinds of failures; docs/manual/10-errors.md says what becomes of the transaction. The first stays on its session: after it every call does
 * nothing and returns NULL, an empty list, or -1 for a number, so a program may check once, at its commit. kith_rollback (or kith_savepoint_undo,
 * for what came after the savepoint) clears it. A database handle carries only why kith_open failed: one thread's trouble is never another's. */
typedef enum kith_status {
    KITH_OK = 0, KITH_ERROR = 1, KITH_MISUSE = 2, KITH_NO_MEMORY = 3, KITH_CONNECTION = 4, KITH_CONSTRAINT = 5,
    KITH_STALE = 6,                 /* .version: another session changed the row first */
    KITH_NOT_FOUND = 7, KITH_NOT_UNIQUE = 8, KITH_BUSY = 9, KITH_SCHEMA = 10, KITH_RANGE = 11, KITH_CONFIG = 12,
    KITH_RETRY = 13, KITH_CANCELLED = 14, KITH_IO = 15, KITH_REFUSED = 16
} kith_status;

/* What went wrong: for a person the message and the hint, for a program the rest. */
typedef struct kith_error kith_error;
struct kith_error {
    int         status;             /* a kith_status; the calls that return one return an int too */
    const char *code;               /* a stable word for the case: "config.no_foreign_key" */
    const char *message;            /* a whole sentence, naming model, attribute and value where there are any */
    const char *hint;               /* what to do about it, or NULL */
    const char *model, *attribute, *constraint;     /* for a program to act on, or NULL */
    const void *object;                             /* the one that could not be written, or NULL */
    const char *sql, *sqlstate;     /* what the database was asked and answered, or NULL */
    const kith_error *next;         /* of configuration errors, which come all at once */
};

/* Never NULL: status is KITH_OK when all is well. */
const kith_error *kith_database_error(const kith_database *);
const kith_error *kith_session_error(const kith_session *);

/* The status alone: KITH_OK, 0, when all is well. */
int kith_database_status(const kith_database *);
int kith_session_status(const kith_session *);

/* Forgets an error whose transaction stands: kith_only found none, a value was out of range, rows that were not flushed broke a
 * constraint. Any other is forgotten by kith_rollback alone. */
void kith_error_clear(kith_session *);

/* The same of either handle: kith_error_of(session)->message, if (kith_status_of(session)) */
#define kith_error_of(handle) _Generic((handle), \
    kith_database *: kith_database_error, kith_session *: kith_session_error)(handle)
#define kith_status_of(handle) _Generic((handle), \
    kith_database *: kith_database_status, kith_session *: kith_session_status)(handle)

KITH_END_

#endif /* KITH_ERROR_H */
