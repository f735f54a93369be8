"""The same operations at random on kith and on SQLAlchemy, side by side: after each step the states and values of all objects, both sides of
their relationships, the order of lists, what was raised, and the tables are the same.

    python differential.py [steps] [seed]       the seed is printed; a failing run is shortened to what is needed and printed

It runs on SQLAlchemy 1.4 and 2.0, whichever is imported. ./check differential does a hundred thousand steps.

Where kith differs on purpose the operation says so, with the number of the rule:

    30   foreign keys are on: they are turned on in SQLAlchemy's database
    43   SQLAlchemy does not write a reference that is deleted where the other side is expired: that is read before
    84   an orphan that was put into another list since the last flush is deleted: in SQLAlchemy the last of the two relationships wins, and which is
         the last is chance: it is taken out of the others before a flush
    85   SQLAlchemy expunges what is pending when it moves to an owner that is transient, and leaves it there: it is not moved
    86   a pending orphan that was expunged is not written because some other object leads to it: SQLAlchemy holds so only for what was orphaned outside
         of a session, and is told so of the others too; loaded lists have it until the flush, SQLAlchemy's until they are expired: they are mended
    87   what was an orphan and is written for its own sake is deleted by SQLAlchemy when it is written again: it is told that it is none
    158  SQLAlchemy takes what was never given for None and does not read it after an UPDATE: it is told that it knows it
    57   SQLAlchemy forgets what the old value was where it was not known: it is read before one is set
    0004 new objects are as they were before the transaction once it is taken back: such are not looked at any more (docs/decisions)
         what is to be deleted is not found and not taken in relationships, as if it had been: it is flushed after a delete
    81   what is deleted in the flush that writes a reference to it: SQLAlchemy fails, kith writes NULL: it is flushed before a delete
    83   an append takes the old parent along into the session, since SQLAlchemy adds before it moves: not done while that is transient
    91   what is expired with its parent while it is new is lost in SQLAlchemy,
    104  and so is or is not, by what is loaded, what one side of a relationship was told: it is flushed before objects are expired
    96   what a call reads on the way, and so flushes, is not the same: where autoflush is on, each operation stands between two flushes
    131  a list that is set through a proxy keeps what stays; SQLAlchemy makes all of it anew: it is cleared first
    62   the partner that is displaced from a one-to-one is told: SQLAlchemy is told by hand
    66   rows in a cycle are written: the tree is kept without cycles, which SQLAlchemy refuses, also of what was and what will be: it is flushed
         before it is changed
    80   what is set on an object of the session joins it: it is added by hand too, as SQLAlchemy 2 demands
    103  a released savepoint is taken back by a rollback: SQLAlchemy gets the workaround for pysqlite that its manual describes
    112  what was deleted leaves loaded relationships at the flush: SQLAlchemy's are mended after each
    116  siblings are loaded together: what only one of the two has loaded is compared once both have, and then not in order
"""
from __future__ import annotations

import collections
import datetime
import decimal
import importlib
import itertools
import os
import pathlib
import random
import sqlite3
import sys
import tempfile
import traceback
import types
import warnings
from typing import Any, Callable, Dict, Iterator, List, Optional, Sequence, Set, Tuple

Op = Tuple[Any, ...]
KINDS = ("Owner", "Pet", "Item", "Card", "Tag", "Node", "Link")
COLUMNS = {"Owner": ("name", "n", "price"), "Pet": ("name", "when"), "Item": ("label", "flag"), "Card": ("code",), "Tag": ("name",), "Node": ("name",), "Link": ("note",)}
ONES = {"Pet": {"owner": "Owner"}, "Item": {"owner": "Owner"}, "Card": {"owner": "Owner"}, "Owner": {"card": "Card"}, "Node": {"parent": "Node"},
        "Link": {"owner": "Owner", "tag": "Tag"}}
MANIES = {"Owner": {"pets": "Pet", "items": "Item", "tags": "Tag", "links": "Link"}, "Tag": {"owners": "Owner", "links": "Link"}, "Node": {"children": "Node"}}
SINGLE = (("Owner", "card"), ("Card", "owner"))
VALUES: Dict[str, Sequence[Any]] = {
    "name": (None, "", "a", "b", "Ä"), "n": (None, 0, 1, -5, 2**40), "price": (None, decimal.Decimal("1.50"), decimal.Decimal("0.01")),
    "when": (None, datetime.datetime(2020, 1, 2, 3, 4, 5, 6), datetime.datetime(1999, 12, 31)), "label": (None, "x", "y"), "flag": (None, True, False),
    "code": (None, "one", "two", "three"), "note": (None, "p", "q"),
}
TABLES = ("owner", "pet", "item", "card", "tag", "owner_tag", "node", "link")


