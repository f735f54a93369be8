"""Classes and tables of one MetaData as kith._core has them: declared together, resolved together."""

from __future__ import annotations

import re
import warnings
import weakref
from typing import Any, Dict, Iterator, List, Optional, Sequence, Set, Tuple

from . import _core, attributes, exc, sql, types
from .inherit import Inheriting, depth, is_within, related_paths
from .relationship import LAZY, Pairs, RelationshipProperty, _close
from .schema import CheckConstraint, Column, ForeignKeyConstraint, Index, MetaData, Table, UniqueConstraint, _filling, _server_text
from .sql.elements import quoted


class Registry:
    """The classes of one declarative base, by name."""

    all: "weakref.WeakSet[Registry]" = weakref.WeakSet()       # for configure_mappers() alone

    def __init__(self, metadata: Optional[MetaData] = None, class_registry: Optional[dict] = None) -> None:
        self.metadata = metadata if metadata is not None else MetaData()
        self._classes: Dict[str, List["weakref.ref"]] = {}
        Registry.all.add(self)

    def _named(self, name: str) -> List[type]:
        found = [cls for cls in (ref() for ref in self._classes.get(name, ())) if cls is not None]
        return found

    def add(self, cls: type) -> None:
        """One more class."""
        same = [known for known in self._named(cls.__name__) if known.__module__ == cls.__module__]
        if same:
            warnings.warn(f"This declarative base already contains a class with the same class name and module name as {cls.__module__}.{cls.__name__}, and will be replaced in "
                          "the string-lookup table.", exc.SAWarning, stacklevel=5)
        refs = [ref for ref in self._classes.get(cls.__name__, []) if ref() is not None]
        self._classes[cls.__name__] = [*refs, weakref.ref(cls)]

    def class_names(self) -> List[str]:
        """The names of all classes."""
        return [name for name in self._classes if self._named(name)]

    def classes(self) -> List[type]:
        """All classes."""
        return [cls for name in self._classes for cls in self._named(name)]

    def class_named(self, name: str, parent: Any) -> Optional[type]:
        """The class of that name; several are an error."""
        found = self._named(name)
        if len(found) > 1:
            raise exc.InvalidRequestError(f'Multiple classes found for path "{name}" in the registry of this declarative base. Please use a fully module-qualified path.')
        return found[0] if found else None

    def class_at(self, path: Sequence[str]) -> Optional[type]:
        """The class of a module and name, or of the end of them."""
        module = ".".join(path[:-1])
        for cls in self._named(path[-1]):
            if cls.__module__ == module or (module and cls.__module__.endswith("." + module)) or (module and cls.__module__ == "__main__"):
                return cls
        return None

    @property
    def mappers(self) -> frozenset:
        """The mappers of all classes."""
        return frozenset(cls.__mapper__ for cls in self.classes())      # type: ignore[attr-defined]

    def configure(self, cascade: bool = False) -> None:
        """Resolves all classes; raises what is wrong with them."""
        for layout in {cls.__mapper__.layout for cls in self.classes()}:    # type: ignore[attr-defined]
            layout.configure(strict=True)

    def dispose(self) -> None:
        """Forgets all classes."""
        self._classes.clear()

    def generate_base(self, cls: Any = object, **options: Any) -> Any:
        """A declarative base over this registry."""
        from .declarative import declarative_base
        return declarative_base(cls=cls, registry=self, **options)

    def mapped(self, cls: Any) -> Any:
        """As a class decorator."""
        raise NotImplementedError("classes are mapped by a declarative base: class X(Base)")


