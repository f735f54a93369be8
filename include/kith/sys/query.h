/*
 * For authors of bindings: statements built as trees, for a language whose programmers write expressions beyond those of kith/query.h.
 *
 * All of a statement hangs on one kith_sys_query: expressions, selects, copies of texts. Every call that makes a piece gives NULL when
 * a piece it was given is NULL, so a builder may check once, at the end (kith_sys_query_error says what was first). Values leave as binds,
 * identifiers are quoted, and what stands between them in SQL is this library's or, by kith_sys_raw, the program's own words.
 *
 * Threads: as the session that they are run in.
 */
#ifndef KITH_SYS_QUERY_H
#define KITH_SYS_QUERY_H

#include <kith/sys/model.h>

#ifndef KITH_CHECK_HEADERS_
#pragma GCC system_header /* the installed header lives where this is implied */
#endif

KITH_BEGIN_

typedef struct kith_sys_query kith_sys_query;
typedef struct kith_sys_select kith_sys_select;
typedef struct kith__expr kith_sys_expr;

kith_sys_query *kith_sys_query_new(kith_database *);        /* which knows the columns. NULL: no memory */
void kith_sys_query_free(kith_sys_query *);
const kith_error *kith_sys_query_error(const kith_sys_query *);     /* never NULL */

/* ---------------------------------------------------------------- expressions */
typedef enum kith_sys_op {
    KITH_SYS_EQ = 1, KITH_SYS_NE, KITH_SYS_LT, KITH_SYS_LE, KITH_SYS_GT, KITH_SYS_GE, KITH_SYS_ADD, KITH_SYS_SUBTRACT, KITH_SYS_MULTIPLY,
    KITH_SYS_DIVIDE, KITH_SYS_MODULO,                                   /* two operands */
    KITH_SYS_IS_NULL, KITH_SYS_IS_NOT_NULL, KITH_SYS_NOT,               /* one */
    KITH_SYS_BETWEEN,                                                   /* three */
    KITH_SYS_AND, KITH_SYS_OR,                                          /* any number */
    KITH_SYS_IN                                                         /* the first among the rest */
} kith_sys_op;
/* of the table (by its name or alias, NULL: alone); `table` is where its type is looked up, or NULL */
const kith_sys_expr *kith_sys_column(kith_sys_query *, const char *alias, const char *table, const char *name);
/* copied; written as the column `like` is, where that is one (NULL: by the value alone) */
const kith_sys_expr *kith_sys_value_of(kith_sys_query *, kith_value, const kith_sys_expr *like);
const kith_sys_expr *kith_sys_operation(kith_sys_query *, kith_sys_op, const kith_sys_expr *const *operands, size_t count);
/* word: LIKE, NOT LIKE, GLOB, MATCH, REGEXP, ||, IS, IS NOT, &, |, <<, >>, //, ->, ->>. escape: of LIKE, or NULL */
const kith_sys_expr *kith_sys_infix(kith_sys_query *, const char *word, const kith_sys_expr *, const kith_sys_expr *, const kith_sys_expr *escape);
const kith_sys_expr *kith_sys_prefix(kith_sys_query *, const char *word, const kith_sys_expr *);    /* -, +, ~, DISTINCT */
const kith_sys_expr *kith_sys_call(kith_sys_query *, const char *function, const kith_sys_expr *const *arguments, size_t count);
const kith_sys_expr *kith_sys_star(kith_sys_query *);
/* when, then, when, then, … and else, where they are odd; of: what the whens are compared with, or NULL */
const kith_sys_expr *kith_sys_case(kith_sys_query *, const kith_sys_expr *of, const kith_sys_expr *const *items, size_t count);
const kith_sys_expr *kith_sys_cast(kith_sys_query *, const kith_sys_expr *, kith_sys_type, uint32_t length, uint32_t scale);
const kith_sys_expr *kith_sys_collate(kith_sys_query *, const kith_sys_expr *, const char *collation);
const kith_sys_expr *kith_sys_named(kith_sys_query *, const kith_sys_expr *, const char *name);     /* … AS name */
const kith_sys_expr *kith_sys_raw(kith_sys_query *, const char *sql);           /* the program's own */
const kith_sys_expr *kith_sys_sequence(kith_sys_query *, const kith_sys_expr *const *items, size_t count);
const kith_sys_expr *kith_sys_scalar(kith_sys_query *, kith_sys_select *);      /* a SELECT as a value */
const kith_sys_expr *kith_sys_exists(kith_sys_query *, kith_sys_select *);
const kith_sys_expr *kith_sys_in_select(kith_sys_query *, const kith_sys_expr *, kith_sys_select *);

