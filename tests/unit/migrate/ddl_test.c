/*
 * DDL as operations: what is in the subset and what is not, what does not fit a schema, the way back of comments; and all of it without memory.
 */
#include "helpers.h"

#include "migrate/files.h"

#include <stdio.h>

static kith__parsed parse(kith__arena *arena, const char *sql, unsigned flags, kith__statement_meaning *meaning)
{
    kith__tokens tokens;
    kith__error error = { 0 };
    size_t at = 0, first, end;
    if (kith__tokenize(arena, "test", sql, strlen(sql), flags, &tokens, &error) != KITH_OK)
        fail_msg("%s", error.public_.message);
    assert_true(kith__statement_next(&tokens, &at, &first, &end));
    return kith__ddl_parse(arena, tokens.items + first, end - first, flags, meaning);
}

/* ---------------------------------------------------------------- the subset */

static const char *const outside[] = {
    "CREATE TABLE", "CREATE TABLE t", "CREATE TABLE t (", "CREATE TABLE t ()", "CREATE TABLE t (a INTEGER", "CREATE TABLE t (a INTEGER,)", "CREATE TABLE t (a INTEGER) WITH (x)",
    "CREATE TABLE t (a INTEGER) WITHOUT", "CREATE TABLE t (a INTEGER) STRICT STRICT", "CREATE TABLE t AS SELECT 1", "CREATE TABLE IF NOT t (a INTEGER)",
    "CREATE TABLE t (a INTEGER, a TEXT)", "CREATE TABLE t (a INTEGER, PRIMARY KEY (b))", "CREATE TABLE t (a INTEGER, UNIQUE (b))", "CREATE TABLE t (a INTEGER, FOREIGN KEY (b) REFERENCES u)",
    "CREATE TABLE t (a NUMERIC(1", "CREATE TABLE t (a INTEGER[", "CREATE TABLE t (a INTEGER[1", "CREATE TABLE t (a INTEGER PRIMARY KEY, b INTEGER PRIMARY KEY)",
    "CREATE TABLE t (a INTEGER PRIMARY KEY ON CONFLICT)", "CREATE TABLE t (a INTEGER UNIQUE ON CONFLICT)", "CREATE TABLE t (a INTEGER CHECK)", "CREATE TABLE t (a INTEGER CHECK ())",
    "CREATE TABLE t (a INTEGER CHECK (a > 1)", "CREATE TABLE t (a INTEGER DEFAULT)", "CREATE TABLE t (a INTEGER DEFAULT ))", "CREATE TABLE t (a INTEGER DEFAULT (1)",
    "CREATE TABLE t (a INTEGER DEFAULT now(1)", "CREATE TABLE t (a INTEGER DEFAULT 1::)", "CREATE TABLE t (a INTEGER DEFAULT (1", "CREATE TABLE t (a INTEGER DEFAULT now(1",
    "CREATE INDEX i ON t (f(a", "CREATE TABLE t (a INTEGER NOT)", "CREATE TABLE t (a INTEGER COLLATE)",
    "CREATE TABLE t (a INTEGER CONSTRAINT)", "CREATE TABLE t (a INTEGER CONSTRAINT x)", "CREATE TABLE t (a INTEGER REFERENCES)", "CREATE TABLE t (a INTEGER REFERENCES u (a, b))",
    "CREATE TABLE t (a INTEGER REFERENCES u ON DELETE)", "CREATE TABLE t (a INTEGER REFERENCES u ON UPDATE EVERYTHING)", "CREATE TABLE t (a INTEGER REFERENCES u MATCH)",
    "CREATE TABLE t (a INTEGER GENERATED)", "CREATE TABLE t (a INTEGER GENERATED ALWAYS)", "CREATE TABLE t (a INTEGER GENERATED ALWAYS AS 1)", "CREATE TABLE t (a INTEGER AS (1)",
    "CREATE TABLE t (a INTEGER, CONSTRAINT)", "CREATE TABLE t (a INTEGER, CONSTRAINT x EXCLUDE (a))", "CREATE TABLE t (a INTEGER, PRIMARY KEY a)", "CREATE TABLE t (a INTEGER, PRIMARY KEY (1))",
    "CREATE TABLE t (a INTEGER, PRIMARY KEY (a COLLATE))", "CREATE TABLE t (a INTEGER, UNIQUE (a)", "CREATE TABLE t (a INTEGER, CHECK a)", "CREATE TABLE t (a INTEGER, FOREIGN KEY a)",
    "CREATE TABLE t (a TEXT PRIMARY KEY AUTOINCREMENT)", "CREATE TABLE t (a INTEGER, b INTEGER, PRIMARY KEY (a AUTOINCREMENT, b))",
    "CREATE TABLE t (a TEXT UNIQUE ON CONFLICT IGNORE)", "CREATE TABLE t (a TEXT NOT NULL ON CONFLICT REPLACE)", "CREATE TABLE t (a INTEGER PRIMARY KEY ON CONFLICT FAIL)",
    "CREATE TABLE t (a TEXT, PRIMARY KEY (a COLLATE NOCASE))", "CREATE TABLE t (a TEXT UNIQUE, UNIQUE (a COLLATE BINARY))", "CREATE TABLE t (a INTEGER, UNIQUE (a) ON CONFLICT IGNORE)",
    "CREATE TABLE t (a INTEGER, CHECK (a > 0) ON CONFLICT FAIL)", "CREATE TABLE t (a INTEGER PRIMARY KEY DESC)", "CREATE TABLE t (a INTEGER, PRIMARY KEY (a DESC))",
    "ALTER TABLE t ADD COLUMN a TEXT NOT NULL ON CONFLICT REPLACE DEFAULT 'x'", "ALTER TABLE t ADD CONSTRAINT u UNIQUE (a COLLATE NOCASE)",
    "CREATE TABLE t (a INTEGER, FOREIGN KEY (a) u)", "CREATE TABLE t (a INTEGER, UNIQUE (a), b TEXT)", "CREATE INDEX i ON t (a NULLS LAST)",
    "CREATE INDEX ON t (a)", "CREATE INDEX i ON", "CREATE INDEX i ON t", "CREATE INDEX i ON t ()", "CREATE INDEX i ON t (a", "CREATE INDEX i ON t ((a)", "CREATE INDEX i ON t (a) WHERE",
    "CREATE INDEX i ON t (a) INCLUDE (b)", "CREATE UNIQUE INDEX", "DROP TABLE", "DROP TABLE t CASCADE", "DROP INDEX", "ALTER TABLE", "ALTER TABLE t", "ALTER TABLE t ADD", "ALTER TABLE t ADD COLUMN",
    "ALTER TABLE t ADD CONSTRAINT x", "ALTER TABLE t DROP", "ALTER TABLE t DROP CONSTRAINT", "ALTER TABLE t RENAME", "ALTER TABLE t RENAME COLUMN a", "ALTER TABLE t RENAME a TO",
    "ALTER TABLE t RENAME TO", "ALTER TABLE t ALTER", "ALTER TABLE t ALTER COLUMN a", "ALTER TABLE t ALTER COLUMN a TYPE", "ALTER TABLE t ALTER COLUMN a TYPE NUMERIC(1",
    "ALTER TABLE t ALTER COLUMN a TYPE TEXT COLLATE", "ALTER TABLE t ALTER COLUMN a TYPE TEXT USING", "ALTER TABLE t ALTER COLUMN a TYPE TEXT USING (a", "ALTER TABLE t ALTER COLUMN a SET",
    "ALTER TABLE t ALTER COLUMN a SET DEFAULT", "ALTER TABLE t ALTER COLUMN a DROP", "ALTER TABLE t ALTER COLUMN a ADD GENERATED ALWAYS AS IDENTITY", "ALTER TABLE t OWNER TO x",
    "ALTER INDEX i", "ALTER INDEX i RENAME TO", "COMMENT ON", "COMMENT ON VIEW v IS 'x'", "COMMENT ON COLUMN a IS 'x'", "COMMENT ON TABLE t", "COMMENT ON TABLE t IS x",
};

