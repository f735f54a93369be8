/*
 * driver: connections, their pool, their prepared statements and transactions; one engine per file behind one table.
 * May use: sql, schema, base. Used by: session (rows in and out), migrate, and kith_open (through session).
 *
 * Rows travel whole: an engine fills a C struct from a row, and binds a statement from one, by an array of fields, so that the
 * rooms above make one call per row and never one per value.
 */
#ifndef KITH__DRIVER_H
#define KITH__DRIVER_H

#include "sql/sql.h"

#include <kith/session.h>

#include <pthread.h>

/* ---------------------------------------------------------------- url.c */
typedef struct kith__option { const char *name, *value; } kith__option;
typedef struct kith__url {
    const char *text;               /* as given */
    const char *scheme;             /* "sqlite" */
    const char *path;               /* sqlite: the file, percent-decoded; NULL: in memory */
    const kith__option *options; size_t option_count;
    kith__arena arena;
} kith__url;
int  kith__url_parse(kith__url *, const char *text, kith__error *);     /* KITH_CONFIG with a sentence; kith__url_free in any case */
const char *kith__url_option(const kith__url *, const char *name);      /* decoded and checked; NULL: not given */
bool kith__duration_parse(const char *text, int64_t *milliseconds);     /* 5s, 250ms, 2m */
bool kith__size_parse(const char *text, int64_t *bytes);                /* 8MiB, 512KiB, 65536 */
bool kith__switch_parse(const char *text, bool *on);                    /* on, off, true, false, yes, no, 1, 0 */
void kith__url_free(kith__url *);

/* ---------------------------------------------------------------- field.c: where the columns of a row lie in a struct */
typedef struct kith__field {
    uint32_t type;                  /* a kith_type, with KITH_TYPE_OPT where it is */
    uint32_t size, offset;          /* of the member, in bytes */
    const kith__type *column;       /* how the table has it */
    const char *name;               /* the attribute's, for errors */
    const char *const *labels;      /* KITH_TYPE_ENUM: what the numbers of the member are in the table */
    uint32_t label_count;
} kith__field;
typedef struct kith__fields {
    const char *model, *table;      /* for errors */
    const kith__field *items;
    size_t count;
} kith__fields;

/* Of an optional member: after the value stands whether it is there. */
static inline const char *kith__field_present_at(const kith__field *field, const void *object)
{
    switch (field->type & ~(uint32_t)KITH_TYPE_OPT) {
    case KITH_TYPE_BOOL: return (const char *)object + field->offset + offsetof(kith_opt_bool, present);
    case KITH_TYPE_DATE: return (const char *)object + field->offset + offsetof(kith_opt_date, present);
    case KITH_TYPE_UUID: return (const char *)object + field->offset + offsetof(kith_opt_uuid, present);
    default:             return (const char *)object + field->offset + offsetof(kith_opt_int, present);
    }
}
static inline bool kith__field_present(const kith__field *field, const void *object) { return *(const bool *)kith__field_present_at(field, object); }
_Static_assert(offsetof(kith_opt_int, present) == 8 && offsetof(kith_opt_double, present) == 8 && offsetof(kith_opt_time, present) == 8 &&
               offsetof(kith_opt_datetime, present) == 8, "the optional members of eight bytes lie alike");

/* The type of the values that the member stands for: an enum's are its labels. */
static inline uint32_t kith__field_type(const kith__field *field)
{
    uint32_t type = field->type & ~(uint32_t)KITH_TYPE_OPT;
    return type == KITH_TYPE_ENUM ? KITH_TYPE_TEXT : type;
}

kith_value kith__field_value(const kith__field *, const void *object);     /* texts are borrowed; a NULL text and its kin are .absent */

/* Where the texts of a row go: from `at`, as far as `end`; what does not fit there is asked from `more`, which gives memory of its own. */
typedef struct kith__room kith__room;
struct kith__room {
    char *at, *end;
    void *(*more)(kith__room *, size_t size);       /* NULL: no memory */
};
static inline void *kith__room_take(kith__room *room, size_t size)
{
    if ((size_t)(room->end - room->at) < size)
        return room->more(room, size);
    void *taken = room->at;
    room->at += size;
    return taken;
}

