/*
 * Apps: the commands of `kith db` over models of Python's, and the models of a C app told in Python's words, for kith/capp.py to make
 * classes of them. The declarations of such classes are the C models themselves, so the app's own functions know their objects.
 */
#include "core.h"

#include <kith/sys/app.h>

#include <dlfcn.h>
#include <string.h>

/* ---------------------------------------------------------------- the commands of kith db */

/* main(Models, [index, …], name, url, [word, …]): the exit status */
PyObject *app_main(PyObject *module, PyObject *args)
{
    Models *models;
    PyObject *chosen, *words;
    const char *name, *url;
    (void)module;
    if (!PyArg_ParseTuple(args, "O!O!szO!", &Models_Type, &models, &PyList_Type, &chosen, &name, &url, &PyList_Type, &words))
        return NULL;
    Py_ssize_t count = PyList_GET_SIZE(chosen), argc = PyList_GET_SIZE(words);
    const kith_model **list = PyMem_Calloc((size_t)count + 1, sizeof *list);
    char **argv = PyMem_Calloc((size_t)argc + 1, sizeof *argv);
    bool ok = list && argv;
    for (Py_ssize_t i = 0; ok && i < count; i++) {
        size_t index = PyLong_AsSize_t(PyList_GET_ITEM(chosen, i));
        if ((ok = !PyErr_Occurred() && index < models->count))
            list[i] = &models->declared[index].model;
    }
    for (Py_ssize_t i = 0; ok && i < argc; i++)         /* getopt moves the words about, and changes none */
        ok = (argv[i] = (char *)(uintptr_t)PyUnicode_AsUTF8(PyList_GET_ITEM(words, i))) != NULL;
    int status = 0;
    if (ok) {
        Py_BEGIN_ALLOW_THREADS
        status = kith_sys_main(&(kith_sys_app){ .name = name, .database = url, .models = list, .count = (size_t)count }, (int)argc, argv);
        Py_END_ALLOW_THREADS
    }
    PyMem_Free(list);
    PyMem_Free(argv);
    if (ok)
        return PyLong_FromLong(status);
    if (!list || !argv)
        return PyErr_NoMemory();
    return PyErr_Occurred() ? NULL : PyErr_Format(PyExc_IndexError, "there is no such model");
}

/* ---------------------------------------------------------------- a C app, told */

static int put(PyObject *dict, const char *name, PyObject *value)
{
    int failed = value ? PyDict_SetItemString(dict, name, value) : -1;
    Py_XDECREF(value);
    return failed;
}

static int put_text(PyObject *dict, const char *name, const char *text)
{
    return text ? put(dict, name, PyUnicode_FromString(text)) : 0;
}

static int put_true(PyObject *dict, const char *name, bool is)
{
    return is ? put(dict, name, PyBool_FromLong(1)) : 0;
}

/* How the values of a C member are in Python. */
static int kind_of(const kith_attribute *a)
{
    switch (a->type & ~(uint32_t)KITH_TYPE_OPT) {
    case KITH_TYPE_BOOL: return KIND_BOOL;
    case KITH_TYPE_INT: case KITH_TYPE_UINT: return a->labels || a->enum_labels ? KIND_TEXT : KIND_INT;
    case KITH_TYPE_REAL: return KIND_REAL;
    case KITH_TYPE_TEXT: return KIND_TEXT;
    case KITH_TYPE_BLOB: return KIND_BLOB;
    case KITH_TYPE_DATE: return KIND_DATE;
    case KITH_TYPE_TIME: return KIND_TIME;
    case KITH_TYPE_DATETIME: return KIND_DATETIME;
    case KITH_TYPE_UUID: return KIND_UUID;
    case KITH_TYPE_JSON: return KIND_JSON;
    case KITH_TYPE_DECIMAL: return KIND_DECIMAL;
    default: return KIND_NONE;
    }
}

static Py_ssize_t index_of(const kith_model *const *models, size_t count, const kith_model *wanted)
{
    for (size_t i = 0; i < count; i++)
        if (models[i] == wanted)
            return (Py_ssize_t)i;
    return -1;
}

static int tell_relation(PyObject *dict, const kith_attribute *a, const kith_model *const *models, size_t count)
{
    const kith_model *target = a->target ? a->target() : a->target_model;
    return put_text(dict, "what", "relationship") | put(dict, "target", PyLong_FromSsize_t(index_of(models, count, target))) |
           put(dict, "many", PyBool_FromLong(a->type == KITH_TYPE_MANY)) | put_text(dict, "back_populates", a->back_populates) | put_text(dict, "load", a->load) |
           put_text(dict, "cascade", a->cascade) | put_true(dict, "view_only", a->view_only);
}

