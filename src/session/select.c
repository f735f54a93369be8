/*
 * The trees that bindings build: pieces checked and kept in one arena. built.c runs them.
 */
#include "session/select.h"

#include <stdlib.h>

/* ---------------------------------------------------------------- the whole */

kith_sys_query *kith_sys_query_new(kith_database *database)
{
    kith_sys_query *query = calloc(1, sizeof *query);
    if (query)
        query->database = database;
    return query;
}

void kith_sys_query_free(kith_sys_query *query)
{
    if (!query)
        return;
    kith__arena_free(&query->arena);
    kith__error_free(&query->error);
    free(query);
}

const kith_error *kith_sys_query_error(const kith_sys_query *query) { return &query->error.public_; }

static int fail_memory(kith_sys_query *query) { return kith__fail_memory(&query->error); }

static int status(const kith_sys_query *query) { return query->error.public_.status; }

static kith__expr *node(kith_sys_query *query, kith__expr_kind kind)
{
    kith__expr *expr = kith__arena_zero(&query->arena, sizeof *expr);
    if (expr)
        expr->kind = kind;
    else
        fail_memory(query);
    return expr;
}

static const char *kept(kith_sys_query *query, const char *text)
{
    const char *copy = text ? kith__arena_text(&query->arena, text) : NULL;
    if (text && !copy)
        fail_memory(query);
    return copy;
}

/* False: one of them was not made. */
static bool keep_items(kith_sys_query *query, kith__expr *expr, const kith_sys_expr *const *items, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!items[i])
            return false;
    const kith__expr **copy = kith__arena_copy(&query->arena, count ? (const void *)items : "", count ? count * sizeof *items : 1);
    if (!copy) {
        fail_memory(query);
        return false;
    }
    expr->items = copy;
    expr->count = count;
    return true;
}

static const kith__expr *with_items(kith_sys_query *query, kith__expr_kind kind, const kith_sys_expr *const *items, size_t count)
{
    kith__expr *expr = node(query, kind);
    return expr && keep_items(query, expr, items, count) ? expr : NULL;
}

/* ---------------------------------------------------------------- columns and values */

const kith_sys_expr *kith_sys_column(kith_sys_query *query, const char *alias, const char *table, const char *name)
{
    kith__expr *expr = name ? node(query, KITH__E_COLUMN) : NULL;
    if (!expr)
        return NULL;
    const kith__schema *schema = query->database && query->database->models ? &query->database->models->schema : NULL;
    const kith__table *of = schema && table ? kith__schema_find(schema, table) : NULL;
    const kith__column *column = of ? kith__table_column(of, name) : NULL;
    expr->table = kept(query, alias);
    expr->name = kept(query, name);
    expr->type = column ? &column->type : NULL;
    return status(query) ? NULL : expr;
}

static bool keep_value(kith_sys_query *query, kith_value *value)
{
    const void *copy = "";
    if (value->absent)
        return true;
    switch (value->type) {
    case KITH_TYPE_TEXT: case KITH_TYPE_JSON: case KITH_TYPE_DECIMAL: copy = value->s = value->s ? kith__arena_text(&query->arena, value->s) : ""; break;
    case KITH_TYPE_BLOB:
        if (value->b.size)
            copy = value->b.data = kith__arena_copy(&query->arena, value->b.data, value->b.size);
        break;
    default: break;
    }
    return copy != NULL;
}

const kith_sys_expr *kith_sys_value_of(kith_sys_query *query, kith_value value, const kith_sys_expr *like)
{
    kith__expr *expr = node(query, KITH__E_VALUE);
    if (!expr || !keep_value(query, &value)) {
        fail_memory(query);
        return NULL;
    }
    expr->value = value;
    expr->type = like ? like->type : NULL;
    return expr;
}

/* ---------------------------------------------------------------- operations */

static const kith__expr *misuse(kith_sys_query *query, const char *what, const char *word)
{
    kith__fail(&query->error, KITH_MISUSE, "query.unknown", "There is no %s %s.", what, word ? word : "NULL");
    return NULL;
}

