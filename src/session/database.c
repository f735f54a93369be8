/*
 * The database handle: a pool of connections and the mappers of its models. Sessions are opened on it from any thread; nothing in
 * it changes after kith_open but the pool, which locks itself.
 */
#include "session/session.h"

#include <kith/sys/app.h>

#include <stdlib.h>

/* ---------------------------------------------------------------- open and close */

/* A binding keeps a pointer behind each struct. */
static void make_room_for_bindings(kith__models *models)
{
    for (size_t i = 0; models && i < models->count; i++)
        models->mappers[i]->binding_at = (uint32_t)((models->mappers[i]->size + sizeof(void *) - 1) & ~(sizeof(void *) - 1));
}

kith_database *kith_sys_models(const kith_model *const *models, size_t count)
{
    kith_database *database = calloc(1, sizeof *database);
    if (database && !kith__models_build(&database->models, models, count, &database->error))
        make_room_for_bindings(database->models);
    return database;
}

int kith_sys_stands_for(kith_database *database, const kith_model *model, const kith_model *original)
{
    kith__models *models = database ? database->models : NULL;
    kith__mapper *mapper = kith__mapper_of(models, model);
    if (!mapper)
        return models ? KITH_OK : KITH_MISUSE;      /* a join table has no mapper, and nothing asks for one */
    const void *key = kith__arena_copy(&models->arena, &original, sizeof original);
    return key && kith__map_put(&models->by_model, key, sizeof original, mapper) ? KITH_OK : KITH_NO_MEMORY;
}

int kith_sys_put(kith_database *database, const kith_model *model, void *values, size_t offset, kith_value value)
{
    const kith__mapper *mapper = kith__mapper_of(database ? database->models : NULL, model);
    kith__member member = mapper ? kith__member_at(mapper, offset) : (kith__member){ .kind = KITH__NO_MEMBER };
    kith__error error = { .public_ = { .status = KITH_OK } };
    if (member.kind != KITH__PROPERTY)
        return KITH_MISUSE;
    int status = kith__member_set(&mapper->properties[member.index], values, value, &error);
    kith__error_free(&error);
    return status;
}

kith_database *kith_sys_with(kith_database *engine, kith_database *models)
{
    kith_database *database = engine && models ? calloc(1, sizeof *database) : NULL;
    if (!database)
        return NULL;
    *database = (kith_database){ .pool = engine->pool, .models = models->models, .borrows_pool = true, .borrows_models = true };
    kith__error_copy(&database->error, kith__failed(&engine->error) ? &engine->error : &models->error);
    return database;
}

static size_t count_models(const kith_model_function *functions)
{
    size_t count = 0;
    while (functions && functions[count])
        count++;
    return count;
}

static kith_database *open_with(const char *url, const kith_model *const *models, size_t count)
{
    kith_database *database = calloc(1, sizeof *database);
    if (!database)
        return NULL;
    if (!url)
        kith__fail(&database->error, KITH_MISUSE, "database.no_url", "There is no URL to open: it is NULL.");
    else if (!models)
        kith__fail(&database->error, KITH_MISUSE, "database.no_models", "There are no models to open a database with: the list is NULL.");
    else if (!kith__models_build(&database->models, models, count, &database->error))
        kith__pool_open(&database->pool, url, &database->error);
    return database;
}

kith_database *kith_sys_open(const char *url, const kith_model *const *models, size_t count)
{
    kith_database *database = open_with(url, models, count);
    if (database)
        make_room_for_bindings(database->models);
    return database;
}

kith_database *kith_open(const char *url, const kith_model_function functions[])
{
    size_t count = count_models(functions);
    if (!functions)
        return open_with(url, NULL, 0);
    const kith_model **models = calloc(count + 1, sizeof *models);
    if (!models)
        return NULL;
    for (size_t i = 0; i < count; i++)
        models[i] = functions[i]();
    kith_database *database = open_with(url, models, count);
    free(models);
    return database;
}

void kith_close(kith_database *database)
{
    if (!database)
        return;
    if (database->pool && !database->borrows_pool)
        kith__pool_close(database->pool);
    if (database->models && !database->borrows_models)
        kith__models_free(database->models);
    kith__spare_free(database);
    kith__error_free(&database->error);
    free(database);
}

static const kith_error no_database = { .status = KITH_MISUSE, .code = "database.null", .message = "There is no database: the handle is NULL.",
                                        .hint = "kith_open gives NULL only when there is no memory." };

