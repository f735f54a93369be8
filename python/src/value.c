/*
 * Between Python's values and those of columns: what is accepted, and the sentence for what is not.
 */
#include "core.h"

#include <datetime.h>
#include <stddef.h>
#include <string.h>

static PyObject *decimal_class, *uuid_class;

int value_setup(void)
{
    PyDateTime_IMPORT;
    PyObject *decimal = PyImport_ImportModule("decimal"), *uuid = PyImport_ImportModule("uuid");
    decimal_class = decimal ? PyObject_GetAttrString(decimal, "Decimal") : NULL;
    uuid_class = uuid ? PyObject_GetAttrString(uuid, "UUID") : NULL;
    Py_XDECREF(decimal);
    Py_XDECREF(uuid);
    return PyDateTimeAPI && decimal_class && uuid_class ? 0 : -1;
}

/* ---------------------------------------------------------------- layout */

uint32_t member_type(int kind, size_t *size, size_t *alignment)
{
    *alignment = 8;
    switch (kind) {
    case KIND_BOOL: *size = sizeof(kith_opt_bool); *alignment = 1; return KITH_TYPE_OPT + KITH_TYPE_BOOL;
    case KIND_INT: *size = sizeof(kith_opt_int); return KITH_TYPE_OPT + KITH_TYPE_INT;
    case KIND_VERSION: *size = sizeof(int64_t); return KITH_TYPE_INT;
    case KIND_REAL: *size = sizeof(kith_opt_double); return KITH_TYPE_OPT + KITH_TYPE_REAL;
    case KIND_TEXT: *size = sizeof(char *); return KITH_TYPE_TEXT;
    case KIND_BLOB: *size = sizeof(kith_blob); return KITH_TYPE_BLOB;
    case KIND_DATE: *size = sizeof(kith_opt_date); *alignment = _Alignof(kith_opt_date); return KITH_TYPE_OPT + KITH_TYPE_DATE;
    case KIND_TIME: *size = sizeof(kith_opt_time); return KITH_TYPE_OPT + KITH_TYPE_TIME;
    case KIND_DATETIME: case KIND_INTERVAL: *size = sizeof(kith_opt_datetime); return KITH_TYPE_OPT + KITH_TYPE_DATETIME;
    case KIND_UUID: case KIND_UUID_AS_TEXT: *size = sizeof(kith_opt_uuid); *alignment = 1; return KITH_TYPE_OPT + KITH_TYPE_UUID;
    case KIND_JSON: *size = sizeof(char *); return KITH_TYPE_JSON;
    case KIND_DECIMAL: case KIND_DECIMAL_AS_REAL: *size = sizeof(char *); return KITH_TYPE_DECIMAL;
    default: return 0;
    }
}

uint32_t value_type(int kind)
{
    size_t size, alignment;
    return member_type(kind & ~KIND_NATIVE, &size, &alignment) & ~(uint32_t)KITH_TYPE_OPT;
}

/* ---------------------------------------------------------------- the calendar (proleptic Gregorian, as Python's) */

static int64_t days_from_date(int64_t year, unsigned month, unsigned day)
{
    year -= month <= 2;
    int64_t era = (year >= 0 ? year : year - 399) / 400;
    unsigned of_era = (unsigned)(year - era * 400), of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
    return era * 146097 + (int64_t)(of_era * 365 + of_era / 4 - of_era / 100 + of_year) - 719468;
}

static void date_from_days(int64_t days, int *year, int *month, int *day)
{
    days += 719468;
    int64_t era = (days >= 0 ? days : days - 146096) / 146097;
    unsigned of_era = (unsigned)(days - era * 146097), year_of_era = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    unsigned of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100), shifted = (5 * of_year + 2) / 153;
    *day = (int)(of_year - (153 * shifted + 2) / 5 + 1);
    *month = (int)(shifted < 10 ? shifted + 3 : shifted - 9);
    *year = (int)((int64_t)year_of_era + era * 400 + (*month <= 2));
}

#define DAY INT64_C(86400000000)

