/*
 * pool: the connections of one database, taken and given back by any thread. May use: base, the engines' tables.
 *
 * The pool also knows which thread holds which transaction, so that a wait that can never end is an error at once, and which process
 * opened it: a child of fork() must not speak through its parent's connections. It leaves them alone, unclosed, and opens its own.
 */
#include "driver/pool.h"

#include <sched.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

enum { MOST_IDLE = 16, BEING_TAKEN_OVER = -1 };

/* ---------------------------------------------------------------- which process */

static size_t page_size(void) { return (size_t)sysconf(_SC_PAGESIZE); }

static int32_t own_mark(const kith__pool *pool) { return pool->wiped ? 1 : (int32_t)getpid(); }

static bool mark_own(kith__pool *pool)
{
    void *page = mmap(NULL, page_size(), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (page == MAP_FAILED)
        return false;
#ifdef MADV_WIPEONFORK
    pool->wiped = madvise(page, page_size(), MADV_WIPEONFORK) == 0;
#endif
    pool->owner = page;
    atomic_store(pool->owner, own_mark(pool));
    return true;
}

/* This process is a child, and has not taken a connection of its own yet. */
static bool is_forked(const kith__pool *pool) { return atomic_load_explicit(pool->owner, memory_order_acquire) != own_mark(pool); }

bool kith__connection_forked(const kith__connection *connection)
{
    return is_forked(connection->pool) || connection->generation != atomic_load(&connection->pool->generation);
}

/* In a child of the process that opened it nothing is closed, only what is ours is freed: the engine knows by kith__connection_forked. */
static void end_connection(kith__connection *connection)
{
    for (kith__statement *s; connection->cache && (s = kith__cache_pop(connection->cache)); )
        kith__statement_end(s);
    kith__cache_free(connection->cache);
    if (kith__connection_forked(connection))
        connection->driver->abandon(connection);
    else
        connection->driver->close(connection);
}

static void end_connections(kith__connection *first)
{
    for (kith__connection *next; first; first = next) {
        next = first->next;
        end_connection(first);
    }
}

static void say_forked(kith__connection *first)
{
    for (; first; first = first->next)
        first->driver->forked(first);
}

/* What is the parent's is forgotten, not closed. Those that were taken are given back, or never. */
static void forget_parent(kith__pool *pool)
{
    kith__turn_init(pool);
    pthread_mutex_init(&pool->mutex, NULL);     /* another thread of the parent may have held it at the fork */
    say_forked(pool->idle);
    say_forked(pool->taken);
    end_connections(pool->idle);
    pool->idle = pool->taken = NULL;
    pool->idle_count = 0;
    atomic_fetch_add(&pool->generation, 1);
}

/* The first thread of a child that comes by does it, others wait for it. */
static void take_over(kith__pool *pool)
{
    while (is_forked(pool)) {
        int32_t owner = atomic_load(pool->owner);
        if (owner == own_mark(pool))
            break;
        if (owner == BEING_TAKEN_OVER || !atomic_compare_exchange_strong(pool->owner, &owner, BEING_TAKEN_OVER)) {
            sched_yield();
            continue;
        }
        forget_parent(pool);
        atomic_store_explicit(pool->owner, own_mark(pool), memory_order_release);
    }
}

/* ---------------------------------------------------------------- open and close */

static uint64_t make_id(const kith__pool *pool)
{
    struct timespec now = { 0 };
    clock_gettime(CLOCK_REALTIME, &now);
    uint64_t parts[] = { (uint64_t)(uintptr_t)pool, (uint64_t)now.tv_sec, (uint64_t)now.tv_nsec, (uint64_t)getpid() };
    return kith__hash(parts, sizeof parts);
}

static int pool_begin(kith__pool *pool, const char *url, kith__error *error)
{
    int status = kith__url_parse(&pool->url, url, error);
    if (status)
        return status;
    pool->driver = &kith__driver_sqlite;
    pool->id = make_id(pool);
    return mark_own(pool) ? KITH_OK : kith__fail_memory(error);
}

int kith__pool_open(kith__pool **out, const char *url, kith__error *error)
{
    kith__pool *pool = calloc(1, sizeof *pool);
    if (!pool)
        return kith__fail_memory(error);
    int status = pool_begin(pool, url, error);
    if (status) {
        kith__url_free(&pool->url);
        free(pool);
        return status;
    }
    pthread_mutex_init(&pool->mutex, NULL);
    kith__turn_init(pool);
    *out = pool;
    return KITH_OK;
}

void kith__pool_close(kith__pool *pool)
{
    if (!pool)
        return;
    if (is_forked(pool))
        take_over(pool);
    end_connections(pool->idle);
    pthread_cond_destroy(&pool->turn);
    pthread_mutex_destroy(&pool->mutex);
    munmap(pool->owner, page_size());
    kith__url_free(&pool->url);
    free(pool);
}

const kith__dialect *kith__pool_dialect(const kith__pool *pool) { return pool->driver->dialect; }

/* ---------------------------------------------------------------- take and give */

static void put_taken(kith__pool *pool, kith__connection *connection)
{
    connection->next = pool->taken;
    pool->taken = connection;
}

int kith__pool_take(kith__pool *pool, kith__connection **out, kith__error *error)
{
    if (is_forked(pool))
        take_over(pool);
    pthread_mutex_lock(&pool->mutex);
    kith__connection *connection = pool->idle;
    if (connection) {
        pool->idle = connection->next;
        pool->idle_count--;
        put_taken(pool, connection);
    }
    pthread_mutex_unlock(&pool->mutex);
    if (!connection) {
        int status = pool->driver->open(pool, &pool->url, &connection, error);
        if (status)
            return status;
        connection->generation = atomic_load(&pool->generation);
        pthread_mutex_lock(&pool->mutex);
        put_taken(pool, connection);
        pthread_mutex_unlock(&pool->mutex);
    }
    /* what could not be done before it was given back */
    int status = kith__rollback(connection, error);
    if (!status && connection->owed && !(status = kith__execute(connection, connection->owed, error)))
        connection->owed = NULL;
    if (status)
        kith__pool_give(connection);
    else
        *out = connection;
    return status;
}

static void remove_taken(kith__pool *pool, kith__connection *connection)
{
    for (kith__connection **link = &pool->taken; *link; link = &(*link)->next)
        if (*link == connection) {
            *link = connection->next;
            return;
        }
}

/* The last connection of a pool is never closed before the pool is: a database in memory lives as long as someone has it open. */
static bool keep(kith__pool *pool, kith__connection *connection, bool clean)
{
    bool last = !pool->idle && !pool->taken;
    if (!last && (!clean || pool->idle_count >= MOST_IDLE))
        return false;
    connection->next = pool->idle;
    pool->idle = connection;
    pool->idle_count++;
    return true;
}

void kith__pool_give(kith__connection *connection)
{
    if (!connection)
        return;
    if (is_forked(connection->pool))
        take_over(connection->pool);            /* while it is still among those taken: it has locks to forget */
    if (kith__connection_forked(connection)) {
        end_connection(connection);
        return;
    }
    kith__pool *pool = connection->pool;
    kith__error ignored = { .about = NULL };
    bool clean = kith__rollback(connection, &ignored) == KITH_OK && !connection->owed;
    kith__error_free(&ignored);
    connection->log = NULL;
    pthread_mutex_lock(&pool->mutex);
    remove_taken(pool, connection);
    bool kept = keep(pool, connection, clean);
    if (!kept)
        kith__turn_over(connection);
    pthread_mutex_unlock(&pool->mutex);
    if (!kept)
        end_connection(connection);
}

/* ---------------------------------------------------------------- who holds what */

void kith__pool_note(kith__connection *connection, kith__transaction held)
{
    connection->transaction = held;
    pthread_mutex_lock(&connection->pool->mutex);
    connection->held = held;
    if (held != KITH__WRITING)
        kith__turn_over(connection);
    connection->holder = pthread_self();
    pthread_mutex_unlock(&connection->pool->mutex);
}

kith__transaction kith__pool_held_here(kith__connection *connection)
{
    kith__pool *pool = connection->pool;
    kith__transaction most = KITH__NO_TRANSACTION;
    pthread_mutex_lock(&pool->mutex);
    for (const kith__connection *c = pool->taken; c; c = c->next)
        if (c != connection && c->held > most && pthread_equal(c->holder, pthread_self()))
            most = c->held;
    pthread_mutex_unlock(&pool->mutex);
    return most;
}
