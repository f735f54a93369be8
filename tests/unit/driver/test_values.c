/*
 * Values on their way into SQLite and back: table 1 of the decisions, the ends of every range, and what other programs may have stored.
 */
#include "helpers.h"

#include <float.h>
#include <math.h>
#include <stdio.h>

static const kith__type integer = { .kind = KITH__INTEGER }, real = { .kind = KITH__DOUBLE }, text = { .kind = KITH__TEXT }, blob = { .kind = KITH__BLOB },
    boolean = { .kind = KITH__BOOLEAN }, date = { .kind = KITH__DATE }, time_ = { .kind = KITH__TIME }, moment = { .kind = KITH__TIMESTAMPTZ },
    uuid = { .kind = KITH__UUID }, json = { .kind = KITH__JSON }, price = { .kind = KITH__NUMERIC, .precision = 10, .scale = 2 },
    exact = { .kind = KITH__DECIMAL_TEXT, .precision = 38, .scale = 9 }, five = { .kind = KITH__VARCHAR, .length = 5 };

typedef struct row {
    int64_t id;
    bool flag;
    int8_t i8; int16_t i16; int32_t i32; int64_t i64;
    uint8_t u8; uint16_t u16; uint32_t u32;
    float single; double number;
    const char *text, *five; kith_blob blob; kith_json json; kith_decimal price, exact;
    kith_date date; kith_time time; kith_datetime moment; kith_uuid uuid;
    kith_opt_bool opt_flag; kith_opt_int opt_int; kith_opt_double opt_real; kith_opt_date opt_date; kith_opt_time opt_time;
    kith_opt_datetime opt_moment; kith_opt_uuid opt_uuid;
} row;

#define FIELD_(member_, kind_, column_) { .type = KITH_TYPE_##kind_, .size = sizeof ((row *)0)->member_, .offset = offsetof(row, member_), .column = &(column_), .name = #member_ }
#define OPT_(member_, kind_, column_) { .type = KITH_TYPE_##kind_ | KITH_TYPE_OPT, .size = sizeof ((row *)0)->member_, .offset = offsetof(row, member_), .column = &(column_), .name = #member_ }
static const kith__field items[] = {
    FIELD_(id, INT, integer), FIELD_(flag, BOOL, boolean), FIELD_(i8, INT, integer), FIELD_(i16, INT, integer), FIELD_(i32, INT, integer), FIELD_(i64, INT, integer),
    FIELD_(u8, UINT, integer), FIELD_(u16, UINT, integer), FIELD_(u32, UINT, integer), FIELD_(single, REAL, real), FIELD_(number, REAL, real),
    FIELD_(text, TEXT, text), FIELD_(five, TEXT, five), FIELD_(blob, BLOB, blob), FIELD_(json, JSON, json), FIELD_(price, DECIMAL, price), FIELD_(exact, DECIMAL, exact),
    FIELD_(date, DATE, date), FIELD_(time, TIME, time_), FIELD_(moment, DATETIME, moment), FIELD_(uuid, UUID, uuid),
    OPT_(opt_flag, BOOL, boolean), OPT_(opt_int, INT, integer), OPT_(opt_real, REAL, real), OPT_(opt_date, DATE, date), OPT_(opt_time, TIME, time_),
    OPT_(opt_moment, DATETIME, moment), OPT_(opt_uuid, UUID, uuid),
};
enum { FIELDS = KITH__COUNT(items) };
static const kith__fields fields = { .model = "Row", .table = "rows", .items = items, .count = FIELDS };

static int setup(void **state)
{
    place *p = place_in_memory("");
    kith__text sql = { 0 };
    *state = p;
    kith__text_add(&sql, "CREATE TABLE rows (");
    for (size_t i = 0; i < FIELDS; i++) {
        kith__text_addf(&sql, "%s\"%s\" ", i ? ", " : "", items[i].name);
        kith__dialect_sqlite.type(&sql, items[i].column);
        kith__text_add(&sql, i ? "" : " PRIMARY KEY");
    }
    kith__text_add(&sql, ")");
    run(p, p->one, sql.data);
    kith__text_free(&sql);
    return 0;
}

static int teardown(void **state)
{
    place_close(*state);
    return 0;
}

static int insert(place *p, const row *r)
{
    char sql[256] = "INSERT INTO rows VALUES (?";
    for (size_t i = 1; i < FIELDS; i++)
        strcat(sql, ",?");
    strcat(sql, ")");
    kith__statement *statement = prepare(p, p->one, sql);
    int status = kith__bind_fields(statement, 1, &fields, r, &p->error);
    if (status == KITH_OK && kith__step_(statement, &p->error) != KITH__END)
        status = p->error.public_.status;
    kith__done(statement);
    return status;
}

