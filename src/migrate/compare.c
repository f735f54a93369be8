/*
 * compare: two schemas as the operations that lead from one to the other. For the files of src/migrate; kith__compare is the room's.
 *
 * The comparison keeps a copy of the first schema and applies each operation as it finds it, so every later question is asked of
 * what will be there by then, and at the end the copy is the second schema.
 */
#include "migrate/ddl.h"

#include <stdlib.h>
#include <strings.h>

kith__op *kith__compare_op(kith__comparison *c, kith__op_kind kind, const char *table, const char *name)
{
    kith__op *op = kith__ops_add(c->arena, c->ops, kind, table);
    if (op == NULL)
        kith__fail_memory(c->error);
    else
        op->name = name;
    return op;
}

int kith__compare_done(kith__comparison *c)
{
    return kith__op_apply(&c->now, &c->ops->items[c->ops->count - 1], c->error);
}

/* an operation that is said by its names alone */
static int simple_op(kith__comparison *c, kith__op_kind kind, const char *table, const char *name)
{
    return kith__compare_op(c, kind, table, name) != NULL ? kith__compare_done(c) : KITH_NO_MEMORY;
}

/* ---------------------------------------------------------------- what is the same */

/* the kinds that SQLite keeps in the same way, by one of them */
static kith__type_kind stored_kind(kith__type_kind kind)
{
    switch (kind) {
    case KITH__SMALLINT: case KITH__BIGINT:
        return KITH__INTEGER;
    case KITH__REAL:
        return KITH__DOUBLE;
    case KITH__TIMESTAMPTZ:
        return KITH__TIMESTAMP;
    default:
        return kind;
    }
}

static kith__type stored_type(kith__arena *arena, const kith__dialect *dialect, const kith__type *type)
{
    kith__text text = { 0 };
    kith__tokens tokens = { 0 };
    kith__error error = { 0 };
    kith__type out = *type;
    dialect->type(&text, type);
    const char *words = text.broken || text.data == NULL ? NULL : kith__arena_textn(arena, text.data, text.size);
    if (words != NULL && kith__tokenize(arena, NULL, words, text.size, KITH__SQLITE_TEXT, &tokens, &error) == KITH_OK)
        out = kith__type_parse(arena, tokens.items, 0, tokens.count, KITH__SQLITE_TEXT);
    kith__error_free(&error);
    kith__text_free(&text);
    if (out.kind == KITH__DECIMAL_TEXT)         /* an exact decimal is a text there, of whatever length */
        return (kith__type){ .kind = KITH__TEXT };
    out.kind = stored_kind(out.kind);
    return out;
}

bool kith__types_stored_alike(kith__arena *arena, const kith__dialect *dialect, const kith__type *a, const kith__type *b)
{
    if (kith__type_equal(a, b))
        return true;
    kith__type left = stored_type(arena, dialect, a), right = stored_type(arena, dialect, b);
    if (left.kind == KITH__OTHER_TYPE && right.kind == KITH__OTHER_TYPE)
        return kith__sql_same(arena, left.words, right.words);
    return kith__type_equal(&left, &right);
}

bool kith__types_same(const kith__comparison *c, const kith__type *a, const kith__type *b)
{
    if (c->stored != NULL)
        return kith__types_stored_alike(c->arena, c->stored, a, b);
    if (a->kind == KITH__OTHER_TYPE && b->kind == KITH__OTHER_TYPE)
        return kith__sql_same(c->arena, a->words, b->words);
    bool decimals = (a->kind == KITH__NUMERIC || a->kind == KITH__DECIMAL_TEXT) && (b->kind == KITH__NUMERIC || b->kind == KITH__DECIMAL_TEXT);
    return kith__type_equal(a, b) || (decimals && a->precision == b->precision && a->scale == b->scale);
}

static bool same_text(const char *a, const char *b)
{
    return a == b || (a != NULL && b != NULL && strcasecmp(a, b) == 0);
}

/* columns in any order: UNIQUE (a, b) is UNIQUE (b, a) */
static bool same_unique(const kith__key *a, const kith__key *b)
{
    if (a->count != b->count)
        return false;
    for (size_t i = 0; i < a->count; i++) {
        bool found = false;
        for (size_t j = 0; j < b->count; j++)
            found = found || strcasecmp(a->columns[i], b->columns[j]) == 0;
        if (!found)
            return false;
    }
    return true;
}

/* a foreign key without targets means the primary key */
static bool same_targets(const kith__comparison *c, const kith__foreign_key *a, const kith__foreign_key *b)
{
    if (a->targets != NULL && b->targets != NULL)
        return kith__names_equal(a->targets, b->targets, a->count);
    const char **said = a->targets != NULL ? a->targets : b->targets;
    const kith__table *table = kith__schema_find(c->to, b->table);
    return said == NULL || (table != NULL && table->primary_key.count == a->count && kith__names_equal(said, table->primary_key.columns, a->count));
}

