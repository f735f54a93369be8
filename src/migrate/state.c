/*
 * state: a schema that operations change, and what undoes each of them. For the files of src/migrate.
 *
 * The arrays of a table that was changed are its own; the texts are shared with whoever made the operation.
 */
#include "migrate/ddl.h"

#include <strings.h>

void kith__state_free(kith__state *state)
{
    kith__schema_free(&state->schema);
    kith__map_free(&state->opaque);
    kith__map_free(&state->known);
}

/* ---------------------------------------------------------------- copies */

static bool copy(kith__arena *arena, void *items_pointer, size_t count, size_t item_size)
{
    void *items = NULL;
    memcpy(&items, items_pointer, sizeof items);
    if (count == 0 || items == NULL)
        return true;
    items = kith__arena_copy(arena, items, count * item_size);
    memcpy(items_pointer, &items, sizeof items);
    return items != NULL;
}

/* names of keys are renamed in place, so each table has its own */
static bool own_names(kith__arena *arena, kith__table *table)
{
    bool well = copy(arena, &table->primary_key.columns, table->primary_key.count, sizeof(char *));
    for (size_t i = 0; i < table->unique_count; i++)
        well = well && copy(arena, &table->uniques[i].columns, table->uniques[i].count, sizeof(char *));
    for (size_t i = 0; i < table->index_count; i++)
        well = well && copy(arena, &table->indexes[i].columns, table->indexes[i].count, sizeof(char *));
    for (size_t i = 0; i < table->foreign_key_count; i++) {
        kith__foreign_key *key = &table->foreign_keys[i];
        well = well && copy(arena, &key->columns, key->count, sizeof(char *)) && copy(arena, &key->targets, key->count, sizeof(char *));
    }
    return well;
}

static bool own_arrays(kith__arena *arena, kith__table *table)
{
    return copy(arena, &table->columns, table->column_count, sizeof *table->columns) &&
           copy(arena, &table->foreign_keys, table->foreign_key_count, sizeof *table->foreign_keys) &&
           copy(arena, &table->uniques, table->unique_count, sizeof *table->uniques) &&
           copy(arena, &table->checks, table->check_count, sizeof *table->checks) &&
           copy(arena, &table->indexes, table->index_count, sizeof *table->indexes) && own_names(arena, table);
}

kith__table *kith__table_clone(kith__schema *into, const kith__table *table)
{
    kith__table *out = kith__schema_add(into, table->name);
    if (out == NULL)
        return NULL;
    const char *name = out->name;
    *out = *table;
    out->name = name;
    return own_arrays(&into->arena, out) ? out : NULL;
}

bool kith__schema_clone(kith__schema *into, const kith__schema *schema)
{
    for (size_t i = 0; i < schema->table_count; i++)
        if (kith__table_clone(into, schema->tables[i]) == NULL)
            return false;
    return true;
}

/* ---------------------------------------------------------------- finding */

size_t kith__table_column_index(const kith__table *table, const char *name)
{
    for (size_t i = 0; i < table->column_count; i++)
        if (strcasecmp(table->columns[i].name, name) == 0)
            return i;
    return SIZE_MAX;
}

bool kith__names_equal(const char *const *a, const char *const *b, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strcasecmp(a[i], b[i]) != 0)
            return false;
    return true;
}

static kith__index *find_index(const kith__schema *schema, const char *name, kith__table **table)
{
    for (size_t i = 0; i < schema->table_count; i++)
        for (size_t j = 0; j < schema->tables[i]->index_count; j++)
            if (strcasecmp(schema->tables[i]->indexes[j].name, name) == 0) {
                *table = schema->tables[i];
                return &schema->tables[i]->indexes[j];
            }
    return NULL;
}

static int no_such(kith__error *error, const char *what, const char *table, const char *name)
{
    return kith__fail(error, KITH_CONFIG, "migrate.no_such", "there is no %s %s%s%s here.", what, table ? table : "", table && name ? "." : "", name ? name : "");
}

static int there_already(kith__error *error, const char *what, const char *name)
{
    return kith__fail(error, KITH_CONFIG, "migrate.there_already", "there is %s %s already.", what, name);
}

/* ---------------------------------------------------------------- tables */

static int create_table(kith__schema *schema, const kith__op *op, kith__error *error)
{
    if (kith__schema_find(schema, op->table) != NULL)
        return op->maybe ? KITH_OK : there_already(error, "a table", op->table);
    return kith__table_clone(schema, op->new_table) != NULL ? KITH_OK : kith__fail_memory(error);
}

