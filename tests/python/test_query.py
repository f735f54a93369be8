"""Queries. A docstring begins with the rules that a test holds."""

import pytest

from kith import exc, orm, sql
from kith.orm import aliased, with_parent


@pytest.fixture
def shop(db):
    class Owner(db.Model):
        id = db.Column(db.Integer, primary_key=True)
        name = db.Column(db.String)
        items = db.relationship("Item", back_populates="owner")

    class Item(db.Model):
        id = db.Column(db.Integer, primary_key=True)
        name = db.Column(db.String)
        price = db.Column(db.Integer)
        owner_id = db.Column(db.ForeignKey("owner.id"))
        owner = db.relationship("Owner", back_populates="items")
        tags = db.relationship("Tag", secondary="item_tag", back_populates="items")

    class Tag(db.Model):
        id = db.Column(db.Integer, primary_key=True)
        word = db.Column(db.String)
        items = db.relationship("Item", secondary="item_tag", back_populates="tags")
    db.Table("item_tag", db.Column("item_id", db.ForeignKey("item.id"), primary_key=True), db.Column("tag_id", db.ForeignKey("tag.id"), primary_key=True))
    db.create_all()
    red, blue = Tag(word="red"), Tag(word="blue")
    ann, bob = Owner(name="ann"), Owner(name="bob")
    db.session.add_all([ann, bob, Owner(name="cid"), Item(name="pen", price=3, owner=ann, tags=[red]), Item(name="ink", price=7, owner=ann, tags=[red, blue]), Item(name="cap", price=5, owner=bob),
                        Item(name="lost", price=None)])
    db.session.commit()
    return Owner, Item, Tag


def names(query):
    return [x.name for x in query]


def test_a_query_is_never_changed_by_what_is_made_of_it(shop, db):
    """145"""
    _, I, _ = shop
    q = I.query
    q.filter(I.price > 3)
    assert q.count() == 4 and q.where(I.price > 3).count() == 2 and db.session.query(I).filter_by(price=3, name="pen").count() == 1


def test_the_ways_to_have_what_was_found(shop, db):
    """146"""
    _, I, _ = shop
    q = I.query.order_by(I.id)
    assert q.first().name == "pen" and I.query.filter_by(name="x").first() is None and q.filter_by(name="cap").one().name == "cap" and I.query.filter_by(name="x").one_or_none() is None
    assert len(q.all()) == 4 and [i.name for i in q] == ["pen", "ink", "cap", "lost"] and q[1].name == "ink" and names(q[1:3]) == ["ink", "cap"] and names(q[2:]) == ["cap", "lost"]
    assert db.session.query(I.price).filter_by(name="cap").scalar() == 5 and q.count() == 4 and q.limit(2).count() == 2
    with pytest.raises(exc.NoResultFound, match="No row was found when one was required"):
        I.query.filter_by(name="x").one()
    with pytest.raises(exc.MultipleResultsFound, match="Multiple rows were found when exactly one was required"):
        q.one()
    with pytest.raises(exc.MultipleResultsFound):
        q.one_or_none()
    for index in (-1, slice(-1, None), slice(0, -1)):
        with pytest.raises(IndexError):
            q[index]
    with pytest.raises(IndexError):
        q[99]
    assert q[5:3] == []


def test_sorting_limits_and_distinct(shop, db):
    """147"""
    O, I, _ = shop
    assert names(I.query.where(I.price != None).order_by(I.price.desc())) == ["ink", "cap", "pen"]      # noqa: E711
    assert names(I.query.order_by(I.owner_id.desc(), db.asc(I.name)))[:3] == ["cap", "ink", "pen"] and names(I.query.order_by(I.price.nulls_last()).limit(2).offset(1)) == ["cap", "ink"]
    assert names(I.query.order_by(db.func.length(I.name).desc(), "name")) == ["lost", "cap", "ink", "pen"] and names(I.query.order_by(I.id).order_by(None))
    assert sorted(row[0] for row in db.session.query(I.owner_id).where(I.owner_id != None).distinct()) == [1, 2]        # noqa: E711
    for wrong in ("filter", "filter_by", "order_by", "group_by", "join"):
        with pytest.raises(exc.InvalidRequestError, match=rf"Query.{wrong}\(\) being called on a Query which already has LIMIT or OFFSET"):
            getattr(I.query.limit(1), wrong)(*(() if wrong == "filter_by" else (I.owner if wrong == "join" else I.id,)))