static bool same_foreign_key(const kith__comparison *c, const kith__foreign_key *a, const kith__foreign_key *b)
{
    return a->count == b->count && strcasecmp(a->table, b->table) == 0 && kith__names_equal(a->columns, b->columns, a->count) && same_targets(c, a, b) &&
           same_text(a->on_delete, b->on_delete) && same_text(a->on_update, b->on_update) && same_text(a->deferrable, b->deferrable);
}

static bool is_descending(const kith__index *index, size_t i)
{
    return index->descending != NULL && index->descending[i];
}

static bool is_expression(const kith__index *index, size_t i)
{
    return index->expression != NULL && index->expression[i];
}

static bool same_index(const kith__comparison *c, const kith__index *a, const kith__index *b)
{
    if (a->unique != b->unique || a->count != b->count || !kith__sql_same(c->arena, a->where, b->where))
        return false;
    for (size_t i = 0; i < a->count; i++) {
        if (is_descending(a, i) != is_descending(b, i) || is_expression(a, i) != is_expression(b, i))
            return false;
        if (is_expression(a, i) ? !kith__sql_same(c->arena, a->columns[i], b->columns[i]) : strcasecmp(a->columns[i], b->columns[i]) != 0)
            return false;
    }
    return true;
}

/* ---------------------------------------------------------------- pairs of one table: what stays, what goes, what comes */

/* There may be two of one shape under two names. One that has its name on the other side belongs to that, and to no other. */
static bool has_same_index(const kith__comparison *c, const kith__table *table, const kith__index *index)
{
    for (size_t i = 0; i < table->index_count; i++)
        if (same_text(table->indexes[i].name, index->name) && same_index(c, &table->indexes[i], index))
            return true;
    return false;
}

/* The one of `table` that `index`, of `own`, is there: under its name, or else under another that none of own has. */
static const kith__index *index_like(const kith__comparison *c, const kith__table *table, const kith__index *index, const kith__table *own)
{
    for (size_t i = 0; i < table->index_count; i++)
        if (same_text(table->indexes[i].name, index->name) && same_index(c, &table->indexes[i], index))
            return &table->indexes[i];
    for (size_t i = 0; i < table->index_count; i++)
        if (same_index(c, &table->indexes[i], index) && !has_same_index(c, own, &table->indexes[i]))
            return &table->indexes[i];
    return NULL;
}

static bool has_same_unique(const kith__table *table, const kith__key *key)
{
    for (size_t i = 0; i < table->unique_count; i++)
        if (same_text(table->uniques[i].name, key->name) && same_unique(&table->uniques[i], key))
            return true;
    return false;
}

static const kith__key *unique_like(const kith__table *table, const kith__key *key, const kith__table *own)
{
    for (size_t i = 0; i < table->unique_count; i++)
        if (same_text(table->uniques[i].name, key->name) && same_unique(&table->uniques[i], key))
            return &table->uniques[i];
    for (size_t i = 0; i < table->unique_count; i++)
        if (same_unique(&table->uniques[i], key) && !has_same_unique(own, &table->uniques[i]))
            return &table->uniques[i];
    return NULL;
}

static const kith__foreign_key *foreign_key_like(const kith__comparison *c, const kith__table *table, const kith__foreign_key *key)
{
    for (size_t i = 0; i < table->foreign_key_count; i++)
        if (same_foreign_key(c, &table->foreign_keys[i], key))
            return &table->foreign_keys[i];
    return NULL;
}

static const kith__check *check_like(const kith__comparison *c, const kith__table *table, const kith__check *check)
{
    for (size_t i = 0; i < table->check_count; i++)
        if (kith__sql_same(c->arena, table->checks[i].sql, check->sql))
            return &table->checks[i];
    return NULL;
}

/* ---------------------------------------------------------------- names: what has one that another is to have makes way */

typedef struct holder { const char *table, *name, *wanted; } holder;        /* wanted: what it is to be called; NULL: it is to go */
typedef struct moving { const char *name; struct moving *before; } moving;      /* what is on its way to another name, and is there under this one */

static bool left_out(const kith__comparison *c, const char *table)
{
    return c->opaque != NULL && kith__map_gets(c->opaque, table) != NULL;
}

