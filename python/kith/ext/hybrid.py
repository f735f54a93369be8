"""Hybrid attributes: on an object a value, on its class an expression."""

from __future__ import annotations

from typing import Any, Callable, Optional


class hybrid_property:
    """A property whose function works on the class too, or has an expression for it."""

    is_attribute = True

    def __init__(self, fget: Callable[[Any], Any], fset: Optional[Callable] = None, fdel: Optional[Callable] = None, expr: Optional[Callable] = None,
                 custom_comparator: Optional[Callable] = None, update_expr: Optional[Callable] = None) -> None:
        self.fget, self.fset, self.fdel = fget, fset, fdel
        self.expr = getattr(expr, "__func__", expr)
        self.custom_comparator = getattr(custom_comparator, "__func__", custom_comparator)
        self.update_expr = update_expr
        self.__doc__ = fget.__doc__
        self.__name__ = fget.__name__

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        if instance is not None:
            return self.fget(instance)
        if self.custom_comparator is not None:
            return self.custom_comparator(owner)
        found = (self.expr or self.fget)(owner)
        from .. import sql
        return found.label(self.__name__) if isinstance(found, sql.ColumnElement) and not isinstance(found, sql.Label) and getattr(found, "table", None) is None else found

    def __set__(self, instance: Any, value: Any) -> None:
        if self.fset is None:
            raise AttributeError(f"can't set attribute {self.__name__!r}")
        self.fset(instance, value)

    def __delete__(self, instance: Any) -> None:
        if self.fdel is None:
            raise AttributeError(f"can't delete attribute {self.__name__!r}")
        self.fdel(instance)

    def _with(self, **parts: Any) -> "hybrid_property":
        known = {name: getattr(self, name) for name in ("fget", "fset", "fdel", "expr", "custom_comparator", "update_expr")}
        return hybrid_property(**{**known, **parts})

    def getter(self, fget: Callable) -> "hybrid_property":
        """Another function that reads."""
        return self._with(fget=fget)

    def setter(self, fset: Callable) -> "hybrid_property":
        """The function that writes."""
        return self._with(fset=fset)

    def deleter(self, fdel: Callable) -> "hybrid_property":
        """The function that deletes."""
        return self._with(fdel=fdel)

    def expression(self, expr: Callable) -> "hybrid_property":
        """What it is on the class."""
        return self._with(expr=expr)

    def comparator(self, comparator: Callable) -> "hybrid_property":
        """What its operators are on the class."""
        return self._with(custom_comparator=comparator)

    def update_expression(self, function: Callable) -> "hybrid_property":
        """What an UPDATE makes of a value."""
        return self._with(update_expr=function)

    @property
    def inplace(self) -> "hybrid_property":
        """The same."""
        return self

    @property
    def overrides(self) -> "hybrid_property":
        """The same."""
        return self


class hybrid_method:
    """A method whose function works on the class too, or has an expression for it."""

    def __init__(self, func: Callable, expr: Optional[Callable] = None) -> None:
        self.func, self.expr, self.__doc__ = func, getattr(expr, "__func__", expr), func.__doc__

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        function = self.func if instance is not None else self.expr or self.func
        return function.__get__(owner if instance is None else instance)

    def expression(self, expr: Callable) -> "hybrid_method":
        """What it is on the class."""
        return hybrid_method(self.func, expr)


class Comparator:
    """The operators of a hybrid on the class, to be overridden."""

    def __init__(self, expression: Any) -> None:
        self._expression = expression

    def __clause_element__(self) -> Any:
        from .. import sql
        return sql.clause(self._expression)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(self.__clause_element__(), name)
