/*
 * sqlite_bind: values out to SQLite, as they are stored (docs: the table of types). May use: base, sqlite3. Used by: the engine.
 *
 * Texts and blobs are borrowed until the statement is done; dates and their kin become text in a slot that the statement has for each
 * mark. What cannot be stored is refused before SQLite sees it: a NaN would become NULL, an unsigned number above INT64_MAX a negative
 * one, a text that is not UTF-8 would be unreadable for others.
 */
#include "driver/sqlite.h"

#include <math.h>
#include <stdlib.h>

/* Why a value was not bound: a clause for a message, or one of these two. NULL: it was bound. */
static const char by_sqlite[] = "SQLite says why", by_memory[] = "there is no memory";

static inline const char *answer(int code) { return __builtin_expect(code == SQLITE_OK, 1) ? NULL : by_sqlite; }

/* ---------------------------------------------------------------- each type */

static char *slot_of(kith__sqlite_statement *s, int position)
{
    if (!s->slots && (s->marks = sqlite3_bind_parameter_count(s->handle)) > 0)
        s->slots = malloc((size_t)s->marks * sizeof *s->slots);
    return s->slots && position > 0 && position <= s->marks ? s->slots[position - 1] : NULL;
}

/* There is no slot because there is no such mark, which SQLite says, or no memory. */
static const char *no_slot(kith__sqlite_statement *s, int position)
{
    return sqlite3_bind_null(s->handle, position) == SQLITE_OK ? by_memory : by_sqlite;
}

static inline const char *bind_text(kith__sqlite_statement *s, int position, const char *text, const kith__type *type, bool writing)
{
    size_t size = strlen(text);
    if (!kith__utf8_valid(text, size))
        return "it is not valid UTF-8";
    if (writing && type && type->kind == KITH__VARCHAR && type->length && size > type->length && kith__utf8_count(text, size) > type->length)
        return "it is longer than its column takes";
    return answer(sqlite3_bind_text64(s->handle, position, text, size, SQLITE_STATIC, SQLITE_UTF8));
}

static const char *bind_json(kith__sqlite_statement *s, int position, const char *json, const kith__type *type, bool writing)
{
    bool broken = false;
    if (writing && !kith__sqlite_keeps(json, strlen(json), &broken))
        return broken ? by_memory
                      : "SQLite keeps a number that is alone as a number, and this one has more digits than it keeps; in a list, or as a string, it stays as it is";
    return bind_text(s, position, json, type, writing);
}

/* A blob of nothing is no NULL, whatever its pointer is. */
static const char *bind_blob(kith__sqlite_statement *s, int position, kith_blob blob)
{
    return answer(sqlite3_bind_blob64(s->handle, position, blob.size ? blob.data : "", blob.size, SQLITE_STATIC));
}

static const char *bind_real(kith__sqlite_statement *s, int position, double number)
{
    if (isnan(number))
        return "NaN is no number that SQLite stores";
    return answer(sqlite3_bind_double(s->handle, position, number));
}

static const char *bind_slot(kith__sqlite_statement *s, int position, const char *slot, int size)
{
    return answer(sqlite3_bind_text(s->handle, position, slot, size, SQLITE_STATIC));
}

static const char years[] = "it is outside of the years 0001 to 9999";

static const char *bind_date(kith__sqlite_statement *s, int position, kith_date date)
{
    char *slot = slot_of(s, position);
    if (!slot)
        return no_slot(s, position);
    return kith__date_format(date, slot) ? bind_slot(s, position, slot, KITH__DATE_SIZE) : years;
}

static const char *bind_time(kith__sqlite_statement *s, int position, kith_time time)
{
    char *slot = slot_of(s, position);
    if (!slot)
        return no_slot(s, position);
    return kith__time_format(time, slot) ? bind_slot(s, position, slot, KITH__TIME_SIZE) : "a day has no such time";
}

static const char *bind_datetime(kith__sqlite_statement *s, int position, kith_datetime moment)
{
    char *slot = slot_of(s, position);
    if (!slot)
        return no_slot(s, position);
    return kith__datetime_format(moment, slot) ? bind_slot(s, position, slot, KITH__DATETIME_SIZE) : years;
}

