/*
 * parse_table: CREATE TABLE and its pieces, of migration files and of SQLite's catalogue, with the place of each clause.
 * False means "not in the subset", and then nothing is guessed. For the files of src/migrate.
 */
#include "migrate/parser.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

const kith__token *kith__parser_peek(const kith__parser *p, size_t ahead)
{
    static const kith__token nothing = { .at = "" };
    return p->at + ahead < p->count ? &p->items[p->at + ahead] : &nothing;
}

bool kith__parser_at(const kith__parser *p, const char *word)
{
    return kith__token_is(kith__parser_peek(p, 0), word);
}

bool kith__parser_word(kith__parser *p, const char *word)
{
    bool there = kith__parser_at(p, word);
    p->at += there;
    return there;
}

bool kith__parser_words(kith__parser *p, const char *first, const char *second)
{
    bool there = kith__parser_at(p, first) && kith__token_is(kith__parser_peek(p, 1), second);
    p->at += there ? 2 : 0;
    return there;
}

bool kith__parser_mark(kith__parser *p, const char *mark)
{
    bool there = kith__token_mark(kith__parser_peek(p, 0), mark);
    p->at += there;
    return there;
}

const char *kith__parser_name(kith__parser *p)
{
    const kith__token *token = kith__parser_peek(p, 0);
    bool sqlite_string = (p->flags & KITH__SQLITE_TEXT) && token->kind == KITH__T_STRING && token->at[0] == '\'';
    if (!kith__token_identifier(token) && !sqlite_string)
        return NULL;
    p->at++;
    const char *name = kith__token_name(p->arena, token);
    return name;
}

bool kith__parser_brackets(kith__parser *p)
{
    size_t depth = 0;
    if (!kith__token_mark(kith__parser_peek(p, 0), "("))
        return false;
    for (; p->at < p->count; p->at++) {
        depth += kith__token_mark(&p->items[p->at], "(");
        depth -= kith__token_mark(&p->items[p->at], ")");
        if (depth == 0) {
            p->at++;
            return true;
        }
    }
    return false;
}

const char *kith__parser_text(kith__parser *p, size_t first, size_t end)
{
    const char *text = kith__tokens_text(p->arena, p->items, first, end);
    return text;
}

bool kith__parser_done(const kith__parser *p)
{
    return p->at == p->count;
}

static void *add(kith__parser *p, void *items_pointer, size_t *count, size_t item_size)
{
    void *item = kith__list_add(p->arena, items_pointer, count, item_size);
    return item;
}

/* ---------------------------------------------------------------- types */

static const char *const clause_words[] = { "CONSTRAINT", "PRIMARY", "NOT", "NULL", "UNIQUE", "CHECK", "DEFAULT", "COLLATE", "REFERENCES",
    "GENERATED", "AS", "USING", "DEFERRABLE", "INITIALLY", "AUTOINCREMENT" };

static bool begins_clause(const kith__token *token)
{
    for (size_t i = 0; i < KITH__COUNT(clause_words); i++)
        if (kith__token_is(token, clause_words[i]))
            return true;
    return false;
}

bool kith__parse_type(kith__parser *p, size_t *first, size_t *end)
{
    *first = p->at;
    while (kith__token_identifier(kith__parser_peek(p, 0)) && !begins_clause(kith__parser_peek(p, 0))) {
        p->at++;
        if (kith__token_mark(kith__parser_peek(p, 0), "(") && !kith__parser_brackets(p))
            return false;
    }
    while (p->at > *first && kith__parser_mark(p, "["))
        while (!kith__parser_mark(p, "]"))
            if (p->at++ >= p->count)
                return false;
    *end = p->at;
    return true;
}

