/*
 * What the tests of the driver share.
 */
#include "helpers.h"

#include <stdio.h>

static place *open_place(place *p)
{
    assert_ok(p, kith__pool_open(&p->pool, p->url, &p->error));
    p->one = take(p);
    return p;
}

place *place_in_file(const char *options)
{
    place *p = calloc(1, sizeof *p);
    assert_non_null(p);
    p->folder = kith_test_folder();
    snprintf(p->url, sizeof p->url, "sqlite:///%s/test.db%s", p->folder, options);
    return open_place(p);
}

place *place_in_memory(const char *options)
{
    place *p = calloc(1, sizeof *p);
    assert_non_null(p);
    snprintf(p->url, sizeof p->url, "sqlite://%s", options);
    return open_place(p);
}

void place_close(place *p)
{
    kith__pool_give(p->one);
    kith__pool_close(p->pool);
    kith__error_free(&p->error);
    if (p->folder)
        kith_test_remove_folder(p->folder);
    free(p);
}

void assert_ok_(place *p, int status, const char *file, int line)
{
    if (status == KITH_OK && !kith__failed(&p->error))
        return;
    print_error("status %d: %s\n", status, p->error.public_.message ? p->error.public_.message : "no message");
    _fail(file, line);
}

void assert_error_(place *p, int status, const char *part, const char *file, int line)
{
    const kith_error *e = &p->error.public_;
    bool says = e->message && (!part || strstr(e->message, part) || (e->hint && strstr(e->hint, part)));
    if (e->status != status || !says || !e->code || !strchr(e->message, ' ')) {
        print_error("status %d instead of %d, code %s: %s (hint: %s)\n", e->status, status, e->code ? e->code : "none", e->message ? e->message : "no message",
            e->hint ? e->hint : "none");
        _fail(file, line);
    }
    kith__error_clear(&p->error);
}

kith__connection *take(place *p)
{
    kith__connection *connection = NULL;
    assert_ok(p, kith__pool_take(p->pool, &connection, &p->error));
    return connection;
}

void run(place *p, kith__connection *connection, const char *sql) { assert_ok(p, kith__execute(connection, sql, &p->error)); }
void begin(place *p, kith__connection *connection, kith__transaction wanted) { assert_ok(p, kith__begin(connection, wanted, &p->error)); }
void commit(place *p, kith__connection *connection) { assert_ok(p, kith__commit(connection, &p->error)); }

kith__statement *prepare(place *p, kith__connection *connection, const char *sql)
{
    kith__statement *statement = kith__prepare(connection, NULL, 0, sql, &p->error);
    assert_ok(p, statement ? KITH_OK : p->error.public_.status);
    return statement;
}

int64_t ask(place *p, kith__connection *connection, const char *sql)
{
    int64_t number = 0;
    kith__statement *statement = prepare(p, connection, sql);
    assert_int_equal(kith__step_(statement, &p->error), KITH__ROW);
    assert_true(kith__row_int(statement, 0, &number));
    kith__done(statement);
    return number;
}

char *ask_text(place *p, kith__connection *connection, const char *sql)
{
    static const kith__type type = { .kind = KITH__TEXT };
    arena_room room = arena_room_make();
    kith_value value = { .type = KITH_TYPE_NONE };
    kith__statement *statement = prepare(p, connection, sql);
    assert_int_equal(kith__step_(statement, &p->error), KITH__ROW);
    assert_ok(p, kith__row_value(statement, 0, KITH_TYPE_TEXT, &type, &room.room, &value, &p->error));
    kith__done(statement);
    char *text = value.absent ? NULL : strdup(value.s);
    kith__arena_free(&room.arena);
    return text;
}

static void *more(kith__room *room, size_t size)
{
    return kith__arena_alloc(&((arena_room *)(void *)room)->arena, size);
}

arena_room arena_room_make(void)
{
    return (arena_room){ .room = { .more = more } };
}
