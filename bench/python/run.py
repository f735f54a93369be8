#!/usr/bin/env python3
"""Runs the workloads on SQLAlchemy, on the sqlite3 module and on kith, turn and turn about, each in a process of its own on a copy of one database.

    python3 bench/python/run.py [W2 W3 …] [--rounds 5] [--no-gc] [--cpu] [--kith build/python]

SQLAlchemy is the one that this interpreter finds. Prints medians, the median of the rounds' own ratios, and what is asked for.
"""
import argparse
import gc
import inspect
import json
import os
import pathlib
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).parent
BEGINS = {"W1n": "empty", "W2": "persons", "W3": "persons", "W3b": "persons", "W4": "books", "W4j": "books", "W5": "books", "W6e": "courses", "W6l": "courses", "W7": "empty",
          "W8": "persons", "W9": "shelves"}
GOALS = {"W1n": 20, "W2": 20, "W3": 10, "W3b": 30, "W4": 35, "W4j": 35, "W5": 40, "W6e": 40, "W6l": 40, "W7": 30, "W8": 12, "W9": 30}
SIDES = ("sqlalchemy", "sqlite3", "kith")


def run_one(name, side, path, collect, clock):
    """In the child: the workload's seconds, what it found, and the memory above the interpreter's start."""
    sys.path.insert(0, str(HERE))
    if side == "sqlite3":
        import bare
        target, function = bare.connect(path), getattr(bare, name)
        call = lambda: function(target)     # noqa: E731
    else:
        import models
        import workloads
        names = models.Side(side)
        engine, function = names.engine(path), getattr(workloads, name)
        call = lambda: function(names, engine)      # noqa: E731
        with names.orm.Session(engine) as session:      # the models are resolved, the connection open
            session.query(names.Person).first()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    if not collect:
        gc.disable()
    start = clock()
    found = call()
    if inspect.isgenerator(found):
        next(found)
        start = clock()
        found = next(found)
    seconds = clock() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(json.dumps({"seconds": seconds, "found": found, "memory": (peak - before) / 1024}), flush=True)
    os._exit(0)     # taking a hundred thousand objects apart is nobody's workload


def child(options, name, side, folder):
    path = os.path.join(folder, "now.db")
    shutil.copyfile(os.path.join(folder, BEGINS[name] + ".db"), path)
    words = [sys.executable, __file__, "--child", name, side, path] + (["--no-gc"] if options.no_gc else []) + (["--cpu"] if options.cpu else [])
    paths = [options.kith] if side == "kith" else []
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(paths + [os.environ.get("PYTHONPATH", "")])}
    done = subprocess.run(words, env=env, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{name} on {side} failed:\n{done.stderr}")
    return json.loads(done.stdout)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--no-gc", action="store_true", help="without Python's cyclic collector")
    parser.add_argument("--cpu", action="store_true", help="processor time, on a machine that others use too")
    parser.add_argument("--kith", default=str(HERE.parent.parent / "build/python"))
    parser.add_argument("--only", choices=SIDES)
    parser.add_argument("--child", nargs=3, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        name, side, path = options.child
        run_one(name, side, path, not options.no_gc, time.process_time if options.cpu else time.perf_counter)
        return
    sys.path.insert(0, str(HERE))
    import fixture
    with tempfile.TemporaryDirectory() as folder:
        for kind in {BEGINS[name] for name in options.names or BEGINS}:
            fixture.make(os.path.join(folder, kind + ".db"), *fixture.MADE[kind])
        print(f"{'':5}" + "".join(f"{side:>14}" for side in SIDES) + f"{'ratio':>9}{'goal':>6}   memory above start, MiB")
        for name in options.names or BEGINS:
            report(options, name, folder)


def report(options, name, folder):
    sides = [options.only] if options.only else list(SIDES)
    rounds = [{side: child(options, name, side, folder) for side in sides} for _ in range(options.rounds)]
    if len({json.dumps(found[side]["found"]) for found in rounds for side in sides}) != 1:
        sys.exit(f"{name}: the sides disagree: { {side: rounds[0][side]['found'] for side in sides} }")
    median = {side: statistics.median(found[side]["seconds"] for found in rounds) for side in sides}
    line = f"{name:5}" + "".join(f"{median[side] * 1000:>11.1f} ms" if side in median else f"{'':14}" for side in SIDES)
    if not options.only:
        ratio = statistics.median(found["sqlalchemy"]["seconds"] / found["kith"]["seconds"] for found in rounds)
        line += f"{ratio:>8.1f}x{GOALS[name]:>5}x{' ' if ratio >= GOALS[name] else ' miss'}"
    print(line + "   " + " ".join(f"{side} {statistics.median(found[side]['memory'] for found in rounds):.0f}" for side in sides), flush=True)


if __name__ == "__main__":
    main()
