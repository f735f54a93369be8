"""Classes that inherit from mapped classes (14), in one table and in tables of their own. A docstring begins with the rules that a test holds."""

import enum
import gc

import pytest

from kith import Database, exc, func, inspect, select
from kith.ext.associationproxy import association_proxy
from kith.ext.hybrid import hybrid_property
from kith.orm import aliased, declared_attr, selectinload, validates


class Shop:
    """Workers of a firm: an Engineer with tools, an Intern who is one, a Manager of a firm, a Boss who is one."""

    def __init__(self, joined):
        self.db = db = Database()
        self.joined = joined

        def table(name, base):
            return {"__tablename__": name, f"{name}_id" if name == "boss" else "id": db.Column(db.ForeignKey(f"{base}.id"), primary_key=True)} if joined else {}

        class Firm(db.Model):
            id = db.Column(db.Integer, primary_key=True)
            name = db.Column(db.String(30))
            workers = db.relationship("Worker", back_populates="firm", order_by="Worker.id", cascade="all, delete-orphan", foreign_keys="Worker.firm_id")
            tools = association_proxy("engineers", "tools")
            engineers = db.relationship("Engineer", viewonly=True, foreign_keys="Worker.firm_id")

        class Worker(db.Model):
            id = db.Column(db.Integer, primary_key=True)
            kind = db.Column(db.String(20), nullable=False)
            name = db.Column(db.String(30))
            firm_id = db.Column(db.ForeignKey("firm.id"))
            firm = db.relationship(Firm, back_populates="workers", foreign_keys=firm_id)
            firm_name = association_proxy("firm", "name")
            __mapper_args__ = {"polymorphic_on": kind, "polymorphic_identity": "worker"}

            @validates("name")
            def named(self, key, value):
                return value.title() if value else value

            @hybrid_property
            def initial(self):
                return self.name[:1]

            @initial.expression
            def initial(cls):
                return func.substr(cls.name, 1, 1)

            def greet(self):
                return "hello"

        class Engineer(Worker):
            locals().update(table("engineer", "worker"))
            machine = db.Column(db.String(30))
            tools = db.relationship("Tool", back_populates="engineer", cascade="all, delete-orphan")
            __mapper_args__ = {"polymorphic_identity": "engineer"}

            def greet(self):
                return super().greet() + " from " + (self.machine or "nowhere")

        class Intern(Engineer):
            school = db.Column(db.String(30))
            __mapper_args__ = {"polymorphic_identity": "intern"}

        class Manager(Worker):
            locals().update(table("manager", "worker"))
            budget = db.Column(db.Integer)
            leads_id = db.Column(db.ForeignKey("firm.id"))
            leads = db.relationship(Firm, backref=db.backref("managers"), foreign_keys=leads_id)
            __mapper_args__ = {"polymorphic_identity": "manager"}

        class Boss(Manager):
            locals().update(table("boss", "manager"))
            car = db.Column(db.String(30))
            __mapper_args__ = {"polymorphic_identity": "boss"}

        class Tool(db.Model):
            id = db.Column(db.Integer, primary_key=True)
            name = db.Column(db.String(30))
            engineer_id = db.Column(db.ForeignKey("worker.id"))
            engineer = db.relationship(Engineer, back_populates="tools")

        self.__dict__.update(Firm=Firm, Worker=Worker, Engineer=Engineer, Intern=Intern, Manager=Manager, Boss=Boss, Tool=Tool)
        db.create_all()
        self.session = db.session

    def fill(self):
        acme, other = self.Firm(name="Acme"), self.Firm(name="Other")
        self.session.add_all([
            acme, self.Worker(name="ann", firm=acme), self.Engineer(name="eve", machine="lathe", firm=acme, tools=[self.Tool(name="saw")]),
            self.Intern(name="ida", machine="drill", school="ETH", firm=acme, tools=[self.Tool(name="axe")]), self.Manager(name="max", budget=7, firm=acme, leads=acme),
            self.Boss(name="bob", budget=9, car="bus", firm=other, leads=other)])
        self.session.commit()
        self.session.close()
        return self

    def sent(self, function):
        before = self.session.statement_count
        function()
        return self.session.statement_count - before

    def rows(self, sql):
        return self.session.execute(self.db.text(sql)).all()


