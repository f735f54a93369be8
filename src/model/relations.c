/*
 * relations: what a relationship says of itself, and over which foreign key and in which direction it goes. For src/model alone.
 */
#include "model/build.h"

/* ---------------------------------------------------------------- what it says */

static kith__declared *target_of(kith__builder *b, kith__declared *d, const kith_attribute *a)
{
    const kith_model *model = a->target ? a->target() : a->target_model;
    kith__declared *target = model ? kith__map_get(&b->by_model, &model, sizeof model) : NULL;
    if (!model)
        kith__config(b, "no_target", d, a->name, "%s.%s leads to no model.", d->name, a->name);
    else if (!target) {
        kith__config(b, "unknown_model", d, a->name, "%s.%s leads to %s, which is not in the list of models.", d->name, a->name,
                     model->name ? model->name : "a model without a name");
        kith__fail_hint(b->error, "Every model that another one leads to is in the list given to kith_open.");
    } else if (!target->broken && (!target->mapper || !target->table))
        kith__config(b, "target_is_no_model", d, a->name, "%s.%s leads to %s, which is %s.", d->name, a->name, target->name,
                     target->mapper ? "a row without a table" : "a join table");
    else
        return target;
    return NULL;
}

static void tie_make(kith__builder *b, kith__declared *d, const kith_attribute *a)
{
    kith__mapper *mapper = d->mapper;
    kith__relation *relation = mapper->relations[mapper->relation_count] = kith__make(b, sizeof *relation);
    kith__tie *tie = &d->ties[d->tie_count];
    if (!relation)
        return;
    *relation = (kith__relation){
        .attribute = a, .name = a->name, .owner = mapper, .index = (uint32_t)mapper->relation_count, .offset = (uint32_t)a->offset,
        .many = a->type == KITH_TYPE_MANY, .view_only = a->view_only, .passive_deletes = a->passive_deletes,
    };
    *tie = (kith__tie){ .relation = relation, .owner = d, .target = target_of(b, d, a) };
    mapper->relation_count++;
    d->tie_count++;
    if (a->foreign_keys)
        tie->named = kith__split(b, a->foreign_keys, &tie->named_count);
    if (a->remote_side)
        tie->remote_side = kith__split(b, a->remote_side, &tie->remote_count);
    tie->broken = !tie->target || tie->target->broken;
    relation->target = tie->target ? tie->target->mapper : NULL;
}

void kith__relations_make(kith__builder *b, kith__declared *d)
{
    if (!d->mapper || !d->table)
        return;
    kith__mapper *mapper = d->mapper;
    size_t inherited = d->base ? d->base->mapper->relation_count : 0;
    mapper->relations = kith__make(b, (inherited + d->count + 1) * sizeof *mapper->relations);
    d->ties = kith__make_scratch(b, (d->count + 1) * sizeof *d->ties);
    for (size_t i = 0; mapper->relations && i < inherited; i++)
        mapper->relations[mapper->relation_count++] = d->base->mapper->relations[i];
    for (size_t i = 0; mapper->relations && d->ties && i < d->count && !b->no_memory; i++)
        if (d->attributes[i].type == KITH_TYPE_ONE || d->attributes[i].type == KITH_TYPE_MANY)
            tie_make(b, d, &d->attributes[i]);
}

/* ---------------------------------------------------------------- the foreign keys that may be meant */

typedef struct candidate {
    const kith__table *table;           /* that has it */
    const kith__foreign_key *key;
    bool outward;                       /* from the owner, many-to-one */
} candidate;
typedef struct candidates { candidate *items; size_t count; } candidates;

static const kith__table *table_named(const kith__mapper *mapper, const char *name)
{
    for (size_t p = 0; p < mapper->layer_count; p++)
        if (!strcmp(mapper->layers[p].table->name, name))
            return mapper->layers[p].table;
    return NULL;
}

static bool has_columns(const kith__mapper *mapper, const kith__table *table, const char *const *columns, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!kith__property_in(mapper, table, columns[i]))
            return false;
    return true;
}

