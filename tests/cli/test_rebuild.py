#!/usr/bin/env python3
"""Tables that were made by hand, however oddly, are rebuilt with all that they were; and where no rebuild is needed there is none."""
from kith import run

NOT_NULL = "ALTER TABLE t ALTER COLUMN a SET NOT NULL;"

# name: what makes the table and its rows; what changes it; its definition afterwards (None: it is refused, and as it was); questions and answers
TABLES = {
    "names quoted in every way": ("CREATE TABLE [t] (\"a b\" TEXT, `a` INT, 'c' TEXT, [d ] INT); INSERT INTO t VALUES ('x', 1, 'y', 2);", NOT_NULL,
        "CREATE TABLE \"t\" (\"a b\" TEXT, `a` INT NOT NULL, 'c' TEXT, [d ] INT)", [("SELECT * FROM t", [("x", 1, "y", 2)])]),
    "comments everywhere": ("CREATE /* x */ TABLE -- y\n t /* z */ ( -- first\n a INT /* in, the ) middle */, b TEXT -- last\n); INSERT INTO t VALUES (1, 'x');", NOT_NULL,
        "CREATE TABLE \"t\" /* z */ ( -- first\n a INT NOT NULL /* in, the ) middle */, b TEXT -- last\n)", [("SELECT * FROM t", [(1, "x")])]),
    "no space where none is needed": ("CREATE TABLE t(a\"INT\"NOT NULL,b[TEXT]DEFAULT'x'NOT NULL,[c]TEXT\"d\"UNIQUE,e INT DEFAULT'7'CHECK(e>0)REFERENCES t(c)); INSERT INTO t VALUES (1, 'y', 'z', NULL);",
        "ALTER TABLE t ALTER COLUMN a TYPE BIGINT; ALTER TABLE t ALTER COLUMN b DROP DEFAULT; ALTER TABLE t ALTER COLUMN b DROP NOT NULL; ALTER TABLE t ALTER COLUMN c TYPE VARCHAR(9); "
        "ALTER TABLE t ALTER COLUMN e SET DEFAULT 8;",
        "CREATE TABLE \"t\"(a BIGINT NOT NULL,b[TEXT],[c] VARCHAR(9)UNIQUE,e INT DEFAULT 8 CHECK(e>0)REFERENCES t(c))", [("SELECT a, b, c FROM t", [(1, "y", "z")])]),
    "made from a SELECT": ("CREATE TABLE s (x INT, y); INSERT INTO s VALUES (1, 2); CREATE TABLE t AS SELECT x AS a, y AS \"b c\" FROM s;", NOT_NULL,
        "CREATE TABLE \"t\"(a INT NOT NULL,\"b c\")", [("SELECT * FROM t", [(1, 2)])]),
    "no types, and odd ones": ("CREATE TABLE t (a, b UNSIGNED BIG INT(10,2), c NATIVE CHARACTER(70) , d DECIMAL(10 , 5)); INSERT INTO t VALUES (1, 2, 3, 4);", NOT_NULL,
        "CREATE TABLE \"t\" (a NOT NULL, b UNSIGNED BIG INT(10,2), c NATIVE CHARACTER(70) , d DECIMAL(10 , 5))", [("SELECT typeof(a) FROM t", [("integer",)])]),
    "ON CONFLICT of every kind": ("CREATE TABLE t (a INT UNIQUE ON CONFLICT IGNORE, b INT NOT NULL ON CONFLICT REPLACE DEFAULT 3, c INT PRIMARY KEY ON CONFLICT ABORT, "
        "CHECK (b > 0) ON CONFLICT FAIL, UNIQUE (b, c) ON CONFLICT ROLLBACK); INSERT INTO t VALUES (1, 2, 3);", NOT_NULL,
        "CREATE TABLE \"t\" (a INT NOT NULL UNIQUE ON CONFLICT IGNORE, b INT NOT NULL ON CONFLICT REPLACE DEFAULT 3, c INT PRIMARY KEY ON CONFLICT ABORT, "
        "CHECK (b > 0) ON CONFLICT FAIL, UNIQUE (b, c) ON CONFLICT ROLLBACK)", [("INSERT INTO t VALUES (1, 7, 7)", []), ("SELECT * FROM t", [(1, 2, 3)])]),
    "foreign keys with all their words": ("CREATE TABLE p (x INT PRIMARY KEY); CREATE TABLE t (a INT REFERENCES p(x) MATCH FULL ON DELETE SET NULL ON UPDATE CASCADE NOT DEFERRABLE "
        "INITIALLY IMMEDIATE, b INT, FOREIGN KEY (b) REFERENCES p DEFERRABLE INITIALLY DEFERRED); INSERT INTO p VALUES (1); INSERT INTO t VALUES (1, 1);", NOT_NULL,
        "CREATE TABLE \"t\" (a INT NOT NULL REFERENCES p(x) MATCH FULL ON DELETE SET NULL ON UPDATE CASCADE NOT DEFERRABLE INITIALLY IMMEDIATE, b INT, "
        "FOREIGN KEY (b) REFERENCES p DEFERRABLE INITIALLY DEFERRED)", []),
    "computed columns": ("CREATE TABLE t (a INT, b INT GENERATED ALWAYS AS (a*2) STORED UNIQUE, c TEXT AS (a || 'x') VIRTUAL NOT NULL, d INT DEFAULT (1+2)); INSERT INTO t(a) VALUES (1);",
        NOT_NULL, "CREATE TABLE \"t\" (a INT NOT NULL, b INT GENERATED ALWAYS AS (a*2) STORED UNIQUE, c TEXT AS (a || 'x') VIRTUAL NOT NULL, d INT DEFAULT (1+2))",
        [("SELECT * FROM t", [(1, 2, "1x", 3)])]),
    "a key that is no rowid": ("CREATE TABLE t (id INTEGER PRIMARY KEY DESC, a INT); INSERT INTO t (rowid, id, a) VALUES (7, 5, 1);", NOT_NULL,
        "CREATE TABLE \"t\" (id INTEGER PRIMARY KEY DESC, a INT NOT NULL)", [("SELECT rowid, * FROM t", [(7, 5, 1)])]),
    "numbers that are never used again": ("CREATE TABLE t (id INTEGER PRIMARY KEY ASC AUTOINCREMENT, a INT); INSERT INTO t VALUES (5, 1), (50, 1); DELETE FROM t WHERE id = 50;", NOT_NULL,
        "CREATE TABLE \"t\" (id INTEGER PRIMARY KEY ASC AUTOINCREMENT, a INT NOT NULL)", [("INSERT INTO t(a) VALUES (7)", []), ("SELECT id FROM t", [(5,), (51,)])]),
    "the same of an empty table": ("CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, a INT); INSERT INTO t VALUES (7, 1); DELETE FROM t;", NOT_NULL,
        "CREATE TABLE \"t\" (id INTEGER PRIMARY KEY AUTOINCREMENT, a INT NOT NULL)", [("INSERT INTO t(a) VALUES (1)", []), ("SELECT id FROM t", [(8,)])]),
    "WITHOUT ROWID": ("CREATE TABLE t (k1 TEXT COLLATE NOCASE, k2 INT, a INT, PRIMARY KEY (k1 DESC, k2)) WITHOUT ROWID; INSERT INTO t VALUES ('x', 1, 2);", NOT_NULL,
        "CREATE TABLE \"t\" (k1 TEXT COLLATE NOCASE, k2 INT, a INT NOT NULL, PRIMARY KEY (k1 DESC, k2)) WITHOUT ROWID", [("SELECT * FROM t WHERE k1 = 'X'", [("x", 1, 2)])]),
    "STRICT, with ANY": ("CREATE TABLE t (a INT, b ANY, c BLOB) STRICT; INSERT INTO t VALUES (1, 'any', x'00');", NOT_NULL, "CREATE TABLE \"t\" (a INT NOT NULL, b ANY, c BLOB) STRICT",
        [("SELECT a, b, typeof(c) FROM t", [(1, "any", "blob")])]),
    "columns called rowid and oid": ("CREATE TABLE t (a INT, rowid TEXT, oid TEXT); INSERT INTO t(_rowid_, a, rowid, oid) VALUES (9, 1, 'r', 'o');", NOT_NULL,
        "CREATE TABLE \"t\" (a INT NOT NULL, rowid TEXT, oid TEXT)", [("SELECT _rowid_, * FROM t", [(9, 1, "r", "o")])]),
    "all words for the rowid taken": ("CREATE TABLE t (a INT, rowid TEXT, oid TEXT, _rowid_ TEXT); INSERT INTO t VALUES (1, 'r', 'o', 'u');", NOT_NULL,
        "CREATE TABLE \"t\" (a INT NOT NULL, rowid TEXT, oid TEXT, _rowid_ TEXT)", [("SELECT * FROM t", [(1, "r", "o", "u")])]),
    "keywords and accents for names": ("CREATE TABLE t (key INT, a INT, type TEXT, date DATE, \"order\" INT CHECK (\"order\" > 0), \"x\"\"y\" INT, \u00e9t\u00e9 INT); "
        "INSERT INTO t VALUES (1, 2, 3, 4, 5, 6, 7);", NOT_NULL,
        "CREATE TABLE \"t\" (key INT, a INT NOT NULL, type TEXT, date DATE, \"order\" INT CHECK (\"order\" > 0), \"x\"\"y\" INT, \u00e9t\u00e9 INT)", [("SELECT \u00e9t\u00e9 FROM t", [(7,)])]),
    "a full text table beside it": ("CREATE TABLE t (a INT, body TEXT); CREATE VIRTUAL TABLE docs USING fts5(body, content='t', content_rowid='a'); CREATE TRIGGER g AFTER INSERT ON t BEGIN "
        "INSERT INTO docs(rowid, body) VALUES (new.a, new.body); END; INSERT INTO t VALUES (1, 'hello');", NOT_NULL, "CREATE TABLE \"t\" (a INT NOT NULL, body TEXT)",
        [("SELECT rowid FROM docs WHERE docs MATCH 'hello'", [(1,)]), ("INSERT INTO t VALUES (2, 'bye')", []), ("SELECT rowid FROM docs WHERE docs MATCH 'bye'", [(2,)])]),
    "views, views on them, triggers of others": ("CREATE TABLE t (a INT, b INT); CREATE VIEW v AS SELECT a FROM t; CREATE VIEW w AS SELECT * FROM v; CREATE TRIGGER io INSTEAD OF INSERT ON v BEGIN "
        "INSERT INTO t(a) VALUES (new.a); END; CREATE TABLE u (x INT); CREATE TRIGGER o AFTER INSERT ON u BEGIN UPDATE t SET b = new.x; END; INSERT INTO t VALUES (1, 2);", NOT_NULL,
        "CREATE TABLE \"t\" (a INT NOT NULL, b INT)", [("INSERT INTO v VALUES (5)", []), ("INSERT INTO u VALUES (8)", []), ("SELECT * FROM t", [(1, 8), (5, 8)]), ("SELECT * FROM w", [(1,), (5,)])]),
    "statistics": ("CREATE TABLE t (a INT, b INT UNIQUE); INSERT INTO t VALUES (1, 2); CREATE INDEX i ON t(a); ANALYZE t;", NOT_NULL, "CREATE TABLE \"t\" (a INT NOT NULL, b INT UNIQUE)",
        [("SELECT idx, stat FROM sqlite_stat1 ORDER BY 1", [("i", "1 1"), ("sqlite_autoindex_t_1", "1 1")])]),
    "a table that references itself": ("CREATE TABLE t (id INTEGER PRIMARY KEY, a INT, up INT REFERENCES t(id) ON DELETE CASCADE); INSERT INTO t VALUES (1, 1, NULL), (2, 2, 1), (3, 3, 2);", NOT_NULL,
        "CREATE TABLE \"t\" (id INTEGER PRIMARY KEY, a INT NOT NULL, up INT REFERENCES t(id) ON DELETE CASCADE)", [("SELECT * FROM t", [(1, 1, None), (2, 2, 1), (3, 3, 2)])]),
    "constraints without commas": ("CREATE TABLE t (a INT, b INT, CONSTRAINT x UNIQUE (a) CONSTRAINT y CHECK (b>0) FOREIGN KEY (a) REFERENCES t(a)); INSERT INTO t VALUES (1, 1);",
        NOT_NULL + " ALTER TABLE t ADD COLUMN c TEXT DEFAULT 'x' NOT NULL;",
        "CREATE TABLE \"t\" (a INT NOT NULL, b INT,\n    \"c\" TEXT NOT NULL DEFAULT 'x', CONSTRAINT x UNIQUE (a) CONSTRAINT y CHECK (b>0) FOREIGN KEY (a) REFERENCES t(a))",
        [("SELECT * FROM t", [(1, 1, "x")])]),
    "constraints without commas that go": ("CREATE TABLE t (a INTEGER PRIMARY KEY, CONSTRAINT x CHECK (a>-9) CONSTRAINT y CHECK (a>0) FOREIGN KEY (a) REFERENCES t CONSTRAINT z CHECK (a<9)); INSERT INTO t VALUES (1);",
        "ALTER TABLE t DROP CONSTRAINT x; ALTER TABLE t DROP CONSTRAINT z; ALTER TABLE t DROP CONSTRAINT y;", "CREATE TABLE \"t\" (a INTEGER PRIMARY KEY,   FOREIGN KEY (a) REFERENCES t )", [("SELECT * FROM t", [(1,)])]),
    "clauses with names": ("CREATE TABLE t (a INT CONSTRAINT nn NOT NULL CONSTRAINT d DEFAULT 3 CONSTRAINT c COLLATE NOCASE, b INT); INSERT INTO t VALUES (1, 1);",
        "ALTER TABLE t ALTER COLUMN b SET NOT NULL; ALTER TABLE t ALTER COLUMN a DROP NOT NULL; ALTER TABLE t ALTER COLUMN a DROP DEFAULT;",
        "CREATE TABLE \"t\" (a INT CONSTRAINT c COLLATE NOCASE, b INT NOT NULL)", []),
    "a name of a constraint that never came": ("CREATE TABLE t (a INT CONSTRAINT foo, b INT); INSERT INTO t VALUES (1, 1);", NOT_NULL, None, []),
    "a virtual table": ("CREATE VIRTUAL TABLE t USING fts5(a);", NOT_NULL, None, []),
    "a CHECK that names its own table": ("CREATE TABLE t (a INT, CHECK (t.a > 0)); INSERT INTO t VALUES (1);", NOT_NULL, None, []),
    "an index on the column that goes": ("CREATE TABLE t (a INT, b INT); CREATE INDEX i ON t(b); INSERT INTO t VALUES (1, 2);", "-- kith: loses t.b\nALTER TABLE t DROP COLUMN b;", None, []),
}


