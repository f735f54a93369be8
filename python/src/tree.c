/*
 * Statements: the tuples that kith/sql makes of expressions become the library's trees, and rows become Python's.
 *
 *   expression   (C, alias, table, name)  (V, value, kind, to_database, like)  (OP, op, items)  (INFIX, word, a, b, escape)  (PREFIX, word, a)
 *                (CALL, name, items)  (STAR,)  (CASE, of, items)  (CAST, a, kind, length, scale)  (COLLATE, a, name)  (AS, a, name)  (RAW, sql)
 *                (SEQUENCE, items)  (SCALAR, select)  (EXISTS, select)  (IN_SELECT, a, select)
 *   select       (froms, wheres, groups, havings, orders, limit, offset, distinct, compounds, items)
 *                from: (table, select, alias, on, a kith_sys_join); order: (a, descending, nulls); compound: (word, select)
 *                item: (info, alias) an object, (a, kind, from_database) a value
 */
#include "core.h"

#include <string.h>

enum { T_COLUMN, T_VALUE, T_OP, T_INFIX, T_PREFIX, T_CALL, T_STAR_, T_CASE, T_CAST, T_COLLATE, T_AS, T_RAW, T_SEQUENCE, T_SCALAR, T_EXISTS, T_IN_SELECT };

typedef const kith_sys_expr expr;

static expr *expression(kith_sys_query *, PyObject *);
static kith_sys_select *selection(kith_sys_query *, PyObject *);

/* ---------------------------------------------------------------- pieces */

static expr *bad(const char *what)
{
    if (!PyErr_Occurred())
        PyErr_Format(PyExc_TypeError, "%s is not of the form that kith._core takes", what);
    return NULL;
}

static const char *utf8(PyObject *text)
{
    return text == Py_None ? NULL : PyUnicode_Check(text) ? PyUnicode_AsUTF8(text) : (bad("a name"), NULL);
}

/* NULL with a Python error, or `one` of them */
static expr **expressions(kith_sys_query *query, PyObject *list, size_t *count)
{
    PyObject *items = PySequence_Tuple(list);
    if (!items)
        return NULL;
    *count = (size_t)PyTuple_GET_SIZE(items);
    expr **made = calloc(*count + 1, sizeof *made);
    if (!made)
        PyErr_NoMemory();
    for (size_t i = 0; made && i < *count; i++)
        if (!(made[i] = expression(query, PyTuple_GET_ITEM(items, (Py_ssize_t)i)))) {
            free(made);
            made = NULL;
        }
    Py_DECREF(items);
    return made;
}

static expr *value(kith_sys_query *query, PyObject *t)
{
    PyObject *kept = NULL, *turned = NULL, *given = PyTuple_GET_ITEM(t, 1), *like = PyTuple_GET_ITEM(t, 4);
    int kind = (int)PyLong_AsLong(PyTuple_GET_ITEM(t, 2));
    expr *column = like == Py_None ? NULL : expression(query, like), *made = NULL;
    kith_value converted;
    if (like != Py_None && !column)
        return NULL;
    if (PyTuple_GET_ITEM(t, 3) != Py_None && !(turned = PyObject_CallOneArg(PyTuple_GET_ITEM(t, 3), given)))
        return NULL;
    if (value_from(turned ? turned : given, kind, NULL, NULL, &converted, &kept))
        made = kith_sys_value_of(query, converted, column);
    Py_XDECREF(kept);
    Py_XDECREF(turned);
    return made;
}

static expr *with_items(kith_sys_query *query, int kind, PyObject *t)
{
    size_t count = 0;
    Py_ssize_t at = kind == T_SEQUENCE ? 1 : 2;
    expr *of = NULL, *made = NULL;
    if (kind == T_CASE && PyTuple_GET_ITEM(t, 1) != Py_None && !(of = expression(query, PyTuple_GET_ITEM(t, 1))))
        return NULL;
    expr **items = expressions(query, PyTuple_GET_ITEM(t, at), &count);
    if (!items)
        return NULL;
    switch (kind) {
    case T_OP: made = kith_sys_operation(query, (kith_sys_op)PyLong_AsLong(PyTuple_GET_ITEM(t, 1)), items, count); break;
    case T_CALL: made = kith_sys_call(query, utf8(PyTuple_GET_ITEM(t, 1)), items, count); break;
    case T_CASE: made = kith_sys_case(query, of, items, count); break;
    default: made = kith_sys_sequence(query, items, count);
    }
    free(items);
    return made;
}

