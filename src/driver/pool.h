/*
 * pool: what the files of src/driver know of each other beyond driver.h; for nobody else.
 */
#ifndef KITH__DRIVER_POOL_H
#define KITH__DRIVER_POOL_H

#include "driver/driver.h"

#include <stdatomic.h>

/* ---------------------------------------------------------------- pool.c */

struct kith__pool {
    kith__url url;
    const kith__driver *driver;
    uint64_t id;                                /* no other pool of the process has it: the name of a database in memory */
    /* Whose the pool is. Where the kernel can (MADV_WIPEONFORK) the owner is 1 and its page all zero in a child of fork(), so that one
     * load tells; else it is the number of the process. */
    _Atomic int32_t *owner;
    bool wiped;
    pthread_mutex_t mutex;                      /* guards what follows, and `held` and `holder` of each connection */
    kith__connection *idle, *taken;
    kith__connection *writer, *line;            /* turn.c: who may write, and who stands in line for it */
    pthread_cond_t turn;
    size_t idle_count;
    _Atomic uint64_t generation;                /* grows in a child that takes the pool over */
};

/* The connection holds this now, and this thread began it. */
void kith__pool_note(kith__connection *, kith__transaction);
/* What another connection of the pool holds that this very thread began: who waits for it, waits for ever. */
kith__transaction kith__pool_held_here(kith__connection *);

/* ---------------------------------------------------------------- turn.c: one writer at a time, in the order in which they came */
/* Waits until it is this connection's turn. False: the time is over, or `stop` says so, or the writer is of this very thread. */
bool kith__turn_take(kith__connection *, int64_t timeout_ns, bool (*stop)(kith__connection *));
void kith__turn_over(kith__connection *);                       /* with the pool's mutex held */
void kith__turn_init(kith__pool *);

/* ---------------------------------------------------------------- cache.c: the prepared statements of one connection */

typedef struct kith__cache kith__cache;
kith__cache *kith__cache_new(void);                             /* NULL: no memory */
kith__statement *kith__cache_get(kith__cache *, const void *shape, uint64_t variant, const char *sql);     /* NULL: not there, or in use */
/* The cache keeps it from now on; gives back the statement that had to go, or NULL. False: all that it has are in use. */
bool kith__cache_put(kith__cache *, const void *shape, uint64_t variant, kith__statement *, kith__statement **gone);
kith__statement *kith__cache_pop(kith__cache *);                /* any of them, which then is the caller's; NULL: it is empty */
void kith__cache_free(kith__cache *);                           /* an empty one */

/* ---------------------------------------------------------------- statement.c */
void kith__statement_end(kith__statement *);                    /* finalizes it, and frees what the wrappers keep in it */

#endif
