/*
 * INSERT, UPDATE and DELETE of the flush. Rows of one shape (the same model, the same columns) run through one prepared statement.
 */
#include "session/session.h"

#include <stdlib.h>

/* Many rows in one INSERT cost little more than half; few of them are not worth a statement of another shape. */
enum { BATCH = 64, SMALL_BATCH = 8 };

/* ---------------------------------------------------------------- shapes: a statement for a set of columns */

/* Which columns of a model a statement speaks of, and their fields to bind from. */
typedef struct shape {
    const kith__mapper *mapper;
    const kith__layer *layer;       /* whose table; its row has the columns of the mask that are of that table */
    uint64_t *mask;                 /* a bit per property */
    size_t words;
    kith__fields fields;            /* of the columns in the mask */
    const char **names;
    kith__fields key;               /* of the key, and the version: an UPDATE's WHERE */
    const char **key_names;
    kith__fields defaults;          /* what an INSERT leaves to the engine, and reads back */
    const char **default_names;
    size_t rows;                    /* of one INSERT */
} shape;

static bool has(const uint64_t *mask, size_t index) { return mask[index / 64] >> index % 64 & 1; }
static void put(uint64_t *mask, size_t index) { mask[index / 64] |= UINT64_C(1) << index % 64; }

/* of the bits from the first on */
static bool has_any(const uint64_t *mask, size_t first, size_t count)
{
    size_t end = first + count;
    for (size_t word = first / 64; word * 64 < end; word++) {
        uint64_t bits = mask[word];
        if (word == first / 64)
            bits &= UINT64_MAX << first % 64;
        if (word == end / 64)
            bits &= ~(UINT64_MAX << end % 64);
        if (bits)
            return true;
    }
    return false;
}

static bool shape_is(const shape *s, const kith__layer *layer, const uint64_t *mask, size_t rows)
{
    bool same = s->layer == layer && s->rows == rows;
    for (size_t word = 0; same && word < s->words; word++)      /* it is one, most often */
        same = s->mask[word] == mask[word];
    return same;
}

static bool fields_make(kith_session *session, const kith__mapper *mapper, kith__fields *fields, const char ***names)
{
    kith__field *items = kith__arena_alloc(&session->scratch, (mapper->property_count + mapper->key_count + 1) * sizeof *items);
    *names = kith__arena_alloc(&session->scratch, (mapper->property_count + mapper->key_count + 1) * sizeof **names);
    *fields = (kith__fields){ .model = mapper->name, .table = mapper->table->name, .items = items };
    return (items && *names) || kith__no_memory(session);
}

static void fields_put(kith__fields *fields, const char **names, const kith__property *property, const char *column)
{
    ((kith__field *)(uintptr_t)fields->items)[fields->count] = property->field;
    names[fields->count++] = column;
}

static void fields_add(kith__fields *fields, const char **names, const kith__property *property) { fields_put(fields, names, property, property->column->name); }

static bool left_to_engine(const kith__property *property, const uint64_t *mask)
{
    return !has(mask, property->index) && property != property->mapper->identity;
}

static bool is_first(const kith__mapper *mapper, const kith__layer *layer) { return layer == mapper->layers; }

/* What a row of the layer has, and what is left out. Behind the first, a table repeats the key. */
static void shape_columns(shape *s)
{
    const kith__mapper *mapper = s->mapper;
    for (size_t i = 0; !is_first(mapper, s->layer) && s->rows && i < mapper->key_count; i++)
        fields_put(&s->fields, s->names, mapper->key[i], s->layer->key[i]);
    for (size_t i = s->layer->first; i < s->layer->first + s->layer->count; i++) {
        const kith__property *property = &mapper->properties[i];
        if (has(s->mask, i))
            fields_add(&s->fields, s->names, property);
        else if (left_to_engine(property, s->mask))
            fields_add(&s->defaults, s->default_names, property);
    }
    for (size_t i = 0; i < mapper->key_count; i++)
        fields_put(&s->key, s->key_names, mapper->key[i], s->layer->key[i]);
    if (mapper->version && is_first(mapper, s->layer))
        fields_add(&s->key, s->key_names, mapper->version);
}

/* rows 0: of an UPDATE */
static bool shape_make(kith_session *session, const kith__mapper *mapper, const kith__layer *layer, const uint64_t *mask, size_t rows, shape *s)
{
    *s = (shape){ .mapper = mapper, .layer = layer, .rows = rows, .words = (mapper->property_count + 63) / 64 };
    s->mask = kith__arena_copy(&session->scratch, mask, s->words * sizeof *mask);
    if (!s->mask)
        return kith__no_memory(session);
    if (!fields_make(session, mapper, &s->fields, &s->names) || !fields_make(session, mapper, &s->key, &s->key_names) ||
        !fields_make(session, mapper, &s->defaults, &s->default_names))
        return false;
    shape_columns(s);
    return true;
}

