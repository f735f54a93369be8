/*
 * wait: the lock. Who is at work says so in a row of the history, and has the database's own lock; the lock knows better. For run.c and
 * its kin.
 */
#include "migrate/running.h"

#include <errno.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

enum { PAUSE_NS_ = 100 * 1000 * 1000, IDLE_MS_ = 2000 };

bool kith__running_locked(const kith__error *error)
{
    return error->public_.status == KITH_BUSY && strcmp(error->public_.code, "busy") == 0;
}

/* A little longer, for `holder`; or not any more. */
static int wait_for(kith__running *r, const char *holder)
{
    int64_t limit = r->options->lock_timeout_ms != 0 ? r->options->lock_timeout_ms : 60000, waited = kith__running_clock() - r->began_ms;
    if (holder == NULL)
        return kith__fail_memory(r->error);
    bool settling = r->idle_row != 0;       /* in a moment it is known whether anyone is there at all */
    if (waited >= limit && !settling) {
        int status = kith__fail(r->error, KITH_BUSY, "migrate.locked", "%s; waited %lld s.", holder, (long long)(waited / 1000));
        kith__fail_hint(r->error, "Try again, or wait longer: --lock-timeout SECONDS");
        return status;
    }
    if (r->options->progress != NULL)
        r->options->progress(r->options->arg, &(kith__progress){ .waiting = true, .holder = holder });
    nanosleep(&(struct timespec){ .tv_nsec = PAUSE_NS_ }, NULL);
    return KITH_OK;
}

/* Locked, even for reading: nobody knows by whom. */
int kith__running_wait(kith__running *r)
{
    kith__error_clear(r->error);
    r->idle_row = 0;
    return wait_for(r, "another program is writing to the database");
}

int kith__running_read_patiently(kith__running *r, kith__applied **running)
{
    int status = kith__running_read(r, running);
    while (status != KITH_OK && kith__running_locked(r->error) && (status = kith__running_wait(r)) == KITH_OK)
        status = kith__running_read(r, running);
    return status;
}

/* The lock itself knows better than the row whether somebody is at work. Who is, has it but for a moment between two files; who has left
 * it alone for seconds is dead, on a machine or in a container that we cannot see into, or its number belongs to another program now.
 * (Should it only have slept: it looks where the database is before it does anything.) */
static int try_lock(kith__running *r, const kith__applied *running)
{
    kith__error why = { 0 };
    int status = kith__begin(r->connection, KITH__WRITING, &why);
    bool locked = status != KITH_OK && kith__running_locked(&why);
    if (status == KITH_OK)
        status = kith__rollback(r->connection, r->error);
    else if (locked)
        status = KITH_OK;
    else
        kith__error_copy(r->error, &why);
    kith__error_free(&why);
    if (locked)
        r->idle_row = 0;
    else if (r->idle_row != running->id) {
        r->idle_row = running->id;
        r->idle_since_ms = kith__running_clock();
    }
    return status;
}

bool kith__running_alive(const kith__running *r, const kith__applied *running)
{
    char host[65] = "";
    if (r->idle_row == running->id && kith__running_clock() - r->idle_since_ms >= IDLE_MS_)
        return false;
    gethostname(host, sizeof host - 1);
    bool here = running->host != NULL && strcmp(host, running->host) == 0;
    if (here && running->pid == (int64_t)getpid())
        return false;
    return !here || kill((pid_t)running->pid, 0) == 0 || errno == EPERM;
}

/* Until nobody else who is alive says to be at work. */
int kith__running_wait_turn(kith__running *r)
{
    for (;;) {
        kith__applied *running = NULL;
        int status = kith__running_read_patiently(r, &running);
        if (status != KITH_OK || running == NULL || !kith__running_alive(r, running))
            return status;
        status = try_lock(r, running);
        if (status == KITH_OK)
            status = wait_for(r, kith__arena_format(&r->arena, "another kith (pid %lld on %s) has been at %s since %s", (long long)running->pid,
                running->host != NULL ? running->host : "?", running->revision, running->started_at != NULL ? running->started_at : "?"));
        if (status != KITH_OK)
            return status;
    }
}

int kith__running_begin(kith__running *r)
{
    int status = kith__begin(r->connection, KITH__WRITING, r->error);
    while (status != KITH_OK && kith__running_locked(r->error) && (status = kith__running_wait(r)) == KITH_OK)
        status = kith__begin(r->connection, KITH__WRITING, r->error);
    return status;
}
