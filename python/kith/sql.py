"""Expressions: what programs write about columns, and the tuples that kith._core makes statements of.

Every expression gives its tuple by ``_tree(scope)`` and the tables that it needs by ``_froms()``. Values leave as binds. A
:class:`Scope` knows which tables stand around a subquery, and which go by another name there.
"""

from __future__ import annotations

import itertools
from typing import Any, Callable, Dict, Iterable, Iterator, List, Optional, Sequence, Tuple

from . import exc, types

# src/tree.c
(T_COLUMN, T_VALUE, T_OP, T_INFIX, T_PREFIX, T_CALL, T_STAR, T_CASE, T_CAST, T_COLLATE, T_AS, T_RAW, T_SEQUENCE, T_SCALAR, T_EXISTS, T_IN_SELECT) = range(16)
# kith/sys/query.h
(EQ, NE, LT, LE, GT, GE, ADD, SUBTRACT, MULTIPLY, DIVIDE, MODULO, IS_NULL, IS_NOT_NULL, NOT, BETWEEN, AND, OR, IN) = range(1, 19)

Tree = Tuple[Any, ...]
_numbers = itertools.count(1)


class Scope:
    """What a statement is written in: the tables around a subquery, and tables that go by another name."""

    __slots__ = ("around", "renamed")

    def __init__(self, around: frozenset = frozenset(), renamed: Optional[Dict[Any, Any]] = None) -> None:
        self.around, self.renamed = around, renamed or {}

    def inside(self, froms: Iterable[Any]) -> "Scope":
        """The scope of a subquery of a statement that selects from these."""
        return Scope(self.around | frozenset(froms), self.renamed)

    def renaming(self, renamed: Dict[Any, Any]) -> "Scope":
        """The same, where these tables go by other names."""
        return Scope(self.around, {**self.renamed, **renamed}) if renamed else self

    def source(self, source: Any) -> Any:
        """What stands for a table here."""
        return self.renamed.get(source, source)


TOP = Scope()


class ClauseElement:
    """The base of everything that a statement is made of."""

    __visit_name__ = "clause"

    def _tree(self, scope: Scope) -> Tree:
        raise exc.CompileError(f"{type(self).__name__} cannot stand in a statement")

    def _froms(self) -> Iterator[Any]:
        return iter(())

    def __bool__(self) -> bool:
        raise TypeError("Boolean value of this clause is not defined: write and_(a, b), or_(a, b), not_(a), or (a) & (b), (a) | (b), ~(a)")

    def __clause_element__(self) -> "ClauseElement":
        return self

    def self_group(self, against: Any = None) -> "ClauseElement":
        """Brackets are set where they are needed."""
        return self

    def compile(self, *args: Any, **kwargs: Any) -> Any:
        """The statement as text; str() of it."""
        from .printer import Compiled
        return Compiled(self)

    def __str__(self) -> str:
        return str(self.compile())


def textual(value: str, what: str) -> exc.ArgumentError:
    """A str where an expression belongs."""
    return exc.ArgumentError(f"Textual {what} {value!r} should be explicitly declared as text({value!r})")


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
    if isinstance(value, ClauseElement):
        return value.scalar_subquery() if isinstance(value, SelectBase) else value      # type: ignore[return-value]
    if value is None:
        return null()
    return BindParameter(None, value, like=like)


def names_of(value: Any) -> str:
    """How an operand is called in an error."""
    return f"'{type(value).__name__}'"


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
        return Infix("LIKE", Function("lower", self), Function("lower", expression(other, _string_like(self))), escape)

    def notilike(self, other: Any, escape: Optional[str] = None) -> "ColumnElement":
        """The opposite of ilike."""
        return Infix("NOT LIKE", Function("lower", self), Function("lower", expression(other, _string_like(self))), escape)

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
        return _pattern(Function("lower", self), "%", other, "%", autoescape, escape, True)

    def istartswith(self, other: Any, autoescape: bool = False, escape: Optional[str] = None) -> "ColumnElement":
        """As startswith, upper and lower case alike."""
        return _pattern(Function("lower", self), "", other, "%", autoescape, escape, True)

    def iendswith(self, other: Any, autoescape: bool = False, escape: Optional[str] = None) -> "ColumnElement":
        """As endswith, upper and lower case alike."""
        return _pattern(Function("lower", self), "%", other, "", autoescape, escape, True)

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
    def op(self, word: str, return_type: Any = None, **unused: Any) -> Callable[[Any], "ColumnElement"]:
        """An operator of the engine's own: column.op('||')('x')."""
        return lambda other: Infix(word, self, expression(other, self), type_=types.to_type(return_type) if return_type else types.NULLTYPE)

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
        return Label(name or f"anon_{next(_numbers)}", self)

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
    if isinstance(other, SelectBase):
        return InSelect(element, other)
    if isinstance(other, FromClause):
        return InSelect(element, Select(*other.c))
    if isinstance(other, ClauseElement) and not isinstance(other, ClauseList):
        if isinstance(other, BindParameter) and isinstance(other.value, (list, tuple, set, frozenset)):
            return among(element, other.value)
        raise exc.ArgumentError(f"IN expression list, SELECT construct, or bound parameter object expected, got {other!r}.")
    if isinstance(other, (str, bytes)) or not hasattr(other, "__iter__"):
        raise exc.ArgumentError(f"IN expression list, SELECT construct, or bound parameter object expected, got {other!r}.")
    items = [expression(item, element) for item in other]
    return Operation(IN, [element, *items]) if items else false()


