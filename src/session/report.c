/*
 * kith_rows, kith_stream_rows: SQL as it is, its rows as structs whose columns are checked by name.
 */
#include "session/search.h"

#include <stdlib.h>
#include <strings.h>

enum { MOST_VALUES = 16 };

typedef struct list { const void **items; size_t count; } list;
static const list nothing = { NULL, 0 };

/* ---------------------------------------------------------------- marks */

/* What stands from `at` on and is no SQL to look at: a string, a quoted name, a comment. Its length, or 0. */
static size_t quoted_length(const char *at, bool brackets)
{
    const char *end;
    if (*at == '\'' || *at == '"' || *at == '`' || (*at == '[' && brackets)) {
        end = strchr(at + 1, *at == '[' ? ']' : *at);       /* a doubled quote is one string after another */
        return end ? (size_t)(end - at) + 1 : strlen(at);
    }
    if (at[0] == '-' && at[1] == '-')
        return strcspn(at, "\n");
    if (at[0] == '/' && at[1] == '*') {
        end = strstr(at + 2, "*/");
        return end ? (size_t)(end - at) + 2 : strlen(at);
    }
    return 0;
}

/* Each ? becomes the engine's mark, each ?? a question mark. How many marks there are. */
static size_t write_marks(kith__text *text, const kith__dialect *dialect, const char *sql)
{
    size_t marks = 0, length;
    while (*sql) {
        if ((length = quoted_length(sql, dialect->bracket_names))) {
            kith__text_addn(text, sql, length);
            sql += length;
        } else if (sql[0] == '?' && sql[1] == '?') {
            kith__text_addc(text, '?');
            sql += 2;
        } else if (*sql == '?') {
            dialect->mark(text, ++marks);
            sql++;
        } else
            kith__text_addc(text, *sql++);
    }
    return marks;
}

/* ---------------------------------------------------------------- does it write? */

static bool begins_with(const char *sql, const char *word) { return strncasecmp(sql, word, strlen(word)) == 0; }

/* What changes rows has the session's transaction, and not one of its own. A WITH that has the word for it anywhere is taken for such. */
bool kith__sql_writes(const char *sql)
{
    static const char *const reading[] = { "SELECT", "VALUES", "EXPLAIN", "PRAGMA" }, *const writing[] = { "INSERT", "UPDATE", "DELETE", "REPLACE" };
    size_t length;
    while ((length = strspn(sql, " \t\r\n(")) || ((*sql == '-' || *sql == '/') && (length = quoted_length(sql, false))))
        sql += length;
    for (size_t i = 0; i < KITH__COUNT(reading); i++)
        if (begins_with(sql, reading[i]))
            return false;
    bool with = begins_with(sql, "WITH"), found = !with;
    for (; with && *sql && !found; sql++)
        for (size_t i = 0; i < KITH__COUNT(writing); i++)
            found |= begins_with(sql, writing[i]);
    return found;
}

/* ---------------------------------------------------------------- values */

static bool is_null(const kith_value *value)
{
    bool text = value->type == KITH_TYPE_TEXT || value->type == KITH_TYPE_JSON || value->type == KITH_TYPE_DECIMAL;
    return value->absent || (text && !value->s) || (value->type == KITH_TYPE_OBJECT && !value->object);
}

/* An object stands for its key. */
static bool key_instead(kith_session *session, size_t number, kith_value *value)
{
    const kith__object *object = kith__object_check(value->object);
    const kith__mapper *mapper = object ? kith__mapper_for(object) : NULL;
    if (mapper && mapper->key_count == 1 && (kith__has_row(object) || object->flags & KITH__READ_ONLY)) {
        *value = kith__member_value(&mapper->key[0]->field, object + 1);
        return true;
    }
    kith__misuse(session, "rows.object", NULL, "Value %zu of the SQL is a pointer, and no object with a row and one column of key.", number);
    return false;
}

/* reader: of a stream, whose values live with it; or NULL */
static bool bind(kith_session *session, kith__statement *statement, const kith_value *values, size_t count, kith_reader *reader)
{
    for (size_t i = 0; i < count; i++) {
        kith_value value = values[i];
        if (is_null(&value))
            value = (kith_value){ .type = KITH_TYPE_TEXT, .absent = 1 };
        if (value.type == KITH_TYPE_OBJECT && !key_instead(session, i + 1, &value))
            return false;
        if ((reader && !kith__stream_keep(reader, &value)) || kith__bind_value(statement, i + 1, &value, NULL, &session->error))
            return false;
    }
    return true;
}

static kith__statement *prepare(kith_session *session, const char *sql, const kith_value *values, kith_reader *reader)
{
    size_t count = 0;
    while (count <= MOST_VALUES && values && values[count].type != KITH_TYPE_NONE)
        count++;
    kith__sql_reset(&session->sql);
    size_t marks = write_marks(&session->sql.text, kith__pool_dialect(session->database->pool), sql);
    if (count > MOST_VALUES)
        kith__misuse(session, "rows.values", NULL, "SQL takes at most %d values.", MOST_VALUES);
    else if (marks != count) {
        kith__misuse(session, "rows.values", NULL, "The SQL has %zu question marks, and was given %zu values.", marks, count);
        kith__fail_hint(&session->error, "A question mark that is meant as one is written ??.");
    } else if (session->sql.text.broken)
        kith__no_memory(session);
    if (kith__status(session) || (kith__sql_writes(sql) && kith__write_by_sql(session)))
        return NULL;
    kith__statement *statement = kith__prepare(session->connection, NULL, 0, session->sql.text.data ? session->sql.text.data : "", &session->error);
    if (statement && bind(session, statement, values, count, reader))
        return statement;
    kith__done(statement);
    return NULL;
}

