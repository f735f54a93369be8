/*
 * db create, db drop: the tables without migrations.
 */
#include "app/app.h"

#include <stdio.h>

typedef struct verb { const char *name; int (*work)(kith_database *, kith__error *); const char *done; } verb;
static const verb verbs[] = {
    { "create", kith__create_all, "The tables are there." },
    { "drop", kith__drop_all, "The tables are gone." },
};

static const verb *verb_named(const char *name)
{
    for (size_t i = 0; name && i < KITH__COUNT(verbs); i++)
        if (strcmp(verbs[i].name, name) == 0)
            return &verbs[i];
    return NULL;
}

int kith__command_db(kith__run *run, int argc, char **argv)
{
    const verb *chosen = verb_named(argc == 2 ? argv[1] : NULL);
    if (!chosen) {
        fprintf(stderr, "Usage: %s db create | %s db drop\n", run->program, run->program);
        return KITH__EXIT_USAGE;
    }
    if (!kith__run_open(run))
        return KITH__EXIT_ERROR;
    kith__error error = { .public_ = { .status = KITH_OK } };
    int result = KITH__EXIT_OK;
    if (chosen->work(run->database, &error))
        result = kith__run_said(&error.public_);
    else if (!run->quiet)
        fprintf(stderr, "%s\n", chosen->done);
    kith__error_free(&error);
    return result;
}
