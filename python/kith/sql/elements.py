"""Expressions: columns, values, and what is made of them by operators.

Every expression gives the tuple that kith._core makes a statement of by ``_tree(scope)`` and the tables that it needs by ``_froms()``.
Values leave as binds. A :class:`Scope` knows which tables stand around a subquery, and which go by another name there.
"""

from __future__ import annotations

import itertools
from typing import Any, Callable, Dict, Iterable, Iterator, List, Optional, Sequence, Tuple

from .. import exc, types

# src/tree.c
(T_COLUMN, T_VALUE, T_OP, T_INFIX, T_PREFIX, T_CALL, T_STAR, T_CASE, T_CAST, T_COLLATE, T_AS, T_RAW, T_SEQUENCE, T_SCALAR, T_EXISTS, T_IN_SELECT) = range(16)
# kith/sys/query.h
(EQ, NE, LT, LE, GT, GE, ADD, SUBTRACT, MULTIPLY, DIVIDE, MODULO, IS_NULL, IS_NOT_NULL, NOT, BETWEEN, AND, OR, IN) = range(1, 19)

(INNER, LEFT, FULL) = range(3)      # kith_sys_join

Tree = Tuple[Any, ...]
_numbers = itertools.count(1)


def join_kind(isouter: bool, full: bool) -> int:
    """Which JOIN the two arguments of join() ask for."""
    return FULL if full else LEFT if isouter else INNER


def unnamed(what: str) -> str:
    """A name for what was given none."""
    return f"{what}_{next(_numbers)}"


class Scope:
    """What a statement is written in: the tables around a subquery, tables that go by another name, and values for names."""

    __slots__ = ("around", "next", "renamed", "values")

    def __init__(self, around: frozenset = frozenset(), renamed: Optional[Dict[Any, Any]] = None, next: frozenset = frozenset(), values: Optional[Dict[str, Any]] = None) -> None:
        self.around, self.renamed, self.next = around, renamed or {}, next      # next: those of the statement right around alone
        self.values = values        # None: it is not run, and a name may stay without a value

    def inside(self, froms: Iterable[Any]) -> "Scope":
        """The scope of a subquery of a statement that selects from these."""
        next = frozenset(froms)
        return Scope(self.around | next, self.renamed, next, self.values)

    def apart(self) -> "Scope":
        """The scope of a SELECT that is selected from: nothing around it is seen there."""
        return Scope(values=self.values)

    def giving(self, values: Dict[str, Any]) -> "Scope":
        """The same with more values; those that are there win."""
        return Scope(self.around, self.renamed, self.next, {**values, **(self.values or {})}) if values else self

    def value(self, name: str) -> Any:
        """The value for a name."""
        if name in (self.values or ()):
            return self.values[name]    # type: ignore[index]
        if self.values is None:
            return None
        raise exc.StatementError(f"A value is required for bind parameter {name!r}")

    def renaming(self, renamed: Dict[Any, Any]) -> "Scope":
        """The same, where these tables go by other names."""
        return Scope(self.around, {**self.renamed, **renamed}, self.next, self.values) if renamed else self

    def source(self, source: Any) -> Any:
        """What stands for a table here."""
        return self.renamed.get(source, source)


TOP = Scope(values={})      #: of a statement that is run


class ClauseElement:
    """The base of everything that a statement is made of."""

    __visit_name__ = "clause"

    def _tree(self, scope: Scope) -> Tree:
        raise exc.CompileError(f"{type(self).__name__} cannot stand in a statement")

    def _froms(self) -> Iterator[Any]:
        return iter(())

    def _value(self) -> Any:
        """What stands for it in an expression."""
        return self

    def _among(self, element: Any) -> "ColumnElement":
        """element IN it."""
        raise not_a_list(self)

    def _source(self) -> Any:
        """What is selected where it stands in a FROM; None: it cannot stand there."""
        return None

    def __bool__(self) -> bool:
        raise TypeError("Boolean value of this clause is not defined: write and_(a, b), or_(a, b), not_(a), or (a) & (b), (a) | (b), ~(a)")

    def __clause_element__(self) -> "ClauseElement":
        return self

    def self_group(self, against: Any = None) -> "ClauseElement":
        """Brackets are set where they are needed."""
        return self

    def compile(self, *args: Any, **kwargs: Any) -> Any:
        """The statement as text; str() of it."""
        from ..printer import Compiled
        return Compiled(self)

    def __str__(self) -> str:
        return str(self.compile())