@pytest.fixture(params=[False, True], ids=["one table", "several tables"])
def shop(request):
    made = Shop(request.param)
    yield made
    made.session.remove()


def names(objects):
    return [f"{type(o).__name__} {o.name}" for o in objects]


ALL = ["Worker Ann", "Engineer Eve", "Intern Ida", "Manager Max", "Boss Bob"]


def test_a_query_of_the_base_gives_whole_objects_of_every_class_in_one_statement(shop):
    """14"""
    shop.fill()
    found = []
    assert shop.sent(lambda: found.extend(shop.Worker.query.order_by(shop.Worker.id))) == 1 and names(found) == ALL
    assert shop.sent(lambda: [(w.name, getattr(w, "machine", None), getattr(w, "budget", None), getattr(w, "car", None)) for w in found]) == 0
    assert found[4].car == "bus" and found[4].budget == 9 and found[2].school == "ETH" and isinstance(found[2], shop.Engineer) and found[1].greet() == "hello from lathe"
    assert shop.session.get(shop.Worker, 5) is found[4] and shop.session.get(shop.Engineer, 5) is None and shop.session.get(shop.Manager, 5) is found[4]


def test_a_query_of_a_sub_class_gives_it_and_what_inherits_from_it(shop):
    """14"""
    shop.fill()
    E, M, B, W = shop.Engineer, shop.Manager, shop.Boss, shop.Worker
    assert names(E.query.order_by(E.name.desc())) == ["Intern Ida", "Engineer Eve"] and names(B.query) == ["Boss Bob"]
    assert names(M.query.filter(M.budget > 8, M.name == "Bob")) == ["Boss Bob"] and names(B.query.filter_by(car="bus", budget=9, name="Bob")) == ["Boss Bob"]
    assert W.query.count() == 5 and E.query.count() == 2 and shop.Intern.query.count() == 1 and M.query.filter(M.name == "Max").count() == 1
    assert shop.session.query(func.count(M.id)).scalar() == 2 and shop.session.query(func.sum(M.budget)).scalar() == 16
    assert shop.session.query(E.name).order_by(E.name).all() == [("Eve",), ("Ida",)] and shop.session.query(W.name).count() == 5
    assert shop.session.query(func.count()).select_from(M).scalar() == 2 and shop.session.query(M).with_entities(M.name).order_by(M.id).all() == [("Max",), ("Bob",)]
    assert shop.session.query(E.query.filter(E.name == "Ida").exists()).scalar() is True and shop.session.query(M.query.filter(M.name == "Eve").exists()).scalar() is False
    assert names(shop.session.scalars(select(W).where(W.kind.in_(["boss", "intern"])).order_by(W.id))) == ["Intern Ida", "Boss Bob"]
    assert B.query.first() is W.query.filter_by(name="Bob").one() and E.query.filter_by(name="Bob").one_or_none() is None
    assert [tuple(row) for row in shop.session.query(M, W.name).filter(M.id == W.id).with_entities(W.name)] != []


def test_a_new_object_knows_what_it_is_and_the_keys_are_in_the_order_of_making(shop):
    """14"""
    assert shop.Boss().kind == "boss" and shop.Worker(name="x").kind == "worker" and shop.Intern(school="y").kind == "intern"
    shop.fill()
    assert [tuple(row) for row in shop.rows("SELECT kind, name FROM worker ORDER BY id")] == [
        ("worker", "Ann"), ("engineer", "Eve"), ("intern", "Ida"), ("manager", "Max"), ("boss", "Bob")]
    if shop.joined:
        assert shop.rows("SELECT boss_id, car FROM boss") == [(5, "bus")] and shop.rows("SELECT id, machine, school FROM engineer ORDER BY id") == [(2, "lathe", None), (3, "drill", "ETH")]
        assert shop.Boss.query.one().boss_id == 5 and shop.Boss.query.filter(shop.Boss.boss_id == 5).count() == 1