static int drop_table(kith__schema *schema, kith__table *table)
{
    for (size_t i = 0; i < schema->table_count; i++)
        if (schema->tables[i] == table)
            kith__list_remove(schema->tables, &schema->table_count, sizeof table, i--);
    kith__map_remove(&schema->by_name, table->name, strlen(table->name));
    return KITH_OK;
}

static int rename_table(kith__schema *schema, kith__table *table, const char *to, kith__error *error)
{
    if (kith__schema_find(schema, to) != NULL)
        return there_already(error, "a table", to);
    for (size_t i = 0; i < schema->table_count; i++)
        for (size_t j = 0; j < schema->tables[i]->foreign_key_count; j++) {
            kith__foreign_key *key = &schema->tables[i]->foreign_keys[j];
            if (strcasecmp(key->table, table->name) == 0)
                key->table = to;
        }
    kith__map_remove(&schema->by_name, table->name, strlen(table->name));
    table->name = kith__arena_text(&schema->arena, to);
    if (table->name == NULL || !kith__map_puts(&schema->by_name, table->name, table))
        return kith__fail_memory(error);
    return KITH_OK;
}

/* ---------------------------------------------------------------- columns */

static void rename_in(const char **names, size_t count, const char *from, const char *to)
{
    for (size_t i = 0; names != NULL && i < count; i++)
        if (strcasecmp(names[i], from) == 0)
            names[i] = to;
}

static bool rename_in_sql(kith__arena *arena, const char **sql, const char *from, const char *to)
{
    if (*sql != NULL)
        *sql = kith__sql_rename(arena, *sql, from, to);
    return *sql != NULL;
}

static bool rename_in_index(kith__arena *arena, kith__index *index, const char *from, const char *to)
{
    for (size_t i = 0; i < index->count; i++)
        if (index->expression != NULL && index->expression[i]) {
            if (!rename_in_sql(arena, &index->columns[i], from, to))
                return false;
        } else {
            rename_in(&index->columns[i], 1, from, to);
        }
    return index->where == NULL || rename_in_sql(arena, &index->where, from, to);
}

static bool rename_in_table(kith__arena *arena, kith__table *table, const char *from, const char *to)
{
    rename_in(table->primary_key.columns, table->primary_key.count, from, to);
    for (size_t i = 0; i < table->unique_count; i++)
        rename_in(table->uniques[i].columns, table->uniques[i].count, from, to);
    for (size_t i = 0; i < table->foreign_key_count; i++)
        rename_in(table->foreign_keys[i].columns, table->foreign_keys[i].count, from, to);
    for (size_t i = 0; i < table->check_count; i++)
        if (!rename_in_sql(arena, &table->checks[i].sql, from, to))
            return false;
    for (size_t i = 0; i < table->index_count; i++)
        if (!rename_in_index(arena, &table->indexes[i], from, to))
            return false;
    for (size_t i = 0; i < table->column_count; i++)
        if (table->columns[i].generated_sql != NULL && !rename_in_sql(arena, &table->columns[i].generated_sql, from, to))
            return false;
    return true;
}

static int rename_column(kith__schema *schema, kith__table *table, kith__column *column, const char *to, kith__error *error)
{
    const char *from = column->name;
    if (strcasecmp(from, to) != 0 && kith__table_column_index(table, to) != SIZE_MAX)
        return there_already(error, "a column", to);
    column->name = to;
    if (!rename_in_table(&schema->arena, table, from, to))
        return kith__fail_memory(error);
    for (size_t i = 0; i < schema->table_count; i++)
        for (size_t j = 0; j < schema->tables[i]->foreign_key_count; j++) {
            kith__foreign_key *key = &schema->tables[i]->foreign_keys[j];
            if (strcasecmp(key->table, table->name) == 0)
                rename_in(key->targets, key->count, from, to);
        }
    return KITH_OK;
}

static int add_column(kith__schema *schema, kith__table *table, const kith__op *op, kith__error *error)
{
    if (kith__table_column_index(table, op->name) != SIZE_MAX)
        return there_already(error, "a column", op->name);
    kith__column *column = kith__list_copy_add(&schema->arena, &table->columns, &table->column_count, sizeof *column);
    if (column == NULL)
        return kith__fail_memory(error);
    *column = *op->column;
    return KITH_OK;
}

