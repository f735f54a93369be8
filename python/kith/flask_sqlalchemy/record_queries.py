"""Which statements a request sent: switched on by the config ``SQLALCHEMY_RECORD_QUERIES``."""
from __future__ import annotations

import dataclasses
import inspect
from typing import Any

from flask import current_app, g, has_app_context

from .. import events

__all__ = ["get_recorded_queries"]


@dataclasses.dataclass
class _QueryInfo:
    """A statement that was sent."""

    statement: str | None
    parameters: Any
    start_time: float
    end_time: float
    location: str

    @property
    def duration(self) -> float:
        """In seconds."""
        return self.end_time - self.start_time


def get_recorded_queries() -> list[_QueryInfo]:
    """The statements of this application context, each with ``statement``, ``parameters``, ``start_time``, ``end_time``, ``duration`` and
    ``location``, the line of the application that asked."""
    return g.get("_sqlalchemy_queries", [])


def _listen(engine: Any) -> None:
    events.listen(engine, "after_cursor_execute", _record)


def _location() -> str:
    package = current_app.import_name.partition(".")[0]
    frame = inspect.currentframe()
    while frame is not None:
        name = frame.f_globals.get("__name__", "")
        if name == package or name.startswith(f"{package}."):
            return f"{frame.f_code.co_filename}:{frame.f_lineno} ({frame.f_code.co_name})"
        frame = frame.f_back
    return "<unknown>"


def _record(connection: Any, cursor: Any, statement: str, parameters: Any, context: Any, many: bool) -> None:
    if not has_app_context():
        return
    if "_sqlalchemy_queries" not in g:
        g._sqlalchemy_queries = []
    g._sqlalchemy_queries.append(_QueryInfo(statement, [context.parameters], context.start_time, context.end_time, _location()))
