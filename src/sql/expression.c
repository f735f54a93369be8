/*
 * expression: conditions and terms -> text and binds. May use: base, schema. Used by: this room.
 *
 * A long AND or OR is written as a balanced tree of parentheses: engines bound the depth of an expression (SQLite: 1,000), and
 * a AND b AND c … is as deep as it is long. The depth of what a program nested is bounded too, since this file follows it by recursion.
 *
 * A NULL where an expression should be is one that there was no memory for: the statement is broken, and nobody else need look.
 */
#include "sql/write.h"

const kith__expr kith__expr_missing = { .kind = KITH__E_MISSING };

static const kith__expr *given(const kith__expr *expr) { return expr ? expr : &kith__expr_missing; }

static void write_condition(kith__sql *, const kith__dialect *, const kith__expr *);

static void add(kith__sql *sql, const char *text)
{
    kith__text_add(&sql->text, text);
}

static void write_column(kith__sql *sql, const kith__expr *expr)
{
    if (expr->table) {
        kith__sql_quote(&sql->text, expr->table);
        kith__text_addc(&sql->text, '.');
    }
    kith__sql_quote(&sql->text, expr->name);
}

static bool is_term(const kith__expr *expr)
{
    return expr->kind == KITH__E_COLUMN || expr->kind == KITH__E_VALUE || expr->kind == KITH__E_COUNT || expr->kind == KITH__E_CALL ||
           expr->kind == KITH__E_CAST || expr->kind == KITH__E_SELECT || expr->kind == KITH__E_STAR;
}

/* Where another may stand beside it: what is not a single term is put in parentheses. */
static void write_operand(kith__sql *sql, const kith__dialect *dialect, const kith__expr *expr)
{
    if (is_term(given(expr))) {
        kith__write_alone(sql, dialect, expr);
        return;
    }
    add(sql, "(");
    kith__write_alone(sql, dialect, expr);
    add(sql, ")");
}

/* An operand whose order counts: a decimal that is stored as text is compared as a number. */
static void write_compared(kith__sql *sql, const kith__dialect *dialect, const kith__expr *expr)
{
    write_operand(sql, dialect, expr);
    expr = given(expr);
    if (expr->kind == KITH__E_COLUMN && expr->type && expr->type->kind == KITH__DECIMAL_TEXT && dialect->decimal_collation) {
        add(sql, " COLLATE ");
        kith__sql_quote(&sql->text, dialect->decimal_collation);
    }
}

void kith__write_sort(kith__sql *sql, const kith__dialect *dialect, const kith__sort *sort)
{
    if (given(sort->by)->kind == KITH__E_COLUMN)
        write_compared(sql, dialect, sort->by);
    else
        kith__write_alone(sql, dialect, sort->by);
    if (sort->descending)
        add(sql, " DESC");
    if (sort->nulls != KITH__NULLS_ANYWHERE)
        add(sql, sort->nulls == KITH__NULLS_FIRST ? " NULLS FIRST" : " NULLS LAST");
}

static void write_pair(kith__sql *sql, const kith__dialect *dialect, const kith__expr *expr, const char *operator)
{
    write_compared(sql, dialect, expr->a);
    add(sql, operator);
    write_compared(sql, dialect, expr->b);
}

static void write_sum(kith__sql *sql, const kith__dialect *dialect, const kith__expr *expr, const char *operator)
{
    write_operand(sql, dialect, expr->a);
    add(sql, operator);
    write_operand(sql, dialect, expr->b);
}

/* ---------------------------------------------------------------- texts */

/* The text of a value as a person gave it, or NULL: it is NULL, or no plain value. */
static const char *text_of(const kith__expr *expr)
{
    bool text = expr->kind == KITH__E_VALUE && !expr->value.absent
        && (expr->value.type == KITH_TYPE_TEXT || expr->value.type == KITH_TYPE_JSON || expr->value.type == KITH_TYPE_DECIMAL);
    return text ? expr->value.s : NULL;
}

/* Binds what `turn` makes of the text; the statement keeps it. */
static void write_turned(kith__sql *sql, const kith__dialect *dialect, const char *text, void (*turn)(kith__text *, const char *))
{
    kith__text turned = { 0 };
    turn(&turned, text);
    const char *kept = kith__arena_take(&sql->texts, &turned);
    if (kept)
        kith__write_value(sql, dialect, kith_of_text(kept), NULL);
    else
        sql->broken = true;
}

