"""Sessions: cascades, states, flushes, transactions. A docstring begins with the rules that a test holds."""

import threading

import pytest

import kith
from kith import Database, exc, sql
from kith.orm import Session, object_session, sessionmaker


@pytest.fixture
def o2m(db):
    return family(db)


def family(db, nullable=True, **options):
    class Parent(db.Model):
        id = db.Column(db.Integer, primary_key=True)
        name = db.Column(db.String)
        kids = db.relationship("Child", back_populates="parent", order_by="Child.id", **options)

    class Child(db.Model):
        id = db.Column(db.Integer, primary_key=True)
        name = db.Column(db.String)
        parent_id = db.Column(db.ForeignKey("parent.id", ondelete="CASCADE" if options.get("passive_deletes") else None), nullable=nullable)
        parent = db.relationship("Parent", back_populates="kids")
    db.create_all()
    return Parent, Child


def test_what_is_added_brings_along_what_it_reaches(o2m, db):
    """78, 79, 80"""
    P, C = o2m
    p, c = P(), C()
    p.kids.append(c)
    db.session.add(c)
    assert p in db.session and c in db.session
    late = C()
    p.kids.append(late)
    assert late in db.session
    follows = C(parent=p)
    assert follows in db.session
    db.session.commit()
    assert [k.parent_id for k in (c, late, follows)] == [p.id] * 3


def test_the_children_of_a_deleted_parent_have_none(o2m, db):
    """81, 82"""
    P, C = o2m
    db.session.add(P(kids=[C(), C()]))
    db.session.commit()
    p = P.query.one()
    a, b = p.kids
    p.kids.remove(a)
    db.session.commit()
    assert a.parent_id is None and b.parent_id == p.id
    db.session.delete(p)
    db.session.commit()
    assert b.parent_id is None and C.query.count() == 2


def test_a_child_that_must_have_a_parent_is_not_left_without(db):
    """81"""
    P, C = family(db, nullable=False)
    db.session.add(P(kids=[C()]))
    db.session.commit()
    db.session.delete(P.query.one())
    with pytest.raises(exc.IntegrityError, match="without"):
        db.session.flush()
    db.session.rollback()
    assert C.query.one().parent is P.query.one()


def test_delete_goes_down_children_first(db):
    """83"""
    P, C = family(db, cascade="all", nullable=False)
    db.session.add(P(kids=[C(), C()]))
    db.session.commit()
    db.session.delete(P.query.one())
    db.session.commit()
    assert P.query.count() == 0 and C.query.count() == 0


def test_orphans_are_deleted_however_they_are_left(db):
    """84"""
    P, C = family(db, cascade="all, delete-orphan")
    p = P(kids=[C(name="a"), C(name="b"), C(name="c"), C(name="d")])
    db.session.add(p)
    db.session.commit()
    a, b, c, d = p.kids
    p.kids.remove(a)
    b.parent = None
    db.session.commit()
    assert [k.name for k in C.query] == ["c", "d"]
    p.kids = [d]
    db.session.commit()
    assert C.query.all() == [d]


def test_to_move_is_not_to_be_an_orphan(db):
    """85"""
    P, C = family(db, cascade="all, delete-orphan")
    p, q, c = P(), P(), C()
    p.kids.append(c)
    db.session.add_all([p, q])
    db.session.commit()
    p.kids, q.kids
    p.kids.remove(c)
    q.kids.append(c)
    db.session.commit()
    assert C.query.one() is c and c.parent is q


def test_a_pending_child_that_is_removed_is_forgotten(db):
    """86"""
    P, C = family(db, cascade="all, delete-orphan")
    p, c = P(), C()
    db.session.add(p)
    p.kids.append(c)
    assert c in db.session
    p.kids.remove(c)
    db.session.commit()
    assert C.query.count() == 0 and c not in db.session


def test_a_forgotten_child_leaves_the_lists_of_others_at_the_flush(db):
    """86"""
    class Board(db.Model):
        id = db.Column(db.Integer, primary_key=True)
        tickets = db.relationship("Ticket", back_populates="board", cascade="all, delete-orphan")

    class Clerk(db.Model):
        id = db.Column(db.Integer, primary_key=True)
        tickets = db.relationship("Ticket", back_populates="clerk")

    class Ticket(db.Model):
        id = db.Column(db.Integer, primary_key=True)
        board_id = db.Column(db.ForeignKey("board.id"))
        clerk_id = db.Column(db.ForeignKey("clerk.id"))
        board = db.relationship("Board", back_populates="tickets")
        clerk = db.relationship("Clerk", back_populates="tickets")
    db.create_all()
    board, ann = Board(), Clerk()
    ticket = Ticket(board=board, clerk=ann)
    db.session.add(board)
    board.tickets.remove(ticket)
    assert ticket not in db.session and ann.tickets == [ticket]
    db.session.flush()
    assert ann.tickets == [] and Ticket.query.count() == 0
    db.session.add(ann)         # which does not bring it
    db.session.commit()
    assert Ticket.query.count() == 0
    board.tickets.append(ticket)
    db.session.commit()
    assert ann.tickets == [ticket] and Ticket.query.count() == 1


def test_what_no_cascade_brings_along_is_said_at_the_flush(db):
    """80"""
    class Parent(db.Model):
        id = db.Column(db.Integer, primary_key=True)
        kids = db.relationship("Child", cascade="")

    class Child(db.Model):
        id = db.Column(db.Integer, primary_key=True)
        parent_id = db.Column(db.ForeignKey("parent.id"))
    db.create_all()
    p, c = Parent(), Child()
    p.kids.append(c)
    db.session.add(p)
    with pytest.raises(exc.InvalidRequestError, match="Parent.kids"):
        db.session.flush()
    db.session.add(c)
    db.session.commit()
    assert c.parent_id == p.id and p.kids == [c]


def test_a_unique_value_passes_to_a_new_row(db):
    """97"""
    class Card(db.Model):
        id = db.Column(db.Integer, primary_key=True)
        code = db.Column(db.String, unique=True)
    db.create_all()
    old = Card(code="one")
    db.session.add(old)
    db.session.commit()
    db.session.add(Card(code="one"))
    old.code = "two"
    db.session.commit()
    assert [card.code for card in Card.query.order_by(Card.id)] == ["two", "one"]


def test_passive_deletes_leaves_the_unloaded_to_the_database(db, statements):
    """89"""
    P, C = family(db, cascade="all, delete-orphan", passive_deletes=True)
    db.session.add(P(kids=[C(), C()]))
    db.session.commit()
    p = P.query.one()
    db.session.delete(p)
    assert statements(db.session.flush) == 1
    db.session.commit()
    assert C.query.count() == 0


