/* The hand-written side's tools: see hand.h. */
#include <stdio.h>
#include <stdlib.h>

#include "hand.h"

/* ------------------------------------------------------------------ sqlite3 */
sqlite3 *hand_open(const bench_job *job)
{
    int flags = SQLITE_OPEN_READWRITE | (job->opening == BENCH_NO_MUTEX ? SQLITE_OPEN_NOMUTEX : 0);
    sqlite3 *db = NULL;
    if (sqlite3_open_v2(job->file, &db, flags, NULL) != SQLITE_OK)
        bench_fail("%s: %s", job->file, db ? sqlite3_errmsg(db) : "no memory");
    if (job->opening == BENCH_PLAIN)
        return db;
    char pragmas[96];
    snprintf(pragmas, sizeof pragmas, "PRAGMA cache_size = -%d; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON", BENCH_CACHE_KIB);
    hand_execute(db, pragmas);
    return db;
}

void hand_close(sqlite3 *db)
{
    if (sqlite3_close(db) != SQLITE_OK)
        bench_fail("close: %s", sqlite3_errmsg(db));
}

sqlite3_stmt *hand_prepare(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *statement = NULL;
    if (sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL) != SQLITE_OK)
        bench_fail("%s: %s", sql, sqlite3_errmsg(db));
    return statement;
}

void hand_execute(sqlite3 *db, const char *sql)
{
    if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
        bench_fail("%s: %s", sql, sqlite3_errmsg(db));
}

void hand_broken(sqlite3_stmt *statement)
{
    bench_fail("%s: %s", sqlite3_sql(statement), sqlite3_errmsg(sqlite3_db_handle(statement)));
}

/* ------------------------------------------------------------------ arena */
enum { BLOCK_SIZE = 64 * 1024 };

void *hand_arena_grow(hand_arena *arena, size_t size)
{
    size_t wanted = size > BLOCK_SIZE - sizeof(hand_block) ? size + sizeof(hand_block) : BLOCK_SIZE;
    hand_block *block = malloc(wanted);
    if (!block)
        bench_fail("no memory");
    *block = (hand_block){ .next = arena->blocks, .size = wanted - sizeof(hand_block) };
    arena->blocks = block;
    arena->at = block->bytes + size;
    arena->end = block->bytes + block->size;
    return block->bytes;
}

void hand_arena_reset(hand_arena *arena)
{
    hand_block *kept = arena->blocks;
    if (!kept)
        return;
    for (hand_block *block = kept->next, *next; block; block = next) {
        next = block->next;
        free(block);
    }
    kept->next = NULL;
    arena->at = kept->bytes;
    arena->end = kept->bytes + kept->size;
}

void hand_arena_free(hand_arena *arena)
{
    hand_arena_reset(arena);
    free(arena->blocks);
    *arena = (hand_arena){ 0 };
}

/* ------------------------------------------------------------------ key to object */
void hand_table_make(hand_table *table, size_t count)
{
    unsigned bits = 4;
    while (((size_t)1 << bits) < 2 * count)
        bits++;
    *table = (hand_table){ calloc((size_t)1 << bits, sizeof(hand_slot)), 64 - bits, ((uint64_t)1 << bits) - 1 };
    if (!table->slots)
        bench_fail("no memory");
}

void hand_table_free(hand_table *table)
{
    free(table->slots);
}

/* ------------------------------------------------------------------ dates
 * Days since 1970 and back by Howard Hinnant's arithmetic (chrono-compatible low-level date algorithms), for years from 0. */
static int64_t days_of(unsigned year, unsigned month, unsigned day)
{
    year -= month <= 2;
    unsigned era = year / 400, year_of_era = year % 400;
    unsigned day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
    return (int64_t)(era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year) - 719468;
}

static uint64_t eight(const char *text)
{
    uint64_t word;
    memcpy(&word, text, 8);
    return le64toh(word);
}

/*
 * Eight characters at once. After the exclusive or with the pattern a separator is 0 and a digit its value; the sum has a
 * high bit where a separator was not 0 or a digit above 9. Then every byte becomes ten times itself plus its right neighbour:
 * a number of two digits stands in its first byte.
 */
