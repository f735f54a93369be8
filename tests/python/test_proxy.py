"""association_proxy. A docstring begins with the rules that a test holds."""

import gc

import pytest

from kith import exc
from kith.ext.associationproxy import association_proxy
from kith.orm import attribute_mapped_collection


@pytest.fixture
def alley(db):
    class Alley(db.Model):
        id = db.Column(db.Integer, primary_key=True)
        name = db.Column(db.String)
        cans = db.relationship("Can", back_populates="alley", cascade="all, delete-orphan", order_by="Can.id")
        raccoons = association_proxy("cans", "raccoon")
        names = association_proxy("cans", "raccoon_name")
        labels = association_proxy("cans", "label")

    class Can(db.Model):
        id = db.Column(db.Integer, primary_key=True)
        label = db.Column(db.String)
        alley_id, raccoon_id = db.Column(db.ForeignKey("alley.id")), db.Column(db.ForeignKey("raccoon.id"))
        alley, raccoon = db.relationship("Alley", back_populates="cans"), db.relationship("Raccoon", back_populates="cans")
        raccoon_name = association_proxy("raccoon", "name")

    class Raccoon(db.Model):
        id = db.Column(db.Integer, primary_key=True)
        name = db.Column(db.String)
        cans = db.relationship("Can", back_populates="raccoon")
        alleys = association_proxy("cans", "alley", creator=lambda alley: Can(alley=alley, label="made"))
    db.create_all()
    return Alley, Can, Raccoon


def test_it_is_a_view_and_never_a_copy(alley):
    """127, 130"""
    A, C, R = alley
    a, r = A(), R()
    shown = a.raccoons
    a.cans.append(C(raccoon=r))
    assert len(shown) == 1 and shown[0] is r and r.alleys == [a] and A(raccoons=[r]).cans[0].raccoon is r


def test_the_default_creator_sets_the_attribute_by_its_name(alley):
    """129"""
    A, C, R = alley
    a, r = A(), R()
    a.raccoons.append(r)
    assert a.cans[0].raccoon is r and r.cans == a.cans
    r.alleys.append(A())
    assert r.cans[1].label == "made"


def test_everything_that_a_list_can_do(alley):
    """128, 131"""
    A, C, R = alley
    a = A()
    x, y, z = (R(name=n) for n in "xyz")
    a.raccoons.extend([x, y])
    a.raccoons.insert(0, z)
    assert a.raccoons == [z, x, y] and a.raccoons[1:] == [x, y] and x in a.raccoons and a.raccoons.index(y) == 2 and a.raccoons.count(x) == 1 and a.raccoons + [1] == [z, x, y, 1]
    can = a.cans[0]
    a.raccoons[0] = y
    assert a.cans[0] is can and can.raccoon is y and a.raccoons * 2 == [y, x, y] * 2
    a.raccoons.remove(y)
    assert a.raccoons == [x, y] and a.raccoons.pop() is y
    del a.raccoons[0]
    a.raccoons += [z]
    a.raccoons[0:1] = [x, y]
    assert a.raccoons == [x, y] and repr(a.raccoons) == repr([x, y]) and list(reversed(a.raccoons)) == [y, x] and a.raccoons.copy() == [x, y] and a.raccoons != [x]
    keep = a.cans[1]
    a.raccoons = [y, z]
    assert a.raccoons == [y, z] and a.cans[0] is keep
    a.raccoons.clear()
    assert not a.raccoons and a.cans == []
    with pytest.raises(ValueError, match="value not in list"):
        a.raccoons.remove(x)
    for method in ("sort", "reverse"):
        with pytest.raises(NotImplementedError):
            getattr(a.raccoons, method)()
    with pytest.raises(TypeError):
        hash(a.raccoons)
    for wrong in (None, 5, "x"):
        with pytest.raises(TypeError):
            a.raccoons = wrong


def test_what_is_removed_is_the_object_between(alley, db):
    """132"""
    A, C, R = alley
    a = A(raccoons=[R(), R()])
    db.session.add(a)
    db.session.commit()
    a.raccoons.remove(a.raccoons[0])
    db.session.commit()
    assert C.query.count() == 1 and R.query.count() == 2


def test_a_single_one_reads_sets_makes_and_deletes(alley, db):
    """133"""
    A, C, R = alley
    c = C()
    assert c.raccoon_name is None
    c.raccoon_name = None
    assert c.raccoon is None
    c.raccoon_name = "bob"
    r = c.raccoon
    c.raccoon_name = "al"
    assert c.raccoon is r and r.name == "al"
    c.raccoon_name = None
    assert r.name is None
    c.raccoon_name = "x"
    del c.raccoon_name
    assert c.raccoon is r and r.name is None


