/* People by hand: W1 inserts, W2 a load, W3 gets by key, W8 a change of one column. */
#include <stdlib.h>

#include "hand.h"

typedef struct person {
    int64_t     id;
    const char *name, *email;
    int64_t     age;
    bool        has_age;
    double      score;
    int64_t     created_at;
} person;

typedef struct people { person *items; size_t count, room; hand_arena texts; } people;

#define SELECT_ "SELECT id, name, email, age, score, created_at FROM people"

static inline void read_person(sqlite3_stmt *row, hand_arena *texts, person *p)
{
    p->id = sqlite3_column_int64(row, 0);
    p->name = hand_text(texts, row, 1);
    p->email = hand_text(texts, row, 2);
    p->has_age = sqlite3_column_type(row, 3) != SQLITE_NULL;
    p->age = p->has_age ? sqlite3_column_int64(row, 3) : 0;
    p->score = sqlite3_column_double(row, 4);
    const char *created_at = (const char *)sqlite3_column_text(row, 5);
    p->created_at = hand_datetime_parse(created_at, sqlite3_column_bytes(row, 5));
}

static person *next_person(people *all)
{
    if (all->count == all->room) {
        all->room = all->room ? 2 * all->room : 1024;
        all->items = realloc(all->items, all->room * sizeof *all->items);
        if (!all->items)
            bench_fail("no memory");
    }
    return &all->items[all->count++];
}

static void load_people(sqlite3 *db, const char *sql, people *all)
{
    sqlite3_stmt *select = hand_prepare(db, sql);
    while (hand_step(select))
        read_person(select, &all->texts, next_person(all));
    sqlite3_finalize(select);
}

static uint64_t hash_person(uint64_t hash, const person *p)
{
    hash = bench_hash_text(bench_hash_text(bench_hash_int(hash, p->id), p->name), p->email);
    hash = bench_hash_int(bench_hash_int(hash, p->has_age), p->has_age ? p->age : 0);
    return bench_hash_int(bench_hash_real(hash, p->score), p->created_at);
}

static void free_people(people *all)
{
    hand_arena_free(&all->texts);
    free(all->items);
}

/* ------------------------------------------------------------------ W2 */
void by_hand_load_people(const bench_job *job, bench_result *result)
{
    sqlite3 *db = hand_open(job);
    people all = { 0 };
    uint64_t touched = 0;

    bench_start(result);
    load_people(db, SELECT_, &all);
    for (size_t i = 0; i < all.count; i++)
        touched += (uint64_t)bench_bits(all.items[i].score) + (uint64_t)all.items[i].name[0];
    bench_stop(result);

    result->rows = (int64_t)all.count;
    result->touched = touched;
    for (size_t i = 0; i < all.count; i++)
        result->everything = hash_person(result->everything, &all.items[i]);
    bench_watch_read(&result->settings);
    free_people(&all);
    hand_close(db);
}

/* ------------------------------------------------------------------ W3 */
typedef struct gets { sqlite3 *db; sqlite3_stmt *select; hand_arena arena; const person *found[BENCH_GETS_PER_SESSION]; } gets;

static void get_some(gets *g, int64_t from, bench_result *result)
{
    for (int64_t i = 0; i < BENCH_GETS_PER_SESSION; i++) {
        person *p = hand_alloc(&g->arena, sizeof *p);
        sqlite3_bind_int64(g->select, 1, bench_key(from + i));
        if (!hand_step(g->select))
            bench_fail("person %lld is not there", (long long)bench_key(from + i));
        read_person(g->select, &g->arena, p);
        sqlite3_reset(g->select);
        g->found[i] = p;
        result->touched += (uint64_t)bench_bits(p->score) + (uint64_t)p->name[0];
        result->rows++;
    }
}

void by_hand_get_people(const bench_job *job, bench_result *result)
{
    gets g = { .db = hand_open(job) };

    bench_start(result);
    g.select = hand_prepare(g.db, SELECT_ " WHERE id = ?");
    for (int64_t i = 0; i < BENCH_GETS; i += BENCH_GETS_PER_SESSION) {
        if (job->held)
            hand_execute(g.db, "BEGIN");
        get_some(&g, i, result);
        if (job->held)
            hand_execute(g.db, "COMMIT");
        if (i + BENCH_GETS_PER_SESSION < BENCH_GETS)
            hand_arena_reset(&g.arena);
    }
    bench_stop(result);

    for (size_t i = 0; i < BENCH_GETS_PER_SESSION; i++)
        result->everything = hash_person(result->everything, g.found[i]);
    bench_watch_read(&result->settings);
    sqlite3_finalize(g.select);
    hand_arena_free(&g.arena);
    hand_close(g.db);
}

