/*
 * What comes along with objects that were found: by a path (`.load`), or because their model says so (`.load = "eager"`). One statement for
 * each relationship, whatever the number of objects.
 */
#include "session/session.h"

#include <stdlib.h>

static kith__object *target_of(const void *structure, bool marked)
{
    kith__object *object = structure ? kith__header(structure) : NULL;
    if (!object || (marked && object->flags & KITH__GATHERED))
        return NULL;
    if (marked)
        object->flags |= KITH__GATHERED;
    return object;
}

static void gather(const void *const *structures, size_t count, bool marked, kith__objects *into)
{
    for (size_t i = 0; i < count; i++) {
        kith__object *object = target_of(structures[i], marked);
        if (object)
            into->items[into->count++] = object;
    }
}

/* What the owner has there: a list, or one. */
static const void *const *targets_of(const kith__object *owner, const kith__relation *relation, size_t *count)
{
    const kith_link *link = relation->many ? kith__link_peek(owner, relation) : NULL;
    *count = relation->many ? (link ? link->list.count : 0) : 1;
    return relation->many ? (link ? link->list.items : NULL) : &kith__one_of(owner, relation)->object;
}

/* Each of them once. The children of a one-to-many are so by themselves, for each has one owner. */
static bool gather_targets(kith_session *session, const kith__relation *relation, const kith__objects *owners, kith__objects *into)
{
    bool marked = relation->direction != KITH__ONE_TO_MANY;
    size_t count, most = 0;
    for (size_t i = 0; i < owners->count; i++) {
        targets_of(owners->items[i], relation, &count);
        most += count;
    }
    if (!kith__grow(&into->items, &into->capacity, most, sizeof *into->items))
        return kith__no_memory(session);
    for (size_t i = 0; i < owners->count; i++) {
        const void *const *targets = targets_of(owners->items[i], relation, &count);
        gather(targets, count, marked, into);
    }
    for (size_t i = 0; marked && i < into->count; i++)
        into->items[i]->flags &= (uint16_t)~KITH__GATHERED;
    return true;
}

static bool load_unloaded(kith_session *session, const kith__relation *relation, const kith__objects *owners, bool whole)
{
    kith__objects ask = { 0 };
    bool ok = true;
    if (relation->direction == KITH__MANY_TO_ONE)
        return kith__load_relation(session, relation, owners, false);
    for (size_t i = 0; ok && i < owners->count; i++)
        if (kith__is_unloaded(owners->items[i], relation))
            ok = kith__objects_add(session, &ask, owners->items[i]);
    ok = ok && kith__load_relation(session, relation, &ask, whole && ask.count == owners->count && ask.count >= KITH__WHOLE_FROM);
    free(ask.items);
    return ok;
}

/* All owners have all children, unless some child has no owner. */
static bool all_of_the_target(const kith__relation *relation)
{
    return relation->direction == KITH__ONE_TO_MANY && relation->many && !relation->remote[0]->nullable;
}

/* What always comes along: the eager relationships of these objects, and those of what they bring, until there is nothing that was not
 * loaded. A chain may be long, so it is followed by a list of what is still to be looked at, not by recursion. */
typedef struct along { struct along *next; const kith__mapper *mapper; kith__objects objects; bool whole; } along;

static bool has_eager_from(const kith__mapper *mapper, size_t first)
{
    for (size_t i = first; i < mapper->relation_count; i++)
        if (mapper->relations[i]->load == KITH__LOAD_EAGER)
            return true;
    return false;
}

bool kith__has_eager(const kith__mapper *mapper)
{
    bool any = has_eager_from(mapper, 0);
    for (size_t i = 0; !any && i < mapper->below_count; i++)
        any = has_eager_from(mapper->below[i], kith__first_own_relation(mapper->below[i]));
    return any;
}

/* Those that have the relationship, where it is a sub-model's. */
static bool of_owner(kith_session *session, const kith__relation *relation, const kith__objects *objects, kith__objects *some)
{
    bool ok = true;
    for (size_t i = 0; ok && i < objects->count; i++)
        if (kith__is_a(kith__mapper_for(objects->items[i]), relation->owner))
            ok = kith__objects_add(session, some, objects->items[i]);
    return ok;
}

static bool any_unloaded(const kith__relation *relation, const kith__objects *owners)
{
    for (size_t i = 0; i < owners->count; i++)
        if (kith__is_unloaded(owners->items[i], relation))
            return true;
    return false;
}

/* What is still not loaded afterwards (its row has gone) never will be: nothing goes on from there, or it went on for ever. */
static bool follow(kith_session *session, const kith__relation *relation, const along *at, along **open)
{
    if (!any_unloaded(relation, &at->objects))
        return true;
    if (!load_unloaded(session, relation, &at->objects, at->whole))
        return false;
    if (any_unloaded(relation, &at->objects))
        return true;
    along *more = kith__has_eager(relation->target) ? kith__arena_zero(&session->scratch, sizeof *more) : NULL;
    if (!more)
        return !kith__has_eager(relation->target) || kith__no_memory(session);
    *more = (along){ .next = *open, .mapper = relation->target, .whole = at->whole && all_of_the_target(relation) };
    *open = more;
    return gather_targets(session, relation, &at->objects, &more->objects);
}