static int64_t moment_of(PyObject *value)
{
    int64_t days = days_from_date(PyDateTime_GET_YEAR(value), (unsigned)PyDateTime_GET_MONTH(value), (unsigned)PyDateTime_GET_DAY(value));
    int64_t seconds = PyDateTime_DATE_GET_HOUR(value) * 3600 + PyDateTime_DATE_GET_MINUTE(value) * 60 + PyDateTime_DATE_GET_SECOND(value);
    return days * DAY + seconds * 1000000 + PyDateTime_DATE_GET_MICROSECOND(value);
}

static int64_t split(int64_t moment, int64_t *rest)
{
    int64_t days = moment / DAY;
    *rest = moment % DAY;
    if (*rest < 0) {
        *rest += DAY;
        days--;
    }
    return days;
}

static PyObject *time_to(int64_t microseconds)
{
    int64_t seconds = microseconds / 1000000;
    return PyTime_FromTime((int)(seconds / 3600), (int)(seconds / 60 % 60), (int)(seconds % 60), (int)(microseconds % 1000000));
}

static PyObject *date_to(int64_t days)
{
    int year, month, day;
    date_from_days(days, &year, &month, &day);
    return PyDate_FromDate(year, month, day);
}

static PyObject *datetime_to(int64_t moment)
{
    int64_t rest, days = split(moment, &rest), seconds = rest / 1000000;
    int year, month, day;
    date_from_days(days, &year, &month, &day);
    return PyDateTime_FromDateAndTime(year, month, day, (int)(seconds / 3600), (int)(seconds / 60 % 60), (int)(seconds % 60), (int)(rest % 1000000));
}

static PyObject *interval_to(int64_t moment)
{
    int64_t rest, days = split(moment, &rest);
    return PyDelta_FromDSU((int)days, (int)(rest / 1000000), (int)(rest % 1000000));
}

/* ---------------------------------------------------------------- the rest, to Python */

static PyObject *uuid_to(const kith_uuid *uuid, bool as_text)
{
    PyObject *bytes = PyBytes_FromStringAndSize((const char *)uuid->bytes, 16), *made = NULL, *empty = PyTuple_New(0), *words = PyDict_New();
    if (bytes && empty && words && PyDict_SetItemString(words, "bytes", bytes) == 0)
        made = PyObject_Call(uuid_class, empty, words);
    Py_XDECREF(bytes);
    Py_XDECREF(empty);
    Py_XDECREF(words);
    if (made && as_text)
        Py_SETREF(made, PyObject_Str(made));
    return made;
}

static bool is_ascii(const char *text, size_t size)
{
    uint64_t bits = 0, eight;
    for (; size >= sizeof eight; text += sizeof eight, size -= sizeof eight) {
        memcpy(&eight, text, sizeof eight);
        bits |= eight;
    }
    while (size)
        bits |= (unsigned char)text[--size];
    return !(bits & UINT64_C(0x8080808080808080));
}

/* Most are ASCII, and longer than what Python has one of for all. */
static PyObject *text_to(const char *text)
{
    size_t size = strlen(text);
    if (size < 2 || !is_ascii(text, size))
        return PyUnicode_DecodeUTF8(text, (Py_ssize_t)size, "surrogateescape");
    PyObject *made = PyUnicode_New((Py_ssize_t)size, 127);
    if (made)
        memcpy(PyUnicode_1BYTE_DATA(made), text, size);
    return made;
}

static PyObject *decimal_to(const char *text, bool as_real)
{
    PyObject *string = PyUnicode_FromString(text), *made = NULL;
    if (string)
        made = as_real ? PyFloat_FromString(string) : PyObject_CallOneArg(decimal_class, string);
    Py_XDECREF(string);
    return made;
}

#define OPTIONAL(T, expression) do { const T *at = (const void *)((const char *)object + offset); if (!at->present) Py_RETURN_NONE; return expression; } while (0)

