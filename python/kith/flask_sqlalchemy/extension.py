""":class:`SQLAlchemy`, the object that a Flask application calls ``db``."""
from __future__ import annotations

import os
import warnings
from typing import Any, Mapping, Optional, Sequence, Union
from weakref import WeakKeyDictionary

from flask import Flask, current_app, has_app_context

from .. import install, names, events, exc, orm, pool
from ..engine import create_engine, make_url
from .model import DefaultMeta, Model, _QueryProperty
from .pagination import Pagination, SelectPagination
from .query import Query, not_found
from .session import Session, _app_ctx_id

__all__ = ["SQLAlchemy"]

BindKeys = Union[str, None, Sequence[Optional[str]]]


class SQLAlchemy:
    """The databases of a Flask application.

    Models are subclasses of :attr:`Model`, and may be made before there is an application. :meth:`init_app` reads an application's
    config and opens its databases; :attr:`session`, :attr:`engine` and what uses them need an application context. The names that
    models are made of hang on it: ``db.Column``, ``db.Integer``, ``db.relationship``, ``db.select`` and so on.

    :param app: an application to call :meth:`init_app` with.
    :param metadata: of the default database, for a naming convention of one's own.
    :param session_options: for each session; ``class_``, ``query_cls`` and ``scopefunc`` choose its class, its queries' and its scope.
    :param query_class: what ``Model.query`` and dynamic relationships are made of.
    :param model_class: what :attr:`Model` is made of, or a whole declarative base to take its place.
    :param engine_options: for every engine; an application's config goes before them.
    :param add_models_to_shell: whether ``flask shell`` has ``db`` and all models in scope.
    """

    def __init__(self, app: Flask | None = None, *, metadata: Any = None, session_options: dict[str, Any] | None = None, query_class: type[Query] = Query,
                 model_class: Any = Model, engine_options: dict[str, Any] | None = None, add_models_to_shell: bool = True) -> None:
        self.Query = query_class
        self.session = self._make_scoped_session(dict(session_options or {}))
        self.metadatas: dict[str | None, Any] = {}
        if metadata is not None:
            metadata.info["bind_key"] = None
            self.metadatas[None] = metadata
        self.Table = self._make_table_class()
        self.Model = self._make_declarative_base(model_class)
        self._engine_options = engine_options or {}
        self._app_engines: WeakKeyDictionary[Flask, dict[str | None, Any]] = WeakKeyDictionary()
        self._add_models_to_shell = add_models_to_shell
        if app is not None:
            self.init_app(app)

    def __repr__(self) -> str:
        if not has_app_context():
            return f"<{type(self).__name__}>"
        more = f" +{len(self.engines) - 1}" if len(self.engines) > 1 else ""
        return f"<{type(self).__name__} {self.engine.url}{more}>"

    # ------------------------------------------------------------ an application

    def init_app(self, app: Flask) -> None:
        """Registers with an application, whose config must be complete: ``SQLALCHEMY_DATABASE_URI``, ``SQLALCHEMY_BINDS``,
        ``SQLALCHEMY_ENGINE_OPTIONS``, ``SQLALCHEMY_ECHO``, ``SQLALCHEMY_RECORD_QUERIES``, ``SQLALCHEMY_TRACK_MODIFICATIONS``."""
        if "sqlalchemy" in app.extensions:
            raise RuntimeError("A 'SQLAlchemy' instance has already been registered on this Flask app. Import and use that instance instead.")
        app.extensions["sqlalchemy"] = self
        if self._add_models_to_shell:
            from .cli import add_models_to_shell

            app.shell_context_processor(add_models_to_shell)
        app.teardown_appcontext(self._teardown_session)
        self._make_engines(app)
        if app.config.setdefault("SQLALCHEMY_RECORD_QUERIES", False):
            from . import record_queries

            for engine in self._app_engines[app].values():
                record_queries._listen(engine)
        if app.config.setdefault("SQLALCHEMY_TRACK_MODIFICATIONS", False):
            from . import track_modifications

            track_modifications._listen(self.session)

    def _make_engines(self, app: Flask) -> None:
        options = self._engine_config(app)
        if not options:
            raise RuntimeError("Either 'SQLALCHEMY_DATABASE_URI' or 'SQLALCHEMY_BINDS' must be set.")
        echo = app.config.setdefault("SQLALCHEMY_ECHO", False)
        made = self._app_engines.setdefault(app, {})
        for engine in made.values():
            engine.dispose()
        made.clear()
        for key, chosen in options.items():
            self._make_metadata(key)
            chosen.setdefault("echo", echo)
            chosen.setdefault("echo_pool", echo)
            self._apply_driver_defaults(chosen, app)
            made[key] = self._make_engine(key, chosen, app)

    def _engine_config(self, app: Flask) -> dict[str | None, dict[str, Any]]:
        """What each engine is made with: the extension's options, then the bind's, then the application's for the default."""
        found: dict[str | None, dict[str, Any]] = {}
        uri = app.config.setdefault("SQLALCHEMY_DATABASE_URI", None)
        default = {**self._engine_options, **app.config.setdefault("SQLALCHEMY_ENGINE_OPTIONS", {})}
        for key, value in app.config.setdefault("SQLALCHEMY_BINDS", {}).items():
            found[key] = {**self._engine_options, **(value if isinstance(value, dict) else {"url": value})}
        if uri is not None:
            default["url"] = uri
        if "url" in default:
            found.setdefault(None, {}).update(default)
        return found

    def _teardown_session(self, error: BaseException | None) -> None:
        self.session.remove()

    # ------------------------------------------------------------ what is made for it

    def _make_scoped_session(self, options: dict[str, Any]) -> Any:
        scope = options.pop("scopefunc", _app_ctx_id)
        return orm.scoped_session(self._make_session_factory(options), scope)

    def _make_session_factory(self, options: dict[str, Any]) -> Any:
        options.setdefault("class_", Session)
        options.setdefault("query_cls", self.Query)
        return orm.sessionmaker(db=self, **options)

    def _make_metadata(self, bind_key: str | None) -> Any:
        if bind_key not in self.metadatas:
            convention = self._make_metadata(None).naming_convention if bind_key is not None else None
            self.metadatas[bind_key] = names.MetaData(naming_convention=convention, info={"bind_key": bind_key})
        return self.metadatas[bind_key]

    def _make_table_class(self) -> type:
        extension = self

        class Table(names.Table):
            """A table among those of a bind: ``db.Table(name, …, bind_key=None)``."""

            def __new__(cls, *args: Any, bind_key: str | None = None, **kwargs: Any) -> Any:
                if args and not (len(args) >= 2 and isinstance(args[1], names.MetaData)):
                    args = (args[0], extension._make_metadata(bind_key), *args[1:])
                return super().__new__(cls, *args, **kwargs)

            def __init__(self, name: str, *args: Any, bind_key: str | None = None, **kwargs: Any) -> None:
                if not (args and isinstance(args[0], names.MetaData)):
                    args = (extension._make_metadata(bind_key), *args)
                super().__init__(name, *args, **kwargs)

        return Table

    def _make_declarative_base(self, model: Any) -> Any:
        if not isinstance(model, orm.DeclarativeMeta):
            model = orm.declarative_base(metadata=self._make_metadata(None), cls=model, name="Model", metaclass=DefaultMeta)
        if None not in self.metadatas:
            model.metadata.info["bind_key"] = None
            self.metadatas[None] = model.metadata
        else:
            model.metadata = self.metadatas[None]
        model.query_class = self.Query
        model.query = _QueryProperty()
        model.__fsa__ = self
        return model

    def _apply_driver_defaults(self, options: dict[str, Any], app: Flask) -> None:
        url = make_url(options["url"])
        if url.drivername in ("sqlite", "sqlite+pysqlite"):
            if url.database in (None, "", ":memory:"):
                options["poolclass"] = pool.StaticPool
                options.setdefault("connect_args", {})["check_same_thread"] = False
                return
            prefix = "file:" if url.query.get("uri", False) else ""
            path = url.database[len(prefix):]
            if not os.path.isabs(path):
                os.makedirs(app.instance_path, exist_ok=True)
                options["url"] = url.set(database=prefix + os.path.join(app.instance_path, path))
        elif url.drivername.startswith("mysql"):
            options.setdefault("pool_recycle", 7200)
            if "charset" not in url.query:
                options["url"] = url.set(query={**url.query, "charset": "utf8mb4"})

    def _make_engine(self, bind_key: str | None, options: dict[str, Any], app: Flask) -> Any:
        return create_engine(options.pop("url"), **options)

    # ------------------------------------------------------------ where it is

    @property
    def metadata(self) -> Any:
        """The tables of the default database."""
        return self.metadatas[None]

    @property
    def engines(self) -> Mapping[str | None, Any]:
        """The engines of the current application by bind key; ``None`` is the default's."""
        app = current_app._get_current_object()     # type: ignore[attr-defined]
        if app not in self._app_engines:
            raise RuntimeError("The current Flask app is not registered with this 'SQLAlchemy' instance. Did you forget to call 'init_app', or did you create "
                               "multiple 'SQLAlchemy' instances?")
        return self._app_engines[app]

    @property
    def engine(self) -> Any:
        """The default engine of the current application."""
        return self.engines[None]

    def get_engine(self, bind_key: str | None = None) -> Any:
        """As ``engines[bind_key]``, which it is deprecated for."""
        warnings.warn("'get_engine' is deprecated. Use 'engine' or 'engines[key]' instead.", DeprecationWarning, stacklevel=2)
        return self.engines[bind_key]

    # ------------------------------------------------------------ 404, pages

    def get_or_404(self, entity: type, ident: Any, *, description: str | None = None, **kwargs: Any) -> Any:
        """As ``session.get``; aborts with 404 where there is no such row."""
        value = self.session.get(entity, ident, **kwargs)
        return value if value is not None else not_found(description)

    def first_or_404(self, statement: Any, *, description: str | None = None) -> Any:
        """The first value of a select; aborts with 404 where there is none."""
        value = self.session.execute(statement).scalar()
        return value if value is not None else not_found(description)

    def one_or_404(self, statement: Any, *, description: str | None = None) -> Any:
        """The only value of a select; aborts with 404 where there is none or more than one."""
        try:
            return self.session.execute(statement).scalar_one()
        except (exc.NoResultFound, exc.MultipleResultsFound):
            not_found(description)

    def paginate(self, select: Any, *, page: int | None = None, per_page: int | None = None, max_per_page: int | None = None, error_out: bool = True,
                 count: bool = True) -> Pagination:
        """One page of a select of a model: see :class:`~kith.flask_sqlalchemy.pagination.Pagination`."""
        return SelectPagination(select=select, session=self.session(), page=page, per_page=per_page, max_per_page=max_per_page, error_out=error_out, count=count)

    # ------------------------------------------------------------ tables

    def _call_for_binds(self, bind_key: BindKeys, work: str) -> None:
        keys = list(self.metadatas) if bind_key == "__all__" else [bind_key] if bind_key is None or isinstance(bind_key, str) else list(bind_key)
        for key in keys:
            if key not in self.engines:
                message = f"Bind key '{key}' is not in 'SQLALCHEMY_BINDS' config."
                raise exc.UnboundExecutionError(message if key is not None else f"'SQLALCHEMY_DATABASE_URI' config is not set. {message}")
            getattr(self.metadatas[key], work)(bind=self.engines[key])

    def create_all(self, bind_key: BindKeys = "__all__") -> None:
        """Makes the tables that are not there yet; of one bind, of a list of binds, or of all."""
        self._call_for_binds(bind_key, "create_all")

    def drop_all(self, bind_key: BindKeys = "__all__") -> None:
        """Drops the tables with all their rows."""
        self._call_for_binds(bind_key, "drop_all")

    def reflect(self, bind_key: BindKeys = "__all__") -> None:
        """Reads which tables there are in the databases."""
        self._call_for_binds(bind_key, "reflect")

    # ------------------------------------------------------------ the names that hang on it

    def _set_rel_query(self, kwargs: dict[str, Any]) -> None:
        kwargs.setdefault("query_class", self.Query)
        if "backref" in kwargs:
            backref = kwargs["backref"]
            if isinstance(backref, str):
                backref = kwargs["backref"] = (backref, {})
            backref[1].setdefault("query_class", self.Query)

    def relationship(self, *args: Any, **kwargs: Any) -> Any:
        """A relationship; where it is dynamic, of :attr:`Query`."""
        self._set_rel_query(kwargs)
        return orm.relationship(*args, **kwargs)

    def dynamic_loader(self, argument: Any, **kwargs: Any) -> Any:
        """A relationship that is a query."""
        self._set_rel_query(kwargs)
        return orm.dynamic_loader(argument, **kwargs)

    def __getattr__(self, name: str) -> Any:
        if name == "event":
            return events
        if not name.startswith("_"):
            for module in (names, orm):
                if hasattr(module, name):
                    return getattr(module, name)
            raise AttributeError(install.lacking(f"db.{name}"), name=name, obj=self)
        raise AttributeError(name)