def everything(place):
    return place.sql("SELECT type, name, tbl_name, sql FROM sqlite_schema WHERE name NOT LIKE 'kith%' AND name NOT LIKE 'sqlite_stat%' ORDER BY 1, 2")


def test_tables_made_by_hand(place):
    """Each table, however it was written, is what it was but for what was asked, with its rows and all that hangs on it; or it is refused, and as it was."""
    place.app()
    for name, (made, change, expected, questions) in TABLES.items():
        for path in (*place.migrations(), *place.folder.glob("app.db*")):
            path.unlink()
        place.file("aaaa0001", "base", f"-- kith: verbatim\n{made}\n-- kith: end")
        place.file("aaaa0002", "aaaa0001", f"-- kith: only sqlite\n{change}\n-- kith: end")
        place.kith("db upgrade aaaa0001 -q")
        before = everything(place)
        said = place.run("kith", "db", "upgrade", "-q")
        after = everything(place)
        if expected is None:
            assert said.status in (1, 5) and "Nothing was changed" in said and after == before, f"{name}: {said}"
            continue
        assert said.status == 0, f"{name}: {said}"
        own = [row[3] for row in after if row[:2] == ("table", "t")]
        assert own == [expected], f"{name}: {own}"
        assert [row for row in after if row[:2] != ("table", "t")] == [row for row in before if row[:2] != ("table", "t")], f"{name}: {after}"
        for question, answer in [*questions, ("PRAGMA integrity_check", [("ok",)]), ("PRAGMA foreign_key_check", [])]:
            got = place.sql(question)
            assert got == answer, f"{name}: {question}: {got}"


