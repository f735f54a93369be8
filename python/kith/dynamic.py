"""Relationships that are queries: lazy="dynamic" and lazy="write_only"."""

from __future__ import annotations

from typing import Any, Callable, Iterable, Iterator

from . import exc, sql
from .query import Query


class AppenderMixin:
    """A Query of what is related to an object, which can be appended to."""

    _instance: Any
    _attribute: Any

    def _list(self) -> Any:
        return self._attribute._list(self._instance)

    def _stored(self) -> bool:
        return self._instance._kith_state() == 2

    def append(self, item: Any) -> None:
        """One more; the other side follows."""
        self._list().append(item)

    add = append

    def extend(self, items: Iterable[Any]) -> None:
        """More of them."""
        for item in items:
            self.append(item)

    add_all = extend

    def remove(self, item: Any) -> None:
        """Without the object; the other side follows."""
        self._list().remove(item)

    def __iter__(self) -> Iterator[Any]:
        if not self._stored():
            return iter(list(self._list()))
        return super().__iter__()       # type: ignore[misc]

    def all(self) -> Any:
        """All of them."""
        return super().all() if self._stored() else list(self._list())      # type: ignore[misc]

    def count(self) -> int:
        """How many."""
        return super().count() if self._stored() else len(self._list())     # type: ignore[misc]

    def __getitem__(self, index: Any) -> Any:
        return super().__getitem__(index) if self._stored() else list(self._list())[index]      # type: ignore[misc]

    def _session(self) -> Any:
        core = self._instance._kith_session()
        if core is None:
            raise exc.DetachedInstanceError(f"Parent instance {self._instance!r} is not bound to a Session, and no contextual session is established; lazy load operation "
                                            f"of attribute '{self._attribute.key}' cannot proceed")
        return core.owner


class AppenderQuery(AppenderMixin, Query):
    """A Query of what is related to an object, which can be appended to."""


_classes: dict = {}


def _appender(query_class: Any) -> Any:
    if query_class is None or query_class is Query:
        return AppenderQuery
    if query_class not in _classes:
        _classes[query_class] = type("Appender" + query_class.__name__, (AppenderMixin, query_class), {})
    return _classes[query_class]


def dynamic_view(attribute: Any, query_class: Any) -> Callable[[Any], Any]:
    """What a lazy="dynamic" relationship reads as."""
    from .collections import related_select
    kind = _appender(query_class)

    def view(instance: Any) -> Any:
        made = kind.__new__(kind)
        core = instance._kith_session()
        made.session = core.owner if core is not None else None
        made._instance, made._attribute = instance, attribute
        made._select = related_select(attribute, instance) if instance._kith_state() in (2, 4) else sql.Select(attribute.link.target.class_)
        return made

    return view


def refuse_to_load(attribute: Any) -> Callable[[Any, Any], None]:
    """What an assignment to such a relationship does: replaces what is there."""

    def write(instance: Any, value: Any) -> None:
        if attribute.property.lazy == "write_only" and instance._kith_state() == 2:
            raise exc.InvalidRequestError(f'Collection "{attribute!r}" does not support implicit iteration; collection replacement operations can\'t be used')
        list_ = attribute._list(instance)
        list_[:] = list(value)

    return write


class WriteOnlyCollection:
    """What is related to an object: written here, read by select()."""

    def __init__(self, attribute: Any, instance: Any) -> None:
        self._attribute, self._instance = attribute, instance

    def add(self, item: Any) -> None:
        """One more."""
        self._attribute._list(self._instance).append(item)

    def add_all(self, items: Iterable[Any]) -> None:
        """More of them."""
        for item in items:
            self.add(item)

    def remove(self, item: Any) -> None:
        """Without the object."""
        self._attribute._list(self._instance).remove(item)

    def select(self) -> sql.Select:
        """A SELECT of what is related."""
        from .collections import related_select
        return related_select(self._attribute, self._instance)

    def __iter__(self) -> Iterator[Any]:
        raise TypeError("WriteOnly collections don't support iteration in-place; to query for collection items, use the select() method to produce a SQL statement and execute it "
                        "with session.scalars().")


def write_only_view(attribute: Any) -> Callable[[Any], Any]:
    """What a lazy="write_only" relationship reads as."""
    return lambda instance: WriteOnlyCollection(attribute, instance)
