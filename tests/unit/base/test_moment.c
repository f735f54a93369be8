/* The calendar, UUIDs and decimals, against libc where it knows them and against tables where it does not. */
#include "support.h"

#include "base/base.h"

#include <stdio.h>
#include <time.h>

static void every_day_from_year_1_to_9999_is_the_one_that_libc_has(void **state)
{
    (void)state;
    char ours[KITH__DATE_SIZE + 1], theirs[40];
    for (int32_t days = -719162; days <= 2932896; days++) {
        time_t seconds = (time_t)days * 86400;
        struct tm tm;
        kith_date back = { 0 };
        gmtime_r(&seconds, &tm);
        snprintf(theirs, sizeof theirs, "%04d-%02d-%02d", tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday);
        assert_true(kith__date_format((kith_date){ days }, ours));
        if (strcmp(ours, theirs) || !kith__date_parse(ours, KITH__DATE_SIZE, &back) || back.days != days)
            fail_msg("day %d: %s, %s", (int)days, ours, theirs);
    }
    assert_false(kith__date_format((kith_date){ -719163 }, ours));
    assert_false(kith__date_format((kith_date){ 2932897 }, ours));
}

static const struct { const char *given, *read; } moments[] = {
    { "2026-11-22 11:38:02.000000", "2026-11-22 11:38:02.000000" },
    { "2026-11-22T11:38:02.000000", "2026-11-22 11:38:02.000000" },
    { "2026-11-22T11:38:02Z", "2026-11-22 11:38:02.000000" },
    { "2026-11-22 11:38", "2026-11-22 11:38:00.000000" },
    { "2026-11-22 11:38:02.5", "2026-11-22 11:38:02.500000" },
    { "2026-11-22 11:38:02.123456789", "2026-11-22 11:38:02.123456" },
    { "2026-11-22 00:38:02+01", "2026-11-21 23:38:02.000000" },
    { "2026-12-31 23:00:00-0130", "2027-01-01 00:30:00.000000" },
    { "1883-11-18 12:00:00-04:56:02", "1883-11-18 16:56:02.000000" },
    { "2026-11-22", "2026-11-22 00:00:00.000000" },
    { "1969-12-31 23:59:59.999999", "1969-12-31 23:59:59.999999" },
    { "0001-01-01 00:00:00.000000", "0001-01-01 00:00:00.000000" },
    { "9999-12-31 23:59:59.999999", "9999-12-31 23:59:59.999999" },
    { "2000-02-29", "2000-02-29 00:00:00.000000" },
    { "0001-01-01 00:00:00+01", NULL }, { "9999-12-31 23:00:00-01", NULL }, { "0000-01-01", NULL }, { "1900-02-29", NULL },
    { "2026-13-01", NULL }, { "2026-00-01", NULL }, { "2026-11-31", NULL }, { "2026-11-22 24:00:00", NULL }, { "2026-11-22 11:60:00", NULL },
    { "2026-11-22 11:38:60", NULL }, { "2026-11-22 11:38:02.", NULL }, { "2026-11-22 11:38:02.1234567890", NULL },
    { "2026-11-22 11:38:02 ", NULL }, { "2026-11-22 ", NULL }, { "2026-1-22", NULL }, { "2026-11-22 11:38:02.00000x", NULL },
    { "2026-11-22 11:38:02+", NULL }, { "2026-11-22 11:38:02+1", NULL }, { "2026-11-22 11:38:02+01:", NULL }, { "2026/11/22", NULL },
    { "2026-11-22 11:38:02Zz", NULL }, { "-026-11-22", NULL }, { "", NULL }, { "noon", NULL }, { "2026-1/-22 11:38:02.000000", NULL },
};

static void a_moment_is_read_as_it_may_be_stored_and_nothing_else(void **state)
{
    (void)state;
    for (size_t i = 0; i < KITH__COUNT(moments); i++) {
        kith_datetime moment = { 42 };
        char text[KITH__DATETIME_SIZE + 1] = "";
        /* exactly as large as it is, so that a sanitizer sees a read beyond it */
        size_t size = strlen(moments[i].given);
        char *given = malloc(size + !size);
        memcpy(given, moments[i].given, size);
        bool read = kith__datetime_parse(given, size, &moment);
        free(given);
        if (read != (moments[i].read != NULL))
            fail_msg("'%s' was %s", moments[i].given, read ? "read" : "refused");
        if (!read) {
            assert_int_equal(moment.microseconds, 42);
            continue;
        }
        assert_true(kith__datetime_format(moment, text));
        assert_string_equal(text, moments[i].read);
    }
}

static void times_and_dates_alone_keep_their_bounds(void **state)
{
    (void)state;
    kith_time time = { 7 };
    kith_date date = { 7 };
    char text[KITH__TIME_SIZE + 1];
    assert_true(kith__time_parse("23:59:59.999999", 15, &time));
    assert_true(kith__time_format(time, text));
    assert_string_equal(text, "23:59:59.999999");
    assert_false(kith__time_parse("11:38:02Z", 9, &time));
    assert_false(kith__time_parse("1:38:02", 7, &time));
    assert_false(kith__time_format((kith_time){ -1 }, text));
    assert_false(kith__time_format((kith_time){ INT64_C(86400000000) }, text));
    assert_true(kith__date_parse("2026-11-22 00:00:00", 19, &date));
    assert_int_equal(date.days, 20779);
    assert_false(kith__date_parse("2026-11-22 11:38:02", 19, &date));
    char moment[KITH__DATETIME_SIZE + 1];
    assert_false(kith__datetime_format((kith_datetime){ INT64_MIN }, moment));
    assert_false(kith__datetime_format((kith_datetime){ INT64_MAX }, moment));
}

