/* Members read, converted and written: every type, both ends of each range, what does not fit. */
#include "support.h"

#include "model/model.h"

#include <float.h>
#include <math.h>

KITH_DECLARE(All);
struct All {
    int64_t id;
    bool flag;
    int8_t i8;
    uint8_t u8;
    int16_t i16;
    uint16_t u16;
    int32_t i32;
    uint32_t u32;
    int64_t i64;
    float single;
    double real;
    const char *text;
    kith_blob blob;
    kith_json json;
    kith_decimal price, exact;
    kith_date day;
    kith_time time;
    kith_datetime moment;
    kith_uuid uuid;
    kith_opt_bool opt_flag;
    kith_opt_int opt_int;
    kith_opt_double opt_real;
    kith_opt_date opt_day;
    kith_opt_time opt_time;
    kith_opt_datetime opt_moment;
    kith_opt_uuid opt_uuid;
    const char *colour;
};
static const char *const colours[] = { "red", "green", NULL };
KITH_MODEL(All, "all", KITH_COLUMN(id, .primary_key = true), KITH_COLUMN(flag), KITH_COLUMN(i8), KITH_COLUMN(u8), KITH_COLUMN(i16), KITH_COLUMN(u16),
    KITH_COLUMN(i32), KITH_COLUMN(u32), KITH_COLUMN(i64), KITH_COLUMN(single), KITH_COLUMN(real), KITH_COLUMN(text), KITH_COLUMN(blob), KITH_COLUMN(json),
    KITH_COLUMN(price, .precision = 6, .scale = 2), KITH_COLUMN(exact), KITH_COLUMN(day), KITH_COLUMN(time), KITH_COLUMN(moment), KITH_COLUMN(uuid),
    KITH_COLUMN(opt_flag), KITH_COLUMN(opt_int), KITH_COLUMN(opt_real), KITH_COLUMN(opt_day), KITH_COLUMN(opt_time), KITH_COLUMN(opt_moment),
    KITH_COLUMN(opt_uuid), KITH_COLUMN(colour, .labels = colours));

static kith__models *models;
static const kith__mapper *mapper;
static kith__error error;

static int set_up(void **state)
{
    (void)state;
    const kith_model *model = kith_model_of_All();
    if (kith__models_build(&models, &model, 1, &error))
        return -1;
    mapper = models->mappers[0];
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    kith__models_free(models);
    kith__error_free(&error);
    return 0;
}

static const kith__property *property(size_t offset)
{
    kith__member member = kith__member_at(mapper, offset);
    assert_int_equal(member.kind, KITH__PROPERTY);
    return &mapper->properties[member.index];
}
#define P(member) property(offsetof(All, member))
#define NOTHING ((kith_value){ .type = KITH_TYPE_OBJECT })

/* Sets it, and it reads back as what was converted. */
static void takes(const kith__property *p, All *all, kith_value value)
{
    kith_value converted;
    assert_int_equal(kith__member_convert(p, value, &converted, &error), KITH_OK);
    assert_int_equal(kith__member_set(p, all, value, &error), KITH_OK);
    kith_value read = kith__member_value(&p->field, all);
    assert_int_equal(read.type, p->field.type & ~(uint32_t)KITH_TYPE_OPT);
    assert_true(kith__value_equal(&read, &converted));
}

/* Refused with model and attribute; the member stays what it was. */
static void refuses(const kith__property *p, kith_value value, const char *code)
{
    All all, before;
    memset(&all, 0x5A, sizeof all);
    before = all;
    assert_int_equal(kith__member_set(p, &all, value, &error), KITH_RANGE);
    assert_string_equal(error.public_.code, code);
    assert_string_equal(error.public_.model, "All");
    assert_string_equal(error.public_.attribute, p->name);
    assert_non_null(strstr(error.public_.message, p->name));
    assert_memory_equal(&all, &before, sizeof all);
    kith__error_clear(&error);
}

static void small_members_that_share_four_bytes_are_each_found(void **state)
{
    (void)state;
    for (size_t i = 0; i < mapper->property_count; i++) {
        kith__member member = kith__member_at(mapper, mapper->properties[i].field.offset);
        assert_int_equal(member.kind, KITH__PROPERTY);
        assert_int_equal(member.index, i);
    }
    assert_int_equal(kith__member_at(mapper, offsetof(All, id) + 1).kind, KITH__NO_MEMBER);
    assert_int_equal(kith__member_at(mapper, sizeof(All)).kind, KITH__NO_MEMBER);
    assert_int_equal(kith__member_at(mapper, SIZE_MAX).kind, KITH__NO_MEMBER);
    assert_int_equal(kith__member_named(mapper, "i16").index, 4);
    assert_int_equal(kith__member_named(mapper, "i17").kind, KITH__NO_MEMBER);
}

