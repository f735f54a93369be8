"""Mapped attributes: on an object they are its values (kith._core does that), on a class expressions."""

from __future__ import annotations

from typing import Any, Callable, Dict, Iterator, List, Optional, Sequence, Tuple

from . import _core, exc, sql, types


class QueryableAttribute:
    """What columns and relationships of classes have in common."""

    key: str
    parent: Any         # the Mapper
    property: Any
    class_: Any
    info: Dict[Any, Any]

    is_attribute = True
    is_clause_element = True

    @property
    def impl(self) -> Any:
        """The attribute, for who looks behind it."""
        return self

    @property
    def prop(self) -> Any:
        """What declared it."""
        return self.property


class InstrumentedAttribute(_core.Column, QueryableAttribute, sql.ColumnElement):       # type: ignore[misc]
    """A column of a mapped class."""

    def __init__(self, mapper: Any, key: str, column: Any) -> None:
        self.parent, self.key, self.column, self.class_ = mapper, key, column, mapper.class_
        self.name = column.name
        self.hooks: List[Callable[[Any, Any, Any], Any]] = []
        self.property = ColumnProperty(self)

    type = property(lambda self: self.column.type)      # type: ignore[assignment]
    foreign_keys = property(lambda self: self.column.foreign_keys)
    table = property(lambda self: self.column.table)
    primary_key = property(lambda self: self.column.primary_key)
    nullable = property(lambda self: self.column.nullable)
    expression = property(lambda self: self.column)
    info = property(lambda self: self.column.info)
    default = property(lambda self: self.column.default)
    __doc__ = property(lambda self: self.column.doc)    # type: ignore[assignment]

    def _tree(self, scope: sql.Scope) -> sql.Tree:
        return self.column._tree(scope)

    def _froms(self) -> Iterator[Any]:
        yield self.column.table

    @property
    def _kith_source(self) -> Any:
        """What its class is selected from, where only the attribute is."""
        return self.parent.slim

    def _is_like(self) -> bool:
        return True

    def _name(self) -> str:
        return self.key

    def __clause_element__(self) -> Any:
        return self

    def __repr__(self) -> str:
        return f"{self.class_.__name__}.{self.key}"

    __str__ = __repr__

    def _for(self, alias: Any) -> Any:
        return alias.c[self.column.key]

    def _refresh_hooks(self) -> None:
        json_null = isinstance(self.column.type, types.JSON) and not self.column.type.none_as_null
        hooks = self.hooks
        if json_null:
            self._before_write = lambda instance, value, attribute: types.JSON.NULL if (value := chain(hooks, instance, value, attribute)) is None else value
        elif hooks:
            self._before_write = lambda instance, value, attribute: chain(hooks, instance, value, attribute)
        else:
            self._before_write = None


def chain(hooks: Sequence[Callable[[Any, Any, Any], Any]], instance: Any, value: Any, attribute: Any) -> Any:
    """What validators and listeners make of a value, one after the other."""
    for hook in hooks:
        value = hook(instance, value, attribute)
    return value


class ColumnProperty:
    """What a column attribute was declared by."""

    def __init__(self, attribute: InstrumentedAttribute) -> None:
        self.attribute = attribute

    key = property(lambda self: self.attribute.key)
    columns = property(lambda self: [self.attribute.column])
    expression = property(lambda self: self.attribute.column)
    parent = property(lambda self: self.attribute.parent)

    def __repr__(self) -> str:
        return f"<ColumnProperty {self.attribute!r}>"


# ---------------------------------------------------------------- relationships

class Related:
    """A relationship of a class, or of one under another name, in expressions."""

    def __init__(self, attribute: "InstrumentedRelationship", source: Any) -> None:
        self.attribute, self.source = attribute, source


