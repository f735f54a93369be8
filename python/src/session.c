/*
 * Engines and sessions: handles that the Python around them (kith/session.py) makes sessions of. Here is where the interpreter's lock
 * is given up, and where a session that is in use says so.
 */
#include "core.h"

#include <string.h>

/* ---------------------------------------------------------------- errors */

PyObject *make_error;

static PyObject *raise_made(const kith_error *e, bool pending)
{
    PyObject *error = make_error ? PyObject_CallFunction(make_error, "izzzzzzzziO", e->status, e->code, e->message, e->hint, e->model, e->attribute, e->constraint,
                                                         e->sql, e->sqlstate, (int)pending, Py_None) : NULL;
    if (error) {
        PyErr_SetObject((PyObject *)Py_TYPE(error), error);
        Py_DECREF(error);
    } else if (!PyErr_Occurred())
        PyErr_SetString(PyExc_RuntimeError, e->message ? e->message : "kith failed");
    return NULL;
}

/* Configuration errors come all at once. */
PyObject *raise_error(const kith_error *e)
{
    if (!e->next)
        return raise_made(e, false);
    PyObject *all = PyUnicode_FromString(e->message), *error;
    for (const kith_error *next = e->next; all && next; next = next->next)
        Py_SETREF(all, PyUnicode_FromFormat("%U\n%s", all, next->message));
    if (!all)
        return NULL;
    error = PyObject_CallFunction(make_error, "izOzzzzzziO", e->status, e->code, all, e->hint, e->model, e->attribute, e->constraint, e->sql, e->sqlstate, 0, Py_None);
    Py_DECREF(all);
    if (error) {
        PyErr_SetObject((PyObject *)Py_TYPE(error), error);
        Py_DECREF(error);
    }
    return NULL;
}

PyObject *raise_session(kith_session *session)
{
    Session *binding = root_of(session_binding(session));
    if (binding && binding->raised[0]) {
        PyErr_Restore(binding->raised[0], binding->raised[1], binding->raised[2]);
        memset(binding->raised, 0, sizeof binding->raised);
    } else
        raise_error(kith_session_error(session));
    kith_error_clear(session);
    return NULL;
}

/* While the interpreter's lock is held: all threads share the nursery. What failed is said by the session of one of the two. */
bool sessions_meet(const void *object, size_t offset, const void *other)
{
    kith_session *own = kith_sys_session_of(object), *others = kith_sys_session_of(other);
    kith_sys_meet(object, offset, other);
    if (kith_session_status(own))
        return raise_session(own), false;
    return !kith_session_status(others) || (raise_session(others), false);
}

PyObject *raise_busy(void)
{
    return raise_message("session.busy", "This session is in use by another thread: a session, and the objects in it, belong to one thread at a time.");
}

PyObject *raise_message(const char *code, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    PyObject *message = PyUnicode_FromFormatV(format, list);
    va_end(list);
    if (message)
        raise_made(&(kith_error){ .status = KITH_MISUSE, .code = code, .message = PyUnicode_AsUTF8(message) }, false);
    Py_XDECREF(message);
    return NULL;
}

PyObject *raise_type(const char *code, const char *model, const char *attribute, PyObject *value, const char *wanted)
{
    PyObject *error = PyObject_CallFunction(make_error, "izzzzzzzziO", KITH_RANGE, code, wanted, NULL, model, attribute, NULL, NULL, NULL, 0, value);
    if (error) {
        PyErr_SetObject((PyObject *)Py_TYPE(error), error);
        Py_DECREF(error);
    }
    return NULL;
}

/* ---------------------------------------------------------------- statements that were sent */

typedef struct logged { char *sql; PyObject *unused; kith_value *values; size_t count; int64_t nanoseconds; } logged;

static void *copy_of(const void *from, size_t size)
{
    void *copy = malloc(size ? size : 1);
    if (copy && size)
        memcpy(copy, from, size);
    return copy;
}

static void keep_value(kith_value *value)
{
    switch (value->type) {
    case KITH_TYPE_TEXT: case KITH_TYPE_JSON: case KITH_TYPE_DECIMAL:
        value->s = value->absent || !value->s ? NULL : copy_of(value->s, strlen(value->s) + 1);
        value->absent |= !value->s;
        break;
    case KITH_TYPE_BLOB:
        value->b.data = value->absent || !value->b.data ? NULL : copy_of(value->b.data, value->b.size);
        value->absent |= !value->b.data;
        break;
    default: break;
    }
}

static void free_value(kith_value *value)
{
    if (value->absent)
        return;
    if (value->type == KITH_TYPE_TEXT || value->type == KITH_TYPE_JSON || value->type == KITH_TYPE_DECIMAL)
        free((void *)(uintptr_t)value->s);
    else if (value->type == KITH_TYPE_BLOB)
        free((void *)(uintptr_t)value->b.data);
}

