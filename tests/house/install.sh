#!/usr/bin/env bash
# make install into an empty folder; then the lesson, built there as a stranger would, without a warning, run, its words compared; and the
# programs of tests/c, compiled there.
set -eu
cd "$(dirname "$0")/../.."
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT

make --no-print-directory install PREFIX="$place/kith" JOBS=2
cp -r examples/lesson/* tests/c/programs "$place"
cd "$place"
export PKG_CONFIG_PATH=$place/kith/lib/pkgconfig LD_LIBRARY_PATH=$place/kith/lib
unset KITH_DATABASE_URL

for compiler in gcc clang; do
  # shellcheck disable=SC2046    # words
  "$compiler" -std=c11 -pedantic-errors -Wall -Wextra -Wconversion -Wshadow -Werror -o raccoons app.c models.c $(pkg-config --cflags --libs kith)
  rm -f raccoons.db
  ./raccoons -q db create
  ./raccoons seed
  ./raccoons tour >said
  diff tour.txt said
  for program in programs/*.c; do
    # shellcheck disable=SC2046
    "$compiler" -std=c11 -pedantic-errors -Wall -Wextra -Wconversion -Wshadow -Werror -c -o program.o "$program" $(pkg-config --cflags kith)
  done
done
# shellcheck disable=SC2046
gcc -o raccoons-static app.c models.c $(pkg-config --cflags kith) kith/lib/libkith.a $(pkg-config --libs sqlite3) -lpthread -lm
./raccoons-static tour | diff - said

# The kith program builds and runs the same app by itself.
export XDG_CACHE_HOME=$place/cache
rm raccoons.db
kith/bin/kith -q db create
kith/bin/kith -q seed
kith/bin/kith -q tour | diff - said

# Every page that the library's programmer and its user look up
for page in man1/kith.1 man1/kith-db.1 man3/kith.3 man3/kith_first.3 man3/KITH_MODEL.3; do
  [ -s "kith/share/man/$page" ] || { echo "there is no $page"; exit 1; }
done

# What programs may call, and nothing else, is visible.
if nm --dynamic --defined-only kith/lib/libkith.so | awk '{print $3}' | grep -v '^kith_[a-z]'; then
  echo "these names are visible and should not be"
  exit 1
fi