static bool names_column(const char *const *names, size_t count, const char *column)
{
    for (size_t i = 0; i < count; i++)
        if (strcasecmp(names[i], column) == 0)
            return true;
    return false;
}

static int drop_column(kith__table *table, size_t at, kith__error *error)
{
    const char *name = table->columns[at].name;
    for (size_t i = 0; i < table->foreign_key_count; i++)
        if (names_column(table->foreign_keys[i].columns, table->foreign_keys[i].count, name))
            return kith__fail(error, KITH_CONFIG, "migrate.in_use", "%s.%s belongs to the foreign key %s: drop that first.", table->name, name, table->foreign_keys[i].name);
    for (size_t i = 0; i < table->unique_count; i++)
        if (names_column(table->uniques[i].columns, table->uniques[i].count, name))
            return kith__fail(error, KITH_CONFIG, "migrate.in_use", "%s.%s belongs to the unique constraint %s: drop that first.", table->name, name, table->uniques[i].name);
    if (names_column(table->primary_key.columns, table->primary_key.count, name))
        return kith__fail(error, KITH_CONFIG, "migrate.in_use", "%s.%s belongs to the primary key: drop that first.", table->name, name);
    for (size_t i = 0; i < table->index_count; i++)
        if (names_column(table->indexes[i].columns, table->indexes[i].count, name))
            return kith__fail(error, KITH_CONFIG, "migrate.in_use", "%s.%s belongs to the index %s: drop that first.", table->name, name, table->indexes[i].name);
    kith__list_remove(table->columns, &table->column_count, sizeof *table->columns, at);
    return KITH_OK;
}

static int change_column(kith__column *column, const kith__op *op)
{
    switch (op->kind) {
    case KITH__OP_TYPE:
        column->type = op->column->type;
        column->collation = op->column->collation;
        break;
    case KITH__OP_NOT_NULL:
        column->not_null = op->on;
        break;
    case KITH__OP_DEFAULT:
        column->default_sql = op->sql;
        break;
    case KITH__OP_COMMENT:
        column->comment = op->sql;
        break;
    default: /* KITH__OP_IDENTITY */
        column->identity = op->on;
        column->never_reuse = op->on && op->never_reuse;
    }
    return KITH_OK;
}

static int apply_to_column(kith__schema *schema, kith__table *table, const kith__op *op, kith__error *error)
{
    if (op->kind == KITH__OP_ADD_COLUMN)
        return add_column(schema, table, op, error);
    size_t at = kith__table_column_index(table, op->name);
    if (at == SIZE_MAX)
        return op->maybe ? KITH_OK : no_such(error, "column", op->table, op->name);
    if (op->kind == KITH__OP_DROP_COLUMN)
        return drop_column(table, at, error);
    if (op->kind == KITH__OP_RENAME_COLUMN)
        return rename_column(schema, table, &table->columns[at], op->to, error);
    return change_column(&table->columns[at], op);
}

/* ---------------------------------------------------------------- constraints and indexes */

/* A constraint by its name: exactly one of the three is given. */
typedef struct constraint { kith__key *unique; kith__foreign_key *foreign_key; kith__check *check; size_t at; } constraint;

static bool find_constraint(const kith__table *table, const char *name, constraint *out)
{
    *out = (constraint){ 0 };
    for (size_t i = 0; i < table->unique_count; i++)
        if (strcasecmp(table->uniques[i].name, name) == 0)
            return out->unique = &table->uniques[i], out->at = i, true;
    for (size_t i = 0; i < table->foreign_key_count; i++)
        if (strcasecmp(table->foreign_keys[i].name, name) == 0)
            return out->foreign_key = &table->foreign_keys[i], out->at = i, true;
    for (size_t i = 0; i < table->check_count; i++)
        if (strcasecmp(table->checks[i].name, name) == 0)
            return out->check = &table->checks[i], out->at = i, true;
    return false;
}

static size_t constraints_called(const kith__table *table, const char *name)
{
    size_t count = 0;
    for (size_t i = 0; i < table->unique_count; i++)
        count += strcasecmp(table->uniques[i].name, name) == 0;
    for (size_t i = 0; i < table->foreign_key_count; i++)
        count += strcasecmp(table->foreign_keys[i].name, name) == 0;
    for (size_t i = 0; i < table->check_count; i++)
        count += strcasecmp(table->checks[i].name, name) == 0;
    return count;
}

