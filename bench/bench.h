/*
 * What the two sides of a benchmark share: the clock, the answers that must be equal, the rows that both start from.
 *
 * A workload is run by hand (C over the sqlite3 API: hand_*.c) and on kith (kith_*.c). Each run is a process of its own,
 * which the program starts as itself, so that caches and peak memory belong to one side only. For bench/ alone.
 */
#ifndef BENCH_H
#define BENCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    BENCH_PEOPLE = 100000,          /* W1, W2, W3 */
    BENCH_GETS = 20000, BENCH_GETS_PER_SESSION = 1000,
    BENCH_CHANGED = 20000,          /* W8 */
    BENCH_AUTHORS = 1000, BENCH_BOOKS_READ = 100, BENCH_BOOKS_WRITTEN = 20,     /* per author: W4 and W5, W7 and W9 */
    BENCH_STUDENTS = 1000, BENCH_COURSES = 1000, BENCH_COURSES_PER_STUDENT = 50 /* W6 */
};

#define BENCH_CACHE_KIB 8192        /* kith's own page cache; the hand-written side is given the same */

/* How the hand-written side opens its file. */
typedef enum bench_opening {
    BENCH_DEFAULT_FLAGS,            /* kith's page cache and foreign keys, the library's default flags */
    BENCH_NO_MUTEX,                 /* the same with SQLITE_OPEN_NOMUTEX, as kith opens it */
    BENCH_PLAIN                     /* sqlite3_open and nothing else: what most programs do */
} bench_opening;

/* Read back from the connection that did the work. */
typedef struct bench_settings {
    char    journal[20];            /* no padding in this struct: two are compared by their bytes */
    int     synchronous, foreign_keys, mutex;
    int64_t cache_kib, mmap_bytes;
} bench_settings;

typedef struct bench_result {
    double   wall_ms, cpu_ms;       /* of the timed part */
    int64_t  rows;                  /* objects read or written in it */
    uint64_t touched;               /* a sum over the values it read or wrote */
    uint64_t everything;            /* a hash of all that was loaded, or of the file that was written; not timed */
    long     peak_kib;
    bench_settings settings;
} bench_result;

typedef struct bench_job {
    const char   *file;
    bench_opening opening;
    bool          held;             /* W3: in a read transaction */
    bool          read_only;        /* W2 */
    bool          loaded;           /* W9: the children are loaded before the clock starts */
} bench_job;

typedef void bench_run(const bench_job *, bench_result *);

typedef struct bench_workload {
    const char *name, *title;
    const char *fixture;            /* the database it starts from */
    bool        writes;             /* then every run gets a fresh copy */
    double      target;             /* kith's time over the hand-written side's */
    bench_run  *by_hand, *on_kith;
    bench_job   job;
} bench_workload;

extern const bench_workload bench_workloads[];      /* ends with a NULL name */

/* The clock. What comes before the start and after the stop is not measured. */
void bench_start(bench_result *);
void bench_stop(bench_result *);

/* Prints a sentence and ends the process: a benchmark that went wrong has no result. */
void bench_fail(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));

/* ------------------------------------------------------------------ hashes of results */
uint64_t bench_hash_bytes(uint64_t hash, const void *bytes, size_t size);
uint64_t bench_hash_text(uint64_t hash, const char *text);
uint64_t bench_hash_int(uint64_t hash, int64_t value);
uint64_t bench_hash_real(uint64_t hash, double value);
int64_t  bench_bits(double value);      /* of a double, to sum exactly whatever the order */

/* ------------------------------------------------------------------ rows (rows.c): the same on every run */
typedef struct bench_person {
    char    name[24], email[40];
    bool    has_age;
    int64_t age;
    double  score;
    int64_t created_at;                 /* microseconds since 1970, UTC */
} bench_person;

bench_person bench_person_of(int64_t id);
int64_t bench_key(int64_t i);           /* the i-th key to get in W3: scattered, none twice */
void    bench_author_name(int64_t author, char name[24]);
void    bench_book_title(int64_t book, char title[32]);
int32_t bench_book_pages(int64_t book);
void    bench_course_title(int64_t course, char title[32]);
int64_t bench_course_of(int64_t student, int64_t nth);

typedef struct bench_book { char title[32]; int32_t pages; } bench_book;
typedef struct bench_shelf { char author[24]; bench_book books[BENCH_BOOKS_WRITTEN]; } bench_shelf;
bench_person *bench_all_people(void);   /* BENCH_PEOPLE of them; the caller frees */
bench_shelf  *bench_all_shelves(void);  /* BENCH_AUTHORS of them; the caller frees */

/* ------------------------------------------------------------------ database files (fixture.c) */
void     bench_fixture_make(const char *fixture, const char *file, bool wal);
uint64_t bench_fixture_digest(const char *file);        /* of every row of every table */

/* ------------------------------------------------------------------ what a connection really does (watch.c) */
void bench_watch_start(void);                           /* before the first connection is opened */
void bench_watch_read(bench_settings *);                /* while the connection is open */

/* ------------------------------------------------------------------ the two sides */
bench_run by_hand_insert_people, by_hand_insert_people_in_bulk, by_hand_load_people, by_hand_get_people, by_hand_change_people;
bench_run by_hand_read_books_eagerly, by_hand_read_books_lazily, by_hand_write_books, by_hand_delete_authors;
bench_run by_hand_read_courses_eagerly, by_hand_read_courses_lazily;

bench_run on_kith_insert_people, on_kith_insert_people_in_bulk, on_kith_load_people, on_kith_get_people, on_kith_change_people;
bench_run on_kith_read_books_eagerly, on_kith_read_books_lazily, on_kith_write_books, on_kith_delete_authors;
bench_run on_kith_read_courses_eagerly, on_kith_read_courses_lazily;

#endif
