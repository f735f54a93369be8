/*
 * sqlite_fits: would a value be what it is in a column of another type, and could it be read there? Migrations ask it of rows, before they
 * change the type. May use: base, sqlite3. Used by: the engine.
 *
 * SQLite turns what it can, and says nothing where digits are lost: a text into a number, a large integer into a real, a real into a text of
 * 15 digits. The function kith_fits is named in queries, never in DDL.
 */
#include "driver/sqlite.h"

#include <float.h>
#include <math.h>

enum { REAL_DIGITS = 15 };      /* so many a real keeps of any decimal, and SQLite writes of any real */

static const char *trimmed(const char *text, size_t *size)
{
    static const char spaces[] = " \t\n\r\f\v";
    size_t before = strspn(text, spaces);
    before = before < *size ? before : *size;
    for (*size -= before; *size && strchr(spaces, text[before + *size - 1]); --*size)
        ;
    return text + before;
}

/* The value as a decimal, which points into the text that SQLite has of it, or into *printed. False: it is no number, or no memory. */
static bool number_of(sqlite3_value *value, kith__text *printed, bool trim, kith__decimal *out)
{
    int storage = sqlite3_value_type(value);
    if (storage == SQLITE_BLOB)
        return false;
    if (storage == SQLITE_FLOAT) {
        kith__real_print(printed, sqlite3_value_double(value));
        return !printed->broken && kith__decimal_read(printed->data, printed->size, out);
    }
    const char *text = (const char *)sqlite3_value_text(value);
    size_t size = (size_t)sqlite3_value_bytes(value);
    if (text && trim)
        text = trimmed(text, &size);
    return text && kith__decimal_read(text, size, out);
}

/* Is the decimal that a real is printed as this one? */
static bool prints_as(double real, const kith__decimal *number, bool *broken)
{
    kith__decimal back;
    kith__text printed = { 0 };
    kith__real_print(&printed, real);
    bool same = !printed.broken && kith__decimal_read(printed.data, printed.size, &back) && !kith__decimal_order(number, &back);
    *broken |= printed.broken;
    kith__text_free(&printed);
    return same;
}

/* Would it be the same number as a real? */
static bool is_real(sqlite3_value *value, const kith__decimal *number, bool *broken)
{
    int64_t whole = sqlite3_value_int64(value);
    double real = sqlite3_value_double(value);
    if (sqlite3_value_type(value) == SQLITE_FLOAT)
        return true;
    if (sqlite3_value_type(value) == SQLITE_INTEGER)
        return real < 0x1p63 && (int64_t)real == whole;
    return prints_as(real, number, broken);
}

/* Its digits as an integer, by way of the negative ones, of which there is one more; false: 64 bits do not hold it. */
static bool integer_of(const kith__decimal *number, int64_t *out)
{
    int64_t all = 0;
    const char *at = number->digits;
    for (long i = 0; number->sign && i < number->point; i++) {
        at += at < number->end && *at == '.';
        int digit = at < number->end ? *at++ - '0' : 0;
        if (__builtin_mul_overflow(all, 10, &all) || __builtin_sub_overflow(all, digit, &all))
            return false;
    }
    if (number->sign > 0 && all == INT64_MIN)
        return false;
    *out = number->sign > 0 ? -all : all;
    return true;
}

/* A text with a point or an exponent becomes a real on its way. */
static bool is_integer(sqlite3_value *value, const kith__decimal *number, int64_t least, int64_t most)
{
    int64_t whole;
    bool by_digits = sqlite3_value_type(value) != SQLITE_TEXT || !strpbrk((const char *)sqlite3_value_text(value), ".eE");
    return (number->sign == 0 || (long)kith__decimal_digits(number) <= number->point) && integer_of(number, &whole) && whole >= least && whole <= most &&
           (by_digits || kith__decimal_digits(number) <= REAL_DIGITS);
}

static bool is_number_of(sqlite3_value *value, const kith__type *type, kith__text *printed)
{
    kith__decimal number;
    if (!number_of(value, printed, type->kind != KITH__DECIMAL_TEXT, &number))
        return false;
    bool shortened = kith__decimal_digits(&number) > REAL_DIGITS;
    switch (type->kind) {
    case KITH__BOOLEAN:     return is_integer(value, &number, 0, 1);
    case KITH__SMALLINT:    return is_integer(value, &number, INT16_MIN, INT16_MAX);
    case KITH__INTEGER:     return is_integer(value, &number, INT32_MIN, INT32_MAX);
    case KITH__BIGINT:      return is_integer(value, &number, INT64_MIN, INT64_MAX);
    case KITH__REAL: case KITH__DOUBLE:
        return is_real(value, &number, &printed->broken) && (type->kind == KITH__DOUBLE || fabs(sqlite3_value_double(value)) <= (double)FLT_MAX);
    case KITH__NUMERIC:
        return kith__decimal_fits(&number, type->precision, type->scale) && !shortened;
    default: /* KITH__DECIMAL_TEXT */
        return kith__decimal_fits(&number, type->precision, type->scale) && !(shortened && sqlite3_value_type(value) == SQLITE_FLOAT);
    }
}

