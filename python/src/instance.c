/*
 * Objects: the base of every mapped class. A wrapper is an address and no more; its struct is made when the first value is known, whole.
 */
#include "core.h"

#include <string.h>

/* ---------------------------------------------------------------- the class and its model */

static PyObject *info_name;         /* "__kith_info__" */

ModelInfo *info_now(PyTypeObject *type)
{
    if (!info_name && !(info_name = PyUnicode_InternFromString("__kith_info__")))
        return NULL;
    PyObject *found = _PyType_Lookup(type, info_name);      /* borrowed */
    return found && Py_TYPE(found) == &ModelInfo_Type ? (ModelInfo *)found : NULL;
}

ModelInfo *info_of_type(PyTypeObject *type)
{
    ModelInfo *info = info_now(type);
    if (info && !info->models->stale)
        return info;
    PyObject *done = PyObject_CallMethod((PyObject *)type, "__kith_configure__", NULL);
    if (!done)
        return NULL;
    Py_DECREF(done);
    if ((info = info_now(type)))
        return info;
    raise_message("class.unmapped", "%s is not a mapped class: it has no table.", type->tp_name);
    return NULL;
}

/* ---------------------------------------------------------------- wrappers */

static void attach(Instance *self, const void *object, ModelInfo *info)
{
    Py_INCREF(info);
    self->info = info;
    self->object = object;
    kith_sys_bind(object, self);
}

/* One that refers to nothing that could lead back, until it has a dict: not tracked. What a subclass has in slots is cleared. */
static Instance *blank(PyTypeObject *type)
{
    Instance *self = PyObject_GC_New(Instance, type);
    if (self)
        memset((char *)self + sizeof(PyObject), 0, (size_t)type->tp_basicsize - sizeof(PyObject));
    return self;
}

static ModelInfo *info_of_model(const kith_model *model) { return model ? ((const declaration *)(const void *)model)->info : NULL; }

static PyObject *wrap_new(const void *object, ModelInfo *info)
{
    if (info && info->declared->has_sub_models)
        info = info_of_model(kith_sys_model_of(object));
    if (!info || !info->type)
        return raise_message("class.gone", "The class of an object that was found is not there any more.");
    Instance *self = blank(info->type);
    if (self)
        attach(self, object, info);
    return (PyObject *)self;
}

PyObject *wrap_as(const void *object, ModelInfo *info)
{
    PyObject *known = kith_sys_binding(object);
    if (!known)
        return wrap_new(object, info);
    Py_INCREF(known);
    return known;
}

PyObject *wrap(const void *object)
{
    if (!object)
        Py_RETURN_NONE;
    return wrap_as(object, info_of_model(kith_sys_model_of(object)));
}

/* They are most often of one model. */
PyObject *wrap_all(const void *const *objects, size_t count)
{
    PyObject *list = PyList_New((Py_ssize_t)count);
    const kith_model *last = NULL;
    ModelInfo *info = NULL;
    for (size_t i = 0; list && i < count; i++) {
        const kith_model *model = objects[i] ? kith_sys_model_of(objects[i]) : last;
        if (model != last)
            info = info_of_model(last = model);
        PyObject *known = !objects[i] ? Py_None : info ? *(PyObject *const *)(const void *)((const char *)objects[i] + info->binding_at) : NULL, *item;
        item = known ? (Py_INCREF(known), known) : wrap_new(objects[i], info);
        if (item)
            PyList_SET_ITEM(list, (Py_ssize_t)i, item);
        else
            Py_CLEAR(list);
    }
    return list;
}

/* ---------------------------------------------------------------- making one */

static bool made(Instance *self, ModelInfo *info, const void *values)
{
    const void *object = kith_sys_new(info->models->nursery, &info->declared->model, values);
    if (!object)
        return raise_session(info->models->nursery), false;
    attach(self, object, info);
    return true;
}

