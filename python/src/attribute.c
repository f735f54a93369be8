/*
 * The descriptors of columns and relationships: a read converts what lies in the struct, a write goes through the library. On the class
 * they are expressions, which their Python side (kith/attributes.py) makes them.
 */
#include "core.h"

#include <string.h>

/* An object may have been made of another class (obj.__class__ = Other), where something else goes by the name. */
static bool is_of(const Attribute *self, PyObject *kind)
{
    if (PyObject_TypeCheck((PyObject *)(uintptr_t)self, &Relationship_Type))
        return kind == (self->many ? Py_True : Py_False);
    return PyLong_Check(kind) && !PyBool_Check(kind) && PyLong_AsLong(kind) == self->kind;
}

size_t attribute_offset(const Attribute *self, const Instance *instance)
{
    if (self->info == instance->info)
        return self->offset;
    PyObject *member = instance->info && instance->info->members && self->key ? PyDict_GetItemWithError(instance->info->members, self->key) : NULL;
    if (member && is_of(self, PyTuple_GET_ITEM(member, 1)))
        return (size_t)PyLong_AsSsize_t(PyTuple_GET_ITEM(member, 0));
    if (!PyErr_Occurred())
        PyErr_Format(PyExc_AttributeError, "'%.200s' object has no attribute %R of this class", Py_TYPE(instance)->tp_name, self->key);
    return SIZE_MAX;
}

/* ---------------------------------------------------------------- columns */

static PyObject *detached(const Instance *instance)
{
    PyErr_Clear();
    return raise_message("object.detached_expired", "Instance %s is not bound to a Session; attribute refresh operation cannot proceed", kith_describe(instance->object));
}

/* The column may be read; false: an error is set. What was written stands, though the rest is outdated for ever. */
static bool look(Instance *instance, size_t offset)
{
    switch (kith_sys_look_at(instance->object)) {
    case KITH_SYS_CURRENT: return true;
    case KITH_SYS_BUSY: return raise_busy(), false;
    default: break;
    }
    if (kith_state_of(instance->object) == KITH_DETACHED)
        return kith_sys_is_written(instance->object, offset) || (detached(instance), false);
    work w;
    if (!work_begin(&w, kith_sys_session_of(instance->object)))
        return false;
    kith_sys_fresh(instance->object);
    return work_end(&w);
}

PyObject *column_read(Attribute *self, Instance *instance)
{
    if (!instance->object)
        Py_RETURN_NONE;
    size_t offset = self->info == instance->info ? self->offset : attribute_offset(self, instance);
    if (offset == SIZE_MAX || !look(instance, offset))
        return NULL;
    PyObject *value = member_get(instance->object, offset, self->kind);
    if (self->from_database && value && (value != Py_None || kith_sys_state_of(instance->object) > KITH_PENDING))      /* None of a row may be something else */
        Py_SETREF(value, PyObject_CallOneArg(self->from_database, value));
    return value;
}

/* Most often it is asked of an object of its own class. */
static bool is_asked_of(const Attribute *self, PyObject *instance)
{
    return instance && ((self->info && Py_TYPE(instance) == self->info->type) || is_instance(instance));
}

static PyObject *column_get(Attribute *self, PyObject *instance, PyObject *type)
{
    (void)type;
    if (is_asked_of(self, instance))
        return column_read(self, (Instance *)instance);
    Py_INCREF(self);
    return (PyObject *)self;
}

static bool set_value(Instance *instance, size_t offset, kith_value value)
{
    kith_session *session = kith_sys_session_of(instance->object);
    if (kith_sys_session_is_busy(session))
        return raise_busy(), false;
    if (kith_session_status(session))
        return raise_session(session), false;
    kith_set_(instance->object, offset, value);
    if (value.absent)
        kith_sys_not_given(instance->object, offset);       /* None is filled by a default, where there is one */
    session = kith_sys_session_of(instance->object);
    return !kith_session_status(session) || (raise_session(session), false);
}

