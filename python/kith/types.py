"""The types of columns: what they are in Python, in a struct of the library's, and in a table."""

from __future__ import annotations

import datetime
import decimal
import enum
import functools
import json
import pickle
import uuid
import warnings
from typing import Any, Callable, Dict, Iterable, Optional

from . import exc

# How a value lies in a struct (kith._core's kinds), and what a column is in its table (kith/sys/model.h).
NONE, BOOL, INT, REAL, TEXT, BLOB, DATE, TIME, DATETIME, UUID_, JSON_, DECIMAL, DECIMAL_AS_REAL, INTERVAL, VERSION, UUID_AS_TEXT = range(16)
(IN_BOOLEAN, IN_SMALLINT, IN_INTEGER, IN_BIGINT, IN_REAL, IN_DOUBLE, IN_TEXT, IN_VARCHAR, IN_BLOB, IN_DATE, IN_TIME, IN_TIMESTAMP, IN_TIMESTAMPTZ,
 IN_UUID, IN_JSON, IN_NUMERIC) = range(1, 17)


class Dialect:
    """What programs ask of a dialect."""

    def __init__(self, name: str) -> None:
        self.name = self.driver = name
        self.paramstyle = "qmark"

    def type_descriptor(self, given: Any) -> "TypeEngine":
        """The type, as this dialect has it."""
        return to_type(given)


SQLITE = Dialect("sqlite")


def _but_none(turn: Callable[..., Any]) -> Callable[..., Any]:
    """None stays None, where the type does not say otherwise."""
    @functools.wraps(turn)
    def turned(self: Any, value: Any) -> Any:
        return None if value is None else turn(self, value)
    return turned


class TypeEngine:
    """The base of all types."""

    __visit_name__ = "type"
    kind = NONE                     #: how a value lies in a struct
    in_table = 0                    #: what a column is in its table
    length: Optional[int] = None
    precision: Optional[int] = None
    scale: Optional[int] = None
    python_type: Any = object
    should_evaluate_none = False
    hashable = True

    #: callables between what a program sees and what kith._core takes for this kind, also of None; or None
    to_database: Optional[Callable[[Any], Any]] = None
    from_database: Optional[Callable[[Any], Any]] = None

    def __repr__(self) -> str:
        arguments = [repr(v) for v in (self.length, self.precision, self.scale) if v is not None]
        return f"{type(self).__name__}({', '.join(arguments)})"

    def from_plain(self, value: Any) -> Any:
        """The value for what SQL of the program's own gave, which knows no more than SQLite does."""
        read = _PLAIN.get(self.kind)
        value = value if value is None or read is None else read(value)
        return value if self.from_database is None else self.from_database(value)

    def with_variant(self, type_: Any, *dialects: str) -> "TypeEngine":
        """The type of one dialect only; SQLite takes its own, everything else this one."""
        return to_type(type_) if "sqlite" in dialects else self

    def copy(self) -> "TypeEngine":
        """Types are never changed, so a copy is the type."""
        return self

    def compile(self, dialect: Any = None) -> str:
        """The word in a table."""
        return str(self)

    def __str__(self) -> str:
        names = {IN_BOOLEAN: "BOOLEAN", IN_SMALLINT: "SMALLINT", IN_INTEGER: "INTEGER", IN_BIGINT: "BIGINT", IN_REAL: "REAL", IN_DOUBLE: "FLOAT",
                 IN_TEXT: "TEXT", IN_VARCHAR: "VARCHAR", IN_BLOB: "BLOB", IN_DATE: "DATE", IN_TIME: "TIME", IN_TIMESTAMP: "DATETIME",
                 IN_TIMESTAMPTZ: "DATETIME", IN_UUID: "CHAR(32)", IN_JSON: "JSON", IN_NUMERIC: "NUMERIC", 0: "NULL"}
        if self.precision is not None and self.in_table == IN_NUMERIC:
            return f"NUMERIC({self.precision}, {self.scale or 0})"
        return names[self.in_table] + (f"({self.length})" if self.length and self.in_table == IN_VARCHAR else "")