const void *kith__columns_key(const kith__mapper *mapper, const kith__layer *layer, const uint64_t *mask, uint64_t kind, size_t rows, uint64_t *variant)
{
    *variant = mapper->property_count <= 48 ? mask[0] << 16 | kind | rows << 4 : 0;
    return mapper->property_count <= 48 ? layer : NULL;
}

static kith__statement *shape_statement(kith_session *session, const shape *s, uint64_t kind, void (*print)(kith_session *, const shape *))
{
    uint64_t variant;
    const void *key = kith__columns_key(s->mapper, s->layer, s->mask, kind, s->rows, &variant);
    kith__statement *statement = kith__find(session->connection, key, variant);
    if (statement)
        return statement;
    kith__sql_reset(&session->sql);
    print(session, s);
    return kith__prepare_kept(session, key, variant);
}

/* ---------------------------------------------------------------- who is to blame */

/* "raccoons.name", or "ck_raccoons_age", the check of a column */
static bool is_of_column(const char *constraint, const char *table, const char *column)
{
    const char *dot = strchr(constraint, '.');
    size_t size = strlen(table);
    if (dot)
        return strcmp(column, dot + 1) == 0;
    return strncmp(constraint, "ck_", 3) == 0 && strncmp(constraint + 3, table, size) == 0 && constraint[3 + size] == '_' &&
        strcmp(column, constraint + 3 + size + 1) == 0;
}

/* The constraint of an error becomes the model's member: NULL, where it is of none, or of several. */
const char *kith__blamed(const kith_session *session, const kith__mapper *mapper)
{
    const char *constraint = session->error.public_.constraint;
    if (session->error.public_.attribute)
        return session->error.public_.attribute;
    for (size_t i = 0; constraint && i < mapper->property_count; i++)
        if (is_of_column(constraint, mapper->layers[mapper->properties[i].layer].table->name, mapper->properties[i].column->name))
            return mapper->properties[i].name;
    return NULL;
}

static void blame(kith__object *object)
{
    kith_session *session = kith__session_for(object);
    const kith__mapper *mapper = kith__mapper_for(object);
    if (session->error.public_.object)
        return;     /* it is known already */
    if (kith__status(session) == KITH_CONSTRAINT && !session->error.public_.model)
        kith__fail_prefix(&session->error, "A %s could not be written:", mapper->name);
    kith__fail_about(&session->error, mapper->name, kith__blamed(session, mapper), kith__struct(object));
}

static int blame_it(kith__object *object)
{
    blame(object);
    return kith__status(kith__session_for(object));
}

/* ---------------------------------------------------------------- INSERT */

static void print_insert(kith_session *session, const shape *s)
{
    kith__insert insert = { .table = s->layer->table->name, .columns = s->names, .column_count = s->fields.count, .rows = s->rows,
                            .returning = s->default_names, .returning_count = s->defaults.count };
    kith__sql_insert(&session->sql, kith__pool_dialect(session->database->pool), &insert);
}

/* Every column, but a generated key and what the engine's own default fills: those only where the program gave them. */
static void insert_mask(const kith__object *object, uint64_t *mask)
{
    const kith__mapper *mapper = kith__mapper_for(object);
    for (size_t i = 0; i < mapper->property_count; i++) {
        const kith__property *property = &mapper->properties[i];
        bool optional = property == mapper->identity || property->column->default_sql;
        bool given = !optional || (object->notes && has(object->notes->changed, i)) || !kith__member_is_zero(&property->field, object + 1);
        if (given && (property != mapper->identity || !kith__member_is_zero(&property->field, object + 1)))
            put(mask, i);
    }
}

static bool set_int(kith__object *object, const kith__property *property, int64_t value)
{
    return kith__member_set(property, kith__struct(object), kith_of_int(value), &kith__session_for(object)->error) == KITH_OK;
}

static int inserted(kith_session *session, kith__object *object)
{
    const kith__mapper *mapper = kith__mapper_for(object);
    if (!kith__journal_insert(session, object) || !kith__object_move(object, KITH_PERSISTENT) || !kith__identity_put(session, object))
        return kith__status(session);
    object->epoch = session->epoch;
    for (size_t i = 0; i < mapper->relation_count; i++) {
        kith_link *link = mapper->relations[i]->many ? kith__link_peek(object, mapper->relations[i]) : NULL;
        if (link && !kith__link_settle(link))
            return kith__status(session);
    }
    return KITH_OK;
}

static int run_insert(kith_session *session, const shape *s, kith__statement *statement, kith__object *object)
{
    if (kith__bind_fields(statement, 1, &s->fields, kith__struct(object), &session->error))
        return kith__status(session);
    kith__step step = kith__step_(statement, &session->error);
    if (step == KITH__ROW && s->defaults.count) {
        kith__object_room room;
        kith__room_apart(&room, object);
        if (kith__row(statement, 0, &s->defaults, kith__struct(object), &room.room, &session->error))
            return kith__status(session);
        step = kith__step_(statement, &session->error);
    }
    return step == KITH__STEP_FAILED ? kith__status(session) : KITH_OK;
}

