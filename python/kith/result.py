"""What statements give: rows, and the ways to read them."""

from __future__ import annotations

import itertools
import operator
from typing import Any, Callable, Dict, Iterator, List, Optional, Sequence, Tuple

from . import exc


class Row(tuple):
    """A row: a tuple whose values have names."""

    __slots__ = ()
    _fields: Tuple[str, ...] = ()
    _index: Dict[str, int] = {}
    _items: Tuple[Any, ...] = ()        # what the values are of, where the names alone do not say it

    def __getattr__(self, name: str) -> Any:
        try:
            return self[type(self)._index[name]]
        except KeyError:
            raise AttributeError(f"Could not locate column in row for column '{name}'") from None

    @property
    def _mapping(self) -> "RowMapping":
        return RowMapping(self)

    def _asdict(self) -> Dict[str, Any]:
        return dict(zip(self._fields, self))

    def _tuple(self) -> tuple:
        return tuple(self)

    @property
    def t(self) -> tuple:
        """As a plain tuple."""
        return tuple(self)

    def keys(self) -> Tuple[str, ...]:
        """The names."""
        return self._fields

    def __reduce__(self) -> Any:
        return (_row, (self._fields, tuple(self)))


def _row(names: Tuple[str, ...], values: tuple) -> Row:
    return row_class(names)(values)


class RowMapping(dict):
    """A row by its names, or by the columns that they come from."""

    def __init__(self, row: Row) -> None:
        super().__init__(zip(row._fields, row))
        self._row = row

    def __missing__(self, key: Any) -> Any:
        for place, item in enumerate(self._row._items):
            if item.is_of(key):
                return self._row[place]
        name = _name_of(key)
        if name is not key and name in self:
            return self[name]
        raise exc.NoSuchColumnError(f"Could not locate column in row for column '{key}'")


def _name_of(key: Any) -> Any:
    """The name that a class, an alias or a column has in rows."""
    if hasattr(key, "_kith_entity"):
        return key._kith_entity().name
    name = getattr(key, "key", None)
    return name if isinstance(name, str) else getattr(key, "name", key)


_ROWS: "Dict[Tuple[str, ...], type]" = {}


def row_class(names: Tuple[str, ...]) -> Any:
    """The class of rows with these names."""
    found = _ROWS.get(names)
    if found is None:
        if len(_ROWS) > 500:
            _ROWS.clear()
        found = _ROWS[names] = _new_row_class(names)
    return found


def row_class_of(items: Sequence[Any], apart: bool = True) -> Any:
    """The class of rows of what a SELECT selects; apart: what has a name that another one has gets its own."""
    names = tuple(item.name for item in items)
    if len(set(names)) == len(names):
        return row_class(names)
    return _new_row_class(names_apart(names) if apart else names, tuple(items))


def _new_row_class(names: Tuple[str, ...], items: Tuple[Any, ...] = ()) -> Any:
    own = {name: i for i, name in reversed(list(enumerate(names))) if name}
    hidden = {name: property(operator.itemgetter(own[name])) for name in ("count", "index", "t") if name in own}     # what tuples and rows have too
    return type("Row", (Row,), {"__slots__": (), "_fields": names, "_index": own, "_items": items, **hidden})


def names_apart(names: Sequence[str]) -> Tuple[str, ...]:
    """id, id_1, id_2 where several are called id."""
    if len(set(names)) == len(names):
        return tuple(names)
    found: List[str] = []
    for name in names:
        count, own = 0, name
        while own and own in found:
            count += 1
            own = f"{name}_{count}"
        found.append(own)
    return tuple(found)


