/*
 * SQLite's own allocations, and what it does to files, failing in turn. `n` from 1, `on`: all that follow fail too.
 */
#ifndef KITH_TEST_FAULTS_ENGINE_H
#define KITH_TEST_FAULTS_ENGINE_H

#include "support.h"

void fault_engine_install(void);                /* before SQLite is used at all */
void fault_engine_memory_arm(size_t n, bool on);
bool fault_engine_memory_disarm(void);          /* did it come to the failing one? */
void fault_engine_file_arm(size_t n, bool on, int code);        /* SQLITE_IOERR; SQLITE_FULL: only what writes */
bool fault_engine_file_disarm(void);

#endif