class World:
    """One of the two: its classes, its session, its objects in the order of their making."""

    def __init__(self, name: str, path: str) -> None:
        self.name, self.path = name, path
        self.objects: List[Any] = []
        self.kinds: List[str] = []
        self.nested: List[Any] = []
        self.places: Dict[int, int] = {}
        self.gone: Set[int] = set()
        self.auto = False
        kith = name == "kith"
        self.sa = importlib.import_module("kith" if kith else "sqlalchemy")
        self.orm = importlib.import_module("kith.orm" if kith else "sqlalchemy.orm")
        self.proxy = importlib.import_module("kith.ext.associationproxy" if kith else "sqlalchemy.ext.associationproxy").association_proxy
        base = self.orm.declarative_base if hasattr(self.orm, "declarative_base") else None
        self.Base = base()
        self.numbers = itertools.count(100)
        self.classes = declare(self.sa, self.orm, self.proxy, self.Base, self.numbers)
        self.engine = self.sa.create_engine("sqlite:///" + path)
        if not kith:
            enable(self.sa, self.engine)
        self.Base.metadata.create_all(self.engine)
        self.session = self.orm.Session(self.engine, future=True)
        self.flushed = False
        if not kith:
            self.sa.event.listen(self.session, "before_flush", lambda *about: self.settle())
            self.sa.event.listen(self.session, "after_flush", lambda *about: setattr(self, "flushed", True))

    def close(self) -> None:
        """Ends it."""
        self.session.close()
        if self.name != "kith":
            self.engine.dispose()

    def keep(self, instance: Any, kind: str) -> None:
        """One object more."""
        self.places[id(instance)] = len(self.objects)
        self.objects.append(instance)
        self.kinds.append(kind)

    def place(self, instance: Any) -> Any:
        """An object's number; one that was not made here (by a query, by the proxy) is taken in."""
        if instance is None:
            return None
        if id(instance) not in self.places:
            self.keep(instance, type(instance).__name__)
        return self.places[id(instance)]

    def state(self, instance: Any) -> str:
        """transient, pending, persistent, deleted, detached"""
        found = self.sa.inspect(instance)
        return next(word for word in ("transient", "pending", "persistent", "deleted", "detached") if getattr(found, word))

    def is_loaded(self, instance: Any, key: str) -> bool:
        """Whether it can be read without asking."""
        found = self.sa.inspect(instance)
        return key not in found.unloaded if self.name == "kith" else key in found.dict      # what is only pending there counts as loaded in unloaded

    def settle(self) -> None:
        """84: SQLAlchemy's orphans that were added elsewhere."""
        for instance in self.session.dirty:
            state = self.sa.inspect(instance)
            if state.mapper._is_orphan(state):
                for key in ONES[type(instance).__name__]:
                    setattr(instance, key, None)

    def mend(self) -> None:
        """112, 86: SQLAlchemy's relationships without what was deleted and, once there was a flush, what was expunged."""
        left = ("deleted", "transient") if self.flushed else ("deleted",)
        for instance in self.objects if self.flushed else ():
            parents = self.sa.inspect(instance).parents
            for key in [key for key, parent in parents.items() if parent is False and self.state(instance) == "persistent"]:     # 87
                del parents[key]
        self.flushed = False
        committed = importlib.import_module("sqlalchemy.orm.attributes").set_committed_value
        for instance, kind in zip(self.objects, self.kinds):
            loaded = self.sa.inspect(instance).dict
            if self.state(instance) != "persistent":
                continue
            for key in MANIES.get(kind, ()):
                if key in loaded:
                    kept = [item for item in loaded[key] if self.state(item) not in left]
                    if len(kept) != len(loaded[key]):
                        committed(instance, key, kept)
            for key in ONES.get(kind, ()):
                if loaded.get(key) is not None and self.state(loaded[key]) in left:
                    committed(instance, key, None)


def enable(sa: Any, engine: Any) -> None:
    """30 and 103: what SQLAlchemy's manual says about pysqlite."""

    @sa.event.listens_for(engine, "connect")
    def connected(connection: Any, record: Any) -> None:
        connection.isolation_level = None
        connection.execute("PRAGMA foreign_keys=ON")

    @sa.event.listens_for(engine, "begin")
    def begun(connection: Any) -> None:
        connection.exec_driver_sql("BEGIN")