class RelationshipOperators:
    """Comparisons of relationships; `_source` is what the left side is selected from."""

    attribute: "InstrumentedRelationship"

    def _left(self) -> Any:
        return self.attribute.parent.slim

    def _of(self, source: Any, name: str) -> Any:
        """A column of a table or alias by its name in the table."""
        if isinstance(source, sql.Pieces):
            return source.column_named(name)
        found = source.c.get(name)
        return found if found is not None else next(column for column in source.c if column.name == name)

    # ------------------------------------------------------------ joins
    def _on(self, right: Any, secondary: Any = None) -> List[Tuple[Any, Any]]:
        """(source, condition) for each join from the left side to the right."""
        link, left = self.attribute.link, self._left()
        if link.condition is not None:
            renamed = {**link.target.renaming(right), **self.attribute.parent.renaming(left)}
            return [(right, Renamed(link.condition, renamed))]
        if link.secondary is None:
            return [(right, sql.and_(*(self._of(left, a) == self._of(right, b) for a, b in zip(link.local, link.remote))))]
        table = secondary if secondary is not None else link.secondary
        return [(table, sql.and_(*(self._of(left, a) == self._of(table, b) for a, b in zip(link.local, link.near)))),
                (right, sql.and_(*(self._of(table, a) == self._of(right, b) for a, b in zip(link.far, link.remote))))]

    def _kith_join(self, target: Any, froms: Sequence[Any]) -> Tuple[List[Tuple[Any, Any]], Any]:
        link = self.attribute.link
        entity = target._kith_entity() if target is not None and sql.is_entity(target) else getattr(self, "_to", None)
        if entity is None:
            if target is not None:
                right = sql.source_of(target)
                entity = sql.Entity(link.target, right, link.target.class_.__name__)
            elif any(link.target.local_table is source for source in froms) and self._meets(link.target):
                right = link.target.source.alias()
                entity = sql.Entity(link.target, right, right.name)
            else:
                entity = sql.Entity(link.target, link.target.slim, link.target.class_.__name__)
        secondary = link.secondary
        if secondary is not None and any(secondary is source for source in froms):
            secondary = sql.Alias(secondary)
        return self._on(entity.source, secondary), entity

    def _kith_left(self) -> Any:
        return self._left()

    def of_type(self, target: Any) -> "BoundRelationship":
        """The relationship to a class under another name."""
        made = BoundRelationship(self.attribute, self._left())
        made._to = target._kith_entity()
        return made

    def and_(self, *criteria: Any) -> Any:
        """Conditions on what a loader option brings are not there."""
        raise NotImplementedError(f"{self.attribute!r}.and_(): loader options take no conditions; query for the objects instead")

    # ------------------------------------------------------------ any and has
    def _exists(self, criteria: Sequence[Any], values: Dict[str, Any]) -> sql.ColumnElement:
        link, left = self.attribute.link, self._left()
        to = getattr(self, "_to", None)
        right = to.source if to is not None else link.target.slim
        renamed: Dict[Any, Any] = {}
        if to is None and self._meets(link.target):
            right = link.target.slim.alias()
            renamed = link.target.renaming(right)
        entity = sql.Entity(link.target, right, link.target.class_.__name__)
        wanted = [Renamed(sql.condition(c), renamed) for c in criteria if c is not None]
        wanted += [sql.entity_attribute(entity, name) == value for name, value in values.items()]
        select = sql.Select(sql.Raw("1"))
        joins = self._on(right)
        select._from = [part for source, _ in joins for part in source._flat()]
        select._narrowing = [source for source, _ in joins if isinstance(source, sql.Pieces)]
        select._where = [on for _, on in joins] + wanted
        return ExistsOf(select, self._around(left))

    def _around(self, left: Any) -> Tuple[Any, ...]:
        """The tables that stand around an EXISTS of it."""
        link = self.attribute.link
        if not isinstance(left, sql.Pieces):
            return (left,)
        return tuple(dict.fromkeys(self._of(left, name).table for name in link.local)) if link.condition is None else tuple(left.pieces())

    def _meets(self, target: Any) -> bool:
        """Whether what it leads to is selected from a table of its own class."""
        return bool({*self.attribute.parent.tables} & {*target.tables})

    def any(self, criterion: Any = None, **values: Any) -> sql.ColumnElement:
        """Some related object meets the conditions."""
        if not self.attribute.link.many:
            raise exc.InvalidRequestError("'any()' not implemented for scalar attributes. Use has().")
        return self._exists([criterion], values)

    def has(self, criterion: Any = None, **values: Any) -> sql.ColumnElement:
        """The related object is there and meets the conditions."""
        if self.attribute.link.many:
            raise exc.InvalidRequestError("'has()' not implemented for collections.  Use any().")
        return self._exists([criterion], values)

    def contains(self, other: Any) -> sql.ColumnElement:
        """The object is one of the related."""
        if not self.attribute.link.many:
            raise exc.InvalidRequestError("'contains' not implemented for scalar attributes.  Use ==")
        return self._equals_in_list(self._object(other))

    # ------------------------------------------------------------ comparing with objects
    def _object(self, other: Any) -> Any:
        target = self.attribute.link.target.class_
        if isinstance(other, target):
            return other
        if isinstance(other, type) or sql.is_clause(other) or sql.is_entity(other):
            raise exc.ArgumentError(f"Mapped instance expected for relationship comparison to object.   Classes, queries and other SQL elements are not accepted in this "
                                    f"context; for comparison with a subquery, use {self.attribute!r}.has(**criteria).")
        if isinstance(other, _core.Instance):
            raise exc.ArgumentError(f"{self.attribute!r} is compared with {target.__name__} objects, got {other!r}")
        raise exc.ArgumentError(f"Mapped instance expected for relationship comparison to object, got {other!r}")

    def _value(self, other: Any, column: str) -> Any:
        mapper = self.attribute.link.target
        key = mapper.key_of_column(column)
        if other._kith_state() in (0, 1):
            session = other._kith_session()
            if session is not None and session.autoflush:
                session.flush()
        return getattr(other, key)

    def _equals(self, other: Any) -> sql.ColumnElement:
        link, left = self.attribute.link, self._left()
        if link.secondary is not None or link.direction != 1:
            return self._equals_in_list(other)
        return sql.and_(*(self._of(left, a) == self._value(other, b) for a, b in zip(link.local, link.remote)))

    def _equals_in_list(self, other: Any) -> sql.ColumnElement:
        link, left = self.attribute.link, self._left()
        if link.secondary is None:
            if link.direction == 1:
                return self._equals(other)
            return sql.and_(*(self._of(left, a) == self._value(other, b) for a, b in zip(link.local, link.remote)))
        table = sql.Alias(link.secondary)
        select = sql.Select(sql.Raw("1"))
        select._from = [(table, None, sql.INNER)]
        select._where = [self._of(left, a) == self._of(table, b) for a, b in zip(link.local, link.near)]
        select._where += [self._of(table, a) == self._value(other, b) for a, b in zip(link.far, link.remote)]
        return ExistsOf(select, self._around(left))

    def __eq__(self, other: Any) -> Any:
        if other is None or isinstance(other, sql.Null):
            link, left = self.attribute.link, self._left()
            if link.direction == 1:
                return sql.and_(*(self._of(left, a) == None for a in link.local))       # noqa: E711
            return sql.not_(self._exists([], {}))
        if self.attribute.link.many:
            raise exc.InvalidRequestError("Can't compare a collection to an object or collection; use contains() to test for membership.")
        return self._equals(self._object(other))

    def __ne__(self, other: Any) -> Any:
        if other is None or isinstance(other, sql.Null):
            return sql.not_(self == None)       # noqa: E711
        link, left = self.attribute.link, self._left()
        if link.many:
            return sql.not_(self._equals_in_list(self._object(other)))
        if link.direction != 1:
            return sql.not_(self._equals(self._object(other)))
        other = self._object(other)
        return sql.or_(*(sql.or_(self._of(left, a) != self._value(other, b), self._of(left, a) == None) for a, b in zip(link.local, link.remote)))     # noqa: E711

    __hash__ = object.__hash__

    def in_(self, other: Any) -> Any:
        """Not for relationships."""
        raise NotImplementedError("in_() not yet supported for relationships.  For a simple many-to-one, use in_() against the set of foreign key values.")

    notin_ = not_in = in_

    def __bool__(self) -> bool:
        raise TypeError("Boolean value of this clause is not defined")

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        raise AttributeError(f"Neither 'InstrumentedAttribute' object nor 'Comparator' object associated with {self.attribute!r} has an attribute {name!r}")