def test_an_object_goes_through_its_states(o2m, db):
    """93"""
    P, _ = o2m
    state = db.inspect(P())
    assert state.transient and state.session is None and state.identity is None
    p = state.object
    db.session.add(p)
    assert state.pending and p in db.session.new and state.session is db.session() and object_session(p) is db.session()
    db.session.flush()
    assert state.persistent and state.identity == (1,) and p not in db.session.new and not db.session.dirty
    p.name = "x"
    assert p in db.session.dirty and db.session.is_modified(p) and state.modified
    p.name = None
    assert not db.session.is_modified(p)
    db.session.delete(p)
    assert p in db.session.deleted
    db.session.flush()
    assert p not in db.session and state.was_deleted
    db.session.commit()
    q = P()
    db.session.add(q)
    db.session.commit()
    db.session.expunge(q)
    assert db.inspect(q).detached and q not in db.session


def test_one_object_for_one_row(o2m, db, statements):
    """94"""
    P, _ = o2m
    db.session.add(P(name="a"))
    db.session.commit()
    p = P.query.one()
    assert P.query.where(P.name == "a").one() is p and db.session.get(P, 1) is p
    p.name
    assert statements(lambda: db.session.get(P, 1)) == 0 and len(db.session.identity_map) == 1


def test_what_nobody_holds_leaves_the_map_and_what_was_changed_stays(o2m, db):
    """94"""
    P, _ = o2m
    db.session.add_all([P(name="a"), P(name="b")])
    db.session.commit()
    P.query.filter_by(name="a").one().name = "changed"
    with db.session.no_autoflush:
        P.query.filter_by(name="b").one()
    for core in db.session()._cores.values():
        core.sweep()
    assert [p.name for p in db.session.dirty] == ["changed"] and len(db.session.identity_map) == 1


def test_get_by_key_by_keys_and_by_names(db):
    """95"""
    class Den(db.Model):
        x = db.Column(db.Integer, primary_key=True)
        y = db.Column(db.Integer, primary_key=True)
    db.create_all()
    db.session.add(Den(x=1, y=2))
    db.session.commit()
    d = Den.query.one()
    assert db.session.get(Den, (1, 2)) is d and db.session.get(Den, {"x": 1, "y": 2}) is d and Den.query.get((1, 2)) is d and db.session.get(Den, (1, 3)) is None
    for wrong in (1, (1,), (1, 2, 3)):
        with pytest.raises(exc.InvalidRequestError, match=r"Incorrect number of values in identifier.*'den.x','den.y'"):
            db.session.get(Den, wrong)
    with pytest.raises(exc.ArgumentError):
        db.session.get(int, 1)
    assert db.session.get(Den, (None, 1)) is None


def test_a_query_writes_first_what_is_pending(o2m, db):
    """96"""
    P, _ = o2m
    db.session.add(P(name="a"))
    assert P.query.count() == 1
    with db.session.no_autoflush:
        db.session.add(P(name="b"))
        assert P.query.count() == 1
    assert P.query.count() == 2
    db.session.commit()
    with Session(db.engine, autoflush=False) as session:
        session.add(P(name="c"))
        assert session.query(P).filter_by(name="c").count() == 0


def test_rows_are_inserted_parents_first_and_in_the_order_they_were_added(o2m, db):
    """97"""
    P, C = o2m
    p = P(name="p")
    db.session.add_all([C(name=str(i), parent=p) for i in range(5)])
    db.session.commit()
    assert [(c.id, c.name) for c in C.query.order_by(C.id)] == [(i + 1, str(i)) for i in range(5)]


def test_only_what_was_changed_is_updated(o2m, db, statements):
    """98"""
    P, _ = o2m
    told = []
    db.event.listen(db.engine, "after_cursor_execute", lambda conn, cursor, statement, parameters, context, many: told.append(statement))
    db.session.remove()
    db.session.add(P(name="a"))
    db.session.commit()
    p = P.query.one()
    p.name = "a"
    assert statements(db.session.flush) == 0
    p.name = "b"
    del told[:]
    db.session.flush()
    assert len(told) == 1 and told[0].startswith("UPDATE") and '"name"' in told[0]


def test_delete_and_add_of_one_key_in_one_flush(db):
    """99"""
    class A(db.Model):
        id = db.Column(db.Integer, primary_key=True)
        n = db.Column(db.Integer)
    db.create_all()
    db.session.add(A(id=1, n=1))
    db.session.commit()
    db.session.delete(A.query.one())
    db.session.add(A(id=1, n=2))
    db.session.commit()
    assert A.query.one().n == 2


def test_a_commit_expires_and_can_be_told_not_to(o2m, db):
    """100"""
    P, _ = o2m
    p = P(name="a")
    db.session.add(p)
    db.session.commit()
    db.session.execute(db.text("UPDATE parent SET name = 'b'"))
    assert p.name == "b"
    with Session(db.engine, expire_on_commit=False) as session:
        db.session.commit()
        q = session.query(P).one()
        session.commit()
        before = session.statement_count
        assert q.name == "b" and session.statement_count == before


def test_a_rollback_takes_back_new_changed_and_deleted(o2m, db):
    """101"""
    P, _ = o2m
    kept, gone = P(name="kept"), P(name="gone")
    db.session.add_all([kept, gone])
    db.session.commit()
    new = P(name="new")
    db.session.add(new)
    kept.name = "changed"
    db.session.delete(gone)
    db.session.flush()
    db.session.rollback()
    assert new not in db.session and new.name == "new" and kept.name == "kept" and gone in db.session and gone.name == "gone"
    db.session.add(new)
    db.session.commit()
    assert P.query.count() == 3


def test_after_a_failed_flush_rollback_comes_first(db):
    """102"""
    class A(db.Model):
        id = db.Column(db.Integer, primary_key=True)
        n = db.Column(db.Integer, unique=True)
    db.create_all()
    db.session.add_all([A(n=1), A(n=1)])
    with pytest.raises(exc.IntegrityError):
        db.session.commit()
    assert not db.session.is_active
    for use in (lambda: A.query.all(), db.session.flush, db.session.commit, lambda: db.session.add(A())):
        with pytest.raises(exc.PendingRollbackError, match=r"first issue Session.rollback\(\). Original exception was: .*same"):
            use()
    db.session.rollback()
    assert A.query.count() == 0 and db.session.is_active


def test_savepoints_restore_what_was_made_inside(o2m, db):
    """103"""
    P, C = o2m
    p = P(name="outer")
    db.session.add(p)
    with pytest.raises(ZeroDivisionError):
        with db.session.begin_nested():
            p.name = "inner"
            p.kids.append(C())
            db.session.add(P(name="second"))
            db.session.flush()
            1 // 0
    assert p.name == "outer" and p.kids == [] and P.query.count() == 1
    with db.session.begin_nested():
        db.session.add(P(name="kept"))
    nested = db.session.begin_nested()
    db.session.add(P(name="gone"))
    nested.rollback()
    db.session.commit()
    assert sorted(x.name for x in P.query) == ["kept", "outer"]


