/*
 * migrate: what changed between two schemas, written as SQL that a person can read, kept in files, and run so that nothing is lost.
 * May use: model, driver, sql, schema, base. Used by: app (the commands), and kith_upgrade of the public face.
 *
 * Everything here returns data; what is printed is the app's business. Texts that it gives live as long as the handle or the arena
 * they came with. The life of a migration: kith__revisions_read (the files) -> kith__replay (the schema that they make) ->
 * kith__compare with the models -> kith__draft (a new file) -> kith__upgrade (run against a database).
 *
 *   SQL           token.c, parse.c, parse_table.c; print.c             a schema    state.c, list.c
 *   files         init.c, graph.c, revision.c                          a change    compare.c, rename.c, flags.c, inverse.c, draft.c
 *   a database    query.c, reflect.c, history.c, check.c               a run       route.c, wait.c, running.c, run.c; stamp.c
 *   before it     plan.c, precheck.c, foresee.c, guard.c, verify.c     SQLite      execute.c, edit.c, rebuild.c; script.c
 */
#ifndef KITH__MIGRATE_H
#define KITH__MIGRATE_H

#include "driver/driver.h"
#include "model/model.h"

#include <kith/migrate.h>

/* ---------------------------------------------------------------- operations: one difference between two schemas each */
typedef enum kith__op_kind {
    KITH__OP_CREATE_TABLE = 1,          /* new_table */
    KITH__OP_DROP_TABLE,
    KITH__OP_RENAME_TABLE,              /* to */
    KITH__OP_ADD_COLUMN,                /* name, column */
    KITH__OP_DROP_COLUMN,               /* name */
    KITH__OP_RENAME_COLUMN,             /* name, to */
    KITH__OP_TYPE,                      /* name, column: its type and collation; sql: USING, by a person's own hand */
    KITH__OP_NOT_NULL,                  /* name, on */
    KITH__OP_DEFAULT,                   /* name, sql; NULL drops it */
    KITH__OP_IDENTITY,                  /* name, on; never_reuse */
    KITH__OP_ADD_PRIMARY_KEY,           /* key */
    KITH__OP_DROP_PRIMARY_KEY,
    KITH__OP_ADD_UNIQUE,                /* name, key */
    KITH__OP_ADD_FOREIGN_KEY,           /* name, foreign_key */
    KITH__OP_ADD_CHECK,                 /* name, check */
    KITH__OP_DROP_CONSTRAINT,           /* name */
    KITH__OP_RENAME_CONSTRAINT,         /* name, to */
    KITH__OP_CREATE_INDEX,              /* name, index */
    KITH__OP_DROP_INDEX,                /* name; table may be NULL in a file */
    KITH__OP_RENAME_INDEX,              /* name, to; table may be NULL in a file */
    KITH__OP_COMMENT,                   /* name (NULL: the table's), sql: the comment, NULL drops it */
    KITH__OP_SQL                        /* sql: a statement as it is */
} kith__op_kind;

typedef struct kith__op {
    kith__op_kind kind;
    const char *table, *name, *to, *sql;
    const kith__table *new_table;
    const kith__column *column;
    const kith__key *key;
    const kith__foreign_key *foreign_key;
    const kith__check *check;
    const kith__index *index;
    const kith__type *old_type;         /* KITH__OP_TYPE from kith__compare: what it was, for the USING of other engines */
    bool on, never_reuse;
    bool maybe;                         /* IF EXISTS, IF NOT EXISTS */
} kith__op;
typedef struct kith__ops { kith__op *items; size_t count; } kith__ops;

/* "add table trashcan", "rename raccoon.name to nickname": for lists, plans and derived messages */
void kith__op_describe(kith__text *, const kith__op *);
/* The portable statement, without its semicolon. */
void kith__op_print(kith__text *, const kith__op *);
/* "VARCHAR(30)", as the files say it */
void kith__print_type(kith__text *, const kith__type *);
/* What it would destroy: "raccoon.tag", "trashcan"; NULL: nothing */
const char *kith__op_loses(kith__arena *, const kith__op *);

/* ---------------------------------------------------------------- state: a schema and what is not in it
 * Files replayed give one, a database gives one. */
typedef struct kith__known {            /* a view, a trigger, an index of one engine: what is followed by its name alone */
    const char *sql;                    /* that made it; NULL: it may be there or not (dropped, or of an "only" block) */
    const char *table;                  /* a trigger's */
} kith__known;
typedef struct kith__state {
    kith__schema schema;
    kith__map opaque;                   /* table -> const char *: where (file:line) it was changed in a way kith does not understand */
    kith__map known;                    /* name -> const kith__known *: what files make by hand, or a database has */
} kith__state;
void kith__state_free(kith__state *);

