/*
 * Conditions, as a program writes them, into expressions. They come from the program's memory, so nothing in them is believed: an
 * operation out of range, a column of another model, an object of another session is KITH_MISUSE with a sentence.
 * Used by: query.c, where.c.
 *
 * What a condition says about a relationship becomes EXISTS with an alias of its own (t1, t2, …), or, where the foreign key lies in
 * the table itself, a comparison of that. A proxy is one EXISTS inside another.
 */
#include "session/session.h"

/* Where a condition speaks: one table of one statement. */
typedef struct place {
    kith_session *session;
    const kith__mapper *mapper;
    const char *alias;              /* NULL: columns stand alone, for there is no other table beside this one */
    size_t *aliases;
    size_t depth;
} place;

/* A condition as it is passed on through proxies, down to the member that it is about. */
typedef struct question {
    const kith_condition_ *condition;
    uint32_t op;
} question;

static const kith__expr *condition_expr(const place *, const kith_condition_ *);

/* ---------------------------------------------------------------- pieces; NULL: no memory, which is set */

static const void *checked(const place *here, const void *made)
{
    if (!made)
        kith__no_memory(here->session);
    return made;
}

static kith__expr *node(const place *here, kith__expr_kind kind)
{
    kith__expr *expr = kith__arena_zero(&here->session->scratch, sizeof *expr);
    if (expr)
        expr->kind = kind;
    else
        kith__no_memory(here->session);
    return expr;
}

static const kith__expr **room_for(const place *here, size_t count)
{
    const kith__expr **items = kith__arena_alloc(&here->session->scratch, (count + 1) * sizeof *items);
    if (!items)
        kith__no_memory(here->session);
    return items;
}

static const kith__expr *column(const place *here, const kith__property *property)
{
    return checked(here, kith__expr_property(&here->session->scratch, here->alias, property));
}

/* The same, to be spoken of from inside another SELECT. */
static const kith__expr *column_from_within(const place *here, const kith__property *property)
{
    const char *alias = here->alias || here->mapper->joined ? here->alias : here->mapper->table->name;
    return checked(here, kith__expr_property(&here->session->scratch, alias, property));
}

static const kith__expr *pair(const place *here, kith__expr_kind kind, const kith__expr *a, const kith__expr *b)
{
    kith__expr *expr = a && b ? node(here, kind) : NULL;
    if (expr) {
        expr->a = a;
        expr->b = b;
    }
    return expr;
}

static const kith__expr *single(const place *here, kith__expr_kind kind, const kith__expr *a)
{
    kith__expr *expr = a ? node(here, kind) : NULL;
    if (expr)
        expr->a = a;
    return expr;
}

static const kith__expr *several(const place *here, kith__expr_kind kind, const kith__expr *const *items, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!items[i])
            return NULL;
    if (count == 1)
        return items[0];
    kith__expr *expr = node(here, kind);
    if (expr) {
        expr->items = items;
        expr->count = count;
    }
    return expr;
}


/* ---------------------------------------------------------------- complaints */

static const kith__expr *misuse_(const place *here, const char *attribute, const char *code, const char *sentence, const char *hint)
{
    kith__misuse(here->session, code, NULL, "%s.%s %s", here->mapper->name, attribute, sentence);
    if (hint)
        kith__fail_hint(&here->session->error, "%s", hint);
    kith__fail_about(&here->session->error, here->mapper->name, attribute, NULL);
    return NULL;
}

static const kith__expr *compared_with_null(const place *here, const char *attribute)
{
    misuse_(here, attribute, "condition.null", "is compared with NULL, or with a value that is absent.", NULL);
    kith__fail_hint(&here->session->error, "kith_is_null(%s, %s) finds those that have none.", here->mapper->name, attribute);
    return NULL;
}