static int read_back(place *p, int64_t id, row *out, arena_room *room)
{
    kith__statement *statement = prepare(p, p->one, "SELECT * FROM rows WHERE id = ?");
    kith_value key = kith_of_int(id);
    assert_ok(p, kith__bind_value(statement, 1, &key, &integer, &p->error));
    assert_int_equal(kith__step_(statement, &p->error), KITH__ROW);
    memset(out, 0xAB, sizeof *out);
    int status = kith__row(statement, 0, &fields, out, &room->room, &p->error);
    kith__done(statement);
    return status;
}

static void assert_raw(place *p, const char *sql, const char *expected)
{
    char *found = ask_text(p, p->one, sql);
    if (!expected)
        assert_null(found);
    else {
        assert_non_null(found);
        assert_string_equal(found, expected);
    }
    free(found);
}

/* ---------------------------------------------------------------- there and back */

static void every_type_comes_back_as_it_went(void **state)
{
    place *p = *state;
    arena_room room = arena_room_make();
    row low = { .id = 1, .flag = true, .i8 = INT8_MIN, .i16 = INT16_MIN, .i32 = INT32_MIN, .i64 = INT64_MIN, .single = 0.1f, .number = 0.1 + 0.2, .text = "it's \"x\"",
        .five = "\xF0\x9F\xA6\x9D\xF0\x9F\xA6\x9D\xF0\x9F\xA6\x9D\xF0\x9F\xA6\x9D\xF0\x9F\xA6\x9D", .blob = { "a\0b", 4 }, .json = { "{\"a\": [1]}" }, .price = { "-12.50" },
        .exact = { "12345678901234567890.123456789" }, .date = { -719162 }, .time = { 0 }, .moment = { INT64_C(1795347482000001) }, .uuid = { { [15] = 1 } },
        .opt_flag = kith_some_bool(true), .opt_int = kith_some(-7), .opt_real = kith_some(1.5), .opt_date = kith_some(((kith_date){ 2932896 })),
        .opt_time = kith_some(((kith_time){ INT64_C(86399999999) })), .opt_moment = kith_some(((kith_datetime){ -1 })), .opt_uuid = kith_some(((kith_uuid){ { 0xff } })) };
    row high = { .id = 2, .i8 = INT8_MAX, .i16 = INT16_MAX, .i32 = INT32_MAX, .i64 = INT64_MAX, .u8 = UINT8_MAX, .u16 = UINT16_MAX, .u32 = UINT32_MAX, .single = FLT_MAX,
        .number = DBL_TRUE_MIN, .text = "", .blob = { "", 0 } };
    row read;
    assert_ok(p, insert(p, &low));
    assert_ok(p, insert(p, &high));
    assert_ok(p, read_back(p, 1, &read, &room));
    assert_true(read.flag && read.i8 == low.i8 && read.i16 == low.i16 && read.i32 == low.i32 && read.i64 == low.i64);
    assert_true(memcmp(&read.single, &low.single, sizeof(float)) == 0 && memcmp(&read.number, &low.number, sizeof(double)) == 0);
    assert_string_equal(read.text, low.text);
    assert_string_equal(read.five, low.five);
    assert_int_equal(read.blob.size, 4);
    assert_memory_equal(read.blob.data, "a\0b", 4);
    assert_string_equal(read.json.text, low.json.text);
    assert_string_equal(read.price.text, "-12.50");
    assert_string_equal(read.exact.text, low.exact.text);
    assert_true(read.date.days == low.date.days && read.time.microseconds == 0 && read.moment.microseconds == low.moment.microseconds);
    assert_memory_equal(&read.uuid, &low.uuid, 16);
    assert_true(read.opt_flag.present && read.opt_flag.value && read.opt_int.present && read.opt_int.value == -7 && read.opt_real.present && read.opt_real.value == 1.5);
    assert_true(read.opt_date.present && read.opt_date.value.days == 2932896 && read.opt_time.present && read.opt_time.value.microseconds == INT64_C(86399999999));
    assert_true(read.opt_moment.present && read.opt_moment.value.microseconds == -1 && read.opt_uuid.present);
    assert_memory_equal(&read.opt_uuid.value, &low.opt_uuid.value, 16);
    assert_ok(p, read_back(p, 2, &read, &room));
    assert_true(!read.flag && read.i8 == high.i8 && read.i16 == high.i16 && read.i32 == high.i32 && read.i64 == high.i64);
    assert_true(read.u8 == UINT8_MAX && read.u16 == UINT16_MAX && read.u32 == UINT32_MAX && read.single == FLT_MAX && read.number == DBL_TRUE_MIN);
    assert_true(read.text && !*read.text && !read.five && read.blob.data && !read.blob.size && !read.json.text && !read.price.text && !read.exact.text);
    assert_false(read.opt_flag.present || read.opt_int.present || read.opt_real.present || read.opt_date.present || read.opt_time.present || read.opt_moment.present ||
        read.opt_uuid.present);
    kith__arena_free(&room.arena);
}