/* Finds the one that is meant. SQLite lets two of a table have one name; then nobody knows which it is. */
static int the_constraint(const kith__table *table, const kith__op *op, constraint *out, kith__error *error)
{
    if (!find_constraint(table, op->name, out))
        return no_such(error, "constraint", op->table, op->name);
    size_t count = constraints_called(table, op->name);
    if (count == 1)
        return KITH_OK;
    int status = kith__fail(error, KITH_CONFIG, "migrate.ambiguous", "%s has %zu constraints of the name %s, and which of them is meant cannot be told.", op->table,
                            count, op->name);
    kith__fail_hint(error, "Make the table anew with names that differ, in a verbatim block.");
    return status;
}

static int drop_constraint(kith__table *table, const kith__op *op, kith__error *error)
{
    constraint found;
    if (op->maybe && !find_constraint(table, op->name, &found))
        return KITH_OK;
    int status = the_constraint(table, op, &found, error);
    if (status)
        return status;
    if (found.unique != NULL)
        kith__list_remove(table->uniques, &table->unique_count, sizeof *table->uniques, found.at);
    else if (found.foreign_key != NULL)
        kith__list_remove(table->foreign_keys, &table->foreign_key_count, sizeof *table->foreign_keys, found.at);
    else
        kith__list_remove(table->checks, &table->check_count, sizeof *table->checks, found.at);
    return KITH_OK;
}

static int rename_constraint(kith__table *table, const kith__op *op, kith__error *error)
{
    constraint found, other;
    int status = the_constraint(table, op, &found, error);
    if (status)
        return status;
    if (strcasecmp(op->name, op->to) != 0 && find_constraint(table, op->to, &other))
        return there_already(error, "a constraint", op->to);
    if (found.unique != NULL)
        found.unique->name = op->to;
    else if (found.foreign_key != NULL)
        found.foreign_key->name = op->to;
    else
        found.check->name = op->to;
    return KITH_OK;
}

static bool columns_exist(const kith__table *table, const char *const *names, size_t count, const char **missing)
{
    for (size_t i = 0; i < count; i++)
        if (kith__table_column_index(table, names[i]) == SIZE_MAX) {
            *missing = names[i];
            return false;
        }
    return true;
}

static int add_constraint(kith__schema *schema, kith__table *table, const kith__op *op, kith__error *error)
{
    constraint found;
    const char *missing = NULL;
    if (op->name != NULL && find_constraint(table, op->name, &found))
        return there_already(error, "a constraint", op->name);
    if ((op->key != NULL && !columns_exist(table, op->key->columns, op->key->count, &missing)) ||
        (op->foreign_key != NULL && !columns_exist(table, op->foreign_key->columns, op->foreign_key->count, &missing)))
        return no_such(error, "column", op->table, missing);
    bool well = true;
    if (op->kind == KITH__OP_ADD_UNIQUE) {
        kith__key *key = kith__list_copy_add(&schema->arena, &table->uniques, &table->unique_count, sizeof *key);
        if ((well = key != NULL))
            *key = *op->key;
    } else if (op->kind == KITH__OP_ADD_FOREIGN_KEY) {
        kith__foreign_key *key = kith__list_copy_add(&schema->arena, &table->foreign_keys, &table->foreign_key_count, sizeof *key);
        if ((well = key != NULL))
            *key = *op->foreign_key;
    } else {
        kith__check *check = kith__list_copy_add(&schema->arena, &table->checks, &table->check_count, sizeof *check);
        if ((well = check != NULL))
            *check = *op->check;
    }
    return well && own_names(&schema->arena, table) ? KITH_OK : kith__fail_memory(error);
}

static int change_primary_key(kith__schema *schema, kith__table *table, const kith__op *op, kith__error *error)
{
    if (op->kind == KITH__OP_DROP_PRIMARY_KEY) {
        table->primary_key = (kith__key){ 0 };
        return KITH_OK;
    }
    const char *missing = NULL;
    if (table->primary_key.count > 0)
        return there_already(error, "a primary key of", op->table);
    if (!columns_exist(table, op->key->columns, op->key->count, &missing))
        return no_such(error, "column", op->table, missing);
    table->primary_key = *op->key;
    for (size_t i = 0; i < op->key->count; i++)
        table->columns[kith__table_column_index(table, op->key->columns[i])].not_null = true;
    return own_names(&schema->arena, table) ? KITH_OK : kith__fail_memory(error);
}

