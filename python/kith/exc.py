"""The exceptions: those that SQLAlchemy's users know, by the same names, each with a sentence that says what to do.

What the library reports is one of its statuses and a stable word for the case; :func:`make_error` finds the exception for it.
"""

from __future__ import annotations

import re
from typing import Any, Optional


class KithError(Exception):
    """The base of everything that kith raises about databases and models."""

    code: Optional[str] = None      #: a stable word for the case: "config.no_foreign_key"
    hint: Optional[str] = None      #: what to do about it
    model: Optional[str] = None
    attribute: Optional[str] = None


class SQLAlchemyError(KithError):
    """The base, by the name that programs catch."""


class ArgumentError(SQLAlchemyError):
    """Models, relationships or arguments that do not fit together."""


class InvalidRequestError(SQLAlchemyError):
    """Something was asked that cannot be done now."""


class NoInspectionAvailable(InvalidRequestError):
    """inspect() was given something that it knows nothing of."""


class NoReferenceError(InvalidRequestError):
    """A foreign key leads nowhere."""


class NoReferencedTableError(NoReferenceError):
    """A foreign key names a table that no model has."""


class NoReferencedColumnError(NoReferenceError):
    """A foreign key names a column that its table does not have."""


class NoForeignKeysError(ArgumentError):
    """Two models are to be related and no foreign key links their tables."""


class AmbiguousForeignKeysError(ArgumentError):
    """Two models are to be related and several foreign keys link their tables."""


class ConstraintColumnNotFoundError(ArgumentError):
    """A constraint is over a column that its table does not have."""


class CircularDependencyError(SQLAlchemyError):
    """Rows reference each other in a circle, and none can be written first."""


class CompileError(SQLAlchemyError):
    """A statement cannot be written."""


class UnsupportedCompilationError(CompileError):
    """An engine cannot do what the statement says."""


class IdentifierError(SQLAlchemyError):
    """A name is too long or otherwise no name."""


class NoSuchModuleError(ArgumentError):
    """There is no such database engine here."""


class NoSuchTableError(InvalidRequestError):
    """The database has no such table."""


class UnboundExecutionError(InvalidRequestError):
    """No database is known for what is to be executed."""


class ObjectNotExecutableError(ArgumentError):
    """What was given to execute() is no statement."""


class ResourceClosedError(InvalidRequestError):
    """A result, connection or transaction was closed."""


class NoSuchColumnError(InvalidRequestError, KeyError):
    """A row has no such column."""

    __str__ = SQLAlchemyError.__str__


class NoResultFound(InvalidRequestError):
    """One row was to be found, and there is none."""


class MultipleResultsFound(InvalidRequestError):
    """One row was to be found, and there are more."""


class PendingRollbackError(InvalidRequestError):
    """A flush failed; rollback() comes first."""


class UnmappedError(InvalidRequestError):
    """Something is not mapped."""


class UnmappedInstanceError(UnmappedError):
    """An object's class is not mapped."""


class UnmappedClassError(UnmappedError):
    """A class is not mapped."""


class UnmappedColumnError(InvalidRequestError):
    """A column is not mapped."""


class FlushError(SQLAlchemyError):
    """What is to be written does not fit together."""


class StaleDataError(SQLAlchemyError):
    """A row was changed or deleted by someone else."""


class DetachedInstanceError(SQLAlchemyError):
    """An object has no session, and what was read of it was not loaded before."""


class ObjectDereferencedError(SQLAlchemyError):
    """An object is gone."""


class ObjectDeletedError(InvalidRequestError):
    """An object's row is not there any more."""


class LoaderStrategyException(InvalidRequestError):
    """There is no such way to load."""


class StatementError(SQLAlchemyError):
    """A statement failed, or a value does not fit its column."""

    statement: Optional[str] = None
    params: Any = None
    orig: Any = None
    detail: list = []
    ismulti: Optional[bool] = None


class DataTypeError(StatementError, TypeError):
    """A value of a type that its column does not take."""


class DataValueError(StatementError, ValueError):
    """A value that its column cannot hold."""


class DBAPIError(StatementError):
    """The database refused."""

    connection_invalidated = False


class InterfaceError(DBAPIError):
    """The database could not be spoken to."""


class DatabaseError(DBAPIError):
    """The database failed."""


class DataError(DatabaseError):
    """A value cannot be stored."""


class OperationalError(DatabaseError):
    """Locked, full, gone, or a table that is not there."""


class IntegrityError(DatabaseError):
    """A constraint does not hold."""


