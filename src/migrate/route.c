/*
 * route: which files lead from where a database is to where it shall be. For run.c and its kin.
 */
#include "migrate/running.h"

#include <stdlib.h>

/* On SQLite every file runs in a transaction, and can be undone; what must run outside of one is not for a file. */
static int refuse_outside(kith__running *r, const char *file, const kith__section *section)
{
    for (size_t i = 0; i < section->count; i++) {
        const kith__instruction *one = &section->items[i];
        if (!one->no_transaction || !kith__instruction_for(one, kith__dialect_sqlite.name))
            continue;
        int status = kith__fail(r->error, KITH_CONFIG, "migrate.no_transaction", "%s:%u: this statement asks to run outside of a transaction, and on SQLite every file runs in one.",
            file, one->line);
        kith__fail_hint(r->error, "Take it out, and run it by hand with the sqlite3 program.");
        return status;
    }
    return KITH_OK;
}

static int add_step(kith__running *r, kith__revision *revision, kith__direction_of_run direction)
{
    int status = kith__revision_load(r->set, revision, r->error);
    kith__running_step *s = status == KITH_OK ? kith__list_add(&r->arena, &r->steps, &r->count, sizeof *s) : NULL;
    if (s == NULL)
        return status != KITH_OK ? status : kith__fail_memory(r->error);
    const char *parent = revision->parent_id;
    bool up = direction == KITH__UP;
    status = refuse_outside(r, revision->file, up ? &revision->upgrade : &revision->downgrade);
    if (status != KITH_OK)
        return status;
    *s = (kith__running_step){ .id = revision->id, .message = revision->message, .from = up ? parent : revision->id, .to = up ? revision->id : parent, .direction = direction,
        .revision = revision, .section = up ? &revision->upgrade : &revision->downgrade, .file = revision->file, .parents = parent != NULL ? parent : "",
        .sum = revision->sum };
    s->up_sql = kith__arena_textn(&r->arena, revision->upgrade.text, revision->upgrade.size);
    s->down_sql = kith__arena_textn(&r->arena, revision->downgrade.text, revision->downgrade.size);
    return s->up_sql != NULL && s->down_sql != NULL ? KITH_OK : kith__fail_memory(r->error);
}

static bool relative(const char *target, char sign, long *number)
{
    char *end;
    if (target[0] != sign)
        return false;
    *number = strtol(target + 1, &end, 10);
    return *end == 0 && end > target + 1;
}

/* The way up from where the database is to `to`, in order. */
static int plan_up(kith__running *r, const kith__revision *to)
{
    kith__revision *from = kith__running_known(r, r->now);
    if (r->now != NULL && from == NULL)
        return kith__running_fail_ahead(r);
    if (to == NULL || to == from)
        return KITH_OK;
    if (from != NULL && !kith__revision_within(from, to)) {
        int status = kith__fail(r->error, KITH_CONFIG, "migrate.not_above", "%s does not follow %s, where the database is.", to->id, from->id);
        if (kith__revision_within(to, from))
            kith__fail_hint(r->error, "It lies below: kith db downgrade %s", to->id);
        else
            kith__fail_hint(r->error, "They are on two lines: kith db history shows them.");
        return status;
    }
    int status = KITH_OK;
    for (size_t i = from != NULL ? from->rank + 1 : 0; i <= to->rank && status == KITH_OK; i++)
        if (kith__revision_within(r->set->items[i], to))
            status = add_step(r, r->set->items[i], KITH__UP);
    return status;
}

static kith__revision *above(kith__running *r, long steps)
{
    kith__revision *at = kith__running_known(r, r->now);
    for (long i = 0; i < steps; i++) {
        kith__revision *next = NULL;
        size_t count = 0;
        for (size_t j = 0; j < r->set->count; j++)
            if (r->set->items[j]->parent == at) {
                next = r->set->items[j];
                count++;
            }
        if (count != 1) {
            kith__fail(r->error, KITH_CONFIG, "migrate.relative", count == 0 ? "+%ld is too far: there are %ld revisions above." : "+%ld is not clear: after %ld there are several ways.", steps, i);
            kith__fail_hint(r->error, "What there is, and where the database is: kith db history -i");
            return NULL;
        }
        at = next;
    }
    return at;
}

/* -0 must not be read as "all of them" */
static int refuse_number(kith__running *r, const char *target)
{
    int status = kith__fail(r->error, KITH_CONFIG, "migrate.relative", "'%s' is no number of migrations.", target);
    kith__fail_hint(r->error, "upgrade +1 runs the next one, downgrade -1 undoes the last.");
    return status;
}

static int upgrade_to_base(kith__running *r)
{
    if (r->now == NULL)
        return KITH_OK;
    int status = kith__fail(r->error, KITH_CONFIG, "migrate.not_above", "base does not follow %s, where the database is.", r->now);
    kith__fail_hint(r->error, "It lies below: kith db downgrade base");
    return status;
}

int kith__running_up(kith__running *r, const char *target)
{
    long number;
    kith__revision *to = NULL;
    if (strcmp(target, "base") == 0)
        return upgrade_to_base(r);
    if (relative(target, '-', &number) || (relative(target, '+', &number) && number < 1))
        return refuse_number(r, target);
    if (strcmp(target, "head") == 0 || strcmp(target, "heads") == 0)
        to = kith__revisions_head(r->set, r->error);
    else if (relative(target, '+', &number))
        to = r->now != NULL && kith__running_known(r, r->now) == NULL ? NULL : above(r, number);
    else
        to = kith__revision_find(r->set, target, r->error);
    if (kith__failed(r->error))
        return r->error->public_.status;
    return plan_up(r, to);
}