typedef struct type_word { const char *words; kith__type_kind kind; } type_word;
static const type_word type_words[] = {
    { "BOOLEAN", KITH__BOOLEAN }, { "BOOL", KITH__BOOLEAN },
    { "SMALLINT", KITH__SMALLINT }, { "INT2", KITH__SMALLINT }, { "TINYINT", KITH__SMALLINT },
    { "INTEGER", KITH__INTEGER }, { "INT", KITH__INTEGER }, { "INT4", KITH__INTEGER }, { "MEDIUMINT", KITH__INTEGER },
    { "BIGINT", KITH__BIGINT }, { "INT8", KITH__BIGINT },
    { "REAL", KITH__REAL }, { "FLOAT4", KITH__REAL },
    { "DOUBLE PRECISION", KITH__DOUBLE }, { "DOUBLE", KITH__DOUBLE }, { "FLOAT", KITH__DOUBLE }, { "FLOAT8", KITH__DOUBLE },
    { "TEXT", KITH__TEXT }, { "CLOB", KITH__TEXT },
    { "VARCHAR", KITH__VARCHAR }, { "CHARACTER VARYING", KITH__VARCHAR }, { "NVARCHAR", KITH__VARCHAR },
    { "BLOB", KITH__BLOB }, { "BYTEA", KITH__BLOB },
    { "DATE", KITH__DATE }, { "TIME", KITH__TIME }, { "TIME WITHOUT TIME ZONE", KITH__TIME },
    { "TIMESTAMP", KITH__TIMESTAMP }, { "TIMESTAMP WITHOUT TIME ZONE", KITH__TIMESTAMP }, { "DATETIME", KITH__TIMESTAMP },
    { "TIMESTAMP WITH TIME ZONE", KITH__TIMESTAMPTZ }, { "TIMESTAMPTZ", KITH__TIMESTAMPTZ },
    { "UUID", KITH__UUID }, { "JSON", KITH__JSON }, { "JSONB", KITH__JSON },
    { "NUMERIC", KITH__NUMERIC }, { "DECIMAL", KITH__NUMERIC }, { "DECIMAL_TEXT", KITH__DECIMAL_TEXT },
};

enum { EXACT_DIGITS_ = 15 };    /* what a NUMERIC column of SQLite keeps */

/* Reads up to two numbers in brackets at `at`; gives how many. More, or something else: 3. */
static size_t type_numbers(const kith__token *items, size_t at, size_t end, uint32_t numbers[2])
{
    size_t count = 0;
    for (size_t i = at + 1; i < end && !kith__token_mark(&items[i], ")"); i++) {
        if (kith__token_mark(&items[i], ","))
            continue;
        if (items[i].kind != KITH__T_NUMBER || count == 2 || items[i].size > 9)
            return 3;
        numbers[count++] = (uint32_t)strtoul(items[i].at, NULL, 10);
    }
    return count;
}

static kith__type other_type(kith__arena *arena, const kith__token *items, size_t first, size_t end)
{
    const char *words = kith__tokens_text(arena, items, first, end);
    return (kith__type){ .kind = KITH__OTHER_TYPE, .words = words != NULL ? words : "" };
}

kith__type kith__type_parse(kith__arena *arena, const kith__token *items, size_t first, size_t end, unsigned flags)
{
    char words[40];
    size_t size = 0, count = 0;
    uint32_t numbers[2] = { 0, 0 };
    for (size_t i = first; i < end; i++) {
        if (kith__token_mark(&items[i], "(")) {
            count = type_numbers(items, i, end, numbers);
            while (i < end && !kith__token_mark(&items[i], ")"))
                i++;
            continue;
        }
        if (items[i].kind != KITH__T_WORD || size + items[i].size + 2 > sizeof words || count > 2)
            return other_type(arena, items, first, end);
        if (size > 0)
            words[size++] = ' ';
        for (size_t j = 0; j < items[i].size; j++)
            words[size++] = (char)toupper((unsigned char)items[i].at[j]);
    }
    words[size] = 0;
    kith__type type = { 0 };
    for (size_t i = 0; i < KITH__COUNT(type_words); i++)
        if (strcmp(words, type_words[i].words) == 0)
            type.kind = type_words[i].kind;
    if (type.kind == 0 || count > 2)
        return other_type(arena, items, first, end);
    if (type.kind == KITH__VARCHAR)
        type.length = numbers[0];
    if (type.kind == KITH__NUMERIC || type.kind == KITH__DECIMAL_TEXT) {
        type.precision = numbers[0];
        type.scale = numbers[1];
    }
    if (type.kind == KITH__NUMERIC && !(flags & KITH__SQLITE_TEXT) && (type.precision == 0 || type.precision > EXACT_DIGITS_))
        type.kind = KITH__DECIMAL_TEXT;
    return type;
}

