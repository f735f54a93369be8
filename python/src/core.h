/*
 * The binding of kith for Python, in C: what its files share. It sees the library's public headers and kith/sys/ and nothing else.
 *
 *   module.c     the module                       value.c      between Python's values and columns'
 *   models.c     classes become models            instance.c   objects: a wrapper that points at the struct
 *   attribute.c  columns and relationships as descriptors      list.c       to-many relationships as lists
 *   session.c    engines and sessions             tree.c       expressions, as Python's tuples, become statements
 *   app.c        the commands of kith db; C apps, whose models become classes
 *
 * A wrapper holds nothing of an object but its address: an attribute is converted when it is read. The struct keeps the wrapper's
 * address, so that one object has one wrapper, and the library lets the struct live as long as that is set.
 *
 * The lock of the interpreter is given up around every call that may ask the database. While it is, the session is marked as busy, and
 * any other thread that touches it or an object of it gets an error instead of a race.
 */
#ifndef KITH_PYTHON_CORE_H
#define KITH_PYTHON_CORE_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <structmember.h>

#include <kith/kith.h>
#include <kith/sys/app.h>
#include <kith/sys/model.h>
#include <kith/sys/query.h>

/* How a column's values are in Python. The numbers are those of kith/types.py. */
enum {
    KIND_NONE, KIND_BOOL, KIND_INT, KIND_REAL, KIND_TEXT, KIND_BLOB, KIND_DATE, KIND_TIME, KIND_DATETIME, KIND_UUID, KIND_JSON, KIND_DECIMAL,
    KIND_DECIMAL_AS_REAL, KIND_INTERVAL, KIND_VERSION, KIND_UUID_AS_TEXT,
    KIND_NATIVE = 64                /* added: a member of a C model, as its program declared it */
};

typedef struct Models Models;
typedef struct ModelInfo ModelInfo;

/* One model's declaration: in the memory of its Models, which live as long as anything made of them. */
typedef struct declaration {
    kith_model model;
    kith_attribute *attributes;
    ModelInfo *info;                /* borrowed; NULL once it is gone */
    const kith_model *native;       /* the C model that this is a copy of, or NULL */
    const struct declaration *base; /* what it inherits from, which comes before it; or NULL */
    bool has_sub_models;            /* objects that are found may be of one of them */
} declaration;

/* What a class knows of its model. */
struct ModelInfo {
    PyObject_HEAD
    Models *models;
    declaration *declared;
    PyTypeObject *type;             /* the class; NULL: a table without one */
    PyObject *members;              /* name -> (offset, kind or relationship) of this layout */
    size_t binding_at;              /* where in an object its wrapper's address lies */
    size_t int_key;                 /* where its key lies, when that is one whole number; SIZE_MAX: it is something else */
};

struct Models {
    PyObject_HEAD
    kith_database *handle;
    kith_session *nursery;
    declaration *declared;
    size_t count;
    PyObject *infos;                /* a list of ModelInfo */
    PyObject *kept;                 /* what the declarations' texts belong to */
    bool stale;                     /* classes were declared since */
};

typedef struct Instance {
    PyObject_HEAD
    const void *object;             /* NULL: not made yet */
    ModelInfo *info;
    PyObject *dict, *weakrefs;
} Instance;

/* The descriptor of a member; kith.attributes has its Python side. */
typedef struct Attribute {
    PyObject_HEAD
    PyObject *key;                  /* its name */
    ModelInfo *info;                /* of the layout that offset is of, or NULL */
    size_t offset;
    int kind;                       /* of a column */
    bool many, view_only;           /* of a relationship */
    bool plain;                     /* nothing is to be called on a write */
    PyObject *to_database, *from_database;      /* callables or NULL */
    PyObject *collection;           /* callable(list) that gives what a to-many shows as, or NULL */
    PyObject *before_write;         /* callable(object, value, attribute) -> value, or NULL */
    PyObject *before_remove;        /* callable(object, item, attribute), of a relationship to many, or NULL */
    PyObject *view;                 /* callable(object): reads instead of the member (dynamic, view only by a query), or NULL */
    PyObject *write;                /* callable(object, value): writes instead of the member, or NULL */
} Attribute;

typedef struct List {
    PyListObject list;              /* stays empty: what it shows is the library's */
    Instance *owner;
    Attribute *attribute;
} List;

typedef struct Engine {
    PyObject_HEAD
    kith_database *handle;
    struct view { Models *models; kith_database *database; } *views;
    size_t view_count;
    PyObject *url, *weakrefs;
} Engine;

typedef struct Session {
    PyObject_HEAD
    kith_session *session;          /* NULL: closed, or not opened yet */
    Engine *engine;
    Models *models;
    struct Session *root;           /* the first of those that share its transaction, which has what belongs to all of them; NULL: itself */
    PyThreadState *saved;           /* while the interpreter's lock is given up; the root's */
    PyObject *on_statement, *on_flush;          /* callables, or NULL */
    bool autoflush;
    PyObject *owner;                            /* a weak reference to the session in Python, or NULL */
    PyObject *filled;               /* what a filled column's value points to */
    PyObject *raised[3];            /* what a callable raised while the library was at work; the root's, as is the log */
    struct logged *log; size_t log_count, log_capacity;
    PyObject *weakrefs;
} Session;

