/*
 * Queries: conditions, filters, orders, and what they find.
 *
 * Ownership: objects and lists that are found are the session's: objects until kith_clear or kith_session_close, lists until the next commit,
 * rollback, clear or close. A condition is a literal on the caller's stack and lives in the block that it is written in; building one allocates
 * nothing. A filter is the session's, until clear or close. Values are copied.
 * Errors: on the session, where the first stays: KITH_MISUSE of a condition that does not fit the model, KITH_RANGE of a value, KITH_SCHEMA of a
 * missing table, what the database says. A failed call gives NULL, an empty list, false, or -1 for a number.
 * Threads: one at a time, with the session.
 * Manual: 8-queries
 */
#ifndef KITH_QUERY_H
#define KITH_QUERY_H

#include <kith/object.h>

#ifndef KITH_CHECK_HEADERS_
#pragma GCC system_header /* the installed header lives where this is implied */
#endif

KITH_BEGIN_

typedef struct kith_condition_ {                /* no name for programs: written where it is used; kith_narrow keeps one */
    uint32_t op, list_size;
    kith_model_function model;
    size_t offset;
    kith_value value, high;                         /* high: of between */
    const void *list;                               /* of in: an array of count C values */
    size_t count;
    uint32_t list_type;
    const struct kith_condition_ *const *operands;  /* a NULL among them is no condition; the last has op 0 */
} kith_condition_;
enum { KITH_OP_END_ = 0, KITH_OP_EQ_, KITH_OP_NE_, KITH_OP_LT_, KITH_OP_LE_, KITH_OP_GT_, KITH_OP_GE_, KITH_OP_LIKE_, KITH_OP_ILIKE_,
       KITH_OP_STARTS_, KITH_OP_CONTAINS_, KITH_OP_BETWEEN_, KITH_OP_IN_, KITH_OP_NULL_, KITH_OP_NOT_NULL_, KITH_OP_AND_,
       KITH_OP_OR_, KITH_OP_NOT_, KITH_OP_ANY_, KITH_OP_HAS_ };

/* A condition copied into the session, for one that is built in branches or loops, or passed around.
 * NULL is no condition: kith_narrow(session, NULL, c) is c. */
typedef struct kith_filter kith_filter;
const kith_filter *kith_narrow(kith_session *, const kith_filter *, const kith_condition_ *);   /* both hold */
const kith_filter *kith_widen(kith_session *, const kith_filter *, const kith_condition_ *);    /* either holds */

/* A filter as a condition, to combine it with others: NULL's is NULL. */
const kith_condition_ *kith_filtered(const kith_filter *);

typedef struct kith_order { kith_model_function model; size_t through, offset; bool has_through, descending; } kith_order;
/* Rows that are found locked are nobody else's to change until the transaction ends, and objects of theirs that were loaded before say what
 * the rows say now. What others have locked: waits for it, leaves it out, or is KITH_BUSY at once. SQLite locks no rows: its one write lock
 * is taken instead, and then there is nothing left to be left out. kith_count, kith_exists and the numbers of kith/report.h lock nothing. */
typedef enum kith_lock { KITH_LOCK_NONE, KITH_LOCK_WAIT, KITH_LOCK_SKIP, KITH_LOCK_FAIL } kith_lock;
/* What a query asks for. The macros fill it by the names of its members: kith_all(session, Raccoon, .where = …, .limit = 20) */
typedef struct kith_query {                     /* new members go at the end; the macros write its size */
    size_t                 size_;
    const kith_condition_ *where;                   /* where and filter must both hold */
    const kith_filter     *filter;
    kith_order             order_by[8];
    size_t                 limit, offset;           /* 0: none */
    const char            *load[8];                 /* relationships to bring along: "trashcans", "trashcans.business" */
    kith_lock              lock;                    /* SELECT … FOR UPDATE, and what to do about rows locked by others */
    bool                   distinct;                /* of kith_sum and its kin: each value once */
    bool                   read_only;               /* no identity map, nothing to write back: the fastest read */
    bool                   everything;              /* kith_delete_where and kith_update_where without any condition need it */
} kith_query;
typedef struct kith_change { size_t offset; kith_value value; bool by, used; } kith_change;
typedef struct kith_update { size_t size_; kith_change set[16]; const kith_condition_ *where; const kith_filter *filter; bool everything; } kith_update;

