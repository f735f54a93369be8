"""The declarative names, by their old place."""

from ..declarative import DeclarativeMeta, as_declarative, declarative_base, declared_attr, has_inherited_table

__all__ = ["DeclarativeMeta", "as_declarative", "declarative_base", "declared_attr", "has_inherited_table"]
