/*
 * What a query finds: kith_first, kith_only, kith_all, kith_count, kith_exists, kith_page.
 *
 * A query is one SELECT (search.c), and one statement more for each relationship that it brings along, all of one snapshot.
 */
#include "session/search.h"

#include <stdlib.h>

typedef struct list { const void **items; size_t count; } list;
static const list nothing = { NULL, 0 };

static bool load_rows(kith__search *search, kith__objects *found)
{
    kith__loader loader = { .session = search->into, .mapper = search->mapper, .statement = kith__search_prepare(search), .into = found,
                            .refresh = search->select.lock != KITH_LOCK_NONE, .group = search->group };
    return loader.statement && kith__load_all(&loader);
}

/* ---------------------------------------------------------------- what comes along */

/* It finds all rows of its table. */
static bool is_whole(const kith__search *search) { return !search->select.where && !search->mapper->base && !search->select.limit && !search->select.offset; }

static bool bring_along(const kith__search *search, const kith__objects *found)
{
    bool whole = is_whole(search), ok = kith__load_eager(search->into, search->mapper, found, whole);
    for (size_t i = 0; ok && kith__search_path(search, i); i++)
        ok = kith__load_path(search->into, search->mapper, found, kith__search_path(search, i), whole);
    return ok;
}

/* The rows and what comes along are of one moment. */
static bool in_one_snapshot(kith__search *search, kith__objects *found)
{
    bool own;
    if (!kith__snapshot(search->session, &own))
        return false;
    bool ok = load_rows(search, found) && bring_along(search, found);
    return kith__snapshot_over(search->session, own) && ok;
}

static bool find(kith__search *search, kith__objects *found)
{
    return kith__search_brings_along(search) ? in_one_snapshot(search, found) : load_rows(search, found);
}

/* ---------------------------------------------------------------- objects that are only read */

static bool read_rows(kith__search *search, kith__objects *found)
{
    kith__page *page = kith__read_only_page(search->session, search->mapper, &search->session->lists);
    kith__statement *statement = page ? kith__search_prepare(search) : NULL;
    return statement && kith__read_only_all(page, statement, NULL, found);
}

static bool read_graph(kith__search *search, kith__objects *found)
{
    search->into = kith__reader_open(search->session);
    if (!search->into)
        return false;
    bool ok = in_one_snapshot(search, found);
    if (!kith__reader_done(search->session, search->into))
        return false;
    kith__reader_keep(search->session, search->into);
    return ok && kith__status(search->session) == KITH_OK;
}

static bool find_any(kith__search *search, kith__objects *found)
{
    if (kith__lock_rows(search->session, search->query.lock))
        return false;
    if (!search->query.read_only)
        return find(search, found);
    return kith__search_brings_along(search) ? read_graph(search, found) : read_rows(search, found);
}

/* ---------------------------------------------------------------- the public calls */

static const void *list_of(kith__search *search, kith__objects *found)
{
    list *all = kith__arena_zero(&search->session->lists, sizeof *all);
    if (!all)
        kith__no_memory(search->session);
    if (!all || !found->count) {
        if (search->group)
            kith__group_end(search->session, search->group, found);
        return &nothing;
    }
    all->count = found->count;
    all->items = search->query.read_only ? kith__read_only_list(search->session, found) : kith__group_end(search->session, search->group, found);
    return all->items ? all : &nothing;
}

const void *kith_all_(kith_session *session, const kith_model *model, const kith_query *query)
{
    kith__search search;
    kith__objects found = { 0 };
    if (!kith__ready(session))
        return &nothing;
    kith__scratch_begin(session);
    bool ok = kith__search_make(&search, session, model, query, "kith_all") && (search.query.read_only || (search.group = kith__group_begin(session))) && find_any(&search, &found);
    const void *all = ok ? list_of(&search, &found) : &nothing;
    if (ok && search.group && all != &nothing)
        search.group->whole = is_whole(&search);
    if (!ok && search.group)
        kith__group_end(session, search.group, &found);
    if (!ok && search.mapper)
        kith__blame_model(session, search.mapper);
    free(found.items);
    kith__scratch_over(session);
    return all;
}

/* Up to `most` objects: how many there are, and the first. */
static size_t find_few(kith_session *session, const kith_model *model, const kith_query *query, const char *call, size_t most, const void **first)
{
    kith__search search;
    kith__objects found = { 0 };
    size_t count = 0;
    if (!kith__ready(session))
        return 0;
    kith__scratch_begin(session);
    if (kith__search_make(&search, session, model, query, call)) {
        kith__search_limit(&search, most);
        count = find_any(&search, &found) ? found.count : 0;
        kith__blame_model(session, search.mapper);
    }
    if (count)
        *first = kith__struct(found.items[0]);
    free(found.items);
    kith__scratch_over(session);
    return count;
}

const void *kith_first_(kith_session *session, const kith_model *model, const kith_query *query)
{
    const void *first = NULL;
    find_few(session, model, query, "kith_first", 1, &first);
    return first;
}

