"""kith under SQLAlchemy's name."""
from __future__ import annotations

import pytest
from places import Place

INSTALL = "import kith; kith.install_as_sqlalchemy()\n"


@pytest.fixture
def python(tmp_path):
    def run(code: str, status: int = 0):
        return Place(tmp_path).run("-c", code, status=status)
    return run


def test_the_names_are_kith_s_own(python):
    assert python(INSTALL + """
import sqlalchemy as sa, sqlalchemy.orm, flask_sqlalchemy, flask_sqlalchemy.session, flask_migrate
from sqlalchemy.ext.associationproxy import association_proxy
from sqlalchemy.orm.exc import StaleDataError
from sqlalchemy import orm, exc, Column
from flask_sqlalchemy.pagination import Pagination
import kith.exc, kith.flask_sqlalchemy.session, kith.ext.associationproxy, kith.names
assert sa.exc.IntegrityError is kith.exc.IntegrityError is exc.IntegrityError
assert flask_sqlalchemy.session.Session is kith.flask_sqlalchemy.session.Session
assert association_proxy is kith.ext.associationproxy.association_proxy
assert Column is kith.names.Column and sa.orm is orm and sa.__version__.startswith("2.")
assert "relationship" in dir(orm) and "Column" in dir(sa)
print("well")
""").stdout == "well\n"


@pytest.mark.parametrize("statement, name", [
    ("from sqlalchemy import with_nonsense", "sqlalchemy.with_nonsense"),
    ("import sqlalchemy.ext.asyncio", "sqlalchemy.ext.asyncio"),
    ("from sqlalchemy.ext.asyncio import AsyncSession", "sqlalchemy.ext.asyncio"),
    ("from sqlalchemy.orm import nonsense", "sqlalchemy.orm.nonsense"),
    ("from sqlalchemy.exc import Nonsense", "sqlalchemy.exc.Nonsense"),
    ("import sqlalchemy; sqlalchemy.nonsense", "sqlalchemy.nonsense"),
    ("import sqlalchemy.orm; sqlalchemy.orm.nonsense", "sqlalchemy.orm.nonsense"),
    ("from flask_sqlalchemy import SQLAlchemy; SQLAlchemy().nonsense", "db.nonsense"),
    ("from kith import Database; Database().nonsense", "db.nonsense"),
    ("kith.nonsense", "kith.nonsense"),
])
def test_a_name_that_is_not_there_points_at_the_page(python, statement, name):
    last = python(INSTALL + statement, status=1).stderr.splitlines()[-1]
    assert f"kith has no {name}." in last and "docs/sqlalchemy.md" in last


def test_a_name_that_is_known_to_be_missing_says_what_to_do_instead(python):
    for statement in ("from sqlalchemy.orm import mapped_column", "kith.mapped_column", "kith.Database().mapped_column"):
        assert "Models are declared with Column and relationship" in python(INSTALL + statement, status=1).stderr.splitlines()[-1]


def test_asking_whether_a_name_is_there_is_answered(python):
    assert python(INSTALL + "import sqlalchemy; print(hasattr(sqlalchemy, 'nonsense'), hasattr(sqlalchemy, 'Column'))").stdout == "False True\n"


def test_twice_is_once_and_after_the_real_one_is_refused(python):
    assert python(INSTALL + INSTALL + "print('well')").stdout == "well\n"
    said = python("import sys, types; sys.modules['sqlalchemy'] = types.ModuleType('sqlalchemy')\n" + INSTALL, status=1)
    assert "The real sqlalchemy is loaded already" in said.stderr and "before anything imports it" in said.stderr


def test_a_program_and_a_module_run_so(tmp_path):
    place = Place(tmp_path)
    (tmp_path / "beside.py").write_text("word = 'beside'")
    (tmp_path / "program.py").write_text("import sys, sqlalchemy, beside\nprint(sqlalchemy.Column.__module__.split('.')[0], beside.word, __name__, sys.argv)")
    assert place.run("-m", "kith", "program.py", "a", "-b").stdout == "kith beside __main__ ['program.py', 'a', '-b']\n"
    assert place.run("-m", "kith", "-m", "program").stdout.startswith("kith beside __main__")
    assert "Usage" in place.run("-m", "kith", status=2).stderr
    assert "Usage" in place.run("-m", "kith", "--nonsense", status=2).stderr
    assert "Usage" in place.run("-m", "kith", "--help").stdout
