/*
 * inverse: the way back of a list of operations, without steps that a later one makes void. For the files of src/migrate.
 */
#include "migrate/ddl.h"

#include <strings.h>

static bool same_name(const char *a, const char *b)
{
    return a != NULL && b != NULL && strcasecmp(a, b) == 0;
}

static bool changes_column_only(const kith__op *op)
{
    return op->kind == KITH__OP_TYPE || op->kind == KITH__OP_NOT_NULL || op->kind == KITH__OP_DEFAULT || op->kind == KITH__OP_IDENTITY ||
           (op->kind == KITH__OP_COMMENT && op->name != NULL);
}

/* Nothing of a table that is dropped later needs doing, but for keys by which tables of a circle hold each other. */
static bool void_by_table_drop(const kith__op *op)
{
    switch (op->kind) {
    case KITH__OP_DROP_INDEX: case KITH__OP_DROP_COLUMN: case KITH__OP_COMMENT: case KITH__OP_TYPE: case KITH__OP_NOT_NULL: case KITH__OP_DEFAULT:
    case KITH__OP_IDENTITY:
        return true;
    default:
        return false;
    }
}

static bool is_void(const kith__ops *ops, size_t at)
{
    const kith__op *op = &ops->items[at];
    for (size_t i = at + 1; i < ops->count; i++) {
        const kith__op *later = &ops->items[i];
        if (later->kind == KITH__OP_RENAME_TABLE || later->kind == KITH__OP_RENAME_COLUMN)
            return false;
        if (later->kind == KITH__OP_DROP_TABLE && same_name(later->table, op->table))
            return void_by_table_drop(op);
        if (later->kind == KITH__OP_DROP_COLUMN && same_name(later->table, op->table) && same_name(later->name, op->name))
            return changes_column_only(op);
    }
    return false;
}

static void leave_out_void(kith__ops *ops)
{
    size_t kept = 0;
    for (size_t i = 0; i < ops->count; i++)
        if (!is_void(ops, i))
            ops->items[kept++] = ops->items[i];
    ops->count = kept;
}

/* each operation's own way back, the last first */
static bool collect(kith__arena *arena, const kith__ops *steps, size_t count, kith__ops *out)
{
    for (size_t i = count; i-- > 0;)
        for (size_t j = 0; j < steps[i].count; j++) {
            kith__op *op = kith__ops_add(arena, out, steps[i].items[j].kind, NULL);
            if (op == NULL)
                return false;
            *op = steps[i].items[j];
        }
    return true;
}

static int walk(kith__schema *now, const kith__ops *ops, kith__ops *out, kith__error *error)
{
    kith__ops *steps = kith__arena_zero(&now->arena, (ops->count + 1) * sizeof *steps);
    int status = steps == NULL ? kith__fail_memory(error) : KITH_OK;
    for (size_t i = 0; i < ops->count && status == KITH_OK; i++) {
        if (!kith__op_inverse(&now->arena, now, &ops->items[i], &steps[i]))
            status = kith__fail_memory(error);
        else
            status = kith__op_apply(now, &ops->items[i], error);
    }
    if (status == KITH_OK && !collect(&now->arena, steps, ops->count, out))
        status = kith__fail_memory(error);
    return status;
}

int kith__inverse(kith__arena *arena, const kith__schema *before, const kith__ops *ops, kith__ops *out, kith__error *error)
{
    kith__schema now = { .arena = *arena };      /* the copy lives in the caller's arena: operations borrow from it */
    *out = (kith__ops){ 0 };
    int status = kith__schema_clone(&now, before) ? walk(&now, ops, out, error) : kith__fail_memory(error);
    *arena = now.arena;
    now.arena = (kith__arena){ 0 };
    kith__schema_free(&now);
    leave_out_void(out);
    return status;
}