static void free_entry(logged *entry)
{
    for (size_t i = 0; entry->values && i < entry->count; i++)
        free_value(&entry->values[i]);
    free(entry->values);
    free(entry->sql);
}

/* The interpreter's lock is not held here: what is sent is noted, and told when it is held again. */
static void note_statement(void *arg, const char *sql, const kith_value *values, size_t count, int64_t nanoseconds)
{
    Session *self = arg;
    if (self->log_count == self->log_capacity) {
        size_t capacity = self->log_capacity ? self->log_capacity * 2 : 16;
        logged *larger = realloc(self->log, capacity * sizeof *larger);
        if (!larger)
            return;
        self->log = larger;
        self->log_capacity = capacity;
    }
    logged *entry = &self->log[self->log_count];
    *entry = (logged){ .sql = copy_of(sql, strlen(sql) + 1), .values = copy_of(values, count * sizeof *values), .count = count, .nanoseconds = nanoseconds };
    if (!entry->sql || !entry->values) {
        entry->count = 0;
        free_entry(entry);
        return;
    }
    for (size_t i = 0; i < count; i++)
        keep_value(&entry->values[i]);
    self->log_count++;
}

static void tell_statements(Session *self)
{
    self = root_of(self);
    PyObject *type, *value, *traceback;
    if (!self->log_count)
        return;
    PyErr_Fetch(&type, &value, &traceback);
    size_t count = self->log_count;
    logged *log = self->log;
    self->log = NULL;
    self->log_count = self->log_capacity = 0;
    for (size_t i = 0; i < count; i++) {
        PyObject *values = PyTuple_New((Py_ssize_t)log[i].count);
        for (size_t k = 0; values && k < log[i].count; k++) {
            PyObject *item = value_as_stored(&log[i].values[k]);
            PyTuple_SET_ITEM(values, (Py_ssize_t)k, item ? item : (PyErr_Clear(), Py_INCREF(Py_None), Py_None));
        }
        PyObject *done = values && self->on_statement ? PyObject_CallFunction(self->on_statement, "sOd", log[i].sql, values, (double)log[i].nanoseconds / 1e9) : NULL;
        if (!done)
            PyErr_Clear();
        Py_XDECREF(done);
        Py_XDECREF(values);
        free_entry(&log[i]);
    }
    free(log);
    PyErr_Restore(type, value, traceback);
}

/* ---------------------------------------------------------------- giving up the lock */

Session *session_binding(kith_session *session) { return kith_sys_session_binding(session); }

bool work_begin(work *w, kith_session *session)
{
    *w = (work){ .session = session, .binding = session_binding(session) };
    if (!session)
        return true;
    if (kith_sys_session_is_busy(session))
        return raise_busy(), false;
    if (kith_session_status(session)) {
        raise_made(kith_session_error(session), true);
        kith_error_clear(session);
        return false;
    }
    if (!w->binding)
        return true;        /* a nursery asks nothing */
    Py_INCREF(w->binding);
    kith_sys_session_busy(session, true);
    Session *root = root_of(w->binding);
    w->saved = root->saved;
    root->saved = PyEval_SaveThread();
    w->unlocked = true;
    return true;
}

bool work_end_as(work *w, bool failed)
{
    if (w->unlocked) {
        Session *root = root_of(w->binding);
        PyThreadState *state = root->saved;
        PyEval_RestoreThread(state);
        root->saved = w->saved;
        kith_sys_session_busy(w->session, false);
        w->unlocked = false;
        tell_statements(w->binding);
    }
    if (failed)
        raise_session(w->session);
    Py_CLEAR(w->binding);
    return !failed;
}

bool work_end(work *w) { return work_end_as(w, w->session && kith_session_status(w->session)); }

/* ---------------------------------------------------------------- engines */

static PyObject *engine_new(PyTypeObject *type, PyObject *args, PyObject *unused)
{
    const char *url;
    (void)unused;
    if (!PyArg_ParseTuple(args, "s", &url))
        return NULL;
    Engine *self = (Engine *)type->tp_alloc(type, 0);
    if (!self)
        return NULL;
    static const kith_model *const none[] = { NULL };
    self->handle = kith_sys_open(url, none, 0);
    self->url = PyUnicode_FromString(url);
    if (self->handle && self->url && !kith_database_status(self->handle))
        return (PyObject *)self;
    if (!self->handle)
        PyErr_NoMemory();
    else if (self->url)
        raise_error(kith_database_error(self->handle));
    Py_DECREF(self);
    return NULL;
}

/* The models come with the engine for as long as it lives, since it keeps statements by them. */
static kith_database *engine_view(Engine *self, Models *models)
{
    for (size_t i = 0; i < self->view_count; i++)
        if (self->views[i].models == models)
            return self->views[i].database;
    struct view *larger = realloc(self->views, (self->view_count + 1) * sizeof *larger);
    if (!larger) {
        PyErr_NoMemory();
        return NULL;
    }
    self->views = larger;
    kith_database *database = kith_sys_with(self->handle, models->handle);
    if (!database) {
        PyErr_NoMemory();
        return NULL;
    }
    Py_INCREF(models);
    self->views[self->view_count++] = (struct view){ models, database };
    return database;
}

