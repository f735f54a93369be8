#!/usr/bin/env python3
"""Counts single tests: of a meson build folder (its testlog.json), or of a log of `ok …` and `not ok …` lines.
Prints PASSED FAILED. A program that ended badly without a failed test of its own (a crash, a leak, a timeout) is one
failure. `count.py --self-test` shows that a crash and a failure are noticed."""
import json
import re
import sys


def count_text(text):
    passed = len(re.findall(r'^\[ +OK \]|^ok ', text, re.M))
    failed = sum(int(n) for n in re.findall(r'^\[  FAILED  \] (\d+) test\(s\)', text, re.M)) + len(re.findall(r'^not ok ', text, re.M))
    return passed, failed


def count_run(run):
    passed, failed = count_text(run.get('stdout', '') + '\n' + run.get('stderr', ''))
    good = run['result'] in ('OK', 'EXPECTEDFAIL')
    if good and not passed and not failed:
        passed = 1              # a program with its own asserts
    if not good and not failed:
        failed = 1
    return passed, failed


def count_log(path):
    if path.endswith('.json'):
        with open(path, encoding='utf-8') as file:
            pairs = [count_run(json.loads(line)) for line in file if line.strip()]
        return sum(p for p, _ in pairs), sum(f for _, f in pairs)
    with open(path, encoding='utf-8', errors='replace') as file:
        return count_text(file.read())


CASES = [
    ('two passed', (2, 0), {'result': 'OK', 'stdout': '[       OK ] a\n[       OK ] b\n', 'stderr': '[  PASSED  ] 2 test(s).\n'}),
    ('one failed', (1, 1), {'result': 'FAIL', 'stdout': '[       OK ] a\n', 'stderr': '[  FAILED  ] b\n[  FAILED  ] 1 test(s), listed below:\n[  FAILED  ] b\n'}),
    ('a crash after one', (1, 1), {'result': 'FAIL', 'stdout': '[       OK ] a\n[ RUN      ] b\n'}),
    ('a leak at the end', (1, 1), {'result': 'FAIL', 'stdout': '[       OK ] a\n', 'stderr': '[  PASSED  ] 1 test(s).\nLeakSanitizer: 1 byte\n'}),
    ('a timeout', (0, 1), {'result': 'TIMEOUT'}),
    ('a program of asserts', (1, 0), {'result': 'OK'}),
]


def main():
    if sys.argv[1:] == ['--self-test']:
        bad = 0
        for name, expected, run in CASES:
            good = count_run(run) == expected
            bad += not good
            print('%s count: %s' % ('ok' if good else 'not ok', name))
        return 1 if bad else 0
    print(*count_log(sys.argv[1]))
    return 0


if __name__ == '__main__':
    sys.exit(main())
