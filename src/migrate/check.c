/*
 * check: models, files and database against each other. For the room's own interface.
 */
#include "migrate/live.h"

#include <stdlib.h>
#include <strings.h>

/* tables in which kith and other tools keep their own books */
static const char *const books[] = { "kith_version", "kith_history", "alembic_version", "django_migrations", "_prisma_migrations", "atlas_schema_revisions",
    "__diesel_schema_migrations", "flyway_schema_history", "schema_migrations" };

static bool is_book(const char *table)
{
    for (size_t i = 0; i < KITH__COUNT(books); i++)
        if (strcasecmp(table, books[i]) == 0)
            return true;
    return false;
}

/* the database's schema without what is nobody's business here */
static bool without_books(kith__schema *out, const kith__schema *schema)
{
    for (size_t i = 0; i < schema->table_count; i++)
        if (!is_book(schema->tables[i]->name) && kith__table_clone(out, schema->tables[i]) == NULL)
            return false;
    return true;
}

static bool left_out(const kith__state *files, const kith__state *database, const kith__op *op)
{
    const char *names[] = { op->table, op->name };
    for (size_t i = 0; i < KITH__COUNT(names); i++)
        if (names[i] != NULL && (kith__map_gets(&files->known, names[i]) != NULL || kith__map_gets(&database->opaque, names[i]) != NULL))
            return true;
    return op->table != NULL && kith__map_gets(&files->opaque, op->table) != NULL;
}

/* A CHECK that only repeats what a column's type says, "colour" IN ('red', …): SQLAlchemy leaves it out unless it is asked for, and a
 * database that it made is as good without. */
static int is_of_a_type(kith__arena *arena, const kith__op *op, bool *is, kith__error *error)
{
    *is = false;
    const char *sql = op->kind == KITH__OP_ADD_CHECK && op->name != NULL ? op->check->sql : "", *in = strcasestr(sql, " IN (");
    if (in == NULL)
        return KITH_OK;
    size_t size = (size_t)(in - sql);
    bool quoted = size > 2 && sql[0] == '"' && sql[size - 1] == '"';
    const char *column = kith__arena_textn(arena, sql + quoted, size - 2 * (size_t)quoted);
    const char *usual = column == NULL ? NULL : kith__constraint_name(arena, "ck", op->table, &column, 1);
    *is = usual != NULL && strcasecmp(usual, op->name) == 0;
    return usual != NULL ? KITH_OK : kith__fail_memory(error);
}

static const char *check_of(const kith__schema *live, const kith__op *op)
{
    const kith__table *table = op->kind == KITH__OP_DROP_CONSTRAINT && op->name != NULL ? kith__schema_find(live, op->table) : NULL;
    for (size_t i = 0; table != NULL && i < table->check_count; i++)
        if (table->checks[i].name != NULL && strcasecmp(table->checks[i].name, op->name) == 0)
            return table->checks[i].sql;
    return NULL;
}

/* The other way round: flag IN (0, 1), as SQLAlchemy wrote it for every BOOLEAN until 1.4. */
static int is_of_a_boolean(kith__arena *arena, const kith__schema *live, const kith__op *op, bool *is, kith__error *error)
{
    const char *sql = check_of(live, op);
    const kith__table *table = sql != NULL ? kith__schema_find(live, op->table) : NULL;
    *is = false;
    for (size_t i = 0; table != NULL && i < table->column_count && !*is; i++) {
        if (table->columns[i].type.kind != KITH__BOOLEAN)
            continue;
        const char *usual = kith__arena_format(arena, "\"%s\" IN (0, 1)", table->columns[i].name);
        *is = usual != NULL && kith__sql_same(arena, sql, usual);
    }
    return arena->broken ? kith__fail_memory(error) : KITH_OK;
}

static const char *object_of(kith__arena *arena, const kith__op *op)
{
    bool whole = op->kind == KITH__OP_CREATE_TABLE || op->kind == KITH__OP_DROP_TABLE || op->name == NULL;
    return whole ? op->table : kith__arena_format(arena, "%s.%s", op->table, op->name);
}

