/* The SQL of SQLite: held word for word, and prepared or run by SQLite on tables that the DDL made. */
#include "support.h"

#include "sql/sql.h"

#include <sqlite3.h>
#include <stdio.h>

#define COLUMN(name_) (&(const kith__expr){ .kind = KITH__E_COLUMN, .table = "t", .name = name_ })
#define PRICE (&(const kith__expr){ .kind = KITH__E_COLUMN, .table = "t", .name = "price", .type = &decimal_text })
#define VALUE(v_) (&(const kith__expr){ .kind = KITH__E_VALUE, .value = KITH_VALUE(v_) })
#define PAIR(kind_, a_, b_) (&(const kith__expr){ .kind = KITH__E_##kind_, .a = a_, .b = b_ })
#define LIST(kind_, ...) (&(const kith__expr){ .kind = KITH__E_##kind_, .items = (const kith__expr *const[]){ __VA_ARGS__ }, \
    .count = sizeof((const kith__expr *const[]){ __VA_ARGS__ }) / sizeof(kith__expr *) })
#define NAMES(...) (const char *[]){ __VA_ARGS__ }, sizeof((const char *[]){ __VA_ARGS__ }) / sizeof(char *)

static const kith__type decimal_text = { .kind = KITH__DECIMAL_TEXT, .precision = 30, .scale = 10 };
static const kith__dialect *const sqlite = &kith__dialect_sqlite;

/* ---------------------------------------------------------------- a database that the DDL made */

static const char table_sql[] =
    "CREATE TABLE \"thing\" (\n"
    "    \"id\" INTEGER NOT NULL,\n"
    "    \"name\" VARCHAR(20) NOT NULL DEFAULT 'none',\n"
    "    \"order\" BIGINT,\n"
    "    \"price\" DECIMAL_TEXT(30,10),\n"
    "    \"at\" DATETIME DEFAULT (datetime('now')),\n"
    "    \"say \"\"hi\"\"\" CHAR(32),\n"
    "    PRIMARY KEY (\"id\"),\n"
    "    CONSTRAINT \"fk_thing_order\" FOREIGN KEY (\"order\") REFERENCES \"thing\" (\"id\") ON DELETE CASCADE,\n"
    "    CONSTRAINT \"uq_thing_name_order\" UNIQUE (\"name\", \"order\"),\n"
    "    CONSTRAINT \"ck_thing_1\" CHECK (name <> 'x')\n"
    ")";

static kith__column columns[] = {
    { .name = "id", .type = { .kind = KITH__BIGINT }, .identity = true },
    { .name = "name", .type = { .kind = KITH__VARCHAR, .length = 20 }, .not_null = true, .default_sql = "'none'" },
    { .name = "order", .type = { .kind = KITH__BIGINT } },
    { .name = "price", .type = { .kind = KITH__DECIMAL_TEXT, .precision = 30, .scale = 10 } },
    { .name = "at", .type = { .kind = KITH__TIMESTAMPTZ }, .default_sql = "datetime('now')" },
    { .name = "say \"hi\"", .type = { .kind = KITH__UUID } },
};
static const char *id_name[] = { "id" }, *order_name[] = { "order" }, *both_names[] = { "name", "order" };
static kith__foreign_key foreign_key = { .name = "fk_thing_order", .columns = order_name, .table = "thing", .targets = id_name, .count = 1,
                                         .on_delete = "CASCADE" };
static kith__key unique = { .name = "uq_thing_name_order", .columns = both_names, .count = 2 };
static kith__check check = { .name = "ck_thing_1", .sql = "name <> 'x'" };
static const kith__table table = {
    .name = "thing", .columns = columns, .column_count = KITH__COUNT(columns), .primary_key = { .columns = id_name, .count = 1 },
    .foreign_keys = &foreign_key, .foreign_key_count = 1, .uniques = &unique, .unique_count = 1, .checks = &check, .check_count = 1,
};

/* Stands for the driver's: enough to see that it is asked. */
static int by_number(void *arg, int a_size, const void *a, int b_size, const void *b)
{
    char left[64] = "", right[64] = "";
    (void)arg;
    memcpy(left, a, (size_t)a_size);
    memcpy(right, b, (size_t)b_size);
    double difference = strtod(left, NULL) - strtod(right, NULL);
    return (difference > 0) - (difference < 0);
}