extern PyTypeObject ModelInfo_Type, Models_Type, Instance_Type, Column_Type, Relationship_Type, List_Type, Engine_Type, Session_Type, Unit_Type;
/* by kith.exc: make_error(status, code, message, hint, model, attribute, constraint, sql, sqlstate) gives an exception */
extern PyObject *make_error;

/* ---------------------------------------------------------------- errors; each gives NULL */
PyObject *raise_error(const kith_error *);                  /* as it is */
bool sessions_meet(const void *object, size_t offset, const void *other);       /* two ends into the memory of one session; false: an error is set */
PyObject *raise_session(kith_session *);                    /* the session's, which is cleared where its transaction stands */
PyObject *raise_busy(void);
PyObject *raise_message(const char *code, const char *format, ...);         /* a misuse of the binding's own */
PyObject *raise_type(const char *code, const char *model, const char *attribute, PyObject *value, const char *wanted);

/* ---------------------------------------------------------------- value.c */
int value_setup(void);
uint32_t member_type(int kind, size_t *size, size_t *alignment);            /* 0: there is no such kind */
PyObject *member_get(const void *object, size_t offset, int kind);
/* Borrows from `value`, or from what it puts into *kept (which the caller releases). False: a Python error. */
bool value_from(PyObject *value, int kind, const char *model, const char *attribute, kith_value *out, PyObject **kept);
void member_put(void *object, size_t offset, int kind, const kith_value *);
PyObject *value_to(const kith_value *, int kind);
uint32_t value_type(int kind);                              /* the kith_type that a result of that kind is read as */
PyObject *value_as_stored(const kith_value *);

/* ---------------------------------------------------------------- instance.c */
PyObject *wrap(const void *object);                         /* a new reference; None for NULL */
PyObject *wrap_as(const void *object, ModelInfo *);
PyObject *wrap_all(const void *const *objects, size_t count);       /* a list; None for NULL */
void instance_calls(PyTypeObject *);                        /* the class is called at once, where it has no way of its own to be */
bool instance_ready(Instance *);                            /* has its struct; else an error */
static inline bool is_instance(PyObject *o) { return PyObject_TypeCheck(o, &Instance_Type); }
ModelInfo *info_now(PyTypeObject *);                        /* borrowed; as the class has it, NULL: it has none yet */
ModelInfo *info_of_type(PyTypeObject *);                    /* borrowed, resolved; NULL: an error is set */

/* ---------------------------------------------------------------- attribute.c */
size_t attribute_offset(const Attribute *, const Instance *);   /* SIZE_MAX: an error is set */
PyObject *column_read(Attribute *, Instance *);
PyObject *one_target(const void *object, size_t offset);        /* what a to-one leads to, loaded where it must be */
bool attribute_said(Attribute *, Instance *);                   /* the program has said None, or looked at a list of its own: kept while the object is nobody's */
int instance_write(Attribute *, Instance *, PyObject *value);

/* ---------------------------------------------------------------- session.c */
/* Around what may ask the database: gives up the interpreter's lock, marks the session. False: an error is set. NULL or a nursery: nothing. */
typedef struct work { kith_session *session; Session *binding; PyThreadState *saved; bool unlocked; } work;
bool work_begin(work *, kith_session *);
bool work_end(work *);                                      /* false: an error is set */
bool work_end_as(work *, bool failed);
Session *session_binding(kith_session *);
static inline Session *root_of(Session *session) { return session && session->root ? session->root : session; }

/* ---------------------------------------------------------------- list.c */
PyObject *list_new(Instance *owner, Attribute *);
PyObject *list_snapshot(List *);                            /* a plain list */
int list_assign(Instance *owner, Attribute *, PyObject *items);

/* ---------------------------------------------------------------- app.c */
PyObject *app_main(PyObject *module, PyObject *args);
PyObject *app_load(PyObject *module, PyObject *path);
PyObject *app_command(PyObject *module, PyObject *args);
bool native_declaration(declaration *, PyObject *native);   /* of a C model, as app_load told it */
void native_targets(Models *);                              /* once all are declared, */
bool native_stand(Models *);                                /* and once they are resolved */
bool native_put(const ModelInfo *, void *values, size_t offset, kith_value);        /* a member of a bare struct */

/* ---------------------------------------------------------------- tree.c */
PyObject *session_fetch(Session *, PyObject *args);
PyObject *session_run(Session *, PyObject *args);
PyObject *session_insert(Session *, PyObject *args);
PyObject *session_update(Session *, PyObject *args);
PyObject *session_delete(Session *, PyObject *args);

#endif
