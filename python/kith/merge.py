"""session.merge(): the state of an object on the session's own."""

from __future__ import annotations

from typing import Any, Dict, Optional, Tuple

from .loading import items_of


def merge(session: Any, given: Any, seen: Dict[int, Tuple[Any, Any]], back: Optional[str] = None) -> Any:
    """Copies columns and, where the relationship says so, what is related; not by the relationship that leads back."""
    if id(given) in seen:
        return seen[id(given)][1]
    core = session._core_for(given)
    if given._kith_session() is core and given._kith_state() in (1, 2):
        seen[id(given)] = given, given
        return given
    cls, mapper = type(given), type(given).__mapper__
    names = mapper.key_names
    key = mapper.values_of(given, names)
    own = session.get(cls, tuple(key)) if all(value is not None for value in key) else None
    fresh = own is None
    if fresh:
        own = cls.__new__(cls)
        session.add(own)
    seen[id(given)] = given, own       # held, so that no other object gets its id meanwhile
    _columns(given, own, mapper, fresh)
    for name, prop in mapper.relations.items():
        if prop.viewonly or prop.lazy in ("dynamic", "write_only", "noload") or not _cascades(prop):
            continue
        if name == back or not given._kith_loaded(name):
            continue
        _relation(session, given, own, name, prop, seen)
    return own


def _cascades(prop: Any) -> bool:
    return prop.cascade is None or "merge" in prop.words or "all" in prop.words


def _columns(given: Any, own: Any, mapper: Any, fresh: bool) -> None:
    names, said = tuple(mapper.columns_by_key), given.__dict__.get("_kith_said", ())
    for name, value in zip(names, given._kith_values(names)):
        if value is None and (fresh or given._kith_state() == 0 and name not in said):
            continue        # of an object that was never stored: not given
        if not given._kith_loaded(name):
            continue        # outdated, and its session is gone: as the row has it
        value = getattr(given, name)
        if getattr(own, name) != value:
            setattr(own, name, value)


def _relation(session: Any, given: Any, own: Any, name: str, prop: Any, seen: Dict[int, Tuple[Any, Any]]) -> None:
    many, back = prop.attribute.link.many, prop.attribute.link.reverse
    known = given._kith_state() != 0 or (given._kith_claimed(name) if many else name in given.__dict__.get("_kith_said", ()))
    if many and not known:
        return              # what the other sides of its objects put there: they come along when they are merged themselves
    value = getattr(given, name)
    if many:
        merged = [merge(session, item, seen, back) for item in items_of(value)]
        prop.attribute._list(own)[:] = merged
    elif value is not None or known:
        setattr(own, name, merge(session, value, seen, back) if value is not None else None)
