/*
 * Loaded before libc, for no_memory.py: malloc and its kin fail once, at the n-th call that comes from kith's library or its module for
 * Python. What others ask for (the interpreter, SQLite, libc itself) they get.
 */
#include <dlfcn.h>
#include <errno.h>
#include <link.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum { MOST_RANGES = 16 };
static struct { uintptr_t from, to; } ranges[MOST_RANGES];
static size_t range_count;
static long left = -1;              /* calls until the one that fails; below 0: none does */
static bool failed;

static int note(struct dl_phdr_info *info, size_t size, void *unused)
{
    const char *name = strrchr(info->dlpi_name, '/');
    (void)size, (void)unused;
    if (!name || (strncmp(name, "/libkith.so", 11) && strncmp(name, "/_core.", 7)))
        return 0;
    for (size_t i = 0; i < info->dlpi_phnum && range_count < MOST_RANGES; i++)
        if (info->dlpi_phdr[i].p_type == PT_LOAD && info->dlpi_phdr[i].p_flags & PF_X) {
            ranges[range_count].from = info->dlpi_addr + info->dlpi_phdr[i].p_vaddr;
            ranges[range_count].to = ranges[range_count].from + info->dlpi_phdr[i].p_memsz;
            range_count++;
        }
    return 0;
}

/* How many pieces of code are watched. */
__attribute__((visibility("default"))) long failing_arm(long n)
{
    range_count = 0;
    dl_iterate_phdr(note, NULL);
    failed = false;
    left = n;
    return (long)range_count;
}

/* Whether a call failed. */
__attribute__((visibility("default"))) long failing_disarm(void)
{
    left = -1;
    return failed;
}

static bool fails(const void *caller)
{
    if (left < 0)
        return false;
    bool watched = false;
    for (size_t i = 0; i < range_count; i++)
        watched |= (uintptr_t)caller >= ranges[i].from && (uintptr_t)caller < ranges[i].to;
    if (!watched || left-- > 0)
        return false;
    failed = true;
    errno = ENOMEM;
    return true;
}

extern void *__libc_malloc(size_t), *__libc_calloc(size_t, size_t), *__libc_realloc(void *, size_t);

__attribute__((visibility("default"))) void *malloc(size_t size) { return fails(__builtin_return_address(0)) ? NULL : __libc_malloc(size); }
__attribute__((visibility("default"))) void *calloc(size_t n, size_t size) { return fails(__builtin_return_address(0)) ? NULL : __libc_calloc(n, size); }
__attribute__((visibility("default"))) void *realloc(void *p, size_t size) { return fails(__builtin_return_address(0)) ? NULL : __libc_realloc(p, size); }