static const kith__expr *of_three(kith_sys_query *query, kith__expr_kind kind, const kith_sys_expr *const *operands, size_t count, size_t wanted)
{
    kith__expr *expr = count == wanted ? node(query, kind) : NULL;
    if (count != wanted)
        misuse(query, "operation with so many operands:", kind == KITH__E_BETWEEN ? "BETWEEN" : "of one or two");
    for (size_t i = 0; i < count && i < wanted; i++)
        if (!operands[i])
            return NULL;
    if (!expr)
        return NULL;
    expr->a = operands[0];
    expr->b = count > 1 ? operands[1] : NULL;
    expr->c = count > 2 ? operands[2] : NULL;
    return expr;
}

static const kith__expr *in(kith_sys_query *query, const kith_sys_expr *const *operands, size_t count)
{
    kith__expr *expr = count ? node(query, KITH__E_IN) : NULL;
    if (!expr || !operands[0] || !keep_items(query, expr, operands + 1, count - 1))
        return NULL;
    expr->a = operands[0];
    return expr;
}

const kith_sys_expr *kith_sys_operation(kith_sys_query *query, kith_sys_op op, const kith_sys_expr *const *operands, size_t count)
{
    static const struct { kith__expr_kind kind; size_t operands; } kinds[] = {
        [KITH_SYS_EQ] = { KITH__E_EQ, 2 }, [KITH_SYS_NE] = { KITH__E_NE, 2 }, [KITH_SYS_LT] = { KITH__E_LT, 2 }, [KITH_SYS_LE] = { KITH__E_LE, 2 },
        [KITH_SYS_GT] = { KITH__E_GT, 2 }, [KITH_SYS_GE] = { KITH__E_GE, 2 }, [KITH_SYS_ADD] = { KITH__E_ADD, 2 }, [KITH_SYS_SUBTRACT] = { KITH__E_SUBTRACT, 2 },
        [KITH_SYS_MULTIPLY] = { KITH__E_MULTIPLY, 2 }, [KITH_SYS_DIVIDE] = { KITH__E_DIVIDE, 2 }, [KITH_SYS_MODULO] = { KITH__E_MODULO, 2 },
        [KITH_SYS_IS_NULL] = { KITH__E_NULL, 1 }, [KITH_SYS_IS_NOT_NULL] = { KITH__E_NOT_NULL, 1 }, [KITH_SYS_NOT] = { KITH__E_NOT, 1 },
        [KITH_SYS_BETWEEN] = { KITH__E_BETWEEN, 3 } };
    if (op == KITH_SYS_AND || op == KITH_SYS_OR)
        return with_items(query, op == KITH_SYS_AND ? KITH__E_AND : KITH__E_OR, operands, count);
    if (op == KITH_SYS_IN)
        return in(query, operands, count);
    if (!op || op >= KITH__COUNT(kinds))
        return misuse(query, "such operation:", "out of range");
    return of_three(query, kinds[op].kind, operands, count, kinds[op].operands);
}

static const char *one_of(const char *const *words, size_t count, const char *word)
{
    for (size_t i = 0; word && i < count; i++)
        if (!strcmp(words[i], word))
            return words[i];
    return NULL;
}

const kith_sys_expr *kith_sys_infix(kith_sys_query *query, const char *word, const kith_sys_expr *a, const kith_sys_expr *b, const kith_sys_expr *escape)
{
    static const char *const words[] = { "LIKE", "NOT LIKE", "GLOB", "MATCH", "REGEXP", "||", "IS", "IS NOT", "&", "|", "<<", ">>", "//", "->", "->>" };
    const char *known = one_of(words, KITH__COUNT(words), word);
    if (!known)
        return misuse(query, "operator", word);
    kith__expr *expr = a && b ? node(query, KITH__E_INFIX) : NULL;
    if (!expr)
        return NULL;
    expr->name = known;
    expr->a = a;
    expr->b = b;
    expr->c = escape;
    return expr;
}

