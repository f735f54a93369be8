#!/usr/bin/env python3
"""Section 3 of the manual is whole: every public call has a page, every page says whose what it gives is, how it fails and which threads may
call it, and groff (and mandoc, where it is) has nothing to say about any.

What is public is asked of others than the script that makes the pages: of the compiler, which macros the headers define; of the library, which
functions it shows.

Run with the project's root, the folder of the pages, the shared library and a compiler. Prints "ok …" or "not ok …".
"""
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

from said import say

PARTS = ["NAME", "SYNOPSIS", "DESCRIPTION", "OWNERSHIP", "ERRORS", "THREADS", "SEE ALSO"]


def public_macros(root, compiler):
    """as the compiler sees them: those that are called, and are not the headers' own"""
    said = subprocess.run([*compiler, "-dM", "-E", f"-I{root / 'include'}", "-x", "c", "-"], input="#include <kith/kith.h>\n#include <kith/migrate.h>\n#include <kith/json.h>\n",
                          capture_output=True, text=True, check=True).stdout
    return set(re.findall(r"^#define ((?:kith|KITH)_\w*[A-Za-z0-9])\(", said, re.M))


def public_functions(library):
    """as the library shows them; those for bindings have headers that are their own reference"""
    said = subprocess.run(["nm", "--dynamic", "--defined-only", library], capture_output=True, text=True, check=True).stdout
    return {name for name in re.findall(r" T (kith_\w*[a-z0-9])$", said, re.M) if not name.startswith("kith_sys_")}


def target_of(page, folder):
    text = page.read_text(encoding="utf-8")
    link = re.fullmatch(r"\.so man3/(\S+)\n", text)
    return target_of(folder / link[1], folder) if link else (page, text)


def trouble_with(page, folder):
    """None, or what is wrong with it"""
    try:
        page, text = target_of(page, folder)
    except FileNotFoundError as missing:
        return f"it leads to {missing.filename}"
    sections = re.split(r"^\.SH (.*)$", text, flags=re.M)
    found = dict(zip(sections[1::2], sections[2::2]))
    for part in PARTS:
        if not re.search(r"\w{3}", found.get(part, "")):
            return f"it says nothing under {part}"
    for other in re.findall(r"^\.BR (\S+) \(3\)", found["SEE ALSO"], re.M):
        if not (folder / f"{other}.3").exists():
            return f"it names {other}(3), which is not there"
    return None


def lint(pages):
    """What groff and mandoc say"""
    said = ""
    for page in pages:
        done = subprocess.run(["groff", "-man", "-Kutf8", "-Tutf8", "-ww", "-z", page], capture_output=True, text=True)
        said += done.stderr or ("" if done.returncode == 0 else f"{page}: groff ends with {done.returncode}\n")
    if shutil.which("mandoc"):
        said += subprocess.run(["mandoc", "-T", "lint", "-W", "warning", *pages], capture_output=True, text=True).stdout
    return said or None


def silent_headers(root):
    """The script refuses a call of which nothing is said, and a header that says nothing of threads"""
    with tempfile.TemporaryDirectory() as place:
        folder = pathlib.Path(place)
        (folder / "kith").mkdir()
        (folder / "kith/kith.h").write_text("/*\n * All.\n */\n")
        (folder / "kith/bare.h").write_text("/*\n * Bare.\n *\n * Ownership: none.\n * Errors: none.\n * Manual: 1-x\n */\n\nint kith_bare(void);\n")
        done = subprocess.run([sys.executable, root / "tools/manpages.py", folder / "man3", "0", folder], capture_output=True, text=True)
        if done.returncode != 1 or "nothing is said about kith_bare" not in done.stderr or '"Threads:"' not in done.stderr:
            return f"it says {done.stderr!r} and ends with {done.returncode}"
    return None


def checks(root, folder, library, compiler):
    pages = sorted(folder.glob("*.3"))
    calls = public_macros(root, compiler) | public_functions(library)
    yield "there are calls and pages", None if len(calls) > 100 and len(pages) > 100 else f"{len(calls)} calls, {len(pages)} pages"
    missing = sorted(call for call in calls if not (folder / f"{call}.3").exists())
    yield "every public call has a page", f"none has {' '.join(missing)}" if missing else None
    troubles = [f"{page.name}: {trouble}" for page in pages if (trouble := trouble_with(page, folder))]
    yield "every page says whose what it gives is, how it fails and which threads may call", "\n".join(troubles) or None
    yield "groff and mandoc have nothing to say", lint([page for page in pages if not page.read_text().startswith(".so ")])
    yield "a header that says too little is refused", silent_headers(root)


def main():
    root, folder, library, *compiler = sys.argv[1:]
    return say("manpages", checks(pathlib.Path(root), pathlib.Path(folder), library, compiler or ["gcc"]))


if __name__ == "__main__":
    sys.exit(main())
