"""Database: an engine, a base for models and a session per thread, without any framework."""

from __future__ import annotations

from typing import Any, Callable, Dict, Optional

from . import events, exc, names, orm
from .declarative import declarative_base
from .engine import create_engine
from .model import Model, ModelMeta
from .schema import MetaData, Table
from .session import scoped_session, sessionmaker


class Database:
    """db = Database("sqlite:///app.db"); class Raccoon(db.Model): …; db.create_all(); db.session.add(Raccoon())

    What models are made of hangs on it: db.Column, db.Integer, db.relationship, db.select, …
    """

    def __init__(self, url: Any = "sqlite://", *, model_class: Any = Model, metadata: Optional[MetaData] = None, session_options: Optional[Dict[str, Any]] = None,
                 scopefunc: Optional[Callable[[], Any]] = None, query_class: Any = None, **engine_options: Any) -> None:
        self.engine = create_engine(url, **engine_options)
        self.metadata = metadata if metadata is not None else MetaData()
        self.Model: Any = declarative_base(cls=model_class, name="Model", metadata=self.metadata, metaclass=ModelMeta)
        self.Model.__database__ = self
        options = dict(session_options or {})
        if query_class is not None:
            options["query_cls"] = query_class
        self.Query = query_class or orm.Query
        self.session: Any = scoped_session(sessionmaker(self.engine, metadata=self.metadata, **options), scopefunc)

    def Table(self, name: str, *items: Any, **options: Any) -> Table:
        """A table without a class."""
        return Table(name, self.metadata, *items, **options)

    def create_all(self) -> None:
        """Creates the tables that are not there."""
        self.check()
        self.metadata.create_all(self.engine)

    def drop_all(self) -> None:
        """Drops the tables that are there."""
        self.metadata.drop_all(self.engine)

    def check(self) -> None:
        """Resolves all models; raises what is wrong with them."""
        self.metadata.layout.configure(strict=True)

    @property
    def event(self) -> Any:
        """listen(), listens_for(), remove()"""
        return events

    def __getattr__(self, name: str) -> Any:
        if name in names.CORE:
            return getattr(names, name)
        if name in orm.NAMES:
            return getattr(orm, name)
        if name.startswith("_"):
            raise AttributeError(f"'{type(self).__name__}' object has no attribute {name!r}")
        from .install import lacking
        raise AttributeError(lacking(f"db.{name}"))

    def __repr__(self) -> str:
        return f"<Database {self.engine.url}>"
