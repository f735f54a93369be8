/*
 * One measurement: a process of its own, started from this program's file, on a database of its own where it writes.
 *
 * The parent keeps small, since a child's peak memory counts from the moment that it was forked: whatever opens a database
 * runs in a child too.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "run.h"

/* ------------------------------------------------------------------ in the child */
int run_child(const bench_workload *workload, bool on_kith, const char *file)
{
    bench_job job = workload->job;
    bench_result result = { 0 };
    job.file = file;
    bench_watch_start();
    (on_kith ? workload->on_kith : workload->by_hand)(&job, &result);
    const bench_settings *s = &result.settings;
    printf("%.6f %.6f %lld %llu %llu %s %d %d %d %lld %lld\n", result.wall_ms, result.cpu_ms, (long long)result.rows,
        (unsigned long long)result.touched, (unsigned long long)result.everything, s->journal, s->synchronous, s->foreign_keys,
        s->mutex, (long long)s->cache_kib, (long long)s->mmap_bytes);
    return 0;
}

/* False where the run ended without a result. */
static bool read_result(FILE *from, bench_result *result)
{
    long long rows, cache, mmap;
    unsigned long long touched, everything;
    bench_settings *s = &result->settings;
    if (fscanf(from, "%lf %lf %lld %llu %llu %15s %d %d %d %lld %lld", &result->wall_ms, &result->cpu_ms, &rows, &touched, &everything,
            s->journal, &s->synchronous, &s->foreign_keys, &s->mutex, &cache, &mmap) != 11)
        return false;
    result->rows = rows;
    result->touched = touched;
    result->everything = everything;
    s->cache_kib = cache;
    s->mmap_bytes = mmap;
    return true;
}

/* ------------------------------------------------------------------ in the parent */
/* Forks; the child's standard output can be read from the pipe. Gives 0 in the child. */
static pid_t fork_with_pipe(FILE **from)
{
    int ends[2];
    fflush(NULL);
    if (pipe(ends) != 0)
        bench_fail("no pipe");
    pid_t pid = fork();
    if (pid < 0)
        bench_fail("no process");
    if (pid == 0) {
        dup2(ends[1], STDOUT_FILENO);
        close(ends[0]);
    } else if (!(*from = fdopen(ends[0], "r"))) {
        bench_fail("no memory");
    }
    close(ends[1]);
    return pid;
}

static long wait_for(pid_t pid, const char *what)
{
    struct rusage usage;
    int status;
    if (wait4(pid, &status, 0, &usage) != pid)
        bench_fail("%s: lost", what);
    if (WIFSIGNALED(status))
        bench_fail("%s: ended by signal %d", what, WTERMSIG(status));
    if (WEXITSTATUS(status) != 0)
        bench_fail("%s: failed", what);
    return usage.ru_maxrss;
}

void run_make_fixture(const char *fixture, const char *file, bool wal)
{
    FILE *from;
    pid_t pid = fork_with_pipe(&from);
    if (pid == 0) {
        bench_fixture_make(fixture, file, wal);
        exit(0);
    }
    fclose(from);
    wait_for(pid, file);
}

static uint64_t digest_of(const char *file)
{
    FILE *from;
    unsigned long long digest = 0;
    pid_t pid = fork_with_pipe(&from);
    if (pid == 0) {
        printf("%llu\n", (unsigned long long)bench_fixture_digest(file));
        exit(0);
    }
    bool complete = fscanf(from, "%llu", &digest) == 1;
    fclose(from);
    wait_for(pid, file);
    if (!complete)
        bench_fail("%s: no digest", file);
    return digest;
}

/* The copy is on the disk before it is used, so that no run waits for the copying of its file. */
static void copy_file(const char *from, const char *to)
{
    char buffer[65536];
    int in = open(from, O_RDONLY), out = open(to, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    ssize_t n = 0;
    while (in >= 0 && out >= 0 && (n = read(in, buffer, sizeof buffer)) > 0)
        if (write(out, buffer, (size_t)n) != n)
            bench_fail("%s: cannot be written", to);
    if (in < 0 || out < 0 || n < 0 || fsync(out) != 0)
        bench_fail("%s: cannot be copied to %s", from, to);
    close(in);
    close(out);
}

bench_result run_once(const bench_workload *workload, bool on_kith, const char *fixture, const char *copy)
{
    const char *file = workload->writes ? copy : fixture;
    bench_result result = { 0 };
    FILE *from;
    if (workload->writes)
        copy_file(fixture, copy);
    pid_t pid = fork_with_pipe(&from);
    if (pid == 0) {
        execl("/proc/self/exe", "kith-bench", "--run", workload->name, on_kith ? "kith" : "c", file, (char *)NULL);
        bench_fail("cannot start this program again");
    }
    char what[64];
    snprintf(what, sizeof what, "%s %s", workload->name, on_kith ? "on kith" : "by hand");
    bool complete = read_result(from, &result);
    fclose(from);
    result.peak_kib = wait_for(pid, what);
    if (!complete)
        bench_fail("%s: ended without a result", what);
    if (workload->writes) {
        result.everything = digest_of(copy);
        unlink(copy);
    }
    return result;
}
