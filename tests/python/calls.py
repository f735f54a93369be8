"""Every callable of the binding with objects of any kind in every argument: wrong types, huge numbers, what raises when it is looked at, objects
of another session, deleted ones. Nothing may crash the interpreter or end in SystemError; any other exception is an answer.

    python calls.py [steps] [seed] [log]     the seed is printed; the last line of the log is the call at which it crashed
"""
from __future__ import annotations

import contextlib
import datetime
import decimal
import enum
import gc
import io
import os
import random
import sys
import tempfile
import uuid
import warnings
from typing import Any, Callable, Dict, List, Tuple

import kith
from kith import _core, event, exc, orm, sql, types
from kith.ext import associationproxy


class Hostile:
    """Raises whatever is asked of it."""

    def _no(self, *args: Any, **words: Any) -> Any:
        raise ZeroDivisionError("hostile")

    __eq__ = __str__ = __repr__ = __bool__ = __len__ = __iter__ = __index__ = __float__ = __int__ = __getitem__ = __call__ = __contains__ = __lt__ = __next__ = _no
    __hash__ = _no      # type: ignore[assignment]

    def __getattr__(self, name: str) -> Any:
        raise ZeroDivisionError(name)


class OddStr(str):
    """A str that does not compare."""

    def __eq__(self, other: Any) -> bool:
        raise ZeroDivisionError

    def __hash__(self) -> int:
        return str.__hash__(self)


class OddInt(int):
    def __index__(self) -> int:
        raise ZeroDivisionError


class OddDate(datetime.datetime):
    def utcoffset(self) -> Any:
        return datetime.timedelta(hours=5)


class OddList(list):
    def __iter__(self) -> Any:
        raise ZeroDivisionError

    def __len__(self) -> int:
        return -5


class Shrinking(list):
    """Becomes shorter as it is walked over."""

    def __getitem__(self, at: Any) -> Any:
        del self[:]
        raise IndexError


class Zone(datetime.tzinfo):
    def utcoffset(self, when: Any) -> Any:
        return datetime.timedelta(hours=-23, minutes=-59)


class Colour(enum.Enum):
    RED = 1


