#!/usr/bin/env python3
"""docs/migrations-cases.md against the tests: every test that the table names exists, every case that must be there is, and every row of
compare_test.c stands in a row. Run with the project's root as argument."""
import pathlib
import re
import sys

ROOT = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ".")
NEVER = {25, 31, 40, 62, 66, 77, 84, 89, 98, 105, 116, 124, 127, 134, 137, 139, 142, 150, 154}     # numbers that no case has
MUST = [str(number) for number in range(1, 162) if number not in NEVER]
EXCUSES = ("not there:", "PostgreSQL only:", "MariaDB only:")


def tests():
    """file -> what may be named of it"""
    out = {}
    for path in (ROOT / "tests/unit/migrate").glob("*_test.c"):
        text = path.read_text(encoding="utf-8")
        out[path.stem.removesuffix("_test")] = set(re.findall(r"static void (\w+)\(void \*\*state\)", text)) & set(re.findall(r"(?:TEST|_unit_test)\((\w+)\)", text))
    for path in (ROOT / "tests/cli").glob("test_*.py"):
        out[path.stem.removeprefix("test_")] = set(re.findall(r"^def (test_\w+)\(place\)", path.read_text(encoding="utf-8"), re.M))
    return out


def rows_of(text):
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split(" | ", 2)]
        if line.startswith("| ") and cells[0].isdigit():
            yield cells[0], cells[2].rstrip("|").strip()


def main():
    wrong, known, seen, quoted = [], tests(), [], set()
    cases = set(re.findall(r'^    \{ "([^"]+)",', (ROOT / "tests/unit/migrate/compare_test.c").read_text(encoding="utf-8"), re.M))
    for number, cell in rows_of((ROOT / "docs/migrations-cases.md").read_text(encoding="utf-8")):
        seen.append(number)
        names = [(file, name) for file, group in re.findall(r'(\w+): ((?:(?:`\w+`|"[^"]+")(?:, )?)+)', cell) for name in re.findall(r"`(\w+)`", group)]
        words = re.findall(r'"([^"]+)"', cell)
        wrong += [f"case {number}: {file} has no test {name}" for file, name in names if name not in known.get(file, ())]
        wrong += [f"case {number}: compare_test.c has no row '{word}'" for word in words if word not in cases]
        if not names and not words and not cell.startswith(EXCUSES):
            wrong.append(f"case {number} names no test and says no reason")
        quoted |= set(words)
    wrong += [f"case {number} stands there {seen.count(number)} times" for number in MUST if seen.count(number) != 1]
    wrong += [f"the row '{case}' of compare_test.c stands in no case" for case in sorted(cases - quoted)]
    print("\n".join(wrong) or f"{len(seen)} cases, {len(cases)} comparisons")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
