/*
 * kith_delete_where, kith_update_where: all rows that a condition finds, in one statement. No cascade of a relationship is followed
 * (the database's own are). Objects of the session that the statement meets say afterwards what their rows say, and a rollback puts
 * them back, too.
 */
#include "session/session.h"

#include <stdlib.h>

enum { MOST_CHANGES = KITH__COUNT(((kith_update *)0)->set), MOST_COLUMNS = MOST_CHANGES * KITH__MOST_PARTS + 1 };

typedef struct reached {
    kith_session *session;
    kith__mapper *mapper;
    const kith__expr *where;        /* NULL: everything */
    kith__objects met;              /* objects of the session whose rows it finds */
} reached;

/* ---------------------------------------------------------------- which rows */

/* To the rows of the model, where those of others are in its table too. */
static bool narrow(reached *reach)
{
    kith__source source;
    if (!kith__source_make(reach->session, reach->mapper, NULL, false, false, 0, &source))
        return false;
    if (source.where)
        reach->where = kith__expr_and(&reach->session->scratch, reach->where, source.where);
    return reach->where || !source.where || kith__no_memory(reach->session);
}

static bool make_where(reached *reach, const kith_condition_ *where, const kith_filter *filter, bool everything, const char *verb)
{
    kith_session *session = reach->session;
    const kith_condition_ *filtered;
    size_t aliases = 0;
    kith__scope scope = { .session = session, .mapper = reach->mapper, .aliases = &aliases };
    if (!kith__filter_condition(session, filter, &filtered))
        return false;
    const kith__expr *a = kith__condition_expr(&scope, where), *b = kith__condition_expr(&scope, filtered);
    if (kith__status(session))
        return false;
    reach->where = kith__expr_and(&session->scratch, a, b);
    if (reach->where || everything)
        return narrow(reach);
    kith__misuse(session, "query.everything", NULL, "Without a condition every %s would be %s.", reach->mapper->name, verb);
    kith__fail_hint(&session->error, "Say .everything = true where that is meant.");
    return false;
}

static bool start(reached *reach, kith_session *session, const kith_model *model, const char *call)
{
    *reach = (reached){ .session = session };
    return (reach->mapper = kith__mapper_asked(session, model)) && kith__autoflush(session, call) == KITH_OK;
}

/* ---------------------------------------------------------------- the objects that it meets */

static kith__object *object_of_row(const reached *reach, kith__statement *statement)
{
    kith_session *session = reach->session;
    const kith__mapper *mapper = reach->mapper;
    struct { kith__room room; kith__arena *arena; } room = { { .more = kith__scratch_more }, &session->scratch };
    kith_value key[KITH__MOST_PARTS];
    int64_t number;
    if (mapper->int_key)
        return kith__row_int(statement, 0, &number) ? kith__identity_get_int(session, mapper, number) : NULL;
    for (size_t i = 0; i < mapper->key_count; i++)
        if (kith__row_value(statement, i, kith__field_type(&mapper->key[i]->field), mapper->key[i]->field.column, &room.room, &key[i], &session->error))
            return NULL;
    return kith__identity_get(session, mapper, key);
}

/* Asks the database, for only it knows how it compares; not, when the session has no object of the model. */
static bool meet(reached *reach)
{
    kith_session *session = reach->session;
    if (!session->shelves[reach->mapper->shelf].count)
        return true;
    kith__statement *statement = kith__select_keys(session, reach->mapper, reach->where);
    bool ok = statement != NULL;
    while (ok && kith__step_(statement, &session->error) == KITH__ROW) {
        kith__object *object = object_of_row(reach, statement);
        ok = kith__status(session) == KITH_OK && (!object || kith__objects_add(session, &reach->met, object));
    }
    kith__done(statement);
    return ok && kith__status(session) == KITH_OK;
}

/* The rows that it changed; -1: it failed. */
static int64_t run(kith_session *session)
{
    kith__statement *statement = kith__prepare_written(session);
    if (!statement)
        return -1;
    kith__step_(statement, &session->error);
    kith__done(statement);
    return kith__status(session) ? -1 : kith__changes(session->connection);
}

/* ---------------------------------------------------------------- DELETE */

