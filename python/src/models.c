/*
 * Classes become models: declarations in Python's words (kith/registry.py makes them) are laid out as structs and resolved together.
 */
#include "core.h"

#include <string.h>

/* What fills a column that was not given. */
typedef struct filler {
    PyObject *value;                /* a constant, or */
    PyObject *callable;             /* called with the object */
    int kind;
    char *model, *attribute;
} filler;

/* ---------------------------------------------------------------- reading a declaration */

typedef struct words { PyObject *dict; bool failed; } words;

static PyObject *word(words *w, const char *name)
{
    PyObject *value = w->failed ? NULL : PyDict_GetItemString(w->dict, name);
    return value == Py_None ? NULL : value;
}

static const char *text(words *w, const char *name)
{
    PyObject *value = word(w, name);
    const char *utf8 = value && PyUnicode_Check(value) ? PyUnicode_AsUTF8(value) : NULL;
    if (value && !utf8) {
        w->failed = true;
        if (!PyErr_Occurred())
            PyErr_Format(PyExc_TypeError, "%s of a column is a str, not %.200s", name, Py_TYPE(value)->tp_name);
    }
    return utf8;
}

static bool truth(words *w, const char *name)
{
    PyObject *value = word(w, name);
    int is = value ? PyObject_IsTrue(value) : 0;
    w->failed |= is < 0;
    return is > 0;
}

static long number(words *w, const char *name)
{
    PyObject *value = word(w, name);
    long read = value ? PyLong_AsLong(value) : 0;
    w->failed |= read == -1 && PyErr_Occurred();
    return read < 0 ? 0 : read;
}

/* ---------------------------------------------------------------- columns whose values are made */

static kith_value failed(kith_session *session, Session *binding)
{
    binding = root_of(binding);
    if (binding && !binding->raised[0])
        PyErr_Fetch(&binding->raised[0], &binding->raised[1], &binding->raised[2]);
    PyErr_Clear();
    kith_sys_fail(session, KITH_RANGE, "column.default", "What was to fill a column failed.");
    return (kith_value){ .type = KITH_TYPE_NONE, .absent = 1 };
}

/* A row of a join table is no object. The library copies the value at once; what it points to is kept till the next one. */
static kith_value filled(kith_session *session, const void *object, const filler *f)
{
    Session *binding = session_binding(session);
    kith_value value = { .type = KITH_TYPE_NONE, .absent = 1 };
    PyObject *instance = f->callable ? wrap(kith_sys_model_of(object) ? object : NULL) : NULL, *made = f->callable ? (instance ? PyObject_CallOneArg(f->callable, instance) : NULL) : f->value;
    PyObject *kept = NULL;
    if (!f->callable)
        Py_INCREF(made);
    if (!made || !value_from(made, f->kind, f->model, f->attribute, &value, &kept))
        value = failed(session, binding);
    Py_XDECREF(instance);
    if (!kept)
        kept = made;
    else
        Py_XDECREF(made);
    if (binding)
        Py_XSETREF(binding->filled, kept);      /* till the next one */
    else
        Py_XDECREF(kept);
    return value;
}

static kith_value fill(kith_session *session, const void *object, const kith_attribute *attribute, size_t index)
{
    filler *const *fillers = attribute->binding;
    Session *binding = root_of(session_binding(session));
    if (binding && binding->saved) {
        PyEval_RestoreThread(binding->saved);
        binding->saved = NULL;
        kith_sys_session_busy(session, false);
        kith_value value = filled(session, object, fillers[index]);
        kith_sys_session_busy(session, true);
        binding->saved = PyEval_SaveThread();
        return value;
    }
    return filled(session, object, fillers[index]);
}

static kith_value on_insert(kith_session *session, const void *object, const kith_attribute *attribute) { return fill(session, object, attribute, 0); }
static kith_value on_update(kith_session *session, const void *object, const kith_attribute *attribute) { return fill(session, object, attribute, 1); }

