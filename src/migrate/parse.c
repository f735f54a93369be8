/*
 * parse: one statement of a migration file as operations. For the files of src/migrate.
 *
 * The subset is what print.c writes and what a person would write by hand beside it. What only looks like it (a table option of one
 * engine, a clause unknown here) is opaque: it is sent as it is, and the state says which table it touched.
 */
#include "migrate/parser.h"

kith__op *kith__ops_add(kith__arena *arena, kith__ops *ops, kith__op_kind kind, const char *table)
{
    kith__op *op = kith__list_add(arena, &ops->items, &ops->count, sizeof *op);
    if (op != NULL) {
        op->kind = kind;
        op->table = table;
    }
    return op;
}

static kith__op *add_op(kith__parser *p, kith__ops *ops, kith__op_kind kind, const char *table)
{
    kith__op *op = kith__ops_add(p->arena, ops, kind, table);
    return op;
}

static bool if_exists(kith__parser *p)
{
    return kith__parser_words(p, "IF", "EXISTS");
}

static bool if_not_exists(kith__parser *p)
{
    if (!kith__parser_at(p, "IF") || !kith__token_is(kith__parser_peek(p, 1), "NOT") || !kith__token_is(kith__parser_peek(p, 2), "EXISTS"))
        return false;
    p->at += 3;
    return true;
}

/* ---------------------------------------------------------------- CREATE TABLE, DROP TABLE */

static bool parse_create_table(kith__parser *p, kith__ops *ops)
{
    kith__definition definition = { 0 };
    bool maybe = if_not_exists(p);
    if (!kith__parse_create_table(p, &definition))
        return false;
    kith__op *op = add_op(p, ops, KITH__OP_CREATE_TABLE, definition.table->name);
    if (op == NULL)
        return false;
    op->new_table = definition.table;
    op->maybe = maybe;
    return true;
}

static bool parse_drop(kith__parser *p, kith__ops *ops, kith__op_kind kind)
{
    bool maybe = if_exists(p);
    const char *name = kith__parser_name(p);
    kith__op *op = name == NULL ? NULL : add_op(p, ops, kind, kind == KITH__OP_DROP_TABLE ? name : NULL);
    if (op == NULL)
        return false;
    op->maybe = maybe;
    if (kind == KITH__OP_DROP_INDEX)
        op->name = name;
    return true;
}

/* ---------------------------------------------------------------- indexes */

/* the tokens of one indexed thing are [first, end): a name, or an expression */
static bool index_item(kith__parser *p, kith__index *index, size_t first, size_t end, bool descending)
{
    const char **column = kith__list_add(p->arena, &index->columns, &index->count, sizeof *column);
    size_t expressions = index->count - 1, descendings = index->count - 1;
    bool *expression = column == NULL ? NULL : kith__list_add(p->arena, &index->expression, &expressions, sizeof *expression);
    bool *down = expression == NULL ? NULL : kith__list_add(p->arena, &index->descending, &descendings, sizeof *down);
    if (down == NULL)
        return false;
    *down = descending;
    *expression = !(end == first + 1 && kith__token_identifier(&p->items[first]));
    *column = *expression ? kith__parser_text(p, first, end) : kith__token_name(p->arena, &p->items[first]);
    return *column != NULL;
}

bool kith__parse_index_items(kith__parser *p, kith__index *index)
{
    if (!kith__parser_mark(p, "("))
        return false;
    do {
        size_t first = p->at, end;
        bool descending = false;
        while (!kith__parser_done(p) && !kith__token_mark(kith__parser_peek(p, 0), ",") && !kith__token_mark(kith__parser_peek(p, 0), ")") &&
               !kith__parser_at(p, "ASC") && !kith__parser_at(p, "DESC") && !kith__parser_at(p, "NULLS"))
            if (!kith__token_mark(kith__parser_peek(p, 0), "("))
                p->at++;
            else if (!kith__parser_brackets(p))
                return false;
        end = p->at;
        if (!kith__parser_word(p, "ASC"))
            descending = kith__parser_word(p, "DESC");
        if (end == first || !index_item(p, index, first, end, descending))
            return false;
    } while (kith__parser_mark(p, ","));
    return kith__parser_mark(p, ")");
}