static bool column_write(Attribute *self, Instance *instance, PyObject *value)
{
    PyObject *kept = NULL, *turned = NULL;
    kith_value converted;
    size_t offset = instance_ready(instance) ? attribute_offset(self, instance) : SIZE_MAX;
    if (offset == SIZE_MAX)
        return false;
    if (self->to_database && !(turned = PyObject_CallOneArg(self->to_database, value)))
        return false;
    bool ok = value_from(turned ? turned : value, self->kind, instance->info->declared->model.name, PyUnicode_AsUTF8(self->key), &converted, &kept);
    ok = ok && set_value(instance, offset, converted);
    Py_XDECREF(kept);
    Py_XDECREF(turned);
    return ok;
}

/* ---------------------------------------------------------------- relationships */

/* Of an object that is nobody's yet merge() asks what the program itself has said where that cannot be seen: None, which its dict keeps, and its
 * lists, which the other sides may have filled. */
bool attribute_said(Attribute *self, Instance *instance)
{
    if (!instance_ready(instance))
        return false;
    if (kith_state_of(instance->object) != KITH_TRANSIENT)
        return true;
    if (self->many) {
        size_t offset = attribute_offset(self, instance);
        kith_session *nursery = kith_sys_session_of(instance->object);
        return offset != SIZE_MAX && (kith_sys_claim(instance->object, offset) || !kith_session_status(nursery) || raise_session(nursery));
    }
    if (!instance->dict && !(instance->dict = PyDict_New()))
        return false;
    PyObject *said = PyDict_GetItemString(instance->dict, "_kith_said");
    if (said)
        return !PySet_Add(said, self->key);
    bool ok = (said = PySet_New(NULL)) && !PySet_Add(said, self->key) && !PyDict_SetItemString(instance->dict, "_kith_said", said);
    Py_XDECREF(said);
    return ok;
}

/* raiseload(): what a query said may not be loaded stands in the object's dict. */
static bool may_load(Attribute *self, Instance *instance)
{
    PyObject *names = instance->dict ? PyDict_GetItemString(instance->dict, "_kith_raise") : NULL, *all;
    if (!names)
        return true;
    int refused = PySequence_Contains(names, self->key);
    if (!refused && (all = PyUnicode_FromString("*"))) {
        refused = PySequence_Contains(names, all);
        Py_DECREF(all);
    }
    if (refused > 0)
        raise_message("relationship.lazy_refused", "'%s.%U' is not available due to lazy='raise'", instance->info->declared->model.name, self->key);
    return !refused && !PyErr_Occurred();
}

PyObject *one_target(const void *object, size_t offset)
{
    const void *found;
    work w;
    if (kith_sys_look_at(object) == KITH_SYS_BUSY)
        return raise_busy();
    if (kith_sys_is_loaded(object, offset))
        return wrap(kith_one_(object, offset));
    if (!work_begin(&w, kith_sys_session_of(object)))
        return NULL;
    found = kith_one_(object, offset);
    return work_end(&w) ? wrap(found) : NULL;
}

static PyObject *one_read(Attribute *self, Instance *instance)
{
    size_t offset = attribute_offset(self, instance);
    if (offset == SIZE_MAX || (instance->dict && !kith_sys_is_loaded(instance->object, offset) && !may_load(self, instance)))
        return NULL;
    return one_target(instance->object, offset);
}

static PyObject *many_read(Attribute *self, Instance *instance)
{
    size_t offset = attribute_offset(self, instance);
    if (offset == SIZE_MAX)
        return NULL;
    if (kith_sys_look_at(instance->object) == KITH_SYS_BUSY)
        return raise_busy();
    if (!kith_sys_is_loaded(instance->object, offset)) {
        work w;
        if (!may_load(self, instance) || !work_begin(&w, kith_sys_session_of(instance->object)))
            return NULL;
        kith_many_(instance->object, offset);
        if (!work_end(&w))
            return NULL;
    }
    PyObject *list = list_new(instance, self);
    if (list && self->collection)
        Py_SETREF(list, PyObject_CallOneArg(self->collection, list));
    return list;
}