static sqlite3 *database;

static void execute(const char *sql)
{
    char *message = NULL;
    if (sqlite3_exec(database, sql, NULL, NULL, &message))
        fail_msg("%s: %s", message, sql);
}

static int open_database(void **state)
{
    (void)state;
    kith__text sql = { 0 };
    assert_int_equal(sqlite3_open(":memory:", &database), SQLITE_OK);
    sqlite3_create_collation(database, sqlite->decimal_collation, SQLITE_UTF8, NULL, by_number);
    kith__ddl_create_table(&sql, sqlite, &table);
    execute(sql.data);
    kith__text_free(&sql);
    return 0;
}

static int close_database(void **state)
{
    (void)state;
    return sqlite3_close(database);
}

static sqlite3_stmt *prepared(const char *sql)
{
    sqlite3_stmt *statement = NULL;
    if (sqlite3_prepare_v2(database, sql, -1, &statement, NULL))
        fail_msg("%s: %s", sqlite3_errmsg(database), sql);
    return statement;
}

/* It reads so, and SQLite takes it and finds as many marks. Marks 0: as many as there are binds. */
static void assert_sql(kith__sql *sql, const char *expected, size_t marks)
{
    assert_false(sql->broken);
    assert_string_equal(sql->text.data, expected);
    sqlite3_stmt *statement = prepared(sql->text.data);
    assert_int_equal(sqlite3_bind_parameter_count(statement), marks ? marks : sql->bind_count);
    sqlite3_finalize(statement);
    kith__sql_reset(sql);
}

static void assert_where(const kith__expr *where, const char *expected)
{
    char whole[1000];
    kith__sql sql = { 0 };
    snprintf(whole, sizeof whole, "SELECT 1 FROM \"thing\" AS \"t\" WHERE %s", expected);
    kith__sql_select(&sql, sqlite, &(kith__select){ .table = "thing", .alias = "t", .where = where });
    assert_sql(&sql, whole, 0);
    kith__sql_free(&sql);
}

/* ---------------------------------------------------------------- DDL */

static void a_table_reads_well_and_sqlite_generates_its_key(void **state)
{
    (void)state;
    kith__text sql = { 0 };
    kith__ddl_create_table(&sql, sqlite, &table);
    assert_string_equal(sql.data, table_sql);
    kith__text_free(&sql);
    execute("DELETE FROM thing; INSERT INTO thing(name) VALUES ('a'), ('b')");
    sqlite3_stmt *statement = prepared("SELECT id FROM thing WHERE name = 'b'");
    assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
    assert_int_equal(sqlite3_column_int(statement, 0), 2);
    sqlite3_finalize(statement);
}

static void a_key_that_is_never_used_again_stands_with_its_column(void **state)
{
    (void)state;
    kith__text sql = { 0 };
    kith__column one = { .name = "id", .type = { .kind = KITH__BIGINT }, .identity = true, .never_reuse = true };
    kith__table once = { .name = "once", .columns = &one, .column_count = 1, .primary_key = { .columns = id_name, .count = 1 } };
    kith__ddl_create_table(&sql, sqlite, &once);
    assert_string_equal(sql.data, "CREATE TABLE \"once\" (\n    \"id\" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT\n)");
    execute(sql.data);
    kith__text_reset(&sql);
    kith__ddl_drop_table(&sql, sqlite, "once");
    assert_string_equal(sql.data, "DROP TABLE \"once\"");
    execute(sql.data);
    kith__text_free(&sql);
}

static void an_index_takes_columns_expressions_directions_and_a_condition(void **state)
{
    (void)state;
    kith__text sql = { 0 };
    kith__index index = { .name = "ix_1", .unique = true, .columns = (const char *[]){ "order", "lower(name)" }, .count = 2,
        .expression = (bool[]){ false, true }, .descending = (bool[]){ true, false }, .where = "price > 0" };
    kith__ddl_create_index(&sql, sqlite, &table, &index);
    assert_string_equal(sql.data, "CREATE UNIQUE INDEX \"ix_1\" ON \"thing\" (\"order\" DESC, (lower(name))) WHERE price > 0");
    execute(sql.data);
    execute("DROP INDEX ix_1");
    kith__text_free(&sql);
}

