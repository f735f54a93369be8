/*
 * sqlite: what the files of SQLite's engine know of each other; for nobody else. May use: pool, sqlite3.
 */
#ifndef KITH__DRIVER_SQLITE_H
#define KITH__DRIVER_SQLITE_H

#include "driver/pool.h"

#include <sqlite3.h>

enum { KITH__SQLITE_FRAMES = 5, KITH__SQLITE_SLOT = 40 };

typedef struct kith__sqlite {
    kith__connection common;
    sqlite3 *db;
    sqlite3_stmt *frames[KITH__SQLITE_FRAMES];      /* BEGIN and its kin, prepared when first needed */
    int64_t data_version;                           /* of the snapshot that a reading transaction has */
    kith__text text;                                /* for a decimal on its way, in or out */
    int64_t cache_kib;                              /* 0: is set already; it cannot be while another has the database locked */
    int64_t scan_kib;                               /* of the cache that a long scan may fill */
    /* a wait for a lock */
    int64_t timeout_ns, wait_began_ns;
    kith__transaction waits_for;                    /* what another session of this thread holds, when that is why it failed */
    bool committing, interrupted;
    _Atomic uint32_t interrupts; uint32_t interrupts_before;
} kith__sqlite;

typedef struct kith__sqlite_statement {
    kith__statement common;
    sqlite3_stmt *handle;
    int width;                                      /* of its rows, from the first step on */
    bool running;                                   /* stepped, and not reset since */
    uint32_t rows;                                  /* that it gave, ever */
    int marks;                                      /* how many it has; known once there are slots */
    char (*slots)[KITH__SQLITE_SLOT];               /* one a mark, for dates and their kin as text; made when first needed */
    char sql[];
} kith__sqlite_statement;

static inline kith__sqlite *kith__sqlite_of(kith__connection *connection) { return (kith__sqlite *)(void *)connection; }
static inline kith__sqlite_statement *kith__sqlite_statement_of(kith__statement *statement) { return (kith__sqlite_statement *)(void *)statement; }

/* sqlite_error.c: turns what SQLite answered into an error. sql may be NULL. */
int kith__sqlite_fail(kith__sqlite *, int code, const char *sql, kith__error *);
int kith__sqlite_fail_open(const char *path, const char *mode, int code, const char *message, kith__error *);

/* sqlite_bind.c */
int kith__sqlite_bind_value(kith__statement *, size_t position, const kith_value *, const kith__type *, kith__error *);
int kith__sqlite_bind_fields(kith__statement *, size_t position, const kith__fields *, const void *object, kith__error *);

/* sqlite_row.c */
int  kith__sqlite_row(kith__statement *, size_t first, const kith__fields *, void *object, kith__room *, kith__error *);
bool kith__sqlite_row_int(kith__statement *, size_t column, int64_t *out);
int  kith__sqlite_row_value(kith__statement *, size_t column, uint32_t type, const kith__type *, kith__room *, kith_value *out, kith__error *);

/* sqlite_decimal.c: the collation and the sums of decimals that are stored as text; gives SQLite's code */
int kith__sqlite_decimals(sqlite3 *);

/* sqlite_fits.c: A text of a number alone becomes a number in a column of JSON. Is it the same number then? True of all other texts. The text has
 * a NUL behind its size. */
bool kith__sqlite_keeps(const char *text, size_t size, bool *broken);
/* kith_fits(value, kind, length or precision, scale), 1 or 0; gives SQLite's code */
int kith__sqlite_fits(sqlite3 *);

#endif
