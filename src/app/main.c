/*
 * kith_main: options, then a command. The app's own commands run in a session; `db` looks after the tables.
 */
#include "app/app.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

/* ---------------------------------------------------------------- what it says */

int kith__run_said(const kith_error *error)
{
    for (const kith_error *one = error; one; one = one->next) {
        fprintf(stderr, "%s\n", one->message ? one->message : "Something failed, and nothing is known of it.");
        if (one->hint)
            fprintf(stderr, "  %s\n", one->hint);
    }
    return error->status == KITH_BUSY ? KITH__EXIT_BUSY : error->status == KITH_REFUSED ? KITH__EXIT_REFUSED : KITH__EXIT_ERROR;
}

static void print_command(FILE *out, const char *name, const char *help) { fprintf(out, "  %-22s %s\n", name, help ? help : ""); }

static const kith_command *commands_of(const kith_app *app)
{
    static const kith_command none[] = { { .name = NULL } };
    return app->commands ? app->commands : none;
}

static void help(const kith__run *run, FILE *out)
{
    fprintf(out, "Usage: %s [options] command [arguments]\n\n", run->program);
    if (commands_of(run->app)->name)
        fprintf(out, "Commands of %s:\n", run->app->name);
    for (const kith_command *command = commands_of(run->app); command->name; command++)
        print_command(out, command->name, command->help);
    fprintf(out, "\nThe database:\n");
    print_command(out, "db create", "make the tables of the models that are not there yet");
    print_command(out, "db drop", "drop the tables of the models, with all their rows");
    fprintf(out, "\nOptions:\n");
    print_command(out, "--database URL", "which database (else KITH_DATABASE_URL, else the app's own)");
    print_command(out, "--echo", "show every statement on stderr");
    print_command(out, "-q, --quiet", "no progress on stderr");
    print_command(out, "-h, --help", "this text");
}

static int usage(const kith__run *run, const char *sentence, const char *word)
{
    fprintf(stderr, sentence, run->program, word);
    fprintf(stderr, "\nRun '%s --help' for what there is.\n", run->program);
    return KITH__EXIT_USAGE;
}

/* ---------------------------------------------------------------- the database */

bool kith__run_open(kith__run *run)
{
    if (!run->url) {
        fprintf(stderr, "%s: no database is named. Give --database URL, set KITH_DATABASE_URL, or write .database in the app.\n", run->program);
        return false;
    }
    run->database = kith_open(run->url, run->app->models);
    if (kith_database_status(run->database) == KITH_OK)
        return true;
    kith__run_said(kith_database_error(run->database));
    return false;
}

static void echo(void *arg, const char *sql, const kith_value *values, size_t count, int64_t nanoseconds)
{
    kith__text text = { 0 };
    (void)arg;
    for (size_t i = 0; i < count; i++) {
        kith__text_add(&text, i ? ", " : "  [");
        kith__value_print(&text, &values[i]);
    }
    fprintf(stderr, "%s%s%s  -- %.3f ms\n", sql, text.data && !text.broken ? text.data : "", count ? "]" : "", (double)nanoseconds / 1e6);
    kith__text_free(&text);
}

static int run_own(kith__run *run, const kith_command *command, int argc, char **argv)
{
    if (!kith__run_open(run))
        return KITH__EXIT_ERROR;
    kith_session *session = kith_session_open(run->database);
    if (session && run->echo)
        kith_session_log(session, echo, NULL);
    int result = kith_session_status(session) ? KITH__EXIT_ERROR : command->run(session, argc, argv);
    if (kith_session_status(session))
        result = kith__run_said(kith_session_error(session));
    kith_session_close(session);
    return result;
}

/* ---------------------------------------------------------------- options and command */

static int dispatch(kith__run *run, int argc, char **argv)
{
    for (const kith_command *command = commands_of(run->app); command->name; command++)
        if (strcmp(command->name, argv[0]) == 0)
            return run_own(run, command, argc, argv);
    if (strcmp(argv[0], "db") == 0)
        return kith__command_db(run, argc, argv);
    return usage(run, "%s: there is no command '%s'.", argv[0]);
}

/* How far the options go, and what they say. -1: go on with the command; else the exit status. */
static int read_options(kith__run *run, int argc, char **argv)
{
    static const struct option options[] = { { "database", required_argument, NULL, 'd' }, { "echo", no_argument, NULL, 'e' },
                                             { "quiet", no_argument, NULL, 'q' }, { "help", no_argument, NULL, 'h' }, { NULL, 0, NULL, 0 } };
    optind = 0;     /* the program may have used getopt itself */
    opterr = 0;
    for (int c; (c = getopt_long(argc, argv, "+qh", options, NULL)) != -1;)
        switch (c) {
        case 'd': run->url = optarg; break;
        case 'e': run->echo = true; break;
        case 'q': run->quiet = true; break;
        case 'h': help(run, stdout); return KITH__EXIT_OK;
        default: return usage(run, "%s: the option '%s' is not known, or lacks its value.", argv[optind - 1]);
        }
    return -1;
}

int kith_main_(const kith_app *app, int argc, char **argv)
{
    const char *slash = argc > 0 ? strrchr(argv[0], '/') : NULL, *environment = getenv("KITH_DATABASE_URL");
    kith__run run = { .app = app, .program = slash ? slash + 1 : argc > 0 ? argv[0] : "kith" };
    if (!app || app->abi != KITH_ABI || app->command_size != sizeof(kith_command)) {
        fprintf(stderr, "%s was compiled against another version of kith's headers than the library that it runs with; compile it again.\n", run.program);
        return KITH__EXIT_ERROR;
    }
    run.url = environment && *environment ? environment : app->database;
    int result = read_options(&run, argc, argv);
    if (result < 0 && optind >= argc) {
        help(&run, stderr);
        result = KITH__EXIT_USAGE;
    }
    if (result < 0)
        result = dispatch(&run, argc - optind, argv + optind);
    kith_close(run.database);
    return result;
}