/* Indexes have one name for all tables. */
static bool index_holder(const kith__comparison *c, const char *name, holder *out)
{
    for (size_t i = 0; i < c->now.table_count; i++)
        for (size_t j = 0; j < c->now.tables[i]->index_count; j++) {
            const kith__table *now = c->now.tables[i], *to = kith__schema_find(c->to, now->name);
            const kith__index *index = &now->indexes[j];
            if (!same_text(index->name, name))
                continue;
            const kith__index *kept = to != NULL ? index_like(c, to, index, now) : NULL;
            *out = (holder){ now->name, index->name, kept != NULL ? kept->name : NULL };
            return !left_out(c, now->name);
        }
    return false;
}

static bool constraint_holder(const kith__comparison *c, const char *table, const char *name, holder *out)
{
    const kith__table *now = kith__schema_find(&c->now, table), *to = kith__schema_find(c->to, table);
    for (size_t i = 0; i < now->unique_count; i++) {
        if (!same_text(now->uniques[i].name, name))
            continue;
        const kith__key *kept = unique_like(to, &now->uniques[i], now);
        *out = (holder){ table, now->uniques[i].name, kept != NULL ? kept->name : NULL };
        return true;
    }
    for (size_t i = 0; i < now->foreign_key_count; i++) {
        if (!same_text(now->foreign_keys[i].name, name))
            continue;
        const kith__foreign_key *kept = foreign_key_like(c, to, &now->foreign_keys[i]);
        *out = (holder){ table, now->foreign_keys[i].name, kept != NULL ? kept->name : NULL };
        return true;
    }
    for (size_t i = 0; i < now->check_count; i++) {
        if (!same_text(now->checks[i].name, name))
            continue;
        const kith__check *kept = check_like(c, to, &now->checks[i]);
        *out = (holder){ table, now->checks[i].name, kept != NULL ? kept->name : NULL };
        return true;
    }
    return false;
}

static int rename_op(kith__comparison *c, kith__op_kind kind, const char *table, const char *from, const char *to)
{
    kith__op *op = kith__compare_op(c, kind, table, from);
    if (op == NULL)
        return KITH_NO_MEMORY;
    op->to = to;
    return kith__compare_done(c);
}

/* It waits for what waits for it: it goes under a passing name, and from there to its own. */
static int step_aside(kith__comparison *c, kith__op_kind kind, const char *table, moving *it)
{
    const char *from = it->name;
    it->name = kith__arena_format(c->arena, "passing_%s", from);
    return it->name != NULL ? rename_op(c, kind, table, from, it->name) : kith__fail_memory(c->error);
}

static int free_name(kith__comparison *, kith__op_kind, const char *table, const char *name, moving *);

/* From its name to another, once that is free. */
static int move(kith__comparison *c, kith__op_kind kind, const char *table, const char *from, const char *to, moving *before)
{
    moving it = { from, before };
    int status = same_text(from, to) ? KITH_OK : free_name(c, kind, table, to, &it);
    return status == KITH_OK ? rename_op(c, kind, table, it.name, to) : status;
}

static int free_name(kith__comparison *c, kith__op_kind kind, const char *table, const char *name, moving *before)
{
    holder it;
    bool index = kind == KITH__OP_RENAME_INDEX;
    if (!(index ? index_holder(c, name, &it) : constraint_holder(c, table, name, &it)))
        return KITH_OK;
    for (moving *m = before; m != NULL; m = m->before)
        if (same_text(m->name, name))
            return step_aside(c, kind, it.table, m);
    if (it.wanted == NULL)
        return simple_op(c, index ? KITH__OP_DROP_INDEX : KITH__OP_DROP_CONSTRAINT, it.table, it.name);
    return same_text(it.wanted, name) ? KITH_OK : move(c, kind, it.table, it.name, it.wanted, before);
}

/* A person gave the new name: the old object gets it. In a database names are nobody's business. */
static int rename_if_named(kith__comparison *c, kith__op_kind kind, const char *table, const char *from, const char *to, bool named)
{
    return !named || c->stored != NULL || strcmp(from, to) == 0 ? KITH_OK : move(c, kind, table, from, to, NULL);
}

/* ---------------------------------------------------------------- what goes, and what stays under another name */

static int drop_indexes(kith__comparison *c, kith__table *now, const kith__table *to)
{
    int status = KITH_OK;
    for (size_t i = 0; i < now->index_count && status == KITH_OK;) {
        bool goes = index_like(c, to, &now->indexes[i], now) == NULL;
        if (goes)
            status = simple_op(c, KITH__OP_DROP_INDEX, now->name, now->indexes[i].name);
        i += !goes;
    }
    for (size_t i = 0; i < now->index_count && status == KITH_OK; i++) {
        const kith__index *kept = index_like(c, to, &now->indexes[i], now);
        status = rename_if_named(c, KITH__OP_RENAME_INDEX, now->name, now->indexes[i].name, kept->name, kept->named);
    }
    return status;
}

