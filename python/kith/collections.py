"""What to-many relationships show as, beside lists: sets, dicts, queries."""

from __future__ import annotations

import collections.abc
from typing import Any, Callable, Iterable, Iterator, List, Optional

from . import _core, exc, sql

InstrumentedList = _core.InstrumentedList


class InstrumentedSet(collections.abc.MutableSet):
    """The objects of a relationship as a set."""

    __slots__ = ("_list",)

    def __init__(self, list_: Any) -> None:
        self._list = list_

    @classmethod
    def _from_iterable(cls, items: Iterable[Any]) -> Any:
        return set(items)

    def __contains__(self, item: Any) -> bool:
        return item in self._list

    def __iter__(self) -> Iterator[Any]:
        return iter(self._list)

    def __len__(self) -> int:
        return len(self._list)

    def __repr__(self) -> str:
        return repr(set(self._list))

    def __eq__(self, other: Any) -> bool:
        return set(self._list) == (set(other) if isinstance(other, InstrumentedSet) else other)

    __hash__ = None     # type: ignore[assignment]

    def add(self, item: Any) -> None:
        """One more, if it is not there."""
        if item not in self._list:
            self._list.append(item)

    def discard(self, item: Any) -> None:
        """Without the object."""
        if item in self._list:
            self._list.remove(item)

    def remove(self, item: Any) -> None:
        """Without the object, which must be there."""
        if item not in self._list:
            raise KeyError(item)
        self._list.remove(item)

    def pop(self) -> Any:
        """Removes one and gives it."""
        if not len(self._list):
            raise KeyError("pop from an empty set")
        return self._list.pop()

    def clear(self) -> None:
        """Without any."""
        self._list.clear()

    def update(self, *others: Iterable[Any]) -> None:
        """More of them."""
        for other in others:
            for item in list(other):
                self.add(item)

    def difference_update(self, *others: Iterable[Any]) -> None:
        """Without those."""
        for other in others:
            for item in list(other):
                self.discard(item)

    def intersection_update(self, *others: Iterable[Any]) -> None:
        """Only those."""
        self._replace(set(self._list).intersection(*others))

    def symmetric_difference_update(self, other: Iterable[Any]) -> None:
        """What is in one of the two."""
        self._replace(set(self._list).symmetric_difference(other))

    def _replace(self, wanted: Iterable[Any]) -> None:
        kept = set(wanted)
        self._list[:] = [item for item in self._list if item in kept] + [item for item in kept if item not in self._list]

    def union(self, *others: Iterable[Any]) -> set:
        """A plain set of all."""
        return set(self._list).union(*others)

    def intersection(self, *others: Iterable[Any]) -> set:
        """A plain set of what all have."""
        return set(self._list).intersection(*others)

    def difference(self, *others: Iterable[Any]) -> set:
        """A plain set of what the others do not have."""
        return set(self._list).difference(*others)

    def symmetric_difference(self, other: Iterable[Any]) -> set:
        """A plain set of what is in one of the two."""
        return set(self._list).symmetric_difference(other)

    def issubset(self, other: Iterable[Any]) -> bool:
        """Whether the other has all of them."""
        return set(self._list).issubset(other)

    def issuperset(self, other: Iterable[Any]) -> bool:
        """Whether all of the other are here."""
        return set(self._list).issuperset(other)

    def copy(self) -> set:
        """A plain set."""
        return set(self._list)

    def __ior__(self, other: Any) -> "InstrumentedSet":     # type: ignore[misc,override]
        self.update(other)
        return self

    def __reduce__(self) -> Any:
        return (set, (list(self._list),))


class InstrumentedDict(collections.abc.MutableMapping):
    """The objects of a relationship as a dict, by a key of each."""

    __slots__ = ("_list", "_key")

    def __init__(self, list_: Any, key: Callable[[Any], Any]) -> None:
        self._list, self._key = list_, key

    def _dict(self) -> dict:
        return {self._key(item): item for item in self._list}

    def __getitem__(self, key: Any) -> Any:
        return self._dict()[key]

    def __setitem__(self, key: Any, item: Any) -> None:
        old = self._dict().get(key)
        if old is item:
            return
        if old is not None:
            self._list.remove(old)
        self._list.append(item)

    def __delitem__(self, key: Any) -> None:
        self._list.remove(self._dict()[key])

    def __iter__(self) -> Iterator[Any]:
        return iter(self._dict())

    def __len__(self) -> int:
        return len(self._dict())

    def __repr__(self) -> str:
        return repr(self._dict())

    def __eq__(self, other: Any) -> bool:
        return self._dict() == (other._dict() if isinstance(other, InstrumentedDict) else other)

    __hash__ = None     # type: ignore[assignment]

    def set(self, item: Any) -> None:
        """The object under its own key."""
        self[self._key(item)] = item

    def remove(self, item: Any) -> None:
        """Without the object."""
        self._list.remove(item)

    def copy(self) -> dict:
        """A plain dict."""
        return self._dict()

    def __reduce__(self) -> Any:
        return (dict, (self._dict(),))


class KeyedBy:
    """collection_class of a dict by a key."""

    def __init__(self, key: Callable[[Any], Any]) -> None:
        self.key = key


def attribute_mapped_collection(name: str) -> KeyedBy:
    """A dict by an attribute of each object."""
    return KeyedBy(lambda item: getattr(item, name))


