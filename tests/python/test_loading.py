"""How relationships are loaded, and how many statements that takes. A docstring begins with the rules that a test holds."""

import pytest

from kith import exc
from kith.orm import (aliased, contains_eager, defer, immediateload, joinedload, lazyload, load_only, raiseload, selectinload, subqueryload, undefer)


@pytest.fixture
def zoo(db):
    return make(db)


def make(db, kids_lazy="select", parent_lazy="select", fill=True):
    class Parent(db.Model):
        id = db.Column(db.Integer, primary_key=True)
        name = db.Column(db.String)
        kids = db.relationship("Child", back_populates="parent", lazy=kids_lazy, order_by="Child.id")

    class Child(db.Model):
        id = db.Column(db.Integer, primary_key=True)
        name = db.Column(db.String)
        parent_id = db.Column(db.ForeignKey("parent.id"))
        parent = db.relationship("Parent", back_populates="kids", lazy=parent_lazy)
        toys = db.relationship("Toy", secondary="child_toy", back_populates="children", order_by="Toy.id")

    class Toy(db.Model):
        id = db.Column(db.Integer, primary_key=True)
        children = db.relationship("Child", secondary="child_toy", back_populates="toys")
    db.Table("child_toy", db.Column("child_id", db.ForeignKey("child.id"), primary_key=True), db.Column("toy_id", db.ForeignKey("toy.id"), primary_key=True))
    db.create_all()
    if fill:
        for i in range(10):
            p = Parent(name=f"p{i}")
            for k in range(3):
                Child(name=f"c{i}{k}", parent=p).toys.extend([Toy(), Toy()])
            db.session.add(p)
        db.session.add(Child(name="lone"))
        db.session.commit()
        db.session.remove()
    return Parent, Child, Toy


def touch(parents):
    return [(k.name, k.parent.name) for p in parents for k in p.kids]


def test_a_lazy_list_is_loaded_for_all_siblings_at_once(zoo, db, statements):
    """116"""
    P, C, _ = zoo
    assert statements(lambda: touch(P.query.all())) == 2
    db.session.remove()
    children = C.query.all()
    assert statements(lambda: [c.parent.name for c in children if c.parent_id]) == 1
    lone = C.query.filter_by(name="lone").one()
    assert statements(lambda: lone.parent) == 0 and lone.parent is None


def test_what_is_in_the_session_is_not_asked_for(zoo, db, statements):
    """116"""
    P, C, _ = zoo
    parents = P.query.all()
    children = C.query.all()
    assert statements(lambda: [c.parent for c in children]) == 0 and parents[0].name == "p0"


@pytest.mark.parametrize("option", [joinedload, selectinload, subqueryload, immediateload])
def test_what_comes_along_is_there(zoo, db, statements, option):
    """117, 118, 119"""
    P, C, T = zoo
    parents = P.query.options(option(P.kids)).order_by(P.id).all()
    assert len(parents) == 10 and statements(lambda: touch(parents)) == 0
    db.session.remove()
    some = P.query.options(option(P.kids)).order_by(P.id.desc()).limit(2).all()
    assert [p.name for p in some] == ["p9", "p8"] and statements(lambda: touch(some)) == 0 and [len(p.kids) for p in some] == [3, 3]
    db.session.remove()
    children = C.query.options(option(C.toys), option(C.parent)).all()
    assert statements(lambda: [(len(c.toys), c.parent and c.parent.name) for c in children]) == 0


def test_options_go_on_from_each_other(zoo, db, statements):
    """119"""
    P, C, T = zoo
    for option in (joinedload(P.kids).selectinload(C.toys), selectinload(P.kids).options(joinedload(C.toys))):
        parents = db.session.scalars(db.select(P).options(option)).unique().all()
        assert len(parents) == 10 and statements(lambda: [t.id for p in parents for k in p.kids for t in k.toys]) == 0
        db.session.remove()


