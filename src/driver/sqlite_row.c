/*
 * sqlite_row: rows in from SQLite, into the members of a struct. May use: base, sqlite3. Used by: the engine.
 *
 * SQLite's columns take any value whatever they are declared, so reading goes by the value that is there. A text is read for an integer
 * member only when it is one; what does not fit is KITH_RANGE and says which row of which table has it.
 *
 * This is the loop that decides how fast a load is. sqlite3_column_value and the sqlite3_value_ functions are documented not to be
 * thread-safe in place of the sqlite3_column_ ones; a connection is one thread's, and they save a look at the statement per call.
 */
#include "driver/sqlite.h"

#include <float.h>
#include <math.h>
#include <stdio.h>

#define LIKELY_(x)   __builtin_expect(!!(x), 1)
#define UNLIKELY_(x) __builtin_expect(!!(x), 0)

/* Why a value was not read: a clause for a message, or this. NULL: it was read. */
static const char by_memory[] = "there is no memory";
static const char no_null[] = "the member cannot be NULL";

/* ---------------------------------------------------------------- numbers */

/* An integer in another shape: a real without a fraction, as sums and rounding give. */
static const char *read_odd_int(sqlite3_value *value, int64_t *out)
{
    int type = sqlite3_value_type(value);
    double number = sqlite3_value_double(value);
    if (type == SQLITE_NULL)
        return no_null;
    if (type != SQLITE_FLOAT)
        return "it is no integer";
    if (!(number >= -0x1p63 && number < 0x1p63))
        return "it is no integer of 64 bits";
    if ((double)(int64_t)number != number)
        return "it has a fraction, and the member is an integer";
    *out = (int64_t)number;
    return NULL;
}

static inline const char *read_int(sqlite3_value *value, int64_t *out)
{
    if (UNLIKELY_(sqlite3_value_type(value) != SQLITE_INTEGER))
        return read_odd_int(value, out);
    *out = sqlite3_value_int64(value);
    return NULL;
}

static const char *put_int(int64_t number, const kith__field *field, void *member)
{
    static const char too_large[] = "it does not fit the member's size";
    bool is_signed = field->type == KITH_TYPE_INT;
    switch (field->size) {
    case 1:
        if (number != (is_signed ? (int64_t)(int8_t)number : (int64_t)(uint8_t)number))
            return too_large;
        *(uint8_t *)member = (uint8_t)number;
        return NULL;
    case 2:
        if (number != (is_signed ? (int64_t)(int16_t)number : (int64_t)(uint16_t)number))
            return too_large;
        *(uint16_t *)member = (uint16_t)number;
        return NULL;
    case 4:
        if (number != (is_signed ? (int64_t)(int32_t)number : (int64_t)(uint32_t)number))
            return too_large;
        *(uint32_t *)member = (uint32_t)number;
        return NULL;
    default:
        if (!is_signed && number < 0)
            return too_large;
        memcpy(member, &number, sizeof number);         /* it may be spelt long long */
        return NULL;
    }
}

static inline const char *read_wide_int(sqlite3_value *value, void *member)
{
    int64_t number = 0;
    const char *why = read_int(value, &number);
    memcpy(member, &number, sizeof number);
    return why;
}

static inline const char *read_real(sqlite3_value *value, double *out)
{
    int type = sqlite3_value_type(value);
    if (UNLIKELY_(type != SQLITE_FLOAT && type != SQLITE_INTEGER))
        return type == SQLITE_NULL ? no_null : "it is no number";
    *out = sqlite3_value_double(value);
    return NULL;
}

static const char *put_real(double number, const kith__field *field, void *member)
{
    if (field->size == sizeof(double)) {
        *(double *)member = number;
        return NULL;
    }
    if (isfinite(number) && fabs(number) > FLT_MAX)
        return "it is larger than a float";
    *(float *)member = (float)number;
    return NULL;
}

static const char *read_bool(sqlite3_value *value, bool *out)
{
    int64_t number;
    const char *why = read_int(value, &number);
    if (!why)
        *out = number != 0;
    return why;
}

