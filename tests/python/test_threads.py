"""Threads: the interpreter's lock is given up around the database; a session belongs to one thread at a time."""

import threading
import time

import pytest

from kith import Database, exc
from kith.orm import Session

SLOW = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {}) SELECT count(*) FROM n"


@pytest.fixture
def shared(tmp_path):
    db = Database(f"sqlite:///{tmp_path}/shared.db?journal=wal")

    class Counter(db.Model):
        id = db.Column(db.Integer, primary_key=True)
        n = db.Column(db.Integer, nullable=False)
        parts = db.relationship("Part", back_populates="counter")

    class Part(db.Model):
        id = db.Column(db.Integer, primary_key=True)
        counter_id = db.Column(db.ForeignKey("counter.id"))
        counter = db.relationship("Counter", back_populates="parts")
    db.create_all()
    db.session.add(Counter(n=0, parts=[Part(), Part()]))
    db.session.commit()
    yield db, Counter
    db.session.remove()


def run(*works):
    failures = []

    def guarded(work):
        try:
            work()
        except BaseException as error:      # noqa: B902
            failures.append(error)
    threads = [threading.Thread(target=guarded, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures, failures


def test_a_slow_query_lets_another_thread_run(shared):
    db, _ = shared
    started, ticks = threading.Event(), []
    done = threading.Event()

    def slow():
        with Session(db.engine) as session:
            started.set()
            assert session.execute(db.text(SLOW.format(2_000_000))).scalar() == 2_000_000
            done.set()

    def quick():
        started.wait()
        while not done.is_set():
            ticks.append(1)
            time.sleep(0.001)
    run(slow, quick)
    assert len(ticks) > 20      # with the lock held it would be none or one


def test_a_session_that_is_in_use_raises_and_never_races(shared):
    db, Counter = shared
    session = Session(db.engine)
    counter = session.query(Counter).one()
    counter.n, counter.parts
    inside, refused = threading.Event(), []
    finished = threading.Event()

    def slow():
        inside.set()
        session.execute(db.text(SLOW.format(3_000_000))).scalar()
        finished.set()

    def other():
        inside.wait()
        while not finished.is_set():
            for use in (lambda: session.query(Counter).all(), lambda: counter.n, lambda: setattr(counter, "n", 5), lambda: counter.parts, lambda: len(counter.parts), lambda: session.commit(),
                        lambda: session.get(Counter, 1), lambda: session.add(Counter(n=1)), lambda: session.close(), lambda: session.rollback(), lambda: session.new):
                if finished.is_set():
                    break
                try:
                    use()
                except exc.InvalidRequestError as error:
                    refused.append(str(error))
            time.sleep(0.0005)
    run(slow, other)
    assert any("in use by another thread" in words for words in refused)
    session.close()


def test_many_threads_with_sessions_of_their_own_lose_nothing(shared):
    db, Counter = shared

    def work():
        for _ in range(40):
            while True:
                try:
                    with Session(db.engine) as session, session.begin():
                        session.execute(db.update(Counter).values(n=Counter.n + 1))
                    break
                except exc.OperationalError:
                    continue
    run(*[work] * 4)
    assert Counter.query.one().n == 160


def test_objects_are_made_and_dropped_in_many_threads(shared):
    db, Counter = shared

    def work():
        for i in range(300):
            counters = [Counter(n=k) for k in range(10)]
            counters[0].parts.append(Counter.parts.link.target.class_())
            with Session(db.engine) as session:
                found = session.query(Counter).first()
                assert found.parts[0].counter is found
    run(*[work] * 4)


def test_a_default_may_use_another_session_while_a_flush_runs(shared):
    db, Counter = shared
    other = Database()
    seen = []

    class A(other.Model):
        id = other.Column(other.Integer, primary_key=True)
        n = other.Column(other.Integer, default=lambda: seen.append(Counter.query.count()) or 7)
    other.create_all()
    other.session.add(A())
    other.session.commit()
    assert A.query.one().n == 7 and seen == [1]
    other.session.remove()