class World:
    """A database with objects in every state."""

    def __init__(self) -> None:
        self.db = db = kith.Database()
        between = db.Table("fuzz_tags", db.Column("owner_id", db.ForeignKey("owner.id"), primary_key=True), db.Column("tag_id", db.ForeignKey("tag.id"), primary_key=True))

        class Owner(db.Model):
            id = db.Column(db.Integer, primary_key=True)
            name = db.Column(db.String(20))
            n = db.Column(db.BigInteger, default=7)
            price = db.Column(db.Numeric(10, 2))
            at = db.Column(db.DateTime, default=datetime.datetime.now)
            day, hour, long = db.Column(db.Date), db.Column(db.Time), db.Column(db.Interval)
            raw, flag, real, js = db.Column(db.LargeBinary), db.Column(db.Boolean), db.Column(db.Float), db.Column(db.JSON)
            key, colour, thing = db.Column(db.Uuid), db.Column(db.Enum(Colour)), db.Column(db.PickleType)
            pets = db.relationship("Pet", back_populates="owner", cascade="all, delete-orphan")
            card = db.relationship("Card", back_populates="owner", uselist=False)
            tags = db.relationship("Tag", secondary=between, back_populates="owners", collection_class=set)
            names = associationproxy.association_proxy("pets", "name")

        class Pet(db.Model):
            id = db.Column(db.Integer, primary_key=True)
            name = db.Column(db.Text)
            owner_id = db.Column(db.ForeignKey("owner.id"))
            owner = db.relationship("Owner", back_populates="pets")
            parent_id = db.Column(db.ForeignKey("pet.id"))
            parent = db.relationship("Pet", remote_side=[id], back_populates="kids")
            kids = db.relationship("Pet", back_populates="parent")

            @db.validates("name")
            def checked(self, key: str, value: Any) -> Any:
                if value == "refused":
                    raise ValueError(value)
                return value

        class Card(db.Model):
            id = db.Column(db.Integer, primary_key=True)
            owner_id = db.Column(db.ForeignKey("owner.id"))
            owner = db.relationship("Owner", back_populates="card")

        class Tag(db.Model):
            id = db.Column(db.Integer, primary_key=True)
            name = db.Column(db.String, unique=True)
            owners = db.relationship("Owner", secondary=between, back_populates="tags")

        self.classes = [Owner, Pet, Card, Tag]
        db.create_all()
        self.session, self.other = db.session(), orm.Session(db.engine)
        session = self.session
        session.add_all([Owner(name="a", pets=[Pet(name="p"), Pet(name="q")], card=Card()), Owner(name="b"), Tag(name="t")])
        session.commit()
        self.other.add(Owner(name="theirs"))
        self.other.commit()
        gone = Pet(name="gone")
        session.add(gone)
        session.commit()
        session.delete(gone)
        session.commit()
        owners = session.query(Owner).all()
        foreign = self.other.query(Owner).first()
        detached = session.query(Tag).first()
        session.expunge(detached)
        core = next(iter(session._cores.values()))
        self.objects: List[Any] = [*owners, gone, foreign, detached, Owner(), Pet(name="new"), Owner.__new__(Owner), owners[0].pets, owners[0].tags, owners[0].names,
                                   foreign.pets, session, self.other, core, core.engine, core.models, *core.models.infos, *self.classes, Owner.name, Owner.pets, Owner.tags,
                                   Owner.names, Owner.id == 3, Owner.pets.any(), kith.select(Owner), kith.text("SELECT 1"), Owner.query, session.query(Owner.name, Pet),
                                   kith.func.count(Owner.id), kith.inspect(owners[0]), kith.inspect(Owner), Owner.__table__, db.metadata, db.engine, session.begin_nested(),
                                   orm.aliased(Owner), kith.insert(Owner), kith.update(Owner), kith.delete(Pet), kith.case((Owner.id == 1, 2)), orm.joinedload(Owner.pets),
                                   session.execute(kith.select(Owner)), session.identity_map, Owner.__table__.c.id, db.Integer(), db.Enum(Colour), between]

    def close(self) -> None:
        for session in (self.session, self.other):
            with contextlib.suppress(Exception):
                session.close()


recursive: List[Any] = []
recursive.append(recursive)
nested: Any = ()
for _ in range(5000):
    nested = (nested,)