static void say_type(kith__text *out, const kith__op *op)
{
    kith__text_add(out, "migrations say ");
    kith__print_type(out, &op->column->type);
    kith__text_add(out, ", database has ");
    kith__print_type(out, op->old_type);
}

static void say_difference(kith__text *out, const kith__op *op)
{
    switch (op->kind) {
    case KITH__OP_CREATE_TABLE: case KITH__OP_ADD_COLUMN: case KITH__OP_CREATE_INDEX: case KITH__OP_ADD_UNIQUE: case KITH__OP_ADD_CHECK:
    case KITH__OP_ADD_FOREIGN_KEY: case KITH__OP_ADD_PRIMARY_KEY:
        kith__text_add(out, "is in the migrations, but not in the database");
        break;
    case KITH__OP_DROP_TABLE: case KITH__OP_DROP_COLUMN: case KITH__OP_DROP_INDEX: case KITH__OP_DROP_CONSTRAINT: case KITH__OP_DROP_PRIMARY_KEY:
        kith__text_add(out, "is in the database, but in no migration");
        break;
    case KITH__OP_TYPE:
        say_type(out, op);
        break;
    case KITH__OP_NOT_NULL:
        kith__text_add(out, op->on ? "migrations say NOT NULL, database takes NULL" : "database says NOT NULL, migrations do not");
        break;
    case KITH__OP_DEFAULT:
        kith__text_addf(out, "migrations say DEFAULT %s, the database something else", op->sql != NULL ? op->sql : "NULL");
        break;
    default:
        kith__op_describe(out, op);
    }
}

/* What is only in the database has no repair: kith proposes to drop nothing that it did not make. */
static bool has_repair(const kith__op *op)
{
    switch (op->kind) {
    case KITH__OP_DROP_TABLE: case KITH__OP_DROP_INDEX: case KITH__OP_DROP_COLUMN: case KITH__OP_DROP_CONSTRAINT: case KITH__OP_DROP_PRIMARY_KEY:
        return false;
    default:
        return true;
    }
}

static const char *text_of(kith__arena *arena, kith__text *text)
{
    const char *out = kith__arena_take(arena, text);
    return out;
}

/* What takes away what this makes. */
static bool takes_away(const kith__op *op, const kith__op *made)
{
    switch (made->kind) {
    case KITH__OP_CREATE_INDEX:
        return op->kind == KITH__OP_DROP_INDEX && strcasecmp(op->name, made->name) == 0;
    case KITH__OP_ADD_UNIQUE: case KITH__OP_ADD_CHECK: case KITH__OP_ADD_FOREIGN_KEY:
        return op->kind == KITH__OP_DROP_CONSTRAINT && strcasecmp(op->table, made->table) == 0 && strcasecmp(op->name, made->name) == 0;
    case KITH__OP_ADD_PRIMARY_KEY:
        return op->kind == KITH__OP_DROP_PRIMARY_KEY && strcasecmp(op->table, made->table) == 0;
    default:
        return false;
    }
}

/* An index or a constraint that is another one in the database: one of these takes it away there, the other makes it. */
static const kith__op *counterpart(const kith__ops *ops, const kith__op *op)
{
    for (size_t i = 0; i < ops->count; i++)
        if (takes_away(&ops->items[i], op) || takes_away(op, &ops->items[i]))
            return &ops->items[i];
    return NULL;
}