static void what_is_not_whole_or_not_known_is_opaque(void **state)
{
    (void)state;
    for (size_t i = 0; i < KITH__COUNT(outside); i++) {
        kith__arena arena = { 0 };
        kith__statement_meaning meaning;
        if (parse(&arena, outside[i], 0, &meaning) != KITH__PARSED_OPAQUE)
            fail_msg("not opaque: %s", outside[i]);
        assert_int_equal(meaning.ops.count, 0);
        kith__arena_free(&arena);
    }
}

/* what a person, PostgreSQL or SQLite would write, and how kith writes it */
static const struct { const char *sql, *printed; } inside[] = {
    { "create index if not exists i on t (a asc, lower(b) desc)", NULL },
    { "CREATE INDEX IF NOT EXISTS i ON t (a)", NULL },
    { "DROP INDEX IF EXISTS i", NULL },
    { "ALTER TABLE t ALTER COLUMN a SET DATA TYPE VARCHAR(3)", "ALTER TABLE t ALTER COLUMN a TYPE VARCHAR(3);\n" },
    { "ALTER TABLE t ALTER a TYPE INTEGER USING a + 1", "ALTER TABLE t ALTER COLUMN a TYPE INTEGER USING a + 1;\n" },
    { "ALTER TABLE t ALTER COLUMN a TYPE INTEGER USING (a), DROP COLUMN b", "ALTER TABLE t ALTER COLUMN a TYPE INTEGER USING (a);\nALTER TABLE t DROP COLUMN b;\n" },
    { "ALTER TABLE t ALTER COLUMN a TYPE INTEGER USING CAST(b AS INTEGER)", "ALTER TABLE t ALTER COLUMN a TYPE INTEGER USING CAST(b AS INTEGER);\n" },
    { "ALTER TABLE t ALTER COLUMN a TYPE INTEGER USING CAST(a + 1 AS INTEGER)", "ALTER TABLE t ALTER COLUMN a TYPE INTEGER USING CAST(a + 1 AS INTEGER);\n" },
    { "ALTER TABLE t ALTER COLUMN a TYPE TEXT COLLATE \"C\"", NULL },
    { "ALTER TABLE t ADD a INTEGER[] DEFAULT '{}'::text NOT NULL", NULL },
    { "CREATE TABLE t (a INTEGER REFERENCES u MATCH FULL ON DELETE NO ACTION NOT DEFERRABLE INITIALLY IMMEDIATE NOT NULL)", NULL },
    { "CREATE TABLE t (a VARCHAR(3) DEFAULT 'x'::character varying(3), b NUMERIC(1,2,3), c TIMESTAMP DEFAULT now(), d INTEGER DEFAULT -1)", NULL },
    { "CREATE TABLE t (a INTEGER, CONSTRAINT x PRIMARY KEY (a ASC), CONSTRAINT y UNIQUE (a))", NULL },
    { "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT)", "CREATE TABLE t (\n    id INTEGER GENERATED BY DEFAULT AS IDENTITY AUTOINCREMENT PRIMARY KEY\n);\n" },
    { "CREATE TABLE t (id INTEGER, PRIMARY KEY (ID AUTOINCREMENT))", "CREATE TABLE t (\n    id INTEGER GENERATED BY DEFAULT AS IDENTITY AUTOINCREMENT PRIMARY KEY\n);\n" },
    { "CREATE TABLE t (a INTEGER REFERENCES u DEFERRABLE INITIALLY IMMEDIATE)", NULL },
    { "COMMENT ON TABLE t IS NULL", "COMMENT ON TABLE t IS NULL;\n" },
    { "ALTER TABLE t DROP CONSTRAINT IF EXISTS x", NULL },
    { "CREATE TABLE t (a INTEGER NOT NULL, PRIMARY KEY (a)) without rowid", "CREATE TABLE t (\n    a INTEGER NOT NULL,\n    PRIMARY KEY (a)\n) WITHOUT ROWID;\n" },
    { "CREATE TABLE t (a INTEGER NOT NULL, PRIMARY KEY (a)) WITHOUT ROWID, STRICT",
        "CREATE TABLE t (\n    a INTEGER NOT NULL,\n    PRIMARY KEY (a)\n) STRICT, WITHOUT ROWID;\n" },
    { "CREATE TABLE t (a INTEGER) STRICT", "CREATE TABLE t (\n    a INTEGER\n) STRICT;\n" },
};

