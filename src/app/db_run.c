/*
 * db_run: the commands that move a database along its migrations, or say where it is: upgrade, downgrade, stamp, current.
 */
#include "app/db.h"

/* ---------------------------------------------------------------- what is heard while it runs */

static void on_progress(void *arg, const kith__progress *progress)
{
    kith__db *db = arg;
    if (progress->waiting) {
        if (db->waited_for == NULL || strcmp(db->waited_for, progress->holder) != 0)
            kith__db_progress(db, "%s; waiting", progress->holder);
        db->waited_for = kith__arena_text(&db->arena, progress->holder);
        return;
    }
    if (!progress->done)
        kith__db_progress(db, "%s %s%s%s (%zu of %zu)", progress->direction == KITH__UP ? "upgrade" : "downgrade", progress->revision,
            progress->message != NULL && *progress->message != 0 ? " " : "", progress->message != NULL ? progress->message : "", progress->number, progress->total);
}

static kith__run_options options_of(kith__db *db)
{
    return (kith__run_options){ .accept_loss = db->accept_loss, .dry_run = db->dry_run, .single_transaction = db->single_transaction,
        .lock_timeout_ms = db->lock_timeout_ms, .app = db->run->app->name, .log = db->run->echo ? kith__run_echo : NULL, .progress = on_progress, .arg = db };
}

/* What became of the database when a file failed: nobody must be left to guess. */
static int run_failed(kith__db *db, const kith__run_result *result)
{
    const char *now = result->now[0] != 0 ? result->now : "base";
    if (result->applied > 0)
        db->run->after = kith__arena_format(&db->arena, "What failed was rolled back; %zu file%s before it %s done, and the database is at %s.", result->applied,
            result->applied == 1 ? "" : "s", result->applied == 1 ? "was" : "were", now);
    else if (result->looked)
        db->run->after = kith__arena_format(&db->arena, "Nothing was changed; the database is at %s.", now);
    return kith__db_failed(db);
}

/* the files, sound, and the database */
static bool ready(kith__db *db, int *result)
{
    *result = KITH__EXIT_ERROR;
    if (!kith__db_files(db) || kith__revisions_verify(db->set, &db->error) != KITH_OK) {
        *result = kith__db_failed(db);
        return false;
    }
    return db->plan || db->dry_run ? kith__run_reader(db->run) : kith__run_pool(db->run);
}

static void say_where(const kith__db *db, const kith__run_result *result)
{
    const kith__revision *at = result->now[0] != 0 ? kith__map_gets(&db->set->by_id, result->now) : NULL;
    if (result->now[0] == 0)
        printf("The database is at base: no migration is applied.\n");
    else
        printf("The database is at %s%s.\n", result->now, at != NULL && at->child_count == 0 ? " (head)" : "");
}

/* ---------------------------------------------------------------- upgrade, downgrade */

static int print_plan(kith__db *db, kith__direction_of_run direction)
{
    kith__plan plan;
    const char *revision = "";
    if (kith__plan_make(db->run->pool, db->set, direction, db->target, &plan, &db->error) != KITH_OK)
        return kith__db_failed(db);
    for (size_t i = 0; i < plan.count; i++) {
        const kith__plan_line *line = &plan.items[i];
        if (strcmp(revision, line->revision) != 0) {
            const kith__revision *known = kith__map_gets(&db->set->by_id, line->revision);
            printf("%s %s%s%s\n", direction == KITH__UP ? "upgrade" : "downgrade", line->revision, known != NULL ? " " : "", known != NULL ? known->message : "");
        }
        printf("  %-8s %s", line->cost, line->text);
        if (line->rows >= 0)
            printf(" (%lld row%s)", (long long)line->rows, line->rows == 1 ? "" : "s");
        putchar('\n');
        revision = line->revision;
    }
    if (plan.count == 0)
        printf("Nothing to do.\n");
    kith__plan_free(&plan);
    return KITH__EXIT_OK;
}

typedef int runner(kith__pool *, kith__revisions *, const char *, const kith__run_options *, kith__run_result *, kith__error *);

static int move(kith__db *db, kith__direction_of_run direction, runner *work)
{
    kith__run_result result = { .applied = 0 };
    kith__run_options options = options_of(db);
    if (work(db->run->pool, db->set, db->target, &options, &result, &db->error) != KITH_OK)
        return run_failed(db, &result);
    if (db->dry_run)
        printf("It would work. Nothing was changed; the database is at %s.\n", result.now[0] != 0 ? result.now : "base");
    else if (result.applied == 0 && direction == KITH__UP && db->set->count == 0)
        printf("There are no migrations yet. Next: %s db migrate -m \"what the models hold\"\n", db->run->called);
    else if (result.applied == 0)
        printf("Nothing to do: the database is at %s already.\n", result.now[0] != 0 ? result.now : "base");
    else
        say_where(db, &result);
    return KITH__EXIT_OK;
}

int kith__db_upgrade(kith__db *db)
{
    int result;
    if (db->sql)
        return kith__db_script(db, KITH__UP);
    if (!ready(db, &result))
        return result;
    return db->plan ? print_plan(db, KITH__UP) : move(db, KITH__UP, kith__upgrade);
}

