"""Events: functions that are called when sessions flush and commit, rows are written, attributes are set and statements were sent."""

from __future__ import annotations

import weakref
from typing import Any, Callable, Dict, List, Optional, Tuple

from . import exc

SESSION = ("before_flush", "after_flush", "after_flush_postexec", "before_commit", "after_commit", "after_rollback", "after_soft_rollback", "after_begin", "after_transaction_end")
MAPPER = ("before_insert", "after_insert", "before_update", "after_update", "before_delete", "after_delete")
ATTRIBUTE = ("set", "append", "remove")
ENGINE = ("before_cursor_execute", "after_cursor_execute", "connect", "first_connect", "begin", "commit", "rollback")

_heard: "weakref.WeakSet[type]" = weakref.WeakSet()      # mapped classes and abstract bases that have listeners of rows, each in its own _kith_listeners
_session_listeners: Dict[str, List[Tuple[Any, Callable]]] = {}      # of classes of sessions


def _class_of_sessions(target: Any) -> Any:
    """What makes sessions stands for their class."""
    from . import session
    if isinstance(target, session.scoped_session):
        target = target.session_factory
    return target.class_ if isinstance(target, session.sessionmaker) else target


def listen(target: Any, name: str, function: Callable, *args: Any, **options: Any) -> None:
    """Calls the function at each such event of the target."""
    from . import attributes, engine, session
    target = _class_of_sessions(target)
    if isinstance(target, (session.Session,)):
        _known(name, SESSION, target)
        target._listeners.setdefault(name, []).append(function)
    elif isinstance(target, type) and issubclass(target, session.Session):
        _known(name, SESSION, target)
        _session_listeners.setdefault(name, []).append((target, function))
    elif isinstance(target, (attributes.InstrumentedAttribute, attributes.InstrumentedRelationship)):
        _known(name, ATTRIBUTE, target)
        _hooks(target, name).append(_attribute_hook(function, name, bool(options.get("retval"))))
        _refresh(target)
    elif isinstance(target, engine.Engine):
        _known(name, ENGINE, target)
        target._listeners.setdefault(name, []).append(function)
    elif isinstance(target, type) and hasattr(target, "registry") or hasattr(target, "local_table"):
        _known(name, MAPPER, target)
        _rows(target).append((name, function))
    else:
        raise exc.InvalidRequestError(f"No such event {name!r} for target {target!r}: there are events of sessions, mapped classes, attributes and engines")


def _rows(target: Any) -> List[Tuple[str, Callable]]:
    """The listeners that a class, or a mapper's, has of its own; they go with it."""
    cls = getattr(target, "class_", target)
    if not isinstance(cls, type):
        return []
    if "_kith_listeners" not in cls.__dict__:
        type.__setattr__(cls, "_kith_listeners", [])
        _heard.add(cls)
    return cls.__dict__["_kith_listeners"]


def _hooks(attribute: Any, name: str) -> List[Callable]:
    if name == "remove" and not hasattr(attribute, "removals"):
        raise exc.InvalidRequestError(f"No such event 'remove' for {attribute!r}: it is of relationships to many")
    return attribute.removals if name == "remove" else attribute.hooks


def _refresh(attribute: Any) -> None:
    attribute._refresh_hooks()
    other = getattr(attribute, "other_side", None)
    if other is not None:
        other._refresh_hooks()


def _hook_of(attribute: Any, name: str, function: Callable) -> Any:
    return next((hook for hook in _hooks(attribute, name) if getattr(hook, "listener", None) == (name, function)), None)


def _is_attribute(target: Any) -> bool:
    from . import attributes
    return isinstance(target, (attributes.InstrumentedAttribute, attributes.InstrumentedRelationship))


def _known(name: str, names: Tuple[str, ...], target: Any) -> None:
    if name not in names:
        raise exc.InvalidRequestError(f"No such event {name!r} for target {target!r}: there are {', '.join(names)}")


