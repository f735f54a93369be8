/*
 * select: SELECT and its count -> text and binds. May use: base, schema. Used by: session.
 */
#include "sql/write.h"

#include <kith/query.h>

static void add(kith__sql *sql, const char *text)
{
    kith__text_add(&sql->text, text);
}

static void write_columns(kith__sql *sql, const kith__dialect *dialect, const kith__select *select)
{
    add(sql, select->distinct ? "SELECT DISTINCT " : "SELECT ");
    if (!select->column_count)
        add(sql, "1");
    for (size_t i = 0; i < select->column_count; i++) {
        if (i)
            add(sql, ", ");
        kith__write_alone(sql, dialect, select->columns[i]);
    }
}

static void write_table(kith__sql *sql, const char *table, const char *alias)
{
    kith__sql_quote(&sql->text, table);
    if (alias) {
        add(sql, " AS ");
        kith__sql_quote(&sql->text, alias);
    }
}

static void write_source(kith__sql *sql, const kith__dialect *dialect, const kith__select *source, const char *alias)
{
    add(sql, "(");
    kith__sql_select(sql, dialect, source);
    add(sql, ") AS ");
    kith__sql_quote(&sql->text, alias ? alias : "source");
}

static void write_joins(kith__sql *sql, const kith__dialect *dialect, const kith__select *select)
{
    for (size_t i = 0; i < select->join_count; i++) {
        const kith__join *join = &select->joins[i];
        add(sql, !join->on ? " CROSS JOIN " : join->kind == KITH__JOIN_FULL ? " FULL JOIN " : join->kind == KITH__JOIN_LEFT ? " LEFT JOIN " : " JOIN ");
        if (join->source)
            write_source(sql, dialect, join->source, join->alias);
        else
            write_table(sql, join->table, join->alias);
        if (!join->on)
            continue;
        add(sql, " ON ");
        kith__write_alone(sql, dialect, join->on);
    }
}

static void write_groups(kith__sql *sql, const kith__dialect *dialect, const kith__select *select)
{
    for (size_t i = 0; i < select->group_count; i++) {
        add(sql, i ? ", " : " GROUP BY ");
        kith__write_alone(sql, dialect, select->group[i]);
    }
    if (!select->having)
        return;
    add(sql, " HAVING ");
    kith__write_alone(sql, dialect, select->having);
}

static void write_from(kith__sql *sql, const kith__dialect *dialect, const kith__select *select)
{
    if (select->source || select->table) {
        add(sql, " FROM ");
        if (select->source)
            write_source(sql, dialect, select->source, select->alias);
        else
            write_table(sql, select->table, select->alias);
        write_joins(sql, dialect, select);
    }
    kith__write_where(sql, dialect, select->where);
    write_groups(sql, dialect, select);
}

static void write_compounds(kith__sql *sql, const kith__dialect *dialect, const kith__select *select)
{
    for (size_t i = 0; i < select->compound_count; i++) {
        kith__text_addc(&sql->text, ' ');
        add(sql, select->compounds[i].word);
        kith__text_addc(&sql->text, ' ');
        kith__sql_select(sql, dialect, select->compounds[i].select);
    }
}

static void write_order(kith__sql *sql, const kith__dialect *dialect, const kith__select *select)
{
    for (size_t i = 0; i < select->order_count; i++) {
        add(sql, i ? ", " : " ORDER BY ");
        kith__write_sort(sql, dialect, &select->order[i]);
    }
}

static void write_number(kith__sql *sql, const kith__dialect *dialect, uint64_t number)
{
    kith__write_value(sql, dialect, kith_of_int(number > INT64_MAX ? INT64_MAX : (int64_t)number), NULL);
}

static void write_limit(kith__sql *sql, const kith__dialect *dialect, const kith__select *select)
{
    if (select->limit || select->limited) {
        add(sql, " LIMIT ");
        write_number(sql, dialect, select->limit);
    } else if (select->offset)
        add(sql, dialect->no_limit);
    if (select->offset) {
        add(sql, " OFFSET ");
        write_number(sql, dialect, select->offset);
    }
}

/* Of the table itself: the rows that an outer join brings along cannot be locked. */
static void write_lock(kith__sql *sql, const kith__dialect *dialect, const kith__select *select)
{
    if (!dialect->row_locks || select->lock == KITH_LOCK_NONE)
        return;
    add(sql, " FOR UPDATE OF ");
    kith__sql_quote(&sql->text, select->alias ? select->alias : select->table);
    if (select->lock != KITH_LOCK_WAIT)
        add(sql, select->lock == KITH_LOCK_SKIP ? " SKIP LOCKED" : " NOWAIT");
}

void kith__sql_select(kith__sql *sql, const kith__dialect *dialect, const kith__select *select)
{
    write_columns(sql, dialect, select);
    write_from(sql, dialect, select);
    write_compounds(sql, dialect, select);
    write_order(sql, dialect, select);
    write_limit(sql, dialect, select);
    write_lock(sql, dialect, select);
    kith__write_end(sql);
}

/* Only what takes rows away after they were found needs the SELECT inside: a limit, an offset, and the distinct, with its columns. */
void kith__sql_count(kith__sql *sql, const kith__dialect *dialect, const kith__select *select)
{
    add(sql, "SELECT count(*)");
    if (!select->limit && !select->offset && !select->distinct) {
        write_from(sql, dialect, select);
        kith__write_end(sql);
        return;
    }
    kith__select inside = *select;
    if (!select->distinct)
        inside.column_count = 0;
    add(sql, " FROM (");
    write_columns(sql, dialect, &inside);
    write_from(sql, dialect, &inside);
    write_limit(sql, dialect, &inside);
    add(sql, ") AS \"counted\"");
    kith__write_end(sql);
}