class Mapper(Inheriting):
    """What is known of a mapped class."""

    def __init__(self, class_: type, table: Table, registry: Registry, options: Dict[str, Any], inherits: Optional["Mapper"] = None) -> None:
        self.class_, self.local_table, self.registry, self.options = class_, table, registry, options
        self.columns_by_key: Dict[str, Column] = {}
        self.relations: Dict[str, RelationshipProperty] = {}
        self.synonyms: Dict[str, str] = {}
        self.other: Dict[str, Any] = {}             # hybrids, proxies
        self.info: Any = None                       # kith._core's, once resolved
        self.validators: Dict[str, Any] = {}
        self.listeners: Dict[str, List[Any]] = {}
        self.error: Optional[BaseException] = None
        self._entity: Optional[sql.Entity] = None
        self.version_id_col: Any = options.get("version_id_col")
        self.version_id_generator: Any = options.get("version_id_generator")    # None: they are counted; False: the program gives them
        self.inherits = inherits
        self._subs: List["weakref.ref"] = []
        self.repeated: Dict[Column, str] = {}       # of a table of its own: which columns are the key of its base
        if inherits is not None:
            inherits._subs.append(weakref.ref(self))
            for mapper in self.iterate_to_root():
                mapper._entity = None
        self._keys: Optional[Tuple[str, ...]] = None

    entity_namespace = property(lambda self: self.class_)
    mapped_table = persist_selectable = selectable = tables_ = property(lambda self: self.local_table)
    layout = property(lambda self: self.local_table.metadata.layout)
    columns = c = property(lambda self: sql.ColumnCollection(self.columns_by_key.items()))
    is_mapper, mapper = True, property(lambda self: self)
    concrete = False

    @property
    def entity(self) -> sql.Entity:
        """The class in a SELECT."""
        if self._entity is None:
            self._entity = sql.Entity(self, self.source, self.class_.__name__)
        return self._entity

    @property
    def primary_key(self) -> Tuple[Column, ...]:
        """The columns of the key."""
        return tuple(column for column in self.base_mapper.local_table.c if column.primary_key)

    @property
    def key_names(self) -> Tuple[str, ...]:
        """The attributes of the key."""
        return tuple(self.base_mapper.key_of_column(column.name) for column in self.primary_key)

    @property
    def resolved_keys(self) -> Tuple[str, ...]:
        """The attributes of the key, found once."""
        if self._keys is None:
            self._keys = self.key_names
        return self._keys

    @property
    def relationships(self) -> sql.ColumnCollection:
        """The relationships by name."""
        self.layout.configure_class(self)
        return sql.ColumnCollection(self.relations.items())

    @property
    def column_attrs(self) -> sql.ColumnCollection:
        """The columns by attribute."""
        return sql.ColumnCollection((key, getattr(self.class_, key).property) for key in self.columns_by_key)

    @property
    def attrs(self) -> sql.ColumnCollection:
        """Columns and relationships by attribute."""
        return sql.ColumnCollection([*self.column_attrs.items(), *self.relations.items()])

    @property
    def all_orm_descriptors(self) -> sql.ColumnCollection:
        """Columns, relationships, hybrids and proxies by attribute."""
        return sql.ColumnCollection([(key, getattr(self.class_, key)) for key in [*self.columns_by_key, *self.relations]] + list(self.other.items()))

    def key_of_column(self, name: str) -> str:
        """The attribute of a column."""
        for key, column in self.columns_by_key.items():
            if column.name == name:
                return key
        raise exc.UnmappedColumnError(f"No attribute of {self.class_.__name__} is the column {name!r}")

    def get_property(self, key: str) -> Any:
        """A column or relationship by attribute."""
        if key in self.relations:
            return self.relations[key]
        if key in self.columns_by_key:
            return getattr(self.class_, key).property
        raise exc.InvalidRequestError(f"Mapper '{self}' has no property '{key}'")

    def has_property(self, key: str) -> bool:
        """Whether there is a column or relationship of that name."""
        return key in self.relations or key in self.columns_by_key

    def get_property_by_column(self, column: Any) -> Any:
        """The attribute of a column."""
        return getattr(self.class_, self.key_of_column(column.name)).property

    def attribute_of(self, source: Any, name: str) -> Any:
        """An attribute where the class is selected from this table or alias."""
        name = self.synonyms.get(name, name)
        if name in self.columns_by_key:
            attribute = getattr(self.class_, name)
            column = self.columns_by_key[name]
            return attribute if self.is_own(source) else source.own(column) if isinstance(source, sql.Pieces) else source.c[column.key]
        if name in self.relations:
            attribute = getattr(self.class_, name)
            return attribute if self.is_own(source) else attribute._for(source)
        found = getattr(self.class_, name, None) if not name.startswith("_") else None
        if found is not None and (sql.is_clause(found) or getattr(type(found), "_kith_compare", False)):
            return found if self.is_own(source) else attributes.Renamed(sql.clause(found), self.renaming(source))
        raise exc.InvalidRequestError(f'Entity namespace for "{self.local_table.name}" has no property "{name}"'
                                      + (f"; did you mean {near!r}?" if (near := _close(name, [*self.columns_by_key, *self.relations])) else ""))

    def primary_key_from_instance(self, instance: Any) -> List[Any]:
        """The key of an object."""
        return list(self.values_of(instance, self.key_names))

    def values_of(self, instance: Any, names: Tuple[str, ...]) -> Tuple[Any, ...]:
        """Columns of an object as they are in memory, which nothing is read for."""
        turns = [self.columns_by_key[name].type.from_database for name in names]
        return tuple(turn(value) if turn is not None else value for turn, value in zip(turns, instance._kith_values(names)))

    def version_entry(self, key: str) -> Dict[str, Any]:
        """What gives the versions of a column, as kith._core is told."""
        generator, type_ = self.version_id_generator, self.columns_by_key[key].type
        if generator is False:
            return {"version": True, "onupdate": lambda instance: instance._kith_values((key,))[0]}
        if not callable(generator):
            raise exc.ArgumentError(f"version_id_generator of {self.class_.__name__} is a callable that is given the last version, or False; not {generator!r}")
        return {"version": True, "default": _converted(type_, lambda instance: generator(None)),
                "onupdate": _converted(type_, lambda instance: generator(self.values_of(instance, (key,))[0]))}

    def stored_key(self, key: Tuple[Any, ...]) -> Tuple[Any, ...]:
        """A key as its columns have it."""
        columns = self.base_mapper.columns_by_key
        turns = [columns[name].type.to_database for name in self.resolved_keys]
        return tuple(turn(value) if turn is not None else value for turn, value in zip(turns, key))

    def __str__(self) -> str:
        return f"Mapper[{self.class_.__name__}({self.local_table.name})]"

    __repr__ = __str__

    # ------------------------------------------------------------ declaring
    def add_column(self, key: str, column: Column) -> None:
        """A column becomes an attribute."""
        self.columns_by_key[key] = column
        self._entity = None
        attribute = attributes.InstrumentedAttribute(self, key, column)
        type.__setattr__(self.class_, key, attribute)
        attribute._refresh_hooks()
        for sub in self.subs:
            sub.inherit_column(key, column)

    def inherit_column(self, key: str, column: Column) -> None:
        """A column of its base, unless the class says something else by that name."""
        said = self.class_.__dict__.get(key)
        if said is None or isinstance(said, Column):    # a column of its own is looked at by itself
            self.add_column(key, column)

    def add_relationship(self, key: str, prop: RelationshipProperty) -> None:
        """A relationship becomes an attribute."""
        if prop.parent is not None and prop.parent is not self:
            prop = prop.copied()
        prop.key, prop.parent = key, self
        self.relations[key] = prop
        attribute = prop.attribute = attributes.InstrumentedRelationship(self, key, prop)
        type.__setattr__(self.class_, key, attribute)
        for sub in self.subs:
            sub.inherit_relationship(key, prop)

    def inherit_relationship(self, key: str, prop: RelationshipProperty) -> None:
        """A relationship of its base, unless the class says something else by that name."""
        if self.class_.__dict__.get(key) is not None:
            return
        self.relations[key] = prop
        type.__setattr__(self.class_, key, attributes.InstrumentedRelationship(self, key, prop))
        for sub in self.subs:
            sub.inherit_relationship(key, prop)

    @property
    def own_relations(self) -> Dict[str, RelationshipProperty]:
        """The relationships that it has not from its base."""
        return {key: prop for key, prop in self.relations.items() if prop.parent is self}

    def __lt__(self, other: "Mapper") -> bool:
        return self.class_.__name__ < other.class_.__name__


