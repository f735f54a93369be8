/*
 * A database: a pool of connections and the models that live in it.
 *
 * Ownership: the handle is the caller's, until kith_close.
 * Errors: kith_open's stays on the handle; of the others a session can say why, and a handle, which threads share, gives a status alone.
 * Threads: any, at any time; kith_close when no other uses it.
 * Manual: 11-memory-and-threads
 */
#ifndef KITH_DATABASE_H
#define KITH_DATABASE_H

#include <kith/error.h>
#include <kith/model.h>

#ifndef KITH_CHECK_HEADERS_
#pragma GCC system_header /* the installed header lives where this is implied */
#endif

KITH_BEGIN_

/* Checks the models, all mistakes at once, and opens the database: "sqlite:///raccoons.db?journal=wal", "sqlite://" in memory. The models end
 * with NULL, as KITH_MODELS(…) does.
 *   kith_database *database = kith_open("sqlite:///raccoons.db", KITH_MODELS(Business, Raccoon, Trashcan));
 * Ownership: the handle is the caller's, until kith_close, also where opening failed; the models are borrowed until then, the URL is copied.
 * Errors: kith_error_of(database): KITH_CONFIG of models or URL, each mistake linked to the one before by next; KITH_IO of the file. NULL: no
 * memory. A session opened on it says the same. */
kith_database *kith_open(const char *url, const kith_model_function models[]);

/* Closes its connections. Its sessions must be closed before. NULL: nothing.
 * Errors: none. */
void kith_close(kith_database *);

/* The models' tables, without migrations: for tests and first steps. Of a database, or of a session, which can say why it failed.
 *   if (kith_create_all(session)) fprintf(stderr, "%s\n", kith_error_of(session)->message);
 * kith_create_all makes those that are not there, parents first, and leaves the others as they are; kith_drop_all drops them, children first, with
 * all their rows, and leaves tables of nobody's. Either does all of it or nothing, on a connection of its own.
 * Errors: returns KITH_OK or a status: KITH_MISUSE where there is no database, KITH_IO, KITH_BUSY: also where the session has written what it has
 * not committed. A session carries the error; of a database there is the status alone. */
#define kith_create_all(handle) _Generic((handle), \
    kith_database *: kith_database_create_all, kith_session *: kith_session_create_all)(handle)
#define kith_drop_all(handle) _Generic((handle), \
    kith_database *: kith_database_drop_all, kith_session *: kith_session_drop_all)(handle)

/* What those two are of either handle. */
int kith_database_create_all(kith_database *);
int kith_database_drop_all(kith_database *);
int kith_session_create_all(kith_session *);
int kith_session_drop_all(kith_session *);

KITH_END_

#endif /* KITH_DATABASE_H */