def not_a_list(value: Any) -> exc.ArgumentError:
    """What IN cannot be asked of."""
    return exc.ArgumentError(f"IN expression list, SELECT construct, or bound parameter object expected, got {value!r}.")


def textual(value: str, what: str) -> exc.ArgumentError:
    """A str where an expression belongs."""
    return exc.ArgumentError(f"Textual {what} {value!r} should be explicitly declared as text({value!r})")


def quoted(name: str) -> str:
    """A name as SQL has it, whatever letters it is of."""
    return '"' + name.replace('"', '""') + '"'


def is_clause(value: Any) -> bool:
    """Whether it can stand in a statement."""
    return isinstance(value, ClauseElement) or hasattr(type(value), "__clause_element__")


def is_entity(value: Any) -> bool:
    """Whether it is a mapped class, or one under another name (an object of one is not)."""
    return hasattr(value, "_kith_entity") and (isinstance(value, type) or not hasattr(value, "_kith_state"))


def clause(value: Any) -> Any:
    """The expression that an object stands for."""
    while not isinstance(value, ClauseElement) and hasattr(value, "__clause_element__"):
        value = value.__clause_element__()
    return value


def condition(value: Any) -> Any:
    """What a WHERE takes."""
    value = clause(value)
    if isinstance(value, ClauseElement):
        return value
    if value is True or value is False:
        return true() if value else false()
    if value is None:
        return null()
    if isinstance(value, str):
        raise textual(value, "SQL expression")
    raise exc.ArgumentError(f"SQL expression for WHERE/HAVING role expected, got {value!r}.")


def expression(value: Any, like: Any = None) -> "ColumnElement":
    """A value as a bind of a column's type, an expression as it is."""
    value = clause(value)
    if isinstance(value, BindParameter):
        return value._beside(like)
    if isinstance(value, ClauseElement):
        return value._value()
    if value is None:
        return null()
    return BindParameter(None, value, like=like)


