/*
 * The types of columns, and the handles that the other headers speak of.
 * Everything that includes kith needs this one; it needs nothing.
 *
 * Ownership: none; these are values.
 * Errors: none.
 * Threads: any.
 * Manual: 3-models
 */
#ifndef KITH_TYPES_H
#define KITH_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifndef KITH_CHECK_HEADERS_
#pragma GCC system_header /* the installed header lives where this is implied */
#endif

/* wraps every header: C linkage, and these names are the library's face (everything else in it is hidden) */
#ifdef __cplusplus
#define KITH_BEGIN_ extern "C" { _Pragma("GCC visibility push(default)")
#define KITH_END_   _Pragma("GCC visibility pop") }
#else
#define KITH_BEGIN_ _Pragma("GCC visibility push(default)")
#define KITH_END_   _Pragma("GCC visibility pop")
#endif

#define KITH_ABI 1 /* grows when a struct that is compiled into programs does; the library reads every older one */

KITH_BEGIN_

typedef struct kith_database kith_database;     /* a pool of connections; any thread may use it */
typedef struct kith_session  kith_session;      /* one unit of work; one thread at a time */
typedef struct kith_model    kith_model;
typedef struct kith_link     kith_link;         /* what a relationship field knows beyond its objects */

/* Types of columns that C has none for. The C type of a member is the SQL type of its column:
 *   bool, integers to 64 bits signed and 32 unsigned, float, double, date, time, datetime, uuid       NOT NULL
 *   kith_opt_… of these                                nullable, value and presence
 *   const char *, kith_blob, kith_json, kith_decimal   nullable: NULL is SQL's NULL; .not_null = true forbids it */
typedef struct { const void *data; size_t size; } kith_blob;
typedef struct { const char *text; }      kith_json;
typedef struct { const char *text; }      kith_decimal;     /* exact: "-12.50" */
typedef struct { int32_t days; }          kith_date;        /* since 1970-01-01 */
typedef struct { int64_t microseconds; }  kith_time;        /* since midnight */
typedef struct { int64_t microseconds; }  kith_datetime;    /* since 1970-01-01T00:00:00Z */
typedef struct { uint8_t bytes[16]; }     kith_uuid;

/* The empty member stops `.age = 7`, which would otherwise mean "7, but absent". Write `.age = kith_some(7)`. */
#define KITH_OPT_(T) struct { char write_kith_some_[0]; T value; bool present; }
__extension__ typedef struct { char write_kith_some_bool_[0]; bool value; bool present; } kith_opt_bool;
__extension__ typedef KITH_OPT_(int64_t)       kith_opt_int;
__extension__ typedef KITH_OPT_(double)        kith_opt_double;
__extension__ typedef KITH_OPT_(kith_date)     kith_opt_date;
__extension__ typedef KITH_OPT_(kith_time)     kith_opt_time;
__extension__ typedef KITH_OPT_(kith_datetime) kith_opt_datetime;
__extension__ typedef KITH_OPT_(kith_uuid)     kith_opt_uuid;

typedef enum kith_type {                        /* numbers never change: they are compiled into programs */
    KITH_TYPE_NONE = 0, KITH_TYPE_BOOL = 1, KITH_TYPE_INT = 2, KITH_TYPE_UINT = 3, KITH_TYPE_REAL = 4, KITH_TYPE_TEXT = 5,
    KITH_TYPE_BLOB = 6, KITH_TYPE_DATE = 7, KITH_TYPE_TIME = 8, KITH_TYPE_DATETIME = 9, KITH_TYPE_UUID = 10,
    KITH_TYPE_JSON = 11, KITH_TYPE_DECIMAL = 12, KITH_TYPE_OBJECT = 13, KITH_TYPE_ENUM = 14,
    KITH_TYPE_ONE = 20, KITH_TYPE_MANY = 21, KITH_TYPE_PROXY = 22, KITH_TYPE_UNIQUE = 23, KITH_TYPE_INDEX = 24, KITH_TYPE_CHECK = 25, KITH_TYPE_INHERITS = 26,
    KITH_TYPE_OPT = 32                          /* added to a column's type: value and presence */
} kith_type;                                    /* how wide an integer or real is, its size says */

/* The system's clock, in UTC. */
kith_datetime kith_now(void);
kith_date     kith_today(void);             /* the day that it is in UTC */

KITH_END_

#endif /* KITH_TYPES_H */
