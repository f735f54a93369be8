#!/usr/bin/env bash
# pip's way: the source archive, a wheel made of it alone, installed into a virtual environment that knows nothing of this folder, and the
# tests of Flask applications run against what lies there. Nothing is fetched: Debian has meson-python, Flask and pytest.
set -eu
cd "$(dirname "$0")/../.."
root=$PWD python=${PYTHON:-/usr/bin/python3}
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
unset PYTHONPATH KITH_PROGRAM VIRTUAL_ENV

"$python" -c "import mesonpy; mesonpy.build_sdist('$place')"
mkdir "$place/source" "$place/tests"
tar -C "$place/source" --strip-components 1 -xzf "$place"/kith-*.tar.gz
"$python" -m pip --disable-pip-version-check wheel --quiet --no-index --no-build-isolation --no-deps --wheel-dir "$place" "$place/source"
"$python" -m venv --system-site-packages "$place/venv"
"$place/venv/bin/python" -m pip --disable-pip-version-check install --quiet --no-index --no-deps "$place"/kith-*.whl

cp -r tests/python "$place/tests"
mkdir "$place/examples"
cp -r examples/flask examples/lesson "$place/examples"
cd "$place"
where=$("$place/venv/bin/python" -c "import kith, os; print(os.path.dirname(kith.__file__))")
case $where in "$place"/venv/*) ;; *) echo "kith was found in $where, and not where the wheel went"; exit 1 ;; esac
"$place/venv/bin/python" -m pytest -q -p no:cacheprovider tests/python/test_lesson.py tests/python/test_flask.py tests/python/test_flask_lesson.py

# The library is inside, and nobody sees it.
seen=$(nm --dynamic --defined-only "$where"/_core*.so | awk '{print $3}')
if [ "$seen" != PyInit__core ]; then
  echo "these names are visible and should not be: $seen"
  exit 1
fi
# What is typed is said to be: a type checker finds the stubs.
[ -f "$where/py.typed" ] && [ -f "$where/_core.pyi" ]
echo "$root: wheel and source archive are well"
