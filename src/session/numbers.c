/*
 * Numbers over what a query finds: kith_sum, kith_average, kith_minimum, kith_maximum, kith_count_values. One statement, one row:
 *
 *   SELECT sum("litres") FROM "trashcans" WHERE …
 *   SELECT sum("value") FROM (SELECT "litres" AS "value" FROM "trashcans" ORDER BY … LIMIT ?) AS "found"     where the query takes a part
 */
#include "session/search.h"

typedef struct number {
    kith__search *search;
    kith_number_ what;
    const kith__property *property;
    kith__type type;                /* of the result, in the table's words */
    uint32_t member;                /* the same as a kith_type */
} number;

/* ---------------------------------------------------------------- which column, and what comes of it */

static bool is_number(const kith__property *property)
{
    uint32_t type = kith__field_type(&property->field);
    return type == KITH_TYPE_INT || type == KITH_TYPE_UINT || type == KITH_TYPE_REAL || type == KITH_TYPE_DECIMAL;
}

static bool has_order(const kith__property *property)
{
    uint32_t type = kith__field_type(&property->field);
    return is_number(property) || type == KITH_TYPE_TEXT || type == KITH_TYPE_DATE || type == KITH_TYPE_TIME || type == KITH_TYPE_DATETIME;
}

static const char *call_of(kith_number_ what)
{
    static const char calls[][20] = { [KITH_NUMBER_COUNT_] = "kith_count_values", [KITH_NUMBER_SUM_] = "kith_sum", [KITH_NUMBER_AVERAGE_] = "kith_average",
        [KITH_NUMBER_MINIMUM_] = "kith_minimum", [KITH_NUMBER_MAXIMUM_] = "kith_maximum" };
    return what >= KITH_NUMBER_COUNT_ && what <= KITH_NUMBER_MAXIMUM_ ? calls[what] : NULL;
}

static bool refuse(const kith__search *search, const char *code, const char *call, const char *attribute, const char *why)
{
    kith__misuse(search->session, code, NULL, "%s was asked of %s.%s, %s.", call, search->mapper->name, attribute ? attribute : "a member", why);
    kith__fail_about(&search->session->error, search->mapper->name, attribute, NULL);
    return false;
}

static bool find_property(number *n, size_t offset)
{
    const kith__search *search = n->search;
    const char *call = call_of(n->what);
    kith__member member = kith__member_at(search->mapper, offset);
    if (member.kind != KITH__PROPERTY)
        return refuse(search, "number.no_column", call, NULL, "which is no column");
    const kith__property *property = n->property = &search->mapper->properties[member.index];
    bool labels = property->field.labels && n->what != KITH_NUMBER_COUNT_, adds = n->what == KITH_NUMBER_SUM_ || n->what == KITH_NUMBER_AVERAGE_;
    if (labels || (adds && !is_number(property)) || (n->what >= KITH_NUMBER_MINIMUM_ && !has_order(property)))
        return refuse(search, "number.no_number", call, property->name, labels ? "which is text in the table: its labels" : "whose values have none");
    return true;
}

static void find_type(number *n)
{
    const kith__field *field = &n->property->field;
    n->type = *field->column;
    n->member = kith__field_type(field);
    if (n->what == KITH_NUMBER_COUNT_)
        n->member = KITH_TYPE_INT;
    else if (n->what == KITH_NUMBER_AVERAGE_)
        n->member = KITH_TYPE_REAL;
    else if (n->what == KITH_NUMBER_SUM_ && n->member == KITH_TYPE_DECIMAL)
        n->type = (kith__type){ .kind = KITH__DECIMAL_TEXT };        /* a sum has more digits than its parts may have */
    else if (n->what == KITH_NUMBER_SUM_ && n->member == KITH_TYPE_UINT)
        n->member = KITH_TYPE_INT;
}

/* ---------------------------------------------------------------- the expression. NULL: no memory, which is set */

static const kith__expr *made(const number *n, kith__expr expr)
{
    kith__expr *copy = kith__arena_alloc(&n->search->session->scratch, sizeof *copy);
    if (copy)
        *copy = expr;
    else
        kith__no_memory(n->search->session);
    return copy;
}

static const char *function_of(const number *n)
{
    const kith__dialect *dialect = kith__pool_dialect(n->search->session->database->pool);
    switch (n->what) {
    case KITH_NUMBER_SUM_:     return n->member == KITH_TYPE_DECIMAL ? dialect->decimal_sum : "sum";
    case KITH_NUMBER_AVERAGE_: return "avg";
    case KITH_NUMBER_MINIMUM_: return "min";
    case KITH_NUMBER_MAXIMUM_: return "max";
    default:                   return "count";
    }
}

/* A decimal that is stored as text is compared as a number, also where only different ones count. */
static const kith__expr *argument(const number *n, const kith__expr *column)
{
    const char *collation = kith__pool_dialect(n->search->session->database->pool)->decimal_collation;
    const kith__expr *value = column;
    if (value && collation && n->property->column->type.kind == KITH__DECIMAL_TEXT)
        value = made(n, (kith__expr){ .kind = KITH__E_COLLATE, .a = value, .name = collation });
    if (value && n->search->query.distinct)
        value = made(n, (kith__expr){ .kind = KITH__E_PREFIX, .a = value, .name = "DISTINCT" });
    return value;
}

