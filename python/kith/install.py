"""kith under SQLAlchemy's name, for programs that import that: ``kith.install_as_sqlalchemy()``.

From then on ``sqlalchemy``, ``flask_sqlalchemy`` and ``flask_migrate`` and what is below them are kith's modules. A name of SQLAlchemy's
that kith does not have raises a sentence that says where to read what there is.
"""
from __future__ import annotations

import importlib
import importlib.abc
import importlib.machinery
import sys
import types
from typing import Any, Optional, Sequence

import kith.surface as surface

PAGE = "docs/sqlalchemy.md"         #: what there is, what differs, what is not

ROOTS = ("sqlalchemy", "flask_sqlalchemy", "flask_migrate")
VERSIONS = {"sqlalchemy": "2.0.0", "flask_sqlalchemy": "3.0.3", "flask_migrate": "4.0.4"}      #: whose behaviour kith answers with


def lacking(name: str) -> str:
    """The sentence for a name that kith does not have."""
    absent = surface.absent()
    last = name.rpartition(".")[2]
    ways = [name, f"sqlalchemy.{last}", f"sqlalchemy.orm.{last}"] if name.startswith(("db.", "kith.")) else [name]
    instead = next((f"{absent[way]}. " for way in ways if way in absent), "")
    return f"kith has no {name}. {instead}What it has of SQLAlchemy, what differs and what to use instead is in {PAGE}."


class Lacking:
    """A method of SQLAlchemy's that a class of kith's does not have: to ask for it says what to do instead, and hasattr() is False."""

    def __init__(self, place: str) -> None:
        self.place = place

    def __get__(self, instance: Any, owner: type) -> Any:
        raise AttributeError(lacking(self.place))


def tell_what_is_lacking() -> None:
    """Gives the classes what surface.py says of their methods."""
    from . import engine, query, result, sql
    from .sql import functions, selectable, selects
    for place in surface.absent():
        kind, _, name = place.rpartition(".")
        cls = next((getattr(module, kind) for module in (query, result, engine, sql, functions, selectable, selects) if isinstance(getattr(module, kind, None), type)), None)
        if cls is not None:
            setattr(cls, name, Lacking(place))


class Alias(types.ModuleType):
    """A module under another name. It is a package, so that a name it lacks can be looked for below it, and be explained there."""

    def __init__(self, name: str, target: Optional[str]) -> None:
        super().__init__(name, f"{target or 'A package'}, as {name}: see kith.install_as_sqlalchemy.")
        self.__path__: list[str] = []
        self.__dict__["_target"] = importlib.import_module(target) if target else None
        self.__all__ = surface.names(name)
        if name in VERSIONS:
            self.__version__ = VERSIONS[name]

    def __getattr__(self, name: str) -> Any:
        if name in self.__all__:
            value = self.__dict__[name] = getattr(self.__dict__["_target"], name)
            return value
        if f"{self.__name__}.{name}" in surface.THERE:
            return importlib.import_module(f"{self.__name__}.{name}")
        raise AttributeError(name if name.startswith("__") else lacking(f"{self.__name__}.{name}"), name=name, obj=self)

    def __dir__(self) -> list[str]:
        below = {name.rpartition(".")[2] for name in surface.THERE if name.rpartition(".")[0] == self.__name__}
        return sorted({*super().__dir__(), *surface.names(self.__name__), *below})


class Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds the aliases, before any other finder; says of every other name below the roots that it is not there."""

    def find_spec(self, fullname: str, path: Optional[Sequence[str]] = None, target: Any = None) -> Optional[importlib.machinery.ModuleSpec]:
        if fullname in surface.THERE:
            return importlib.machinery.ModuleSpec(fullname, self, origin="kith", is_package=True)
        if fullname.partition(".")[0] in ROOTS and not fullname.rpartition(".")[2].startswith("__"):
            raise ImportError(lacking(fullname), name=fullname)
        return None

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> types.ModuleType:
        return Alias(spec.name, surface.THERE[spec.name][0])

    def exec_module(self, module: types.ModuleType) -> None:
        """It is there already."""


def install_as_sqlalchemy() -> None:
    """From now on ``import sqlalchemy``, ``flask_sqlalchemy`` and ``flask_migrate`` give kith.

    Call it first thing, before anything imports the real ones: where one is loaded already it raises :class:`RuntimeError`, since half a
    program on each would fail later and in worse places. Calling it twice is calling it once.
    """
    if any(isinstance(finder, Finder) for finder in sys.meta_path):
        return
    for root in ROOTS:
        loaded = sys.modules.get(root)
        if loaded is not None:
            raise RuntimeError(f"The real {root} is loaded already ({getattr(loaded, '__file__', None) or 'from somewhere'}), and kith cannot take its place any more. "
                               "Call kith.install_as_sqlalchemy() before anything imports it.")
    sys.meta_path.insert(0, Finder())
