/*
 * For bindings: what they ask of objects and sessions beside what programs do. sweep.c has what keeps their objects alive.
 */
#include "session/session.h"

#include <kith/sys/app.h>
#include <kith/sys/text.h>

#include <stdlib.h>

/* ---------------------------------------------------------------- may it be read */

kith_sys_look kith_sys_look_at(const void *structure)
{
    const kith__object *object = kith__header(structure);
    const kith_session *session = kith__session_for(object);
    if (atomic_load_explicit(&session->busy, memory_order_relaxed))
        return KITH_SYS_BUSY;
    if (object->state == KITH_DETACHED)
        return object->epoch ? KITH_SYS_CURRENT : KITH_SYS_OUTDATED;
    if (object->epoch == session->epoch || !kith__has_row(object))
        return KITH_SYS_CURRENT;
    return session->keeps && object->epoch ? KITH_SYS_CURRENT : KITH_SYS_OUTDATED;
}

void kith_sys_session_busy(kith_session *session, bool busy)
{
    for (kith_session *p = session; p; p = kith__partner(p, session))
        atomic_store_explicit(&p->busy, busy, memory_order_relaxed);
}

bool kith_sys_session_is_clean(const kith_session *session)
{
    if (!session)
        return true;
    size_t waiting = session->pending.count + session->dirty.count + session->doomed.count + session->touched.count + session->journal.count;
    return waiting == 0 && (!session->connection || kith__transaction_of(session->connection) != KITH__WRITING);
}

bool kith_sys_session_is_flushing(const kith_session *session) { return session && (session->flushing || session->asking); }

bool kith_sys_session_is_busy(const kith_session *session)
{
    return session && atomic_load_explicit(&session->busy, memory_order_relaxed);
}

void kith_sys_session_keeps(kith_session *session, bool keeps)
{
    if (session)
        session->keeps = keeps;
}

int kith_sys_fresh(const void *structure)
{
    kith__object *object = kith__object_ready(structure);
    if (!object)
        return KITH_MISUSE;
    if (kith__has_row(object) && kith__outdated(kith__session_for(object), object))
        kith__refresh_siblings(object);
    return kith__status(kith__session_for(object));
}

/* ---------------------------------------------------------------- what belongs to what */

kith_session *kith_sys_session_of(const void *structure)
{
    const kith__object *object = kith__object_check(structure);
    return object ? kith__session_for(object) : NULL;
}

const kith_model *kith_sys_model_of(const void *structure)
{
    const kith__object *object = kith__object_check(structure);
    return object ? kith__mapper_for(object)->model : NULL;
}

void kith_sys_session_bind(kith_session *session, void *binding)
{
    if (session)
        session->binding = binding;
}

void *kith_sys_session_binding(const kith_session *session) { return session ? session->binding : NULL; }

void kith_sys_session_hook(kith_session *session, kith_sys_hook hook, void *arg)
{
    if (session) {
        session->hook = hook;
        session->hook_arg = arg;
    }
}

/* ---------------------------------------------------------------- members */

kith_state kith_sys_state_of(const void *structure)
{
    const kith__object *object = kith__object_check(structure);
    return object ? (kith_state)object->state : KITH_TRANSIENT;
}

bool kith_sys_is_gone(const void *structure)
{
    const kith__object *object = kith__object_check(structure);
    return object && object->state == KITH_DELETED && object->flags & KITH__GONE;
}

static bool one_is_loaded(const kith__object *object, const kith__relation *relation)
{
    const kith_session *session = kith__session_for(object);
    const kith__one_member *one = kith__one_of(object, relation);
    bool known;
    if (!kith__has_row(object))
        return object->state != KITH_DETACHED || (one->link && (object->epoch || one->link == KITH__CHANGED));
    if (kith__outdated(session, object) && one->link != KITH__CHANGED)
        return false;
    const kith__object *found = kith__one_peek(object, relation, &known);
    return known && (!found || !kith__has_row(found) || !kith__outdated(session, found));
}