/* Down to base, however that is said, is a whole database gone. With rows in it someone must have said so. */
static bool base_is_meant(kith__db *db, int *result)
{
    kith__holdings holdings;
    kith__run_result at;
    kith__run_options options = options_of(db);
    bool to_base = false;
    *result = KITH__EXIT_REFUSED;
    if (db->accept_loss || db->dry_run)
        return true;
    if (kith__downgrade_foresee(db->run->pool, db->set, db->target, &options, &to_base, &at, &db->error) != KITH_OK) {
        *result = run_failed(db, &at);
        return false;
    }
    if (!to_base)
        return true;
    if (kith__holdings_count(db->run->pool, db->set, &holdings, &db->error) != KITH_OK) {
        *result = kith__db_failed(db);
        return false;
    }
    if (holdings.rows == 0)
        return true;
    char question[200];
    snprintf(question, sizeof question, "Down to base drops every table: %lld row%s in %zu table%s would be lost.", (long long)holdings.rows, holdings.rows == 1 ? "" : "s",
        holdings.tables, holdings.tables == 1 ? "" : "s");
    if (kith__ask_possible())
        return kith__ask_word(question, "base");
    fprintf(stderr, "%s: %s Nothing was changed. If that is meant: %s db downgrade%s%s --accept-loss\n", db->run->program, question, db->run->called,
        db->target != NULL ? " " : "", db->target != NULL ? db->target : "");
    return false;
}

int kith__db_downgrade(kith__db *db)
{
    int result;
    if (db->sql)
        return kith__db_script(db, KITH__DOWN);
    if (!ready(db, &result))
        return result;
    if (db->plan)
        return print_plan(db, KITH__DOWN);
    return base_is_meant(db, &result) ? move(db, KITH__DOWN, kith__downgrade) : result;
}

int kith__db_stamp(kith__db *db)
{
    int failed;
    kith__run_result result = { .applied = 0 };
    kith__run_options options = options_of(db);
    if (!ready(db, &failed))
        return failed;
    if (kith__stamp(db->run->pool, db->set, db->target, db->purge, &options, &result, &db->error) != KITH_OK)
        return run_failed(db, &result);
    say_where(db, &result);
    return KITH__EXIT_OK;
}

/* ---------------------------------------------------------------- current */

static void put_known(kith__db *db, const kith__revision *at)
{
    const kith__revision *head = db->set->head_count == 1 ? db->set->heads[0] : NULL;
    size_t behind = head != NULL ? kith__revisions_between(at, head) : 0;
    printf("%s%s%s", at != NULL ? at->id : "base", at != NULL && *at->message != 0 ? " " : "", at != NULL ? at->message : "");
    if (at != NULL && at->child_count == 0)
        printf(" (head)");
    else if (head != NULL && behind > 0)
        printf(" (%zu behind head %s; run: %s db upgrade)", behind, head->id, db->run->called);
    fputc('\n', stdout);
}

static int put_unknown(kith__db *db, kith__connection *connection, const char *id)
{
    kith__applied *applied;
    int status = kith__applied_find(connection, &db->arena, id, &applied, &db->error);
    if (status != KITH_OK)
        return status;
    if (applied == NULL)
        printf("%s (not among the migrations in %s, and not run by kith)\n", id, db->directory);
    else
        printf("%s %s (applied %.16s by %s; not among the migrations in %s. Newer release? %s db downgrade can undo it: its SQL is stored in the database)\n", id,
            applied->message != NULL ? applied->message : "", applied->finished_at != NULL ? applied->finished_at : "?", applied->host != NULL ? applied->host : "?",
            db->directory, db->run->called);
    return KITH_OK;
}

static int put_current(kith__db *db, kith__connection *connection)
{
    kith__current current;
    int status = kith__current_read(connection, &current, &db->error);
    if (status != KITH_OK)
        return status;
    if (db->verbose)
        printf("Database: %s\n", db->run->url);
    for (size_t i = 0; i < current.head_count && status == KITH_OK; i++) {
        const kith__revision *at = kith__map_gets(&db->set->by_id, current.heads[i]);
        if (at != NULL)
            put_known(db, at);
        else
            status = put_unknown(db, connection, current.heads[i]);
    }
    if (current.head_count == 0)
        put_known(db, NULL);
    if (current.running != NULL)
        kith__db_progress(db, "pid %lld on %s says to be at work on %s", (long long)current.running->pid, current.running->host != NULL ? current.running->host : "?",
            current.running->revision);
    kith__current_free(&current);
    return status;
}

int kith__db_current(kith__db *db)
{
    kith__connection *connection;
    if (!kith__db_files(db))
        return kith__db_failed(db);
    if (!kith__run_reader(db->run))
        return KITH__EXIT_ERROR;
    if (kith__pool_take(db->run->pool, &connection, &db->error) != KITH_OK)
        return kith__db_failed(db);
    connection->log = db->run->echo ? kith__run_echo : NULL;
    int status = put_current(db, connection);
    kith__pool_give(connection);
    return status == KITH_OK ? KITH__EXIT_OK : kith__db_failed(db);
}
