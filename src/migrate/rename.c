/*
 * rename: what is gone under one name and new under another. Never guessed: the model says it, a flag says it, or a person is asked.
 * For the files of src/migrate.
 */
#include "migrate/ddl.h"

#include <strings.h>

typedef struct question { const char *table, *from, *to; } question;
typedef struct questions { question *items; size_t count; } questions;     /* those that nobody answered */

static bool keep_question(kith__comparison *c, questions *open, const char *table, const char *from, const char *to)
{
    question *item = kith__list_add(c->arena, &open->items, &open->count, sizeof *item);
    if (item != NULL)
        *item = (question){ table, from, to };
    return item != NULL;
}

/* What the flags say of a pair: YES "a=b", NO "a", NONE nothing. */
static kith__answer told(const kith__comparison *c, const char *table, const char *column, const char *to)
{
    if (c->options == NULL)
        return KITH__ANSWER_NONE;
    const char *named = kith__flag_value(c->options->renames, table, column);
    if (named != NULL)
        return strcmp(named, to) == 0 ? KITH__ANSWER_YES : KITH__ANSWER_NO;
    return kith__flag_value(c->options->no_renames, table, column) != NULL ? KITH__ANSWER_NO : KITH__ANSWER_NONE;
}

static kith__answer ask(const kith__comparison *c, const char *table, const char *from, const char *to, const kith__type *type)
{
    if (c->options == NULL || c->options->ask_rename == NULL)
        return KITH__ANSWER_NONE;
    kith__text words = { 0 };
    if (type != NULL)
        kith__print_type(&words, type);
    kith__answer answer = words.broken ? KITH__ANSWER_NONE : c->options->ask_rename(c->options->arg, table, from, to, words.data);
    kith__text_free(&words);
    return answer;
}

/* ---------------------------------------------------------------- columns */

static bool may_be_renamed(const kith__column *from, const kith__column *to)
{
    return kith__type_family(&from->type) == kith__type_family(&to->type) && from->not_null == to->not_null &&
           (from->generated_sql == NULL) == (to->generated_sql == NULL) && from->identity == to->identity;
}

static int rename_column(kith__comparison *c, const kith__table *now, const char *from, const char *to)
{
    kith__op *op = kith__compare_op(c, KITH__OP_RENAME_COLUMN, now->name, from);
    if (op == NULL)
        return KITH_NO_MEMORY;
    op->to = to;
    return kith__compare_done(c);
}

static int decide_column(kith__comparison *c, kith__table *now, const kith__column *gone, const kith__column *to, questions *open, bool *renamed)
{
    bool says = to->renamed_from != NULL && kith__table_column_index(now, to->renamed_from) != SIZE_MAX;    /* else it is of long ago */
    kith__answer answer = told(c, now->name, gone->name, to->name);
    if (answer == KITH__ANSWER_NONE && !says && may_be_renamed(gone, to)) {
        answer = ask(c, now->name, gone->name, to->name, &to->type);
        if (answer == KITH__ANSWER_NONE && !keep_question(c, open, now->name, gone->name, to->name))
            return kith__fail_memory(c->error);
    }
    *renamed = answer == KITH__ANSWER_YES;
    return *renamed ? rename_column(c, now, gone->name, to->name) : KITH_OK;
}

static bool is_there(const kith__table *table, const char *column) { return kith__table_column_index(table, column) != SIZE_MAX; }

/* The models' word for a column that is gone: a is called b now, and what was b is c. The last of them goes first, where the name is free.
 * A name that nobody leaves was not taken now: the word is of long ago. */
static int follow(kith__comparison *c, kith__table *now, const kith__table *to, const char *from, bool *renamed)
{
    const char *name = NULL;
    for (size_t i = 0; i < to->column_count && name == NULL; i++)
        if (to->columns[i].renamed_from != NULL && strcasecmp(to->columns[i].renamed_from, from) == 0 && strcasecmp(to->columns[i].name, from) != 0)
            name = to->columns[i].name;
    *renamed = name != NULL;
    int status = name != NULL && is_there(now, name) ? follow(c, now, to, name, renamed) : KITH_OK;
    return status == KITH_OK && *renamed ? rename_column(c, now, from, name) : status;
}

