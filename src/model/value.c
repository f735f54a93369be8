/*
 * value: between the members of a struct and values. For every room above; it is on the way of each row, so it allocates nothing and
 * decides by the member's type and size alone.
 */
#include "model/model.h"

#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>

/* The calendar's ends: 0001-01-01 and 9999-12-31 as days and microseconds from 1970. */
#define FIRST_DAY (-719162)
#define LAST_DAY 2932896
#define DAY_MICROSECONDS INT64_C(86400000000)
#define FIRST_MOMENT (FIRST_DAY * DAY_MICROSECONDS)
#define LAST_MOMENT ((LAST_DAY + 1) * DAY_MICROSECONDS - 1)

static uint32_t plain(uint32_t type)
{
    return type & ~(uint32_t)KITH_TYPE_OPT;
}

/* ---------------------------------------------------------------- reading a member */

static int64_t whole_at(const char *at, uint32_t size)
{
    int8_t a; int16_t b; int32_t c; int64_t d;
    switch (size) {
    case sizeof d: memcpy(&d, at, sizeof d); return d;
    case sizeof c: memcpy(&c, at, sizeof c); return c;
    case sizeof b: memcpy(&b, at, sizeof b); return b;
    default:       memcpy(&a, at, sizeof a); return a;
    }
}

static uint64_t unsigned_at(const char *at, uint32_t size)
{
    uint8_t a; uint16_t b; uint32_t c; uint64_t d;
    switch (size) {
    case sizeof d: memcpy(&d, at, sizeof d); return d;
    case sizeof c: memcpy(&c, at, sizeof c); return c;
    case sizeof b: memcpy(&b, at, sizeof b); return b;
    default:       memcpy(&a, at, sizeof a); return a;
    }
}

static double real_at(const char *at, uint32_t size)
{
    float small;
    double large;
    if (size == sizeof small) {
        memcpy(&small, at, sizeof small);
        return (double)small;
    }
    memcpy(&large, at, sizeof large);
    return large;
}

#define OPTIONAL_(T, kind, field_) \
    do { \
        T optional_; \
        memcpy(&optional_, at, sizeof optional_); \
        return (kith_value){ .type = (kind), .absent = !optional_.present, .field_ = optional_.value }; \
    } while (0)

/* An enum stands for its labels. A number that has none is nothing. */
static kith_value label_value(const kith__field *field, const char *at)
{
    kith_opt_int optional;
    int64_t number = field->type & KITH_TYPE_OPT ? 0 : whole_at(at, field->size);
    bool present = true;
    if (field->type & KITH_TYPE_OPT) {
        memcpy(&optional, at, sizeof optional);
        number = optional.value;
        present = optional.present;
    }
    present = present && number >= 0 && number < (int64_t)field->label_count;
    return (kith_value){ .type = KITH_TYPE_TEXT, .s = present ? field->labels[number] : NULL, .absent = !present };
}

/* A bool's byte is read as a byte: what is neither 0 nor 1 must not be read as a bool. */
static kith_value optional_value(uint32_t type, const char *at)
{
    switch (type) {
    case KITH_TYPE_OPT + KITH_TYPE_BOOL:
        return (kith_value){ .type = KITH_TYPE_BOOL, .absent = !at[offsetof(kith_opt_bool, present)], .i = at[offsetof(kith_opt_bool, value)] != 0 };
    case KITH_TYPE_OPT + KITH_TYPE_INT:      OPTIONAL_(kith_opt_int, KITH_TYPE_INT, i);
    case KITH_TYPE_OPT + KITH_TYPE_REAL:     OPTIONAL_(kith_opt_double, KITH_TYPE_REAL, d);
    case KITH_TYPE_OPT + KITH_TYPE_DATE:     OPTIONAL_(kith_opt_date, KITH_TYPE_DATE, date);
    case KITH_TYPE_OPT + KITH_TYPE_TIME:     OPTIONAL_(kith_opt_time, KITH_TYPE_TIME, time);
    case KITH_TYPE_OPT + KITH_TYPE_DATETIME: OPTIONAL_(kith_opt_datetime, KITH_TYPE_DATETIME, datetime);
    case KITH_TYPE_OPT + KITH_TYPE_UUID:     OPTIONAL_(kith_opt_uuid, KITH_TYPE_UUID, uuid);
    default: return (kith_value){ .type = KITH_TYPE_NONE, .absent = 1 };
    }
}

