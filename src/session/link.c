/*
 * The lists behind KITH_MANY members. What was handed out is a snapshot: a list grows in place behind every count that was handed
 * out, and is copied once before anything is taken from it; the old array lives until the transaction is over.
 */
#include "session/session.h"

#include <stdlib.h>

bool kith__link_current(const kith_link *link)
{
    if (link->owner->state == KITH_DETACHED)
        return link->loaded && (link->fresh || link->epoch);
    bool fresh = link->fresh && !kith__has_row(link->owner);       /* one that was to be added again may have its row back */
    return link->loaded && (fresh || link->epoch == kith__session_for(link->owner)->epoch);
}

/* The object leaves its session: what is outdated now stays so for ever, what is not does not become it (epoch 0 says which). */
void kith__take_leave(kith__object *object)
{
    const kith_session *session = kith__session_for(object);
    const kith__mapper *mapper = kith__mapper_for(object);
    for (size_t i = 0; i < mapper->relation_count; i++) {
        kith_link *link = mapper->relations[i]->many ? kith__link_peek(object, mapper->relations[i]) : NULL;
        if (link && !kith__link_current(link))
            link->epoch = 0;
    }
    if (kith__outdated(session, object) && !session->keeps)
        object->epoch = 0;
}

static kith_link *link_make(kith__object *owner, const kith__relation *relation)
{
    kith_session *session = kith__session_for(owner);
    kith_link *link = calloc(1, sizeof *link);
    if (!link) {
        kith__no_memory(session);
        return NULL;
    }
    link->owner = owner;
    link->relation = relation;
    link->fresh = link->loaded = !kith__has_row(owner);
    link->epoch = session->epoch;
    link->next = session->links;
    if (session->links)
        session->links->previous = link;
    session->links = link;
    kith__many_member *member = kith__many_of(owner, relation);
    member->link = link;
    member->list = &link->list;
    return link;
}

/* ---------------------------------------------------------------- arrays, of which readers may have one */

static void bury(kith_session *session, const void **items) { session->graveyard = kith__items_bury(session->graveyard, items); }

/* What was handed out in an earlier transaction is over. */
static bool is_handed(const kith_link *link)
{
    return link->handed && kith__of_this_transaction(kith__session_for(link->owner), link->handed_epoch);
}

/* An array that was handed out stays for its reader. */
static void drop_items(kith_link *link)
{
    if (is_handed(link))
        bury(kith__session_for(link->owner), link->list.items);
    else
        kith__items_free(link->list.items);
    link->list.items = NULL;
    link->list.count = link->capacity = link->handed = 0;
}

kith_link *kith__link_of(kith__object *owner, const kith__relation *relation)
{
    kith_link *link = kith__link_peek(owner, relation);
    if (!link)
        return link_make(owner, relation);
    if (link->loaded && !kith__link_current(link)) {
        drop_items(link);
        link->loaded = link->fresh = false;
    }
    return link;
}

/* With room for `capacity`, and the first `count` of what it has. What is not handed out moves. */
static bool renew(kith_link *link, size_t capacity, size_t count)
{
    kith_session *session = kith__session_for(link->owner);
    bool handed = is_handed(link);
    const void **items = kith__array_resize(handed ? NULL : link->list.items, capacity, count);
    if (!items)
        return kith__no_memory(session);
    if (handed) {
        memcpy(items, link->list.items, count * sizeof *items);
        bury(session, link->list.items);
    }
    link->list.items = items;
    link->list.count = count;
    link->capacity = capacity;
    link->handed = 0;
    return true;
}

bool kith__link_part(kith_link *link, size_t count)
{
    return !is_handed(link) || renew(link, link->capacity, count);
}

bool kith__link_reserve(kith_link *link, size_t needed)
{
    size_t more = link->capacity + link->capacity / 2 + 8;
    return needed <= link->capacity || renew(link, needed > more ? needed : more, link->list.count);
}

bool kith__link_add(kith_link *link, kith__object *item)
{
    if (link->list.count == link->capacity && !kith__link_reserve(link, link->list.count ? link->list.count * 2 : 4))
        return false;
    link->list.items[link->list.count++] = kith__struct(item);
    return true;
}

static size_t index_of(const kith_link *link, const kith__object *item)
{
    for (size_t i = 0; i < link->list.count; i++)
        if (link->list.items[i] == item + 1)
            return i;
    return SIZE_MAX;
}

