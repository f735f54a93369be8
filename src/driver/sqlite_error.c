/*
 * sqlite_error: what SQLite answers, as a status, a sentence and a hint. May use: base, sqlite3. Used by: the engine's other files.
 */
#include "driver/sqlite.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *place_of(const kith__sqlite *c) { return c->common.pool->url.path ? c->common.pool->url.path : "in memory"; }

/* What follows `beginning` in the text, or NULL when it begins otherwise. */
static const char *after(const char *text, const char *beginning)
{
    size_t size = strlen(beginning);
    return strncmp(text, beginning, size) == 0 ? text + size : NULL;
}

/* ---------------------------------------------------------------- constraints */

static int fail_foreign_key(kith__error *error)
{
    kith__fail(error, KITH_CONSTRAINT, "constraint.foreign_key", "A row would refer to one that is not there: a foreign key fails.");
    kith__fail_hint(error, "Add the row that it refers to first; delete those that refer to a row before the row.");
    return KITH_CONSTRAINT;
}

/* An index over expressions is named, its columns are not: "UNIQUE constraint failed: index 'ix_lower_name'". */
static int fail_index(const char *quoted, kith__error *error)
{
    char name[256];
    snprintf(name, sizeof name, "%.*s", (int)strcspn(quoted, "'"), quoted);
    kith__fail(error, KITH_CONSTRAINT, "constraint.unique", "There is a row already that is the same to the unique index %s.", name);
    kith__fail_constraint(error, name);
    kith__fail_sql(error, NULL, "23505");
    return KITH_CONSTRAINT;
}

/* A STRICT table: "cannot store TEXT value in INTEGER column raccoons.age" */
static int fail_datatype(const char *message, kith__error *error)
{
    const char *column = strstr(message, " column ");
    kith__fail(error, KITH_CONSTRAINT, "constraint.type", "A STRICT table refuses a row: SQLite %s.", message);
    kith__fail_constraint(error, column ? column + strlen(" column ") : NULL);
    kith__fail_sql(error, NULL, "23000");
    return KITH_CONSTRAINT;
}

/* "UNIQUE constraint failed: raccoons.name": what is after the colon goes into the error for a program to act on. */
static int fail_constraint(int code, const char *message, kith__error *error)
{
    const char *colon = strstr(message, "failed: "), *what = colon ? colon + strlen("failed: ") : NULL, *sqlstate = "23000";
    const char *named = what ? what : message, *index = what ? after(what, "index '") : NULL;
    if (index)
        return fail_index(index, error);
    if (code == SQLITE_CONSTRAINT_DATATYPE)
        return fail_datatype(message, error);
    switch (code) {
    case SQLITE_CONSTRAINT_UNIQUE: case SQLITE_CONSTRAINT_PRIMARYKEY: case SQLITE_CONSTRAINT_ROWID:
        kith__fail(error, KITH_CONSTRAINT, "constraint.unique", "There is a row with the same %s already, and %s must be unique.", named,
            strchr(named, ',') ? "together they" : "it");
        sqlstate = "23505";
        break;
    case SQLITE_CONSTRAINT_NOTNULL:
        kith__fail(error, KITH_CONSTRAINT, "constraint.not_null", "%s must not be NULL.", named);
        sqlstate = "23502";
        break;
    case SQLITE_CONSTRAINT_CHECK:
        kith__fail(error, KITH_CONSTRAINT, "constraint.check", "A row does not pass the check %s.", named);
        sqlstate = "23514";
        break;
    case SQLITE_CONSTRAINT_FOREIGNKEY:
        fail_foreign_key(error);
        sqlstate = "23503";
        break;
    default:
        kith__fail(error, KITH_CONSTRAINT, "constraint.other", "A constraint of the table refuses a row: %s.", message);
    }
    kith__fail_constraint(error, what);
    kith__fail_sql(error, NULL, sqlstate);
    return KITH_CONSTRAINT;
}

/* ---------------------------------------------------------------- locks */