static void integers_take_both_ends_of_their_range_and_nothing_beyond(void **state)
{
    (void)state;
    All all = { 0 };
#define ENDS(member, low, high) \
    do { \
        takes(P(member), &all, kith_of_int(low)); \
        assert_true(all.member == (low)); \
        takes(P(member), &all, kith_of_int(high)); \
        assert_true(all.member == (high)); \
        refuses(P(member), kith_of_int((int64_t)(low) - 1), "value.range"); \
        refuses(P(member), kith_of_int((int64_t)(high) + 1), "value.range"); \
        refuses(P(member), kith_of_uint(UINT64_MAX), "value.range"); \
    } while (0)
    ENDS(i8, INT8_MIN, INT8_MAX);
    ENDS(u8, 0, UINT8_MAX);
    ENDS(i16, INT16_MIN, INT16_MAX);
    ENDS(u16, 0, UINT16_MAX);
    ENDS(i32, INT32_MIN, INT32_MAX);
    ENDS(u32, 0, UINT32_MAX);
#undef ENDS
    takes(P(i64), &all, kith_of_int(INT64_MIN));
    takes(P(i64), &all, kith_of_uint(INT64_MAX));
    refuses(P(i64), kith_of_uint((uint64_t)INT64_MAX + 1), "value.range");
    takes(P(opt_int), &all, kith_of_int(INT64_MIN));
    assert_true(all.opt_int.present && all.opt_int.value == INT64_MIN);
    refuses(P(opt_int), kith_of_uint(UINT64_MAX), "value.range");
    takes(P(u32), &all, kith_of_bool(true));
    assert_true(all.u32 == 1);
}

static void a_range_error_says_the_value_and_the_range(void **state)
{
    (void)state;
    All all;
    kith__member_set(P(u8), &all, kith_of_int(256), &error);
    assert_non_null(strstr(error.public_.message, "256"));
    assert_non_null(strstr(error.public_.message, "0 to 255"));
    kith__error_clear(&error);
    kith__member_set(P(i8), &all, kith_of_int(-129), &error);
    assert_non_null(strstr(error.public_.message, "-128 to 127"));
    kith__error_clear(&error);
}

static void a_bool_is_any_whole_number_and_reads_any_byte(void **state)
{
    (void)state;
    All all = { 0 };
    takes(P(flag), &all, kith_of_int(7));
    assert_true(all.flag == 1);
    takes(P(opt_flag), &all, kith_of_bool(false));
    assert_true(all.opt_flag.present && !all.opt_flag.value);
    memset(&all.flag, 9, 1);
    assert_int_equal(kith__member_value(&P(flag)->field, &all).i, 1);
    refuses(P(flag), kith_of_double(1), "value.type");
}

static void floats_are_rounded_as_a_float_has_them(void **state)
{
    (void)state;
    All all = { 0 };
    kith_value converted;
    assert_int_equal(kith__member_convert(P(single), kith_of_double(0.1), &converted, &error), KITH_OK);
    assert_true(converted.d == (double)0.1f);
    takes(P(single), &all, kith_of_double((double)FLT_MAX));
    takes(P(single), &all, kith_of_double(-HUGE_VAL));
    assert_true(isinf(all.single));
    refuses(P(single), kith_of_double(1e300), "value.range");
    refuses(P(single), kith_of_double(-DBL_MAX), "value.range");
    takes(P(real), &all, kith_of_double(1e300));
    takes(P(real), &all, kith_of_int(3));
    assert_true(all.real == 3.0);
    takes(P(opt_real), &all, kith_of_uint(4));
    assert_true(all.opt_real.present && all.opt_real.value == 4.0);
    takes(P(real), &all, kith_of_double((double)NAN));
    refuses(P(real), kith_of_text("1"), "value.type");
    refuses(P(i32), kith_of_double(1), "value.type");
}

static void texts_are_borrowed_and_null_is_absent(void **state)
{
    (void)state;
    All all = { 0 };
    const char *text = "Rocky";
    takes(P(text), &all, kith_of_text(text));
    assert_ptr_equal(all.text, text);
    takes(P(text), &all, NOTHING);
    assert_null(all.text);
    assert_true(kith__member_value(&P(text)->field, &all).absent);
    takes(P(text), &all, kith_of_text(""));
    assert_false(kith__member_value(&P(text)->field, &all).absent);
    takes(P(json), &all, kith_of_text("{}"));
    refuses(P(json), kith_of_text("\xFF"), "value.range");
    refuses(P(text), kith_of_json((kith_json){ "{}" }), "value.type");
    refuses(P(text), kith_of_int(1), "value.type");
    takes(P(blob), &all, kith_of_blob((kith_blob){ "\0\1", 2 }));
    assert_int_equal(all.blob.size, 2);
    takes(P(blob), &all, kith_of_blob((kith_blob){ 0 }));
    assert_null(all.blob.data);
}