kith_value kith__member_value(const kith__field *field, const void *object)
{
    const char *at = (const char *)object + field->offset;
    kith_value value = { .type = field->type };
    switch (field->type) {
    case KITH_TYPE_INT:  value.i = whole_at(at, field->size); return value;
    case KITH_TYPE_UINT: value.u = unsigned_at(at, field->size); return value;
    case KITH_TYPE_BOOL: value.i = *at != 0; return value;
    case KITH_TYPE_REAL: value.d = real_at(at, field->size); return value;
    case KITH_TYPE_TEXT: case KITH_TYPE_JSON: case KITH_TYPE_DECIMAL:
        memcpy(&value.s, at, sizeof value.s);
        value.absent = !value.s;
        return value;
    case KITH_TYPE_BLOB:
        memcpy(&value.b, at, sizeof value.b);
        value.absent = !value.b.data;
        return value;
    case KITH_TYPE_DATE:     memcpy(&value.date, at, sizeof value.date); return value;
    case KITH_TYPE_TIME:     memcpy(&value.time, at, sizeof value.time); return value;
    case KITH_TYPE_DATETIME: memcpy(&value.datetime, at, sizeof value.datetime); return value;
    case KITH_TYPE_UUID:     memcpy(&value.uuid, at, sizeof value.uuid); return value;
    case KITH_TYPE_ENUM: case KITH_TYPE_OPT + KITH_TYPE_ENUM: return label_value(field, at);
    default: return optional_value(field->type, at);
    }
}

bool kith__member_is_zero(const kith__field *field, const void *object)
{
    static const char zeros[sizeof(kith_blob) > sizeof(kith_uuid) ? sizeof(kith_blob) : sizeof(kith_uuid)];
    const char *at = (const char *)object + field->offset;
    if (field->type & KITH_TYPE_OPT)            /* its padding may hold anything */
        return kith__member_value(field, object).absent;
    if (field->size == sizeof(int64_t)) {       /* a key, most often */
        int64_t word;
        memcpy(&word, at, sizeof word);
        return !word;
    }
    return memcmp(at, zeros, field->size) == 0;
}

/* ---------------------------------------------------------------- conversion */

static const char *type_name(uint32_t type)
{
    switch (plain(type)) {
    case KITH_TYPE_BOOL:     return "a truth value";
    case KITH_TYPE_INT: case KITH_TYPE_UINT: return "a whole number";
    case KITH_TYPE_REAL:     return "a floating number";
    case KITH_TYPE_TEXT:     return "a text";
    case KITH_TYPE_BLOB:     return "a blob";
    case KITH_TYPE_DATE:     return "a date";
    case KITH_TYPE_TIME:     return "a time of day";
    case KITH_TYPE_DATETIME: return "a date with time";
    case KITH_TYPE_UUID:     return "a UUID";
    case KITH_TYPE_JSON:     return "JSON";
    case KITH_TYPE_DECIMAL:  return "a decimal";
    case KITH_TYPE_ENUM:     return "a label or its number";
    case KITH_TYPE_OBJECT:   return "an object";
    default:                 return "nothing that is known";
    }
}

static int about(const kith__property *property, kith__error *error)
{
    kith__fail_about(error, property->mapper->name, property->name, NULL);
    return error->public_.status;
}

static int wrong_type(const kith__property *property, const kith_value *value, kith__error *error)
{
    kith__fail(error, KITH_RANGE, "value.type", "%s.%s takes %s and was given %s.", property->mapper->name, property->name, type_name(property->field.type),
               type_name(value->type));
    return about(property, error);
}

static int cannot_be_null(const kith__property *property, kith__error *error)
{
    kith__fail(error, KITH_RANGE, "value.null", "%s.%s cannot be NULL: its C type has no place for it.", property->mapper->name, property->name);
    kith__fail_hint(error, "A kith_opt_… type can be absent.");
    return about(property, error);
}

static int out_of_range(const kith__property *property, const kith_value *value, const char *what, kith__error *error)
{
    kith__text printed = { 0 };
    kith__value_print(&printed, value);
    kith__fail(error, KITH_RANGE, "value.range", "%s does not fit %s.%s, which holds %s.", printed.broken ? "The value" : printed.data, property->mapper->name,
               property->name, what);
    kith__text_free(&printed);
    return about(property, error);
}

bool kith__value_is_nothing(const kith_value *value)
{
    switch (value->type) {
    case KITH_TYPE_NONE: return true;
    case KITH_TYPE_TEXT: case KITH_TYPE_JSON: case KITH_TYPE_DECIMAL: return value->absent || !value->s;
    case KITH_TYPE_BLOB: return value->absent || !value->b.data;
    case KITH_TYPE_OBJECT: return value->absent || !value->object;
    default: return value->absent;
    }
}

