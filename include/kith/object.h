/*
 * Objects: made, read, written, related, deleted. See kith/session.h for how long they live.
 */
#ifndef KITH_OBJECT_H
#define KITH_OBJECT_H

#include <kith/session.h>

#ifndef KITH_CHECK_HEADERS_
#pragma GCC system_header /* the installed header lives where this is implied */
#endif

KITH_BEGIN_

typedef enum kith_state { KITH_TRANSIENT, KITH_PENDING, KITH_PERSISTENT, KITH_DELETED, KITH_DETACHED } kith_state;
kith_state  kith_state_of(const void *object);
const char *kith_describe(const void *object);      /* "<Raccoon 7, dirty: name>"; also for a debugger's command line */

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
/* An object that is nobody's (kith_state_of says KITH_TRANSIENT, KITH_DELETED or KITH_DETACHED) into the session: the first two
 * will be inserted, the last is its row's again. With it comes what its relationships reach. */
int  kith_attach(kith_session *, const void *object);

#ifndef __cplusplus

#define KITH_OFFSET_(obj, field) offsetof(__typeof__(*(obj)), field)

/* an initialiser's list, 0 where it is empty */
#define KITH_INIT_(...)               KITH_INIT_CHOOSE_(__VA_OPT__(GIVEN_))(__VA_ARGS__)
#define KITH_INIT_CHOOSE_(given)      KITH_INIT_PASTE_(given)
#define KITH_INIT_PASTE_(given)       KITH_INIT_NONE_OR_##given
#define KITH_INIT_NONE_OR_(...)       0
#define KITH_INIT_NONE_OR_GIVEN_(...) __VA_ARGS__

/* A new object of the session's, pending until the next flush. Texts and blobs are copied. kith_add: from a struct that the
 * program filled; its to-many fields are not looked at. */
#define kith_new(session, ...)      KITH_NEW_(session, __VA_ARGS__, )
#define kith_add(session, M, from)  ((const M *)kith_add_((session), kith_model_of_##M(), ((const M *){ (from) })))
/* By primary key: kith_get(session, Raccoon, .id = 7). From the identity map where it is there. NULL, and no error: none. */
#define kith_get(session, ...)      KITH_GET_(session, __VA_ARGS__, )
#define KITH_NEW_(session, M, ...)  ((const M *)kith_add_((session), kith_model_of_##M(), &(const M){ KITH_INIT_(__VA_ARGS__) }))
#define KITH_GET_(session, M, ...)  ((const M *)kith_get_((session), kith_model_of_##M(), &(const M){ KITH_INIT_(__VA_ARGS__) }))

#define kith_set(obj, field, v) \
    (KITH_OBJECT_(obj), KITH_FITS_((obj)->field, v), \
     kith_set_((obj), KITH_OFFSET_(obj, field), KITH_VALUE(v)))
#define kith_set_null(obj, field) \
    (KITH_OBJECT_(obj), kith_set_((obj), KITH_OFFSET_(obj, field), (kith_value){ .type = KITH_TYPE_OBJECT }))
/* For a form: copy the object, edit the copy, then assign it, or forget it. Sets every column (not the key, not relationships)
 * that differs. A copy whose .version is not the object's any more is KITH_STALE. */
#define kith_assign(obj, from) (KITH_OBJECT_(obj), kith_assign_((obj), ((const __typeof__(*(obj)) *){ (from) })))
#define kith_delete(obj)  (KITH_OBJECT_(obj), kith_delete_(obj))
#define kith_refresh(obj) (KITH_OBJECT_(obj), kith_refresh_(obj))      /* reads its row anew, now */
#define kith_expire(obj)  (KITH_OBJECT_(obj), kith_expire_(obj))       /* the next query, kith_get or kith_many reads it anew */
#define kith_detach(obj)  (KITH_OBJECT_(obj), kith_detach_(obj))       /* out of the session, with what it knows; nothing is written */

/* Relationships. The first read loads them, for every sibling that came with the object in one query. NULL's are none. */
#define kith_one(obj, field)  ((__typeof__((obj)->field.object_))kith_one_((obj), KITH_OFFSET_(obj, field)))
#define kith_many(obj, field) (*(__typeof__((obj)->field.list_))kith_many_((obj), KITH_OFFSET_(obj, field)))
/* A proxy that ends at a column: where its value lies, in the object between; NULL where there is none. The field itself is never filled. */
#define kith_through(obj, field) ((const __typeof__((obj)->field) *)kith_one_((obj), KITH_OFFSET_(obj, field)))
#define KITH_ITEM_(obj, field, item) (KITH_OBJECT_(obj), KITH_OBJECT_(item), \
    KITH_CLAIM_(KITH_IS_A_(item, *(obj)->field.list_->items), "kith: this relationship takes an object of its own model, from a session (those are const)"))
#define kith_append(obj, field, item) \
    (KITH_ITEM_(obj, field, item), kith_append_((obj), KITH_OFFSET_(obj, field), kith_of_object(item)))
#define kith_remove(obj, field, item) \
    (KITH_ITEM_(obj, field, item), kith_remove_((obj), KITH_OFFSET_(obj, field), kith_of_object(item)))

/* A loop over a list, which is read once; break, continue and return work, and so do append, remove and delete inside it. */
#define kith_each(M, var, list) \
    for (kith_list_of_##M var##_in_ = (list); var##_in_.items; var##_in_.items = NULL) \
        for (const M *var, *const *var##_at_ = var##_in_.items, *const *const var##_end_ = var##_at_ + var##_in_.count; \
             var##_at_ < var##_end_ && (var = *var##_at_); var##_at_++)

#endif

KITH_END_

#endif /* KITH_OBJECT_H */
