/*
 * field: the member of a struct as a value, for logs and messages. May use: base. Used by: statement, the engines.
 */
#include "driver/driver.h"

static int64_t int_at(const kith__field *field, const void *at)
{
    bool is_signed = (field->type & ~(uint32_t)KITH_TYPE_OPT) == KITH_TYPE_INT;
    int64_t wide;
    switch (field->type & KITH_TYPE_OPT ? sizeof wide : field->size) {
    case 1: return is_signed ? (int64_t)*(const int8_t *)at : (int64_t)*(const uint8_t *)at;
    case 2: return is_signed ? (int64_t)*(const int16_t *)at : (int64_t)*(const uint16_t *)at;
    case 4: return is_signed ? (int64_t)*(const int32_t *)at : (int64_t)*(const uint32_t *)at;
    default: memcpy(&wide, at, sizeof wide); return wide;      /* it may be spelt long long */
    }
}

/* A number that has no label is none. */
static kith_value label_at(const kith__field *field, const void *member)
{
    int64_t number = int_at(field, member);
    bool has = number >= 0 && number < (int64_t)field->label_count;
    return (kith_value){ .type = KITH_TYPE_TEXT, .s = has ? field->labels[number] : NULL, .absent = !has };
}

/* The value part of an optional member is as that of a plain one; after it stands whether it is there. */
kith_value kith__field_value(const kith__field *field, const void *object)
{
    const char *member = (const char *)object + field->offset;
    kith_value value = { .type = field->type & ~(uint32_t)KITH_TYPE_OPT };
    switch (value.type) {
    case KITH_TYPE_ENUM: value = label_at(field, member); break;
    case KITH_TYPE_BOOL: value.i = *(const bool *)member; break;
    case KITH_TYPE_INT: case KITH_TYPE_UINT: value.i = int_at(field, member); break;
    case KITH_TYPE_REAL: value.d = field->size == sizeof(float) ? (double)*(const float *)(const void *)member : *(const double *)(const void *)member; break;
    case KITH_TYPE_BLOB: memcpy(&value.b, member, sizeof value.b); value.absent = !value.b.data; break;
    case KITH_TYPE_DATE: memcpy(&value.date, member, sizeof value.date); break;
    case KITH_TYPE_UUID: memcpy(&value.uuid, member, sizeof value.uuid); break;
    case KITH_TYPE_TIME: case KITH_TYPE_DATETIME: memcpy(&value.i, member, sizeof value.i); break;
    default: memcpy(&value.s, member, sizeof value.s); value.absent = !value.s; break;
    }
    if (field->type & KITH_TYPE_OPT && !kith__field_present(field, object))
        value.absent = true;
    return value;
}