bool instance_ready(Instance *self)
{
    if (self->object)
        return true;
    ModelInfo *info = info_of_type(Py_TYPE(self));
    void *values = info ? calloc(1, info->declared->model.size) : NULL;
    bool ok = values && made(self, info, values);
    if (info && !values)
        PyErr_NoMemory();
    free(values);
    return ok;
}

static bool unknown_keyword(Instance *self, PyObject *key)
{
    PyErr_Format(PyExc_TypeError, "%R is an invalid keyword argument for %s", key, Py_TYPE(self)->tp_name);
    return false;
}

/* Keywords, as a call brings them. */
typedef struct keywords { PyObject *names, *const *values; } keywords;

/* What a value had to be turned into lives until the struct is made. */
static bool keep(PyObject **kept, PyObject *own)
{
    if (!*kept)
        *kept = PyList_New(0);
    bool ok = *kept && PyList_Append(*kept, own) == 0;
    Py_DECREF(own);
    return ok;
}

/* A column's value straight into the struct; *later: it must be set as an attribute. */
static bool take(Instance *self, ModelInfo *info, char *values, PyObject *key, PyObject *value, PyObject **kept, bool *later)
{
    PyObject *found = _PyType_Lookup(Py_TYPE(self), key), *own = NULL;
    Attribute *column = found && PyObject_TypeCheck(found, &Column_Type) ? (Attribute *)found : NULL;
    kith_value converted;
    if (!found)
        return unknown_keyword(self, key);
    *later = !column || column->info != info || !column->plain || column->to_database || column->kind & KIND_NATIVE;
    if (*later)
        return true;
    bool ok = value_from(value, column->kind, info->declared->model.name, PyUnicode_AsUTF8(key), &converted, &own);
    if (ok)
        member_put(values, column->offset, column->kind, &converted);
    return (!own || keep(kept, own)) && ok;
}

static bool take_all(Instance *self, ModelInfo *info, char *values, keywords w, PyObject **kept, PyObject **rest)
{
    Py_ssize_t count = w.names ? PyTuple_GET_SIZE(w.names) : 0;
    bool ok = true;
    for (Py_ssize_t i = 0; ok && i < count; i++) {
        bool later = false;
        ok = take(self, info, values, PyTuple_GET_ITEM(w.names, i), w.values[i], kept, &later);
        if (ok && later && !*rest)
            ok = (*rest = PyDict_New()) != NULL;
        if (ok && later)
            ok = PyDict_SetItem(*rest, PyTuple_GET_ITEM(w.names, i), w.values[i]) == 0;
    }
    return ok;
}

static bool note_nones(Instance *self, keywords w)
{
    for (Py_ssize_t i = w.names ? PyTuple_GET_SIZE(w.names) : 0; i-- > 0;) {
        PyObject *found = w.values[i] == Py_None ? _PyType_Lookup(Py_TYPE(self), PyTuple_GET_ITEM(w.names, i)) : NULL;
        if (found && PyObject_TypeCheck(found, &Column_Type) && !attribute_said((Attribute *)found, self))
            return false;
    }
    return true;
}

static bool fill(Instance *self, ModelInfo *info, char *values, keywords w)
{
    PyObject *key, *value, *kept = NULL, *rest = NULL;
    Py_ssize_t at = 0;
    bool ok = take_all(self, info, values, w, &kept, &rest) && made(self, info, values) && note_nones(self, w);
    while (ok && rest && PyDict_Next(rest, &at, &key, &value))
        ok = PyObject_SetAttr((PyObject *)self, key, value) == 0;
    Py_XDECREF(kept);
    Py_XDECREF(rest);
    return ok;
}

enum { SMALL = 1024 };

