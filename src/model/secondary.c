/*
 * secondary: many-to-many over a join table: one that is declared, as a KITH_JOIN_TABLE or as a model, or one that kith makes by itself
 * from the keys of both sides. For src/model alone.
 */
#include "model/build.h"

/* ---------------------------------------------------------------- the other side, as far as it is known yet */

static const kith__tie *other_side(const kith__tie *tie)
{
    const char *name = tie->relation->attribute->back_populates;
    const kith__declared *target = tie->target;
    for (size_t i = 0; name && i < target->tie_count; i++) {
        const kith__tie *other = &target->ties[i];
        if (other != tie && !strcmp(other->relation->name, name) && other->target == tie->owner)
            return other;
    }
    return NULL;
}

/* ---------------------------------------------------------------- a join table that nobody declared */

/* The columns for one side: as its .foreign_keys says, or <model in snake_case>_<key>. */
static const char **column_names(kith__builder *b, const kith__tie *side, const kith__mapper *mapper)
{
    const char **names = kith__make_in_schema(b, mapper->key_count * sizeof *names);
    bool given = side && side->named_count == mapper->key_count;
    for (size_t i = 0; names && i < mapper->key_count; i++) {
        kith__text text = { 0 };
        if (given)
            kith__text_add(&text, side->named[i]);
        else {
            kith__snake_case(&text, mapper->name);
            kith__text_addf(&text, "_%s", mapper->key[i]->column->name);
        }
        names[i] = kith__made(b, kith__arena_take(&b->models->schema.arena, &text));
    }
    return b->no_memory ? NULL : names;
}

static void add_columns(kith__table *table, const char **names, const kith__mapper *mapper)
{
    for (size_t i = 0; i < mapper->key_count; i++) {
        table->columns[table->column_count++] = (kith__column){ .name = names[i], .type = mapper->key[i]->column->type, .not_null = true };
        table->primary_key.columns[table->primary_key.count++] = names[i];
    }
}

static bool add_key(kith__builder *b, kith__table *table, const char **names, const kith__mapper *mapper)
{
    kith__foreign_key *key = &table->foreign_keys[table->foreign_key_count];
    const char **targets = kith__make_in_schema(b, mapper->key_count * sizeof *targets);
    for (size_t i = 0; targets && i < mapper->key_count; i++)
        targets[i] = mapper->layers[mapper->layer_count - 1].key[i];
    *key = (kith__foreign_key){ .columns = names, .table = mapper->table->name, .targets = targets, .count = mapper->key_count, .on_delete = "CASCADE" };
    key->name = kith__made(b, kith__constraint_name(&b->models->schema.arena, "fk", table->name, names, key->count));
    table->foreign_key_count++;
    return !b->no_memory;
}

static bool names_differ(kith__builder *b, const kith__tie *tie, const char *const *near, const char *const *far)
{
    for (size_t i = 0; i < tie->owner->mapper->key_count; i++) {
        if (!kith__listed(far, tie->target->mapper->key_count, near[i]))
            continue;
        kith__config(b, "secondary_columns", tie->owner, tie->relation->name, "%s.%s: both sides of the join table %s would have a column named %s.",
                     tie->owner->name, tie->relation->name, tie->relation->attribute->secondary, near[i]);
        kith__fail_hint(b->error, "Name this side's column of it by .foreign_keys, on both relationships, or declare a KITH_JOIN_TABLE.");
        return false;
    }
    return true;
}

static kith__table *join_table_make(kith__builder *b, const kith__tie *tie)
{
    const kith__mapper *owner = tie->owner->mapper, *target = tie->target->mapper;
    size_t width = owner->key_count + target->key_count;
    const char **near = column_names(b, tie, owner), **far = column_names(b, other_side(tie), target);
    if (!near || !far || !names_differ(b, tie, near, far))
        return NULL;
    kith__table *table = kith__schema_add(&b->models->schema, tie->relation->attribute->secondary);
    if (!kith__made(b, (const char *)table))
        return NULL;
    table->columns = kith__make_in_schema(b, width * sizeof *table->columns);
    table->primary_key.columns = kith__make_in_schema(b, width * sizeof *table->primary_key.columns);
    table->foreign_keys = kith__make_in_schema(b, 2 * sizeof *table->foreign_keys);
    if (b->no_memory)
        return NULL;
    add_columns(table, near, owner);
    add_columns(table, far, target);
    return add_key(b, table, near, owner) && add_key(b, table, far, target) ? table : NULL;
}

/* ---------------------------------------------------------------- which of its keys lead where */

/* Every name is a column of the key. The names may be for both sides: those of the other one are in `others`. */
static bool is_named(const kith__tie *side, const kith__foreign_key *key)
{
    bool any = false;
    for (size_t i = 0; side && i < side->named_count; i++) {
        const char *dot = strrchr(side->named[i], '.');
        any = any || kith__listed(key->columns, key->count, dot ? dot + 1 : side->named[i]);
    }
    return any;
}