/* ---------------------------------------------------------------- clauses */

bool kith__parse_names(kith__parser *p, const char ***names, size_t *count)
{
    *names = NULL;
    *count = 0;
    if (!kith__parser_mark(p, "("))
        return false;
    do {
        const char *name = kith__parser_name(p);
        const char **item = name == NULL ? NULL : add(p, names, count, sizeof *item);
        if (item == NULL)
            return false;
        *item = name;
    } while (kith__parser_mark(p, ","));
    return kith__parser_mark(p, ")");
}

/* What no operation has a word for: ON CONFLICT, and in a key a collation or a direction. A stored text is changed around it, so that it stays;
 * a statement of a file would lose it. */
static bool may_skip(const kith__parser *p)
{
    return p->flags & KITH__SQLITE_TEXT;
}

static bool skip_conflict(kith__parser *p)
{
    return !kith__parser_words(p, "ON", "CONFLICT") || (may_skip(p) && kith__parser_name(p) != NULL);
}

static bool skip_collation(kith__parser *p)
{
    return !kith__parser_word(p, "COLLATE") || (may_skip(p) && kith__parser_name(p) != NULL);
}

static bool skip_direction(kith__parser *p, bool *descending)
{
    *descending = !kith__parser_word(p, "ASC") && kith__parser_word(p, "DESC");
    return !*descending || may_skip(p);
}

/* a type behind ::, as PostgreSQL prints it */
static bool skip_cast(kith__parser *p)
{
    if (kith__parser_name(p) == NULL)
        return false;
    static const char *const more[] = { "VARYING", "PRECISION", "WITH", "WITHOUT", "TIME", "ZONE" };
    for (size_t i = 0; i < KITH__COUNT(more); i++)
        kith__parser_word(p, more[i]);
    if (kith__token_mark(kith__parser_peek(p, 0), "("))
        return kith__parser_brackets(p);
    return true;
}

bool kith__parse_default(kith__parser *p, const char **sql)
{
    size_t first = p->at;
    if (kith__token_mark(kith__parser_peek(p, 0), "(")) {
        if (!kith__parser_brackets(p))
            return false;
    } else {
        if (!kith__parser_mark(p, "-"))
            kith__parser_mark(p, "+");
        const kith__token *term = kith__parser_peek(p, 0);
        if (term->kind == 0 || term->kind == KITH__T_MARK)
            return false;
        p->at++;
        if (kith__token_identifier(term) && kith__token_mark(kith__parser_peek(p, 0), "(") && !kith__parser_brackets(p))
            return false;
    }
    while (kith__parser_mark(p, "::"))
        if (!skip_cast(p))
            return false;
    *sql = kith__parser_text(p, first, p->at);
    if (*sql != NULL && (p->flags & KITH__SQLITE_TEXT) == 0 && kith__default_same(p->arena, &(kith__type){ .kind = KITH__TIMESTAMP }, *sql, "CURRENT_TIMESTAMP"))
        *sql = "CURRENT_TIMESTAMP";         /* now() is one engine's word for it */
    return *sql != NULL;
}

