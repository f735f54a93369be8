/*
 * See mirror.h. It knows the session's own structs: what it asks for must hold whatever the session was used for.
 */
#include "mirror.h"

#include "driver/sqlite.h"

#include <stdio.h>

#define SAY(when, ...) do { print_error("%s: ", (when)); fail_msg(__VA_ARGS__); } while (0)

/* ---------------------------------------------------------------- the tables */

static sqlite3 *open_beside(const kith_database *database)
{
    char place[512];
    sqlite3 *db = NULL;
    const kith__pool *pool = database->pool;
    if (pool->url.path)
        snprintf(place, sizeof place, "%s", pool->url.path);
    else
        snprintf(place, sizeof place, "file:/kith-%016llx?vfs=memdb", (unsigned long long)pool->id);
    if (sqlite3_open_v2(place, &db, SQLITE_OPEN_READWRITE | (pool->url.path ? 0 : SQLITE_OPEN_URI), "unix") != SQLITE_OK)
        fail_msg("%s: %s", place, sqlite3_errmsg(db));
    return db;
}

static void dump_rows(sqlite3 *db, const char *table, FILE *out)
{
    sqlite3_stmt *rows = NULL;
    char *sql = sqlite3_mprintf("SELECT * FROM \"%w\" ORDER BY 1, 2", table);
    if (sqlite3_prepare_v2(db, sql, -1, &rows, NULL) != SQLITE_OK) {       /* a table of one column */
        sqlite3_free(sql);
        sql = sqlite3_mprintf("SELECT * FROM \"%w\" ORDER BY 1", table);
        assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &rows, NULL), SQLITE_OK);
    }
    while (sqlite3_step(rows) == SQLITE_ROW) {
        fprintf(out, "%s", table);
        for (int i = 0; i < sqlite3_column_count(rows); i++)
            fprintf(out, " | %.200s", sqlite3_column_type(rows, i) == SQLITE_NULL ? "NULL" : (const char *)sqlite3_column_text(rows, i));
        fputc('\n', out);
    }
    sqlite3_finalize(rows);
    sqlite3_free(sql);
}

char *mirror_dump(const kith_database *database)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    sqlite3 *db = open_beside(database);
    sqlite3_stmt *tables = NULL;
    assert_int_equal(sqlite3_prepare_v2(db, "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name", -1, &tables, NULL), SQLITE_OK);
    while (sqlite3_step(tables) == SQLITE_ROW)
        dump_rows(db, (const char *)sqlite3_column_text(tables, 0), out);
    sqlite3_finalize(tables);
    sqlite3_close(db);
    fclose(out);
    return text;
}

/* ---------------------------------------------------------------- nothing is under way */

static void no_set_holds_anything(const kith_session *s, const char *when)
{
    const struct { const char *name; size_t count; } sets[] = {
        { "pending", s->pending.count }, { "dirty", s->dirty.count }, { "doomed", s->doomed.count }, { "orphans", s->orphans.count },
        { "waiting", s->waiting.count }, { "touched", s->touched.count }, { "touched_ones", s->touched_ones.count }, { "journal", s->journal.count },
        { "savepoints", s->savepoints.count }, { "scratch_depth", (size_t)s->scratch_depth }, { "flushing", s->flushing },
        { "broken", s->broken }, { "lost", s->lost }, { "no autoflush", !s->autoflush && !s->is_nursery },
        { "a transaction", s->connection ? s->connection->transaction : 0 }, { "a savepoint of the connection", s->connection ? s->connection->savepoints : 0 },
    };
    for (size_t i = 0; i < KITH__COUNT(sets); i++)
        if (sets[i].count)
            SAY(when, "%s is left: %zu", sets[i].name, sets[i].count);
}

static void notes_are_clean(kith__object *object, const char *when)
{
    const kith__mapper *mapper = kith__mapper_for(object);
    const kith__notes *notes = object->notes;
    if (notes && (notes->original || notes->parents))
        SAY(when, "%s still has %s", kith_describe(object + 1), notes->original ? "an original" : "a parent noted");
    for (size_t i = 0; notes && i < (mapper->property_count + 63) / 64; i++)
        if (notes->changed[i])
            SAY(when, "%s still has changes noted: %llx", kith_describe(object + 1), (unsigned long long)notes->changed[i]);
}

