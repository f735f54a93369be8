/*
 * Values into objects: kith_new, kith_add, and what kith_set does to a column. The first write to an object since the last flush
 * keeps a copy of its struct: the update is what differs from it, and a rollback puts it back.
 */
#include "session/session.h"

#include <stdlib.h>

/* ---------------------------------------------------------------- keeping what was */

/* Of a binding's object that is outdated nobody knows what its row says: its values are expired, while in C they stay (rule 98). */
static bool is_expired(const kith_session *session, const kith__object *object)
{
    return session->nursery && !session->keeps && kith__outdated(session, object);
}

bool kith__mark_dirty(kith__object *object)
{
    if (!kith__has_row(object))
        return true;        /* all of it will be inserted */
    kith_session *session = kith__session_for(object);
    if (!object->notes || !object->notes->original) {
        void *image = kith__journal_image(session, object);
        if (!image)
            return false;
        object->notes->original = image;
        object->notes->apart = false;
        object->flags |= is_expired(session, object) ? KITH__EXPIRED : 0;
    }
    if (object->flags & KITH__DIRTY)
        return true;
    if (!kith__objects_add(session, &session->dirty, object))
        return false;
    object->flags |= KITH__DIRTY;
    return true;
}

void kith__mark_clean(kith__object *object)
{
    object->flags &= (uint16_t)~(KITH__DIRTY | KITH__EXPIRED);
    if (!object->notes)
        return;
    object->notes->original = NULL;
    memset(object->notes->changed, 0, (kith__mapper_for(object)->property_count + 63) / 64 * sizeof(uint64_t));
    for (kith__parent *parent = object->notes->parents, *next; parent; parent = next) {
        next = parent->next;
        free(parent);
    }
    object->notes->parents = NULL;
}

/* ---------------------------------------------------------------- what the program's functions say */

kith_value kith__ask(kith_session *session, const kith__property *property, kith__plain plain, kith__knowing knowing, const void *object)
{
    const kith__property *before = session->asking;
    session->asking = property;
    kith_value value = plain ? plain(session, object) : knowing(session, object, property->attribute);
    session->asking = before;
    return value;
}

bool kith__is_asking(kith_session *session, const char *what)
{
    const kith__property *property = NULL;
    for (const kith_session *p = session; p && !property; p = kith__partner(p, session))
        property = p->asking;
    if (!property)
        return false;
    kith__misuse(session, "session.asking", NULL, "%s by the function that gives %s.%s its value, while rows are being written.", what, property->mapper->name,
                 property->name);
    kith__fail_hint(&session->error, "Such a function may read through the session, and change rows by kith_update_where and its like; objects and the transaction it leaves alone.");
    kith__fail_about(&session->error, property->mapper->name, property->name, NULL);
    return true;
}

static bool before_write(kith__object *object, const kith__property *property)
{
    if (!kith__mark_dirty(object))
        return false;
    kith__notes *notes = object->notes ? object->notes : kith__notes_of(object);
    if (!notes)
        return kith__no_memory(kith__session_for(object));
    notes->changed[property->index / 64] |= UINT64_C(1) << property->index % 64;
    return true;
}

/* ---------------------------------------------------------------- one column */

/* NULL for what is not a text, blob, json or decimal, or is none */
static const void *pointer_of(const kith_value *value, size_t *size)
{
    switch (value->type) {
    case KITH_TYPE_TEXT: case KITH_TYPE_JSON: case KITH_TYPE_DECIMAL:
        *size = value->s ? strlen(value->s) + 1 : 0;
        return value->s;
    case KITH_TYPE_BLOB:
        *size = value->b.size;
        return value->b.data;
    default: return NULL;
    }
}

bool kith__value_copy(kith__room *room, kith_value *value)
{
    size_t size = 0;
    const void *from = value->absent ? NULL : pointer_of(value, &size);
    if (!from)
        return true;
    char *copy = kith__room_take(room, size ? size : 1);
    if (!copy)
        return false;
    memcpy(copy, from, size);
    if (value->type == KITH_TYPE_BLOB)
        value->b.data = copy;
    else
        value->s = copy;
    return true;
}

