"""What is selected from: tables under other names, subqueries, joins."""

from __future__ import annotations

from typing import Any, Dict, Iterable, Iterator, List, Optional, Sequence, Tuple

from .. import exc, types
from .elements import INNER, T_COLUMN, ClauseElement, ColumnElement, Scope, Tree, and_, clause, condition, is_entity, join_kind, unnamed
from .subqueries import InSelect, ScalarSelect


class ColumnCollection:
    """Columns by name, in their order."""

    def __init__(self, columns: Iterable[Tuple[str, Any]] = ()) -> None:
        self._all: Dict[str, Any] = dict(columns)

    def add(self, name: str, column: Any) -> None:
        """One more."""
        self._all[name] = column

    def __getattr__(self, name: str) -> Any:
        try:
            return self.__dict__["_all"][name]
        except KeyError:
            raise AttributeError(name) from None

    def __getitem__(self, name: Any) -> Any:
        return list(self._all.values())[name] if isinstance(name, (int, slice)) else self._all[name]

    def __contains__(self, name: Any) -> bool:
        if not isinstance(name, str):
            raise exc.ArgumentError("__contains__ requires a string argument")
        return name in self._all

    def contains_column(self, column: Any) -> bool:
        """Whether the column is one of them."""
        return any(own is column for own in self._all.values())

    def __iter__(self) -> Iterator[Any]:
        return iter(list(self._all.values()))

    def __len__(self) -> int:
        return len(self._all)

    def get(self, name: str, default: Any = None) -> Any:
        """A column, or the default."""
        return self._all.get(name, default)

    def keys(self) -> List[str]:
        """The names."""
        return list(self._all)

    def values(self) -> List[Any]:
        """The columns."""
        return list(self._all.values())

    def items(self) -> List[Tuple[str, Any]]:
        """The names and columns."""
        return list(self._all.items())

    def __repr__(self) -> str:
        return f"<columns {', '.join(self._all)}>"


class FromClause(ClauseElement):
    """What can be selected from."""

    name: Optional[str] = None

    @property
    def columns(self) -> ColumnCollection:
        """Its columns."""
        return self.c

    c: ColumnCollection

    def _from(self, scope: Scope, on: Any = None, kind: int = INNER) -> Tree:
        raise exc.CompileError(f"{type(self).__name__} cannot be selected from")

    def _froms(self) -> Iterator[Any]:
        yield self

    def _flat(self) -> Iterator[Tuple[Any, Any, int]]:
        """The parts of a FROM: (source, condition, kind)."""
        yield self, None, INNER

    def _source(self) -> "FromClause":
        return self

    def _among(self, element: Any) -> ColumnElement:
        return InSelect(element, self.select())

    def select(self, *criteria: Any) -> Any:
        """SELECT of its columns."""
        from .selects import Select
        made = Select(self)
        return made.where(*criteria) if criteria else made

    def alias(self, name: Optional[str] = None, flat: bool = False) -> "Alias":
        """The same under another name."""
        return Alias(self, name)

    def join(self, right: Any, onclause: Any = None, isouter: bool = False, full: bool = False) -> "Join":
        """A JOIN."""
        return Join(self, right, onclause, isouter, full)

    def outerjoin(self, right: Any, onclause: Any = None, full: bool = False) -> "Join":
        """A LEFT OUTER JOIN."""
        return Join(self, right, onclause, True, full)


class Pieces(FromClause):
    """What a class is selected from whose rows lie in several tables, or among those of its base (kith/inherit.py)."""

    named: bool

    def own(self, column: Any) -> Any:
        """A column, where it is selected from here."""
        raise NotImplementedError

    def column_named(self, name: str) -> Any:
        """A column by its name in the table."""
        raise NotImplementedError

    def renaming(self) -> Dict[Any, Any]:
        """Table -> what stands for it."""
        raise NotImplementedError

    def pieces(self) -> List[Any]:
        """The tables or aliases."""
        raise NotImplementedError

    def _flat(self) -> Iterator[Tuple[Any, Any, int]]:
        raise NotImplementedError

    def _criterion(self) -> Any:
        raise NotImplementedError

    def _joined(self, on: Any, kind: int) -> List[Tuple[Any, Any, int]]:
        raise NotImplementedError

    def _froms(self) -> Iterator[Any]:
        return iter(self.pieces())


class Alias(FromClause):
    """A table under another name."""

    def __init__(self, element: Any, name: Optional[str] = None) -> None:
        self.element = element
        self.name = name or unnamed(element.name)
        self.c = ColumnCollection((key, AliasColumn(self, column)) for key, column in element.c.items())

    def _from(self, scope: Scope, on: Any = None, kind: int = INNER) -> Tree:
        return (self.element.name, None, self.name, None if on is None else on._tree(scope), kind)


class AliasColumn(ColumnElement):
    """A column of a table under another name."""

    def __init__(self, table: Any, column: Any) -> None:
        self.table, self.column = table, column
        self.name, self.key, self.type = column.name, column.key, column.type

    foreign_keys = property(lambda self: getattr(self.column, "foreign_keys", set()))
    _kith_source = property(lambda self: getattr(self.table, "pieces_of", None))
    primary_key = property(lambda self: getattr(self.column, "primary_key", False))

    def _is_like(self) -> bool:
        return not isinstance(self.table.element, Subquery)

    def _tree(self, scope: Scope) -> Tree:
        element = self.table.element
        return (T_COLUMN, scope.source(self.table).name, element.name if isinstance(element, FromClause) and not isinstance(element, Subquery) else None, self.name)

    def _froms(self) -> Iterator[Any]:
        yield self.table