/* By which the table of a sub-model goes on from that of its base: that is no relationship. */
static bool is_of_inheritance(const kith__mapper *mapper, size_t layer, const kith__foreign_key *key)
{
    return layer > 0 && key->count == mapper->key_count && kith__listed(mapper->layers[layer].key, mapper->key_count, key->columns[0]) &&
        !strcmp(key->table, mapper->layers[layer - 1].table->name);
}

/* A table may have columns, and keys, of sub-models that this one is not. */
static bool leads(const kith__mapper *from, size_t layer, const kith__foreign_key *key, const kith__mapper *to)
{
    const kith__table *target = table_named(to, key->table);
    return target && has_columns(from, from->layers[layer].table, key->columns, key->count) && has_columns(to, target, key->targets, key->count) &&
        !is_of_inheritance(from, layer, key);
}

static bool goes_both_ways(const kith__mapper *a, const kith__mapper *b, const kith__foreign_key *key)
{
    for (size_t p = 0; p < a->layer_count; p++)
        for (size_t i = 0; i < a->layers[p].table->foreign_key_count; i++)
            if (&a->layers[p].table->foreign_keys[i] == key)
                return table_named(b, a->layers[p].table->name) && leads(a, p, key, b) && leads(b, p, key, a);
    return false;
}

/* Of a key that goes both ways, within one table, the way in is taken here. */
static void gather(const kith__mapper *from, const kith__mapper *to, bool outward, candidates *found)
{
    for (size_t p = 0; p < from->layer_count; p++)
        for (size_t i = 0; i < from->layers[p].table->foreign_key_count; i++) {
            const kith__foreign_key *key = &from->layers[p].table->foreign_keys[i];
            if (leads(from, p, key, to) && !(outward && goes_both_ways(from, to, key)))
                found->items[found->count++] = (candidate){ from->layers[p].table, key, outward };
        }
}

static size_t most_keys(const kith__mapper *mapper)
{
    size_t count = 0;
    for (size_t p = 0; p < mapper->layer_count; p++)
        count += mapper->layers[p].table->foreign_key_count;
    return count;
}

/* A name in the option is the member of the model that has the key. */
static bool is_named(const kith__tie *tie, const candidate *c)
{
    const kith__mapper *mapper = c->outward ? tie->owner->mapper : tie->target->mapper;
    for (size_t i = 0; i < tie->named_count; i++) {
        const kith__property *property = kith__property_called(mapper, tie->named[i]);
        if (!property || !kith__listed(c->key->columns, c->key->count, property->column->name))
            return false;
    }
    return true;
}

static void keep(candidates *all, const kith__tie *tie, bool (*test)(const kith__tie *, const candidate *))
{
    size_t kept = 0;
    for (size_t i = 0; i < all->count; i++)
        if (test(tie, &all->items[i]))
            all->items[kept++] = all->items[i];
    all->count = kept;
}

/* Many are only reached by a key of theirs. */
static bool goes_its_way(const kith__tie *tie, const candidate *c)
{
    return !tie->relation->many || !c->outward;
}

static const char *printed(kith__builder *b, const kith__tie *tie, const candidates *all)
{
    kith__text text = { 0 };
    for (size_t i = 0; i < all->count; i++) {
        const candidate *c = &all->items[i];
        const kith__mapper *mapper = c->outward ? tie->owner->mapper : tie->target->mapper;
        kith__text_add(&text, i ? ", " : "");
        for (size_t k = 0; k < c->key->count; k++)
            kith__text_addf(&text, "%s%s.%s", k ? " with " : "", mapper->name, kith__property_in(mapper, c->table, c->key->columns[k])->name);
    }
    const char *said = kith__arena_take(&b->scratch, &text);
    return said ? said : "several";
}

/* ---------------------------------------------------------------- what is wrong with them */

static bool knows(const kith__tie *tie, const char *name)
{
    return kith__property_called(tie->owner->mapper, name) || kith__property_called(tie->target->mapper, name);
}

