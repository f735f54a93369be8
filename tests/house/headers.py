#!/usr/bin/env python3
"""Every public header compiles alone, whatever comes first in a program: as strict C11, as C++, and, without the system_header pragma
that spares users the warnings of macros, under the project's own. So do the lesson's files and the programs of tests/c/programs, as strict
C11.

Run with the project's root and compilers (gcc, clang) as arguments. Prints "ok …" or "not ok …" for each.
"""
import pathlib
import subprocess
import sys

from said import say

WARNINGS = ["-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Wshadow", "-Werror"]
STRICT = ["-std=c11", "-pedantic-errors", *WARNINGS]
# Without the pragma, what strict C11 lacks and the headers need is no mistake: zero-sized members, __VA_OPT__, empty initialisers.
INSIDE = ["-std=gnu11", *(flag for flag in WARNINGS if flag != "-Wpedantic"), "-DKITH_CHECK_HEADERS_"]
CPP = ["-x", "c++", "-std=c++17", "-Wall", "-Wextra", "-Werror"]


def compiles(command, text=None):
    """None, or what the compiler said"""
    done = subprocess.run([*command, "-fsyntax-only"] + (["-"] if text is not None else []), input=text, capture_output=True, text=True)
    return None if done.returncode == 0 and not done.stderr else done.stderr or "it failed without a word"


def checks(root, compilers):
    include = f"-I{root / 'include'}"
    headers = sorted(str(path.relative_to(root / "include")) for path in (root / "include").rglob("*.h"))
    if len(headers) < 2:
        yield "headers are there", "no headers found"
    for compiler in compilers:
        for header in headers:
            twice = f"#include <{header}>\n#include <{header}>\n"
            unused = "int kith_something;\n"
            yield f"{header} alone, strict C11 ({compiler})", compiles([compiler, *STRICT, include, "-x", "c"], twice + unused)
            yield f"{header} alone, from inside ({compiler})", compiles([compiler, *INSIDE, include, "-x", "c"], twice + unused)
        for folder in "examples/lesson", "tests/c/programs":
            for source in sorted((root / folder).glob("*.c")):
                yield f"{folder}/{source.name}, strict C11 ({compiler})", compiles([compiler, *STRICT, include, str(source)])
    for header in headers if "clang" in compilers else []:      # clang is a C++ compiler too; gcc needs a package of its own
        yield f"{header} alone, C++ (clang)", compiles(["clang", *CPP, include], f"#include <{header}>\n")
    yield "a header that lacks one is seen", None if compiles([compilers[0], *STRICT, include, "-x", "c"],
        "#define KITH_TYPES_H\n#include <kith/value.h>\n") else "value.h compiled without types.h"


def main():
    root, *compilers = sys.argv[1:]
    return say("headers", checks(pathlib.Path(root).resolve(), compilers or ["gcc", "clang"]))


if __name__ == "__main__":
    sys.exit(main())
