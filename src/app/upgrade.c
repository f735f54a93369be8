/*
 * upgrade: kith_upgrade, the public face of migrations.
 */
#include "app/app.h"
#include "migrate/migrate.h"

#include <stdio.h>

typedef struct call {               /* one kith_upgrade */
    kith_database *database;
    kith__revisions *set;
    kith_upgrade_options *options;
    unsigned flags;
    kith__error error;
} call;

static void put(char *out, size_t size, const char *text)
{
    snprintf(out, size, "%.*s", (int)size - 1, text != NULL ? text : "");
}

static int read_set(call *c, const kith_migrations *migrations)
{
    if (migrations == NULL || (migrations->folder == NULL && migrations->files == NULL && migrations->count > 0))
        return kith__fail(&c->error, KITH_MISUSE, "upgrade.no_migrations", "kith_upgrade was given no migrations: neither a folder nor files.");
    return migrations->folder != NULL ? kith__revisions_read(&c->set, migrations->folder, &c->error)
                                      : kith__revisions_embedded(&c->set, migrations->files, migrations->count, &c->error);
}

/* ---------------------------------------------------------------- where it is */

static int state_of(const kith__check_report *report)
{
    if (report->edited_count > 0)
        return KITH_BROKEN;
    if (report->ahead_count > 0)
        return KITH_AHEAD;
    if (report->behind > 0)
        return KITH_BEHIND;
    return report->drift.count > 0 ? KITH_DRIFTED : KITH_AT_HEAD;
}

static int say_state(call *c, const kith__check_report *report)
{
    switch (c->options->state) {
    case KITH_AT_HEAD:
        return KITH_OK;
    case KITH_BEHIND:
        return kith__fail(&c->error, KITH_SCHEMA, "upgrade.behind", "The database is at %s, %zu migration%s behind %s.", report->current != NULL ? report->current : "base",
            report->behind, report->behind == 1 ? "" : "s", report->head);
    case KITH_AHEAD:
        return kith__fail(&c->error, KITH_SCHEMA, "upgrade.ahead", "The database is at %s, which is not among the migrations of this program: a newer one made it.",
            report->ahead[0]);
    case KITH_BROKEN:
        return kith__fail(&c->error, KITH_REFUSED, "upgrade.edited", "%s", report->edited[0]);
    default:
        return kith__fail(&c->error, KITH_SCHEMA, "upgrade.drifted", "The database is not as its migrations made it: %s %s.", report->drift.items[0].object,
            report->drift.items[0].sentence);
    }
}

/* Everything: also whether the files are as they ran, and the tables as the files made them. */
static int look(call *c)
{
    kith__check_report report;
    int status = kith__revisions_verify(c->set, &c->error);
    if (status == KITH_OK)
        status = kith__check_all(c->database->pool, c->set, NULL, &report, &c->error);
    if (status != KITH_OK) {
        c->options->state = status == KITH_CONFIG || status == KITH_REFUSED ? KITH_BROKEN : 0;
        return status;
    }
    c->options->state = state_of(&report);
    c->options->behind = report.behind;
    put(c->options->revision, sizeof c->options->revision, report.current);
    status = say_state(c, &report);
    kith__check_free(&report);
    return status;
}

/* The version row alone, and the heads of the files: what a program does whenever it starts. *there: there is nothing to run. */
static int glance(call *c, bool *there)
{
    kith__connection *connection;
    kith__current current;
    const kith__revision *head = kith__revisions_head(c->set, &c->error);
    if (kith__failed(&c->error)) {
        c->options->state = c->error.public_.status == KITH_CONFIG ? KITH_BROKEN : 0;
        return c->error.public_.status;
    }
    if (kith__pool_take(c->database->pool, &connection, &c->error) != KITH_OK)
        return c->error.public_.status;
    int status = kith__current_read(connection, &current, &c->error);
    kith__pool_give(connection);
    if (status == KITH_BUSY && (c->flags & KITH_WAIT) != 0)     /* the run waits for it, and reads then */
        return kith__error_clear(&c->error), KITH_OK;
    if (status != KITH_OK)
        return status;
    const kith__revision *at = current.head_count == 1 ? kith__map_gets(&c->set->by_id, current.heads[0]) : NULL;
    bool known = at != NULL || current.head_count == 0;
    c->options->behind = known ? kith__revisions_between(at, head) : 0;
    c->options->state = !known ? KITH_AHEAD : c->options->behind > 0 ? KITH_BEHIND : KITH_AT_HEAD;
    put(c->options->revision, sizeof c->options->revision, current.head_count > 0 ? current.heads[0] : NULL);
    *there = c->options->state == KITH_AT_HEAD && c->options->target == NULL;
    kith__current_free(&current);
    return KITH_OK;
}

/* ---------------------------------------------------------------- and on */

static void on_progress(void *arg, const kith__progress *progress)
{
    const call *c = arg;
    if (c->options->progress != NULL)
        c->options->progress(c->options->arg, &(kith_upgrade_step){ .revision = progress->revision, .message = progress->message, .number = progress->number,
            .total = progress->total, .done = progress->done, .waiting_for = progress->waiting ? progress->holder : NULL });
}

static int run(call *c)
{
    kith__run_result result;
    kith__run_options options = { .accept_loss = (c->flags & KITH_ACCEPT_LOSS) != 0, .lock_timeout_ms = c->flags & KITH_WAIT ? c->options->wait_ms : -1,
        .progress = on_progress, .arg = c };
    int status = kith__upgrade(c->database->pool, c->set, c->options->target, &options, &result, &c->error);
    c->options->applied = result.applied;
    if (result.looked)
        put(c->options->revision, sizeof c->options->revision, result.now);
    if (status == KITH_OK && c->options->target == NULL)
        c->options->state = KITH_AT_HEAD;
    return status;
}

static int work(call *c, const kith_migrations *migrations)
{
    if (c->database == NULL || c->database->pool == NULL)
        return kith__fail(&c->error, KITH_MISUSE, "upgrade.no_database", "kith_upgrade was given no database that is open.");
    bool there = false;
    int status = read_set(c, migrations);
    if (status == KITH_CONFIG)
        c->options->state = KITH_BROKEN;
    if (status == KITH_OK && (c->flags & KITH_UPGRADE) == 0)
        return look(c);
    if (status == KITH_OK)
        status = glance(c, &there);
    if (status != KITH_OK || there)
        return status;
    status = kith__revisions_verify(c->set, &c->error);
    if (status == KITH_OK)
        return run(c);
    c->options->state = KITH_BROKEN;
    return status;
}

int kith_upgrade(kith_database *database, const kith_migrations *migrations, unsigned flags, kith_upgrade_options *options)
{
    kith_upgrade_options usual = { .target = NULL };
    call c = { .database = database, .options = options != NULL ? options : &usual, .flags = flags };
    c.options->state = 0;
    c.options->behind = c.options->applied = 0;
    c.options->revision[0] = c.options->message[0] = 0;
    int status = work(&c, migrations);
    if (status != KITH_OK)
        snprintf(c.options->message, sizeof c.options->message, "%s%s%s", c.error.public_.message, c.error.public_.hint != NULL ? " " : "",
            c.error.public_.hint != NULL ? c.error.public_.hint : "");
    kith__revisions_free(c.set);
    kith__error_free(&c.error);
    return status;
}
