/*
 * cache: what was built is kept, as long as everything that went into it is as it was.
 *
 * One folder per app and flags. In it lies `inputs`: on its first line the name of the object; then for each source and header, as the
 * compiler told them, its digest, size, time and path. A file whose size and time are as noted is taken to be the same; if the time is
 * younger than the note itself the digest decides, since a file may be written twice within one tick of the clock.
 */
#include "cli.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { TICK_NS_ = 20 * 1000 * 1000 };

/* ---------------------------------------------------------------- digests */

typedef struct hash { uint64_t high, low; } hash;

/* times the prime of 128-bit FNV: 2^88 + 0x13b */
static hash fnv(hash at, const void *data, size_t size)
{
    enum { PRIME_LOW_ = 0x13b, PRIME_SHIFT_ = 24 };      /* 2^88 is 2^24 in the upper half */
    const unsigned char *bytes = data;
    for (size_t i = 0; i < size; i++) {
        uint64_t low = at.low ^ bytes[i], bottom = (low & 0xffffffffu) * PRIME_LOW_, top = (low >> 32) * PRIME_LOW_ + (bottom >> 32);
        at.high = at.high * PRIME_LOW_ + (top >> 32) + (low << PRIME_SHIFT_);
        at.low = (top << 32) | (bottom & 0xffffffffu);
    }
    return at;
}

static const hash fnv_start = { UINT64_C(0x6c62272e07bb0142), UINT64_C(0x62b821756295c58d) };

static void digest_of(hash at, digest *out)
{
    snprintf(out->hex, sizeof out->hex, "%016" PRIx64 "%016" PRIx64, at.high, at.low);
}

static bool digest_file(const char *path, digest *out)
{
    char block[16384];
    hash at = fnv_start;
    ssize_t got = -1;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    while ((got = read(fd, block, sizeof block)) > 0)
        at = fnv(at, block, (size_t)got);
    close(fd);
    digest_of(at, out);
    return got == 0;
}

/* ---------------------------------------------------------------- the folder */

/* Nobody else may put anything there: what lies in it is run. */
static int own_folder(const char *path)
{
    struct stat about;
    if (mkdir(path, 0700) != 0 && errno != EEXIST)
        return complain("cannot make the folder %s for what is built: %s. Name another in XDG_CACHE_HOME.", path, strerror(errno));
    if (lstat(path, &about) != 0)
        return complain("cannot look at %s: %s.", path, strerror(errno));
    if (!S_ISDIR(about.st_mode) || about.st_uid != geteuid() || (about.st_mode & 022) != 0)
        return complain("%s is not a folder of yours that only you may write to, so nothing is built there. Remove it, or name another place in XDG_CACHE_HOME.", path);
    return 0;
}

static bool fits(int written, size_t size)
{
    return written >= 0 && (size_t)written < size;
}

/* $XDG_CACHE_HOME, or ~/.cache; made where it is missing */
static int base_folder(char out[PATH_MAX])
{
    const char *named = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
    bool is_named = named != NULL && named[0] == '/';
    if (!is_named && (home == NULL || home[0] != '/'))
        return complain("there is no place for what is built: neither XDG_CACHE_HOME nor HOME is set.");
    if (!fits(is_named ? snprintf(out, PATH_MAX, "%s", named) : snprintf(out, PATH_MAX, "%s/.cache", home), PATH_MAX))
        return complain("the name of the folder for what is built is too long.");
    if (mkdir(out, 0700) != 0 && errno != EEXIST)
        return complain("cannot make the folder %s for what is built: %s. Name another in XDG_CACHE_HOME.", out, strerror(errno));
    return 0;
}

int cache_open(cache *c, const words *identity)
{
    char base[PATH_MAX], ours[PATH_MAX];
    hash at = fnv_start;
    digest name;
    int status = base_folder(base);
    if (status != 0)
        return status;
    for (size_t i = 0; i < identity->count; i++)
        at = fnv(at, identity->items[i], strlen(identity->items[i]) + 1);
    digest_of(at, &name);
    if (!fits(snprintf(ours, sizeof ours, "%s/kith", base), sizeof ours) || !fits(snprintf(c->folder, sizeof c->folder, "%s/%s", ours, name.hex), sizeof c->folder))
        return complain("the name of the folder for what is built is too long.");
    status = own_folder(ours);
    return status == 0 ? own_folder(c->folder) : status;
}

/* One builds, and whoever comes meanwhile waits and finds it there. The lock goes with the process; where there are none all build. */
int cache_lock(const cache *c)
{
    char path[PATH_MAX];
    int fd = fits(snprintf(path, sizeof path, "%s/lock", c->folder), sizeof path) ? open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600) : -1;
    while (fd >= 0 && flock(fd, LOCK_EX) != 0 && errno == EINTR)
        continue;
    return fd;
}

/* ---------------------------------------------------------------- what went into it */

typedef struct input { char hex[33]; long long size, seconds; long nanoseconds; const char *path; } input;

