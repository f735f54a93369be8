#!/usr/bin/env python3
"""What count.py makes of tests that pass, fail, skip, die, and of a program that dies after them. Run with planted_test as argument."""
import subprocess
import sys

from count import count

EXPECTED = {    # the way -> passed, failed, skipped
    "pass": (2, 0, 1),
    "fail": (2, 1, 0),
    "die": (1, 1, 0),
    "die after": (2, 1, 1),
}
SCRIPTS = {     # what a script says, and whether it ends well
    ("ok one\nok two\n", True): (2, 0, 0),
    ("ok one\nnot ok two\nbecause it is not\n", False): (1, 1, 0),
    ("ok one\n", False): (1, 1, 0),
    ("nothing to count\n", True): (1, 0, 0),
    ("Traceback\n", False): (0, 1, 0),
    ("....s [100%]\n4 passed, 1 skipped, 2 warnings in 0.50s\n", True): (4, 0, 1),
    ("2 failed, 3 passed, 1 error in 61.02s (0:01:01)\n", False): (3, 3, 0),
    ("5 passed in 0.50s\nthen it died\n", False): (5, 1, 0),
}


def main():
    wrong = []
    for way, expected in EXPECTED.items():
        done = subprocess.run([sys.argv[1], way], capture_output=True, text=True)
        found = count({"stdout": done.stdout, "stderr": done.stderr, "result": "FAIL" if done.returncode else "OK"})
        wrong += [f"{way}: {found}, not {expected}"] if found != expected else []
    for (said, well), expected in SCRIPTS.items():
        found = count({"stdout": said, "stderr": "", "result": "OK" if well else "FAIL"})
        wrong += [f"{said!r}: {found}, not {expected}"] if found != expected else []
    print("\n".join(wrong) or "every way a test can end is counted")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
