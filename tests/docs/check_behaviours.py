#!/usr/bin/env python3
"""docs/behaviours.md against tests/c: every test that the table names exists and runs, every rule of 17 to 143 is there (but for 33, 57 and
115, which could be), and every test whose comment gives a rule's number stands in that rule's row. Run with the project's root as argument."""
import pathlib
import re
import sys

ROOT = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ".")
COULD = (33, 57, 115)
MUST = [*(str(n) for n in range(17, 144) if n not in (19, *COULD)), *(f"19{c}" for c in "abcdefghijklmnopqrstuvwxyz"), "162", "163", "164", "165"]
EXCUSES = ("Python only:", "the compiler refuses it:")


def tests_of(path):
    """name -> rule numbers of its comment; and the names that main() runs"""
    text = path.read_text()
    defined = {}
    for match in re.finditer(r"(?:/\* ([^*]*?)\*/\n)?static void (\w+)\(void \*\*state\)", text):
        numbers = re.match(r"\d+[a-z]?(?:, \d+[a-z]?)*", match[1] or "")
        defined[match[2]] = numbers[0].split(", ") if numbers else []
    tables = "".join(re.findall(r"struct CMUnitTest \w+\[\] = \{.*?\n    \};", text, re.S))
    return defined, set(re.findall(r"\w+", tables))


def rows_of(text):
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split(" | ", 2)]
        if line.startswith("| ") and re.fullmatch(r"\d+[a-z]?", cells[0]):
            yield cells[0], cells[2]


def main():
    wrong, files, table = [], {}, {}
    for path in sorted((ROOT / "tests/c").glob("test_*.c")):
        files[path.stem.removeprefix("test_")] = defined, run = tests_of(path)
        wrong += [f"{path.name}: {name} is never run" for name in defined if name not in run]
    for number, cell in rows_of((ROOT / "docs/behaviours.md").read_text()):
        if number in table:
            wrong.append(f"rule {number} stands there twice")
        named = [(group[0], name) for group in re.findall(r"(\w+): ((?:`\w+`(?:, )?)+)", cell) for name in re.findall(r"`(\w+)`", group[1])]
        wrong += [f"rule {number}: tests/c/test_{file}.c has no test {name}" for file, name in named if name not in files.get(file, ({}, ()))[0]]
        if not named and not any(excuse in cell for excuse in EXCUSES):
            wrong.append(f"rule {number} names no test and says no reason")
        table[number] = set(named)
    wrong += [f"rule {number} is missing" for number in MUST if number not in table]
    wrong += [f"{name} of test_{file}.c says rule {number}, whose row does not name it"
              for file, (defined, _) in files.items() for name, numbers in defined.items() for number in numbers
              if (file, name) not in table.get(number, ())]
    print("\n".join(wrong) or f"{len(table)} rules, {sum(len(defined) for defined, _ in files.values())} tests")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
