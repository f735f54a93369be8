/*
 * run: upgrade and downgrade. For the room's own interface.
 *
 * Each file runs in one transaction, together with its version row and its history row: a crash leaves the database at one file's end or
 * at the one before it. That we are at work is committed before the first file, and for each further file together with the one before it,
 * so that whoever waits can say for whom.
 */
#include "migrate/running.h"

/* Now that nobody else can write: has anyone begun since we looked? Then we look again. */
static int look_again(kith__running *r, const kith__running_step *s, bool *again)
{
    kith__applied *running = NULL;
    int status = kith__running_read(r, &running);
    bool same = (r->now == NULL) == (s->from == NULL) && (r->now == NULL || strcmp(r->now, s->from) == 0);
    *again = status == KITH_OK && (!same || (running != NULL && kith__running_alive(r, running)));
    return status;
}

/* The transaction in which the first thing is done; *again: there is none, since someone else was faster. */
static int begin_first(kith__running *r, const kith__running_step *s, bool *again)
{
    int status = kith__begin(r->connection, KITH__WRITING, r->error);
    if (status != KITH_OK && kith__running_locked(r->error)) {
        status = kith__running_wait(r);
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

static int announce(kith__running *r, const kith__running_step *s, bool *again)
{
    int status = begin_first(r, s, again);
    if (status != KITH_OK || *again)
        return status;
    status = kith__history_start(r->connection, s->id, s->direction == KITH__UP ? "up" : "down", r->options->app, r->error);
    return status == KITH_OK ? kith__commit(r->connection, r->error) : status;
}

/* ---------------------------------------------------------------- one file */

static int same_place(kith__running *r, const kith__running_step *s)
{
    const char *before = r->now;
    int status = kith__running_read(r, NULL);
    bool same = (r->now == NULL) == (s->from == NULL) && (r->now == NULL || strcmp(r->now, s->from) == 0);
    if (status == KITH_OK && !same)
        status = kith__fail(r->error, KITH_BUSY, "migrate.moved", "someone else moved the database from %s to %s meanwhile.", before ? before : "base", r->now ? r->now : "base");
    if (status == KITH_BUSY)
        kith__fail_hint(r->error, "See whether that was meant, then try again.");
    return status;
}

static kith__history_entry entry_of(const kith__running_step *s)
{
    return (kith__history_entry){ .parents = s->parents, .sum = s->sum, .message = s->message, .up_sql = s->up_sql, .down_sql = s->down_sql, .steps = s->section->count };
}

static int record(kith__running *r, const kith__running_step *s)
{
    kith__history_entry entry = entry_of(s);
    int status = kith__version_move(r->connection, s->from, s->to, r->error);
    return status == KITH_OK ? kith__history_finish(r->connection, s->id, &entry, r->error) : status;
}

static int work(kith__running *r, const kith__running_step *s, const kith__running_step *next, bool checks)
{
    kith__guard guard = { .checks = checks, .section = s->section };
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

static void say(kith__running *r, size_t i, bool done)
{
    const kith__running_step *s = &r->steps[i];
    if (r->options->progress != NULL)
        r->options->progress(r->options->arg, &(kith__progress){ .revision = s->id, .message = s->message, .direction = s->direction, .number = i + 1, .total = r->count, .done = done });
}

static void script_begin(kith__running *r, const kith__running_step *s, bool checks)
{
    kith__text *script = r->options->script;
    kith__text_addf(script, "\n-- %s %s: ", s->direction == KITH__UP ? "upgrade" : "downgrade", s->id);
    for (const char *p = s->message != NULL ? s->message : ""; *p != 0; p++)
        kith__text_addc(script, *p == '\n' || *p == '\r' ? ' ' : *p);
    kith__text_addc(script, '\n');
    kith__script_begin(script, s->from, checks);
}

static void script_end(kith__running *r, const kith__running_step *s, bool checks)
{
    kith__history_entry entry = entry_of(s);
    kith__script_end(r->options->script, s->from, s->to, s->id, s->direction == KITH__UP ? "up" : "down", &entry, checks);
}

/* One file, whole or not at all, inside the transaction that is open. */
static int whole_file(kith__running *r, size_t i, bool checks)
{
    const kith__running_step *s = &r->steps[i], *next = i + 1 < r->count ? &r->steps[i + 1] : NULL;
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
static bool keep_the_rest(kith__running *r, bool any)
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
static int transaction(kith__running *r, size_t first, size_t *end, bool checks)
{
    enum { TOGETHER_MS_ = 100 };
    const char *before = r->now;
    int64_t began = kith__running_clock();
    size_t i = first;
    int status = kith__begin(r->connection, KITH__WRITING, r->error);
    for (bool more = true; more && status == KITH_OK; more = i < r->count && !checks && kith__running_clock() - began < TOGETHER_MS_ && !kith__section_needs_rebuild(r->steps[i].section)) {
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

static int run_step(kith__running *r, size_t i, size_t *end)
{
    bool checks = kith__section_needs_rebuild(r->steps[i].section), was = true;
    *end = i;
    int status = checks ? kith__running_keys(r, false, &was) : KITH_OK;
    if (status == KITH_OK)
        status = transaction(r, i, end, checks);
    return checks && was ? kith__running_restore_keys(r, status) : status;
}

/* The running row says what went wrong; the error that stands is the one that matters. */
static void note_failure(kith__running *r)
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
static int foresee(kith__running *r)
{
    kith__foreseen *files = r->count > 1 ? kith__arena_zero(&r->arena, r->count * sizeof *files) : NULL;
    if (r->count > 1 && files == NULL)
        return kith__fail_memory(r->error);
    for (size_t i = 0; files != NULL && i < r->count; i++)
        files[i] = (kith__foreseen){ .file = r->steps[i].file, .section = r->steps[i].section };
    return files == NULL ? KITH_OK : kith__foresee(r->connection, files, r->count, r->options->accept_loss, r->error);
}

static int run_steps(kith__running *r, bool *again)
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
static int together(kith__running *r, bool *again)
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
    int undone = kith__rollback(r->connection, status == KITH_OK ? r->error : &ignored);
    kith__error_free(&ignored);
    return status != KITH_OK ? status : undone;
}

static int run_together(kith__running *r, bool *again)
{
    const char *before = r->now;
    bool was = true;
    int status = kith__running_keys(r, false, &was);
    if (status == KITH_OK)
        status = together(r, again);
    bool done = status == KITH_OK && !r->options->dry_run && !*again;
    r->result->applied = done ? r->count : 0;
    r->now = done ? r->steps[r->count - 1].to : before;
    return was ? kith__running_restore_keys(r, status) : status;
}

/* ---------------------------------------------------------------- the calls */

/* Plans anew, since whoever was at work may have done it, and runs. *again: someone was faster. */
static int when_it_is_our_turn(kith__running *r, const char *target, int (*resolve)(kith__running *, const char *), bool *again)
{
    int status = kith__running_wait_turn(r);
    r->steps = NULL;
    r->count = 0;
    if (status == KITH_OK)
        status = resolve(r, target);
    if (status == KITH_OK)
        status = kith__running_refuse_edited(r, r->count > 0 ? r->steps[0].direction : KITH__UP);
    if (status != KITH_OK || r->count == 0)
        return status;
    return r->options->dry_run || r->options->single_transaction ? run_together(r, again) : run_steps(r, again);
}

static int go(kith__pool *pool, kith__revisions *set, const char *target, const kith__run_options *options, kith__run_result *result,
              int (*resolve)(kith__running *, const char *), kith__error *error)
{
    static const kith__run_options usual;
    kith__running r = { .set = set, .options = options != NULL ? options : &usual, .result = result, .error = error };
    *result = (kith__run_result){ 0 };
    int status = kith__running_take(&r, pool);
    if (status != KITH_OK)
        return status;
    r.began_ms = kith__running_clock();
    status = kith__running_read_patiently(&r, NULL);
    result->looked = status == KITH_OK;
    if (status == KITH_OK)
        status = resolve(&r, target);
    if (status == KITH_OK && r.count > 0)
        status = kith__running_refuse_without_journal(&r);
    while (status == KITH_OK && r.count > 0) {
        bool again = false;
        status = when_it_is_our_turn(&r, target, resolve, &again);
        if (!again)
            break;
    }
    kith__running_say_where(&r);
    kith__pool_give(r.connection);
    kith__arena_free(&r.arena);
    return status;
}

int kith__upgrade(kith__pool *pool, kith__revisions *set, const char *target, const kith__run_options *options, kith__run_result *result, kith__error *error)
{
    return go(pool, set, target != NULL ? target : "head", options, result, kith__running_up, error);
}

int kith__downgrade(kith__pool *pool, kith__revisions *set, const char *target, const kith__run_options *options, kith__run_result *result, kith__error *error)
{
    return go(pool, set, target != NULL ? target : "-1", options, result, kith__running_down, error);
}

int kith__downgrade_foresee(kith__pool *pool, kith__revisions *set, const char *target, const kith__run_options *options, bool *to_base, kith__run_result *result, kith__error *error)
{
    kith__running r = { .set = set, .options = options, .result = result, .error = error };
    *result = (kith__run_result){ 0 };
    *to_base = false;
    int status = kith__running_take(&r, pool);
    if (status != KITH_OK)
        return status;
    r.began_ms = kith__running_clock();
    status = kith__running_read_patiently(&r, NULL);
    result->looked = status == KITH_OK;
    kith__running_say_where(&r);
    if (status == KITH_OK)
        status = kith__running_down(&r, target != NULL ? target : "-1");
    *to_base = status == KITH_OK && r.count > 0 && r.steps[r.count - 1].to == NULL;
    kith__pool_give(r.connection);
    kith__arena_free(&r.arena);
    return status;
}

int kith__plan_make(kith__pool *pool, kith__revisions *set, kith__direction_of_run direction, const char *target, kith__plan *out, kith__error *error)
{
    static const kith__run_options usual;
    kith__run_result result;
    kith__running r = { .set = set, .options = &usual, .result = &result, .error = error };
    *out = (kith__plan){ 0 };
    int status = kith__pool_take(pool, &r.connection, error);
    if (status != KITH_OK)
        return status;
    status = kith__running_read(&r, NULL);
    if (status == KITH_OK)
        status = direction == KITH__UP ? kith__running_up(&r, target != NULL ? target : "head") : kith__running_down(&r, target != NULL ? target : "-1");
    for (size_t i = 0; i < r.count && status == KITH_OK; i++)
        status = kith__plan_section(out, r.connection, r.steps[i].id, r.steps[i].section, error);
    kith__pool_give(r.connection);
    kith__arena_free(&r.arena);
    if (status != KITH_OK)
        kith__plan_free(out);
    return status;
}