PyObject *member_get(const void *object, size_t offset, int kind)
{
    const char *text;
    if (kind & KIND_NATIVE) {
        kith_value value = kith_sys_value(object, offset);
        return value_as_stored(&value);
    }
    switch (kind) {
    case KIND_INT: OPTIONAL(kith_opt_int, PyLong_FromLongLong(at->value));
    case KIND_TEXT: case KIND_JSON:
        memcpy(&text, (const char *)object + offset, sizeof text);
        if (!text)
            Py_RETURN_NONE;
        return text_to(text);
    case KIND_BOOL: OPTIONAL(kith_opt_bool, PyBool_FromLong(at->value));
    case KIND_REAL: OPTIONAL(kith_opt_double, PyFloat_FromDouble(at->value));
    case KIND_DATE: OPTIONAL(kith_opt_date, date_to(at->value.days));
    case KIND_TIME: OPTIONAL(kith_opt_time, time_to(at->value.microseconds));
    case KIND_DATETIME: OPTIONAL(kith_opt_datetime, datetime_to(at->value.microseconds));
    case KIND_INTERVAL: OPTIONAL(kith_opt_datetime, interval_to(at->value.microseconds));
    case KIND_UUID: case KIND_UUID_AS_TEXT: OPTIONAL(kith_opt_uuid, uuid_to(&at->value, kind == KIND_UUID_AS_TEXT));
    case KIND_DECIMAL: case KIND_DECIMAL_AS_REAL:
        memcpy(&text, (const char *)object + offset, sizeof text);
        if (!text)
            Py_RETURN_NONE;
        return decimal_to(text, kind == KIND_DECIMAL_AS_REAL);
    case KIND_BLOB: {
        kith_blob blob;
        memcpy(&blob, (const char *)object + offset, sizeof blob);
        if (!blob.data)
            Py_RETURN_NONE;
        return PyBytes_FromStringAndSize(blob.data, (Py_ssize_t)blob.size);
    }
    case KIND_VERSION: {
        int64_t version;
        memcpy(&version, (const char *)object + offset, sizeof version);
        if (!version)
            Py_RETURN_NONE;
        return PyLong_FromLongLong(version);
    }
    default: Py_RETURN_NONE;
    }
}

PyObject *value_to(const kith_value *value, int kind)
{
    if (kind == KIND_NONE || kind & KIND_NATIVE || value->type == KITH_TYPE_OBJECT)
        return value_as_stored(value);
    if (value->absent)
        Py_RETURN_NONE;
    switch (kind) {
    case KIND_INT: case KIND_VERSION: return PyLong_FromLongLong(value->i);
    case KIND_BOOL: return PyBool_FromLong(value->i != 0);
    case KIND_REAL: return PyFloat_FromDouble(value->d);
    case KIND_TEXT: case KIND_JSON: return text_to(value->s);
    case KIND_DATE: return date_to(value->date.days);
    case KIND_TIME: return time_to(value->time.microseconds);
    case KIND_DATETIME: return datetime_to(value->datetime.microseconds);
    case KIND_INTERVAL: return interval_to(value->datetime.microseconds);
    case KIND_UUID: case KIND_UUID_AS_TEXT: return uuid_to(&value->uuid, kind == KIND_UUID_AS_TEXT);
    case KIND_DECIMAL: case KIND_DECIMAL_AS_REAL: return decimal_to(value->s, kind == KIND_DECIMAL_AS_REAL);
    case KIND_BLOB: return PyBytes_FromStringAndSize(value->b.data, (Py_ssize_t)value->b.size);
    default: Py_RETURN_NONE;
    }
}

PyObject *value_as_stored(const kith_value *value)
{
    if (value->absent)
        Py_RETURN_NONE;
    switch (value->type) {
    case KITH_TYPE_BOOL: return PyBool_FromLong(value->i != 0);
    case KITH_TYPE_INT: return PyLong_FromLongLong(value->i);
    case KITH_TYPE_UINT: return PyLong_FromUnsignedLongLong(value->u);
    case KITH_TYPE_REAL: return PyFloat_FromDouble(value->d);
    case KITH_TYPE_TEXT: case KITH_TYPE_JSON: return value_to(value, KIND_TEXT);
    case KITH_TYPE_BLOB: return value_to(value, KIND_BLOB);
    case KITH_TYPE_DATE: return value_to(value, KIND_DATE);
    case KITH_TYPE_TIME: return value_to(value, KIND_TIME);
    case KITH_TYPE_DATETIME: return value_to(value, KIND_DATETIME);
    case KITH_TYPE_UUID: return value_to(value, KIND_UUID);
    case KITH_TYPE_DECIMAL: return value_to(value, KIND_DECIMAL);
    case KITH_TYPE_OBJECT: return wrap(value->object);
    default: Py_RETURN_NONE;
    }
}

