"""SQL of the program's own."""

from __future__ import annotations

from typing import Any, Dict, Iterator, List, Tuple

from .. import exc, types
from .elements import BindParameter, ClauseElement, ColumnElement, Raw, Scope, T_RAW, T_SEQUENCE, Tree, clause
from .selectable import TextFrom


class TextClause(ColumnElement):
    """SQL of the program's own; :name is a value."""

    _is_text = True

    def __init__(self, text: str) -> None:
        if not isinstance(text, str):
            raise exc.ArgumentError(f"text() takes a str, got {text!r}")
        self.text, self.values = text, {}       # type: Tuple[str, Dict[str, Any]]
        self.parts = list(_pieces(text))
        self.column_types: List[Tuple[str, types.TypeEngine]] = []
        self.in_order = 0

    def bindparams(self, *binds: Any, **values: Any) -> "TextClause":
        """Values for its :names."""
        made = TextClause(self.text)
        made.values = {**self.values, **{bind.key: bind for bind in binds}, **values}
        unknown = set(made.values) - {part for is_bind, part in self.parts if is_bind}
        if unknown:
            raise exc.ArgumentError(f"This text() construct doesn't define a bound parameter named {sorted(unknown)[0]!r}")
        made.column_types, made.in_order = self.column_types, self.in_order
        return made

    params = bindparams

    def execution_options(self, **options: Any) -> "TextClause":
        """The same: what a SELECT of objects is told says nothing to a text."""
        return self

    def columns(self, *columns: Any, **kinds: Any) -> "TextClause":
        """What its columns are."""
        made = TextClause(self.text)
        made.values = dict(self.values)
        made.column_types = [*((found.key, found.type) for found in map(clause, columns)), *((name, types.to_type(given)) for name, given in kinds.items())]
        made.in_order = len(columns)
        return made

    def _typed(self, names: Tuple[str, ...], rows: List[tuple]) -> Tuple[Tuple[str, ...], List[tuple]]:
        """What it gave, as columns() says: the first of them are in order, the others go by their names."""
        ordered, named = self.column_types[:self.in_order], dict(self.column_types[self.in_order:])
        names = tuple(ordered[place][0] if place < len(ordered) else name for place, name in enumerate(names))
        kinds = [ordered[place][1] if place < len(ordered) else named.get(name) for place, name in enumerate(names)]
        return names, [tuple(value if kind is None else kind.from_plain(value) for kind, value in zip(kinds, row)) for row in rows]

    def _source(self) -> TextFrom:
        return TextFrom(self.text)

    def _tree(self, scope: Scope) -> Tree:
        pieces: List[Tree] = []
        for is_bind, part in self.parts:
            if not is_bind:
                pieces.append((T_RAW, part))
                continue
            value = self.values[part] if part in self.values and part not in (scope.values or ()) else scope.value(part)
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


def text(sql: str) -> TextClause:
    """SQL of the program's own; :name is a value."""
    return TextClause(sql)


def literal_column(sql: str, type_: Any = None) -> Raw:
    """SQL of the program's own that is a value."""
    return Raw(sql, types.to_type(type_) if type_ is not None else None)
