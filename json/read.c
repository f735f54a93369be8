/*
 * JSON -> objects. First all of the text is checked and turned into values, as drafts; only then is anything made or changed.
 */
#include "json.h"

#include <stdlib.h>
#include <string.h>

typedef struct given { const kith_attribute *attribute; kith_value value; } given;

typedef struct draft {
    const kith_model *model;
    struct draft *parent, *next, *first;    /* next: of its parent's; first: of its own */
    const kith_attribute *as;               /* the parent's relationship */
    char *values;                           /* the struct */
    given *given; size_t count;
} draft;

typedef struct reading { kith_session *session; kith__json_kept *kept; } reading;

static draft *read_object(reading *, const kith_model *, const json_t *, const char *const *paths);

static void draft_free(draft *d)
{
    for (draft *next; d; d = next) {
        next = d->next;
        draft_free(d->first);
        free(d->values);
        free(d->given);
        free(d);
    }
}

static draft *draft_new(reading *r, const kith_model *model, size_t members)
{
    draft *d = calloc(1, sizeof *d);
    if (d) {
        d->model = model;
        d->values = calloc(1, model->size ? model->size : 1);
        d->given = calloc(members + 1, sizeof *d->given);
    }
    if (d && d->values && d->given)
        return d;
    draft_free(d);
    kith__json_memory(r->session);
    return NULL;
}

/* ---------------------------------------------------------------- checking */

static const kith_model *target_of(const kith_attribute *attribute) { return attribute->target_model ? attribute->target_model : attribute->target(); }

static bool add_related(reading *r, draft *d, const kith_attribute *attribute, const json_t *json, const char *const *paths)
{
    draft *child = read_object(r, target_of(attribute), json, paths), **end = &d->first;
    if (!child)
        return false;
    while (*end)
        end = &(*end)->next;
    child->as = attribute;
    *end = child;
    return true;
}

static bool read_related(reading *r, draft *d, const kith_attribute *attribute, const json_t *json, const char *const *paths)
{
    bool many = attribute->type == KITH_TYPE_MANY;
    size_t count = many ? json_array_size(json) : 1;
    if (!many && json_is_null(json))
        return true;
    if (!(many ? json_is_array(json) : json_is_object(json)))
        return kith__json_fail(r->session, KITH_RANGE, "json.type", "%s.%s takes %s in the JSON.", d->model->name, attribute->name,
                               many ? "an array of objects" : "an object, or null");
    for (size_t i = 0; i < count; i++)
        if (!add_related(r, d, attribute, many ? json_array_get(json, i) : json, paths))
            return false;
    return true;
}

static bool read_column(reading *r, draft *d, const kith_attribute *attribute, const json_t *json)
{
    given *g = &d->given[d->count];
    if (!kith__json_value(r->session, d->model, attribute, json, &r->kept, &g->value) ||
        kith_sys_fill(r->session, d->model, d->values, attribute->offset, g->value))
        return false;
    g->attribute = attribute;
    d->count++;
    return true;
}

static bool unknown(reading *r, const draft *d, const char *name, const kith_attribute *attribute)
{
    if (attribute && attribute->type == KITH_TYPE_PROXY)
        return kith__json_fail(r->session, KITH_RANGE, "json.proxy", "%s.%s is a proxy, and nothing is read into one.", d->model->name, name);
    return kith__json_fail(r->session, KITH_RANGE, "json.unknown_name", attribute ? "%s.%s is a relationship that was not named to be read." :
                           "%s has no column \"%.60s\" that the JSON could set.", d->model->name, name);
}

static bool read_member(reading *r, draft *d, const char *name, const json_t *json, const char *const *paths)
{
    const kith_attribute *attribute = kith__json_attribute_named(d->model, name);
    const char **rest;
    if (attribute && kith__json_is_column(attribute))
        return read_column(r, d, attribute, json);
    if (!attribute || attribute->type == KITH_TYPE_PROXY || !kith__json_paths_name(paths, name, &rest))
        return unknown(r, d, name, attribute);
    bool ok = rest ? read_related(r, d, attribute, json, rest) : kith__json_memory(r->session);
    free(rest);
    return ok;
}

