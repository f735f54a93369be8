"""Query: SELECTs of a session, as programs have built them since long."""

from __future__ import annotations

from typing import Any, Dict, Iterator, List, Optional, Sequence, Tuple

from . import exc, sql
from .result import _only


class Query:
    """A SELECT that a session runs; every method gives a new one."""

    def __init__(self, entities: Any, session: Any = None) -> None:
        items = tuple(entities) if isinstance(entities, (list, tuple)) else (entities,)
        self._select = self._selecting(items)
        self.session = session

    @staticmethod
    def _selecting(items: Sequence[Any]) -> sql.Select:
        for item in items:
            if getattr(type(item), "_kith_compare", False):
                raise NotImplementedError("The association proxy can't be used as a plain column expression; it only works inside of a comparison expression")
        return sql.Select(*items)

    def _with(self, select: Any) -> Any:
        made = self.__class__.__new__(self.__class__)
        made.__dict__.update(self.__dict__)
        made._select = select
        return made

    def with_session(self, session: Any) -> Any:
        """The same in another session."""
        made = self._with(self._select)
        made.session = session
        return made

    @property
    def statement(self) -> Any:
        """The SELECT."""
        return self._select

    selectable = statement

    def __clause_element__(self) -> Any:
        return self._select

    def __str__(self) -> str:
        return str(self._select)

    # ------------------------------------------------------------ building
    def _unlimited(self, method: str) -> None:
        if self._select._limit is not None or self._select._offset is not None:
            raise exc.InvalidRequestError(f"Query.{method}() being called on a Query which already has LIMIT or OFFSET applied.  Call {method}() before limit() or offset() are applied.")

    def filter(self, *criteria: Any) -> Any:
        """With more conditions; all must hold."""
        self._unlimited("filter")
        return self._with(self._select.where(*criteria))

    where = filter

    def filter_by(self, **values: Any) -> Any:
        """Conditions of equality on attributes."""
        self._unlimited("filter_by")
        return self._with(self._select.filter_by(**values))

    def order_by(self, *elements: Any) -> Any:
        """To sort by."""
        self._unlimited("order_by")
        return self._with(self._select.order_by(*elements))

    def group_by(self, *elements: Any) -> Any:
        """To group by."""
        self._unlimited("group_by")
        return self._with(self._select.group_by(*elements))

    def having(self, *criteria: Any) -> Any:
        """Conditions on groups."""
        self._unlimited("having")
        return self._with(self._select.having(*criteria))

    def join(self, target: Any, *props: Any, onclause: Any = None, isouter: bool = False, full: bool = False) -> Any:
        """A JOIN: along a relationship, to a class or table, or on a condition."""
        self._unlimited("join")
        chain = len(props) > 1 or (len(props) == 1 and hasattr(props[0], "_kith_join") and hasattr(target, "_kith_join"))
        if chain:
            select = self._select
            for part in (target, *props):
                select = select.join(part, isouter=isouter, full=full)
            return self._with(select)
        return self._with(self._select.join(target, props[0] if props else onclause, isouter=isouter, full=full))

    def outerjoin(self, target: Any, *props: Any, **options: Any) -> Any:
        """A LEFT OUTER JOIN."""
        return self.join(target, *props, isouter=True, **options)

    def select_from(self, *froms: Any) -> Any:
        """What to select from."""
        return self._with(self._select.select_from(*froms))

    def limit(self, limit: Optional[int]) -> Any:
        """At most so many rows."""
        return self._with(self._select.limit(limit))

    def offset(self, offset: Optional[int]) -> Any:
        """Without the first so many rows."""
        return self._with(self._select.offset(offset))

    def slice(self, start: int, stop: int) -> Any:
        """Rows from start to stop."""
        return self._with(self._select.slice(start, stop))

    def distinct(self, *unused: Any) -> Any:
        """Each row once."""
        return self._with(self._select.distinct())

    def options(self, *options: Any) -> Any:
        """How relationships are loaded."""
        flat = [option for given in options for option in (given if isinstance(given, (list, tuple)) else [given])]
        return self._with(self._select.options(*flat))

    def execution_options(self, **options: Any) -> Any:
        """populate_existing=True and yield_per=n are what is known."""
        return self._with(self._select.execution_options(**options))

    def populate_existing(self) -> Any:
        """Objects that are there say what their rows say."""
        return self.execution_options(populate_existing=True)

    def autoflush(self, on: bool) -> Any:
        """Whether the query first writes what is pending."""
        return self.execution_options(autoflush=on)

    def yield_per(self, count: int) -> Any:
        """To be walked through so many rows at a time."""
        return self.execution_options(yield_per=count)

    def enable_eagerloads(self, on: bool) -> Any:
        """False: relationships do not come along."""
        made = self._select._copy()
        if not on:
            made._options = []
        return self._with(made)

    def enable_assertions(self, on: bool) -> Any:
        """The same query."""
        return self._with(self._select)

    def with_for_update(self, read: bool = False, nowait: bool = False, of: Any = None, skip_locked: bool = False, key_share: bool = False) -> Any:
        """SQLite has no locks on rows: the first write takes its lock."""
        return self._with(self._select)

    def with_entities(self, *entities: Any) -> Any:
        """Other columns, from the same rows."""
        return self._with(self._select.with_only_columns(*entities))

    def add_columns(self, *columns: Any) -> Any:
        """More columns."""
        return self._with(self._select.add_columns(*columns))

    add_column = add_entity = add_columns

    def params(self, *given: Any, **values: Any) -> Any:
        """Values for names."""
        return self._with(self._select.params(*given, **values))

    def with_parent(self, instance: Any, property: Any = None, from_entity: Any = None) -> Any:
        """Only what is related to an object."""
        return self.filter(with_parent(instance, property if property is not None else self._relation_to(instance)))

    def _relation_to(self, instance: Any) -> Any:
        target = self._entity().mapper
        for key, prop in type(instance).__mapper__.relationships.items():
            if prop.mapper is target:
                return getattr(type(instance), key)
        raise exc.InvalidRequestError(f"Could not locate a property which relates instances of class '{target.class_.__name__}' to instances of class '{type(instance).__name__}'")

    def correlate(self, *froms: Any) -> Any:
        """As Select.correlate()."""
        return self._with(self._select.correlate(*froms))

    def reset_joinpoint(self) -> Any:
        """filter_by() is about the first again."""
        made = self._select._copy()
        made._last_joined = None
        return self._with(made)

    def union(self, *others: Any) -> Any:
        """The rows of all, each once."""
        return self._combined("UNION", others)

    def union_all(self, *others: Any) -> Any:
        """The rows of all."""
        return self._combined("UNION ALL", others)

    def intersect(self, *others: Any) -> Any:
        """The rows that are in all."""
        return self._combined("INTERSECT", others)

    def except_(self, *others: Any) -> Any:
        """The rows that are in none of the others."""
        return self._combined("EXCEPT", others)

    def _combined(self, word: str, others: Sequence[Any]) -> Any:
        inner = sql.Compound(word, self._select, *others).subquery()
        made = sql.Select()
        place = 0
        keys = list(inner.c)
        for item in self._select._items:
            if item.entity is None:
                made._add(keys[place])
                place += 1
                continue
            width = len(item.entity.columns())
            if len(item.entity.mapper.tables) > 1 or any(not sub.single for sub in item.entity.mapper.descendants):
                raise NotImplementedError(f"{word} of {item.entity.name}, whose rows lie in several tables: select its columns, or combine the conditions by or_()")
            copy = sql.Item.__new__(sql.Item)
            copy.element, copy.name = None, item.name
            copy.entity = sql.Entity(item.entity.mapper, inner, item.entity.name)
            made._items.append(copy)
            place += width
        made._from = [(inner, None, sql.INNER)]
        made._renamed = {source: inner for item in self._select._items for source in ([item.entity.source] if item.entity is not None else item.element._froms())}
        return self._with(made)

    # ------------------------------------------------------------ running
    def _session(self) -> Any:
        if self.session is None:
            raise exc.InvalidRequestError("This Query has no session: use session.query(…), or with_session(session)")
        return self.session

    def all(self) -> List[Any]:
        """All rows, of objects each once."""
        select = self._select
        items = select._items
        found = (self.session or self._session())._fetch(select, len(items) != 1 or items[0].entity is None)
        return found if self._is_alone() else _each_once(found, items)

    def _is_alone(self) -> bool:
        """Whether its rows are those of one class, so that each object can come but once; or of no class at all."""
        select = self._select
        if not any(item.entity is not None for item in select._items):
            return True
        if len(select._items) > 1 or not isinstance(select, sql.Select) or select._from:
            return False
        own = select._items[0].entity.source
        return isinstance(own, sql.Pieces) or all(source is own for criterion in select._where for source in criterion._froms())

    def __iter__(self) -> Iterator[Any]:
        size = self._select._execution.get("yield_per")
        if size and self._select._items[0].entity is not None:
            from .stream import chunks
            return chunks(self, int(size))
        return iter(self.all())

    def first(self) -> Any:
        """The first row, or None."""
        rows = self._with(self._select.limit(1 if self._select._limit is None else min(1, self._select._limit))).all()
        return rows[0] if rows else None

    def one(self) -> Any:
        """The only row."""
        return _only(self._two(), True)

    def one_or_none(self) -> Any:
        """The only row, or None."""
        rows = self._two()
        return _only(rows, False) if rows else None

    def _two(self) -> List[Any]:
        return self.all() if self._select._limit is not None or not self._is_alone() else self._with(self._select.limit(2)).all()

    def scalar(self) -> Any:
        """The first value of the only row, or None."""
        rows = self._two()
        if not rows:
            return None
        row = _only(rows, True)
        return row[0] if isinstance(row, tuple) else row

    def __getitem__(self, item: Any) -> Any:
        if isinstance(item, slice):
            start, stop = item.start or 0, item.stop
            if start < 0 or (stop is not None and stop < 0) or item.step not in (None, 1):
                raise IndexError("negative indexes are not accepted by SQL index / slice operators")
            if stop is not None and stop <= start:
                return []
            query = self._with(self._select.slice(start, stop) if stop is not None else self._select.offset((self._select._offset or 0) + start))
            return query.all()
        if item < 0:
            raise IndexError("negative indexes are not accepted by SQL index / slice operators")
        return self[item:item + 1][0]

    def count(self) -> int:
        """How many rows it gives."""
        select = self._select
        simple = len(select._items) == 1 and not select._distinct and not select._group and not select._having and select._limit is None and select._offset is None
        if simple and select._items[0].entity is not None:
            made = select._copy()
            made._from = select._all_froms(sql.TOP)
            made._narrowing = select._narrowed()
            made._items, made._order, made._options = [sql.Item(sql.func.count())], [], []
            return self._session()._fetch(made)[0]
        inner = select._copy()
        if select._limit is None:
            inner._order = []
        counting = sql.Select(sql.func.count()).select_from(inner.subquery())
        counting._execution = {name: value for name, value in select._execution.items() if name == "autoflush"}
        return self._session()._fetch(counting)[0]

    def exists(self) -> sql.Exists:
        """EXISTS (…), an expression."""
        made = self._select._copy()
        made._from, made._narrowing = made._all_froms(sql.TOP), made._narrowed()
        made._items, made._order = [sql.Item(sql.Raw("1"))], []
        return sql.Exists(made)

    def get(self, ident: Any) -> Any:
        """The object of that key, or None."""
        entity, select = self._entity(), self._select
        if not isinstance(select, sql.Select) or select._where or select._from or select._group or select._having or select._limit is not None or select._offset is not None:
            raise exc.InvalidRequestError("Query.get() being called on a Query with existing criterion. It looks for the key alone: use filter_by(…).one_or_none()")
        return self._session().get(entity.mapper, ident, options=self._select._options or None, populate_existing=bool(self._select._execution.get("populate_existing")))

    def _entity(self) -> sql.Entity:
        entity = self._select._items[0].entity if self._select._items else None
        if entity is None:
            raise exc.InvalidRequestError("This operation requires a Query of a mapped class")
        return entity

    def update(self, values: Dict[Any, Any], synchronize_session: Any = "auto", update_args: Any = None) -> int:
        """UPDATE of the rows that it finds; how many there were."""
        self._for_change("update")
        statement = sql.Update(self._entity().mapper.class_).where(*self._select._where).execution_options(synchronize_session=synchronize_session)
        statement._values = dict(values)
        return self._session().execute(statement).rowcount

    def delete(self, synchronize_session: Any = "auto") -> int:
        """DELETE of the rows that it finds; how many there were."""
        self._for_change("delete")
        statement = sql.Delete(self._entity().mapper.class_).where(*self._select._where).execution_options(synchronize_session=synchronize_session)
        return self._session().execute(statement).rowcount

    def _for_change(self, method: str) -> None:
        select = self._select
        for wrong, name in ((select._limit is not None, "limit"), (select._offset is not None, "offset"), (select._order, "order_by"), (select._group, "group_by"),
                            (select._distinct, "distinct"), (select._from, "join")):
            if wrong:
                raise exc.InvalidRequestError(f"Can't call Query.update() or Query.delete() when {name}() has been called")

    def values(self, *columns: Any) -> Iterator[Any]:
        """Rows of these columns."""
        return iter(self.with_entities(*columns))

    def value(self, column: Any) -> Any:
        """The first value of the column."""
        row = self.with_entities(column).first()
        return row[0] if row else None

    # ------------------------------------------------------------ as a part of others
    def subquery(self, name: Optional[str] = None, with_labels: bool = False, reduce_columns: bool = False) -> sql.Subquery:
        """To select from."""
        return self._select.subquery(name)

    def cte(self, name: Optional[str] = None, recursive: bool = False, nesting: bool = False) -> sql.Subquery:
        """To select from, as subquery()."""
        return self._select.cte(name, recursive, nesting)

    def scalar_subquery(self) -> sql.ScalarSelect:
        """As a value."""
        return self._select.scalar_subquery()

    as_scalar = scalar_subquery

    def label(self, name: str) -> sql.Label:
        """As a value under a name."""
        return self._select.label(name)

    @property
    def whereclause(self) -> Any:
        """Its conditions."""
        return self._select.whereclause

    @property
    def column_descriptions(self) -> List[Dict[str, Any]]:
        """What each row gives."""
        return self._select.column_descriptions


