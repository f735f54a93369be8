/*
 * The identity map: one object per row and session, in an open-addressing table, by the key of its row, whatever was written to it and
 * not flushed. Once there are many and their integer keys lie
 * densely, these are in a paged array, 128 to a page: a mixing hash costs half as much again as a whole load, nearly all of it cache
 * misses. (For few objects with keys from anywhere pages would be nearly empty, and cost more than the table.)
 */
#include "session/session.h"

#include <stdlib.h>

enum { PAGE = KITH__DENSE, KEY_PARTS = 16, SOME = 128, MANY = 1024 };

void kith__key_of(const kith__mapper *mapper, const void *structure, kith_value *key)
{
    if (mapper->int_key) {
        const kith__field *field = &mapper->key[0]->field;
        *key = (kith_value){ .type = field->type & ~(uint32_t)KITH_TYPE_OPT };
        key->absent = !kith__member_int(field, structure, &key->i);
        return;
    }
    for (size_t i = 0; i < mapper->key_count; i++)
        key[i] = kith__member_value(&mapper->key[i]->field, structure);
}

/* ---------------------------------------------------------------- dense */

/* Whether a directory that reaches `page` is worth it: at most a pointer for every four objects that are there already. */
static bool dense_enough(const kith__shelf *shelf, uint64_t page)
{
    return page < shelf->count / 4;
}

/* Pages come from chunks, each larger than the one before. */
typedef struct kith__dense_chunk { struct kith__dense_chunk *next; size_t size; kith__object *pages[][PAGE]; } dense_chunk;
typedef union free_page { kith__object *first; kith__object **next; } free_page;     /* what a page that is not used begins with */
enum { FIRST_CHUNK = 4096, LARGE_CHUNK = 64 * 1024 };

static bool chunk_add(kith__shelf *shelf)
{
    size_t size = !shelf->chunks ? FIRST_CHUNK : shelf->chunks->size < KITH__LARGEST ? shelf->chunks->size * 2 : KITH__LARGEST;
    dense_chunk *chunk = size >= LARGE_CHUNK ? kith__large_alloc(size) : calloc(1, size);
    if (!chunk)
        return false;
    chunk->next = shelf->chunks;
    chunk->size = size;
    shelf->chunks = chunk;
    shelf->chunk_left = (size - sizeof *chunk) / sizeof chunk->pages[0];
    return true;
}

static void chunks_free(kith__shelf *shelf)
{
    for (dense_chunk *chunk = shelf->chunks, *next; chunk; chunk = next) {
        next = chunk->next;
        if (chunk->size >= LARGE_CHUNK)
            kith__large_free(chunk, chunk->size);
        else
            free(chunk);
    }
}

/* Empty; NULL: no memory. */
static kith__object **dense_page(kith__shelf *shelf)
{
    kith__object **page = shelf->free_page;
    if (page) {
        shelf->free_page = ((free_page *)page)->next;
        *page = NULL;
        return page;
    }
    if (!shelf->chunk_left && !chunk_add(shelf))
        return NULL;
    return shelf->chunks->pages[--shelf->chunk_left];
}

static kith__object **dense_make(kith__shelf *shelf, int64_t key)
{
    uint64_t page = (uint64_t)key / PAGE;
    kith__object **there = kith__dense_slot(shelf, key);
    if (there || !dense_enough(shelf, page))
        return there;
    if (page >= shelf->dense_pages) {
        size_t pages = shelf->dense_pages;
        if (!kith__grow(&shelf->dense, &pages, page + 1, sizeof *shelf->dense))
            return NULL;
        memset(shelf->dense + shelf->dense_pages, 0, (pages - shelf->dense_pages) * sizeof *shelf->dense);
        shelf->dense_pages = pages;
    }
    shelf->dense[page] = dense_page(shelf);
    return shelf->dense[page] ? &shelf->dense[page][(uint64_t)key % PAGE] : NULL;
}

/* ---------------------------------------------------------------- the table */

static uint64_t mix(uint64_t x)
{
    x ^= x >> 32;
    x *= UINT64_C(0x9e3779b97f4a7c15);
    return x ^ x >> 29;
}

