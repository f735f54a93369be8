"""Loader options: what a query brings along, and what may not be loaded at all."""

from __future__ import annotations

from typing import Any, Dict, Iterator, List, Sequence, Set, Tuple

from . import exc

EAGER, LAZY, REFUSED, COLUMNS, JOINED = "eager", "lazy", "refused", "columns", "joined"


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

    def selectinload(self, attribute: Any) -> "Load":
        """The related objects come along."""
        return self._with([attribute], EAGER, "selectinload")

    def subqueryload(self, attribute: Any) -> "Load":
        """The related objects come along."""
        return self._with([attribute], EAGER, "subqueryload")

    def immediateload(self, attribute: Any) -> "Load":
        """The related objects come along."""
        return self._with([attribute], EAGER, "immediateload")

    def contains_eager(self, attribute: Any, alias: Any = None) -> "Load":
        """The relationship holds what the query's own joined rows bring, and nothing else."""
        if alias is not None:
            attribute = attribute.of_type(alias) if hasattr(alias, "_kith_entity") else attribute
        return self._with([attribute], JOINED, "contains_eager")

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

    def load_only(self, *attributes: Any) -> "Load":
        """All columns are loaded."""
        return self

    def defer(self, attribute: Any, raiseload: bool = False) -> "Load":
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


def paths_of(select: Any, items: Sequence[Any]) -> Tuple[Tuple[str, ...], Dict[Tuple[str, ...], Set[str]]]:
    """The paths that a SELECT's first objects bring along, and the names that may not be loaded of what is at the end of a path."""
    entity = items[0].entity
    load: Dict[str, None] = {}
    refused: Dict[Tuple[str, ...], Set[str]] = {}
    if entity is None:
        return (), {}
    for option in select._options:
        if not isinstance(option, Load):
            raise exc.ArgumentError(f"options() takes loader options, as in joinedload(Class.relationship); got {option!r}")
        for steps in option._paths():
            path = _path(entity.mapper, steps, refused)
            if path:
                load[path] = None
    return tuple(load), refused


def refuse(instance: Any, refused: Dict[Tuple[str, ...], Set[str]]) -> None:
    """Names on the object, and on what its paths lead to that is loaded, what may not be."""
    for path, names in refused.items():
        ends = [instance]
        for name in path:
            values = [getattr(end, name) for end in ends if end._kith_loaded(name)]
            ends = [item for value in values if value is not None for item in ([value] if hasattr(value, "_kith_state") else items_of(value))]
        for end in ends:
            end.__dict__["_kith_raise"] = frozenset(names)
        if path:
            instance.__dict__.setdefault("_kith_held", {})[path] = ends     # what is said of them lasts as long as this one


def items_of(collection: Any) -> List[Any]:
    """The objects in a list, set or dict."""
    return list(collection.values()) if hasattr(collection, "values") else list(collection)


def _path(mapper: Any, steps: Sequence[Tuple[Any, str]], refused: Dict[Tuple[str, ...], Set[str]]) -> str:
    names: List[str] = []
    eager = ""
    for place, (step, how) in enumerate(steps):
        if isinstance(step, str):
            if how == REFUSED:
                refused.setdefault(tuple(names), set()).add("*")
            return eager
        parent, name = _names(step)
        if not place and not parent.isa(mapper) and not mapper.isa(parent):
            raise exc.ArgumentError(f"Mapped attribute \"{parent.class_.__name__}.{name}\" does not apply to any of the root entities in this query, e.g. {mapper}. Please specify the full "
                                    "path from one of the root entities to the target attribute.")
        if how == REFUSED:
            refused.setdefault(tuple(names), set()).add(name)
            return eager
        names.append(name)
        if how == JOINED:
            return eager        # what goes on from there is loaded when it is looked at, for all of them at once
        if how == EAGER:
            eager = ".".join(names)
    return eager


# ---------------------------------------------------------------- contains_eager

def joined_of(select: Any) -> List[List[Tuple[Any, Any]]]:
    """The paths of contains_eager: of each the relationships, with what their objects are selected from."""
    found: List[List[Tuple[Any, Any]]] = []
    for option in select._options:
        if not isinstance(option, Load):
            continue
        for steps in option._paths():
            path: List[Tuple[Any, Any]] = []
            for step, how in steps:
                if how != JOINED:
                    break
                attribute = step.attribute
                path.append((attribute, getattr(step, "_to", None) or attribute.link.target.entity))
            if path:
                found.append(path)
    return found


class Joined:
    """A SELECT that brings along what its own joins lead to, and what is made of its rows."""

    def __init__(self, select: Any, paths: Sequence[List[Tuple[Any, Any]]]) -> None:
        self.width = len(select._items)
        self.select = select._copy()
        self.ties: List[Tuple[int, Any, int]] = []         # (place of the owner, relationship, place of what is related)
        places: Dict[Tuple[Any, ...], int] = {}
        for path in paths:
            owner = self._owner(select, path[0][0])
            for end, (attribute, entity) in enumerate(path, 1):
                key = tuple((attribute, entity.source) for attribute, entity in path[:end])
                if key not in places:
                    places[key] = self._add(entity)
                    self.ties.append((owner, attribute, places[key]))
                owner = places[key]

    @staticmethod
    def _owner(select: Any, attribute: Any) -> int:
        return next(place for place, item in enumerate(select._items) if item.entity is not None and item.entity.mapper is attribute.parent)

    def _add(self, entity: Any) -> int:
        from . import sql
        item = sql.Item.__new__(sql.Item)
        item.entity, item.element, item.name = entity, None, f"_joined_{len(self.select._items)}"
        self.select._items.append(item)
        return len(self.select._items) - 1

    def place(self, core: Any, rows: Sequence[Any], again: bool) -> None:
        """The relationships hold what the rows say; what is loaded already stays, unless it is to be loaded again."""
        for owner_at, attribute, item_at in self.ties:
            found: Dict[int, Tuple[Any, Dict[int, Any]]] = {}
            for row in rows:
                owner, item = row[owner_at], row[item_at]
                if owner is None or (id(owner) not in found and not again and owner._kith_loaded(attribute.key)):
                    continue
                items = found.setdefault(id(owner), (owner, {}))[1]
                if item is not None:
                    items.setdefault(id(item), item)
            for owner, items in found.values():
                core.place(owner, attribute, list(items.values())[:None if attribute.link.many else 1])

    def rows(self, rows: Sequence[Any], single: bool) -> List[Any]:
        """What was asked for, each once."""
        found: Dict[Tuple[Any, ...], Any] = {}
        for row in rows:
            asked = tuple(row)[:self.width]
            found.setdefault(tuple(id(value) if item.entity is not None else _hashable(value) for item, value in zip(self.select._items, asked)), asked)
        return [row[0] for row in found.values()] if single else list(found.values())


def _hashable(value: Any) -> Any:
    """A JSON value, which may be a list or a dict, by what it says."""
    return repr(value) if isinstance(value, (list, dict)) else value


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


def load_only(*attributes: Any) -> Load:
    """All columns are loaded."""
    return Load()


def undefer_group(name: str) -> Load:
    """All columns are loaded."""
    return Load()