const kith_sys_expr *kith_sys_prefix(kith_sys_query *query, const char *word, const kith_sys_expr *a)
{
    static const char *const words[] = { "-", "+", "~", "DISTINCT" };
    const char *known = one_of(words, KITH__COUNT(words), word);
    if (!known)
        return misuse(query, "operator", word);
    kith__expr *expr = a ? node(query, KITH__E_PREFIX) : NULL;
    if (!expr)
        return NULL;
    expr->name = known;
    expr->a = a;
    return expr;
}

/* It is written as it is, so it may be nothing else. */
static bool is_identifier(const char *name)
{
    size_t length = name ? strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.") : 0;
    return length && length < 128 && !name[length] && !(name[0] >= '0' && name[0] <= '9');
}

const kith_sys_expr *kith_sys_call(kith_sys_query *query, const char *function, const kith_sys_expr *const *arguments, size_t count)
{
    if (!is_identifier(function))
        return misuse(query, "function", function);
    kith__expr *expr = node(query, KITH__E_CALL);
    if (!expr || !keep_items(query, expr, arguments, count))
        return NULL;
    expr->name = kept(query, function);
    return expr->name ? expr : NULL;
}

const kith_sys_expr *kith_sys_star(kith_sys_query *query) { return node(query, KITH__E_STAR); }

const kith_sys_expr *kith_sys_case(kith_sys_query *query, const kith_sys_expr *of, const kith_sys_expr *const *items, size_t count)
{
    if (count < 2)
        return misuse(query, "CASE without", "a WHEN");
    kith__expr *expr = node(query, KITH__E_CASE);
    if (!expr || !keep_items(query, expr, items, count))
        return NULL;
    expr->a = of;
    return expr;
}

const kith_sys_expr *kith_sys_cast(kith_sys_query *query, const kith_sys_expr *a, kith_sys_type kind, uint32_t length, uint32_t scale)
{
    kith__expr *expr = a ? node(query, KITH__E_CAST) : NULL;
    kith__type *type = expr ? kith__arena_zero(&query->arena, sizeof *type) : NULL;
    if (expr && !type)
        fail_memory(query);
    if (!type)
        return NULL;
    *type = (kith__type){ .kind = (kith__type_kind)kind };
    if (kind == KITH_SYS_NUMERIC)
        type->precision = length, type->scale = scale;
    else
        type->length = length;
    expr->a = a;
    expr->type = type;
    return expr;
}

static const kith__expr *with_name(kith_sys_query *query, kith__expr_kind kind, const kith_sys_expr *a, const char *name)
{
    kith__expr *expr = a && name ? node(query, kind) : NULL;
    if (!expr || !(expr->name = kept(query, name)))
        return NULL;
    expr->a = a;
    return expr;
}

const kith_sys_expr *kith_sys_collate(kith_sys_query *query, const kith_sys_expr *a, const char *collation) { return with_name(query, KITH__E_COLLATE, a, collation); }
const kith_sys_expr *kith_sys_named(kith_sys_query *query, const kith_sys_expr *a, const char *name) { return with_name(query, KITH__E_AS, a, name); }

const kith_sys_expr *kith_sys_raw(kith_sys_query *query, const char *sql)
{
    kith__expr *expr = sql ? node(query, KITH__E_RAW) : NULL;
    return expr && (expr->name = kept(query, sql)) ? expr : NULL;
}

const kith_sys_expr *kith_sys_sequence(kith_sys_query *query, const kith_sys_expr *const *items, size_t count) { return with_items(query, KITH__E_SEQUENCE, items, count); }

static const kith__expr *with_select(kith_sys_query *query, kith__expr_kind kind, const kith_sys_expr *a, kith_sys_select *select)
{
    kith__expr *expr = select ? node(query, kind) : NULL;
    if (!expr)
        return NULL;
    expr->a = a;
    expr->select = &select->tree;
    return expr;
}

const kith_sys_expr *kith_sys_scalar(kith_sys_query *query, kith_sys_select *select) { return with_select(query, KITH__E_SELECT, NULL, select); }
const kith_sys_expr *kith_sys_exists(kith_sys_query *query, kith_sys_select *select) { return with_select(query, KITH__E_EXISTS, NULL, select); }
const kith_sys_expr *kith_sys_in_select(kith_sys_query *query, const kith_sys_expr *a, kith_sys_select *select)
{
    return a ? with_select(query, KITH__E_IN_SELECT, a, select) : NULL;
}