def _string_like(element: ColumnElement) -> Optional[ColumnElement]:
    """What a pattern is written as: a column of a text as it is, everything else as a text."""
    return element if element.type.kind == types.TEXT and element.type.to_database is None else None


def _escaped(value: str, escape: str) -> str:
    for letter in (escape, "%", "_"):
        value = value.replace(letter, escape + letter)
    return value


def _pattern(element: ColumnElement, before: str, other: Any, after: str, autoescape: bool, escape: Optional[str], lower: bool = False) -> ColumnElement:
    other = clause(other)
    if autoescape:
        escape = escape or "/"
    if isinstance(other, ClauseElement):
        made: Any = other
        if before:
            made = Infix("||", BindParameter(None, before), made, type_=types.STRINGTYPE)
        if after:
            made = Infix("||", made, BindParameter(None, after), type_=types.STRINGTYPE)
    else:
        if not isinstance(other, str):
            raise exc.ArgumentError(f"a text is needed to look for, got {other!r}")
        made = BindParameter(None, before + (_escaped(other, escape) if autoescape and escape else other) + after)
    return Infix("LIKE", element, Function("lower", made) if lower else made, escape)


# ---------------------------------------------------------------- the expressions

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
    """A value."""

    def __init__(self, key: Optional[str], value: Any = None, type_: Any = None, like: Any = None, **unused: Any) -> None:
        self.key, self.value = key, value
        self.like = like if isinstance(like, ColumnElement) and like._is_like() else None
        if type_ is not None:
            self.type = types.to_type(type_)
        elif like is not None and like.type.kind != types.NONE and not (like.type.kind == types.BOOL and not isinstance(value, bool) and self.like is None):
            self.type = like.type
        else:
            self.type = types.type_of(value)

    def _tree(self, scope: Scope) -> Tree:
        kind = self.type.kind
        if kind == types.INT and isinstance(self.value, float) and self.like is not None and self.value != int(self.value):
            return (T_VALUE, self.value, types.REAL, None, None)
        return (T_VALUE, self.value, kind, self.type.to_database, self.like._tree(scope) if self.like is not None else None)

    def _with(self, value: Any) -> "BindParameter":
        return BindParameter(self.key, value, None if self.type is types.NULLTYPE else self.type)


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


class TextClause(ColumnElement):
    """SQL of the program's own; :name is a value."""

    _is_text = True

    def __init__(self, text: str) -> None:
        if not isinstance(text, str):
            raise exc.ArgumentError(f"text() takes a str, got {text!r}")
        self.text, self.values = text, {}       # type: Tuple[str, Dict[str, Any]]
        self.parts = list(_pieces(text))
        self.column_types: List[Any] = []

    def bindparams(self, *binds: Any, **values: Any) -> "TextClause":
        """Values for its :names."""
        made = TextClause(self.text)
        made.values = {**self.values, **{bind.key: bind for bind in binds}, **values}
        unknown = set(made.values) - {part for is_bind, part in self.parts if is_bind}
        if unknown:
            raise exc.ArgumentError(f"This text() construct doesn't define a bound parameter named {sorted(unknown)[0]!r}")
        return made

    params = bindparams

    def columns(self, *columns: Any, **kinds: Any) -> "TextClause":
        """What its columns are."""
        made = TextClause(self.text)
        made.values, made.column_types = dict(self.values), [*columns, *kinds.items()]
        return made

    def _given(self, values: Dict[str, Any]) -> "TextClause":
        made = TextClause(self.text)
        wanted = {part for is_bind, part in self.parts if is_bind}
        made.values = {**self.values, **{name: value for name, value in values.items() if name in wanted}}
        made.column_types = self.column_types
        return made

    def _tree(self, scope: Scope) -> Tree:
        pieces: List[Tree] = []
        for is_bind, part in self.parts:
            if not is_bind:
                pieces.append((T_RAW, part))
                continue
            if part not in self.values:
                raise exc.StatementError(f"A value is required for bind parameter {part!r}")
            value = self.values[part]
            pieces.append((value if isinstance(value, ClauseElement) else BindParameter(None, value))._tree(scope))
        return pieces[0] if len(pieces) == 1 else (T_SEQUENCE, pieces)


def _pieces(text: str) -> Iterator[Tuple[bool, str]]:
    """(False, sql) and (True, name of a value), outside of quotes; \\: is a colon, :: is a cast."""
    plain, at, size = "", 0, len(text)
    while at < size:
        letter = text[at]
        if letter in "'\"`":
            end = text.find(letter, at + 1)
            end = size if end < 0 else end + 1
            plain, at = plain + text[at:end], end
        elif letter == "\\" and text[at + 1:at + 2] == ":":
            plain, at = plain + ":", at + 2
        elif letter == ":" and text[at + 1:at + 2] == ":":
            plain, at = plain + "::", at + 2
        elif letter == ":" and (text[at + 1:at + 2].isalpha() or text[at + 1:at + 2] == "_"):
            end = at + 1
            while end < size and (text[end].isalnum() or text[end] == "_"):
                end += 1
            if plain:
                yield False, plain
            yield True, text[at + 1:end]
            plain, at = "", end
        else:
            plain, at = plain + letter, at + 1
    if plain:
        yield False, plain