/* ---------------------------------------------------------------- from Python */

typedef struct source { PyObject *value; const char *model, *attribute; kith_value *out; PyObject **kept; } source;

/* Unless it is only that there was no memory to look at it. */
static bool refuse(const source *s, const char *wanted)
{
    if (PyErr_Occurred() && PyErr_ExceptionMatches(PyExc_MemoryError))
        return false;
    PyErr_Clear();
    raise_type("value.type", s->model, s->attribute, s->value, wanted);
    return false;
}

static bool keep(const source *s, PyObject *object)
{
    *s->kept = object;
    return object != NULL;
}

static bool long_from(const source *s, PyObject *value)
{
    int overflow;
    long long number = PyLong_AsLongLongAndOverflow(value, &overflow);
    if (overflow) {
        raise_type("value.range", s->model, s->attribute, s->value, "a whole number of 64 bits");
        return false;
    }
    if (number == -1 && PyErr_Occurred())
        return false;
    *s->out = kith_of_int(number);
    return true;
}

/* What a form or a path brings: the text of a number is taken for it. */
static bool int_from(const source *s)
{
    PyObject *value = s->value, *number = NULL;
    if (PyLong_Check(value))
        return long_from(s, value);
    if (PyFloat_Check(value) && PyFloat_AS_DOUBLE(value) > -9e18 && PyFloat_AS_DOUBLE(value) < 9e18 && PyFloat_AS_DOUBLE(value) == (double)(long long)PyFloat_AS_DOUBLE(value))
        number = PyNumber_Long(value);
    else if (PyUnicode_Check(value))
        number = PyLong_FromUnicodeObject(value, 10);
    else if (PyIndex_Check(value))
        number = PyNumber_Index(value);
    if (!number) {
        return refuse(s, "a whole number");
    }
    bool ok = long_from(s, number);
    Py_DECREF(number);
    return ok;
}

static bool bool_from(const source *s)
{
    if (s->value == Py_True || s->value == Py_False) {
        *s->out = kith_of_bool(s->value == Py_True);
        return true;
    }
    if (PyLong_Check(s->value)) {
        long number = PyLong_AsLong(s->value);
        if (number == 0 || number == 1) {
            *s->out = kith_of_bool(number == 1);
            return true;
        }
        PyErr_Clear();
    }
    raise_type("value.bool", s->model, s->attribute, s->value, "True, False or None");
    return false;
}

static bool real_from(const source *s)
{
    PyObject *number = PyUnicode_Check(s->value) ? PyFloat_FromString(s->value) : PyBytes_Check(s->value) ? NULL : PyNumber_Float(s->value);
    if (!number) {
        return refuse(s, "a number");
    }
    *s->out = kith_of_double(PyFloat_AS_DOUBLE(number));
    Py_DECREF(number);
    return true;
}

static bool text_from(const source *s, uint32_t type)
{
    if (!PyUnicode_Check(s->value))
        return refuse(s, "a str");
    Py_ssize_t size;
    const char *text = PyUnicode_AsUTF8AndSize(s->value, &size);
    if (!text) {
        return refuse(s, "a str without lone surrogates");
    }
    if (memchr(text, 0, (size_t)size))
        return refuse(s, "a str without a NUL character");
    *s->out = (kith_value){ .type = type, .s = text };
    return true;
}

static bool blob_from(const source *s)
{
    PyObject *bytes = NULL;
    if (PyBytes_Check(s->value)) {
        Py_INCREF(s->value);
        bytes = s->value;
    } else if (PyObject_CheckBuffer(s->value))
        bytes = PyBytes_FromObject(s->value);
    if (!bytes) {
        return refuse(s, "bytes");
    }
    *s->out = kith_of_blob((kith_blob){ PyBytes_AS_STRING(bytes), (size_t)PyBytes_GET_SIZE(bytes) });
    return keep(s, bytes);
}

static bool date_from(const source *s)
{
    PyObject *value = s->value;
    if (!PyDate_Check(value))
        return refuse(s, "a date");
    int64_t days = days_from_date(PyDateTime_GET_YEAR(value), (unsigned)PyDateTime_GET_MONTH(value), (unsigned)PyDateTime_GET_DAY(value));
    *s->out = kith_of_date((kith_date){ (int32_t)days });
    return true;
}