class ColumnElement(ClauseElement):
    """An expression with a value: columns, functions, comparisons, and what is made of them by operators."""

    type: types.TypeEngine = types.NULLTYPE
    key: Optional[str] = None
    name: Optional[str] = None

    # ------------------------------------------------------------ comparisons
    def __eq__(self, other: Any) -> Any:        # type: ignore[override]
        other = clause(other)
        return is_null(self) if other is None or isinstance(other, Null) else compare(EQ, self, other)

    def __ne__(self, other: Any) -> Any:        # type: ignore[override]
        other = clause(other)
        return is_null(self, False) if other is None or isinstance(other, Null) else compare(NE, self, other)

    __hash__ = object.__hash__

    def __lt__(self, other: Any) -> "ColumnElement":
        return compare(LT, self, other)

    def __le__(self, other: Any) -> "ColumnElement":
        return compare(LE, self, other)

    def __gt__(self, other: Any) -> "ColumnElement":
        return compare(GT, self, other)

    def __ge__(self, other: Any) -> "ColumnElement":
        return compare(GE, self, other)

    # ------------------------------------------------------------ logic
    def __and__(self, other: Any) -> "ColumnElement":
        return and_(self, other)

    def __rand__(self, other: Any) -> "ColumnElement":
        return and_(other, self)

    def __or__(self, other: Any) -> "ColumnElement":
        return or_(self, other)

    def __ror__(self, other: Any) -> "ColumnElement":
        return or_(other, self)

    def __invert__(self) -> "ColumnElement":
        return not_(self)

    # ------------------------------------------------------------ arithmetic
    def __add__(self, other: Any) -> "ColumnElement":
        return add(self, other)

    def __radd__(self, other: Any) -> "ColumnElement":
        return add(expression(other, self), self)

    def __sub__(self, other: Any) -> "ColumnElement":
        return arithmetic(SUBTRACT, self, other)

    def __rsub__(self, other: Any) -> "ColumnElement":
        return arithmetic(SUBTRACT, expression(other, self), self)

    def __mul__(self, other: Any) -> "ColumnElement":
        return arithmetic(MULTIPLY, self, other)

    def __rmul__(self, other: Any) -> "ColumnElement":
        return arithmetic(MULTIPLY, expression(other, self), self)

    def __truediv__(self, other: Any) -> "ColumnElement":
        return divide(self, other)

    def __rtruediv__(self, other: Any) -> "ColumnElement":
        return divide(expression(other, self), self)

    def __floordiv__(self, other: Any) -> "ColumnElement":
        return arithmetic(DIVIDE, self, other)

    def __mod__(self, other: Any) -> "ColumnElement":
        return arithmetic(MODULO, self, other)

    def __rmod__(self, other: Any) -> "ColumnElement":
        return arithmetic(MODULO, expression(other, self), self)

    def __neg__(self) -> "ColumnElement":
        return Prefix("-", self, self.type)

    # ------------------------------------------------------------ texts
    def like(self, other: Any, escape: Optional[str] = None) -> "ColumnElement":
        """LIKE; % and _ are wildcards."""
        return Infix("LIKE", self, expression(other, _string_like(self)), escape)

    def notlike(self, other: Any, escape: Optional[str] = None) -> "ColumnElement":
        """NOT LIKE."""
        return Infix("NOT LIKE", self, expression(other, _string_like(self)), escape)

    def ilike(self, other: Any, escape: Optional[str] = None) -> "ColumnElement":
        """LIKE, upper and lower case alike."""
        return Infix("LIKE", lower(self), lower(expression(other, _string_like(self))), escape)

    def notilike(self, other: Any, escape: Optional[str] = None) -> "ColumnElement":
        """The opposite of ilike."""
        return Infix("NOT LIKE", lower(self), lower(expression(other, _string_like(self))), escape)

    not_like, not_ilike = notlike, notilike

    def contains(self, other: Any, autoescape: bool = False, escape: Optional[str] = None) -> "ColumnElement":
        """The text contains another."""
        return _pattern(self, "%", other, "%", autoescape, escape)

    def startswith(self, other: Any, autoescape: bool = False, escape: Optional[str] = None) -> "ColumnElement":
        """The text starts with another."""
        return _pattern(self, "", other, "%", autoescape, escape)

    def endswith(self, other: Any, autoescape: bool = False, escape: Optional[str] = None) -> "ColumnElement":
        """The text ends with another."""
        return _pattern(self, "%", other, "", autoescape, escape)

    def icontains(self, other: Any, autoescape: bool = False, escape: Optional[str] = None) -> "ColumnElement":
        """As contains, upper and lower case alike."""
        return _pattern(lower(self), "%", other, "%", autoescape, escape, True)

    def istartswith(self, other: Any, autoescape: bool = False, escape: Optional[str] = None) -> "ColumnElement":
        """As startswith, upper and lower case alike."""
        return _pattern(lower(self), "", other, "%", autoescape, escape, True)

    def iendswith(self, other: Any, autoescape: bool = False, escape: Optional[str] = None) -> "ColumnElement":
        """As endswith, upper and lower case alike."""
        return _pattern(lower(self), "%", other, "", autoescape, escape, True)

    def concat(self, other: Any) -> "ColumnElement":
        """The two texts as one."""
        return Infix("||", self, expression(other, _string_like(self)), type_=types.STRINGTYPE)

    def match(self, other: Any) -> "ColumnElement":
        """MATCH, where the engine has it."""
        return Infix("MATCH", self, expression(other))

    def regexp_match(self, pattern: Any, flags: Optional[str] = None) -> "ColumnElement":
        """REGEXP, where the engine has it."""
        return Infix("REGEXP", self, expression(pattern))

    def collate(self, collation: str) -> "ColumnElement":
        """With another collation."""
        return Collate(self, collation)

    # ------------------------------------------------------------ sets and ranges
    def in_(self, other: Any) -> "ColumnElement":
        """Among the values, or among the rows of a SELECT."""
        return among(self, other)

    def not_in(self, other: Any) -> "ColumnElement":
        """The opposite of in_."""
        return not_(among(self, other))

    notin_ = not_in

    def between(self, low: Any, high: Any, symmetric: bool = False) -> "ColumnElement":
        """From low to high, both included."""
        return Operation(BETWEEN, [self, expression(low, self), expression(high, self)])

    def is_(self, other: Any) -> "ColumnElement":
        """IS, which NULL answers too."""
        other = clause(other)
        return is_null(self) if other is None or isinstance(other, Null) else Infix("IS", self, expression(other, self))

    def is_not(self, other: Any) -> "ColumnElement":
        """IS NOT."""
        other = clause(other)
        return is_null(self, False) if other is None or isinstance(other, Null) else Infix("IS NOT", self, expression(other, self))

    isnot = is_not

    def is_distinct_from(self, other: Any) -> "ColumnElement":
        """Different, where NULL is a value too."""
        return self.is_not(other)

    def isnot_distinct_from(self, other: Any) -> "ColumnElement":
        """Not different, where NULL is a value too."""
        return self.is_(other)

    is_not_distinct_from = isnot_distinct_from

    # ------------------------------------------------------------ the rest
    def __getitem__(self, keys: Any) -> "ColumnElement":
        """A part of a JSON document: column["key"], column["list", 0]."""
        if self.type.kind != types.JSON_:
            raise NotImplementedError(f"{self} is of type {self.type!r}: only JSON has parts")
        from .documents import JSONPart
        return JSONPart(self, list(keys) if isinstance(keys, tuple) else keys)

    __iter__ = None     # what has __getitem__ would be walked over without end

    def op(self, word: str, precedence: int = 0, is_comparison: bool = False, return_type: Any = None) -> Callable[[Any], "ColumnElement"]:
        """An operator of the engine's own: column.op('||')('x'). Its operands stand in parentheses, whatever its precedence is."""
        type_ = types.to_type(return_type) if return_type else types.BOOLEANTYPE if is_comparison else types.NULLTYPE
        return lambda other: Infix(word, self, expression(other, self), type_=type_)

    def bool_op(self, word: str) -> Callable[[Any], "ColumnElement"]:
        """As op, of a comparison."""
        return lambda other: Infix(word, self, expression(other, self))

    def desc(self) -> "Ordered":
        """Descending."""
        return Ordered(self, True)

    def asc(self) -> "Ordered":
        """Ascending."""
        return Ordered(self, False)

    def nulls_first(self) -> "Ordered":
        """NULLs before all others."""
        return Ordered(self, False, -1)

    def nulls_last(self) -> "Ordered":
        """NULLs after all others."""
        return Ordered(self, False, 1)

    nullsfirst, nullslast = nulls_first, nulls_last

    def label(self, name: Optional[str]) -> "Label":
        """The expression under a name."""
        return Label(name or unnamed("anon"), self)

    def distinct(self) -> "ColumnElement":
        """Each value once, inside a function: func.count(column.distinct())."""
        return Prefix("DISTINCT", self, self.type)

    def cast(self, type_: Any) -> "Cast":
        """As another type."""
        return Cast(self, type_)

    @property
    def expression(self) -> "ColumnElement":
        """Itself."""
        return self

    def __iter__(self) -> Any:
        raise TypeError(f"'{type(self).__name__}' object is not iterable")

    @property
    def comparator(self) -> "ColumnElement":
        """What its operators are on."""
        return self

    def _name(self) -> Optional[str]:
        return self.key or self.name

    def _is_like(self) -> bool:
        """Whether a value beside it is written as it is: columns of tables, and what comes straight from one."""
        return False


