"""The two sides of relationships, in memory and in the database: lists, trees, join tables, link objects. A docstring begins with the rules."""

import pickle

import pytest

from kith import exc
from kith.orm import attribute_mapped_collection, foreign, remote


@pytest.fixture
def o2m(db):
    class Raccoon(db.Model):
        id = db.Column(db.Integer, primary_key=True)
        name = db.Column(db.String(50))
        trashcans = db.relationship("Trashcan", back_populates="raccoon")

    class Trashcan(db.Model):
        id = db.Column(db.Integer, primary_key=True)
        label = db.Column(db.String(50))
        raccoon_id = db.Column(db.Integer, db.ForeignKey("raccoon.id"))
        raccoon = db.relationship("Raccoon", back_populates="trashcans")
    db.create_all()
    return Raccoon, Trashcan


@pytest.fixture
def stored(o2m, db):
    R, T = o2m
    r1, r2, t = R(name="r1"), R(name="r2"), T(label="t")
    r1.trashcans = [t]
    db.session.add_all([r1, r2])
    db.session.commit()
    return r1, r2, t


def test_where_a_foreign_key_is_decides_what_is_a_list(db, o2m):
    """34"""
    R, T = o2m
    assert R.trashcans.link.many and R.trashcans.link.direction == 2 and not T.raccoon.link.many and T.raccoon.link.direction == 1


def test_append_set_remove_and_delete_reach_the_other_side(o2m):
    """39, 40, 41, 42, 43"""
    R, T = o2m
    r, t = R(), T()
    r.trashcans.append(t)
    assert t.raccoon is r
    t.raccoon = r
    assert r.trashcans == [t]
    t.raccoon = None
    assert r.trashcans == []
    t.raccoon = r
    del t.raccoon
    assert r.trashcans == [] and t.raccoon is None
    r2, t2 = R(trashcans=[t]), T(raccoon=r)
    assert t.raccoon is r2 and r.trashcans == [t2]


def test_everything_that_a_list_can_do_reaches_the_other_side(o2m):
    """42, 49"""
    R, T = o2m
    r = R()
    a, b, c, d = (T(label=x) for x in "abcd")
    r.trashcans += [a]
    r.trashcans.extend(x for x in (b,))
    r.trashcans.insert(0, c)
    assert r.trashcans == [c, a, b] and all(x.raccoon is r for x in (a, b, c))
    assert r.trashcans.pop() is b and b.raccoon is None and r.trashcans.pop(0) is c
    r.trashcans[0] = d
    assert a.raccoon is None and d.raccoon is r
    r.trashcans[0:1] = [a, b]
    assert d.raccoon is None and r.trashcans == [a, b]
    del r.trashcans[0]
    assert a.raccoon is None
    r.trashcans[:] = [a, b, c, d]
    r.trashcans[::2] = [r.trashcans[2], r.trashcans[0]]
    assert r.trashcans == [c, b, a, d]
    assert sorted(x.label for x in r.trashcans) == list("abcd")
    r.trashcans.sort(key=lambda x: x.label, reverse=True)
    assert r.trashcans == [d, c, b, a]
    r.trashcans.reverse()
    assert r.trashcans == [a, b, c, d] and r.trashcans[-1] is d and r.trashcans[1:3] == [b, c] and r.trashcans.index(c) == 2 and r.trashcans.count(a) == 1
    del r.trashcans[1:3]
    assert r.trashcans == [a, d] and b.raccoon is None
    r.trashcans.clear()
    assert a.raccoon is None and not r.trashcans and len(r.trashcans) == 0


def test_a_list_is_a_list(o2m):
    """42"""
    R, T = o2m
    a, b = T(), T()
    r = R(trashcans=[a, b])
    shown = r.trashcans
    assert isinstance(shown, list) and repr(shown) == repr([a, b]) and shown == [a, b] and [a, b] == shown and shown != [a] and list(shown) == [a, b] and shown + [a] == [a, b, a]
    assert [a] + shown == [a, a, b] and list(reversed(shown)) == [b, a] and a in shown and T() not in shown and bool(shown) and shown.copy() == [a, b] and type(shown.copy()) is list
    assert shown * 2 == [a, b, a, b] and sorted(shown, key=id) == sorted([a, b], key=id) and shown[0] is a and max(range(len(shown))) == 1 and (*shown,) == (a, b)
    with pytest.raises(IndexError):
        shown[2]
    with pytest.raises(ValueError):
        shown.remove(T())
    with pytest.raises(TypeError):
        hash(shown)
    with pytest.raises(TypeError):
        shown["x"]
    assert type(shown.__reduce__()[1][0]) is list and pickle.loads(pickle.dumps(R().trashcans)) == []