static char *copied(const char *from) { return from ? strdup(from) : NULL; }

static filler *filler_new(words *w, PyObject *given, int kind, const char *model, const char *attribute)
{
    filler *f = calloc(1, sizeof *f);
    if (!f) {
        PyErr_NoMemory();
        w->failed = true;
        return NULL;
    }
    *f = (filler){ .kind = kind, .model = copied(model), .attribute = copied(attribute) };
    Py_INCREF(given);
    if (PyCallable_Check(given))
        f->callable = given;
    else
        f->value = given;
    return f;
}

static void filler_free(filler *f)
{
    if (!f)
        return;
    Py_XDECREF(f->value);
    Py_XDECREF(f->callable);
    free(f->model);
    free(f->attribute);
    free(f);
}

static void read_fillers(words *w, kith_attribute *a, int kind, const char *model)
{
    PyObject *insert = word(w, "default"), *update = word(w, "onupdate");
    if (!insert && !update)
        return;
    filler **fillers = a->binding = calloc(2, sizeof *fillers);
    if (!fillers) {
        PyErr_NoMemory();
        w->failed = true;
        return;
    }
    if (insert && (fillers[0] = filler_new(w, insert, kind, model, a->name)))
        a->default_of = on_insert;
    if (update && (fillers[1] = filler_new(w, update, kind, model, a->name)))
        a->change_of = on_update;
}

/* ---------------------------------------------------------------- one entry */

static size_t place(kith_model *model, size_t size, size_t alignment, size_t *widest)
{
    size_t offset = (model->size + alignment - 1) / alignment * alignment;
    model->size = offset + size;
    if (alignment > *widest)
        *widest = alignment;
    return offset;
}

/* The key of a sub-model's own table lies where that of its base does. */
static const kith_attribute *repeated_key(words *w, const declaration *d)
{
    const char *name = text(w, "repeats");
    for (const declaration *base = name ? d->base : NULL; base; base = base->base)
        for (size_t i = 0; i < base->model.count; i++)
            if (base->attributes[i].name && !strcmp(base->attributes[i].name, name))
                return &base->attributes[i];
    return NULL;
}

static void read_column(words *w, kith_attribute *a, declaration *d, size_t *widest, bool join_table)
{
    kith_model *model = &d->model;
    const kith_attribute *repeated = repeated_key(w, d);
    size_t size = 0, alignment = 8;
    int kind = (int)number(w, "kind");
    a->column = text(w, "column");
    a->foreign_key = text(w, "foreign_key");
    a->on_delete = text(w, "on_delete");
    a->deferred = truth(w, "deferred");
    a->on_update = text(w, "on_update");
    a->primary_key = truth(w, "primary_key");
    a->comment = text(w, "comment");
    a->renamed_from = text(w, "renamed_from");
    if (join_table)
        return;
    a->type = member_type(kind, &size, &alignment);
    if (!a->type) {
        PyErr_Format(PyExc_ValueError, "%s.%s is of no kind that is known (%d)", model->name, a->name, kind);
        w->failed = true;
        return;
    }
    a->size = size;
    a->offset = repeated ? repeated->offset : place(model, size, alignment, widest);
    a->not_null = truth(w, "not_null");
    a->unique = truth(w, "unique");
    a->index = truth(w, "index");
    a->version = kind == KIND_VERSION || truth(w, "version");
    a->length = (uint32_t)number(w, "length");
    a->precision = (uint32_t)number(w, "precision");
    a->scale = (uint32_t)number(w, "scale");
    a->in_table = (uint32_t)number(w, "in_table");
    a->server_default = text(w, "server_default");
    a->never_reuse = truth(w, "never_reuse");
    read_fillers(w, a, kind, model->name);
}

