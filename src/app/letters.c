/*
 * letters: the models drawn as the lesson draws them, then each with its table's columns and its relationships.
 *
 *   Business --< Trashcan >-- Raccoon
 *
 * The lines go by the foreign keys of the tables, so a join table that no model declares is drawn too.
 */
#include "app/picture.h"
#include "migrate/migrate.h"

/* the model's name, or its table's where there is none */
static const char *label(const kith__models *models, const char *name)
{
    const kith__table *table = kith__schema_find(&models->schema, name);
    return table != NULL ? kith__picture_label(models, table) : name;
}

/* ---------------------------------------------------------------- the drawing */

static void draw_table(kith__text *out, const kith__models *models, const kith__table *table)
{
    const char *name = label(models, table->name);
    if (table->foreign_key_count == 0)
        return;
    for (size_t i = 0; i < table->foreign_key_count; i += 2) {
        const kith__foreign_key *left = &table->foreign_keys[i], *right = i + 1 < table->foreign_key_count ? &table->foreign_keys[i + 1] : NULL;
        kith__text_addf(out, "%s %s %s", label(models, left->table), kith__picture_single(models, table, left) ? "---" : "--<", name);
        if (right != NULL)
            kith__text_addf(out, " %s %s", kith__picture_single(models, table, right) ? "---" : ">--", label(models, right->table));
        kith__text_addc(out, '\n');
    }
}

static bool is_referenced(const kith__schema *schema, const char *name)
{
    for (size_t i = 0; i < schema->table_count; i++)
        for (size_t j = 0; j < schema->tables[i]->foreign_key_count; j++)
            if (strcmp(schema->tables[i]->foreign_keys[j].table, name) == 0)
                return true;
    return false;
}

static void draw(kith__text *out, const kith__models *models)
{
    const kith__schema *schema = &models->schema;
    for (size_t i = 0; i < schema->table_count; i++) {
        const kith__table *table = schema->tables[i];
        draw_table(out, models, table);
        if (table->foreign_key_count == 0 && !is_referenced(schema, table->name))
            kith__text_addf(out, "%s\n", label(models, table->name));
    }
}

/* ---------------------------------------------------------------- one table */

static void add_note(kith__text *notes, const char *note)
{
    kith__text_add(notes, notes->size > 0 ? ", " : "");
    kith__text_add(notes, note);
}

static bool is_named(const char *const *names, size_t count, const char *name)
{
    return count == 1 && strcmp(names[0], name) == 0;
}

/* Of one column, and of every row: it is told of in the column's line. */
static bool is_plain(const kith__index *index)
{
    return index->count == 1 && index->where == NULL && !(index->expression != NULL && index->expression[0]);
}

static void note_keys(kith__text *notes, const kith__table *table, const char *column)
{
    for (size_t i = 0; i < table->unique_count; i++)
        if (is_named((const char *const *)table->uniques[i].columns, table->uniques[i].count, column))
            add_note(notes, "unique");
    for (size_t i = 0; i < table->index_count; i++)
        if (is_plain(&table->indexes[i]) && strcmp(table->indexes[i].columns[0], column) == 0)
            add_note(notes, table->indexes[i].unique ? "unique index" : "index");
    for (size_t i = 0; i < table->foreign_key_count; i++) {
        const kith__foreign_key *key = &table->foreign_keys[i];
        if (!is_named((const char *const *)key->columns, key->count, column))
            continue;
        add_note(notes, "");
        kith__text_addf(notes, "references %s.%s%s%s", key->table, key->targets[0], key->on_delete != NULL ? " on delete " : "", key->on_delete != NULL ? key->on_delete : "");
    }
}

/* the length of text, for columns of a terminal: code points */
static int padding(const char *text, int width)
{
    int size = (int)kith__utf8_count(text, strlen(text));
    return size < width ? width - size : 0;
}

/* What could not be written breaks the whole: `what` and `notes`, which may be NULL. */
static void put_row(kith__text *out, const char *name, const kith__text *what, const kith__text *notes)
{
    out->broken |= what->broken || (notes != NULL && notes->broken);
    if (out->broken)
        return;
    bool has_notes = notes != NULL && notes->size > 0;
    kith__text_addf(out, "  %s%*s %s", name, padding(name, 16), "", what->data);
    if (has_notes)
        kith__text_addf(out, "%*s %s", padding(what->data, 12), "", notes->data);
    kith__text_addc(out, '\n');
}

static void put_column(kith__text *out, const kith__table *table, const kith__column *column, const char *member)
{
    kith__text type = { 0 }, notes = { 0 };
    kith__print_type(&type, &column->type);
    if (kith__listed((const char *const *)table->primary_key.columns, table->primary_key.count, column->name))
        add_note(&notes, column->identity ? "primary key, generated" : "primary key");
    else if (column->not_null)
        add_note(&notes, "not null");
    note_keys(&notes, table, column->name);
    if (column->default_sql != NULL) {
        add_note(&notes, "default ");
        kith__text_add(&notes, column->default_sql);
    }
    if (member != NULL && strcmp(member, column->name) != 0) {
        add_note(&notes, "column ");
        kith__text_add(&notes, column->name);
    }
    put_row(out, member != NULL ? member : column->name, &type, &notes);
    kith__text_free(&type);
    kith__text_free(&notes);
}

