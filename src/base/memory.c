/*
 * memory: arrays that grow. May use: libc. Used by: every room.
 */
#include "base/base.h"

#include <stdlib.h>

bool kith__grow(void *items_pointer, size_t *capacity, size_t needed, size_t item_size)
{
    if (needed <= *capacity)
        return true;
    size_t wanted = *capacity + *capacity / 2 + 8;
    if (wanted < needed)
        wanted = needed;
    size_t bytes;
    if (__builtin_mul_overflow(wanted, item_size, &bytes))
        return false;
    /* the caller's pointer may be of any type, so its bytes are copied */
    void *items;
    memcpy(&items, items_pointer, sizeof items);
    items = realloc(items, bytes);
    if (!items)
        return false;
    memcpy(items_pointer, &items, sizeof items);
    *capacity = wanted;
    return true;
}