static bool no_part(kith_session *session, const kith__mapper *mapper, const kith_query *query)
{
    bool part = query->limit || query->offset || query->distinct || query->order_by[0].model || query->load[0];
    if (part)
        kith__misuse(session, "query.part", NULL, "kith_delete_where takes a condition on %s, and no limit, offset, order or load.", mapper->name);
    return !part;
}

static int64_t delete_rows_found(const reached *reach)
{
    kith_session *session = reach->session;
    kith__sql_reset(&session->sql);
    kith__sql_delete_where(&session->sql, kith__pool_dialect(session->database->pool), reach->mapper->table->name, reach->where);
    return run(session);
}

static int64_t delete_met(reached *reach)
{
    kith_session *session = reach->session;
    int64_t count = kith__is_spread(reach->mapper) ? kith__spread_delete(session, reach->mapper, reach->where) : delete_rows_found(reach);
    for (size_t i = 0; count >= 0 && i < reach->met.count; i++) {
        kith__object *object = reach->met.items[i];
        if (object->flags & KITH__DOOMED)
            kith__objects_drop(&session->doomed, object);
        if (object->flags & KITH__DIRTY)
            kith__objects_drop(&session->dirty, object);
        if (kith__row_deleted(session, object))
            return -1;
    }
    return reach->met.count && kith__leave_one_sided_lists(session) ? -1 : count;
}

static int64_t delete_rows(reached *reach, const kith_query *query)
{
    kith_session *session = reach->session;
    if (!no_part(session, reach->mapper, query) || kith__write_by_sql(session) || !make_where(reach, query->where, query->filter, query->everything, "deleted")
        || !meet(reach))
        return -1;
    return delete_met(reach);
}

int64_t kith_delete_where_(kith_session *session, const kith_model *model, const kith_query *given)
{
    reached reach;
    kith_query query = { .size_ = 0 };
    int64_t count = -1;
    if (!kith__ready(session))
        return -1;
    if (given)
        memcpy(&query, given, given->size_ < sizeof query ? given->size_ : sizeof query);
    kith__scratch_begin(session);
    if (start(&reach, session, model, "kith_delete_where"))
        count = delete_rows(&reach, &query);
    free(reach.met.items);
    kith__scratch_over(session);
    return count;
}

/* ---------------------------------------------------------------- UPDATE: what is set */

typedef struct setting { const char *names[MOST_COLUMNS]; const kith__expr *values[MOST_COLUMNS]; uint32_t layers[MOST_COLUMNS]; size_t count; bool version; } setting;

static bool refuse(const reached *reach, const char *attribute, const char *code, const char *sentence)
{
    kith__misuse(reach->session, code, NULL, "%s.%s %s", reach->mapper->name, attribute, sentence);
    kith__fail_about(&reach->session->error, reach->mapper->name, attribute, NULL);
    return false;
}

static bool set_column(reached *reach, setting *set, const kith__property *property, const kith__expr *value)
{
    if (!value)
        return kith__no_memory(reach->session);
    set->names[set->count] = property->column->name;
    set->layers[set->count] = property->layer;
    set->values[set->count++] = value;
    set->version |= property->version;
    return true;
}

static const kith__expr *value_expr(reached *reach, const kith__property *property, kith_value value)
{
    kith_value converted;
    if (kith__member_convert(property, value, &converted, &reach->session->error) || kith__check_value(reach->session, NULL, property, &converted))
        return NULL;
    const kith__expr *expr = kith__expr_value(&reach->session->scratch, converted, property->field.column);
    if (!expr)
        kith__no_memory(reach->session);
    return expr;
}

/* the column as it is, and so much more */
static const kith__expr *more_by(reached *reach, const kith__property *property, const kith__expr *value)
{
    kith__expr *sum = kith__arena_zero(&reach->session->scratch, sizeof *sum);
    const kith__expr *column = kith__expr_column(&reach->session->scratch, NULL, property->column);
    if (!sum || !column || !value)
        return NULL;
    *sum = (kith__expr){ .kind = KITH__E_ADD, .a = column, .b = value };
    return sum;
}