# ---------------------------------------------------------------- making comparisons


def is_null(element: ColumnElement, positive: bool = True) -> ColumnElement:
    """IS NULL, or IS NOT NULL."""
    return Operation(IS_NULL if positive else IS_NOT_NULL, [element])


def compare(op: int, left: Any, right: Any) -> ColumnElement:
    """left op right; a value is written as the column on the other side has it."""
    return Operation(op, [left, expression(right, left)])


def arithmetic(op: int, left: Any, right: Any) -> ColumnElement:
    """left op right as a number."""
    right = expression(right, None if isinstance(left, BindParameter) else left)
    return Operation(op, [left, right], types.type_of_two(left.type, right.type))


def divide(left: Any, right: Any) -> ColumnElement:
    """As Python's /, whole numbers give a fraction too."""
    right = expression(right, None if isinstance(left, BindParameter) else left)
    if left.type.kind == types.INT and right.type.kind == types.INT:
        return Operation(DIVIDE, [left, Infix("+", right, Raw("0.0"))], types.FLOATTYPE)
    return Operation(DIVIDE, [left, right], types.type_of_two(left.type, right.type))


def add(left: Any, right: Any) -> ColumnElement:
    """A sum of numbers, or two texts in one."""
    right = expression(right, None if isinstance(left, BindParameter) else left)
    if left.type.kind == types.TEXT or right.type.kind == types.TEXT:
        return Infix("||", left, right, type_=types.STRINGTYPE)
    return Operation(ADD, [left, right], types.type_of_two(left.type, right.type))