static const char *call_of(uint32_t op)
{
    static const char calls[][16] = { [KITH_OP_EQ_] = "kith_eq", [KITH_OP_NE_] = "kith_ne", [KITH_OP_LT_] = "kith_lt", [KITH_OP_LE_] = "kith_le",
        [KITH_OP_GT_] = "kith_gt", [KITH_OP_GE_] = "kith_ge", [KITH_OP_LIKE_] = "kith_like", [KITH_OP_ILIKE_] = "kith_ilike",
        [KITH_OP_STARTS_] = "kith_starts_with", [KITH_OP_CONTAINS_] = "kith_contains", [KITH_OP_BETWEEN_] = "kith_between", [KITH_OP_IN_] = "kith_in",
        [KITH_OP_NULL_] = "kith_is_null", [KITH_OP_NOT_NULL_] = "kith_not_null", [KITH_OP_AND_] = "kith_and", [KITH_OP_OR_] = "kith_or",
        [KITH_OP_NOT_] = "kith_not", [KITH_OP_ANY_] = "kith_any", [KITH_OP_HAS_] = "kith_has" };
    return op < KITH__COUNT(calls) && *calls[op] ? calls[op] : "an unknown condition";
}

static const kith__expr *cannot(const place *here, const char *attribute, uint32_t op, const char *what)
{
    kith__misuse(here->session, "condition.does_not_apply", NULL, "%s cannot be asked of %s.%s, which is %s.", call_of(op), here->mapper->name, attribute,
                 what);
    kith__fail_about(&here->session->error, here->mapper->name, attribute, NULL);
    return NULL;
}

/* ---------------------------------------------------------------- values */

static const kith__expr *value_expr(const place *here, const kith__property *property, kith_value value)
{
    kith_value converted;
    if (kith__value_is_nothing(&value))
        return compared_with_null(here, property->name);
    if (value.type == KITH_TYPE_OBJECT)
        return misuse_(here, property->name, "condition.column_and_object", "is a column and is compared with an object.", NULL);
    if (kith__member_convert(property, value, &converted, &here->session->error))
        return NULL;
    return checked(here, kith__expr_value(&here->session->scratch, converted, property->field.column));
}

/* How long an element of kith_in's list may be; 0: any type that is not in a list */
static bool fits_list(uint32_t type, size_t size)
{
    switch (type) {
    case KITH_TYPE_INT: case KITH_TYPE_UINT: return size == 1 || size == 2 || size == 4 || size == 8;
    case KITH_TYPE_REAL: return size == sizeof(float) || size == sizeof(double);
    case KITH_TYPE_BOOL: return size == sizeof(bool);
    case KITH_TYPE_TEXT: case KITH_TYPE_JSON: case KITH_TYPE_DECIMAL: case KITH_TYPE_OBJECT: return size == sizeof(void *);
    case KITH_TYPE_BLOB: return size == sizeof(kith_blob);
    case KITH_TYPE_DATE: return size == sizeof(kith_date);
    case KITH_TYPE_TIME: case KITH_TYPE_DATETIME: return size == sizeof(kith_time);
    case KITH_TYPE_UUID: return size == sizeof(kith_uuid);
    default: return false;
    }
}

/* An element lies in its array as a member lies in a struct. */
static kith_value item_at(const kith_condition_ *condition, uint32_t type, size_t index)
{
    const char *at = (const char *)condition->list + index * condition->list_size;
    kith_value object = { .type = type };
    if (type != KITH_TYPE_OBJECT)
        return kith__member_value(&(kith__field){ .type = type, .size = condition->list_size }, at);
    memcpy(&object.object, at, sizeof object.object);
    return object;
}

/* What is in the list. The macro knows kith_json and kith_decimal, which are structs of a text, as pointers to something only. */
static uint32_t list_type(const kith_condition_ *condition, const kith__property *property)
{
    uint32_t type = kith__field_type(&property->field);
    bool text = condition->list_type == KITH_TYPE_OBJECT && (type == KITH_TYPE_JSON || type == KITH_TYPE_DECIMAL);
    return text ? type : condition->list_type;
}

