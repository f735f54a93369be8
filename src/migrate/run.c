/*
 * run: upgrade, downgrade and stamp. For the room's own interface.
 *
 * Each file runs in one transaction, together with its version row and its history row: a crash leaves the database at one file's end or
 * at the one before it. That we are at work is committed before the first file, and for each further file together with the one before it,
 * so that whoever waits can say for whom.
 */
#include "migrate/live.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

typedef struct step {
    const char *id, *message, *from, *to;       /* version rows: NULL is base */
    kith__direction_of_run direction;
    kith__revision *revision;                   /* NULL: only the database knows it */
    const kith__section *section;
    const char *file, *parents;
    const char *up_sql, *down_sql, *sum;
} step;

typedef struct run {
    kith__connection *connection;
    kith__revisions *set;
    kith__arena arena;
    const kith__run_options *options;
    kith__run_result *result;
    const char *now;                            /* the version row; NULL: base */
    step *steps;
    size_t count;
    int64_t began_ms;                           /* when we began to want the lock */
    int64_t idle_row, idle_since_ms;            /* a running row that nothing was done under, since then */
    kith__error *error;
} run;

/* ---------------------------------------------------------------- where the database is */

/* False: no memory. NULL stays NULL. */
static bool keep_text(run *r, const char **place, const char *text)
{
    *place = kith__arena_text(&r->arena, text);
    return *place != NULL || text == NULL;
}

/* What is asked of it. NULL: no memory. */
static kith__applied *running_of(run *r, const kith__applied *row)
{
    kith__applied *out = kith__arena_copy(&r->arena, row, sizeof *out);
    return out != NULL && keep_text(r, &out->host, row->host) && keep_text(r, &out->revision, row->revision) && keep_text(r, &out->started_at, row->started_at) ? out : NULL;
}

static int read_now(run *r, kith__applied **running)
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

static kith__revision *known(const run *r, const char *id)
{
    return id != NULL ? kith__map_gets(&r->set->by_id, id) : NULL;
}

static int fail_ahead(run *r)
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

/* ---------------------------------------------------------------- planning */

static const char *parents_text(run *r, const kith__revision *revision)
{
    kith__text text = { 0 };
    for (size_t i = 0; i < revision->parent_count; i++)
        kith__text_addf(&text, "%s%s", i > 0 ? "," : "", revision->parent_ids[i]);
    const char *out = text.broken ? NULL : kith__arena_text(&r->arena, text.size > 0 ? text.data : "");
    kith__text_free(&text);
    return out;
}

/* On SQLite every file runs in a transaction, and can be undone; what must run outside of one is not for a file. */
static int refuse_outside(run *r, const char *file, const kith__section *section)
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

