/*
 * What a query finds: kith_first, kith_only, kith_all, kith_count, kith_exists.
 *
 * A query is one SELECT over one table, with a LEFT JOIN for each to-one relationship that it is ordered through, and one statement
 * more for each relationship that it brings along, all of one snapshot.
 */
#include "session/session.h"

#include <stdlib.h>

enum { MOST_ORDERS = KITH__COUNT(((kith_query *)0)->order_by) };

typedef struct query_plan {
    kith_session *session, *into;   /* whose objects they become: its own, but for a read_only query that brings others along */
    kith__mapper *mapper;
    kith_query query;               /* whole, whatever size the program was compiled with */
    kith__scope scope;
    size_t aliases;
    const kith__relation *joined[MOST_ORDERS];
    kith__join joins[MOST_ORDERS];
    kith__sort order[MOST_ORDERS];
    kith__select select;
    kith__group *group;             /* of what kith_all finds, while it is loaded */
} query_plan;

typedef struct list { const void **items; size_t count; } list;
static const list nothing = { NULL, 0 };

/* ---------------------------------------------------------------- orders */

static const kith__relation *relation_at(const query_plan *plan, size_t offset)
{
    kith__member member = kith__member_at(plan->mapper, offset);
    const kith__relation *relation = member.kind == KITH__RELATION ? &plan->mapper->relations[member.index] : NULL;
    if (!relation || relation->many)
        kith__misuse(plan->session, "order.through", NULL, "A %s cannot be ordered through %s: only through a relationship to one object.", plan->mapper->name,
                     relation ? relation->name : "a member that is no relationship");
    return relation && !relation->many ? relation : NULL;
}

static const kith__expr *column(const query_plan *plan, const char *alias, const kith__property *property)
{
    const kith__expr *expr = kith__expr_column(&plan->session->scratch, alias, property->column);
    if (!expr)
        kith__no_memory(plan->session);
    return expr;
}

static const kith__expr *joined_on(const query_plan *plan, const kith__relation *relation, const char *alias)
{
    kith__arena *arena = &plan->session->scratch;
    const kith__expr *all = NULL;
    for (size_t i = 0; i < relation->pairs; i++) {
        kith__expr *equal = kith__arena_zero(arena, sizeof *equal);
        if (!equal)
            return NULL;
        *equal = (kith__expr){ .kind = KITH__E_EQ, .a = column(plan, alias, relation->remote[i]), .b = column(plan, plan->scope.alias, relation->local[i]) };
        if (!(all = kith__expr_and(arena, all, equal)))
            return NULL;
    }
    return all;
}

/* The alias of the table that the relationship leads to; NULL: an error is set. */
static const char *join(query_plan *plan, const kith__relation *relation)
{
    size_t i = 0;
    while (i < plan->select.join_count && plan->joined[i] != relation)
        i++;
    if (i < plan->select.join_count)
        return plan->joins[i].alias;
    const char *alias = kith__alias_next(&plan->scope);
    const kith__expr *on = alias ? joined_on(plan, relation, alias) : NULL;
    if (!on) {
        kith__no_memory(plan->session);
        return NULL;
    }
    plan->joined[i] = relation;
    plan->joins[i] = (kith__join){ .table = relation->target->table->name, .alias = alias, .on = on, .outer = true };
    plan->select.joins = plan->joins;
    plan->select.join_count = i + 1;
    return alias;
}

static const kith__expr *ordered_by(query_plan *plan, const kith__mapper *mapper, const char *alias, size_t offset)
{
    kith__member member = kith__member_at(mapper, offset);
    if (member.kind == KITH__PROPERTY)
        return column(plan, alias, &mapper->properties[member.index]);
    kith__misuse(plan->session, "order.no_column", NULL, "%s was to be ordered by a member that is no column of %s.", plan->mapper->name, mapper->name);
    return NULL;
}

