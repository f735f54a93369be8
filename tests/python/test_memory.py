"""Memory: what nobody holds goes, however long a program runs."""

import gc
import resource
import sys
import weakref

import pytest

from kith import Database
from kith.orm import Session


def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024      # MiB


def now():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * resource.getpagesize() / 2 ** 20


watched = any(word in open("/proc/self/maps").read() for word in ("libasan", "vgpreload"))
exact = pytest.mark.skipif(watched, reason="the sanitizer, and valgrind, keep what is freed")


def models(db):
    class Owner(db.Model):
        id = db.Column(db.Integer, primary_key=True)
        name = db.Column(db.String)
        items = db.relationship("Item", back_populates="owner", cascade="all, delete-orphan")

    class Item(db.Model):
        id = db.Column(db.Integer, primary_key=True)
        text = db.Column(db.String)
        owner_id = db.Column(db.ForeignKey("owner.id"))
        owner = db.relationship("Owner", back_populates="items")
    db.create_all()
    return Owner, Item


@exact
def test_ten_thousand_requests_stay_flat_while_the_first_object_lives(tmp_path):
    db = Database(f"sqlite:///{tmp_path}/app.db?journal=wal")
    with db.engine.connect() as connection:
        connection.execute(db.text("PRAGMA synchronous = OFF"))
    Owner, Item = models(db)
    db.session.add_all([Owner(name=f"o{i}", items=[Item(text="x" * 50) for _ in range(10)]) for i in range(20)])
    db.session.commit()
    first = Owner.query.first()
    first.name
    db.session.remove()
    marks = []
    for i in range(10_000):
        owner = Owner.query.filter_by(id=i % 20 + 1).one()
        owner.name = f"o{i}"
        assert len(owner.items) == 10 and owner.items[3].owner is owner
        if i % 10 == 0:
            owner.items.append(Item(text="new"))
            db.session.flush()
            owner.items.pop()
        if i % 3:
            db.session.commit()
        db.session.remove()
        if i in (2_000, 9_999):
            gc.collect()
            marks.append((now(), len(gc.get_objects()), db.metadata.layout.models.nursery_bytes()))
    assert marks[1][0] - marks[0][0] < 2 and abs(marks[1][1] - marks[0][1]) < 200 and marks[1][2] <= marks[0][2] + 4096, marks
    assert first.name.startswith("o")


@exact
def test_a_million_rows_that_are_walked_stay_flat(tmp_path):
    db = Database(f"sqlite:///{tmp_path}/rows.db")
    _, Item = models(db)
    db.session.execute(db.text("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000000) INSERT INTO item (id, text) SELECT i, 'text ' || i FROM n"))
    db.session.commit()
    before, seen = None, 0
    for item in Item.query.yield_per(1000):
        seen += 1
        if seen == 300_000:      # the sweeps have found their measure
            before = now()
    assert seen == 1_000_000 and now() - before < 3, (before, now())


@exact
def test_a_long_session_that_loads_graphs_with_both_sides_stays_flat(tmp_path):
    db = Database(f"sqlite:///{tmp_path}/graph.db")
    Owner, Item = models(db)
    db.session.add_all([Owner(name="x" * 100, items=[Item(text="y" * 100) for _ in range(10)]) for _ in range(500)])
    db.session.commit()
    marks = []
    for round_ in range(60):
        for owner in Owner.query.options(db.selectinload(Owner.items)).all():
            assert owner.items[0].owner is owner
        db.session.commit()
        if round_ in (10, 59):
            gc.collect()
            marks.append(now())
    assert marks[1] - marks[0] < 2, marks


def test_a_session_lets_go_of_what_nobody_holds(db):
    Owner, _ = models(db)
    db.session.add_all([Owner(name=str(i)) for i in range(100)])
    db.session.commit()
    held = Owner.query.limit(3).all()
    for core in db.session()._cores.values():
        core.sweep()
    assert len(db.session.identity_map) == 3 and [o.name for o in held] == ["0", "1", "2"]


def test_a_wrapper_is_small_and_one_for_one_object(db):
    Owner, _ = models(db)
    o = Owner(name="x")
    assert sys.getsizeof(o) <= 80
    db.session.add(o)
    db.session.commit()
    assert Owner.query.one() is o and not gc.is_tracked(Owner.query.one())
    o.extra = [o]           # with a dict of its own it is seen by the collector, cycles and all
    ref = weakref.ref(o)
    assert gc.is_tracked(o)
    db.session.remove()
    del o
    gc.collect()
    assert ref() is None


def test_everything_goes_with_the_last_who_knows_it():
    def whole():
        db = Database()
        Owner, Item = models(db)
        db.session.add(Owner(items=[Item()]))
        db.session.commit()
        found = Owner.query.one()
        db.session.remove()
        return weakref.ref(db), weakref.ref(db.engine), found
    for _ in range(3):
        database, engine, found = whole()
        del found
        gc.collect()
        assert database() is None and engine() is None


def test_an_object_outlives_its_session_its_engine_and_its_database():
    def one():
        db = Database()
        Owner, Item = models(db)
        db.session.add(Owner(name="kept", items=[Item(text="too")]))
        db.session.commit()
        owner = Owner.query.one()
        owner.name, owner.items[0].text
        return owner
    owner = one()
    gc.collect()
    assert owner.name == "kept"


def test_references_are_counted_rightly(db):
    """What goes through the binding leaves no reference behind: values, names, lists, errors."""
    Owner, Item = models(db)
    db.session.add(Owner(name="a", items=[Item(), Item()]))
    db.session.commit()
    owner = Owner.query.one()
    value, blob = "a text that is nobody else's " * 3, object()

    def use():
        owner.name = value
        owner.name
        list(owner.items), owner.items[0], owner.items[0:1], owner.items.copy(), repr(owner.items), owner.items == [], owner.items[0] in owner.items
        for call in (lambda: setattr(owner, "name", blob), lambda: owner.items.append(blob), lambda: setattr(owner, "items", blob), lambda: Owner(zz=1), lambda: Owner.query.where(Owner.name == blob).all(),
                     lambda: db.session.get(Owner, (1, 2)), lambda: setattr(owner.items[0], "owner", blob), lambda: db.session.add(blob), lambda: db.session.execute(db.text("SELECT :x"), {"x": blob})):
            try:
                call()
            except Exception:
                pass
        Owner.query.where(Owner.name == value).all()
        db.session.query(Owner.name, Owner).all()
        db.session.get(Owner, 1)
        db.session.flush()
    for _ in range(5):
        use()
    gc.collect()
    counts = [sys.getrefcount(o) for o in (value, blob, None, Owner, Item, owner, Owner.name, Owner.items)]
    for _ in range(200):
        use()
    gc.collect()
    after = [sys.getrefcount(o) for o in (value, blob, None, Owner, Item, owner, Owner.name, Owner.items)]
    assert all(b - a < 50 for a, b in zip(counts, after)), (counts, after)


def test_closing_a_session_while_its_objects_are_walked(db):
    Owner, Item = models(db)
    db.session.add(Owner(items=[Item(text=str(i)) for i in range(20)]))
    db.session.commit()
    owner = Owner.query.one()
    seen = []
    for item in owner.items:
        seen.append(item.id)
        if len(seen) == 5:
            for i in owner.items:
                i.text
            db.session.close()
    assert len(seen) == 20
    with Session(db.engine) as session:
        session.add(owner)
        assert len(owner.items) == 20
