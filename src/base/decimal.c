/*
 * decimal: exact decimal numbers as text. May use: text. Used by: drivers, model, sql.
 */
#include "base/base.h"

/* What is beyond is no number that a table holds, and would only write out a mass of zeros. */
enum { LARGEST_EXPONENT = 99999 };

/* 12.50e3 is digits 1250 with the point after the fifth: `point` counts from the first digit and may lie outside them. */
typedef struct decimal {
    bool negative;
    const char *whole, *part;       /* digits before the point, and after it */
    size_t whole_size, part_size;
    long point;
} decimal;

static size_t digits_from(const char *at, const char *end)
{
    size_t count = 0;
    while (at + count < end && at[count] >= '0' && at[count] <= '9')
        count++;
    return count;
}

static bool read_exponent(const char *at, const char *end, long *exponent)
{
    bool negative = at < end && *at == '-';
    at += at < end && (*at == '-' || *at == '+');
    size_t size = digits_from(at, end);
    if (!size || at + size != end)
        return false;
    *exponent = 0;
    for (size_t i = 0; i < size; i++) {
        *exponent = *exponent * 10 + (at[i] - '0');
        if (*exponent > LARGEST_EXPONENT)
            return false;
    }
    if (negative)
        *exponent = -*exponent;
    return true;
}

static bool read_decimal(const char *at, size_t size, decimal *out)
{
    const char *end = at + size;
    *out = (decimal){ .negative = size && *at == '-' };
    at += size && (*at == '-' || *at == '+');
    out->whole = at;
    out->whole_size = digits_from(at, end);
    at += out->whole_size;
    if (!out->whole_size)
        return false;
    if (at < end && *at == '.') {
        out->part = ++at;
        out->part_size = digits_from(at, end);
        at += out->part_size;
        if (!out->part_size)
            return false;
    }
    long exponent = 0;
    if (at < end && ((*at != 'e' && *at != 'E') || !read_exponent(at + 1, end, &exponent)))
        return false;
    out->point = (long)out->whole_size + exponent;
    return true;
}

/* The digit at a place counted from the first digit; beyond them all is 0. */
static char digit_at(const decimal *number, long place)
{
    if (place < 0)
        return '0';
    size_t at = (size_t)place;
    if (at < number->whole_size)
        return number->whole[at];
    at -= number->whole_size;
    return at < number->part_size ? number->part[at] : '0';
}

static long size_of(const decimal *number)
{
    return (long)(number->whole_size + number->part_size);
}

bool kith__decimal_valid(const char *text, size_t size, size_t *digits, size_t *scale)
{
    decimal number;
    if (!read_decimal(text, size, &number))
        return false;
    long first = 0, after = size_of(&number) > number.point ? size_of(&number) - number.point : 0;
    while (first < number.point && digit_at(&number, first) == '0')
        first++;
    long before = number.point > first ? number.point - first : 0;
    if (scale)
        *scale = (size_t)after;
    if (digits)
        *digits = (size_t)(before + after);
    return true;
}

/* Whether what is cut off from `place` on rounds the digit before it up: half to even. */
static bool rounds_up(const decimal *number, long place)
{
    char next = digit_at(number, place);
    if (next != '5')
        return next > '5';
    for (long i = place + 1; i < size_of(number); i++)
        if (digit_at(number, i) != '0')
            return true;
    return (digit_at(number, place - 1) - '0') % 2 == 1;
}

/* Adds one to the last digit of what begins at `start`. A nine that becomes a zero carries on; the caller put a 0 in front. */
static void add_one(kith__text *out, size_t start)
{
    for (size_t i = out->size; i-- > start; ) {
        if (out->data[i] == '.')
            continue;
        if (out->data[i] != '9') {
            out->data[i]++;
            return;
        }
        out->data[i] = '0';
    }
}

static void drop_bytes(kith__text *out, size_t at, size_t count)
{
    memmove(out->data + at, out->data + at + count, out->size - at - count + 1);
    out->size -= count;
}

