/*
 * The memory of objects: pages of one model, objects and their texts side by side. An object never moves. What does not fit beside
 * it (a large text, a value written later) lies in chunks that hang on the object's notes.
 */
#include "session/session.h"

#include <stdlib.h>

/* A slab is many large pages from one call. The head takes what they leave. */
enum { FIRST_PAGE = 2048, LARGEST_PAGE = 65536, FIRST_SLAB = 4 * LARGEST_PAGE, LARGEST_SLAB = KITH__LARGEST, ALIGNMENT = 16, UNIT = 8, SYSTEM_PAGE = 4096 };
enum { SWEEPING_FROM = 1 << 20 };           /* bytes of pages from which on a session that lets go of pages has slabs */
struct kith__slab { size_t size; atomic_size_t held; };     /* held: pages in use, one more while a session takes pages from it */
_Static_assert(sizeof(kith__slab) <= ALIGNMENT, "so many pages, ALIGNMENT smaller than they could be, leave room for it");

static uint16_t *end_of_slots(kith__page *page) { return (uint16_t *)(void *)(page->data + page->size); }

/* Whoever lets go last gives it back: pages go from a session to another, and with them their memory. */
static void slab_release(kith__slab *slab)
{
    if (slab && atomic_fetch_sub_explicit(&slab->held, 1, memory_order_acq_rel) == 1)
        kith__large_free(slab, slab->size);
}

static bool sweeps(const kith_session *session) { return session->nursery || session->is_nursery; }

static void slab_use(kith_session *session, kith__slab *slab, size_t size)
{
    slab->size = size;
    atomic_init(&slab->held, 1);
    session->slab = slab;
    session->slab_at = (char *)slab + ALIGNMENT;
    session->slab_end = (char *)slab + size;
}

static bool slab_begin(kith_session *session)
{
    size_t before = session->slab ? session->slab->size : 0;
    size_t size = sweeps(session) || before ? LARGEST_SLAB : FIRST_SLAB;
    kith__slab *slab = kith__large_alloc(size);
    if (!slab)
        return false;
    slab_release(session->slab);
    slab_use(session, slab, size);
    return true;
}

/* The first slab of the session that was closed last: for short sessions, one after the other, not even small pages need malloc. */
static void spare_take(kith_session *session)
{
    kith__slab *spare = sweeps(session) ? NULL : atomic_exchange(&session->database->spare, NULL);
    if (spare)
        slab_use(session, spare, FIRST_SLAB);
}

/* Cleared as far as it was used, lest an object that its program should have forgotten passes for one. False: it is not the first one, or
 * there is a spare already. */
static bool spare_keep(kith_session *session)
{
    kith__slab *none = NULL, *slab = session->slab;
    if (!slab || slab->size != FIRST_SLAB || atomic_load_explicit(&slab->held, memory_order_relaxed) > 1)
        return false;
    memset(slab, 0, (size_t)(session->slab_at - (char *)slab));
    slab->size = FIRST_SLAB;
    atomic_init(&slab->held, 1);
    return atomic_compare_exchange_strong(&session->database->spare, &none, slab);
}

void kith__spare_free(kith_database *database)
{
    slab_release(database->spare);
}

/* A page goes alone where it is small and there is no room, and where the session may let go of all that it has. *slab: whose it is. */
static kith__page *page_memory(kith_session *session, size_t size, kith__slab **slab)
{
    size_t whole = (size + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);
    *slab = NULL;
    if (whole > LARGEST_PAGE - ALIGNMENT || (sweeps(session) && session->page_bytes < SWEEPING_FROM))
        return malloc(size);
    if (!session->slab)
        spare_take(session);
    bool room = (size_t)(session->slab_end - session->slab_at) >= whole && (whole == LARGEST_PAGE - ALIGNMENT || !sweeps(session));
    if (!room && (whole < LARGEST_PAGE - ALIGNMENT || !slab_begin(session)))
        return malloc(size);
    kith__page *page = (kith__page *)(void *)session->slab_at;
    session->slab_at += whole;
    atomic_fetch_add_explicit(&session->slab->held, 1, memory_order_relaxed);
    *slab = session->slab;
    return page;
}