class InternalError(DatabaseError):
    """The database is confused."""


class ProgrammingError(DatabaseError):
    """The database does not understand."""


class NotSupportedError(DatabaseError):
    """The database cannot do that."""


class TimeoutError(SQLAlchemyError):
    """No connection became free in time."""


class WrongTypeError(InvalidRequestError, TypeError):
    """A relationship was given something that it cannot hold."""


class SAWarning(RuntimeWarning):
    """Something looks like a mistake."""


class SADeprecationWarning(DeprecationWarning):
    """Something will go."""


class RemovedIn20Warning(SADeprecationWarning):
    """Something is not in SQLAlchemy 2."""


SAPendingDeprecationWarning = PendingDeprecationWarning
ConcurrentModificationError = StaleDataError

# ---------------------------------------------------------------- from the library's errors

(OK, ERROR, MISUSE, NO_MEMORY, CONNECTION, CONSTRAINT, STALE, NOT_FOUND, NOT_UNIQUE, BUSY, SCHEMA, RANGE, CONFIG, RETRY, CANCELLED, IO, REFUSED) = range(17)

_BY_STATUS = {
    ERROR: DatabaseError, MISUSE: InvalidRequestError, CONNECTION: OperationalError, CONSTRAINT: IntegrityError, STALE: StaleDataError,
    NOT_FOUND: NoResultFound, NOT_UNIQUE: MultipleResultsFound, BUSY: OperationalError, SCHEMA: OperationalError, RANGE: StatementError,
    CONFIG: ArgumentError, RETRY: OperationalError, CANCELLED: OperationalError, IO: OperationalError, REFUSED: InvalidRequestError,
}
class NoSuchIdentityError(InvalidRequestError, AssertionError):
    """A row whose discriminator no class is known by; SQLAlchemy raises an AssertionError."""


_BY_CODE = {
    "config.foreign_key_table": NoReferencedTableError, "config.foreign_key_column": NoReferencedColumnError, "config.no_foreign_key": NoForeignKeysError,
    "config.ambiguous_foreign_key": AmbiguousForeignKeysError, "config.secondary_no_foreign_key": NoForeignKeysError,
    "config.secondary_ambiguous": AmbiguousForeignKeysError, "config.back_populates_unknown": InvalidRequestError,
    "config.back_populates_no_relationship": InvalidRequestError, "config.name_twice": InvalidRequestError,
    "config.table_twice": InvalidRequestError, "object.row_gone": ObjectDeletedError, "object.detached_expired": DetachedInstanceError,
    "object.not_loaded": DetachedInstanceError, "object.unmapped": UnmappedInstanceError, "class.unmapped": UnmappedClassError,
    "flush.circular": CircularDependencyError, "relationship.wrong_model": WrongTypeError, "relationship.foreign_object": WrongTypeError,
    "relationship.not_a_list": WrongTypeError, "relationship.key_not_null": IntegrityError, "condition.wrong_model": ArgumentError,
    "flush.identity_conflict": FlushError, "flush.endless": FlushError, "database.url": ArgumentError, "inherit.unknown_kind": NoSuchIdentityError, "inherit.no_kind": InvalidRequestError,
}


_CONSTRAINTS = {"constraint.unique": "UNIQUE", "constraint.not_null": "NOT NULL", "constraint.check": "CHECK"}


def _engines_words(code: Optional[str], constraint: Optional[str]) -> str:
    """What the engine itself says of a constraint, which programs look for."""
    if code == "constraint.foreign_key":
        return "FOREIGN KEY constraint failed"
    kind = _CONSTRAINTS.get(code or "")
    return f"{kind} constraint failed: {constraint}" if kind and constraint else ""


_JOIN_ROW = re.compile(r"A row of (\S+) that joins ")
_KIND = re.compile(r"A row of (\S+) is of no model that is known: its (\S+) is (.*)\.$", re.S)
_OWN_ROW = re.compile(r"The row of <(\w+) .*> was to be (updated|deleted)")


