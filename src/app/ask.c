/*
 * ask: questions to whoever sits at the terminal. Nobody there: nothing is asked, and the engine refuses with the flags to say it.
 */
#include "app/db.h"

#include <stdlib.h>
#include <unistd.h>

bool kith__ask_possible(void)
{
    return isatty(STDIN_FILENO) && isatty(STDERR_FILENO);
}

/* What was typed, without its newline; NULL: the end of the input. The caller's to free. */
static char *answer(void)
{
    char *line = NULL;
    size_t capacity = 0;
    fflush(stderr);
    ssize_t size = getline(&line, &capacity, stdin);
    if (size < 0) {
        free(line);
        fputc('\n', stderr);
        return NULL;
    }
    while (size > 0 && (line[size - 1] == '\n' || line[size - 1] == '\r' || line[size - 1] == ' '))
        line[--size] = 0;
    return line;
}

static kith__answer ask_rename(void *arg, const char *table, const char *from, const char *to, const char *type)
{
    (void)arg;
    for (;;) {
        if (from != NULL)
            fprintf(stderr, "Was %s.%s renamed to %s.%s (%s)? [y/n] ", table, from, table, to, type != NULL ? type : "?");
        else
            fprintf(stderr, "Was the table %s renamed to %s? [y/n] ", table, to);
        char *line = answer();
        if (line == NULL)
            return KITH__ANSWER_NONE;
        char first = line[0];
        free(line);
        if (first == 'y' || first == 'Y')
            return KITH__ANSWER_YES;
        if (first == 'n' || first == 'N')
            return KITH__ANSWER_NO;
    }
}

static char *ask_fill(void *arg, const char *table, const char *column, const char *type, bool required)
{
    (void)arg;
    fprintf(stderr, "%s.%s (%s) becomes NOT NULL. What do the rows that are there hold (SQL, such as 'none' or 0%s)? ", table, column, type,
        required ? "" : "; nothing: they have values already");
    char *line = answer();
    if (line != NULL && *line == 0) {
        free(line);
        line = NULL;
    }
    return line;
}

void kith__ask_with(kith__compare_options *options, kith__db *db)
{
    options->renames = db->renames;
    options->no_renames = db->no_renames;
    options->fills = db->fills;
    if (!kith__ask_possible())
        return;
    options->ask_rename = ask_rename;
    options->ask_fill = ask_fill;
    options->arg = db;
}

bool kith__ask_word(const char *question, const char *word)
{
    fprintf(stderr, "%s Type %s to go on: ", question, word);
    char *line = answer();
    bool same = line != NULL && strcmp(line, word) == 0;
    free(line);
    return same;
}
