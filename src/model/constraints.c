/*
 * constraints: unique, index and check, of one column or over several, with the names of the convention. For src/model alone.
 */
#include "model/build.h"

#include <stdio.h>
#include <strings.h>

static const char *name_of(kith__builder *b, const char *prefix, const kith__table *table, const char *const *columns, size_t count)
{
    return kith__made(b, kith__constraint_name(&b->models->schema.arena, prefix, table->name, columns, count));
}

static const char **one_column(kith__builder *b, const char *name)
{
    const char **columns = kith__make_in_schema(b, sizeof *columns);
    if (columns)
        *columns = name;
    return columns;
}

/* ---------------------------------------------------------------- what makes one */

static void add_unique(kith__builder *b, kith__declared *d, const char *name, const char **columns, size_t count)
{
    kith__key *key = &d->table->uniques[d->table->unique_count++];
    *key = (kith__key){ .named = name != NULL, .columns = columns, .count = count };
    key->name = name ? name : name_of(b, "uq", d->table, columns, count);
}

static void add_index(kith__builder *b, kith__declared *d, const char *name, kith__index index)
{
    index.named = name != NULL;
    index.name = name ? name : kith__made(b, kith__index_name(&b->models->schema.arena, d->table->name, &index));
    d->table->indexes[d->table->index_count++] = index;
}

static void add_check(kith__builder *b, kith__declared *d, const char *name, const char *sql, const char *about)
{
    kith__check *check = &d->table->checks[d->table->check_count++];
    *check = (kith__check){ .named = name != NULL, .sql = sql };
    check->name = name ? name : name_of(b, "ck", d->table, &about, 1);
}

/* "kind" IN ('a', 'b'): names quoted as SQL has them, and so are texts. */
static const char *label_check(kith__builder *b, const char *column, const char *const *labels)
{
    kith__text sql = { 0 };
    kith__text_addc(&sql, '"');
    for (const char *at = column; *at; at++)
        kith__text_addn(&sql, *at == '"' ? "\"\"" : at, *at == '"' ? 2 : 1);
    kith__text_add(&sql, "\" IN (");
    for (size_t i = 0; labels[i]; i++) {
        kith__text_add(&sql, i ? ", '" : "'");
        for (const char *at = labels[i]; *at; at++)
            kith__text_addn(&sql, *at == '\'' ? "''" : at, *at == '\'' ? 2 : 1);
        kith__text_addc(&sql, '\'');
    }
    kith__text_addc(&sql, ')');
    const char *made = kith__arena_take(&b->models->schema.arena, &sql);
    return kith__made(b, made);
}

static void of_column(kith__builder *b, kith__declared *d, const kith_attribute *a)
{
    const char *column = a->column ? a->column : a->name, **columns = a->unique || a->index ? one_column(b, column) : NULL;
    if (a->index && columns)            /* both: one index that is unique, as SQLAlchemy has it */
        add_index(b, d, NULL, (kith__index){ .columns = columns, .count = 1, .unique = a->unique });
    else if (a->unique && columns)
        add_unique(b, d, NULL, columns, 1);
    if (a->check)
        add_check(b, d, NULL, a->check, column);
    if (a->labels)
        add_check(b, d, NULL, label_check(b, column, a->labels), column);
}

/* ---------------------------------------------------------------- over several members */

static const char *column_called(const kith__declared *d, const char *name)
{
    const kith__property *property = d->mapper ? kith__property_called(d->mapper, name) : NULL;
    bool here = property && d->mapper->layers[property->layer].table == d->table;
    const kith__column *column = here ? property->column : kith__table_column(d->table, name);
    return column ? column->name : NULL;
}

static const char *constraint_word(const kith_attribute *a)
{
    return a->type == KITH_TYPE_UNIQUE ? "KITH_UNIQUE" : "KITH_INDEX";
}

static const char *or_rather_column(kith__builder *b, const kith__declared *d, const char *wrong)
{
    const char **names = kith__make_scratch(b, d->table->column_count * sizeof *names);
    for (size_t i = 0; names && i < d->table->column_count; i++)
        names[i] = d->table->columns[i].name;
    return d->mapper ? kith__or_rather_member(b, wrong, d->mapper, KITH__NAME_PROPERTIES) : kith__or_rather(b, wrong, names, d->table->column_count);
}