/* FIRST_PAGE doubling to LARGEST_PAGE: a session that reads three rows stays small, one that reads millions asks malloc seldom. NULL: no
 * memory (set). */
static kith__page *page_alloc(kith_session *session, kith__mapper *mapper, size_t needed)
{
    kith__shelf *shelf = &session->shelves[mapper->index];
    uint32_t whole = shelf->page_size ? shelf->page_size : FIRST_PAGE;
    size_t size = whole - sizeof(kith__page) - (whole == LARGEST_PAGE ? ALIGNMENT : 0);      /* so many of them and a slab's own head */
    size = kith__aligned(size < needed ? needed : size);
    kith__slab *slab;
    kith__page *page = page_memory(session, sizeof *page + size, &slab);
    if (!page) {
        kith__no_memory(session);
        return NULL;
    }
    *page = (kith__page){ .session = session, .mapper = mapper, .size = (uint32_t)size, .next = session->pages, .slab = slab, .at = page->data };
    page->slots = end_of_slots(page);
    if (session->pages)
        session->pages->previous = page;
    session->pages = page;
    session->page_bytes += size;
    shelf->page_size = whole < LARGEST_PAGE ? whole * 2 : whole;
    shelf->page = page;
    return page;
}

/* A struct may need what its size is a multiple of. */
static char *place_for(const kith__mapper *mapper, char *at)
{
    return at + (mapper->size % ALIGNMENT ? 0 : -((uintptr_t)at + sizeof(kith__object)) % ALIGNMENT);
}

uint32_t kith__page_size_of_one(const kith__mapper *mapper, size_t texts)
{
    size_t needed = kith__aligned(kith__object_size(mapper)) + ALIGNMENT - UNIT + sizeof(uint16_t);
    return (uint32_t)(sizeof(kith__page) + kith__aligned(needed + texts));
}

kith__object *kith__object_alloc(kith_session *session, kith__mapper *mapper)
{
    kith__page *page = session->shelves[mapper->index].page;
    size_t size = kith__aligned(kith__object_size(mapper)), needed = size + ALIGNMENT - UNIT + sizeof *page->slots;
    if ((!page || (size_t)((char *)page->slots - page->at) < needed) && !(page = page_alloc(session, mapper, needed)))
        return NULL;
    char *at = place_for(mapper, page->at);
    kith__object *object = (kith__object *)(void *)memset(at, 0, size);
    *--page->slots = (uint16_t)((size_t)(at - page->data) / UNIT);
    page->count++;
    page->at = at + size;
    object->page = page;
    object->check = kith__check_of(object);
    return object;
}

void kith__object_unalloc(kith__object *object)
{
    kith__page *page = object->page;
    kith__notes_free(object);
    object->check = 0;
    page->at = (char *)object;
    page->slots++;
    page->count--;
}

kith__object *kith__page_object(kith__page *page, uint32_t index)
{
    return (kith__object *)(void *)(page->data + (size_t)end_of_slots(page)[-1 - (int64_t)index] * UNIT);
}

/* ---------------------------------------------------------------- room for texts */

void *kith__room_more(kith__room *room, size_t size)
{
    kith__object *object = ((kith__object_room *)room)->object;
    kith__notes *notes = kith__notes_lasting(object);
    kith__chunk *chunk = notes ? malloc(sizeof *chunk + size) : NULL;
    if (!chunk)
        return NULL;
    *chunk = (kith__chunk){ .next = notes->chunks, .size = size };
    notes->chunks = chunk;
    return chunk->data;
}

void kith__room_apart(kith__object_room *room, kith__object *object)
{
    *room = (kith__object_room){ .room = { .more = kith__room_more }, .object = object };
}

/* ---------------------------------------------------------------- notes */

static size_t notes_size(const kith__mapper *mapper) { return sizeof(kith__notes) + (mapper->property_count + 63) / 64 * sizeof(uint64_t); }

