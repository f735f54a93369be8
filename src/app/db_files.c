/*
 * db_files: the commands that need no database: init, migrate, revision, show, history, heads, reseal.
 */
#include "app/db.h"

#include <stdlib.h>

int kith__db_init(kith__db *db)
{
    bool was_there;
    if (kith__migrations_init(db->directory, &was_there, &db->error) != KITH_OK)
        return kith__db_failed(db);
    if (was_there)
        printf("%s is ready already, and empty.\n", db->directory);
    else
        printf("Made %s. Next: %s db migrate -m \"what the models hold\"\n", db->directory, db->run->called);
    return KITH__EXIT_OK;
}

/* ---------------------------------------------------------------- migrate, revision */

static void say_operations(const kith__db *db, const kith__ops *ops)
{
    for (size_t i = 0; i < ops->count; i++) {
        kith__text text = { 0 };
        kith__op_describe(&text, &ops->items[i]);
        if (!text.broken && text.data != NULL)
            kith__db_progress(db, "  %s", text.data);
        kith__text_free(&text);
    }
}

/* Tables that kith stopped following are left out, and that must be heard. */
static bool warn_opaque(kith__db *db)
{
    kith__state state;
    kith__revision *head = kith__revisions_head(db->set, &db->error);
    if (kith__failed(&db->error) || kith__replay(db->set, head, &state, &db->error) != KITH_OK)
        return false;
    for (size_t i = 0; i < state.opaque.capacity; i++) {
        const kith__map_slot *slot = &state.opaque.slots[i];
        if (slot->value != NULL)
            fprintf(stderr, "%s: %s changes %s%.*s in a way that kith does not understand, so that is left out. Say what it does in a \"-- kith: state\" block.\n",
                db->run->program, (const char *)slot->value, slot->size > 0 ? "the table " : "something", (int)slot->size, (const char *)slot->key);
    }
    kith__state_free(&state);
    return true;
}

static int no_changes(const kith__db *db)
{
    /* there is one: without models it is refused, and without migrations all of theirs is a change */
    printf("No changes: models match migrations (head %s).\n", db->set->heads[0]->id);
    return KITH__EXIT_OK;
}

static int write_draft(kith__db *db, kith__draft *draft, bool filled)
{
    say_operations(db, &draft->up);
    if (kith__draft_write(draft, db->set, &db->error) != KITH_OK)
        return kith__db_failed(db);
    db->run->after = NULL;
    printf("Wrote %s\n", draft->path);
    kith__db_progress(db, filled ? "Read it; then: %s db upgrade" : "Write what it does under \"upgrade\" and \"downgrade\"; then: %s db upgrade", db->run->called);
    return KITH__EXIT_OK;
}

/* The file is there, so that what is wrong with it can be looked at and put right. */
static int verify_written(kith__db *db)
{
    kith__revisions_free(db->set);
    db->set = NULL;
    db->run->after = "The file is kept as it is, to be put right.";
    if (!kith__db_files(db) || kith__verify(db->set, true, &db->error) != KITH_OK)
        return kith__db_failed(db);
    kith__db_progress(db, "Up, down and up again it leads where it says.");
    return KITH__EXIT_OK;
}

static int make_draft(kith__db *db, const kith__schema *models, bool empty)
{
    static const kith__schema no_models;
    kith__draft draft;
    bool changes;
    kith__draft_options options = { .message = db->message, .id = db->id, .accept_loss = db->accept_loss, .empty = empty };
    kith__ask_with(&options.compare, db);
    if (kith__draft_make(&draft, db->set, models != NULL ? models : &no_models, &options, &changes, &db->error) != KITH_OK)
        return kith__db_failed(db);
    if (!changes)
        return no_changes(db);
    int result = write_draft(db, &draft, !empty);
    kith__draft_free(&draft);
    return result == KITH__EXIT_OK && db->verify ? verify_written(db) : result;
}

