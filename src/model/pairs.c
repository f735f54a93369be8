/*
 * pairs: the two sides of a relationship find each other by back_populates, and no two relationships write the same columns without
 * knowing of each other. For src/model alone.
 */
#include "model/build.h"

static kith__tie *tie_named(const kith__declared *d, const char *name)
{
    for (size_t i = 0; i < d->tie_count; i++)
        if (!strcmp(d->ties[i].relation->name, name))
            return &d->ties[i];
    return NULL;
}

/* ---------------------------------------------------------------- the partner */

static void no_relationship(kith__builder *b, const kith__tie *tie, const char *name)
{
    const char *owner = tie->owner->name, *target = tie->target->name;
    kith__member member = kith__member_named(tie->target->mapper, name);
    bool proxy = false;
    for (size_t i = 0; i < tie->target->count; i++)
        proxy = proxy || (tie->target->attributes[i].type == KITH_TYPE_PROXY && !strcmp(tie->target->attributes[i].name, name));
    if (member.kind == KITH__PROPERTY || proxy)
        kith__config(b, "back_populates_no_relationship", tie->owner, tie->relation->name, "%s.%s has .back_populates = \"%s\", and %s.%s is a %s%s", owner,
                     tie->relation->name, name, target, name, proxy ? "proxy" : "column",
                     kith__or_rather_member(b, name, tie->target->mapper, KITH__NAME_RELATIONS));
    else
        kith__config(b, "back_populates_unknown", tie->owner, tie->relation->name, "%s.%s has .back_populates = \"%s\", and %s has no such member%s", owner,
                     tie->relation->name, name, target, kith__or_rather_member(b, name, tie->target->mapper, KITH__NAME_RELATIONS));
}

/* The partner does not name this one. */
static void one_sided(kith__builder *b, kith__tie *tie, kith__tie *other)
{
    const char *name = other->relation->attribute->back_populates;
    const char *a = tie->owner->name, *a_name = tie->relation->name, *c = other->owner->name, *c_name = other->relation->name;
    if (!name) {
        kith__config(b, "back_populates_one_sided", tie->owner, a_name, "%s.%s has .back_populates = \"%s\", but %s.%s does not name it.", a, a_name, c_name, c,
                     c_name);
        kith__fail_hint(b->error, "Write .back_populates = \"%s\" for %s.%s.", a_name, c, c_name);
        other->paired = true;
    } else if (other->target && tie_named(other->target, name)) {
        kith__config(b, "back_populates_taken", tie->owner, a_name, "%s.%s has .back_populates = \"%s\", but the other side of %s.%s is %s.%s.", a, a_name,
                     c_name, c, c_name, other->target->name, name);
        kith__fail_hint(b->error, "A relationship has one other side. Make %s.%s .view_only without .back_populates, if it only looks.", a, a_name);
    }
}

static kith__tie *partner_of(kith__builder *b, kith__tie *tie)
{
    const char *name = tie->relation->attribute->back_populates;
    kith__tie *other = tie_named(tie->target, name);
    if (!other)
        no_relationship(b, tie, name);
    else if (other->target && other->target != tie->owner)
        kith__config(b, "back_populates_elsewhere", tie->owner, tie->relation->name, "%s.%s has .back_populates = \"%s\", but %s.%s leads to %s.",
                     tie->owner->name, tie->relation->name, name, tie->target->name, name, other->target->name);
    else if (!other->relation->attribute->back_populates || strcmp(other->relation->attribute->back_populates, tie->relation->name))
        one_sided(b, tie, other);
    else
        return other;
    return NULL;
}

/* ---------------------------------------------------------------- do the two sides fit? */

static void same_direction(kith__builder *b, const kith__tie *a, const kith__tie *c)
{
    static const char *const words[] = { [KITH__MANY_TO_ONE] = "many-to-one", [KITH__ONE_TO_MANY] = "one-to-many", [KITH__MANY_TO_MANY] = "many-to-many" };
    bool self = a->owner == a->target;
    kith__config(b, "same_direction", a->owner, a->relation->name, "%s.%s and %s.%s name each other, and %s %s.", a->owner->name, a->relation->name, c->owner->name,
                 c->relation->name, a == c ? "that is one and the same, which is" : "both are", words[a->relation->direction]);
    if (self && a->relation->direction == KITH__ONE_TO_MANY)
        kith__fail_hint(b->error, "On the many-to-one side write .remote_side = \"%s\", the key that is referenced.", a->relation->local[0]->name);
    else
        kith__fail_hint(b->error, "Of two sides, one has the foreign key.");
}

static void other_keys(kith__builder *b, const kith__tie *a, const kith__tie *c)
{
    kith__config(b, "pair_keys", a->owner, a->relation->name, "%s.%s and %s.%s name each other and go over different %s.", a->owner->name, a->relation->name,
                 c->owner->name, c->relation->name, a->near || c->near ? "columns of a join table, or one through none" : "foreign keys");
    kith__fail_hint(b->error, a->near && c->near ? "Both name the same table by .secondary; within one model .foreign_keys names the column of each side."
                                                 : "Say which by .foreign_keys, on both.");
}

