/*
 * Any bytes as a database's file: opened, its schema read, its rows read, one more written, checked, or refused, each with a sentence; and never
 * more than that.
 */
#include "every.h"

#include "../src/migrate/live.h"

#include <fcntl.h>
#include <unistd.h>

KITH_DECLARE(Raccoon);
struct Raccoon { int64_t id; const char *name; kith_opt_int age; };
KITH_MODEL(Raccoon, "raccoons", KITH_COLUMN(id, .primary_key = true), KITH_COLUMN(name, .unique = true), KITH_COLUMN(age, .index = true));

static void put(const char *path, const uint8_t *data, size_t size)
{
    int file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    MUST(file >= 0 && write(file, data, size) == (ssize_t)size, "%s cannot be written", path);
    close(file);
}

static void go_on(kith_session *session)
{
    if (!kith_status_of(session))
        return;
    must_say_why(session);
    kith_rollback(session);
}

static void use_rows(kith_database *database)
{
    kith_session *session = kith_session_open(database);
    kith_each(Raccoon, raccoon, kith_all(session, Raccoon, .order_by = { kith_asc(Raccoon, age) }))
        MUST(kith_describe(raccoon) != NULL, "it is not described");
    go_on(session);
    kith_get(session, Raccoon, .id = 1);
    go_on(session);
    kith_count(session, Raccoon, .where = kith_eq(Raccoon, name, "Rocky"));
    go_on(session);
    kith_new(session, Raccoon, .name = "another", .age = kith_some(1));
    kith_commit(session);
    go_on(session);
    kith_create_all(session);
    go_on(session);
    kith_session_close(session);
}

static void use_schema(kith_database *database)
{
    kith__connection *connection;
    kith__error error = { 0 };
    kith__state state;
    if (kith__pool_take(database->pool, &connection, &error) == KITH_OK) {
        if (kith__reflect(connection, &state, &error) == KITH_OK)
            kith__state_free(&state);
        kith__pool_give(connection);
    }
    MUST(!kith__failed(&error) || (error.public_.message != NULL && strchr(error.public_.message, ' ') != NULL), "refused without a word");
    kith__error_free(&error);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char path[100], url[140];
    const char *const more[] = { "", "-journal", "-wal", "-shm" };
    snprintf(path, sizeof path, "%s/kith-fuzz-%ld.db", access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp", (long)getpid());
    snprintf(url, sizeof url, "sqlite:///%s?timeout=0s", path);
    put(path, data, size);
    kith_database *database = kith_open(url, KITH_MODELS(Raccoon));
    if (kith_status_of(database) == KITH_OK) {
        use_schema(database);
        use_rows(database);
    } else
        MUST(strchr(kith_error_of(database)->message, ' ') != NULL, "refused without a word");
    kith_close(database);
    for (size_t i = 0; i < KITH__COUNT(more); i++) {
        char name[120];
        snprintf(name, sizeof name, "%s%s", path, more[i]);
        unlink(name);
    }
    return 0;
}