class Subquery(FromClause):
    """A SELECT that is selected from."""

    def __init__(self, select: Any, name: Optional[str] = None) -> None:
        self.element = select
        self.name = name or unnamed("anon")
        self.c = ColumnCollection((key, SubqueryColumn(self, key, type_)) for key, type_ in select._result_columns())

    def _from(self, scope: Scope, on: Any = None, kind: int = INNER) -> Tree:
        return (None, self.element._select_tree(scope.apart(), named=True), self.name, None if on is None else on._tree(scope), kind)

    def as_scalar(self) -> ScalarSelect:
        """As a value."""
        return ScalarSelect(self.element)

    def alias(self, name: Optional[str] = None, flat: bool = False) -> Any:
        """The same SELECT under another name."""
        return Subquery(self.element, name)


class SubqueryColumn(ColumnElement):
    """A column of a subquery."""

    def __init__(self, table: "Subquery", name: str, type_: types.TypeEngine) -> None:
        self.table, self.name, self.key, self.type = table, name, name, type_

    def _tree(self, scope: Scope) -> Tree:
        return (T_COLUMN, scope.source(self.table).name, None, self.name)

    def _froms(self) -> Iterator[Any]:
        yield self.table


class Join(FromClause):
    """Two tables joined."""

    def __init__(self, left: Any, right: Any, onclause: Any = None, isouter: bool = False, full: bool = False) -> None:
        self.left, self.right, self.isouter, self.full = from_clause(left), from_clause(right), isouter, full
        self.onclause = condition(onclause) if onclause is not None else natural_condition([self.left], self.right)
        pairs = []
        for side in (self.left, self.right):
            pairs += [(f"{side.name}_{key}" if not isinstance(side, Join) else key, column) for key, column in side.c.items()]
        self.c = ColumnCollection(pairs)

    def _flat(self) -> Iterator[Tuple[Any, Any, int]]:
        yield from self.left._flat()
        if isinstance(self.right, Join):
            raise exc.CompileError("the right side of a join cannot be a join itself; begin with it")
        yield self.right, self.onclause, join_kind(self.isouter, self.full)

    def _froms(self) -> Iterator[Any]:
        yield self


class TextFrom(FromClause):
    """A FROM in the program's own words: the name of a table."""

    def __init__(self, text: str) -> None:
        self.name, self.c = text.strip().strip('"'), ColumnCollection()

    def _from(self, scope: Scope, on: Any = None, kind: int = INNER) -> Tree:
        return (self.name, None, None, None if on is None else on._tree(scope), kind)


class LightTable(FromClause):
    """A table by its name alone."""

    def __init__(self, name: str, *columns: Any) -> None:
        self.name = name
        self.c = ColumnCollection((column.name, column) for column in columns)
        for own in columns:
            own.table = self

    def _from(self, scope: Scope, on: Any = None, kind: int = INNER) -> Tree:
        return (self.name, None, None, None if on is None else on._tree(scope), kind)


def from_clause(value: Any) -> Any:
    """What a class, table, alias or subquery is selected from."""
    made = clause(value)
    if isinstance(made, type) or not isinstance(made, ClauseElement):
        mapper = getattr(made, "__mapper__", None)
        if mapper is None:
            raise exc.ArgumentError(f"FROM expression, such as a Table or alias() object, expected; got {value!r}.")
        return mapper.source
    source = made._source()
    if source is None:
        raise exc.ArgumentError(f"FROM expression, such as a Table or alias() object, expected; got {value!r}.")
    return source


def source_of(given: Any) -> Any:
    """What an entity, table or alias is selected from."""
    return given._kith_entity().source if is_entity(given) else from_clause(given)


def natural_condition(lefts: Sequence[Any], right: Any) -> ColumnElement:
    """The join of two tables over the foreign key between them."""
    found = []
    for left in reversed(list(lefts)):
        for a, b in ((left, right), (right, left)):
            for own in a.c:
                for key in getattr(own, "foreign_keys", ()):
                    target = key._target_column(b)
                    if target is not None:
                        found.append((key.constraint_id, own == target))
            if found:
                break
        if found:
            break
    if not found:
        names = "' and '".join(str(table.name) for table in [*lefts, right])
        raise exc.NoForeignKeysError(f"Can't find any foreign key relationships between '{names}'.")
    if len({constraint for constraint, _ in found}) > 1:
        raise exc.AmbiguousForeignKeysError(
            f"Can't determine join between '{lefts[-1].name}' and '{right.name}'; tables have more than one foreign key constraint relationship between them. "
            "Please specify the 'onclause' of this join explicitly.")
    return and_(*(pair for _, pair in found))


def alias(source: Any, name: Optional[str] = None) -> Any:
    """A table or SELECT under another name."""
    return from_clause(source).alias(name)


def join(left: Any, right: Any, onclause: Any = None, isouter: bool = False, full: bool = False) -> Join:
    """Two tables joined."""
    return Join(left, right, onclause, isouter, full)


def outerjoin(left: Any, right: Any, onclause: Any = None, full: bool = False) -> Join:
    """Two tables joined, the left one's rows all there."""
    return Join(left, right, onclause, True, full)


def table(name: str, *columns: Any) -> "LightTable":
    """A table by its name alone."""
    return LightTable(name, *columns)