static void read_relation(words *w, kith_attribute *a, Models *models, kith_model *model, size_t *widest)
{
    long target = number(w, "target");
    a->type = truth(w, "many") ? KITH_TYPE_MANY : KITH_TYPE_ONE;
    a->size = 2 * sizeof(void *);
    a->offset = place(model, a->size, sizeof(void *), widest);
    if (target >= 0 && (size_t)target < models->count)
        a->target_model = &models->declared[target].model;
    a->back_populates = text(w, "back_populates");
    a->foreign_keys = text(w, "foreign_keys");
    a->remote_side = text(w, "remote_side");
    a->secondary = text(w, "secondary");
    a->order_by = text(w, "order_by");
    a->cascade = text(w, "cascade");
    a->load = text(w, "load");
    a->passive_deletes = truth(w, "passive_deletes");
    a->view_only = truth(w, "view_only");
}

/* The place of the base among the declarations, or -1; the discriminator; and what it says of this class's rows, a str or an int. */
static void read_inheritance(words *w, kith_attribute *a, Models *models, declaration *d)
{
    PyObject *base = word(w, "inherits"), *identity = word(w, "identity");
    size_t at = base ? PyLong_AsSize_t(base) : SIZE_MAX;
    PyErr_Clear();
    a->type = KITH_TYPE_INHERITS;
    a->attribute = text(w, "discriminator");
    if (at < (size_t)(d - models->declared)) {
        d->base = &models->declared[at];
        models->declared[at].has_sub_models = true;
        a->target_model = &d->base->model;
        d->model.size = d->base->model.size;
    }
    if (identity && PyUnicode_Check(identity))
        a->identity = kith_of_text(PyUnicode_AsUTF8(identity));
    else if (identity)
        a->identity = kith_of_int(PyLong_AsLongLong(identity));
    w->failed |= PyErr_Occurred() != NULL;
}

static void read_constraint(words *w, kith_attribute *a, const char *what)
{
    a->type = !strcmp(what, "unique") ? KITH_TYPE_UNIQUE : !strcmp(what, "index") ? KITH_TYPE_INDEX : KITH_TYPE_CHECK;
    a->unique = truth(w, "unique");
    a->check = text(w, "check");
    a->where = text(w, "where");
    PyObject *columns = word(w, "columns");
    for (Py_ssize_t i = 0; columns && PyTuple_Check(columns) && i < PyTuple_GET_SIZE(columns); i++) {
        if (i >= (Py_ssize_t)(sizeof a->columns / sizeof *a->columns)) {
            PyErr_Format(PyExc_ValueError, "a constraint has at most %d columns", (int)(sizeof a->columns / sizeof *a->columns));
            w->failed = true;
            return;
        }
        if (!(a->columns[i] = PyUnicode_AsUTF8(PyTuple_GET_ITEM(columns, i))))
            w->failed = true;
    }
}

static bool read_entry(Models *models, declaration *d, kith_attribute *a, PyObject *dict, size_t *widest, bool join_table)
{
    words w = { dict, false };
    if (!PyDict_Check(dict)) {
        PyErr_SetString(PyExc_TypeError, "an entry of a model is a dict");
        return false;
    }
    const char *constraint = text(&w, "constraint");
    a->name = text(&w, "name");
    if (constraint)
        read_constraint(&w, a, constraint);
    else if (PyDict_GetItemString(dict, "inherits"))
        read_inheritance(&w, a, models, d);
    else if (PyDict_GetItemString(dict, "target"))
        read_relation(&w, a, models, &d->model, widest);
    else
        read_column(&w, a, d, widest, join_table);
    return !w.failed;
}

