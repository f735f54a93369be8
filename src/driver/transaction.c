/*
 * transaction: begin, commit, roll back, savepoints; statements without rows. May use: pool. Used by: everyone above.
 */
#include "driver/pool.h"

#include <stdio.h>

static int begin(kith__connection *connection, kith__transaction wanted, kith__error *error)
{
    int status = connection->driver->begin(connection, wanted, error);
    kith__pool_note(connection, status ? KITH__NO_TRANSACTION : wanted);
    return status;
}

/* An upgrade that fails has lost the reading transaction: who read in it must not go on as if it stood. */
static int upgrade(kith__connection *connection, kith__error *error)
{
    int status = connection->driver->upgrade(connection, error);
    kith__pool_note(connection, status ? KITH__NO_TRANSACTION : KITH__WRITING);
    return status;
}

int kith__begin(kith__connection *connection, kith__transaction wanted, kith__error *error)
{
    if (connection->transaction == KITH__NO_TRANSACTION && wanted != KITH__NO_TRANSACTION)
        return begin(connection, wanted, error);
    if (connection->transaction == KITH__READING && wanted == KITH__WRITING)
        return upgrade(connection, error);
    return KITH_OK;
}

static void over(kith__connection *connection)
{
    connection->savepoints = 0;
    kith__pool_note(connection, KITH__NO_TRANSACTION);
}

int kith__commit(kith__connection *connection, kith__error *error)
{
    if (connection->transaction == KITH__NO_TRANSACTION)
        return KITH_OK;
    int status = connection->driver->commit(connection, error);
    if (!status)
        over(connection);
    return status;
}

int kith__rollback(kith__connection *connection, kith__error *error)
{
    if (connection->transaction == KITH__NO_TRANSACTION)
        return KITH_OK;
    int status = connection->driver->rollback(connection, error);
    if (!status)
        over(connection);
    return status;
}

kith__transaction kith__transaction_of(const kith__connection *connection) { return connection->transaction; }

/* ---------------------------------------------------------------- savepoints: kith_1, kith_2, … */

static int savepoint(kith__connection *connection, const char *verb, size_t number, kith__error *error)
{
    char sql[64];
    snprintf(sql, sizeof sql, "%s kith_%zu", verb, number);
    return kith__execute(connection, sql, error);
}

static int no_savepoint(kith__error *error)
{
    return kith__fail(error, KITH_MISUSE, "savepoint.none", "There is no savepoint to go back to or to keep.");
}

int kith__savepoint_set(kith__connection *connection, kith__error *error)
{
    if (connection->transaction != KITH__WRITING)
        return kith__fail(error, KITH_MISUSE, "savepoint.no_transaction", "A savepoint needs a transaction that writes, and none is open.");
    int status = savepoint(connection, "SAVEPOINT", connection->savepoints + 1, error);
    connection->savepoints += !status;
    return status;
}

int kith__savepoint_release(kith__connection *connection, kith__error *error)
{
    if (!connection->savepoints)
        return no_savepoint(error);
    int status = savepoint(connection, "RELEASE", connection->savepoints, error);
    connection->savepoints -= !status;
    return status;
}

int kith__savepoint_rollback(kith__connection *connection, kith__error *error)
{
    if (!connection->savepoints)
        return no_savepoint(error);
    int status = savepoint(connection, "ROLLBACK TO", connection->savepoints, error);
    return status ? status : kith__savepoint_release(connection, error);
}

/* ---------------------------------------------------------------- DDL, PRAGMA */

int kith__execute(kith__connection *connection, const char *sql, kith__error *error)
{
    if (!connection->log)
        return connection->driver->execute(connection, sql, error);
    int64_t began = kith__clock_ns();
    int status = connection->driver->execute(connection, sql, error);
    connection->log(connection->log_arg, sql, NULL, 0, kith__clock_ns() - began);
    return status;
}
