"""SELECT, and combinations of it."""

from __future__ import annotations

import itertools
from typing import Any, Dict, Iterator, List, Optional, Sequence, Tuple

from .. import exc, types
from .elements import (INNER, T_AS, TOP, BindParameter, ClauseElement, ColumnElement, Label, Ordered, PlainColumn, Raw, Scope, Tree, sortable, and_, clause,
                       condition, is_entity, join_kind, textual)
from .joining import join_onto, kind_in, sources_in
from .selectable import ColumnCollection, FromClause, Join, Pieces, Subquery, source_of
from .subqueries import Exists, InSelect, ScalarSelect
from .texts import TextClause


class SelectBase(ClauseElement):
    """What gives rows: SELECT and combinations of it."""

    def _select_tree(self, scope: Scope, nested: bool = False, named: bool = False) -> Tree:
        raise NotImplementedError

    def _result_columns(self) -> List[Tuple[str, types.TypeEngine]]:
        raise NotImplementedError

    def _value(self) -> ScalarSelect:
        return self.scalar_subquery()

    def _among(self, element: Any) -> ColumnElement:
        return InSelect(element, self)

    def _source(self) -> Subquery:
        return self.subquery()

    def where(self, *criteria: Any) -> Any:
        """With more conditions."""
        raise exc.InvalidRequestError(f"{type(self).__name__} takes no conditions of its own")

    _values: Dict[str, Any] = {}        # for names: of params()

    def _copy(self) -> Any:
        raise NotImplementedError

    def params(self, *given: Dict[str, Any], **values: Any) -> Any:
        """Values for bindparam(name) and :name of text()."""
        made = self._copy()
        made._values = {**self._values, **(given[0] if given else {}), **values}
        return made

    def subquery(self, name: Optional[str] = None) -> Subquery:
        """To select from."""
        return Subquery(self, name)

    alias = subquery

    def cte(self, name: Optional[str] = None, recursive: bool = False, nesting: bool = False) -> Subquery:
        """To select from, as subquery()."""
        if recursive:
            raise NotImplementedError("cte(recursive=True): write a recursive WITH with text()")
        return self.subquery(name)

    def scalar_subquery(self) -> ScalarSelect:
        """As a value."""
        return ScalarSelect(self)

    as_scalar = scalar_subquery

    def label(self, name: str) -> Label:
        """As a value under a name."""
        return ScalarSelect(self).label(name)

    def exists(self) -> Exists:
        """EXISTS (…)"""
        return Exists(self)

    @property
    def selected_columns(self) -> ColumnCollection:
        """What it selects."""
        return Subquery(self).c

    def union(self, *others: Any) -> "Compound":
        """The rows of all, each once."""
        return Compound("UNION", self, *others)

    def union_all(self, *others: Any) -> "Compound":
        """The rows of all."""
        return Compound("UNION ALL", self, *others)

    def intersect(self, *others: Any) -> "Compound":
        """The rows that are in all."""
        return Compound("INTERSECT", self, *others)

    def except_(self, *others: Any) -> "Compound":
        """The rows that are in none of the others."""
        return Compound("EXCEPT", self, *others)


class Item:
    """One thing that each row gives: an object, or a value."""

    __slots__ = ("entity", "element", "name", "info")

    def __init__(self, given: Any) -> None:
        self.entity = self.element = None
        if is_entity(given):
            self.entity = given._kith_entity()
            self.name = self.entity.name
            return
        if isinstance(given, str):
            raise exc.ArgumentError(f"Column expression or FROM clause expected, got {given!r}. To create a FROM clause from a table name, use text({given!r})."
                                    if not given.isidentifier() else f"Textual column expression {given!r} should be explicitly declared with text({given!r}), or use column({given!r}) for more specificity")
        made = clause(given)
        if isinstance(made, SelectBase):
            made = made.scalar_subquery()
        if type(made) in (int, float, bool):
            made = BindParameter(None, made)
        if not isinstance(made, ColumnElement):
            raise exc.ArgumentError(f"Column expression or FROM clause expected, got {given!r}.")
        self.element = made
        self.name = made._name() or ""

    def is_of(self, key: Any) -> bool:
        """Whether it is this class, alias or column."""
        if self.entity is not None:
            return is_entity(key) and key._kith_entity().source is self.entity.source
        made = clause(key)
        return getattr(made, "column", made) is getattr(self.element, "column", self.element)

    def _item(self, scope: Scope, named: Optional[str]) -> Tree:
        tree = self.element._tree(scope)
        if named or isinstance(self.element, Label):
            tree = (T_AS, tree, named or self.name)
        type_ = self.element.type
        return (tree, type_.kind, type_.from_database)


