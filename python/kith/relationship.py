"""relationship(): what a program says of it, and how that is resolved when all classes are there."""

from __future__ import annotations

import ast
import warnings
from typing import Any, Callable, Dict, List, Optional, Sequence, Tuple

from . import exc, sql
from .schema import Column, Table

LAZY = {True: "lazy", "select": "lazy", "joined": "eager", False: "eager", "selectin": "eager", "subquery": "eager", "immediate": "eager", "raise": "raise",
        "raise_on_sql": "raise", "noload": "noload", None: "noload", "dynamic": "dynamic", "write_only": "write_only", "select_in": "eager"}
CASCADES = ("save-update", "merge", "delete", "delete-orphan", "expunge", "refresh-expire", "all", "none")
_counter = 0


class RelationshipProperty:
    """What relationship() gives: the declaration, until the class is mapped."""

    def __init__(self, argument: Any = None, secondary: Any = None, *, primaryjoin: Any = None, secondaryjoin: Any = None, back_populates: Optional[str] = None,
                 backref: Any = None, order_by: Any = False, foreign_keys: Any = None, remote_side: Any = None, uselist: Optional[bool] = None, lazy: Any = "select",
                 cascade: Any = None, passive_deletes: Any = False, viewonly: bool = False, post_update: bool = False, collection_class: Any = None,
                 overlaps: Optional[str] = None, single_parent: bool = False, sync_backref: Optional[bool] = None, info: Optional[dict] = None, doc: Optional[str] = None,
                 query_class: Any = None, passive_updates: bool = True, innerjoin: Any = False, join_depth: Optional[int] = None, active_history: bool = False,
                 enable_typechecks: bool = True, load_on_pending: bool = False, omit_join: Any = None, cascade_backrefs: Any = False, distinct_target_key: Any = None,
                 comparator_factory: Any = None, bake_queries: bool = True) -> None:
        global _counter
        _counter += 1
        self.order = _counter
        self.argument, self.secondary, self.primaryjoin, self.secondaryjoin = argument, secondary, primaryjoin, secondaryjoin
        self.back_populates, self.backref, self.order_by = back_populates, backref, order_by
        self.foreign_keys, self.remote_side, self.uselist = foreign_keys, remote_side, uselist
        self.lazy, self.cascade, self.passive_deletes, self.viewonly, self.post_update = lazy, cascade, passive_deletes, viewonly, post_update
        self.collection_class, self.overlaps, self.single_parent, self.info, self.doc = collection_class, overlaps, single_parent, info or {}, doc
        self.query_class = query_class
        self.key: str = ""
        self.parent: Any = None
        self.attribute: Any = None
        self._check(sync_backref)

    def _check(self, sync_backref: Optional[bool]) -> None:
        if self.lazy not in LAZY:
            raise exc.ArgumentError(f"relationship(lazy={self.lazy!r}): the ways to load are 'select', 'joined', 'selectin', 'subquery', 'immediate', 'raise', 'noload', "
                                    "'dynamic' and 'write_only'")
        words = [word.strip() for word in (self.cascade or "").split(",") if word.strip()] if isinstance(self.cascade, str) else []
        wrong = [word for word in words if word not in CASCADES]
        if wrong:
            raise exc.ArgumentError(f"Invalid cascade option(s): {', '.join(repr(word) for word in wrong)}; the words are {', '.join(CASCADES)}")
        if self.viewonly and sync_backref:
            raise exc.ArgumentError("sync_backref and viewonly cannot both be True")
        writing = {"save-update", "merge", "delete", "delete-orphan", "all"} & set(words)
        if self.viewonly and writing:
            raise exc.ArgumentError(f"Cascade settings '{', '.join(sorted(writing))}' apply to persistence operations and should not be combined with a viewonly=True relationship.")
        if self.passive_deletes == "all" and {"delete", "delete-orphan", "all"} & set(words):
            raise exc.ArgumentError(f"On {self}, can't set passive_deletes='all' in conjunction with 'delete' or 'delete-orphan' cascade")
        if "delete-orphan" in words and not {"delete", "all"} & set(words):
            warnings.warn("The 'delete-orphan' cascade option requires 'delete'.", exc.SAWarning, stacklevel=4)
            words.append("delete")
        if self.backref and self.back_populates:
            raise exc.ArgumentError("backref and back_populates keyword arguments are mutually exclusive")
        self.words = words

    def __str__(self) -> str:
        return f"{self.parent.class_.__name__}.{self.key}" if self.parent is not None else "a relationship"

    def __repr__(self) -> str:
        return f"<RelationshipProperty {self}>"

    # ------------------------------------------------------------ for who asks the mapper
    mapper = property(lambda self: self.attribute.link.target)
    entity = mapper
    target = property(lambda self: self.mapper.local_table)
    direction = property(lambda self: ("", "MANYTOONE", "ONETOMANY", "MANYTOMANY")[self.attribute.link.direction])
    uselist_ = property(lambda self: self.attribute.link.many)
    local_columns = property(lambda self: {next(c for c in self.parent.slim.c if c.name == name) for name in self.attribute.link.local})
    remote_side_columns = property(lambda self: {next(c for c in self.mapper.slim.c if c.name == name) for name in self.attribute.link.remote})

    def copied(self) -> "RelationshipProperty":
        """The same for another class: of a mixin."""
        made = self.__class__.__new__(self.__class__)
        made.__dict__.update(self.__dict__)
        made.parent = made.attribute = None
        return made

    # ------------------------------------------------------------ resolving
    def resolved_target(self) -> Any:
        """The mapper that it leads to."""
        argument = self.argument
        if argument is None:
            raise exc.ArgumentError(f"relationship '{self.key}' names no class")
        if isinstance(argument, str):
            argument = Words(self).value(argument)
        elif callable(argument) and not isinstance(argument, type) and not hasattr(argument, "__mapper__"):
            argument = argument()
        mapper = argument if hasattr(argument, "local_table") and hasattr(argument, "class_") else getattr(argument, "__mapper__", None)
        if mapper is None:
            raise exc.ArgumentError(f"relationship '{self.key}' expects a class or a mapper argument (received: {type(argument)})"
                                    if not isinstance(argument, type) else f"relationship '{self}' expects a class or a mapper argument (received: {argument})")
        return mapper

    def resolved_secondary(self) -> Optional[Table]:
        """The join table, or None."""
        secondary = self.secondary
        if callable(secondary) and not isinstance(secondary, type):
            secondary = secondary()
        if isinstance(secondary, str):
            table = self.parent.local_table.metadata.tables.get(secondary)
            secondary = table if table is not None else Words(self).value(secondary)
        if secondary is not None and not isinstance(secondary, Table):
            what = "can't send a mapped class directly as the argument; use its __table__" if isinstance(secondary, type) else f"got {secondary!r}"
            raise exc.ArgumentError(f"secondary argument {secondary!r} passed to to relationship() {self} must be a Table object or other FROM clause; {what}")
        return secondary

    def argument_value(self, given: Any) -> Any:
        """An argument, which may be words or a callable."""
        if isinstance(given, str):
            return Words(self).value(given)
        if callable(given) and not isinstance(given, sql.ClauseElement) and not isinstance(given, type):
            return given()
        return given

    def columns_of(self, given: Any) -> List[Column]:
        """Columns: one or several, by name, attribute or callable."""
        value = self.argument_value(given)
        if value is None:
            return []
        values = value if isinstance(value, (list, tuple, set, frozenset)) else [value]
        found = []
        for item in values:
            item = self.argument_value(item)
            column = sql.clause(item)
            column = getattr(column, "column", column)
            if not isinstance(column, Column):
                raise exc.ArgumentError(f"Column expression expected for argument of relationship {self}; got {item!r}.")
            found.append(column)
        return found


