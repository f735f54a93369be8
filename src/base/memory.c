/*
 * memory: arrays that grow, and large pieces from the system. May use: libc. Used by: every room.
 */
#include "base/base.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

enum { WORTH_ASKING = 64 * 1024 };

/* The whole pages of it, which will be written soon, are there at once: a fault for each would cost ten times as much. Where the system
 * does not know that they come one by one. */
static void populate(char *memory, size_t size)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE), before = -(uintptr_t)memory % page;
    if (size >= before + page)
        madvise(memory + before, (size - before) / page * page, MADV_POPULATE_WRITE);
}

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
    size_t had = *capacity * item_size;
    if (bytes - had >= WORTH_ASKING)
        populate((char *)items + had, bytes - had);
    *capacity = wanted;
    return true;
}

/* KITH__LARGEST bytes at a multiple of as many, which is what a huge page asks for. */
static void *huge_page(void)
{
    char *memory = mmap(NULL, 2 * (size_t)KITH__LARGEST, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED)
        return NULL;
    size_t before = -(uintptr_t)memory % KITH__LARGEST;
    if (before)
        munmap(memory, before);
    munmap(memory + before + KITH__LARGEST, KITH__LARGEST - before);
    if (madvise(memory + before, KITH__LARGEST, MADV_HUGEPAGE))
        madvise(memory + before, KITH__LARGEST, MADV_POPULATE_WRITE);   /* as many small ones; they come by themselves where this is unknown too */
    return memory + before;
}

void *kith__large_alloc(size_t size)
{
    if (size == KITH__LARGEST)
        return huge_page();
    void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
    return memory == MAP_FAILED ? NULL : memory;
}

void kith__large_free(void *memory, size_t size)
{
    munmap(memory, size);
}

void kith__large_forget(void *memory, size_t size)
{
    madvise(memory, size, MADV_DONTNEED);
}
