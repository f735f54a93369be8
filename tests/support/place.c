/*
 * Temporary folders, whole files, children and another locale, for tests.
 */
#include "support.h"

#include <ftw.h>
#include <locale.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

char *kith_test_path(const char *folder, const char *name)
{
    size_t size = strlen(folder) + strlen(name) + 2;
    char *path = malloc(size);
    assert_non_null(path);
    snprintf(path, size, "%s/%s", folder, name);
    return path;
}

char *kith_test_folder(void)
{
    const char *parent = getenv("TMPDIR");
    char *folder = kith_test_path(parent && *parent ? parent : "/tmp", "kith-test-XXXXXX");
    if (!mkdtemp(folder))
        fail_msg("no temporary folder could be made at %s", folder);
    return folder;
}

static int remove_one(const char *path, const struct stat *status, int type, struct FTW *walk)
{
    (void)status, (void)type, (void)walk;
    return remove(path);
}

void kith_test_remove_folder(char *folder)
{
    if (nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS) != 0)
        fail_msg("%s could not be removed", folder);
    free(folder);
}

static char *locales;

void kith_test_comma(void)
{
    char command[300];
    locales = kith_test_folder();
    snprintf(command, sizeof command, "localedef -i de_DE -f UTF-8 %s/de_DE.UTF-8", locales);
    assert_int_equal(system(command), 0);
    setenv("LOCPATH", locales, 1);
    assert_non_null(setlocale(LC_ALL, "de_DE.UTF-8"));
    assert_string_equal(localeconv()->decimal_point, ",");
}

void kith_test_point(void)
{
    setlocale(LC_ALL, "C");
    unsetenv("LOCPATH");
    kith_test_remove_folder(locales);
}

char *kith_test_read_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    char *text = NULL;
    size_t size = 0, got = 0;
    if (!file)
        return NULL;
    do {
        size += 65536;
        text = realloc(text, size + 1);
        assert_non_null(text);
        got += fread(text + got, 1, size - got, file);
    } while (got == size);
    fclose(file);
    text[got] = 0;
    return text;
}

void kith_test_write_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "wb");
    if (!file || fputs(text, file) < 0 || fclose(file) != 0)
        fail_msg("%s could not be written", path);
}

#ifdef KITH_TEST_COVERAGE
void __gcov_dump(void);         /* what gcov does at exit, which a child must not go through */
#endif

void kith_test_exit(int status)
{
#ifdef KITH_TEST_COVERAGE
    __gcov_dump();
#endif
    _exit(status);
}
