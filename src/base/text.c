/*
 * text: a text that grows, UTF-8, and what is done to names. May use: libc. Used by: every room.
 */
#include "base/base.h"

#include <stdio.h>
#include <stdlib.h>

/* ---------------------------------------------------------------- the text that grows */

/* Room for `size` bytes more and the NUL. */
static bool has_room(kith__text *text, size_t size)
{
    if (text->broken)
        return false;
    if (size >= PTRDIFF_MAX - text->size || !kith__grow(&text->data, &text->capacity, text->size + size + 1, 1))
        text->broken = true;
    return !text->broken;
}

void kith__text_addn(kith__text *text, const char *added, size_t size)
{
    if (!has_room(text, size))
        return;
    if (size)
        memcpy(text->data + text->size, added, size);
    text->size += size;
    text->data[text->size] = '\0';
}

void kith__text_add(kith__text *text, const char *added)
{
    kith__text_addn(text, added, strlen(added));
}

void kith__text_addc(kith__text *text, char c)
{
    kith__text_addn(text, &c, 1);
}

void kith__text_addf(kith__text *text, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int size = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    if (size < 0)
        text->broken = true;
    if (!has_room(text, size < 0 ? 0 : (size_t)size))
        return;
    va_start(arguments, format);
    vsnprintf(text->data + text->size, (size_t)size + 1, format, arguments);
    va_end(arguments);
    text->size += (size_t)size;
}

void kith__text_reset(kith__text *text)
{
    text->size = 0;
    text->broken = false;
    if (text->data)
        text->data[0] = '\0';
}

void kith__text_free(kith__text *text)
{
    free(text->data);
    *text = (kith__text){ 0 };
}

/* ---------------------------------------------------------------- UTF-8 */

/* How many bytes the character at `at` takes; 0: it is not valid (too long a form, a surrogate, above U+10FFFF, cut off). */
static size_t character_size(const unsigned char *at, size_t left)
{
    if (at[0] < 0x80)
        return 1;
    size_t size = at[0] >= 0xC2 && at[0] <= 0xDF ? 2 : (at[0] & 0xF0) == 0xE0 ? 3 : at[0] >= 0xF0 && at[0] <= 0xF4 ? 4 : 0;
    if (!size || left < size)
        return 0;
    unsigned char low = at[0] == 0xE0 ? 0xA0 : at[0] == 0xF0 ? 0x90 : 0x80;
    unsigned char high = at[0] == 0xED ? 0x9F : at[0] == 0xF4 ? 0x8F : 0xBF;
    if (at[1] < low || at[1] > high)
        return 0;
    for (size_t i = 2; i < size; i++)
        if ((at[i] & 0xC0) != 0x80)
            return 0;
    return size;
}

static bool eight_are_ascii(const unsigned char *at)
{
    uint64_t eight;
    memcpy(&eight, at, 8);
    return !(eight & UINT64_C(0x8080808080808080));
}

bool kith__utf8_valid(const char *text, size_t size)
{
    const unsigned char *at = (const unsigned char *)text, *end = at + size;
    while (at < end) {
        while (end - at >= 8 && eight_are_ascii(at))
            at += 8;
        if (at == end || (size >= 8 && end - at < 8 && eight_are_ascii(end - 8)))      /* the last ones with some before them */
            break;
        size_t step = character_size(at, (size_t)(end - at));
        if (!step)
            return false;
        at += step;
    }
    return true;
}

size_t kith__utf8_count(const char *text, size_t size)
{
    size_t count = 0;
    for (size_t i = 0; i < size; i++)
        count += ((unsigned char)text[i] & 0xC0) != 0x80;
    return count;
}

/* ---------------------------------------------------------------- names */

static char folded(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
static bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
static bool is_digit(char c) { return c >= '0' && c <= '9'; }

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

enum { LONGEST_NAME = 64 };

/* Damerau and Levenshtein's distance (neighbours may change places), without regard to case. Both at most LONGEST_NAME long. */
static size_t distance(const char *a, size_t a_size, const char *b, size_t b_size)
{
    size_t rows[3][LONGEST_NAME + 1];
    for (size_t j = 0; j <= b_size; j++)
        rows[0][j] = j;
    for (size_t i = 1; i <= a_size; i++) {
        size_t *row = rows[i % 3], *above = rows[(i + 2) % 3], *two_above = rows[(i + 1) % 3];
        row[0] = i;
        for (size_t j = 1; j <= b_size; j++) {
            bool differ = folded(a[i - 1]) != folded(b[j - 1]);
            row[j] = smaller(above[j - 1] + differ, 1 + smaller(above[j], row[j - 1]));
            if (i > 1 && j > 1 && folded(a[i - 1]) == folded(b[j - 2]) && folded(a[i - 2]) == folded(b[j - 1]))
                row[j] = smaller(row[j], two_above[j - 2] + 1);
        }
    }
    return rows[a_size % 3][b_size];
}

/* One slip in four letters is a slip; a name that goes on where the wrong one stops (trash, trashcans) is near too, but less. */
static size_t farness(const char *wrong, size_t wrong_size, const char *name, size_t name_size)
{
    if (name_size > LONGEST_NAME || !name_size)
        return SIZE_MAX;
    size_t far = distance(wrong, wrong_size, name, name_size);
    size_t longer = wrong_size > name_size ? wrong_size : name_size;
    size_t allowed = longer < 6 ? 1 : (longer + 2) / 4;
    if (far <= allowed && far < longer)
        return far;
    size_t shorter = smaller(wrong_size, name_size);
    return shorter >= 3 && distance(wrong, shorter, name, shorter) == 0 ? LONGEST_NAME + far : SIZE_MAX;
}

const char *kith__nearest(const char *wrong, const char *const *names, size_t count)
{
    size_t size = strlen(wrong), best = SIZE_MAX;
    const char *nearest = NULL;
    for (size_t i = 0; size <= LONGEST_NAME && i < count; i++) {
        size_t far = farness(wrong, size, names[i], strlen(names[i]));
        if (far < best) {
            best = far;
            nearest = names[i];
        }
    }
    return nearest;
}

bool kith__listed(const char *const *names, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (!strcmp(names[i], name))
            return true;
    return false;
}

/* Flask-SQLAlchemy's rule: a capital begins a word after a small letter or a digit, or (not at the start) before a small letter. */
void kith__snake_case(kith__text *out, const char *camel)
{
    bool begun = false;                         /* leading underscores go */
    for (const char *at = camel; *at; at++) {
        char before = '\0';
        if (at > camel)
            before = at[-1];
        bool word = is_upper(*at) && (is_lower(before) || is_digit(before) || (at > camel && is_lower(at[1])));
        if (word && begun)
            kith__text_addc(out, '_');
        if (*at != '_' || begun) {
            kith__text_addc(out, folded(*at));
            begun = true;
        }
    }
}
