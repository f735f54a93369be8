/*
 * Association proxies: a relationship seen through another one, past the object between them (the intermediate).
 *
 * A list is a live view: it is put together from the intermediates whenever it is read, and what was handed out before is handed out
 * again as long as it is still the same. An intermediate that leads to nothing is left out, for C has no use for a NULL in a list.
 * A proxy that ends at a column reads as the address of the intermediate's member.
 */
#include "session/session.h"

#include <stdlib.h>

/* ---------------------------------------------------------------- what a proxy reads on its intermediate */

static size_t inner_offset(const kith__proxy *proxy)
{
    return proxy->property ? proxy->property->field.offset : proxy->relation ? proxy->relation->offset : proxy->proxy->offset;
}

static bool inner_is_list(const kith__proxy *proxy)
{
    return proxy->relation ? proxy->relation->many : proxy->proxy && proxy->proxy->many;
}

/* By what memory knows, most often; kith_one asks the database for it and its siblings. */
static inline const void *inner_object(kith__object *between, const kith__proxy *proxy)
{
    const kith__one_member *one = proxy->relation ? kith__one_of(between, proxy->relation) : NULL;
    return one && kith__one_at_hand(between, one) ? one->object : kith_one_(kith__struct(between), inner_offset(proxy));
}

/* ---------------------------------------------------------------- the intermediates */

typedef struct structs { const void *const *items; size_t count; } structs;

/* A list of one or none where the way there is a relationship to one; `place` holds it. */
static structs intermediates(kith__object *owner, const kith__relation *through, const void **place)
{
    if (through->many)
        return *(const structs *)kith_many_(kith__struct(owner), through->offset);
    *place = kith_one_(kith__struct(owner), through->offset);
    return (structs){ place, *place ? 1 : 0 };
}

/* ---------------------------------------------------------------- reading a list */

/* Only the address and the room of the list are kept from one reading to the next. */
static kith_link *view_of(kith__object *owner, const kith__proxy *proxy)
{
    kith_session *session = kith__session_for(owner);
    kith__many_member *member = kith__member_in(owner, proxy->offset);
    if (member->link)
        return member->link;
    kith_link *view = calloc(1, sizeof *view);
    if (!view) {
        kith__no_memory(session);
        return NULL;
    }
    view->owner = owner;
    view->next = session->links;
    if (session->links)
        session->links->previous = view;
    session->links = view;
    *member = (kith__many_member){ &view->list, view };
    return view;
}

/* Puts an item at its place. While the list says what it said, nothing happens; from where it differs on it is another list, which a
 * reader of the old one must not see. */
static bool put(kith_link *view, size_t *at, const void *item)
{
    size_t count = view->list.count;
    if (*at < count && view->list.items[*at] == item) {
        ++*at;
        return true;
    }
    if (*at < count && !kith__link_part(view, *at))
        return false;
    if (*at >= view->capacity && !kith__link_reserve(view, *at + 1))
        return false;
    view->list.items[(*at)++] = item;
    view->list.count = *at;
    return true;
}

static bool put_inner(kith_link *view, size_t *at, kith__object *between, const kith__proxy *proxy)
{
    if (!inner_is_list(proxy)) {
        const void *item = inner_object(between, proxy);
        return !item || put(view, at, item);
    }
    const structs *list = kith_many_(kith__struct(between), inner_offset(proxy));
    for (size_t i = 0; i < list->count; i++)
        if (!put(view, at, list->items[i]))
            return false;
    return true;
}

static bool cut(kith_link *view, size_t at)
{
    if (at < view->list.count && !kith__link_part(view, at))
        return false;
    view->list.count = at;
    return true;
}