def test_a_kept_savepoint_goes_with_the_outer_rollback(o2m, db):
    """103"""
    P, _ = o2m
    with db.session.begin_nested():
        db.session.add(P())
    db.session.rollback()
    assert P.query.count() == 0


def test_begin_commits_at_its_end_or_rolls_back(o2m, db):
    """103"""
    P, _ = o2m
    with db.session.begin():
        db.session.add(P(name="a"))
    with pytest.raises(ZeroDivisionError):
        with db.session.begin():
            db.session.add(P(name="b"))
            1 // 0
    assert [p.name for p in P.query] == ["a"]
    with sessionmaker(db.engine).begin() as session:
        db.session.rollback()
        session.add(P(name="c"))
    assert P.query.count() == 2


def test_refresh_expire_expunge_and_close(o2m, db):
    """104"""
    P, _ = o2m
    p, q = P(name="a"), P(name="q")
    db.session.add_all([p, q])
    db.session.commit()
    p.name
    db.session.execute(db.text("UPDATE parent SET name = name || '!'"))
    assert p.name == "a"
    db.session.refresh(p)
    assert p.name == "a!"
    p.name = "lost"
    db.session.expire(p)
    assert p.name == "a!"
    db.session.expire_all()
    assert db.inspect(p).expired
    p.name
    q.name
    db.session.expunge_all()
    assert p not in db.session and p.name == "a!"
    db.session.close()
    assert P.query.count() == 2
    for use in (lambda: db.session.refresh(p), lambda: db.session.expire(p), lambda: db.session.refresh(P())):
        with pytest.raises(exc.InvalidRequestError):
            use()


def test_what_was_written_comes_back_with_an_object_that_had_left(o2m, db):
    """104"""
    P, _ = o2m
    p, q = P(name="a"), P(name="q")
    db.session.add_all([p, q])
    db.session.commit()

    def stored():
        return db.session.execute(db.text("SELECT name FROM parent ORDER BY id")).scalars().all()
    p.name = "expunged"
    db.session.expunge(p)
    q.name = "r"
    db.session.commit()
    assert stored() == ["a", "r"]
    db.session.add(p)
    assert p in db.session.dirty
    db.session.commit()
    assert stored() == ["expunged", "r"]
    p.name = "closed"
    db.session.close()
    db.session.add(p)
    db.session.commit()
    assert stored() == ["closed", "r"] and p.name == "closed"
    p.name = "taken back"
    db.session.expunge(p)
    db.session.add(p)
    db.session.rollback()
    assert p.name == "closed" and p not in db.session.dirty
    db.session.expunge(p)
    p.name = None
    db.session.add(p)
    db.session.commit()
    assert stored() == [None, "r"]


def test_a_query_does_not_overwrite_what_is_loaded(o2m, db):
    """105"""
    P, _ = o2m
    db.session.add(P(name="a"))
    db.session.commit()
    p = P.query.one()
    db.session.execute(db.text("UPDATE parent SET name = 'b'"))
    assert P.query.one().name == "a"
    assert P.query.populate_existing().one().name == "b" and p.name == "b"


def test_a_row_that_vanished(o2m, db):
    """106"""
    P, _ = o2m
    p, q = P(), P()
    db.session.add_all([p, q])
    db.session.commit()
    key = p.id
    db.session.execute(db.text("DELETE FROM parent"))
    with pytest.raises(exc.InvalidRequestError, match="has been deleted, or its row is otherwise not present"):
        db.session.refresh(p)
    db.session.rollback()
    p.id, q.id
    db.session.execute(db.text("DELETE FROM parent WHERE id = 1"))
    p.name = "x"
    with pytest.raises(exc.StaleDataError, match=r"expected to update 1 row\(s\); 0 were matched"):
        db.session.flush()
    db.session.rollback()
    assert key == 1


def test_versions_are_counted_and_compared(db):
    """107"""
    class A(db.Model):
        id = db.Column(db.Integer, primary_key=True)
        n = db.Column(db.Integer)
        version = db.Column(db.Integer, nullable=False)
        __mapper_args__ = {"version_id_col": version}
    db.create_all()
    a = A(n=1)
    db.session.add(a)
    db.session.commit()
    assert a.version == 1
    a.n = 2
    db.session.commit()
    assert a.version == 2
    for change in (lambda: setattr(a, "n", 9), lambda: db.session.delete(a)):
        a.n
        db.session.execute(db.text("UPDATE a SET version = version + 1"))
        change()
        with pytest.raises(exc.StaleDataError):
            db.session.flush()
        db.session.rollback()


def test_what_cannot_be_added_or_deleted(o2m, db):
    """108"""
    P, _ = o2m
    p = P()
    db.session.add(p)
    with Session(db.engine) as other:
        with pytest.raises(exc.InvalidRequestError, match="session"):
            other.add(p)
    with pytest.raises(exc.InvalidRequestError, match="is not persisted"):
        db.session.delete(P())
    for wrong in (5, "x", None, P, object()):
        with pytest.raises(exc.UnmappedInstanceError):
            db.session.add(wrong)
        with pytest.raises(exc.UnmappedInstanceError):
            db.session.delete(wrong)
    assert 5 not in db.session


def test_an_expunged_object_changes_its_session_by_merge_or_after_the_first_is_closed(o2m, db):
    """108"""
    P, _ = o2m
    first, other = Session(db.engine), Session(db.engine)
    p = P(name="a")
    first.add(p)
    first.commit()
    assert p.name == "a"
    first.expunge(p)
    p.name = "b"
    with pytest.raises(exc.InvalidRequestError, match="belongs to another session"):
        other.add(p)
    other.rollback()
    copy = other.merge(p)
    assert copy is not p and copy.name == "b" and p not in first and p not in other
    other.commit()
    with pytest.raises(exc.InvalidRequestError, match="is detached and cannot be written"):
        p.id = 7
    first.close()
    p.name = "c"
    assert p.name == "c"
    other.expunge(copy)
    other.add(p)
    other.commit()
    assert p.name == "c" and other.scalar(db.text("SELECT name FROM parent")) == "c"
    other.close()


