"""Sessions: one unit of work, and what programs do with it."""

from __future__ import annotations

import contextlib
import threading
import weakref
from typing import Any, Callable, Dict, Iterable, Iterator, List, Optional, Sequence, Tuple

from . import _core, events, exc, sql
from .engine import Block
from .loading import Joined, joined_of, paths_of, refuse
from .query import Query
from .result import Result, ScalarResult, names_apart, row_class, row_class_of
from .schema import MetaData, Table

NEW, DIRTY, DOOMED, ALL = range(4)
TRANSIENT, PENDING, PERSISTENT, DELETED, DETACHED = range(5)


class SessionTransaction(Block):
    """What begin() and begin_nested() give: a context manager that commits, or rolls back after an exception."""

    def __init__(self, session: "Session", nested: bool, parent: Optional["SessionTransaction"]) -> None:
        self.session, self.nested, self.parent, self.is_active = session, nested, parent, True
        self.depth = len(session._nested)

    def commit(self) -> None:
        """Keeps what was done."""
        if not self.is_active:
            raise exc.ResourceClosedError("This transaction is closed")
        if self.nested:
            self.session._keep_savepoint(self)
        else:
            self.session.commit()
        self.is_active = False

    def rollback(self) -> None:
        """Takes back what was done."""
        if not self.is_active:
            return
        self.is_active = False
        if self.nested:
            self.session._undo_savepoint(self)
        else:
            self.session.rollback()

    def close(self) -> None:
        """Takes back what was not kept."""
        self.rollback()


class IdentityMap:
    """The objects of a session that have a row, by class and key."""

    def __init__(self, session: "Session") -> None:
        self._session = session

    def _all(self) -> Dict[Any, Any]:
        from .inspection import identity_key
        return {identity_key(instance=instance): instance for instance in self._session._objects(ALL)}

    def keys(self) -> List[Any]:
        """Their keys."""
        return list(self._all())

    def values(self) -> List[Any]:
        """The objects."""
        return self._session._objects(ALL)

    def items(self) -> List[Any]:
        """Keys and objects."""
        return list(self._all().items())

    all_states = values

    def __iter__(self) -> Iterator[Any]:
        return iter(self._all())

    def __len__(self) -> int:
        return len(self._session._objects(ALL))

    def __contains__(self, key: Any) -> bool:
        return key in self._all()

    def __getitem__(self, key: Any) -> Any:
        return self._all()[key]

    def get(self, key: Any, default: Any = None) -> Any:
        """An object by its key, or the default."""
        return self._all().get(key, default)


class IdentitySet:
    """Objects of a session, each once by what it is and not by what it equals."""

    def __init__(self, items: Iterable[Any]) -> None:
        self._items = list(items)

    def __contains__(self, item: Any) -> bool:
        return any(own is item for own in self._items)

    def __iter__(self) -> Iterator[Any]:
        return iter(self._items)

    def __len__(self) -> int:
        return len(self._items)

    def __bool__(self) -> bool:
        return bool(self._items)

    def __eq__(self, other: Any) -> bool:
        return {id(item) for item in self} == {id(item) for item in other}

    def __or__(self, other: Iterable[Any]) -> "IdentitySet":
        return IdentitySet([*self, *(item for item in other if item not in self)])

    union = __or__

    def __repr__(self) -> str:
        return f"IdentitySet({self._items!r})"