static const char *bind_uuid(kith__sqlite_statement *s, int position, kith_uuid uuid)
{
    char *slot = slot_of(s, position);
    if (!slot)
        return no_slot(s, position);
    kith__uuid_format(uuid, slot);
    return bind_slot(s, position, slot, KITH__UUID_SIZE);
}

/* ---------------------------------------------------------------- decimals */

enum { DOUBLE_DIGITS = 15, EXACT_POWERS = 22 };        /* 10 to the 22nd is the largest power of ten that a double holds exactly */

/* A plain decimal of at most 15 digits: one division of two exact numbers, so the double is the nearest there is. */
static const char *bind_number(kith__sqlite_statement *s, int position, const char *plain, size_t scale)
{
    bool negative = *plain == '-';
    int64_t digits = 0;
    double power = 1;
    for (const char *at = plain + negative; *at; at++)
        if (*at != '.')
            digits = digits * 10 + (*at - '0');
    for (size_t i = 0; i < scale; i++)
        power *= 10;
    if (negative)
        digits = -digits;
    if (!scale)
        return answer(sqlite3_bind_int64(s->handle, position, digits));
    return answer(sqlite3_bind_double(s->handle, position, (double)digits / power));
}

/* In its slot, or where that is too small as SQLite's own copy. */
static const char *bind_plain(kith__sqlite_statement *s, int position, const kith__text *plain)
{
    char *slot = plain->size < KITH__SQLITE_SLOT ? slot_of(s, position) : NULL;
    if (!slot)
        return answer(sqlite3_bind_text64(s->handle, position, plain->data, plain->size, SQLITE_TRANSIENT, SQLITE_UTF8));
    memcpy(slot, plain->data, plain->size + 1);
    return bind_slot(s, position, slot, (int)plain->size);
}

/* What is written is as its column has it: rounded to its scale, refused when there are too many digits before the point. What is
 * compared is taken as it is. */
static const char *bind_decimal(kith__sqlite_statement *s, int position, const char *text, const kith__type *type, bool writing)
{
    kith__text *plain = &kith__sqlite_of(s->common.connection)->text;
    size_t size = strlen(text), digits, scale;
    if (!kith__decimal_valid(text, size, &digits, &scale))
        return "it is no decimal number";
    bool sized = writing && type && type->precision;
    kith__text_reset(plain);
    kith__decimal_rescale(plain, text, size, sized ? type->scale : scale);
    if (plain->broken)
        return by_memory;
    kith__decimal_valid(plain->data, plain->size, &digits, &scale);
    if (sized && digits > type->precision)
        return "it has more digits before the point than its column takes";
    bool text_column = type && type->kind == KITH__DECIMAL_TEXT;
    if (!text_column && digits <= DOUBLE_DIGITS && scale <= EXACT_POWERS)
        return bind_number(s, position, plain->data, scale);
    return bind_plain(s, position, plain);
}

/* ---------------------------------------------------------------- a value */

static const char *bind_one(kith__sqlite_statement *s, int position, const kith_value *value, const kith__type *type, bool writing)
{
    if (value->absent)
        return answer(sqlite3_bind_null(s->handle, position));
    switch (value->type) {
    case KITH_TYPE_BOOL:        return answer(sqlite3_bind_int(s->handle, position, value->i != 0));
    case KITH_TYPE_INT:         return answer(sqlite3_bind_int64(s->handle, position, value->i));
    case KITH_TYPE_UINT:        return value->u > INT64_MAX ? "it is larger than an integer of 64 bits" : answer(sqlite3_bind_int64(s->handle, position, value->i));
    case KITH_TYPE_REAL:        return bind_real(s, position, value->d);
    case KITH_TYPE_DATE:        return bind_date(s, position, value->date);
    case KITH_TYPE_TIME:        return bind_time(s, position, value->time);
    case KITH_TYPE_DATETIME:    return bind_datetime(s, position, value->datetime);
    case KITH_TYPE_UUID:        return bind_uuid(s, position, value->uuid);
    case KITH_TYPE_BLOB:        return value->b.data ? bind_blob(s, position, value->b) : answer(sqlite3_bind_null(s->handle, position));
    case KITH_TYPE_JSON:
        return value->s ? bind_json(s, position, value->s, type, writing) : answer(sqlite3_bind_null(s->handle, position));
    case KITH_TYPE_TEXT:
        return value->s ? bind_text(s, position, value->s, type, writing) : answer(sqlite3_bind_null(s->handle, position));
    case KITH_TYPE_DECIMAL:
        return value->s ? bind_decimal(s, position, value->s, type, writing) : answer(sqlite3_bind_null(s->handle, position));
    case KITH_TYPE_NONE:        return answer(sqlite3_bind_null(s->handle, position));
    default:                    return "it is no value of a column";
    }
}