static void a_table_says_how_it_is_stored_and_a_column_how_it_is_compared(void **state)
{
    (void)state;
    kith__column column = { .name = "a", .type = { .kind = KITH__TEXT }, .not_null = true, .collation = "NO CASE" };
    for (int i = 0; i < 4; i++) {
        static const char *const ends[] = { "", " STRICT", " WITHOUT ROWID", " STRICT, WITHOUT ROWID" };
        kith__text sql = { 0 };
        char expected[160];
        kith__table one = { .name = "one", .columns = &column, .column_count = 1, .primary_key = { .columns = (const char *[]){ "a" }, .count = 1 },
                            .strict = i & 1, .without_rowid = i & 2 };
        snprintf(expected, sizeof expected, "CREATE TABLE \"one\" (\n    \"a\" TEXT NOT NULL COLLATE \"NO CASE\",\n    PRIMARY KEY (\"a\")\n)%s", ends[i]);
        kith__ddl_create_table(&sql, sqlite, &one);
        assert_string_equal(sql.data, expected);
        kith__text_free(&sql);
    }
}

static void a_default_without_an_end_stands_as_it_is_for_the_engine_to_refuse(void **state)
{
    (void)state;
    kith__text sql = { 0 };
    kith__ddl_default(&sql, "'open");
    kith__ddl_default(&sql, "(\"open)");
    assert_string_equal(sql.data, " DEFAULT 'open DEFAULT ((\"open))");
    kith__text_free(&sql);
}

static void a_default_that_is_no_literal_stands_in_parentheses(void **state)
{
    (void)state;
    const char *cases[][2] = { { "0", "0" }, { "-1.5", "-1.5" }, { "CURRENT_TIMESTAMP", "CURRENT_TIMESTAMP" }, { "'it''s'", "'it''s'" },
        { "x'00'", "x'00'" }, { "lower('A')", "(lower('A'))" }, { "(1 + 2)", "(1 + 2)" }, { "(1) + (2)", "((1) + (2))" },
        { "'a' || 'b'", "('a' || 'b')" }, { "(')' || '(')", "(')' || '(')" }, { "(1 /* ) */ + 2)", "(1 /* ) */ + 2)" },
        { "-2.5e-3", "-2.5e-3" }, { "1E+5", "1E+5" }, { "(1 -- )\n + 2)", "(1 -- )\n + 2)" }, { "(1 / 2 - -3)", "(1 / 2 - -3)" } };
    for (size_t i = 0; i < KITH__COUNT(cases); i++) {
        kith__text sql = { 0 };
        char expected[100];
        kith__column column = { .name = "a", .type = { .kind = KITH__TEXT }, .default_sql = cases[i][0] };
        kith__table one = { .name = "one", .columns = &column, .column_count = 1 };
        snprintf(expected, sizeof expected, "CREATE TABLE \"one\" (\n    \"a\" TEXT DEFAULT %s\n)", cases[i][1]);
        kith__ddl_create_table(&sql, sqlite, &one);
        assert_string_equal(sql.data, expected);
        execute(sql.data);
        execute("DROP TABLE one");
        kith__text_free(&sql);
    }
}

/* SQLite has no such strings; the portable files have them. */
static void brackets_between_dollars_are_none(void **state)
{
    (void)state;
    const char *cases[][2] = { { "(1 || $$ ) $$)", "(1 || $$ ) $$)" }, { "($t$ ) $$ ( $t$)", "($t$ ) $$ ( $t$)" }, { "(1$$)$$)", "(1$$)$$)" },
        { "(0x1F$$)$$)", "(0x1F$$)$$)" }, { "(1.5e+5$$)$$)", "(1.5e+5$$)$$)" }, { "(1e$$)$$)", "((1e$$)$$))" }, { "(a$$b) + (c$$d)", "((a$$b) + (c$$d))" },
        { "($1)", "($1)" }, { "($$)", "(($$))" }, { "(a.b$$)", "(a.b$$)" }, { "($a)", "($a)" }, { "($\xc3\xa4$)$\xc3\xa4$)", "($\xc3\xa4$)$\xc3\xa4$)" } };
    for (size_t i = 0; i < KITH__COUNT(cases); i++) {
        kith__text sql = { 0 };
        char expected[100];
        snprintf(expected, sizeof expected, " DEFAULT %s", cases[i][1]);
        kith__ddl_default(&sql, cases[i][0]);
        assert_string_equal(sql.data, expected);
        kith__text_free(&sql);
    }
}

