/*
 * Reports: numbers over what a query finds, pages of it, and SQL as it is with its rows as checked structs.
 *
 * Ownership: what is handed out here (texts, lists, structs of rows) is the session's, until its next commit, rollback, clear or close.
 * Errors: on the session, where the first stays: KITH_MISUSE, KITH_RANGE, KITH_SCHEMA, what the database says.
 * Threads: one at a time, with the session.
 * Manual: 12-reports
 */
#ifndef KITH_REPORT_H
#define KITH_REPORT_H

#include <kith/query.h>

#ifndef KITH_CHECK_HEADERS_
#pragma GCC system_header /* the installed header lives where this is implied */
#endif

KITH_BEGIN_

/* ------------------------------------------------------------------ numbers: one statement, one row */
typedef enum kith_number_ { KITH_NUMBER_COUNT_ = 1, KITH_NUMBER_SUM_, KITH_NUMBER_AVERAGE_, KITH_NUMBER_MINIMUM_, KITH_NUMBER_MAXIMUM_ } kith_number_;
kith_value kith_number_of_(kith_session *, const kith_model *, kith_number_, size_t offset, const kith_query *);

/* ------------------------------------------------------------------ pages */
typedef struct kith_page_ { const void *const *items; size_t count; int64_t total; size_t number, pages; } kith_page_;
const void *kith_page_of_(kith_session *, const kith_model *, size_t number, size_t size, const kith_query *);

/* ------------------------------------------------------------------ SQL as it is */
const void  *kith_rows_(kith_session *, const kith_model *, const char *sql, const kith_value *values);
kith_reader *kith_stream_rows_(kith_session *, const kith_model *, const char *sql, const kith_value *values);

#ifndef __cplusplus

static inline int64_t           kith_int_in_(kith_value v)          { return v.absent ? 0 : v.i; }
static inline double            kith_double_in_(kith_value v)       { return v.absent ? 0 : v.d; }
static inline const char       *kith_text_in_(kith_value v)         { return v.absent ? NULL : v.s; }
static inline kith_decimal      kith_decimal_in_(kith_value v)      { return (kith_decimal){ v.absent ? NULL : v.s }; }
static inline kith_opt_int      kith_opt_int_in_(kith_value v)      { return (kith_opt_int){ .value = v.absent ? 0 : v.i, .present = !v.absent }; }
static inline kith_opt_double   kith_opt_double_in_(kith_value v)   { return (kith_opt_double){ .value = v.absent ? 0 : v.d, .present = !v.absent }; }
static inline kith_opt_date     kith_opt_date_in_(kith_value v)     { return (kith_opt_date){ .value = v.date, .present = !v.absent }; }
static inline kith_opt_time     kith_opt_time_in_(kith_value v)     { return (kith_opt_time){ .value = v.time, .present = !v.absent }; }
static inline kith_opt_datetime kith_opt_datetime_in_(kith_value v) { return (kith_opt_datetime){ .value = v.datetime, .present = !v.absent }; }

#define KITH_INT_FIELDS_(r)  KITH_INTS_(r), KITH_UINTS_(r), kith_opt_int: r
#define KITH_REAL_FIELDS_(r) float: r, double: r, kith_opt_double: r
#define KITH_ADDS_UP_(x) _Generic((x), KITH_INT_FIELDS_(1), KITH_REAL_FIELDS_(1), kith_decimal: 1, default: 0)
#define KITH_HAS_ORDER_(x) _Generic((x), KITH_INT_FIELDS_(1), KITH_REAL_FIELDS_(1), kith_decimal: 1, char *: 1, const char *: 1, \
    kith_date: 1, kith_opt_date: 1, kith_time: 1, kith_opt_time: 1, kith_datetime: 1, kith_opt_datetime: 1, default: 0)
#define KITH_SUM_IN_(x) _Generic((x), KITH_REAL_FIELDS_(kith_double_in_), kith_decimal: kith_decimal_in_, default: kith_int_in_)
#define KITH_EXTREME_IN_(x) _Generic((x), KITH_REAL_FIELDS_(kith_opt_double_in_), kith_decimal: kith_decimal_in_, char *: kith_text_in_, \
    const char *: kith_text_in_, kith_date: kith_opt_date_in_, kith_opt_date: kith_opt_date_in_, kith_time: kith_opt_time_in_, \
    kith_opt_time: kith_opt_time_in_, kith_datetime: kith_opt_datetime_in_, kith_opt_datetime: kith_opt_datetime_in_, default: kith_opt_int_in_)

/* Over the rows that the query finds; what is NULL in them does not count. .limit and .offset first take their part of the rows, .distinct
 * takes each value once.
 *   int64_t litres = kith_sum(session, Trashcan, litres, .where = …);                 of reals a double, of kith_decimal one: exact
 *   kith_opt_double age = kith_average(session, Raccoon, age);                        of kith_decimal a double, too
 *   kith_opt_int oldest = kith_maximum(session, Raccoon, age);                        of a text a const char *, NULL: there is none
 *   int64_t names = kith_count_values(session, Raccoon, name, .distinct = true);
 * Where there is no value the sum is 0, the others are absent.
 * Errors: after a failure 0, absent, -1 for kith_count_values. A sum beyond 64 bits is KITH_RANGE. */
