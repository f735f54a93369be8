"""How classes become models: columns, names, keys, constraints, types and defaults. A docstring begins with the rules that a test holds."""

import datetime
import decimal
import enum
import functools
import uuid
import warnings

import pytest

import kith
from kith import Database, exc
from kith.orm import backref, declared_attr
from kith.ext.hybrid import hybrid_property
from kith.model import camel_to_snake_case


def test_columns_stand_in_their_order_under_their_attributes_names(db):
    """1"""
    class Raccoon(db.Model):
        id = db.Column(db.Integer, primary_key=True)
        name = db.Column("full_name", db.String(20))
        age = db.Column(db.Integer)
    db.create_all()
    assert Raccoon.__table__.c.keys() == ["id", "full_name", "age"] and list(Raccoon.__mapper__.columns_by_key) == ["id", "name", "age"]
    db.session.add(Raccoon(name="Rocky"))
    db.session.commit()
    assert db.session.execute(db.text("SELECT full_name FROM raccoon")).scalar() == "Rocky" and Raccoon.query.filter_by(name="Rocky").count() == 1


@pytest.mark.parametrize("name, table", [
    ("CamelCase", "camel_case"), ("Snake_case", "snake_case"), ("HTMLLayout", "html_layout"), ("LayoutHTML", "layout_html"), ("HTTP2Request", "http2_request"),
    ("ShoppingCartSession", "shopping_cart_session"), ("ABC", "abc"), ("PreABC", "pre_abc"), ("ABCPost", "abc_post"), ("PreABCPost", "pre_abc_post"), ("HTTP2RequestSession", "http2_request_session"),
    ("UserST4", "user_st4"), ("HTTP2ClientType3EncoderParametersSSE", "http2_client_type3_encoder_parameters_sse"), ("LONGName4TestingCamelCase2snake_caseXYZ", "long_name4_testing_camel_case2snake_case_xyz"),
    ("FooBarSSE2", "foo_bar_sse2"), ("AlarmMessageSS2SignalTransformer", "alarm_message_ss2_signal_transformer"), ("AstV2Node", "ast_v2_node"), ("HTTPResponseCodeXYZ", "http_response_code_xyz"),
    ("get2HTTPResponse123Code", "get2_http_response123_code")])
def test_a_tables_name_is_its_classs_in_snake_case(name, table):
    """2"""
    assert camel_to_snake_case(name) == table


def test_a_name_that_is_given_wins_and_abstract_classes_have_none(db):
    """2, 9"""
    class Base(db.Model):
        __abstract__ = True
        id = db.Column(db.Integer, primary_key=True)

    class HTTP2Request(Base):
        pass

    class Other(Base):
        __tablename__ = "others"
    assert HTTP2Request.__tablename__ == "http2_request" and Other.__table__.name == "others" and not hasattr(Base, "__table__")
    assert HTTP2Request.__table__.c.id is not Other.__table__.c.id


def test_the_constructor_takes_every_attribute_by_its_name_and_nothing_else(db):
    """3"""
    class A(db.Model):
        id = db.Column(db.Integer, primary_key=True)
        n = db.Column(db.Integer)
        m = db.synonym("n")
        bs = db.relationship("B", back_populates="a")

    class B(db.Model):
        id = db.Column(db.Integer, primary_key=True)
        a_id = db.Column(db.ForeignKey("a.id"))
        a = db.relationship("A", back_populates="bs")
    b = B()
    a = A(m=3, bs=[b])
    assert a.n == 3 and b.a is a
    with pytest.raises(TypeError, match="'zzz' is an invalid keyword argument for A"):
        A(zzz=1)
    with pytest.raises(TypeError, match="positional"):
        A(3)


def test_a_model_without_a_key_is_refused_when_its_class_is_made(db):
    """4"""
    with pytest.raises(exc.ArgumentError, match=r"Mapper\[A\(a\)\] could not assemble any primary key columns for mapped table 'a'"):
        class A(db.Model):
            n = db.Column(db.Integer)
    assert "a" not in db.metadata.tables


def test_a_table_cannot_be_declared_twice(db):
    """5"""
    class A(db.Model):
        id = db.Column(db.Integer, primary_key=True)
    with pytest.raises(exc.InvalidRequestError, match="Table 'a' is already defined for this MetaData instance"):
        class Again(db.Model):
            __tablename__ = "a"
            id = db.Column(db.Integer, primary_key=True)


def test_metadata_is_no_name_for_an_attribute(db):
    """6"""
    with pytest.raises(exc.InvalidRequestError, match="Attribute name 'metadata' is reserved"):
        class A(db.Model):
            id = db.Column(db.Integer, primary_key=True)
            metadata = db.Column(db.Integer)


def test_a_key_of_several_columns_by_their_marks_or_by_a_constraint(db):
    """7"""
    class A(db.Model):
        x = db.Column(db.Integer, primary_key=True)
        y = db.Column(db.Integer, primary_key=True)

    class B(db.Model):
        x = db.Column(db.Integer)
        y = db.Column(db.String(4))
        __table_args__ = (db.PrimaryKeyConstraint("x", "y"),)
    db.create_all()
    db.session.add_all([A(x=1, y=2), B(x=1, y="b")])
    db.session.commit()
    assert db.session.get(A, (1, 2)) is A.query.one() and db.session.get(B, {"x": 1, "y": "b"}).y == "b" and repr(A.query.one()) == "<A 1, 2>"


def test_a_constraint_is_walked_by_its_columns(db):
    """7"""
    table = db.Table("pair", db.Column("a", db.Integer, primary_key=True), db.Column("b", db.Integer, primary_key=True), db.Column("c", db.Integer), db.UniqueConstraint("c"))
    assert [column.name for column in table.primary_key] == ["a", "b"] == list(table.primary_key.columns.keys()) and len(table.primary_key) == 2
    assert "a" in table.primary_key and table.c.b in table.primary_key and table.c.c not in table.primary_key
    assert [[column.name for column in item] for item in table.constraints if isinstance(item, db.UniqueConstraint)] == [["c"]]


@pytest.mark.parametrize("given", [db_args for db_args in ("text", ["list"], ({"a": 1}, "x"))])
def test_table_args_is_a_tuple_or_a_dict(db, given):
    """8"""
    with pytest.raises(exc.ArgumentError, match="__table_args__ value must be a tuple, dict, or None"):
        class A(db.Model):
            __table_args__ = given
            id = db.Column(db.Integer, primary_key=True)


