/*
 * init: the folder that migrations live in. For the room's own interface.
 */
#include "migrate/files.h"

#include <dirent.h>
#include <errno.h>
#include <sys/stat.h>

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

/* A folder may hold what kith itself puts there, and nothing else. `allowed` NULL: nothing at all. */
static int check_empty(const char *directory, const char *allowed, bool *found, kith__error *error)
{
    DIR *folder = opendir(directory);
    int status = KITH_OK;
    if (folder == NULL)
        return errno == ENOENT ? KITH_OK : kith__fail(error, KITH_IO, "migrate.io", "cannot read the folder %s: %s.", directory, strerror(errno));
    for (struct dirent *entry; status == KITH_OK && (entry = readdir(folder)) != NULL;) {
        if (is_dots(entry->d_name))
            continue;
        if (allowed != NULL && strcmp(entry->d_name, allowed) == 0)
            *found = true;
        else
            status = refuse(directory, entry->d_name, error);
    }
    closedir(folder);
    return status;
}

int kith__migrations_init(const char *directory, bool *was_there, kith__error *error)
{
    kith__arena arena = { 0 };
    bool unused = false;
    *was_there = false;
    const char *versions = kith__arena_format(&arena, "%s/versions", directory);
    int status = versions == NULL ? kith__fail_memory(error) : check_empty(directory, "versions", was_there, error);
    if (status == KITH_OK && *was_there)
        status = check_empty(versions, NULL, &unused, error);
    if (status == KITH_OK)
        status = make_folder(directory, error);
    if (status == KITH_OK)
        status = make_folder(versions, error);
    kith__arena_free(&arena);
    return status;
}
