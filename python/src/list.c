/*
 * To-many relationships as lists: a subclass of list whose own storage stays empty. What it shows is asked of the library each time, so
 * it never differs from the other side; what is done to it is done to the relationship. Walking it walks what it was at the beginning.
 */
#include "core.h"

#include <string.h>

typedef struct items { const void *const *items; size_t count; } items;

/* ---------------------------------------------------------------- reading */

static size_t offset_of(List *self) { return attribute_offset(self->attribute, self->owner); }

/* Borrowed until the next call into the library. False: an error is set. */
static bool read_items(List *self, items *out)
{
    size_t offset = offset_of(self);
    if (offset == SIZE_MAX)
        return false;
    const void *owner = self->owner->object;
    if (kith_sys_look_at(owner) == KITH_SYS_BUSY)
        return raise_busy(), false;
    if (kith_sys_is_loaded(owner, offset)) {
        *out = *(const items *)kith_many_(owner, offset);
        return true;
    }
    work w;
    if (!work_begin(&w, kith_sys_session_of(owner)))
        return false;
    *out = *(const items *)kith_many_(owner, offset);
    return work_end(&w);
}

PyObject *list_snapshot(List *self)
{
    items found;
    return read_items(self, &found) ? wrap_all(found.items, found.count) : NULL;
}

static Py_ssize_t list_length(List *self)
{
    items found;
    return read_items(self, &found) ? (Py_ssize_t)found.count : -1;
}

static PyObject *list_item(List *self, Py_ssize_t index)
{
    items found;
    if (!read_items(self, &found))
        return NULL;
    if (index < 0 || (size_t)index >= found.count) {
        PyErr_SetString(PyExc_IndexError, "list index out of range");
        return NULL;
    }
    return wrap(found.items[index]);
}

static PyObject *list_iter(List *self)
{
    PyObject *snapshot = list_snapshot(self), *iterator = snapshot ? PyObject_GetIter(snapshot) : NULL;
    Py_XDECREF(snapshot);
    return iterator;
}

static Py_ssize_t place_of(List *self, PyObject *value)
{
    items found;
    if (!read_items(self, &found))
        return -2;
    const void *object = is_instance(value) ? ((Instance *)value)->object : NULL;
    for (size_t i = 0; object && i < found.count; i++)
        if (found.items[i] == object)
            return (Py_ssize_t)i;
    return -1;
}

static int list_contains(List *self, PyObject *value)
{
    Py_ssize_t place = place_of(self, value);
    return place == -2 ? -1 : place >= 0;
}

static PyObject *list_repr(List *self)
{
    PyObject *snapshot = list_snapshot(self), *text = snapshot ? PyObject_Repr(snapshot) : NULL;
    Py_XDECREF(snapshot);
    return text;
}

static PyObject *list_compare(PyObject *a, PyObject *b, int op)
{
    PyObject *left = PyObject_TypeCheck(a, &List_Type) ? list_snapshot((List *)a) : (Py_INCREF(a), a);
    PyObject *right = left && PyObject_TypeCheck(b, &List_Type) ? list_snapshot((List *)b) : (Py_INCREF(b), b);
    PyObject *result = left && right ? PyList_Type.tp_richcompare(left, right, op) : NULL;
    Py_XDECREF(left);
    Py_XDECREF(right);
    return result;
}

/* ---------------------------------------------------------------- writing */

static PyObject *before(List *self, PyObject *value)
{
    Attribute *attribute = self->attribute;
    if (!is_instance(value))
        return raise_type("relationship.type", self->owner->info->declared->model.name, PyUnicode_AsUTF8(attribute->key), value, NULL);
    if (!instance_ready((Instance *)value))
        return NULL;
    if (attribute->before_write)
        return PyObject_CallFunctionObjArgs(attribute->before_write, self->owner, value, attribute, NULL);
    Py_INCREF(value);
    return value;
}