PLAIN: List[Any] = [
    None, True, False, 0, 1, -1, 2, 3, 7, 9, 10, 2**31, 2**63 - 1, 2**63, -2**63, 2**64, 10**400, 0.0, -0.0, 1.5, float("nan"), float("inf"), -1e300, 1j, "", "a", "name", "pets", "id",
    "owner", "Owner", "\0", "a\0b", "\ud800", "x" * 70000, "SELECT 1", "sqlite://", "refused", "%s%n", "{}", b"", b"\xff\0", bytearray(b"x"), memoryview(b"abc"), (), (1,), (1, 2), ("id",), ("name",),
    (None,), [], [1], {}, {"id": 1}, {"name": 2}, {1: 2}, set(), frozenset({1}), recursive, nested, object(), object, type, int, str, list, len, print, lambda *a, **k: None, lambda *a, **k: 1 / 0, Ellipsis,
    NotImplemented, range(5), iter(()), datetime.datetime.max, datetime.datetime.min, datetime.datetime(2020, 1, 1, tzinfo=Zone()), OddDate(2020, 1, 1, tzinfo=datetime.timezone.utc),
    datetime.datetime.min.replace(tzinfo=datetime.timezone.max) if hasattr(datetime.timezone, "max") else None,
    datetime.date.max, datetime.time.max, datetime.timedelta.max, datetime.timedelta.min, decimal.Decimal("NaN"), decimal.Decimal("1e1000"), decimal.Decimal("1.005"),
    uuid.UUID(int=0), Colour.RED, Hostile(), OddStr("name"), OddInt(3), OddList([1]), Shrinking([1, 2, 3]), Hostile, Exception(), slice(None), slice(0, 10**30, -1), weakref_target := Colour,
    # trees as kith/sql makes them
    (0, None, "owner", "id"), (0, None, None, None), (0, "x", "nope", "nope"), (1, 1, 2, None, None), (1, "a", 99, None, None), (1, 1, 2, Hostile(), None), (2, 999, [(0, None, "owner", "id")]), (2, 0, []),
    (2, -5, [(6,)]), (3, "+", (6,), (6,), None), (3, None, (6,), (6,), None), (4, None, (6,)), (5, None, []), (5, "f", [(6,)] * 300), (6,), (7, None, []), (7, None, [(6,)]), (8, (6,), 99, -1, 10**30),
    (9, (6,), None), (10, (6,), None), (11, None), (11, "SELECT 1"), (12, []), (12, Shrinking([(6,), (6,)])), (13, None), (15, (6,), None), (2, Hostile(), [(6,)]), (2, "x", [(6,)]),
    ([], [], [], [], [], None, None, False, [], []), ([("owner", None, None, None, False)], [], [], [], [], None, None, False, [], [((0, None, "owner", "id"), 2, None)]),
    ([("owner", None, None, None, False)], [], [], [], [], 10**30, None, True, [], [((0, None, "owner", "id"), "x", Hostile())]), ([(None,) * 5], [], [], [], [], -7, -7, True, [(None, None)], [(None,) * 3]),
    [(None, "M", "m", [{"name": "id", "kind": 2, "primary_key": True}], False)], [(object, "M", None, [{}], True)], [(None, "M", "m", [{"name": "id", "kind": True, "primary_key": 1, "target": 5}], 0)],
    [(None, "M", "m", [{"name": "x", "kind": 2, "primary_key": True}, {"name": "y", "target": 9, "many": True}], False)], [5], [()],
]


def callables(world: World) -> List[Tuple[str, Callable[..., Any]]]:
    """What can be called: of the modules, and the methods of every object there is."""
    found: List[Tuple[str, Callable[..., Any]]] = []
    for module in (kith, orm, types, sql, associationproxy, event, _core):
        for name in dir(module):
            value = getattr(module, name, None)
            if callable(value) and not name.startswith("__") and name not in LEFT_OUT:
                found.append((f"{module.__name__}.{name}", value))
    for thing in world.objects:
        for name in dir(thing):
            if name in LEFT_OUT or name.startswith("__") and name not in SPECIAL:
                continue
            try:
                value = getattr(thing, name)
            except Exception:
                continue
            if callable(value):
                found.append((f"{type(thing).__name__}.{name}", value))
    return found


LEFT_OUT = {"set_make_error", "app", "input", "breakpoint", "close_all_sessions", "install_as_sqlalchemy", "print", "Any", "Optional", "TYPE_CHECKING", "drop_all", "main"}
SPECIAL = {"__init__", "__eq__", "__lt__", "__getitem__", "__setitem__", "__delitem__", "__contains__", "__iadd__", "__add__", "__mul__", "__imul__", "__iter__", "__len__", "__repr__", "__str__", "__reduce__",
           "__reduce_ex__", "__copy__", "__reversed__", "__call__", "__enter__", "__exit__", "__hash__", "__get__", "__set__", "__bool__", "__and__", "__or__", "__invert__", "__next__", "__ge__",
           "__radd__", "__setattr__", "__getattribute__", "__delattr__", "__sizeof__", "__setstate__"}


def value_from(r: random.Random, world: World, depth: int = 0) -> Any:
    what = r.random()
    if what < 0.45:
        return r.choice(PLAIN)
    if what < 0.92 or depth > 2:
        return r.choice(world.objects)
    many = [value_from(r, world, depth + 1) for _ in range(r.randrange(4))]
    try:
        return r.choice((list, tuple, lambda items: {items[0] if items else 1: items}, lambda items: set(items)))(many)
    except Exception:
        return many