static expr *infix(kith_sys_query *query, PyObject *t)
{
    expr *a = expression(query, PyTuple_GET_ITEM(t, 2)), *b = a ? expression(query, PyTuple_GET_ITEM(t, 3)) : NULL, *escape = NULL;
    if (b && PyTuple_GET_ITEM(t, 4) != Py_None && !(escape = expression(query, PyTuple_GET_ITEM(t, 4))))
        return NULL;
    return b ? kith_sys_infix(query, utf8(PyTuple_GET_ITEM(t, 1)), a, b, escape) : NULL;
}

static expr *with_first(kith_sys_query *query, int kind, PyObject *t)
{
    expr *a = expression(query, PyTuple_GET_ITEM(t, 1));
    if (!a)
        return NULL;
    switch (kind) {
    case T_CAST: return kith_sys_cast(query, a, (kith_sys_type)PyLong_AsLong(PyTuple_GET_ITEM(t, 2)), (uint32_t)PyLong_AsUnsignedLong(PyTuple_GET_ITEM(t, 3)),
                                      (uint32_t)PyLong_AsUnsignedLong(PyTuple_GET_ITEM(t, 4)));
    case T_COLLATE: return kith_sys_collate(query, a, utf8(PyTuple_GET_ITEM(t, 2)));
    case T_AS: return kith_sys_named(query, a, utf8(PyTuple_GET_ITEM(t, 2)));
    default: {
        kith_sys_select *select = selection(query, PyTuple_GET_ITEM(t, 2));
        return select ? kith_sys_in_select(query, a, select) : NULL;
    }
    }
}

static const Py_ssize_t lengths[] = { [T_COLUMN] = 4, [T_VALUE] = 5, [T_OP] = 3, [T_INFIX] = 5, [T_PREFIX] = 3, [T_CALL] = 3, [T_STAR_] = 1, [T_CASE] = 3, [T_CAST] = 5,
                                      [T_COLLATE] = 3, [T_AS] = 3, [T_RAW] = 2, [T_SEQUENCE] = 2, [T_SCALAR] = 2, [T_EXISTS] = 2, [T_IN_SELECT] = 3 };

static expr *by_kind(kith_sys_query *query, long kind, PyObject *t)
{
    expr *a;
    kith_sys_select *select;
    switch (kind) {
    case T_COLUMN: return kith_sys_column(query, utf8(PyTuple_GET_ITEM(t, 1)), utf8(PyTuple_GET_ITEM(t, 2)), utf8(PyTuple_GET_ITEM(t, 3)));
    case T_VALUE: return value(query, t);
    case T_OP: case T_CALL: case T_CASE: case T_SEQUENCE: return with_items(query, (int)kind, t);
    case T_INFIX: return infix(query, t);
    case T_PREFIX: return (a = expression(query, PyTuple_GET_ITEM(t, 2))) ? kith_sys_prefix(query, utf8(PyTuple_GET_ITEM(t, 1)), a) : NULL;
    case T_STAR_: return kith_sys_star(query);
    case T_CAST: case T_COLLATE: case T_AS: case T_IN_SELECT: return with_first(query, (int)kind, t);
    case T_RAW: return kith_sys_raw(query, utf8(PyTuple_GET_ITEM(t, 1)));
    case T_SCALAR: return (select = selection(query, PyTuple_GET_ITEM(t, 1))) ? kith_sys_scalar(query, select) : NULL;
    default: return (select = selection(query, PyTuple_GET_ITEM(t, 1))) ? kith_sys_exists(query, select) : NULL;
    }
}

