/*
 * A driver that is SQLite's, but for the n-th call, which fails. See faults_driver.h.
 */
#include "faults_driver.h"

#include "driver/sqlite.h"

static size_t fail_at, calls;
static bool fails_on, has_failed;
static int failing_status;

void fault_driver_arm(size_t n, bool on, int status)
{
    fail_at = n;
    fails_on = on;
    calls = 0;
    has_failed = false;
    failing_status = status;
}

bool fault_driver_disarm(void)
{
    fail_at = 0;
    return has_failed;
}

static bool fails(kith__error *error, const char *call)
{
    if (!fail_at || (++calls != fail_at && !(fails_on && calls > fail_at)))
        return false;
    has_failed = true;
    kith__fail(error, failing_status, "test.driver", "The call \"%s\" of the driver fails for this test.", call);
    return true;
}

static int fault_open(kith__pool *pool, const kith__url *url, kith__connection **out, kith__error *error);

static int fault_begin(kith__connection *c, kith__transaction wanted, kith__error *error)
{
    return fails(error, "begin") ? failing_status : kith__driver_sqlite.begin(c, wanted, error);
}

/* The transaction is lost, as it is when SQLite's fails. */
static int fault_upgrade(kith__connection *c, kith__error *error)
{
    if (!fails(error, "upgrade"))
        return kith__driver_sqlite.upgrade(c, error);
    kith__error ignored = { .about = NULL };
    kith__driver_sqlite.rollback(c, &ignored);
    kith__error_free(&ignored);
    return failing_status;
}

static int fault_commit(kith__connection *c, kith__error *error) { return fails(error, "commit") ? failing_status : kith__driver_sqlite.commit(c, error); }
static int fault_rollback(kith__connection *c, kith__error *error) { return fails(error, "rollback") ? failing_status : kith__driver_sqlite.rollback(c, error); }

static int fault_execute(kith__connection *c, const char *sql, kith__error *error)
{
    return fails(error, sql) ? failing_status : kith__driver_sqlite.execute(c, sql, error);
}

static int fault_prepare(kith__connection *c, const char *sql, kith__statement **out, kith__error *error)
{
    return fails(error, sql) ? failing_status : kith__driver_sqlite.prepare(c, sql, out, error);
}

static int fault_bind_value(kith__statement *s, size_t position, const kith_value *value, const kith__type *type, kith__error *error)
{
    return fails(error, "bind_value") ? failing_status : kith__driver_sqlite.bind_value(s, position, value, type, error);
}

static int fault_bind_fields(kith__statement *s, size_t position, const kith__fields *fields, const void *object, kith__error *error)
{
    return fails(error, "bind_fields") ? failing_status : kith__driver_sqlite.bind_fields(s, position, fields, object, error);
}

static kith__step fault_step(kith__statement *s, kith__error *error)
{
    if (!fails(error, s->sql))
        return kith__driver_sqlite.step(s, error);
    kith__driver_sqlite.reset(s);
    return KITH__STEP_FAILED;
}

static int fault_row(kith__statement *s, size_t first, const kith__fields *fields, void *object, kith__room *room, kith__error *error)
{
    return fails(error, "row") ? failing_status : kith__driver_sqlite.row(s, first, fields, object, room, error);
}

static int fault_row_value(kith__statement *s, size_t column, uint32_t type, const kith__type *as, kith__room *room, kith_value *out, kith__error *error)
{
    return fails(error, "row_value") ? failing_status : kith__driver_sqlite.row_value(s, column, type, as, room, out, error);
}

static kith__driver fault_driver;

void fault_driver_install(kith__pool *pool)
{
    fault_driver = kith__driver_sqlite;
    fault_driver.open = fault_open;
    fault_driver.begin = fault_begin;
    fault_driver.upgrade = fault_upgrade;
    fault_driver.commit = fault_commit;
    fault_driver.rollback = fault_rollback;
    fault_driver.execute = fault_execute;
    fault_driver.prepare = fault_prepare;
    fault_driver.bind_value = fault_bind_value;
    fault_driver.bind_fields = fault_bind_fields;
    fault_driver.step = fault_step;
    fault_driver.row = fault_row;
    fault_driver.row_value = fault_row_value;
    pool->driver = &fault_driver;
}

static int fault_open(kith__pool *pool, const kith__url *url, kith__connection **out, kith__error *error)
{
    if (fails(error, "open"))
        return failing_status;
    int status = kith__driver_sqlite.open(pool, url, out, error);
    if (!status)
        (*out)->driver = &fault_driver;
    return status;
}
