/*
 * ddl: tables and indexes -> the statements that make them. May use: base, schema. Used by: migrate, app.
 */
#include "sql/sql.h"

#include <ctype.h>

void kith__ddl_names(kith__text *text, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (i)
            kith__text_add(text, ", ");
        kith__sql_quote(text, names[i]);
    }
}

static void add_in_parentheses(kith__text *text, const char *const *names, size_t count)
{
    kith__text_add(text, " (");
    kith__ddl_names(text, names, count);
    kith__text_addc(text, ')');
}

/* ---------------------------------------------------------------- what a person wrote as SQL */

/* Just behind a string or a quoted name that begins at `at`. */
static const char *after_quoted(const char *at)
{
    char quote = *at++;
    for (; *at; at++)
        if (*at == quote && *++at != quote)     /* a doubled one goes on */
            return at;
    return at;
}

static bool in_word(char c) { return isalnum((unsigned char)c) || c == '_' || c == '$' || (unsigned char)c >= 0x80; }

/* Just behind a word or a number: a $ within a word begins no string, behind a number it may. NULL: none begins at `at`. */
static const char *after_word(const char *at)
{
    const char *from = at;
    if (at[0] == '0' && (at[1] == 'x' || at[1] == 'X'))
        for (at += 2; isxdigit((unsigned char)*at);)
            at++;
    else if (isdigit((unsigned char)*at)) {
        at += strspn(at, "0123456789.");
        size_t sign = (*at == 'e' || *at == 'E') && at[1] && strchr("+-", at[1]) ? 2 : 1;
        if ((*at == 'e' || *at == 'E') && isdigit((unsigned char)at[sign]))
            at += sign + strspn(at + sign, "0123456789");
    } else if (*at != '$')
        while (in_word(*at))
            at++;
    return at > from ? at : NULL;
}

/* Just behind a string such as $$…$$ or $tag$…$tag$; NULL: none begins at `at`. */
static const char *after_dollars(const char *at)
{
    const char *tag = at + 1;
    if (*at != '$' || isdigit((unsigned char)*tag))
        return NULL;
    while (in_word(*tag) && *tag != '$')
        tag++;
    if (*tag != '$')
        return NULL;
    size_t size = (size_t)(tag + 1 - at);
    for (const char *end = tag + 1; *end; end++)
        if (!strncmp(end, at, size))
            return end + size;
    return at + strlen(at);
}

/* Just behind a word, a string, a quoted name or a comment, whose brackets are none; NULL: none begins at `at`. */
static const char *after_opaque(const char *at)
{
    const char *end;
    if (*at == '\'' || *at == '"' || *at == '`')
        return after_quoted(at);
    if (*at == '$' || in_word(*at))
        return *at == '$' ? after_dollars(at) : after_word(at);
    if (at[0] == '-' && at[1] == '-')
        return at + strcspn(at, "\n");
    if (at[0] != '/' || at[1] != '*')
        return NULL;
    end = strstr(at + 2, "*/");
    return end ? end + 2 : at + strlen(at);
}

/* (…) as a whole: "(a)" is, "(a) + (b)" is not. */
static bool is_parenthesised(const char *sql)
{
    size_t depth = 0;
    const char *at = sql;
    while (*at) {
        const char *behind = after_opaque(at);
        if (behind) {
            at = behind;
            continue;
        }
        depth += *at == '(';
        if (*at == ')' && depth && !--depth)
            return *sql == '(' && !at[1];
        at++;
        if (!depth)
            return false;
    }
    return false;
}