static void a_moment_with_an_offset_that_is_none_is_refused(void **state)
{
    (void)state;
    static const char *const wrong[] = { "+", "+5", "+24:00", "-05:60", "+05:30:60", "+05:", "+xx", "+05:x0", "5", " +05:00", "Zulu", "+05:3", "+05:30:15:" };
    for (size_t i = 0; i < KITH__COUNT(wrong); i++) {
        char text[80];
        kith_datetime moment = { 7 };
        snprintf(text, sizeof text, "2026-11-26 11:38:02%s", wrong[i]);
        if (kith__datetime_parse(text, strlen(text), &moment) || moment.microseconds != 7)
            fail_msg("it is read: %s", text);
    }
    kith_datetime moment = { 7 };
    assert_false(kith__datetime_parse("2026-11-26_11:38:02", 19, &moment));
    assert_int_equal(moment.microseconds, 7);
}

static void a_uuid_is_read_with_dashes_or_without(void **state)
{
    (void)state;
    kith_uuid uuid;
    char text[KITH__UUID_SIZE + 1];
    assert_true(kith__uuid_parse("00112233-4455-6677-8899-AABBCCDDEEFF", 36, &uuid));
    kith__uuid_format(uuid, text);
    assert_string_equal(text, "00112233445566778899aabbccddeeff");
    assert_true(kith__uuid_parse(text, 32, &uuid));
    assert_false(kith__uuid_parse("0011223344556677-8899-AABBCCDDEEFF--", 36, &uuid));
    assert_false(kith__uuid_parse("0011223344556677889gaabbccddeeff", 32, &uuid));
    assert_false(kith__uuid_parse(text, 31, &uuid));
}

static const struct { const char *given; size_t digits, scale; const char *at_2, *at_0; } decimals[] = {
    { "12.5", 3, 1, "12.50", "12" }, { "-12.50", 4, 2, "-12.50", "-12" }, { "+7", 1, 0, "7.00", "7" }, { "0", 0, 0, "0.00", "0" },
    { "1.005", 4, 3, "1.00", "1" }, { "1.0051", 5, 4, "1.01", "1" }, { "1.015", 4, 3, "1.02", "1" }, { "0.5", 1, 1, "0.50", "0" },
    { "1.5", 2, 1, "1.50", "2" }, { "2.5", 2, 1, "2.50", "2" }, { "99.995", 5, 3, "100.00", "100" }, { "-0.004", 3, 3, "0.00", "0" },
    { "-0.005", 3, 3, "0.00", "0" }, { "-0.015", 3, 3, "-0.02", "0" }, { "007.10", 3, 2, "7.10", "7" }, { "1e3", 4, 0, "1000.00", "1000" },
    { "12.5E-4", 5, 5, "0.00", "0" }, { "1.25e1", 3, 1, "12.50", "12" }, { "123456789012345678901234567890.125", 33, 3,
      "123456789012345678901234567890.12", "123456789012345678901234567890" },
};

static void a_decimal_is_rounded_half_to_even(void **state)
{
    (void)state;
    for (size_t i = 0; i < KITH__COUNT(decimals); i++) {
        size_t digits, scale, size = strlen(decimals[i].given);
        kith__text text = { 0 };
        assert_true(kith__decimal_valid(decimals[i].given, size, &digits, &scale));
        assert_int_equal(digits, decimals[i].digits);
        assert_int_equal(scale, decimals[i].scale);
        kith__text_add(&text, "x");             /* what is there stays there */
        assert_true(kith__decimal_rescale(&text, decimals[i].given, size, 2));
        assert_string_equal(text.data + 1, decimals[i].at_2);
        kith__text_reset(&text);
        assert_true(kith__decimal_rescale(&text, decimals[i].given, size, 0));
        assert_string_equal(text.data, decimals[i].at_0);
        kith__text_free(&text);
    }
}

static void what_is_no_decimal_is_refused(void **state)
{
    (void)state;
    const char *wrong[] = { "", "-", ".", "5.", ".5", "1,5", "1e", "1e+", "1e100000", "NaN", "1.2.3", " 1", "1 ", "0x1", "--1" };
    kith__text text = { 0 };
    for (size_t i = 0; i < KITH__COUNT(wrong); i++) {
        assert_false(kith__decimal_valid(wrong[i], strlen(wrong[i]), NULL, NULL));
        assert_false(kith__decimal_rescale(&text, wrong[i], strlen(wrong[i]), 2));
    }
    kith__text_free(&text);
}

static bool rescales(void *arg)
{
    (void)arg;
    kith__text text = { 0 };
    bool whole = kith__decimal_rescale(&text, "9e50", 4, 50) && !text.broken && text.size == 102;
    kith__text_free(&text);
    return whole;
}

static void a_decimal_without_memory_breaks_its_text(void **state)
{
    (void)state;
    assert_true(kith_test_each_allocation(rescales, NULL) > 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_day_from_year_1_to_9999_is_the_one_that_libc_has),
        cmocka_unit_test(a_moment_is_read_as_it_may_be_stored_and_nothing_else),
        cmocka_unit_test(times_and_dates_alone_keep_their_bounds),
        cmocka_unit_test(a_moment_with_an_offset_that_is_none_is_refused),
        cmocka_unit_test(a_uuid_is_read_with_dashes_or_without),
        cmocka_unit_test(a_decimal_is_rounded_half_to_even),
        cmocka_unit_test(what_is_no_decimal_is_refused),
        cmocka_unit_test(a_decimal_without_memory_breaks_its_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