def test_updates_and_deletes_go_to_the_tables_that_are_concerned(shop):
    """14"""
    shop.fill()
    bob = shop.Boss.query.one()
    bob.car = "tram"
    assert shop.sent(shop.session.flush) == 1
    bob.name, bob.budget = "rob", 10
    assert shop.sent(shop.session.flush) == (2 if shop.joined else 1)
    shop.session.commit()
    assert (bob.car, bob.name, bob.budget) == ("tram", "Rob", 10)
    shop.session.delete(bob)
    shop.session.commit()
    assert shop.Worker.query.count() == 4 and shop.Manager.query.count() == 1 and shop.rows("SELECT count(*) FROM " + ("boss" if shop.joined else "worker WHERE kind = 'boss'")) == [(0,)]
    acme = shop.Firm.query.filter_by(name="Acme").one()
    shop.session.delete(acme)
    shop.session.commit()
    assert shop.Worker.query.count() == 0 and shop.Tool.query.count() == 0


def test_a_rollback_puts_back_objects_of_every_class(shop):
    """14"""
    shop.fill()
    bob, eve = shop.Boss.query.one(), shop.Engineer.query.filter_by(name="Eve").one()
    bob.car, eve.name = "tram", "eva"
    shop.session.delete(eve)
    new = shop.Intern(name="una")
    shop.session.add(new)
    shop.session.flush()
    shop.session.rollback()
    assert (bob.car, eve.name, eve.machine) == ("bus", "Eve", "lathe") and eve in shop.session and new not in shop.session and shop.Worker.query.count() == 5


def test_relationships_of_the_base_and_of_sub_classes(shop):
    """14"""
    shop.fill()
    acme = shop.Firm.query.filter_by(name="Acme").one()
    assert names(acme.workers) == ALL[:4] and names(acme.managers) == ["Manager Max"] and acme.managers[0].leads is acme
    bob = shop.Boss.query.one()
    acme.workers.append(bob)
    acme.managers.append(bob)
    assert bob.firm is acme and bob.leads is acme and bob.firm_name == "Acme"
    with pytest.raises(exc.SQLAlchemyError, match="Firm.managers takes a Manager, not a"):
        acme.managers.append(acme.workers[1])
    with pytest.raises(exc.SQLAlchemyError, match="Tool.engineer takes a Engineer, not a"):
        shop.Tool.query.first().engineer = bob
    shop.session.rollback()
    eve = shop.Engineer.query.filter_by(name="Eve").one()
    acme.workers.remove(eve)
    shop.session.commit()
    assert shop.Engineer.query.count() == 1 and [tool.name for tool in shop.Tool.query] == ["axe"]


def test_siblings_of_several_classes_load_together(shop):
    """14"""
    shop.fill()
    everyone = shop.Worker.query.order_by(shop.Worker.id).all()
    assert shop.sent(lambda: [w.firm.name for w in everyone]) == 1
    assert shop.sent(lambda: [tool.name for w in everyone if isinstance(w, shop.Engineer) for tool in w.tools]) == 1
    shop.session.commit()
    assert shop.sent(lambda: [w.name for w in everyone]) == 1 and shop.sent(lambda: [w.car for w in everyone if isinstance(w, shop.Boss)]) == 0
    shop.session.close()
    assert shop.sent(lambda: [[tool.name for tool in e.tools] for e in shop.Engineer.query.options(selectinload(shop.Engineer.tools))]) == 2
    shop.session.close()
    assert shop.sent(lambda: [[tool.name for tool in w.tools] for w in shop.Worker.query.options(selectinload(shop.Engineer.tools)) if isinstance(w, shop.Engineer)]) == 2


