"""What kith's own bases add to mapped classes: names of tables, Class.query, and how an object shows itself."""

from __future__ import annotations

import re
from typing import Any, Dict, Optional, Tuple

from . import sql
from .declarative import DeclarativeMeta, declared_attr
from .inspection import inspect
from .schema import Column, PrimaryKeyConstraint, Table


def camel_to_snake_case(name: str) -> str:
    """HTTPRequest -> http_request"""
    name = re.sub(r"((?<=[a-z0-9])[A-Z]|(?!^)[A-Z](?=[a-z]))", r"_\1", name)
    return name.lower().lstrip("_")


def should_set_tablename(cls: type) -> bool:
    """Whether a class has no name for its table and needs one."""
    if cls.__dict__.get("__abstract__", False) or not any(isinstance(base, DeclarativeMeta) for base in cls.__mro__[1:]):
        return False
    for base in cls.__mro__:
        if "__tablename__" in base.__dict__:
            if isinstance(base.__dict__["__tablename__"], declared_attr):
                return False
            return not (base is cls or base.__dict__.get("__abstract__", False) or not isinstance(base, DeclarativeMeta))
    return True


class NameMixin(type):
    """A metaclass that names tables after their classes, where nothing else names them. A class without a primary key of its own shares its base's
    table, and gets no name."""

    metadata: Any

    def __init__(cls, name: str, bases: Tuple[type, ...], d: Dict[str, Any], **options: Any) -> None:
        if should_set_tablename(cls):
            cls.__tablename__ = camel_to_snake_case(cls.__name__)       # type: ignore[attr-defined]
        super().__init__(name, bases, d, **options)
        if "__tablename__" not in cls.__dict__ and "__table__" in cls.__dict__ and cls.__dict__["__table__"] is None:
            del cls.__table__       # __table_cls__ made none: the base's shows

    def __table_cls__(cls, *args: Any, **kwargs: Any) -> Any:
        """The table of a class that is being made, or None: it shares its base's."""
        key = f"{kwargs['schema']}.{args[0]}" if kwargs.get("schema") is not None else args[0]
        known = key in cls.metadata.tables      # it was declared or reflected before
        keyed = any(isinstance(arg, Column) and arg.primary_key or isinstance(arg, PrimaryKeyConstraint) for arg in args)
        if known or keyed or not any("__table__" in base.__dict__ for base in cls.__mro__[1:-1]):
            return Table(*args, **kwargs)
        if "__tablename__" in cls.__dict__:
            del cls.__tablename__       # type: ignore[attr-defined]
        return None


class ModelMeta(NameMixin, DeclarativeMeta):
    """The metaclass of a Database's models."""


class _Query:
    """Class.query: a Query of the class in the current session."""

    def __get__(self, instance: Any, owner: Any) -> Any:
        session = owner.__database__.session()
        return (getattr(owner, "query_class", None) or session._query_cls)((owner,), session=session)


class Model:
    """The base of a Database's models."""

    __database__: Any
    query = _Query()

    def __repr__(self) -> str:
        state = inspect(self)
        if state.transient:
            key = f"(transient {id(self)})"
        elif state.pending:
            key = f"(pending {id(self)})"
        else:
            key = ", ".join(map(str, state.identity))
        return f"<{type(self).__name__} {key}>"
