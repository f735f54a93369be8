"""`flask db …`: the commands of `kith db …`, on the same files, with Flask's config and Flask-Migrate's functions."""
from __future__ import annotations

import pytest
from places import LESSON, Place

FLASK = ("-m", "kith", "flask")


@pytest.fixture
def place(tmp_path):
    return Place(tmp_path).copy(LESSON)


def files(place):
    return sorted((place.folder / "migrations/versions").glob("*.sql"))


def test_the_files_are_sql_that_kith_reads(place):
    place.run(*FLASK, "db", "init")
    place.run(*FLASK, "db", "migrate", "-m", "first")
    text, = [path.read_text() for path in files(place)]
    assert text.startswith("-- kith: revision ") and "CREATE TABLE raccoons_table" in text and "-- kith: message first" in text


def test_models_that_did_not_change_make_no_migration(place):
    place.run(*FLASK, "db", "init")
    place.run(*FLASK, "db", "migrate", "-m", "first")
    place.run(*FLASK, "db", "upgrade")
    assert "No changes" in place.run(*FLASK, "db", "migrate").stdout
    assert len(files(place)) == 1
    assert place.run(*FLASK, "db", "check").returncode == 0


def test_a_changed_model_is_migrated_and_its_rows_stay(place):
    for words in (["init"], ["migrate", "-m", "first"], ["upgrade"]):
        place.run(*FLASK, "db", *words)
    place.run(*FLASK, "shell", typed="db.session.add(Raccoon(name='Rocky'))\ndb.session.commit()\n")
    models = place.folder / "models.py"
    models.write_text(models.read_text().replace("__tablename__ = 'raccoons_table'\n", "__tablename__ = 'raccoons_table'\n\n    age = db.Column(db.Integer)\n"))
    place.run(*FLASK, "db", "migrate", "-m", "an age")
    place.run(*FLASK, "db", "upgrade")
    said = place.run(*FLASK, "shell", typed="rocky = Raccoon.query.one()\nrocky.age = 7\ndb.session.commit()\nRaccoon.query.filter_by(age=7).one().name\n")
    assert "'Rocky'" in said.stdout
    place.run(*FLASK, "db", "downgrade", "-1")
    assert "1" in place.run(*FLASK, "db", "current").stdout


def test_hints_name_the_command_as_it_was_called(place):
    said = place.run(*FLASK, "db", "upgrade", status=1)
    assert "python -m kith flask db init" in said.stderr
    assert "Traceback" not in said.stderr


def test_help_is_the_engine_s(place):
    assert "migrate" in place.run(*FLASK, "db", "--help").stdout
    assert "--rev-id" in place.run(*FLASK, "db", "migrate", "--help").stdout
    assert "Perform database migrations" in place.run(*FLASK, "--help").stdout


def test_a_wrong_option_is_a_wrong_usage(place):
    assert "--nonsense" in place.run(*FLASK, "db", "upgrade", "--nonsense", status=2).stderr


def test_flask_migrate_s_word_for_a_range_is_taken(place):
    place.run(*FLASK, "db", "init")
    place.run(*FLASK, "db", "migrate", "-m", "first", "--rev-id", "abcdefabcdef")
    assert "abcdefabcdef" in place.run(*FLASK, "db", "history", "--rev-range", "base:abcdefabcdef").stdout


def test_the_functions_are_the_commands(place):
    (place.folder / "deploy.py").write_text("""
import kith; kith.install_as_sqlalchemy()
from app import app
from flask_migrate import init, migrate, upgrade, downgrade, current, history, stamp, check, show, heads, revision, branches, edit, merge
with app.app_context():
    init()
    migrate(message="first", rev_id="abcdefabcdef")
    upgrade()
    current()
    history(rev_range="base:head", indicate_current=True)
    downgrade()
    upgrade(revision="head")
    check()
    show(revision="abcdefabcdef")
    heads()
    revision(message="by hand", rev_id="fedcbafedcba")
    stamp(revision="abcdefabcdef")
    try:
        upgrade(revision="nonsense")
    except SystemExit as end:
        print("ended with", end.code)
    for command in branches, edit, merge:      # the engine's answer, whatever it is
        try:
            command()
            print("answered")
        except SystemExit as end:
            print("answered with", end.code)
""")
    said = place.run("deploy.py")
    assert said.stdout.count("abcdefabcdef") >= 3 and "ended with 1" in said.stdout and said.stdout.count("answered") == 3
    assert len(files(place)) == 2


def test_a_directory_of_one_s_own(place):
    app = place.folder / "app.py"
    app.write_text(app.read_text().replace("Migrate(app, db)", "Migrate(app, db, directory='changes')"))
    place.run(*FLASK, "db", "init")
    place.run(*FLASK, "db", "migrate", "-m", "first")
    assert list((place.folder / "changes/versions").glob("*.sql"))
    assert not (place.folder / "migrations").exists()


def test_what_a_command_prints_can_be_caught_by_a_test(place):
    (place.folder / "caught.py").write_text("""
import kith; kith.install_as_sqlalchemy()
from app import app
runner = app.test_cli_runner()
assert runner.invoke(args=["db", "init"]).exit_code == 0
result = runner.invoke(args=["db", "migrate", "-m", "first", "--rev-id", "abcdefabcdef"])
assert result.exit_code == 0, result.output
assert "abcdefabcdef" in runner.invoke(args=["db", "heads"]).output
result = runner.invoke(args=["db", "upgrade", "nonsense"])
assert result.exit_code == 1 and "nonsense" in result.output, result.output
print("caught")
""")
    said = place.run("caught.py")
    assert said.stdout == "caught\n" and said.stderr == ""


def test_alembic_s_options_are_answered_with_a_sentence(place):
    (place.folder / "other.py").write_text("""
import warnings
import kith; kith.install_as_sqlalchemy()
from flask import Flask
from flask_migrate import Migrate, upgrade
from models import db
app = Flask("other")
app.config["SQLALCHEMY_DATABASE_URI"] = "sqlite://"
db.init_app(app)
with warnings.catch_warnings(record=True) as said:
    warnings.simplefilter("always")
    Migrate(app, db, include_object=print, compare_type=True)
print(said[0].message)
with app.app_context():
    try:
        upgrade(x_arg="a=b")
    except NotImplementedError as error:
        print(error)
try:
    Migrate().configure(print)
except NotImplementedError as error:
    print(error)
""")
    said = place.run("other.py").stdout.splitlines()
    assert "include_object" in said[0] and "x_arg" in said[1] and "Alembic" in said[2]


def test_without_migrate_a_command_says_what_is_missing(place):
    (place.folder / "bare.py").write_text("""
import kith; kith.install_as_sqlalchemy()
from flask import Flask
from flask_migrate import upgrade
with Flask("bare").app_context():
    try:
        upgrade()
    except RuntimeError as error:
        print(error)
""")
    assert "Migrate(app, db)" in place.run("bare.py").stdout