static bool parse_check(kith__parser *p, const char **sql)
{
    size_t first = p->at + 1;
    if (!kith__parser_brackets(p))
        return false;
    *sql = kith__parser_text(p, first, p->at - 1);
    return *sql != NULL && **sql != 0;
}

static const char *const actions[][3] = { { "CASCADE", NULL, "CASCADE" }, { "RESTRICT", NULL, "RESTRICT" }, { "SET", "NULL", "SET NULL" },
    { "SET", "DEFAULT", "SET DEFAULT" }, { "NO", "ACTION", NULL } };

static bool parse_action(kith__parser *p, const char **out)
{
    for (size_t i = 0; i < KITH__COUNT(actions); i++)
        if (actions[i][1] == NULL ? kith__parser_word(p, actions[i][0]) : kith__parser_words(p, actions[i][0], actions[i][1])) {
            *out = actions[i][2];
            return true;
        }
    return false;
}

/* DEFERRABLE INITIALLY DEFERRED, in one spelling. NOT DEFERRABLE and INITIALLY IMMEDIATE are what is so anyway. */
static bool parse_deferrable(kith__parser *p, const char **out, bool *taken)
{
    bool negated = kith__parser_words(p, "NOT", "DEFERRABLE");
    bool deferrable = !negated && kith__parser_word(p, "DEFERRABLE");
    *taken = negated || deferrable;
    if (deferrable)
        *out = "DEFERRABLE";
    if (kith__parser_words(p, "INITIALLY", "DEFERRED")) {
        if (deferrable)
            *out = "DEFERRABLE INITIALLY DEFERRED";
        *taken = true;
    } else if (kith__parser_words(p, "INITIALLY", "IMMEDIATE")) {
        *taken = true;
    }
    return true;
}

/* behind REFERENCES */
static bool parse_references(kith__parser *p, kith__foreign_key *key)
{
    size_t targets = 0;
    key->table = kith__parser_name(p);
    if (key->table == NULL)
        return false;
    if (kith__token_mark(kith__parser_peek(p, 0), "(") && (!kith__parse_names(p, &key->targets, &targets) || targets != key->count))
        return false;
    for (;;) {
        bool taken = false;
        if (kith__parser_words(p, "ON", "DELETE")) {
            if (!parse_action(p, &key->on_delete))
                return false;
        } else if (kith__parser_words(p, "ON", "UPDATE")) {
            if (!parse_action(p, &key->on_update))
                return false;
        } else if (kith__parser_word(p, "MATCH")) {
            if (kith__parser_name(p) == NULL)
                return false;
        } else if (kith__token_is(kith__parser_peek(p, 0), "NOT") && !kith__token_is(kith__parser_peek(p, 1), "DEFERRABLE")) {
            return true;
        } else if (!parse_deferrable(p, &key->deferrable, &taken) || !taken) {
            return true;
        }
    }
}

/* ---------------------------------------------------------------- columns */

static const char **one_name(kith__parser *p, const char *name)
{
    const char **names = kith__arena_alloc(p->arena, sizeof *names);
    if (names != NULL)
        *names = name;
    return names;
}

/* SQLite's AUTOINCREMENT, which only an INTEGER that is the key can have */
static bool counts_itself(kith__column *column)
{
    column->identity = column->not_null = column->never_reuse = true;
    return column->type.kind == KITH__INTEGER;
}

static bool column_primary(kith__parser *p, kith__table *table, kith__column *column, kith__part *part)
{
    part->kind = KITH__PART_PRIMARY;
    if (table->primary_key.count > 0)
        return false;
    if (!skip_direction(p, &part->descending) || !skip_conflict(p))
        return false;
    if (kith__parser_word(p, "AUTOINCREMENT")) {
        part->autoincrement = p->at - 1;
        if (!counts_itself(column))
            return false;
    }
    table->primary_key = (kith__key){ .columns = one_name(p, column->name), .count = 1 };
    return table->primary_key.columns != NULL;
}

