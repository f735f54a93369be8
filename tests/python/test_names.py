"""Every name of kith/surface.py: those that are there do something, those that are not say what to do instead, and the page says the same."""
from __future__ import annotations

import datetime
import decimal
import enum
import pathlib
import re
import subprocess
import sys
import uuid
import warnings

import pytest

import kith
from kith import event, exc, names as sa, orm, surface
from kith.engine import Inspector
from kith.ext import associationproxy, declarative, hybrid

ROOT = pathlib.Path(__file__).resolve().parents[2]


@pytest.fixture
def alley(db):
    class Raccoon(db.Model):
        id = db.Column(db.Integer, primary_key=True)
        name = db.Column(db.String(20))
        age = db.Column(db.Integer)
        cans = db.relationship("Can", back_populates="raccoon", order_by="Can.id")

    class Can(db.Model):
        id = db.Column(db.Integer, primary_key=True)
        label = db.Column(db.String)
        raccoon_id = db.Column(db.Integer, db.ForeignKey("raccoon.id"))
        raccoon = db.relationship("Raccoon", back_populates="cans")

    db.create_all()
    db.session.add_all([Raccoon(name="Rocky", age=3, cans=[Can(label="a"), Can(label="b")]), Raccoon(name="Dan", age=5, cans=[Can(label="c")]), Raccoon(name="Bandit")])
    db.session.commit()
    return Raccoon, Can


def values(db, *items, **options):
    return list(db.session.execute(sa.select(*items, **options)).scalars())


# ---------------------------------------------------------------- the table

@pytest.mark.parametrize("module", surface.THERE)
def test_what_is_listed_is_there(module):
    target, _ = surface.THERE[module]
    if target is not None:
        __import__(target)
        assert [name for name in surface.names(module) if not hasattr(sys.modules[target], name)] == []


def test_nothing_is_there_that_is_not_listed():
    assert set(sa.CORE) <= set(surface.names("sqlalchemy"))
    assert set(orm.NAMES) - {"AliasedClass", "Registry", "identity_key"} <= set(surface.names("sqlalchemy.orm"))


@pytest.mark.parametrize("module", surface.THERE)
def test_every_name_occurs_in_a_test(module):
    words = set()
    for path in pathlib.Path(__file__).parent.glob("test_*.py"):
        words.update(re.findall(r"\w+", path.read_text(encoding="utf-8")))
    assert [name for name in surface.names(module) if name not in words] == []


def test_what_is_not_there_says_what_to_do_instead(tmp_path):
    program = """
import importlib
import kith; kith.install_as_sqlalchemy()
from kith import surface
for name, instead in surface.absent().items():
    if not name.startswith(("sqlalchemy", "flask_")):
        continue
    module, _, last = name.rpartition(".")
    try:
        if module in surface.THERE and surface.THERE[module][0] is not None or last[0].isupper():
            getattr(importlib.import_module(module), last)
        else:
            importlib.import_module(name)
    except (AttributeError, ImportError) as error:
        assert f"kith has no {name}. {instead}." in str(error) and "docs/sqlalchemy.md" in str(error), (name, error)
    else:
        raise SystemExit(f"{name} is there")
print("all said")
"""
    done = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True)
    assert done.stdout == "all said\n", done.stderr


def test_methods_that_are_not_there_say_what_to_do_instead(alley, db):
    Raccoon, _ = alley
    table, select = Raccoon.__table__, db.select(Raccoon)
    things = {"Function": db.func.count(), "ColumnElement": Raccoon.name, "FromClause": table, "Select": select, "Compound": db.union(select, select), "Insert": table.insert(), "Update": table.update(),
              "Delete": table.delete(), "Query": Raccoon.query, "Engine": db.engine, "Connection": db.engine.connect(), "Result": db.session.execute(select)}
    told = 0
    for name, instead in surface.absent().items():
        kind, _, method = name.rpartition(".")
        if kind.startswith(("sqlalchemy", "flask_", "alembic")) or not kind:
            continue
        with pytest.raises(AttributeError, match=re.escape(f".{method}. {instead}.")):
            getattr(things[kind], method)
        assert not hasattr(things[kind], method)
        told += 1
    assert told > 60 and {name.partition(".")[0] for name in surface.absent()} >= set(things)
    with pytest.raises(AttributeError, match="no attribute 'nothing_at_all'"):
        select.nothing_at_all