static bool is_number(const kith__property *property)
{
    uint32_t type = kith__field_type(&property->field);
    return type == KITH_TYPE_INT || type == KITH_TYPE_UINT || type == KITH_TYPE_REAL;
}

static bool change_column(reached *reach, setting *set, const kith__property *property, const kith_change *change)
{
    if (property->primary_key)
        return refuse(reach, property->name, "update.key", "is part of the primary key, which kith_update_where does not change.");
    if (change->by && !is_number(property))
        return refuse(reach, property->name, "update.by", "is no number, so kith_by cannot add to it.");
    if (change->by && change->value.absent)
        return refuse(reach, property->name, "update.by", "was to grow by a value that is absent.");
    const kith__expr *value = value_expr(reach, property, change->value);
    if (!value)
        return false;
    return set_column(reach, set, property, change->by ? more_by(reach, property, value) : value);
}

/* To an object: its key into the foreign key's columns. */
static bool change_relation(reached *reach, setting *set, const kith__relation *relation, const kith_change *change)
{
    kith__object *target = kith__object_check(change->value.object);
    bool null = change->value.type == KITH_TYPE_OBJECT && !change->value.object;
    if (relation->direction != KITH__MANY_TO_ONE || relation->view_only)
        return refuse(reach, relation->name, "update.relationship", "has no foreign key in this table that could be set.");
    if (!null && (change->value.type != KITH_TYPE_OBJECT || !target || kith__session_for(target) != reach->session || !kith__is_a(kith__mapper_for(target), relation->target)
                  || !kith__has_row(target)))
        return refuse(reach, relation->name, "update.object", "takes an object of this session that has a row.");
    for (size_t i = 0; i < relation->pairs; i++) {
        kith_value value = { .type = KITH_TYPE_OBJECT };
        if (!null)
            value = kith__member_value(&relation->remote[i]->field, kith__struct(target));
        const kith__expr *expr = value_expr(reach, relation->local[i], value);
        if (!expr || !set_column(reach, set, relation->local[i], expr))
            return false;
    }
    return true;
}

static bool make_change(reached *reach, setting *set, const kith_change *change)
{
    const kith__mapper *mapper = reach->mapper;
    kith__member member = kith__member_at(mapper, change->offset);
    if (member.kind == KITH__PROPERTY)
        return change_column(reach, set, &mapper->properties[member.index], change);
    if (member.kind == KITH__RELATION)
        return change_relation(reach, set, mapper->relations[member.index], change);
    kith__misuse(reach->session, "update.no_column", NULL, "kith_update_where was to set a member of %s that is no column.", mapper->name);
    return false;
}

/* Other sessions that hold one of the rows must see that it changed. */
static bool count_version(reached *reach, setting *set)
{
    const kith__property *version = reach->mapper->version;
    if (!kith__is_counted(version) || set->version)
        return true;
    const kith__expr *one = value_expr(reach, version, kith_of_int(1));
    return one && set_column(reach, set, version, more_by(reach, version, one));
}

static bool make_setting(reached *reach, setting *set, const kith_update *update)
{
    set->count = 0;
    set->version = false;
    for (size_t i = 0; i < MOST_CHANGES; i++)
        if (update->set[i].used && !make_change(reach, set, &update->set[i]))
            return false;
    if (set->count)
        return count_version(reach, set);
    kith__misuse(reach->session, "update.nothing", NULL, "kith_update_where of %s sets nothing.", reach->mapper->name);
    kith__fail_hint(&reach->session->error, "Write .set = { kith_to(%s, member, value) }.", reach->mapper->name);
    return false;
}

/* ---------------------------------------------------------------- UPDATE: the objects */

/* Without autoflush, what was written to these columns and not flushed: the UPDATE is the later one. */
static void forget_written(kith__object *object, const kith__setting *set)
{
    const kith__mapper *mapper = kith__mapper_for(object);
    for (size_t i = 0; object->notes && i < mapper->property_count; i++) {
        const kith__property *property = &mapper->properties[i];
        for (size_t k = 0; !property->primary_key && k < set->count; k++)
            if (property->layer == set->layers[k] && !strcmp(property->column->name, set->names[k]))
                kith__forget_property(object, property);
    }
}