class Result:
    """Rows, read once from the front. `single`: each is one value, and stands alone until a row is asked for."""

    def __init__(self, rows: List[Any], names: Sequence[str], single: bool = False, rowcount: int = -1, lastrowid: Any = None, returns_rows: bool = True,
                 inserted: Any = None, items: Sequence[Any] = ()) -> None:
        self._rows, self._names, self._single, self._at = rows, tuple(names), single, 0
        self.rowcount, self.lastrowid, self.returns_rows, self.inserted_primary_key = rowcount, lastrowid, returns_rows, inserted
        self.context, self._items = self, items

    def _whole(self, value: Any) -> Any:
        return row_class(self._names)((value,)) if self._single else value

    def _rest(self) -> List[Any]:
        if not self.returns_rows:
            raise exc.ResourceClosedError("This result object does not return rows. It has been closed automatically.")
        rows, self._rows, self._at = self._rows[self._at:] if self._at else self._rows, [], 0
        return rows

    def __iter__(self) -> Iterator[Any]:
        while (row := self.fetchone()) is not None:
            yield row

    def keys(self) -> List[str]:
        """The names of the columns."""
        return list(self._names)

    def all(self) -> List[Any]:
        """All rows."""
        return [self._whole(value) for value in self._rest()]

    fetchall = all

    def fetchone(self) -> Any:
        """The next row, or None."""
        if not self.returns_rows:
            self._rest()
        if self._at >= len(self._rows):
            return None
        self._at += 1
        return self._whole(self._rows[self._at - 1])

    def fetchmany(self, size: Optional[int] = None) -> List[Any]:
        """The next rows."""
        found = []
        while (size is None or len(found) < size) and (row := self.fetchone()) is not None:
            found.append(row)
        return found

    def partitions(self, size: int = 1000) -> Iterator[List[Any]]:
        """Rows in lists of that size."""
        while rows := self.fetchmany(size):
            yield rows

    def first(self) -> Any:
        """The first row, or None."""
        rows = self._rest()
        return self._whole(rows[0]) if rows else None

    def one(self) -> Any:
        """The only row."""
        return self._whole(_only(self._rest(), True))

    def one_or_none(self) -> Any:
        """The only row, or None."""
        rows = self._rest()
        return self._whole(_only(rows, False)) if rows else None

    def _value(self, value: Any) -> Any:
        return value if self._single else value[0]

    def scalar(self) -> Any:
        """The first value of the first row, or None."""
        rows = self._rest()
        return self._value(rows[0]) if rows else None

    def scalar_one(self) -> Any:
        """The only value."""
        return self._value(_only(self._rest(), True))

    def scalar_one_or_none(self) -> Any:
        """The only value, or None."""
        rows = self._rest()
        return self._value(_only(rows, False)) if rows else None

    def scalars(self, index: int = 0) -> "ScalarResult":
        """The values of one column."""
        rows = self._rest()
        return ScalarResult(rows if self._single and index == 0 else [row[index] for row in rows])

    def mappings(self) -> "MappingResult":
        """Rows by name."""
        return MappingResult([self._whole(value)._mapping for value in self._rest()], self._names)

    def columns(self, *names: Any) -> "Result":
        """Only these columns."""
        places = [self._place(name) for name in names]
        rows = [self._whole(value) for value in self._rest()]
        kept = [self._names[place] for place in places]
        return Result([row_class(tuple(kept))(row[place] for place in places) for row in rows], kept)

    def _place(self, wanted: Any) -> int:
        if isinstance(wanted, int):
            return wanted
        own = [place for place, item in enumerate(self._items) if not isinstance(wanted, str) and item.is_of(wanted)]
        name = _name_of(wanted)
        if own or name in self._names:
            return own[0] if own else self._names.index(name)
        raise exc.NoSuchColumnError(f"Could not locate column in row for column '{wanted}'")

    def unique(self, strategy: Any = None) -> "Result":
        """Rows are never repeated by what is loaded with them; the same rows, each once."""
        self._rows, self._at = _unique(self._rest(), strategy), 0
        return self

    def yield_per(self, size: int) -> "Result":
        """The rows are there already."""
        return self

    def tuples(self) -> "Result":
        """Rows are tuples."""
        return self

    def close(self) -> None:
        """Without the rest; nothing can be read any more."""
        self._rows, self._at, self.returns_rows = [], 0, False

    def __enter__(self) -> "Result":
        return self

    def __exit__(self, *unused: Any) -> None:
        self.close()


def _unique(values: List[Any], strategy: Optional[Callable[[Any], Any]] = None) -> List[Any]:
    seen: set = set()
    kept = []
    for value in values:
        try:
            mark = strategy(value) if strategy else value
            if mark in seen:
                continue
            seen.add(mark)
        except TypeError:
            pass
        kept.append(value)
    return kept


def _only(rows: List[Any], needed: bool) -> Any:
    if not rows and needed:
        raise exc.NoResultFound("No row was found when one was required")
    if len(rows) > 1:
        raise exc.MultipleResultsFound("Multiple rows were found when exactly one was required" if needed else "Multiple rows were found when one or none was required")
    return rows[0]


class ScalarResult:
    """Values, read once from the front."""

    def __init__(self, values: List[Any]) -> None:
        self._list, self._values = values, iter(values)     # a loop may leave it in the middle, and another go on

    def _rest(self) -> List[Any]:
        rest = self._list if operator.length_hint(self._values) == len(self._list) else list(self._values)
        self._list, self._values = [], iter(())
        return rest

    def __iter__(self) -> Iterator[Any]:
        return self._values

    def all(self) -> List[Any]:
        """All values."""
        return self._rest()

    fetchall = all

    def first(self) -> Any:
        """The first value, or None."""
        values = self._rest()
        return values[0] if values else None

    def one(self) -> Any:
        """The only value."""
        return _only(self._rest(), True)

    def one_or_none(self) -> Any:
        """The only value, or None."""
        values = self._rest()
        return _only(values, False) if values else None

    def unique(self, strategy: Any = None) -> "ScalarResult":
        """Each value once."""
        self._list = _unique(self._rest(), strategy)
        self._values = iter(self._list)
        return self

    def fetchmany(self, size: Optional[int] = None) -> List[Any]:
        """The next values."""
        return list(itertools.islice(self._values, size))

    def partitions(self, size: int = 1000) -> Iterator[List[Any]]:
        """Values in lists of that size."""
        while values := self.fetchmany(size):
            yield values

    def yield_per(self, size: int) -> "ScalarResult":
        """The values are there already."""
        return self

    def close(self) -> None:
        """Without the rest."""
        self._list, self._values = [], iter(())


class MappingResult(ScalarResult):
    """Rows by name, read once from the front."""

    def __init__(self, values: List[Any], names: Tuple[str, ...]) -> None:
        super().__init__(values)
        self._names = names

    def keys(self) -> List[str]:
        """The names of the columns."""
        return list(self._names)

    def fetchone(self) -> Any:
        """The next row, or None."""
        return next(self._values, None)