static uint64_t hash_value(const kith_value *value)
{
    if (value->absent)
        return 1;
    switch (value->type) {
    case KITH_TYPE_TEXT: case KITH_TYPE_JSON: case KITH_TYPE_DECIMAL: return kith__hash(value->s, strlen(value->s));
    case KITH_TYPE_BLOB: return kith__hash(value->b.data, value->b.size);
    case KITH_TYPE_UUID: return kith__hash(value->uuid.bytes, sizeof value->uuid.bytes);
    case KITH_TYPE_DATE: return mix((uint64_t)value->date.days);
    default: return mix(value->u);
    }
}

static uint64_t hash_key(const kith_value *key, size_t count)
{
    uint64_t hash = 0;
    for (size_t i = 0; i < count; i++)
        hash = mix(hash * 31 + hash_value(&key[i]));
    return hash;
}

static bool is_whole(const kith_value *value) { return !value->absent && (value->type == KITH_TYPE_INT || value->type == KITH_TYPE_UINT); }

/* A foreign key may be of another integer type than the key that it names. */
static bool same_part(const kith_value *a, const kith_value *b)
{
    if (a->type != b->type && is_whole(a) && is_whole(b))
        return a->i == b->i && a->i >= 0;
    return kith__value_equal(a, b);
}

static bool has_key(const kith__object *object, const kith_value *key)
{
    const kith__mapper *mapper = kith__mapper_for(object);
    const void *row = kith__in_row(object);
    for (size_t i = 0; i < mapper->key_count; i++) {
        kith_value own = kith__member_value(&mapper->key[i]->field, row);
        if (!same_part(&own, &key[i]))
            return false;
    }
    return true;
}

/* Where a probe begins. */
static size_t home(const kith__shelf *shelf, uint64_t word) { return (size_t)mix(word) & (shelf->slots_capacity - 1); }

static kith__slot *table_slot(const kith__shelf *shelf, uint64_t hash, const kith_value *key)
{
    if (!shelf->slots_capacity)
        return NULL;
    for (size_t i = home(shelf, hash);; i = (i + 1) & (shelf->slots_capacity - 1))
        if (!shelf->slots[i].object || (shelf->slots[i].word == hash && has_key(shelf->slots[i].object, key)))
            return &shelf->slots[i];
}

static kith__slot *table_int_slot(const kith__shelf *shelf, int64_t key)
{
    for (size_t i = home(shelf, (uint64_t)key);; i = (i + 1) & (shelf->slots_capacity - 1))
        if (!shelf->slots[i].object || shelf->slots[i].word == (uint64_t)key)
            return &shelf->slots[i];
}

/* The slot that was found, for who will fill it. */
static kith__object **place_in(kith__slot *slot, uint64_t word)
{
    slot->word = word;
    return &slot->object;
}

/* For one more, and for those that were lifted out; half of it stays empty. */
static bool table_has_room(const kith__shelf *shelf) { return (shelf->slots_used + shelf->lifted + 1) * 2 < shelf->slots_capacity; }

static bool table_grow(kith__shelf *shelf)
{
    if (table_has_room(shelf))
        return true;
    size_t before = shelf->slots_capacity, capacity = before ? before * 2 : 64;
    kith__slot *old = shelf->slots, *slots = calloc(capacity, sizeof *slots);
    if (!slots)
        return false;
    shelf->slots = slots;
    shelf->slots_capacity = capacity;
    for (size_t k = 0; k < before; k++)
        if (old[k].object) {
            size_t i = home(shelf, old[k].word);
            while (slots[i].object)
                i = (i + 1) & (capacity - 1);
            slots[i] = old[k];
        }
    free(old);
    return true;
}

/* closes the gap, so that no probe ends too early */
static void table_remove(kith__shelf *shelf, size_t gap)
{
    size_t mask = shelf->slots_capacity - 1;
    shelf->slots[gap].object = NULL;
    shelf->slots_used--;
    for (size_t i = (gap + 1) & mask; shelf->slots[i].object; i = (i + 1) & mask) {
        if (((i - home(shelf, shelf->slots[i].word)) & mask) < ((i - gap) & mask))
            continue;
        shelf->slots[gap] = shelf->slots[i];
        shelf->slots[i].object = NULL;
        gap = i;
    }
}

/* ---------------------------------------------------------------- from the table to the array */

