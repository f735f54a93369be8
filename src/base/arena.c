/*
 * arena: memory that is freed together, taken from blocks. May use: libc. Used by: every room.
 *
 * Blocks begin at 4 KiB and double to 256 KiB; from then on they are of KITH__LARGEST, from the system. What is larger than a quarter of the
 * next block gets a block of its own, behind the current one, so that the current one is not given up half full.
 */
#include "base/base.h"

#include <stdlib.h>

#if defined __SANITIZE_ADDRESS__
#define POISONS_ 1
#elif defined __has_feature
#if __has_feature(address_sanitizer)
#define POISONS_ 1
#endif
#endif
#ifdef POISONS_
#include <sanitizer/asan_interface.h>
#else
#define ASAN_POISON_MEMORY_REGION(at, size) ((void)(at), (void)(size))
#define ASAN_UNPOISON_MEMORY_REGION(at, size) ((void)(at), (void)(size))
#endif

enum { FIRST_BLOCK = 4096, LARGEST_OF_MALLOC = 256 * 1024, ALIGNMENT = 16 };

struct kith__arena_block {
    kith__arena_block *next;
    size_t size;                    /* of data */
    bool large;                     /* kith__large_alloc's */
    _Alignas(ALIGNMENT) char data[];
};

static size_t next_block_size(const kith__arena *arena)
{
    if (!arena->blocks)
        return FIRST_BLOCK - sizeof(kith__arena_block);
    size_t size = 2 * (arena->blocks->size + sizeof(kith__arena_block));
    return (size <= LARGEST_OF_MALLOC ? size : KITH__LARGEST) - sizeof(kith__arena_block);
}

static kith__arena_block *new_block(kith__arena *arena, size_t size, bool large)
{
    if (size > PTRDIFF_MAX - sizeof(kith__arena_block))
        return NULL;
    kith__arena_block *block = large ? kith__large_alloc(sizeof *block + size) : malloc(sizeof *block + size);
    if (!block)
        return NULL;
    block->size = size;
    block->large = large;
    arena->total += sizeof *block + size;
    ASAN_POISON_MEMORY_REGION(block->data, size);
    return block;
}

static void *none(kith__arena *arena)
{
    arena->broken = true;
    return NULL;
}

static void *own_block(kith__arena *arena, size_t size)
{
    kith__arena_block *block = new_block(arena, size, false);
    if (!block)
        return none(arena);
    block->next = arena->blocks->next;
    arena->blocks->next = block;
    ASAN_UNPOISON_MEMORY_REGION(block->data, size);
    return block->data;
}

static void *from_new_block(kith__arena *arena, size_t size)
{
    size_t usual = next_block_size(arena);
    if (arena->blocks && size > usual / 4)
        return own_block(arena, size);
    kith__arena_block *block = new_block(arena, size > usual ? size : usual, size <= usual && usual + sizeof *block > LARGEST_OF_MALLOC);
    if (!block)
        return none(arena);
    block->next = arena->blocks;
    arena->blocks = block;
    arena->at = block->data + size;
    arena->end = block->data + block->size;
    ASAN_UNPOISON_MEMORY_REGION(block->data, size);
    return block->data;
}

void *kith__arena_alloc(kith__arena *arena, size_t size)
{
    if (size > PTRDIFF_MAX - ALIGNMENT)
        return none(arena);
    size_t rounded = ((size + !size) + (ALIGNMENT - 1)) & ~(size_t)(ALIGNMENT - 1);
    if ((size_t)(arena->end - arena->at) < rounded)
        return from_new_block(arena, rounded);
    void *taken = arena->at;
    arena->at += rounded;
    ASAN_UNPOISON_MEMORY_REGION(taken, rounded);
    return taken;
}

char *kith__arena_open(kith__arena *arena, char **end)
{
    ASAN_UNPOISON_MEMORY_REGION(arena->at, (size_t)(arena->end - arena->at));
    *end = arena->end;
    return arena->at;
}

void kith__arena_close(kith__arena *arena, const char *used)
{
    size_t taken = (size_t)(used - arena->at), left = (size_t)(arena->end - arena->at);
    size_t rounded = (taken + (ALIGNMENT - 1)) & ~(size_t)(ALIGNMENT - 1);
    arena->at += rounded < left ? rounded : left;
    ASAN_POISON_MEMORY_REGION(arena->at, (size_t)(arena->end - arena->at));
}

static void free_blocks(kith__arena *arena, kith__arena_block *block)
{
    while (block) {
        kith__arena_block *next = block->next;
        arena->total -= sizeof *block + block->size;
        ASAN_UNPOISON_MEMORY_REGION(block->data, block->size);
        if (block->large)
            kith__large_free(block, sizeof *block + block->size);
        else
            free(block);
        block = next;
    }
}

void kith__arena_reset(kith__arena *arena)
{
    kith__arena_block *kept = arena->blocks;
    arena->broken = false;
    if (!kept)
        return;
    free_blocks(arena, kept->next);
    kept->next = NULL;
    arena->at = kept->data;
    arena->end = kept->data + kept->size;
    ASAN_POISON_MEMORY_REGION(kept->data, kept->size);
}

void kith__arena_free(kith__arena *arena)
{
    free_blocks(arena, arena->blocks);
    *arena = (kith__arena){ 0 };
}