const void *kith__proxy_many(kith__object *owner, const kith__proxy *proxy)
{
    kith_session *session = kith__session_for(owner);
    const void *place;
    size_t at = 0;
    if (proxy->property) {
        kith__misuse(session, "proxy.column_list", owner, "%s.%s leads to a column of many: there is no list of those.", proxy->owner->name, proxy->name);
        return NULL;
    }
    structs between = intermediates(owner, proxy->through, &place);
    kith_link *view = view_of(owner, proxy);
    if (!view || (between.count > view->capacity && !kith__link_reserve(view, between.count)))
        return NULL;
    for (size_t i = 0; i < between.count; i++)
        if (!put_inner(view, &at, kith__header(between.items[i]), proxy))
            return NULL;
    if (!cut(view, at))
        return NULL;
    view->handed = view->list.count;
    view->handed_epoch = session->epoch;
    return &view->list;
}

const void *kith__proxy_one(kith__object *owner, const kith__proxy *proxy)
{
    const char *between = kith_one_(kith__struct(owner), proxy->through->offset);
    if (!between)
        return NULL;
    return proxy->property ? between + proxy->property->field.offset : inner_object(kith__header(between), proxy);
}

/* ---------------------------------------------------------------- making an intermediate */

static bool ok(const kith__object *owner) { return kith__status(kith__session_for(owner)) == KITH_OK; }

static bool is_null(const kith_value *value)
{
    bool text = value->type == KITH_TYPE_TEXT || value->type == KITH_TYPE_JSON || value->type == KITH_TYPE_DECIMAL;
    return value->absent || (text && !value->s) || (value->type == KITH_TYPE_OBJECT && !value->object);
}

/* What the relationship would refuse is refused before there is an intermediate. */
static bool may_lead_to(kith__object *owner, const kith__proxy *proxy, const kith_value *value)
{
    kith_session *session = kith__session_for(owner);
    const kith__object *item = value->type == KITH_TYPE_OBJECT ? kith__object_check(value->object) : NULL;
    const char *model = proxy->owner->name;
    if (proxy->property)
        return true;
    if (!item)
        kith__misuse(session, "relationship.foreign_object", owner, "%s.%s was given a struct that kith did not hand out.", model, proxy->name);
    else if (kith__session_for(item) != session)
        kith__misuse(session, "session.other", owner, "%s.%s was given a %s of another session.", model, proxy->name, kith__mapper_for(item)->name);
    else if (!kith__is_a(kith__mapper_for(item), proxy->target))
        kith__misuse(session, "relationship.wrong_model", owner, "%s.%s takes a %s, not a %s.", model, proxy->name, proxy->target->name,
                     kith__mapper_for(item)->name);
    else if (item->state == KITH_DELETED || item->state == KITH_DETACHED || item->flags & KITH__DOOMED)
        kith__misuse(session, "object.deleted", item, "%s.%s was given a %s that is %s.", model, proxy->name, proxy->target->name,
                     item->state == KITH_DETACHED ? "detached" : "deleted");
    return ok(owner);
}

static bool may_link(kith__object *owner, const kith__proxy *proxy)
{
    if (proxy->through->view_only)
        kith__misuse(kith__session_for(owner), "relationship.view_only", owner, "%s.%s leads through %s.%s, which is view_only: it shows what is there and writes nothing.",
                     proxy->owner->name, proxy->name, proxy->owner->name, proxy->through->name);
    return ok(owner);
}

static kith__object *created(kith__object *owner, const kith__proxy *proxy, kith_value value)
{
    kith_session *session = kith__session_for(owner);
    kith__object *between = kith__object_check(proxy->attribute->creator(session, kith__struct(owner), value));
    if (!ok(owner))
        return NULL;
    if (between && kith__is_a(kith__mapper_for(between), proxy->through->target) && kith__session_for(between) == session)
        return between;
    kith__misuse(session, "proxy.creator", owner, "The creator of %s.%s gave %s, and must give a %s of this session.", proxy->owner->name, proxy->name,
                 between ? "something else" : "nothing", proxy->through->target->name);
    return NULL;
}

static void lead_to(kith__object *between, const kith__proxy *proxy, kith_value value)
{
    if (inner_is_list(proxy))
        kith_append_(kith__struct(between), inner_offset(proxy), value);
    else
        kith_set_(kith__struct(between), inner_offset(proxy), value);
}

