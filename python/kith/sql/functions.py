"""Functions of the engine's."""

from __future__ import annotations

from typing import Any, Iterator, List, Optional, Sequence

from .. import exc, types
from .elements import Call, Cast, ColumnElement, Infix, Ordered, Scope, T_CALL, T_RAW, T_SEQUENCE, T_STAR, Tree, and_, expression, sortable


class Function(Call):
    """A call of a function of the engine's."""

    def __init__(self, name: str, *arguments: Any, type_: Any = None) -> None:
        clauses = [expression(argument) for argument in arguments]
        super().__init__(name, clauses, types.to_type(type_) if type_ is not None else _function_type(name.lower(), clauses))

    def _tree(self, scope: Scope) -> Tree:
        lower = self.name.lower()
        if lower in _WITHOUT_BRACKETS and not self.clauses:
            return (T_RAW, _WITHOUT_BRACKETS[lower])
        if lower == "count" and not self.clauses:
            return (T_CALL, self.name, [(T_STAR,)])
        if lower == "concat" and self.clauses:
            return _concatenated(self.clauses)._tree(scope)
        return super()._tree(scope)

    def filter(self, *criteria: Any) -> "Filtered":
        """Only of the rows for which the conditions hold."""
        return Filtered(self, and_(*criteria))

    def over(self, partition_by: Any = None, order_by: Any = None, rows: Any = None, range_: Any = None) -> "Over":
        """Over the rows around each one: func.sum(x).over(partition_by=a, order_by=b)."""
        return Over(self, partition_by, order_by, rows, range_)

    def select_from(self, *froms: Any) -> Any:
        """SELECT of it."""
        return self.select().select_from(*froms)

    def select(self) -> Any:
        """SELECT of it."""
        from .selects import Select
        return Select(self)

    def _name(self) -> Optional[str]:
        return self.name


class Filtered(ColumnElement):
    """func(…) FILTER (WHERE …)"""

    def __init__(self, function: Function, where: Any) -> None:
        self.function, self.where, self.type, self.name = function, where, function.type, function.name

    def _tree(self, scope: Scope) -> Tree:
        return (T_SEQUENCE, [self.function._tree(scope), (T_RAW, " FILTER (WHERE "), self.where._tree(scope), (T_RAW, ")")])

    def _froms(self) -> Iterator[Any]:
        yield from self.function._froms()
        yield from self.where._froms()

    def over(self, partition_by: Any = None, order_by: Any = None, rows: Any = None, range_: Any = None) -> "Over":
        """As Function.over()."""
        return Over(self, partition_by, order_by, rows, range_)


class Over(ColumnElement):
    """func(…) OVER (PARTITION BY … ORDER BY … ROWS BETWEEN … AND …)"""

    def __init__(self, function: Any, partition_by: Any = None, order_by: Any = None, rows: Any = None, range_: Any = None) -> None:
        if rows is not None and range_ is not None:
            raise exc.ArgumentError("'range_' and 'rows' are mutually exclusive")
        self.function, self.type, self.name = function, function.type, function.name
        self.partition = [expression(element) for element in _listed(partition_by)]
        self.order = [key if isinstance(key, Ordered) else Ordered(key, False) for key in map(sortable, _listed(order_by))]
        frame = rows if rows is not None else range_
        if frame is not None and (not isinstance(frame, (list, tuple)) or len(frame) != 2):
            raise exc.ArgumentError(f"A window is a pair of places, (first, last), not {frame!r}")
        self.frame = "" if frame is None else f" {'ROWS' if rows is not None else 'RANGE'} BETWEEN {_bound(frame[0], True)} AND {_bound(frame[1], False)}"

    def _tree(self, scope: Scope) -> Tree:
        pieces: List[Tree] = [self.function._tree(scope), (T_RAW, " OVER (")]
        for word, keys in (("PARTITION BY ", [Ordered(element, False) for element in self.partition]), ("ORDER BY ", self.order)):
            for place, key in enumerate(keys):
                after = (" DESC" if key.descending else "") + {-1: " NULLS FIRST", 0: "", 1: " NULLS LAST"}[key.nulls]
                before = ", " if place else f" {word}" if len(pieces) > 2 else word
                pieces += [(T_RAW, before), key.element._tree(scope), *([(T_RAW, after)] if after else [])]
        return (T_SEQUENCE, [*pieces, (T_RAW, f"{self.frame})")])

    def _froms(self) -> Iterator[Any]:
        for element in (self.function, *self.partition, *(key.element for key in self.order)):
            yield from element._froms()


