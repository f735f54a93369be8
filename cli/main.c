/*
 * The kith program: options, which app, and then that app's kith_main.
 *
 * --app and -C are its own; every other option and the command go on as they are, so that `kith db upgrade` says and does what
 * `./raccoons db upgrade` would.
 */
#include "cli.h"

#include <dlfcn.h>
#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---------------------------------------------------------------- what was asked for */

typedef struct call {
    const char *app;
    words arguments;                /* for kith_main: the program's name, the options that are not ours, the rest */
    const char *command;            /* or NULL */
    bool help, version;
} call;

static bool is_shell(const call *c) { return c->command != NULL && strcmp(c->command, "shell") == 0; }

/* ---------------------------------------------------------------- loading */

static void list_sources(const plan *p, FILE *out)
{
    for (size_t i = 0; i < p->sources.count; i++) {
        const char *slash = strrchr(p->sources.items[i], '/');
        fprintf(out, "%s%s", i > 0 ? ", " : "", slash != NULL ? slash + 1 : p->sources.items[i]);
    }
}

static int no_app(const char *named, const plan *sources)
{
    if (sources == NULL)
        return complain("there is no app in %s: nothing in it is a KITH_APP.", named);
    fprintf(stderr, "kith: there is no app in %s (looked at ", sources->folder);
    list_sources(sources, stderr);
    fputs("): none of them has a KITH_APP. It begins: KITH_APP(\"name\", .models = KITH_MODELS(…));\n", stderr);
    return 1;
}

/* It may turn the order of what it is given, and leave things out: the list itself stays ours. */
static int run_main(const kith_app *app, const words *arguments)
{
    char **copy = calloc(arguments->count + 1, sizeof *copy);
    if (copy == NULL)
        return complain_memory();
    memcpy(copy, arguments->items, arguments->count * sizeof *copy);
    int status = kith_main_(app, (int)arguments->count, copy);
    free(copy);
    return status;
}

/* Two copies of the library in one process would not know each other's handles. */
static int check_app(const kith_app *app, const char *named)
{
    if (app->abi != KITH_ABI || app->command_size != sizeof(kith_command))
        return complain("%s was compiled against another version of kith's headers than this kith; compile it again.", named);
    if (app->linked != kith_main_)
        return complain("%s brings a kith of its own, and two cannot be in one program. Link it with the shared libkith, or run it as a program.", named);
    return 0;
}

static void *load(const char *path)
{
    char absolute[PATH_MAX];
    return realpath(path, absolute) != NULL ? dlopen(absolute, RTLD_NOW | RTLD_LOCAL) : NULL;
}

/* `sources` NULL: it was not built here. */
static int run_loaded(void *library, const char *named, const plan *sources, const call *c)
{
    if (library == NULL) {
        const char *why = dlerror(), *what = why != NULL ? strstr(why, ": ") : NULL;
        return complain("%s cannot be loaded: %s.%s", named, what != NULL ? what + 2 : strerror(errno),
            sources != NULL ? " If that is in another file or library, name it in kith.build (sources = …, libs = …)." : "");
    }
    const kith_app *app = dlsym(library, "kith_the_app");
    if (app == NULL)
        return no_app(named, sources);
    int status = check_app(app, named);
    Dl_info place;
    if (status != 0)
        return status;
    if (!is_shell(c))
        return run_main(app, &c->arguments);
    return dladdr(app, &place) != 0 ? command_shell(place.dli_fname, named, &c->arguments) : complain("it is not known where %s was loaded from.", named);
}

/* What was found may be gone when it is loaded, another having built anew meanwhile: then there is something newer to be found. */
static int build_and_load(const plan *p, void **library)
{
    enum { TRIES_ = 5 };
    char path[PATH_MAX];
    int status = 0;
    *library = NULL;
    for (int i = 0; i < TRIES_ && status == 0 && *library == NULL; i++) {
        status = build(p, path);
        *library = status == 0 ? load(path) : NULL;
        if (access(path, F_OK) == 0)
            break;
    }
    return status;
}

static int run_sources(const char *folder, const char *app, const call *c)
{
    plan p;
    void *library;
    int status = plan_make(&p, folder, app);
    if (status != 0)
        return status;
    status = build_and_load(&p, &library);
    if (status == 0)
        status = run_loaded(library, folder, &p, c);
    plan_free(&p);
    return status;
}

/* A program cannot be loaded into another: it is run, with the same arguments. */
static int run_program(const char *path, const call *c)
{
    char with_slash[PATH_MAX];
    const words *arguments = &c->arguments;
    if (is_shell(c))
        return complain("%s is a program, and no other can look into it. For the shell name its sources (--app FILE.c or a folder) or a shared object.", path);
    if ((size_t)snprintf(with_slash, sizeof with_slash, "%s%s", strchr(path, '/') != NULL ? "" : "./", path) >= sizeof with_slash)
        return complain("the name %s is too long.", path);
    char *own = arguments->items[0];
    arguments->items[0] = with_slash;
    execv(with_slash, arguments->items);
    arguments->items[0] = own;
    return complain("cannot run %s: %s.", path, strerror(errno));
}

/* ---------------------------------------------------------------- which app */

