#!/usr/bin/python3
"""A database that SQLAlchemy made, as Flask-SQLAlchemy's users have one, and kith's models of the same tables: taken over without a difference.

Run by Debian's Python, to which Debian's SQLAlchemy belongs.
"""
import sys

try:
    import sqlalchemy as sa
except ImportError:
    print("python3-sqlalchemy is not installed")
    sys.exit(77)        # meson: skipped

from kith import run

HEADER = """#include <kith/kith.h>
KITH_DECLARE(Author);
KITH_DECLARE(Book);
KITH_DECLARE(Everything);
struct Author { int64_t id; const char *name, *mail; kith_opt_int born; KITH_MANY(Book) books; };
struct Book {
    int64_t id; const char *title; int64_t author_id; int32_t pages; kith_opt_datetime published; const char *shelf; kith_decimal price;
    KITH_ONE(Author) author;
};
struct Everything {
    int64_t id; bool flag; int16_t i16; int32_t i32; int64_t i64; float single; double real; const char *text, *five; kith_blob blob; kith_date day; kith_time clock;
    kith_datetime moment, naive; kith_uuid uuid; kith_json json; kith_decimal price, exact; const char *colour; kith_opt_bool maybe;
};
"""
MODELS = """#include "models.h"
static const char *const colours[] = { "red", "green", NULL };
KITH_MODEL(Author, "author",
    KITH_COLUMN(id, .primary_key = true), KITH_COLUMN(name, .length = 80, .not_null = true, .unique = true, .index = true),
    KITH_COLUMN(mail, .length = 120, .unique = true), KITH_COLUMN(born),
    KITH_RELATIONSHIP(books, Book, .back_populates = "author"));
KITH_MODEL(Book, "book",
    KITH_COLUMN(id, .primary_key = true), KITH_COLUMN(title, .length = 200, .not_null = true, .index = true),
    KITH_COLUMN(author_id, .foreign_key = "author.id", .on_delete = "CASCADE"), KITH_COLUMN(pages, .server_default = "0"),
    KITH_COLUMN(published, .server_default = "CURRENT_TIMESTAMP"), KITH_COLUMN(shelf, .server_default = "'new'"), KITH_COLUMN(price, .precision = 8, .scale = 2),
    KITH_RELATIONSHIP(author, Author, .back_populates = "books"));
KITH_MODEL(Everything, "everything",
    KITH_COLUMN(id, .primary_key = true), KITH_COLUMN(flag), KITH_COLUMN(i16), KITH_COLUMN(i32), KITH_COLUMN(i64), KITH_COLUMN(single), KITH_COLUMN(real),
    KITH_COLUMN(text), KITH_COLUMN(five, .length = 5), KITH_COLUMN(blob), KITH_COLUMN(day), KITH_COLUMN(clock), KITH_COLUMN(moment), KITH_COLUMN(naive, .naive = true),
    KITH_COLUMN(uuid), KITH_COLUMN(json), KITH_COLUMN(price, .precision = 10, .scale = 2), KITH_COLUMN(exact), KITH_COLUMN(colour, .labels = colours), KITH_COLUMN(maybe));
"""
APP = """#include "models.h"
KITH_APP("app", .database = "sqlite:///app.db", .models = KITH_MODELS(Author, Book, Everything));
"""


def tables(named):
    convention = {"ix": "ix_%(column_0_label)s", "uq": "uq_%(table_name)s_%(column_0_name)s", "fk": "fk_%(table_name)s_%(column_0_name)s"}
    metadata = sa.MetaData(naming_convention=convention if named else None)
    sa.Table("author", metadata, sa.Column("id", sa.Integer, primary_key=True), sa.Column("name", sa.String(80), nullable=False, unique=True, index=True),
             sa.Column("mail", sa.String(120), unique=True), sa.Column("born", sa.BigInteger))
    sa.Table("book", metadata, sa.Column("id", sa.Integer, primary_key=True), sa.Column("title", sa.String(200), nullable=False, index=True),
             sa.Column("author_id", sa.Integer, sa.ForeignKey("author.id", ondelete="CASCADE"), nullable=False),
             sa.Column("pages", sa.Integer, nullable=False, server_default=sa.text("0")),
             sa.Column("published", sa.DateTime(timezone=True), server_default=sa.func.current_timestamp()),
             sa.Column("shelf", sa.Text, server_default="new"), sa.Column("price", sa.Numeric(8, 2)))
    sa.Table("everything", metadata, sa.Column("id", sa.Integer, primary_key=True), sa.Column("flag", sa.Boolean(create_constraint=not named), nullable=False),
             sa.Column("i16", sa.SmallInteger, nullable=False), sa.Column("i32", sa.Integer, nullable=False), sa.Column("i64", sa.BigInteger, nullable=False),
             sa.Column("single", sa.REAL, nullable=False), sa.Column("real", sa.Float, nullable=False), sa.Column("text", sa.Text), sa.Column("five", sa.String(5)),
             sa.Column("blob", sa.LargeBinary), sa.Column("day", sa.Date, nullable=False), sa.Column("clock", sa.Time, nullable=False),
             sa.Column("moment", sa.DateTime(timezone=True), nullable=False), sa.Column("naive", sa.DateTime, nullable=False),
             sa.Column("uuid", sa.CHAR(32), nullable=False), sa.Column("json", sa.JSON), sa.Column("price", sa.Numeric(10, 2)), sa.Column("exact", sa.Text),
             sa.Column("colour", sa.Enum("red", "green", create_constraint=named, name="ck_everything_colour")), sa.Column("maybe", sa.Boolean))
    return metadata