/* ---------------------------------------------------------------- UPDATE */

static void print_update(kith_session *session, const shape *s)
{
    kith__update update = { .table = s->layer->table->name, .columns = s->names, .column_count = s->fields.count, .keys = s->key_names, .key_count = s->key.count };
    kith__sql_update(&session->sql, kith__pool_dialect(session->database->pool), &update);
}

/* What was written and is different now. */
static bool update_mask(const kith__object *object, uint64_t *mask)
{
    const kith__mapper *mapper = kith__mapper_for(object);
    const kith__notes *notes = object->notes;
    bool any = false;
    if (!notes || !notes->original)
        return false;
    for (size_t word = 0; word < (mapper->property_count + 63) / 64; word++)
        for (uint64_t left = notes->changed[word]; left; left &= left - 1) {
            size_t i = word * 64 + (size_t)__builtin_ctzll(left);
            if (!(object->flags & KITH__EXPIRED) && kith__member_equal(&mapper->properties[i].field, object + 1, notes->original))
                continue;
            put(mask, i);
            any = true;
        }
    return any;
}

static int stale(kith__object *object, const char *verb)
{
    kith_session *session = kith__session_for(object);
    const kith__mapper *mapper = kith__mapper_for(object);
    kith__fail(&session->error, KITH_STALE, "flush.stale", "The row of %s was to be %s, but it is not there any more%s.", kith_describe(object + 1),
               verb, mapper->version ? " or another session has changed it" : "");
    kith__fail_hint(&session->error, "Roll back, read it anew and try again.");
    kith__fail_about(&session->error, mapper->name, NULL, object + 1);
    return KITH_STALE;
}

static bool next_version(kith__object *object, uint64_t *mask)
{
    const kith__property *version = kith__mapper_for(object)->version;
    if (!kith__is_counted(version) || has(mask, version->index))
        return true;
    put(mask, version->index);
    return set_int(object, version, kith__member_value(&version->field, object->notes->original).i + 1);
}

static int run_update(kith_session *session, const shape *s, kith__statement *statement, kith__object *object, const void *row)
{
    if (kith__bind_fields(statement, 1, &s->fields, kith__struct(object), &session->error) ||
        kith__bind_fields(statement, s->fields.count + 1, &s->key, row, &session->error) ||
        kith__step_(statement, &session->error) == KITH__STEP_FAILED)
        return kith__status(session);
    return kith__changes(session->connection) == 1 ? KITH_OK : stale(object, "updated");
}

/* ---------------------------------------------------------------- many of one shape */

static int delete_chunk(kith_session *, const kith__mapper *, kith__object *const *, size_t);

typedef struct writer {
    kith_session *session;
    shape shape;
    kith__statement *statement;
    uint64_t *mask;
    /* an INSERT of many rows: objects of one model and one mask that wait for each other */
    kith__object *batch[BATCH];
    size_t batch_count;
    uint64_t *batch_mask;
    const kith__mapper *keys_of;    /* the root whose next key it is; 0: the engine has to make them one by one */
    int64_t next_key;
} writer;

static bool writer_open(kith_session *session, writer *w)
{
    size_t most = 0;
    for (size_t i = 0; i < session->database->models->count; i++)
        if (session->database->models->mappers[i]->property_count > most)
            most = session->database->models->mappers[i]->property_count;
    *w = (writer){ .session = session, .mask = kith__arena_alloc(&session->scratch, (most / 64 + 1) * sizeof *w->mask),
                   .batch_mask = kith__arena_alloc(&session->scratch, (most / 64 + 1) * sizeof *w->mask) };
    return (w->mask && w->batch_mask) || kith__no_memory(session);
}

static uint64_t *writer_mask(writer *w, const kith__mapper *mapper)
{
    for (size_t word = 0; word * 64 < mapper->property_count; word++)
        w->mask[word] = 0;
    return w->mask;
}

/* the statement for the model and the mask, which most often is the one that is there */
static bool writer_turn(writer *w, const kith__mapper *mapper, size_t layer, const uint64_t *mask, size_t rows, uint64_t kind, void (*print)(kith_session *, const shape *))
{
    if (w->statement && shape_is(&w->shape, &mapper->layers[layer], mask, rows)) {
        w->statement->connection->driver->reset(w->statement);
        return true;
    }
    kith__done(w->statement);
    w->statement = shape_make(w->session, mapper, &mapper->layers[layer], mask, rows, &w->shape) ? shape_statement(w->session, &w->shape, kind, print) : NULL;
    return w->statement != NULL;
}

/* ---------------------------------------------------------------- row switch */

