/*
 * The header of objects, and the one table of the moves that their states may make.
 */
#include "session/session.h"

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
    [KITH_DETACHED]   = 1 << KITH_PERSISTENT | 1 << KITH_TRANSIENT,                             /* attached; its insert undone */
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

bool kith__objects_grow(kith_session *session, kith__objects *objects)
{
    return kith__grow(&objects->items, &objects->capacity, objects->count + 1, sizeof *objects->items) || kith__no_memory(session);
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

const void *kith_as_(const void *structure, const kith_model *model)
{
    const kith__object *object = kith__object_check(structure);
    const kith__mapper *mapper = object ? kith__mapper_of(kith__mapper_for(object)->models, model) : NULL;
    return mapper && kith__is_a(kith__mapper_for(object), mapper) ? structure : NULL;
}
