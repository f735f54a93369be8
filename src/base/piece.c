/*
 * piece: pieces of an arena with something in them: cleared, copied, texts. Apart from arena.c, so that a test's linker can put itself between.
 * May use: arena. Used by: every room.
 */
#include "base/base.h"

#include <stdio.h>

void *kith__arena_zero(kith__arena *arena, size_t size)
{
    void *taken = kith__arena_alloc(arena, size);
    return taken ? memset(taken, 0, size) : NULL;
}

void *kith__arena_copy(kith__arena *arena, const void *data, size_t size)
{
    void *taken = kith__arena_alloc(arena, size);
    if (taken && size)
        memcpy(taken, data, size);
    return taken;
}

char *kith__arena_text(kith__arena *arena, const char *text)
{
    return text ? kith__arena_copy(arena, text, strlen(text) + 1) : NULL;
}

char *kith__arena_textn(kith__arena *arena, const char *text, size_t size)
{
    char *taken = kith__arena_alloc(arena, size < SIZE_MAX ? size + 1 : size);
    if (!taken)
        return NULL;
    if (size)
        memcpy(taken, text, size);
    taken[size] = '\0';
    return taken;
}

char *kith__arena_format(kith__arena *arena, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int size = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    char *taken = size < 0 ? NULL : kith__arena_alloc(arena, (size_t)size + 1);
    if (!taken)
        return NULL;
    va_start(arguments, format);
    vsnprintf(taken, (size_t)size + 1, format, arguments);
    va_end(arguments);
    return taken;
}

char *kith__arena_take(kith__arena *arena, kith__text *text)
{
    char *taken = kith__arena_textn(arena, text->data, text->broken ? SIZE_MAX : text->size);
    kith__text_free(text);
    return taken;
}