static bool one_change(List *self, PyObject *item, void (*change)(const void *, size_t, kith_value))
{
    size_t offset = offset_of(self);
    work w;
    if (offset == SIZE_MAX)
        return false;
    const void *owner = self->owner->object, *object = ((Instance *)item)->object;
    kith_session *own = kith_sys_session_of(owner), *other = kith_sys_session_of(object), *session = session_binding(own) ? own : other;
    if (kith_sys_session_is_busy(own) || kith_sys_session_is_busy(other))
        return raise_busy(), false;
    if (!sessions_meet(owner, offset, object) || !work_begin(&w, session))
        return false;
    change(owner, offset, kith_of_object(object));
    if (own != session && kith_session_status(own))
        return work_end_as(&w, false) && (raise_session(own), false);
    return work_end(&w);
}

static bool arrange(List *self, PyObject *wanted);

/* A relationship that is only looked at may be changed in memory, where nothing follows from it. */
static bool append(List *self, PyObject *value)
{
    PyObject *item = before(self, value), *whole;
    bool ok;
    if (!item)
        return false;
    if (!self->attribute->view_only)
        ok = is_instance(item) && one_change(self, item, kith_append_);
    else {
        ok = (whole = list_snapshot(self)) && PyList_Append(whole, item) == 0 && arrange(self, whole);
        Py_XDECREF(whole);
    }
    Py_DECREF(item);
    return ok;
}

/* `wanted` is a plain list whose new items went through before(). */
static bool arrange(List *self, PyObject *wanted)
{
    size_t offset = offset_of(self);
    Py_ssize_t count = PyList_GET_SIZE(wanted);
    const void **objects = offset == SIZE_MAX ? NULL : malloc(((size_t)count + 1) * sizeof *objects);
    work w;
    if (!objects)
        return offset == SIZE_MAX ? false : (PyErr_NoMemory(), false);
    kith_session *session = kith_sys_session_of(self->owner->object);
    for (Py_ssize_t i = 0; i < count; i++) {
        PyObject *item = PyList_GET_ITEM(wanted, i);
        objects[i] = is_instance(item) && instance_ready((Instance *)item) ? ((Instance *)item)->object : NULL;
        if (objects[i] && !session_binding(session) && session_binding(kith_sys_session_of(objects[i])))
            session = kith_sys_session_of(objects[i]);
    }
    kith_session *own = kith_sys_session_of(self->owner->object);
    if (kith_sys_session_is_busy(own) || kith_sys_session_is_busy(session)) {
        free(objects);
        return raise_busy(), false;
    }
    for (Py_ssize_t i = 0; !PyErr_Occurred() && i < 2 * count; i++)     /* twice: the owner may move with a later one */
        if (objects[i % count])
            sessions_meet(self->owner->object, offset, objects[i % count]);
    bool ok = !PyErr_Occurred() && work_begin(&w, session);
    if (ok) {
        kith_sys_arrange(self->owner->object, offset, objects, (size_t)count);
        if (own != session && kith_session_status(own))
            ok = work_end_as(&w, false) && (raise_session(own), false);
        else
            ok = work_end(&w);
    }
    free(objects);
    return ok;
}

static bool is_old(PyObject *old, PyObject *item)
{
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(old); i++)
        if (PyList_GET_ITEM(old, i) == item)
            return true;
    return false;
}

/* Each item that was not there before is looked at as one that is appended. */
static bool check_new(List *self, PyObject *old, PyObject *wanted)
{
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(wanted); i++) {
        PyObject *item = PyList_GET_ITEM(wanted, i), *checked;
        if (is_instance(item) && PyList_GET_SIZE(old) < 64 && is_old(old, item))
            continue;
        if (!(checked = before(self, item)))
            return false;
        PyList_SetItem(wanted, i, checked);
    }
    return true;
}

static bool tell_of(List *self, PyObject *item)
{
    PyObject *tell = self->attribute->before_remove, *told = tell ? PyObject_CallFunctionObjArgs(tell, self->owner, item, self->attribute, NULL) : NULL;
    bool ok = !tell || told;
    Py_XDECREF(told);
    return ok;
}