def _known_words(code: str, message: str) -> str:
    """The sentence with the one before it that SQLAlchemy's users know."""
    joined, own = _JOIN_ROW.match(message), _OWN_ROW.match(message)
    if code == "flush.stale" and joined:
        return f"DELETE statement on table '{joined[1]}' expected to delete 1 row(s); Only 0 were matched. {message}"
    if code == "flush.stale" and own:
        word = own[2][:-1]
        return f"{word.upper()} statement on the table of {own[1]} expected to {word} 1 row(s); 0 were matched. {message}"
    kind = _KIND.match(message)
    if code == "inherit.unknown_kind" and kind:
        return f"No such polymorphic identity {kind[3].replace(chr(34), chr(39))} is defined: a row of {kind[1]} has it in {kind[2]}."
    if code == "inherit.no_kind" and kind:
        return f"A row of {kind[1]} can't be loaded into an object; the polymorphic discriminator column '{kind[1]}.{kind[2]}' is NULL."
    if code == "object.row_gone":
        return f"{message} The instance has been deleted, or its row is otherwise not present."
    if code == "flush.circular":
        return f"Circular dependency detected. {message}"
    return message


# What the library says in C's words, in Python's.
_IN_PYTHON = ((r"\.foreign_key = (\"[^\"]*\")", r"ForeignKey(\1)"), (r"\.view_only( = true)?", "viewonly=True"), (r"\.not_null( = true)?", "nullable=False"),
              (r"\.(back_populates|remote_side|foreign_keys|secondary|cascade|order_by|on_delete|on_update) = (\"[^\"]*\")", r"\1=\2"), (r"\.load = \"raise\"", 'lazy="raise"'),
              (r"\.(back_populates|remote_side|foreign_keys|secondary|cascade|order_by)\b", r"\1="), (r"\ba KITH_MANY\b", "a list (uselist=True)"),
              (r"\ba KITH_ONE\b", "one object (uselist=False)"), (r"KITH_JOIN_TABLE", "Table"), (r"a KITH_ASSOCIATION_PROXY", "an association_proxy"), (r"KITH_UNIQUE", "UniqueConstraint"),
              (r"KITH_INDEX", "Index"), (r"KITH_CHECK", "CheckConstraint"), (r"\bkith_open\b", "the models"), (r"kith_attach takes", "session.add() takes"), (r'Bring it along with \.load = \{ ("\w+") \}', r"Bring it along with a loader option for \1"),
              (r"\.load\b", "a loader option"))


def in_python(text: Optional[str]) -> Optional[str]:
    """A sentence of the library's, about models, in Python's words."""
    for pattern, words in _IN_PYTHON if text else ():
        text = re.sub(pattern, words, text or "")
    return text


def _described(value: Any) -> str:
    text = repr(value)
    return f"{type(value).__name__} {text if len(text) <= 60 else text[:57] + '...'}"


def _wrong_value(code: str, wanted: Optional[str], model: Optional[str], attribute: Optional[str], value: Any) -> BaseException:
    place = f"{model}.{attribute}" if model else "A value"
    if code == "relationship.type":
        return WrongTypeError(f"{place} takes objects of its model, got {_described(value)}")
    if code == "value.bool" and not isinstance(value, bool):
        return DataTypeError(f"{place}: Not a boolean value: {value!r}")
    if code == "value.range" or isinstance(value, str) and wanted and "str" in wanted:
        return DataValueError(f"{place} takes {wanted}, got {_described(value)}")
    return DataTypeError(f"{place} takes {wanted}, got {_described(value)}")


def make_error(status: int, code: Optional[str], message: Optional[str], hint: Optional[str], model: Optional[str], attribute: Optional[str],
               constraint: Optional[str], sql: Optional[str], sqlstate: Optional[str], pending: int, value: Any) -> BaseException:
    """The exception for an error of the library's; called by kith._core."""
    if message and (code or "").startswith(("config.", "relationship.", "flush.", "object.", "inherit.")):
        message, hint = _known_words(code or "", in_python(message) or ""), in_python(hint)
    if value is not None or code == "relationship.type":
        error: BaseException = _wrong_value(code or "", message, model, attribute, value)
    elif status == NO_MEMORY:
        return MemoryError(message or "There is no memory.")
    elif pending:
        error = PendingRollbackError(
            "This Session's transaction has been rolled back due to a previous exception during flush. To begin a new transaction with this "
            f"Session, first issue Session.rollback(). Original exception was: {message}")
    else:
        kind = _BY_CODE.get(code or "") or _BY_STATUS.get(status, DatabaseError)
        engine = _engines_words(code, constraint)
        error = kind((f"{engine}: " if engine else "") + " ".join(part for part in (message, hint) if part) + (f"\n[SQL: {sql}]" if sql else ""))
    if isinstance(error, KithError):
        error.code, error.hint, error.model, error.attribute = code, hint, model, attribute
    if isinstance(error, StatementError):
        error.statement = sql
        error.orig = Exception(_engines_words(code, constraint) or message)
    return error