/* ---------------------------------------------------------------- connections and statements: what the other rooms use */
typedef struct kith__driver kith__driver;
typedef struct kith__pool kith__pool;
typedef struct kith__connection kith__connection;
typedef struct kith__statement kith__statement;

typedef enum kith__transaction { KITH__NO_TRANSACTION, KITH__READING, KITH__WRITING } kith__transaction;

/* Opens nothing yet, but checks the URL. */
int  kith__pool_open(kith__pool **out, const char *url, kith__error *);
void kith__pool_close(kith__pool *);                        /* every connection must have been given back */
const kith__dialect *kith__pool_dialect(const kith__pool *);
int  kith__pool_take(kith__pool *, kith__connection **out, kith__error *);
void kith__pool_give(kith__connection *);                   /* rolls back what is open */
bool kith__connection_forked(const kith__connection *);     /* the process that took it is another one: it may only be given back */

/* transaction.c
 * Begins, if nothing is open yet; KITH__WRITING takes the write lock now (and turns an open reading transaction into a writing one:
 * KITH_RETRY when its snapshot is outdated). When a session of the same thread holds the lock: KITH_BUSY at once. */
int kith__begin(kith__connection *, kith__transaction, kith__error *);
int kith__commit(kith__connection *, kith__error *);        /* nothing open: nothing to do */
int kith__rollback(kith__connection *, kith__error *);
int kith__savepoint_set(kith__connection *, kith__error *); /* they nest; needs KITH__WRITING */
int kith__savepoint_release(kith__connection *, kith__error *);
int kith__savepoint_rollback(kith__connection *, kith__error *);        /* and forgets it */
kith__transaction kith__transaction_of(const kith__connection *);

/* One statement without rows, not kept: DDL, PRAGMA. */
int kith__execute(kith__connection *, const char *sql, kith__error *);

/* A prepared statement, ready to bind. The cache (128 per connection, the least recently used goes) is asked by `shape` and `variant`:
 * what the statement is for, as an address that lives as long as the pool. kith__find gives NULL when it is not there; then the caller
 * writes the SQL and gives it to kith__prepare. Shape NULL: the text itself is the key. NULL: the error says why. */
kith__statement *kith__find(kith__connection *, const void *shape, uint64_t variant);
kith__statement *kith__prepare(kith__connection *, const void *shape, uint64_t variant, const char *sql, kith__error *);
void kith__done(kith__statement *);                         /* resets it and gives it back; NULL is allowed */

int kith__bind_value(kith__statement *, size_t position, const kith_value *, const kith__type *, kith__error *);    /* from 1; borrowed till done */
static inline int kith__bind_fields(kith__statement *, size_t position, const kith__fields *, const void *object, kith__error *);   /* one after the other */

typedef enum kith__step { KITH__ROW = 1, KITH__END = 0, KITH__STEP_FAILED = -1 } kith__step;
static inline kith__step kith__step_(kith__statement *, kith__error *);
/* Fills the members of `object` from the columns of the row, from column `first` (from 0) on. What does not fit is KITH_RANGE, naming
 * model, attribute, value. */
int kith__row(kith__statement *, size_t first, const kith__fields *, void *object, kith__room *, kith__error *);
/* One column: as an integer (false: NULL or not one), or as a value of the type (a kith_type; KITH_TYPE_NONE: as it is stored). */
bool kith__row_int(kith__statement *, size_t column, int64_t *out);
int kith__row_value(kith__statement *, size_t column, uint32_t type, const kith__type *, kith__room *, kith_value *out, kith__error *);
size_t kith__row_width(kith__statement *);
const char *kith__row_name(kith__statement *, size_t column);

int64_t kith__changes(kith__connection *);                  /* rows that the last statement changed */
int64_t kith__last_key(kith__connection *);                 /* the key that the last INSERT generated */

