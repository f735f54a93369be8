/*
 * Values: what a column can hold, from which C types it is made, and whether it fits a field.
 *
 * Ownership: a kith_value is passed by value; what it points to is the caller's, and kith copies what it keeps.
 * Errors: none here; a value of a type that does not fit a field does not compile, one out of the field's range is KITH_RANGE where it is used.
 * Threads: any.
 * Manual: 3-models
 */
#ifndef KITH_VALUE_H
#define KITH_VALUE_H

#include <kith/types.h>

#ifndef KITH_CHECK_HEADERS_
#pragma GCC system_header /* the installed header lives where this is implied */
#endif

KITH_BEGIN_

/* A value of any column's type, as default functions and creators of proxies give and take it. absent: NULL. */
typedef struct kith_value {                     /* frozen: passed by value */
    uint32_t type, absent;
    union {
        int64_t i; uint64_t u; double d; const char *s; kith_blob b; kith_date date; kith_time time;
        kith_datetime datetime; kith_uuid uuid; const void *object;
    };
} kith_value;

#ifndef __cplusplus

_Static_assert(sizeof(kith_value) == 24, "frozen");

/* A kith_value of a C value, by the name of its type; kith_of_opt_… of a nullable member. KITH_VALUE chooses among them by itself. */
#define KITH_OF_(name, T, member, kind) \
    static inline kith_value kith_of_##name(T v) { return (kith_value){ .type = KITH_TYPE_##kind, .member = v }; }
#define KITH_OF_OPT_(name, T, member, kind) \
    static inline kith_value kith_of_##name(T v) { return (kith_value){ .type = KITH_TYPE_##kind, .member = v }; } \
    static inline kith_value kith_of_opt_##name(kith_opt_##name v) \
    { return (kith_value){ .type = KITH_TYPE_##kind, .absent = !v.present, .member = v.value }; } \
    static inline kith_opt_##name kith_some_##name(T v) { return (kith_opt_##name){ .value = v, .present = true }; }
KITH_OF_OPT_(bool, bool, i, BOOL)
KITH_OF_OPT_(int, int64_t, i, INT)
KITH_OF_OPT_(double, double, d, REAL)
KITH_OF_OPT_(date, kith_date, date, DATE)
KITH_OF_OPT_(time, kith_time, time, TIME)
KITH_OF_OPT_(datetime, kith_datetime, datetime, DATETIME)
KITH_OF_OPT_(uuid, kith_uuid, uuid, UUID)
KITH_OF_(uint, uint64_t, u, UINT)               /* above INT64_MAX: KITH_RANGE, never a wrapped number */
KITH_OF_(text, const char *, s, TEXT)
KITH_OF_(blob, kith_blob, b, BLOB)
KITH_OF_(object, const void *, object, OBJECT)
static inline kith_value kith_of_json(kith_json v)       { return (kith_value){ .type = KITH_TYPE_JSON, .s = v.text }; }
static inline kith_value kith_of_decimal(kith_decimal v) { return (kith_value){ .type = KITH_TYPE_DECIMAL, .s = v.text }; }

#define KITH_INTS_(r)  char: r, signed char: r, short: r, int: r, long: r, long long: r
#define KITH_UINTS_(r) unsigned char: r, unsigned short: r, unsigned: r, unsigned long: r, unsigned long long: r

/* A kith_value of any C value that a column can hold. A pointer to an object is that object. */
#define KITH_VALUE(v) _Generic((v), \
    bool: kith_of_bool, KITH_INTS_(kith_of_int), KITH_UINTS_(kith_of_uint), float: kith_of_double, double: kith_of_double, \
    char *: kith_of_text, const char *: kith_of_text, kith_blob: kith_of_blob, kith_date: kith_of_date, kith_time: kith_of_time, \
    kith_datetime: kith_of_datetime, kith_uuid: kith_of_uuid, kith_json: kith_of_json, kith_decimal: kith_of_decimal, \
    kith_opt_bool: kith_of_opt_bool, kith_opt_int: kith_of_opt_int, kith_opt_double: kith_of_opt_double, \
    kith_opt_date: kith_of_opt_date, kith_opt_time: kith_of_opt_time, kith_opt_datetime: kith_of_opt_datetime, \
    kith_opt_uuid: kith_of_opt_uuid, default: kith_of_object)(v)

/* A value that is present, for a nullable member, in an initialiser: kith_set takes a plain value.
 *   kith_new(session, Raccoon, .age = kith_some(7), .awake = kith_some(false))
 *   known ? kith_some_int(n) : (kith_opt_int){ .present = false }
 * In C11 false, true and a comparison are ints: the two words are known by their spelling, and a comparison is written
 * kith_some_bool(a > b). */
#define kith_some(v) __builtin_choose_expr(KITH_SAYS_(#v, "false") || KITH_SAYS_(#v, "true"), kith_some_bool, _Generic((v), \
    bool: kith_some_bool, KITH_INTS_(kith_some_int), unsigned char: kith_some_int, unsigned short: kith_some_int, \
    unsigned: kith_some_int, float: kith_some_double, double: kith_some_double, kith_date: kith_some_date, \
    kith_time: kith_some_time, kith_datetime: kith_some_datetime, kith_uuid: kith_some_uuid))(v)
