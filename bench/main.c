/*
 * kith-bench: the workloads by hand and on kith, turn and turn about, and one table of what they took.
 *
 *   kith-bench [WORKLOAD…] [--rounds N] [--only c|kith] [--cpu] [--wal] [--directory DIR] [--list]
 *   kith-bench --prepare DIR                   the database files that workloads start from, for a profiler:
 *   kith-bench --run WORKLOAD c|kith FILE      one run, in this process
 *
 * Exits 1 when the two sides did not do the same, with the same settings; a ratio that misses its target is marked only.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "run.h"

enum { ROUNDS_MAX = 101, BY_HAND = 0, ON_KITH = 1 };

typedef struct options {
    const char *names[32];
    size_t      count;
    int         rounds;
    bool        sides[2];
    bool        cpu, wal, kept;
    char        directory[200];
    pid_t       owner;          /* children end too, and remove nothing */
} options;

typedef struct measured { double ms[2][ROUNDS_MAX], ratio[ROUNDS_MAX], mib[2][ROUNDS_MAX]; } measured;

/* ------------------------------------------------------------------ files */
static const char *const FIXTURES_[] = { "empty", "people", "books to read", "books to delete", "courses" };
enum { FIXTURES = sizeof FIXTURES_ / sizeof *FIXTURES_ };

static void path_of(const options *o, const char *name, char path[256])
{
    snprintf(path, 256, "%s/%s.db", o->directory, name);
    for (char *at = path + strlen(o->directory); *at; at++)
        if (*at == ' ')
            *at = '-';
}

static void make_fixture(const options *o, const char *fixture)
{
    char path[256];
    path_of(o, fixture, path);
    if (access(path, F_OK) != 0)
        run_make_fixture(fixture, path, o->wal);
}

static options options_;         /* at exit there is no argument, hence a static */

/* However the program ends. */
static void remove_files(void)
{
    static const char *const endings[] = { "", "-journal", "-wal", "-shm" };
    char path[256];
    if (options_.kept || options_.owner != getpid())
        return;
    for (size_t i = 0; i <= FIXTURES; i++)
        for (size_t k = 0; k < sizeof endings / sizeof *endings; k++) {
            char file[264];
            path_of(&options_, i < FIXTURES ? FIXTURES_[i] : "copy", path);
            snprintf(file, sizeof file, "%s%s", path, endings[k]);
            unlink(file);
        }
    rmdir(options_.directory);
}

/* A directory on the disk: /tmp may be memory. */
static void make_directory(options *o)
{
    const char *place = getenv("TMPDIR");
    if (o->kept)
        return;
    snprintf(o->directory, sizeof o->directory, "%s/kith-bench.XXXXXX", place && strlen(place) < 150 ? place : "/var/tmp");
    if (!mkdtemp(o->directory))
        bench_fail("%s: cannot be made", o->directory);
    o->owner = getpid();
    atexit(remove_files);
}

/* ------------------------------------------------------------------ both sides did the same */
static void compare_settings(const bench_workload *w, const bench_settings *a, const bench_settings *b)
{
    if (w->job.opening == BENCH_PLAIN)      /* differs on purpose */
        return;
    if (strcmp(a->journal, b->journal) != 0 || a->synchronous != b->synchronous || a->foreign_keys != b->foreign_keys
            || a->cache_kib != b->cache_kib || a->mmap_bytes != b->mmap_bytes)
        bench_fail("%s: the two sides' settings differ: by hand journal %s, synchronous %d, foreign keys %d, cache %lld KiB, mmap %lld;"
                   " kith %s, %d, %d, %lld KiB, %lld", w->name, a->journal, a->synchronous, a->foreign_keys, (long long)a->cache_kib,
                   (long long)a->mmap_bytes, b->journal, b->synchronous, b->foreign_keys, (long long)b->cache_kib, (long long)b->mmap_bytes);
}

static void compare(const bench_workload *w, const bench_result *first, const bench_result *now)
{
    if (first->rows != now->rows || first->touched != now->touched || first->everything != now->everything)
        bench_fail("%s: the results differ: %lld rows, sum %llx, hash %llx; and %lld rows, sum %llx, hash %llx", w->name,
            (long long)first->rows, (unsigned long long)first->touched, (unsigned long long)first->everything, (long long)now->rows,
            (unsigned long long)now->touched, (unsigned long long)now->everything);
    compare_settings(w, &first->settings, &now->settings);
}