def declare(sa: Any, orm: Any, proxy: Any, Base: Any, numbers: Iterator[int]) -> Dict[str, Any]:
    """The classes, the same for both."""
    owner_tag = sa.Table("owner_tag", Base.metadata, sa.Column("owner_id", sa.ForeignKey("owner.id"), primary_key=True), sa.Column("tag_id", sa.ForeignKey("tag.id"), primary_key=True))

    class Owner(Base):
        __tablename__ = "owner"
        id = sa.Column(sa.Integer, primary_key=True)
        name = sa.Column(sa.String(20))
        n = sa.Column(sa.BigInteger, default=7)
        price = sa.Column(sa.Numeric(10, 2))
        pets = orm.relationship("Pet", back_populates="owner", order_by="Pet.id")
        items = orm.relationship("Item", back_populates="owner", cascade="all, delete-orphan", order_by="Item.id")
        card = orm.relationship("Card", back_populates="owner", uselist=False)
        tags = orm.relationship("Tag", secondary=owner_tag, back_populates="owners", order_by="Tag.id")
        links = orm.relationship("Link", back_populates="owner", cascade="all, delete-orphan", order_by="Link.id")
        linked = proxy("links", "tag", creator=lambda tag: Link(id=next(numbers), tag=tag))

    class Pet(Base):
        __tablename__ = "pet"
        id = sa.Column(sa.Integer, primary_key=True)
        name = sa.Column(sa.String(20))
        when = sa.Column(sa.DateTime)
        owner_id = sa.Column(sa.ForeignKey("owner.id"))
        owner = orm.relationship("Owner", back_populates="pets")

    class Item(Base):
        __tablename__ = "item"
        id = sa.Column(sa.Integer, primary_key=True)
        label = sa.Column(sa.String(20))
        flag = sa.Column(sa.Boolean)
        owner_id = sa.Column(sa.ForeignKey("owner.id"))
        owner = orm.relationship("Owner", back_populates="items")

    class Card(Base):
        __tablename__ = "card"
        id = sa.Column(sa.Integer, primary_key=True)
        code = sa.Column(sa.String(20), unique=True)
        owner_id = sa.Column(sa.ForeignKey("owner.id"))
        owner = orm.relationship("Owner", back_populates="card")

    class Tag(Base):
        __tablename__ = "tag"
        id = sa.Column(sa.Integer, primary_key=True)
        name = sa.Column(sa.String(20))
        owners = orm.relationship("Owner", secondary=owner_tag, back_populates="tags", order_by="Owner.id")
        links = orm.relationship("Link", back_populates="tag", order_by="Link.id")

    class Node(Base):
        __tablename__ = "node"
        id = sa.Column(sa.Integer, primary_key=True)
        name = sa.Column(sa.String(20))
        parent_id = sa.Column(sa.ForeignKey("node.id"))
        children = orm.relationship("Node", back_populates="parent", order_by="Node.id")
        parent = orm.relationship("Node", back_populates="children", remote_side=[id])

    class Link(Base):
        __tablename__ = "link"
        id = sa.Column(sa.Integer, primary_key=True)
        note = sa.Column(sa.String(20))
        owner_id = sa.Column(sa.ForeignKey("owner.id"))
        tag_id = sa.Column(sa.ForeignKey("tag.id"))
        owner = orm.relationship("Owner", back_populates="links")
        tag = orm.relationship("Tag", back_populates="links")

    return {cls.__name__: cls for cls in (Owner, Pet, Item, Card, Tag, Node, Link)}


# ---------------------------------------------------------------- operations, each the same on either

class Skip(Exception):
    """There is nothing to do."""


def in_session(world: World, instance: Any) -> bool:
    return world.state(instance) in ("pending", "persistent")


def join(world: World, *instances: Any) -> None:
    """80"""
    if any(in_session(world, item) for item in instances):
        for item in instances:
            if world.state(item) == "transient":
                world.session.add(item)


def usable(world: World, i: int, *kinds: str) -> Any:
    """The i-th object of a kind, the newest first, that is not gone."""
    found = [item for place, (item, kind) in enumerate(zip(world.objects, world.kinds)) if (not kinds or kind in kinds) and place not in world.gone
             and world.state(item) in ("transient", "pending", "persistent")]
    if not found:
        raise Skip
    return found[-1 - i % min(len(found), 8)]


def old_is_known(world: World, instance: Any, key: str) -> None:
    """57"""
    getattr(instance, key)


def under(node: Any, parent: Any) -> bool:
    """66: whether the tree would have a cycle."""
    seen = 0
    while parent is not None and seen < 100:
        if parent is node:
            return True
        parent, seen = parent.parent, seen + 1
    return seen >= 100


def displace(world: World, instance: Any, key: str, other: Any) -> None:
    """62"""
    back = "owner" if key == "card" else "card"
    old, partner = getattr(instance, key), getattr(other, back)
    if partner is not None and partner is not instance:
        setattr(partner, key, None)
    if old is not None and old is not other:
        setattr(instance, key, None)


def do_auto(world: World, on: bool) -> Any:
    """Whether the database makes the keys. What is added together is written in an order that SQLAlchemy does not define, so each is added at once then."""
    world.auto = on