static int no_app_here(void)
{
    return complain("there is no app here (looked for ./app.c). Begin one with: kith new NAME, or say where it is: kith --app FILE, or KITH_APP.");
}

static int run_app(const char *named, const call *c)
{
    char folder[PATH_MAX];
    const char *app = named != NULL ? named : "app.c";
    switch (place_of(app)) {
    case PLACE_MISSING:
        return named == NULL ? no_app_here() : complain("there is no %s. --app takes a C file, a folder, a shared object or a program.", app);
    case PLACE_FOLDER:
        return run_sources(app, NULL, c);
    case PLACE_C:
        if (strlen(app) >= sizeof folder)
            return complain("the name %s is too long.", app);
        strcpy(folder, app);
        char *slash = strrchr(folder, '/');
        if (slash != NULL)
            slash[slash == folder] = 0;
        return run_sources(slash != NULL ? folder : ".", named, c);
    case PLACE_SHARED:
        return run_loaded(load(app), app, NULL, c);
    case PLACE_PROGRAM:
        return run_program(app, c);
    default:
        return complain("%s is no app: --app takes a C file, a folder, a shared object or a program.", app);
    }
}

/* ---------------------------------------------------------------- options */

static void help(FILE *out)
{
    fputs("Usage: kith [options] command [arguments]\n\n"
          "  new NAME               begin a project: models, app, Makefile, migrations\n"
          "  models                 draw the models and how they are related (models --help)\n"
          "  shell                  Python with the app's models (shell --help)\n"
          "  db …                   the tables, and the migrations that change them (db --help)\n"
          "  and the app's own commands (kith --help where an app is)\n\n"
          "Options:\n"
          "  --app FILE             the app: a C file, a folder, a shared object or a program (else KITH_APP, else ./app.c)\n"
          "  -C DIR                 go there first\n"
          "  --database URL         which database (else KITH_DATABASE_URL, else the app's own)\n"
          "  --echo                 show every statement on stderr\n"
          "  -q, --quiet            no progress on stderr\n"
          "  --version              which kith this is\n"
          "  -h, --help             this text\n", out);
}

static int usage(const char *word)
{
    complain("the option '%s' is not known, or lacks its value. Run 'kith --help' for what there is.", word);
    return 2;
}

/* -1: go on; else an exit status, and the sentence is out */
static int take_option(call *c, int option, char *word)
{
    bool well = true;
    switch (option) {
    case 'a': c->app = optarg; break;
    case 'C':
        if (chdir(optarg) != 0)
            return complain("cannot go to %s: %s.", optarg, strerror(errno));
        break;
    case 'd': well = words_add(&c->arguments, "--database") && words_add(&c->arguments, optarg); break;
    case 'e': well = words_add(&c->arguments, "--echo"); break;
    case 'q': well = words_add(&c->arguments, "-q"); break;
    case 'h': c->help = true; break;
    case 'v': c->version = true; break;
    default: return usage(word);
    }
    return well ? -1 : complain_memory();
}

static int read_call(call *c, int argc, char **argv)
{
    static const struct option options[] = { { "app", required_argument, NULL, 'a' }, { "database", required_argument, NULL, 'd' }, { "echo", no_argument, NULL, 'e' },
                                             { "quiet", no_argument, NULL, 'q' }, { "version", no_argument, NULL, 'v' }, { "help", no_argument, NULL, 'h' },
                                             { NULL, 0, NULL, 0 } };
    opterr = 0;
    if (!words_add(&c->arguments, argv[0]))
        return complain_memory();
    for (int option; (option = getopt_long(argc, argv, "+C:qh", options, NULL)) != -1;) {
        int status = take_option(c, option, argv[optind - 1]);
        if (status >= 0)
            return status;
    }
    c->command = optind < argc ? argv[optind] : NULL;
    for (int i = optind; i < argc; i++)
        if (!words_add(&c->arguments, argv[i]))
            return complain_memory();
    return -1;
}

static int run(call *c, int argc, char **argv)
{
    const char *environment = getenv("KITH_APP");
    const char *named = c->app != NULL ? c->app : environment != NULL && *environment != 0 ? environment : NULL;
    if (c->version)
        return printf("kith %s\n", KITH_VERSION) > 0 ? 0 : 1;
    if (c->command != NULL && strcmp(c->command, "new") == 0 && !c->help)
        return command_new(argc, argv);
    bool nothing_asked = c->help || c->command == NULL;
    if (nothing_asked && named == NULL && place_of("app.c") == PLACE_MISSING) {
        help(c->help ? stdout : stderr);
        return c->help ? 0 : 2;
    }
    if (c->help && !words_add(&c->arguments, "--help"))
        return complain_memory();
    if (c->help) {      /* an option stands before the command */
        char **items = c->arguments.items, *option = items[c->arguments.count - 1];
        memmove(&items[2], &items[1], (c->arguments.count - 2) * sizeof *items);
        items[1] = option;
    }
    return run_app(named, c);
}

int main(int argc, char **argv)
{
    call c = { .app = NULL };
    int status = read_call(&c, argc, argv);
    if (status < 0)
        status = run(&c, argc - optind, argv + optind);
    words_free(&c.arguments);
    return status;
}
