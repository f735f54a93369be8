/*
 * kith_insert_all: many rows from an array of the program's own structs, past the identity map and the unit of work. All of them are
 * inserted or none.
 */
#include "session/session.h"

/* Rows of one INSERT, which then cost little more than half, and of one for what is left over; values far below what any engine binds. */
enum { BATCH = 128, SMALL_BATCH = 8, MOST_VALUES = 4000 };

/* One of the tables that the rows go to. */
typedef struct bulk_table {
    kith__statement *inserts[3];    /* of the shape: of one row, of few, of a batch */
    kith__fields fields;            /* their columns */
    kith__field *items;
    const char **names;
} bulk_table;

typedef struct bulk {
    kith_session *session;
    kith__mapper *mapper;
    const kith__property **filled, **optional;      /* what is filled in when it is not given; what may be left to the engine */
    size_t filled_count, optional_count;
    const char *rows;               /* structs that wait, all of one shape, as they are to be written: in the array, or copies */
    char *copies;                   /* NULL where nothing is ever filled in */
    size_t room, waiting, first;    /* how many may wait; how many do, and the place of the first in the array */
    uint64_t *always, *mask, *shape;        /* a bit per property: of every row; of the row; of those that wait */
    size_t words;
    bulk_table *tables;             /* as many as mapper->layers */
} bulk_rows;

/* A text that a function gives is borrowed until its next call, so such rows do not wait. */
static bool may_wait(const kith__mapper *mapper)
{
    for (size_t i = 0; i < mapper->property_count; i++) {
        uint32_t type = kith__field_type(&mapper->properties[i].field);
        bool borrowed = type == KITH_TYPE_TEXT || type == KITH_TYPE_BLOB || type == KITH_TYPE_JSON || type == KITH_TYPE_DECIMAL;
        if (borrowed && mapper->properties[i].attribute->on_insert)
            return false;
    }
    return mapper->property_count * BATCH <= MOST_VALUES && mapper->layer_count == 1;    /* else the first row's key is waited for */
}

static void sort_properties(bulk_rows *bulk)
{
    const kith__mapper *mapper = bulk->mapper;
    for (size_t i = 0; i < mapper->property_count; i++) {
        const kith__property *property = &mapper->properties[i];
        if (kith__is_counted(property) || property->attribute->on_insert)
            bulk->filled[bulk->filled_count++] = property;
        if (property == mapper->identity || property->column->default_sql)
            bulk->optional[bulk->optional_count++] = property;
        else
            bulk->always[i / 64] |= UINT64_C(1) << i % 64;
    }
}

static bool fills_in(const bulk_rows *bulk)
{
    const kith__mapper *mapper = bulk->mapper;
    bool fills = bulk->filled_count || mapper->kind.type != KITH_TYPE_NONE || mapper->layer_count > 1;
    for (size_t i = 0; !fills && i < mapper->relation_count; i++)
        fills = mapper->relations[i]->direction == KITH__MANY_TO_ONE;
    return fills;
}

static bool make_copies(bulk_rows *bulk)
{
    if (!fills_in(bulk))
        return true;
    bulk->copies = kith__arena_alloc(&bulk->session->scratch, bulk->room * bulk->mapper->size);
    return bulk->copies || kith__no_memory(bulk->session);
}

static bool open_tables(bulk_rows *bulk)
{
    const kith__mapper *mapper = bulk->mapper;
    for (size_t p = 0; p < mapper->layer_count; p++) {
        size_t most = mapper->layers[p].count + mapper->key_count;
        bulk_table *table = &bulk->tables[p];
        table->items = kith__arena_alloc(&bulk->session->scratch, most * sizeof *table->items);
        table->names = kith__arena_alloc(&bulk->session->scratch, most * sizeof *table->names);
        if (!table->items || !table->names)
            return kith__no_memory(bulk->session);
    }
    return true;
}