class Function(ColumnElement):
    """A call of a function of the engine's."""

    def __init__(self, name: str, *arguments: Any, type_: Any = None) -> None:
        self.name = name
        self.clauses = [expression(argument) for argument in arguments]
        if type_ is not None:
            self.type = types.to_type(type_)
        else:
            self.type = _function_type(name.lower(), self.clauses)

    def _tree(self, scope: Scope) -> Tree:
        lower = self.name.lower()
        if lower in _WITHOUT_BRACKETS and not self.clauses:
            return (T_RAW, _WITHOUT_BRACKETS[lower])
        if lower == "count" and not self.clauses:
            return (T_CALL, self.name, [(T_STAR,)])
        if lower == "concat" and self.clauses:
            return _concatenated(self.clauses)._tree(scope)
        return (T_CALL, self.name, [item._tree(scope) for item in self.clauses])

    def _froms(self) -> Iterator[Any]:
        for item in self.clauses:
            yield from item._froms()

    def filter(self, *criteria: Any) -> ColumnElement:
        """Only of the rows for which the conditions hold."""
        return Filtered(self, and_(*criteria))

    def select_from(self, *froms: Any) -> "Select":
        """SELECT of it."""
        return Select(self).select_from(*froms)

    def select(self) -> "Select":
        """SELECT of it."""
        return Select(self)

    def _name(self) -> Optional[str]:
        return self.name


class Filtered(ColumnElement):
    """func(…) FILTER (WHERE …)"""

    def __init__(self, function: Function, where: Any) -> None:
        self.function, self.where, self.type, self.name = function, where, function.type, function.name

    def _tree(self, scope: Scope) -> Tree:
        return (T_SEQUENCE, [self.function._tree(scope), (T_RAW, " FILTER (WHERE "), self.where._tree(scope), (T_RAW, ")")])

    def _froms(self) -> Iterator[Any]:
        yield from self.function._froms()
        yield from self.where._froms()


def _concatenated(items: Sequence[Any]) -> Any:
    made = items[0]
    for item in items[1:]:
        made = Infix("||", made, item, type_=types.STRINGTYPE)
    return made


_WITHOUT_BRACKETS = {"now": "CURRENT_TIMESTAMP", "current_timestamp": "CURRENT_TIMESTAMP", "current_date": "CURRENT_DATE", "current_time": "CURRENT_TIME",
                     "localtimestamp": "CURRENT_TIMESTAMP", "sysdate": "CURRENT_TIMESTAMP"}
_AS_ARGUMENT = {"min", "max", "sum", "coalesce", "abs", "ifnull", "nullif"}
_TEXT_FUNCTIONS = {"lower", "upper", "trim", "ltrim", "rtrim", "replace", "substr", "concat", "strftime", "printf", "hex", "group_concat"}


def _function_type(name: str, arguments: Sequence[Any]) -> types.TypeEngine:
    if name in ("count", "length", "char_length", "instr"):
        return types.INTEGERTYPE
    if name in ("now", "current_timestamp", "localtimestamp", "sysdate"):
        return types.DATETIMETYPE
    if name == "current_date":
        return types.DATETYPE
    if name in _AS_ARGUMENT and arguments:
        return next((argument.type for argument in arguments if argument.type.kind != types.NONE), types.NULLTYPE)
    if name in _TEXT_FUNCTIONS:
        return types.STRINGTYPE
    return types.NULLTYPE


class _FunctionNames:
    """func.name(…) calls the function of that name."""

    def __init__(self, prefix: str = "") -> None:
        self._prefix = prefix

    def __getattr__(self, name: str) -> "_FunctionNames":
        if name.startswith("__"):
            raise AttributeError(name)
        return _FunctionNames(f"{self._prefix}.{name}" if self._prefix else name.rstrip("_"))

    def __call__(self, *arguments: Any, type_: Any = None, **unused: Any) -> Function:
        return Function(self._prefix, *arguments, type_=type_)


func = _FunctionNames()


class Case(ColumnElement):
    """CASE WHEN … THEN … ELSE … END"""

    def __init__(self, *whens: Any, value: Any = None, else_: Any = None) -> None:
        if len(whens) == 1 and isinstance(whens[0], dict):
            whens = tuple(whens[0].items())
        elif len(whens) == 1 and isinstance(whens[0], (list, tuple)) and (not whens[0] or isinstance(whens[0][0], (list, tuple))):
            whens = tuple(whens[0])
        if not whens or not all(isinstance(when, (list, tuple)) and len(when) == 2 for when in whens):
            raise exc.ArgumentError("case() takes one or more (condition, value) pairs")
        self.value = None if value is None else expression(value)
        self.whens = [(condition(when) if value is None else expression(when, self.value), expression(then)) for when, then in whens]
        self.else_ = None if else_ is None else expression(else_)
        self.type = next((item.type for item in [then for _, then in self.whens] + [self.else_] if item is not None and item.type.kind), types.NULLTYPE)

    def _tree(self, scope: Scope) -> Tree:
        items = [part._tree(scope) for when in self.whens for part in when]
        if self.else_ is not None:
            items.append(self.else_._tree(scope))
        return (T_CASE, None if self.value is None else self.value._tree(scope), items)

    def _froms(self) -> Iterator[Any]:
        for item in [self.value, *(part for when in self.whens for part in when), self.else_]:
            if item is not None:
                yield from item._froms()


class InSelect(ColumnElement):
    """… IN (SELECT …)"""

    type = types.BOOLEANTYPE

    def __init__(self, element: Any, select: "SelectBase") -> None:
        self.element, self.select = element, select

    def _tree(self, scope: Scope) -> Tree:
        return (T_IN_SELECT, self.element._tree(scope), self.select._select_tree(scope, nested=True))

    def _froms(self) -> Iterator[Any]:
        return self.element._froms()