const kith_error *kith_database_error(const kith_database *database) { return database ? &database->error.public_ : &no_database; }
int kith_database_status(const kith_database *database) { return kith_database_error(database)->status; }

/* ---------------------------------------------------------------- the tables, without migrations */

typedef struct ddl { kith__connection *connection; kith__error *error; kith__text text; } ddl;

static bool table_exists(ddl *d, const kith__dialect *dialect, const char *name)
{
    bool found = false;
    kith_value value = kith_of_text(name);
    kith__statement *statement = kith__prepare(d->connection, NULL, 0, dialect->table_exists, d->error);
    if (statement && kith__bind_value(statement, 1, &value, NULL, d->error) == KITH_OK)
        found = kith__step_(statement, d->error) == KITH__ROW;
    kith__done(statement);
    return found;
}

static int run(ddl *d)
{
    if (d->text.broken)
        return kith__fail_memory(d->error);
    return kith__execute(d->connection, d->text.data, d->error);
}

static int create_table(ddl *d, const kith__dialect *dialect, const kith__table *table)
{
    if (table_exists(d, dialect, table->name) || kith__failed(d->error))
        return d->error->public_.status;
    kith__text_reset(&d->text);
    kith__ddl_create_table(&d->text, dialect, table);
    for (size_t i = 0; run(d) == KITH_OK && i < table->index_count; i++) {
        kith__text_reset(&d->text);
        kith__ddl_create_index(&d->text, dialect, table, &table->indexes[i]);
    }
    return d->error->public_.status;
}

static int drop_table(ddl *d, const kith__dialect *dialect, const kith__table *table)
{
    if (!table_exists(d, dialect, table->name) || kith__failed(d->error))
        return d->error->public_.status;
    kith__text_reset(&d->text);
    kith__ddl_drop_table(&d->text, dialect, table->name);
    return run(d);
}

static int on_each_table(ddl *d, const kith_database *database, bool reverse, int (*work)(ddl *, const kith__dialect *, const kith__table *))
{
    kith__arena arena = { 0 };
    const kith__schema *schema = &database->models->schema;
    kith__table **sorted = kith__schema_sorted(schema, &arena, NULL);
    if (!sorted)
        kith__fail_memory(d->error);
    if (!kith__failed(d->error))
        kith__begin(d->connection, KITH__WRITING, d->error);
    for (size_t i = 0; i < schema->table_count && !kith__failed(d->error); i++)
        work(d, kith__pool_dialect(database->pool), sorted[reverse ? schema->table_count - 1 - i : i]);
    if (!kith__failed(d->error))
        kith__commit(d->connection, d->error);
    kith__arena_free(&arena);
    return d->error->public_.status;
}

/* On a connection of its own. The handle's error is kith_open's alone, so what fails here goes to the caller's. */
static int with_tables(kith_database *database, bool reverse, int (*work)(ddl *, const kith__dialect *, const kith__table *), kith__error *error)
{
    ddl d = { .error = error };
    if (kith__pool_take(database->pool, &d.connection, error))
        return error->public_.status;
    int status = on_each_table(&d, database, reverse, work);
    kith__pool_give(d.connection);
    kith__text_free(&d.text);
    return status;
}

int kith__create_all(kith_database *database, kith__error *error) { return with_tables(database, false, create_table, error); }
int kith__drop_all(kith_database *database, kith__error *error) { return with_tables(database, true, drop_table, error); }

static int alone(kith_database *database, int (*work)(kith_database *, kith__error *))
{
    if (!database || !database->pool)
        return kith_database_status(database) ? kith_database_status(database) : KITH_MISUSE;
    kith__error error = { .public_ = { .status = KITH_OK } };
    int status = work(database, &error);
    kith__error_free(&error);
    return status;
}

int kith_database_create_all(kith_database *database) { return alone(database, kith__create_all); }
int kith_database_drop_all(kith_database *database) { return alone(database, kith__drop_all); }

static int by_session(kith_session *session, int (*work)(kith_database *, kith__error *))
{
    return kith__ready(session) ? work(session->database, &session->error) : kith_session_status(session);
}

int kith_session_create_all(kith_session *session) { return by_session(session, kith__create_all); }
int kith_session_drop_all(kith_session *session) { return by_session(session, kith__drop_all); }
