"""INSERT, UPDATE and DELETE."""

from __future__ import annotations

from typing import Any, Dict, List

from .. import exc
from .elements import ClauseElement, clause, condition
from .selectable import Alias, FromClause, Join, Pieces, Subquery, source_of
from .selects import select_of


class Change(ClauseElement):
    """A statement that changes rows."""

    def __init__(self, target: Any) -> None:
        self.target = target
        source = source_of(target)
        self.table = source.mapper.local_table if isinstance(source, Pieces) and not source.named else source   # type: ignore[attr-defined]
        if not isinstance(self.table, FromClause) or isinstance(self.table, (Alias, Subquery, Join)):
            raise exc.ArgumentError(f"Subject table for an INSERT, UPDATE or DELETE expected, got {target!r}.")
        self._values: Any = None
        criterion = source._criterion() if isinstance(source, Pieces) else None
        self._where: List[Any] = [] if criterion is None else [criterion]
        self._execution: Dict[str, Any] = {}
        self._returning: List[Any] = []

    @property
    def entity_description(self) -> Dict[str, Any]:
        """What it is about."""
        return {"name": self.table.name, "table": self.table}

    def _copy(self) -> Any:
        made = self.__class__.__new__(self.__class__)
        made.__dict__.update(self.__dict__)
        made._where, made._execution = list(self._where), dict(self._execution)
        return made

    def execution_options(self, **options: Any) -> Any:
        """synchronize_session is what is known."""
        made = self._copy()
        made._execution.update(options)
        return made

    def tables(self) -> List[Any]:
        """What a subquery need not select from: the table; of a class, those of its bases too."""
        mapper = getattr(self.target, "__mapper__", None)
        return [self.table] if mapper is None else [*mapper.tables, self.table]

    def columns(self) -> List[Any]:
        """Those of the table; of a class, those of its bases' tables too."""
        mapper = getattr(self.target, "__mapper__", None)
        return list(self.table.c) if mapper is None or len(mapper.tables) == 1 else [*dict.fromkeys([*mapper.columns_by_key.values(), *self.table.c])]

    def column_named(self, key: Any) -> Any:
        """A column by name, attribute or itself."""
        if not isinstance(key, str):
            made = clause(key)
            own = getattr(made, "column", made)
            if any(own is column for column in self.columns()):
                return own
            raise exc.ArgumentError(f"{key!r} is no column of the table {self.table.name}")
        mapper = getattr(self.target, "__mapper__", None)
        if mapper is not None and key in mapper.columns_by_key:
            return mapper.columns_by_key[key]
        if key in self.table.c:
            return self.table.c[key]
        raise exc.CompileError(f"Unconsumed column names: {key}")


class _Where:
    def where(self: Any, *criteria: Any) -> Any:
        """Only rows for which these hold."""
        made = self._copy()
        made._where += [condition(criterion) for criterion in criteria]
        return made

    filter = where

    def filter_by(self: Any, **values: Any) -> Any:
        """Only rows whose columns equal these."""
        return self.where(*(self.column_named(name) == value for name, value in values.items()))


class Insert(Change):
    """INSERT"""

    _select: Any = None     # of from_select(): columns, SELECT, whether others get their defaults

    def values(self, *given: Any, **values: Any) -> "Insert":
        """The values: by name, or dicts of them."""
        made = self._copy()
        if given and isinstance(given[0], (list, tuple)) and given[0] and isinstance(given[0][0], dict):
            made._values = list(given[0])
        elif given and isinstance(given[0], dict):
            made._values = [{**given[0], **values}]
        elif given and isinstance(given[0], (list, tuple)):
            made._values = [dict(zip(self.table.c.keys(), given[0]))]
        else:
            made._values = [values]
        return made


    def from_select(self, names: Any, select: Any, include_defaults: bool = True) -> "Insert":
        """The rows of a SELECT, for these columns; the others get the defaults of their columns, once for all rows."""
        made = self._copy()
        made._select = ([self.column_named(name) for name in names], select_of(select), include_defaults)
        if len(made._select[0]) != len(made._select[1]._result_columns()):
            raise exc.CompileError(f"INSERT of {len(made._select[0])} columns from a SELECT of {len(made._select[1]._result_columns())}")
        return made


class Update(_Where, Change):
    """UPDATE"""

    def values(self, *given: Any, **values: Any) -> "Update":
        """The new values, by name."""
        made = self._copy()
        made._values = {**(self._values or {}), **(dict(given[0]) if given else {}), **values}
        return made


class Delete(_Where, Change):
    """DELETE"""


def insert(target: Any) -> Insert:
    """INSERT into a table or class."""
    return Insert(target)


def update(target: Any) -> Update:
    """UPDATE of a table or class."""
    return Update(target)


def delete(target: Any) -> Delete:
    """DELETE from a table or class."""
    return Delete(target)
