"""What the tests share: a database in memory, and how many statements something sends."""

import pytest

from kith import Database


@pytest.fixture
def db():
    database = Database()
    yield database
    database.session.remove()


@pytest.fixture
def statements(db):
    """statements(f): how many statements f() sends"""

    def count(function):
        before = db.session.statement_count
        function()
        return db.session.statement_count - before

    return count
