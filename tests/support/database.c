/*
 * A database to play with, and assertions on a session's error, over the public face alone.
 */
#include "support.h"

#include <stdio.h>

static void fail_with(const kith_error *error, const char *doing, const char *file, int line)
{
    print_error("%s: %s (status %d, %s%s%s)\n", doing, error->message ? error->message : "no message", error->status,
        error->code ? error->code : "no code", error->hint ? "; hint: " : "", error->hint ? error->hint : "");
    for (const kith_error *next = error->next; next; next = next->next)
        print_error("  and: %s\n", next->message);
    _fail(file, line);
}

static void open_place(kith_test_place *place, const kith_model_function models[])
{
    place->database = kith_open(place->url, models);
    if (kith_status_of(place->database))
        fail_with(kith_error_of(place->database), "kith_open", __FILE__, __LINE__);
    if (kith_create_all(place->database))
        fail_with(kith_error_of(place->database), "kith_create_all", __FILE__, __LINE__);
    place->session = kith_session_open(place->database);
    assert_non_null(place->session);
    kith_test_ok(place->session);
}

kith_test_place kith_test_open(const kith_model_function models[])
{
    kith_test_place place = { .folder = kith_test_folder() };
    place.path = kith_test_path(place.folder, "test.db");
    place.url = kith_test_path("sqlite://", place.path);        /* sqlite:// and / and the absolute path */
    open_place(&place, models);
    return place;
}

kith_test_place kith_test_open_memory(const kith_model_function models[])
{
    kith_test_place place = { .url = strdup("sqlite://") };
    assert_non_null(place.url);
    open_place(&place, models);
    return place;
}

void kith_test_close(kith_test_place *place)
{
    kith_session_close(place->session);
    kith_close(place->database);
    free(place->url);
    free(place->path);
    if (place->folder)
        kith_test_remove_folder(place->folder);
    *place = (kith_test_place){ .folder = NULL };
}

void kith_test_ok_(const kith_session *session, const char *file, int line)
{
    const kith_error *error = kith_session_error(session);
    if (error->status != KITH_OK)
        fail_with(error, "the session carries an error", file, line);
}

static bool is_sentence(const char *text)
{
    size_t length = text ? strlen(text) : 0;
    return length > 8 && strchr(text, ' ') && !strchr(text, '\n');
}

void kith_test_error_(const kith_session *session, int status, const char *part, const char *file, int line)
{
    const kith_error *error = kith_session_error(session);
    if (error->status != status) {
        print_error("the status is %d, not %d\n", error->status, status);
        fail_with(error, "another error", file, line);
    }
    if (!is_sentence(error->message) || !error->code)
        fail_with(error, "an error needs a code and a whole sentence", file, line);
    if (part && !strstr(error->message, part) && !(error->hint && strstr(error->hint, part))) {
        print_error("neither message nor hint holds “%s”\n", part);
        fail_with(error, "another message", file, line);
    }
}
