"""What a program sees happen otherwise than with SQLAlchemy, where no other test holds it (kith/surface.py lists them)."""
from __future__ import annotations

import copy
import datetime
import pickle
import threading

import pytest

import kith
from kith import event, exc


def test_names_are_quoted_in_what_is_sent(db):
    class Order(db.Model):
        id = db.Column(db.Integer, primary_key=True)
        group = db.Column("select", db.Integer)

    db.create_all()
    sent = []
    event.listen(db.engine, "after_cursor_execute", lambda connection, cursor, statement, *rest: sent.append(statement))
    db.session.remove()
    db.session.add(Order(group=1))
    db.session.commit()
    assert Order.query.filter_by(group=1).count() == 1
    assert any('"order"' in statement and '"select"' in statement for statement in sent)


def test_a_session_in_use_is_refused_to_another_thread(tmp_path):
    db = kith.Database(f"sqlite:///{tmp_path}/x.db")

    class Thing(db.Model):
        id = db.Column(db.Integer, primary_key=True)

    db.create_all()
    session = db.session()
    inside, outside, refused = threading.Event(), threading.Event(), []

    def use():
        inside.wait(10)
        try:
            session.query(Thing).all()
        except exc.InvalidRequestError as error:
            refused.append(str(error))
        outside.set()

    other = threading.Thread(target=use)
    other.start()
    slow = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 4000000) SELECT count(*) FROM n"
    threading.Timer(0.2, inside.set).start()
    session.execute(db.text(slow)).all()
    outside.wait(20)
    other.join()
    assert refused and "in use by another thread" in refused[0]
    assert session.query(Thing).all() == []


def test_a_reader_does_not_keep_a_writer_waiting(tmp_path):
    db = kith.Database(f"sqlite:///{tmp_path}/x.db?timeout=100ms")

    class Thing(db.Model):
        id = db.Column(db.Integer, primary_key=True)

    db.create_all()
    reader, writer = kith.orm.Session(db.engine), kith.orm.Session(db.engine)
    assert reader.query(Thing).count() == 0        # and it stays as it is, neither committed nor closed
    writer.add(Thing())
    writer.commit()
    assert reader.query(Thing).count() == 1


def test_a_database_in_memory_is_one_for_all_threads():
    db = kith.Database("sqlite://")

    class Thing(db.Model):
        id = db.Column(db.Integer, primary_key=True)

    db.create_all()

    def write():
        db.session.add(Thing())
        db.session.commit()

    other = threading.Thread(target=write)
    other.start()
    other.join()
    assert Thing.query.count() == 1


def test_a_relationship_stays_in_its_database():
    flask = pytest.importorskip("flask")
    from kith.flask_sqlalchemy import SQLAlchemy
    app = flask.Flask("test_differs")
    app.config.update(SQLALCHEMY_DATABASE_URI="sqlite://", SQLALCHEMY_BINDS={"other": "sqlite://"})
    db = SQLAlchemy(app)

    class Here(db.Model):
        id = db.Column(db.Integer, primary_key=True)
        theirs = db.relationship("There")

    class There(db.Model):
        __bind_key__ = "other"
        id = db.Column(db.Integer, primary_key=True)
        here_id = db.Column(db.Integer)

    with app.app_context(), pytest.raises(exc.InvalidRequestError, match="another database"):
        Here.query.all()


class Raw:
    """Says itself how it is pickled."""

    def __getstate__(self):
        return kith.inspect(self).dict

    def __setstate__(self, state):
        for name, value in state.items():
            setattr(self, name, value)


@pytest.fixture
def things(db):
    class Thing(db.Model):
        id = db.Column(db.Integer, primary_key=True)
        name = db.Column(db.String)
        at = db.Column(db.DateTime)
        zoned = db.Column(db.DateTime(timezone=True))

        def __init__(self, **values):
            super().__init__(**values)
            self.beside = 5

    db.create_all()
    db.session.add(Thing(name="x", at=datetime.datetime(2026, 11, 27, 12), zoned=None))
    db.session.commit()
    return Thing


def test_the_dict_of_an_object_has_no_columns(things, db):
    thing = things(name="y")
    assert vars(thing) == {"beside": 5}
    assert kith.inspect(thing).dict == {"id": None, "name": "y", "at": None, "zoned": None}


def test_an_object_is_neither_copied_nor_pickled(things, db):
    thing = things.query.one()
    for take in (copy.copy, copy.deepcopy, pickle.dumps):
        with pytest.raises(TypeError, match=r"A Thing is an object of its session.*inspect\(object\).dict"):
            take(thing)
    again = things(**{name: value for name, value in kith.inspect(thing).dict.items() if name != "id"})
    assert again.name == "x" and again.at == thing.at and again is not thing
    row = db.session.execute(db.select(things.id, things.name)).one()
    assert pickle.loads(pickle.dumps(row)) == copy.copy(row) == (1, "x") and pickle.loads(pickle.dumps(row)).name == "x"


def test_a_class_may_say_how_its_objects_are_pickled():
    done = pickle.loads(pickle.dumps(Pickled(name="x")))
    assert done.name == "x" and copy.copy(done).name == "x" and kith.inspect(done).transient


Pickled = type("Pickled", (Raw, kith.declarative_base()), {"__tablename__": "pickled", "__module__": __name__, "id": kith.Column(kith.Integer, primary_key=True), "name": kith.Column(kith.String)})


def test_a_datetime_with_a_zone_is_one_in_utc(things, db):
    zone = datetime.timezone(datetime.timedelta(hours=2))
    noon = datetime.datetime(2026, 11, 27, 12, tzinfo=zone)
    db.session.add(things(name="zoned", at=noon, zoned=noon))
    db.session.commit()
    thing = things.query.filter_by(name="zoned").one()
    assert thing.at == thing.zoned == datetime.datetime(2026, 11, 27, 10)
    assert things.query.filter(things.at == noon).one() is thing and things.query.filter(things.at < noon.replace(hour=13)).count() == 1
