"""A SELECT that stands in an expression."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Dict, Iterator, Optional

from .. import types
from .elements import ColumnElement, Scope, T_EXISTS, T_IN_SELECT, T_SCALAR, Tree

if TYPE_CHECKING:
    from .selects import Select, SelectBase


class InSelect(ColumnElement):
    """… IN (SELECT …)"""

    type = types.BOOLEANTYPE

    def __init__(self, element: Any, select: "SelectBase") -> None:
        self.element, self.select = element, select

    def _tree(self, scope: Scope) -> Tree:
        return (T_IN_SELECT, self.element._tree(scope), self.select._select_tree(scope, nested=True))

    def _froms(self) -> Iterator[Any]:
        return self.element._froms()


class Exists(ColumnElement):
    """EXISTS (SELECT …)"""

    type = types.BOOLEANTYPE

    def __init__(self, select: "SelectBase", renamed: Optional[Dict[Any, Any]] = None) -> None:
        self.element, self.renamed = select, renamed or {}

    def _with(self, select: Any) -> "Exists":
        return Exists(select, self.renamed)

    def where(self, *criteria: Any) -> "Exists":
        """With more conditions."""
        return self._with(self.element.where(*criteria))

    filter = where

    def select_from(self, *froms: Any) -> "Exists":
        """From these."""
        return self._with(self.element.select_from(*froms))

    def correlate(self, *froms: Any) -> "Exists":
        """As Select.correlate()."""
        return self._with(self.element.correlate(*froms))

    def correlate_except(self, *froms: Any) -> "Exists":
        """As Select.correlate_except()."""
        return self._with(self.element.correlate_except(*froms))

    def select(self) -> "Select":
        """SELECT EXISTS (…)"""
        from .selects import Select
        return Select(self)

    def _tree(self, scope: Scope) -> Tree:
        return (T_EXISTS, self.element._select_tree(scope.renaming(self.renamed), nested=True))


class ScalarSelect(ColumnElement):
    """(SELECT …) as a value."""

    def __init__(self, select: "SelectBase") -> None:
        self.element = select
        columns = select._result_columns()
        self.type = columns[0][1] if len(columns) == 1 else types.NULLTYPE
        self.name = columns[0][0] if columns else None

    def _tree(self, scope: Scope) -> Tree:
        return (T_SCALAR, self.element._select_tree(scope, nested=True))

    def where(self, *criteria: Any) -> "ScalarSelect":
        """With more conditions."""
        return ScalarSelect(self.element.where(*criteria))

    def correlate(self, *froms: Any) -> "ScalarSelect":
        """As Select.correlate()."""
        return ScalarSelect(self.element.correlate(*froms))

    def correlate_except(self, *froms: Any) -> "ScalarSelect":
        """As Select.correlate_except()."""
        return ScalarSelect(self.element.correlate_except(*froms))