/* ---------------------------------------------------------------- SELECT */

kith_sys_select *kith_sys_select_new(kith_sys_query *query)
{
    kith_sys_select *select = kith__arena_zero(&query->arena, sizeof *select);
    if (select)
        select->query = query;
    else
        fail_memory(query);
    return select;
}

/* Room for one more in an array of the arena, which doubles. NULL: no memory, which is set. */
static void *one_more(kith_sys_query *query, const void *items, size_t count, size_t size)
{
    bool full = count == 0 || (count >= 4 && (count & (count - 1)) == 0);
    if (!full)
        return (void *)(uintptr_t)items;
    void *larger = kith__arena_alloc(&query->arena, (count ? count * 2 : 4) * size);
    if (!larger)
        fail_memory(query);
    else if (count)
        memcpy(larger, items, count * size);
    return larger;
}

int kith_sys_from(kith_sys_select *select, const char *table, kith_sys_select *source, const char *alias, const kith_sys_expr *on, kith_sys_join kind)
{
    kith_sys_query *query = select->query;
    kith__select *tree = &select->tree;
    const char *name = kept(query, table), *other = kept(query, alias);
    if (status(query))
        return status(query);
    if (!tree->table && !tree->source) {
        tree->table = name;
        tree->source = source ? &source->tree : NULL;
        tree->alias = other;
        return KITH_OK;
    }
    kith__join *joins = one_more(query, tree->joins, tree->join_count, sizeof *joins);
    if (!joins)
        return status(query);
    joins[tree->join_count++] = (kith__join){ .table = name, .alias = other, .on = on, .kind = (kith__join_kind)kind, .source = source ? &source->tree : NULL };
    tree->joins = joins;
    return KITH_OK;
}

static int said(kith_sys_select *select, const kith_sys_expr *expr)
{
    if (!expr && !status(select->query))
        kith__fail(&select->query->error, KITH_MISUSE, "query.nothing", "A piece of the statement was not made.");
    return status(select->query);
}

int kith_sys_where(kith_sys_select *select, const kith_sys_expr *expr)
{
    if (said(select, expr))
        return status(select->query);
    select->tree.where = kith__expr_and(&select->query->arena, select->tree.where, expr);
    return select->tree.where ? KITH_OK : fail_memory(select->query);
}

int kith_sys_group(kith_sys_select *select, const kith_sys_expr *expr)
{
    const kith__expr **group = said(select, expr) ? NULL : one_more(select->query, select->tree.group, select->tree.group_count, sizeof *group);
    if (!group)
        return status(select->query);
    group[select->tree.group_count++] = expr;
    select->tree.group = group;
    return KITH_OK;
}

int kith_sys_having(kith_sys_select *select, const kith_sys_expr *expr)
{
    if (said(select, expr))
        return status(select->query);
    select->tree.having = kith__expr_and(&select->query->arena, select->tree.having, expr);
    return select->tree.having ? KITH_OK : fail_memory(select->query);
}

int kith_sys_order(kith_sys_select *select, const kith_sys_expr *expr, bool descending, int nulls)
{
    kith__sort *order = said(select, expr) ? NULL : one_more(select->query, select->tree.order, select->tree.order_count, sizeof *order);
    if (!order)
        return status(select->query);
    order[select->tree.order_count++] = (kith__sort){ .by = expr, .descending = descending,
        .nulls = nulls < 0 ? KITH__NULLS_FIRST : nulls > 0 ? KITH__NULLS_LAST : KITH__NULLS_ANYWHERE };
    select->tree.order = order;
    return KITH_OK;
}

int kith_sys_limit(kith_sys_select *select, int64_t limit, int64_t offset)
{
    select->tree.limited = limit >= 0;
    select->tree.limit = limit > 0 ? (uint64_t)limit : 0;
    select->tree.offset = offset > 0 ? (uint64_t)offset : 0;
    return KITH_OK;
}

