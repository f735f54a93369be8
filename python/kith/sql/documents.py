"""Parts of JSON documents: Class.column["key"], Class.column["list", 0]."""

from __future__ import annotations

import json
from typing import Any

from .. import exc, types
from .elements import EQ, NE, BindParameter, Call, ColumnElement, Null, among, clause, compare, is_null


class JSONPart(Call):
    """What lies in a document under keys and places, as JSON; as_string() and its like give it as a value of that type. NULL: it is not there, or null."""

    def __init__(self, document: Any, keys: Any) -> None:
        self.document, self.path = (document.document, document.path) if isinstance(document, JSONPart) else (document, "$")
        self.path += "".join(map(_step, keys if isinstance(keys, (list, tuple)) else [keys]))
        super().__init__("nullif", [Call("json_quote", [self._as(types.NULLTYPE)], types.JSONTYPE), BindParameter(None, "null")], types.JSONTYPE)

    def _as(self, type_: types.TypeEngine) -> Call:
        return Call("json_extract", [self.document, BindParameter(None, self.path)], type_)

    def as_string(self) -> ColumnElement:
        """As a text."""
        return self._as(types.STRINGTYPE)

    def as_integer(self) -> ColumnElement:
        """As a whole number."""
        return self._as(types.INTEGERTYPE)

    def as_float(self) -> ColumnElement:
        """As a floating number."""
        return self._as(types.FLOATTYPE)

    def as_boolean(self) -> ColumnElement:
        """As True or False."""
        return self._as(types.BOOLEANTYPE)

    def as_json(self) -> "JSONPart":
        """As JSON."""
        return self

    def __eq__(self, other: Any) -> Any:        # type: ignore[override]
        return is_null(self) if _is_null(other) else compare(EQ, self, _quoted(other))

    def __ne__(self, other: Any) -> Any:        # type: ignore[override]
        return is_null(self, False) if _is_null(other) else compare(NE, self, _quoted(other))

    __hash__ = object.__hash__

    def in_(self, other: Any) -> Any:
        """Among the values, or among the rows of a SELECT."""
        return among(self, [_quoted(value) for value in other] if isinstance(other, (list, tuple, set, frozenset)) else other)


def _step(key: Any) -> str:
    if isinstance(key, int) and not isinstance(key, bool):
        return f"[{key}]" if key >= 0 else f"[#{key}]"
    if not isinstance(key, str):
        raise exc.ArgumentError(f"A key of a JSON document is a str, and a place in a list an int, not {key!r}")
    if '"' in key:
        raise exc.ArgumentError(f"SQLite finds no key with a quote in it: {key!r}")
    return f'."{json.dumps(key)[1:-1]}"'        # as it is written: SQLite compares what stands in the text


def _is_null(other: Any) -> bool:
    return other is None or isinstance(clause(other), Null) or other is types.JSON.NULL


def _quoted(other: Any) -> Any:
    """A value as the text that a part of a document is, which has no word for true and false."""
    other = clause(other)
    if isinstance(other, ColumnElement):
        return other
    return Call("json", [BindParameter(None, int(other) if isinstance(other, bool) else other, types.JSONTYPE)], types.JSONTYPE)