static int drop_uniques(kith__comparison *c, kith__table *now, const kith__table *to)
{
    int status = KITH_OK;
    for (size_t i = 0; i < now->unique_count && status == KITH_OK;) {
        bool goes = unique_like(to, &now->uniques[i], now) == NULL;
        if (goes)
            status = simple_op(c, KITH__OP_DROP_CONSTRAINT, now->name, now->uniques[i].name);
        i += !goes;
    }
    return status;
}

static int rename_uniques(kith__comparison *c, kith__table *now, const kith__table *to)
{
    int status = KITH_OK;
    for (size_t i = 0; i < now->unique_count && status == KITH_OK; i++) {
        const kith__key *kept = unique_like(to, &now->uniques[i], now);
        status = rename_if_named(c, KITH__OP_RENAME_CONSTRAINT, now->name, now->uniques[i].name, kept->name, kept->named);
    }
    return status;
}

static int drop_checks(kith__comparison *c, kith__table *now, const kith__table *to)
{
    int status = KITH_OK;
    for (size_t i = 0; i < now->check_count && status == KITH_OK;) {
        bool goes = check_like(c, to, &now->checks[i]) == NULL;
        if (goes)
            status = simple_op(c, KITH__OP_DROP_CONSTRAINT, now->name, now->checks[i].name);
        i += !goes;
    }
    return status;
}

static int drop_foreign_keys(kith__comparison *c, kith__table *now, const kith__table *to)
{
    int status = KITH_OK;
    for (size_t i = 0; i < now->foreign_key_count && status == KITH_OK;) {
        bool goes = foreign_key_like(c, to, &now->foreign_keys[i]) == NULL;
        if (goes)
            status = simple_op(c, KITH__OP_DROP_CONSTRAINT, now->name, now->foreign_keys[i].name);
        i += !goes;
    }
    return status;
}

static bool same_primary_key(const kith__table *a, const kith__table *b)
{
    return a->primary_key.count == b->primary_key.count && kith__names_equal(a->primary_key.columns, b->primary_key.columns, a->primary_key.count);
}

static int drop_constraints(kith__comparison *c, kith__table *now, const kith__table *to)
{
    int status = drop_foreign_keys(c, now, to);
    if (status == KITH_OK)
        status = drop_uniques(c, now, to);
    if (status == KITH_OK)
        status = drop_checks(c, now, to);
    if (status == KITH_OK)
        status = rename_uniques(c, now, to);
    if (status == KITH_OK && now->primary_key.count > 0 && !same_primary_key(now, to))
        status = simple_op(c, KITH__OP_DROP_PRIMARY_KEY, now->name, NULL);
    return status;
}

static int add_primary_key(kith__comparison *c, const kith__table *now, const kith__table *to)
{
    if (to->primary_key.count == 0 || same_primary_key(now, to))
        return KITH_OK;
    kith__op *op = kith__compare_op(c, KITH__OP_ADD_PRIMARY_KEY, now->name, NULL);
    if (op == NULL)
        return KITH_NO_MEMORY;
    op->key = &to->primary_key;
    return kith__compare_done(c);
}

/* One that brings something with a name, which is free by then. NULL: an error. */
static kith__op *new_op(kith__comparison *c, kith__op_kind kind, const char *table, const char *name)
{
    int status = free_name(c, kind == KITH__OP_CREATE_INDEX ? KITH__OP_RENAME_INDEX : KITH__OP_RENAME_CONSTRAINT, table, name, NULL);
    return status == KITH_OK ? kith__compare_op(c, kind, table, name) : NULL;
}

static int add_uniques(kith__comparison *c, const kith__table *now, const kith__table *to)
{
    for (size_t i = 0; i < to->unique_count; i++) {
        if (unique_like(now, &to->uniques[i], to) != NULL)
            continue;
        kith__op *op = new_op(c, KITH__OP_ADD_UNIQUE, now->name, to->uniques[i].name);
        if (op == NULL)
            return c->error->public_.status;
        op->key = &to->uniques[i];
        int status = kith__compare_done(c);
        if (status != KITH_OK)
            return status;
    }
    return KITH_OK;
}

static int add_checks(kith__comparison *c, const kith__table *now, const kith__table *to)
{
    for (size_t i = 0; i < to->check_count; i++) {
        if (check_like(c, now, &to->checks[i]) != NULL)
            continue;
        kith__op *op = new_op(c, KITH__OP_ADD_CHECK, now->name, to->checks[i].name);
        if (op == NULL)
            return c->error->public_.status;
        op->check = &to->checks[i];
        int status = kith__compare_done(c);
        if (status != KITH_OK)
            return status;
    }
    return KITH_OK;
}

