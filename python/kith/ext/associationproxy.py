"""association_proxy(): of what is related, one attribute each, as a list, set, dict or single value of one's own."""

from __future__ import annotations

from typing import Any, Callable, Dict, Iterable, Iterator, List, Optional, Tuple

from .. import _core, collections, exc, sql


class AssociationProxy:
    """association_proxy(target_collection, attr): the attribute of what the relationship leads to."""

    def __init__(self, target_collection: str, attr: str, *, creator: Optional[Callable] = None, getset_factory: Any = None, proxy_factory: Any = None, proxy_bulk_set: Any = None,
                 info: Optional[dict] = None, cascade_scalar_deletes: bool = False, create_on_none_assignment: bool = False) -> None:
        if cascade_scalar_deletes and create_on_none_assignment:
            raise exc.ArgumentError("The cascade_scalar_deletes and create_on_none_assignment parameters are mutually exclusive.")
        if not isinstance(target_collection, str) or not isinstance(attr, str):
            raise exc.ArgumentError(f"association_proxy() takes two names, as in association_proxy('trashcans', 'raccoon'); got {target_collection!r} and {attr!r}")
        self.target_collection, self.value_attr, self.creator, self.info = target_collection, attr, creator, info or {}
        self.cascade_scalar_deletes, self.create_on_none_assignment = cascade_scalar_deletes, create_on_none_assignment
        self.key = ""

    def __set_name__(self, owner: Any, name: str) -> None:
        self.key = name

    # ------------------------------------------------------------ checked when the classes are resolved
    def _kith_check(self, mapper: Any) -> None:
        name, cls = self.target_collection, mapper.class_
        if name in mapper.columns_by_key:
            raise NotImplementedOrInvalid(f"association proxy to a non-relationship intermediary is not supported: {cls.__name__}.{self.key} goes through {cls.__name__}.{name}, a column")
        found = getattr(cls, name, None)
        if name not in mapper.relations and not isinstance(found, AssociationProxyInstance):
            near = _near(name, mapper.relations)
            raise exc.InvalidRequestError(f"{cls.__name__}.{self.key} is an association_proxy through {name!r}, and {mapper} has no property {name!r}{near}")
        target = self._target(cls)
        if target is None or hasattr(target, self.value_attr):
            return
        own = target.__mapper__
        near = _near(self.value_attr, [*own.relations, *own.columns_by_key, *own.other])
        raise exc.InvalidRequestError(f"{cls.__name__}.{self.key} is an association_proxy of {self.value_attr!r} of {target.__name__}, and {target.__name__} has no such attribute{near}")

    def _target(self, owner: Any) -> Any:
        found = getattr(owner, self.target_collection)
        if isinstance(found, AssociationProxyInstance):
            inner = found.proxy._target(owner)
            value = getattr(inner, found.proxy.value_attr, None) if inner is not None else None
            link = getattr(value, "link", None)
            return link.target.class_ if link is not None else None
        return found.link.target.class_

    def _many(self, owner: Any) -> bool:
        found = getattr(owner, self.target_collection)
        return found._many() if isinstance(found, AssociationProxyInstance) else found.link.many

    # ------------------------------------------------------------ reading and writing
    def __get__(self, instance: Any, owner: Any = None) -> Any:
        if instance is None:
            return AssociationProxyInstance(self, owner) if hasattr(owner, "__mapper__") else self
        if not self._many(type(instance)):
            target = getattr(instance, self.target_collection)
            return None if target is None else getattr(target, self.value_attr)
        return self._view(instance)

    def _view(self, instance: Any) -> Any:
        shown = getattr(instance, self.target_collection)
        kind = _AssociationDict if isinstance(shown, collections.InstrumentedDict) else _AssociationSet if isinstance(shown, (collections.InstrumentedSet, _AssociationSet)) \
            else _AssociationList
        return kind(self, instance)

    def __set__(self, instance: Any, value: Any) -> None:
        if self._many(type(instance)):
            view = self._view(instance)
            if isinstance(value, type(view)) and value._owner is instance and value._proxy is self:
                return
            view._replace(value)
            return
        target = getattr(instance, self.target_collection)
        if target is None:
            if value is not None or self.create_on_none_assignment:
                setattr(instance, self.target_collection, self._create(instance, value))
            return
        setattr(target, self.value_attr, value)
        if value is None and self.cascade_scalar_deletes:
            setattr(instance, self.target_collection, None)

    def __delete__(self, instance: Any) -> None:
        if self._many(type(instance)):
            self._view(instance).clear()
            return
        target = getattr(instance, self.target_collection)
        if target is not None:
            delattr(target, self.value_attr)
            if self.cascade_scalar_deletes:
                delattr(instance, self.target_collection)

    def _create(self, instance: Any, *values: Any) -> Any:
        if self.creator is not None:
            return self.creator(*values)
        target = self._target(type(instance))
        if target.__init__ is not _core.Instance.__init__ and len(values) == 1:
            return target(*values)
        if len(values) == 2:
            return target(*values)
        return target(**{self.value_attr: values[0]})


