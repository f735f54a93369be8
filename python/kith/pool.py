"""The names of pools; kith has its own, whatever is asked for."""

from .engine import _Pool


class Pool(_Pool):
    """kith's own pool."""


class StaticPool(Pool):
    """kith's own pool: a database in memory is one for all connections."""


class QueuePool(Pool):
    """kith's own pool."""


class NullPool(Pool):
    """kith's own pool."""


class SingletonThreadPool(Pool):
    """kith's own pool."""


class AssertionPool(Pool):
    """kith's own pool."""
