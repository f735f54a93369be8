"""Engines: a pool of connections to one database, and what can be done on them without a session."""

from __future__ import annotations

import contextlib
import logging
import time
import urllib.parse
import weakref
from typing import Any, Callable, Dict, Iterator, List, Optional, Sequence, Tuple

from . import _core, exc, sql, types
from .schema import Column, ForeignKey, ForeignKeyConstraint, Index, MetaData, PrimaryKeyConstraint, Table, UniqueConstraint
from .sql.elements import quoted

log = logging.getLogger("kith.engine")


class URL:
    """Where a database is: drivername://username:password@host:port/database?query"""

    def __init__(self, drivername: str, username: Optional[str] = None, password: Optional[str] = None, host: Optional[str] = None, port: Optional[int] = None,
                 database: Optional[str] = None, query: Optional[Dict[str, str]] = None) -> None:
        self.drivername, self.username, self.password, self.host, self.port = drivername, username, password, host, port
        self.database, self.query = database, dict(query or {})

    @classmethod
    def create(cls, drivername: str, username: Optional[str] = None, password: Optional[str] = None, host: Optional[str] = None, port: Optional[int] = None,
               database: Optional[str] = None, query: Optional[Dict[str, str]] = None) -> "URL":
        """A URL of its parts."""
        return cls(drivername, username, password, host, port, database, query)

    def set(self, **parts: Any) -> "URL":
        """The same with other parts."""
        return URL(**{**{name: getattr(self, name) for name in ("drivername", "username", "password", "host", "port", "database", "query")}, **parts})

    def get_backend_name(self) -> str:
        """sqlite or postgresql."""
        return self.drivername.split("+")[0]

    def get_driver_name(self) -> str:
        """What follows the +."""
        return self.drivername.partition("+")[2] or self.get_backend_name()

    def render_as_string(self, hide_password: bool = True) -> str:
        """As text."""
        quote = urllib.parse.quote
        text = self.drivername + "://"
        if self.username is not None:
            text += quote(self.username, safe=" +")
            if self.password is not None:
                text += ":" + ("***" if hide_password else quote(str(self.password), safe=" +"))
            text += "@"
        text += (f"[{self.host}]" if self.host and ":" in self.host else self.host or "") + (f":{self.port}" if self.port is not None else "")
        if self.database is not None:
            text += "/" + self.database
        if self.query:
            text += "?" + "&".join(f"{urllib.parse.quote_plus(key)}={urllib.parse.quote_plus(str(value))}" for key, value in sorted(self.query.items()))
        return text

    def __str__(self) -> str:
        return self.render_as_string()

    def __repr__(self) -> str:
        return self.render_as_string()

    def __eq__(self, other: Any) -> bool:
        return isinstance(other, URL) and self.render_as_string(False) == other.render_as_string(False)

    def __hash__(self) -> int:
        return hash(self.render_as_string(False))


def make_url(given: Any) -> URL:
    """A URL of its text."""
    if isinstance(given, URL):
        return given
    if not isinstance(given, str):
        raise exc.ArgumentError(f"Expected string or URL object, got {given!r}")
    scheme, found, rest = given.partition("://")
    if not found or not scheme.replace("+", "").replace("_", "").replace("-", "").isalnum():
        raise exc.ArgumentError(f"Could not parse SQLAlchemy URL from string '{given}'")
    rest, _, words = rest.partition("?")
    place, slash, database = rest.partition("/")
    user, _, host = place.rpartition("@")
    name, _, password = user.partition(":")
    unquote = urllib.parse.unquote
    if host.startswith("["):
        host, _, port = host[1:].partition("]")
        port = port.lstrip(":")
    else:
        host, _, port = host.partition(":")
    return URL(scheme, unquote(name) if user else None, unquote(password) if password else None, host or None, int(port) if port else None,
               database if slash else None, dict(urllib.parse.parse_qsl(words)))


