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
 * bound when the session closes goes to the nursery, detached, and stays readable there: what was outdated then says so for ever.
 *
 * Threads: as the session or nursery that they are called for, one at a time.
 */
#ifndef KITH_SYS_MODEL_H
#define KITH_SYS_MODEL_H

#include <kith/database.h>
#include <kith/object.h>
#include <kith/session.h>
#include <kith/value.h>

#ifndef KITH_CHECK_HEADERS_
#pragma GCC system_header /* the installed header lives where this is implied */
#endif

KITH_BEGIN_

/* What a column is in its table (kith_attribute's in_table). 0: what the member's C type says. */
typedef enum kith_sys_type {
    KITH_SYS_BOOLEAN = 1, KITH_SYS_SMALLINT, KITH_SYS_INTEGER, KITH_SYS_BIGINT, KITH_SYS_REAL, KITH_SYS_DOUBLE, KITH_SYS_TEXT, KITH_SYS_VARCHAR,
    KITH_SYS_BLOB, KITH_SYS_DATE, KITH_SYS_TIME, KITH_SYS_TIMESTAMP, KITH_SYS_TIMESTAMPTZ, KITH_SYS_UUID, KITH_SYS_JSON, KITH_SYS_NUMERIC
} kith_sys_type;

/* kith_open with `count` models that were built at run time. They are borrowed, with all that they point to, until kith_close. */
kith_database *kith_sys_open(const char *url, const kith_model *const *models, size_t count);
/* The models alone, resolved and checked: for nurseries, and for kith_sys_with. */
kith_database *kith_sys_models(const kith_model *const *models, size_t count);
/* The engine of one handle with the models of another; both are borrowed until kith_close, so the two outlive what is made of them. An
 * engine keeps statements by the models they are of: close it before them. NULL: no memory. */
kith_database *kith_sys_with(kith_database *engine, kith_database *models);

/* A nursery, closed by kith_session_close after every session that sweeps into it. NULL: no memory. */
kith_session *kith_sys_nursery_open(kith_database *);
/* A new object in the nursery, KITH_TRANSIENT: the struct is copied with its texts. NULL: an error is set on the nursery. */
const void *kith_sys_new(kith_session *nursery, const kith_model *, const void *values);

/* The binding's own pointer of an object, which objects of handles that kith_sys_open and kith_sys_models made have room for. Setting NULL lets the object go: its struct may be freed by any later call on its session. */
void  kith_sys_bind(const void *object, void *binding);
void *kith_sys_binding(const void *object);
/* How far behind the beginning of the model's structs it lies, where it may be read: for bindings that know what they have. 0: no room. */
size_t kith_sys_binding_at(const kith_database *, const kith_model *);

/* From now on the session lets go of what nothing reaches: at commit, at rollback, and when its pages have doubled since the last
 * time (from 4 MiB), which a call that loads finds out before it loads. Said before the session has any object, else KITH_MISUSE. `nursery` takes what is still bound when the session closes. */
void   kith_sys_session_sweeps(kith_session *, kith_session *nursery);
void   kith_sys_sweep(kith_session *);                      /* now */
size_t kith_sys_session_bytes(const kith_session *);        /* of its pages */

/* May the struct of the object be read as it is? Asks nothing. A session that another thread works with is busy: nothing of it may be
 * looked at. */
typedef enum kith_sys_look { KITH_SYS_CURRENT = 0, KITH_SYS_OUTDATED = 1, KITH_SYS_BUSY = 2 } kith_sys_look;
kith_sys_look kith_sys_look_at(const void *object);
void kith_sys_session_busy(kith_session *, bool);
bool kith_sys_session_is_busy(const kith_session *);
/* A flush is under way, or an array is being inserted: a hook, or a function that gives a value, cannot close or clear the session now. */
bool kith_sys_session_is_flushing(const kith_session *);
/* After a commit or rollback objects stay as they are until a query or kith_sys_fresh meets them: they are not said to be outdated then.
 * What was expired by name is. */
