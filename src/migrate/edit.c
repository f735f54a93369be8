/*
 * edit: the CREATE TABLE that SQLite keeps, changed by spans of tokens, so that what nobody asked to change (comments, collations,
 * ON CONFLICT, the way it was written) stays. For the files of src/migrate.
 *
 * Two checks stand around it. A text whose tokens the parser does not account for one by one is refused before anything is changed, and
 * the result is parsed again and must say what the operations say, applied to what the old text said.
 */
#include "migrate/ddl.h"

#include <strings.h>

typedef struct editor {
    kith__arena *arena;
    const char *sql;
    kith__definition old;
    kith__schema expected;              /* its one table as the operations so far make it */
    kith__error *error;
} editor;

static int refuse(kith__error *error, const char *table, const char *why)
{
    int status = kith__fail(error, KITH_REFUSED, "migrate.unreadable_table", "the stored definition of %s %s, so kith does not change it.", table, why);
    kith__fail_hint(error, "Write the steps by hand: a migration may make a new table, copy the rows and rename it.");
    return status;
}

/* ---------------------------------------------------------------- cutting texts */

/* Text behind text that would be one token with it, or another two: D"uid" needs no space, and DTEXT is not D TEXT. */
static void add_apart(kith__text *text, const char *more)
{
    static const char apart[] = " \t\n\r\f(),;";
    if (text->size && *more && !strchr(apart, text->data[text->size - 1]) && !strchr(apart, *more))
        kith__text_addc(text, ' ');
    kith__text_add(text, more);
}

/* `size` bytes at `at` become `with` */
static bool splice(editor *e, const char *at, size_t size, const char *with)
{
    kith__text text = { 0 };
    kith__text_addn(&text, e->sql, (size_t)(at - e->sql));
    add_apart(&text, with);
    add_apart(&text, at + size);
    e->sql = kith__arena_take(e->arena, &text);
    return e->sql != NULL;
}

static const char *token_start(const editor *e, size_t i)
{
    return e->old.tokens.items[i].at;
}

static const char *token_end(const editor *e, size_t i)
{
    return e->old.tokens.items[i].at + e->old.tokens.items[i].size;
}

static bool replace(editor *e, size_t first, size_t end, const char *with)
{
    return splice(e, token_start(e, first), (size_t)(token_end(e, end - 1) - token_start(e, first)), with);
}

static bool insert_after(editor *e, size_t token, const char *what)
{
    return splice(e, token_end(e, token), 0, what);
}

/* a clause with the space before it */
static bool cut(editor *e, size_t first, size_t end)
{
    return splice(e, token_end(e, first - 1), (size_t)(token_end(e, end - 1) - token_end(e, first - 1)), "");
}

/* An item with one comma: the one behind it, or for the last the one before. Between constraints SQLite needs none: what comes then has the one before. */
static bool cut_item(editor *e, const kith__item *item)
{
    if (kith__token_mark(&e->old.tokens.items[item->end], ","))
        return splice(e, token_start(e, item->first), (size_t)(token_start(e, item->end + 1) - token_start(e, item->first)), "");
    size_t first = item->first;
    if (item->end == e->old.close && kith__token_mark(&e->old.tokens.items[first - 1], ","))
        first--;
    return splice(e, token_start(e, first), (size_t)(token_end(e, item->end - 1) - token_start(e, first)), "");
}

/* ---------------------------------------------------------------- finding */

static const kith__item *find_column(const editor *e, const char *name)
{
    for (size_t i = 0; i < e->old.item_count && !e->old.items[i].constraint; i++)
        if (strcasecmp(e->old.table->columns[i].name, name) == 0)
            return &e->old.items[i];
    return NULL;
}

static const kith__part *find_part(const kith__item *item, kith__part_kind kind)
{
    for (size_t i = 0; i < item->part_count; i++)
        if (item->parts[i].kind == kind)
            return &item->parts[i];
    return NULL;
}