def test_an_object_moves_by_append_and_by_set(o2m):
    """44"""
    R, T = o2m
    r1, r2, t = R(), R(), T()
    r1.trashcans.append(t)
    r2.trashcans.append(t)
    assert t.raccoon is r2 and r1.trashcans == [] and r2.trashcans == [t]
    t.raccoon = r1
    assert r1.trashcans == [t] and r2.trashcans == []


def test_a_list_that_is_replaced_tells_the_difference(o2m):
    """45, 46"""
    R, T = o2m
    a, b, c = T(), T(), T()
    r, other = R(), R(trashcans=[c])
    r.trashcans = [a, b]
    r.trashcans = [b, c]
    assert a.raccoon is None and b.raccoon is r and c.raccoon is r and other.trashcans == [] and r.trashcans == [b, c]
    r.trashcans = r.trashcans
    assert r.trashcans == [b, c] and b.raccoon is r


def test_two_may_be_swapped_and_one_may_be_there_twice(o2m):
    """47, 48"""
    R, T = o2m
    a, b = T(), T()
    r = R(trashcans=[a, b])
    r.trashcans[0], r.trashcans[1] = r.trashcans[1], r.trashcans[0]
    assert r.trashcans == [b, a] and a.raccoon is r and b.raccoon is r
    r.trashcans.append(a)
    assert r.trashcans.count(a) == 2
    r.trashcans.remove(a)
    assert a.raccoon is r and r.trashcans == [b, a]


@pytest.mark.parametrize("value, words", [(None, "None is not list-like"), ("model", "Trashcan is not list-like"), (set(), "set is not list-like"), ({}, "dict is not list-like"), ("x", "str is not list-like")])
def test_a_list_takes_lists(o2m, value, words):
    """50"""
    R, T = o2m
    with pytest.raises(TypeError, match="Incompatible collection type: " + words):
        R().trashcans = T() if value == "model" else value


@pytest.mark.parametrize("wrong", ["x", None, 5, object(), []])
def test_what_is_no_object_of_the_class_is_refused_at_once(o2m, wrong):
    """50, 51, 52"""
    R, T = o2m
    r, t = R(), T()
    for change in (lambda: r.trashcans.append(wrong), lambda: setattr(r, "trashcans", [wrong]), lambda: r.trashcans.insert(0, wrong), lambda: r.trashcans.extend([wrong])):
        with pytest.raises(TypeError, match="Raccoon.trashcans takes"):
            change()
    if wrong is not None:
        with pytest.raises(TypeError, match="Trashcan.raccoon takes"):
            t.raccoon = wrong
    assert r.trashcans == [] and t.raccoon is None


def test_an_object_of_another_class_is_refused_at_once(o2m):
    """51"""
    R, T = o2m
    with pytest.raises(TypeError, match="Raccoon.trashcans"):
        R().trashcans.append(R())
    with pytest.raises(TypeError, match="Trashcan.raccoon"):
        T().raccoon = T()


def test_a_foreign_key_that_is_set_shows_after_the_commit(stored, db):
    """53"""
    r1, r2, t = stored
    assert t.raccoon is r1
    t.raccoon_id = r2.id
    assert t.raccoon is r1
    db.session.flush()
    assert t.raccoon is r1
    db.session.commit()
    assert t.raccoon is r2 and r2.trashcans == [t] and r1.trashcans == []


def test_the_relationship_wins_over_the_foreign_key(o2m, db):
    """53"""
    R, T = o2m
    r1, r2 = R(), R()
    db.session.add_all([r1, r2])
    db.session.flush()
    t = T(raccoon_id=r1.id, raccoon=r2)
    assert T(raccoon=r2).raccoon_id is None
    db.session.add(t)
    db.session.flush()
    assert t.raccoon_id == r2.id