static void a_label_is_one_of_those_that_there_are(void **state)
{
    (void)state;
    All all = { 0 };
    takes(P(colour), &all, kith_of_text("green"));
    takes(P(colour), &all, NOTHING);
    refuses(P(colour), kith_of_text("blue"), "value.range");
}

static void decimals_are_checked_against_their_precision(void **state)
{
    (void)state;
    All all = { 0 };
    takes(P(price), &all, kith_of_decimal((kith_decimal){ "-9999.99" }));
    takes(P(price), &all, kith_of_decimal((kith_decimal){ "1.005" }));
    takes(P(exact), &all, kith_of_decimal((kith_decimal){ "12345678901234567890.123456789" }));
    const char *bad[] = { "10000", "abc", "", "1,5", "1.2.3", "0x10", "1e5" };
    for (size_t i = 0; i < KITH__COUNT(bad); i++)
        refuses(P(price), kith_of_decimal((kith_decimal){ bad[i] }), "value.range");
}

static void the_calendar_has_two_ends(void **state)
{
    (void)state;
    All all = { 0 };
    const int64_t day = INT64_C(86400000000);
    takes(P(day), &all, kith_of_date((kith_date){ -719162 }));
    takes(P(opt_day), &all, kith_of_date((kith_date){ 2932896 }));
    refuses(P(day), kith_of_date((kith_date){ -719163 }), "value.range");
    refuses(P(opt_day), kith_of_date((kith_date){ 2932897 }), "value.range");
    takes(P(time), &all, kith_of_time((kith_time){ day - 1 }));
    refuses(P(time), kith_of_time((kith_time){ day }), "value.range");
    refuses(P(opt_time), kith_of_time((kith_time){ -1 }), "value.range");
    takes(P(moment), &all, kith_of_datetime((kith_datetime){ -719162 * day }));
    takes(P(opt_moment), &all, kith_of_datetime((kith_datetime){ 2932897 * day - 1 }));
    refuses(P(moment), kith_of_datetime((kith_datetime){ INT64_MAX }), "value.range");
    refuses(P(moment), kith_of_datetime((kith_datetime){ -719162 * day - 1 }), "value.range");
    refuses(P(day), kith_of_datetime((kith_datetime){ 0 }), "value.type");
    takes(P(uuid), &all, kith_of_uuid((kith_uuid){ { 1, [15] = 2 } }));
    takes(P(opt_uuid), &all, kith_of_uuid((kith_uuid){ { 0 } }));
    assert_true(all.opt_uuid.present);
}

static void null_has_a_place_in_some_members_only(void **state)
{
    (void)state;
    All all;
    memset(&all, 0x5A, sizeof all);
    refuses(P(i32), NOTHING, "value.null");
    refuses(P(flag), (kith_value){ .type = KITH_TYPE_INT, .absent = 1 }, "value.null");
    refuses(P(moment), (kith_value){ 0 }, "value.null");
    const kith__property *may[] = { P(text), P(blob), P(json), P(price), P(opt_flag), P(opt_int), P(opt_real), P(opt_day), P(opt_time), P(opt_moment), P(opt_uuid) };
    for (size_t i = 0; i < KITH__COUNT(may); i++) {
        takes(may[i], &all, NOTHING);
        assert_true(kith__member_value(&may[i]->field, &all).absent);
        assert_true(kith__member_is_zero(&may[i]->field, &all));
    }
    refuses(P(text), kith_of_object("an object"), "value.type");
}

static void zero_is_what_was_not_given(void **state)
{
    (void)state;
    All all = { 0 };
    for (size_t i = 0; i < mapper->property_count; i++)
        assert_true(kith__member_is_zero(&mapper->properties[i].field, &all));
    all = (All){ .real = -0.0, .blob = { "", 0 }, .opt_int = kith_some(0), .uuid = { { [15] = 1 } }, .text = "" };
    assert_false(kith__member_is_zero(&P(real)->field, &all));
    assert_false(kith__member_is_zero(&P(blob)->field, &all));
    assert_false(kith__member_is_zero(&P(opt_int)->field, &all));
    assert_false(kith__member_is_zero(&P(uuid)->field, &all));
    assert_false(kith__member_is_zero(&P(text)->field, &all));
    memset(&all.opt_int, 0xFF, sizeof all.opt_int);
    all.opt_int.present = false;            /* what the padding holds is nothing */
    assert_true(kith__member_is_zero(&P(opt_int)->field, &all));
}

