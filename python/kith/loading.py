"""Loader options: what a query brings along, and what may not be loaded at all."""

from __future__ import annotations

from typing import Any, Dict, FrozenSet, Iterator, List, Optional, Sequence, Tuple

from . import exc

EAGER, LAZY, REFUSED, COLUMNS = "eager", "lazy", "refused", "columns"


class Load:
    """A path of relationships and how its last is loaded: joinedload(A.bs).selectinload(B.cs)."""

    def __init__(self, entity: Any = None) -> None:
        self.entity = entity
        self.steps: List[Tuple[Any, str]] = []

    def _with(self, attributes: Sequence[Any], how: str, name: str) -> "Load":
        made = Load(self.entity)
        made.steps = list(self.steps)
        for attribute in attributes:
            everything = isinstance(attribute, str) and attribute == "*"
            if isinstance(attribute, str) and not everything:
                raise exc.ArgumentError(f"{name}({attribute!r}): strings are not accepted for attribute names in loader options; use the class's attribute, as in {name}(Class.{attribute})")
            if not everything and how != COLUMNS and not hasattr(attribute, "_kith_join"):
                raise exc.ArgumentError(f"{name}() takes a relationship, got {attribute!r}")
            made.steps.append((attribute, how))
        return made

    def joinedload(self, attribute: Any, innerjoin: Any = None) -> "Load":
        """The related objects come along."""
        return self._with([attribute], EAGER, "joinedload")

    def selectinload(self, attribute: Any, **unused: Any) -> "Load":
        """The related objects come along."""
        return self._with([attribute], EAGER, "selectinload")

    def subqueryload(self, attribute: Any) -> "Load":
        """The related objects come along."""
        return self._with([attribute], EAGER, "subqueryload")

    def immediateload(self, attribute: Any, **unused: Any) -> "Load":
        """The related objects come along."""
        return self._with([attribute], EAGER, "immediateload")

    def contains_eager(self, attribute: Any, alias: Any = None, **unused: Any) -> "Load":
        """The related objects come along: all of them, in a statement of their own."""
        return self._with([attribute], EAGER, "contains_eager")

    def lazyload(self, attribute: Any) -> "Load":
        """The related objects are loaded when they are looked at."""
        return self._with([attribute], LAZY, "lazyload")

    def noload(self, attribute: Any) -> "Load":
        """As lazyload."""
        return self._with([attribute], LAZY, "noload")

    def defaultload(self, attribute: Any) -> "Load":
        """As the relationship says; to go on from."""
        return self._with([attribute], LAZY, "defaultload")

    def raiseload(self, attribute: Any, sql_only: bool = False) -> "Load":
        """To look at the related objects is an error."""
        return self._with([attribute], REFUSED, "raiseload")

    def load_only(self, *attributes: Any, **unused: Any) -> "Load":
        """All columns are loaded."""
        return self

    def defer(self, attribute: Any, **unused: Any) -> "Load":
        """All columns are loaded."""
        return self

    def undefer(self, attribute: Any) -> "Load":
        """All columns are loaded."""
        return self

    def undefer_group(self, name: str) -> "Load":
        """All columns are loaded."""
        return self

    def options(self, *options: "Load") -> "Load":
        """Several ways on from here."""
        made = Load(self.entity)
        made.steps, made.more = list(self.steps), list(options)     # type: ignore[attr-defined]
        return made

    def _paths(self) -> Iterator[List[Tuple[Any, str]]]:
        yield self.steps
        for option in getattr(self, "more", ()):
            for steps in option._paths():
                yield self.steps + steps


def _names(step: Any) -> Tuple[Any, str]:
    attribute = getattr(step, "attribute", step)
    return attribute.parent, attribute.key


def paths_of(select: Any, items: Sequence[Any]) -> Tuple[Tuple[str, ...], Optional[FrozenSet[str]]]:
    """The paths that a SELECT's first objects bring along, and the names that may not be loaded."""
    entity = items[0].entity
    load: Dict[str, None] = {}
    refused = set()
    if entity is None:
        return (), None
    for option in select._options:
        if not isinstance(option, Load):
            raise exc.ArgumentError(f"options() takes loader options, as in joinedload(Class.relationship); got {option!r}")
        for steps in option._paths():
            path = _path(entity.mapper, steps, refused)
            if path:
                load[path] = None
    return tuple(load), frozenset(refused) or None


def _path(mapper: Any, steps: Sequence[Tuple[Any, str]], refused: set) -> str:
    names: List[str] = []
    eager = ""
    for place, (step, how) in enumerate(steps):
        if isinstance(step, str):
            if how == REFUSED and not place:
                refused.add("*")
            return eager
        parent, name = _names(step)
        if not place and parent is not mapper:
            raise exc.ArgumentError(f"Mapped attribute \"{parent.class_.__name__}.{name}\" does not apply to any of the root entities in this query, e.g. {mapper}. Please specify the full "
                                    "path from one of the root entities to the target attribute.")
        names.append(name)
        if how == REFUSED:
            if not place:
                refused.add(name)
            return eager
        if how == EAGER:
            eager = ".".join(names)
    return eager


def _starting(name: str) -> Any:
    def option(*attributes: Any, **options: Any) -> Load:
        made = Load()
        for attribute in attributes:
            made = getattr(made, name)(attribute, **options)
        return made

    option.__name__, option.__doc__ = name, getattr(Load, name).__doc__
    return option


joinedload, selectinload, subqueryload, immediateload = (_starting(name) for name in ("joinedload", "selectinload", "subqueryload", "immediateload"))
lazyload, noload, raiseload, defaultload, contains_eager = (_starting(name) for name in ("lazyload", "noload", "raiseload", "defaultload", "contains_eager"))
undefer, defer = _starting("undefer"), _starting("defer")


def load_only(*attributes: Any, **unused: Any) -> Load:
    """All columns are loaded."""
    return Load()


def undefer_group(name: str) -> Load:
    """All columns are loaded."""
    return Load()
