/*
 * moment: the calendar (Gregorian, also before there was one), the clock, and UUIDs, as text and back. May use: libc.
 * Used by: drivers (every date that is read or written passes here, so there is no snprintf), model, session, app.
 */
#include "base/base.h"

#include <endian.h>

#include <time.h>

static const int64_t second = 1000000, minute = 60 * second, hour = 60 * minute, day = 24 * hour;
enum { DAYS_TO_0001 = -719162, DAYS_TO_9999 = 2932896 };        /* 0001-01-01 and 9999-12-31, from 1970-01-01 */

/* ---------------------------------------------------------------- the calendar */

/* Days and civil dates: the year begins in March, so that the leap day is its last (Howard Hinnant, chrono-compatible algorithms). */
static int32_t days_of(int32_t year, int32_t month, int32_t day_of_month)
{
    year -= month <= 2;
    int32_t era = year / 400, of_era = year - era * 400;        /* years are positive here */
    int32_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day_of_month - 1;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

/* A division and what it leaves are the halves of one product (Neri and Schneider, Euclidean affine functions and their application to
 * calendar algorithms, 2022): half as long a chain as with divisions. */
static void civil_of(int32_t days, unsigned *year, unsigned *month, unsigned *day_of_month)
{
    unsigned quarters = 4 * (unsigned)(days + 719468) + 3;      /* of days, since 0000-03-01 */
    unsigned century = quarters / 146097, of_century = (quarters % 146097) | 3;
    uint64_t years = UINT64_C(2939745) * of_century;
    unsigned of_year = (unsigned)years / 2939745 / 4;
    unsigned months = 2141 * of_year + 197913;
    bool next = of_year >= 306;                                 /* January and February */
    *day_of_month = months % 65536 / 2141 + 1;
    *month = months / 65536 - (next ? 12 : 0);
    *year = 100 * century + (unsigned)(years >> 32) + next;
}

static unsigned days_in(unsigned year, unsigned month)
{
    if (month == 2)
        return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28;
    return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

/* ---------------------------------------------------------------- format */

/* Of a number below 100; a table is half the work of a division. */
static void two_digits(char *out, unsigned number)
{
    static const char digits[] = "0001020304050607080910111213141516171819202122232425262728293031323334353637383940414243444546474849"
                                 "5051525354555657585960616263646566676869707172737475767778798081828384858687888990919293949596979899";
    memcpy(out, digits + 2 * number, 2);
}

bool kith__date_format(kith_date date, char out[KITH__DATE_SIZE + 1])
{
    if (date.days < DAYS_TO_0001 || date.days > DAYS_TO_9999)
        return false;
    unsigned year, month, day_of_month;
    civil_of(date.days, &year, &month, &day_of_month);
    two_digits(out, year / 100);
    two_digits(out + 2, year % 100);
    out[4] = out[7] = '-';
    two_digits(out + 5, month);
    two_digits(out + 8, day_of_month);
    out[10] = '\0';
    return true;
}

bool kith__time_format(kith_time time, char out[KITH__TIME_SIZE + 1])
{
    if (time.microseconds < 0 || time.microseconds >= day)
        return false;
    unsigned seconds = (unsigned)(time.microseconds / second), fraction = (unsigned)(time.microseconds % second);
    two_digits(out, seconds / 3600);
    two_digits(out + 3, seconds / 60 % 60);
    two_digits(out + 6, seconds % 60);
    out[2] = out[5] = ':';
    out[8] = '.';
    two_digits(out + 9, fraction / 10000);
    two_digits(out + 11, fraction / 100 % 100);
    two_digits(out + 13, fraction % 100);
    out[15] = '\0';
    return true;
}

bool kith__datetime_format(kith_datetime moment, char out[KITH__DATETIME_SIZE + 1])
{
    if (moment.microseconds < DAYS_TO_0001 * day || moment.microseconds >= (DAYS_TO_9999 + 1) * day)
        return false;
    int64_t days = moment.microseconds / day, time = moment.microseconds % day;
    if (time < 0) {
        days--;
        time += day;
    }
    kith__date_format((kith_date){ (int32_t)days }, out);
    kith__time_format((kith_time){ time }, out + KITH__DATE_SIZE + 1);
    out[KITH__DATE_SIZE] = ' ';
    return true;
}

void kith__uuid_format(kith_uuid uuid, char out[KITH__UUID_SIZE + 1])
{
    for (size_t i = 0; i < 16; i++) {
        out[2 * i] = "0123456789abcdef"[uuid.bytes[i] >> 4];
        out[2 * i + 1] = "0123456789abcdef"[uuid.bytes[i] & 15];
    }
    out[KITH__UUID_SIZE] = '\0';
}

/* ---------------------------------------------------------------- parse: each step reads at *at and moves it on */

/* `count` digits there as a number; above all what fits when one of them is no digit, which every caller's limit then refuses. */
static unsigned digits_at(const char *at, size_t count)
{
    unsigned number = 0;
    for (size_t i = 0; i < count; i++) {
        unsigned digit = (unsigned char)at[i] - (unsigned)'0';
        if (digit > 9)
            return UINT32_MAX;
        number = number * 10 + digit;
    }
    return number;
}

static bool read_date(const char **at, const char *end, int32_t *days)
{
    const char *text = *at;
    if (end - text < KITH__DATE_SIZE || text[4] != '-' || text[7] != '-')
        return false;
    unsigned year = digits_at(text, 4), month = digits_at(text + 5, 2), day_of_month = digits_at(text + 8, 2);
    if (year - 1 > 9998 || month - 1 > 11 || day_of_month - 1 >= days_in(year, month))
        return false;
    *days = days_of((int32_t)year, (int32_t)month, (int32_t)day_of_month);
    *at = text + KITH__DATE_SIZE;
    return true;
}

/* .123456789: 1 to 9 digits, those beyond microseconds cut off */
static bool read_fraction(const char **at, const char *end, int64_t *fraction)
{
    const char *text = *at + 1;
    int64_t number = 0;
    size_t count = 0;
    for (; text + count < end && text[count] >= '0' && text[count] <= '9'; count++)
        if (count < 6)
            number = number * 10 + (text[count] - '0');
    if (count < 1 || count > 9)
        return false;
    for (size_t i = count; i < 6; i++)
        number *= 10;
    *fraction = number;
    *at = text + count;
    return true;
}

/* 11:38, 11:38:02, 11:38:02.5 */
static bool read_time(const char **at, const char *end, int64_t *time)
{
    const char *text = *at;
    if (end - text < 5 || text[2] != ':')
        return false;
    unsigned hours = digits_at(text, 2), minutes = digits_at(text + 3, 2), seconds = 0;
    int64_t fraction = 0;
    *at = text + 5;
    if (end - text >= 8 && text[5] == ':') {
        seconds = digits_at(text + 6, 2);
        *at = text + 8;
        if (*at < end && **at == '.' && !read_fraction(at, end, &fraction))
            return false;
    }
    if (hours > 23 || minutes > 59 || seconds > 59)
        return false;
    *time = hours * hour + minutes * minute + seconds * second + fraction;
    return true;
}

/* Z, +01, +0130, +01:30, +01:30:15 (as PostgreSQL has for old days); nothing is UTC too */
static bool read_zone(const char **at, const char *end, int64_t *offset)
{
    *offset = 0;
    if (*at == end)
        return true;
    char sign = *(*at)++;
    if (sign == 'Z' || sign == 'z')
        return true;
    if ((sign != '+' && sign != '-') || end - *at < 2)
        return false;
    unsigned parts[3] = { 0 };
    for (size_t i = 0; i < 3 && end - *at >= 2; i++) {
        *at += i && **at == ':';
        if (end - *at < 2)
            return false;
        parts[i] = digits_at(*at, 2);
        *at += 2;
    }
    if (parts[0] > 23 || parts[1] > 59 || parts[2] > 59)
        return false;
    *offset = (parts[0] * hour + parts[1] * minute + parts[2] * second) * (sign == '-' ? -1 : 1);
    return true;
}

static bool read_datetime(const char *at, const char *end, int64_t *moment)
{
    int32_t days;
    int64_t time = 0, offset = 0;
    if (!read_date(&at, end, &days))
        return false;
    if (at < end) {
        if (*at != ' ' && *at != 'T' && *at != 't')
            return false;
        at++;
        if (!read_time(&at, end, &time) || !read_zone(&at, end, &offset))
            return false;
    }
    *moment = days * day + time - offset;
    return at == end && *moment >= DAYS_TO_0001 * day && *moment < (DAYS_TO_9999 + 1) * day;
}

/* Eight characters at once. After the exclusive or with the pattern a separator is 0 and a digit its value; the sum has a high bit where
 * a separator was not 0 or a digit above 9. Then every byte becomes ten times itself plus its right neighbour: a number of two digits
 * stands in its first byte. */
static inline uint64_t pairs(const char *text, uint64_t pattern, uint64_t limits, uint64_t *wrong)
{
    uint64_t word;
    memcpy(&word, text, sizeof word);
    word = le64toh(word) ^ pattern;
    *wrong |= (word | (word + limits)) & UINT64_C(0x8080808080808080);
    return word * 10 + (word >> 8);
}
#define BYTE_OF(word, n) ((unsigned)((word) >> (8 * (n))) & 0xff)

/* The layout that kith__datetime_format writes, without a loop or a branch per part. False: read it the long way. */
static bool read_usual(const char text[KITH__DATETIME_SIZE], int64_t *moment)
{
    uint64_t wrong = 0;
    /* '0' is 0x30, '-' 0x2d, ' ' 0x20, ':' 0x3a, '.' 0x2e; a digit may be 9 (0x76 + 9 < 0x80), a separator 0 (0x7f + 0 < 0x80) */
    uint64_t date = pairs(text, UINT64_C(0x2d30302d30303030), UINT64_C(0x7f76767f76767676), &wrong);            /* 2026-11- */
    uint64_t clock = pairs(text + 8, UINT64_C(0x30303a3030203030), UINT64_C(0x76767f76767f7676), &wrong);        /* 22 11:38 */
    uint64_t rest = pairs(text + 16, UINT64_C(0x303030302e30303a), UINT64_C(0x767676767f76767f), &wrong);       /* :02.0000 */
    uint64_t fraction = pairs(text + 18, UINT64_C(0x3030303030302e30), UINT64_C(0x7676767676767f76), &wrong);   /* 2.000000 */
    unsigned year = BYTE_OF(date, 0) * 100 + BYTE_OF(date, 2), month = BYTE_OF(date, 5), day_of_month = BYTE_OF(clock, 0);
    unsigned hours = BYTE_OF(clock, 3), minutes = BYTE_OF(clock, 6), seconds = BYTE_OF(rest, 1);
    if (wrong || !year || month - 1 > 11 || day_of_month - 1 >= days_in(year, month) || hours > 23 || minutes > 59 || seconds > 59)
        return false;
    int64_t days = days_of((int32_t)year, (int32_t)month, (int32_t)day_of_month);
    *moment = (days * 86400 + hours * INT64_C(3600) + minutes * INT64_C(60) + seconds) * second + BYTE_OF(fraction, 2) * 10000 + BYTE_OF(fraction, 4) * 100 +
              BYTE_OF(fraction, 6);
    return true;
}

bool kith__datetime_parse(const char *text, size_t size, kith_datetime *out)
{
    int64_t moment;
    if (!(size == KITH__DATETIME_SIZE && read_usual(text, &moment)) && !read_datetime(text, text + size, &moment))
        return false;
    out->microseconds = moment;
    return true;
}

bool kith__date_parse(const char *text, size_t size, kith_date *out)
{
    const char *at = text, *end = text + size;
    int32_t days;
    if (read_date(&at, end, &days) && at == end) {
        out->days = days;
        return true;
    }
    int64_t moment;
    if (!read_datetime(text, end, &moment) || moment % day)
        return false;
    out->days = (int32_t)(moment / day);
    return true;
}

bool kith__time_parse(const char *text, size_t size, kith_time *out)
{
    const char *at = text;
    int64_t time;
    if (!read_time(&at, text + size, &time) || at != text + size)
        return false;
    out->microseconds = time;
    return true;
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    char small = (char)(c | 0x20);
    return small >= 'a' && small <= 'f' ? small - 'a' + 10 : -1;
}

bool kith__uuid_parse(const char *text, size_t size, kith_uuid *out)
{
    bool dashes = size == 36;
    if (!dashes && size != KITH__UUID_SIZE)
        return false;
    kith_uuid uuid;
    for (size_t i = 0, at = 0; i < 16; i++, at += 2) {
        if (dashes && (i == 4 || i == 6 || i == 8 || i == 10) && text[at++] != '-')
            return false;
        int high = hex_digit(text[at]), low = hex_digit(text[at + 1]);
        if (high < 0 || low < 0)
            return false;
        uuid.bytes[i] = (uint8_t)(high << 4 | low);
    }
    *out = uuid;
    return true;
}

/* ---------------------------------------------------------------- the clocks */

int64_t kith__clock_ns(void)
{
    struct timespec now = { 0 };
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
}

kith_datetime kith_now(void)
{
    struct timespec now = { 0 };
    clock_gettime(CLOCK_REALTIME, &now);        /* cannot fail for this clock */
    return (kith_datetime){ now.tv_sec * second + now.tv_nsec / 1000 };
}

/* The date of kith_now: UTC, as every datetime is, so that the two agree. */
kith_date kith_today(void)
{
    return (kith_date){ (int32_t)(kith_now().microseconds / day) };
}
