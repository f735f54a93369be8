/*
 * What a model is selected from: its table; where its rows have a layer in several tables, those joined, the root's first; and what tells
 * its rows from those of its base in the same table. For one whose rows may be of sub-models their columns come along, so that one
 * statement brings whole objects of all of them.
 */
#include "session/session.h"

/* ---------------------------------------------------------------- columns */

const char *kith__layer_alias(kith__arena *arena, const kith__mapper *mapper, size_t layer, const char *alias)
{
    const char *table = mapper->layers[layer].table->name;
    if (!alias)
        return table;
    return layer ? kith__arena_format(arena, "%s.%s", alias, table) : alias;
}

const kith__expr *kith__expr_property(kith__arena *arena, const char *alias, const kith__property *property)
{
    const kith__mapper *mapper = property->mapper;
    if (!mapper->joined)
        return kith__expr_column(arena, alias, property->column);
    const char *name = kith__layer_alias(arena, mapper, property->layer, alias);
    return name ? kith__expr_column(arena, name, property->column) : NULL;
}

static bool add_properties(kith__arena *arena, const char *alias, const kith__property *properties, size_t count, const kith__expr ***at)
{
    for (size_t i = 0; i < count; i++)
        if (!(*(*at)++ = kith__expr_property(arena, alias, &properties[i])))
            return false;
    return true;
}

const kith__expr **kith__columns_selected(kith__arena *arena, const kith__mapper *mapper, const char *alias, size_t before)
{
    const kith__expr **columns = kith__arena_alloc(arena, (before + mapper->width) * sizeof *columns), **at = columns + before;
    bool ok = columns && add_properties(arena, alias, mapper->properties, mapper->property_count, &at);
    for (size_t i = 0; ok && i < mapper->below_count; i++) {
        const kith__mapper *below = mapper->below[i];
        ok = add_properties(arena, alias, below->properties + (below->property_count - below->own.count), below->own.count, &at);
    }
    return ok ? columns : NULL;
}

/* ---------------------------------------------------------------- tables */

/* The row of a layer is found by the key of the root's. */
static const kith__expr *same_key(kith__arena *arena, const kith__mapper *mapper, size_t layer, const char *alias)
{
    const kith__expr *all = NULL;
    const char *own = kith__layer_alias(arena, mapper, layer, alias), *root = kith__layer_alias(arena, mapper, 0, alias);
    for (size_t i = 0; own && root && i < mapper->key_count; i++) {
        kith__expr *equal = kith__arena_zero(arena, sizeof *equal);
        if (!equal)
            return NULL;
        *equal = (kith__expr){ .kind = KITH__E_EQ, .a = kith__expr_column(arena, own, kith__table_column(mapper->layers[layer].table, mapper->layers[layer].key[i])),
                               .b = kith__expr_column(arena, root, kith__table_column(mapper->layers[0].table, mapper->layers[0].key[i])) };
        if (!equal->a || !equal->b || !(all = kith__expr_and(arena, all, equal)))
            return NULL;
    }
    return all;
}

static bool add_join(kith__arena *arena, kith__source *source, const kith__mapper *mapper, size_t layer, const char *alias, bool outer)
{
    const char *name = kith__layer_alias(arena, mapper, layer, alias);
    const kith__expr *on = same_key(arena, mapper, layer, alias);
    source->joins[source->join_count++] = (kith__join){ .table = mapper->layers[layer].table->name, .alias = alias ? name : NULL, .on = on, .kind = outer ? KITH__JOIN_LEFT : KITH__JOIN_INNER };
    return name && on;
}

static bool has_table_of_its_own(const kith__mapper *mapper) { return mapper->base && mapper->base->table != mapper->table; }

static bool add_joins(kith__arena *arena, kith__source *source, const kith__mapper *mapper, const char *alias, bool rows, bool outer)
{
    bool ok = true;
    for (size_t i = 1; ok && i < mapper->layer_count; i++)
        ok = add_join(arena, source, mapper, i, alias, outer);
    for (size_t i = 0; ok && rows && i < mapper->below_count; i++)
        if (has_table_of_its_own(mapper->below[i]))
            ok = add_join(arena, source, mapper->below[i], mapper->below[i]->layer_count - 1, alias, true);
    return ok;
}

/* ---------------------------------------------------------------- rows */

/* The discriminator is one of those of the model and its sub-models. */
static const kith__expr *narrowed(kith__arena *arena, const kith__mapper *mapper, const char *alias)
{
    kith__expr *in = kith__arena_zero(arena, sizeof *in);
    const kith__expr **kinds = kith__arena_alloc(arena, (mapper->below_count + 1) * sizeof *kinds);
    if (!in || !kinds || !(in->a = kith__expr_property(arena, alias, mapper->discriminator)))
        return NULL;
    in->kind = KITH__E_IN;
    in->items = kinds;
    for (size_t i = 0; i <= mapper->below_count; i++) {
        const kith__mapper *at = i ? mapper->below[i - 1] : mapper;
        if (at->kind.type == KITH_TYPE_NONE)
            continue;
        if (!(kinds[in->count++] = kith__expr_value(arena, at->kind, at->discriminator->field.column)))
            return NULL;
    }
    return in;
}

/* In a statement that is kept they are marks, which are bound from this place on. */
int kith__kinds_bind(kith_session *session, kith__statement *statement, const kith__mapper *mapper, size_t position)
{
    for (size_t i = 0; kith__is_narrowed(mapper) && i <= mapper->below_count; i++) {
        const kith__mapper *at = i ? mapper->below[i - 1] : mapper;
        if (at->kind.type != KITH_TYPE_NONE && kith__bind_value(statement, position++, &at->kind, at->discriminator->field.column, &session->error))
            break;
    }
    return kith__status(session);
}

/* `more` joins have room behind its own. outer: it is joined itself, and may be missing. */
bool kith__source_make(kith_session *session, const kith__mapper *mapper, const char *alias, bool rows, bool outer, size_t more, kith__source *out)
{
    kith__arena *arena = &session->scratch;
    *out = (kith__source){ .table = mapper->layer_count ? mapper->layers[0].table->name : NULL, .alias = alias };
    size_t most = mapper->layer_count + mapper->below_count + more;
    if (mapper->joined || more)
        out->joins = kith__arena_zero(arena, most * sizeof *out->joins);
    bool ok = (out->joins || !(mapper->joined || more)) && (!mapper->joined || add_joins(arena, out, mapper, alias, rows, outer));
    if (ok && kith__is_narrowed(mapper))
        ok = (out->where = narrowed(arena, mapper, alias)) != NULL;
    return ok || kith__no_memory(session);
}
