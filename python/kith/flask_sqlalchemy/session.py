"""The session of a Flask application: it belongs to the application's context, and knows which database a model is in."""
from __future__ import annotations

from typing import Any, Mapping

from flask.globals import app_ctx

from .. import names, exc, orm

__all__ = ["Session"]


class Session(orm.Session):
    """What ``db.session()`` is. For one's own give a subclass as ``session_options={"class_": …}``."""

    def __init__(self, db: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._db = db
        self._model_changes: dict[object, tuple[Any, str]] = {}

    def get_bind(self, mapper: Any = None, clause: Any = None, bind: Any = None, **kwargs: Any) -> Any:
        """The engine of a model or a table: of the ``bind_key`` of the tables it is among."""
        if bind is not None:
            return bind
        engines = self._db.engines
        if mapper is not None:
            try:
                mapper = names.inspect(mapper)
            except exc.NoInspectionAvailable as error:
                if isinstance(mapper, type):
                    raise exc.UnmappedClassError(f"Class '{mapper.__module__}.{mapper.__name__}' is not mapped") from error
                raise
            clause_of_mapper = _engine_of(mapper.local_table, engines)
            if clause_of_mapper is not None:
                return clause_of_mapper
        if clause is not None and (engine := _engine_of(clause, engines)) is not None:
            return engine
        if None in engines:
            return engines[None]
        return super().get_bind(mapper=mapper, clause=clause, bind=bind, **kwargs)


def _engine_of(clause: Any, engines: Mapping[str | None, Any]) -> Any:
    if not isinstance(clause, names.Table) or "bind_key" not in clause.metadata.info:
        return None
    key = clause.metadata.info["bind_key"]
    if key not in engines:
        raise exc.UnboundExecutionError(f"Bind key '{key}' is not in 'SQLALCHEMY_BINDS' config.")
    return engines[key]


def _app_ctx_id() -> int:
    return id(app_ctx._get_current_object())        # type: ignore[attr-defined]
