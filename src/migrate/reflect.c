/*
 * reflect: the schema that a SQLite database has, from one catalogue query: SQLite keeps every definition as text, and rewrites that text
 * when something is renamed, so nothing else needs to be asked. For the room's own interface.
 */
#include "migrate/live.h"

#include <strings.h>

static int note_opaque(kith__state *state, const char *name, kith__error *error)
{
    return kith__map_puts(&state->opaque, name, (void *)"the database") ? KITH_OK : kith__fail_memory(error);
}

static int note_known(kith__state *state, const char *name, const char *table, const char *sql, kith__error *error)
{
    kith__known *known = kith__arena_zero(&state->schema.arena, sizeof *known);
    if (known == NULL || !kith__map_puts(&state->known, name, known))
        return kith__fail_memory(error);
    *known = (kith__known){ .sql = sql, .table = table };
    return KITH_OK;
}

static int take_table(kith__state *state, const char *name, const char *sql, kith__error *error)
{
    kith__definition definition;
    if (sql != NULL && strncasecmp(sql, "CREATE VIRTUAL", strlen("CREATE VIRTUAL")) == 0)
        return note_known(state, name, NULL, sql, error);
    bool read = sql != NULL && kith__definition_parse(&state->schema.arena, sql, KITH__SQLITE_TEXT, &definition);
    if (state->schema.arena.broken)
        return kith__fail_memory(error);
    if (!read)
        return note_opaque(state, name, error);
    definition.table->name = name;
    return kith__table_clone(&state->schema, definition.table) != NULL ? KITH_OK : kith__fail_memory(error);
}

static int take_index(kith__state *state, const char *name, const char *table_name, const char *sql, kith__error *error)
{
    kith__index index;
    const char *unused;
    kith__table *table = kith__schema_find(&state->schema, table_name);
    if (!kith__index_parse(&state->schema.arena, sql, KITH__SQLITE_TEXT, &unused, &index))
        return state->schema.arena.broken ? kith__fail_memory(error) : note_known(state, name, table_name, sql, error);
    index.name = name;
    kith__index *place = table == NULL ? NULL : kith__list_copy_add(&state->schema.arena, &table->indexes, &table->index_count, sizeof *place);
    if (place != NULL)
        *place = index;
    return place != NULL || table == NULL ? KITH_OK : kith__fail_memory(error);
}

static int take_object(kith__state *state, const char **row, bool tables, kith__error *error)
{
    const char *type = row[0], *name = row[1], *table = row[2], *sql = row[3];
    bool is_table = strcmp(type, "table") == 0;
    if (is_table != tables)
        return KITH_OK;
    if (is_table)
        return take_table(state, name, sql, error);
    if (strcmp(type, "index") == 0)
        return sql != NULL ? take_index(state, name, table, sql, error) : KITH_OK;
    return note_known(state, name, table, sql, error);
}

int kith__reflect(kith__connection *connection, kith__state *out, kith__error *error)
{
    kith__rows rows;
    *out = (kith__state){ 0 };
    int status = kith__query(connection, &out->schema.arena, &rows, error,
        "SELECT type, name, tbl_name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite!_%' ESCAPE '!' "
        "AND tbl_name NOT IN (SELECT name FROM pragma_table_list WHERE type = 'shadow') ORDER BY rowid", NULL, 0);
    for (int tables = 1; tables >= 0; tables--)
        for (size_t i = 0; i < rows.count && status == KITH_OK; i++)
            status = take_object(out, rows.items[i], tables, error);
    if (status != KITH_OK)
        kith__state_free(out);
    return status;
}