def test_what_was_written_to_an_outdated_object_without_a_session_is_read_and_merged():
    """104"""
    import kith
    base = kith.orm.declarative_base()

    class P(base):
        __tablename__ = "p"
        id = kith.Column(kith.Integer, primary_key=True)
        name = kith.Column(kith.String(20))
        mail = kith.Column(kith.String(20))

    engine = kith.create_engine("sqlite://")
    base.metadata.create_all(engine)
    with Session(engine) as session:
        p = P(name="a", mail="m")
        session.add(p)
        session.commit()
    for name in ("id", "name", "mail"):
        with pytest.raises(exc.DetachedInstanceError):
            getattr(p, name)
    p.name = "a"                            # what it was, as it happens
    assert p.name == "a"
    with pytest.raises(exc.DetachedInstanceError):
        p.mail
    with Session(engine) as session:        # what was not written is as the row has it
        q = session.merge(p)
        assert (q.id, q.name, q.mail) == (1, "a", "m")
        assert not session.dirty
    p.mail = None
    assert p.mail is None
    with Session(engine) as session:
        session.execute(kith.text("UPDATE p SET name = 'other'"))
        q = session.merge(p)
        assert (q.name, q.mail) == ("a", None)
        session.commit()
    with Session(engine) as session:
        session.add(p)
        assert (p.id, p.name, p.mail) == (1, "a", None)
        session.commit()
        assert session.execute(kith.text("SELECT name, mail FROM p")).one() == ("a", None)


def test_an_object_whose_key_was_changed_is_flushed_before_it_leaves(o2m, db):
    """104"""
    P, _ = o2m
    p = P(name="a")
    db.session.add(p)
    db.session.commit()
    p.id = 7
    with pytest.raises(exc.InvalidRequestError, match="cannot leave its session"):
        db.session.expunge(p)
    assert p in db.session and p.id == 7
    db.session.flush()
    db.session.expunge(p)
    db.session.commit()
    assert p.id == 7 and P.query.one().id == 7


def test_an_object_that_was_deleted_may_be_added_again_before_the_flush(o2m, db):
    """109"""
    P, _ = o2m
    p = P()
    db.session.add(p)
    db.session.commit()
    db.session.delete(p)
    db.session.add(p)
    db.session.commit()
    assert P.query.one() is p


def test_merge_of_a_new_object_takes_nothing_from_others_and_writes_what_was_said(db):
    """110"""
    class Owner(db.Model):
        id = db.Column(db.Integer, primary_key=True)
        name = db.Column(db.String(20))
        pets = db.relationship("Pet", back_populates="owner")

    class Pet(db.Model):
        id = db.Column(db.Integer, primary_key=True)
        owner_id = db.Column(db.ForeignKey("owner.id"))
        owner = db.relationship("Owner", back_populates="pets")
        toys = db.relationship("Toy", back_populates="pet", cascade="all, delete-orphan")
        tags = db.relationship("Tag", secondary="pet_tag", back_populates="pets")

    class Toy(db.Model):
        id = db.Column(db.Integer, primary_key=True)
        pet_id = db.Column(db.ForeignKey("pet.id"))
        pet = db.relationship("Pet", back_populates="toys")

    class Tag(db.Model):
        id = db.Column(db.Integer, primary_key=True)
        pets = db.relationship("Pet", secondary="pet_tag", back_populates="tags")
    db.Table("pet_tag", db.Column("pet", db.ForeignKey("pet.id"), primary_key=True), db.Column("tag", db.ForeignKey("tag.id"), primary_key=True))
    db.create_all()
    s = db.session
    tag = Tag(id=1)
    s.add_all([Owner(id=1, name="ann", pets=[Pet(id=1, tags=[tag], toys=[Toy(id=1), Toy(id=2)]), Pet(id=2, tags=[tag])]), Owner(id=2)])
    s.commit()

    def after(given):
        s.remove()
        s.merge(given)
        s.flush()
        found = [s.execute(db.text(sql)).all() for sql in ("SELECT owner_id FROM pet ORDER BY id", "SELECT id, pet_id FROM toy ORDER BY id", "SELECT pet, tag FROM pet_tag ORDER BY 1")]
        names = s.execute(db.text("SELECT name FROM owner WHERE id = 1")).scalar()
        s.rollback()
        return [[row[0] for row in found[0]], *([tuple(row) for row in rows] for rows in found[1:]), names]
    toys, tags = [(1, 1), (2, 1)], [(1, 1), (2, 1)]
    assert after(Pet(id=3, owner=Owner(id=1))) == [[1, 1, 1], toys, tags, "ann"]
    assert after(Toy(id=5, pet=Pet(id=1))) == [[1, 1], [*toys, (5, 1)], tags, "ann"]
    assert after(Pet(id=3, tags=[Tag(id=1)])) == [[1, 1, None], toys, [*tags, (3, 1)], "ann"]
    assert after(Owner(id=1, name=None)) == [[1, 1], toys, tags, None] and after(Owner(id=1)) == [[1, 1], toys, tags, "ann"]
    assert after(Pet(id=1, owner=None)) == [[None, 1], toys, tags, "ann"] and after(Pet(id=1, toys=[])) == [[1, 1], [], tags, "ann"]
    assert after(Pet(id=1, toys=[Toy(id=2)], tags=[])) == [[1, 1], [(2, 1)], [(2, 1)], "ann"]
    owner = Owner(id=1)
    owner.pets.append(Pet(id=2))
    assert after(owner) == [[None, 1], toys, tags, "ann"]
    owner = Owner(id=2)
    first, second = Pet(id=4, owner=owner), Pet(id=5, owner=owner)
    assert after(first) == [[1, 1, 2], toys, tags, "ann"] and second.owner is owner
    assert after(Owner(id=2, pets=[Pet(id=4, toys=[Toy(id=7)], tags=[Tag(id=9)])])) == [[1, 1, 2], [*toys, (7, 4)], [*tags, (4, 9)], "ann"]


def test_merge_copies_onto_the_sessions_own(o2m, db):
    """110"""
    P, C = o2m
    db.session.add(P(name="a", kids=[C(name="k")]))
    db.session.commit()
    own = P.query.one()
    given = P(id=1, name="b", kids=[C(id=1, name="kk"), C(name="new")])
    merged = db.session.merge(given)
    assert merged is own and own.name == "b" and [k.name for k in own.kids] == ["kk", "new"] and given not in db.session
    db.session.commit()
    assert C.query.count() == 2
    fresh = db.session.merge(P(id=77, name="f"))
    assert fresh in db.session.new
    db.session.commit()
    assert db.session.get(P, 77).name == "f" and db.session.merge(own) is own
    other = Session(db.engine)
    there = other.get(P, 77)
    there.name
    other.close()
    assert db.session.merge(there) is db.session.get(P, 77)


def test_two_objects_of_one_key(o2m, db):
    """113"""
    P, _ = o2m
    db.session.add(P(id=1))
    db.session.commit()
    keep = db.session.get(P, 1)
    db.session.add(P(id=1))
    with pytest.raises(exc.SQLAlchemyError, match="1"):
        db.session.flush()
    db.session.rollback()
    assert P.query.one() is keep


def test_a_deleted_child_leaves_its_parents_list_at_the_flush(o2m, db):
    """112"""
    P, C = o2m
    p = P(kids=[C(), C()])
    db.session.add(p)
    db.session.commit()
    first = p.kids[0]
    db.session.delete(first)
    db.session.flush()
    assert len(p.kids) == 1 and first not in p.kids