static const kith__expr *call(const number *n, const kith__expr *column)
{
    const kith__expr **items = kith__arena_alloc(&n->search->session->scratch, sizeof *items);
    if (!items) {
        kith__no_memory(n->search->session);
        return NULL;
    }
    items[0] = argument(n, column);
    return items[0] ? made(n, (kith__expr){ .kind = KITH__E_CALL, .name = function_of(n), .items = items, .count = 1 }) : NULL;
}

/* ---------------------------------------------------------------- the statement */

/* Over the rows themselves. A row has one row or none joined to it, so what they are ordered through is of no account. */
static kith__statement *over_all(const number *n, const kith__expr *column)
{
    kith__search *search = n->search;
    const kith__expr *only = call(n, column);
    search->select.order_count = 0;
    search->select.join_count = search->source.join_count;
    search->select.columns = &only;
    search->select.column_count = 1;
    return only ? kith__search_prepare(search) : NULL;
}

static kith__statement *over_a_part(const number *n, const kith__expr *column)
{
    kith__search *search = n->search;
    const kith__expr *named = made(n, (kith__expr){ .kind = KITH__E_AS, .a = column, .name = "value" });
    const kith__expr *value = made(n, (kith__expr){ .kind = KITH__E_COLUMN, .name = "value", .type = &n->property->column->type });
    const kith__expr *only = named && value ? call(n, value) : NULL;
    if (!only)
        return NULL;
    kith__select part = search->select;
    part.columns = &named;
    part.column_count = 1;
    search->select = (kith__select){ .columns = &only, .column_count = 1, .source = &part, .alias = "found" };
    return kith__search_prepare(search);
}

static kith__statement *prepare(const number *n)
{
    kith__search *search = n->search;
    const kith__expr *column = kith__expr_property(&search->session->scratch, search->scope.alias, n->property);
    if (!column) {
        kith__no_memory(search->session);
        return NULL;
    }
    search->select.distinct = false;      /* of the values, not of the rows */
    search->select.lock = KITH_LOCK_NONE;
    return search->select.limit || search->select.offset ? over_a_part(n, column) : over_all(n, column);
}

/* A sum has the digits after the point that its column has, as a value read from the column does. */
static bool at_scale(const number *n, kith_value *sum)
{
    kith_session *session = n->search->session;
    const kith__type *type = &n->property->column->type;
    kith__text text = { 0 };
    if (type->precision && kith__decimal_rescale(&text, sum->s, strlen(sum->s), type->scale))
        sum->s = kith__arena_textn(&session->lists, text.data, text.size);
    bool ok = sum->s && !text.broken;
    kith__text_free(&text);
    return ok || kith__no_memory(session);
}

static kith_value read_number(const number *n, kith__statement *statement)
{
    kith_session *session = n->search->session;
    struct { kith__room room; kith__arena *arena; } room = { { .more = kith__scratch_more }, &session->lists };
    kith_value value = { .type = n->member, .absent = 1 };
    if (kith__step_(statement, &session->error) == KITH__ROW && kith__row_value(statement, 0, n->member, &n->type, &room.room, &value, &session->error))
        value.absent = 1;
    kith__done(statement);
    if (n->what != KITH_NUMBER_SUM_ || n->member != KITH_TYPE_DECIMAL || kith__status(session))
        return value;
    if (value.absent)
        value = (kith_value){ .type = KITH_TYPE_DECIMAL, .s = "0" };
    else if (!at_scale(n, &value))
        value.absent = 1;
    return value;
}

/* ---------------------------------------------------------------- the public call */

static kith_value ask(number *n, size_t offset)
{
    kith_value value = { .absent = 1 };
    if (!find_property(n, offset))
        return value;
    find_type(n);
    kith__statement *statement = prepare(n);
    if (statement)
        value = read_number(n, statement);
    kith_error *error = &n->search->session->error.public_;
    if (error->status && !error->model)
        kith__fail_about(&n->search->session->error, n->search->mapper->name, n->property->name, NULL);
    return value;
}

kith_value kith_number_of_(kith_session *session, const kith_model *model, kith_number_ what, size_t offset, const kith_query *query)
{
    kith__search search;
    kith_value value = { .absent = 1 };
    if (kith__ready(session)) {
        kith__scratch_begin(session);
        if (!call_of(what))
            kith__misuse(session, "number.unknown", NULL, "What was asked for is no number that kith knows (%d).", (int)what);
        else if (kith__search_make(&search, session, model, query, call_of(what)))
            value = ask(&(number){ .search = &search, .what = what }, offset);
        kith__scratch_over(session);
    }
    if (what == KITH_NUMBER_COUNT_ && (value.absent || kith_session_status(session)))
        value = kith_of_int(-1);
    return value;
}
