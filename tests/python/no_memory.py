"""A program whose n-th allocation fails, for each n: run by test_no_memory.py, in a process of its own.

    python no_memory.py interpreter|kith        whose allocations: Python's own, or (with failing.c loaded before libc) kith's library and module

It prints how often it ended in which way, and fails where something was lost: after each run the session goes on after a rollback, the tables are
what they were, and both sides of all relationships agree.
"""
import collections
import ctypes
import sys

from kith import Database
from kith.ext.associationproxy import association_proxy

db = Database("sqlite://")


class Owner(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    name = db.Column(db.String)
    price = db.Column(db.Numeric(10, 2))
    data = db.Column(db.JSON)
    items = db.relationship("Item", back_populates="owner", cascade="all, delete-orphan", order_by="Item.id")
    tags = db.relationship("Tag", secondary="owner_tag", back_populates="owners")
    texts = association_proxy("items", "text", creator=lambda text: Item(text=text))


class Item(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    text = db.Column(db.String)
    owner_id = db.Column(db.ForeignKey("owner.id"))
    owner = db.relationship("Owner", back_populates="items")


class Tag(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    owners = db.relationship("Owner", secondary="owner_tag", back_populates="tags")


db.Table("owner_tag", db.Column("owner_id", db.ForeignKey("owner.id"), primary_key=True), db.Column("tag_id", db.ForeignKey("tag.id"), primary_key=True))


def fill():
    db.create_all()
    tags = [Tag(id=i) for i in (1, 2)]
    db.session.add_all([Owner(id=i, name=f"o{i}", price="1.50", data={"i": [i]}, items=[Item(text=f"t{i}{k}") for k in range(3)], tags=list(tags)) for i in range(1, 4)])
    db.session.commit()


def program():
    session = db.session()
    o = session.get(Owner, 1)
    o.name, o.data = "changed " * 20, {"more": "x" * 50}
    o.items.append(Item(text="new"))
    o.items.pop(0)
    o.texts.append("by proxy")
    p = Owner(name="p", items=[Item(text="x"), Item(text="y" * 200)])
    session.add(p)
    p.tags = o.tags[:1]
    session.flush()
    found = Owner.query.filter(Owner.name.like("o%"), Owner.items.any(Item.text == "t20")).order_by(Owner.id).all()
    texts = [item.text for owner in found for item in owner.items]
    found[0].items[0].owner = p
    p.items = p.items[1:] + [Item(text="z")]
    with session.begin_nested():
        session.add(Item(text="nested", owner=p))
    rows = session.execute(db.select(Owner.name, db.func.count(Item.id)).join(Item).group_by(Owner.id)).all()
    session.refresh(p)
    session.expire(o)
    kept = len(o.items), len(p.items), [str(owner.price) for owner in Owner.query.filter(Owner.price > 1)]
    session.delete(p)
    session.flush()
    return len(rows), texts, kept


def tables():
    with db.engine.connect() as connection:
        return [connection.execute(db.text(f"SELECT * FROM {name}")).all() for name in ("owner", "item", "tag", "owner_tag")]


def agree():
    for owner in Owner.query.all():
        assert all(item.owner is owner for item in owner.items) and all(owner in tag.owners for tag in owner.tags)
    assert Owner.query.count() == 3 and Item.query.count() == 9


def python_of_itself(error):
    """Of the interpreter, where a call of a Python function had no memory for its frame."""
    return isinstance(error, SystemError) and str(error).startswith("<function ")


class Interpreter:
    def arm(self, n):
        import _testcapi
        _testcapi.set_nomemory(n + 1, n + 2)

    def disarm(self):
        import _testcapi
        _testcapi.remove_mem_hooks()
        return None


class Kith:
    def __init__(self):
        self.library = ctypes.CDLL(None)
        self.library.failing_arm.restype = self.library.failing_disarm.restype = ctypes.c_long

    def arm(self, n):
        assert self.library.failing_arm(ctypes.c_long(n)) > 0

    def disarm(self):
        return bool(self.library.failing_disarm())


def once(way, n, good):
    """How the program ended; that it went well though one failed is "done"."""
    error = result = None
    way.arm(n)
    try:
        result = program()
    except BaseException as caught:
        error = caught
    finally:
        failed = way.disarm()
    ended = "done" if error is None else "python" if python_of_itself(error) else type(error).__name__
    assert error is not None or result == good, (n, result)
    if failed is False and error is not None:
        raise AssertionError(f"allocation {n}: {error!r}, though none failed") from error
    if ended not in ("done", "MemoryError", "python"):
        raise AssertionError(f"allocation {n}: {error!r}") from error
    return ended, failed


def main():
    way = {"interpreter": Interpreter, "kith": Kith}[sys.argv[1]]()
    fill()
    before, good = tables(), program()
    db.session.rollback()
    ended, quiet, n = collections.Counter(), 0, 0
    while quiet < 40:       # the last that failed is passed
        how, failed = once(way, n, good)
        ended[how] += 1
        quiet = quiet + 1 if (how == "done" if failed is None else not failed) else 0
        db.session.rollback()
        assert tables() == before, n
        agree()
        db.session.rollback()
        n += 1
    assert program() == good
    print(n - quiet, dict(ended))


if __name__ == "__main__":
    main()
