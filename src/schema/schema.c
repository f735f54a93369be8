/*
 * schema: tables as plain data: made, found, compared, their constraints named. May use: base. Used by: see schema.h.
 */
#include "schema/schema.h"

#include <stdlib.h>

void kith__schema_free(kith__schema *schema)
{
    kith__map_free(&schema->by_name);
    free(schema->tables);
    kith__arena_free(&schema->arena);
    *schema = (kith__schema){ 0 };
}

kith__table *kith__schema_add(kith__schema *schema, const char *name)
{
    kith__table *table = kith__arena_zero(&schema->arena, sizeof *table);
    char *own_name = kith__arena_text(&schema->arena, name);
    if (!table || !own_name || !kith__grow(&schema->tables, &schema->table_capacity, schema->table_count + 1, sizeof *schema->tables)
        || !kith__map_puts(&schema->by_name, own_name, table))
        return NULL;
    table->name = own_name;
    schema->tables[schema->table_count++] = table;
    return table;
}

kith__table *kith__schema_find(const kith__schema *schema, const char *name)
{
    return kith__map_gets(&schema->by_name, name);
}

kith__column *kith__table_column(const kith__table *table, const char *name)
{
    for (size_t i = 0; i < table->column_count; i++)
        if (!strcmp(table->columns[i].name, name))
            return &table->columns[i];
    return NULL;
}

/* ---------------------------------------------------------------- names */

/* PostgreSQL cuts a longer name off without a word; its beginning and the sum of all of it stay apart from others. */
enum { LONGEST_NAME = 63, KEPT_OF_IT = 54, HEX_OF_SUM = 8 };

static void shorten(kith__text *name)
{
    char hex[65];
    kith__sha256_hex(name->data, name->size, hex);
    size_t kept = KEPT_OF_IT;
    while (kept && ((unsigned char)name->data[kept] & 0xC0) == 0x80)
        kept--;
    name->size = kept;
    kith__text_addf(name, "_%.*s", HEX_OF_SUM, hex);
}

static const char *short_name(kith__arena *arena, kith__text *name)
{
    if (!name->broken && name->size > LONGEST_NAME)
        shorten(name);
    return kith__arena_take(arena, name);
}

const char *kith__constraint_name(kith__arena *arena, const char *prefix, const char *table, const char *const *columns, size_t count)
{
    kith__text name = { 0 };
    kith__text_addf(&name, "%s_%s", prefix, table);
    for (size_t i = 0; i < count; i++)
        kith__text_addf(&name, "_%s", columns[i]);
    return short_name(arena, &name);
}

/* The words of an expression, with an underscore between two. */
static void add_words(kith__text *name, const char *sql)
{
    static const char within[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";
    for (const char *at = sql + strcspn(sql, within); *at; at += strcspn(at, within)) {
        size_t size = strspn(at, within);
        kith__text_addc(name, '_');
        kith__text_addn(name, at, size);
        at += size;
    }
}

const char *kith__index_name(kith__arena *arena, const char *table, const kith__index *index)
{
    kith__text name = { 0 };
    kith__text_addf(&name, "ix_%s", table);
    for (size_t i = 0; i < index->count; i++)
        if (index->expression && index->expression[i])
            add_words(&name, index->columns[i]);
        else
            kith__text_addf(&name, "_%s", index->columns[i]);
    return short_name(arena, &name);
}

/* ---------------------------------------------------------------- types */

static kith__type_kind kind_of(const kith__type *type)
{
    return type->kind == KITH__VARCHAR && !type->length ? KITH__TEXT : type->kind;
}

bool kith__type_equal(const kith__type *a, const kith__type *b)
{
    if (kind_of(a) != kind_of(b))
        return false;
    switch (kind_of(a)) {
    case KITH__VARCHAR:
        return a->length == b->length;
    case KITH__NUMERIC: case KITH__DECIMAL_TEXT:
        return a->precision == b->precision && a->scale == b->scale;
    case KITH__OTHER_TYPE:
        return !strcmp(a->words ? a->words : "", b->words ? b->words : "");
    default:
        return true;
    }
}
