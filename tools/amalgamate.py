#!/usr/bin/env python3
"""Writes the whole library as two files, kith.h and kith.c, for programs that carry it along: tools/amalgamate.py FOLDER [ROOT]

kith.h is every public header of libkith, kith.c every room, lowest first (src/meson.build says in which order, each room's meson.build which files).
A name that two files give to something of their own gets the file's name in front of it: add_text of src/app/dot.c is app_dot_add_text.
cc program.c kith.c -lsqlite3 is all that a program needs.
"""
import collections
import pathlib
import re
import subprocess
import sys

TOKEN = re.compile(r"""(?P<space>[ \t\r\f\v]+|/\*.*?\*/|//[^\n]*)|(?P<line>\n)|(?P<text>"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')|(?P<name>[A-Za-z_]\w*)|(?P<number>\.?\d[\w.]*)
    |(?P<sign>->|[^\w\s])""", re.S | re.X)
INCLUDE = re.compile(r'^#include [<"]([^>"]+)[>"][^\n]*\n', re.M)
DEFINE = re.compile(r"^[ \t]*#[ \t]*define[ \t]+(\w+)", re.M)
DIRECTIVE = re.compile(r"^[ \t]*#(?:\\\n|[^\n])*", re.M)


# ---------------------------------------------------------------- the names that a file gives

def tokens(text):
    """the words and signs, as (kind, word)"""
    return [(match.lastgroup, match[0]) for match in TOKEN.finditer(DIRECTIVE.sub("", text)) if match.lastgroup not in ("space", "line")]


def closing(words, at):
    """where the bracket at `at` is closed"""
    depth = 0
    for end in range(at, len(words)):
        depth += words[end] in ("(", "[", "{")
        depth -= words[end] in (")", "]", "}")
        if depth == 0:
            return end
    raise SystemExit(f"amalgamate: a bracket is not closed near: {' '.join(words[at:at + 12])}")


def declarations(words):
    """each declaration at the top of a file, without the bodies of functions"""
    begin = at = 0
    while at < len(words):
        if words[at] in ("(", "[", "{"):
            body = words[at] == "{" and words[at - 1] == ")"
            end = closing(words, at)
            if body:
                yield words[begin:at]
                begin = end + 1
            at = end
        elif words[at] == ";":
            yield words[begin:at]
            begin = at + 1
        at += 1


def constants(body):
    """the names in the braces of an enum"""
    named, at = True, 0
    while at < len(body):
        if named:
            yield body[at]
        named = body[at] == ","
        at = closing(body, at) + 1 if body[at] in ("(", "[", "{") else at + 1


def names_of(declaration):
    """the names that it gives to what is the file's own: types, constants, static functions and variables"""
    flat, at = [], 0                        # without what stands in brackets
    while at < len(declaration):
        word = declaration[at]
        if word in ("struct", "union", "enum") and "{" in declaration[at + 1:at + 3]:
            brace = declaration.index("{", at)
            yield from declaration[at + 1:brace]
            if word == "enum":
                yield from constants(declaration[brace + 1:closing(declaration, brace)])
        if word == "__attribute__":
            at = closing(declaration, at + 1)
        elif word in ("(", "[", "{"):
            end = closing(declaration, at)
            if word == "{":                 # tags in it are names of the file too
                for inner in range(at, end):
                    if declaration[inner] in ("struct", "union", "enum") and declaration[inner + 2] == "{":
                        yield declaration[inner + 1]
            flat.append(word if declaration[at + 1:at + 2] != ["*"] else declaration[at + 2])
            at = end
        else:
            flat.append(word)
        at += 1
    if "typedef" in flat:
        yield next(word for word in reversed(flat) if re.match(r"\w", word))
    elif "static" in flat:
        for part in " ".join(flat).split(","):
            yield re.match(r".*?(\w+) *(?:[(\[=].*|$)", part)[1]
            if "(" in part:
                break


def own_names(text):
    words = [word for _, word in tokens(text)]
    return {name for declaration in declarations(words) for name in names_of(declaration) if not name.startswith("kith_")}


def clashes(headers):
    """a sentence for each name that two headers of rooms give to different things, which no two files of a program may"""
    types, functions = collections.defaultdict(set), set()
    for path in headers:
        for declaration in declarations([word for _, word in tokens(path.read_text(encoding="utf-8"))]):
            if "{" in declaration:
                for name in names_of(declaration):
                    types[name].add(path)
            elif "(" in declaration and "typedef" not in declaration:
                functions.add(declaration[declaration.index("(") - 1])
    for name, paths in sorted(types.items()):
        if len(paths) > 1 or name in functions:
            yield f"{name} is a type of {' and '.join(sorted(path.name for path in paths))}{' and a function' if name in functions else ''}; a name is for one thing"


