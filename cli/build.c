/*
 * build: the sources of an app, compiled into a shared object with the system's compiler and kith's flags. What the compiler says is
 * shown as it says it.
 */
#include "cli.h"

#include <errno.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* ---------------------------------------------------------------- kith.build */

static int bad_line(const plan *p, size_t number, const char *line)
{
    return complain("%s/kith.build:%zu: '%s' says nothing to kith. A line is: sources = a.c b.c, cflags = -DX, or libs = -lm.", p->folder, number, line);
}

static int read_line(plan *p, size_t number, char *line)
{
    char *comment = strchr(line, '#'), *equals;
    if (comment != NULL)
        *comment = 0;
    line += strspn(line, " \t\r\n");
    line[strcspn(line, "\r\n")] = 0;
    if (*line == 0)
        return 0;
    if ((equals = strchr(line, '=')) == NULL)
        return bad_line(p, number, line);
    size_t size = strcspn(line, " \t=");
    const struct { const char *name; words *list; } known[] = { { "sources", &p->sources }, { "cflags", &p->cflags }, { "libs", &p->libs } };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strlen(known[i].name) == size && memcmp(known[i].name, line, size) == 0)
            return words_split(known[i].list, equals + 1) ? 0 : complain_memory();
    return bad_line(p, number, line);
}

static int read_build_file(plan *p)
{
    char path[PATH_MAX];
    char *line = NULL;
    size_t capacity = 0, number = 0;
    int status = 0;
    if ((size_t)snprintf(path, sizeof path, "%s/kith.build", p->folder) >= sizeof path)
        return 0;
    FILE *file = fopen(path, "re");
    if (file == NULL)
        return errno == ENOENT ? 0 : complain("cannot read %s: %s.", path, strerror(errno));
    while (status == 0 && getline(&line, &capacity, file) >= 0)
        status = read_line(p, ++number, line);
    free(line);
    fclose(file);
    return status;
}

/* ---------------------------------------------------------------- sources */

static int find_sources(plan *p)
{
    char pattern[PATH_MAX];
    glob_t found;
    if ((size_t)snprintf(pattern, sizeof pattern, "%s/*.c", p->folder) >= sizeof pattern)
        return complain("the name of the folder %s is too long.", p->folder);
    int how = glob(pattern, GLOB_NOSORT, NULL, &found);
    if (how != 0 && how != GLOB_NOMATCH)
        return complain("cannot look for C files in %s.", p->folder);
    bool well = true;
    for (size_t i = 0; how == 0 && i < found.gl_pathc && well; i++)
        well = words_add(&p->sources, found.gl_pathv[i]);
    if (how == 0)
        globfree(&found);
    return well ? 0 : complain_memory();
}

/* Those of kith.build are named from its folder, and may be patterns. */
static int expand_sources(plan *p)
{
    words named = p->sources;
    int status = 0;
    p->sources = (words){ .items = NULL };
    for (size_t i = 0; i < named.count && status == 0; i++) {
        char pattern[PATH_MAX];
        glob_t found;
        if ((size_t)snprintf(pattern, sizeof pattern, "%s%s%s", named.items[i][0] == '/' ? "" : p->folder, named.items[i][0] == '/' ? "" : "/", named.items[i]) >= sizeof pattern ||
            glob(pattern, 0, NULL, &found) != 0) {
            status = complain("%s/kith.build names %s, and there is no such file.", p->folder, named.items[i]);
            break;
        }
        for (size_t j = 0; j < found.gl_pathc && status == 0; j++)
            status = words_add(&p->sources, found.gl_pathv[j]) ? 0 : complain_memory();
        globfree(&found);
    }
    words_free(&named);
    return status;
}

/* Does a line of the file begin with this word? */
static bool file_has(const char *path, const char *word)
{
    char *line = NULL;
    size_t capacity = 0;
    bool found = false;
    FILE *file = fopen(path, "re");
    while (file != NULL && !found && getline(&line, &capacity, file) >= 0)
        found = strncmp(line, word, strlen(word)) == 0;
    free(line);
    if (file != NULL)
        fclose(file);
    return found;
}

static const char *file_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash != NULL ? slash + 1 : path;
}

