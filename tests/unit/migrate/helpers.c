/*
 * What the tests of src/migrate share.
 */
#include "helpers.h"

kith__ops test_ops_of(kith__arena *arena, const char *sql)
{
    kith__tokens tokens;
    kith__error error = { 0 };
    kith__ops all = { 0 };
    size_t at = 0, first, end;
    if (kith__tokenize(arena, "test", sql, strlen(sql), 0, &tokens, &error) != KITH_OK)
        fail_msg("%s", error.public_.message);
    while (kith__statement_next(&tokens, &at, &first, &end)) {
        kith__statement_meaning meaning;
        kith__parsed parsed = kith__ddl_parse(arena, tokens.items + first, end - first, 0, &meaning);
        if (parsed == KITH__PARSED_OPAQUE || parsed == KITH__PARSED_NO_MEMORY)
            fail_msg("not in the subset: %s", kith__tokens_text(arena, tokens.items, first, end));
        if (parsed == KITH__PARSED_OTHER) {
            kith__op *op = kith__ops_add(arena, &all, KITH__OP_SQL, NULL);
            op->sql = kith__tokens_text(arena, tokens.items, first, end);
        }
        for (size_t i = 0; i < meaning.ops.count; i++)
            *kith__ops_add(arena, &all, 0, NULL) = meaning.ops.items[i];
    }
    kith__error_free(&error);
    return all;
}

void test_apply(kith__schema *schema, const kith__ops *ops)
{
    kith__error error = { 0 };
    for (size_t i = 0; i < ops->count; i++)
        if (kith__op_apply(schema, &ops->items[i], &error) != KITH_OK)
            fail_msg("%s", error.public_.message);
    kith__error_free(&error);
}

void test_schema_of(kith__schema *out, kith__arena *arena, const char *sql)
{
    kith__ops ops = test_ops_of(arena, sql);
    *out = (kith__schema){ 0 };
    test_apply(out, &ops);
}

char *test_text_of(const kith__ops *ops)
{
    kith__text text = { 0 };
    kith__text_add(&text, "");
    for (size_t i = 0; i < ops->count; i++) {
        kith__op_print(&text, &ops->items[i]);
        kith__text_add(&text, ";\n");
    }
    assert_false(text.broken);
    char *out = strdup(text.data != NULL ? text.data : "");
    kith__text_free(&text);
    return out;
}
