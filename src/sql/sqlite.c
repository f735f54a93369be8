/*
 * sqlite: how SQLite writes. May use: base, schema. Used by: the driver of that name, and whoever writes SQL for it.
 *
 * Matching texts. SQLite's LIKE knows no case for ASCII letters, and making it know is a switch of the whole connection that would
 * change a program's own SQL too. So:
 *   like          GLOB, which regards case and knows UTF-8. The pattern is a bound value, turned here: % becomes *, _ becomes ?, what a
 *                 backslash precedes means itself, and GLOB's own *, ? and [ stand in brackets. An index serves up to the first of them.
 *   ilike         LIKE with ESCAPE '\'. It disregards the case of ASCII letters only, which is all that SQLite knows of case.
 *   starts_with   GLOB of the beginning, in brackets where it must be, and *: an index serves (substr(column, …) would not have one).
 *   contains      instr(), which is literal and regards case.
 */
#include "sql/sql.h"

#include <inttypes.h>

static void sqlite_mark(kith__text *text, size_t number)
{
    (void)number;
    kith__text_addc(text, '?');
}

static void add_literal(kith__text *text, char c)
{
    bool special = c == '*' || c == '?' || c == '[';
    if (special)
        kith__text_addc(text, '[');
    kith__text_addc(text, c);
    if (special)
        kith__text_addc(text, ']');
}

static void sqlite_pattern(kith__text *text, const char *like)
{
    for (const char *at = like; *at; at++) {
        if (*at == '%')
            kith__text_addc(text, '*');
        else if (*at == '_')
            kith__text_addc(text, '?');
        else if (*at == '\\' && at[1])
            add_literal(text, *++at);
        else
            add_literal(text, *at);
    }
}

static void sqlite_prefix(kith__text *text, const char *beginning)
{
    for (const char *at = beginning; *at; at++)
        add_literal(text, *at);
    kith__text_addc(text, '*');
}

static void sized(kith__text *text, const char *name, uint32_t first, uint32_t second)
{
    kith__text_add(text, name);
    if (first && second)
        kith__text_addf(text, "(%" PRIu32 ",%" PRIu32 ")", first, second);
    else if (first)
        kith__text_addf(text, "(%" PRIu32 ")", first);
}

/* decisions: the words that SQLAlchemy declares too, so that either opens the other's file. A UUID is never declared one: the
 * numeric affinity of that word would turn 000…1 into 1. */
static void sqlite_type(kith__text *text, const kith__type *type)
{
    switch (type->kind) {
    case KITH__BOOLEAN:         kith__text_add(text, "BOOLEAN"); break;
    case KITH__SMALLINT:        kith__text_add(text, "SMALLINT"); break;
    case KITH__INTEGER:         kith__text_add(text, "INTEGER"); break;
    case KITH__BIGINT:          kith__text_add(text, "BIGINT"); break;
    case KITH__REAL:            kith__text_add(text, "REAL"); break;
    case KITH__DOUBLE:          kith__text_add(text, "DOUBLE PRECISION"); break;
    case KITH__TEXT:            kith__text_add(text, "TEXT"); break;
    case KITH__VARCHAR:         sized(text, "VARCHAR", type->length, 0); break;
    case KITH__BLOB:            kith__text_add(text, "BLOB"); break;
    case KITH__DATE:            kith__text_add(text, "DATE"); break;
    case KITH__TIME:            kith__text_add(text, "TIME"); break;
    case KITH__TIMESTAMP:
    case KITH__TIMESTAMPTZ:     kith__text_add(text, "DATETIME"); break;
    case KITH__UUID:            kith__text_add(text, "CHAR(32)"); break;
    case KITH__JSON:            kith__text_add(text, "JSON"); break;
    case KITH__NUMERIC:         sized(text, "NUMERIC", type->precision, type->scale); break;
    case KITH__DECIMAL_TEXT:    sized(text, "DECIMAL_TEXT", type->precision, type->scale); break;
    case KITH__OTHER_TYPE:      kith__text_add(text, type->words ? type->words : ""); break;
    }
}

/* A rowid is one more than the largest; a trigger could take it first. */
static void sqlite_next_key(kith__text *text, const char *table, const char *column)
{
    kith__text_add(text, "SELECT CASE WHEN EXISTS (SELECT 1 FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = ?) THEN 0 ELSE coalesce(max(");
    kith__sql_quote(text, column);
    kith__text_add(text, "), 0) + 1 END FROM ");
    kith__sql_quote(text, table);
}

const kith__dialect kith__dialect_sqlite = {
    .name = "sqlite",
    .mark = sqlite_mark,
    .type = sqlite_type,
    .like = "GLOB", .like_escape = "",
    .ilike = "LIKE", .ilike_escape = " ESCAPE '\\'",
    .pattern = sqlite_pattern,
    .prefix = sqlite_prefix,
    .find = "instr",
    .decimal_collation = "kith_decimal",
    .decimal_sum = "kith_decimal_sum",
    .true_sql = "1", .false_sql = "0",
    .table_exists = "SELECT 1 FROM sqlite_schema WHERE type IN ('table', 'view') AND name = ?",
    .no_limit = " LIMIT -1",
    .identity_type = "INTEGER", .identity = "",             /* a BIGINT key would stay NULL: only INTEGER is the rowid */
    .never_reuse = " PRIMARY KEY AUTOINCREMENT",            /* SQLite takes it nowhere else */
    .next_key = sqlite_next_key,
    .max_binds = 32766,
    .returning = true,
    .bracket_names = true,
};