static bool read_input(char *line, input *out)
{
    int at = 0;
    bool read = sscanf(line, "%32s %lld %lld.%ld %n", out->hex, &out->size, &out->seconds, &out->nanoseconds, &at) == 4 && at > 0;
    out->path = line + at;
    return read;
}

static long long elapsed_ns(struct timespec from, struct timespec to)
{
    return (to.tv_sec - from.tv_sec) * 1000000000LL + (to.tv_nsec - from.tv_nsec);
}

static bool is_as_noted(const input *in, struct timespec noted)
{
    struct stat about;
    digest now;
    if (stat(in->path, &about) != 0 || about.st_size != in->size)
        return false;
    bool same_time = about.st_mtim.tv_sec == in->seconds && about.st_mtim.tv_nsec == in->nanoseconds;
    if (same_time && elapsed_ns(about.st_mtim, noted) > TICK_NS_)
        return true;
    return digest_file(in->path, &now) && strcmp(now.hex, in->hex) == 0;
}

static bool inputs_hold(FILE *notes, struct timespec noted)
{
    char line[PATH_MAX + 128];
    input in;
    while (fgets(line, sizeof line, notes) != NULL) {
        line[strcspn(line, "\n")] = 0;
        if (!read_input(line, &in) || !is_as_noted(&in, noted))
            return false;
    }
    return !ferror(notes);
}

static FILE *open_notes(const cache *c, struct stat *about)
{
    char path[PATH_MAX];
    FILE *notes = fits(snprintf(path, sizeof path, "%s/inputs", c->folder), sizeof path) ? fopen(path, "re") : NULL;
    if (notes != NULL && fstat(fileno(notes), about) != 0) {
        fclose(notes);
        notes = NULL;
    }
    return notes;
}

bool cache_find(const cache *c, char out[PATH_MAX])
{
    char name[64];
    struct stat about;
    FILE *notes = open_notes(c, &about);
    if (notes == NULL)
        return false;
    bool found = fgets(name, sizeof name, notes) != NULL;
    if (found) {
        name[strcspn(name, "\n")] = 0;
        found = strchr(name, '/') == NULL && fits(snprintf(out, PATH_MAX, "%s/%s", c->folder, name), PATH_MAX) && access(out, R_OK) == 0 &&
                inputs_hold(notes, about.st_mtim);
    }
    fclose(notes);
    return found;
}

/* ---------------------------------------------------------------- putting */

/* A file that was written while the compiler ran may not be what it read: it is noted so that it never holds. */
static bool note_input(FILE *notes, const char *path, struct timespec since)
{
    struct stat about;
    digest now;
    if (stat(path, &about) != 0 || !digest_file(path, &now))
        return false;
    bool sure = elapsed_ns(about.st_mtim, since) > TICK_NS_;
    return fprintf(notes, "%s %lld %lld.%ld %s\n", now.hex, sure ? (long long)about.st_size : -1LL, (long long)about.st_mtim.tv_sec, about.st_mtim.tv_nsec, path) > 0;
}

/* What was there before it is not needed any more; a program that has it loaded keeps it. */
static void forget(const char *folder, const char *old, const char *new)
{
    char path[PATH_MAX];
    if (*old != 0 && strcmp(old, new) != 0 && strchr(old, '/') == NULL && fits(snprintf(path, sizeof path, "%s/%s", folder, old), sizeof path))
        unlink(path);
}

static void read_old_name(const cache *c, char name[64])
{
    struct stat about;
    FILE *notes = open_notes(c, &about);
    name[0] = 0;
    if (notes == NULL)
        return;
    if (fgets(name, 64, notes) == NULL)
        name[0] = 0;
    name[strcspn(name, "\n")] = 0;
    fclose(notes);
}

bool cache_put(const cache *c, const char *built, const words *inputs, struct timespec since, char out[PATH_MAX])
{
    char name[64], old[64], passing[PATH_MAX], kept[PATH_MAX];
    read_old_name(c, old);
    if (!fits(snprintf(passing, sizeof passing, "%s/inputs.%ld", c->folder, (long)getpid()), sizeof passing) ||
        !fits(snprintf(kept, sizeof kept, "%s/inputs", c->folder), sizeof kept))
        return complain("the name of the folder for what is built is too long."), false;
    FILE *notes = fopen(passing, "we");
    snprintf(name, sizeof name, "app-%ld-%lld.so", (long)getpid(), (long long)since.tv_sec);
    bool well = notes != NULL && fprintf(notes, "%s\n", name) > 0;
    for (size_t i = 0; i < inputs->count && well; i++)
        well = note_input(notes, inputs->items[i], since);
    if (notes != NULL)
        well = fclose(notes) == 0 && well;
    well = well && fits(snprintf(out, PATH_MAX, "%s/%s", c->folder, name), PATH_MAX) && rename(built, out) == 0 && rename(passing, kept) == 0;
    if (!well) {
        unlink(passing);
        complain("cannot keep what was built in %s: %s.", c->folder, strerror(errno));
    } else {
        forget(c->folder, old, name);
    }
    return well;
}
