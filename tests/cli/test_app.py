#!/usr/bin/env python3
"""How the kith program finds an app, builds it and loads it, and what it says where it cannot."""
import os
import subprocess

from kith import APP, HEADER, KITH, ROOT, run

HELLO = """#include <stdio.h>
#include "models.h"
static int hello(kith_session *session, int argc, char **argv) { (void)session; printf("hello %s\\n", argc > 1 ? argv[1] : "all"); return 7; }
KITH_APP("app", .database = "sqlite:///app.db", .models = KITH_MODELS(Raccoon), .commands = KITH_COMMANDS({ "hello", hello, "say hello" }));
int main(int argc, char **argv) { return kith_main(argc, argv); }
"""


def gcc(place, *words):
    library = KITH.parent.parent
    assert place.run("gcc", f"-I{ROOT}/include", *words, f"-L{library}", "-lkith", f"-Wl,-rpath,{library}").status == 0


def test_no_app(place):
    """Where there is no app.c it says where it looked and how to begin."""
    place.kith("db current", 1).has("kith: there is no app here (looked for ./app.c).", "kith new NAME", "--app FILE")
    place.kith("", 2).has("Usage: kith")
    place.kith("--help").has("Usage: kith", "new NAME")
    place.kith("--version").has("kith 0.")


def test_new(place):
    """kith new makes a project that builds and runs at once, and touches none that is there."""
    place.kith("new shop").has("Made shop", "migrations/")
    place.kith("new shop", 1).has("shop is there already, and nothing in it was touched")
    place.kith("new ../x", 2).has("cannot be a project's name")
    place.kith("new", 2).has("Usage: kith new NAME")
    place.kith("-C shop db migrate")
    place.kith("-C shop -q db upgrade")
    place.kith(["-C", "shop", "add", "Buy bread"])
    place.kith("-C shop list").has("1  Buy bread")
    library = KITH.parent.parent
    place.run("make", "-C", "shop", "--no-print-directory", PKG_CONFIG_PATH=f"{library}/meson-uninstalled").has(status=0).lacks("warning")
    assert place.run("env", "-C", "shop", "./shop", "list", LD_LIBRARY_PATH=str(library)).out == "1  Buy bread\n"


def test_does_not_compile(place):
    """An app that does not compile: the compiler's message as it is, and nothing done."""
    place.app(migrations=False).write("app.c", APP.replace("KITH_MODELS(Raccoon)", "KITH_MODELS(Racoon)"))
    place.kith("db upgrade", 1).has("app.c:2:", "kith_model_of_Racoon", "does not compile", "Nothing was changed")
    place.write("app.c", APP)
    place.kith("db init").has("Made migrations")


def test_no_kith_app(place):
    """C files without an app are named."""
    place.write("app.c", "int x;\n")
    place.write("other.c", "int y;\n")
    place.kith("models", 1).has("there is no app in", "app.c, other.c", "KITH_APP")


def test_two_apps(place):
    """Two apps in one folder are both named, and how to choose."""
    place.app(migrations=False).write("second.c", APP)
    place.kith("models", 1).has("there are two apps:", "app.c", "second.c", "Nothing was changed", "kith.build", "--app FILE")
    place.kith("--app second.c models").has("Raccoon (raccoon)")
    place.kith("models", KITH_APP="app.c").has("Raccoon (raccoon)")
    place.write("kith.build", "# mine\nsources = app.c models.c\n")
    place.kith("models").has("Raccoon (raccoon)")


def test_build_file(place):
    """kith.build names sources, flags and libraries; a line that says nothing is an error with its number."""
    place.app(migrations=False, app=APP.replace('"app"', "NAME"))
    place.write("kith.build", "sources = a*.c models.c\ncflags = -DNAME=\"app\"\n")
    place.kith("models").has("Raccoon (raccoon)")       # no shell reads it, so quotes are quotes
    place.write("kith.build", "sources = a*.c models.c\ncflags = -include name.h\nlibs = -lm\n")
    place.write("name.h", '#define NAME "app"\n')
    place.kith("models", CFLAGS="-Dunheard").has("Raccoon (raccoon)")
    place.write("kith.build", "sources = none*.c\n")
    place.kith("models", 1).has("kith.build names none*.c, and there is no such file")
    place.write("kith.build", "\nsource = app.c\n")
    place.kith("models", 1).has("kith.build:2: 'source = app.c' says nothing to kith")


def test_rebuilt(place):
    """What was built is kept until a source, a header or a flag changes; and no longer."""
    place.app(migrations=False, app=HELLO)
    count = place.write("count.sh", '#!/bin/sh\necho run >> count\nexec cc "$@"\n')
    count.chmod(0o755)

    def builds(expect):
        place.kith("hello x", 7, CC=str(count)).has("hello x")
        ran = (place.folder / "count").read_text().count("run")
        assert ran == expect, f"the compiler ran {ran} times, not {expect}"

    for name in ("app.c", "models.c", "models.h"):      # as if they had been lying there for a while
        os.utime(place.folder / name, (1, 1))
    builds(3)
    builds(3)
    place.write("models.h", HEADER + "\n")
    os.utime(place.folder / "models.h", (2, 2))
    builds(6)
    builds(6)
    os.utime(place.folder / "models.h", (3, 3))          # another time, the same text
    builds(6)
    place.write("extra.c", "int extra;\n")
    builds(10)
    place.write("kith.build", "cflags = -DX\n")
    builds(14)