/* behind INDEX */
static bool parse_index(kith__parser *p, kith__index *index, const char **table, bool *maybe)
{
    *maybe = if_not_exists(p);
    index->name = kith__parser_name(p);
    if (index->name == NULL || !kith__parser_word(p, "ON") || (*table = kith__parser_name(p)) == NULL || !kith__parse_index_items(p, index))
        return false;
    const char *usual = kith__index_name(p->arena, *table, index);
    index->named = usual != NULL && strcmp(usual, index->name) != 0;
    if (kith__parser_word(p, "WHERE")) {
        index->where = kith__parser_text(p, p->at, p->count);
        p->at = p->count;
        return index->where != NULL && *index->where != 0;
    }
    return usual != NULL;
}

static bool parse_create_index(kith__parser *p, kith__ops *ops, bool unique)
{
    kith__index *index = kith__arena_zero(p->arena, sizeof *index);
    const char *table = NULL;
    bool maybe = false;
    if (index == NULL || !parse_index(p, index, &table, &maybe))
        return false;
    index->unique = unique;
    kith__op *op = add_op(p, ops, KITH__OP_CREATE_INDEX, table);
    if (op == NULL)
        return false;
    op->name = index->name;
    op->index = index;
    op->maybe = maybe;
    return true;
}

bool kith__index_parse(kith__arena *arena, const char *sql, unsigned flags, const char **table, kith__index *out)
{
    kith__error error = { 0 };
    kith__tokens tokens;
    bool maybe;
    int status = kith__tokenize(arena, NULL, sql, strlen(sql), flags, &tokens, &error);
    kith__error_free(&error);
    if (status != KITH_OK)
        return false;
    kith__parser p = { .arena = arena, .items = tokens.items, .count = tokens.count, .flags = flags };
    *out = (kith__index){ 0 };
    bool well = kith__parser_word(&p, "CREATE");
    out->unique = kith__parser_word(&p, "UNIQUE");
    return well && kith__parser_word(&p, "INDEX") && parse_index(&p, out, table, &maybe) && kith__parser_done(&p) && !arena->broken;
}

static bool parse_alter_index(kith__parser *p, kith__ops *ops)
{
    const char *name = kith__parser_name(p);
    if (name == NULL || !kith__parser_words(p, "RENAME", "TO"))
        return false;
    const char *to = kith__parser_name(p);
    kith__op *op = to == NULL ? NULL : add_op(p, ops, KITH__OP_RENAME_INDEX, NULL);
    if (op == NULL)
        return false;
    op->name = name;
    op->to = to;
    return true;
}

/* ---------------------------------------------------------------- ALTER TABLE */

/* the constraints that a clause wrote into a table of its own, as operations on the real one */
static bool constraint_ops(kith__parser *p, kith__ops *ops, kith__table *scratch)
{
    if (!kith__name_constraints(p->arena, scratch))
        return false;
    kith__op *op;
    if (scratch->primary_key.count > 0) {
        if ((op = add_op(p, ops, KITH__OP_ADD_PRIMARY_KEY, scratch->name)) == NULL)
            return false;
        op->key = &scratch->primary_key;
    }
    for (size_t i = 0; i < scratch->unique_count; i++) {
        if ((op = add_op(p, ops, KITH__OP_ADD_UNIQUE, scratch->name)) == NULL)
            return false;
        op->key = &scratch->uniques[i];
        op->name = op->key->name;
    }
    for (size_t i = 0; i < scratch->foreign_key_count; i++) {
        if ((op = add_op(p, ops, KITH__OP_ADD_FOREIGN_KEY, scratch->name)) == NULL)
            return false;
        op->foreign_key = &scratch->foreign_keys[i];
        op->name = op->foreign_key->name;
    }
    for (size_t i = 0; i < scratch->check_count; i++) {
        if ((op = add_op(p, ops, KITH__OP_ADD_CHECK, scratch->name)) == NULL)
            return false;
        op->check = &scratch->checks[i];
        op->name = op->check->name;
    }
    return true;
}