class Entity:
    """A mapped class in a SELECT, under its own name or another."""

    __slots__ = ("mapper", "source", "name", "criteria")

    def __init__(self, mapper: Any, source: Any, name: str) -> None:
        self.mapper, self.source, self.name = mapper, source, name

    def _item(self, scope: Scope) -> Tree:
        source = scope.source(self.source)
        own = source is self.mapper.local_table or isinstance(source, Pieces) and not source.named
        return (self.mapper.info, None if own else source.name)

    def columns(self) -> List[Any]:
        """The columns that it is made of."""
        return list(self.source.c)


class Select(SelectBase):
    """SELECT; every method gives a new one."""

    def __init__(self, *items: Any) -> None:
        if len(items) == 1 and isinstance(items[0], (list, tuple)):
            items = tuple(items[0])
        self._items: List[Item] = []
        self._from: List[Any] = []              # (source, on, kind of JOIN) as they are joined; on None: beside
        self._where: List[Any] = []
        self._group: List[Any] = []
        self._having: List[Any] = []
        self._order: List[Any] = []
        self._limit: Optional[int] = None
        self._offset: Optional[int] = None
        self._distinct = False
        self._options: List[Any] = []
        self._execution: Dict[str, Any] = {}
        self._renamed: Dict[Any, Any] = {}
        self._correlate: Any = None             # (tables, whether these or all others) that are taken from around; None: found by themselves
        self._narrowing: List[Pieces] = []      # classes whose rows are told from others, beside the items
        self._told: List[Any] = []              # and those whose rows the condition of a JOIN tells from others
        self._for_update: Any = None
        for item in items:
            self._add(item)

    def _add(self, given: Any) -> None:
        made = clause(given) if not isinstance(given, type) else given
        if isinstance(made, FromClause) and not is_entity(given):
            self._items += [Item(column) for column in made.c]
            if isinstance(made, Join):
                self._from += made._flat()
            elif not made.c:
                self._from.append((made, None, INNER))
        else:
            self._items.append(Item(given))

    def _copy(self) -> "Select":
        made = self.__class__.__new__(self.__class__)
        made.__dict__.update(self.__dict__)
        for name in ("_items", "_from", "_where", "_group", "_having", "_order", "_options", "_narrowing", "_told"):
            setattr(made, name, list(getattr(self, name)))
        made._execution = dict(self._execution)
        return made

    # ------------------------------------------------------------ building
    def where(self, *criteria: Any) -> "Select":
        """With more conditions; all must hold."""
        made = self._copy()
        made._where += [condition(criterion) for criterion in criteria]
        return made

    filter = where

    def filter_by(self, **values: Any) -> "Select":
        """Conditions of equality on attributes of the last that was joined, or of the first."""
        target = self._filter_entity()
        return self.where(*(entity_attribute(target, name) == value for name, value in values.items()))

    def _filter_entity(self) -> Any:
        last = getattr(self, "_last_joined", None)
        if last is not None:
            return last
        for item in self._items:
            if item.entity is not None:
                return item.entity
        for item in self._items:
            for source in item.element._froms():
                return source
        if self._from:
            return self._from[0][0]
        raise exc.InvalidRequestError("Query contains no entity that filter_by() could be about")

    def order_by(self, *elements: Any) -> "Select":
        """To sort by; None: as it comes."""
        made = self._copy()
        if len(elements) == 1 and elements[0] is None or elements and elements[0] is False:
            made._order = []
            return made
        made._order += [self._sort_key(element) for element in _spread(elements)]
        return made

    def _sort_key(self, element: Any) -> Ordered:
        if isinstance(element, str):
            words = element.split()
            if not 1 <= len(words) <= 2 or (len(words) == 2 and words[1].lower() not in ("asc", "desc")) or not words[0].replace(".", "_").isidentifier():
                raise textual(element, "column expression")
            return Ordered(self._by_name(words[0]), len(words) == 2 and words[1].lower() == "desc")
        made = sortable(element)
        return made if isinstance(made, Ordered) else Ordered(made, False)

    def _by_name(self, name: str) -> Any:
        for item in self._items:
            if item.entity is None and item.name == name:
                return item.element if not isinstance(item.element, Label) else PlainColumn(name, item.element.type)
        for item in self._items:
            if item.entity is not None and name in item.entity.source.c:
                return item.entity.source.c[name]
        return PlainColumn(name)

    def group_by(self, *elements: Any) -> "Select":
        """To group by."""
        made = self._copy()
        if not (len(elements) == 1 and elements[0] is None):
            made._group += [self._by_name(element) if isinstance(element, str) else sortable(element) for element in _spread(elements)]
        return made

    def having(self, *criteria: Any) -> "Select":
        """Conditions on groups."""
        made = self._copy()
        made._having += [condition(criterion) for criterion in criteria]
        return made

    def limit(self, limit: Optional[int]) -> "Select":
        """At most so many rows."""
        made = self._copy()
        made._limit = whole(limit, "LIMIT")
        return made

    def offset(self, offset: Optional[int]) -> "Select":
        """Without the first so many rows."""
        made = self._copy()
        made._offset = whole(offset, "OFFSET")
        return made

    def slice(self, start: int, stop: int) -> "Select":
        """Rows from start to stop."""
        made = self._copy()
        made._offset = (made._offset or 0) + start if start or made._offset else made._offset
        made._limit = stop - start
        return made

    def fetch(self, count: int) -> "Select":
        """At most so many rows."""
        return self.limit(count)

    def distinct(self, *unused: Any) -> "Select":
        """Each row once."""
        made = self._copy()
        made._distinct = True
        return made

    def select_from(self, *froms: Any) -> "Select":
        """What to select from, before what is joined."""
        made = self._copy()
        added: List[Any] = []
        for given in froms:
            source = source_of(given)
            added += source._flat()
            if isinstance(source, Pieces):
                made._narrowing.append(source)
        made._from = added + made._from
        return made

    def join_from(self, left: Any, right: Any, onclause: Any = None, isouter: bool = False, full: bool = False) -> "Select":
        """A JOIN to one thing selected from."""
        return self.select_from(left).join(right, onclause, isouter, full)

    def join(self, target: Any, onclause: Any = None, isouter: bool = False, full: bool = False) -> "Select":
        """A JOIN: along a relationship, to a class or table, or on a condition."""
        made = self._copy()
        join_onto(made, target, onclause, join_kind(isouter, full))
        return made

    def outerjoin(self, target: Any, onclause: Any = None, full: bool = False) -> "Select":
        """A LEFT OUTER JOIN."""
        return self.join(target, onclause, True, full)

    def options(self, *options: Any) -> "Select":
        """How relationships are loaded."""
        made = self._copy()
        made._options += list(options)
        return made

    def execution_options(self, **options: Any) -> "Select":
        """populate_existing=True and yield_per=n are what is known."""
        made = self._copy()
        made._execution.update(options)
        return made

    def with_for_update(self, nowait: bool = False, read: bool = False, of: Any = None, skip_locked: bool = False, key_share: bool = False) -> "Select":
        """SQLite has no locks on rows: the first write takes its lock."""
        return self._copy()

    def add_columns(self, *columns: Any) -> "Select":
        """More columns."""
        made = self._copy()
        for given in columns:
            made._add(given)
        return made

    column = add_columns

    def with_only_columns(self, *columns: Any, maintain_column_froms: bool = False) -> "Select":
        """Other columns, from what these need; maintain_column_froms: from what the columns before needed."""
        made = self._copy()
        if maintain_column_froms:
            made._from, made._narrowing = self._all_froms(TOP), self._narrowed()
        made._items = []
        for given in _spread(columns):
            made._add(given)
        return made

    def correlate(self, *froms: Any) -> "Select":
        """Not to be selected from where they are selected from around; None: all are selected from. Without it they are found by themselves."""
        return self._correlated([] if len(froms) == 1 and froms[0] is None else froms, True)

    def _correlated(self, froms: Sequence[Any], these: bool) -> "Select":
        made = self._copy()
        made._correlate = (frozenset(itertools.chain.from_iterable(source_of(given)._froms() for given in froms)), these)
        return made

    def correlate_except(self, *froms: Any) -> "Select":
        """Whatever is selected from around is not selected from here, but these are."""
        return self._correlated([] if len(froms) == 1 and froms[0] is None else froms, False)

    @property
    def whereclause(self) -> Any:
        """Its conditions."""
        return and_(*self._where) if self._where else None

    @property
    def column_descriptions(self) -> List[Dict[str, Any]]:
        """What each row gives."""
        return [{"name": item.name, "type": item.entity.mapper.class_ if item.entity else item.element.type, "aliased": False,
                 "expr": item.entity.mapper.class_ if item.entity else item.element, "entity": item.entity.mapper.class_ if item.entity else None}
                for item in self._items]

    @property
    def froms(self) -> List[Any]:
        """What it selects from."""
        return [source for source, _, _ in self._all_froms(TOP)]

    def get_final_froms(self) -> List[Any]:
        """What it selects from."""
        return self.froms

    @property
    def c(self) -> ColumnCollection:
        """What it selects."""
        return self.selected_columns

    # ------------------------------------------------------------ writing
    def _needed(self) -> Iterator[Any]:
        for item in self._items:
            if item.entity is not None:
                yield item.entity.source
            else:
                yield from sources_in(item.element)
                yield from item.element._froms()
        for element in itertools.chain(self._where, self._having):
            yield from element._froms()

    def _all_froms(self, scope: Scope) -> List[Any]:
        known = [source for source, _, _ in self._from]
        first: List[Any] = []
        after: List[Any] = []
        for source in self._needed():
            source = scope.source(source)
            if any(source is own for own in known):
                continue
            parts = list(source._flat())
            if isinstance(source, Pieces):
                parts = [part for part in parts if not any(part[0] is own for own in known)]
                known += [part[0] for part in parts]
            known.append(source)
            (after if self._from and self._from[0][1] is None else first).extend(parts)
        return [*first, *self._from, *after]

    def _narrowed(self) -> List[Any]:
        """The classes whose rows are told from others in their table."""
        found = list(self._narrowing)
        for item in self._items:
            found += [item.entity.source] if item.entity is not None else sources_in(item.element)
        return [source for source in found if isinstance(source, Pieces) and kind_in(source) not in self._told]

    def _conditions(self) -> List[Any]:
        narrowing: Dict[Any, Any] = {}
        for source in self._narrowed():
            narrowing.setdefault(kind_in(source), source)
        return [*self._where, *(criterion for source in narrowing.values() if (criterion := source._criterion()) is not None)]

    def _select_tree(self, scope: Scope, nested: bool = False, named: bool = False) -> Tree:
        scope = scope.renaming(self._renamed).giving(self._values)
        froms = self._all_froms(scope)
        if nested and scope.around:
            froms = self._own_froms(froms, scope)
        inner = scope.inside(source for source, _, _ in froms)
        return (
            [source._from(inner, on, kind) for source, on, kind in froms],
            [element._tree(inner) for element in self._conditions()],
            [element._tree(inner) for element in self._group],
            [element._tree(inner) for element in self._having],
            [element._tree(inner) for element in self._order],
            self._limit, self._offset, self._distinct, [], self._item_trees(inner, nested or named, named))

    def _own_froms(self, froms: List[Any], scope: Scope) -> List[Any]:
        """Without those that the statement around has. What is joined stays: it is joined to here."""
        if self._correlate is None:
            taken = scope.next
        else:
            named, these = self._correlate
            named = frozenset(scope.source(source) for source in named)
            taken = scope.around & named if these else scope.around - named
        alone = [on is None and (i + 1 == len(froms) or froms[i + 1][1] is None) for i, (_, on, _) in enumerate(froms)]
        own = [part for part, apart in zip(froms, alone) if not apart or part[0] not in taken]
        return own or froms

    def _item_trees(self, scope: Scope, as_columns: bool, named: bool) -> List[Tree]:
        trees: List[Tree] = []
        names = iter(key for key, _ in self._result_columns()) if named else iter(())
        for item in self._items:
            if item.entity is not None and not as_columns:
                trees.append(item.entity._item(scope))
            elif item.entity is not None:
                trees += [Item(column)._item(scope, next(names, None)) for column in item.entity.columns()]
            else:
                trees.append(item._item(scope, next(names, None)))
        return trees

    def _result_columns(self) -> List[Tuple[str, types.TypeEngine]]:
        found: List[Tuple[str, types.TypeEngine]] = []
        taken: set = set()
        for item in self._items:
            for column in item.entity.columns() if item.entity is not None else [item.element]:
                name = column._name() or f"anon_{len(found) + 1}"
                while name in taken:
                    name += "_1"
                taken.add(name)
                found.append((name, column.type))
        return found


