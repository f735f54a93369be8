/*
 * cache: the prepared statements of a connection, by what they are for. May use: base. Used by: statement, pool.
 *
 * The key is an address and a number, or, where there is no address, the text. Who is used longest ago goes: a search through all of
 * them, which is nothing beside the preparing that it comes before.
 */
#include "driver/pool.h"

#include <stdlib.h>

enum { MOST = 128, CHAINS = 256 };

typedef struct entry {
    const void *shape;                          /* NULL: the statement's text is the key */
    uint64_t variant;                           /* or the text's hash */
    kith__statement *statement;                 /* NULL: this entry is free */
    uint64_t used;                              /* the cache's clock when it was asked for last */
    uint16_t next;                              /* in its chain, counted from 1; 0: the last */
} entry;

struct kith__cache {
    uint64_t clock;
    size_t count;
    uint16_t chains[CHAINS];                    /* entries counted from 1; 0: none */
    entry entries[MOST];
};

kith__cache *kith__cache_new(void) { return calloc(1, sizeof(kith__cache)); }

static size_t chain_of(const void *shape, uint64_t variant)
{
    uint64_t mixed = ((uint64_t)(uintptr_t)shape ^ variant * UINT64_C(0xBF58476D1CE4E5B9)) * UINT64_C(0x9E3779B97F4A7C15);
    return (size_t)(mixed >> 56);
}

_Static_assert(CHAINS == 1 << 8, "the chain is the hash's upper 8 bits");

static bool is(const entry *e, const void *shape, uint64_t variant, const char *sql)
{
    return e->shape == shape && e->variant == variant && (shape || strcmp(e->statement->sql, sql) == 0);
}

kith__statement *kith__cache_get(kith__cache *cache, const void *shape, uint64_t variant, const char *sql)
{
    if (!shape)
        variant = kith__hash(sql, strlen(sql));
    for (size_t at = cache->chains[chain_of(shape, variant)]; at; at = cache->entries[at - 1].next) {
        entry *e = &cache->entries[at - 1];
        if (!is(e, shape, variant, sql))
            continue;
        e->used = ++cache->clock;
        return e->statement->busy ? NULL : e->statement;
    }
    return NULL;
}

static void unchain(kith__cache *cache, entry *e)
{
    uint16_t number = (uint16_t)(e - cache->entries + 1), *link = &cache->chains[chain_of(e->shape, e->variant)];
    while (*link != number)
        link = &cache->entries[*link - 1].next;
    *link = e->next;
    *e = (entry){ .next = 0 };
    cache->count--;
}

/* A free entry, or the one that is idle longest; NULL when all are in use. */
static entry *place_for_one(kith__cache *cache)
{
    entry *oldest = NULL;
    for (size_t i = 0; i < MOST; i++) {
        entry *e = &cache->entries[i];
        if (!e->statement)
            return e;
        if (!e->statement->busy && (!oldest || e->used < oldest->used))
            oldest = e;
    }
    return oldest;
}

static bool there_already(const kith__cache *cache, const void *shape, uint64_t variant, const char *sql)
{
    for (size_t at = cache->chains[chain_of(shape, variant)]; at; at = cache->entries[at - 1].next)
        if (is(&cache->entries[at - 1], shape, variant, sql))
            return true;
    return false;
}

bool kith__cache_put(kith__cache *cache, const void *shape, uint64_t variant, kith__statement *statement, kith__statement **gone)
{
    *gone = NULL;
    if (!shape)
        variant = kith__hash(statement->sql, strlen(statement->sql));
    entry *place = there_already(cache, shape, variant, statement->sql) ? NULL : place_for_one(cache);
    if (!place)
        return false;
    if (place->statement) {
        *gone = place->statement;
        unchain(cache, place);
    }
    uint16_t *chain = &cache->chains[chain_of(shape, variant)];
    *place = (entry){ .shape = shape, .variant = variant, .statement = statement, .used = ++cache->clock, .next = *chain };
    *chain = (uint16_t)(place - cache->entries + 1);
    cache->count++;
    return true;
}

kith__statement *kith__cache_pop(kith__cache *cache)
{
    for (size_t i = 0; cache->count && i < MOST; i++)
        if (cache->entries[i].statement) {
            kith__statement *statement = cache->entries[i].statement;
            unchain(cache, &cache->entries[i]);
            return statement;
        }
    return NULL;
}

void kith__cache_free(kith__cache *cache) { free(cache); }