static bool column_unique(kith__parser *p, kith__table *table, const kith__column *column, const char *name, kith__part *part)
{
    part->kind = KITH__PART_UNIQUE;
    part->index = table->unique_count;
    kith__key *key = skip_conflict(p) ? add(p, &table->uniques, &table->unique_count, sizeof *key) : NULL;
    if (key == NULL)
        return false;
    *key = (kith__key){ .name = name, .columns = one_name(p, column->name), .count = 1 };
    return key->columns != NULL;
}

static bool column_check(kith__parser *p, kith__table *table, const kith__column *column, const char *name, kith__part *part)
{
    part->kind = KITH__PART_CHECK;
    part->index = table->check_count;
    kith__check *check = add(p, &table->checks, &table->check_count, sizeof *check);
    if (check == NULL || !parse_check(p, &check->sql))
        return false;
    check->name = name != NULL ? name : kith__constraint_name(p->arena, "ck", table->name, &column->name, 1);
    return check->name != NULL;
}

static bool column_references(kith__parser *p, kith__table *table, const kith__column *column, const char *name, kith__part *part)
{
    part->kind = KITH__PART_REFERENCES;
    part->index = table->foreign_key_count;
    kith__foreign_key *key = add(p, &table->foreign_keys, &table->foreign_key_count, sizeof *key);
    if (key == NULL)
        return false;
    *key = (kith__foreign_key){ .name = name, .columns = one_name(p, column->name), .count = 1 };
    return key->columns != NULL && parse_references(p, key);
}

/* behind GENERATED: BY DEFAULT AS IDENTITY … or ALWAYS AS (…) */
static bool column_generated(kith__parser *p, kith__column *column, kith__part *part)
{
    bool always = kith__parser_word(p, "ALWAYS");
    if (!always && !kith__parser_words(p, "BY", "DEFAULT"))
        return false;
    if (!kith__parser_word(p, "AS"))
        return false;
    if (kith__parser_word(p, "IDENTITY")) {
        part->kind = KITH__PART_IDENTITY;
        column->identity = column->not_null = true;
        column->never_reuse |= kith__parser_word(p, "AUTOINCREMENT");
        return !always;
    }
    part->kind = KITH__PART_GENERATED;
    return always && parse_check(p, &column->generated_sql);
}

static bool column_computed(kith__parser *p, kith__column *column, kith__part *part, bool generated)
{
    if (generated ? !column_generated(p, column, part) : !parse_check(p, &column->generated_sql))
        return false;
    if (!generated)
        part->kind = KITH__PART_GENERATED;
    if (part->kind == KITH__PART_GENERATED) {
        column->generated_stored = kith__parser_word(p, "STORED");
        kith__parser_word(p, "VIRTUAL");
    }
    return true;
}

/* *known false: no clause begins here */
static bool parse_clause(kith__parser *p, kith__table *table, kith__column *column, const char *name, kith__part *part, bool *known)
{
    *known = true;
    if (kith__parser_words(p, "NOT", "NULL")) {
        part->kind = KITH__PART_NOT_NULL;
        column->not_null = true;
        return skip_conflict(p);
    }
    if (kith__parser_word(p, "NULL")) {
        part->kind = KITH__PART_NULL;
        return skip_conflict(p);
    }
    if (kith__parser_words(p, "PRIMARY", "KEY"))
        return column_primary(p, table, column, part);
    if (kith__parser_word(p, "UNIQUE"))
        return column_unique(p, table, column, name, part);
    if (kith__parser_word(p, "CHECK"))
        return column_check(p, table, column, name, part);
    if (kith__parser_word(p, "DEFAULT")) {
        part->kind = KITH__PART_DEFAULT;
        return kith__parse_default(p, &column->default_sql);
    }
    if (kith__parser_word(p, "COLLATE")) {
        part->kind = KITH__PART_COLLATE;
        return (column->collation = kith__parser_name(p)) != NULL;
    }
    if (kith__parser_word(p, "REFERENCES"))
        return column_references(p, table, column, name, part);
    if (kith__parser_word(p, "GENERATED"))
        return column_computed(p, column, part, true);
    if (kith__parser_word(p, "AS"))
        return column_computed(p, column, part, false);
    *known = false;
    return name == NULL;
}