/* those whose table is there already; the others when all tables are */
static int add_foreign_keys(kith__comparison *c, const kith__table *now, const kith__table *to)
{
    for (size_t i = 0; i < to->foreign_key_count; i++) {
        const kith__foreign_key *key = &to->foreign_keys[i];
        if (foreign_key_like(c, now, key) != NULL || (c->stored == NULL && kith__schema_find(&c->now, key->table) == NULL))
            continue;
        kith__op *op = new_op(c, KITH__OP_ADD_FOREIGN_KEY, now->name, key->name);
        if (op == NULL)
            return c->error->public_.status;
        op->foreign_key = key;
        int status = kith__compare_done(c);
        if (status != KITH_OK)
            return status;
    }
    return KITH_OK;
}

static int add_indexes(kith__comparison *c, const kith__table *now, const kith__table *to)
{
    for (size_t i = 0; i < to->index_count; i++) {
        if (index_like(c, now, &to->indexes[i], to) != NULL)
            continue;
        kith__op *op = new_op(c, KITH__OP_CREATE_INDEX, now->name, to->indexes[i].name);
        if (op == NULL)
            return c->error->public_.status;
        op->index = &to->indexes[i];
        int status = kith__compare_done(c);
        if (status != KITH_OK)
            return status;
    }
    return KITH_OK;
}

/* ---------------------------------------------------------------- values for rows that are there */

/* The SQL of a value for a column that becomes NOT NULL; *out NULL: none was given. */
static int ask_fill(kith__comparison *c, const char *table, const kith__column *column, bool required, const char **out)
{
    *out = c->options != NULL ? kith__flag_value(c->options->fills, table, column->name) : NULL;
    if (*out != NULL)
        return kith__fill_check(c->arena, table, column, *out, c->error);
    if (c->options == NULL || c->options->ask_fill == NULL)
        return KITH_OK;
    kith__text type = { 0 };
    kith__print_type(&type, &column->type);
    char *answer = type.broken ? NULL : c->options->ask_fill(c->options->arg, table, column->name, type.data, required);
    kith__text_free(&type);
    if (answer == NULL)
        return KITH_OK;
    *out = kith__arena_text(c->arena, answer);
    free(answer);
    return *out != NULL ? kith__fill_check(c->arena, table, column, *out, c->error) : kith__fail_memory(c->error);
}

static int refuse_fill(kith__comparison *c, const char *table, const kith__column *column)
{
    int status = kith__fail(c->error, KITH_REFUSED, "migrate.needs_value",
        "%s.%s is new, NOT NULL and has no default: rows that are there already would have no value for it.", table, column->name);
    kith__fail_hint(c->error, "Give one with --fill %s.%s=VALUE (SQL), give the model a .server_default, or let the column be NULL.", table, column->name);
    return status;
}

static int fill_nulls(kith__comparison *c, const char *table, const kith__column *column)
{
    const char *value = NULL;
    int status = c->stored != NULL ? KITH_OK : ask_fill(c, table, column, false, &value);
    if (status != KITH_OK || value == NULL)
        return status;
    kith__text sql = { 0 };
    kith__text_add(&sql, "UPDATE ");
    kith__print_name(&sql, table);
    kith__text_add(&sql, " SET ");
    kith__print_name(&sql, column->name);
    kith__text_addf(&sql, " = %s WHERE ", value);
    kith__print_name(&sql, column->name);
    kith__text_add(&sql, " IS NULL");
    const char *text = kith__arena_take(c->arena, &sql);
    kith__op *op = text == NULL ? NULL : kith__compare_op(c, KITH__OP_SQL, table, NULL);
    if (op == NULL)
        return kith__fail_memory(c->error);
    op->sql = text;
    return KITH_OK;
}

/* ---------------------------------------------------------------- columns */

static int comment(kith__comparison *c, const char *table, const char *column, const char *text)
{
    kith__op *op = kith__compare_op(c, KITH__OP_COMMENT, table, column);
    if (op == NULL)
        return KITH_NO_MEMORY;
    op->sql = text;
    return kith__compare_done(c);
}

static int drop_default(kith__comparison *c, const char *table, const char *column)
{
    return simple_op(c, KITH__OP_DEFAULT, table, column);
}