def test_two_statements_bring_a_list_along(zoo, db, statements):
    """118"""
    P, _, _ = zoo
    assert statements(lambda: P.query.options(selectinload(P.kids)).all()) == 2


def test_more_keys_than_one_statement_takes(db, statements):
    """118"""
    P, C, _ = make(db, fill=False)
    db.session.add_all([P(name=str(i), kids=[C()]) for i in range(2300)])
    db.session.commit()
    db.session.remove()
    parents = P.query.where(P.name != "x").options(selectinload(P.kids)).all()
    assert statements(lambda: [p.kids[0].id for p in parents]) == 0 and sum(len(p.kids) for p in parents) == 2300


def test_a_select_of_objects_needs_no_unique(zoo, db):
    """117"""
    P, _, _ = zoo
    assert len(db.session.execute(db.select(P).options(joinedload(P.kids))).scalars().all()) == 10
    assert len(db.session.execute(db.select(P).options(joinedload(P.kids))).unique().all()) == 10


def test_what_may_not_be_loaded_raises(zoo, db):
    """120"""
    P, C, _ = zoo
    p = P.query.options(raiseload(P.kids)).first()
    with pytest.raises(exc.InvalidRequestError, match="'Parent.kids' is not available due to lazy='raise'"):
        p.kids
    db.session.remove()
    c = C.query.options(raiseload("*")).first()
    for name in ("parent", "toys"):
        with pytest.raises(exc.InvalidRequestError, match="is not available"):
            getattr(c, name)


def test_raiseload_after_other_options_is_of_what_they_bring(db):
    P, C, T = make(db)
    p = P.query.options(selectinload(P.kids).raiseload(C.toys)).order_by(P.id).first()
    assert len(p.kids) == 3 and p.kids[0].parent is p
    for kid in p.kids:
        with pytest.raises(exc.InvalidRequestError, match="'Child.toys' is not available due to lazy='raise'"):
            kid.toys
    db.session.remove()
    c = C.query.options(joinedload(C.parent).selectinload(P.kids).raiseload("*"), selectinload(C.toys)).order_by(C.id).first()
    assert [kid.name for kid in c.parent.kids] == ["c00", "c01", "c02"] and len(c.toys) == 2
    with pytest.raises(exc.InvalidRequestError, match="lazy='raise'"):
        c.toys[0].children and c.parent.kids[1].toys
    lone = C.query.options(selectinload(C.parent).raiseload(P.kids)).filter_by(name="lone").one()
    assert lone.parent is None and lone.toys == []
    db.session.remove()
    rows = db.session.execute(db.select(C, C.name).options(selectinload(C.parent).raiseload(P.kids)).where(C.name == "c10")).all()
    assert rows[0][0].parent.name == "p1"
    with pytest.raises(exc.InvalidRequestError, match="'Parent.kids'"):
        rows[0][0].parent.kids


def test_a_relationship_that_raises_until_a_query_brings_it(db):
    """120, 121"""
    P, C, _ = make(db, kids_lazy="raise", parent_lazy="raise")
    with pytest.raises(exc.InvalidRequestError, match="Parent.kids"):
        P.query.first().kids
    db.session.remove()
    assert len(P.query.options(selectinload(P.kids)).first().kids) == 3


@pytest.mark.parametrize("lazy", ["joined", "selectin", "subquery", "immediate", False])
def test_a_relationship_may_always_come_along(db, statements, lazy):
    """121"""
    P, _, _ = make(db, kids_lazy=lazy)
    parents = P.query.all()
    assert statements(lambda: [k.name for p in parents for k in p.kids]) == 0


def test_noload_is_empty(db):
    """121"""
    P, C, _ = make(db, kids_lazy="noload", parent_lazy=None)
    assert P.query.first().kids == [] and C.query.first().parent is None


@pytest.fixture
def dynamic(db):
    return make(db, kids_lazy="dynamic")