def make(world: World, kind: str, values: Dict[str, Any], add: bool) -> Any:
    auto = world.auto and kind not in ("Node", "Link")
    made = world.classes[kind](**values, **({} if auto else {"id": next(world.numbers)}))
    world.keep(made, kind)
    if add or world.auto:
        world.session.add(made)
    return made


def do_new(world: World, kind: str, values: Dict[str, Any], i: int) -> Any:
    make(world, kind, values, i % 3 > 0)


def do_new_in(world: World, kind: str, values: Dict[str, Any], key: str, target: str, i: int) -> Any:
    other = usable(world, i, target)
    if (kind, key) in SINGLE and getattr(other, "card" if key == "owner" else "owner") is not None or world.state(other) in ("deleted", "detached"):
        raise Skip
    made = make(world, kind, values if world.auto else {**values, key: other}, False)
    if world.auto:
        setattr(made, key, other)
    join(world, made, other)


def do_add(world: World, i: int) -> Any:
    world.session.add(usable(world, i))


def do_set(world: World, i: int, kind: str, key: str, value: Any) -> Any:
    setattr(usable(world, i, kind), key, value)


def do_set_one(world: World, i: int, kind: str, key: str, target: str, j: Optional[int]) -> Any:
    instance = usable(world, i, kind)
    other = usable(world, j, target) if j is not None else None
    if kind == "Node" and other is not None and under(instance, other):
        raise Skip
    old_is_known(world, instance, key)
    if (kind, key) in SINGLE and other is not None:
        displace(world, instance, key, other)
    if any(world.state(item) in ("deleted", "detached") for item in (instance, other) if item is not None):
        raise Skip
    setattr(instance, key, other)
    if other is not None:
        join(world, instance, other)


def do_del_one(world: World, i: int, kind: str, key: str) -> Any:
    instance = usable(world, i, kind)
    old = getattr(instance, key)
    if old is None:
        raise Skip
    for back in MANIES.get(type(old).__name__, ()):         # 43
        getattr(old, back)
    delattr(instance, key)


def fits(world: World, instance: Any, key: str, *others: Any) -> None:
    getattr(instance, key)              # which may flush, and what is deleted then is refused
    back = {"pets": "owner", "items": "owner", "children": "parent", "links": "owner" if type(instance).__name__ == "Owner" else "tag"}.get(key)
    if back and any(getattr(other, back) is not None and world.state(getattr(other, back)) == "transient" for other in others):     # 83
        raise Skip
    if back == "owner" and world.state(instance) == "transient" and any(world.state(other) == "pending" for other in others):       # 85
        raise Skip
    if key == "children" and any(under(other, instance) for other in others) or any(world.state(item) in ("deleted", "detached") for item in (instance, *others)):
        raise Skip


def do_append(world: World, i: int, kind: str, key: str, target: str, j: int) -> Any:
    instance, other = usable(world, i, kind), usable(world, j, target)
    fits(world, instance, key, other)
    if other in getattr(instance, key):
        raise Skip
    getattr(instance, key).append(other)
    join(world, instance, other)


def do_insert(world: World, i: int, kind: str, key: str, target: str, j: int, at: int) -> Any:
    instance, other = usable(world, i, kind), usable(world, j, target)
    fits(world, instance, key, other)
    if other in getattr(instance, key):
        raise Skip
    getattr(instance, key).insert(at, other)
    join(world, instance, other)


def do_remove(world: World, i: int, kind: str, key: str, at: int) -> Any:
    instance = usable(world, i, kind)
    items = getattr(instance, key)
    if not len(items):
        raise Skip
    items.remove(items[at % len(items)])


def do_pop(world: World, i: int, kind: str, key: str) -> Any:
    return world.place(getattr(usable(world, i, kind), key).pop())


def do_clear(world: World, i: int, kind: str, key: str) -> Any:
    getattr(usable(world, i, kind), key).clear()


def do_slice(world: World, i: int, kind: str, key: str, a: int, b: int) -> Any:
    items = getattr(usable(world, i, kind), key)
    if not items[a:b]:
        raise Skip      # SQLAlchemy loses a list that was never written to
    del items[a:b]


def do_replace(world: World, i: int, kind: str, key: str, target: str, js: Sequence[int]) -> Any:
    instance = usable(world, i, kind)
    wanted: List[Any] = []
    for j in js:
        other = usable(world, j, target)
        if not any(other is item for item in wanted):
            wanted.append(other)
    fits(world, instance, key, *wanted)
    setattr(instance, key, wanted)
    join(world, instance, *wanted)


def do_reverse(world: World, i: int, kind: str, key: str) -> Any:
    getattr(usable(world, i, kind), key).reverse()