/* The struct with these values, whole. */
static bool make_whole(Instance *self, keywords w)
{
    ModelInfo *info = info_of_type(Py_TYPE(self));
    char small[SMALL];
    if (!info)
        return false;
    size_t size = info->declared->model.size;
    char *values = size <= SMALL ? small : malloc(size);
    if (!values)
        return PyErr_NoMemory(), false;
    memset(values, 0, size);
    bool ok = fill(self, info, values, w);
    if (values != small)
        free(values);
    return ok;
}

static bool set_each(Instance *self, PyObject *words)
{
    PyObject *key, *value;
    Py_ssize_t at = 0;
    while (words && PyDict_Next(words, &at, &key, &value)) {
        if (!_PyType_Lookup(Py_TYPE(self), key))
            return unknown_keyword(self, key);
        if (PyObject_SetAttr((PyObject *)self, key, value) < 0)
            return false;
    }
    return true;
}

static bool no_positional(PyTypeObject *type, Py_ssize_t count)
{
    if (count)
        PyErr_Format(PyExc_TypeError, "%s() takes no positional arguments (%zd given): name each, as in %s(name=...)", type->tp_name, count, type->tp_name);
    return !count;
}

static int instance_init(Instance *self, PyObject *args, PyObject *dict)
{
    if (!no_positional(Py_TYPE(self), PyTuple_GET_SIZE(args)))
        return -1;
    if (self->object)
        return set_each(self, dict) ? 0 : -1;
    PyObject *names = dict ? PySequence_Tuple(dict) : NULL, *values = names ? PyDict_Values(dict) : NULL;
    bool ok = !dict || (values && PyTuple_GET_SIZE(names) == PyList_GET_SIZE(values));
    ok = ok && make_whole(self, (keywords){ names, values ? ((PyListObject *)values)->ob_item : NULL });
    Py_XDECREF(names);
    Py_XDECREF(values);
    return ok ? 0 : -1;
}

static PyObject *instance_new(PyTypeObject *type, PyObject *args, PyObject *words)
{
    (void)args;
    (void)words;
    return (PyObject *)blank(type);
}

/* As type(...) calls by any other way. */
static PyObject *call_slowly(PyTypeObject *type, PyObject *const *args, Py_ssize_t count, PyObject *names)
{
    PyObject *tuple = PyTuple_New(count), *dict = PyDict_New(), *made = NULL;
    bool ok = tuple && dict;
    for (Py_ssize_t i = 0; ok && i < count; i++) {
        Py_INCREF(args[i]);
        PyTuple_SET_ITEM(tuple, i, args[i]);
    }
    for (Py_ssize_t i = 0; ok && names && i < PyTuple_GET_SIZE(names); i++)
        ok = PyDict_SetItem(dict, PyTuple_GET_ITEM(names, i), args[count + i]) == 0;
    if (ok)
        made = Py_TYPE(type)->tp_call((PyObject *)type, tuple, dict);
    Py_XDECREF(tuple);
    Py_XDECREF(dict);
    return made;
}

/* Class(name=value, ...) without a dict in between, while neither the class nor its metaclass has another idea of it. */
static PyObject *instance_call(PyObject *class, PyObject *const *args, size_t flags, PyObject *names)
{
    PyTypeObject *type = (PyTypeObject *)class;
    Py_ssize_t count = PyVectorcall_NARGS(flags);
    if (type->tp_new != instance_new || type->tp_init != (initproc)instance_init || Py_TYPE(type)->tp_call != PyType_Type.tp_call)
        return call_slowly(type, args, count, names);
    Instance *self = no_positional(type, count) ? blank(type) : NULL;
    if (self && !make_whole(self, (keywords){ names, args }))
        Py_CLEAR(self);
    return (PyObject *)self;
}

/* A metaclass that a program declares is not said to take such calls before Python 3.12, though its classes may. */
void instance_calls(PyTypeObject *type)
{
    PyTypeObject *metaclass = Py_TYPE(type);
    if (metaclass->tp_call != PyType_Type.tp_call || metaclass->tp_vectorcall_offset != PyType_Type.tp_vectorcall_offset || type->tp_init != (initproc)instance_init)
        return;
    type->tp_vectorcall = instance_call;
    metaclass->tp_flags |= Py_TPFLAGS_HAVE_VECTORCALL;
}