static int engine_traverse(Engine *self, visitproc visit, void *arg)
{
    for (size_t i = 0; i < self->view_count; i++)
        Py_VISIT(self->views[i].models);
    return 0;
}

static void engine_dealloc(Engine *self)
{
    PyObject_GC_UnTrack(self);
    if (self->weakrefs)
        PyObject_ClearWeakRefs((PyObject *)self);
    for (size_t i = 0; i < self->view_count; i++)
        kith_close(self->views[i].database);
    kith_close(self->handle);
    for (size_t i = 0; i < self->view_count; i++)
        Py_DECREF(self->views[i].models);
    free(self->views);
    Py_CLEAR(self->url);
    Py_TYPE(self)->tp_free(self);
}

static PyMemberDef engine_members[] = {
    { "url", T_OBJECT, offsetof(Engine, url), READONLY, "as it was given" },
    { NULL, 0, 0, 0, NULL }
};
PyTypeObject Engine_Type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "kith._core.Engine", .tp_basicsize = sizeof(Engine), .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC, .tp_doc = "Engine(url): a pool of connections.",
    .tp_new = engine_new, .tp_dealloc = (destructor)engine_dealloc, .tp_traverse = (traverseproc)engine_traverse, .tp_members = engine_members,
    .tp_weaklistoffset = offsetof(Engine, weakrefs),
};

/* ---------------------------------------------------------------- sessions: birth and death */

static int flush_hook(kith_session *session, void *arg, bool after)
{
    Session *self = arg, *root = root_of(self);
    if (!self->on_flush)
        return KITH_OK;
    PyThreadState *state = root->saved;
    if (state) {
        PyEval_RestoreThread(state);
        root->saved = NULL;
        kith_sys_session_busy(session, false);
    }
    PyObject *done = PyObject_CallFunction(self->on_flush, "i", (int)after);
    if (!done && !root->raised[0])
        PyErr_Fetch(&root->raised[0], &root->raised[1], &root->raised[2]);
    PyErr_Clear();
    int status = done ? KITH_OK : KITH_MISUSE;
    Py_XDECREF(done);
    if (state) {
        kith_sys_session_busy(session, true);
        root->saved = PyEval_SaveThread();
    }
    return status;
}

static PyObject *session_new(PyTypeObject *type, PyObject *args, PyObject *unused)
{
    Engine *engine;
    Models *models;
    int keeps, autoflush;
    PyObject *on_statement, *on_flush;
    (void)unused;
    if (!PyArg_ParseTuple(args, "O!O!ppOO", &Engine_Type, &engine, &Models_Type, &models, &keeps, &autoflush, &on_statement, &on_flush))
        return NULL;
    kith_database *database = engine_view(engine, models);
    Session *self = database ? (Session *)type->tp_alloc(type, 0) : NULL;
    if (!self)
        return NULL;
    Py_INCREF(engine);
    Py_INCREF(models);
    self->engine = engine;
    self->models = models;
    if (on_statement != Py_None) {
        Py_INCREF(on_statement);
        self->on_statement = on_statement;
    }
    if (on_flush != Py_None) {
        Py_INCREF(on_flush);
        self->on_flush = on_flush;
    }
    Py_BEGIN_ALLOW_THREADS
    self->session = kith_session_open(database);
    Py_END_ALLOW_THREADS
    if (!self->session || kith_session_status(self->session)) {
        if (self->session)
            raise_error(kith_session_error(self->session));
        else
            PyErr_NoMemory();
        Py_DECREF(self);
        return NULL;
    }
    kith_sys_session_sweeps(self->session, models->nursery);
    kith_sys_session_bind(self->session, self);
    kith_sys_session_keeps(self->session, keeps);
    self->autoflush = autoflush;
    kith_session_autoflush(self->session, self->autoflush);
    if (self->on_statement)
        kith_session_log(self->session, note_statement, self);
    if (self->on_flush)
        kith_sys_session_hook(self->session, flush_hook, self);
    return (PyObject *)self;
}

static void shut(Session *self)
{
    kith_session *session = self->session;
    self->session = NULL;
    if (!session)
        return;
    kith_sys_session_hook(session, NULL, NULL);
    kith_sys_session_bind(session, NULL);
    kith_session_close(session);        /* with the lock: what outlives it goes to the nursery, which other threads know */
}

static int session_traverse(Session *self, visitproc visit, void *arg)
{
    Py_VISIT(self->engine);
    Py_VISIT(self->models);
    Py_VISIT(self->on_statement);
    Py_VISIT(self->on_flush);
    Py_VISIT(self->owner);
    Py_VISIT(self->root);
    for (size_t i = 0; i < 3; i++)
        Py_VISIT(self->raised[i]);
    return 0;
}

