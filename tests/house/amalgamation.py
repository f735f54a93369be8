#!/usr/bin/env python3
"""kith.h and kith.c, the library in two files: alone they compile with each compiler without a warning, and show no name but the public
ones; the lesson says with them what it says; the tests of tests/c hold.

Run with the project's root and the compilers as arguments.
"""
import concurrent.futures
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(sys.argv[1]).resolve()
SUPPORT = ["memory.c", "pieces.c", "each.c", "place.c", "database.c", "statements.c"]
COMPILERS = sys.argv[2:]
LINK = ["-lsqlite3"]
sys.path.insert(0, str(ROOT / "tools"))
import amalgamate       # noqa: E402
from said import say    # noqa: E402


def run(*words, cwd, **options):
    done = subprocess.run([str(word) for word in words], cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace", timeout=250, check=False, **options)
    if done.returncode != 0 or "warning:" in done.stdout:
        raise AssertionError(f"{' '.join(map(str, words))}: exit {done.returncode}\n{done.stdout[-4000:]}")
    return done.stdout


def two_files(folder):
    for name, text in zip(("kith.h", "kith.c"), amalgamate.amalgamate(ROOT)):
        (folder / name).write_text(text, encoding="utf-8")


def lesson(folder, compiler):
    """the lesson as a person would build it who copied the two files beside it"""
    place = folder / f"lesson-{compiler}"
    place.mkdir()
    for source in (ROOT / "examples/lesson").iterdir():
        (place / source.name).write_text(source.read_text().replace("<kith/kith.h>", '"kith.h"'))
    run(compiler, "-Wall", "-Wextra", "-I..", "-o", "raccoons", "app.c", "models.c", "../kith.c", *LINK, cwd=place)
    for command in ("db create", "seed"):
        run("./raccoons", "-q", *command.split(), cwd=place)
    assert run("./raccoons", "tour", cwd=place) == (place / "tour.txt").read_text()


def names(folder):
    """what the object shows to those that it is linked with"""
    for line in run("readelf", "-Ws", "kith.o", cwd=folder).splitlines():
        parts = line.split()
        if len(parts) == 8 and parts[4] in ("GLOBAL", "WEAK") and parts[6] != "UND" and parts[5] == "DEFAULT":
            yield parts[7]


def behaviour_tests(folder):
    """(name, sources) of each, as tests/c/meson.build has them"""
    listed = re.findall(r"'(c_\w+)': *files\('([^']+)'\)( \+ behaviour_sources)?", (ROOT / "tests/c/meson.build").read_text())
    assert len(listed) > 15, listed
    return [(name, [source] + ["models.c", "fixture.c"] * bool(more)) for name, source, more in listed]


def objects(folder, tests):
    """each source of tests/c and tests/support, compiled against kith.h: its name -> its object"""
    for header in (ROOT / "include/kith").rglob("*.h"):
        forward = folder / "include" / header.relative_to(ROOT / "include")
        forward.parent.mkdir(parents=True, exist_ok=True)
        forward.write_text(f'#include "{folder}/kith.h"\n')
    sources = {source: ROOT / "tests/c" / source for _, sources in tests for source in sources}
    sources |= {name: ROOT / "tests/support" / name for name in SUPPORT}
    made = {name: folder / (name.replace("/", "-") + ".o") for name in sources}
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda name: run(COMPILERS[0], "-std=gnu11", "-D_GNU_SOURCE", "-I", folder / "include", "-I", ROOT / "tests/support", "-c", sources[name], "-o", made[name],
                                       cwd=folder), sources))
    return made


def behaviours(folder):
    """(name, work) of each test of tests/c"""
    tests = behaviour_tests(folder)
    made = objects(folder, tests)
    wrap = re.search(r"foreach name : \[(.*?)\]", (ROOT / "tests/support/meson.build").read_text())[1]
    flags = [f"-Wl,--wrap={name}" for name in re.findall(r"'(\w+)'", wrap)]
    support = [made[name] for name in SUPPORT]

    def hold(name, sources):
        run(COMPILERS[0], "-o", name, *(made[source] for source in sources), *support, "kith.o", *flags, "-lcmocka", *LINK, cwd=folder)
        run(folder / name, cwd=folder)

    for name, sources in tests:
        yield f"{name} holds with the two files", lambda: hold(name, sources)


def shown(folder):
    found = sorted(names(folder))
    assert len(found) > 100 and all(re.match(r"kith_[a-z]", name) for name in found), found


def works(folder):
    """(name, what is to be done) of each check"""
    two_files(folder)
    for compiler in reversed(COMPILERS):
        yield f"kith.c compiles alone as C11 with {compiler}, without a warning", lambda: run(compiler, "-std=c11", "-c", "-Wall", "-Wextra", "kith.c", cwd=folder)
        yield f"it shows what programs may call, with {compiler}", lambda: shown(folder)
        yield f"the lesson is built with it by {compiler}, as it compiles without being asked", lambda: lesson(folder, compiler)
    yield from behaviours(folder)


def checks(folder):
    for name, work in works(folder):
        try:
            work()
            yield name, None
        except (AssertionError, subprocess.TimeoutExpired) as trouble:
            yield name, str(trouble) or "it failed without a word"


def main():
    with tempfile.TemporaryDirectory() as folder:
        return say("amalgamation", checks(pathlib.Path(folder)))


if __name__ == "__main__":
    sys.exit(main())