static void what_is_stored_is_what_sqlalchemy_stores(void **state)
{
    place *p = *state;
    row r = { .id = 1, .flag = true, .price = { "12.50" }, .exact = { "0.10" }, .date = { 20779 }, .time = { INT64_C(41882000000) }, .moment = { INT64_C(1795347482000000) },
        .uuid = { { [15] = 1 } }, .json = { "17" }, .blob = { "ab", 2 }, .text = "t" };
    assert_ok(p, insert(p, &r));
    assert_raw(p, "SELECT date FROM rows", "2026-11-22");
    assert_raw(p, "SELECT time FROM rows", "11:38:02.000000");
    assert_raw(p, "SELECT moment FROM rows", "2026-11-22 11:38:02.000000");
    assert_raw(p, "SELECT uuid FROM rows", "00000000000000000000000000000001");
    assert_raw(p, "SELECT typeof(uuid) || typeof(flag) || typeof(price) || typeof(exact) || typeof(blob) || typeof(json) FROM rows", "textintegerrealtextblobinteger");
    assert_raw(p, "SELECT exact FROM rows", "0.100000000");             /* as many digits as its column has */
    assert_raw(p, "SELECT count(*) FROM rows WHERE price = 12.5", "1");
    assert_raw(p, "SELECT opt_int FROM rows", NULL);
}

/* ---------------------------------------------------------------- what does not fit, going in */

static void assert_refused(place *p, const row *r, const char *member)
{
    assert_int_equal(insert(p, r), KITH_RANGE);
    assert_string_equal(p->error.public_.model, "Row");
    assert_string_equal(p->error.public_.attribute, member);
    assert_error(p, KITH_RANGE, member);
    assert_int_equal(ask(p, p->one, "SELECT count(*) FROM rows"), 0);
}

static void what_does_not_fit_is_refused_and_named(void **state)
{
    place *p = *state;
    assert_refused(p, &(row){ .id = 1, .number = NAN }, "number");
    assert_refused(p, &(row){ .id = 1, .opt_real = kith_some((double)NAN) }, "opt_real");
    assert_refused(p, &(row){ .id = 1, .text = "\xFF" }, "text");
    assert_refused(p, &(row){ .id = 1, .text = "a\xED\xA0\x80" }, "text");
    assert_refused(p, &(row){ .id = 1, .five = "sixsix" }, "five");
    assert_refused(p, &(row){ .id = 1, .price = { "twelve" } }, "price");
    assert_refused(p, &(row){ .id = 1, .price = { "" } }, "price");
    assert_refused(p, &(row){ .id = 1, .price = { "100000000.00" } }, "price");
    assert_refused(p, &(row){ .id = 1, .exact = { "1.2.3" } }, "exact");
    assert_refused(p, &(row){ .id = 1, .date = { 2932897 } }, "date");
    assert_refused(p, &(row){ .id = 1, .time = { INT64_C(86400000000) } }, "time");
    assert_refused(p, &(row){ .id = 1, .time = { -1 } }, "time");
    assert_refused(p, &(row){ .id = 1, .moment = { INT64_MAX } }, "moment");
    assert_refused(p, &(row){ .id = 1, .opt_moment = kith_some(((kith_datetime){ INT64_MIN })) }, "opt_moment");
}

static void what_only_just_fits_is_taken(void **state)
{
    place *p = *state;
    row r = { .id = 1, .number = INFINITY, .five = "12345", .price = { "99999999.99" }, .opt_real = kith_some((double)-INFINITY) }, read;
    arena_room room = arena_room_make();
    assert_ok(p, insert(p, &r));
    assert_ok(p, read_back(p, 1, &read, &room));
    assert_true(isinf(read.number) && read.number > 0 && isinf(read.opt_real.value) && read.opt_real.value < 0);
    assert_string_equal(read.price.text, "99999999.99");
    kith__arena_free(&room.arena);
}