const void *kith_only_(kith_session *session, const kith_model *model, const kith_query *query)
{
    const void *first = NULL;
    size_t count = find_few(session, model, query, "kith_only", 2, &first);
    if (!kith__ready(session) || count == 1)
        return first;
    if (count) {
        kith__fail(&session->error, KITH_NOT_UNIQUE, "query.not_unique", "There is more than one %s where kith_only looked for one.", model->name);
        kith__fail_hint(&session->error, "kith_first takes the first of them, in the order that .order_by says.");
    } else {
        kith__fail(&session->error, KITH_NOT_FOUND, "query.not_found", "There is no %s where kith_only looked for one.", model->name);
        kith__fail_hint(&session->error, "kith_first gives NULL where there may be none.");
    }
    kith__fail_about(&session->error, model->name, NULL, NULL);
    return NULL;
}

static bool one_number(kith_session *session, kith__statement *statement, int64_t *number)
{
    bool there = kith__step_(statement, &session->error) == KITH__ROW;
    if (there && !kith__row_int(statement, 0, number))
        kith__fail(&session->error, KITH_ERROR, "query.no_number", "The database gave no number where one was asked for.");
    kith__done(statement);
    return there && kith__status(session) == KITH_OK;
}

/* For what neither gives rows nor holds them. A row has one row or none joined to it, so the joins say nothing about how many there are. */
static void forget_order(kith__search *search)
{
    search->select.order_count = 0;
    search->select.join_count = search->source.join_count;
    search->select.lock = KITH_LOCK_NONE;
}

int64_t kith_count_(kith_session *session, const kith_model *model, const kith_query *query)
{
    kith__search search;
    int64_t count = -1;
    if (!kith__ready(session))
        return -1;
    kith__scratch_begin(session);
    if (kith__search_make(&search, session, model, query, "kith_count")) {
        forget_order(&search);
        kith__sql_reset(&session->sql);
        kith__sql_count(&session->sql, kith__pool_dialect(session->database->pool), &search.select);
        kith__statement *statement = kith__prepare_written(session);
        if (statement && !one_number(session, statement, &count))
            count = -1;
        kith__blame_model(session, search.mapper);
    }
    kith__scratch_over(session);
    return count;
}

bool kith_exists_(kith_session *session, const kith_model *model, const kith_query *query)
{
    kith__search search;
    bool exists = false;
    int64_t one;
    if (!kith__ready(session))
        return false;
    kith__scratch_begin(session);
    if (kith__search_make(&search, session, model, query, "kith_exists")) {
        kith__search_limit(&search, 1);
        forget_order(&search);
        search.select.column_count = 0;
        kith__statement *statement = kith__search_prepare(&search);
        exists = statement && one_number(session, statement, &one);
    }
    kith__scratch_over(session);
    return exists;
}

/* ---------------------------------------------------------------- pages */

static const kith_page_ no_page = { .total = -1 };

static bool page_exists(kith_session *session, const kith_model *model, size_t number, size_t size, const kith_query *query)
{
    const char *name = model ? model->name : "no model";
    if (query->limit || query->offset)
        kith__misuse(session, "page.limit", NULL, "kith_page of %s was given a limit or an offset: what is on a page says its number and its size.", name);
    else if (!number || !size)
        kith__misuse(session, "page.number", NULL, "There is no page %zu of %zu %s objects each: pages are numbered from 1, and have one object or more.", number, size, name);
    else if (number - 1 > (size_t)INT64_MAX / size)
        kith__misuse(session, "page.number", NULL, "Page %zu of %zu %s objects each is beyond what can be counted.", number, size, name);
    return kith__status(session) == KITH_OK;
}

/* The rest of the page, once its list is there. A page that is not full is the last one, and says how many there are. */
static bool fill_page(kith_session *session, const kith_model *model, kith_query *query, kith_page_ *page)
{
    size_t size = query->limit;
    bool last = page->count < size && (page->count || !query->offset);
    page->total = (int64_t)(query->offset + page->count);
    query->limit = query->offset = 0;
    if (!last)
        page->total = kith_count_(session, model, query);
    page->pages = page->total > 0 ? ((size_t)page->total + size - 1) / size : 0;
    return kith__status(session) == KITH_OK;
}

static const void *read_page(kith_session *session, const kith_model *model, size_t number, kith_query *query)
{
    kith_page_ *page = kith__arena_zero(&session->lists, sizeof *page);
    if (!page) {
        kith__no_memory(session);
        return &no_page;
    }
    query->offset = (number - 1) * query->limit;
    const list *found = kith_all_(session, model, query);
    *page = (kith_page_){ .items = (const void *const *)found->items, .count = found->count, .number = number };
    return kith__status(session) == KITH_OK && fill_page(session, model, query, page) ? page : &no_page;
}

/* Rows and count are of one moment. */
const void *kith_page_of_(kith_session *session, const kith_model *model, size_t number, size_t size, const kith_query *given)
{
    kith_query query = { .size_ = 0 };
    if (!kith__ready(session))
        return &no_page;
    if (given)
        memcpy(&query, given, given->size_ < sizeof query ? given->size_ : sizeof query);
    query.size_ = sizeof query;
    if (!page_exists(session, model, number, size, &query) || kith__autoflush(session, "kith_page") || !kith__may_read(session))
        return &no_page;
    query.limit = size;
    bool own;
    if (!kith__snapshot(session, &own))
        return &no_page;
    const void *page = read_page(session, model, number, &query);
    return kith__snapshot_over(session, own) ? page : &no_page;
}
