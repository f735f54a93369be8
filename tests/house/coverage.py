#!/usr/bin/env python3
"""Which lines of src/ the tests reach, from what gcov counted: a figure for each file, and every line that no test reaches against
docs/coverage.md, which names those that may be so, by function, each with its reason. `make coverage` runs it, with the folder of the build.

    coverage.py BUILD               the figures, and what is not reached and not named
    coverage.py BUILD --lines FILE  the lines of a file that are not reached
    coverage.py BUILD --rows        the page's rows as they would have to be, with the reasons that stand there

Ends badly when less than 95 % is reached, when a line is neither reached nor named, and when the page names what is reached.
"""
import collections
import json
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
LEAST = 95.0


def functions_of(path):
    """(line, name) of each that begins there. gcov counts a function that a header declares as the header's."""
    begins = re.compile(r"(?!typedef|struct|enum|union|extern|#)[A-Za-z_][\w\s*]*?\b(\w+)\(")
    found = ((number, begins.match(line)) for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1))
    return [(number, match[1]) for number, match in found if match]


def counted(build):
    """file -> line -> (how often, the function it is in)"""
    files = collections.defaultdict(dict)
    notes = sorted((build / "libkith.a.p").glob("*.gcno"))
    found = subprocess.run(["gcov", "--json-format", "--stdout", *map(str, notes)], cwd=build, check=True, capture_output=True, text=True)
    for text in found.stdout.splitlines():
        for file in json.loads(text)["files"]:
            path = (build / file["file"]).resolve()
            if not path.is_relative_to(ROOT / "src"):
                continue
            lines = files[str(path.relative_to(ROOT))]
            functions = functions_of(path)
            for line in file["lines"]:
                number = line["line_number"]
                inside = [name for start, name in functions if start <= number]
                lines[number] = (lines.get(number, (0, ""))[0] + line["count"], inside[-1] if inside else "")
    return files


def reasons(page):
    """the word of each reason -> whether it holds at times only, as what the system decides does"""
    return {word: "at times" in why for word, why in re.findall(r"^\| \*(\w+)\* \| (.+) \|$", page, re.M)}


def named(page):
    """(file, function) -> (how many lines, the word of the reason)"""
    found = {}
    for file, functions, word in re.findall(r"^\| `([^`|]+)` \| (.+) \| (\w+) \|$", page, re.M):
        for function, count in re.findall(r"`(\w+)`(?: (\d+))?", functions):
            assert ("src/" + file, function) not in found, f"docs/coverage.md names {function} in {file} twice"
            found["src/" + file, function] = (int(count or 1), word)
    return found


def show(files, path):
    source = (ROOT / path).read_text(encoding="utf-8").splitlines()
    for number, (count, function) in sorted(files[path].items()):
        if not count:
            print(f"{path}:{number}: {function}: {source[number - 1].strip()}")


def unreached(files):
    """(file, function) -> the numbers of its lines that no test reaches"""
    missed = collections.defaultdict(list)
    for path in sorted(files):
        for number, (count, function) in sorted(files[path].items()):
            if not count:
                missed[path, function].append(number)
    return missed


def put_rows(missed, allowed):
    rows = collections.defaultdict(list)
    for (path, function), numbers in missed.items():
        rows[path, allowed.get((path, function), (0, "?"))[1]].append(f"`{function}`" + (f" {len(numbers)}" if len(numbers) > 1 else ""))
    for (path, word), functions in sorted(rows.items()):
        print(f"| `{path.removeprefix('src/')}` | {', '.join(functions)} | {word} |")


def complaints(missed, allowed, words):
    for (path, function), numbers in missed.items():
        count = allowed.get((path, function), (0, ""))[0]
        if len(numbers) > count:
            yield f"{path}:{','.join(map(str, numbers))}: {function} has {len(numbers)} lines that no test reaches, and docs/coverage.md names {count}"
    for (path, function), (count, word) in allowed.items():
        if word not in words:
            yield f"docs/coverage.md: {word}, of {function} in {path}, is none of its reasons"
        elif len(missed.get((path, function), ())) < count and not words[word]:
            yield f"docs/coverage.md names {count} lines of {function} in {path}; {len(missed.get((path, function), ()))} are not reached"


def main():
    build = pathlib.Path(sys.argv[1]).resolve()
    files = counted(build)
    if sys.argv[2:3] == ["--lines"]:
        for path in sys.argv[3:]:
            show(files, path)
        return 0
    page = (ROOT / "docs/coverage.md").read_text(encoding="utf-8")
    allowed, missed = named(page), unreached(files)
    if sys.argv[2:] == ["--rows"]:
        put_rows(missed, allowed)
        return 0
    for path, lines in sorted(files.items()):
        left = sum(1 for count, _ in lines.values() if not count)
        print(f"{100 - 100 * left / len(lines):6.1f} %  {left:4} of {len(lines):4} lines not reached  {path}")
    wrong = list(complaints(missed, allowed, reasons(page)))
    print("\n".join(wrong))
    all_lines, left = sum(map(len, files.values())), sum(map(len, missed.values()))
    total = 100 - 100 * left / max(all_lines, 1)
    print(f"{total:.2f} % of {all_lines} lines; {left} are not reached")
    return total < LEAST or bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