/* Tells of each that was there before and is not any longer. */
static bool tell_gone(List *self, PyObject *old, PyObject *wanted)
{
    PyObject *tell = self->attribute->before_remove, *kept = tell ? PySet_New(NULL) : NULL;
    bool ok = !tell || kept;
    for (Py_ssize_t i = 0; ok && tell && i < PyList_GET_SIZE(wanted); i++) {
        PyObject *address = PyLong_FromVoidPtr(PyList_GET_ITEM(wanted, i));
        ok = address && PySet_Add(kept, address) == 0;
        Py_XDECREF(address);
    }
    for (Py_ssize_t i = 0; ok && tell && i < PyList_GET_SIZE(old); i++) {
        PyObject *item = PyList_GET_ITEM(old, i), *address = PyLong_FromVoidPtr(item);
        int is_kept = address ? PySet_Contains(kept, address) : -1;
        ok = is_kept >= 0 && (is_kept || (tell_of(self, item) && PySet_Add(kept, address) == 0));        /* each once */
        Py_XDECREF(address);
    }
    Py_XDECREF(kept);
    return ok;
}

/* Does `change` to a copy, then makes the relationship that. */
static PyObject *edit(List *self, PyObject *(*change)(PyObject *list, PyObject *args), PyObject *args)
{
    PyObject *old = list_snapshot(self), *wanted = old ? PyList_GetSlice(old, 0, PyList_GET_SIZE(old)) : NULL;
    PyObject *result = wanted ? change(wanted, args) : NULL;
    if (result && !(check_new(self, old, wanted) && tell_gone(self, old, wanted) && arrange(self, wanted)))
        Py_CLEAR(result);
    Py_XDECREF(old);
    Py_XDECREF(wanted);
    return result;
}

static PyObject *call_method(PyObject *list, const char *name, PyObject *args, PyObject *words)
{
    PyObject *method = PyObject_GetAttrString(list, name), *result = method ? PyObject_Call(method, args, words) : NULL;
    Py_XDECREF(method);
    return result;
}

static PyObject *do_insert(PyObject *list, PyObject *args) { return call_method(list, "insert", args, NULL); }
static PyObject *do_reverse(PyObject *list, PyObject *args) { return call_method(list, "reverse", args, NULL); }
static PyObject *do_pop(PyObject *list, PyObject *args) { return call_method(list, "pop", args, NULL); }
static PyObject *do_clear(PyObject *list, PyObject *args) { return call_method(list, "clear", args, NULL); }
static PyObject *do_extend(PyObject *list, PyObject *args) { return call_method(list, "extend", args, NULL); }
static PyObject *do_repeat(PyObject *list, PyObject *args) { return call_method(list, "__imul__", args, NULL); }
static PyObject *do_set(PyObject *list, PyObject *args)
{
    return PyObject_SetItem(list, PyTuple_GET_ITEM(args, 0), PyTuple_GET_ITEM(args, 1)) < 0 ? NULL : (Py_INCREF(Py_None), Py_None);
}
static PyObject *do_delete(PyObject *list, PyObject *args)
{
    return PyObject_DelItem(list, PyTuple_GET_ITEM(args, 0)) < 0 ? NULL : (Py_INCREF(Py_None), Py_None);
}

static PyObject *list_append(List *self, PyObject *value)
{
    if (!append(self, value))
        return NULL;
    Py_RETURN_NONE;
}

static PyObject *list_remove(List *self, PyObject *value)
{
    Py_ssize_t place = place_of(self, value);
    if (place == -2)
        return NULL;
    if (place < 0) {
        PyErr_SetString(PyExc_ValueError, "list.remove(x): x not in list");
        return NULL;
    }
    if (!tell_of(self, value) || !one_change(self, value, kith_remove_))
        return NULL;
    Py_RETURN_NONE;
}

static PyObject *list_insert(List *self, PyObject *args) { return edit(self, do_insert, args); }
static PyObject *list_pop(List *self, PyObject *args) { return edit(self, do_pop, args); }

static PyObject *no_args(List *self, PyObject *(*change)(PyObject *, PyObject *))
{
    PyObject *args = PyTuple_New(0), *result = args ? edit(self, change, args) : NULL;
    Py_XDECREF(args);
    return result;
}

static PyObject *list_reverse(List *self, PyObject *unused) { (void)unused; return no_args(self, do_reverse); }
static PyObject *list_clear_(List *self, PyObject *unused) { (void)unused; return no_args(self, do_clear); }

static PyObject *list_extend(List *self, PyObject *more)
{
    PyObject *taken = PySequence_List(more), *args, *result;
    if (!taken)
        return NULL;
    args = PyTuple_Pack(1, taken);
    result = args ? edit(self, do_extend, args) : NULL;
    Py_XDECREF(args);
    Py_DECREF(taken);
    return result;
}

