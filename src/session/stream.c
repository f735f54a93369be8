/*
 * Streams: rows one by one, each good until the next, in constant memory.
 */
#include "session/search.h"

#include <stdlib.h>

/* All of it is in the reader: nothing of the session's grows while rows go by. */
struct kith_reader {
    kith_session *session;
    kith__mapper *mapper;
    kith__statement *statement;
    kith__page *page;
    kith__arena values, row;        /* of the query; of the row that was given last */
};

/* The statement keeps its values for longer than the program's literals and the session's scratch live. */
static bool keep_values(kith_reader *reader)
{
    kith__sql *sql = &reader->session->sql;
    struct { kith__room room; kith__arena *arena; } room = { { .more = kith__scratch_more }, &reader->values };
    for (size_t i = 0; i < sql->bind_count; i++)
        if (!kith__value_copy(&room.room, &sql->binds[i].value))
            return kith__no_memory(reader->session);
    return true;
}

static bool open_reader(kith_reader *reader, kith__search *search)
{
    if (kith__search_path(search, 0)) {
        kith__misuse(search->session, "stream.load", NULL, "kith_stream of %s gives rows one by one and cannot bring \"%s\" along.", search->mapper->name, kith__search_path(search, 0));
        kith__fail_hint(&search->session->error, "kith_all with .limit and .offset reads a part at a time.");
        return false;
    }
    if (kith__lock_rows(search->session, search->query.lock))
        return false;
    reader->mapper = search->mapper;
    kith__sql_reset(&search->session->sql);
    kith__sql_select(&search->session->sql, kith__pool_dialect(search->session->database->pool), &search->select);
    if (!keep_values(reader))
        return false;
    reader->statement = kith__prepare_written(search->session);
    reader->page = reader->statement ? kith__read_only_page(search->session, search->mapper, &reader->values) : NULL;
    return reader->page != NULL;
}

kith_reader *kith_stream_(kith_session *session, const kith_model *model, const kith_query *query)
{
    kith__search search;
    if (!kith__ready(session))
        return NULL;
    kith_reader *reader = calloc(1, sizeof *reader);
    if (!reader) {
        kith__no_memory(session);
        return NULL;
    }
    reader->session = session;
    kith__scratch_begin(session);
    if (!kith__search_make(&search, session, model, query, "kith_stream") || !open_reader(reader, &search))
        kith_stream_end_(&reader);
    kith__scratch_over(session);
    return reader;
}

const void *kith_stream_next_(kith_reader *reader)
{
    if (!reader || !reader->statement || !kith__ready(reader->session))
        return NULL;
    kith__arena_reset(&reader->row);
    if (kith__step_(reader->statement, &reader->session->error) != KITH__ROW) {
        kith__done(reader->statement);      /* stepped again, it would begin anew */
        reader->statement = NULL;
        return NULL;
    }
    kith__object *object = kith__read_only(reader->page, &reader->row, reader->statement, &reader->mapper->fields);
    return object ? kith__struct(object) : NULL;
}

void kith_stream_end_(kith_reader **reader)
{
    if (!reader || !*reader)
        return;
    kith__done((*reader)->statement);
    kith__arena_free(&(*reader)->values);
    kith__arena_free(&(*reader)->row);
    free(*reader);
    *reader = NULL;
}
