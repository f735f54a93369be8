/*
 * inherit: models that go on where another one ends, in its table or in one of their own; what tells their rows apart; and where the
 * columns of all of them lie in a SELECT of one. For src/model alone.
 */
#include "model/build.h"

/* ---------------------------------------------------------------- who inherits from whom */

static void find_entry(kith__builder *b, kith__declared *d)
{
    for (size_t i = 0; i < d->count; i++) {
        if (d->attributes[i].type != KITH_TYPE_INHERITS)
            continue;
        if (d->inherits) {
            kith__config(b, "inherits_twice", d, NULL, "%s says twice what it inherits from.", d->name);
            d->broken = true;
            return;
        }
        d->inherits = &d->attributes[i];
    }
}

static void find_base(kith__builder *b, kith__declared *d)
{
    const kith_attribute *a = d->inherits;
    const kith_model *model = !a ? NULL : a->target ? a->target() : a->target_model;
    kith__declared *base = model ? kith__map_get(&b->by_model, &model, sizeof model) : NULL;
    if (!model)
        return;
    d->base = base;
    if (!base) {
        kith__config(b, "unknown_base", d, NULL, "%s inherits from %s, which is not in the list of models.", d->name, model->name ? model->name : "a model without a name");
        kith__fail_hint(b->error, "Every model that another one inherits from is in the list given to kith_open.");
    } else if (!d->mapper)
        kith__config(b, "base_of_join_table", d, NULL, "%s is a join table and inherits from nothing.", d->name);
    else if (base->broken)
        ;
    else if (!base->mapper || (!base->table && !base->inherits))
        kith__config(b, "base_is_no_model", d, NULL, "%s inherits from %s, which is %s.", d->name, base->name, base->mapper ? "a row without a table" : "a join table");
    else if (base->model->size > d->model->size) {
        kith__config(b, "base_is_larger", d, NULL, "%s has %zu bytes and inherits from %s, which has %zu.", d->name, d->model->size, base->name, base->model->size);
        kith__fail_hint(b->error, "The struct of a sub-model begins with all that its base has.");
    } else
        return;
    d->broken = true;
}

static bool leads_back(const kith__builder *b, const kith__declared *d)
{
    size_t steps = 0;
    for (const kith__declared *at = d->base; at && steps <= b->count; at = at->base, steps++)
        if (at == d)
            return true;
    return steps > b->count;
}

static void check_circle(kith__builder *b, kith__declared *d)
{
    if (d->broken || !leads_back(b, d))
        return;
    kith__config(b, "base_circle", d, NULL, "%s inherits from %s, which leads back to it.", d->name, d->base->name);
    d->broken = true;
}

/* In the table of its base, where it has none of its own. */
static void settle(kith__declared *d)
{
    d->broken = d->broken || (d->base && d->base->broken);
    d->owner = d;
    if (d->base && !d->broken && !d->table) {
        d->owner = d->base->owner;
        d->table = d->base->table;
    }
    if (d->base && !d->broken) {
        d->mapper->base = d->base->mapper;
        d->mapper->root = d->base->mapper->root;
        d->mapper->shelf = d->mapper->root->index;
    }
    d->owner->room += d->count;
}

/* Each behind its base: whoever waits for none is next. What hangs in a circle is broken, and comes last. */
static void order(kith__builder *b)
{
    bool *placed = kith__make_scratch(b, b->count * sizeof *placed);
    size_t count = 0;
    b->ordered = kith__make_scratch(b, b->count * sizeof *b->ordered);
    if (b->no_memory)
        return;
    for (size_t before = SIZE_MAX; count < b->count && before != count;) {
        before = count;
        for (size_t i = 0; i < b->count; i++) {
            kith__declared *d = &b->declared[i];
            if (placed[i] || (d->base && !placed[d->base - b->declared]))
                continue;
            placed[i] = true;
            b->ordered[count++] = d;
        }
    }
    for (size_t i = 0; i < b->count; i++)
        if (!placed[i])
            b->ordered[count++] = &b->declared[i];
}

