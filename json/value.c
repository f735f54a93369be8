/*
 * One value as JSON, and back.
 */
#include "json.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---------------------------------------------------------------- errors */

bool kith__json_fail(kith_session *session, int status, const char *code, const char *format, ...)
{
    char sentence[512];
    va_list list;
    va_start(list, format);
    vsnprintf(sentence, sizeof sentence, format, list);
    va_end(list);
    kith_sys_fail(session, status, code, sentence);
    return false;
}

/* jansson does not always say so: but then it says nothing. */
bool kith__json_lacked_memory(const json_error_t *error) { return json_error_code(error) == json_error_out_of_memory || !*error->text; }

bool kith__json_memory(kith_session *session) { return kith__json_fail(session, KITH_NO_MEMORY, "memory", "There is not enough memory for the JSON."); }

/* ---------------------------------------------------------------- out */

/* The double nearest to the shortest text that is this float again: 0.1f is 0.1, and not what it is to a double. */
static double as_written(double number, size_t size)
{
    char text[40];
    for (int digits = 6; size == sizeof(float) && digits <= 9; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, number);
        if (strtof(text, NULL) == (float)number)
            return strtod(text, NULL);
    }
    return number;
}

static json_t *real(kith_session *session, const kith_attribute *attribute, double number)
{
    if (!isfinite(number)) {
        kith__json_fail(session, KITH_RANGE, "json.not_finite", "%s is infinite or no number, and JSON has no such value.", attribute->name);
        return NULL;
    }
    return json_real(as_written(number, attribute->size));
}

static json_t *moment(const kith_attribute *attribute, kith_value value)
{
    char text[KITH_SYS_TEXT_SIZE], dashed[40];
    if (!kith_sys_print(value, text))
        return NULL;
    if (value.type == KITH_TYPE_UUID)
        snprintf(dashed, sizeof dashed, "%.8s-%.4s-%.4s-%.4s-%.12s", text, text + 8, text + 12, text + 16, text + 20);
    else if (value.type == KITH_TYPE_DATETIME)
        snprintf(dashed, sizeof dashed, "%.10sT%s%s", text, text + 11, attribute->naive ? "" : "Z");
    else
        return json_string_nocheck(text);
    return json_string_nocheck(dashed);
}

static json_t *blob(kith_blob bytes)
{
    char *text = kith__json_base64_write(bytes.data, bytes.size);
    json_t *json = text ? json_string_nocheck(text) : NULL;
    free(text);
    return json;
}

static json_t *whatever_it_is(kith_session *session, const kith_attribute *attribute, const char *text)
{
    json_error_t error = { .line = 0 };         /* jansson does not always write all of it */
    json_t *json = json_loads(text, JSON_DECODE_ANY, &error);
    if (!json && !kith__json_lacked_memory(&error))
        kith__json_fail(session, KITH_RANGE, "json.syntax", "%s is a kith_json whose text is no JSON: %s.", attribute->name, error.text);
    return json;
}

static json_t *written(kith_session *session, const kith_attribute *attribute, kith_value value)
{
    switch (value.type) {
    case KITH_TYPE_BOOL: return json_boolean(value.i);
    case KITH_TYPE_INT: case KITH_TYPE_UINT: return json_integer(value.i);
    case KITH_TYPE_REAL: return real(session, attribute, value.d);
    case KITH_TYPE_TEXT: case KITH_TYPE_DECIMAL: return json_string_nocheck(value.s);
    case KITH_TYPE_BLOB: return blob(value.b);
    case KITH_TYPE_JSON: return whatever_it_is(session, attribute, value.s);
    default: return moment(attribute, value);
    }
}

json_t *kith__json_of_value(kith_session *session, const kith_attribute *attribute, kith_value value)
{
    if (value.absent)
        return json_null();
    json_t *json = written(session, attribute, value);
    if (!json && !kith_session_status(session))
        kith__json_memory(session);
    return json;
}

/* ---------------------------------------------------------------- in */

static const char *kind_of(const json_t *json)
{
    switch (json_typeof(json)) {
    case JSON_OBJECT: return "an object";
    case JSON_ARRAY: return "an array";
    case JSON_STRING: return "a string";
    case JSON_INTEGER: case JSON_REAL: return "a number";
    case JSON_TRUE: case JSON_FALSE: return "true or false";
    default: return "null";
    }
}

static bool wrong(kith_session *session, const kith_model *model, const kith_attribute *attribute, const json_t *json, const char *wanted)
{
    return kith__json_fail(session, KITH_RANGE, "json.type", "%s.%s takes %s, and the JSON has %s.", model->name, attribute->name, wanted, kind_of(json));
}

void kith__json_kept_free(kith__json_kept *kept)
{
    for (kith__json_kept *next; kept; kept = next) {
        next = kept->next;
        free(kept->memory);
        free(kept);
    }
}

