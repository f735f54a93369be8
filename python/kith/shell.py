"""The shell of a C app: ``kith shell`` starts Python with the app's models as classes, ``db``, ``session`` and ``app``.

The kith program builds the app and calls :func:`main` with the shared object. What is typed is Python, in IPython or ptpython where one
is installed, else in Python's own prompt with completion and history. ``%sql`` shows the statements that are sent, or hides them again.
"""
from __future__ import annotations

import argparse
import ast
import atexit
import builtins
import code
import os
import shutil
import sys
import traceback
from typing import Any, Callable, Optional

import kith

from . import capp, events

# ---------------------------------------------------------------- what is printed

WIDEST = 40         #: of a cell; longer values end in an ellipsis


def _cell(value: Any) -> str:
    text = value if isinstance(value, str) else "" if value is None else str(value)
    text = text.replace("\n", "\\n")
    return text if len(text) <= WIDEST else text[:WIDEST - 1] + "…"


def _columns(items: list) -> Optional[tuple[list[str], list[list[Any]]]]:
    """Headings and rows, where the items are objects of one model or rows of one statement; else None."""
    first = items[0]
    mapped = capp.column_names(type(first))
    if mapped and all(type(item) is type(first) for item in items):
        return mapped, [[getattr(item, name) for name in mapped] for item in items]
    fields = getattr(first, "_fields", None)
    if fields and all(getattr(item, "_fields", None) == fields for item in items):
        return list(fields), [list(item) for item in items]
    return None


def as_table(value: Any, width: int) -> Optional[str]:
    """A list of objects or rows as an aligned table, where it is too long for a line of this width; else None."""
    if not isinstance(value, list) or len(value) < 2 or len(repr(value)) <= width:
        return None
    parts = _columns(value)
    if parts is None:
        return None
    headings, rows = parts
    cells = [[_cell(cell) for cell in row] for row in rows]
    widths = [max(len(heading), *(len(row[i]) for row in cells)) for i, heading in enumerate(headings)]
    numbers = [all(row[i] is None or isinstance(row[i], (int, float)) and not isinstance(row[i], bool) for row in rows) for i in range(len(headings))]
    if sum(widths) + 2 * (len(widths) - 1) > width:
        return None

    def line(row: list[str]) -> str:
        return "  ".join(text.rjust(w) if n else text.ljust(w) for text, w, n in zip(row, widths, numbers)).rstrip()

    return "\n".join([line(headings), line(["-" * w for w in widths]), *map(line, cells), f"{len(rows)} rows"])


def show(value: Any) -> None:
    """A display hook: tables for lists that are wide, ``repr`` for the rest."""
    if value is None:
        return
    builtins._ = value      # type: ignore[attr-defined]    # as Python's own
    table = as_table(value, shutil.get_terminal_size().columns)
    print(table if table is not None else repr(value))


# ---------------------------------------------------------------- scripts

def run_script(text: str, name: str, names: dict[str, Any]) -> int:
    """Runs a text; the values of expressions that stand alone are shown. 0, or 1 after an exception that was printed."""
    try:
        tree = ast.parse(text, name)
        for node in tree.body:
            if isinstance(node, ast.Expr):
                sys.displayhook(eval(compile(ast.Expression(node.value), name, "eval"), names))
            else:
                exec(compile(ast.Module([node], []), name, "exec"), names)
    except Exception as error:
        frames = error.__traceback__.tb_next if error.__traceback__ is not None else None
        traceback.print_exception(type(error), error, frames)
        return 1
    return 0


# ---------------------------------------------------------------- prompts

class Console(code.InteractiveConsole):
    """Python's own prompt, which knows %sql."""

    def __init__(self, names: dict[str, Any], toggle: Callable[[str], None]) -> None:
        super().__init__(names)
        self.toggle = toggle

    def push(self, line: str) -> bool:
        words = line.split()
        if not self.buffer and words[:1] == ["%sql"]:
            self.toggle(words[1] if len(words) > 1 else "")
            return False
        return super().push(line)


def _history() -> None:
    import readline
    import rlcompleter

    folder = os.path.join(os.environ.get("XDG_STATE_HOME") or os.path.expanduser("~/.local/state"), "kith")
    path = os.path.join(folder, "shell_history")
    try:
        os.makedirs(folder, mode=0o700, exist_ok=True)
        readline.read_history_file(path)
    except OSError:
        pass

    def keep() -> None:
        try:
            readline.set_history_length(2000)
            readline.write_history_file(path)
        except OSError:
            pass

    atexit.register(keep)
    readline.parse_and_bind("tab: complete")
    assert rlcompleter


def prompt_plain(names: dict[str, Any], toggle: Callable[[str], None], banner: str) -> None:
    """Python's own prompt."""
    try:
        import readline
        import rlcompleter

        _history()
        readline.set_completer(rlcompleter.Completer(names).complete)
    except ImportError:
        pass
    Console(names, toggle).interact(banner, exitmsg="")


def prompt_ipython(names: dict[str, Any], toggle: Callable[[str], None], banner: str) -> None:
    """IPython's."""
    from IPython.terminal.embed import InteractiveShellEmbed      # type: ignore[import-not-found]

    shell = InteractiveShellEmbed(banner1=banner, user_ns=names, exit_msg="")
    shell.register_magic_function(toggle, "line", "sql")
    shell.display_formatter.formatters["text/plain"].for_type(
        list, lambda value, printer, cycle: printer.text(as_table(value, shutil.get_terminal_size().columns) or repr(value)))
    shell(local_ns=names)


