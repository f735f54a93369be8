/*
 * verify: each migration up, down and up again, on a database in memory, where it must leave what the files say each time. For the room's
 * own interface.
 */
#include "migrate/live.h"

typedef struct trial {
    kith__pool *pool;
    kith__revisions *set;
    const kith__revision *revision;         /* the one that is tried */
    kith__error *error;
} trial;

static int differs(trial *t, const char *after, const kith__drift *drift)
{
    int status = kith__fail(t->error, KITH_REFUSED, "migrate.not_reversible", "%s does not do what it says: after its %s, %s: %s.", t->revision->file, after, drift->object,
        drift->sentence);
    kith__fail_hint(t->error, "Correct its %s part, or say \"-- kith: irreversible\" in the downgrade part.", strstr(after, "downgrade") != NULL ? "downgrade" : "upgrade");
    return status;
}

/* The database against the files at a revision (NULL: the empty schema). */
static int compare_at(trial *t, const kith__revision *at, const char *after)
{
    kith__arena arena = { 0 };
    kith__state files = { 0 }, live = { 0 };
    kith__connection *connection;
    kith__drifts drifts = { 0 };
    int status = kith__pool_take(t->pool, &connection, t->error);
    if (status != KITH_OK)
        return status;
    status = kith__reflect(connection, &live, t->error);
    kith__pool_give(connection);
    if (status == KITH_OK)
        status = kith__replay(t->set, at, &files, t->error);
    if (status == KITH_OK)
        status = kith__drift_find(&arena, &files, &live, &kith__dialect_sqlite, &drifts, t->error);
    if (status == KITH_OK && drifts.count > 0)
        status = differs(t, after, &drifts.items[0]);
    kith__state_free(&files);
    kith__state_free(&live);
    kith__arena_free(&arena);
    return status;
}

static int go(trial *t, kith__direction_of_run direction, const char *target)
{
    kith__run_options options = { .accept_loss = true };
    kith__run_result result;
    return direction == KITH__UP ? kith__upgrade(t->pool, t->set, target, &options, &result, t->error) : kith__downgrade(t->pool, t->set, target, &options, &result, t->error);
}

static int try_one(trial *t, kith__revision *revision)
{
    const kith__revision *parent = revision->parent;
    t->revision = revision;
    int status = kith__revision_load(t->set, revision, t->error);
    if (status == KITH_OK)
        status = go(t, KITH__UP, revision->id);
    if (status == KITH_OK)
        status = compare_at(t, revision, "upgrade");
    if (status != KITH_OK || revision->downgrade.irreversible != NULL)
        return status;
    status = go(t, KITH__DOWN, "-1");
    if (status == KITH_OK)
        status = compare_at(t, parent, "downgrade");
    if (status == KITH_OK)
        status = go(t, KITH__UP, revision->id);
    return status == KITH_OK ? compare_at(t, revision, "upgrade, downgrade and upgrade") : status;
}

int kith__verify(kith__revisions *set, bool head_only, kith__error *error)
{
    trial t = { .set = set, .error = error };
    kith__revision *head = kith__revisions_head(set, error);
    if (head == NULL)
        return error->public_.status;
    int status = kith__pool_open(&t.pool, "sqlite://", error);
    if (status == KITH_OK && head_only && head->parent != NULL)
        status = go(&t, KITH__UP, head->parent->id);
    for (size_t i = head_only ? head->rank : 0; i <= head->rank && status == KITH_OK; i++)
        if (kith__revision_within(set->items[i], head))
            status = try_one(&t, set->items[i]);
    if (t.pool != NULL)
        kith__pool_close(t.pool);
    return status;
}
