/*
 * running: where a database under migration is, and what is set for the while. For run.c and its kin.
 */
#include "migrate/running.h"

/* False: no memory. NULL stays NULL. */
static bool keep_text(kith__running *r, const char **place, const char *text)
{
    *place = kith__arena_text(&r->arena, text);
    return *place != NULL || text == NULL;
}

/* What is asked of it. NULL: no memory. */
static kith__applied *running_of(kith__running *r, const kith__applied *row)
{
    kith__applied *out = kith__arena_copy(&r->arena, row, sizeof *out);
    return out != NULL && keep_text(r, &out->host, row->host) && keep_text(r, &out->revision, row->revision) && keep_text(r, &out->started_at, row->started_at) ? out : NULL;
}

int kith__running_read(kith__running *r, kith__applied **running)
{
    kith__current current;
    int status = kith__current_read(r->connection, &current, r->error);
    if (status != KITH_OK)
        return status;
    if (current.head_count > 1) {
        status = kith__fail(r->error, KITH_CONFIG, "migrate.several_heads", "the database is at %zu revisions at once (%s, %s): kith follows one line.", current.head_count,
            current.heads[0], current.heads[1]);
        kith__fail_hint(r->error, "Say where it really is: kith db stamp --purge REVISION");
    }
    bool kept = keep_text(r, &r->now, current.head_count > 0 ? current.heads[0] : NULL);
    if (running != NULL && current.running != NULL)
        kept = kept && (*running = running_of(r, current.running)) != NULL;
    kith__current_free(&current);
    return kept ? status : kith__fail_memory(r->error);
}

kith__revision *kith__running_known(const kith__running *r, const char *id)
{
    return id != NULL ? kith__map_gets(&r->set->by_id, id) : NULL;
}

int kith__running_fail_ahead(kith__running *r)
{
    kith__applied *applied = NULL;
    kith__error ignored = { 0 };
    kith__applied_find(r->connection, &r->arena, r->now, &applied, &ignored);
    kith__error_free(&ignored);
    int status = kith__fail(r->error, KITH_CONFIG, "migrate.ahead", "the database is at %s \"%s\" (applied %.16s by %s), which is not among the migration files.", r->now,
        applied && applied->message ? applied->message : "?", applied && applied->finished_at ? applied->finished_at : "?", applied && applied->host ? applied->host : "?");
    kith__fail_hint(r->error, applied != NULL ? "A newer release? kith db downgrade can still undo it: its SQL is stored in the database."
                                              : "Get the file, or, if you know where the database really is: kith db stamp --purge REVISION");
    return status;
}

void kith__running_say_where(kith__running *r)
{
    const char *now = r->now != NULL ? r->now : "";
    strncpy(r->result->now, now, sizeof r->result->now - 1);
    r->result->now[sizeof r->result->now - 1] = 0;
}

int kith__running_take(kith__running *r, kith__pool *pool)
{
    int status = kith__pool_take(pool, &r->connection, r->error);
    if (status == KITH_OK) {
        r->connection->log = r->options->log;
        r->connection->log_arg = r->options->log_arg;
    }
    return status;
}

/* Without a journal SQLite can take nothing back: what fails would be left half done. */
int kith__running_refuse_without_journal(kith__running *r)
{
    const char *mode;
    int status = kith__query_text(r->connection, &r->arena, &mode, r->error, "PRAGMA main.journal_mode", NULL);
    if (status != KITH_OK || mode == NULL || strcmp(mode, "off") != 0)
        return status;
    status = kith__fail(r->error, KITH_REFUSED, "migrate.no_journal", "the database is opened with journal=off, so a migration that fails could not be taken back.");
    kith__fail_hint(r->error, "Leave journal=off out of the URL for this.");
    return status;
}

/* SQLite takes this only outside a transaction, and says nothing when it does not */
int kith__running_keys(kith__running *r, bool on, bool *was)
{
    int64_t now = 0;
    int status = kith__query_count(r->connection, &now, r->error, "PRAGMA foreign_keys");
    if (was != NULL)
        *was = now != 0;
    if (status == KITH_OK)
        status = kith__execute(r->connection, on ? "PRAGMA foreign_keys = ON" : "PRAGMA foreign_keys = OFF", r->error);
    if (status == KITH_OK)
        status = kith__query_count(r->connection, &now, r->error, "PRAGMA foreign_keys");
    if (status == KITH_OK && (now != 0) != on)
        status = kith__fail(r->error, KITH_ERROR, "migrate.foreign_keys", "foreign keys cannot be switched %s here.", on ? "on" : "off");
    return status;
}

/* On again, whatever became of the work; what failed first is what is told. */
int kith__running_restore_keys(kith__running *r, int status)
{
    kith__error held = { 0 }, *first = r->error;
    r->error = &held;
    int restored = kith__running_keys(r, true, NULL);
    r->error = first;
    if (restored != KITH_OK)
        r->connection->owed = "PRAGMA foreign_keys = ON";
    if (status == KITH_OK && restored != KITH_OK) {
        kith__error_copy(r->error, &held);
        status = restored;
    }
    kith__error_free(&held);
    return status;
}
