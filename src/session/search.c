/*
 * A query in the program's words -> a SELECT over one table, with a LEFT JOIN for each to-one relationship that it is ordered through.
 */
#include "session/search.h"

/* ---------------------------------------------------------------- orders */

static const kith__relation *relation_at(const kith__search *search, size_t offset)
{
    kith__member member = kith__member_at(search->mapper, offset);
    const kith__relation *relation = member.kind == KITH__RELATION ? search->mapper->relations[member.index] : NULL;
    if (!relation || relation->many)
        kith__misuse(search->session, "order.through", NULL, "A %s cannot be ordered through %s: only through a relationship to one object.", search->mapper->name,
                     relation ? relation->name : "a member that is no relationship");
    return relation && !relation->many ? relation : NULL;
}

static const kith__expr *column(const kith__search *search, const char *alias, const kith__property *property)
{
    const kith__expr *expr = kith__expr_property(&search->session->scratch, alias, property);
    if (!expr)
        kith__no_memory(search->session);
    return expr;
}

static const kith__expr *joined_on(const kith__search *search, const kith__relation *relation, const char *alias)
{
    kith__arena *arena = &search->session->scratch;
    const kith__expr *all = NULL;
    for (size_t i = 0; i < relation->pairs; i++) {
        kith__expr *equal = kith__arena_zero(arena, sizeof *equal);
        if (!equal)
            return &kith__expr_missing;
        *equal = (kith__expr){ .kind = KITH__E_EQ, .a = column(search, alias, relation->remote[i]), .b = column(search, search->scope.alias, relation->local[i]) };
        all = kith__expr_and(arena, all, equal);
    }
    return all;
}

/* The array doubles, in the scratch. */
static bool add_join(kith__search *search, kith__join join)
{
    size_t count = search->select.join_count;
    if (count == search->join_room) {
        size_t room = count ? count * 2 : KITH__MOST_ORDERS;
        kith__join *larger = kith__arena_alloc(&search->session->scratch, room * sizeof *larger);
        if (!larger)
            return kith__no_memory(search->session);
        if (count)
            memcpy(larger, search->joins, count * sizeof *larger);
        search->select.joins = search->joins = larger;
        search->join_room = room;
    }
    search->joins[count] = join;
    search->select.join_count = count + 1;
    return true;
}

/* The alias of the table that the relationship leads to; NULL: an error is set. */
static const char *join(kith__search *search, const kith__relation *relation)
{
    for (size_t i = 0; i < search->joined_count; i++)
        if (search->joined[i].relation == relation)
            return search->joined[i].alias;
    const char *alias = kith__alias_next(&search->scope);
    kith__source source;
    if (!alias || !kith__source_make(search->session, relation->target, alias, false, true, 0, &source)) {
        kith__no_memory(search->session);
        return NULL;
    }
    const kith__expr *on = kith__expr_and(&search->session->scratch, joined_on(search, relation, alias), source.where);
    if (!add_join(search, (kith__join){ .table = source.table, .alias = alias, .on = on, .kind = KITH__JOIN_LEFT }))
        return NULL;
    for (size_t i = 0; i < source.join_count; i++)
        if (!add_join(search, source.joins[i]))
            return NULL;
    search->joined[search->joined_count].relation = relation;
    search->joined[search->joined_count++].alias = alias;
    return alias;
}

static const kith__expr *ordered_by(kith__search *search, const kith__mapper *mapper, const char *alias, size_t offset)
{
    kith__member member = kith__member_at(mapper, offset);
    if (member.kind == KITH__PROPERTY)
        return column(search, alias, &mapper->properties[member.index]);
    kith__misuse(search->session, "order.no_column", NULL, "%s was to be ordered by a member that is no column of %s.", search->mapper->name, mapper->name);
    return NULL;
}

static bool add_order(kith__search *search, const kith_order *by)
{
    const kith_model *model = by->model();
    const kith__mapper *mapper = search->mapper;
    const kith__relation *through = NULL;
    const char *alias = search->scope.alias;
    if (!kith__is_a(mapper, kith__mapper_of(mapper->models, model)) || !kith__mapper_of(mapper->models, model)) {
        kith__misuse(search->session, "order.other_model", NULL, "A query of %s was to be ordered by a column of %s.", mapper->name, model ? model->name : "no model");
        kith__fail_hint(&search->session->error, "kith_asc_of and kith_desc_of order by a column of a related object.");
        return false;
    }
    if (by->has_through && (!(through = relation_at(search, by->through)) || !(alias = join(search, through))))
        return false;
    const kith__expr *expr = ordered_by(search, through ? through->target : mapper, alias, by->offset);
    if (expr)
        search->order[search->select.order_count++] = (kith__sort){ .by = expr, .descending = by->descending };
    return expr != NULL;
}