/* ---------------------------------------------------------------- conditions */

static void conditions_read_as_written_and_prepare(void **state)
{
    (void)state;
    const kith__expr *three = VALUE(3), *id = COLUMN("id"), *is_3 = PAIR(EQ, id, three);
    assert_where(is_3, "\"t\".\"id\" = ?");
    assert_where(PAIR(NE, COLUMN("say \"hi\""), VALUE("x")), "\"t\".\"say \"\"hi\"\"\" <> ?");
    assert_where(LIST(AND, is_3, LIST(OR, is_3, PAIR(GT, id, three)), &(kith__expr){ .kind = KITH__E_NOT, .a = is_3 }),
        "\"t\".\"id\" = ? AND (\"t\".\"id\" = ? OR \"t\".\"id\" > ?) AND NOT (\"t\".\"id\" = ?)");
    assert_where(LIST(AND, LIST(OR, is_3)), "\"t\".\"id\" = ?");
    assert_where(&(kith__expr){ .kind = KITH__E_AND }, "1");
    assert_where(&(kith__expr){ .kind = KITH__E_OR }, "0");
    assert_where(&(kith__expr){ .kind = KITH__E_NULL, .a = id }, "\"t\".\"id\" IS NULL");
    assert_where(&(kith__expr){ .kind = KITH__E_BETWEEN, .a = id, .b = three, .c = three }, "\"t\".\"id\" BETWEEN ? AND ?");
    assert_where(LIST(AND, is_3, &(kith__expr){ .kind = KITH__E_RAW, .name = "1 OR 2" }), "\"t\".\"id\" = ? AND (1 OR 2)");
    assert_where(PAIR(CONTAINS, COLUMN("name"), VALUE("%")), "instr(\"t\".\"name\", ?) > 0");
    assert_where(PAIR(STARTS, COLUMN("name"), COLUMN("at")), "substr(\"t\".\"name\", 1, length(\"t\".\"at\")) = \"t\".\"at\"");
    kith__select inner = { .table = "thing", .alias = "u", .where = PAIR(EQ, COLUMN("id"), (&(kith__expr){ .kind = KITH__E_COLUMN, .table = "u", .name = "order" })) };
    assert_where(&(kith__expr){ .kind = KITH__E_EXISTS, .select = &inner },
        "EXISTS (SELECT 1 FROM \"thing\" AS \"u\" WHERE \"t\".\"id\" = \"u\".\"order\")");
}

static void lists_may_be_empty_or_of_rows(void **state)
{
    (void)state;
    const kith__expr *items[] = { VALUE(1), VALUE(2) }, *rows[] = { COLUMN("name"), COLUMN("order"), VALUE("a"), VALUE(1), VALUE("b"), VALUE(2) };
    kith__expr in = { .kind = KITH__E_IN, .a = COLUMN("id"), .items = items, .count = 2 };
    assert_where(&in, "\"t\".\"id\" IN (?, ?)");
    in.count = 0;
    assert_where(&in, "0");
    assert_where(&(kith__expr){ .kind = KITH__E_NOT, .a = &in }, "NOT (0)");
    kith__expr in_rows = { .kind = KITH__E_IN_ROWS, .items = rows, .count = 6, .row_size = 2 };
    assert_where(&in_rows, "(\"t\".\"name\", \"t\".\"order\") IN (VALUES (?, ?), (?, ?))");
    in_rows.count = 2;
    assert_where(&in_rows, "0");
}