def do_read(world: World, i: int, kind: str, key: str) -> Any:
    value = getattr(usable(world, i, kind), key)
    read = sorted(world.place(item) for item in value if world.state(item) != "deleted") if key in MANIES.get(kind, ()) else \
        (world.place(value) if value is None or world.state(value) != "deleted" else None) if key in ONES.get(kind, ()) else value
    return read


def do_delete(world: World, i: int, kind: str) -> Any:
    instance = usable(world, i, kind)
    if in_session(world, instance):
        world.session.flush()           # 81
    world.session.delete(instance)
    world.session.flush()


def do_delete_and_add(world: World, i: int, kind: str) -> Any:
    instance = usable(world, i, kind)
    if world.state(instance) != "persistent" or kind == "Owner":    # 109: SQLAlchemy leaves what the delete took along
        raise Skip
    world.session.delete(instance)
    world.session.add(instance)


def do_leave_and_return(world: World, i: int, kind: str, key: str, value: Any, between: str, late: bool) -> Any:
    instance = usable(world, i, kind)
    if world.state(instance) != "persistent":
        raise Skip
    do_commit(world)            # 104: what it references goes with it in SQLAlchemy, also where that was taken back
    if not late:
        setattr(instance, key, value)
    world.session.expunge(instance)
    OPERATIONS[between](world)
    if late:
        setattr(instance, key, value)
    world.session.add(instance)


def do_flush(world: World) -> Any:
    world.session.flush()


def do_commit(world: World) -> Any:
    world.session.commit()
    world.nested.clear()


def do_rollback(world: World) -> Any:
    world.session.rollback()
    world.nested.clear()


def do_savepoint(world: World) -> Any:
    if len(world.nested) > 3:
        raise Skip
    world.nested.append(world.session.begin_nested())


def do_release(world: World) -> Any:
    if not world.nested:
        raise Skip
    world.nested.pop().commit()


def do_undo(world: World) -> Any:
    if not world.nested:
        raise Skip
    world.nested.pop().rollback()
    world.session.expire_all()          # 112: what was mended may be back


def do_expire(world: World, i: int) -> Any:
    world.session.flush()       # 91, 104
    world.session.expire(usable(world, i))


def do_set_and_expire(world: World, i: int, kind: str, key: str, value: Any) -> Any:
    instance = usable(world, i, kind)
    world.session.flush()
    setattr(instance, key, value)
    world.session.expire(instance)


def do_refresh(world: World, i: int) -> Any:
    world.session.flush()
    world.session.refresh(usable(world, i))


def do_expire_all(world: World) -> Any:
    world.session.flush()
    world.session.expire_all()


def do_autoflush(world: World, on: bool) -> Any:
    world.session.autoflush = on


def do_query(world: World, kind: str, key: str, value: Any) -> Any:
    cls = world.classes[kind]
    query = world.session.query(cls).filter(getattr(cls, key) == value).order_by(cls.id)
    return [world.place(item) for item in query]


def do_select(world: World, kind: str, key: str, limit: int) -> Any:
    cls = world.classes[kind]
    rows = world.session.execute(world.sa.select(cls.id, getattr(cls, key)).where(getattr(cls, key).is_not(None)).order_by(cls.id.desc()).limit(limit))
    return [tuple(row) for row in rows]


def do_any(world: World, kind: str, key: str, target: str, column: str, value: Any) -> Any:
    cls, other = world.classes[kind], world.classes[target]
    attribute = getattr(cls, key)
    about = attribute.any if key in MANIES.get(kind, ()) else attribute.has
    return [world.place(item) for item in world.session.query(cls).filter(about(getattr(other, column) == value)).order_by(cls.id)]


def do_get(world: World, kind: str, key: int) -> Any:
    return world.place(world.session.get(world.classes[kind], key))


def do_update_where(world: World, kind: str, key: str, old: Any, new: Any) -> Any:
    cls = world.classes[kind]
    if world.name != "kith":        # 158
        for instance, its in zip(world.objects, world.kinds):
            if its == kind and world.state(instance) == "persistent" and not world.is_loaded(instance, key) and key not in world.sa.inspect(instance).expired_attributes:
                importlib.import_module("sqlalchemy.orm.attributes").set_committed_value(instance, key, None)
    return world.session.query(cls).filter(getattr(cls, key) == old).update({key: new}, synchronize_session="fetch")


def do_proxy_append(world: World, i: int, j: int) -> Any:
    owner, tag = usable(world, i, "Owner"), usable(world, j, "Tag")
    owner.linked.append(tag)
    world.place(owner.links[-1])
    join(world, owner, owner.links[-1], tag)