def test_the_page_is_made_of_the_table():
    page = ROOT / "docs/sqlalchemy.md"
    if not page.exists():
        pytest.skip("the page is not beside the tests")
    done = subprocess.run([sys.executable, str(ROOT / "tools/surface.py"), "--print"], capture_output=True, text=True, check=True)
    assert done.stdout == page.read_text(encoding="utf-8"), "run tools/surface.py"


@pytest.mark.parametrize("what, test", surface.DIFFERENT)
def test_what_differs_is_held_by_a_test(what, test):
    file, _, name = test.partition("::")
    assert re.search(rf"^def {name}\(", (pathlib.Path(__file__).parent / file).read_text(encoding="utf-8"), re.M), test


# ---------------------------------------------------------------- types

class Colour(enum.Enum):
    RED = 1


NOW, DAY, CLOCK = datetime.datetime(2026, 11, 22, 1, 2, 3, 4), datetime.date(2026, 11, 22), datetime.time(1, 2, 3)
VALUES = {"BIGINT": 1 << 40, "BigInteger": -1 << 40, "BINARY": b"x\0", "BLOB": b"", "VARBINARY": b"v", "LargeBinary": b"l", "BOOLEAN": True, "Boolean": False, "CHAR": "c", "CLOB": "long",
          "DATE": DAY, "Date": DAY, "DATETIME": NOW, "DateTime": NOW, "TIMESTAMP": NOW, "TIME": CLOCK, "Time": CLOCK, "DECIMAL": decimal.Decimal("1.50"), "NUMERIC": decimal.Decimal("2.25"),
          "Numeric": decimal.Decimal("-3"), "Double": 0.5, "FLOAT": 1.5, "Float": 2.5, "REAL": -0.5, "INT": 1, "INTEGER": 2, "Integer": 3, "SMALLINT": 4, "SmallInteger": 5, "NCHAR": "n",
          "NVARCHAR": "ñ", "VARCHAR": "v", "TEXT": "t", "Text": "tt", "String": "s", "Unicode": "ü", "UnicodeText": "üü", "JSON": {"a": [1, None]}, "PickleType": {1, 2}, "UUID": uuid.UUID(int=5),
          "Uuid": uuid.UUID(int=6), "Interval": datetime.timedelta(days=1, microseconds=2), "Enum": Colour.RED}


@pytest.mark.parametrize("name", [name for name in surface.names("sqlalchemy.types") if name != "TypeDecorator"])
def test_a_type_keeps_its_values(db, name):
    type_ = getattr(sa, name)

    class Thing(db.Model):
        id = db.Column(db.Integer, primary_key=True)
        value = db.Column(type_(Colour) if name == "Enum" else type_(6, 2) if name in ("DECIMAL", "NUMERIC", "Numeric") else type_)

    db.create_all()
    db.session.add_all([Thing(value=VALUES[name]), Thing(value=None)])
    db.session.commit()
    db.session.remove()
    found = [thing.value for thing in Thing.query.order_by(Thing.id)]
    assert found[0] == VALUES[name] and type(found[0]) is type(VALUES[name]) and found[1] is None
    assert values(db, Thing.value.label("v")) [0] == VALUES[name]