def relationship(argument: Any = None, secondary: Any = None, **options: Any) -> Any:
    """A relationship to another class, kept in step with its other side."""
    return RelationshipProperty(argument, secondary, **options)


def backref(name: str, **options: Any) -> Tuple[str, Dict[str, Any]]:
    """The other side of a relationship, with options of its own."""
    return (name, options)


def dynamic_loader(argument: Any, **options: Any) -> Any:
    """relationship(lazy="dynamic")"""
    return RelationshipProperty(argument, **{**options, "lazy": "dynamic"})


def foreign(column: Any) -> Any:
    """Says that a column of a join condition is the foreign one."""
    made = Annotated(sql.clause(column))
    made.is_foreign = True
    return made


def remote(column: Any) -> Any:
    """Says that a column of a join condition is on the far side."""
    made = Annotated(sql.clause(column))
    made.is_remote = True
    return made


class Annotated(sql.ColumnElement):
    """A column with foreign() or remote() around it."""

    def __init__(self, element: Any) -> None:
        self.element, self.type = element, element.type
        self.is_foreign, self.is_remote = getattr(element, "is_foreign", False), getattr(element, "is_remote", False)

    column = property(lambda self: getattr(self.element, "column", self.element))

    def _tree(self, scope: sql.Scope) -> sql.Tree:
        return self.element._tree(scope)

    def _froms(self) -> Any:
        return self.element._froms()


