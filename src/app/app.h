/*
 * app: kith_main, the commands of every program that has an app.
 * May use: all rooms. Used by: the public face, the kith program.
 *
 *   main.c       options, then a command             say.c        errors as one paragraph
 *   db.c         the db commands and their options   ask.c        questions, on a terminal
 *   db_files.c   init, migrate, revision, history …  db_run.c     upgrade, downgrade, stamp, current
 *   db_check.c   check                               db_script.c  --sql
 *   db_embed.c   embed                               tables.c     create, drop
 *   upgrade.c    kith_upgrade
 *   models.c     the models, drawn by letters.c, dot.c, mermaid.c or svg.c, which share picture.c (picture.h)
 * What the db commands share is in db.h.
 */
#ifndef KITH__APP_H
#define KITH__APP_H

#include "session/session.h"

#include <kith/sys/app.h>
#include <stdio.h>

/* What a command's exit status says. */
enum { KITH__EXIT_OK = 0, KITH__EXIT_ERROR = 1, KITH__EXIT_USAGE = 2, KITH__EXIT_DIFFERENT = 3, KITH__EXIT_BUSY = 4, KITH__EXIT_REFUSED = 5 };

typedef struct kith__run {          /* one run of kith_main */
    const kith_app *app;            /* its models, or */
    const kith_model *const *built; /* those built at run time: then its list is not looked at */
    size_t built_count;
    const char *program;            /* as it was called, without its path */
    const char *called;             /* as it was called: what a hint tells to type */
    const char *after;              /* said behind what went wrong: what became of the database; or NULL */
    const char *url;                /* --database, else KITH_DATABASE_URL, else the app's; NULL: none is named */
    bool echo, quiet;
    kith_database *database;
    kith__pool *pool;               /* of commands that need the database and not the models, */
    kith__models *models;           /* and the other way round */
} kith__run;

/* Each opens what it names once, and is closed with the run. False: it has said why. */
bool kith__run_open(kith__run *);
bool kith__run_pool(kith__run *);
bool kith__run_models(kith__run *);
/* As kith__run_pool, of commands that only look: a database that is not there yet is not made, it is empty. */
bool kith__run_reader(kith__run *);

/* Prints it to stderr, and gives the exit status for it. */
int  kith__run_said(const kith__run *, const kith_error *);
int  kith__run_flushed(const kith__run *, int result);          /* the result; an error, which is said, where stdout took not all of it */
/* A kith_log: to stderr. */
void kith__run_echo(void *arg, const char *sql, const kith_value *values, size_t count, int64_t nanoseconds);
/* The text with "kith db" as this program is called. */
void kith__run_put(const kith__run *, FILE *, const char *text);

int  kith__command_db(kith__run *, int argc, char **argv);
int  kith__command_models(kith__run *, int argc, char **argv);

#endif