void kith_sys_session_keeps(kith_session *, bool);
/* Makes an outdated object current, with its outdated siblings, in one statement; what a binding calls before it reads. 0, or a status. */
int kith_sys_fresh(const void *object);
/* kith_expire, and what was written and not flushed is forgotten. */
void kith_sys_expire(const void *object);
/* The same of one member: what was written to the others stays, and all columns are read anew. */
void kith_sys_forget(const void *object, size_t offset);
/* The session the object belongs to, a nursery too; NULL: it is not one that kith handed out. */
kith_session *kith_sys_session_of(const void *object);
const kith_model *kith_sys_model_of(const void *object);    /* NULL as well */
/* The binding's own pointer of a session. */
void  kith_sys_session_bind(kith_session *, void *binding);
void *kith_sys_session_binding(const kith_session *);

/* The two ends of a relationship into the memory of one session, as its change would bring them: nothing is asked, nothing related. For a
 * binding whose sessions share a nursery and do not hold its lock while they work. */
void kith_sys_meet(const void *object, size_t offset, const void *other);
/* Makes a to-many relationship this list, in this order: what is new is appended, what is left out removed, the rest stays. 0, or a status. */
int kith_sys_arrange(const void *object, size_t offset, const void *const *items, size_t count);
/* Says what a query of the binding's own has found to be related: the relationship counts as loaded and holds it, with what was changed since
 * and is not written; nothing is told to the other side. One item at most where it is to one. 0, or a status. */
int kith_sys_place(const void *object, size_t offset, const void *const *items, size_t count);
/* Whether a relationship is loaded, so that reading it asks nothing; a column always is. */
bool kith_sys_is_loaded(const void *object, size_t offset);
/* The to-many is the program's own: it has set it, or looked at it; else the other sides of its items alone may have filled it. A binding's mark,
 * without a meaning to the library. false: it has none, or no memory for one. */
bool kith_sys_claim(const void *object, size_t offset);
bool kith_sys_is_claimed(const void *object, size_t offset);
/* As kith_state_of, but for an object that is to be deleted: it is persistent until the flush does it. */
kith_state kith_sys_state_of(const void *object);
/* It was deleted, and that was committed: it belongs to the session's memory alone. */
bool kith_sys_is_gone(const void *object);
/* A column of an object that has no row yet counts as not given, whatever was written to it before: what fills it by itself does. */
void kith_sys_not_given(const void *object, size_t offset);
/* Was the member of a persistent object written since the last flush, to something else? */
bool kith_sys_is_changed(const void *object, size_t offset);
/* Was the column written since the last flush, be it to what it was? Then it may be read though the object is outdated. */
bool kith_sys_is_written(const void *object, size_t offset);
/* A column's value from before that; as it is, when it was not written. */
kith_value kith_sys_value_before(const void *object, size_t offset);
kith_value kith_sys_value(const void *object, size_t offset);

/* The objects of a session: the new, the written, those that are to be deleted, all that have a row. Gives how many there are, and
 * the first `room` of them. */
typedef enum kith_sys_which { KITH_SYS_NEW, KITH_SYS_DIRTY, KITH_SYS_DOOMED, KITH_SYS_ALL } kith_sys_which;
size_t kith_sys_objects(kith_session *, kith_sys_which, const void **out, size_t room);

/* From now on the session's transaction is the other's, and that of those that share the other's: they have one connection, and a commit,
 * rollback or savepoint of one is one of all. Both are of the same engine (kith_sys_with), with whatever models, and one thread at a time works
 * with all of them. Said before anything is done with the session, else KITH_MISUSE. Who is closed leaves the transaction to the others. */
int kith_sys_session_joins(kith_session *, kith_session *other);

/* Called before a flush that has something to write begins, and after it; the first may change objects. A status other than 0 is the
 * flush's. */
typedef int (*kith_sys_hook)(kith_session *, void *arg, bool after);
void kith_sys_session_hook(kith_session *, kith_sys_hook, void *arg);
/* What a binding's own function, called by the library, makes of its failure. */
int kith_sys_fail(kith_session *, int status, const char *code, const char *message);

KITH_END_

#endif /* KITH_SYS_MODEL_H */
