/*
 * columns: the columns of a model, as properties of its mapper and as columns of its table, and its primary key. For src/model alone.
 */
#include "model/build.h"

#include <kith/sys/model.h>

bool kith__is_column(const kith_attribute *a)
{
    uint32_t type = a->type & ~(uint32_t)KITH_TYPE_OPT;
    return type >= KITH_TYPE_BOOL && type <= KITH_TYPE_DECIMAL;
}

/* ---------------------------------------------------------------- the type in the table */

/* An optional number is of the widest type. */
static kith__type_kind whole_kind(const kith_attribute *a)
{
    size_t size = a->type & KITH_TYPE_OPT ? sizeof(int64_t) : a->size * (a->type == KITH_TYPE_UINT ? 2 : 1);
    switch (size) {
    case 1: return KITH__SMALLINT;
    case 2: return KITH__SMALLINT;
    case 4: return KITH__INTEGER;
    case 8: return KITH__BIGINT;
    default: return 0;
    }
}

static uint32_t longest_label(const kith_attribute *a)
{
    size_t longest = 1;
    for (const char *const *label = a->labels; *label; label++) {
        size_t length = kith__utf8_count(*label, strlen(*label));
        longest = length > longest ? length : longest;
    }
    return (uint32_t)longest;
}

/* A NUMERIC column of SQLite keeps 15 digits; what needs more is kept as text. */
enum { DIGITS_OF_A_NUMBER = 15 };

/* What a binding says; it names the kinds by the same numbers. */
_Static_assert((int)KITH_SYS_BOOLEAN == (int)KITH__BOOLEAN && (int)KITH_SYS_VARCHAR == (int)KITH__VARCHAR && (int)KITH_SYS_NUMERIC == (int)KITH__NUMERIC, "one list, twice");

static bool is_whole(const kith_attribute *a)
{
    uint32_t type = a->type & ~(uint32_t)KITH_TYPE_OPT;
    return type == KITH_TYPE_INT || type == KITH_TYPE_UINT;
}

static bool is_enum(const kith_attribute *a) { return a->labels && is_whole(a); }

static kith__type type_of(const kith_attribute *a)
{
    if (a->in_table)
        return (kith__type){ .kind = (kith__type_kind)a->in_table, .length = a->length, .precision = a->precision, .scale = a->scale };
    if (a->labels)
        return (kith__type){ .kind = KITH__VARCHAR, .length = longest_label(a) };
    switch (a->type & ~(uint32_t)KITH_TYPE_OPT) {
    case KITH_TYPE_BOOL: return (kith__type){ .kind = KITH__BOOLEAN };
    case KITH_TYPE_INT: case KITH_TYPE_UINT: return (kith__type){ .kind = whole_kind(a) };
    case KITH_TYPE_REAL: return (kith__type){ .kind = a->size == sizeof(float) ? KITH__REAL : KITH__DOUBLE };
    case KITH_TYPE_TEXT:
        return (kith__type){ .kind = a->length ? KITH__VARCHAR : KITH__TEXT, .length = a->length };
    case KITH_TYPE_BLOB: return (kith__type){ .kind = KITH__BLOB };
    case KITH_TYPE_DATE: return (kith__type){ .kind = KITH__DATE };
    case KITH_TYPE_TIME: return (kith__type){ .kind = KITH__TIME };
    case KITH_TYPE_DATETIME: return (kith__type){ .kind = a->naive ? KITH__TIMESTAMP : KITH__TIMESTAMPTZ };
    case KITH_TYPE_UUID: return (kith__type){ .kind = KITH__UUID };
    case KITH_TYPE_JSON: return (kith__type){ .kind = KITH__JSON };
    default:
        return (kith__type){ .kind = a->precision && a->precision <= DIGITS_OF_A_NUMBER ? KITH__NUMERIC : KITH__DECIMAL_TEXT, .precision = a->precision,
                             .scale = a->scale };
    }
}

/* ---------------------------------------------------------------- mistakes of one column */

