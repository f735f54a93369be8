/*
 * fuzz: what the targets share. A target is one function that takes any bytes and must hold what its file says; libFuzzer calls it (build
 * with -Dfuzz=true and clang), and the tests call it with each file of its corpus.
 */
#ifndef KITH_FUZZ_H
#define KITH_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "../src/migrate/files.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What must hold: the message and an end that a fuzzer sees. */
#define MUST(claim, ...) ((claim) ? (void)0 : (fprintf(stderr, "%s:%d: " #claim "\n", __FILE__, __LINE__), fprintf(stderr, __VA_ARGS__), fputc('\n', stderr), abort()))

#endif