/* `first`: what the repair has to do before, or NULL */
static int add_drift(kith__arena *arena, const kith__op *op, const kith__op *first, kith__drifts *out, kith__error *error)
{
    kith__text sentence = { 0 }, repair = { 0 };
    kith__drift *drift = kith__list_add(arena, &out->items, &out->count, sizeof *drift);
    if (first != NULL)
        kith__text_add(&sentence, "is another one in the database than in the migrations");
    else
        say_difference(&sentence, op);
    if (drift == NULL)
        return kith__text_free(&sentence), kith__fail_memory(error);
    drift->object = object_of(arena, op);
    drift->sentence = text_of(arena, &sentence);
    if (has_repair(op)) {
        if (first != NULL)
            kith__op_print(&repair, first);
        kith__text_add(&repair, first != NULL ? "; " : "");
        kith__op_print(&repair, op);
        kith__text_addc(&repair, ';');
        drift->repair = text_of(arena, &repair);
    }
    return drift->object != NULL && drift->sentence != NULL && (drift->repair != NULL || !has_repair(op)) ? KITH_OK : kith__fail_memory(error);
}

/* ---------------------------------------------------------------- views, triggers and the rest, by name */

static bool has_index(const kith__schema *schema, const char *name)
{
    for (size_t i = 0; i < schema->table_count; i++)
        for (size_t j = 0; j < schema->tables[i]->index_count; j++)
            if (strcasecmp(schema->tables[i]->indexes[j].name, name) == 0)
                return true;
    return false;
}

static bool has_object(const kith__state *state, const char *name)
{
    return kith__map_gets(&state->known, name) != NULL || kith__map_gets(&state->opaque, name) != NULL || kith__schema_find(&state->schema, name) != NULL ||
           has_index(&state->schema, name);
}

static int add_object(kith__arena *arena, const char *name, const char *sentence, const char *repair, kith__drifts *out, kith__error *error)
{
    kith__drift *drift = kith__list_add(arena, &out->items, &out->count, sizeof *drift);
    if (drift == NULL || (drift->object = kith__arena_text(arena, name)) == NULL || (repair != NULL && (repair = kith__arena_format(arena, "%s;", repair)) == NULL))
        return kith__fail_memory(error);
    drift->sentence = sentence;
    drift->repair = repair;
    return KITH_OK;
}

/* What one has by name and the other has not. A trigger went with its table. */
static int compare_known(kith__arena *arena, const kith__state *one, const kith__state *other, const char *sentence, bool repair, kith__drifts *out, kith__error *error)
{
    int status = KITH_OK;
    for (size_t i = 0; i < one->known.capacity && status == KITH_OK; i++) {
        const kith__map_slot *slot = &one->known.slots[i];
        const kith__known *known = slot->value;
        const char *name = known != NULL ? kith__arena_textn(arena, slot->key, slot->size) : NULL;
        if (known == NULL || known->sql == NULL || (known->table != NULL && !has_object(one, known->table)))
            continue;
        if (name == NULL)
            return kith__fail_memory(error);
        if (!has_object(other, name))
            status = add_object(arena, name, sentence, repair ? known->sql : NULL, out, error);
    }
    return status;
}

static int by_object(const void *a, const void *b)
{
    return strcmp(((const kith__drift *)a)->object, ((const kith__drift *)b)->object);
}

static int find_known(kith__arena *arena, const kith__state *files, const kith__state *database, kith__drifts *out, kith__error *error)
{
    size_t before = out->count;
    int status = compare_known(arena, files, database, "is in the migrations, but not in the database", true, out, error);
    if (status == KITH_OK)
        status = compare_known(arena, database, files, "is in the database, but in no migration", false, out, error);
    if (out->count > before)
        qsort(out->items + before, out->count - before, sizeof *out->items, by_object);
    return status;
}

int kith__drift_find(kith__arena *arena, const kith__state *files, const kith__state *database, const kith__dialect *dialect, kith__drifts *out, kith__error *error)
{
    kith__schema live = { .arena = *arena };
    kith__ops ops = { 0 };
    *out = (kith__drifts){ 0 };
    bool cloned = without_books(&live, &database->schema);
    *arena = live.arena;
    int status = cloned ? kith__compare_stored(arena, &live, &files->schema, &files->opaque, NULL, dialect, &ops, error) : kith__fail_memory(error);
    for (size_t i = 0; i < ops.count && status == KITH_OK; i++) {
        bool by_type, by_boolean = false;
        status = is_of_a_type(arena, &ops.items[i], &by_type, error);
        if (status == KITH_OK)
            status = is_of_a_boolean(arena, &database->schema, &ops.items[i], &by_boolean, error);
        const kith__op *other = counterpart(&ops, &ops.items[i]);
        bool said = other != NULL && takes_away(&ops.items[i], other);
        if (status == KITH_OK && !by_type && !by_boolean && !said && !left_out(files, database, &ops.items[i]))
            status = add_drift(arena, &ops.items[i], other, out, error);
    }
    if (status == KITH_OK)
        status = find_known(arena, files, database, out, error);
    live.arena = (kith__arena){ 0 };
    kith__schema_free(&live);
    return status;
}