static void write_matched(kith__sql *sql, const kith__dialect *dialect, const kith__expr *expr, const char *operator, const char *escape,
                          void (*turn)(kith__text *, const char *))
{
    const char *text = text_of(given(expr->b));
    write_operand(sql, dialect, expr->a);
    kith__text_addc(&sql->text, ' ');
    add(sql, operator);
    kith__text_addc(&sql->text, ' ');
    if (text && turn)
        write_turned(sql, dialect, text, turn);
    else
        write_operand(sql, dialect, expr->b);
    add(sql, escape);
}

/* A value is turned into a pattern, so that an index serves; anything else is cut and compared. */
static void write_starts(kith__sql *sql, const kith__dialect *dialect, const kith__expr *expr)
{
    if (given(expr->b)->kind == KITH__E_VALUE) {
        write_matched(sql, dialect, expr, dialect->like, dialect->like_escape, dialect->prefix);
        return;
    }
    add(sql, "substr(");
    kith__write_alone(sql, dialect, expr->a);
    add(sql, ", 1, length(");
    kith__write_alone(sql, dialect, expr->b);
    add(sql, ")) = ");
    write_operand(sql, dialect, expr->b);
}

static void write_contains(kith__sql *sql, const kith__dialect *dialect, const kith__expr *expr)
{
    add(sql, dialect->find);
    kith__text_addc(&sql->text, '(');
    kith__write_alone(sql, dialect, expr->a);
    add(sql, ", ");
    kith__write_alone(sql, dialect, expr->b);
    add(sql, ") > 0");
}

/* ---------------------------------------------------------------- lists */

static void write_list(kith__sql *sql, const kith__dialect *dialect, const kith__expr *const *items, size_t count,
                       void (*write)(kith__sql *, const kith__dialect *, const kith__expr *))
{
    add(sql, "(");
    for (size_t i = 0; i < count; i++) {
        if (i)
            add(sql, ", ");
        write(sql, dialect, items[i]);
    }
    add(sql, ")");
}

static void write_in(kith__sql *sql, const kith__dialect *dialect, const kith__expr *expr)
{
    if (!expr->count) {
        add(sql, dialect->false_sql);
        return;
    }
    write_compared(sql, dialect, expr->a);
    add(sql, " IN ");
    write_list(sql, dialect, expr->items, expr->count, write_operand);
}

static void write_in_rows(kith__sql *sql, const kith__dialect *dialect, const kith__expr *expr)
{
    size_t width = expr->row_size;
    if (!width || expr->count < 2 * width) {
        add(sql, dialect->false_sql);
        return;
    }
    write_list(sql, dialect, expr->items, width, write_compared);
    add(sql, " IN (VALUES ");
    for (size_t at = width; at + width <= expr->count; at += width) {
        if (at > width)
            add(sql, ", ");
        write_list(sql, dialect, expr->items + at, width, write_operand);
    }
    add(sql, ")");
}

enum { SIDE_BY_SIDE = 32 };

static void write_joined(kith__sql *sql, const kith__dialect *dialect, const kith__expr *const *items, size_t count, const char *operator)
{
    if (count > SIDE_BY_SIDE) {
        add(sql, "(");
        write_joined(sql, dialect, items, count / 2, operator);
        add(sql, ")");
        add(sql, operator);
        add(sql, "(");
        write_joined(sql, dialect, items + count / 2, count - count / 2, operator);
        add(sql, ")");
        return;
    }
    for (size_t i = 0; i < count; i++) {
        if (i)
            add(sql, operator);
        write_condition(sql, dialect, items[i]);
    }
}

static void write_logic(kith__sql *sql, const kith__dialect *dialect, const kith__expr *expr, const char *operator, const char *none)
{
    if (expr->count == 1)
        kith__write_alone(sql, dialect, expr->items[0]);
    else if (expr->count)
        write_joined(sql, dialect, expr->items, expr->count, operator);
    else
        add(sql, none);
}

/* A condition beside others: only what binds less than AND needs parentheses. */
static void write_condition(kith__sql *sql, const kith__dialect *dialect, const kith__expr *expr)
{
    kith__expr_kind kind = given(expr)->kind;
    bool parentheses = kind == KITH__E_AND || kind == KITH__E_OR || kind == KITH__E_RAW;
    if (parentheses)
        add(sql, "(");
    kith__write_alone(sql, dialect, expr);
    if (parentheses)
        add(sql, ")");
}