class Session(_core.Unit):
    """One unit of work. One thread at a time."""

    def __init__(self, bind: Any = None, *, autoflush: bool = True, future: bool = True, expire_on_commit: bool = True, autobegin: bool = True, twophase: bool = False,
                 binds: Optional[Dict[Any, Any]] = None, enable_baked_queries: bool = True, info: Optional[dict] = None, query_cls: Any = None, autocommit: bool = False,
                 metadata: Optional[MetaData] = None, echo: Optional[bool] = None, close_resets_only: Any = None, join_transaction_mode: Any = None) -> None:
        self.bind, self.expire_on_commit, self.info = bind, expire_on_commit, info or {}
        self._binds = dict(binds or {})
        self._autoflush = autoflush
        self._query_cls = query_cls or Query
        self._cores: Dict[Any, Any] = {}        # a layout (or None) -> kith._core's session
        self._engines: Dict[Any, Any] = {}      # a layout -> the engine of that
        self._guests: Dict[Any, Any] = {}       # kith._core's engine -> how the session is in the transaction of a connection that it was given
        self._join_mode = join_transaction_mode or "conditional_savepoint"
        self._metadata = metadata
        self._nested: List[SessionTransaction] = []
        self._held: Optional[SessionTransaction] = None
        self._listeners: Dict[str, List[Any]] = {}
        self._flushing = False                  # someone who listens to a flush is at work
        self._written: Any = None               # the rows of the flush that is under way, for those who listen to rows
        self._closed = False
        self._echo = echo
        self.hash_key = next(_keys)
        _sessions[self.hash_key] = self

    # ------------------------------------------------------------ engines and handles
    def get_bind(self, mapper: Any = None, clause: Any = None, bind: Any = None) -> Any:
        """The engine for a class or table."""
        if bind is not None:
            return bind
        if mapper is not None and self._binds:
            mapper = getattr(mapper, "__mapper__", mapper)
            for key, engine in self._binds.items():
                if any(key is own for own in (*mapper.iterate_to_root(), *mapper.tables)) or isinstance(key, type) and issubclass(mapper.class_, key):
                    return engine
        if clause is not None and clause in self._binds:
            return self._binds[clause]
        if self.bind is not None:
            return self.bind
        if self._binds and mapper is None and clause is None:
            return next(iter(self._binds.values()))
        raise exc.UnboundExecutionError(f"Could not locate a bind configured on {mapper or clause or 'this session'}: give the Session an engine, as in Session(create_engine(url))")

    def _open(self, layout: Any, mapper: Any, clause: Any, bind: Any = None) -> Any:
        bind = self.get_bind(mapper=mapper, clause=clause) if bind is None else bind
        engine = getattr(bind, "engine", bind)
        if layout is None:
            layout = self._default_layout(engine)
            if layout in self._cores:
                return self._current(layout)
        models = layout.configure()
        core = engine.open(models, not self.expire_on_commit, self._autoflush, _flush_hook(self))
        core.owner = weakref.ref(self)
        engine.remember(layout)
        self._share(core, engine, bind)
        self._listen(core, engine)
        before = self._cores.get(layout)
        self._cores[layout], self._engines[layout] = core, engine
        if before is not None:
            before.close()
        return core

    def _share(self, core: Any, engine: Any, bind: Any) -> None:
        """One transaction for all that the session has of an engine, or of a connection."""
        own = next((own for own in self._cores.values() if own.is_open and own.engine is engine.core), None)
        if own is not None:
            core.join(own)
            return
        from .engine import Connection, Guest
        if isinstance(bind, Connection):
            core.join(bind._core())
            guest = self._guests[engine.core] = Guest(bind, self._join_mode)
            guest.enter()
        for _ in self._nested:
            core.savepoint()
        if self._held is not None:
            core.begin()

    def _transactions(self) -> List[Any]:
        """What commits and rolls back: once for each engine."""
        return [self._guests.get(core.engine, core) for core in self._leads()]

    def _leads(self) -> List[Any]:
        """One of those that share a transaction: its savepoints are those of all."""
        found: Dict[Any, Any] = {}
        for core in self._cores.values():
            if core.is_open:
                found.setdefault(core.engine, core)
        return list(found.values())

    def _default_layout(self, engine: Any) -> Any:
        if self._metadata is not None:
            return self._metadata.layout
        for layout, core in self._cores.items():
            if core.engine is engine.core:
                return layout
        return engine.layout()

    @property
    def echo(self) -> Optional[bool]:
        """Whether the statements of this session are shown; it may be set at any time."""
        return self._echo

    @echo.setter
    def echo(self, value: Optional[bool]) -> None:
        self._echo = value
        for layout, core in self._cores.items():
            self._listen(core, self._engines[layout])

    def _listen(self, core: Any, engine: Any) -> None:
        core.on_statement = engine.teller(self)

    def _core_of(self, layout: Any, mapper: Any = None, clause: Any = None) -> Any:
        core = self._cores.get(layout)
        if core is None or core.models.stale or not core.is_open:
            core = self._current(layout, mapper, clause)
        self._enter()
        self._core = core
        return core

    def _enter(self) -> None:
        for guest in self._guests.values():
            guest.enter()

    def _current(self, layout: Any, mapper: Any = None, clause: Any = None) -> Any:
        core = self._cores.get(layout)
        if core is not None and core.is_open:
            if not core.models.stale:
                return core
            models = layout.configure()
            if core.models is models:
                return core
            if core.objects(ALL) or core.objects(NEW):
                raise exc.InvalidRequestError("Classes were declared since this session was used, and it holds objects of the classes as they were: commit, and begin with a new session "
                                              "(session.remove() or session.close())")
        return self._open(layout, mapper, clause)

    def _core_for(self, instance: Any) -> Any:
        mapper = getattr(type(instance), "__mapper__", None)
        if mapper is None or not isinstance(instance, _core.Instance):
            kind = type(instance)
            raise exc.UnmappedInstanceError(f"Class '{kind.__module__}.{kind.__qualname__}' is not mapped" if not isinstance(instance, type) else
                                            f"Class '{instance.__module__}.{instance.__qualname__}' is a class and no object of it")
        return self._core_of(mapper.layout, mapper)

    def _any_core(self, clause: Any = None) -> Any:
        layout = next(iter(self._cores)) if self._metadata is None and len(self._cores) == 1 else None
        if layout is not None and layout is not self._engines[layout].plain():      # that one may be of bind_arguments alone
            return self._core_of(layout)
        return self._core_of(self._metadata.layout if self._metadata is not None else None, None, clause)

    def _core_said(self, mapper: Any = None, clause: Any = None, bind: Any = None) -> Any:
        """The handle that bind_arguments name, or None."""
        if bind is not None:
            engine = getattr(bind, "engine", bind)
            core = next((core for core in self._cores.values() if core.is_open and core.engine is engine.core), None)
            if core is None:
                core = self._open(engine.plain(), None, None, bind)     # what the tables of others are for this session is not said by that
            self._enter()
            self._core = core
            return core
        if mapper is not None:
            mapper = getattr(mapper, "__mapper__", mapper)
            return self._core_of(mapper.layout, mapper)
        return None if clause is None else self._core_of(clause.metadata.layout, clause.metadata.layout.mapper_of(clause), clause)

    def _core_with(self, said: Any, own: Any) -> Any:
        """The handle for a statement whose tables have one of their own, or have none."""
        if said is not None and own is not None and said.engine is not own.engine:
            other, engine = (next(engine for engine in self._engines.values() if engine.core is core.engine) for core in (said, own))
            raise exc.InvalidRequestError(f"bind_arguments name {other!r}, and the tables of the statement are in {engine!r}: a session has each MetaData in one database. "
                                          "Use another session, Session(bind=…), for the other one")
        return own or said or self._any_core()

    # ------------------------------------------------------------ objects
    def _add(self, instance: Any, _warn: bool = True) -> None:
        """add() of an object of a class that the session meets the first time."""
        self._core_for(instance).add(instance)

    def add_all(self, instances: Iterable[Any]) -> None:
        """add() of each."""
        for instance in instances:
            self.add(instance)

    def delete(self, instance: Any) -> None:
        """The object's row will be deleted."""
        core = self._core_for(instance)
        if instance._kith_state() in (TRANSIENT, PENDING):
            raise exc.InvalidRequestError(f"Instance '{describe(instance)}' is not persisted")
        if not core.contains(instance):
            if instance._kith_state() == DELETED and instance._kith_session() is core:
                return
            core.add(instance)
        core.delete(instance)

    def __contains__(self, instance: Any) -> bool:
        return isinstance(instance, _core.Instance) and any(core.contains(instance) for core in self._cores.values())

    def __iter__(self) -> Iterator[Any]:
        return iter(self._objects(NEW) + self._objects(ALL))

    def _objects(self, which: int) -> List[Any]:
        return [instance for core in self._cores.values() if core.is_open for instance in core.objects(which)]

    @property
    def new(self) -> IdentitySet:
        """Objects that will be inserted."""
        return IdentitySet(self._objects(NEW))

    @property
    def dirty(self) -> IdentitySet:
        """Objects that were written."""
        doomed = {id(item) for item in self._objects(DOOMED)}
        return IdentitySet(item for item in self._objects(DIRTY) if id(item) not in doomed)

    @property
    def deleted(self) -> IdentitySet:
        """Objects that will be deleted."""
        return IdentitySet(self._objects(DOOMED))

    @property
    def identity_map(self) -> IdentityMap:
        """Objects that have a row."""
        return IdentityMap(self)

    def is_modified(self, instance: Any, include_collections: bool = True) -> bool:
        """Whether something was written to it that differs."""
        mapper = type(instance).__mapper__
        keys = list(mapper.columns_by_key)
        keys += [key for key, prop in mapper.relations.items() if include_collections and not prop.viewonly and prop.lazy not in ("dynamic", "write_only", "noload")]
        if instance._kith_state() in (TRANSIENT, PENDING):
            return any(value is not None for value in instance._kith_values(tuple(mapper.columns_by_key)))
        return any(instance._kith_changed(key) for key in keys)

    def expunge(self, instance: Any) -> None:
        """The object belongs to no session from now on."""
        core = self._core_for(instance)
        if instance._kith_session() is not core:
            raise exc.InvalidRequestError(f"Instance {describe(instance)} is not present in this Session")
        core.expunge(instance)

    def expunge_all(self) -> None:
        """No object belongs to the session from now on."""
        for instance in [*self._objects(NEW), *self._objects(ALL)]:
            if instance in self:
                self._core_for(instance).expunge(instance)

    def expire(self, instance: Any, attribute_names: Optional[Iterable[str]] = None) -> None:
        """The object is read anew when it is next looked at."""
        core = self._core_for(instance)
        if instance._kith_session() is not core or instance._kith_state() != PERSISTENT:
            raise exc.InvalidRequestError(f"Instance '{describe(instance)}' is not persistent within this Session")
        if attribute_names is None:
            core.expire(instance)
        else:
            for name in attribute_names:
                core.forget(instance, self._attribute_of(instance, name))

    @staticmethod
    def _attribute_of(instance: Any, name: str) -> Any:
        mapper = type(instance).__mapper__
        name = mapper.synonyms.get(name, name)
        if not mapper.has_property(name):
            raise exc.InvalidRequestError(f"Mapper '{mapper}' has no property '{name}'")
        return getattr(type(instance), name)

    def expire_all(self) -> None:
        """All objects are read anew when they are next looked at."""
        for core in self._cores.values():
            for instance in core.objects(ALL):
                core.expire(instance)

    def refresh(self, instance: Any, attribute_names: Optional[Iterable[str]] = None, with_for_update: Any = None) -> None:
        """The object is read anew, now."""
        core = self._core_for(instance)
        if instance._kith_session() is not core or instance._kith_state() != PERSISTENT:
            raise exc.InvalidRequestError(f"Instance '{describe(instance)}' is not persistent within this Session")
        if attribute_names is None:
            core.refresh(instance)
            return
        names = list(attribute_names)
        if self._autoflush:
            self.flush()
        self.expire(instance, names)
        for name in names:
            getattr(instance, name)

    def merge(self, instance: Any, load: bool = True, options: Any = None) -> Any:
        """The state of the object on the session's own object of that key, or on a new one."""
        from .merge import merge
        return merge(self, instance, {})

    # ------------------------------------------------------------ reading
    def _get(self, entity: Any, ident: Any, *, options: Any = None, populate_existing: bool = False, with_for_update: Any = None, identity_token: Any = None,
             execution_options: Any = None, bind_arguments: Any = None) -> Any:
        """get() of what is more than a class and a whole number."""
        mapper = getattr(entity, "__mapper__", None)
        if mapper is None:
            mapper = entity if hasattr(entity, "key_names") else None
        if mapper is None:
            raise exc.ArgumentError(f"Expected mapped class or mapper, got: {entity!r}")
        core = self._core_of(mapper.layout, mapper)
        names = mapper.resolved_keys
        key = ident if type(ident) is tuple else self._key(mapper, names, ident)
        if len(key) != len(names):
            columns = ",".join(f"'{column}'" for column in mapper.primary_key)
            raise exc.InvalidRequestError(f"Incorrect number of values in identifier to formulate primary key for session.get(); primary key columns are {columns}")
        if options or populate_existing:
            select = sql.Select(mapper.class_).where(*(getattr(mapper.class_, name) == value for name, value in zip(names, key))).options(*(options or ()))
            found = self._fetch(select.execution_options(populate_existing=populate_existing))
            return found[0] if found else None
        if None in key:
            return None
        return core.get(mapper.info, names, mapper.stored_key(key))

    @staticmethod
    def _key(mapper: Any, names: Tuple[str, ...], ident: Any) -> Tuple[Any, ...]:
        if isinstance(ident, dict):
            try:
                key = tuple(ident[name] for name in names)
            except KeyError as error:
                raise exc.InvalidRequestError(f"Incorrect names of values in identifier to formulate primary key for session.get(); primary key attribute names are "
                                              f"{','.join(repr(name) for name in names)}") from error
            if len(ident) != len(names):
                raise exc.InvalidRequestError(f"Incorrect number of values in identifier to formulate primary key for session.get(); primary key attribute names are "
                                              f"{','.join(repr(name) for name in names)}")
            return key
        return tuple(ident) if isinstance(ident, (list, tuple)) else (ident,)

    def get_one(self, entity: Any, ident: Any, **options: Any) -> Any:
        """As get(); none is NoResultFound."""
        found = self.get(entity, ident, **options)
        if found is None:
            raise exc.NoResultFound("No row was found when one was required")
        return found

    def query(self, *entities: Any) -> Any:
        """A Query of classes or columns."""
        return self._query_cls(entities, session=self)

    def _fetch(self, select: Any, rows: bool = False, said: Any = None, apart: bool = False) -> List[Any]:
        """The rows of a SELECT: objects or values alone when it has one item and no rows are asked for. apart: no two of its columns have one name."""
        items = select._items
        entity = next((item.entity for item in items if item.entity is not None), None)
        table = _table_of(select) if entity is None else None
        own = self._core_said(mapper=entity.mapper) if entity is not None else self._core_said(clause=table)
        core = self._core_with(said, own)
        load, refused = paths_of(select, items) if select._options else ((), {})
        joined = joined_of(select) if select._options and entity is not None else ()
        if joined:
            return self._fetch_joined(core, Joined(select, joined), load, refused, len(items) == 1 and not rows, apart)
        options = select._execution
        kind = None if len(items) == 1 and not rows and not (entity is None and len(select._result_columns()) > 1) else row_class_of(items, apart)
        tree = select._select_tree(sql.TOP)
        flush = not options.get("autoflush", True) and self._autoflush
        if flush:
            core.autoflush = False
        try:
            found = core.fetch(tree, load, bool(options.get("populate_existing")), kind)
        finally:
            if flush:
                core.autoflush = True
        if refused:
            _refuse(found, refused, kind is None)
        return found

    def _fetch_joined(self, core: Any, joined: Joined, load: Any, refused: Any, single: bool, apart: bool) -> List[Any]:
        select = joined.select
        again = bool(select._execution.get("populate_existing"))
        with self._without_autoflush() if not select._execution.get("autoflush", True) else contextlib.nullcontext():
            rows = core.fetch(select._select_tree(sql.TOP), load, again, row_class_of(select._items))
        with self._without_autoflush():
            joined.place(core, rows, again)
        found = joined.rows(rows, single)
        if not single:
            kind = row_class_of(select._items[:joined.width], apart)
            found = [kind(row) for row in found]
        if refused:
            _refuse(found, refused, single)
        return found

    def execute(self, statement: Any, params: Any = None, *, execution_options: Any = None, bind_arguments: Any = None, mapper: Any = None, clause: Any = None,
                bind: Any = None) -> Result:
        """Runs a statement, in the database of its tables, else in the one of bind_arguments: {"bind": engine}, {"mapper": Class} or {"clause": table}."""
        said = self._core_said(**{"mapper": mapper, "clause": clause, "bind": bind, **(bind_arguments or {})})
        made = sql.clause(statement)
        if execution_options and hasattr(made, "execution_options"):
            made = made.execution_options(**execution_options)
        if isinstance(made, sql.SelectBase):
            if params:
                made = made.params(**params)
            single = len(made._items) == 1 and isinstance(made, sql.Select)
            return Result(self._fetch(made, not single, said, True), names_apart([item.name for item in made._items]), single, items=made._items)
        if isinstance(made, sql.TextClause):
            return self._run(made, params, said)
        if isinstance(made, sql.Change):
            from .change import run
            return run(self, made, params, said)
        if isinstance(made, sql.ColumnElement):
            return self.execute(sql.Select(made), params, execution_options=execution_options, bind_arguments=bind_arguments, mapper=mapper, clause=clause, bind=bind)
        if isinstance(statement, str):
            raise sql.textual(statement, "SQL expression")
        raise exc.ObjectNotExecutableError(f"Not an executable object: {statement!r}")

    def _run(self, text: sql.TextClause, params: Any, said: Any) -> Result:
        core = self._core_with(said, None)
        if isinstance(params, (list, tuple)):
            changed = 0
            for values in params:
                changed += core.run(text._tree(sql.TOP.giving(values)))[2]
            return Result([], (), rowcount=changed, returns_rows=False)
        names, rows, changed = core.run(text._tree(sql.TOP.giving(params or {})))
        if text.column_types:
            names, rows = text._typed(tuple(names), rows)
        kind = row_class(names)
        return Result([kind(row) for row in rows], names, rowcount=changed, returns_rows=bool(names))

    def scalars(self, statement: Any, params: Any = None, **options: Any) -> ScalarResult:
        """The first values of all rows."""
        return self.execute(statement, params, **options).scalars()

    def scalar(self, statement: Any, params: Any = None, **options: Any) -> Any:
        """The first value of the first row."""
        return self.execute(statement, params, **options).scalar()

    def connection(self, bind_arguments: Any = None, close_with_result: bool = False, execution_options: Any = None, mapper: Any = None, clause: Any = None, bind: Any = None) -> Any:
        """What runs statements in the session's transaction, in the database that bind_arguments name."""
        from .engine import SessionConnection
        return SessionConnection(self, {"mapper": mapper, "clause": clause, "bind": bind, **(bind_arguments or {})})

    # ------------------------------------------------------------ bulk
    def bulk_save_objects(self, objects: Iterable[Any], return_defaults: bool = False, update_changed_only: bool = True, preserve_order: bool = True) -> None:
        """add_all(), which is as fast, and flush()."""
        self.add_all(objects)
        self.flush()

    def bulk_insert_mappings(self, mapper: Any, mappings: Iterable[Dict[str, Any]], return_defaults: bool = False, render_nulls: bool = False) -> None:
        """INSERT of rows without objects."""
        mapper = getattr(mapper, "__mapper__", mapper)
        rows = list(mappings)
        insert = sql.Insert(mapper.class_)
        if rows and not return_defaults:
            self.execute(insert, rows)
        for row in rows if return_defaults else ():
            row.update(zip(mapper.key_names, self.execute(insert, row).inserted_primary_key))

    def bulk_update_mappings(self, mapper: Any, mappings: Iterable[Dict[str, Any]]) -> None:
        """UPDATE of rows by their keys without objects."""
        mapper = getattr(mapper, "__mapper__", mapper)
        keys = mapper.key_names
        for values in mappings:
            rest = {name: value for name, value in values.items() if name not in keys}
            where = [getattr(mapper.class_, name) == values[name] for name in keys]
            if rest and self.execute(sql.Update(mapper.class_).where(*where).values(rest)).rowcount != 1:
                raise exc.StaleDataError(f"UPDATE statement on table '{mapper.local_table.name}' expected to update 1 row(s); 0 were matched.")

    # ------------------------------------------------------------ the transaction
    def flush(self, objects: Any = None) -> None:
        """Writes what is pending."""
        if self._flushing:
            raise exc.InvalidRequestError("Session is already flushing")
        self._enter()
        for core in list(self._cores.values()):
            core.flush()

    def commit(self) -> None:
        """Writes what is pending and commits."""
        if self._held is not None and self._held.depth < len(self._nested):
            pass
        events.dispatch(self, "before_commit", self)
        while self._nested:
            self._keep_savepoint(self._nested[-1])
        transactions = self._transactions()
        if self._guests or len(transactions) > 1:
            self.flush()
        for transaction in transactions:
            transaction.commit()
        if self._guests:
            self._core = None       # what comes next enters anew
            if self.expire_on_commit:
                self.expire_all()
        self._held = None
        events.dispatch(self, "after_commit", self)
        events.dispatch(self, "after_transaction_end", self, None)

    def rollback(self) -> None:
        """Takes back everything since the last commit."""
        for transaction in self._nested:
            transaction.is_active = False
        self._nested = []
        self._held = None
        if self._guests and (self._objects(NEW) or self._objects(DIRTY) or self._objects(DOOMED)):
            self._enter()
        for transaction in self._transactions():
            transaction.rollback()
        if self._guests:
            self._core = None
        events.dispatch(self, "after_rollback", self)
        events.dispatch(self, "after_soft_rollback", self, None)

    def begin(self, nested: bool = False) -> SessionTransaction:
        """Holds one transaction to its end; as a context manager commits, or rolls back after an exception."""
        if nested:
            return self.begin_nested()
        if self._held is not None and self._held.is_active:
            raise exc.InvalidRequestError("A transaction is already begun on this Session.")
        self._held = SessionTransaction(self, False, None)
        for core in self._leads():
            core.begin()
        events.dispatch(self, "after_begin", self, self._held, None)
        return self._held

    def begin_nested(self) -> SessionTransaction:
        """A savepoint; as a context manager keeps it, or goes back to it after an exception."""
        self.flush()
        if not self._cores:
            self._any_core()
        for core in self._leads():
            core.savepoint()
        transaction = SessionTransaction(self, True, self._nested[-1] if self._nested else self._held)
        self._nested.append(transaction)
        return transaction

    def _keep_savepoint(self, transaction: SessionTransaction) -> None:
        while self._nested and transaction in self._nested:
            last = self._nested.pop()       # first: it may fail for lack of memory
            try:
                for core in self._leads():
                    core.savepoint_keep()
            except BaseException:
                self._nested.append(last)
                raise
            last.is_active = False

    def _undo_savepoint(self, transaction: SessionTransaction) -> None:
        while self._nested and transaction in self._nested:
            last = self._nested.pop()
            last.is_active = False
            for core in self._leads():
                core.savepoint_undo()

    def in_transaction(self) -> bool:
        """Whether something was begun."""
        return self._held is not None or bool(self._nested) or any(core.is_open for core in self._cores.values())

    def in_nested_transaction(self) -> bool:
        """Whether there is a savepoint."""
        return bool(self._nested)

    def get_transaction(self) -> Optional[SessionTransaction]:
        """What begin() gave."""
        return self._held or (SessionTransaction(self, False, None) if self.in_transaction() else None)

    def get_nested_transaction(self) -> Optional[SessionTransaction]:
        """What begin_nested() gave."""
        return self._nested[-1] if self._nested else None

    @property
    def is_active(self) -> bool:
        """False: a flush failed, and rollback() comes first."""
        return not any(core.failed for core in self._cores.values() if core.is_open)

    def prepare(self) -> None:
        """There is no commit in two phases."""
        raise NotImplementedError("prepare(): there is no commit in two phases")

    # ------------------------------------------------------------ switches and end
    @property
    def autoflush(self) -> bool:
        """Whether a query first writes what is pending."""
        return self._autoflush

    @autoflush.setter
    def autoflush(self, on: bool) -> None:
        self._autoflush = on
        for core in self._cores.values():
            if core.is_open:
                core.autoflush = on

    @property
    def no_autoflush(self) -> Any:
        """with session.no_autoflush: queries do not write what is pending."""
        return self._without_autoflush()

    @contextlib.contextmanager
    def _without_autoflush(self) -> Iterator["Session"]:
        before = self._autoflush
        self.autoflush = False
        try:
            yield self
        finally:
            self.autoflush = before

    def close(self) -> None:
        """Takes back what was not committed; the objects belong to no session. The session can be used again."""
        if any(core.is_flushing for core in self._cores.values()):
            raise exc.InvalidRequestError("Session is already flushing")
        cores, self._cores, self._engines, self._core = self._cores, {}, {}, None
        guests, self._guests = self._guests, {}
        for transaction in self._nested:
            transaction.is_active = False
        self._nested, self._held = [], None
        for guest in guests.values():
            guest.leave()
        for core in cores.values():
            core.close()

    reset = invalidate = close

    @property
    def statement_count(self) -> int:
        """How many statements that read or write rows were sent since the session was opened."""
        return sum(core.statement_count for core in self._leads())

    def plan(self) -> List[Tuple[str, Any]]:
        """What the next flush will do: ("insert" | "update" | "delete", object)."""
        return ([("insert", item) for item in self._objects(NEW)] + [("update", item) for item in self.dirty if self.is_modified(item)]
                + [("delete", item) for item in self._objects(DOOMED)])

    def __enter__(self) -> "Session":
        return self

    def __exit__(self, *unused: Any) -> None:
        self.close()

    @classmethod
    def object_session(cls, instance: Any) -> Optional["Session"]:
        """The session that an object belongs to."""
        return object_session(instance)

    @staticmethod
    def identity_key(*args: Any, **kwargs: Any) -> Any:
        """The class and key of an object."""
        from .inspection import identity_key
        return identity_key(*args, **kwargs)

    # ------------------------------------------------------------ flushes call back
    def _on_flush(self, after: bool) -> None:
        self._flushing = True
        try:
            self._tell_flush(after)
        finally:
            self._flushing = False

    def _tell_flush(self, after: bool) -> None:
        if not after:
            events.dispatch(self, "before_flush", self, _FlushContext(), None)
            self._written = events.before_rows(self) if events.mapper_events_wanted() else None
        else:
            written, self._written = self._written, None
            if written:
                events.after_rows(self, written)
            events.dispatch(self, "after_flush", self, _FlushContext())
            events.dispatch(self, "after_flush_postexec", self, _FlushContext())


