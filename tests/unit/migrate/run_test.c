/*
 * Migration files run against a SQLite database: the lesson's workflow, and the rebuild that loses nothing.
 */
#include "helpers.h"

#include <sqlite3.h>
#include <stdio.h>
#include <unistd.h>

typedef struct place {
    char *folder, *migrations, *path, *url;
    kith__pool *pool;
    sqlite3 *db;                /* a second way in, kith's hands off */
} place;

static void must(int status, const kith__error *error)
{
    if (status != KITH_OK)
        fail_msg("%s (%s)", error->public_.message, error->public_.hint ? error->public_.hint : "");
}

static int set_up(void **state)
{
    place *p = calloc(1, sizeof *p);
    kith__error error = { 0 };
    bool was_there;
    p->folder = kith_test_folder();
    p->migrations = kith_test_path(p->folder, "migrations");
    p->path = kith_test_path(p->folder, "app.db");
    p->url = malloc(strlen(p->path) + 20);
    sprintf(p->url, "sqlite:///%s", p->path);
    must(kith__migrations_init(p->migrations, &was_there, &error), &error);
    must(kith__pool_open(&p->pool, p->url, &error), &error);
    assert_int_equal(sqlite3_open(p->path, &p->db), SQLITE_OK);
    *state = p;
    return 0;
}

static int tear_down(void **state)
{
    place *p = *state;
    kith__pool_close(p->pool);
    sqlite3_close(p->db);
    free(p->migrations);
    free(p->path);
    free(p->url);
    kith_test_remove_folder(p->folder);
    free(p);
    return 0;
}

static void sql(place *p, const char *text)
{
    char *message = NULL;
    if (sqlite3_exec(p->db, text, NULL, NULL, &message) != SQLITE_OK)
        fail_msg("%s: %s", text, message);
}

static int add_cell(void *arg, int count, char **values, char **names)
{
    kith__text *out = arg;
    (void)names;
    for (int i = 0; i < count; i++)
        kith__text_addf(out, "%s%s", i > 0 ? "|" : "", values[i] ? values[i] : "NULL");
    kith__text_addc(out, '\n');
    return 0;
}

static void expect(place *p, const char *query, const char *rows)
{
    kith__text out = { 0 };
    char *message = NULL;
    if (sqlite3_exec(p->db, query, add_cell, &out, &message) != SQLITE_OK)
        fail_msg("%s: %s", query, message);
    if (strcmp(out.data ? out.data : "", rows) != 0)
        fail_msg("%s gives\n%s, not\n%s", query, out.data ? out.data : "", rows);
    kith__text_free(&out);
}

/* A file of that id upon `parent`, with these two parts. */
static void file(place *p, const char *id, const char *parent, const char *up, const char *down)
{
    kith__text text = { 0 };
    char name[80];
    snprintf(name, sizeof name, "migrations/versions/2026_%s_x.sql", id);
    char *path = kith_test_path(p->folder, name);
    kith__text_addf(&text, "-- kith: revision %s\n-- kith: down-revision %s\n-- kith: message %s\n\n-- kith: upgrade\n%s\n-- kith: downgrade\n%s\n", id, parent, id, up, down);
    kith_test_write_file(path, text.data);
    kith__text_free(&text);
    free(path);
}

static kith__revisions *read_files(place *p)
{
    kith__revisions *set;
    kith__error error = { 0 };
    must(kith__revisions_read(&set, p->migrations, &error), &error);
    return set;
}

static kith__run_result run_to(place *p, bool up, const char *target)
{
    kith__revisions *set = read_files(p);
    kith__run_result result;
    kith__run_options options = { .accept_loss = true };
    kith__error error = { 0 };
    must((up ? kith__upgrade : kith__downgrade)(p->pool, set, target, &options, &result, &error), &error);
    kith__revisions_free(set);
    return result;
}

static void expect_refused(place *p, const char *target, int status, const char *part)
{
    kith__revisions *set = read_files(p);
    kith__run_result result;
    kith__error error = { 0 };
    int got = kith__upgrade(p->pool, set, target, NULL, &result, &error);
    if (got != status || strstr(error.public_.message, part) == NULL)
        fail_msg("status %d, %s", got, got ? error.public_.message : "no error");
    kith__error_free(&error);
    kith__revisions_free(set);
}

static void migrate(place *p, const char *models, const char *message, const kith__compare_options *compare, bool expect_changes)
{
    kith__arena arena = { 0 };
    kith__schema schema;
    kith__revisions *set = read_files(p);
    kith__draft draft;
    kith__draft_options options = { .message = message, .accept_loss = true };
    kith__error error = { 0 };
    bool changes;
    if (compare != NULL)
        options.compare = *compare;
    test_schema_of(&schema, &arena, models);
    must(kith__draft_make(&draft, set, &schema, &options, &changes, &error), &error);
    assert_int_equal(changes, expect_changes);
    if (changes) {
        must(kith__draft_write(&draft, set, &error), &error);
        kith__draft_free(&draft);
    }
    kith__revisions_free(set);
    kith__schema_free(&schema);
    kith__arena_free(&arena);
}

/* the database says what the files say */
static void expect_no_drift(place *p)
{
    kith__arena arena = { 0 };
    kith__revisions *set = read_files(p);
    kith__connection *connection;
    kith__state files, live;
    kith__drifts drift;
    kith__error error = { 0 };
    must(kith__replay(set, kith__revisions_head(set, &error), &files, &error), &error);
    must(kith__pool_take(p->pool, &connection, &error), &error);
    must(kith__reflect(connection, &live, &error), &error);
    must(kith__drift_find(&arena, &files, &live, &kith__dialect_sqlite, &drift, &error), &error);
    if (drift.count > 0)
        fail_msg("%s: %s; %s", drift.items[0].object, drift.items[0].sentence, drift.items[0].repair ? drift.items[0].repair : "");
    kith__pool_give(connection);
    kith__state_free(&files);
    kith__state_free(&live);
    kith__revisions_free(set);
    kith__arena_free(&arena);
}

