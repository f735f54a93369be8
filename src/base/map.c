/*
 * map: bytes to pointers, open addressing with linear steps. May use: libc. Used by: every room.
 *
 * A slot is taken when its value is not NULL, free when its key is NULL too, and else a tomb, which a search walks over.
 */
#include "base/base.h"

#include <stdlib.h>

static const char tomb;                         /* its address is the key of every tomb */

uint64_t kith__hash(const void *data, size_t size)
{
    const uint64_t factor = UINT64_C(0x9E3779B97F4A7C15);
    const unsigned char *at = data;
    uint64_t hash = size * factor, part;
    for (; size >= 8; size -= 8, at += 8) {
        memcpy(&part, at, 8);
        hash = (hash ^ part) * factor;
        hash ^= hash >> 32;
    }
    part = 0;
    if (size)
        memcpy(&part, at, size);
    hash = (hash ^ part) * factor;
    hash ^= hash >> 29;
    hash *= UINT64_C(0xBF58476D1CE4E5B9);
    return hash ^ hash >> 32;
}

static bool holds(const kith__map_slot *slot, const void *key, size_t size, uint64_t hash)
{
    return slot->value && slot->hash == hash && slot->size == size && (!size || !memcmp(slot->key, key, size));
}

/* The slot that holds the key, or NULL. */
static kith__map_slot *find(const kith__map *map, const void *key, size_t size, uint64_t hash)
{
    if (!map->count)
        return NULL;
    size_t mask = map->capacity - 1;
    for (size_t i = (size_t)hash & mask;; i = (i + 1) & mask) {
        kith__map_slot *slot = &map->slots[i];
        if (holds(slot, key, size, hash))
            return slot;
        if (!slot->value && !slot->key)
            return NULL;
    }
}

void *kith__map_get(const kith__map *map, const void *key, size_t size)
{
    kith__map_slot *slot = find(map, key, size, kith__hash(key, size));
    return slot ? slot->value : NULL;
}

static kith__map_slot *free_slot(kith__map_slot *slots, size_t capacity, uint64_t hash)
{
    size_t i = (size_t)hash & (capacity - 1);
    while (slots[i].value)
        i = (i + 1) & (capacity - 1);
    return &slots[i];
}

/* Makes the tables at least twice as large as what it holds, and sweeps out the tombs. */
static bool rebuild(kith__map *map)
{
    size_t capacity = 16;
    while (capacity / 2 < map->count + 1)
        if (__builtin_mul_overflow(capacity, 2, &capacity))
            return false;
    kith__map_slot *slots = calloc(capacity, sizeof *slots);
    if (!slots)
        return false;
    for (size_t i = 0; i < map->capacity; i++)
        if (map->slots[i].value)
            *free_slot(slots, capacity, map->slots[i].hash) = map->slots[i];
    free(map->slots);
    map->slots = slots;
    map->capacity = capacity;
    map->tombs = 0;
    return true;
}

bool kith__map_put(kith__map *map, const void *key, size_t size, void *value)
{
    uint64_t hash = kith__hash(key, size);
    kith__map_slot *slot = find(map, key, size, hash);
    if (!slot) {
        if ((map->count + map->tombs + 1) * 4 > map->capacity * 3 && !rebuild(map))
            return false;
        slot = free_slot(map->slots, map->capacity, hash);
        map->tombs -= slot->key == &tomb;
        map->count++;
    }
    *slot = (kith__map_slot){ .key = size ? key : "", .size = size, .hash = hash, .value = value };
    return true;
}

void *kith__map_remove(kith__map *map, const void *key, size_t size)
{
    kith__map_slot *slot = find(map, key, size, kith__hash(key, size));
    if (!slot)
        return NULL;
    void *value = slot->value;
    *slot = (kith__map_slot){ .key = &tomb };
    map->count--;
    map->tombs++;
    return value;
}

void kith__map_free(kith__map *map)
{
    free(map->slots);
    *map = (kith__map){ 0 };
}