static void check_text(kith_session *session, const kith__property *property, const char *text)
{
    const char *model = property->mapper->name;
    uint32_t limit = property->attribute->in_table ? 0 : property->attribute->length;
    size_t size = strlen(text);
    if (!kith__utf8_valid(text, size)) {
        kith__fail(&session->error, KITH_RANGE, "value.utf8", "%s.%s was given a text that is not valid UTF-8.", model, property->name);
        kith__fail_hint(&session->error, "Keep bytes of any kind in a kith_blob.");
    } else if (limit && size > limit && kith__utf8_count(text, size) > limit)
        kith__fail(&session->error, KITH_RANGE, "value.length", "%s.%s holds %u characters, and was given %zu.", model, property->name, limit,
                   kith__utf8_count(text, size));
}

/* An object that has no database yet may hold one, until it is sent. */
static void refuse_nan(kith_session *session, const kith__property *property)
{
    const kith__pool *pool = session->database ? session->database->pool : NULL;
    const kith__dialect *dialect = pool ? kith__pool_dialect(pool) : NULL;
    if (!dialect || dialect->nan)
        return;
    kith__fail(&session->error, KITH_RANGE, "value.nan", "%s.%s was given NaN, which %s does not store as a number.", property->mapper->name, property->name,
               dialect->name);
    kith__fail_hint(&session->error, "Where there is no number, NULL says so: a kith_opt_double.");
}

/* What the compiler cannot see of a value: that a text is UTF-8 and how long the column lets it be, and that a number is one. */
int kith__check_value(kith_session *session, const kith__object *object, const kith__property *property, const kith_value *value)
{
    if (value->absent)
        return KITH_OK;
    if (value->type == KITH_TYPE_TEXT && value->s)
        check_text(session, property, value->s);
    else if (value->type == KITH_TYPE_REAL && value->d != value->d)
        refuse_nan(session, property);
    if (!kith__status(session))
        return KITH_OK;
    kith__fail_about(&session->error, property->mapper->name, property->name, object ? object + 1 : NULL);
    return kith__status(session);
}

/* Most values are numbers of eight bytes, and go into their member as they are. */
static bool is_word(const kith__property *property, const kith_value *value)
{
    const kith__field *field = &property->field;
    return field->size == sizeof value->i && field->type == value->type && !value->absent && !property->primary_key &&
        (value->type == KITH_TYPE_INT || (value->type == KITH_TYPE_REAL && value->d == value->d));
}

static int write_word(kith__object *object, const kith__property *property, const kith_value *value)
{
    const kith_session *session = kith__session_for(object);
    char *member = (char *)kith__struct(object) + property->field.offset;
    kith_value old = { .type = value->type };
    memcpy(&old.i, member, sizeof old.i);
    bool same = value->type == KITH_TYPE_REAL ? old.d == value->d : old.i == value->i;
    if (same && kith__has_row(object) && !is_expired(session, object))
        return KITH_OK;
    if (!before_write(object, property))
        return kith__status(session);
    memcpy(member, &value->i, sizeof value->i);
    return KITH_OK;
}

int kith__write(kith__object *object, const kith__property *property, kith_value value)
{
    if (is_word(property, &value))
        return write_word(object, property, &value);
    kith_session *session = kith__session_for(object);
    kith__object_room room;
    kith_value new, old = kith__member_value(&property->field, kith__struct(object));
    if (kith__member_convert(property, value, &new, &session->error)) {
        kith__fail_about(&session->error, NULL, NULL, kith__struct(object));
        return kith__status(session);
    }
    if (kith__check_value(session, object, property, &new))
        return kith__status(session);
    if (kith__has_row(object) && !is_expired(session, object) && kith__value_equal(&old, &new))
        return KITH_OK;
    if (!before_write(object, property))
        return kith__status(session);
    if (kith__is_pointer(property->field.type) && !property->field.labels) {
        kith__room_apart(&room, object);
        if (!kith__value_copy(&room.room, &new))
            return kith__fail_memory(&session->error);
    }
    kith__member_write(&property->field, kith__struct(object), &new);
    if (session->is_nursery && !old.absent && kith__is_pointer(property->field.type))
        kith__chunks_trim(object, NULL, 0);     /* there is no journal that goes back to the old text, and its binding has a copy */
    return KITH_OK;
}