static bool open_bulk(bulk_rows *bulk)
{
    kith__arena *arena = &bulk->session->scratch;
    size_t count = bulk->mapper->property_count;
    bulk->words = (count + 63) / 64;
    bulk->room = may_wait(bulk->mapper) ? BATCH : 1;
    bulk->filled = kith__arena_alloc(arena, count * sizeof *bulk->filled);
    bulk->optional = kith__arena_alloc(arena, count * sizeof *bulk->optional);
    bulk->always = kith__arena_zero(arena, bulk->words * sizeof *bulk->always);
    bulk->mask = kith__arena_alloc(arena, bulk->words * sizeof *bulk->mask);
    bulk->shape = kith__arena_zero(arena, bulk->words * sizeof *bulk->shape);
    bulk->tables = kith__arena_zero(arena, bulk->mapper->layer_count * sizeof *bulk->tables);
    if (!bulk->filled || !bulk->optional || !bulk->always || !bulk->mask || !bulk->shape || !bulk->tables)
        return kith__no_memory(bulk->session);
    sort_properties(bulk);
    return make_copies(bulk) && open_tables(bulk);
}

/* ---------------------------------------------------------------- a row */

static bool foreign_object(const bulk_rows *bulk, const kith__relation *relation, size_t index)
{
    kith__misuse(bulk->session, "insert.object", NULL, "%s.%s of row %zu is no %s of this session that has a row.", bulk->mapper->name, relation->name, index,
                 relation->target->name);
    return false;
}

/* A relationship to one gives its foreign key. */
static bool set_keys(bulk_rows *bulk, char *row, size_t index)
{
    const kith__mapper *mapper = bulk->mapper;
    for (size_t i = 0; i < mapper->relation_count; i++) {
        const kith__relation *relation = mapper->relations[i];
        kith__one_member one;
        memcpy(&one, row + relation->offset, sizeof one);
        if (relation->many || relation->direction != KITH__MANY_TO_ONE || !one.object)
            continue;
        const kith__object *target = kith__object_check(one.object);
        if (!target || kith__session_for(target) != bulk->session || !kith__is_a(kith__mapper_for(target), relation->target) || !kith__has_row(target))
            return foreign_object(bulk, relation, index);
        for (size_t k = 0; k < relation->pairs; k++)
            if (kith__member_set(relation->local[k], row, kith__member_value(&relation->remote[k]->field, one.object), &bulk->session->error))
                return false;
    }
    return true;
}

/* As of a new object: a member that is all zero is not given. */
static bool set_defaults(bulk_rows *bulk, char *row)
{
    const kith__mapper *mapper = bulk->mapper;
    if (mapper->kind.type != KITH_TYPE_NONE && kith__member_is_zero(&mapper->discriminator->field, row) &&
        kith__member_set(mapper->discriminator, row, mapper->kind, &bulk->session->error))
        return false;
    for (size_t i = 0; i < bulk->filled_count; i++) {
        const kith__property *property = bulk->filled[i];
        if (!kith__member_is_zero(&property->field, row))
            continue;
        kith_value value = kith__is_counted(property) ? kith_of_int(1) : kith__ask(bulk->session, property, property->attribute->on_insert, NULL, row);
        if (kith__status(bulk->session) || kith__member_set(property, row, value, &bulk->session->error))
            return false;
    }
    return true;
}

static void make_mask(bulk_rows *bulk, const char *row)
{
    memcpy(bulk->mask, bulk->always, bulk->words * sizeof *bulk->mask);
    for (size_t i = 0; i < bulk->optional_count; i++) {
        size_t index = bulk->optional[i]->index;
        if (!kith__member_is_zero(&bulk->optional[i]->field, row))
            bulk->mask[index / 64] |= UINT64_C(1) << index % 64;
    }
}

/* ---------------------------------------------------------------- the statements */

static void close_statements(bulk_rows *bulk)
{
    for (size_t p = 0; bulk->tables && p < bulk->mapper->layer_count; p++) {
        kith__statement **inserts = bulk->tables[p].inserts;
        for (size_t i = 0; i < KITH__COUNT(bulk->tables[p].inserts); i++) {
            kith__done(inserts[i]);
            inserts[i] = NULL;
        }
    }
}

