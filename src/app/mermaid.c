/*
 * mermaid: the models as an erDiagram, which many a page that is written in Markdown draws.
 *
 * The language has no escapes. In quotes, where names of tables and comments stand, entities take the place of what it or HTML would
 * read (#35;); of a blank too where it makes "direction TB", which is read even there. Where no quotes may stand, at columns and types, other characters
 * become _, and what it really is called follows as a comment.
 */
#include "app/picture.h"

#include <ctype.h>

/* ---------------------------------------------------------------- texts */

static bool is_plain(char c) { return (unsigned char)c < 0x80 && (isalnum((unsigned char)c) || (c != 0 && strchr("_(),.-/", c) != NULL)); }

static bool is_direction(const char *at)
{
    static const char *const words[] = { " TB", " BT", " LR", " RL" };
    for (size_t i = 0; i < KITH__COUNT(words); i++)
        if (strncasecmp(at, words[i], 3) == 0)
            return true;
    return false;
}

/* What is no letter at all is shown by the sign for that. */
static void add_text(kith__text *out, const char *text)
{
    for (size_t size; *text != 0; text += size > 0 ? size : 1) {
        size = kith__picture_letter(text);
        if (size == 0 || (unsigned char)*text < ' ')
            kith__text_add(out, "\xEF\xBF\xBD");
        else if (size > 1 || is_plain(*text) || (*text == ' ' && !is_direction(text)))
            kith__text_addn(out, text, size);
        else
            kith__text_addf(out, "#%d;", *text);
    }
}

static bool is_of_word(char c) { return is_plain(c) && strchr(",.-/", c) == NULL; }

/* A column's name or type. Could it be written as it is? (Of a blank, _ says enough.) */
static bool add_word(kith__text *out, const char *text)
{
    bool whole = isalpha((unsigned char)*text) || *text == '_';
    if (strcasecmp(text, "PK") == 0 || strcasecmp(text, "FK") == 0 || strcasecmp(text, "UK") == 0)
        whole = false;          /* words of the language */
    if (!whole)
        kith__text_addc(out, '_');
    for (; *text != 0; text++) {
        kith__text_addc(out, is_of_word(*text) ? *text : '_');
        whole = whole && (is_of_word(*text) || *text == ' ');
    }
    return whole;
}

/* ---------------------------------------------------------------- boxes */

static void add_comment(kith__text *comment, const char *words)
{
    kith__text_add(comment, comment->size > 0 ? ", " : "");
    add_text(comment, words);
}

static void add_column(kith__text *out, const kith__table *table, const kith__column *column)
{
    kith__marks marks = kith__picture_marks(table, column);
    kith__text type = { 0 }, comment = { 0 };
    const char *what = kith__picture_type(&type, column);
    kith__text_add(out, "    ");
    if (!add_word(out, what != NULL ? what : "_"))
        add_comment(&comment, what);
    kith__text_addc(out, ' ');
    if (!add_word(out, column->name))
        add_comment(&comment, column->name);
    const char *keys[] = { marks.primary ? "PK" : NULL, marks.foreign ? "FK" : NULL, marks.unique ? "UK" : NULL }, *before = " ";
    for (size_t i = 0; i < KITH__COUNT(keys); i++)
        if (keys[i] != NULL) {
            kith__text_addf(out, "%s%s", before, keys[i]);
            before = ", ";
        }
    if (marks.null)
        add_comment(&comment, "null");
    if (comment.size > 0)
        kith__text_addf(out, " \"%s\"", comment.data);
    kith__text_addc(out, '\n');
    out->broken = out->broken || type.broken || comment.broken;
    kith__text_free(&type);
    kith__text_free(&comment);
}

/* Boxes of one name would be one box. */
static void add_name(kith__text *out, const kith__models *models, const kith__table *table)
{
    const char *label = kith__picture_label(models, table);
    const kith__mapper *named = kith__map_gets(&models->by_name, label);
    kith__text_addc(out, '"');
    add_text(out, label);
    kith__text_add(out, named != NULL && named->table != table ? " (join table)\"" : "\"");
}

static void add_box(kith__text *out, const kith__models *models, const kith__table *table)
{
    kith__text_add(out, "  ");
    add_name(out, models, table);
    kith__text_add(out, " {\n");
    for (size_t i = 0; i < table->column_count; i++)
        add_column(out, table, &table->columns[i]);
    kith__text_add(out, "  }\n");
}

/* ---------------------------------------------------------------- lines */

static void add_line(kith__text *out, const kith__models *models, const kith__table *from, const char *feet, const kith__table *to)
{
    kith__text_add(out, "  ");
    add_name(out, models, from);
    kith__text_addf(out, " %s ", feet);
    add_name(out, models, to);
    kith__text_add(out, " : \"");
}

/* The line says the relationships of both sides, else the columns of the key. */
static void add_names(kith__text *out, const kith__models *models, const kith__table *table, const kith__foreign_key *key)
{
    kith__text down = { 0 }, up = { 0 };
    kith__picture_names(&down, models, table, key, true);
    kith__picture_names(&up, models, table, key, false);
    if (down.size > 0 && up.size > 0)
        kith__text_add(&down, " / ");
    for (size_t i = 0; down.size + up.size == 0 && i < key->count; i++)
        kith__text_addf(&up, "%s%s", i > 0 ? ", " : "", key->columns[i]);
    add_text(out, down.size > 0 ? down.data : "");
    add_text(out, up.size > 0 ? up.data : "");
    kith__text_add(out, "\"\n");
    out->broken = out->broken || down.broken || up.broken;
    kith__text_free(&down);
    kith__text_free(&up);
}

static void add_key(kith__text *out, const kith__models *models, const kith__table *table, const kith__foreign_key *key)
{
    const kith__table *parent = kith__schema_find(&models->schema, key->table);
    if (parent == NULL)
        return;
    char feet[8];
    snprintf(feet, sizeof feet, "%s--%s", kith__picture_optional(table, key) ? "|o" : "||", kith__picture_single(models, table, key) ? "o|" : "o{");
    add_line(out, models, parent, feet, table);
    add_names(out, models, table, key);
}

static void add_proxy(kith__text *out, const kith__proxy *proxy)
{
    add_line(out, proxy->owner->models, proxy->owner->table, proxy->many ? "}o..o{" : "}o..o|", kith__picture_end(proxy)->table);
    add_text(out, proxy->name);
    kith__text_add(out, "\"\n");
}

void kith__picture_mermaid(kith__text *out, const kith__models *models)
{
    const kith__schema *schema = &models->schema;
    kith__text_add(out, "erDiagram\n");
    for (size_t i = 0; i < schema->table_count; i++)
        add_box(out, models, schema->tables[i]);
    for (size_t i = 0; i < schema->table_count; i++)
        for (size_t j = 0; j < schema->tables[i]->foreign_key_count; j++)
            add_key(out, models, schema->tables[i], &schema->tables[i]->foreign_keys[j]);
    for (size_t i = 0; i < models->count; i++)
        for (size_t j = 0; models->mappers[i]->table != NULL && j < models->mappers[i]->proxy_count; j++)
            add_proxy(out, &models->mappers[i]->proxies[j]);
}
