/*
 * shell: kith shell is Python, in a process of its own, with the app's shared object to load. This file only finds that Python.
 */
#include "cli.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What Python is started with: the kith.shell that came with this program; else, where that is for another Python, the one that this
 * Python has; else a sentence. */
static const char start[] =
    "import sys\n"
    "own = sys.argv.pop(1)\n"
    "sys.path.insert(0, own)\n"
    "try:\n"
    "    import kith._core\n"
    "except ModuleNotFoundError:\n"
    "    sys.path.remove(own)\n"
    "    sys.modules.pop('kith', None)\n"
    "try:\n"
    "    import kith.shell\n"
    "except ModuleNotFoundError as missing:\n"
    "    if missing.name not in ('kith', 'kith._core'):\n"
    "        raise\n"
    "    sys.exit('kith: the shell is Python, and ' + sys.executable + ' has no module kith. Install it there (make python), or name a Python that has it in '\n"
    "             'KITH_PYTHON.')\n"
    "sys.exit(kith.shell.main(sys.argv[1:]))\n";

/* KITH_PYTHON; else that of the virtual environment that is active; else the first python3 in PATH */
static bool find_python(char out[PATH_MAX])
{
    const char *named = getenv("KITH_PYTHON"), *environment = getenv("VIRTUAL_ENV");
    int size;
    if (named != NULL && *named != 0)
        size = snprintf(out, PATH_MAX, "%s", named);
    else if (environment != NULL && *environment != 0)
        size = snprintf(out, PATH_MAX, "%s/bin/python", environment);
    else
        size = snprintf(out, PATH_MAX, "python3");
    return size > 0 && size < PATH_MAX;
}

static bool holds_module(const char *folder)
{
    char path[PATH_MAX];
    return (size_t)snprintf(path, sizeof path, "%s/kith/__init__.py", folder) < sizeof path && access(path, R_OK) == 0;
}

/* Where the module is that was built or installed with this program; "." where there is none */
static void find_module(char out[PATH_MAX])
{
    static const char *const places[] = { "../python", KITH_PYTHON_FOLDER };
    char program[PATH_MAX], path[2 * PATH_MAX];
    ssize_t size = readlink("/proc/self/exe", program, sizeof program - 1);
    strcpy(out, ".");
    if (size <= 0)
        return;
    program[size] = 0;
    *strrchr(program, '/') = 0;
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        bool whole = places[i][0] == '/';
        snprintf(path, sizeof path, "%s%s%s", whole ? "" : program, whole ? "" : "/", places[i]);
        if (places[i][0] != 0 && holds_module(path) && realpath(path, out) != NULL)
            return;
    }
    strcpy(out, ".");
}

int command_shell(const char *object, const char *named, const words *arguments)
{
    char python[PATH_MAX], module[PATH_MAX];
    words command = { .items = NULL };
    find_module(module);
    bool well = find_python(python) && words_add(&command, python) && words_add(&command, "-c") && words_add(&command, start) && words_add(&command, module) &&
                words_add(&command, object) && words_add(&command, named);
    for (size_t i = 1; i < arguments->count && well; i++)
        well = words_add(&command, arguments->items[i]);
    if (!well) {
        words_free(&command);
        return complain_memory();
    }
    fflush(NULL);
    execvp(python, command.items);
    int why = errno;
    words_free(&command);
    return complain("the shell is Python, and %s cannot be run: %s. Install it (apt-get install python3), or name one in KITH_PYTHON.", python, strerror(why));
}