def test_a_single_one_may_delete_or_create_at_none(db):
    """134"""
    class A(db.Model):
        id = db.Column(db.Integer, primary_key=True)
        b_id = db.Column(db.ForeignKey("b.id"))
        b = db.relationship("B")
        n = association_proxy("b", "n", cascade_scalar_deletes=True)
        m = association_proxy("b", "n", create_on_none_assignment=True)

    class B(db.Model):
        id = db.Column(db.Integer, primary_key=True)
        n = db.Column(db.Integer)
    a = A(n=3)
    a.n = None
    assert a.b is None
    a.m = None
    assert a.b is not None and a.b.n is None
    with pytest.raises(exc.ArgumentError, match="mutually exclusive"):
        association_proxy("b", "n", cascade_scalar_deletes=True, create_on_none_assignment=True)


def test_a_dict_of_what_is_related(db):
    """135"""
    class User(db.Model):
        id = db.Column(db.Integer, primary_key=True)
        rows = db.relationship("Note", collection_class=attribute_mapped_collection("k"), cascade="all, delete-orphan")
        notes = association_proxy("rows", "v", creator=lambda k, v: Note(k=k, v=v))

    class Note(db.Model):
        id = db.Column(db.Integer, primary_key=True)
        user_id = db.Column(db.ForeignKey("user.id"))
        k, v = db.Column(db.String), db.Column(db.String)
    db.create_all()
    u = User(notes={"a": "1"})
    u.notes["b"] = "2"
    u.notes.update({"c": "3"}, d="4")
    assert dict(u.notes) == {"a": "1", "b": "2", "c": "3", "d": "4"} and u.notes.pop("d") == "4" and u.notes.get("z", 9) == 9 and u.notes.setdefault("a", "x") == "1" and len(u.notes) == 3
    assert sorted(u.notes) == ["a", "b", "c"] and sorted(u.notes.items())[0] == ("a", "1") and "a" in u.notes and u.notes == {"a": "1", "b": "2", "c": "3"} and u.notes.popitem()
    db.session.add(u)
    db.session.commit()
    u.notes["a"] = "10"
    del u.notes["b"]
    db.session.commit()
    assert [(n.k, n.v) for n in Note.query] == [("a", "10")]
    with pytest.raises(KeyError):
        u.notes["zz"]
    u.notes.clear()
    assert dict(u.notes) == {}


def test_a_set_of_what_is_related(db):
    """136"""
    class Post(db.Model):
        id = db.Column(db.Integer, primary_key=True)
        tags = db.relationship("Tag", collection_class=set, cascade="all, delete-orphan")
        names = association_proxy("tags", "name")

    class Tag(db.Model):
        id = db.Column(db.Integer, primary_key=True)
        name = db.Column(db.String)
        post_id = db.Column(db.ForeignKey("post.id"))
    db.create_all()
    p = Post(names={"a"})
    p.names.add("b")
    p.names.add("b")
    assert p.names == {"a", "b"} and len(p.tags) == 2 and p.names | {"c"} == {"a", "b", "c"} and p.names & {"a"} == {"a"} and p.names - {"a"} == {"b"} and p.names ^ {"a", "c"} == {"b", "c"}
    p.names |= {"c"}
    p.names -= {"a"}
    p.names.discard("nope")
    assert p.names == {"b", "c"} and "b" in p.names and p.names.issubset({"b", "c", "d"})
    with pytest.raises(KeyError):
        p.names.remove("nope")
    keep = {t.name: t for t in p.tags}
    p.names = {"c", "d"}
    assert keep["c"] in p.tags and len(p.tags) == 2
    db.session.add(p)
    db.session.commit()
    assert Post.query.one().names == {"c", "d"} and Post.query.where(Post.names.contains("d")).count() == 1


def test_over_a_join_table(db):
    """137"""
    class Post(db.Model):
        id = db.Column(db.Integer, primary_key=True)
        tags = db.relationship("Tag", secondary="post_tag", order_by="Tag.id")
        names = association_proxy("tags", "name")

    class Tag(db.Model):
        id = db.Column(db.Integer, primary_key=True)
        name = db.Column(db.String)
    db.Table("post_tag", db.Column("p", db.ForeignKey("post.id"), primary_key=True), db.Column("t", db.ForeignKey("tag.id"), primary_key=True))
    db.create_all()
    db.session.add_all([Post(names=["a", "b"]), Post(names=["c"])])
    db.session.commit()
    assert Post.query.where(Post.names == "b").one().names == ["a", "b"] and Tag.query.count() == 3


def test_a_proxy_of_a_proxy(alley, db):
    """138"""
    A, C, R = alley
    a = A(raccoons=[R(name="x"), R(name="y")])
    assert list(a.names) == ["x", "y"]
    db.session.add(a)
    db.session.commit()
    assert A.query.where(A.names.contains("y")).one() is a and A.query.where(A.names.contains("z")).count() == 0