static void what_others_write_is_read_and_prints_as_what_is_read_as_the_same(void **state)
{
    (void)state;
    for (size_t i = 0; i < KITH__COUNT(inside); i++) {
        kith__arena arena = { 0 };
        kith__statement_meaning meaning;
        if (parse(&arena, inside[i].sql, 0, &meaning) != KITH__PARSED_DDL)
            fail_msg("not in the subset: %s", inside[i].sql);
        char *once = test_text_of(&meaning.ops);
        kith__ops again = test_ops_of(&arena, once);
        char *twice = test_text_of(&again);
        assert_string_equal(once, twice);
        if (inside[i].printed != NULL)
            assert_string_equal(once, inside[i].printed);
        free(once);
        free(twice);
        kith__arena_free(&arena);
    }
}

static void what_makes_no_table_is_known_by_its_name_if_it_has_one(void **state)
{
    (void)state;
    static const struct { const char *sql, *object; } cases[] = {
        { "CREATE VIEW v AS SELECT 1", "v" }, { "DROP TRIGGER IF EXISTS g", "g" }, { "CREATE ROLE somebody", NULL }, { "DROP OWNED BY somebody and so on to the end", NULL },
    };
    for (size_t i = 0; i < KITH__COUNT(cases); i++) {
        kith__arena arena = { 0 };
        kith__statement_meaning meaning;
        assert_int_equal(parse(&arena, cases[i].sql, 0, &meaning), KITH__PARSED_OTHER);
        if (cases[i].object != NULL)
            assert_string_equal(meaning.object, cases[i].object);
        else
            assert_null(meaning.object);
        kith__arena_free(&arena);
    }
}

