/*
 * Objects that are only read: rows of reports, of streams, and of queries that say so. They have a header, so that whatever is tried
 * with them ends in a sentence, and are detached from the first: in no identity map, in no flush.
 */
#include "session/session.h"

kith__page *kith__read_only_page(kith_session *session, kith__mapper *mapper, kith__arena *arena)
{
    kith__page *page = kith__arena_zero(arena, sizeof *page);
    if (!page) {
        kith__no_memory(session);
        return NULL;
    }
    page->session = session;
    page->mapper = mapper;
    return page;
}

kith__object *kith__read_only(kith__page *page, kith__arena *arena, kith__statement *statement, const kith__fields *fields)
{
    kith_session *session = page->session;
    struct { kith__room room; kith__arena *arena; } room = { { .more = kith__scratch_more }, arena };
    kith__object *object = kith__arena_zero(arena, sizeof *object + page->mapper->size);
    if (!object) {
        kith__no_memory(session);
        return NULL;
    }
    if (kith__row(statement, 0, fields, kith__struct(object), &room.room, &session->error))
        return NULL;
    object->page = page;
    object->check = kith__check_of(object);
    object->epoch = session->epoch;
    object->state = KITH_DETACHED;
    object->flags = KITH__READ_ONLY;
    return object;
}

bool kith__read_only_all(kith__page *page, kith__statement *statement, const kith__fields *fields, kith__objects *into)
{
    kith_session *session = page->session;
    kith__object *object;
    bool ok = true;
    while (ok && kith__step_(statement, &session->error) == KITH__ROW)
        ok = (object = kith__read_only(page, &session->lists, statement, fields)) && kith__objects_add(session, into, object);
    kith__done(statement);
    return ok && kith__status(session) == KITH_OK;
}

const void **kith__read_only_list(kith_session *session, const kith__objects *objects)
{
    const void **items = kith__arena_alloc(&session->lists, objects->count * sizeof *items);
    for (size_t i = 0; items && i < objects->count; i++)
        items[i] = kith__struct(objects->items[i]);
    if (!items)
        kith__no_memory(session);
    return items;
}