static void single_values_that_sqlite_cannot_take_are_refused(void **state)
{
    place *p = *state;
    kith__statement *statement = prepare(p, p->one, "SELECT ?");
    const kith_value bad[] = { kith_of_uint(UINT64_MAX), kith_of_uint((uint64_t)INT64_MAX + 1), kith_of_double((double)NAN), kith_of_text("\xC3"),
        kith_of_decimal((kith_decimal){ "1,5" }), kith_of_date((kith_date){ INT32_MAX }) };
    for (size_t i = 0; i < KITH__COUNT(bad); i++) {
        assert_int_equal(kith__bind_value(statement, 1, &bad[i], NULL, &p->error), KITH_RANGE);
        assert_error(p, KITH_RANGE, NULL);
    }
    kith_value fine = kith_of_uint(INT64_MAX), unknown = { .type = 99 };
    assert_ok(p, kith__bind_value(statement, 1, &fine, NULL, &p->error));
    assert_int_equal(kith__bind_value(statement, 1, &unknown, NULL, &p->error), KITH_RANGE);
    assert_error(p, KITH_RANGE, "it is no value of a column");
    kith__done(statement);
}

static void a_value_of_no_type_is_null(void **state)
{
    place *p = *state;
    kith__statement *statement = prepare(p, p->one, "SELECT ? IS NULL");
    const kith_value nothing = { .type = KITH_TYPE_NONE };
    int64_t is_null = 0;
    assert_ok(p, kith__bind_value(statement, 1, &nothing, NULL, &p->error));
    assert_int_equal(kith__step_(statement, &p->error), KITH__ROW);
    assert_true(kith__row_int(statement, 0, &is_null) && is_null == 1);
    kith__done(statement);
}

static void a_value_for_a_mark_that_is_not_there_is_an_error(void **state)
{
    place *p = *state;
    kith__statement *statement = prepare(p, p->one, "SELECT ?");
    const kith_value values[] = { kith_of_int(1), kith_of_text("x"), kith_of_date((kith_date){ 0 }), { .type = KITH_TYPE_TEXT, .absent = 1 } };
    for (size_t i = 0; i < KITH__COUNT(values); i++)
        for (size_t position = 0; position < 3; position += 2) {
            assert_int_not_equal(kith__bind_value(statement, position, &values[i], NULL, &p->error), KITH_OK);
            assert_true(p->error.public_.status != KITH_NO_MEMORY);
            assert_error(p, p->error.public_.status, NULL);
        }
    kith__done(statement);
}

/* ---------------------------------------------------------------- what others have stored */

static void update_and_read(place *p, const char *set, row *out, arena_room *room, int expected)
{
    char sql[256];
    run(p, p->one, "DELETE FROM rows");
    row r = { .id = 42, .text = "victim" };
    assert_ok(p, insert(p, &r));
    snprintf(sql, sizeof sql, "UPDATE rows SET %s", set);
    run(p, p->one, sql);
    int status = read_back(p, 42, out, room);
    if (status != expected)
        print_error("%s: status %d (%s)\n", set, status, p->error.public_.message ? p->error.public_.message : "");
    assert_int_equal(status, expected);
}

static void moments_dates_and_uuids_are_read_however_they_are_written(void **state)
{
    place *p = *state;
    arena_room room = arena_room_make();
    row r;
    const struct { const char *set; int64_t moment; } moments[] = {
        { "moment = '2026-11-22T11:38:02Z'", INT64_C(1795347482000000) }, { "moment = '2026-11-22 12:38:02+01:00'", INT64_C(1795347482000000) },
        { "moment = '2026-11-22 11:38:02.5'", INT64_C(1795347482500000) }, { "moment = '2026-11-22'", INT64_C(1795305600000000) },
    };
    for (size_t i = 0; i < KITH__COUNT(moments); i++) {
        update_and_read(p, moments[i].set, &r, &room, KITH_OK);
        assert_int_equal(r.moment.microseconds, moments[i].moment);
    }
    update_and_read(p, "uuid = '12345678-901e-9999-9999-9999999999ff'", &r, &room, KITH_OK);
    assert_int_equal(r.uuid.bytes[15], 0xff);
    update_and_read(p, "uuid = x'0102030405060708090a0b0c0d0e0f10'", &r, &room, KITH_OK);
    assert_int_equal(r.uuid.bytes[15], 0x10);
    kith__arena_free(&room.arena);
}