static void put_named(kith__text *line, const char *const *names, size_t count)
{
    kith__text_addc(line, '(');
    for (size_t i = 0; i < count; i++) {
        kith__text_add(line, i > 0 ? ", " : "");
        kith__text_add(line, names[i]);
    }
    kith__text_addc(line, ')');
}

static void put_line(kith__text *out, kith__text *line)
{
    out->broken |= line->broken;
    if (!out->broken)
        kith__text_addf(out, "  %s\n", line->data);
    kith__text_reset(line);
}

static void put_index(kith__text *out, kith__text *line, const kith__index *index)
{
    kith__text_add(line, index->unique ? "unique index " : "index ");
    for (size_t i = 0; i < index->count; i++)
        kith__text_addf(line, "%s%s%s", i > 0 ? ", " : "(", index->columns[i], index->descending != NULL && index->descending[i] ? " desc" : "");
    kith__text_addf(line, index->where != NULL ? ") where %s" : ")", index->where);
    put_line(out, line);
}

/* what stands in no single column's line */
static void put_constraints(kith__text *out, const kith__table *table)
{
    kith__text line = { 0 };
    for (size_t i = 0; i < table->unique_count; i++)
        if (table->uniques[i].count > 1) {
            kith__text_add(&line, "unique ");
            put_named(&line, (const char *const *)table->uniques[i].columns, table->uniques[i].count);
            put_line(out, &line);
        }
    for (size_t i = 0; i < table->index_count; i++)
        if (!is_plain(&table->indexes[i]))
            put_index(out, &line, &table->indexes[i]);
    for (size_t i = 0; i < table->foreign_key_count; i++)
        if (table->foreign_keys[i].count > 1) {
            put_named(&line, (const char *const *)table->foreign_keys[i].columns, table->foreign_keys[i].count);
            kith__text_addf(&line, " references %s ", table->foreign_keys[i].table);
            put_named(&line, (const char *const *)table->foreign_keys[i].targets, table->foreign_keys[i].count);
            put_line(out, &line);
        }
    for (size_t i = 0; i < table->check_count; i++) {
        kith__text_addf(&line, "check (%s)", table->checks[i].sql);
        put_line(out, &line);
    }
    kith__text_free(&line);
}

/* ---------------------------------------------------------------- relationships and proxies */

static void put_relation(kith__text *out, const kith__relation *relation)
{
    kith__text what = { 0 };
    kith__text_addf(&what, "%s %s", relation->many ? "many" : "one", relation->target->name);
    if (relation->secondary != NULL)
        kith__text_addf(&what, ", through the table %s", relation->secondary->name);
    put_row(out, relation->name, &what, NULL);
    kith__text_free(&what);
}

static void put_proxy(kith__text *out, const kith__proxy *proxy)
{
    kith__text what = { 0 };
    kith__text_addf(&what, "%s%s%s, through %s.%s", proxy->many ? "many" : "one", proxy->target != NULL ? " " : "", proxy->target != NULL ? proxy->target->name : "",
        proxy->attribute->through, proxy->attribute->attribute);
    put_row(out, proxy->name, &what, NULL);
    kith__text_free(&what);
}

static void put_mapper(kith__text *out, const kith__mapper *mapper)
{
    kith__text_addf(out, "\n%s (%s)\n", mapper->name, mapper->table->name);
    for (size_t i = 0; i < mapper->property_count; i++)
        put_column(out, mapper->table, mapper->properties[i].column, mapper->properties[i].name);
    put_constraints(out, mapper->table);
    for (size_t i = 0; i < mapper->relation_count; i++)
        put_relation(out, mapper->relations[i]);
    for (size_t i = 0; i < mapper->proxy_count; i++)
        put_proxy(out, &mapper->proxies[i]);
}

static void put_table(kith__text *out, const kith__table *table)
{
    kith__text_addf(out, "\n%s (a join table, without a model)\n", table->name);
    for (size_t i = 0; i < table->column_count; i++)
        put_column(out, table, &table->columns[i], NULL);
    put_constraints(out, table);
}

/* ---------------------------------------------------------------- all of it */

void kith__picture_letters(kith__text *out, const kith__models *models)
{
    draw(out, models);
    for (size_t i = 0; i < models->count; i++)
        if (models->mappers[i]->table != NULL)
            put_mapper(out, models->mappers[i]);
    for (size_t i = 0; i < models->schema.table_count; i++)
        if (kith__mapper_of_table(models, models->schema.tables[i]->name) == NULL)
            put_table(out, models->schema.tables[i]);
}