static const char *part_name(const editor *e, const kith__part *part)
{
    switch (part->kind) {
    case KITH__PART_UNIQUE:
        return e->old.table->uniques[part->index].name;
    case KITH__PART_CHECK:
        return e->old.table->checks[part->index].name;
    case KITH__PART_REFERENCES:
        return e->old.table->foreign_keys[part->index].name;
    default:
        return NULL;
    }
}

/* the constraint of that name, by convention when it has none of its own; or the primary key, for NULL */
static const kith__part *find_constraint(const editor *e, const char *name, const kith__item **item)
{
    for (size_t i = 0; i < e->old.item_count; i++)
        for (size_t j = 0; j < e->old.items[i].part_count; j++) {
            const kith__part *part = &e->old.items[i].parts[j];
            const char *its = part_name(e, part);
            *item = &e->old.items[i];
            if (name == NULL ? part->kind == KITH__PART_PRIMARY : its != NULL && strcasecmp(its, name) == 0)
                return part;
        }
    return NULL;
}

/* ---------------------------------------------------------------- one operation each */

static bool add_text(editor *e, kith__text *text, bool (*place)(editor *, const char *))
{
    const char *what = kith__arena_take(e->arena, text);
    return what != NULL && place(e, what);
}

static size_t last_column_end(const editor *e)
{
    size_t end = e->old.open + 1;
    for (size_t i = 0; i < e->old.item_count && !e->old.items[i].constraint; i++)
        end = e->old.items[i].end;
    return end;
}

static bool behind_columns(editor *e, const char *what)
{
    return insert_after(e, last_column_end(e) - 1, what);
}

static bool before_close(editor *e, const char *what)
{
    return insert_after(e, e->old.close - 1, what);
}

static bool add_column(editor *e, const kith__op *op)
{
    kith__text text = { 0 };
    kith__column column = *op->column;
    column.never_reuse = false;         /* its key, which brings that along, comes by itself */
    kith__text_add(&text, ",\n    ");
    kith__ddl_column(&text, &kith__dialect_sqlite, &column);
    return add_text(e, &text, behind_columns);
}

static bool drop_column(editor *e, const kith__op *op)
{
    const kith__item *item = find_column(e, op->name);
    return item == NULL || cut_item(e, item);
}

/* the clause becomes `with` (NULL: it goes), or is put behind the type */
static bool set_part(editor *e, const kith__item *item, kith__part_kind kind, const char *with)
{
    const kith__part *part = find_part(item, kind);
    if (part != NULL)
        return with == NULL ? cut(e, part->first, part->end) : replace(e, part->first, part->end, with);
    if (with == NULL)
        return true;
    const char *spaced = kith__arena_format(e->arena, " %s", with);
    return spaced != NULL && insert_after(e, item->type_end > item->first + 1 ? item->type_end - 1 : item->first, spaced);
}

static bool reparse(editor *e)
{
    return kith__definition_parse(e->arena, e->sql, KITH__SQLITE_TEXT, &e->old);
}

static bool change_type(editor *e, const kith__op *op)
{
    const kith__item *item = find_column(e, op->name);
    kith__text text = { 0 };
    if (item == NULL)
        return true;
    kith__dialect_sqlite.type(&text, &op->column->type);
    bool typed = item->type_end > item->type_first;
    const char *type = text.broken ? NULL : kith__arena_format(e->arena, "%s%s", typed ? "" : " ", text.data);
    kith__text_free(&text);
    bool well = type != NULL && (typed ? replace(e, item->type_first, item->type_end, type) : insert_after(e, item->first, type));
    if (!well || !reparse(e))
        return false;
    const char *collation = NULL;
    if (op->column->collation != NULL) {
        kith__text quoted = { 0 };
        kith__sql_quote(&quoted, op->column->collation);
        collation = quoted.broken ? NULL : kith__arena_format(e->arena, "COLLATE %s", quoted.data);
        kith__text_free(&quoted);
    }
    return (op->column->collation == NULL || collation != NULL) && set_part(e, find_column(e, op->name), KITH__PART_COLLATE, collation);
}

