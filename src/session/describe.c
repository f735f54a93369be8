/*
 * kith_describe: what an object is, in a few words, for logs, assertions and a debugger's command line. It asks the database nothing,
 * changes nothing, and works while an error stands.
 */
#include "session/session.h"

#include <stdlib.h>

static void add_key(kith__text *text, const kith__object *object)
{
    const kith__mapper *mapper = kith__mapper_for(object);
    for (size_t i = 0; i < mapper->key_count; i++) {
        kith_value value = kith__member_value(&mapper->key[i]->field, object + 1);
        kith__text_add(text, i ? ", " : " ");
        kith__value_print(text, &value);
    }
}

static void add_state(kith__text *text, const kith__object *object)
{
    static const char states[][16] = { [KITH_TRANSIENT] = " (transient)", [KITH_PENDING] = " (pending)", [KITH_PERSISTENT] = "", [KITH_DELETED] = " (deleted)",
                                       [KITH_DETACHED] = " (detached)" };
    if (object->state < KITH__COUNT(states))
        kith__text_add(text, object->flags & KITH__READ_ONLY ? " (read only)" : states[object->state]);
    if (object->flags & KITH__DOOMED)
        kith__text_add(text, ", to be deleted");
}

static void add_name(kith__text *text, const char *name, bool *first)
{
    kith__text_add(text, *first ? ", dirty: " : ", ");
    kith__text_add(text, name);
    *first = false;
}

/* A row's object that differs from it: in which members. */
static void add_changes(kith__text *text, const kith__object *object)
{
    const kith__mapper *mapper = kith__mapper_for(object);
    const uint64_t *changed = object->notes ? object->notes->changed : NULL;
    bool first = true;
    for (size_t i = 0; changed && i < mapper->property_count; i++)
        if (changed[i / 64] >> i % 64 & 1)
            add_name(text, mapper->properties[i].name, &first);
    for (size_t i = 0; i < mapper->relation_count; i++)
        if (!mapper->relations[i]->many && kith__one_of(object, mapper->relations[i])->link == KITH__CHANGED)
            add_name(text, mapper->relations[i]->name, &first);
}

static void add_object(kith__text *text, const kith__object *object)
{
    bool has_key = object->state != KITH_TRANSIENT && object->state != KITH_PENDING;
    kith__text_add(text, "<");
    kith__text_add(text, kith__mapper_for(object)->name);
    if (has_key)
        add_key(text, object);
    add_state(text, object);
    if (kith__has_row(object))
        add_changes(text, object);
    kith__text_add(text, ">");
}

/* The text lives as long as lists do: until the next commit, rollback, clear or close. */
const char *kith_describe(const void *structure)
{
    const kith__object *object = kith__object_check(structure);
    if (!object)
        return structure ? "<no object of kith's>" : "<NULL>";
    kith_session *session = kith__session_for(object);
    kith__text text = { 0 };
    add_object(&text, object);
    const char *kept = session && !text.broken ? kith__arena_text(&session->lists, text.data) : NULL;
    kith__text_free(&text);
    return kept ? kept : kith__mapper_for(object)->name;
}
