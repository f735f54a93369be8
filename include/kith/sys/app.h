/*
 * For authors of bindings: the commands of kith_main over models that were built at run time, and models of a C app in a binding.
 *
 * Threads: kith_sys_main reads its words with getopt, which is one for the process: one call at a time.
 */
#ifndef KITH_SYS_APP_H
#define KITH_SYS_APP_H

#include <kith/app.h>
#include <kith/sys/model.h>

#ifndef KITH_CHECK_HEADERS_
#pragma GCC system_header /* the installed header lives where this is implied */
#endif

KITH_BEGIN_

typedef struct kith_sys_app {
    const char *name;                   /* of the app, for the history of the database */
    const char *database;               /* the URL, where no --database is given; the environment is not looked at. NULL: none */
    const kith_model *const *models;
    size_t count;
} kith_sys_app;

/* What kith_main does, but for commands of the app's own: argv is the program as hints are to name it ("flask"), then options and
 * command. Its results go to stdout, progress and errors to stderr. Gives the exit status. */
int kith_sys_main(const kith_sys_app *, int argc, char **argv);

/* Of a handle by kith_sys_models, before anything is made of it: code that says `original` (a C app's, whose models a binding has copied)
 * means `model` from then on. 0, or a status. */
int kith_sys_stands_for(kith_database *models, const kith_model *model, const kith_model *original);

/* Would closing the session lose nothing: is nothing new, written or to be deleted in it, and nothing sent that is not committed? Asks
 * nothing. */
bool kith_sys_session_is_clean(const kith_session *);

/* Writes a column's member of a bare struct of the model, such as one that kith_get_ takes its key from. Texts are borrowed. 0, KITH_RANGE
 * where the value does not fit, or KITH_MISUSE where no column is there. */
int kith_sys_put(kith_database *models, const kith_model *, void *values, size_t offset, kith_value);

KITH_END_

#endif /* KITH_SYS_APP_H */