class Exists(ColumnElement):
    """EXISTS (SELECT …)"""

    type = types.BOOLEANTYPE

    def __init__(self, select: "SelectBase", renamed: Optional[Dict[Any, Any]] = None) -> None:
        self.element, self.renamed = select, renamed or {}

    def where(self, *criteria: Any) -> "Exists":
        """With more conditions."""
        return Exists(self.element.where(*criteria), self.renamed)

    filter = where

    def select_from(self, *froms: Any) -> "Exists":
        """From these."""
        return Exists(self.element.select_from(*froms), self.renamed)

    def correlate(self, *froms: Any) -> "Exists":
        """Tables around it are found by themselves."""
        return self

    def select(self) -> "Select":
        """SELECT EXISTS (…)"""
        return Select(self)

    def _tree(self, scope: Scope) -> Tree:
        return (T_EXISTS, self.element._select_tree(scope.renaming(self.renamed), nested=True))


class ScalarSelect(ColumnElement):
    """(SELECT …) as a value."""

    def __init__(self, select: "SelectBase") -> None:
        self.element = select
        columns = select._result_columns()
        self.type = columns[0][1] if len(columns) == 1 else types.NULLTYPE
        self.name = columns[0][0] if columns else None

    def _tree(self, scope: Scope) -> Tree:
        return (T_SCALAR, self.element._select_tree(scope, nested=True))

    def where(self, *criteria: Any) -> "ScalarSelect":
        """With more conditions."""
        return ScalarSelect(self.element.where(*criteria))

    def correlate(self, *froms: Any) -> "ScalarSelect":
        """Tables around it are found by themselves."""
        return self


# ---------------------------------------------------------------- what programs call

def _flattened(op: int, given: Sequence[Any]) -> ColumnElement:
    items: List[Any] = []
    for value in given:
        made = condition(value)
        items.extend(made.items if isinstance(made, ClauseList) and made.operator == op else [made])
    if not items:
        return true() if op == AND else false()
    return items[0] if len(items) == 1 else ClauseList(op, items)


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


def text(sql: str) -> TextClause:
    """SQL of the program's own; :name is a value."""
    return TextClause(sql)


def literal(value: Any, type_: Any = None) -> BindParameter:
    """A value as an expression."""
    return BindParameter(None, value, type_)


def bindparam(key: Optional[str], value: Any = None, type_: Any = None, **unused: Any) -> BindParameter:
    """A value by a name."""
    return BindParameter(key, value, type_)


def literal_column(sql: str, type_: Any = None) -> Raw:
    """SQL of the program's own that is a value."""
    return Raw(sql, types.to_type(type_) if type_ is not None else None)


def column(name: str, type_: Any = None) -> "PlainColumn":
    """A column by its name alone."""
    return PlainColumn(name, type_)


def case(*whens: Any, value: Any = None, else_: Any = None) -> Case:
    """case((condition, value), …, else_=value)"""
    return Case(*whens, value=value, else_=else_)


def cast(element: Any, type_: Any) -> Cast:
    """CAST(element AS type)"""
    return Cast(element, type_)


def type_coerce(element: Any, type_: Any) -> TypeCoerce:
    """The element read as another type."""
    return TypeCoerce(element, type_)


def desc(element: Any) -> Ordered:
    """Descending."""
    return Ordered(_sortable(element), True)


def asc(element: Any) -> Ordered:
    """Ascending."""
    return Ordered(_sortable(element), False)


def nulls_first(element: Any) -> Ordered:
    """NULLs before all others."""
    return clause(element).nulls_first()


def nulls_last(element: Any) -> Ordered:
    """NULLs after all others."""
    return clause(element).nulls_last()


def distinct(element: Any) -> Prefix:
    """Each value once."""
    return Prefix("DISTINCT", expression(element), expression(element).type)


def between(element: Any, low: Any, high: Any) -> ColumnElement:
    """From low to high, both included."""
    return expression(element).between(low, high)


def collate(element: Any, collation: str) -> Collate:
    """With another collation."""
    return Collate(expression(element), collation)


def extract(field: str, element: Any) -> ColumnElement:
    """A part of a date."""
    letters = {"year": "%Y", "month": "%m", "day": "%d", "hour": "%H", "minute": "%M", "second": "%S", "doy": "%j", "dow": "%w", "week": "%W", "epoch": "%s"}
    if field.lower() not in letters:
        raise exc.CompileError(f"{field!r} is no part of a date that can be extracted; {', '.join(letters)} are")
    return Cast(Function("strftime", letters[field.lower()], element), types.Integer)


def tuple_(*elements: Any) -> ColumnElement:
    """(a, b) for comparisons of several columns at once."""
    return Tuple_(elements)


class Tuple_(ColumnElement):
    """(a, b)"""

    def __init__(self, elements: Sequence[Any], like: Optional["Tuple_"] = None) -> None:
        self.items = [expression(element, like.items[i] if like and i < len(like.items) else None) for i, element in enumerate(elements)]

    def _tree(self, scope: Scope) -> Tree:
        pieces: List[Tree] = [(T_RAW, "(")]
        for i, item in enumerate(self.items):
            pieces += [(T_RAW, ", "), item._tree(scope)] if i else [item._tree(scope)]
        return (T_SEQUENCE, [*pieces, (T_RAW, ")")])

    def _froms(self) -> Iterator[Any]:
        for item in self.items:
            yield from item._froms()

    def in_(self, other: Any) -> ColumnElement:
        """One of the tuples."""
        if is_clause(other):
            return InSelect(self, clause(other))
        return or_(*(and_(*(item == value for item, value in zip(self.items, row))) for row in other)) if other else false()

    def __eq__(self, other: Any) -> Any:
        return and_(*(item == value for item, value in zip(self.items, other)))

    __hash__ = object.__hash__


