"""What the tests of the kith program share: a folder of its own for each, projects in it, commands and what they said.

A test is a function of a module whose name begins with test_ that takes a Place; its docstring is its name, a sentence. run(globals())
runs them all, or those whose names were given, and prints "ok …" or "not ok …" for each.
"""
import os
import pathlib
import pty
import re
import select
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import traceback

KITH, ROOT = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve()
CLEAN = {name: value for name, value in os.environ.items() if not name.startswith("KITH_") and name not in ("CC", "XDG_CACHE_HOME")}
BUILT = tempfile.TemporaryDirectory()       # what kith builds, for all tests of a run: same sources are built once

MODELS = """#include "models.h"
KITH_MODEL(Raccoon, "raccoon",
    KITH_COLUMN(id, .primary_key = true),
    KITH_COLUMN(name));
"""
HEADER = """#include <kith/kith.h>
KITH_DECLARE(Raccoon);
struct Raccoon { int64_t id; const char *name; };
"""
APP = """#include "models.h"
KITH_APP("app", .database = "sqlite:///app.db", .models = KITH_MODELS(Raccoon));
"""


class Said(str):
    """Both streams of a command in one text, and apart, with its exit status."""

    def __new__(cls, out, err, status):
        said = super().__new__(cls, err + out)
        said.out, said.err, said.status = out, err, status
        return said

    def has(self, *parts, status=None):
        for part in parts:
            if part not in self:
                raise AssertionError(f"expected {part!r} in\n{self}")
        if status is not None and self.status != status:
            raise AssertionError(f"expected exit {status}, got {self.status}:\n{self}")
        return self

    def lacks(self, *parts):
        for part in parts:
            if part in self:
                raise AssertionError(f"did not expect {part!r} in\n{self}")
        return self


class Place:
    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp())
        self.environment = CLEAN | {"XDG_CACHE_HOME": BUILT.name, "LC_ALL": "C.UTF-8", "PATH": f"{KITH.parent}:{CLEAN['PATH']}", "HOME": str(self.folder)}

    def run(self, *words, **environment):
        done = subprocess.run([str(word) for word in words], cwd=self.folder, env=self.environment | environment, text=True, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=100)
        return Said(done.stdout, done.stderr, done.returncode)

    def kith(self, words, status=0, **environment):
        """kith with these words, ending so"""
        return self.run("kith", *(words.split() if isinstance(words, str) else words), **environment).has(status=status)

    def typed(self, words, *answers):
        """kith at a terminal, where these lines are typed, each after a question, and then the end of the input"""
        child, terminal = pty.fork()
        if child == 0:
            os.chdir(self.folder)
            os.execve(KITH, ["kith", *words.split()], self.environment)
        said, asked = b"", 0
        while select.select([terminal], [], [], 20)[0]:
            try:
                piece = os.read(terminal, 4096)
            except OSError:
                break
            said += piece
            if not piece:
                break
            if re.search(rb"[?:\]] $", said):
                os.write(terminal, answers[asked].encode() + b"\n" if asked < len(answers) else b"\x04")
                asked += 1
        else:
            os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        return Said("", said.decode().replace("\r\n", "\n"), os.waitstatus_to_exitcode(status))

    def write(self, name, text):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def app(self, models=MODELS, header=HEADER, app=APP, migrations=True):
        for name, text in (("models.c", models), ("models.h", header), ("app.c", app)):
            self.write(name, text)
        if migrations:
            self.kith("db init")
        return self

    def columns(self, *columns):
        """raccoon's members beside id, as (C type, name, options)"""
        self.write("models.h", HEADER.replace("const char *name;", " ".join(f"{kind} {name};" for kind, name, _ in columns)))
        self.write("models.c", MODELS.replace("KITH_COLUMN(name)", ", ".join(f"KITH_COLUMN({name}{options})" for _, name, options in columns)))

    def file(self, identity, parent, up, down="", message="by hand"):
        return self.write(f"migrations/versions/2026_{identity}_x.sql", f"-- kith: revision {identity}\n-- kith: down-revision {parent}\n-- kith: message {message}\n"
                          f"-- kith: upgrade\n{up}\n-- kith: downgrade\n{down}\n")

    def migrations(self):
        return sorted((self.folder / "migrations/versions").glob("*.sql"))

    def sql(self, text, database="app.db"):
        connection = sqlite3.connect(self.folder / database)
        try:
            rows = [row for statement in text.split(";;") for row in connection.execute(statement).fetchall()]
            connection.commit()
            return rows
        finally:
            connection.close()

    def remove(self):
        shutil.rmtree(self.folder, ignore_errors=True)


def run(module):
    tests = [(name, work) for name, work in module.items() if name.startswith("test_") and (not sys.argv[3:] or name in sys.argv[3:])]
    failed = 0
    for name, work in tests:
        place = Place()
        try:
            work(place)
            print(f"ok {work.__doc__}")
        except Exception as trouble:                    # a test that breaks has failed, and the others go on
            failed += 1
            print(f"not ok {work.__doc__}\n{name}: {''.join(traceback.format_exception_only(trouble))}{''.join(traceback.format_tb(trouble.__traceback__))}")
        finally:
            place.remove()
    BUILT.cleanup()
    sys.exit(bool(failed or not tests))
