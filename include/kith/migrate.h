/*
 * Migrations from within a program: is the database where the program's migrations lead, and, if it is not, take it there. What the kith
 * command does, for a daemon or a device that nobody sits before. Not part of <kith/kith.h>: who needs it includes it.
 *
 * Ownership: all that is given stays the caller's; what is taken is written into the caller's options.
 * Errors: returned as a status, with a sentence in the options.
 * Threads: any.
 * Manual: 2-migrations
 */
#ifndef KITH_MIGRATE_H
#define KITH_MIGRATE_H

#include <kith/database.h>

#ifndef KITH_CHECK_HEADERS_
#pragma GCC system_header /* the installed header lives where this is implied */
#endif

KITH_BEGIN_

/* The files of a program's migrations: those of a folder, which holds "versions", or those compiled in, as `kith db embed` writes them. */
typedef struct kith_migration { const char *file, *text; } kith_migration;
typedef struct kith_migrations {
    const char *folder;                     /* "migrations"; NULL: the files below */
    const kith_migration *files;
    size_t count;
} kith_migrations;

enum {                                      /* flags of kith_upgrade; 0 is KITH_CHECK */
    KITH_CHECK = 1,                         /* only look */
    KITH_UPGRADE = 2,                       /* run what is missing */
    KITH_WAIT = 4,                          /* wait for another that is at work; else KITH_BUSY, after the timeout of the URL */
    KITH_ACCEPT_LOSS = 8                    /* what migrations drop may hold rows, though no file says so */
};

typedef enum kith_schema_state {
    KITH_AT_HEAD = 1,                       /* where the migrations lead */
    KITH_BEHIND,                            /* `behind` of them are missing */
    KITH_AHEAD,                             /* at a revision that is not among them: of a newer program */
    KITH_DRIFTED,                           /* at its revision, and someone has changed the tables by hand since */
    KITH_BROKEN                             /* the migrations themselves do not fit together, or were edited after they ran */
} kith_schema_state;

typedef struct kith_upgrade_step {
    const char *revision, *message;
    size_t number, total;                   /* the number-th of total, from 1 */
    bool done;                              /* called before each, and when it is committed */
    const char *waiting_for;                /* not NULL: another is at work, and this says who */
} kith_upgrade_step;

typedef struct kith_upgrade_options {       /* new members go at the end; all zero is what one usually wants */
    /* given */
    const char *target;                     /* a revision; NULL: the head */
    int64_t     wait_ms;                    /* with KITH_WAIT; 0: 60 s */
    void      (*progress)(void *arg, const kith_upgrade_step *);
    void       *arg;
    /* taken: what kith_upgrade found and did */
    int         state;                      /* a kith_schema_state; 0: it could not be told */
    size_t      behind, applied;            /* before; by this call */
    char        revision[33];               /* where the database is now; "": nothing is applied */
    char        message[1024];              /* why it failed, with what to do; "": it did not */
} kith_upgrade_options;

/* Looks where the database is and, with KITH_UPGRADE, runs the migrations that are missing, each whole or not at all. Options may be NULL.
 * Of several programs that start at once, one does the work and the others, with KITH_WAIT, find it done.
 * Errors: KITH_OK: the database is at the head (or the target). Without KITH_UPGRADE KITH_SCHEMA: it is not, and `state` says how.
 * KITH_REFUSED: rows would be lost, or a file was edited after it ran. KITH_BUSY: another is at work. KITH_CONFIG: the migrations do not fit
 * together. Whatever failed has changed nothing, but for the files before it, which stay done. */
int kith_upgrade(kith_database *, const kith_migrations *, unsigned flags, kith_upgrade_options *);

KITH_END_

#endif /* KITH_MIGRATE_H */