/* ------------------------------------------------------------------ W8 */
void by_hand_change_people(const bench_job *job, bench_result *result)
{
    sqlite3 *db = hand_open(job);
    people all = { 0 };
    load_people(db, SELECT_ " WHERE id <= 20000", &all);

    bench_start(result);
    sqlite3_stmt *update = hand_prepare(db, "UPDATE people SET score = ?1 WHERE id = ?2");
    hand_execute(db, "BEGIN IMMEDIATE");
    for (size_t i = 0; i < all.count; i++) {
        all.items[i].score += 1.0;
        sqlite3_bind_double(update, 1, all.items[i].score);
        sqlite3_bind_int64(update, 2, all.items[i].id);
        hand_run(update);
    }
    hand_execute(db, "COMMIT");
    bench_stop(result);

    result->rows = (int64_t)all.count;
    bench_watch_read(&result->settings);
    sqlite3_finalize(update);
    free_people(&all);
    hand_close(db);
}

/* ------------------------------------------------------------------ W1: one by one, ids given back */
static void bind_person(sqlite3_stmt *insert, int at, const bench_person *p, char created_at[HAND_DATETIME_SIZE])
{
    hand_datetime_print(p->created_at, created_at);
    sqlite3_bind_text(insert, at, p->name, -1, SQLITE_STATIC);
    sqlite3_bind_text(insert, at + 1, p->email, -1, SQLITE_STATIC);
    if (p->has_age)
        sqlite3_bind_int64(insert, at + 2, p->age);
    else
        sqlite3_bind_null(insert, at + 2);
    sqlite3_bind_double(insert, at + 3, p->score);
    sqlite3_bind_text(insert, at + 4, created_at, HAND_DATETIME_SIZE, SQLITE_STATIC);
}

typedef struct inserted { int64_t id; const bench_person *values; } inserted;   /* its texts stay where they came from */

void by_hand_insert_people(const bench_job *job, bench_result *result)
{
    sqlite3 *db = hand_open(job);
    bench_person *rows = bench_all_people();
    inserted *all = calloc(BENCH_PEOPLE, sizeof *all);
    char created_at[HAND_DATETIME_SIZE];
    if (!all)
        bench_fail("no memory");

    bench_start(result);
    sqlite3_stmt *insert = hand_prepare(db, "INSERT INTO people (name, email, age, score, created_at) VALUES (?, ?, ?, ?, ?)");
    hand_execute(db, "BEGIN IMMEDIATE");
    for (size_t i = 0; i < BENCH_PEOPLE; i++) {
        bind_person(insert, 1, &rows[i], created_at);
        hand_run(insert);
        all[i] = (inserted){ sqlite3_last_insert_rowid(db), &rows[i] };
    }
    hand_execute(db, "COMMIT");
    bench_stop(result);

    for (size_t i = 0; i < BENCH_PEOPLE; i++)
        result->touched += (uint64_t)all[i].id;
    result->rows = BENCH_PEOPLE;
    bench_watch_read(&result->settings);
    sqlite3_finalize(insert);
    free(all);
    free(rows);
    hand_close(db);
}

/* ------------------------------------------------------------------ W1: in bulk, many rows to a statement */
enum { ROWS_PER_STATEMENT = 50 };

static sqlite3_stmt *prepare_bulk(sqlite3 *db)
{
    char sql[128 + ROWS_PER_STATEMENT * 16] = "INSERT INTO people (name, email, age, score, created_at) VALUES (?, ?, ?, ?, ?)";
    char *at = sql + strlen(sql);
    for (int i = 1; i < ROWS_PER_STATEMENT; i++, at += 17 - 1)
        memcpy(at, ",(?, ?, ?, ?, ?)", 17);
    return hand_prepare(db, sql);
}

_Static_assert(BENCH_PEOPLE % ROWS_PER_STATEMENT == 0, "no rows are left over");

void by_hand_insert_people_in_bulk(const bench_job *job, bench_result *result)
{
    sqlite3 *db = hand_open(job);
    bench_person *rows = bench_all_people();
    char created_at[ROWS_PER_STATEMENT][HAND_DATETIME_SIZE];

    bench_start(result);
    sqlite3_stmt *insert = prepare_bulk(db);
    hand_execute(db, "BEGIN IMMEDIATE");
    for (size_t i = 0; i < BENCH_PEOPLE; i += ROWS_PER_STATEMENT) {
        for (int k = 0; k < ROWS_PER_STATEMENT; k++)
            bind_person(insert, 1 + 5 * k, &rows[i + (size_t)k], created_at[k]);
        hand_run(insert);
    }
    hand_execute(db, "COMMIT");
    bench_stop(result);

    result->rows = BENCH_PEOPLE;
    bench_watch_read(&result->settings);
    sqlite3_finalize(insert);
    free(rows);
    hand_close(db);
}