static bool add_order(query_plan *plan, const kith_order *by)
{
    const kith_model *model = by->model();
    const kith__mapper *mapper = plan->mapper;
    const kith__relation *through = NULL;
    const char *alias = plan->scope.alias;
    if (kith__mapper_of(mapper->models, model) != mapper) {
        kith__misuse(plan->session, "order.other_model", NULL, "A query of %s was to be ordered by a column of %s.", mapper->name, model ? model->name : "no model");
        kith__fail_hint(&plan->session->error, "kith_asc_of and kith_desc_of order by a column of a related object.");
        return false;
    }
    if (by->has_through && (!(through = relation_at(plan, by->through)) || !(alias = join(plan, through))))
        return false;
    const kith__expr *expr = ordered_by(plan, through ? through->target : mapper, alias, by->offset);
    if (expr)
        plan->order[plan->select.order_count++] = (kith__sort){ .by = expr, .descending = by->descending };
    return expr != NULL;
}

/* Where another table stands beside it, the model's own is named. */
static bool make_order(query_plan *plan)
{
    const kith_order *by = plan->query.order_by;
    size_t count = 0;
    for (; count < MOST_ORDERS && by[count].model; count++)
        if (by[count].has_through)
            plan->scope.alias = plan->mapper->table->name;
    plan->select.order = plan->order;
    for (size_t i = 0; i < count; i++)
        if (!add_order(plan, &by[i]))
            return false;
    return true;
}

/* ---------------------------------------------------------------- from the program's words to a SELECT */

kith__mapper *kith__mapper_asked(kith_session *session, const kith_model *model)
{
    kith__mapper *mapper = model ? kith__mapper_of(session->database->models, model) : NULL;
    if (!mapper)
        kith__misuse(session, "model.unknown", NULL, "%s is not one of the models that this database was opened with.", model ? model->name : "NULL");
    else if (!mapper->table)
        kith__misuse(session, "model.no_table", NULL, "%s is a row of a report and has no table: its objects come from kith_rows only.", mapper->name);
    return mapper && mapper->table ? mapper : NULL;
}

static bool make_where(query_plan *plan)
{
    kith_session *session = plan->session;
    const kith_condition_ *filter;
    if (!kith__filter_condition(session, plan->query.filter, &filter))
        return false;
    const kith__expr *where = kith__condition_expr(&plan->scope, plan->query.where), *more = kith__condition_expr(&plan->scope, filter);
    plan->select.where = kith__expr_and(&session->scratch, where, more);
    if (!plan->select.where && (where || more))
        kith__no_memory(session);
    return kith__status(session) == KITH_OK;
}

static bool make_columns(query_plan *plan)
{
    const kith__mapper *mapper = plan->mapper;
    const kith__expr **columns = kith__arena_alloc(&plan->session->scratch, mapper->property_count * sizeof *columns);
    if (!columns)
        return kith__no_memory(plan->session);
    for (size_t i = 0; i < mapper->property_count; i++)
        if (!(columns[i] = column(plan, plan->scope.alias, &mapper->properties[i])))
            return false;
    plan->select.columns = columns;
    plan->select.column_count = mapper->property_count;
    return true;
}

/* What is pending is written first, so that the query finds it. The plan's texts are in the session's scratch: kith__scratch_begin. */
static bool make(query_plan *plan, kith_session *session, const kith_model *model, const kith_query *query, const char *call)
{
    *plan = (query_plan){ .session = session, .into = session };
    if (query)
        memcpy(&plan->query, query, query->size_ < sizeof *query ? query->size_ : sizeof *query);
    if (!(plan->mapper = kith__mapper_asked(session, model)) || kith__autoflush(session, call) || !kith__connected(session))
        return false;
    plan->scope = (kith__scope){ .session = session, .mapper = plan->mapper, .aliases = &plan->aliases };
    plan->select.table = plan->mapper->table->name;
    plan->select.limit = plan->query.limit;
    plan->select.offset = plan->query.offset;
    plan->select.distinct = plan->query.distinct;
    plan->select.lock = (int)plan->query.lock;
    return make_order(plan) && make_where(plan) && make_columns(plan);
}

static void limit_to(query_plan *plan, size_t most)
{
    if (!plan->select.limit || plan->select.limit > most)
        plan->select.limit = most;
}

/* ---------------------------------------------------------------- sending it */

