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

# A struct of a model's has one layout in both languages, though C's knows more of it.
STRUCTS = """#include <stddef.h>
#include <kith/kith.h>
KITH_DECLARE(Raccoon);
struct Raccoon { int64_t id; kith_opt_bool awake; const char *name; kith_opt_int age; KITH_ONE(Raccoon) mother; KITH_MANY(Raccoon) cubs; kith_uuid tag; int last; };
#define assert_layout_ %s
assert_layout_(sizeof(kith_opt_bool) == 2 && sizeof(kith_opt_int) == 16 && sizeof(kith_value) == 24, "values");
assert_layout_(offsetof(Raccoon, name) == 16 && offsetof(Raccoon, mother) == 40 && offsetof(Raccoon, cubs) == 56 && offsetof(Raccoon, last) == 88, "members");
"""
CPP_PROGRAM = """
long long age_of(kith_session *session, const Raccoon *rocky);
long long age_of(kith_session *session, const Raccoon *rocky)
{
    if (kith_session_status(session) || kith_commit(session))
        return -1;
    return rocky->age.present && rocky->awake.value ? rocky->age.value : 0;
}
"""


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
    for compiler in compilers:
        yield f"structs are as long in C as kith's C++ has them ({compiler})", compiles([compiler, *STRICT, include, "-x", "c"], STRUCTS % "_Static_assert")
    if "clang" in compilers:
        yield "C++ reads objects and calls functions (clang)", compiles(["clang", *CPP, include], STRUCTS % "static_assert" + CPP_PROGRAM)
    yield "a header that lacks one is seen", None if compiles([compilers[0], *STRICT, include, "-x", "c"],
        "#define KITH_TYPES_H\n#include <kith/value.h>\n") else "value.h compiled without types.h"


def main():
    root, *compilers = sys.argv[1:]
    return say("headers", checks(pathlib.Path(root).resolve(), compilers or ["gcc", "clang"]))


if __name__ == "__main__":
    sys.exit(main())