static expr *expression(kith_sys_query *query, PyObject *t)
{
    long kind = PyTuple_Check(t) && PyTuple_GET_SIZE(t) && PyLong_Check(PyTuple_GET_ITEM(t, 0)) ? PyLong_AsLong(PyTuple_GET_ITEM(t, 0)) : -1;
    if (kind < 0 || kind > T_IN_SELECT || PyTuple_GET_SIZE(t) != lengths[kind])
        return bad("an expression");
    if (Py_EnterRecursiveCall(" while a statement was built"))
        return NULL;
    expr *made = by_kind(query, kind, t);
    Py_LeaveRecursiveCall();
    if (!made && !PyErr_Occurred() && kith_sys_query_error(query)->status)
        raise_error(kith_sys_query_error(query));
    if (PyErr_Occurred())
        return NULL;        /* a number in it was none, though the library made something of that */
    return made ? made : bad("an expression");
}

/* ---------------------------------------------------------------- SELECT */

typedef bool each_fn(kith_sys_query *, kith_sys_select *, PyObject *);

static bool each(kith_sys_query *query, kith_sys_select *select, PyObject *list, each_fn *add)
{
    PyObject *items = PySequence_Tuple(list);
    bool ok = items != NULL;
    for (Py_ssize_t i = 0; ok && i < PyTuple_GET_SIZE(items); i++)
        ok = add(query, select, PyTuple_GET_ITEM(items, i));
    Py_XDECREF(items);
    return ok;
}

static bool add_from(kith_sys_query *query, kith_sys_select *select, PyObject *t)
{
    if (!PyTuple_Check(t) || PyTuple_GET_SIZE(t) != 5)
        return bad("a from"), false;
    PyObject *inner = PyTuple_GET_ITEM(t, 1), *condition = PyTuple_GET_ITEM(t, 3);
    kith_sys_select *source = inner == Py_None ? NULL : selection(query, inner);
    expr *on = condition == Py_None ? NULL : expression(query, condition);
    if ((inner != Py_None && !source) || (condition != Py_None && !on))
        return false;
    long kind = PyLong_AsLong(PyTuple_GET_ITEM(t, 4));
    if (PyErr_Occurred())
        return false;
    if (kind < KITH_SYS_JOIN_INNER || kind > KITH_SYS_JOIN_FULL)
        return bad("a join"), false;
    return !kith_sys_from(select, utf8(PyTuple_GET_ITEM(t, 0)), source, utf8(PyTuple_GET_ITEM(t, 2)), on, (kith_sys_join)kind);
}

static bool add_where(kith_sys_query *query, kith_sys_select *select, PyObject *t) { expr *e = expression(query, t); return e && !kith_sys_where(select, e); }
static bool add_group(kith_sys_query *query, kith_sys_select *select, PyObject *t) { expr *e = expression(query, t); return e && !kith_sys_group(select, e); }
static bool add_having(kith_sys_query *query, kith_sys_select *select, PyObject *t) { expr *e = expression(query, t); return e && !kith_sys_having(select, e); }

static bool add_order(kith_sys_query *query, kith_sys_select *select, PyObject *t)
{
    if (!PyTuple_Check(t) || PyTuple_GET_SIZE(t) != 3)
        return bad("an order"), false;
    expr *by = expression(query, PyTuple_GET_ITEM(t, 0));
    int nulls = by ? (int)PyLong_AsLong(PyTuple_GET_ITEM(t, 2)) : 0;
    return by && !PyErr_Occurred() && !kith_sys_order(select, by, PyTuple_GET_ITEM(t, 1) == Py_True, nulls);
}

static bool add_compound(kith_sys_query *query, kith_sys_select *select, PyObject *t)
{
    kith_sys_select *other = PyTuple_Check(t) && PyTuple_GET_SIZE(t) == 2 ? selection(query, PyTuple_GET_ITEM(t, 1)) : NULL;
    return other ? !kith_sys_compound(select, utf8(PyTuple_GET_ITEM(t, 0)), other) : (bad("a compound"), false);
}