static bool list_is_sound(const place *here, const char *attribute, const kith_condition_ *condition, uint32_t type)
{
    size_t most = kith__pool_dialect(here->session->database->pool)->max_binds;
    if (condition->count && (!condition->list || !fits_list(type, condition->list_size)))
        misuse_(here, attribute, "condition.list", "is compared with a list that is no array of its values.", NULL);
    else if (condition->count > most) {
        kith__misuse(here->session, "condition.list_too_long", NULL, "kith_in(%s, %s, …) has a list of %zu, and the database takes %zu values in a statement.",
                     here->mapper->name, attribute, condition->count, most);
        kith__fail_hint(&here->session->error, "Ask for a part of the list at a time.");
    }
    return kith__status(here->session) == KITH_OK;
}

/* ---------------------------------------------------------------- a column */

static const kith__expr *column_in(const place *here, const kith__property *property, const kith_condition_ *condition)
{
    uint32_t type = list_type(condition, property);
    if (!list_is_sound(here, property->name, condition, type))
        return NULL;
    kith__expr *in = node(here, KITH__E_IN);
    const kith__expr **items = room_for(here, condition->count);
    if (!in || !items || !(in->a = column(here, property)))
        return NULL;
    for (size_t i = 0; i < condition->count; i++)
        if (!(items[i] = value_expr(here, property, item_at(condition, type, i))))
            return NULL;
    in->items = items;
    in->count = condition->count;
    return in;
}

static const kith__expr *column_between(const place *here, const kith__property *property, const kith_condition_ *condition)
{
    kith__expr *between = node(here, KITH__E_BETWEEN);
    if (!between || !(between->a = column(here, property)) || !(between->b = value_expr(here, property, condition->value))
        || !(between->c = value_expr(here, property, condition->high)))
        return NULL;
    return between;
}

static const kith__expr *column_text(const place *here, const kith__property *property, const question *ask, kith__expr_kind kind)
{
    kith_value value = ask->condition->value;
    if (property->field.type != KITH_TYPE_TEXT || (value.type != KITH_TYPE_TEXT && !kith__value_is_nothing(&value)))
        return cannot(here, property->name, ask->op, "no text");
    if (kith__value_is_nothing(&value))
        return compared_with_null(here, property->name);
    return pair(here, kind, column(here, property), checked(here, kith__expr_value(&here->session->scratch, value, property->field.column)));
}

static const kith__expr *column_compared(const place *here, const kith__property *property, const question *ask, kith__expr_kind kind)
{
    const kith__expr *value = value_expr(here, property, ask->condition->value);
    return value ? pair(here, kind, column(here, property), value) : NULL;
}

static const kith__expr *property_condition(const place *here, const kith__property *property, const question *ask)
{
    switch (ask->op) {
    case KITH_OP_EQ_: return column_compared(here, property, ask, KITH__E_EQ);
    case KITH_OP_NE_: return column_compared(here, property, ask, KITH__E_NE);
    case KITH_OP_LT_: return column_compared(here, property, ask, KITH__E_LT);
    case KITH_OP_LE_: return column_compared(here, property, ask, KITH__E_LE);
    case KITH_OP_GT_: return column_compared(here, property, ask, KITH__E_GT);
    case KITH_OP_GE_: return column_compared(here, property, ask, KITH__E_GE);
    case KITH_OP_LIKE_: return column_text(here, property, ask, KITH__E_LIKE);
    case KITH_OP_ILIKE_: return column_text(here, property, ask, KITH__E_ILIKE);
    case KITH_OP_STARTS_: return column_text(here, property, ask, KITH__E_STARTS);
    case KITH_OP_CONTAINS_: return column_text(here, property, ask, KITH__E_CONTAINS);
    case KITH_OP_BETWEEN_: return column_between(here, property, ask->condition);
    case KITH_OP_IN_: return column_in(here, property, ask->condition);
    case KITH_OP_NULL_: return single(here, KITH__E_NULL, column(here, property));
    case KITH_OP_NOT_NULL_: return single(here, KITH__E_NOT_NULL, column(here, property));
    default: return cannot(here, property->name, ask->op, "a column");
    }
}