/* Where another table stands beside it, the model's own is named. */
static bool make_order(kith__search *search)
{
    const kith_order *by = search->query.order_by;
    size_t count = 0;
    for (; count < KITH__MOST_ORDERS && by[count].model; count++)
        if (by[count].has_through && !search->mapper->joined)
            search->scope.alias = search->mapper->table->name;
    search->select.order = search->order;
    for (size_t i = 0; i < count; i++)
        if (!add_order(search, &by[i]))
            return false;
    return true;
}

/* ---------------------------------------------------------------- from the program's words to a SELECT */

kith__mapper *kith__mapper_asked(kith_session *session, const kith_model *model)
{
    if (session->asked && session->asked->model == model)
        return session->asked;
    kith__mapper *mapper = model ? kith__mapper_of(session->database->models, model) : NULL;
    if (!mapper)
        kith__misuse(session, "model.unknown", NULL, "%s is not one of the models that this database was opened with.", model ? model->name : "NULL");
    else if (!mapper->table)
        kith__misuse(session, "model.no_table", NULL, "%s is a row of a report and has no table: its objects come from kith_rows only.", mapper->name);
    return session->asked = mapper && mapper->table ? mapper : NULL;
}

static bool make_where(kith__search *search)
{
    kith_session *session = search->session;
    const kith_condition_ *filter;
    if (!kith__filter_condition(session, search->query.filter, &filter))
        return false;
    const kith__expr *where = kith__condition_expr(&search->scope, search->query.where), *more = kith__condition_expr(&search->scope, filter);
    search->select.where = kith__expr_and(&session->scratch, where, more);
    search->select.where = kith__expr_and(&session->scratch, search->select.where, search->source.where);
    return kith__status(session) == KITH_OK;
}

static bool make_columns(kith__search *search)
{
    search->select.columns = kith__columns_selected(&search->session->scratch, search->mapper, search->scope.alias, 0);
    search->select.column_count = search->mapper->width;
    return search->select.columns || kith__no_memory(search->session);
}

/* What is pending is written first, so that the query finds it. The search's texts are in the session's scratch: kith__scratch_begin. */
bool kith__search_make(kith__search *search, kith_session *session, const kith_model *model, const kith_query *query, const char *call)
{
    *search = (kith__search){ .session = session, .into = session };
    if (query)
        memcpy(&search->query, query, query->size_ < sizeof *query ? query->size_ : sizeof *query);
    if (!(search->mapper = kith__mapper_asked(session, model)) || kith__autoflush(session, call) || !kith__may_read(session))
        return false;
    search->scope = (kith__scope){ .session = session, .mapper = search->mapper, .aliases = &search->aliases };
    if (!kith__source_make(session, search->mapper, NULL, true, false, 0, &search->source))
        return false;
    search->select.table = search->source.table;
    search->select.joins = search->joins = search->source.joins;
    search->select.join_count = search->join_room = search->source.join_count;
    search->select.limit = search->query.limit;
    search->select.offset = search->query.offset;
    search->select.distinct = search->query.distinct;
    search->select.lock = (int)search->query.lock;
    return make_order(search) && make_where(search) && make_columns(search);
}

void kith__search_limit(kith__search *search, size_t most)
{
    if (!search->select.limit || search->select.limit > most)
        search->select.limit = most;
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

kith__statement *kith__prepare_kept(kith_session *session, const void *shape, uint64_t variant)
{
    const kith__sql *sql = &session->sql;
    return kith__sql_check(sql, &session->error) ? NULL : kith__prepare(session->connection, shape, variant, sql->text.data, &session->error);
}

kith__statement *kith__prepare_written(kith_session *session)
{
    const kith__sql *sql = &session->sql;
    kith__statement *statement = few_enough_binds(session) ? kith__prepare_kept(session, NULL, 0) : NULL;
    for (size_t i = 0; statement && i < sql->bind_count; i++)
        if (kith__bind_value(statement, i + 1, &sql->binds[i].value, sql->binds[i].type, &session->error)) {
            kith__done(statement);
            return NULL;
        }
    return statement;
}

kith__statement *kith__search_prepare(kith__search *search)
{
    kith__sql_reset(&search->session->sql);
    kith__sql_select(&search->session->sql, kith__pool_dialect(search->session->database->pool), &search->select);
    return kith__prepare_written(search->session);
}

/* ---------------------------------------------------------------- what comes along */

const char *kith__search_path(const kith__search *search, size_t index)
{
    return index < KITH__COUNT(search->query.load) ? search->query.load[index] : NULL;
}

bool kith__search_brings_along(const kith__search *search)
{
    return kith__search_path(search, 0) || kith__has_eager(search->mapper);
}
