"""The names of sqlalchemy.event."""

from .events import contains, listen, listens_for, remove

__all__ = ["contains", "listen", "listens_for", "remove"]