def test_what_is_not_loaded_is_not_loaded_for_a_change(stored, statements, o2m, db):
    """54, 55, 56"""
    r1, r2, t = stored
    [x.id for x in stored]
    assert statements(lambda: setattr(t, "raccoon", r2)) == 0
    assert r1.trashcans == [] and r2.trashcans == [t]
    db.session.commit()
    [x.id for x in stored]
    assert statements(lambda: setattr(t, "raccoon", None)) == 0
    assert r2.trashcans == []
    r1.trashcans.append(t)
    assert r2.trashcans == [] and t.raccoon is r1


def test_what_waits_is_merged_when_the_list_is_loaded(stored, o2m, db):
    """54"""
    r1, _, t = stored
    t2 = o2m[1](label="t2")
    with db.session.no_autoflush:
        t2.raccoon = r1
        t.raccoon = None
        assert [x.label for x in r1.trashcans] == ["t2"]


def test_a_rollback_restores_both_sides(stored, db):
    """58"""
    r1, r2, t = stored
    r1.trashcans
    t.raccoon = r2
    db.session.rollback()
    assert r1.trashcans == [t] and t.raccoon is r1 and r2.trashcans == []


def test_a_loop_may_move_what_it_walks_over(o2m):
    """59"""
    R, T = o2m
    r1, r2 = R(trashcans=[T(), T(), T()]), R()
    for t in r1.trashcans:
        r2.trashcans.append(t)
    assert r1.trashcans == [] and len(r2.trashcans) == 3
    r1.trashcans.extend(r2.trashcans)
    assert len(r1.trashcans) == 3 and r2.trashcans == []


@pytest.fixture
def o2o(db):
    class Raccoon(db.Model):
        id = db.Column(db.Integer, primary_key=True)
        den = db.relationship("Den", back_populates="raccoon", uselist=False)

    class Den(db.Model):
        id = db.Column(db.Integer, primary_key=True)
        raccoon_id = db.Column(db.ForeignKey("raccoon.id"))
        raccoon = db.relationship("Raccoon", back_populates="den")
    db.create_all()
    return Raccoon, Den


def test_one_to_one_goes_both_ways_and_clears_who_is_displaced(o2o, db):
    """60, 61, 62"""
    R, D = o2o
    assert R().den is None
    r, d1, d2 = R(), D(), D()
    r.den = d1
    assert d1.raccoon is r
    d2.raccoon = r
    assert r.den is d2 and d1.raccoon is None
    r2 = R()
    r2.den = d2
    assert r.den is None and d2.raccoon is r2
    db.session.add_all([r2, d1])
    db.session.commit()
    r2.den = d1
    db.session.commit()
    assert d2.raccoon_id is None and d1.raccoon_id == r2.id


def test_one_of_several_rows_is_given_where_one_was_expected(o2o, db):
    """63"""
    R, D = o2o
    r = R()
    db.session.add(r)
    db.session.flush()
    db.session.execute(D.__table__.insert(), [{"raccoon_id": r.id}, {"raccoon_id": r.id}])
    db.session.commit()
    assert isinstance(r.den, D)


@pytest.fixture
def node(db):
    class Node(db.Model):
        id = db.Column(db.Integer, primary_key=True)
        name = db.Column(db.String(20))
        parent_id = db.Column(db.Integer, db.ForeignKey("node.id"))
        children = db.relationship("Node", back_populates="parent", order_by="Node.id")
        parent = db.relationship("Node", back_populates="children", remote_side=[id])
    db.create_all()
    return Node


@pytest.mark.parametrize("side", ["id", "[Node.id]", "Node.id", lambda c: lambda: c.id])
def test_remote_side_says_which_side_of_a_tree_is_one(db, side):
    """35"""
    class Node(db.Model):
        id = db.Column(db.Integer, primary_key=True)
        parent_id = db.Column(db.ForeignKey("node.id"))
        parent = db.relationship("Node", back_populates="children",
                                 remote_side=id if side == "id" else side if isinstance(side, str) else lambda: Node.id)
        children = db.relationship("Node", back_populates="parent")
    a, b = Node(), Node()
    a.children.append(b)
    assert b.parent is a and not Node.parent.link.many and Node.children.link.many