def test_bulk_inserts_and_updates(o2m, db):
    """113"""
    P, C = o2m
    db.session.bulk_insert_mappings(P, [{"name": f"p{i}"} for i in range(500)])
    db.session.execute(db.insert(C), [{"name": "a", "parent_id": 1}, {"name": "b"}])
    db.session.bulk_save_objects([P(name="last")])
    db.session.bulk_update_mappings(P, [{"id": 1, "name": "first"}])
    db.session.commit()
    assert P.query.count() == 501 and db.session.get(P, 1).name == "first" and C.query.filter_by(parent_id=None).one().name == "b"


def test_what_is_expired_by_name_is_that_and_nothing_else(db):
    """104, 91"""
    class Parent(db.Model):
        id = db.Column(db.Integer, primary_key=True)
        name = db.Column(db.String)
        n = db.Column(db.Integer)
        kids = db.relationship("Child", cascade="all", back_populates="parent")

    class Child(db.Model):
        id = db.Column(db.Integer, primary_key=True)
        name = db.Column(db.String)
        parent_id = db.Column(db.ForeignKey("parent.id"))
        parent = db.relationship("Parent", back_populates="kids")
    db.create_all()
    p = Parent(name="p", n=1, kids=[Child(name="c")])
    db.session.add(p)
    db.session.commit()
    kid = p.kids[0]
    for forget in (lambda names: db.session.expire(p, names), lambda names: db.session.refresh(p, names)):
        with db.session.no_autoflush:
            p.name, p.n, kid.name = "x", 2, "y"
            forget(["name"])
            assert (p.name, p.n, kid.name) == ("p", 2, "y") and p in db.session.dirty
            forget(["kids"])
            assert (p.n, kid.name, p.kids) == (2, "y", [kid])
            forget(None)
            assert (p.name, p.n, kid.name) == ("p", 1, "c")
        assert not db.session.is_modified(p) and not db.session.is_modified(kid)
        p.n = 2
        db.session.flush()
        assert db.session.scalar(db.select(Parent.n)) == 2
        db.session.rollback()
        p.kids
    with pytest.raises(exc.InvalidRequestError, match="no property 'nmae'"):
        db.session.expire(p, ["nmae"])


def test_a_reference_that_is_expired_is_forgotten_on_both_sides(o2m, db):
    """104, 58"""
    P, C = o2m
    p, q, c = P(), P(), C()
    p.kids.append(c)
    db.session.add_all([p, q])
    db.session.commit()
    for forget in (db.session.expire, db.session.refresh, lambda child: db.session.expire(child, ["parent"])):
        for loaded in (True, False):
            db.session.expire_all()
            if loaded:
                p.kids, q.kids
            with db.session.no_autoflush:
                c.parent = q
                forget(c)
                assert c.parent is p and p.kids == [c] and q.kids == []
            db.session.commit()
            assert c.parent_id == p.id


def test_a_default_may_read_and_what_would_confuse_the_flush_is_refused(db):
    """114"""
    deeds = []

    class Coin(db.Model):
        id = db.Column(db.Integer, primary_key=True)
        name = db.Column(db.String)
        number = db.Column(db.Integer, default=lambda: deeds.pop()() if deeds else 7)

    db.create_all()
    old = Coin(name="old", number=1)
    db.session.add(old)
    db.session.commit()
    deeds.append(lambda: Coin.query.count() + 40)
    new = Coin(name="new")
    db.session.add(new)
    db.session.commit()
    assert new.number == 41
    session = db.session
    for deed in (session.commit, session.rollback, session.close, session.expunge_all, lambda: session.add(Coin(name="inner")),
                 lambda: setattr(old, "name", "x"), lambda: session.delete(old), lambda: session.expunge(old), session.begin_nested):
        deeds[:] = [deed]
        session.add(Coin(name="newer"))
        with pytest.raises(exc.InvalidRequestError, match="gives Coin.number its value|already flushing"):
            session.commit()
        assert not deeds
        session.rollback()
        assert sorted(coin.name for coin in Coin.query) == ["new", "old"]


def test_what_hooks_of_a_flush_do(o2m, db):
    """114: as SQLAlchemy, where a session that is closed in the middle is an error too"""
    P, _ = o2m
    calls = []

    def hook(name, deed):
        def once(session, *rest):
            if not calls:
                calls.append(1)
                deed(session)
        del calls[:]
        db.event.listen(db.session, name, once)
        return once

    old = P(name="old")
    db.session.add(old)
    db.session.commit()
    for name in ("before_flush", "after_flush"):
        for deed in (lambda session: session.close(), lambda session: session.flush()):
            once = hook(name, deed)
            db.session.add(P(name="new"))
            with pytest.raises(exc.InvalidRequestError, match="Session is already flushing"):
                db.session.commit()
            db.session.rollback()
            db.event.remove(db.session, name, once)
            assert [p.name for p in P.query] == ["old"]
        once = hook(name, lambda session: session.add(P(name="added " + name)))
        db.session.add(P(name="new"))
        db.session.commit()
        db.event.remove(db.session, name, once)
        assert sorted(p.name for p in P.query) == ["added " + name, "new", "old"]
        for p in P.query.filter(P.name != "old"):
            db.session.delete(p)
        db.session.commit()

    def always(session, *rest):
        session.add(P(name="one more"))
    db.event.listen(db.session, "after_flush", always)
    db.session.add(P(name="new"))
    with pytest.raises(exc.FlushError, match="After 100 flushes"):
        db.session.commit()
    db.event.remove(db.session, "after_flush", always)
    db.session.rollback()
    assert [p.name for p in P.query] == ["old"]


def test_events_of_flush_and_commit_and_rows(o2m, db):
    """114"""
    P, _ = o2m
    seen = []
    for name in ("before_flush", "after_flush", "before_commit", "after_commit", "after_rollback"):
        db.event.listen(db.session, name, lambda session, *rest, name=name: seen.append(name))

    @db.event.listens_for(P, "before_insert")
    def _insert(mapper, connection, target):
        assert mapper is P.__mapper__
        target.name = (target.name or "") + "!"
        seen.append("before_insert")

    @db.event.listens_for(P, "after_update")
    def _update(mapper, connection, target):
        seen.append("after_update")

    @db.event.listens_for(P.name, "set", retval=True)
    def _set(target, value, old, initiator):
        return value.strip()
    db.session.remove()
    p = P(name=" a ")
    db.session.add(p)
    db.session.commit()
    assert p.name == "a!" and seen == ["before_commit", "before_flush", "before_insert", "after_flush", "after_commit"]
    del seen[:]
    p.name = "b"
    db.session.flush()
    db.session.rollback()
    assert seen == ["before_flush", "after_update", "after_flush", "after_rollback"]
    db.event.remove(P, "before_insert", _insert)
    db.event.remove(P, "after_update", _update)
    with pytest.raises(exc.InvalidRequestError, match="No such event"):
        db.event.listen(P, "before_breakfast", print)


