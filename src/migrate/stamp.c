/*
 * stamp: saying where a database is without running anything, and repairing what was changed by hand. For the room's own interface.
 */
#include "migrate/running.h"

static int stamp_rows(kith__running *r, const char *to)
{
    int status = kith__running_begin(r);
    if (status == KITH_OK)
        status = kith__history_make(r->connection, r->error);
    if (status == KITH_OK)
        status = kith__execute(r->connection, "DELETE FROM kith_version", r->error);
    if (status == KITH_OK && to != NULL)
        status = kith__version_move(r->connection, NULL, to, r->error);
    if (status == KITH_OK)
        status = kith__history_start(r->connection, to != NULL ? to : "base", "stamp", r->options->app, r->error);
    if (status == KITH_OK)
        status = kith__history_finish(r->connection, to != NULL ? to : "base", &(kith__history_entry){ 0 }, r->error);
    if (status == KITH_OK)
        status = kith__commit(r->connection, r->error);
    if (status != KITH_OK) {
        kith__error ignored = { 0 };
        kith__rollback(r->connection, &ignored);
        kith__error_free(&ignored);
    }
    return status;
}

int kith__stamp(kith__pool *pool, kith__revisions *set, const char *target, bool purge, const kith__run_options *options, kith__run_result *result, kith__error *error)
{
    static const kith__run_options usual;
    kith__running r = { .set = set, .options = options != NULL ? options : &usual, .result = result, .error = error };
    bool to_base = target != NULL && strcmp(target, "base") == 0;
    *result = (kith__run_result){ 0 };
    kith__revision *to = to_base ? NULL : target == NULL || strcmp(target, "head") == 0 ? kith__revisions_head(set, error) : kith__revision_find(set, target, error);
    if (kith__failed(error))
        return error->public_.status;
    int status = kith__running_take(&r, pool);
    if (status != KITH_OK)
        return status;
    r.began_ms = kith__running_clock();
    if (!purge)
        status = kith__running_read_patiently(&r, NULL);
    result->looked = status == KITH_OK && !purge;
    if (status == KITH_OK && !purge && r.now != NULL && kith__running_known(&r, r.now) == NULL)
        status = kith__running_fail_ahead(&r);
    if (status == KITH_OK)
        status = stamp_rows(&r, to != NULL ? to->id : NULL);
    if (status == KITH_OK)
        r.now = to != NULL ? to->id : NULL;
    kith__running_say_where(&r);
    kith__pool_give(r.connection);
    kith__arena_free(&r.arena);
    return status;
}

static int repair(kith__running *r, const kith__section *section)
{
    kith__guard guard = { .checks = true, .section = section };
    kith__execution e = { .connection = r->connection, .arena = &r->arena, .file = "the repair", .section = section, .error = r->error };
    int status = kith__running_begin(r);
    if (status == KITH_OK)
        status = kith__guard_before(r->connection, &r->arena, &guard, r->error);
    if (status == KITH_OK)
        status = kith__section_execute(&e);
    if (status == KITH_OK)
        status = kith__guard_after(r->connection, &r->arena, &guard, r->error);
    if (status == KITH_OK)
        status = kith__commit(r->connection, r->error);
    if (status != KITH_OK) {
        kith__error ignored = { 0 };
        kith__rollback(r->connection, &ignored);
        kith__error_free(&ignored);
    }
    return status;
}

static int parse_repairs(kith__running *r, const kith__drifts *drifts, kith__section *out)
{
    kith__text text = { 0 };
    for (size_t i = 0; i < drifts->count; i++)
        if (drifts->items[i].repair != NULL)
            kith__text_addf(&text, "%s\n", drifts->items[i].repair);
    const char *sql = text.broken ? NULL : kith__arena_textn(&r->arena, text.data != NULL ? text.data : "", text.size);
    int status = sql == NULL ? kith__fail_memory(r->error) : kith__section_parse(&r->arena, "the repair", sql, text.size, out, r->error);
    kith__text_free(&text);
    return status;
}

int kith__repair(kith__pool *pool, const kith__drifts *drifts, const kith__run_options *options, kith__error *error)
{
    static const kith__run_options usual;
    kith__section section;
    kith__running r = { .options = options != NULL ? options : &usual, .error = error };
    bool was = false;
    int status = kith__running_take(&r, pool);
    if (status != KITH_OK)
        return status;
    r.began_ms = kith__running_clock();
    status = parse_repairs(&r, drifts, &section);
    if (status == KITH_OK)
        status = kith__running_refuse_without_journal(&r);
    if (status == KITH_OK)
        status = kith__running_keys(&r, false, &was);
    if (status == KITH_OK)
        status = repair(&r, &section);
    if (was)
        status = kith__running_restore_keys(&r, status);
    kith__pool_give(r.connection);
    kith__arena_free(&r.arena);
    return status;
}