static int fail_busy(const kith__sqlite *c, int code, kith__error *error)
{
    if (c->interrupted)
        return kith__fail(error, KITH_CANCELLED, "cancelled", "The wait for the database %s was interrupted.", place_of(c));
    if (code == SQLITE_BUSY_SNAPSHOT) {
        kith__fail(error, KITH_RETRY, "retry", "Another session has changed the database %s since this one began to read, so it cannot write any more.", place_of(c));
        kith__fail_hint(error, "Roll back and do it again; kith_transaction does that by itself.");
        kith__fail_sql(error, NULL, "40001");
        return KITH_RETRY;
    }
    if (c->waits_for == KITH__WRITING) {
        kith__fail(error, KITH_BUSY, "busy.own", "A session of this thread holds the write lock of the database %s, so it would be waited for without an end.", place_of(c));
        kith__fail_hint(error, "Commit or close it first.");
    } else if (c->waits_for == KITH__READING) {
        kith__fail(error, KITH_BUSY, "busy.own", "A session of this thread holds a snapshot of the database %s (kith_begin), so nothing can be committed before it ends.", place_of(c));
        kith__fail_hint(error, "Commit or close it first, or set journal=wal.");
    } else if (c->common.at_once) {
        kith__fail(error, KITH_BUSY, "busy.at_once", "The database %s is locked by another session or program.", place_of(c));
        kith__fail_hint(error, "KITH_LOCK_WAIT waits for it.");
    } else {
        kith__fail(error, KITH_BUSY, "busy", "The database %s is locked by another session or program, also after a wait of %lld ms.", place_of(c),
            (long long)(c->timeout_ns / 1000000));
        kith__fail_hint(error, "Try again later, or wait longer: ?timeout=30s in the URL.");
    }
    kith__fail_sql(error, NULL, "55P03");
    return KITH_BUSY;
}

/* ---------------------------------------------------------------- files */

typedef struct trouble { int code; const char *word, *sqlstate, *sentence, *hint; } trouble;

static const trouble troubles[] = {
    { SQLITE_FULL, "io.full", "53100", "There is no room left on the disk, or in the database, for %s.", "Make room and try again." },
    { SQLITE_READONLY, "io.read_only", "25006", "The database %s can only be read.",
      "The program needs the right to write the file and its directory, and a URL without mode=ro." },
    { SQLITE_CANTOPEN, "io.open", "58030", "The database file %s, or its journal, cannot be opened.", "See whether the file and its directory are there, and who may use them." },
    { SQLITE_PERM, "io.rights", "42501", "The database file %s may not be used.", "The program needs the right to read and write the file and its directory." },
    { SQLITE_AUTH, "io.rights", "42501", "The database %s may not be used so.", NULL },
    { SQLITE_CORRUPT, "io.corrupt", "XX001", "The database %s is damaged.", "Go back to a copy of it; sqlite3's .recover saves what can still be read." },
    { SQLITE_NOTADB, "io.not_a_database", "58030", "The file %s is no SQLite database, or it is encrypted.", "See whether the path in the URL is right." },
    { SQLITE_IOERR, "io.error", "58030", "The database file %s could not be read or written.", "See whether the disk is well." },
    { SQLITE_NOLFS, "io.error", "58030", "The database file %s is larger than this system takes.", NULL },
    { SQLITE_PROTOCOL, "io.lock", "58030", "The locks of the database file %s do not work.", "A file on a network cannot be shared safely." },
};

static int fail_file(const char *place, int code, const char *message, kith__error *error)
{
    for (size_t i = 0; i < KITH__COUNT(troubles); i++)
        if (troubles[i].code == (code & 0xFF)) {
            kith__text sentence = { 0 };
            const char *mark = strstr(troubles[i].sentence, "%s");
            kith__text_addn(&sentence, troubles[i].sentence, (size_t)(mark - troubles[i].sentence));
            kith__text_addf(&sentence, "%s%s", place, mark + 2);
            kith__fail(error, KITH_IO, troubles[i].word, "%s (%s)", sentence.broken ? place : sentence.data, message);
            kith__text_free(&sentence);
            if (troubles[i].hint)
                kith__fail_hint(error, "%s", troubles[i].hint);
            kith__fail_sql(error, NULL, troubles[i].sqlstate);
            return KITH_IO;
        }
    return KITH_OK;
}

static int fail_rights(const char *path, kith__error *error)
{
    kith__fail(error, KITH_IO, "io.rights", "The database file %s may not be opened.", path);
    kith__fail_hint(error, "The program needs the right to read and write the file and its directory.");
    return KITH_IO;
}

/* The first `size` bytes of the path; 0: the directory that the program is in. */
static bool is_directory(const char *path, int size)
{
    struct stat about;
    char *folder = strndup(size ? path : ".", size ? (size_t)size : 1);
    bool is = folder && stat(folder, &about) == 0 && S_ISDIR(about.st_mode);
    free(folder);
    return is;
}

static int fail_missing(const char *path, const char *mode, kith__error *error)
{
    const char *slash = strrchr(path, '/');
    int folder = slash ? (int)(slash - path) + (slash == path) : 0;
    if (!(mode && strcmp(mode, "rwc") != 0) && is_directory(path, folder))
        return fail_rights(path, error);
    if (mode && strcmp(mode, "rwc") != 0) {
        kith__fail(error, KITH_IO, "io.missing", "There is no database file %s, and mode=%s makes none.", path, mode);
        kith__fail_hint(error, "See whether the path in the URL is right.");
    } else {
        kith__fail(error, KITH_IO, "io.missing", "The database file %s cannot be made: there is no directory %.*s.", path, folder, path);
        kith__fail_hint(error, "Make the directory first, or see whether the path in the URL is right.");
    }
    return KITH_IO;
}