class Renamed(sql.ColumnElement):
    """An expression where tables go by other names."""

    def __init__(self, element: Any, renamed: Dict[Any, Any]) -> None:
        self.element, self.renamed, self.type = element, renamed, element.type

    def _tree(self, scope: sql.Scope) -> sql.Tree:
        return self.element._tree(scope.renaming(self.renamed))

    def _froms(self) -> Iterator[Any]:
        for source in self.element._froms():
            yield self.renamed.get(source, source)


class ExistsOf(sql.Exists):
    """EXISTS about rows of what stands around it."""

    def __init__(self, select: Any, around: Tuple[Any, ...]) -> None:
        super().__init__(select.correlate_except(*(source for source, _, _ in select._from)))
        self.around = around

    def _with(self, select: Any) -> "ExistsOf":
        made = self.__class__.__new__(self.__class__)
        made.__dict__.update(self.__dict__)
        made.element = select
        return made

    def _tree(self, scope: sql.Scope) -> sql.Tree:
        return super()._tree(scope.inside(scope.source(source) for source in self.around))

    def _froms(self) -> Iterator[Any]:
        yield from self.around


class Link:
    """How a relationship goes, as kith._core found it."""

    __slots__ = ("target", "direction", "many", "reverse", "secondary", "local", "remote", "near", "far", "condition")

    def __init__(self, **values: Any) -> None:
        for name in self.__slots__:
            setattr(self, name, values.get(name))