static uint64_t pairs(const char *text, uint64_t pattern, uint64_t limits, uint64_t *wrong)
{
    uint64_t word = eight(text) ^ pattern;
    *wrong |= (word | (word + limits)) & UINT64_C(0x8080808080808080);
    return word * 10 + (word >> 8);
}
#define BYTE_OF(word, n) ((unsigned)((word) >> (8 * (n))) & 0xff)

int64_t hand_datetime_parse(const char *text, int size)
{
    uint64_t wrong = 0;
    if (size != HAND_DATETIME_SIZE)
        bench_fail("not a datetime: %s", text ? text : "NULL");
    /* '0' is 0x30, '-' 0x2d, ' ' 0x20, ':' 0x3a, '.' 0x2e; a digit may be 9 (0x76 + 9 < 0x80), a separator 0 (0x7f + 0 < 0x80) */
    uint64_t date = pairs(text, UINT64_C(0x2d30302d30303030), UINT64_C(0x7f76767f76767676), &wrong);            /* 2026-11- */
    uint64_t hour = pairs(text + 8, UINT64_C(0x30303a3030203030), UINT64_C(0x76767f76767f7676), &wrong);        /* 22 11:38 */
    uint64_t second = pairs(text + 16, UINT64_C(0x303030302e30303a), UINT64_C(0x767676767f76767f), &wrong);     /* :02.0000 */
    uint64_t fraction = pairs(text + 18, UINT64_C(0x3030303030302e30), UINT64_C(0x7676767676767f76), &wrong);   /* 2.000000 */
    unsigned month = BYTE_OF(date, 5), day = BYTE_OF(hour, 0), h = BYTE_OF(hour, 3), m = BYTE_OF(hour, 6), s = BYTE_OF(second, 1);
    if (wrong || month - 1 > 11 || day - 1 > 30 || h > 23 || m > 59 || s > 59)
        bench_fail("not a datetime: %s", text);
    int64_t seconds = days_of(BYTE_OF(date, 0) * 100 + BYTE_OF(date, 2), month, day) * 86400 + h * 3600 + m * 60 + s;
    return seconds * 1000000 + BYTE_OF(fraction, 2) * 10000 + BYTE_OF(fraction, 4) * 100 + BYTE_OF(fraction, 6);
}

static char *two(char *at, unsigned value)
{
    static const char digits[] = "0001020304050607080910111213141516171819202122232425262728293031323334353637383940414243444546474849"
                                 "5051525354555657585960616263646566676869707172737475767778798081828384858687888990919293949596979899";
    memcpy(at, digits + 2 * value, 2);
    return at + 2;
}

static char *date_print(int64_t days, char *at)
{
    unsigned z = (unsigned)(days + 719468), era = z / 146097, day_of_era = z % 146097;
    unsigned year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    unsigned day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    unsigned shifted = (5 * day_of_year + 2) / 153, month = shifted < 10 ? shifted + 3 : shifted - 9;
    unsigned year = era * 400 + year_of_era + (month <= 2);
    at = two(two(at, year / 100), year % 100);
    *at++ = '-';
    at = two(at, month);
    *at++ = '-';
    return two(at, day_of_year - (153 * shifted + 2) / 5 + 1);
}

void hand_datetime_print(int64_t microseconds, char text[HAND_DATETIME_SIZE])
{
    const int64_t day = INT64_C(86400000000);
    int64_t days = microseconds / day - (microseconds % day < 0);
    uint64_t rest = (uint64_t)(microseconds - days * day);
    unsigned seconds = (unsigned)(rest / 1000000), fraction = (unsigned)(rest % 1000000);
    char *at = date_print(days, text);
    *at++ = ' ';
    at = two(at, seconds / 3600);
    *at++ = ':';
    at = two(at, seconds / 60 % 60);
    *at++ = ':';
    at = two(at, seconds % 60);
    *at++ = '.';
    two(two(two(at, fraction / 10000), fraction / 100 % 100), fraction % 100);
}