Session._add.__qualname__, Session._get.__qualname__ = "Session.add", "Session.get"     # which call them, and whose errors they give


class _FlushContext:
    """What flush events are given."""


def _flush_hook(session: Session) -> Callable[[int], None]:
    ref = weakref.ref(session)

    def hook(after: int) -> None:
        found = ref()
        if found is not None and (events.any_listeners(found)):
            found._on_flush(bool(after))

    return hook


def _refuse(found: List[Any], refused: Any, single: bool) -> None:
    for value in found:
        instance = value if single else value[0]
        if isinstance(instance, _core.Instance):
            refuse(instance, refused)


def _table_of(select: Any) -> Optional[Table]:
    froms = select._all_froms(sql.TOP)
    inner = [item.element for item in select._items if item.entity is None]
    for source, _, _ in froms:
        found = _real_table(source)
        if found is not None:
            return found
    for element in inner:
        if isinstance(element, (sql.Exists, sql.ScalarSelect, sql.InSelect)):
            found = _table_of(element.element if not isinstance(element, sql.InSelect) else element.select)
            if found is not None:
                return found
    return None


def _real_table(source: Any) -> Optional[Table]:
    if isinstance(source, Table):
        return source
    if isinstance(source, sql.Alias):
        return _real_table(source.element)
    if isinstance(source, sql.Subquery):
        return _table_of(source.element)
    return None