static bool add_item(kith_sys_query *query, kith_sys_select *select, PyObject *t)
{
    if (PyTuple_Check(t) && PyTuple_GET_SIZE(t) == 2 && Py_TYPE(PyTuple_GET_ITEM(t, 0)) == &ModelInfo_Type)
        return !kith_sys_entity(select, &((ModelInfo *)PyTuple_GET_ITEM(t, 0))->declared->model, utf8(PyTuple_GET_ITEM(t, 1)));
    if (!PyTuple_Check(t) || PyTuple_GET_SIZE(t) != 3)
        return bad("a column of a select"), false;
    expr *e = expression(query, PyTuple_GET_ITEM(t, 0));
    int kind = e ? (int)PyLong_AsLong(PyTuple_GET_ITEM(t, 1)) : 0;
    return e && !PyErr_Occurred() && !kith_sys_item(select, e, value_type(kind));
}

static bool add_limit(kith_sys_select *select, PyObject *limit, PyObject *offset)
{
    long long most = limit == Py_None ? -1 : PyLong_AsLongLong(limit), from = offset == Py_None ? -1 : PyLong_AsLongLong(offset);
    return !PyErr_Occurred() && !kith_sys_limit(select, most, from);
}

static kith_sys_select *selection(kith_sys_query *query, PyObject *t)
{
    if (!PyTuple_Check(t) || PyTuple_GET_SIZE(t) != 10) {
        bad("a select");
        return NULL;
    }
    if (Py_EnterRecursiveCall(" while a statement was built"))
        return NULL;
    kith_sys_select *select = kith_sys_select_new(query);
    bool ok = select && each(query, select, PyTuple_GET_ITEM(t, 0), add_from) && each(query, select, PyTuple_GET_ITEM(t, 1), add_where)
        && each(query, select, PyTuple_GET_ITEM(t, 2), add_group) && each(query, select, PyTuple_GET_ITEM(t, 3), add_having)
        && each(query, select, PyTuple_GET_ITEM(t, 4), add_order) && add_limit(select, PyTuple_GET_ITEM(t, 5), PyTuple_GET_ITEM(t, 6))
        && (PyTuple_GET_ITEM(t, 7) != Py_True || !kith_sys_distinct(select)) && each(query, select, PyTuple_GET_ITEM(t, 8), add_compound)
        && each(query, select, PyTuple_GET_ITEM(t, 9), add_item);
    Py_LeaveRecursiveCall();
    if (!ok && !PyErr_Occurred())
        raise_error(kith_sys_query_error(query));
    return ok ? select : NULL;
}

/* ---------------------------------------------------------------- rows */

static PyObject *cell(const kith_value *value, PyObject *item)
{
    if (value->type == KITH_TYPE_OBJECT) {
        if (value->absent)
            Py_RETURN_NONE;
        return wrap_as(value->object, (ModelInfo *)PyTuple_GET_ITEM(item, 0));
    }
    PyObject *made = value_to(value, (int)PyLong_AsLong(PyTuple_GET_ITEM(item, 1)));
    if (made && PyTuple_GET_ITEM(item, 2) != Py_None)
        Py_SETREF(made, PyObject_CallOneArg(PyTuple_GET_ITEM(item, 2), made));
    return made;
}

static PyObject *row_of(const kith_value *cells, PyObject *items, PyTypeObject *type)
{
    Py_ssize_t width = PyTuple_GET_SIZE(items);
    PyObject *row = type->tp_alloc(type, width);
    for (Py_ssize_t i = 0; row && i < width; i++) {
        PyObject *made = cell(&cells[i], PyTuple_GET_ITEM(items, i));
        if (made)
            PyTuple_SET_ITEM(row, i, made);
        else
            Py_CLEAR(row);
    }
    return row;
}

/* type NULL: there is one item, and its values stand alone */
static PyObject *rows_of(const kith_sys_rows *rows, PyObject *items, PyTypeObject *type)
{
    if (!rows->cells)
        return wrap_all(rows->objects, rows->rows);
    PyObject *list = PyList_New((Py_ssize_t)rows->rows);
    for (size_t i = 0; list && i < rows->rows; i++) {
        const kith_value *cells = rows->cells + i * rows->columns;
        PyObject *row = type ? row_of(cells, items, type) : cell(cells, PyTuple_GET_ITEM(items, 0));
        if (row)
            PyList_SET_ITEM(list, (Py_ssize_t)i, row);
        else
            Py_CLEAR(list);
    }
    return list;
}