static int column_renames(kith__comparison *c, kith__table *now, const kith__table *to, questions *open)
{
    bool followed;
    int status = KITH_OK;
    for (size_t i = 0; i < now->column_count && status == KITH_OK; i++)
        if (!is_there(to, now->columns[i].name))
            status = follow(c, now, to, now->columns[i].name, &followed);
    if (status != KITH_OK)
        return status;
    for (size_t i = 0; i < now->column_count; i++) {
        if (is_there(to, now->columns[i].name))
            continue;
        bool renamed = false;
        for (size_t j = 0; j < to->column_count && !renamed; j++) {
            if (is_there(now, to->columns[j].name))
                continue;
            status = decide_column(c, now, &now->columns[i], &to->columns[j], open, &renamed);
            if (status != KITH_OK)
                return status;
        }
    }
    return KITH_OK;
}

/* ---------------------------------------------------------------- tables */

/* the same columns of the same types, whatever their order */
static bool same_shape(const kith__comparison *c, const kith__table *a, const kith__table *b)
{
    if (a->column_count != b->column_count)
        return false;
    for (size_t i = 0; i < a->column_count; i++) {
        size_t at = kith__table_column_index(b, a->columns[i].name);
        if (at == SIZE_MAX || !kith__types_same(c, &a->columns[i].type, &b->columns[at].type))
            return false;
    }
    return true;
}

static int decide_table(kith__comparison *c, kith__table *gone, const kith__table *to, questions *open, bool *renamed)
{
    kith__answer answer = told(c, gone->name, NULL, to->name);
    if (answer == KITH__ANSWER_NONE && same_shape(c, gone, to)) {
        answer = ask(c, gone->name, NULL, to->name, NULL);
        if (answer == KITH__ANSWER_NONE && !keep_question(c, open, gone->name, NULL, to->name))
            return kith__fail_memory(c->error);
    }
    *renamed = answer == KITH__ANSWER_YES;
    if (!*renamed)
        return KITH_OK;
    kith__op *op = kith__compare_op(c, KITH__OP_RENAME_TABLE, gone->name, NULL);
    if (op == NULL)
        return KITH_NO_MEMORY;
    op->to = to->name;
    return kith__compare_done(c);
}

static int table_renames(kith__comparison *c, questions *open)
{
    for (size_t i = 0; i < c->now.table_count; i++) {
        kith__table *gone = c->now.tables[i];
        bool renamed = kith__schema_find(c->to, gone->name) != NULL;
        for (size_t j = 0; j < c->to->table_count && !renamed; j++) {
            if (kith__schema_find(&c->now, c->to->tables[j]->name) != NULL)
                continue;
            int status = decide_table(c, gone, c->to->tables[j], open, &renamed);
            if (status != KITH_OK)
                return status;
        }
    }
    return KITH_OK;
}

/* ---------------------------------------------------------------- what nobody answered */

static int refuse(kith__comparison *c, const questions *open)
{
    kith__text message = { 0 }, hint = { 0 };
    for (size_t i = 0; i < open->count; i++) {
        const question *q = &open->items[i];
        const char *dot = q->from != NULL ? "." : "", *from = q->from != NULL ? q->from : "";
        kith__text_addf(&message, "%s%s%s%s is gone and %s%s%s is new: renamed, or two different things?", i > 0 ? " " : "", q->table, dot, from,
            q->from != NULL ? q->table : "", dot, q->to);
        kith__text_addf(&hint, "%s--rename %s%s%s=%s or --no-rename %s%s%s", i > 0 ? "; " : "Say ", q->table, dot, from, q->to, q->table, dot, from);
    }
    int status = message.broken || hint.broken ? kith__fail_memory(c->error)
                                               : kith__fail(c->error, KITH_REFUSED, "migrate.ambiguous_rename", "%s", message.data);
    if (status == KITH_REFUSED)
        kith__fail_hint(c->error, "%s.", hint.data);
    kith__text_free(&message);
    kith__text_free(&hint);
    return status;
}

int kith__compare_renames(kith__comparison *c)
{
    questions open = { 0 };
    int status = table_renames(c, &open);
    for (size_t i = 0; i < c->now.table_count && status == KITH_OK; i++) {
        const kith__table *to = kith__schema_find(c->to, c->now.tables[i]->name);
        if (to != NULL && !(c->opaque != NULL && kith__map_gets(c->opaque, to->name) != NULL))
            status = column_renames(c, c->now.tables[i], to, &open);
    }
    return status == KITH_OK && open.count > 0 ? refuse(c, &open) : status;
}