/* A NOT NULL column comes with a default for the rows that are there, which then goes. */
static int add_column(kith__comparison *c, const char *table, const kith__column *column)
{
    const char *value = NULL;
    bool lacks = column->not_null && column->default_sql == NULL && column->generated_sql == NULL && !column->identity && c->stored == NULL;
    int status = lacks ? ask_fill(c, table, column, true, &value) : KITH_OK;
    if (status != KITH_OK)
        return status;
    if (lacks && value == NULL)
        return refuse_fill(c, table, column);
    kith__column *added = kith__arena_copy(c->arena, column, sizeof *column);
    kith__op *op = added == NULL ? NULL : kith__compare_op(c, KITH__OP_ADD_COLUMN, table, column->name);
    if (op == NULL)
        return kith__fail_memory(c->error);
    added->comment = NULL;
    if (lacks)
        added->default_sql = value;
    op->column = added;
    status = kith__compare_done(c);
    if (status == KITH_OK && lacks)
        status = drop_default(c, table, column->name);
    if (status == KITH_OK && column->comment != NULL && c->stored == NULL)
        status = comment(c, table, column->name, column->comment);
    return status;
}

static int change_type(kith__comparison *c, const char *table, const kith__column *now, const kith__column *to)
{
    if (kith__types_same(c, &now->type, &to->type) && same_text(now->collation, to->collation))
        return KITH_OK;
    kith__type *old_type = kith__arena_copy(c->arena, &now->type, sizeof now->type);
    kith__op *op = old_type == NULL ? NULL : kith__compare_op(c, KITH__OP_TYPE, table, to->name);
    if (op == NULL)
        return kith__fail_memory(c->error);
    op->column = to;
    op->old_type = old_type;
    return kith__compare_done(c);
}

static int change_default(kith__comparison *c, const char *table, const kith__column *now, const kith__column *to)
{
    if (kith__default_same(c->arena, &to->type, now->default_sql, to->default_sql))
        return KITH_OK;
    kith__op *op = kith__compare_op(c, KITH__OP_DEFAULT, table, to->name);
    if (op == NULL)
        return KITH_NO_MEMORY;
    op->sql = to->default_sql;
    return kith__compare_done(c);
}

static bool in_primary_key(const kith__table *table, const char *column)
{
    for (size_t i = 0; i < table->primary_key.count; i++)
        if (strcasecmp(table->primary_key.columns[i], column) == 0)
            return true;
    return false;
}

static int change_not_null(kith__comparison *c, const char *table, const kith__column *now, const kith__column *to)
{
    int status = to->not_null ? fill_nulls(c, table, now) : KITH_OK;
    kith__op *op = status == KITH_OK ? kith__compare_op(c, KITH__OP_NOT_NULL, table, to->name) : NULL;
    if (op == NULL)
        return c->error->public_.status;
    op->on = to->not_null;
    return kith__compare_done(c);
}

static int change_identity(kith__comparison *c, const char *table, const kith__column *to)
{
    kith__op *op = kith__compare_op(c, KITH__OP_IDENTITY, table, to->name);
    if (op == NULL)
        return KITH_NO_MEMORY;
    op->on = to->identity;
    op->never_reuse = to->never_reuse;
    return kith__compare_done(c);
}

/* A computed column is made anew when its expression changed; what is computed cannot become what is stored by hand, nor back. */
static int change_generated(kith__comparison *c, const char *table, const kith__column *now, const kith__column *to)
{
    bool was = now->generated_sql != NULL, is = to->generated_sql != NULL;
    if (was != is) {
        int status = kith__fail(c->error, KITH_REFUSED, "migrate.generated", "%s.%s %s a computed column: kith does not turn one into the other by itself.",
            table, to->name, is ? "becomes" : "is no longer");
        kith__fail_hint(c->error, "Write the migration by hand: kith db revision, then add a column, copy the values, drop the old one.");
        return status;
    }
    int status = simple_op(c, KITH__OP_DROP_COLUMN, table, now->name);
    return status == KITH_OK ? add_column(c, table, to) : status;
}

static bool same_generated(const kith__comparison *c, const kith__column *a, const kith__column *b)
{
    return kith__sql_same(c->arena, a->generated_sql, b->generated_sql) && (a->generated_sql == NULL || a->generated_stored == b->generated_stored);
}

static int change_column(kith__comparison *c, const kith__table *table, size_t at, const kith__table *to_table, const kith__column *to)
{
    const kith__column now = table->columns[at];        /* a copy: operations may move it */
    if (!same_generated(c, &now, to))
        return change_generated(c, table->name, &now, to);
    int status = change_type(c, table->name, &now, to);
    if (status == KITH_OK)
        status = change_default(c, table->name, &now, to);
    if (status == KITH_OK && now.not_null != to->not_null && !(in_primary_key(table, now.name) && in_primary_key(to_table, now.name)))
        status = change_not_null(c, table->name, &now, to);
    if (status == KITH_OK && c->stored == NULL && (now.identity != to->identity || now.never_reuse != to->never_reuse))
        status = change_identity(c, table->name, to);
    if (status == KITH_OK && c->stored == NULL && (now.comment == NULL) != (to->comment == NULL))
        return comment(c, table->name, to->name, to->comment);
    if (status == KITH_OK && c->stored == NULL && now.comment != NULL && strcmp(now.comment, to->comment) != 0)
        return comment(c, table->name, to->name, to->comment);
    return status;
}