/* Whether the keys of the table would fill the array well, and while they are few, a quarter of it; asked when the table has doubled. */
static bool keys_are_dense(const kith__shelf *shelf)
{
    int64_t largest = 0;
    for (size_t i = 0; i < shelf->slots_capacity; i++) {
        int64_t key = shelf->slots[i].object ? (int64_t)shelf->slots[i].word : 0;
        if (key < 0)
            return false;
        if (key > largest)
            largest = key;
    }
    return shelf->count < MANY ? (uint64_t)largest < shelf->count * 4 : dense_enough(shelf, (uint64_t)largest / PAGE);
}

/* Without memory all stay where they are. */
static void move_to_array(kith__shelf *shelf)
{
    kith__slot *slots = shelf->slots;
    size_t capacity = shelf->slots_capacity;
    bool moved = true;
    for (size_t i = 0; i < capacity && moved; i++) {
        kith__object **place = slots[i].object ? dense_make(shelf, (int64_t)slots[i].word) : NULL;
        if (place)
            *place = slots[i].object;
        moved = place || !slots[i].object;
    }
    for (size_t i = 0; i < capacity && !moved; i++) {
        kith__object **place = slots[i].object ? kith__dense_slot(shelf, (int64_t)slots[i].word) : NULL;
        if (place)
            *place = NULL;
    }
    if (!moved)
        return;
    free(slots);
    shelf->slots = NULL;
    shelf->slots_capacity = shelf->slots_used = 0;
}

static void consider_array(kith__shelf *shelf, const kith__mapper *mapper)
{
    if (mapper->int_key && !shelf->lifted && shelf->slots_used == shelf->count && keys_are_dense(shelf))
        move_to_array(shelf);
}

/* ---------------------------------------------------------------- what the other files use */

kith__object *kith__identity_find_int(const kith_session *session, const kith__mapper *mapper, int64_t key)
{
    const kith__shelf *shelf = &session->shelves[mapper->shelf];
    return shelf->slots_used ? kith__identity_as(mapper, table_int_slot(shelf, key)->object) : NULL;
}

kith__object *kith__identity_get(const kith_session *session, const kith__mapper *mapper, const kith_value *key)
{
    if (mapper->int_key)
        return kith__identity_get_int(session, mapper, key->i);
    const kith__slot *slot = table_slot(&session->shelves[mapper->shelf], hash_key(key, mapper->key_count), key);
    return slot ? kith__identity_as(mapper, slot->object) : NULL;
}

kith__object **kith__identity_place(kith_session *session, const kith__mapper *mapper, int64_t key)
{
    kith__shelf *shelf = &session->shelves[mapper->shelf];
    kith__object **slot = kith__dense_slot(shelf, key);
    if (slot && (*slot || !shelf->slots_used))
        return slot;
    if (shelf->slots_used) {
        kith__object **there = place_in(table_int_slot(shelf, key), (uint64_t)key);
        if (*there || (!shelf->dense_pages && table_has_room(shelf)))
            return there;
    }
    if (shelf->dense_pages && (slot = dense_make(shelf, key)))
        return slot;
    if (table_grow(shelf))
        return place_in(table_int_slot(shelf, key), (uint64_t)key);
    kith__no_memory(session);
    return NULL;
}

void kith__identity_fill(kith_session *session, kith__object **place, kith__object *object)
{
    const kith__mapper *mapper = kith__mapper_for(object);
    kith__shelf *shelf = &session->shelves[mapper->shelf];
    bool in_table = (char *)place >= (char *)shelf->slots && (char *)place < (char *)(shelf->slots + shelf->slots_capacity);
    shelf->slots_used += in_table && !*place;
    shelf->count += !*place;
    *place = object;
    bool doubled = (shelf->count & (shelf->count - 1)) == 0;
    if (in_table && doubled && shelf->count >= SOME)
        consider_array(shelf, mapper);
}

bool kith__identity_put(kith_session *session, kith__object *object)
{
    const kith__mapper *mapper = kith__mapper_for(object);
    kith__shelf *shelf = &session->shelves[mapper->shelf];
    kith_value key[KEY_PARTS];
    kith__object **place;
    if (mapper->int_key)
        place = kith__identity_place(session, mapper, kith__int_key(mapper, object + 1));
    else {
        if (!table_grow(shelf))
            return kith__no_memory(session);
        kith__key_of(mapper, object + 1, key);
        uint64_t hash = hash_key(key, mapper->key_count);
        place = place_in(table_slot(shelf, hash, key), hash);
    }
    if (place)
        kith__identity_fill(session, place, object);
    return place != NULL;
}