static bool may_be_null(uint32_t type)
{
    return type & KITH_TYPE_OPT || type == KITH_TYPE_TEXT || type == KITH_TYPE_BLOB || type == KITH_TYPE_JSON || type == KITH_TYPE_DECIMAL;
}

/* How many bits the number has; an optional integer has all. */
static unsigned bits_of(const kith__field *field)
{
    return field->type & KITH_TYPE_OPT ? 64 : field->size * 8;
}

static bool to_int(const kith__field *field, kith_value *value)
{
    unsigned bits = bits_of(field);
    if (value->type == KITH_TYPE_UINT) {
        if (value->u > INT64_MAX)
            return false;
        value->i = (int64_t)value->u;
    }
    int64_t highest = (int64_t)(UINT64_MAX >> (65 - bits));
    return value->i <= highest && value->i >= -highest - 1;
}

static bool to_uint(const kith__field *field, kith_value *value)
{
    if (value->type != KITH_TYPE_UINT) {
        if (value->i < 0)
            return false;
        value->u = (uint64_t)value->i;
    }
    return value->u <= UINT64_MAX >> (64 - bits_of(field));
}

static int convert_whole(const kith__property *property, const kith_value *given, kith_value *value, kith__error *error)
{
    const kith__field *field = &property->field;
    char range[64];
    if (given->type != KITH_TYPE_INT && given->type != KITH_TYPE_UINT && given->type != KITH_TYPE_BOOL)
        return wrong_type(property, given, error);
    bool natural = field->type == KITH_TYPE_UINT;
    if (natural ? to_uint(field, value) : to_int(field, value))
        return KITH_OK;
    unsigned bits = bits_of(field);
    int64_t highest = (int64_t)(UINT64_MAX >> (65 - bits));
    if (natural)
        snprintf(range, sizeof range, "0 to %" PRIu64, UINT64_MAX >> (64 - bits));
    else
        snprintf(range, sizeof range, "%" PRId64 " to %" PRId64, -highest - 1, highest);
    return out_of_range(property, given, range, error);
}

static int convert_real(const kith__property *property, const kith_value *given, kith_value *value, kith__error *error)
{
    switch (given->type) {
    case KITH_TYPE_REAL: break;
    case KITH_TYPE_UINT: value->d = (double)given->u; break;
    case KITH_TYPE_INT: case KITH_TYPE_BOOL: value->d = (double)given->i; break;
    default: return wrong_type(property, given, error);
    }
    if (property->field.size != sizeof(float) || isinf(value->d))
        return KITH_OK;
    if (fabs(value->d) > (double)FLT_MAX && isinf((float)value->d))
        return out_of_range(property, given, "a float", error);
    value->d = (double)(float)value->d;
    return KITH_OK;
}

/* More digits after the point than the column keeps are rounded where it is written; more before it have no place. */
static bool decimal_fits(const kith__type *column, const char *text)
{
    size_t digits, scale;
    if (!kith__decimal_valid(text, strlen(text), &digits, &scale))
        return false;
    size_t before = digits > scale ? digits - scale : 0;
    return !column->precision || before <= column->precision - column->scale;
}

static int convert_text(const kith__property *property, const kith_value *given, kith__error *error)
{
    const kith__field *field = &property->field;
    uint32_t type = field->type;
    const char *const *labels = property->attribute->labels;
    if (given->type != type && !(given->type == KITH_TYPE_TEXT && type != KITH_TYPE_TEXT))
        return wrong_type(property, given, error);
    if (type == KITH_TYPE_DECIMAL && !decimal_fits(field->column, given->s))
        return out_of_range(property, given, "a decimal number of its precision", error);
    if (type == KITH_TYPE_JSON && !kith__utf8_valid(given->s, strlen(given->s)))
        return out_of_range(property, given, "a text of valid UTF-8", error);
    for (; type == KITH_TYPE_TEXT && labels && *labels; labels++)
        if (!strcmp(*labels, given->s))
            return KITH_OK;
    return type == KITH_TYPE_TEXT && labels ? out_of_range(property, given, "one of its labels", error) : KITH_OK;
}

