#!/usr/bin/env python3
"""The library keeps nothing outside its handles: no symbol of it lies in memory that can be written, nor in a thread's own.

Run with the static library and a C compiler (words of the command) as arguments. A table of pointers is constant but relocated at load,
then locked (.data.rel.ro); that is no writable memory. It first compiles a file with every kind of global, and finds those.
"""
import pathlib
import re
import subprocess
import sys
import tempfile

ALLOWED = set()         # names of symbols, each with its reason beside it

WRITABLE = re.compile(r"\.(data(?!\.rel\.ro)|bss|sdata|sbss|tdata|tbss|tm_clone_table)(\.|$)|\*COM\*")


def writable_symbols(binary):
    """(object file, symbol, section), and how many symbols there are"""
    text = subprocess.run(["nm", "--format=sysv", "--defined-only", str(binary)], check=True, capture_output=True, text=True).stdout
    found, symbols, member = [], 0, ""
    for line in text.splitlines():
        if title := re.match(r"(?:Symbols|Defined symbols) from (.*):$", line.strip()):
            member = title[1]
        cells = [cell.strip() for cell in line.split("|")]
        if len(cells) != 7 or cells[0] == "Name":
            continue
        symbols += 1
        if WRITABLE.match(cells[6]):
            found.append((member, cells[0], cells[6]))
    return found, symbols


PLANTED = """
#include <stddef.h>
int plain_global = 7;
int zero_global;
static int counter;
static _Thread_local int of_thread;
__attribute__((common)) int tentative;
static const char *writable_pointer = "text";
const int constant = 7;
static const char *const names[] = { "a", "b", NULL };
static int (*const functions[])(void) = { NULL };
int next(size_t i);
int next(size_t i) { static int inside; return ++inside + ++counter + ++of_thread + ++plain_global + ++zero_global + *names[i] + !functions[0] + *writable_pointer++; }
"""
PLANTED_NAMES = {"plain_global", "zero_global", "counter", "of_thread", "tentative", "writable_pointer", "inside"}


def check_itself(compiler):
    """The planted names that were missed, and the innocent ones that were not"""
    with tempfile.TemporaryDirectory() as folder:
        source = pathlib.Path(folder) / "planted.c"
        source.write_text(PLANTED)
        subprocess.run([*compiler, "-std=gnu11", "-O2", "-fPIC", "-c", source, "-o", source.with_suffix(".o")], check=True)
        found, _ = writable_symbols(source.with_suffix(".o"))
    return PLANTED_NAMES ^ {re.sub(r"^next\.|\.\d+$", "", name) for _, name, _ in found}


def main():
    library, *compiler = sys.argv[1:]
    wrong = [f"planted {name}: seen wrongly" for name in sorted(check_itself(compiler or ["cc"]))]
    found, symbols = writable_symbols(library)
    wrong += [f"{member}: {name} lies in {section}" for member, name, section in found if name not in ALLOWED]
    wrong += [f"{name} is allowed but not there" for name in sorted(ALLOWED - {name for _, name, _ in found})]
    print("\n".join(wrong) or f"{symbols} symbols, none that can be written")
    return bool(wrong or not symbols)


if __name__ == "__main__":
    sys.exit(main())