/* ---------------------------------------------------------------- attributes of its own */

static int instance_setattr(PyObject *self, PyObject *name, PyObject *value)
{
    int failed = PyObject_GenericSetAttr(self, name, value);
    if (((Instance *)self)->dict && !PyObject_GC_IsTracked(self))
        PyObject_GC_Track(self);
    return failed;
}

static int instance_traverse(Instance *self, visitproc visit, void *arg)
{
    Py_VISIT(self->dict);
    Py_VISIT(self->info);
    return 0;
}

static int instance_clear(Instance *self)
{
    Py_CLEAR(self->dict);
    return 0;
}

static void instance_dealloc(Instance *self)
{
    PyObject_GC_UnTrack(self);
    if (self->object)
        kith_sys_bind(self->object, NULL);
    self->object = NULL;
    if (self->weakrefs)
        PyObject_ClearWeakRefs((PyObject *)self);
    Py_CLEAR(self->dict);
    Py_CLEAR(self->info);
    Py_TYPE(self)->tp_free(self);
}

static PyObject *instance_dict(Instance *self, void *unused) { return PyObject_GenericGetDict((PyObject *)self, unused); }

/* ---------------------------------------------------------------- what the Python around it asks */

static PyObject *instance_state(Instance *self, PyObject *unused)
{
    (void)unused;
    return PyLong_FromLong(self->object ? (long)kith_sys_state_of(self->object) : KITH_TRANSIENT);
}

static PyObject *instance_session(Instance *self, PyObject *unused)
{
    (void)unused;
    kith_state state = self->object ? kith_sys_state_of(self->object) : KITH_TRANSIENT;
    PyObject *session = state != KITH_TRANSIENT && !kith_sys_is_gone(self->object) ? (PyObject *)session_binding(kith_sys_session_of(self->object)) : NULL;
    if (!session)
        Py_RETURN_NONE;
    Py_INCREF(session);
    return session;
}

/* The values as they lie there, expired or not, as a tuple; for repr and identity. */
static PyObject *instance_values(Instance *self, PyObject *names)
{
    Py_ssize_t count = PyTuple_Check(names) ? PyTuple_GET_SIZE(names) : 0;
    PyObject *values = PyTuple_New(count);
    for (Py_ssize_t i = 0; values && i < count; i++) {
        PyObject *member = self->object && self->info->members ? PyDict_GetItemWithError(self->info->members, PyTuple_GET_ITEM(names, i)) : NULL;
        PyObject *kind = member ? PyTuple_GET_ITEM(member, 1) : NULL, *value;
        if (PyErr_Occurred())
            value = NULL;
        else if (kind && PyLong_Check(kind) && !PyBool_Check(kind))
            value = member_get(self->object, (size_t)PyLong_AsSsize_t(PyTuple_GET_ITEM(member, 0)), (int)PyLong_AsLong(kind));
        else {
            Py_INCREF(Py_None);
            value = Py_None;
        }
        if (!value)
            Py_CLEAR(values);
        else
            PyTuple_SET_ITEM(values, i, value);
    }
    return values;
}

static PyObject *with_offset(Instance *self, PyObject *name, PyObject *(*answer)(const void *, size_t, int))
{
    PyObject *member = self->object && self->info->members ? PyDict_GetItemWithError(self->info->members, name) : NULL;
    if (!member && PyErr_Occurred())
        return NULL;
    if (!member)
        Py_RETURN_NONE;
    PyObject *kind = PyTuple_GET_ITEM(member, 1);
    return answer(self->object, (size_t)PyLong_AsSsize_t(PyTuple_GET_ITEM(member, 0)), PyBool_Check(kind) ? KIND_NONE : (int)PyLong_AsLong(kind));
}