def do_proxy_remove(world: World, i: int, at: int) -> Any:
    owner = usable(world, i, "Owner")
    if not len(owner.linked) or owner.linked[at % len(owner.linked)] is None:
        raise Skip
    owner.linked.remove(owner.linked[at % len(owner.linked)])


def do_proxy_set(world: World, i: int, js: Sequence[int]) -> Any:
    owner = usable(world, i, "Owner")
    tags: List[Any] = []
    for j in js:
        tag = usable(world, j, "Tag")
        if not any(tag is item for item in tags):
            tags.append(tag)
    owner.linked.clear()            # 131
    owner.linked = tags
    for link in owner.links:
        world.place(link)
    join(world, owner, *owner.links, *tags)


def do_proxy_read(world: World, i: int) -> Any:
    read = [world.place(tag) for tag in usable(world, i, "Owner").linked if tag is None or world.state(tag) != "deleted"]
    return sorted(read, key=lambda place: -1 if place is None else place)


def do_look(world: World) -> Any:
    """Everything is read."""
    seen: List[Any] = []
    for place, (instance, kind) in enumerate(list(zip(world.objects, world.kinds))):
        if world.state(instance) == "persistent":
            for key in [*COLUMNS[kind], *ONES.get(kind, ()), *MANIES.get(kind, ())]:
                value = getattr(instance, key)
                if key in ONES.get(kind, ()):
                    value = world.place(value)
                elif key in MANIES.get(kind, ()):
                    value = sorted(world.place(item) for item in value)
                seen.append((place, kind, key, value))
    return seen


OPERATIONS: Dict[str, Callable[..., Any]] = {name[3:]: function for name, function in list(globals().items()) if name.startswith("do_")}


# ---------------------------------------------------------------- choosing them

def value_of(r: random.Random, kind: str, key: str) -> Any:
    return r.choice(VALUES[key])


def values_of(r: random.Random, kind: str) -> Dict[str, Any]:
    return {key: value_of(r, kind, key) for key in COLUMNS[kind] if r.random() < 0.6}


def pick(r: random.Random, table: Dict[str, Dict[str, str]]) -> Tuple[str, str, str]:
    kind = r.choice(list(table))
    key = r.choice(list(table[kind]))
    return kind, key, table[kind][key]


def choose(r: random.Random) -> Op:
    """One operation, as data."""
    def n() -> int:
        return r.randrange(1000)
    kind = r.choice(KINDS)
    column = r.choice(COLUMNS[kind])
    one, many = pick(r, ONES), pick(r, MANIES)
    options: List[Tuple[int, Callable[[], Op]]] = [
        (14, lambda: ("new", kind, values_of(r, kind), n())),
        (8, lambda: ("new_in", one[0], values_of(r, one[0]), one[1], one[2], n())),
        (4, lambda: ("add", n())),
        (10, lambda: ("set", n(), kind, column, value_of(r, kind, column))),
        (14, lambda: ("set_one", n(), one[0], one[1], one[2], n() if r.random() < 0.75 else None)),
        (2, lambda: ("del_one", n(), one[0], one[1])),
        (14, lambda: ("append", n(), *many, n())),
        (3, lambda: ("insert", n(), *many, n(), r.randrange(-2, 3))),
        (7, lambda: ("remove", n(), many[0], many[1], n())),
        (3, lambda: ("pop", n(), many[0], many[1])),
        (1, lambda: ("clear", n(), many[0], many[1])),
        (2, lambda: ("slice", n(), many[0], many[1], r.randrange(-2, 3), r.randrange(-2, 4))),
        (5, lambda: ("replace", n(), *many, [n() for _ in range(r.randrange(4))])),
        (1, lambda: ("reverse", n(), many[0], many[1])),
        (4, lambda: ("read", n(), *(one[:2] if r.random() < 0.5 else many[:2]))),
        (4, lambda: ("read", n(), kind, column)),
        (6, lambda: ("delete", n(), kind)),
        (1, lambda: ("delete_and_add", n(), kind)),
        (2, lambda: ("leave_and_return", n(), kind, column, value_of(r, kind, column), r.choice(("flush", "commit", "rollback")), r.random() < 0.5)),
        (7, lambda: ("flush",)), (6, lambda: ("commit",)), (3, lambda: ("rollback",)),
        (4, lambda: ("savepoint",)), (3, lambda: ("release",)), (3, lambda: ("undo",)),
        (2, lambda: ("set_and_expire", n(), kind, column, value_of(r, kind, column))), (3, lambda: ("expire", n())), (2, lambda: ("refresh", n())), (1, lambda: ("expire_all",)),
        (2, lambda: ("autoflush", r.random() < 0.5)),
        (4, lambda: ("query", kind, column, value_of(r, kind, column))), (2, lambda: ("select", kind, column, r.randrange(4))),
        (2, lambda: ("any", *(p := r.choice((one, many))), (c := r.choice(COLUMNS[p[2]])), value_of(r, p[2], c))),
        (2, lambda: ("get", kind, r.randrange(1, 12))),
        (1, lambda: ("update_where", kind, column, value_of(r, kind, column), value_of(r, kind, column)) if column != "code" else ("flush",)),
        (5, lambda: ("proxy_append", n(), n())), (3, lambda: ("proxy_remove", n(), n())), (2, lambda: ("proxy_set", n(), [n() for _ in range(r.randrange(4))])),
        (2, lambda: ("proxy_read", n())),
        (6, lambda: ("look",)),
    ]
    return r.choices([make for _, make in options], [weight for weight, _ in options])[0]()