#define MODELS_1 \
    "CREATE TABLE raccoon (id BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, name TEXT, age BIGINT);" \
    "CREATE TABLE trashcan (id BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, address TEXT);"
#define MODELS_2 \
    "CREATE TABLE raccoon (id BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, name TEXT, age BIGINT);" \
    "CREATE TABLE business (id BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, name VARCHAR(40) NOT NULL, opened TIMESTAMP WITH TIME ZONE, UNIQUE (name));" \
    "CREATE TABLE trashcan (id BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, address TEXT, raccoon_id BIGINT REFERENCES raccoon (id), business_id BIGINT REFERENCES business (id));" \
    "CREATE TABLE raccoon_business (raccoon_id BIGINT NOT NULL, business_id BIGINT NOT NULL, PRIMARY KEY (raccoon_id, business_id), " \
    "FOREIGN KEY (raccoon_id) REFERENCES raccoon (id) ON DELETE CASCADE, FOREIGN KEY (business_id) REFERENCES business (id) ON DELETE CASCADE);"

static void the_lessons_workflow_keeps_the_rows_in_between(void **state)
{
    place *p = *state;
    setenv("SOURCE_DATE_EPOCH", "1795348800", 1);
    migrate(p, MODELS_1, "raccoons", NULL, true);
    migrate(p, MODELS_1, "again", NULL, false);
    assert_int_equal(run_to(p, true, "head").applied, 1);
    expect_no_drift(p);
    sql(p, "INSERT INTO raccoon (name) VALUES ('Rocky'), ('Bandit'); INSERT INTO trashcan (address) VALUES ('12 Elm St');");
    setenv("SOURCE_DATE_EPOCH", "1795348900", 1);
    migrate(p, MODELS_2, "business and the join table", NULL, true);
    assert_int_equal(run_to(p, true, "head").applied, 1);
    assert_int_equal(run_to(p, true, "head").applied, 0);
    expect_no_drift(p);
    expect(p, "SELECT id, name FROM raccoon ORDER BY id", "1|Rocky\n2|Bandit\n");
    expect(p, "SELECT address, raccoon_id FROM trashcan", "12 Elm St|NULL\n");
    expect(p, "SELECT state, direction FROM kith_history ORDER BY id", "done|up\ndone|up\n");
    migrate(p, MODELS_2, "nothing", NULL, false);
    kith__run_result result = run_to(p, false, "-1");
    assert_int_equal(result.applied, 1);
    expect(p, "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'kith%' ORDER BY 1", "raccoon\ntrashcan\n");
    expect(p, "SELECT address FROM trashcan", "12 Elm St\n");
    assert_int_equal(run_to(p, true, "+1").applied, 1);
    expect_no_drift(p);
    assert_int_equal(run_to(p, false, "base").applied, 2);
    expect(p, "SELECT count(*) FROM kith_version", "0\n");
}

static void a_rebuild_loses_nothing(void **state)
{
    place *p = *state;
    file(p, "aaaa0001", "base",
        "-- kith: only sqlite\n-- kith: end\n-- kith: verbatim\n"
        "CREATE TABLE parent (id INTEGER PRIMARY KEY AUTOINCREMENT, -- the key\n"
        "  name TEXT COLLATE NOCASE NOT NULL ON CONFLICT IGNORE, /* its name */ size INT CHECK (size > 0), twice INT AS (size * 2) VIRTUAL, thrice INT AS (size * 3) STORED,\n"
        "  up INTEGER REFERENCES parent, UNIQUE (name) ON CONFLICT REPLACE);\n"
        "CREATE TABLE child (id INTEGER PRIMARY KEY, parent_id INTEGER NOT NULL REFERENCES parent (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED);\n"
        "CREATE TABLE log (what TEXT);\n"
        "CREATE INDEX part ON parent (size) WHERE size > 5; CREATE INDEX down ON parent (size DESC); CREATE INDEX expr ON parent (lower(name)); CREATE INDEX coll ON parent (name COLLATE RTRIM);\n"
        "CREATE TRIGGER own AFTER UPDATE ON parent BEGIN INSERT INTO log VALUES (new.name); INSERT INTO log VALUES ('x'); END;\n"
        "CREATE TRIGGER foreign_one AFTER DELETE ON child BEGIN UPDATE parent SET size = size + 1 WHERE id = old.parent_id; END;\n"
        "CREATE VIEW heavy AS SELECT name FROM parent WHERE size > 5; CREATE VIEW on_view AS SELECT * FROM heavy; CREATE VIEW dangling AS SELECT * FROM nowhere;\n"
        "CREATE TRIGGER instead INSTEAD OF INSERT ON heavy BEGIN INSERT INTO parent (name, size) VALUES (new.name, 9); END;\n"
        "INSERT INTO parent (id, name, size, up) VALUES (1, 'a', 7, NULL), (2, 'b', 3, 1), (9, 'gone', 1, 1); DELETE FROM parent WHERE id = 9;\n"
        "INSERT INTO child VALUES (1, 1), (2, 1); ANALYZE;\n"
        "-- kith: end\n", "-- kith: irreversible \"no\"\n");
    file(p, "aaaa0002", "aaaa0001",
        "-- kith: only sqlite\nALTER TABLE parent ALTER COLUMN size SET NOT NULL;\nALTER TABLE parent ADD COLUMN tag VARCHAR(5) DEFAULT 'none' NOT NULL;\n"
        "ALTER TABLE parent ALTER COLUMN tag DROP DEFAULT;\nALTER TABLE parent ADD CONSTRAINT ck_big CHECK (size < 1000);\n-- kith: end\n", "");
    assert_int_equal(run_to(p, true, "aaaa0001").applied, 1);
    expect(p, "SELECT idx, stat FROM sqlite_stat1 WHERE tbl = 'parent' AND idx = 'part'", "part|1 1\n");
    assert_int_equal(run_to(p, true, "head").applied, 1);
    expect(p, "SELECT sql FROM sqlite_schema WHERE name = 'parent'",
        "CREATE TABLE \"parent\" (id INTEGER PRIMARY KEY AUTOINCREMENT, -- the key\n"
        "  name TEXT COLLATE NOCASE NOT NULL ON CONFLICT IGNORE, /* its name */ size INT NOT NULL CHECK (size > 0), twice INT AS (size * 2) VIRTUAL, thrice INT AS (size * 3) STORED,\n"
        "  up INTEGER REFERENCES parent,\n    \"tag\" VARCHAR(5) NOT NULL, UNIQUE (name) ON CONFLICT REPLACE,\n    CONSTRAINT \"ck_big\" CHECK (size < 1000))\n");
    expect(p, "SELECT id, name, size, twice, thrice, up, tag FROM parent ORDER BY id", "1|a|7|14|21|NULL|none\n2|b|3|6|9|1|none\n");
    expect(p, "SELECT * FROM child", "1|1\n2|1\n");
    expect(p, "SELECT name FROM sqlite_schema WHERE tbl_name = 'parent' AND type <> 'table' AND sql IS NOT NULL ORDER BY 1", "coll\ndown\nexpr\nown\npart\n");
    expect(p, "SELECT seq FROM sqlite_sequence WHERE name = 'parent'", "9\n");
    expect(p, "SELECT idx, stat FROM sqlite_stat1 WHERE tbl = 'parent' AND idx = 'part'", "part|1 1\n");
    expect(p, "SELECT name FROM sqlite_schema WHERE type = 'view' ORDER BY 1", "dangling\nheavy\non_view\n");
    expect(p, "SELECT * FROM on_view", "a\n");
    expect(p, "PRAGMA foreign_key_check", "");
    expect(p, "PRAGMA integrity_check", "ok\n");
    sql(p, "UPDATE parent SET size = 8 WHERE id = 1");
    expect(p, "SELECT what FROM log", "a\nx\n");
    sql(p, "INSERT INTO parent (name, size, tag) VALUES ('new', 1, 't')");
    expect(p, "SELECT max(id) FROM parent", "10\n");
    sql(p, "UPDATE parent SET up = NULL; PRAGMA foreign_keys = ON; DELETE FROM parent WHERE id = 1");
    expect(p, "SELECT count(*) FROM child", "0\n");
}