WORDS = ["name", "pets", "owner", "key", "value", "load", "default", "nullable", "primary_key", "uselist", "secondary", "cascade", "order_by", "backref", "lazy", "limit", "bind", "autoflush", "self", ""]


def one(r: random.Random, world: World, calls: Tuple[List[Tuple[str, Callable[..., Any]]], ...], log: Any) -> None:
    """One call, or one attribute read, written or deleted."""
    args = tuple(value_from(r, world) for _ in range(r.choices((0, 1, 2, 3, 4, 6), (2, 5, 4, 2, 1, 1))[0]))
    what = r.random()
    if what < 0.75:
        name, function = r.choice(calls[0] if r.random() < 0.5 else calls[1])
        words: Dict[str, Any] = {r.choice(WORDS): value_from(r, world) for _ in range(r.choice((0, 0, 0, 1, 2)))}
        log(f"{name}", args, words)
        made = function(*args, **words)
        if hasattr(made, "__next__"):
            for _, _ in zip(range(20), made):
                pass
        if r.random() < 0.2:
            repr(made)
        return
    thing = r.choice(world.objects)
    names = [name for name in dir(thing) if not name.startswith("__")] or ["x"]
    name = r.choice(names)
    if what < 0.85:
        log(f"get {type(thing).__name__}.{name}", (), {})
        getattr(thing, name)
    elif what < 0.98 and not isinstance(thing, type):
        value = value_from(r, world)
        log(f"set {type(thing).__name__}.{name}", (value,), {})
        if isinstance(thing, (_core.Instance, _core.Session, _core.Models, _core.Engine, _core.InstrumentedList)):
            setattr(thing, name, value)
    elif isinstance(thing, _core.Instance):
        log(f"del {type(thing).__name__}.{name}", (), {})
        delattr(thing, name)


def run(steps: int, seed: int, path: str) -> Dict[str, int]:
    """So many calls; raises AssertionError for a SystemError."""
    answers: Dict[str, int] = {}
    log_file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    done = 0
    while done < steps:
        r = random.Random(seed * 1000003 + done)
        world = World()
        every = callables(world)
        calls = [item for item in every if not isinstance(item[1], (type(main), type(world.close)))], every       # the first: in C

        def log(name: str, args: Any, words: Any) -> None:
            def show(value: Any) -> str:
                try:
                    return f"{type(value).__name__}:{value!r}"[:80] if type(value) in (int, str, float, bytes, tuple, list, dict, bool, type(None)) else type(value).__name__
                except BaseException as error:
                    return f"{type(value).__name__} ({type(error).__name__})"
            os.write(log_file, f"{seed} {done} {name} ({', '.join(map(show, args))}) {{{', '.join(f'{k}={show(v)}' for k, v in words.items())}}}\n".encode("utf-8", "replace"))

        for _ in range(min(500, steps - done)):
            done += 1
            try:
                with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
                    warnings.simplefilter("ignore")
                    one(r, world, calls, log)
                answer = "gave"
            except SystemError as error:
                with open(path, errors="replace") as file:
                    last = file.readlines()[-1]
                raise AssertionError(f"seed {seed}: SystemError {error} at {last}") from error
            except RecursionError:
                answer = "RecursionError"
            except (MemoryError, Exception) as error:
                answer = type(error).__name__
            except BaseException as error:
                answer = type(error).__name__
            answers[answer] = answers.get(answer, 0) + 1
            if done % 100 == 0:
                with contextlib.suppress(Exception):
                    world.session.rollback()
                    world.session.add(world.classes[0](name="still"))
                    world.session.commit()
        world.close()
        del world, calls, every
        gc.collect()
    os.close(log_file)
    return answers


def main() -> None:
    steps = int(sys.argv[1]) if len(sys.argv) > 1 else 5000
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else random.SystemRandom().randrange(10**9)
    print(f"seed {seed}", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.abspath(sys.argv[3]) if len(sys.argv) > 3 else os.path.join(folder, "log")
        os.chdir(folder)
        print(steps, "calls;", dict(sorted(run(steps, seed, path).items(), key=lambda item: -item[1])))


if __name__ == "__main__":
    main()
