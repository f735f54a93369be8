"""kith.flask_sqlalchemy: the session of a context, binds, 404, pages, recorded statements, signals, names."""
from __future__ import annotations

import gc
import pathlib
import threading
import weakref

import pytest
from flask import Flask
from werkzeug.exceptions import NotFound

import kith
from kith import names as sa
from kith.flask_sqlalchemy import SQLAlchemy
from kith.flask_sqlalchemy.cli import add_models_to_shell
from kith.flask_sqlalchemy.model import camel_to_snake_case
from kith.flask_sqlalchemy.pagination import Pagination, QueryPagination, SelectPagination
from kith.flask_sqlalchemy.record_queries import get_recorded_queries
from kith.flask_sqlalchemy.track_modifications import before_models_committed, models_committed


@pytest.fixture
def app(tmp_path):
    app = Flask("test_flask", instance_path=str(tmp_path / "instance"))
    app.config["SQLALCHEMY_DATABASE_URI"] = "sqlite://"
    return app


@pytest.fixture
def db(app):
    return SQLAlchemy(app)


@pytest.fixture
def Todo(app, db):
    class Todo(db.Model):
        id = db.Column(db.Integer, primary_key=True)
        title = db.Column(db.String)

    with app.app_context():
        db.create_all()
        yield Todo


# ---------------------------------------------------------------- the session of a context

def test_a_context_has_one_session_and_the_next_another(app, db):
    with app.app_context():
        first = db.session()
        assert db.session() is first
    with app.app_context():
        assert db.session() is not first


def test_what_was_not_committed_is_gone_with_the_context(app, db, Todo):
    with app.app_context():
        db.session.add(Todo(title="kept"))
        db.session.commit()
        db.session.add(Todo(title="lost"))
        db.session.flush()
    with app.app_context():
        assert [todo.title for todo in Todo.query] == ["kept"]


def test_outside_a_context_the_error_is_flask_s(db):
    class Todo(db.Model):
        id = db.Column(db.Integer, primary_key=True)

    for use in (lambda: db.session.add(Todo()), lambda: Todo.query, lambda: db.engine, lambda: db.create_all()):
        with pytest.raises(RuntimeError, match="Working outside of application context"):
            use()


def test_requests_in_threads_have_sessions_of_their_own(app, Todo, db):
    app.config["TESTING"] = True
    barrier, failed = threading.Barrier(4), []

    @app.route("/add/<title>")
    def add(title):
        barrier.wait(10)
        db.session.add(Todo(title=title))
        db.session.commit()
        return str(Todo.query.filter_by(title=title).one().id)

    def ask(i):
        try:
            assert app.test_client().get(f"/add/{i}").status_code == 200
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=ask, args=(i,)) for i in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed
    assert sorted(todo.title for todo in Todo.query) == ["0", "1", "2", "3"]


def test_sessions_go_with_their_contexts(app, Todo, db):
    seen = []
    for _ in range(50):
        with app.app_context():
            Todo.query.all()
            seen.append(weakref.ref(db.session()))
    gc.collect()
    assert sum(ref() is not None for ref in seen) <= 1
    assert len(db.session.registry.known) <= 1


def test_an_app_may_have_one_db_and_a_db_many_apps(app, db, Todo):
    with pytest.raises(RuntimeError, match="already been registered"):
        SQLAlchemy(app)
    other = Flask("other")
    with other.app_context(), pytest.raises(RuntimeError, match="not registered with this 'SQLAlchemy' instance"):
        db.engine
    other.config["SQLALCHEMY_DATABASE_URI"] = "sqlite://"
    db.init_app(other)
    db.session.add(Todo(title="here"))
    db.session.commit()
    with other.app_context():
        db.create_all()
        assert Todo.query.count() == 0
    with pytest.raises(RuntimeError, match="must be set"):
        SQLAlchemy(Flask("bare"))


def test_options_of_sessions_are_taken(app):
    from kith.flask_sqlalchemy.session import Session

    class Own(Session):
        pass

    db = SQLAlchemy(app, session_options={"class_": Own, "expire_on_commit": False})
    with app.app_context():
        assert isinstance(db.session(), Own) and db.session().expire_on_commit is False


# ---------------------------------------------------------------- databases

def test_a_relative_path_is_in_the_instance_folder(app, tmp_path):
    app.config["SQLALCHEMY_DATABASE_URI"] = "sqlite:///some.db"
    db = SQLAlchemy(app)

    class Todo(db.Model):
        id = db.Column(db.Integer, primary_key=True)

    with app.app_context():
        db.create_all()
    assert (tmp_path / "instance/some.db").exists()