/* Of a folder with several apps the one that was asked for. */
static void leave_out_other_apps(plan *p, const char *app)
{
    size_t kept = 0;
    for (size_t i = 0; i < p->sources.count; i++)
        if (strcmp(file_of(p->sources.items[i]), file_of(app)) != 0 && file_has(p->sources.items[i], "KITH_APP("))
            free(p->sources.items[i]);
        else
            p->sources.items[kept++] = p->sources.items[i];
    p->sources.count = kept;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

int plan_make(plan *p, const char *folder, const char *app)
{
    *p = (plan){ .folder = "" };
    if (realpath(folder, p->folder) == NULL)
        return complain("cannot find the folder %s: %s.", folder, strerror(errno));
    int status = read_build_file(p);
    bool told = p->sources.count > 0;
    if (status == 0)
        status = told ? expand_sources(p) : find_sources(p);
    if (status == 0 && !told && app != NULL)
        leave_out_other_apps(p, app);
    if (status == 0 && p->sources.count == 0)
        status = complain("there is no C file in %s, so there is no app.", folder);
    if (p->sources.count > 1)
        qsort(p->sources.items, p->sources.count, sizeof *p->sources.items, by_name);
    if (status != 0)
        plan_free(p);
    return status;
}

void plan_free(plan *p)
{
    words_free(&p->sources);
    words_free(&p->cflags);
    words_free(&p->libs);
}

/* ---------------------------------------------------------------- where kith's headers are */

static bool has_headers(const char *folder)
{
    char path[PATH_MAX];
    return (size_t)snprintf(path, sizeof path, "%s/kith/kith.h", folder) < sizeof path && access(path, R_OK) == 0;
}

/* KITH_INCLUDE_DIR; else beside this program as it was installed, or as it lies in a build folder; "" where the compiler finds them itself */
static void find_headers(char out[PATH_MAX])
{
    static const char *const places[] = { "../include", "../../include", "../../../include" };
    const char *named = getenv("KITH_INCLUDE_DIR");
    char program[PATH_MAX], path[PATH_MAX];
    ssize_t size = readlink("/proc/self/exe", program, sizeof program - 1);
    out[0] = 0;
    if (named != NULL && *named != 0 && strlen(named) < PATH_MAX) {
        strcpy(out, named);
        return;
    }
    if (size <= 0)
        return;
    program[size] = 0;
    char *slash = strrchr(program, '/');
    *slash = 0;
    for (size_t i = 0; i < sizeof places / sizeof *places; i++)
        if ((size_t)snprintf(path, sizeof path, "%s/%s", program, places[i]) < sizeof path && has_headers(path) && realpath(path, out) != NULL)
            return;
    out[0] = 0;
}

/* ---------------------------------------------------------------- compiling */

typedef struct work {
    const plan *plan;
    char folder[PATH_MAX];          /* where it is done */
    words compiler, flags;          /* "ccache gcc"; what every compilation gets */
    words objects, inputs;
    char built[PATH_MAX];
} work;

static bool add_all(words *to, const words *from)
{
    for (size_t i = 0; i < from->count; i++)
        if (!words_add(to, from->items[i]))
            return false;
    return true;
}

static bool choose_flags(work *w)
{
    static const char kiths[] = "-std=gnu11 -g -O1 -fPIC -Wall -Werror=incompatible-pointer-types -Werror=int-conversion";
    const char *compiler = getenv("CC");
    char headers[PATH_MAX];
    find_headers(headers);
    if (!words_split(&w->compiler, compiler != NULL ? compiler : "") || (w->compiler.count == 0 && !words_add(&w->compiler, "cc")))
        return false;
    return words_split(&w->flags, kiths) && (headers[0] == 0 || words_add_format(&w->flags, "-I%s", headers)) && add_all(&w->flags, &w->plan->cflags);
}

/* What must be the same for what was built to be usable. */
static bool identify(const work *w, words *out)
{
    return words_add(out, "kith 1") && words_add(out, w->plan->folder) && add_all(out, &w->compiler) && add_all(out, &w->flags) && words_add(out, "sources") &&
           add_all(out, &w->plan->sources) && words_add(out, "libs") && add_all(out, &w->plan->libs);
}

static bool compile_command(work *w, size_t i, words *out)
{
    return add_all(out, &w->compiler) && add_all(out, &w->flags) && words_add(out, "-c") && words_add(out, w->plan->sources.items[i]) && words_add(out, "-o") &&
           words_add_format(out, "%s/%zu.o", w->folder, i) && words_add(out, "-MD") && words_add(out, "-MF") && words_add_format(out, "%s/%zu.d", w->folder, i) &&
           words_add_format(&w->objects, "%s/%zu.o", w->folder, i);
}

static bool link_command(work *w, words *out)
{
    return add_all(out, &w->compiler) && words_add(out, "-shared") && words_add(out, "-o") && words_add(out, w->built) && add_all(out, &w->objects) &&
           add_all(out, &w->plan->libs);
}

static int compile(work *w)
{
    size_t count = w->plan->sources.count;
    words *commands = calloc(count, sizeof *commands);
    bool well = commands != NULL;
    for (size_t i = 0; i < count && well; i++)
        well = compile_command(w, i, &commands[i]);
    int failed = well ? spawn_all(commands, count) : complain_memory();
    for (size_t i = 0; commands != NULL && i < count; i++)
        words_free(&commands[i]);
    free(commands);
    if (well && failed > 0)
        complain("the app in %s does not compile: the compiler says why, above. Nothing was changed. Mend that, then try again.", w->plan->folder);
    return failed != 0;
}

/* ---------------------------------------------------------------- linking */

static int explain_link(const work *w)
{
    words with_app = { .items = NULL };
    for (size_t i = 0; i < w->plan->sources.count; i++)
        if (file_has(w->plan->sources.items[i], "KITH_APP("))
            words_add(&with_app, w->plan->sources.items[i]);
    if (with_app.count > 1)
        complain("there are two apps: %s and %s both have a KITH_APP. Nothing was changed. Name the sources of one in %s/kith.build (sources = …), or say --app FILE.", with_app.items[0],
            with_app.items[1], w->plan->folder);
    else
        complain("the app in %s does not link. Nothing was changed. If not every .c file there belongs to it, name those that do in %s/kith.build: sources = app.c models.c", w->plan->folder,
            w->plan->folder);
    words_free(&with_app);
    return 1;
}

static int link_objects(work *w)
{
    words command = { .items = NULL };
    bool named = (size_t)snprintf(w->built, sizeof w->built, "%s/app.so", w->folder) < sizeof w->built;
    int failed = named && link_command(w, &command) ? spawn_all(&command, 1) : complain_memory();
    words_free(&command);
    return failed > 0 ? explain_link(w) : failed;
}

/* ---------------------------------------------------------------- what went into it */

/* "x.o: a.c b.h \" and so on, as make reads it; a blank in a name is "\ " */
static bool read_dependencies(const char *text, words *inputs)
{
    const char *p = strchr(text, ':');
    p = p != NULL ? p + 1 : text;
    for (char name[PATH_MAX]; *(p += strspn(p, " \t\r\n\\")) != 0;) {
        size_t size = 0;
        for (; *p != 0 && strchr(" \t\r\n", *p) == NULL && size < sizeof name - 1; p++) {
            bool escape = (p[0] == '\\' && (p[1] == ' ' || p[1] == '#')) || (p[0] == '$' && p[1] == '$');
            p += escape;
            name[size++] = *p;
        }
        name[size] = 0;
        if (!words_add(inputs, name))
            return false;
    }
    return true;
}

static char *read_whole(const char *path)
{
    char *text = NULL;
    size_t size = 0;
    FILE *file = fopen(path, "re");
    if (file == NULL)
        return NULL;
    if (getdelim(&text, &size, 0, file) < 0) {
        free(text);
        text = NULL;
    }
    fclose(file);
    return text;
}

/* Each once: most headers come with every source. */
static void drop_doubles(words *list)
{
    size_t kept = 0;
    qsort(list->items, list->count, sizeof *list->items, by_name);
    for (size_t i = 0; i < list->count; i++)
        if (kept > 0 && strcmp(list->items[kept - 1], list->items[i]) == 0)
            free(list->items[i]);
        else
            list->items[kept++] = list->items[i];
    list->count = kept;
    list->items[kept] = NULL;
}

static bool list_inputs(work *w)
{
    bool well = true;
    for (size_t i = 0; i < w->plan->sources.count && well; i++) {
        char path[PATH_MAX];
        bool named = (size_t)snprintf(path, sizeof path, "%s/%zu.d", w->folder, i) < sizeof path;
        char *text = named ? read_whole(path) : NULL;
        well = text != NULL && read_dependencies(text, &w->inputs);
        free(text);
    }
    if (well && w->inputs.count > 1)
        drop_doubles(&w->inputs);
    return well;
}

/* ---------------------------------------------------------------- all of it */

static void clean(const work *w)
{
    char path[PATH_MAX];
    for (size_t i = 0; i < w->plan->sources.count; i++)
        for (const char *end = "od"; *end != 0; end++)
            if ((size_t)snprintf(path, sizeof path, "%s/%zu.%c", w->folder, i, *end) < sizeof path)
                unlink(path);
    if (w->built[0] != 0)
        unlink(w->built);
    rmdir(w->folder);
}

static int build_anew(work *w, const cache *c, char out[PATH_MAX])
{
    struct timespec since;
    clock_gettime(CLOCK_REALTIME, &since);
    if ((size_t)snprintf(w->folder, sizeof w->folder, "%s/work-XXXXXX", c->folder) >= sizeof w->folder || mkdtemp(w->folder) == NULL)
        return complain("cannot make a folder in %s: %s.", c->folder, strerror(errno));
    int status = compile(w);
    if (status == 0)
        status = link_objects(w);
    if (status == 0)
        status = list_inputs(w) ? 0 : complain_memory();
    if (status == 0)
        status = cache_put(c, w->built, &w->inputs, since, out) ? 0 : 1;
    clean(w);
    return status != 0;
}

static int build_in_turn(work *w, const cache *c, char out[PATH_MAX])
{
    int lock = cache_lock(c);
    int status = cache_find(c, out) ? 0 : build_anew(w, c, out);
    if (lock >= 0)
        close(lock);
    return status;
}

int build(const plan *p, char out[PATH_MAX])
{
    work w = { .plan = p };
    words identity = { .items = NULL };
    cache c;
    int status = choose_flags(&w) && identify(&w, &identity) ? cache_open(&c, &identity) : complain_memory();
    if (status == 0 && !cache_find(&c, out))
        status = build_in_turn(&w, &c, out);
    words_free(&identity);
    words_free(&w.compiler);
    words_free(&w.flags);
    words_free(&w.objects);
    words_free(&w.inputs);
    return status;
}
