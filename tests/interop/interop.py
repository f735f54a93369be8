#!/usr/bin/python3
"""A database is the same whoever wrote it: SQLAlchemy as Debian ships it, or kith (everything.c), one column of every type.

Each writes the same rows into a file of its own. Then kith reads SQLAlchemy's, SQLAlchemy reads both, and the sqlite3 shell prints every
cell of both as it is stored, with its type: the two must be equal to the letter. Run with the program everything as argument.
Prints "ok …" or "not ok …" for each.
"""
import difflib
import json
import os
import pathlib
import struct
import subprocess
import sys
import tempfile
import warnings
from datetime import date, datetime, time, timedelta
from decimal import Decimal

try:
    import sqlalchemy as sa
except ImportError:
    print("python3-sqlalchemy is not installed")
    sys.exit(77)        # meson: skipped


def single(number):
    """as a C float holds it"""
    return struct.unpack("f", struct.pack("f", number))[0]


EVERYTHING = sa.Table(
    "everything", sa.MetaData(),
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("flag", sa.Boolean, nullable=False),
    sa.Column("i8", sa.SmallInteger, nullable=False),
    sa.Column("u8", sa.SmallInteger, nullable=False),
    sa.Column("i16", sa.SmallInteger, nullable=False),
    sa.Column("u16", sa.Integer, nullable=False),
    sa.Column("i32", sa.Integer, nullable=False),
    sa.Column("u32", sa.BigInteger, nullable=False),
    sa.Column("i64", sa.BigInteger, nullable=False),
    sa.Column("single", sa.REAL, nullable=False),
    sa.Column("real", sa.Float, nullable=False),
    sa.Column("text", sa.Text),
    sa.Column("five", sa.String(5)),
    sa.Column("blob", sa.LargeBinary),
    sa.Column("day", sa.Date, nullable=False),
    sa.Column("clock", sa.Time, nullable=False),
    sa.Column("moment", sa.DateTime(timezone=True), nullable=False),
    sa.Column("naive", sa.DateTime, nullable=False),
    sa.Column("uuid", sa.CHAR(32), nullable=False),         # SQLAlchemy 2's Uuid is this on SQLite
    sa.Column("json", sa.JSON(none_as_null=True)),
    sa.Column("price", sa.Numeric(10, 2)),
    sa.Column("exact", sa.Text),                            # an exact decimal of more than 15 digits
    sa.Column("colour", sa.Enum("red", "green", "blue")),
    sa.Column("maybe_flag", sa.Boolean),
    sa.Column("maybe_number", sa.BigInteger),
    sa.Column("maybe_real", sa.Float),
    sa.Column("maybe_day", sa.Date),
    sa.Column("maybe_clock", sa.Time),
    sa.Column("maybe_moment", sa.DateTime(timezone=True)),
    sa.Column("maybe_uuid", sa.CHAR(32)),
)
COLUMNS = [column.name for column in EVERYTHING.columns]
NULL_JSON = sa.JSON.NULL        # JSON's null; None is SQL's

ZEROS = dict(flag=False, i8=0, u8=0, i16=0, u16=0, i32=0, u32=0, i64=0, single=0.0, real=0.0, day=date(1970, 1, 1), clock=time(0),
             moment=datetime(1970, 1, 1), naive=datetime(1970, 1, 1), uuid="0" * 32)
ROWS = [
    dict(id=1, flag=True, i8=-8, u8=8, i16=-16, u16=16, i32=-32, u32=32, i64=-64, single=single(0.1), real=0.1 + 0.2,
         text="Käse, 🦝 and 'quotes'", five="fünf!", blob=b"\0\1\xff", day=date(2026, 11, 22), clock=time(11, 38, 2),
         moment=datetime(2026, 11, 22, 11, 38, 2), naive=datetime(2026, 11, 22, 11, 38, 2, 123456), uuid="0ee123456789abcdef0123456789abcd",
         json={"a": [1, 2.5, None, "ä"]}, price=Decimal("12.50"), exact="123456789012345678901234567890.123456789", colour="green", maybe_flag=False,
         maybe_number=0, maybe_real=1e-7, maybe_day=date(1969, 12, 31), maybe_clock=time(0), maybe_moment=datetime(1969, 12, 31, 23, 59, 59, 999999),
         maybe_uuid="0" * 31 + "1"),
    dict(id=2, flag=True, i8=127, u8=255, i16=2**15 - 1, u16=2**16 - 1, i32=2**31 - 1, u32=2**32 - 1, i64=2**63 - 1, single=16777216.0,
         real=1.7976931348623157e308, text="", five="", blob=b"", day=date(9999, 12, 31), clock=time(23, 59, 59, 999999),
         moment=datetime(9999, 12, 31, 23, 59, 59, 999999), naive=datetime(9999, 12, 31, 23, 59, 59, 999999), uuid="f" * 32, json=7,
         price=Decimal("99999999.99"), exact="-0.000000000000000000001", colour="blue", maybe_flag=True, maybe_number=-2**63, maybe_real=-1.5),
    dict(ZEROS, id=3, i8=-128, i16=-2**15, i32=-2**31, i64=-2**63, single=-1.5, real=5e-324, day=date(1, 1, 1), moment=datetime(1, 1, 1),
         naive=datetime(1, 1, 1), uuid="0" * 31 + "1"),
    dict(ZEROS, id=4, text="12", five="1e5", json=NULL_JSON, price=Decimal("-7.00"), exact="0"),
]
ROWS = [{name: row.get(name) for name in COLUMNS} for row in ROWS]