static const kith__relation *relation_at(const kith__object *object, size_t offset)
{
    kith__member member = object ? kith__member_at(kith__mapper_for(object), offset) : (kith__member){ .kind = KITH__NO_MEMBER };
    return member.kind == KITH__RELATION ? kith__mapper_for(object)->relations[member.index] : NULL;
}

bool kith_sys_is_loaded(const void *structure, size_t offset)
{
    const kith__object *object = kith__object_check(structure);
    const kith__relation *relation = relation_at(object, offset);
    if (!relation)
        return true;
    if (!relation->many)
        return one_is_loaded(object, relation);
    const kith_link *link = kith__link_peek(object, relation);
    return link ? kith__link_current(link) : !kith__has_row(object) && object->state != KITH_DETACHED;
}

static const kith__relation *list_at(const kith__object *object, size_t offset)
{
    const kith__relation *relation = relation_at(object, offset);
    return relation && relation->many ? relation : NULL;
}

bool kith_sys_claim(const void *structure, size_t offset)
{
    kith__object *object = kith__object_check(structure);
    const kith__relation *relation = list_at(object, offset);
    kith_link *link = relation ? kith__link_of(object, relation) : NULL;
    if (link)
        link->claimed = true;
    return link != NULL;
}

bool kith_sys_is_claimed(const void *structure, size_t offset)
{
    kith__object *object = kith__object_check(structure);
    const kith__relation *relation = list_at(object, offset);
    const kith_link *link = relation ? kith__link_peek(object, relation) : NULL;
    return link && link->claimed;
}

static const kith__property *property_at(const kith__object *object, size_t offset)
{
    kith__member member = object ? kith__member_at(kith__mapper_for(object), offset) : (kith__member){ .kind = KITH__NO_MEMBER };
    return member.kind == KITH__PROPERTY ? &kith__mapper_for(object)->properties[member.index] : NULL;
}

kith_value kith_sys_value(const void *structure, size_t offset)
{
    const kith__property *property = property_at(kith__object_check(structure), offset);
    return property ? kith__member_value(&property->field, structure) : (kith_value){ .type = KITH_TYPE_NONE, .absent = 1 };
}

kith_value kith_sys_value_before(const void *structure, size_t offset)
{
    const kith__object *object = kith__object_check(structure);
    const kith__property *property = property_at(object, offset);
    return property ? kith__member_value(&property->field, kith__in_row(object)) : (kith_value){ .type = KITH_TYPE_NONE, .absent = 1 };
}

void kith_sys_not_given(const void *structure, size_t offset)
{
    kith__object *object = kith__object_check(structure);
    const kith__property *property = property_at(object, offset);
    if (property && object->notes && (object->state == KITH_TRANSIENT || object->state == KITH_PENDING))
        object->notes->changed[property->index / 64] &= ~(UINT64_C(1) << property->index % 64);
}

static bool list_is_changed(const kith__object *object, const kith__relation *relation)
{
    const kith_link *link = kith__link_peek(object, relation);
    return link && link->touched && (link->loaded || link->added.count || link->removed.count);
}

bool kith_sys_is_changed(const void *structure, size_t offset)
{
    const kith__object *object = kith__object_check(structure);
    kith__member member = object ? kith__member_at(kith__mapper_for(object), offset) : (kith__member){ .kind = KITH__NO_MEMBER };
    if (member.kind == KITH__RELATION) {
        const kith__relation *relation = kith__mapper_for(object)->relations[member.index];
        return relation->many ? list_is_changed(object, relation) : kith__one_of(object, relation)->link == KITH__CHANGED;
    }
    if (member.kind != KITH__PROPERTY)
        return false;
    kith_value now = kith_sys_value(structure, offset), before = kith_sys_value_before(structure, offset);
    return !kith__value_equal(&now, &before);
}

bool kith_sys_is_written(const void *structure, size_t offset)
{
    const kith__object *object = kith__object_check(structure);
    const kith__property *property = property_at(object, offset);
    return property && kith__is_changed(object, property);
}

/* ---------------------------------------------------------------- the objects of a session */

