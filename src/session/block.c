/*
 * Blocks: memory that is handed out in pieces, and goes when the last piece does. Who has that one may by then be another session, of
 * another thread: hence the counter.
 */
#include "session/session.h"

#include <stdlib.h>

enum { LARGE_BLOCK = 64 * 1024, NOTES_BLOCK = 4096 };      /* large: from the system, in multiples of as much */

kith__block *kith__block_alloc(size_t size)
{
    if (size >= LARGE_BLOCK)
        size = (size + LARGE_BLOCK - 1) / LARGE_BLOCK * LARGE_BLOCK;
    kith__block *block = size >= LARGE_BLOCK ? kith__large_alloc(size) : malloc(size);
    if (!block)
        return NULL;
    atomic_init(&block->users, 1);
    block->size = size;
    return block;
}

void kith__block_leave(kith__block *block)
{
    if (!block || atomic_fetch_sub(&block->users, 1) > 1)
        return;
    if (block->size >= LARGE_BLOCK)
        kith__large_free(block, block->size);
    else
        free(block);
}

void *kith__piece(kith__pieces *pieces, size_t size)
{
    if ((size_t)(pieces->end - pieces->at) < size) {
        size_t whole = sizeof(kith__block) + size;
        kith__block *block = kith__block_alloc(whole > NOTES_BLOCK ? whole : NOTES_BLOCK);
        if (!block)
            return NULL;
        kith__block_leave(pieces->block);
        *pieces = (kith__pieces){ block, (char *)(block + 1), (char *)block + block->size };
    }
    void *piece = pieces->at;
    pieces->at += size;
    atomic_fetch_add_explicit(&pieces->block->users, 1, memory_order_relaxed);
    return piece;
}

void kith__pieces_close(kith__pieces *pieces)
{
    kith__block_leave(pieces->block);
    *pieces = (kith__pieces){ .block = NULL };
}
