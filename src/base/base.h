/*
 * base: memory, texts, maps, errors and the calendar. The ground floor: it knows nothing of tables or objects.
 * May use: libc and the public value and error types. Used by: every room.
 *
 * Nothing here aborts. What cannot be allocated comes back as NULL or false, and the caller reports it with
 * kith__fail_memory.
 */
#ifndef KITH__BASE_H
#define KITH__BASE_H

#include <kith/error.h>
#include <kith/value.h>
#include <stdarg.h>
#include <string.h>

#if defined __GNUC__
#define KITH__PRINTF(text_, first_) __attribute__((format(printf, text_, first_)))
#endif
#define KITH__COUNT(array) (sizeof(array) / sizeof *(array))

/* ---------------------------------------------------------------- memory.c */

/* Makes room for `needed` items in *items (of item_size bytes, *capacity of them), growing by half at least. False: no memory, and
 * nothing has changed. */
bool kith__grow(void *items_pointer, size_t *capacity, size_t needed, size_t item_size);

/* A large piece from the system, cleared and there at once: a fault for each 4 KiB of it would cost as much as decoding the rows that fit
 * into them. KITH__LARGEST bytes are one huge page of the machine where the system gives one, which costs a quarter of that. `size` is a
 * multiple of 64 KiB. NULL: no memory. */
enum { KITH__LARGEST = 2 << 20 };
void *kith__large_alloc(size_t size);
void  kith__large_free(void *, size_t size);
void  kith__large_forget(void *, size_t size);                          /* some of it, of whole pages: cleared, and the system's until it is written */

/* ---------------------------------------------------------------- arena.c, piece.c: memory that is freed together */
typedef struct kith__arena_block kith__arena_block;
typedef struct kith__arena {        /* all zero is an empty arena */
    kith__arena_block *blocks;
    char *at, *end;
    size_t total;                   /* bytes of its blocks */
    bool broken;                    /* something that was asked for was not there; until the arena is reset */
} kith__arena;

void *kith__arena_alloc(kith__arena *, size_t size);                    /* 16-aligned, not cleared; NULL: no memory */
void *kith__arena_zero(kith__arena *, size_t size);                     /* the same, cleared */
void *kith__arena_copy(kith__arena *, const void *data, size_t size);
char *kith__arena_text(kith__arena *, const char *text);                /* NULL stays NULL */
char *kith__arena_textn(kith__arena *, const char *text, size_t size);  /* adds the final NUL */
char *kith__arena_format(kith__arena *, const char *format, ...) KITH__PRINTF(2, 3);
struct kith__text;
char *kith__arena_take(kith__arena *, struct kith__text *);              /* what the text says, "" when that is nothing; the text is freed */
/* What is left of the block that is being filled, to be written into before it is taken: from the result to *end. kith__arena_close
 * takes it as far as `used`; nothing else may be asked of the arena in between. */
char *kith__arena_open(kith__arena *, char **end);
void  kith__arena_close(kith__arena *, const char *used);
void  kith__arena_reset(kith__arena *);                                 /* empties it, keeping one block */
void  kith__arena_free(kith__arena *);

/* ---------------------------------------------------------------- text.c: a text that grows; once broken by lack of memory it stays so */
typedef struct kith__text {         /* all zero is an empty text; data is always NUL-terminated when not NULL */
    char  *data;
    size_t size, capacity;
    bool   broken;
} kith__text;

void kith__text_add(kith__text *, const char *text);
void kith__text_addn(kith__text *, const char *text, size_t size);
void kith__text_addc(kith__text *, char c);
void kith__text_addf(kith__text *, const char *format, ...) KITH__PRINTF(2, 3);
void kith__text_reset(kith__text *);        /* empties it, mends it, keeps its memory */
void kith__text_free(kith__text *);

bool kith__utf8_valid(const char *text, size_t size);
size_t kith__utf8_count(const char *text, size_t size);                 /* code points of valid UTF-8 */
bool kith__listed(const char *const *names, size_t count, const char *name);       /* is it one of them? */
/* the nearest of count names to `wrong` when it is near enough for "did you mean", else NULL */
const char *kith__nearest(const char *wrong, const char *const *names, size_t count);
/* CamelCase to snake_case, as Flask-SQLAlchemy: HTTP2Request -> http2_request */
void kith__snake_case(kith__text *, const char *camel);

/* ---------------------------------------------------------------- sha256.c */
void kith__sha256_hex(const void *data, size_t size, char hex[65]);

/* ---------------------------------------------------------------- map.c: bytes to pointers; keys are borrowed */
typedef struct kith__map_slot { const void *key; size_t size; uint64_t hash; void *value; } kith__map_slot;
typedef struct kith__map {          /* all zero is an empty map. To walk it: the slots whose value is not NULL; removing on the way is fine */
    kith__map_slot *slots;
    size_t count, capacity, tombs;
} kith__map;

uint64_t kith__hash(const void *data, size_t size);
void *kith__map_get(const kith__map *, const void *key, size_t size);           /* NULL: none */
bool  kith__map_put(kith__map *, const void *key, size_t size, void *value);    /* replaces key and value; value is not NULL; false: no memory */
void *kith__map_remove(kith__map *, const void *key, size_t size);              /* what was there, or NULL */
void  kith__map_free(kith__map *);
#define kith__map_gets(map, text)        kith__map_get(map, text, strlen(text))
#define kith__map_puts(map, text, value) kith__map_put(map, text, strlen(text), value)

