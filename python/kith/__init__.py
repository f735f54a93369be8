"""kith: objects in a database.

    from kith import Database
    db = Database("sqlite:///app.db")

    class Raccoon(db.Model):
        id = db.Column(db.Integer, primary_key=True)
        name = db.Column(db.String)

    db.create_all()
    db.session.add(Raccoon(name="Rocky"))
    db.session.commit()
    Raccoon.query.where(Raccoon.name == "Rocky").first()

The names of SQLAlchemy that programs import are here, in kith.orm, kith.exc, kith.event and kith.ext.
"""

from __future__ import annotations

from . import _core, exc
from .exc import make_error

_core.set_make_error(make_error)

from . import event, names, orm     # noqa: E402
from .database import Database      # noqa: E402
from .install import tell_what_is_lacking       # noqa: E402
from .names import *                # noqa: E402,F401,F403

tell_what_is_lacking()

__version__ = "0.1.0"
__all__ = [*names.CORE, "Database", "event", "exc", "orm"]


def __getattr__(name: str) -> object:
    if name == "install_as_sqlalchemy":
        from .install import install_as_sqlalchemy
        return install_as_sqlalchemy
    if name in orm.NAMES:
        return getattr(orm, name)
    if name.startswith("_"):
        raise AttributeError(name)
    from .install import lacking
    raise AttributeError(lacking(f"kith.{name}"))
