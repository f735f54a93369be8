/*
 * plan: what a run would do, one line per operation with its cost. For the room's own interface.
 */
#include "migrate/live.h"

#include <stdlib.h>

void kith__plan_free(kith__plan *plan)
{
    kith__arena_free(&plan->arena);
    *plan = (kith__plan){ 0 };
}

/* what SQLite has to do: nothing to the rows, read them all, or write them all anew */
static const char *cost_of(const kith__op *op)
{
    switch (op->kind) {
    case KITH__OP_CREATE_TABLE: case KITH__OP_RENAME_TABLE: case KITH__OP_RENAME_COLUMN: case KITH__OP_DROP_INDEX: case KITH__OP_COMMENT: case KITH__OP_DROP_TABLE:
        return "instant";
    case KITH__OP_ADD_COLUMN:
        return kith__column_adds_natively(op->column) ? "instant" : "rebuild";
    case KITH__OP_CREATE_INDEX: case KITH__OP_RENAME_INDEX:
        return "scan";
    default:
        return "rebuild";
    }
}

static int add_line(kith__plan *plan, const char *revision, kith__text *text, const char *cost, int64_t rows, kith__error *error)
{
    kith__plan_line *line = kith__list_add(&plan->arena, &plan->items, &plan->count, sizeof *line);
    bool well = line != NULL && !text->broken;
    if (well)
        *line = (kith__plan_line){ kith__arena_text(&plan->arena, revision), kith__arena_text(&plan->arena, text->data != NULL ? text->data : ""), cost, rows };
    well = well && line->revision != NULL && line->text != NULL;
    kith__text_free(text);
    return well ? KITH_OK : kith__fail_memory(error);
}

/* the first line of a statement */
static void first_line(kith__text *out, const char *sql)
{
    size_t size = strcspn(sql, "\n");
    kith__text_addn(out, sql, size < 60 ? size : 60);
    kith__text_add(out, size > 60 || sql[size] != 0 ? " …" : "");
}

/* The rows that it has to do with, as they are now. */
static int rows_of(kith__connection *connection, const kith__op *op, const char *cost, int64_t *out, kith__error *error)
{
    *out = -1;
    bool some = strcmp(cost, "instant") != 0 || op->kind == KITH__OP_DROP_TABLE;
    return some && op->table != NULL ? kith__table_rows(connection, op->table, out, error) : KITH_OK;
}

static int plan_op(kith__plan *plan, kith__connection *connection, const char *revision, const kith__op *op, kith__error *error)
{
    kith__text text = { 0 };
    int64_t rows;
    const char *cost = cost_of(op);
    int status = rows_of(connection, op, cost, &rows, error);
    if (status != KITH_OK)
        return status;
    kith__op_describe(&text, op);
    return add_line(plan, revision, &text, cost, rows, error);
}

int kith__plan_section(kith__plan *plan, kith__connection *connection, const char *revision, const kith__section *section, kith__error *error)
{
    int status = KITH_OK;
    for (size_t i = 0; i < section->count && status == KITH_OK; i++) {
        const kith__instruction *instruction = &section->items[i];
        if (instruction->state_only || !kith__instruction_for(instruction, kith__dialect_sqlite.name))
            continue;
        for (size_t j = 0; j < instruction->ops.count && status == KITH_OK; j++)
            status = plan_op(plan, connection, revision, &instruction->ops.items[j], error);
        if (instruction->ops.count == 0 && status == KITH_OK) {
            kith__text text = { 0 };
            first_line(&text, instruction->sql);
            status = add_line(plan, revision, &text, "unknown", -1, error);
        }
    }
    return status;
}