def describe(instance: Any) -> str:
    """An object as SQLAlchemy's errors name it."""
    return f"<{type(instance).__name__} at {hex(id(instance))}>"


def object_session(instance: Any) -> Optional[Session]:
    """The session that an object belongs to, or None."""
    if not isinstance(instance, _core.Instance):
        raise exc.UnmappedInstanceError(f"Class '{type(instance).__module__}.{type(instance).__qualname__}' is not mapped")
    core = instance._kith_session()
    return core.owner if core is not None and instance._kith_state() in (PENDING, PERSISTENT) else None


def _numbers() -> Iterator[int]:
    number = 0
    while True:
        number += 1
        yield number


_keys = _numbers()
_sessions: "weakref.WeakValueDictionary[int, Session]" = weakref.WeakValueDictionary()


def close_all_sessions() -> None:
    """Closes every session that is still there."""
    for session in list(_sessions.values()):
        session.close()


class sessionmaker:
    """Makes sessions with the same options."""

    def __init__(self, bind: Any = None, *, class_: Any = Session, autoflush: bool = True, expire_on_commit: bool = True, info: Optional[dict] = None, **options: Any) -> None:
        options.update(autoflush=autoflush, expire_on_commit=expire_on_commit)
        if bind is not None:
            options["bind"] = bind
        if info is not None:
            options["info"] = info
        self.kw = options
        self._class = class_
        self.class_ = type(class_.__name__, (class_,), {"__module__": class_.__module__, "_maker_listeners": {}})

    def __call__(self, **options: Any) -> Any:
        return self.class_(**{**self.kw, **options})

    def configure(self, **options: Any) -> None:
        """Other options from now on."""
        self.kw.update(options)

    @contextlib.contextmanager
    def begin(self) -> Iterator[Any]:
        """with maker.begin() as session: committed at the end, or rolled back."""
        with self() as session, session.begin():
            yield session

    def __repr__(self) -> str:
        return f"sessionmaker(class_={self.class_.__name__!r})"