/* The size that the C type has; 0: the members of this type have several, or there is no such type. */
static size_t size_of(uint32_t type)
{
    switch (type) {
    case KITH_TYPE_BOOL: return sizeof(bool);
    case KITH_TYPE_TEXT: case KITH_TYPE_JSON: case KITH_TYPE_DECIMAL: return sizeof(char *);
    case KITH_TYPE_BLOB: return sizeof(kith_blob);
    case KITH_TYPE_DATE: return sizeof(kith_date);
    case KITH_TYPE_TIME: case KITH_TYPE_DATETIME: return sizeof(kith_time);
    case KITH_TYPE_UUID: return sizeof(kith_uuid);
    case KITH_TYPE_OPT + KITH_TYPE_BOOL: return sizeof(kith_opt_bool);
    case KITH_TYPE_OPT + KITH_TYPE_INT: return sizeof(kith_opt_int);
    case KITH_TYPE_OPT + KITH_TYPE_REAL: return sizeof(kith_opt_double);
    case KITH_TYPE_OPT + KITH_TYPE_DATE: return sizeof(kith_opt_date);
    case KITH_TYPE_OPT + KITH_TYPE_TIME: return sizeof(kith_opt_time);
    case KITH_TYPE_OPT + KITH_TYPE_DATETIME: return sizeof(kith_opt_datetime);
    case KITH_TYPE_OPT + KITH_TYPE_UUID: return sizeof(kith_opt_uuid);
    default: return 0;
    }
}

static bool has_its_size(const kith_attribute *a)
{
    switch (a->type) {
    case KITH_TYPE_INT: return a->size == 1 || a->size == 2 || a->size == 4 || a->size == 8;
    case KITH_TYPE_UINT: return a->size == 1 || a->size == 2 || a->size == 4;
    case KITH_TYPE_REAL: return a->size == sizeof(float) || a->size == sizeof(double);
    default: return a->size && a->size == size_of(a->type);
    }
}

static size_t count_of(const char *const *labels)
{
    size_t count = 0;
    while (labels && labels[count])
        count++;
    return count;
}

static bool has_a_label_twice(const kith_attribute *a)
{
    for (size_t i = 0; a->labels && a->labels[i]; i++)
        for (size_t k = 0; k < i; k++)
            if (!strcmp(a->labels[i], a->labels[k]))
                return true;
    return false;
}

static const char *wrong_option(const kith_attribute *a)
{
    uint32_t type = a->type & ~(uint32_t)KITH_TYPE_OPT;
    if (a->in_table > KITH_SYS_NUMERIC)
        return ".in_table is a kith_sys_type";
    if (a->length && type != KITH_TYPE_TEXT)
        return ".length is for texts";
    if ((a->precision || a->scale) && type != KITH_TYPE_DECIMAL)
        return ".precision and .scale are for kith_decimal";
    if (a->scale > a->precision)
        return ".scale is at most .precision";
    if (a->naive && type != KITH_TYPE_DATETIME)
        return ".naive is for kith_datetime";
    if (a->labels && ((type != KITH_TYPE_TEXT && !is_whole(a)) || !*a->labels))
        return ".labels are one or more, of a text or an integer";
    if (has_a_label_twice(a))
        return "every one of .labels is there once";
    if (is_enum(a) && a->size == 1 && count_of(a->labels) > 128)
        return "its integer has fewer numbers than .labels has texts";
    if (a->never_reuse && !(a->primary_key && (type == KITH_TYPE_INT || type == KITH_TYPE_UINT)))
        return ".never_reuse is for a key that the database generates";
    bool counted = !a->on_every_update && !a->change_of;        /* else each version is what that gives */
    if (a->version && (a->primary_key || (counted && (type != a->type || (type != KITH_TYPE_INT && type != KITH_TYPE_UINT)))))
        return ".version is for an integer that is always there and no key";
    if ((a->on_delete || a->on_update || a->deferred) && !a->foreign_key)
        return ".on_delete, .on_update and .deferred are of a .foreign_key";
    if ((a->check && !*a->check) || (a->server_default && !*a->server_default))
        return ".check and .server_default are SQL, and this is empty";
    if ((a->check && kith__has_comment(a->check)) || (a->server_default && kith__has_comment(a->server_default)))
        return ".check and .server_default are SQL without a comment";
    return NULL;
}

static bool check_column(kith__builder *b, kith__declared *d, const kith_attribute *a)
{
    const char *wrong = wrong_option(a);
    if (!has_its_size(a)) {
        kith__config(b, "column_type", d, a->name, "%s.%s is of no type that a column can have (type %u, %zu bytes).", d->name, a->name, a->type, a->size);
        kith__fail_hint(b->error, "An unsigned 64-bit number has no type in a table.");
    } else if (a->offset > d->model->size || a->size > d->model->size - a->offset)
        kith__config(b, "column_place", d, a->name, "%s.%s lies outside of its struct, which has %zu bytes.", d->name, a->name, d->model->size);
    else if (wrong)
        kith__config(b, "column_option", d, a->name, "%s.%s has an option that is not for it: %s.", d->name, a->name, wrong);
    else
        return true;
    d->broken = true;
    return false;
}

/* ---------------------------------------------------------------- properties and columns */

