/*
 * Blocks: memory that is handed out in pieces, and goes when the last piece does. Who has that one may by then be another session, of
 * another thread: hence the counter.
 */
#include "session/session.h"

#include <stdlib.h>

enum { LARGE_BLOCK = 64 * 1024 };       /* and larger: from the system, in multiples of as much */

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
