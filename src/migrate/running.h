/*
 * running: a database on its way along its migrations. Shared by run.c, route.c, wait.c, stamp.c and running.c only.
 */
#ifndef KITH__RUNNING_H
#define KITH__RUNNING_H

#include "migrate/live.h"

typedef struct kith__running_step {
    const char *id, *message, *from, *to;       /* version rows: NULL is base */
    kith__direction_of_run direction;
    kith__revision *revision;                   /* NULL: only the database knows it */
    const kith__section *section;
    const char *file, *parents;
    const char *up_sql, *down_sql, *sum;
} kith__running_step;

typedef struct kith__running {
    kith__connection *connection;
    kith__revisions *set;
    kith__arena arena;
    const kith__run_options *options;
    kith__run_result *result;
    const char *now;                            /* the version row; NULL: base */
    kith__running_step *steps;
    size_t count;
    int64_t began_ms;                           /* when we began to want the lock */
    int64_t idle_row, idle_since_ms;            /* a running row that nothing was done under, since then */
    kith__error *error;
} kith__running;

/* ---------------------------------------------------------------- running.c: where it is, and what is set for the while */
int  kith__running_take(kith__running *, kith__pool *);                         /* a connection */
int  kith__running_read(kith__running *, kith__applied **running);              /* the version row; *running (may be NULL): who says to be at work */
kith__revision *kith__running_known(const kith__running *, const char *id);     /* NULL: no file has it */
int  kith__running_fail_ahead(kith__running *);
void kith__running_say_where(kith__running *);                                  /* into the result */
int  kith__running_refuse_without_journal(kith__running *);
int  kith__running_keys(kith__running *, bool on, bool *was);                   /* foreign keys; outside of a transaction */
int  kith__running_restore_keys(kith__running *, int status);                   /* on again, whatever became of the work: the status to go on with */

/* ---------------------------------------------------------------- route.c: the files that lead there, as steps */
int  kith__running_up(kith__running *, const char *target);
int  kith__running_down(kith__running *, const char *target);
int  kith__running_refuse_edited(kith__running *, kith__direction_of_run);

/* ---------------------------------------------------------------- wait.c: the lock, and who has it */
static inline int64_t kith__running_clock(void) { return kith__clock_ns() / 1000000; }     /* milliseconds */
bool kith__running_locked(const kith__error *);                                  /* another has it */
int  kith__running_wait(kith__running *);                                          /* a little, for whoever has it; KITH_BUSY: not any more */
int  kith__running_read_patiently(kith__running *, kith__applied **running);
bool kith__running_alive(const kith__running *, const kith__applied *running);
int  kith__running_wait_turn(kith__running *);                                  /* until nobody else who is alive says to be at work */
int  kith__running_begin(kith__running *);                                      /* a transaction that writes, when it is our turn */

#endif