static void expressions_are_the_same_but_for_blanks_comments_and_brackets_around_all(void **state)
{
    (void)state;
    static const struct { const char *a, *b; bool same; } cases[] = {
        { "a > 0", "((a>0)) -- said", true }, { "a > 0", "a > 0 /* open", true }, { "(a) + (b)", "a) + (b", false }, { "((a)", "(a)", false }, { "(a", "a", false },
    };
    for (size_t i = 0; i < KITH__COUNT(cases); i++) {
        kith__arena arena = { 0 };
        if (kith__sql_same(&arena, cases[i].a, cases[i].b) != cases[i].same)
            fail_msg("%s and %s", cases[i].a, cases[i].b);
        kith__arena_free(&arena);
    }
}

/* ---------------------------------------------------------------- against a schema */

static const char shop[] =
    "CREATE TABLE t (id INTEGER NOT NULL, a INTEGER, b TEXT, c TEXT, PRIMARY KEY (id), CONSTRAINT ub UNIQUE (b), CONSTRAINT ca CHECK (a > 0));"
    "CREATE TABLE u (id INTEGER NOT NULL, t_id INTEGER, PRIMARY KEY (id), CONSTRAINT fk FOREIGN KEY (t_id) REFERENCES t (id));"
    "CREATE TABLE w (x INTEGER, y INTEGER, z INTEGER GENERATED ALWAYS AS (x * y + \"x\" + abs(x)) STORED, CONSTRAINT cx CHECK (x > y AND y <> 'x'));"
    "CREATE TABLE d (a INTEGER, CONSTRAINT cd CHECK (a > 0), CONSTRAINT CD UNIQUE (a), CONSTRAINT cd FOREIGN KEY (a) REFERENCES t (id));"
    "CREATE INDEX ic ON t (c); CREATE INDEX iw ON w (x); CREATE INDEX ie ON w (y, (x + y) DESC) WHERE x > 0;"
    "COMMENT ON TABLE t IS 'it''s t'; COMMENT ON COLUMN t.a IS 'an a';";

static const struct { const char *sql, *says; } misfits[] = {
    { "CREATE TABLE t (a INTEGER)", "there is a table t already" }, { "DROP TABLE v", "no table v" }, { "ALTER TABLE t RENAME TO u", "there is a table u already" },
    { "ALTER TABLE v ADD COLUMN a TEXT", "no table v" }, { "ALTER TABLE t ADD COLUMN a TEXT", "there is a column a already" }, { "ALTER TABLE t DROP COLUMN z", "no column t.z" },
    { "ALTER TABLE t RENAME COLUMN a TO b", "there is a column b already" }, { "ALTER TABLE t RENAME COLUMN z TO y", "no column t.z" },
    { "ALTER TABLE t DROP COLUMN b", "belongs to the unique constraint ub" }, { "ALTER TABLE t DROP COLUMN id", "belongs to the primary key" },
    { "ALTER TABLE t DROP COLUMN c", "belongs to the index ic" }, { "ALTER TABLE u DROP COLUMN t_id", "belongs to the foreign key fk" },
    { "ALTER TABLE t ALTER COLUMN z SET NOT NULL", "no column t.z" }, { "ALTER TABLE t DROP CONSTRAINT z", "no constraint t.z" },
    { "ALTER TABLE t RENAME CONSTRAINT z TO y", "no constraint t.z" }, { "ALTER TABLE t RENAME CONSTRAINT ub TO ca", "there is a constraint ca already" },
    { "ALTER TABLE t ADD CONSTRAINT ub UNIQUE (a)", "there is a constraint ub already" }, { "ALTER TABLE t ADD CONSTRAINT uz UNIQUE (z)", "no column t.z" },
    { "ALTER TABLE t ADD CONSTRAINT fz FOREIGN KEY (z) REFERENCES u (id)", "no column t.z" }, { "ALTER TABLE t ADD PRIMARY KEY (a)", "there is a primary key of t already" },
    { "ALTER TABLE w ADD PRIMARY KEY (q)", "no column w.q" }, { "CREATE INDEX ic ON t (a)", "there is an index ic already" }, { "CREATE INDEX iz ON t (z)", "no column t.z" },
    { "ALTER TABLE d DROP CONSTRAINT cd", "d has 3 constraints of the name cd, and which of them is meant cannot be told" },
    { "ALTER TABLE d RENAME CONSTRAINT Cd TO ce", "d has 3 constraints of the name Cd" }, { "ALTER TABLE d DROP CONSTRAINT IF EXISTS cd", "d has 3 constraints" },
    { "ALTER TABLE d ADD CONSTRAINT cd CHECK (a > 1)", "there is a constraint cd already" },
    { "DROP INDEX iz", "no index iz" }, { "ALTER INDEX iz RENAME TO iy", "no index iz" }, { "ALTER INDEX ic RENAME TO iw", "there is an index iw already" },
};