/* Between two key columns: of one type most often, then it is a copy of bytes. */
void kith__copy_key(kith__object *to, const kith__property *to_property, kith__object *from, const kith__property *from_property)
{
    const kith__field *a = &to_property->field, *b = &from_property->field;
    kith_value value = from ? kith__member_value(b, kith__struct(from)) : (kith_value){ .type = kith__field_type(b), .absent = 1 };
    kith_value old = kith__member_value(a, kith__struct(to));
    if (old.absent == value.absent && (old.absent || (old.type == value.type && kith__value_equal(&old, &value))))
        return;
    kith__write(to, to_property, value);
}

/* ---------------------------------------------------------------- kith_new, kith_add */

/* The bytes are there; what they point to is copied beside them. */
static bool copy_text(kith_session *session, kith__room *room, kith__object *object, const kith__property *property, kith_value *value)
{
    if (!kith__value_copy(room, value))
        return kith__no_memory(session);
    return kith__member_set(property, kith__struct(object), *value, &session->error) == KITH_OK;
}

/* What the texts of a struct take beside it. */
size_t kith__texts_size(const kith__mapper *mapper, const void *values)
{
    size_t all = 0;
    for (size_t i = 0; i < mapper->property_count; i++) {
        const kith__field *field = &mapper->properties[i].field;
        kith_blob blob = { 0 };
        if (field->labels || !kith__is_pointer(field->type))
            continue;
        memcpy(&blob, (const char *)values + field->offset, field->type == KITH_TYPE_BLOB ? sizeof blob : sizeof blob.data);
        if (blob.data)
            all += field->type != KITH_TYPE_BLOB ? strlen(blob.data) + 1 : blob.size ? blob.size : 1;
    }
    return all;
}

static bool take_values(kith_session *session, kith__object *object)
{
    const kith__mapper *mapper = kith__mapper_for(object);
    kith__object_room room;
    bool ok = true;
    kith__room_open(&room, object);
    for (size_t i = 0; ok && i < mapper->property_count; i++) {
        const kith__property *property = &mapper->properties[i];
        size_t size;
        kith_value value = kith__member_value(&property->field, kith__struct(object));
        if (value.absent || property->field.labels)
            continue;
        bool is_text = pointer_of(&value, &size) != NULL;
        if (is_text || value.type == KITH_TYPE_REAL)
            ok = kith__check_value(session, object, property, &value) == KITH_OK && (!is_text || copy_text(session, &room.room, object, property, &value));
    }
    kith__room_close(&room);
    return ok;
}

static void clear_relationships(kith__object *object)
{
    const kith__mapper *mapper = kith__mapper_for(object);
    for (size_t i = 0; i < mapper->relation_count; i++)
        memset(kith__member_in(object, mapper->relations[i]->offset), 0, sizeof(kith__one_member));
    for (size_t i = 0; i < mapper->proxy_count; i++)
        memset(kith__member_in(object, mapper->proxies[i].offset), 0, mapper->proxies[i].attribute->size);
}

static bool set_relationships(kith__object *object, const void *values)
{
    const kith__mapper *mapper = kith__mapper_for(object);
    for (size_t i = 0; i < mapper->relation_count; i++) {
        const kith__relation *relation = mapper->relations[i];
        kith__one_member given;
        memcpy(&given, (const char *)values + relation->offset, sizeof given);
        if (!relation->many && given.object)
            kith_set_(kith__struct(object), relation->offset, kith_of_object(given.object));
        if (kith__status(kith__session_for(object)))
            return false;
    }
    return true;
}

/* What says of which model the row is, where the program did not. */
bool kith__kind_say(kith__object *object)
{
    const kith__mapper *mapper = kith__mapper_for(object);
    if (mapper->kind.type == KITH_TYPE_NONE || !kith__member_is_zero(&mapper->discriminator->field, kith__struct(object)))
        return true;
    return kith__member_set(mapper->discriminator, kith__struct(object), mapper->kind, &kith__session_for(object)->error) == KITH_OK;
}