def test_a_mixins_columns_are_copied_for_each_class(db):
    """9"""
    class Stamped:
        made = db.Column(db.DateTime, default=lambda: datetime.datetime(2026, 1, 2))

        @declared_attr
        def owner_id(cls):
            return db.Column(db.ForeignKey("owner.id"))

        @declared_attr
        def owner(cls):
            return db.relationship("Owner")

    class Owner(db.Model):
        id = db.Column(db.Integer, primary_key=True)

    class A(Stamped, db.Model):
        id = db.Column(db.Integer, primary_key=True)

    class B(Stamped, db.Model):
        id = db.Column(db.Integer, primary_key=True)
    db.create_all()
    o = Owner()
    db.session.add_all([A(owner=o), B()])
    db.session.commit()
    assert A.__table__.c.made is not B.__table__.c.made and A.query.one().made == datetime.datetime(2026, 1, 2) and A.query.one().owner is o and B.query.one().owner is None


def test_columns_and_relationships_can_be_added_to_a_class(db):
    """10"""
    class A(db.Model):
        id = db.Column(db.Integer, primary_key=True)

    class B(db.Model):
        id = db.Column(db.Integer, primary_key=True)
        a_id = db.Column(db.ForeignKey("a.id"))
    A.bs = db.relationship(B, order_by=B.id)
    A.x = db.Column(db.Integer)
    db.create_all()
    db.session.add(A(x=4, bs=[B(), B()]))
    db.session.commit()
    assert A.query.one().x == 4 and [b.id for b in A.query.one().bs] == [1, 2]


def test_an_object_shows_its_class_and_key(db):
    """11"""
    class User(db.Model):
        id = db.Column(db.Integer, primary_key=True)
    db.create_all()
    u = User()
    assert repr(u) == f"<User (transient {id(u)})>"
    db.session.add(u)
    assert repr(u) == f"<User (pending {id(u)})>"
    db.session.commit()
    assert repr(u) == "<User 1>"


def test_a_table_without_a_class_is_a_join_table_or_a_table_of_its_own(db):
    """12"""
    link = db.Table("link", db.Column("a_id", db.ForeignKey("a.id")), db.Column("b_id", db.ForeignKey("b.id")))
    notes = db.Table("notes", db.Column("id", db.Integer, primary_key=True), db.Column("words", db.String))

    class A(db.Model):
        id = db.Column(db.Integer, primary_key=True)
        bs = db.relationship("B", secondary=link)

    class B(db.Model):
        id = db.Column(db.Integer, primary_key=True)
    db.create_all()
    db.session.add(A(bs=[B(), B()]))
    db.session.execute(notes.insert().values(words="x"))
    db.session.commit()
    assert db.session.query(link).count() == 2 and db.session.execute(db.select(notes.c.words)).scalar() == "x" and len(A.query.one().bs) == 2


# ---------------------------------------------------------------- mistakes

def raccoons(db, **options):
    class A(db.Model):
        id = db.Column(db.Integer, primary_key=True)
        bs = db.relationship("B", **options.pop("bs", {}))

    class B(db.Model):
        id = db.Column(db.Integer, primary_key=True)
        n = db.Column(db.Integer)
        a_id = db.Column(db.ForeignKey("a.id"))
        if "a" in options:
            a = db.relationship("A", **options["a"])
        if "c" in options:
            c = db.relationship("C", **options["c"])
            c_id = db.Column(db.ForeignKey("c.id"))
    if "c" in options:
        class C(db.Model):
            id = db.Column(db.Integer, primary_key=True)
    return A, B


def test_a_mistake_shows_at_create_all_and_poisons_no_other_model_and_no_other_base(db):
    """17"""
    class Fine(db.Model):
        id = db.Column(db.Integer, primary_key=True)
    A, B = raccoons(db, bs={"back_populates": "aa"}, a={})
    with pytest.raises(exc.InvalidRequestError, match="aa"):
        db.create_all()
    with pytest.raises(exc.InvalidRequestError, match="aa"):
        A()
    with pytest.raises(exc.InvalidRequestError, match="aa"):
        db.check()
    Fine()
    other = Database()

    class Also(other.Model):
        id = other.Column(other.Integer, primary_key=True)
    other.create_all()
    other.session.add(Also())
    other.session.commit()


def test_strings_are_resolved_when_all_classes_are_there(db):
    """18"""
    class A(db.Model):
        id = db.Column(db.Integer, primary_key=True)
        bs = db.relationship(__name__ + ".B", primaryjoin="A.id == B.a_id", order_by="B.n.desc()")
        cs = db.relationship(lambda: C, secondary="ac", primaryjoin="and_(A.id == ac.c.a_id)", secondaryjoin="C.id == ac.c.c_id", foreign_keys="[ac.c.a_id, ac.c.c_id]")

    class B(db.Model):
        id = db.Column(db.Integer, primary_key=True)
        n = db.Column(db.Integer)
        a_id = db.Column(db.ForeignKey("a.id"))

    class C(db.Model):
        id = db.Column(db.Integer, primary_key=True)
    db.Table("ac", db.Column("a_id", db.ForeignKey("a.id"), primary_key=True), db.Column("c_id", db.ForeignKey("c.id"), primary_key=True))
    db.create_all()
    db.session.add(A(bs=[B(n=1), B(n=2)], cs=[C()]))
    db.session.commit()
    a = A.query.one()
    assert [b.n for b in a.bs] == [2, 1] and len(a.cs) == 1


def test_a_string_is_never_run(db):
    """18"""
    class A(db.Model):
        id = db.Column(db.Integer, primary_key=True)
        bs = db.relationship("__import__('os').getcwd()")
    with pytest.raises(exc.ArgumentError, match="calls something that is not"):
        A()


def test_back_populates_names_what_is_not_there(db):
    """19a"""
    A, _ = raccoons(db, bs={"back_populates": "aa"}, a={"back_populates": "bs"})
    with pytest.raises(exc.InvalidRequestError, match=r'A.bs has back_populates="aa".*did you mean'):
        A()


def test_back_populates_names_a_column(db):
    """19b"""
    A, _ = raccoons(db, bs={"back_populates": "a_id"})
    with pytest.raises(exc.InvalidRequestError, match="A.bs.*a_id.*column"):
        A()


def test_back_populates_leads_to_a_third_class(db):
    """19c"""
    A, _ = raccoons(db, bs={"back_populates": "c"}, c={})
    with pytest.raises(exc.ArgumentError, match=r"A.bs.*B.c.*C"):
        A()