static void what_does_not_fit_the_schema_is_refused_by_name(void **state)
{
    (void)state;
    for (size_t i = 0; i < KITH__COUNT(misfits); i++) {
        kith__arena arena = { 0 };
        kith__schema schema;
        kith__error error = { 0 };
        test_schema_of(&schema, &arena, shop);
        kith__ops ops = test_ops_of(&arena, misfits[i].sql);
        assert_int_equal(kith__op_apply(&schema, &ops.items[0], &error), KITH_CONFIG);
        if (strstr(error.public_.message, misfits[i].says) == NULL)
            fail_msg("%s: %s", misfits[i].sql, error.public_.message);
        kith__error_free(&error);
        kith__schema_free(&schema);
        kith__arena_free(&arena);
    }
}

static const char *const maybes[] = { "CREATE TABLE IF NOT EXISTS t (x TEXT)", "DROP TABLE IF EXISTS v", "ALTER TABLE t DROP COLUMN IF EXISTS z", "ALTER TABLE t DROP CONSTRAINT IF EXISTS z",
    "CREATE INDEX IF NOT EXISTS ic ON t (a)", "DROP INDEX IF EXISTS iz" };

static const char *const changes[] = {
    "DROP TABLE t", "ALTER TABLE t DROP COLUMN a", "COMMENT ON TABLE t IS 'another'", "COMMENT ON TABLE w IS 'new'", "COMMENT ON COLUMN t.a IS NULL", "COMMENT ON COLUMN t.b IS 'a b'",
    "ALTER TABLE t RENAME CONSTRAINT ca TO cb", "ALTER TABLE t RENAME CONSTRAINT ub TO uc", "ALTER TABLE u RENAME CONSTRAINT fk TO fl", "ALTER TABLE t DROP CONSTRAINT ca",
    "ALTER TABLE u DROP CONSTRAINT fk", "ALTER TABLE t DROP PRIMARY KEY", "ALTER TABLE w ADD PRIMARY KEY (x, y)", "ALTER TABLE t ALTER COLUMN a TYPE TEXT", "ALTER TABLE t ALTER COLUMN a SET DEFAULT 3",
    "ALTER TABLE t ALTER COLUMN a ADD GENERATED BY DEFAULT AS IDENTITY", "ALTER TABLE t RENAME TO s", "ALTER TABLE t RENAME COLUMN c TO d",
    "ALTER TABLE w RENAME COLUMN x TO \"x y\"", "ALTER TABLE t RENAME COLUMN id TO key", "ALTER TABLE t RENAME COLUMN a TO b2", "ALTER INDEX ic RENAME TO id", "DROP INDEX ic",
    "ALTER TABLE t ADD COLUMN e NUMERIC(10,2) DEFAULT 1.5 NOT NULL CHECK (e > 0)", "CREATE UNIQUE INDEX iu ON t (lower(b), a DESC) WHERE a IS NOT NULL",
};

/* The rest of this page as one: applied, undone, compared. False: no memory. */
static bool there_and_back(const kith__schema *before, kith__arena *arena, const kith__op *op, kith__error *error)
{
    kith__schema now = { 0 };
    kith__ops back = { 0 }, left = { 0 };
    int status = kith__schema_clone(&now, before) ? kith__op_apply(&now, op, error) : KITH_NO_MEMORY;
    if (status == KITH_OK && !kith__op_inverse(arena, before, op, &back))
        status = KITH_NO_MEMORY;
    for (size_t i = 0; i < back.count && status == KITH_OK; i++)
        status = kith__op_apply(&now, &back.items[i], error);
    if (status == KITH_OK)
        status = kith__compare(arena, &now, before, NULL, NULL, &left, error);
    assert_true(status == KITH_OK || status == KITH_NO_MEMORY);
    if (status == KITH_OK && left.count > 0)
        fail_msg("there and back leaves: %s", test_text_of(&left));
    kith__schema_free(&now);
    return status == KITH_OK;
}

