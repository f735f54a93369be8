/*
 * words: lists of texts, and what the kith program says when something fails.
 */
#include "cli.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

int complain(const char *format, ...)
{
    va_list arguments;
    fputs("kith: ", stderr);
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
    return 1;
}

int complain_memory(void)
{
    return complain("there is no memory left.");
}

static bool take(words *list, char *text)
{
    char **grown = text != NULL ? realloc(list->items, (list->count + 2) * sizeof *grown) : NULL;
    if (grown == NULL) {
        free(text);
        return false;
    }
    grown[list->count++] = text;
    grown[list->count] = NULL;
    list->items = grown;
    return true;
}

bool words_add(words *list, const char *text)
{
    return take(list, strdup(text));
}

bool words_add_format(words *list, const char *format, ...)
{
    char *text = NULL;
    va_list arguments;
    va_start(arguments, format);
    int size = vasprintf(&text, format, arguments);
    va_end(arguments);
    return size >= 0 && take(list, text);
}

bool words_split(words *list, const char *text)
{
    for (const char *p = text; *(p += strspn(p, " \t\r\n")) != 0;) {
        size_t size = strcspn(p, " \t\r\n");
        if (!take(list, strndup(p, size)))
            return false;
        p += size;
    }
    return true;
}

void words_free(words *list)
{
    for (size_t i = 0; i < list->count; i++)
        free(list->items[i]);
    free(list->items);
    *list = (words){ .items = NULL };
}
