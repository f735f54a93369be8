"""INSERT, UPDATE and DELETE without objects."""

from __future__ import annotations

from typing import Any, Dict, List, Optional, Sequence, Tuple

from . import exc, sql, types
from .registry import _converted
from .result import Result
from .schema import Table, _filling
from .sql.elements import BindParameter, quoted

ROWS_AT_ONCE = 200


def run(session: Any, statement: sql.Change, params: Any, said: Any = None) -> Result:
    """Runs one; with a list of values, once for each."""
    if isinstance(params, (list, tuple)) and not isinstance(statement, sql.Insert):
        if isinstance(statement, sql.Update) and not statement._where and not statement._values:
            raise exc.InvalidRequestError("UPDATE of many rows by a list of dicts: use session.bulk_update_mappings(Class, list)")
        return Result([], (), rowcount=sum(run(session, statement, row, said).rowcount for row in params), returns_rows=False)
    table = statement.table
    core = session._core_with(said, session._core_said(clause=table if isinstance(table, Table) else None))
    if isinstance(statement, sql.Insert):
        return _insert(core, statement, params)
    columns = _columns_among(statement, params or {})
    scope = sql.TOP.inside(statement.tables()).giving(params or {})
    where = sql.and_(*statement._where)._tree(scope) if statement._where else None
    follow = statement._execution.get("synchronize_session", "auto") is not False
    if isinstance(statement, sql.Delete):
        return Result([], (), rowcount=core.remove(table.name, where, follow), returns_rows=False)
    return _update(core, statement, columns, scope, where, follow)


def _update(core: Any, statement: sql.Update, columns: Dict[str, Any], scope: sql.Scope, where: Any, follow: bool) -> Result:
    values = {**(statement._values or {}), **columns}
    if not values:
        raise exc.CompileError("An UPDATE needs values: update(Class).values(name=…)")
    pairs = [(column, value) for column, value in ((statement.column_named(key), value) for key, value in values.items())]
    given = {column for column, _ in pairs}
    for column in statement.table.c:
        if getattr(column, "onupdate", None) is not None and column not in given:
            pairs.append((column, _made(_converted(column.type, _filling(column.onupdate.arg)), {known.name: value for known, value in pairs})))
    names = [column.name for column, _ in pairs]
    trees = [_value_tree(value, column, scope) for column, value in pairs]
    return Result([], (), rowcount=core.update(statement.table.name, names, trees, where, follow), returns_rows=False)


def _columns_among(statement: sql.Change, params: Dict[Any, Any]) -> Dict[Any, Any]:
    """Those of the values that are given to run it which are of columns; the others are for names in it."""
    if isinstance(statement, sql.Delete):
        return {}
    names = sql.value_names([*statement._where, statement._values]) if params else set()
    return {key: value for key, value in params.items() if key not in names}


def _made(filling: Any, row: Dict[str, Any]) -> Any:
    return filling(row) if callable(filling) else filling


def _insert_selected(core: Any, statement: sql.Insert, params: Any) -> Result:
    """INSERT … SELECT. A SELECT in brackets is what the library writes; so it is selected from."""
    columns, select, defaults = statement._select
    if statement._values:
        raise exc.InvalidRequestError("This construct already inserts from a SELECT")
    if params and not isinstance(params, dict):
        raise exc.ArgumentError("An INSERT from a SELECT is run once: give it one dict of values for the names in the SELECT")
    scope = sql.TOP.giving(params or {})
    filled = [column for column in statement.table.c if defaults and getattr(column, "default", None) is not None and not any(column is own for own in columns)]
    names = ", ".join(quoted(column.name) for column in (*columns, *filled))
    tree = [(sql.T_RAW, f"INSERT INTO {quoted(statement.table.name)} ({names}) SELECT *")]
    for column in filled:
        tree += [(sql.T_RAW, ", "), (sql.T_VALUE, _made(_converted(column.type, _filling(column.default.arg)), {}), column.type.kind, None, column._tree(sql.TOP))]
    changed = core.run((sql.T_SEQUENCE, [*tree, (sql.T_RAW, " FROM "), sql.ScalarSelect(select)._tree(scope)]))[2]
    return Result([], (), rowcount=changed, returns_rows=False)


def _insert(core: Any, statement: sql.Insert, params: Any) -> Result:
    if statement._select is not None:
        return _insert_selected(core, statement, params)
    rows: List[Dict[Any, Any]] = list(statement._values or [])
    given = [params] if isinstance(params, dict) else list(params or ())
    if given:
        rows = [{**(rows[0] if rows else {}), **_columns_among(statement, row)} for row in given]
    rows = rows or [{}]
    changed, last, at = 0, None, 0
    scopes = [sql.TOP.giving(row) for row in given] or [sql.TOP] * len(rows)
    prepared = [_row(statement, row, scope) for row, scope in zip(rows, scopes)]
    while at < len(prepared):
        names = tuple(prepared[at])
        upto = at
        while upto < len(prepared) and upto - at < ROWS_AT_ONCE and _are_same(tuple(prepared[upto]), names):
            upto += 1
        trees = [tree for row in prepared[at:upto] for tree in row.values()]
        count, last = core.insert(statement.table.name, [column.name for column in names], trees, upto - at)
        changed, at = changed + count, upto
    key = _key(statement.table, rows[-1], last)
    return Result([], (), rowcount=changed, lastrowid=last, returns_rows=False, inserted=key)


def _value_tree(value: Any, column: Any, scope: sql.Scope) -> Any:
    """A value for a column, whose type may turn None too."""
    if value is None and isinstance(column.type, types.TypeDecorator):
        value = BindParameter(None, None, like=column)
    return sql.expression(value, column)._tree(scope)


def _are_same(columns: Sequence[Any], others: Sequence[Any]) -> bool:
    return len(columns) == len(others) and all(column is other for column, other in zip(columns, others))


def _row(statement: sql.Insert, values: Dict[Any, Any], scope: sql.Scope) -> Dict[Any, Any]:
    given = {statement.column_named(name): value for name, value in values.items()}
    known = {column.name: value for column, value in given.items()}
    row: Dict[Any, Any] = {}
    for column in statement.table.c:
        if column in given:
            row[column] = _value_tree(given[column], column, scope)
        elif getattr(column, "default", None) is not None:
            row[column] = (sql.T_VALUE, _made(_converted(column.type, _filling(column.default.arg)), known), column.type.kind, None, column._tree(sql.TOP))
    if not row:
        first = next(iter(statement.table.c))
        row[first] = (sql.T_RAW, "NULL")
    return row


def _key(table: Any, values: Dict[Any, Any], last: Any) -> Optional[Tuple[Any, ...]]:
    keys = [column for column in table.c if getattr(column, "primary_key", False)]
    if not keys:
        return None
    given = {name if isinstance(name, str) else sql.clause(name).key: value for name, value in values.items()}
    return tuple(given.get(column.key, last if len(keys) == 1 else None) for column in keys)