static void strict_without_rowid_and_bare_rowids_survive(void **state)
{
    place *p = *state;
    file(p, "aaaa0001", "base",
        "-- kith: verbatim\nCREATE TABLE s (k TEXT PRIMARY KEY, v INT) STRICT, WITHOUT ROWID; INSERT INTO s VALUES ('a', 1);\n"
        "CREATE TABLE r (v TEXT); INSERT INTO r (rowid, v) VALUES (5, 'five'), (77, 'more');\n-- kith: end\n", "");
    file(p, "aaaa0002", "aaaa0001", "-- kith: only sqlite\nALTER TABLE s ALTER COLUMN v SET NOT NULL;\nALTER TABLE r ALTER COLUMN v SET DEFAULT now();\n-- kith: end\n"
        "-- kith: only postgresql\nCREATE INDEX CONCURRENTLY nowhere ON r (v);\n-- kith: end\n", "");
    file(p, "aaaa0003", "aaaa0002", "-- kith: only sqlite\nALTER TABLE r ALTER COLUMN v SET DEFAULT 'x';\n-- kith: end\n", "");
    expect_refused(p, "nosuch", KITH_NOT_FOUND, "nosuch");
    kith__revisions *set = read_files(p);
    kith__run_result result;
    kith__error error = { 0 };
    int status = kith__upgrade(p->pool, set, "aaaa0002", NULL, &result, &error);
    must(status, &error);
    kith__revisions_free(set);
    run_to(p, true, "head");
    expect(p, "SELECT strict, wr FROM pragma_table_list WHERE name = 's'", "1|1\n");
    expect(p, "SELECT rowid, v FROM r", "5|five\n77|more\n");
}

static void null_rows_refuse_not_null_and_nothing_changes(void **state)
{
    place *p = *state;
    file(p, "aaaa0001", "base", "CREATE TABLE t (id INTEGER GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, a TEXT);\nINSERT INTO t (a) VALUES ('x'), (NULL), (NULL);\n", "DROP TABLE t;\n");
    file(p, "aaaa0002", "aaaa0001", "ALTER TABLE t ADD COLUMN b INTEGER;\nALTER TABLE t ALTER COLUMN a SET NOT NULL;\n", "");
    run_to(p, true, "aaaa0001");
    expect_refused(p, "head", KITH_REFUSED, "2 rows in t have a NULL (first rows 2, 3)");
    expect(p, "SELECT count(*) FROM pragma_table_info('t')", "2\n");
    expect(p, "SELECT version_num FROM kith_version", "aaaa0001\n");
    expect(p, "SELECT state FROM kith_history ORDER BY id", "done\nfailed\n");
    kith__connection *connection;
    kith__error error = { 0 };
    kith__pool_take(p->pool, &connection, &error);
    kith__statement *s = kith__prepare(connection, NULL, 0, "PRAGMA foreign_keys", &error);
    int64_t on = 0;
    kith__step_(s, &error);
    kith__row_int(s, 0, &on);
    kith__done(s);
    kith__pool_give(connection);
    assert_int_equal(on, 1);
}