static kith_sys_query *query_of(Session *self)
{
    kith_sys_query *query = self->session ? kith_sys_query_new(self->models->handle) : NULL;
    if (!self->session)
        raise_message("session.closed", "This session is closed.");
    else if (!query)
        PyErr_NoMemory();
    return query;
}

static bool load_names(PyObject *load, const char ***names, size_t *count)
{
    *count = PyTuple_Check(load) ? (size_t)PyTuple_GET_SIZE(load) : 0;
    *names = calloc(*count + 1, sizeof **names);
    if (!*names)
        return PyErr_NoMemory(), false;
    for (size_t i = 0; i < *count; i++)
        if (!((*names)[i] = PyUnicode_AsUTF8(PyTuple_GET_ITEM(load, (Py_ssize_t)i))))
            return false;
    return true;
}

static PyObject *fetched(Session *self, kith_sys_select *select, PyObject *items, const kith_sys_options *options, PyTypeObject *type)
{
    kith_sys_rows rows;
    work w;
    if (!work_begin(&w, self->session))
        return NULL;
    kith_sys_fetch(self->session, select, options, &rows);
    if (!work_end(&w))
        return NULL;
    kith_sys_session_busy(self->session, true);     /* until each of them has its wrapper nothing may sweep */
    PyObject *list = rows_of(&rows, items, type);
    kith_sys_session_busy(self->session, false);
    kith_sys_rows_free(&rows);
    return list;
}

PyObject *session_fetch(Session *self, PyObject *args)
{
    PyObject *tree, *load, *type, *items, *result = NULL;
    int refresh;
    if (!PyArg_ParseTuple(args, "OOpO", &tree, &load, &refresh, &type))
        return NULL;
    kith_sys_query *query = query_of(self);
    kith_sys_select *select = query ? selection(query, tree) : NULL;
    const char **names = NULL;
    size_t count = 0;
    items = select ? PySequence_Tuple(PyTuple_GET_ITEM(tree, 9)) : NULL;
    bool single = type == Py_None || !PyType_Check(type) || !PyType_IsSubtype((PyTypeObject *)type, &PyTuple_Type);
    if (items && load_names(load, &names, &count))
        result = fetched(self, select, items, &(kith_sys_options){ .load = names, .load_count = count, .refresh = refresh, .listed = single }, single ? NULL : (PyTypeObject *)type);
    Py_XDECREF(items);
    free(names);
    kith_sys_query_free(query);
    return result;
}

/* ---------------------------------------------------------------- the program's own SQL */

static PyObject *plain_rows(const kith_sys_rows *rows, int64_t changed)
{
    PyObject *names = PyTuple_New((Py_ssize_t)rows->columns), *list = PyList_New((Py_ssize_t)rows->rows);
    for (size_t i = 0; names && i < rows->columns; i++)
        PyTuple_SET_ITEM(names, (Py_ssize_t)i, PyUnicode_FromString(rows->names[i]));
    for (size_t i = 0; list && i < rows->rows; i++) {
        PyObject *row = PyTuple_New((Py_ssize_t)rows->columns);
        for (size_t k = 0; row && k < rows->columns; k++) {
            PyObject *item = value_as_stored(&rows->cells[i * rows->columns + k]);
            if (item)
                PyTuple_SET_ITEM(row, (Py_ssize_t)k, item);
            else
                Py_CLEAR(row);
        }
        if (row)
            PyList_SET_ITEM(list, (Py_ssize_t)i, row);
        else
            Py_CLEAR(list);
    }
    if (names && list)
        return Py_BuildValue("(NNL)", names, list, (long long)changed);
    Py_XDECREF(names);
    Py_XDECREF(list);
    return NULL;
}

