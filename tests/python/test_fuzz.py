"""The binding with objects of every kind in every argument: it may refuse, it may not crash. A failure prints the seed; KITH_FUZZ_SEED and
KITH_FUZZ_ROUNDS choose others."""

import datetime
import decimal
import enum
import gc
import os
import random
import uuid
import warnings

import pytest

from kith import Database, _core, sql
from kith.ext.associationproxy import association_proxy
from kith.orm import Session, attribute_mapped_collection, joinedload, raiseload, selectinload

SEED, ROUNDS = int(os.environ.get("KITH_FUZZ_SEED", "20261126")), int(os.environ.get("KITH_FUZZ_ROUNDS", "3000"))


class Liar:
    """Claims everything and keeps nothing."""

    def __init__(self, random_):
        self._random = random_

    def _maybe(self):
        if self._random.random() < 0.5:
            raise self._random.choice([ValueError, TypeError, KeyError, RuntimeError])("liar")

    def __len__(self):
        self._maybe()
        return self._random.choice([0, 3, 10 ** 6])

    def __iter__(self):
        self._maybe()
        return iter([1, self, None])

    def __index__(self):
        self._maybe()
        return 2 ** 70

    def __float__(self):
        self._maybe()
        return float("nan")

    def __str__(self):
        self._maybe()
        return "\ud800"

    def __bool__(self):
        self._maybe()
        return True

    def __eq__(self, other):
        self._maybe()
        return True

    def __getitem__(self, key):
        self._maybe()
        return self

    def __call__(self, *args, **kwargs):
        self._maybe()
        return self

    __hash__ = object.__hash__


class Word(str):
    pass


class Colour(enum.Enum):
    red = 1


def models():
    db = Database()

    class A(db.Model):
        id = db.Column(db.Integer, primary_key=True)
        name, flag, real, number = db.Column(db.String), db.Column(db.Boolean), db.Column(db.Float), db.Column(db.Numeric(10, 2))
        day, hour, moment, blob = db.Column(db.Date), db.Column(db.Time), db.Column(db.DateTime), db.Column(db.LargeBinary)
        colour, json, key, span = db.Column(db.Enum(Colour)), db.Column(db.JSON), db.Column(db.Uuid), db.Column(db.Interval)
        bs = db.relationship("B", back_populates="a", cascade="all, delete-orphan")
        cs = db.relationship("C", secondary="ac", back_populates="all_as")
        names = association_proxy("bs", "name")

        @db.validates("name")
        def _check(self, key, value):
            if isinstance(value, Word):
                raise ValueError("word")
            return value

    class B(db.Model):
        id = db.Column(db.Integer, primary_key=True)
        name = db.Column(db.String, nullable=True, unique=True)
        a_id = db.Column(db.ForeignKey("a.id"))
        a = db.relationship("A", back_populates="bs")

    class C(db.Model):
        id = db.Column(db.Integer, primary_key=True)
        name = db.Column(db.String)
        parent_id = db.Column(db.ForeignKey("c.id"))
        parent = db.relationship("C", remote_side=[id], back_populates="children")
        children = db.relationship("C", back_populates="parent", collection_class=set)
        keyed = db.relationship("D", collection_class=attribute_mapped_collection("name"))
        all_as = db.relationship("A", secondary="ac", back_populates="cs", lazy="dynamic")

    class D(db.Model):
        id = db.Column(db.Integer, primary_key=True)
        name = db.Column(db.String)
        c_id = db.Column(db.ForeignKey("c.id"))
    db.Table("ac", db.Column("a_id", db.ForeignKey("a.id"), primary_key=True), db.Column("c_id", db.ForeignKey("c.id"), primary_key=True))
    db.create_all()
    return db, (A, B, C, D)