static void orphans_views_and_triggers_that_would_break_refuse(void **state)
{
    place *p = *state;
    file(p, "aaaa0001", "base",
        "CREATE TABLE t (id INTEGER GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, a TEXT, b TEXT, c INTEGER);\nINSERT INTO t (a, c) VALUES ('x', 99);\n"
        "CREATE VIEW v AS SELECT a FROM t;\nCREATE TRIGGER g AFTER INSERT ON t BEGIN UPDATE t SET b = 'y' WHERE id = new.id; END;\n", "");
    run_to(p, true, "head");
    file(p, "aaaa0002", "aaaa0001", "-- kith: loses t.a\nALTER TABLE t DROP COLUMN a;\n", "");
    expect_refused(p, "head", KITH_REFUSED, "the view v would no longer work");
    file(p, "aaaa0002", "aaaa0001", "ALTER TABLE t DROP COLUMN b;\n", "");
    expect_refused(p, "head", KITH_REFUSED, "a trigger of t would no longer work: There is no column b");
    file(p, "aaaa0002", "aaaa0001", "ALTER TABLE t ADD CONSTRAINT fk_t_c FOREIGN KEY (c) REFERENCES t (id);\n", "");
    expect_refused(p, "head", KITH_REFUSED, "1 row would be left without a parent");
    expect(p, "SELECT id, a, c FROM t", "1|x|99\n");
    expect(p, "SELECT count(*) FROM sqlite_schema WHERE name LIKE '\\_\\_kith%' ESCAPE '\\'", "0\n");
}

static void what_would_be_lost_must_be_said(void **state)
{
    place *p = *state;
    file(p, "aaaa0001", "base", "CREATE TABLE t (id INTEGER GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, a TEXT);\nINSERT INTO t (a) VALUES ('x');\n", "DROP TABLE t;\n");
    run_to(p, true, "head");
    file(p, "aaaa0002", "aaaa0001", "ALTER TABLE t DROP COLUMN a;\n", "");
    expect_refused(p, "head", KITH_REFUSED, "dropping t.a would lose what 1 row holds");
    file(p, "aaaa0002", "aaaa0001", "DROP TABLE t;\n", "");
    expect_refused(p, "head", KITH_REFUSED, "dropping t would lose what 1 row holds");
    sql(p, "DELETE FROM t");
    assert_int_equal(run_to(p, true, "head").applied, 1);
}

static void duplicates_and_misfits_are_counted_first(void **state)
{
    place *p = *state;
    file(p, "aaaa0001", "base", "CREATE TABLE t (a TEXT, n TEXT);\nINSERT INTO t VALUES ('x', '1'), ('x', 'one'), ('y', '3');\n", "");
    run_to(p, true, "head");
    file(p, "aaaa0002", "aaaa0001", "ALTER TABLE t ADD CONSTRAINT uq_t_a UNIQUE (a);\n", "");
    expect_refused(p, "head", KITH_REFUSED, "1 value in t is there more than once");
    file(p, "aaaa0002", "aaaa0001", "CREATE UNIQUE INDEX i ON t (a);\n", "");
    expect_refused(p, "head", KITH_REFUSED, "1 value in t is there more than once");
    file(p, "aaaa0002", "aaaa0001", "ALTER TABLE t ALTER COLUMN n TYPE INTEGER USING CAST(n AS INTEGER);\n", "");
    expect_refused(p, "head", KITH_REFUSED, "1 row in t has a n that does not fit INTEGER");
    file(p, "aaaa0002", "aaaa0001", "ALTER TABLE t ADD CONSTRAINT ck_t_a CHECK (a <> 'y');\n", "");
    expect_refused(p, "head", KITH_REFUSED, "1 row in t does not hold CHECK");
}

static void rows_that_a_new_check_refuses_are_changed_between_the_old_one_and_the_new(void **state)
{
    place *p = *state;
    file(p, "aaaa0001", "base", "CREATE TABLE t (a TEXT, CONSTRAINT ck_t_a CHECK (a IN ('x', 'y')));\nINSERT INTO t VALUES ('x'), ('y');\n", "");
    run_to(p, true, "head");
    file(p, "aaaa0002", "aaaa0001", "ALTER TABLE t DROP CONSTRAINT ck_t_a;\nALTER TABLE t ADD CONSTRAINT ck_t_a CHECK (a IN ('x', 'z'));\n", "");
    kith__revisions *set = read_files(p);
    kith__run_result result;
    kith__error error = { 0 };
    assert_int_equal(kith__upgrade(p->pool, set, "head", NULL, &result, &error), KITH_REFUSED);
    assert_non_null(strstr(error.public_.hint, "before the statement that adds the CHECK, and behind the one that drops an old CHECK"));
    kith__error_free(&error);
    kith__revisions_free(set);
    file(p, "aaaa0002", "aaaa0001", "ALTER TABLE t DROP CONSTRAINT ck_t_a;\nUPDATE t SET a = 'z' WHERE a = 'y';\nALTER TABLE t ADD CONSTRAINT ck_t_a CHECK (a IN ('x', 'z'));\n", "");
    run_to(p, true, "head");
    expect(p, "SELECT a FROM t", "x\nz\n");
}

static void a_name_with_commas_and_blanks_is_lost_in_quotes(void **state)
{
    place *p = *state;
    file(p, "aaaa0001", "base", "CREATE TABLE t (\"a, b\" TEXT, c TEXT, d TEXT);\nINSERT INTO t VALUES ('x', 'y', 'z');\n", "");
    run_to(p, true, "head");
    file(p, "aaaa0002", "aaaa0001", "-- kith: loses t.a, b, t.c\nALTER TABLE t DROP COLUMN \"a, b\";\n", "");
    expect_refused(p, "head", KITH_REFUSED, "dropping t.a, b would lose what 1 row holds");
    file(p, "aaaa0002", "aaaa0001", "-- kith: loses t.d, \"t.a, b\" t.c\nALTER TABLE t DROP COLUMN \"a, b\";\nALTER TABLE t DROP COLUMN c;\n", "");
    kith__revisions *set = read_files(p);
    kith__run_result result;
    kith__error error = { 0 };
    must(kith__upgrade(p->pool, set, "head", NULL, &result, &error), &error);
    kith__revisions_free(set);
    expect(p, "SELECT * FROM t", "z\n");
}