def among(element: ColumnElement, other: Any) -> ColumnElement:
    """element IN (…)"""
    other = clause(other)
    if isinstance(other, ClauseElement):
        return other._among(element)
    if isinstance(other, (str, bytes)) or not hasattr(other, "__iter__"):
        raise not_a_list(other)
    items = [expression(item, element) for item in other]
    return Operation(IN, [element, *items]) if items else false()


def _string_like(element: ColumnElement) -> Optional[ColumnElement]:
    """What a pattern is written as: a column of a text as it is, everything else as a text."""
    return element if element.type.kind == types.TEXT and element.type.to_database is None else None


def _escaped(value: str, escape: str) -> str:
    for letter in (escape, "%", "_"):
        value = value.replace(letter, escape + letter)
    return value


def _pattern(element: ColumnElement, before: str, other: Any, after: str, autoescape: bool, escape: Optional[str], alike: bool = False) -> ColumnElement:
    other = clause(other)
    if autoescape:
        escape = escape or "/"
    if isinstance(other, ClauseElement):
        made: Any = other._value()
        if before:
            made = Infix("||", BindParameter(None, before), made, type_=types.STRINGTYPE)
        if after:
            made = Infix("||", made, BindParameter(None, after), type_=types.STRINGTYPE)
    else:
        if not isinstance(other, str):
            raise exc.ArgumentError(f"a text is needed to look for, got {other!r}")
        made = BindParameter(None, before + (_escaped(other, escape) if autoescape and escape else other) + after)
    return Infix("LIKE", element, lower(made) if alike else made, escape)


# ---------------------------------------------------------------- what they are


class Operation(ColumnElement):
    """Operands and an operator that the library knows."""

    def __init__(self, op: int, items: Sequence[Any], type_: Optional[types.TypeEngine] = None) -> None:
        self.operator, self.items = op, list(items)
        self.type = type_ or types.BOOLEANTYPE

    left = property(lambda self: self.items[0])
    right = property(lambda self: self.items[1])

    def _tree(self, scope: Scope) -> Tree:
        return (T_OP, self.operator, [item._tree(scope) for item in self.items])

    def _froms(self) -> Iterator[Any]:
        for item in self.items:
            yield from item._froms()

BinaryExpression = Operation


class ClauseList(Operation):
    """and_ and or_."""

    clauses = property(lambda self: self.items)


class Nothing(ClauseList):
    """and_() and or_() of nothing: it is left out among others, and alone it always holds."""

    def _tree(self, scope: Scope) -> Tree:
        return true()._tree(scope)


class Infix(ColumnElement):
    """Two operands and a word between them."""

    def __init__(self, word: str, left: Any, right: Any, escape: Optional[str] = None, type_: Optional[types.TypeEngine] = None) -> None:
        self.operator, self.left, self.right, self.escape = word, left, right, escape
        self.type = type_ or types.BOOLEANTYPE

    def _tree(self, scope: Scope) -> Tree:
        left, right = self.left._tree(scope), self.right._tree(scope)
        op = _ARITHMETIC.get(self.operator)
        if op:
            return (T_OP, op, [left, right])
        return (T_INFIX, self.operator.upper(), left, right, BindParameter(None, self.escape)._tree(scope) if self.escape else None)

    def _froms(self) -> Iterator[Any]:
        yield from self.left._froms()
        yield from self.right._froms()

_ARITHMETIC = {"+": ADD, "-": SUBTRACT, "*": MULTIPLY, "/": DIVIDE, "%": MODULO, "=": EQ, "<>": NE, "!=": NE, "<": LT, "<=": LE, ">": GT, ">=": GE}


class Prefix(ColumnElement):
    """A word and an operand."""

    def __init__(self, word: str, element: Any, type_: Optional[types.TypeEngine] = None) -> None:
        self.operator, self.element, self.type = word, element, type_ or types.NULLTYPE

    def _tree(self, scope: Scope) -> Tree:
        return (T_PREFIX, self.operator, self.element._tree(scope))

    def _froms(self) -> Iterator[Any]:
        return self.element._froms()


