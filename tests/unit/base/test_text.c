/* UTF-8, names, sums, and values as a person would write them. */
#include "support.h"

#include "base/base.h"

#include <math.h>

static void utf8_is_valid_only_in_its_shortest_form(void **state)
{
    (void)state;
    const char *right[] = { "", "a", "ä", "€", "🦝", "plain ascii of more than eight bytes, then ä", "\xEE\x80\x80", "\xF4\x8F\xBF\xBF" };
    const char *wrong[] = { "\x80", "\xC0\x80", "\xC1\xBF", "\xE0\x9F\xBF", "\xED\xA0\x80", "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80",
                            "\xC3", "\xE2\x82", "\xF0\x9F\xA6", "12345678\xFF", "\xC3\x28", "\xE2\x82" "A", "\xF0\x9F\xA6" "A" };
    for (size_t i = 0; i < KITH__COUNT(right); i++)
        assert_true(kith__utf8_valid(right[i], strlen(right[i])));
    for (size_t i = 0; i < KITH__COUNT(wrong); i++)
        assert_false(kith__utf8_valid(wrong[i], strlen(wrong[i])));
    assert_int_equal(kith__utf8_count("aä€🦝", strlen("aä€🦝")), 4);
}

/* Eight bytes are looked at at once: what is wrong is found at every place of texts of every length. */
static void utf8_is_looked_at_to_its_end(void **state)
{
    (void)state;
    char text[40];
    for (size_t size = 1; size <= sizeof text; size++)
        for (size_t at = 0; at < size; at++) {
            memset(text, 'a', sizeof text);
            assert_true(kith__utf8_valid(text, size));
            text[at] = '\x80';
            assert_false(kith__utf8_valid(text, size));
            text[at] = '\xc3';                      /* a letter of two bytes begins */
            if (at + 1 < size)
                text[at + 1] = '\xa4';
            assert_int_equal(kith__utf8_valid(text, size), at + 1 < size);
        }
}