static PyObject *relationship_get(Attribute *self, PyObject *instance, PyObject *type)
{
    (void)type;
    if (!is_asked_of(self, instance)) {
        Py_INCREF(self);
        return (PyObject *)self;
    }
    if (self->view)
        return PyObject_CallOneArg(self->view, instance);
    if (!instance_ready((Instance *)instance) || (self->many && !attribute_said(self, (Instance *)instance)))
        return NULL;
    return self->many ? many_read(self, (Instance *)instance) : one_read(self, (Instance *)instance);
}

static bool one_write(Attribute *self, Instance *instance, PyObject *value)
{
    size_t offset = instance_ready(instance) ? attribute_offset(self, instance) : SIZE_MAX;
    const void *target = NULL;
    work w;
    if (offset == SIZE_MAX)
        return false;
    if (value != Py_None && !is_instance(value))
        return raise_type("relationship.type", instance->info->declared->model.name, PyUnicode_AsUTF8(self->key), value, NULL), false;
    if (value != Py_None && !instance_ready((Instance *)value))
        return false;
    if (value != Py_None)
        target = ((Instance *)value)->object;
    kith_session *own = kith_sys_session_of(instance->object), *other = target ? kith_sys_session_of(target) : NULL;
    kith_session *session = session_binding(own) || !other ? own : other;
    if (kith_sys_session_is_busy(own) || (other && kith_sys_session_is_busy(other)))
        return raise_busy(), false;
    if ((target && !sessions_meet(instance->object, offset, target)) || !work_begin(&w, session))
        return false;
    kith_set_(instance->object, offset, kith_of_object(target));
    if (kith_session_status(own) && own != session)
        return work_end_as(&w, false) && (raise_session(own), false);
    return work_end(&w);
}

/* ---------------------------------------------------------------- writing either */

int instance_write(Attribute *self, Instance *instance, PyObject *value)
{
    PyObject *checked = NULL;
    bool ok;
    if (!value)
        value = Py_None;
    if ((value == Py_None || self->many) && !attribute_said(self, instance))
        return -1;
    if (self->write) {
        PyObject *done = PyObject_CallFunctionObjArgs(self->write, instance, value, NULL);
        Py_XDECREF(done);
        return done ? 0 : -1;
    }
    if (self->before_write && !self->many) {
        if (!(checked = PyObject_CallFunctionObjArgs(self->before_write, instance, value, self, NULL)))
            return -1;
        value = checked;
    }
    if (Py_TYPE(self) == &Column_Type || PyObject_TypeCheck(self, &Column_Type))
        ok = column_write(self, instance, value);
    else
        ok = self->many ? list_assign(instance, self, value) == 0 : one_write(self, instance, value);
    Py_XDECREF(checked);
    return ok ? 0 : -1;
}

static int attribute_set(Attribute *self, PyObject *instance, PyObject *value)
{
    if (is_instance(instance))
        return instance_write(self, (Instance *)instance, value);
    PyErr_Format(PyExc_TypeError, "%R is an attribute of mapped classes, and was set on '%.200s'", self->key, Py_TYPE(instance)->tp_name);
    return -1;
}

/* ---------------------------------------------------------------- the descriptors themselves */

static PyObject *attribute_bind(Attribute *self, PyObject *args)
{
    ModelInfo *info;
    PyObject *key;
    if (!PyArg_ParseTuple(args, "O!U", &ModelInfo_Type, &info, &key))
        return NULL;
    PyObject *member = info->members ? PyDict_GetItemWithError(info->members, key) : NULL;
    if (!member)
        return PyErr_Occurred() ? NULL : PyErr_Format(PyExc_KeyError, "%U", key);
    PyObject *kind = PyTuple_GET_ITEM(member, 1);
    Py_INCREF(key);
    Py_XSETREF(self->key, key);
    Py_INCREF(info);
    Py_XSETREF(self->info, info);
    self->offset = (size_t)PyLong_AsSsize_t(PyTuple_GET_ITEM(member, 0));
    self->many = kind == Py_True;
    if (PyLong_Check(kind) && !PyBool_Check(kind))
        self->kind = (int)PyLong_AsLong(kind);
    self->plain = !self->before_write && !self->write;
    Py_RETURN_NONE;
}