const void *kith_first_(kith_session *, const kith_model *, const kith_query *);
const void *kith_only_(kith_session *, const kith_model *, const kith_query *);
const void *kith_all_(kith_session *, const kith_model *, const kith_query *);
int64_t     kith_count_(kith_session *, const kith_model *, const kith_query *);
bool        kith_exists_(kith_session *, const kith_model *, const kith_query *);
int64_t     kith_delete_where_(kith_session *, const kith_model *, const kith_query *);
int64_t     kith_update_where_(kith_session *, const kith_model *, const kith_update *);
int64_t     kith_insert_all_(kith_session *, const kith_model *, const void *values, size_t count);
typedef struct kith_reader kith_reader;
kith_reader *kith_stream_(kith_session *, const kith_model *, const kith_query *);
const void *kith_stream_next_(kith_reader *);
void        kith_stream_end_(kith_reader **);

#ifndef __cplusplus

#define KITH_FIELD_(M, field)  (((M *)0)->field)
#define KITH_ABOUT_(OP, M, field) .op = OP, .model = kith_model_of_##M, .offset = offsetof(M, field)
#define KITH_CHECKED_(M, field, v) \
    (KITH_FITS_(KITH_FIELD_(M, field), v), KITH_VALUE(v))
#define KITH_COMPARE_(OP, M, field, v) \
    (&(const kith_condition_){ KITH_ABOUT_(OP, M, field), .value = KITH_CHECKED_(M, field, v) })
/* A field compared with a value: equal, unequal, less, less or equal, greater, greater or equal; a text that is like a pattern (% and _), in any
 * case, that begins with a text or contains one; NULL or not. A relationship is compared with an object by kith_eq and kith_ne.
 *   kith_all(session, Raccoon, .where = kith_ge(Raccoon, age, 3))
 *   kith_count(session, Trashcan, .where = kith_eq(Trashcan, raccoon, rocky))
 * Errors: a NULL or absent value is KITH_MISUSE, not IS NULL: an object that was not found must not find every orphan. */
#define kith_eq(M, field, v)          KITH_COMPARE_(KITH_OP_EQ_, M, field, v)
#define kith_ne(M, field, v)          KITH_COMPARE_(KITH_OP_NE_, M, field, v)
#define kith_lt(M, field, v)          KITH_COMPARE_(KITH_OP_LT_, M, field, v)
#define kith_le(M, field, v)          KITH_COMPARE_(KITH_OP_LE_, M, field, v)
#define kith_gt(M, field, v)          KITH_COMPARE_(KITH_OP_GT_, M, field, v)
#define kith_ge(M, field, v)          KITH_COMPARE_(KITH_OP_GE_, M, field, v)
#define kith_like(M, field, v)        KITH_COMPARE_(KITH_OP_LIKE_, M, field, v)
#define kith_ilike(M, field, v)       KITH_COMPARE_(KITH_OP_ILIKE_, M, field, v)
#define kith_starts_with(M, field, v) KITH_COMPARE_(KITH_OP_STARTS_, M, field, v)
#define kith_contains(M, field, v)    KITH_COMPARE_(KITH_OP_CONTAINS_, M, field, v)
#define kith_is_null(M, field)        (&(const kith_condition_){ KITH_ABOUT_(KITH_OP_NULL_, M, field) })
#define kith_not_null(M, field)       (&(const kith_condition_){ KITH_ABOUT_(KITH_OP_NOT_NULL_, M, field) })

/* From low to high, both with it. */
#define kith_between(M, field, low, high_) \
    (&(const kith_condition_){ KITH_ABOUT_(KITH_OP_BETWEEN_, M, field), .value = KITH_CHECKED_(M, field, low), \
        .high = KITH_CHECKED_(M, field, high_) })

/* One of n values of an array, or of n objects. Of none nothing is.
 *   kith_in(Raccoon, id, 3, (int64_t[]){ 1, 2, 3 })
 *   kith_in(Trashcan, raccoon, list.count, list.items) */