def test_a_dynamic_list_is_a_query(dynamic, db, statements):
    """122"""
    P, C, _ = dynamic
    p = P.query.order_by(P.id).first()
    assert p.kids.count() == 3 and p.kids.filter_by(name="c01").one().name == "c01" and [k.name for k in p.kids] == ["c00", "c01", "c02"]
    assert [k.name for k in p.kids.order_by(None).order_by(C.id.desc()).limit(2)] == ["c02", "c01"] and p.kids.first().name == "c00" and p.kids[1].name == "c01"
    fresh = C(name="new")
    p.id
    assert statements(lambda: p.kids.append(fresh)) == 0
    assert fresh.parent is p and p.kids.count() == 4
    p.kids.remove(fresh)
    assert fresh.parent is None and p.kids.count() == 3
    db.session.commit()
    p.kids = [fresh]
    db.session.commit()
    assert p.kids.all() == [fresh] and C.query.filter_by(parent_id=None).count() == 4


def test_a_dynamic_list_of_a_new_object_is_what_was_appended(dynamic, db):
    """122"""
    P, C, _ = dynamic
    a, b = C(), C()
    p = P(kids=[a])
    p.kids.append(b)
    assert list(p.kids) == [a, b] and p.kids.count() == 2 and a.parent is p


def test_a_write_only_list_is_written_and_selected(db):
    """123"""
    P, C, _ = make(db, kids_lazy="write_only")
    p = P.query.first()
    p.kids.add(C(name="new"))
    p.kids.add_all([C(name="newer")])
    assert [c.name for c in db.session.scalars(p.kids.select().where(C.name.like("new%")))] == ["new", "newer"]
    with pytest.raises(TypeError, match=r"use the select\(\) method"):
        list(p.kids)
    with pytest.raises(exc.InvalidRequestError):
        p.kids = []


def test_a_detached_object_says_what_was_not_loaded(zoo, db):
    """124"""
    P, C, _ = zoo
    p = P.query.first()
    c = C.query.first()
    db.session.remove()
    assert p.name == "p0"
    with pytest.raises(exc.DetachedInstanceError, match="Parent.kids"):
        p.kids
    for name in ("parent", "toys"):
        with pytest.raises(exc.DetachedInstanceError, match=f"Child.{name}"):
            getattr(c, name)
    p = P.query.first()
    db.session.commit()
    db.session.remove()
    with pytest.raises(exc.DetachedInstanceError, match="is not bound to a Session; attribute refresh operation cannot proceed"):
        p.name


def test_a_new_object_loads_nothing(zoo, db, statements):
    """125"""
    P, C, _ = zoo
    db.session.begin_nested()
    c = C(parent_id=1)
    assert c.parent is None and c.toys == [] and P().kids == []
    db.session.add(c)
    db.session.flush()
    assert c.parent.name == "p0"


def test_contains_eager_holds_what_the_rows_of_the_query_bring(zoo, db, statements):
    """119"""
    P, C, T = zoo

    def shown(parents):
        return [(p.name, [k.name for k in p.kids]) for p in parents]

    def asked(query):
        db.session.expunge_all()
        found = []
        assert statements(lambda: found.extend(query.all())) == 1
        assert statements(lambda: shown(found)) == 0
        return shown(found)
    some = P.query.join(P.kids).where(C.name.in_(["c01", "c00", "c12"])).options(contains_eager(P.kids))
    assert asked(some.order_by(P.id, C.id)) == [("p0", ["c00", "c01"]), ("p1", ["c12"])]
    assert asked(some.order_by(P.id, C.id.desc())) == [("p0", ["c01", "c00"]), ("p1", ["c12"])]
    outer = P.query.outerjoin(C, (C.parent_id == P.id) & (C.name == "c30")).where(P.id < 5).options(contains_eager(P.kids)).order_by(P.id)
    assert asked(outer) == [("p0", []), ("p1", []), ("p2", []), ("p3", ["c30"])]
    other = aliased(C)
    assert asked(P.query.join(other, P.kids).where(other.name == "c21").options(contains_eager(P.kids.of_type(other)))) == [("p2", ["c21"])]
    assert asked(P.query.join(other, P.kids).where(other.name == "c21").options(contains_eager(P.kids, alias=other))) == [("p2", ["c21"])]
    db.session.remove()
    rows = db.session.execute(db.select(P, P.name).join(P.kids).where(P.id == 1).options(contains_eager(P.kids))).all()
    assert len(rows) == 1 and rows[0].name == "p0" and len(rows[0].Parent.kids) == 3


