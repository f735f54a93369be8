/*
 * Each allocation, each driver call, each of SQLite's own allocations and each operation on its file failing in turn, under a piece of
 * work; and what must be true afterwards, whichever it was (faults.c says it).
 *
 * KITH_TEST_FAULTS=all tries every place in every way; without it the slower ways try a part of the places.
 * KITH_TEST_FAULT=N tries the N-th place alone.
 */
#ifndef KITH_TEST_FAULTS_H
#define KITH_TEST_FAULTS_H

#include "faults_driver.h"
#include "faults_engine.h"
#include "mirror.h"

#include "../../c/models.h"

enum {
    FAULT_ATOMIC = 1,                   /* one call that changes, and a commit: all of it or nothing, even if an error is forgotten before the commit */
    FAULT_MENDS = 2,                    /* it goes on after errors by itself (savepoints, rollback): what is there then is the same, or what was there before */
    FAULT_OUTSIDE = 4,                  /* another session writes, too: objects may say what they said before, until a query meets them */
    FAULT_BINDS = 8                     /* the handle is a binding's */
};

typedef struct fault_case {
    const char *name;                   /* a sentence */
    const kith_model_function *models;
    void (*fill)(kith_session *);       /* the rows that are there before; it is committed afterwards. NULL: none */
    /* What is tried. It must take NULL for whatever a call gives, and end with kith_commit if what it does is to stay. */
    void (*act)(kith_session *);
    unsigned how;
} fault_case;

/* Without an error the answer is right: neither one that stood, nor one that asking it set. */
#define right(session, answer) do { \
    if (kith_session_status(session) == KITH_OK && !(answer) && kith_session_status(session) == KITH_OK) \
        fail_msg("not so: %s", #answer); \
} while (0)

/* Runs every case in every way, each a test of its own; what main returns. */
int fault_main(const fault_case *cases, size_t count);

#endif
