/*
 * change: INSERT, UPDATE and DELETE -> text. May use: base, schema. Used by: session.
 *
 * Those of a unit of work are marks only; they are written once per shape and bound row by row.
 */
#include "sql/write.h"

static void add(kith__sql *sql, const char *text)
{
    kith__text_add(&sql->text, text);
}

static void write_names(kith__sql *sql, const char *const *names, size_t count)
{
    kith__ddl_names(&sql->text, names, count);
}

/* ?, ?, ?, numbered from *number on */
static void write_bare_marks(kith__sql *sql, const kith__dialect *dialect, size_t count, size_t *number)
{
    for (size_t i = 0; i < count; i++) {
        if (i)
            add(sql, ", ");
        dialect->mark(&sql->text, ++*number);
    }
}

static void write_marks(kith__sql *sql, const kith__dialect *dialect, size_t count, size_t *number)
{
    add(sql, "(");
    write_bare_marks(sql, dialect, count, number);
    add(sql, ")");
}

static void write_rows(kith__sql *sql, const kith__dialect *dialect, size_t width, size_t rows)
{
    size_t number = sql->bind_count;
    add(sql, "VALUES ");
    for (size_t row = 0; row < rows; row++) {
        if (row)
            add(sql, ", ");
        write_marks(sql, dialect, width, &number);
    }
}

/* "a" = ?, "b" = ? or, between keys, "a" = ? AND "b" = ? */
static void write_pairs(kith__sql *sql, const kith__dialect *dialect, const char *const *names, size_t count, const char *between, size_t *number)
{
    for (size_t i = 0; i < count; i++) {
        if (i)
            add(sql, between);
        kith__sql_quote(&sql->text, names[i]);
        add(sql, " = ");
        dialect->mark(&sql->text, ++*number);
    }
}

void kith__sql_insert(kith__sql *sql, const kith__dialect *dialect, const kith__insert *insert)
{
    add(sql, "INSERT INTO ");
    kith__sql_quote(&sql->text, insert->table);
    if (insert->column_count) {
        add(sql, " (");
        write_names(sql, insert->columns, insert->column_count);
        add(sql, ") ");
        write_rows(sql, dialect, insert->column_count, insert->rows ? insert->rows : 1);
    } else
        add(sql, " DEFAULT VALUES");
    if (insert->returning_count) {
        add(sql, " RETURNING ");
        write_names(sql, insert->returning, insert->returning_count);
    }
    kith__write_end(sql);
}

void kith__sql_insert_missing(kith__sql *sql, const kith__dialect *dialect, const char *table, const char *const *columns, size_t count, size_t keys)
{
    size_t number = sql->bind_count;
    add(sql, "INSERT INTO ");
    kith__sql_quote(&sql->text, table);
    add(sql, " (");
    write_names(sql, columns, count);
    add(sql, ") SELECT ");
    write_bare_marks(sql, dialect, count, &number);
    add(sql, " WHERE NOT EXISTS (SELECT 1 FROM ");
    kith__sql_quote(&sql->text, table);
    add(sql, " WHERE ");
    write_pairs(sql, dialect, columns, keys, " AND ", &number);
    add(sql, ")");
    kith__write_end(sql);
}

void kith__sql_insert_values(kith__sql *sql, const kith__dialect *dialect, const char *table, const char *const *columns, size_t column_count,
                             const kith__expr *const *values, size_t rows)
{
    add(sql, "INSERT INTO ");
    kith__sql_quote(&sql->text, table);
    if (column_count) {
        add(sql, " (");
        write_names(sql, columns, column_count);
        add(sql, ") VALUES ");
    } else
        add(sql, " DEFAULT VALUES");
    for (size_t i = 0; i < rows * column_count; i++) {
        add(sql, i % column_count ? ", " : i ? "), (" : "(");
        kith__write_alone(sql, dialect, values[i]);
    }
    if (rows && column_count)
        add(sql, ")");
    kith__write_end(sql);
}

void kith__sql_update(kith__sql *sql, const kith__dialect *dialect, const kith__update *update)
{
    size_t number = sql->bind_count;
    add(sql, "UPDATE ");
    kith__sql_quote(&sql->text, update->table);
    add(sql, " SET ");
    write_pairs(sql, dialect, update->columns, update->column_count, ", ", &number);
    add(sql, " WHERE ");
    write_pairs(sql, dialect, update->keys, update->key_count, " AND ", &number);
    kith__write_end(sql);
}

static void write_keys(kith__sql *sql, const kith__dialect *dialect, const char *const *keys, size_t key_count, size_t rows)
{
    size_t number = sql->bind_count;
    if (rows < 2)
        write_pairs(sql, dialect, keys, key_count, " AND ", &number);
    else if (key_count == 1) {
        write_names(sql, keys, 1);
        add(sql, " IN ");
        write_marks(sql, dialect, rows, &number);
    } else {
        add(sql, "(");
        write_names(sql, keys, key_count);
        add(sql, ") IN (");
        write_rows(sql, dialect, key_count, rows);
        add(sql, ")");
    }
}

static void write_delete(kith__sql *sql, const char *table)
{
    add(sql, "DELETE FROM ");
    kith__sql_quote(&sql->text, table);
}

void kith__sql_delete(kith__sql *sql, const kith__dialect *dialect, const char *table, const char *const *keys, size_t key_count, size_t rows)
{
    write_delete(sql, table);
    add(sql, " WHERE ");
    write_keys(sql, dialect, keys, key_count, rows);
    kith__write_end(sql);
}

void kith__sql_delete_where(kith__sql *sql, const kith__dialect *dialect, const char *table, const kith__expr *where)
{
    write_delete(sql, table);
    kith__write_where(sql, dialect, where);
    kith__write_end(sql);
}

void kith__sql_update_where(kith__sql *sql, const kith__dialect *dialect, const char *table, const char *const *columns, const kith__expr *const *values,
                            size_t count, const kith__expr *where)
{
    add(sql, "UPDATE ");
    kith__sql_quote(&sql->text, table);
    for (size_t i = 0; i < count; i++) {
        add(sql, i ? ", " : " SET ");
        kith__sql_quote(&sql->text, columns[i]);
        add(sql, " = ");
        kith__write_alone(sql, dialect, values[i]);
    }
    kith__write_where(sql, dialect, where);
    kith__write_end(sql);
}
