/*
 * app: kith_main, the commands of every program that has an app.
 * May use: all rooms. Used by: the public face, the kith program.
 */
#ifndef KITH__APP_H
#define KITH__APP_H

#include "session/session.h"

#include <kith/app.h>

/* What a command's exit status says (migrations.md 4.11). */
enum { KITH__EXIT_OK = 0, KITH__EXIT_ERROR = 1, KITH__EXIT_USAGE = 2, KITH__EXIT_DIFFERENT = 3, KITH__EXIT_BUSY = 4, KITH__EXIT_REFUSED = 5 };

typedef struct kith__run {          /* one run of kith_main */
    const kith_app *app;
    const char *program;            /* as it was called, without its path */
    const char *url;                /* --database, else KITH_DATABASE_URL, else the app's */
    bool echo, quiet;
    kith_database *database;
} kith__run;

bool kith__run_open(kith__run *);               /* the database; false: it has said why */
int  kith__run_said(const kith_error *);        /* prints it to stderr, and gives the exit status for it */
int  kith__command_db(kith__run *, int argc, char **argv);

#endif
