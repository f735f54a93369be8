#!/usr/bin/env bash
# Flask-SQLAlchemy 3.0.3's own tests, on kith: its example flaskr (24), then its suite (123, of which 8 look into SQLAlchemy itself).
# The package comes from PyPI, once. Run with the folder that holds kith's module in PYTHONPATH; PYTHON=… chooses the interpreter.
#
#   tests/external/flask_sqlalchemy.sh [flaskr|suite] [pytest's options]
set -eu
python=${PYTHON:-/usr/bin/python3}
place=${EXTERNAL:-$(cd "$(dirname "$0")/../.." && pwd)/build-check/external}
version=3.0.3
source=$place/Flask-SQLAlchemy-$version

if [ ! -d "$source" ]; then
  mkdir -p "$place"
  "$python" -m pip download --quiet --no-deps --no-binary :all: --dest "$place" "Flask-SQLAlchemy==$version"
  tar -C "$place" -xzf "$source.tar.gz"
fi

run() {
  cd "$1"
  shift
  "$python" -m kith -m pytest -q -p no:cacheprovider "$@"
}

what=${1:-}
case $what in flaskr | suite) shift ;; esac
result=0
if [ "$what" != suite ]; then (PYTHONPATH=$source/examples/flaskr:${PYTHONPATH:-}; export PYTHONPATH; run "$source/examples/flaskr" "$@") || result=1; fi
if [ "$what" != flaskr ]; then (run "$source" "$@" tests) || result=1; fi
exit "$result"