static bool unknown_names(kith__builder *b, const kith__tie *tie, const char *option, const char *const *names, size_t count, bool of_target)
{
    for (size_t i = 0; i < count; i++) {
        if (of_target ? kith__property_called(tie->target->mapper, names[i]) != NULL : knows(tie, names[i]))
            continue;
        const kith__mapper *mapper = of_target || tie->relation->many ? tie->target->mapper : tie->owner->mapper;
        kith__config(b, "relationship_column", tie->owner, tie->relation->name, "%s.%s has \"%s\" in its .%s, and %s has no such column%s", tie->owner->name,
                     tie->relation->name, names[i], option, mapper->name, kith__or_rather_member(b, names[i], mapper, KITH__NAME_PROPERTIES));
        return true;
    }
    return false;
}

static void none_found(kith__builder *b, const kith__tie *tie, const candidates *before)
{
    const char *owner = tie->owner->name, *name = tie->relation->name, *target = tie->target->name;
    if (tie->owner->keys_broken || tie->target->keys_broken)
        return;                                 /* the mistake is in a foreign key, and was said */
    if (tie->named_count && before->count) {
        kith__config(b, "foreign_keys", tie->owner, name, "%s.%s has .foreign_keys = \"%s\", which names none of the foreign keys between %s and %s: %s.", owner,
                     name, tie->relation->attribute->foreign_keys, owner, target, printed(b, tie, before));
    } else if (before->count) {
        kith__config(b, "many_by_own_key", tie->owner, name, "%s.%s is a KITH_MANY, but the foreign key is %s's own (%s), which leads to one %s.", owner, name,
                     owner, printed(b, tie, before), target);
        kith__fail_hint(b->error, "Make it a KITH_ONE, or give %s a foreign key to %s.", target, tie->owner->table->name);
    } else {
        kith__config(b, "no_foreign_key", tie->owner, name, "%s.%s leads to %s, and there is no foreign key between them.", owner, name, target);
        kith__fail_hint(b->error, "Give a column of %s .foreign_key = \"%s.%s\"%s.", tie->relation->many ? target : owner,
                        tie->relation->many ? tie->owner->table->name : tie->target->table->name,
                        tie->relation->many ? tie->owner->table->primary_key.columns[0] : tie->target->table->primary_key.columns[0],
                        tie->relation->many ? ", or name a join table by .secondary" : "");
    }
}

static void several_found(kith__builder *b, const kith__tie *tie, const candidates *all)
{
    kith__config(b, "ambiguous_foreign_key", tie->owner, tie->relation->name, "%s.%s leads to %s, and there are several foreign keys between them: %s.",
                 tie->owner->name, tie->relation->name, tie->target->name, printed(b, tie, all));
    kith__fail_hint(b->error, "Say which by .foreign_keys = \"%s\" (the member's name).",
                    kith__property_in(all->items[0].outward ? tie->owner->mapper : tie->target->mapper, all->items[0].table, all->items[0].key->columns[0])->name);
}

/* ---------------------------------------------------------------- direction */

/* All of the names are of these columns, and one of them is not of the others: a key may have a column in common with what it names. */
static bool are_of(const kith__tie *tie, const char *const *columns, const char *const *others, size_t count)
{
    bool own = false;
    for (size_t i = 0; i < tie->remote_count; i++) {
        const char *name = kith__property_called(tie->target->mapper, tie->remote_side[i])->column->name;
        if (!kith__listed(columns, count, name))
            return false;
        own = own || !kith__listed(others, count, name);
    }
    return own;
}