/* ---------------------------------------------------------------- objects that a relationship is compared with */

static const char *why_no_row(const kith__object *object)
{
    switch (object->state) {
    case KITH_PENDING: return "is pending: it has no row yet (kith_flush writes it)";
    case KITH_DETACHED: return "is detached from its session";
    case KITH_DELETED: return "is deleted";
    default: return "is nobody's: it has no row";
    }
}

static kith__object *object_of(const place *here, const kith__relation *relation, const kith_value *value)
{
    kith_session *session = here->session;
    const char *model = relation->owner->name, *target = relation->target->name;
    kith__object *object = value->type == KITH_TYPE_OBJECT ? kith__object_check(value->object) : NULL;
    if (kith__value_is_nothing(value))
        compared_with_null(here, relation->name);
    else if (!object)
        kith__misuse(session, "condition.foreign_object", NULL, "%s.%s is compared with something that is no object of a session.", model, relation->name);
    else if (kith__session_for(object) != session)
        kith__misuse(session, "session.other", NULL, "%s.%s is compared with a %s of another session.", model, relation->name, kith__mapper_for(object)->name);
    else if (!kith__is_a(kith__mapper_for(object), relation->target))
        kith__misuse(session, "condition.wrong_model", NULL, "%s.%s is compared with a %s, and its objects are of %s.", model, relation->name,
                     kith__mapper_for(object)->name, target);
    else if (!kith__has_row(object))
        kith__misuse(session, "condition.no_row", object, "%s.%s is compared with a %s that %s.", model, relation->name, target, why_no_row(object));
    else
        return object;
    return NULL;
}

typedef struct targets { kith__object **items; size_t count; } targets;

static bool targets_of(const place *here, const kith__relation *relation, const question *ask, targets *out)
{
    const kith_condition_ *condition = ask->condition;
    bool list = ask->op == KITH_OP_IN_;
    if (list && !list_is_sound(here, relation->name, condition, KITH_TYPE_OBJECT))
        return false;
    out->count = list ? condition->count : 1;
    out->items = kith__arena_alloc(&here->session->scratch, (out->count + 1) * sizeof *out->items);
    if (!out->items)
        return kith__no_memory(here->session);
    for (size_t i = 0; i < out->count; i++) {
        kith_value value = list ? item_at(condition, KITH_TYPE_OBJECT, i) : condition->value;
        if (!(out->items[i] = object_of(here, relation, &value)))
            return false;
    }
    return true;
}

/* Columns of the place, and the members of the objects that they are compared with. */
typedef struct columns { const kith__property *const *here, *const *there; size_t count; } columns;

static const kith__expr *member_expr(const place *here, const kith__property *property, const kith__object *object)
{
    return checked(here, kith__expr_value(&here->session->scratch, kith__member_value(&property->field, object + 1), property->field.column));
}

static const kith__expr *equal(const place *here, const columns *key, const kith__object *object)
{
    const kith__expr **items = room_for(here, key->count);
    for (size_t i = 0; items && i < key->count; i++)
        items[i] = pair(here, KITH__E_EQ, column(here, key->here[i]), member_expr(here, key->there[i], object));
    return items ? several(here, KITH__E_AND, items, key->count) : NULL;
}

/* NULL is different from every object. */
static const kith__expr *different(const place *here, const columns *key, const kith__object *object)
{
    const kith__expr **items = room_for(here, 2 * key->count);
    for (size_t i = 0; items && i < key->count; i++) {
        items[2 * i] = pair(here, KITH__E_NE, column(here, key->here[i]), member_expr(here, key->there[i], object));
        items[2 * i + 1] = single(here, KITH__E_NULL, column(here, key->here[i]));
    }
    return items ? several(here, KITH__E_OR, items, 2 * key->count) : NULL;
}