/* ---------------------------------------------------------------- texts and blobs: copied into the room; NULL is their own NULL */

/* Whether all of it is ASCII and none of it NUL: then a 0x7f more sets the high bit of each byte, and it is that of none before. In words; the
 * last one overlaps what was copied already. */
static inline bool copy_is_plain(char *to, const char *from, size_t size)
{
    static const uint64_t highs = UINT64_C(0x8080808080808080), more = UINT64_C(0x7f7f7f7f7f7f7f7f);
    uint64_t all = 0, some = highs, eight;
    uint32_t high = 0, four;
    if (size >= sizeof eight) {
        for (size_t i = 0; i < size - sizeof eight; i += sizeof eight) {
            memcpy(&eight, from + i, sizeof eight);
            memcpy(to + i, &eight, sizeof eight);
            all |= eight;
            some &= eight + more;
        }
        memcpy(&eight, from + size - sizeof eight, sizeof eight);
        memcpy(to + size - sizeof eight, &eight, sizeof eight);
        return !((all | eight) & highs) && (some & (eight + more) & highs) == highs;
    }
    if (size >= sizeof four) {
        memcpy(&high, from, sizeof high);
        memcpy(&four, from + size - sizeof four, sizeof four);
        memcpy(to, &high, sizeof high);
        memcpy(to + size - sizeof four, &four, sizeof four);
        eight = (uint64_t)high << 32 | four;
        return !(eight & highs) && ((eight + more) & highs) == highs;
    }
    for (size_t i = 0; i < size; i++) {
        to[i] = from[i];
        all |= (unsigned char)from[i] | ((unsigned char)from[i] - 1u);
    }
    return all < 0x80;
}

static const char *text_that_is(const char *text, size_t size)
{
    if (memchr(text, 0, size))
        return "it has a NUL in it, where a text would end";
    return kith__utf8_valid(text, size) ? NULL : "it is not valid UTF-8";
}

/* A number is read as the text that SQLite makes of it; a blob is no text. */
static inline const char *read_text(sqlite3_value *value, kith__room *room, const char **out)
{
    if (UNLIKELY_(sqlite3_value_type(value) == SQLITE_BLOB))
        return "it is a blob, and no text";
    const char *text = (const char *)sqlite3_value_text(value);
    if (UNLIKELY_(!text)) {
        *out = NULL;
        return sqlite3_value_type(value) == SQLITE_NULL ? NULL : by_memory;
    }
    size_t size = (size_t)sqlite3_value_bytes(value);
    char *copy = kith__room_take(room, size + 1);
    if (UNLIKELY_(!copy))
        return by_memory;
    bool plain = copy_is_plain(copy, text, size);
    copy[size] = 0;
    *out = copy;
    return UNLIKELY_(!plain) ? text_that_is(copy, size) : NULL;
}

/* A text is bytes too. An empty blob has a pointer, for NULL is SQL's NULL. */
static const char *read_blob(sqlite3_value *value, kith__room *room, kith_blob *out)
{
    int type = sqlite3_value_type(value);
    if (type == SQLITE_NULL) {
        *out = (kith_blob){ .data = NULL };
        return NULL;
    }
    if (type != SQLITE_BLOB && type != SQLITE_TEXT)
        return "it is a number, and no blob";
    const void *data = type == SQLITE_TEXT ? (const void *)sqlite3_value_text(value) : sqlite3_value_blob(value);
    size_t size = (size_t)sqlite3_value_bytes(value);
    char *copy = (size && !data) ? NULL : kith__room_take(room, size ? size : 1);
    if (!copy)
        return by_memory;
    if (size)
        memcpy(copy, data, size);
    else
        *copy = 0;
    *out = (kith_blob){ .data = copy, .size = size };
    return NULL;
}

/* ---------------------------------------------------------------- the calendar, uuids */

/* Text, and its size; NULL: it is something else, and *why says so. */
static inline const char *text_of(sqlite3_value *value, size_t *size, const char **why)
{
    if (UNLIKELY_(sqlite3_value_type(value) != SQLITE_TEXT)) {
        *why = sqlite3_value_type(value) == SQLITE_NULL ? no_null : *why;
        return NULL;
    }
    const char *text = (const char *)sqlite3_value_text(value);
    *size = (size_t)sqlite3_value_bytes(value);
    if (!text)
        *why = by_memory;
    return text;
}

