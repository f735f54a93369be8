"""What ``flask shell`` has in scope."""
from __future__ import annotations

from typing import Any

from flask import current_app


def add_models_to_shell() -> dict[str, Any]:
    """``db``, and every model by the name of its class."""
    db = current_app.extensions["sqlalchemy"]
    found = {mapper.class_.__name__: mapper.class_ for mapper in db.Model.registry.mappers}
    found["db"] = db
    return found