def _sortable(element: Any) -> Any:
    if isinstance(element, str):
        return PlainColumn(element)
    made = clause(element)
    if not isinstance(made, ClauseElement):
        raise exc.ArgumentError(f"ORDER BY expression expected, got {element!r}.")
    return made


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


# ---------------------------------------------------------------- what is selected from

class ColumnCollection:
    """Columns by name, in their order."""

    def __init__(self, columns: Iterable[Tuple[str, Any]] = ()) -> None:
        self._all: Dict[str, Any] = dict(columns)

    def add(self, name: str, column: Any) -> None:
        """One more."""
        self._all[name] = column

    def __getattr__(self, name: str) -> Any:
        try:
            return self.__dict__["_all"][name]
        except KeyError:
            raise AttributeError(name) from None

    def __getitem__(self, name: Any) -> Any:
        return list(self._all.values())[name] if isinstance(name, (int, slice)) else self._all[name]

    def __contains__(self, name: Any) -> bool:
        if not isinstance(name, str):
            raise exc.ArgumentError("__contains__ requires a string argument")
        return name in self._all

    def contains_column(self, column: Any) -> bool:
        """Whether the column is one of them."""
        return any(own is column for own in self._all.values())

    def __iter__(self) -> Iterator[Any]:
        return iter(list(self._all.values()))

    def __len__(self) -> int:
        return len(self._all)

    def get(self, name: str, default: Any = None) -> Any:
        """A column, or the default."""
        return self._all.get(name, default)

    def keys(self) -> List[str]:
        """The names."""
        return list(self._all)

    def values(self) -> List[Any]:
        """The columns."""
        return list(self._all.values())

    def items(self) -> List[Tuple[str, Any]]:
        """The names and columns."""
        return list(self._all.items())

    def __repr__(self) -> str:
        return f"<columns {', '.join(self._all)}>"


class FromClause(ClauseElement):
    """What can be selected from."""

    name: Optional[str] = None

    @property
    def columns(self) -> ColumnCollection:
        """Its columns."""
        return self.c

    c: ColumnCollection

    def _from(self, scope: Scope, on: Any = None, outer: bool = False) -> Tree:
        raise exc.CompileError(f"{type(self).__name__} cannot be selected from")

    def _froms(self) -> Iterator[Any]:
        yield self

    def select(self, *criteria: Any) -> "Select":
        """SELECT of its columns."""
        made = Select(self)
        return made.where(*criteria) if criteria else made

    def alias(self, name: Optional[str] = None, **unused: Any) -> "Alias":
        """The same under another name."""
        return Alias(self, name)

    def join(self, right: Any, onclause: Any = None, isouter: bool = False, full: bool = False) -> "Join":
        """A JOIN."""
        return Join(self, right, onclause, isouter)

    def outerjoin(self, right: Any, onclause: Any = None, full: bool = False) -> "Join":
        """A LEFT OUTER JOIN."""
        return Join(self, right, onclause, True)


class Alias(FromClause):
    """A table under another name."""

    def __init__(self, element: Any, name: Optional[str] = None) -> None:
        self.element = element
        self.name = name or f"{element.name}_{next(_numbers)}"
        self.c = ColumnCollection((key, AliasColumn(self, column)) for key, column in element.c.items())

    def _from(self, scope: Scope, on: Any = None, outer: bool = False) -> Tree:
        return (self.element.name, None, self.name, None if on is None else on._tree(scope), outer)


class AliasColumn(ColumnElement):
    """A column of a table under another name."""

    def __init__(self, table: Any, column: Any) -> None:
        self.table, self.column = table, column
        self.name, self.key, self.type = column.name, column.key, column.type

    foreign_keys = property(lambda self: getattr(self.column, "foreign_keys", set()))
    primary_key = property(lambda self: getattr(self.column, "primary_key", False))

    def _tree(self, scope: Scope) -> Tree:
        element = self.table.element
        return (T_COLUMN, scope.source(self.table).name, element.name if isinstance(element, FromClause) and not isinstance(element, Subquery) else None, self.name)

    def _froms(self) -> Iterator[Any]:
        yield self.table


class SubqueryColumn(ColumnElement):
    """A column of a subquery."""

    def __init__(self, table: "Subquery", name: str, type_: types.TypeEngine) -> None:
        self.table, self.name, self.key, self.type = table, name, name, type_

    def _tree(self, scope: Scope) -> Tree:
        return (T_COLUMN, scope.source(self.table).name, None, self.name)

    def _froms(self) -> Iterator[Any]:
        yield self.table


class Subquery(FromClause):
    """A SELECT that is selected from."""

    def __init__(self, select: "SelectBase", name: Optional[str] = None) -> None:
        self.element = select
        self.name = name or f"anon_{next(_numbers)}"
        self.c = ColumnCollection((key, SubqueryColumn(self, key, type_)) for key, type_ in select._result_columns())

    def _from(self, scope: Scope, on: Any = None, outer: bool = False) -> Tree:
        return (None, self.element._select_tree(Scope(), named=True), self.name, None if on is None else on._tree(scope), outer)

    def as_scalar(self) -> ScalarSelect:
        """As a value."""
        return ScalarSelect(self.element)

    def alias(self, name: Optional[str] = None, **unused: Any) -> Any:
        """The same SELECT under another name."""
        return Subquery(self.element, name)


