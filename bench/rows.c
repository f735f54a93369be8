/* The rows that both sides start from, made from their number alone, and the hashes that compare what came of them. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "bench.h"

/* ------------------------------------------------------------------ clock and failure */
static double now_ms(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

void bench_start(bench_result *result)
{
    result->cpu_ms = -now_ms(CLOCK_PROCESS_CPUTIME_ID);
    result->wall_ms = -now_ms(CLOCK_MONOTONIC);
}

void bench_stop(bench_result *result)
{
    result->wall_ms += now_ms(CLOCK_MONOTONIC);
    result->cpu_ms += now_ms(CLOCK_PROCESS_CPUTIME_ID);
}

void bench_fail(const char *format, ...)
{
    va_list list;
    va_start(list, format);
    fputs("kith-bench: ", stderr);
    vfprintf(stderr, format, list);
    fputc('\n', stderr);
    va_end(list);
    exit(1);
}

/* ------------------------------------------------------------------ hashes: FNV-1a */
uint64_t bench_hash_bytes(uint64_t hash, const void *bytes, size_t size)
{
    const unsigned char *at = bytes, *end = at + size;
    while (at < end)
        hash = (hash ^ *at++) * UINT64_C(0x100000001b3);
    return hash;
}

uint64_t bench_hash_text(uint64_t hash, const char *text)
{
    return text ? bench_hash_bytes(hash, text, strlen(text) + 1) : bench_hash_bytes(hash, "\1NULL", 6);
}

uint64_t bench_hash_int(uint64_t hash, int64_t value)
{
    return bench_hash_bytes(hash, &value, sizeof value);
}

uint64_t bench_hash_real(uint64_t hash, double value)
{
    return bench_hash_bytes(hash, &value, sizeof value);
}

int64_t bench_bits(double value)
{
    int64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

/* ------------------------------------------------------------------ rows */
/* splitmix64: a number scattered over 64 bits */
static uint64_t scatter(int64_t number)
{
    uint64_t z = (uint64_t)number * UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

static const char *const FIRST_[] = { "Rocky", "Dan", "Nancy", "Magill", "Lil", "Gideon", "Eleanor", "Maxwell" };
static const char *const LAST_[] = { "Raccoon", "Rigby", "McKenzie", "Edison", "Pepper", "Mustard", "Shears", "Madonna" };

bench_person bench_person_of(int64_t id)
{
    const int64_t from = INT64_C(1577836800000000), five_years = INT64_C(157680000000000);      /* from 2020-01-01 on */
    uint64_t chance = scatter(id);
    const char *first = FIRST_[chance % 8], *last = LAST_[chance / 8 % 8];
    bench_person person = {
        .has_age = chance / 64 % 5 != 0, .age = (int64_t)(chance / 512 % 90), .score = (double)(chance >> 20) / 1e9,
        .created_at = from + (int64_t)(chance % (uint64_t)five_years),
    };
    snprintf(person.name, sizeof person.name, "%s %s", first, last);
    snprintf(person.email, sizeof person.email, "%c%s%lld@example.org", first[0] | 0x20, last, (long long)id);
    return person;
}

/* Steps of a number that has no factor in common with the number of people meet none of them twice. */
int64_t bench_key(int64_t i)
{
    return 1 + i * 48271 % BENCH_PEOPLE;
}

void bench_author_name(int64_t author, char name[24])
{
    memcpy(name, bench_person_of(author).name, 24);
}

void bench_book_title(int64_t book, char title[32])
{
    snprintf(title, 32, "%s and the %s %lld", FIRST_[scatter(book) % 8], LAST_[scatter(book) / 8 % 8], (long long)book);
}

int32_t bench_book_pages(int64_t book)
{
    return 80 + (int32_t)(scatter(book) % 900);
}

void bench_course_title(int64_t course, char title[32])
{
    snprintf(title, 32, "Introduction to %s %lld", LAST_[scatter(course) % 8], (long long)course);
}

int64_t bench_course_of(int64_t student, int64_t nth)
{
    return 1 + (student * 7 + nth * 19) % BENCH_COURSES;
}

static void *array_of(size_t count, size_t size)
{
    void *array = calloc(count, size);
    if (!array)
        bench_fail("no memory");
    return array;
}

bench_person *bench_all_people(void)
{
    bench_person *people = array_of(BENCH_PEOPLE, sizeof *people);
    for (int64_t i = 0; i < BENCH_PEOPLE; i++)
        people[i] = bench_person_of(i + 1);
    return people;
}

bench_shelf *bench_all_shelves(void)
{
    bench_shelf *shelves = array_of(BENCH_AUTHORS, sizeof *shelves);
    for (int64_t i = 0; i < BENCH_AUTHORS; i++) {
        bench_author_name(i + 1, shelves[i].author);
        for (int64_t k = 0; k < BENCH_BOOKS_WRITTEN; k++) {
            int64_t id = i * BENCH_BOOKS_WRITTEN + k + 1;
            bench_book_title(id, shelves[i].books[k].title);
            shelves[i].books[k].pages = bench_book_pages(id);
        }
    }
    return shelves;
}