/* Rows are put in as they are, into a column without a type, which then gets one. */
static void what_does_not_fit_the_new_type_is_counted_first(void **state)
{
    static const struct { const char *type, *fits, *does_not; } cases[] = {
        { "INTEGER", "('1'), (2), (3.0), (' 4 '), ('1e3'), ('5.0'), (NULL)", "('2026-11-22'), ('1-2'), ('e'), (1.5), (x'31'), (2147483648)" },
        { "SMALLINT", "(32767), (-32768)", "(32768)" },
        { "BIGINT", "(9223372036854775807), ('-9223372036854775808'), ('2147483648'), ('9007199254740993')",
            "(1e300), (''), ('9223372036854775808'), ('9007199254740993.0'), (9223372036854775808.0)" },
        { "DOUBLE PRECISION", "(1), ('1.5'), ('1e3'), (9007199254740992), (0.1 + 0.2), ('0.30000000000000004')",
            "('1.2.3'), ('inf'), (9007199254740993), (9223372036854775807), ('0.1234567890123456789'), ('1e400'), (x'31')" },
        { "REAL", "(1.5)", "(1e39)" },
        { "NUMERIC(20,2)", "('12345678901234567.25'), (3), (2.5), ('1.100'), ('-0')", "('3,5'), ('1.125'), ('1234567890123456789'), (0.1 + 0.2), (' 1')" },
        { "NUMERIC(4,2)", "('12.5'), (12.25), (99), (0.0)", "(12345678.1234), ('100'), (0.125), ('12345678901234567890.0123456789')" },
        { "NUMERIC(30,10)", "('12345678901234567890.0123456789'), (9007199254740993)", "(0.1 + 0.2), ('12345678901234567890.01234567891')" },
        { "BOOLEAN", "(0), ('1')", "(2), ('yes')" },
        { "VARCHAR(3)", "('abc'), ('äöü'), (123)", "('abcd'), (x'616263'), (0.1 + 0.2)" },
        { "BLOB", "('abc'), (x'61')", "(1), (1.5)" },
        { "DATE", "('2026-11-22'), ('2026-11-22 00:00:00.000000')",
            "('22.11.2026'), (20261122), ('now'), ('10:00'), ('2026-02-30'), ('2026-11-22 11:38:02.000000'), ('2026-11-22 22:00:00-02:00')" },
        { "TIMESTAMP", "('2026-11-22 11:38:02.000000'), ('2026-11-22T11:38:02Z'), ('2026-11-22')", "('11 o''clock'), ('11:38:02.000000'), ('now')" },
        { "TIME", "('11:38:02.000000')", "('noon'), ('2026-11-22 11:38:02.000000'), ('now')" },
        { "UUID", "('0123456789abcdef0123456789abcdef'), ('01234567-89AB-cdef-0123-456789abcdef'), (x'00112233445566778899aabbccddeeff')", "('hello'), (7), (x'00')" },
        { "JSON", "('{\"a\": 1}'), ('1'), ('12345678901234567'), (' 1.5 '), ('[12345678901234567890]'), (NULL)", "('{'), ('12345678901234567890'), ('1e400'), ('1e999999'), (x'7b7d')" },
    };
    place *p = *state;
    file(p, "aaaa0001", "base", "-- kith: verbatim\nCREATE TABLE t (n);\n-- kith: end\n-- kith: state\nCREATE TABLE t (n TEXT);\n-- kith: end\n", "");
    run_to(p, true, "head");
    for (size_t i = 0; i < KITH__COUNT(cases); i++) {
        char text[600];
        kith__revisions *set;
        kith__run_result result;
        kith__run_options options = { .dry_run = true };
        kith__error error = { 0 };
        snprintf(text, sizeof text, "ALTER TABLE t ALTER COLUMN n TYPE %s;\n", cases[i].type);
        file(p, "aaaa0002", "aaaa0001", text, "");
        snprintf(text, sizeof text, "DELETE FROM t; INSERT INTO t VALUES %s", cases[i].fits);
        sql(p, text);
        set = read_files(p);
        must(kith__upgrade(p->pool, set, "head", &options, &result, &error), &error);
        kith__revisions_free(set);
        for (const char *value = cases[i].does_not; value != NULL; value = strstr(value, "), (") != NULL ? strstr(value, "), (") + 3 : NULL) {
            const char *end = strstr(value, "), (");
            snprintf(text, sizeof text, "DELETE FROM t; INSERT INTO t VALUES %.*s", end != NULL ? (int)(end + 1 - value) : (int)strlen(value), value);
            sql(p, text);
            snprintf(text, sizeof text, "1 row in t has a n that does not fit %s (first rows", cases[i].type);
            expect_refused(p, "head", KITH_REFUSED, text);
        }
    }
}