static kith__table *scratch_table(kith__parser *p, const char *name)
{
    kith__table *scratch = kith__arena_zero(p->arena, sizeof *scratch);
    if (scratch != NULL)
        scratch->name = name;
    return scratch;
}

static bool at_constraint(const kith__parser *p)
{
    return kith__parser_at(p, "CONSTRAINT") || kith__parser_at(p, "UNIQUE") || kith__parser_at(p, "CHECK") || kith__parser_at(p, "PRIMARY") ||
           kith__parser_at(p, "FOREIGN");
}

static bool alter_add(kith__parser *p, kith__ops *ops, const char *table)
{
    kith__table *scratch = scratch_table(p, table);
    kith__item item = { 0 };
    if (scratch == NULL)
        return false;
    if (at_constraint(p))
        return kith__parse_table_constraint(p, scratch, &item) && constraint_ops(p, ops, scratch);
    kith__parser_word(p, "COLUMN");
    if (!kith__parse_column(p, scratch, &item))
        return false;
    kith__op *op = add_op(p, ops, KITH__OP_ADD_COLUMN, table);
    if (op == NULL)
        return false;
    op->column = &scratch->columns[0];
    op->name = op->column->name;
    return constraint_ops(p, ops, scratch);
}

static bool alter_drop(kith__parser *p, kith__ops *ops, const char *table)
{
    kith__op_kind kind = KITH__OP_DROP_COLUMN;
    if (kith__parser_words(p, "PRIMARY", "KEY"))
        return add_op(p, ops, KITH__OP_DROP_PRIMARY_KEY, table) != NULL;
    if (kith__parser_word(p, "CONSTRAINT"))
        kind = KITH__OP_DROP_CONSTRAINT;
    else
        kith__parser_word(p, "COLUMN");
    bool maybe = if_exists(p);
    const char *name = kith__parser_name(p);
    kith__op *op = name == NULL ? NULL : add_op(p, ops, kind, table);
    if (op == NULL)
        return false;
    op->name = name;
    op->maybe = maybe;
    return true;
}

static bool alter_rename(kith__parser *p, kith__ops *ops, const char *table)
{
    kith__op_kind kind = KITH__OP_RENAME_COLUMN;
    const char *name = NULL, *to;
    if (kith__parser_word(p, "TO")) {
        kind = KITH__OP_RENAME_TABLE;
    } else {
        if (kith__parser_word(p, "CONSTRAINT"))
            kind = KITH__OP_RENAME_CONSTRAINT;
        else
            kith__parser_word(p, "COLUMN");
        if ((name = kith__parser_name(p)) == NULL || !kith__parser_word(p, "TO"))
            return false;
    }
    to = kith__parser_name(p);
    kith__op *op = to == NULL ? NULL : add_op(p, ops, kind, table);
    if (op == NULL)
        return false;
    op->name = name;
    op->to = to;
    return true;
}

/* USING CAST(column AS type) is what kith writes for engines that need it; anything else is a person's */
static bool is_plain_cast(kith__parser *p, size_t first, const char *column, const kith__type *type)
{
    kith__parser q = *p;
    size_t type_first, type_end;
    q.at = first;
    if (!kith__parser_word(&q, "CAST") || !kith__parser_mark(&q, "("))
        return false;
    const char *name = kith__parser_name(&q);
    if (name == NULL || strcmp(name, column) != 0 || !kith__parser_word(&q, "AS") || !kith__parse_type(&q, &type_first, &type_end))
        return false;
    kith__type cast = kith__type_parse(p->arena, p->items, type_first, type_end, p->flags);
    return kith__type_equal(&cast, type) && kith__parser_mark(&q, ")") && kith__parser_done(&q);
}