/* Nobody's until it is linked: with a relationship that says so, it joins the session with its owner. */
static kith__object *plain(kith__object *owner, const kith__proxy *proxy, kith_value value)
{
    kith__object *between = kith__object_alloc(kith__session_for(owner), proxy->through->target);
    if (between)
        lead_to(between, proxy, value);
    return between;
}

static void link(kith__object *owner, const kith__proxy *proxy, kith__object *between)
{
    kith_value value = kith_of_object(kith__struct(between));
    if (proxy->through->many)
        kith_append_(kith__struct(owner), proxy->through->offset, value);
    else
        kith_set_(kith__struct(owner), proxy->through->offset, value);
    if (ok(owner) && kith__in_session(owner) && !kith__in_session(between))
        kith__join_session(kith__session_for(owner), between);
}

/* Nothing is flushed until both ends are tied: the creator may query, and linking may load. */
static bool make_intermediate(kith__object *owner, const kith__proxy *proxy, kith_value value)
{
    kith_session *session = kith__session_for(owner);
    bool autoflush = session->autoflush;
    if (!may_link(owner, proxy) || !may_lead_to(owner, proxy, &value))
        return false;
    session->autoflush = false;
    kith__object *between = proxy->attribute->creator ? created(owner, proxy, value) : plain(owner, proxy, value);
    if (between && ok(owner))
        link(owner, proxy, between);
    if (between && !ok(owner) && between->state == KITH_PENDING)
        kith__expunge(between);
    session->autoflush = autoflush;
    return ok(owner);
}

/* ---------------------------------------------------------------- writing */

bool kith__proxy_append(kith__object *owner, const kith__proxy *proxy, kith_value value)
{
    return make_intermediate(owner, proxy, value);
}

static bool leads_to(kith__object *between, const kith__proxy *proxy, const void *item)
{
    if (!inner_is_list(proxy))
        return inner_object(between, proxy) == item;
    const structs *list = kith_many_(kith__struct(between), inner_offset(proxy));
    for (size_t i = 0; i < list->count; i++)
        if (list->items[i] == item)
            return true;
    return false;
}

static const void *intermediate_to(kith__object *owner, const kith__proxy *proxy, const void *item)
{
    const void *place;
    structs between = intermediates(owner, proxy->through, &place);
    for (size_t i = 0; i < between.count; i++)
        if (leads_to(kith__header(between.items[i]), proxy, item))
            return between.items[i];
    return NULL;
}

bool kith__proxy_remove(kith__object *owner, const kith__proxy *proxy, kith_value value)
{
    if (!may_link(owner, proxy))
        return false;
    bool object = !proxy->property && value.type == KITH_TYPE_OBJECT && value.object;
    const void *between = object ? intermediate_to(owner, proxy, value.object) : NULL;
    if (!ok(owner))
        return false;
    if (!between) {
        kith__misuse(kith__session_for(owner), "relationship.not_there", owner, "%s.%s does not have the %s that is to be removed.", proxy->owner->name, proxy->name,
                     proxy->target ? proxy->target->name : "value");
        kith__fail_about(&kith__session_for(owner)->error, NULL, proxy->name, NULL);
    } else if (proxy->through->many)
        kith_remove_(kith__struct(owner), proxy->through->offset, kith_of_object(between));
    else
        kith_set_(kith__struct(owner), proxy->through->offset, (kith_value){ .type = KITH_TYPE_OBJECT });
    return ok(owner);
}

bool kith__proxy_set(kith__object *owner, const kith__proxy *proxy, kith_value value)
{
    const void *between = kith_one_(kith__struct(owner), proxy->through->offset);
    if (!ok(owner))
        return false;
    if (between)
        lead_to(kith__header(between), proxy, value);
    else if (!is_null(&value))
        return make_intermediate(owner, proxy, value);
    return ok(owner);
}