class NotImplementedOrInvalid(exc.InvalidRequestError, NotImplementedError):
    """An association proxy through something that is no relationship."""


def _near(name: str, known: Iterable[str]) -> str:
    import difflib
    found = difflib.get_close_matches(name, list(known), 1)
    return f"; did you mean {found[0]!r}?" if found else ""


def association_proxy(target_collection: str, attr: str, **options: Any) -> Any:
    """The attribute of what the relationship leads to."""
    return AssociationProxy(target_collection, attr, **options)


# ---------------------------------------------------------------- on the class

class AssociationProxyInstance(sql.ColumnElement):
    """An association proxy of a class, in comparisons."""

    _kith_compare = True

    def __init__(self, proxy: AssociationProxy, owner: Any) -> None:
        self.proxy, self.owning_class = proxy, owner
        self.key = self.name = proxy.key
        self.target_collection, self.value_attr = proxy.target_collection, proxy.value_attr

    parent = property(lambda self: self.proxy)
    target_class = property(lambda self: self.proxy._target(self.owning_class))
    local_attr = property(lambda self: getattr(self.owning_class, self.target_collection))
    attr = property(lambda self: (self.local_attr, self.remote_attr))

    @property
    def remote_attr(self) -> Any:
        """The attribute of what the relationship leads to."""
        target, name = self.target_class, self.value_attr
        mapper = target.__mapper__
        found = getattr(target, name, None)
        if name in mapper.columns_by_key or name in mapper.relations or isinstance(found, (AssociationProxyInstance, sql.ColumnElement)):
            return found
        raise AttributeError(f"Association proxy {self.owning_class.__name__}.{self.target_collection} refers to an attribute {name!r} that is not directly mapped on class {target.__name__}, "
                             "and cannot be compared in a query")

    def _many(self) -> bool:
        return self.proxy._many(self.owning_class)

    scalar = property(lambda self: not self._many())

    def _related(self) -> Any:
        """The relationship that a comparison goes along, also for who is asked through it."""
        return self.local_attr

    def _exists(self, criterion: Any = None) -> Any:
        local = self.local_attr
        return local.any(criterion) if self._many() else local.has(criterion)

    def _inner(self, criterion: Any, values: Dict[str, Any]) -> Any:
        remote = self.remote_attr
        if isinstance(remote, AssociationProxyInstance):
            return remote.any(criterion, **values) if remote._many() else remote.has(criterion, **values)
        if hasattr(remote, "link"):
            return remote.any(criterion, **values) if remote.link.many else remote.has(criterion, **values)
        if values:
            raise exc.ArgumentError("Can't apply keyword arguments to column-targeted association proxy; use ==")
        return criterion

    def any(self, criterion: Any = None, **values: Any) -> Any:
        """One of them meets the conditions."""
        remote = self.remote_attr
        inner_many = isinstance(remote, AssociationProxyInstance) and remote._many() or hasattr(remote, "link") and remote.link.many
        if not self._many() and not inner_many:
            raise exc.InvalidRequestError("'any()' not implemented for scalar attributes. Use has().")
        if criterion is None and not values:
            return self._exists(None if not hasattr(remote, "link") and not isinstance(remote, AssociationProxyInstance) else self._inner(None, {}))
        return self._exists(self._inner(criterion, values))

    def has(self, criterion: Any = None, **values: Any) -> Any:
        """It is there and meets the conditions."""
        if self._many():
            raise exc.InvalidRequestError("'has()' not implemented for collections. Use any().")
        if criterion is None and not values:
            remote = self.remote_attr
            plain = not hasattr(remote, "link") and not isinstance(remote, AssociationProxyInstance)
            return self._exists(None if plain else self._inner(None, {}))
        return self._exists(self._inner(criterion, values))

    def _is_object(self) -> bool:
        return hasattr(self.remote_attr, "link")

    def contains(self, other: Any, **options: Any) -> Any:
        """The object is one of them; of texts, one contains the other."""
        remote = self.remote_attr
        if isinstance(remote, AssociationProxyInstance):
            return self._exists(remote == other if not remote._many() else remote.contains(other))
        if self._is_object():
            if not self._many() and not remote.link.many:
                raise exc.InvalidRequestError("contains() doesn't apply to a scalar object endpoint; use ==")
            return self._exists(remote.contains(other) if remote.link.many else remote == other)
        return self._exists(remote.contains(other, **options))

    def __eq__(self, other: Any) -> Any:
        remote = self.remote_attr
        if self._many() and (self._is_object() or isinstance(remote, AssociationProxyInstance)):
            raise exc.InvalidRequestError("'has()' not implemented for collections. Use any() or contains().")
        found = self._exists(remote == other)
        return sql.or_(found, sql.not_(self._exists())) if other is None else found

    def __ne__(self, other: Any) -> Any:
        remote = self.remote_attr
        if self._many() and self._is_object():
            raise exc.InvalidRequestError("'has()' not implemented for collections. Use any() or contains().")
        return self._exists(remote != other)

    __hash__ = object.__hash__

    def _tree(self, scope: Any) -> Any:
        raise NotImplementedError("The association proxy can't be used as a plain column expression; it only works inside of a comparison expression")

    def __repr__(self) -> str:
        return f"AssociationProxyInstance({self.owning_class.__name__}.{self.key})"


