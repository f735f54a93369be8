/*
 * models: declarations -> mappers. Reads what the program compiled, calls the steps of build.h in their order, and answers where a
 * member is. Used by: every room above.
 */
#include "model/build.h"

#include <stdlib.h>

/* ---------------------------------------------------------------- memory */

static void *noted(kith__builder *b, void *memory)
{
    if (!memory)
        b->no_memory = true;
    return memory;
}

void *kith__make(kith__builder *b, size_t size)
{
    return noted(b, kith__arena_zero(&b->models->arena, size ? size : 1));
}

void *kith__make_in_schema(kith__builder *b, size_t size)
{
    return noted(b, kith__arena_zero(&b->models->schema.arena, size ? size : 1));
}

void *kith__make_scratch(kith__builder *b, size_t size)
{
    return noted(b, kith__arena_zero(&b->scratch, size ? size : 1));
}

const char *kith__made(kith__builder *b, const char *item)
{
    if (!item)
        b->no_memory = true;
    return item;
}

static void put(kith__builder *b, kith__map *map, const void *key, size_t size, void *value)
{
    if (!kith__map_put(map, key, size, value))
        b->no_memory = true;
}

/* ---------------------------------------------------------------- looking up */

kith__mapper *kith__mapper_of(const kith__models *models, const kith_model *model)
{
    return models ? kith__map_get(&models->by_model, &model, sizeof model) : NULL;
}

kith__mapper *kith__mapper_of_table(const kith__models *models, const char *table)
{
    for (size_t i = 0; i < models->count; i++) {
        kith__mapper *mapper = models->mappers[i];
        bool shares = mapper->base && mapper->base->table == mapper->table;
        if (mapper->table && !shares && !strcmp(mapper->table->name, table))
            return mapper;
    }
    return NULL;
}

static size_t offset_of(const kith__mapper *mapper, kith__member member)
{
    switch (member.kind) {
    case KITH__PROPERTY: return mapper->properties[member.index].field.offset;
    case KITH__RELATION: return mapper->relations[member.index]->offset;
    case KITH__PROXY:    return mapper->proxies[member.index].offset;
    default:             return SIZE_MAX;
    }
}

/* Small members may share their four bytes with others, of which the table of places knows the first. */
static kith__member small_member_at(const kith__mapper *mapper, size_t offset)
{
    for (uint32_t i = 0; i < mapper->property_count; i++)
        if (mapper->properties[i].field.offset == offset)
            return (kith__member){ KITH__PROPERTY, i };
    for (uint32_t i = 0; i < mapper->proxy_count; i++)
        if (mapper->proxies[i].offset == offset)
            return (kith__member){ KITH__PROXY, i };
    return (kith__member){ KITH__NO_MEMBER, 0 };
}

kith__member kith__member_at(const kith__mapper *mapper, size_t offset)
{
    if (offset > mapper->size)
        return (kith__member){ KITH__NO_MEMBER, 0 };
    kith__member member = mapper->members[offset / 4];
    if (member.kind == KITH__NO_MEMBER || offset_of(mapper, member) == offset)
        return member;
    return small_member_at(mapper, offset);
}

kith__member kith__member_named(const kith__mapper *mapper, const char *name)
{
    for (uint32_t i = 0; i < mapper->property_count; i++)
        if (!strcmp(mapper->properties[i].name, name))
            return (kith__member){ KITH__PROPERTY, i };
    for (uint32_t i = 0; i < mapper->relation_count; i++)
        if (!strcmp(mapper->relations[i]->name, name))
            return (kith__member){ KITH__RELATION, i };
    for (uint32_t i = 0; i < mapper->proxy_count; i++)
        if (!strcmp(mapper->proxies[i].name, name))
            return (kith__member){ KITH__PROXY, i };
    return (kith__member){ KITH__NO_MEMBER, 0 };
}

const kith__property *kith__property_of_column(const kith__mapper *mapper, const char *column)
{
    for (size_t i = 0; i < mapper->property_count; i++)
        if (!strcmp(mapper->properties[i].column->name, column))
            return &mapper->properties[i];
    return NULL;
}

const kith__property *kith__property_called(const kith__mapper *mapper, const char *name)
{
    const char *dot = strrchr(name, '.');
    if (dot)
        name = dot + 1;
    kith__member member = kith__member_named(mapper, name);
    return member.kind == KITH__PROPERTY ? &mapper->properties[member.index] : kith__property_of_column(mapper, name);
}

bool kith__is_primary_key(const kith__mapper *mapper, const kith__property *const *properties, size_t count)
{
    if (count != mapper->key_count)
        return false;
    for (size_t i = 0; i < count; i++)
        if (properties[i] != mapper->key[i])
            return false;
    return true;
}