static int tell_column(PyObject *dict, const kith_attribute *a)
{
    return put_text(dict, "what", "column") | put(dict, "kind", PyLong_FromLong(kind_of(a) + KIND_NATIVE)) | put_text(dict, "column", a->column ? a->column : a->name) |
           put_text(dict, "foreign_key", a->foreign_key) | put_true(dict, "primary_key", a->primary_key) |
           put(dict, "length", PyLong_FromUnsignedLong(a->length)) | put(dict, "precision", PyLong_FromUnsignedLong(a->precision)) |
           put(dict, "scale", PyLong_FromUnsignedLong(a->scale));
}

static PyObject *tell_attribute(const kith_attribute *a, const kith_model *const *models, size_t count)
{
    PyObject *dict = PyDict_New();
    if (!dict)
        return NULL;
    int failed = put_text(dict, "name", a->name);
    if (a->type == KITH_TYPE_ONE || a->type == KITH_TYPE_MANY)
        failed |= tell_relation(dict, a, models, count);
    else if (a->type == KITH_TYPE_PROXY)
        failed |= put_text(dict, "what", "proxy") | put_text(dict, "through", a->through) | put_text(dict, "attribute", a->attribute);
    else if (a->type < KITH_TYPE_UNIQUE || a->type > KITH_TYPE_CHECK)
        failed |= tell_column(dict, a);
    if (failed)
        Py_CLEAR(dict);
    return dict;
}

static const kith_attribute *attribute_at(const kith_model *model, size_t i)
{
    return (const kith_attribute *)(const void *)((const char *)model->attributes + i * model->attribute_size);
}

/* What the app was compiled with may be shorter, and the rest of it is then nothing. */
static void copy_attribute(kith_attribute *out, const kith_model *model, size_t i)
{
    *out = (kith_attribute){ .name = NULL };
    memcpy(out, attribute_at(model, i), model->attribute_size < sizeof *out ? model->attribute_size : sizeof *out);
}

static PyObject *tell_model(const kith_model *const *models, size_t count, size_t which)
{
    const kith_model *model = models[which];
    PyObject *entries = PyList_New((Py_ssize_t)model->count);
    for (size_t i = 0; entries && i < model->count; i++) {
        kith_attribute a;
        copy_attribute(&a, model, i);
        PyObject *told = tell_attribute(&a, models, count);
        if (told)
            PyList_SET_ITEM(entries, (Py_ssize_t)i, told);
        else
            Py_CLEAR(entries);
    }
    PyObject *native = entries ? PyCapsule_New((void *)(uintptr_t)model, "kith_model", NULL) : NULL;
    if (!native) {
        Py_XDECREF(entries);
        return NULL;
    }
    return Py_BuildValue("(NszNO)", native, model->name, model->table, entries, model->size == 0 ? Py_True : Py_False);
}

static PyObject *tell_commands(const kith_app *app)
{
    PyObject *commands = PyDict_New();
    for (const kith_command *c = app->commands; commands && c && c->name; c++)
        if (put(commands, c->name, PyUnicode_FromString(c->help ? c->help : "")))
            Py_CLEAR(commands);
    return commands;
}

static PyObject *tell(const kith_app *app)
{
    size_t count = 0;
    while (app->models && app->models[count])
        count++;
    const kith_model **models = PyMem_Calloc(count + 1, sizeof *models);
    PyObject *list = models ? PyList_New((Py_ssize_t)count) : PyErr_NoMemory(), *commands = NULL, *handle = NULL;
    for (size_t i = 0; list && i < count; i++)
        models[i] = app->models[i]();
    for (size_t i = 0; list && i < count; i++) {
        PyObject *told = tell_model(models, count, i);
        if (told)
            PyList_SET_ITEM(list, (Py_ssize_t)i, told);
        else
            Py_CLEAR(list);
    }
    PyMem_Free(models);
    commands = list ? tell_commands(app) : NULL;
    handle = commands ? PyCapsule_New((void *)(uintptr_t)app, "kith_app", NULL) : NULL;
    if (handle)
        return Py_BuildValue("(NszNN)", handle, app->name, app->database, list, commands);
    Py_XDECREF(list);
    Py_XDECREF(commands);
    return NULL;
}

/* An app's shared object takes the library from the program that loads it: here from the libkith that this module is linked to. False: this
 * module has the library inside, as a wheel's has, and nothing of it can be shared. */
static bool share_library(void)
{
    Dl_info own;
    void *address;
    int (*linked)(const kith_app *, int, char **) = kith_main_;
    memcpy(&address, &linked, sizeof address);
    if (!dladdr(address, &own) || !dlopen(own.dli_fname, RTLD_NOW | RTLD_GLOBAL | RTLD_NOLOAD))
        return false;
    return dlsym(RTLD_DEFAULT, "kith_main_") == address;
}

static PyObject *raise_copy(void)
{
    return raise_message("app.copy", "The app is linked with one libkith and this Python's module kith brings another, and two cannot be in one process. "
                         "Use the module that was installed with that libkith (make python), not a wheel's.");
}