def _through(name: str) -> Any:
    def compare(self: AssociationProxyInstance, *args: Any, **options: Any) -> Any:
        return self._exists(getattr(self.remote_attr, name)(*args, **options))

    compare.__name__, compare.__doc__ = name, getattr(sql.ColumnElement, name).__doc__
    return compare


for _name in ("__lt__", "__le__", "__gt__", "__ge__", "like", "notlike", "ilike", "notilike", "startswith", "endswith", "icontains", "in_", "not_in", "notin_", "between", "is_", "is_not",
              "isnot", "match", "regexp_match"):
    setattr(AssociationProxyInstance, _name, _through(_name))


# ---------------------------------------------------------------- on an object

class _View:
    def __init__(self, proxy: AssociationProxy, owner: Any) -> None:
        self._proxy, self._owner = proxy, owner

    @property
    def _all(self) -> Any:
        return getattr(self._owner, self._proxy.target_collection)

    def _value(self, item: Any) -> Any:
        return getattr(item, self._proxy.value_attr)

    def _made(self, *values: Any) -> Any:
        return self._proxy._create(self._owner, *values)

    def __len__(self) -> int:
        return len(self._all)

    def __bool__(self) -> bool:
        return len(self._all) > 0

    __hash__ = None     # type: ignore[assignment]