/* Zeros that say nothing go: those in front of a whole digit, and the sign of a zero. */
static void tidy(kith__text *out, size_t start, bool negative)
{
    size_t digits = start + negative, zeros = 0;
    while (out->data[digits + zeros] == '0' && out->data[digits + zeros + 1] >= '0' && out->data[digits + zeros + 1] <= '9')
        zeros++;
    drop_bytes(out, digits, zeros);
    if (negative && strspn(out->data + digits, "0.") == out->size - digits)
        drop_bytes(out, start, 1);
}

bool kith__decimal_rescale(kith__text *out, const char *text, size_t size, size_t scale)
{
    decimal number;
    if (scale > LARGEST_EXPONENT || !read_decimal(text, size, &number))
        return false;
    size_t start = out->size;
    long end = number.point + (long)scale;
    if (number.negative)
        kith__text_addc(out, '-');
    kith__text_addc(out, '0');
    for (long i = number.point < 0 ? number.point : 0; i < number.point; i++)
        kith__text_addc(out, digit_at(&number, i));
    if (scale)
        kith__text_addc(out, '.');
    for (long i = number.point; i < end; i++)
        kith__text_addc(out, digit_at(&number, i));
    if (out->broken)
        return true;
    if (rounds_up(&number, end))
        add_one(out, start + number.negative);
    tidy(out, start, number.negative);
    return true;
}

/* ---------------------------------------------------------------- a decimal in its parts */

/* What comes after the digits of a text that kith__decimal_valid has seen */
static long exponent_of(const char *at, const char *end)
{
    long value = 0;
    if (at == end)
        return 0;
    bool negative = at[1] == '-';
    for (at += 1 + (at[1] == '-' || at[1] == '+'); at < end; at++)
        value = value * 10 + (*at - '0');
    return negative ? -value : value;
}

bool kith__decimal_read(const char *text, size_t size, kith__decimal *out)
{
    if (!kith__decimal_valid(text, size, NULL, NULL))
        return false;
    const char *at = text + (*text == '-' || *text == '+'), *all = text + size, *end = at, *point = NULL;
    for (; end < all && *end != 'e' && *end != 'E'; end++)
        if (*end == '.')
            point = end;
    long before = (long)((point ? point : end) - at) + exponent_of(end, all);
    for (; at < end && (*at == '0' || *at == '.'); at++)
        before -= *at == '0';
    while (end > at && (end[-1] == '0' || end[-1] == '.'))
        end--;
    *out = (kith__decimal){ .sign = at == end ? 0 : *text == '-' ? -1 : 1, .digits = at, .end = end, .point = before };
    return true;
}

/* The next digit, 0 when there are no more. */
static int next_digit(const char **at, const char *end)
{
    if (*at < end && **at == '.')
        ++*at;
    return *at < end ? *(*at)++ - '0' : 0;
}

static int compare_sizes(const kith__decimal *a, const kith__decimal *b)
{
    if (a->point != b->point)
        return a->point < b->point ? -1 : 1;
    const char *left = a->digits, *right = b->digits;
    while (left < a->end || right < b->end) {
        int x = next_digit(&left, a->end), y = next_digit(&right, b->end);
        if (x != y)
            return x < y ? -1 : 1;
    }
    return 0;
}

int kith__decimal_order(const kith__decimal *a, const kith__decimal *b)
{
    if (a->sign != b->sign)
        return a->sign < b->sign ? -1 : 1;
    return a->sign ? a->sign * compare_sizes(a, b) : 0;
}

size_t kith__decimal_digits(const kith__decimal *number)
{
    size_t count = 0;
    for (const char *at = number->digits; at < number->end; at++)
        count += *at != '.';
    return count;
}

bool kith__decimal_fits(const kith__decimal *number, uint32_t precision, uint32_t scale)
{
    long digits = (long)kith__decimal_digits(number), before = number->point > 0 ? number->point : 0;
    return !precision || !number->sign || (before <= (long)precision - (long)scale && digits - number->point <= (long)scale);
}