static void place(kith__mapper *mapper, size_t offset, kith__member member)
{
    if (mapper->members[offset / 4].kind == KITH__NO_MEMBER)
        mapper->members[offset / 4] = member;
}

static void members_make(kith__builder *b, kith__mapper *mapper)
{
    mapper->members = kith__make(b, (mapper->size / 4 + 1) * sizeof *mapper->members);
    if (!mapper->members)
        return;
    for (uint32_t i = 0; i < mapper->relation_count; i++)
        place(mapper, mapper->relations[i]->offset, (kith__member){ KITH__RELATION, i });
    for (uint32_t i = 0; i < mapper->proxy_count; i++)
        place(mapper, mapper->proxies[i].offset, (kith__member){ KITH__PROXY, i });
    for (uint32_t i = 0; i < mapper->property_count; i++)
        place(mapper, mapper->properties[i].field.offset, (kith__member){ KITH__PROPERTY, i });
}

/* ---------------------------------------------------------------- what the program compiled */

/* The shortest attribute there ever was ends before the members that later ones got at their end. */
#define SHORTEST_ATTRIBUTE offsetof(kith_attribute, precision)

static bool is_of_this_abi(const kith_model *model)
{
    return model->abi >= 1 && model->abi <= KITH_ABI && model->attribute_size >= SHORTEST_ATTRIBUTE && model->attribute_size <= sizeof(kith_attribute) &&
           (model->attributes || !model->count);
}

/* "red\0green\0" as an array that ends with NULL */
static const char *const *split_labels(kith__builder *b, const char *text)
{
    size_t count = 0;
    for (const char *at = text; *at; at += strlen(at) + 1)
        count++;
    const char **labels = kith__make(b, (count + 1) * sizeof *labels);
    for (size_t i = 0; labels && i < count; i++, text += strlen(text) + 1)
        labels[i] = text;
    return labels;
}

/* An older program's attributes are shorter: what they lack stays zero. */
static void read_attributes(kith__builder *b, kith__declared *d)
{
    const kith_model *model = d->model;
    d->attributes = kith__make(b, (model->count + 1) * sizeof *d->attributes);
    for (size_t i = 0; d->attributes && i < model->count; i++)
        memcpy(&d->attributes[i], (const char *)model->attributes + i * model->attribute_size, model->attribute_size);
    d->count = d->attributes ? model->count : 0;
    for (size_t i = 0; i < d->count; i++)
        if (d->attributes[i].enum_labels)
            d->attributes[i].labels = split_labels(b, d->attributes[i].enum_labels);
}

/* An entry that is no member of the struct. */
static bool is_no_member(const kith_attribute *attribute)
{
    return attribute->type >= KITH_TYPE_UNIQUE && attribute->type <= KITH_TYPE_INHERITS;
}

static void check_names(kith__builder *b, kith__declared *d)
{
    for (size_t i = 0; i < d->count; i++)
        if (!is_no_member(&d->attributes[i]) && (!d->attributes[i].name || !*d->attributes[i].name)) {
            kith__config(b, "no_name", d, NULL, "Entry %zu of %s has no name.", i + 1, d->name);
            d->broken = true;
        }
}

static void register_name(kith__builder *b, kith__declared *d)
{
    kith__declared *other = kith__map_gets(&b->by_name, d->name);
    if (other && other->model == d->model)
        kith__config(b, "model_twice", d, NULL, "%s is in the list of models twice.", d->name);
    else if (other) {
        kith__config(b, "name_twice", d, NULL, "Two models are called %s: of the tables %s and %s.", d->name,
                     other->model->table ? other->model->table : "(none)", d->model->table ? d->model->table : "(none)");
        kith__fail_hint(b->error, "A name stands for one model of a database: rename one of the structs.");
    } else {
        put(b, &b->by_name, d->name, strlen(d->name), d);
        return;
    }
    d->broken = true;
}

static void register_table(kith__builder *b, kith__declared *d)
{
    const char *table = d->model->table;
    kith__declared *other = table ? kith__map_gets(&b->by_table, table) : NULL;
    if (table && !*table)
        kith__config(b, "no_table_name", d, NULL, "The table of %s has no name.", d->name);
    else if (other) {
        kith__config(b, "table_twice", d, NULL, "%s and %s are both models of the table %s.", other->name, d->name, table);
        kith__fail_hint(b->error, "One table has one model: give one of them another table, or leave it out of the list.");
    } else if (table) {
        put(b, &b->by_table, table, strlen(table), d);
        return;
    } else
        return;
    d->broken = true;
}