class Compound(SelectBase):
    """UNION and its like."""

    def __init__(self, word: str, *selects: Any) -> None:
        self.word, self.selects = word, [select_of(select) for select in selects]
        self._order: List[Any] = []
        self._limit: Optional[int] = None
        self._offset: Optional[int] = None
        self._options: List[Any] = []
        self._execution: Dict[str, Any] = {}

    def _copy(self) -> "Compound":
        made = Compound(self.word)
        made.__dict__.update(self.__dict__)
        return made

    def order_by(self, *elements: Any) -> "Compound":
        """To sort by."""
        made = self._copy()
        made._order = self._order + [Ordered(PlainColumn(element), False) if isinstance(element, str) else made._key(element) for element in _spread(elements)]
        return made

    def _key(self, element: Any) -> Ordered:
        sort = sortable(element)
        sort = sort if isinstance(sort, Ordered) else Ordered(sort, False)
        name = sort.element._name()
        return Ordered(PlainColumn(name), sort.descending, sort.nulls) if name else sort

    def limit(self, limit: Optional[int]) -> "Compound":
        """At most so many rows."""
        made = self._copy()
        made._limit = whole(limit, "LIMIT")
        return made

    def offset(self, offset: Optional[int]) -> "Compound":
        """Without the first so many rows."""
        made = self._copy()
        made._offset = whole(offset, "OFFSET")
        return made

    @property
    def _items(self) -> List[Item]:
        return self.selects[0]._items

    def _select_tree(self, scope: Scope, nested: bool = False, named: bool = False) -> Tree:
        scope = scope.giving(self._values)
        if not nested and not named:
            return Select(*Subquery(self).c)._select_tree(scope)
        counts = list(dict.fromkeys(len(select._result_columns()) for select in self.selects))
        if len(counts) > 1:
            raise exc.CompileError(f"The parts of a {self.word} have the same number of columns, and not {' and '.join(map(str, counts))}: select the columns by their names")
        parts = [_alone(select)._select_tree(scope, nested, named) for select in self.selects]
        first = list(parts[0])
        first[4] = [element._tree(scope) for element in self._order]
        first[5], first[6], first[8] = self._limit, self._offset, [(self.word, part) for part in parts[1:]]
        return tuple(first)

    def _all_froms(self, scope: Scope) -> List[Any]:
        return self.selects[0]._all_froms(scope)

    def _result_columns(self) -> List[Tuple[str, types.TypeEngine]]:
        return self.selects[0]._result_columns()