class _AssociationList(_View):
    """A list of one attribute of what is related."""

    def _values(self) -> List[Any]:
        shown, name = self._all, self._proxy.value_attr
        target = getattr(shown, "_attribute", None)
        attribute = getattr(target._link.target.class_, name) if target is not None else None
        if isinstance(attribute, (_core.Column, _core.Relationship)):
            return shown._values(attribute)
        return [getattr(item, name) for item in shown]

    def __iter__(self) -> Iterator[Any]:
        return iter(self._values())

    def __contains__(self, value: Any) -> bool:
        return value in self._values()

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            return [self._value(item) for item in self._all[index]]
        return self._value(self._all[index])

    def __setitem__(self, index: Any, value: Any) -> None:
        shown = self._all
        if not isinstance(index, slice):
            setattr(shown[index], self._proxy.value_attr, value)
            return
        start, stop, step = index.indices(len(shown))
        values = list(value)
        if step == 1:
            shown[start:stop] = [self._made(one) for one in values]
            return
        places = list(range(start, stop, step))
        if len(places) != len(values):
            raise ValueError(f"attempt to assign sequence of size {len(values)} to extended slice of size {len(places)}")
        for place, one in zip(places, values):
            setattr(shown[place], self._proxy.value_attr, one)

    def __delitem__(self, index: Any) -> None:
        del self._all[index]

    def append(self, value: Any) -> None:
        """One more: what leads to it is created."""
        shown = self._all
        shown.append(self._made(value))

    def extend(self, values: Iterable[Any]) -> None:
        """More of them."""
        for value in list(values):
            self.append(value)

    def insert(self, index: int, value: Any) -> None:
        """One more before the index."""
        shown = self._all
        shown.insert(index, self._made(value))

    def pop(self, index: int = -1) -> Any:
        """Removes one and gives it."""
        return self._value(self._all.pop(index))

    def remove(self, value: Any) -> None:
        """Removes the first that is equal."""
        shown = self._all
        for place, item in enumerate(shown):
            if self._value(item) == value:
                del shown[place]
                return
        raise ValueError("value not in list")

    def clear(self) -> None:
        """Without any."""
        self._all.clear()

    def count(self, value: Any) -> int:
        """How often it is there."""
        return self._values().count(value)

    def index(self, value: Any, *bounds: int) -> int:
        """The first index of it."""
        return self._values().index(value, *bounds)

    def copy(self) -> List[Any]:
        """A plain list."""
        return self._values()

    def sort(self, *args: Any, **kwargs: Any) -> None:
        """Not there."""
        raise NotImplementedError("an association proxy has no order of its own: sort the relationship")

    def reverse(self) -> None:
        """Not there."""
        raise NotImplementedError("an association proxy has no order of its own: reverse the relationship")

    def _replace(self, values: Any) -> None:
        if values is None or isinstance(values, (str, bytes)) or not hasattr(values, "__iter__"):
            raise TypeError(f"{type(self._owner).__name__}.{self._proxy.key} takes a list, got {values!r}")
        wanted = list(values)
        kept: List[Any] = []
        rest = list(wanted)
        for item in list(self._all):
            value = self._value(item)
            place = next((i for i, one in enumerate(rest) if one is value or one == value), None)
            if place is not None:
                rest.pop(place)
                kept.append(item)
        shown = self._all
        shown[:] = kept
        for value in rest:
            shown.append(self._made(value))

    def __iadd__(self, values: Iterable[Any]) -> "_AssociationList":
        self.extend(values)
        return self

    def __add__(self, other: Any) -> List[Any]:
        return self._values() + list(other)

    def __radd__(self, other: Any) -> List[Any]:
        return list(other) + self._values()

    def __mul__(self, times: int) -> List[Any]:
        return self._values() * times

    __rmul__ = __mul__

    def __imul__(self, times: int) -> "_AssociationList":
        if times <= 0:
            self.clear()
        else:
            self.extend(self._values() * (times - 1))
        return self

    def __reversed__(self) -> Iterator[Any]:
        return reversed(self._values())

    def __repr__(self) -> str:
        return repr(self._values())

    def __eq__(self, other: Any) -> bool:
        return self._values() == (other._values() if isinstance(other, _AssociationList) else other)

    def __lt__(self, other: Any) -> bool:
        return self._values() < list(other)

    def __le__(self, other: Any) -> bool:
        return self._values() <= list(other)

    def __gt__(self, other: Any) -> bool:
        return self._values() > list(other)

    def __ge__(self, other: Any) -> bool:
        return self._values() >= list(other)

    __hash__ = None     # type: ignore[assignment]

    def __reduce__(self) -> Any:
        return (list, (self._values(),))


