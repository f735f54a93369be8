/*
 * say: an error as one paragraph: what, where, and what to do next. For the files of src/app.
 */
#include "app/app.h"

#include <string.h>

void kith__run_put(const kith__run *run, FILE *out, const char *text)
{
    static const char words[] = "kith db";
    for (const char *found; (found = strstr(text, words)) != NULL; text = found + strlen(words))
        fprintf(out, "%.*s%s db", (int)(found - text), text, run->called);
    fputs(text, out);
}

/* The statement as it was sent, under its error. */
static void put_statement(FILE *out, const char *sql)
{
    for (const char *line = sql; *line != 0;) {
        size_t size = strcspn(line, "\n");
        fprintf(out, "    %.*s\n", (int)size, line);
        line += size + (line[size] == '\n');
    }
}

static int exit_for(int status)
{
    return status == KITH_BUSY ? KITH__EXIT_BUSY : status == KITH_REFUSED ? KITH__EXIT_REFUSED : KITH__EXIT_ERROR;
}

int kith__run_flushed(const kith__run *run, int result)
{
    if ((fflush(stdout) == 0 && !ferror(stdout)) || result != KITH__EXIT_OK)
        return result;
    fprintf(stderr, "%s: the output could not be written.\n", run->program);
    return KITH__EXIT_ERROR;
}

int kith__run_said(const kith__run *run, const kith_error *error)
{
    fflush(stdout);
    for (const kith_error *one = error; one != NULL; one = one->next) {
        fprintf(stderr, "%s: ", run->program);
        kith__run_put(run, stderr, one->message != NULL ? one->message : "something failed, and nothing is known of it.");
        if (one == error && run->after != NULL)
            fprintf(stderr, " %s", run->after);
        if (one->hint != NULL) {
            fputc(' ', stderr);
            kith__run_put(run, stderr, one->hint);
        }
        fputc('\n', stderr);
        if (one->sql != NULL)
            put_statement(stderr, one->sql);
    }
    return exit_for(error->status);
}