def _core_url(url: URL) -> str:
    """As the library takes it."""
    backend = url.get_backend_name()
    if backend not in ("sqlite", "postgresql", "postgres"):
        raise exc.NoSuchModuleError(f"Can't load plugin: sqlalchemy.dialects:{url.drivername}")
    if backend != "sqlite":
        return url.set(drivername="postgresql").render_as_string(False)
    database = url.database or ""
    query = {key: value for key, value in url.query.items() if key not in ("check_same_thread", "uri", "cached_statements", "isolation_level", "detect_types")}
    if "timeout" in query and str(query["timeout"]).replace(".", "").isdigit():
        query["timeout"] = f"{int(float(query['timeout']) * 1000)}ms"
    if database.startswith("file:") and "uri" in url.query:
        database = database[len("file:"):]
        query.pop("mode", None) if query.get("mode") not in ("ro", "memory") else None
        if query.pop("mode", None) == "memory":
            database = ":memory:"
        query.pop("cache", None)
    words = "&".join(f"{key}={value}" for key, value in query.items())
    escaped = database if database == ":memory:" else urllib.parse.quote(database, safe="/:")
    return "sqlite://" + (f"/{escaped}" if database else "") + (f"?{words}" if words else "")


class _Pool:
    """What programs ask of a pool."""

    def __init__(self, engine: "Engine") -> None:
        self.echo = False
        self._engine = weakref.ref(engine)

    def status(self) -> str:
        """In words."""
        return "kith's own pool"

    def dispose(self) -> None:
        """Nothing is kept that a later use would need."""


class Engine:
    """A pool of connections to one database. Any thread may use it."""

    def __init__(self, url: URL, echo: Any = False, echo_pool: Any = False, poolclass: Any = None, **options: Any) -> None:
        self.url, self.echo, self.options = url, echo, options
        self.core = _core.Engine(_core_url(url))
        self.pool = (poolclass or _Pool)(self) if poolclass is None or issubclass(poolclass, _Pool) else _Pool(self)
        self.pool.echo = echo_pool
        self.dialect = types.Dialect(url.get_backend_name())
        self._listeners: Dict[str, List[Callable]] = {}
        self._layout: Any = None
        self._plain: Any = None

    name = property(lambda self: self.dialect.name)
    driver = name
    engine = property(lambda self: self)

    # ------------------------------------------------------------ sessions of kith._core
    def open(self, models: Any, keeps: bool, autoflush: bool, on_flush: Any) -> Any:
        """A session of kith._core for these models."""
        return _core.Session(self.core, models, keeps, autoflush, None, on_flush)

    def remember(self, layout: Any) -> None:
        """What the database is used for, so that plain SQL is run with it."""
        if self._layout is None or self._layout() is None:
            self._layout = weakref.ref(layout)

    def layout(self) -> Any:
        """What the database is used for, or nothing at all."""
        known = self._layout() if self._layout is not None else None
        return self.plain() if known is None else known

    def plain(self) -> Any:
        """Of no tables."""
        if self._plain is None:
            self._plain = MetaData()
        return self._plain.layout

    def teller(self, session: Any) -> Optional[Callable[[str, tuple, float], None]]:
        """Who is told of statements; None: nobody."""
        if not (self.echo or session.echo or self._listeners.get("before_cursor_execute") or self._listeners.get("after_cursor_execute")):
            return None
        ref = weakref.ref(session)

        def tell(statement: str, values: tuple, seconds: float) -> None:
            own = ref()
            self.told(own, statement, values, seconds)

        return tell

    def told(self, session: Any, statement: str, values: tuple, seconds: float) -> None:
        """A statement was sent: says so to the log and to who listens."""
        if self.echo or session is not None and session.echo:
            if not log.handlers and not logging.getLogger().handlers:
                logging.basicConfig()
            if log.level == logging.NOTSET:
                log.setLevel(logging.INFO)
            log.info("%s", statement)
            log.info("[%.5fs] %r", seconds, values)
        context = ExecutionContext(statement, values, seconds)
        parameters = [values] if _tuple_of_parameters else values
        for function in self._listeners.get("before_cursor_execute", ()):
            function(session, None, statement, parameters, context, False)
        for function in self._listeners.get("after_cursor_execute", ()):
            function(session, None, statement, parameters, context, False)

    # ------------------------------------------------------------ without a session
    def connect(self) -> "Connection":
        """A connection of one's own."""
        return Connection(self)

    @contextlib.contextmanager
    def begin(self) -> Iterator["Connection"]:
        """A connection whose work is committed at the end, or taken back after an exception."""
        with self.connect() as connection, connection.begin():
            yield connection

    def dispose(self, close: bool = True) -> None:
        """Nothing is kept that a later use would need."""

    def raw_connection(self) -> Any:
        """Not there."""
        raise NotImplementedError("raw_connection(): kith speaks to the database by itself; use engine.connect() and text()")

    def execution_options(self, **options: Any) -> "Engine":
        """The same engine."""
        return self

    def has_table(self, name: str) -> bool:
        """Whether the database has the table."""
        return Inspector(self).has_table(name)

    def table_names(self) -> List[str]:
        """The tables that the database has."""
        return Inspector(self).get_table_names()

    def __repr__(self) -> str:
        return f"Engine({self.url!r})"


