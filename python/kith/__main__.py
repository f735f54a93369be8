"""``python -m kith flask …``: Flask's own command, with kith in SQLAlchemy's place; ``python -m kith -m MODULE …`` and
``python -m kith FILE …`` run any other program so."""
from __future__ import annotations

import os
import runpy
import sys

from .install import install_as_sqlalchemy

USAGE = """Usage: python -m kith flask …          Flask's command, with kith in the place of sqlalchemy, flask_sqlalchemy and flask_migrate
       python -m kith -m MODULE …      a module, run so (such as pytest)
       python -m kith FILE …           a program, run so
"""


def main(words: list[str]) -> int:
    """The exit status."""
    if not words or words[0] in ("-h", "--help"):
        (sys.stdout if words else sys.stderr).write(USAGE)
        return 0 if words else 2
    install_as_sqlalchemy()
    if words[0] == "flask":
        try:
            from flask.cli import cli
        except ModuleNotFoundError as missing:
            if missing.name != "flask":
                raise
            sys.stderr.write(f"kith: {sys.executable} has no Flask. Install it: pip install flask, or apt-get install python3-flask.\n")
            return 1
        cli.main(args=words[1:], prog_name="python -m kith flask")      # sys.argv stays: a reloader starts this process again by it
        return 0
    module = words[0] == "-m"
    if words[0].startswith("-") and not (module and len(words) > 1):
        sys.stderr.write(USAGE)
        return 2
    sys.argv = words[module:]
    if not module:
        sys.path[0] = os.path.dirname(os.path.abspath(words[0]))        # as Python has it for a program
    if module:
        runpy.run_module(words[1], run_name="__main__", alter_sys=True)
    else:
        runpy.run_path(words[0], run_name="__main__")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