PyObject *session_run(Session *self, PyObject *args)
{
    PyObject *tree, *result = NULL;
    int64_t changed = -1;
    kith_sys_rows rows;
    work w;
    if (!PyArg_ParseTuple(args, "O", &tree))
        return NULL;
    kith_sys_query *query = query_of(self);
    expr *sql = query ? expression(query, tree) : NULL;
    if (sql && work_begin(&w, self->session)) {
        kith_sys_run(self->session, query, sql, &rows, &changed);
        if (work_end(&w))
            result = plain_rows(&rows, changed);
        kith_sys_rows_free(&rows);
    }
    kith_sys_query_free(query);
    return result;
}

/* ---------------------------------------------------------------- INSERT, UPDATE, DELETE */

static const char **names_of(PyObject *tuple, size_t *count)
{
    PyObject *items = PySequence_Tuple(tuple);
    *count = items ? (size_t)PyTuple_GET_SIZE(items) : 0;
    const char **names = items ? calloc(*count + 1, sizeof *names) : NULL;
    for (size_t i = 0; names && i < *count; i++)
        if (!(names[i] = utf8(PyTuple_GET_ITEM(items, (Py_ssize_t)i)))) {
            free(names);
            names = NULL;
        }
    Py_XDECREF(items);
    return names;
}

PyObject *session_insert(Session *self, PyObject *args)
{
    const char *table;
    PyObject *columns, *values;
    Py_ssize_t rows;
    size_t column_count = 0, count = 0;
    int64_t changed = -1, last_key = 0;
    work w;
    if (!PyArg_ParseTuple(args, "sOOn", &table, &columns, &values, &rows))
        return NULL;
    kith_sys_query *query = query_of(self);
    const char **names = query ? names_of(columns, &column_count) : NULL;
    expr **made = names ? expressions(query, values, &count) : NULL;
    bool ok = made && count == column_count * (size_t)rows && work_begin(&w, self->session);
    if (ok) {
        changed = kith_sys_insert(self->session, query, table, names, column_count, made, (size_t)rows, &last_key);
        ok = work_end(&w);
    } else if (made && !PyErr_Occurred())
        bad("the values of an INSERT");
    free(names);
    free(made);
    kith_sys_query_free(query);
    return ok ? Py_BuildValue("(LL)", (long long)changed, (long long)last_key) : NULL;
}

PyObject *session_update(Session *self, PyObject *args)
{
    const char *table;
    PyObject *columns, *values, *condition;
    int follow;
    size_t column_count = 0, count = 0;
    int64_t changed = -1;
    work w;
    if (!PyArg_ParseTuple(args, "sOOOp", &table, &columns, &values, &condition, &follow))
        return NULL;
    kith_sys_query *query = query_of(self);
    const char **names = query ? names_of(columns, &column_count) : NULL;
    expr **made = names ? expressions(query, values, &count) : NULL, *where = NULL;
    bool ok = made && count == column_count && (condition == Py_None || (where = expression(query, condition))) && work_begin(&w, self->session);
    if (ok) {
        changed = kith_sys_update(self->session, query, table, names, made, count, where, follow);
        ok = work_end(&w);
    } else if (made && !PyErr_Occurred())
        bad("the values of an UPDATE");
    free(names);
    free(made);
    kith_sys_query_free(query);
    return ok ? PyLong_FromLongLong(changed) : NULL;
}

PyObject *session_delete(Session *self, PyObject *args)
{
    const char *table;
    PyObject *condition;
    int follow;
    int64_t changed = -1;
    work w;
    if (!PyArg_ParseTuple(args, "sOp", &table, &condition, &follow))
        return NULL;
    kith_sys_query *query = query_of(self);
    expr *where = NULL;
    bool ok = query && (condition == Py_None || (where = expression(query, condition))) && work_begin(&w, self->session);
    if (ok) {
        changed = kith_sys_delete(self->session, query, table, where, follow);
        ok = work_end(&w);
    }
    kith_sys_query_free(query);
    return ok ? PyLong_FromLongLong(changed) : NULL;
}