def test_children_of_a_cascade(place):
    """Rows of another table that a cascading key would delete are kept, with foreign keys on and off."""
    place.app()
    place.file("aaaa0001", "base", "-- kith: verbatim\nCREATE TABLE t (id INTEGER PRIMARY KEY, a INT); CREATE TABLE c (t_id INT REFERENCES t (id) ON DELETE CASCADE); "
               "INSERT INTO t VALUES (1, 1), (2, 2); INSERT INTO c VALUES (1), (1), (2);\n-- kith: end")
    place.file("aaaa0002", "aaaa0001", f"-- kith: only sqlite\n{NOT_NULL}\n-- kith: end")
    for option in ("", "?foreign_keys=off", "?journal=wal"):
        for path in place.folder.glob("app.db*"):
            path.unlink()
        place.kith(f"--database sqlite:///app.db{option} db upgrade -q")
        assert place.sql("SELECT count(*) FROM c") == [(3,)] and place.sql("PRAGMA foreign_key_check") == [], option


def test_rebuilt_by_hand(place):
    """A table that a file makes anew itself, as SQLite's pages say, keeps the rows of its children; and foreign keys are not for a file to switch."""
    place.app()
    place.file("aaaa0001", "base", "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT);\nCREATE TABLE c (t_id INTEGER REFERENCES t (id) ON DELETE CASCADE);\n"
               "INSERT INTO t VALUES (1, 'x');\nINSERT INTO c VALUES (1);")
    recipe = "CREATE TABLE n (id INTEGER PRIMARY KEY, a TEXT);\nINSERT INTO n SELECT * FROM t{};\nDROP TABLE t;\nALTER TABLE n RENAME TO t;"
    place.kith("db upgrade -q")
    for pragma in ("PRAGMA foreign_keys = OFF;", "PRAGMA main.foreign_keys(0);", "pragma foreign_keys=0;"):
        place.file("aaaa0002", "aaaa0001", f"-- kith: verbatim\n{pragma}\n{recipe.format('')}\n-- kith: end")
        place.kith("db upgrade", 1).has("PRAGMA foreign_keys cannot stand in a migration", "Take it out")
    place.file("aaaa0002", "aaaa0001", f"-- kith: verbatim\n{recipe.format(' WHERE 0')}\n-- kith: end")
    place.kith("db upgrade", 5).has("1 row would be left without a parent")
    place.file("aaaa0002", "aaaa0001", f"-- kith: verbatim\n{recipe.format('')}\n-- kith: end")
    place.kith("db upgrade -q")
    assert place.sql("SELECT t_id, a FROM c JOIN t ON t_id = id") == [(1, "x")]