static bool few_enough_binds(kith_session *session)
{
    size_t most = kith__pool_dialect(session->database->pool)->max_binds;
    if (session->sql.bind_count <= most)
        return true;
    kith__misuse(session, "query.too_many_values", NULL, "The query has %zu values, and the database takes %zu in a statement.", session->sql.bind_count, most);
    kith__fail_hint(&session->error, "Ask for a part of the list at a time.");
    return false;
}

kith__statement *kith__prepare_written(kith_session *session)
{
    const kith__sql *sql = &session->sql;
    if (kith__sql_check(sql, &session->error) || !few_enough_binds(session))
        return NULL;
    kith__statement *statement = kith__prepare(session->connection, NULL, 0, sql->text.data, &session->error);
    for (size_t i = 0; statement && i < sql->bind_count; i++)
        if (kith__bind_value(statement, i + 1, &sql->binds[i].value, sql->binds[i].type, &session->error)) {
            kith__done(statement);
            return NULL;
        }
    return statement;
}

static kith__statement *prepare(query_plan *plan)
{
    kith__sql_reset(&plan->session->sql);
    kith__sql_select(&plan->session->sql, kith__pool_dialect(plan->session->database->pool), &plan->select);
    return kith__prepare_written(plan->session);
}

static bool load_rows(query_plan *plan, kith__objects *found)
{
    kith__loader loader = { .session = plan->into, .mapper = plan->mapper, .statement = prepare(plan), .into = found, .group = plan->group };
    return loader.statement && kith__load_all(&loader);
}

/* ---------------------------------------------------------------- what comes along */

static const char *path_at(const query_plan *plan, size_t index)
{
    return index < KITH__COUNT(plan->query.load) ? plan->query.load[index] : NULL;
}

static bool brings_along(const query_plan *plan)
{
    bool any = path_at(plan, 0) != NULL;
    for (size_t i = 0; i < plan->mapper->relation_count; i++)
        any |= plan->mapper->relations[i].load == KITH__LOAD_EAGER;
    return any;
}

/* It finds all rows of its table. */
static bool is_whole(const query_plan *plan) { return !plan->select.where && !plan->select.limit && !plan->select.offset; }

static bool bring_along(const query_plan *plan, const kith__objects *found)
{
    bool ok = true, whole = is_whole(plan);
    for (size_t i = 0; ok && i < plan->mapper->relation_count; i++)
        if (plan->mapper->relations[i].load == KITH__LOAD_EAGER)
            ok = kith__load_path(plan->into, plan->mapper, found, plan->mapper->relations[i].name, whole);
    for (size_t i = 0; ok && path_at(plan, i); i++)
        ok = kith__load_path(plan->into, plan->mapper, found, path_at(plan, i), whole);
    return ok;
}

/* The rows and what comes along are of one moment: a transaction is held for them unless one is open already. */
static bool in_one_snapshot(query_plan *plan, kith__objects *found)
{
    kith__connection *connection = plan->session->connection;
    if (kith__transaction_of(connection) != KITH__NO_TRANSACTION)
        return load_rows(plan, found) && bring_along(plan, found);
    if (kith__begin(connection, KITH__READING, &plan->session->error))
        return false;
    bool ok = load_rows(plan, found) && bring_along(plan, found);
    return kith__snapshot_over(plan->session) && ok;
}

static bool find(query_plan *plan, kith__objects *found)
{
    return brings_along(plan) ? in_one_snapshot(plan, found) : load_rows(plan, found);
}

/* ---------------------------------------------------------------- objects that are only read */

static bool read_rows(query_plan *plan, kith__objects *found)
{
    kith__page *page = kith__read_only_page(plan->session, plan->mapper, &plan->session->lists);
    kith__statement *statement = page ? prepare(plan) : NULL;
    return statement && kith__read_only_all(page, statement, &plan->mapper->fields, found);
}

static bool read_graph(query_plan *plan, kith__objects *found)
{
    plan->into = kith__reader_open(plan->session);
    if (!plan->into)
        return false;
    bool ok = in_one_snapshot(plan, found);
    kith__reader_done(plan->session, plan->into);
    return ok && kith__status(plan->session) == KITH_OK;
}

