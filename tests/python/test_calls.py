"""calls.py in an interpreter of its own, which may crash."""
import os
import pathlib
import random
import subprocess
import sys


def test_no_object_in_any_argument_crashes_the_interpreter_or_ends_in_system_error(tmp_path):
    steps = os.environ.get("KITH_TEST_STEPS", "3000")
    seed = str(random.SystemRandom().randrange(10**9))
    log = tmp_path / "log"
    done = subprocess.run([sys.executable, "-X", "faulthandler", str(pathlib.Path(__file__).with_name("calls.py")), steps, seed, str(log)], capture_output=True, text=True, errors="replace")
    last = log.read_text(errors="replace").splitlines()[-1:] if log.exists() else []
    assert done.returncode == 0, f"seed {seed}, ended with {done.returncode} at {last}\n{done.stdout[-2000:]}\n{done.stderr[-6000:]}"