static void numbers_are_read_by_what_they_are(void **state)
{
    place *p = *state;
    arena_room room = arena_room_make();
    row r;
    update_and_read(p, "flag = 7", &r, &room, KITH_OK);
    assert_true(r.flag);
    update_and_read(p, "number = 3, opt_real = 4", &r, &room, KITH_OK);
    assert_true(r.number == 3.0 && r.opt_real.value == 4.0);
    update_and_read(p, "price = 3", &r, &room, KITH_OK);
    assert_string_equal(r.price.text, "3.00");
    update_and_read(p, "price = 0.1", &r, &room, KITH_OK);
    assert_string_equal(r.price.text, "0.10");
    update_and_read(p, "price = -0.001", &r, &room, KITH_OK);
    assert_string_equal(r.price.text, "0.00");
    update_and_read(p, "json = '1.5'", &r, &room, KITH_OK);
    assert_string_equal(r.json.text, "1.5");
    update_and_read(p, "json = '12345678901234567'", &r, &room, KITH_OK);
    assert_string_equal(r.json.text, "12345678901234567");
    update_and_read(p, "text = 5", &r, &room, KITH_OK);
    assert_string_equal(r.text, "5");
    kith__arena_free(&room.arena);
}

static void a_decimal_point_is_a_point_in_every_locale(void **state)
{
    place *p = *state;
    arena_room room = arena_room_make();
    row r;
    kith_test_comma();
    row in = { .id = 1, .price = { "12.50" } };
    assert_ok(p, insert(p, &in));
    assert_raw(p, "SELECT count(*) FROM rows WHERE price = 12.5", "1");
    assert_ok(p, read_back(p, 1, &r, &room));
    assert_string_equal(r.price.text, "12.50");
    update_and_read(p, "json = '1.5'", &r, &room, KITH_OK);
    assert_string_equal(r.json.text, "1.5");
    in = (row){ .id = 2, .json = { "0.1234567890123456" } };
    assert_ok(p, insert(p, &in));
    assert_ok(p, read_back(p, 2, &r, &room));
    assert_string_equal(r.json.text, "0.1234567890123456");
    kith_test_point();
    kith__arena_free(&room.arena);
}

static void a_row_that_does_not_fit_says_where_and_what(void **state)
{
    place *p = *state;
    arena_room room = arena_room_make();
    row r;
    const struct { const char *set, *member, *value; } bad[] = {
        { "i64 = 'abc'", "i64", "abc" }, { "i32 = 2147483648", "i32", "2147483648" }, { "i16 = 99999", "i16", "99999" }, { "i8 = 128", "i8", "128" },
        { "u8 = -1", "u8", "-1" }, { "u16 = 65536", "u16", "65536" }, { "u32 = -1", "u32", "-1" }, { "number = 'abc'", "number", "abc" }, { "single = 1e39", "single", "1e+39" },
        { "date = 'yesterday'", "date", "yesterday" }, { "moment = '2026-13-45 99:00:00'", "moment", "2026-13-45" }, { "uuid = 'xyz'", "uuid", "xyz" },
        { "uuid = x'0102'", "uuid", "2 bytes" }, { "i32 = NULL", "i32", "NULL" }, { "i32 = 1.5", "i32", "1.5" }, { "time = '25:00:00'", "time", "25:00:00" },
        { "text = CAST(x'FF' AS TEXT)", "text", NULL }, { "text = x'FF'", "text", NULL }, { "exact = 'many'", "exact", "many" }, { "opt_int = 'x'", "opt_int", "x" },
        { "opt_int = 1.5", "opt_int", "1.5" }, { "opt_date = 'x'", "opt_date", "x" }, { "flag = NULL", "flag", "NULL" }, { "flag = 'yes'", "flag", "yes" }, { "date = NULL", "date", "NULL" },
    };
    for (size_t i = 0; i < KITH__COUNT(bad); i++) {
        update_and_read(p, bad[i].set, &r, &room, KITH_RANGE);
        const kith_error *e = &p->error.public_;
        if (!strstr(e->message, bad[i].member) || !strstr(e->message, "Row") || !strstr(e->message, "42") || (bad[i].value && !strstr(e->message, bad[i].value)))
            fail_msg("%s: %s", bad[i].set, e->message);
        assert_string_equal(e->attribute, bad[i].member);
        assert_error(p, KITH_RANGE, bad[i].member);
    }
    kith__arena_free(&room.arena);
}