/* ------------------------------------------------------------------ numbers */
static int ascending(const void *a, const void *b)
{
    const double *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

static double median(const double *values, int count)
{
    double sorted[ROUNDS_MAX];
    memcpy(sorted, values, (size_t)count * sizeof *sorted);
    qsort(sorted, (size_t)count, sizeof *sorted, ascending);
    return count % 2 ? sorted[count / 2] : (sorted[count / 2 - 1] + sorted[count / 2]) / 2;
}

static void extremes(const double *values, int count, double *low, double *high)
{
    *low = *high = values[0];
    for (int i = 1; i < count; i++) {
        *low = values[i] < *low ? values[i] : *low;
        *high = values[i] > *high ? values[i] : *high;
    }
}

/* ------------------------------------------------------------------ one workload, one line */
static void measure(const options *o, const bench_workload *w, const bool sides[2], measured *m, bench_result *last)
{
    char fixture[256], copy[256];
    bench_result first = { .rows = -1 };
    path_of(o, w->fixture, fixture);
    path_of(o, "copy", copy);
    for (int round = 0; round < o->rounds; round++) {
        for (int side = BY_HAND; side <= ON_KITH; side++) {
            if (!sides[side])
                continue;
            last[side] = run_once(w, side == ON_KITH, fixture, copy);
            first = first.rows < 0 ? last[side] : first;
            compare(w, &first, &last[side]);
            m->ms[side][round] = o->cpu ? last[side].cpu_ms : last[side].wall_ms;
            m->mib[side][round] = (double)last[side].peak_kib / 1024;
        }
        if (sides[BY_HAND] && sides[ON_KITH])
            m->ratio[round] = m->ms[ON_KITH][round] / m->ms[BY_HAND][round];
    }
}

static void print_number(bool given, int width, int digits, double value)
{
    if (given)
        printf(" %*.*f", width, digits, value);
    else
        printf(" %*s", width, "-");
}

static void print_line(const options *o, const bench_workload *w, const bool sides[2], const measured *m)
{
    bool both = sides[BY_HAND] && sides[ON_KITH];
    double low = 0, high = 0, ratio = both ? median(m->ratio, o->rounds) : 0;
    if (both)
        extremes(m->ratio, o->rounds, &low, &high);
    printf("%-4s %-34s", w->name, w->title);
    for (int side = BY_HAND; side <= ON_KITH; side++)
        print_number(sides[side], 8, 1, sides[side] ? median(m->ms[side], o->rounds) : 0);
    print_number(both, 6, 2, ratio);
    print_number(both, 6, 2, low);
    print_number(both, 5, 2, high);
    printf(" %6.2f %-4s", w->target, !both ? "" : ratio <= w->target ? "" : "miss");
    for (int side = BY_HAND; side <= ON_KITH; side++)
        print_number(sides[side], 7, 1, sides[side] ? median(m->mib[side], o->rounds) : 0);
    puts("");
}

static void print_settings(const char *who, const bench_settings *s)
{
    static const char *const levels[] = { "off", "normal", "full", "extra" };
    printf("     %s: journal %s, synchronous %s, page cache %lld KiB, mmap %lld, foreign keys %s, %s\n", who, s->journal,
        levels[s->synchronous & 3], (long long)s->cache_kib, (long long)s->mmap_bytes, s->foreign_keys ? "on" : "off",
        s->mutex ? "serialized" : "no mutex");
}

/* Only where they are not those of the line above. */
static void print_new_settings(const bool sides[2], const bench_result *last, bench_settings shown[2])
{
    static const char *const who[] = { "C   ", "kith" };
    for (int side = BY_HAND; side <= ON_KITH; side++)
        if (sides[side] && memcmp(&shown[side], &last[side].settings, sizeof *shown) != 0) {
            print_settings(who[side], &last[side].settings);
            shown[side] = last[side].settings;
        }
}

static bool wanted(const options *o, const bench_workload *w)
{
    for (size_t i = 0; i < o->count; i++)
        if (strcmp(o->names[i], w->name) == 0)
            return true;
    return o->count == 0;
}

static void measure_all(const options *o)
{
    bench_settings shown[2] = { 0 };
    printf("%d rounds, %s time, databases in %s; ratio is kith to hand-written C, the median of the rounds' own ratios\n\n",
        o->rounds, o->cpu ? "processor" : "wall", o->directory);
    printf("%-39s %8s %8s %6s %6s %5s %6s %-4s %7s %7s\n", "workload", "C ms", "kith ms", "ratio", "min", "max", "target", "", "C MiB",
        "kith MiB");
    for (const bench_workload *w = bench_workloads; w->name; w++) {
        bool sides[2] = { o->sides[BY_HAND] && w->by_hand, o->sides[ON_KITH] && w->on_kith };
        measured m;
        bench_result last[2] = { 0 };
        if (!wanted(o, w) || (!sides[BY_HAND] && !sides[ON_KITH]))
            continue;
        make_fixture(o, w->fixture);
        measure(o, w, sides, &m, last);
        print_line(o, w, sides, &m);
        print_new_settings(sides, last, shown);
        fflush(stdout);
    }
}

/* ------------------------------------------------------------------ command line */
static const bench_workload *named(const char *name)
{
    for (const bench_workload *w = bench_workloads; w->name; w++)
        if (strcmp(w->name, name) == 0)
            return w;
    bench_fail("no workload is called %s: see --list", name);
}

static int run_asked(int argc, char **argv)
{
    const bench_workload *w = argc == 5 ? named(argv[2]) : NULL;
    bool on_kith = w && strcmp(argv[3], "kith") == 0;
    if (!w || (!on_kith && strcmp(argv[3], "c") != 0))
        bench_fail("write --run WORKLOAD c|kith FILE");
    if (!(on_kith ? w->on_kith : w->by_hand))
        bench_fail("%s has no side %s", w->name, argv[3]);
    return run_child(w, on_kith, argv[4]);
}

static const char *value_of(int argc, char **argv, int *at)
{
    if (*at + 1 >= argc)
        bench_fail("%s needs a value", argv[*at]);
    return argv[++*at];
}

static void use_directory(options *o, const char *directory)
{
    if (strlen(directory) >= sizeof o->directory)
        bench_fail("%s: too long", directory);
    strcpy(o->directory, directory);
    mkdir(directory, 0700);
    o->kept = true;
}

static void only(options *o, const char *side)
{
    o->sides[BY_HAND] = strcmp(side, "c") == 0;
    o->sides[ON_KITH] = strcmp(side, "kith") == 0;
    if (!o->sides[BY_HAND] && !o->sides[ON_KITH])
        bench_fail("--only takes c or kith");
}

static bool flag(options *o, const char *argument)
{
    if (strcmp(argument, "--cpu") == 0)
        o->cpu = true;
    else if (strcmp(argument, "--wal") == 0)
        o->wal = true;
    else
        return false;
    return true;
}

static void name(options *o, const char *argument)
{
    if (argument[0] == '-' || o->count == sizeof o->names / sizeof *o->names)
        bench_fail("%s: kith-bench [WORKLOAD…] [--rounds N] [--only c|kith] [--cpu] [--wal] [--directory DIR] [--list]", argument);
    o->names[o->count++] = named(argument)->name;
}

static void read_options(int argc, char **argv, options *o)
{
    for (int i = 1; i < argc; i++)
        if (strcmp(argv[i], "--rounds") == 0)
            o->rounds = atoi(value_of(argc, argv, &i));
        else if (strcmp(argv[i], "--only") == 0)
            only(o, value_of(argc, argv, &i));
        else if (strcmp(argv[i], "--directory") == 0 || strcmp(argv[i], "--prepare") == 0)
            use_directory(o, value_of(argc, argv, &i));
        else if (!flag(o, argv[i]))
            name(o, argv[i]);
    if (o->rounds < 1 || o->rounds > ROUNDS_MAX)
        bench_fail("--rounds takes a number from 1 to %d", ROUNDS_MAX);
}

static int list(void)
{
    for (const bench_workload *w = bench_workloads; w->name; w++)
        printf("%-4s %-34s target %.2f, from the database \"%s\"\n", w->name, w->title, w->target, w->fixture);
    return 0;
}

int main(int argc, char **argv)
{
    options *o = &options_;
    *o = (options){ .rounds = 7, .sides = { true, true } };
    if (argc > 1 && strcmp(argv[1], "--run") == 0)
        return run_asked(argc, argv);
    if (argc > 1 && strcmp(argv[1], "--list") == 0)
        return list();
    read_options(argc, argv, o);
    make_directory(o);
    if (strcmp(argv[1] ? argv[1] : "", "--prepare") == 0)
        for (size_t i = 0; i < FIXTURES; i++)
            make_fixture(o, FIXTURES_[i]);
    else
        measure_all(o);
    return 0;
}
