/*
 * statement: what the engines' statements have in common: the cache, the counter, the log. May use: pool. Used by: everyone above.
 *
 * These stand between the rooms above and the engine, once per row; without a log they add a test and a jump.
 */
#include "driver/pool.h"

#include <stdlib.h>

/* ---------------------------------------------------------------- prepare and give back */

kith__statement *kith__find(kith__connection *connection, const void *shape, uint64_t variant)
{
    kith__statement *statement = connection->cache && shape ? kith__cache_get(connection->cache, shape, variant, NULL) : NULL;
    if (statement)
        statement->busy = true;
    return statement;
}

/* One that is in use already, or finds no place, is not kept: kith__done ends it. */
static void keep(kith__connection *connection, const void *shape, uint64_t variant, kith__statement *statement)
{
    kith__statement *gone;
    statement->cached = kith__cache_put(connection->cache, shape, variant, statement, &gone);
    if (gone)
        kith__statement_end(gone);
}

kith__statement *kith__prepare(kith__connection *connection, const void *shape, uint64_t variant, const char *sql, kith__error *error)
{
    if (!connection->cache)
        connection->cache = kith__cache_new();
    if (!connection->cache) {
        kith__fail_memory(error);
        return NULL;
    }
    kith__statement *statement = kith__cache_get(connection->cache, shape, variant, sql);
    if (!statement) {
        if (connection->driver->prepare(connection, sql, &statement, error))
            return NULL;
        keep(connection, shape, variant, statement);
    }
    statement->busy = true;
    return statement;
}

void kith__statement_end(kith__statement *statement)
{
    free(statement->logged);
    statement->logged = NULL;
    statement->connection->driver->finalize(statement);
}

/* ---------------------------------------------------------------- the log */

/* What cannot be kept for want of memory is missing from the log, and nothing else. */
static void note_value(kith__statement *statement, size_t position, const kith_value *value)
{
    if (!kith__grow(&statement->logged, &statement->logged_capacity, position, sizeof *statement->logged))
        return;
    for (; statement->logged_count < position; statement->logged_count++)
        statement->logged[statement->logged_count] = (kith_value){ .absent = 1 };
    statement->logged[position - 1] = *value;
}

void kith__note_fields(kith__statement *statement, size_t position, const kith__fields *fields, const void *object)
{
    for (size_t i = 0; i < fields->count; i++) {
        kith_value value = kith__field_value(&fields->items[i], object);
        note_value(statement, position + i, &value);
    }
}

static void tell(kith__statement *statement)
{
    kith__connection *connection = statement->connection;
    connection->log(connection->log_arg, statement->sql, statement->logged, statement->logged_count, statement->spent_ns);
    statement->spent_ns = 0;
}

/* ---------------------------------------------------------------- bind */

int kith__bind_value(kith__statement *statement, size_t position, const kith_value *value, const kith__type *type, kith__error *error)
{
    if (statement->connection->log)
        note_value(statement, position, value);
    return statement->connection->driver->bind_value(statement, position, value, type, error);
}

/* ---------------------------------------------------------------- step */

/* With a log: the time that the caller takes between two rows is not the statement's. */
static kith__step watched_step(kith__statement *statement, kith__error *error)
{
    int64_t began = kith__clock_ns();
    kith__step step = statement->connection->driver->step(statement, error);
    statement->spent_ns += kith__clock_ns() - began;
    if (step != KITH__ROW)
        tell(statement);
    return step;
}

/* It reads no rows of anyone's, so it is not counted. */
static inline bool is_pragma(const char *sql) { return (*sql == 'P' || *sql == 'p') && strncasecmp(sql, "PRAGMA", 6) == 0; }

kith__step kith__step_watched(kith__statement *statement, kith__error *error)
{
    kith__connection *connection = statement->connection;
    if (!statement->started) {
        statement->started = true;
        connection->statements += !is_pragma(statement->sql);
    }
    kith__step step = connection->log ? watched_step(statement, error) : connection->driver->step(statement, error);
    if (step != KITH__ROW)
        statement->started = false;
    return step;
}

void kith__done(kith__statement *statement)
{
    if (!statement)
        return;
    if (statement->started) {
        statement->connection->driver->reset(statement);
        if (statement->connection->log)
            tell(statement);
        statement->started = false;
    }
    statement->logged_count = 0;
    statement->busy = false;
    if (!statement->cached)
        kith__statement_end(statement);
}

/* ---------------------------------------------------------------- rows */

int kith__row(kith__statement *statement, size_t first, const kith__fields *fields, void *object, kith__room *room, kith__error *error)
{
    return statement->connection->driver->row(statement, first, fields, object, room, error);
}

bool kith__row_int(kith__statement *statement, size_t column, int64_t *out) { return statement->connection->driver->row_int(statement, column, out); }

int kith__row_value(kith__statement *statement, size_t column, uint32_t type, const kith__type *as, kith__room *room, kith_value *out, kith__error *error)
{
    return statement->connection->driver->row_value(statement, column, type, as, room, out, error);
}

size_t kith__row_width(kith__statement *statement) { return statement->connection->driver->row_width(statement); }
const char *kith__row_name(kith__statement *statement, size_t column) { return statement->connection->driver->row_name(statement, column); }
int64_t kith__changes(kith__connection *connection) { return connection->driver->changes(connection); }
int64_t kith__last_key(kith__connection *connection) { return connection->driver->last_key(connection); }