def test_a_chain_is_stored_from_its_root_whatever_was_added_first(node, db):
    """64, 97"""
    nodes = [node(name="n0")]
    for i in range(1, 8):
        nodes.append(node(name=f"n{i}", parent=nodes[-1]))
    db.session.add_all(reversed(nodes))
    db.session.commit()
    assert all(nodes[i].parent_id == nodes[i - 1].id > 0 and nodes[i - 1].id < nodes[i].id for i in range(1, 8))


def test_the_children_of_a_deleted_node_have_none(node, db):
    """65"""
    a = node(children=[node(), node()])
    kids = list(a.children)
    db.session.add(a)
    db.session.commit()
    db.session.delete(a)
    db.session.commit()
    assert [k.parent_id for k in kids] == [None, None] and node.query.count() == 2


def test_rows_in_a_circle_are_stored_where_the_key_may_be_null(node, db):
    """66"""
    a, b, c = node(name="a"), node(name="b"), node(name="c")
    a.parent, b.parent, c.parent = b, a, c
    db.session.add_all([a, c])
    db.session.commit()
    assert a.parent is b and b.parent is a and c.parent is c
    for n in (a, b, c):
        db.session.delete(n)
    db.session.commit()
    assert node.query.count() == 0


@pytest.fixture
def m2m(db):
    link = db.Table("post_tag", db.Column("post_id", db.ForeignKey("post.id"), primary_key=True), db.Column("tag_id", db.ForeignKey("tag.id"), primary_key=True))

    class Post(db.Model):
        id = db.Column(db.Integer, primary_key=True)
        tags = db.relationship("Tag", secondary=link, back_populates="posts")

    class Tag(db.Model):
        id = db.Column(db.Integer, primary_key=True)
        posts = db.relationship("Post", secondary=link, back_populates="tags")
    db.create_all()
    return Post, Tag, link


def test_many_to_many_goes_both_ways_and_each_row_is_written_once(m2m, db):
    """67, 71"""
    P, T, link = m2m
    a, b, c = T(), T(), T()
    p = P(tags=[a, b])
    assert a.posts == [p]
    p.tags = [b, c]
    assert a.posts == [] and c.posts == [p]
    b.posts.remove(p)
    assert p.tags == [c]
    p.tags.append(c)
    db.session.add_all([p, a])
    db.session.commit()
    assert db.session.query(link).count() == 1 and p.tags == [c]
    c.posts.remove(p)
    db.session.commit()
    assert db.session.query(link).count() == 0 and p.tags == []


def test_a_deleted_object_takes_its_join_rows_along_and_nothing_else(m2m, db):
    """68"""
    P, T, link = m2m
    p, t = P(), T()
    p.tags.append(t)
    db.session.add(p)
    db.session.commit()
    db.session.delete(t)
    db.session.commit()
    assert P.query.count() == 1 and db.session.query(link).count() == 0 and p.tags == []


def test_a_join_row_that_is_gone_is_stale(m2m, db):
    """69"""
    P, T, link = m2m
    p, t = P(), T()
    p.tags.append(t)
    db.session.add(p)
    db.session.commit()
    p.tags
    db.session.execute(link.delete())
    p.tags.remove(t)
    with pytest.raises(exc.StaleDataError, match=r"DELETE statement on table 'post_tag' expected to delete 1 row\(s\); Only 0 were matched"):
        db.session.flush()


def test_followers(db):
    """70"""
    f = db.Table("follow", db.Column("a", db.ForeignKey("user.id"), primary_key=True), db.Column("b", db.ForeignKey("user.id"), primary_key=True))

    class User(db.Model):
        id = db.Column(db.Integer, primary_key=True)
        following = db.relationship("User", secondary=f, primaryjoin=id == f.c.a, secondaryjoin=id == f.c.b, back_populates="followers")
        followers = db.relationship("User", secondary=f, primaryjoin=id == f.c.b, secondaryjoin=id == f.c.a, back_populates="following")
    db.create_all()
    x, y = User(), User()
    x.following.append(y)
    assert y.followers == [x]
    db.session.add(x)
    db.session.commit()
    assert y.followers == [x] and x.followers == [] and User.query.where(User.following.any(User.id == y.id)).one() is x
    assert db.session.execute(db.select(f.c.a, f.c.b)).one() == (x.id, y.id)


