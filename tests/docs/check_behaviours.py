#!/usr/bin/env python3
"""docs/behaviours.md against tests/c, and docs/behaviours-python.md against tests/python: every test that the table names exists and runs, every rule of 17 to 143 is there (but for 33, 57 and
115, which could be), and every test whose comment gives a rule's number stands in that rule's row. Run with the project's root as argument."""
import ast
import pathlib
import re
import sys

ROOT = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ".")
COULD = (33, 57, 115)
MUST = [*(str(n) for n in range(17, 144) if n not in (19, *COULD)), *(f"19{c}" for c in "abcdefghijklmnopqrstuvwxyz"), "162", "163", "164", "165"]
SHOULD = (32, 57, 77, 87, 88, 90, 91, 92, 115, 144)      # in Python
SHOULD_IN_PYTHON = ("20", "32", "37", "59", "77", "87", "88", "90", "91", "92", "113", "114", "119", "121", "123", "125", "126", "134", "143")
MUST_IN_PYTHON = [n for n in MUST if n not in SHOULD_IN_PYTHON] + [str(n) for first, last in ((1, 12), (145, 158), (160, 160)) for n in range(first, last + 1)]
EXCUSES = ("Python only:", "the compiler refuses it:", "C only:")


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


def tests_in_python(path):
    """As tests_of: pytest runs every function whose name begins with test_"""
    defined = {}
    for node in ast.parse(path.read_text()).body:
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            numbers = re.match(r"\d+[a-z]?(?:, \d+[a-z]?)*", ast.get_docstring(node) or "")
            defined[node.name] = numbers[0].split(", ") if numbers else []
    return defined, set(defined)


def compare(page, folder, suffix, reader, must):
    """What is wrong with one table, and its size"""
    wrong, files, table = [], {}, {}
    for path in sorted((ROOT / folder).glob("test_*" + suffix)):
        files[path.stem.removeprefix("test_")] = defined, run = reader(path)
        wrong += [f"{path.name}: {name} is never run" for name in defined if name not in run]
    for number, cell in rows_of((ROOT / page).read_text()):
        if number in table:
            wrong.append(f"{page}: rule {number} stands there twice")
        named = [(group[0], name) for group in re.findall(r"(\w+): ((?:`\w+`(?:, )?)+)", cell) for name in re.findall(r"`(\w+)`", group[1])]
        wrong += [f"{page}, rule {number}: {folder}/test_{file}{suffix} has no test {name}" for file, name in named if name not in files.get(file, ({}, ()))[0]]
        if not named and not any(excuse in cell for excuse in EXCUSES):
            wrong.append(f"{page}: rule {number} names no test and says no reason")
        table[number] = set(named)
    wrong += [f"{page}: rule {number} is missing" for number in must if number not in table]
    wrong += [f"{name} of test_{file}{suffix} says rule {number}, whose row does not name it"
              for file, (defined, _) in files.items() for name, numbers in defined.items() for number in numbers
              if (file, name) not in table.get(number, ())]
    return wrong, f"{page}: {len(table)} rules, {sum(len(defined) for defined, _ in files.values())} tests"


def main():
    results = [compare("docs/behaviours.md", "tests/c", ".c", tests_of, MUST),
               compare("docs/behaviours-python.md", "tests/python", ".py", tests_in_python, MUST_IN_PYTHON)]
    wrong = [line for lines, _ in results for line in lines]
    print("\n".join(wrong or (size for _, size in results)))
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