static void decimals_in_texts_are_compared_and_ordered_by_their_collation(void **state)
{
    (void)state;
    kith__sql sql = { 0 };
    assert_where(PAIR(LT, PRICE, VALUE((kith_decimal){ "10" })), "\"t\".\"price\" COLLATE \"kith_decimal\" < ?");
    kith__sort sort = { .by = PRICE, .descending = true };
    kith__sql_select(&sql, sqlite, &(kith__select){ .table = "thing", .alias = "t", .order = &sort, .order_count = 1,
        .where = PAIR(LT, PRICE, VALUE((kith_decimal){ "10" })) });
    execute("DELETE FROM thing; INSERT INTO thing(name, price) VALUES ('a', '9'), ('b', '10.0'), ('c', '11')");
    sqlite3_stmt *statement = prepared(sql.text.data);
    sqlite3_bind_text(statement, 1, sql.binds[0].value.s, -1, SQLITE_STATIC);
    assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
    assert_int_equal(sqlite3_step(statement), SQLITE_DONE);
    sqlite3_finalize(statement);
    kith__sql_free(&sql);
}

/* ---------------------------------------------------------------- texts, as SQLite answers */

static bool matches(kith__expr_kind kind, const char *text, const char *pattern)
{
    kith__sql sql = { 0 };
    kith__expr a = { .kind = KITH__E_VALUE, .value = kith_of_text(text) }, b = { .kind = KITH__E_VALUE, .value = kith_of_text(pattern) };
    kith__expr expr = { .kind = kind, .a = &a, .b = &b };
    kith__sql_select(&sql, sqlite, &(kith__select){ .table = "one_row", .where = &expr });
    sqlite3_stmt *statement = prepared(sql.text.data);
    for (size_t i = 0; i < sql.bind_count; i++)
        sqlite3_bind_text(statement, (int)i + 1, sql.binds[i].value.s, -1, SQLITE_STATIC);
    bool found = sqlite3_step(statement) == SQLITE_ROW;
    sqlite3_finalize(statement);
    kith__sql_free(&sql);
    return found;
}

static void texts_match_as_promised_whatever_is_in_them(void **state)
{
    (void)state;
    static const struct { kith__expr_kind kind; const char *text, *pattern; bool match; } cases[] = {
        { KITH__E_LIKE, "Rocky", "R%", true }, { KITH__E_LIKE, "Rocky", "r%", false }, { KITH__E_LIKE, "Rocky", "R_cky", true },
        { KITH__E_LIKE, "50%", "50\\%", true }, { KITH__E_LIKE, "500", "50\\%", false }, { KITH__E_LIKE, "a_b", "a\\_b", true },
        { KITH__E_LIKE, "axb", "a\\_b", false }, { KITH__E_LIKE, "a\\b", "a\\\\b", true }, { KITH__E_LIKE, "a*b", "a*b", true },
        { KITH__E_LIKE, "axb", "a*b", false }, { KITH__E_LIKE, "a?[x]", "a?[x]", true }, { KITH__E_LIKE, "axx", "a?[x]", false },
        { KITH__E_LIKE, "axb", "a?b", false }, { KITH__E_LIKE, "a^]-", "a^]-", true }, { KITH__E_LIKE, "🦝ä", "__", true }, { KITH__E_LIKE, "🦝ä", "___", false }, { KITH__E_LIKE, "", "%", true },
        { KITH__E_ILIKE, "Rocky", "r%", true }, { KITH__E_ILIKE, "50%", "50\\%", true }, { KITH__E_ILIKE, "500", "50\\%", false },
        { KITH__E_STARTS, "50% off", "50%", true }, { KITH__E_STARTS, "500", "50%", false }, { KITH__E_STARTS, "a_b", "a_", true },
        { KITH__E_STARTS, "axb", "a_", false }, { KITH__E_STARTS, "a\\b", "a\\", true }, { KITH__E_STARTS, "[a]", "[a", true },
        { KITH__E_STARTS, "Rocky", "r", false }, { KITH__E_STARTS, "ära", "är", true }, { KITH__E_STARTS, "x*", "*", false }, { KITH__E_STARTS, "x", "", true },
        { KITH__E_CONTAINS, "a%b", "%", true }, { KITH__E_CONTAINS, "ab", "%", false }, { KITH__E_CONTAINS, "Rocky", "CK", false },
        { KITH__E_CONTAINS, "Rocky", "ck", true }, { KITH__E_CONTAINS, "a\\b", "\\", true }, { KITH__E_CONTAINS, "x🦝y", "🦝", true },
        { KITH__E_CONTAINS, "x", "", true },
    };
    execute("CREATE TEMP TABLE one_row AS SELECT 1");
    for (size_t i = 0; i < KITH__COUNT(cases); i++)
        if (matches(cases[i].kind, cases[i].text, cases[i].pattern) != cases[i].match)
            fail_msg("kind %d: '%s' and '%s'", (int)cases[i].kind, cases[i].text, cases[i].pattern);
    execute("DROP TABLE one_row");
}