def test_conditions_and_joins_through_relationships(shop):
    """14"""
    shop.fill()
    F, W, E, M, T = shop.Firm, shop.Worker, shop.Engineer, shop.Manager, shop.Tool
    assert F.query.filter(F.workers.any(W.name == "Bob")).one().name == "Other" and F.query.filter(F.managers.any(M.budget > 8)).one().name == "Other"
    assert F.query.filter(F.managers.any(M.name == "Max")).one().name == "Acme" and F.query.filter(F.managers.any(name="Eve")).count() == 0
    assert names(E.query.filter(E.firm.has(name="Acme")).order_by(E.id)) == ["Engineer Eve", "Intern Ida"] and names(M.query.filter(M.leads.has(F.name == "Other"))) == ["Boss Bob"]
    assert names(E.query.filter(E.tools.any(T.name == "axe"))) == ["Intern Ida"] and T.query.filter(T.engineer.has(machine="lathe")).one().name == "saw"
    assert names(E.query.join(E.tools).filter(T.name == "axe")) == ["Intern Ida"] and F.query.join(F.managers).filter(M.budget == 7).one().name == "Acme"
    assert T.query.join(T.engineer).filter(E.name == "Eve").one().name == "saw" and names(M.query.join(F, M.leads_id == F.id).filter(F.name == "Acme")) == ["Manager Max"]
    assert shop.session.query(F.name, func.count(M.id)).outerjoin(F.managers).group_by(F.name).order_by(F.name).all() == [("Acme", 1), ("Other", 1)]
    ida = shop.Intern.query.one()
    assert T.query.filter(T.engineer == ida).one().name == "axe" and T.query.filter_by(engineer=ida).count() == 1 and F.query.filter(F.workers.contains(ida)).one().name == "Acme"
    assert names(W.query.filter(W.firm == ida.firm).order_by(W.id)) == ALL[:4]


def test_classes_under_other_names(shop):
    """14"""
    shop.fill()
    E, M, W = shop.Engineer, shop.Manager, shop.Worker
    other = aliased(M)
    assert names(shop.session.query(other).filter(other.name == "Max")) == ["Manager Max"] and names(shop.session.scalars(select(other).where(other.budget > 8))) == ["Boss Bob"]
    rows = shop.session.query(W.name, other.name).join(other, other.firm_id == W.firm_id).filter(W.name == "Eve").all()
    assert rows == [("Eve", "Max")]
    a = aliased(E)
    assert shop.session.query(E.name, a.name).filter(E.id < a.id).all() == [("Eve", "Ida")]
    assert E.query.filter(E.id.in_(select(a.id).where(a.machine == "drill"))).one().name == "Ida"


def test_bulk_updates_and_deletes_are_of_the_class_asked_for(shop):
    """14"""
    shop.fill()
    W, E, M, B = shop.Worker, shop.Engineer, shop.Manager, shop.Boss
    bob = B.query.one()
    assert M.query.filter(M.budget > 6).update({"budget": M.budget + 1}) == 2 and bob.budget == 10
    assert B.query.filter(B.name == "Bob").update({"car": "x"}) == 1 and bob.car == "x" and E.query.update({"name": "Zed"}) == 2
    assert [w.name for w in W.query.order_by(W.id)] == ["Ann", "Zed", "Zed", "Max", "Bob"]
    shop.Tool.query.delete()
    assert E.query.filter(E.machine == "drill").delete() == 1 and W.query.count() == 4 and M.query.filter(M.name == "Nobody").delete() == 0
    assert B.query.delete() == 1 and inspect(bob).was_deleted and W.query.count() == 3 and W.query.delete() == 3
    shop.session.commit()
    if shop.joined:
        assert shop.rows("SELECT (SELECT count(*) FROM engineer) + (SELECT count(*) FROM manager) + (SELECT count(*) FROM boss)") == [(0,)]


def test_validators_hybrids_and_proxies_are_inherited(shop):
    """14"""
    shop.fill()
    ida = shop.Intern.query.one()
    ida.name = "una"
    assert ida.name == "Una" and ida.initial == "U" and names(shop.Manager.query.filter(shop.Manager.initial == "B")) == ["Boss Bob"]
    assert names(shop.Engineer.query.filter(shop.Engineer.firm_name == "Acme").order_by(shop.Engineer.id)) == ["Engineer Eve", "Intern Una"]
    shop.session.commit()
    acme = shop.Firm.query.filter_by(name="Acme").one()
    assert names(acme.engineers) == ["Engineer Eve", "Intern Una"]