int kith__db_migrate(kith__db *db)
{
    if (!kith__db_files(db) || kith__revisions_verify(db->set, &db->error) != KITH_OK)
        return kith__db_failed(db);
    if (!kith__run_models(db->run))
        return KITH__EXIT_ERROR;
    if (!warn_opaque(db))
        return kith__db_failed(db);
    return make_draft(db, &db->run->models->schema, false);
}

int kith__db_revision(kith__db *db)
{
    if (!kith__db_files(db) || kith__revisions_verify(db->set, &db->error) != KITH_OK)
        return kith__db_failed(db);
    return make_draft(db, NULL, true);
}

int kith__db_reseal(kith__db *db)
{
    size_t rewritten = 0;
    if (!kith__db_files(db) || kith__revisions_reseal(db->set, &rewritten, &db->error) != KITH_OK)
        return kith__db_failed(db);
    if (rewritten == 0)
        printf("Every file carries the sum of the one it follows: nothing to do.\n");
    else
        printf("Rewrote the sums in %zu file%s.\n", rewritten, rewritten == 1 ? "" : "s");
    return KITH__EXIT_OK;
}

/* ---------------------------------------------------------------- what there is */

static const char *parent_of(const kith__revision *revision)
{
    return revision->parent_id != NULL ? revision->parent_id : "<base>";
}

/* Where the database is, for marks; NULL: at no revision that a file has, or nobody asked. False: db->error says why. */
static bool find_current(kith__db *db, const kith__revision **out)
{
    kith__connection *connection;
    kith__current current;
    *out = NULL;
    if (!kith__run_reader(db->run) || kith__pool_take(db->run->pool, &connection, &db->error) != KITH_OK)
        return false;
    int status = kith__current_read(connection, &current, &db->error);
    kith__pool_give(connection);
    if (status == KITH_OK && current.head_count > 0)
        *out = kith__map_gets(&db->set->by_id, current.heads[0]);
    if (status == KITH_OK)
        kith__current_free(&current);
    return status == KITH_OK;
}

static void put_marks(const kith__revision *revision, const kith__revision *current)
{
    fputs(revision->child_count == 0 ? " (head)" : revision->child_count > 1 ? " (branchpoint)" : "", stdout);
    fputs(revision == current ? " (current)" : "", stdout);
}

static void put_whole(const kith__revision *revision, const kith__revision *current)
{
    printf("Rev: %s", revision->id);
    put_marks(revision, current);
    printf("\nParent: %s\nPath: %s\n", parent_of(revision), revision->path);
    if (revision->created != NULL)
        printf("Created: %s\n", revision->created);
    printf("\n    %s\n", revision->message);
}

int kith__db_heads(kith__db *db)
{
    if (!kith__db_files(db))
        return kith__db_failed(db);
    for (size_t i = 0; i < db->set->head_count; i++) {
        if (db->verbose)
            put_whole(db->set->heads[i], NULL);
        else
            printf("%s %s (head)\n", db->set->heads[i]->id, db->set->heads[i]->message);
    }
    return KITH__EXIT_OK;
}

/* ---------------------------------------------------------------- history */

/* One end of a range: an id, base, head, current, or -N (from the head). NULL without an error: base, or nothing. */
static const kith__revision *range_end(kith__db *db, const char *text, const kith__revision *current)
{
    char *end;
    if (strcmp(text, "base") == 0)
        return NULL;
    if (strcmp(text, "head") == 0)
        return kith__revisions_head(db->set, &db->error);
    if (strcmp(text, "current") == 0)
        return current;
    long back = text[0] == '-' ? strtol(text + 1, &end, 10) : 0;
    if (back <= 0 || *end != 0)
        return kith__revision_find(db->set, text, &db->error);
    const kith__revision *at = kith__revisions_head(db->set, &db->error);
    for (long i = 1; at != NULL && i < back && at->parent != NULL; i++)
        at = at->parent;
    return at;
}

typedef struct range { const kith__revision *from, *to, *current; bool from_given, to_given; } range;