static void dates_moments_and_uuids_are_respelt_as_their_new_type_has_them(void **state)
{
    place *p = *state;
    file(p, "aaaa0001", "base", "CREATE TABLE t (d DATE, m TIMESTAMP, u TEXT, b BLOB);\n"
        "INSERT INTO t VALUES ('2026-11-22', '2026-11-23 00:00:00.000000', '01234567-89AB-cdef-0123-456789abcdef', x'00112233445566778899AABBCCDDEEFF'), (NULL, NULL, NULL, NULL);\n", "");
    file(p, "aaaa0002", "aaaa0001", "ALTER TABLE t ALTER COLUMN d TYPE TIMESTAMP, ALTER COLUMN m TYPE DATE, ALTER COLUMN u TYPE UUID, ALTER COLUMN b TYPE UUID;\n"
        "ALTER TABLE t ADD COLUMN n DATE DEFAULT '2026-01-01';\nALTER TABLE t ALTER COLUMN n TYPE TIMESTAMP;\n",
        "ALTER TABLE t ALTER COLUMN d TYPE DATE, ALTER COLUMN m TYPE TIMESTAMP;\n");
    run_to(p, true, "head");
    expect(p, "SELECT d, m, u, b FROM t WHERE d IS NOT NULL",
        "2026-11-22 00:00:00.000000|2026-11-23|0123456789abcdef0123456789abcdef|00112233445566778899aabbccddeeff\n");
    expect(p, "SELECT count(*) FROM t WHERE d IS NULL AND m IS NULL AND u IS NULL AND b IS NULL", "1\n");
    run_to(p, false, "-1");
    expect(p, "SELECT d, m FROM t WHERE d IS NOT NULL", "2026-11-22|2026-11-23 00:00:00.000000\n");
}

static void a_failing_file_leaves_the_database_at_the_one_before(void **state)
{
    place *p = *state;
    file(p, "aaaa0001", "base", "CREATE TABLE t (a TEXT);\n", "DROP TABLE t;\n");
    file(p, "aaaa0002", "aaaa0001", "CREATE TABLE u (a TEXT);\nINSERT INTO nowhere VALUES (1);\n", "");
    expect_refused(p, "head", KITH_SCHEMA, "2026_aaaa0002_x.sql:7: There is no table nowhere");
    expect(p, "SELECT version_num FROM kith_version", "aaaa0001\n");
    expect(p, "SELECT name FROM sqlite_schema WHERE name IN ('t', 'u')", "t\n");
    file(p, "aaaa0002", "aaaa0001", "COMMIT;\n", "");
    expect_refused(p, "head", KITH_CONFIG, "COMMIT cannot stand in a migration");
}

static void a_program_without_the_file_can_still_downgrade(void **state)
{
    place *p = *state;
    file(p, "aaaa0001", "base", "CREATE TABLE t (a TEXT);\n", "DROP TABLE t;\n");
    file(p, "aaaa0002", "aaaa0001", "CREATE TABLE u (a TEXT);\n", "DROP TABLE u;\n");
    run_to(p, true, "head");
    char *path = kith_test_path(p->folder, "migrations/versions/2026_aaaa0002_x.sql");
    unlink(path);
    free(path);
    expect_refused(p, "head", KITH_CONFIG, "which is not among the migration files");
    assert_int_equal(run_to(p, false, "-1").applied, 1);
    expect(p, "SELECT name FROM sqlite_schema WHERE name IN ('t', 'u')", "t\n");
    expect(p, "SELECT version_num FROM kith_version", "aaaa0001\n");
}

static void a_dry_run_changes_nothing(void **state)
{
    place *p = *state;
    file(p, "aaaa0001", "base", "CREATE TABLE t (a TEXT);\n", "DROP TABLE t;\n");
    file(p, "aaaa0002", "aaaa0001", "ALTER TABLE t ALTER COLUMN a SET NOT NULL;\n", "");
    kith__revisions *set = read_files(p);
    kith__run_result result;
    kith__run_options options = { .dry_run = true };
    kith__error error = { 0 };
    must(kith__upgrade(p->pool, set, "head", &options, &result, &error), &error);
    assert_int_equal(result.applied, 0);
    expect(p, "SELECT count(*) FROM sqlite_schema", "0\n");
    options = (kith__run_options){ .single_transaction = true };
    must(kith__upgrade(p->pool, set, "head", &options, &result, &error), &error);
    assert_int_equal(result.applied, 2);
    assert_string_equal(result.now, "aaaa0002");
    kith__revisions_free(set);
}

static void a_type_that_is_stored_alike_needs_no_rebuild(void **state)
{
    place *p = *state;
    file(p, "aaaa0001", "base", "CREATE TABLE t (a INTEGER, b TIMESTAMP);\n", "DROP TABLE t;\n");
    file(p, "aaaa0002", "aaaa0001", "ALTER TABLE t ALTER COLUMN a TYPE BIGINT;\nALTER TABLE t ALTER COLUMN b TYPE TIMESTAMP WITH TIME ZONE;\n", "");
    run_to(p, true, "aaaa0001");
    expect(p, "SELECT sql LIKE '%\"a\" INTEGER%' FROM sqlite_schema WHERE name = 't'", "1\n");
    run_to(p, true, "head");
    expect(p, "SELECT sql LIKE '%\"a\" INTEGER%' FROM sqlite_schema WHERE name = 't'", "1\n");
    expect_no_drift(p);
}

static void two_types_of_one_column_in_a_file_are_two_changes(void **state)
{
    place *p = *state;
    file(p, "aaaa0001", "base", "CREATE TABLE t (a TEXT);\nINSERT INTO t VALUES ('12');\n", "");
    file(p, "aaaa0002", "aaaa0001", "ALTER TABLE t ALTER COLUMN a TYPE INTEGER;\nALTER TABLE t ALTER COLUMN a TYPE TEXT;\n", "");
    file(p, "aaaa0003", "aaaa0002", "ALTER TABLE t ALTER COLUMN a TYPE INTEGER, ALTER COLUMN a TYPE BOOLEAN USING a > 10;\n", "");
    run_to(p, true, "aaaa0002");
    expect(p, "SELECT a, typeof(a), sql LIKE '%\"a\" TEXT%' FROM t, sqlite_schema WHERE name = 't'", "12|text|1\n");
    run_to(p, true, "head");
    expect(p, "SELECT a, typeof(a) FROM t", "1|integer\n");
    expect_no_drift(p);
}

/* ---------------------------------------------------------------- ways there are none */