def test_a_row_of_no_known_class_is_an_error(shop):
    """14"""
    shop.fill()
    shop.session.execute(shop.db.text("INSERT INTO worker(id, kind, name) VALUES (70, 'pilot', 'Pam')"))
    for ask in (lambda: shop.Worker.query.all(), lambda: shop.session.get(shop.Worker, 70)):
        with pytest.raises(exc.InvalidRequestError, match="No such polymorphic identity 'pilot' is defined"):
            ask()
    assert shop.Engineer.query.count() == 2 and len(shop.Engineer.query.all()) == 2
    shop.session.rollback()


def test_what_inspect_says(shop):
    """14"""
    M, B = inspect(shop.Manager), inspect(shop.Boss)
    assert M.polymorphic_identity == "manager" and B.inherits is M and B.base_mapper is inspect(shop.Worker) and B.isa(inspect(shop.Worker)) and not M.isa(B)
    assert M.polymorphic_on is shop.Worker.__table__.c.kind and set(B.polymorphic_map) == {"worker", "engineer", "intern", "manager", "boss"}
    assert list(B.iterate_to_root()) == [B, M, inspect(shop.Worker)] and list(M.self_and_descendants) == [M, B] and M.single is not shop.joined
    assert [table.name for table in B.tables] == (["worker", "manager", "boss"] if shop.joined else ["worker"])
    assert B.local_table is (shop.Boss.__table__ if shop.joined else shop.Worker.__table__) and [column.name for column in B.primary_key] == ["id"]
    assert {"id", "kind", "name", "firm_id", "budget", "leads_id", "car"} <= set(B.columns.keys()) and set(B.relationships.keys()) == {"firm", "leads"}
    assert shop.Boss.name is not shop.Worker.name and shop.Boss.name.class_ is shop.Boss


def test_an_object_survives_merge_detaching_and_a_sweep(shop):
    """14"""
    shop.fill()
    bob = shop.session.merge(shop.Boss(id=5, car="van"))
    assert type(bob) is shop.Boss and bob.name == "Bob" and bob.car == "van"
    shop.session.commit()
    assert bob.car == "van"
    shop.session.expunge(bob)
    assert bob.kind == "boss" and shop.session.merge(bob) is shop.session.get(shop.Worker, 5)
    del bob
    gc.collect()
    assert shop.Boss.query.one().car == "van" and names(shop.Worker.query.order_by(shop.Worker.id)) == ALL
    new = shop.session.merge(shop.Intern(name="new"))
    shop.session.commit()
    assert type(shop.session.get(shop.Worker, new.id)) is shop.Intern


def test_columns_and_relationships_that_come_later_are_inherited(db):
    """14"""
    class Base(db.Model):
        id = db.Column(db.Integer, primary_key=True)
        kind = db.Column(db.String(9))
        __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "base"}

    class Sub(Base):
        __mapper_args__ = {"polymorphic_identity": "sub"}
    Base.late = db.Column(db.String(9))

    class Note(db.Model):
        id = db.Column(db.Integer, primary_key=True)
        base_id = db.Column(db.ForeignKey("base.id"))
        base = db.relationship(Base, backref="notes")
    db.create_all()
    db.session.add(Sub(late="x", notes=[Note()]))
    db.session.commit()
    sub = Sub.query.filter(Sub.late == "x").one()
    assert sub.notes[0].base is sub and Sub.query.filter(Sub.notes.any()).count() == 1 and not hasattr(Sub, "__tablename__") or Sub.__table__ is Base.__table__


class Grade(enum.Enum):
    low, high = "l", "h"


@pytest.mark.parametrize("column, identities", [("Integer", (0, 7)), ("Enum", (Grade.low, Grade.high)), ("String", ("a", "b")), ("Boolean", (False, True))])
def test_what_tells_classes_apart_may_be_a_text_a_number_or_an_enum(db, column, identities):
    """14"""
    type_ = db.Enum(Grade) if column == "Enum" else getattr(db, column)

    class Base(db.Model):
        id = db.Column(db.Integer, primary_key=True)
        kind = db.Column("sort", type_)
        __mapper_args__ = {"polymorphic_on": "kind"}

    class Low(Base):
        __mapper_args__ = {"polymorphic_identity": identities[0]}

    class High(Base):
        __mapper_args__ = {"polymorphic_identity": identities[1]}
    db.create_all()
    db.session.add_all([Low(), High(), High()])
    db.session.commit()
    assert sorted(type(o).__name__ for o in Base.query) == ["High", "High", "Low"] and High.query.count() == 2 and Low.query.one().kind == identities[0]


