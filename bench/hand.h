/*
 * What the hand-written side is built of: an arena, a small table from key to object, dates as text, and the sqlite3 calls
 * that a careful program checks. The peer is the best C that one would really write; improve it whenever a trick is found.
 */
#ifndef BENCH_HAND_H
#define BENCH_HAND_H

#include <endian.h>
#include <sqlite3.h>
#include <stdint.h>
#include <string.h>

#include "bench.h"

/* ------------------------------------------------------------------ sqlite3 */
sqlite3      *hand_open(const bench_job *);
void          hand_close(sqlite3 *);
sqlite3_stmt *hand_prepare(sqlite3 *, const char *sql);
void          hand_execute(sqlite3 *, const char *sql);
void          hand_broken(sqlite3_stmt *) __attribute__((noreturn));

/* True while there are rows. */
static inline bool hand_step(sqlite3_stmt *statement)
{
    int status = sqlite3_step(statement);
    if (__builtin_expect(status != SQLITE_ROW && status != SQLITE_DONE, 0))
        hand_broken(statement);
    return status == SQLITE_ROW;
}

/* Runs a statement that gives no rows, and makes it ready for the next values. */
static inline void hand_run(sqlite3_stmt *statement)
{
    if (hand_step(statement) || sqlite3_reset(statement) != SQLITE_OK)
        hand_broken(statement);
}

/* ------------------------------------------------------------------ arena */
typedef struct hand_block { struct hand_block *next; size_t size; char bytes[]; } hand_block;
typedef struct hand_arena { char *at, *end; hand_block *blocks; } hand_arena;

void *hand_arena_grow(hand_arena *, size_t size);
void  hand_arena_reset(hand_arena *);       /* forgets all, and keeps one block for the next use */
void  hand_arena_free(hand_arena *);

static inline void *hand_alloc(hand_arena *arena, size_t size)
{
    char *at = (char *)(((uintptr_t)arena->at + 7) & ~(uintptr_t)7);
    if (__builtin_expect((size_t)(arena->end - arena->at) < size + 8, 0))
        return hand_arena_grow(arena, size);
    arena->at = at + size;
    return at;
}

/* A copy of a text column, in the arena. Texts follow each other without padding. */
static inline const char *hand_text(hand_arena *arena, sqlite3_stmt *statement, int column)
{
    const void *text = sqlite3_column_text(statement, column);
    size_t size = (size_t)sqlite3_column_bytes(statement, column) + 1;
    char *copy = arena->at;
    if (__builtin_expect((size_t)(arena->end - copy) < size, 0))
        copy = hand_arena_grow(arena, size);
    else
        arena->at += size;
    return text ? memcpy(copy, text, size) : NULL;
}

/* ------------------------------------------------------------------ key to object: open addressing, at most half full */
typedef struct hand_slot { int64_t key; void *object; } hand_slot;
typedef struct hand_table { hand_slot *slots; unsigned shift; uint64_t mask; } hand_table;

void hand_table_make(hand_table *, size_t count);
void hand_table_free(hand_table *);

static inline hand_slot *hand_slot_of(const hand_table *table, int64_t key)
{
    uint64_t at = ((uint64_t)key * UINT64_C(0x9E3779B97F4A7C15)) >> table->shift;
    while (table->slots[at].object && table->slots[at].key != key)
        at = (at + 1) & table->mask;
    return &table->slots[at];
}

static inline void hand_put(hand_table *table, int64_t key, void *object)
{
    *hand_slot_of(table, key) = (hand_slot){ key, object };
}

static inline void *hand_find(const hand_table *table, int64_t key)
{
    return hand_slot_of(table, key)->object;
}

/* ------------------------------------------------------------------ dates: "2026-11-22 11:38:02.000000", UTC */
enum { HAND_DATETIME_SIZE = 26 };
void    hand_datetime_print(int64_t microseconds, char text[HAND_DATETIME_SIZE]);
int64_t hand_datetime_parse(const char *text, int size);    /* what is no such text ends the program */

#endif