static bool find_any(query_plan *plan, kith__objects *found)
{
    if (!plan->query.read_only)
        return find(plan, found);
    return brings_along(plan) ? read_graph(plan, found) : read_rows(plan, found);
}

/* ---------------------------------------------------------------- the public calls */

static const void *list_of(query_plan *plan, kith__objects *found)
{
    list *all = kith__arena_zero(&plan->session->lists, sizeof *all);
    if (!all)
        kith__no_memory(plan->session);
    if (!all || !found->count) {
        if (plan->group)
            kith__group_end(plan->session, plan->group, found);
        return &nothing;
    }
    all->count = found->count;
    all->items = plan->query.read_only ? kith__read_only_list(plan->session, found) : kith__group_end(plan->session, plan->group, found);
    return all->items ? all : &nothing;
}

const void *kith_all_(kith_session *session, const kith_model *model, const kith_query *query)
{
    query_plan plan;
    kith__objects found = { 0 };
    if (!kith__ready(session))
        return &nothing;
    kith__scratch_begin(session);
    bool ok = make(&plan, session, model, query, "kith_all") && (plan.query.read_only || (plan.group = kith__group_begin(session))) && find_any(&plan, &found);
    const void *all = ok ? list_of(&plan, &found) : &nothing;
    if (ok && plan.group && all != &nothing)
        plan.group->whole = is_whole(&plan);
    if (!ok && plan.group)
        kith__group_end(session, plan.group, &found);
    if (!ok && plan.mapper)
        kith__blame_model(session, plan.mapper);
    free(found.items);
    kith__scratch_over(session);
    return all;
}

/* Up to `most` objects: how many there are, and the first. */
static size_t find_few(kith_session *session, const kith_model *model, const kith_query *query, const char *call, size_t most, const void **first)
{
    query_plan plan;
    kith__objects found = { 0 };
    size_t count = 0;
    if (!kith__ready(session))
        return 0;
    kith__scratch_begin(session);
    if (make(&plan, session, model, query, call)) {
        limit_to(&plan, most);
        count = find_any(&plan, &found) ? found.count : 0;
        kith__blame_model(session, plan.mapper);
    }
    if (count)
        *first = kith__struct(found.items[0]);
    free(found.items);
    kith__scratch_over(session);
    return count;
}

const void *kith_first_(kith_session *session, const kith_model *model, const kith_query *query)
{
    const void *first = NULL;
    find_few(session, model, query, "kith_first", 1, &first);
    return first;
}

const void *kith_only_(kith_session *session, const kith_model *model, const kith_query *query)
{
    const void *first = NULL;
    size_t count = find_few(session, model, query, "kith_only", 2, &first);
    if (!kith__ready(session) || count == 1)
        return first;
    if (count) {
        kith__fail(&session->error, KITH_NOT_UNIQUE, "query.not_unique", "There is more than one %s where kith_only looked for one.", model->name);
        kith__fail_hint(&session->error, "kith_first takes the first of them, in the order that .order_by says.");
    } else {
        kith__fail(&session->error, KITH_NOT_FOUND, "query.not_found", "There is no %s where kith_only looked for one.", model->name);
        kith__fail_hint(&session->error, "kith_first gives NULL where there may be none.");
    }
    kith__fail_about(&session->error, model->name, NULL, NULL);
    return NULL;
}

static bool one_number(kith_session *session, kith__statement *statement, int64_t *number)
{
    bool there = kith__step_(statement, &session->error) == KITH__ROW;
    if (there && !kith__row_int(statement, 0, number))
        kith__fail(&session->error, KITH_ERROR, "query.no_number", "The database gave no number where one was asked for.");
    kith__done(statement);
    return there && kith__status(session) == KITH_OK;
}

/* For what neither gives rows nor holds them. A row has one row or none joined to it, so the joins say nothing about how many there are. */
static void forget_order(query_plan *plan)
{
    plan->select.order_count = plan->select.join_count = 0;
    plan->select.lock = KITH_LOCK_NONE;
}