void kith__bases_find(kith__builder *b)
{
    for (size_t i = 0; i < b->count; i++)
        if (!b->declared[i].broken)
            find_entry(b, &b->declared[i]);
    for (size_t i = 0; i < b->count; i++)
        if (!b->declared[i].broken)
            find_base(b, &b->declared[i]);
    for (size_t i = 0; i < b->count; i++)
        check_circle(b, &b->declared[i]);
    order(b);
    for (size_t i = 0; i < b->count && !b->no_memory; i++)
        settle(b->ordered[i]);
}

size_t kith__repeated_key(const kith__declared *d, const kith_attribute *a)
{
    const kith__mapper *base = d->base ? d->base->mapper : NULL;
    for (size_t i = 0; base && a->primary_key && i < base->key_count; i++)
        if (base->key[i]->field.offset == a->offset && base->key[i]->field.size == a->size && base->key[i]->attribute->type == a->type)
            return i;
    return SIZE_MAX;
}

/* ---------------------------------------------------------------- what tells them apart */

static bool tells_apart(const kith__property *property)
{
    uint32_t type = kith__field_type(&property->field);
    return type == KITH_TYPE_TEXT || type == KITH_TYPE_INT || type == KITH_TYPE_UINT || type == KITH_TYPE_BOOL;
}

static void find_discriminator(kith__builder *b, kith__declared *d)
{
    const char *name = d->inherits ? d->inherits->attribute : NULL;
    kith__mapper *mapper = d->mapper;
    if (d->base) {
        const kith__property *of_base = mapper->base->discriminator;
        d->kinds_broken = d->base->kinds_broken;
        mapper->discriminator = of_base ? &mapper->properties[of_base->index] : NULL;
        if (name)
            kith__config(b, "discriminator_place", d, name, "%s inherits from %s and names a discriminator, %s: the model that all of them go back to does that.", d->name,
                         d->base->name, name);
        return;
    }
    if (!name)
        return;
    mapper->discriminator = kith__property_called(mapper, name);
    if (!mapper->discriminator)
        kith__config(b, "discriminator", d, name, "The discriminator of %s is \"%s\", and it has no such column%s", d->name, name,
                     kith__or_rather_member(b, name, mapper, KITH__NAME_PROPERTIES));
    else if (!tells_apart(mapper->discriminator))
        kith__config(b, "discriminator", d, name, "The discriminator of %s is %s, which is neither a text nor a whole number.", d->name, name);
    d->kinds_broken = !mapper->discriminator || !tells_apart(mapper->discriminator);
}

static void read_kind(kith__builder *b, kith__declared *d)
{
    const kith_value *given = d->inherits ? &d->inherits->identity : NULL;
    kith__mapper *mapper = d->mapper;
    kith__error why = { .public_ = { .status = KITH_OK } };
    if (!given || given->type == KITH_TYPE_NONE || d->kinds_broken)
        return;
    if (!mapper->discriminator) {
        kith__config(b, "kind_without_discriminator", d, NULL, "%s says by what its rows are known, and %s has no discriminator.", d->name, mapper->root->name);
        return;
    }
    if (kith__value_is_nothing(given) || kith__member_convert(mapper->discriminator, *given, &mapper->kind, &why))
        kith__config(b, "kind", d, mapper->discriminator->name, "The rows of %s cannot be known by what it says: no %s.%s is that. %s", d->name, mapper->root->name,
                     mapper->discriminator->name, kith__failed(&why) ? why.public_.message : "It is NULL.");
    kith__error_free(&why);
}

/* ---------------------------------------------------------------- where the columns lie */

typedef struct family { kith__builder *b; kith__mapper **all; size_t count, columns; } family;

/* Below the mapper, each before its own sub-models. */
static void gather(family *f, kith__mapper *mapper)
{
    size_t place = f->count, before = f->columns;
    f->all[f->count++] = mapper;
    mapper->start = before;
    f->columns += mapper->own.count;
    for (size_t i = 0; i < f->b->count; i++)
        if (!f->b->ordered[i]->broken && f->b->ordered[i]->mapper && f->b->ordered[i]->mapper->base == mapper)
            gather(f, f->b->ordered[i]->mapper);
    mapper->below = f->all + place + 1;
    mapper->below_count = f->count - place - 1;
    mapper->width = mapper->property_count + f->columns - before - mapper->own.count;
}

