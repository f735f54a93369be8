/*
 * Bytes as base64 (RFC 4648, with = at the end), and back: strictly that, without spaces.
 */
#include "json.h"

#include <stdlib.h>
#include <string.h>

static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

char *kith__json_base64_write(const void *data, size_t size)
{
    const unsigned char *bytes = data;
    char *text = size < SIZE_MAX / 4 * 3 - 8 ? malloc((size + 2) / 3 * 4 + 1) : NULL, *at = text;
    for (size_t i = 0; text && i < size; i += 3) {
        size_t left = size - i;
        uint32_t three = (uint32_t)bytes[i] << 16 | (left > 1 ? (uint32_t)bytes[i + 1] << 8 : 0) | (left > 2 ? bytes[i + 2] : 0);
        *at++ = letters[three >> 18];
        *at++ = letters[three >> 12 & 63];
        *at++ = left > 1 ? letters[three >> 6 & 63] : '=';
        *at++ = left > 2 ? letters[three & 63] : '=';
    }
    if (text)
        *at = '\0';
    return text;
}

static bool number_of(char letter, uint32_t *number)
{
    const char *found = letter ? strchr(letters, letter) : NULL;
    *number = found ? (uint32_t)(found - letters) : 0;
    return found != NULL;
}

/* Four letters, the last one or two of them =: how many bytes they are, 0: they are none. */
static size_t read_four(const char *four, bool last, unsigned char out[3])
{
    size_t count = last && four[3] == '=' ? four[2] == '=' ? 1 : 2 : 3;
    uint32_t sum = 0, number;
    for (size_t i = 0; i < 4; i++) {
        if (!(i <= count ? number_of(four[i], &number) : four[i] == '='))
            return 0;
        sum = sum << 6 | (i <= count ? number : 0);
    }
    if ((count == 1 && sum & 0xffff) || (count == 2 && sum & 0xff))        /* bits of no byte */
        return 0;
    out[0] = (unsigned char)(sum >> 16);
    out[1] = (unsigned char)(sum >> 8);
    out[2] = (unsigned char)sum;
    return count;
}

void *kith__json_base64_read(const char *text, size_t length, size_t *size, bool *valid)
{
    unsigned char *bytes = malloc(length / 4 * 3 + 4);
    *size = 0;
    *valid = length % 4 == 0;
    for (size_t i = 0; bytes && *valid && i < length; i += 4) {
        size_t count = read_four(text + i, i + 4 == length, bytes + *size);
        *valid = count > 0;
        *size += count;
    }
    return bytes;
}