int64_t kith_count_(kith_session *session, const kith_model *model, const kith_query *query)
{
    query_plan plan;
    int64_t count = -1;
    if (!kith__ready(session))
        return -1;
    kith__scratch_begin(session);
    if (make(&plan, session, model, query, "kith_count")) {
        forget_order(&plan);
        kith__sql_reset(&session->sql);
        kith__sql_count(&session->sql, kith__pool_dialect(session->database->pool), &plan.select);
        kith__statement *statement = kith__prepare_written(session);
        if (statement && !one_number(session, statement, &count))
            count = -1;
        kith__blame_model(session, plan.mapper);
    }
    kith__scratch_over(session);
    return count;
}

bool kith_exists_(kith_session *session, const kith_model *model, const kith_query *query)
{
    query_plan plan;
    bool exists = false;
    int64_t one;
    if (!kith__ready(session))
        return false;
    kith__scratch_begin(session);
    if (make(&plan, session, model, query, "kith_exists")) {
        limit_to(&plan, 1);
        forget_order(&plan);
        plan.select.column_count = 0;
        kith__statement *statement = prepare(&plan);
        exists = statement && one_number(session, statement, &one);
    }
    kith__scratch_over(session);
    return exists;
}

/* ---------------------------------------------------------------- streams */

/* All of it is in the reader: nothing of the session's grows while rows go by. */
struct kith_reader {
    kith_session *session;
    kith__mapper *mapper;
    kith__statement *statement;
    kith__page *page;
    kith__arena values, row;        /* of the query; of the row that was given last */
};

/* The statement keeps its values for longer than the program's literals and the session's scratch live. */
static bool keep_values(kith_reader *reader)
{
    kith__sql *sql = &reader->session->sql;
    struct { kith__room room; kith__arena *arena; } room = { { .more = kith__scratch_more }, &reader->values };
    for (size_t i = 0; i < sql->bind_count; i++)
        if (!kith__value_copy(&room.room, &sql->binds[i].value))
            return kith__no_memory(reader->session);
    return true;
}

static bool open_reader(kith_reader *reader, query_plan *plan)
{
    if (path_at(plan, 0)) {
        kith__misuse(plan->session, "stream.load", NULL, "kith_stream of %s gives rows one by one and cannot bring \"%s\" along.", plan->mapper->name, path_at(plan, 0));
        kith__fail_hint(&plan->session->error, "kith_all with .limit and .offset reads a part at a time.");
        return false;
    }
    reader->mapper = plan->mapper;
    kith__sql_reset(&plan->session->sql);
    kith__sql_select(&plan->session->sql, kith__pool_dialect(plan->session->database->pool), &plan->select);
    if (!keep_values(reader))
        return false;
    reader->statement = kith__prepare_written(plan->session);
    reader->page = reader->statement ? kith__read_only_page(plan->session, plan->mapper, &reader->values) : NULL;
    return reader->page != NULL;
}

kith_reader *kith_stream_(kith_session *session, const kith_model *model, const kith_query *query)
{
    query_plan plan;
    if (!kith__ready(session))
        return NULL;
    kith_reader *reader = calloc(1, sizeof *reader);
    if (!reader) {
        kith__no_memory(session);
        return NULL;
    }
    reader->session = session;
    kith__scratch_begin(session);
    if (!make(&plan, session, model, query, "kith_stream") || !open_reader(reader, &plan))
        kith_stream_end_(&reader);
    kith__scratch_over(session);
    return reader;
}

const void *kith_stream_next_(kith_reader *reader)
{
    if (!reader || !reader->statement || !kith__ready(reader->session))
        return NULL;
    kith__arena_reset(&reader->row);
    if (kith__step_(reader->statement, &reader->session->error) != KITH__ROW) {
        kith__done(reader->statement);      /* stepped again, it would begin anew */
        reader->statement = NULL;
        return NULL;
    }
    kith__object *object = kith__read_only(reader->page, &reader->row, reader->statement, &reader->mapper->fields);
    return object ? kith__struct(object) : NULL;
}

void kith_stream_end_(kith_reader **reader)
{
    if (!reader || !*reader)
        return;
    kith__done((*reader)->statement);
    kith__arena_free(&(*reader)->values);
    kith__arena_free(&(*reader)->row);
    free(*reader);
    *reader = NULL;
}