def test_filters(alley, db):
    """139"""
    A, C, R = alley
    x, y = R(name="x"), R(name="y")
    db.session.add_all([A(name="a1", raccoons=[x]), A(name="a2", raccoons=[x, y]), A(name="a3"), C(label="lone"), C(label="tx", raccoon=x)])
    db.session.commit()

    def alleys(criterion):
        return sorted(a.name for a in A.query.where(criterion))

    def cans(criterion):
        return sorted(c.label or "-" for c in C.query.where(criterion))
    assert alleys(A.raccoons.any(name="y")) == ["a2"] and alleys(A.raccoons.any(R.name == "x")) == ["a1", "a2"] and alleys(A.raccoons.contains(y)) == ["a2"] and alleys(~A.raccoons.any()) == ["a3"]
    assert cans(C.raccoon_name == "x") == ["-", "-", "tx"] and cans(C.raccoon_name == None) == ["lone"] and cans(C.raccoon_name != "x") == ["-"]     # noqa: E711
    assert cans(C.raccoon_name.like("x%")) == ["-", "-", "tx"] and cans(C.raccoon_name.in_(["y"])) == ["-"] and cans(~C.raccoon_name.has()) == ["lone"] and alleys(A.labels == "tx") == []
    assert sorted(r.name for r in R.query.where(R.alleys.any(name="a2"))) == ["x", "y"] and cans(C.raccoon_name > "x") == ["-"] and C.query.filter_by(raccoon_name="y").count() == 1


def test_filters_that_do_not_fit(alley, db):
    """140"""
    A, C, R = alley
    with pytest.raises(exc.InvalidRequestError, match=r"contains\(\)"):
        A.raccoons == R()
    with pytest.raises(exc.InvalidRequestError, match=r"'has\(\)' not implemented for collections. Use any\(\)"):
        A.raccoons.has()
    with pytest.raises(exc.ArgumentError, match="Can't apply keyword arguments to column-targeted association proxy; use =="):
        C.raccoon_name.has(name="x")
    with pytest.raises(exc.InvalidRequestError, match=r"'any\(\)' not implemented for scalar attributes. Use has\(\)"):
        C.raccoon_name.any()
    with pytest.raises(NotImplementedError, match="can't be used as a plain column expression"):
        db.session.query(A.names)
    with pytest.raises(NotImplementedError, match="can't be used as a plain column expression"):
        db.session.execute(db.select(A.id).order_by(A.names))


@pytest.mark.parametrize("first, second, error, words", [
    ("nope", "n", exc.InvalidRequestError, "has no property 'nope'"), ("n", "x", NotImplementedError, "non-relationship intermediary"), ("bs", "nope", exc.InvalidRequestError, "B has no such attribute"),
    ("bs", "nn", exc.InvalidRequestError, "did you mean 'n'")])
def test_names_are_checked_when_the_models_are(db, first, second, error, words):
    """141, 21"""
    class A(db.Model):
        id = db.Column(db.Integer, primary_key=True)
        n = db.Column(db.Integer)
        bs = db.relationship("B")
        p = association_proxy(first, second)

    class B(db.Model):
        id = db.Column(db.Integer, primary_key=True)
        n = db.Column(db.Integer)
        a_id = db.Column(db.ForeignKey("a.id"))
    with pytest.raises(error, match=words):
        db.create_all()
    with pytest.raises(error, match=words):
        A()
    with pytest.raises(exc.ArgumentError):
        association_proxy(5, "x")


def test_a_view_keeps_its_owner(alley):
    """142"""
    A, C, R = alley
    shown = A(raccoons=[R(name="x")]).raccoons
    gc.collect()
    assert shown[0].name == "x"


def test_it_loads_as_its_relationships_do(alley, db, statements):
    """142"""
    A, C, R = alley
    db.session.add_all([A(raccoons=[R(name=str(i)), R()]) for i in range(5)])
    db.session.commit()
    db.session.remove()
    assert statements(lambda: [r.id for a in A.query.all() for r in a.raccoons]) == 3
    db.session.remove()
    alleys = A.query.options(db.selectinload(A.cans).joinedload(C.raccoon)).all()
    assert statements(lambda: [r.id for a in alleys for r in a.raccoons]) == 0


def test_nothing_half_made_is_written(alley, db):
    """143"""
    A, C, R = alley
    a, r = A(), R()
    db.session.add_all([a, r])
    db.session.commit()
    C.__table__.c.label.nullable = True
    a.raccoons.append(r)
    db.session.commit()
    assert C.query.one().alley is a and C.query.one().raccoon is r