bool kith__parse_column(kith__parser *p, kith__table *table, kith__item *item)
{
    kith__column *column = add(p, &table->columns, &table->column_count, sizeof *column);
    item->first = p->at;
    if (column == NULL || (column->name = kith__parser_name(p)) == NULL || !kith__parse_type(p, &item->type_first, &item->type_end))
        return false;
    column->type = kith__type_parse(p->arena, p->items, item->type_first, item->type_end, p->flags);
    bool known = true;
    while (known) {
        kith__part part = { .first = p->at };
        const char *name = NULL;
        if (kith__parser_word(p, "CONSTRAINT") && (name = kith__parser_name(p)) == NULL)
            return false;
        if (!parse_clause(p, table, column, name, &part, &known))
            return false;
        part.end = p->at;
        kith__part *kept = known ? add(p, &item->parts, &item->part_count, sizeof part) : NULL;
        if (known && kept == NULL)
            return false;
        if (known)
            *kept = part;
    }
    item->end = p->at;
    return true;
}

/* ---------------------------------------------------------------- constraints of the table */

/* behind PRIMARY KEY: (a, b [COLLATE x] [ASC|DESC] [AUTOINCREMENT]) */
static bool key_columns(kith__parser *p, kith__key *key, kith__part *part, bool *autoincrement)
{
    if (!kith__parser_mark(p, "("))
        return false;
    do {
        const char *name = kith__parser_name(p);
        const char **item = name == NULL ? NULL : add(p, &key->columns, &key->count, sizeof *item);
        if (item == NULL)
            return false;
        *item = name;
        bool descending;
        if (!skip_collation(p) || !skip_direction(p, &descending))
            return false;
        if (autoincrement != NULL && kith__parser_word(p, "AUTOINCREMENT")) {
            *autoincrement = true;
            part->autoincrement = p->at - 1;
        }
    } while (kith__parser_mark(p, ","));
    part->close = p->at;
    return kith__parser_mark(p, ")") && skip_conflict(p);
}

static bool table_primary(kith__parser *p, kith__table *table, kith__part *part)
{
    bool autoincrement = false;
    part->kind = KITH__PART_PRIMARY;
    if (table->primary_key.count > 0 || !key_columns(p, &table->primary_key, part, &autoincrement))
        return false;
    size_t at = kith__table_column_index(table, table->primary_key.columns[0]);
    return !autoincrement || (at != SIZE_MAX && table->primary_key.count == 1 && counts_itself(&table->columns[at]));
}

static bool table_unique(kith__parser *p, kith__table *table, const char *name, kith__part *part)
{
    part->kind = KITH__PART_UNIQUE;
    part->index = table->unique_count;
    kith__key *key = add(p, &table->uniques, &table->unique_count, sizeof *key);
    if (key == NULL)
        return false;
    key->name = name;
    return key_columns(p, key, part, NULL);
}

static bool table_check(kith__parser *p, kith__table *table, const char *name, kith__part *part)
{
    part->kind = KITH__PART_CHECK;
    part->index = table->check_count;
    kith__check *check = add(p, &table->checks, &table->check_count, sizeof *check);
    if (check == NULL)
        return false;
    check->name = name;
    return parse_check(p, &check->sql) && skip_conflict(p);
}

static bool table_foreign_key(kith__parser *p, kith__table *table, const char *name, kith__part *part)
{
    part->kind = KITH__PART_REFERENCES;
    part->index = table->foreign_key_count;
    kith__foreign_key *key = add(p, &table->foreign_keys, &table->foreign_key_count, sizeof *key);
    if (key == NULL)
        return false;
    key->name = name;
    return kith__parse_names(p, &key->columns, &key->count) && kith__parser_word(p, "REFERENCES") && parse_references(p, key);
}

