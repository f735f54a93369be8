/*
 * A session looked at from beside: its objects against the tables, both sides of its relationships against each other, and whether
 * anything is left under way in it. For the tests of faults.
 */
#ifndef KITH_TEST_MIRROR_H
#define KITH_TEST_MIRROR_H

#include "support.h"

#include "session/session.h"

/* All rows of all tables, as text, read by sqlite3 alone; the caller's to free. */
char *mirror_dump(const kith_database *);

/* Each takes what is said in front of its complaint. The session carries no error. */
/* No flush, load or transaction is under way: every set is empty, no object carries a flag, no statement is in use. */
void mirror_quiet(kith_session *, const char *when);
/* What the session's objects hold, without a statement being sent, is what their rows hold; each row has one object. */
void mirror_rows(kith_database *, kith_session *, const char *when);
/* The same, and every relationship, read through the session, leads where it leads in a session that knows nothing yet; and back. */
void mirror_all(kith_database *, kith_session *, const char *when);

/* What the connection has prepared was given back, and nothing else is open. The statements are gone afterwards. */
void mirror_statements(kith_session *, const char *when);

#endif
