"""session.merge(): the state of an object on the session's own."""

from __future__ import annotations

from typing import Any, Dict


def merge(session: Any, given: Any, seen: Dict[int, Any]) -> Any:
    """Copies columns and, where the relationship says so, what is related."""
    if id(given) in seen:
        return seen[id(given)]
    core = session._core_for(given)
    if given._kith_session() is core and given._kith_state() in (1, 2):
        seen[id(given)] = given
        return given
    cls, mapper = type(given), type(given).__mapper__
    names = mapper.key_names
    key = mapper.values_of(given, names)
    own = session.get(cls, tuple(key)) if all(value is not None for value in key) else None
    fresh = own is None
    if fresh:
        own = cls.__new__(cls)
        session.add(own)
    seen[id(given)] = own
    _columns(given, own, mapper, fresh)
    for name, prop in mapper.relations.items():
        if prop.viewonly or prop.lazy in ("dynamic", "write_only", "noload") or not _cascades(prop):
            continue
        if not given._kith_loaded(name):
            continue
        _relation(session, given, own, name, prop, seen)
    return own


def _cascades(prop: Any) -> bool:
    return prop.cascade is None or "merge" in prop.words or "all" in prop.words


def _columns(given: Any, own: Any, mapper: Any, fresh: bool) -> None:
    names = tuple(mapper.columns_by_key)
    for name, value in zip(names, given._kith_values(names)):
        if value is None and (fresh or given._kith_state() == 0):
            continue        # of an object that was never stored: not given
        if not given._kith_loaded(name):
            continue        # outdated, and its session is gone: as the row has it
        value = getattr(given, name)
        if getattr(own, name) != value:
            setattr(own, name, value)


def _relation(session: Any, given: Any, own: Any, name: str, prop: Any, seen: Dict[int, Any]) -> None:
    value = getattr(given, name)
    if prop.attribute.link.many:
        items = list(value.values()) if hasattr(value, "values") else list(value)
        if not items and given._kith_state() == 0:
            return
        merged = [merge(session, item, seen) for item in items]
        prop.attribute._list(own)[:] = merged
    elif value is not None or given._kith_state() != 0:
        setattr(own, name, merge(session, value, seen) if value is not None else None)