_tuple_of_parameters = False


class ExecutionContext:
    """What is known of a statement that was sent."""

    def __init__(self, statement: str, values: tuple, seconds: float) -> None:
        self.statement, self.parameters, self.seconds = statement, values, seconds
        self.end_time = time.perf_counter()
        self.start_time = self.end_time - seconds


def create_engine(url: Any, **options: Any) -> Engine:
    """A pool of connections to a database."""
    for name in ("future", "pool_size", "max_overflow", "pool_recycle", "pool_pre_ping", "pool_timeout", "connect_args", "isolation_level", "strategy", "module", "json_serializer",
                 "json_deserializer", "encoding", "convert_unicode", "native_datetime", "executemany_mode", "paramstyle", "query_cache_size", "hide_parameters", "logging_name",
                 "pool_logging_name", "pool_reset_on_return", "pool_use_lifo", "creator", "implicit_returning", "insertmanyvalues_page_size", "pool", "label_length", "plugins"):
        options.pop(name, None)
    known = {name: options.pop(name) for name in ("echo", "echo_pool", "poolclass") if name in options}
    if options:
        raise TypeError(f"Invalid argument(s) {','.join(repr(name) for name in options)} sent to create_engine(), using configuration kith.")
    return Engine(make_url(url), **known)


def engine_from_config(configuration: Dict[str, Any], prefix: str = "sqlalchemy.", **options: Any) -> Engine:
    """A pool as a dict says."""
    words = {key[len(prefix):]: value for key, value in configuration.items() if key.startswith(prefix)}
    words.update(options)
    return create_engine(words.pop("url"), **words)


# ---------------------------------------------------------------- connections

class Block:
    """A transaction as a with-block: kept at its end, taken back after an exception."""

    def __enter__(self) -> Any:
        return self

    def __exit__(self: Any, kind: Any, value: Any, traceback: Any) -> None:
        if kind is not None:
            self.rollback()
        elif self.is_active:
            try:
                self.commit()
            except BaseException:
                self.rollback()
                raise


class Transaction(Block):
    """What begin() of a connection gives."""

    def __init__(self, connection: Any, nested: bool = False) -> None:
        self.connection, self.nested = connection, nested
        self._ended, self._number = False, connection.transactions

    @property
    def is_active(self) -> bool:
        """Whether it can still be committed."""
        return not self._ended and self._number == self.connection.transactions and not self.connection.closed

    def commit(self) -> None:
        """Keeps what was done."""
        if not self.is_active:
            raise exc.InvalidRequestError("This transaction is inactive: it was committed or rolled back before")
        (self.connection._keep_savepoint if self.nested else self.connection.commit)()
        self._ended = True

    def rollback(self) -> None:
        """Takes back what was done."""
        if self.is_active:
            self._ended = True
            (self.connection._undo_savepoint if self.nested else self.connection.rollback)()

    close = rollback