#define kith_in(M, field, n, ...) \
    (&(const kith_condition_){ KITH_ABOUT_(KITH_OP_IN_, M, field), .list = (KITH_FITS_(KITH_FIELD_(M, field), (__VA_ARGS__)[0]), \
        (__VA_ARGS__)), .count = (n), \
        .list_size = sizeof *(__VA_ARGS__), .list_type = KITH_ELEMENT_((__VA_ARGS__)[0]) })

#define KITH_ELEMENT_(x) _Generic((x), bool: KITH_TYPE_BOOL, KITH_INTS_(KITH_TYPE_INT), KITH_UINTS_(KITH_TYPE_UINT), \
    float: KITH_TYPE_REAL, double: KITH_TYPE_REAL, char *: KITH_TYPE_TEXT, const char *: KITH_TYPE_TEXT, kith_blob: KITH_TYPE_BLOB, \
    kith_date: KITH_TYPE_DATE, kith_time: KITH_TYPE_TIME, kith_datetime: KITH_TYPE_DATETIME, kith_uuid: KITH_TYPE_UUID, \
    default: KITH_TYPE_OBJECT)

#define KITH_OPERANDS_(...)    (const kith_condition_ *const[]){ __VA_ARGS__, &(const kith_condition_){ .op = KITH_OP_END_ } }
#define KITH_LOGIC_(OP, ...)   (&(const kith_condition_){ .op = OP, .operands = KITH_OPERANDS_(__VA_ARGS__) })
/* Of any number of conditions all hold, any holds; one does not hold. A NULL among them is no condition:
 *   kith_and(name ? kith_eq(Raccoon, name, name) : NULL, kith_ge(Raccoon, age, 3)) */
#define kith_and(...)          KITH_LOGIC_(KITH_OP_AND_, __VA_ARGS__)
#define kith_or(...)           KITH_LOGIC_(KITH_OP_OR_, __VA_ARGS__)
#define kith_not(c)            KITH_LOGIC_(KITH_OP_NOT_, c)

/* Through a relationship or a proxy: kith_any, at least one of the related objects is such that c holds; kith_has, the related object is. c NULL:
 * there is one.
 *   kith_any(Raccoon, trashcans, kith_gt(Trashcan, litres, 100))
 * Errors: KITH_MISUSE of kith_any where there is one, of kith_has where there are many. */
#define kith_any(M, field, c) (&(const kith_condition_){ KITH_ABOUT_(KITH_OP_ANY_, M, field), .operands = KITH_OPERANDS_(c) })
#define kith_has(M, field, c) (&(const kith_condition_){ KITH_ABOUT_(KITH_OP_HAS_, M, field), .operands = KITH_OPERANDS_(c) })