/* (class or None, name, table, [entries], join table?) */
static bool read_declaration(Models *models, declaration *d, PyObject *spec)
{
    PyObject *type, *entries;
    const char *name, *table;
    size_t widest = 1;
    PyObject *native = NULL;
    int join_table;
    if (!PyTuple_Check(spec))
        return PyErr_SetString(PyExc_TypeError, "a declaration is a tuple"), false;
    if (!PyArg_ParseTuple(spec, "OszO!p|O", &type, &name, &table, &PyList_Type, &entries, &join_table, &native))
        return false;
    if (native && native != Py_None)
        return native_declaration(d, native);
    size_t count = (size_t)PyList_GET_SIZE(entries);
    d->attributes = calloc(count + 1, sizeof *d->attributes);
    if (!d->attributes) {
        PyErr_NoMemory();
        return false;
    }
    d->model = (kith_model){ .abi = KITH_ABI, .attribute_size = sizeof(kith_attribute), .name = name, .table = table, .attributes = d->attributes };
    for (size_t i = 0; i < count; i++) {
        d->model.count = i + 1;
        if (!read_entry(models, d, &d->attributes[i], PyList_GET_ITEM(entries, (Py_ssize_t)i), &widest, join_table))
            return false;
    }
    d->model.size = (d->model.size + widest - 1) / widest * widest;
    return true;
}

/* ---------------------------------------------------------------- what a class knows */

static PyObject *members_of(const declaration *d, PyObject *entries)
{
    PyObject *members = d->base ? PyDict_Copy(d->base->info->members) : PyDict_New();
    for (size_t i = 0; members && i < d->model.count; i++) {
        const kith_attribute *a = &d->attributes[i];
        PyObject *kind = PyDict_GetItemString(PyList_GET_ITEM(entries, (Py_ssize_t)i), "kind");
        if (a->type >= KITH_TYPE_UNIQUE && a->type <= KITH_TYPE_INHERITS)
            continue;
        bool relation = a->type == KITH_TYPE_ONE || a->type == KITH_TYPE_MANY;
        PyObject *item = Py_BuildValue("(nO)", (Py_ssize_t)a->offset, relation ? (a->type == KITH_TYPE_MANY ? Py_True : Py_False) : kind ? kind : Py_None);
        if (!item || PyDict_SetItemString(members, a->name, item) < 0)
            Py_CLEAR(members);
        Py_XDECREF(item);
    }
    return members;
}

/* Any other key is found by name, and turned into what its column wants; as is one of a type with its own way to turn it. */
static size_t int_key_of(const declaration *d, PyObject *entries)
{
    size_t keys = 0, place = SIZE_MAX;
    for (size_t i = 0; i < d->model.count && !d->native; i++) {
        const kith_attribute *a = &d->attributes[i];
        if (!a->primary_key)
            continue;
        bool turned = PyDict_GetItemString(PyList_GET_ITEM(entries, (Py_ssize_t)i), "turned") == Py_True;
        place = ++keys == 1 && a->type == KITH_TYPE_OPT + KITH_TYPE_INT && !turned ? a->offset : SIZE_MAX;
    }
    return place;
}

static bool make_info(Models *models, declaration *d, PyObject *spec)
{
    PyObject *type = PyTuple_GET_ITEM(spec, 0);
    ModelInfo *info = PyObject_GC_New(ModelInfo, &ModelInfo_Type);
    if (!info)
        return false;
    Py_INCREF(models);
    info->models = models;
    info->declared = d;
    info->type = NULL;
    if (PyType_Check(type)) {
        Py_INCREF(type);
        info->type = (PyTypeObject *)type;
        instance_calls(info->type);
    }
    info->members = members_of(d, PyTuple_GET_ITEM(spec, 3));
    info->int_key = d->base ? d->base->info->int_key : int_key_of(d, PyTuple_GET_ITEM(spec, 3));
    info->binding_at = kith_sys_binding_at(models->handle, &d->model);
    d->info = info;
    bool ok = info->members && PyList_Append(models->infos, (PyObject *)info) == 0;
    PyObject_GC_Track(info);
    Py_DECREF(info);
    return ok;
}

static int info_traverse(ModelInfo *self, visitproc visit, void *arg)
{
    Py_VISIT(self->models);
    Py_VISIT(self->type);
    Py_VISIT(self->members);
    return 0;
}

