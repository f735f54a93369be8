#!/usr/bin/env python3
"""Which way the #includes point.

The rooms of src/ stand on each other and one may look down, never up; of another room it may see the one header that is that room's
face. Engines' headers are the driver's business. What lies outside src/ sees include/ and its own folder, as any program would; and
include/ sees only itself. Run with the project's root as argument. It first plants wrong includes in a tree of its own, and finds them.
"""
import pathlib
import re
import sys
import tempfile

# room -> the rooms that it may use
ROOMS = {}
for below, room in enumerate(LADDER := ["base", "schema", "sql", "driver", "model", "session"]):
    ROOMS[room] = set(LADDER[:below])
ROOMS["migrate"] = {"base", "schema", "sql", "driver", "model"}
ROOMS["app"] = {*LADDER, "migrate"}

OUTSIDE = ["cli", "json", "python", "examples", "bench", "tests/c"]     # these are programs: they see include/ alone
ENGINES = re.compile(r"sqlite3|libpq|postgres|pg_")
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*(?:"([^"]+)"|<([^>]+)>)', re.M)
COMMENT = re.compile(r"/\*.*?\*/|//[^\n]*", re.S)


def includes(path):
    """(line, name, quoted) of every #include that is not in a comment"""
    text = COMMENT.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), path.read_text())
    for match in INCLUDE.finditer(text):
        yield text.count("\n", 0, match.start()) + 1, match[1] or match[2], match[1] is not None


def complaint_in_room(root, path, name, quoted):
    room = path.relative_to(root / "src").parts[0]
    if room not in ROOMS:
        return f"the room {room} is not in the table of tests/house/arrows.py"
    if ENGINES.match(name) and room != "driver":
        return "an engine's header; only src/driver may know an engine"
    if not quoted:
        return None
    if ".." in name.split("/"):
        return "a path upward; rooms are named from src/"
    other = name.split("/")[0] if "/" in name else room
    if other == room:
        return None
    if other not in ROOMS:
        return "no room of that name; public headers are included as <kith/…>"
    if other not in ROOMS[room]:
        return f"an arrow upward: {room} may use {', '.join(r for r in ROOMS if r in ROOMS[room]) or 'no other room'}"
    if name != f"{other}/{other}.h":
        return f"a header that is {other}'s own; its face is {other}/{other}.h"
    return None


def complaint_outside(root, path, name, quoted):
    if not quoted:
        return None
    own = next(root / folder for folder in OUTSIDE if (root / folder) in path.parents)
    target = path.parent / name
    if target.exists():
        return None if own in target.resolve().parents else "it leaves its folder"
    if path.is_relative_to(root / "tests/c") and (root / "tests/support" / name).exists():
        return None
    return "a program sees include/ and its own folder, not the library's rooms"


def complaint_in_public(root, path, name, quoted):
    if quoted or not (name.startswith("kith/") or re.fullmatch(r"std\w+\.h", name)):
        return "a public header stands on public headers and the standard's"
    if not name.startswith("kith/") or (root / "include" / name).exists():
        return None
    return "there is no such header"


def check(root):
    """The complaints, and how many files were read"""
    found, files = [], 0
    for folder, rule in [("src", complaint_in_room), ("include", complaint_in_public), *((folder, complaint_outside) for folder in OUTSIDE)]:
        for path in sorted(p for p in (root / folder).rglob("*") if p.suffix in (".c", ".h", ".inc")):
            files += 1
            for line, name, quoted in includes(path):
                if complaint := rule(root, path, name, quoted):
                    found.append(f"{path.relative_to(root)}:{line}: {name}: {complaint}")
    return found, files


PLANTED = {     # file -> its text, and a fragment of the complaint, None where it is right
    "src/base/a.c": ('#include "schema/schema.h"\n', "arrow upward"),
    "src/schema/a.c": ('  #  include "base/base.h"\n#include <kith/kith.h>\n', None),
    "src/sql/a.c": ('/* #include "session/session.h" */ // #include "app/app.h"\n', None),
    "src/sql/b.c": ('#include <sqlite3.h>\n', "only src/driver"),
    "src/driver/a.c": ('#include <sqlite3.h>\n#include "own.h"\n', None),
    "src/driver/b.c": ('#include "model/model.h"\n', "arrow upward"),
    "src/model/a.c": ('#include "sql/write.h"\n', "sql's own"),
    "src/session/a.c": ('#include "migrate/migrate.h"\n', "arrow upward"),
    "src/migrate/a.c": ('#include "session/session.h"\n', "arrow upward"),
    "src/migrate/b.c": ('#include "../session/session.h"\n', "a path upward"),
    "src/app/a.c": ('#include "session/session.h"\n#include "migrate/migrate.h"\n', None),
    "src/attic/a.c": ('#include "base/base.h"\n', "not in the table"),
    "include/kith/a.h": ('#include "base/base.h"\n', "public header"),
    "include/kith/b.h": ('#include <kith/a.h>\n#include <stdint.h>\n', None),
    "examples/one/a.c": ('#include <kith/kith.h>\n#include "a.h"\n', None),
    "examples/one/a.h": ("", None),
    "examples/one/b.c": ('#include "base/base.h"\n', "not the library's rooms"),
    "cli/a.c": ('#include "../src/base/base.h"\n', "not the library's rooms"),
    "python/a.c": ('#include "../examples/one/a.h"\n', "leaves its folder"),
    "tests/c/a.c": ('#include "support.h"\n', None),
    "tests/support/support.h": ("", None),
}


def check_itself():
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder).resolve()
        for name, (text, _) in PLANTED.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(text)
        found, _ = check(root)
    wrong = []
    for name, (_, fragment) in PLANTED.items():
        about = [line for line in found if line.startswith(name + ":")]
        if len(about) != (fragment is not None) or any(fragment not in line for line in about):
            wrong.append(f"planted {name}: expected {fragment!r}, found {about}")
    return wrong


def main():
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ".").resolve()
    wrong = check_itself()
    found, files = check(root)
    print("\n".join(wrong + found) or f"{files} files, and every #include points downward")
    return bool(wrong or found or not files)


if __name__ == "__main__":
    sys.exit(main())
