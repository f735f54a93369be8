#!/usr/bin/env python3
"""Programs that must not compile, and the sentence with which they do not.

Usage: run.py [COMPILER ...]     (default: gcc clang)

Each program holds a wrong line and the right one:

    // expect: part of the compiler's message        (or expect-gcc: and expect-clang:, where they word it differently)
    // flags: -Werror                                (where a compiler only warns of it; also flags-gcc:)
    #ifdef WRONG
        the wrong line
    #else
        the right line
    #endif

As it stands it must compile without a warning. With -DWRONG there must be an error on a line between #ifdef WRONG and
#else, and it must hold the expected words (`a|b`: one of them). So a program cannot be refused for another reason.
"""
import concurrent.futures
import os
import re
import shutil
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
INCLUDE = os.path.join(HERE, '..', '..', 'include')
# what kith.pc adds for every user, and the strictest dialect that the headers promise
PROMISED = ['-Werror=incompatible-pointer-types', '-Werror=int-conversion']
STRICT = ['-std=c11', '-pedantic-errors', '-Wall', '-Wextra', '-Werror', '-Wno-unused-parameter', '-Wno-unused-value']


def said_of(word, lines, compiler):
    """What the program's `// word: …` or `// word-compiler: …` says, or None."""
    for line in lines:
        found = re.match(r'// %s(?:-(\w+))?: (.*)' % word, line)
        if found and found.group(1) in (None, compiler):
            return found.group(2)
    return None


def wrong_lines(lines):
    """The numbers of the lines that only -DWRONG sees."""
    start = lines.index('#ifdef WRONG') + 1
    return range(start + 1, lines.index('#else') + 1)


def compile_it(compiler, path, flags):
    command = [compiler, *PROMISED, *flags, '-I' + INCLUDE, '-I' + HERE, '-fsyntax-only', path]
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, 'LC_ALL': 'C'})
    return done.returncode, done.stderr


def check(compiler, path):
    """None, or what is wrong."""
    with open(path, encoding='utf-8') as file:
        lines = file.read().split('\n')
    name = os.path.basename(compiler).split('-')[0]
    expected = (said_of('expect', lines, name) or '').split('|')
    if expected == ['']:
        return 'it expects nothing of ' + name
    failed, said = compile_it(compiler, path, STRICT)
    if failed or said:
        return 'the right line does not compile cleanly:\n' + said
    flags = (said_of('flags', lines, name) or '').split()
    failed, said = compile_it(compiler, path, ['-std=c11', '-DWRONG', *flags])
    if not failed:
        return 'the wrong line compiles'
    places = re.findall(r'^[^\n]*?%s:(\d+):\d+: (?:fatal )?error: ([^\n]*)' % re.escape(os.path.basename(path)), said, re.M)
    here = [message for line, message in places if int(line) in wrong_lines(lines)]
    if not here:
        return 'the error is not on the wrong line:\n' + said
    if not any(part in message for part in expected for message in here):
        return 'it says something else than “%s”:\n%s' % ('” or “'.join(expected), said)
    return None


def main():
    compilers = sys.argv[1:] or ['gcc', 'clang']
    programs = sorted(name for name in os.listdir(HERE) if name.endswith('.c'))
    failures = 0
    for compiler in compilers:
        if not shutil.which(compiler):
            print('not ok reject: there is no', compiler)
            return 1
        with concurrent.futures.ThreadPoolExecutor(2) as pool:      # the work is the compilers'
            troubles = list(pool.map(lambda program: check(compiler, os.path.join(HERE, program)), programs))
        for program, trouble in zip(programs, troubles):
            print('%s reject %s (%s)' % ('not ok' if trouble else 'ok', program[:-2].replace('_', ' '), compiler))
            if trouble:
                print(trouble)
                failures += 1
    return 1 if failures or not programs else 0


if __name__ == '__main__':
    sys.exit(main())