/* ---------------------------------------------------------------- other conditions */

static void write_between(kith__sql *sql, const kith__dialect *dialect, const kith__expr *expr)
{
    write_compared(sql, dialect, expr->a);
    add(sql, " BETWEEN ");
    write_compared(sql, dialect, expr->b);
    add(sql, " AND ");
    write_compared(sql, dialect, expr->c);
}

static void write_around(kith__sql *sql, const kith__dialect *dialect, const char *before, const kith__expr *expr, const char *after)
{
    add(sql, before);
    kith__write_alone(sql, dialect, expr);
    add(sql, after);
}

static void write_null(kith__sql *sql, const kith__dialect *dialect, const kith__expr *expr, const char *test)
{
    write_operand(sql, dialect, expr);
    add(sql, test);
}

static void write_exists(kith__sql *sql, const kith__dialect *dialect, const kith__expr *expr)
{
    add(sql, "EXISTS (");
    kith__sql_select(sql, dialect, expr->select);
    add(sql, ")");
}

/* ---------------------------------------------------------------- what only bindings build */

static void write_infix(kith__sql *sql, const kith__dialect *dialect, const kith__expr *expr)
{
    write_operand(sql, dialect, expr->a);
    kith__text_addc(&sql->text, ' ');
    add(sql, expr->name);
    kith__text_addc(&sql->text, ' ');
    write_operand(sql, dialect, expr->b);
    if (!expr->c)
        return;
    add(sql, " ESCAPE ");
    write_operand(sql, dialect, expr->c);
}

static void write_prefix(kith__sql *sql, const kith__dialect *dialect, const kith__expr *expr)
{
    add(sql, expr->name);
    kith__text_addc(&sql->text, ' ');
    write_operand(sql, dialect, expr->a);
}

static void write_call(kith__sql *sql, const kith__dialect *dialect, const kith__expr *expr)
{
    add(sql, expr->name);
    write_list(sql, dialect, expr->items, expr->count, kith__write_alone);
}

static void write_case(kith__sql *sql, const kith__dialect *dialect, const kith__expr *expr)
{
    add(sql, "CASE");
    if (expr->a) {
        kith__text_addc(&sql->text, ' ');
        write_operand(sql, dialect, expr->a);
    }
    for (size_t i = 0; i + 1 < expr->count; i += 2) {
        add(sql, " WHEN ");
        write_operand(sql, dialect, expr->items[i]);
        add(sql, " THEN ");
        write_operand(sql, dialect, expr->items[i + 1]);
    }
    if (expr->count % 2) {
        add(sql, " ELSE ");
        write_operand(sql, dialect, expr->items[expr->count - 1]);
    }
    add(sql, " END");
}

static void write_cast(kith__sql *sql, const kith__dialect *dialect, const kith__expr *expr)
{
    write_around(sql, dialect, "CAST(", expr->a, " AS ");
    dialect->type(&sql->text, expr->type);
    add(sql, ")");
}

static void write_before_name(kith__sql *sql, const kith__dialect *dialect, const kith__expr *expr, const char *word)
{
    write_operand(sql, dialect, expr->a);
    add(sql, word);
    kith__sql_quote(&sql->text, expr->name);
}

static void write_select(kith__sql *sql, const kith__dialect *dialect, const kith__expr *expr)
{
    if (expr->a) {
        write_compared(sql, dialect, expr->a);
        add(sql, " IN ");
    }
    add(sql, "(");
    kith__sql_select(sql, dialect, expr->select);
    add(sql, ")");
}