static int attribute_traverse(Attribute *self, visitproc visit, void *arg)
{
    Py_VISIT(self->info);
    Py_VISIT(self->to_database);
    Py_VISIT(self->from_database);
    Py_VISIT(self->collection);
    Py_VISIT(self->before_write);
    Py_VISIT(self->before_remove);
    Py_VISIT(self->view);
    Py_VISIT(self->write);
    return 0;
}

static int attribute_clear(Attribute *self)
{
    Py_CLEAR(self->info);
    Py_CLEAR(self->to_database);
    Py_CLEAR(self->from_database);
    Py_CLEAR(self->collection);
    Py_CLEAR(self->before_write);
    Py_CLEAR(self->before_remove);
    Py_CLEAR(self->view);
    Py_CLEAR(self->write);
    return 0;
}

static void attribute_dealloc(Attribute *self)
{
    PyObject_GC_UnTrack(self);
    attribute_clear(self);
    Py_CLEAR(self->key);
    Py_TYPE(self)->tp_free(self);
}

static int set_hook(PyObject **place, PyObject *value)
{
    if (value == Py_None)
        value = NULL;
    Py_XINCREF(value);
    Py_XSETREF(*place, value);
    return 0;
}

#define HOOK(name) \
    static PyObject *get_##name(Attribute *self, void *unused) { (void)unused; PyObject *o = self->name ? self->name : Py_None; Py_INCREF(o); return o; } \
    static int set_##name(Attribute *self, PyObject *value, void *unused) \
    { (void)unused; set_hook(&self->name, value); self->plain = !self->before_write && !self->write; return 0; }
HOOK(to_database)
HOOK(from_database)
HOOK(collection)
HOOK(before_write)
HOOK(before_remove)
HOOK(view)
HOOK(write)

#define ENTRY(name, doc) { "_" #name, (getter)get_##name, (setter)set_##name, doc, NULL }
static PyGetSetDef attribute_getset[] = {
    ENTRY(to_database, "callable(value): what is stored"), ENTRY(from_database, "callable(stored): the value"),
    ENTRY(collection, "callable(list): what a to-many shows as"), ENTRY(before_write, "callable(object, value, attribute): what is written"),
    ENTRY(before_remove, "callable(object, item, attribute): an item is taken out"),
    ENTRY(view, "callable(object): reads instead"), ENTRY(write, "callable(object, value): writes instead"),
    { NULL, NULL, NULL, NULL, NULL }
};
/* The list of a to-many relationship, which is not loaded for it. */
static PyObject *attribute_list(Attribute *self, PyObject *instance)
{
    if (!is_instance(instance) || !self->many || !self->key)
        return PyErr_Format(PyExc_TypeError, "an object and a relationship to many are needed");
    return instance_ready((Instance *)instance) ? list_new((Instance *)instance, self) : NULL;
}

static PyMethodDef attribute_methods[] = {
    { "_list", (PyCFunction)attribute_list, METH_O, "_list(object): its list, not loaded" },
    { "_bind", (PyCFunction)attribute_bind, METH_VARARGS, "_bind(info, name): where the member lies" },
    { NULL, NULL, 0, NULL }
};
static PyMemberDef attribute_members[] = {
    { "_info", T_OBJECT, offsetof(Attribute, info), READONLY, NULL },
    { "_view_only", T_BOOL, offsetof(Attribute, view_only), 0, NULL },
    { NULL, 0, 0, 0, NULL }
};

#define ATTRIBUTE_TYPE(name, get) { PyVarObject_HEAD_INIT(NULL, 0) \
    .tp_name = "kith._core." name, .tp_basicsize = sizeof(Attribute), .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC, \
    .tp_new = PyType_GenericNew, .tp_dealloc = (destructor)attribute_dealloc, .tp_traverse = (traverseproc)attribute_traverse, \
    .tp_clear = (inquiry)attribute_clear, .tp_descr_get = (descrgetfunc)get, .tp_descr_set = (descrsetfunc)attribute_set, \
    .tp_methods = attribute_methods, .tp_getset = attribute_getset, .tp_members = attribute_members, }
PyTypeObject Column_Type = ATTRIBUTE_TYPE("Column", column_get);
PyTypeObject Relationship_Type = ATTRIBUTE_TYPE("Relationship", relationship_get);