static const kith__expr *among(const place *here, const columns *key, const targets *objects)
{
    size_t lead = key->count > 1 ? key->count : 0, at = 0;
    if (objects->count == 1)
        return equal(here, key, objects->items[0]);
    kith__expr *in = node(here, lead ? KITH__E_IN_ROWS : KITH__E_IN);
    const kith__expr **items = room_for(here, lead + objects->count * key->count);
    if (!in || !items)
        return NULL;
    for (; at < lead; at++)
        items[at] = column(here, key->here[at]);
    for (size_t i = 0; i < objects->count; i++)
        for (size_t k = 0; k < key->count; k++)
            items[at++] = member_expr(here, key->there[k], objects->items[i]);
    in->a = lead ? NULL : column(here, key->here[0]);
    in->items = items;
    in->count = objects->count ? at : 0;
    in->row_size = key->count;
    return kith__status(here->session) ? NULL : in;
}

/* ---------------------------------------------------------------- EXISTS */

/* What must hold of the related rows; NULL without an error: nothing. */
typedef const kith__expr *within(const place *, const void *arg);

const char *kith__alias_next(const kith__scope *scope)
{
    const char *alias;
    do      /* a table may be called t1 */
        alias = kith__arena_format(&scope->session->scratch, "t%zu", ++*scope->aliases);
    while (alias && kith__schema_find(&scope->session->database->models->schema, alias));
    if (!alias)
        kith__no_memory(scope->session);
    return alias;
}

static const char *next_alias(const place *here) { return kith__alias_next(&(kith__scope){ .session = here->session, .aliases = here->aliases }); }

static const kith__expr *join_column(const place *here, const kith__relation *relation, const char *alias, const char *name)
{
    return checked(here, kith__expr_column(&here->session->scratch, alias, kith__table_column(relation->secondary, name)));
}

/* FROM join table JOIN the target; the conditions that tie the join table to the owner go to `ties` */
static bool through_join_table(const place *here, const place *inner, const kith__relation *relation, const kith__source *source, kith__select *select, const kith__expr **ties)
{
    const char *alias = next_alias(here);
    const kith__expr **on = room_for(here, relation->far_pairs);
    kith__join *joins = kith__arena_zero(&here->session->scratch, (source->join_count + 1) * sizeof *joins);
    if (!alias || !on || !checked(here, joins))
        return false;
    for (size_t i = 0; i < relation->far_pairs; i++)
        on[i] = pair(here, KITH__E_EQ, column(inner, relation->remote[i]), join_column(here, relation, alias, relation->far[i]));
    for (size_t i = 0; i < relation->pairs; i++)
        ties[i] = pair(here, KITH__E_EQ, join_column(here, relation, alias, relation->near[i]), column_from_within(here, relation->local[i]));
    joins[0] = (kith__join){ .table = source->table, .alias = inner->alias };
    for (size_t i = 0; i < source->join_count; i++)
        joins[i + 1] = source->joins[i];
    kith__join *last = &joins[source->join_count];      /* whichever of its tables it is about, it is there now */
    last->on = kith__expr_and(&here->session->scratch, last->on, several(here, KITH__E_AND, on, relation->far_pairs));
    *select = (kith__select){ .table = relation->secondary->name, .alias = alias, .joins = joins, .join_count = source->join_count + 1 };
    return checked(here, last->on) != NULL;
}