static void object_is_at_rest(kith_session *session, kith__object *object, const char *when)
{
    const kith__mapper *mapper = kith__mapper_for(object);
    kith_value key[KITH__MOST_PARTS];
    unsigned resting = object->state == KITH_DELETED ? KITH__GONE : object->state == KITH_TRANSIENT ? KITH__ORPHANED | KITH__TAKEN_BACK : 0;
    if (object->flags & ~resting)
        SAY(when, "%s has flags: %x", kith_describe(object + 1), object->flags);
    if (object->state == KITH_PENDING)
        SAY(when, "%s is in no set", kith_describe(object + 1));
    if (object->state == KITH_PERSISTENT)       /* one that is nobody's keeps what it was given, for when it is added again */
        notes_are_clean(object, when);
    kith__key_of(mapper, object + 1, key);
    if ((kith__identity_get(session, mapper, key) == object) != (object->state == KITH_PERSISTENT))
        SAY(when, "%s %s in the identity map", kith_describe(object + 1), object->state == KITH_PERSISTENT ? "is not" : "is");
}

void mirror_quiet(kith_session *session, const char *when)
{
    no_set_holds_anything(session, when);
    for (kith__page *page = session->pages; page; page = page->next)
        for (uint32_t i = 0; i < page->count; i++)
            if (kith__page_object(page, i)->check)
                object_is_at_rest(session, kith__page_object(page, i), when);
    for (const kith_link *link = session->links; link; link = link->next)
        if (link->relation && (link->touched || (!link->fresh && link->owner->state != KITH_DETACHED && (link->added.count || link->removed.count))))
            SAY(when, "%s.%s of %s still has changes", link->relation->owner->name, link->relation->name, kith_describe(link->owner + 1));
}

void mirror_statements(kith_session *session, const char *when)
{
    kith__connection *connection = session->connection;
    sqlite3_stmt *open = NULL;
    for (kith__statement *s; connection->cache && (s = kith__cache_pop(connection->cache));) {
        if (s->busy || s->started)
            SAY(when, "a statement was not given back: %s", s->sql);
        kith__statement_end(s);
    }
    while ((open = sqlite3_next_stmt(kith__sqlite_of(connection)->db, open))) {
        const char *sql = sqlite3_sql(open);
        if (strcmp(sql, "BEGIN") && strcmp(sql, "BEGIN IMMEDIATE") && strcmp(sql, "COMMIT") && strcmp(sql, "ROLLBACK") && strcmp(sql, "PRAGMA data_version"))
            SAY(when, "a statement is open: %s", sql);
    }
}

/* ---------------------------------------------------------------- objects against rows */

typedef struct look { kith_session *session, *other; const char *when; const kith__mapper *mapper; size_t seen; } look;

static kith__object *twin_of(kith_session *other, const kith__object *object)
{
    kith_value key[KITH__MOST_PARTS];
    const kith__mapper *mapper = kith__mapper_for(object);
    kith__key_of(mapper, object + 1, key);
    return kith__identity_get(other, mapper, key);
}

static void compare_columns(kith__object *object, void *arg)
{
    look *l = arg;
    kith__object *twin = twin_of(l->other, object);
    l->seen++;
    if (!twin)
        SAY(l->when, "%s has no row", kith_describe(object + 1));
    const kith__mapper *mapper = kith__mapper_for(object);
    for (size_t i = 0; i < mapper->property_count; i++) {
        const kith__property *property = &mapper->properties[i];
        kith_value a = kith__member_value(&property->field, object + 1), b = kith__member_value(&property->field, twin + 1);
        if (!kith__value_equal(&a, &b)) {
            kith__text text = { 0 };
            kith__value_print(&text, &a);
            kith__text_add(&text, " in memory, in the table ");
            kith__value_print(&text, &b);
            print_error("%s: %s.%s is %s\n", l->when, kith_describe(object + 1), property->name, text.data);
            kith__text_free(&text);
            fail();
        }
    }
}

typedef struct list { const void *const *items; size_t count; } list;

static list all_of(kith_session *session, const kith__mapper *mapper)
{
    list all = *(const list *)kith_all_(session, mapper->model, NULL);
    kith_test_ok(session);
    return all;
}