/* ---------------------------------------------------------------- the whole report */

static int add_text(kith__check_report *report, const char ***items, size_t *count, const char *text, kith__error *error)
{
    const char **place = text == NULL ? NULL : kith__list_add(&report->arena, items, count, sizeof *place);
    if (place == NULL)
        return kith__fail_memory(error);
    *place = text;
    return KITH_OK;
}

static int describe_models(kith__check_report *report, kith__error *error)
{
    int status = KITH_OK;
    for (size_t i = 0, count = 0; i < report->models.count && status == KITH_OK; i++) {
        kith__text text = { 0 };
        kith__op_describe(&text, &report->models.items[i]);
        status = add_text(report, &report->changes, &count, text_of(&report->arena, &text), error);
    }
    return status;
}

/* A comparison that needs an answer is a finding here, not a failure. */
static int check_models(kith__check_report *report, const kith__state *files, const kith__schema *models, kith__error *error)
{
    kith__error why = { 0 };
    bool forgotten = models->table_count == 0 && files->schema.table_count > 0;      /* never "drop everything" */
    int status = forgotten ? kith__refuse_no_models(&why) : kith__compare(&report->arena, &files->schema, models, &files->opaque, NULL, &report->models, &why);
    if (status == KITH_REFUSED) {
        /* each such refusal has a hint, unless there was no memory for it */
        report->models_refused = why.public_.hint == NULL ? NULL : kith__arena_format(&report->arena, "%s %s", why.public_.message, why.public_.hint);
        status = report->models_refused != NULL ? KITH_OK : kith__fail_memory(error);
    } else if (status != KITH_OK) {
        kith__error_copy(error, &why);
    }
    kith__error_free(&why);
    return status == KITH_OK ? describe_models(report, error) : status;
}

/* What no comparison can speak of; `before` and `after` stand around where it is said. */
static int note_opaque(kith__check_report *report, const kith__state *state, const char *before, const char *after, kith__error *error)
{
    int status = KITH_OK;
    for (size_t i = 0; i < state->opaque.capacity && status == KITH_OK; i++) {
        const kith__map_slot *slot = &state->opaque.slots[i];
        if (slot->value != NULL)
            status = add_text(report, &report->notes, &report->note_count, kith__arena_format(&report->arena, "%s%.*s is left out: %s%s%s",
                slot->size > 0 ? "the table " : "something", (int)slot->size, (const char *)slot->key, before, (const char *)slot->value, after), error);
    }
    return status;
}

static int find_edited(kith__check_report *report, kith__connection *connection, kith__revisions *set, kith__error *error)
{
    kith__rows rows;
    int status = kith__history_sums(connection, &report->arena, &rows, error);
    for (size_t i = 0; i < rows.count && status == KITH_OK; i++) {
        kith__revision *revision = kith__map_gets(&set->by_id, rows.items[i][0]);
        status = revision != NULL ? kith__revision_load(set, revision, error) : KITH_OK;
        if (status == KITH_OK && revision != NULL && strcmp(revision->sum, rows.items[i][1]) != 0) {
            kith__error why = { 0 };
            kith__history_edited(connection, &report->arena, revision, rows.items[i][2], &why);
            status = add_text(report, &report->edited, &report->edited_count,
                why.public_.status == KITH_NO_MEMORY ? NULL : kith__arena_text(&report->arena, why.public_.message), error);
            kith__error_free(&why);
        }
    }
    return status;
}