static int create_index(kith__schema *schema, kith__table *table, const kith__op *op, kith__error *error)
{
    kith__table *owner;
    const char *missing = NULL;
    if (find_index(schema, op->name, &owner) != NULL)
        return op->maybe ? KITH_OK : there_already(error, "an index", op->name);
    for (size_t i = 0; i < op->index->count; i++)
        if (!(op->index->expression != NULL && op->index->expression[i]) && !columns_exist(table, &op->index->columns[i], 1, &missing))
            return no_such(error, "column", op->table, missing);
    kith__index *index = kith__list_copy_add(&schema->arena, &table->indexes, &table->index_count, sizeof *index);
    if (index == NULL)
        return kith__fail_memory(error);
    *index = *op->index;
    return own_names(&schema->arena, table) ? KITH_OK : kith__fail_memory(error);
}

static int change_index(kith__schema *schema, const kith__op *op, kith__error *error)
{
    kith__table *table = NULL;
    kith__index *index = find_index(schema, op->name, &table);
    if (index == NULL)
        return op->maybe ? KITH_OK : no_such(error, "index", NULL, op->name);
    kith__table *other;
    if (op->kind == KITH__OP_RENAME_INDEX && strcasecmp(op->name, op->to) != 0 && find_index(schema, op->to, &other) != NULL)
        return there_already(error, "an index", op->to);
    if (op->kind == KITH__OP_RENAME_INDEX)
        index->name = op->to;
    else
        kith__list_remove(table->indexes, &table->index_count, sizeof *index, (size_t)(index - table->indexes));
    return KITH_OK;
}

/* ---------------------------------------------------------------- any of them */

static int apply_to_table(kith__schema *schema, kith__table *table, const kith__op *op, kith__error *error)
{
    switch (op->kind) {
    case KITH__OP_DROP_TABLE:
        return drop_table(schema, table);
    case KITH__OP_RENAME_TABLE:
        return rename_table(schema, table, op->to, error);
    case KITH__OP_ADD_PRIMARY_KEY: case KITH__OP_DROP_PRIMARY_KEY:
        return change_primary_key(schema, table, op, error);
    case KITH__OP_ADD_UNIQUE: case KITH__OP_ADD_FOREIGN_KEY: case KITH__OP_ADD_CHECK:
        return add_constraint(schema, table, op, error);
    case KITH__OP_DROP_CONSTRAINT:
        return drop_constraint(table, op, error);
    case KITH__OP_RENAME_CONSTRAINT:
        return rename_constraint(table, op, error);
    case KITH__OP_CREATE_INDEX:
        return create_index(schema, table, op, error);
    case KITH__OP_COMMENT:
        if (op->name == NULL) {
            table->comment = op->sql;
            return KITH_OK;
        }
        return apply_to_column(schema, table, op, error);
    default:
        return apply_to_column(schema, table, op, error);
    }
}

int kith__op_apply(kith__schema *schema, const kith__op *op, kith__error *error)
{
    if (op->kind == KITH__OP_SQL)
        return KITH_OK;
    if (op->kind == KITH__OP_CREATE_TABLE)
        return create_table(schema, op, error);
    if (op->kind == KITH__OP_DROP_INDEX || op->kind == KITH__OP_RENAME_INDEX)
        return change_index(schema, op, error);
    kith__table *table = kith__schema_find(schema, op->table);
    if (table == NULL)
        return op->maybe ? KITH_OK : no_such(error, "table", op->table, NULL);
    return apply_to_table(schema, table, op, error);
}

/* ---------------------------------------------------------------- the way back */

static kith__op *undo(kith__arena *arena, kith__ops *out, kith__op_kind kind, const char *table, const char *name)
{
    kith__op *op = kith__ops_add(arena, out, kind, table);
    if (op != NULL)
        op->name = name;
    return op;
}

static void *copy_of(kith__arena *arena, const void *what, size_t size)
{
    return kith__arena_copy(arena, what, size);
}

static bool index_back(kith__arena *arena, const kith__table *table, const kith__index *index, kith__ops *out)
{
    kith__op *op = undo(arena, out, KITH__OP_CREATE_INDEX, table->name, index->name);
    return op != NULL && (op->index = copy_of(arena, index, sizeof *index)) != NULL;
}

