"""Engines and connections: what is one transaction, and what a connection shares with sessions."""
import pytest

import kith
from kith import Column, ForeignKey, Integer, MetaData, String, Table, create_engine, exc, select, text
from kith.orm import Session, declarative_base


@pytest.fixture
def engine(tmp_path):
    return create_engine(f"sqlite:///{tmp_path}/it.db")


@pytest.fixture
def user(engine):
    Base = declarative_base()

    class User(Base):
        __tablename__ = "user"
        id = Column(Integer, primary_key=True)
        name = Column(String, nullable=False)

    Base.metadata.create_all(engine)
    return User


def names(engine, table="user"):
    with engine.connect() as connection:
        return [name for name, in connection.execute(text(f'SELECT name FROM "{table}" ORDER BY id'))]


def two_tables(engine):
    first, second = MetaData(), MetaData()
    made = [Table(name, metadata, Column("id", Integer, primary_key=True), Column("name", String)) for name, metadata in (("a", first), ("b", second))]
    first.create_all(engine)
    second.create_all(engine)
    return made


# ---------------------------------------------------------------- one engine is one transaction

def test_a_connection_commits_the_tables_of_every_metadata(engine):
    """100"""
    a, b = two_tables(engine)
    with engine.begin() as connection:
        connection.execute(b.insert().values(name="only"))
    assert names(engine, "b") == ["only"]
    with engine.begin() as connection:
        connection.execute(a.insert().values(name="x"))
        connection.execute(b.insert().values(name="y"))
        reflected = Table("a", MetaData(), autoload_with=engine)
        connection.execute(reflected.insert().values(name="z"))
    assert names(engine, "a") == ["x", "z"] and names(engine, "b") == ["only", "y"]
    with pytest.raises(ZeroDivisionError), engine.begin() as connection:
        connection.execute(a.insert().values(name="no"))
        connection.execute(b.insert().values(name="no"))
        1 / 0
    with engine.connect() as connection:
        connection.execute(b.insert().values(name="no"))
        with connection.begin_nested():
            connection.execute(a.insert().values(name="no"))
        connection.rollback()
        connection.execute(a.insert().values(name="kept"))
        savepoint = connection.begin_nested()
        connection.execute(b.insert().values(name="no"))
        savepoint.rollback()
        connection.commit()
    assert names(engine, "a") == ["x", "z", "kept"] and names(engine, "b") == ["only", "y"]


@pytest.fixture
def two_bases(engine):
    First, Second = declarative_base(), declarative_base()

    class A(First):
        __tablename__ = "a"
        id = Column(Integer, primary_key=True)
        name = Column(String)

    class B(Second):
        __tablename__ = "b"
        id = Column(Integer, primary_key=True)
        name = Column(String, nullable=False)

    First.metadata.create_all(engine)
    Second.metadata.create_all(engine)
    return A, B


def test_a_session_with_two_bases_is_one_transaction(engine, two_bases):
    """100, 102, 103"""
    A, B = two_bases
    session = Session(engine)
    session.add(A(name="x"))
    session.flush()
    session.add(B(name="y"))
    session.flush()
    assert session.execute(text("SELECT (SELECT count(*) FROM a) + (SELECT count(*) FROM b)")).scalar() == 2
    session.rollback()
    assert names(engine, "a") == names(engine, "b") == []
    session.add_all([A(name="x"), B()])
    with pytest.raises(exc.IntegrityError):
        session.commit()
    with pytest.raises(exc.PendingRollbackError):
        session.query(A).all()
    session.rollback()
    assert names(engine, "a") == names(engine, "b") == []
    session.add_all([A(name="x"), B(name="y")])
    with pytest.raises(ZeroDivisionError), session.begin_nested():
        session.add_all([A(name="no"), B(name="no")])
        session.flush()
        1 / 0
    with session.begin_nested():
        session.add_all([A(name="in"), B(name="in")])
    assert names(engine, "a") == []
    session.commit()
    session.close()
    assert names(engine, "a") == ["x", "in"] and names(engine, "b") == ["y", "in"]