static int change_columns(kith__comparison *c, kith__table *now, const kith__table *to)
{
    int status = KITH_OK;
    for (size_t i = 0; i < to->column_count && status == KITH_OK; i++)
        if (kith__table_column_index(now, to->columns[i].name) == SIZE_MAX)
            status = add_column(c, now->name, &to->columns[i]);
    for (size_t i = 0; i < to->column_count && status == KITH_OK; i++)
        status = change_column(c, now, kith__table_column_index(now, to->columns[i].name), to, &to->columns[i]);
    for (size_t i = 0; i < now->column_count && status == KITH_OK;) {
        bool gone = kith__table_column_index(to, now->columns[i].name) == SIZE_MAX;
        if (gone)
            status = simple_op(c, KITH__OP_DROP_COLUMN, now->name, now->columns[i].name);
        i += !gone;
    }
    return status;
}

/* ---------------------------------------------------------------- tables */

static int comment_table(kith__comparison *c, const kith__table *now, const kith__table *to)
{
    bool same = now->comment == to->comment || (now->comment != NULL && to->comment != NULL && strcmp(now->comment, to->comment) == 0);
    return same || c->stored != NULL ? KITH_OK : comment(c, now->name, NULL, to->comment);
}

static int change_table(kith__comparison *c, kith__table *now, const kith__table *to)
{
    static int (*const steps[])(kith__comparison *, kith__table *, const kith__table *) = { drop_indexes, drop_constraints, change_columns };
    static int (*const additions[])(kith__comparison *, const kith__table *, const kith__table *) = { add_primary_key, add_uniques, add_checks,
        add_foreign_keys, add_indexes, comment_table };
    int status = KITH_OK;
    for (size_t i = 0; i < KITH__COUNT(steps) && status == KITH_OK; i++)
        status = steps[i](c, now, to);
    for (size_t i = 0; i < KITH__COUNT(additions) && status == KITH_OK; i++)
        status = additions[i](c, now, to);
    return status;
}

/* The table as it can be made now: without its indexes, and without foreign keys to tables that are yet to come. */
static const kith__table *makeable(kith__comparison *c, const kith__table *table)
{
    kith__table *out = kith__arena_copy(c->arena, table, sizeof *table);
    kith__foreign_key *keys = kith__arena_alloc(c->arena, (table->foreign_key_count + 1) * sizeof *keys);
    kith__column *columns = kith__arena_alloc(c->arena, (table->column_count + 1) * sizeof *columns);
    if (out == NULL || keys == NULL || columns == NULL)
        return NULL;
    out->foreign_keys = keys;
    out->foreign_key_count = out->index_count = 0;
    out->columns = columns;
    out->comment = NULL;
    for (size_t i = 0; i < table->foreign_key_count; i++) {
        const char *target = table->foreign_keys[i].table;
        if (strcasecmp(target, table->name) == 0 || kith__schema_find(&c->now, target) != NULL)
            keys[out->foreign_key_count++] = table->foreign_keys[i];
    }
    for (size_t i = 0; i < table->column_count; i++) {
        columns[i] = table->columns[i];
        columns[i].comment = NULL;
    }
    return out;
}

static int create_table(kith__comparison *c, const kith__table *table)
{
    const kith__table *made = makeable(c, table);
    kith__op *op = made == NULL ? NULL : kith__compare_op(c, KITH__OP_CREATE_TABLE, table->name, NULL);
    if (op == NULL)
        return kith__fail_memory(c->error);
    op->new_table = made;
    int status = kith__compare_done(c);
    const kith__table *now = kith__schema_find(&c->now, table->name);
    if (status == KITH_OK)
        status = add_indexes(c, now, table);
    if (status == KITH_OK)
        status = comment_table(c, now, table);
    for (size_t i = 0; i < table->column_count && status == KITH_OK; i++)
        if (table->columns[i].comment != NULL && c->stored == NULL)
            status = comment(c, table->name, table->columns[i].name, table->columns[i].comment);
    return status;
}

static int refuse_opaque(kith__comparison *c, const char *table)
{
    const char *place = kith__map_gets(c->opaque, table);
    int status = kith__fail(c->error, KITH_REFUSED, "migrate.opaque",
        "%s: a statement there changes the table %s in a way kith does not understand, and the model differs from what is known of it.", place, table);
    kith__fail_hint(c->error, "Say what the table is after that statement in a \"-- kith: state\" block behind it.");
    return status;
}