static bool fit(kith__builder *b, const kith__tie *a, const kith__tie *c)
{
    bool many = a->relation->direction == KITH__MANY_TO_MANY, same = a->relation->direction == c->relation->direction;
    if (same && (!many || a == c))
        same_direction(b, a, c);
    else if (many ? a->near != c->far || a->far != c->near : a->key != c->key)
        other_keys(b, a, c);
    else
        return true;
    return false;
}

/* Of a pair of the same direction the side that is one is asked to say that it is the far one. */
static void pair(kith__builder *b, kith__tie *tie)
{
    if (tie->broken || !tie->relation->attribute->back_populates || tie->paired || tie->relation->reverse)
        return;
    kith__tie *other = partner_of(b, tie);
    if (!other) {
        tie->paired = true;
        return;
    }
    if (other->broken)
        return;
    if (fit(b, tie, other)) {
        tie->relation->reverse = other->relation;
        other->relation->reverse = tie->relation;
    } else
        tie->paired = other->paired = true;
}

/* ---------------------------------------------------------------- who writes what */

static bool writes(const kith__tie *tie)
{
    return !tie->broken && !tie->paired && !tie->relation->view_only;
}

/* A join table that is a model with relationships of its own is written through those. */
static void secondary_is_model(kith__builder *b, kith__tie *many, const kith__tie *one)
{
    kith__config(b, "secondary_is_model", many->owner, many->relation->name, "%s.%s writes the rows of %s, and %s.%s writes them too.", many->owner->name,
                 many->relation->name, many->relation->secondary->name, one->owner->name, one->relation->name);
    kith__fail_hint(b->error, "Make %s.%s .view_only, or a KITH_ASSOCIATION_PROXY through %s.", many->owner->name, many->relation->name, one->owner->name);
    many->paired = true;
}

static void unlinked(kith__builder *b, kith__tie *a, kith__tie *c)
{
    const char *owner = a->owner->name, *name = a->relation->name, *other = c->owner->name, *other_name = c->relation->name;
    bool sides = a->target == c->owner && c->target == a->owner && !a->relation->reverse && !c->relation->reverse &&
                 (a->relation->direction != c->relation->direction || a->near);
    kith__config(b, "unlinked", a->owner, name, sides ? "%s.%s and %s.%s look like the two sides of one relationship and do not know each other."
                                                      : "%s.%s and %s.%s write the same columns and do not know each other.", owner, name, other, other_name);
    if (sides)
        kith__fail_hint(b->error, "Write .back_populates = \"%s\" for %s.%s and .back_populates = \"%s\" for %s.%s, or make one .view_only.", other_name, owner,
                        name, name, other, other_name);
    else
        kith__fail_hint(b->error, "Make one of them .view_only; two sides of one relationship name each other by .back_populates.");
    a->paired = c->paired = true;
}

static void clash(kith__builder *b, kith__tie *a, kith__tie *c)
{
    if (!writes(a) || !writes(c) || a->relation->reverse == c->relation)
        return;
    bool same_key = a->key && a->key == c->key;
    bool same_rows = a->near && ((a->near == c->near && a->far == c->far) || (a->near == c->far && a->far == c->near));
    if (same_key || same_rows)
        unlinked(b, a, c);
    else if (a->near && c->relation->direction == KITH__MANY_TO_ONE && (c->key == a->near || c->key == a->far))
        secondary_is_model(b, a, c);
    else if (c->near && a->relation->direction == KITH__MANY_TO_ONE && (a->key == c->near || a->key == c->far))
        secondary_is_model(b, c, a);
}

static void set_writer(const kith__tie *tie)
{
    const kith__relation *relation = tie->relation;
    if (tie->broken || relation->view_only || relation->direction != KITH__MANY_TO_ONE)
        return;
    for (size_t i = 0; i < relation->pairs; i++) {
        kith__property *property = &relation->owner->properties[relation->local[i]->index];
        if (!property->writer)
            property->writer = relation;
    }
}

/* ---------------------------------------------------------------- all of them */

static kith__tie **all_ties(kith__builder *b, size_t *count)
{
    *count = 0;
    for (size_t i = 0; i < b->count; i++)
        *count += b->declared[i].tie_count;
    kith__tie **all = kith__make_scratch(b, *count * sizeof *all);
    *count = 0;
    for (size_t i = 0; all && i < b->count; i++)
        for (size_t k = 0; k < b->declared[i].tie_count; k++)
            all[(*count)++] = &b->declared[i].ties[k];
    return all;
}

void kith__pairs_make(kith__builder *b)
{
    size_t count;
    kith__tie **all = all_ties(b, &count);
    for (size_t i = 0; all && i < count; i++)
        if (!all[i]->relation->many)            /* a mistake of both sides is best said of the one */
            pair(b, all[i]);
    for (size_t i = 0; all && i < count; i++)
        if (all[i]->relation->many)
            pair(b, all[i]);
    for (size_t i = 0; all && i < count; i++)
        for (size_t k = 0; k < i; k++)
            clash(b, all[k], all[i]);
    for (size_t i = 0; all && i < count; i++) {
        set_writer(all[i]);
        b->models->one_sided |= all[i]->relation->many && !all[i]->relation->reverse;
    }
}