static bool comments_back(kith__arena *arena, const kith__table *table, kith__ops *out)
{
    kith__op *op;
    if (table->comment != NULL) {
        if ((op = undo(arena, out, KITH__OP_COMMENT, table->name, NULL)) == NULL)
            return false;
        op->sql = table->comment;
    }
    for (size_t i = 0; i < table->column_count; i++)
        if (table->columns[i].comment != NULL) {
            if ((op = undo(arena, out, KITH__OP_COMMENT, table->name, table->columns[i].name)) == NULL)
                return false;
            op->sql = table->columns[i].comment;
        }
    return true;
}

/* A table as it was, with arrays that later changes of the state do not reach. */
static const kith__table *frozen(kith__arena *arena, const kith__table *table)
{
    kith__table *out = kith__arena_copy(arena, table, sizeof *table);
    return out != NULL && own_arrays(arena, out) ? out : NULL;
}

static bool table_back(kith__arena *arena, const kith__table *table, kith__ops *out)
{
    const kith__table *kept = frozen(arena, table);
    kith__table *bare = kept == NULL ? NULL : kith__arena_copy(arena, kept, sizeof *kept);
    kith__op *op = bare == NULL ? NULL : undo(arena, out, KITH__OP_CREATE_TABLE, kept->name, NULL);
    if (op == NULL)
        return false;
    bare->index_count = 0;      /* they follow, each as its own statement */
    op->new_table = bare;
    for (size_t i = 0; i < kept->index_count; i++)
        if (!index_back(arena, kept, &kept->indexes[i], out))
            return false;
    return comments_back(arena, kept, out);
}

static bool dropped_index_back(kith__arena *arena, const kith__table *live, size_t at, kith__ops *out)
{
    const kith__table *table = frozen(arena, live);
    return table != NULL && index_back(arena, table, &table->indexes[at], out);
}

static const char *constraint_name(const constraint *found)
{
    return found->unique != NULL ? found->unique->name : found->foreign_key != NULL ? found->foreign_key->name : found->check->name;
}

static bool constraint_back(kith__arena *arena, const kith__table *live, const char *name, kith__ops *out)
{
    constraint found;
    const kith__table *table = frozen(arena, live);
    if (table == NULL)
        return false;
    if (!find_constraint(table, name, &found))
        return true;
    kith__op_kind kind = found.unique != NULL ? KITH__OP_ADD_UNIQUE : found.check != NULL ? KITH__OP_ADD_CHECK : KITH__OP_ADD_FOREIGN_KEY;
    kith__op *op = undo(arena, out, kind, table->name, constraint_name(&found));
    if (op == NULL)
        return false;
    op->key = found.unique;
    op->foreign_key = found.foreign_key;
    op->check = found.check;
    return true;
}

static bool column_change_back(kith__arena *arena, const kith__table *live, const kith__op *done, kith__ops *out)
{
    size_t at = kith__table_column_index(live, done->name);
    if (at == SIZE_MAX)
        return true;
    kith__column *was = copy_of(arena, &live->columns[at], sizeof *was);
    kith__op_kind kind = done->kind == KITH__OP_DROP_COLUMN ? KITH__OP_ADD_COLUMN : done->kind;
    kith__op *op = was == NULL ? NULL : undo(arena, out, kind, done->table, was->name);
    if (op == NULL)
        return false;
    op->column = was;
    op->on = kind == KITH__OP_NOT_NULL ? was->not_null : was->identity;
    op->never_reuse = was->never_reuse;
    op->sql = kind == KITH__OP_DEFAULT ? was->default_sql : kind == KITH__OP_COMMENT ? was->comment : NULL;
    if (kind == KITH__OP_TYPE)
        op->old_type = &done->column->type;
    if (kind == KITH__OP_ADD_COLUMN && was->comment != NULL) {
        kith__op *comment = undo(arena, out, KITH__OP_COMMENT, done->table, was->name);
        return comment != NULL && (comment->sql = was->comment) != NULL;
    }
    return true;
}

static bool primary_key_back(kith__arena *arena, const kith__table *live, kith__ops *out)
{
    const kith__table *table = frozen(arena, live);
    kith__op *op = table == NULL ? NULL : undo(arena, out, KITH__OP_ADD_PRIMARY_KEY, table->name, NULL);
    if (op == NULL)
        return false;
    op->key = &table->primary_key;
    return true;
}