class Collate(ColumnElement):
    """An expression with a collation."""

    def __init__(self, element: Any, collation: str) -> None:
        self.element, self.collation, self.type = element, collation, element.type

    def _tree(self, scope: Scope) -> Tree:
        return (T_COLLATE, self.element._tree(scope), self.collation)

    def _froms(self) -> Iterator[Any]:
        return self.element._froms()


class Cast(ColumnElement):
    """CAST(… AS …)"""

    def __init__(self, element: Any, type_: Any) -> None:
        self.element, self.type = expression(element), types.to_type(type_)

    def _tree(self, scope: Scope) -> Tree:
        length = self.type.precision if self.type.in_table == types.IN_NUMERIC else self.type.length
        return (T_CAST, self.element._tree(scope), self.type.in_table, length or 0, self.type.scale or 0)

    def _froms(self) -> Iterator[Any]:
        return self.element._froms()


class TypeCoerce(ColumnElement):
    """An expression read as another type; nothing changes in SQL."""

    def __init__(self, element: Any, type_: Any) -> None:
        self.element, self.type = expression(element), types.to_type(type_)

    def _tree(self, scope: Scope) -> Tree:
        return self.element._tree(scope)

    def _froms(self) -> Iterator[Any]:
        return self.element._froms()


class Label(ColumnElement):
    """An expression under a name."""

    def __init__(self, name: str, element: Any) -> None:
        self.name = self.key = name
        self.element = expression(element)
        self.type = self.element.type

    def _tree(self, scope: Scope) -> Tree:
        return self.element._tree(scope)

    def _froms(self) -> Iterator[Any]:
        return self.element._froms()


class Ordered(ClauseElement):
    """An expression to sort by."""

    def __init__(self, element: Any, descending: bool, nulls: int = 0) -> None:
        self.element, self.descending, self.nulls = element, descending, nulls

    def desc(self) -> "Ordered":
        """Descending."""
        return Ordered(self.element, True, self.nulls)

    def asc(self) -> "Ordered":
        """Ascending."""
        return Ordered(self.element, False, self.nulls)

    def nulls_first(self) -> "Ordered":
        """NULLs before all others."""
        return Ordered(self.element, self.descending, -1)

    def nulls_last(self) -> "Ordered":
        """NULLs after all others."""
        return Ordered(self.element, self.descending, 1)

    nullsfirst, nullslast = nulls_first, nulls_last

    def _tree(self, scope: Scope) -> Tree:
        return (self.element._tree(scope), self.descending, self.nulls)

    def _froms(self) -> Iterator[Any]:
        return self.element._froms()


class BindParameter(ColumnElement):
    """A value; one with a name may get another when the statement is run. `make` computes it then."""

    required = False
    make: Any = None

    def __init__(self, key: Optional[str], value: Any = None, type_: Any = None, like: Any = None) -> None:
        self.key, self.value, self.beside, self.given_type = key, value, like, type_
        self.like = like if isinstance(like, ColumnElement) and like._is_like() else None
        if type_ is not None:
            self.type = types.to_type(type_)
        elif like is not None and like.type.kind != types.NONE and not (like.type.kind == types.BOOL and not isinstance(value, bool) and self.like is None):
            self.type = like.type
        else:
            self.type = types.type_of(value)

    def _tree(self, scope: Scope) -> Tree:
        return self._value_tree(scope) if self.key is None else self._filled(scope)._value_tree(scope)

    def _filled(self, scope: Scope) -> "BindParameter":
        """With the value that it has in a statement."""
        if self.key in (scope.values or ()) or self.required:
            return BindParameter(None, scope.value(self.key), self.given_type, self.beside)     # type: ignore[arg-type]
        return BindParameter(None, self.make(), self.given_type, self.beside) if self.make is not None else self

    def _beside(self, like: Any) -> "BindParameter":
        """The same as a value of a column's type, unless it has one."""
        if like is None or self.given_type is not None or self.beside is not None or self.key is None:
            return self
        made = BindParameter(self.key, self.value, None, like)
        made.required, made.make = self.required, self.make
        return made

    def _value_tree(self, scope: Scope) -> Tree:
        kind = self.type.kind
        if kind == types.INT and isinstance(self.value, float) and self.like is not None and self.value != int(self.value):
            return (T_VALUE, self.value, types.REAL, None, None)
        return (T_VALUE, self.value, kind, self.type.to_database, self.like._tree(scope) if self.like is not None else None)

    def _among(self, element: Any) -> ColumnElement:
        return AmongGiven(element, self)


