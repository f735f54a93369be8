/*
 * new: `kith new NAME`, a project that builds and runs at once: one model, an app with two commands, a Makefile, an empty folder for
 * migrations. The texts are in skeleton.c, with @NAME@ where the name goes.
 */
#include "cli.h"
#include "skeleton.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A name of a folder, a program and a database file in one. */
static bool is_name(const char *name)
{
    for (const char *p = name; *p != 0; p++)
        if (!isalnum((unsigned char)*p) && !(p > name && (*p == '_' || *p == '-')))
            return false;
    return *name != 0 && strlen(name) <= 100;
}

static void put_named(FILE *file, const char *text, const char *name)
{
    static const char mark[] = "@NAME@";
    for (const char *found; (found = strstr(text, mark)) != NULL; text = found + strlen(mark))
        fprintf(file, "%.*s%s", (int)(found - text), text, name);
    fputs(text, file);
}

static int put_file(int folder, const skeleton *one, const char *name)
{
    int fd = openat(folder, one->path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    FILE *file = fd >= 0 ? fdopen(fd, "w") : NULL;
    if (file == NULL)
        return complain("cannot make %s/%s: %s.", name, one->path, strerror(errno));
    put_named(file, one->text, name);
    bool well = !ferror(file);
    well = fclose(file) == 0 && well;
    return well ? 0 : complain("cannot write %s/%s: %s.", name, one->path, strerror(errno));
}

static int fill(int folder, const char *name)
{
    static const char *const folders[] = { "migrations", "migrations/versions" };
    int status = 0;
    for (size_t i = 0; i < sizeof folders / sizeof *folders && status == 0; i++)
        if (mkdirat(folder, folders[i], 0777) != 0)
            status = complain("cannot make the folder %s/%s: %s.", name, folders[i], strerror(errno));
    for (const skeleton *one = skeletons; one->path != NULL && status == 0; one++)
        status = put_file(folder, one, name);
    return status;
}

static int begin(const char *name)
{
    if (mkdir(name, 0777) != 0)
        return errno == EEXIST ? complain("%s is there already, and nothing in it was touched. Name a project that is not.", name)
                               : complain("cannot make the folder %s: %s.", name, strerror(errno));
    int folder = open(name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0)
        return complain("cannot open the folder %s: %s.", name, strerror(errno));
    int status = fill(folder, name);
    close(folder);
    if (status != 0)
        return status;
    printf("Made %s:", name);
    for (const skeleton *one = skeletons; one->path != NULL; one++)
        if (strchr(one->path, '/') == NULL)
            printf(" %s", one->path);
    printf(" migrations/\n\nNext:\n"
           "  cd %s\n"
           "  kith db migrate -m \"first tables\"\n"
           "  kith db upgrade\n"
           "  kith add \"Buy bread\"\n"
           "  kith list\n", name);
    return 0;
}

int command_new(int argc, char **argv)
{
    bool help = argc == 2 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0);
    if (help || argc != 2) {
        fputs("Usage: kith new NAME\n\nMakes the folder NAME with a project that builds and runs at once.\n", help ? stdout : stderr);
        return help ? 0 : 2;
    }
    if (!is_name(argv[1]))
        return complain("'%s' cannot be a project's name: it takes letters, digits, - and _, and begins with a letter or digit.", argv[1]), 2;
    return begin(argv[1]);
}
