/* Measurements as processes: see run.c. For main.c alone. */
#ifndef BENCH_RUN_H
#define BENCH_RUN_H

#include "bench.h"

int          run_child(const bench_workload *, bool on_kith, const char *file);     /* the process that --run asks for */
void         run_make_fixture(const char *fixture, const char *file, bool wal);
bench_result run_once(const bench_workload *, bool on_kith, const char *fixture, const char *copy);

#endif