/* A key within one table goes both ways. .remote_side names the columns on the far side; without it the way is from one to many. */
static bool choose_way(kith__builder *b, const kith__tie *tie, candidate *chosen)
{
    const kith__foreign_key *key = chosen->key;
    bool self = goes_both_ways(tie->owner->mapper, tie->target->mapper, key);
    if (!tie->remote_count)
        return true;
    bool outward = are_of(tie, key->targets, key->columns, key->count), inward = are_of(tie, key->columns, key->targets, key->count);
    if (self && outward != inward && !(outward && tie->relation->many))
        chosen->outward = outward;
    else if (!(chosen->outward ? outward : inward)) {
        kith__config(b, "remote_side", tie->owner, tie->relation->name, "%s.%s has .remote_side = \"%s\", which is not where its foreign key leads.",
                     tie->owner->name, tie->relation->name, tie->relation->attribute->remote_side);
        kith__fail_hint(b->error, tie->relation->many ? "A KITH_MANY has its remote side at the foreign key's own columns."
                                                      : "On the many-to-one side it names the key that is referenced.");
        return false;
    }
    return true;
}

static bool choose(kith__builder *b, kith__tie *tie, candidate *chosen)
{
    size_t most = most_keys(tie->owner->mapper) + most_keys(tie->target->mapper);
    candidates all = { kith__make_scratch(b, (most + 1) * sizeof(candidate)), 0 }, before = all;
    if (!all.items || unknown_names(b, tie, "foreign_keys", tie->named, tie->named_count, false) ||
        unknown_names(b, tie, "remote_side", tie->remote_side, tie->remote_count, true))
        return false;
    gather(tie->owner->mapper, tie->target->mapper, true, &all);
    gather(tie->target->mapper, tie->owner->mapper, false, &all);
    before.count = all.count;
    before.items = kith__arena_copy(&b->scratch, all.items, (most + 1) * sizeof(candidate));
    if (!kith__made(b, (const char *)before.items))
        return false;
    keep(&all, tie, is_named);
    keep(&all, tie, goes_its_way);
    if (all.count == 2 && tie->named_count && all.items[0].outward != all.items[1].outward)
        all.count = 1;                          /* both have a column of that name: the owner's is nearer */
    if (!all.count)
        none_found(b, tie, &before);
    else if (all.count > 1)
        several_found(b, tie, &all);
    if (all.count != 1)
        return false;
    *chosen = all.items[0];
    return choose_way(b, tie, chosen);
}

/* ---------------------------------------------------------------- the join */

static const kith__property **properties_of(kith__builder *b, const kith__mapper *mapper, const kith__table *table, const char *const *columns, size_t count)
{
    const kith__property **properties = kith__make(b, count * sizeof *properties);
    for (size_t i = 0; properties && i < count; i++)
        properties[i] = kith__property_in(mapper, table, columns[i]);
    return properties;
}

static bool join_directly(kith__builder *b, kith__tie *tie)
{
    kith__relation *relation = tie->relation;
    candidate chosen;
    if (!choose(b, tie, &chosen))
        return false;
    const kith__foreign_key *key = tie->key = chosen.key;
    relation->direction = chosen.outward ? KITH__MANY_TO_ONE : KITH__ONE_TO_MANY;
    relation->pairs = relation->far_pairs = key->count;
    const kith__table *target = table_named(chosen.outward ? relation->target : relation->owner, key->table);
    relation->local = properties_of(b, relation->owner, chosen.outward ? chosen.table : target, chosen.outward ? key->columns : key->targets, key->count);
    relation->remote = properties_of(b, relation->target, chosen.outward ? target : chosen.table, chosen.outward ? key->targets : key->columns, key->count);
    relation->to_primary_key = chosen.outward && relation->remote && kith__is_primary_key(relation->target, relation->remote, key->count);
    return true;
}

static void join(kith__builder *b, kith__tie *tie)
{
    bool through = tie->relation->attribute->secondary != NULL;
    if (!tie->broken)
        tie->broken = !(through ? kith__join_through(b, tie) : join_directly(b, tie));
    if (b->no_memory)
        return;
    kith__words_read(b, tie);
    if (tie->target && !tie->target->broken)
        kith__order_read(b, tie);
}

void kith__joins_make(kith__builder *b, kith__declared *d)
{
    for (size_t i = 0; d->mapper && d->ties && i < d->tie_count && !b->no_memory; i++)
        join(b, &d->ties[i]);
}