class _AssociationSet(_View):
    """A set of one attribute of what is related."""

    def _values(self) -> set:
        return {self._value(item) for item in self._all}

    def __iter__(self) -> Iterator[Any]:
        return iter([self._value(item) for item in self._all])

    def __contains__(self, value: Any) -> bool:
        return any(self._value(item) == value for item in self._all)

    def add(self, value: Any) -> None:
        """One more, if it is not there."""
        shown = self._all
        if value not in self:
            shown.add(self._made(value)) if hasattr(shown, "add") else shown.append(self._made(value))

    def discard(self, value: Any) -> None:
        """Without it."""
        for item in list(self._all):
            if self._value(item) == value:
                self._all.discard(item)
                return

    def remove(self, value: Any) -> None:
        """Without it, which must be there."""
        if value not in self:
            raise KeyError(value)
        self.discard(value)

    def pop(self) -> Any:
        """Removes one and gives it."""
        if not self:
            raise KeyError("pop from an empty set")
        return self._value(self._all.pop())

    def clear(self) -> None:
        """Without any."""
        self._all.clear()

    def update(self, *others: Iterable[Any]) -> None:
        """More of them."""
        for other in others:
            for value in list(other):
                self.add(value)

    def difference_update(self, *others: Iterable[Any]) -> None:
        """Without those."""
        for other in others:
            for value in list(other):
                self.discard(value)

    def intersection_update(self, *others: Iterable[Any]) -> None:
        """Only those."""
        self._replace(self._values().intersection(*others))

    def symmetric_difference_update(self, other: Iterable[Any]) -> None:
        """What is in one of the two."""
        self._replace(self._values().symmetric_difference(other))

    def _replace(self, values: Any) -> None:
        if values is None or isinstance(values, (str, bytes)) or not hasattr(values, "__iter__"):
            raise TypeError(f"{type(self._owner).__name__}.{self._proxy.key} takes a set, got {values!r}")
        wanted, own = set(values), self._values()
        for value in own - wanted:
            self.discard(value)
        for value in wanted - own:
            self.add(value)

    def copy(self) -> set:
        """A plain set."""
        return self._values()

    def union(self, *others: Iterable[Any]) -> set:
        """A plain set of all."""
        return self._values().union(*others)

    def intersection(self, *others: Iterable[Any]) -> set:
        """A plain set of what all have."""
        return self._values().intersection(*others)

    def difference(self, *others: Iterable[Any]) -> set:
        """A plain set of what the others do not have."""
        return self._values().difference(*others)

    def symmetric_difference(self, other: Iterable[Any]) -> set:
        """A plain set of what is in one of the two."""
        return self._values().symmetric_difference(other)

    def issubset(self, other: Iterable[Any]) -> bool:
        """Whether the other has all of them."""
        return self._values().issubset(other)

    def issuperset(self, other: Iterable[Any]) -> bool:
        """Whether all of the other are here."""
        return self._values().issuperset(other)

    def isdisjoint(self, other: Iterable[Any]) -> bool:
        """Whether they have none in common."""
        return self._values().isdisjoint(other)

    def __or__(self, other: Any) -> set:
        return self._values() | set(other)

    def __and__(self, other: Any) -> set:
        return self._values() & set(other)

    def __sub__(self, other: Any) -> set:
        return self._values() - set(other)

    def __xor__(self, other: Any) -> set:
        return self._values() ^ set(other)

    def __ior__(self, other: Any) -> "_AssociationSet":
        self.update(other)
        return self

    def __iand__(self, other: Any) -> "_AssociationSet":
        self.intersection_update(other)
        return self

    def __isub__(self, other: Any) -> "_AssociationSet":
        self.difference_update(other)
        return self

    def __ixor__(self, other: Any) -> "_AssociationSet":
        self.symmetric_difference_update(other)
        return self

    def __repr__(self) -> str:
        return repr(self._values())

    def __eq__(self, other: Any) -> bool:
        return self._values() == (other._values() if isinstance(other, _AssociationSet) else other)

    def __lt__(self, other: Any) -> bool:
        return self._values() < set(other)

    def __le__(self, other: Any) -> bool:
        return self._values() <= set(other)

    def __gt__(self, other: Any) -> bool:
        return self._values() > set(other)

    def __ge__(self, other: Any) -> bool:
        return self._values() >= set(other)

    __hash__ = None     # type: ignore[assignment]

    def __reduce__(self) -> Any:
        return (set, (list(self._values()),))