static bool time_from(const source *s)
{
    PyObject *value = s->value;
    if (!PyTime_Check(value))
        return refuse(s, "a time");
    int64_t seconds = PyDateTime_TIME_GET_HOUR(value) * 3600 + PyDateTime_TIME_GET_MINUTE(value) * 60 + PyDateTime_TIME_GET_SECOND(value);
    *s->out = kith_of_time((kith_time){ seconds * 1000000 + PyDateTime_TIME_GET_MICROSECOND(value) });
    return true;
}

static int64_t microseconds_of(PyObject *delta)
{
    return PyDateTime_DELTA_GET_DAYS(delta) * DAY + PyDateTime_DELTA_GET_SECONDS(delta) * INT64_C(1000000) + PyDateTime_DELTA_GET_MICROSECONDS(delta);
}

/* One with a time zone is turned to UTC. */
static bool datetime_from(const source *s)
{
    PyObject *value = s->value;
    if (!PyDate_Check(value))
        return refuse(s, "a datetime or date");
    if (!PyDateTime_Check(value)) {
        int64_t days = days_from_date(PyDateTime_GET_YEAR(value), (unsigned)PyDateTime_GET_MONTH(value), (unsigned)PyDateTime_GET_DAY(value));
        *s->out = kith_of_datetime((kith_datetime){ days * DAY });
        return true;
    }
    int64_t offset = 0;
    if (PyDateTime_DATE_GET_TZINFO(value) != Py_None) {
        PyObject *delta = PyObject_CallMethod(value, "utcoffset", NULL);
        if (!delta)
            return false;
        if (PyDelta_Check(delta))
            offset = microseconds_of(delta);
        Py_DECREF(delta);
    }
    *s->out = kith_of_datetime((kith_datetime){ moment_of(value) - offset });
    return true;
}

static bool interval_from(const source *s)
{
    enum { MOST_DAYS = 106000000 };     /* in 64 bits of microseconds */
    if (!PyDelta_Check(s->value))
        return refuse(s, "a timedelta");
    if (PyDateTime_DELTA_GET_DAYS(s->value) > MOST_DAYS || PyDateTime_DELTA_GET_DAYS(s->value) < -MOST_DAYS)
        return refuse(s, "a timedelta of less than 290,000 years");
    *s->out = kith_of_datetime((kith_datetime){ microseconds_of(s->value) });
    return true;
}

static bool uuid_from(const source *s)
{
    PyObject *uuid = s->value, *bytes;
    Py_INCREF(uuid);
    if (PyUnicode_Check(uuid)) {
        Py_DECREF(uuid);
        uuid = PyObject_CallOneArg(uuid_class, s->value);
    }
    bytes = uuid && PyObject_IsInstance(uuid, uuid_class) == 1 ? PyObject_GetAttrString(uuid, "bytes") : NULL;
    Py_XDECREF(uuid);
    if (!bytes || !PyBytes_Check(bytes) || PyBytes_GET_SIZE(bytes) != 16) {
        Py_XDECREF(bytes);
        return refuse(s, "a UUID");
    }
    *s->out = (kith_value){ .type = KITH_TYPE_UUID };
    memcpy(s->out->uuid.bytes, PyBytes_AS_STRING(bytes), 16);
    Py_DECREF(bytes);
    return true;
}

static bool decimal_from(const source *s)
{
    PyObject *value = s->value, *text = NULL;
    bool number = PyLong_Check(value) || PyFloat_Check(value) || PyUnicode_Check(value) || PyObject_IsInstance(value, decimal_class) == 1;
    if (number && value != Py_True && value != Py_False) {
        PyObject *decimal = PyFloat_Check(value) ? PyObject_Repr(value) : PyObject_Str(value);
        PyObject *checked = decimal ? PyObject_CallOneArg(decimal_class, decimal) : NULL;
        PyObject *finite = checked ? PyObject_CallMethod(checked, "is_finite", NULL) : NULL;
        if (finite == Py_True)
            text = PyObject_Str(checked);
        Py_XDECREF(finite);
        Py_XDECREF(checked);
        Py_XDECREF(decimal);
    }
    const char *digits = text ? PyUnicode_AsUTF8(text) : NULL;
    if (!digits) {
        Py_XDECREF(text);
        return refuse(s, "a finite Decimal");
    }
    *s->out = (kith_value){ .type = KITH_TYPE_DECIMAL, .s = digits };
    return keep(s, text);
}