static const char *read_date(sqlite3_value *value, kith_date *out)
{
    const char *why = "it is no date";
    size_t size;
    const char *text = text_of(value, &size, &why);
    return text && kith__date_parse(text, size, out) ? NULL : why;
}

static const char *read_time(sqlite3_value *value, kith_time *out)
{
    const char *why = "it is no time of day";
    size_t size;
    const char *text = text_of(value, &size, &why);
    return text && kith__time_parse(text, size, out) ? NULL : why;
}

static inline const char *read_datetime(sqlite3_value *value, kith_datetime *out)
{
    const char *why = "it is no date and time";
    size_t size;
    const char *text = text_of(value, &size, &why);
    return text && kith__datetime_parse(text, size, out) ? NULL : why;
}

static const char *read_uuid(sqlite3_value *value, kith_uuid *out)
{
    const char *why = "it is no UUID";
    size_t size;
    if (sqlite3_value_type(value) == SQLITE_BLOB) {
        const void *bytes = sqlite3_value_blob(value);
        if (!bytes || sqlite3_value_bytes(value) != (int)sizeof out->bytes)
            return why;
        memcpy(out->bytes, bytes, sizeof out->bytes);
        return NULL;
    }
    const char *text = text_of(value, &size, &why);
    return text && kith__uuid_parse(text, size, out) ? NULL : why;
}

/* ---------------------------------------------------------------- json and decimals, which SQLite may hold as numbers */

static const char *copy_out(const kith__text *text, kith__room *room, const char **out)
{
    char *copy = text->broken ? NULL : kith__room_take(room, text->size + 1);
    if (!copy)
        return by_memory;
    memcpy(copy, text->data, text->size + 1);
    *out = copy;
    return NULL;
}

static void print_number(kith__text *text, sqlite3_value *value)
{
    kith_value number = sqlite3_value_type(value) == SQLITE_INTEGER ? kith_of_int(sqlite3_value_int64(value)) : kith_of_double(sqlite3_value_double(value));
    kith__text_reset(text);
    kith__value_print(text, &number);
}

/* An infinity can only have been a number too large for a double. */
static const char *read_json(sqlite3_value *value, kith__text *scratch, kith__room *room, const char **out)
{
    int type = sqlite3_value_type(value);
    if (type != SQLITE_INTEGER && type != SQLITE_FLOAT)
        return read_text(value, room, out);
    if (type == SQLITE_FLOAT && isinf(sqlite3_value_double(value)))
        return "it is infinite, and no JSON";
    print_number(scratch, value);
    return copy_out(scratch, room, out);
}

/* A real as "%.2f" prints it, which is what SQLAlchemy reads. */
static void print_fixed(kith__text *text, double number, uint32_t scale)
{
    kith__text_reset(text);
    kith__real_print_fixed(text, number, scale);
    if (text->broken)
        return;
    if (*text->data == '-' && strspn(text->data + 1, "0.") == text->size - 1)
        memmove(text->data, text->data + 1, text->size--);
}

static const char *read_real_decimal(sqlite3_value *value, const kith__type *type, kith__text *scratch)
{
    double number = sqlite3_value_double(value);
    if (!isfinite(number))
        return "it is infinite, and no decimal number";
    if (type && type->precision) {
        print_fixed(scratch, number, type->scale);
        return scratch->broken ? by_memory : NULL;
    }
    kith__text shortest = { 0 };
    size_t scale = 0;
    print_number(&shortest, value);
    kith__text_reset(scratch);
    bool is = !shortest.broken && kith__decimal_valid(shortest.data, shortest.size, NULL, &scale) &&
              kith__decimal_rescale(scratch, shortest.data, shortest.size, scale);
    kith__text_free(&shortest);
    return is && !scratch->broken ? NULL : by_memory;
}

