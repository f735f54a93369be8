"""Classes that inherit from mapped classes, as far as there are."""

from __future__ import annotations

from typing import Any, Dict

from . import exc


def map_single(cls: Any, parent: Any, columns: Dict[str, Any], relations: Dict[str, Any]) -> None:
    """A class in the table of its base."""
    raise exc.InvalidRequestError(f"{cls.__name__} inherits from the mapped class {parent.class_.__name__}: classes that share a table are not there. Give {cls.__name__} a table of its "
                                  "own and a common abstract base (__abstract__ = True).")


def refuse_joined(cls: Any, parent: Any, table: Any) -> None:
    """A class with a table that continues its base's."""
    raise exc.InvalidRequestError(f"{cls.__name__} inherits from the mapped class {parent.class_.__name__}: joined tables are not there. Use a relationship, or a common abstract base "
                                  "(__abstract__ = True).")