def value(r, pool, depth=0):
    """Anything at all."""
    kind = r.randrange(26)
    if kind < 8 and pool:
        return r.choice(pool)
    simple = [None, True, False, 0, 1, -1, 2 ** 31, 2 ** 63, -2 ** 63, 2 ** 100, 0.5, float("nan"), float("inf"), 1e300, "", "x", "\0", "\ud800", "ü\U0001f99d", "x" * 5000, b"", b"\0\xff", bytearray(b"x"),
              memoryview(b"abc"), datetime.date(1, 1, 1), datetime.date.max, datetime.datetime.max, datetime.datetime.min, datetime.time.max, datetime.timedelta.max, datetime.timedelta.min,
              datetime.datetime.now(datetime.timezone.utc), decimal.Decimal("NaN"), decimal.Decimal("1e400"), decimal.Decimal("12.34"), uuid.UUID(int=5), Colour.red, Colour, int, object, object(), Ellipsis,
              NotImplemented, Word("w"), range(3), slice(0, 2), slice(None), slice(None, None, -1), slice(2, 0, 3), complex(1, 2), lambda *a, **k: 1 // 0, print, Liar(r), type, BaseException(), ValueError("x")]
    if kind < 20 or depth > 2:
        return r.choice(simple)
    items = [value(r, pool, depth + 1) for _ in range(r.randrange(4))]
    if kind == 20:
        return items
    if kind == 21:
        return tuple(items)
    if kind == 22:
        return iter(items)
    if kind == 23:
        return {str(i): item for i, item in enumerate(items)}
    made = set()
    for item in items:
        try:
            made.add(item)
        except Exception:
            pass
    return made


def attempt(r, pool, call):
    """Calls it; whatever it raises is right, and a session is put right again."""
    try:
        made = call()
        if made is not None and r.random() < 0.3 and len(pool) < 400:
            pool.append(made)
    except (KeyboardInterrupt, SystemExit, MemoryError):
        raise
    except BaseException:       # noqa: B902
        pass


def members(obj):
    return [name for name in dir(obj) if not name.startswith("__") or name in ("__getitem__", "__setitem__", "__delitem__", "__contains__", "__eq__", "__lt__", "__add__", "__iadd__", "__mul__", "__imul__",
                                                                            "__iter__", "__reversed__", "__len__", "__repr__", "__reduce_ex__", "__init__", "__call__")]


def drive(seed, rounds):
    r = random.Random(seed)
    db, classes = models()
    pool = [*classes, db.session(), db.engine.core]
    for cls in classes:
        pool += [getattr(cls, key) for key in [*cls.__mapper__.columns_by_key, *cls.__mapper__.relations]] + [cls.__mapper__.info, cls.query]
    objects = []

    def make():
        cls = r.choice(classes)
        keys = [*cls.__mapper__.columns_by_key, *cls.__mapper__.relations, "names", "nothing"]
        made = cls(**{r.choice(keys): value(r, pool) for _ in range(r.randrange(3))})
        objects.append(made)
        return made

    def write():
        obj = r.choice(objects)
        name = r.choice([*type(obj).__mapper__.columns_by_key, *type(obj).__mapper__.relations, "names"])
        if r.random() < 0.1:
            delattr(obj, name)
        else:
            setattr(obj, name, value(r, objects if r.random() < 0.5 else pool))

    def read():
        obj = r.choice(objects)
        return getattr(obj, r.choice([*type(obj).__mapper__.columns_by_key, *type(obj).__mapper__.relations, "names", "_kith_state"]))

    def call():
        target = r.choice(pool + objects)
        name = r.choice(members(target))
        if name in ("metadata", "registry", "remove", "dispose", "clear_mappers") or name.startswith(("_cores", "gi_", "cr_")):
            return None
        return getattr(target, name)(*(value(r, pool) for _ in range(r.randrange(4))))

    def session():
        s = db.session()
        name = r.choice(["add", "delete", "expunge", "refresh", "expire", "merge", "is_modified", "get", "execute", "scalars", "query"])
        arguments = [r.choice(objects) if objects and r.random() < 0.7 else value(r, pool) for _ in range(2 if name == "get" else 1)]
        return getattr(s, name)(*arguments)

    def work():
        s = db.session()
        name = r.choice(["flush", "flush", "commit", "rollback", "rollback", "begin_nested", "expire_all", "expunge_all", "close"])
        return getattr(s, name)()

    def query():
        cls = r.choice(classes)
        q = cls.query.where(getattr(cls, r.choice(list(cls.__mapper__.columns_by_key))) == value(r, pool))
        if cls.__mapper__.relations and r.random() < 0.5:
            q = q.options(r.choice([joinedload, selectinload, raiseload])(getattr(cls, r.choice(list(cls.__mapper__.relations)))))
        found = q.all()
        objects.extend(found[:3])
        return found

    def core():
        maker = r.choice([_core.Models, _core.Engine, _core.Session, _core.InstrumentedList, _core.Column, _core.Relationship, _core.Instance])
        return maker(*(value(r, pool) for _ in range(r.randrange(7))))

    def tree():
        handles = [h for h in db.session()._cores.values()]
        handle = r.choice(handles)
        node = random_tree(r, pool)
        return r.choice([lambda: handle.fetch(node, (), False, None), lambda: handle.run(node), lambda: handle.update("a", ["name"], [node], node, True), lambda: handle.insert("b", ["name"], [node], 1),
                         lambda: handle.remove("d", node, True), lambda: handle.fetch(*(value(r, pool) for _ in range(4))), lambda: handle.get(*(value(r, pool) for _ in range(3)))])()
    steps = [make, make, write, write, write, read, read, call, call, session, session, work, query, core, tree]
    for _ in range(rounds):
        attempt(r, pool, r.choice(steps))
        if len(objects) > 60:
            del objects[r.randrange(len(objects)):]
        if r.random() < 0.01:
            gc.collect()
        if r.random() < 0.05 and len(pool) > 60:
            del pool[40 + r.randrange(len(pool) - 40):]
        if r.random() < 0.02:
            attempt(r, pool, db.session.rollback)
    db.session.remove()


def random_tree(r, pool, depth=0):
    """What src/tree.c takes, nearly."""
    if depth > 4 or r.random() < 0.2:
        return r.choice([(sql.T_STAR,), (sql.T_RAW, "1"), (sql.T_COLUMN, "a", "a", "name"), (sql.T_VALUE, value(r, pool), r.randrange(-1, 18), None, None), value(r, pool), (sql.T_RAW, value(r, pool))])
    kind = r.randrange(-1, 17)
    inner = lambda: random_tree(r, pool, depth + 1)     # noqa: E731
    select = lambda: ([("a", None, "a", None, False)], [inner()], [], [], [], r.choice([None, 1, value(r, pool)]), None, False, [], [(inner(), r.randrange(16), None)])     # noqa: E731
    shapes = {0: lambda: ("a", "a", "name"), 1: lambda: (value(r, pool), r.randrange(16), None, None), 2: lambda: (r.randrange(-2, 25), [inner() for _ in range(r.randrange(4))]),
              3: lambda: (r.choice(["LIKE", "||", "IS", "nonsense", value(r, pool)]), inner(), inner(), None), 4: lambda: (r.choice(["-", "DISTINCT", "drop", value(r, pool)]), inner()),
              5: lambda: ("lower", [inner()]), 6: lambda: (), 7: lambda: (None, [inner(), inner()]), 8: lambda: (inner(), r.randrange(-1, 20), r.randrange(50), 2),
              9: lambda: (inner(), r.choice(["NOCASE", value(r, pool)])), 10: lambda: (inner(), "x"), 11: lambda: (r.choice(["1", "nonsense("]),), 12: lambda: ([inner(), inner()],),
              13: lambda: (select(),), 14: lambda: (select(),), 15: lambda: (inner(), select())}
    if r.random() < 0.2:
        return select()
    return (kind, *shapes.get(kind, lambda: (value(r, pool),))())


@pytest.mark.parametrize("seed", range(SEED, SEED + 4))
@pytest.mark.filterwarnings("ignore")
def test_no_argument_crashes_the_interpreter(seed):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        drive(seed, ROUNDS)


def test_a_session_of_the_engine_still_works_after_all_that():
    db, (A, B, C, D) = models()
    db.session.add(A(name="fine", bs=[B(name="b")], cs=[C()]))
    db.session.commit()
    with Session(db.engine) as session:
        assert session.query(A).one().bs[0].name == "b"
    db.session.remove()
