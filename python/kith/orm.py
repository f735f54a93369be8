"""The names of sqlalchemy.orm that programs import."""

from __future__ import annotations

from .attributes import AliasedClass, InstrumentedAttribute, QueryableAttribute, aliased
from .collections import (attribute_keyed_dict, attribute_mapped_collection, column_keyed_dict, column_mapped_collection, keyfunc_mapping, mapped_collection)
from .declarative import (DeclarativeMeta, as_declarative, column_property, declarative_base, declarative_mixin, declared_attr, deferred, has_inherited_table, synonym, validates)
from .dynamic import AppenderQuery, WriteOnlyCollection
from .inspection import class_mapper, identity_key, object_mapper, was_deleted
from .loading import (Load, contains_eager, defaultload, defer, immediateload, joinedload, lazyload, load_only, noload, raiseload, selectinload, subqueryload, undefer, undefer_group)
from .query import Query, with_parent
from .registry import Mapper, Registry
from .registry import Registry as registry
from .relationship import RelationshipProperty, backref, dynamic_loader, foreign, relationship, remote
from .session import Session, SessionTransaction, close_all_sessions, object_session, scoped_session, sessionmaker
from . import collections, exc

relation = relationship


def configure_mappers() -> None:
    """Resolves all classes of all bases; raises what is wrong with them."""
    for found in list(Registry.all):
        found.configure()


def clear_mappers() -> None:
    """There is no global state: a base goes with the last that refers to it."""


def outerjoin(left: object, right: object, onclause: object = None, full: bool = False) -> object:
    """A LEFT OUTER JOIN of two classes."""
    from .sql import Join, source_of
    return Join(source_of(left), source_of(right), onclause, True, full)


def join(left: object, right: object, onclause: object = None, isouter: bool = False, full: bool = False) -> object:
    """A JOIN of two classes."""
    from .sql import Join, source_of
    return Join(source_of(left), source_of(right), onclause, isouter, full)


NAMES = sorted(name for name in dir() if not name.startswith("_") and name not in ("annotations", "exc", "collections", "NAMES"))