bool kith__parse_table_constraint(kith__parser *p, kith__table *table, kith__item *item)
{
    kith__part part = { .first = p->at }, *kept;
    const char *name = NULL;
    item->constraint = true;
    item->first = p->at;
    if (kith__parser_word(p, "CONSTRAINT") && (name = kith__parser_name(p)) == NULL)
        return false;
    bool well = false;
    if (kith__parser_words(p, "PRIMARY", "KEY"))
        well = table_primary(p, table, &part);
    else if (kith__parser_word(p, "UNIQUE"))
        well = table_unique(p, table, name, &part);
    else if (kith__parser_word(p, "CHECK"))
        well = table_check(p, table, name, &part);
    else if (kith__parser_words(p, "FOREIGN", "KEY"))
        well = table_foreign_key(p, table, name, &part);
    item->end = part.end = p->at;
    kept = well ? add(p, &item->parts, &item->part_count, sizeof part) : NULL;
    if (kept != NULL)
        *kept = part;
    return kept != NULL;
}

static bool at_table_constraint(const kith__parser *p)
{
    static const char *const words[] = { "CONSTRAINT", "UNIQUE", "CHECK" };
    for (size_t i = 0; i < KITH__COUNT(words); i++)
        if (kith__parser_at(p, words[i]))
            return true;
    const kith__token *next = kith__parser_peek(p, 1);
    return (kith__parser_at(p, "PRIMARY") || kith__parser_at(p, "FOREIGN")) && kith__token_is(next, "KEY");
}

/* ---------------------------------------------------------------- the whole */

/* an explicit name that is the default one was given by nobody */
static bool settle_name(kith__arena *arena, const char **name, bool *named, const char *prefix, const char *table, const char *const *columns, size_t count)
{
    const char *usual = kith__constraint_name(arena, prefix, table, columns, count);
    if (usual == NULL)
        return false;
    *named = *name != NULL && strcmp(*name, usual) != 0;
    if (*name == NULL)
        *name = usual;
    return true;
}

static bool settle_checks(kith__arena *arena, kith__table *table)
{
    for (size_t i = 0; i < table->check_count; i++) {
        kith__check *check = &table->checks[i];
        char number[24];
        const char *suffix = number;
        snprintf(number, sizeof number, "%zu", i + 1);
        check->named = check->name != NULL && strncmp(check->name, "ck_", 3) != 0;
        if (check->name == NULL && (check->name = kith__constraint_name(arena, "ck", table->name, &suffix, 1)) == NULL)
            return false;
    }
    return true;
}

bool kith__name_constraints(kith__arena *arena, kith__table *table)
{
    for (size_t i = 0; i < table->unique_count; i++) {
        kith__key *key = &table->uniques[i];
        if (!settle_name(arena, &key->name, &key->named, "uq", table->name, key->columns, key->count))
            return false;
    }
    for (size_t i = 0; i < table->foreign_key_count; i++) {
        kith__foreign_key *key = &table->foreign_keys[i];
        if (!settle_name(arena, &key->name, &key->named, "fk", table->name, key->columns, key->count))
            return false;
    }
    return settle_checks(arena, table);
}

static bool parse_options(kith__parser *p, kith__table *table)
{
    while (!kith__parser_done(p)) {
        if (kith__parser_word(p, "STRICT"))
            table->strict = true;
        else if (kith__parser_words(p, "WITHOUT", "ROWID"))
            table->without_rowid = true;
        else
            return false;
        if (!kith__parser_mark(p, ",") && !kith__parser_done(p))
            return false;
    }
    return true;
}