static void a_beginning_is_found_by_index(void **state)
{
    (void)state;
    kith__sql sql = { 0 };
    kith__text_add(&sql.text, "EXPLAIN QUERY PLAN ");
    kith__sql_select(&sql, sqlite, &(kith__select){ .table = "thing", .alias = "t", .where = PAIR(STARTS, COLUMN("name"), VALUE("Ro")) });
    sqlite3_stmt *statement = prepared(sql.text.data);
    sqlite3_bind_text(statement, 1, sql.binds[0].value.s, -1, SQLITE_STATIC);
    assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
    assert_non_null(strstr((const char *)sqlite3_column_text(statement, 3), "SEARCH"));
    sqlite3_finalize(statement);
    kith__sql_free(&sql);
}

/* ---------------------------------------------------------------- statements */

static void selects_and_counts_read_as_written_and_prepare(void **state)
{
    (void)state;
    kith__sql sql = { 0 };
    const kith__expr *of_t[] = { COLUMN("id"), COLUMN("name") };
    kith__expr parent = { .kind = KITH__E_COLUMN, .table = "u", .name = "id" };
    kith__join join = { .table = "thing", .alias = "u", .on = PAIR(EQ, COLUMN("order"), &parent), .kind = KITH__JOIN_LEFT };
    kith__sort sort = { .by = COLUMN("name"), .descending = true };
    kith__select select = { .columns = of_t, .column_count = 2, .table = "thing", .alias = "t", .joins = &join, .join_count = 1, .order = &sort,
                            .order_count = 1, .limit = 10, .offset = UINT64_MAX, .lock = 1 };
    kith__sql_select(&sql, sqlite, &select);
    assert_int_equal(sql.binds[0].value.i, 10);
    assert_int_equal(sql.binds[1].value.i, INT64_MAX);
    assert_sql(&sql, "SELECT \"t\".\"id\", \"t\".\"name\" FROM \"thing\" AS \"t\" LEFT JOIN \"thing\" AS \"u\" ON \"t\".\"order\" = \"u\".\"id\" "
                     "ORDER BY \"t\".\"name\" DESC LIMIT ? OFFSET ?", 2);
    select.limit = select.offset = select.order_count = 0;
    static const char *const words[] = { [KITH__JOIN_INNER] = "JOIN", [KITH__JOIN_LEFT] = "LEFT JOIN", [KITH__JOIN_FULL] = "FULL JOIN" };
    for (join.kind = KITH__JOIN_INNER; join.kind <= (sqlite3_libversion_number() >= 3039000 ? KITH__JOIN_FULL : KITH__JOIN_LEFT); join.kind++) {
        char wanted[200];
        snprintf(wanted, sizeof wanted, "SELECT \"t\".\"id\", \"t\".\"name\" FROM \"thing\" AS \"t\" %s \"thing\" AS \"u\" ON \"t\".\"order\" = \"u\".\"id\"", words[join.kind]);
        kith__sql_select(&sql, sqlite, &select);
        assert_sql(&sql, wanted, 0);
    }
    select.offset = UINT64_MAX;
    select.join_count = 0;
    kith__sql_select(&sql, sqlite, &select);
    assert_sql(&sql, "SELECT \"t\".\"id\", \"t\".\"name\" FROM \"thing\" AS \"t\" LIMIT -1 OFFSET ?", 1);
    kith__sql_count(&sql, sqlite, &select);
    assert_sql(&sql, "SELECT count(*) FROM (SELECT 1 FROM \"thing\" AS \"t\" LIMIT -1 OFFSET ?) AS \"counted\"", 1);
    select.offset = 0;
    select.distinct = true;
    kith__sql_count(&sql, sqlite, &select);
    assert_sql(&sql, "SELECT count(*) FROM (SELECT DISTINCT \"t\".\"id\", \"t\".\"name\" FROM \"thing\" AS \"t\") AS \"counted\"", 0);
    select.distinct = false;
    kith__sql_count(&sql, sqlite, &select);
    assert_sql(&sql, "SELECT count(*) FROM \"thing\" AS \"t\"", 0);
    kith__sql_free(&sql);
}

