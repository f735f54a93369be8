/*
 * For authors of bindings: models built at run time, objects that are nobody's yet, and memory that follows the binding's own.
 *
 * A kith_model is data: a binding fills one (names, columns, offsets, relationships with .target_model) and opens a database with it;
 * nothing in the library asks where it came from. Objects are read and written by offset, by the functions of kith/object.h whose names
 * end in _ (kith_set_, kith_one_, kith_many_, kith_append_, …), which the macros for C programs call too.
 *
 * A nursery is a session without a connection: objects live in it that belong to no session, and join one later (kith_attach, or by
 * being related to an object of it). A session may let go of what nothing reaches: an object then lives as long as its binding
 * pointer is set, or it is new, changed or to be deleted, or one of these reaches it through loaded relationships. What is still
 * bound when the session closes goes to the nursery, detached, and stays readable there.
 *
 * Threads: as the session or nursery that they are called for, one at a time.
 */
#ifndef KITH_SYS_MODEL_H
#define KITH_SYS_MODEL_H

#include <kith/database.h>
#include <kith/object.h>
#include <kith/session.h>

#ifndef KITH_CHECK_HEADERS_
#pragma GCC system_header /* the installed header lives where this is implied */
#endif

KITH_BEGIN_

/* kith_open with `count` models that were built at run time. They are borrowed, with all that they point to, until kith_close. */
kith_database *kith_sys_open(const char *url, const kith_model *const *models, size_t count);

/* A nursery, closed by kith_session_close after every session that sweeps into it. NULL: no memory. */
kith_session *kith_sys_nursery_open(kith_database *);
/* A new object in the nursery, KITH_TRANSIENT: the struct is copied with its texts. NULL: an error is set on the nursery. */
const void *kith_sys_new(kith_session *nursery, const kith_model *, const void *values);

/* The binding's own pointer of an object. Setting NULL lets the object go: its struct may be freed by any later call on its session. */
void  kith_sys_bind(const void *object, void *binding);
void *kith_sys_binding(const void *object);

/* From now on the session lets go of what nothing reaches: at commit, at rollback, and when its pages have doubled since the last
 * time (from 4 MiB), which a call that loads finds out before it loads. Said before the session has any object, else KITH_MISUSE. `nursery` takes what is still bound when the session closes. */
void   kith_sys_session_sweeps(kith_session *, kith_session *nursery);
void   kith_sys_sweep(kith_session *);                      /* now */
size_t kith_sys_session_bytes(const kith_session *);        /* of its pages */

/* Makes an outdated object current, with its outdated siblings, in one statement; what a binding calls before it reads. 0, or a status. */
int kith_sys_fresh(const void *object);
/* The session the object belongs to, a nursery too; NULL: it is not one that kith handed out. */
kith_session *kith_sys_session_of(const void *object);

KITH_END_

#endif /* KITH_SYS_MODEL_H */