static const kith__expr *exists(const place *here, const kith__relation *relation, within *what, const void *arg)
{
    place inner = { here->session, relation->target, next_alias(here), here->aliases, here->depth + 1 };
    kith__select *select = kith__arena_zero(&here->session->scratch, sizeof *select);
    kith__expr *expr = node(here, KITH__E_EXISTS);
    const kith__expr **ties = room_for(here, relation->pairs + 2), *more;
    kith__source source;
    size_t count = relation->pairs;
    if (!inner.alias || !expr || !ties || !checked(here, select) ||
        !kith__source_make(here->session, relation->target, inner.alias, false, false, 0, &source))
        return NULL;
    *select = (kith__select){ .table = source.table, .alias = inner.alias, .joins = source.joins, .join_count = source.join_count };
    if (relation->secondary && !through_join_table(here, &inner, relation, &source, select, ties))
        return NULL;
    for (size_t i = 0; !relation->secondary && i < relation->pairs; i++)
        ties[i] = pair(here, KITH__E_EQ, column(&inner, relation->remote[i]), column_from_within(here, relation->local[i]));
    more = what ? what(&inner, arg) : NULL;
    if (kith__status(here->session))
        return NULL;
    if (source.where)
        ties[count++] = source.where;
    if (more)
        ties[count++] = more;
    select->where = several(here, KITH__E_AND, ties, count);
    expr->select = select;
    return select->where ? expr : NULL;
}

/* ---------------------------------------------------------------- a relationship */

static const kith__expr *holds_within(const place *inner, const void *arg) { return arg ? condition_expr(inner, arg) : NULL; }

static const kith__expr *is_among_within(const place *inner, const void *arg)
{
    const kith__mapper *mapper = inner->mapper;
    return among(inner, &(columns){ mapper->key, mapper->key, mapper->key_count }, arg);
}

static const kith_condition_ *only_operand(const kith_condition_ *condition)
{
    const kith_condition_ *operand = condition->operands ? condition->operands[0] : NULL;
    return operand && operand->op != KITH_OP_END_ ? operand : NULL;
}

static const kith__expr *each_null(const place *here, const kith__relation *relation, bool null)
{
    const kith__expr **items = room_for(here, relation->pairs);
    for (size_t i = 0; items && i < relation->pairs; i++)
        items[i] = single(here, null ? KITH__E_NULL : KITH__E_NOT_NULL, column(here, relation->local[i]));
    return items ? several(here, null ? KITH__E_OR : KITH__E_AND, items, relation->pairs) : NULL;
}

/* The foreign key is here. */
static const kith__expr *by_foreign_key(const place *here, const kith__relation *relation, const question *ask)
{
    columns key = { relation->local, relation->remote, relation->pairs };
    targets objects;
    switch (ask->op) {
    case KITH_OP_EQ_: case KITH_OP_IN_: return targets_of(here, relation, ask, &objects) ? among(here, &key, &objects) : NULL;
    case KITH_OP_NE_: return targets_of(here, relation, ask, &objects) ? different(here, &key, objects.items[0]) : NULL;
    case KITH_OP_NULL_: return each_null(here, relation, true);
    case KITH_OP_NOT_NULL_: return each_null(here, relation, false);
    default: return cannot(here, relation->name, ask->op, "a relationship");
    }
}

static const kith__expr *by_rows(const place *here, const kith__relation *relation, const question *ask)
{
    targets objects;
    switch (ask->op) {
    case KITH_OP_EQ_: case KITH_OP_IN_: case KITH_OP_CONTAINS_:
        return targets_of(here, relation, ask, &objects) ? exists(here, relation, is_among_within, &objects) : NULL;
    case KITH_OP_NE_:
        return targets_of(here, relation, ask, &objects) ? single(here, KITH__E_NOT, exists(here, relation, is_among_within, &objects)) : NULL;
    case KITH_OP_NULL_: return single(here, KITH__E_NOT, exists(here, relation, NULL, NULL));
    case KITH_OP_NOT_NULL_: return exists(here, relation, NULL, NULL);
    default: return cannot(here, relation->name, ask->op, "a relationship");
    }
}

static const kith__expr *relation_condition(const place *here, const kith__relation *relation, const question *ask)
{
    if (ask->op == KITH_OP_ANY_ || ask->op == KITH_OP_HAS_)
        return exists(here, relation, holds_within, only_operand(ask->condition));
    return relation->direction == KITH__MANY_TO_ONE ? by_foreign_key(here, relation, ask) : by_rows(here, relation, ask);
}

/* ---------------------------------------------------------------- a proxy */

