/*
 * print: a value as a person would write it. May use: text, moment, real. Used by: messages, kith_describe, logs.
 */
#include "base/base.h"

#include <inttypes.h>
#include <stdio.h>

enum { LONGEST_TEXT = 60 };

/* The longest prefix of at most LONGEST_TEXT bytes that ends between characters. */
static size_t cut(const char *text, size_t size)
{
    if (size <= LONGEST_TEXT)
        return size;
    size_t end = LONGEST_TEXT;
    while (end > LONGEST_TEXT - 4 && ((unsigned char)text[end] & 0xC0) == 0x80)
        end--;
    return end;
}

static void print_char(kith__text *out, char c)
{
    unsigned char byte = (unsigned char)c;
    if (c == '"' || c == '\\')
        kith__text_addf(out, "\\%c", c);
    else if (c == '\n')
        kith__text_add(out, "\\n");
    else if (c == '\t')
        kith__text_add(out, "\\t");
    else if (byte < 0x20 || byte == 0x7F)
        kith__text_addf(out, "\\x%02x", byte);
    else
        kith__text_addc(out, c);
}

static void print_text(kith__text *out, const char *text)
{
    size_t size = strlen(text), shown = cut(text, size);
    bool valid = kith__utf8_valid(text, shown);
    kith__text_addc(out, '"');
    for (size_t i = 0; i < shown; i++)
        if ((unsigned char)text[i] >= 0x80 && !valid)
            kith__text_addf(out, "\\x%02x", (unsigned char)text[i]);
        else
            print_char(out, text[i]);
    kith__text_add(out, shown < size ? "…\"" : "\"");
}

static void print_uuid(kith__text *out, kith_uuid uuid)
{
    char hex[KITH__UUID_SIZE + 1];
    kith__uuid_format(uuid, hex);
    kith__text_addf(out, "%.8s-%.4s-%.4s-%.4s-%.12s", hex, hex + 8, hex + 12, hex + 16, hex + 20);
}

static void print_moment(kith__text *out, const kith_value *value)
{
    char text[KITH__DATETIME_SIZE + 1];
    if (value->type == KITH_TYPE_DATE && kith__date_format(value->date, text))
        kith__text_add(out, text);
    else if (value->type == KITH_TYPE_TIME && kith__time_format(value->time, text))
        kith__text_add(out, text);
    else if (value->type == KITH_TYPE_DATETIME && kith__datetime_format(value->datetime, text))
        kith__text_add(out, text);
    else if (value->type == KITH_TYPE_DATE)
        kith__text_addf(out, "%" PRId32 " days from 1970-01-01", value->date.days);
    else
        kith__text_addf(out, "%" PRId64 " microseconds", value->type == KITH_TYPE_TIME ? value->time.microseconds : value->datetime.microseconds);
}

static bool is_null(const kith_value *value)
{
    switch (value->type) {
    case KITH_TYPE_TEXT: case KITH_TYPE_JSON: case KITH_TYPE_DECIMAL:
        return value->absent || !value->s;
    case KITH_TYPE_BLOB:
        return value->absent || !value->b.data;
    case KITH_TYPE_OBJECT:
        return value->absent || !value->object;
    default:
        return value->absent || value->type == KITH_TYPE_NONE;
    }
}

void kith__value_print(kith__text *out, const kith_value *value)
{
    if (is_null(value)) {
        kith__text_add(out, "NULL");
        return;
    }
    switch (value->type) {
    case KITH_TYPE_BOOL:    kith__text_add(out, value->i ? "true" : "false"); break;
    case KITH_TYPE_INT:     kith__text_addf(out, "%" PRId64, value->i); break;
    case KITH_TYPE_UINT:    kith__text_addf(out, "%" PRIu64, value->u); break;
    case KITH_TYPE_REAL:    kith__real_print(out, value->d); break;
    case KITH_TYPE_TEXT:
    case KITH_TYPE_JSON:    print_text(out, value->s); break;
    case KITH_TYPE_DECIMAL: kith__text_addn(out, value->s, cut(value->s, strlen(value->s))); break;
    case KITH_TYPE_BLOB:    kith__text_addf(out, "a blob of %zu byte%s", value->b.size, value->b.size == 1 ? "" : "s"); break;
    case KITH_TYPE_DATE:
    case KITH_TYPE_TIME:
    case KITH_TYPE_DATETIME: print_moment(out, value); break;
    case KITH_TYPE_UUID:    print_uuid(out, value->uuid); break;
    case KITH_TYPE_OBJECT:  kith__text_add(out, "an object"); break;
    default:                kith__text_addf(out, "a value of type %" PRIu32, value->type); break;
    }
}