/* ---------------------------------------------------------------- columns */

static const kith__field *field_named(const kith__mapper *mapper, const char *name)
{
    for (size_t i = 0; i < mapper->property_count; i++) {
        const kith__property *property = &mapper->properties[i];
        if (!strcmp(property->column ? property->column->name : property->name, name))
            return &property->field;
    }
    return NULL;
}

static int wrong_column(kith_session *session, const kith__mapper *mapper, const char *sentence, const char *name)
{
    kith__fail(&session->error, KITH_SCHEMA, "rows.columns", sentence, mapper->name, name);
    kith__fail_hint(&session->error, "The columns of the SELECT have the names of the members of %s (SELECT … AS …), in any order.", mapper->name);
    kith__fail_about(&session->error, mapper->name, name, NULL);
    return KITH_SCHEMA;
}

static bool has_column(const kith__fields *fields, const kith__field *field)
{
    for (size_t i = 0; i < fields->count; i++)
        if (fields->items[i].offset == field->offset)
            return true;
    return false;
}

/* The model's fields in the order of the statement's columns; they lie in the arena. */
static int order_fields(kith_session *session, const kith__mapper *mapper, kith__statement *statement, kith__arena *arena, kith__fields *fields)
{
    size_t width = kith__row_width(statement);
    kith__field *items = kith__arena_alloc(arena, (width + 1) * sizeof *items);
    if (!items)
        return kith__fail_memory(&session->error);
    *fields = (kith__fields){ .model = mapper->name, .table = mapper->table ? mapper->table->name : mapper->name, .items = items };
    for (size_t i = 0; i < width; i++) {
        const char *name = kith__row_name(statement, i);
        const kith__field *field = field_named(mapper, name);
        if (!field)
            return wrong_column(session, mapper, "%s has no member for the column %s that the SQL gives.", name);
        if (has_column(fields, field))
            return wrong_column(session, mapper, "The SQL gives %s the column %s twice.", name);
        items[fields->count++] = *field;
    }
    for (size_t i = 0; i < mapper->property_count; i++)
        if (!has_column(fields, &mapper->properties[i].field))
            return wrong_column(session, mapper, "The SQL gives no column for %s.%s.", mapper->properties[i].name);
    return KITH_OK;
}

/* ---------------------------------------------------------------- rows */

static const void *kept_list(kith_session *session, const kith__objects *found)
{
    list *rows = kith__arena_zero(&session->lists, sizeof *rows);
    if (!rows)
        kith__no_memory(session);
    if (!rows || !found->count || !(rows->items = kith__read_only_list(session, found)))
        return &nothing;
    rows->count = found->count;
    return rows;
}

static const void *read_rows(kith_session *session, kith__mapper *mapper, kith__statement *statement)
{
    kith__objects found = { 0 };
    kith__fields fields;
    kith__page *page = kith__read_only_page(session, mapper, &session->lists);
    if (!page || order_fields(session, mapper, statement, &session->scratch, &fields)) {
        kith__done(statement);
        return &nothing;
    }
    bool ok = kith__read_only_all(page, statement, &fields, &found);
    const void *rows = ok ? kept_list(session, &found) : &nothing;
    free(found.items);
    return rows;
}

/* ---------------------------------------------------------------- the public calls */

static kith__mapper *begin(kith_session *session, const kith_model *model, const char *sql, const char *call)
{
    if (!kith__ready(session))
        return NULL;
    kith__mapper *mapper = model ? kith__mapper_of(session->database->models, model) : NULL;
    if (!mapper)
        kith__misuse(session, "model.unknown", NULL, "%s is not one of the models that this database was opened with.", model ? model->name : "NULL");
    else if (!sql)
        kith__misuse(session, "rows.null", NULL, "%s of %s was given NULL for its SQL.", call, mapper->name);
    if (kith__status(session) || kith__autoflush(session, call) || !kith__may_read(session))
        return NULL;
    return mapper;
}

const void *kith_rows_(kith_session *session, const kith_model *model, const char *sql, const kith_value *values)
{
    const void *rows = &nothing;
    kith__mapper *mapper = begin(session, model, sql, "kith_rows");
    if (!mapper)
        return &nothing;
    kith__scratch_begin(session);
    kith__statement *statement = prepare(session, sql, values, NULL);
    if (statement)
        rows = read_rows(session, mapper, statement);
    kith__scratch_over(session);
    return rows;
}

kith_reader *kith_stream_rows_(kith_session *session, const kith_model *model, const char *sql, const kith_value *values)
{
    kith__mapper *mapper = begin(session, model, sql, "kith_stream_rows");
    kith_reader *reader = mapper ? kith__stream_begin(session, mapper) : NULL;
    if (!reader)
        return NULL;
    kith__scratch_begin(session);
    reader->statement = prepare(session, sql, values, reader);
    if (!reader->statement || order_fields(session, mapper, reader->statement, &reader->values, &reader->fields))
        kith_stream_end_(&reader);
    kith__scratch_over(session);
    return reader;
}