static int session_clear(Session *self)
{
    Py_CLEAR(self->on_statement);
    Py_CLEAR(self->on_flush);
    Py_CLEAR(self->owner);
    for (size_t i = 0; i < 3; i++)
        Py_CLEAR(self->raised[i]);
    return 0;
}

static void session_dealloc(Session *self)
{
    PyObject_GC_UnTrack(self);
    if (self->weakrefs)
        PyObject_ClearWeakRefs((PyObject *)self);
    shut(self);
    session_clear(self);
    for (size_t i = 0; i < self->log_count; i++)
        free_entry(&self->log[i]);
    free(self->log);
    Py_CLEAR(self->filled);
    Py_CLEAR(self->root);           /* not before it has left the connection, whose statements the root notes */
    Py_CLEAR(self->engine);
    Py_CLEAR(self->models);
    Py_TYPE(self)->tp_free(self);
}

/* ---------------------------------------------------------------- sessions: the unit of work */

static bool is_open(Session *self)
{
    if (self->session)
        return true;
    raise_message("session.closed", "This session is closed.");
    return false;
}

static PyObject *in_work(Session *self, int (*call)(kith_session *))
{
    work w;
    if (!is_open(self) || !work_begin(&w, self->session))
        return NULL;
    call(self->session);
    if (!work_end(&w))
        return NULL;
    Py_RETURN_NONE;
}

static PyObject *session_flush(Session *self, PyObject *unused) { (void)unused; return in_work(self, kith_flush); }
static PyObject *session_commit(Session *self, PyObject *unused) { (void)unused; return in_work(self, kith_commit); }
static PyObject *session_begin(Session *self, PyObject *unused) { (void)unused; return in_work(self, kith_begin); }
static PyObject *session_savepoint(Session *self, PyObject *unused) { (void)unused; return in_work(self, kith_savepoint); }
static PyObject *session_keep(Session *self, PyObject *unused) { (void)unused; return in_work(self, kith_savepoint_keep); }
static PyObject *session_create(Session *self, PyObject *unused) { (void)unused; return in_work(self, kith_session_create_all); }
static PyObject *session_drop(Session *self, PyObject *unused) { (void)unused; return in_work(self, kith_session_drop_all); }

/* These two work while an error stands, and clear it. */
static PyObject *taking_back(Session *self, int (*call)(kith_session *))
{
    if (!is_open(self))
        return NULL;
    if (kith_sys_session_is_busy(self->session))
        return raise_busy();
    Session *root = root_of(self);
    for (size_t i = 0; i < 3; i++)
        Py_CLEAR(root->raised[i]);
    kith_sys_session_busy(self->session, true);
    Py_INCREF(self);
    root->saved = PyEval_SaveThread();
    int status = call(self->session);
    PyEval_RestoreThread(root->saved);
    root->saved = NULL;
    kith_sys_session_busy(self->session, false);
    tell_statements(self);
    if (status)
        raise_session(self->session);
    Py_DECREF(self);
    if (status)
        return NULL;
    Py_RETURN_NONE;
}

static PyObject *session_rollback(Session *self, PyObject *unused) { (void)unused; return taking_back(self, kith_rollback); }
static PyObject *session_undo(Session *self, PyObject *unused) { (void)unused; return taking_back(self, kith_savepoint_undo); }

static PyObject *session_join(Session *self, PyObject *value)
{
    Session *other = PyObject_TypeCheck(value, &Session_Type) ? (Session *)value : NULL;
    if (!is_open(self) || (other && !is_open(other)))
        return NULL;
    if (!other)
        return PyErr_Format(PyExc_TypeError, "a session is needed, not '%.200s'", Py_TYPE(value)->tp_name);
    if (kith_sys_session_is_busy(other->session) || kith_sys_session_is_busy(self->session))
        return raise_busy();
    if (kith_sys_session_joins(self->session, other->session))
        return raise_session(self->session);
    Py_INCREF(root_of(other));
    self->root = root_of(other);
    if (self->root->on_statement)
        kith_session_log(self->session, note_statement, self->root);
    Py_RETURN_NONE;
}

static PyObject *session_close(Session *self, PyObject *unused)
{
    (void)unused;
    if (self->session && kith_sys_session_is_busy(self->session))
        return raise_busy();
    shut(self);
    Py_RETURN_NONE;
}

static PyObject *session_sweep(Session *self, PyObject *unused)
{
    (void)unused;
    if (self->session)
        kith_sys_sweep(self->session);
    return PyLong_FromSize_t(kith_sys_session_bytes(self->session));
}

/* ---------------------------------------------------------------- sessions: objects */