/* The object of the session that has this key already, when the program gave one. */
static kith__object *same_key(kith_session *session, kith__object *object)
{
    const kith__mapper *mapper = kith__mapper_for(object);
    kith_value key[KITH__MOST_PARTS];
    if (mapper->identity && kith__member_is_zero(&mapper->identity->field, object + 1))
        return NULL;
    kith__key_of(mapper, object + 1, key);
    for (size_t i = 0; i < mapper->key_count; i++)
        if (key[i].absent)
            return NULL;
    return kith__identity_get(session, mapper->root, key);
}

static int identity_conflict(kith__object *object, const kith__object *there)
{
    kith_session *session = kith__session_for(object);
    kith__fail(&session->error, KITH_CONSTRAINT, "identity.conflict", "A new %s has the key of one that is in the session already: %s.",
               kith__mapper_for(object)->name, kith_describe(there + 1));
    kith__fail_hint(&session->error, "Find the one that is there with kith_get and change it.");
    kith__fail_about(&session->error, kith__mapper_for(object)->name, kith__mapper_for(object)->key[0]->name, object + 1);
    return KITH_CONSTRAINT;
}

/* An UPDATE of each table that has columns of the mask. row: what it is found by. */
static int update_layers(writer *w, kith__object *object, const void *row)
{
    const kith__mapper *mapper = kith__mapper_for(object);
    for (size_t p = 0; p < mapper->layer_count; p++) {
        const kith__layer *layer = &mapper->layers[p];
        if (has_any(w->mask, layer->first, layer->count) && (!writer_turn(w, mapper, p, w->mask, 0, KITH__UPDATE, print_update) || run_update(w->session, &w->shape, w->statement, object, row)))
            return kith__status(w->session);
    }
    return KITH_OK;
}

/* Deleted and added in one flush: the row stays and is overwritten. */
static int switch_row(writer *w, kith__object *object, kith__object *old)
{
    kith_session *session = w->session;
    const kith__mapper *mapper = kith__mapper_for(object);
    uint64_t *mask = writer_mask(w, mapper);
    for (size_t i = 0; i < mapper->property_count; i++)
        if (!mapper->properties[i].primary_key)
            put(mask, i);
    const void *row = kith__in_row(old);
    if (kith__is_counted(mapper->version) && !set_int(object, mapper->version, kith__member_value(&mapper->version->field, row).i + 1))
        return kith__status(session);
    old->flags &= (uint16_t)~KITH__DOOMED;
    if (update_layers(w, object, row))
        return kith__status(session);
    if (!kith__journal_add(session, KITH__UNDO_DELETE, old, NULL))
        return kith__status(session);
    kith__identity_lift(session, old);
    kith__group_leave(old);
    kith__object_move(old, KITH_DELETED);
    return inserted(session, object);
}

/* ---------------------------------------------------------------- one row, many rows */

/* 0 near the end of all integers */
static int64_t as_next_key(int64_t key) { return key < INT64_MAX - INT32_MAX ? key : 0; }

/* The row has this key now: those that are still to be made come behind it. */
static void count_key(writer *w, const kith__mapper *mapper, int64_t key)
{
    if (w->keys_of == mapper->root && w->next_key > 0 && key >= w->next_key)
        w->next_key = as_next_key(key) ? key + 1 : 0;
}

static void count_given_key(writer *w, const kith__object *object)
{
    const kith__mapper *mapper = kith__mapper_for(object);
    if (w->keys_of == mapper->root && mapper->identity)
        count_key(w, mapper, kith__int_key(mapper, object + 1));
}

static int take_generated_key(writer *w, kith__object *object)
{
    const kith__mapper *mapper = kith__mapper_for(object);
    int64_t key = kith__last_key(w->session->connection);
    if (!set_int(object, mapper->identity, key))
        return kith__status(w->session);
    object->flags |= KITH__GENERATED;
    count_key(w, mapper, key);
    return KITH_OK;
}

/* Into each of its tables, from the layer on that is not there yet. */
static int insert_row(writer *w, kith__object *object, const uint64_t *mask, size_t from)
{
    const kith__mapper *mapper = kith__mapper_for(object);
    bool generated = mapper->identity && !has(mask, mapper->identity->index);
    for (size_t p = from; p < mapper->layer_count; p++) {
        if (!writer_turn(w, mapper, p, mask, 1, KITH__INSERT, print_insert) || run_insert(w->session, &w->shape, w->statement, object))
            return kith__status(w->session);
        if (!p && generated && take_generated_key(w, object))
            return kith__status(w->session);
    }
    count_given_key(w, object);
    return inserted(w->session, object);
}

/* The keys that the engine would give: we hold the write lock, so nobody else takes them. Asked once a flush and model, and again after a
 * function of the program has sent something: it may have inserted rows of its own. Where the engine cannot say so beforehand (a trigger
 * may add rows of its own, keys are never reused), next_key is 0. */