def test_contains_eager_goes_on_to_one_and_leaves_what_is_loaded(zoo, db, statements):
    """119, 105"""
    P, C, T = zoo
    query = P.query.join(P.kids).join(C.toys).where(C.name == "c11", T.id < 10).options(contains_eager(P.kids).contains_eager(C.toys))
    toys = sorted(t.id for t in C.query.filter_by(name="c11").one().toys)
    db.session.remove()
    p, = query.all()
    assert statements(lambda: [k.toys for k in p.kids]) == 0 and [[t.id for t in k.toys] for k in p.kids] == [[t for t in toys if t < 10]]
    db.session.remove()
    child, = C.query.join(C.parent).where(P.name == "p4", C.name == "c40").options(contains_eager(C.parent)).all()
    assert statements(lambda: child.parent.name) == 0 and child.parent.name == "p4"
    p = child.parent
    assert len(p.kids) == 3
    few = P.query.join(P.kids).where(C.name == "c41").options(contains_eager(P.kids))
    few.all()
    assert len(p.kids) == 3
    few.populate_existing().all()
    assert [k.name for k in p.kids] == ["c41"]
    new = C(name="new", parent=p)
    assert p.kids[-1] is new
    with db.session.no_autoflush:
        few.populate_existing().all()
        assert [k.name for k in p.kids] == ["c41"] and new.parent is p
    db.session.commit()
    assert len(p.kids) == 4 and new.parent_id == p.id


def test_options_about_columns_change_nothing(zoo, db, statements):
    """126"""
    P, _, _ = zoo
    p = P.query.options(load_only(P.id), defer(P.name), undefer(P.name)).first()
    assert statements(lambda: p.name) == 0
    assert len(P.query.options(lazyload(P.kids)).all()) == 10


def test_options_that_do_not_fit_are_refused(zoo, db):
    """119"""
    P, C, _ = zoo
    for wrong in (lambda: joinedload("kids"), lambda: joinedload(P.name), lambda: selectinload(5)):
        with pytest.raises(exc.ArgumentError):
            wrong()
    with pytest.raises(exc.ArgumentError, match="does not apply"):
        P.query.options(joinedload(C.toys)).all()
    with pytest.raises(exc.ArgumentError, match="options"):
        P.query.options(5).all()


def test_rows_are_walked_a_few_at_a_time(zoo, db, statements):
    """161"""
    _, C, _ = zoo
    assert [c.name for c in C.query.yield_per(7)] == [c.name for c in C.query.order_by(C.id)]
    assert [c.name for c in C.query.order_by(C.name.desc()).yield_per(7)] == [c.name for c in C.query.order_by(C.name.desc())]
    assert len(list(C.query.limit(10).yield_per(4))) == 10 and len(list(C.query.filter_by(name="lone").yield_per(5))) == 1


def test_statements_are_counted_and_told(zoo, db):
    """165"""
    P, _, _ = zoo
    told = []
    db.event.listen(db.engine, "after_cursor_execute", lambda conn, cursor, statement, parameters, context, many: told.append((statement, parameters, context.seconds)))
    db.session.remove()
    P.query.where(P.name == "p3").all()
    assert db.session.statement_count == 1 and told[0][0].startswith("SELECT") and told[0][1] == ("p3",) and told[0][2] >= 0
