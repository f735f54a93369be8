/*
 * Which relationships are meant: "trashcans" and "trashcans.business" name Raccoon.trashcans, and of its objects "business".
 */
#include "json.h"

#include <stdlib.h>
#include <string.h>

/* A model may have been compiled with smaller attributes than this library knows. */
const kith_attribute *kith__json_attribute_at(const kith_model *model, size_t index)
{
    return (const kith_attribute *)(const void *)((const char *)model->attributes + index * model->attribute_size);
}

const kith_attribute *kith__json_attribute_named(const kith_model *model, const char *name)
{
    for (size_t i = 0; i < model->count; i++) {
        const kith_attribute *attribute = kith__json_attribute_at(model, i);
        if ((kith__json_is_column(attribute) || kith__json_is_related(attribute)) && strcmp(attribute->name, name) == 0)
            return attribute;
    }
    return NULL;
}

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
        size_t length = strcspn(paths[i], "."), k = 0;
        const kith_attribute *attribute = NULL;
        for (; k < model->count && !attribute; k++)
            if (kith__json_is_related(kith__json_attribute_at(model, k)) && strncmp(kith__json_attribute_at(model, k)->name, paths[i], length) == 0
                && !kith__json_attribute_at(model, k)->name[length])
                attribute = kith__json_attribute_at(model, k);
        if (!attribute)
            return kith__json_fail(session, KITH_MISUSE, "json.no_such_relationship", "%s has no relationship \"%.*s\" that could be named for JSON.", model->name,
                                   (int)length, paths[i]);
    }
    return true;
}