static void expect_not_undone(place *p, const char *target, int status, const char *part)
{
    kith__revisions *set = read_files(p);
    kith__run_result result;
    const kith__run_options options = { .accept_loss = true };
    kith__error error = { 0 };
    int got = kith__downgrade(p->pool, set, target, &options, &result, &error);
    if (got != status || strstr(error.public_.message, part) == NULL)
        fail_msg("status %d, %s", got, got ? error.public_.message : "no error");
    kith__error_free(&error);
    kith__revisions_free(set);
}

static void what_cannot_be_undone_says_why_and_stays(void **state)
{
    place *p = *state;
    file(p, "aaaa0001", "base", "CREATE TABLE a (id INTEGER);", "-- kith: irreversible\n");
    file(p, "aaaa0002", "aaaa0001", "CREATE TABLE b (id INTEGER);", "-- kith: irreversible the rows of b are nowhere else\n");
    file(p, "aaaa0003", "aaaa0002", "CREATE TABLE c (id INTEGER);", "DROP TABLE c;");
    run_to(p, true, "head");
    expect_not_undone(p, "base", KITH_REFUSED, "cannot be undone: the rows of b are nowhere else.");
    expect(p, "SELECT version_num FROM kith_version", "aaaa0003\n");
    assert_int_equal(run_to(p, false, "aaaa0002").applied, 1);
    expect_not_undone(p, "-1", KITH_REFUSED, "cannot be undone");
    expect(p, "SELECT version_num FROM kith_version", "aaaa0002\n");
    expect(p, "SELECT count(*) FROM b", "0\n");
}

static void where_the_database_is_already_nothing_is_done(void **state)
{
    place *p = *state;
    assert_int_equal(run_to(p, false, "head").applied, 0);          /* there is none */
    file(p, "aaaa0001", "base", "CREATE TABLE a (id INTEGER);", "DROP TABLE a;");
    assert_int_equal(run_to(p, true, "base").applied, 0);
    assert_int_equal(run_to(p, false, "base").applied, 0);
    run_to(p, true, "head");
    assert_int_equal(run_to(p, false, "head").applied, 0);
    expect_refused(p, "base", KITH_CONFIG, "base does not follow aaaa0001");
}

static void another_line_is_no_way_up(void **state)
{
    place *p = *state;
    file(p, "aaaa0001", "base", "CREATE TABLE a (id INTEGER);", "DROP TABLE a;");
    file(p, "bbbb0002", "aaaa0001", "CREATE TABLE b (id INTEGER);", "DROP TABLE b;");
    run_to(p, true, "bbbb0002");
    file(p, "cccc0002", "aaaa0001", "CREATE TABLE c (id INTEGER);", "DROP TABLE c;");
    expect_refused(p, "cccc0002", KITH_CONFIG, "cccc0002 does not follow bbbb0002");
    expect_refused(p, "aaaa0001", KITH_CONFIG, "aaaa0001 does not follow bbbb0002");
}

/* ---------------------------------------------------------------- what was so before */

#define FAMILY_ \
    "CREATE TABLE parent (id BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, name TEXT);\n" \
    "CREATE TABLE child (id BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, parent_id BIGINT REFERENCES parent (id), note TEXT);\n"

static void rows_without_a_parent_from_before_are_nobodys_fault(void **state)
{
    place *p = *state;
    file(p, "aaaa0001", "base", FAMILY_, "");
    run_to(p, true, "head");
    sql(p, "PRAGMA foreign_keys = OFF; INSERT INTO parent (id) VALUES (1); INSERT INTO child VALUES (1, 98, 'a'), (2, 99, 'b'), (3, 1, 'c')");
    file(p, "aaaa0002", "aaaa0001", "ALTER TABLE child ALTER COLUMN note SET NOT NULL;\n", "");
    assert_int_equal(run_to(p, true, "head").applied, 1);
    expect(p, "SELECT * FROM child", "1|98|a\n2|99|b\n3|1|c\n");
    file(p, "aaaa0003", "aaaa0002", "UPDATE child SET parent_id = NULL WHERE id = 1;\nUPDATE child SET parent_id = 77 WHERE id = 3;\n"
        "ALTER TABLE child ALTER COLUMN note DROP NOT NULL;\n", "");
    expect_refused(p, "head", KITH_REFUSED, "1 row would be left without a parent; the first is in child (rowid 3), its parent should be in parent.");
    expect(p, "SELECT * FROM child", "1|98|a\n2|99|b\n3|1|c\n");
}

static void a_renamed_table_takes_its_rows_without_a_parent_along(void **state)
{
    place *p = *state;
    file(p, "aaaa0001", "base", FAMILY_, "");
    run_to(p, true, "head");
    sql(p, "PRAGMA foreign_keys = OFF; INSERT INTO child VALUES (1, 98, 'a')");
    file(p, "aaaa0002", "aaaa0001", "ALTER TABLE child RENAME TO kid;\nALTER TABLE parent RENAME TO elder;\nALTER TABLE kid ALTER COLUMN note SET NOT NULL;\n", "");
    assert_int_equal(run_to(p, true, "head").applied, 1);
    expect(p, "SELECT * FROM kid", "1|98|a\n");
}

/* SQLite cannot check such keys, and refuses only who writes through them. */
static void a_key_to_what_is_not_unique_does_not_stop_a_rebuild(void **state)
{
    place *p = *state;
    file(p, "aaaa0001", "base", "CREATE TABLE parent (id BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, name TEXT);\n", "");
    run_to(p, true, "head");
    sql(p, "CREATE TABLE by_hand (id INTEGER PRIMARY KEY, name TEXT REFERENCES parent (name)); INSERT INTO parent VALUES (1, 'a'), (2, 'a')");
    file(p, "aaaa0002", "aaaa0001", "ALTER TABLE parent ALTER COLUMN name SET NOT NULL;\n", "");
    assert_int_equal(run_to(p, true, "head").applied, 1);
    expect(p, "SELECT * FROM parent", "1|a\n2|a\n");
}