static bool know_next_key(writer *w, const kith__mapper *mapper)
{
    kith_session *session = w->session;
    const kith__dialect *dialect = kith__pool_dialect(session->database->pool);
    const kith__mapper *root = mapper->root;
    if (w->keys_of == root)
        return w->next_key > 0;
    w->keys_of = root;
    w->next_key = 0;
    if (!dialect->next_key || !mapper->int_key || mapper->identity->column->never_reuse)
        return false;
    kith__sql_reset(&session->sql);
    dialect->next_key(&session->sql.text, root->table->name, mapper->identity->column->name);
    kith__statement *statement = kith__prepare_kept(session, root, KITH__NEXT_KEY);
    kith_value table = kith_of_text(root->table->name);
    if (statement && kith__bind_value(statement, 1, &table, NULL, &session->error) == KITH_OK &&
        kith__step_(statement, &session->error) == KITH__ROW && !kith__row_int(statement, 0, &w->next_key))
        w->next_key = 0;
    kith__done(statement);
    w->next_key = as_next_key(w->next_key);
    return w->next_key > 0;
}

static int one_by_one(writer *w, kith__object *const *objects, size_t count, size_t layer)
{
    for (size_t i = 0; i < count; i++)
        if (insert_row(w, objects[i], w->batch_mask, layer))
            return blame_it(objects[i]);
    return KITH_OK;
}

static int run_batch_of(writer *w, kith__object *const *objects, size_t count, size_t layer)
{
    kith_session *session = w->session;
    if (!writer_turn(w, kith__mapper_for(objects[0]), layer, w->batch_mask, count, KITH__INSERT, print_insert))
        return kith__status(session);
    for (size_t i = 0; i < count; i++)
        if (kith__bind_fields(w->statement, 1 + i * w->shape.fields.count, &w->shape.fields, kith__struct(objects[i]), &session->error))
            return blame_it(objects[i]);
    kith__step_(w->statement, &session->error);
    return kith__status(session);
}

static int run_batch(writer *w, kith__object *const *objects, size_t count, bool generated)
{
    kith_session *session = w->session;
    const kith__mapper *mapper = kith__mapper_for(objects[0]);
    for (size_t i = 0; i < count && generated; i++) {
        objects[i]->flags |= KITH__GENERATED;
        if (!set_int(objects[i], mapper->identity, w->next_key++))
            return kith__status(session);
    }
    for (size_t p = 0; p < mapper->layer_count; p++) {
        if (!run_batch_of(w, objects, count, p))
            continue;
        if (kith__status(session) != KITH_CONSTRAINT)
            return kith__status(session);
        kith__error_clear(&session->error);     /* the statement is undone; row by row it shows which one it is */
        return one_by_one(w, objects, count, p);
    }
    for (size_t i = 0; i < count; i++) {
        count_given_key(w, objects[i]);
        if (inserted(session, objects[i]))
            return kith__status(session);
    }
    return KITH_OK;
}

static int write_batch(writer *w)
{
    kith__object **objects = w->batch;
    size_t count = w->batch_count;
    w->batch_count = 0;
    if (!count)
        return KITH_OK;
    const kith__mapper *mapper = kith__mapper_for(objects[0]);
    bool generated = mapper->identity && !has(w->batch_mask, mapper->identity->index);
    if (count < SMALL_BATCH || (generated && !know_next_key(w, mapper)))
        return kith__status(w->session) ? kith__status(w->session) : one_by_one(w, objects, count, 0);
    if (generated)
        put(w->batch_mask, mapper->identity->index);
    while (count >= SMALL_BATCH) {
        size_t rows = count >= BATCH ? BATCH : SMALL_BATCH;
        if (run_batch(w, objects, rows, generated))
            return kith__status(w->session);
        objects += rows;
        count -= rows;
    }
    for (size_t i = 0; i < count && generated; i++) {
        objects[i]->flags |= KITH__GENERATED;
        if (!set_int(objects[i], mapper->identity, w->next_key++))
            return kith__status(w->session);
    }
    return one_by_one(w, objects, count, 0);
}

/* Objects whose rows may not wait: a later row of the same table may reference them, or the engine has to tell a default. */
static bool can_wait(const kith__mapper *mapper, const uint64_t *mask)
{
    if (mapper->cycle)
        return false;
    for (size_t i = 0; i < mapper->property_count; i++)
        if (left_to_engine(&mapper->properties[i], mask))
            return false;
    return mapper->property_count * BATCH <= 2000;      /* far below what any engine binds */
}

