"""Classes that inherit from mapped classes: in the table of their base, or with one of their own that goes on from it."""

from __future__ import annotations

import enum
from typing import Any, Dict, Iterator, List, Optional, Sequence, Set, Tuple

from . import exc, sql


# ---------------------------------------------------------------- what such a class is selected from

class Source(sql.Pieces):
    """The tables of a class, joined, the root's first; whole: with those of its sub-classes, as far as there are rows in them."""

    def __init__(self, mapper: Any, whole: bool, alias: Optional[str] = None) -> None:
        self.mapper, self.whole, self.named = mapper, whole, alias is not None
        root = mapper.base_mapper.local_table
        self.name = alias or root.name
        below = [sub.local_table for sub in mapper.descendants] if whole else []
        self._of: Dict[Any, Any] = {}
        for table in [*mapper.tables, *below]:
            if table not in self._of:
                self._of[table] = table if alias is None else sql.Alias(table, alias if table is root else f"{alias}.{table.name}")
        for piece in self._of.values() if self.named else ():
            piece.pieces_of = self._slim()
        columns = list(mapper.columns_by_key.values())
        for sub in mapper.descendants if whole else ():
            columns += sub.columns_by_key.values()
        self.c = sql.ColumnCollection()
        for column in columns:
            if column.key not in self.c:
                self.c.add(column.key, self.own(column))

    def _slim(self) -> "Source":
        """The same tables without those of sub-classes."""
        made = Source.__new__(Source)
        made.__dict__.update(self.__dict__)
        made.whole, made._of = False, {table: piece for table, piece in self._of.items() if table in self.mapper.tables}
        return made

    def own(self, column: Any) -> Any:
        """A column, where it is selected from here."""
        piece = self._of[column.table]
        return column if piece is column.table else piece.c[column.key]

    def column_named(self, name: str) -> Any:
        """A column by its name in the table, of the root's before others."""
        return next(column for piece in self._of.values() for column in piece.c if column.name == name)

    def renaming(self) -> Dict[Any, Any]:
        """Table -> what stands for it."""
        return self._of if self.named else {}

    def pieces(self) -> List[Any]:
        """The tables or aliases."""
        return list(self._of.values())

    def alias(self, name: Optional[str] = None, flat: bool = False) -> "Source":
        """The same under another name."""
        return Source(self.mapper, self.whole, name or sql.unnamed(self.mapper.local_table.name))

    def _same_key(self, table: Any, other: Any) -> Any:
        """The rows of two of its tables are of one object."""
        keys = zip(_keys_of(table), _keys_of(other))
        return sql.and_(*(self.own(a) == self.own(b) for a, b in keys))

    def _flat(self) -> Iterator[Tuple[Any, Any, int]]:
        upper = self.mapper.tables
        for table, piece in self._of.items():
            yield piece, None if table is upper[0] else self._same_key(table, upper[0]), sql.INNER if table in upper else sql.LEFT

    def _criterion(self) -> Any:
        return self._kinds() if self.mapper.narrowed else None

    def _kinds(self) -> Any:
        on = self.mapper.polymorphic_on
        return self.own(on).in_([identity for identity in self.mapper.identities()]) if on is not None else None

    def _joined(self, on: Any, kind: int) -> List[Tuple[Any, Any, int]]:
        """The parts of a JOIN to it. A table that the condition speaks of comes first."""
        upper, criterion = list(self.mapper.tables), self._kinds() if kind else self._criterion()
        named = list(on._froms()) if on is not None else []
        first = next((table for table in upper if any(self._of[table] is source for source in named)), upper[0])
        order = [first, *(table for table in upper if table is not first)]
        parts = [(self._of[table], on if table is first else self._same_key(table, first), kind) for table in order]
        if criterion is not None:
            parts = [(piece, sql.and_(condition, criterion) if piece is self._of[upper[0]] else condition, out) for piece, condition, out in parts]
        below = [table for table in self._of if table not in upper]
        return parts + [(self._of[table], self._same_key(table, upper[0]), sql.LEFT) for table in below]


def _keys_of(table: Any) -> List[Any]:
    return [column for column in table.c if column.primary_key]


# ---------------------------------------------------------------- which table, and what is in it