static bool alter_type(kith__parser *p, kith__ops *ops, const char *table, const char *name)
{
    kith__column *column = kith__arena_zero(p->arena, sizeof *column);
    size_t first, end;
    if (column == NULL || !kith__parse_type(p, &first, &end) || end == first)
        return false;
    column->name = name;
    column->type = kith__type_parse(p->arena, p->items, first, end, p->flags);
    if (kith__parser_word(p, "COLLATE") && (column->collation = kith__parser_name(p)) == NULL)
        return false;
    kith__op *op = add_op(p, ops, KITH__OP_TYPE, table);
    if (op == NULL)
        return false;
    op->name = name;
    op->column = column;
    if (!kith__parser_word(p, "USING"))
        return true;
    first = p->at;
    while (!kith__parser_done(p) && !kith__token_mark(kith__parser_peek(p, 0), ","))
        if (!kith__token_mark(kith__parser_peek(p, 0), "("))
            p->at++;
        else if (!kith__parser_brackets(p))
            return false;
    if (p->at == first)
        return false;
    if (kith__parser_done(p) && is_plain_cast(p, first, name, &column->type))
        return true;
    op->sql = kith__parser_text(p, first, p->at);
    return op->sql != NULL;
}

static kith__op *column_op(kith__parser *p, kith__ops *ops, kith__op_kind kind, const char *table, const char *name)
{
    kith__op *op = add_op(p, ops, kind, table);
    if (op != NULL)
        op->name = name;
    return op;
}

static bool alter_column(kith__parser *p, kith__ops *ops, const char *table)
{
    kith__parser_word(p, "COLUMN");
    const char *name = kith__parser_name(p);
    kith__op *op;
    if (name == NULL)
        return false;
    if (kith__parser_word(p, "TYPE"))
        return alter_type(p, ops, table, name);
    if (kith__parser_at(p, "SET") && kith__token_is(kith__parser_peek(p, 1), "DATA") && kith__token_is(kith__parser_peek(p, 2), "TYPE")) {
        p->at += 3;
        return alter_type(p, ops, table, name);
    }
    if (kith__parser_words(p, "DROP", "DEFAULT"))
        return column_op(p, ops, KITH__OP_DEFAULT, table, name) != NULL;
    if (kith__parser_words(p, "DROP", "IDENTITY"))
        return column_op(p, ops, KITH__OP_IDENTITY, table, name) != NULL;
    bool set = kith__parser_word(p, "SET");
    if (set && kith__parser_word(p, "DEFAULT"))
        return (op = column_op(p, ops, KITH__OP_DEFAULT, table, name)) != NULL && kith__parse_default(p, &op->sql);
    if (set || kith__parser_word(p, "DROP")) {
        if (!kith__parser_words(p, "NOT", "NULL") || (op = column_op(p, ops, KITH__OP_NOT_NULL, table, name)) == NULL)
            return false;
        op->on = set;
        return true;
    }
    if (!kith__parser_words(p, "ADD", "GENERATED") || !kith__parser_words(p, "BY", "DEFAULT") || !kith__parser_words(p, "AS", "IDENTITY") ||
        (op = column_op(p, ops, KITH__OP_IDENTITY, table, name)) == NULL)
        return false;
    op->on = true;
    op->never_reuse = kith__parser_word(p, "AUTOINCREMENT");
    return true;
}

static bool parse_alter_table(kith__parser *p, kith__ops *ops)
{
    const char *table = kith__parser_name(p);
    if (table == NULL)
        return false;
    do {
        bool well = false;
        if (kith__parser_word(p, "ADD"))
            well = alter_add(p, ops, table);
        else if (kith__parser_word(p, "DROP"))
            well = alter_drop(p, ops, table);
        else if (kith__parser_word(p, "RENAME"))
            well = alter_rename(p, ops, table);
        else if (kith__parser_word(p, "ALTER"))
            well = alter_column(p, ops, table);
        if (!well)
            return false;
    } while (kith__parser_mark(p, ","));
    return true;
}

/* ---------------------------------------------------------------- COMMENT ON */

static bool parse_comment(kith__parser *p, kith__ops *ops)
{
    bool of_column = kith__parser_word(p, "COLUMN");
    if (!of_column && !kith__parser_word(p, "TABLE"))
        return false;
    const char *table = kith__parser_name(p), *column = NULL;
    if (table == NULL || (of_column && (!kith__parser_mark(p, ".") || (column = kith__parser_name(p)) == NULL)) || !kith__parser_word(p, "IS"))
        return false;
    kith__op *op = column_op(p, ops, KITH__OP_COMMENT, table, column);
    if (op == NULL)
        return false;
    if (kith__parser_word(p, "NULL"))
        return true;
    op->sql = kith__token_string(p->arena, kith__parser_peek(p, 0));
    p->at++;
    return op->sql != NULL;
}