static void check_kinds(kith__builder *b, const family *f)
{
    for (size_t i = 0; i < f->count; i++)
        for (size_t k = 0; k < i; k++) {
            const kith__mapper *one = f->all[k], *other = f->all[i];
            if (one->kind.type == KITH_TYPE_NONE || other->kind.type == KITH_TYPE_NONE || !kith__value_equal(&one->kind, &other->kind))
                continue;
            const kith__declared *d = kith__map_get(&b->by_model, &other->model, sizeof other->model);
            kith__config(b, "kind_twice", d, NULL, "The rows of %s and those of %s are known by the same %s.", one->name, other->name, one->discriminator->name);
            return;
        }
}

/* Without a discriminator a row is what it is asked for as. */
static void settle_family(family *f)
{
    bool joined = false;
    for (size_t i = 0; i < f->count; i++)
        joined = joined || f->all[i]->layer_count > 1;
    for (size_t i = 0; i < f->count; i++) {
        kith__mapper *mapper = f->all[i];
        mapper->joined = joined;
        mapper->mixed = mapper->discriminator && mapper->below_count;
        if (mapper->discriminator)
            continue;
        mapper->below_count = 0;
        mapper->width = mapper->property_count;
    }
}

static bool has_sub_models(const kith__builder *b, const kith__mapper *mapper)
{
    for (size_t i = 0; i < b->count; i++)
        if (!b->ordered[i]->broken && b->ordered[i]->mapper && b->ordered[i]->mapper->base == mapper)
            return true;
    return false;
}

static void family_make(kith__builder *b, kith__mapper *root)
{
    family f = { .b = b };
    root->width = root->property_count;
    root->mixed = root->discriminator != NULL;
    if (!has_sub_models(b, root))
        return;
    f.all = kith__make(b, b->count * sizeof(kith__mapper *));
    if (!f.all)
        return;
    gather(&f, root);
    check_kinds(b, &f);
    settle_family(&f);
}

void kith__kinds_make(kith__builder *b)
{
    bool any = false;
    for (size_t i = 0; i < b->count; i++) {
        kith__declared *d = b->ordered[i];
        if (d->broken || !d->mapper || !d->table)
            continue;
        find_discriminator(b, d);
        read_kind(b, d);
        any = any || d->inherits;
    }
    for (size_t i = 0; i < b->models->count && !b->no_memory; i++) {
        kith__mapper *mapper = b->models->mappers[i];
        if (any && mapper->root == mapper)
            family_make(b, mapper);
        else if (!any)
            mapper->width = mapper->property_count;
    }
}

kith__mapper *kith__mapper_of_kind(kith__mapper *mapper, const kith_value *kind)
{
    if (mapper->kind.type != KITH_TYPE_NONE && kith__value_equal(&mapper->kind, kind))
        return mapper;
    for (size_t i = 0; i < mapper->below_count; i++)
        if (mapper->below[i]->kind.type != KITH_TYPE_NONE && kith__value_equal(&mapper->below[i]->kind, kind))
            return mapper->below[i];
    return NULL;
}

const kith__property *kith__property_in(const kith__mapper *mapper, const kith__table *table, const char *column)
{
    for (size_t p = 0; p < mapper->layer_count; p++) {
        const kith__layer *layer = &mapper->layers[p];
        if (layer->table != table)
            continue;
        for (size_t i = layer->first; i < layer->first + layer->count; i++)
            if (!strcmp(mapper->properties[i].column->name, column))
                return &mapper->properties[i];
        for (size_t i = 0; i < mapper->key_count; i++)
            if (!strcmp(layer->key[i], column))
                return mapper->key[i];
    }
    return NULL;
}

kith__tie *kith__tie_of(const kith__builder *b, const kith__relation *relation)
{
    const kith__declared *d = kith__map_get(&b->by_model, &relation->owner->model, sizeof relation->owner->model);
    size_t inherited = relation->owner->relation_count - d->tie_count;
    return &d->ties[relation->index - inherited];
}