def test_a_computed_column_may_be_shared_by_two_sub_classes_and_others_conflict(db):
    """14"""
    class Base(db.Model):
        id = db.Column(db.Integer, primary_key=True)
        kind = db.Column(db.String(9))
        __mapper_args__ = {"polymorphic_on": kind}

    def shared(cls):
        return cls.__table__.c.get("start", db.Column(db.Integer))

    class One(Base):
        start = declared_attr(shared)
        __mapper_args__ = {"polymorphic_identity": "one"}

    class Two(Base):
        start = declared_attr(shared)
        __mapper_args__ = {"polymorphic_identity": "two"}
    with pytest.raises(exc.ArgumentError, match=r"Column 'start' on class .*Three.* conflicts with existing column 'base.start'"):
        class Three(Base):
            start = db.Column(db.Integer)
    with pytest.raises(exc.ArgumentError, match="Can't place primary key columns on an inherited class with no table"):
        class Four(Base):
            __tablename__ = None
            key = db.Column(db.Integer, primary_key=True)
    with pytest.raises(exc.NoForeignKeysError, match="Can't determine the inherit condition between inherited table 'base' and inheriting table 'five'"):
        class Five(Base):
            id = db.Column(db.Integer, primary_key=True)
    db.create_all()
    db.session.add_all([One(start=1), Two(start=2)])
    db.session.commit()
    assert [o.start for o in Base.query.order_by(Base.id)] == [1, 2] and Two.query.filter(Two.start == 2).count() == 1


def test_mapper_args_may_be_computed_for_each_class_and_mixins_add_columns(db):
    """14"""
    class Stamped:
        stamp = db.Column(db.String(9), default="now")

    class Base(Stamped, db.Model):
        id = db.Column(db.Integer, primary_key=True)
        kind = db.Column(db.String(9))

        @declared_attr
        def __mapper_args__(cls):
            return {"polymorphic_identity": cls.__name__, **({"polymorphic_on": "kind"} if cls.__name__ == "Base" else {})}

    class Extra:
        extra = db.Column(db.Integer)

    class Sub(Extra, Base):
        pass
    db.create_all()
    db.session.add_all([Base(), Sub(extra=3)])
    db.session.commit()
    assert [(type(o).__name__, o.kind, o.stamp) for o in Base.query.order_by(Base.id)] == [("Base", "Base", "now"), ("Sub", "Sub", "now")] and Sub.query.one().extra == 3


def test_without_a_discriminator_a_row_is_what_it_is_asked_for_as(db):
    """14"""
    class Duck(db.Model):
        id = db.Column(db.Integer, primary_key=True)
        name = db.Column(db.String(9))

    class Mallard(Duck):
        colour = db.Column(db.String(9))
    db.create_all()
    db.session.add(Mallard(name="Don", colour="green"))
    db.session.commit()
    db.session.remove()
    assert type(Duck.query.one()) is Duck
    db.session.remove()
    assert Mallard.query.one().colour == "green" and Mallard.__table__ is Duck.__table__
    db.session.remove()
    duck = Duck.query.one()
    with pytest.raises(exc.InvalidRequestError, match="in the session it is a Duck already"):
        Mallard.query.one()
    assert duck.name == "Don"


def test_what_kith_has_not_of_it_says_so(db):
    """14"""
    class Base(db.Model):
        id = db.Column(db.Integer, primary_key=True)
        name = db.Column(db.String(9))
    with pytest.raises(NotImplementedError, match="concrete=True is not there"):
        class Concrete(Base):
            id = db.Column(db.Integer, primary_key=True)
            __mapper_args__ = {"concrete": True}
    with pytest.raises(exc.ArgumentError, match="Implicitly combining column base.name with column twice.name under attribute 'name'"):
        class Twice(Base):
            id = db.Column(db.ForeignKey("base.id"), primary_key=True)
            name = db.Column(db.String(9))