class _AssociationDict(_View):
    """A dict of one attribute of what is related, by the keys of the relationship."""

    def _values(self) -> Dict[Any, Any]:
        return {key: self._value(item) for key, item in self._all.items()}

    def __getitem__(self, key: Any) -> Any:
        return self._value(self._all[key])

    def __setitem__(self, key: Any, value: Any) -> None:
        shown = self._all
        if key in shown:
            setattr(shown[key], self._proxy.value_attr, value)
        else:
            shown[key] = self._made(key, value)

    def __delitem__(self, key: Any) -> None:
        del self._all[key]

    def __iter__(self) -> Iterator[Any]:
        return iter(self._all)

    def __contains__(self, key: Any) -> bool:
        return key in self._all

    def keys(self) -> Any:
        """The keys."""
        return self._values().keys()

    def values(self) -> Any:
        """The values."""
        return self._values().values()

    def items(self) -> Any:
        """Keys and values."""
        return self._values().items()

    def get(self, key: Any, default: Any = None) -> Any:
        """The value of a key, or the default."""
        return self[key] if key in self else default

    def setdefault(self, key: Any, default: Any = None) -> Any:
        """The value of a key, which is made where it is missing."""
        if key not in self:
            self[key] = default
            return default
        return self[key]

    _NONE: Tuple = ()

    def pop(self, key: Any, default: Any = _NONE) -> Any:
        """Removes a key and gives its value."""
        if key not in self:
            if default is _AssociationDict._NONE:
                raise KeyError(key)
            return default
        value = self[key]
        del self[key]
        return value

    def popitem(self) -> Any:
        """Removes one and gives it."""
        key = next(iter(reversed(list(self))), None)
        if key is None and not self:
            raise KeyError("popitem(): dictionary is empty")
        return (key, self.pop(key))

    def update(self, *given: Any, **values: Any) -> None:
        """More of them."""
        for key, value in dict(*given, **values).items():
            self[key] = value

    def clear(self) -> None:
        """Without any."""
        self._all.clear()

    def copy(self) -> Dict[Any, Any]:
        """A plain dict."""
        return self._values()

    def _replace(self, values: Any) -> None:
        if not hasattr(values, "items"):
            raise TypeError(f"{type(self._owner).__name__}.{self._proxy.key} takes a dict, got {values!r}")
        for key in list(self):
            if key not in values:
                del self[key]
        for key, value in values.items():
            self[key] = value

    def __repr__(self) -> str:
        return repr(self._values())

    def __eq__(self, other: Any) -> bool:
        return self._values() == (other._values() if isinstance(other, _AssociationDict) else other)

    __hash__ = None     # type: ignore[assignment]

    def __reduce__(self) -> Any:
        return (dict, (self._values(),))


_AssociationCollection = _View