static int table_to(kith__comparison *c, const kith__table *to)
{
    kith__table *now = kith__schema_find(&c->now, to->name);
    size_t before = c->ops->count;
    int status = now == NULL ? create_table(c, to) : change_table(c, now, to);
    if (status == KITH_OK && left_out(c, to->name) && c->ops->count > before && c->stored == NULL)
        return refuse_opaque(c, to->name);
    if (left_out(c, to->name))
        c->ops->count = before;
    return status;
}

/* A foreign key onto a column that goes must go before it. (One onto a column that never was stays as it is.) */
static bool loses_its_target(const kith__comparison *c, const kith__foreign_key *key)
{
    const kith__table *was = kith__schema_find(&c->now, key->table), *target = kith__schema_find(c->to, key->table);
    for (size_t i = 0; key->targets != NULL && was != NULL && target != NULL && i < key->count; i++)
        if (kith__table_column_index(target, key->targets[i]) == SIZE_MAX && kith__table_column_index(was, key->targets[i]) != SIZE_MAX)
            return true;
    return false;
}

static int drop_early_foreign_keys(kith__comparison *c)
{
    int status = KITH_OK;
    for (size_t i = 0; i < c->now.table_count; i++) {
        kith__table *table = c->now.tables[i];
        for (size_t j = 0; j < table->foreign_key_count && status == KITH_OK;) {
            kith__foreign_key *key = &table->foreign_keys[j];
            bool goes = kith__schema_find(c->to, table->name) != NULL && loses_its_target(c, key);
            if (goes)
                status = simple_op(c, KITH__OP_DROP_CONSTRAINT, table->name, key->name);
            j += !goes;
        }
    }
    return status;
}

static int drop_tables(kith__comparison *c)
{
    bool cyclic;
    size_t count = c->now.table_count;
    kith__table **sorted = kith__schema_sorted(&c->now, c->arena, &cyclic);
    if (sorted == NULL)
        return kith__fail_memory(c->error);
    int status = KITH_OK;
    for (size_t i = count; i-- > 0 && status == KITH_OK;)
        if (kith__schema_find(c->to, sorted[i]->name) == NULL && !left_out(c, sorted[i]->name))
            status = simple_op(c, KITH__OP_DROP_TABLE, sorted[i]->name, NULL);
    return status;
}

static int make_and_change_tables(kith__comparison *c)
{
    bool cyclic;
    kith__table **sorted = kith__schema_sorted(c->to, c->arena, &cyclic);
    if (sorted == NULL)
        return kith__fail_memory(c->error);
    int status = KITH_OK;
    for (size_t i = 0; i < c->to->table_count && status == KITH_OK; i++)
        status = table_to(c, sorted[i]);
    for (size_t i = 0; i < c->to->table_count && status == KITH_OK; i++)
        if (!left_out(c, sorted[i]->name))
            status = add_foreign_keys(c, kith__schema_find(&c->now, sorted[i]->name), sorted[i]);
    return status;
}

int kith__compare_run(kith__comparison *c, const kith__schema *from)
{
    if (!kith__schema_clone(&c->now, from))
        return kith__fail_memory(c->error);
    int status = c->stored == NULL ? kith__compare_renames(c) : KITH_OK;
    if (status == KITH_OK)
        status = drop_early_foreign_keys(c);
    if (status == KITH_OK)
        status = make_and_change_tables(c);
    return status == KITH_OK ? drop_tables(c) : status;
}

int kith__compare_stored(kith__arena *arena, const kith__schema *from, const kith__schema *to, const kith__map *opaque, const kith__compare_options *options,
                         const kith__dialect *stored, kith__ops *out, kith__error *error)
{
    kith__comparison c = { .to = to, .opaque = opaque, .options = options, .stored = stored, .ops = out, .error = error };
    *out = (kith__ops){ 0 };
    c.now.arena = *arena;           /* the copy lives in the caller's arena: operations borrow from it */
    c.arena = &c.now.arena;
    int status = kith__compare_run(&c, from);
    if (status == KITH_OK && c.arena->broken)
        status = kith__fail_memory(error);          /* what was said to differ may be the same */
    *arena = c.now.arena;
    c.now.arena = (kith__arena){ 0 };
    kith__schema_free(&c.now);
    return status;
}

int kith__compare(kith__arena *arena, const kith__schema *from, const kith__schema *to, const kith__map *opaque, const kith__compare_options *options,
                  kith__ops *out, kith__error *error)
{
    return kith__compare_stored(arena, from, to, opaque, options, NULL, out, error);
}
