"""What a JOIN of a SELECT is made of."""

from __future__ import annotations

from typing import Any, List, Sequence, Set

from .. import exc
from .elements import FULL, TOP, BindParameter, ClauseElement, condition, is_entity
from .selectable import FromClause, Join, Pieces, natural_condition, source_of


def join_onto(select: Any, target: Any, onclause: Any, kind: int) -> None:
    """Adds a JOIN to a SELECT that is being made."""
    path = onclause if getattr(onclause, "_kith_join", None) else target if getattr(target, "_kith_join", None) else None
    froms = select._all_froms(TOP)
    if path is not None:
        parts, entity = path._kith_join(target if path is onclause else None, [source for source, _, _ in froms])
        left = path._kith_left()
        _join_from(select, [part[0] for part in left._flat()], [*froms, *left._flat()])
        for source, on in parts:
            _add(select, source, on, kind)
        select._last_joined = entity
        return
    if isinstance(target, str):
        raise exc.ArgumentError(f"Join target {target!r} is a str: name the relationship or class itself")
    source = _joinable(select, source_of(target))
    rights = _sources([source])
    lefts = [own for own, _, _ in froms if not any(own is right for right in rights)]
    if isinstance(source, Join):
        raise exc.ArgumentError("join() takes a table, class or subquery, not a join")
    if not lefts:
        raise exc.InvalidRequestError("Can't determine which FROM clause to join from, please use select_from() to establish what comes first")
    on = condition(onclause) if onclause is not None else _find_condition(lefts, source, target)
    named = list(on._froms())
    _join_from(select, [left for left in lefts if any(left is own for own in named)] or ([] if select._from else lefts[:1]), froms)
    _add(select, source, on, kind)
    select._last_joined = target._kith_entity() if is_entity(target) else source


def _add(select: Any, source: Any, on: Any, kind: int) -> None:
    select._from = select._from + joined(source, on, kind)
    if isinstance(source, Pieces):
        select._told = select._told + [kind_in(source)]


def kind_in(source: Pieces) -> Any:
    """A class under one of its names."""
    return source.name, source.mapper       # type: ignore[attr-defined]


def _join_from(select: Any, lefts: Sequence[Any], froms: Sequence[Any]) -> None:
    """Puts what is joined from before the JOIN, with what is joined to it; whatever else is needed comes by itself."""
    missing = [left for left in lefts if not any(left is own for own, _, _ in select._from)]
    for left in missing:
        chain = next(chain for chain in _chains(froms) if any(left is own for own, _, _ in chain))
        known = [own for own, _, _ in select._from]
        select._from = select._from + [part for part in chain if not any(part[0] is own for own in known)]


def _chains(froms: Sequence[Any]) -> List[List[Any]]:
    """Each thing that stands alone, with what is joined to it."""
    chains: List[List[Any]] = []
    for part in froms:
        if part[1] is None or not chains:
            chains.append([])
        chains[-1].append(part)
    return chains


def joined(source: Any, on: Any, kind: int) -> List[Any]:
    """The parts of a JOIN: (source, condition, kind)."""
    if not isinstance(source, Pieces):
        return [(source, on, kind)]
    if kind == FULL:
        raise exc.CompileError(f"{source.name} lies in several tables, or shares its own: it cannot be joined by a FULL JOIN. Join the table itself, or write it with text()")
    return source._joined(on, kind)


def _joinable(select: Any, source: Any) -> Any:
    """What is joined and not selected brings no columns of sub-classes. A table that a class of the same family is selected from cannot be joined to itself."""
    if not isinstance(source, Pieces) or source.named:
        return source
    mapper = source.mapper      # type: ignore[attr-defined]
    for item in select._items:
        other = item.entity.mapper if item.entity is not None and item.entity.mapper.is_own(item.entity.source) else None
        if other is not None and other is not mapper and other.base_mapper is mapper.base_mapper:
            raise exc.InvalidRequestError(f"{mapper.class_.__name__} lies in tables that {other.class_.__name__} is selected from: join aliased({mapper.class_.__name__})")
    return mapper.slim


def _find_condition(lefts: Sequence[Any], source: Any, target: Any) -> Any:
    try:
        return natural_condition(lefts, source)
    except exc.NoForeignKeysError as error:
        raise exc.InvalidRequestError(
            f"Don't know how to join to {target!r}. Please use the .select_from() method to establish an explicit left side, as well as providing an explicit ON clause "
            "if not present already to help resolve the ambiguity.") from error


def _sources(sources: Sequence[Any]) -> List[Any]:
    return [piece for source in sources for piece in (source.pieces() if isinstance(source, Pieces) else [source])]


def value_names(part: Any) -> Set[str]:
    """The names in a part of a statement that stand for values."""
    if isinstance(part, BindParameter):
        return {part.key} if part.key else set()
    if isinstance(part, dict):
        part = list(part.values())
    if isinstance(part, ClauseElement):
        named = {name for is_value, name in getattr(part, "parts", ()) if is_value}
        return named if isinstance(part, FromClause) and not hasattr(part, "element") else named.union(*(value_names(value) for name, value in vars(part).items() if name != "table"))
    if hasattr(part, "element"):        # an item of a SELECT
        part = [part.element]
    return set().union(*(value_names(each) for each in part)) if isinstance(part, (list, tuple)) else set()


def sources_in(element: Any) -> List[Any]:
    """What the classes are selected from whose attributes stand in an expression, where that is more than a table."""
    found = getattr(element, "_kith_source", None)
    if found is not None:
        return [found] if isinstance(found, Pieces) else []
    if not isinstance(element, ClauseElement) or element._source() is not None:
        return []
    inner: List[Any] = []
    for value in vars(element).values():
        for part in value if isinstance(value, (list, tuple)) else (value,):
            if isinstance(part, ClauseElement):
                inner += sources_in(part)
    return inner
