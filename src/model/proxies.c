/*
 * proxies: a relationship seen through another one. The first name is a relationship of the owner, the second a column, relationship or
 * proxy of what that leads to. For src/model alone.
 */
#include "model/build.h"

/* How far a proxy is: one that leads to a proxy waits for that one. */
typedef enum progress { NOT_YET, ON_THE_WAY, MADE, BROKEN } progress;
typedef struct proxies { kith__builder *b; progress **progress; } proxies;         /* by mapper and proxy */

static void make(proxies *all, kith__declared *d, size_t index);

static kith__declared *declared_of(kith__builder *b, const kith__mapper *mapper)
{
    return kith__map_get(&b->by_model, &mapper->model, sizeof mapper->model);
}

/* ---------------------------------------------------------------- the first name */

static bool find_through(kith__builder *b, kith__declared *d, kith__proxy *proxy)
{
    const char *name = proxy->attribute->through;
    kith__member member = name ? kith__member_named(d->mapper, name) : (kith__member){ 0 };
    if (member.kind == KITH__RELATION) {
        proxy->through = d->mapper->relations[member.index];
        return !kith__tie_of(b, proxy->through)->broken;
    }
    if (member.kind == KITH__NO_MEMBER)
        kith__config(b, "proxy_through", d, proxy->name, "%s.%s goes through \"%s\", and %s has no such relationship%s", d->name, proxy->name, name ? name : "",
                     d->name, kith__or_rather_member(b, name ? name : "", d->mapper, KITH__NAME_RELATIONS));
    else
        kith__config(b, "proxy_through_no_relationship", d, proxy->name, "%s.%s goes through %s.%s, which is a %s: a proxy goes through a relationship.", d->name,
                     proxy->name, d->name, name, member.kind == KITH__PROPERTY ? "column" : "proxy");
    return false;
}

/* ---------------------------------------------------------------- the second name */

static bool lead_to_proxy(proxies *all, kith__declared *d, kith__proxy *proxy, size_t index)
{
    kith__builder *b = all->b;
    kith__declared *between = declared_of(b, proxy->through->target);
    if (all->progress[between->mapper->index][index] == ON_THE_WAY) {
        kith__config(b, "proxy_circle", d, proxy->name, "%s.%s leads to %s.%s, which leads back to it.", d->name, proxy->name, between->name,
                     between->mapper->proxies[index].name);
        return false;
    }
    make(all, between, index);
    proxy->proxy = &between->mapper->proxies[index];
    proxy->many = proxy->through->many || proxy->proxy->many;
    proxy->target = proxy->proxy->target;
    return all->progress[between->mapper->index][index] == MADE;
}

static bool find_inner(proxies *all, kith__declared *d, kith__proxy *proxy)
{
    kith__mapper *between = proxy->through->target;
    const char *name = proxy->attribute->attribute;
    kith__member member = name ? kith__member_named(between, name) : (kith__member){ 0 };
    proxy->many = proxy->through->many;
    switch (member.kind) {
    case KITH__PROPERTY:
        proxy->property = &between->properties[member.index];
        return true;
    case KITH__RELATION:
        proxy->relation = between->relations[member.index];
        proxy->many = proxy->many || proxy->relation->many;
        proxy->target = proxy->relation->target;
        return !kith__tie_of(all->b, proxy->relation)->broken;
    case KITH__PROXY:
        return lead_to_proxy(all, d, proxy, member.index);
    default:
        kith__config(all->b, "proxy_attribute", d, proxy->name, "%s.%s leads through %s to \"%s\", and %s has no such member%s", d->name, proxy->name,
                     proxy->through->name, name ? name : "", between->name,
                     kith__or_rather_member(all->b, name ? name : "", between, KITH__NAME_RELATIONS | KITH__NAME_PROPERTIES | KITH__NAME_PROXIES));
        return false;
    }
}

/* ---------------------------------------------------------------- the field */

static const kith__property *end_of(const kith__proxy *proxy)
{
    while (proxy->proxy)
        proxy = proxy->proxy;
    return proxy->property;
}

/* The number that KITH_TAG_ makes of a name when it is compiled. */
static uint32_t tag_of(const char *name)
{
    size_t size = strlen(name) + 1;
    uint32_t tag = (uint32_t)size << 18;
    for (size_t i = 0; i < 9; i++) {
        char c = name[i < size ? i : 0];
        tag += (uint32_t)((c < 'k') + (c < 'r')) << 2 * i;
    }
    return tag;
}

static uint32_t expected_tag(const kith__proxy *proxy)
{
    return proxy->target ? 2 * tag_of(proxy->target->name) + proxy->many : 1;
}