def _alone(select: Any) -> Any:
    """As a part of a UNION. SQLite takes no brackets there: what is combined, sorted or limited itself is selected from."""
    own = isinstance(select, Compound) or select._order or select._limit is not None or select._offset is not None
    return Select(*Subquery(select).c) if own else select


def select_of(value: Any) -> Any:
    """The SELECT that an object stands for."""
    made = clause(value)
    if not isinstance(made, SelectBase):
        raise exc.ArgumentError(f"SELECT construct expected, got {value!r}.")
    return made


def _spread(elements: Sequence[Any]) -> Sequence[Any]:
    return elements[0] if len(elements) == 1 and isinstance(elements[0], (list, tuple)) else elements


def whole(value: Any, what: str) -> Optional[int]:
    """A count of rows."""
    if value is None:
        return None
    if isinstance(value, BindParameter):
        value = value.value
    try:
        number = int(value)
    except (TypeError, ValueError):
        raise exc.CompileError(f"{what} takes a whole number, got {value!r}") from None
    if number >= 1 << 63 or number < 0:
        raise exc.CompileError(f"{what} takes a whole number that is not negative, got {value!r}")
    return number


def entity_attribute(target: Any, name: str) -> Any:
    """An attribute of what filter_by() is about."""
    if isinstance(target, Entity):
        return target.mapper.attribute_of(target.source, name)
    if isinstance(target, FromClause):
        if name in target.c:
            return target.c[name]
        raise exc.InvalidRequestError(f'Entity namespace for "{target.name}" has no property "{name}"')
    raise exc.InvalidRequestError(f"filter_by() cannot be about {target!r}")


def select(*items: Any) -> Select:
    """SELECT of columns, classes and expressions."""
    return Select(*items)


def exists(*items: Any) -> Exists:
    """EXISTS (SELECT …)"""
    if len(items) == 1 and isinstance(items[0], SelectBase):
        return Exists(items[0])
    return Exists(Select(*items) if items else Select(Raw("1")))


def union(*selects: Any) -> Compound:
    """The rows of all, each once."""
    return Compound("UNION", *selects)


def union_all(*selects: Any) -> Compound:
    """The rows of all."""
    return Compound("UNION ALL", *selects)


def intersect(*selects: Any) -> Compound:
    """The rows that are in all."""
    return Compound("INTERSECT", *selects)


def except_(*selects: Any) -> Compound:
    """The rows of the first that are in no other."""
    return Compound("EXCEPT", *selects)
