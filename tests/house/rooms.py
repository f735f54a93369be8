#!/usr/bin/env python3
"""Which file does what: docs/architecture.md and the headers of the rooms name files that are there; every file of a room is named in a
header of it; the tree that docs/architecture.md begins with has every room, and every folder that is built. And what rooms show each other
has names for one thing each, so that the library is a program's one file too (tools/amalgamate.py).

Run with the project's root as argument. It first looks at a tree with mistakes of its own, and finds them. Prints "ok …" or "not ok …".
"""
import pathlib
import re
import sys
import tempfile

from said import say

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "tools"))
from amalgamate import clashes      # noqa: E402

FILE = re.compile(r"(?<![\w/.*-])([a-z_0-9]+\.[ch])\b")


def complaints(root):
    rooms = [folder for folder in sorted((root / "src").iterdir()) if folder.is_dir()]
    page = (root / "docs/architecture.md").read_text(encoding="utf-8")
    anywhere = {path.name for place in ("src", "include", "cli", "python") for path in (root / place).rglob("*.[ch]")}
    for name in sorted(set(FILE.findall(page)) - anywhere):
        yield f"docs/architecture.md names {name}, which is nowhere"
    for room in rooms:
        there, named = {path.name for path in room.glob("*.[ch]")}, set()
        for header in sorted(room.glob("*.h")):
            comments = "\n".join(re.findall(r"/\*.*?\*/", header.read_text(encoding="utf-8"), re.S))
            named |= set(FILE.findall(comments)) | {header.name}
            for name in sorted(set(FILE.findall(comments)) - there):
                yield f"{header.relative_to(root)} names {name}, which is not in its room"
        for name in sorted(there - named):
            yield f"no header of src/{room.name} says what is in {name}"
    tree = re.search(r"```\n(.*?)```", page, re.S)[1]
    folders = [f"src/{room.name}" for room in rooms] + sorted(path.parent.name for path in root.glob("*/meson.build"))
    for folder in folders:
        if not re.search(rf"^{re.escape(folder)}\b", tree, re.M):
            yield f"the tree of docs/architecture.md has no {folder}"


def planted():
    """how many of the mistakes in a tree of five are found"""
    with tempfile.TemporaryDirectory() as place:
        root = pathlib.Path(place)
        for name, text in {"src/session/session.h": "/* session: here.c does it, gone.c did. */\n", "src/session/here.c": "", "src/session/silent.c": "", "src/base/base.h": "/* other.c */",
                           "docs/architecture.md": "```\nsrc/session/  objects\ndocs/  this\n```\nnone.c does it.\n", "include/meson.build": ""}.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(text)
        return sum(any(part in found for found in complaints(root))
                   for part in ("names none.c", "names gone.c", "names other.c", "what is in silent.c", "has no src/base", "has no include"))


def checks(root):
    yield "mistakes are found", None if planted() == 6 else "not all of six that were planted"
    yield "docs/architecture.md and the headers say which file does what", "\n".join(complaints(root))
    yield "a name that rooms show is for one thing", "\n".join(clashes(sorted((root / "src").rglob("*.h"))))


if __name__ == "__main__":
    sys.exit(say("rooms", checks(pathlib.Path(sys.argv[1]))))