static bool may_be_null(const kith_attribute *a)
{
    if (a->not_null || a->primary_key)
        return false;
    return a->type & KITH_TYPE_OPT || a->type == KITH_TYPE_TEXT || a->type == KITH_TYPE_BLOB || a->type == KITH_TYPE_JSON || a->type == KITH_TYPE_DECIMAL;
}

static const char *column_name(const kith_attribute *a)
{
    return a->column ? a->column : a->name;
}

/* Rows of the base have nothing in the columns of a sub-model that shares their table. */
static kith__column column_of(const kith__declared *d, const kith_attribute *a)
{
    bool not_null = !may_be_null(a) && (!kith__shares_table(d) || a->server_default);
    return (kith__column){ .name = column_name(a), .type = type_of(a), .not_null = not_null, .never_reuse = a->never_reuse,
                           .default_sql = a->server_default, .comment = a->comment, .renamed_from = a->renamed_from };
}

static void property_make(kith__mapper *mapper, const kith_attribute *a, kith__column *column)
{
    kith__property *property = &mapper->properties[mapper->property_count];
    *property = (kith__property){
        .attribute = a, .name = a->name, .mapper = mapper, .column = column, .index = (uint32_t)mapper->property_count,
        .layer = (uint32_t)mapper->layer_count - (mapper->layer_count > 0),
        .field = { .type = a->type, .size = (uint32_t)a->size, .offset = (uint32_t)a->offset, .column = &column->type, .name = a->name },
        .nullable = may_be_null(a), .primary_key = a->primary_key, .version = a->version,
    };
    if (is_enum(a)) {
        property->field.type = KITH_TYPE_ENUM | (a->type & KITH_TYPE_OPT);
        property->field.labels = a->labels;
        property->field.label_count = (uint32_t)count_of(a->labels);
    }
    ((kith__field *)(uintptr_t)mapper->fields.items)[mapper->property_count++] = property->field;
    mapper->fields.count = mapper->property_count;
    mapper->own.count++;
    mapper->renews = mapper->renews || a->on_every_update || a->change_of;
    if (mapper->layer_count)
        mapper->layers[mapper->layer_count - 1].count++;
}

/* The type of a join table's column is that of the key that it references: known later. */
static bool is_join_column(const kith__declared *d, const kith_attribute *a)
{
    return !d->mapper && a->type == KITH_TYPE_NONE && a->foreign_key;
}

/* Whether the entry makes a column; if it could be nothing else either, that is a mistake. */
static bool makes_column(kith__builder *b, kith__declared *d, const kith_attribute *a)
{
    bool constraint = a->type >= KITH_TYPE_UNIQUE && a->type <= KITH_TYPE_INHERITS;
    bool other = d->mapper && (a->type == KITH_TYPE_NONE || a->type == KITH_TYPE_ONE || a->type == KITH_TYPE_MANY || a->type == KITH_TYPE_PROXY);
    if (is_join_column(d, a))
        return true;
    if (d->mapper && kith__is_column(a))
        return check_column(b, d, a);
    if (constraint || other)
        return false;
    kith__config(b, "column_type", d, a->name, d->mapper ? "%s.%s is of no type that is known (%u)." : "%s.%s is no column that references a key (type %u).",
                 d->name, a->name, a->type);
    d->broken = true;
    return false;
}

/* Two sub-models of one table may have a column in common, where it is the same. What it has beside its type the first of them says. */
static bool may_share(const kith__declared *d, const kith_attribute *a, const kith__column *column)
{
    kith__type type = type_of(a);
    return kith__shares_table(d) && !kith__property_of_column(d->mapper, column->name) && kith__type_equal(&type, &column->type);
}

static void share(kith__builder *b, kith__declared *d, kith_attribute *a, kith__column *column)
{
    const kith_attribute *kept = kith__arena_copy(&b->models->arena, a, sizeof *a);
    if (!kith__made(b, (const char *)kept))
        return;
    property_make(d->mapper, kept, column);
    a->unique = a->index = false;
    a->check = a->foreign_key = NULL;
    a->labels = NULL;
}

static void column_make(kith__builder *b, kith__declared *d, kith_attribute *a, kith__column *columns, size_t *count)
{
    size_t key = kith__repeated_key(d, a);
    for (size_t i = 0; i < *count; i++) {
        if (strcmp(columns[i].name, column_name(a)) != 0)
            continue;
        if (may_share(d, a, &columns[i])) {
            share(b, d, a, &columns[i]);
            return;
        }
        kith__config(b, "column_twice", d, a->name, "%s has two columns named %s; the second is %s.%s.", d->name, column_name(a), d->name, a->name);
        d->broken = true;
        return;
    }
    kith__column *column = &columns[(*count)++];
    if (d->mapper) {
        *column = column_of(d, a);
        if (key == SIZE_MAX)
            property_make(d->mapper, a, column);
        else
            d->mapper->layers[d->mapper->layer_count - 1].key[key] = column->name;
    } else
        *column = (kith__column){ .name = column_name(a), .not_null = true, .comment = a->comment, .renamed_from = a->renamed_from };
}