static int add_ahead(kith__check_report *report, kith__connection *connection, const char *id, kith__error *error)
{
    kith__applied *applied;
    int status = kith__applied_find(connection, &report->arena, id, &applied, error);
    if (status != KITH_OK)
        return status;
    const char *text = applied == NULL ? kith__arena_text(&report->arena, id)
                                       : kith__arena_format(&report->arena, "%s \"%s\" (applied %.16s by %s)", id, applied->message ? applied->message : "",
                                             applied->finished_at ? applied->finished_at : "?", applied->host ? applied->host : "?");
    return add_text(report, &report->ahead, &report->ahead_count, text, error);
}

static int find_drift(kith__check_report *report, kith__connection *connection, kith__revisions *set, const kith__revision *at, kith__error *error)
{
    kith__state files = { 0 }, live = { 0 };
    int status = kith__replay(set, at, &files, error);
    if (status == KITH_OK)
        status = kith__reflect(connection, &live, error);
    if (status == KITH_OK)
        status = kith__drift_find(&report->arena, &files, &live, &kith__dialect_sqlite, &report->drift, error);
    /* the sentences are the report's; names of objects may be the states' */
    for (size_t i = 0; i < report->drift.count && status == KITH_OK; i++)
        if ((report->drift.items[i].object = kith__arena_text(&report->arena, report->drift.items[i].object)) == NULL)
            status = kith__fail_memory(error);
    if (status == KITH_OK)
        status = note_opaque(report, &live, "kith does not understand the definition that ", " has of it", error);
    kith__state_free(&files);
    kith__state_free(&live);
    return status;
}

static int check_database(kith__check_report *report, kith__connection *connection, kith__revisions *set, const kith__revision *head, kith__error *error)
{
    kith__current current;
    kith__revision *at = NULL;
    int status = kith__current_read(connection, &current, error);
    if (status != KITH_OK)
        return status;
    for (size_t i = 0; i < current.head_count && status == KITH_OK; i++) {
        at = kith__map_gets(&set->by_id, current.heads[i]);
        report->current = kith__arena_text(&report->arena, current.heads[i]);
        if (report->current == NULL)
            status = kith__fail_memory(error);
        else if (at == NULL)
            status = add_ahead(report, connection, current.heads[i], error);
    }
    kith__current_free(&current);
    report->behind = report->ahead_count == 0 ? kith__revisions_between(at, head) : 0;
    if (status == KITH_OK)
        status = find_edited(report, connection, set, error);
    return status == KITH_OK && report->ahead_count == 0 ? find_drift(report, connection, set, at, error) : status;
}

int kith__check_all(kith__pool *pool, kith__revisions *set, const kith__schema *models, kith__check_report *out, kith__error *error)
{
    kith__connection *connection = NULL;
    *out = (kith__check_report){ 0 };
    kith__revision *head = kith__revisions_head(set, error);
    if (kith__failed(error))
        return error->public_.status;
    out->head = head != NULL ? kith__arena_text(&out->arena, head->id) : NULL;
    int status = head != NULL && out->head == NULL ? kith__fail_memory(error) : kith__replay(set, head, &out->files, error);
    if (status == KITH_OK)
        status = models == NULL ? KITH_OK : check_models(out, &out->files, models, error);
    if (status == KITH_OK)
        status = note_opaque(out, &out->files, "", " changes it in a way kith does not understand", error);
    if (status == KITH_OK && pool != NULL)
        status = kith__pool_take(pool, &connection, error);
    if (status == KITH_OK && pool != NULL) {
        status = check_database(out, connection, set, head, error);
        kith__pool_give(connection);
    }
    if (status != KITH_OK)
        kith__check_free(out);
    return status;
}

void kith__check_free(kith__check_report *report)
{
    kith__state_free(&report->files);
    kith__arena_free(&report->arena);
    *report = (kith__check_report){ 0 };
}