static Instance *object_of(PyObject *value)
{
    if (!is_instance(value)) {
        raise_message("object.unmapped", "Class '%s.%s' is not mapped", "builtins", Py_TYPE(value)->tp_name);
        return NULL;
    }
    return instance_ready((Instance *)value) ? (Instance *)value : NULL;
}

static PyObject *session_add(Session *self, PyObject *value)
{
    Instance *instance = is_open(self) ? object_of(value) : NULL;
    work w;
    if (!instance)
        return NULL;
    if (kith_sys_session_is_busy(self->session))
        return raise_busy();
    if (kith_session_status(self->session)) {
        if (work_begin(&w, self->session))
            work_end(&w);
        if (PyErr_Occurred())
            return NULL;
    }
    if (kith_attach(self->session, instance->object))
        return raise_session(self->session);
    Py_RETURN_NONE;
}

static PyObject *on_object(Session *self, PyObject *value, void (*call)(const void *), bool asks)
{
    Instance *instance = is_open(self) ? object_of(value) : NULL;
    work w;
    if (!instance)
        return NULL;
    if (kith_sys_session_of(instance->object) != self->session)
        return raise_message("object.not_in_session", "Instance %s is not persistent within this Session", kith_describe(instance->object));
    if (asks) {
        if (!work_begin(&w, self->session))
            return NULL;
        call(instance->object);
        if (!work_end(&w))
            return NULL;
        Py_RETURN_NONE;
    }
    if (kith_sys_session_is_busy(self->session))
        return raise_busy();
    call(instance->object);
    if (kith_session_status(self->session))
        return raise_session(self->session);
    Py_RETURN_NONE;
}

static PyObject *session_doom(Session *self, PyObject *value) { return on_object(self, value, kith_delete_, false); }
static PyObject *session_refresh(Session *self, PyObject *value) { return on_object(self, value, kith_refresh_, true); }
static PyObject *session_expire(Session *self, PyObject *value) { return on_object(self, value, kith_sys_expire, false); }
static PyObject *session_forget(Session *self, PyObject *args)
{
    PyObject *value, *given;
    if (!PyArg_ParseTuple(args, "OO", &value, &given))
        return NULL;
    Instance *instance = is_open(self) ? object_of(value) : NULL;
    if (!instance)
        return NULL;
    if (!PyObject_TypeCheck(given, &Column_Type) && !PyObject_TypeCheck(given, &Relationship_Type))
        return PyErr_Format(PyExc_TypeError, "an attribute of a mapped class is needed, not '%.200s'", Py_TYPE(given)->tp_name);
    size_t offset = ((Attribute *)given)->key ? attribute_offset((Attribute *)given, instance) : SIZE_MAX;
    if (kith_sys_session_of(instance->object) != self->session || offset == SIZE_MAX)
        return PyErr_Occurred() ? NULL : raise_message("object.not_in_session", "Instance %s is not persistent within this Session", kith_describe(instance->object));
    kith_sys_forget(instance->object, offset);
    if (kith_session_status(self->session))
        return raise_session(self->session);
    Py_RETURN_NONE;
}

/* The objects of a sequence, in one piece of memory that the caller frees; NULL: an error is set. */
static const void **objects_of(PyObject *items, Py_ssize_t *count)
{
    *count = PyList_GET_SIZE(items);
    const void **objects = malloc(((size_t)*count + 1) * sizeof *objects);
    if (!objects)
        return (const void **)PyErr_NoMemory();
    for (Py_ssize_t i = 0; i < *count; i++) {
        Instance *item = object_of(PyList_GET_ITEM(items, i));
        if (!item) {
            free(objects);
            return NULL;
        }
        objects[i] = item->object;
    }
    return objects;
}

static PyObject *session_place(Session *self, PyObject *args)
{
    PyObject *value, *given, *items;
    if (!PyArg_ParseTuple(args, "OOO!", &value, &given, &PyList_Type, &items))
        return NULL;
    Instance *instance = is_open(self) ? object_of(value) : NULL;
    if (!instance)
        return NULL;
    if (!PyObject_TypeCheck(given, &Relationship_Type) || !((Attribute *)given)->key)
        return PyErr_Format(PyExc_TypeError, "a relationship is needed, not '%.200s'", Py_TYPE(given)->tp_name);
    size_t offset = attribute_offset((Attribute *)given, instance);
    Py_ssize_t count;
    const void **objects = offset == SIZE_MAX ? NULL : objects_of(items, &count);
    if (!objects)
        return NULL;
    kith_sys_place(instance->object, offset, objects, (size_t)count);
    free(objects);
    if (kith_session_status(self->session))
        return raise_session(self->session);
    Py_RETURN_NONE;
}

static PyObject *session_expunge(Session *self, PyObject *value) { return on_object(self, value, kith_detach_, false); }

