"""``db.Model``: the base of an application's models, and the names that their tables get."""
from __future__ import annotations

from typing import Any, ClassVar

from .. import names, orm
from ..model import NameMixin, camel_to_snake_case, should_set_tablename
from .query import Query

__all__ = ["BindMetaMixin", "DefaultMeta", "Model", "NameMetaMixin", "camel_to_snake_case", "should_set_tablename"]


class _QueryProperty:
    """``Model.query``: a query of that model in the context's session."""

    def __get__(self, obj: Any, cls: Any) -> Query:
        return cls.query_class(cls, session=cls.__fsa__.session())


class Model:
    """What ``db.Model`` is made of. Applications subclass ``db.Model``; to change that for all of them, give a subclass of this one as
    ``model_class`` to :class:`~kith.flask_sqlalchemy.SQLAlchemy`."""

    __fsa__: ClassVar[Any]

    query_class: ClassVar[type[Query]] = Query      #: what ``query`` is made of; a model may have its own
    query: ClassVar[Query] = _QueryProperty()       # type: ignore[assignment]

    def __repr__(self) -> str:
        state = names.inspect(self)
        if state.transient:
            key = f"(transient {id(self)})"
        elif state.pending:
            key = f"(pending {id(self)})"
        else:
            key = ", ".join(map(str, state.identity))
        return f"<{type(self).__name__} {key}>"


class BindMetaMixin(type):
    """Gives a model the tables of the database that its ``__bind_key__`` names."""

    __fsa__: Any
    metadata: Any

    def __init__(cls, name: str, bases: tuple[type, ...], d: dict[str, Any], **kwargs: Any) -> None:
        if "metadata" not in cls.__dict__ and "__table__" not in cls.__dict__ and hasattr(cls, "__fsa__"):
            metadata = cls.__fsa__._make_metadata(getattr(cls, "__bind_key__", None))
            if metadata is not getattr(cls, "metadata", None):
                cls.metadata = metadata
        super().__init__(name, bases, d, **kwargs)


class NameMetaMixin(NameMixin):
    """Names a model's table after its class, where nothing else names it. A model without a primary key of its own shares its parent's
    table, and gets no name."""

    __tablename__: str
    __table__: Any


class DefaultMeta(BindMetaMixin, NameMetaMixin, orm.DeclarativeMeta):
    """The metaclass of ``db.Model``."""