def test_both_sides_of_a_tree_go_one_way(db):
    """19d"""
    class Node(db.Model):
        id = db.Column(db.Integer, primary_key=True)
        parent_id = db.Column(db.ForeignKey("node.id"))
        children = db.relationship("Node", back_populates="parent")
        parent = db.relationship("Node", back_populates="children", uselist=False)
    with pytest.raises(exc.ArgumentError, match="remote_side"):
        Node()


def test_a_pair_that_one_side_knows_is_refused(db):
    """19e"""
    A, _ = raccoons(db, bs={"back_populates": "a"}, a={})
    with pytest.raises(exc.ArgumentError, match=r'back_populates="bs"'):
        A()


def test_two_that_claim_one_partner_are_refused(db):
    """19f"""
    class A(db.Model):
        id = db.Column(db.Integer, primary_key=True)
        b1 = db.relationship("B", back_populates="a")
        b2 = db.relationship("B", back_populates="a")

    class B(db.Model):
        id = db.Column(db.Integer, primary_key=True)
        a_id = db.Column(db.ForeignKey("a.id"))
        a = db.relationship("A", back_populates="b1")
    with pytest.raises((exc.ArgumentError, exc.InvalidRequestError), match="A.b2"):
        A()


def test_back_populates_and_backref_exclude_each_other(db):
    """19g"""
    with pytest.raises(exc.ArgumentError, match="mutually exclusive"):
        db.relationship("B", back_populates="a", backref="a")


def test_a_backref_whose_name_is_taken(db):
    """19h"""
    A, _ = raccoons(db, bs={"backref": "n"})
    with pytest.raises(exc.ArgumentError, match="Error creating backref 'n' on relationship 'A.bs': property of that name exists on mapper"):
        A()


def test_no_foreign_key(db):
    """19i"""
    class A(db.Model):
        id = db.Column(db.Integer, primary_key=True)
        bs = db.relationship("B")

    class B(db.Model):
        id = db.Column(db.Integer, primary_key=True)
    with pytest.raises(exc.NoForeignKeysError, match="A.bs.*no foreign key"):
        A()


def two_ways(db, **options):
    class A(db.Model):
        id = db.Column(db.Integer, primary_key=True)
        bs = db.relationship("B", **options)

    class B(db.Model):
        id = db.Column(db.Integer, primary_key=True)
        a1 = db.Column(db.ForeignKey("a.id"))
        a2 = db.Column(db.ForeignKey("a.id"))
    return A, B


def test_several_foreign_keys_and_how_to_choose(db):
    """19j, 36"""
    A, _ = two_ways(db)
    with pytest.raises(exc.AmbiguousForeignKeysError, match="several foreign keys"):
        A()
    for options in ({"foreign_keys": "B.a2"}, {"primaryjoin": "A.id == B.a2"}, {"foreign_keys": "[B.a2]"}):
        other = Database()
        A, B = two_ways(other, **options)
        other.create_all()
        other.session.add(A(bs=[B()]))
        other.session.commit()
        assert B.query.one().a2 == 1 and B.query.one().a1 is None


def test_a_join_table_leads_to_both_sides_once(db):
    """19k"""
    for columns, error in ((["a_id"], exc.NoForeignKeysError), (["a_id", "a2_id", "b_id"], exc.AmbiguousForeignKeysError)):
        own = Database()
        link = own.Table("ab", *(own.Column(name, own.ForeignKey(("b" if name == "b_id" else "a") + ".id"), primary_key=True) for name in columns))

        class A(own.Model):
            id = own.Column(own.Integer, primary_key=True)
            bs = own.relationship("B", secondary=link)

        class B(own.Model):
            id = own.Column(own.Integer, primary_key=True)
        with pytest.raises(error, match="join table ab"):
            A()


def test_an_unknown_class_names_what_is_there(db):
    """19l"""
    class Raccoon(db.Model):
        id = db.Column(db.Integer, primary_key=True)
        cans = db.relationship("Racoon")
    with pytest.raises(exc.InvalidRequestError, match=r"expression 'Racoon' failed to locate a name \('Racoon'\).*Did you mean 'Raccoon'"):
        Raccoon()


def test_two_classes_of_one_name_warn_and_need_their_module(db):
    """19m"""
    class Dup(db.Model):
        id = db.Column(db.Integer, primary_key=True)
    keep = Dup
    with pytest.warns(exc.SAWarning, match="already contains a class with the same class name"):
        class Dup(db.Model):    # noqa: F811
            __tablename__ = "dup2"
            id = db.Column(db.Integer, primary_key=True)

    class A(db.Model):
        id = db.Column(db.Integer, primary_key=True)
        d_id = db.Column(db.ForeignKey("dup.id"))
        d = db.relationship("Dup")
    with pytest.raises(exc.InvalidRequestError, match='Multiple classes found for path "Dup"'):
        A()
    assert keep is not Dup


def test_an_argument_that_is_no_class(db):
    """19n"""
    class A(db.Model):
        id = db.Column(db.Integer, primary_key=True)
        bs = db.relationship(int)
    with pytest.raises(exc.ArgumentError, match="expects a class or a mapper argument"):
        A()


def test_a_foreign_key_to_no_table_and_to_no_column(db):
    """19o, 19p"""
    class A(db.Model):
        id = db.Column(db.Integer, primary_key=True)
        x_id = db.Column(db.Integer, db.ForeignKey("nope.id"))
    with pytest.raises(exc.NoReferencedTableError, match="column 'a.x_id' could not find table 'nope'"):
        db.create_all()
    other = Database()

    class B(other.Model):
        id = other.Column(other.Integer, primary_key=True)
        x_id = other.Column(other.Integer, other.ForeignKey("b.nope"))
    with pytest.raises(exc.NoReferencedColumnError, match="table 'b' has no column named 'nope'"):
        other.create_all()


def test_secondary_is_no_class(db):
    """19q"""
    class L(db.Model):
        id = db.Column(db.Integer, primary_key=True)

    class A(db.Model):
        id = db.Column(db.Integer, primary_key=True)
        ls = db.relationship("L", secondary=L)
    with pytest.raises(exc.ArgumentError, match="secondary argument .* must be a Table object.*can't send a mapped class directly"):
        A()