/* ---------------------------------------------------------------- SELECT; each is KITH_OK or the status of the query's error */
kith_sys_select *kith_sys_select_new(kith_sys_query *);
/* SQLite has FULL from 3.39 on, and says so before that. */
typedef enum kith_sys_join { KITH_SYS_JOIN_INNER, KITH_SYS_JOIN_LEFT, KITH_SYS_JOIN_FULL } kith_sys_join;
/* The first is what is selected from; on: of a JOIN, NULL: beside it, every row with every row. source instead of table: a SELECT. */
int kith_sys_from(kith_sys_select *, const char *table, kith_sys_select *source, const char *alias, const kith_sys_expr *on, kith_sys_join);
int kith_sys_where(kith_sys_select *, const kith_sys_expr *);
int kith_sys_group(kith_sys_select *, const kith_sys_expr *);
int kith_sys_having(kith_sys_select *, const kith_sys_expr *);
int kith_sys_order(kith_sys_select *, const kith_sys_expr *, bool descending, int nulls);   /* nulls: -1 first, 1 last, 0 as the engine has it */
int kith_sys_limit(kith_sys_select *, int64_t limit, int64_t offset);                       /* -1: none */
int kith_sys_distinct(kith_sys_select *);
int kith_sys_compound(kith_sys_select *, const char *word, kith_sys_select *);              /* UNION, UNION ALL, INTERSECT, EXCEPT */
/* What each row gives, in this order: an object of the model, from the table of that name or alias; a value of that kith_type,
 * KITH_TYPE_NONE: as the engine has it. A column of a text in its own type (`like` of kith_sys_value_of) is read so. */
int kith_sys_entity(kith_sys_select *, const kith_model *, const char *alias);
int kith_sys_item(kith_sys_select *, const kith_sys_expr *, uint32_t type);

/* ---------------------------------------------------------------- running them */
typedef struct kith_sys_rows {          /* freed by kith_sys_rows_free; objects in it live as any of their session's */
    kith_value *cells;                  /* rows * columns; an object that is not there (of an outer join) is absent. NULL: `objects` has them */
    const void *const *objects;         /* where they were asked for as a list: one for each row */
    size_t rows, columns;
    const char *const *names;           /* of the columns */
    void *memory;
} kith_sys_rows;
typedef struct kith_sys_options {
    const char *const *load; size_t load_count;     /* relationships to bring along, of the first item */
    bool refresh;                       /* objects that are there say what their rows say */
    bool no_autoflush;
    bool listed;                        /* what is one object a row, from one table, is wanted in `objects`, which the session has anyway */
} kith_sys_options;

int  kith_sys_fetch(kith_session *, kith_sys_select *, const kith_sys_options *, kith_sys_rows *out);
void kith_sys_rows_free(kith_sys_rows *);
/* A statement of the program's own, whatever it gives. *changed: rows that it changed. */
int  kith_sys_run(kith_session *, kith_sys_query *, const kith_sys_expr *sql, kith_sys_rows *out, int64_t *changed);
/* Rows changed, or -1. values: row by row. follow: objects of the session that are met say afterwards what their rows say. */
int64_t kith_sys_insert(kith_session *, kith_sys_query *, const char *table, const char *const *columns, size_t column_count,
                        const kith_sys_expr *const *values, size_t rows, int64_t *last_key);
int64_t kith_sys_update(kith_session *, kith_sys_query *, const char *table, const char *const *columns, const kith_sys_expr *const *values, size_t count,
                        const kith_sys_expr *where, bool follow);
int64_t kith_sys_delete(kith_session *, kith_sys_query *, const char *table, const kith_sys_expr *where, bool follow);

/* ---------------------------------------------------------------- how models are related */
typedef struct kith_sys_relation {
    const kith_model *target;
    int direction;                      /* 1 many-to-one, 2 one-to-many (or to one), 3 many-to-many */
    bool many;
    const char *reverse;                /* the other side's name, or NULL */
    const char *secondary;              /* the join table, or NULL */
    size_t pairs, far_pairs;            /* local[i] = remote[i]; through a join table local[i] = near[i] and far[i] = remote[i] */
    const char *local[16], *remote[16], *near[16], *far[16];    /* columns */
} kith_sys_relation;
bool kith_sys_relation_at(const kith_database *, const kith_model *, size_t offset, kith_sys_relation *out);

KITH_END_

#endif /* KITH_SYS_QUERY_H */