/* The journal keeps what they were; then they are read anew. */
static bool refresh(reached *reach, const kith__setting *set)
{
    kith_session *session = reach->session;
    for (size_t i = 0; i < reach->met.count; i++) {
        kith__object *object = reach->met.items[i];
        if (!kith__journal_image(session, object))
            return false;
        forget_written(object, set);
        object->epoch = 0;
    }
    return !reach->met.count || kith__load_keys(session, &reach->met);
}

/* The rows are changed and the objects do not say so: only a rollback helps. */
static int64_t broken(kith_session *session)
{
    session->broken = true;
    return -1;
}

static int64_t update_rows_found(const reached *reach, const kith__setting *set)
{
    kith_session *session = reach->session;
    kith__sql_reset(&session->sql);
    kith__sql_update_where(&session->sql, kith__pool_dialect(session->database->pool), reach->mapper->table->name, set->names, set->values, set->count, reach->where);
    return run(session);
}

static int64_t update_met(reached *reach, const kith__setting *set)
{
    kith_session *session = reach->session;
    int64_t rows = reach->mapper->layer_count > 1 ? kith__spread_update(session, reach->mapper, set, reach->where) : update_rows_found(reach, set);
    return rows < 0 ? -1 : refresh(reach, set) ? rows : broken(session);
}

static int64_t update_rows(reached *reach, const kith_update *update)
{
    setting set;
    if (kith__write_by_sql(reach->session) || !make_setting(reach, &set, update) || !make_where(reach, update->where, update->filter, update->everything, "updated")
        || !meet(reach))
        return -1;
    return update_met(reach, &(kith__setting){ .names = set.names, .values = set.values, .layers = set.layers, .count = set.count });
}

int64_t kith_update_where_(kith_session *session, const kith_model *model, const kith_update *given)
{
    reached reach;
    kith_update update = { .size_ = 0 };
    int64_t count = -1;
    if (!kith__ready(session))
        return -1;
    if (given)
        memcpy(&update, given, given->size_ < sizeof update ? given->size_ : sizeof update);
    kith__scratch_begin(session);
    if (start(&reach, session, model, "kith_update_where"))
        count = update_rows(&reach, &update);
    free(reach.met.items);
    kith__scratch_over(session);
    return count;
}

/* ---------------------------------------------------------------- for bindings: the condition is an expression already */

static bool start_with(reached *reach, kith_session *session, kith__mapper *mapper, const kith__expr *where, bool follow, const char *call)
{
    *reach = (reached){ .session = session, .mapper = mapper, .where = where };
    return !kith__autoflush(session, call) && !kith__write_by_sql(session) && (!follow || meet(reach));
}

int64_t kith__delete_found(kith_session *session, kith__mapper *mapper, const kith__expr *where, bool follow)
{
    reached reach;
    kith__scratch_begin(session);
    int64_t count = start_with(&reach, session, mapper, where, follow, "a DELETE") ? delete_met(&reach) : -1;
    free(reach.met.items);
    kith__scratch_over(session);
    return count;
}

/* The table of a column that has only a name: the model's own, most often. */
static bool find_layers(const reached *reach, kith__setting *set)
{
    const kith__mapper *mapper = reach->mapper;
    uint32_t *layers = kith__arena_alloc(&reach->session->scratch, (set->count + 1) * sizeof *layers);
    if (!layers)
        return kith__no_memory(reach->session);
    for (size_t i = 0; i < set->count; i++) {
        uint32_t of = (uint32_t)mapper->layer_count - 1;
        while (of && !kith__table_column(mapper->layers[of].table, set->names[i]))
            of--;
        layers[i] = of;
    }
    set->layers = layers;
    return true;
}

int64_t kith__update_found(kith_session *session, kith__mapper *mapper, const char *const *names, const kith__expr *const *values, size_t count,
                           const kith__expr *where, bool follow)
{
    reached reach;
    kith__setting set = { .names = names, .values = values, .count = count };
    kith__scratch_begin(session);
    int64_t rows = start_with(&reach, session, mapper, where, follow, "an UPDATE") && find_layers(&reach, &set) ? update_met(&reach, &set) : -1;
    free(reach.met.items);
    kith__scratch_over(session);
    return rows;
}
