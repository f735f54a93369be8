"""Signals of what a commit changes: switched on by the config ``SQLALCHEMY_TRACK_MODIFICATIONS``."""
from __future__ import annotations

from typing import Any

from blinker import Namespace
from flask import current_app, has_app_context

from .. import names, events

__all__ = ["before_models_committed", "models_committed"]

_signals = Namespace()
models_committed = _signals.signal("models-committed")
"""Sent by the application after a commit that changed something, with ``changes``: a list of ``(object, operation)``, the operation being
``"insert"``, ``"update"`` or ``"delete"``."""
before_models_committed = _signals.signal("before-models-committed")
"""The same before the commit."""


def _listen(session: Any) -> None:
    events.listen(session, "before_flush", _record_ops)
    events.listen(session, "before_commit", _record_ops)
    events.listen(session, "before_commit", _before_commit)
    events.listen(session, "after_commit", _after_commit)
    events.listen(session, "after_rollback", _after_rollback)


def _tracking() -> bool:
    return has_app_context() and bool(current_app.config["SQLALCHEMY_TRACK_MODIFICATIONS"])


def _record_ops(session: Any, *of_flush: Any) -> None:
    if not _tracking():
        return
    for targets, operation in ((session.new, "insert"), (session.dirty, "update"), (session.deleted, "delete")):
        for target in targets:
            state = names.inspect(target)
            key = state.identity_key if state.has_identity else id(target)
            session._model_changes[key] = (target, operation)


def _send(session: Any, signal: Any) -> None:
    if _tracking() and session._model_changes:
        signal.send(current_app._get_current_object(), changes=list(session._model_changes.values()))    # type: ignore[attr-defined]


def _before_commit(session: Any) -> None:
    _send(session, before_models_committed)


def _after_commit(session: Any) -> None:
    _send(session, models_committed)
    session._model_changes.clear()


def _after_rollback(session: Any) -> None:
    session._model_changes.clear()
