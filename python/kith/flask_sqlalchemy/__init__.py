"""Databases for Flask applications: kith by the names of Flask-SQLAlchemy 3.

    db = SQLAlchemy()

    class Raccoon(db.Model):
        id = db.Column(db.Integer, primary_key=True)

    db.init_app(app)
"""
from __future__ import annotations

from .extension import SQLAlchemy

__version__ = "3.0.3"       #: whose surface this is

__all__ = ["SQLAlchemy"]