/* ---------------------------------------------------------------- compare.c */
typedef enum kith__answer { KITH__ANSWER_NO, KITH__ANSWER_YES, KITH__ANSWER_NONE } kith__answer;    /* NONE: there is nobody to ask */

typedef struct kith__compare_options {
    /* "raccoon.name=nickname", "raccoon=animal"; and those that are none: "raccoon.name", "raccoon". NULL-terminated, or NULL */
    const char *const *renames, *const *no_renames;
    /* "raccoon.tag='none'": SQL for rows that are there, of a column that becomes NOT NULL */
    const char *const *fills;
    /* Asked in turn for each pair that may be a rename (column NULL: tables). NULL: nobody to ask. */
    kith__answer (*ask_rename)(void *arg, const char *table, const char *from, const char *to, const char *type);
    /* The SQL for the rows that are there, in malloc'd memory; NULL: no answer. `required`: without one there is no migration. */
    char *(*ask_fill)(void *arg, const char *table, const char *column, const char *type, bool required);
    void *arg;
} kith__compare_options;

/* The operations that lead from one schema to another, each before those that need it, grouped by table. Tables named in `opaque`
 * (may be NULL) are left out. KITH_REFUSED: something must be said first (a rename, a value); the message has the flags to say it.
 * The operations borrow from both schemas. */
int kith__compare(kith__arena *, const kith__schema *from, const kith__schema *to, const kith__map *opaque, const kith__compare_options *,
                  kith__ops *out, kith__error *);
/* inverse.c: what leads back, checked by going there and back. `before` is the schema that the operations start from. */
int kith__inverse(kith__arena *, const kith__schema *before, const kith__ops *, kith__ops *out, kith__error *);

/* One difference between what the files say and what a database has. */
typedef struct kith__drift {
    const char *object;                 /* "raccoon.weight_kg" */
    const char *sentence;               /* "migrations say NUMERIC(5,2), database has FLOAT" */
    const char *repair;                 /* the statement that makes the database as the files say; NULL: none is needed */
} kith__drift;
typedef struct kith__drifts { kith__drift *items; size_t count; } kith__drifts;
/* Types that the engine stores alike are no drift; nor are tables of kith's own and other tools'. */
int kith__drift_find(kith__arena *, const kith__state *files, const kith__state *database, const kith__dialect *, kith__drifts *out, kith__error *);

/* ---------------------------------------------------------------- reflect.c: the schema that a database has, in one catalogue query */
int kith__reflect(kith__connection *, kith__state *out, kith__error *);

/* ---------------------------------------------------------------- revision.c, graph.c: the files */
typedef struct kith__instruction {      /* a statement of a file */
    const char *sql;                    /* as written */
    uint32_t line;
    const char *only;                   /* "postgresql" or "postgresql,mariadb": only on these; NULL: everywhere */
    bool verbatim, state_only, no_transaction;
    bool drops_table;                   /* verbatim, where SQLite would delete the rows of children with it */
    bool opaque;                        /* touches `table` (or nobody knows what) in a way the state cannot follow */
    const char *table, *object;
    kith__ops ops;                      /* none: it is sent as written */
} kith__instruction;

typedef struct kith__section {          /* upgrade or downgrade */
    bool present;
    uint32_t line;                      /* of its directive */
    const char *text; size_t size;      /* as written, without the directive */
    kith__instruction *items; size_t count;
    const char **loses; size_t lose_count;
    const char *irreversible;           /* why, or NULL */
} kith__section;

typedef struct kith__revision kith__revision;
struct kith__revision {
    const char *id, *message, *created;
    const char *file, *path;            /* its name, and where it is */
    const char *parent_id, *parent_sum; /* NULL: it follows nothing; 16 hex, or NULL: not said */
    kith__revision *parent;
    kith__revision **children;          /* several: branches, which no database can be upgraded along */
    size_t child_count;
    size_t rank;                        /* in revisions->items: after its parent */
    const char *text; size_t size;      /* the file, once read */
    bool parsed;
    char sum[65];                       /* of its tokens; its first 16 are what a child carries */
    kith__section upgrade, downgrade;
};

typedef struct kith__revisions {
    kith__arena arena;
    const char *directory;              /* NULL: embedded */
    kith__revision **items; size_t count;       /* parents first, else by time and id */
    kith__revision **heads; size_t head_count;
    kith__map by_id;
    int descriptor;                     /* of the versions folder, or -1 */
} kith__revisions;

