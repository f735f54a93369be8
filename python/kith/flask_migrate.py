"""Migrations for Flask: ``flask db …``.

The commands are those of ``kith db …``, run by the same C code on the same files: migrations are SQL in ``migrations/versions``, and a
C program with these models reads and runs them as well. ``flask db --help`` lists the commands, ``flask db upgrade --help`` the options
of one.

    migrate = Migrate(app, db)

The functions of this module are the commands for programs (``upgrade()`` before a server starts); like the commands they need an
application context, and end the program (:class:`SystemExit`) when they fail.
"""
from __future__ import annotations

import contextlib
import os
import signal
import sys
import tempfile
import threading
import warnings
from typing import Any, Callable, Iterable, Iterator, Optional, Sequence

import click
from flask import Flask, current_app
from flask.cli import with_appcontext

from . import _core

__all__ = ["Migrate", "branches", "check", "current", "downgrade", "edit", "heads", "history", "init", "merge", "migrate", "revision", "show",
           "stamp", "upgrade"]

#: What Flask-Migrate calls by another name.
_OTHER_NAMES = {"--rev-range": "--range"}
#: Alembic's, which mean nothing here: kith always compares types, and rebuilds what SQLite cannot alter.
_UNDERSTOOD = {"compare_type", "render_as_batch"}
_running = threading.Lock()


class _MigrateConfig:
    """What is kept in ``app.extensions["migrate"]``."""

    def __init__(self, migrate: Migrate, db: Any, **kwargs: Any) -> None:
        self.migrate, self.db, self.directory, self.configure_args = migrate, db, migrate.directory, kwargs

    @property
    def metadata(self) -> Any:
        """The tables of the default database."""
        return self.db.metadata


class Migrate:
    """Gives an application the commands ``flask db …``.

    :param directory: where the migrations are, from the folder that the command is run in.
    :param command: what the group of commands is called.
    """

    def __init__(self, app: Optional[Flask] = None, db: Any = None, directory: str = "migrations", command: str = "db", compare_type: bool = True,
                 render_as_batch: bool = True, **kwargs: Any) -> None:
        self.db, self.command, self.directory = db, command, str(directory)
        self.alembic_ctx_kwargs = {**kwargs, "compare_type": compare_type, "render_as_batch": render_as_batch}
        if app is not None and db is not None:
            self.init_app(app, db, directory)

    def init_app(self, app: Flask, db: Any = None, directory: Optional[str] = None, command: Optional[str] = None, compare_type: Optional[bool] = None,
                 render_as_batch: Optional[bool] = None, **kwargs: Any) -> None:
        """Registers the commands with an application."""
        self.db = db or self.db
        self.command = command or self.command
        self.directory = str(directory or self.directory)
        self.alembic_ctx_kwargs.update(kwargs)
        if unknown := sorted(set(self.alembic_ctx_kwargs) - _UNDERSTOOD):
            warnings.warn(f"Migrate({', '.join(unknown)}): options of Alembic's, which kith does not run; they do nothing.", stacklevel=3)
        app.extensions["migrate"] = _MigrateConfig(self, self.db, **self.alembic_ctx_kwargs)
        app.cli.add_command(db_command, name=self.command)

    def configure(self, f: Callable) -> Callable:
        """Of Flask-Migrate: there is no Alembic to configure."""
        raise NotImplementedError("Migrate.configure changes Alembic's configuration, and kith does not run Alembic; the options of 'flask db' say what can be chosen.")


# ---------------------------------------------------------------- running a command

@contextlib.contextmanager
def _output() -> Iterator[None]:
    """What C writes goes to the file descriptors 1 and 2. Where Python's streams are not those (a test catches them), it is brought there."""
    streams = [(number, stream) for number, stream in ((1, sys.stdout), (2, sys.stderr)) if not _is_descriptor(stream, number)]
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    with contextlib.ExitStack() as stack:
        caught = []
        for number, stream in streams:
            file = stack.enter_context(tempfile.TemporaryFile())
            kept = os.dup(number)
            stack.callback(os.close, kept)
            os.dup2(file.fileno(), number)
            caught.append((number, stream, file, kept))
        try:
            yield
        finally:
            for number, stream, file, kept in caught:
                os.dup2(kept, number)
                file.seek(0)
                stream.write(file.read().decode("utf-8", "replace"))


def _is_descriptor(stream: Any, number: int) -> bool:
    try:
        return stream.fileno() == number
    except (AttributeError, OSError, ValueError):
        return False


def _called() -> str:
    """How this program is called, for the hints: they end in "db upgrade" and the like."""
    context = click.get_current_context(silent=True)
    return context.find_root().info_name or "flask" if context is not None else "flask"


def _run(words: Sequence[str], interrupt: bool = False) -> int:
    """One command, as the words of a command line. Its exit status."""
    registered = current_app.extensions.get("migrate")
    if registered is None:
        raise RuntimeError("This Flask app has no migrations: say Migrate(app, db) first.")
    words = [_OTHER_NAMES.get(word, word) for word in words]
    if registered.directory != "migrations" and words[:1] not in (["create"], ["drop"]) and not {"-d", "--directory"}.intersection(words) and len(words) > 0:
        words += ["--directory", registered.directory]
    models = registered.db.metadata.layout.configure(strict=True)
    chosen, url = list(range(len(models.infos))), registered.db.engine.core.url
    before = None
    if interrupt and threading.current_thread() is threading.main_thread():     # as any command of kith: Ctrl-C ends it, and the database takes back
        before = signal.signal(signal.SIGINT, signal.SIG_DFL)
    try:
        with _running, _output():
            return _core.main(models, chosen, current_app.name, url, [_called(), "db", *words])
    finally:
        if before is not None:
            signal.signal(signal.SIGINT, before)


