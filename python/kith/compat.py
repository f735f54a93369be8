"""Names that programs import from here and there in SQLAlchemy, in one place."""

from __future__ import annotations

from . import event, exc
from .collections import attribute_mapped_collection
from .declarative import validates
from .exc import CircularDependencyError, DetachedInstanceError, ObjectDeletedError, StaleDataError
from .ext.associationproxy import association_proxy
from .ext.hybrid import hybrid_method, hybrid_property
from .session import Session

LEGACY = False

__all__ = ["CircularDependencyError", "DetachedInstanceError", "LEGACY", "ObjectDeletedError", "Session", "StaleDataError", "association_proxy", "attribute_mapped_collection", "event",
           "exc", "hybrid_method", "hybrid_property", "validates"]
