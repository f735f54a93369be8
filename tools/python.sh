#!/usr/bin/env bash
# make python: build/venv, a virtual environment with kith, Flask and pytest. kith's module there uses the libkith that `make install`
# installed, as `kith shell` needs it. PYTHON=… chooses the interpreter, PREFIX=… where that libkith is.
set -eu
cd "$(dirname "$0")/.."
. tools/need.sh
python=${PYTHON:-/usr/bin/python3} prefix=${PREFIX:-/usr/local}
venv=${VENV:-build/venv}

[ "$python" != /usr/bin/python3 ] || need gcc libc6-dev meson ninja-build pkg-config libsqlite3-dev python3-dev python3-venv python3-pip python3-mesonpy python3-flask python3-pytest
export PKG_CONFIG_PATH="$prefix/lib/pkgconfig${PKG_CONFIG_PATH:+:$PKG_CONFIG_PATH}"
if ! pkg-config --exists kith; then
  echo "There is no libkith in $prefix. First: make install PREFIX=$prefix" >&2
  exit 1
fi

log=$(mktemp)
trap 'rm -f "$log"' EXIT
quietly() { "$@" >"$log" 2>&1 || { cat "$log" >&2; exit 1; }; }

# What the system has is used; only what it lacks comes from PyPI.
[ -x "$venv/bin/python" ] || quietly "$python" -m venv --system-site-packages "$venv"
missing=()
for module in flask pytest mesonpy; do
  "$venv/bin/python" -c "import $module" 2>/dev/null || missing+=("${module/mesonpy/meson-python}")
done
[ "${#missing[@]}" = 0 ] || quietly "$venv/bin/python" -m pip install --quiet "${missing[@]}"
quietly "$venv/bin/python" -m pip install --quiet --no-build-isolation --no-deps --force-reinstall --config-settings=setup-args=-Dwheel=installed .
"$venv/bin/python" -c "import kith; print(f'$venv has kith {kith.__version__}: . $venv/bin/activate')"