def test_a_full_join_to_a_class_among_others_is_refused_and_of_tables_is_made(shop):
    """154"""
    with pytest.raises(exc.CompileError, match="FULL JOIN.*Join the table itself"):
        shop.session.execute(select(shop.Firm, shop.Engineer).join(shop.Engineer, shop.Engineer.firm_id == shop.Firm.id, full=True))
    firm, worker = shop.Firm.__table__, shop.Worker.__table__
    rows = shop.session.execute(select(firm.c.id, worker.c.id).select_from(firm.join(worker, worker.c.firm_id == firm.c.id, full=True))).all()
    assert len([row for row in rows if row[1] is not None]) == shop.Worker.query.count() and {row[0] for row in rows} >= {each.id for each in shop.Firm.query}


def test_a_subquery_of_a_sub_class_selects_from_its_own_tables(shop):
    """14"""
    shop.fill()
    W, E = shop.Worker, shop.Engineer
    assert names(W.query.filter(W.id.in_(select(E.id))).order_by(W.id)) == ["Engineer Eve", "Intern Ida"]
    assert names(W.query.filter(W.id.in_(shop.session.query(E.id).filter(E.machine == "lathe"))).order_by(W.id)) == ["Engineer Eve"]


def test_an_outer_join_to_a_sub_class_keeps_what_has_none(shop):
    """14, 154"""
    shop.fill()
    F, W, E, M, I = shop.Firm, shop.Worker, shop.Engineer, shop.Manager, shop.Intern
    shop.session.add(F(name="Zero"))
    shop.session.commit()
    query, other = shop.session.query, aliased(M)
    for found in (query(F.name, M.name).outerjoin(M, M.firm_id == F.id), query(F.name, M.name).select_from(F).outerjoin(F.workers.of_type(M)), query(F.name, other.name).outerjoin(other, other.firm_id == F.id),
                  query(F.name, other.name).select_from(F).outerjoin(F.workers.of_type(other))):
        assert found.order_by(F.name).all() == [("Acme", "Max"), ("Other", "Bob"), ("Zero", None)] and found.count() == 3
    pairs = query(F, I).outerjoin(I, I.firm_id == F.id).order_by(F.id).all()
    assert [(firm.name, intern and intern.name) for firm, intern in pairs] == [("Acme", "Ida"), ("Other", None), ("Zero", None)]
    assert query(F.name, I.school).outerjoin(I, I.firm_id == F.id).order_by(F.id).all() == [("Acme", "ETH"), ("Other", None), ("Zero", None)]
    rows = query(F.name, func.count(E.id)).outerjoin(E, E.firm_id == F.id).group_by(F.id).order_by(F.id)
    assert rows.all() == [("Acme", 2), ("Other", 0), ("Zero", 0)] and len(shop.session.execute(select(rows.subquery())).all()) == 3
    assert query(F.name, M.name).join(M, M.firm_id == F.id).order_by(F.id).all() == [("Acme", "Max"), ("Other", "Bob")]
    assert query(M.name, F.name).outerjoin(M.leads).order_by(M.id).all() == [("Max", "Acme"), ("Bob", "Other")]      # from a sub-class: its rows alone


def test_parts_of_a_union_of_several_classes_have_the_same_columns(shop):
    shop.fill()
    query = shop.session.query
    assert sorted(shop.session.execute(select(shop.Engineer.name).union(select(shop.Boss.name))).scalars()) == ["Bob", "Eve", "Ida"]
    assert sorted(name for name, in query(shop.Engineer.name).union(query(shop.Boss.name))) == ["Bob", "Eve", "Ida"]
    with pytest.raises(exc.CompileError, match="the same number of columns.*1 and 2"):
        shop.session.execute(select(shop.Engineer.name).union(select(shop.Boss.id, shop.Boss.name)))
    two = query(shop.Worker).filter_by(name="Ann"), query(shop.Worker).filter_by(name="Bob")
    if shop.joined:
        with pytest.raises(NotImplementedError, match="lie in several tables"):
            two[0].union(two[1])
        return
    assert names(two[0].union(two[1]).order_by(shop.Worker.id)) == ["Worker Ann", "Boss Bob"]
    with pytest.raises(exc.CompileError, match="the same number of columns"):
        query(shop.Engineer).union(query(shop.Boss)).all()
