/*
 * Objects that are only read: rows of reports, of streams, and of queries that say so. They have a header, so that whatever is tried
 * with them ends in a sentence, and are detached from the first: in no identity map, in no flush.
 */
#include "session/session.h"

#include <stdlib.h>

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

/* Texts go right behind their object, where the arena has room; what does not fit there the arena finds a place for. */
typedef struct arena_room { kith__room room; kith__arena *arena; } arena_room;

static void *more_room(kith__room *of, size_t size)
{
    arena_room *room = (arena_room *)of;
    kith__arena_close(room->arena, room->room.at);
    void *taken = kith__arena_alloc(room->arena, size);
    room->room.at = kith__arena_open(room->arena, &room->room.end);
    return taken;
}

/* Of the model that the row is of: made where there is none yet, and kept with that of the query. */
static kith__page *page_of_row(kith__page *page, kith__arena *arena, kith__statement *statement)
{
    kith__mapper *last = NULL, *mapper = kith__mapper_of_row(page->session, page->mapper, statement, 0, &last);
    kith__page *found = page;
    while (mapper && found && found->mapper != mapper)
        found = found->next;
    if (found || !mapper)
        return mapper ? found : NULL;
    found = kith__read_only_page(page->session, mapper, arena);
    if (!found)
        return NULL;
    found->next = page->next;
    page->next = found;
    return found;
}

static int read_members(kith__object *object, const kith__page *page, kith__statement *statement, const kith__fields *fields, kith__room *room)
{
    kith__error *error = &page->session->error;
    return fields ? kith__row(statement, 0, fields, kith__struct(object), room, error)
                  : kith__row_of(statement, 0, page->mapper, object->page->mapper, kith__struct(object), room, error);
}

kith__object *kith__read_only(kith__page *asked, kith__arena *pages, kith__arena *arena, kith__statement *statement, const kith__fields *fields)
{
    kith_session *session = asked->session;
    kith__page *page = fields || !asked->mapper->mixed ? asked : page_of_row(asked, pages, statement);
    if (!page)
        return NULL;
    size_t before = -sizeof(kith__object) % _Alignof(max_align_t);      /* so that the struct is aligned for whatever it holds */
    char *memory = kith__arena_zero(arena, before + kith__object_size(page->mapper));
    if (!memory) {
        kith__no_memory(session);
        return NULL;
    }
    kith__object *object = (kith__object *)(void *)(memory + before);
    arena_room room = { { .more = more_room }, arena };
    room.room.at = kith__arena_open(arena, &room.room.end);
    object->page = page;
    int failed = read_members(object, asked, statement, fields, &room.room);
    kith__arena_close(arena, room.room.at);
    if (failed)
        return NULL;
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
        ok = (object = kith__read_only(page, &session->lists, &session->lists, statement, fields)) && kith__objects_add(session, into, object);
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

/* ---------------------------------------------------------------- with what comes along */

/* A query with .load gives a graph: its objects are loaded by a session of their own, where each row is one object however many paths
 * lead to it. Then they are handed over: to the program detached, in the name of the session that asked, which keeps the memory until
 * its transaction is over. */
kith_session *kith__reader_open(kith_session *session)
{
    kith_session *reader = calloc(1, sizeof *reader);
    kith__shelf *shelves = calloc(session->database->models->count + 1, sizeof *shelves);
    if (!reader || !shelves) {
        free(reader);
        free(shelves);
        kith__no_memory(session);
        return NULL;
    }
    *reader = (kith_session){ .database = session->database, .connection = session->connection, .lazy_loads = true, .epoch = session->epoch,
                               .began = session->epoch, .shelves = shelves };
    return reader;
}

void kith__reader_free(kith_session *reader)
{
    if (!reader)
        return;
    kith__links_free(reader);
    kith__pages_free(reader);
    kith__graveyard_free(reader);
    kith__error_free(&reader->error);
    free(reader->touched.items);
    free(reader);
}

/* What only loading needs. */
static void stop_loading(kith_session *reader)
{
    kith__groups_free(reader);
    kith__identity_free(reader);
    kith__arena_free(&reader->scratch);
    kith__sql_free(&reader->sql);
    free(reader->shelves);
    reader->shelves = NULL;
    reader->connection = NULL;
}

static void hand_over(kith_session *session, kith_session *reader)
{
    for (kith__page *page = reader->pages; page; page = page->next) {
        for (uint32_t i = 0; i < page->count; i++) {
            kith__object *object = kith__page_object(page, i);
            object->state = KITH_DETACHED;
            object->flags = KITH__READ_ONLY;
            object->group = NULL;
        }
        page->session = session;
    }
}

bool kith__reader_done(kith_session *session, kith_session *reader)
{
    kith__error_copy(&session->error, &reader->error);
    bool ok = kith__status(session) == KITH_OK;
    stop_loading(reader);
    if (ok)
        hand_over(session, reader);
    else
        kith__reader_free(reader);
    return ok;
}

void kith__reader_keep(kith_session *session, kith_session *reader)
{
    reader->next_reader = session->readers;
    session->readers = reader;
}

void kith__readers_free(kith_session *session)
{
    for (kith_session *reader = session->readers, *next; reader; reader = next) {
        next = reader->next_reader;
        kith__reader_free(reader);
    }
    session->readers = NULL;
}