kith__notes *kith__notes_lasting(kith__object *object)
{
    size_t size = notes_size(kith__mapper_for(object));
    kith__notes *notes = object->notes && object->notes->lasting ? object->notes : calloc(1, size);
    if (!notes || notes == object->notes)
        return notes;
    if (object->notes)
        memcpy(notes, object->notes, size);
    notes->lasting = object->page->noted = true;
    return object->notes = notes;
}

kith__notes *kith__notes_of(kith__object *object) { return object->notes ? object->notes : kith__notes_lasting(object); }

bool kith__notes_leave(kith__object *object)
{
    if (!object->notes || !object->notes->original)
        return true;
    kith__notes *notes = kith__notes_lasting(object);
    if (notes)
        notes->original = NULL;
    return notes != NULL;
}

/* One behind the other, and each beside its image: most of what is written needs no more than that. */
void *kith__notes_with_image(kith__object *object)
{
    size_t size = notes_size(kith__mapper_for(object));
    kith__notes *notes = kith__arena_alloc(&kith__session_for(object)->images, size + kith__mapper_for(object)->size);
    if (!notes)
        return NULL;
    memset(notes, 0, size);
    object->notes = notes;
    return (char *)notes + size;
}

void kith__notes_free(kith__object *object)
{
    kith__notes *notes = object->notes;
    if (!notes)
        return;
    for (kith__chunk *chunk = notes->chunks, *next; chunk; chunk = next) {
        next = chunk->next;
        free(chunk);
    }
    for (kith__parent *parent = notes->parents, *next; parent; parent = next) {
        next = parent->next;
        free(parent);
    }
    if (notes->lasting)
        free(notes);
    object->notes = NULL;
}

static bool chunk_in_use(const kith__chunk *chunk, const kith__fields *fields, const char *structure)
{
    for (size_t i = 0; i < fields->count; i++) {
        const char *text;
        if (!kith__is_pointer(fields->items[i].type))
            continue;
        memcpy(&text, structure + fields->items[i].offset, sizeof text);    /* every one of them begins with its pointer */
        if (text >= chunk->data && text <= chunk->data + chunk->size)
            return true;
    }
    return false;
}

void kith__chunks_trim(kith__object *object, const void *const *images, size_t count)
{
    const kith__fields *fields = &kith__mapper_for(object)->fields;
    for (kith__chunk **at = object->notes ? &object->notes->chunks : NULL, *chunk; at && (chunk = *at);) {
        bool used = chunk_in_use(chunk, fields, kith__struct(object));
        for (size_t i = 0; !used && i < count; i++)
            used = chunk_in_use(chunk, fields, images[i]);
        if (used) {
            at = &chunk->next;
            continue;
        }
        *at = chunk->next;
        free(chunk);
    }
}

static void notes_free(kith__page *page)
{
    for (uint32_t i = 0; page->noted && i < page->count; i++)
        kith__notes_free(kith__page_object(page, i));
}

/* Its memory goes back to the system, though its slab stays. */
void kith__page_free(kith__page *page)
{
    uintptr_t from = ((uintptr_t)page + SYSTEM_PAGE - 1) & -(uintptr_t)SYSTEM_PAGE, to = (uintptr_t)(page->data + page->size) & -(uintptr_t)SYSTEM_PAGE;
    kith__slab *slab = page->slab;
    notes_free(page);
    if (!slab) {
        free(page);
        return;
    }
    if (from < to && atomic_load_explicit(&slab->held, memory_order_relaxed) > 1)
        kith__large_forget((void *)from, to - from);
    slab_release(slab);
}

void kith__pages_free(kith_session *session)
{
    for (kith__page *page = session->pages, *next; page; page = next) {
        kith__slab *slab = page->slab;
        next = page->next;
        notes_free(page);
        if (slab)
            slab_release(slab);
        else
            free(page);
    }
    if (!spare_keep(session))
        slab_release(session->slab);
    session->slab = NULL;
    session->slab_at = session->slab_end = NULL;
    session->pages = NULL;
    session->page_bytes = 0;
}
