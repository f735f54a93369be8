/*
 * list: arrays that grow in an arena. For the files of src/migrate.
 */
#include "migrate/ddl.h"

enum { FIRST_CAPACITY_ = 4 };

/* a full list has 4, 8, 16, … items */
static bool is_full(size_t count)
{
    return count == 0 || (count >= FIRST_CAPACITY_ && (count & (count - 1)) == 0);
}

static void *grown(kith__arena *arena, void *items_pointer, size_t count, size_t capacity, size_t item_size)
{
    void *old = NULL;
    memcpy(&old, items_pointer, sizeof old);
    char *items = kith__arena_alloc(arena, capacity * item_size);
    if (items == NULL)
        return NULL;
    if (count > 0)
        memcpy(items, old, count * item_size);
    memcpy(items_pointer, &items, sizeof items);
    return items;
}

static void *fresh(void *items_pointer, size_t *count, size_t item_size)
{
    char *items = NULL;
    memcpy(&items, items_pointer, sizeof items);
    char *item = items + *count * item_size;
    memset(item, 0, item_size);
    *count += 1;
    return item;
}

void *kith__list_add(kith__arena *arena, void *items_pointer, size_t *count, size_t item_size)
{
    if (is_full(*count)) {
        size_t capacity = *count == 0 ? FIRST_CAPACITY_ : *count * 2;
        if (grown(arena, items_pointer, *count, capacity, item_size) == NULL)
            return NULL;
    }
    return fresh(items_pointer, count, item_size);
}

void *kith__list_copy_add(kith__arena *arena, void *items_pointer, size_t *count, size_t item_size)
{
    if (grown(arena, items_pointer, *count, *count + 1, item_size) == NULL)
        return NULL;
    return fresh(items_pointer, count, item_size);
}

void kith__list_remove(void *items, size_t *count, size_t item_size, size_t index)
{
    char *at = (char *)items + index * item_size;
    *count -= 1;
    memmove(at, at + item_size, (*count - index) * item_size);
}
