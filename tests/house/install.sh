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
export PKG_CONFIG_PATH=$place/kith/lib/pkgconfig
unset LD_LIBRARY_PATH
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
# Its shell finds the module that was installed with it.
[ "$(KITH_PYTHON=/usr/bin/python3 kith/bin/kith shell -c "Raccoon.query.count()")" = 2 ]

# A new project builds and runs at once, by kith and as a program of its own.
kith/bin/kith new shop >/dev/null
(
  cd shop
  ../kith/bin/kith -q db migrate -m first
  ../kith/bin/kith -q db upgrade
  ../kith/bin/kith add "Buy bread"
  make --no-print-directory CFLAGS="-Wall -Wextra -Werror"
  ./shop -q db check
  [ "$(./shop list)" = "1  Buy bread" ]
) >shop.log 2>&1 || { cat shop.log; exit 1; }

# Every page that the library's programmer and its user look up
for page in man1/kith.1 man1/kith-db.1 man3/kith.3 man3/kith_first.3 man3/KITH_MODEL.3; do
  [ -s "kith/share/man/$page" ] || { echo "there is no $page"; exit 1; }
done

# JSON is a library of its own, where it was built.
if [ -e kith/lib/pkgconfig/kith-json.pc ]; then
  cat >json.c <<'END'
#include <stdio.h>
#include <stdlib.h>
#include <kith/kith.h>
#include <kith/json.h>
KITH_DECLARE(Bin);
struct Bin { int64_t id; double litres; };
KITH_MODEL(Bin, "bins", KITH_COLUMN(id, .primary_key = true), KITH_COLUMN(litres));

int main(void)
{
    kith_database *database = kith_open("sqlite://", KITH_MODELS(Bin));
    kith_create_all(database);
    kith_session *session = kith_session_open(database);
    const Bin *bin = kith_from_json(session, Bin, "{\"litres\": 0.1}");
    if (kith_commit(session))
        return 1;
    char *text = kith_to_json(bin);
    puts(text);
    free(text);
    kith_session_close(session);
    kith_close(database);
    return 0;
}
END
  # shellcheck disable=SC2046
  gcc -std=c11 -pedantic-errors -Wall -Wextra -Wconversion -Wshadow -Werror -o json json.c $(pkg-config --cflags --libs kith-json)
  ./json | diff - <(echo '{"id":1,"litres":0.1}')
fi

# What programs may call, and nothing else, is visible.
if nm --dynamic --defined-only kith/lib/libkith*.so | awk 'NF == 3 { print $3 }' | grep -v '^kith_[a-z]'; then
  echo "these names are visible and should not be"
  exit 1
fi