class Join(FromClause):
    """Two tables joined."""

    def __init__(self, left: Any, right: Any, onclause: Any = None, isouter: bool = False) -> None:
        self.left, self.right, self.isouter = from_clause(left), from_clause(right), isouter
        self.onclause = condition(onclause) if onclause is not None else natural_condition([self.left], self.right)
        pairs = []
        for side in (self.left, self.right):
            pairs += [(f"{side.name}_{key}" if not isinstance(side, Join) else key, column) for key, column in side.c.items()]
        self.c = ColumnCollection(pairs)

    def _flat(self) -> Iterator[Tuple[Any, Any, bool]]:
        if isinstance(self.left, Join):
            yield from self.left._flat()
        else:
            yield self.left, None, False
        if isinstance(self.right, Join):
            raise exc.CompileError("the right side of a join cannot be a join itself; begin with it")
        yield self.right, self.onclause, self.isouter

    def _froms(self) -> Iterator[Any]:
        yield self


def from_clause(value: Any) -> Any:
    """What a class, table, alias or subquery is selected from."""
    made = clause(value)
    if isinstance(made, type) or not isinstance(made, ClauseElement):
        mapper = getattr(made, "__mapper__", None)
        if mapper is None:
            raise exc.ArgumentError(f"FROM expression, such as a Table or alias() object, expected; got {value!r}.")
        return mapper.local_table
    if isinstance(made, SelectBase):
        return made.subquery()
    if isinstance(made, TextClause):
        return TextFrom(made)
    if not isinstance(made, FromClause):
        raise exc.ArgumentError(f"FROM expression, such as a Table or alias() object, expected; got {value!r}.")
    return made


class TextFrom(FromClause):
    """A FROM in the program's own words: the name of a table."""

    def __init__(self, element: TextClause) -> None:
        self.name, self.c = element.text.strip().strip('"'), ColumnCollection()

    def _from(self, scope: Scope, on: Any = None, outer: bool = False) -> Tree:
        return (self.name, None, None, None if on is None else on._tree(scope), outer)


def natural_condition(lefts: Sequence[Any], right: Any) -> ColumnElement:
    """The join of two tables over the foreign key between them."""
    found = []
    for left in reversed(list(lefts)):
        for a, b in ((left, right), (right, left)):
            for own in a.c:
                for key in getattr(own, "foreign_keys", ()):
                    target = key._target_column(b)
                    if target is not None:
                        found.append((key.constraint_id, own == target))
            if found:
                break
        if found:
            break
    if not found:
        names = "' and '".join(str(table.name) for table in [*lefts, right])
        raise exc.NoForeignKeysError(f"Can't find any foreign key relationships between '{names}'.")
    if len({constraint for constraint, _ in found}) > 1:
        raise exc.AmbiguousForeignKeysError(
            f"Can't determine join between '{lefts[-1].name}' and '{right.name}'; tables have more than one foreign key constraint relationship between them. "
            "Please specify the 'onclause' of this join explicitly.")
    return and_(*(pair for _, pair in found))


# ---------------------------------------------------------------- SELECT

class SelectBase(ClauseElement):
    """What gives rows: SELECT and combinations of it."""

    def _select_tree(self, scope: Scope, nested: bool = False, named: bool = False) -> Tree:
        raise NotImplementedError

    def _result_columns(self) -> List[Tuple[str, types.TypeEngine]]:
        raise NotImplementedError

    def where(self, *criteria: Any) -> Any:
        """With more conditions."""
        raise exc.InvalidRequestError(f"{type(self).__name__} takes no conditions of its own")

    def subquery(self, name: Optional[str] = None, **unused: Any) -> Subquery:
        """To select from."""
        return Subquery(self, name)

    alias = cte = subquery

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
        return (self.mapper.info, None if source is self.mapper.local_table else source.name)

    def columns(self) -> List[Any]:
        """The columns that it is made of."""
        return list(self.source.c)


