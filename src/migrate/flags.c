/*
 * flags: --rename and --fill, as migrate was given them: what they say of a name, whether they say it of something that is there, and
 * whether a value can be one. A word that was misspelled must not turn a rename into a loss. For the files of src/migrate.
 */
#include "migrate/ddl.h"

#include <stdlib.h>
#include <strings.h>

const char *kith__flag_value(const char *const *flags, const char *table, const char *column)
{
    size_t size = strlen(table) + (column != NULL ? strlen(column) + 1 : 0);
    for (size_t i = 0; flags != NULL && flags[i] != NULL; i++) {
        const char *flag = flags[i];
        bool of_table = strncmp(flag, table, strlen(table)) == 0;
        bool of_column = of_table && (column == NULL || (flag[strlen(table)] == '.' && strncmp(flag + strlen(table) + 1, column, strlen(column)) == 0));
        if (of_column && flag[size] == '=')
            return flag + size + 1;
        if (of_column && flag[size] == 0)
            return flag + size;
    }
    return NULL;
}

/* ---------------------------------------------------------------- said of nothing */

typedef struct flag { const char *table, *column, *value; } flag;       /* "table.column=value"; column NULL: "table=value" */

/* Where the name of a table ends: at the first dot, unless the name itself has dots. */
static const char *table_end(const kith__schema *before, const char *text, const char *equals)
{
    for (size_t i = 0; i < before->table_count; i++) {
        size_t size = strlen(before->tables[i]->name);
        bool begins = size <= (size_t)(equals - text) && strncasecmp(text, before->tables[i]->name, size) == 0;
        if (begins && (text + size == equals || text[size] == '.'))
            return text + size;
    }
    const char *dot = memchr(text, '.', (size_t)(equals - text));
    return dot != NULL ? dot : equals;
}

static bool split_flag(kith__arena *arena, const kith__schema *before, const char *text, flag *out)
{
    const char *equals = strchr(text, '='), *end = equals != NULL ? table_end(before, text, equals) : NULL, *dot = end != equals ? end : NULL;
    *out = (flag){ .table = "" };
    if (equals == NULL)
        return true;
    out->table = kith__arena_textn(arena, text, (size_t)((dot != NULL ? dot : equals) - text));
    out->column = dot != NULL ? kith__arena_textn(arena, dot + 1, (size_t)(equals - dot - 1)) : NULL;
    out->value = equals + 1;
    return out->table != NULL && (dot == NULL || out->column != NULL);
}

static bool same_name(const char *a, const char *b)
{
    return a == b || (a != NULL && b != NULL && strcasecmp(a, b) == 0);
}

/* said again of what is renamed already */
static bool is_renamed(const kith__schema *before, const flag *f)
{
    const kith__table *table = kith__schema_find(before, f->table);
    if (f->column == NULL)
        return table == NULL && f->value != NULL && kith__schema_find(before, f->value) != NULL;
    return table != NULL && kith__table_column_index(table, f->column) == SIZE_MAX && kith__table_column_index(table, f->value) != SIZE_MAX;
}

static bool renames(const kith__op *op, const flag *f)
{
    return op->kind == (f->column != NULL ? KITH__OP_RENAME_COLUMN : KITH__OP_RENAME_TABLE) && same_name(op->table, f->table) && same_name(op->name, f->column) &&
           same_name(op->to, f->value);
}

static bool fills(const kith__op *op, const flag *f)
{
    return (op->kind == KITH__OP_ADD_COLUMN || op->kind == KITH__OP_NOT_NULL) && same_name(op->table, f->table) && same_name(op->name, f->column);
}

typedef struct check { kith__arena *arena; const kith__schema *before; const kith__ops *ops; kith__error *error; } check;

