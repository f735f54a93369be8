"""The lesson in Python: its models, its app, and its session in `flask shell`, character for character."""
from __future__ import annotations

import pathlib

import pytest
from places import LESSON, Place, lines_typed, recorded, transcript

ADDED = "import kith; kith.install_as_sqlalchemy()\n"
WAYS = {"with the added line": ("-m", "flask"), "untouched": ("-m", "kith", "flask")}


def with_lesson(folder: pathlib.Path, way: str) -> Place:
    place = Place(folder).copy(LESSON)
    if way == "with the added line":
        app = folder / "app.py"
        app.write_text(ADDED + app.read_text())
    return place


@pytest.mark.parametrize("way", WAYS)
def test_the_lesson_prints_its_recorded_session(tmp_path, way):
    place = with_lesson(tmp_path, way)
    flask = WAYS[way]
    place.run(*flask, "db", "init")
    place.run(*flask, "db", "migrate", "-m", "the lesson's three tables")
    place.run(*flask, "db", "upgrade")
    session = recorded(LESSON / "session.txt")
    lines = lines_typed(session)
    said = place.run(*flask, "shell", typed="\n".join(lines) + "\n")
    assert transcript(lines, said.stdout).rstrip("\n") == session.rstrip("\n")
    assert "Error" not in said.stderr and "Warning" not in said.stderr


@pytest.mark.parametrize("way", WAYS)
def test_what_was_committed_in_one_shell_is_there_in_the_next(tmp_path, way):
    place = with_lesson(tmp_path, way)
    for words in (["db", "init"], ["db", "migrate", "-m", "x"], ["db", "upgrade"]):
        place.run(*WAYS[way], *words)
    lines = lines_typed(recorded(LESSON / "session.txt"))
    place.run(*WAYS[way], "shell", typed="\n".join(lines) + "\n")
    said = place.run(*WAYS[way], "shell", typed="[r.name for r in Business.query.filter_by(name='Corner Shop').one().raccoons]\nTrashcan.query.count()\n")
    assert "['Rocky Raccoon', 'Dan']" in said.stdout and "3" in said.stdout
    assert (tmp_path / "instance/app.db").exists()
