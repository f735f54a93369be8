/*
 * The calls of a driver's table, made of SQLite's, failing in turn. `n` from 1, `on`: all that follow fail too.
 */
#ifndef KITH_TEST_FAULTS_DRIVER_H
#define KITH_TEST_FAULTS_DRIVER_H

#include "support.h"

#include "driver/pool.h"

void fault_driver_install(kith__pool *);        /* before it is used */
void fault_driver_arm(size_t n, bool on, int status);
bool fault_driver_disarm(void);                 /* did it come to the failing one? */

#endif