static int add_step(run *r, kith__revision *revision, kith__direction_of_run direction)
{
    int status = kith__revision_load(r->set, revision, r->error);
    step *s = status == KITH_OK ? kith__list_add(&r->arena, &r->steps, &r->count, sizeof *s) : NULL;
    if (s == NULL)
        return status != KITH_OK ? status : kith__fail_memory(r->error);
    const char *parent = revision->parent_count > 0 ? revision->parent_ids[0] : NULL;
    bool up = direction == KITH__UP;
    status = refuse_outside(r, revision->file, up ? &revision->upgrade : &revision->downgrade);
    if (status != KITH_OK)
        return status;
    *s = (step){ .id = revision->id, .message = revision->message, .from = up ? parent : revision->id, .to = up ? revision->id : parent, .direction = direction,
        .revision = revision, .section = up ? &revision->upgrade : &revision->downgrade, .file = revision->file, .parents = parents_text(r, revision),
        .sum = revision->sum };
    s->up_sql = kith__arena_textn(&r->arena, revision->upgrade.text, revision->upgrade.size);
    s->down_sql = kith__arena_textn(&r->arena, revision->downgrade.text, revision->downgrade.size);
    return s->parents != NULL && s->up_sql != NULL && s->down_sql != NULL ? KITH_OK : kith__fail_memory(r->error);
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
static int plan_up(run *r, const kith__revision *to)
{
    kith__revision *from = known(r, r->now);
    if (r->now != NULL && from == NULL)
        return fail_ahead(r);
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

static kith__revision *above(run *r, long steps)
{
    kith__revision *at = known(r, r->now);
    for (long i = 0; i < steps; i++) {
        kith__revision *next = NULL;
        size_t count = 0;
        for (size_t j = 0; j < r->set->count; j++)
            if (at == NULL ? r->set->items[j]->parent_count == 0 : (r->set->items[j]->parent_count > 0 && r->set->items[j]->parents[0] == at)) {
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
static int refuse_number(run *r, const char *target)
{
    int status = kith__fail(r->error, KITH_CONFIG, "migrate.relative", "'%s' is no number of migrations.", target);
    kith__fail_hint(r->error, "upgrade +1 runs the next one, downgrade -1 undoes the last.");
    return status;
}

static int upgrade_to_base(run *r)
{
    if (r->now == NULL)
        return KITH_OK;
    int status = kith__fail(r->error, KITH_CONFIG, "migrate.not_above", "base does not follow %s, where the database is.", r->now);
    kith__fail_hint(r->error, "It lies below: kith db downgrade base");
    return status;
}

static int resolve_up(run *r, const char *target)
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
        to = r->now != NULL && known(r, r->now) == NULL ? NULL : above(r, number);
    else
        to = kith__revision_find(r->set, target, r->error);
    if (kith__failed(r->error))
        return r->error->public_.status;
    return plan_up(r, to);
}

/* A revision that no file knows: its way back is in the database. */
static int add_stored(run *r, const char *id)
{
    kith__applied *applied;
    kith__section *section = kith__arena_zero(&r->arena, sizeof *section);
    int status = section == NULL ? kith__fail_memory(r->error) : kith__applied_find(r->connection, &r->arena, id, &applied, r->error);
    if (status != KITH_OK)
        return status;
    if (applied == NULL || applied->down_sql == NULL)
        return fail_ahead(r);
    const char *name = kith__arena_format(&r->arena, "%s (stored in the database)", id);
    status = name == NULL ? kith__fail_memory(r->error) : kith__section_parse(&r->arena, name, applied->down_sql, strlen(applied->down_sql), section, r->error);
    step *s = status == KITH_OK ? kith__list_add(&r->arena, &r->steps, &r->count, sizeof *s) : NULL;
    if (s == NULL)
        return status != KITH_OK ? status : kith__fail_memory(r->error);
    const char *parent = applied->parents != NULL && *applied->parents != 0 ? applied->parents : NULL;
    *s = (step){ .id = applied->revision, .message = applied->message, .from = id, .to = parent, .direction = KITH__DOWN, .section = section, .file = name,
        .parents = applied->parents, .sum = applied->sum, .up_sql = applied->up_sql, .down_sql = applied->down_sql };
    return KITH_OK;
}

static int irreversible(run *r, const step *s)
{
    int status = kith__fail(r->error, KITH_REFUSED, "migrate.irreversible", "%s cannot be undone: %s.", s->file,
        *s->section->irreversible ? s->section->irreversible : "its file says so");
    kith__fail_hint(r->error, "The way back is a copy of the database from before, or a new migration.");
    return status;
}

/* Down from where the database is, until it is at `to` (NULL: base) or `steps` were taken. */
static int plan_down(run *r, const char *to, long steps)
{
    const char *at = r->now;
    for (long taken = 0; at != NULL && (steps > 0 ? taken < steps : to == NULL || strcmp(at, to) != 0); taken++) {
        kith__revision *revision = known(r, at);
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
        kith__fail(r->error, KITH_CONFIG, "migrate.relative", "-%ld is too far: there are %zu revisions below.", steps, r->count);
    else if (to != NULL && at == NULL)
        kith__fail(r->error, KITH_CONFIG, "migrate.not_below", "%s does not lie below %s, where the database is.", to, r->now != NULL ? r->now : "base");
    else
        return KITH_OK;
    kith__fail_hint(r->error, "What there is, and where the database is: kith db history -i");
    return KITH_CONFIG;
}

static int resolve_down(run *r, const char *target)
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

static bool is_step(const run *r, const kith__revision *revision)
{
    for (size_t i = 0; i < r->count; i++)
        if (r->steps[i].revision == revision)
            return true;
    return false;
}

/* Files that were edited after they ran are refused: nobody knows what the database has of them. */
static int refuse_edited(run *r, kith__direction_of_run direction)
{
    kith__rows rows;
    int status = kith__history_sums(r->connection, &r->arena, &rows, r->error);
    kith__revision *now = known(r, r->now);
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

/* ---------------------------------------------------------------- the lock */

enum { PAUSE_NS_ = 100 * 1000 * 1000, IDLE_MS_ = 2000 };

static int64_t milliseconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static bool is_locked(const kith__error *error)
{
    return error->public_.status == KITH_BUSY && strcmp(error->public_.code, "busy") == 0;
}

/* A little longer, for `holder`; or not any more. */
static int wait_for(run *r, const char *holder)
{
    int64_t limit = r->options->lock_timeout_ms != 0 ? r->options->lock_timeout_ms : 60000, waited = milliseconds() - r->began_ms;
    if (holder == NULL)
        return kith__fail_memory(r->error);
    bool settling = r->idle_row != 0;       /* in a moment it is known whether anyone is there at all */
    if (waited >= limit && !settling) {
        int status = kith__fail(r->error, KITH_BUSY, "migrate.locked", "%s; waited %lld s.", holder, (long long)(waited / 1000));
        kith__fail_hint(r->error, "Try again, or wait longer: --lock-timeout SECONDS");
        return status;
    }
    if (r->options->progress != NULL)
        r->options->progress(r->options->arg, &(kith__progress){ .waiting = true, .holder = holder });
    nanosleep(&(struct timespec){ .tv_nsec = PAUSE_NS_ }, NULL);
    return KITH_OK;
}

/* Locked, even for reading: nobody knows by whom. */
static int wait_for_anyone(run *r)
{
    kith__error_clear(r->error);
    r->idle_row = 0;
    return wait_for(r, "another program is writing to the database");
}

static int read_patiently(run *r, kith__applied **running)
{
    int status = read_now(r, running);
    while (status != KITH_OK && is_locked(r->error) && (status = wait_for_anyone(r)) == KITH_OK)
        status = read_now(r, running);
    return status;
}

/* The lock itself knows better than the row whether somebody is at work. Who is, has it but for a moment between two files; who has left
 * it alone for seconds is dead, on a machine or in a container that we cannot see into, or its number belongs to another program now.
 * (Should it only have slept: it looks where the database is before it does anything.) */
static int try_lock(run *r, const kith__applied *running)
{
    kith__error why = { 0 };
    int status = kith__begin(r->connection, KITH__WRITING, &why);
    bool locked = status != KITH_OK && is_locked(&why);
    if (status == KITH_OK)
        status = kith__rollback(r->connection, r->error);
    else if (locked)
        status = KITH_OK;
    else
        kith__error_copy(r->error, &why);
    kith__error_free(&why);
    if (locked)
        r->idle_row = 0;
    else if (r->idle_row != running->id) {
        r->idle_row = running->id;
        r->idle_since_ms = milliseconds();
    }
    return status;
}

static bool is_alive(const run *r, const kith__applied *running)
{
    char host[65] = "";
    if (r->idle_row == running->id && milliseconds() - r->idle_since_ms >= IDLE_MS_)
        return false;
    gethostname(host, sizeof host - 1);
    bool here = running->host != NULL && strcmp(host, running->host) == 0;
    if (here && running->pid == (int64_t)getpid())
        return false;
    return !here || kill((pid_t)running->pid, 0) == 0 || errno == EPERM;
}

/* Until nobody else who is alive says to be at work. */
static int wait_turn(run *r)
{
    for (;;) {
        kith__applied *running = NULL;
        int status = read_patiently(r, &running);
        if (status != KITH_OK || running == NULL || !is_alive(r, running))
            return status;
        status = try_lock(r, running);
        if (status == KITH_OK)
            status = wait_for(r, kith__arena_format(&r->arena, "another kith (pid %lld on %s) has been at %s since %s", (long long)running->pid,
                running->host != NULL ? running->host : "?", running->revision, running->started_at != NULL ? running->started_at : "?"));
        if (status != KITH_OK)
            return status;
    }
}

/* Now that nobody else can write: has anyone begun since we looked? Then we look again. */
static int look_again(run *r, const step *s, bool *again)
{
    kith__applied *running = NULL;
    int status = read_now(r, &running);
    bool same = (r->now == NULL) == (s->from == NULL) && (r->now == NULL || strcmp(r->now, s->from) == 0);
    *again = status == KITH_OK && (!same || (running != NULL && is_alive(r, running)));
    return status;
}

/* The transaction in which the first thing is done; *again: there is none, since someone else was faster. */
static int begin_first(run *r, const step *s, bool *again)
{
    int status = kith__begin(r->connection, KITH__WRITING, r->error);
    if (status != KITH_OK && is_locked(r->error)) {
        status = wait_for_anyone(r);
        *again = status == KITH_OK;
        return status;
    }
    if (status == KITH_OK)
        status = look_again(r, s, again);
    if (status == KITH_OK && *again)
        return kith__rollback(r->connection, r->error);
    if (status == KITH_OK)
        status = kith__history_make(r->connection, r->error);
    return status == KITH_OK ? kith__history_settle(r->connection, r->error) : status;
}

static int announce(run *r, const step *s, bool *again)
{
    int status = begin_first(r, s, again);
    if (status != KITH_OK || *again)
        return status;
    status = kith__history_start(r->connection, s->id, s->direction == KITH__UP ? "up" : "down", r->options->app, r->error);
    return status == KITH_OK ? kith__commit(r->connection, r->error) : status;
}

/* ---------------------------------------------------------------- one file */

static int same_place(run *r, const step *s)
{
    const char *before = r->now;
    int status = read_now(r, NULL);
    bool same = (r->now == NULL) == (s->from == NULL) && (r->now == NULL || strcmp(r->now, s->from) == 0);
    if (status == KITH_OK && !same)
        status = kith__fail(r->error, KITH_BUSY, "migrate.moved", "someone else moved the database from %s to %s meanwhile.", before ? before : "base", r->now ? r->now : "base");
    if (status == KITH_BUSY)
        kith__fail_hint(r->error, "See whether that was meant, then try again.");
    return status;
}

static kith__history_entry entry_of(const step *s)
{
    return (kith__history_entry){ .parents = s->parents, .sum = s->sum, .message = s->message, .up_sql = s->up_sql, .down_sql = s->down_sql, .steps = s->section->count };
}

static int record(run *r, const step *s)
{
    kith__history_entry entry = entry_of(s);
    int status = kith__version_move(r->connection, s->from, s->to, r->error);
    return status == KITH_OK ? kith__history_finish(r->connection, s->id, &entry, r->error) : status;
}

static int work(run *r, const step *s, const step *next, bool checks)
{
    kith__guard guard = { .checks = checks };
    kith__arena arena = { 0 };
    kith__execution e = { .connection = r->connection, .arena = &arena, .file = s->file, .section = s->section, .accept_loss = r->options->accept_loss, .script = r->options->script,
        .error = r->error };
    int status = same_place(r, s);
    if (status == KITH_OK)
        status = kith__guard_before(r->connection, &arena, &guard, r->error);
    if (status == KITH_OK)
        status = kith__section_execute(&e);
    if (status == KITH_OK)
        status = kith__guard_after(r->connection, &arena, &guard, r->error);
    if (status == KITH_OK)
        status = record(r, s);
    if (status == KITH_OK && next != NULL)
        status = kith__history_start(r->connection, next->id, next->direction == KITH__UP ? "up" : "down", r->options->app, r->error);
    kith__arena_free(&arena);
    return status;
}

static void say(run *r, size_t i, bool done)
{
    const step *s = &r->steps[i];
    if (r->options->progress != NULL)
        r->options->progress(r->options->arg, &(kith__progress){ .revision = s->id, .message = s->message, .direction = s->direction, .number = i + 1, .total = r->count, .done = done });
}

static void script_begin(run *r, const step *s, bool checks)
{
    const char *title = kith__arena_format(&r->arena, "%s %s: %s", s->direction == KITH__UP ? "upgrade" : "downgrade", s->id, s->message != NULL ? s->message : "");
    kith__script_begin(r->options->script, s->from, title != NULL ? title : s->id, checks);
}

static void script_end(run *r, const step *s, bool checks)
{
    kith__history_entry entry = entry_of(s);
    kith__script_end(r->options->script, s->from, s->to, s->id, s->direction == KITH__UP ? "up" : "down", &entry, checks);
}

/* One file, whole or not at all, inside the transaction that is open. */
static int whole_file(run *r, size_t i, bool checks)
{
    const step *s = &r->steps[i], *next = i + 1 < r->count ? &r->steps[i + 1] : NULL;
    int status = kith__savepoint_set(r->connection, r->error);
    if (status != KITH_OK)
        return status;
    if (r->options->script != NULL)
        script_begin(r, s, checks);
    status = work(r, s, next, checks);
    if (status == KITH_OK)
        status = kith__savepoint_release(r->connection, r->error);
    if (status == KITH_OK && r->options->script != NULL)
        script_end(r, s, checks);
    if (status == KITH_OK)
        r->now = s->to;
    return status;
}

/* Takes back the file that failed and keeps those before it. False: all of the transaction is gone. */
static bool keep_the_rest(run *r, bool any)
{
    kith__error ignored = { 0 };
    bool kept = any && kith__savepoint_rollback(r->connection, &ignored) == KITH_OK && kith__commit(r->connection, &ignored) == KITH_OK;
    if (!kept)
        kith__rollback(r->connection, &ignored);
    kith__error_free(&ignored);
    return kept;
}

/* A transaction of one file; of more while they go fast, since a thousand small ones would mostly wait for the disk. Each file is whole
 * or not there all the same: a crash or a failure leaves the database at the end of one. *end: the first that was not committed. */
static int transaction(run *r, size_t first, size_t *end, bool checks)
{
    enum { TOGETHER_MS_ = 100 };
    const char *before = r->now;
    int64_t began = milliseconds();
    size_t i = first;
    int status = kith__begin(r->connection, KITH__WRITING, r->error);
    for (bool more = true; more && status == KITH_OK; more = i < r->count && !checks && milliseconds() - began < TOGETHER_MS_ && !kith__section_needs_rebuild(r->steps[i].section)) {
        say(r, i, false);
        status = whole_file(r, i, checks);
        i += status == KITH_OK;
    }
    bool kept = status != KITH_OK && keep_the_rest(r, i > first);
    if (status == KITH_OK && (status = kith__commit(r->connection, r->error)) != KITH_OK)
        kith__fail_prefix(r->error, "%s:", r->steps[first].file);
    if (status != KITH_OK && !kept) {
        kith__error ignored = { 0 };
        kith__rollback(r->connection, &ignored);
        kith__error_free(&ignored);
        r->now = before;
        i = first;
    }
    *end = i;
    for (size_t done = first; done < i; done++)
        say(r, done, true);
    return status;
}

/* SQLite takes this only outside a transaction, and says nothing when it does not */
static int set_foreign_keys(run *r, bool on, bool *was)
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
static int restore_foreign_keys(run *r, int status)
{
    kith__error held = { 0 }, *first = r->error;
    r->error = &held;
    int restored = set_foreign_keys(r, true, NULL);
    r->error = first;
    if (status == KITH_OK && restored != KITH_OK) {
        kith__error_copy(r->error, &held);
        status = restored;
    }
    kith__error_free(&held);
    return status;
}

static int run_step(run *r, size_t i, size_t *end)
{
    bool checks = kith__section_needs_rebuild(r->steps[i].section), was = true;
    *end = i;
    int status = checks ? set_foreign_keys(r, false, &was) : KITH_OK;
    if (status == KITH_OK)
        status = transaction(r, i, end, checks);
    return checks && was ? restore_foreign_keys(r, status) : status;
}

/* The running row says what went wrong; the error that stands is the one that matters. */
static void note_failure(run *r)
{
    kith__error ignored = { 0 };
    if (kith__begin(r->connection, KITH__WRITING, &ignored) == KITH_OK &&
        kith__history_fail(r->connection, r->error->public_.message, &ignored) == KITH_OK)
        kith__commit(r->connection, &ignored);
    else
        kith__rollback(r->connection, &ignored);
    kith__error_free(&ignored);
}

/* One file takes itself back; of several the first would stay. */
static int foresee(run *r)
{
    kith__foreseen *files = r->count > 1 ? kith__arena_zero(&r->arena, r->count * sizeof *files) : NULL;
    if (r->count > 1 && files == NULL)
        return kith__fail_memory(r->error);
    for (size_t i = 0; files != NULL && i < r->count; i++)
        files[i] = (kith__foreseen){ .file = r->steps[i].file, .section = r->steps[i].section };
    return files == NULL ? KITH_OK : kith__foresee(r->connection, files, r->count, r->options->accept_loss, r->error);
}

static int run_steps(run *r, bool *again)
{
    int seen = foresee(r);
    if (seen != KITH_OK)
        return seen;
    int status = announce(r, &r->steps[0], again);
    if (status != KITH_OK || *again)
        return status;
    for (size_t i = 0; i < r->count && status == KITH_OK; i = r->result->applied)
        status = run_step(r, i, &r->result->applied);
    if (status != KITH_OK)
        note_failure(r);
    return status;
}

/* All files in one transaction: --single-transaction; and --dry-run, which takes it back. */
static int together(run *r, bool *again)
{
    bool checks = false;
    int status = begin_first(r, &r->steps[0], again);
    if (status == KITH_OK && *again)
        return KITH_OK;
    for (size_t i = 0; i < r->count; i++)
        checks = checks || kith__section_needs_rebuild(r->steps[i].section);
    for (size_t i = 0; i < r->count && status == KITH_OK; i++) {
        say(r, i, false);
        status = kith__history_start(r->connection, r->steps[i].id, r->steps[i].direction == KITH__UP ? "up" : "down", r->options->app, r->error);
        if (status == KITH_OK)
            status = work(r, &r->steps[i], NULL, checks);
        if (status == KITH_OK)
            say(r, i, true);
    }
    if (status == KITH_OK && !r->options->dry_run)
        return kith__commit(r->connection, r->error);
    kith__error ignored = { 0 };
    kith__rollback(r->connection, &ignored);
    kith__error_free(&ignored);
    return status;
}

static int run_together(run *r, bool *again)
{
    const char *before = r->now;
    bool was = true;
    int status = set_foreign_keys(r, false, &was);
    if (status == KITH_OK)
        status = together(r, again);
    bool done = status == KITH_OK && !r->options->dry_run && !*again;
    r->result->applied = done ? r->count : 0;
    r->now = done ? r->steps[r->count - 1].to : before;
    return was ? restore_foreign_keys(r, status) : status;
}

/* ---------------------------------------------------------------- the calls */

static void say_where(run *r)
{
    const char *now = r->now != NULL ? r->now : "";
    strncpy(r->result->now, now, sizeof r->result->now - 1);
    r->result->now[sizeof r->result->now - 1] = 0;
}

static int take_connection(run *r, kith__pool *pool)
{
    int status = kith__pool_take(pool, &r->connection, r->error);
    if (status == KITH_OK) {
        r->connection->log = r->options->log;
        r->connection->log_arg = r->options->log_arg;
    }
    return status;
}

/* Without a journal SQLite can take nothing back: what fails would be left half done. */
static int refuse_without_journal(run *r)
{
    const char *mode;
    int status = kith__query_text(r->connection, &r->arena, &mode, r->error, "PRAGMA main.journal_mode", NULL);
    if (status != KITH_OK || mode == NULL || strcmp(mode, "off") != 0)
        return status;
    status = kith__fail(r->error, KITH_REFUSED, "migrate.no_journal", "the database is opened with journal=off, so a migration that fails could not be taken back.");
    kith__fail_hint(r->error, "Leave journal=off out of the URL for this.");
    return status;
}

/* Plans anew, since whoever was at work may have done it, and runs. *again: someone was faster. */
static int when_it_is_our_turn(run *r, const char *target, int (*resolve)(run *, const char *), bool *again)
{
    int status = wait_turn(r);
    r->steps = NULL;
    r->count = 0;
    if (status == KITH_OK)
        status = resolve(r, target);
    if (status == KITH_OK)
        status = refuse_edited(r, r->count > 0 ? r->steps[0].direction : KITH__UP);
    if (status != KITH_OK || r->count == 0)
        return status;
    return r->options->dry_run || r->options->single_transaction ? run_together(r, again) : run_steps(r, again);
}

static int go(kith__pool *pool, kith__revisions *set, const char *target, const kith__run_options *options, kith__run_result *result,
              int (*resolve)(run *, const char *), kith__error *error)
{
    static const kith__run_options usual;
    run r = { .set = set, .options = options != NULL ? options : &usual, .result = result, .error = error };
    *result = (kith__run_result){ 0 };
    int status = take_connection(&r, pool);
    if (status != KITH_OK)
        return status;
    r.began_ms = milliseconds();
    status = read_patiently(&r, NULL);
    result->looked = status == KITH_OK;
    if (status == KITH_OK)
        status = resolve(&r, target);
    if (status == KITH_OK && r.count > 0)
        status = refuse_without_journal(&r);
    while (status == KITH_OK && r.count > 0) {
        bool again = false;
        status = when_it_is_our_turn(&r, target, resolve, &again);
        if (!again)
            break;
    }
    say_where(&r);
    kith__pool_give(r.connection);
    kith__arena_free(&r.arena);
    return status;
}

int kith__upgrade(kith__pool *pool, kith__revisions *set, const char *target, const kith__run_options *options, kith__run_result *result, kith__error *error)
{
    return go(pool, set, target != NULL ? target : "head", options, result, resolve_up, error);
}

int kith__downgrade(kith__pool *pool, kith__revisions *set, const char *target, const kith__run_options *options, kith__run_result *result, kith__error *error)
{
    return go(pool, set, target != NULL ? target : "-1", options, result, resolve_down, error);
}

int kith__plan_make(kith__pool *pool, kith__revisions *set, kith__direction_of_run direction, const char *target, kith__plan *out, kith__error *error)
{
    static const kith__run_options usual;
    kith__run_result result;
    run r = { .set = set, .options = &usual, .result = &result, .error = error };
    *out = (kith__plan){ 0 };
    int status = kith__pool_take(pool, &r.connection, error);
    if (status != KITH_OK)
        return status;
    status = read_now(&r, NULL);
    if (status == KITH_OK)
        status = direction == KITH__UP ? resolve_up(&r, target != NULL ? target : "head") : resolve_down(&r, target != NULL ? target : "-1");
    for (size_t i = 0; i < r.count && status == KITH_OK; i++)
        status = kith__plan_section(out, r.connection, r.steps[i].id, r.steps[i].section, error);
    kith__pool_give(r.connection);
    kith__arena_free(&r.arena);
    if (status != KITH_OK)
        kith__plan_free(out);
    return status;
}

/* ---------------------------------------------------------------- stamp, repair */

static int begin_patiently(run *r)
{
    int status = kith__begin(r->connection, KITH__WRITING, r->error);
    while (status != KITH_OK && is_locked(r->error) && (status = wait_for_anyone(r)) == KITH_OK)
        status = kith__begin(r->connection, KITH__WRITING, r->error);
    return status;
}

static int stamp_rows(run *r, const char *to)
{
    int status = begin_patiently(r);
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
    run r = { .set = set, .options = options != NULL ? options : &usual, .result = result, .error = error };
    bool to_base = target != NULL && strcmp(target, "base") == 0;
    *result = (kith__run_result){ 0 };
    kith__revision *to = to_base ? NULL : target == NULL || strcmp(target, "head") == 0 ? kith__revisions_head(set, error) : kith__revision_find(set, target, error);
    if (kith__failed(error))
        return error->public_.status;
    int status = take_connection(&r, pool);
    if (status != KITH_OK)
        return status;
    r.began_ms = milliseconds();
    if (!purge)
        status = read_patiently(&r, NULL);
    result->looked = status == KITH_OK && !purge;
    if (status == KITH_OK && !purge && r.now != NULL && known(&r, r.now) == NULL)
        status = fail_ahead(&r);
    if (status == KITH_OK)
        status = stamp_rows(&r, to != NULL ? to->id : NULL);
    if (status == KITH_OK)
        r.now = to != NULL ? to->id : NULL;
    say_where(&r);
    kith__pool_give(r.connection);
    kith__arena_free(&r.arena);
    return status;
}

static int repair(run *r, const kith__section *section)
{
    kith__guard guard = { .checks = true };
    kith__execution e = { .connection = r->connection, .arena = &r->arena, .file = "the repair", .section = section, .error = r->error };
    int status = begin_patiently(r);
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

static int parse_repairs(run *r, const kith__drifts *drifts, kith__section *out)
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
    run r = { .options = options != NULL ? options : &usual, .error = error };
    bool was = false;
    int status = take_connection(&r, pool);
    if (status != KITH_OK)
        return status;
    r.began_ms = milliseconds();
    status = parse_repairs(&r, drifts, &section);
    if (status == KITH_OK)
        status = refuse_without_journal(&r);
    if (status == KITH_OK)
        status = set_foreign_keys(&r, false, &was);
    if (status == KITH_OK)
        status = repair(&r, &section);
    if (was)
        status = restore_foreign_keys(&r, status);
    kith__pool_give(r.connection);
    kith__arena_free(&r.arena);
    return status;
}