@click.command("db", short_help="Perform database migrations.", add_help_option=False,
               context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False})
@click.argument("words", nargs=-1, type=click.UNPROCESSED)
@with_appcontext
def db_command(words: Iterable[str]) -> None:
    """The tables, and the migrations that change them."""
    status = _run(list(words), interrupt=True)
    if status:
        sys.exit(status)


# ---------------------------------------------------------------- the commands for programs

def _command(name: str, *arguments: Any, **options: Any) -> None:
    words = [name]
    for option, value in options.items():
        if value is not None and value is not False:
            words += [f"--{option.replace('_', '-')}", *([] if value is True else [str(value)])]
    status = _run([*words, *map(str, arguments)])
    if status:
        raise SystemExit(status)


def _without(**given: Any) -> None:
    for name, value in given.items():
        if value:
            raise NotImplementedError(f"{name}= is for Alembic's scripts; kith's migrations are SQL files, which have no use for it.")


def init(directory: Optional[str] = None, multidb: bool = False, template: Optional[str] = None, package: bool = False) -> None:
    """Makes the folder for migrations."""
    _without(multidb=multidb, template=template, package=package)
    _command("init", directory=directory)


def revision(directory: Optional[str] = None, message: Optional[str] = None, autogenerate: bool = False, sql: bool = False, head: str = "head", splice: bool = False,
             branch_label: Optional[str] = None, version_path: Optional[str] = None, rev_id: Optional[str] = None) -> None:
    """Writes an empty migration; with ``autogenerate`` one of what changed in the models."""
    _without(sql=sql, head=head != "head", splice=splice, branch_label=branch_label, version_path=version_path)
    _command("migrate" if autogenerate else "revision", directory=directory, message=message, rev_id=rev_id)


def migrate(directory: Optional[str] = None, message: Optional[str] = None, sql: bool = False, head: str = "head", splice: bool = False,
            branch_label: Optional[str] = None, version_path: Optional[str] = None, rev_id: Optional[str] = None, x_arg: Any = None) -> None:
    """Writes a migration of what changed in the models."""
    _without(x_arg=x_arg)
    revision(directory, message, True, sql, head, splice, branch_label, version_path, rev_id)


def edit(directory: Optional[str] = None, revision: str = "current") -> None:
    """Opens a migration in an editor."""
    _command("edit", revision, directory=directory)


def merge(directory: Optional[str] = None, revisions: Any = "", message: Optional[str] = None, branch_label: Optional[str] = None, rev_id: Optional[str] = None) -> None:
    """Joins two heads."""
    _without(branch_label=branch_label)
    named = revisions if isinstance(revisions, (list, tuple)) else [revisions] if revisions else []
    _command("merge", *named, directory=directory, message=message, rev_id=rev_id)


def upgrade(directory: Optional[str] = None, revision: str = "head", sql: bool = False, tag: Optional[str] = None, x_arg: Any = None) -> None:
    """Runs migrations, up to head or the one named."""
    _without(tag=tag, x_arg=x_arg)
    _command("upgrade", revision, directory=directory, sql=sql)


def downgrade(directory: Optional[str] = None, revision: str = "-1", sql: bool = False, tag: Optional[str] = None, x_arg: Any = None) -> None:
    """Undoes the last migration, the last N (``"-N"``), or all above the one named."""
    _without(tag=tag, x_arg=x_arg)
    _command("downgrade", "head:-1" if sql and revision == "-1" else revision, directory=directory, sql=sql)


def show(directory: Optional[str] = None, revision: str = "head") -> None:
    """Shows one migration."""
    _command("show", revision, directory=directory)


def history(directory: Optional[str] = None, rev_range: Optional[str] = None, verbose: bool = False, indicate_current: bool = False) -> None:
    """Shows all migrations, the newest first."""
    _command("history", directory=directory, range=rev_range, verbose=verbose, indicate_current=indicate_current)


def heads(directory: Optional[str] = None, verbose: bool = False, resolve_dependencies: bool = False) -> None:
    """Shows the migrations that none follows."""
    _without(resolve_dependencies=resolve_dependencies)
    _command("heads", directory=directory, verbose=verbose)


def branches(directory: Optional[str] = None, verbose: bool = False) -> None:
    """Shows where migrations part."""
    _command("branches", directory=directory, verbose=verbose)


def current(directory: Optional[str] = None, verbose: bool = False) -> None:
    """Shows where the database is."""
    _command("current", directory=directory, verbose=verbose)


def stamp(directory: Optional[str] = None, revision: str = "head", sql: bool = False, tag: Optional[str] = None) -> None:
    """Says where the database is, running nothing."""
    _without(sql=sql, tag=tag)
    _command("stamp", revision, directory=directory)


def check(directory: Optional[str] = None) -> None:
    """Compares models, migrations and database."""
    _command("check", directory=directory)