class Select(SelectBase):
    """SELECT; every method gives a new one."""

    def __init__(self, *items: Any) -> None:
        if len(items) == 1 and isinstance(items[0], (list, tuple)):
            items = tuple(items[0])
        self._items: List[Item] = []
        self._from: List[Any] = []              # (source, on, outer) as they are joined; on None: beside
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
        self._correlate = True
        self._for_update: Any = None
        for item in items:
            self._add(item)

    def _add(self, given: Any) -> None:
        made = clause(given) if not isinstance(given, type) else given
        if isinstance(made, FromClause) and not is_entity(given):
            self._items += [Item(column) for column in made.c]
            if not made.c:
                self._from.append((made, None, False))
        else:
            self._items.append(Item(given))

    def _copy(self) -> "Select":
        made = self.__class__.__new__(self.__class__)
        made.__dict__.update(self.__dict__)
        for name in ("_items", "_from", "_where", "_group", "_having", "_order", "_options"):
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
        made = _sortable(element)
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
            made._group += [self._by_name(element) if isinstance(element, str) else _sortable(element) for element in _spread(elements)]
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
            added += list(source._flat()) if isinstance(source, Join) else [(source, None, False)]
        made._from = added + made._from
        return made

    def join_from(self, left: Any, right: Any, onclause: Any = None, isouter: bool = False, full: bool = False) -> "Select":
        """A JOIN to one thing selected from."""
        return self.select_from(left).join(right, onclause, isouter=isouter)

    def join(self, target: Any, onclause: Any = None, isouter: bool = False, full: bool = False) -> "Select":
        """A JOIN: along a relationship, to a class or table, or on a condition."""
        made = self._copy()
        join_onto(made, target, onclause, isouter)
        return made

    def outerjoin(self, target: Any, onclause: Any = None, full: bool = False) -> "Select":
        """A LEFT OUTER JOIN."""
        return self.join(target, onclause, isouter=True)

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

    def with_for_update(self, **unused: Any) -> "Select":
        """SQLite has no locks on rows: the first write takes its lock."""
        return self._copy()

    def add_columns(self, *columns: Any) -> "Select":
        """More columns."""
        made = self._copy()
        for given in columns:
            made._add(given)
        return made

    column = add_columns

    def with_only_columns(self, *columns: Any, **unused: Any) -> "Select":
        """Other columns, from the same rows."""
        made = self._copy()
        made._from = [part for part in self._all_froms(TOP)] if not made._from else made._from
        made._items = []
        for given in _spread(columns):
            made._add(given)
        return made

    def correlate(self, *froms: Any) -> "Select":
        """Tables around it are found by themselves; None: none are."""
        made = self._copy()
        made._correlate = not (len(froms) == 1 and froms[0] is None)
        return made

    def correlate_except(self, *froms: Any) -> "Select":
        """Tables around it are found by themselves."""
        return self._copy()

    def params(self, **values: Any) -> "Select":
        """Values for bindparam(name) and :name of text()."""
        made = self._copy()
        made._where = [with_values(criterion, values) for criterion in made._where]
        made._having = [with_values(criterion, values) for criterion in made._having]
        return made

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
            known.append(source)
            parts = list(source._flat()) if isinstance(source, Join) else [(source, None, False)]
            (after if self._from and self._from[0][1] is None else first).extend(parts)
        return [*first, *self._from, *after]

    def _select_tree(self, scope: Scope, nested: bool = False, named: bool = False) -> Tree:
        scope = scope.renaming(self._renamed)
        froms = self._all_froms(scope)
        if nested and self._correlate and scope.around:
            own = [part for part in froms if part[1] is not None or part[0] not in scope.around]
            froms = own if own else froms
        inner = scope.inside(source for source, _, _ in froms)
        return (
            [source._from(inner, on, outer) for source, on, outer in froms],
            [element._tree(inner) for element in self._where],
            [element._tree(inner) for element in self._group],
            [element._tree(inner) for element in self._having],
            [element._tree(inner) for element in self._order],
            self._limit, self._offset, self._distinct, [], self._item_trees(inner, nested or named, named))

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
        sort = _sortable(element)
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
        parts = [select._select_tree(scope, nested, named) for select in self.selects]
        if not nested and not named:
            inner = Subquery(self)
            outer = Select(*inner.c)
            return outer._select_tree(scope)
        first = list(parts[0])
        first[4] = [*first[4], *(element._tree(scope) for element in self._order)]
        first[5] = self._limit if self._limit is not None else first[5]
        first[6] = self._offset if self._offset is not None else first[6]
        first[8] = [*first[8], *((self.word, part) for part in parts[1:])]
        return tuple(first)

    def _result_columns(self) -> List[Tuple[str, types.TypeEngine]]:
        return self.selects[0]._result_columns()


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


def source_of(given: Any) -> Any:
    """What an entity, table or alias is selected from."""
    return given._kith_entity().source if is_entity(given) else from_clause(given)


def entity_attribute(target: Any, name: str) -> Any:
    """An attribute of what filter_by() is about."""
    if isinstance(target, Entity):
        return target.mapper.attribute_of(target.source, name)
    if isinstance(target, FromClause):
        if name in target.c:
            return target.c[name]
        raise exc.InvalidRequestError(f'Entity namespace for "{target.name}" has no property "{name}"')
    raise exc.InvalidRequestError(f"filter_by() cannot be about {target!r}")


def join_onto(select: Any, target: Any, onclause: Any, outer: bool) -> None:
    """Adds a JOIN to a SELECT that is being made."""
    path = onclause if getattr(onclause, "_kith_join", None) else target if getattr(target, "_kith_join", None) else None
    froms = select._all_froms(TOP)
    if path is not None:
        parts, entity = path._kith_join(target if path is onclause else None, [source for source, _, _ in froms])
        if select._from == [] or select._from[0][1] is not None:
            left = path._kith_left()
            ordered = [part for part in froms if part[0] is left] + [part for part in froms if part[0] is not left and part[0] is not parts[-1][0]]
            select._from = (ordered or [(left, None, False)])
        select._from = select._from + [(source, on, outer) for source, on in parts]
        select._last_joined = entity
        return
    if isinstance(target, str):
        raise exc.ArgumentError(f"Join target {target!r} is a str: name the relationship or class itself")
    source = source_of(target)
    lefts = [own for own, _, _ in froms if own is not source]
    if isinstance(source, Join):
        raise exc.ArgumentError("join() takes a table, class or subquery, not a join")
    if not lefts:
        raise exc.InvalidRequestError("Can't determine which FROM clause to join from, please use select_from() to establish what comes first")
    on = condition(onclause) if onclause is not None else _find_condition(lefts, source, target)
    if not select._from or select._from[0][1] is not None:
        select._from = [part for part in froms if part[0] is not source]
    select._from = select._from + [(source, on, outer)]
    select._last_joined = target._kith_entity() if is_entity(target) else source


