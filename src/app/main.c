/*
 * kith_main: options, then a command. The app's own commands run in a session; `db` looks after the tables.
 */
#include "app/app.h"

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <unistd.h>

/* ---------------------------------------------------------------- what it says */

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
    fprintf(out, "\nCommands of every app:\n");
    print_command(out, "models", "draw the models and how they are related (models --help)");
    print_command(out, "db", "the tables, and the migrations that change them (db --help)");
    fprintf(out, "\nOptions:\n");
    print_command(out, "--database URL", "which database (else KITH_DATABASE_URL, else the app's own)");
    print_command(out, "--echo", "show every statement on stderr");
    print_command(out, "-q, --quiet", "no progress on stderr");
    print_command(out, "-h, --help", "this text");
}

static int usage(const kith__run *run, const char *sentence, const char *word)
{
    fprintf(stderr, sentence, run->program, word);
    fprintf(stderr, " Run '%s --help' for what there is.\n", run->called);
    return KITH__EXIT_USAGE;
}

/* ---------------------------------------------------------------- the database */

static bool has_url(const kith__run *run)
{
    if (!run->url)
        fprintf(stderr, "%s: no database is named. Give --database URL, set KITH_DATABASE_URL, or write .database in the app.\n", run->program);
    return run->url != NULL;
}

bool kith__run_open(kith__run *run)
{
    if (!has_url(run))
        return false;
    if (!run->database)
        run->database = run->built ? kith_sys_open(run->url, run->built, run->built_count) : kith_open(run->url, run->app->models);
    if (kith_database_status(run->database) == KITH_OK)
        return true;
    kith__run_said(run, kith_database_error(run->database));
    return false;
}

bool kith__run_pool(kith__run *run)
{
    kith__error error = { .public_ = { .status = KITH_OK } };
    if (!has_url(run))
        return false;
    bool open = run->pool || kith__pool_open(&run->pool, run->url, &error) == KITH_OK;
    if (!open)
        kith__run_said(run, &error.public_);
    kith__error_free(&error);
    return open;
}

/* SQLite makes a file by opening it. An empty database in memory says the same of one that is not there. */
static bool is_missing(const char *url)
{
    kith__url parsed = { .text = NULL };
    kith__error error = { .public_ = { .status = KITH_OK } };
    bool missing = kith__url_parse(&parsed, url, &error) == KITH_OK && strcmp(parsed.scheme, "sqlite") == 0 && parsed.path && access(parsed.path, F_OK) != 0 && errno == ENOENT;
    kith__url_free(&parsed);
    kith__error_free(&error);
    return missing;
}

bool kith__run_reader(kith__run *run)
{
    const char *url = run->url;
    if (url && !run->pool && is_missing(url))
        run->url = "sqlite://";
    bool open = kith__run_pool(run);
    run->url = url;
    return open;
}

/* NULL: no memory. The caller's to free. */
static const kith_model **list_models(const kith__run *run, size_t *count)
{
    for (*count = run->built_count; !run->built && run->app->models && run->app->models[*count];)
        ++*count;
    const kith_model **models = calloc(*count + 1, sizeof *models);
    for (size_t i = 0; models && i < *count; i++)
        models[i] = run->built ? run->built[i] : run->app->models[i]();
    return models;
}

bool kith__run_models(kith__run *run)
{
    kith__error error = { .public_ = { .status = KITH_OK } };
    size_t count = 0;
    const kith_model **models = run->models ? NULL : list_models(run, &count);
    bool built = run->models || (models && kith__models_build(&run->models, models, count, &error) == KITH_OK);
    if (!built && !kith__failed(&error))
        kith__fail_memory(&error);
    if (!built)
        kith__run_said(run, &error.public_);
    free(models);
    kith__error_free(&error);
    return built;
}

static void close_all(kith__run *run)
{
    kith_close(run->database);
    if (run->pool)
        kith__pool_close(run->pool);
    if (run->models)
        kith__models_free(run->models);
}

void kith__run_echo(void *arg, const char *sql, const kith_value *values, size_t count, int64_t nanoseconds)
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
        kith_session_log(session, kith__run_echo, NULL);
    int result = kith_session_status(session) ? KITH__EXIT_ERROR : command->run(session, argc, argv);
    if (kith_session_status(session))
        result = kith__run_said(run, kith_session_error(session));
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
    if (strcmp(argv[0], "models") == 0)
        return kith__command_models(run, argc, argv);
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

/* names that every app's program has; an app's own command of such a name would never be reached by a person who knows kith */
static bool is_taken(const char *name)
{
    static const char *const taken[] = { "new", "shell", "models", "db" };
    return kith__listed(taken, KITH__COUNT(taken), name);
}

static bool app_is_sound(const kith__run *run)
{
    const kith_app *app = run->app;
    if (!app || app->abi != KITH_ABI || app->command_size != sizeof(kith_command)) {
        fprintf(stderr, "%s was compiled against another version of kith's headers than the library that it runs with; compile it again.\n", run->program);
        return false;
    }
    for (const kith_command *command = commands_of(app); command->name; command++)
        if (is_taken(command->name)) {
            fprintf(stderr, "%s: the app's command '%s' has a name that is kith's own. Name it otherwise.\n", run->program, command->name);
            return false;
        }
    return true;
}

static kith__run run_of(const kith_app *app, const char *called)
{
    const char *slash = strrchr(called, '/');
    return (kith__run){ .app = app, .url = app ? app->database : NULL, .program = slash ? slash + 1 : called, .called = called };
}

static int run_words(kith__run *run, int argc, char **argv)
{
    int result = read_options(run, argc, argv);
    if (result < 0 && optind >= argc) {
        help(run, stderr);
        result = KITH__EXIT_USAGE;
    }
    if (result < 0)
        result = dispatch(run, argc - optind, argv + optind);
    close_all(run);
    return result;
}

int kith_main_(const kith_app *app, int argc, char **argv)
{
    const char *environment = getenv("KITH_DATABASE_URL");
    kith__run run = run_of(app, argc > 0 ? argv[0] : "kith");
    if (!app_is_sound(&run))
        return KITH__EXIT_ERROR;
    if (environment && *environment)
        run.url = environment;
    return run_words(&run, argc, argv);
}

int kith_sys_main(const kith_sys_app *given, int argc, char **argv)
{
    static const kith_model *const none[] = { NULL };
    const kith_app app = { .abi = KITH_ABI, .command_size = sizeof(kith_command), .name = given->name, .database = given->database, .linked = kith_main_ };
    kith__run run = run_of(&app, argc > 0 ? argv[0] : "kith");
    run.built = given->models ? given->models : none;
    run.built_count = given->models ? given->count : 0;
    return run_words(&run, argc, argv);
}