typedef struct gathering { const void **out; size_t room, count; } gathering;

static void gather(kith__object *object, void *arg)
{
    gathering *g = arg;
    if (g->count < g->room)
        g->out[g->count] = kith__struct(object);
    g->count++;
}

static void gather_list(const kith__objects *objects, gathering *g)
{
    for (size_t i = 0; i < objects->count; i++)
        gather(objects->items[i], g);
}

/* Also those of which only a list was changed. */
static void gather_dirty(kith_session *session, gathering *g)
{
    gather_list(&session->dirty, g);
    for (size_t i = 0; i < session->touched.count; i++) {
        kith__object *owner = session->touched.items[i]->owner;
        bool seen = owner->flags & KITH__DIRTY || !kith__has_row(owner);
        for (size_t k = 0; !seen && k < i; k++)
            seen = session->touched.items[k]->owner == owner;
        if (!seen)
            gather(owner, g);
    }
}

size_t kith_sys_objects(kith_session *session, kith_sys_which which, const void **out, size_t room)
{
    gathering g = { out, room, 0 };
    if (!session || !session->shelves)
        return 0;
    switch (which) {
    case KITH_SYS_NEW: gather_list(&session->pending, &g); break;
    case KITH_SYS_DIRTY: gather_dirty(session, &g); break;
    case KITH_SYS_DOOMED: gather_list(&session->doomed, &g); break;
    case KITH_SYS_ALL:
        for (size_t i = 0; i < session->database->models->count; i++)
            kith__identity_each(session, session->database->models->mappers[i], gather, &g);
        break;
    }
    return g.count;
}

/* ---------------------------------------------------------------- what else a session says */

int kith_sys_fail(kith_session *session, int status, const char *code, const char *message)
{
    if (!session)
        return KITH_MISUSE;
    kith__fail(&session->error, status, code, "%s", message);
    return kith__status(session);
}

/* ---------------------------------------------------------------- texts and structs */

bool kith_sys_print(kith_value value, char out[KITH_SYS_TEXT_SIZE])
{
    switch (value.absent ? KITH_TYPE_NONE : value.type) {
    case KITH_TYPE_DATE:     return kith__date_format(value.date, out);
    case KITH_TYPE_TIME:     return kith__time_format(value.time, out);
    case KITH_TYPE_DATETIME: return kith__datetime_format(value.datetime, out);
    case KITH_TYPE_UUID:     kith__uuid_format(value.uuid, out); return true;
    default:                 return false;
    }
}

bool kith_sys_parse(uint32_t type, const char *text, size_t size, kith_value *out)
{
    kith_value value = { .type = type };
    bool ok = false;
    switch (type) {
    case KITH_TYPE_DATE:     ok = kith__date_parse(text, size, &value.date); break;
    case KITH_TYPE_TIME:     ok = kith__time_parse(text, size, &value.time); break;
    case KITH_TYPE_DATETIME: ok = kith__datetime_parse(text, size, &value.datetime); break;
    case KITH_TYPE_UUID:     ok = kith__uuid_parse(text, size, &value.uuid); break;
    default: break;
    }
    if (ok)
        *out = value;
    return ok;
}

int kith_sys_fill(kith_session *session, const kith_model *model, void *values, size_t offset, kith_value value)
{
    if (!kith__ready(session))
        return kith_session_status(session);
    const kith__mapper *mapper = kith__mapper_asked(session, model);
    kith__member member = mapper ? kith__member_at(mapper, offset) : (kith__member){ .kind = KITH__NO_MEMBER };
    if (mapper && member.kind != KITH__PROPERTY)
        kith__misuse(session, "object.no_member", NULL, "A member of %s that is no column was to be written.", mapper->name);
    if (!mapper || member.kind != KITH__PROPERTY)
        return kith__status(session);
    const kith__property *property = &mapper->properties[member.index];
    if (kith__member_set(property, values, value, &session->error))
        return kith__status(session);
    value = kith__member_value(&property->field, values);
    return kith__check_value(session, NULL, property, &value);
}