/* A number whose exponent is beyond what a kith__decimal has */
static bool is_beyond(const char *text, size_t size)
{
    size_t digits = strcspn(text, "eE"), sign;
    if (digits + 1 >= size || !kith__decimal_valid(text, digits, NULL, NULL))
        return false;
    sign = digits + 1 + strspn(text + digits + 1, "+-");
    return sign < size && sign + strspn(text + sign, "0123456789") >= size;
}

bool kith__sqlite_keeps(const char *text, size_t size, bool *broken)
{
    kith__decimal number;
    int64_t whole;
    text = trimmed(text, &size);
    if (!size || !strchr("+-0123456789", *text))
        return true;
    if (!kith__decimal_read(text, size, &number))
        return !is_beyond(text, size);
    if (!memchr(text, '.', size) && !memchr(text, 'e', size) && !memchr(text, 'E', size) && integer_of(&number, &whole))
        return true;
    return prints_as(kith__real_read(text, NULL), &number, broken);
}

/* Whether it is a document json_valid says. */
static bool is_json(sqlite3_value *value, bool *broken)
{
    if (sqlite3_value_type(value) != SQLITE_TEXT)
        return sqlite3_value_type(value) != SQLITE_BLOB;
    const char *text = (const char *)sqlite3_value_text(value);
    return text && kith__sqlite_keeps(text, (size_t)sqlite3_value_bytes(value), broken);
}

static bool is_text_of(sqlite3_value *value, const kith__type *type, kith__text *printed)
{
    kith__decimal number;
    int storage = sqlite3_value_type(value);
    if (storage == SQLITE_BLOB || (storage == SQLITE_FLOAT && number_of(value, printed, false, &number) && kith__decimal_digits(&number) > REAL_DIGITS))
        return false;
    const char *text = (const char *)sqlite3_value_text(value);
    size_t size = (size_t)sqlite3_value_bytes(value);
    return text && kith__utf8_valid(text, size) && (!type->length || kith__utf8_count(text, size) <= type->length);
}

static bool is_uuid(sqlite3_value *value)
{
    kith_uuid uuid;
    if (sqlite3_value_type(value) == SQLITE_BLOB)
        return sqlite3_value_bytes(value) == (int)sizeof uuid.bytes;
    const char *text = (const char *)sqlite3_value_text(value);
    return text && kith__uuid_parse(text, (size_t)sqlite3_value_bytes(value), &uuid);
}

/* A date may have a time of midnight behind it, as it stands there: in no other zone, which might be another day. */
static bool is_moment(sqlite3_value *value, kith__type_kind kind)
{
    kith_date date, first;
    kith_time time;
    kith_datetime moment;
    const char *text = sqlite3_value_type(value) == SQLITE_TEXT ? (const char *)sqlite3_value_text(value) : NULL;
    size_t size = text ? (size_t)sqlite3_value_bytes(value) : 0;
    if (!text)
        return false;
    if (kind == KITH__DATE)
        return kith__date_parse(text, size, &date) && kith__date_parse(text, KITH__DATE_SIZE, &first) && date.days == first.days;
    return kind == KITH__TIME ? kith__time_parse(text, size, &time) : kith__datetime_parse(text, size, &moment);
}

static bool fits(sqlite3_value *value, const kith__type *type, kith__text *printed)
{
    int storage = sqlite3_value_type(value);
    if (storage == SQLITE_NULL)
        return true;
    switch (type->kind) {
    case KITH__TEXT: case KITH__VARCHAR:
        return is_text_of(value, type, printed);
    case KITH__BLOB:
        return storage == SQLITE_BLOB || storage == SQLITE_TEXT;
    case KITH__DATE: case KITH__TIME: case KITH__TIMESTAMP: case KITH__TIMESTAMPTZ:
        return is_moment(value, type->kind);
    case KITH__UUID:
        return is_uuid(value);
    case KITH__JSON:
        return is_json(value, &printed->broken);
    default:
        return is_number_of(value, type, printed);
    }
}

/* kith_fits(value, kind, length or precision, scale) */
static void call(sqlite3_context *context, int count, sqlite3_value **values)
{
    uint32_t size = (uint32_t)sqlite3_value_int64(values[2]);
    kith__type type = { .kind = (kith__type_kind)sqlite3_value_int(values[1]), .scale = (uint32_t)sqlite3_value_int64(values[3]) };
    kith__text printed = { 0 };
    (void)count;
    *(type.kind == KITH__VARCHAR ? &type.length : &type.precision) = size;
    bool well = fits(values[0], &type, &printed);
    if (printed.broken)
        sqlite3_result_error_nomem(context);
    else
        sqlite3_result_int(context, well);
    kith__text_free(&printed);
}

int kith__sqlite_fits(sqlite3 *db)
{
    return sqlite3_create_function_v2(db, "kith_fits", 4, SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS, NULL, call, NULL, NULL, NULL);
}