static void values_are_equal_when_what_they_hold_is(void **state)
{
    (void)state;
    char one[] = "one", also[] = "one";
    const struct { kith_value a, b; bool equal; } cases[] = {
        { kith_of_int(1), kith_of_int(1), true }, { kith_of_int(1), kith_of_int(2), false }, { kith_of_int(1), kith_of_uint(1), false },
        { kith_of_text(one), kith_of_text(also), true }, { kith_of_text(one), kith_of_text("two"), false },
        { { .type = KITH_TYPE_TEXT, .absent = 1 }, kith_of_text(""), false }, { { .type = KITH_TYPE_TEXT, .absent = 1 }, { .type = KITH_TYPE_TEXT, .absent = 7 }, true },
        { kith_of_blob((kith_blob){ one, 2 }), kith_of_blob((kith_blob){ also, 2 }), true }, { kith_of_blob((kith_blob){ one, 2 }), kith_of_blob((kith_blob){ also, 3 }), false },
        { kith_of_double(0.0), kith_of_double(-0.0), true }, { kith_of_double((double)NAN), kith_of_double((double)NAN), true },
        { kith_of_date((kith_date){ 1 }), kith_of_date((kith_date){ 1 }), true }, { kith_of_time((kith_time){ 1 }), kith_of_time((kith_time){ 2 }), false },
        { kith_of_uuid((kith_uuid){ { 1 } }), kith_of_uuid((kith_uuid){ { 1 } }), true }, { kith_of_uuid((kith_uuid){ { 1 } }), kith_of_uuid((kith_uuid){ { [15] = 1 } }), false },
        { kith_of_object(one), kith_of_object(one), true }, { kith_of_object(one), kith_of_object(also), false },
    };
    for (size_t i = 0; i < KITH__COUNT(cases); i++) {
        assert_int_equal(kith__value_equal(&cases[i].a, &cases[i].b), cases[i].equal);
        assert_int_equal(kith__value_equal(&cases[i].b, &cases[i].a), cases[i].equal);
    }
}

/* Each type given to each member that does not take it: both are named. */
static void what_is_of_another_type_is_refused_by_its_name(void **state)
{
    (void)state;
    All all = { .id = 0 };
    const struct { const kith__property *property; const char *name; } members[] = { { P(flag), "a truth value" }, { P(i32), "a whole number" }, { P(real), "a floating number" },
        { P(blob), "a blob" }, { P(price), "a decimal" }, { P(day), "a date" }, { P(time), "a time of day" }, { P(moment), "a date with time" }, { P(uuid), "a UUID" },
        { P(opt_uuid), "a UUID" }, { P(opt_time), "a time of day" } };
    const struct { kith_value value; const char *name; } values[] = { { kith_of_blob((kith_blob){ "x", 1 }), "a blob" }, { kith_of_date((kith_date){ 1 }), "a date" },
        { kith_of_time((kith_time){ 1 }), "a time of day" }, { kith_of_datetime((kith_datetime){ 1 }), "a date with time" }, { kith_of_uuid((kith_uuid){ { 1 } }), "a UUID" },
        { kith_of_object(&all), "an object" }, { { .type = 77 }, "nothing that is known" } };
    for (size_t i = 0; i < KITH__COUNT(members); i++)
        for (size_t j = 0; j < KITH__COUNT(values); j++) {
            kith_value converted;
            bool takes_it = strcmp(members[i].name, values[j].name) == 0 || (members[i].property == P(moment) && values[j].value.type == KITH_TYPE_DATE);
            int status = kith__member_convert(members[i].property, values[j].value, &converted, &error);
            if (!takes_it && (status != KITH_RANGE || !strstr(error.public_.message, members[i].name) || !strstr(error.public_.message, values[j].name)))
                fail_msg("%s given to %s: %s", values[j].name, members[i].name, status ? error.public_.message : "is taken");
            kith__error_clear(&error);
        }
    refuses(P(colour), kith_of_uuid((kith_uuid){ { 1 } }), "value.type");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(small_members_that_share_four_bytes_are_each_found),
        cmocka_unit_test(integers_take_both_ends_of_their_range_and_nothing_beyond),
        cmocka_unit_test(a_range_error_says_the_value_and_the_range),
        cmocka_unit_test(a_bool_is_any_whole_number_and_reads_any_byte),
        cmocka_unit_test(floats_are_rounded_as_a_float_has_them),
        cmocka_unit_test(texts_are_borrowed_and_null_is_absent),
        cmocka_unit_test(a_label_is_one_of_those_that_there_are),
        cmocka_unit_test(decimals_are_checked_against_their_precision),
        cmocka_unit_test(the_calendar_has_two_ends),
        cmocka_unit_test(null_has_a_place_in_some_members_only),
        cmocka_unit_test(zero_is_what_was_not_given),
        cmocka_unit_test(values_are_equal_when_what_they_hold_is),
        cmocka_unit_test(what_is_of_another_type_is_refused_by_its_name),
    };
    return cmocka_run_group_tests_name("members and values", tests, set_up, tear_down);
}