def test_a_type_of_one_s_own_turns_values(db):
    class Reversed(sa.TypeDecorator):
        impl = sa.String

        def process_bind_param(self, value, dialect):
            return value[::-1] if value is not None else None

        def process_result_value(self, value, dialect):
            return value[::-1] if value is not None else None

    class Thing(db.Model):
        id = db.Column(db.Integer, primary_key=True)
        word = db.Column(Reversed)

    db.create_all()
    db.session.add(Thing(word="abc"))
    db.session.commit()
    assert Thing.query.filter(Thing.word == "abc").one().word == "abc"
    assert db.session.execute(sa.text("SELECT word FROM thing")).scalar() == "cba"


# ---------------------------------------------------------------- tables

def test_columns_are_filled_and_generated_as_they_say(db):
    table = db.Table("filled", sa.Column("id", sa.Integer, sa.Identity(), primary_key=True), sa.Column("a", sa.Integer, default=7), sa.Column("b", sa.Integer, server_default=sa.DefaultClause("8")),
                     sa.Column("c", sa.Integer, sa.Sequence("c")), sa.CheckConstraint("a < 100"), sa.UniqueConstraint("a", "b"), sa.Index("ix_a", "a"))
    assert isinstance(table.c.a.default, sa.ColumnDefault) and isinstance(table.c.b.server_default, sa.DefaultClause) and issubclass(sa.DefaultClause, sa.FetchedValue)
    assert isinstance(table.c, sa.ColumnCollection) and [c.name for c in table.c] == ["id", "a", "b", "c"]
    pair = db.Table("pair", sa.Column("x", sa.Integer), sa.Column("y", sa.Integer), sa.PrimaryKeyConstraint("x", "y"))
    db.Table("under", sa.Column("id", sa.Integer, primary_key=True), sa.Column("x", sa.Integer), sa.Column("y", sa.Integer), sa.ForeignKeyConstraint(["x", "y"], ["pair.x", "pair.y"]))
    assert [c.name for c in pair.primary_key.columns] == ["x", "y"]
    db.create_all()
    assert isinstance(sa.insert(table), sa.Insert) and isinstance(sa.update(table), sa.Update) and isinstance(sa.delete(table), sa.Delete)
    db.session.execute(sa.insert(table).values(c=1))
    assert tuple(db.session.execute(sa.select(table)).one()) == (1, 7, 8, 1)
    db.session.execute(sa.update(table).values(a=9))
    assert values(db, table.c.a) == [9]
    db.session.execute(sa.delete(table))
    assert values(db, table.c.a) == []
    with pytest.raises(exc.IntegrityError):
        db.session.execute(sa.insert(table).values(a=100))
    db.session.rollback()
    inspector = sa.inspect(db.engine)
    assert isinstance(inspector, Inspector) and set(inspector.get_table_names()) == {"filled", "pair", "under"}


# ---------------------------------------------------------------- expressions

def test_conditions_and_orders(db, alley):
    Raccoon, Can = alley
    name, age = Raccoon.name, Raccoon.age

    def having(condition):
        return values(db, Raccoon.name, **{}) if condition is None else list(db.session.execute(sa.select(name).where(condition).order_by(Raccoon.id)).scalars())

    assert having(sa.and_(age > 1, name != "Dan")) == having(sa.between(age, 1, 3)) == having(sa.not_(sa.or_(age > 3, age == sa.null()))) == ["Rocky"]
    assert having(sa.or_(sa.true(), age == 1)) == ["Rocky", "Dan", "Bandit"] and having(sa.false()) == []
    assert having(sa.text("age = 5")) == having(sa.literal_column("age") == 5) == having(age == sa.bindparam("a", 5)) == ["Dan"]
    assert having(sa.tuple_(name, age).in_([("Dan", 5)])) == having(sa.collate(name, "NOCASE") == "DAN") == ["Dan"]
    assert having(sa.exists().where(Can.raccoon_id == Raccoon.id, Can.label == "c")) == having(sa.exists(sa.select(Can.id).where(Can.raccoon_id == Raccoon.id, Can.label == "c"))) == ["Dan"]

    def ordered(*orders):
        return list(db.session.execute(sa.select(name).order_by(*orders)).scalars())

    assert ordered(sa.desc(age)) == ordered(sa.nulls_last(sa.desc(age))) == ordered(sa.nullslast(age.desc())) == ["Dan", "Rocky", "Bandit"]
    assert ordered(sa.asc(name)) == ["Bandit", "Dan", "Rocky"] and ordered(sa.nulls_first(age)) == ordered(sa.nullsfirst(age.asc())) == ["Bandit", "Rocky", "Dan"]


