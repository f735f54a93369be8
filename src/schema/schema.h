/*
 * schema: tables, columns, keys and indexes as plain data. Nothing else knows what a table is.
 * May use: base. Used by: sql (to print it), model (which makes one from the models), migrate (which compares two).
 *
 * A schema owns all that hangs below it, in one arena. Names are as the database has them, unquoted.
 */
#ifndef KITH__SCHEMA_H
#define KITH__SCHEMA_H

#include "base/base.h"

typedef enum kith__type_kind {
    KITH__BOOLEAN = 1, KITH__SMALLINT, KITH__INTEGER, KITH__BIGINT, KITH__REAL, KITH__DOUBLE, KITH__TEXT, KITH__VARCHAR, KITH__BLOB,
    KITH__DATE, KITH__TIME, KITH__TIMESTAMP, KITH__TIMESTAMPTZ, KITH__UUID, KITH__JSON, KITH__NUMERIC, KITH__DECIMAL_TEXT,
    KITH__OTHER_TYPE                            /* words says what it is */
} kith__type_kind;

typedef struct kith__type {
    kith__type_kind kind;
    uint32_t length;                            /* VARCHAR(length), 0: none */
    uint32_t precision, scale;                  /* NUMERIC(p,s), DECIMAL_TEXT(p,s); precision 0: none given */
    const char *words;                          /* KITH__OTHER_TYPE: as written */
} kith__type;

typedef struct kith__column {
    const char *name;
    kith__type  type;
    bool        not_null;
    bool        identity;                       /* the engine makes its value: a single integer primary key */
    bool        never_reuse;                    /* SQLite: AUTOINCREMENT */
    const char *default_sql, *comment, *collation;
    const char *generated_sql;                  /* GENERATED ALWAYS AS (sql) */
    bool        generated_stored;
    const char *renamed_from;                   /* only models say it */
} kith__column;

typedef struct kith__key {                      /* a primary key, a unique constraint */
    const char *name;                           /* NULL: the primary key, unnamed */
    bool        named;                          /* a person gave the name */
    const char **columns;
    size_t      count;
} kith__key;

typedef struct kith__foreign_key {
    const char *name;
    bool        named;
    const char **columns;                       /* count of them, and as many targets */
    const char *table;
    const char **targets;
    size_t      count;
    const char *on_delete, *on_update;          /* "CASCADE", …; NULL: NO ACTION */
    const char *deferrable;                     /* the words, or NULL */
} kith__foreign_key;

typedef struct kith__check { const char *name; bool named; const char *sql; } kith__check;

typedef struct kith__index {
    const char *name;
    bool        named, unique;
    const char **columns;                       /* names; or whole expressions, where `expression` says so */
    bool       *expression, *descending;        /* count of each, or NULL */
    size_t      count;
    const char *where;                          /* partial; or NULL */
} kith__index;

typedef struct kith__table {
    const char        *name;
    kith__column      *columns;      size_t column_count;
    kith__key          primary_key;                         /* count 0: none */
    kith__foreign_key *foreign_keys; size_t foreign_key_count;
    kith__key         *uniques;      size_t unique_count;
    kith__check       *checks;       size_t check_count;
    kith__index       *indexes;      size_t index_count;
    const char        *comment, *distribute_by;
    bool               strict, without_rowid;
} kith__table;

typedef struct kith__schema {
    kith__arena   arena;
    kith__table **tables;   size_t table_count, table_capacity;
    kith__map     by_name;                                  /* table name -> kith__table */
} kith__schema;

/* ---------------------------------------------------------------- schema.c, sort.c */
void kith__schema_free(kith__schema *);
/* A table without columns yet, added to the schema; its arrays are the caller's to allocate in schema->arena. NULL: no memory. */
kith__table *kith__schema_add(kith__schema *, const char *name);
kith__table *kith__schema_find(const kith__schema *, const char *name);
kith__column *kith__table_column(const kith__table *, const char *name);

/* The tables in an order in which each comes after those that it references, as far as there is one (models that reference each other
 * come in the order of the schema, and *cyclic is set). The array is in `arena`; NULL: no memory. */
kith__table **kith__schema_sorted(const kith__schema *, kith__arena *arena, bool *cyclic);

/* The default name of a constraint: "fk_<table>_<columns>", at most 63 bytes. NULL: no memory. */
const char *kith__constraint_name(kith__arena *, const char *prefix, const char *table, const char *const *columns, size_t count);
/* "ix_<table>_<columns>"; of an expression its words: lower(name) gives lower_name. NULL: no memory. */
const char *kith__index_name(kith__arena *, const char *table, const kith__index *);

bool kith__type_equal(const kith__type *, const kith__type *);

#endif