# ---------------------------------------------------------------- what a table is, in kith._core's words

def _foreign_key(column: Column, entry: Dict[str, Any]) -> None:
    if not column._keys:
        return
    key = column._keys[0]
    target = key.column
    entry.update(foreign_key=f"{target.table.name}.{target.name}", on_delete=_action(key.ondelete), on_update=_action(key.onupdate), deferred=key.deferred)


def _action(word: Optional[str]) -> Optional[str]:
    return word.upper() if word else None


def _converted(type_: types.TypeEngine, filling: Any) -> Any:
    if type_.to_database is None:
        return filling
    if callable(filling):
        return lambda instance: type_.to_database(filling(instance))
    return type_.to_database(filling)


def column_entry(key: str, column: Column, version: Any = None) -> Dict[str, Any]:
    """A column as kith._core declares it."""
    type_ = column._resolved_type()
    if type_ is not column.type:
        column.type = type_
    kind = types.VERSION if version is not None and column is version else type_.kind
    if kind == types.NONE:
        raise exc.CompileError(f"(in table '{column.table.name}', column '{column.name}'): Can't generate DDL for NullType(); did you forget to specify a type on this Column?")
    entry: Dict[str, Any] = {
        "name": key, "column": column.name, "kind": kind, "in_table": type_.in_table, "length": type_.length, "precision": type_.precision, "scale": type_.scale,
        "primary_key": column.primary_key, "not_null": not column.nullable, "unique": bool(column.unique) and not column.index, "index": bool(column.index) and not column.unique,
        "server_default": _server_text(column.server_default), "comment": column.comment, "renamed_from": column.renamed_from,
        "turned": type_.to_database is not None, "default": None, "onupdate": None}
    if column.default is not None:
        entry["default"] = _converted(type_, _filling(column.default.arg))
    elif isinstance(type_, types.TypeDecorator) and column.server_default is None and not column.primary_key and not column._keys and type_.none_in_database() is not None:
        entry["default"] = lambda instance: type_.to_database(None)
    if column.onupdate is not None:
        entry["onupdate"] = _converted(type_, _filling(column.onupdate.arg))
    if column.table.options.get("sqlite_autoincrement") and column.primary_key:
        entry["never_reuse"] = True
    _foreign_key(column, entry)
    return entry