kith__object *kith__object_made(kith_session *session, kith__mapper *mapper, const void *values)
{
    kith__object *object = kith__object_alloc(session, mapper);
    if (!object)
        return NULL;
    memcpy(kith__struct(object), values, mapper->size);
    clear_relationships(object);
    if (kith__kind_say(object) && take_values(session, object))
        return object;
    kith__object_unalloc(object);
    return NULL;
}

static kith__object *object_new(kith_session *session, kith__mapper *mapper, const void *values)
{
    kith__object *object = kith__object_made(session, mapper, values);
    /* what is asked for by the first of them may flush: not half of this object */
    if (object && set_relationships(object, values) && (kith__in_session(object) || kith__join_session(session, object)))
        return object;
    if (object && object->state == KITH_PENDING)
        kith__expunge(object);
    session->expunged |= object != NULL;        /* lists may have it */
    return NULL;
}

const void *kith_add_(kith_session *session, const kith_model *model, const void *values)
{
    if (!kith__ready(session) || kith__is_asking(session, "An object was made"))
        return NULL;
    kith__mapper *mapper = kith__mapper_asked(session, model);
    if (mapper && !values)
        kith__misuse(session, "object.null_values", NULL, "A %s was to be made from NULL.", mapper->name);
    kith__object *object = mapper && values ? object_new(session, mapper, values) : NULL;
    return object ? kith__struct(object) : NULL;
}

/* ---------------------------------------------------------------- kith_get */

/* As it is, most often, but for a key of eight bytes: then nothing else has to be looked at. */
static bool is_zero_beside(const kith__field *key, const char *values, size_t size)
{
    uint64_t any = 0, word;
    if (key->size != sizeof word || key->offset % sizeof word || size % sizeof word)
        return false;
    for (size_t at = 0; at < size; at += sizeof word) {
        memcpy(&word, values + at, sizeof word);
        any |= at == key->offset ? 0 : word;
    }
    return !any;
}

/* kith_get(session, Raccoon, .name = "Rocky"): a member that is no key would be ignored without a word */
static bool only_the_key(kith_session *session, const kith__mapper *mapper, const void *values)
{
    if (mapper->key_count == 1 && is_zero_beside(&mapper->key[0]->field, values, mapper->size))
        return true;
    for (size_t i = 0; i < mapper->property_count; i++)
        if (!mapper->properties[i].primary_key && !kith__member_is_zero(&mapper->properties[i].field, values)) {
            kith__misuse(session, "get.not_a_key", NULL, "kith_get finds a %s by its primary key, and %s is not part of it.", mapper->name,
                         mapper->properties[i].name);
            kith__fail_hint(&session->error, "Use kith_first with kith_eq(%s, %s, …).", mapper->name, mapper->properties[i].name);
            kith__fail_about(&session->error, mapper->name, mapper->properties[i].name, NULL);
            return false;
        }
    return true;
}

/* Another key was written to it, and its row has this one still. */
static bool is_leaving(const kith__object *object)
{
    const kith__mapper *mapper = kith__mapper_for(object);
    bool changed = false;
    for (size_t i = 0; object->flags & KITH__DIRTY && i < mapper->key_count; i++)
        changed |= kith__is_changed(object, mapper->key[i]);
    return changed;
}

const void *kith_get_(kith_session *session, const kith_model *model, const void *values)
{
    kith_value key[16];
    if (!kith__ready(session))
        return NULL;
    kith__mapper *mapper = kith__mapper_asked(session, model);
    if (!mapper || !values || !only_the_key(session, mapper, values))
        return NULL;
    kith__key_of(mapper, values, key);
    for (size_t i = 0; i < mapper->key_count; i++)
        if (key[i].absent)
            return NULL;
    kith__object *object = kith__identity_get(session, mapper->root, key);
    if (object && is_leaving(object)) {
        if (kith__autoflush(session, "kith_get"))
            return NULL;
        object = kith__identity_get(session, mapper->root, key);
    }
    if (object && (object->flags & KITH__DOOMED || object->state == KITH_DELETED || !kith__is_a(kith__mapper_for(object), mapper)))
        return NULL;
    if (!object || (kith__outdated(session, object) && !(object->flags & KITH__DIRTY))) {
        if (kith__autoflush(session, "kith_get") || !(object = kith__load_by_key(session, mapper, key, object, false)))
            return NULL;
    }
    return kith__struct(object);
}