/* ---------------------------------------------------------------- the primary key */

static const kith__property *same_in(const kith__mapper *mapper, const kith__property *of_base)
{
    return of_base ? &mapper->properties[of_base->index] : NULL;
}

/* The key of its base is its own, and so is the version. */
static bool has_key_of_its_own(kith__builder *b, kith__declared *d)
{
    const kith__mapper *mapper = d->mapper, *base = mapper->base;
    for (size_t i = base->property_count; i < mapper->property_count; i++) {
        const kith__property *property = &mapper->properties[i];
        if (property->version)
            kith__config(b, "version_of_sub_model", d, property->name, "%s.%s is .version, and %s inherits from %s: the model that all go back to has it.", d->name,
                         property->name, d->name, base->name);
        else if (property->primary_key)
            kith__config(b, "key_of_sub_model", d, property->name, "%s.%s is part of a primary key, and the key of %s is that of its base %s, which lies elsewhere.", d->name,
                         property->name, d->name, base->name);
        else
            continue;
        return true;
    }
    return false;
}

static bool repeats_key(kith__builder *b, kith__declared *d)
{
    const kith__mapper *mapper = d->mapper, *base = mapper->base;
    const kith__layer *layer = &mapper->layers[mapper->layer_count - 1];
    for (size_t i = 0; !kith__shares_table(d) && i < mapper->key_count; i++) {
        if (layer->key[i])
            continue;
        kith__config(b, "key_not_repeated", d, NULL, "%s has a table of its own, and no column of it repeats %s.%s, the key of its base.", d->name, base->name, mapper->key[i]->name);
        kith__fail_hint(b->error, "Its primary key lies where that of the base does, and has .foreign_key = \"%s.%s\".", base->table->name,
                        base->layers[base->layer_count - 1].key[i]);
        return false;
    }
    return true;
}

static void key_of_base(kith__builder *b, kith__declared *d)
{
    kith__mapper *mapper = d->mapper;
    const kith__mapper *base = mapper->base;
    mapper->key = kith__make(b, (base->key_count + 1) * sizeof *mapper->key);
    if (!mapper->key)
        return;
    for (size_t i = 0; i < base->key_count; i++)
        mapper->key[mapper->key_count++] = same_in(mapper, base->key[i]);
    mapper->int_key = base->int_key;
    mapper->identity = same_in(mapper, base->identity);
    mapper->version = same_in(mapper, base->version);
    d->broken = d->broken || has_key_of_its_own(b, d) || !repeats_key(b, d);
}

static void key_of_mapper(kith__builder *b, kith__declared *d)
{
    kith__mapper *mapper = d->mapper;
    mapper->key = kith__make(b, (mapper->property_count + 1) * sizeof *mapper->key);
    for (size_t i = 0; mapper->key && i < mapper->property_count; i++) {
        const kith__property *property = &mapper->properties[i];
        if (property->primary_key)
            mapper->key[mapper->key_count++] = property;
        if (property->version && mapper->version)
            kith__config(b, "version_twice", d, property->name, "%s.%s is .version, and %s.%s is too: a model has one.", d->name, property->name, d->name,
                         mapper->version->name);
        if (property->version)
            mapper->version = property;
    }
}

/* Identity: the engine makes the value of a single integer key that references nothing. */
static void settle_key(kith__mapper *mapper)
{
    const kith__property *only = mapper->key_count == 1 ? mapper->key[0] : NULL;
    uint32_t type = only ? only->field.type & ~(uint32_t)KITH_TYPE_OPT : 0;
    mapper->int_key = type == KITH_TYPE_INT || type == KITH_TYPE_UINT;
    if (!mapper->int_key || only->attribute->foreign_key || only->attribute->server_default)
        return;
    mapper->identity = only;
    ((kith__column *)(uintptr_t)only->column)->identity = true;
}

static void key_of_table(kith__builder *b, kith__declared *d)
{
    kith__key *key = &d->table->primary_key;
    key->columns = kith__make_in_schema(b, (d->table->column_count + 1) * sizeof *key->columns);
    for (size_t i = 0; key->columns && i < d->count; i++)
        if (d->attributes[i].primary_key && (kith__is_column(&d->attributes[i]) || is_join_column(d, &d->attributes[i])))
            key->columns[key->count++] = column_name(&d->attributes[i]);
}