def renamed(text, names):
    """The text with other names, but for members (after a dot or an arrow), and what stands in quotes and comments."""
    out, before = [], ""
    for match in TOKEN.finditer(text):
        word = match[0]
        out.append(names[word] if match.lastgroup == "name" and word in names and before not in (".", "->") else word)
        if match.lastgroup not in ("space", "line"):
            before = word
    return "".join(out)


# ---------------------------------------------------------------- the files, in order

def sources(root):
    for room in re.findall(r"^subdir\('(\w+)'\)", (root / "src/meson.build").read_text(), re.M):
        for name in re.findall(r"'([\w-]+\.c)'", (root / "src" / room / "meson.build").read_text()):
            yield root / "src" / room / name


def declared_by(headers):
    """every word that the system's headers use: a static function must not be called as one of theirs"""
    text = "".join(f"#include <{name}>\n" for name in headers)
    return set(re.findall(r"\w+", subprocess.run(["cc", "-E", "-P", "-D_GNU_SOURCE", "-"], input=text, capture_output=True, text=True, check=True).stdout))


class Text:
    """one of the two files: its parts, and which headers of the system they want"""

    def __init__(self, root):
        self.root, self.parts, self.system, self.seen = root, [], [], set()

    def resolve(self, name, beside):
        places = [self.root / "src" / name, beside.parent / name, self.root / "include" / name]
        return next((place for place in places if place.is_file()), None)

    def add(self, path, change=lambda text: text):
        """the file, after the headers that it includes and that are not there yet"""
        self.seen.add(path)
        text, found = path.read_text(encoding="utf-8"), []

        def take(match):
            before = text[:match.start()]
            if before.count("\n#if") - before.count("\n#endif") > (path.suffix == ".h"):      # in an #if of its own it stays
                return match[0]
            found.append(match[1])
            return ""

        text = INCLUDE.sub(take, text)
        for name in found:
            header = self.resolve(name, path)
            if header is None and name not in self.system:
                self.system.append(name)
            elif header is not None and header not in self.seen:
                self.add(header)
        text = change(text)
        if path.suffix == ".c":
            text += "".join(f"#undef {name}\n" for name in sorted(set(DEFINE.findall(text))))
        self.parts.append(f"\n/* ================================================================ {path.relative_to(self.root)} */\n\n{text}")


def amalgamate(root):
    """kith.h and kith.c, as texts"""
    header = Text(root)
    headers = [root / "include/kith/kith.h", root / "include/kith/migrate.h", *sorted((root / "include/kith/sys").glob("*.h"))]
    for path in headers:
        if path not in header.seen:
            header.add(path)
    wrong = list(clashes(sorted((root / "src").rglob("*.h"))))
    if wrong:
        raise SystemExit("amalgamate: " + "\n".join(wrong))
    files, system = list(sources(root)), Text(root)
    for path in files:
        system.add(path)
    declared = declared_by(system.system)
    given = {path: own_names(path.read_text(encoding="utf-8")) for path in files}
    times = collections.Counter(name for names in given.values() for name in names)
    body = Text(root)
    body.seen.update(header.seen)
    for path in files:
        front = f"{path.parent.name}_{path.stem}_"
        clashing = {name: front + name for name in given[path] if times[name] > 1 or name in declared}
        body.add(path, lambda text: renamed(text, clashing))
    begin = f"/* kith {re.search(r'''version: '([^']+)''', (root / 'meson.build').read_text())[1]}, in two files: kith.h and kith.c. Made by tools/amalgamate.py; change the sources, not this. */\n"
    include = lambda names: "".join(f"#include <{name}>\n" for name in sorted(names))
    return (begin + include(header.system) + "".join(header.parts),
            begin + "#ifndef _GNU_SOURCE\n#define _GNU_SOURCE\n#endif\n\n" + include(body.system) + '\n#include "kith.h"\n\n#pragma GCC visibility push(hidden)\n' +
            "".join(body.parts) + "\n#pragma GCC visibility pop\n")


def main():
    folder = pathlib.Path(sys.argv[1])
    root = pathlib.Path(sys.argv[2] if len(sys.argv) > 2 else pathlib.Path(__file__).parent.parent).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in zip(("kith.h", "kith.c"), amalgamate(root)):
        (folder / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