def _find_condition(lefts: Sequence[Any], source: Any, target: Any) -> Any:
    try:
        return natural_condition(lefts, source)
    except exc.NoForeignKeysError as error:
        raise exc.InvalidRequestError(
            f"Don't know how to join to {target!r}. Please use the .select_from() method to establish an explicit left side, as well as providing an explicit ON clause "
            "if not present already to help resolve the ambiguity.") from error


def with_values(element: Any, values: Dict[str, Any]) -> Any:
    """The same with values for names."""
    if isinstance(element, TextClause):
        return element._given(values)
    if isinstance(element, BindParameter) and element.key in values:
        return element._with(values[element.key])
    if isinstance(element, Operation):
        made = element.__class__.__new__(element.__class__)
        made.__dict__.update(element.__dict__)
        made.items = [with_values(item, values) for item in element.items]
        return made
    if isinstance(element, Infix):
        return Infix(element.operator, with_values(element.left, values), with_values(element.right, values), element.escape, element.type)
    return element


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


def alias(source: Any, name: Optional[str] = None) -> Any:
    """A table or SELECT under another name."""
    return from_clause(source).alias(name)


def join(left: Any, right: Any, onclause: Any = None, isouter: bool = False) -> Join:
    """Two tables joined."""
    return Join(left, right, onclause, isouter)


def outerjoin(left: Any, right: Any, onclause: Any = None) -> Join:
    """Two tables joined, the left one's rows all there."""
    return Join(left, right, onclause, True)


def table(name: str, *columns: Any) -> "LightTable":
    """A table by its name alone."""
    return LightTable(name, *columns)


class LightTable(FromClause):
    """A table by its name alone."""

    def __init__(self, name: str, *columns: Any) -> None:
        self.name = name
        self.c = ColumnCollection((column.name, column) for column in columns)
        for own in columns:
            own.table = self

    def _from(self, scope: Scope, on: Any = None, outer: bool = False) -> Tree:
        return (self.name, None, None, None if on is None else on._tree(scope), outer)


# ---------------------------------------------------------------- INSERT, UPDATE, DELETE

class Change(ClauseElement):
    """A statement that changes rows."""

    def __init__(self, target: Any) -> None:
        self.target = target
        self.table = source_of(target)
        if not isinstance(self.table, FromClause) or isinstance(self.table, (Alias, Subquery, Join)):
            raise exc.ArgumentError(f"Subject table for an INSERT, UPDATE or DELETE expected, got {target!r}.")
        self._values: Any = None
        self._where: List[Any] = []
        self._execution: Dict[str, Any] = {}
        self._returning: List[Any] = []

    @property
    def entity_description(self) -> Dict[str, Any]:
        """What it is about."""
        return {"name": self.table.name, "table": self.table}

    def _copy(self) -> Any:
        made = self.__class__.__new__(self.__class__)
        made.__dict__.update(self.__dict__)
        made._where, made._execution = list(self._where), dict(self._execution)
        return made

    def execution_options(self, **options: Any) -> Any:
        """synchronize_session is what is known."""
        made = self._copy()
        made._execution.update(options)
        return made

    def column_named(self, key: Any) -> Any:
        """A column by name, attribute or itself."""
        if not isinstance(key, str):
            made = clause(key)
            own = getattr(made, "column", made)
            if any(own is column for column in self.table.c):
                return own
            raise exc.ArgumentError(f"{key!r} is no column of the table {self.table.name}")
        mapper = getattr(self.target, "__mapper__", None)
        if mapper is not None and key in mapper.columns_by_key:
            return mapper.columns_by_key[key]
        if key in self.table.c:
            return self.table.c[key]
        raise exc.CompileError(f"Unconsumed column names: {key}")


class _Where:
    def where(self: Any, *criteria: Any) -> Any:
        """Only rows for which these hold."""
        made = self._copy()
        made._where += [condition(criterion) for criterion in criteria]
        return made

    filter = where

    def filter_by(self: Any, **values: Any) -> Any:
        """Only rows whose columns equal these."""
        return self.where(*(self.column_named(name) == value for name, value in values.items()))


class Insert(Change):
    """INSERT"""

    def values(self, *given: Any, **values: Any) -> "Insert":
        """The values: by name, or dicts of them."""
        made = self._copy()
        if given and isinstance(given[0], (list, tuple)) and given[0] and isinstance(given[0][0], dict):
            made._values = list(given[0])
        elif given and isinstance(given[0], dict):
            made._values = [{**given[0], **values}]
        elif given and isinstance(given[0], (list, tuple)):
            made._values = [dict(zip(self.table.c.keys(), given[0]))]
        else:
            made._values = [values]
        return made


class Update(_Where, Change):
    """UPDATE"""

    def values(self, *given: Any, **values: Any) -> "Update":
        """The new values, by name."""
        made = self._copy()
        made._values = {**(self._values or {}), **(dict(given[0]) if given else {}), **values}
        return made


class Delete(_Where, Change):
    """DELETE"""


def insert(target: Any) -> Insert:
    """INSERT into a table or class."""
    return Insert(target)


def update(target: Any) -> Update:
    """UPDATE of a table or class."""
    return Update(target)


def delete(target: Any) -> Delete:
    """DELETE from a table or class."""
    return Delete(target)


def _is_like(self: ColumnElement) -> bool:
    """Whether a value is written as it is: columns of tables, and what comes straight from one."""
    return False


ColumnElement._is_like = _is_like       # type: ignore[attr-defined]
AliasColumn._is_like = lambda self: not isinstance(self.table.element, Subquery)    # type: ignore[attr-defined]