def constraint_entries(table: Table, keys: Dict[Column, str], mapper: Optional[Mapper] = None) -> Iterator[Dict[str, Any]]:
    """Constraints as kith._core declares them; of a class that shares its table, those about its own columns (keys)."""
    known = keys if mapper is None or mapper.inherits is None else {**{column: key for key, column in mapper.columns_by_key.items()}, **keys}
    for column in [column for column in table.c if column in keys]:
        if column.index and column.unique:
            yield {"constraint": "index", "name": _conventional(table, "ix", [column]), "columns": (keys[column],), "unique": True}
        type_ = column.type
        if getattr(type_, "create_constraint", False):
            allowed = "0, 1" if type_.kind == types.BOOL else ", ".join("'" + value.replace("'", "''") + "'" for value in type_.enums)
            yield {"constraint": "check", "name": type_.name, "check": f"{quoted(column.name)} IN ({allowed})"}
    for item in table.constraints:
        if isinstance(item, UniqueConstraint):
            if _is_about(item._members(), keys, known):
                yield {"constraint": "unique", "name": item.name or _conventional(table, "uq", item._members()), "columns": tuple(known[c] for c in item._members())}
        elif isinstance(item, CheckConstraint) and (mapper is None or not mapper.single):
            yield {"constraint": "check", "name": item.name, "check": item._text()}
    for index in table.indexes:
        columns = index._members()
        if _is_about(columns, keys, known) or not columns and (mapper is None or not mapper.single):
            yield {"constraint": "index", "name": index.name or _conventional(table, "ix", columns), "columns": index._parts(known), "unique": index.unique, "where": index._where()}


def _is_about(columns: Sequence[Column], keys: Dict[Column, str], known: Dict[Column, str]) -> bool:
    return any(column in keys for column in columns) and all(column in known for column in columns)


def _conventional(table: Table, kind: str, columns: Sequence[Column]) -> Optional[str]:
    pattern = table.metadata.naming_convention.get(kind)
    if not isinstance(pattern, str):
        return None
    names = [column.name for column in columns]
    words = {"table_name": table.name, "column_0_label": f"{table.name}_{names[0]}", "column_0_name": names[0], "column_0_N_name": "_".join(names), "column_0N_name": "".join(names)}
    try:
        return pattern % words
    except (KeyError, ValueError):
        return None


# ---------------------------------------------------------------- relationships, in kith._core's words

def way(prop: RelationshipProperty, target: Mapper, secondary: Optional[Table]) -> Dict[str, Any]:
    """Which foreign keys a relationship goes over, and whether it is to many."""
    own, other = prop.parent, target
    condition = prop.argument_value(prop.primaryjoin)
    pairs = Pairs(sql.condition(condition)) if condition is not None else None
    keys, remote = prop.columns_of(prop.foreign_keys), prop.columns_of(prop.remote_side)
    if pairs is not None and pairs.simple:
        keys = keys or pairs.keys()
        remote = remote or pairs.remote
    found: Dict[str, Any] = {"condition": None if pairs is None or pairs.simple else condition, "keys": keys, "remote": remote}
    if secondary is not None:
        keys = [column for column in keys if column.table is secondary]
        found.update(foreign_keys=", ".join(column.name for column in keys) or None, many=True if prop.uselist is None else prop.uselist)
        return found
    found["many"] = _is_many(own, other, keys, remote)
    if prop.uselist is not None:
        found["many"] = prop.uselist
    elif found["condition"] is not None and not _paths(own, other) and not _paths(other, own):
        found["many"] = True
    found["foreign_keys"] = ", ".join(_member(column, prop.parent, target) for column in keys) or None
    if is_within(own, other) or remote:
        names = [column for column in remote if column.table in other.tables]
        found["remote_side"] = ", ".join(target.key_of_column(column.name) for column in names) or None
    return found


