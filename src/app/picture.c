/*
 * picture: what the drawings of models ask: names, marks of columns, how many rows stand at the ends of a foreign key.
 */
#include "app/picture.h"
#include "migrate/migrate.h"

/* ---------------------------------------------------------------- names */

const char *kith__picture_label(const kith__models *models, const kith__table *table)
{
    const kith__mapper *mapper = kith__mapper_of_table(models, table->name);
    return mapper != NULL ? mapper->name : table->name;
}

size_t kith__picture_letter(const char *at)
{
    size_t left = strnlen(at, 4);
    for (size_t size = 1; size <= left; size++)
        if (kith__utf8_valid(at, size))
            return size;
    return 0;
}

const char *kith__picture_type(kith__text *text, const kith__column *column)
{
    kith__print_type(text, &column->type);
    return text->broken ? NULL : text->data;
}

/* ---------------------------------------------------------------- keys */

static bool same_columns(const char *const *a, size_t a_count, const char *const *b, size_t b_count)
{
    size_t found = 0;
    for (size_t i = 0; i < a_count; i++)
        for (size_t j = 0; j < b_count; j++)
            found += strcmp(a[i], b[j]) == 0;
    return a_count == b_count && found == a_count;
}

/* No two rows have the same values in all of these columns. */
static bool are_unique(const kith__table *table, const char *const *columns, size_t count)
{
    for (size_t i = 0; i < table->unique_count; i++)
        if (same_columns(columns, count, (const char *const *)table->uniques[i].columns, table->uniques[i].count))
            return true;
    for (size_t i = 0; i < table->index_count; i++)
        if (table->indexes[i].unique && table->indexes[i].where == NULL &&
            same_columns(columns, count, (const char *const *)table->indexes[i].columns, table->indexes[i].count))
            return true;
    return false;
}

bool kith__picture_optional(const kith__table *table, const kith__foreign_key *key)
{
    for (size_t i = 0; i < key->count; i++)
        if (!kith__table_column(table, key->columns[i])->not_null)
            return true;
    return false;
}

kith__marks kith__picture_marks(const kith__table *table, const kith__column *column)
{
    kith__marks marks = { .primary = kith__listed((const char *const *)table->primary_key.columns, table->primary_key.count, column->name),
                          .unique = are_unique(table, (const char *const[]){ column->name }, 1) };
    for (size_t i = 0; i < table->foreign_key_count; i++)
        marks.foreign |= kith__listed((const char *const *)table->foreign_keys[i].columns, table->foreign_keys[i].count, column->name);
    marks.null = !column->not_null && !marks.primary;
    return marks;
}

/* ---------------------------------------------------------------- relationships */

static bool has_columns(const kith__property *const *properties, size_t count, const kith__foreign_key *key)
{
    for (size_t i = 0; i < count; i++)
        if (!kith__listed((const char *const *)key->columns, key->count, properties[i]->column->name))
            return false;
    return count == key->count;
}

static bool goes_by(const kith__relation *relation, const kith__table *table, const kith__foreign_key *key, bool from_parent)
{
    switch (relation->direction) {
    case KITH__MANY_TO_ONE:
        return !from_parent && relation->owner->table == table && has_columns(relation->local, relation->pairs, key);
    case KITH__ONE_TO_MANY:
        return from_parent && relation->target->table == table && has_columns(relation->remote, relation->pairs, key);
    default:
        return from_parent && relation->secondary == table &&
            same_columns((const char *const *)relation->near, relation->pairs, (const char *const *)key->columns, key->count);
    }
}

bool kith__picture_single(const kith__models *models, const kith__table *table, const kith__foreign_key *key)
{
    const char *const *columns = (const char *const *)key->columns;
    const kith__key *primary = &table->primary_key;
    if (are_unique(table, columns, key->count) || (primary->count > 0 && same_columns(columns, key->count, (const char *const *)primary->columns, primary->count)))
        return true;
    for (size_t i = 0; i < models->count; i++)
        for (size_t j = 0; j < models->mappers[i]->relation_count; j++)
            if (!models->mappers[i]->relations[j]->many && goes_by(models->mappers[i]->relations[j], table, key, true))
                return true;
    return false;
}

void kith__picture_names(kith__text *out, const kith__models *models, const kith__table *table, const kith__foreign_key *key, bool from_parent)
{
    for (size_t i = 0; i < models->count; i++) {
        const kith__mapper *mapper = models->mappers[i];
        for (size_t j = 0; j < mapper->relation_count; j++)
            if (goes_by(mapper->relations[j], table, key, from_parent)) {
                kith__text_add(out, out->size > 0 ? ", " : "");
                kith__text_add(out, mapper->relations[j]->name);
            }
    }
}

const kith__mapper *kith__picture_end(const kith__proxy *proxy)
{
    while (proxy->proxy != NULL)
        proxy = proxy->proxy;
    return proxy->property != NULL ? proxy->property->mapper : proxy->relation->target;
}