bool kith__link_has(const kith_link *link, const kith__object *item) { return index_of(link, item) != SIZE_MAX; }

bool kith__link_take(kith_link *link, const kith__object *item)
{
    size_t index = index_of(link, item);
    if (index == SIZE_MAX)
        return true;
    if (!kith__link_part(link, link->list.count))
        return false;
    memmove(&link->list.items[index], &link->list.items[index + 1], (link->list.count - index - 1) * sizeof *link->list.items);
    link->list.count--;
    return true;
}

bool kith__link_put(kith_link *link, const kith__objects *items)
{
    drop_items(link);
    if (!kith__link_reserve(link, items->count))
        return false;
    for (size_t i = 0; i < items->count; i++)
        link->list.items[i] = kith__struct(items->items[i]);
    link->list.count = items->count;
    return true;
}

bool kith__link_touch(kith_link *link)
{
    if (link->touched)
        return true;
    kith_session *session = kith__session_for(link->owner);
    if (!kith__grow(&session->touched.items, &session->touched.capacity, session->touched.count + 1, sizeof(kith_link *)))
        return kith__no_memory(session);
    session->touched.items[session->touched.count++] = link;
    link->touched = true;
    return true;
}

/* All that a new owner's list of a many-to-many holds is a change to be written. */
bool kith__link_settle(kith_link *link)
{
    kith_session *session = kith__session_for(link->owner);
    if (!link->fresh)
        return true;
    link->fresh = false;
    link->epoch = session->epoch;
    if (!link->relation || link->relation->direction != KITH__MANY_TO_MANY)
        return true;
    for (size_t i = 0; i < link->list.count; i++)
        if (!kith__objects_add(session, &link->added, kith__header(link->list.items[i])))
            return false;
    return kith__link_touch(link);
}

void kith__link_unsettle(kith_link *link)
{
    link->fresh = link->loaded = true;
    link->added.count = link->removed.count = 0;
}

void kith__link_reset(kith_link *link)
{
    drop_items(link);
    link->fresh &= !kith__has_row(link->owner);
    link->loaded = link->fresh;
    link->added.count = link->removed.count = 0;
}

/* Of a list that is loaded, what entered it and is not flushed is known by the items alone: as one that is not loaded it notes that itself. */
static bool note_entered(kith_link *link)
{
    const kith__relation *relation = link->relation;
    if (!link->loaded || !link->touched || !relation || relation->direction != KITH__ONE_TO_MANY)
        return true;
    link->added.count = link->removed.count = 0;
    for (size_t i = 0; i < link->list.count; i++) {
        kith__object *item = kith__header(link->list.items[i]);
        const kith__object *owner;
        if (kith__is_moved(item, relation, &owner) && owner == link->owner && !kith__objects_add(kith__session_for(item), &link->added, item))
            return false;
    }
    return true;
}

bool kith__link_start_load(kith_link *link)
{
    bool ok = note_entered(link);
    drop_items(link);
    link->loaded = link->fresh = false;
    return ok;
}

bool kith__link_finish_load(kith_link *link)
{
    if (link->loaded)
        return true;        /* asked for twice in one load */
    link->loaded = true;
    link->epoch = kith__session_for(link->owner)->epoch;
    for (size_t i = 0; i < link->removed.count; i++)
        if (!kith__link_take(link, link->removed.items[i]))
            return false;
    size_t added = 0;       /* what the database has already is no change */
    for (size_t i = 0; i < link->added.count; i++) {
        kith__object *item = link->added.items[i];
        if (kith__link_has(link, item))
            continue;
        if (!kith__link_add(link, item))
            return false;
        link->added.items[added++] = item;
    }
    link->added.count = added;
    return true;
}

void kith__graveyard_free(kith_session *session)
{
    for (kith__array *array = session->graveyard, *next; array; array = next) {
        next = array->next;
        kith__array_free(array);
    }
    session->graveyard = NULL;
}

void kith__link_free(kith_link *link)
{
    kith__items_free(link->list.items);
    free(link->added.items);
    free(link->removed.items);
    free(link);
}

void kith__links_free(kith_session *session)
{
    for (kith_link *link = session->links, *next; link; link = next) {
        next = link->next;
        kith__link_free(link);
    }
    session->links = NULL;
    session->touched.count = 0;
}