static void a_database_in_utf_16_is_read_too(void **state)
{
    place *p = place_in_file("");
    (void)state;
    arena_room room = arena_room_make();
    run(p, p->one, "PRAGMA encoding = 'UTF-16'");
    run(p, p->one, "CREATE TABLE t (s TEXT, d DATE)");
    run(p, p->one, "INSERT INTO t VALUES ('na\xC3\xAFve \xF0\x9F\xA6\x9D', '2026-11-22')");
    kith__statement *statement = prepare(p, p->one, "SELECT s, d FROM t");
    kith_value value;
    assert_int_equal(kith__step_(statement, &p->error), KITH__ROW);
    assert_ok(p, kith__row_value(statement, 0, KITH_TYPE_TEXT, &text, &room.room, &value, &p->error));
    assert_string_equal(value.s, "na\xC3\xAFve \xF0\x9F\xA6\x9D");
    assert_ok(p, kith__row_value(statement, 1, KITH_TYPE_DATE, &date, &room.room, &value, &p->error));
    assert_int_equal(value.date.days, 20779);
    kith__done(statement);
    kith__arena_free(&room.arena);
    place_close(p);
}

/* ---------------------------------------------------------------- one column */

static void a_column_is_read_as_an_integer_or_not(void **state)
{
    place *p = *state;
    kith__statement *statement = prepare(p, p->one, "SELECT 7, NULL, 'x', 9223372036854775807");
    int64_t number = -5;
    assert_int_equal(kith__step_(statement, &p->error), KITH__ROW);
    assert_true(kith__row_int(statement, 0, &number));
    assert_int_equal(number, 7);
    assert_false(kith__row_int(statement, 1, &number));
    assert_false(kith__row_int(statement, 2, &number));
    assert_true(kith__row_int(statement, 3, &number));
    assert_true(number == INT64_MAX);
    kith__done(statement);
}

static void any_column_is_readable_as_a_text_but_a_blob(void **state)
{
    place *p = *state;
    arena_room room = arena_room_make();
    kith_value value;
    kith__statement *statement = prepare(p, p->one, "SELECT 7, 1.5, 'x', NULL, x'00'");
    const char *const expected[] = { "7", "1.5", "x", NULL };
    assert_int_equal(kith__step_(statement, &p->error), KITH__ROW);
    for (size_t i = 0; i < 4; i++) {
        assert_ok(p, kith__row_value(statement, i, KITH_TYPE_TEXT, &text, &room.room, &value, &p->error));
        assert_int_equal(value.absent, expected[i] == NULL);
        if (expected[i])
            assert_string_equal(value.s, expected[i]);
    }
    assert_int_equal(kith__row_value(statement, 4, KITH_TYPE_TEXT, &text, &room.room, &value, &p->error), KITH_RANGE);
    assert_error(p, KITH_RANGE, NULL);
    kith__done(statement);
    kith__arena_free(&room.arena);
}

/* ---------------------------------------------------------------- decimals as texts */

static void decimal_texts_are_compared_as_numbers(void **state)
{
    place *p = *state;
    static const char *const rising[] = { "-1e3", "-100.5", "-100.4999999999999999999999", "-0.001", "0", "0.0000000000000000000000000001", "1e-5", "0.5", "1", "1.00000000000000000000000001",
        "2", "9", "10", "12345678901234567890.123456788", "12345678901234567890.123456789", "1e30", "abc", "abd" };
    for (size_t i = 0; i < KITH__COUNT(rising); i++)
        for (size_t j = 0; j < KITH__COUNT(rising); j++) {
            char sql[256];
            snprintf(sql, sizeof sql, "SELECT ('%s' < '%s' COLLATE kith_decimal) - ('%s' > '%s' COLLATE kith_decimal)", rising[i], rising[j], rising[i], rising[j]);
            assert_int_equal(ask(p, p->one, sql), (i < j) - (i > j));
        }
    static const char *const equal[][2] = { { "1", "1.0" }, { "0.10", "0.1" }, { "1e2", "100" }, { "-0", "0" }, { "+5", "5" }, { "007", "7.000" }, { "0e5", "0" }, { "12.5e-1", "1.25" } };
    for (size_t i = 0; i < KITH__COUNT(equal); i++) {
        char sql[256];
        snprintf(sql, sizeof sql, "SELECT '%s' = '%s' COLLATE kith_decimal", equal[i][0], equal[i][1]);
        assert_int_equal(ask(p, p->one, sql), 1);
    }
}

