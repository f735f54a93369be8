"""Statements as text, for people: str(query). What is sent is written by the library."""

from __future__ import annotations

from typing import Any, List, Optional

from . import exc, sql
from .sql.elements import quoted

_WORDS = {sql.EQ: "=", sql.NE: "!=", sql.LT: "<", sql.LE: "<=", sql.GT: ">", sql.GE: ">=", sql.ADD: "+", sql.SUBTRACT: "-", sql.MULTIPLY: "*", sql.DIVIDE: "/", sql.MODULO: "%",
          sql.AND: "AND", sql.OR: "OR"}


class Compiled:
    """A statement as text, and its values."""

    def __init__(self, element: Any, literal: bool = False, plain: bool = False) -> None:
        self.params: dict = {}
        self._literal, self._plain = literal, plain
        self.statement = element
        self.string = self._whole(element)

    def __str__(self) -> str:
        return self.string

    def _whole(self, element: Any) -> str:
        if isinstance(element, sql.SelectBase):
            tree = element._select_tree(sql.Scope(), nested=isinstance(element, sql.Compound), named=False) if not isinstance(element, sql.Select) \
                else element._select_tree(sql.Scope(), nested=True)
            return self._select(tree)
        if isinstance(element, sql.Change):
            return self._change(element)
        if isinstance(element, sql.Ordered):
            return self._order(element._tree(sql.Scope()))
        if isinstance(element, sql.FromClause):
            return str(element.name)
        return self._expression(element._tree(sql.Scope()))

    def _change(self, change: Any) -> str:
        scope = sql.Scope().inside(change.tables())
        where = " WHERE " + self._expression(sql.and_(*change._where)._tree(scope)) if change._where else ""
        if isinstance(change, sql.Delete):
            return f"DELETE FROM {change.table.name}{where}"
        values = (change._values or [{}])[0] if isinstance(change._values, list) else change._values or {}
        names = [change.column_named(key) for key in values]
        texts = [self._expression(sql.expression(value, column)._tree(scope)) for column, value in zip(names, values.values())]
        if isinstance(change, sql.Insert) and change._select is not None:
            columns, select, _ = change._select
            return f"INSERT INTO {change.table.name} ({', '.join(column.name for column in columns)}) {self._whole(select)}"
        if isinstance(change, sql.Insert):
            return f"INSERT INTO {change.table.name} ({', '.join(column.name for column in names)}) VALUES ({', '.join(texts)})"
        return f"UPDATE {change.table.name} SET {', '.join(f'{column.name}={text}' for column, text in zip(names, texts))}{where}"

    # ------------------------------------------------------------ expressions
    def _expression(self, tree: Any) -> str:
        return getattr(self, f"_kind{tree[0]}")(tree)

    def _operand(self, tree: Any) -> str:
        text = self._expression(tree)
        return f"({text})" if tree[0] == sql.T_OP and tree[1] not in (sql.IS_NULL, sql.IS_NOT_NULL) else text

    def _list(self, trees: Any) -> str:
        return ", ".join(self._expression(tree) for tree in trees)

    def _kind0(self, tree: Any) -> str:     # a column
        if self._plain:
            return quoted(tree[3])
        return f"{tree[1]}.{tree[3]}" if tree[1] else tree[3]

    def _kind1(self, tree: Any) -> str:     # a value
        value = tree[1]
        if self._literal:
            return _as_literal(value)
        name = f"param_{len(self.params) + 1}"
        self.params[name] = value
        return ":" + name

    def _kind2(self, tree: Any) -> str:     # an operation
        op, items = tree[1], tree[2]
        if op in _WORDS:
            return f" {_WORDS[op]} ".join(self._operand(item) for item in items)
        first = self._operand(items[0])
        if op == sql.IS_NULL:
            return f"{first} IS NULL"
        if op == sql.IS_NOT_NULL:
            return f"{first} IS NOT NULL"
        if op == sql.NOT:
            return f"NOT ({self._expression(items[0])})" if items[0][0] != sql.T_EXISTS else f"NOT {first}"
        if op == sql.BETWEEN:
            return f"{first} BETWEEN {self._operand(items[1])} AND {self._operand(items[2])}"
        return f"{first} IN ({self._list(items[1:])})"

    def _kind3(self, tree: Any) -> str:     # a word between two
        escape = f" ESCAPE {self._expression(tree[4])}" if tree[4] else ""
        return f"{self._operand(tree[2])} {tree[1]} {self._operand(tree[3])}{escape}"

    def _kind4(self, tree: Any) -> str:
        return f"{tree[1]} {self._operand(tree[2])}" if tree[1].isalpha() else f"{tree[1]}{self._operand(tree[2])}"

    def _kind5(self, tree: Any) -> str:
        return f"{tree[1]}({self._list(tree[2])})"

    def _kind6(self, tree: Any) -> str:
        return "*"

    def _kind7(self, tree: Any) -> str:
        items = [self._expression(item) for item in tree[2]]
        text = "CASE" + (f" {self._expression(tree[1])}" if tree[1] else "")
        for i in range(0, len(items) - 1, 2):
            text += f" WHEN {items[i]} THEN {items[i + 1]}"
        return text + (f" ELSE {items[-1]}" if len(items) % 2 else "") + " END"

    def _kind8(self, tree: Any) -> str:
        names = ("", "BOOLEAN", "SMALLINT", "INTEGER", "BIGINT", "REAL", "FLOAT", "TEXT", "VARCHAR", "BLOB", "DATE", "TIME", "DATETIME", "DATETIME", "CHAR(32)", "JSON", "NUMERIC")
        return f"CAST({self._expression(tree[1])} AS {names[tree[2]]})"

    def _kind9(self, tree: Any) -> str:
        return f"{self._operand(tree[1])} COLLATE {tree[2]}"

    def _kind10(self, tree: Any) -> str:
        return f"{self._expression(tree[1])} AS {tree[2]}"

    def _kind11(self, tree: Any) -> str:
        return tree[1]

    def _kind12(self, tree: Any) -> str:
        return "".join(self._expression(item) for item in tree[1])

    def _kind13(self, tree: Any) -> str:
        return f"({self._select(tree[1])})"

    def _kind14(self, tree: Any) -> str:
        return f"EXISTS ({self._select(tree[1])})"

    def _kind15(self, tree: Any) -> str:
        return f"{self._operand(tree[1])} IN ({self._select(tree[2])})"

    # ------------------------------------------------------------ SELECT
    def _order(self, tree: Any) -> str:
        return self._expression(tree[0]) + (" DESC" if tree[1] else "") + ("", " NULLS LAST", " NULLS FIRST")[tree[2]]

    def _from(self, tree: Any, first: bool) -> str:
        table, inner, name, on, kind = tree
        text = (f"({self._select(inner)})" if inner else table) + (f" AS {name}" if name and name != table else "")
        if first:
            return text
        return f" {('', 'LEFT OUTER ', 'FULL OUTER ')[kind]}JOIN {text} ON {self._expression(on)}" if on else f", {text}"

    def _select(self, tree: Any) -> str:
        froms, wheres, groups, havings, orders, limit, offset, distinct, compounds, items = tree
        text = "SELECT " + ("DISTINCT " if distinct else "") + ", ".join(self._expression(item[0]) for item in items)
        if froms:
            text += " \nFROM " + "".join(self._from(part, not i) for i, part in enumerate(froms))
        if wheres:
            text += " \nWHERE " + " AND ".join(self._operand(item) if len(wheres) > 1 else self._expression(item) for item in wheres)
        if groups:
            text += " GROUP BY " + self._list(groups)
        if havings:
            text += " \nHAVING " + " AND ".join(self._operand(item) for item in havings)
        for word, other in compounds:
            text += f" {word} {self._select(other)}"
        if orders:
            text += " ORDER BY " + ", ".join(self._order(item) for item in orders)
        if limit is not None:
            text += f" \n LIMIT {limit}"
        if offset is not None:
            text += f" OFFSET {offset}"
        return text


def _as_literal(value: Any) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, (int, float)):
        return repr(value)
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    raise exc.CompileError(f"{value!r} cannot be written into SQL; only numbers, texts, booleans and None can")


def literal(element: Any, plain: bool = False) -> str:
    """An expression with its values in it: for DDL, where there are no binds."""
    return Compiled(element, literal=True, plain=plain).string