/* Reads the heads of all files in directory/versions and orders them. Files that are no migrations (editor backups, .py) are passed
 * over. KITH_CONFIG: no such directory (code "migrate.not_initialised"), a half-written file, an unknown or missing parent, a cycle, an
 * id twice; the message names files and what to do. */
int  kith__revisions_read(kith__revisions **out, const char *directory, kith__error *);
/* The same of texts that are compiled in, which are borrowed. */
int  kith__revisions_embedded(kith__revisions **out, const kith_migration *files, size_t count, kith__error *);
void kith__revisions_free(kith__revisions *);
/* Reads and parses the whole file; nothing to do the second time. */
int  kith__revision_load(kith__revisions *, kith__revision *, kith__error *);
/* A whole id, or the beginning of one (4 characters at least). KITH_NOT_FOUND with similar ones named. */
kith__revision *kith__revision_find(const kith__revisions *, const char *id, kith__error *);
/* The only head; NULL without an error: no files; several heads: KITH_CONFIG naming them. */
kith__revision *kith__revisions_head(const kith__revisions *, kith__error *);
bool kith__revision_within(const kith__revision *ancestor, const kith__revision *);     /* or the same */
/* How many lead from one to the other: `to` and what is under it, without `from` and what is under that. NULL: the empty one. */
size_t kith__revisions_between(const kith__revision *from, const kith__revision *to);
/* Parents' sums against the parents' files. KITH_REFUSED names an edited file and its child. */
int  kith__revisions_verify(kith__revisions *, kith__error *);
/* The schema at a revision (NULL: the empty one). `dialect` decides what `only` blocks say. */
int  kith__replay(kith__revisions *, const kith__revision *at, kith__state *out, kith__error *);

/* ---------------------------------------------------------------- draft.c, init.c */
/* A new file: its text, its name, its place. */
typedef struct kith__draft {
    kith__arena arena;
    const char *id, *message, *file, *text;
    const char *path;                   /* once written */
    kith__ops up, down;
    const char **loses_up, **loses_down;    /* NULL-terminated */
    kith__state before;                     /* what the operations borrow from */
} kith__draft;
typedef struct kith__draft_options {
    const char *message;                /* NULL: derived from the operations */
    const char *id;                     /* NULL: random; --rev-id */
    bool accept_loss;                   /* writes `loses` into the upgrade part */
    bool empty;                         /* kith db revision: no operations */
    kith__compare_options compare;
} kith__draft_options;
/* What leads from the files' head to the models. *changes false: nothing differs, and there is no draft. Refused: no models at all
 * (code "migrate.empty_models"), an opaque table whose model changed, loss that was not accepted, a rename or value not told. The text is
 * read back and replayed before it is given out. */
int  kith__draft_make(kith__draft *out, kith__revisions *, const kith__schema *models, const kith__draft_options *, bool *changes, kith__error *);
int  kith__draft_write(kith__draft *, const kith__revisions *, kith__error *);      /* never over a file that is there; synced */
void kith__draft_free(kith__draft *);
/* Writes the parents' sums anew into every file whose parent was edited. */
int  kith__revisions_reseal(kith__revisions *, size_t *rewritten, kith__error *);
/* Makes directory and directory/versions. *was_there: it was initialised already, without revisions. KITH_REFUSED: the file in the way. */
int  kith__migrations_init(const char *directory, bool *was_there, kith__error *);

/* ---------------------------------------------------------------- history.c: what a database knows of its migrations */
typedef struct kith__applied {          /* a row of kith_history */
    int64_t id;
    const char *revision, *direction, *state, *parents, *sum, *message, *up_sql, *down_sql, *started_at, *finished_at, *error, *host, *app;
    int64_t pid;
} kith__applied;
typedef struct kith__current {
    kith__arena arena;
    bool tables;                        /* kith_version is there */
    const char **heads; size_t head_count;      /* version rows, sorted */
    kith__applied *running;             /* who says to be at work, or NULL */
} kith__current;
/* Creates nothing. */
int  kith__current_read(kith__connection *, kith__current *out, kith__error *);
void kith__current_free(kith__current *);
/* The newest upgrade row of a revision that is done. *out NULL: none. */
int  kith__applied_find(kith__connection *, kith__arena *, const char *revision, kith__applied **out, kith__error *);

/* ---------------------------------------------------------------- run.c, stamp.c, plan.c, verify.c, script.c */
typedef enum kith__direction_of_run { KITH__UP, KITH__DOWN } kith__direction_of_run;

