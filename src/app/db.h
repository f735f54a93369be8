/*
 * db: what the commands under "db" share. Only src/app may use it.
 */
#ifndef KITH__DB_H
#define KITH__DB_H

#include "app/app.h"
#include "migrate/migrate.h"

typedef struct kith__db {           /* one db command, as it was asked for */
    kith__run *run;
    kith__arena arena;
    const char *directory;          /* of the migrations */
    const char *message, *id;       /* -m, --rev-id */
    const char *target;             /* the argument, or NULL */
    const char *range, *output;     /* -r, -o */
    const char **renames, **no_renames, **fills;        /* NULL-terminated, or NULL */
    size_t rename_count, no_rename_count, fill_count;
    int64_t lock_timeout_ms;
    bool accept_loss, dry_run, plan, sql, single_transaction, purge, verbose, with_current, json, verify, repair;
    const char *waited_for;         /* who was named as being at work */
    kith__revisions *set;
    kith__error error;
} kith__db;

/* The exit status for db->error, which it prints. */
int  kith__db_failed(kith__db *);
/* The files of the migrations. False: db->error says why. */
bool kith__db_files(kith__db *);
/* A line of progress: to stderr, unless quiet. */
void kith__db_progress(const kith__db *, const char *format, ...) KITH__PRINTF(2, 3);

/* ---------------------------------------------------------------- ask.c */
bool kith__ask_possible(void);      /* someone sits at a terminal */
void kith__ask_with(kith__compare_options *, kith__db *);       /* renames and values are asked for, where it is possible */
/* A word typed as it must be. */
bool kith__ask_word(const char *question, const char *word);

/* ---------------------------------------------------------------- db_script.c: --sql */
int kith__db_script(kith__db *, kith__direction_of_run);

/* ---------------------------------------------------------------- the commands */
int kith__db_create(kith__db *);
int kith__db_drop(kith__db *);
int kith__db_init(kith__db *);
int kith__db_migrate(kith__db *);
int kith__db_revision(kith__db *);
int kith__db_heads(kith__db *);
int kith__db_history(kith__db *);
int kith__db_show(kith__db *);
int kith__db_reseal(kith__db *);
int kith__db_embed(kith__db *);
int kith__db_upgrade(kith__db *);
int kith__db_downgrade(kith__db *);
int kith__db_stamp(kith__db *);
int kith__db_current(kith__db *);
int kith__db_check(kith__db *);

#endif