void kith__identity_remove(kith_session *session, kith__object *object)
{
    const kith__mapper *mapper = kith__mapper_for(object);
    kith__shelf *shelf = &session->shelves[mapper->shelf];
    kith_value key[KEY_PARTS];
    const void *row = kith__in_row(object);
    kith__object **place = mapper->int_key ? kith__dense_slot(shelf, kith__int_key(mapper, row)) : NULL;
    if (place && *place == object) {
        *place = NULL;
        shelf->count--;
        return;
    }
    if (!shelf->slots_used)
        return;
    kith__key_of(mapper, row, key);
    const kith__slot *slot = mapper->int_key ? table_int_slot(shelf, key->i) : table_slot(shelf, hash_key(key, mapper->key_count), key);
    if (!slot || slot->object != object)
        return;
    table_remove(shelf, (size_t)(slot - shelf->slots));
    shelf->count--;
}

static bool page_is_empty(kith__object *const *page)
{
    for (size_t i = 0; i < PAGE; i++)
        if (page[i])
            return false;
    return true;
}

/* After a sweep: pages of the array in which nothing is left. */
void kith__identity_trim(kith_session *session)
{
    for (size_t i = 0; i < session->database->models->count; i++)
        for (size_t k = 0; k < session->shelves[i].dense_pages; k++) {
            kith__object **page = session->shelves[i].dense[k];
            if (!page || !page_is_empty(page))
                continue;
            ((free_page *)page)->next = session->shelves[i].free_page;
            session->shelves[i].free_page = page;
            session->shelves[i].dense[k] = NULL;
        }
}

void kith__identity_lift(kith_session *session, kith__object *object)
{
    kith__shelf *shelf = &session->shelves[kith__mapper_for(object)->shelf];
    size_t before = shelf->slots_used;
    kith__identity_remove(session, object);
    shelf->lifted += before - shelf->slots_used;
}

bool kith__identity_follow(kith_session *session, kith__object *object)
{
    const kith__mapper *mapper = kith__mapper_for(object);
    char *row = kith__original_apart(session, object);
    if (!row)
        return false;
    kith__identity_lift(session, object);
    for (size_t i = 0; i < mapper->key_count; i++) {
        const kith__field *field = &mapper->key[i]->field;
        memcpy(row + field->offset, kith__member_in(object, field->offset), field->size);
    }
    return kith__identity_put(session, object);
}

/* Whatever it was taken from is still there: a page of the array, or room in the table. */
void kith__identity_put_back(kith_session *session, kith__object *object)
{
    const kith__mapper *mapper = kith__mapper_for(object);
    kith__shelf *shelf = &session->shelves[mapper->shelf];
    kith_value key[KEY_PARTS];
    kith__key_of(mapper, object + 1, key);
    kith__object **place = mapper->int_key ? kith__dense_slot(shelf, key[0].i) : NULL;
    bool in_table = !place;
    if (in_table) {
        uint64_t word = mapper->int_key ? key->u : hash_key(key, mapper->key_count);
        place = place_in(mapper->int_key ? table_int_slot(shelf, key->i) : table_slot(shelf, word, key), word);
    }
    if (*place == object)
        return;
    shelf->lifted -= in_table && shelf->lifted > 0;
    kith__identity_fill(session, place, object);
}

void kith__identity_settle(kith_session *session)
{
    for (size_t i = 0; i < session->database->models->count; i++)
        session->shelves[i].lifted = 0;
}

void kith__identity_each(kith_session *session, const kith__mapper *mapper, void (*visit)(kith__object *, void *), void *arg)
{
    kith__shelf *shelf = &session->shelves[mapper->index];
    for (size_t page = 0; page < shelf->dense_pages; page++)
        for (size_t i = 0; shelf->dense[page] && i < PAGE; i++)
            if (shelf->dense[page][i])
                visit(shelf->dense[page][i], arg);
    for (size_t i = 0; i < shelf->slots_capacity; i++)
        if (shelf->slots[i].object)
            visit(shelf->slots[i].object, arg);
}

void kith__identity_free(kith_session *session)
{
    for (size_t m = 0; m < session->database->models->count; m++) {
        kith__shelf *shelf = &session->shelves[m];
        chunks_free(shelf);
        free(shelf->dense);
        free(shelf->slots);
        *shelf = (kith__shelf){ .page = NULL };
    }
}