/* What the program's own functions say of members that are not given. */
static bool fill_in(writer *w, kith__object *object)
{
    const kith__mapper *mapper = kith__mapper_for(object);
    const kith__connection *connection = w->session->connection;
    int64_t sent = connection->statements;
    if (!kith__kind_say(object))
        return false;
    for (size_t i = 0; i < mapper->property_count; i++) {
        const kith__property *property = &mapper->properties[i];
        const kith_attribute *a = property->attribute;
        if ((!a->on_insert && !a->default_of) || (object->notes && has(object->notes->changed, i)) || !kith__member_is_zero(&property->field, object + 1))
            continue;
        kith_value value = kith__ask(w->session, property, a->on_insert, a->default_of, object + 1);
        if (kith__status(w->session) || kith__write(object, property, value))
            return false;
    }
    if (connection->statements != sent)
        w->keys_of = NULL;
    return true;
}

static bool fill_in_again(kith__object *object, const uint64_t *mask)
{
    const kith__mapper *mapper = kith__mapper_for(object);
    for (size_t i = 0; i < mapper->property_count; i++) {
        const kith__property *property = &mapper->properties[i];
        const kith_attribute *a = property->attribute;
        if ((!a->on_every_update && !a->change_of) || has(mask, i))
            continue;
        kith_value value = kith__ask(kith__session_for(object), property, a->on_every_update, a->change_of, object + 1);
        if (kith__status(kith__session_for(object)) || kith__write(object, property, value))
            return false;
    }
    return true;
}

/* The rows have the same columns to be overwritten, as far as they lie in the same tables. */
static bool may_switch(const kith__object *object, const kith__object *old)
{
    const kith__mapper *a = kith__mapper_for(object), *b = kith__mapper_for(old);
    return a == b || (a->layer_count == 1 && b->layer_count == 1);
}

/* What was its own has let go of it, which its rows have to say first. */
static int delete_now(kith__object *old)
{
    kith_session *session = kith__session_for(old);
    if (kith__update_all(session, 0, session->dirty.count, true))
        return kith__status(session);
    return delete_chunk(session, kith__mapper_for(old), &old, 1) || kith__row_deleted(session, old) ? kith__status(session) : KITH_OK;
}

static int insert_one(writer *w, kith__object *object)
{
    kith_session *session = w->session;
    const kith__mapper *mapper = kith__mapper_for(object);
    if (w->batch_count && kith__mapper_for(w->batch[0]) != mapper && write_batch(w))
        return kith__status(session);
    if (!kith__sync_keys(object) || !fill_in(w, object))
        return kith__status(session);
    if (kith__is_counted(mapper->version) && kith__member_is_zero(&mapper->version->field, object + 1) && !set_int(object, mapper->version, 1))
        return kith__status(session);
    kith__object *there = same_key(session, object);
    if (there && !(there->flags & KITH__DOOMED))
        return identity_conflict(object, there);
    if (there && kith__join_rows_remove_of(session, &(kith__objects){ .items = &there, .count = 1 }))
        return kith__status(session);       /* they are of the old object, whatever becomes of its row */
    if (there && may_switch(object, there))
        return switch_row(w, object, there);
    if (there && delete_now(there))
        return kith__status(session);
    insert_mask(object, writer_mask(w, mapper));
    if (!can_wait(mapper, w->mask))
        return insert_row(w, object, w->mask, 0);
    size_t words = (mapper->property_count + 63) / 64;
    if (w->batch_count && memcmp(w->batch_mask, w->mask, words * sizeof *w->mask) != 0 && write_batch(w))
        return kith__status(session);
    memcpy(w->batch_mask, w->mask, words * sizeof *w->mask);
    w->batch[w->batch_count++] = object;
    return w->batch_count == BATCH ? write_batch(w) : KITH_OK;
}

int kith__insert_all(kith_session *session, const kith__objects *objects)
{
    writer w;
    if (!objects->count || !writer_open(session, &w))
        return kith__status(session);
    for (size_t i = 0; i < objects->count; i++)
        if (insert_one(&w, objects->items[i])) {
            blame(objects->items[i]);
            break;
        }
    if (kith__status(session) == KITH_OK)
        write_batch(&w);
    kith__done(w.statement);
    return kith__status(session);
}

/* The map finds an object by the key of its row. */
static int row_updated(const writer *w, kith__object *object)
{
    const kith__mapper *mapper = kith__mapper_for(object);
    for (size_t i = 0; i < mapper->key_count; i++)
        if (has(w->mask, mapper->key[i]->index))
            return kith__identity_follow(w->session, object) ? KITH_OK : kith__status(w->session);
    return KITH_OK;
}

static int update_one(writer *w, kith__object *object)
{
    kith_session *session = w->session;
    const kith__mapper *mapper = kith__mapper_for(object);
    if (!kith__has_row(object) || object->flags & KITH__DOOMED)
        return KITH_OK;
    if (!kith__sync_keys(object))
        return kith__status(session);
    if (!update_mask(object, writer_mask(w, mapper)))
        return KITH_OK;
    if (mapper->renews && !fill_in_again(object, w->mask))
        return kith__status(session);
    if (mapper->renews)
        update_mask(object, w->mask);
    if (!next_version(object, w->mask) || update_layers(w, object, object->notes->original))
        return kith__status(session);
    return row_updated(w, object);
}