class _Scope:
    def __init__(self, factory: Callable[[], Any], scopefunc: Optional[Callable[[], Any]]) -> None:
        self.factory, self.scopefunc, self.local, self.known = factory, scopefunc, threading.local(), {}    # type: ignore[var-annotated]

    def get(self) -> Any:
        if self.scopefunc is None:
            return getattr(self.local, "session", None)
        return self.known.get(self.scopefunc())

    def set(self, session: Any) -> None:
        if self.scopefunc is None:
            self.local.session = session
        else:
            self.known[self.scopefunc()] = session

    def clear(self) -> None:
        if self.scopefunc is None:
            self.local.__dict__.pop("session", None)
        else:
            self.known.pop(self.scopefunc(), None)


class scoped_session:
    """One session per scope: per thread, or per what scopefunc() gives. What a session can do, it can do."""

    def __init__(self, session_factory: Callable[..., Any], scopefunc: Optional[Callable[[], Any]] = None) -> None:
        self.session_factory = session_factory
        self.registry = _Scope(session_factory, scopefunc)

    def __call__(self, **options: Any) -> Any:
        session = self.registry.get()
        if options and session is not None:
            raise exc.InvalidRequestError("Scoped session is already present; no new arguments may be specified.")
        if session is None:
            session = self.session_factory(**options)
            self.registry.set(session)
        return session

    def remove(self) -> None:
        """Closes the session of this scope and forgets it."""
        session = self.registry.get()
        if session is not None:
            session.close()
        self.registry.clear()

    def configure(self, **options: Any) -> None:
        """Other options for sessions to come."""
        self.session_factory.configure(**options)       # type: ignore[attr-defined]

    def query_property(self, query_cls: Any = None) -> Any:
        """A class attribute that gives a Query of the class."""
        scoped = self

        class Property:
            def __get__(self, instance: Any, owner: Any) -> Any:
                session = scoped()
                return (query_cls or session._query_cls)((owner,), session=session)

        return Property()

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(self(), name)

    def __setattr__(self, name: str, value: Any) -> None:
        if name in ("session_factory", "registry"):
            object.__setattr__(self, name, value)
        else:
            setattr(self(), name, value)

    def __contains__(self, instance: Any) -> bool:
        return instance in self()

    def __iter__(self) -> Iterator[Any]:
        return iter(self())

    def __repr__(self) -> str:
        return f"<scoped_session of {self.session_factory!r}>"
