/*
 * turn: who of a pool's connections may ask the engine for its one write lock. The engine's own way is to sleep and try again, which
 * under many threads serves whoever happens to be awake; here they stand in line. Other programs are the engine's to wait for.
 * For engines with one writer (SQLite).
 */
#include "driver/pool.h"

#include <time.h>

static struct timespec after_ns(int64_t ns)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    int64_t sum = t.tv_nsec + ns % 1000000000;
    t.tv_sec += (time_t)(ns / 1000000000 + sum / 1000000000);
    t.tv_nsec = (long)(sum % 1000000000);
    return t;
}

static bool is_past(const struct timespec *t)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec > t->tv_sec || (now.tv_sec == t->tv_sec && now.tv_nsec >= t->tv_nsec);
}

static void join_line(kith__pool *pool, kith__connection *connection)
{
    kith__connection **end = &pool->line;
    while (*end)
        end = &(*end)->behind;
    connection->behind = NULL;
    *end = connection;
}

static void leave_line(kith__pool *pool, const kith__connection *connection)
{
    for (kith__connection **at = &pool->line; *at; at = &(*at)->behind)
        if (*at == connection) {
            *at = connection->behind;
            break;
        }
    pthread_cond_broadcast(&pool->turn);
}

bool kith__turn_take(kith__connection *connection, int64_t timeout_ns, bool (*stop)(kith__connection *))
{
    enum { SLICE_NS = 20000000 };               /* how soon an interrupt is noticed */
    kith__pool *pool = connection->pool;
    struct timespec until = after_ns(timeout_ns);
    bool taken = false, given_up = false;
    pthread_mutex_lock(&pool->mutex);
    join_line(pool, connection);
    while (!taken && !given_up) {
        taken = !pool->writer && pool->line == connection;
        /* the writer is of this very thread: the engine will say so */
        given_up = !taken && ((pool->writer && pthread_equal(pool->writer->holder, pthread_self())) || is_past(&until) || stop(connection));
        if (!taken && !given_up) {
            struct timespec slice = after_ns(SLICE_NS);
            pthread_cond_timedwait(&pool->turn, &pool->mutex, &slice);
        }
    }
    if (taken) {
        pool->writer = connection;
        connection->holder = pthread_self();
    }
    leave_line(pool, connection);
    pthread_mutex_unlock(&pool->mutex);
    return taken;
}

/* with the pool's mutex held */
void kith__turn_over(kith__connection *connection)
{
    if (connection->pool->writer != connection)
        return;
    connection->pool->writer = NULL;
    pthread_cond_broadcast(&connection->pool->turn);
}

void kith__turn_init(kith__pool *pool)
{
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&pool->turn, &monotonic);
    pthread_condattr_destroy(&monotonic);
    pool->writer = pool->line = NULL;
}