static bool follow_own(kith_session *session, const kith__mapper *mapper, const along *at, along **open)
{
    bool ok = true;
    for (size_t i = mapper == at->mapper ? 0 : kith__first_own_relation(mapper); ok && i < mapper->relation_count; i++) {
        const kith__relation *relation = mapper->relations[i];
        along some = { .mapper = mapper };
        if (relation->load != KITH__LOAD_EAGER)
            continue;
        if (mapper == at->mapper) {
            ok = follow(session, relation, at, open);
            continue;
        }
        ok = of_owner(session, relation, &at->objects, &some.objects) && follow(session, relation, &some, open);
        free(some.objects.items);
    }
    return ok;
}

bool kith__load_eager(kith_session *session, const kith__mapper *mapper, const kith__objects *objects, bool whole)
{
    along first = { .mapper = mapper, .objects = *objects, .whole = whole }, *open = &first;
    bool ok = true;
    if (!objects->count || !kith__has_eager(mapper))
        return true;
    kith__scratch_begin(session);
    while (open) {
        along at = *open;
        open = at.next;
        ok = ok && follow_own(session, at.mapper, &at, &open);
        for (size_t i = 0; ok && i < at.mapper->below_count; i++)
            ok = follow_own(session, at.mapper->below[i], &at, &open);
        if (at.objects.items != objects->items)
            free(at.objects.items);
    }
    kith__scratch_over(session);
    return ok && kith__status(session) == KITH_OK;
}

/* After a relationship was loaded for its owners. */
bool kith__load_along(kith_session *session, const kith__relation *relation, const kith__objects *owners)
{
    kith__objects targets = { 0 };
    if (!kith__has_eager(relation->target))
        return true;
    bool ok = gather_targets(session, relation, owners, &targets) && kith__load_eager(session, relation->target, &targets, false);
    free(targets.items);
    return ok;
}

/* ---------------------------------------------------------------- paths */

static bool load_step(kith_session *session, const kith__relation *relation, const kith__objects *owners, const char *rest, bool whole)
{
    kith__objects next = { 0 };
    bool ok = load_unloaded(session, relation, owners, whole), all = whole && all_of_the_target(relation);
    if (ok && (*rest || kith__has_eager(relation->target)))
        ok = gather_targets(session, relation, owners, &next) && kith__load_eager(session, relation->target, &next, all);
    if (ok && *rest)
        ok = kith__load_path(session, relation->target, &next, rest, all);
    free(next.items);
    return ok;
}

/* "through.relation.rest" in the place of "proxy.rest" */
static bool load_proxy(kith_session *session, const kith__proxy *proxy, const kith__objects *owners, const char *rest, bool whole)
{
    kith__text path = { 0 };
    kith__text_addf(&path, "%s%s%s%s%s", proxy->through->name, proxy->property ? "" : ".",
                    proxy->property ? "" : proxy->relation ? proxy->relation->name : proxy->proxy->name, *rest ? "." : "", rest);
    bool ok = path.broken ? kith__no_memory(session) : kith__load_path(session, proxy->owner, owners, path.data, whole);
    kith__text_free(&path);
    return ok;
}

static bool no_such_path(kith_session *session, const kith__mapper *mapper, const char *name)
{
    const char *names[256];
    size_t count = 0;
    for (size_t i = 0; i < mapper->relation_count && count < KITH__COUNT(names); i++)
        names[count++] = mapper->relations[i]->name;
    for (size_t i = 0; i < mapper->proxy_count && count < KITH__COUNT(names); i++)
        names[count++] = mapper->proxies[i].name;
    const char *near = kith__nearest(name, names, count);
    kith__misuse(session, "query.no_such_relationship", NULL, "%s has no relationship \"%s\" to load.", mapper->name, name);
    kith__fail_about(&session->error, mapper->name, NULL, NULL);
    if (near)
        kith__fail_hint(&session->error, "Did you mean \"%s\"?", near);
    return false;
}

/* Of those that are of a sub-model with a relationship of that name. *found: there is one. */
static bool load_of_below(kith_session *session, const kith__mapper *mapper, const kith__objects *owners, const char *name, const char *rest, bool *found)
{
    bool ok = true;
    for (size_t i = 0; ok && i < mapper->below_count; i++) {
        kith__member member = kith__member_named(mapper->below[i], name);
        const kith__relation *relation = member.kind == KITH__RELATION ? mapper->below[i]->relations[member.index] : NULL;
        kith__objects some = { 0 };
        if (!relation || relation->owner != mapper->below[i])
            continue;
        *found = true;
        ok = of_owner(session, relation, owners, &some) && load_step(session, relation, &some, rest, false);
        free(some.items);
    }
    return ok;
}

bool kith__load_path(kith_session *session, const kith__mapper *mapper, const kith__objects *owners, const char *path, bool whole)
{
    size_t length = strcspn(path, ".");
    const char *rest = path[length] ? path + length + 1 : path + length;
    char name[128];
    if (length >= sizeof name)
        length = sizeof name - 1;
    memcpy(name, path, length);
    name[length] = '\0';
    kith__member member = kith__member_named(mapper, name);
    if (path[length] && !*rest)
        return no_such_path(session, mapper, path);
    if (member.kind == KITH__RELATION)
        return load_step(session, mapper->relations[member.index], owners, rest, whole);
    if (member.kind == KITH__PROXY)
        return load_proxy(session, &mapper->proxies[member.index], owners, rest, whole);
    bool found = false, ok = member.kind != KITH__NO_MEMBER || load_of_below(session, mapper, owners, name, rest, &found);
    return found ? ok : no_such_path(session, mapper, name);
}