#define KITH_ORDER_(M, field, down) \
    ((kith_order){ .model = kith_model_of_##M, .offset = offsetof(M, field), .descending = down })
#define KITH_ORDER_OF_(M, one, field, down) \
    ((kith_order){ .model = kith_model_of_##M, .through = offsetof(M, one), .has_through = true, \
        .offset = KITH_OFFSET_(((M *)0)->one.object_, field), .descending = down })

/* An order, up or down: by a column, or by one of the object that a row belongs to; a row without one is not lost.
 *   .order_by = { kith_asc_of(Trashcan, raccoon, name), kith_desc(Trashcan, id) } */
#define kith_asc(M, field)          KITH_ORDER_(M, field, false)
#define kith_desc(M, field)         KITH_ORDER_(M, field, true)
#define kith_asc_of(M, one, field)  KITH_ORDER_OF_(M, one, field, false)
#define kith_desc_of(M, one, field) KITH_ORDER_OF_(M, one, field, true)

#define KITH_QUERY_(...) (&(const kith_query){ .size_ = sizeof(kith_query), __VA_ARGS__ })
/* What a query finds: the first object or NULL, the only one, all, how many, whether there is any. The members of kith_query follow the model by
 * name: .where, .filter, .order_by, .limit, .offset, .load, .lock, .read_only.
 *   KITH_LIST(Raccoon) old = kith_all(session, Raccoon, .where = kith_gt(Raccoon, age, 7), .order_by = { kith_asc(Raccoon, name) });
 * Errors: kith_only: KITH_NOT_FOUND, KITH_NOT_UNIQUE. After a failure NULL, an empty list, -1 for kith_count (0 means none), false. */
#define kith_first(session, ...)        KITH_FIRST_(session, __VA_ARGS__, )
#define kith_only(session, ...)         KITH_ONLY_(session, __VA_ARGS__, )
#define kith_all(session, ...)          KITH_ALL_(session, __VA_ARGS__, )
#define kith_count(session, ...)        KITH_COUNT_(session, __VA_ARGS__, )
#define kith_exists(session, ...)       KITH_EXISTS_(session, __VA_ARGS__, )

#define KITH_FIRST_(session, M, ...) ((const M *)kith_first_((session), kith_model_of_##M(), KITH_QUERY_(__VA_ARGS__)))
#define KITH_ONLY_(session, M, ...)  ((const M *)kith_only_((session), kith_model_of_##M(), KITH_QUERY_(__VA_ARGS__)))
#define KITH_ALL_(session, M, ...)   (*(const kith_list_of_##M *)kith_all_((session), kith_model_of_##M(), KITH_QUERY_(__VA_ARGS__)))
#define KITH_COUNT_(session, M, ...) kith_count_((session), kith_model_of_##M(), KITH_QUERY_(__VA_ARGS__))
#define KITH_EXISTS_(session, M, ...) kith_exists_((session), kith_model_of_##M(), KITH_QUERY_(__VA_ARGS__))
#define KITH_DELETE_WHERE_(session, M, ...) kith_delete_where_((session), kith_model_of_##M(), KITH_QUERY_(__VA_ARGS__))

/* Rows by a condition, in one statement, past the objects: no cascades but the database's own. Objects of the session that are met say afterwards
 * what their rows say. kith_to sets a value, kith_by adds one to what is there, kith_to_null sets NULL.
 *   kith_update_where(session, Job, .set = { kith_to(Job, state, "ready"), kith_by(Job, tries, 1) }, .where = …)
 * Errors: how many rows, or -1. KITH_MISUSE without a condition, unless .everything = true. */
#define kith_delete_where(session, ...) KITH_DELETE_WHERE_(session, __VA_ARGS__, )
#define kith_update_where(session, M, ...) \
    kith_update_where_((session), kith_model_of_##M(), &(const kith_update){ .size_ = sizeof(kith_update), __VA_ARGS__ })
#define kith_to(M, field, v) ((kith_change){ .offset = offsetof(M, field), .value = KITH_CHECKED_(M, field, v), .used = true })
#define kith_by(M, field, v) ((kith_change){ .offset = offsetof(M, field), .value = KITH_CHECKED_(M, field, v), .used = true, .by = true })
#define kith_to_null(M, field) ((kith_change){ .offset = offsetof(M, field), .value = { .type = KITH_TYPE_OBJECT }, .used = true })

/* Rows from an array of the program's own structs, past the identity map and the unit of work: all of them or none. A member that is zero is not
 * given, as of kith_new; a relationship to one gives its key. Generated keys are not written back. A great many: in portions of a thousand or
 * so, out of one array that is filled again.
 * Errors: how many rows, or -1; a row that does not fit is named by its place in the array, from 0. */
#define kith_insert_all(session, M, array, n) \
    kith_insert_all_((session), kith_model_of_##M(), ((const M *){ (array) }), (n))

/* Any number of rows in constant memory. Closed on leaving the loop in any way.
 *   kith_stream(Reading, reading, session, .where = …) sum += reading->value;
 * Ownership: a row and its texts are the loop's, until the next.
 * Errors: a failure ends the loop, as its end does: see kith_status_of after it. */
#define kith_stream(M, var, ...)  KITH_STREAM_(M, var, __VA_ARGS__, )
#define KITH_STREAM_(M, var, session, ...) KITH_STREAM_FROM_(M, var, kith_stream_((session), kith_model_of_##M(), KITH_QUERY_(__VA_ARGS__)))
#define KITH_STREAM_FROM_(M, var, reader) \
    for (kith_reader *var##_in_ __attribute__((cleanup(kith_stream_end_))) = reader, *var##_go_ = var##_in_; var##_go_; var##_go_ = NULL) \
        for (const M *var; (var = (const M *)kith_stream_next_(var##_in_)); )

#endif

KITH_END_

#endif /* KITH_QUERY_H */
