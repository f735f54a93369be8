/*
 * Which relationships are meant: "trashcans" and "trashcans.business" name Raccoon.trashcans, and of its objects "business".
 */
#include "json.h"

#include <stdlib.h>
#include <string.h>

/* A model may have been compiled with smaller attributes than this library knows. */
static const kith_attribute *own_at(const kith_model *model, size_t index)
{
    return (const kith_attribute *)(const void *)((const char *)model->attributes + index * model->attribute_size);
}

static const kith_model *base_of(const kith_model *model)
{
    for (size_t i = 0; i < model->count; i++)
        if (own_at(model, i)->type == KITH_TYPE_INHERITS && (own_at(model, i)->target || own_at(model, i)->target_model))
            return own_at(model, i)->target ? own_at(model, i)->target() : own_at(model, i)->target_model;
    return NULL;
}

size_t kith__json_attributes(const kith_model *model)
{
    size_t count = 0;
    for (; model; model = base_of(model))
        count += model->count;
    return count;
}

/* A base stands first in the struct: a column of the model that lies in it is the key, once more. */
const kith_attribute *kith__json_attribute_at(const kith_model *model, size_t index)
{
    const kith_model *base = base_of(model);
    size_t inherited = base ? kith__json_attributes(base) : 0;
    if (index < inherited)
        return kith__json_attribute_at(base, index);
    const kith_attribute *attribute = own_at(model, index - inherited);
    return (kith__json_is_column(attribute) && (!base || attribute->offset >= base->size)) || kith__json_is_related(attribute) ? attribute : NULL;
}

static const kith_attribute *attribute_named(const kith_model *model, const char *name, size_t length, bool related)
{
    for (size_t i = kith__json_attributes(model); i-- > 0;) {
        const kith_attribute *attribute = kith__json_attribute_at(model, i);
        if (attribute && (!related || kith__json_is_related(attribute)) && strncmp(attribute->name, name, length) == 0 && !attribute->name[length])
            return attribute;
    }
    return NULL;
}

const kith_attribute *kith__json_attribute_named(const kith_model *model, const char *name) { return attribute_named(model, name, strlen(name), false); }

bool kith__json_is_column(const kith_attribute *attribute)
{
    uint32_t type = attribute->type & ~(uint32_t)KITH_TYPE_OPT;
    return type >= KITH_TYPE_BOOL && type <= KITH_TYPE_ENUM;
}

bool kith__json_is_related(const kith_attribute *attribute)
{
    return attribute->type == KITH_TYPE_ONE || attribute->type == KITH_TYPE_MANY || attribute->type == KITH_TYPE_PROXY;
}

static bool begins(const char *path, const char *name, size_t length) { return strncmp(path, name, length) == 0 && (!path[length] || path[length] == '.'); }

bool kith__json_paths_name(const char *const *paths, const char *name, const char ***rest)
{
    size_t length = strlen(name), named = 0, count = 0;
    *rest = NULL;
    for (size_t i = 0; paths && paths[i]; i++)
        named += begins(paths[i], name, length);
    if (!named || !(*rest = calloc(named + 1, sizeof **rest)))
        return named > 0;
    for (size_t i = 0; paths[i]; i++)
        if (begins(paths[i], name, length) && paths[i][length])
            (*rest)[count++] = paths[i] + length + 1;
    return true;
}

bool kith__json_paths_are_known(kith_session *session, const kith_model *model, const char *const *paths)
{
    for (size_t i = 0; paths && paths[i]; i++) {
        size_t length = strcspn(paths[i], ".");
        if (!attribute_named(model, paths[i], length, true))
            return kith__json_fail(session, KITH_MISUSE, "json.no_such_relationship", "%s has no relationship \"%.*s\" that could be named for JSON.", model->name,
                                   (int)length, paths[i]);
    }
    return true;
}