def option_of(cls: Any, name: str) -> Any:
    """An option of the class itself or of a mixin; of a mapped base only where that computes it for each class."""
    from .declarative import declared_attr
    for base in cls.__mro__:
        if name not in base.__dict__:
            continue
        value = base.__dict__[name]
        computed = isinstance(value, declared_attr)
        if computed or base is cls or "__mapper__" not in base.__dict__:
            return value._function(cls) if computed else value
    return None


def share_table(cls: Any, parent: Any, columns: Dict[str, Any]) -> None:
    """The columns of a class without a table go to that of its base."""
    table = parent.local_table
    if cls.__dict__.get("__table_args__"):
        raise exc.ArgumentError("Can't place __table_args__ on an inherited class with no table.")
    for key, column in columns.items():
        if column.table is table:       # said to be another's too
            continue
        column.name = column.name or key
        if column.primary_key:
            raise exc.ArgumentError("Can't place primary key columns on an inherited class with no table.")
        known = next((own for own in table.c if own.name == column.name), None)
        if known is not None:
            raise exc.ArgumentError(f"Column '{column.name}' on class {cls!r} conflicts with existing column '{known}'.  If using Declarative, consider using a declared_attr that "
                                    f"gives {parent.class_.__name__}.__table__.c.get({column.name!r}, Column(...)) to resolve conflicts.")
        column.key = column.key if column.key and column.key != key else column.name
        table.append_column(column)


def repeated_keys(parent: Any, table: Any) -> Dict[Any, str]:
    """Which columns of a class's own table repeat the key of its base, and which attribute that is."""
    names, found = parent.key_names, {}
    for column in _keys_of(table):
        for key in column._keys:
            owner = next((own for own in parent.tables if key.references(own)), None)
            if owner is None:
                continue
            wanted = key._target()[1] or column.name
            place = next((i for i, own in enumerate(_keys_of(owner)) if own.name == wanted), None)
            if place is not None:
                found[column] = names[place]
    if not found:
        raise exc.NoForeignKeysError(
            f"Can't determine the inherit condition between inherited table '{parent.local_table.name}' and inheriting table '{table.name}'; tables have no foreign key relationships "
            "established.  Please ensure the inheriting table has a foreign key relationship to the inherited table, or provide an 'on clause' using the 'inherit_condition' mapper argument.")
    return found


# ---------------------------------------------------------------- what a class knows of its bases and sub-classes