/* More than a name: "lower(title)", "title COLLATE NOCASE". */
static bool is_sql(const char *text)
{
    static const char names[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";
    return strpbrk(text, names) && text[strspn(text, names)];
}

/* The size of "at DESC" without its last word, where that is DESC or ASC; else of all. */
static size_t before_direction(const char *text, bool *descending)
{
    const char *space = strrchr(text, ' ');
    bool down = space && !strcasecmp(space, " DESC");
    *descending = down;
    return down || (space && !strcasecmp(space, " ASC")) ? (size_t)(space - text) : strlen(text);
}

/* What an index is over: a column, or SQL; with DESC behind it or not, which *given then is without. NULL: it is neither, or no memory. */
static const char *indexed(kith__builder *b, const kith__declared *d, const char **given, bool *expression, bool *descending)
{
    size_t size = before_direction(*given, descending);
    const char *text = kith__made(b, kith__arena_textn(&b->models->schema.arena, *given, size)), *column = text ? column_called(d, text) : NULL;
    if (!text)
        return NULL;
    *given = text;
    *expression = !column && is_sql(text);
    return *expression ? text : column;
}

/* The columns that it names, and how each is in an index. None: they are not there, and that is said. */
static kith__index over(kith__builder *b, kith__declared *d, const kith_attribute *a)
{
    enum { ROOM = KITH__COUNT(a->columns) };
    bool found = true;
    kith__index index = { .unique = a->unique, .where = a->where, .columns = kith__make_in_schema(b, ROOM * sizeof *index.columns),
                          .expression = kith__make_in_schema(b, ROOM), .descending = kith__make_in_schema(b, ROOM) };
    if (b->no_memory)
        return (kith__index){ 0 };
    for (; index.count < ROOM && a->columns[index.count]; index.count++) {
        const char *name = a->columns[index.count], *column = column_called(d, name);
        if (!column && a->type == KITH_TYPE_INDEX)
            column = indexed(b, d, &name, &index.expression[index.count], &index.descending[index.count]);
        index.columns[index.count] = column;
        if (column || b->no_memory)
            continue;
        kith__config(b, "constraint_column", d, a->name, "%s has %s over \"%s\", which is none of its columns%s", d->name, constraint_word(a), name,
                     or_rather_column(b, d, name));
        found = false;
    }
    if (!index.count)
        kith__config(b, "constraint_column", d, a->name, "%s has %s over no column at all.", d->name, constraint_word(a));
    return found && !b->no_memory ? index : (kith__index){ 0 };
}

static void of_table(kith__builder *b, kith__declared *d, const kith_attribute *a, size_t *checks)
{
    char number[24];
    if (a->type == KITH_TYPE_CHECK) {
        snprintf(number, sizeof number, "%zu", ++*checks);
        if (!a->check || !*a->check)
            kith__config(b, "constraint_check", d, a->name, "%s has a KITH_CHECK without a condition.", d->name);
        else if (kith__has_comment(a->check))
            kith__config(b, "constraint_check", d, a->name, "%s has a KITH_CHECK with a comment in it, which would go on into the rest of its table.", d->name);
        else
            add_check(b, d, a->name, a->check, number);
        return;
    }
    if (a->where && kith__has_comment(a->where)) {
        kith__config(b, "constraint_check", d, a->name, "%s has an index with a comment in its .where.", d->name);
        return;
    }
    kith__index index = over(b, d, a);
    if (!index.count)
        return;
    if (a->type == KITH_TYPE_UNIQUE)
        add_unique(b, d, a->name, index.columns, index.count);
    else
        add_index(b, d, a->name, index);
}

/* ---------------------------------------------------------------- all of a table */

static bool room(kith__builder *b, kith__declared *d)
{
    kith__table *table = d->table;
    if (kith__shares_table(d))
        return true;
    table->uniques = kith__make_in_schema(b, (d->room + 1) * sizeof *table->uniques);
    table->indexes = kith__make_in_schema(b, (d->room + 1) * sizeof *table->indexes);
    table->checks = kith__make_in_schema(b, (2 * d->room + 1) * sizeof *table->checks);
    return table->uniques && table->indexes && table->checks;
}

void kith__constraints_make(kith__builder *b, kith__declared *d)
{
    if (!d->table || !room(b, d))
        return;
    size_t checks = d->table->check_count;
    for (size_t i = 0; i < d->count && !b->no_memory; i++) {
        const kith_attribute *a = &d->attributes[i];
        if (a->type == KITH_TYPE_UNIQUE || a->type == KITH_TYPE_INDEX || a->type == KITH_TYPE_CHECK)
            of_table(b, d, a, &checks);
        else if (kith__is_column(a) || !d->mapper)
            of_column(b, d, a);
    }
}

/* ---------------------------------------------------------------- names of indexes, which are one for all tables, and of tables */

static void taken(kith__builder *b, const kith__declared *d, const char *index, const char *by, const char *whose)
{
    kith__config(b, "index_twice", d, NULL, "%s has an index named %s, as %s %s is.", d->name, index, by, whose);
    kith__fail_hint(b->error, "Give it a name of its own: KITH_INDEX_NAMED, or .name in a KITH_INDEX_WITH.");
}

/* The same written twice, or two names that happen to be one: a database would refuse the second. */
static void check_index_name(kith__builder *b, const kith__declared *d, size_t at)
{
    const char *name = d->table->indexes[at].name;
    for (size_t i = 0; i < b->count; i++) {
        const kith__declared *other = &b->declared[i];
        if (!other->table || kith__shares_table(other))
            continue;
        if (!strcasecmp(other->table->name, name)) {
            taken(b, d, name, "the table of", other->name);
            return;
        }
        for (size_t j = 0; j < other->table->index_count && (other < d || (other == d && j < at)); j++)
            if (!strcasecmp(other->table->indexes[j].name, name)) {
                taken(b, d, name, other == d ? "another of" : "one of", other->name);
                return;
            }
    }
}

void kith__index_names_check(kith__builder *b, kith__declared *d)
{
    for (size_t i = 0; d->table && !kith__shares_table(d) && i < d->table->index_count; i++)
        check_index_name(b, d, i);
}
