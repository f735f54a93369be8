/*
 * layout: is every member of the struct in the model's list? One that was forgotten would stay zero for ever without a word. What the
 * list leaves open between two members, or at the end, must be no more than the compiler's padding. For src/model alone.
 */
#include "model/build.h"

#include <stdlib.h>

/* The largest power of two that divides both: what a member of a type that is not known may have wanted. */
static size_t guessed_alignment(size_t offset, size_t size)
{
    enum { LARGEST = _Alignof(max_align_t) };
    size_t both = offset | size | LARGEST;
    return both & (~both + 1);
}

static size_t alignment_of(const kith_attribute *a)
{
    switch (a->type) {
    case KITH_TYPE_BOOL: return _Alignof(bool);
    case KITH_TYPE_TEXT: case KITH_TYPE_JSON: case KITH_TYPE_DECIMAL: case KITH_TYPE_ONE: case KITH_TYPE_MANY: return _Alignof(char *);
    case KITH_TYPE_BLOB: return _Alignof(kith_blob);
    case KITH_TYPE_DATE: return _Alignof(kith_date);
    case KITH_TYPE_TIME: case KITH_TYPE_DATETIME: return _Alignof(kith_time);
    case KITH_TYPE_UUID: case KITH_TYPE_OPT + KITH_TYPE_UUID: return _Alignof(kith_uuid);
    case KITH_TYPE_OPT + KITH_TYPE_BOOL: return _Alignof(kith_opt_bool);
    case KITH_TYPE_OPT + KITH_TYPE_INT: return _Alignof(kith_opt_int);
    case KITH_TYPE_OPT + KITH_TYPE_REAL: return _Alignof(kith_opt_double);
    case KITH_TYPE_OPT + KITH_TYPE_DATE: return _Alignof(kith_opt_date);
    case KITH_TYPE_OPT + KITH_TYPE_TIME: case KITH_TYPE_OPT + KITH_TYPE_DATETIME: return _Alignof(kith_opt_time);
    case KITH_TYPE_INT: case KITH_TYPE_UINT:
        return a->size == sizeof(int64_t) ? _Alignof(int64_t) : guessed_alignment(a->offset, a->size);
    default: return guessed_alignment(a->offset, a->size);
    }
}

static bool is_member(const kith_attribute *a) { return a->type < KITH_TYPE_UNIQUE || a->type > KITH_TYPE_INHERITS; }

/* What a struct's size is a multiple of: its widest member's alignment, or that of the base that it begins with. */
static size_t alignment_of_struct(const kith__declared *d)
{
    size_t widest = 1;
    for (; d; d = d->base)
        for (size_t i = 0; i < d->count; i++)
            if (is_member(&d->attributes[i]) && alignment_of(&d->attributes[i]) > widest)
                widest = alignment_of(&d->attributes[i]);
    return widest;
}

static size_t rounded(size_t size, size_t alignment)
{
    return (size + alignment - 1) / alignment * alignment;
}

static int by_offset(const void *a, const void *b)
{
    const kith_attribute *const *x = a, *const *y = b;
    return ((*x)->offset > (*y)->offset) - ((*x)->offset < (*y)->offset);
}

static void forgotten(kith__builder *b, kith__declared *d, size_t size, const char *before, const char *after)
{
    kith__config(b, "member_forgotten", d, NULL, "The struct of %s has %zu bytes between %s and %s that no entry of its list speaks of.", d->name, size,
                 before ? before : "its beginning", after ? after : "its end");
    kith__fail_hint(b->error, "Each member is in the list: KITH_UNMAPPED(member) for one that is the program's own.");
}

static void check_places(kith__builder *b, kith__declared *d, const kith_attribute **members, size_t count)
{
    size_t end = d->base ? d->base->model->size : 0;
    const char *before = d->base ? d->base->name : NULL;
    for (size_t i = 0; i < count; i++) {
        size_t alignment = alignment_of(members[i]);
        if (members[i]->offset < end)
            kith__config(b, "member_twice", d, members[i]->name, "%s.%s lies where %s.%s does: a member is in the list once.", d->name, members[i]->name, d->name,
                         before);
        else if (members[i]->offset > rounded(end, alignment))
            forgotten(b, d, members[i]->offset - end, before, members[i]->name);
        end = members[i]->offset + members[i]->size;
        before = members[i]->name;
    }
    if (d->model->size > rounded(end, alignment_of_struct(d)))
        forgotten(b, d, d->model->size - end, before, NULL);
}

static bool lies_within(kith__builder *b, kith__declared *d, const kith_attribute *a)
{
    if (a->offset <= d->model->size && a->size <= d->model->size - a->offset)
        return true;
    kith__config(b, "member_place", d, a->name, "%s.%s lies outside of its struct, which has %zu bytes.", d->name, a->name, d->model->size);
    d->broken = true;
    return false;
}

void kith__layout_check(kith__builder *b, kith__declared *d)
{
    size_t count = 0;
    const kith_attribute **members = kith__make_scratch(b, (d->count + 1) * sizeof *members);
    if (!members || !d->mapper)
        return;
    for (size_t i = 0; i < d->count; i++) {
        const kith_attribute *a = &d->attributes[i];
        bool member = is_member(a);
        if (member && !lies_within(b, d, a))
            return;
        if (member && kith__repeated_key(d, a) == SIZE_MAX)
            members[count++] = a;
    }
    qsort(members, count, sizeof *members, by_offset);
    check_places(b, d, members, count);
}