#define kith_sum(session, ...)          KITH_SUM_(session, __VA_ARGS__, )
#define kith_average(session, ...)      KITH_AVERAGE_(session, __VA_ARGS__, )
#define kith_minimum(session, ...)        KITH_MINIMUM_(session, __VA_ARGS__, )
#define kith_maximum(session, ...)     KITH_MAXIMUM_(session, __VA_ARGS__, )
#define kith_count_values(session, ...) KITH_COUNT_VALUES_(session, __VA_ARGS__, )
#define KITH_NUMBER_OF_(NUMBER, session, M, field, ...) \
    kith_number_of_((session), kith_model_of_##M(), NUMBER, offsetof(M, field), KITH_QUERY_(__VA_ARGS__))
#define KITH_SUM_(session, M, field, ...) (KITH_CLAIM_(KITH_ADDS_UP_(KITH_FIELD_(M, field)), "kith: only numbers have a sum"), \
    KITH_SUM_IN_(KITH_FIELD_(M, field))(KITH_NUMBER_OF_(KITH_NUMBER_SUM_, session, M, field, __VA_ARGS__)))
#define KITH_AVERAGE_(session, M, field, ...) (KITH_CLAIM_(KITH_ADDS_UP_(KITH_FIELD_(M, field)), "kith: only numbers have an average"), \
    kith_opt_double_in_(KITH_NUMBER_OF_(KITH_NUMBER_AVERAGE_, session, M, field, __VA_ARGS__)))
#define KITH_EXTREME_(NUMBER, session, M, field, ...) (KITH_CLAIM_(KITH_HAS_ORDER_(KITH_FIELD_(M, field)), \
    "kith: only numbers, texts, dates and times have a minimum and a maximum"), \
    KITH_EXTREME_IN_(KITH_FIELD_(M, field))(KITH_NUMBER_OF_(NUMBER, session, M, field, __VA_ARGS__)))
#define KITH_MINIMUM_(session, M, field, ...)    KITH_EXTREME_(KITH_NUMBER_MINIMUM_, session, M, field, __VA_ARGS__)
#define KITH_MAXIMUM_(session, M, field, ...) KITH_EXTREME_(KITH_NUMBER_MAXIMUM_, session, M, field, __VA_ARGS__)
#define KITH_COUNT_VALUES_(session, M, field, ...) kith_int_in_(KITH_NUMBER_OF_(KITH_NUMBER_COUNT_, session, M, field, __VA_ARGS__))

/* A page of what the query finds, from 1 on, with `size` objects on each but the last. It needs an .order_by that tells any two apart, as by the
 * key. Beyond the last page the list is empty. All of one moment; a first page that is not full needs no count, so it is one statement.
 *   KITH_PAGE(Post) page = kith_page(session, Post, 3, 20, .where = …, .order_by = { kith_desc(Post, id) });
 *   kith_each(Post, post, page.list) …        page.total, page.number of page.pages
 * Errors: an empty list with total -1. A .limit or .offset of its own is KITH_MISUSE. */
#define KITH_PAGE(M) kith_page_of_##M
#define kith_page(session, M, number, ...)       KITH_PAGE_OF_(session, M, number, __VA_ARGS__, )
#define KITH_PAGE_OF_(session, M, number, size, ...) \
    (*(const kith_page_of_##M *)kith_page_of_((session), kith_model_of_##M(), (number), (size), KITH_QUERY_(__VA_ARGS__)))

/* Rows of SQL as checked structs: the SELECT's columns have the names of the members of M (a KITH_ROW, or a model), in any order. A ? is a value,
 * 16 of them at most, an object stands for its key; ?? is a question mark.
 *   kith_each(CansPerRaccoon, row, kith_rows(session, CansPerRaccoon, "SELECT … WHERE x > ?", 3)) …
 * Errors: an empty list. A column too many or too few is KITH_SCHEMA, a value that does not fit its member KITH_RANGE. */
#define kith_rows(session, M, ...) \
    (*(const kith_list_of_##M *)kith_rows_((session), kith_model_of_##M(), KITH_SQL_(__VA_ARGS__, )))

/* Any number of rows of SQL, in constant memory. Closed on leaving the loop in any way. All else as kith_rows.
 *   kith_stream_rows(Reading, r, session, "SELECT … WHERE at > ?", limit) printf("%g\n", r->value);
 * Ownership: a row and its texts are the loop's, until the next.
 * Errors: a failure ends the loop, as its end does: see kith_status_of after it. */
#define kith_stream_rows(M, var, session, ...) \
    KITH_STREAM_FROM_(M, var, kith_stream_rows_((session), kith_model_of_##M(), KITH_SQL_(__VA_ARGS__, )))

#define KITH_SQL_(sql, ...) (sql), (const kith_value[]){ __VA_OPT__(KITH_EXPAND_(KITH_EACH_VALUE_(__VA_ARGS__))) { .type = KITH_TYPE_NONE } }
#define KITH_EACH_VALUE_(v, ...) KITH_VALUE(v), __VA_OPT__(KITH_EACH_VALUE_AGAIN_ KITH_PARENS_ (__VA_ARGS__))
#define KITH_EACH_VALUE_AGAIN_() KITH_EACH_VALUE_

#endif

KITH_END_

#endif /* KITH_REPORT_H */