def listens_for(target: Any, name: str, *args: Any, **options: Any) -> Callable[[Callable], Callable]:
    """As a decorator."""

    def decorate(function: Callable) -> Callable:
        listen(target, name, function, *args, **options)
        return function

    return decorate


def remove(target: Any, name: str, function: Callable) -> None:
    """Calls it no more."""
    target = _class_of_sessions(target)
    if _is_attribute(target) and _hook_of(target, name, function):
        _hooks(target, name).remove(_hook_of(target, name, function))
        _refresh(target)
        return
    own = None if _is_attribute(target) else getattr(target, "_listeners", None)
    if isinstance(own, dict) and function in own.get(name, ()):
        own[name].remove(function)
        return
    for entry in list(_session_listeners.get(name, ())):
        if entry == (target, function):
            _session_listeners[name].remove(entry)
            return
    if not _is_attribute(target) and (name, function) in _rows(target):
        _rows(target).remove((name, function))
        return
    raise exc.InvalidRequestError(f"No listener {function!r} for the event {name!r} of {target!r}")


def contains(target: Any, name: str, function: Callable) -> bool:
    """Whether it is called."""
    target = _class_of_sessions(target)
    if _is_attribute(target):
        return _hook_of(target, name, function) is not None
    own = getattr(target, "_listeners", None)
    return isinstance(own, dict) and function in own.get(name, ()) or (target, function) in _session_listeners.get(name, ()) or (name, function) in _rows(target)


def _attribute_hook(function: Callable, name: str, retval: bool) -> Callable[[Any, Any, Any], Any]:
    def hook(instance: Any, value: Any, attribute: Any) -> Any:
        given = function(instance, value, attribute) if name != "set" else function(instance, value, _before(instance, attribute), attribute)
        return given if retval and name != "remove" else value

    hook.listener = (name, function)     # type: ignore[attr-defined]
    return hook


def _before(instance: Any, attribute: Any) -> Any:
    key = attribute.key
    if key in type(instance).__mapper__.columns_by_key:
        return type(instance).__mapper__.values_of(instance, (key,))[0]
    return getattr(instance, key) if instance._kith_loaded(key) else None


# ---------------------------------------------------------------- sessions

def dispatch(session: Any, name: str, *args: Any) -> None:
    """Calls who listens."""
    for function in list(session._listeners.get(name, ())):
        function(*args)
    for kind, function in list(_session_listeners.get(name, ())):
        if isinstance(session, kind):
            function(*args)


def any_listeners(session: Any) -> bool:
    """Whether a flush has someone to call."""
    return bool(session._listeners or _session_listeners or _heard)


# ---------------------------------------------------------------- rows

def mapped(mapper: Any) -> None:
    """A class was mapped."""


def mapper_events_wanted() -> bool:
    """Whether someone listens to rows."""
    return bool(_heard)


def _calls(instance: Any, name: str) -> List[Callable]:
    return [function for base in type(instance).__mro__ for event, function in base.__dict__.get("_kith_listeners", ()) if event == name]


def before_rows(session: Any) -> Tuple[List[Any], List[Any], List[Any]]:
    """Calls who listens to rows before they are written; gives the objects for afterwards."""
    new, deleted = list(session.new), list(session.deleted)
    dirty = [instance for instance in session.dirty if session.is_modified(instance, include_collections=False)]
    for instances, name in ((new, "before_insert"), (dirty, "before_update"), (deleted, "before_delete")):
        for instance in instances:
            for function in _calls(instance, name):
                function(type(instance).__mapper__, session.connection(), instance)
    return new, dirty, deleted


def after_rows(session: Any, changed: Tuple[List[Any], List[Any], List[Any]]) -> None:
    """Calls who listens to rows after they were written."""
    for instances, name in zip(changed, ("after_insert", "after_update", "after_delete")):
        for instance in instances:
            for function in _calls(instance, name):
                function(type(instance).__mapper__, session.connection(), instance)