typedef struct lead { const kith__foreign_key *key; size_t count; } lead;

/* To one of its tables. */
static const kith__table *leads_to(const kith__mapper *mapper, const kith__foreign_key *key)
{
    for (size_t p = 0; p < mapper->layer_count; p++)
        if (!strcmp(key->table, mapper->layers[p].table->name))
            return mapper->layers[p].table;
    return NULL;
}

/* The key to a model's table other than `except`; of several, the one that `side` names. */
static lead lead_to(const kith__table *table, const kith__mapper *mapper, const kith__foreign_key *except, const kith__tie *side)
{
    lead all = { 0 }, named = { 0 };
    for (size_t i = 0; i < table->foreign_key_count; i++) {
        const kith__foreign_key *key = &table->foreign_keys[i];
        if (key == except || !leads_to(mapper, key))
            continue;
        all = (lead){ key, all.count + 1 };
        if (is_named(side, key))
            named = (lead){ key, named.count + 1 };
    }
    return named.count ? named : all;
}

static bool found(kith__builder *b, const kith__tie *tie, const kith__table *table, const kith__mapper *mapper, const lead *way)
{
    const char *owner = tie->owner->name, *name = tie->relation->name;
    const kith__declared *declared = kith__map_gets(&b->by_table, table->name);
    if (way->count == 1)
        return true;
    if (declared && declared->keys_broken)
        return false;
    if (!way->count) {
        kith__config(b, "secondary_no_foreign_key", tie->owner, name, "%s.%s goes through the join table %s, which has no foreign key to %s of %s.", owner, name,
                     table->name, mapper->table->name, mapper->name);
        kith__fail_hint(b->error, "A join table has a foreign key to each of the two sides.");
    } else {
        kith__config(b, "secondary_ambiguous", tie->owner, name, "%s.%s goes through the join table %s, which has several foreign keys to %s of %s.", owner, name,
                     table->name, mapper->table->name, mapper->name);
        kith__fail_hint(b->error, "Say by .foreign_keys which column of %s is for this side, on both relationships.", table->name);
    }
    return false;
}

/* Within one table the two keys are told apart by the name that either side gives. */
static bool find_ways(kith__builder *b, kith__tie *tie, const kith__table *table)
{
    const kith__mapper *owner = tie->owner->mapper, *target = tie->target->mapper;
    const kith__tie *other = other_side(tie);
    bool within = owner->root == target->root;
    if (within && !tie->named_count && other && other->named_count) {
        lead far = lead_to(table, target, NULL, other), near = lead_to(table, owner, far.key, NULL);
        tie->near = near.key;
        tie->far = far.key;
        return found(b, tie, table, target, &far) && found(b, tie, table, owner, &near);
    }
    lead near = lead_to(table, owner, NULL, tie);
    lead far = lead_to(table, target, near.count == 1 ? near.key : NULL, other && other->named_count ? other : within ? NULL : tie);
    tie->near = near.key;
    tie->far = far.key;
    return (far.count || within ? true : found(b, tie, table, target, &far)) && found(b, tie, table, owner, &near) &&
           found(b, tie, table, target, &far);
}

/* ---------------------------------------------------------------- the join */

static const kith__property **keys_of(kith__builder *b, const kith__mapper *mapper, const kith__foreign_key *key)
{
    const kith__property **properties = kith__make(b, key->count * sizeof *properties);
    for (size_t i = 0; properties && i < key->count; i++)
        properties[i] = kith__property_in(mapper, leads_to(mapper, key), key->targets[i]);
    return properties;
}

bool kith__join_through(kith__builder *b, kith__tie *tie)
{
    kith__relation *relation = tie->relation;
    const char *name = relation->attribute->secondary;
    const kith__declared *declared = kith__map_gets(&b->by_table, name);
    const kith__table *table = kith__schema_find(&b->models->schema, name);
    if (declared && declared->broken)
        return false;
    if (!relation->many) {
        kith__config(b, "secondary_one", tie->owner, relation->name, "%s.%s is a KITH_ONE and has .secondary: a join table leads to many.", tie->owner->name,
                     relation->name);
        return false;
    }
    if (!table)
        table = join_table_make(b, tie);
    if (!table || !find_ways(b, tie, table))
        return false;
    relation->direction = KITH__MANY_TO_MANY;
    relation->secondary = table;
    relation->pairs = tie->near->count;
    relation->far_pairs = tie->far->count;
    relation->near = tie->near->columns;
    relation->far = tie->far->columns;
    relation->local = keys_of(b, relation->owner, tie->near);
    relation->remote = keys_of(b, relation->target, tie->far);
    return !b->no_memory;
}