def _member(column: Column, parent: Mapper, target: Mapper) -> str:
    for mapper in (parent, target):
        if column.table in mapper.tables:
            return mapper.key_of_column(column.name)
    raise exc.ArgumentError(f"The column {column} is of neither {parent.class_.__name__} nor {target.class_.__name__}")


_paths = related_paths


def _is_many(own: Mapper, other: Mapper, keys: Sequence[Column], remote: Sequence[Column]) -> bool:
    outward, inward = _paths(own, other), _paths(other, own)
    if own is other or is_within(own, other) and any(a is b for a in outward for b in inward):
        return not remote or any(column._keys and not column.primary_key for column in remote)
    if keys:
        chosen = set(keys)
        outward, inward = [c for c in outward if c in chosen], [c for c in inward if c in chosen]
    if outward and inward and remote:
        return remote[0].table in other.tables and remote[0] in set(inward)
    return not outward


def order_words(prop: RelationshipProperty, target: Mapper) -> Optional[str]:
    """What the objects of a relationship are sorted by."""
    given = prop.order_by
    if given is False or given is None:
        return None
    value = prop.argument_value(given)
    parts = []
    for item in value if isinstance(value, (list, tuple)) else [value]:
        item = prop.argument_value(item)
        made = sql.clause(item)
        descending = isinstance(made, sql.Ordered) and made.descending
        column = made.element if isinstance(made, sql.Ordered) else made
        column = getattr(column, "column", column)
        if not isinstance(column, Column) or column.table not in target.tables:
            raise exc.ArgumentError(f"{prop}: order_by= takes columns of {target.class_.__name__}, got {item!r}")
        parts.append(target.key_of_column(column.name) + (" desc" if descending else ""))
    return ", ".join(parts)


def relation_entry(prop: RelationshipProperty, target: Mapper, place: int) -> Optional[Dict[str, Any]]:
    """A relationship as kith._core declares it; None: it is a query and nothing more."""
    secondary = prop.resolved_secondary()
    found = way(prop, target, secondary)
    prop.way, prop.secondary_table = found, secondary
    loading = LAZY[prop.lazy]
    if loading in ("dynamic", "write_only") and not found["many"]:
        raise exc.InvalidRequestError(f"On relationship {prop}, '{prop.lazy}' loaders cannot be used with many-to-one/one-to-one relationships and/or uselist=False.")
    if found["condition"] is not None:
        if not prop.viewonly:
            raise exc.ArgumentError(f"{prop}: a primaryjoin= that is more than columns being equal cannot be written; say viewonly=True")
        return None
    cascade = ", ".join(prop.words) if prop.words else "none" if isinstance(prop.cascade, (str, bool)) and not prop.cascade else None
    return {"name": prop.key, "target": place, "many": found["many"], "back_populates": prop.back_populates, "foreign_keys": found.get("foreign_keys"),
            "remote_side": found.get("remote_side"), "secondary": secondary.name if secondary is not None else None, "order_by": order_words(prop, target),
            "cascade": cascade, "load": loading if loading in ("eager", "raise") else "lazy", "passive_deletes": bool(prop.passive_deletes), "view_only": prop.viewonly}


# ---------------------------------------------------------------- all of a MetaData