static bool references_new(const kith__object *object)
{
    const kith__mapper *mapper = kith__mapper_for(object);
    for (size_t i = 0; i < mapper->relation_count; i++) {
        const kith__relation *relation = mapper->relations[i];
        if (relation->direction != KITH__MANY_TO_ONE || relation->view_only)
            continue;
        const kith__one_member *one = kith__one_of(object, relation);
        if (one->link == KITH__CHANGED && one->object && !kith__has_row(kith__header(one->object)))
            return true;
    }
    for (const kith__parent *parent = object->notes ? object->notes->parents : NULL; parent; parent = parent->next)
        if (parent->object && !kith__has_row(parent->object))
            return true;
    return false;
}

int kith__update_all(kith_session *session, size_t from, size_t to, bool before_inserts)
{
    writer w;
    if (from >= to || !writer_open(session, &w))
        return kith__status(session);
    for (size_t i = from; i < to && kith__status(session) == KITH_OK; i++) {
        kith__object *object = session->dirty.items[i];
        bool done = object->flags & KITH__PLACED;
        if (!before_inserts)
            object->flags &= (uint16_t)~KITH__PLACED;
        if (done || (before_inserts && references_new(object)))
            continue;
        if (update_one(&w, object))
            blame(object);
        else if (before_inserts)
            object->flags |= KITH__PLACED;
    }
    kith__done(w.statement);
    return kith__status(session);
}

/* ---------------------------------------------------------------- DELETE */

static kith__statement *prepare_delete(kith_session *session, const kith__mapper *mapper, const kith__layer *layer, size_t size, bool versioned)
{
    uint64_t variant = KITH__DELETE_KEYS | size;
    kith__statement *statement = kith__find(session->connection, layer, variant);
    if (statement)
        return statement;
    const char *names[KITH__MOST_PARTS + 1];
    size_t count = 0;
    for (size_t i = 0; i < mapper->key_count; i++)
        names[count++] = layer->key[i];
    if (versioned)
        names[count++] = mapper->version->column->name;
    kith__sql_reset(&session->sql);
    kith__sql_delete(&session->sql, kith__pool_dialect(session->database->pool), layer->table->name, names, count, size);
    return kith__prepare_kept(session, layer, variant);
}

static int delete_layers(kith_session *session, const kith__mapper *mapper, const kith__layer *layer, kith__object *const *objects, size_t count)
{
    const kith__property *parts[KITH__MOST_PARTS + 1];
    bool versioned = mapper->version && is_first(mapper, layer);
    size_t width = mapper->key_count, size = mapper->version ? 1 : kith__chunk_size(count);
    memcpy(parts, mapper->key, width * sizeof *parts);
    if (versioned)
        parts[width++] = mapper->version;
    kith__statement *statement = prepare_delete(session, mapper, layer, size, versioned);
    for (size_t i = 0; statement && i < size; i++)
        for (size_t k = 0; k < width; k++) {
            kith_value value = kith__member_value(&parts[k]->field, kith__in_row(objects[i < count ? i : count - 1]));
            if (kith__bind_value(statement, i * width + k + 1, &value, parts[k]->field.column, &session->error))
                break;
        }
    if (statement && kith__status(session) == KITH_OK)
        kith__step_(statement, &session->error);
    kith__done(statement);
    if (kith__status(session) == KITH_OK && versioned && kith__changes(session->connection) != 1)
        stale(objects[0], "deleted");
    return kith__status(session);
}

/* The root's table last: the others reference it. */
static int delete_chunk(kith_session *session, const kith__mapper *mapper, kith__object *const *objects, size_t count)
{
    for (size_t p = mapper->layer_count; p-- > 0;)
        if (delete_layers(session, mapper, &mapper->layers[p], objects, count))
            break;
    return kith__status(session);
}

/* In memory it leaves the lists that it was in. */
static bool leave_lists(kith__object *object)
{
    const kith__mapper *mapper = kith__mapper_for(object);
    for (size_t i = 0; i < mapper->relation_count; i++) {
        const kith__relation *relation = mapper->relations[i], *back = relation->reverse;
        bool known;
        kith__object *owner = relation->direction == KITH__MANY_TO_ONE && back ? kith__one_peek(object, relation, &known) : NULL;
        if (!owner || !kith__has_row(owner))
            continue;
        kith_link *link = back->many ? kith__link_peek(owner, back) : NULL;
        if (link && !kith__link_take(link, object))
            return false;
        if (!back->many && kith__one_of(owner, back)->object == object + 1)
            *kith__one_of(owner, back) = (kith__one_member){ NULL, KITH__LOADED };
    }
    return true;
}