def test_events_of_a_list_are_of_both_sides_and_of_every_way_to_change_it(o2m, db):
    """114"""
    P, C = o2m
    seen = []

    def told():
        found, seen[:] = sorted(seen), []
        return found
    for name in ("append", "remove"):
        db.event.listen(P.kids, name, lambda owner, item, initiator, name=name: seen.append(f"{name} {owner.name}{item.name}"))
    db.event.listen(C.parent, "set", lambda child, value, old, initiator: seen.append(f"set {child.name}{value and value.name}{old and old.name}"))
    p, q, a, b, c = P(name="p"), P(name="q"), C(name="a"), C(name="b"), C(name="c")
    p.kids.append(a)
    assert told() == ["append pa", "set apNone"]
    a.parent = q
    assert told() == ["append qa", "remove pa", "set apq".replace("apq", "aqp")]
    p.kids.append(a)
    assert told() == ["append pa", "remove qa", "set apq"]
    p.kids.remove(a)
    assert told() == ["remove pa", "set aNonep"]
    p.kids = [a, b]
    assert told() == ["append pa", "append pb", "set apNone", "set bpNone"]
    p.kids = [b, c]
    assert told() == ["append pc", "remove pa", "set aNonep", "set cpNone"]
    p.kids[0] = a
    assert told() == ["append pa", "remove pb", "set apNone", "set bNonep"]
    del p.kids[:]
    assert told() == ["remove pa", "remove pc", "set aNonep", "set cNonep"]
    a.parent = None         # as it was
    assert [what for what in told() if not what.startswith("set")] == []
    C(name="d", parent=p)
    assert told() == ["append pd", "set dpNone"]
    p.kids.clear()
    assert told() == ["remove pd", "set dNonep"]


def test_a_listener_of_a_list_can_refuse_and_be_removed(o2m, db):
    """114"""
    P, C = o2m

    def refuse(owner, item, initiator):
        raise ValueError("stays")
    db.event.listen(P.kids, "remove", refuse)
    assert db.event.contains(P.kids, "remove", refuse) and not db.event.contains(P.kids, "append", refuse)
    p = P(kids=[C(), C()])
    first, second = p.kids
    for change in (lambda: p.kids.remove(first), lambda: p.kids.pop(), lambda: setattr(p, "kids", []), lambda: setattr(first, "parent", None), lambda: p.kids.clear()):
        with pytest.raises(ValueError, match="stays"):
            change()
        assert p.kids == [first, second] and first.parent is p
    db.event.remove(P.kids, "remove", refuse)
    p.kids.clear()
    assert p.kids == [] and first.parent is None
    with pytest.raises(exc.InvalidRequestError, match="No listener"):
        db.event.remove(P.kids, "remove", refuse)
    with pytest.raises(exc.InvalidRequestError, match="No such event"):
        db.event.listen(P.name, "remove", refuse)


def test_a_class_with_listeners_goes_when_nobody_has_it():
    """114"""
    import gc
    import weakref
    db = Database("sqlite://")

    class Short(db.Model):
        id = db.Column(db.Integer, primary_key=True)

    @db.event.listens_for(Short, "before_insert")
    def _insert(mapper, connection, target):
        assert target.__class__ is Short
    db.create_all()
    db.session.add(Short())
    db.session.commit()
    gone = weakref.ref(Short)
    db.session.remove()
    del Short, _insert, db
    gc.collect()
    assert gone() is None


def test_a_listener_that_fails_fails_the_flush(o2m, db):
    """114"""
    P, _ = o2m

    def fail(*unused):
        raise KeyError("listener")
    db.event.listen(db.session, "before_flush", fail)
    db.session.remove()
    db.session.add(P())
    with pytest.raises(KeyError, match="listener"):
        db.session.flush()
    db.session.rollback()
    db.event.remove(db.session, "before_flush", fail)
    assert P.query.count() == 0


def test_plan_says_what_a_flush_will_do(o2m, db):
    """93"""
    P, _ = o2m
    a, b = P(), P()
    db.session.add_all([a, b])
    db.session.commit()
    a.name = "x"
    db.session.delete(b)
    c = P()
    db.session.add(c)
    assert db.session.plan() == [("insert", c), ("update", a), ("delete", b)]


def test_a_closed_sessions_objects_stay_readable(o2m, db):
    """104, 124"""
    P, C = o2m
    db.session.add(P(name="a", kids=[C(name="k")]))
    db.session.commit()
    p = P.query.one()
    p.name, p.kids[0].name
    db.session.close()
    assert p.name == "a" and p.kids[0].name == "k" and db.inspect(p).detached
    db.session.add(p)
    p.name = "b"
    db.session.commit()
    assert P.query.one().name == "b" and P.query.one() is p


def test_sessions_of_two_threads_are_two(o2m, db):
    """94"""
    P, _ = o2m
    db.session.add(P(name="a"))
    db.session.commit()
    own, found = db.session(), []

    def work():
        found.append((db.session(), P.query.one().name))
        db.session.remove()
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert found[0][0] is not own and found[0][1] == "a"


def test_two_databases_never_meet():
    """163"""
    one, two = Database(), Database()

    class A(one.Model):
        id = one.Column(one.Integer, primary_key=True)

    class B(two.Model):
        __tablename__ = "a"
        id = two.Column(two.Integer, primary_key=True)
    one.create_all()
    two.create_all()
    one.session.add(A())
    one.session.commit()
    assert A.query.count() == 1 and B.query.count() == 0
    for database in (one, two):
        database.session.remove()


def test_what_a_commit_expired_is_written_though_memory_had_it(o2m, db):
    """98: of an expired object nobody knows what its row says, so the same value is written; of a fresh one it is not."""
    Parent, _ = o2m
    one = Parent(name="Rocky")
    db.session.add(one)
    db.session.commit()
    with Session(db.engine) as other:
        other.get(Parent, one.id).name = "Dan"
        other.commit()
    db.session.commit()
    one.name = "Rocky"
    db.session.commit()
    with Session(db.engine) as other:
        assert other.get(Parent, 1).name == "Rocky"


# ---------------------------------------------------------------- add() of one after the other

def test_add_goes_to_the_session_that_it_is_said_to_whatever_was_added_before(o2m, db):
    P, _ = o2m
    with Session(db.engine) as first, Session(db.engine) as second:
        for k in range(3):
            first.add(P(name=f"first {k}"))
            second.add(instance=P(name=f"second {k}"))
            second.add(P(name=f"third {k}"), _warn=False)
        assert len(first.new) == 3 and len(second.new) == 6
        first.commit()
        second.rollback()
        first.close()
        first.add(P(name="again"))
        assert len(first.new) == 1
        first.commit()
    assert {p.name for p in db.session.query(P)} == {"first 0", "first 1", "first 2", "again"}