static bool change_not_null(editor *e, const kith__op *op)
{
    const kith__item *item = find_column(e, op->name);
    if (item == NULL || (op->on && find_part(item, KITH__PART_NOT_NULL) != NULL))
        return true;
    if (op->on && find_part(item, KITH__PART_NULL) != NULL)
        return set_part(e, item, KITH__PART_NULL, "NOT NULL");
    return set_part(e, item, KITH__PART_NOT_NULL, op->on ? "NOT NULL" : NULL);
}

static bool change_default(editor *e, const kith__op *op)
{
    const kith__item *item = find_column(e, op->name);
    kith__text text = { 0 };
    if (item == NULL)
        return true;
    if (op->sql == NULL)
        return set_part(e, item, KITH__PART_DEFAULT, NULL);
    kith__ddl_default(&text, op->sql);
    const char *with = text.broken ? NULL : kith__arena_text(e->arena, text.data + 1);
    kith__text_free(&text);
    return with != NULL && set_part(e, item, KITH__PART_DEFAULT, with);
}

/* SQLite makes every lone INTEGER key itself; only "never again" is written down. */
static bool change_identity(editor *e, const kith__op *op)
{
    const kith__item *item;
    const kith__part *part = find_constraint(e, NULL, &item);
    bool wanted = op->on && op->never_reuse;
    if (part == NULL || !e->old.rowid_alias || wanted == (part->autoincrement != 0))
        return true;
    if (!wanted)
        return cut(e, part->autoincrement, part->autoincrement + 1);
    return insert_after(e, item->constraint ? part->close - 1 : part->end - 1, " AUTOINCREMENT");
}

static bool drop_constraint(editor *e, const char *name)
{
    const kith__item *item;
    const kith__part *part = find_constraint(e, name, &item);
    if (part == NULL)
        return true;
    return item->constraint ? cut_item(e, item) : cut(e, part->first, part->end);
}

static bool rename_constraint(editor *e, const kith__op *op)
{
    const kith__item *item;
    const kith__part *part = find_constraint(e, op->name, &item);
    kith__text text = { 0 };
    if (part == NULL)
        return true;
    kith__sql_quote(&text, op->to);
    const char *name = kith__arena_take(e->arena, &text);
    if (kith__token_is(&e->old.tokens.items[part->first], "CONSTRAINT"))
        return name != NULL && replace(e, part->first + 1, part->first + 2, name);
    const char *clause = name == NULL ? NULL : kith__arena_format(e->arena, "CONSTRAINT %s ", name);
    return clause != NULL && splice(e, token_start(e, part->first), 0, clause);
}

static bool never_reused(const editor *e, const kith__key *key)
{
    const kith__table *table = e->expected.tables[0];
    size_t at = key->count == 1 ? kith__table_column_index(table, key->columns[0]) : SIZE_MAX;
    return at != SIZE_MAX && table->columns[at].never_reuse;
}

static bool add_constraint(editor *e, const kith__op *op)
{
    kith__text text = { 0 };
    kith__text_add(&text, ",\n    ");
    if (op->kind == KITH__OP_ADD_FOREIGN_KEY) {
        kith__ddl_foreign_key(&text, op->foreign_key);
        return add_text(e, &text, before_close);
    }
    if (op->name != NULL) {
        kith__text_add(&text, "CONSTRAINT ");
        kith__sql_quote(&text, op->name);
        kith__text_addc(&text, ' ');
    }
    if (op->kind == KITH__OP_ADD_CHECK) {
        kith__text_addf(&text, "CHECK (%s)", op->check->sql);
    } else {
        kith__text_add(&text, op->kind == KITH__OP_ADD_UNIQUE ? "UNIQUE (" : "PRIMARY KEY (");
        kith__ddl_names(&text, op->key->columns, op->key->count);
        kith__text_add(&text, op->kind == KITH__OP_ADD_PRIMARY_KEY && never_reused(e, op->key) ? " AUTOINCREMENT)" : ")");
    }
    return add_text(e, &text, before_close);
}