/* The models stay: objects may still need the declaration. */
static int info_clear(ModelInfo *self)
{
    Py_CLEAR(self->type);
    Py_CLEAR(self->members);
    return 0;
}

static void info_dealloc(ModelInfo *self)
{
    PyObject_GC_UnTrack(self);
    if (self->declared)
        self->declared->info = NULL;
    info_clear(self);
    Py_CLEAR(self->models);
    PyObject_GC_Del(self);
}

static PyObject *info_relation(ModelInfo *self, PyObject *name)
{
    kith_sys_relation r;
    PyObject *member = self->members ? PyDict_GetItemWithError(self->members, name) : NULL;
    if (!member) {
        if (!PyErr_Occurred())
            PyErr_SetObject(PyExc_KeyError, name);
        return NULL;
    }
    if (!kith_sys_relation_at(self->models->handle, &self->declared->model, (size_t)PyLong_AsSsize_t(PyTuple_GET_ITEM(member, 0)), &r))
        return PyErr_Format(PyExc_KeyError, "%U is no relationship", name);
    PyObject *local = PyTuple_New((Py_ssize_t)r.pairs), *remote = PyTuple_New((Py_ssize_t)(r.secondary ? r.far_pairs : r.pairs));
    PyObject *near = PyTuple_New(r.secondary ? (Py_ssize_t)r.pairs : 0), *far = PyTuple_New(r.secondary ? (Py_ssize_t)r.far_pairs : 0);
    for (size_t i = 0; local && i < r.pairs; i++)
        PyTuple_SET_ITEM(local, (Py_ssize_t)i, PyUnicode_FromString(r.local[i]));
    for (Py_ssize_t i = 0; remote && i < PyTuple_GET_SIZE(remote); i++)
        PyTuple_SET_ITEM(remote, i, PyUnicode_FromString(r.remote[i]));
    for (Py_ssize_t i = 0; near && i < PyTuple_GET_SIZE(near); i++)
        PyTuple_SET_ITEM(near, i, PyUnicode_FromString(r.near[i]));
    for (Py_ssize_t i = 0; far && i < PyTuple_GET_SIZE(far); i++)
        PyTuple_SET_ITEM(far, i, PyUnicode_FromString(r.far[i]));
    ModelInfo *target = ((declaration *)(uintptr_t)r.target)->info;
    return Py_BuildValue("(OiOzzNNNN)", target ? (PyObject *)target : Py_None, r.direction, r.many ? Py_True : Py_False, r.reverse, r.secondary, local, remote, near, far);
}

static PyMethodDef info_methods[] = {
    { "relation", (PyCFunction)info_relation, METH_O, "relation(name) -> (target, direction, many, reverse, secondary, local, remote, near, far)" },
    { NULL, NULL, 0, NULL }
};
static PyMemberDef info_members[] = {
    { "models", T_OBJECT, offsetof(ModelInfo, models), READONLY, "the Models that it is one of" },
    { "type", T_OBJECT, offsetof(ModelInfo, type), READONLY, "the class, or None" },
    { "members", T_OBJECT, offsetof(ModelInfo, members), READONLY, "name -> (offset, kind, or whether a relationship is to many)" },
    { NULL, 0, 0, 0, NULL }
};
PyTypeObject ModelInfo_Type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "kith._core.ModelInfo", .tp_basicsize = sizeof(ModelInfo), .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .tp_doc = "What a mapped class knows of its model.", .tp_traverse = (traverseproc)info_traverse, .tp_clear = (inquiry)info_clear,
    .tp_dealloc = (destructor)info_dealloc, .tp_methods = info_methods, .tp_members = info_members,
};

/* ---------------------------------------------------------------- all of them together */

static void free_declarations(Models *self)
{
    for (size_t i = 0; self->declared && i < self->count; i++) {
        declaration *d = &self->declared[i];
        for (size_t k = 0; d->attributes && k < d->model.count; k++) {
            filler **fillers = d->attributes[k].binding;
            if (fillers) {
                filler_free(fillers[0]);
                filler_free(fillers[1]);
                free(fillers);
            }
        }
        free(d->attributes);
    }
    free(self->declared);
    self->declared = NULL;
}