static void write_of_bindings(kith__sql *sql, const kith__dialect *dialect, const kith__expr *expr)
{
    switch (expr->kind) {
    case KITH__E_INFIX:     write_infix(sql, dialect, expr); break;
    case KITH__E_PREFIX:    write_prefix(sql, dialect, expr); break;
    case KITH__E_CALL:      write_call(sql, dialect, expr); break;
    case KITH__E_CASE:      write_case(sql, dialect, expr); break;
    case KITH__E_CAST:      write_cast(sql, dialect, expr); break;
    case KITH__E_COLLATE:   write_before_name(sql, dialect, expr, " COLLATE "); break;
    case KITH__E_AS:        write_before_name(sql, dialect, expr, " AS "); break;
    case KITH__E_SELECT:
    case KITH__E_IN_SELECT: write_select(sql, dialect, expr); break;
    case KITH__E_STAR:      kith__text_addc(&sql->text, '*'); break;
    case KITH__E_SEQUENCE:
        for (size_t i = 0; i < expr->count; i++)
            kith__write_alone(sql, dialect, expr->items[i]);
        break;
    default: break;
    }
}

/* ---------------------------------------------------------------- all of them */

static void write_expression(kith__sql *sql, const kith__dialect *dialect, const kith__expr *expr)
{
    switch (expr->kind) {
    case KITH__E_MISSING:   sql->broken = true; break;
    case KITH__E_COLUMN:    write_column(sql, expr); break;
    case KITH__E_VALUE:     kith__write_value(sql, dialect, expr->value, expr->type); break;
    case KITH__E_RAW:       add(sql, expr->name); break;
    case KITH__E_EQ:        write_pair(sql, dialect, expr, " = "); break;
    case KITH__E_NE:        write_pair(sql, dialect, expr, " <> "); break;
    case KITH__E_LT:        write_pair(sql, dialect, expr, " < "); break;
    case KITH__E_LE:        write_pair(sql, dialect, expr, " <= "); break;
    case KITH__E_GT:        write_pair(sql, dialect, expr, " > "); break;
    case KITH__E_GE:        write_pair(sql, dialect, expr, " >= "); break;
    case KITH__E_LIKE:      write_matched(sql, dialect, expr, dialect->like, dialect->like_escape, dialect->pattern); break;
    case KITH__E_ILIKE:     write_matched(sql, dialect, expr, dialect->ilike, dialect->ilike_escape, NULL); break;
    case KITH__E_STARTS:    write_starts(sql, dialect, expr); break;
    case KITH__E_CONTAINS:  write_contains(sql, dialect, expr); break;
    case KITH__E_BETWEEN:   write_between(sql, dialect, expr); break;
    case KITH__E_IN:        write_in(sql, dialect, expr); break;
    case KITH__E_IN_ROWS:   write_in_rows(sql, dialect, expr); break;
    case KITH__E_NULL:      write_null(sql, dialect, expr->a, " IS NULL"); break;
    case KITH__E_NOT_NULL:  write_null(sql, dialect, expr->a, " IS NOT NULL"); break;
    case KITH__E_AND:       write_logic(sql, dialect, expr, " AND ", dialect->true_sql); break;
    case KITH__E_OR:        write_logic(sql, dialect, expr, " OR ", dialect->false_sql); break;
    case KITH__E_NOT:       write_around(sql, dialect, "NOT (", expr->a, ")"); break;
    case KITH__E_EXISTS:    write_exists(sql, dialect, expr); break;
    case KITH__E_COUNT:     add(sql, "count(*)"); break;
    case KITH__E_ADD:       write_sum(sql, dialect, expr, " + "); break;
    case KITH__E_SUBTRACT:  write_sum(sql, dialect, expr, " - "); break;
    case KITH__E_MULTIPLY:  write_sum(sql, dialect, expr, " * "); break;
    case KITH__E_DIVIDE:    write_sum(sql, dialect, expr, " / "); break;
    case KITH__E_MODULO:    write_sum(sql, dialect, expr, " % "); break;
    default:                write_of_bindings(sql, dialect, expr);
    }
}

void kith__write_alone(kith__sql *sql, const kith__dialect *dialect, const kith__expr *expr)
{
    if (sql->depth >= KITH__SQL_DEPTH)
        sql->broken = sql->too_deep = true;
    if (sql->broken)
        return;
    sql->depth++;
    write_expression(sql, dialect, given(expr));
    sql->depth--;
}

void kith__write_where(kith__sql *sql, const kith__dialect *dialect, const kith__expr *where)
{
    if (!where)
        return;
    add(sql, " WHERE ");
    kith__write_alone(sql, dialect, where);
}

void kith__sql_expression(kith__sql *sql, const kith__dialect *dialect, const kith__expr *expr)
{
    kith__write_alone(sql, dialect, expr);
    kith__write_end(sql);
}