typedef struct kith__progress {
    const char *revision, *message;
    kith__direction_of_run direction;
    size_t number, total;               /* this is the number-th of total, from 1 */
    bool done;                          /* called before and after each */
    bool waiting;                       /* someone else is at work: holder says who */
    const char *holder;
    int64_t microseconds;
} kith__progress;

typedef struct kith__run_options {
    bool accept_loss;                   /* --accept-loss */
    bool dry_run;                       /* run and roll back */
    bool single_transaction;
    kith__text *script;                 /* NULL, or what is sent is written down here too */
    int64_t lock_timeout_ms;            /* 0: 60 s; less: not at all */
    const char *app;                    /* named in history */
    kith_log log;                       /* of every statement, or NULL */
    void *log_arg;
    void (*progress)(void *arg, const kith__progress *);
    void *arg;
} kith__run_options;

typedef struct kith__run_result {
    size_t applied;                     /* files run */
    bool looked;                        /* `now` is known */
    char now[65];                       /* the revision the database is at; "" : base */
} kith__run_result;

/* A target: head, base, an id, the beginning of one, +N, -N. What is to be run, in order, is worked out from the database's heads. */
int kith__upgrade(kith__pool *, kith__revisions *, const char *target, const kith__run_options *, kith__run_result *, kith__error *);
int kith__downgrade(kith__pool *, kith__revisions *, const char *target, const kith__run_options *, kith__run_result *, kith__error *);
/* Would it go down to base? Nothing is changed. */
int kith__downgrade_foresee(kith__pool *, kith__revisions *, const char *target, const kith__run_options *, bool *to_base, kith__run_result *, kith__error *);
/* Rewrites the version rows only. purge: also unknown ones go. */
int kith__stamp(kith__pool *, kith__revisions *, const char *target, bool purge, const kith__run_options *, kith__run_result *, kith__error *);

/* Runs what repairs these differences, whole or not at all. What has no repair (it is only in the database) stays. */
int kith__repair(kith__pool *, const kith__drifts *, const kith__run_options *, kith__error *);

/* The statements that lead from one revision to another (NULL: base), as a script for the sqlite3 program, which stops where the database
 * is not at the first. Made on a database in memory, so there need be no other. */
int kith__script_make(kith__revisions *, kith__direction_of_run, const char *from, const char *to, kith__text *out, kith__error *);

/* verify.c: runs each file (or the head alone, upon the others) up, down and up on a database in memory; each time it must have what the files say.
 * KITH_REFUSED: it has not, and the message says where. */
int kith__verify(kith__revisions *, bool head_only, kith__error *);

/* What lies in the tables that the files have made: `tables` counts those that hold rows. */
typedef struct kith__holdings { size_t tables; int64_t rows; } kith__holdings;
int kith__holdings_count(kith__pool *, kith__revisions *, kith__holdings *out, kith__error *);

/* What a run would do, from the files and the database's heads, without touching it. */
typedef struct kith__plan_line {
    const char *revision, *text, *cost;
    int64_t rows;                       /* that it reads, writes anew or drops; -1: none, or a table that is not there yet */
} kith__plan_line;
typedef struct kith__plan { kith__arena arena; kith__plan_line *items; size_t count; } kith__plan;
int  kith__plan_make(kith__pool *, kith__revisions *, kith__direction_of_run, const char *target, kith__plan *out, kith__error *);
void kith__plan_free(kith__plan *);

/* ---------------------------------------------------------------- check.c: models, files and database against each other */
typedef struct kith__check_report {
    kith__arena arena;
    kith__state files;                  /* the schema at the files' head */
    kith__ops models;                   /* what the models have and the files have not, */
    const char **changes;               /* and each in words */
    const char *models_refused;         /* the comparison needs an answer first: a whole sentence, or NULL */
    size_t behind;                      /* files that the database has not run */
    const char **ahead; size_t ahead_count;     /* revisions in the database that are in no file, with when and by whom */
    const char **edited; size_t edited_count;   /* files edited after they were applied */
    kith__drifts drift;
    const char **notes; size_t note_count;      /* opaque tables, tables of other tools */
    const char *head, *current;         /* ids, or NULL */
} kith__check_report;
/* pool NULL: only models against files; models NULL: only files against the database. */
int  kith__check_all(kith__pool *, kith__revisions *, const kith__schema *models, kith__check_report *out, kith__error *);
void kith__check_free(kith__check_report *);
static inline bool kith__check_clean(const kith__check_report *r)
{
    return r->models.count == 0 && r->models_refused == NULL && r->behind == 0 && r->ahead_count == 0 && r->edited_count == 0 && r->drift.count == 0;
}

#endif