static draft *read_object(reading *r, const kith_model *model, const json_t *json, const char *const *paths)
{
    if (!json_is_object(json)) {
        kith__json_fail(r->session, KITH_RANGE, "json.type", "A %s is an object in JSON, and here is something else.", model->name);
        return NULL;
    }
    if (!kith__json_paths_are_known(r->session, model, paths))
        return NULL;
    draft *d = draft_new(r, model, json_object_size(json));
    bool ok = d != NULL;
    for (void *at = json_object_iter((json_t *)(uintptr_t)json); ok && at; at = json_object_iter_next((json_t *)(uintptr_t)json, at))
        ok = read_member(r, d, json_object_iter_key(at), json_object_iter_value(at), paths);
    if (ok)
        return d;
    draft_free(d);
    return NULL;
}

static draft *read_text(reading *r, const kith_model *model, const char *text, const char *const *paths, json_t **json)
{
    json_error_t error = { .line = 0 };         /* jansson does not always write all of it */
    *json = text ? json_loads(text, JSON_REJECT_DUPLICATES, &error) : NULL;
    if (*json)
        return read_object(r, model, *json, paths);
    if (!text)
        kith__json_fail(r->session, KITH_MISUSE, "json.null", "A %s was to be read from NULL.", model->name);
    else if (kith__json_lacked_memory(&error))
        kith__json_memory(r->session);
    else
        kith__json_fail(r->session, KITH_RANGE, "json.syntax", "The JSON of a %s cannot be read: line %d, column %d: %s.", model->name, error.line, error.column, error.text);
    return NULL;
}

/* ---------------------------------------------------------------- making */

static bool is_zero(const draft *d, const kith_attribute *attribute)
{
    for (size_t i = 0; i < attribute->size; i++)
        if (d->values[attribute->offset + i])
            return false;
    return true;
}

/* What is all zero in a struct counts as not given, and in JSON it was. */
static const void *make_one(kith_session *session, const draft *d)
{
    const void *object = kith_add_(session, d->model, d->values);
    for (size_t i = 0; object && i < d->count; i++)
        if (is_zero(d, d->given[i].attribute))
            kith_set_(object, d->given[i].attribute->offset, d->given[i].value);
    return kith_session_status(session) ? NULL : object;
}

static const void *make(kith_session *session, const draft *d)
{
    const void *object = make_one(session, d);
    for (const draft *child = d->first; object && child; child = child->next) {
        const void *related = make(session, child);
        if (!related)
            return NULL;
        (child->as->type == KITH_TYPE_MANY ? kith_append_ : kith_set_)(object, child->as->offset, kith_of_object(related));
    }
    return kith_session_status(session) ? NULL : object;
}

const void *kith_from_json_(kith_session *session, const kith_model *model, const char *text, const char *const *paths)
{
    reading r = { .session = session };
    json_t *json = NULL;
    if (!session || kith_session_status(session))
        return NULL;
    draft *d = read_text(&r, model, text, paths, &json);
    const void *object = d ? make(session, d) : NULL;
    draft_free(d);
    kith__json_kept_free(r.kept);
    json_decref(json);
    return object;
}

int kith_assign_json_(const void *object, const char *text)
{
    reading r = { .session = object ? kith_sys_session_of(object) : NULL };
    json_t *json = NULL;
    if (!r.session || kith_session_status(r.session))
        return r.session ? kith_session_status(r.session) : KITH_MISUSE;
    draft *d = read_text(&r, kith_sys_model_of(object), text, NULL, &json);
    for (size_t i = 0; d && i < d->count; i++)
        kith_set_(object, d->given[i].attribute->offset, d->given[i].value);
    draft_free(d);
    kith__json_kept_free(r.kept);
    json_decref(json);
    return kith_session_status(r.session);
}