typedef struct hop { const kith__proxy *proxy; const question *ask; } hop;

static const kith__expr *proxy_condition(const place *, const kith__proxy *, const question *);

static const kith__expr *proxied_column(const place *inner, const hop *at)
{
    if (at->ask->op != KITH_OP_ANY_ && at->ask->op != KITH_OP_HAS_)
        return property_condition(inner, at->proxy->property, at->ask);
    if (only_operand(at->ask->condition))
        cannot(&(place){ .session = inner->session, .mapper = at->proxy->owner }, at->proxy->name, at->ask->op, "a column, not objects (compare it: kith_eq)");
    return NULL;
}

static const kith__expr *proxied_within(const place *inner, const void *arg)
{
    const hop *at = arg;
    if (at->proxy->property)
        return proxied_column(inner, at);
    if (at->proxy->relation)
        return relation_condition(inner, at->proxy->relation, at->ask);
    return proxy_condition(inner, at->proxy->proxy, at->ask);
}

/* Some of what it reads. That there is none is also true where there is nothing between. */
static const kith__expr *proxy_condition(const place *here, const kith__proxy *proxy, const question *ask)
{
    if (ask->op == KITH_OP_NULL_)
        return single(here, KITH__E_NOT, proxy_condition(here, proxy, &(question){ ask->condition, KITH_OP_NOT_NULL_ }));
    return exists(here, proxy->through, proxied_within, &(hop){ proxy, ask });
}

/* ---------------------------------------------------------------- whatever it is about */

/* kith_any is for lists, kith_has for one object; and a list is not compared with an object. */
static bool applies(const place *here, const char *attribute, bool many, bool relation, uint32_t op)
{
    if (op == KITH_OP_ANY_ && !many)
        misuse_(here, attribute, "condition.any_of_one", "is one object, not a list: kith_any does not apply to it.", "kith_has asks about the one object.");
    else if (op == KITH_OP_HAS_ && many)
        misuse_(here, attribute, "condition.has_of_many", "is a list, not one object: kith_has does not apply to it.", "kith_any asks whether there is some object in the list.");
    else if (relation && many && (op == KITH_OP_EQ_ || op == KITH_OP_NE_ || op == KITH_OP_IN_))
        misuse_(here, attribute, "condition.list_compared", "is a list and cannot be compared with one object.", "kith_any asks whether there is some object in the list.");
    return kith__status(here->session) == KITH_OK;
}

static const kith__expr *member_condition(const place *here, const kith_condition_ *condition)
{
    const kith__mapper *mapper = here->mapper;
    kith__member member = kith__member_at(mapper, condition->offset);
    question asked = { condition, condition->op };
    if (member.kind == KITH__PROPERTY)
        return property_condition(here, &mapper->properties[member.index], &asked);
    if (member.kind == KITH__RELATION) {
        const kith__relation *relation = mapper->relations[member.index];
        return applies(here, relation->name, relation->many, true, condition->op) ? relation_condition(here, relation, &asked) : NULL;
    }
    if (member.kind == KITH__PROXY) {
        const kith__proxy *proxy = &mapper->proxies[member.index];
        return applies(here, proxy->name, proxy->many, false, condition->op) ? proxy_condition(here, proxy, &asked) : NULL;
    }
    kith__misuse(here->session, "condition.no_such_member", NULL, "%s is asked of a member of %s that is mapped to nothing.", call_of(condition->op), mapper->name);
    return NULL;
}

static const kith__expr *about_the_model(const place *here, const kith_condition_ *condition)
{
    kith_session *session = here->session;
    const kith_model *model = condition->model ? condition->model() : NULL;
    const kith__mapper *mapper = model ? kith__mapper_of(session->database->models, model) : NULL;
    if (mapper && kith__is_a(here->mapper, mapper))
        return member_condition(here, condition);
    kith__misuse(session, "condition.other_model", NULL, "A condition on %s stands where %s is asked for.", model ? model->name : "no model", here->mapper->name);
    kith__fail_hint(&session->error, "Conditions on related objects go inside kith_has or kith_any.");
    return NULL;
}

