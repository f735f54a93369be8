/*
 * The files of a corpus, given to the target that this is linked with, one by one: "ok FILE" for each that holds.
 */
#include "fuzz.h"

#include <dirent.h>

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void replay(const char *path)
{
    FILE *file = fopen(path, "rb");
    static uint8_t data[1 << 20];
    if (file == NULL)
        return;
    size_t size = fread(data, 1, sizeof data, file);
    fclose(file);
    LLVMFuzzerTestOneInput(data, size);
    printf("ok %s\n", path);
    fflush(stdout);
}

int main(int argc, char **argv)
{
    static char *paths[10000];
    size_t count = 0;
    for (int i = 1; i < argc; i++) {
        DIR *folder = opendir(argv[i]);
        for (struct dirent *entry; folder != NULL && count < KITH__COUNT(paths) && (entry = readdir(folder)) != NULL;) {
            char *path = entry->d_name[0] != '.' ? malloc(strlen(argv[i]) + strlen(entry->d_name) + 2) : NULL;
            if (path == NULL)
                continue;
            sprintf(path, "%s/%s", argv[i], entry->d_name);
            paths[count++] = path;
        }
        if (folder != NULL)
            closedir(folder);
    }
    if (count == 0) {
        printf("not ok there is no corpus\n");
        return 1;
    }
    qsort(paths, count, sizeof *paths, by_name);
    for (size_t i = 0; i < count; i++) {
        replay(paths[i]);
        free(paths[i]);
    }
    return 0;
}
