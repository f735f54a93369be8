/*
 * The module kith._core: the types of this folder. What people import is in the Python around it.
 */
#include "core.h"

static PyObject *set_make_error(PyObject *module, PyObject *callable)
{
    (void)module;
    Py_INCREF(callable);
    Py_XSETREF(make_error, callable);
    Py_RETURN_NONE;
}

static PyMethodDef functions[] = {
    { "set_make_error", set_make_error, METH_O, "set_make_error(callable): what makes exceptions of the library's errors" },
    { "main", app_main, METH_VARARGS, "main(models, [index], name, url, [word]): the commands of kith db; the exit status" },
    { "app", app_load, METH_O, "app(path): what is in a C app's shared object" },
    { "command", app_command, METH_VARARGS, "command(app, session, [word]): one of a C app's own" },
    { NULL, NULL, 0, NULL }
};
static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT, .m_name = "kith._core", .m_doc = "The binding of the library, in C.", .m_size = -1, .m_methods = functions,
};

PyMODINIT_FUNC PyInit__core(void);
PyMODINIT_FUNC PyInit__core(void)
{
    static const struct { const char *name; PyTypeObject *type; } types[] = {
        { "ModelInfo", &ModelInfo_Type }, { "Models", &Models_Type }, { "Instance", &Instance_Type }, { "Column", &Column_Type },
        { "Relationship", &Relationship_Type }, { "InstrumentedList", &List_Type }, { "Engine", &Engine_Type }, { "Session", &Session_Type },
        { "Unit", &Unit_Type },
    };
    PyObject *module = value_setup() == 0 ? PyModule_Create(&definition) : NULL;
    for (size_t i = 0; module && i < sizeof types / sizeof *types; i++) {
        Py_INCREF(types[i].type);
        if (PyType_Ready(types[i].type) < 0 || PyModule_AddObject(module, types[i].name, (PyObject *)types[i].type) < 0)
            Py_CLEAR(module);
    }
    return module;
}
