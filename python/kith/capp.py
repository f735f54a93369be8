"""The models of a C app as Python classes.

:func:`load` takes the shared object that the kith program builds; every ``KITH_MODEL`` of the app is then a class with its columns,
relationships and association proxies. The objects are the C program's own structs, so the app's commands and callbacks know them.
"""
from __future__ import annotations

from typing import Any, Optional

from . import _core, exc, orm, types
from .database import Database
from .ext.associationproxy import association_proxy
from .schema import Column, ForeignKey, Table

NATIVE = 64     #: kith._core's mark of a member that a C program declared

#: How a member's values are in Python: the type of its column.
_TYPES = {types.BOOL: types.Boolean, types.INT: types.BigInteger, types.REAL: types.Float, types.BLOB: types.LargeBinary, types.DATE: types.Date,
          types.TIME: types.Time, types.DATETIME: types.DateTime, types.UUID_: types.Uuid, types.JSON_: types.JSON}


def column_names(cls: type) -> Optional[list[str]]:
    """The columns of a mapped class by attribute; None: it is not one."""
    mapper = getattr(cls, "__mapper__", None)
    return list(mapper.columns_by_key) if mapper is not None else None


def _type(told: dict[str, Any]) -> types.TypeEngine:
    kind = told["kind"] & ~NATIVE
    if kind == types.NONE:          # of a join table: as what it references is
        return types.NULLTYPE
    if kind == types.TEXT:
        return types.String(told["length"] or None)
    if kind == types.DECIMAL:
        return types.Numeric(min(told["precision"], 15) or None, told["scale"] if told["precision"] else None)
    return _TYPES[kind]()


def _column(told: dict[str, Any]) -> Any:
    keys = [ForeignKey(told["foreign_key"])] if told.get("foreign_key") else []
    return Column(told["column"], _type(told), *keys, primary_key=told.get("primary_key", False))


def _relationship(told: dict[str, Any], names: list[str]) -> Any:
    target = names[told["target"]] if 0 <= told["target"] < len(names) else None
    if target is None:
        raise exc.ArgumentError(f"{told['name']} leads to a model that is not among the app's")
    return orm.relationship(target, back_populates=told.get("back_populates"), uselist=told["many"], viewonly=told.get("view_only", False))


class App:
    """A C app: its name, its own database (``url``), its models by name and its commands."""

    def __init__(self, handle: Any, name: str, url: Optional[str], told: list, commands: dict[str, str]) -> None:
        self._handle, self._told = handle, told
        self.name, self.url, self.commands = name, url, commands
        self.models: dict[str, type] = {}
        self._db: Any = None

    def __repr__(self) -> str:
        return f"<App {self.name}: {', '.join(name for _, name, *_ in self._told)}>"

    def database(self, url: str) -> Any:
        """Opens a database, and makes the classes."""
        db = Database(url)
        names = [name for _, name, *_ in self._told]
        for native, name, table, told, join_table in self._told:
            options: dict[str, Any] = {"kith_native": (native, name, told)}
            if join_table:
                Table(table, db.metadata, *(_column(member) for member in told if member.get("what") == "column"), **options)
            elif table is not None:
                self.models[name] = self._class(db, name, table, told, names, options)
        self._db = db
        return db

    def _class(self, db: Any, name: str, table: str, told: list, names: list[str], options: dict[str, Any]) -> type:
        members: dict[str, Any] = {"__tablename__": table, "__table_args__": options, "__module__": "app", "__doc__": f"The model {name} of {self.name}, a C program."}
        for member in told:
            what = member.get("what")
            if what == "column":
                members[member["name"]] = _column(member)
            elif what == "relationship":
                members[member["name"]] = _relationship(member, names)
            elif what == "proxy":
                members[member["name"]] = association_proxy(member["through"], member["attribute"])
        return type(db.Model)(name, (db.Model,), members)

    def run(self, command: str, *words: str) -> int:
        """Runs one of the app's own commands in the session; gives what it returned."""
        session = self._db.session()
        return _core.command(self._handle, session._core_of(self._db.metadata.layout), [command, *map(str, words)])


def load(path: str) -> App:
    """The app in a shared object."""
    return App(*_core.app(path))