def _listed(given: Any) -> Sequence[Any]:
    return () if given is None else given if isinstance(given, (list, tuple)) else [given]


def _bound(place: Any, first: bool) -> str:
    """Where a window begins or ends: None is as far as there are rows, 0 the row itself, below it those before."""
    if place is None:
        return f"UNBOUNDED {'PRECEDING' if first else 'FOLLOWING'}"
    if not isinstance(place, int):
        raise exc.ArgumentError(f"Integer or None expected for range value, got {place!r}")
    return "CURRENT ROW" if place == 0 else f"{abs(place)} {'PRECEDING' if place < 0 else 'FOLLOWING'}"


def over(element: Any, partition_by: Any = None, order_by: Any = None, range_: Any = None, rows: Any = None) -> Over:
    """func(…) OVER (…)"""
    return Over(element, partition_by, order_by, rows, range_)


def _concatenated(items: Sequence[Any]) -> Any:
    made = items[0]
    for item in items[1:]:
        made = Infix("||", made, item, type_=types.STRINGTYPE)
    return made

_WITHOUT_BRACKETS = {"now": "CURRENT_TIMESTAMP", "current_timestamp": "CURRENT_TIMESTAMP", "current_date": "CURRENT_DATE", "current_time": "CURRENT_TIME",
                     "localtimestamp": "CURRENT_TIMESTAMP", "sysdate": "CURRENT_TIMESTAMP"}

_AS_ARGUMENT = {"min", "max", "sum", "coalesce", "abs", "ifnull", "nullif", "lag", "lead", "first_value", "last_value", "nth_value"}

_TEXT_FUNCTIONS = {"lower", "upper", "trim", "ltrim", "rtrim", "replace", "substr", "concat", "strftime", "printf", "hex", "group_concat"}


def _function_type(name: str, arguments: Sequence[Any]) -> types.TypeEngine:
    if name in ("count", "length", "char_length", "instr", "row_number", "rank", "dense_rank", "ntile"):
        return types.INTEGERTYPE
    if name in ("percent_rank", "cume_dist"):
        return types.FLOATTYPE
    if name in ("now", "current_timestamp", "localtimestamp", "sysdate"):
        return types.DATETIMETYPE
    if name == "current_date":
        return types.DATETYPE
    if name in _AS_ARGUMENT and arguments:
        return next((argument.type for argument in arguments if argument.type.kind != types.NONE), types.NULLTYPE)
    if name in _TEXT_FUNCTIONS:
        return types.STRINGTYPE
    return types.NULLTYPE


class _FunctionNames:
    """func.name(…) calls the function of that name."""

    def __init__(self, prefix: str = "") -> None:
        self._prefix = prefix

    def __getattr__(self, name: str) -> "_FunctionNames":
        if name.startswith("__"):
            raise AttributeError(name)
        return _FunctionNames(f"{self._prefix}.{name}" if self._prefix else name.rstrip("_"))

    def __call__(self, *arguments: Any, type_: Any = None) -> Function:
        return Function(self._prefix, *arguments, type_=type_)

func = _FunctionNames()


def extract(field: str, element: Any) -> ColumnElement:
    """A part of a date."""
    letters = {"year": "%Y", "month": "%m", "day": "%d", "hour": "%H", "minute": "%M", "second": "%S", "doy": "%j", "dow": "%w", "week": "%W", "epoch": "%s"}
    if field.lower() not in letters:
        raise exc.CompileError(f"{field!r} is no part of a date that can be extracted; {', '.join(letters)} are")
    return Cast(Function("strftime", letters[field.lower()], element), types.Integer)