class InstrumentedRelationship(_core.Relationship, RelationshipOperators, QueryableAttribute):     # type: ignore[misc]
    """A relationship of a mapped class."""

    def __init__(self, mapper: Any, key: str, prop: Any) -> None:
        self.parent, self.key, self.property, self.class_ = mapper, key, prop, mapper.class_
        self.attribute = self
        self.hooks: List[Callable[[Any, Any, Any], Any]] = []       # of what is set or appended
        self.removals: List[Callable[[Any, Any, Any], Any]] = []    # of what is taken out of a list
        self._link: Optional[Link] = None
        self.viewonly = self._view_only = bool(prop.viewonly)
        self.info = prop.info
        prop.attribute = self

    @property
    def link(self) -> Link:
        """How it goes; resolves the models."""
        self.parent.layout.configure_class(self.parent)
        if self._link is None:
            raise exc.InvalidRequestError(f"{self!r} could not be resolved")
        return self._link

    mapper = property(lambda self: self.link.target)
    entity = mapper

    @property
    def comparator(self) -> Any:
        """Its operators."""
        return self

    def __repr__(self) -> str:
        return f"{self.class_.__name__}.{self.key}"

    __str__ = __repr__

    def _for(self, alias: Any) -> "BoundRelationship":
        return BoundRelationship(self, alias)

    @property
    def other_side(self) -> Optional["InstrumentedRelationship"]:
        """The relationship back, once the models are resolved."""
        return getattr(self._link.target.class_, self._link.reverse) if self._link is not None and self._link.reverse else None

    def _refresh_hooks(self) -> None:
        other = self.other_side
        heard = other is not None and bool(other.hooks or other.removals)
        moves = other is not None and not other.many and bool(self.removals)
        self._before_write = self._tell_written if self.hooks or heard or moves else None
        self._before_remove = self._tell_removed if self.removals or heard else None

    many = property(lambda self: self._link is not None and self._link.many)

    def _tell_written(self, instance: Any, value: Any, attribute: Any) -> Any:
        value = chain(self.hooks, instance, value, self)
        other = self.other_side
        if other is None:
            return value
        if self.many:
            self._tell_appended(instance, value, other)
        else:
            old = _loaded(instance, self.key)
            if old is not None and old is not value:
                other._taken(old, instance, True)
            if value is not None and old is not value:
                chain(_heard(other.hooks), value, instance, other)
        return value

    def _tell_appended(self, owner: Any, item: Any, other: "InstrumentedRelationship") -> None:
        if not isinstance(item, _core.Instance):
            return      # which is refused
        before = None if other.many else _loaded(item, other.key)
        if other.many or before is not owner:
            chain(_heard(other.hooks), item, owner, other)
        if before is not None and before is not owner:
            self._taken(before, item, True)

    def _tell_removed(self, owner: Any, item: Any, attribute: Any) -> None:
        self._taken(owner, item, False)
        other = self.other_side
        if other is not None:
            other._taken(item, owner, True)

    def _taken(self, instance: Any, item: Any, follows: bool) -> None:
        """The item leaves: tells who listens, of a list or of one. follows: from the other side."""
        if self.many:
            for removal in _heard(self.removals) if follows else self.removals:
                removal(instance, item, self)
        else:
            chain(_heard(self.hooks), instance, None, self)


def _heard(hooks: Sequence[Callable[[Any, Any, Any], Any]]) -> List[Callable[[Any, Any, Any], Any]]:
    """Those that hear what follows from the other side."""
    return [hook for hook in hooks if not getattr(hook, "of_own_side", False)]


def _loaded(instance: Any, key: str) -> Any:
    return getattr(instance, key) if instance._kith_loaded(key) else None


class BoundRelationship(RelationshipOperators):
    """A relationship of a class under another name."""

    def __init__(self, attribute: InstrumentedRelationship, source: Any) -> None:
        self.attribute, self._bound, self.key = attribute, source, attribute.key

    def _left(self) -> Any:
        return self._bound

    def __repr__(self) -> str:
        return f"{self._bound.name}.{self.key}"


class AliasedClass:
    """A mapped class under another name: aliased(Class)."""

    def __init__(self, target: Any, alias: Any = None, name: Optional[str] = None) -> None:
        mapper = target.__mapper__
        source = alias if alias is not None else mapper.source.alias(name)
        if isinstance(source, sql.SelectBase):
            source = source.subquery(name)
        self.__dict__.update(_kith_target=target, __mapper__=mapper, _kith_source=source, _kith_name=name or target.__name__)

    def _kith_entity(self) -> sql.Entity:
        return sql.Entity(self.__mapper__, self._kith_source, self._kith_name)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_kith") or name.startswith("__"):
            raise AttributeError(name)
        return self.__dict__["__mapper__"].attribute_of(self.__dict__["_kith_source"], name)

    def __repr__(self) -> str:
        return f"<AliasedClass of {self._kith_target.__name__}>"


def aliased(target: Any, alias: Any = None, name: Optional[str] = None, flat: bool = False, adapt_on_names: bool = False) -> Any:
    """A class or table under another name."""
    return AliasedClass(target, alias, name) if hasattr(target, "__mapper__") else sql.from_clause(target).alias(name)
