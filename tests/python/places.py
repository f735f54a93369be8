"""What the tests of Flask applications and shells share: a folder of their own, programs run in it, and what a prompt printed."""
from __future__ import annotations

import os
import pathlib
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
LESSON = ROOT / "examples/flask"


class Place:
    """A folder, with the module under test in PYTHONPATH."""

    def __init__(self, folder: pathlib.Path) -> None:
        self.folder = folder
        self.environment = {name: value for name, value in os.environ.items() if not name.startswith(("KITH_DATABASE", "KITH_APP", "FLASK_", "VIRTUAL_ENV"))}
        self.environment.update(LC_ALL="C.UTF-8", PYTHONDONTWRITEBYTECODE="1", PYTHONWARNINGS="default", XDG_STATE_HOME=str(folder / "state"))

    def copy(self, source: pathlib.Path) -> Place:
        """All files of a folder."""
        for path in source.iterdir():
            if path.is_file():
                shutil.copy(path, self.folder)
        return self

    def run(self, *words: str, status: int = 0, typed: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
        """A program with Python before it, ending so."""
        done = subprocess.run([sys.executable, *words], cwd=self.folder, env=self.environment | environment, input=typed, text=True, capture_output=True, timeout=100)
        assert done.returncode == status, f"{' '.join(words)} ended with {done.returncode}:\n{done.stdout}{done.stderr}"
        return done


def recorded(path: pathlib.Path) -> str:
    """A recorded session without its comment."""
    return "".join(line for line in path.read_text().splitlines(keepends=True) if not line.startswith("#"))


def lines_typed(session: str) -> list[str]:
    """What was typed in it."""
    return [line[4:] for line in session.splitlines() if line.startswith((">>> ", "... "))]


def transcript(lines: list[str], printed: str) -> str:
    """What a terminal would show: a prompt reads from a pipe, so its output has the prompts and not what was typed."""
    pieces = printed.split(">>> ")
    assert len(pieces) == len(lines) + 2, f"{len(lines)} lines were typed, and {len(pieces) - 1} prompts came:\n{printed}"
    return "".join(f">>> {line}\n{piece}" for line, piece in zip(lines, pieces[1:]))