# ---------------------------------------------------------------- words

class Words:
    """Reads what strings in relationship() may say: names, dotted names, lists, comparisons, and_(), or_(), .desc(), .asc(). No eval()."""

    def __init__(self, prop: RelationshipProperty) -> None:
        self.prop = prop

    def value(self, text: str) -> Any:
        """What the words mean."""
        try:
            tree = ast.parse(text.strip(), mode="eval").body
        except SyntaxError:
            raise exc.ArgumentError(f"{self.prop}: {text!r} cannot be read") from None
        return self._node(tree, text)

    def _node(self, node: ast.AST, text: str) -> Any:
        if isinstance(node, ast.Name):
            return self._name(node.id, text)
        if isinstance(node, ast.Attribute):
            return self._dotted(node, text)
        if isinstance(node, (ast.List, ast.Tuple)):
            return [self._node(item, text) for item in node.elts]
        if isinstance(node, ast.Constant):
            return node.value
        if isinstance(node, ast.Compare) and len(node.ops) == 1:
            return self._compare(node, text)
        if isinstance(node, ast.Call):
            return self._call(node, text)
        if isinstance(node, ast.BinOp) and isinstance(node.op, (ast.BitAnd, ast.BitOr)):
            return (sql.and_ if isinstance(node.op, ast.BitAnd) else sql.or_)(self._node(node.left, text), self._node(node.right, text))
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.Invert, ast.USub)):
            value = self._node(node.operand, text)
            return ~value if isinstance(node.op, ast.Invert) else -value
        raise exc.ArgumentError(f"{self.prop}: {text!r} is more than names, lists, comparisons, and_(), or_(), .desc() and .asc(); a lambda can say anything")

    def _compare(self, node: ast.Compare, text: str) -> Any:
        left, right = self._node(node.left, text), self._node(node.comparators[0], text)
        for kind, op in ((ast.Eq, "__eq__"), (ast.NotEq, "__ne__"), (ast.Lt, "__lt__"), (ast.LtE, "__le__"), (ast.Gt, "__gt__"), (ast.GtE, "__ge__")):
            if isinstance(node.ops[0], kind):
                return getattr(left, op)(right)
        raise exc.ArgumentError(f"{self.prop}: {text!r} has a comparison that is none of ==, !=, <, <=, >, >=")

    def _call(self, node: ast.Call, text: str) -> Any:
        arguments = [self._node(argument, text) for argument in node.args]
        if isinstance(node.func, ast.Name) and node.func.id in _FUNCTIONS:
            return _FUNCTIONS[node.func.id](*arguments)
        if isinstance(node.func, ast.Attribute) and node.func.attr in ("desc", "asc", "nulls_first", "nulls_last", "nullsfirst", "nullslast", "is_", "isnot", "is_not", "in_",
                                                                       "notin_", "like", "between"):
            return getattr(self._node(node.func.value, text), node.func.attr)(*arguments)
        if isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Name) and node.func.value.id == "func":
            return getattr(sql.func, node.func.attr)(*arguments)
        raise exc.ArgumentError(f"{self.prop}: {text!r} calls something that is not and_(), or_(), not_(), foreign(), remote(), .desc() or .asc()")

    def _name(self, name: str, text: str) -> Any:
        parent = self.prop.parent
        found = parent.registry.class_named(name, parent)
        if found is not None:
            return found
        table = parent.local_table.metadata.tables.get(name)
        if table is not None:
            return table
        known = parent.registry.class_names()
        near = _close(name, known)
        raise exc.InvalidRequestError(
            f"When initializing mapper {parent}, expression {text!r} failed to locate a name ({name!r}). If this is a class name, consider adding this relationship() to the "
            f"{parent.class_!r} class after both dependent classes have been defined."
            + (f" Did you mean {near!r}?" if near else f" Known are {', '.join(sorted(known)) or 'none'}: is the module of the class imported?"))

    def _dotted(self, node: ast.Attribute, text: str) -> Any:
        path: List[str] = []
        at: ast.AST = node
        while isinstance(at, ast.Attribute):
            path.insert(0, at.attr)
            at = at.value
        if not isinstance(at, ast.Name):
            return getattr(self._node(node.value, text), node.attr)
        path.insert(0, at.id)
        parent = self.prop.parent
        whole = parent.registry.class_at(path)
        if whole is not None:
            return whole
        value = None
        for i in range(len(path) - 1, 0, -1):
            value = parent.registry.class_at(path[:i])
            if value is not None:
                path = path[i:]
                break
        if value is None:
            value, path = self._name(path[0], text), path[1:]
        for name in path:
            value = self._member(value, name, text)
        return value

    def _member(self, value: Any, name: str, text: str) -> Any:
        if isinstance(value, Table):
            if name in ("c", "columns"):
                return value.c
            if name in value.c:
                return value.c[name]
        elif isinstance(value, sql.ColumnCollection) and name in value:
            return value[name]
        elif hasattr(value, "__mapper__"):
            column = value.__mapper__.columns_by_key.get(name)
            if column is not None:
                return column
            if name == "__table__":
                return value.__mapper__.local_table
        raise exc.InvalidRequestError(f"When initializing mapper {self.prop.parent}, expression {text!r} failed to locate a name ({name!r}): "
                                      f"{getattr(value, '__name__', value)} has no such column")


