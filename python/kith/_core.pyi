"""The binding of the library, in C: what the Python around it is built on. Programs use the modules around it."""
from typing import Any, Callable, Optional

class ModelInfo:
    """What a mapped class knows of its model."""

    models: Models
    type: Optional[type]
    members: dict[str, tuple[int, Any]]
    def relation(self, name: str, /) -> tuple[Any, int, bool, Optional[str], Optional[str], tuple[str, ...], tuple[str, ...], tuple[str, ...], tuple[str, ...]]: ...

class Models:
    """Models(declarations): resolved and checked together."""

    infos: list[ModelInfo]
    stale: bool
    def __init__(self, declarations: list[Any], /) -> None: ...
    def nursery_bytes(self) -> int: ...

class Instance:
    """The base of mapped classes."""

    def __init__(self, **values: Any) -> None: ...
    def _kith_state(self) -> int: ...
    def _kith_session(self) -> Optional[Session]: ...
    def _kith_values(self, names: tuple[str, ...], /) -> tuple[Any, ...]: ...
    def _kith_changed(self, name: str, /) -> bool: ...
    def _kith_loaded(self, name: str, /) -> bool: ...
    def _kith_claimed(self, name: str, /) -> bool: ...
    def _kith_before(self, name: str, /) -> Any: ...
    def _kith_expired(self) -> bool: ...
    def _kith_describe(self) -> str: ...

class Column:
    """The descriptor of a column."""

class Relationship:
    """The descriptor of a relationship."""

class InstrumentedList(list[Any]):
    """A relationship to many."""

class Engine:
    """Engine(url): a pool of connections."""

    url: str
    def __init__(self, url: str, /) -> None: ...

class Session:
    """Session(engine, models, keeps, autoflush, on_statement, on_flush)"""

    models: Models
    engine: Engine
    autoflush: bool
    statement_count: int
    is_open: bool
    is_flushing: bool
    failed: bool
    is_clean: bool
    bytes: int
    def __init__(self, engine: Engine, models: Models, keeps: bool, autoflush: bool, on_statement: Optional[Callable[..., Any]], on_flush: Optional[Callable[..., Any]], /) -> None: ...

class Unit:
    """The base of sessions: `_core` is the handle that was used last."""

    _core: Optional[Session]
    def add(self, instance: Any, _warn: bool = True) -> None: ...
    def get(self, entity: Any, ident: Any, *, options: Any = None, populate_existing: bool = False, with_for_update: Any = None, identity_token: Any = None,
            execution_options: Any = None, bind_arguments: Any = None) -> Any: ...

def set_make_error(make: Callable[..., BaseException], /) -> None:
    """What makes exceptions of the library's errors."""

def main(models: Models, chosen: list[int], name: str, url: Optional[str], words: list[str], /) -> int:
    """The commands of kith db; the exit status."""

def app(path: str, /) -> tuple[Any, str, Optional[str], list[Any], dict[str, str]]:
    """What is in a C app's shared object."""

def command(app: Any, session: Session, words: list[str], /) -> int:
    """One of a C app's own commands."""
