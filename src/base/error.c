/*
 * error: one failure with its texts. May use: text, arena. Used by: every room.
 *
 * Where there is no memory for a text, a constant one takes its place: an error is never lost for want of words.
 */
#include "base/base.h"

#include <stdio.h>

static const char no_words[] = "There was not even enough memory to say what went wrong.";

static const char *formatted(kith__arena *arena, const char *format, va_list arguments)
{
    va_list again;
    va_copy(again, arguments);
    int size = vsnprintf(NULL, 0, format, arguments);
    char *text = size < 0 ? NULL : kith__arena_alloc(arena, (size_t)size + 1);
    if (text)
        vsnprintf(text, (size_t)size + 1, format, again);
    va_end(again);
    return text;
}

/* What is formatted may speak of the texts of a forgotten error, so those go last. */
static int first_failure(kith__error *error, int status, const char *code, const char *format, va_list arguments)
{
    kith__arena forgotten = error->texts;
    error->texts = (kith__arena){ 0 };
    const char *message = formatted(&error->texts, format, arguments);
    error->public_ = (kith_error){ .status = status, .code = code, .message = message ? message : no_words };
    error->about = &error->public_;
    kith__arena_free(&forgotten);
    return status;
}

int kith__fail(kith__error *error, int status, const char *code, const char *format, ...)
{
    if (kith__failed(error)) {
        error->about = NULL;
        return error->public_.status;
    }
    va_list arguments;
    va_start(arguments, format);
    first_failure(error, status, code, format, arguments);
    va_end(arguments);
    return status;
}

int kith__fail_memory(kith__error *error)
{
    if (kith__failed(error)) {
        error->about = NULL;
        return error->public_.status;
    }
    kith__arena_free(&error->texts);
    error->public_ = (kith_error){ .status = KITH_NO_MEMORY, .code = "memory", .message = "There is not enough memory.",
        .hint = "Do less at once, or give the program more memory." };
    error->about = &error->public_;
    return KITH_NO_MEMORY;
}

/* The member of a list that is not its first: in the arena, so it may be written. */
static kith_error *last_of(kith__error *error)
{
    kith_error *last = &error->public_;
    while (last->next)
        last = (kith_error *)(uintptr_t)last->next;
    return last;
}

int kith__fail_also(kith__error *error, int status, const char *code, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    if (!kith__failed(error)) {
        first_failure(error, status, code, format, arguments);
        va_end(arguments);
        return status;
    }
    kith_error *added = kith__arena_zero(&error->texts, sizeof *added);
    error->about = added;
    if (added) {
        const char *message = formatted(&error->texts, format, arguments);
        *added = (kith_error){ .status = status, .code = code, .message = message ? message : no_words };
        last_of(error)->next = added;
    }
    va_end(arguments);
    return error->public_.status;
}

void kith__fail_hint(kith__error *error, const char *format, ...)
{
    if (!error->about)
        return;
    va_list arguments;
    va_start(arguments, format);
    error->about->hint = formatted(&error->texts, format, arguments);
    va_end(arguments);
}

static void keep(kith__error *error, const char **place, const char *text)
{
    if (text)
        *place = kith__arena_text(&error->texts, text);
}

void kith__fail_about(kith__error *error, const char *model, const char *attribute, const void *object)
{
    if (!error->about)
        return;
    keep(error, &error->about->model, model);
    keep(error, &error->about->attribute, attribute);
    if (object)
        error->about->object = object;
}

void kith__fail_constraint(kith__error *error, const char *constraint)
{
    if (error->about)
        keep(error, &error->about->constraint, constraint);
}

void kith__fail_sql(kith__error *error, const char *sql, const char *sqlstate)
{
    if (!error->about)
        return;
    keep(error, &error->about->sql, sql);
    keep(error, &error->about->sqlstate, sqlstate);
}

/* A caller that puts a sentence before the message knows that the failure is its own, whatever failed after it. */
void kith__fail_prefix(kith__error *error, const char *format, ...)
{
    if (!kith__failed(error))
        return;
    kith_error *about = error->about ? error->about : &error->public_;
    va_list arguments;
    va_start(arguments, format);
    const char *prefix = formatted(&error->texts, format, arguments);
    va_end(arguments);
    char *message = prefix ? kith__arena_format(&error->texts, "%s %s", prefix, about->message) : NULL;
    if (message)
        about->message = message;
}

static void copy_texts(kith__error *to, kith_error *copy)
{
    const char **texts[] = { &copy->hint, &copy->model, &copy->attribute, &copy->constraint, &copy->sql, &copy->sqlstate };
    for (size_t i = 0; i < KITH__COUNT(texts); i++)
        *texts[i] = kith__arena_text(&to->texts, *texts[i]);
    copy->message = kith__arena_text(&to->texts, copy->message);
    if (!copy->message)
        copy->message = no_words;
    copy->next = NULL;
}

void kith__error_copy(kith__error *to, const kith__error *from)
{
    if (kith__failed(to) || !kith__failed(from) || to == from)
        return;
    kith__arena_reset(&to->texts);
    to->public_ = from->public_;
    copy_texts(to, &to->public_);
    kith_error *last = &to->public_;
    for (const kith_error *next = from->public_.next; next; next = next->next) {
        kith_error *copy = kith__arena_copy(&to->texts, next, sizeof *next);
        if (!copy)
            break;
        copy_texts(to, copy);
        last->next = copy;
        last = copy;
    }
    to->about = last;
}

/* Only the status: who read the message before a rollback may go on reading it after. */
void kith__error_clear(kith__error *error)
{
    error->public_.status = KITH_OK;
    error->about = NULL;
}

void kith__error_free(kith__error *error)
{
    kith__arena_free(&error->texts);
    *error = (kith__error){ 0 };
}
