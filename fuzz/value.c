/*
 * Any bytes as the text of a date, a time, a moment, a uuid, a decimal, a duration, a size: what is read prints as a text that is read as the same;
 * what is not leaves what it was to be read into as it was.
 */
#include "fuzz.h"

#include "../src/driver/driver.h"

#define UNTOUCHED 0x5a

static bool is_untouched(const void *value, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if (((const unsigned char *)value)[i] != UNTOUCHED)
            return false;
    return true;
}

/* kind: date, time, datetime; the value's first and only member decides */
#define CHECK_MOMENT(kind, most) \
    static void check_##kind(const char *text, size_t size) \
    { \
        kith_##kind value, again; \
        char printed[(most) + 1]; \
        memset(&value, UNTOUCHED, sizeof value); \
        if (!kith__##kind##_parse(text, size, &value)) { \
            MUST(is_untouched(&value, sizeof value), "refused, and written"); \
            return; \
        } \
        MUST(kith__##kind##_format(value, printed), "%.*s is read and cannot be written", (int)size, text); \
        MUST(strlen(printed) == (most) && kith__##kind##_parse(printed, strlen(printed), &again), "%s is not read", printed); \
        MUST(memcmp(&value, &again, sizeof value) == 0, "%.*s and %s are not the same", (int)size, text, printed); \
    }
CHECK_MOMENT(date, KITH__DATE_SIZE)
CHECK_MOMENT(time, KITH__TIME_SIZE)
CHECK_MOMENT(datetime, KITH__DATETIME_SIZE)

static void check_uuid(const char *text, size_t size)
{
    kith_uuid value, again;
    char printed[KITH__UUID_SIZE + 1];
    memset(&value, UNTOUCHED, sizeof value);
    if (!kith__uuid_parse(text, size, &value)) {
        MUST(is_untouched(&value, sizeof value), "refused, and written");
        return;
    }
    kith__uuid_format(value, printed);
    MUST(kith__uuid_parse(printed, strlen(printed), &again) && memcmp(&value, &again, sizeof value) == 0, "%.*s and %s are not the same", (int)size, text, printed);
}

static void check_decimal(const char *text, size_t size)
{
    kith__text once = { 0 }, twice = { 0 };
    size_t digits, scale, again_digits, again_scale;
    bool valid = kith__decimal_valid(text, size, &digits, &scale);
    for (size_t wanted = 0; wanted < 40; wanted += 13) {
        kith__text_reset(&once);
        kith__text_reset(&twice);
        bool scaled = kith__decimal_rescale(&once, text, size, wanted);
        MUST(scaled == valid, "%.*s is %s decimal, and is %s", (int)size, text, valid ? "a" : "no", scaled ? "rescaled" : "not");
        if (!scaled)
            break;
        MUST(kith__decimal_valid(once.data, once.size, &again_digits, &again_scale) && again_scale <= wanted, "%s", once.data);
        MUST(kith__decimal_rescale(&twice, once.data, once.size, wanted) && strcmp(once.data, twice.data) == 0, "%s and %s", once.data, twice.data);
    }
    kith__text_free(&once);
    kith__text_free(&twice);
}

static void check_option(const char *text)
{
    int64_t number = -1;
    bool on;
    if (kith__duration_parse(text, &number))
        MUST(number >= 0 && number <= INT32_MAX, "%s is %lld ms", text, (long long)number);
    if (kith__size_parse(text, &number))
        MUST(number >= 0 && number >> 10 <= INT32_MAX, "%s is %lld bytes", text, (long long)number);
    kith__switch_parse(text, &on);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = malloc(size + 1);          /* of its very size, so that what reads behind its end is seen */
    if (text == NULL)
        return 0;
    memcpy(text, data, size);
    text[size] = 0;
    check_option(text);
    char *bare = size > 0 ? malloc(size) : NULL;
    if (bare != NULL) {
        memcpy(bare, data, size);
        check_date(bare, size);
        check_time(bare, size);
        check_datetime(bare, size);
        check_uuid(bare, size);
        if (size < 100)                     /* an exponent is as many digits */
            check_decimal(bare, size);
        MUST(!kith__utf8_valid(bare, size) || kith__utf8_count(bare, size) <= size, "more letters than bytes");
    }
    free(bare);
    free(text);
    return 0;
}
