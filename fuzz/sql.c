/*
 * Any text as the SQL of kith_rows. Where SQLite takes it and it has question marks for its only marks, kith counts as many; what SQLite says may
 * write, kith takes the write lock for; and what only reads gives rows, or an error with a sentence.
 */
#include "every.h"

#include "../src/driver/sqlite.h"

KITH_DECLARE(Row);
struct Row { const char *a; kith_opt_int b; };
KITH_ROW(Row, KITH_COLUMN(a), KITH_COLUMN(b));

enum { MOST = 16 };
static kith_database *database;
static sqlite3 *db;             /* beside it, to ask SQLite */

/* No other file, no switch, no transaction, nothing without an end. */
static int harmless(void *arg, int action, const char *a, const char *b, const char *c, const char *d)
{
    (void)arg, (void)a, (void)b, (void)c, (void)d;
    bool harm = action == SQLITE_ATTACH || action == SQLITE_DETACH || action == SQLITE_PRAGMA || action == SQLITE_TRANSACTION || action == SQLITE_SAVEPOINT || action == SQLITE_RECURSIVE;
    return harm ? SQLITE_DENY : SQLITE_OK;
}

static void bound(sqlite3 *of)
{
    sqlite3_limit(of, SQLITE_LIMIT_LENGTH, 1000000);
    sqlite3_limit(of, SQLITE_LIMIT_EXPR_DEPTH, 100);
    sqlite3_limit(of, SQLITE_LIMIT_VDBE_OP, 100000);
}

static void begin(void)
{
    if (database != NULL)
        return;
    database = kith_open("sqlite://", KITH_MODELS(Every, Row));
    MUST(kith_status_of(database) == KITH_OK && kith_create_all(database) == KITH_OK, "%s", kith_error_of(database)->message);
    MUST(sqlite3_open(":memory:", &db) == SQLITE_OK, "no database");
    MUST(sqlite3_exec(db, "CREATE TABLE every (id INTEGER PRIMARY KEY, text, i64)", NULL, NULL, NULL) == SQLITE_OK, "no table");
    sqlite3_set_authorizer(db, harmless, NULL);
    bound(db);
}

/* One statement; NULL: none, or more. */
static sqlite3_stmt *prepare(const char *text)
{
    sqlite3_stmt *statement = NULL, *second = NULL;
    const char *rest = "";
    if (sqlite3_prepare_v2(db, text, -1, &statement, &rest) == SQLITE_OK && statement != NULL && (sqlite3_prepare_v2(db, rest, -1, &second, NULL) != SQLITE_OK || second != NULL)) {
        sqlite3_finalize(statement);
        statement = NULL;
    }
    sqlite3_finalize(second);
    return statement;
}

/* Only marks that have no number and no name, and none that is meant as a question mark. */
static bool has_plain_marks(const char *text, sqlite3_stmt *statement)
{
    for (int i = 1; i <= sqlite3_bind_parameter_count(statement); i++)
        if (sqlite3_bind_parameter_name(statement, i) != NULL)
            return false;
    return strstr(text, "??") == NULL;
}

static void check_rows(const char *text, int marks)
{
    kith_value values[MOST + 1];
    kith_session *session = kith_session_open(database);
    kith_count(session, Every);                                 /* it has its connection now */
    MUST(session->connection != NULL, "%s", kith_error_of(session)->message);
    bound(kith__sqlite_of(session->connection)->db);
    for (int i = 0; i < marks; i++)
        values[i] = kith_of_int(i);
    values[marks] = (kith_value){ .type = KITH_TYPE_NONE };
    kith_rows_(session, kith_model_of_Row(), text, values);
    if (kith_status_of(session)) {
        must_say_why(session);
        MUST(strcmp(kith_error_of(session)->code, "rows.values") != 0, "SQLite has %d marks in it, and kith: %s", marks, kith_error_of(session)->message);
    }
    kith_session_close(session);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = malloc(size + 1);
    if (text == NULL)
        return 0;
    memcpy(text, data, size);
    text[size] = 0;
    begin();
    bool writes = kith__sql_writes(text);
    sqlite3_stmt *statement = prepare(text);
    if (statement != NULL) {
        int marks = sqlite3_bind_parameter_count(statement);
        bool reads = sqlite3_stmt_readonly(statement) || sqlite3_stmt_isexplain(statement), plain = has_plain_marks(text, statement);
        sqlite3_finalize(statement);
        MUST(reads || writes, "SQLite says that it writes: %s", text);
        if (reads && plain && marks <= MOST)
            check_rows(text, marks);
    }
    free(text);
    return 0;
}