# ---------------------------------------------------------------- running and comparing

class Differs(Exception):
    """The two are not the same."""


class Run:
    """Both worlds, and what is compared."""

    def __init__(self, folder: str) -> None:
        self.kith, self.real = World("kith", os.path.join(folder, "kith.db")), World("sqlalchemy", os.path.join(folder, "real.db"))
        self.unordered: Set[Tuple[int, str]] = set()
        self.raised: collections.Counter = collections.Counter()
        self.done: collections.Counter = collections.Counter()

    def close(self) -> None:
        for world in (self.kith, self.real):
            world.close()
            if os.path.exists(world.path):
                os.unlink(world.path)

    def step(self, op: Op) -> None:
        """One operation on both; raises Differs."""
        if self.real.session.autoflush or "Node" in op and op[0] in ("set_one", "new_in", "append", "insert", "replace"):
            if op[0] not in ("flush", "commit", "rollback", "undo"):
                self.both(("flush",))       # 96, 66
        self.both(op)
        if self.real.session.autoflush and op[0] not in ("flush", "commit"):
            self.both(("flush",))

    def both(self, op: Op) -> None:
        before = self.new()
        ours, theirs = outcome(self.kith, op), outcome(self.real, op)
        if ours != theirs:
            raise Differs(f"{op}: {differing(ours, theirs)}{self.why(ours, theirs)}")
        self.done[op[0] if ours[0] != "skip" else "skip"] += 1
        if ours[0] == "raised":
            self.raised[(op[0], ours[1])] += 1
        if ours[0] == "raised" and ours[1] in ROLLED_BACK:
            for world in (self.kith, self.real):
                do_rollback(world)
        for place in before:
            if self.real.state(self.real.objects[place]) == "transient":        # 86
                self.real.sa.inspect(self.real.objects[place])._orphaned_outside_of_session = True
        for world in (self.kith, self.real):        # 0004
            world.gone |= {place for place in before if world.state(world.objects[place]) == "transient"}
        self.real.mend()
        self.compare(op)

    def new(self) -> Set[int]:
        return {place for place, item in enumerate(self.real.objects) if self.real.state(item) in ("pending", "persistent", "deleted")}

    def why(self, ours: Any, theirs: Any) -> str:
        return "".join(f"\n    {world.name}: {world.error!r}" for world, result in ((self.kith, ours), (self.real, theirs)) if result[0] == "raised")

    def compare(self, op: Op) -> None:
        if len(self.kith.objects) != len(self.real.objects):
            raise Differs(f"{op}: kith has {len(self.kith.objects)} objects, SQLAlchemy {len(self.real.objects)}")
        for place in range(len(self.kith.objects)):
            self.compare_object(op, place)
        ours, theirs = tables(self.kith), tables(self.real)
        if ours != theirs:
            raise Differs(f"{op}: tables: {differing(ours, theirs)}")

    def compare_object(self, op: Op, place: int) -> None:
        kind, ours, theirs = self.kith.kinds[place], self.kith.objects[place], self.real.objects[place]
        name = f"{op}: {kind} {place}"
        state, real_state = self.kith.state(ours), self.real.state(theirs)
        if state != real_state:
            raise Differs(f"{name}: kith's is {state}, SQLAlchemy's {real_state}")
        if state in ("deleted", "detached") or place in self.kith.gone:
            return
        for key in ["id", *COLUMNS[kind], *ONES.get(kind, ()), *MANIES.get(kind, ())]:
            many = key in MANIES.get(kind, ())
            if state == "persistent":
                loaded, real_loaded = self.kith.is_loaded(ours, key), self.real.is_loaded(theirs, key)
                if many and loaded != real_loaded:
                    self.unordered.add((place, key))        # 116
                elif many and not loaded:
                    self.unordered.discard((place, key))
                if not loaded or not real_loaded:
                    continue
            a, b = shown(self.kith, ours, kind, key), shown(self.real, theirs, kind, key)
            if many and (place, key) in self.unordered:
                a, b = sorted(a), sorted(b)
            if a != b:
                raise Differs(f"{name} ({state}).{key}: kith has {a!r}, SQLAlchemy {b!r}")


