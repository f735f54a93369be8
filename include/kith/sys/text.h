/*
 * For authors of bindings: dates, times, moments and uuids as texts, in the words that SQLite's tables have for them, and back; and values
 * into a model's struct.
 *
 * Ownership: the caller's buffers.
 * Errors: as each says.
 * Threads: any, but for what is given a session.
 * Manual: 11-memory-and-threads
 */
#ifndef KITH_SYS_TEXT_H
#define KITH_SYS_TEXT_H

#include <kith/object.h>

#ifndef KITH_CHECK_HEADERS_
#pragma GCC system_header /* the installed header lives where this is implied */
#endif

KITH_BEGIN_

/* A value of type KITH_TYPE_DATE, _TIME, _DATETIME or _UUID as text: 2026-11-22, 11:38:02.000000, 2026-11-22 11:38:02.000000 (UTC), 32
 * lower-case hex digits.
 * Errors: false, for one that has none: of another type, outside of the years 1 to 9999. */
enum { KITH_SYS_TEXT_SIZE = 33 };           /* the longest, with its NUL */
bool kith_sys_print(kith_value, char out[KITH_SYS_TEXT_SIZE]);

/* The value of such a type that a text is. It reads more than kith_sys_print writes: a T between date and time, a fraction of 1 to 9 digits
 * or none, a Z or an offset (turned to UTC), a uuid with dashes.
 * Errors: false, and *out is as it was. */
bool kith_sys_parse(uint32_t type, const char *text, size_t size, kith_value *out);

/* Writes a value into a struct of the model's, which is nobody's yet, at a column's offset; texts are borrowed. KITH_OK, or a status: what
 * kith_set would say of it. */
int kith_sys_fill(kith_session *, const kith_model *, void *values, size_t offset, kith_value);

KITH_END_

#endif /* KITH_SYS_TEXT_H */
