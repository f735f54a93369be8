/*
 * Objects: made, read, written, related, deleted.
 *
 * Ownership: an object is its session's, readable at one address until kith_clear or kith_session_close, whatever becomes of its row. Texts,
 * blobs and lists read from it stay as they were read until the next commit, rollback, clear or close. What is given in is copied.
 * Errors: on the object's session, where the first stays: KITH_MISUSE where a rule is broken, KITH_RANGE where a value does not fit. A NULL
 * object is none: nothing is done, and NULL or an empty list given.
 * Threads: one at a time, with the session.
 * Manual: 7-sessions
 */
#ifndef KITH_OBJECT_H
#define KITH_OBJECT_H

#include <kith/session.h>

#ifndef KITH_CHECK_HEADERS_
#pragma GCC system_header /* the installed header lives where this is implied */
#endif

KITH_BEGIN_

/* Transient: nobody's, as after a rollback. Pending: to be inserted. Persistent: it has a row. Deleted: its row is gone, or goes at the next flush. Detached: out of its
 * session, readable, no longer written.
 * Errors: none; NULL is transient. */
typedef enum kith_state { KITH_TRANSIENT, KITH_PENDING, KITH_PERSISTENT, KITH_DELETED, KITH_DETACHED } kith_state;
kith_state kith_state_of(const void *object);

/* An object in a few words, for logs and for a debugger's command line: "<Raccoon 7, dirty: name>". Asks the database nothing and changes nothing.
 * Ownership: the text is the session's, until the next commit, rollback, clear or close.
 * Errors: none; works while an error stands. */
const char *kith_describe(const void *object);

const void *kith_add_(kith_session *, const kith_model *, const void *values);
const void *kith_get_(kith_session *, const kith_model *, const void *key);
void kith_assign_(const void *object, const void *values);
void kith_set_(const void *object, size_t offset, kith_value);
void kith_append_(const void *object, size_t offset, kith_value);
void kith_remove_(const void *object, size_t offset, kith_value);
const void *kith_one_(const void *object, size_t offset);
const void *kith_many_(const void *object, size_t offset);
void kith_delete_(const void *object);
void kith_refresh_(const void *object);
void kith_expire_(const void *object);
void kith_detach_(const void *object);
const void *kith_as_(const void *object, const kith_model *);

/* An object that is nobody's (kith_state_of says KITH_TRANSIENT, KITH_DELETED or KITH_DETACHED) into the session: the first two
 * will be inserted, the last is its row's again. With it comes what its relationships reach. What was deleted has empty lists, and is in those
 * of its owners that are still there.
 * Errors: returns 0 or a status: KITH_MISUSE of an object of another session, or where its row is another object already. */
int kith_attach(kith_session *, const void *object);

#ifndef __cplusplus

#define KITH_OFFSET_(obj, field) offsetof(__typeof__(*(obj)), field)

/* an initialiser's list, 0 where it is empty */
#define KITH_INIT_(...)               KITH_INIT_CHOOSE_(__VA_OPT__(GIVEN_))(__VA_ARGS__)
#define KITH_INIT_CHOOSE_(given)      KITH_INIT_PASTE_(given)
#define KITH_INIT_PASTE_(given)       KITH_INIT_NONE_OR_##given
#define KITH_INIT_NONE_OR_(...)       0
#define KITH_INIT_NONE_OR_GIVEN_(...) __VA_ARGS__

/* A new object of the session's, pending until the next flush. A member that is zero is not given: .on_insert, .server_default, then the zero.
 * kith_add: from a struct that the program filled; its to-many fields are not looked at.
 *   const Trashcan *can = kith_new(session, Trashcan, .street = "Oak Street", .raccoon = { rocky });
 *   const Raccoon *made = kith_add(session, Raccoon, &form);
 * Errors: NULL, and an error on the session. */
#define kith_new(session, ...)      KITH_NEW_(session, __VA_ARGS__, )
#define kith_add(session, M, from)  ((const M *)kith_add_((session), kith_model_of_##M(), ((const M *){ (from) })))

/* By primary key, of every part of it. From the identity map where it is there, else by one statement.
 *   const Raccoon *rocky = kith_get(session, Raccoon, .id = 7);
 * Errors: NULL and no error: there is none. NULL and an error: KITH_MISUSE of a member that is no key, or what the database says. */
#define kith_get(session, ...)      KITH_GET_(session, __VA_ARGS__, )

#define KITH_NEW_(session, M, ...)  ((const M *)kith_add_((session), kith_model_of_##M(), &(const M){ KITH_INIT_(__VA_ARGS__) }))
#define KITH_GET_(session, M, ...)  ((const M *)kith_get_((session), kith_model_of_##M(), &(const M){ KITH_INIT_(__VA_ARGS__) }))

/* A field of an object: a column, a relationship to one, a proxy. The other side of a relationship follows at once; the row at the next flush.
 *   kith_set(rocky, name, "Dan");
 *   kith_set(can, raccoon, rocky);
 * Errors: KITH_RANGE of a value that does not fit, KITH_MISUSE of an object of another session or one that is deleted; the field stays as it was. */