enum { MOST_PARTS = 16 };       /* the rooms above keep the parts of a key on the stack */

static void check_key(kith__builder *b, kith__declared *d)
{
    if (!d->table->column_count)
        kith__config(b, "no_columns", d, NULL, "%s has no columns.", d->name);
    else if (d->table->primary_key.count > MOST_PARTS)
        kith__config(b, "key_too_wide", d, NULL, "The primary key of %s has %zu columns, and may have %d.", d->name, d->table->primary_key.count, MOST_PARTS);
    else if (!d->table->primary_key.count && d->mapper) {
        kith__config(b, "no_primary_key", d, NULL, "%s has no primary key.", d->name);
        kith__fail_hint(b->error, "Write KITH_COLUMN(id, .primary_key = true) for one of its columns, or for several.");
    } else
        return;
    d->broken = true;
}

/* What a report's row may have: columns. */
static void check_row(kith__builder *b, kith__declared *d)
{
    for (size_t i = 0; i < d->count; i++) {
        const kith_attribute *a = &d->attributes[i];
        if (kith__is_column(a) || a->type == KITH_TYPE_NONE)
            continue;
        kith__config(b, "row_member", d, a->name, "%s is a row without a table, so that it has columns only: %s is none.", d->name,
                     a->name ? a->name : "a constraint");
        d->broken = true;
    }
}

/* The properties of the base, as the sub-model's own. */
static void inherit(kith__mapper *mapper)
{
    const kith__mapper *base = mapper->base;
    for (size_t i = 0; i < base->property_count; i++) {
        mapper->properties[i] = base->properties[i];
        mapper->properties[i].mapper = mapper;
        ((kith__field *)(uintptr_t)mapper->fields.items)[i] = base->fields.items[i];
    }
    mapper->property_count = mapper->fields.count = base->property_count;
    mapper->renews = base->renews;
    memcpy(mapper->layers, base->layers, base->layer_count * sizeof *mapper->layers);
    mapper->layer_count = base->layer_count;
}

static bool mapper_room(kith__builder *b, kith__declared *d)
{
    kith__mapper *mapper = d->mapper;
    size_t inherited = kith__inherited(d), room = inherited + d->count + 1;
    mapper->table = d->table;
    mapper->properties = kith__make(b, room * sizeof *mapper->properties);
    mapper->fields = (kith__fields){ .model = d->name, .table = d->table ? d->table->name : NULL, .items = kith__make(b, room * sizeof(kith__field)) };
    mapper->layers = kith__make(b, ((d->base ? d->base->mapper->layer_count : 0) + 1) * sizeof *mapper->layers);
    if (b->no_memory)
        return false;
    if (d->base)
        inherit(mapper);
    mapper->own = (kith__fields){ .model = d->name, .table = mapper->fields.table, .items = mapper->fields.items + inherited };
    if (!d->table || kith__shares_table(d))
        return true;
    mapper->layers[mapper->layer_count++] =
        (kith__layer){ .table = d->table, .key = kith__make(b, (inherited + d->count + 1) * sizeof(char *)), .first = inherited };
    return !b->no_memory;
}

static void keys_make(kith__builder *b, kith__declared *d)
{
    if (d->mapper && d->base)
        key_of_base(b, d);
    else if (d->mapper)
        key_of_mapper(b, d);
    if (!d->table)
        check_row(b, d);
    else if (!kith__shares_table(d))
        key_of_table(b, d);
    if (!d->table || b->no_memory || d->broken)
        return;
    check_key(b, d);
    if (d->broken || !d->mapper || d->base)
        return;
    settle_key(d->mapper);
    for (size_t i = 0; i < d->mapper->key_count; i++)
        d->mapper->layers[0].key[i] = d->mapper->key[i]->column->name;
}

void kith__columns_make(kith__builder *b, kith__declared *d)
{
    kith__column *columns = kith__shares_table(d) ? d->table->columns : kith__make_in_schema(b, (d->owner->room + 1) * sizeof *columns);
    size_t count = kith__shares_table(d) ? d->table->column_count : 0;
    if (d->base && d->base->broken)
        d->broken = true;
    if (!columns || d->broken || (d->mapper && !mapper_room(b, d)))
        return;
    for (size_t i = 0; i < d->count; i++)
        if (makes_column(b, d, &d->attributes[i]))
            column_make(b, d, &d->attributes[i], columns, &count);
    if (d->table) {
        d->table->columns = columns;
        d->table->column_count = count;
    }
    keys_make(b, d);
}
