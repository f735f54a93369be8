/*
 * Any bytes as SQL. What kith understands of it as operations prints as SQL that it understands as the same; an operation that fits a
 * schema has an inverse that leads back to where it began.
 */
#include "fuzz.h"

#include <strings.h>

static void print_ops(kith__text *out, const kith__ops *ops)
{
    for (size_t i = 0; i < ops->count; i++) {
        kith__op_print(out, &ops->items[i]);
        kith__text_add(out, ";\n");
    }
}

/* The operations that the text says; false where some of it says something else. */
static bool read_ops(kith__arena *arena, const char *text, kith__ops *out)
{
    kith__tokens tokens;
    kith__error error = { 0 };
    size_t at = 0, first, end;
    bool all = kith__tokenize(arena, "printed", text, strlen(text), 0, &tokens, &error) == KITH_OK;
    while (all && kith__statement_next(&tokens, &at, &first, &end)) {
        kith__statement_meaning meaning;
        all = kith__ddl_parse(arena, tokens.items + first, end - first, 0, &meaning) == KITH__PARSED_DDL;
        for (size_t i = 0; all && i < meaning.ops.count; i++) {
            kith__op *op = kith__ops_add(arena, out, KITH__OP_SQL, NULL);
            MUST(op != NULL, "no memory");
            *op = meaning.ops.items[i];
        }
    }
    kith__error_free(&error);
    return all;
}

static void check_printed(kith__arena *arena, const kith__ops *ops)
{
    kith__text once = { 0 }, twice = { 0 };
    kith__ops again = { 0 };
    print_ops(&once, ops);
    MUST(read_ops(arena, once.data, &again), "what was printed is not understood:\n%s", once.data);
    print_ops(&twice, &again);
    MUST(strcmp(once.data, twice.data) == 0, "printed as\n%sand then as\n%s", once.data, twice.data);
    kith__text_free(&once);
    kith__text_free(&twice);
}

/* Does a key point at a table of that name, though there is none? Then giving a table the name and taking it away takes the key along. */
static bool is_awaited(const kith__schema *schema, const char *name)
{
    for (size_t i = 0; i < schema->table_count; i++)
        for (size_t j = 0; j < schema->tables[i]->foreign_key_count; j++)
            if (strcasecmp(schema->tables[i]->foreign_keys[j].table, name) == 0)
                return true;
    return false;
}

/* Does an expression speak of a column of that name, though there is none? The same goes for it. */
static bool is_spoken_of(kith__arena *arena, const kith__schema *schema, const kith__op *op)
{
    const kith__table *table = kith__schema_find(schema, op->table);
    for (size_t i = 0; table != NULL && i < table->check_count; i++)
        if (kith__sql_mentions(arena, table->checks[i].sql, op->to))
            return true;
    for (size_t i = 0; table != NULL && i < table->column_count; i++)
        if (table->columns[i].generated_sql != NULL && kith__sql_mentions(arena, table->columns[i].generated_sql, op->to))
            return true;
    for (size_t i = 0; table != NULL && i < table->index_count; i++) {
        const kith__index *index = &table->indexes[i];
        for (size_t j = 0; j < index->count; j++)
            if (kith__sql_mentions(arena, index->columns[j], op->to))
                return true;
        if (index->where != NULL && kith__sql_mentions(arena, index->where, op->to))
            return true;
    }
    for (size_t i = 0; i < schema->table_count; i++)
        for (size_t j = 0; j < schema->tables[i]->foreign_key_count; j++)
            for (size_t k = 0; schema->tables[i]->foreign_keys[j].targets != NULL && k < schema->tables[i]->foreign_keys[j].count; k++)
                if (strcasecmp(schema->tables[i]->foreign_keys[j].targets[k], op->to) == 0)
                    return true;
    return false;
}

/* There and back. */
static void check_inverse(kith__arena *arena, kith__schema *schema, const kith__op *op)
{
    kith__schema before = { 0 };
    kith__error error = { 0 };
    kith__ops back = { 0 }, left = { 0 };
    MUST(kith__schema_clone(&before, schema), "no memory");
    bool clear = op->kind != KITH__OP_SQL && !(op->kind == KITH__OP_RENAME_TABLE && is_awaited(&before, op->to)) &&
                 !(op->kind == KITH__OP_RENAME_COLUMN && is_spoken_of(arena, &before, op));
    if (kith__op_apply(schema, op, &error) == KITH_OK && clear && kith__op_inverse(arena, &before, op, &back)) {
        kith__schema there = { 0 };
        MUST(kith__schema_clone(&there, schema), "no memory");
        int status = KITH_OK;
        for (size_t i = 0; i < back.count && status == KITH_OK; i++)
            status = kith__op_apply(&there, &back.items[i], &error);
        kith__text said = { 0 };
        print_ops(&said, &(kith__ops){ (kith__op *)(uintptr_t)op, 1 });
        kith__text_add(&said, "undone by\n");
        print_ops(&said, &back);
        MUST(status == KITH_OK, "%s\n%s", error.public_.message, said.data);
        status = kith__compare(arena, &there, &before, NULL, NULL, &left, &error);
        kith__text_add(&said, "leaves\n");
        print_ops(&said, &left);
        MUST(status == KITH_OK && left.count == 0, "there and back leaves %zu differences (%s)\n%s", left.count, status ? error.public_.message : "", said.data);
        kith__text_free(&said);
        kith__schema_free(&there);
    }
    kith__error_free(&error);
    kith__schema_free(&before);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    kith__arena arena = { 0 };
    kith__error error = { 0 };
    kith__schema schema = { 0 };
    kith__tokens tokens;
    size_t at = 0, first, end;
    char *text = kith__arena_textn(&arena, (const char *)data, size);
    bool read = text != NULL && kith__tokenize(&arena, "fuzz", text, size, 0, &tokens, &error) == KITH_OK;
    while (read && kith__statement_next(&tokens, &at, &first, &end)) {
        kith__statement_meaning meaning;
        if (tokens.items[first].kind == KITH__T_DIRECTIVE || kith__ddl_parse(&arena, tokens.items + first, end - first, 0, &meaning) != KITH__PARSED_DDL)
            continue;
        check_printed(&arena, &meaning.ops);
        for (size_t i = 0; i < meaning.ops.count; i++)
            check_inverse(&arena, &schema, &meaning.ops.items[i]);
    }
    kith__schema_free(&schema);
    kith__error_free(&error);
    kith__arena_free(&arena);
    return 0;
}
