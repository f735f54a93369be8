/*
 * JSON as text, by malloc whatever jansson uses itself, and with floating values as short as they can be: 0.1, where jansson alone would
 * write 0.10000000000000001 to keep every value.
 */
#include "json.h"

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct growing { char *text; size_t size, capacity; bool broken; } growing;      /* broken: no memory, once and for all: jansson goes on after some failures */

static int add(growing *out, const char *words, size_t size)
{
    if (out->broken)
        return -1;
    if (out->size + size + 1 > out->capacity) {
        size_t capacity = (out->size + size + 1) * 2;
        char *grown = realloc(out->text, capacity);
        out->broken = !grown;
        if (!grown)
            return -1;
        out->text = grown;
        out->capacity = capacity;
    }
    memcpy(out->text + out->size, words, size);
    out->size += size;
    out->text[out->size] = '\0';
    return 0;
}

/* Where a value may begin, compact as the text is written; inside of a string what comes before is a quote, a letter or an escape. */
static bool a_value_begins(const growing *out) { return !out->size || strchr(":[,", out->text[out->size - 1]); }

static bool is_floating(const char *words, size_t size)
{
    return size < 40 && strchr("-0123456789", words[0]) && (memchr(words, '.', size) || memchr(words, 'e', size));
}

static int add_shortest(growing *out, const char *words, size_t size)
{
    char text[40], shorter[40];
    snprintf(text, sizeof text, "%.*s", (int)size, words);
    double number = strtod(text, NULL);
    for (int digits = 15; digits < 17; digits++) {
        snprintf(shorter, sizeof shorter - 2, "%.*g", digits, number);
        if (strtod(shorter, NULL) != number)
            continue;
        if (!strpbrk(shorter, ".e"))
            strcat(shorter, ".0");
        return add(out, shorter, strlen(shorter));
    }
    return add(out, words, size);
}

static int piece(const char *words, size_t size, void *arg)
{
    growing *out = arg;
    return size && a_value_begins(out) && is_floating(words, size) ? add_shortest(out, words, size) : add(out, words, size);
}

/* This thread writes and reads numbers as C does meanwhile. */
static int dump(const json_t *json, growing *out)
{
    locale_t plain = newlocale(LC_NUMERIC_MASK, "C", (locale_t)0), before = plain ? uselocale(plain) : (locale_t)0;
    int result = json_dump_callback(json, piece, out, JSON_COMPACT | JSON_ENCODE_ANY | JSON_REAL_PRECISION(17));
    if (plain) {
        uselocale(before);
        freelocale(plain);
    }
    return result;
}

char *kith__json_text(const json_t *json)
{
    growing out = { .text = NULL };
    if (dump(json, &out) == 0 && !out.broken)
        return out.text;
    free(out.text);
    return NULL;
}
