/*
 * Filters: conditions copied into the session, to be built in branches and loops and passed around.
 *
 * A filter of many conditions is one AND or OR with an array of them, never a chain, so that thousands neither nest nor recurse. The
 * array has room at its end: the filter made from another shares it as long as nobody else has taken the next place.
 */
#include "session/session.h"

/* `condition` comes first: a filter's address is its condition's. A condition made here says in `count` how many operands it has. */
struct kith_filter {
    kith_condition_ condition;
    kith_session *session;
    struct operands *operands;      /* of an AND or OR made here */
};

typedef struct operands {
    size_t used, capacity;          /* used by the longest of the filters that share it */
    const kith_condition_ *items[];
} operands;

/* ---------------------------------------------------------------- copies */

static const kith_condition_ *copied(kith_session *, const kith_condition_ *, size_t depth);

static const void *bytes(kith_session *session, const void *data, size_t size)
{
    const void *copy = kith__arena_copy(&session->filters, data, size);
    if (!copy)
        kith__no_memory(session);
    return copy;
}

static bool keep_value(kith_session *session, kith_value *value)
{
    switch (value->type) {
    case KITH_TYPE_TEXT: case KITH_TYPE_JSON: case KITH_TYPE_DECIMAL:
        return value->absent || !value->s || (value->s = bytes(session, value->s, strlen(value->s) + 1));
    case KITH_TYPE_BLOB:
        return value->absent || !value->b.size || !value->b.data || (value->b.data = bytes(session, value->b.data, value->b.size));
    default: return true;
    }
}

/* A list of kith_json or kith_decimal, which are structs of a text, is for the macro one of pointers: the column tells. */
static bool is_of_texts(kith_session *session, const kith_condition_ *condition)
{
    if (condition->list_type != KITH_TYPE_OBJECT)
        return condition->list_type == KITH_TYPE_TEXT;
    const kith__mapper *mapper = condition->model ? kith__mapper_of(session->database->models, condition->model()) : NULL;
    kith__member member = mapper ? kith__member_at(mapper, condition->offset) : (kith__member){ .kind = KITH__NO_MEMBER };
    uint32_t type = member.kind == KITH__PROPERTY ? mapper->properties[member.index].field.type : KITH_TYPE_NONE;
    return type == KITH_TYPE_JSON || type == KITH_TYPE_DECIMAL;
}

static bool keep_items(kith_session *session, const kith_condition_ *condition, char *items)
{
    bool texts = is_of_texts(session, condition) && condition->list_size == sizeof(char *);
    bool blobs = condition->list_type == KITH_TYPE_BLOB && condition->list_size == sizeof(kith_blob);
    for (size_t i = 0; (texts || blobs) && i < condition->count; i++) {
        kith_value value = { .type = texts ? KITH_TYPE_TEXT : KITH_TYPE_BLOB };
        memcpy(&value.i, items + i * condition->list_size, condition->list_size);
        if (!keep_value(session, &value))
            return false;
        memcpy(items + i * condition->list_size, &value.i, condition->list_size);
    }
    return true;
}

static bool keep_list(kith_session *session, kith_condition_ *condition)
{
    if (condition->op != KITH_OP_IN_ || !condition->list || !condition->count || !condition->list_size)
        return true;
    if (condition->count > SIZE_MAX / 2 / condition->list_size)
        return kith__no_memory(session);
    char *items = kith__arena_copy(&session->filters, condition->list, condition->count * condition->list_size);
    if (!items)
        return kith__no_memory(session);
    condition->list = items;
    return keep_items(session, condition, items);
}

static bool has_operands(uint32_t op)
{
    return op == KITH_OP_AND_ || op == KITH_OP_OR_ || op == KITH_OP_NOT_ || op == KITH_OP_ANY_ || op == KITH_OP_HAS_;
}

static size_t operand_count(const kith_condition_ *condition)
{
    size_t count = 0;
    if (!condition->operands || condition->count)
        return condition->count;
    while (!condition->operands[count] || condition->operands[count]->op != KITH_OP_END_)
        count++;
    return count;
}

static const kith_condition_ end = { .op = KITH_OP_END_ };

static bool keep_operands(kith_session *session, kith_condition_ *condition, size_t depth)
{
    if (!has_operands(condition->op))
        return true;
    size_t count = operand_count(condition);
    const kith_condition_ **kept = kith__arena_alloc(&session->filters, (count + 1) * sizeof *kept);
    if (!kept)
        return kith__no_memory(session);
    for (size_t i = 0; i < count; i++)
        if ((kept[i] = condition->operands[i]) && !(kept[i] = copied(session, kept[i], depth + 1)))
            return false;
    kept[count] = &end;
    condition->operands = kept;
    condition->count = 0;
    return true;
}