#define kith_set(obj, field, v) \
    (KITH_OBJECT_(obj), KITH_FITS_((obj)->field, v), \
     kith_set_((obj), KITH_OFFSET_(obj, field), KITH_VALUE(v)))
#define kith_set_null(obj, field) \
    (KITH_OBJECT_(obj), kith_set_((obj), KITH_OFFSET_(obj, field), (kith_value){ .type = KITH_TYPE_OBJECT }))

/* For a form: copy the object, edit the copy, then assign it, or forget it. Sets every column (not the key, not relationships) that differs.
 *   Raccoon form = *rocky;
 *   form.name = "Dan";
 *   kith_assign(rocky, &form);
 * Errors: KITH_STALE where the copy's .version is not the object's any more; what is refused of kith_set. */
#define kith_assign(obj, from) (KITH_OBJECT_(obj), kith_assign_((obj), ((const __typeof__(*(obj)) *){ (from) })))

/* Its row goes at the next flush; what becomes of its children the relationships' .cascade says. A pending one is not written at all, and
 * neither is what is pending and would be deleted with it.
 * Errors: KITH_MISUSE of an object that is in no session. */
#define kith_delete(obj)  (KITH_OBJECT_(obj), kith_delete_(obj))

/* kith_refresh reads the row anew, now, and what was written and not flushed is forgotten, also of what a refresh-expire in .cascade reaches;
 * kith_expire leaves it to the next query, kith_get or kith_many that meets the object.
 * Errors: of kith_refresh KITH_STALE where the row is not there any more, KITH_MISUSE of an object without one. */
#define kith_refresh(obj) (KITH_OBJECT_(obj), kith_refresh_(obj))
#define kith_expire(obj)  (KITH_OBJECT_(obj), kith_expire_(obj))

/* Out of the session, with what it knows; nothing of it is written any more. kith_attach brings it back, and what was written to it and not
 * flushed is then sent.
 * Ownership: the struct stays the session's.
 * Errors: KITH_NO_MEMORY of an object that was written to, KITH_MISUSE of one whose key was changed and is not flushed (or of one that would go
 * along with it): it stays. */
#define kith_detach(obj)  (KITH_OBJECT_(obj), kith_detach_(obj))

/* An object of a model that others inherit from, as one of those; its base lies first in it: &engineer->worker.
 *   const Engineer *engineer = kith_as(Engineer, worker);
 * Errors: NULL: it is of another model. */
#define kith_as(M, obj) ((const M *)kith_as_((obj), kith_model_of_##M()))

/* Relationships. The first read loads them, for every sibling that came with the object in one query; later ones cost nothing. kith_one gives the
 * object or NULL, kith_many a list, which never changes: it is what was there when it was read.
 *   kith_each(Trashcan, can, kith_many(rocky, trashcans)) …
 * Errors: NULL or an empty list, and an error on the session: what the database says, or KITH_MISUSE where lazy loads are refused. */
#define kith_one(obj, field)  ((__typeof__((obj)->field.object_))kith_one_((obj), KITH_OFFSET_(obj, field)))
#define kith_many(obj, field) (*(__typeof__((obj)->field.list_))kith_many_((obj), KITH_OFFSET_(obj, field)))

/* A proxy that ends at a column: where its value lies, in the object between; NULL where there is none. The field itself is never filled.
 *   const char *const *plate = kith_through(driver, plate);
 * Ownership: the place is the object between's: read it at once. */
#define kith_through(obj, field) ((const __typeof__((obj)->field) *)kith_one_((obj), KITH_OFFSET_(obj, field)))

#define KITH_ITEM_(obj, field, item) (KITH_OBJECT_(obj), KITH_OBJECT_(item), \
    KITH_CLAIM_(KITH_IS_A_(item, *(obj)->field.list_->items), "kith: this relationship takes an object of its own model, from a session (those are const)"))

/* Into a to-many relationship or proxy, or out of it. The other side follows at once, without loading anything; the rows at the next flush. Through
 * a proxy kith_append makes the object between, and kith_remove takes it out of its list.
 * Errors: KITH_MISUSE of NULL, of an object of another session, of one that is not in the list. */
#define kith_append(obj, field, item) \
    (KITH_ITEM_(obj, field, item), kith_append_((obj), KITH_OFFSET_(obj, field), kith_of_object(item)))
#define kith_remove(obj, field, item) \
    (KITH_ITEM_(obj, field, item), kith_remove_((obj), KITH_OFFSET_(obj, field), kith_of_object(item)))

/* A loop over a list, which is read once; break, continue and return work, and so do append, remove and delete inside it.
 *   kith_each(Raccoon, raccoon, kith_all(session, Raccoon)) puts(raccoon->name);
 * Errors: none of its own; the list of a session with an error is empty. */
#define kith_each(M, var, list) \
    for (kith_list_of_##M var##_in_ = (list); var##_in_.items; var##_in_.items = NULL) \
        for (const M *var, *const *var##_at_ = var##_in_.items, *const *const var##_end_ = var##_at_ + var##_in_.count; \
             var##_at_ < var##_end_ && (var = *var##_at_); var##_at_++)

#endif

KITH_END_

#endif /* KITH_OBJECT_H */