/* With as many digits after the point as the column has, and more where more are stored. */
static const char *read_text_decimal(const char *text, size_t size, const kith__type *type, kith__text *scratch)
{
    size_t scale;
    if (!kith__decimal_valid(text, size, NULL, &scale))
        return "it is no decimal number";
    if (type && type->precision && scale < type->scale)
        scale = type->scale;
    kith__text_reset(scratch);
    kith__decimal_rescale(scratch, text, size, scale);
    return scratch->broken ? by_memory : NULL;
}

static const char *read_int_decimal(sqlite3_value *value, const kith__type *type, kith__text *scratch)
{
    char text[24];
    int size = snprintf(text, sizeof text, "%lld", (long long)sqlite3_value_int64(value));
    return read_text_decimal(text, (size_t)size, type, scratch);
}

static const char *read_decimal(sqlite3_value *value, const kith__type *type, kith__text *scratch, kith__room *room, const char **out)
{
    const char *why = "it is no decimal number", *text;
    size_t size;
    switch (sqlite3_value_type(value)) {
    case SQLITE_NULL:       *out = NULL; return NULL;
    case SQLITE_INTEGER:    why = read_int_decimal(value, type, scratch); break;
    case SQLITE_FLOAT:      why = read_real_decimal(value, type, scratch); break;
    default:
        text = text_of(value, &size, &why);
        if (text)
            why = read_text_decimal(text, size, type, scratch);
    }
    return why ? why : copy_out(scratch, room, out);
}

/* ---------------------------------------------------------------- a member */

static inline kith__text *scratch_of(kith__sqlite_statement *s) { return &kith__sqlite_of(s->common.connection)->text; }

/* The number of the label that is stored. */
static const char *read_label(sqlite3_value *value, const kith__field *field, int64_t *out)
{
    if (sqlite3_value_type(value) == SQLITE_NULL)
        return no_null;
    const char *text = (const char *)sqlite3_value_text(value);
    for (uint32_t i = 0; text && i < field->label_count; i++)
        if (strcmp(text, field->labels[i]) == 0) {
            *out = i;
            return NULL;
        }
    return text ? "it is none of the labels" : by_memory;
}

static const char *read_enum(sqlite3_value *value, const kith__field *field, void *member)
{
    int64_t number;
    const char *why = read_label(value, field, &number);
    return why ? why : put_int(number, field, member);
}

static const char *read_optional(sqlite3_value *value, const kith__field *field, void *member, bool *present)
{
    *present = sqlite3_value_type(value) != SQLITE_NULL;
    if (!*present)
        return NULL;
    switch (field->type & ~(uint32_t)KITH_TYPE_OPT) {
    case KITH_TYPE_BOOL:        return read_bool(value, member);
    case KITH_TYPE_REAL:        return read_real(value, member);
    case KITH_TYPE_DATE:        return read_date(value, member);
    case KITH_TYPE_TIME:        return read_time(value, member);
    case KITH_TYPE_DATETIME:    return read_datetime(value, member);
    case KITH_TYPE_UUID:        return read_uuid(value, member);
    case KITH_TYPE_ENUM:        return read_label(value, field, member);
    default:                    return "no column is read into such a member";
    }
}

static const char *read_narrow_int(sqlite3_value *value, const kith__field *field, void *member)
{
    int64_t number;
    const char *why = read_int(value, &number);
    return why ? why : put_int(number, field, member);
}

static const char *read_narrow_real(sqlite3_value *value, const kith__field *field, void *member)
{
    double number;
    const char *why = read_real(value, &number);
    return why ? why : put_real(number, field, member);
}

static inline const char *read_opt_int(sqlite3_value *value, kith_opt_int *out)
{
    int type = sqlite3_value_type(value);
    out->present = type != SQLITE_NULL;
    if (!out->present) {
        out->value = 0;
        return NULL;
    }
    return read_int(value, &out->value);
}