def test_index_on_a_column_that_goes(place):
    """An index made by hand on a column that is dropped does not become one on a text; and a database whose tables have texts in double quotes is changed as any other."""
    place.app()
    place.file("aaaa0001", "base", "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b TEXT);")
    place.file("aaaa0002", "aaaa0001", "-- kith: loses t.a\nALTER TABLE t DROP COLUMN a;")
    place.kith("db upgrade -q aaaa0001")
    place.sql('CREATE UNIQUE INDEX by_hand ON t ("a")')
    place.kith("db upgrade", 5).has("2026_aaaa0002_x.sql:6:", "the index by_hand is on t.a, which is dropped", "DROP INDEX by_hand;")
    place.sql('DROP INDEX by_hand;;CREATE TABLE old (x TEXT DEFAULT "y" CHECK (x <> "z"));;INSERT INTO old DEFAULT VALUES')
    place.kith("db upgrade -q")
    place.kith("db check", 3).lacks("error")


def test_triggers_that_would_break(place):
    """A trigger that worked works after a change, of whatever table or view it is; one that was broken before stands in nobody's way."""
    place.app()
    made = "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b TEXT);\nCREATE TABLE u (x TEXT);\nCREATE VIEW v AS SELECT x FROM u;\n"
    drop = "ALTER TABLE t DROP COLUMN a;"
    for trigger, of, change in (("AFTER INSERT ON u BEGIN UPDATE t SET a = new.x; END;", "u", drop), ("INSTEAD OF DELETE ON v BEGIN UPDATE t SET a = old.x; END;", "v", drop),
                                ("AFTER UPDATE OF b ON t BEGIN DELETE FROM u WHERE x = new.a; END;", "t", drop), ("AFTER DELETE ON u BEGIN DELETE FROM t; END;", "u", "DROP TABLE t;")):
        for path in place.folder.glob("app.db*"):
            path.unlink()
        place.file("aaaa0001", "base", f"{made}CREATE TRIGGER broken AFTER INSERT ON t BEGIN DELETE FROM nowhere; END;\nCREATE TRIGGER g {trigger}")
        place.file("aaaa0002", "aaaa0001", change)
        place.kith("db upgrade", 5).has(f"a trigger of {of} would no longer work", "Drop it at the beginning of the same file")
        place.file("aaaa0002", "aaaa0001", f"DROP TRIGGER g;\n{change}")
        place.kith("db upgrade -q")