/* ---------------------------------------------------------------- error.c: one failure, with its texts. The first one stays.
 * A sink belongs to one handle. kith__fail on a sink that already holds an error changes nothing: what failed first is what
 * went wrong. Every kith__fail… returns the status, so that `return kith__fail(…)` reads well. It also works without memory.
 */
typedef struct kith__error {        /* all zero is "no error" */
    kith_error public_;             /* what kith_error_of gives; texts in `texts` or constant */
    kith__arena texts;
    kith_error *about;              /* the one of the list that hints speak of; NULL: the last kith__fail changed nothing */
} kith__error;

int  kith__fail(kith__error *, int status, const char *code, const char *format, ...) KITH__PRINTF(4, 5);
int  kith__fail_memory(kith__error *);
/* these add to the error that the kith__fail just before them set; they do nothing when that one changed nothing */
void kith__fail_hint(kith__error *, const char *format, ...) KITH__PRINTF(2, 3);
void kith__fail_about(kith__error *, const char *model, const char *attribute, const void *object);     /* NULL: leave as it is */
void kith__fail_constraint(kith__error *, const char *constraint);
void kith__fail_sql(kith__error *, const char *sql, const char *sqlstate);
void kith__fail_prefix(kith__error *, const char *format, ...) KITH__PRINTF(2, 3);   /* puts text and a space before the message that stands */
/* adds one more to a list of errors instead of keeping the first; kith__fail_hint and _about then speak of it */
int  kith__fail_also(kith__error *, int status, const char *code, const char *format, ...) KITH__PRINTF(4, 5);
void kith__error_copy(kith__error *to, const kith__error *from);    /* when `to` holds none; the list whole */
/* Forgets. The texts stay readable until the next kith__fail, as the public contract says. */
void kith__error_clear(kith__error *);
void kith__error_free(kith__error *);
static inline bool kith__failed(const kith__error *e) { return e->public_.status != KITH_OK; }

/* ---------------------------------------------------------------- moment.c: dates, times and uuids as text, and a clock
 * Format: 2026-11-22, 11:38:02.000000, 2026-11-22 11:38:02.000000 (UTC), 32 lower-case hex digits. Parse reads more: a T between date
 * and time, a fraction of 1 to 9 digits or none (beyond microseconds it is cut), no seconds, a Z or an offset (turned to UTC), a date
 * alone; a midnight as a date; UUIDs with dashes (16 bytes are the caller's to copy). Size is without a NUL; a parse takes the whole of
 * it, and is false, with *out as it was, when it does not fit. Years 0001 to 9999.
 */
enum { KITH__DATE_SIZE = 10, KITH__TIME_SIZE = 15, KITH__DATETIME_SIZE = 26, KITH__UUID_SIZE = 32 };
bool kith__date_format(kith_date, char out[KITH__DATE_SIZE + 1]);               /* false: out of the years that fit */
bool kith__time_format(kith_time, char out[KITH__TIME_SIZE + 1]);
bool kith__datetime_format(kith_datetime, char out[KITH__DATETIME_SIZE + 1]);
void kith__uuid_format(kith_uuid, char out[KITH__UUID_SIZE + 1]);
bool kith__date_parse(const char *text, size_t size, kith_date *out);
bool kith__time_parse(const char *text, size_t size, kith_time *out);
bool kith__datetime_parse(const char *text, size_t size, kith_datetime *out);
bool kith__uuid_parse(const char *text, size_t size, kith_uuid *out);
/* nanoseconds of a clock that nobody sets, for how long something takes */
int64_t kith__clock_ns(void);

/* ---------------------------------------------------------------- decimal.c: exact numbers as text */
/* [-+]digits[.digits][e[-+]digits]; digits: how many a NUMERIC needs for it, scale: how many of them after the point, both or NULL */
bool kith__decimal_valid(const char *text, size_t size, size_t *digits, size_t *scale);
/* the decimal written with exactly `scale` digits after the point, rounding half to even; false: not a decimal */
bool kith__decimal_rescale(kith__text *out, const char *text, size_t size, size_t scale);
/* A decimal that points into its text: 0.0125e1 is digits 125 with the point before the first of them; leading and trailing zeros are gone. */
typedef struct kith__decimal {
    int sign;                       /* -1, 0, 1 */
    const char *digits, *end;       /* may have the point in them */
    long point;                     /* how many digits stand before it; negative: so many zeros follow it first */
} kith__decimal;
bool kith__decimal_read(const char *text, size_t size, kith__decimal *out);        /* false: not a decimal */
int  kith__decimal_order(const kith__decimal *a, const kith__decimal *b);          /* as numbers: below 0, 0, above 0 */
size_t kith__decimal_digits(const kith__decimal *);
bool kith__decimal_fits(const kith__decimal *, uint32_t precision, uint32_t scale);      /* without a digit lost; precision 0: any does */

/* ---------------------------------------------------------------- real.c: doubles as text, with a point whatever the locale says */
double kith__real_read(const char *text, char **end);                       /* as strtod; end may be NULL */
void kith__real_print(kith__text *, double);                                /* the shortest text that is read as the same double */
void kith__real_print_fixed(kith__text *, double, uint32_t scale);          /* so many digits after the point */

/* ---------------------------------------------------------------- print.c */
/* a value as a person would write it, for messages, kith_describe and logs; at most about 60 characters of a text */
void kith__value_print(kith__text *, const kith_value *);

#endif