class Layout:
    """The tables and classes of one MetaData, resolved by kith._core. Made anew when something was declared since."""

    def __init__(self, metadata: MetaData) -> None:
        self._metadata = weakref.ref(metadata)
        self.models: Any = None
        self.mappers: Dict[Table, "weakref.ref"] = {}
        self.sharing: Dict[Table, List["weakref.ref"]] = {}     # classes in the table of their base
        self.errors: Dict[Table, BaseException] = {}            # of tables that are left out
        self._version = -1
        self.order: Dict[str, int] = {}
        self.secondaries: Dict[str, Table] = {}
        self._busy = False

    @property
    def metadata(self) -> MetaData:
        """Its MetaData."""
        found = self._metadata()
        assert found is not None
        return found

    def outdated(self) -> None:
        """Something was declared."""
        if self.models is not None:
            self.models.stale = True

    def add(self, mapper: Mapper) -> None:
        """One more class."""
        if mapper.single:
            self.sharing.setdefault(mapper.local_table, []).append(weakref.ref(mapper))
        else:
            self.mappers[mapper.local_table] = weakref.ref(mapper)
        self.metadata._changed()

    def mapper_of(self, table: Any) -> Optional[Mapper]:
        """The class of a table."""
        ref = self.mappers.get(table)
        found = ref() if ref is not None else None
        return found if found is not None and self.metadata.tables.get(table.key) is table else None

    def mappers_of(self, table: Any) -> List[Mapper]:
        """The class of a table, and those that share it."""
        first = self.mapper_of(table)
        return [] if first is None else [first, *(found for ref in self.sharing.get(table, ()) if (found := ref()) is not None and found.base_mapper is first.base_mapper)]

    def configure_class(self, mapper: Mapper) -> None:
        """Everything is resolved; raises what is wrong with this class."""
        if self._version != self.metadata._version:
            self.configure()
        if mapper.error is not None:
            raise mapper.error
        if mapper.info is None:
            raise exc.UnmappedClassError(f"Class '{mapper.class_.__module__}.{mapper.class_.__name__}' is not mapped: its table is not in its MetaData any more")

    def configure(self, strict: bool = False) -> Any:
        """Resolves what is declared. What is broken is left out, and kept apart with its error."""
        if self._version == self.metadata._version and self.models is not None or self._busy:
            return self._result(strict)
        self._busy = True
        try:
            self._backrefs()
            version = self.metadata._version
            tables = self._ordered_tables()
            self._build(tables)
            self._version = version
        finally:
            self._busy = False
        return self._result(strict)

    def _result(self, strict: bool) -> Any:
        if strict:
            for table in self.metadata.tables.values():
                for error in [mapper.error for mapper in self.mappers_of(table)] or [self.errors.get(table)]:
                    if error is not None:
                        raise error
        return self.models

    # ------------------------------------------------------------ backrefs make the other side
    def _backrefs(self) -> None:
        for table in list(self.metadata.tables.values()):
            for mapper in self.mappers_of(table):
                for prop in list(mapper.own_relations.values()):
                    if prop.backref:
                        try:
                            self._make_backref(mapper, prop)
                        except (exc.SQLAlchemyError, TypeError) as error:
                            mapper.backref_error = error    # type: ignore[attr-defined]

    def _make_backref(self, mapper: Mapper, prop: RelationshipProperty) -> None:
        name, options = prop.backref if isinstance(prop.backref, tuple) else (prop.backref, {})
        target = prop.resolved_target()
        if target.has_property(name) or name in target.synonyms or name in target.other:
            raise exc.ArgumentError(f"Error creating backref '{name}' on relationship '{prop}': property of that name exists on mapper '{target}'")
        secondary = prop.resolved_secondary()
        options = dict(options)
        options.setdefault("viewonly", prop.viewonly)
        if secondary is not None:
            options.setdefault("primaryjoin", prop.secondaryjoin)
            options.setdefault("secondaryjoin", prop.primaryjoin)
        else:
            options.setdefault("primaryjoin", prop.primaryjoin)
            options.setdefault("foreign_keys", prop.foreign_keys)
            if is_within(mapper, target) and not options.get("remote_side") and _paths(mapper, target):
                options["remote_side"] = self._other_side(prop, mapper)
        made = RelationshipProperty(mapper.class_, secondary, back_populates=prop.key, **options)
        target.add_relationship(name, made)
        prop.back_populates, prop.backref = name, None

    @staticmethod
    def _other_side(prop: RelationshipProperty, mapper: Mapper) -> Any:
        keys = _paths(mapper, mapper)
        chosen = set(prop.columns_of(prop.foreign_keys))
        keys = [column for column in keys if column in chosen] if chosen else keys
        targets = [column._keys[0].column for column in keys]
        remote = prop.columns_of(prop.remote_side)
        outward = bool(remote) and all(any(column is target for target in targets) for column in remote)
        return keys if outward else targets

    # ------------------------------------------------------------ building
    def _ordered_tables(self) -> List[Table]:
        return list(self.metadata.tables.values())

    def _build(self, tables: List[Table]) -> None:
        self.errors = {}
        for table in tables:
            for mapper in self.mappers_of(table):
                mapper.error = getattr(mapper, "backref_error", None)
        broken = self._check_apart(tables)
        good = [table for table in tables if table not in broken]
        while True:
            try:
                self._take(good, *self._specs(good))
                return
            except (exc.SQLAlchemyError, TypeError, ValueError) as error:
                group = self._blamed(good, error)
                for table in group:
                    self._break(table, error)
                good = [table for table in good if table not in group]

    def _check_apart(self, tables: List[Table]) -> Set[Table]:
        """Tables of classes that are known to be broken, and what hangs together with them."""
        wrong = {table: mapper.error for table in tables for mapper in self.mappers_of(table) if mapper.error is not None}
        if not wrong:
            return set()
        group = self._together(tables, set(wrong))
        error = next(iter(wrong.values()))
        for table in group:
            self._break(table, error)
        return group

    def _break(self, table: Table, error: Any) -> None:
        """The table is left out; its class cannot be used, and says why."""
        self.errors[table] = error
        for mapper in self.mappers_of(table):
            mapper.error, mapper.info = mapper.error or error, None
            if mapper.inherits is not None:
                type.__setattr__(mapper.class_, "__kith_info__", None)      # not that of its base
            elif "__kith_info__" in mapper.class_.__dict__:
                type.__delattr__(mapper.class_, "__kith_info__")

    def _blamed(self, tables: List[Table], error: BaseException) -> Set[Table]:
        """What an error is about, and everything that hangs together with it."""
        named = getattr(error, "kith_table", None)
        start = {table for table in tables if table is named}
        if not start:
            words = set(re.findall(r"\w+", str(error)))
            start = {table for table in tables if any(mapper.class_.__name__ == getattr(error, "model", None) for mapper in self.mappers_of(table))} or \
                    {table for table in tables if any(mapper.class_.__name__ in words for mapper in self.mappers_of(table))} or \
                    {table for table in tables if table.name in words}
        return self._together(tables, start) if start else set(tables)

    def _together(self, tables: List[Table], start: Set[Table]) -> Set[Table]:
        near: Dict[Table, Set[Table]] = {table: set() for table in tables}
        by_name = {table.name: table for table in tables}
        for table in tables:
            others = [by_name.get(key._target()[0]) for column in table.c for key in column._keys]
            for prop in [prop for mapper in self.mappers_of(table) for prop in mapper.own_relations.values()]:
                try:
                    others.append(prop.resolved_target().local_table)
                    others.append(prop.resolved_secondary())
                except Exception:
                    continue
            for other in others:
                if other is not None and other in near:
                    near[table].add(other)
                    near[other].add(table)
        group, todo = set(start), list(start)
        while todo:
            for other in near[todo.pop()] - group:
                group.add(other)
                todo.append(other)
        return group

    def _units(self, tables: List[Table]) -> List[Tuple[Table, Optional[Mapper]]]:
        """What kith._core is told, in this order: each class behind its base, and tables without a class."""
        units: List[Tuple[Table, Optional[Mapper]]] = []
        for table in tables:
            units += [(table, mapper) for mapper in self.mappers_of(table)] or [(table, None)]
        return sorted(units, key=lambda unit: depth(unit[1])) if any(mapper is not None and mapper.inherits is not None for _, mapper in units) else units

    def _specs(self, tables: List[Table]) -> Tuple[List[Any], Dict[int, Dict[str, Optional[Mapper]]]]:
        units = self._units(tables)
        places = {mapper if mapper is not None else table: place for place, (table, mapper) in enumerate(units)}
        specs: List[Any] = []
        targets: Dict[int, Dict[str, Optional[Mapper]]] = {}
        names: Set[str] = set()
        for place, (table, mapper) in enumerate(units):
            try:
                specs.append(self._spec(place, table, mapper, places, targets, names))
            except (exc.SQLAlchemyError, TypeError, ValueError) as error:
                error.kith_table = table    # type: ignore[attr-defined]
                raise
        return specs, targets

    def _spec(self, place: int, table: Table, mapper: Optional[Mapper], places: Dict[Any, int], targets: Dict[int, Dict[str, Optional[Mapper]]], names: Set[str]) -> Any:
        if "kith_native" in table.options:
            return self._native_spec(place, table, mapper, places, targets)
        if mapper is None:
            join_table = bool(table.c) and all(column._keys for column in table.c)
            keys = {column: column.name for column in table.c}
            entries = [column_entry(column.name, column) for column in table.c]
            if join_table and not any(column.primary_key for column in table.c):
                for entry in entries:
                    entry["primary_key"] = True
            elif not any(column.primary_key for column in table.c):
                raise exc.ArgumentError(f"Table '{table.name}' has no primary key, and kith makes no table without one: give one of its columns, or several, primary_key=True")
            entries += list(constraint_entries(table, keys))
            return (None, self._free(table.name, names), table.name, entries, join_table)
        version = mapper.version_id_col
        version = getattr(version, "column", version)
        keys, entries = self._columns(mapper, version)
        entries = mapper.inherit_entry(places) + entries
        targets[place] = {key: prop.resolved_target() for key, prop in mapper.relations.items()}
        for key, prop in mapper.own_relations.items():
            target = targets[place][key]
            other = places.get(target)
            if other is None:
                raise exc.InvalidRequestError(f"{prop} leads to {target.class_.__name__}, which "
                                              + ("is of another database (bind)" if target.local_table.metadata is not self.metadata else "could not be resolved"))
            entry = relation_entry(prop, target, other)
            if entry is not None:
                entries.append(entry)
        entries += list(constraint_entries(table, keys, mapper))
        return (mapper.class_, self._free(mapper.class_.__name__, names), None if mapper.single else table.name, entries, False)

    @staticmethod
    def _columns(mapper: Mapper, version: Any) -> Tuple[Dict[Column, str], List[Any]]:
        """The columns that are not its base's, for which its table has to be told of; and by which names."""
        inherited = set(mapper.inherits.columns_by_key.values()) if mapper.inherits is not None else set()
        keys = {column: key for column, key in mapper.repeated.items()}
        keys.update((column, key) for key, column in mapper.columns_by_key.items() if column not in inherited)
        places = {name: place for place, name in enumerate(mapper.local_table.c.keys())}
        entries = []
        for column in sorted(keys, key=lambda column: places[column.key]) if mapper.repeated else keys:
            counted = mapper.version_id_generator is None
            entry, base = column_entry(keys[column], column, version if counted else None), mapper.repeated.get(column)
            if column is version and not counted:
                entry.update(mapper.version_entry(keys[column]))
            if base is not None:
                entry.update(repeats=base, kind=column_entry(base, mapper.columns_by_key[base])["kind"], default=None)
            entries.append(entry)
        return keys, entries

    def _native_spec(self, place: int, table: Table, mapper: Optional[Mapper], places: Dict[Table, int], targets: Dict[int, Dict[str, Optional[Mapper]]]) -> Any:
        """A model of a C app (kith/capp.py): what it is stands in the app."""
        native, name, entries = table.options["kith_native"]
        targets[place] = {}
        for key, prop in mapper.relations.items() if mapper is not None else ():
            target = prop.resolved_target()
            prop.way, prop.secondary_table = {"condition": None, "keys": [], "remote": [], "many": prop.uselist}, None
            targets[place][key] = target
        return (mapper.class_ if mapper is not None else None, name, table.name, entries, mapper is None, native)

    @staticmethod
    def _free(name: str, names: Set[str]) -> str:
        made, number = name, 2
        while made in names:
            made, number = f"{name}_{number}", number + 1
        names.add(made)
        return made

    def _take(self, tables: List[Table], specs: List[Any], targets: Dict[int, Dict[str, Optional[Mapper]]]) -> None:
        models = _core.Models(specs)
        self.models = models
        units = self._units(tables)
        for place, (_, mapper) in enumerate(units):
            if mapper is None:
                continue
            mapper.info = models.infos[place]
            type.__setattr__(mapper.class_, "__kith_info__", mapper.info)
            for key, column in mapper.columns_by_key.items():
                attribute = mapper.class_.__dict__[key]
                attribute._bind(mapper.info, key)
                attribute._to_database, attribute._from_database = column.type.to_database, column.type.from_database
                attribute._refresh_hooks()
            for key, prop in mapper.relations.items():
                self._bind_relation(mapper, key, prop, targets[place][key], tables)
        for _, mapper in units:
            for proxy in mapper.other.values() if mapper is not None else ():
                check = getattr(proxy, "_kith_check", None)
                if check is not None:
                    check(mapper)

    def _bind_relation(self, mapper: Mapper, key: str, prop: RelationshipProperty, target: Any, tables: List[Table]) -> None:
        from . import collections
        attribute = mapper.class_.__dict__[key]
        found = prop.way
        if found["condition"] is not None:
            attribute._link = attributes.Link(target=target, direction=2 if found["many"] else 1, many=found["many"], local=(), remote=(), condition=found["condition"])
            attribute._view = collections.query_view(attribute)
            return
        attribute._bind(mapper.info, key)
        _, direction, many, reverse, secondary, local, remote, near, far = mapper.info.relation(key)
        table = next((table for table in tables if table.name == secondary), None) if secondary else None
        if secondary and table is None:     # a C app's, which its model implies
            table = Table(secondary, MetaData(), *(Column(name) for name in (*near, *far)))
        attribute._link = attributes.Link(target=target, direction=direction, many=many, reverse=reverse, secondary=table, local=local, remote=remote, near=near, far=far)
        attribute._refresh_hooks()
        collections.install(attribute, prop)
