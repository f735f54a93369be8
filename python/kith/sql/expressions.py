"""What programs call to make expressions: case(), cast(), desc(), bindparam() and their kin."""

from __future__ import annotations

from typing import Any, Iterator, List, Optional, Sequence

from .. import exc, types
from .elements import (BindParameter, Cast, Collate, ColumnElement, Ordered, PlainColumn, Prefix, Scope, T_CASE, T_RAW, T_SEQUENCE, Tree, TypeCoerce, sortable,
                       and_, clause, condition, expression, false, is_clause, or_, unnamed)


def literal(value: Any, type_: Any = None) -> BindParameter:
    """A value as an expression."""
    return BindParameter(None, value, type_)


_NONE_GIVEN = object()


def bindparam(key: Optional[str], value: Any = _NONE_GIVEN, type_: Any = None, unique: bool = False, required: Optional[bool] = None, callable_: Any = None, expanding: bool = False) -> BindParameter:
    """A value by a name; without one here it needs one when the statement is run. `expanding` is a list in in_(), as every list there."""
    given = value is not _NONE_GIVEN
    made = BindParameter(key or unnamed("param"), value if given else None, type_)
    made.required = required if required is not None else not given and callable_ is None
    made.make = callable_
    return made


def column(name: str, type_: Any = None) -> "PlainColumn":
    """A column by its name alone."""
    return PlainColumn(name, type_)


class Case(ColumnElement):
    """CASE WHEN … THEN … ELSE … END"""

    def __init__(self, *whens: Any, value: Any = None, else_: Any = None) -> None:
        if len(whens) == 1 and isinstance(whens[0], dict):
            whens = tuple(whens[0].items())
        elif len(whens) == 1 and isinstance(whens[0], (list, tuple)) and (not whens[0] or isinstance(whens[0][0], (list, tuple))):
            whens = tuple(whens[0])
        if not whens or not all(isinstance(when, (list, tuple)) and len(when) == 2 for when in whens):
            raise exc.ArgumentError("case() takes one or more (condition, value) pairs")
        self.value = None if value is None else expression(value)
        self.whens = [(condition(when) if value is None else expression(when, self.value), expression(then)) for when, then in whens]
        self.else_ = None if else_ is None else expression(else_)
        self.type = next((item.type for item in [then for _, then in self.whens] + [self.else_] if item is not None and item.type.kind), types.NULLTYPE)

    def _tree(self, scope: Scope) -> Tree:
        items = [part._tree(scope) for when in self.whens for part in when]
        if self.else_ is not None:
            items.append(self.else_._tree(scope))
        return (T_CASE, None if self.value is None else self.value._tree(scope), items)

    def _froms(self) -> Iterator[Any]:
        for item in [self.value, *(part for when in self.whens for part in when), self.else_]:
            if item is not None:
                yield from item._froms()


def case(*whens: Any, value: Any = None, else_: Any = None) -> Case:
    """case((condition, value), …, else_=value)"""
    return Case(*whens, value=value, else_=else_)


def cast(element: Any, type_: Any) -> Cast:
    """CAST(element AS type)"""
    return Cast(element, type_)


def type_coerce(element: Any, type_: Any) -> TypeCoerce:
    """The element read as another type."""
    return TypeCoerce(element, type_)


def desc(element: Any) -> Ordered:
    """Descending."""
    return Ordered(sortable(element), True)


def asc(element: Any) -> Ordered:
    """Ascending."""
    return Ordered(sortable(element), False)


def nulls_first(element: Any) -> Ordered:
    """NULLs before all others."""
    return clause(element).nulls_first()


def nulls_last(element: Any) -> Ordered:
    """NULLs after all others."""
    return clause(element).nulls_last()


def distinct(element: Any) -> Prefix:
    """Each value once."""
    return Prefix("DISTINCT", expression(element), expression(element).type)


def between(element: Any, low: Any, high: Any) -> ColumnElement:
    """From low to high, both included."""
    return expression(element).between(low, high)


def collate(element: Any, collation: str) -> Collate:
    """With another collation."""
    return Collate(expression(element), collation)


class Tuple_(ColumnElement):
    """(a, b)"""

    def __init__(self, elements: Sequence[Any], like: Optional["Tuple_"] = None) -> None:
        self.items = [expression(element, like.items[i] if like and i < len(like.items) else None) for i, element in enumerate(elements)]

    def _tree(self, scope: Scope) -> Tree:
        pieces: List[Tree] = [(T_RAW, "(")]
        for i, item in enumerate(self.items):
            pieces += [(T_RAW, ", "), item._tree(scope)] if i else [item._tree(scope)]
        return (T_SEQUENCE, [*pieces, (T_RAW, ")")])

    def _froms(self) -> Iterator[Any]:
        for item in self.items:
            yield from item._froms()

    def in_(self, other: Any) -> ColumnElement:
        """One of the tuples."""
        if is_clause(other):
            return clause(other)._among(self)
        rows = [and_(*(item == value for item, value in zip(self.items, row))) for row in other]
        return or_(*rows) if rows else false()

    def __eq__(self, other: Any) -> Any:
        return and_(*(item == value for item, value in zip(self.items, other)))

    __hash__ = object.__hash__


def tuple_(*elements: Any) -> ColumnElement:
    """(a, b) for comparisons of several columns at once."""
    return Tuple_(elements)