def test_cascades_that_do_not_fit(db):
    """19r, 19s, 19t, 19u, 19v, 19w"""
    for words, options, error in (("fake", {}, "Invalid cascade option"), ("all", {"passive_deletes": "all"}, "can't set passive_deletes='all' in conjunction with"),
                                  ("all", {"viewonly": True}, "viewonly=True")):
        with pytest.raises(exc.ArgumentError, match=error):
            db.relationship("B", cascade=words, **options)
    with pytest.raises(exc.ArgumentError, match="sync_backref and viewonly cannot both be True"):
        db.relationship("B", viewonly=True, sync_backref=True)
    with pytest.warns(exc.SAWarning, match="requires 'delete'"):
        db.relationship("B", cascade="delete-orphan")
    A, B = raccoons(db, bs={"back_populates": "a"}, a={"back_populates": "bs", "cascade": "all, delete-orphan"})
    with pytest.raises(exc.ArgumentError, match="B.a is many-to-one, and delete-orphan is for the one side"):
        B()


def test_dynamic_is_for_lists_and_lazy_has_its_words(db):
    """19x, 19y"""
    A, B = raccoons(db, bs={"back_populates": "a"}, a={"back_populates": "bs", "lazy": "dynamic"})
    with pytest.raises(exc.InvalidRequestError, match="On relationship B.a, 'dynamic' loaders cannot be used with many-to-one"):
        B()
    with pytest.raises(exc.ArgumentError, match="lazy='bogus'.*'selectin'"):
        db.relationship("B", lazy="bogus")


def test_two_that_do_not_know_each_other_are_told_how(db):
    """19z"""
    A, _ = raccoons(db, a={})
    with pytest.raises(exc.ArgumentError, match=r'A.bs and B.a|B.a and A.bs.*back_populates="'):
        A()


def test_backref_is_short_for_the_pair(db):
    """22"""
    A, B = raccoons(db, bs={"backref": backref("a", lazy="joined")})
    b = B()
    a = A(bs=[b])
    assert b.a is a and B(a=a) in a.bs and B.a.property.lazy == "joined"


def test_a_backref_of_a_tree_and_of_a_join_table(db):
    """22"""
    link = db.Table("link", db.Column("l", db.ForeignKey("node.id"), primary_key=True), db.Column("r", db.ForeignKey("node.id"), primary_key=True))

    class Node(db.Model):
        id = db.Column(db.Integer, primary_key=True)
        parent_id = db.Column(db.ForeignKey("node.id"))
        children = db.relationship("Node", backref=backref("parent", remote_side=[id]))
        after = db.relationship("Node", secondary=link, primaryjoin=id == link.c.l, secondaryjoin=id == link.c.r, backref="before")
    db.create_all()
    a, b = Node(), Node()
    a.children.append(b)
    a.after.append(b)
    assert b.parent is a and b.before == [a]
    db.session.add(a)
    db.session.commit()
    assert a.children == [b] and b.parent is a and b.before == [a] and a.after == [b]


# ---------------------------------------------------------------- types, defaults, constraints

class Colour(enum.Enum):
    red = 1
    green = 2


@pytest.fixture
def every(db):
    class Every(db.Model):
        id = db.Column(db.Integer, primary_key=True)
        small, big, text, unicode = db.Column(db.SmallInteger), db.Column(db.BigInteger), db.Column(db.Text), db.Column(db.Unicode(9))
        string, flag, real = db.Column(db.String(20)), db.Column(db.Boolean), db.Column(db.Float)
        number, day, hour, moment = db.Column(db.Numeric(10, 2)), db.Column(db.Date), db.Column(db.Time), db.Column(db.DateTime)
        blob, colour, word, json = db.Column(db.LargeBinary), db.Column(db.Enum(Colour)), db.Column(db.Enum("a", "b")), db.Column(db.JSON)
        span, pickle, uuid = db.Column(db.Interval), db.Column(db.PickleType), db.Column(db.Uuid)
    db.create_all()
    return Every


VALUES = dict(small=-3, big=2 ** 60, text="über \U0001f99d", unicode="ü", string="", flag=True, real=0.1, number=decimal.Decimal("12345678.90"), day=datetime.date(2026, 11, 22),
              hour=datetime.time(11, 38, 2, 5), moment=datetime.datetime(1969, 12, 31, 23, 59, 59, 999999), blob=b"\0\1", colour=Colour.green, word="b", json={"a": [1, None, "x"]},
              span=datetime.timedelta(days=-3, microseconds=1), pickle={1, 2}, uuid=uuid.UUID(int=7))


def test_every_type_comes_back_as_it_went(db, every):
    """23"""
    db.session.add(every(**VALUES))
    db.session.commit()
    db.session.remove()
    found = every.query.one()
    for name, value in VALUES.items():
        assert getattr(found, name) == value and type(getattr(found, name)) is type(value), name
    row = db.session.execute(db.select(*(getattr(every, name) for name in VALUES))).one()
    assert tuple(row) == tuple(VALUES.values())


def test_every_type_may_be_none(db, every):
    """23"""
    db.session.add(every())
    db.session.commit()
    found = every.query.one()
    assert all(getattr(found, name) is None for name in VALUES)
    assert db.session.execute(db.select(*(getattr(every, name) for name in VALUES))).one() == (None,) * len(VALUES)


def test_what_is_queried_for_is_written_as_its_column(db, every):
    """23, 148"""
    db.session.add(every(**VALUES))
    db.session.commit()
    for name, value in VALUES.items():
        if name not in ("json", "pickle"):
            assert every.query.where(getattr(every, name) == value).count() == 1, name
            assert every.query.where(getattr(every, name).in_([value])).count() == 1, name


@pytest.mark.parametrize("name, value, error", [
    ("moment", "2026-01-01", TypeError), ("moment", 5, TypeError), ("day", "x", TypeError), ("hour", 3, TypeError), ("flag", "yes", TypeError), ("real", "abc", ValueError), ("real", b"1", TypeError),
    ("big", "abc", ValueError), ("big", 2 ** 70, ValueError), ("string", 5, TypeError), ("colour", "purple", ValueError), ("word", "c", ValueError), ("number", "x", TypeError), ("blob", "text", TypeError),
    ("json", object(), TypeError), ("uuid", "nope", TypeError), ("span", 5, TypeError), ("big", object(), TypeError), ("text", "a\0b", ValueError)])