def column_mapped_collection(column: Any) -> KeyedBy:
    """A dict by a column of each object."""
    return KeyedBy(lambda item: getattr(item, type(item).__mapper__.key_of_column(sql.clause(column).name)))


def mapped_collection(function: Callable[[Any], Any]) -> KeyedBy:
    """A dict by what a function gives of each object."""
    return KeyedBy(function)


attribute_keyed_dict, column_keyed_dict, keyfunc_mapping = attribute_mapped_collection, column_mapped_collection, mapped_collection


# ---------------------------------------------------------------- making a relationship one of them

def install(attribute: Any, prop: Any) -> None:
    """Sets on a relationship's attribute what it shows as."""
    wanted = prop.collection_class
    attribute._collection = attribute._view = attribute._write = None
    if prop.lazy == "dynamic":
        from .dynamic import dynamic_view, refuse_to_load
        attribute._view, attribute._write = dynamic_view(attribute, prop.query_class), refuse_to_load(attribute)
    elif prop.lazy == "write_only":
        from .dynamic import refuse_to_load, write_only_view
        attribute._view, attribute._write = write_only_view(attribute), refuse_to_load(attribute)
    elif prop.lazy in ("noload", None):
        attribute._view = (lambda instance: []) if attribute.link.many else (lambda instance: None)
    elif wanted is None or not attribute._link.many or wanted is list:
        return
    elif isinstance(wanted, KeyedBy):
        attribute._collection = lambda list_: InstrumentedDict(list_, wanted.key)
        attribute._write = lambda instance, value: _assign_dict(attribute, instance, value)
    elif isinstance(wanted, type) and issubclass(wanted, (set, collections.abc.Set)):
        attribute._collection = InstrumentedSet
        attribute._write = lambda instance, value: _assign_set(attribute, instance, value)
    elif isinstance(wanted, type) and issubclass(wanted, list):
        return      # its own methods are not called: what is shown is the relationship
    elif isinstance(wanted, type) and issubclass(wanted, dict):
        raise exc.ArgumentError(f"{prop}: a dict needs a key: collection_class=attribute_mapped_collection('name')")
    else:
        found = getattr(wanted, "_kith_collection", None)
        if found is None:
            raise exc.ArgumentError(f"{prop}: collection_class= takes list, set or attribute_mapped_collection(…), got {wanted!r}")
        attribute._collection = found


def _assign_set(attribute: Any, instance: Any, value: Any) -> None:
    if isinstance(value, InstrumentedSet) and value._list._owner is instance:
        return
    if not isinstance(value, (set, frozenset, InstrumentedSet)):
        raise TypeError(f"Incompatible collection type: {'None' if value is None else type(value).__name__} is not set-like")
    InstrumentedSet(attribute._list(instance))._replace(value)


def _assign_dict(attribute: Any, instance: Any, value: Any) -> None:
    if isinstance(value, InstrumentedDict) and value._list._owner is instance:
        return
    if not isinstance(value, collections.abc.Mapping):
        raise TypeError(f"Incompatible collection type: {'None' if value is None else type(value).__name__} is not dict-like")
    list_ = attribute._list(instance)
    wanted = list(value.values())
    kept = [item for item in list_ if any(item is other for other in wanted)]
    list_[:] = kept + [item for item in wanted if not any(item is other for other in kept)]


def query_view(attribute: Any) -> Callable[[Any], Any]:
    """A relationship that is a query and nothing more: viewonly, over a condition of the program's own."""

    def view(instance: Any) -> Any:
        link = attribute._link
        session = instance._kith_session()
        if session is None or instance._kith_state() != 2:
            return [] if link.many else None
        select = related_select(attribute, instance)
        found = session.owner.scalars(select).all()
        return found if link.many else (found[0] if found else None)

    return view


def related_select(attribute: Any, instance: Any) -> sql.Select:
    """A SELECT of what is related to an object."""
    link, mapper = attribute.link, attribute.parent
    select = sql.Select(link.target.class_)
    if link.condition is not None or attribute._meets(link.target):
        source = mapper.slim.alias()
        joins = attribute._for(source)._on(link.target.source)
        select._from = [*source._flat(), *((table, None, sql.INNER) for table, _ in joins[:-1]), *link.target.source._flat()]       # a join is from the last
        select._where = [on for _, on in joins] + [source.c[mapper.columns_by_key[key].key] == getattr(instance, key) for key in mapper.key_names]
    elif link.secondary is not None:
        select._from = [(link.secondary, None, sql.INNER), *link.target.source._flat()]
        select._where = [link.secondary.c[far] == _column(link.target, remote) for far, remote in zip(link.far, link.remote)]
        select._where += [link.secondary.c[near] == getattr(instance, mapper.key_of_column(local)) for near, local in zip(link.near, link.local)]
    else:
        select._where = [_column(link.target, remote) == getattr(instance, mapper.key_of_column(local)) for local, remote in zip(link.local, link.remote)]
    order = attribute.property.order_by
    if order is not False and order is not None:
        value = attribute.property.argument_value(order)
        select = select.order_by(*(value if isinstance(value, (list, tuple)) else [value]))
    return select


def _column(mapper: Any, name: str) -> Any:
    return next(column for column in mapper.slim.c if column.name == name)