static void changes_read_as_written_and_prepare(void **state)
{
    (void)state;
    kith__sql sql = { 0 };
    kith__sql_insert(&sql, sqlite, &(kith__insert){ .table = "thing", .columns = both_names, .column_count = 2, .rows = 2, .returning = id_name, .returning_count = 1 });
    assert_sql(&sql, "INSERT INTO \"thing\" (\"name\", \"order\") VALUES (?, ?), (?, ?) RETURNING \"id\"", 4);
    kith__sql_insert(&sql, sqlite, &(kith__insert){ .table = "thing" });
    assert_sql(&sql, "INSERT INTO \"thing\" DEFAULT VALUES", 0);
    kith__sql_insert_missing(&sql, sqlite, "thing", both_names, 2, 1);
    assert_sql(&sql, "INSERT INTO \"thing\" (\"name\", \"order\") SELECT ?, ? WHERE NOT EXISTS (SELECT 1 FROM \"thing\" WHERE \"name\" = ?)", 3);
    kith__sql_update(&sql, sqlite, &(kith__update){ "thing", both_names, 2, id_name, 1 });
    assert_sql(&sql, "UPDATE \"thing\" SET \"name\" = ?, \"order\" = ? WHERE \"id\" = ?", 3);
    kith__sql_delete(&sql, sqlite, "thing", id_name, 1, 1);
    assert_sql(&sql, "DELETE FROM \"thing\" WHERE \"id\" = ?", 1);
    kith__sql_delete(&sql, sqlite, "thing", id_name, 1, 3);
    assert_sql(&sql, "DELETE FROM \"thing\" WHERE \"id\" IN (?, ?, ?)", 3);
    kith__sql_delete(&sql, sqlite, "thing", both_names, 2, 1);
    assert_sql(&sql, "DELETE FROM \"thing\" WHERE \"name\" = ? AND \"order\" = ?", 2);
    kith__sql_delete(&sql, sqlite, "thing", both_names, 2, 2);
    assert_sql(&sql, "DELETE FROM \"thing\" WHERE (\"name\", \"order\") IN (VALUES (?, ?), (?, ?))", 4);
    kith__sql_delete_where(&sql, sqlite, "thing", NULL);
    assert_sql(&sql, "DELETE FROM \"thing\"", 0);
    kith__expr order = { .kind = KITH__E_COLUMN, .name = "order" };
    kith__sql_update_where(&sql, sqlite, "thing", order_name, (const kith__expr *const[]){ PAIR(ADD, &order, VALUE(1)) }, 1, PAIR(GT, &order, VALUE(5)));
    assert_sql(&sql, "UPDATE \"thing\" SET \"order\" = \"order\" + ? WHERE \"order\" > ?", 2);
    kith__sql_free(&sql);
}

/* ---------------------------------------------------------------- bounds */

static void ten_thousand_conditions_side_by_side_are_not_too_deep_for_sqlite(void **state)
{
    (void)state;
    enum { COUNT = 10000 };
    static const kith__expr *items[COUNT];
    const kith__expr *is_3 = PAIR(EQ, COLUMN("id"), VALUE(3));
    for (size_t i = 0; i < COUNT; i++)
        items[i] = is_3;
    kith__expr any = { .kind = KITH__E_OR, .items = items, .count = COUNT };
    kith__sql sql = { 0 };
    kith__sql_select(&sql, sqlite, &(kith__select){ .table = "thing", .alias = "t", .where = &any });
    assert_int_equal(kith__sql_check(&sql, &(kith__error){ 0 }), KITH_OK);
    assert_int_equal(sql.bind_count, COUNT);
    sqlite3_finalize(prepared(sql.text.data));
    kith__sql_free(&sql);
}

