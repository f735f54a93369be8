/*
 * malloc and its kin, and mmap, for tests, put in place by the linker (--wrap): counted, told to fail, and remembered until freed.
 * The set of living blocks is an open-addressing table of addresses, in memory from the real calloc. They stand in it with their bits
 * turned: a sanitizer or valgrind that looks for leaks would follow plain ones, and find every block that was left behind still reachable.
 */
#include "support.h"

#include <errno.h>
#include <pthread.h>
#include <sys/mman.h>

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *block, size_t size);
void *__real_aligned_alloc(size_t alignment, size_t size);
int   __real_posix_memalign(void **block, size_t alignment, size_t size);
void  __real_free(void *block);
void *__real_mmap64(void *address, size_t size, int protection, int flags, int file, off_t offset);
int   __real_munmap(void *address, size_t size);

void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *block, size_t size);
void *__wrap_aligned_alloc(size_t alignment, size_t size);
int   __wrap_posix_memalign(void **block, size_t alignment, size_t size);
char *__wrap_strdup(const char *text);
char *__wrap_strndup(const char *text, size_t size);
void  __wrap_free(void *block);
void *__wrap_mmap(void *address, size_t size, int protection, int flags, int file, off_t offset);
void *__wrap_mmap64(void *address, size_t size, int protection, int flags, int file, off_t offset);
int   __wrap_munmap(void *address, size_t size);

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static size_t fail_at, seen;            /* fail_at 0: none */
static bool has_failed, fails_on;         /* fails_on: all after fail_at, too */
static uintptr_t *blocks;               /* 0: free; 1: was taken */
static size_t block_slots, block_used, block_count;     /* used: taken or once taken */

/* ---------------------------------------------------------------- the set of living blocks; under the lock */

static uintptr_t disguised(const void *block) { return ~(uintptr_t)block; }

static size_t slot_of(uintptr_t address)
{
    return (size_t)((address >> 4) * UINT64_C(0x9E3779B97F4A7C15)) & (block_slots - 1);
}

static void put(uintptr_t address)
{
    size_t at = slot_of(address);
    while (blocks[at] > 1)
        at = (at + 1) & (block_slots - 1);
    block_used += blocks[at] == 0;
    blocks[at] = address;
    block_count++;
}

static void make_room(void)
{
    if (block_used * 2 < block_slots)
        return;
    uintptr_t *old = blocks;
    size_t slots = block_slots;
    block_slots = block_count * 4 < 1024 ? 1024 : slots * (block_count * 4 > slots ? 2 : 1);
    blocks = __real_calloc(block_slots, sizeof *blocks);
    if (!blocks)
        abort();
    block_used = block_count = 0;
    for (size_t i = 0; i < slots; i++)
        if (old[i] > 1)
            put(old[i]);
    __real_free(old);
}

static void *remember(void *block)
{
    if (!block)
        return NULL;
    pthread_mutex_lock(&lock);
    make_room();
    put(disguised(block));
    pthread_mutex_unlock(&lock);
    return block;
}

/* A block that libc or SQLite took and kith frees is not in the set: nothing to forget. */
static void forget(void *block)
{
    uintptr_t address = disguised(block);
    pthread_mutex_lock(&lock);
    for (size_t at = block_slots ? slot_of(address) : 0; block_slots && blocks[at]; at = (at + 1) & (block_slots - 1))
        if (blocks[at] == address) {
            blocks[at] = 1;
            block_count--;
            break;
        }
    pthread_mutex_unlock(&lock);
}

static bool must_fail(void)
{
    pthread_mutex_lock(&lock);
    seen++;
    bool fails = seen == fail_at || (fails_on && seen > fail_at);
    has_failed |= fails;
    pthread_mutex_unlock(&lock);
    if (fails)
        errno = ENOMEM;
    return fails;
}

/* ---------------------------------------------------------------- in place of libc's */

void *__wrap_malloc(size_t size)
{
    return must_fail() ? NULL : remember(__real_malloc(size));
}

void *__wrap_calloc(size_t count, size_t size)
{
    return must_fail() ? NULL : remember(__real_calloc(count, size));
}

void *__wrap_realloc(void *block, size_t size)
{
    if (must_fail())
        return NULL;
    if (block)
        forget(block);
    void *moved = __real_realloc(block, size);
    if (!moved && block && size)
        remember(block);
    return remember(moved);
}

void *__wrap_aligned_alloc(size_t alignment, size_t size)
{
    return must_fail() ? NULL : remember(__real_aligned_alloc(alignment, size));
}

int __wrap_posix_memalign(void **block, size_t alignment, size_t size)
{
    if (must_fail())
        return ENOMEM;
    int failed = __real_posix_memalign(block, alignment, size);
    if (!failed)
        remember(*block);
    return failed;
}

char *__wrap_strndup(const char *text, size_t size)
{
    size_t length = strnlen(text, size);
    char *copy = __wrap_malloc(length + 1);
    if (copy) {
        memcpy(copy, text, length);
        copy[length] = 0;
    }
    return copy;
}

char *__wrap_strdup(const char *text)
{
    return __wrap_strndup(text, SIZE_MAX);
}

void __wrap_free(void *block)
{
    if (block)
        forget(block);
    __real_free(block);
}

/* What is mapped is memory too: it can be refused, and must be given back. */
void *__wrap_mmap64(void *address, size_t size, int protection, int flags, int file, off_t offset)
{
    if (must_fail())
        return MAP_FAILED;
    void *mapped = __real_mmap64(address, size, protection, flags, file, offset);
    if (mapped != MAP_FAILED)
        remember(mapped);
    return mapped;
}

/* What mmap is called where offsets of 64 bits are asked for differs. */
void *__wrap_mmap(void *address, size_t size, int protection, int flags, int file, off_t offset)
{
    return __wrap_mmap64(address, size, protection, flags, file, offset);
}

int __wrap_munmap(void *address, size_t size)
{
    forget(address);        /* before: another thread may be given the same address at once */
    return __real_munmap(address, size);
}

/* ---------------------------------------------------------------- what tests call */

static void fail_from(size_t n, bool on)
{
    pthread_mutex_lock(&lock);
    fail_at = n;
    fails_on = on;
    seen = 0;
    has_failed = false;
    pthread_mutex_unlock(&lock);
}

void kith_test_fail_allocation(size_t n) { fail_from(n, false); }
void kith_test_fail_allocations_from(size_t n) { fail_from(n, true); }

bool kith_test_allocation_failed(void)
{
    return has_failed;
}

size_t kith_test_allocations(void)
{
    return seen;
}

size_t kith_test_blocks_alive(void)
{
    return block_count;
}
