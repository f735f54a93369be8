#!/usr/bin/env python3
"""Writes docs/sqlalchemy.md, the page of what is there of SQLAlchemy, from the table in python/kith/surface.py. --print: to stdout."""
import importlib.util
import pathlib
import sys
import textwrap

ROOT = pathlib.Path(__file__).resolve().parents[1]
spec = importlib.util.spec_from_file_location("surface", ROOT / "python/kith/surface.py")
surface = importlib.util.module_from_spec(spec)
spec.loader.exec_module(surface)

HEAD = """# What there is of SQLAlchemy

kith answers to the names of SQLAlchemy, Flask-SQLAlchemy 3.0 and Flask-Migrate 4 that are listed here: as `kith`, `kith.orm`, `kith.exc` and so on,
or by their own names after `kith.install_as_sqlalchemy()` and under `python -m kith flask`. Any other name raises a sentence that points at this page.
[Chapter 14 of the manual](manual/14-python.md) shows how they are used.

This page is made by tools/surface.py from the table in [python/kith/surface.py](../python/kith/surface.py). The tests read the same table: that each
name is there and is used by a test, that what is said to be missing says so, and that each difference is held by the test that is named beside it.
"""


def wrapped(names):
    return textwrap.fill(", ".join(f"`{name}`" for name in names), 150, break_long_words=False, break_on_hyphens=False)


def page():
    parts = [HEAD, "## Others' tests\n", "| | pass | of | the rest |", "|---|---|---|---|"]
    parts += [f"| {what} | {passed} | {of} | {rest} |" for what, passed, of, rest in surface.EXTERNAL]
    parts += ["\n`tests/external/flask_sqlalchemy.sh` fetches and runs them.\n"]
    parts += ["## What differs\n", "| What happens | Held by |", "|---|---|"]
    parts += [f"| {what} | `{test.replace('::', ' ')}` |" for what, test in surface.DIFFERENT]
    parts += ["\n## Names that do something else, or nothing\n", "| Name | |", "|---|---|"]
    parts += [f"| `{name}` | {what} |" for name, what in surface.OTHERWISE.items()]
    parts += ["\n## What is not there\n", "| Instead | |", "|---|---|"]
    for instead, places in surface.ABSENT:
        shown = []
        for place in places.split(";"):
            module, colon, names = place.strip().partition(":")
            shown.append(f"of `{module}`: " + ", ".join(f"`{name}`" for name in names.split()) if colon else f"all of `{module}`")
        parts.append(f"| {instead}. | {'; '.join(shown)} |")
    parts += ["\nWhat is in neither list is not there either: SQLAlchemy's own classes inside, its dialects, and what no program was seen to import.\n", "## What is there\n"]
    for module, (target, _) in surface.THERE.items():
        if target is not None:
            parts.append(f"**{module}** (`{target}`)\n\n{wrapped(surface.names(module))}\n")
    return "\n".join(parts).rstrip("\n") + "\n"


if __name__ == "__main__":
    if "--print" in sys.argv[1:]:
        sys.stdout.write(page())
    else:
        (ROOT / "docs/sqlalchemy.md").write_text(page(), encoding="utf-8")