static PyObject *session_contains(Session *self, PyObject *value)
{
    if (!is_instance(value) || !self->session || !((Instance *)value)->object)
        Py_RETURN_FALSE;
    const void *object = ((Instance *)value)->object;
    kith_state state = kith_sys_state_of(object);
    return PyBool_FromLong(kith_sys_session_of(object) == self->session && (state == KITH_PENDING || state == KITH_PERSISTENT));
}

static PyObject *session_objects(Session *self, PyObject *which)
{
    long number = PyLong_AsLong(which);
    if (number == -1 && PyErr_Occurred())
        return NULL;
    size_t count = kith_sys_objects(self->session, (kith_sys_which)number, NULL, 0);
    const void **objects = malloc((count + 1) * sizeof *objects);
    PyObject *list = objects ? PyList_New((Py_ssize_t)count) : PyErr_NoMemory();
    if (list)
        kith_sys_objects(self->session, (kith_sys_which)number, objects, count);
    for (size_t i = 0; list && i < count; i++) {
        PyObject *item = wrap(objects[i]);
        if (item)
            PyList_SET_ITEM(list, (Py_ssize_t)i, item);
        else
            Py_CLEAR(list);
    }
    free(objects);
    return list;
}

static PyObject *got(Session *self, const ModelInfo *info, const void *values)
{
    work w;
    if (!work_begin(&w, self->session))
        return NULL;
    const void *found = kith_get_(self->session, &info->declared->model, values);
    return work_end(&w) ? wrap(found) : NULL;
}

/* get(info, (key, …) in the order of names, names) */
static PyObject *session_get(Session *self, PyObject *args)
{
    ModelInfo *info;
    PyObject *names, *key, *kept = NULL, *result = NULL;
    if (!PyArg_ParseTuple(args, "O!O!O!", &ModelInfo_Type, &info, &PyTuple_Type, &names, &PyTuple_Type, &key) || !is_open(self))
        return NULL;
    char *values = calloc(1, info->declared->model.size + 1);
    bool ok = (values || PyErr_NoMemory()) && (kept = PyList_New(0));
    for (Py_ssize_t i = 0; ok && i < PyTuple_GET_SIZE(names) && i < PyTuple_GET_SIZE(key); i++) {
        PyObject *member = PyDict_GetItemWithError(info->members, PyTuple_GET_ITEM(names, i)), *own = NULL;
        kith_value value;
        int kind = member ? (int)PyLong_AsLong(PyTuple_GET_ITEM(member, 1)) : 0;
        if (!member && !PyErr_Occurred())
            PyErr_SetObject(PyExc_KeyError, PyTuple_GET_ITEM(names, i));
        ok = member && value_from(PyTuple_GET_ITEM(key, i), kind, info->declared->model.name, PyUnicode_AsUTF8(PyTuple_GET_ITEM(names, i)), &value, &own);
        size_t offset = ok ? (size_t)PyLong_AsSsize_t(PyTuple_GET_ITEM(member, 0)) : 0;
        if (ok && kind & KIND_NATIVE)
            ok = native_put(info, values, offset, value);
        else if (ok)
            member_put(values, offset, kind, &value);
        if (own) {
            ok = PyList_Append(kept, own) == 0 && ok;
            Py_DECREF(own);
        }
    }
    if (ok)
        result = got(self, info, values);
    free(values);
    Py_XDECREF(kept);
    return result;
}

/* ---------------------------------------------------------------- sessions: switches */

static PyObject *get_autoflush(Session *self, void *unused) { (void)unused; return PyBool_FromLong(self->autoflush); }
static int set_autoflush(Session *self, PyObject *value, void *unused)
{
    (void)unused;
    int on = value ? PyObject_IsTrue(value) : 0;
    if (on < 0)
        return -1;
    self->autoflush = on;
    if (self->session)
        kith_session_autoflush(self->session, self->autoflush);
    return 0;
}
static PyObject *get_on_statement(Session *self, void *unused)
{
    (void)unused;
    PyObject *callable = root_of(self)->on_statement ? root_of(self)->on_statement : Py_None;
    Py_INCREF(callable);
    return callable;
}

static int set_on_statement(Session *self, PyObject *value, void *unused)
{
    (void)unused;
    bool none = !value || value == Py_None;
    Session *root = root_of(self);
    if (!none)
        Py_INCREF(value);
    Py_XSETREF(root->on_statement, none ? NULL : value);
    if (self->session)
        kith_session_log(self->session, none ? NULL : note_statement, root);
    return 0;
}

/* It is kept as a weak reference: the session in Python owns this one. */
static PyObject *get_owner(Session *self, void *unused)
{
    (void)unused;
    PyObject *owner = self->owner ? PyObject_CallNoArgs(self->owner) : Py_None;
    if (!self->owner)
        Py_INCREF(owner);
    return owner;
}