static bool build(Models *self)
{
    const kith_model **models = calloc(self->count + 1, sizeof *models);
    if (!models)
        return PyErr_NoMemory(), false;
    for (size_t i = 0; i < self->count; i++)
        models[i] = &self->declared[i].model;
    self->handle = kith_sys_models(models, self->count);
    free(models);
    if (!self->handle)
        return PyErr_NoMemory(), false;
    if (kith_database_status(self->handle))
        return raise_error(kith_database_error(self->handle)), false;
    self->nursery = kith_sys_nursery_open(self->handle);
    return self->nursery || (PyErr_NoMemory(), false);
}

static PyObject *models_new(PyTypeObject *type, PyObject *args, PyObject *unused)
{
    PyObject *specs;
    (void)unused;
    if (!PyArg_ParseTuple(args, "O!", &PyList_Type, &specs))
        return NULL;
    Models *self = (Models *)type->tp_alloc(type, 0);
    if (!self)
        return NULL;
    self->count = (size_t)PyList_GET_SIZE(specs);
    self->declared = calloc(self->count + 1, sizeof *self->declared);
    self->infos = PyList_New(0);
    self->kept = PyList_AsTuple(specs);
    bool ok = self->declared && self->infos && self->kept;
    for (size_t i = 0; ok && i < self->count; i++)
        ok = read_declaration(self, &self->declared[i], PyTuple_GET_ITEM(self->kept, (Py_ssize_t)i));
    if (ok)
        native_targets(self);
    ok = ok && build(self) && native_stand(self);
    for (size_t i = 0; ok && i < self->count; i++)
        ok = make_info(self, &self->declared[i], PyTuple_GET_ITEM(self->kept, (Py_ssize_t)i));
    if (ok)
        return (PyObject *)self;
    Py_DECREF(self);
    return NULL;
}

static int models_traverse(Models *self, visitproc visit, void *arg)
{
    Py_VISIT(self->infos);
    Py_VISIT(self->kept);
    return 0;
}

/* The memory of the declarations goes with the models; what they borrow texts from does too. */
static int models_clear(Models *self)
{
    Py_CLEAR(self->infos);
    return 0;
}

static void models_dealloc(Models *self)
{
    PyObject_GC_UnTrack(self);
    Py_CLEAR(self->infos);
    kith_session_close(self->nursery);
    kith_close(self->handle);
    free_declarations(self);
    Py_CLEAR(self->kept);
    Py_TYPE(self)->tp_free(self);
}

static PyObject *models_living(Models *self, PyObject *unused)
{
    (void)unused;
    if (self->nursery)
        kith_sys_sweep(self->nursery);
    return PyLong_FromSize_t(self->nursery ? kith_sys_session_bytes(self->nursery) : 0);
}

static PyMethodDef models_methods[] = {
    { "nursery_bytes", (PyCFunction)models_living, METH_NOARGS, "the memory of objects that are in no session" },
    { NULL, NULL, 0, NULL }
};
static PyMemberDef models_members[] = {
    { "infos", T_OBJECT, offsetof(Models, infos), READONLY, "a ModelInfo for each declaration" },
    { "stale", T_BOOL, offsetof(Models, stale), 0, "classes were declared since" },
    { NULL, 0, 0, 0, NULL }
};
PyTypeObject Models_Type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "kith._core.Models", .tp_basicsize = sizeof(Models), .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .tp_doc = "Models(declarations): resolved and checked together.", .tp_new = models_new, .tp_traverse = (traverseproc)models_traverse,
    .tp_clear = (inquiry)models_clear, .tp_dealloc = (destructor)models_dealloc, .tp_methods = models_methods, .tp_members = models_members,
};
