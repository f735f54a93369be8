/*
 * Streams: rows one by one, each good until the next, in constant memory. A stream that brings others along reads a thousand rows at a time
 * and loads what belongs to them.
 */
#include "session/search.h"

#include <stdlib.h>

kith_reader *kith__stream_begin(kith_session *session, kith__mapper *mapper)
{
    kith_reader *reader = calloc(1, sizeof *reader);
    if (!reader) {
        kith__no_memory(session);
        return NULL;
    }
    reader->session = session;
    reader->mapper = mapper;
    reader->page = kith__read_only_page(session, mapper, &reader->values);
    if (!reader->page)
        kith_stream_end_(&reader);
    return reader;
}

/* The statement keeps its values for longer than the program's literals and the session's scratch live. */
bool kith__stream_keep(kith_reader *reader, kith_value *value)
{
    struct { kith__room room; kith__arena *arena; } room = { { .more = kith__scratch_more }, &reader->values };
    return kith__value_copy(&room.room, value) || kith__no_memory(reader->session);
}

/* ---------------------------------------------------------------- of a query */

static bool keep_paths(kith_reader *reader, const kith__search *search)
{
    for (size_t i = 0; kith__search_path(search, i); i++)
        if (!(reader->load[i] = kith__arena_text(&reader->values, kith__search_path(search, i))))
            return kith__no_memory(reader->session);
    return true;
}

static bool open_reader(kith_reader *reader, kith__search *search)
{
    kith__sql *sql = &search->session->sql;
    if (kith__lock_rows(search->session, search->query.lock) || !keep_paths(reader, search))
        return false;
    reader->in_batches = kith__search_brings_along(search);
    kith__sql_reset(sql);
    kith__sql_select(sql, kith__pool_dialect(search->session->database->pool), &search->select);
    for (size_t i = 0; i < sql->bind_count; i++)
        if (!kith__stream_keep(reader, &sql->binds[i].value))
            return false;
    reader->statement = kith__prepare_written(search->session);
    return reader->statement != NULL;
}

kith_reader *kith_stream_(kith_session *session, const kith_model *model, const kith_query *query)
{
    kith__search search;
    kith_reader *reader = NULL;
    if (!kith__ready(session))
        return NULL;
    kith__scratch_begin(session);
    if (kith__search_make(&search, session, model, query, "kith_stream") && (reader = kith__stream_begin(session, search.mapper)) && !open_reader(reader, &search))
        kith_stream_end_(&reader);
    kith__scratch_over(session);
    return reader;
}

/* ---------------------------------------------------------------- row by row */

/* Stepped again, it would begin anew. */
static bool step(kith_reader *reader)
{
    if (reader->statement && kith__step_(reader->statement, &reader->session->error) == KITH__ROW)
        return true;
    kith__done(reader->statement);
    reader->statement = NULL;
    return false;
}

static const void *next_row(kith_reader *reader)
{
    kith__arena_reset(&reader->row);
    if (!step(reader))
        return NULL;
    kith__object *object = kith__read_only(reader->page, &reader->values, &reader->row, reader->statement, reader->fields.items ? &reader->fields : NULL);
    return object ? kith__struct(object) : NULL;
}

/* ---------------------------------------------------------------- in batches */

static void batch_free(kith__batch *batch)
{
    kith__reader_free(batch->owner);
    free(batch->objects.items);
    *batch = (kith__batch){ .given = 0 };
}

static bool read_rows(kith_reader *reader, kith__batch *batch)
{
    kith__loader loader = { .session = batch->owner, .mapper = reader->mapper, .statement = reader->statement };
    kith__loader_begin(&loader);
    while (batch->objects.count < KITH__CHUNK && step(reader)) {
        kith__object *object = kith__load_row(&loader);
        if (!object || !kith__objects_add(batch->owner, &batch->objects, object))
            return false;
    }
    return kith__status(reader->session) == KITH_OK;
}

static bool load_along(kith_reader *reader, kith__batch *batch)
{
    bool ok = kith__load_eager(batch->owner, reader->mapper, &batch->objects, false);
    for (size_t i = 0; ok && i < KITH__COUNT(reader->load) && reader->load[i]; i++)
        ok = kith__load_path(batch->owner, reader->mapper, &batch->objects, reader->load[i], false);
    return ok;
}

/* The statement stays open, so what is loaded along is of the same moment as the rows. */
static bool read_batch(kith_reader *reader)
{
    kith__batch *batch = &reader->batch;
    batch_free(batch);
    batch->owner = kith__reader_open(reader->session);
    if (!batch->owner)
        return false;
    bool ok = read_rows(reader, batch) && load_along(reader, batch);
    if (!kith__reader_done(reader->session, batch->owner)) {
        batch->owner = NULL;
        return false;
    }
    return ok && batch->objects.count;
}

static const void *next_of_batch(kith_reader *reader)
{
    kith__batch *batch = &reader->batch;
    if (batch->given == batch->objects.count && (!reader->statement || !read_batch(reader)))
        return NULL;
    return kith__struct(batch->objects.items[batch->given++]);
}

/* ---------------------------------------------------------------- the public calls */

const void *kith_stream_next_(kith_reader *reader)
{
    if (!reader || !kith__ready(reader->session))
        return NULL;
    return reader->in_batches ? next_of_batch(reader) : next_row(reader);
}

void kith_stream_end_(kith_reader **reader)
{
    if (!reader || !*reader)
        return;
    kith__done((*reader)->statement);
    batch_free(&(*reader)->batch);
    kith__arena_free(&(*reader)->values);
    kith__arena_free(&(*reader)->row);
    free(*reader);
    *reader = NULL;
}