def test_values_and_functions(db, alley):
    Raccoon, Can = alley
    assert values(db, sa.func.count(sa.distinct(Raccoon.age))) == [2] and values(db, sa.literal(7) + 1) == [8]
    assert values(db, sa.case((Raccoon.age > 4, "old"), else_="young")) == ["young", "old", "young"]
    assert values(db, sa.cast(Raccoon.age, sa.String)) == ["3", "5", None] and values(db, sa.type_coerce(Raccoon.age, sa.Float)) == [3.0, 5.0, None]
    assert values(db, sa.extract("year", sa.literal(NOW))) == [2026]
    assert isinstance(Raccoon.age + 1, sa.ColumnElement) and isinstance(sa.text("1"), sa.TextClause) and issubclass(sa.TextClause, sa.ClauseElement)


def test_selects_of_selects(db, alley):
    Raccoon, Can = alley
    old, young = sa.select(Raccoon.name).where(Raccoon.age > 4), sa.select(Raccoon.name).where(Raccoon.age < 4)
    assert isinstance(old, sa.Select) and sorted(db.session.execute(sa.union(old, young)).scalars()) == ["Dan", "Rocky"]
    assert sorted(db.session.execute(sa.union_all(old, old)).scalars()) == ["Dan", "Dan"]
    assert list(db.session.execute(sa.intersect(old, young)).scalars()) == [] and list(db.session.execute(sa.except_(old, young)).scalars()) == ["Dan"]
    below = old.subquery()
    assert isinstance(below, sa.Subquery) and values(db, below.c.name) == ["Dan"]
    cans = sa.alias(Can.__table__)
    assert values(db, sa.func.count(cans.c.id)) == [3]
    tables = sa.join(Raccoon.__table__, Can.__table__)
    assert list(db.session.execute(sa.select(Raccoon.name).select_from(tables).where(Can.label == "c")).scalars()) == ["Dan"]
    outer = sa.outerjoin(Raccoon.__table__, Can.__table__)
    assert list(db.session.execute(sa.select(Raccoon.name).select_from(outer).where(Can.id.is_(None))).scalars()) == ["Bandit"]
    light = sa.table("raccoon", sa.column("name"))
    assert sorted(values(db, light.c.name)) == ["Bandit", "Dan", "Rocky"]
    assert list(db.session.execute(sa.select(Raccoon.name).select_from(orm.join(Raccoon, Can, Raccoon.id == Can.raccoon_id)).where(Can.label == "a")).scalars()) == ["Rocky"]
    assert list(db.session.execute(sa.select(Raccoon.name).select_from(orm.outerjoin(Raccoon, Can, Raccoon.id == Can.raccoon_id)).where(Can.id.is_(None))).scalars()) == ["Bandit"]


# ---------------------------------------------------------------- engines

def test_engines_and_urls(tmp_path):
    url = sa.make_url("postgresql+any://user:secret@host:5432/name?a=b")
    assert (url.drivername, url.username, url.password, url.host, url.port, url.database, url.query) == ("postgresql+any", "user", "secret", "host", 5432, "name", {"a": "b"})
    assert "secret" not in str(url) and sa.URL.create("sqlite", database="x.db") == sa.make_url("sqlite:///x.db")
    engine = sa.engine_from_config({"sqlalchemy.url": f"sqlite:///{tmp_path}/x.db", "sqlalchemy.echo": "false"})
    assert isinstance(engine, sa.Engine)
    with sa.create_engine(engine.url).begin() as connection:
        assert isinstance(connection, sa.Connection)
        connection.execute(sa.text("CREATE TABLE t (x INTEGER)"))
        connection.execute(sa.text("INSERT INTO t VALUES (:x)"), {"x": 3})
    with engine.connect() as connection:
        assert connection.execute(sa.text("SELECT x FROM t")).scalar() == 3