ROLLED_BACK = ("IntegrityError", "PendingRollbackError", "StaleDataError", "FlushError", "OperationalError", "CircularDependencyError", "ResourceClosedError")


def shown(world: World, instance: Any, kind: str, key: str) -> Any:
    if world.name != "kith":
        value = world.sa.inspect(instance).dict.get(key, () if key in MANIES.get(kind, ()) else None)
    else:
        with world.session.no_autoflush:
            value = getattr(instance, key)
    if key in MANIES.get(kind, ()):
        return [world.place(item) for item in value]
    return world.place(value) if key in ONES.get(kind, ()) else value


def outcome(world: World, op: Op) -> Any:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ("gave", OPERATIONS[op[0]](world, *op[1:]))
    except Skip:
        return ("skip", None)
    except Exception as error:
        world.error = error     # type: ignore[attr-defined]
        return ("raised", type(error).__name__)


def tables(world: World) -> Any:
    with world.session.no_autoflush:
        return {table: sorted(tuple(row) for row in world.session.execute(world.sa.text(f"SELECT * FROM {table}"))) for table in TABLES}


def differing(ours: Any, theirs: Any) -> str:
    if isinstance(ours, dict):
        key = next(key for key in ours if ours[key] != theirs[key])
        return f"{key}: kith {ours[key]}\n    SQLAlchemy {theirs[key]}"
    if ours[0] == theirs[0] == "gave" and isinstance(ours[1], list) and isinstance(theirs[1], list) and len(ours[1]) == len(theirs[1]):
        return "; ".join(f"kith {a}, SQLAlchemy {b}" for a, b in zip(ours[1], theirs[1]) if a != b)
    return f"kith {ours}, SQLAlchemy {theirs}"


def play(ops: Sequence[Op]) -> Optional[str]:
    """Runs a list of operations; what differs, or None."""
    with tempfile.TemporaryDirectory() as folder:
        run = Run(folder)
        try:
            for op in ops:
                run.step(op)
        except Differs as error:
            return str(error)
        finally:
            run.close()
    return None


def shorten(ops: List[Op], limit: int = 150) -> List[Op]:
    """Without the operations that are not needed to make them differ."""
    size, tries = max(1, len(ops) // 2), 0
    while size and tries < limit:
        at = 0
        while at < len(ops) and tries < limit:
            shorter = ops[:at] + ops[at + size:]
            tries += 1
            if play(shorter) is not None:
                ops = shorter
            else:
                at += size
        size //= 2
    return ops


EPISODE = 150
AGAIN = 40      # how often an episode that differs is run again


def is_any(ops: Sequence[Op]) -> bool:
    """Where rows reference each other in a circle, SQLAlchemy writes them in an order of sets, which is another each time. What kith does must be
    among what SQLAlchemy does: in one run of many they are the same."""
    return any(play(ops) is None for _ in range(AGAIN))


def check(steps: int, seed: int) -> Tuple[int, collections.Counter, collections.Counter]:
    """So many steps, in episodes that each begin with empty tables; raises AssertionError with the shortest that differs. An episode ends where
    SQLAlchemy's own order begins to be any."""
    done, raised = collections.Counter(), collections.Counter()     # type: ignore[var-annotated]
    for number in range((steps + EPISODE - 1) // EPISODE):
        r = random.Random(seed * 1000003 + number)
        with tempfile.TemporaryDirectory() as folder:
            run, ops = Run(folder), []      # type: Run, List[Op]
            try:
                for place in range(EPISODE):
                    ops.append(("auto", number % 2 == 0) if place == 0 else ("autoflush", number % 3 == 0) if place == 1 else choose(r) if place > 14 else ("new", (kind := KINDS[place % 7]), values_of(r, kind), r.randrange(1000)))
                    run.step(ops[-1])
            except Differs as error:
                if is_any(ops):
                    done["cut short"] += 1
                    continue
                short = shorten(ops)
                lines = "\n".join(f"    {op!r}," for op in short)
                raise AssertionError(f"seed {seed}, episode {number}: {error}\n\n[\n{lines}\n]\n{play(short)}") from None
            finally:
                run.close()
            done.update(run.done)
            raised.update(run.raised)
    return sum(done.values()), done, raised


def main() -> None:
    steps = int(sys.argv[1]) if len(sys.argv) > 1 else 3000
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else random.SystemRandom().randrange(10**9)
    print(f"seed {seed}", flush=True)
    total, done, raised = check(steps, seed)
    print(total, "steps;", dict(done), dict(raised))


if __name__ == "__main__":
    main()