class Connection:
    """A connection of one's own: statements without objects."""

    def __init__(self, engine: Engine) -> None:
        from .session import Session
        self.engine = engine
        self._session: Any = Session(engine, autoflush=False)
        self._begun, self._savepoints = False, 0
        self.transactions = 0       # how many are over
        self.closed = False

    dialect = property(lambda self: self.engine.dialect)

    def _core(self) -> Any:
        if self.closed:
            raise exc.ResourceClosedError("This Connection is closed")
        return self._session._any_core()

    def execute(self, statement: Any, *parameters: Any, execution_options: Any = None, **values: Any) -> Any:
        """Runs a statement, with a dict of values, a list of dicts or several dicts for several times, or the values by their names."""
        self._core()
        self._begun = True
        given = parameters[0] if len(parameters) == 1 else list(parameters) or None
        if values and given:
            raise exc.ArgumentError("execute() takes values in a dict or by their names, not both")
        return self._run(statement, given or values or None, execution_options)

    def _run(self, statement: Any, parameters: Any, execution_options: Any) -> Any:
        return self._session.execute(statement, parameters, execution_options=execution_options)

    def scalar(self, statement: Any, *parameters: Any, **options: Any) -> Any:
        """The first value of the first row."""
        return self.execute(statement, *parameters, **options).scalar()

    def scalars(self, statement: Any, *parameters: Any, **options: Any) -> Any:
        """The first values of all rows."""
        return self.execute(statement, *parameters, **options).scalars()

    def exec_driver_sql(self, statement: str, parameters: Any = None) -> Any:
        """SQL as it is."""
        if parameters:
            raise NotImplementedError("exec_driver_sql() with parameters: use text() and :names")
        made = sql.TextClause("")
        made.parts = [(False, statement)]
        return self.execute(made)

    def begin(self) -> Transaction:
        """A transaction."""
        self._core()
        self._begun = True
        return Transaction(self)

    def begin_nested(self) -> Transaction:
        """A savepoint."""
        self._core().savepoint()
        self._begun = True
        self._savepoints += 1
        return Transaction(self, True)

    def _keep_savepoint(self) -> None:
        self._core().savepoint_keep()
        self._savepoints -= 1

    def _undo_savepoint(self) -> None:
        self._core().savepoint_undo()
        self._savepoints -= 1

    def in_transaction(self) -> bool:
        """Whether something was begun."""
        return self._begun

    def in_nested_transaction(self) -> bool:
        """Whether there is a savepoint."""
        return self._savepoints > 0

    def _over(self) -> None:
        self._begun, self._savepoints = False, 0
        self.transactions += 1

    def commit(self) -> None:
        """Keeps what was done."""
        self._core().commit()
        self._over()

    def rollback(self) -> None:
        """Takes back what was done."""
        self._core().rollback()
        self._over()

    def close(self) -> None:
        """Takes back what was not committed."""
        if not self.closed and self._begun:
            self.rollback()
        self._session.close()
        self.closed = True

    def execution_options(self, **options: Any) -> "Connection":
        """The same connection."""
        return self

    def __enter__(self) -> "Connection":
        return self

    def __exit__(self, *unused: Any) -> None:
        self.close()


class SessionConnection(Connection):
    """The connection of a session, in its transaction."""

    def __init__(self, session: Any, arguments: Dict[str, Any]) -> None:
        self._session, self._arguments, self.closed = session, arguments, False
        self._begun, self._savepoints, self.transactions = True, len(session._nested), 0

    engine = property(lambda self: _engine_of(self._session.get_bind(**self._arguments)))    # type: ignore[assignment]

    def _core(self) -> Any:
        return self._session._core_said(**self._arguments) or super()._core()

    def _run(self, statement: Any, parameters: Any, execution_options: Any) -> Any:
        return self._session.execute(statement, parameters, execution_options=execution_options, bind_arguments=self._arguments)

    def in_transaction(self) -> bool:
        """Whether the session has begun something."""
        return self._session.in_transaction()

    def close(self) -> None:
        """It is the session's, which goes on."""


class Guest:
    """A session in the transaction of a connection that it was given. Where the connection had begun one, that is the connection's to commit:
    the session's commit writes what is pending, and its rollback takes back all of it, or what came after a savepoint of the session's own."""

    MODES = ("conditional_savepoint", "rollback_only", "control_fully", "create_savepoint")

    def __init__(self, connection: Connection, mode: str) -> None:
        if mode not in self.MODES:
            raise exc.ArgumentError(f"join_transaction_mode is one of {', '.join(self.MODES)}, not {mode!r}")
        self.connection, self.mode = connection, mode
        self.owner = self.fenced = False
        self.transaction: Optional[int] = None      # of the connection's, which the session is in

    def is_in(self) -> bool:
        """Whether what the session did waits for a commit."""
        return not self.connection.closed and self.transaction == self.connection.transactions

    def enter(self) -> None:
        """The session is about to do something."""
        if self.is_in():
            return
        begun, core = self.connection.in_transaction(), self.connection._core()
        self.owner = self.mode == "control_fully" or not begun
        self.fenced = begun and (self.mode == "create_savepoint" or self.mode == "conditional_savepoint" and self.connection.in_nested_transaction())
        self.transaction = self.connection.transactions
        self.connection._begun = True
        if self.fenced:
            core.savepoint()

    def commit(self) -> None:
        """Keeps what the session did, as far as it is for the session to say."""
        if not self.is_in():
            return
        if self.owner:
            self.connection.commit()
        elif self.fenced:
            self.connection._core().savepoint_keep()
        self.transaction = None

    def rollback(self) -> None:
        """Takes back what the session did."""
        if not self.is_in():
            return
        if self.fenced:
            self.connection._core().savepoint_undo()
        else:
            self.connection.rollback()
        self.transaction = None

    def leave(self) -> None:
        """The session ends: what it did not keep is taken back, where that is for it to say."""
        if self.owner or self.fenced:
            self.rollback()