def test_a_value_of_another_type_is_refused_where_it_is_set_and_names_the_column(db, every, name, value, error):
    """24"""
    one = every()
    with pytest.raises(exc.StatementError) as caught:
        setattr(one, name, value)
    with pytest.raises(exc.StatementError):
        every(**{name: value})
    assert isinstance(caught.value, (TypeError, ValueError))
    if name in ("moment", "flag", "big", "string", "text"):
        assert f"Every.{name}" in str(caught.value)
    assert getattr(one, name) is None


def test_defaults_are_made_at_the_flush(db):
    """25, 26"""
    calls = []

    class A(db.Model):
        id = db.Column(db.Integer, primary_key=True)
        n = db.Column(db.Integer, default=7)
        made = db.Column(db.String, default=lambda: calls.append(1) or "made")
        twice = db.Column(db.Integer, default=lambda context: context.get_current_parameters()["n"])
        changed = db.Column(db.Integer, onupdate=lambda: 99)
        engine = db.Column(db.Integer, server_default="5")
        now = db.Column(db.DateTime, server_default=db.func.now())
        colour = db.Column(db.Enum(Colour), default=Colour.red)
    db.create_all()
    a = A()
    assert a.n is None and a.made is None and a.engine is None and not calls
    db.session.add(a)
    db.session.flush()
    assert (a.n, a.made, a.engine, a.changed, a.colour) == (7, "made", 5, None, Colour.red) and isinstance(a.now, datetime.datetime) and calls == [1]
    a.n = 8
    db.session.commit()
    assert a.changed == 99
    db.session.add(A(n=None))
    db.session.flush()
    assert A.query.order_by(A.id.desc()).first().n == 7      # None does not suppress a default


