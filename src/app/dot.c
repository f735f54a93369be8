/*
 * dot: the models in Graphviz's language: a box for each table, with a row for each column, relationship and association proxy.
 *
 * A foreign key is a line from the row that it references to its own, with crow's feet: a fork is many, a ring none, a bar one.
 * Proxies are dashed. Parents stand left of their children. The colours can be told apart in grey, for printers.
 */
#include "app/picture.h"

#define INK_   "#1f2933"
#define FAINT_ "#5b6770"        /* types, and what else is said of a name */
#define LINE_  "#52606d"
#define RELATION_ "#1f4e8c"
#define PROXY_ "#9a4d00"
#define MODEL_ "#dde8f3"        /* behind the name of a model, */
#define JOIN_  "#ebebeb"        /* and of a join table */

/* ---------------------------------------------------------------- texts */

/* What XML cannot have, or is no letter at all, is shown by the sign for that. */
static void add_letter(kith__text *out, const char *at, size_t size)
{
    bool never = (unsigned char)*at < ' ' || (size == 3 && (memcmp(at, "\xEF\xBF\xBE", 3) == 0 || memcmp(at, "\xEF\xBF\xBF", 3) == 0));
    if (size == 0 || never)
        kith__text_add(out, "\xEF\xBF\xBD");
    else
        kith__text_addn(out, at, size);
}

/* In a label, which is HTML. Graphviz takes no font without a text in it, and \N even here as the name of the box, which only something
 * in between prevents: U+2060, which is not seen. */
static void add_text(kith__text *out, const char *text)
{
    if (*text == 0)
        kith__text_add(out, "&#160;");
    for (size_t size; *text != 0; text += size > 0 ? size : 1) {
        size = kith__picture_letter(text);
        switch (*text) {
        case '&': kith__text_add(out, "&amp;"); break;
        case '<': kith__text_add(out, "&lt;"); break;
        case '>': kith__text_add(out, "&gt;"); break;
        case '"': kith__text_add(out, "&quot;"); break;
        case '\\': kith__text_add(out, "\\&#x2060;"); break;
        default: add_letter(out, text, size);
        }
    }
}

/* A box's name, which its table has too, and browsers show as its title. */
static void add_name(kith__text *out, const char *text)
{
    kith__text_addc(out, '"');
    for (size_t size; *text != 0; text += size > 0 ? size : 1) {
        size = kith__picture_letter(text);
        if (*text == '"' || *text == '\\')
            kith__text_addc(out, '\\');
        add_letter(out, text, size);
    }
    kith__text_addc(out, '"');
}

/* ---------------------------------------------------------------- rows */

/* Lines end at ports: c0w is on the left of the first row, c0e on its right. All in one weight and slant: Graphviz puts others a
 * little higher. */
static void add_row(kith__text *out, size_t number, const char *colour, const char *name, const char *what, const char *notes)
{
    kith__text_addf(out, "    <TR><TD ALIGN=\"LEFT\" PORT=\"c%zuw\"><FONT COLOR=\"%s\">", number, colour);
    add_text(out, name);
    kith__text_add(out, "</FONT></TD><TD ALIGN=\"LEFT\"><FONT COLOR=\"" FAINT_ "\">");
    add_text(out, what);
    kith__text_addf(out, "</FONT></TD><TD ALIGN=\"RIGHT\" PORT=\"c%zue\"><FONT COLOR=\"" FAINT_ "\" POINT-SIZE=\"8\">", number);
    add_text(out, notes);
    kith__text_add(out, "</FONT></TD></TR>\n");
}

static void add_column(kith__text *out, const kith__table *table, size_t number)
{
    const kith__column *column = &table->columns[number];
    kith__marks marks = kith__picture_marks(table, column);
    kith__text type = { 0 }, notes = { 0 };
    const char *what = kith__picture_type(&type, column);
    kith__text_addf(&notes, "%s%s%s%s", marks.primary ? " PK" : "", marks.foreign ? " FK" : "", marks.unique ? " UQ" : "", marks.null ? " null" : "");
    const char *words = notes.size > 0 && !notes.broken ? notes.data + 1 : "";
    add_row(out, number, INK_, column->name, what != NULL ? what : "?", words);
    out->broken = out->broken || type.broken || notes.broken;
    kith__text_free(&type);
    kith__text_free(&notes);
}

static void add_members(kith__text *out, const kith__mapper *mapper)
{
    kith__text what = { 0 };
    size_t row = mapper->table->column_count;
    if (mapper->relation_count + mapper->proxy_count > 0)
        kith__text_add(out, "    <HR/>\n");
    for (size_t i = 0; i < mapper->relation_count; i++) {
        const kith__relation *relation = mapper->relations[i];
        kith__text_reset(&what);
        kith__text_addf(&what, "%s %s", relation->many ? "many" : "one", relation->target->name);
        add_row(out, row++, RELATION_, relation->name, what.broken ? "?" : what.data, "");
        out->broken = out->broken || what.broken;
    }
    for (size_t i = 0; i < mapper->proxy_count; i++) {
        const kith__proxy *proxy = &mapper->proxies[i];
        kith__text_reset(&what);
        kith__text_addf(&what, "%s.%s", proxy->attribute->through, proxy->attribute->attribute);
        add_row(out, row++, PROXY_, proxy->name, what.broken ? "?" : what.data, proxy->many ? "many" : "one");
        out->broken = out->broken || what.broken;
    }
    kith__text_free(&what);
}

