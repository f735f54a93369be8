#!/usr/bin/env python3
"""What the pages show is true: their programs compile without a warning, their commands run and say what stands there.

    ```c file=app.c        goes into app.c in an empty folder of the page's own; a second block of the name is appended,
    ```c file=app.c anew   or begins the file again
    ```console             `$ command`, then what it prints (both streams), to the letter; `…` stands for anything within a line

A block of C without file= is a mistake: nobody would know whether it compiles. `$ cd FOLDER` alone on its line goes there, for all that
follows on the page, its files too. A command must end well, or the page shows how it does not: `./raccoons nothing || echo "exit $?"`. A
backslash carries it on.
Run with the folder of kith's pkg-config files, the folders of its libraries (joined by colons) and the pages as arguments.
Prints "ok …" or "not ok …" for each command.
"""
import os
import pathlib
import re
import subprocess
import sys
import tempfile

BLOCK = re.compile(r"^```(\w+)([^\n]*)\n(.*?)^```$", re.M | re.S)


def commands_of(block, line):
    """(line, command, expected output)"""
    found = []
    lines = iter(block.splitlines())
    for at, text in enumerate(lines, line):
        if text.startswith("$ "):
            while text.endswith("\\"):
                text = text[:-1] + next(lines).lstrip()
            found.append((at, text[2:], []))
        elif found:
            found[-1][2].append(text)
        else:
            found.append((at, "false", ["a console block begins with a command"]))
    return [(at, command, "".join(line + "\n" for line in output)) for at, command, output in found]


def matches(expected, said):
    return re.fullmatch("[^\n]*".join(re.escape(part) for part in expected.split("…")), said) is not None


def check_page(page, environment):
    """(name, trouble) of each command of the page"""
    text = page.read_text(encoding="utf-8")
    written = set()
    with tempfile.TemporaryDirectory() as place:
        folder = pathlib.Path(place)
        for block in BLOCK.finditer(text):
            line = text.count("\n", 0, block.start()) + 2
            kind, words, body = block.groups()
            if name := re.search(r"\bfile=(\S+)", words):
                goes_on = folder / name[1] in written and not words.endswith(" anew")
                with open(folder / name[1], "a" if goes_on else "w", encoding="utf-8") as file:
                    file.write(f'#line {line} "{page.name}"\n{body}' if name[1].endswith((".c", ".h")) else body)
                written.add(folder / name[1])
            if kind == "c" and not name:
                yield f"{page.name}:{line}: a program", "it has no file=, so nobody knows whether it compiles"
            if kind != "console":
                continue
            for at, command, expected in commands_of(body, line):
                if (into := re.fullmatch(r"cd (\S+)", command)) and (folder / into[1]).is_dir():
                    folder = folder / into[1]
                    continue
                done = subprocess.run(["bash", "-c", command], cwd=folder, env=environment, text=True, stdin=subprocess.DEVNULL,
                                      stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
                trouble = None
                if not matches(expected, done.stdout):
                    trouble = f"it says\n{done.stdout}and not\n{expected}"
                elif done.returncode:
                    trouble = f"it ends with {done.returncode}"
                yield f"{page.name}:{at}: {command}", trouble


GOOD_PAGE = """# A page
```c file=a.c
#include <stdio.h>
```
and on
```c file=a.c
int main(void) { puts("one"); puts("in 1.25 ms"); return 0; }
```
```console
$ gcc -Wall -Werror \\
    -o a a.c
$ ./a
one
in … ms
$ false || echo "exit $?"
exit 1
$ mkdir sub
$ cd sub
```
```text file=b
one
```
```text file=b anew
two
```
```console
$ cat b ../sub/b
two
two
```
"""
BAD_PAGE = "```c\nint x;\n```\n```console\n$ echo one\ntwo\n$ false\n$ echo one; echo two\none\n```\n"


def check_itself(environment):
    """The script's own promises: all of a good page passes, nothing of a bad one does"""
    with tempfile.TemporaryDirectory() as folder:
        page = pathlib.Path(folder) / "page.md"
        page.write_text(GOOD_PAGE, encoding="utf-8")
        good = [trouble for _, trouble in check_page(page, environment)]
        page.write_text(BAD_PAGE, encoding="utf-8")
        bad = [trouble for _, trouble in check_page(page, environment)]
    if good != [None] * 5 or len(bad) != 4 or None in bad:
        yield "a page that is right passes, and one that is wrong does not", f"good {good}, bad {bad}"


def main():
    pkgconfig, *pages = map(os.path.abspath, (sys.argv[1], *sys.argv[3:]))
    library = ":".join(map(os.path.abspath, sys.argv[2].split(":")))
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("KITH_", "PKG_CONFIG"))}
    environment |= {"PKG_CONFIG_PATH": pkgconfig, "LD_LIBRARY_PATH": library, "LC_ALL": "C.UTF-8"}
    failures = count = 0
    for check in [check_itself(environment), *(check_page(pathlib.Path(page), environment) for page in pages)]:
        for name, trouble in check:
            count += 1
            failures += trouble is not None
            print(f"{'not ok' if trouble else 'ok'} {name}")
            if trouble:
                print(trouble)
    return bool(failures or not count)


if __name__ == "__main__":
    sys.exit(main())