#define KITH_SAYS_(given, word) (sizeof(given) == sizeof(word) && __builtin_memcmp(given, word, sizeof(word) < sizeof(given) ? sizeof(word) : sizeof(given)) == 0)

/* ---- does v fit the field? Nothing here is evaluated; a wrong type is an error, with a sentence, at the user's line.
 * A value's type is one bit; a field's type is the bits it takes. Each argument is expanded once: compile time counts. */
enum { KITH_BIT_OBJECT_ = 1, KITH_BIT_NULL_ = 2, KITH_BIT_INT_ = 4, KITH_BIT_REAL_ = 8, KITH_BIT_TEXT_ = 16, KITH_BIT_BLOB_ = 32,
       KITH_BIT_DATE_ = 64, KITH_BIT_TIME_ = 128, KITH_BIT_DATETIME_ = 256, KITH_BIT_UUID_ = 512, KITH_BIT_JSON_ = 1024,
       KITH_BIT_DECIMAL_ = 2048 };
#define KITH_BITS_(x, real, text, ...) _Generic((x), \
    bool: KITH_BIT_INT_, KITH_INTS_(KITH_BIT_INT_), KITH_UINTS_(KITH_BIT_INT_), kith_opt_bool: KITH_BIT_INT_, kith_opt_int: KITH_BIT_INT_, \
    float: real, double: real, kith_opt_double: real, char *: text, const char *: text, kith_blob: KITH_BIT_BLOB_, \
    kith_json: KITH_BIT_JSON_, kith_decimal: KITH_BIT_DECIMAL_, kith_date: KITH_BIT_DATE_, kith_opt_date: KITH_BIT_DATE_, \
    kith_time: KITH_BIT_TIME_, kith_opt_time: KITH_BIT_TIME_, kith_datetime: KITH_BIT_DATETIME_, \
    kith_opt_datetime: KITH_BIT_DATETIME_, kith_uuid: KITH_BIT_UUID_, kith_opt_uuid: KITH_BIT_UUID_, __VA_ARGS__)
#define KITH_TAKES_(field) KITH_BITS_(field, KITH_BIT_REAL_ | KITH_BIT_INT_, KITH_BIT_TEXT_ | KITH_BIT_NULL_, \
    default: KITH_BIT_OBJECT_ | KITH_BIT_NULL_)
#define KITH_GIVES_(v)     KITH_BITS_(v, KITH_BIT_REAL_, KITH_BIT_TEXT_, void *: KITH_BIT_NULL_, default: KITH_BIT_OBJECT_)
/* A statement expression, for an assertion in a struct would take every compound literal of the argument for one at file scope. */
#define KITH_CLAIM_(claim, sentence) __extension__({ \
    _Static_assert(_Generic((char (*)[1 + !!(claim)])0, char (*)[2]: 1, default: 0), sentence); (void)0; })

/* a pointer that kith handed out is const; a pointer to the program's own struct is not */
#define KITH_SCALARS_(r) bool: r, KITH_INTS_(r), KITH_UINTS_(r), float: r, double: r, char *: r, const char *: r, kith_blob: r, \
    kith_json: r, kith_decimal: r, kith_date: r, kith_time: r, kith_datetime: r, kith_uuid: r, kith_opt_bool: r, kith_opt_int: r, \
    kith_opt_double: r, kith_opt_date: r, kith_opt_time: r, kith_opt_datetime: r, kith_opt_uuid: r
#define KITH_AS_POINTER_(v) _Generic((v), void *: (const void *)0, KITH_SCALARS_((const void *)0), default: (v))
#define KITH_CONST_(p)    _Generic((p), const __typeof__(*(p)) *: 1, default: 0)
#define KITH_OBJECT_(obj) KITH_CLAIM_(KITH_CONST_(obj), \
    "kith: not an object of a session (those are const): use kith_add or kith_assign for your own struct")

__extension__ typedef struct { const struct kith_no_model_ *object_; char tag_[0][1]; } kith_to_none_;
#define KITH_TARGET_(lvalue) _Generic((lvalue), KITH_SCALARS_((kith_to_none_){ 0 }), default: (lvalue)).object_
#define KITH_FIELD_TAG_(lvalue) ((uint32_t)sizeof(_Generic((lvalue), KITH_SCALARS_((kith_to_none_){ 0 }), default: (lvalue)).tag_[0]))
#define KITH_IS_A_(v, pointer) _Generic((v), __typeof__(((void)0, (pointer))): 1, const void *: 1, default: 0)
#define KITH_FITS_(lvalue, v) \
    (KITH_CLAIM_(KITH_TAKES_(lvalue) & KITH_GIVES_(v), "kith: this value does not fit this field"), \
     KITH_CLAIM_(KITH_IS_A_(KITH_AS_POINTER_(v), KITH_TARGET_(lvalue)), \
        "kith: this relationship takes an object of its own model, from a session (those are const)"))

#endif /* !__cplusplus */

KITH_END_

#endif /* KITH_VALUE_H */
