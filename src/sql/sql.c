/*
 * sql: a statement under way: its text, its binds, and what became of it. May use: base. Used by: this room and those above.
 */
#include "sql/write.h"

#include <stdlib.h>

void kith__sql_quote(kith__text *text, const char *identifier)
{
    kith__text_addc(text, '"');
    for (const char *quote; (quote = strchr(identifier, '"')); identifier = quote + 1) {
        kith__text_addn(text, identifier, (size_t)(quote - identifier));
        kith__text_add(text, "\"\"");
    }
    kith__text_add(text, identifier);
    kith__text_addc(text, '"');
}

void kith__sql_reset(kith__sql *sql)
{
    kith__text_reset(&sql->text);
    kith__arena_reset(&sql->texts);
    sql->bind_count = sql->depth = 0;
    sql->broken = sql->too_deep = false;
}

void kith__sql_free(kith__sql *sql)
{
    kith__text_free(&sql->text);
    kith__arena_free(&sql->texts);
    free(sql->binds);
    *sql = (kith__sql){ 0 };
}

int kith__sql_check(const kith__sql *sql, kith__error *error)
{
    if (sql->too_deep) {
        int status = kith__fail(error, KITH_MISUSE, "query.too_deep", "A condition nests more than %d conditions within each other.", KITH__SQL_DEPTH);
        kith__fail_hint(error, "Give kith_and and kith_or many conditions side by side, or use kith_in.");
        return status;
    }
    return sql->broken || sql->text.broken ? kith__fail_memory(error) : KITH_OK;
}

void kith__write_end(kith__sql *sql)
{
    sql->broken = sql->broken || sql->text.broken;
}

void kith__write_value(kith__sql *sql, const kith__dialect *dialect, kith_value value, const kith__type *type)
{
    if (!kith__grow(&sql->binds, &sql->bind_capacity, sql->bind_count + 1, sizeof *sql->binds)) {
        sql->broken = true;
        return;
    }
    sql->binds[sql->bind_count++] = (kith__bind){ .value = value, .type = type };
    dialect->mark(&sql->text, sql->bind_count);
}
