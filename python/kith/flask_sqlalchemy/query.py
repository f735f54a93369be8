"""Queries with what a web application needs: 404 where nothing is found, and pages."""
from __future__ import annotations

from typing import Any, NoReturn

from flask import abort

from .. import exc, orm
from .pagination import Pagination, QueryPagination

__all__ = ["Query"]


def not_found(description: str | None) -> NoReturn:
    """Aborts the request."""
    abort(404, description=description)


class Query(orm.Query):
    """What ``Model.query`` is."""

    def get_or_404(self, ident: Any, description: str | None = None) -> Any:
        """As ``get``; aborts with 404 where there is no such row."""
        found = self.get(ident)
        return found if found is not None else not_found(description)

    def first_or_404(self, description: str | None = None) -> Any:
        """As ``first``; aborts with 404 where there is none."""
        found = self.first()
        return found if found is not None else not_found(description)

    def one_or_404(self, description: str | None = None) -> Any:
        """As ``one``; aborts with 404 where there is none or more than one."""
        try:
            return self.one()
        except (exc.NoResultFound, exc.MultipleResultsFound):
            not_found(description)

    def paginate(self, *, page: int | None = None, per_page: int | None = None, max_per_page: int | None = None, error_out: bool = True,
                 count: bool = True) -> Pagination:
        """One page of it: see :class:`~kith.flask_sqlalchemy.pagination.Pagination`."""
        return QueryPagination(query=self, page=page, per_page=per_page, max_per_page=max_per_page, error_out=error_out, count=count)