@pytest.mark.parametrize("name", surface.names("sqlalchemy.pool"))
def test_the_names_of_pools_are_taken(name):
    from kith import pool
    engine = sa.create_engine("sqlite://", poolclass=getattr(pool, name))
    assert isinstance(engine.pool, getattr(pool, name)) and issubclass(getattr(pool, name), pool.Pool)
    assert {"AssertionPool", "NullPool", "QueuePool", "SingletonThreadPool", "StaticPool"} < set(surface.names("sqlalchemy.pool"))


# ---------------------------------------------------------------- orm

def test_loaders_load(db, alley, statements):
    Raccoon, Can = alley
    for load in (orm.joinedload, orm.selectinload, orm.subqueryload, orm.immediateload):
        db.session.expire_all()
        raccoons = db.session.query(Raccoon).options(load(Raccoon.cans)).order_by(Raccoon.id).all()
        assert statements(lambda: [len(raccoon.cans) for raccoon in raccoons]) == 0, load
    db.session.expire_all()
    raccoons = Raccoon.query.options(orm.lazyload("*"), orm.defer(Raccoon.age), orm.undefer(Raccoon.age), orm.undefer_group("x"), orm.load_only(Raccoon.name)).all()
    assert [raccoon.age for raccoon in raccoons] == [3, 5, None]
    db.session.expunge_all()
    with pytest.raises(exc.InvalidRequestError):
        Raccoon.query.options(orm.raiseload(Raccoon.cans)).first().cans
    db.session.expunge_all()
    cans = Can.query.options(orm.defaultload(Can.raccoon).joinedload(Raccoon.cans), orm.Load(Can).joinedload(Can.raccoon)).all()
    assert statements(lambda: [can.raccoon.name for can in cans]) == 0
    db.session.expunge_all()
    joined = Can.query.join(Can.raccoon).options(orm.contains_eager(Can.raccoon)).all()
    assert statements(lambda: [can.raccoon.name for can in joined]) == 0
    db.session.expunge_all()
    assert Raccoon.query.options(orm.noload(Raccoon.cans)).first() is not None


def test_what_is_asked_of_classes_and_objects(db, alley):
    Raccoon, Can = alley
    rocky = Raccoon.query.filter_by(name="Rocky").one()
    assert isinstance(orm.class_mapper(Raccoon), orm.Mapper) and orm.object_mapper(rocky) is orm.class_mapper(Raccoon) is sa.inspect(Raccoon)
    assert orm.object_session(rocky) is db.session() and isinstance(Raccoon.name, orm.InstrumentedAttribute) and isinstance(Raccoon.name, orm.QueryableAttribute)
    assert isinstance(sa.inspect(Raccoon).relationships["cans"], orm.RelationshipProperty) and isinstance(Raccoon, orm.DeclarativeMeta)
    assert [can.label for can in Can.query.filter(orm.with_parent(rocky, Raccoon.cans))] == ["a", "b"]
    other = orm.aliased(Raccoon)
    assert db.session.query(Raccoon.name).join(other, other.age > Raccoon.age).all() == [("Rocky",)]
    can = rocky.cans[0]
    db.session.delete(can)
    db.session.flush()
    assert orm.was_deleted(can) and not orm.was_deleted(rocky)
    db.session.rollback()
    db.session.expunge(rocky)
    assert sa.inspect(rocky).detached