def test_add_knows_the_engine_of_each_base():
    engines = {name: Database("sqlite://") for name in "ab"}
    classes = {}
    for name, base in engines.items():
        classes[name] = type("Thing", (base.Model,), {"id": base.Column(base.Integer, primary_key=True), "name": base.Column(base.String)})
        base.create_all()
    with Session(binds={classes[name]: engines[name].engine for name in "ab"}) as session:
        for k in range(4):
            for name in "ab":
                session.add(classes[name](name=f"{name}{k}"))
        session.commit()
    for name in "ab":
        assert [thing.name for thing in engines[name].session.query(classes[name]).order_by(classes[name].id)] == [f"{name}{k}" for k in range(4)]


def test_a_statement_may_go_to_another_database_of_the_same_tables(o2m, db):
    P, _ = o2m
    copy = kith.create_engine("sqlite://")
    P.metadata.create_all(copy)
    with Session(copy) as there:
        there.add(P(name="theirs"))
        there.commit()
    mine = P(name="mine")
    session = Session(db.engine)
    session.add(mine)
    session.flush()
    names = sql.text(f"SELECT name FROM {P.__tablename__}")
    assert session.scalar(names) == "mine" and session.scalar(names, bind_arguments={"bind": copy}) == "theirs" and session.scalar(names) == "mine"
    assert mine in session and mine.name == "mine"
    session.commit()
    with Session(db.engine) as first:       # what it was told first is not where it belongs
        assert first.scalar(names, bind_arguments={"bind": copy}) == "theirs" and first.scalar(names) == "mine"
        assert [p.name for p in first.query(P)] == ["mine"]
        first.add(P(name="more"))
        first.commit()
        assert first.scalar(names, bind_arguments={"bind": copy}) == "theirs"
        first.delete(first.query(P).filter_by(name="more").one())
        first.commit()
    assert [p.name for p in session.query(P)] == ["mine"] and session.scalar(names, bind_arguments={"bind": copy}) == "theirs"
    session.close()


def test_a_connection_takes_values_as_a_dict_as_dicts_and_by_name(o2m, db):
    P, _ = o2m
    with db.engine.connect() as connection:
        connection.execute(P.__table__.insert(), name="a")
        connection.execute(P.__table__.insert(), {"name": "b"}, {"name": "c"})
        connection.execute(P.__table__.insert(), [{"name": "d"}])
        connection.execute(P.__table__.insert(), {"name": "e"})
        text = sql.text(f"SELECT count(*) FROM {P.__tablename__} WHERE name >= :least")
        assert connection.scalar(text, least="b") == 4 and connection.execute(text, {"least": "a"}).scalar() == 5 and connection.scalars(text, least="x").all() == [0]
        with pytest.raises(exc.ArgumentError, match="not both"):
            connection.execute(text, {"least": "a"}, least="b")
        connection.rollback()


@pytest.mark.parametrize("wrong", [None, 7, "text", object, object(), [], Session])
def test_add_of_what_is_no_object_of_a_mapped_class_is_refused_before_and_after_one_that_is(o2m, db, wrong):
    P, _ = o2m
    session = Session(db.engine)
    for _ in range(2):
        with pytest.raises(exc.UnmappedInstanceError):
            session.add(wrong)
        with pytest.raises(exc.UnmappedInstanceError):
            session.add(P)
        session.add(P())
    assert len(session.new) == 2
    for call in (lambda: session.add(), lambda: session.add(P(), P(), P()), lambda: session.add(P(), colour=1)):
        with pytest.raises(TypeError, match="Session.add"):
            call()
    session.close()


def test_a_session_class_of_its_own_sees_each_object_that_is_added(o2m, db):
    P, _ = o2m
    seen = []

    class Watching(Session):
        def add(self, instance, _warn=True):
            seen.append(instance.name)
            super().add(instance, _warn)
    session = Watching(db.engine)
    session.add(P(name="one"))
    session.add_all([P(name="two"), P(name="three")])
    session.commit()
    assert seen == ["one", "two", "three"] and db.session.query(P).count() == 3
    session.close()


def test_add_after_a_class_was_declared_is_of_the_classes_as_they_are(o2m, db):
    P, _ = o2m
    session = Session(db.engine)
    session.add(P(name="before"))
    session.commit()

    class Late(db.Model):
        id = db.Column(db.Integer, primary_key=True)
        p_id = db.Column(db.ForeignKey("parent.id"))
        p = db.relationship("Parent")
    db.create_all()
    session.close()
    session.add(Late(p=P(name="after")))
    session.add(P(name="last"))
    session.commit()
    assert [p.name for p in session.query(P).order_by(P.id)] == ["before", "after", "last"]
    session.close()


# ---------------------------------------------------------------- get() of one after the other

def test_get_gives_the_same_by_every_spelling_of_a_key(o2m, db):
    P, _ = o2m
    with Session(db.engine) as session:
        session.add_all([P(id=key, name=str(key)) for key in (-3, 0, 1, 7, 2**63 - 1)])
        session.commit()
    for first in (7, "7", (7,), {"id": 7}):             # whatever it was asked before
        with Session(db.engine) as session:
            found = session.get(P, first)
            spellings = [session.get(P, 7), session.get(P, "7"), session.get(P, (7,)), session.get(P, [7]), session.get(P, {"id": 7}), session.get(entity=P, ident=7),
                         session.get(P, 7, populate_existing=True), session.get(P.__mapper__, 7), session.get(P, type("N", (int,), {})(7))]
            assert all(other is found for other in spellings) and found.name == "7"
            assert [session.get(P, key).name for key in (-3, 0, True, 2**63 - 1)] == ["-3", "0", "1", str(2**63 - 1)]
            assert [session.get(P, key) for key in (8, -1, -2**63, (8,))] == [None] * 4
            for wrong in (2**63, -2**63 - 1, "seven", 7.5):
                with pytest.raises(exc.StatementError):
                    session.get(P, wrong)
            for wrong in ((), (7, 7), {"name": 7}):
                with pytest.raises(exc.InvalidRequestError, match="Incorrect n"):
                    session.get(P, wrong)
            for call in (lambda: session.get(), lambda: session.get(P), lambda: session.get(P, 7, 7), lambda: session.get(P, 7, colour=1)):
                with pytest.raises(TypeError, match="Session.get"):
                    call()
            for other in (None, int, object, "P", db.Model):
                with pytest.raises((exc.ArgumentError, exc.InvalidRequestError)):
                    session.get(other, 7)