static int set_owner(Session *self, PyObject *value, void *unused)
{
    (void)unused;
    if (!value || !PyWeakref_Check(value)) {
        PyErr_SetString(PyExc_TypeError, "owner takes a weak reference");
        return -1;
    }
    Py_INCREF(value);
    Py_XSETREF(self->owner, value);
    return 0;
}

static PyObject *get_count(Session *self, void *unused) { (void)unused; return PyLong_FromLongLong(kith_statement_count(self->session)); }
static PyObject *get_open(Session *self, void *unused) { (void)unused; return PyBool_FromLong(self->session != NULL); }
static PyObject *get_flushing(Session *self, void *unused) { (void)unused; return PyBool_FromLong(kith_sys_session_is_flushing(self->session)); }
static PyObject *get_clean(Session *self, void *unused) { (void)unused; return PyBool_FromLong(kith_sys_session_is_clean(self->session)); }
static PyObject *get_failed(Session *self, void *unused) { (void)unused; return PyBool_FromLong(self->session && kith_session_status(self->session)); }
static PyObject *get_bytes(Session *self, void *unused) { (void)unused; return PyLong_FromSize_t(kith_sys_session_bytes(self->session)); }

static PyGetSetDef session_getset[] = {
    { "autoflush", (getter)get_autoflush, (setter)set_autoflush, "whether a query first writes what is pending", NULL },
    { "on_statement", (getter)get_on_statement, (setter)set_on_statement, "called with each statement, its values and seconds; None: nobody", NULL },
    { "owner", (getter)get_owner, (setter)set_owner, "the session in Python, or None when it is gone; set to a weak reference of it", NULL },
    { "statement_count", (getter)get_count, NULL, "statements that read or write rows", NULL },
    { "is_open", (getter)get_open, NULL, NULL, NULL },
    { "is_flushing", (getter)get_flushing, NULL, "it cannot be closed now", NULL },
    { "is_clean", (getter)get_clean, NULL, "closing it loses nothing", NULL },
    { "failed", (getter)get_failed, NULL, "whether an error stands that only a rollback clears", NULL },
    { "bytes", (getter)get_bytes, NULL, "the memory of its objects", NULL },
    { NULL, NULL, NULL, NULL, NULL }
};
static PyMethodDef session_methods[] = {
    { "flush", (PyCFunction)session_flush, METH_NOARGS, NULL },
    { "commit", (PyCFunction)session_commit, METH_NOARGS, NULL },
    { "rollback", (PyCFunction)session_rollback, METH_NOARGS, NULL },
    { "begin", (PyCFunction)session_begin, METH_NOARGS, "holds one snapshot" },
    { "savepoint", (PyCFunction)session_savepoint, METH_NOARGS, NULL },
    { "savepoint_keep", (PyCFunction)session_keep, METH_NOARGS, NULL },
    { "savepoint_undo", (PyCFunction)session_undo, METH_NOARGS, NULL },
    { "join", (PyCFunction)session_join, METH_O, "join(session): one connection and one transaction with it, said before anything else is done" },
    { "close", (PyCFunction)session_close, METH_NOARGS, NULL },
    { "sweep", (PyCFunction)session_sweep, METH_NOARGS, "lets go of what nothing reaches; gives the bytes that are left" },
    { "create_all", (PyCFunction)session_create, METH_NOARGS, NULL },
    { "drop_all", (PyCFunction)session_drop, METH_NOARGS, NULL },
    { "add", (PyCFunction)session_add, METH_O, NULL },
    { "delete", (PyCFunction)session_doom, METH_O, NULL },
    { "refresh", (PyCFunction)session_refresh, METH_O, NULL },
    { "expire", (PyCFunction)session_expire, METH_O, NULL },
    { "forget", (PyCFunction)session_forget, METH_VARARGS, "forget(object, attribute): expire, of one attribute" },
    { "place", (PyCFunction)session_place, METH_VARARGS, "place(object, relationship, list): what a query found to be related" },
    { "expunge", (PyCFunction)session_expunge, METH_O, NULL },
    { "contains", (PyCFunction)session_contains, METH_O, NULL },
    { "objects", (PyCFunction)session_objects, METH_O, "objects(which): 0 new, 1 dirty, 2 to be deleted, 3 all with a row" },
    { "get", (PyCFunction)session_get, METH_VARARGS, "get(info, names, key)" },
    { "fetch", (PyCFunction)session_fetch, METH_VARARGS, "fetch(select, load, refresh, row class)" },
    { "run", (PyCFunction)session_run, METH_VARARGS, "run(sql): (names, rows, changed)" },
    { "insert", (PyCFunction)session_insert, METH_VARARGS, "insert(table, columns, rows): (changed, last key)" },
    { "update", (PyCFunction)session_update, METH_VARARGS, "update(table, [(column, value)], where, follow): rows" },
    { "remove", (PyCFunction)session_delete, METH_VARARGS, "remove(table, where, follow): rows" },
    { NULL, NULL, 0, NULL }
};
static PyMemberDef session_members[] = {
    { "models", T_OBJECT, offsetof(Session, models), READONLY, NULL },
    { "engine", T_OBJECT, offsetof(Session, engine), READONLY, NULL },
    { NULL, 0, 0, 0, NULL }
};
PyTypeObject Session_Type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "kith._core.Session", .tp_basicsize = sizeof(Session), .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .tp_doc = "Session(engine, models, keeps, autoflush, on_statement, on_flush)", .tp_new = session_new, .tp_dealloc = (destructor)session_dealloc,
    .tp_traverse = (traverseproc)session_traverse, .tp_clear = (inquiry)session_clear, .tp_methods = session_methods, .tp_getset = session_getset,
    .tp_members = session_members, .tp_weaklistoffset = offsetof(Session, weakrefs),
};