static PyObject *list_sort(List *self, PyObject *args, PyObject *words)
{
    PyObject *wanted = list_snapshot(self), *result = wanted ? call_method(wanted, "sort", args, words) : NULL;
    if (result && !arrange(self, wanted))
        Py_CLEAR(result);
    Py_XDECREF(wanted);
    return result;
}

static int list_subscript_set(List *self, PyObject *key, PyObject *value)
{
    PyObject *args = value ? PyTuple_Pack(2, key, value) : PyTuple_Pack(1, key), *done = args ? edit(self, value ? do_set : do_delete, args) : NULL;
    Py_XDECREF(args);
    Py_XDECREF(done);
    return done ? 0 : -1;
}

static int list_item_set(List *self, Py_ssize_t index, PyObject *value)
{
    PyObject *key = PyLong_FromSsize_t(index);
    int failed = key ? list_subscript_set(self, key, value) : -1;
    Py_XDECREF(key);
    return failed;
}

static PyObject *list_subscript(List *self, PyObject *key)
{
    if (PyIndex_Check(key)) {
        Py_ssize_t index = PyNumber_AsSsize_t(key, PyExc_IndexError), length;
        if (index == -1 && PyErr_Occurred())
            return NULL;
        if (index < 0) {
            if ((length = list_length(self)) < 0)
                return NULL;
            index += length;
        }
        return list_item(self, index);
    }
    PyObject *snapshot = list_snapshot(self), *part = snapshot ? PyObject_GetItem(snapshot, key) : NULL;
    Py_XDECREF(snapshot);
    return part;
}

static PyObject *list_inplace_add(List *self, PyObject *more)
{
    PyObject *done = list_extend(self, more);
    if (!done)
        return NULL;
    Py_DECREF(done);
    Py_INCREF(self);
    return (PyObject *)self;
}

static PyObject *list_inplace_repeat(List *self, Py_ssize_t times)
{
    PyObject *args = Py_BuildValue("(n)", times), *done = args ? edit(self, do_repeat, args) : NULL;
    Py_XDECREF(args);
    if (!done)
        return NULL;
    Py_DECREF(done);
    Py_INCREF(self);
    return (PyObject *)self;
}

static PyObject *plain(PyObject *value)
{
    if (PyObject_TypeCheck(value, &List_Type))
        return list_snapshot((List *)value);
    Py_INCREF(value);
    return value;
}

static PyObject *list_add(PyObject *a, PyObject *b)
{
    PyObject *left = plain(a), *right = left ? plain(b) : NULL, *sum = NULL;
    if (right && PyList_Check(left) && PyList_Check(right))
        sum = PySequence_Concat(left, right);
    else if (right) {
        Py_INCREF(Py_NotImplemented);
        sum = Py_NotImplemented;
    }
    Py_XDECREF(left);
    Py_XDECREF(right);
    return sum;
}

static PyObject *list_repeat(List *self, Py_ssize_t times)
{
    PyObject *snapshot = list_snapshot(self), *repeated = snapshot ? PySequence_Repeat(snapshot, times) : NULL;
    Py_XDECREF(snapshot);
    return repeated;
}

static PyObject *on_copy(List *self, const char *method, PyObject *args)
{
    PyObject *snapshot = list_snapshot(self), *result = snapshot ? call_method(snapshot, method, args, NULL) : NULL;
    Py_XDECREF(snapshot);
    return result;
}

static PyObject *list_index(List *self, PyObject *args) { return on_copy(self, "index", args); }
static PyObject *list_count(List *self, PyObject *args) { return on_copy(self, "count", args); }
static PyObject *list_copy(List *self, PyObject *unused) { (void)unused; return list_snapshot(self); }
static PyObject *list_reversed(List *self, PyObject *unused)
{
    PyObject *args = PyTuple_New(0), *result = args ? on_copy(self, "__reversed__", args) : NULL;
    (void)unused;
    Py_XDECREF(args);
    return result;
}

