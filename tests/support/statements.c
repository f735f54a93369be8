/*
 * What a session sends, kept as text: the statements through its log, and how many of them.
 */
#include "support.h"

#include <stdio.h>

static void print_value(FILE *out, const kith_value *value)
{
    if (value->absent || value->type == KITH_TYPE_NONE)
        fputs("NULL", out);
    else if (value->type == KITH_TYPE_INT || value->type == KITH_TYPE_BOOL || value->type == KITH_TYPE_UINT)
        fprintf(out, "%lld", (long long)value->i);
    else if (value->type == KITH_TYPE_REAL)
        fprintf(out, "%.17g", value->d);
    else if (value->type == KITH_TYPE_BLOB)
        fprintf(out, "blob of %zu", value->b.size);
    else if (value->type == KITH_TYPE_TEXT || value->type == KITH_TYPE_JSON || value->type == KITH_TYPE_DECIMAL)
        value->s ? (void)fprintf(out, "'%s'", value->s) : (void)fputs("NULL", out);
    else if (value->type == KITH_TYPE_DATE)
        fprintf(out, "day %d", value->date.days);
    else if (value->type == KITH_TYPE_UUID)
        for (size_t i = 0; i < 16; i++)
            fprintf(out, "%02x", value->uuid.bytes[i]);
    else
        fprintf(out, "%lld us", (long long)value->i);
}

static char *print_values(const kith_value *values, size_t count)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    if (!out)
        return NULL;
    for (size_t i = 0; i < count; i++) {
        fputs(i ? ", " : "", out);
        print_value(out, &values[i]);
    }
    fclose(out);
    return text;
}

static void see(void *arg, const char *sql, const kith_value *values, size_t count, int64_t nanoseconds)
{
    kith_test_statements *statements = arg;
    (void)nanoseconds;
    size_t room = (statements->count + 1) * sizeof(char *);
    statements->sql = realloc(statements->sql, room);
    statements->values = realloc(statements->values, room);
    assert_true(statements->sql && statements->values);
    statements->sql[statements->count] = strdup(sql);
    statements->values[statements->count++] = print_values(values, count);
}

void kith_test_watch(kith_session *session, kith_test_statements *statements)
{
    *statements = (kith_test_statements){ .count = 0 };
    kith_session_log(session, see, statements);
}

void kith_test_seen(kith_test_statements *statements)
{
    for (size_t i = 0; i < statements->count; i++) {
        free(statements->sql[i]);
        free(statements->values[i]);
    }
    statements->count = 0;
}

void kith_test_unwatch(kith_session *session, kith_test_statements *statements)
{
    kith_session_log(session, NULL, NULL);
    kith_test_seen(statements);
    free(statements->sql);
    free(statements->values);
    *statements = (kith_test_statements){ .count = 0 };
}

void kith_test_sent_(const kith_test_statements *statements, int64_t sent, int64_t expected, const char *file, int line)
{
    if (sent == expected)
        return;
    print_error("%lld statements were sent, not %lld:\n", (long long)sent, (long long)expected);
    for (size_t i = 0; i < statements->count; i++)
        print_error("  %s  [%s]\n", statements->sql[i], statements->values[i]);
    _fail(file, line);
}
