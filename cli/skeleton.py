#!/usr/bin/env python3
"""The files of a new project as C text: skeleton.py OUTPUT FOLDER/PATH... The last part of each path is its name in the project."""
import pathlib
import sys

NAMES = {"gitignore": ".gitignore"}
EMPTY = [("migrations/versions/.gitkeep", "")]      # git keeps no empty folder


def literal(text):
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\t", "\\t")
    return "\n".join(f'        "{line}\\n"' for line in escaped.splitlines()) or '        ""'


output, *paths = sys.argv[1:]
files = [(NAMES.get(pathlib.Path(path).name, pathlib.Path(path).name), pathlib.Path(path).read_text(encoding="utf-8")) for path in paths]
entries = "\n".join(f'    {{ "{name}",\n{literal(text)} }},' for name, text in files + EMPTY)
pathlib.Path(output).write_text(f'#include "skeleton.h"\n\nconst skeleton skeletons[] = {{\n{entries}\n    {{ 0, 0 }}\n}};\n', encoding="utf-8")
