/*
 * foresee: what would be refused later is refused now, before the first of several files has changed anything. For the files of src/migrate.
 *
 * Only what can be told from the rows as they are: where an earlier statement may have changed them, or makes what a later one speaks of,
 * the check is left to the run, which takes its file back.
 */
#include "migrate/live.h"

typedef struct foresight {
    kith__connection *connection;
    kith__arena arena;
    kith__map touched;              /* "table", "table.column": of which nothing can be told any more */
    bool blind;                     /* a statement came that may have changed any row */
    bool accept_loss;
} foresight;

static bool is_touched(foresight *f, const char *table, const char *column)
{
    if (column == NULL)
        return kith__map_gets(&f->touched, table) != NULL;
    const char *key = kith__arena_format(&f->arena, "%s.%s", table, column);
    return key == NULL || kith__map_gets(&f->touched, key) != NULL;
}

static bool touch(foresight *f, const char *table, const char *column)
{
    const char *key = column == NULL ? table : kith__arena_format(&f->arena, "%s.%s", table, column);
    return key != NULL && kith__map_puts(&f->touched, key, f);
}

/* What it leaves behind that later ones cannot be told of. False: no memory. */
static bool note(foresight *f, const kith__op *op)
{
    switch (op->kind) {
    case KITH__OP_RENAME_TABLE:
        return touch(f, op->table, NULL) && touch(f, op->to, NULL);
    case KITH__OP_RENAME_COLUMN: case KITH__OP_DROP_TABLE: case KITH__OP_CREATE_TABLE:
        return touch(f, op->kind == KITH__OP_CREATE_TABLE ? op->new_table->name : op->table, NULL);
    case KITH__OP_ADD_COLUMN: case KITH__OP_DROP_COLUMN: case KITH__OP_TYPE:
        return touch(f, op->table, op->name);
    default:
        return true;
    }
}

static bool mentions_touched(foresight *f, const char *table, const char *sql)
{
    size_t size = strlen(table);
    bool found = false;
    for (size_t i = 0; i < f->touched.capacity && !found; i++) {
        const kith__map_slot *slot = &f->touched.slots[i];
        const char *key = slot->key;
        if (slot->value != NULL && slot->size > size && memcmp(key, table, size) == 0 && key[size] == '.') {
            const char *column = kith__arena_textn(&f->arena, key + size + 1, slot->size - size - 1);
            found = column == NULL || kith__sql_mentions(&f->arena, sql, column);
        }
    }
    return found;
}

static bool speaks_of_touched(foresight *f, const kith__op *op)
{
    if (op->table == NULL || is_touched(f, op->table, NULL))
        return true;
    if (op->name != NULL && is_touched(f, op->table, op->name))
        return true;
    const char *const *names = op->key != NULL ? op->key->columns : op->index != NULL ? op->index->columns : NULL;
    size_t count = op->key != NULL ? op->key->count : op->index != NULL ? op->index->count : 0;
    for (size_t i = 0; i < count; i++)
        if (is_touched(f, op->table, names[i]))
            return true;
    return op->check != NULL && mentions_touched(f, op->table, op->check->sql);
}

/* Any other failure is for the run to find: what it speaks of is not there yet. */
static int check(foresight *f, const kith__foreseen *file, const kith__instruction *at, const kith__op *op, kith__error *error)
{
    kith__error why = { 0 };
    kith__execution e = { .connection = f->connection, .arena = &f->arena, .section = file->section, .accept_loss = f->accept_loss, .error = &why };
    int status = kith__precheck(f->connection, &f->arena, op, &why);
    if (status == KITH_OK)
        status = kith__precheck_loss(&e, op);
    if (status == KITH_REFUSED || status == KITH_NO_MEMORY) {
        kith__fail_prefix(&why, "%s:%u:", file->file, at->line);
        kith__error_copy(error, &why);
    } else {
        status = KITH_OK;
    }
    kith__error_free(&why);
    return status;
}

static int look_at(foresight *f, const kith__foreseen *file, const kith__instruction *instruction, kith__error *error)
{
    if (instruction->state_only || !kith__instruction_for(instruction, kith__dialect_sqlite.name))
        return KITH_OK;
    f->blind = f->blind || instruction->ops.count == 0;
    for (size_t i = 0; i < instruction->ops.count && !f->blind; i++) {
        const kith__op *op = &instruction->ops.items[i];
        int status = speaks_of_touched(f, op) ? KITH_OK : check(f, file, instruction, op, error);
        if (status != KITH_OK)
            return status;
        if (!note(f, op))
            return kith__fail_memory(error);
    }
    return KITH_OK;
}

int kith__foresee(kith__connection *connection, const kith__foreseen *files, size_t count, bool accept_loss, kith__error *error)
{
    foresight f = { .connection = connection, .accept_loss = accept_loss };
    int status = KITH_OK;
    for (size_t i = 0; i < count && status == KITH_OK && !f.blind; i++)
        for (size_t j = 0; j < files[i].section->count && status == KITH_OK && !f.blind; j++)
            status = look_at(&f, &files[i], &files[i].section->items[j], error);
    if (status == KITH_OK && f.arena.broken)
        status = kith__fail_memory(error);
    kith__map_free(&f.touched);
    kith__arena_free(&f.arena);
    return status;
}