/* Why a file cannot be opened: SQLite only says that it cannot. */
static int fail_cannot_open(const char *path, const char *mode, kith__error *error)
{
    struct stat about;
    int missing = stat(path, &about) != 0 ? errno : 0;
    if (missing == ENOENT || missing == ENOTDIR)
        return fail_missing(path, mode, error);
    if (!missing && S_ISDIR(about.st_mode)) {
        kith__fail(error, KITH_IO, "io.directory", "%s is a directory, and no database file.", path);
        kith__fail_hint(error, "Name the file in it: %s/data.db.", path);
        return KITH_IO;
    }
    return fail_rights(path, error);
}

int kith__sqlite_fail_open(const char *path, const char *mode, int code, const char *message, kith__error *error)
{
    if ((code & 0xFF) == SQLITE_NOMEM || code == SQLITE_IOERR_NOMEM)
        return kith__fail_memory(error);
    if (path && (code & 0xFF) == SQLITE_CANTOPEN)
        return fail_cannot_open(path, mode, error);
    const char *place = path ? path : "in memory";
    int status = fail_file(place, code, message, error);
    return status ? status : kith__fail(error, KITH_IO, "io.open", "The database %s cannot be opened: %s.", place, message);
}

/* ---------------------------------------------------------------- statements */

static int fail_schema(const kith__sqlite *c, const char *message, kith__error *error)
{
    const char *table = after(message, "no such table: "), *column = after(message, "no such column: ");
    if (table) {
        kith__fail(error, KITH_SCHEMA, "schema.table", "There is no table %s in the database %s.", table, place_of(c));
        kith__fail_hint(error, "Make the tables: kith_create_all, or the command db create; where there are migrations, db upgrade.");
        kith__fail_sql(error, NULL, "42P01");
    } else if (column || strstr(message, " has no column named ")) {
        kith__fail(error, KITH_SCHEMA, "schema.column", column ? "There is no column %s in the database %s." : "A column is missing: %s, in the database %s.",
            column ? column : message, place_of(c));
        kith__fail_hint(error, "The table was made for other models. Where there are migrations, db upgrade brings it up to date.");
        kith__fail_sql(error, NULL, "42703");
    } else
        return KITH_OK;
    return KITH_SCHEMA;
}

static int fail_other(const kith__sqlite *c, int code, const char *message, kith__error *error)
{
    switch (code & 0xFF) {
    case SQLITE_SCHEMA:
        return kith__fail(error, KITH_SCHEMA, "schema.changed", "The tables of the database %s are being changed: %s.", place_of(c), message);
    case SQLITE_TOOBIG:
        return kith__fail(error, KITH_RANGE, "range.size", "A value, or a row, is larger than SQLite takes.");
    case SQLITE_MISMATCH:
        return kith__fail(error, KITH_RANGE, "range.type", "A value is not of the type that its column takes: %s.", message);
    default:
        if (strcmp(message, "integer overflow") == 0)
            return kith__fail(error, KITH_RANGE, "range.sum", "A sum of integers is beyond 64 bits.");
        return kith__fail(error, KITH_ERROR, "sqlite", "SQLite refused the statement: %s.", message);
    }
}

static int fail(kith__sqlite *c, int code, const char *message, kith__error *error)
{
    switch (code & 0xFF) {
    case SQLITE_NOMEM:      return kith__fail_memory(error);
    case SQLITE_CONSTRAINT: return fail_constraint(code, message, error);
    case SQLITE_BUSY: case SQLITE_LOCKED: return fail_busy(c, code, error);
    case SQLITE_INTERRUPT:  return kith__fail(error, KITH_CANCELLED, "cancelled", "The statement was interrupted.");
    case SQLITE_ERROR:      break;
    default: {
        int status = code == SQLITE_IOERR_NOMEM ? kith__fail_memory(error) : fail_file(place_of(c), code, message, error);
        return status ? status : fail_other(c, code, message, error);
    }
    }
    int status = fail_schema(c, message, error);
    return status ? status : fail_other(c, code, message, error);
}

int kith__sqlite_fail(kith__sqlite *c, int code, const char *sql, kith__error *error)
{
    int status = fail(c, code, sqlite3_errmsg(c->db), error);
    kith__fail_sql(error, sql, NULL);
    return status;
}