def test_classes_that_say_more(db):
    @orm.declarative_mixin
    class Marked:
        @orm.declared_attr
        def mark(cls):
            return sa.Column(sa.String, default=cls.__name__)

    class Thing(Marked, db.Model):
        id = db.Column(db.Integer, primary_key=True)
        first = orm.deferred(db.Column(db.String))
        both = orm.column_property(first + "!")
        other = orm.synonym("first")

        @orm.validates("first")
        def check(self, key, value):
            assert key == "first" and value != "no"
            return value

        @hybrid.hybrid_property
        def length(self):
            return len(self.first)

        @length.expression
        def length(cls):
            return sa.func.length(cls.first)

        @hybrid.hybrid_method
        def longer(self, than):
            return self.length > than

    class Insensitive(hybrid.Comparator):
        def __eq__(self, other):
            return sa.func.lower(self.expression) == sa.func.lower(other)

    db.create_all()
    thing = Thing(other="yes")
    db.session.add(thing)
    db.session.commit()
    assert (thing.first, thing.both, thing.mark, thing.length, thing.longer(2)) == ("yes", "yes!", "Thing", 3, True)
    assert Thing.query.filter(Thing.length == 3, Thing.longer(2)).one() is thing and Thing.query.filter(Insensitive(Thing.first) == "YES").one() is thing
    with pytest.raises(AssertionError):
        thing.first = "no"


def test_bases_of_one_s_own(tmp_path):
    made = orm.registry()
    Base = made.generate_base()

    class First(Base):
        __tablename__ = "first"
        id = sa.Column(sa.Integer, primary_key=True)
        seconds = orm.relation("Second", backref=orm.backref("first", lazy="joined"), primaryjoin="First.id == foreign(Second.first_id)")

    class Second(Base):
        __tablename__ = "second"
        id = sa.Column(sa.Integer, primary_key=True)
        first_id = sa.Column(sa.ForeignKey("first.id"))

    @declarative.as_declarative()
    class Other:
        pass

    assert orm.as_declarative is declarative.as_declarative and declarative.declarative_base is orm.declarative_base and declarative.declared_attr is orm.declared_attr
    assert isinstance(Other, declarative.DeclarativeMeta) and not orm.has_inherited_table(First) and not declarative.has_inherited_table(First)
    made.configure()
    engine = sa.create_engine(f"sqlite:///{tmp_path}/x.db")
    Base.metadata.create_all(engine)
    make = orm.sessionmaker(engine)
    with make.begin() as session:
        session.add(First(seconds=[Second(), Second()]))
    with orm.Session(engine) as session:
        assert session.query(Second).first().first.seconds[1].id == 2
        with session.begin_nested() as transaction:
            assert isinstance(transaction, orm.SessionTransaction)
    scoped = orm.scoped_session(make)
    assert scoped.query(First).count() == 1
    scoped.remove()
    orm.close_all_sessions()
    orm.clear_mappers()
    assert orm.foreign(Second.first_id) is not None and orm.remote(First.id) is not None


def test_all_mappers_can_be_resolved_at_once():
    """In a process of its own, since it looks at all models that are alive, also those of other tests."""
    program = """
from kith import Database, orm
db = Database()
class Well(db.Model):
    id = db.Column(db.Integer, primary_key=True)
orm.configure_mappers()
class Wrong(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    others = db.relationship("Nobody")
try:
    orm.configure_mappers()
except Exception as error:
    print(type(error).__name__, "Nobody" in str(error))
"""
    assert subprocess.run([sys.executable, "-c", program], capture_output=True, text=True).stdout == "InvalidRequestError True\n"


