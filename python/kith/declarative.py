"""Mapped classes: the metaclass that turns columns, relationships and the rest of a class into a model."""

from __future__ import annotations

from typing import Any, Callable, Dict, Iterator, List, Optional, Sequence, Tuple

from . import _core, attributes, exc, sql
from .inherit import option_of, repeated_keys, share_table
from .registry import Mapper, Registry
from .relationship import RelationshipProperty
from .schema import Column, Constraint, ForeignKey, Index, MetaData, Table

RESERVED = ("metadata", "registry")


class declared_attr(property):
    """A column, relationship or option that each class computes for itself."""

    def __init__(self, function: Callable[[Any], Any], cascading: bool = False) -> None:
        function = getattr(function, "__func__", function)
        super().__init__(function)
        self._function, self._cascading = function, cascading
        self.__doc__ = function.__doc__

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        return self._function(owner if owner is not None else type(instance))

    cascading = property(lambda self: declared_attr)

    @classmethod
    def directive(cls, function: Callable[[Any], Any]) -> "declared_attr":
        """Of options such as __tablename__."""
        return cls(function)


def deferred(column: Any, *, group: Optional[str] = None, raiseload: bool = False, doc: Optional[str] = None, info: Any = None, active_history: bool = False) -> Any:
    """The column; kith loads all columns of an object at once."""
    return column


class ColumnExpression:
    """column_property(expression): a value that a SELECT computes."""

    def __init__(self, expression: Any) -> None:
        self.expression = sql.expression(expression)
        self.key = ""

    def __set_name__(self, owner: Any, name: str) -> None:
        self.key = name

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        if instance is None:
            return self.expression
        session = instance._kith_session()
        if session is None:
            return None
        mapper = type(instance).__mapper__
        keys = mapper.key_names
        own = [getattr(type(instance), key) == getattr(instance, key) for key in keys]
        return session.owner.execute(sql.Select(self.expression).select_from(mapper.local_table).where(*own)).scalar()


def column_property(*columns: Any, group: Optional[str] = None, deferred: bool = False, raiseload: bool = False, expire_on_flush: bool = True, doc: Optional[str] = None,
                    info: Any = None, active_history: bool = False) -> Any:
    """A column, or a value that a SELECT computes when it is read."""
    made = sql.clause(columns[0])
    return made if isinstance(made, Column) else ColumnExpression(made)


