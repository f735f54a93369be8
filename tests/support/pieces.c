/*
 * Pieces of arenas, failing by the way of calls that asks for them: the addresses that the calls return to, as many as are looked at. The
 * linker puts this before kith__arena_alloc (--wrap), of which everything else is made that an arena gives.
 */
#include "support.h"

#include <execinfo.h>
#include <pthread.h>

void *__real_kith__arena_alloc(void *arena, size_t size) __attribute__((weak));      /* the amalgamation keeps it to itself, and none of its pieces fails */
void *__wrap_kith__arena_alloc(void *arena, size_t size);

enum { CALLS = 16, WAYS = 1 << 14 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static size_t fail_at, seen;                /* 0: none; those that count, up to it */
static bool has_failed, every;
static uint64_t ways[WAYS];                 /* that there were, by hash, open addressing; 0: free */

/* Never 0. */
static uint64_t way_here(void)
{
    void *calls[CALLS];
    int count = backtrace(calls, CALLS);
    uint64_t hash = 0x9E3779B97F4A7C15;
    for (int i = 0; i < count; i++)
        hash = (hash ^ (uintptr_t)calls[i]) * 0xD6E8FEB86659FD93, hash ^= hash >> 32;
    return hash | 1;
}

/* Whether it was not there. Under the lock. */
static bool is_new(uint64_t way)
{
    size_t at = (size_t)(way >> 1) & (WAYS - 1);
    for (; ways[at]; at = (at + 1) & (WAYS - 1))
        if (ways[at] == way)
            return false;
    if (seen > WAYS / 2)
        abort();
    ways[at] = way;
    return true;
}

static bool must_fail(void)
{
    if (__atomic_load_n(&fail_at, __ATOMIC_RELAXED) == 0)
        return false;
    pthread_mutex_lock(&lock);
    bool fails = false;
    if (fail_at && (every || is_new(way_here())))
        fails = ++seen == fail_at;
    if (fails) {
        has_failed = true;
        __atomic_store_n(&fail_at, 0, __ATOMIC_RELAXED);
    }
    pthread_mutex_unlock(&lock);
    return fails;
}

void *__wrap_kith__arena_alloc(void *arena, size_t size)
{
    return __real_kith__arena_alloc(arena, must_fail() ? SIZE_MAX : size);          /* which no arena has, and it remembers that */
}

void kith_test_fail_piece(size_t n)
{
    const char *faults = getenv("KITH_TEST_FAULTS");
    pthread_mutex_lock(&lock);
    memset(ways, 0, sizeof ways);
    seen = 0;
    has_failed = false;
    every = faults && !strcmp(faults, "all");
    __atomic_store_n(&fail_at, n, __ATOMIC_RELAXED);
    pthread_mutex_unlock(&lock);
}

bool kith_test_piece_failed(void)
{
    __atomic_store_n(&fail_at, 0, __ATOMIC_RELAXED);
    return has_failed;
}