/* ---------------------------------------------------------------- what the session in Python is asked for each object */

/* Its base. `core` is the handle that it had last; what it does not know the session in Python finds out. */
typedef struct Unit {
    PyObject_HEAD
    PyObject *core;
} Unit;

/* That of the class, when it is open and the class is as it was. */
static Session *core_of(const Unit *self, const ModelInfo *info)
{
    Session *core = self->core && Py_TYPE(self->core) == &Session_Type ? (Session *)self->core : NULL;
    return core && core->session && info && info->models == core->models && !core->models->stale ? core : NULL;
}

static PyObject *ask_python(Unit *self, const char *method, PyObject *const *args, Py_ssize_t count, PyObject *names)
{
    PyObject *found = PyObject_GetAttrString((PyObject *)self, method), *done = found ? PyObject_Vectorcall(found, args, (size_t)count, names) : NULL;
    Py_XDECREF(found);
    return done;
}

static PyObject *unit_add(Unit *self, PyObject *const *args, Py_ssize_t count, PyObject *names)
{
    Session *core = count == 1 && !names && is_instance(args[0]) ? core_of(self, info_now(Py_TYPE(args[0]))) : NULL;
    return core ? session_add(core, args[0]) : ask_python(self, "_add", args, count, names);
}

enum { SMALL_STRUCT = 1024 };

/* get(Class, 7) */
static PyObject *unit_get(Unit *self, PyObject *const *args, Py_ssize_t count, PyObject *names)
{
    bool simple = count == 2 && !names && PyType_Check(args[0]) && PyLong_CheckExact(args[1]);
    ModelInfo *info = simple ? info_now((PyTypeObject *)args[0]) : NULL;
    Session *core = core_of(self, info);
    int overflow = 0;
    if (!core || info->int_key == SIZE_MAX || (PyObject *)info->type != args[0] || info->declared->model.size > SMALL_STRUCT)
        return ask_python(self, "_get", args, count, names);
    kith_opt_int key = kith_some_int(PyLong_AsLongLongAndOverflow(args[1], &overflow));
    if (overflow)
        return ask_python(self, "_get", args, count, names);
    char values[SMALL_STRUCT];
    memset(values, 0, info->declared->model.size);
    memcpy(values + info->int_key, &key, sizeof key);
    Py_INCREF(core);
    PyObject *found = got(core, info, values);
    Py_DECREF(core);
    return found;
}

static int unit_traverse(Unit *self, visitproc visit, void *arg)
{
    Py_VISIT(self->core);
    return 0;
}

static int unit_clear(Unit *self)
{
    Py_CLEAR(self->core);
    return 0;
}

static void unit_dealloc(Unit *self)
{
    PyObject_GC_UnTrack(self);
    unit_clear(self);
    Py_TYPE(self)->tp_free(self);
}

static PyMethodDef unit_methods[] = {
    { "add", (PyCFunction)(void (*)(void))unit_add, METH_FASTCALL | METH_KEYWORDS,
      "add($self, instance, _warn=True)\n--\n\nThe object, and what it is related to, will be inserted." },
    { "get", (PyCFunction)(void (*)(void))unit_get, METH_FASTCALL | METH_KEYWORDS,
      "get($self, entity, ident, *, options=None, populate_existing=False, with_for_update=None, identity_token=None, execution_options=None, "
      "bind_arguments=None)\n--\n\nThe object of that key, or None." },
    { NULL, NULL, 0, NULL }
};
static PyMemberDef unit_members[] = {
    { "_core", T_OBJECT, offsetof(Unit, core), 0, "the handle that was used last" },
    { NULL, 0, 0, 0, NULL }
};
PyTypeObject Unit_Type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "kith._core.Unit", .tp_basicsize = sizeof(Unit), .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
    .tp_doc = "The base of sessions.", .tp_new = PyType_GenericNew, .tp_dealloc = (destructor)unit_dealloc, .tp_traverse = (traverseproc)unit_traverse,
    .tp_clear = (inquiry)unit_clear, .tp_methods = unit_methods, .tp_members = unit_members,
};
