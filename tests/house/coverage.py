#!/usr/bin/env python3
"""Which lines of src/ the tests reach, from what gcov counted: a figure for each file, and every line that no test reaches against
docs/coverage.md, which names those that may be so, each with its reason. `make coverage` runs it, with the folder of the build.

    coverage.py BUILD               the figures, and what is not reached and not named
    coverage.py BUILD --lines FILE  the lines of a file that are not reached

Ends badly when less than 95 % is reached, and when the page names more than there is; a line that is neither reached nor named is shown.
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


def named(page):
    """(file, function) -> (how many lines, why)"""
    rows = re.findall(r"^\| `?([^|`]+)`? \| `(\w+)` \| (\d+) \| (.+) \|$", page.read_text(encoding="utf-8"), re.M)
    return {("src/" + file.strip(), function): (int(count), why) for file, function, count, why in rows}


def kinds(page):
    """what the lines of a kind have in them"""
    return re.findall(r"^\| `([^`]+)` \| [^|]+ \|$", page.read_text(encoding="utf-8"), re.M)


def show(files, path):
    source = (ROOT / path).read_text(encoding="utf-8").splitlines()
    for number, (count, function) in sorted(files[path].items()):
        if not count:
            print(f"{path}:{number}: {function}: {source[number - 1].strip()}")


def main():
    build = pathlib.Path(sys.argv[1]).resolve()
    files = counted(build)
    if len(sys.argv) > 3:
        for path in sys.argv[3:]:
            show(files, path)
        return 0
    allowed, words = named(ROOT / "docs/coverage.md"), kinds(ROOT / "docs/coverage.md")
    missed, sums, wrong, unnamed, of_a_kind = collections.defaultdict(list), [0, 0], [], 0, 0
    for path in sorted(files):
        lines = files[path]
        reached = sum(1 for count, _ in lines.values() if count)
        sums = [sums[0] + reached, sums[1] + len(lines)]
        print(f"{100 * reached / len(lines):6.1f} %  {len(lines) - reached:4} of {len(lines):4} lines not reached  {path}")
        source = (ROOT / path).read_text(encoding="utf-8").splitlines()
        for number, (count, function) in sorted(lines.items()):
            if not count and any(word in source[number - 1] for word in words):
                of_a_kind += 1
            elif not count:
                missed[path, function].append(number)
    for (path, function), numbers in sorted(missed.items()):
        more = len(numbers) - allowed.get((path, function), (0, ""))[0]
        if more > 0:
            unnamed += more
            print(f"{path}:{','.join(map(str, numbers))}: {function} has {len(numbers)} lines that no test reaches")
    wrong += [f"docs/coverage.md names {count} lines of {function} in {path}; there are {len(missed.get((path, function), ()))}"
              for (path, function), (count, _) in allowed.items() if len(missed.get((path, function), ())) < count]
    total = 100 * sums[0] / max(sums[1], 1)
    print("\n".join(wrong))
    print(f"{total:.2f} % of {sums[1]} lines; {sums[1] - sums[0]} are not reached, {sums[1] - sums[0] - unnamed} of them named ({of_a_kind} by their kind)")
    return total < LEAST or bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