static void each_change_has_a_way_back(void **state)
{
    (void)state;
    kith__arena arena = { 0 };
    kith__schema before;
    kith__error error = { 0 };
    test_schema_of(&before, &arena, shop);
    for (size_t i = 0; i < KITH__COUNT(changes); i++) {
        kith__ops ops = test_ops_of(&arena, changes[i]);
        if (!there_and_back(&before, &arena, &ops.items[0], &error))
            fail_msg("%s: %s", changes[i], kith__failed(&error) ? error.public_.message : "no way back");
    }
    for (size_t i = 0; i < KITH__COUNT(maybes); i++) {
        kith__ops ops = test_ops_of(&arena, maybes[i]);
        if (!there_and_back(&before, &arena, &ops.items[0], &error))
            fail_msg("%s: %s", maybes[i], kith__failed(&error) ? error.public_.message : "no way back");
    }
    kith__schema_free(&before);
    kith__arena_free(&arena);
}

static void a_comment_is_said_to_be_of_its_table_or_of_its_column(void **state)
{
    (void)state;
    kith__arena arena = { 0 };
    kith__text text = { 0 };
    kith__ops ops = test_ops_of(&arena, "COMMENT ON TABLE t IS 'x'; COMMENT ON COLUMN t.a IS NULL");
    kith__op_describe(&text, &ops.items[0]);
    kith__text_addc(&text, ',');
    kith__op_describe(&text, &ops.items[1]);
    assert_string_equal(text.data, "comment on t,comment on t.a");
    kith__text_free(&text);
    kith__arena_free(&arena);
}

static void a_renamed_column_is_renamed_wherever_sql_speaks_of_it(void **state)
{
    (void)state;
    kith__arena arena = { 0 };
    kith__schema schema;
    test_schema_of(&schema, &arena, shop);
    kith__ops ops = test_ops_of(&arena, "ALTER TABLE w RENAME COLUMN x TO \"x y\"");
    test_apply(&schema, &ops);
    const kith__table *table = kith__schema_find(&schema, "w");
    assert_string_equal(table->checks[0].sql, "\"x y\" > y AND y <> 'x'");
    assert_string_equal(table->columns[2].generated_sql, "\"x y\" * y + \"x y\" + abs(\"x y\")");
    assert_string_equal(table->indexes[1].where, "\"x y\" > 0");
    kith__schema_free(&schema);
    kith__arena_free(&arena);
}

static void a_renamed_column_does_not_grow_together_with_its_neighbour(void **state)
{
    (void)state;
    static const struct { const char *sql, *to, *renamed; } cases[] = {
        { "\"c\"a", "x y", "\"c\" \"x y\"" }, { "a\"c\"", "x y", "\"x y\" \"c\"" }, { "\"c\"a\"c\"", "x y", "\"c\" \"x y\" \"c\"" },
        { "u&a > 0", "x y", "u& \"x y\" > 0" }, { "\"a\"a", "x y", "\"x y\" \"x y\"" }, { "7\"a\"is", "b", "7 b is" }, { "a'41'", "x", "x '41'" },
        { "`a``a`", "b", "`a``a`" }, { "`c`a", "b", "`c` b" }, { "a", "b", "b" }, { "(a)", "b", "(b)" }, { "a+a,a", "b", "b+b,b" },
    };
    kith__arena arena = { 0 };
    for (size_t i = 0; i < KITH__COUNT(cases); i++)
        assert_string_equal(kith__sql_rename(&arena, cases[i].sql, "a", cases[i].to), cases[i].renamed);
    kith__arena_free(&arena);
}

/* ---------------------------------------------------------------- files */

#define HEAD_ "-- kith: revision aaaa0001\n-- kith: down-revision base\n"
static const struct { const char *text, *says; } broken[] = {
    { HEAD_ "SELECT 1;\n-- kith: upgrade\n", "stands before" },
    { HEAD_ "-- kith: upgrade\n-- kith: end\n", "ends nothing" },
    { HEAD_ "-- kith: upgrade\n-- kith: ", "says nothing to kith" }, { HEAD_ "-- kith: upgrade\n-- kith:\t\r\n", "says nothing to kith" },
    { HEAD_ "-- kith: upgrade\n-- kith: upgrade\n", "two \"upgrade\" parts" },
    { HEAD_ "-- kith: upgrade\n-- kith: verbatim\nSELECT 1;\n", "has no \"-- kith: end\"" },
    { HEAD_ "-- kith: upgrade\n-- kith: state\nSELECT 1;\n-- kith: end\n", "cannot read this statement of a \"state\" block" },
    { HEAD_ "-- kith: upgrade\n-- kith: statement\nSELECT 1\n", "\"statement\" block" },
    { HEAD_ "-- kith: upgrade\nSELECT $tag$ never closed", "dollar-quoted string" },
    { HEAD_ "-- kith: upgrade\nSELECT 'never closed", "string" },
    { HEAD_ "-- kith: upgrade\nSELECT 1 /* never closed", "comment" },
    { HEAD_ "-- kith: upgrade\nCOMMIT;", "COMMIT cannot stand in a migration" },
    { "-- kith: revision aaaa0001\n-- kith: down-revision Not-an-id!\n-- kith: upgrade\n", "Not-an-id!" },
};

