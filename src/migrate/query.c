/*
 * query: small questions to a database, their answers as texts. For the files of src/migrate.
 */
#include "migrate/live.h"

typedef struct arena_room { kith__room room; kith__arena *arena; } arena_room;

static void *more(kith__room *room, size_t size)
{
    return kith__arena_alloc(((arena_room *)(void *)room)->arena, size);
}

static int bind_texts(kith__statement *statement, const char *const *binds, size_t count, kith__error *error)
{
    static const kith__type text = { .kind = KITH__TEXT };
    for (size_t i = 0; i < count; i++) {
        kith_value value = { .type = KITH_TYPE_TEXT, .absent = binds[i] == NULL, .s = binds[i] };
        int status = kith__bind_value(statement, i + 1, &value, &text, error);
        if (status != KITH_OK)
            return status;
    }
    return KITH_OK;
}

static int take_row(kith__statement *statement, kith__arena *arena, kith__rows *out, kith__error *error)
{
    static const kith__type text = { .kind = KITH__TEXT };
    arena_room room = { .room = { .more = more }, .arena = arena };
    out->width = kith__row_width(statement);
    const char ***row = kith__list_add(arena, &out->items, &out->count, sizeof *row);
    if (row == NULL || (*row = kith__arena_zero(arena, (out->width + 1) * sizeof **row)) == NULL)
        return kith__fail_memory(error);
    for (size_t i = 0; i < out->width; i++) {
        kith_value value = { 0 };
        int status = kith__row_value(statement, i, KITH_TYPE_TEXT, &text, &room.room, &value, error);
        if (status != KITH_OK)
            return status;
        if (!value.absent && ((*row)[i] = kith__arena_text(arena, value.s)) == NULL)
            return kith__fail_memory(error);
    }
    return KITH_OK;
}

int kith__query(kith__connection *connection, kith__arena *arena, kith__rows *out, kith__error *error, const char *sql, const char *const *binds, size_t bind_count)
{
    *out = (kith__rows){ 0 };
    kith__statement *statement = kith__prepare(connection, NULL, 0, sql, error);
    if (statement == NULL)
        return error->public_.status;
    int status = bind_texts(statement, binds, bind_count, error);
    kith__step step = KITH__END;
    while (status == KITH_OK && (step = kith__step_(statement, error)) == KITH__ROW)
        status = take_row(statement, arena, out, error);
    if (step == KITH__STEP_FAILED)
        status = error->public_.status;
    kith__done(statement);
    return status;
}

int kith__query_text(kith__connection *connection, kith__arena *arena, const char **out, kith__error *error, const char *sql, const char *bind)
{
    kith__rows rows;
    int status = kith__query(connection, arena, &rows, error, sql, &bind, bind != NULL);
    *out = status == KITH_OK && rows.count > 0 ? rows.items[0][0] : NULL;
    return status;
}

int kith__query_count(kith__connection *connection, int64_t *out, kith__error *error, const char *sql)
{
    *out = 0;
    kith__statement *statement = kith__prepare(connection, NULL, 0, sql, error);
    if (statement == NULL)
        return error->public_.status;
    kith__step step = kith__step_(statement, error);
    if (step == KITH__ROW)
        kith__row_int(statement, 0, out);
    kith__done(statement);
    return step == KITH__STEP_FAILED ? error->public_.status : KITH_OK;
}

int kith__query_run(kith__connection *connection, kith__error *error, const char *sql, const char *const *binds, size_t bind_count)
{
    kith__arena arena = { 0 };
    kith__rows rows;
    int status = kith__query(connection, &arena, &rows, error, sql, binds, bind_count);
    kith__arena_free(&arena);
    return status;
}

int kith__makes_ready(kith__connection *connection, const char *explain, kith__error *error)
{
    kith__text sql = { 0 };
    int64_t version = 0;
    if (kith__query_count(connection, &version, error, "PRAGMA schema_version") != KITH_OK)
        return error->public_.status;
    kith__text_addf(&sql, "%s /* %lld */", explain, (long long)version);       /* EXPLAIN does not look whether a kept statement is of an older schema */
    kith__statement *statement = sql.broken ? NULL : kith__prepare(connection, NULL, 0, sql.data, error);
    if (sql.broken)
        kith__fail_memory(error);
    kith__text_free(&sql);
    kith__step step = statement != NULL ? kith__step_(statement, error) : KITH__STEP_FAILED;
    kith__done(statement);
    return step == KITH__STEP_FAILED ? error->public_.status : KITH_OK;
}