# ---------------------------------------------------------------- tables

def _engine_of(bind: Any) -> Engine:
    found = getattr(bind, "engine", bind)
    if not isinstance(found, Engine):
        raise exc.ArgumentError(f"an engine is needed, got {bind!r}")
    return found


def _core_for(metadata: MetaData, bind: Any) -> Tuple[Any, Any]:
    engine = _engine_of(bind)
    layout = metadata.layout
    for table in metadata.tables.values():
        for column in table.c:
            for key in column._keys:
                key.column      # raises what is wrong with it
    models = layout.configure(strict=True)
    engine.remember(layout)
    from .session import Session
    session = Session(engine, autoflush=False)
    core = engine.open(models, True, False, None)
    session._listen(core, engine)
    return core, session


def _on_tables(metadata: MetaData, bind: Any, tables: Optional[Sequence[Table]], work: str) -> None:
    if tables is not None:
        metadata = _some(metadata, tables)
    core, session = _core_for(metadata, bind)
    try:
        getattr(core, work)()
    finally:
        core.close()


def create_tables(metadata: MetaData, bind: Any, tables: Optional[Sequence[Table]]) -> None:
    """Creates the tables of a MetaData that are not there."""
    _on_tables(metadata, bind, tables, "create_all")


def drop_tables(metadata: MetaData, bind: Any, tables: Optional[Sequence[Table]]) -> None:
    """Drops the tables of a MetaData that are there."""
    _on_tables(metadata, bind, tables, "drop_all")


def _some(metadata: MetaData, tables: Sequence[Table]) -> MetaData:
    """A MetaData of some tables and what they reference."""
    wanted: Dict[str, Table] = {}

    def take(table: Table) -> None:
        if table.key not in wanted:
            wanted[table.key] = table
            for key in table.foreign_keys:
                take(key.column.table)

    for table in tables:
        take(table)
    made = MetaData(naming_convention=metadata.naming_convention)
    for table in wanted.values():
        table.to_metadata(made)
    return made


# ---------------------------------------------------------------- what is there

_WORDS = (("BIGINT", types.BigInteger), ("SMALLINT", types.SmallInteger), ("INT", types.Integer), ("BOOL", types.Boolean), ("CHAR(32)", types.Uuid), ("CLOB", types.Text), ("TEXT", types.Text),
          ("CHAR", types.String), ("BLOB", types.LargeBinary), ("NUMERIC", types.Numeric), ("DECIMAL", types.Numeric), ("REAL", types.Float), ("FLOA", types.Float), ("DOUB", types.Float),
          ("DATETIME", types.DateTime), ("TIMESTAMP", types.DateTime), ("DATE", types.Date), ("TIME", types.Time), ("JSON", types.JSON))


def _type_of(word: str) -> types.TypeEngine:
    upper = word.upper()
    numbers = [int(part) for part in upper.partition("(")[2].rstrip(")").replace(" ", "").split(",") if part.isdigit()]
    for start, kind in _WORDS:
        if start in upper:
            if kind in (types.String, types.Text) and numbers:
                return kind(numbers[0])
            if kind is types.Numeric and numbers:
                return kind(*numbers[:2])
            return kind()
    return types.Numeric() if upper else types.LargeBinary()