@pytest.mark.parametrize("make, found", [
    (lambda I, db: I.name == "pen", "pen"), (lambda I, db: I.name != "pen", "ink cap lost"), (lambda I, db: I.price < 5, "pen"), (lambda I, db: I.price <= 5, "pen cap"),
    (lambda I, db: I.price > 5, "ink"), (lambda I, db: 5 <= I.price, "ink cap"), (lambda I, db: I.price + 2 == 5, "pen"), (lambda I, db: 10 - I.price == 3, "ink"), (lambda I, db: I.price * 2 > 8, "ink cap"),
    (lambda I, db: I.price % 2 == 1, "pen ink cap"), (lambda I, db: I.price / 2 == 2.5, "cap"), (lambda I, db: -I.price == -7, "ink"), (lambda I, db: I.price // 2 == 2, "cap"),
    (lambda I, db: I.name.in_(["pen", "cap"]), "pen cap"), (lambda I, db: I.name.in_([]), ""), (lambda I, db: I.name.notin_(["pen"]), "ink cap lost"), (lambda I, db: I.name.not_in([]), "pen ink cap lost"),
    (lambda I, db: I.name.like("%n%"), "pen ink"), (lambda I, db: I.name.ilike("P%"), "pen"), (lambda I, db: I.name.contains("o"), "lost"), (lambda I, db: I.name.startswith("c"), "cap"),
    (lambda I, db: I.name.endswith("n"), "pen"), (lambda I, db: I.name.contains("%", autoescape=True), ""), (lambda I, db: ~I.name.like("%n%"), "cap lost"), (lambda I, db: I.name.notlike("%n%"), "cap lost"),
    (lambda I, db: I.price.between(3, 5), "pen cap"), (lambda I, db: I.price == None, "lost"), (lambda I, db: I.price != None, "pen ink cap"), (lambda I, db: I.price.is_(None), "lost"),    # noqa: E711
    (lambda I, db: I.price.isnot(None), "pen ink cap"), (lambda I, db: I.price.is_not(None), "pen ink cap"), (lambda I, db: (I.price > 3) & (I.name != "cap"), "ink"),
    (lambda I, db: (I.price == 3) | (I.price == 7), "pen ink"), (lambda I, db: ~(I.price == 3), "ink cap"), (lambda I, db: db.and_(I.price > 3, db.or_(I.name == "cap", I.name == "x")), "cap"),
    (lambda I, db: db.not_(I.price > 3), "pen"), (lambda I, db: I.name + "!" == "pen!", "pen"), (lambda I, db: I.name.concat("?") == "cap?", "cap"), (lambda I, db: db.func.upper(I.name) == "INK", "ink"),
    (lambda I, db: db.func.coalesce(I.price, 0) == 0, "lost"), (lambda I, db: db.text("price = 7"), "ink"), (lambda I, db: db.text("price = :p").bindparams(p=7), "ink"), (lambda I, db: db.true(), "pen ink cap lost"),
    (lambda I, db: db.false(), ""), (lambda I, db: db.cast(I.price, db.String) == "7", "ink"), (lambda I, db: db.case((I.price > 4, "dear"), else_="cheap") == "dear", "ink cap"),
    (lambda I, db: I.price.in_(db.select(db.func.max(I.price))), "ink"), (lambda I, db: I.name.collate("NOCASE") == "PEN", "pen"), (lambda I, db: db.literal(3) == I.price, "pen"),
    (lambda I, db: db.tuple_(I.name, I.price).in_([("pen", 3), ("cap", 1)]), "pen"), (lambda I, db: I.name.op("||")("x") == "penx", "pen"), (lambda I, db: db.and_(), "pen ink cap lost")])
def test_operators(shop, db, make, found):
    """148"""
    _, I, _ = shop
    assert names(I.query.where(make(I, db)).order_by(I.id)) == found.split()


def test_values_are_always_bound(shop, db):
    """148"""
    _, I, _ = shop
    told = []
    db.event.listen(db.engine, "after_cursor_execute", lambda conn, cursor, statement, parameters, context, many: told.append((statement, parameters)))
    db.session.remove()
    evil = "x'; DROP TABLE item; --"
    I.query.where(I.name == evil, I.name.contains(evil), I.name.in_([evil]), db.func.lower(evil) == I.name).all()
    assert evil not in told[0][0] and evil in told[0][1] and I.query.count() == 4


def test_a_comparison_has_no_truth(shop, db):
    """149"""
    _, I, _ = shop
    for use in (lambda: bool(I.price > 3), lambda: I.name == "x" and I.price == 3, lambda: not (I.price > 3), lambda: 1 < I.price < 5, lambda: bool(I.owner == None)):      # noqa: E711
        with pytest.raises(TypeError, match="Boolean value of this clause is not defined"):
            use()
    with pytest.raises(TypeError):
        list(I.name)


def test_filter_by_an_unknown_name(shop, db):
    """150"""
    _, I, _ = shop
    with pytest.raises(exc.InvalidRequestError, match='Entity namespace for "item" has no property "prise".*did you mean \'price\''):
        I.query.filter_by(prise=3)


def test_plain_sql_is_refused(shop, db):
    """151"""
    _, I, _ = shop
    for use in (lambda: I.query.filter("price = 3"), lambda: I.query.order_by("price; drop"), lambda: db.select("name x"), lambda: db.session.execute("SELECT 1")):
        with pytest.raises(exc.ArgumentError, match="explicitly declared|text"):
            use()
    assert I.query.filter(db.text("price = :x")).params(x=3).one().name == "pen"
    assert [tuple(row) for row in db.session.execute(db.text("SELECT name, price FROM item WHERE price > :p ORDER BY 2"), {"p": 3})] == [("cap", 5), ("ink", 7)]
    with pytest.raises(exc.StatementError, match="A value is required for bind parameter 'p'"):
        db.session.execute(db.text("SELECT :p"))
    assert db.session.execute(db.text("SELECT ':x', '\\:y', \"name\" FROM item WHERE name = :n"), {"n": "pen"}).one()[0] == ":x"


def test_conditions_on_relationships(shop, db):
    """152"""
    O, I, T = shop
    ann = O.query.filter_by(name="ann").one()
    pen = I.query.filter_by(name="pen").one()
    red = T.query.filter_by(word="red").one()

    def of(query):
        return sorted(names(query))
    assert of(O.query.where(O.items.any())) == ["ann", "bob"] and of(O.query.where(~O.items.any())) == ["cid"] and of(O.query.where(O.items.any(I.price > 6))) == ["ann"]
    assert of(O.query.where(O.items.any(name="cap"))) == ["bob"] and of(I.query.where(I.owner.has(name="bob"))) == ["cap"] and of(I.query.where(~I.owner.has())) == ["lost"]
    assert of(I.query.where(I.owner == ann)) == ["ink", "pen"] and of(I.query.where(I.owner != ann)) == ["cap", "lost"] and of(I.query.where(I.owner == None)) == ["lost"]       # noqa: E711
    assert of(I.query.where(I.owner != None)) == ["cap", "ink", "pen"] and of(O.query.where(O.items.contains(pen))) == ["ann"] and of(I.query.filter_by(owner=ann)) == ["ink", "pen"]    # noqa: E711
    assert of(I.query.where(I.tags.contains(red))) == ["ink", "pen"] and of(I.query.where(I.tags.any(word="blue"))) == ["ink"] and of(I.query.where(~I.tags.contains(red))) == ["cap", "lost"]
    assert of(I.query.with_parent(ann)) == ["ink", "pen"] and of(I.query.where(with_parent(red, T.items))) == ["ink", "pen"] and of(O.query.where(O.items == None)) == ["cid"]       # noqa: E711
    assert of(O.query.where(O.items.any(I.tags.any(T.word == "blue")))) == ["ann"]


def test_a_pending_object_in_a_condition_is_written_first(shop, db):
    """152, 96"""
    O, I, T = shop
    dan = O(name="dan")
    db.session.add(dan)
    assert I.query.where(I.owner == dan).all() == [] and dan.id is not None
    tag = T(word="new")
    db.session.add(tag)
    assert I.query.where(I.tags.contains(tag)).all() == [] and tag.id is not None
    lone = O(name="lone")
    assert I.query.where(I.owner == lone).all() == I.query.where(I.owner_id == None).all() and lone.id is None      # noqa: E711


def test_conditions_on_relationships_that_do_not_fit(shop, db):
    """153"""
    O, I, T = shop
    pen = I.query.filter_by(name="pen").one()
    for use, error, words in ((lambda: O.items == pen, exc.InvalidRequestError, "Can't compare a collection"), (lambda: O.items.has(), exc.InvalidRequestError, "has.*not implemented for collections"),
                              (lambda: I.owner.any(), exc.InvalidRequestError, "any.*not implemented for scalar"), (lambda: I.owner.contains(pen), exc.InvalidRequestError, "contains"),
                              (lambda: I.owner.in_([]), NotImplementedError, "in_"), (lambda: I.owner == O, exc.ArgumentError, "Mapped instance expected"),
                              (lambda: I.owner == pen, exc.ArgumentError, "Owner"), (lambda: I.owner == 5, exc.ArgumentError, "Mapped instance expected"), (lambda: I.owner.name, AttributeError, "owner")):
        with pytest.raises(error, match=words):
            use()


def test_joins(shop, db):
    """154"""
    O, I, T = shop
    assert [(o.name, i.name) for o, i in db.session.query(O, I).join(O.items).order_by(I.id)] == [("ann", "pen"), ("ann", "ink"), ("bob", "cap")]
    assert sorted(names(O.query.join(I).filter(I.price > 4))) == ["ann", "bob"] and names(O.query.join(O.items).filter_by(name="cap")) == ["bob"] and names(O.query.join(I).order_by(O.id)) == ["ann", "bob"]
    assert sorted((o.name, i and i.name) for o, i in db.session.query(O, I).outerjoin(I, I.owner_id == O.id)) == [("ann", "ink"), ("ann", "pen"), ("bob", "cap"), ("cid", None)]
    assert sorted(names(I.query.join(I.tags).where(T.word == "red"))) == ["ink", "pen"] and names(O.query.join(O.items).join(I.tags).where(T.word == "blue")) == ["ann"]
    assert sorted(names(O.query.outerjoin(O.items).where(I.id == None))) == ["cid"] and db.session.query(O.name, db.func.count(I.id)).outerjoin(I).group_by(O.id).order_by(O.id).all() == [("ann", 2), ("bob", 1), ("cid", 0)]     # noqa: E711
    with pytest.raises(exc.InvalidRequestError, match="join"):
        O.query.join(T).all()


def test_a_query_gives_each_object_once_and_a_select_each_row(shop, db):
    """154"""
    O, I, T = shop
    s = db.session
    assert O.query.join(O.items).filter(O.name == "ann").one().name == "ann" and O.query.join(I).filter(O.id == 1).one_or_none().id == 1
    assert names(O.query.filter(I.owner_id == O.id).order_by(O.id)) == ["ann", "bob"] and names(iter(O.query.join(I).order_by(O.id))) == ["ann", "bob"]
    assert [(o.name, n) for o, n in s.query(O, db.literal(1)).join(I).order_by(O.id)] == [("ann", 1), ("bob", 1)] and s.query(O.name).join(I).count() == 3 == len(s.query(O.name).join(I).all())
    with pytest.raises(exc.MultipleResultsFound):
        O.query.join(I).one()
    assert len(s.execute(sql.select(O).join(I)).scalars().all()) == 3 and len(s.scalars(sql.select(O).join(I)).unique().all()) == 2
    pairs = s.query(O, I).join(O.items).order_by(O.id, I.id).all()
    for size in (1, 2, 50):
        assert sorted((o.id, i.id) for o, i in s.query(O, I).join(O.items).yield_per(size)) == [(o.id, i.id) for o, i in pairs]


def test_full_joins_bring_the_rows_of_both_sides(shop, db):
    """154"""
    O, I, T = shop
    db.session.add(T(word="lonely"))
    db.session.flush()
    both = [("ann", "ink"), ("ann", "pen"), ("bob", "cap"), ("cid", None), (None, "lost")]
    named = lambda rows: sorted(((o and o.name, i and i.name) for o, i in rows), key=str)       # noqa: E731
    for joined in (sql.select(O, I).join(O.items, full=True), sql.select(O, I).outerjoin(I, I.owner_id == O.id, full=True), sql.select(O, I).join_from(O, I, full=True),
                   sql.select(O, I).select_from(orm.join(O, I, O.id == I.owner_id, full=True)), sql.select(O, I).select_from(orm.outerjoin(O, I, O.id == I.owner_id, full=True))):
        assert named(db.session.execute(joined)) == sorted(both, key=str), joined
    assert named(db.session.query(O, I).join(O.items, full=True)) == named(db.session.query(O, I).outerjoin(O.items, full=True)) == sorted(both, key=str)
    tables = O.__table__, I.__table__
    for joined in (tables[0].join(tables[1], full=True), tables[0].outerjoin(tables[1], full=True), sql.join(*tables, full=True), sql.outerjoin(*tables, full=True)):
        assert sorted(map(tuple, db.session.execute(sql.select(tables[0].c.name, tables[1].c.name).select_from(joined))), key=str) == sorted(both, key=str)
    through = {(i and i.name, t and t.word) for i, t in db.session.query(I, T).join(I.tags, full=True)}
    assert ("cap", None) in through and (None, "lonely") in through and ("lost", None) in through and any(i and t for i, t in through)
    assert "FULL OUTER JOIN" in str(sql.select(O, I).join(O.items, full=True))

def test_joins_of_a_class_to_itself(db):
    """154, 159"""
    class Node(db.Model):
        id = db.Column(db.Integer, primary_key=True)
        name = db.Column(db.String)
        parent_id = db.Column(db.ForeignKey("node.id"))
        parent = db.relationship("Node", remote_side=[id], back_populates="children")
        children = db.relationship("Node", back_populates="parent")
    db.create_all()
    db.session.add(Node(name="root", children=[Node(name="a"), Node(name="b", children=[Node(name="c")])]))
    db.session.commit()
    up = aliased(Node)
    assert sorted((n.name, p.name) for n, p in db.session.query(Node, up).join(up, Node.parent)) == [("a", "root"), ("b", "root"), ("c", "b")]
    assert names(Node.query.join(Node.parent.of_type(up)).where(up.name == "b")) == ["c"] and sorted(names(Node.query.where(Node.parent.has(Node.name == "root")))) == ["a", "b"]
    assert sorted(names(Node.query.where(Node.children.any()))) == ["b", "root"] and names(Node.query.where(Node.children.any(name="c"))) == ["b"]
    assert sorted(row[0] for row in db.session.query(up.name).where(up.parent_id == 1)) == ["a", "b"]


def test_columns_labels_and_aggregates(shop, db):
    """155"""
    O, I, _ = shop
    row = db.session.query(db.func.count(I.id), db.func.sum(I.price), db.func.min(I.price), db.func.max(I.price), db.func.avg(I.price)).one()
    assert tuple(row) == (4, 15, 3, 7, 5.0)
    row = db.session.query(I.name, I.price.label("cost"), (I.price * 2).label("double")).order_by(I.id).first()
    assert row.name == "pen" and row.cost == 3 and row.double == 6 and row._asdict() == {"name": "pen", "cost": 3, "double": 6} and row == ("pen", 3, 6) and row[1] == 3 and row._mapping["cost"] == 3
    assert row._mapping[I.name] == "pen" and row.keys() == ("name", "cost", "double")
    with pytest.raises(AttributeError):
        row.nothing
    assert db.session.query(I.owner_id, db.func.sum(I.price)).group_by(I.owner_id).having(db.func.sum(I.price) > 5).all() == [(1, 10)]
    assert [(i.name, price) for i, price in db.session.query(I, I.price).order_by(I.id).limit(1)] == [("pen", 3)]
    assert I.query.with_entities(I.name).order_by(I.name).first() == ("cap",) and I.query.add_columns(I.price).order_by(I.id).first()[1] == 3
    assert db.session.query(db.func.count(db.distinct(I.owner_id))).scalar() == 2 and db.session.query(db.func.count(I.owner_id.distinct())).scalar() == 2


def test_exists_and_subqueries(shop, db):
    """156"""
    O, I, _ = shop
    assert db.session.query(I.query.filter_by(name="pen").exists()).scalar() is True and db.session.query(db.exists().where(I.name == "x")).scalar() is False
    assert names(O.query.where(db.exists().where(I.owner_id == O.id, I.price > 6))) == ["ann"] and names(O.query.where(~db.exists().where(I.owner_id == O.id))) == ["cid"]
    sums = db.session.query(I.owner_id, db.func.sum(I.price).label("total")).group_by(I.owner_id).subquery()
    assert db.session.query(O.name, sums.c.total).join(sums, sums.c.owner_id == O.id).order_by(O.name).all() == [("ann", 10), ("bob", 5)]
    dear = db.select(I.owner_id).where(I.price > 4)
    assert sorted(names(O.query.where(O.id.in_(dear)))) == ["ann", "bob"] and sorted(names(O.query.where(O.id.notin_(dear.where(I.owner_id != None))))) == ["cid"]     # noqa: E711
    most = db.select(db.func.max(I.price)).where(I.owner_id == O.id).scalar_subquery()
    assert db.session.query(O.name, most).order_by(O.id).all() == [("ann", 7), ("bob", 5), ("cid", None)]
    assert db.session.execute(db.select(db.func.count()).select_from(db.select(I).where(I.price > 3).subquery())).scalar() == 2


def test_the_style_of_two(shop, db):
    """157"""
    O, I, _ = shop
    s = db.session
    assert names(s.execute(db.select(I).where(I.price > 3).order_by(I.id)).scalars()) == ["ink", "cap"] and s.scalar(db.select(I.name).where(I.price == 3)) == "pen"
    assert s.execute(db.select(I).filter_by(name="pen")).scalar_one().price == 3 and s.execute(db.select(I).filter_by(name="x")).scalar_one_or_none() is None
    assert s.execute(db.select(I.name, I.price).order_by(I.id)).first() == ("pen", 3) and names(s.scalars(db.select(O).join(O.items).where(I.name == "cap"))) == ["bob"]
    assert s.execute(db.select(I)).all()[0][0].name == "pen" and [row.Item.name for row in s.execute(db.select(I).order_by(I.id))][0] == "pen"
    assert s.execute(db.select(O, I).join(I)).first().Owner.name == "ann" and s.execute(db.select(I.name).order_by(I.id)).mappings().first()["name"] == "pen"
    with pytest.raises(exc.NoResultFound):
        s.execute(db.select(I).filter_by(name="x")).scalar_one()
    with pytest.raises(exc.MultipleResultsFound):
        s.scalars(db.select(I)).one()
    assert s.scalars(db.select(I.price).order_by(I.price.desc()).limit(1)).one() == 7 and s.scalar(db.select(db.func.count()).select_from(I)) == 4 and s.execute(db.select(1, db.literal("x"))).one() == (1, "x")
    assert s.get_one(I, 1).name == "pen"
    with pytest.raises(exc.NoResultFound):
        s.get_one(I, 99)


def test_bulk_update_and_delete_follow_in_the_session(shop, db):
    """158"""
    O, I, _ = shop
    pen = I.query.filter_by(name="pen").one()
    assert I.query.where(I.price > 3).update({"price": I.price + 10}) == 2 and I.query.filter_by(name="ink").one().price == 17
    assert I.query.filter_by(name="pen").update({I.price: 4}) == 1 and pen.price == 4
    assert db.session.execute(db.update(I).where(I.name == "pen").values(price=6)).rowcount == 1 and pen.price == 6
    assert I.query.filter_by(name="lost").delete() == 1 and I.query.count() == 3
    db.session.execute(db.text("DELETE FROM item_tag"))
    assert db.session.execute(db.delete(I).where(I.name == "pen")).rowcount == 1 and pen not in db.session
    db.session.rollback()
    assert I.query.count() == 4 and pen.price == 3
    for query, word in ((I.query.limit(1), "limit"), (I.query.offset(1), "offset"), (I.query.order_by(I.id), "order_by"), (I.query.join(I.owner), "join")):
        for use in (lambda: query.update({"price": 1}), query.delete):
            with pytest.raises(exc.InvalidRequestError, match=rf"Can't call Query.update\(\) or Query.delete\(\) when {word}\(\) has been called"):
                use()
    with pytest.raises(exc.CompileError, match="Unconsumed column names: nope"):
        I.query.update({"nope": 1})


def test_unions(shop, db):
    """159"""
    O, I, _ = shop
    cheap, dear = I.query.where(I.price < 4), I.query.where(I.price > 4)
    assert sorted(names(cheap.union(dear))) == ["cap", "ink", "pen"] and cheap.union(dear).count() == 3 and names(cheap.union_all(cheap)) == ["pen"] and cheap.union_all(cheap).count() == 2
    both = db.union(db.select(I.name).where(I.price < 4), db.select(O.name).where(O.name == "cid"))
    assert sorted(db.session.scalars(both)) == ["cid", "pen"] and db.session.scalars(both.order_by("name").limit(1)).all() == ["cid"]
    assert names(I.query.except_(I.query.where(I.price != None)).order_by(None)) == ["lost"]        # noqa: E711
    assert names(cheap.union(dear).order_by(I.name.desc())) == ["pen", "ink", "cap"] and names(cheap.union(dear).filter(I.price > 4).order_by(I.price)) == ["cap", "ink"]
    words = db.session.query(I.name).where(I.price < 4).union(db.session.query(O.name).where(O.name == "cid"))
    assert words.order_by(I.name).all() == [("cid",), ("pen",)] and words.filter(I.name == "pen").all() == [("pen",)]


def test_case_cast_and_functions(shop, db):
    """159"""
    _, I, _ = shop
    rows = db.session.query(I.name, db.case((I.price > 4, "dear"), (I.price > 0, "cheap"), else_="free")).order_by(I.id).all()
    assert rows == [("pen", "cheap"), ("ink", "dear"), ("cap", "dear"), ("lost", "free")]
    assert db.session.query(db.case({"pen": 1, "ink": 2}, value=I.name, else_=0)).order_by(I.id).all() == [(1,), (2,), (0,), (0,)]
    assert db.session.query(db.cast("12", db.Integer)).scalar() == 12 and db.session.query(db.func.lower("ABC")).scalar() == "abc" and db.session.query(db.literal(True)).scalar() is True


def test_a_query_shows_its_sql(shop, db):
    """145"""
    O, I, _ = shop
    text = str(I.query.join(I.owner).where(O.name == "x", I.price.in_([1, 2])).order_by(I.id.desc()).limit(3))
    assert "SELECT item.id, item.name, item.price, item.owner_id" in text and "JOIN owner ON item.owner_id = owner.id" in text and ":param_1" in text and "ORDER BY item.id DESC" in text and "LIMIT 3" in text
    assert str(I.price + 1 > 3) == "(item.price + :param_1) > :param_2" and "EXISTS" in str(O.query.where(O.items.any()))


def test_get_of_a_query_that_looks_for_something_is_refused(db):
    """95"""
    class A(db.Model):
        id = db.Column(db.Integer, primary_key=True)
        n = db.Column(db.Integer)
    db.create_all()
    db.session.add(A(id=1, n=1))
    db.session.commit()
    for query in (A.query.filter_by(n=2), A.query.limit(1), A.query.group_by(A.n), A.query.filter_by(n=1).union(A.query.filter_by(n=2))):
        with pytest.raises(exc.InvalidRequestError, match="existing criterion"):
            query.get(1)
    assert A.query.order_by(A.n).get(1).n == 1


def test_a_subquery_in_a_change_is_about_the_row_that_changes(shop, db):
    """158"""
    O, I, _ = shop
    s = db.session
    assert O.query.filter(db.exists().where(I.owner_id == O.id, I.name == "cap")).update({"name": "x"}, synchronize_session=False) == 1
    assert s.query(O.name).order_by(O.id).all() == [("ann",), ("x",), ("cid",)]
    s.execute(db.update(O).values(name=db.select(db.func.count(I.id)).where(I.owner_id == O.id).scalar_subquery()))
    assert s.query(O.name).order_by(O.id).all() == [("2",), ("1",), ("0",)]
    text = str(db.delete(O).where(~db.exists().where(I.owner_id == O.id)))
    assert "FROM item" in text and "FROM item, owner" not in text
    assert s.execute(db.delete(O).where(~db.exists().where(I.owner_id == O.id))).rowcount == 1 and O.query.count() == 2
    assert I.query.filter(I.id.in_(db.select(I.id).where(I.price > 4)), ~I.tags.any()).delete() == 1 and I.query.count() == 3


def test_what_a_subquery_takes_from_the_statement_around_it(shop, db):
    """156"""
    O, I, T = shop
    s = db.session
    blue = db.select(I.id).join(I.tags).where(T.word == "blue")
    assert names(I.query.filter(I.id.in_(blue))) == ["ink"]
    oldest = db.select(db.func.max(O.name)).join(I, I.owner_id == O.id).scalar_subquery()
    assert s.query(O.name, oldest).order_by(O.id).all() == [("ann", "bob"), ("bob", "bob"), ("cid", "bob")]
    two_out = db.exists().where(db.exists().where(T.word == "red", O.name == "ann").correlate(O), I.owner_id == O.id)
    assert names(O.query.filter(two_out)) == ["ann"]
    other = db.select(db.func.count(I.id)).where(I.owner_id == O.id)
    assert [n for _, n in s.query(O.id, other.correlate(O).scalar_subquery()).order_by(O.id)] == [2, 1, 0]
    assert [n for _, n in s.query(O.id, other.correlate_except(I).scalar_subquery()).order_by(O.id)] == [2, 1, 0]
    assert [n for _, n in s.query(O.id, other.correlate(None).scalar_subquery()).order_by(O.id)] == [3, 3, 3]
    assert names(O.query.join(O.items).filter(I.name == "cap", O.items.any(I.name == "ink"))) == [] and names(O.query.join(O.items).filter(I.name == "pen", O.items.any(I.name == "ink"))) == ["ann"]


def test_what_is_selected_or_asked_for_before_it_is_joined(shop, db):
    """154"""
    O, I, T = shop
    s = db.session
    wanted = [("ann", "blue"), ("ann", "red"), ("ann", "red")]
    assert sorted(s.query(O.name, T.word).join(O.items).join(I.tags)) == sorted(s.query(T.word, O.name).select_from(O).join(O.items).join(I.tags).with_entities(O.name, T.word)) == wanted
    assert names(O.query.filter(T.word == "blue").join(O.items).join(I.tags)) == ["ann"]
    assert sorted(s.query(O.name, T.word).join(I, I.owner_id == O.id).join(I.tags)) == wanted
    assert s.query(O.name, T.word).join(O.items).join(T.items.of_type(aliased(I))).filter(O.name == "bob").count() == 3


def test_a_dynamic_relationship_of_a_class_to_itself_is_joined_from_what_it_leads_to(db):
    """154"""
    follows = db.Table("follows", db.Column("a", db.ForeignKey("person.id")), db.Column("b", db.ForeignKey("person.id")))

    class Person(db.Model):
        id = db.Column(db.Integer, primary_key=True)
        followed = db.relationship("Person", secondary=follows, primaryjoin=(follows.c.a == id), secondaryjoin=(follows.c.b == id), lazy="dynamic")

    class Post(db.Model):
        id = db.Column(db.Integer, primary_key=True)
        person_id = db.Column(db.ForeignKey("person.id"))
    db.create_all()
    ann, bob = Person(id=1), Person(id=2)
    ann.followed.append(bob)
    db.session.add_all([ann, bob])
    db.session.flush()
    db.session.add(Post(person_id=1))
    db.session.commit()
    assert ann.followed.join(Post).count() == 0
    db.session.add(Post(person_id=2))
    assert ann.followed.join(Post).count() == 1


def test_no_conditions_at_all_are_left_out(shop, db):
    """148"""
    _, I, _ = shop
    for nothing in (db.or_(), db.and_(), db.or_(db.and_()), db.or_(*[])):
        assert I.query.filter(nothing).count() == 4
        for asked in (db.or_(I.name == "pen", nothing), db.and_(nothing, I.name == "pen"), nothing | (I.name == "pen")):
            assert names(I.query.filter(asked)) == ["pen"]
    assert db.session.query(I).filter(db.tuple_(I.id, I.name).in_(iter([]))).count() == 0


def test_a_join_of_tables_is_selected_from_as_it_is(shop, db):
    """154"""
    O, I, _ = shop
    o, i = O.__table__, I.__table__
    for select in (db.select(o.join(i)), o.join(i).select(), db.select(o.c.name).select_from(o.join(i))):
        assert len(db.session.execute(select).all()) == 3
    assert len(db.session.execute(db.select(o.outerjoin(i)).where(i.c.id == None)).all()) == 1        # noqa: E711


def test_a_name_stands_for_a_value_wherever_it_is(shop, db):
    """148"""
    O, I, T = shop
    s, n = db.session, db.bindparam("n")
    for asked, value in ((db.func.lower(I.name) == db.func.lower(n), "PEN"), (I.tags.any(T.word == n) & (I.price < 5), "red"), (I.owner.has(O.name == n) & (I.price == 3), "ann"),
                         (db.case((I.name == n, 1), else_=0) == 1, "pen"), (db.cast(n, db.Integer) == I.price, "3"), (I.id.in_(db.select(I.id).where(I.name == n)), "pen"),
                         (db.exists().where(O.id == I.owner_id, O.name == n, I.price == 3), "ann"), (I.name.in_(n), ["pen", "x"]), (I.name.in_(db.bindparam("n", expanding=True)), ("pen",)),
                         (I.name.like(n), "pe%"), (db.text("item.name = :n"), "pen"), (I.price.between(n, n), 3)):
        assert names(I.query.filter(asked).params(n=value)) == ["pen"] and s.scalars(db.select(I.name).where(asked), {"n": value}).all() == ["pen"]
        with pytest.raises(exc.StatementError, match="A value is required for bind parameter 'n'"):
            I.query.filter(asked).all()
    assert s.execute(db.select(n, I.id).where(I.id == 1), {"n": "x"}).one() == ("x", 1) and s.query(I.name).join(O, O.name == n).params(n="cid").count() == 4
    assert s.scalars(db.select(I.id).order_by(db.text("item.id = :n DESC"), I.id), {"n": 3}).first() == 3 and s.execute(db.union(db.select(I.id).where(I.id == n), db.select(I.id).where(I.id == 2)), {"n": 1}).all() == [(1,), (2,)]
    assert s.query(db.select(I.name).where(I.name == n).subquery()).params(n="pen").all() == [("pen",)]
    assert I.query.filter(I.price == db.bindparam("n", 3)).one().name == "pen" and I.query.filter(I.price == db.bindparam("n", None)).count() == 0
    assert I.query.filter(I.price == db.bindparam("n", callable_=lambda: 7)).one().name == "ink" and ":param_1" in str(db.select(I.id).where(I.name == n))
    with pytest.raises(TypeError, match="expending"):
        db.bindparam("n", expending=True)


def test_names_for_values_in_changes(shop, db):
    """158"""
    O, I, _ = shop
    s, o = db.session, O.__table__
    assert s.execute(db.update(o).where(o.c.name == db.bindparam("old")).values(name=db.bindparam("new")), [{"old": "ann", "new": "a"}, {"old": "bob", "new": "b"}]).rowcount == 2
    s.execute(db.insert(o).values(name=db.func.upper(db.bindparam("n"))), [{"n": "x"}, {"n": "y"}])
    assert s.scalars(db.select(o.c.name).order_by(o.c.id)).all() == ["a", "b", "cid", "X", "Y"]
    assert s.execute(db.delete(o).where(o.c.name == db.bindparam("name")), {"name": "X"}).rowcount == 1 and s.execute(db.delete(o).where(o.c.name == db.bindparam("n")), [{"n": "Y"}, {"n": "cid"}]).rowcount == 2
    assert s.execute(db.update(o).where(o.c.name == "a"), {"name": "c"}).rowcount == 1 and s.scalars(db.select(o.c.name).order_by(o.c.id)).all() == ["c", "b"]
    with pytest.raises(exc.CompileError, match="Unconsumed column names: nmae"):
        s.execute(db.update(o).where(o.c.name == "a"), {"nmae": "c"})
    with pytest.raises(exc.StatementError, match="A value is required for bind parameter 'n'"):
        s.execute(db.delete(o).where(o.c.name == db.bindparam("n")))


def test_a_result_is_walked_from_where_a_loop_left_it(shop, db):
    """146"""
    O, I, T = shop
    s = db.session
    for make in (lambda: s.execute(sql.select(O.id).order_by(O.id)), lambda: s.execute(sql.select(O.id).order_by(O.id)).mappings()):
        result = make()
        for first in result:
            break
        assert dict(first._mapping if hasattr(first, "_mapping") else first) == {"id": 1}
        second = result.fetchone()
        assert (second.id if hasattr(second, "id") else second["id"]) == 2 and len(result.fetchmany(1)) == 1 and result.fetchone() is None and result.all() == []
    values = s.scalars(sql.select(O.id).order_by(O.id))
    assert next(iter(values)) == 1 and values.fetchmany(1) == [2] and values.all() == [3] and values.all() == []
    row = s.query(O.id, db.func.count(I.id).label("count"), db.literal("x").label("index")).join(I).group_by(O.id).order_by(O.id).first()
    assert (row.count, row.index, row.id) == (2, "x", 1)


def test_other_columns_need_their_own_tables_only(shop, db):
    O, I, _ = shop
    both = sql.select(O.id, I.id)
    assert len(db.session.execute(both.with_only_columns(O.id)).all()) == 3
    assert len(db.session.execute(both.with_only_columns(O.id, maintain_column_froms=True)).all()) == 12
    assert db.session.execute(sql.select(I).where(I.price > 3).with_only_columns(sql.func.count())).scalar() == 2
    assert db.session.execute(sql.select(I).with_only_columns(sql.func.count())).scalar() == 1           # of nothing, as SQLAlchemy has it
    assert db.session.execute(sql.select(I).with_only_columns(sql.func.count(), maintain_column_froms=True)).scalar() == 4
    assert db.session.execute(sql.select(I).select_from(I).with_only_columns(sql.func.count())).scalar() == 4
    assert db.session.query(I, O).with_entities(O.name).count() == 3 and db.session.query(I).join(I.owner).with_entities(O.name).count() == 3


def test_an_operator_says_what_it_gives(shop, db):
    _, I, _ = shop
    assert db.session.query(I.name.op("||", return_type=db.String)("!") + "?").filter(I.price == 3).scalar() == "pen!?"
    assert names(I.query.filter(I.name.not_like("P%"), I.name.not_ilike("I%")).order_by(I.id)) == ["cap", "lost"]
    assert db.session.execute(db.text("SELECT 1").execution_options(autocommit=True)).scalar() == 1
    assert isinstance(I.name.op("GLOB", is_comparison=True)("p*").type, db.Boolean) and names(I.query.filter(I.name.op("GLOB", precedence=5)("p*"))) == ["pen"]


def test_a_misspelt_keyword_is_a_mistake(shop, db):
    O, I, _ = shop
    table, q = I.__table__, db.session.query(I)
    for call in (lambda **w: table.alias(**w), lambda **w: sql.select(I).subquery(**w), lambda **w: sql.select(I).subquery().alias(**w), lambda **w: sql.select(I).with_for_update(**w),
                 lambda **w: sql.select(I).with_only_columns(I.id, **w), lambda **w: I.name.op("||", **w), lambda **w: sql.func.lower("x", **w), lambda **w: q.join(I.owner, **w),
                 lambda **w: q.outerjoin(I.owner, **w), lambda **w: q.subquery(**w), lambda **w: q.with_for_update(**w), lambda **w: aliased(I, **w), lambda **w: db.session.query(I, **w),
                 lambda **w: O.items.contains(I(), **w), lambda **w: orm.selectinload(O.items, **w), lambda **w: orm.immediateload(O.items, **w), lambda **w: orm.contains_eager(O.items, **w),
                 lambda **w: orm.load_only(O.name, **w), lambda **w: orm.defer(O.name, **w), lambda **w: orm.synonym("name", **w), lambda **w: orm.deferred(db.Column(db.Integer), **w),
                 lambda **w: orm.column_property(O.name, **w), lambda **w: orm.attribute_mapped_collection("name", **w), lambda **w: orm.mapped_collection(len, **w),
                 lambda **w: db.Boolean(**w), lambda **w: db.String(5, **w), lambda **w: db.Enum("a", "b", **w), lambda **w: table.to_metadata(db.MetaData(), **w),
                 lambda **w: db.session.execute(sql.text("SELECT 1"), **w), lambda **w: db.session.connection(**w), lambda **w: db.session.get_bind(**w), lambda **w: db.metadata.reflect(db.engine, **w)):
        with pytest.raises(TypeError, match="misspelt"):
            call(misspelt=1)
        db.session.rollback()


def test_a_table_may_be_copied_under_another_name(shop, db):
    _, I, _ = shop
    other = db.MetaData()
    copy = I.__table__.to_metadata(other, name="old_item")
    assert copy.name == "old_item" and list(other.tables) == ["old_item"] and copy.c.keys() == I.__table__.c.keys() and copy.schema is None


def test_columns_of_one_name_are_apart_in_a_result_and_not_in_a_query(shop, db):
    O, I, _ = shop
    both = db.select(O.id, I.id, I.price.label("id")).join(O.items).where(I.name == "cap")
    result = db.session.execute(both)
    assert result.keys() == ["id", "id_1", "id_2"]
    row = result.one()
    assert tuple(row) == (2, 3, 5) and (row.id, row.id_1, row.id_2) == (2, 3, 5) and row._fields == ("id", "id_1", "id_2")
    assert dict(row._mapping) == row._asdict() == {"id": 2, "id_1": 3, "id_2": 5} and row._mapping[I.id] == 3 and row._mapping[O.id] == 2 and row._mapping[I.__table__.c.id] == 3
    assert db.session.execute(both).mappings().one()[I.id] == 3 and db.session.execute(both).columns(I.id, "id").all() == [(3, 2)]
    assert db.session.execute(both).scalars(1).all() == [3] and db.session.execute(db.select(O.__table__, I.__table__).join(I.__table__)).first()._fields[:3] == ("id", "name", "id_1")
    for missing in (I.name, "name", O):
        with pytest.raises(exc.NoSuchColumnError):
            row._mapping[missing]
        with pytest.raises(exc.NoSuchColumnError):
            db.session.execute(both).columns(missing)
    old = db.session.query(O.id, I.id).join(O.items).filter(I.name == "cap").one()
    assert old._fields == ("id", "id") and old == (2, 3) and old._mapping[I.id] == 3 and old._asdict() == {"id": 3}
    other = aliased(O)
    pair = db.session.execute(db.select(O, other).where(O.name == "ann", other.name == "bob")).one()
    assert pair._mapping[other].name == "bob" and pair._mapping[O].name == "ann"
    assert db.session.execute(db.select(O.id, I).options(orm.joinedload(I.tags)).join(O.items).where(I.name == "cap")).one()._mapping[I].name == "cap"


def test_unions_of_unions_and_of_what_is_sorted_or_limited(shop, db):
    _, I, _ = shop

    def named(*found):
        return db.select(I.name).where(I.name.in_(found))
    for made, expected in ((db.union(db.union(named("pen"), named("ink")), named("cap")), ["cap", "ink", "pen"]), (db.union(named("cap"), db.union(named("pen"), named("ink"))), ["cap", "ink", "pen"]),
                           (db.except_(db.select(I.name), db.union(named("pen"), named("ink"))), ["cap", "lost"]), (db.union(db.union(named("pen"), named("ink")).order_by("name").limit(1), named("cap")), ["cap", "ink"]),
                           (db.union_all(named("pen", "ink").order_by(I.name.desc()).limit(1), named("cap")), ["cap", "pen"]), (db.union_all(named("cap"), named("pen", "ink").order_by(I.name).offset(1).limit(5)), ["cap", "pen"]),
                           (named("pen").union(named("ink")).union_all(named("ink")), ["ink", "ink", "pen"])):
        assert sorted(db.session.execute(made).scalars()) == expected
        assert sorted(db.session.execute(db.select(made.subquery().c.name)).scalars()) == expected
        assert I.query.filter(I.name.in_(made)).count() == len(set(expected))
    assert db.session.execute(db.union(db.union(named("pen"), named("ink")), named("cap")).order_by(db.desc("name")).limit(2)).scalars().all() == ["pen", "ink"]


@pytest.fixture
def notes(db):
    class Note(db.Model):
        id = db.Column(db.Integer, primary_key=True)
        body = db.Column(db.JSON)
        title = db.Column(db.String)
    db.create_all()
    db.session.add_all([Note(body={"a": 1, "b": "x", "c": [1, 2, {"d": 5}], "n": None, "t": True, "f": 1.5, "é.x": "dot"}), Note(body=[7, 8]), Note(body=None), Note(body="text"), Note(body=5)])
    db.session.commit()
    return Note


def test_parts_of_documents_are_read(notes, db):
    N = notes

    def first(part, of=1):
        return db.session.query(part).filter(N.id == of).scalar()
    assert (first(N.body["a"]), first(N.body["b"]), first(N.body["c"]), first(N.body["n"]), first(N.body["f"]), first(N.body["zz"]), first(N.body["é.x"])) == (1, "x", [1, 2, {"d": 5}], None, 1.5, None, "dot")
    assert first(N.body["c"][1]) == first(N.body["c", 1]) == first(N.body[("c", 1)]) == 2 and first(N.body["c"][-1]["d"]) == 5 and first(N.body[0], 2) == 7 and first(N.body[-1], 2) == 8
    assert [first(N.body["a"], of) for of in (2, 3, 4, 5)] == [None] * 4 and first(N.body["t"]) == 1
    assert first(N.body["b"].as_string()) == "x" and first(N.body["a"].as_integer()) == 1 and first(N.body["t"].as_boolean()) is True and first(N.body["f"].as_float()) == 1.5 and first(N.body["c"].as_json()[0]) == 1
    assert db.session.execute(db.select(N.body["b"].label("b")).where(N.id == 1)).scalar() == "x" and first(N.__table__.c.body["b"]) == "x"
    assert first(db.type_coerce(db.literal('{"k": [3]}'), db.JSON)["k", 0]) == 3


def test_parts_of_documents_are_compared(notes, db):
    N = notes

    def found(condition):
        return [note.id for note in N.query.filter(condition).order_by(N.id)]
    for condition in (N.body["a"] == 1, N.body["b"] == "x", N.body["b"].as_string() == "x", N.body["a"].as_integer() > 0, N.body["t"] == True, N.body["t"].as_boolean().is_(True), N.body["f"] == 1.5,  # noqa: E712
                      N.body["c"] == [1, 2, {"d": 5}], N.body["c"][2] == {"d": 5}, N.body["b"].in_(["x", "y"]), N.body["a"].in_([1, 2]), N.body["b"].as_string().like("X%"), N.body["a"].is_not(None), N.body["a"] != 2):
        assert found(condition) == [1], str(condition)
    assert found(N.body["n"].is_(None)) == found(N.body["n"] == None) == found(N.body["nothing"] == N.body.type.NULL) == [1, 2, 3, 4, 5] and found(N.body["b"] == 'x"') == []  # noqa: E711
    assert [note.id for note in N.query.order_by(N.body["a"].as_integer().desc().nulls_last(), N.id.desc())] == [1, 5, 4, 3, 2]
    assert found(N.body["'); DROP TABLE note; --"] == 1) == [] and N.query.count() == 5


def test_what_has_no_parts_says_so(notes, db):
    for wrong, error in ((lambda: notes.title["a"], NotImplementedError), (lambda: notes.body[1.5], exc.ArgumentError), (lambda: notes.body[True], exc.ArgumentError), (lambda: notes.body['a"b'], exc.ArgumentError),
                         (lambda: notes.body[None], exc.ArgumentError), (lambda: list(notes.body), TypeError), (lambda: list(notes.title), TypeError), (lambda: 1 in notes.body, TypeError)):
        with pytest.raises(error):
            wrong()


def test_window_functions(shop, db):
    O, I, _ = shop
    f = db.func
    rank = f.row_number().over(order_by=I.price.desc().nulls_last()).label("place")
    assert db.session.execute(db.select(I.name, rank).order_by("place")).all() == [("ink", 1), ("cap", 2), ("pen", 3), ("lost", 4)]
    total = f.sum(I.price).over(partition_by=I.owner_id)
    assert db.session.query(I.name, total).filter(I.owner_id.is_not(None)).order_by(I.id).all() == [("pen", 10), ("ink", 10), ("cap", 5)]
    running = f.sum(I.price).over(order_by=[I.price, I.id], rows=(None, 0))
    assert db.session.query(I.name, running).filter(I.price > 0).order_by(I.price).all() == [("pen", 3), ("cap", 8), ("ink", 15)]
    around = f.count(I.id).over(order_by=I.id, rows=(-1, 1))
    assert [count for count, in db.session.query(around).order_by(I.id)] == [2, 3, 3, 2]
    before = f.lag(I.name).over(partition_by=[I.owner_id], order_by=I.id)
    assert [name for name, in db.session.query(before).order_by(I.id)] == [None, "pen", None, None]
    assert [share for share, in db.session.query(f.count(I.price).filter(I.price > 3).over()).all()] == [2] * 4 and db.session.query(db.over(f.max(I.price))).first() == (7,)
    first = db.select(I.name, f.rank().over(partition_by=I.owner_id, order_by=I.price.desc()).label("r")).where(I.owner_id.is_not(None)).subquery()
    assert sorted(db.session.execute(db.select(first.c.name).where(first.c.r == 1)).scalars()) == ["cap", "ink"]
    assert str(f.sum(I.price).over(order_by=I.id, range_=(None, None))) == "sum(item.price) OVER (ORDER BY item.id RANGE BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)"
    for wrong in (lambda: f.count().over(rows=(None, 0), range_=(None, 0)), lambda: f.count().over(rows=("x", 0)), lambda: f.count().over(rows=5), lambda: f.count().over(range_=(1, 2, 3))):
        with pytest.raises(exc.ArgumentError):
            wrong()


def test_rows_of_a_select_are_inserted(shop, db):
    O, I, _ = shop
    made = db.insert(I).from_select(["name", "price"], db.select(O.name + "'s", O.id * 10).where(O.id <= db.bindparam("most")))
    assert db.session.execute(made, {"most": 2}).rowcount == 2
    assert db.session.query(I.name, I.price, I.owner_id).filter(I.name.like("%'s")).order_by(I.price).all() == [("ann's", 10, None), ("bob's", 20, None)]
    assert db.session.execute(I.__table__.insert().from_select([I.name, I.__table__.c.price], db.select(I.name, I.price).where(I.name == "none"))).rowcount == 0
    assert db.session.execute(db.insert(O).from_select(["name"], db.union(db.select(I.name).where(I.name == "pen"), db.select(I.name).where(I.name == "cap")))).rowcount == 2
    assert O.query.count() == 5
    db.session.rollback()
    assert O.query.count() == 3 and I.query.count() == 4
    assert str(db.insert(O).from_select(["name"], db.select(I.name))) == "INSERT INTO owner (name) SELECT item.name \nFROM item"
    with pytest.raises(exc.ArgumentError, match="run once"):
        db.session.execute(made, [{"most": 1}, {"most": 2}])
    with pytest.raises(exc.CompileError, match="2 columns from a SELECT of 1"):
        db.insert(I).from_select(["name", "price"], db.select(O.name))
    with pytest.raises(exc.CompileError, match="colour"):
        db.insert(I).from_select(["colour"], db.select(O.name))
    with pytest.raises(exc.InvalidRequestError, match="already inserts from a SELECT"):
        db.session.execute(db.insert(I).values(price=1).from_select(["name"], db.select(O.name)))


def test_rows_of_a_select_get_the_defaults_of_other_columns(db):
    class Made(db.Model):
        id = db.Column(db.Integer, primary_key=True)
        name = db.Column(db.String)
        kind = db.Column('a "kind"', db.String, default="plain")
        count = db.Column(db.Integer, default=lambda: 7)
    db.create_all()
    db.session.add(Made(name="a", kind="odd", count=1))
    db.session.flush()
    db.session.execute(db.insert(Made).from_select(["name"], db.select(Made.name + "2")))
    db.session.execute(db.insert(Made).from_select(["name"], db.select(Made.name + "3"), include_defaults=False))
    assert db.session.query(Made.name, Made.kind, Made.count).order_by(Made.id).all() == [("a", "odd", 1), ("a2", "plain", 7), ("a3", None, None), ("a23", None, None)]


def test_a_cte_is_selected_from_and_a_recursive_one_is_text(shop, db):
    _, I, _ = shop
    dear = db.select(I.name).where(I.price > 4).cte("dear")
    assert sorted(db.session.execute(db.select(dear.c.name)).scalars()) == ["cap", "ink"] and I.query.cte(name="all_items").name == "all_items"
    for made in (lambda: db.select(I.name).cte("x", recursive=True), lambda: I.query.cte(recursive=True)):
        with pytest.raises(NotImplementedError, match="text"):
            made()
