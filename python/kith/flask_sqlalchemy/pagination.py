"""A page of a query's results, and the numbers that a page's links need."""
from __future__ import annotations

from math import ceil
from typing import Any, Iterator

from flask import abort, request

from .. import names, orm

__all__ = ["Pagination", "QueryPagination", "SelectPagination"]


def _number(given: int | None, name: str, default: int, error_out: bool) -> int:
    """What was given; else what the request's query string says; else the default."""
    if given is None:
        given = default
        if request:
            try:
                given = int(request.args.get(name, default))
            except (TypeError, ValueError):
                if error_out:
                    abort(404)
    return given


class Pagination:
    """One page of a query: its ``items``, which ``page`` it is, the ``total`` and ``pages`` there are.

    It is made by :meth:`SQLAlchemy.paginate` and :meth:`Query.paginate`. A subclass says how the items are found (``_query_items``) and
    counted (``_query_count``); what both need is in ``_query_args``.

    :param page: which page, from 1. Else the request's ``page``, else 1.
    :param per_page: how many items a page holds. Else the request's ``per_page``, else 20.
    :param max_per_page: ``per_page`` is never more than this; ``None``: no limit.
    :param error_out: abort with 404 where a number is no number or below 1, or where a page after the first is empty. Without it the
        defaults are taken instead.
    :param count: ask for the total too, in a statement of its own.
    """

    def __init__(self, page: int | None = None, per_page: int | None = None, max_per_page: int | None = 100, error_out: bool = True,
                 count: bool = True, **kwargs: Any) -> None:
        self._query_args = kwargs
        self.page, self.per_page = self._prepare_page_args(page=page, per_page=per_page, max_per_page=max_per_page, error_out=error_out)
        self.items: list[Any] = self._query_items()
        if not self.items and self.page != 1 and error_out:
            abort(404)
        self.total: int | None = self._query_count() if count else None

    @staticmethod
    def _prepare_page_args(*, page: int | None = None, per_page: int | None = None, max_per_page: int | None = None,
                           error_out: bool = True) -> tuple[int, int]:
        page = _number(page, "page", 1, error_out)
        per_page = _number(per_page, "per_page", 20, error_out)
        if max_per_page is not None:
            per_page = min(per_page, max_per_page)
        if error_out and (page < 1 or per_page < 1):
            abort(404)
        return page if page >= 1 else 1, per_page if per_page >= 1 else 20

    @property
    def _query_offset(self) -> int:
        return (self.page - 1) * self.per_page

    def _query_items(self) -> list[Any]:
        raise NotImplementedError

    def _query_count(self) -> int:
        raise NotImplementedError

    def _turn(self, by: int, error_out: bool) -> Pagination:
        turned = type(self)(page=self.page + by, per_page=self.per_page, error_out=error_out, count=False, **self._query_args)
        turned.total = self.total
        return turned

    @property
    def first(self) -> int:
        """The number of the first item on the page, from 1; 0 where there is none."""
        return self._query_offset + 1 if len(self.items) else 0

    @property
    def last(self) -> int:
        """The number of the last item on the page; 0 where there is none."""
        first = self.first
        return max(first, first + len(self.items) - 1)

    @property
    def pages(self) -> int:
        """How many pages there are; 0 where nothing was counted."""
        return ceil(self.total / self.per_page) if self.total else 0

    @property
    def has_prev(self) -> bool:
        """Is there a page before this one?"""
        return self.page > 1

    @property
    def prev_num(self) -> int | None:
        """The number of the page before, or ``None``."""
        return self.page - 1 if self.has_prev else None

    def prev(self, *, error_out: bool = False) -> Pagination:
        """The page before, asked for anew."""
        return self._turn(-1, error_out)

    @property
    def has_next(self) -> bool:
        """Is there a page after this one?"""
        return self.page < self.pages

    @property
    def next_num(self) -> int | None:
        """The number of the page after, or ``None``."""
        return self.page + 1 if self.has_next else None

    def next(self, *, error_out: bool = False) -> Pagination:
        """The page after, asked for anew."""
        return self._turn(1, error_out)

    def iter_pages(self, *, left_edge: int = 2, left_current: int = 2, right_current: int = 4, right_edge: int = 2) -> Iterator[int | None]:
        """The numbers for a row of links: both ends, what is around this page, and ``None`` where pages are left out."""
        end = self.pages + 1
        parts = (range(1, min(1 + left_edge, end)), range(max(1, self.page - left_current), min(self.page + right_current + 1, end)),
                 range(max(1, end - right_edge), end))
        at = 1
        for part in parts:
            start = max(part.start, at)
            if start >= part.stop:
                continue
            if start > at:
                yield None
            yield from range(start, part.stop)
            at = part.stop

    def __iter__(self) -> Iterator[Any]:
        yield from self.items


class SelectPagination(Pagination):
    """Of a ``select`` in a ``session``; what :meth:`SQLAlchemy.paginate` gives."""

    def _query_items(self) -> list[Any]:
        select = self._query_args["select"].limit(self.per_page).offset(self._query_offset)
        return list(self._query_args["session"].execute(select).unique().scalars())

    def _query_count(self) -> int:
        below = self._query_args["select"].options(orm.lazyload("*")).order_by(None).subquery()
        return self._query_args["session"].execute(names.select(names.func.count()).select_from(below)).scalar()


class QueryPagination(Pagination):
    """Of a ``query``; what :meth:`Query.paginate` gives."""

    def _query_items(self) -> list[Any]:
        return self._query_args["query"].limit(self.per_page).offset(self._query_offset).all()

    def _query_count(self) -> int:
        return self._query_args["query"].order_by(None).count()