/* ---------------------------------------------------------------- what an engine must do (sqlite.c does it) */
struct kith__driver {
    const char *name;
    const kith__dialect *dialect;
    int  (*open)(kith__pool *, const kith__url *, kith__connection **out, kith__error *);
    void (*close)(kith__connection *);
    void (*forked)(kith__connection *);                     /* in a forked child, first of all: forgets the locks that only the parent has */
    void (*abandon)(kith__connection *);                    /* in a forked child: frees what is ours, does not speak to the server */
    int  (*begin)(kith__connection *, kith__transaction, kith__error *);
    int  (*upgrade)(kith__connection *, kith__error *);     /* KITH__READING to KITH__WRITING */
    int  (*commit)(kith__connection *, kith__error *);
    int  (*rollback)(kith__connection *, kith__error *);
    int  (*execute)(kith__connection *, const char *sql, kith__error *);
    int  (*prepare)(kith__connection *, const char *sql, kith__statement **out, kith__error *);
    void (*finalize)(kith__statement *);
    void (*reset)(kith__statement *);
    int  (*bind_value)(kith__statement *, size_t position, const kith_value *, const kith__type *, kith__error *);
    int  (*bind_fields)(kith__statement *, size_t position, const kith__fields *, const void *object, kith__error *);
    kith__step (*step)(kith__statement *, kith__error *);
    int  (*row)(kith__statement *, size_t first, const kith__fields *, void *object, kith__room *, kith__error *);
    bool (*row_int)(kith__statement *, size_t column, int64_t *out);
    int  (*row_value)(kith__statement *, size_t column, uint32_t type, const kith__type *, kith__room *, kith_value *out, kith__error *);
    size_t (*row_width)(kith__statement *);
    const char *(*row_name)(kith__statement *, size_t column);
    int64_t (*changes)(kith__connection *);
    int64_t (*last_key)(kith__connection *);
    void (*interrupt)(kith__connection *);                  /* any thread */
};
extern const kith__driver kith__driver_sqlite;

/* What every engine's connection and statement begin with. */
struct kith__connection {
    const kith__driver *driver;
    kith__pool *pool;
    kith__connection *next;         /* in the pool's list of idle ones, or of those taken */
    uint64_t generation;            /* of the pool's, when it was opened: another process has another */
    /* what it holds and which thread began that; under the pool's lock, for a wait that cannot end */
    kith__transaction held;
    pthread_t holder;
    kith__transaction transaction;
    bool at_once;                   /* the next lock is had at once, or it is KITH_BUSY */
    size_t savepoints;
    const char *owed;               /* what sets it up again, from one who could not send it: sent before anyone has it next. Or NULL */
    int64_t statements;             /* how many that read or write rows were sent */
    kith_log log;
    void *log_arg;
    struct kith__cache *cache;
    kith__connection *behind;       /* in the line of those who want to write: who comes next */
};
struct kith__statement {
    kith__connection *connection;
    const char *sql;                /* its own copy */
    bool busy, cached, started;
    kith_value *logged; size_t logged_count, logged_capacity;   /* the values bound, kept while a log wants them */
    int64_t spent_ns;               /* in its steps, while a log wants to know */
};

void kith__note_fields(kith__statement *, size_t position, const kith__fields *, const void *object);        /* for a log */
static inline int kith__bind_fields(kith__statement *statement, size_t position, const kith__fields *fields, const void *object, kith__error *error)
{
    if (statement->connection->log)
        kith__note_fields(statement, position, fields, object);
    return statement->connection->driver->bind_fields(statement, position, fields, object, error);
}

kith__step kith__step_watched(kith__statement *, kith__error *);     /* the first of a statement, and each while a log wants to know */
static inline kith__step kith__step_(kith__statement *statement, kith__error *error)
{
    if (!statement->started || statement->connection->log)
        return kith__step_watched(statement, error);
    kith__step step = statement->connection->driver->step(statement, error);
    if (__builtin_expect(step != KITH__ROW, 0))
        statement->started = false;
    return step;
}

#endif
