# The usual ways in; meson does the work. build/ is for working, build-release/ for what is measured and installed.
PREFIX ?= /usr/local
JOBS   ?= $(shell nproc)
MESON  ?= meson

release = build-release
configure_release = test -f $(release)/build.ninja || $(MESON) setup $(release) --buildtype=release -Dtests=disabled --libdir=lib $(SETUP) >/dev/null

.PHONY: all check bench install clean help

all: build/build.ninja
	@ninja -C build -j $(JOBS)

build/build.ninja:
	$(MESON) setup build $(SETUP)

check: all
	$(MESON) test -C build --no-rebuild --print-errorlogs --num-processes $(JOBS)

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

clean:
	rm -rf build build-release build-check build-tour

help:
	@echo 'make                     build the library, the example and the tests into build/'
	@echo 'make check               and run the tests (./check runs them in every way there is)'
	@echo 'make bench               build for speed and measure against hand-written C (BENCH="--rounds 5 W1 W4")'
	@echo 'make install PREFIX=DIR  build for speed and install library, headers and kith.pc (default: /usr/local)'
	@echo 'make clean               remove what was built'
	@echo
	@echo 'SETUP="-Dname=value" goes to meson setup, JOBS=N says how much at a time, CC=clang which compiler.'
