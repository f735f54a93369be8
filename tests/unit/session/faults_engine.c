/*
 * SQLite's own allocations, and what it does to its files, failing in turn. Its memory is given by methods that count (before it is
 * initialised); its files go through a VFS of its own, which is the default from then on. See faults_engine.h.
 */
#include "faults_engine.h"

#include <sqlite3.h>

/* ---------------------------------------------------------------- memory */

static sqlite3_mem_methods real_memory;
static size_t memory_fail_at, memory_calls;
static bool memory_fails_on, memory_failed;

static bool memory_fails(void)
{
    if (!memory_fail_at || (++memory_calls != memory_fail_at && !(memory_fails_on && memory_calls > memory_fail_at)))
        return false;
    return memory_failed = true;
}

static void *memory_malloc(int size) { return memory_fails() ? NULL : real_memory.xMalloc(size); }
static void *memory_realloc(void *block, int size) { return memory_fails() ? NULL : real_memory.xRealloc(block, size); }

void fault_engine_memory_arm(size_t n, bool on)
{
    memory_fail_at = n;
    memory_fails_on = on;
    memory_calls = 0;
    memory_failed = false;
}

bool fault_engine_memory_disarm(void)
{
    memory_fail_at = 0;
    return memory_failed;
}

/* ---------------------------------------------------------------- files */

typedef struct fault_file { sqlite3_file base; sqlite3_file *real; } fault_file;

static size_t file_fail_at, file_calls;
static bool file_fails_on, file_failed;
static int file_code;

static bool file_fails(void)
{
    if (!file_fail_at || (++file_calls != file_fail_at && !(file_fails_on && file_calls > file_fail_at)))
        return false;
    return file_failed = true;
}

void fault_engine_file_arm(size_t n, bool on, int code)
{
    file_fail_at = n;
    file_fails_on = on;
    file_calls = 0;
    file_failed = false;
    file_code = code;
}

bool fault_engine_file_disarm(void)
{
    file_fail_at = 0;
    return file_failed;
}

static int code_or(int code) { return file_code == SQLITE_FULL ? SQLITE_FULL : code; }
static sqlite3_file *real_of(sqlite3_file *file) { return ((fault_file *)(void *)file)->real; }

static int file_close(sqlite3_file *f) { return real_of(f)->pMethods->xClose(real_of(f)); }

/* A full disk can be read. */
static int file_read(sqlite3_file *f, void *data, int size, sqlite3_int64 offset)
{
    return file_code != SQLITE_FULL && file_fails() ? SQLITE_IOERR_READ : real_of(f)->pMethods->xRead(real_of(f), data, size, offset);
}

static int file_write(sqlite3_file *f, const void *data, int size, sqlite3_int64 offset)
{
    return file_fails() ? code_or(SQLITE_IOERR_WRITE) : real_of(f)->pMethods->xWrite(real_of(f), data, size, offset);
}

static int file_truncate(sqlite3_file *f, sqlite3_int64 size) { return file_fails() ? code_or(SQLITE_IOERR_TRUNCATE) : real_of(f)->pMethods->xTruncate(real_of(f), size); }
static int file_sync(sqlite3_file *f, int flags) { return file_fails() ? code_or(SQLITE_IOERR_FSYNC) : real_of(f)->pMethods->xSync(real_of(f), flags); }
static int file_size(sqlite3_file *f, sqlite3_int64 *size) { return real_of(f)->pMethods->xFileSize(real_of(f), size); }

static int file_lock(sqlite3_file *f, int level)
{
    return file_code != SQLITE_FULL && file_fails() ? SQLITE_IOERR_LOCK : real_of(f)->pMethods->xLock(real_of(f), level);
}

static int file_unlock(sqlite3_file *f, int level) { return real_of(f)->pMethods->xUnlock(real_of(f), level); }
static int file_reserved(sqlite3_file *f, int *out) { return real_of(f)->pMethods->xCheckReservedLock(real_of(f), out); }
static int file_control(sqlite3_file *f, int op, void *arg) { return real_of(f)->pMethods->xFileControl(real_of(f), op, arg); }
static int file_sector(sqlite3_file *f) { return real_of(f)->pMethods->xSectorSize(real_of(f)); }
static int file_traits(sqlite3_file *f) { return real_of(f)->pMethods->xDeviceCharacteristics(real_of(f)); }
static int shm_map(sqlite3_file *f, int page, int size, int extend, void volatile **out) { return real_of(f)->pMethods->xShmMap(real_of(f), page, size, extend, out); }
static int shm_lock(sqlite3_file *f, int offset, int n, int flags) { return real_of(f)->pMethods->xShmLock(real_of(f), offset, n, flags); }
static void shm_barrier(sqlite3_file *f) { real_of(f)->pMethods->xShmBarrier(real_of(f)); }
static int shm_unmap(sqlite3_file *f, int deletes) { return real_of(f)->pMethods->xShmUnmap(real_of(f), deletes); }

static const sqlite3_io_methods file_methods = { 2, file_close, file_read, file_write, file_truncate, file_sync, file_size, file_lock, file_unlock, file_reserved,
    file_control, file_sector, file_traits, shm_map, shm_lock, shm_barrier, shm_unmap, NULL, NULL };

static sqlite3_vfs *real_vfs(sqlite3_vfs *vfs) { return vfs->pAppData; }

static int vfs_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *out)
{
    fault_file *f = (fault_file *)(void *)file;
    f->base.pMethods = NULL;
    f->real = (sqlite3_file *)(void *)(f + 1);
    if (file_fails())
        return code_or(SQLITE_CANTOPEN);
    int code = real_vfs(vfs)->xOpen(real_vfs(vfs), name, f->real, flags, out);
    if (f->real->pMethods)
        f->base.pMethods = &file_methods;
    return code;
}

static int vfs_delete(sqlite3_vfs *vfs, const char *name, int sync)
{
    return file_code != SQLITE_FULL && file_fails() ? SQLITE_IOERR_DELETE : real_vfs(vfs)->xDelete(real_vfs(vfs), name, sync);
}

static int vfs_access(sqlite3_vfs *vfs, const char *name, int flags, int *out) { return real_vfs(vfs)->xAccess(real_vfs(vfs), name, flags, out); }
static int vfs_full_path(sqlite3_vfs *vfs, const char *name, int size, char *out) { return real_vfs(vfs)->xFullPathname(real_vfs(vfs), name, size, out); }

/* ---------------------------------------------------------------- in place */

void fault_engine_install(void)
{
    static sqlite3_vfs vfs;
    sqlite3_mem_methods methods;
    assert_int_equal(sqlite3_config(SQLITE_CONFIG_GETMALLOC, &real_memory), SQLITE_OK);
    methods = real_memory;
    methods.xMalloc = memory_malloc;
    methods.xRealloc = memory_realloc;
    assert_int_equal(sqlite3_config(SQLITE_CONFIG_MALLOC, &methods), SQLITE_OK);
    sqlite3_vfs *real = sqlite3_vfs_find(NULL);
    vfs = *real;
    vfs.zName = "fault";
    vfs.pAppData = real;
    vfs.pNext = NULL;
    vfs.szOsFile = (int)sizeof(fault_file) + real->szOsFile;
    vfs.xOpen = vfs_open;
    vfs.xDelete = vfs_delete;
    vfs.xAccess = vfs_access;
    vfs.xFullPathname = vfs_full_path;
    assert_int_equal(sqlite3_vfs_register(&vfs, 1), SQLITE_OK);
}