/* The memory is the reading's from now on; NULL, or no memory for it: an error is set. */
static void *keep(kith_session *session, kith__json_kept **all, void *memory)
{
    kith__json_kept *kept = memory ? malloc(sizeof *kept) : NULL;
    if (!kept) {
        free(memory);
        kith__json_memory(session);
        return NULL;
    }
    *kept = (kith__json_kept){ *all, memory };
    *all = kept;
    return memory;
}

typedef struct place { kith_session *session; const kith_model *model; const kith_attribute *attribute; kith__json_kept **kept; } place;

static bool read_blob(const place *at, const json_t *json, kith_value *out)
{
    bool valid;
    size_t size;
    void *bytes = keep(at->session, at->kept, kith__json_base64_read(json_string_value(json), json_string_length(json), &size, &valid));
    if (!bytes)
        return false;
    if (!valid)
        return kith__json_fail(at->session, KITH_RANGE, "json.base64", "%s.%s takes base64, and the string in the JSON is none.", at->model->name, at->attribute->name);
    *out = kith_of_blob((kith_blob){ bytes, size });
    return true;
}

static bool read_json(const place *at, const json_t *json, kith_value *out)
{
    char *text = keep(at->session, at->kept, kith__json_text(json));
    if (text)
        *out = kith_of_json((kith_json){ text });
    return text != NULL;
}

static bool read_string(const place *at, const json_t *json, uint32_t type, kith_value *out)
{
    const char *text = json_string_value(json);
    switch (type) {
    case KITH_TYPE_BLOB: return read_blob(at, json, out);
    case KITH_TYPE_TEXT: case KITH_TYPE_INT: case KITH_TYPE_UINT: *out = kith_of_text(text); return true;       /* a label */
    case KITH_TYPE_DECIMAL: *out = kith_of_decimal((kith_decimal){ text }); return true;
    default: break;
    }
    if (kith_sys_parse(type, text, json_string_length(json), out))
        return true;
    return kith__json_fail(at->session, KITH_RANGE, "json.moment", "%s.%s cannot be \"%.60s\": that is no %s.", at->model->name, at->attribute->name, text,
                           type == KITH_TYPE_DATE ? "date" : type == KITH_TYPE_TIME ? "time" : type == KITH_TYPE_UUID ? "uuid" : "date and time");
}

static bool read_decimal(const place *at, json_int_t number, kith_value *out)
{
    char *text = keep(at->session, at->kept, malloc(32));
    if (!text)
        return false;
    snprintf(text, 32, "%" JSON_INTEGER_FORMAT, number);
    *out = kith_of_decimal((kith_decimal){ text });
    return true;
}

static bool has_labels(const kith_attribute *attribute) { return attribute->labels || attribute->enum_labels; }

static const char *wanted_for(const kith_attribute *attribute, uint32_t type)
{
    if (has_labels(attribute))
        return "one of its labels, a string";
    switch (type) {
    case KITH_TYPE_BOOL: return "true or false";
    case KITH_TYPE_INT: case KITH_TYPE_UINT: return "a whole number";
    case KITH_TYPE_REAL: return "a number";
    case KITH_TYPE_DECIMAL: return "a decimal as a string, or a whole number";
    default: return "a string";
    }
}

bool kith__json_value(kith_session *session, const kith_model *model, const kith_attribute *attribute, const json_t *json, kith__json_kept **kept, kith_value *out)
{
    place at = { session, model, attribute, kept };
    uint32_t type = attribute->type & ~(uint32_t)KITH_TYPE_OPT;
    bool number = type == KITH_TYPE_INT || type == KITH_TYPE_UINT;
    if (type == KITH_TYPE_JSON)
        return read_json(&at, json, out);
    if (json_is_null(json)) {
        *out = (kith_value){ .type = KITH_TYPE_OBJECT };
        return true;
    }
    if (json_is_string(json) && type != KITH_TYPE_BOOL && type != KITH_TYPE_REAL && (!number || has_labels(attribute)))
        return read_string(&at, json, type, out);
    if (json_is_integer(json) && type == KITH_TYPE_DECIMAL)
        return read_decimal(&at, json_integer_value(json), out);
    if (json_is_boolean(json) && type == KITH_TYPE_BOOL)
        *out = kith_of_bool(json_is_true(json));
    else if (json_is_integer(json) && !has_labels(attribute) && (number || type == KITH_TYPE_REAL))
        *out = kith_of_int(json_integer_value(json));
    else if (json_is_real(json) && type == KITH_TYPE_REAL)
        *out = kith_of_double(json_real_value(json));
    else
        return wrong(session, model, attribute, json, wanted_for(attribute, type));
    return true;
}