def test_collections_by_key_and_by_query(db):
    class Parent(db.Model):
        id = db.Column(db.Integer, primary_key=True)
        named = db.relationship("Child", collection_class=orm.attribute_mapped_collection("name"), viewonly=True)
        keyed = db.relationship("Child", collection_class=orm.attribute_keyed_dict("name"), viewonly=True)
        by_column = db.relationship("Child", collection_class=orm.column_mapped_collection(sa.Column("name")), viewonly=True)
        by_column_too = db.relationship("Child", collection_class=orm.column_keyed_dict(sa.Column("name")), viewonly=True)
        by_function = db.relationship("Child", collection_class=orm.mapped_collection(lambda child: child.name), viewonly=True)
        by_function_too = db.relationship("Child", collection_class=orm.keyfunc_mapping(lambda child: child.name), viewonly=True)
        asked = orm.dynamic_loader("Child", back_populates="parent")
        written = db.relationship("Child", lazy="write_only", viewonly=True)
        as_set = db.relationship("Child", collection_class=set, viewonly=True)
        as_list = db.relationship("Child", viewonly=True)

    class Child(db.Model):
        id = db.Column(db.Integer, primary_key=True)
        name = db.Column(db.String)
        parent_id = db.Column(db.ForeignKey("parent.id"))
        parent = db.relationship("Parent", back_populates="asked")

    db.create_all()
    parent = Parent()
    db.session.add(parent)
    parent.asked.append(Child(name="a"))
    db.session.commit()
    child = Child.query.one()
    for name in ("named", "keyed", "by_column", "by_column_too", "by_function", "by_function_too"):
        assert dict(getattr(parent, name)) == {"a": child}, name
    assert isinstance(parent.asked, orm.AppenderQuery) and parent.asked.filter_by(name="a").one() is child
    assert isinstance(parent.written, orm.WriteOnlyCollection)
    from kith import collections
    assert isinstance(parent.as_set, collections.InstrumentedSet) and isinstance(parent.as_list, collections.InstrumentedList) and isinstance(parent.named, collections.InstrumentedDict)


def test_proxies_are_found_on_the_class(db):
    class Word(db.Model):
        id = db.Column(db.Integer, primary_key=True)
        text = db.Column(db.String)
        page_id = db.Column(db.ForeignKey("page.id"))

        def __init__(self, text):
            super().__init__(text=text)

    class Page(db.Model):
        id = db.Column(db.Integer, primary_key=True)
        words = db.relationship("Word")
        texts = associationproxy.association_proxy("words", "text", creator=lambda text: Word(text))

    assert isinstance(Page.__dict__["texts"], associationproxy.AssociationProxy)
    assert list(Page(texts=["a", "b"]).texts) == ["a", "b"]


def test_events_are_listened_to_and_forgotten(db, alley):
    heard = []
    listener = lambda session: heard.append("commit")      # noqa: E731
    event.listen(db.session, "after_commit", listener)
    assert event.contains(db.session, "after_commit", listener)

    @event.listens_for(alley[0], "before_insert")
    def before(mapper, connection, target):
        heard.append(target.name)

    db.session.add(alley[0](name="New"))
    db.session.commit()
    assert heard == ["New", "commit"]
    event.remove(db.session, "after_commit", listener)
    db.session.add(alley[0](name="Newer"))
    db.session.commit()
    assert heard == ["New", "commit", "Newer"]


def test_a_flush_that_fails_leaves_a_listened_session_usable(db, alley):
    Raccoon, Can = alley

    @event.listens_for(Can, "before_insert")
    def before(mapper, connection, target):
        if target.label == "flush":
            db.session.flush()

    db.session.add_all([Can(id=1)])
    with pytest.raises(exc.IntegrityError):
        db.session.flush()
    db.session.rollback()
    db.session.add(Can(label="well"))
    db.session.commit()
    db.session.add(Can(label="flush"))
    with pytest.raises(exc.InvalidRequestError, match="already flushing"):
        db.session.flush()
    db.session.rollback()
    assert Can.query.count() == 4


# ---------------------------------------------------------------- exceptions