def here_and_there(app):
    """A model in the app's own database, one in another, and a third database."""
    app.config["SQLALCHEMY_BINDS"] = {"other": "sqlite://", "third": {"url": "sqlite://", "echo": False}}
    db = SQLAlchemy(app)

    class Here(db.Model):
        id = db.Column(db.Integer, primary_key=True)

    class There(db.Model):
        __bind_key__ = "other"
        id = db.Column(db.Integer, primary_key=True)
        name = db.Column(db.String)

    return db, Here, There


def test_binds_are_databases_of_their_own(app):
    db, Here, There = here_and_there(app)
    with app.app_context():
        db.create_all(bind_key="other")
        with pytest.raises(kith.exc.OperationalError):
            Here.query.all()
        db.session.rollback()
        db.create_all()
        db.session.add_all([Here(), There(name="x")])
        db.session.commit()
        assert Here.query.count() == 1 and There.query.one().name == "x"
        assert db.session.get_bind(mapper=There) is db.engines["other"] and db.session.get_bind(mapper=Here) is db.engine
        assert There.metadata is db.metadatas["other"]
        with pytest.raises(kith.exc.UnboundExecutionError, match="Bind key 'none' is not in"):
            db.create_all(bind_key="none")
        assert repr(db) == "<SQLAlchemy sqlite:// +2>"
    assert repr(db) == "<SQLAlchemy>"


def test_bind_arguments_name_the_database_of_a_statement(app):
    db, Here, There = here_and_there(app)
    with app.app_context():
        db.create_all()
        there = There(name="x")
        db.session.add_all([Here(), there])
        db.session.commit()
        names = db.text("SELECT name FROM there ORDER BY id")
        other = db.engines["other"]
        for said in ({"bind": other}, {"mapper": There}, {"clause": There.__table__}):
            assert db.session.execute(names, bind_arguments=said).scalars().all() == ["x"]
            assert db.session.scalar(names, bind_arguments=said) == "x"
            assert db.session.connection(bind_arguments=said).execute(names).scalar() == "x"
            assert db.session.connection(**said).engine is other
        with pytest.raises(kith.exc.OperationalError, match="there"):
            db.session.execute(names)
        db.session.rollback()
        db.session.execute(db.text("INSERT INTO there (name) VALUES (:name)"), {"name": "y"}, bind_arguments={"bind": other})
        assert There.query.count() == 2         # in the session's own transaction
        db.session.rollback()
        assert There.query.count() == 1
        db.session.execute(db.text("INSERT INTO there (name) VALUES (:name)"), [{"name": "y"}, {"name": "z"}], bind_arguments={"bind": other})
        db.session.execute(db.text("CREATE TABLE own (n INTEGER)"), bind_arguments={"bind": db.engines["third"]})
        db.session.execute(db.text("INSERT INTO own VALUES (7)"), bind=db.engines["third"])
        db.session.commit()
        assert There.query.count() == 3 and db.session.scalar(db.text("SELECT n FROM own"), bind_arguments={"bind": db.engines["third"]}) == 7
        assert db.session.execute(db.select(There.name).order_by(There.id), bind_arguments={"bind": other}).scalars().first() == "x"
        for statement in (db.select(There), db.select(There.name), db.update(There).values(name="no")):
            with pytest.raises(kith.exc.InvalidRequestError, match="in one database"):
                db.session.execute(statement, bind_arguments={"bind": db.engine})
        assert there in db.session and there.name == "x"
        with pytest.raises(TypeError, match="bnid"):
            db.session.execute(names, bind_arguments={"bnid": other})


def test_engine_options_of_apps_win(app):
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = {"echo": False}
    app.config["SQLALCHEMY_BINDS"] = {"other": "sqlite://"}
    db = SQLAlchemy(app, engine_options={"echo": True})
    with app.app_context():
        assert db.engines["other"].echo and not db.engine.echo


# ---------------------------------------------------------------- models

@pytest.mark.parametrize("name, table", [("Raccoon", "raccoon"), ("TrashCan", "trash_can"), ("HTMLPage", "html_page"), ("UserST4", "user_st4"), ("_Private", "private")])
def test_tables_are_named_after_classes(name, table):
    assert camel_to_snake_case(name) == table


def test_names_of_one_s_own_mixins_and_abstract_bases(db):
    class Named(db.Model):
        __tablename__ = "own"
        id = db.Column(db.Integer, primary_key=True)

    class Mixin:
        id = db.Column(db.Integer, primary_key=True)

    class Base(db.Model):
        __abstract__ = True
        made = db.Column(db.DateTime)

    class TrashCan(Mixin, Base):
        pass

    assert Named.__table__.name == "own" and TrashCan.__table__.name == "trash_can" and "made" in TrashCan.__table__.c
    assert "__tablename__" not in Base.__dict__


def test_objects_print_their_state_and_key(app, db, Todo):
    todo = Todo(title="x")
    assert repr(todo) == f"<Todo (transient {id(todo)})>"
    db.session.add(todo)
    assert repr(todo) == f"<Todo (pending {id(todo)})>"
    db.session.flush()
    assert repr(todo) == "<Todo 1>"


