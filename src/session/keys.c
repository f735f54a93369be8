/*
 * Statements over many keys at once: WHERE key IN (…). Their sizes are few, so that the statement cache serves them all.
 */
#include "session/session.h"

size_t kith__chunk_size(size_t wanted)
{
    static const size_t sizes[] = { 1, 8, 64, 512 };
    for (size_t i = 0; i < KITH__COUNT(sizes); i++)
        if (wanted <= sizes[i])
            return sizes[i];
    return KITH__CHUNK;
}

const kith__expr **kith__columns_of(kith_session *session, const char *alias, const kith__property *const *properties, size_t count)
{
    const kith__expr **columns = kith__arena_alloc(&session->scratch, count * sizeof *columns);
    bool ok = columns != NULL;
    for (size_t i = 0; ok && i < count; i++)
        ok = (columns[i] = kith__expr_property(&session->scratch, alias, properties[i])) != NULL;
    if (!ok)
        kith__no_memory(session);
    return ok ? columns : NULL;
}

const kith__expr *kith__keys_expr(kith_session *session, const kith__expr *const *columns, size_t count, size_t size)
{
    kith__arena *arena = &session->scratch;
    kith__expr *in = kith__arena_zero(arena, sizeof *in);
    size_t lead = count > 1 ? count : 0;
    const kith__expr **items = kith__arena_alloc(arena, (lead + size * count) * sizeof *items);
    bool ok = columns && in && items;
    for (size_t i = 0; ok && i < lead; i++)
        ok = (items[i] = columns[i]) != NULL;
    for (size_t i = 0; ok && i < count; i++) {
        const kith__expr *mark = columns[i] ? kith__expr_value(arena, kith_of_int(0), columns[i]->type) : NULL;
        ok = mark != NULL;
        for (size_t k = 0; ok && k < size; k++)
            items[lead + k * count + i] = mark;
    }
    if (!ok) {
        kith__no_memory(session);
        return NULL;
    }
    in->kind = lead ? KITH__E_IN_ROWS : KITH__E_IN;
    in->a = lead ? NULL : columns[0];
    in->items = items;
    in->count = lead + size * count;
    in->row_size = count;
    return in;
}

const kith__expr *kith__key_range_expr(kith_session *session, const kith__expr *column)
{
    kith__expr *between = kith__arena_zero(&session->scratch, sizeof *between);
    const kith__expr *mark = column ? kith__expr_value(&session->scratch, kith_of_int(0), column->type) : NULL;
    if (!between || !mark) {
        kith__no_memory(session);
        return NULL;
    }
    *between = (kith__expr){ .kind = KITH__E_BETWEEN, .a = column, .b = mark, .c = mark };
    return between;
}

int kith__keys_bind(kith_session *session, kith__statement *statement, const kith__property *const *properties, size_t count,
                    kith__object *const *objects, size_t object_count, size_t size, bool of_rows)
{
    for (size_t i = 0; i < size; i++) {
        const kith__object *object = objects[i < object_count ? i : object_count - 1];
        for (size_t k = 0; k < count; k++) {
            kith_value value = kith__member_value(&properties[k]->field, of_rows ? kith__in_row(object) : object + 1);
            if (kith__bind_value(statement, i * count + k + 1, &value, properties[k]->field.column, &session->error))
                return kith__status(session);
        }
    }
    return KITH_OK;
}

static const void *bytes_of(const kith_value *value, size_t *size)
{
    *size = sizeof value->i;
    switch (value->type) {
    case KITH_TYPE_TEXT: case KITH_TYPE_JSON: case KITH_TYPE_DECIMAL: *size = strlen(value->s) + 1; return value->s;
    case KITH_TYPE_BLOB: *size = value->b.size; return value->b.data;
    case KITH_TYPE_UUID: *size = sizeof value->uuid.bytes; return value->uuid.bytes;
    case KITH_TYPE_DATE: *size = sizeof value->date.days; return &value->date.days;
    default: return &value->i;
    }
}

const void *kith__key_bytes(kith_session *session, const kith_value *values, size_t count, size_t *size)
{
    size_t total = 0, one;
    for (size_t i = 0; i < count; i++)
        total += sizeof one + (values[i].absent ? 0 : (bytes_of(&values[i], &one), one));
    char *bytes = kith__arena_alloc(&session->scratch, total ? total : 1), *at = bytes;
    if (!bytes) {
        kith__no_memory(session);
        return NULL;
    }
    for (size_t i = 0; i < count; i++) {
        const void *from = values[i].absent ? (one = 0, NULL) : bytes_of(&values[i], &one);
        memcpy(at, &one, sizeof one);
        at += sizeof one;
        if (from)
            memcpy(at, from, one);
        at += one;
    }
    *size = total;
    return bytes;
}
