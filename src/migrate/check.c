/*
 * check: models, files and database against each other. For the room's own interface.
 */
#include "migrate/live.h"

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
    return op->kind != KITH__OP_DROP_TABLE && op->kind != KITH__OP_DROP_INDEX && op->kind != KITH__OP_DROP_COLUMN;
}

static const char *text_of(kith__arena *arena, kith__text *text)
{
    const char *out = text->broken ? NULL : kith__arena_textn(arena, text->data, text->size);
    kith__text_free(text);
    return out;
}

static int add_drift(kith__arena *arena, const kith__op *op, kith__drifts *out, kith__error *error)
{
    kith__text sentence = { 0 }, repair = { 0 };
    kith__drift *drift = kith__list_add(arena, &out->items, &out->count, sizeof *drift);
    say_difference(&sentence, op);
    if (drift == NULL)
        return kith__text_free(&sentence), kith__fail_memory(error);
    drift->object = object_of(arena, op);
    drift->sentence = text_of(arena, &sentence);
    if (has_repair(op)) {
        kith__op_print(&repair, op);
        kith__text_addc(&repair, ';');
        drift->repair = text_of(arena, &repair);
    }
    return drift->object != NULL && drift->sentence != NULL && (drift->repair != NULL || !has_repair(op)) ? KITH_OK : kith__fail_memory(error);
}

int kith__drift_find(kith__arena *arena, const kith__state *files, const kith__state *database, const kith__dialect *dialect, kith__drifts *out, kith__error *error)
{
    kith__schema live = { .arena = *arena };
    kith__ops ops = { 0 };
    *out = (kith__drifts){ 0 };
    bool cloned = without_books(&live, &database->schema);
    *arena = live.arena;
    int status = cloned ? kith__compare_stored(arena, &live, &files->schema, &files->opaque, NULL, dialect, &ops, error) : kith__fail_memory(error);
    for (size_t i = 0; i < ops.count && status == KITH_OK; i++)
        if (!left_out(files, database, &ops.items[i]))
            status = add_drift(arena, &ops.items[i], out, error);
    live.arena = (kith__arena){ 0 };
    kith__schema_free(&live);
    return status;
}