/* A revision that no file knows: its way back is in the database. */
static int add_stored(kith__running *r, const char *id)
{
    kith__applied *applied;
    kith__section *section = kith__arena_zero(&r->arena, sizeof *section);
    int status = section == NULL ? kith__fail_memory(r->error) : kith__applied_find(r->connection, &r->arena, id, &applied, r->error);
    if (status != KITH_OK)
        return status;
    if (applied == NULL || applied->down_sql == NULL)
        return kith__running_fail_ahead(r);
    const char *name = kith__arena_format(&r->arena, "%s (stored in the database)", id);
    status = name == NULL ? kith__fail_memory(r->error) : kith__section_parse(&r->arena, name, applied->down_sql, strlen(applied->down_sql), section, r->error);
    kith__running_step *s = status == KITH_OK ? kith__list_add(&r->arena, &r->steps, &r->count, sizeof *s) : NULL;
    if (s == NULL)
        return status != KITH_OK ? status : kith__fail_memory(r->error);
    const char *parent = applied->parents != NULL && *applied->parents != 0 ? applied->parents : NULL;
    *s = (kith__running_step){ .id = applied->revision, .message = applied->message, .from = id, .to = parent, .direction = KITH__DOWN, .section = section, .file = name,
        .parents = applied->parents, .sum = applied->sum, .up_sql = applied->up_sql, .down_sql = applied->down_sql };
    return KITH_OK;
}

static int irreversible(kith__running *r, const kith__running_step *s)
{
    int status = kith__fail(r->error, KITH_REFUSED, "migrate.irreversible", "%s cannot be undone: %s.", s->file,
        *s->section->irreversible ? s->section->irreversible : "its file says so");
    kith__fail_hint(r->error, "The way back is a copy of the database from before, or a new migration.");
    return status;
}

/* Down from where the database is, until it is at `to` (NULL: base) or `steps` were taken. */
static int plan_down(kith__running *r, const char *to, long steps)
{
    const char *at = r->now;
    for (long taken = 0; at != NULL && (steps > 0 ? taken < steps : to == NULL || strcmp(at, to) != 0); taken++) {
        kith__revision *revision = kith__running_known(r, at);
        int status = revision != NULL ? add_step(r, revision, KITH__DOWN) : add_stored(r, at);
        if (status != KITH_OK)
            return status;
        if (r->steps[r->count - 1].section->irreversible != NULL)
            return irreversible(r, &r->steps[r->count - 1]);
        at = r->steps[r->count - 1].to;
    }
    if (steps > 0 && r->now == NULL)
        kith__fail(r->error, KITH_CONFIG, "migrate.relative", "the database is at base: there is nothing to undo.");
    else if (steps > 0 && (long)r->count < steps)
        kith__fail(r->error, KITH_CONFIG, "migrate.relative", "-%ld is too far: there %s %zu revision%s below.", steps, r->count == 1 ? "is" : "are", r->count, r->count == 1 ? "" : "s");
    else if (to != NULL && at == NULL)
        kith__fail(r->error, KITH_CONFIG, "migrate.not_below", "%s does not lie below %s, where the database is.", to, r->now != NULL ? r->now : "base");
    else
        return KITH_OK;
    kith__fail_hint(r->error, "What there is, and where the database is: kith db history -i");
    return KITH_CONFIG;
}

int kith__running_down(kith__running *r, const char *target)
{
    long number;
    if (relative(target, '+', &number) || (relative(target, '-', &number) && number < 1))
        return refuse_number(r, target);
    if (relative(target, '-', &number))
        return plan_down(r, NULL, number);
    if (strcmp(target, "base") == 0)
        return plan_down(r, NULL, 0);
    bool head = strcmp(target, "head") == 0;
    kith__revision *to = head ? kith__revisions_head(r->set, r->error) : kith__revision_find(r->set, target, r->error);
    if (head && to == NULL && !kith__failed(r->error))
        return KITH_OK;
    return to != NULL ? plan_down(r, to->id, 0) : r->error->public_.status;
}

static bool is_step(const kith__running *r, const kith__revision *revision)
{
    for (size_t i = 0; i < r->count; i++)
        if (r->steps[i].revision == revision)
            return true;
    return false;
}

/* Files that were edited after they ran are refused: nobody knows what the database has of them. */
int kith__running_refuse_edited(kith__running *r, kith__direction_of_run direction)
{
    kith__rows rows;
    int status = kith__history_sums(r->connection, &r->arena, &rows, r->error);
    kith__revision *now = kith__running_known(r, r->now);
    for (size_t i = 0; i < rows.count && now != NULL && status == KITH_OK; i++) {
        kith__revision *revision = kith__map_gets(&r->set->by_id, rows.items[i][0]);
        bool concerns = revision != NULL && kith__revision_within(revision, now) && (direction == KITH__UP || is_step(r, revision));
        if (!concerns)
            continue;
        status = kith__revision_load(r->set, revision, r->error);
        if (status == KITH_OK && strcmp(revision->sum, rows.items[i][1]) != 0)
            status = kith__history_edited(r->connection, &r->arena, revision, rows.items[i][2], r->error);
    }
    return status;
}