def test_a_model_without_a_key_is_refused_with_sqlalchemy_s_words(db):
    with pytest.raises(kith.exc.ArgumentError, match="could not assemble any primary key"):
        class Keyless(db.Model):
            name = db.Column(db.String)


def test_models_and_queries_of_one_s_own(app):
    from kith.flask_sqlalchemy.model import Model
    from kith.flask_sqlalchemy.query import Query

    class OwnQuery(Query):
        def titles(self):
            return [todo.title for todo in self]

    class OwnModel(Model):
        def words(self):
            return f"{type(self).__name__}!"

    db = SQLAlchemy(app, query_class=OwnQuery, model_class=OwnModel)

    class Todo(db.Model):
        id = db.Column(db.Integer, primary_key=True)
        title = db.Column(db.String)

    with app.app_context():
        db.create_all()
        db.session.add(Todo(title="x"))
        assert Todo.query.titles() == ["x"] and db.session.query(Todo).filter_by(title="x").titles() == ["x"]
        assert Todo().words() == "Todo!"


def test_the_pieces_of_the_base_class_are_there_to_build_upon(app):
    from kith.flask_sqlalchemy.model import BindMetaMixin, DefaultMeta, Model, NameMetaMixin, should_set_tablename

    class BindMeta(BindMetaMixin, kith.orm.DeclarativeMeta):
        pass

    assert issubclass(DefaultMeta, NameMetaMixin)
    db = SQLAlchemy(app, model_class=kith.orm.declarative_base(cls=Model, metaclass=BindMeta, name="Model"))

    class Unnamed(db.Model):
        __abstract__ = True

    class Named(db.Model):
        __tablename__ = "named"
        __bind_key__ = "other"
        id = db.Column(db.Integer, primary_key=True)

    assert Named.metadata is db.metadatas["other"] and not should_set_tablename(Unnamed) and not should_set_tablename(Named)


def test_the_shell_has_db_and_all_models(app, db, Todo):
    scope = app.make_shell_context()
    assert add_models_to_shell()["Todo"] is Todo
    assert scope["db"] is db and scope["Todo"] is Todo
    quiet = Flask("quiet")
    quiet.config["SQLALCHEMY_DATABASE_URI"] = "sqlite://"
    SQLAlchemy(quiet, add_models_to_shell=False)
    with quiet.app_context():
        assert "db" not in quiet.make_shell_context()


# ---------------------------------------------------------------- 404 and pages

def test_what_is_not_found_is_404(app, db, Todo):
    db.session.add_all([Todo(title="a"), Todo(title="b"), Todo(title="b")])
    db.session.commit()
    select = db.select(Todo)
    assert db.get_or_404(Todo, 1).title == Todo.query.get_or_404(1).title == "a"
    assert Todo.query.filter_by(title="b").first_or_404().id == db.first_or_404(select.filter_by(title="b")).id == 2
    assert Todo.query.filter_by(title="a").one_or_404().id == db.one_or_404(select.filter_by(title="a")).id == 1
    for missing in (lambda: db.get_or_404(Todo, 9, description="no 9"), lambda: Todo.query.get_or_404(9, "no 9"), lambda: Todo.query.filter_by(title="c").first_or_404("no 9"),
                    lambda: db.first_or_404(select.filter_by(title="c"), description="no 9"), lambda: Todo.query.filter_by(title="b").one_or_404("no 9"),
                    lambda: db.one_or_404(select.filter_by(title="b"), description="no 9"), lambda: db.one_or_404(select.filter_by(title="c"), description="no 9")):
        with pytest.raises(NotFound, match="no 9"):
            missing()


@pytest.fixture
def many(db, Todo):
    db.session.add_all(Todo(title=f"{i:03}") for i in range(250))
    db.session.commit()
    return Todo


@pytest.fixture(params=["query", "select"])
def paginate(request, db, many):
    return many.query.order_by(many.id).paginate if request.param == "query" else lambda **words: db.paginate(db.select(many).order_by(many.id), **words)


def test_pages_turn_and_count(paginate):
    page = paginate()
    assert isinstance(page, (QueryPagination, SelectPagination))
    assert (page.page, page.per_page, page.total, page.pages, page.first, page.last) == (1, 20, 250, 13, 1, 20)
    assert [todo.id for todo in page] == list(range(1, 21)) and not page.has_prev and page.prev_num is None and page.next_num == 2
    second = page.next()
    assert second.items[0].id == 21 and second.total == 250 and second.prev().items[0].id == 1
    last = paginate(page=13)
    assert (len(last.items), last.first, last.last, last.has_next, last.next_num) == (10, 241, 250, False, None)
    assert list(paginate(page=7).iter_pages()) == [1, 2, None, 5, 6, 7, 8, 9, 10, 11, 12, 13]
    assert list(paginate(page=7).iter_pages(left_edge=1, left_current=0, right_current=0, right_edge=0)) == [1, None, 7]