static bool is_end(const kith_condition_ *condition, size_t index)
{
    if (!condition->operands || condition->count)
        return index >= condition->count;
    return condition->operands[index] && condition->operands[index]->op == KITH_OP_END_;
}

/* All of them, or some; an operand that is no condition is left out, and none at all is no condition. */
static const kith__expr *logic(const place *here, const kith_condition_ *condition, kith__expr_kind kind)
{
    size_t most = 0, count = 0;
    while (!is_end(condition, most))
        most++;
    const kith__expr **items = room_for(here, most);
    for (size_t i = 0; items && i < most; i++) {
        const kith__expr *operand = condition->operands[i] ? condition_expr(here, condition->operands[i]) : NULL;
        if (operand)
            items[count++] = operand;
    }
    return items && count && kith__status(here->session) == KITH_OK ? several(here, kind, items, count) : NULL;
}

static const kith__expr *negation(const place *here, const kith_condition_ *condition)
{
    const kith_condition_ *operand = only_operand(condition);
    return operand ? single(here, KITH__E_NOT, condition_expr(here, operand)) : NULL;
}

static const kith__expr *condition_expr(const place *outer, const kith_condition_ *condition)
{
    place here = *outer;
    if (kith__status(here.session))
        return NULL;
    if (here.depth++ >= KITH__SQL_DEPTH) {
        kith__misuse(here.session, "query.too_deep", NULL, "A condition nests more than %d conditions within each other.", KITH__SQL_DEPTH);
        return NULL;
    }
    switch (condition->op) {
    case KITH_OP_AND_: return logic(&here, condition, KITH__E_AND);
    case KITH_OP_OR_: return logic(&here, condition, KITH__E_OR);
    case KITH_OP_NOT_: return negation(&here, condition);
    default: break;
    }
    if (condition->op > KITH_OP_END_ && condition->op <= KITH_OP_HAS_)
        return about_the_model(&here, condition);
    kith__misuse(here.session, "condition.unknown", NULL, "A condition on %s is none that kith knows (operation %u).", here.mapper->name, condition->op);
    kith__fail_hint(&here.session->error, "Conditions are written with kith_eq, kith_and and their like, and do not outlive the block that they stand in; kith_narrow keeps them.");
    return NULL;
}

const kith__expr *kith__condition_expr(const kith__scope *scope, const kith_condition_ *condition)
{
    place here = { scope->session, scope->mapper, scope->alias, scope->aliases, 0 };
    return condition ? condition_expr(&here, condition) : NULL;
}

/* ---------------------------------------------------------------- for others who write statements */

const kith__expr *kith__expr_column(kith__arena *arena, const char *alias, const kith__column *column)
{
    kith__expr *expr = kith__arena_zero(arena, sizeof *expr);
    if (expr)
        *expr = (kith__expr){ .kind = KITH__E_COLUMN, .table = alias, .name = column->name, .type = &column->type };
    return expr;
}

const kith__expr *kith__expr_value(kith__arena *arena, kith_value value, const kith__type *type)
{
    kith__expr *expr = kith__arena_zero(arena, sizeof *expr);
    if (expr)
        *expr = (kith__expr){ .kind = KITH__E_VALUE, .value = value, .type = type };
    return expr;
}

const kith__expr *kith__expr_and(kith__arena *arena, const kith__expr *a, const kith__expr *b)
{
    if (!a || !b)
        return a ? a : b;
    kith__expr *expr = kith__arena_zero(arena, sizeof *expr);
    const kith__expr **items = kith__arena_alloc(arena, 2 * sizeof *items);
    if (!expr || !items)
        return &kith__expr_missing;
    items[0] = a;
    items[1] = b;
    *expr = (kith__expr){ .kind = KITH__E_AND, .items = items, .count = 2 };
    return expr;
}