static inline const char *read_member(kith__sqlite_statement *s, sqlite3_value *value, const kith__field *field, void *member, kith__room *room)
{
    switch (field->type) {
    case KITH_TYPE_INT:         return LIKELY_(field->size == 8) ? read_wide_int(value, member) : read_narrow_int(value, field, member);
    case KITH_TYPE_UINT:        return read_narrow_int(value, field, member);
    case KITH_TYPE_INT | KITH_TYPE_OPT: return read_opt_int(value, member);
    case KITH_TYPE_REAL:        return LIKELY_(field->size == 8) ? read_real(value, member) : read_narrow_real(value, field, member);
    case KITH_TYPE_TEXT:        return read_text(value, room, member);
    case KITH_TYPE_DATETIME:    return read_datetime(value, member);
    case KITH_TYPE_BOOL:        return read_bool(value, member);
    case KITH_TYPE_BLOB:        return read_blob(value, room, member);
    case KITH_TYPE_DATE:        return read_date(value, member);
    case KITH_TYPE_TIME:        return read_time(value, member);
    case KITH_TYPE_UUID:        return read_uuid(value, member);
    case KITH_TYPE_JSON:        return read_json(value, scratch_of(s), room, member);
    case KITH_TYPE_DECIMAL:     return read_decimal(value, field->column, scratch_of(s), room, member);
    case KITH_TYPE_ENUM:        return read_enum(value, field, member);
    default: {
        bool present = false;
        const char *why = read_optional(value, field, member, &present);
        *(bool *)(uintptr_t)kith__field_present_at(field, (const char *)member - field->offset) = present && !why;
        return why;
    }
    }
}

/* ---------------------------------------------------------------- what does not fit */

/* The value as a person would write it. */
static void print_value(kith__text *text, sqlite3_value *value)
{
    kith_value shown = { .absent = 1 };
    char start[80];
    size_t size = (size_t)sqlite3_value_bytes(value);
    switch (sqlite3_value_type(value)) {
    case SQLITE_INTEGER: shown = kith_of_int(sqlite3_value_int64(value)); break;
    case SQLITE_FLOAT:   shown = kith_of_double(sqlite3_value_double(value)); break;
    case SQLITE_TEXT:
        if (!sqlite3_value_text(value))
            break;
        snprintf(start, sizeof start, "%s", (const char *)sqlite3_value_text(value));
        shown = kith_of_text(start);
        break;
    case SQLITE_BLOB:
        kith__text_addf(text, "a blob of %zu bytes", size);
        return;
    default:
        break;
    }
    kith__value_print(text, &shown);
}

/* Which row, by its first column, which of a model is most often the key. */
static void add_row(kith__text *text, kith__sqlite_statement *s, size_t first, const kith__fields *fields, size_t index)
{
    kith__text_addf(text, " in a row of table %s", fields->table);
    if (index == 0)
        return;
    kith__text_addf(text, ", that with %s ", fields->items[0].name);
    print_value(text, sqlite3_column_value(s->handle, (int)first));
}

static int does_not_fit(kith__sqlite_statement *s, size_t first, const kith__fields *fields, size_t index, const char *why, kith__error *error)
{
    if (why == by_memory)
        return kith__fail_memory(error);
    int column = (int)(first + index);
    kith__text text = { 0 };
    print_value(&text, sqlite3_column_value(s->handle, column));
    add_row(&text, s, first, fields, index);
    const char *model = fields->model ? fields->model : fields->table, *attribute = fields->items[index].name, *name = sqlite3_column_name(s->handle, column);
    kith__fail(error, KITH_RANGE, "range.read", "%s.%s cannot be read: its column %s is %s, and %s.", model, attribute, name ? name : attribute,
        text.broken ? "out of range" : text.data, why);
    kith__fail_hint(error, "Mend the row, or give the member a type that holds it.");
    kith__fail_about(error, model, attribute, NULL);
    kith__text_free(&text);
    return KITH_RANGE;
}

static int too_narrow(kith__sqlite_statement *s, size_t needed, kith__error *error)
{
    kith__fail(error, KITH_SCHEMA, "schema.width", "The rows of the statement have %d columns, and %zu were to be read.", s->width, needed);
    kith__fail_sql(error, s->sql, NULL);
    return KITH_SCHEMA;
}

/* ---------------------------------------------------------------- a row */