static void decimal_sums_are_exact(void **state)
{
    place *p = *state;
    const struct { const char *values, *sum; } sums[] = {
        { "('0.1'), ('0.2')", "0.3" }, { "('12345678901234567890.123456789'), ('0.000000001')", "12345678901234567890.123456790" }, { "('1.50'), ('-1.50')", "0.00" },
        { "('-5'), ('2')", "-3" }, { "('999999999'), ('1')", "1000000000" }, { "('-999999999.999999999'), ('0.000000001')", "-999999999.999999998" }, { "('1e20'), ('1')", "100000000000000000001" },
        { "(5), (2.5)", "7.5" }, { "('1'), (NULL)", "1" }, { "(NULL)", NULL }, { "('0.001')", "0.001" }, { "('-0.5'), ('0.25')", "-0.25" }, { "('1'), ('1e-30')", "1.000000000000000000000000000001" },
    };
    for (size_t i = 0; i < KITH__COUNT(sums); i++) {
        char sql[256];
        snprintf(sql, sizeof sql, "WITH v(x) AS (VALUES %s) SELECT kith_decimal_sum(x) FROM v", sums[i].values);
        assert_raw(p, sql, sums[i].sum);
    }
    assert_raw(p, "SELECT kith_decimal_sum(x) FROM (SELECT 1 AS x) WHERE 0", NULL);
    assert_raw(p, "WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 10000) SELECT kith_decimal_sum('0.01') FROM n", "100.00");
    kith__statement *statement = prepare(p, p->one, "SELECT kith_decimal_sum('many')");
    assert_int_equal(kith__step_(statement, &p->error), KITH__STEP_FAILED);
    kith__done(statement);
    assert_error(p, KITH_ERROR, "decimal");
}

static void a_decimal_text_column_meets_every_kind_of_number(void **state)
{
    place *p = *state;
    row r = { .id = 1, .exact = { "10.0" } };
    assert_ok(p, insert(p, &r));
    kith__statement *statement = prepare(p, p->one, "SELECT count(*) FROM rows WHERE exact > ? COLLATE kith_decimal");
    const struct { kith_value value; int64_t found; } cases[] = { { kith_of_decimal((kith_decimal){ "9" }), 1 }, { kith_of_int(9), 1 }, { kith_of_int(10), 0 }, { kith_of_decimal((kith_decimal){ "10.00" }), 0 } };
    for (size_t i = 0; i < KITH__COUNT(cases); i++) {
        int64_t found = -1;
        assert_ok(p, kith__bind_value(statement, 1, &cases[i].value, &exact, &p->error));
        assert_int_equal(kith__step_(statement, &p->error), KITH__ROW);
        assert_true(kith__row_int(statement, 0, &found));
        assert_int_equal(found, cases[i].found);
        kith__done(statement);
        statement = prepare(p, p->one, "SELECT count(*) FROM rows WHERE exact > ? COLLATE kith_decimal");
    }
    kith__done(statement);
}

/* ---------------------------------------------------------------- memory */

static void *no_more(kith__room *room, size_t size)
{
    (void)room, (void)size;
    return NULL;
}

static void a_room_without_memory_is_said(void **state)
{
    place *p = *state;
    row in = { .id = 1, .text = "a text that is longer than the room" }, out;
    char few[8];
    kith__room room = { .at = few, .end = few + sizeof few, .more = no_more };
    assert_ok(p, insert(p, &in));
    kith__statement *statement = prepare(p, p->one, "SELECT * FROM rows");
    assert_int_equal(kith__step_(statement, &p->error), KITH__ROW);
    assert_int_equal(kith__row(statement, 0, &fields, &out, &room, &p->error), KITH_NO_MEMORY);
    kith__done(statement);
    assert_error(p, KITH_NO_MEMORY, NULL);
}