class Synonym:
    """Another name of an attribute."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        return getattr(owner if instance is None else instance, self.name)

    def __set__(self, instance: Any, value: Any) -> None:
        setattr(instance, self.name, value)


def synonym(name: str, map_column: Any = None, doc: Optional[str] = None, info: Any = None) -> Synonym:
    """Another name of an attribute."""
    return Synonym(name)


def validates(*names: str, include_removes: bool = False, include_backrefs: bool = True) -> Callable[[Any], Any]:
    """A method that each value of these attributes goes through: def check(self, key, value): return value

    include_removes: it takes a fourth argument, which says whether the value is taken out of a list. include_backrefs=False: not what follows from
    the other side of a relationship."""

    def decorate(function: Any) -> Any:
        function.__kith_validates__ = names
        function.__kith_validates_how__ = (include_removes, include_backrefs)
        return function

    return decorate


def reconstructor(function: Any) -> Any:
    """kith makes no calls when objects are loaded; use a property."""
    raise NotImplementedError("reconstructor: no code runs when an object is loaded; compute what you need in a property")


def _owned(cls: type, name: str) -> bool:
    return name in cls.__dict__


def _mro_items(cls: Any, parent: Optional[Mapper]) -> Iterator[Tuple[Any, str, Any]]:
    """(class, name, value) of the class itself and of its mixins and abstract bases, the nearest first. What its mapped base has from mixins it has from there."""
    inherited = parent.class_.__mro__ if parent is not None else ()
    for base in cls.__mro__:
        if base in inherited or base in (object, _core.Instance):
            continue
        for name, value in list(base.__dict__.items()):
            yield base, name, value


class DeclarativeMeta(type):
    """The metaclass of mapped classes."""

    registry: Registry
    metadata: MetaData

    def __init__(cls, name: str, bases: Tuple[type, ...], d: Dict[str, Any], **options: Any) -> None:
        type.__init__(cls, name, bases, d)
        base = "_kith_base" in cls.__dict__ or not any(isinstance(parent, DeclarativeMeta) for parent in bases)
        if not base and not cls.__dict__.get("__abstract__", False):
            _map(cls)

    def __setattr__(cls, key: str, value: Any) -> None:
        mapper = cls.__dict__.get("__mapper__")
        if mapper is None:
            type.__setattr__(cls, key, value)
        elif isinstance(value, Column):
            value.key = key
            value.name = value.name or key
            mapper.local_table.append_column(value)
            mapper.add_column(key, value)
            mapper.local_table.metadata._changed()
        elif isinstance(value, RelationshipProperty):
            mapper.add_relationship(key, value)
            mapper.local_table.metadata._changed()
        elif isinstance(value, Synonym):
            mapper.synonyms[key] = value.name
            type.__setattr__(cls, key, value)
        else:
            if hasattr(value, "__set_name__"):
                value.__set_name__(cls, key)
            if hasattr(value, "_kith_check"):
                mapper.other[key] = value
            type.__setattr__(cls, key, value)

    def __kith_configure__(cls) -> None:
        """Called by kith._core when a class is used whose model is not resolved, or was declared anew."""
        mapper = cls.__dict__.get("__mapper__") or getattr(cls, "__mapper__", None)
        if mapper is None:
            raise exc.UnmappedClassError(f"Class '{cls.__module__}.{cls.__name__}' is not mapped: it is abstract, and has no table")
        mapper.layout.configure_class(mapper)

    def _kith_entity(cls) -> sql.Entity:
        mapper = cls.__dict__.get("__mapper__") or getattr(cls, "__mapper__", None)
        if mapper is None:
            raise exc.ArgumentError(f"Class '{cls.__module__}.{cls.__name__}' is not mapped: it is abstract, and has no table")
        mapper.layout.configure_class(mapper)
        return mapper.entity


# ---------------------------------------------------------------- from a class to a Table and a Mapper

def _table_args(cls: Any) -> Tuple[Tuple[Any, ...], Dict[str, Any]]:
    given = getattr(cls, "__table_args__", None)
    if given is None:
        return (), {}
    if isinstance(given, dict):
        return (), dict(given)
    if not isinstance(given, tuple):
        raise exc.ArgumentError("__table_args__ value must be a tuple, dict, or None")
    if given and isinstance(given[-1], dict):
        given, words = given[:-1], dict(given[-1])
    else:
        words = {}
    if any(isinstance(item, (dict, str)) for item in given):
        raise exc.ArgumentError("__table_args__ value must be a tuple, dict, or None; a dict comes last in the tuple")
    return tuple(given), words


def _copied(value: Any, own: bool) -> Any:
    if isinstance(value, Column):
        return value if own else value.copy()
    if isinstance(value, RelationshipProperty):
        return value if own else value.copied()
    return value


def _gather(cls: Any, parent: Optional[Mapper]) -> Tuple[Dict[str, Column], Dict[str, RelationshipProperty], Dict[str, Any], Dict[str, Any]]:
    """Columns, relationships, synonyms, and what else checks itself; of the class and its mixins."""
    columns: Dict[str, Column] = {}
    relations: Dict[str, RelationshipProperty] = {}
    synonyms: Dict[str, Any] = {}
    other: Dict[str, Any] = {}
    seen: set = set()
    mixed: List[Tuple[str, Column]] = []
    for base, name, value in _mro_items(cls, parent):
        if name in seen or name in ("__tablename__", "__table_args__", "__mapper_args__", "__table__", "__dict__", "__weakref__"):
            continue
        seen.add(name)
        own = base is cls
        if own and name in RESERVED and not isinstance(value, (MetaData, Registry)):
            raise exc.InvalidRequestError(f"Attribute name '{name}' is reserved when using the Declarative API.")
        if isinstance(value, declared_attr):
            value, own = value._function(cls), True
            if not isinstance(value, (Column, RelationshipProperty)):
                type.__setattr__(cls, name, value)
        value = _copied(value, own)
        if isinstance(value, Column):
            columns[name] = value
            if base is not cls:
                mixed.append((name, value))
        elif isinstance(value, RelationshipProperty):
            relations[name] = value
        elif isinstance(value, Synonym):
            synonyms[name] = value.name
        elif isinstance(value, tuple) and len(value) == 1 and isinstance(value[0], (Column, RelationshipProperty)):
            import warnings
            warnings.warn(f"Attribute '{name}' on class {cls} appears to be a non-schema SQLAlchemy expression object; did you forget to remove a comma?", exc.SAWarning, stacklevel=5)
        elif hasattr(value, "_kith_check"):
            other[name] = value
    return columns, relations, synonyms, other


def _make_table(cls: Any, columns: Dict[str, Column], parent: Optional[Mapper]) -> Optional[Table]:
    table = cls.__dict__.get("__table__")
    if table is not None:
        return table
    name = getattr(cls, "__tablename__", None) if parent is None else option_of(cls, "__tablename__")
    if not isinstance(name, str):
        return None
    if parent is not None and name == parent.local_table.name:
        return parent.local_table
    args, words = _table_args(cls)
    for key, column in columns.items():
        column.name = column.name or key
        column.key = column.key if column.key and column.key != key else column.name
    make = getattr(cls, "__table_cls__", None)
    made = make(name, cls.metadata, *columns.values(), *args, **words) if make else Table(name, cls.metadata, *columns.values(), *args, **words)
    type.__setattr__(cls, "__table__", made)
    return made


def _parent_mapper(cls: Any) -> Optional[Mapper]:
    for base in cls.__mro__[1:]:
        mapper = base.__dict__.get("__mapper__")
        if mapper is not None:
            return mapper
    return None


def _mapper_for(cls: Any, table: Optional[Table], parent: Optional[Mapper], columns: Dict[str, Column]) -> Mapper:
    options = (getattr(cls, "__mapper_args__", {}) if parent is None else option_of(cls, "__mapper_args__")) or {}
    if options.get("concrete"):
        raise NotImplementedError(f"{cls.__name__}: concrete=True is not there; give each class its columns by a mixin, or share a table (docs/sqlalchemy.md)")
    if parent is None or table not in (None, parent.local_table):
        repeated = repeated_keys(parent, table) if parent is not None else {}
        mapper = Mapper(cls, table, cls.registry, dict(options), parent)       # type: ignore[arg-type]
        mapper.repeated = repeated
        return mapper
    share_table(cls, parent, columns)
    return Mapper(cls, parent.local_table, cls.registry, dict(options), parent)


def _map(cls: Any) -> None:
    parent = _parent_mapper(cls)
    columns, relations, synonyms, other = _gather(cls, parent)
    table = _make_table(cls, columns, parent)
    if table is None and parent is None:
        raise exc.InvalidRequestError(f"Class {cls!r} does not have a __table__ or __tablename__ specified and does not inherit from an existing table-mapped class.")
    mapper = _mapper_for(cls, table, parent, columns)
    table = mapper.local_table
    if parent is not None:
        mapper.inherit()
    _place_columns(cls, mapper, table, columns)
    if not mapper.primary_key:
        table.metadata.remove(table)
        raise exc.ArgumentError(f"Mapper {mapper} could not assemble any primary key columns for mapped table '{table.name}'")
    type.__setattr__(cls, "__mapper__", mapper)
    for name, prop in relations.items():
        mapper.add_relationship(name, prop)
    mapper.synonyms.update({**parent.synonyms, **synonyms} if parent is not None else synonyms)
    mapper.other.update(other)
    _place_validators(cls, mapper)
    cls.registry.add(cls)
    table.metadata.layout.add(mapper)
    from . import events
    events.mapped(mapper)


def _place_columns(cls: Any, mapper: Mapper, table: Table, columns: Dict[str, Column]) -> None:
    names = {id(column): key for key, column in columns.items()}
    for column in table.c if not mapper.single else [column for column in columns.values() if column.table is table]:
        key = names.get(id(column)) or _key_in(columns, column) or column.key
        if mapper.repeated.get(column) == key:      # what the base calls so is the same
            continue
        if mapper.inherits is not None and key in mapper.inherits.columns_by_key:
            raise exc.ArgumentError(f"Implicitly combining column {mapper.inherits.columns_by_key[key]} with column {column} under attribute '{key}' of {cls.__name__}: kith keeps one column "
                                    "for an attribute; give one of them another name.")
        mapper.add_column(key, column)
    for key, column in columns.items():
        if key not in mapper.columns_by_key and column.table is None and "__table__" in cls.__dict__ and column.name in (None, key):
            raise exc.ArgumentError(f"Can't add additional column '{key}' when specifying __table__")
        if key not in mapper.columns_by_key and column.table is table and mapper.repeated.get(column) != key:
            mapper.add_column(key, column)


def _key_in(columns: Dict[str, Column], column: Column) -> Optional[str]:
    return next((key for key, own in columns.items() if own.name == column.name), None)


def _place_validators(cls: Any, mapper: Mapper) -> None:
    for base in reversed(cls.__mro__):
        for value in base.__dict__.values():
            for name in getattr(value, "__kith_validates__", ()):
                mapper.validators[name] = value
    for name, function in mapper.validators.items():
        attribute = cls.__dict__.get(name)
        if attribute is not None and hasattr(attribute, "hooks"):
            removes, backrefs = function.__kith_validates_how__
            attribute.hooks.append(_validator(function, name, (False,) if removes else (), backrefs))
            if removes and hasattr(attribute, "removals"):
                attribute.removals.append(_validator(function, name, (True,), backrefs))
            attribute._refresh_hooks()


def _validator(function: Any, name: str, more: Tuple[Any, ...], backrefs: bool) -> Callable[[Any, Any, Any], Any]:
    def hook(instance: Any, value: Any, attribute: Any) -> Any:
        return function(instance, name, value, *more)

    hook.of_own_side = not backrefs     # type: ignore[attr-defined]
    return hook


# ---------------------------------------------------------------- bases

def _reduce(self: Any, protocol: Any) -> Any:
    """How it is copied and pickled, where its class says it."""
    try:
        return object.__reduce_ex__(self, protocol)
    except TypeError:
        raise TypeError(f"A {type(self).__name__} is an object of its session, and is neither copied nor pickled: take inspect(object).dict, "
                        f"and make {type(self).__name__}(**values) of it") from None


def declarative_base(*, cls: Any = object, name: str = "Base", metadata: Optional[MetaData] = None, metaclass: type = DeclarativeMeta, bind: Any = None,
                     class_registry: Optional[dict] = None, registry: Optional[Registry] = None, constructor: Any = None, mapper: Any = None) -> Any:
    """A base for mapped classes."""
    if registry is None:
        registry = Registry(metadata, class_registry)
    bases = cls if isinstance(cls, tuple) else (cls,)
    if not any(issubclass(base, _core.Instance) for base in bases):
        bases = tuple(base for base in bases if base is not object) + (_core.Instance,)
    words: Dict[str, Any] = {"registry": registry, "metadata": metadata if metadata is not None else registry.metadata, "_kith_base": True, "__abstract__": True,
                             "__module__": __name__, "__reduce_ex__": _reduce}
    if cls is not object and not isinstance(cls, tuple) and cls.__doc__:
        words["__doc__"] = cls.__doc__
    if constructor is not None:
        words["__init__"] = constructor
    return metaclass(name, bases, words)


def as_declarative(**options: Any) -> Callable[[Any], Any]:
    """declarative_base of the decorated class."""
    return lambda cls: declarative_base(cls=cls, name=cls.__name__, **options)


def has_inherited_table(cls: Any) -> bool:
    """Whether a base of the class has a table."""
    return any(getattr(base, "__table__", None) is not None for base in cls.__mro__[1:])


def declarative_mixin(cls: Any) -> Any:
    """A mixin needs no mark."""
    return cls