def test_a_default_that_fails_is_the_flushs_error(db):
    """25"""
    class A(db.Model):
        id = db.Column(db.Integer, primary_key=True)
        n = db.Column(db.Integer, default=lambda: 1 // 0)
    db.create_all()
    db.session.add(A())
    with pytest.raises(ZeroDivisionError):
        db.session.flush()
    db.session.rollback()
    assert A.query.count() == 0


def test_constraints_hold_and_say_what_they_are(db):
    """27"""
    class A(db.Model):
        id = db.Column(db.Integer, primary_key=True)
        name = db.Column(db.String, nullable=False)
        email = db.Column(db.String, unique=True)
        x = db.Column(db.Integer)
        y = db.Column(db.Integer, index=True)
        __table_args__ = (db.UniqueConstraint("x", "y", name="xy"), db.CheckConstraint("x > 0", name="positive"), db.Index("ix_both", "x", "name"))
    db.create_all()
    db.session.add(A(name="a", email="e", x=1, y=1))
    db.session.commit()
    for wrong, words in ((A(), "NOT NULL constraint failed: a.name"), (A(name="b", email="e"), "UNIQUE constraint failed: a.email"), (A(name="b", x=1, y=1), "UNIQUE constraint failed: a.x, a.y"),
                         (A(name="b", x=0), "CHECK constraint failed")):
        db.session.add(wrong)
        with pytest.raises(exc.IntegrityError, match=words) as caught:
            db.session.flush()
        assert "[SQL: INSERT INTO" in str(caught.value) and isinstance(caught.value, exc.DatabaseError) and caught.value.orig
        db.session.rollback()
    names = {row[0] for row in db.session.execute(db.text("SELECT name FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"))}
    assert names == {"ix_both", "ix_a_y"}


def test_foreign_keys_by_name_by_column_and_of_several_columns(db):
    """28"""
    class Den(db.Model):
        x = db.Column(db.Integer, primary_key=True)
        y = db.Column(db.String(9), primary_key=True)

    class Tag(db.Model):
        name = db.Column(db.String(30), primary_key=True)

    class Can(db.Model):
        id = db.Column(db.Integer, primary_key=True)
        tag = db.Column(db.ForeignKey(Tag.name, ondelete="CASCADE"))
        dx, dy = db.Column(db.Integer), db.Column(db.String(9))
        __table_args__ = (db.ForeignKeyConstraint(["dx", "dy"], ["den.x", "den.y"]),)
    db.create_all()
    assert Can.__table__.c.tag.type.length == 30
    sql = db.session.execute(db.text("SELECT sql FROM sqlite_master WHERE name = 'can'")).scalar()
    assert "ON DELETE CASCADE" in sql and '"den" ("x", "y")' in sql and "VARCHAR(30)" in sql


def test_a_single_integer_key_is_generated_unless_it_is_given(db):
    """29"""
    class A(db.Model):
        id = db.Column(db.Integer, primary_key=True)
    db.create_all()
    first, given, after = A(), A(id=10), A()
    for a in (first, given, after):
        db.session.add(a)
        db.session.flush()
    assert (first.id, given.id, after.id) == (1, 10, 11)


def test_an_index_may_be_of_expressions_and_of_some_rows(db):
    """27"""
    class Note(db.Model):
        id = db.Column(db.Integer, primary_key=True)
        order = db.Column(db.Integer)
        text = db.Column(db.String(50))
        gone = db.Column(db.DateTime)
        db.Index("by_text", db.func.lower(text), order.desc())
        db.Index("one_of_a_text", text, unique=True, sqlite_where=gone.is_(None))
        db.UniqueConstraint(order, text, name="both")
        db.CheckConstraint(order > 0, name="positive")
        __table_args__ = (db.Index("in_words", db.text("length(text) DESC"), sqlite_where=db.text("text <> ''")), db.Index("by_name", "gone", db.text("text")))
    db.Index("later", Note.order.desc(), db.case((Note.text == "it's", 1), else_=Note.order))
    db.create_all()
    found = dict(db.session.execute(db.text("SELECT name, substr(sql, instr(sql, ' ON ')) FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL")).all())
    assert found == {"by_text": ' ON "note" ((lower("text")), "order" DESC)', "one_of_a_text": ' ON "note" ("text") WHERE "gone" IS NULL', "later": ' ON "note" ("order" DESC, '
                     '(CASE WHEN "text" = \'it\'\'s\' THEN 1 ELSE "order" END))', "in_words": ' ON "note" ((length(text)) DESC) WHERE text <> \'\'', "by_name": ' ON "note" ("gone", "text")'}
    db.session.add_all([Note(text="a", order=1), Note(text="a", order=2, gone=datetime.datetime(2024, 1, 1))])
    db.session.commit()
    for wrong in (Note(text="a", order=3), Note(text="b", order=-1), Note(text="a", order=2, gone=datetime.datetime(2024, 1, 1))):
        db.session.add(wrong)
        with pytest.raises(exc.IntegrityError):
            db.session.commit()
        db.session.rollback()
    assert [index.name for index in Note.__table__.indexes] == ["by_text", "one_of_a_text", "in_words", "by_name", "later"]


def test_what_no_constraint_takes_is_refused(db):
    """27"""
    for wrong in (lambda: db.Index("i", "x", uniqe=True), lambda: db.UniqueConstraint("x", nme="u"), lambda: db.ForeignKey("a.id", on_delete="CASCADE")):
        with pytest.raises(TypeError, match="<dialectname>_<argument>"):
            wrong()
    for wrong in (lambda: db.Index("i", "x", sqlite_including=["y"]), lambda: db.UniqueConstraint("x", sqlite_on_conflict="IGNORE")):
        with pytest.raises(exc.ArgumentError, match="kith does not write it"):
            wrong()
    db.Index("i", "x", mysql_length=3, postgresql_using="gin")

    class Thing(db.Model):
        id = db.Column(db.Integer, primary_key=True)
        db.Index("nulls", id.desc().nulls_last())
    with pytest.raises(exc.CompileError, match="NULLs"):
        db.create_all()
    assert len(Thing.__table__.indexes[0].expressions) == 1


def test_a_foreign_key_may_be_checked_at_the_commit(db):
    """30"""
    class Hen(db.Model):
        id = db.Column(db.Integer, primary_key=True)
        egg_id = db.Column(db.ForeignKey("egg.id", deferrable=True, initially="DEFERRED"))

    class Egg(db.Model):
        id = db.Column(db.Integer, primary_key=True)
        hen_id = db.Column(db.Integer)
        __table_args__ = (db.ForeignKeyConstraint(["hen_id"], ["hen.id"], deferrable=True, initially="deferred"),)
    db.create_all()
    db.session.execute(db.insert(Hen).values(id=1, egg_id=1))
    db.session.execute(db.insert(Egg).values(id=1, hen_id=1))
    db.session.commit()
    db.session.execute(db.insert(Hen).values(id=2, egg_id=2))
    with pytest.raises(exc.IntegrityError, match="foreign key"):
        db.session.commit()
    db.session.rollback()
    assert Hen.query.count() == 1


def test_foreign_keys_are_enforced(db):
    """30"""
    A, B = raccoons(db)
    db.create_all()
    db.session.add(B(a_id=5))
    with pytest.raises(exc.IntegrityError, match="FOREIGN KEY constraint failed"):
        db.session.commit()


def test_create_all_sorts_tables_and_skips_those_that_are_there(db):
    """31"""
    class Child(db.Model):
        id = db.Column(db.Integer, primary_key=True)
        parent_id = db.Column(db.ForeignKey("parent.id"))

    class Parent(db.Model):
        id = db.Column(db.Integer, primary_key=True)
    assert [table.name for table in db.metadata.sorted_tables] == ["parent", "child"]
    db.create_all()
    db.session.add(Parent())
    db.session.commit()
    db.create_all()
    assert Parent.query.count() == 1
    db.session.remove()
    db.drop_all()
    db.create_all()
    assert Parent.query.count() == 0


def test_two_tables_that_reference_each_other_are_made_and_dropped(db):
    """31"""
    class A(db.Model):
        id = db.Column(db.Integer, primary_key=True)
        b_id = db.Column(db.ForeignKey("b.id"))

    class B(db.Model):
        id = db.Column(db.Integer, primary_key=True)
        a_id = db.Column(db.ForeignKey("a.id"))
    db.create_all()
    db.drop_all()
    db.create_all()


def test_a_hybrid_is_selected_under_its_name(db):
    """15"""
    class Box(db.Model):
        id = db.Column(db.Integer, primary_key=True)
        side = db.Column(db.Integer)

        @hybrid_property
        def area(self):
            return self.side * self.side

        @hybrid_property
        def alias(self):
            return self.side
    db.create_all()
    db.session.add_all([Box(side=3), Box(side=2)])
    db.session.commit()
    s = db.session
    assert s.query(Box.area).order_by(Box.area).first().area == 4 and s.execute(db.select(Box.id, Box.area).where(Box.area > 4)).mappings().all() == [{"id": 1, "area": 9}]
    inner = db.select(Box.area).subquery()
    assert sorted(s.scalars(db.select(inner.c.area))) == [4, 9] and Box.query.filter(~(Box.area == 9)).one().side == 2 and Box.alias is Box.side


def test_validators_hybrids_and_synonyms(db):
    """15"""
    from kith.ext.hybrid import hybrid_method

    class A(db.Model):
        id = db.Column(db.Integer, primary_key=True)
        name = db.Column(db.String)
        n = db.Column(db.Integer)
        title = db.synonym("name")

        @db.validates("name")
        def _name(self, key, value):
            assert key == "name"
            if value == "bad":
                raise ValueError("bad name")
            return value.upper()

        @hybrid_property
        def double(self):
            return self.n * 2

        @double.setter
        def double(self, value):
            self.n = value // 2

        @hybrid_method
        def above(self, limit):
            return self.n > limit
    db.create_all()
    a = A(name="x", double=8)
    with pytest.raises(ValueError, match="bad name"):
        a.name = "bad"
    assert (a.name, a.title, a.n, a.double, a.above(3)) == ("X", "X", 4, 8, True)
    db.session.add_all([a, A(name="y", n=1)])
    db.session.commit()
    assert A.query.where(A.double == 8).one() is a and A.query.where(A.above(2)).one() is a and A.query.filter_by(title="Y").one().n == 1 and A.query.filter_by(double=2).one().n == 1


def test_a_validator_of_a_list_sees_what_is_appended(db):
    """15"""
    class A(db.Model):
        id = db.Column(db.Integer, primary_key=True)
        bs = db.relationship("B")

        @db.validates("bs")
        def _b(self, key, b):
            if b.n == 13:
                raise ValueError("no thirteen")
            return b

    class B(db.Model):
        id = db.Column(db.Integer, primary_key=True)
        n = db.Column(db.Integer)
        a_id = db.Column(db.ForeignKey("a.id"))
    a = A(bs=[B(n=1)])
    for change in (lambda: a.bs.append(B(n=13)), lambda: a.bs.extend([B(n=13)]), lambda: setattr(a, "bs", [B(n=13)]), lambda: a.bs.insert(0, B(n=13))):
        with pytest.raises(ValueError, match="no thirteen"):
            change()
    assert [b.n for b in a.bs] == [1]


def test_a_validator_sees_the_other_side_and_what_is_removed(db):
    """15"""
    seen = []

    class A(db.Model):
        id = db.Column(db.Integer, primary_key=True)
        bs = db.relationship("B", back_populates="a")

        @db.validates("bs", include_removes=True)
        def _b(self, key, b, is_remove):
            seen.append((key, b, is_remove))
            return b

    class B(db.Model):
        id = db.Column(db.Integer, primary_key=True)
        a_id = db.Column(db.ForeignKey("a.id"))
        a = db.relationship("A", back_populates="bs")

        @db.validates("a", include_backrefs=False)
        def _a(self, key, a):
            seen.append((key, a))
            return a
    a, b = A(), B()
    a.bs.append(b)
    assert seen == [("bs", b, False)]
    b.a = None
    assert seen[1:] == [("a", None), ("bs", b, True)]
    b.a = a
    assert seen[3:] == [("a", a), ("bs", b, False)]
    a.bs.remove(b)
    assert seen[5:] == [("bs", b, True)] and b.a is None


def test_a_sql_expression_is_no_value_of_an_attribute(db):
    """32"""
    class A(db.Model):
        id = db.Column(db.Integer, primary_key=True)
        name = db.Column(db.String)
        n = db.Column(db.Integer)
    db.create_all()
    a = A(name="a", n=1)
    db.session.add(a)
    db.session.commit()
    for key, value in (("n", A.n + 1), ("name", db.func.upper("b"))):
        with pytest.raises(TypeError, match=f"A.{key}"):
            setattr(a, key, value)
        with pytest.raises(TypeError, match=f"A.{key}"):
            A(**{key: value})
    assert (a.name, a.n) == ("a", 1)
    A.query.filter_by(id=a.id).update({A.n: A.n + 1, A.name: db.func.upper(A.name)})
    assert (a.name, a.n) == ("A", 2)


def test_a_class_declared_later_makes_a_new_layout(db):
    """10, 17"""
    class A(db.Model):
        id = db.Column(db.Integer, primary_key=True)
    db.create_all()
    db.session.add(A())
    db.session.commit()
    db.session.remove()

    class B(db.Model):
        id = db.Column(db.Integer, primary_key=True)
        a_id = db.Column(db.ForeignKey("a.id"))
        a = db.relationship("A")
    db.create_all()
    db.session.add(B(a=A.query.one()))
    db.session.commit()
    assert B.query.one().a.id == 1


def test_no_warning_is_given_for_models_that_are_right(db):
    """19z"""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        A, B = raccoons(db, bs={"back_populates": "a"}, a={"back_populates": "bs"})
        db.create_all()


@pytest.mark.parametrize("condition", ["A.id > B.a_id", "A.id != B.a_id", "and_(A.id == B.a_id, B.n == 3)", "A.n"])
def test_a_join_that_cannot_be_written_is_refused(db, condition):
    """20"""
    A, _ = raccoons(db, bs={"primaryjoin": condition})
    with pytest.raises((exc.ArgumentError, exc.InvalidRequestError), match="A.bs|'n'"):
        A()


# ---------------------------------------------------------------- every way to make an object

@pytest.fixture
def raccoon(db):
    class Raccoon(db.Model):
        id = db.Column(db.Integer, primary_key=True)
        name = db.Column(db.String)
        weight = db.Column(db.Numeric)
    return Raccoon


def made(instance):
    return type(instance).__name__, instance.id, instance.name, instance.weight


def test_an_object_is_made_by_every_way_of_calling(raccoon):
    words = {"id": 7, "name": "Rocky", "weight": 5}
    ways = [lambda: raccoon(id=7, name="Rocky", weight=5), lambda: raccoon(**words), lambda: raccoon(name="Rocky", **{"id": 7, "weight": 5}),
            lambda: functools.partial(raccoon, name="Rocky")(id=7, weight=5), lambda: raccoon.__call__(**words), lambda: type.__call__(raccoon, **words),
            lambda: next(map(lambda value: raccoon(**value), [words]))]
    assert [made(way()) for way in ways] == [("Raccoon", 7, "Rocky", decimal.Decimal(5))] * len(ways)
    assert made(raccoon()) == ("Raccoon", None, None, None) and made(raccoon(**{})) == made(raccoon())
    again = raccoon(name="Rocky")
    again.__init__(weight=2)
    assert made(again) == ("Raccoon", None, "Rocky", decimal.Decimal(2))


def test_a_call_that_is_wrong_makes_nothing_and_says_why(raccoon):
    with pytest.raises(TypeError, match="takes no positional arguments .2 given."):
        raccoon(1, 2)
    with pytest.raises(TypeError, match="takes no positional arguments .1 given."):
        raccoon(1, name="Rocky")
    with pytest.raises(TypeError, match="'colour' is an invalid keyword argument for Raccoon"):
        raccoon(name="Rocky", colour="grey")
    with pytest.raises(TypeError, match="keywords must be strings"):
        raccoon(**{1: 2})
    with pytest.raises(exc.StatementError):
        raccoon(name="Rocky", weight=object())
    with pytest.raises(TypeError, match="__dict__"):
        raccoon(name="Rocky", __dict__=3)


def test_a_way_of_its_own_is_gone_whenever_it_was_declared(raccoon, db):
    calls = []

    class Named(db.Model):
        id = db.Column(db.Integer, primary_key=True)
        name = db.Column(db.String)

        def __init__(self, name):
            calls.append("init")
            super().__init__(name=name.title())
    assert Named("rocky").name == "Rocky" and Named(name="dan").name == "Dan" and calls == ["init"] * 2
    assert raccoon(name="rocky").name == "rocky"

    def init(self, **words):
        calls.append("late")
        type(self).__mro__[1].__init__(self, **{key: value.title() for key, value in words.items()})
    raccoon.__init__ = init
    assert raccoon(name="rocky").name == "Rocky" and calls[-1] == "late"
    del raccoon.__init__
    assert raccoon(name="rocky").name == "rocky" and calls.count("late") == 1
    new = raccoon.__new__
    raccoon.__new__ = lambda cls, **words: calls.append("new") or new(cls)
    assert raccoon(name="rocky").name == "rocky" and calls[-1] == "new"


def test_a_metaclass_that_calls_its_classes_is_asked(db):
    class Counting(type(db.Model)):
        def __call__(cls, *args, **words):
            cls.count = getattr(cls, "count", 0) + 1
            return super().__call__(*args, **words)

    class Counted(db.Model, metaclass=Counting):
        id = db.Column(db.Integer, primary_key=True)
        name = db.Column(db.String)
    assert Counted(name="a").name == "a" and Counted(**{"name": "b"}).name == "b" and Counted.count == 2


def test_a_class_with_slots_and_bases_of_its_own_is_called_as_well(db):
    class Loud:
        def shout(self):
            return self.name.upper()

    class Slotted(Loud, db.Model):
        __slots__ = ("mood", "hat")
        id = db.Column(db.Integer, primary_key=True)
        name = db.Column(db.String)
    slotted = Slotted(name="dan")
    assert slotted.shout() == "DAN"
    with pytest.raises(AttributeError):
        slotted.mood
    slotted.mood = ["happy"]
    assert (slotted.name, slotted.mood) == ("dan", ["happy"]) and not hasattr(slotted, "hat")


def test_what_cannot_lie_in_the_struct_at_once_is_set_as_an_attribute_afterwards(db):
    seen = []

    class Raccoon(db.Model):
        id = db.Column(db.Integer, primary_key=True)
        name = db.Column(db.String)
        alias = db.synonym("name")
        weight = db.Column(db.Numeric)

        @db.validates("name")
        def check(self, key, value):
            seen.append((key, value, self.weight))
            return value.title()

        @property
        def kilos(self):
            return self.weight

        @kilos.setter
        def kilos(self, value):
            self.weight = value
    made = Raccoon(alias="rocky", kilos=4)
    assert (made.name, made.weight) == ("Rocky", 4)
    made = Raccoon(name="dan", weight=decimal.Decimal("3.5"))
    assert made.name == "Dan" and seen[-1] == ("name", "dan", decimal.Decimal("3.5"))


def test_a_table_that_cannot_be_made_is_said_by_create_all(db):
    """4, 17, 31"""
    from kith import Column, Integer, MetaData, Table, create_engine, inspect, text
    from kith.orm import declarative_base
    engine = create_engine("sqlite://")
    metadata = MetaData()
    Table("keyless", metadata, Column("a", Integer))
    Table("good", metadata, Column("a", Integer, primary_key=True))
    with pytest.raises(exc.ArgumentError, match="'keyless' has no primary key.*primary_key=True"):
        metadata.create_all(engine)
    with pytest.raises(exc.ArgumentError, match="keyless"):
        metadata.create_all(engine, tables=[metadata.tables["keyless"]])
    metadata.create_all(engine, tables=[metadata.tables["good"]])
    assert inspect(engine).get_table_names() == ["good"]
    Base = declarative_base()

    class A(Base):
        __tablename__ = "a"
        id = Column(Integer, primary_key=True)
        n = Column(Integer, default=text("1"))
    with pytest.raises(exc.SQLAlchemyError, match="default"):
        Base.metadata.create_all(engine)


def test_a_type_of_ones_own_may_turn_none(db):
    """23, 25"""
    seen = []

    class Words(kith.TypeDecorator):
        impl = kith.Text
        cache_ok = True

        def process_bind_param(self, value, dialect):
            seen.append(dialect.name)
            return ",".join(value or [])

        def process_result_value(self, value, dialect):
            seen.append(dialect.name)
            return value.split(",") if value else []

    class A(db.Model):
        id = db.Column(db.Integer, primary_key=True)
        words = db.Column(Words)
    db.create_all()
    db.session.add_all([A(), A(words=None), A(words=["x", "y"])])
    assert A().words is None
    db.session.commit()
    db.session.execute(kith.text("INSERT INTO a (words) VALUES (NULL)"))
    assert [a.words for a in A.query.order_by(A.id)] == [[], [], ["x", "y"], []] and set(seen) == {"sqlite"}
    assert [row.words for row in db.session.query(A.words).order_by(A.id)] == [[], [], ["x", "y"], []]
    assert db.session.execute(kith.text("SELECT words FROM a ORDER BY id")).scalars().all() == ["", "", "x,y", None]
    db.session.get(A, 3).words = None
    db.session.commit()
    assert db.session.execute(kith.text("SELECT words FROM a WHERE id = 3")).scalar() == ""
    A.query.filter_by(id=1).update({"words": ["z"]})
    A.query.filter_by(id=2).update({"words": None})
    assert db.session.execute(kith.text("SELECT words FROM a WHERE id < 3 ORDER BY id")).scalars().all() == ["z", ""]


def test_keys_of_types_of_ones_own_are_turned(db):
    """23, 95, 110"""
    class Colour(enum.Enum):
        red = 1
        blue = 2

    class Reversed(kith.TypeDecorator):
        impl = kith.String
        cache_ok = True

        def process_bind_param(self, value, dialect):
            return value if value is None else value[::-1]

        process_result_value = process_bind_param

    class Doubled(kith.TypeDecorator):
        impl = kith.Integer
        cache_ok = True

        def process_bind_param(self, value, dialect):
            return value if value is None else value * 2

        def process_result_value(self, value, dialect):
            return value if value is None else value // 2

    class A(db.Model):
        id = db.Column(Reversed, primary_key=True)
        n = db.Column(db.String)

    class B(db.Model):
        id = db.Column(db.Enum(Colour), primary_key=True)

    class C(db.Model):
        id = db.Column(Doubled, primary_key=True)
        at = db.Column(db.Enum(Colour), primary_key=True)

    class D(db.Model):
        id = db.Column(Doubled, primary_key=True)
    db.create_all()
    db.session.add_all([A(id="abc", n="x"), B(id=Colour.red), C(id=3, at=Colour.blue), D(id=4)])
    db.session.commit()
    a = db.session.get(A, "abc")
    assert a.n == "x" and kith.inspect(a).identity == ("abc",) and A.query.get("abc") is a and db.session.get(A, "cba") is None
    assert db.session.get(B, Colour.red).id is Colour.red and db.session.get(B, Colour.blue) is None
    assert kith.inspect(db.session.get(C, (3, Colour.blue))).identity == (3, Colour.blue)
    assert db.session.get(D, 4).id == 4 and db.session.get(D, 8) is None
    assert db.session.merge(A(id="abc", n="merged")) is a and a.n == "merged"
    a.id = "xyz"
    assert kith.inspect(a).attrs.id.history.deleted == ["abc"] and kith.inspect(a).dict["id"] == "xyz"