static void sha256_gives_the_sums_of_the_standard(void **state)
{
    (void)state;
    char hex[65];
    kith__sha256_hex("", 0, hex);
    assert_string_equal(hex, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    kith__sha256_hex("abc", 3, hex);
    assert_string_equal(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    kith__sha256_hex("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 56, hex);
    assert_string_equal(hex, "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    char *million = malloc(1000000);
    memset(million, 'a', 1000000);
    kith__sha256_hex(million, 1000000, hex);
    free(million);
    assert_string_equal(hex, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

static void a_slip_finds_the_name_and_another_word_does_not(void **state)
{
    (void)state;
    const char *names[] = { "trashcans", "raccoon", "business", "id", "name" };
    const struct { const char *wrong, *meant; } cases[] = {
        { "racoon", "raccoon" }, { "raccoons", "raccoon" }, { "RACCOON", "raccoon" }, { "bussines", "business" }, { "nmae", "name" },
        { "trash", "trashcans" }, { "zebra", NULL }, { "x", NULL }, { "", NULL }, { "is", "id" }, { "location", NULL },
    };
    for (size_t i = 0; i < KITH__COUNT(cases); i++) {
        const char *found = kith__nearest(cases[i].wrong, names, KITH__COUNT(names));
        if ((found == NULL) != (cases[i].meant == NULL) || (found && strcmp(found, cases[i].meant)))
            fail_msg("'%s' found %s", cases[i].wrong, found ? found : "nothing");
    }
    char longer[300];
    memset(longer, 'a', sizeof longer);
    longer[299] = '\0';
    assert_null(kith__nearest(longer, names, KITH__COUNT(names)));
}

static void snake_case_is_that_of_flask_sqlalchemy(void **state)
{
    (void)state;
    const char *cases[][2] = { { "Raccoon", "raccoon" }, { "HTTP2Request", "http2_request" }, { "CamelCase", "camel_case" }, { "HTTPServer", "http_server" },
                               { "userID", "user_id" }, { "_Hidden", "hidden" }, { "A", "a" }, { "AB", "ab" }, { "already_snake", "already_snake" } };
    kith__text text = { 0 };
    for (size_t i = 0; i < KITH__COUNT(cases); i++) {
        kith__text_reset(&text);
        kith__snake_case(&text, cases[i][0]);
        assert_string_equal(text.data, cases[i][1]);
    }
    kith__text_free(&text);
}

static void values_are_printed_as_a_person_would_write_them(void **state)
{
    (void)state;
    kith_uuid uuid = { { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15 } };
    const struct { kith_value value; const char *printed; } cases[] = {
        { kith_of_int(INT64_MIN), "-9223372036854775808" }, { kith_of_uint(UINT64_MAX), "18446744073709551615" }, { kith_of_bool(true), "true" },
        { kith_of_double(0.1), "0.1" }, { kith_of_double(0.1 + 0.2), "0.30000000000000004" }, { kith_of_double(1e-7), "1e-07" },
        { kith_of_text("a \"b\"\n\x01"), "\"a \\\"b\\\"\\n\\x01\"" }, { kith_of_text(NULL), "NULL" }, { kith_of_text("\xFF"), "\"\\xff\"" },
        { kith_of_blob((kith_blob){ "abc", 3 }), "a blob of 3 bytes" }, { kith_of_uuid(uuid), "00010203-0405-0607-0809-0a0b0c0d0e0f" },
        { kith_of_date((kith_date){ 0 }), "1970-01-01" }, { kith_of_time((kith_time){ 1 }), "00:00:00.000001" }, { kith_of_text("a\tb\r\\"), "\"a\\tb\\x0d\\\\\"" },
        { kith_of_datetime((kith_datetime){ -1 }), "1969-12-31 23:59:59.999999" }, { kith_of_date((kith_date){ INT32_MAX }), "2147483647 days from 1970-01-01" },
        { kith_of_object(&uuid), "an object" }, { kith_of_object(NULL), "NULL" }, { { .type = 77 }, "a value of type 77" }, { { .type = KITH_TYPE_NONE }, "NULL" }, { kith_of_opt_int((kith_opt_int){ .present = false }), "NULL" },
        { kith_of_text("ääääääääääääääääääääääääääääääääääääääää"), "\"ääääääääääääääääääääääääääääää…\"" },
        { kith_of_text("aääääääääääääääääääääääääääääääääääääääää"), "\"aäääääääääääääääääääääääääääää…\"" },
    };
    kith__text text = { 0 };
    for (size_t i = 0; i < KITH__COUNT(cases); i++) {
        kith__text_reset(&text);
        kith__value_print(&text, &cases[i].value);
        assert_string_equal(text.data, cases[i].printed);
    }
    kith__text_free(&text);
}

static void a_real_has_a_point_in_every_locale(void **state)
{
    (void)state;
    const struct { double real; const char *shortest, *two; } cases[] = { { 0, "0", "0.00" }, { 0.1 + 0.2, "0.30000000000000004", "0.30" }, { -1234.5, "-1234.5", "-1234.50" },
        { 1e300, "1e+300", NULL }, { INFINITY, "inf", "inf" } };
    kith__text text = { 0 };
    for (int comma = 0; comma < 2; comma++) {
        char *end;
        if (comma)
            kith_test_comma();
        for (size_t i = 0; i < KITH__COUNT(cases); i++) {
            kith__text_reset(&text);
            kith__real_print(&text, cases[i].real);
            assert_string_equal(text.data, cases[i].shortest);
            assert_true(kith__real_read(text.data, NULL) == cases[i].real);
            kith__text_reset(&text);
            kith__real_print_fixed(&text, cases[i].real, 2);
            if (cases[i].two)
                assert_string_equal(text.data, cases[i].two);
        }
        assert_true(kith__real_read("2.5,7", &end) == 2.5 && *end == ',');
        assert_true(kith__real_read("x", &end) == 0 && *end == 'x');
    }
    assert_true(strtod("2,5", NULL) == 2.5);        /* the program's own is as it was */
    kith_test_point();
    kith__text_free(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(utf8_is_valid_only_in_its_shortest_form),
        cmocka_unit_test(utf8_is_looked_at_to_its_end),
        cmocka_unit_test(sha256_gives_the_sums_of_the_standard),
        cmocka_unit_test(a_slip_finds_the_name_and_another_word_does_not),
        cmocka_unit_test(snake_case_is_that_of_flask_sqlalchemy),
        cmocka_unit_test(values_are_printed_as_a_person_would_write_them),
        cmocka_unit_test(a_real_has_a_point_in_every_locale),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