class Inspector:
    """What a database has, read from itself."""

    def __init__(self, bind: Any) -> None:
        self.bind = bind
        self.engine = _engine_of(bind)

    def _rows(self, statement: str) -> List[tuple]:
        if isinstance(self.bind, Connection):
            return self._read(self.bind, statement)
        with self.engine.connect() as connection:
            return self._read(connection, statement)

    @staticmethod
    def _read(connection: Connection, statement: str) -> List[tuple]:
        connection.exec_driver_sql("SELECT count(*) FROM sqlite_master")       # a PRAGMA does not look whether another connection has changed the schema
        return [tuple(row) for row in connection.exec_driver_sql(statement)]

    def get_table_names(self, schema: Optional[str] = None) -> List[str]:
        """The tables."""
        return [row[0] for row in self._rows("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite~_%' ESCAPE '~' ORDER BY name")]

    def get_view_names(self, schema: Optional[str] = None) -> List[str]:
        """The views."""
        return [row[0] for row in self._rows("SELECT name FROM sqlite_master WHERE type = 'view' ORDER BY name")]

    def has_table(self, name: str, schema: Optional[str] = None) -> bool:
        """Whether there is such a table."""
        return name in self.get_table_names()

    def get_columns(self, name: str, schema: Optional[str] = None) -> List[Dict[str, Any]]:
        """The columns of a table."""
        rows = self._rows(f"PRAGMA table_info({quoted(name)})")
        if not rows:
            raise exc.NoSuchTableError(name)
        return [{"name": row[1], "type": _type_of(row[2] or ""), "nullable": not row[3] and not row[5], "default": row[4], "primary_key": row[5]} for row in rows]

    def get_pk_constraint(self, name: str, schema: Optional[str] = None) -> Dict[str, Any]:
        """The primary key of a table."""
        keys = sorted((row["primary_key"], row["name"]) for row in self.get_columns(name) if row["primary_key"])
        return {"constrained_columns": [column for _, column in keys], "name": None}

    def get_foreign_keys(self, name: str, schema: Optional[str] = None) -> List[Dict[str, Any]]:
        """The foreign keys of a table."""
        found: Dict[Any, Dict[str, Any]] = {}
        for number, _, table, column, target, on_update, on_delete, _ in self._rows(f"PRAGMA foreign_key_list({quoted(name)})"):
            options = {key: word for key, word in (("ondelete", on_delete), ("onupdate", on_update)) if word != "NO ACTION"}
            entry = found.setdefault(number, {"name": None, "constrained_columns": [], "referred_schema": None, "referred_table": table, "referred_columns": [], "options": options})
            entry["constrained_columns"].append(column)
            entry["referred_columns"].append(target or column)
        return list(found.values())

    def get_indexes(self, name: str, schema: Optional[str] = None) -> List[Dict[str, Any]]:
        """The indexes of a table."""
        return [{"name": row[1], "unique": row[2], "column_names": self._index_columns(row[1])} for row in self._rows(f"PRAGMA index_list({quoted(name)})") if row[3] == "c"]

    def get_unique_constraints(self, name: str, schema: Optional[str] = None) -> List[Dict[str, Any]]:
        """The unique constraints of a table."""
        return [{"name": None, "column_names": self._index_columns(row[1])} for row in self._rows(f"PRAGMA index_list({quoted(name)})") if row[3] == "u"]

    def _index_columns(self, index: str) -> List[str]:
        return [row[2] for row in self._rows(f"PRAGMA index_info({quoted(index)})")]


def reflect_table(bind: Any, table: Table) -> List[Any]:
    """The columns and keys of a table that the database has."""
    inspector = Inspector(bind)
    items: List[Any] = []
    keys = inspector.get_foreign_keys(table.name)
    single = {entry["constrained_columns"][0]: entry for entry in keys if len(entry["constrained_columns"]) == 1}
    for row in inspector.get_columns(table.name):
        parts: List[Any] = []
        if row["name"] in single:
            entry = single[row["name"]]
            parts.append(ForeignKey(f"{entry['referred_table']}.{entry['referred_columns'][0]}", **entry["options"]))
        default = sql.text(row["default"]) if row["default"] is not None else None
        items.append(Column(row["name"], row["type"], *parts, primary_key=bool(row["primary_key"]), nullable=row["nullable"], server_default=default))
    for entry in keys:
        if len(entry["constrained_columns"]) > 1:
            items.append(ForeignKeyConstraint(entry["constrained_columns"], [f"{entry['referred_table']}.{column}" for column in entry["referred_columns"]], **entry["options"]))
    items += [UniqueConstraint(*entry["column_names"]) for entry in inspector.get_unique_constraints(table.name)]
    return items


def reflect_all(metadata: MetaData, bind: Any, only: Any) -> None:
    """A Table for each table that the database has."""
    for name in Inspector(bind).get_table_names():
        if name not in metadata.tables and (only is None or (only(name, metadata) if callable(only) else name in only)):
            Table(name, metadata, autoload_with=bind)