static const char *model_of_tag(const kith__builder *b, uint32_t tag)
{
    for (size_t i = 0; i < b->models->count; i++)
        if (tag_of(b->models->mappers[i]->name) == tag / 2)
            return b->models->mappers[i]->name;
    return "another model";
}

static const char *kind_of(uint32_t tag)
{
    return tag == 1 ? "of a column's type" : tag & 1 ? "a KITH_MANY" : "a KITH_ONE";
}

/* A list of columns is no list that C has, so that it is for conditions only and its field is of any type. */
static void wrong_field(kith__builder *b, kith__declared *d, const kith__proxy *proxy, const kith__property *end)
{
    uint32_t tag = proxy->attribute->tag;
    if (end)
        kith__config(b, "proxy_field", d, proxy->name, "%s.%s leads to the column %s.%s, and its field is not of that type.", d->name, proxy->name,
                     end->mapper->name, end->name);
    else if (tag > 1 && tag / 2 != tag_of(proxy->target->name))
        kith__config(b, "proxy_model", d, proxy->name, "%s.%s is %s of %s and leads to %s.", d->name, proxy->name, kind_of(tag), model_of_tag(b, tag),
                     proxy->target->name);
    else
        kith__config(b, "proxy_field", d, proxy->name, "%s.%s leads to %s %s, so that its field is %s(%s).", d->name, proxy->name,
                     proxy->many ? "many" : "one", proxy->target->name, proxy->many ? "KITH_MANY" : "KITH_ONE", proxy->target->name);
}

/* Models made at run time tell no tag; then the size must do, and the model that they name. */
static bool fits_its_field(kith__builder *b, kith__declared *d, const kith__proxy *proxy)
{
    const kith_attribute *a = proxy->attribute;
    const kith__property *end = end_of(proxy);
    const kith_model *model = a->target ? a->target() : a->target_model;
    if (end && proxy->many)
        return true;
    bool fits = a->size == (end ? end->field.size : 2 * sizeof(void *)) && (!a->tag || a->tag == expected_tag(proxy));
    if (!fits)
        wrong_field(b, d, proxy, end);
    else if (model && proxy->target && proxy->target->model != model)
        kith__config(b, "proxy_model", d, proxy->name, "%s.%s is declared for %s and leads to %s.", d->name, proxy->name, model->name, proxy->target->name);
    else
        return true;
    return false;
}

static void make(proxies *all, kith__declared *d, size_t index)
{
    progress *state = &all->progress[d->mapper->index][index];
    kith__proxy *proxy = &d->mapper->proxies[index];
    size_t inherited = d->base ? d->base->mapper->proxy_count : 0;
    if (*state != NOT_YET)
        return;
    *state = ON_THE_WAY;
    if (index < inherited) {
        make(all, d->base, index);
        *proxy = d->base->mapper->proxies[index];
        *state = all->progress[d->base->mapper->index][index];
        return;
    }
    bool made = find_through(all->b, d, proxy) && find_inner(all, d, proxy) && fits_its_field(all->b, d, proxy);
    *state = made ? MADE : BROKEN;
}

/* ---------------------------------------------------------------- all of them */

static void declare(proxies *all, kith__declared *d)
{
    kith__mapper *mapper = d->mapper;
    size_t inherited = d->base ? d->base->mapper->proxy_count : 0;
    mapper->proxies = kith__make(all->b, (inherited + d->count + 1) * sizeof *mapper->proxies);
    all->progress[mapper->index] = kith__make_scratch(all->b, (inherited + d->count + 1) * sizeof **all->progress);
    if (all->b->no_memory)
        return;
    for (size_t i = 0; i < inherited; i++)
        mapper->proxies[mapper->proxy_count++] = d->base->mapper->proxies[i];
    for (size_t i = 0; i < d->count; i++) {
        const kith_attribute *a = &d->attributes[i];
        if (a->type != KITH_TYPE_PROXY)
            continue;
        mapper->proxies[mapper->proxy_count] =
            (kith__proxy){ .attribute = a, .name = a->name, .owner = mapper, .index = (uint32_t)mapper->proxy_count, .offset = (uint32_t)a->offset };
        mapper->proxy_count++;
    }
}

static bool has_table(const kith__declared *d)
{
    return d->mapper && d->table && !d->broken;
}

void kith__proxies_make(kith__builder *b)
{
    proxies all = { b, kith__make_scratch(b, (b->models->count + 1) * sizeof *all.progress) };
    for (size_t i = 0; i < b->count && !b->no_memory; i++)
        if (has_table(b->ordered[i]))
            declare(&all, b->ordered[i]);
    for (size_t i = 0; i < b->count && !b->no_memory; i++)
        for (size_t k = 0; has_table(&b->declared[i]) && k < b->declared[i].mapper->proxy_count && !b->no_memory; k++)
            make(&all, &b->declared[i], k);
}