static void add_column(bulk_table *table, const kith__property *property, const char *name)
{
    table->items[table->fields.count] = property->field;
    table->names[table->fields.count++] = name;
}

static void take_shape(bulk_rows *bulk)
{
    const kith__mapper *mapper = bulk->mapper;
    close_statements(bulk);
    memcpy(bulk->shape, bulk->mask, bulk->words * sizeof *bulk->mask);
    for (size_t p = 0; p < mapper->layer_count; p++) {
        const kith__layer *layer = &mapper->layers[p];
        bulk_table *table = &bulk->tables[p];
        table->fields = (kith__fields){ .model = mapper->name, .table = layer->table->name, .items = table->items };
        for (size_t i = 0; p && i < mapper->key_count; i++)
            add_column(table, mapper->key[i], layer->key[i]);
        for (size_t i = layer->first; i < layer->first + layer->count; i++)
            if (bulk->shape[i / 64] >> i % 64 & 1)
                add_column(table, &mapper->properties[i], mapper->properties[i].column->name);
    }
}

/* The statement that is there, most often. */
static kith__statement *statement_of(const bulk_rows *bulk, bulk_table *table, size_t rows)
{
    kith_session *session = bulk->session;
    kith__statement **place = &table->inserts[rows > SMALL_BATCH ? 2 : rows > 1];
    if (*place) {
        (*place)->connection->driver->reset(*place);
        return *place;
    }
    uint64_t variant;
    const void *key = kith__columns_key(bulk->mapper, &bulk->mapper->layers[table - bulk->tables], bulk->shape, KITH__BULK, rows, &variant);
    *place = kith__find(session->connection, key, variant);
    if (*place)
        return *place;
    kith__insert insert = { .table = table->fields.table, .columns = table->names, .column_count = table->fields.count, .rows = rows };
    kith__sql_reset(&session->sql);
    kith__sql_insert(&session->sql, kith__pool_dialect(session->database->pool), &insert);
    return *place = kith__prepare_kept(session, key, variant);
}

/* ---------------------------------------------------------------- rows that wait for each other */

/* What the driver does not take of a value is said in the words of kith_set. */
static bool refused(const bulk_rows *bulk, const bulk_table *table, kith__statement *statement, size_t position, const char *row)
{
    kith_session *session = bulk->session;
    const kith__mapper *mapper = bulk->mapper;
    if (kith__status(session) != KITH_RANGE)
        return false;
    kith__error_clear(&session->error);
    for (size_t i = 0; i < mapper->property_count && kith__status(session) == KITH_OK; i++) {
        kith_value value = kith__member_value(&mapper->properties[i].field, row);
        kith__check_value(session, NULL, &mapper->properties[i], &value);
    }
    if (kith__status(session) == KITH_OK)
        kith__bind_fields(statement, position, &table->fields, row, &session->error);
    return false;
}

static bool run_table(bulk_rows *bulk, bulk_table *table, size_t from, size_t rows)
{
    kith_session *session = bulk->session;
    kith__statement *statement = statement_of(bulk, table, rows);
    for (size_t i = 0; statement && i < rows; i++) {
        const char *row = bulk->rows + (from + i) * bulk->mapper->size;
        if (kith__bind_fields(statement, 1 + i * table->fields.count, &table->fields, row, &session->error))
            return refused(bulk, table, statement, 1 + i * table->fields.count, row);
    }
    return statement && kith__step_(statement, &session->error) != KITH__STEP_FAILED;
}

/* The other tables repeat the key, so that the engine's has to be known. */
static bool take_generated_key(bulk_rows *bulk, size_t row)
{
    const kith__property *identity = bulk->mapper->identity;
    if (bulk->mapper->layer_count == 1 || !identity || bulk->shape[identity->index / 64] >> identity->index % 64 & 1)
        return true;
    kith_value key = kith_of_int(kith__last_key(bulk->session->connection));
    return kith__member_set(identity, bulk->copies + row * bulk->mapper->size, key, &bulk->session->error) == KITH_OK;
}

