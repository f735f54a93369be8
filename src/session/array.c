/*
 * The memory of lists. A list that the program changes has an array of its own, which grows. Those that one load fills lie one behind the
 * other in blocks, each as long as its list came to be, whatever their number: the loader asks for no memory per owner.
 *
 * A block goes when its last array does. Who has that one may by then be another session, of another thread: hence the counter.
 */
#include "session/session.h"

#include <stdlib.h>

enum { FIRST_BLOCK = 512, LARGEST_BLOCK = 256 * 1024, LEAST = 8 };

static kith__array *array_of(const void **items) { return (kith__array *)(void *)((char *)items - offsetof(kith__array, items)); }

const void **kith__array_resize(const void **items, size_t capacity, size_t count)
{
    kith__array *old = items ? array_of(items) : NULL;
    bool own = old && !old->block;
    kith__array *array = realloc(own ? old : NULL, sizeof *array + capacity * sizeof *array->items);
    if (!array)
        return NULL;
    array->block = NULL;
    if (old && !own) {
        memcpy(array->items, items, count * sizeof *items);
        kith__array_free(old);
    }
    return array->items;
}

void kith__array_free(kith__array *array)
{
    if (array->block)
        kith__block_leave(array->block);
    else
        free(array);
}

void kith__items_free(const void **items)
{
    if (items)
        kith__array_free(array_of(items));
}

kith__array *kith__items_bury(kith__array *graveyard, const void **items)
{
    array_of(items)->next = graveyard;
    return array_of(items);
}

/* ---------------------------------------------------------------- while a load fills lists */

/* The list that has all the rest of the block keeps of it what it took. */
static void settle(kith__arrays *a)
{
    if (!a->top)
        return;
    a->top->capacity = a->top->list.count;
    a->at = (char *)(a->top->list.items + a->top->list.count);
    a->top = NULL;
}

static bool next_block(kith__arrays *a, size_t needed)
{
    size_t size = a->block ? a->block->size * 2 : FIRST_BLOCK + a->owners * sizeof(kith__array);
    if (size > LARGEST_BLOCK)
        size = LARGEST_BLOCK;
    if (size < sizeof *a->block + needed)
        size = sizeof *a->block + needed;
    kith__block *block = kith__block_alloc(size);
    if (!block)
        return kith__no_memory(a->session);
    kith__block_leave(a->block);
    a->block = block;
    a->at = (char *)(block + 1);
    a->end = (char *)block + block->size;
    return true;
}

/* A new list has what is left of the block, until another one wants some of it; one that comes back, as rows in no order make it, twice
 * what it has. */
bool kith__arrays_more(kith__arrays *a, kith_link *link)
{
    size_t count = link->list.count, room = count ? count * 2 : LEAST, needed = sizeof(kith__array) + room * sizeof(void *);
    bool top = link == a->top || !count;
    settle(a);
    if ((size_t)(a->end - a->at) < needed && !next_block(a, needed))
        return false;
    kith__array *array = (kith__array *)(void *)a->at;
    array->block = a->block;
    atomic_fetch_add(&a->block->users, 1);
    if (count)
        memcpy(array->items, link->list.items, count * sizeof *array->items);
    kith__items_free(link->list.items);
    link->list.items = array->items;
    link->capacity = top ? (size_t)(a->end - (char *)array->items) / sizeof *array->items : room;
    a->at = (char *)(array->items + link->capacity);
    a->top = top ? link : NULL;
    return true;
}

void kith__arrays_close(kith__arrays *a)
{
    settle(a);
    kith__block_leave(a->block);
}