/* ---------------------------------------------------------------- the whole statement */

/* *speaks_of_tables: it begins as DDL of the subset does */
static bool parse_statement(kith__parser *p, kith__ops *ops, bool *speaks_of_tables)
{
    *speaks_of_tables = true;
    if (kith__parser_words(p, "CREATE", "TABLE"))
        return parse_create_table(p, ops);
    if (kith__parser_words(p, "CREATE", "INDEX"))
        return parse_create_index(p, ops, false);
    if (kith__parser_at(p, "CREATE") && kith__token_is(kith__parser_peek(p, 1), "UNIQUE") && kith__token_is(kith__parser_peek(p, 2), "INDEX")) {
        p->at += 3;
        return parse_create_index(p, ops, true);
    }
    if (kith__parser_words(p, "DROP", "TABLE"))
        return parse_drop(p, ops, KITH__OP_DROP_TABLE);
    if (kith__parser_words(p, "DROP", "INDEX"))
        return parse_drop(p, ops, KITH__OP_DROP_INDEX);
    if (kith__parser_words(p, "ALTER", "TABLE"))
        return parse_alter_table(p, ops);
    if (kith__parser_words(p, "ALTER", "INDEX"))
        return parse_alter_index(p, ops);
    if (kith__parser_words(p, "COMMENT", "ON"))
        return parse_comment(p, ops);
    *speaks_of_tables = false;
    return false;
}

/* the name behind CREATE VIEW, DROP TRIGGER, CREATE VIRTUAL TABLE … */
static const char *made_object(kith__parser *p)
{
    static const char *const kinds[] = { "VIEW", "TRIGGER", "TABLE", "SEQUENCE", "TYPE", "FUNCTION", "DOMAIN", "EXTENSION", "SCHEMA", "INDEX" };
    p->at = 0;
    if (!kith__parser_word(p, "CREATE") && !kith__parser_word(p, "DROP"))
        return NULL;
    for (size_t i = 0; i < 6; i++, p->at++)
        for (size_t k = 0; k < KITH__COUNT(kinds); k++)
            if (kith__parser_word(p, kinds[k])) {
                kith__parser_word(p, "CONCURRENTLY");
                if (!if_not_exists(p))
                    if_exists(p);
                return kith__parser_name(p);
            }
    return NULL;
}

/* the table of an opaque statement: behind TABLE or behind ON */
static const char *touched_table(kith__parser *p)
{
    p->at = 1;
    if (!kith__parser_word(p, "TABLE"))
        while (!kith__parser_done(p) && !kith__parser_word(p, "ON"))
            p->at++;
    if (!if_not_exists(p))
        if_exists(p);
    kith__parser_word(p, "ONLY");
    return kith__parser_name(p);
}

static bool is_of_trigger(const kith__parser *p)
{
    size_t i = 0;
    while (i < 6 && i < p->count && !kith__token_is(&p->items[i], "TRIGGER"))
        i++;
    return i < 6 && i < p->count;
}

kith__parsed kith__ddl_parse(kith__arena *arena, const kith__token *items, size_t count, unsigned flags, kith__statement_meaning *out)
{
    kith__parser p = { .arena = arena, .items = items, .count = count, .flags = flags };
    bool speaks_of_tables;
    *out = (kith__statement_meaning){ 0 };
    bool well = parse_statement(&p, &out->ops, &speaks_of_tables) && kith__parser_done(&p);
    if (arena->broken)
        return KITH__PARSED_NO_MEMORY;
    if (well)
        return KITH__PARSED_DDL;
    out->ops = (kith__ops){ 0 };
    out->object = made_object(&p);
    if (speaks_of_tables || (out->object != NULL && is_of_trigger(&p)))
        out->table = touched_table(&p);
    if (arena->broken)
        return KITH__PARSED_NO_MEMORY;
    return speaks_of_tables ? KITH__PARSED_OPAQUE : KITH__PARSED_OTHER;
}
