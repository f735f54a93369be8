/*
 * live: a database under migration. For the files of src/migrate that have one.
 */
#ifndef KITH__LIVE_H
#define KITH__LIVE_H

#include "migrate/files.h"

/* ---------------------------------------------------------------- query.c: small questions; every cell is a text, or NULL */
typedef struct kith__rows { const char ***items; size_t count, width; } kith__rows;
int kith__query(kith__connection *, kith__arena *, kith__rows *out, kith__error *, const char *sql, const char *const *binds, size_t bind_count);
int kith__query_text(kith__connection *, kith__arena *, const char **out, kith__error *, const char *sql, const char *bind);   /* first cell, or NULL */
int kith__query_count(kith__connection *, int64_t *out, kith__error *, const char *sql);
int kith__query_run(kith__connection *, kith__error *, const char *sql, const char *const *binds, size_t bind_count);
/* Would this statement, an EXPLAIN, work as the schema is now? */
int kith__makes_ready(kith__connection *, const char *explain, kith__error *);

/* ---------------------------------------------------------------- guard.c: what must hold after a file as it held before */
typedef struct kith__guarded { const char *table, *kind; } kith__guarded;     /* a table or a view with triggers, and a kind of change */
typedef struct kith__guard {
    bool checks;                        /* foreign keys are off: they are looked at before and after */
    const kith__section *section;       /* what runs between */
    bool keys_known;                    /* the check itself worked before */
    kith__rows broken;                  /* rows without their parent */
    const char **views; size_t view_count;      /* that worked */
    kith__guarded *changes; size_t change_count;        /* whose triggers worked */
} kith__guard;
int kith__guard_before(kith__connection *, kith__arena *, kith__guard *, kith__error *);
int kith__guard_after(kith__connection *, kith__arena *, kith__guard *, kith__error *);

/* ---------------------------------------------------------------- rebuild.c: SQLite's way to change a table */
/* Operations of one table, none of them a rename, inside a transaction with foreign keys off. */
/* `script` may be NULL; see kith__execution. */
int kith__rebuild(kith__connection *, kith__arena *, const char *table, const kith__op *const *ops, size_t count, kith__text *script, kith__error *);

/* ---------------------------------------------------------------- execute.c: the instructions of a section, on SQLite */
typedef struct kith__execution {
    kith__connection *connection;
    kith__arena *arena;
    const char *file;
    const kith__section *section;
    bool accept_loss;
    kith__text *script;                 /* NULL, or every statement that changes something is written down here too */
    const char *table;                  /* of the operations that wait to be done together */
    const kith__op **waiting; size_t waiting_count;
    const kith__instruction *at;        /* for messages */
    kith__error *error;
} kith__execution;
bool kith__section_needs_rebuild(const kith__section *);
bool kith__column_adds_natively(const kith__column *);         /* SQLite adds it without a copy of the table */
int  kith__section_execute(kith__execution *);

/* ---------------------------------------------------------------- precheck.c: rows that stand in the way, counted first */
int kith__precheck(kith__connection *, kith__arena *, const kith__op *, kith__error *);
int kith__precheck_loss(kith__execution *, const kith__op *);
int kith__table_rows(kith__connection *, const char *table, int64_t *out, kith__error *);      /* -1: there is no such table */

/* ---------------------------------------------------------------- foresee.c: of several files, before the first has changed anything */
typedef struct kith__foreseen { const char *file; const kith__section *section; } kith__foreseen;
int kith__foresee(kith__connection *, const kith__foreseen *, size_t count, bool accept_loss, kith__error *);

/* ---------------------------------------------------------------- history.c */
int kith__history_make(kith__connection *, kith__error *);
int kith__history_start(kith__connection *, const char *revision, const char *direction, const char *app, kith__error *);
/* what a row says once its file has run */
typedef struct kith__history_entry { const char *parents, *sum, *message, *up_sql, *down_sql; size_t steps; } kith__history_entry;
int kith__history_finish(kith__connection *, const char *revision, const kith__history_entry *, kith__error *);
int kith__history_fail(kith__connection *, const char *why, kith__error *);
/* revision, sum, when: of each upgrade that ran last, oldest first; nothing when there is no history */
int kith__history_sums(kith__connection *, kith__arena *, kith__rows *out, kith__error *);
/* Refuses a file that is not what ran: what it says, and what it said then. */
int kith__history_edited(kith__connection *, kith__arena *, const kith__revision *, const char *when, kith__error *);
int kith__history_settle(kith__connection *, kith__error *);                   /* dead running rows become undone */
int kith__version_move(kith__connection *, const char *from, const char *to, kith__error *);   /* NULL: base */

/* ---------------------------------------------------------------- script.c: what is sent, written down for sqlite3 to read */
void kith__script_add(kith__text *, const char *sql);
void kith__script_begin(kith__text *, const char *from, bool checks);
void kith__script_end(kith__text *, const char *from, const char *to, const char *revision, const char *direction, const kith__history_entry *, bool checks);
extern const char kith__create_version[], kith__create_history[];

/* ---------------------------------------------------------------- plan.c */
int kith__plan_section(kith__plan *, kith__connection *, const char *revision, const kith__section *, kith__error *);

#endif