/* app(path): (handle, name, database or None, [(model, name, table or None, [attribute, …], whether it is a join table), …], {command: help}).
 * The object stays loaded as long as the process lives: the models are in it. */
PyObject *app_load(PyObject *module, PyObject *path)
{
    PyObject *encoded;
    (void)module;
    if (!share_library())
        return raise_copy();
    if (!PyUnicode_FSConverter(path, &encoded))
        return NULL;
    void *library = dlopen(PyBytes_AS_STRING(encoded), RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
    const char *why = library ? NULL : dlerror();
    Py_DECREF(encoded);
    if (!library)
        return raise_message("app.load", "The app cannot be loaded: %s.", why ? why : "it is no shared object");
    const kith_app *app = dlsym(library, "kith_the_app");
    if (!app)
        return raise_message("app.none", "There is no app in %U: nothing in it is a KITH_APP.", path);
    if (app->abi != KITH_ABI || app->command_size != sizeof(kith_command))
        return raise_message("app.abi", "The app was compiled against another version of kith's headers than this Python's kith; compile it again.");
    if (app->linked != kith_main_)
        return raise_copy();
    return tell(app);
}

/* command(handle, session, [word, …]): runs one of the app's own in the session; what it returned */
PyObject *app_command(PyObject *module, PyObject *args)
{
    PyObject *handle, *words;
    Session *session;
    (void)module;
    if (!PyArg_ParseTuple(args, "OO!O!", &handle, &Session_Type, &session, &PyList_Type, &words))
        return NULL;
    const kith_app *app = PyCapsule_GetPointer(handle, "kith_app");
    Py_ssize_t argc = PyList_GET_SIZE(words);
    char **argv = app && session->session ? PyMem_Calloc((size_t)argc + 1, sizeof *argv) : NULL;
    bool ok = argv && argc > 0;
    for (Py_ssize_t i = 0; ok && i < argc; i++)
        ok = (argv[i] = (char *)(uintptr_t)PyUnicode_AsUTF8(PyList_GET_ITEM(words, i))) != NULL;
    const kith_command *command = ok ? app->commands : NULL;
    while (command && command->name && strcmp(command->name, argv[0]))
        command++;
    work w;
    PyObject *result = NULL;
    if (!ok && !PyErr_Occurred())
        raise_message("session.closed", "This session is closed.");
    else if (ok && (!command || !command->name))
        raise_message("app.command", "The app has no command %s.", argv[0]);
    else if (ok && work_begin(&w, session->session)) {
        int status = command->run(session->session, (int)argc, argv);
        fflush(stdout);
        if (work_end(&w))
            result = PyLong_FromLong(status);
    }
    PyMem_Free(argv);
    return result;
}

/* ---------------------------------------------------------------- declarations that are C models */

bool native_declaration(declaration *d, PyObject *native)
{
    const kith_model *model = PyCapsule_GetPointer(native, "kith_model");
    if (!model)
        return false;
    if (!(d->attributes = calloc(model->count + 1, sizeof *d->attributes))) {
        PyErr_NoMemory();
        return false;
    }
    d->native = model;
    d->model = (kith_model){ .abi = KITH_ABI, .attribute_size = sizeof(kith_attribute), .name = model->name, .table = model->table, .size = model->size,
                             .count = model->count, .attributes = d->attributes };
    for (size_t i = 0; i < model->count; i++)
        copy_attribute(&d->attributes[i], model, i);
    return true;
}

/* The copies lead to copies. */
void native_targets(Models *self)
{
    for (size_t i = 0; i < self->count; i++)
        for (size_t k = 0; self->declared[i].native && k < self->declared[i].model.count; k++) {
            kith_attribute *a = &self->declared[i].attributes[k];
            const kith_model *target = a->target ? a->target() : NULL;
            for (size_t j = 0; target && j < self->count; j++)
                if (self->declared[j].native == target) {
                    a->target_model = &self->declared[j].model;
                    a->target = NULL;
                    target = NULL;
                }
        }
}

bool native_stand(Models *self)
{
    for (size_t i = 0; i < self->count; i++)
        if (self->declared[i].native && kith_sys_stands_for(self->handle, &self->declared[i].model, self->declared[i].native) == KITH_NO_MEMORY)
            return PyErr_NoMemory(), false;
    return true;
}

/* What does not fit finds no row, as a key of another type would not. */
bool native_put(const ModelInfo *info, void *values, size_t offset, kith_value value)
{
    int status = kith_sys_put(info->models->handle, &info->declared->model, values, offset, value);
    if (status == KITH_NO_MEMORY)
        PyErr_NoMemory();
    else if (status)
        raise_type("value.range", info->declared->model.name, NULL, Py_None, "another value");
    return status == KITH_OK;
}