/* ---------------------------------------------------------------- what may be unique, and how a value gets its type */

static void of_an_index_only_what_it_holds_must_be_unique(void **state)
{
    place *p = *state;
    file(p, "aaaa0001", "base", "CREATE TABLE t (a TEXT, n INTEGER);\nINSERT INTO t VALUES ('x', 1), ('X', 2), ('y', 3), ('y', 4), ('z', 9), ('z', 9);\n", "");
    run_to(p, true, "head");
    file(p, "aaaa0002", "aaaa0001", "CREATE UNIQUE INDEX i ON t (a) WHERE n >= 3;\n", "");
    expect_refused(p, "head", KITH_REFUSED, "2 values in t are there more than once");
    file(p, "aaaa0002", "aaaa0001", "CREATE UNIQUE INDEX i ON t (lower(a)) WHERE n < 3;\n", "");
    expect_refused(p, "head", KITH_CONSTRAINT, "2026_aaaa0002_x.sql:6:");
    file(p, "aaaa0002", "aaaa0001", "CREATE UNIQUE INDEX i ON t (a) WHERE n < 4;\nCREATE UNIQUE INDEX j ON t (lower(a)) WHERE n > 1 AND n < 4;\n", "");
    assert_int_equal(run_to(p, true, "head").applied, 1);
    expect_no_drift(p);
}

static void a_person_may_say_how_a_value_gets_its_new_type(void **state)
{
    place *p = *state;
    file(p, "aaaa0001", "base", "CREATE TABLE t (a TEXT, b TEXT);\nINSERT INTO t VALUES ('one', 'x'), ('three', NULL), (NULL, 'y');\n", "");
    run_to(p, true, "head");
    file(p, "aaaa0002", "aaaa0001", "ALTER TABLE t ALTER COLUMN a TYPE INTEGER USING length(a);\n", "");
    assert_int_equal(run_to(p, true, "head").applied, 1);
    expect(p, "SELECT a, typeof(a), b FROM t", "3|integer|x\n5|integer|NULL\nNULL|null|y\n");
    expect_no_drift(p);
}

static void a_table_that_is_gone_is_named(void **state)
{
    place *p = *state;
    file(p, "aaaa0001", "base", "CREATE TABLE t (a TEXT);\n", "");
    run_to(p, true, "head");
    sql(p, "DROP TABLE t");
    file(p, "aaaa0002", "aaaa0001", "ALTER TABLE t ALTER COLUMN a SET DEFAULT 'x';\n", "");
    expect_refused(p, "head", KITH_SCHEMA, "2026_aaaa0002_x.sql:6: there is no table t in the database.");
}

/* ---------------------------------------------------------------- books that do not read */

static void what_the_database_stores_of_a_lost_file_may_be_missing_or_broken(void **state)
{
    place *p = *state;
    file(p, "aaaa0001", "base", "CREATE TABLE t (a TEXT);\n", "DROP TABLE t;\n");
    file(p, "aaaa0002", "aaaa0001", "CREATE TABLE u (a TEXT);\n", "DROP TABLE u;\n");
    run_to(p, true, "head");
    char *path = kith_test_path(p->folder, "migrations/versions/2026_aaaa0002_x.sql");
    unlink(path);
    free(path);
    sql(p, "UPDATE kith_history SET down_sql = 'DROP TABLE ''u;'");
    expect_not_undone(p, "-1", KITH_CONFIG, "aaaa0002 (stored in the database)");
    sql(p, "UPDATE kith_history SET down_sql = NULL");
    expect_not_undone(p, "-1", KITH_CONFIG, "which is not among the migration files");
    expect(p, "SELECT version_num FROM kith_version", "aaaa0002\n");
    sql(p, "ALTER TABLE kith_history RENAME COLUMN up_sql TO up");
    expect_not_undone(p, "-1", KITH_CONFIG, "the table kith_history of this database is not one that kith made.");
    expect_refused(p, "head", KITH_CONFIG, "the table kith_history of this database is not one that kith made.");
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(the_lessons_workflow_keeps_the_rows_in_between),
        TEST(a_rebuild_loses_nothing),
        TEST(strict_without_rowid_and_bare_rowids_survive),
        TEST(null_rows_refuse_not_null_and_nothing_changes),
        TEST(orphans_views_and_triggers_that_would_break_refuse),
        TEST(what_would_be_lost_must_be_said),
        TEST(duplicates_and_misfits_are_counted_first),
        TEST(rows_that_a_new_check_refuses_are_changed_between_the_old_one_and_the_new),
        TEST(a_name_with_commas_and_blanks_is_lost_in_quotes),
        TEST(what_does_not_fit_the_new_type_is_counted_first),
        TEST(dates_moments_and_uuids_are_respelt_as_their_new_type_has_them),
        TEST(a_failing_file_leaves_the_database_at_the_one_before),
        TEST(a_program_without_the_file_can_still_downgrade),
        TEST(a_dry_run_changes_nothing),
        TEST(a_type_that_is_stored_alike_needs_no_rebuild),
        TEST(two_types_of_one_column_in_a_file_are_two_changes),
        TEST(what_cannot_be_undone_says_why_and_stays),
        TEST(where_the_database_is_already_nothing_is_done),
        TEST(another_line_is_no_way_up),
        TEST(rows_without_a_parent_from_before_are_nobodys_fault),
        TEST(a_renamed_table_takes_its_rows_without_a_parent_along),
        TEST(a_key_to_what_is_not_unique_does_not_stop_a_rebuild),
        TEST(of_an_index_only_what_it_holds_must_be_unique),
        TEST(a_person_may_say_how_a_value_gets_its_new_type),
        TEST(a_table_that_is_gone_is_named),
        TEST(what_the_database_stores_of_a_lost_file_may_be_missing_or_broken),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
