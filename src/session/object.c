/*
 * The header of objects, and the one table of the moves that their states may make.
 */
#include "session/session.h"

#include <stdlib.h>

#if defined __clang__ || defined __GNUC__
#define MAY_READ_ANY_MEMORY __attribute__((no_sanitize("address")))
#endif

/* The 48 bytes before a struct that kith did not hand out may be anything; reading them is what tells. */
MAY_READ_ANY_MEMORY kith__object *kith__object_check(const void *structure)
{
    if (!structure || (uintptr_t)structure % _Alignof(kith__object))
        return NULL;
    kith__object *object = kith__header(structure);
    return object->check == kith__check_of(object) ? object : NULL;
}

kith__object *kith__object_ready(const void *structure)
{
    kith__object *object = kith__object_check(structure);
    return object && kith__session_for(object) && kith__ready(kith__session_for(object)) ? object : NULL;
}

/* rows: from; a bit per state: to */
static const uint8_t allowed[] = {
    [KITH_TRANSIENT]  = 1 << KITH_PENDING | 1 << KITH_PERSISTENT,                               /* added; loaded */
    [KITH_PENDING]    = 1 << KITH_PERSISTENT | 1 << KITH_TRANSIENT,                             /* inserted; expunged, rolled back */
    [KITH_PERSISTENT] = 1 << KITH_DELETED | 1 << KITH_DETACHED | 1 << KITH_PENDING,             /* deleted; detached; its insert undone */
    [KITH_DELETED]    = 1 << KITH_PERSISTENT | 1 << KITH_DETACHED | 1 << KITH_PENDING,          /* undone; outlives its session; added again */
    [KITH_DETACHED]   = 1 << KITH_PERSISTENT,                                                   /* attached */
};
static const char *const names[] = { "transient", "pending", "persistent", "deleted", "detached" };

bool kith__object_move(kith__object *object, kith_state to)
{
    if (allowed[object->state] >> to & 1) {
        object->state = (uint16_t)to;
        return true;
    }
    kith__misuse(kith__session_for(object), "object.state", object, "A %s that is %s cannot become %s.", kith__mapper_for(object)->name,
                 names[object->state], names[to]);
    return false;
}

kith_state kith_state_of(const void *structure)
{
    const kith__object *object = kith__object_check(structure);
    if (!object)
        return KITH_TRANSIENT;
    return object->flags & KITH__DOOMED ? KITH_DELETED : (kith_state)object->state;
}

bool kith__objects_add(kith_session *session, kith__objects *objects, kith__object *object)
{
    if (objects->count == objects->capacity && !kith__grow(&objects->items, &objects->capacity, objects->count + 1, sizeof *objects->items))
        return kith__no_memory(session);
    objects->items[objects->count++] = object;
    return true;
}

void kith__objects_drop(kith__objects *objects, const kith__object *object)
{
    for (size_t i = objects->count; i-- > 0;)
        if (objects->items[i] == object) {
            memmove(&objects->items[i], &objects->items[i + 1], (objects->count - i - 1) * sizeof *objects->items);
            objects->count--;
            return;
        }
}
