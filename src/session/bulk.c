/*
 * kith_insert_all: many rows from an array of the program's own structs, past the identity map and the unit of work. All of them are
 * inserted or none.
 */
#include "session/session.h"

typedef struct bulk {
    kith_session *session;
    kith__mapper *mapper;
    char *row;                      /* one struct, as it is to be written */
    uint64_t *mask, *prepared;      /* a bit per property: of the row; of the statement */
    size_t words;
    kith__statement *statement;
    kith__fields fields;            /* of the statement's columns */
    kith__field *items;
    const char **names;
} bulk_rows;

static bool open_bulk(bulk_rows *bulk)
{
    kith__arena *arena = &bulk->session->scratch;
    size_t count = bulk->mapper->property_count;
    bulk->words = (count + 63) / 64;
    bulk->row = kith__arena_alloc(arena, bulk->mapper->size);
    bulk->mask = kith__arena_alloc(arena, bulk->words * sizeof *bulk->mask);
    bulk->prepared = kith__arena_zero(arena, bulk->words * sizeof *bulk->prepared);
    bulk->items = kith__arena_alloc(arena, count * sizeof *bulk->items);
    bulk->names = kith__arena_alloc(arena, count * sizeof *bulk->names);
    return (bulk->row && bulk->mask && bulk->prepared && bulk->items && bulk->names) || kith__no_memory(bulk->session);
}

/* ---------------------------------------------------------------- a row */

static bool foreign_object(const bulk_rows *bulk, const kith__relation *relation, size_t index)
{
    kith__misuse(bulk->session, "insert.object", NULL, "%s.%s of row %zu is no %s of this session that has a row.", bulk->mapper->name, relation->name, index,
                 relation->target->name);
    return false;
}

/* A relationship to one gives its foreign key. */
static bool set_keys(bulk_rows *bulk, size_t index)
{
    const kith__mapper *mapper = bulk->mapper;
    for (size_t i = 0; i < mapper->relation_count; i++) {
        const kith__relation *relation = &mapper->relations[i];
        kith__one_member one;
        memcpy(&one, bulk->row + relation->offset, sizeof one);
        if (relation->many || relation->direction != KITH__MANY_TO_ONE || !one.object)
            continue;
        const kith__object *target = kith__object_check(one.object);
        if (!target || kith__session_for(target) != bulk->session || kith__mapper_for(target) != relation->target || !kith__has_row(target))
            return foreign_object(bulk, relation, index);
        for (size_t k = 0; k < relation->pairs; k++)
            if (kith__member_set(relation->local[k], bulk->row, kith__member_value(&relation->remote[k]->field, one.object), &bulk->session->error))
                return false;
    }
    return true;
}

/* As of a new object: a member that is all zero is not given. */
static bool set_defaults(bulk_rows *bulk)
{
    const kith__mapper *mapper = bulk->mapper;
    for (size_t i = 0; i < mapper->property_count; i++) {
        const kith__property *property = &mapper->properties[i];
        kith_value value = kith_of_int(1);
        if (!kith__member_is_zero(&property->field, bulk->row) || (!property->version && !property->attribute->on_insert))
            continue;
        if (!property->version)
            value = property->attribute->on_insert(bulk->session, bulk->row);
        if (kith__member_set(property, bulk->row, value, &bulk->session->error))
            return false;
    }
    return true;
}

static bool check_texts(const bulk_rows *bulk)
{
    const kith__mapper *mapper = bulk->mapper;
    for (size_t i = 0; i < mapper->property_count; i++) {
        kith_value value = kith__member_value(&mapper->properties[i].field, bulk->row);
        if (kith__check_text(bulk->session, NULL, &mapper->properties[i], &value))
            return false;
    }
    return true;
}

static void make_mask(bulk_rows *bulk)
{
    const kith__mapper *mapper = bulk->mapper;
    memset(bulk->mask, 0, bulk->words * sizeof *bulk->mask);
    for (size_t i = 0; i < mapper->property_count; i++) {
        const kith__property *property = &mapper->properties[i];
        bool optional = property == mapper->identity || property->column->default_sql;
        if (!optional || !kith__member_is_zero(&property->field, bulk->row))
            bulk->mask[i / 64] |= UINT64_C(1) << i % 64;
    }
}