def test_events_and_statements_of_two_bases_are_told_of_both(engine, two_bases):
    """114"""
    A, B = two_bases
    told, made = [], []
    kith.event.listen(engine, "before_cursor_execute", lambda connection, cursor, statement, *rest: told.append(statement.split('"')[1]))
    session = Session(engine)
    kith.event.listen(session, "before_flush", lambda session, context, instances: made.append(sorted(type(item).__name__ for item in session.new)))
    session.add_all([A(name="x"), B(name="y")])
    before = session.statement_count
    session.commit()
    assert "a" in told and "b" in told and made and session.statement_count - before == 2

    def wrong(session, context, instances):
        raise LookupError("no")
    kith.event.listen(session, "before_flush", wrong)
    session.add(B(name="z"))
    with pytest.raises(LookupError):
        session.commit()


def test_a_class_that_is_declared_late_leaves_the_transaction_as_it_is(engine):
    """10, 100"""
    Base = declarative_base()

    class A(Base):
        __tablename__ = "a"
        id = Column(Integer, primary_key=True)
        name = Column(String)

    Base.metadata.create_all(engine)
    session = Session(engine)
    session.execute(A.__table__.insert().values(name="early"))

    class B(Base):
        __tablename__ = "b"
        id = Column(Integer, primary_key=True)

    session.add(A(name="late"))
    session.commit()
    assert names(engine, "a") == ["early", "late"]


# ---------------------------------------------------------------- a session on a connection

def test_what_a_session_commits_on_a_connection_goes_with_the_connections_transaction(engine, user):
    """100"""
    with engine.connect() as connection:
        transaction = connection.begin()
        session = Session(bind=connection)
        session.add(user(name="t"))
        session.commit()
        assert connection.execute(select(user.name)).scalars().all() == ["t"] and session.query(user).one().name == "t"
        session.close()
        transaction.rollback()
    assert names(engine) == []
    with engine.begin() as connection:
        session = Session(bind=connection)
        session.add(user(name="kept"))
        session.flush()
        session.close()
    assert names(engine) == ["kept"]


def test_a_session_on_a_connection_without_a_transaction_has_its_own(engine, user):
    """100"""
    with engine.connect() as connection:
        session = Session(bind=connection)
        session.add(user(name="a"))
        session.commit()
        assert names(engine) == ["a"] and not connection.in_transaction()
        session.add(user(name="no"))
        session.flush()
        session.close()
        assert connection.execute(select(user.name)).scalars().all() == ["a"]
        connection.rollback()
        session = Session(bind=connection)
        session.add(user(name="b"))
        session.commit()
        connection.execute(text("INSERT INTO user (name) VALUES ('c')"))
        session.close()     # it has begun nothing since
        connection.commit()
        session.add(one := user(name="d"))
        session.commit()
        connection.begin()
        one.name = "no"
        session.commit()
        connection.rollback()
        session.close()
    assert names(engine) == ["a", "b", "c", "d"]


def test_a_sessions_rollback_is_the_connections_unless_it_has_a_savepoint(engine, user):
    """101, 103"""
    with engine.connect() as connection:
        transaction = connection.begin()
        connection.execute(text("INSERT INTO user (name) VALUES ('no')"))
        session = Session(bind=connection)
        session.add(user(name="no"))
        session.flush()
        session.rollback()
        assert connection.execute(select(user.name)).scalars().all() == [] and not transaction.is_active
        with pytest.raises(exc.InvalidRequestError):
            transaction.commit()
        session.close()
    with engine.connect() as connection:
        transaction = connection.begin()
        connection.execute(text("INSERT INTO user (name) VALUES ('a')"))
        session = Session(bind=connection, join_transaction_mode="create_savepoint")
        session.add(user(name="b"))
        session.commit()
        session.add(user(name="no"))
        session.flush()
        session.rollback()
        assert [one.name for one in session.query(user)] == ["a", "b"]
        session.add(user(name="no"))
        session.flush()
        session.close()
        transaction.commit()
    assert names(engine) == ["a", "b"]
    with engine.connect() as connection:
        transaction = connection.begin()
        session = Session(bind=connection, join_transaction_mode="create_savepoint")
        session.add(user(name="no"))
        session.commit()
        transaction.rollback()
        session.close()
    assert names(engine) == ["a", "b"]
    with engine.connect() as connection, pytest.raises(exc.ArgumentError, match="conditional_savepoint"):
        Session(bind=connection, join_transaction_mode="no").query(user).all()


# ---------------------------------------------------------------- a statement that fails