static look look_begin(kith_database *database, kith_session *session, const char *when)
{
    look l = { .session = session, .other = kith_session_open(database), .when = when };
    assert_non_null(l.other);
    for (size_t i = 0; i < database->models->count; i++)
        if (database->models->mappers[i]->table)
            all_of(l.other, database->models->mappers[i]);
    return l;
}

void mirror_rows(kith_database *database, kith_session *session, const char *when)
{
    look l = look_begin(database, session, when);
    for (size_t i = 0; i < database->models->count; i++) {
        l.mapper = database->models->mappers[i];
        kith__identity_each(session, l.mapper, compare_columns, &l);
    }
    kith_session_close(l.other);
}

/* ---------------------------------------------------------------- relationships */

static bool holds(list l, const void *item)
{
    for (size_t i = 0; i < l.count; i++)
        if (l.items[i] == item)
            return true;
    return false;
}

static list read_list(const kith__object *object, size_t offset, bool many, const void **place)
{
    if (many)
        return *(const list *)kith_many_(object + 1, offset);
    *place = kith_one_(object + 1, offset);
    return (list){ place, *place != NULL };
}

static void compare_lists(look *l, const kith__object *object, const kith__object *twin, const char *name, size_t offset, bool many, bool ordered)
{
    const void *one, *other;
    list a = read_list(object, offset, many, &one), b = read_list(twin, offset, many, &other);
    kith_test_ok(l->session);
    kith_test_ok(l->other);
    if (a.count != b.count)
        SAY(l->when, "%s.%s has %zu in memory, %zu in the tables", kith_describe(object + 1), name, a.count, b.count);
    for (size_t i = 0; i < a.count; i++) {
        const kith__object *item = kith__header(a.items[i]), *same = twin_of(l->other, item);
        if (!same || (ordered ? b.items[i] != same + 1 : !holds(b, same + 1)))
            SAY(l->when, "%s.%s has %s in memory, not in the tables", kith_describe(object + 1), name, kith_describe(item + 1));
    }
}

static void compare_back(look *l, const kith__object *object, const kith__relation *relation)
{
    const void *one, *other;
    list items = read_list(object, relation->offset, relation->many, &one);
    for (size_t i = 0; relation->reverse && i < items.count; i++)
        if (!holds(read_list(kith__header(items.items[i]), relation->reverse->offset, relation->reverse->many, &other), object + 1))
            SAY(l->when, "%s.%s has %s, whose %s does not lead back", kith_describe(object + 1), relation->name, kith_describe(items.items[i]), relation->reverse->name);
}

static void compare_relations(look *l, const kith__object *object)
{
    const kith__mapper *mapper = kith__mapper_for(object);
    const kith__object *twin = twin_of(l->other, object);
    for (size_t i = 0; i < mapper->relation_count; i++) {
        const kith__relation *relation = mapper->relations[i];
        if (relation->load == KITH__LOAD_RAISE)
            continue;
        compare_lists(l, object, twin, relation->name, relation->offset, relation->many, relation->order_count > 0);
        compare_back(l, object, relation);
    }
    for (size_t i = 0; i < mapper->proxy_count; i++)
        if (!mapper->proxies[i].property)
            compare_lists(l, object, twin, mapper->proxies[i].name, mapper->proxies[i].offset, mapper->proxies[i].many, false);
}

void mirror_all(kith_database *database, kith_session *session, const char *when)
{
    mirror_rows(database, session, when);
    look l = look_begin(database, session, when);
    for (size_t m = 0; m < database->models->count; m++) {
        l.mapper = database->models->mappers[m];
        if (!l.mapper->table || l.mapper->base)
            continue;       /* those of its root, whatever they are, are seen as the root's */
        list all = all_of(session, l.mapper);
        l.seen = 0;
        kith__identity_each(session, l.mapper, compare_columns, &l);
        if (l.seen != all.count)
            SAY(when, "%s: %zu objects in the identity map, %zu rows", l.mapper->name, l.seen, all.count);
        for (size_t i = 0; i < all.count; i++)
            compare_relations(&l, kith__header(all.items[i]));
    }
    kith_session_close(l.other);
}