def test_what_is_only_looked_at_is_not_written(db):
    """72"""
    class A(db.Model):
        id = db.Column(db.Integer, primary_key=True)
        bs = db.relationship("B", viewonly=True)

    class B(db.Model):
        id = db.Column(db.Integer, primary_key=True)
        a_id = db.Column(db.ForeignKey("a.id"))
        a = db.relationship("A")
    db.create_all()
    a, b = A(), B()
    db.session.add_all([a, b])
    db.session.flush()
    a.bs.append(b)
    assert a.bs == [b] and b.a is None
    db.session.commit()
    assert b.a_id is None and a.bs == []


def test_a_join_of_more_than_equal_columns_is_only_looked_at(db):
    """37, 72"""
    class A(db.Model):
        id = db.Column(db.Integer, primary_key=True)
        low = db.Column(db.Integer)
        big = db.relationship("B", viewonly=True, primaryjoin="and_(A.id == foreign(B.a_id), B.n > A.low)", order_by="B.n")

    class B(db.Model):
        id = db.Column(db.Integer, primary_key=True)
        n = db.Column(db.Integer)
        a_id = db.Column(db.ForeignKey("a.id"))
    db.create_all()
    db.session.add(A(low=3))
    db.session.flush()
    db.session.add_all([B(n=5, a_id=1), B(n=2, a_id=1), B(n=4, a_id=1)])
    db.session.commit()
    assert [b.n for b in A.query.one().big] == [4, 5] and A.query.where(A.big.any(B.n == 5)).count() == 1 and A.query.where(A.big.any(B.n == 2)).count() == 0
    assert foreign(B.a_id).is_foreign and remote(B.a_id).is_remote


@pytest.mark.parametrize("order", ["B.n.desc()", "desc(B.n)", "[B.n.desc(), B.id]", "column"])
def test_order_by_is_for_loading(db, order):
    """73"""
    class B(db.Model):
        id = db.Column(db.Integer, primary_key=True)
        n = db.Column(db.Integer)
        a_id = db.Column(db.ForeignKey("a.id"))

    class A(db.Model):
        id = db.Column(db.Integer, primary_key=True)
        bs = db.relationship("B", order_by=B.n.desc() if order == "column" else order)
    db.create_all()
    a = A(bs=[B(n=1), B(n=3), B(n=2)])
    db.session.add(a)
    db.session.flush()
    assert [b.n for b in a.bs] == [1, 3, 2]
    db.session.commit()
    assert [b.n for b in a.bs] == [3, 2, 1]


def collected(db, kind):
    class A(db.Model):
        id = db.Column(db.Integer, primary_key=True)
        bs = db.relationship("B", collection_class=kind, back_populates="a")

    class B(db.Model):
        id = db.Column(db.Integer, primary_key=True)
        k = db.Column(db.String(9))
        a_id = db.Column(db.ForeignKey("a.id"))
        a = db.relationship("A", back_populates="bs")
    db.create_all()
    return A, B


def test_a_relationship_as_a_set(db):
    """74"""
    A, B = collected(db, set)
    a, b, c = A(), B(), B()
    a.bs.add(b)
    a.bs.add(b)
    assert b.a is a and len(a.bs) == 1
    a.bs |= {c}
    assert a.bs == {b, c}
    a.bs.discard(b)
    assert b.a is None and b not in a.bs
    b.a = a
    assert b in a.bs and a.bs - {b} == {c} and a.bs & {b} == {b} and a.bs >= {b}
    a.bs -= {c}
    assert c.a is None
    a.bs = {c}
    assert b.a is None and c.a is a
    with pytest.raises(TypeError, match="None is not set-like"):
        a.bs = None
    with pytest.raises(KeyError):
        a.bs.remove(b)
    db.session.add(a)
    db.session.commit()
    assert A.query.one().bs == {c}
    a.bs.clear()
    db.session.commit()
    assert c.a_id is None