static bool run(bulk_rows *bulk, size_t from, size_t rows)
{
    bool ok = true;
    for (size_t p = 0; ok && p < bulk->mapper->layer_count; p++)
        ok = run_table(bulk, &bulk->tables[p], from, rows) && (p || take_generated_key(bulk, from));
    return ok;
}

/* An array has nothing else to tell its rows apart by. */
static bool blame(const bulk_rows *bulk, size_t index)
{
    kith_session *session = bulk->session;
    if (kith__status(session) == KITH_CONSTRAINT) {
        kith__fail_prefix(&session->error, "Row %zu of %s could not be written:", index, bulk->mapper->name);
        kith__fail_about(&session->error, bulk->mapper->name, kith__blamed(session, bulk->mapper), NULL);
    }
    return false;
}

static bool run_or_blame(bulk_rows *bulk, size_t from, size_t rows)
{
    if (run(bulk, from, rows))
        return true;
    if (rows == 1)
        return blame(bulk, bulk->first + from);
    if (kith__status(bulk->session) != KITH_CONSTRAINT)
        return false;
    kith__error_clear(&bulk->session->error);       /* the statement is undone; row by row it shows which one it is */
    for (size_t i = from; i < from + rows; i++)
        if (!run_or_blame(bulk, i, 1))
            return false;
    return true;
}

static bool write_waiting(bulk_rows *bulk)
{
    size_t count = bulk->waiting, rows;
    bulk->waiting = 0;
    for (size_t from = 0; from < count; from += rows) {
        size_t left = count - from;
        rows = left == bulk->room ? left : bulk->room > 1 && left >= SMALL_BATCH ? SMALL_BATCH : 1;
        if (!run_or_blame(bulk, from, rows))
            return false;
    }
    return true;
}

/* As it is to be written, behind those that wait. */
static const char *fill_in(bulk_rows *bulk, const char *values, size_t index)
{
    if (!bulk->copies)
        return values;
    char *row = bulk->copies + bulk->waiting * bulk->mapper->size;
    memcpy(row, values, bulk->mapper->size);
    return set_keys(bulk, row, index) && set_defaults(bulk, row) ? row : NULL;
}

static bool is_of_the_shape(const bulk_rows *bulk)
{
    bool same = bulk->tables[0].fields.table;
    for (size_t i = 0; same && i < bulk->words; i++)
        same = bulk->mask[i] == bulk->shape[i];
    return same;
}

static bool add_row(bulk_rows *bulk, const char *values, size_t index)
{
    const char *row = fill_in(bulk, values, index);
    if (!row)
        return false;
    make_mask(bulk, row);
    if (!is_of_the_shape(bulk)) {
        if (!write_waiting(bulk))
            return false;
        take_shape(bulk);
        if (bulk->copies)
            row = memmove(bulk->copies, row, bulk->mapper->size);
    }
    if (!bulk->waiting++) {
        bulk->first = index;
        bulk->rows = row;
    }
    return (bulk->waiting < bulk->room && bulk->tables[0].fields.count) || write_waiting(bulk);     /* DEFAULT VALUES are of one row */
}

/* ---------------------------------------------------------------- all of them */

void kith__take_back(kith_session *session)
{
    kith__error ignored = { .public_ = { .status = KITH_OK } };
    if (kith__savepoint_rollback(session->connection, &ignored))
        session->broken = session->lost = true;
    kith__error_free(&ignored);
}

static int64_t insert_rows(bulk_rows *bulk, const char *values, size_t count)
{
    kith_session *session = bulk->session;
    if (!open_bulk(bulk) || kith__write_by_sql(session) || kith__savepoint_set(session->connection, &session->error))
        return -1;
    bool ok = true;
    for (size_t i = 0; ok && i < count; i++)
        ok = add_row(bulk, values + i * bulk->mapper->size, i);
    ok = ok && write_waiting(bulk);
    close_statements(bulk);
    if (ok && kith__savepoint_release(session->connection, &session->error) == KITH_OK)
        return (int64_t)count;
    kith__take_back(session);       /* nothing of the array may stay, whatever becomes of the error */
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