/* ---------------------------------------------------------------- the statement */

static bool prepare(bulk_rows *bulk)
{
    kith_session *session = bulk->session;
    const kith__mapper *mapper = bulk->mapper;
    size_t count = 0;
    for (size_t i = 0; i < mapper->property_count; i++)
        if (bulk->mask[i / 64] >> i % 64 & 1) {
            bulk->items[count] = mapper->properties[i].field;
            bulk->names[count++] = mapper->properties[i].column->name;
        }
    bulk->fields = (kith__fields){ .model = mapper->name, .table = mapper->table->name, .items = bulk->items, .count = count };
    kith__insert insert = { .table = mapper->table->name, .columns = bulk->names, .column_count = count, .rows = 1 };
    kith__sql_reset(&session->sql);
    kith__sql_insert(&session->sql, kith__pool_dialect(session->database->pool), &insert);
    if (kith__sql_check(&session->sql, &session->error))
        return false;
    bulk->statement = kith__prepare(session->connection, NULL, 0, session->sql.text.data, &session->error);
    memcpy(bulk->prepared, bulk->mask, bulk->words * sizeof *bulk->mask);
    return bulk->statement != NULL;
}

/* The statement that is there, most often. */
static bool turn(bulk_rows *bulk)
{
    if (bulk->statement && !memcmp(bulk->mask, bulk->prepared, bulk->words * sizeof *bulk->mask)) {
        bulk->statement->connection->driver->reset(bulk->statement);
        return true;
    }
    kith__done(bulk->statement);
    bulk->statement = NULL;
    return prepare(bulk);
}

/* An array has nothing else to tell its rows apart by. */
static void blame(const bulk_rows *bulk, size_t index)
{
    kith_session *session = bulk->session;
    if (kith__status(session) != KITH_CONSTRAINT)
        return;
    kith__fail_prefix(&session->error, "Row %zu of %s could not be written:", index, bulk->mapper->name);
    kith__fail_about(&session->error, bulk->mapper->name, kith__blamed(session, bulk->mapper), NULL);
}

static bool insert_row(bulk_rows *bulk, const void *values, size_t index)
{
    kith_session *session = bulk->session;
    memcpy(bulk->row, values, bulk->mapper->size);
    if (!set_keys(bulk, index) || !set_defaults(bulk) || !check_texts(bulk))
        return false;
    make_mask(bulk);
    if (!turn(bulk) || kith__bind_fields(bulk->statement, 1, &bulk->fields, bulk->row, &session->error))
        return false;
    kith__step_(bulk->statement, &session->error);
    blame(bulk, index);
    return kith__status(session) == KITH_OK;
}

/* ---------------------------------------------------------------- all of them */

static int64_t insert_rows(bulk_rows *bulk, const char *values, size_t count)
{
    kith_session *session = bulk->session;
    kith__error ignored = { .public_ = { .status = KITH_OK } };
    if (!open_bulk(bulk) || kith__write_lock(session) || kith__savepoint_set(session->connection, &session->error))
        return -1;
    bool ok = true;
    for (size_t i = 0; ok && i < count; i++)
        ok = insert_row(bulk, values + i * bulk->mapper->size, i);
    kith__done(bulk->statement);
    if (ok && kith__savepoint_release(session->connection, &session->error) == KITH_OK)
        return (int64_t)count;
    if (!ok)
        kith__savepoint_rollback(session->connection, &ignored);
    kith__error_free(&ignored);
    return -1;
}

int64_t kith_insert_all_(kith_session *session, const kith_model *model, const void *values, size_t count)
{
    int64_t inserted = -1;
    if (!kith__ready(session))
        return -1;
    bulk_rows bulk = { .session = session, .mapper = kith__mapper_asked(session, model) };
    if (!bulk.mapper || kith__autoflush(session, "kith_insert_all"))
        return -1;
    if (!values && count) {
        kith__misuse(session, "object.null_values", NULL, "%zu rows of %s were to be made from NULL.", count, bulk.mapper->name);
        return -1;
    }
    kith__scratch_begin(session);
    inserted = insert_rows(&bulk, values, count);
    kith__scratch_over(session);
    return inserted;
}
