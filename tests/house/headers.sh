#!/usr/bin/env bash
# Every public header compiles alone: as a program sees it, in strict C11; and without the system_header pragma that hides
# its warnings, in the dialect of the project (gcc's -pedantic calls __VA_OPT__ C++20's: that one stays hidden).
# And in C++, for programs that only read objects and call functions.
cd "$(dirname "$0")/../.." || exit 1
failed=0
say() { if [ "$1" = 0 ]; then echo "ok $2"; else echo "not ok $2"; failed=1; fi; }
warnings=(-Wall -Wextra -Wconversion -Wshadow -Werror)
while read -r header; do
  for compiler in gcc clang; do
    echo "#include <$header>" | "$compiler" -std=c11 -pedantic-errors "${warnings[@]}" -Iinclude -fsyntax-only -x c -
    say $? "headers: $header alone ($compiler, c11 pedantic)"
    echo "#include <$header>" | "$compiler" -std=gnu11 "${warnings[@]}" -Iinclude -DKITH_CHECK_HEADERS_ -fsyntax-only -x c -
    say $? "headers: $header alone, nothing hidden ($compiler, gnu11)"
  done
done < <(cd include && find kith -name '*.h' | sort)
echo '#include <kith/kith.h>' | clang++ -Iinclude -Wall -Werror -fsyntax-only -x c++ -
say $? "headers: kith/kith.h in C++"
for file in examples/*/*.c; do
  clang -std=c11 -pedantic-errors -Wall -Wextra -Wshadow -Wconversion -Werror -Iinclude -fsyntax-only "$file"
  say $? "headers: $file (clang, c11 pedantic)"
done
exit $failed