int kith_sys_distinct(kith_sys_select *select)
{
    select->tree.distinct = true;
    return KITH_OK;
}

int kith_sys_compound(kith_sys_select *select, const char *word, kith_sys_select *other)
{
    static const char *const words[] = { "UNION", "UNION ALL", "INTERSECT", "EXCEPT" };
    const char *known = one_of(words, KITH__COUNT(words), word);
    if (!known)
        misuse(select->query, "way to combine two SELECTs called", word);
    kith__compound *compounds = known && other ? one_more(select->query, select->tree.compounds, select->tree.compound_count, sizeof *compounds) : NULL;
    if (!compounds)
        return status(select->query);
    compounds[select->tree.compound_count++] = (kith__compound){ known, &other->tree };
    select->tree.compounds = compounds;
    return KITH_OK;
}

static int add_column(kith_sys_select *select, const kith__expr *expr)
{
    const kith__expr **columns = said(select, expr) ? NULL : one_more(select->query, select->tree.columns, select->tree.column_count, sizeof *columns);
    if (!columns)
        return status(select->query);
    columns[select->tree.column_count++] = expr;
    select->tree.columns = columns;
    return KITH_OK;
}

static int add_item(kith_sys_select *select, kith__selected item)
{
    kith__selected *items = one_more(select->query, select->items, select->item_count, sizeof *items);
    if (!items)
        return status(select->query);
    items[select->item_count++] = item;
    select->items = items;
    return KITH_OK;
}

int kith_sys_entity(kith_sys_select *select, const kith_model *model, const char *alias)
{
    kith_sys_query *query = select->query;
    kith__mapper *mapper = kith__mapper_of(query->database->models, model);
    if (!mapper || !mapper->table) {
        misuse(query, "table of the model", model ? model->name : NULL);
        return status(query);
    }
    const char *name = kept(query, alias || mapper->joined ? alias : mapper->table->name);
    size_t first = select->tree.column_count;
    const kith__expr **columns = status(query) ? NULL : kith__columns_selected(&query->arena, mapper, name, 0);
    for (size_t i = 0; columns && i < mapper->width; i++)
        if (add_column(select, columns[i]))
            return status(query);
    return columns ? add_item(select, (kith__selected){ .mapper = mapper, .first = first }) : status(query) ? status(query) : fail_memory(query);
}

int kith_sys_item(kith_sys_select *select, const kith_sys_expr *expr, uint32_t type)
{
    size_t first = select->tree.column_count;
    if (add_column(select, expr))
        return status(select->query);
    return add_item(select, (kith__selected){ .first = first, .type = type, .as = expr->kind == KITH__E_AS ? expr->a->type : expr->type });
}

/* ---------------------------------------------------------------- how models are related */

static void columns_of(const char **into, const kith__property *const *properties, size_t count)
{
    for (size_t i = 0; i < count && i < KITH__MOST_PARTS; i++)
        into[i] = properties[i]->column->name;
}

bool kith_sys_relation_at(const kith_database *database, const kith_model *model, size_t offset, kith_sys_relation *out)
{
    const kith__mapper *mapper = database ? kith__mapper_of(database->models, model) : NULL;
    kith__member member = mapper ? kith__member_at(mapper, offset) : (kith__member){ .kind = KITH__NO_MEMBER };
    if (member.kind != KITH__RELATION)
        return false;
    const kith__relation *relation = mapper->relations[member.index];
    *out = (kith_sys_relation){ .target = relation->target->model, .direction = (int)relation->direction, .many = relation->many,
        .reverse = relation->reverse ? relation->reverse->name : NULL, .secondary = relation->secondary ? relation->secondary->name : NULL,
        .pairs = relation->pairs, .far_pairs = relation->far_pairs };
    columns_of(out->local, relation->local, relation->pairs);
    columns_of(out->remote, relation->remote, relation->secondary ? relation->far_pairs : relation->pairs);
    for (size_t i = 0; relation->secondary && i < relation->pairs; i++)
        out->near[i] = relation->near[i];
    for (size_t i = 0; relation->secondary && i < relation->far_pairs; i++)
        out->far[i] = relation->far[i];
    return true;
}