static bool too_deep(kith_session *session, size_t depth)
{
    if (depth >= KITH__SQL_DEPTH)
        kith__misuse(session, "query.too_deep", NULL, "A condition nests more than %d conditions within each other.", KITH__SQL_DEPTH);
    return depth >= KITH__SQL_DEPTH;
}

static bool is_known(kith_session *session, const kith_condition_ *condition)
{
    if (condition->op > KITH_OP_END_ && condition->op <= KITH_OP_HAS_)
        return true;
    kith__misuse(session, "condition.unknown", NULL, "A filter was given a condition that kith does not know (operation %u).", condition->op);
    kith__fail_hint(&session->error, "A condition does not outlive the block that it is written in; kith_narrow keeps it.");
    return false;
}

/* NULL: an error is set */
static const kith_condition_ *copied(kith_session *session, const kith_condition_ *condition, size_t depth)
{
    if (too_deep(session, depth) || !is_known(session, condition))
        return NULL;
    kith_condition_ *copy = kith__arena_copy(&session->filters, condition, sizeof *condition);
    if (!copy) {
        kith__no_memory(session);
        return NULL;
    }
    return keep_value(session, &copy->value) && keep_value(session, &copy->high) && keep_list(session, copy) && keep_operands(session, copy, depth) ? copy : NULL;
}

/* ---------------------------------------------------------------- filters */

static kith_filter *filter_new(kith_session *session, const kith_condition_ *condition)
{
    kith_filter *filter = kith__arena_zero(&session->filters, sizeof *filter);
    if (!filter) {
        kith__no_memory(session);
        return NULL;
    }
    filter->condition = *condition;
    filter->session = session;
    return filter;
}

static operands *operands_new(kith_session *session, const kith_condition_ *const *items, size_t count, size_t capacity)
{
    operands *made = kith__arena_alloc(&session->filters, sizeof *made + capacity * sizeof *made->items);
    if (!made) {
        kith__no_memory(session);
        return NULL;
    }
    made->used = count;
    made->capacity = capacity;
    memcpy(made->items, items, count * sizeof *items);
    return made;
}

/* The array that holds the filter's conditions and has its next place free. */
static operands *extensible(kith_session *session, const kith_filter *filter, uint32_t op)
{
    if (!filter->operands || filter->condition.op != op)
        return operands_new(session, (const kith_condition_ *const[]){ &filter->condition }, 1, 8);
    size_t count = filter->condition.count;
    if (count == filter->operands->used && count < filter->operands->capacity)
        return filter->operands;
    return operands_new(session, filter->operands->items, count, 2 * count);
}

static const kith_filter *extended(kith_session *session, const kith_filter *filter, const kith_condition_ *condition, uint32_t op)
{
    size_t count = filter->operands && filter->condition.op == op ? filter->condition.count : 1;
    operands *all = extensible(session, filter, op);
    if (!all)
        return NULL;
    all->items[count] = condition;
    all->used = count + 1;
    kith_filter *made = filter_new(session, &(kith_condition_){ .op = op, .operands = all->items, .count = count + 1 });
    if (made)
        made->operands = all;
    return made;
}

static bool belongs_here(kith_session *session, const kith_filter *filter)
{
    if (filter && filter->session != session)
        kith__misuse(session, "session.other", NULL, "A filter of another session was to be built upon.");
    return !filter || filter->session == session;
}

static const kith_filter *joined(kith_session *session, const kith_filter *filter, const kith_condition_ *condition, uint32_t op)
{
    if (!kith__ready(session) || !belongs_here(session, filter))
        return NULL;
    if (!condition)
        return filter;
    const kith_condition_ *copy = copied(session, condition, 0);
    if (!copy)
        return NULL;
    return filter ? extended(session, filter, copy, op) : filter_new(session, copy);
}

const kith_filter *kith_narrow(kith_session *session, const kith_filter *filter, const kith_condition_ *condition)
{
    return joined(session, filter, condition, KITH_OP_AND_);
}

const kith_filter *kith_widen(kith_session *session, const kith_filter *filter, const kith_condition_ *condition)
{
    return joined(session, filter, condition, KITH_OP_OR_);
}

/* For a query: false when the filter is another session's. */
bool kith__filter_condition(kith_session *session, const kith_filter *filter, const kith_condition_ **condition)
{
    *condition = kith_filtered(filter);
    return belongs_here(session, filter);
}

const kith_condition_ *kith_filtered(const kith_filter *filter) { return filter ? &filter->condition : NULL; }