static int read_file(kith__arena *arena, const char *text, kith__revision *revision, kith__error *error)
{
    size_t size = strlen(text);
    *revision = (kith__revision){ .file = "test.sql" };
    int status = kith__revision_read_head(arena, revision, text, size, error);
    return status == KITH_OK ? kith__revision_parse(arena, revision, text, size, error) : status;
}

static void a_file_that_does_not_read_says_why(void **state)
{
    (void)state;
    for (size_t i = 0; i < KITH__COUNT(broken); i++) {
        kith__arena arena = { 0 };
        kith__revision revision;
        kith__error error = { 0 };
        if (read_file(&arena, broken[i].text, &revision, &error) != KITH_CONFIG || strstr(error.public_.message, broken[i].says) == NULL)
            fail_msg("%s: %s", broken[i].text, error.public_.message != NULL ? error.public_.message : "it is read");
        kith__error_free(&error);
        kith__arena_free(&arena);
    }
}

static const char whole_file[] = HEAD_ "-- kith: message all there is\n-- kith: upgrade\nINSERT INTO t VALUES (0x1F, 1e+5, .5, $$ ; $$, $x$ $$ ; $x$, $1, $);\n"
    "-- kith: verbatim\nCREATE VIEW v AS SELECT 1;\n-- kith: end\n-- kith: statement\nCREATE TRIGGER g AFTER INSERT ON t BEGIN SELECT 1; END\n-- kith: end\n"
    "-- kith: state\nCREATE TABLE t (a INTEGER);\n-- kith: end\n-- kith: only sqlite\nCREATE INDEX i ON t (a) /* a comment */;\n-- kith: end\n-- kith: downgrade\nDROP INDEX i;\n";

static bool reads_a_file(void *unused)
{
    (void)unused;
    kith__arena arena = { 0 };
    kith__revision revision;
    kith__error error = { 0 };
    kith__state replayed = { 0 };
    int status = read_file(&arena, whole_file, &revision, &error);
    if (status == KITH_OK)
        status = kith__section_replay("test.sql", &revision.upgrade, &replayed, &error);
    if (status != KITH_OK && status != KITH_NO_MEMORY)
        fail_msg("%s", error.public_.message);
    assert_true(status != KITH_OK || (revision.upgrade.count == 5 && revision.downgrade.count == 1));
    kith__state_free(&replayed);
    kith__error_free(&error);
    kith__arena_free(&arena);
    return status == KITH_OK;
}

/* ---------------------------------------------------------------- without memory */

static bool reads(const char *sql, unsigned flags, kith__parsed wanted)
{
    kith__arena arena = { 0 };
    kith__tokens tokens;
    kith__error error = { 0 };
    kith__statement_meaning meaning;
    int status = kith__tokenize(&arena, "test", sql, strlen(sql), flags, &tokens, &error);
    kith__parsed parsed = status == KITH_OK ? kith__ddl_parse(&arena, tokens.items, tokens.count, flags, &meaning) : KITH__PARSED_NO_MEMORY;
    if (parsed != wanted && parsed != KITH__PARSED_NO_MEMORY)
        fail_msg("read as something else (%d): %s", (int)parsed, sql);
    kith__error_free(&error);
    kith__arena_free(&arena);
    return parsed == wanted;
}

static bool reads_outside(void *sql) { return reads(sql, 0, KITH__PARSED_OPAQUE); }
static bool reads_inside(void *sql) { return reads(sql, 0, KITH__PARSED_DDL); }

static const char other_shop[] =
    "CREATE TABLE t (id BIGINT NOT NULL, a BIGINT NOT NULL, e NUMERIC(10,2) DEFAULT 1.5 NOT NULL, f INTEGER GENERATED ALWAYS AS (e * 2) STORED, PRIMARY KEY (id, a), CONSTRAINT ue UNIQUE (e),"
    "CONSTRAINT ce CHECK (e > 0)); CREATE TABLE v (id INTEGER NOT NULL, t_id INTEGER, PRIMARY KEY (id), CONSTRAINT fv FOREIGN KEY (t_id) REFERENCES v (id) ON DELETE CASCADE);"
    "CREATE TABLE w (x INTEGER NOT NULL, y TEXT, CONSTRAINT ux UNIQUE (x), PRIMARY KEY (x));"
    "CREATE INDEX ie ON t (e DESC); CREATE INDEX iw ON w (y); COMMENT ON TABLE t IS 'other'; COMMENT ON COLUMN t.e IS 'an e'; COMMENT ON TABLE v IS 'new';";

