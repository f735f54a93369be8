/*
 * init: the folder that migrations live in. For the room's own interface.
 */
#include "migrate/files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#define KEEP_ ".gitkeep"

static int make_folder(const char *path, kith__error *error)
{
    if (mkdir(path, 0777) == 0 || errno == EEXIST)
        return KITH_OK;
    return kith__fail(error, KITH_IO, "migrate.io", "cannot make the folder %s: %s.", path, strerror(errno));
}

static bool is_dots(const char *name)
{
    return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

static int refuse(const char *directory, const char *name, kith__error *error)
{
    int status = kith__fail(error, KITH_REFUSED, "migrate.in_the_way", "%s is there already and holds %s: kith does not start migrations in a folder that is in use.",
        directory, name);
    kith__fail_hint(error, "Move it away, or name another folder with -d.");
    return status;
}

/* A folder may hold what kith itself puts there, and nothing else. */
static int check_empty(const char *directory, const char *allowed, bool *found, kith__error *error)
{
    DIR *folder = opendir(directory);
    int status = KITH_OK;
    if (folder == NULL && errno == ENOENT)
        return KITH_OK;
    if (folder == NULL) {
        status = kith__fail(error, KITH_IO, "migrate.io", "cannot read the folder %s: %s.", directory, strerror(errno));
        kith__fail_hint(error, "Move it away, or name another folder with -d.");
        return status;
    }
    for (struct dirent *entry; status == KITH_OK && (entry = readdir(folder)) != NULL;) {
        if (is_dots(entry->d_name))
            continue;
        if (strcmp(entry->d_name, allowed) == 0)
            *found = true;
        else
            status = refuse(directory, entry->d_name, error);
    }
    closedir(folder);
    return status;
}

/* git keeps no empty folder: who clones the project has one to migrate into all the same. */
static int make_keep(kith__arena *arena, const char *versions, kith__error *error)
{
    const char *path = kith__arena_format(arena, "%s/" KEEP_, versions);
    int fd = path != NULL ? open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0666) : -1;
    if (fd < 0)
        return path == NULL ? kith__fail_memory(error) : kith__fail(error, KITH_IO, "migrate.io", "cannot write %s: %s.", path, strerror(errno));
    close(fd);
    return KITH_OK;
}

int kith__migrations_init(const char *directory, bool *was_there, kith__error *error)
{
    kith__arena arena = { 0 };
    bool unused = false;
    *was_there = false;
    const char *versions = kith__arena_format(&arena, "%s/versions", directory);
    int status = versions == NULL ? kith__fail_memory(error) : check_empty(directory, "versions", was_there, error);
    if (status == KITH_OK && *was_there)
        status = check_empty(versions, KEEP_, &unused, error);
    if (status == KITH_OK)
        status = make_folder(directory, error);
    if (status == KITH_OK)
        status = make_folder(versions, error);
    if (status == KITH_OK)
        status = make_keep(&arena, versions, error);
    kith__arena_free(&arena);
    return status;
}