def test_several_at_once(place):
    """Of several that start at once one builds, and the others wait for it; also after a change, when what was there is forgotten."""
    place.app(migrations=False)
    count = place.write("count.sh", '#!/bin/sh\necho run >> count\nexec cc "$@"\n')
    count.chmod(0o755)
    place.environment |= {"CC": str(count), "XDG_CACHE_HOME": str(place.folder)}
    for expect, text in ((3, APP), (6, APP + "\n")):
        place.write("app.c", text)
        for name in ("app.c", "models.c", "models.h"):
            os.utime(place.folder / name, (expect, expect))
        running = [subprocess.Popen([KITH, "models"], cwd=place.folder, env=place.environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) for _ in range(6)]
        said = [one.communicate()[0] for one in running]
        assert all("Raccoon (raccoon)" in one for one in said), said
        ran = (place.folder / "count").read_text().count("run")
        assert ran == expect, f"the compiler ran {ran} times, not {expect}"


def test_a_change_in_the_same_tick(place):
    """A source that changes right after it was built, keeping its size, is built anew."""
    place.app(migrations=False)
    for name in ("one", "two", "six"):
        place.write("app.c", HELLO.replace("hello %s", name + "   %s"))
        place.kith("hello x", 7).has(name + "   x")


def test_kinds_of_app(place):
    """--app takes a C file, a folder, a shared object and a program; so does KITH_APP."""
    place.app(migrations=False, app=HELLO)
    (place.folder / "sub").mkdir()
    for name in ("app.c", "models.c", "models.h"):
        (place.folder / name).rename(place.folder / "sub" / name)
    gcc(place, "-shared", "-fPIC", "-o", "app.so", "sub/app.c", "sub/models.c")
    gcc(place, "-o", "program", "sub/app.c", "sub/models.c")
    for app in ("sub/app.c", "sub", "app.so", "./app.so", "program", "./program"):
        place.kith(["--app", app, "hello", "-v"], 7).has("hello -v")
        place.kith("hello", 7, KITH_APP=app).has("hello all")
    place.kith("--app program --database sqlite:///other.db db create", 0)
    assert (place.folder / "other.db").exists()
    place.kith("--app nowhere.c hello", 1).has("there is no nowhere.c")
    place.write("text", "nothing")
    place.kith("--app text hello", 1).has("text is no app")


def test_a_kith_of_its_own(place):
    """A shared object with another copy of the library in it is refused in one sentence."""
    place.app(migrations=False, app=HELLO)
    # -lgcov: for a library that counts its lines
    built = place.run("gcc", f"-I{ROOT}/include", "-shared", "-fPIC", "-o", "app.so", "app.c", "models.c", KITH.parent.parent / "libkith.a", "-Wl,-Bsymbolic", "-lsqlite3", "-lpthread", "-lm", "-lgcov")
    assert built.status == 0, built
    place.kith("--app app.so hello", 1).has("app.so brings a kith of its own")


def test_undefined(place):
    """What is missing at the link is named."""
    place.app(migrations=False, app=HELLO.replace("return 7;", "extern int away(void); return away();"))
    place.kith("hello", 1).has("cannot be loaded", "away", "kith.build")


def test_cache_of_another(place):
    """Nothing is built into a folder that others may write to."""
    place.app(migrations=False)
    cache = place.folder / "cache"
    (cache / "kith").mkdir(parents=True)
    (cache / "kith").chmod(0o777)
    place.kith("models", 1, XDG_CACHE_HOME=str(cache)).has("not a folder of yours that only you may write to")
    (cache / "kith").chmod(0o700)
    place.kith("models", XDG_CACHE_HOME=str(cache))
    if os.geteuid() == 0:
        os.chown(cache / "kith", 65534, 65534)
        place.kith("models", 1, XDG_CACHE_HOME=str(cache)).has("not a folder of yours that only you may write to")
    (cache / "kith").rename(cache / "moved")
    (cache / "kith").symlink_to(cache / "moved")
    place.kith("models", 1, XDG_CACHE_HOME=str(cache)).has("not a folder of yours that only you may write to")
    place.kith("models", XDG_CACHE_HOME="")         # then it is ~/.cache
    assert (place.folder / ".cache/kith").stat().st_mode & 0o777 == 0o700


def test_no_compiler(place):
    """Without a compiler it says what to install."""
    place.app(migrations=False)
    place.kith("models", 1, CC="no-such-compiler").has("cannot run the compiler no-such-compiler", "apt-get install gcc")


def test_taken_names(place):
    """An app's command may not take a name of kith's."""
    place.app(migrations=False, app=HELLO.replace('"hello", hello', '"db", hello'))
    place.kith("models", 1).has("the app's command 'db' has a name that is kith's own")


def test_an_unknown_command(place):
    """A command that is none is said to be none, with exit 2; the app's own end as they end."""
    place.app(migrations=False, app=HELLO)
    place.kith("helo", 2).has("there is no command 'helo'")
    place.kith("hello", 7)
    place.kith("--frobnicate", 2).has("the option '--frobnicate' is not known")
    place.kith("-C nowhere models", 1).has("cannot go to nowhere")


def test_a_failing_command(place):
    """The session's error of an app's command is printed, and it ends with 1."""
    place.app(migrations=False, app=HELLO.replace("(void)session;", "kith_new(session, Raccoon); kith_commit(session);"))
    place.kith("hello", 1).has("There is no table raccoon")


if __name__ == "__main__":
    run(globals())