static bool edit_one(editor *e, const kith__op *op)
{
    switch (op->kind) {
    case KITH__OP_ADD_COLUMN:
        return add_column(e, op);
    case KITH__OP_DROP_COLUMN:
        return drop_column(e, op);
    case KITH__OP_TYPE:
        return change_type(e, op);
    case KITH__OP_NOT_NULL:
        return change_not_null(e, op);
    case KITH__OP_DEFAULT:
        return change_default(e, op);
    case KITH__OP_IDENTITY:
        return change_identity(e, op);
    case KITH__OP_DROP_PRIMARY_KEY:
        return drop_constraint(e, NULL);
    case KITH__OP_DROP_CONSTRAINT:
        return drop_constraint(e, op->name);
    case KITH__OP_RENAME_CONSTRAINT:
        return rename_constraint(e, op);
    case KITH__OP_ADD_PRIMARY_KEY: case KITH__OP_ADD_UNIQUE: case KITH__OP_ADD_FOREIGN_KEY: case KITH__OP_ADD_CHECK:
        return add_constraint(e, op);
    default:
        return true;        /* comments live in the files */
    }
}

/* ---------------------------------------------------------------- the two checks */

/* Every token belongs to the name, a bracket, a comma, an item or the options behind the table. */
static bool is_accounted_for(const kith__definition *d)
{
    size_t at = d->open + 1;
    for (size_t i = 0; i < d->item_count; i++) {
        if (i > 0 && kith__token_mark(&d->tokens.items[at], ","))
            at++;
        if (d->items[i].first != at)
            return false;
        at = d->items[i].end;
    }
    return at == d->close && d->name_token == 2 && d->open == 3;
}

/* What the new text says against what the operations make of what the old text said. */
static int check_meaning(editor *e)
{
    const kith__table *expected = e->expected.tables[0];
    kith__schema found = { 0 };
    kith__ops left = { 0 };
    int status = kith__table_clone(&found, e->old.table) == NULL ? kith__fail_memory(e->error) : KITH_OK;
    if (status == KITH_OK)
        status = kith__compare_stored(e->arena, &found, &e->expected, NULL, NULL, &kith__dialect_sqlite, &left, e->error);
    if (status == KITH_OK && (left.count > 0 || expected->strict != e->old.table->strict || expected->without_rowid != e->old.table->without_rowid))
        status = refuse(e->error, expected->name, "did not change as it should");
    kith__schema_free(&found);
    return status;
}

static int edit_all(editor *e, const kith__op *const *ops, size_t count)
{
    int status = kith__table_clone(&e->expected, e->old.table) == NULL ? kith__fail_memory(e->error) : KITH_OK;
    for (size_t i = 0; i < count && status == KITH_OK; i++) {
        status = kith__op_apply(&e->expected, ops[i], e->error);
        if (status == KITH_OK && !edit_one(e, ops[i]))
            return kith__fail_memory(e->error);
        if (status == KITH_OK && (!reparse(e) || !is_accounted_for(&e->old)))
            return e->arena->broken ? kith__fail_memory(e->error) : refuse(e->error, e->expected.tables[0]->name, "would no longer be one that kith can read");
    }
    return status == KITH_OK ? check_meaning(e) : status;
}

int kith__definition_edit(kith__arena *arena, const char *sql, const char *to, const kith__op *const *ops, size_t count, const char **out, kith__error *error)
{
    editor e = { .arena = arena, .sql = sql, .error = error };
    kith__text name = { 0 };
    if (!reparse(&e) || !is_accounted_for(&e.old))
        return arena->broken ? kith__fail_memory(error) : refuse(error, count > 0 ? ops[0]->table : "a table", "is not one that kith can read");
    int status = edit_all(&e, ops, count);
    kith__sql_quote(&name, to);
    if (status == KITH_OK && (name.broken || !replace(&e, e.old.name_token, e.old.name_token + 1, name.data)))
        status = kith__fail_memory(error);
    kith__text_free(&name);
    kith__schema_free(&e.expected);
    *out = e.sql;
    return status;
}