/* key columns are never NULL; and on SQLite a lone INTEGER is the rowid itself */
static void settle_primary_key(kith__parser *p, kith__definition *out)
{
    kith__table *table = out->table;
    for (size_t i = 0; i < table->primary_key.count; i++) {
        kith__column *column = kith__table_column(table, table->primary_key.columns[i]);
        if (column != NULL)
            column->not_null = true;
    }
    if (!(p->flags & KITH__SQLITE_TEXT) || table->primary_key.count != 1 || table->without_rowid)
        return;
    for (size_t i = 0; i < out->item_count; i++) {
        const kith__item *item = &out->items[i];
        kith__column *column = item->constraint ? NULL : &table->columns[i];
        if (column == NULL || strcasecmp(column->name, table->primary_key.columns[0]) != 0)
            continue;
        bool integer = item->type_end == item->type_first + 1 && kith__token_is(&p->items[item->type_first], "INTEGER");
        for (size_t j = 0; j < item->part_count; j++)
            integer = integer && !item->parts[j].descending;
        out->rowid_alias = column->identity = integer;
    }
}

/* Names of keys in the spelling of their columns: SQLite does not care, comparisons do. False: no such column. */
static bool settle_names(const kith__table *table, const char **names, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        size_t at = kith__table_column_index(table, names[i]);
        if (at == SIZE_MAX)
            return false;
        names[i] = table->columns[at].name;
    }
    return true;
}

static bool all_columns_known(const kith__table *table)
{
    bool known = table->column_count > 0 && settle_names(table, table->primary_key.columns, table->primary_key.count);
    for (size_t i = 0; i < table->unique_count; i++)
        known = known && settle_names(table, table->uniques[i].columns, table->uniques[i].count);
    for (size_t i = 0; i < table->foreign_key_count; i++)
        known = known && settle_names(table, table->foreign_keys[i].columns, table->foreign_keys[i].count);
    for (size_t i = 0; i < table->column_count; i++)
        known = known && kith__table_column_index(table, table->columns[i].name) == i;
    return known;
}

static bool parse_items(kith__parser *p, kith__definition *out)
{
    bool comma = true;
    while (!kith__token_mark(kith__parser_peek(p, 0), ")")) {
        bool constraint = at_table_constraint(p);
        kith__item *item = comma || constraint ? add(p, &out->items, &out->item_count, sizeof *item) : NULL;
        if (item == NULL || (!constraint && out->item_count > 1 && out->items[out->item_count - 2].constraint))
            return false;
        if (!(constraint ? kith__parse_table_constraint(p, out->table, item) : kith__parse_column(p, out->table, item)))
            return false;
        comma = kith__parser_mark(p, ",");
    }
    return !comma && !kith__parser_done(p);
}

bool kith__parse_create_table(kith__parser *p, kith__definition *out)
{
    out->table = kith__arena_zero(p->arena, sizeof *out->table);
    out->name_token = p->at;
    if (out->table == NULL || (out->table->name = kith__parser_name(p)) == NULL)
        return false;
    out->open = p->at;
    if (!kith__parser_mark(p, "(") || !parse_items(p, out))
        return false;
    out->close = p->at++;
    if (!parse_options(p, out->table) || !all_columns_known(out->table))
        return false;
    settle_primary_key(p, out);
    return kith__name_constraints(p->arena, out->table);
}

bool kith__definition_parse(kith__arena *arena, const char *sql, unsigned flags, kith__definition *out)
{
    kith__error error = { 0 };
    *out = (kith__definition){ 0 };
    int status = kith__tokenize(arena, NULL, sql, strlen(sql), flags, &out->tokens, &error);
    kith__error_free(&error);
    if (status != KITH_OK)
        return false;
    kith__parser p = { .arena = arena, .items = out->tokens.items, .count = out->tokens.count, .flags = flags };
    return kith__parser_words(&p, "CREATE", "TABLE") && kith__parse_create_table(&p, out) && !arena->broken;
}