/* -1: go on; else the exit status */
static int read_range(kith__db *db, range *out)
{
    *out = (range){ .from = NULL };
    bool wants_current = db->with_current || (db->range != NULL && strstr(db->range, "current") != NULL);
    if (wants_current && !find_current(db, &out->current))
        return kith__failed(&db->error) ? kith__db_failed(db) : KITH__EXIT_ERROR;
    if (db->range == NULL)
        return -1;
    const char *colon = strchr(db->range, ':');
    if (colon == NULL) {
        fprintf(stderr, "%s: a range is FROM:TO, FROM: or :TO, and '%s' is none of them.\n", db->run->program, db->range);
        return KITH__EXIT_USAGE;
    }
    const char *from = kith__arena_textn(&db->arena, db->range, (size_t)(colon - db->range)), *to = colon + 1;
    if (from == NULL)
        return kith__fail_memory(&db->error), kith__db_failed(db);
    out->from_given = *from != 0;
    out->to_given = *to != 0;
    out->from = out->from_given ? range_end(db, from, out->current) : NULL;
    out->to = out->to_given && !kith__failed(&db->error) ? range_end(db, to, out->current) : NULL;
    return kith__failed(&db->error) ? kith__db_failed(db) : -1;
}

static bool in_range(const range *r, const kith__revision *revision)
{
    bool above = !r->from_given || r->from == NULL || kith__revision_within(r->from, revision);
    return above && (!r->to_given || (r->to != NULL && kith__revision_within(revision, r->to)));
}

int kith__db_history(kith__db *db)
{
    range r;
    if (!kith__db_files(db))
        return kith__db_failed(db);
    int result = read_range(db, &r);
    if (result >= 0)
        return result;
    bool first = true;
    for (size_t i = db->set->count; i-- > 0;) {
        const kith__revision *revision = db->set->items[i];
        if (!in_range(&r, revision))
            continue;
        if (db->verbose) {
            fputs(first ? "" : "\n", stdout);
            put_whole(revision, r.current);
        } else {
            printf("%s -> %s", parent_of(revision), revision->id);
            put_marks(revision, r.current);
            printf(", %s\n", revision->message);
        }
        first = false;
    }
    return KITH__EXIT_OK;
}

/* ---------------------------------------------------------------- show */

static void put_section(const char *title, const kith__section *section)
{
    printf("\n%s:\n", title);
    if (section->irreversible != NULL)
        printf("    cannot be done: %s\n", *section->irreversible != 0 ? section->irreversible : "the file says so");
    for (size_t i = 0; i < section->count; i++) {
        const char *line = section->items[i].sql;
        while (*line != 0) {
            size_t size = strcspn(line, "\n");
            printf("    %.*s%s\n", (int)size, line, line[size] == 0 ? ";" : "");
            line += size + (line[size] == '\n');
        }
    }
}

int kith__db_show(kith__db *db)
{
    const kith__revision *current = NULL;
    kith__revision *shown = NULL;
    if (!kith__db_files(db))
        return kith__db_failed(db);
    bool of_database = db->target != NULL && strcmp(db->target, "current") == 0;
    if (of_database && !find_current(db, &current))
        return kith__failed(&db->error) ? kith__db_failed(db) : KITH__EXIT_ERROR;
    if (of_database)
        shown = current != NULL ? db->set->items[current->rank] : NULL;
    else
        shown = db->target == NULL || strcmp(db->target, "head") == 0 ? kith__revisions_head(db->set, &db->error) : kith__revision_find(db->set, db->target, &db->error);
    if (kith__failed(&db->error) || (shown != NULL && kith__revision_load(db->set, shown, &db->error) != KITH_OK))
        return kith__db_failed(db);
    if (shown == NULL) {
        kith__db_progress(db, of_database ? "The database is at no revision of these files." : "There are no migrations yet.");
        return KITH__EXIT_OK;
    }
    put_whole(shown, current);
    put_section("Upgrade", &shown->upgrade);
    put_section("Downgrade", &shown->downgrade);
    return KITH__EXIT_OK;
}