def printed(name, value):
    """as everything.c prints it"""
    if name == "json" and value is not None:
        value = json.dumps(None if value is NULL_JSON else value)
    if value is None:
        return "NULL"
    if name.endswith("uuid"):
        return value
    if isinstance(value, (bool, int)):
        return str(int(value))
    if isinstance(value, float):
        return f"{value:.17g}"
    if isinstance(value, datetime):
        return str((value - datetime(1970, 1, 1)) // timedelta(microseconds=1))
    if isinstance(value, date):
        return str((value - date(1970, 1, 1)).days)
    if isinstance(value, time):
        return str((datetime.combine(date.min, value) - datetime.min) // timedelta(microseconds=1))
    return (value if isinstance(value, bytes) else str(value).encode()).hex()


def lines(row):
    """a row of this file as everything.c prints it"""
    return f"{row['id']}:" + "".join(f" {name}={printed(name, row[name])}" for name in COLUMNS if name != "id")


def run(*command):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    return done.stdout if done.returncode == 0 else f"{' '.join(command)} ended with {done.returncode}:\n{done.stdout}"


def cells(path):
    """every cell as it is stored, with its type, by the sqlite3 shell"""
    columns = ", ".join(f"typeof(\"{name}\"), quote(\"{name}\")" for name in COLUMNS)
    return run("sqlite3", "-batch", "-line", str(path), f"SELECT {columns} FROM everything ORDER BY id")


def by_sqlalchemy(path):
    """the rows in words, or what went wrong"""
    engine = sa.create_engine(f"sqlite:///{path}")
    try:
        with engine.connect() as connection:
            return in_words(dict(row._mapping) for row in connection.execute(sa.select(EVERYTHING).order_by(EVERYTHING.c.id)))
    except (sa.exc.SQLAlchemyError, ValueError, TypeError) as error:
        return f"{type(error).__name__}: {error}"


def write_by_sqlalchemy(path):
    engine = sa.create_engine(f"sqlite:///{path}")
    EVERYTHING.metadata.create_all(engine)
    with engine.begin() as connection:
        for row in ROWS:        # one by one: in a batch all rows are bound alike
            connection.execute(EVERYTHING.insert(), {name: value for name, value in row.items() if value is not None})


def differences(found, expected):
    """None, or the lines in which two texts differ"""
    if found == expected:
        return None
    return "\n".join(difflib.unified_diff(expected.splitlines(), found.splitlines(), "expected", "found", n=0, lineterm="")) or "the ends of their lines differ"


def in_words(rows):
    """with the type of each value: 1 is not True, 12.5 is no Decimal"""
    return "\n".join(f"{row['id']} {name}: {row[name]!r}" for row in rows for name in COLUMNS)


def checks(everything, folder):
    theirs, ours = folder / "theirs.db", folder / "ours.db"
    write_by_sqlalchemy(theirs)
    said = run(everything, "-q", "--database", f"sqlite:///{ours}", "db", "create") + run(everything, "--database", f"sqlite:///{ours}", "write")
    yield "kith writes", said or None
    expected = "".join(lines(row) + "\n" for row in ROWS)
    yield "kith reads what SQLAlchemy wrote", differences(run(everything, "--database", f"sqlite:///{theirs}", "read"), expected)
    yield "kith reads what kith wrote", differences(run(everything, "--database", f"sqlite:///{ours}", "read"), expected)
    rows = [dict(row, json=None if row["json"] is NULL_JSON else row["json"]) for row in ROWS]
    yield "SQLAlchemy reads what it wrote", differences(by_sqlalchemy(theirs), in_words(rows))
    yield "SQLAlchemy reads what kith wrote", differences(by_sqlalchemy(ours), in_words(rows))
    yield "the sqlite3 shell sees the same in both", differences(cells(ours), cells(theirs))
    yield "and sees something", None if cells(theirs).count("typeof") == len(COLUMNS) * len(ROWS) else cells(theirs)


def main():
    failures = 0
    warnings.simplefilter("ignore", sa.exc.SAWarning)       # that SQLite knows no decimals
    os.environ.pop("KITH_DATABASE_URL", None)
    with tempfile.TemporaryDirectory() as folder:
        for name, trouble in checks(os.path.abspath(sys.argv[1]), pathlib.Path(folder)):
            print(f"{'not ok' if trouble else 'ok'} interop: {name}")
            if trouble:
                print(trouble)
                failures += 1
    return bool(failures)


if __name__ == "__main__":
    sys.exit(main())