@pytest.mark.parametrize("wrong", ["INSERT INTO user (id, name) VALUES (1, 'twice')", "INSERT INTO user (name) VALUES (NULL)", "INSERT INTO nowhere VALUES (1)", "SELEC 1", "SELECT nothing"])
def test_a_statement_that_fails_takes_nothing_else_back(engine, user, wrong):
    """102"""
    session = Session(engine)
    session.add(user(name="kept"))
    session.flush()
    for _ in range(2):
        with pytest.raises(exc.DBAPIError):
            session.execute(text(wrong))
        assert session.is_active
    assert session.query(user).count() == 1
    session.add(user(name="too"))
    session.commit()
    session.close()
    assert names(engine) == ["kept", "too"]
    with engine.begin() as connection:
        connection.execute(user.__table__.insert().values(name="also"))
        with pytest.raises(exc.DBAPIError):
            connection.execute(text(wrong))
    assert names(engine) == ["kept", "too", "also"]


def test_an_update_that_fails_takes_nothing_else_back(engine, user):
    """102"""
    session = Session(engine)
    session.add_all([user(name="a"), user(name="b")])
    session.flush()
    with pytest.raises(exc.IntegrityError):
        session.query(user).update({"name": None})
    with pytest.raises(exc.IntegrityError):
        session.execute(user.__table__.insert().values(id=1, name="twice"))
    assert [one.name for one in session.query(user)] == ["a", "b"]
    session.commit()
    session.add(user(id=1, name="twice"))
    with pytest.raises(exc.IntegrityError):
        session.execute(text("SELECT 1")) and session.flush()
    with pytest.raises(exc.PendingRollbackError):
        session.execute(text("SELECT 1"))
    session.rollback()
    session.close()
    assert names(engine) == ["a", "b"]


# ---------------------------------------------------------------- what another connection has changed

def test_what_another_connection_changed_is_seen(engine):
    """12, 31"""
    with engine.connect() as first:
        first.execute(text("SELECT 1"))
        first.commit()
        metadata = MetaData()
        Table("u", metadata, Column("id", Integer, primary_key=True))
        Table("p", metadata, Column("id", Integer, primary_key=True), Column("u_id", ForeignKey("u.id"), index=True), Column("name", String, unique=True))
        metadata.create_all(engine)
        table = Table("p", MetaData(), autoload_with=first)
        assert len(table.foreign_keys) == 1
        assert [index["column_names"] for index in kith.inspect(first).get_indexes("p")] == [["u_id"]]
        assert [one["column_names"] for one in kith.inspect(first).get_unique_constraints("p")] == [["name"]]
        assert kith.inspect(engine).get_columns("p")[2]["name"] == "name"
        first.execute(text("INSERT INTO u (id) VALUES (1)"))
        first.commit()
        assert first.execute(text("SELECT * FROM u")).mappings().all() == [{"id": 1}]
        with engine.begin() as second:
            second.execute(text("ALTER TABLE u ADD COLUMN more TEXT DEFAULT 'x'"))
        assert first.execute(text("SELECT * FROM u")).mappings().all() == [{"id": 1, "more": "x"}]


def test_the_columns_of_a_text_are_of_the_types_that_it_says(engine):
    """23"""
    import datetime
    import decimal
    import uuid
    mark = uuid.UUID(int=7)
    session = Session(engine)
    types = {"at": kith.DateTime, "day": kith.Date, "time": kith.Time, "yes": kith.Boolean, "n": kith.Numeric, "j": kith.JSON, "u": kith.Uuid, "none": kith.DateTime, "span": kith.Interval}
    row = session.execute(text("SELECT '2020-01-02 03:04:05' AS at, '2020-01-02' AS day, '03:04:05.000006' AS time, 1 AS yes, 1.5 AS n, '[1]' AS j, :u AS u, NULL AS none, "
                               "'1970-01-02 00:00:01.000000' AS span, 'as it is' AS plain").columns(**types).bindparams(u=mark.hex)).one()
    assert row._asdict() == {"at": datetime.datetime(2020, 1, 2, 3, 4, 5), "day": datetime.date(2020, 1, 2), "time": datetime.time(3, 4, 5, 6), "yes": True, "n": decimal.Decimal("1.5"),
                             "j": [1], "u": mark, "none": None, "span": datetime.timedelta(days=1, seconds=1), "plain": "as it is"}
    row = session.execute(text("SELECT '2020-01-02', 2").columns(Column("day", kith.Date), Column("n", Integer))).one()
    assert row.day == datetime.date(2020, 1, 2) and row.n == 2