class NullType(TypeEngine):
    """No type is known: a value is what the database gives."""


class Integer(TypeEngine):
    """A whole number of 32 bits; SQLite takes 64."""

    kind, in_table, python_type = INT, IN_INTEGER, int


class SmallInteger(Integer):
    """A whole number of 16 bits."""

    in_table = IN_SMALLINT


class BigInteger(Integer):
    """A whole number of 64 bits."""

    in_table = IN_BIGINT


class Boolean(TypeEngine):
    """True or False."""

    kind, in_table, python_type = BOOL, IN_BOOLEAN, bool

    def __init__(self, create_constraint: bool = False, name: Optional[str] = None) -> None:
        self.create_constraint, self.name = create_constraint, name


class Float(TypeEngine):
    """A floating number."""

    kind, in_table, python_type = REAL, IN_DOUBLE, float

    def __init__(self, precision: Optional[int] = None, asdecimal: bool = False, decimal_return_scale: Optional[int] = None) -> None:
        self.float_precision, self.asdecimal = precision, asdecimal
        if asdecimal:
            self.from_database = lambda value: None if value is None else decimal.Decimal(repr(value))
            self.to_database = lambda value: None if value is None else float(value)


class Double(Float):
    """A floating number of 64 bits."""


class Numeric(TypeEngine):
    """An exact decimal number."""

    kind, in_table, python_type = DECIMAL, IN_NUMERIC, decimal.Decimal

    def __init__(self, precision: Optional[int] = None, scale: Optional[int] = None, decimal_return_scale: Optional[int] = None, asdecimal: bool = True) -> None:
        self.precision, self.scale, self.asdecimal = precision, scale, asdecimal
        if not asdecimal:
            self.kind, self.python_type = DECIMAL_AS_REAL, float
        if precision is not None and precision > 15:
            warnings.warn(f"SQLite keeps 15 digits of a NUMERIC column; Numeric({precision}) may lose the rest", exc.SAWarning, stacklevel=2)


class String(TypeEngine):
    """A text."""

    kind, in_table, python_type = TEXT, IN_VARCHAR, str

    def __init__(self, length: Optional[int] = None, collation: Optional[str] = None, convert_unicode: Any = False, unicode_error: Any = None) -> None:
        self.length, self.collation = length, collation


class Text(String):
    """A text of any length."""

    in_table = IN_TEXT


class Unicode(String):
    """A text."""


class UnicodeText(Text):
    """A text of any length."""


class LargeBinary(TypeEngine):
    """Bytes."""

    kind, in_table, python_type = BLOB, IN_BLOB, bytes

    def __init__(self, length: Optional[int] = None) -> None:
        self.limit = length


class Date(TypeEngine):
    """A day."""

    kind, in_table, python_type = DATE, IN_DATE, datetime.date


class Time(TypeEngine):
    """A time of day."""

    kind, in_table, python_type = TIME, IN_TIME, datetime.time

    def __init__(self, timezone: bool = False) -> None:
        self.timezone = timezone


class DateTime(TypeEngine):
    """A moment: naive, as SQLite has it. One with a time zone is turned to UTC."""

    kind, in_table, python_type = DATETIME, IN_TIMESTAMP, datetime.datetime

    def __init__(self, timezone: bool = False) -> None:
        self.timezone = timezone
        if timezone:
            self.in_table = IN_TIMESTAMPTZ


class Interval(TypeEngine):
    """A span of time, stored as a moment from 1970 on."""

    kind, in_table, python_type = INTERVAL, IN_TIMESTAMP, datetime.timedelta

    def __init__(self, native: bool = True, second_precision: Optional[int] = None, day_precision: Optional[int] = None) -> None:
        pass