static PyObject *answer_changed(const void *object, size_t offset, int kind) { (void)kind; return PyBool_FromLong(kith_sys_is_changed(object, offset)); }

/* A column of what is detached may be lost: outdated, and nobody is there to ask. */
static PyObject *answer_loaded(const void *object, size_t offset, int kind)
{
    bool lost = kind != KIND_NONE && kith_state_of(object) == KITH_DETACHED && kith_sys_look_at(object) == KITH_SYS_OUTDATED && !kith_sys_is_written(object, offset);
    return PyBool_FromLong(!lost && kith_sys_is_loaded(object, offset));
}

static PyObject *answer_before(const void *object, size_t offset, int kind)
{
    kith_value value = kith_sys_value_before(object, offset);
    return value_to(&value, kind);
}

static PyObject *instance_changed(Instance *self, PyObject *name) { return with_offset(self, name, answer_changed); }
static PyObject *instance_loaded(Instance *self, PyObject *name) { return with_offset(self, name, answer_loaded); }
static PyObject *answer_claimed(const void *object, size_t offset, int kind) { (void)kind; return PyBool_FromLong(kith_sys_is_claimed(object, offset)); }
static PyObject *instance_claimed(Instance *self, PyObject *name) { return with_offset(self, name, answer_claimed); }
static PyObject *instance_before(Instance *self, PyObject *name) { return with_offset(self, name, answer_before); }

static PyObject *instance_expired(Instance *self, PyObject *unused)
{
    (void)unused;
    return PyBool_FromLong(self->object && kith_sys_look_at(self->object) == KITH_SYS_OUTDATED);
}

static PyObject *instance_describe(Instance *self, PyObject *unused)
{
    (void)unused;
    return PyUnicode_FromString(self->object ? kith_describe(self->object) : "<transient>");
}

static PyMethodDef instance_methods[] = {
    { "_kith_state", (PyCFunction)instance_state, METH_NOARGS, "0 transient, 1 pending, 2 persistent, 3 deleted, 4 detached" },
    { "_kith_session", (PyCFunction)instance_session, METH_NOARGS, "the session's handle, or None" },
    { "_kith_values", (PyCFunction)instance_values, METH_O, "columns as they are in memory" },
    { "_kith_changed", (PyCFunction)instance_changed, METH_O, "whether the member was changed since the last flush" },
    { "_kith_loaded", (PyCFunction)instance_loaded, METH_O, "whether the member can be read without asking" },
    { "_kith_claimed", (PyCFunction)instance_claimed, METH_O, "whether the program itself has set a list, or looked at it, while the object was nobody's" },
    { "_kith_before", (PyCFunction)instance_before, METH_O, "a column's value before it was changed" },
    { "_kith_expired", (PyCFunction)instance_expired, METH_NOARGS, "whether the next read asks the database" },
    { "_kith_describe", (PyCFunction)instance_describe, METH_NOARGS, "the object in a few words" },
    { NULL, NULL, 0, NULL }
};
static PyGetSetDef instance_getset[] = {
    { "__dict__", (getter)instance_dict, PyObject_GenericSetDict, NULL, NULL },
    { NULL, NULL, NULL, NULL, NULL }
};
PyTypeObject Instance_Type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "kith._core.Instance", .tp_basicsize = sizeof(Instance), .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
    .tp_doc = "The base of mapped classes.", .tp_new = instance_new, .tp_init = (initproc)instance_init, .tp_dealloc = (destructor)instance_dealloc,
    .tp_traverse = (traverseproc)instance_traverse, .tp_clear = (inquiry)instance_clear, .tp_setattro = instance_setattr,
    .tp_methods = instance_methods, .tp_getset = instance_getset, .tp_dictoffset = offsetof(Instance, dict), .tp_weaklistoffset = offsetof(Instance, weakrefs),
};
