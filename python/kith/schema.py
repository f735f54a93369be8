"""Tables, columns and constraints, as programs declare them."""

from __future__ import annotations

import inspect as _inspect
import weakref
from typing import Any, Callable, Dict, Iterable, Iterator, List, Optional, Sequence, Tuple

from . import exc, sql, types


class SchemaItem:
    """The base of what a table is made of."""

    def _set_parent(self, table: "Table") -> None:
        """It belongs to the table now."""


class ColumnDefault:
    """What fills a column that is not given: a value or a callable."""

    def __init__(self, argument: Any) -> None:
        self.arg = argument
        self.is_callable, self.is_scalar = callable(argument), not callable(argument) and not isinstance(argument, sql.ClauseElement)


def _filling(default: Any) -> Any:
    """A value, or a callable of the object."""
    if isinstance(default, sql.Function) and default.name.lower() in ("now", "current_timestamp", "localtimestamp", "sysdate"):
        return _now
    if isinstance(default, sql.ClauseElement):
        raise exc.ArgumentError("default= takes a value or a callable; for an expression of the database use server_default=")
    if not callable(default):
        return default
    try:
        parameters = [p for p in _inspect.signature(default).parameters.values()
                      if p.default is p.empty and p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    except (TypeError, ValueError):
        parameters = []
    if parameters:
        return lambda instance: default(FillContext(instance))
    return lambda instance: default()


def _now(instance: Any) -> Any:
    import datetime
    return datetime.datetime.now(datetime.timezone.utc).replace(tzinfo=None, microsecond=0)


class FillContext:
    """What a default= callable with a parameter is given."""

    def __init__(self, row: Any) -> None:
        self._row = row         # an object, or values by column

    def get_current_parameters(self, isolate_multiinsert_groups: bool = True) -> Dict[str, Any]:
        """The values of the row, by column."""
        if self._row is None or isinstance(self._row, dict):
            return dict(self._row or {})
        mapper = type(self._row).__mapper__
        return {mapper.columns_by_key[key].name: value for key, value in zip(mapper.columns_by_key, mapper.values_of(self._row, tuple(mapper.columns_by_key)))}

    current_parameters = property(get_current_parameters)


class FetchedValue:
    """The database fills the column by itself."""


class DefaultClause(FetchedValue):
    """What the database fills a column with."""

    def __init__(self, argument: Any) -> None:
        self.arg = argument


class Identity(SchemaItem):
    """A generated key, which an integer primary key is anyway."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        pass


class Sequence_(SchemaItem):
    """A sequence, which SQLite does not have."""

    def __init__(self, name: str, *args: Any, **kwargs: Any) -> None:
        self.name = name


def _server_text(default: Any) -> Optional[str]:
    if isinstance(default, DefaultClause):
        default = default.arg
    if default is None or isinstance(default, FetchedValue):
        return None
    if isinstance(default, str):
        return "'" + default.replace("'", "''") + "'"
    made = sql.clause(default)
    if isinstance(made, sql.TextClause):
        return made.text
    if isinstance(made, sql.ClauseElement):
        from .printer import literal
        return literal(made)
    raise exc.ArgumentError(f"server_default= takes a str or an expression, got {default!r}")


class ForeignKey(SchemaItem):
    """ForeignKey('table.column'), or the column itself."""

    def __init__(self, column: Any, _constraint: Any = None, use_alter: bool = False, name: Optional[str] = None, onupdate: Optional[str] = None,
                 ondelete: Optional[str] = None, deferrable: Optional[bool] = None, initially: Optional[str] = None, link_to_name: bool = False,
                 match: Optional[str] = None, info: Optional[dict] = None, **options: Any) -> None:
        _of_others(type(self), options)
        self._given, self.name, self.onupdate, self.ondelete, self.use_alter = column, name, onupdate, ondelete, use_alter
        self.deferrable, self.initially, self.info = deferrable, initially, info or {}
        self.constraint, self.parent = _constraint, None    # type: ignore[var-annotated]
        if not isinstance(column, str) and not isinstance(sql.clause(column), sql.ColumnElement):
            raise exc.ArgumentError(f"ForeignKey() takes 'table.column' or a column, got {column!r}")

    @property
    def constraint_id(self) -> int:
        """Equal for the parts of one key of several columns."""
        return id(self.constraint) if self.constraint is not None else id(self)

    def _target(self) -> Tuple[str, Optional[str]]:
        """(table, column)"""
        if isinstance(self._given, str):
            table, dot, column = self._given.rpartition(".")
            return (table, column) if dot else (column, None)
        column = sql.clause(self._given)
        column = getattr(column, "column", column)
        if column.table is None:
            raise exc.InvalidRequestError(f"A ForeignKey references the column {column.name!r}, which is in no table yet")
        return column.table.name, column.name

    @property
    def target_fullname(self) -> str:
        """'table.column'"""
        return ".".join(part for part in self._target() if part)

    _colspec = target_fullname

    @property
    def column(self) -> "Column":
        """The column that is referenced."""
        table_name, name = self._target()
        if not isinstance(self._given, str):
            column = sql.clause(self._given)
            return getattr(column, "column", column)
        owner = self.parent.table if self.parent is not None else None
        table = owner.metadata.tables.get(table_name) if owner is not None else None
        place = f"{owner.name}.{self.parent.name}" if owner is not None else "?"
        if table is None:
            raise exc.NoReferencedTableError(
                f"Foreign key associated with column '{place}' could not find table '{table_name}' with which to generate a foreign key to target column "
                f"'{name}'" + _nearest(table_name, owner.metadata.tables if owner is not None else ()))
        name = name or self.parent.name
        if name not in table.c:
            raise exc.NoReferencedColumnError(
                f"Could not initialize target column for ForeignKey '{self.target_fullname}' on table '{owner.name}': table '{table.name}' has no column named "
                f"'{name}'" + _nearest(name, table.c.keys()))
        return table.c[name]

    def _target_column(self, source: Any) -> Any:
        """The column of this table, alias or join that it references, or None."""
        table = source.element if isinstance(source, sql.Alias) else source
        if isinstance(source, sql.Join):
            return self._target_column(source.left) if self._target_column(source.left) is not None else self._target_column(source.right)
        name, column = self._target()
        return source.c.get(column or self.parent.name) if getattr(table, "name", None) == name and isinstance(table, Table) else None

    @property
    def deferred(self) -> bool:
        """Whether it is checked at the commit."""
        return bool(self.initially) and self.initially.upper() == "DEFERRED" and self.deferrable is not False      # type: ignore[union-attr]

    def references(self, table: "Table") -> bool:
        """Whether it leads to the table."""
        return self._target()[0] == table.name

    def copy(self, **unused: Any) -> "ForeignKey":
        """The same for another column."""
        return ForeignKey(self._given, name=self.name, onupdate=self.onupdate, ondelete=self.ondelete, use_alter=self.use_alter,
                          deferrable=self.deferrable, initially=self.initially, info=self.info)

    _copy = copy

    def __repr__(self) -> str:
        return f"ForeignKey({self.target_fullname!r})"


def _nearest(name: str, known: Any) -> str:
    import difflib
    near = difflib.get_close_matches(name, list(known), 1)
    return f"; did you mean '{near[0]}'?" if near else ""


def _of_others(kind: type, options: Dict[str, Any]) -> None:
    """Options for other engines are theirs; what is none is a mistake, and what SQLite has and kith does not write is said."""
    for name in options:
        dialect, line, rest = name.partition("_")
        if not line or not rest or dialect not in ("sqlite", "postgresql", "mysql", "mariadb", "oracle", "mssql"):
            raise TypeError(f"Additional arguments should be named <dialectname>_<argument>, got '{name}'")
        if dialect == "sqlite":
            raise exc.ArgumentError(f"Argument {name!r} is not accepted by dialect 'sqlite' on behalf of {kind!r}: kith does not write it")


def _columns_in(element: Any) -> Iterator["Column"]:
    """The columns of tables that stand in an expression."""
    if isinstance(element, (list, tuple)):
        for part in element:
            yield from _columns_in(part)
        return
    made = sql.clause(element)
    column = getattr(made, "column", made)
    if isinstance(column, Column):
        yield column
    elif isinstance(made, sql.ClauseElement):
        yield from _columns_in(list(vars(made).values()))


def _join_table(item: Any, elements: Iterable[Any]) -> None:
    """To the table of the columns that stand in it, at once or once they are in one."""
    columns = [column for element in elements if not isinstance(element, str) for column in _columns_in(element)]
    if columns and isinstance(columns[-1].table, Table):
        columns[-1].table.append_constraint(item)
    elif columns and columns[-1].table is None:
        columns[-1].constraints.append(item)


def _in_ddl(element: Any) -> str:
    """An expression with its values in it, and its columns by their names alone."""
    from .printer import literal
    made = sql.clause(element)
    return made.text if isinstance(made, sql.TextClause) else literal(made, plain=True)


class Column(sql.ColumnElement, SchemaItem):
    """Column([name], [type], *foreign keys and constraints, options)"""

    def __init__(self, *args: Any, primary_key: bool = False, nullable: Optional[bool] = None, default: Any = None, onupdate: Any = None,
                 server_default: Any = None, server_onupdate: Any = None, unique: Optional[bool] = None, index: Optional[bool] = None, key: Optional[str] = None,
                 name: Optional[str] = None, type_: Any = None, autoincrement: Any = "auto", comment: Optional[str] = None, info: Optional[dict] = None,
                 doc: Optional[str] = None, quote: Any = None, system: bool = False, insert_default: Any = None, renamed_from: Optional[str] = None, **options: Any) -> None:
        rest = list(args)
        if rest and (isinstance(rest[0], str) or rest[0] is None):
            name = rest.pop(0) or name
        if rest and (isinstance(rest[0], types.TypeEngine) or isinstance(rest[0], type) and issubclass(rest[0], types.TypeEngine)):
            type_ = rest.pop(0)
        if "kith_renamed_from" in options:
            renamed_from = options.pop("kith_renamed_from")
        _of_others(type(self), options)
        self.name, self.key = name, key or name     # type: ignore[assignment]
        self.type = types.to_type(type_)
        self.foreign_keys: set = set()
        self.constraints: List[Any] = []
        self._keys: List[ForeignKey] = []
        self.table: Any = None
        self.primary_key = bool(primary_key)
        self.nullable = (not primary_key) if nullable is None else nullable
        self._nullable_given = nullable is not None
        if default is None:
            default = insert_default
        self.default = ColumnDefault(default) if default is not None else None
        self.onupdate = ColumnDefault(onupdate) if onupdate is not None else None
        self.server_default, self.server_onupdate = server_default, server_onupdate
        self.unique, self.index, self.autoincrement, self.comment = unique, index, autoincrement, comment
        self.info, self.doc, self.renamed_from = info or {}, doc, renamed_from
        for item in rest:
            self._take(item)

    def _take(self, item: Any) -> None:
        if isinstance(item, ForeignKey):
            if item.parent is not None:
                item = item.copy()
            item.parent = self
            self._keys.append(item)
            self.foreign_keys.add(item)
        elif isinstance(item, (Constraint, Identity, Sequence_)):
            self.constraints.append(item)
        elif isinstance(item, FetchedValue):
            self.server_default = item
        else:
            raise exc.ArgumentError(f"'SchemaItem' object, such as a 'Column' or a 'Constraint' expected, got {item!r}")

    def _resolved_type(self, seen: int = 0) -> types.TypeEngine:
        """Its own type, or that of what it references."""
        if self.type is types.NULLTYPE and self._keys and seen < 16:
            return self._keys[0].column._resolved_type(seen + 1)
        return self.type

    def copy(self, **unused: Any) -> "Column":
        """The same for another table."""
        made = Column(self.name, self.type, *(key.copy() for key in self._keys))
        for name in ("primary_key", "nullable", "_nullable_given", "default", "onupdate", "server_default", "server_onupdate", "unique", "index", "key", "autoincrement",
                     "comment", "info", "doc", "renamed_from"):
            setattr(made, name, getattr(self, name))
        made.constraints = [item.copy() if isinstance(item, (Constraint, Index)) else item for item in self.constraints]
        if hasattr(self, "_group"):
            made._group = self._group       # type: ignore[attr-defined]
        return made

    _copy = copy

    def references(self, column: "Column") -> bool:
        """Whether a foreign key leads from it to the other."""
        return any(key.column is column for key in self._keys)

    def _is_like(self) -> bool:
        return self.table is not None

    def _tree(self, scope: sql.Scope) -> sql.Tree:
        if self.table is None:
            if not self.name:
                raise exc.CompileError("a Column without a name, that is in no table yet, cannot stand in a statement")
            return (sql.T_COLUMN, None, None, self.name)
        source = scope.source(self.table)
        return (sql.T_COLUMN, source.name, self.table.name, self.name)

    def _froms(self) -> Iterator[Any]:
        if self.table is not None:
            yield self.table

    def __repr__(self) -> str:
        return f"Column({self.name!r}, {self.type!r}" + (f", table=<{self.table.name}>" if self.table is not None else "") + (", primary_key=True" if self.primary_key else "") + ")"

    def __str__(self) -> str:
        return f"{self.table.name}.{self.name}" if self.table is not None else str(self.name)


class Constraint(SchemaItem):
    """The base of constraints."""

    def __init__(self, name: Optional[str] = None, info: Optional[dict] = None, comment: Optional[str] = None, **options: Any) -> None:
        _of_others(type(self), options)
        self.name, self.info, self.comment, self.table = name, info or {}, comment, None       # type: ignore[var-annotated]

    def _names(self) -> List[str]:
        return [item if isinstance(item, str) else (item.name or item.key) for item in getattr(self, "_items", ())]

    def _members(self) -> List[Column]:
        return [self._named(item if isinstance(item, str) else sql.clause(item).name) for item in getattr(self, "_items", ())]

    def _named(self, name: str) -> Column:
        if name in self.table.c:
            return self.table.c[name]
        for column in self.table.c:
            if column.name == name:
                return column
        raise exc.ConstraintColumnNotFoundError(f"Can't create {type(self).__name__} on table '{self.table.name}': no column named '{name}' is present."
                                                + _nearest(name, self.table.c.keys()))

    @property
    def columns(self) -> sql.ColumnCollection:
        """What it is about."""
        return sql.ColumnCollection((column.key, column) for column in self._members())

    def __iter__(self) -> Iterator[Column]:
        return iter(self._members())

    def __len__(self) -> int:
        return len(self._members())

    def __bool__(self) -> bool:
        return True

    def __contains__(self, column: Any) -> bool:
        return any(column == own.name if isinstance(column, str) else column is own for own in self._members())

    def copy(self, **unused: Any) -> Any:
        """The same for another table."""
        import copy
        made = copy.copy(self)
        made.table = None
        return made

    _copy = copy


class PrimaryKeyConstraint(Constraint):
    """A primary key of several columns."""

    def __init__(self, *columns: Any, name: Optional[str] = None, info: Optional[dict] = None, **options: Any) -> None:
        super().__init__(name, info, **options)
        self._items = list(columns)

    def _set_parent(self, table: "Table") -> None:
        self.table = table
        for column in self._members():
            column.primary_key = True
            if not column._nullable_given:
                column.nullable = False


class UniqueConstraint(Constraint):
    """Each combination of values once."""

    def __init__(self, *columns: Any, name: Optional[str] = None, info: Optional[dict] = None, **options: Any) -> None:
        super().__init__(name, info, **options)
        self._items = list(columns)
        _join_table(self, columns)


class CheckConstraint(Constraint):
    """A condition that rows must meet, in SQL."""

    def __init__(self, sqltext: Any, name: Optional[str] = None, info: Optional[dict] = None, **options: Any) -> None:
        super().__init__(name, info, **options)
        self.sqltext = sqltext
        _join_table(self, [sqltext])

    def _text(self) -> str:
        return self.sqltext if isinstance(self.sqltext, str) else _in_ddl(self.sqltext)


class ForeignKeyConstraint(Constraint):
    """A foreign key of several columns."""

    def __init__(self, columns: Sequence[Any], refcolumns: Sequence[Any], name: Optional[str] = None, onupdate: Optional[str] = None, ondelete: Optional[str] = None,
                 use_alter: bool = False, deferrable: Optional[bool] = None, initially: Optional[str] = None, link_to_name: bool = False,
                 match: Optional[str] = None, info: Optional[dict] = None, **options: Any) -> None:
        super().__init__(name, info, **options)
        self.deferrable, self.initially = deferrable, initially
        if len(columns) != len(refcolumns):
            raise exc.ArgumentError("ForeignKeyConstraint number of constrained columns must match the number of referenced columns.")
        self._items, self.refcolumns = list(columns), list(refcolumns)
        self.onupdate, self.ondelete, self.use_alter = onupdate, ondelete, use_alter
        self.elements: List[ForeignKey] = []

    def _set_parent(self, table: "Table") -> None:
        self.table, self.elements = table, []
        for column, target in zip(self._members(), self.refcolumns):
            key = ForeignKey(target, _constraint=self, onupdate=self.onupdate, ondelete=self.ondelete, deferrable=self.deferrable, initially=self.initially)
            key.parent = column
            column._keys.append(key)
            column.foreign_keys.add(key)
            self.elements.append(key)


class Index(SchemaItem):
    """Index(name, *columns and expressions, unique=False, sqlite_where=condition)"""

    def __init__(self, name: Optional[str], *expressions: Any, unique: bool = False, quote: Any = None, info: Optional[dict] = None, sqlite_where: Any = None,
                 postgresql_where: Any = None, **options: Any) -> None:
        _of_others(type(self), options)
        self.name, self._items, self.unique, self.table, self.info = name, list(expressions), bool(unique), None, info or {}     # type: ignore[var-annotated]
        self.where = postgresql_where if sqlite_where is None else sqlite_where
        _join_table(self, expressions)

    expressions = property(lambda self: list(self._items))
    columns = Constraint.columns
    copy = _copy = Constraint.copy
    _named = Constraint._named

    def _members(self) -> List[Column]:
        """The columns of the table that it names."""
        found = []
        for item in self._items:
            for name in [item] if isinstance(item, str) else [column.name for column in _columns_in(item)]:
                found.append(self._named(name))
        return list(dict.fromkeys(found))

    def _parts(self, known: Dict[Column, str]) -> Tuple[str, ...]:
        """What it is over as kith._core takes it: an attribute's name or SQL, DESC behind it."""
        parts = []
        for item in self._items:
            made = item if isinstance(item, str) else sql.clause(item)
            ordered = made if isinstance(made, sql.Ordered) else None
            if ordered is not None and ordered.nulls:
                raise exc.CompileError(f"Index {self.name!r}: an index has no order of NULLs of its own")
            inner = made if ordered is None else ordered.element
            column = inner if isinstance(inner, str) else getattr(inner, "column", inner)
            plain = isinstance(column, (str, Column))
            text = known[self._named(column if isinstance(column, str) else column.name)] if plain else _in_ddl(inner)
            parts.append(text + (" DESC" if ordered is not None and ordered.descending else ""))
        return tuple(parts)

    def _where(self) -> Optional[str]:
        return self.where if self.where is None or isinstance(self.where, str) else _in_ddl(self.where)


class Table(sql.FromClause):
    """Table(name, metadata, *columns and constraints)"""

    def __new__(cls, *args: Any, **kwargs: Any) -> "Table":
        if not args or len(args) < 2 or not isinstance(args[0], str) or not isinstance(args[1], MetaData):
            if not args:
                return object.__new__(cls)
            raise exc.ArgumentError("Table() takes a name and a MetaData first")
        name, metadata, schema = args[0], args[1], kwargs.get("schema")
        known = metadata.tables.get(f"{schema}.{name}" if schema else name)
        if known is None:
            return object.__new__(cls)
        items = args[2:]
        if kwargs.get("keep_existing"):
            return known
        if not kwargs.get("extend_existing") and any(isinstance(item, (Column, Constraint, Index)) for item in items):
            raise exc.InvalidRequestError(f"Table '{name}' is already defined for this MetaData instance.  Specify 'extend_existing=True' to redefine options and columns "
                                          "on an existing Table object.")
        return known

    def __init__(self, name: str, metadata: "MetaData", *items: Any, schema: Optional[str] = None, info: Optional[dict] = None, comment: Optional[str] = None,
                 extend_existing: bool = False, keep_existing: bool = False, autoload_with: Any = None, quote: Any = None, prefixes: Any = None,
                 implicit_returning: bool = True, listeners: Any = None, must_exist: bool = False, **options: Any) -> None:
        fresh = "metadata" not in self.__dict__
        if not fresh and keep_existing:
            return
        if fresh:
            self.name, self.metadata, self.schema, self.info, self.comment = name, metadata, schema, dict(info or {}), comment
            self.c = sql.ColumnCollection()
            self.constraints: List[Any] = []
            self.indexes: List[Index] = []
            self.options = options
        elif info:
            self.info.update(info)
        if autoload_with is not None:
            from .engine import reflect_table
            items = tuple(reflect_table(autoload_with, self)) + items
        for item in items:
            if isinstance(item, Column):
                self.append_column(item)
        for item in items:
            if isinstance(item, (Constraint, Index)):
                self.append_constraint(item)
            elif not isinstance(item, Column):
                raise exc.ArgumentError(f"'SchemaItem' object, such as a 'Column' or a 'Constraint' expected, got {item!r}")
        if fresh:
            metadata._add(self)
        else:
            metadata._changed()

    key = property(lambda self: f"{self.schema}.{self.name}" if self.schema else self.name)
    fullname = key
    description = property(lambda self: self.name)

    def append_column(self, column: Column, replace_existing: bool = True) -> None:
        """One more column."""
        if not isinstance(column, Column):
            raise exc.ArgumentError(f"a Column is needed, got {column!r}")
        if column.table is not None and column.table is not self:
            raise exc.ArgumentError(f"Column object '{column.name}' already assigned to Table '{column.table.name}'")
        if not column.name:
            raise exc.ArgumentError("Column must be constructed with a non-blank name or assign a non-blank .name before adding to a Table.")
        column.key = column.key or column.name
        column.table = self
        self.c.add(column.key, column)
        for item in column.constraints:
            if isinstance(item, (Constraint, Index)):
                self.append_constraint(item)

    def append_constraint(self, item: Any) -> None:
        """One more constraint or index."""
        items = self.indexes if isinstance(item, Index) else self.constraints
        if item in items:
            return
        item.table = self
        item._set_parent(self)
        items.append(item)
        self.metadata._changed()

    @property
    def primary_key(self) -> PrimaryKeyConstraint:
        """Its primary key."""
        made = PrimaryKeyConstraint(*(column for column in self.c if column.primary_key))
        made.table = self
        return made

    @property
    def foreign_keys(self) -> set:
        """All of its foreign keys."""
        return {key for column in self.c for key in column.foreign_keys}

    @property
    def foreign_key_constraints(self) -> set:
        """Its foreign keys of several columns."""
        return {item for item in self.constraints if isinstance(item, ForeignKeyConstraint)}

    def insert(self) -> sql.Insert:
        """INSERT"""
        return sql.Insert(self)

    def update(self, *criteria: Any) -> sql.Update:
        """UPDATE"""
        return sql.Update(self).where(*criteria)

    def delete(self, *criteria: Any) -> sql.Delete:
        """DELETE"""
        return sql.Delete(self).where(*criteria)

    def create(self, bind: Any, checkfirst: bool = True) -> None:
        """CREATE TABLE"""
        self.metadata.create_all(bind, tables=[self])

    def drop(self, bind: Any, checkfirst: bool = True) -> None:
        """DROP TABLE"""
        self.metadata.drop_all(bind, tables=[self])

    def to_metadata(self, metadata: "MetaData", schema: Any = ..., referred_schema_fn: Any = None, name: Optional[str] = None) -> "Table":
        """The same in another MetaData, or under another name."""
        return Table(name or self.name, metadata, *(column.copy() for column in self.c), *(item.copy() for item in self.constraints if not isinstance(item, PrimaryKeyConstraint)),
                     schema=self.schema if schema is ... else schema)

    tometadata = to_metadata

    def _from(self, scope: sql.Scope, on: Any = None, kind: int = sql.INNER) -> sql.Tree:
        return (self.name, None, None, None if on is None else on._tree(scope), kind)

    def __repr__(self) -> str:
        return f"Table({self.name!r}, {', '.join(repr(column) for column in self.c)})"

    def __str__(self) -> str:
        return self.name


class MetaData:
    """Tables by name."""

    def __init__(self, bind: Any = None, schema: Optional[str] = None, naming_convention: Optional[Dict[str, str]] = None, info: Optional[dict] = None,
                 reflect: bool = False, quote_schema: Any = None) -> None:
        self.tables: Dict[str, Table] = {}
        self.schema, self.naming_convention, self.info = schema, naming_convention or {}, info or {}
        self._watchers: "weakref.WeakSet" = weakref.WeakSet()
        self._version = 0

    def __contains__(self, table: Any) -> bool:
        return (table if isinstance(table, str) else table.key) in self.tables

    def _add(self, table: Table) -> None:
        self.tables[table.key] = table
        self._changed()

    def _changed(self) -> None:
        self._version += 1
        layout = self.__dict__.get("_layout")
        if layout is not None:
            layout.outdated()

    def remove(self, table: Table) -> None:
        """Without the table."""
        self.tables.pop(table.key, None)
        self._changed()

    def clear(self) -> None:
        """Without any table."""
        self.tables.clear()
        self._changed()

    @property
    def layout(self) -> Any:
        """Its tables and classes as kith._core has them."""
        found = self.__dict__.get("_layout")
        if found is None:
            from .registry import Layout
            found = self.__dict__["_layout"] = Layout(self)
        return found

    @property
    def sorted_tables(self) -> List[Table]:
        """Those that are referenced first."""
        done: Dict[str, Table] = {}

        def visit(table: Table, path: Tuple[str, ...]) -> None:
            if table.key in done or table.key in path:
                return
            for column in table.c:
                for key in column._keys:
                    target = self.tables.get(key._target()[0])
                    if target is not None:
                        visit(target, (*path, table.key))
            done[table.key] = table

        for name in sorted(self.tables):
            visit(self.tables[name], ())
        return list(done.values())

    def create_all(self, bind: Any, tables: Optional[Sequence[Table]] = None, checkfirst: bool = True) -> None:
        """Creates the tables that are not there."""
        from .engine import create_tables
        create_tables(self, bind, tables)

    def drop_all(self, bind: Any, tables: Optional[Sequence[Table]] = None, checkfirst: bool = True) -> None:
        """Drops the tables that are there."""
        from .engine import drop_tables
        drop_tables(self, bind, tables)

    def reflect(self, bind: Any, schema: Optional[str] = None, views: bool = False, only: Any = None, extend_existing: bool = False, autoload_replace: bool = True,
                resolve_fks: bool = True) -> None:
        """Makes a Table of each table that the database has."""
        from .engine import reflect_all
        reflect_all(self, bind, only)

    def __repr__(self) -> str:
        return "MetaData()"