class Uuid(TypeEngine):
    """A UUID, stored as 32 hex digits."""

    kind, in_table, python_type = UUID_, IN_UUID, uuid.UUID

    def __init__(self, as_uuid: bool = True, native_uuid: bool = True) -> None:
        self.as_uuid = as_uuid
        if not as_uuid:
            self.kind, self.python_type = UUID_AS_TEXT, str


class JSON(TypeEngine):
    """Whatever json.dumps takes. None is stored as JSON's null."""

    kind, in_table, python_type = JSON_, IN_JSON, dict
    NULL = object()
    hashable = False
    should_evaluate_none = True

    def __init__(self, none_as_null: bool = False) -> None:
        self.none_as_null = none_as_null

    @_but_none
    def to_database(self, value: Any) -> str:
        try:
            return "null" if value is JSON.NULL else json.dumps(value)
        except TypeError as error:
            raise exc.DataTypeError(str(error)) from error

    @_but_none
    def from_database(self, value: str) -> Any:
        return json.loads(value)


class PickleType(TypeEngine):
    """Whatever pickle takes."""

    kind, in_table = BLOB, IN_BLOB
    hashable = False

    def __init__(self, protocol: int = pickle.HIGHEST_PROTOCOL, pickler: Any = None, comparator: Any = None, impl: Any = None) -> None:
        self.protocol = protocol

    @_but_none
    def to_database(self, value: Any) -> bytes:
        return pickle.dumps(value, self.protocol)

    @_but_none
    def from_database(self, value: bytes) -> Any:
        return pickle.loads(value)


class Enum(String):
    """One of a set of names: of a Python enum (stored by name), or of texts."""

    def __init__(self, *enums: Any, create_constraint: bool = False, name: Optional[str] = None, native_enum: bool = True, validate_strings: bool = False,
                 values_callable: Optional[Callable] = None, length: Optional[int] = None, metadata: Any = None,
                 schema: Any = None, quote: Any = None, inherit_schema: bool = False, sort_key_function: Any = None, omit_aliases: bool = False) -> None:
        self.create_constraint, self.name = create_constraint, name
        if len(enums) == 1 and isinstance(enums[0], type) and issubclass(enums[0], enum.Enum):
            self.enum_class: Any = enums[0]
            members = list(self.enum_class.__members__.values())
            names = list(values_callable(self.enum_class)) if values_callable else list(self.enum_class.__members__)
            self.name = name or self.enum_class.__name__.lower()
            self._to, self._from = dict(zip(members, names)), dict(zip(names, members))
            self.python_type = self.enum_class
        else:
            self.enum_class = None
            names = [str(value) for value in (enums[0] if len(enums) == 1 and isinstance(enums[0], (list, tuple)) else enums)]
            self._to, self._from = {value: value for value in names}, {value: value for value in names}
        self.enums = names
        super().__init__(length or max((len(value) for value in names), default=1))

    @_but_none
    def to_database(self, value: Any) -> str:
        try:
            if value in self._to:
                return self._to[value]
        except TypeError:
            pass
        if isinstance(value, str) and value in self._from:
            return value
        raise exc.DataValueError(f"{value!r} is not among the defined enum values. Enum name: {self.name}. Possible values: {', '.join(self.enums)}")

    @_but_none
    def from_database(self, value: str) -> Any:
        try:
            return self._from[value]
        except KeyError:
            raise LookupError(f"{value!r} is not among the defined enum values. Enum name: {self.name}. Possible values: {', '.join(self.enums)}") from None


