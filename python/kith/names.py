"""Every name that `kith` has at its top, in one place; `kith.orm` and the Flask layer take them from here."""

from __future__ import annotations

from .schema import (CheckConstraint, Column, ColumnDefault, DefaultClause, FetchedValue, ForeignKey, ForeignKeyConstraint, Identity, Index, MetaData, PrimaryKeyConstraint, Table,
                     UniqueConstraint)
from .schema import Sequence_ as Sequence
from .sql import (ClauseElement, ColumnCollection, ColumnElement, Delete, Insert, Select, Subquery, TextClause, Update, alias, and_, asc, between, bindparam, case, cast, collate, column, delete, desc, distinct, except_,
                  exists, extract, false, func, insert, intersect, join, literal, literal_column, not_, null, nulls_first, nulls_last, or_, outerjoin, over, select, table, text, true, tuple_,
                  type_coerce, union, union_all, update)
from .types import (BIGINT, BINARY, BOOLEAN, CHAR, CLOB, FLOAT, INTEGER, JSON, NCHAR, NUMERIC, NVARCHAR, SMALLINT, TIMESTAMP, UUID, VARBINARY, VARCHAR, BigInteger, Boolean, Date,
                    DateTime, Double, Enum, Float, Integer, Interval, LargeBinary, Numeric, PickleType, SmallInteger, String, Text, Time, TypeDecorator, Unicode, UnicodeText, Uuid)
from .types import BLOB_ as BLOB
from .types import DATE_ as DATE
from .types import DATETIME_ as DATETIME
from .types import REAL_ as REAL
from .types import TEXT_ as TEXT
from .types import TIME_ as TIME
from .engine import URL, Connection, Engine, create_engine, engine_from_config, make_url
from .inspection import inspect

INT, DECIMAL = INTEGER, NUMERIC
nullsfirst, nullslast = nulls_first, nulls_last

CORE = sorted(name for name in dir() if not name.startswith("_") and name not in ("annotations", "CORE"))