def takes_over(place, named):
    place.app(MODELS, HEADER, APP)
    metadata = tables(named)
    metadata.create_all(sa.create_engine(f"sqlite:///{place.folder}/app.db"))
    place.sql("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL, CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num))")
    place.sql("INSERT INTO author (name, mail) VALUES ('Ann', 'ann@example.org')")
    place.kith("db migrate -m taken")
    place.kith("db stamp")
    place.kith("db check").has("Models, migrations and database agree")
    place.kith("db migrate").has("No changes")


def test_as_sqlalchemy_makes_them(place):
    """Tables as SQLAlchemy makes them, constraints unnamed: no drift, types included."""
    takes_over(place, named=False)


def test_with_a_naming_convention(place):
    """Tables with a naming convention, and the CHECK of an enum: no drift either; and then a migration runs on them."""
    takes_over(place, named=True)
    place.write("models.c", MODELS.replace("KITH_COLUMN(born)", "KITH_COLUMN(born, .check = \"born > 1800\")").replace('KITH_COLUMN(name, .length = 80', 'KITH_COLUMN(name, .length = 90'))
    place.kith("db migrate -m rebuilt")
    place.kith("db upgrade")
    place.kith("db check").has("agree")
    assert place.sql("SELECT name, mail FROM author") == [("Ann", "ann@example.org")]


def test_indexes_of_sql_and_of_some_rows(place):
    """Indexes as SQLAlchemy makes them of expressions, downwards and of some rows: taken over without a difference; one whose condition changes is made anew, and back."""
    indexed = MODELS.replace('KITH_COLUMN(price, .precision = 8, .scale = 2),', 'KITH_COLUMN(price, .precision = 8, .scale = 2), KITH_INDEX("lower(title)"), KITH_INDEX("pages DESC", "title"),'
                             ' KITH_INDEX_WITH(.columns = { "shelf", "title" }, .unique = true, .where = "published IS NULL", .name = "one on a shelf"),', 1)
    assert indexed != MODELS
    place.app(indexed, HEADER, APP)
    metadata = tables(False)
    book = metadata.tables["book"].c
    sa.Index("ix_book_lower_title", sa.func.lower(book.title))
    sa.Index("ix_book_pages_title", book.pages.desc(), book.title)
    sa.Index("one on a shelf", book.shelf, book.title, unique=True, sqlite_where=book.published.is_(None))
    metadata.create_all(sa.create_engine(f"sqlite:///{place.folder}/app.db"))
    place.kith("db migrate -m taken")
    place.kith("db stamp")
    place.kith("db check").has("Models, migrations and database agree")
    place.kith("db migrate").has("No changes")
    sql = "SELECT sql FROM sqlite_master WHERE name = 'one on a shelf'"
    before = place.sql(sql)
    place.write("models.c", indexed.replace("published IS NULL", "published IS NULL AND pages > 0").replace('"pages DESC", ', '"pages", '))
    place.kith("db migrate -m narrower")
    place.kith("db upgrade")
    place.kith("db check").has("agree")
    place.kith("db migrate").has("No changes")
    assert "pages > 0" in place.sql(sql)[0][0] and not place.sql("SELECT 1 FROM sqlite_master WHERE sql LIKE '% DESC%'")
    place.kith("db downgrade")
    assert " ".join(before[0][0].replace('"', "").replace("`", "").split()) == " ".join(place.sql(sql)[0][0].replace('"', "").replace("`", "").split())
    assert place.sql("SELECT 1 FROM sqlite_master WHERE sql LIKE '% DESC%'")


def test_what_differs_is_told(place):
    """What is not the same is told, object by object, with what repairs it."""
    place.app(MODELS, HEADER, APP)
    metadata = tables(False)
    metadata.tables["author"].columns["name"].type = sa.String(70)
    metadata.tables["author"].columns["born"].type = sa.Float()
    metadata.tables["book"].columns["pages"].server_default = None
    metadata.create_all(sa.create_engine(f"sqlite:///{place.folder}/app.db"))
    place.kith("db migrate -m taken")
    place.kith("db stamp")
    said = place.kith("db check", 3)
    said.has("drift: author.name: migrations say VARCHAR(80), database has VARCHAR(70)", "drift: author.born: migrations say BIGINT, database has DOUBLE PRECISION",
             "drift: book.pages: migrations say DEFAULT 0", "ALTER TABLE author ALTER COLUMN name TYPE VARCHAR(80);")
    assert said.count("drift: ") == 3, said


if __name__ == "__main__":
    run(globals())