class TypeDecorator(TypeEngine):
    """A type of one's own on top of another (impl): process_bind_param and process_result_value turn values."""

    impl: Any = NullType
    cache_ok: Optional[bool] = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        impl = type(self).impl
        self.impl_instance: TypeEngine = impl(*args, **kwargs) if isinstance(impl, type) else impl
        inner = self.impl_instance
        self.kind, self.in_table, self.length, self.precision, self.scale = inner.kind, inner.in_table, inner.length, inner.precision, inner.scale
        self.python_type = inner.python_type
        self.impl = inner

    def process_bind_param(self, value: Any, dialect: Any) -> Any:
        """What is stored for a value."""
        return value

    def process_result_value(self, value: Any, dialect: Any) -> Any:
        """The value for what is stored."""
        return value

    def load_dialect_impl(self, dialect: Any) -> TypeEngine:
        """The type below."""
        return self.impl_instance

    def none_in_database(self) -> Any:
        """What a column is given that has no value."""
        try:
            return self.to_database(None)
        except Exception:       # it is never called with None where a program does not store any
            return None

    def to_database(self, value: Any) -> Any:
        turned = self.process_bind_param(value, SQLITE)
        inner = self.impl_instance.to_database
        return inner(turned) if inner else turned

    def from_database(self, value: Any) -> Any:
        inner = self.impl_instance.from_database
        return self.process_result_value(inner(value) if inner else value, SQLITE)


def to_type(given: Any) -> TypeEngine:
    """A type or a class of one as a type."""
    if isinstance(given, TypeEngine):
        return given
    if isinstance(given, type) and issubclass(given, TypeEngine):
        return given()
    if given is None:
        return NULLTYPE
    raise exc.ArgumentError(f"{given!r} is no type of a column")


def type_of(value: Any) -> TypeEngine:
    """The type that a Python value has by itself."""
    for python, type_ in _BY_VALUE:
        if isinstance(value, python):
            return type_
    return NULLTYPE


NULLTYPE = NullType()
BOOLEANTYPE = Boolean()
INTEGERTYPE = Integer()
STRINGTYPE = String()
_BY_VALUE: Iterable = ((bool, BOOLEANTYPE), (int, INTEGERTYPE), (float, Float()), (str, STRINGTYPE), (bytes, LargeBinary()), (datetime.datetime, DateTime()),
                       (datetime.date, Date()), (datetime.time, Time()), (datetime.timedelta, Interval()), (decimal.Decimal, Numeric()), (uuid.UUID, Uuid()))

_EPOCH = datetime.datetime(1970, 1, 1)
_PLAIN: Dict[int, Callable[[Any], Any]] = {
    BOOL: bool, REAL: float, DECIMAL_AS_REAL: float, DECIMAL: lambda value: decimal.Decimal(str(value)), DATE: lambda value: datetime.date.fromisoformat(value),
    TIME: lambda value: datetime.time.fromisoformat(value), DATETIME: lambda value: datetime.datetime.fromisoformat(value),
    INTERVAL: lambda value: datetime.datetime.fromisoformat(value) - _EPOCH, UUID_: lambda value: uuid.UUID(value), UUID_AS_TEXT: lambda value: str(uuid.UUID(value))}

INTEGER, INT_, SMALLINT, BIGINT = Integer, Integer, SmallInteger, BigInteger
VARCHAR, CHAR, NVARCHAR, NCHAR = String, String, Unicode, Unicode
TEXT_, BOOLEAN, FLOAT, REAL_, NUMERIC, DATE_, TIME_, DATETIME_, TIMESTAMP = Text, Boolean, Float, Float, Numeric, Date, Time, DateTime, DateTime
BLOB_, BINARY, VARBINARY, CLOB, UUID = LargeBinary, LargeBinary, LargeBinary, Text, Uuid
FLOATTYPE, DATETIMETYPE, DATETYPE, JSONTYPE = Float(), DateTime(), Date(), JSON()


def type_of_two(left: TypeEngine, right: TypeEngine) -> TypeEngine:
    """The type of what arithmetic makes of two."""
    for kind in (DECIMAL, REAL):
        for type_ in (left, right):
            if type_.kind == kind:
                return type_
    return left if left.kind != NONE else right