/* An attribute of one item: without a wrapper for the item, where it is nothing but read. */
static PyObject *value_of(const void *object, Attribute *attribute)
{
    bool plain = attribute->info && kith_sys_model_of(object) == &attribute->info->declared->model && !attribute->view;
    if (plain && PyObject_TypeCheck(attribute, &Relationship_Type) && !attribute->many && !kith_sys_binding(object))
        return one_target(object, attribute->offset);
    if (plain && PyObject_TypeCheck(attribute, &Column_Type) && !attribute->from_database && kith_sys_look_at(object) == KITH_SYS_CURRENT)
        return member_get(object, attribute->offset, attribute->kind);
    PyObject *item = wrap(object), *value = item ? PyObject_GetAttr(item, attribute->key) : NULL;
    Py_XDECREF(item);
    return value;
}

/* The list keeps its items, so their structs stay while their attributes are loaded; where they lie in it may change. */
static PyObject *list_values(List *self, PyObject *given)
{
    items found;
    if (!PyObject_TypeCheck(given, &Column_Type) && !PyObject_TypeCheck(given, &Relationship_Type))
        return PyErr_Format(PyExc_TypeError, "an attribute of a mapped class is needed, not '%.200s'", Py_TYPE(given)->tp_name);
    if (!((Attribute *)given)->key || !read_items(self, &found))
        return PyErr_Occurred() ? NULL : PyErr_Format(PyExc_TypeError, "the attribute belongs to no class yet");
    const void **copy = malloc((found.count + 1) * sizeof *copy);
    if (!copy)
        return PyErr_NoMemory();
    if (found.count)
        memcpy(copy, found.items, found.count * sizeof *copy);
    PyObject *values = PyList_New((Py_ssize_t)found.count);
    for (size_t i = 0; values && i < found.count; i++) {
        PyObject *value = value_of(copy[i], (Attribute *)given);
        if (value)
            PyList_SET_ITEM(values, (Py_ssize_t)i, value);
        else
            Py_CLEAR(values);
    }
    free(copy);
    return values;
}

/* It is pickled as the list that it shows. */
static PyObject *list_reduce(List *self, PyObject *unused)
{
    PyObject *snapshot = list_snapshot(self);
    (void)unused;
    return snapshot ? Py_BuildValue("(O(N))", &PyList_Type, snapshot) : NULL;
}

/* ---------------------------------------------------------------- the whole */

static bool same_place(PyObject *value, Instance *owner, Attribute *attribute)
{
    return PyObject_TypeCheck(value, &List_Type) && ((List *)value)->owner == owner && ((List *)value)->attribute == attribute;
}

/* What is assigned may be half made and in the session already: it is not written before it is in its place. */
static PyObject *snapshot_as_it_is(List *list)
{
    Session *binding = session_binding(kith_sys_session_of(list->owner->object));
    bool flushes = binding && binding->session && binding->autoflush;
    if (flushes)
        kith_session_autoflush(binding->session, false);
    PyObject *snapshot = list_snapshot(list);
    if (flushes)
        kith_session_autoflush(binding->session, true);
    return snapshot;
}

int list_assign(Instance *owner, Attribute *attribute, PyObject *value)
{
    if (!instance_ready(owner))
        return -1;
    if (same_place(value, owner, attribute))
        return 0;
    if (!PyList_Check(value)) {
        if (value == Py_None)
            raise_message("relationship.not_a_list", "Incompatible collection type: None is not list-like");
        else
            raise_message("relationship.not_a_list", "Incompatible collection type: %s is not list-like", Py_TYPE(value)->tp_name);
        return -1;
    }
    List *list = (List *)list_new(owner, attribute);
    PyObject *old = list ? snapshot_as_it_is(list) : NULL, *wanted = old ? PySequence_List(value) : NULL;
    bool ok = wanted && check_new(list, old, wanted) && tell_gone(list, old, wanted) && arrange(list, wanted);
    Py_XDECREF(list);
    Py_XDECREF(old);
    Py_XDECREF(wanted);
    return ok ? 0 : -1;
}

PyObject *list_new(Instance *owner, Attribute *attribute)
{
    List *self = (List *)List_Type.tp_alloc(&List_Type, 0);
    if (!self)
        return NULL;
    Py_INCREF(owner);
    Py_INCREF(attribute);
    self->owner = owner;
    self->attribute = attribute;
    return (PyObject *)self;
}

