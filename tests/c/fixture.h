/*
 * What a behaviour test stands on: a family of models in a database of its own, a session with its statements watched, and the
 * sqlite3 library beside it, to look at the rows and to be the other program that changes them.
 */
#ifndef KITH_TEST_FIXTURE_H
#define KITH_TEST_FIXTURE_H

#include "support.h"
#include "models.h"

#include <sqlite3.h>
#include <stdio.h>

typedef struct fixture {
    kith_test_place place;
    kith_database *database;
    kith_session *session, *other;      /* other: made by another_session, closed with the fixture */
    kith_test_statements seen;          /* of session */
    sqlite3 *raw;
} fixture;

int fixture_in_file(void **state, const kith_model_function models[]);
int fixture_in_memory(void **state, const kith_model_function models[]);
int fixture_in_wal(void **state, const kith_model_function models[]);      /* a file with a write-ahead log */
int fixture_end(void **state);

/* FAMILY(alley, ALLEY_MODELS) makes the setups alley_in_file, alley_in_memory and alley_in_wal, which ON_FILE, IN_MEMORY, WITH_WAL and
 * IN_EACH name. */
#define FAMILY(name, models) \
    __attribute__((unused)) static int name##_in_file(void **state) { return fixture_in_file(state, models); } \
    __attribute__((unused)) static int name##_in_memory(void **state) { return fixture_in_memory(state, models); } \
    __attribute__((unused)) static int name##_in_wal(void **state) { return fixture_in_wal(state, models); } \
    _Static_assert(sizeof #name > 1, #name)
#define ON_FILE(family, test)   cmocka_unit_test_setup_teardown(test, family##_in_file, fixture_end)
#define IN_MEMORY(family, test) cmocka_unit_test_setup_teardown(test, family##_in_memory, fixture_end)
#define WITH_WAL(family, test)  { #test " with WAL", test, family##_in_wal, fixture_end, NULL }
#define IN_EACH(family, test)   { #test " with a rollback journal", test, family##_in_file, fixture_end, NULL }, WITH_WAL(family, test), \
    { #test " in memory", test, family##_in_memory, fixture_end, NULL }

/* A second session on the same handle. */
kith_session *another_session(fixture *);
/* Closes the session and opens a new one, watched: nothing is known of any row. */
kith_session *new_session(fixture *);

/* A raccoon of that name, committed: its id. And the raccoon of an id. */
int64_t stored_raccoon(fixture *, const char *name);
const Raccoon *get_raccoon(kith_session *, int64_t id);

/* Exactly n statements that read or write rows: SENDS(f, 0, kith_append(rocky, trashcans, bin)). */
#define SENDS(f, n, ...) kith_test_sends((f)->session, (n), &(f)->seen, __VA_ARGS__)
/* kith_commit and its kin, which must succeed */
#define COMMIT(session) do { (void)kith_commit(session); kith_test_ok(session); } while (0)
#define FLUSH(session)  do { (void)kith_flush(session); kith_test_ok(session); } while (0)
/* The session fails so, and is well again after a rollback. */
#define FAILS(session, status, part) \
    do { kith_test_error((session), (status), (part)); assert_int_equal(kith_rollback(session), KITH_OK); kith_test_ok(session); } while (0)
/* The error's model and attribute are these; NULL: not looked at. */
#define ABOUT(session, model_, attribute_) about_(kith_error_of(session), (model_), (attribute_), __FILE__, __LINE__)
void about_(const kith_error *, const char *model, const char *attribute, const char *file, int line);

/* Is `item` in `list`, how often? HOLDS(kith_many(rocky, trashcans), bin). Evaluates both once. */
#define HOLDS(list, item) times_in_((const void *const *)(list).items, (list).count, (item))
#define COUNT(list) ((list).count)
size_t times_in_(const void *const *items, size_t count, const void *item);

/* How many statements of those seen begin so; and the n-th that does, as text. */
size_t seen_count(const fixture *, const char *beginning);
const char *seen_sql(const fixture *, const char *beginning, size_t n);
/* Where the first statement that begins so and holds `part` stands among those seen; SIZE_MAX: nowhere. */
size_t seen_at(const fixture *, const char *beginning, const char *part);

/* ---------------------------------------------------------------- the other program: only for a fixture in a file */
void    raw_run(fixture *, const char *sql);
int64_t raw_int(fixture *, const char *sql);            /* RAW_NULL when it is NULL */
char   *raw_text(fixture *, const char *sql);           /* the caller's to free; NULL when it is NULL */
#define RAW_NULL (-987654321)
#define assert_rows(f, n, sql) assert_int_equal(raw_int((f), (sql)), (n))

#endif
