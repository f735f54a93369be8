/*
 * every: a model with a column of each type that there is, for targets that read values from outside.
 */
#ifndef KITH_FUZZ_EVERY_H
#define KITH_FUZZ_EVERY_H

#include "fuzz.h"

#include "../src/session/session.h"

KITH_DECLARE(Every);
struct Every {
    int64_t id;
    bool flag;
    int8_t i8;
    int16_t i16;
    int32_t i32;
    int64_t i64;
    uint8_t u8;
    uint16_t u16;
    uint32_t u32;
    float single;
    double real;
    const char *text;
    kith_blob blob;
    kith_date day;
    kith_time time;
    kith_datetime moment;
    kith_uuid uuid;
    kith_json json;
    kith_decimal price, exact;
    int32_t colour;
    kith_opt_bool maybe_flag;
    kith_opt_int maybe_number;
    kith_opt_double maybe_real;
    kith_opt_date maybe_day;
    kith_opt_time maybe_time;
    kith_opt_datetime maybe_moment;
    kith_opt_uuid maybe_uuid;
};

/* What was refused says why, in a sentence. */
static inline void must_say_why(kith_session *session)
{
    const kith_error *error = kith_error_of(session);
    MUST(error->status != KITH_OK && error->code != NULL && error->message != NULL && strchr(error->message, ' ') != NULL, "status %d without a sentence", error->status);
}

/* All columns of the two structs are the same. */
static inline void must_be_same(kith_session *session, const Every *a, const Every *b)
{
    const kith__mapper *mapper = kith__mapper_of(session->database->models, kith_model_of_Every());
    for (size_t i = 0; i < mapper->property_count; i++) {
        const kith__property *property = &mapper->properties[i];
        kith_value left = kith__member_value(&property->field, a), right = kith__member_value(&property->field, b);
        kith__text said = { 0 };
        kith__value_print(&said, &left);
        kith__text_add(&said, " and ");
        kith__value_print(&said, &right);
        MUST(property->primary_key || (left.absent == right.absent && (left.absent || kith__value_equal(&left, &right))), "%s: %s", property->name, said.data);
        kith__text_free(&said);
    }
}

#endif