def prompt_ptpython(names: dict[str, Any], toggle: Callable[[str], None], banner: str) -> None:
    """ptpython's."""
    from ptpython.repl import embed      # type: ignore[import-not-found]

    print(banner)
    embed(names, names)


PROMPTS = (("IPython", prompt_ipython), ("ptpython", prompt_ptpython))


def find_prompt() -> Callable[..., None]:
    """The best prompt that is installed."""
    import importlib.util

    for module, prompt in PROMPTS:
        if importlib.util.find_spec(module) is not None:
            return prompt
    return prompt_plain


# ---------------------------------------------------------------- all of it

class Unfinished:
    """What a session has written, or is to write, since the last commit."""

    WORDS = ("new", "changed", "deleted")

    def __init__(self, session: Any) -> None:
        self.session, self.written = session, ({}, {}, {})      # type: tuple[Any, tuple[dict, dict, dict]]
        events.listen(session, "before_flush", self._note)
        events.listen(session, "after_commit", self._forget)
        events.listen(session, "after_rollback", self._forget)

    def _note(self, session: Any, *of_flush: Any) -> None:
        new, changed, deleted = self.written
        for known, items in ((new, session.new), (changed, (item for item in session.dirty if session.is_modified(item))), (deleted, session.deleted)):
            known.update((id(item), item) for item in items)
        for number in [number for number in changed if number in new or number in deleted]:
            del changed[number]

    def _forget(self, session: Any) -> None:
        for known in self.written:
            known.clear()

    def words(self) -> str:
        """"2 new, 1 changed", or nothing. A C program's command may have committed by itself, and SQL of one's own has no objects."""
        if all(core.is_clean for core in self.session._cores.values()):
            return ""
        self._note(self.session)
        if not any(self.written):
            return "what was sent"
        return ", ".join(f"{len(known)} {word}" for known, word in zip(self.written, self.WORDS) if known)


class Shell:
    """What is in scope, and what is left to be said when it ends."""

    def __init__(self, app: capp.App, url: str, echo: bool) -> None:
        self.app = app
        self.db = app.database(url)
        self.session = self.db.session
        self.session.echo = echo
        self.unfinished = Unfinished(self.session())
        self.names: dict[str, Any] = {"db": self.db, "session": self.session, "app": app, **app.models, "__name__": "__main__", "__builtins__": builtins}

    def toggle(self, word: str = "") -> None:
        """%sql, %sql on, %sql off"""
        self.session.echo = not self.session.echo if word not in ("on", "off") else word == "on"
        print(f"Statements are {'shown' if self.session.echo else 'not shown'}.")

    def banner(self) -> str:
        """Two lines: what this is, and what is in scope."""
        models = ", ".join(self.app.models)
        return f"{self.app.name} on {self.db.engine.url}, kith {kith.__version__}, Python {sys.version.split()[0]}\nIn scope: {models}, db, session, app. %sql shows the statements."

    def leave(self) -> None:
        """What was not committed is lost; that is said."""
        if lost := self.unfinished.words():
            print(f"kith: not committed, and lost: {lost} (session.commit() would have kept it).", file=sys.stderr)
        self.session.close()


def _words(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="kith shell", description="Python, with the app's models as classes, db, session and app.",
                                     epilog="Without -c: a prompt; where the input is no terminal it is run as a script. KITH_PYTHON names the Python.")
    parser.add_argument("-c", dest="code", metavar="CODE", help="run this instead of a prompt; values of bare expressions are printed")
    parser.add_argument("--plain", action="store_true", help="Python's own prompt, whatever is installed")
    return parser.parse_args(arguments)


def _options(words: list[str]) -> tuple[argparse.Namespace, list[str]]:
    parser = argparse.ArgumentParser(prog="kith", add_help=False)
    parser.add_argument("--database")
    parser.add_argument("--echo", action="store_true")
    parser.add_argument("-q", "--quiet", action="store_true")
    parser.add_argument("command")
    at = words.index("shell")
    while at > 0 and words[at - 1] == "--database":     # a database that is called shell
        at = words.index("shell", at + 1)
    return parser.parse_args(words[:at + 1]), words[at + 1:]


def main(words: list[str]) -> int:
    """words: the shared object, what the person called it, and the words of the kith command after its name. The exit status."""
    path, named, *rest = words
    options, rest = _options(rest)
    wanted = _words(rest)
    try:
        app = capp.load(path)
        url = options.database or os.environ.get("KITH_DATABASE_URL") or app.url
        if not url:
            raise kith.exc.ArgumentError("No database is named. Give --database URL, set KITH_DATABASE_URL, or write .database in the app.")
        shell = Shell(app, url, options.echo)
    except kith.exc.KithError as error:
        print(f"kith: {named}: {error}", file=sys.stderr)
        return 1
    sys.displayhook = show
    try:
        if wanted.code is not None:
            return run_script(wanted.code, "<-c>", shell.names)
        if not sys.stdin.isatty():
            return run_script(sys.stdin.read(), "<stdin>", shell.names)
        (prompt_plain if wanted.plain else find_prompt())(shell.names, shell.toggle, "" if options.quiet else shell.banner())
        return 0
    finally:
        shell.leave()