static PyObject *list_make(PyTypeObject *type, PyObject *args, PyObject *words)
{
    (void)type;
    return PyObject_Call((PyObject *)&PyList_Type, args, words);     /* of its own it is nothing but a list */
}

static int list_traverse(List *self, visitproc visit, void *arg)
{
    Py_VISIT(self->owner);
    Py_VISIT(self->attribute);
    return 0;
}

static int list_clear(List *self)
{
    Py_CLEAR(self->owner);
    Py_CLEAR(self->attribute);
    return 0;
}

static void list_dealloc(List *self)
{
    PyObject_GC_UnTrack(self);
    list_clear(self);
    PyObject_GC_Track(self);        /* which the base expects */
    PyList_Type.tp_dealloc((PyObject *)self);
}

static PyMethodDef list_methods[] = {
    { "append", (PyCFunction)list_append, METH_O, "Append an object; the other side follows." },
    { "extend", (PyCFunction)list_extend, METH_O, "Append each object of an iterable." },
    { "insert", (PyCFunction)list_insert, METH_VARARGS, "Insert an object before the index." },
    { "remove", (PyCFunction)list_remove, METH_O, "Remove the first that is the object." },
    { "pop", (PyCFunction)list_pop, METH_VARARGS, "Remove and return the object at the index (default: the last)." },
    { "clear", (PyCFunction)list_clear_, METH_NOARGS, "Remove all objects." },
    { "index", (PyCFunction)list_index, METH_VARARGS, "The first index of the object." },
    { "count", (PyCFunction)list_count, METH_VARARGS, "How often the object is in the list." },
    { "sort", (PyCFunction)(void (*)(void))list_sort, METH_VARARGS | METH_KEYWORDS, "Sort in place; nothing but the order changes." },
    { "reverse", (PyCFunction)list_reverse, METH_NOARGS, "Reverse in place; nothing but the order changes." },
    { "copy", (PyCFunction)list_copy, METH_NOARGS, "A plain list of the same objects." },
    { "_values", (PyCFunction)list_values, METH_O, "_values(attribute): that attribute of each object" },
    { "__reversed__", (PyCFunction)list_reversed, METH_NOARGS, NULL },
    { "__reduce__", (PyCFunction)list_reduce, METH_NOARGS, NULL },
    { "__reduce_ex__", (PyCFunction)list_reduce, METH_O, NULL },
    { "__copy__", (PyCFunction)list_copy, METH_NOARGS, NULL },
    { NULL, NULL, 0, NULL }
};
static PyMemberDef list_members[] = {
    { "_owner", T_OBJECT, offsetof(List, owner), READONLY, NULL },
    { "_attribute", T_OBJECT, offsetof(List, attribute), READONLY, NULL },
    { NULL, 0, 0, 0, NULL }
};
static PyNumberMethods list_number = { .nb_add = list_add };
static PySequenceMethods list_sequence = {
    .sq_length = (lenfunc)list_length, .sq_item = (ssizeargfunc)list_item, .sq_ass_item = (ssizeobjargproc)list_item_set,
    .sq_contains = (objobjproc)list_contains, .sq_inplace_concat = (binaryfunc)list_inplace_add, .sq_repeat = (ssizeargfunc)list_repeat,
    .sq_inplace_repeat = (ssizeargfunc)list_inplace_repeat, .sq_concat = list_add,
};
static PyMappingMethods list_mapping = { .mp_length = (lenfunc)list_length, .mp_subscript = (binaryfunc)list_subscript, .mp_ass_subscript = (objobjargproc)list_subscript_set };
PyTypeObject List_Type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "kith._core.InstrumentedList", .tp_basicsize = sizeof(List), .tp_base = &PyList_Type,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC, .tp_doc = "The objects of a relationship to many: a list that keeps the other side in step.",
    .tp_new = list_make, .tp_dealloc = (destructor)list_dealloc, .tp_traverse = (traverseproc)list_traverse, .tp_clear = (inquiry)list_clear,
    .tp_repr = (reprfunc)list_repr, .tp_iter = (getiterfunc)list_iter, .tp_richcompare = list_compare, .tp_hash = PyObject_HashNotImplemented,
    .tp_as_number = &list_number, .tp_as_sequence = &list_sequence, .tp_as_mapping = &list_mapping, .tp_methods = list_methods, .tp_members = list_members,
};