/* Not the value itself where it is of any size: the message is for people. */
static int refused(kith__sqlite_statement *s, const char *why, const kith_value *value, const kith__fields *fields, size_t index, size_t position, kith__error *error)
{
    if (why == by_sqlite)
        return kith__sqlite_fail(kith__sqlite_of(s->common.connection), sqlite3_errcode(sqlite3_db_handle(s->handle)), s->sql, error);
    if (why == by_memory)
        return kith__fail_memory(error);
    kith__text text = { 0 };
    kith__value_print(&text, value);
    const char *shown = text.broken || !text.data ? "its value" : text.data;
    if (fields) {
        kith__fail(error, KITH_RANGE, "range.write", "%s.%s cannot be %s: %s.", fields->model, fields->items[index].name, shown, why);
        kith__fail_about(error, fields->model, fields->items[index].name, NULL);
    } else
        kith__fail(error, KITH_RANGE, "range.write", "The value %zu of the statement cannot be %s: %s.", position, shown, why);
    kith__text_free(&text);
    return KITH_RANGE;
}

int kith__sqlite_bind_value(kith__statement *statement, size_t position, const kith_value *value, const kith__type *type, kith__error *error)
{
    kith__sqlite_statement *s = kith__sqlite_statement_of(statement);
    const char *why = bind_one(s, (int)position, value, type, false);
    return why ? refused(s, why, value, NULL, 0, position, error) : KITH_OK;
}

/* ---------------------------------------------------------------- the members of a struct: what most rows are made of, without a detour */

static const char *bind_any(kith__sqlite_statement *s, int position, const kith__field *field, const void *object)
{
    kith_value value = kith__field_value(field, object);
    if ((field->type & ~(uint32_t)KITH_TYPE_OPT) == KITH_TYPE_ENUM && value.absent && !(field->type & KITH_TYPE_OPT && !kith__field_present(field, object)))
        return "its number has no label";
    return bind_one(s, position, &value, field->column, true);
}

/* One after the other, for a table of jumps is guessed worse. */
static inline const char *bind_member(kith__sqlite_statement *s, int position, const kith__field *field, const void *object)
{
    const void *member = (const char *)object + field->offset;
    if (field->type == KITH_TYPE_TEXT) {
        const char *text = *(const char *const *)member;
        return text ? bind_text(s, position, text, field->column, true) : answer(sqlite3_bind_null(s->handle, position));
    }
    if (field->type == KITH_TYPE_INT && field->size == sizeof(int64_t)) {
        int64_t wide;
        memcpy(&wide, member, sizeof wide);         /* it may be spelt long long */
        return answer(sqlite3_bind_int64(s->handle, position, wide));
    }
    if (field->type == KITH_TYPE_INT && field->size == sizeof(int32_t))
        return answer(sqlite3_bind_int64(s->handle, position, *(const int32_t *)member));
    if (field->type == (KITH_TYPE_INT | KITH_TYPE_OPT)) {
        const kith_opt_int *number = member;
        return answer(number->present ? sqlite3_bind_int64(s->handle, position, number->value) : sqlite3_bind_null(s->handle, position));
    }
    if (field->type == KITH_TYPE_REAL && field->size == sizeof(double))
        return bind_real(s, position, *(const double *)member);
    if (field->type == KITH_TYPE_DATETIME)
        return bind_datetime(s, position, *(const kith_datetime *)member);
    return bind_any(s, position, field, object);
}

int kith__sqlite_bind_fields(kith__statement *statement, size_t position, const kith__fields *fields, const void *object, kith__error *error)
{
    kith__sqlite_statement *s = kith__sqlite_statement_of(statement);
    for (size_t i = 0; i < fields->count; i++) {
        const char *why = bind_member(s, (int)(position + i), &fields->items[i], object);
        if (__builtin_expect(why != NULL, 0)) {
            kith_value value = kith__field_value(&fields->items[i], object);
            return refused(s, why, &value, fields, i, position + i, error);
        }
    }
    return KITH_OK;
}