def test_constraints_without_a_name(place):
    """A constraint that the database has without a name gets one where the migrations, which know it by convention, rename it."""
    place.app()
    place.file("aaaa0001", "base", "CREATE TABLE t (a INTEGER, b TEXT, UNIQUE (a), UNIQUE (b));")
    place.file("aaaa0002", "aaaa0001", "ALTER TABLE t RENAME CONSTRAINT uq_t_a TO one;\nALTER TABLE t RENAME CONSTRAINT uq_t_b TO other;\n"
               "ALTER TABLE t RENAME CONSTRAINT other TO another;")
    place.kith("db stamp aaaa0001")
    place.sql("CREATE TABLE t (a INT UNIQUE, b TEXT, UNIQUE (b));;INSERT INTO t VALUES (1, 'x')")
    place.kith("db upgrade -q")
    assert place.sql("SELECT sql FROM sqlite_schema WHERE name = 't'") == [('CREATE TABLE "t" (a INT CONSTRAINT "one" UNIQUE, b TEXT, CONSTRAINT "another" UNIQUE (b))',)]
    assert place.sql("SELECT * FROM t") == [(1, "x")]
    place.kith("db check", 3).lacks("drift:")


def test_no_needless_rebuild(place):
    """What SQLite can do itself, or stores alike, makes no copy; several changes of one table make one."""
    place.app()
    place.file("aaaa0001", "base", "CREATE TABLE p (id BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY);\nCREATE TABLE t (a INTEGER, b TEXT, c TIMESTAMP);")
    place.kith("db upgrade -q")
    for identity, change, copies in (
            ("aaaa0002", "ALTER TABLE t RENAME COLUMN b TO d;\nALTER TABLE t ADD COLUMN e TEXT DEFAULT 'x' NOT NULL;\nALTER TABLE t ADD COLUMN p_id BIGINT;\n"
             "ALTER TABLE t ADD CONSTRAINT fk_t_p_id FOREIGN KEY (p_id) REFERENCES p (id);", 0),
            ("aaaa0003", "ALTER TABLE t ALTER COLUMN a TYPE BIGINT;\nALTER TABLE t ALTER COLUMN c TYPE TIMESTAMP WITH TIME ZONE;", 0),
            ("aaaa0004", "ALTER TABLE t RENAME TO s;\nCREATE INDEX i ON s (a);\nALTER INDEX i RENAME TO j;", 0),
            ("aaaa0005", "ALTER TABLE s ALTER COLUMN a SET NOT NULL;\nALTER TABLE s ALTER COLUMN d TYPE VARCHAR(5);\nALTER TABLE s ADD CONSTRAINT ck_s_a CHECK (a > 0);", 1),
            ("aaaa0006", "ALTER TABLE s ADD COLUMN f TIMESTAMP DEFAULT CURRENT_TIMESTAMP;", 1)):
        place.file(identity, f"aaaa{int(identity[4:]) - 1:04}", change)
        said = place.kith("db upgrade --echo")
        assert said.count("CREATE TABLE \"__kith_new_") == copies, said
    place.sql("INSERT INTO s (a, e) VALUES (1, 'x')")


if __name__ == "__main__":
    run(globals())