/* By the value alone, where no column says what it is. */
static bool any_from(const source *s)
{
    PyObject *value = s->value;
    if (PyBool_Check(value))
        return bool_from(s);
    if (PyLong_Check(value))
        return long_from(s, value);
    if (PyFloat_Check(value))
        return real_from(s);
    if (PyUnicode_Check(value))
        return text_from(s, KITH_TYPE_TEXT);
    if (PyDateTime_Check(value))
        return datetime_from(s);
    if (PyDate_Check(value))
        return date_from(s);
    if (PyTime_Check(value))
        return time_from(s);
    if (PyDelta_Check(value))
        return interval_from(s);
    if (PyObject_IsInstance(value, decimal_class) == 1)
        return decimal_from(s);
    if (PyObject_IsInstance(value, uuid_class) == 1)
        return uuid_from(s);
    if (PyBytes_Check(value) || PyObject_CheckBuffer(value))
        return blob_from(s);
    return refuse(s, "a value that a database can hold");
}

bool value_from(PyObject *value, int kind, const char *model, const char *attribute, kith_value *out, PyObject **kept)
{
    source s = { value, model, attribute, out, kept };
    *kept = NULL;
    kind &= ~KIND_NATIVE;
    if (value == Py_None) {
        *out = (kith_value){ .type = kind == KIND_NONE ? KITH_TYPE_TEXT : value_type(kind), .absent = 1 };
        return true;
    }
    switch (kind) {
    case KIND_NONE: return any_from(&s);
    case KIND_BOOL: return bool_from(&s);
    case KIND_INT: case KIND_VERSION: return int_from(&s);
    case KIND_REAL: return real_from(&s);
    case KIND_TEXT: return text_from(&s, KITH_TYPE_TEXT);
    case KIND_JSON: return text_from(&s, KITH_TYPE_JSON);
    case KIND_BLOB: return blob_from(&s);
    case KIND_DATE: return date_from(&s);
    case KIND_TIME: return time_from(&s);
    case KIND_DATETIME: return datetime_from(&s);
    case KIND_INTERVAL: return interval_from(&s);
    case KIND_UUID: case KIND_UUID_AS_TEXT: return uuid_from(&s);
    case KIND_DECIMAL: case KIND_DECIMAL_AS_REAL: return decimal_from(&s);
    default: return refuse(&s, "nothing that is known");
    }
}

/* ---------------------------------------------------------------- into a struct that is nobody's yet */

#define PUT(T, expression) do { T made; memset(&made, 0, sizeof made); if (!value->absent) { made.value = expression; made.present = true; } memcpy(at, &made, sizeof made); } while (0)

void member_put(void *object, size_t offset, int kind, const kith_value *value)
{
    char *at = (char *)object + offset;
    const char *text = value->absent ? NULL : value->s;
    kith_blob blob = value->absent ? (kith_blob){ NULL, 0 } : value->b;
    int64_t version = value->absent ? 0 : value->i;
    switch (kind) {
    case KIND_BOOL: PUT(kith_opt_bool, value->i != 0); break;
    case KIND_INT: PUT(kith_opt_int, value->i); break;
    case KIND_REAL: PUT(kith_opt_double, value->d); break;
    case KIND_DATE: PUT(kith_opt_date, value->date); break;
    case KIND_TIME: PUT(kith_opt_time, value->time); break;
    case KIND_DATETIME: case KIND_INTERVAL: PUT(kith_opt_datetime, value->datetime); break;
    case KIND_UUID: case KIND_UUID_AS_TEXT: PUT(kith_opt_uuid, value->uuid); break;
    case KIND_TEXT: case KIND_JSON: case KIND_DECIMAL: case KIND_DECIMAL_AS_REAL: memcpy(at, &text, sizeof text); break;
    case KIND_BLOB: memcpy(at, &blob, sizeof blob); break;
    case KIND_VERSION: memcpy(at, &version, sizeof version); break;
    default: break;
    }
}