/* As a binding reads what no model describes: by the type that it asks for. */
static void any_column_is_read_as_the_type_that_is_asked_for(void **state)
{
    place *p = *state;
    arena_room room = arena_room_make();
    kith_value value;
    kith__statement *statement = prepare(p, p->one, "SELECT 1, '11:38:02', '000102030405060708090a0b0c0d0e0f', '{\"a\":1}', 12.5, 0.1, 9e999, 1e300, 5.0, 'x'");
    assert_int_equal(kith__step_(statement, &p->error), KITH__ROW);
    assert_ok(p, kith__row_value(statement, 0, KITH_TYPE_BOOL, NULL, &room.room, &value, &p->error));
    assert_int_equal(value.i, 1);
    assert_ok(p, kith__row_value(statement, 1, KITH_TYPE_TIME, &time_, &room.room, &value, &p->error));
    assert_int_equal(value.time.microseconds, INT64_C(41882000000));
    assert_ok(p, kith__row_value(statement, 2, KITH_TYPE_UUID, &uuid, &room.room, &value, &p->error));
    assert_int_equal(value.uuid.bytes[15], 15);
    assert_ok(p, kith__row_value(statement, 3, KITH_TYPE_JSON, &json, &room.room, &value, &p->error));
    assert_string_equal(value.s, "{\"a\":1}");
    assert_ok(p, kith__row_value(statement, 4, KITH_TYPE_DECIMAL, NULL, &room.room, &value, &p->error));
    assert_string_equal(value.s, "12.5");                   /* of no precision: the shortest that is it */
    assert_ok(p, kith__row_value(statement, 5, KITH_TYPE_DECIMAL, NULL, &room.room, &value, &p->error));
    assert_string_equal(value.s, "0.1");
    assert_int_equal(kith__row_value(statement, 6, KITH_TYPE_DECIMAL, NULL, &room.room, &value, &p->error), KITH_RANGE);
    assert_error(p, KITH_RANGE, "infinite");
    assert_int_equal(kith__row_value(statement, 6, KITH_TYPE_JSON, &json, &room.room, &value, &p->error), KITH_RANGE);
    assert_error(p, KITH_RANGE, "infinite");
    assert_int_equal(kith__row_value(statement, 7, KITH_TYPE_INT, &integer, &room.room, &value, &p->error), KITH_RANGE);
    assert_error(p, KITH_RANGE, "64 bits");
    assert_ok(p, kith__row_value(statement, 8, KITH_TYPE_INT, &integer, &room.room, &value, &p->error));
    assert_int_equal(value.i, 5);
    assert_int_equal(kith__row_value(statement, 4, KITH_TYPE_BLOB, &blob, &room.room, &value, &p->error), KITH_RANGE);
    assert_error(p, KITH_RANGE, "no blob");
    assert_int_equal(kith__row_value(statement, 9, KITH_TYPE_OBJECT, NULL, &room.room, &value, &p->error), KITH_RANGE);
    assert_error(p, KITH_RANGE, "no column is read as such a value");
    assert_int_equal(kith__row_value(statement, 10, KITH_TYPE_INT, &integer, &room.room, &value, &p->error), KITH_SCHEMA);
    assert_error(p, KITH_SCHEMA, "have 10 columns, and 11");
    kith__done(statement);
    kith__arena_free(&room.arena);
}

static void rows_that_are_too_narrow_are_no_rows_of_the_model(void **state)
{
    place *p = *state;
    arena_room room = arena_room_make();
    row out = { 0 };
    kith__statement *statement = prepare(p, p->one, "SELECT 1, 2");
    assert_int_equal(kith__step_(statement, &p->error), KITH__ROW);
    assert_int_equal(kith__row(statement, 0, &fields, &out, &room.room, &p->error), KITH_SCHEMA);
    assert_error(p, KITH_SCHEMA, "have 2 columns");
    kith__done(statement);
    kith__arena_free(&room.arena);
}

int main(void)
{
#define TEST(test_) cmocka_unit_test_setup_teardown(test_, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(every_type_comes_back_as_it_went),
        TEST(what_is_stored_is_what_sqlalchemy_stores),
        TEST(what_does_not_fit_is_refused_and_named),
        TEST(what_only_just_fits_is_taken),
        TEST(single_values_that_sqlite_cannot_take_are_refused),
        TEST(a_value_of_no_type_is_null),
        TEST(a_value_for_a_mark_that_is_not_there_is_an_error),
        TEST(moments_dates_and_uuids_are_read_however_they_are_written),
        TEST(numbers_are_read_by_what_they_are),
        TEST(a_decimal_point_is_a_point_in_every_locale),
        TEST(a_row_that_does_not_fit_says_where_and_what),
        cmocka_unit_test(a_database_in_utf_16_is_read_too),
        TEST(a_column_is_read_as_an_integer_or_not),
        TEST(any_column_is_readable_as_a_text_but_a_blob),
        TEST(decimal_texts_are_compared_as_numbers),
        TEST(decimal_sums_are_exact),
        TEST(a_decimal_text_column_meets_every_kind_of_number),
        TEST(a_room_without_memory_is_said),
        TEST(any_column_is_read_as_the_type_that_is_asked_for),
        TEST(rows_that_are_too_narrow_are_no_rows_of_the_model),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