/* A number, or a label itself, to the label. */
static int convert_label(const kith__property *property, const kith_value *given, kith_value *value, kith__error *error)
{
    const kith__field *field = &property->field;
    bool number = given->type == KITH_TYPE_INT || given->type == KITH_TYPE_UINT || given->type == KITH_TYPE_BOOL;
    if (!number && given->type != KITH_TYPE_TEXT)
        return wrong_type(property, given, error);
    value->s = number && given->u < field->label_count ? field->labels[given->u] : NULL;
    for (uint32_t i = 0; !number && i < field->label_count; i++)
        if (!strcmp(field->labels[i], given->s))
            value->s = field->labels[i];
    return value->s ? KITH_OK : out_of_range(property, given, number ? "the number of one of its labels" : "one of its labels", error);
}

static int convert_moment(const kith__property *property, const kith_value *given, kith__error *error)
{
    bool fits = true;
    if (given->type != plain(property->field.type))
        return wrong_type(property, given, error);
    switch (given->type) {
    case KITH_TYPE_DATE:     fits = given->date.days >= FIRST_DAY && given->date.days <= LAST_DAY; break;
    case KITH_TYPE_TIME:     fits = given->time.microseconds >= 0 && given->time.microseconds < DAY_MICROSECONDS; break;
    case KITH_TYPE_DATETIME: fits = given->datetime.microseconds >= FIRST_MOMENT && given->datetime.microseconds <= LAST_MOMENT; break;
    default: break;
    }
    return fits ? KITH_OK : out_of_range(property, given, given->type == KITH_TYPE_TIME ? "a time of one day" : "the years 1 to 9999", error);
}

int kith__member_convert(const kith__property *property, kith_value given, kith_value *out, kith__error *error)
{
    const kith__field *field = &property->field;
    kith_value value = given;
    int status = KITH_OK;
    if (kith__value_is_nothing(&given)) {
        if (!may_be_null(field->type))
            return cannot_be_null(property, error);
        *out = (kith_value){ .type = kith__field_type(field), .absent = 1 };
        return KITH_OK;
    }
    switch (plain(field->type)) {
    case KITH_TYPE_INT: case KITH_TYPE_UINT:
        status = convert_whole(property, &given, &value, error);
        break;
    case KITH_TYPE_BOOL:
        if (given.type != KITH_TYPE_BOOL && given.type != KITH_TYPE_INT && given.type != KITH_TYPE_UINT)
            return wrong_type(property, &given, error);
        value.i = given.i != 0;
        break;
    case KITH_TYPE_REAL:
        status = convert_real(property, &given, &value, error);
        break;
    case KITH_TYPE_TEXT: case KITH_TYPE_JSON: case KITH_TYPE_DECIMAL:
        status = convert_text(property, &given, error);
        break;
    case KITH_TYPE_ENUM:
        status = convert_label(property, &given, &value, error);
        break;
    default:
        status = convert_moment(property, &given, error);
    }
    value.type = kith__field_type(field);
    value.absent = 0;
    if (status == KITH_OK)
        *out = value;
    return status;
}

/* ---------------------------------------------------------------- writing a member */

static void write_whole(char *at, uint32_t size, int64_t value)
{
    int8_t a = (int8_t)value; int16_t b = (int16_t)value; int32_t c = (int32_t)value;
    switch (size) {
    case sizeof value: memcpy(at, &value, sizeof value); break;
    case sizeof c:     memcpy(at, &c, sizeof c); break;
    case sizeof b:     memcpy(at, &b, sizeof b); break;
    default:           memcpy(at, &a, sizeof a);
    }
}

/* The whole struct, its padding cleared: objects are compared and copied as bytes. */
#define WRITE_OPTIONAL_(T, field_) \
    do { \
        T optional_; \
        memset(&optional_, 0, sizeof optional_); \
        if (!value->absent) { \
            optional_.value = value->field_; \
            optional_.present = true; \
        } \
        memcpy(at, &optional_, sizeof optional_); \
    } while (0)

static void write_optional(uint32_t type, char *at, const kith_value *value)
{
    switch (type) {
    case KITH_TYPE_OPT + KITH_TYPE_BOOL:     WRITE_OPTIONAL_(kith_opt_bool, i != 0); break;
    case KITH_TYPE_OPT + KITH_TYPE_INT:      WRITE_OPTIONAL_(kith_opt_int, i); break;
    case KITH_TYPE_OPT + KITH_TYPE_REAL:     WRITE_OPTIONAL_(kith_opt_double, d); break;
    case KITH_TYPE_OPT + KITH_TYPE_DATE:     WRITE_OPTIONAL_(kith_opt_date, date); break;
    case KITH_TYPE_OPT + KITH_TYPE_TIME:     WRITE_OPTIONAL_(kith_opt_time, time); break;
    case KITH_TYPE_OPT + KITH_TYPE_DATETIME: WRITE_OPTIONAL_(kith_opt_datetime, datetime); break;
    case KITH_TYPE_OPT + KITH_TYPE_UUID:     WRITE_OPTIONAL_(kith_opt_uuid, uuid); break;
    default: break;
    }
}