class Inheriting:
    """The part of a Mapper that is about inheritance."""

    class_: Any
    local_table: Any
    options: Dict[str, Any]
    columns_by_key: Dict[str, Any]
    inherits: Any
    _subs: List[Any]
    repeated: Dict[Any, str]

    @property
    def subs(self) -> List[Any]:
        """The mappers whose base it is."""
        return [sub for ref in self._subs if (sub := ref()) is not None]

    @property
    def base_mapper(self) -> Any:
        """The mapper that all of them go back to."""
        return self.inherits.base_mapper if self.inherits is not None else self

    @property
    def descendants(self) -> List[Any]:
        """The mappers that inherit from it, each behind its base."""
        found: List[Any] = []
        for sub in self.subs:
            if sub.is_current():
                found += [sub, *sub.descendants]
        return found

    def is_current(self) -> bool:
        """Whether its table is in its MetaData still."""
        return self.local_table.metadata.tables.get(self.local_table.key) is self.local_table

    @property
    def self_and_descendants(self) -> List[Any]:
        """It and those."""
        return [self, *self.descendants]

    def iterate_to_root(self) -> Iterator[Any]:
        """It, its base, and so on."""
        mapper: Any = self
        while mapper is not None:
            yield mapper
            mapper = mapper.inherits

    def isa(self, other: Any) -> bool:
        """Whether it is the other or inherits from it."""
        return any(mapper is other for mapper in self.iterate_to_root())

    common_parent = property(lambda self: lambda other: self.base_mapper is other.base_mapper)

    @property
    def tables(self) -> List[Any]:
        """Its tables, the root's first."""
        return list(dict.fromkeys(mapper.local_table for mapper in reversed(list(self.iterate_to_root()))))

    @property
    def single(self) -> bool:
        """Whether it lies in the table of its base."""
        return self.inherits is not None and self.inherits.local_table is self.local_table

    @property
    def narrowed(self) -> bool:
        """Whether its rows have to be told from its base's."""
        return self.single and self.polymorphic_on is not None

    @property
    def polymorphic_on(self) -> Any:
        """The column that tells them apart, or None."""
        root = self.base_mapper
        given = root.options.get("polymorphic_on")
        if given is None:
            return None
        if isinstance(given, str):
            found = root.columns_by_key.get(given)
            found = found if found is not None else next((column for column in root.columns_by_key.values() if column.name == given), None)
            if found is None:
                raise exc.ArgumentError(f"Can't determine polymorphic_on value '{given}' - no attribute is mapped to this name.")
            return found
        column = sql.clause(given)
        column = getattr(column, "column", column)
        name = getattr(column, "name", None)
        found = next((own for key, own in root.columns_by_key.items() if own is column or (name is not None and own.name == name) or (name is None and key == getattr(column, "key", None))), None)
        if found is None:
            raise NotImplementedError(f"polymorphic_on of {root.class_.__name__} is {given!r}: kith takes a column of the class, or its name")
        return found

    @property
    def polymorphic_identity(self) -> Any:
        """What that says of its own rows."""
        return self.options.get("polymorphic_identity")

    def identities(self) -> List[Any]:
        """What it says of its rows and those of its sub-classes."""
        return [mapper.polymorphic_identity for mapper in self.self_and_descendants if mapper.polymorphic_identity is not None]

    @property
    def polymorphic_map(self) -> Dict[Any, Any]:
        """identity -> mapper, of all that go back to one."""
        return {mapper.polymorphic_identity: mapper for mapper in self.base_mapper.self_and_descendants if mapper.polymorphic_identity is not None}

    @property
    def family(self) -> bool:
        """Whether it is more than its table."""
        return self.narrowed or len(self.tables) > 1

    @property
    def source(self) -> Any:
        """What its objects are selected from."""
        whole = self.family or any(not sub.single for sub in self.descendants)
        return Source(self, True) if whole else self.local_table

    @property
    def slim(self) -> Any:
        """The same without its sub-classes: what its attributes are selected from."""
        return Source(self, False) if self.family else self.local_table

    def renaming(self, source: Any) -> Dict[Any, Any]:
        """Table -> what stands for it, where the class is selected from there."""
        if isinstance(source, sql.Pieces):
            return source.renaming()
        return {} if source is self.local_table else {self.local_table: source}

    def is_own(self, source: Any) -> bool:
        """Whether its attributes are as they stand where it is selected from there."""
        return source is self.local_table or isinstance(source, sql.Pieces) and not source.named

    def inherit(self) -> None:
        """What the base has is its own too, but for what the class says anew."""
        for key, column in self.inherits.columns_by_key.items():
            self.inherit_column(key, column)
        for key, prop in self.inherits.relations.items():
            self.inherit_relationship(key, prop)

    def identity_stored(self) -> Any:
        """The identity as it is in the table."""
        on, identity = self.polymorphic_on, self.polymorphic_identity
        if on is None or identity is None:
            return None
        type_ = on._resolved_type()
        stored = type_.to_database(identity) if type_.to_database is not None else identity
        if isinstance(stored, bool):
            stored = int(stored)
        if isinstance(stored, enum.Enum) or not isinstance(stored, (str, int)):
            raise exc.ArgumentError(f"polymorphic_identity of {self.class_.__name__} is {identity!r}: what tells rows apart is a str or an int")
        return stored

    def inherit_entry(self, places: Dict[Any, int]) -> List[Dict[str, Any]]:
        """Its base and its identity as kith._core declares them; nothing for a class that stands alone."""
        on = self.polymorphic_on
        if self.inherits is None and on is None:
            return []
        base = places[self.inherits] if self.inherits is not None else -1
        discriminator = next(key for key, column in self.columns_by_key.items() if column is on) if on is not None and self.inherits is None else None
        return [{"name": None, "inherits": base, "discriminator": discriminator, "identity": self.identity_stored()}]


def related_paths(start: Any, end: Any) -> List[Any]:
    """The columns of one class that reference the other."""
    columns = start.local_table.c if start.inherits is None and not start.subs else [column for column in start.columns_by_key.values() if column not in start.repeated]
    return [column for column in columns for key in column._keys if any(key.references(table) for table in end.tables)]


def is_within(own: Any, other: Any) -> bool:
    """Whether the classes lie in one table."""
    return own is other or bool({*own.tables} & {*other.tables}) and own.base_mapper is other.base_mapper


def depth(mapper: Any) -> int:
    """How many bases it has."""
    return 0 if mapper is None else len(list(mapper.iterate_to_root())) - 1