def test_pages_come_from_the_request_and_wrong_ones_are_404(app, paginate):
    with app.test_request_context("/?page=2&per_page=5"):
        page = paginate()
        assert (page.page, page.per_page) == (2, 5)
        assert paginate(page=3).page == 3
    with app.test_request_context("/?page=x&per_page=-1"):
        with pytest.raises(NotFound):
            paginate()
        page = paginate(error_out=False)
        assert (page.page, page.per_page) == (1, 20)
    assert paginate(per_page=300).per_page in (100, 300) and paginate(per_page=300, max_per_page=30).per_page == 30
    for wrong in ({"page": 0}, {"per_page": 0}, {"page": 14}):
        with pytest.raises(NotFound):
            paginate(**wrong)
    assert paginate(page=14, error_out=False).items == []


def test_counting_may_be_left_out(paginate):
    page = paginate(count=False)
    assert page.total is None and page.pages == 0 and list(page.iter_pages()) == []


def test_an_empty_table_has_no_pages(db, Todo):
    page = Todo.query.paginate()
    assert (page.items, page.total, page.pages, page.first, page.last) == ([], 0, 0, 0, 0)
    with pytest.raises(NotImplementedError):
        Pagination()


# ---------------------------------------------------------------- statements, signals, names

def test_statements_are_recorded_where_it_is_asked_for(app, tmp_path):
    app.config["SQLALCHEMY_RECORD_QUERIES"] = True
    db = SQLAlchemy(app)

    class Todo(db.Model):
        id = db.Column(db.Integer, primary_key=True)

    with app.app_context():
        db.create_all()
        before = len(get_recorded_queries())
        Todo.query.filter(Todo.id < 5).all()
        recorded = get_recorded_queries()[before:]
        assert len(recorded) == 1
        info = recorded[0]
        assert "SELECT" in info.statement and info.parameters[0][0] == 5 and info.duration == info.end_time - info.start_time >= 0
        assert pathlib.Path(__file__).name in info.location and "test_statements_are_recorded" in info.location
    with app.app_context():
        assert get_recorded_queries() == []


def test_a_commit_tells_what_changed(app):
    app.config["SQLALCHEMY_TRACK_MODIFICATIONS"] = True
    db = SQLAlchemy(app)

    class Todo(db.Model):
        id = db.Column(db.Integer, primary_key=True)
        title = db.Column(db.String)

    heard = []
    with app.app_context(), before_models_committed.connected_to(lambda sender, changes: heard.append(("before", changes)), app), \
            models_committed.connected_to(lambda sender, changes: heard.append(("after", changes)), app):
        db.create_all()
        todo = Todo(title="x")
        db.session.add(todo)
        db.session.flush()
        assert heard == []
        db.session.commit()
        assert heard == [("before", [(todo, "insert")]), ("after", [(todo, "insert")])]
        del heard[:]
        todo.title = "y"
        db.session.rollback()
        todo.title = "z"
        db.session.commit()
        db.session.delete(todo)
        db.session.commit()
        assert [(when, [word for _, word in changes]) for when, changes in heard] == [("before", ["update"]), ("after", ["update"]), ("before", ["delete"]), ("after", ["delete"])]


def test_only_the_app_s_own_session_is_listened_to(app):
    app.config["SQLALCHEMY_TRACK_MODIFICATIONS"] = True
    first = SQLAlchemy(app)
    other = Flask("other")
    other.config["SQLALCHEMY_DATABASE_URI"] = "sqlite://"
    second = SQLAlchemy(other)

    class Todo(second.Model):
        id = second.Column(second.Integer, primary_key=True)

    heard = []
    with models_committed.connected_to(lambda sender, changes: heard.append(changes)), other.app_context():
        second.create_all()
        second.session.add(Todo())
        second.session.commit()
    assert heard == [] and first is not second


def test_the_names_of_models_hang_on_db(db):
    for name in """Column Table ForeignKey ForeignKeyConstraint PrimaryKeyConstraint UniqueConstraint CheckConstraint Index Integer SmallInteger BigInteger String Text Unicode
            UnicodeText Boolean Float Numeric Date Time DateTime LargeBinary Enum JSON relationship backref select insert update delete func text and_ or_ not_ desc asc case cast
            null literal exists distinct joinedload selectinload subqueryload lazyload raiseload contains_eager defer undefer load_only aliased session Model Query metadata""".split():
        assert hasattr(db, name), name
    with pytest.raises(AttributeError, match=r"kith has no db\.nonsense\..*docs/sqlalchemy\.md"):
        db.nonsense
    assert not hasattr(db, "_nonsense")