static void add_box(kith__text *out, const kith__models *models, const kith__table *table)
{
    const kith__mapper *mapper = kith__mapper_of_table(models, table->name);
    kith__text_add(out, "  ");
    add_name(out, table->name);
    kith__text_addf(out, " [label=<<TABLE BORDER=\"1\" CELLBORDER=\"0\" CELLSPACING=\"0\" CELLPADDING=\"4\" COLOR=\"" LINE_ "\" BGCOLOR=\"white\">\n"
        "    <TR><TD COLSPAN=\"3\" ALIGN=\"LEFT\" BGCOLOR=\"%s\"><FONT POINT-SIZE=\"13\">%s", mapper != NULL ? MODEL_ : JOIN_, mapper != NULL ? "<B>" : "");
    add_text(out, kith__picture_label(models, table));
    kith__text_addf(out, "%s</FONT>  <FONT POINT-SIZE=\"9\" COLOR=\"" FAINT_ "\">", mapper != NULL ? "</B>" : "");
    add_text(out, mapper != NULL ? table->name : "join table");
    kith__text_add(out, "</FONT></TD></TR>\n    <HR/>\n");
    for (size_t i = 0; i < table->column_count; i++)
        add_column(out, table, i);
    if (mapper != NULL)
        add_members(out, mapper);
    kith__text_add(out, "  </TABLE>>]\n");
}

/* ---------------------------------------------------------------- lines */

static size_t number_of(const kith__table *table, const char *column)
{
    return (size_t)(kith__table_column(table, column) - table->columns);
}

static void add_port(kith__text *out, const kith__table *table, const char *column, char side)
{
    add_name(out, table->name);
    kith__text_addf(out, ":c%zu%c:%c", number_of(table, column), side, side);
}

/* A key of several columns names them; its line goes by the first. */
static void add_columns(kith__text *out, const kith__foreign_key *key)
{
    kith__text_add(out, ", label=<");
    for (size_t i = 0; i < key->count; i++) {
        kith__text_add(out, i > 0 ? ", " : "");
        add_text(out, key->columns[i]);
    }
    kith__text_addc(out, '>');
}

static void add_key(kith__text *out, const kith__models *models, const kith__table *table, const kith__foreign_key *key)
{
    const kith__table *parent = kith__schema_find(&models->schema, key->table);
    if (parent == NULL)
        return;
    kith__text_add(out, "  ");
    add_port(out, parent, key->targets[0], 'e');
    kith__text_add(out, " -> ");
    add_port(out, table, key->columns[0], parent == table ? 'e' : 'w');
    kith__text_addf(out, " [arrowtail=\"%s\", arrowhead=\"%s\"", kith__picture_optional(table, key) ? "noneteenoneodot" : "noneteetee",
        kith__picture_single(models, table, key) ? "noneteenoneodot" : "crownoneodot");
    if (key->count > 1)
        add_columns(out, key);
    kith__text_add(out, "]\n");
}

/* From box to box: Graphviz has an error with lines between ports of boxes that stand above each other. Pointed at, it says its name. */
static void add_proxy(kith__text *out, const kith__proxy *proxy)
{
    kith__text_add(out, "  ");
    add_name(out, proxy->owner->table->name);
    kith__text_add(out, " -> ");
    add_name(out, kith__picture_end(proxy)->table->name);
    kith__text_add(out, " [style=\"dashed\", color=\"" PROXY_ "\", arrowtail=\"none\", arrowhead=\"vee\", constraint=\"false\", tooltip=");
    add_name(out, proxy->name);
    kith__text_add(out, "]\n");
}

void kith__picture_dot(kith__text *out, const kith__models *models)
{
    const kith__schema *schema = &models->schema;
    kith__text_add(out, "digraph models {\n"
        "  graph [rankdir=\"LR\", ranksep=\"0.5\", nodesep=\"0.4\", pack=\"24\", packmode=\"graph\", pad=\"0.3\", bgcolor=\"white\"]\n"
        "  node [shape=\"plain\", fontname=\"Helvetica,Arial,sans-serif\", fontsize=\"11\", fontcolor=\"" INK_ "\"]\n"
        "  edge [dir=\"both\", minlen=\"2\", color=\"" LINE_ "\", arrowsize=\"0.9\", fontname=\"Helvetica,Arial,sans-serif\", fontsize=\"9\", fontcolor=\"" FAINT_ "\"]\n");
    for (size_t i = 0; i < schema->table_count; i++)
        add_box(out, models, schema->tables[i]);
    for (size_t i = 0; i < schema->table_count; i++)
        for (size_t j = 0; j < schema->tables[i]->foreign_key_count; j++)
            add_key(out, models, schema->tables[i], &schema->tables[i]->foreign_keys[j]);
    for (size_t i = 0; i < models->count; i++)
        for (size_t j = 0; models->mappers[i]->table != NULL && j < models->mappers[i]->proxy_count; j++)
            add_proxy(out, &models->mappers[i]->proxies[j]);
    kith__text_add(out, "}\n");
}