static bool make_schema(kith__arena *arena, kith__schema *schema, const char *sql, kith__error *error)
{
    kith__tokens tokens;
    kith__statement_meaning meaning;
    size_t at = 0, first, end;
    bool ok = kith__tokenize(arena, "test", sql, strlen(sql), 0, &tokens, error) == KITH_OK;
    while (ok && kith__statement_next(&tokens, &at, &first, &end))
        ok = kith__ddl_parse(arena, tokens.items + first, end - first, 0, &meaning) == KITH__PARSED_DDL && kith__op_apply(schema, &meaning.ops.items[0], error) == KITH_OK;
    return ok;
}

static bool changes_the_shop(void *sql)
{
    kith__arena arena = { 0 };
    kith__schema before = { 0 };
    kith__tokens tokens;
    kith__error error = { 0 };
    kith__statement_meaning meaning;
    bool ok = make_schema(&arena, &before, shop, &error) && kith__tokenize(&arena, "test", sql, strlen(sql), 0, &tokens, &error) == KITH_OK;
    ok = ok && kith__ddl_parse(&arena, tokens.items, tokens.count, 0, &meaning) == KITH__PARSED_DDL && there_and_back(&before, &arena, &meaning.ops.items[0], &error);
    assert_true(!kith__failed(&error) || error.public_.status == KITH_NO_MEMORY);
    kith__error_free(&error);
    kith__schema_free(&before);
    kith__arena_free(&arena);
    return ok;
}

/* All differences there are, and the way back of all of them. */
static bool compares_shops(void *unused)
{
    (void)unused;
    static const char *const fills[] = { "t.a=0", "w.x=0", NULL }, *const none[] = { "t.b", "t.c", "u", "w.z", NULL };
    const kith__compare_options options = { .no_renames = none, .fills = fills };
    kith__arena arena = { 0 };
    kith__schema before = { 0 }, after = { 0 };
    kith__error error = { 0 };
    kith__ops ops = { 0 }, back = { 0 };
    bool ok = make_schema(&arena, &before, shop, &error) && make_schema(&arena, &after, other_shop, &error);
    ok = ok && kith__compare(&arena, &before, &after, NULL, &options, &ops, &error) == KITH_OK && kith__inverse(&arena, &before, &ops, &back, &error) == KITH_OK;
    if (kith__failed(&error) && error.public_.status != KITH_NO_MEMORY)
        fail_msg("%s", error.public_.message);
    assert_true(!ok || (ops.count > 15 && back.count > 15));
    kith__error_free(&error);
    kith__schema_free(&before);
    kith__schema_free(&after);
    kith__arena_free(&arena);
    return ok;
}

static void nothing_is_taken_for_something_else_for_want_of_memory(void **state)
{
    (void)state;
    for (size_t i = 0; i < KITH__COUNT(outside); i += 7)
        kith_test_each_allocation(reads_outside, (void *)(uintptr_t)outside[i]);
    for (size_t i = 0; i < KITH__COUNT(inside); i++)
        assert_true(kith_test_each_allocation(reads_inside, (void *)(uintptr_t)inside[i].sql) > 1);
    for (size_t i = 0; i < KITH__COUNT(changes); i++)
        assert_true(kith_test_each_allocation(changes_the_shop, (void *)(uintptr_t)changes[i]) > 10);
    assert_true(kith_test_each_allocation(compares_shops, NULL) > 50);
    assert_true(kith_test_each_allocation(reads_a_file, NULL) > 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_not_whole_or_not_known_is_opaque),
        cmocka_unit_test(what_others_write_is_read_and_prints_as_what_is_read_as_the_same),
        cmocka_unit_test(what_makes_no_table_is_known_by_its_name_if_it_has_one),
        cmocka_unit_test(expressions_are_the_same_but_for_blanks_comments_and_brackets_around_all),
        cmocka_unit_test(what_does_not_fit_the_schema_is_refused_by_name),
        cmocka_unit_test(each_change_has_a_way_back),
        cmocka_unit_test(a_comment_is_said_to_be_of_its_table_or_of_its_column),
        cmocka_unit_test(a_renamed_column_is_renamed_wherever_sql_speaks_of_it),
        cmocka_unit_test(a_renamed_column_does_not_grow_together_with_its_neighbour),
        cmocka_unit_test(a_file_that_does_not_read_says_why),
        cmocka_unit_test(nothing_is_taken_for_something_else_for_want_of_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