static void what_nests_too_deep_is_misuse_and_not_a_crash(void **state)
{
    (void)state;
    enum { DEPTH = 100000 };
    kith__expr *chain = calloc(DEPTH, sizeof *chain);
    kith__error error = { 0 };
    kith__sql sql = { 0 };
    chain[0] = *COLUMN("id");
    for (size_t i = 1; i < DEPTH; i++)
        chain[i] = (kith__expr){ .kind = KITH__E_NOT, .a = &chain[i - 1] };
    kith__sql_select(&sql, sqlite, &(kith__select){ .table = "thing", .alias = "t", .where = &chain[DEPTH - 1] });
    assert_true(sql.broken);
    assert_int_equal(kith__sql_check(&sql, &error), KITH_MISUSE);
    assert_non_null(error.public_.hint);
    kith__sql_reset(&sql);
    kith__sql_select(&sql, sqlite, &(kith__select){ .table = "thing", .alias = "t", .where = &chain[900] });
    assert_int_equal(kith__sql_check(&sql, &(kith__error){ 0 }), KITH_OK);
    kith__sql_free(&sql);
    kith__error_free(&error);
    free(chain);
}

static bool writes_all(void *arg)
{
    (void)arg;
    kith__sql sql = { 0 };
    kith__text ddl = { 0 };
    kith__error error = { 0 };
    kith__sql_select(&sql, sqlite, &(kith__select){ .table = "thing", .alias = "t", .limit = 3,
        .where = LIST(AND, PAIR(LIKE, COLUMN("name"), VALUE("R%")), PAIR(STARTS, COLUMN("name"), VALUE("R"))) });
    kith__ddl_create_table(&ddl, sqlite, &table);
    bool whole = !sql.broken && !ddl.broken;
    assert_int_equal(kith__sql_check(&sql, &error), sql.broken ? KITH_NO_MEMORY : KITH_OK);
    assert_true(!whole || (sql.bind_count == 3 && !strcmp(ddl.data, table_sql)));
    kith__sql_free(&sql);
    kith__text_free(&ddl);
    kith__error_free(&error);
    return whole;
}

static void without_memory_a_statement_says_so(void **state)
{
    (void)state;
    assert_true(kith_test_each_allocation(writes_all, NULL) > 8);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_table_reads_well_and_sqlite_generates_its_key),
        cmocka_unit_test(a_key_that_is_never_used_again_stands_with_its_column),
        cmocka_unit_test(an_index_takes_columns_expressions_directions_and_a_condition),
        cmocka_unit_test(a_table_says_how_it_is_stored_and_a_column_how_it_is_compared),
        cmocka_unit_test(a_default_without_an_end_stands_as_it_is_for_the_engine_to_refuse),
        cmocka_unit_test(a_default_that_is_no_literal_stands_in_parentheses),
        cmocka_unit_test(brackets_between_dollars_are_none),
        cmocka_unit_test(conditions_read_as_written_and_prepare),
        cmocka_unit_test(lists_may_be_empty_or_of_rows),
        cmocka_unit_test(decimals_in_texts_are_compared_and_ordered_by_their_collation),
        cmocka_unit_test(texts_match_as_promised_whatever_is_in_them),
        cmocka_unit_test(a_beginning_is_found_by_index),
        cmocka_unit_test(selects_and_counts_read_as_written_and_prepare),
        cmocka_unit_test(changes_read_as_written_and_prepare),
        cmocka_unit_test(ten_thousand_conditions_side_by_side_are_not_too_deep_for_sqlite),
        cmocka_unit_test(what_nests_too_deep_is_misuse_and_not_a_crash),
        cmocka_unit_test(without_memory_a_statement_says_so),
    };
    return cmocka_run_group_tests(tests, open_database, close_database);
}