_FUNCTIONS: Dict[str, Callable] = {"and_": sql.and_, "or_": sql.or_, "not_": sql.not_, "foreign": foreign, "remote": remote, "desc": sql.desc, "asc": sql.asc}


def _close(name: str, known: Sequence[str]) -> Optional[str]:
    import difflib
    near = difflib.get_close_matches(name, list(known), 1)
    return near[0] if near else None


# ---------------------------------------------------------------- join conditions

class Pairs:
    """A join condition that says no more than that columns are equal."""

    def __init__(self, condition: Any) -> None:
        self.pairs: List[Tuple[Column, Column]] = []
        self.foreign: List[Column] = []
        self.remote: List[Column] = []
        self.simple = self._read(condition)

    def _read(self, condition: Any) -> bool:
        if isinstance(condition, sql.ClauseList) and condition.operator == sql.AND:
            return all([self._read(item) for item in condition.items])
        if not isinstance(condition, sql.Operation) or condition.operator != sql.EQ:
            return False
        sides = [getattr(item, "column", item) for item in condition.items]
        if not all(isinstance(side, Column) for side in sides):
            return False
        for item, column in zip(condition.items, sides):
            if getattr(item, "is_foreign", False):
                self.foreign.append(column)
            if getattr(item, "is_remote", False):
                self.remote.append(column)
        self.pairs.append((sides[0], sides[1]))
        return True

    def keys(self) -> List[Column]:
        """The columns that are foreign keys of the others."""
        if self.foreign:
            return self.foreign
        found = []
        for a, b in self.pairs:
            for own, other in ((a, b), (b, a)):
                if any(_leads(key, other) for key in own._keys):
                    found.append(own)
        return found


def _leads(key: Any, column: Column) -> bool:
    table, name = key._target()
    return column.table is not None and column.table.name == table and (name is None or name == column.name)