static void mapper_make(kith__builder *b, kith__declared *d)
{
    kith__mapper *mapper = kith__make(b, sizeof *mapper);
    if (!mapper)
        return;
    *mapper = (kith__mapper){ .model = d->model, .models = b->models, .name = d->name, .size = (uint32_t)d->model->size };
    mapper->root = mapper;
    mapper->index = mapper->shelf = (uint32_t)b->models->count;
    b->models->mappers[b->models->count++] = d->mapper = mapper;
    if (mapper->size > b->models->largest)
        b->models->largest = mapper->size;
    put(b, &b->models->by_model, &mapper->model, sizeof mapper->model, mapper);
    put(b, &b->models->by_name, mapper->name, strlen(mapper->name), mapper);
}

/* A join table has no struct, and a model of size 0 without a table is nothing at all. */
static void declare(kith__builder *b, kith__declared *d, const kith_model *model)
{
    *d = (kith__declared){ .model = model, .name = model && model->name && *model->name ? model->name : "A model", .broken = true };
    if (!model || !is_of_this_abi(model)) {
        kith__config(b, "abi", d, NULL, model ? "%s was compiled for another version of kith." : "%s in the list of models is NULL.", d->name);
        kith__fail_hint(b->error, "Compile the program with the headers of the library that it is linked with.");
    } else if (!model->name || !*model->name)
        kith__config(b, "no_name", d, NULL, "The model of the table %s has no name.", model->table ? model->table : "NULL");
    else if ((!model->size && !model->table) || model->size > UINT32_MAX)
        kith__config(b, "model_size", d, NULL, "%s is neither a model nor a join table: its struct has %zu bytes.", d->name, model->size);
    else
        d->broken = false;
    if (d->broken)
        return;
    read_attributes(b, d);
    check_names(b, d);
    if (!d->broken)
        register_name(b, d);
    if (!d->broken)
        register_table(b, d);
    if (!d->broken && model->table) {
        d->table = kith__schema_add(&b->models->schema, model->table);
        b->no_memory = b->no_memory || !d->table;
    }
    if (!d->broken && model->size)
        mapper_make(b, d);
    put(b, &b->by_model, &d->model, sizeof d->model, d);
}

/* ---------------------------------------------------------------- the build */

static void each(kith__builder *b, void (*step)(kith__builder *, kith__declared *))
{
    for (size_t i = 0; i < b->count && !b->no_memory; i++)
        if (!b->ordered[i]->broken)
            step(b, b->ordered[i]);
}

static void declare_all(kith__builder *b, const kith_model *const *models, size_t count)
{
    b->declared = kith__make_scratch(b, (count + 1) * sizeof *b->declared);
    b->models->mappers = kith__make(b, count * sizeof *b->models->mappers);
    if (b->no_memory)
        return;
    b->count = count;
    for (size_t i = 0; i < count && !b->no_memory; i++)
        declare(b, &b->declared[i], models[i]);
}

static void build(kith__builder *b, const kith_model *const *models, size_t count)
{
    declare_all(b, models, count);
    if (!b->no_memory)
        kith__bases_find(b);
    each(b, kith__columns_make);
    if (!b->no_memory)
        kith__kinds_make(b);
    each(b, kith__layout_check);
    each(b, kith__references_make);
    each(b, kith__constraints_make);
    each(b, kith__index_names_check);
    each(b, kith__relations_make);
    each(b, kith__joins_make);
    if (!b->no_memory)
        kith__pairs_make(b);
    if (!b->no_memory)
        kith__proxies_make(b);
    for (size_t i = 0; i < b->models->count && !b->no_memory; i++)
        members_make(b, b->models->mappers[i]);
    if (!b->no_memory && !kith__failed(b->error))
        kith__rank_make(b);
}

int kith__models_build(kith__models **out, const kith_model *const *models, size_t count, kith__error *error)
{
    kith__builder b = { .models = calloc(1, sizeof *b.models), .error = error };
    if (!b.models)
        return kith__fail_memory(error);
    build(&b, models, count);
    kith__map_free(&b.by_name);
    kith__map_free(&b.by_table);
    kith__map_free(&b.by_model);
    kith__arena_free(&b.scratch);
    if (b.no_memory)
        kith__fail_memory(error);
    if (kith__failed(error)) {
        kith__models_free(b.models);
        return error->public_.status;
    }
    *out = b.models;
    return KITH_OK;
}

void kith__models_free(kith__models *models)
{
    if (!models)
        return;
    kith__map_free(&models->by_model);
    kith__map_free(&models->by_name);
    kith__schema_free(&models->schema);
    kith__arena_free(&models->arena);
    free(models);
}
