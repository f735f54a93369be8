#!/usr/bin/env python3
"""Counts what a run of `meson test` ran, one by one: each test of a cmocka program, each "ok" line of a script, what pytest says that it
ran; a program that prints none of these is one test. Prints what the failing ones said, then "N passed, N failed, N skipped".

Run with the testlog.json of the run as argument. A program that dies in a test, or after its tests, has failed one.
"""
import json
import re
import sys


def count(test):
    """passed, failed, skipped of one program"""
    said = test["stdout"] + "\n" + test.get("stderr", "")
    run = len(re.findall(r"^\[ RUN      \]", said, re.M)) or len(re.findall(r"^(?:not )?ok ", said, re.M))
    good = len(re.findall(r"^\[       OK \]|^ok ", said, re.M))
    skipped = len(re.findall(r"^\[  SKIPPED \] \S+$", said, re.M))
    well = test["result"] in ("OK", "EXPECTEDFAIL")
    if pytest := re.findall(r"^(\d+ (?:passed|failed|skipped|error).*) in [\d.]+s", said, re.M):
        of = {word: sum(int(number) for number in re.findall(rf"(\d+) {word}", pytest[-1])) for word in ("passed", "failed", "skipped", "error")}
        return of["passed"], max(of["failed"] + of["error"], 0 if well else 1), of["skipped"]
    if run == 0:
        return (1, 0, 0) if well else (0, 0, 1) if test["result"] == "SKIP" else (0, 1, 0)
    skipped = min(skipped, run - good)
    return good, max(run - good - skipped, 0 if well else 1), skipped


def main():
    totals = [0, 0, 0]
    with open(sys.argv[1], encoding="utf-8") as log:
        for test in map(json.loads, log):
            counts = count(test)
            totals = [total + one for total, one in zip(totals, counts)]
            if counts[1]:
                print(f"\n---- {test['name'].split('/')[-1].strip()}: {test['result']} (exit {test['returncode']}): {' '.join(test['command'])}")
                print(test["stdout"], test.get("stderr", ""), sep="\n")
    print("{} passed, {} failed, {} skipped".format(*totals))


if __name__ == "__main__":
    main()