def test_a_relationship_as_a_dict(db):
    """74"""
    A, B = collected(db, attribute_mapped_collection("k"))
    a, b, c = A(), B(k="x"), B(k="y")
    a.bs["x"] = b
    assert b.a is a and dict(a.bs) == {"x": b} and "x" in a.bs and a.bs.get("z") is None
    b2 = B(k="x")
    a.bs["x"] = b2
    assert b.a is None and a.bs == {"x": b2}
    del a.bs["x"]
    assert b2.a is None
    c.a = a
    assert a.bs == {"y": c}
    a.bs = {"x": b}
    assert c.a is None and a.bs["x"] is b
    db.session.add(a)
    db.session.commit()
    assert A.query.one().bs == {"x": b}


@pytest.fixture
def links(db):
    class A(db.Model):
        id = db.Column(db.Integer, primary_key=True)
        links = db.relationship("L", back_populates="a", cascade="all, delete-orphan")

    class B(db.Model):
        id = db.Column(db.Integer, primary_key=True)
        links = db.relationship("L", back_populates="b")

    class L(db.Model):
        a_id = db.Column(db.ForeignKey("a.id"), primary_key=True)
        b_id = db.Column(db.ForeignKey("b.id"), primary_key=True)
        n = db.Column(db.Integer)
        a = db.relationship("A", back_populates="links")
        b = db.relationship("B", back_populates="links")
    db.create_all()
    return A, B, L


def test_a_link_object_is_made_changed_replaced_and_deleted(links, db):
    """75"""
    A, B, L = links
    a, b1, b2 = A(), B(), B()
    a.links.append(L(b=b1, n=1))
    db.session.add_all([a, b2])
    db.session.commit()
    assert (L.query.one().a_id, L.query.one().b_id, L.query.one().n) == (1, b1.id, 1) and b1.links == a.links
    a.links[0].n = 2
    db.session.commit()
    assert L.query.one().n == 2
    a.links = [L(b=b2, n=3)]
    db.session.commit()
    assert L.query.one().b is b2 and b1.links == []
    db.session.delete(a)
    db.session.commit()
    assert L.query.count() == 0 and B.query.count() == 2


def test_a_link_whose_key_would_be_blank_is_refused(links, db):
    """76"""
    A, B, L = links
    b = B()
    db.session.add(A(links=[L(b=b)]))
    db.session.commit()
    b.links = []
    with pytest.raises(exc.SQLAlchemyError, match="L|links"):
        db.session.flush()


def test_composite_foreign_keys_join_on_all_columns(db, statements):
    """38"""
    class Den(db.Model):
        x = db.Column(db.Integer, primary_key=True)
        y = db.Column(db.Integer, primary_key=True)
        cans = db.relationship("Can", back_populates="den")

    class Can(db.Model):
        id = db.Column(db.Integer, primary_key=True)
        dx, dy = db.Column(db.Integer), db.Column(db.Integer)
        __table_args__ = (db.ForeignKeyConstraint(["dx", "dy"], ["den.x", "den.y"]),)
        den = db.relationship("Den", back_populates="cans")
    db.create_all()
    db.session.add(Den(x=1, y=2, cans=[Can()]))
    db.session.add_all([Den(x=1, y=3), Can(dx=1)])
    db.session.commit()
    c, half = Can.query.order_by(Can.id).all()
    assert (c.dx, c.dy) == (1, 2) and c.den.y == 2 and Den.query.filter_by(y=3).one().cans == []
    half.id
    assert statements(lambda: half.den) == 0 and half.den is None
    assert Can.query.where(Can.den == c.den).one() is c