/* of a label that convert_label gave */
static int64_t number_of(const kith__field *field, const char *label)
{
    int64_t number = 0;
    while (number < (int64_t)field->label_count - 1 && field->labels[number] != label)
        number++;
    return number;
}

void kith__member_write(const kith__field *field, void *object, const kith_value *value)
{
    char *at = (char *)object + field->offset;
    const kith_blob no_blob = { 0 };
    const char *text = value->absent ? NULL : value->s;
    kith_value number;
    float single = 0;
    switch (field->type) {
    case KITH_TYPE_INT: case KITH_TYPE_UINT: write_whole(at, field->size, value->i); break;
    case KITH_TYPE_BOOL: *at = value->i != 0; break;
    case KITH_TYPE_REAL:
        single = (float)value->d;
        memcpy(at, field->size == sizeof single ? (const void *)&single : &value->d, field->size);
        break;
    case KITH_TYPE_TEXT: case KITH_TYPE_JSON: case KITH_TYPE_DECIMAL: memcpy(at, &text, sizeof text); break;
    case KITH_TYPE_BLOB:     memcpy(at, value->absent ? &no_blob : &value->b, sizeof value->b); break;
    case KITH_TYPE_DATE:     memcpy(at, &value->date, sizeof value->date); break;
    case KITH_TYPE_TIME:     memcpy(at, &value->time, sizeof value->time); break;
    case KITH_TYPE_DATETIME: memcpy(at, &value->datetime, sizeof value->datetime); break;
    case KITH_TYPE_UUID:     memcpy(at, &value->uuid, sizeof value->uuid); break;
    case KITH_TYPE_ENUM:     write_whole(at, field->size, number_of(field, value->s)); break;
    case KITH_TYPE_OPT + KITH_TYPE_ENUM:
        number = (kith_value){ .absent = value->absent, .i = value->absent ? 0 : number_of(field, value->s) };
        write_optional(KITH_TYPE_OPT + KITH_TYPE_INT, at, &number);
        break;
    default: write_optional(field->type, at, value);
    }
}

int kith__member_set(const kith__property *property, void *object, kith_value given, kith__error *error)
{
    kith_value value;
    int status = kith__member_convert(property, given, &value, error);
    if (status)
        return status;
    kith__member_write(&property->field, object, &value);
    return KITH_OK;
}

/* ---------------------------------------------------------------- equality */

bool kith__value_equal(const kith_value *a, const kith_value *b)
{
    if (a->type != b->type || a->absent || b->absent)
        return a->type == b->type && !a->absent == !b->absent;
    switch (a->type) {
    case KITH_TYPE_REAL: return a->d == b->d || (isnan(a->d) && isnan(b->d));
    case KITH_TYPE_TEXT: case KITH_TYPE_JSON: case KITH_TYPE_DECIMAL: return a->s == b->s || (a->s && b->s && !strcmp(a->s, b->s));
    case KITH_TYPE_BLOB: return a->b.size == b->b.size && (!a->b.size || !memcmp(a->b.data, b->b.data, a->b.size));
    case KITH_TYPE_DATE: return a->date.days == b->date.days;
    case KITH_TYPE_UUID: return !memcmp(&a->uuid, &b->uuid, sizeof a->uuid);
    case KITH_TYPE_OBJECT: return a->object == b->object;
    default: return a->i == b->i;               /* whole numbers, truth values, times and moments: eight bytes */
    }
}

bool kith__member_equal(const kith__field *field, const void *a, const void *b)
{
    int64_t i, j;
    if (field->size == sizeof i && (field->type == KITH_TYPE_INT || field->type == KITH_TYPE_DATETIME)) {     /* without a detour */
        memcpy(&i, (const char *)a + field->offset, sizeof i);
        memcpy(&j, (const char *)b + field->offset, sizeof j);
        return i == j;
    }
    if (field->size == sizeof(double) && field->type == KITH_TYPE_REAL) {
        double number, other;
        memcpy(&number, (const char *)a + field->offset, sizeof number);
        memcpy(&other, (const char *)b + field->offset, sizeof other);
        return number == other || (isnan(number) && isnan(other));
    }
    kith_value x = kith__member_value(field, a), y = kith__member_value(field, b);
    return kith__value_equal(&x, &y);
}