class AmongGiven(ColumnElement):
    """element IN the values of a list that a name stands for."""

    type = types.BOOLEANTYPE

    def __init__(self, element: Any, bind: BindParameter) -> None:
        self.element, self.bind = element, bind

    def _tree(self, scope: Scope) -> Tree:
        bind = self.bind if self.bind.key is None else self.bind._filled(scope)
        if scope.values is None and bind.value is None:
            return (T_OP, IN, [self.element._tree(scope), bind._value_tree(scope)])
        return among(self.element, bind.value)._tree(scope)

    def _froms(self) -> Iterator[Any]:
        return self.element._froms()


class Null(ColumnElement):
    """NULL."""

    def _tree(self, scope: Scope) -> Tree:
        return (T_RAW, "NULL")


class Boolean_(ColumnElement):
    """A condition that always holds, or never."""

    type = types.BOOLEANTYPE

    def __init__(self, value: bool) -> None:
        self.value = value

    def _tree(self, scope: Scope) -> Tree:
        return (T_OP, EQ, [(T_RAW, "1"), (T_RAW, "1" if self.value else "0")])


class Raw(ColumnElement):
    """SQL as it is, of the library's own making."""

    def __init__(self, sql: str, type_: Optional[types.TypeEngine] = None) -> None:
        self.sql, self.type = sql, type_ or types.NULLTYPE

    def _tree(self, scope: Scope) -> Tree:
        return (T_RAW, self.sql)


class Call(ColumnElement):
    """A call of a function by its name."""

    def __init__(self, name: str, clauses: List[Any], type_: types.TypeEngine) -> None:
        self.name, self.clauses, self.type = name, clauses, type_

    def _tree(self, scope: Scope) -> Tree:
        return (T_CALL, self.name, [item._tree(scope) for item in self.clauses])

    def _froms(self) -> Iterator[Any]:
        for item in self.clauses:
            yield from item._froms()


def lower(element: Any) -> Call:
    """A text in lower case."""
    return Call("lower", [element], types.STRINGTYPE)


class PlainColumn(ColumnElement):
    """A column by its name alone."""

    table = None

    def __init__(self, name: str, type_: Any = None) -> None:
        self.name = self.key = name
        self.type = types.to_type(type_)

    def _froms(self) -> Iterator[Any]:
        if self.table is not None:
            yield self.table

    def _tree(self, scope: Scope) -> Tree:
        return (T_COLUMN, self.table.name if self.table is not None else None, None, self.name)


def sortable(element: Any) -> Any:
    """What an ORDER BY takes."""
    if isinstance(element, str):
        return PlainColumn(element)
    made = clause(element)
    if not isinstance(made, ClauseElement):
        raise exc.ArgumentError(f"ORDER BY expression expected, got {element!r}.")
    return made


# ---------------------------------------------------------------- and, or, not


def _flattened(op: int, given: Sequence[Any]) -> ColumnElement:
    items: List[Any] = []
    for value in given:
        made = condition(value)
        items.extend(made.items if isinstance(made, ClauseList) and made.operator == op or isinstance(made, Nothing) else [made])
    return items[0] if len(items) == 1 else ClauseList(op, items) if items else Nothing(op, [])


def and_(*conditions: Any) -> ColumnElement:
    """All hold."""
    return _flattened(AND, conditions)


def or_(*conditions: Any) -> ColumnElement:
    """One holds."""
    return _flattened(OR, conditions)


def not_(element: Any) -> ColumnElement:
    """It does not hold."""
    made = condition(element)
    if isinstance(made, Operation) and made.operator == NOT:
        return made.items[0]
    if isinstance(made, Boolean_):
        return Boolean_(not made.value)
    if isinstance(made, Operation) and made.operator in _OPPOSITES:
        return Operation(_OPPOSITES[made.operator], made.items)
    return Operation(NOT, [made])

_OPPOSITES = {EQ: NE, NE: EQ, IS_NULL: IS_NOT_NULL, IS_NOT_NULL: IS_NULL}


def null() -> Null:
    """NULL."""
    return Null()


def true() -> Boolean_:
    """A condition that holds."""
    return Boolean_(True)


def false() -> Boolean_:
    """A condition that does not hold."""
    return Boolean_(False)
