# The usual ways in; meson does the work. build/ is for working, build-release/ for what is measured and installed.
PREFIX ?= /usr/local
JOBS   ?= $(shell nproc)
MESON  ?= meson

release = build-release
configure_release = test -f $(release)/build.ninja || $(MESON) setup $(release) --buildtype=release -Dtests=disabled --libdir=lib $(SETUP) >/dev/null

.PHONY: all check coverage bench install amalgamation manual python clean help

all: build/build.ninja
	@ninja -C build -j $(JOBS)

build/build.ninja:
	$(MESON) setup build $(SETUP)

check: all
	$(MESON) test -C build --no-rebuild --print-errorlogs --num-processes $(JOBS)

# What the tests reach, against docs/coverage.md.
coverage:
	@test -f build-coverage/build.ninja || $(MESON) setup build-coverage --buildtype=debug -Db_coverage=true -Dtests=enabled $(SETUP)
	@ninja -C build-coverage -j $(JOBS)
	@find build-coverage -name '*.gcda' -delete
	@$(MESON) test -C build-coverage --no-rebuild --print-errorlogs --num-processes $(JOBS)
	@python3 tests/house/coverage.py build-coverage

bench:
	@$(configure_release)
	@$(MESON) configure $(release) -Dbench=true
	@ninja -C $(release) -j $(JOBS)
	$(release)/bench/kith-bench $(BENCH)

install:
	@$(configure_release)
	@$(MESON) configure $(release) --prefix=$(abspath $(PREFIX))
	@ninja -C $(release) -j $(JOBS)
	$(MESON) install -C $(release) --no-rebuild

amalgamation:
	python3 tools/amalgamate.py build/amalgamation

manual:
	@tools/manual.py build-manual

python:
	@PREFIX=$(abspath $(PREFIX)) tools/python.sh

clean:
	rm -rf build build-release build-check build-coverage build-tour build-manual

help:
	@echo 'make                     build the library, the example and the tests into build/'
	@echo 'make check               and run the tests (./check runs them in every way there is)'
	@echo 'make coverage            which lines of src/ the tests reach, and which they do not and why'
	@echo 'make bench               build for speed and measure against hand-written C (BENCH="--rounds 5 W1 W4")'
	@echo 'make install PREFIX=DIR  build for speed and install library, headers and kith.pc (default: /usr/local)'
	@echo 'make amalgamation        write the library as two files, kith.h and kith.c, into build/amalgamation/'
	@echo 'make manual              make the manual into HTML pages, build-manual/index.html (needs python3-markdown, python3-pygments)'
	@echo 'make python              a virtual environment in build/venv with kith, Flask and pytest, on the installed libkith'
	@echo 'make clean               remove what was built'
	@echo
	@echo 'SETUP="-Dname=value" goes to meson setup, JOBS=N says how much at a time, CC=clang which compiler.'
