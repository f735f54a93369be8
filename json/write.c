/*
 * Objects -> JSON. What is named is read as any program reads it, so it is loaded for all siblings at once.
 */
#include "json.h"

#include <stdlib.h>

typedef struct structs { const void *const *items; size_t count; } structs;

static json_t *object_json(kith_session *, const void *object, const char *const *paths);

/* The list is freed when one of its items fails: then an error is set. */
static json_t *list_json(kith_session *session, const void *const *items, size_t count, const char *const *paths)
{
    json_t *list = json_array();
    for (size_t i = 0; list && i < count; i++) {
        json_t *item = object_json(session, items[i], paths);
        if (!item || json_array_append_new(list, item)) {
            json_decref(list);
            list = NULL;
        }
    }
    if (!list && !kith_session_status(session))
        kith__json_memory(session);
    return list;
}

static json_t *related_json(kith_session *session, const kith_model *model, const void *object, const kith_attribute *attribute, const char *const *paths)
{
    bool scalar = attribute->type == KITH_TYPE_PROXY && attribute->tag == 1, many = attribute->type == KITH_TYPE_MANY || (attribute->type == KITH_TYPE_PROXY && attribute->tag & 1);
    if (scalar) {
        kith__json_fail(session, KITH_MISUSE, "json.scalar_proxy", "%s.%s is a proxy to a column, and only those to objects go into JSON.", model->name, attribute->name);
        return NULL;
    }
    if (many) {
        const structs *list = kith_many_(object, attribute->offset);
        return kith_session_status(session) ? NULL : list_json(session, list->items, list->count, paths);
    }
    const void *one = kith_one_(object, attribute->offset);
    if (kith_session_status(session))
        return NULL;
    return one ? object_json(session, one, paths) : json_null();
}

/* False: not named, or an error is set; true: *json is it, or NULL after an error. */
static bool member_json(kith_session *session, const kith_model *model, const void *object, const kith_attribute *attribute, const char *const *paths, json_t **json)
{
    const char **rest;
    if (kith__json_is_column(attribute)) {
        *json = kith__json_of_value(session, attribute, kith_sys_value(object, attribute->offset));
        return true;
    }
    *json = NULL;
    if (!kith__json_is_related(attribute) || !kith__json_paths_name(paths, attribute->name, &rest))
        return false;
    if (rest)
        *json = related_json(session, model, object, attribute, rest);
    else
        kith__json_memory(session);
    free(rest);
    return true;
}

static json_t *object_json(kith_session *session, const void *object, const char *const *paths)
{
    const kith_model *model = kith_sys_model_of(object);
    json_t *json = kith__json_paths_are_known(session, model, paths) ? json_object() : NULL, *member;
    for (size_t i = 0, count = kith__json_attributes(model); json && i < count; i++) {
        const kith_attribute *attribute = kith__json_attribute_at(model, i);
        if (!attribute || !member_json(session, model, object, attribute, paths, &member))
            continue;
        if (!member || json_object_set_new_nocheck(json, attribute->name, member)) {
            json_decref(json);
            json = NULL;
        }
    }
    if (!json && !kith_session_status(session))
        kith__json_memory(session);
    return json;
}

static char *text_of(kith_session *session, json_t *json)
{
    char *text = json ? kith__json_text(json) : NULL;
    if (json && !text)
        kith__json_memory(session);
    json_decref(json);
    return text;
}

char *kith_to_json_(const void *object, const char *const *paths)
{
    kith_session *session = object ? kith_sys_session_of(object) : NULL;
    return session && !kith_session_status(session) ? text_of(session, object_json(session, object, paths)) : NULL;
}

char *kith_list_to_json_(kith_session *session, const void *const *items, size_t count, const char *const *paths)
{
    if (!session || kith_session_status(session))
        return NULL;
    for (size_t i = 0; i < count; i++)
        if (kith_sys_session_of(items[i]) != session) {
            kith__json_fail(session, KITH_MISUSE, "session.other", "What is to be JSON is no list of this session's objects.");
            return NULL;
        }
    return text_of(session, list_json(session, items, count, paths));
}
