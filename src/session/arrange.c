/*
 * A to-many relationship made a given list in a given order, as a binding's list with insert, slices and sort does it: what is new is
 * appended and what is left out removed as if by the program, both sides in step; then the list has this order. And what a binding's own
 * query has found to be related.
 */
#include "session/session.h"

#include <stdlib.h>

typedef struct arrangement {
    kith__object *owner;
    const kith__relation *relation;
    kith__objects wanted, had;
} arrangement;

static bool remember(arrangement *a, const void *const *items, size_t count)
{
    kith_session *session = kith__session_for(a->owner);
    const kith_link *link = kith__link_of(a->owner, a->relation);
    for (size_t i = 0; i < count; i++) {
        kith__object *item = kith__related(a->owner, a->relation, items[i]);
        if (!item || !kith__objects_add(kith__session_for(a->owner), &a->wanted, item))
            return false;
    }
    for (size_t i = 0; link && i < link->list.count; i++)
        if (!kith__objects_add(session, &a->had, kith__header(link->list.items[i])))
            return false;
    return link != NULL;
}

static void flag(const kith__objects *objects, bool on)
{
    for (size_t i = 0; i < objects->count; i++)
        objects->items[i]->flags = (uint16_t)(on ? objects->items[i]->flags | KITH__GATHERED : objects->items[i]->flags & ~KITH__GATHERED);
}

/* Those of `from` that are not in the other, each once. */
static bool difference(kith_session *session, const kith__objects *from, const kith__objects *other, kith__objects *into)
{
    bool ok = true;
    flag(other, true);
    for (size_t i = 0; ok && i < from->count; i++) {
        if (from->items[i]->flags & KITH__GATHERED)
            continue;
        from->items[i]->flags |= KITH__GATHERED;
        ok = kith__objects_add(session, into, from->items[i]);
    }
    flag(from, false);
    flag(other, false);
    return ok;
}

static bool change(arrangement *a)
{
    kith_session *session = kith__session_for(a->owner);
    kith__objects added = { 0 }, removed = { 0 };
    bool ok = difference(session, &a->wanted, &a->had, &added) && difference(session, &a->had, &a->wanted, &removed);
    for (size_t i = 0; ok && i < removed.count; i++)        /* first: an append may bring the owner into a session, with all that it has then */
        while (ok && kith__link_has(kith__link_peek(a->owner, a->relation), removed.items[i]))
            ok = kith__relate_remove(a->owner, a->relation, removed.items[i]);
    for (size_t i = 0; ok && i < added.count; i++)
        ok = kith__relate_append(a->owner, a->relation, added.items[i]);
    free(added.items);
    free(removed.items);
    return ok;
}

/* What a view-only relationship shows may be rearranged in memory; nothing follows from it. */
static bool arrange(arrangement *a)
{
    if (!a->relation->view_only && !change(a))
        return false;
    kith_link *link = kith__link_of(a->owner, a->relation);
    return link && kith__link_put(link, &a->wanted);
}

int kith_sys_arrange(const void *structure, size_t offset, const void *const *items, size_t count)
{
    kith__object *owner = kith__object_ready(structure);
    if (!owner)
        return kith__object_check(structure) ? kith__status(kith__session_for(kith__object_check(structure))) : KITH_MISUSE;
    kith_session *session = kith__session_for(owner);
    kith__member member = kith__member_at(kith__mapper_for(owner), offset);
    const kith__relation *relation = member.kind == KITH__RELATION ? kith__mapper_for(owner)->relations[member.index] : NULL;
    if (!relation || !relation->many)
        return kith__misuse(session, "object.wrong_member", owner, "kith_sys_arrange is for a relationship of %s to many.", kith__mapper_for(owner)->name);
    if (!kith__may_relate(owner, relation, true))
        return kith__status(session);
    arrangement a = { .owner = owner, .relation = relation };
    kith_many_(structure, offset);      /* loads it, if need be */
    if (kith__status(session) == KITH_OK && remember(&a, items, count))
        arrange(&a);
    free(a.wanted.items);
    free(a.had.items);
    return kith__status(kith__session_for(owner));
}

/* ---------------------------------------------------------------- what a query has found */

static bool place_many(kith__object *owner, const kith__relation *relation, const kith__objects *items)
{
    kith_link *link = kith__link_of(owner, relation);
    if (!link || link->fresh)
        return link != NULL;
    link->loaded = false;       /* what the list itself held is replaced, what waits elsewhere is not */
    return kith__link_put(link, items) && kith__link_finish_load(link);
}

int kith_sys_place(const void *structure, size_t offset, const void *const *items, size_t count)
{
    kith__object *owner = kith__object_ready(structure);
    if (!owner)
        return kith__object_check(structure) ? kith__status(kith__session_for(kith__object_check(structure))) : KITH_MISUSE;
    kith_session *session = kith__session_for(owner);
    kith__member member = kith__member_at(kith__mapper_for(owner), offset);
    const kith__relation *relation = member.kind == KITH__RELATION ? kith__mapper_for(owner)->relations[member.index] : NULL;
    if (!relation || (!relation->many && count > 1))
        return kith__misuse(session, "object.wrong_member", owner, "kith_sys_place is for a relationship of %s, with one object where it is to one.", kith__mapper_for(owner)->name);
    kith__objects found = { 0 };
    bool ok = true;
    for (size_t i = 0; ok && i < count; i++) {
        kith__object *item = kith__related(owner, relation, items[i]);
        ok = item && kith__objects_add(session, &found, item);
    }
    if (ok && relation->many)
        place_many(owner, relation, &found);
    else if (ok && kith__has_row(owner) && kith__one_of(owner, relation)->link != KITH__CHANGED)
        *kith__one_of(owner, relation) = (kith__one_member){ found.count ? kith__struct(found.items[0]) : NULL, KITH__LOADED };
    free(found.items);
    return kith__status(session);
}