/* also -1, 2.5e-3 */
static bool is_word(const char *sql)
{
    static const char within[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_0123456789.";
    sql += *sql == '-' || *sql == '+';
    size_t size = strspn(sql, within);
    if (size && strchr("0123456789.", *sql) && strchr("eE", sql[size - 1]) && (sql[size] == '-' || sql[size] == '+'))
        size += 1 + strspn(sql + size + 1, "0123456789");
    return size && !sql[size];
}

/* A number, a string, a word such as CURRENT_TIMESTAMP: a DEFAULT takes them as they are, and all else in parentheses. */
static bool is_literal(const char *sql)
{
    const char *string = sql + ((*sql == 'x' || *sql == 'X') && sql[1] == '\'');
    return is_word(sql) || (*string == '\'' && !*after_quoted(string));
}

static void add_expression(kith__text *text, const char *sql, bool literal_alone)
{
    bool alone = is_parenthesised(sql) || (literal_alone && is_literal(sql));
    kith__text_add(text, alone ? "" : "(");
    kith__text_add(text, sql);
    kith__text_add(text, alone ? "" : ")");
}

void kith__ddl_default(kith__text *text, const char *sql)
{
    kith__text_add(text, " DEFAULT ");
    add_expression(text, sql, true);
}

/* ---------------------------------------------------------------- columns */

static bool holds_its_key(const kith__dialect *dialect, const kith__column *column)
{
    return column->identity && column->never_reuse && dialect->never_reuse;
}

static void add_type(kith__text *text, const kith__dialect *dialect, const kith__column *column)
{
    kith__text type = { 0 };
    dialect->type(&type, &column->type);
    if (column->identity && dialect->identity_type)
        kith__text_addf(text, " %s", dialect->identity_type);
    else if (type.size)
        kith__text_addf(text, " %s", type.data);
    text->broken = text->broken || type.broken;
    kith__text_free(&type);
}

static void add_generated(kith__text *text, const kith__column *column)
{
    kith__text_add(text, " GENERATED ALWAYS AS ");
    add_expression(text, column->generated_sql, false);
    kith__text_add(text, column->generated_stored ? " STORED" : " VIRTUAL");
}

void kith__ddl_column(kith__text *text, const kith__dialect *dialect, const kith__column *column)
{
    kith__sql_quote(text, column->name);
    add_type(text, dialect, column);
    if (column->not_null || column->identity)
        kith__text_add(text, " NOT NULL");
    if (holds_its_key(dialect, column))
        kith__text_add(text, dialect->never_reuse);
    else if (column->identity)
        kith__text_add(text, dialect->identity);
    if (column->default_sql)
        kith__ddl_default(text, column->default_sql);
    if (column->collation) {
        kith__text_add(text, " COLLATE ");
        kith__sql_quote(text, column->collation);
    }
    if (column->generated_sql)
        add_generated(text, column);
}

/* ---------------------------------------------------------------- constraints */

static void add_name(kith__text *text, const char *name)
{
    if (!name)
        return;
    kith__text_add(text, "CONSTRAINT ");
    kith__sql_quote(text, name);
    kith__text_addc(text, ' ');
}

static void add_key(kith__text *text, const kith__key *key, const char *words)
{
    add_name(text, key->name);
    kith__text_add(text, words);
    add_in_parentheses(text, key->columns, key->count);
}

static void add_action(kith__text *text, const char *event, const char *action)
{
    if (action)
        kith__text_addf(text, " ON %s %s", event, action);
}

void kith__ddl_foreign_key(kith__text *text, const kith__foreign_key *key)
{
    add_name(text, key->name);
    kith__text_add(text, "FOREIGN KEY");
    add_in_parentheses(text, key->columns, key->count);
    kith__text_add(text, " REFERENCES ");
    kith__sql_quote(text, key->table);
    if (key->targets)
        add_in_parentheses(text, key->targets, key->count);
    add_action(text, "DELETE", key->on_delete);
    add_action(text, "UPDATE", key->on_update);
    if (key->deferrable)
        kith__text_addf(text, " %s", key->deferrable);
}

static void next_line(kith__text *text, bool *first)
{
    kith__text_add(text, *first ? "\n    " : ",\n    ");
    *first = false;
}

static bool key_is_in_a_column(const kith__dialect *dialect, const kith__table *table)
{
    for (size_t i = 0; i < table->column_count; i++)
        if (holds_its_key(dialect, &table->columns[i]))
            return true;
    return false;
}

static void add_constraints(kith__text *text, const kith__dialect *dialect, const kith__table *table, bool *first)
{
    if (table->primary_key.count && !key_is_in_a_column(dialect, table)) {
        next_line(text, first);
        add_key(text, &table->primary_key, "PRIMARY KEY");
    }
    for (size_t i = 0; i < table->foreign_key_count; i++) {
        next_line(text, first);
        kith__ddl_foreign_key(text, &table->foreign_keys[i]);
    }
    for (size_t i = 0; i < table->unique_count; i++) {
        next_line(text, first);
        add_key(text, &table->uniques[i], "UNIQUE");
    }
    for (size_t i = 0; i < table->check_count; i++) {
        next_line(text, first);
        add_name(text, table->checks[i].name);
        kith__text_add(text, "CHECK ");
        add_expression(text, table->checks[i].sql, false);
    }
}

/* ---------------------------------------------------------------- statements */

void kith__ddl_create_table(kith__text *text, const kith__dialect *dialect, const kith__table *table)
{
    bool first = true;
    kith__text_add(text, "CREATE TABLE ");
    kith__sql_quote(text, table->name);
    kith__text_add(text, " (");
    for (size_t i = 0; i < table->column_count; i++) {
        next_line(text, &first);
        kith__ddl_column(text, dialect, &table->columns[i]);
    }
    add_constraints(text, dialect, table, &first);
    kith__text_add(text, "\n)");
    if (table->strict)
        kith__text_add(text, " STRICT");
    if (table->without_rowid)
        kith__text_add(text, table->strict ? ", WITHOUT ROWID" : " WITHOUT ROWID");
}

static void add_index_part(kith__text *text, const kith__index *index, size_t i)
{
    if (index->expression && index->expression[i])
        add_expression(text, index->columns[i], false);
    else
        kith__sql_quote(text, index->columns[i]);
    if (index->descending && index->descending[i])
        kith__text_add(text, " DESC");
}

void kith__ddl_create_index(kith__text *text, const kith__dialect *dialect, const kith__table *table, const kith__index *index)
{
    (void)dialect;
    kith__text_add(text, index->unique ? "CREATE UNIQUE INDEX " : "CREATE INDEX ");
    kith__sql_quote(text, index->name);
    kith__text_add(text, " ON ");
    kith__sql_quote(text, table->name);
    kith__text_add(text, " (");
    for (size_t i = 0; i < index->count; i++) {
        if (i)
            kith__text_add(text, ", ");
        add_index_part(text, index, i);
    }
    kith__text_addc(text, ')');
    if (index->where)
        kith__text_addf(text, " WHERE %s", index->where);
}

void kith__ddl_drop_table(kith__text *text, const kith__dialect *dialect, const char *table)
{
    (void)dialect;
    kith__text_add(text, "DROP TABLE ");
    kith__sql_quote(text, table);
}
