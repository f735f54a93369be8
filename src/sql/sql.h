/*
 * sql: statements and DDL as trees, and how each engine writes them. All SQL text of the library is made here.
 * May use: schema, base. Used by: driver (its dialect), session (queries and changes), migrate (DDL).
 *
 * Values never become text: they leave as binds, in the order of their marks. Identifiers are always quoted.
 */
#ifndef KITH__SQL_H
#define KITH__SQL_H

#include "schema/schema.h"

/* ---------------------------------------------------------------- dialect: how one engine writes */
typedef struct kith__dialect kith__dialect;
struct kith__dialect {
    const char *name;                                           /* "sqlite", "postgresql", "portable" (migration files) */
    void (*mark)(kith__text *, size_t number);                  /* ? or $n; number counts from 1 */
    void (*type)(kith__text *, const kith__type *);             /* INTEGER, DATETIME, … */
    /* a column's words after its type that the engine has of its own (identity, AUTOINCREMENT belongs to the key) */
    const char *ilike, *like, *like_escape;                     /* operators: "LIKE", " ESCAPE '\\'"; see decisions: LIKE is case sensitive */
    const char *decimal_collation;                              /* for DECIMAL_TEXT in comparisons and orders, or NULL */
    const char *true_sql, *false_sql;
    size_t      max_binds;                                      /* of one statement */
    bool        row_locks, returning, alter_add_constraint;
};
extern const kith__dialect kith__dialect_sqlite;

void kith__sql_quote(kith__text *, const char *identifier);    /* "name", a quote doubled */

/* ---------------------------------------------------------------- expressions: trees in an arena, or on the stack */
typedef enum kith__expr_kind {
    KITH__E_COLUMN = 1,         /* table alias (or NULL), name, type */
    KITH__E_VALUE,              /* value, type */
    KITH__E_RAW,                /* sql, from a person's own hand (a model's order_by is not: it is parsed) */
    KITH__E_EQ, KITH__E_NE, KITH__E_LT, KITH__E_LE, KITH__E_GT, KITH__E_GE,                     /* a, b */
    KITH__E_LIKE, KITH__E_ILIKE,                                                                /* a, b: pattern as given */
    KITH__E_STARTS, KITH__E_CONTAINS,                                                           /* a, b: text, matched literally */
    KITH__E_BETWEEN,            /* a, b, c */
    KITH__E_IN,                 /* a in items; no items: false */
    KITH__E_IN_ROWS,            /* items[0..row_size) as a row in the rest, row_size values each */
    KITH__E_NULL, KITH__E_NOT_NULL,                                                             /* a */
    KITH__E_AND, KITH__E_OR,    /* items; none: true, false */
    KITH__E_NOT,                /* a */
    KITH__E_EXISTS,             /* select */
    KITH__E_COUNT               /* count(*) */
} kith__expr_kind;

typedef struct kith__select kith__select;
typedef struct kith__expr kith__expr;
struct kith__expr {
    kith__expr_kind kind;
    const char *table, *name;               /* E_COLUMN; name is the sql of E_RAW */
    const kith__type *type;                 /* of the column; of a value: of the column it is compared with. NULL: by the value */
    kith_value value;
    const kith__expr *a, *b, *c;
    const kith__expr *const *items;
    size_t count, row_size;
    const kith__select *select;
};

typedef struct kith__join { const char *table, *alias; const kith__expr *on; bool outer; } kith__join;
typedef struct kith__sort { const kith__expr *by; bool descending; } kith__sort;
struct kith__select {
    const kith__expr *const *columns;   size_t column_count;    /* none: SELECT 1 */
    const char *table, *alias;
    const kith__join *joins;            size_t join_count;
    const kith__expr *where;
    const kith__sort *order;            size_t order_count;
    uint64_t limit, offset;                                     /* 0: none */
    bool distinct;
    int lock;                                                   /* a kith_lock; engines without row locks leave it out */
};

typedef struct kith__insert {
    const char *table;
    const char *const *columns;         size_t column_count;    /* none: DEFAULT VALUES, one row */
    size_t rows;                                                /* marks for so many rows */
    const char *const *returning;       size_t returning_count;
} kith__insert;

/* UPDATE table SET columns = marks WHERE keys = marks; DELETE FROM table WHERE (keys) IN rows of marks. Marks only: values are bound
 * by position, columns first, then keys. */
typedef struct kith__update { const char *table; const char *const *columns; size_t column_count; const char *const *keys; size_t key_count; } kith__update;

/* ---------------------------------------------------------------- tree -> text and binds */
typedef struct kith__bind { kith_value value; const kith__type *type; } kith__bind;
typedef struct kith__sql {                  /* all zero is empty; reset keeps the memory */
    kith__text text;
    kith__bind *binds;  size_t bind_count, bind_capacity;
    bool broken;                            /* no memory */
} kith__sql;

void kith__sql_reset(kith__sql *);
void kith__sql_free(kith__sql *);
void kith__sql_select(kith__sql *, const kith__dialect *, const kith__select *);
void kith__sql_count(kith__sql *, const kith__dialect *, const kith__select *);     /* how many rows the select has (its order is left out) */
void kith__sql_insert(kith__sql *, const kith__dialect *, const kith__insert *);    /* marks without binds */
void kith__sql_update(kith__sql *, const kith__dialect *, const kith__update *);    /* marks without binds */
void kith__sql_delete(kith__sql *, const kith__dialect *, const char *table, const char *const *keys, size_t key_count, size_t rows);
void kith__sql_delete_where(kith__sql *, const kith__dialect *, const char *table, const kith__expr *where);
void kith__sql_update_where(kith__sql *, const kith__dialect *, const char *table, const char *const *columns, const kith__expr *const *values, size_t count,
                            const kith__expr *where);

/* ---------------------------------------------------------------- DDL: schema -> text. One statement each, without a final semicolon. */
void kith__ddl_create_table(kith__text *, const kith__dialect *, const kith__table *);
void kith__ddl_create_index(kith__text *, const kith__dialect *, const kith__table *, const kith__index *);
void kith__ddl_drop_table(kith__text *, const kith__dialect *, const char *table);

#endif