/* What a rename names, in the letters that it had: names are the same in any case. */
static const char *old_name(const kith__schema *before, const kith__table *table, const kith__op *done)
{
    constraint found;
    kith__table *owner;
    const kith__index *index = done->kind == KITH__OP_RENAME_INDEX ? find_index(before, done->name, &owner) : NULL;
    size_t column = done->kind == KITH__OP_RENAME_COLUMN && table != NULL ? kith__table_column_index(table, done->name) : SIZE_MAX;
    if (done->kind == KITH__OP_RENAME_TABLE)
        return table != NULL ? table->name : done->table;
    if (done->kind == KITH__OP_RENAME_CONSTRAINT && table != NULL && find_constraint(table, done->name, &found))
        return constraint_name(&found);
    return index != NULL ? index->name : column != SIZE_MAX ? table->columns[column].name : done->name;
}

static bool rename_back(kith__arena *arena, const kith__schema *before, const kith__table *table, const kith__op *done, kith__ops *out)
{
    bool of_table = done->kind == KITH__OP_RENAME_TABLE;
    kith__op *op = undo(arena, out, done->kind, of_table ? done->to : done->table, of_table ? NULL : done->to);
    if (op == NULL)
        return false;
    op->to = kith__arena_text(arena, old_name(before, table, done));
    return op->to != NULL;
}

/* A key makes its columns NOT NULL, which they stay without it. */
static bool primary_key_away(kith__arena *arena, const kith__table *before, const kith__op *done, kith__ops *out)
{
    if (undo(arena, out, KITH__OP_DROP_PRIMARY_KEY, done->table, NULL) == NULL)
        return false;
    for (size_t i = 0; before != NULL && i < done->key->count; i++) {
        size_t at = kith__table_column_index(before, done->key->columns[i]);
        if (at != SIZE_MAX && !before->columns[at].not_null && undo(arena, out, KITH__OP_NOT_NULL, done->table, done->key->columns[i]) == NULL)
            return false;
    }
    return true;
}

bool kith__op_inverse(kith__arena *arena, const kith__schema *before, const kith__op *done, kith__ops *out)
{
    kith__table *table = done->table != NULL ? kith__schema_find(before, done->table) : NULL;
    const kith__index *index = NULL;
    switch (done->kind) {
    case KITH__OP_CREATE_TABLE:
        return table != NULL || undo(arena, out, KITH__OP_DROP_TABLE, done->table, NULL) != NULL;
    case KITH__OP_DROP_TABLE:
        return table == NULL || table_back(arena, table, out);
    case KITH__OP_ADD_COLUMN:
        return undo(arena, out, KITH__OP_DROP_COLUMN, done->table, done->name) != NULL;
    case KITH__OP_ADD_PRIMARY_KEY:
        return primary_key_away(arena, table, done, out);
    case KITH__OP_DROP_PRIMARY_KEY:
        return table == NULL || primary_key_back(arena, table, out);
    case KITH__OP_ADD_UNIQUE: case KITH__OP_ADD_FOREIGN_KEY: case KITH__OP_ADD_CHECK:
        return undo(arena, out, KITH__OP_DROP_CONSTRAINT, done->table, done->name) != NULL;
    case KITH__OP_DROP_CONSTRAINT:
        return table == NULL || constraint_back(arena, table, done->name, out);
    case KITH__OP_CREATE_INDEX:
        return find_index(before, done->name, &table) != NULL || undo(arena, out, KITH__OP_DROP_INDEX, done->table, done->name) != NULL;
    case KITH__OP_DROP_INDEX:
        index = find_index(before, done->name, &table);
        return index == NULL || dropped_index_back(arena, table, (size_t)(index - table->indexes), out);
    case KITH__OP_RENAME_TABLE: case KITH__OP_RENAME_COLUMN: case KITH__OP_RENAME_CONSTRAINT: case KITH__OP_RENAME_INDEX:
        return rename_back(arena, before, table, done, out);
    case KITH__OP_COMMENT:
        if (done->name == NULL) {
            kith__op *op = undo(arena, out, KITH__OP_COMMENT, done->table, NULL);
            if (op != NULL && table != NULL)
                op->sql = table->comment;
            return op != NULL;
        }
        return table == NULL || column_change_back(arena, table, done, out);
    case KITH__OP_SQL:
        return true;
    default:
        return table == NULL || column_change_back(arena, table, done, out);
    }
}