def with_parent(instance: Any, attribute: Any, from_entity: Any = None) -> Any:
    """Only what is related to an object, as a condition."""
    link, mapper = attribute.link, type(instance).__mapper__
    if instance._kith_session() is not None and instance._kith_state() == 1:
        instance._kith_session().flush()
    if link.secondary is None:
        target = link.target.slim
        return sql.and_(*(_named(target, remote) == getattr(instance, mapper.key_of_column(local)) for local, remote in zip(link.local, link.remote)))
    return sql.and_(*(_named(link.secondary, near) == getattr(instance, mapper.key_of_column(local)) for local, near in zip(link.local, link.near)),
                    *(_named(link.secondary, far) == _named(link.target.slim, remote) for far, remote in zip(link.far, link.remote)))


def _named(table: Any, name: str) -> Any:
    if isinstance(table, sql.Pieces):
        return table.column_named(name)
    return next(column for column in table.c if column.name == name)


def _each_once(rows: List[Any], items: Sequence[Any]) -> List[Any]:
    """Rows that are the same: objects by themselves, values by what they are."""
    if len(items) == 1:
        return list({id(row): row for row in rows}.values())
    entities = [item.entity is not None for item in items]
    found: Dict[Any, Any] = {}
    for row in rows:
        key = tuple(id(value) if is_object or type(value).__hash__ is None else value for is_object, value in zip(entities, row))
        found.setdefault(key, row)
    return list(found.values())
