"""inspect(): what is known of objects, classes and engines."""

from __future__ import annotations

from typing import Any, Dict, List, Optional, Set, Tuple

from . import _core, exc

_STATES = ("transient", "pending", "persistent", "deleted", "detached")


class History:
    """What an attribute was and is: (added, unchanged, deleted)."""

    def __init__(self, added: list, unchanged: list, deleted: list) -> None:
        self.added, self.unchanged, self.deleted = added, unchanged, deleted

    def has_changes(self) -> bool:
        """Whether it differs."""
        return bool(self.added or self.deleted)

    def __iter__(self) -> Any:
        return iter((self.added, self.unchanged, self.deleted))

    def __repr__(self) -> str:
        return f"History(added={self.added!r}, unchanged={self.unchanged!r}, deleted={self.deleted!r})"


class AttributeState:
    """One attribute of one object."""

    def __init__(self, instance: Any, key: str) -> None:
        self._instance, self.key = instance, key

    @property
    def value(self) -> Any:
        """Its value."""
        return getattr(self._instance, self.key)

    loaded_value = value

    @property
    def history(self) -> History:
        """What it was and is."""
        instance, key = self._instance, self.key
        mapper = type(instance).__mapper__
        if key not in mapper.columns_by_key:
            value = getattr(instance, key)
            return History([], list(value) if mapper.relations[key].attribute.link.many else [value], [])
        now = mapper.values_of(instance, (key,))[0]
        if instance._kith_state() in (0, 1):
            return History([now], [], []) if now is not None else History([], [], [])
        if not instance._kith_changed(key):
            return History([], [now], [])
        turn = mapper.columns_by_key[key].type.from_database
        before = instance._kith_before(key)
        return History([now], [], [turn(before) if turn is not None else before])


class AttributeStates:
    """The attributes of one object."""

    def __init__(self, instance: Any) -> None:
        mapper = type(instance).__mapper__
        self._all = {key: AttributeState(instance, key) for key in [*mapper.columns_by_key, *mapper.relations]}

    def __getattr__(self, key: str) -> AttributeState:
        try:
            return self.__dict__["_all"][key]
        except KeyError:
            raise AttributeError(key) from None

    def __getitem__(self, key: str) -> AttributeState:
        return self._all[key]

    def __iter__(self) -> Any:
        return iter(self._all.values())

    def keys(self) -> List[str]:
        """The names."""
        return list(self._all)


class InstanceState:
    """What is known of an object."""

    def __init__(self, instance: Any) -> None:
        self._instance = instance

    object = property(lambda self: self._instance)
    obj = object
    mapper = property(lambda self: type(self._instance).__mapper__)
    class_ = property(lambda self: type(self._instance))
    transient = property(lambda self: self._instance._kith_state() == 0)
    pending = property(lambda self: self._instance._kith_state() == 1)
    persistent = property(lambda self: self._instance._kith_state() == 2)
    deleted = property(lambda self: self._instance._kith_state() == 3 and self._instance._kith_session() is not None)
    detached = property(lambda self: self._instance._kith_state() == 4 or self._instance._kith_state() == 3 and self._instance._kith_session() is None)
    was_deleted = property(lambda self: self._instance._kith_state() == 3)
    expired = property(lambda self: self._instance._kith_expired())
    attrs = property(lambda self: AttributeStates(self._instance))
    has_identity = property(lambda self: self._instance._kith_state() in (2, 3, 4))
    key = property(lambda self: self.identity_key)

    @property
    def session(self) -> Any:
        """The session that it belongs to, or None."""
        from .session import object_session
        return object_session(self._instance)

    @property
    def session_id(self) -> Optional[int]:
        """The number of the session that it belongs to, or None."""
        session = self.session
        return session.hash_key if session is not None else None

    @property
    def identity(self) -> Optional[Tuple[Any, ...]]:
        """Its key, once it has a row."""
        return self.mapper.values_of(self._instance, self.mapper.key_names) if self.has_identity else None

    @property
    def identity_key(self) -> Any:
        """Its class and key, once it has a row."""
        return (self.class_, self.identity, None) if self.has_identity else None

    @property
    def modified(self) -> bool:
        """Whether something was written to it that differs."""
        return any(self._instance._kith_changed(key) for key in [*self.mapper.columns_by_key, *self.mapper.relations])

    @property
    def dict(self) -> Dict[str, Any]:
        """The columns that are in memory."""
        keys = tuple(self.mapper.columns_by_key)
        return dict(zip(keys, self.mapper.values_of(self._instance, keys)))

    @property
    def unloaded(self) -> Set[str]:
        """Attributes that would be loaded."""
        keys = [] if not self.expired else list(self.mapper.columns_by_key)
        return {key for key in self.mapper.relations if not self._instance._kith_loaded(key)} | set(keys)

    def __repr__(self) -> str:
        return f"<InstanceState of {self.class_.__name__}, {_STATES[self._instance._kith_state()]}>"


def inspect(subject: Any, raiseerr: bool = True) -> Any:
    """What is known of an object, a class or an engine."""
    if isinstance(subject, _core.Instance):
        if getattr(type(subject), "__mapper__", None) is not None:
            return InstanceState(subject)
    mapper = getattr(subject, "__mapper__", None)
    if mapper is not None:
        return subject if not isinstance(subject, type) and hasattr(subject, "_kith_entity") else mapper
    if hasattr(subject, "columns_by_key") or hasattr(subject, "local_table") or hasattr(subject, "_tree"):
        return subject
    from .engine import Connection, Engine, Inspector
    if isinstance(subject, (Engine, Connection)):
        return Inspector(subject)
    if raiseerr:
        raise exc.NoInspectionAvailable(f"No inspection system is available for object of type {type(subject)}")
    return None


def identity_key(*args: Any, instance: Any = None, row: Any = None, identity_token: Any = None) -> Any:
    """The class and key of an object, or of a class and key."""
    if instance is not None:
        return (type(instance), tuple(type(instance).__mapper__.primary_key_from_instance(instance)), identity_token)
    cls, ident = args[0], args[1]
    return (cls, tuple(ident) if isinstance(ident, (list, tuple)) else (ident,), identity_token)


def was_deleted(instance: Any) -> bool:
    """Whether its row was deleted."""
    return instance._kith_state() == 3


def object_mapper(instance: Any) -> Any:
    """The mapper of an object."""
    return class_mapper(type(instance))


def class_mapper(cls: Any, configure: bool = True) -> Any:
    """The mapper of a class."""
    mapper = getattr(cls, "__mapper__", None)
    if mapper is None:
        raise exc.UnmappedClassError(f"Class '{cls.__module__}.{cls.__qualname__}' is not mapped")
    if configure:
        mapper.layout.configure_class(mapper)
    return mapper