def test_exceptions_have_the_bases_that_programs_catch():
    assert issubclass(exc.IntegrityError, exc.DatabaseError) and issubclass(exc.DatabaseError, exc.DBAPIError) and issubclass(exc.DBAPIError, exc.StatementError)
    for kind in (exc.DataError, exc.InternalError, exc.NotSupportedError, exc.OperationalError, exc.ProgrammingError):
        assert issubclass(kind, exc.DatabaseError)
    assert issubclass(exc.InterfaceError, exc.DBAPIError) and issubclass(exc.StatementError, exc.SQLAlchemyError)
    for kind in (exc.NoReferencedTableError, exc.NoReferencedColumnError):
        assert issubclass(kind, exc.NoReferenceError)
    for kind in (exc.NoReferenceError, exc.NoInspectionAvailable, exc.NoSuchTableError, exc.PendingRollbackError, exc.ResourceClosedError, exc.UnboundExecutionError, exc.NoResultFound,
                 exc.MultipleResultsFound, exc.NoSuchColumnError, exc.UnmappedInstanceError, exc.UnmappedColumnError, exc.ObjectDeletedError, exc.LoaderStrategyException):
        assert issubclass(kind, exc.InvalidRequestError)
    for kind in (exc.AmbiguousForeignKeysError, exc.NoForeignKeysError, exc.NoSuchModuleError, exc.ObjectNotExecutableError):
        assert issubclass(kind, exc.ArgumentError)
    for kind in (exc.CircularDependencyError, exc.CompileError, exc.IdentifierError, exc.TimeoutError, exc.FlushError, exc.StaleDataError, exc.DetachedInstanceError, exc.ObjectDereferencedError):
        assert issubclass(kind, exc.SQLAlchemyError)
    assert issubclass(exc.UnsupportedCompilationError, exc.CompileError) and exc.ConcurrentModificationError is exc.StaleDataError
    assert issubclass(exc.UnmappedClassError, exc.UnmappedError) and issubclass(exc.SAWarning, RuntimeWarning)
    assert issubclass(exc.SADeprecationWarning, DeprecationWarning) and issubclass(exc.RemovedIn20Warning, exc.SADeprecationWarning)
    assert issubclass(exc.SAPendingDeprecationWarning, PendingDeprecationWarning)


def test_exceptions_come_where_programs_expect_them(db, alley):
    Raccoon, Can = alley
    for kind, work in {
        exc.NoResultFound: lambda: Raccoon.query.filter_by(name="nobody").one(),
        exc.MultipleResultsFound: lambda: Raccoon.query.one(),
        exc.NoInspectionAvailable: lambda: sa.inspect(7),
        exc.ObjectNotExecutableError: lambda: db.session.execute(7),
        exc.NoSuchModuleError: lambda: sa.create_engine("oracle://"),
        exc.ArgumentError: lambda: sa.make_url("nonsense"),
        exc.OperationalError: lambda: db.session.execute(sa.text("SELECT * FROM nowhere")),
        exc.NoSuchTableError: lambda: sa.Table("nothing", sa.MetaData(), autoload_with=db.engine),
        exc.NoSuchColumnError: lambda: db.session.execute(sa.select(Raccoon.id)).first()._mapping["nothing"],
        exc.UnmappedClassError: lambda: orm.class_mapper(int),
        exc.UnmappedInstanceError: lambda: db.session.add(7),
        exc.StatementError: lambda: (setattr(Raccoon.query.first(), "age", "x"), db.session.flush()),
    }.items():
        with pytest.raises(kind):
            work()
        db.session.rollback()
    result = db.session.execute(sa.select(Raccoon.id))
    result.close()
    with pytest.raises(exc.ResourceClosedError):
        result.all()


def test_the_real_names_have_no_surprises():
    """What a program may import from a module, and nothing beside it."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        program = "import kith; kith.install_as_sqlalchemy()\nfrom sqlalchemy import *\nfrom sqlalchemy.orm import *\nassert Column and relationship\ntry:\n    Any\nexcept NameError:\n    print('well')"
        assert subprocess.run([sys.executable, "-c", program], capture_output=True, text=True).stdout == "well\n"
    assert kith.exc is exc