def test_whatever_takes_a_list_apart_sees_what_is_in_it(db):
    """42: also where it was not loaded yet"""
    import collections
    import copy
    import itertools
    import json

    class P(db.Model):
        id = db.Column(db.Integer, primary_key=True)
        kids = db.relationship("C", order_by="C.id")

    class C(db.Model):
        id = db.Column(db.Integer, primary_key=True)
        p_id = db.Column(db.ForeignKey("p.id"))
    db.create_all()
    db.session.add(P(kids=[C(), C(), C()]))
    db.session.commit()

    def kids():
        db.session.expire_all()
        return P.query.one().kids

    def slice_of(step):
        plain = [1, 2, 3, 4, 5, 6]
        plain[0:6 if step == 2 else 3:step] = kids()
        return plain[0:6 if step == 2 else 3:step]

    def added():
        plain = []
        plain += kids()
        return plain
    whole = list(kids())
    assert len(whole) == 3
    for taken in (lambda: slice_of(1), lambda: slice_of(2), lambda: [] + kids(), added, lambda: [*kids()], lambda: list(tuple(kids())), lambda: sorted(kids(), key=lambda c: c.id),
                  lambda: list(collections.deque(kids())), lambda: copy.copy(kids()), lambda: list(itertools.chain(kids())), lambda: (lambda *items: list(items))(*kids()),
                  lambda: list(map(lambda c: c, kids())), lambda: list(dict.fromkeys(kids())), lambda: [c for c, _ in zip(kids(), range(3))]):
        assert taken() == whole
    assert json.loads(json.dumps(kids(), default=lambda c: c.id)) == [1, 2, 3]
    match kids():
        case [first, *rest]:
            assert [first, *rest] == whole


def test_a_list_that_is_set_brings_nothing_along_of_what_it_was(db):
    """45, 78"""
    class Node(db.Model):
        id = db.Column(db.Integer, primary_key=True)
        parent_id = db.Column(db.ForeignKey("node.id"))
        children = db.relationship("Node", back_populates="parent")
        parent = db.relationship("Node", back_populates="children", remote_side=[id])
    db.create_all()
    known, owner, left = Node(), Node(), Node()
    db.session.add(known)
    owner.children = [left]
    owner.children = [known]
    assert owner in db.session and left not in db.session and left.parent is None


def test_the_rows_of_a_join_table_get_its_defaults(db):
    """25, 67"""
    numbers = iter(range(1, 100))
    ab = db.Table("ab", db.Column("a", db.ForeignKey("a.id"), primary_key=True), db.Column("b", db.ForeignKey("b.id"), primary_key=True),
                  db.Column("pos", db.Integer, default=7, nullable=False), db.Column("n", db.Integer, default=lambda: next(numbers)), db.Column("said", db.String, default=lambda: "x" * 40),
                  db.Column("also", db.String, default=lambda: "y" * 40), db.Column("plain", db.Integer))

    class A(db.Model):
        id = db.Column(db.Integer, primary_key=True)
        bs = db.relationship("B", secondary=ab, back_populates="as_")

    class B(db.Model):
        id = db.Column(db.Integer, primary_key=True)
        as_ = db.relationship("A", secondary=ab, back_populates="bs")
    db.create_all()
    one = A(bs=[B(), B()])
    db.session.add(one)
    db.session.commit()
    assert [tuple(row) for row in db.session.execute(db.select(ab).order_by(ab.c.b))] == [(1, n, 7, n, "x" * 40, "y" * 40, None) for n in (1, 2)]
    one.bs.pop(0)
    one.bs.append(B())
    db.session.commit()
    assert [row.n for row in db.session.execute(db.select(ab.c.n).order_by(ab.c.n))] == [2, 3]


def test_a_default_of_a_join_table_that_fails_is_said(db):
    """25, 102"""
    def wrong():
        raise LookupError("not today")
    ab = db.Table("ab", db.Column("a", db.ForeignKey("a.id"), primary_key=True), db.Column("b", db.ForeignKey("b.id"), primary_key=True), db.Column("n", db.Integer, default=wrong))

    class A(db.Model):
        id = db.Column(db.Integer, primary_key=True)
        bs = db.relationship("B", secondary=ab)

    class B(db.Model):
        id = db.Column(db.Integer, primary_key=True)
    db.create_all()
    db.session.add(A(bs=[B()]))
    with pytest.raises(LookupError, match="not today"):
        db.session.commit()
    db.session.rollback()
    assert A.query.count() == 0