int kith__sqlite_row(kith__statement *statement, size_t first, const kith__fields *fields, void *object, kith__room *room, kith__error *error)
{
    kith__sqlite_statement *s = kith__sqlite_statement_of(statement);
    sqlite3_stmt *handle = s->handle;
    const kith__field *field = fields->items, *end = field + fields->count;
    if (UNLIKELY_(first + fields->count > (size_t)s->width))
        return too_narrow(s, first + fields->count, error);
    for (int column = (int)first; field < end; field++, column++) {
        const char *why = read_member(s, sqlite3_column_value(handle, column), field, (char *)object + field->offset, room);
        if (UNLIKELY_(why != NULL))
            return does_not_fit(s, first, fields, (size_t)(field - fields->items), why, error);
    }
    return KITH_OK;
}

bool kith__sqlite_row_int(kith__statement *statement, size_t column, int64_t *out)
{
    sqlite3_value *value = sqlite3_column_value(kith__sqlite_statement_of(statement)->handle, (int)column);
    return !read_int(value, out);
}

/* As it is stored. */
static uint32_t type_stored(sqlite3_value *value)
{
    switch (sqlite3_value_type(value)) {
    case SQLITE_INTEGER: return KITH_TYPE_INT;
    case SQLITE_FLOAT:   return KITH_TYPE_REAL;
    case SQLITE_BLOB:    return KITH_TYPE_BLOB;
    default:             return KITH_TYPE_TEXT;
    }
}

static const char *read_value(kith__sqlite_statement *s, sqlite3_value *value, const kith__type *type, kith__room *room, kith_value *out)
{
    bool flag = false;
    const char *why;
    switch (out->type) {
    case KITH_TYPE_BOOL:
        why = read_bool(value, &flag);
        out->i = flag;
        return why;
    case KITH_TYPE_UINT:
        why = read_int(value, &out->i);
        return why ? why : out->i < 0 ? "it is negative" : NULL;
    case KITH_TYPE_INT:         return read_int(value, &out->i);
    case KITH_TYPE_REAL:        return read_real(value, &out->d);
    case KITH_TYPE_TEXT:        return read_text(value, room, &out->s);
    case KITH_TYPE_BLOB:        return read_blob(value, room, &out->b);
    case KITH_TYPE_DATE:        return read_date(value, &out->date);
    case KITH_TYPE_TIME:        return read_time(value, &out->time);
    case KITH_TYPE_DATETIME:    return read_datetime(value, &out->datetime);
    case KITH_TYPE_UUID:        return read_uuid(value, &out->uuid);
    case KITH_TYPE_JSON:        return read_json(value, scratch_of(s), room, &out->s);
    case KITH_TYPE_DECIMAL:     return read_decimal(value, type, scratch_of(s), room, &out->s);
    default:                    return "no column is read as such a value";
    }
}

int kith__sqlite_row_value(kith__statement *statement, size_t column, uint32_t type, const kith__type *as, kith__room *room, kith_value *out, kith__error *error)
{
    kith__sqlite_statement *s = kith__sqlite_statement_of(statement);
    sqlite3_value *value = sqlite3_column_value(s->handle, (int)column);
    kith_value read = { .type = type ? type & ~(uint32_t)KITH_TYPE_OPT : type_stored(value) };
    if (UNLIKELY_(column >= (size_t)s->width))
        return too_narrow(s, column + 1, error);
    const char *why = NULL;
    if (sqlite3_value_type(value) == SQLITE_NULL)
        read.absent = 1;
    else
        why = read_value(s, value, as, room, &read);
    if (!why) {
        *out = read;
        return KITH_OK;
    }
    if (why == by_memory)
        return kith__fail_memory(error);
    kith__text text = { 0 };
    print_value(&text, value);
    const char *name = sqlite3_column_name(s->handle, (int)column);
    kith__fail(error, KITH_RANGE, "range.read", "The column %s cannot be read: it is %s, and %s.", name ? name : "of the statement", text.broken ? "out of range" : text.data, why);
    kith__fail_sql(error, s->sql, NULL);
    kith__text_free(&text);
    return KITH_RANGE;
}
