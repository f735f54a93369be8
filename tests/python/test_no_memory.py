"""A program whose n-th allocation fails, for each n, on both sides of kith's module: no_memory.py in a process of its own, which must not crash."""
import ast
import os
import pathlib
import subprocess
import sys

import pytest

HERE = pathlib.Path(__file__).parent
sanitized = "libasan" in pathlib.Path("/proc/self/maps").read_text()


def ways(which, **environment):
    """How many allocations there were, and how often the program ended in which way."""
    run = subprocess.run([sys.executable, "-X", "faulthandler", str(HERE / "no_memory.py"), which], env={**os.environ, **environment}, capture_output=True, text=True, timeout=280)
    assert run.returncode == 0, run.stderr[-4000:]
    count, _, ended = run.stdout.splitlines()[-1].partition(" ")
    return int(count), ast.literal_eval(ended)


def test_every_allocation_of_the_interpreter_may_fail():
    pytest.importorskip("_testcapi")
    count, ended = ways("interpreter")
    assert count > 400 and ended["MemoryError"] > 350 and ended.get("python", 0) < 5


@pytest.mark.skipif(sanitized, reason="the sanitizer has malloc for itself")
@pytest.mark.skipif("KITH_TEST_FAILING" not in os.environ, reason="meson says where failing.c is")
def test_every_allocation_of_the_library_and_of_the_module_may_fail():
    count, ended = ways("kith", LD_PRELOAD=os.environ["KITH_TEST_FAILING"])
    assert count > 80 and ended["MemoryError"] > 80 and set(ended) == {"MemoryError", "done"}
