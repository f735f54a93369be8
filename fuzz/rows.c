/*
 * A value as any program may have left it in a table: the first byte says which column of which type has it, the second whether it is NULL, an
 * integer, a floating number, a text or a blob, and the rest is that. It is read, or refused with the table's and the column's name; and what was
 * read can be written and is read the same again, but for a decimal that has more digits than its column.
 */
#include "every.h"

#include "../src/driver/pool.h"
#include "../src/driver/sqlite.h"

#include <sqlite3.h>

static kith_database *database;
static sqlite3 *db;

static void run(const char *sql)
{
    MUST(sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK, "%s: %s", sql, sqlite3_errmsg(db));
}

/* A table whose columns take any value as it is. */
static void begin(void)
{
    char place[100];
    if (database != NULL)
        return;
    database = kith_open("sqlite://", KITH_MODELS(Every));
    MUST(kith_status_of(database) == KITH_OK, "%s", kith_error_of(database)->message);
    snprintf(place, sizeof place, "file:/kith-%016llx?vfs=memdb", (unsigned long long)database->pool->id);
    MUST(sqlite3_open_v2(place, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_URI, NULL) == SQLITE_OK, "no database");
    run("CREATE TABLE every (id INTEGER NOT NULL PRIMARY KEY, flag DEFAULT 1, i8 DEFAULT 1, i16 DEFAULT 1, i32 DEFAULT 1, i64 DEFAULT 1, u8 DEFAULT 1, u16 DEFAULT 1, u32 DEFAULT 1, "
        "single DEFAULT 1.5, real DEFAULT 1.5, text, blob, day DEFAULT '2026-11-26', time DEFAULT '11:38:02', moment DEFAULT '2026-11-26 11:38:02', "
        "uuid DEFAULT '00112233445566778899aabbccddeeff', json, price DEFAULT 1, exact DEFAULT '1.25', colour DEFAULT 'red', maybe_flag, maybe_number, maybe_real, maybe_day, "
        "maybe_time, maybe_moment, maybe_uuid)");
}

static void bind(sqlite3_stmt *insert, uint8_t kind, const uint8_t *data, size_t size)
{
    int64_t number = 0;
    double real = 0;
    memcpy(&number, data, size < sizeof number ? size : sizeof number);
    memcpy(&real, data, size < sizeof real ? size : sizeof real);
    switch (kind % 5) {
    case 0: sqlite3_bind_null(insert, 1); break;
    case 1: sqlite3_bind_int64(insert, 1, number); break;
    case 2: sqlite3_bind_double(insert, 1, real); break;
    case 3: sqlite3_bind_text64(insert, 1, (const char *)data, size, SQLITE_STATIC, SQLITE_UTF8); break;
    default: sqlite3_bind_blob64(insert, 1, size > 0 ? data : (const uint8_t *)"", size, SQLITE_STATIC); break;
    }
}

static void store(const char *column, uint8_t kind, const uint8_t *data, size_t size)
{
    char sql[100];
    sqlite3_stmt *insert = NULL;
    run("DELETE FROM every");
    snprintf(sql, sizeof sql, "INSERT INTO every (id, \"%s\") VALUES (1, ?)", column);
    MUST(sqlite3_prepare_v2(db, sql, -1, &insert, NULL) == SQLITE_OK, "%s", sqlite3_errmsg(db));
    bind(insert, kind, data, size);
    MUST(sqlite3_step(insert) == SQLITE_DONE, "%s", sqlite3_errmsg(db));
    sqlite3_finalize(insert);
}

/* A decimal may not fit its column; and this table's JSON has no type, where a lone number is read that kith's own column would not keep. */
static bool may_be_refused(const Every *read, const kith__property *property)
{
    uint32_t type = kith__field_type(&property->field);
    bool broken = false;
    return type == KITH_TYPE_DECIMAL || (type == KITH_TYPE_JSON && read->json.text && !kith__sqlite_keeps(read->json.text, strlen(read->json.text), &broken));
}

static void write_and_read(kith_session *session, const Every *read, const kith__property *property)
{
    Every copy = *read;
    copy.id = 2;
    const Every *written = kith_add(session, Every, &copy);
    bool refused = written == NULL || kith_commit(session) != KITH_OK;
    if (refused) {
        must_say_why(session);
        MUST(may_be_refused(read, property), "%s was read and is refused: %s", property->name, kith_error_of(session)->message);
        return;
    }
    kith_session *other = kith_session_open(database);
    const Every *again = kith_get(other, Every, .id = 2);
    MUST(again != NULL, "%s", kith_error_of(other)->message);
    if (kith__field_type(&property->field) != KITH_TYPE_DECIMAL)
        must_be_same(other, read, again);
    kith_session_close(other);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2)
        return 0;
    begin();
    const kith__mapper *mapper = kith__mapper_of(database->models, kith_model_of_Every());
    const kith__property *property = &mapper->properties[1 + data[0] % (mapper->property_count - 1)];
    store(property->column->name, data[1], data + 2, size - 2);
    kith_session *session = kith_session_open(database);
    const Every *read = kith_get(session, Every, .id = 1);
    if (read != NULL) {
        MUST(kith_describe(read) != NULL, "it is not described");
        write_and_read(session, read, property);
    } else {
        must_say_why(session);
        const kith_error *error = kith_error_of(session);
        MUST(error->status == KITH_RANGE, "status %d: %s", error->status, error->message);
        MUST(strstr(error->message, property->column->name) != NULL && strstr(error->message, "every") != NULL, "it does not say where: %s", error->message);
    }
    kith_session_close(session);
    return 0;
}
