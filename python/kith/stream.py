"""Queries that are walked through a few rows at a time."""

from __future__ import annotations

from typing import Any, Iterator

from . import sql


def chunks(query: Any, size: int) -> Iterator[Any]:
    """The rows of a query, `size` at a time. Sorted by the key alone it goes on from the last key; otherwise it counts rows."""
    select = query._select
    entity = query._entity()
    keys = [entity.source.c[column.key] for column in entity.mapper.primary_key]
    single = len(select._items) == 1
    if not query._is_alone() or select._order or select._limit is not None or select._offset is not None or len(keys) != 1 or select._distinct or select._group:
        yield from _by_count(query, size)
        return
    key, name = keys[0], entity.mapper.key_names[0]
    last: Any = None
    while True:
        part = select.order_by(key).limit(size)
        rows = query._with(part if last is None else part.where(key > last)).all()
        yield from rows
        if len(rows) < size:
            return
        last = getattr(rows[-1] if single else rows[-1][0], name)
        del rows


def _by_count(query: Any, size: int) -> Iterator[Any]:
    select = query._select
    start, left = select._offset or 0, select._limit
    while left is None or left > 0:
        part = select._copy()
        part._offset, part._limit = start, size if left is None else min(size, left)
        rows = query._session()._fetch(part, len(part._items) != 1 or part._items[0].entity is None)
        yield from rows
        if len(rows) < part._limit:
            return
        start += len(rows)
        left = None if left is None else left - len(rows)