static int refuse_unused(const check *c, const char *option, const char *const *texts, bool (*does)(const kith__op *, const flag *), const char *hint)
{
    for (size_t i = 0; texts != NULL && texts[i] != NULL; i++) {
        flag f;
        if (!split_flag(c->arena, c->before, texts[i], &f))
            return kith__fail_memory(c->error);
        bool used = does == renames && is_renamed(c->before, &f);
        for (size_t j = 0; j < c->ops->count && !used; j++)
            used = does(&c->ops->items[j], &f);
        if (used)
            continue;
        int status = kith__fail(c->error, KITH_REFUSED, "migrate.unused_flag", "%s %s speaks of nothing that has changed.", option, texts[i]);
        kith__fail_hint(c->error, "%s", hint);
        return status;
    }
    return KITH_OK;
}

int kith__flags_check(kith__arena *arena, const kith__schema *before, const kith__ops *ops, const kith__compare_options *said, kith__error *error)
{
    check c = { .arena = arena, .before = before, .ops = ops, .error = error };
    int status = refuse_unused(&c, "--rename", said->renames, renames,
        "It is TABLE.COLUMN=NEW, or TABLE=NEW: the old names as the migrations have them, the new one as the models have it.");
    return status != KITH_OK ? status : refuse_unused(&c, "--fill", said->fills, fills, "It is TABLE.COLUMN=SQL, of a column that is new, or becomes NOT NULL.");
}

/* ---------------------------------------------------------------- the value of a fill */

/* One expression: nothing that would end it, or the statement that it is put into. */
static bool is_expression(const kith__tokens *tokens)
{
    int depth = 0;
    for (size_t i = 0; i < tokens->count && depth >= 0; i++) {
        const kith__token *token = &tokens->items[i];
        if (token->kind == KITH__T_DIRECTIVE || token->kind == KITH__T_RAW || kith__token_mark(token, ";") || (depth == 0 && kith__token_mark(token, ",")))
            return false;
        depth += kith__token_mark(token, "(") - kith__token_mark(token, ")");
    }
    return depth == 0 && tokens->count > 0;
}

static bool is_number(const char *text)
{
    char *end;
    kith__real_read(text, &end);
    return end != text && *end == 0;
}

/* What is wrong with it: a text for a number, a text without its quotes, a NULL for what must not be. NULL: nothing that can be seen. */
static const char *wrong_literal(kith__arena *arena, const kith__column *column, const kith__tokens *tokens)
{
    static const char *const values[] = { "TRUE", "FALSE", "CURRENT_TIMESTAMP", "CURRENT_DATE", "CURRENT_TIME" };
    const kith__token *token = &tokens->items[0];
    if (tokens->count != 1)
        return NULL;
    const char *text = kith__token_string(arena, token);
    if (text != NULL && kith__type_is_number(&column->type) && !is_number(text))
        return "is no number";
    if (kith__token_is(token, "NULL"))
        return "is what the column must not hold";
    bool known = token->kind != KITH__T_WORD && token->kind != KITH__T_NAME;
    for (size_t i = 0; i < KITH__COUNT(values); i++)
        known = known || kith__token_is(token, values[i]);
    return known ? NULL : "is a name and no value; a text stands in quotes, as SQL has it: 'none'";
}

int kith__fill_check(kith__arena *arena, const char *table, const kith__column *column, const char *sql, kith__error *error)
{
    kith__tokens tokens = { 0 };
    kith__error why = { 0 };
    int status = kith__tokenize(arena, "--fill", sql, strlen(sql), 0, &tokens, &why);
    const char *wrong = status != KITH_OK ? why.public_.message : is_expression(&tokens) ? wrong_literal(arena, column, &tokens) : "is no SQL expression";
    if (status == KITH_NO_MEMORY)
        kith__fail_memory(error);
    else if (wrong != NULL)
        kith__fail(error, KITH_REFUSED, "migrate.bad_value", "the rows of %s cannot get %s.%s = %s: that %s.", table, table, column->name, sql, wrong);
    if (error->public_.status == KITH_REFUSED)
        kith__fail_hint(error, "Give it as SQL: --fill %s.%s=0, or \"--fill %s.%s='none'\".", table, column->name, table, column->name);
    kith__error_free(&why);
    return error->public_.status;
}