def test_get_asks_once_for_each_key_and_sees_what_is_pending_expired_and_deleted(o2m, db):
    P, _ = o2m
    session = Session(db.engine)
    session.add_all([P(id=1, name="one"), P(id=2, name="two")])
    assert session.get(P, 1).name == "one"
    before = session.statement_count
    assert session.get(P, 1) is session.get(P, 1) and session.statement_count == before
    session.commit()
    other = Session(db.engine)
    other.get(P, 1).name = "changed"
    other.commit()
    assert session.get(P, 1).name == "changed"
    session.delete(session.get(P, 2))
    session.flush()
    assert session.get(P, 2) is None
    session.rollback()
    assert session.get(P, 2).name == "two"
    session.close()
    assert session.get(P, 2).name == "two"              # it is open again
    session.close()
    other.close()


def test_get_of_keys_that_are_no_single_number(db):
    class Pair(db.Model):
        a = db.Column(db.Integer, primary_key=True)
        b = db.Column(db.Integer, primary_key=True)

    class Named(db.Model):
        name = db.Column(db.String, primary_key=True)

    class Wide(db.Model):
        id = db.Column(db.Integer, primary_key=True)
        for number in range(80):
            locals()[f"c{number}"] = db.Column(db.Integer, default=number)
    db.create_all()
    with Session(db.engine) as session:
        session.add_all([Pair(a=1, b=2), Named(name="5"), Wide(id=3)])
        session.commit()
        for _ in range(2):
            assert (session.get(Pair, (1, 2)).b, session.get(Pair, {"b": 2, "a": 1}).a, session.get(Named, "5").name, session.get(Wide, 3).c79) == (2, 1, "5", 79)
            with pytest.raises(exc.InvalidRequestError, match="Incorrect number"):
                session.get(Pair, 1)
            with pytest.raises(exc.StatementError):
                session.get(Named, 5)


def test_a_session_class_of_its_own_is_asked_for_each_object(o2m, db):
    P, _ = o2m
    db.session.add(P(id=1))
    db.session.commit()
    asked = []

    class Watching(Session):
        def get(self, entity, ident, **options):
            asked.append(ident)
            return super().get(entity, ident, **options)
    with Watching(db.engine) as session:
        assert session.get(P, 1) is session.get_one(P, 1) is session.get(P, 1, populate_existing=True)
        with pytest.raises(exc.NoResultFound):
            session.get_one(P, 2)
    assert asked == [1, 1, 1, 2]


def test_many_rows_without_objects(db):
    """113"""
    class P(db.Model):
        id = db.Column(db.Integer, primary_key=True)
        title = db.Column(db.String)
        n = db.Column(db.Integer, default=5)
    db.create_all()
    rows = [{"id": 10, "title": "q"}, {"title": "r", "n": 1}, {"title": "s"}, {"n": 2, "title": "t"}]
    db.session.bulk_insert_mappings(P, rows)
    assert [(p.id, p.title, p.n) for p in P.query.order_by(P.id)] == [(10, "q", 5), (11, "r", 1), (12, "s", 5), (13, "t", 2)] and "id" not in rows[1]
    db.session.bulk_insert_mappings(P, told := [{"title": "u"}, {"id": 20}], return_defaults=True)
    assert [row["id"] for row in told] == [14, 20]
    db.session.bulk_update_mappings(P, [{"id": 10, "title": "changed"}])
    assert db.session.get(P, 10).title == "changed"
    with pytest.raises(exc.StaleDataError, match="expected to update 1 row"):
        db.session.bulk_update_mappings(P, [{"id": 999, "title": "nobody"}])


def test_a_default_may_look_at_its_row_without_an_object(db):
    """25"""
    def twice(context):
        return (context.get_current_parameters()["a"] or 0) * 2
    t = db.Table("t", db.Column("id", db.Integer, primary_key=True), db.Column("a", db.Integer), db.Column("b", db.Integer, default=twice, onupdate=twice))

    class P(db.Model):
        id = db.Column(db.Integer, primary_key=True)
        a = db.Column(db.Integer)
        b = db.Column(db.Integer, default=twice, onupdate=twice)
    db.create_all()
    db.session.execute(t.insert().values(a=2))
    db.session.execute(t.insert(), [{"a": 3}, {"a": 4}])
    db.session.execute(t.update().where(t.c.a == 3).values(a=30))
    assert [tuple(row) for row in db.session.execute(db.select(t.c.a, t.c.b).order_by(t.c.id))] == [(2, 4), (30, 60), (4, 8)]
    db.session.bulk_insert_mappings(P, [{"a": 5}])
    P.query.update({"a": 6})
    assert P.query.one().b == 12


def test_versions_may_be_made_by_the_program(db):
    """107"""
    import kith

    class Marked(kith.TypeDecorator):
        impl = kith.String
        cache_ok = True

        def process_bind_param(self, value, dialect):
            return value if value is None else f"<{value}>"

        def process_result_value(self, value, dialect):
            return value if value is None else value[1:-1]

    class Hundreds(db.Model):
        id = db.Column(db.Integer, primary_key=True)
        n = db.Column(db.Integer)
        v = db.Column(db.Integer, nullable=False)
        __mapper_args__ = {"version_id_col": v, "version_id_generator": lambda old: (old or 0) + 100}

    class Text(db.Model):
        id = db.Column(db.Integer, primary_key=True)
        n = db.Column(db.Integer)
        v = db.Column(Marked, nullable=False)
        __mapper_args__ = {"version_id_col": v, "version_id_generator": lambda old: (old or "") + "x"}

    class Given(db.Model):
        id = db.Column(db.Integer, primary_key=True)
        n = db.Column(db.Integer)
        v = db.Column(db.Integer, nullable=False)
        __mapper_args__ = {"version_id_col": v, "version_id_generator": False}
    db.create_all()
    objects = [Hundreds(n=1), Text(n=1), Given(n=1, v=5)]
    db.session.add_all(objects)
    db.session.commit()
    assert [one.v for one in objects] == [100, "x", 5]
    for one in objects:
        one.n = 2
    db.session.commit()
    assert [one.v for one in objects] == [200, "xx", 5]
    objects[2].v = 9
    db.session.commit()
    assert objects[2].v == 9
    for cls, one, other in zip((Hundreds, Text, Given), objects, (1, "other", 1)):
        assert one.n == 2
        db.session.execute(kith.text(f"UPDATE {cls.__tablename__} SET v = :v"), {"v": other})
        one.n = 3
        with pytest.raises(exc.StaleDataError):
            db.session.commit()
        db.session.rollback()
        assert one.n == 2
        db.session.delete(one)
        db.session.commit()


def test_what_makes_versions_is_a_callable_or_false(db):
    """107"""
    class A(db.Model):
        id = db.Column(db.Integer, primary_key=True)
        v = db.Column(db.Integer, nullable=False)
        __mapper_args__ = {"version_id_col": v, "version_id_generator": "uuid"}
    with pytest.raises(exc.ArgumentError, match="version_id_generator of A"):
        db.create_all()