/* The same for lists that what they hold does not know of: once for all that was deleted. */
int kith__leave_one_sided_lists(kith_session *session)
{
    for (kith_link *link = session->database->models->one_sided ? session->links : NULL; link; link = link->next)
        for (size_t i = link->relation && !link->relation->reverse ? link->list.count : 0; i-- > 0;) {
            const kith__object *item = kith__header(link->list.items[i]);
            if (item->state == KITH_DELETED && !kith__link_take(link, item))
                return kith__status(session);
        }
    return KITH_OK;
}

int kith__row_deleted(kith_session *session, kith__object *object)
{
    if (!leave_lists(object) || !kith__journal_add(session, KITH__UNDO_DELETE, object, NULL))
        return kith__status(session);
    kith__identity_lift(session, object);
    kith__group_leave(object);
    object->flags &= (uint16_t)~(KITH__DOOMED | KITH__DIRTY);
    kith__object_move(object, KITH_DELETED);
    return kith__status(session);
}

/* ---------------------------------------------------------------- rows that reference each other in a circle */

static int let_go_of_key(kith__object *object, const kith__relation *relation)
{
    kith_session *session = kith__session_for(object);
    const kith__mapper *mapper = relation->owner;
    const kith__layer *layer = &mapper->layers[relation->local[0]->layer];
    const char *columns[KITH__MOST_PARTS], *keys[KITH__MOST_PARTS];
    kith__statement *statement = kith__find(session->connection, relation, KITH__UPDATE);
    for (size_t i = 0; i < relation->pairs; i++)
        columns[i] = relation->local[i]->column->name;
    for (size_t i = 0; i < mapper->key_count; i++)
        keys[i] = layer->key[i];
    kith__update update = { .table = layer->table->name, .columns = columns, .column_count = relation->pairs, .keys = keys, .key_count = mapper->key_count };
    if (!statement) {
        kith__sql_reset(&session->sql);
        kith__sql_update(&session->sql, kith__pool_dialect(session->database->pool), &update);
        statement = kith__prepare_kept(session, relation, KITH__UPDATE);
    }
    for (size_t i = 0; statement && i < relation->pairs + mapper->key_count; i++) {
        const kith__property *property = i < relation->pairs ? relation->local[i] : mapper->key[i - relation->pairs];
        kith_value value = i < relation->pairs ? (kith_value){ .type = kith__field_type(&property->field), .absent = 1 }
                                               : kith__member_value(&property->field, kith__in_row(object));
        if (kith__bind_value(statement, i + 1, &value, property->field.column, &session->error))
            break;
    }
    if (statement && kith__status(session) == KITH_OK)
        kith__step_(statement, &session->error);
    kith__done(statement);
    return kith__status(session);
}

/* The target goes first though this row still references it: no order of the two is right. */
static bool is_back_reference(const kith__object *object, const kith__relation *relation)
{
    bool known;
    if (relation->direction != KITH__MANY_TO_ONE || relation->view_only || relation->target->cycle != relation->owner->cycle || !relation->local[0]->nullable)
        return false;
    const kith__object *target = kith__one_peek(object, relation, &known);
    return target && target->flags & KITH__DOOMED && !(target->flags & KITH__VISITED);
}

static int open_circles(kith_session *session, const kith__objects *objects)
{
    for (size_t i = 0; i < objects->count && kith__status(session) == KITH_OK; i++) {
        kith__object *object = objects->items[i];
        const kith__mapper *mapper = kith__mapper_for(object);
        object->flags |= KITH__VISITED;
        for (size_t r = 0; mapper->cycle && r < mapper->relation_count; r++)
            if (is_back_reference(object, mapper->relations[r]) && let_go_of_key(object, mapper->relations[r]))
                break;
    }
    for (size_t i = 0; i < objects->count; i++)
        objects->items[i]->flags &= (uint16_t)~KITH__VISITED;
    return kith__status(session);
}

/* The objects come with those that they reference first; rows go in the other order. */
int kith__delete_all(kith_session *session, const kith__objects *objects)
{
    if (open_circles(session, objects))
        return kith__status(session);
    for (size_t end = objects->count, start; end > 0; end = start) {
        kith__object *chunk[KITH__CHUNK];
        const kith__mapper *mapper = kith__mapper_for(objects->items[end - 1]);
        size_t limit = mapper->version ? 1 : KITH__CHUNK, count = 0;
        for (start = end; start > 0 && count < limit && kith__mapper_for(objects->items[start - 1]) == mapper; start--)
            if (objects->items[start - 1]->flags & KITH__DOOMED)        /* its row may have been taken over */
                chunk[count++] = objects->items[start - 1];
        if (count && delete_chunk(session, mapper, chunk, count)) {
            blame(chunk[0]);
            return kith__status(session);
        }
        for (size_t i = 0; i < count; i++)
            if (kith__row_deleted(session, chunk[i]))
                return kith__status(session);
    }
    return objects->count ? kith__leave_one_sided_lists(session) : KITH_OK;
}
