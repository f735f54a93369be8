/*
 * Relationships in memory: whatever changes one side changes the other, at once and without a statement where none is needed.
 * A side that is not loaded only notes the change, and merges it when it loads (behaviours 39 to 73).
 */
#include "session/session.h"

#include <stdlib.h>

const struct kith_link kith__one_loaded = { .loaded = true }, kith__one_changed = { .loaded = true };

/* ---------------------------------------------------------------- what memory knows */

/* The owner that a child's foreign key columns name by `relation` (from the child's side: columns, then the key they mean). */
static kith__object *by_columns(kith_session *session, const void *row, const kith__mapper *target, const kith__property *const *columns, size_t count, bool *known)
{
    kith_value key[16];
    *known = true;
    for (size_t i = 0; i < count; i++) {
        key[i] = kith__member_value(&columns[i]->field, row);
        if (key[i].absent)
            return NULL;
    }
    kith__object *found = kith__identity_get(session, target, key);
    *known = found != NULL;
    return found;
}

bool kith__one_is_old(const kith__object *object, const kith__relation *relation)
{
    return kith__one_of(object, relation)->link == KITH__LOADED && kith__has_row(object) && kith__outdated(kith__session_for(object), object);
}

kith__object *kith__one_peek(const kith__object *object, const kith__relation *relation, bool *known)
{
    const kith__one_member *one = kith__one_of(object, relation);
    *known = true;
    if (one->link == KITH__CHANGED || one->link == KITH__LOADED || !kith__has_row(object))
        return one->object ? kith__header(one->object) : NULL;
    if (relation->direction == KITH__MANY_TO_ONE && relation->to_primary_key)
        return by_columns(kith__session_for(object), object + 1, relation->target, relation->local, relation->pairs, known);
    *known = false;
    return NULL;
}

/* The same, asking the database where memory does not know. */
static kith__object *partner(kith__object *object, const kith__relation *relation)
{
    bool known;
    if (kith__one_is_old(object, relation) && !kith__refresh_siblings(object))
        return NULL;
    kith__object *found = kith__one_peek(object, relation, &known);
    if (known)
        return found;
    if (!kith__load_for_siblings(object, relation))
        return NULL;
    return kith__one_peek(object, relation, &known);
}

/* ---------------------------------------------------------------- lists */

/* The change is kept where it cannot be seen from the list: not loaded, or rows of a join table to be written. */
static bool keeps_changes(const kith_link *link)
{
    return !link->fresh && (!link->loaded || link->relation->direction == KITH__MANY_TO_MANY);
}

static bool drop_from(kith__objects *objects, const kith__object *item)
{
    size_t before = objects->count;
    kith__objects_drop(objects, item);
    return objects->count < before;
}

static bool list_insert(kith__object *owner, const kith__relation *relation, kith__object *item)
{
    kith_link *link = kith__link_of(owner, relation);
    bool once_more = link && link->loaded && keeps_changes(link) && kith__has_row(item) && kith__link_has(link, item);
    if (!link || !kith__link_touch(link) || (link->loaded && !kith__link_add(link, item)))
        return false;
    if (once_more || !keeps_changes(link) || drop_from(&link->removed, item))
        return true;
    return kith__objects_add(kith__session_for(owner), &link->added, item);
}

static bool list_discard(kith__object *owner, const kith__relation *relation, kith__object *item, bool all_copies)
{
    kith_link *link = kith__link_of(owner, relation);
    if (!link || !kith__link_touch(link))
        return false;
    do
        if (link->loaded && !kith__link_take(link, item))
            return false;
    while (all_copies && link->loaded && kith__link_has(link, item));
    if (link->loaded && kith__link_has(link, item))
        return true;        /* one of two copies is gone: nothing else changes */
    if (!keeps_changes(link))
        return true;
    if (!drop_from(&link->added, item))
        return kith__objects_add(kith__session_for(owner), &link->removed, item);
    while (drop_from(&link->added, item)) { /* it was never written, however often it was added */ }
    return true;
}

static bool holds(const kith__objects *objects, const kith__object *item)
{
    for (size_t i = 0; i < objects->count; i++)
        if (objects->items[i] == item)
            return true;
    return false;
}

/* The owner has forgotten it, or never did. */
static bool enter_again(kith__object *owner, const kith__relation *relation, kith__object *item)
{
    const kith_link *link = kith__link_of(owner, relation);
    if (!link || holds(&link->added, item) || (link->loaded && kith__link_has(link, item)))
        return link;
    return list_insert(owner, relation, item);
}

static bool is_gone(const kith__object *object) { return object->state == KITH_DELETED || object->flags & KITH__DOOMED; }

/* A nursery has no flush: what was set there is noted by the session that the object joins. */
bool kith__touch_one(kith__object *owner, const kith__relation *reverse)
{
    kith_session *session = kith__session_for(owner);
    if (session->is_nursery)
        return true;
    if (!kith__grow(&session->touched_ones.items, &session->touched_ones.capacity, session->touched_ones.count + 1, sizeof *session->touched_ones.items))
        return kith__no_memory(session);
    session->touched_ones.items[session->touched_ones.count++] = (kith__touched_one){ owner, reverse };
    return true;
}

/* The side without the key: memory knows better than the database until the flush. */
static bool point_back(kith__object *owner, const kith__relation *reverse, kith__object *child)
{
    *kith__one_of(owner, reverse) = (kith__one_member){ child ? kith__struct(child) : NULL, KITH__CHANGED };
    return kith__touch_one(owner, reverse);
}

/* ---------------------------------------------------------------- owners by relationships without another side */

static kith__parent *parent_note(const kith__object *child, const kith__relation *relation)
{
    for (kith__parent *parent = child->notes ? child->notes->parents : NULL; parent; parent = parent->next)
        if (parent->relation == relation)
            return parent;
    return NULL;
}

bool kith__is_moved(const kith__object *item, const kith__relation *relation, const kith__object **owner)
{
    if (!relation->reverse) {
        const kith__parent *note = parent_note(item, relation);
        *owner = note ? note->object : NULL;
        return note;
    }
    const kith__one_member *one = kith__one_of(item, relation->reverse);
    *owner = one->object ? kith__header(one->object) : NULL;
    return one->link == KITH__CHANGED;
}

static kith__object *noted_parent(const kith__object *child, const kith__relation *relation)
{
    const kith__parent *note = parent_note(child, relation);
    bool known;
    if (note)
        return note->object;
    if (!kith__has_row(child) || !kith__is_primary_key(relation->owner, relation->local, relation->pairs))
        return NULL;
    return by_columns(kith__session_for(child), child + 1, relation->owner, relation->remote, relation->pairs, &known);
}

bool kith__note_parent(kith__object *child, const kith__relation *relation, kith__object *owner)
{
    kith__object *before = noted_parent(child, relation);
    if (before && before != owner) {
        if (relation->many && !list_discard(before, relation, child, true))
            return false;
        if (!relation->many && !point_back(before, relation, NULL))
            return false;
    }
    if (!kith__mark_dirty(child) || !kith__notes_lasting(child))
        return kith__no_memory(kith__session_for(child));
    kith__parent *note = parent_note(child, relation);
    if (!note) {
        note = malloc(sizeof *note);
        if (!note)
            return kith__no_memory(kith__session_for(child));
        *note = (kith__parent){ .next = child->notes->parents, .relation = relation };
        child->notes->parents = note;
    }
    note->object = owner;
    return true;
}

bool kith__relate_orphaned(kith__object *child, const kith__relation *relation)
{
    if (!kith__mark_dirty(child))
        return false;
    *kith__one_of(child, relation) = (kith__one_member){ NULL, KITH__CHANGED };
    return true;
}

/* ---------------------------------------------------------------- after a rollback */

void kith__references_keep(kith__object *object)
{
    const kith__mapper *mapper = kith__mapper_for(object);
    for (size_t i = 0; i < mapper->relation_count; i++) {
        const kith__relation *relation = mapper->relations[i];
        bool known;
        kith__object *target = relation->direction == KITH__MANY_TO_ONE && !relation->view_only ? kith__one_peek(object, relation, &known) : NULL;
        if (target)
            *kith__one_of(object, relation) = (kith__one_member){ kith__struct(target), KITH__CHANGED };
    }
}

/* Its key is taken back too, and will be another's. */
static bool loses_its_key(const kith__object *object) { return object->flags & (KITH__GENERATED | KITH__OWN_KEY) || !kith__has_row(object); }

static void clear_columns(kith__object *object, const kith__property *const *columns, size_t count)
{
    for (size_t i = 0; i < count; i++)
        memset(kith__member_in(object, columns[i]->field.offset), 0, columns[i]->field.size);
}

/* The same of an owner by a relationship that has no other side. */
static void clear_owned(kith__object *object, const kith__relation *relation)
{
    bool known;
    if (relation->direction != KITH__ONE_TO_MANY || relation->reverse || relation->view_only || !kith__is_a(kith__mapper_for(object), relation->target) ||
        !kith__is_primary_key(relation->owner, relation->local, relation->pairs))
        return;
    const kith__object *owner = by_columns(kith__session_for(object), object + 1, relation->owner, relation->remote, relation->pairs, &known);
    if (owner && loses_its_key(owner))
        clear_columns(object, relation->remote, relation->pairs);
}

void kith__references_clear(kith__object *object)
{
    const kith__mapper *mapper = kith__mapper_for(object);
    const kith__models *models = kith__session_for(object)->database->models;
    for (size_t m = 0; m < models->count; m++)
        for (size_t i = kith__first_own_relation(models->mappers[m]); i < models->mappers[m]->relation_count; i++)
            clear_owned(object, models->mappers[m]->relations[i]);
    for (size_t i = 0; i < mapper->relation_count; i++) {
        const kith__relation *relation = mapper->relations[i];
        const kith__one_member *one = kith__one_of(object, relation);
        if (relation->direction == KITH__MANY_TO_ONE && one->link == KITH__CHANGED && one->object && loses_its_key(kith__header(one->object)))
            clear_columns(object, relation->local, relation->pairs);
    }
}

/* To whom it refers. Where a one-to-one may have another by now, only the database knows. */
static bool return_to_target(kith__object *child, const kith__relation *relation)
{
    const kith__one_member *one = kith__one_of(child, relation);
    kith__object *owner = one->link == KITH__CHANGED && one->object ? kith__header(one->object) : NULL;
    const kith__relation *reverse = relation->reverse;
    if (!owner || !reverse || reverse->view_only || is_gone(owner))
        return true;
    if (reverse->many)
        return enter_again(owner, reverse, child);
    const kith__one_member *back = kith__one_of(owner, reverse);
    bool free = !back->object && (back->link || !kith__has_row(owner));
    return !free || point_back(owner, reverse, child);
}

/* What the rollback left with it: children that are as new as it is. */
static bool is_its_child(const kith__object *owner, const kith__relation *relation, const kith__object *child)
{
    bool known;
    if (relation->reverse)
        return kith__one_peek(child, relation->reverse, &known) == owner;
    const kith__parent *note = parent_note(child, relation);
    return note ? note->object == owner : !kith__has_row(child);
}

static bool return_to_items(kith__object *owner, const kith__relation *relation)
{
    kith_link *link = kith__link_peek(owner, relation);
    bool many_to_many = relation->direction == KITH__MANY_TO_MANY, ok = true;
    for (size_t i = link ? link->list.count : 0; ok && i-- > 0;) {
        kith__object *item = kith__header(link->list.items[i]);
        if (many_to_many)
            ok = !relation->reverse || is_gone(item) || enter_again(item, relation->reverse, owner);
        else if (!is_its_child(owner, relation, item))
            ok = kith__link_take(link, item);
        else if (!relation->reverse)
            ok = kith__note_parent(item, relation, owner);
    }
    return ok;
}

/* It joins the session once more, where those that it is related to may have forgotten it. */
static bool return_to_all(kith__object *object)
{
    const kith__mapper *mapper = kith__mapper_for(object);
    bool ok = true;
    object->flags &= (uint16_t)~KITH__TAKEN_BACK;
    for (size_t i = 0; ok && i < mapper->relation_count; i++) {
        const kith__relation *relation = mapper->relations[i];
        if (relation->view_only)
            continue;
        if (relation->many)
            ok = return_to_items(object, relation);
        else if (relation->direction == KITH__MANY_TO_ONE)
            ok = return_to_target(object, relation);
    }
    for (kith__parent *parent = object->notes ? object->notes->parents : NULL; ok && parent; parent = parent->next)
        ok = !parent->object || !parent->relation->many || is_gone(parent->object) || enter_again(parent->object, parent->relation, object);
    return ok;
}

/* ---------------------------------------------------------------- cascades along a change */

static bool look_at_flush(kith_session *session, kith__object *child)
{
    if (!(child->flags & KITH__ORPHAN) && !kith__objects_add(session, &session->orphans, child))
        return false;
    child->flags |= KITH__ORPHAN;
    return true;
}

static bool look_whether_orphan(kith__object *child, const kith__relation *from_owner)
{
    if (!from_owner || !(from_owner->cascade & KITH__CASCADE_ORPHAN))
        return true;
    if (!kith__has_row(child))
        child->flags |= KITH__ORPHANED;
    if (child->state == KITH_PENDING && !kith__expunge_owned(child))       /* it was never written, and will not be */
        return false;
    return !kith__in_session(child) || look_at_flush(kith__session_for(child), child);
}

/* What was deleted comes back only when it is asked to itself. */
static bool is_outside(const kith__object *object) { return !kith__in_session(object) && object->state != KITH_DELETED; }

/* One of two that are now related is in the session: the other joins it. */
static bool join_both(kith__object *a, kith__object *b, const kith__relation *from_a)
{
    if (!(from_a->cascade & KITH__CASCADE_SAVE))
        return true;
    if (kith__in_session(a) && is_outside(b))
        return kith__join_itself(kith__session_for(a), b);
    if (kith__in_session(b) && is_outside(a))
        return kith__join_itself(kith__session_for(b), a);
    return true;
}

static bool join_one(kith_session *session, kith__object *object)
{
    if (!kith__object_move(object, KITH_PENDING))
        return false;
    object->epoch = session->epoch;
    return kith__journal_add(session, KITH__UNDO_STATE, object, NULL) && kith__objects_add(session, &session->pending, object) &&
           (!(object->flags & KITH__TAKEN_BACK) || return_to_all(object)) && (!(object->flags & KITH__ORPHANED) || look_at_flush(session, object));
}

static bool reach_from(kith_session *session, const kith__object *object)
{
    return kith__objects_reached(session, &session->reached, object, KITH__CASCADE_SAVE, is_outside);
}

static bool join_reached(kith_session *session)
{
    bool ok = true;
    for (size_t i = 0; ok && i < session->reached.count; i++) {     /* in the order in which they are reached: so they are inserted */
        kith__object *object = session->reached.items[i];
        if (is_outside(object))
            ok = kith__adopt(session, object) && join_one(session, object) && reach_from(session, object);
    }
    return ok;
}

bool kith__join_session(kith_session *session, kith__object *first)
{
    session->reached.count = 0;
    return join_one(session, first) && reach_from(session, first) && join_reached(session);
}

bool kith__join_itself(kith_session *session, kith__object *object)
{
    object->flags &= (uint16_t)~KITH__ORPHANED;
    return kith__join_session(session, object);
}

/* ---------------------------------------------------------------- setting a to-one */

static bool leave_old_owner(kith__object *child, const kith__relation *reverse, kith__object *old)
{
    if (reverse->many)
        return list_discard(old, reverse, child, true);
    return kith__one_of(old, reverse)->object != kith__struct(child) || point_back(old, reverse, NULL);
}

/* Neither was deleted by the flush that may have come before a question to the database; else an error is set. */
static bool both_are_there(kith__object *a, kith__object *b, const kith__relation *from_a)
{
    kith__object *gone = a->state == KITH_DELETED ? a : b && b->state == KITH_DELETED ? b : NULL;
    kith_session *session = kith__session_for(a);
    if (kith__status(session) || !gone)
        return kith__status(session) == KITH_OK;
    kith__misuse(session, "object.deleted", gone, "%s.%s cannot be set: this %s was deleted in the flush that this call began with.", from_a->owner->name,
                 from_a->name, kith__mapper_for(gone)->name);
    kith__fail_about(&session->error, NULL, from_a->name, NULL);
    return false;
}

/* A one-to-one has room for one: whoever was there is displaced. */
static bool enter_new_owner(kith__object *child, const kith__relation *relation, kith__object *owner, kith__object *displaced)
{
    const kith__relation *reverse = relation->reverse;
    if (reverse->many)
        return list_insert(owner, reverse, child);
    if (displaced && displaced != child && !(kith__relate_orphaned(displaced, relation) && look_whether_orphan(displaced, reverse)))
        return false;
    return point_back(owner, reverse, child);
}

/* It is set to what it is, and its columns say otherwise since: it wins over them. */
static bool set_over_columns(kith__object *child, const kith__relation *relation, kith__object *owner)
{
    bool written = false;
    for (size_t i = 0; i < relation->pairs; i++)
        written |= kith__is_changed(child, relation->local[i]);
    if (!written || !kith__has_row(child))
        return true;
    *kith__one_of(child, relation) = (kith__one_member){ owner ? kith__struct(owner) : NULL, KITH__CHANGED };
    return kith__mark_dirty(child);
}

static bool set_many_to_one(kith__object *child, const kith__relation *relation, kith__object *owner)
{
    bool known;
    const kith__relation *reverse = relation->reverse;
    /* what has to be asked for comes first: it may flush, and nothing may be half changed then */
    bool asks = reverse && owner && !reverse->many;
    kith__object *displaced = asks ? partner(owner, reverse) : NULL;
    if (asks && !both_are_there(child, owner, relation))
        return false;
    kith__object *old = kith__one_peek(child, relation, &known);
    if (known && old == owner)
        return set_over_columns(child, relation, owner);
    if (!kith__mark_dirty(child))
        return false;
    if (reverse && old && !leave_old_owner(child, reverse, old))
        return false;
    if (reverse && owner && !enter_new_owner(child, relation, owner, displaced))
        return false;
    *kith__one_of(child, relation) = (kith__one_member){ owner ? kith__struct(owner) : NULL, KITH__CHANGED };
    if (!owner)
        return look_whether_orphan(child, reverse);
    return join_both(child, owner, relation);
}

/* The side of a one-to-one that has no key. */
static bool set_one_to_one(kith__object *owner, const kith__relation *relation, kith__object *child)
{
    kith__object *old = partner(owner, relation);
    if (!both_are_there(owner, child, relation))
        return false;
    if (old == child)
        return true;
    if (relation->reverse)
        return (!old || set_many_to_one(old, relation->reverse, NULL)) && (!child || set_many_to_one(child, relation->reverse, owner));
    if ((old && (!kith__note_parent(old, relation, NULL) || !look_whether_orphan(old, relation))) || (child && !kith__note_parent(child, relation, owner)))
        return false;
    return point_back(owner, relation, child) && (!child || join_both(owner, child, relation));
}

bool kith__relate_set(kith__object *object, const kith__relation *relation, kith__object *target)
{
    return relation->direction == KITH__MANY_TO_ONE ? set_many_to_one(object, relation, target) : set_one_to_one(object, relation, target);
}

/* What was set and not flushed is forgotten: the child is again where its row says, in the lists of both owners too (58). */
bool kith__relate_forget(kith__object *child, const kith__relation *relation)
{
    kith__one_member *one = kith__one_of(child, relation);
    kith__object *owner = one->object ? kith__header(one->object) : NULL, *before = NULL;
    const kith__relation *reverse = one->link == KITH__CHANGED && relation->direction == KITH__MANY_TO_ONE ? relation->reverse : NULL;
    bool known;
    *one = (kith__one_member){ NULL, NULL };
    if (reverse && relation->to_primary_key)
        before = by_columns(kith__session_for(child), kith__in_row(child), relation->target, relation->local, relation->pairs, &known);
    if (!reverse || before == owner)
        return true;
    if (owner && !leave_old_owner(child, reverse, owner))
        return false;
    if (before && !reverse->many)
        *kith__one_of(before, reverse) = (kith__one_member){ NULL, NULL };
    const kith_link *link = before && reverse->many ? kith__link_of(before, reverse) : NULL;
    return !link || (link->loaded && kith__link_has(link, child)) || list_insert(before, reverse, child);
}

/* ---------------------------------------------------------------- a deleted object is added again */

/* Whose it was, as far as memory knows. */
static kith__object *owner_before(const kith__object *object, const kith__relation *relation)
{
    const kith__one_member *one = kith__one_of(object, relation);
    bool known;
    if (one->link || !relation->to_primary_key)
        return one->object ? kith__header(one->object) : NULL;
    return by_columns(kith__session_for(object), object + 1, relation->target, relation->local, relation->pairs, &known);
}

/* The owner lost the child when its row went, and may have found another one or have gone itself. */
static bool enter_owner_again(kith__object *child, const kith__relation *relation, kith__object *owner)
{
    const kith__relation *reverse = relation->reverse;
    bool known = false;
    const kith__object *there = reverse && !reverse->many ? kith__one_peek(owner, reverse, &known) : NULL;
    bool its = kith__in_session(owner) && !(owner->flags & KITH__DOOMED) && (!known || !there || there == child);
    *kith__one_of(child, relation) = (kith__one_member){ its ? kith__struct(owner) : NULL, KITH__CHANGED };
    if (!its || !reverse)
        return true;
    if (reverse->many)
        return list_insert(owner, reverse, child);
    return !known || point_back(owner, reverse, child);
}

static bool empty_list(kith__object *object, const kith__relation *relation)
{
    kith_link *link = kith__link_peek(object, relation);
    if (!link)
        return true;
    kith__link_reset(link);
    link->loaded = link->fresh = true;
    return kith__link_touch(link);
}

bool kith__relate_revived(kith__object *object)
{
    const kith__mapper *mapper = kith__mapper_for(object);
    bool ok = true;
    for (size_t i = 0; ok && i < mapper->relation_count; i++) {
        const kith__relation *relation = mapper->relations[i];
        if (relation->many)
            ok = empty_list(object, relation);
        else if (relation->direction != KITH__MANY_TO_ONE)
            *kith__one_of(object, relation) = (kith__one_member){ NULL, NULL };
        else if (!relation->view_only) {
            kith__object *owner = owner_before(object, relation);
            ok = !owner || enter_owner_again(object, relation, owner);
        }
    }
    return ok;
}

/* ---------------------------------------------------------------- a to-many */

static bool append_child(kith__object *owner, const kith__relation *relation, kith__object *child)
{
    bool known;
    if (!relation->reverse)
        return list_insert(owner, relation, child) && kith__note_parent(child, relation, owner) && join_both(owner, child, relation);
    if (kith__one_peek(child, relation->reverse, &known) == owner && known)
        return list_insert(owner, relation, child);      /* once more in the list */
    return set_many_to_one(child, relation->reverse, owner) && join_both(owner, child, relation);
}

bool kith__relate_append(kith__object *owner, const kith__relation *relation, kith__object *item)
{
    if (relation->direction == KITH__ONE_TO_MANY)
        return append_child(owner, relation, item);
    if (!list_insert(owner, relation, item) || (relation->reverse && !list_insert(item, relation->reverse, owner)))
        return false;
    return join_both(owner, item, relation);
}

/* The other side of a link that was changed while its owner was not there: added, or removed. */
static bool tell_other_side(kith__object *item, const kith__relation *reverse, kith__object *owner, bool added)
{
    if (!kith__has_row(item))
        return true;
    kith_link *other = kith__link_of(item, reverse);
    if (!other || holds(added ? &other->added : &other->removed, owner))
        return other;
    if (!kith__link_start_load(other))      /* what it shows may be that change, which was not written */
        return false;
    if (added)
        return list_insert(item, reverse, owner);
    return list_discard(item, reverse, owner, false);
}

bool kith__relate_again(kith__object *owner)
{
    const kith__mapper *mapper = kith__mapper_for(owner);
    bool ok = true;
    for (size_t i = 0; ok && i < mapper->relation_count; i++) {
        const kith__relation *relation = mapper->relations[i];
        kith_link *link = relation->direction == KITH__MANY_TO_MANY ? kith__link_peek(owner, relation) : NULL;
        if (!link || (!link->added.count && !link->removed.count))
            continue;
        link = kith__link_of(owner, relation);      /* an outdated list is read anew */
        ok = kith__link_touch(link);
        for (size_t k = 0; ok && relation->reverse && k < link->added.count; k++)
            ok = tell_other_side(link->added.items[k], relation->reverse, owner, true);
        for (size_t k = 0; ok && relation->reverse && k < link->removed.count; k++)
            ok = tell_other_side(link->removed.items[k], relation->reverse, owner, false);
    }
    return ok;
}

/* Whether memory knows that the item is not there. */
static bool surely_absent(kith__object *owner, const kith__relation *relation, kith__object *item)
{
    const kith_link *link = kith__link_of(owner, relation);
    if (!link || link->loaded)
        return !link || !kith__link_has(link, item);
    if (holds(&link->removed, item))
        return true;
    if (relation->direction == KITH__MANY_TO_MANY || !relation->reverse)
        return false;
    bool known;
    kith__object *holder = kith__one_peek(item, relation->reverse, &known);
    return known && holder != owner;
}

bool kith__relate_remove(kith__object *owner, const kith__relation *relation, kith__object *item)
{
    if (surely_absent(owner, relation, item)) {
        kith__misuse(kith__session_for(owner), "relationship.not_there", owner, "%s.%s does not have the %s that is to be removed.",
                     relation->owner->name, relation->name, relation->target->name);
        kith__fail_about(&kith__session_for(owner)->error, NULL, relation->name, NULL);
        return false;
    }
    if (!list_discard(owner, relation, item, false))
        return false;
    const kith_link *link = kith__link_peek(owner, relation);
    if (link->loaded && kith__link_has(link, item))
        return true;        /* another copy of it is still there */
    if (relation->direction == KITH__MANY_TO_MANY)
        return !relation->reverse || list_discard(item, relation->reverse, owner, false);
    if (!relation->reverse)
        return kith__note_parent(item, relation, NULL) && look_whether_orphan(item, relation);
    bool known;
    kith__object *holder = kith__one_peek(item, relation->reverse, &known);
    if (known && holder != owner)
        return true;
    return kith__relate_orphaned(item, relation->reverse) && look_whether_orphan(item, relation);
}

/* ---------------------------------------------------------------- the public face */

static const struct { const void **items; size_t count; } nothing = { NULL, 0 };

/* Both in one session; an object of a nursery goes where the other is. */
static bool meet(kith__object *a, kith__object *b)
{
    if (kith__session_for(b)->is_nursery)
        kith__adopt(kith__session_for(a), b);
    else if (kith__session_for(a)->is_nursery)
        kith__adopt(kith__session_for(b), a);
    return kith__session_for(a) == kith__session_for(b);
}

void kith_sys_meet(const void *structure, size_t offset, const void *other)
{
    kith__object *owner = kith__object_check(structure), *item = kith__object_check(other);
    kith__member member = owner ? kith__member_at(kith__mapper_for(owner), offset) : (kith__member){ .kind = KITH__NO_MEMBER };
    if (item && member.kind == KITH__RELATION && kith__mapper_for(owner)->relations[member.index]->target->root == kith__mapper_for(item)->root)
        meet(owner, item);
}

/* Both ends of a change: known to kith, of one session, alive. NULL with an error otherwise. */
static kith__object *checked_item(kith__object *owner, const kith__mapper *target, const char *attribute, const void *structure)
{
    kith_session *session = kith__session_for(owner);
    kith__object *item = kith__object_check(structure);
    const char *model = kith__mapper_for(owner)->name;
    if (!item)
        kith__misuse(session, "relationship.foreign_object", owner, "%s.%s was given a struct that kith did not hand out.", model, attribute);
    else if (!kith__is_a(kith__mapper_for(item), target))
        kith__misuse(session, "relationship.wrong_model", owner, "%s.%s takes a %s, not a %s.", model, attribute, target->name, kith__mapper_for(item)->name);
    else if (!meet(owner, item))
        kith__misuse(session, "session.other", owner, "%s.%s was given a %s of another session.", model, attribute, target->name);
    else if (item->state == KITH_DELETED || item->state == KITH_DETACHED || item->flags & KITH__DOOMED)
        kith__misuse(session, "object.deleted", item, "%s.%s was given a %s that is %s; kith_attach takes it back into the session.", model, attribute,
                     target->name, item->state == KITH_DETACHED ? "detached" : "deleted");
    else
        return item;
    kith__fail_about(&session->error, NULL, attribute, NULL);
    return NULL;
}

static bool may_write(kith__object *object)
{
    if (kith__is_asking(kith__session_for(object), "An object was written to"))
        return false;
    if (object->flags & KITH__READ_ONLY) {
        kith__misuse(kith__session_for(object), "object.read_only", object, "This %s came from a read_only query or a stream and cannot be written.",
                     kith__mapper_for(object)->name);
        return false;
    }
    const char *state = object->flags & KITH__DOOMED || object->state == KITH_DELETED ? "deleted" : object->state == KITH_DETACHED ? "detached" : NULL;
    if (state)
        kith__misuse(kith__session_for(object), "object.deleted", object, "This %s is %s and cannot be written; kith_attach takes it back into the session.",
                     kith__mapper_for(object)->name, state);
    return !state;
}

/* What a binding detached may be written, but for what its row is found by: it is sent once a session has it again (104). */
static bool may_write_column(kith__object *object, const kith__property *property)
{
    const kith_session *session = kith__session_for(object);
    bool left = object->state == KITH_DETACHED && !(object->flags & KITH__READ_ONLY) && (session->nursery || session->is_nursery);
    return (left && !property->primary_key) || may_write(object);
}

static bool may_relate(kith__object *object, const kith__relation *relation)
{
    if (relation->view_only)
        kith__misuse(kith__session_for(object), "relationship.view_only", object, "%s.%s is view_only: it shows what is there and writes nothing.",
                     relation->owner->name, relation->name);
    if (relation->view_only)
        kith__fail_about(&kith__session_for(object)->error, NULL, relation->name, NULL);
    return !relation->view_only && may_write(object);
}

kith__object *kith__related(kith__object *owner, const kith__relation *relation, const void *structure)
{
    return checked_item(owner, relation->target, relation->name, structure);
}

bool kith__may_relate(kith__object *object, const kith__relation *relation, bool in_memory)
{
    return in_memory && relation->view_only ? may_write(object) : may_relate(object, relation);
}

static const char *member_name(const kith__mapper *mapper, size_t offset)
{
    kith__member member = kith__member_at(mapper, offset);
    switch (member.kind) {
    case KITH__PROPERTY: return mapper->properties[member.index].name;
    case KITH__RELATION: return mapper->relations[member.index]->name;
    case KITH__PROXY:    return mapper->proxies[member.index].name;
    default:             return NULL;
    }
}

static void no_such_member(kith__object *object, size_t offset, const char *call)
{
    kith_session *session = kith__session_for(object);
    const kith__mapper *mapper = kith__mapper_for(object);
    const char *name = member_name(mapper, offset);
    if (name)
        kith__misuse(session, "object.wrong_member", object, "%s is not for %s.%s.", call, mapper->name, name);
    else
        kith__misuse(session, "object.no_such_member", object, "%s was given offset %zu, where %s has no member that kith knows.", call, offset, mapper->name);
    kith__fail_about(&session->error, NULL, name, NULL);
}

static void change_list(const void *structure, size_t offset, kith_value value, const char *call,
                        bool (*relate)(kith__object *, const kith__relation *, kith__object *), bool (*proxy)(kith__object *, const kith__proxy *, kith_value))
{
    kith__object *owner = kith__object_ready(structure), *item;
    if (!owner)
        return;
    const kith__mapper *mapper = kith__mapper_for(owner);
    kith__member member = kith__member_at(mapper, offset);
    if (member.kind == KITH__PROXY && mapper->proxies[member.index].many && may_write(owner)) {
        proxy(owner, &mapper->proxies[member.index], value);
        return;
    }
    if (member.kind != KITH__RELATION || !mapper->relations[member.index]->many) {
        no_such_member(owner, offset, call);
        return;
    }
    const kith__relation *relation = mapper->relations[member.index];
    if (may_relate(owner, relation) && (item = checked_item(owner, relation->target, relation->name, value.object)))
        relate(owner, relation, item);
}

void kith_append_(const void *structure, size_t offset, kith_value value)
{
    change_list(structure, offset, value, "kith_append", kith__relate_append, kith__proxy_append);
}

void kith_remove_(const void *structure, size_t offset, kith_value value)
{
    change_list(structure, offset, value, "kith_remove", kith__relate_remove, kith__proxy_remove);
}

static void set_relation(kith__object *object, const kith__relation *relation, kith_value value)
{
    kith__object *target = NULL;
    if (!may_relate(object, relation))
        return;
    if (value.type == KITH_TYPE_OBJECT && value.object && !(target = checked_item(object, relation->target, relation->name, value.object)))
        return;
    kith__relate_set(object, relation, target);
}

void kith_set_(const void *structure, size_t offset, kith_value value)
{
    kith__object *object = kith__object_ready(structure);
    if (!object)
        return;
    kith__mapper *mapper = kith__mapper_for(object);
    kith__member member = kith__member_at(mapper, offset);
    if (member.kind == KITH__PROPERTY && may_write_column(object, &mapper->properties[member.index]))
        kith__write(object, &mapper->properties[member.index], value);
    else if (member.kind == KITH__RELATION && !mapper->relations[member.index]->many)
        set_relation(object, mapper->relations[member.index], value);
    else if (member.kind == KITH__PROXY && !mapper->proxies[member.index].many && may_write(object))
        kith__proxy_set(object, &mapper->proxies[member.index], value);
    else if (member.kind != KITH__PROPERTY && member.kind != KITH__PROXY)
        no_such_member(object, offset, "kith_set");
}

/* Memory knows which object it is, and the columns do not find it: its key has changed since they were read. */
static bool has_another_key(const kith__object *object, const kith__relation *relation, const kith__object *target)
{
    bool same = relation->direction == KITH__MANY_TO_ONE;
    for (size_t i = 0; same && i < relation->pairs; i++) {
        kith_value mine = kith__member_value(&relation->local[i]->field, object + 1), its = kith__member_value(&relation->remote[i]->field, target + 1);
        if (!kith__value_equal(&mine, &its))
            return true;
    }
    return false;
}

/* What is in memory may be read while an error stands; only the database is not asked. */
static const void *read_one(kith__object *object, const kith__relation *relation)
{
    kith_session *session = kith__session_for(object);
    bool known, ready = kith__status(session) == KITH_OK;
    const kith__one_member *one = kith__one_of(object, relation);
    if (!ready && one->link)
        return one->object;
    if (kith__has_row(object) && kith__outdated(session, object) && one->link != KITH__CHANGED && ready && !kith__refresh_siblings(object))
        return NULL;
    if (object->state == KITH_DETACHED && !one->link && ready) {
        kith__load_for_siblings(object, relation);      /* refuses, with a sentence */
        return NULL;
    }
    kith__object *found = kith__one_peek(object, relation, &known);
    bool fresh = known && (!found || !kith__has_row(found) || !kith__outdated(session, found));
    bool stands = one->link == KITH__CHANGED || (one->link == KITH__LOADED && found && has_another_key(object, relation, found));
    if (!fresh && ready && stands)      /* only the other's row is read anew */
        return kith__refresh_siblings(found) ? kith__struct(found) : NULL;
    if (!fresh && ready && (object->state == KITH_PERSISTENT || !known)) {
        if (!kith__load_for_siblings(object, relation))
            return NULL;
        found = kith__one_peek(object, relation, &known);
    }
    if (known && ready && kith__has_row(object) && !one->link)      /* so that a key written by hand moves it no earlier than a reload */
        *kith__one_of(object, relation) = (kith__one_member){ found ? kith__struct(found) : NULL, KITH__LOADED };
    return found ? kith__struct(found) : NULL;
}

/* NULL: something else is there */
static const kith__relation *relation_at(const kith__mapper *mapper, size_t offset)
{
    if (offset >= mapper->size || offset % 4)
        return NULL;
    kith__member member = mapper->members[offset / 4];
    return member.kind == KITH__RELATION ? mapper->relations[member.index] : NULL;
}

static const void *read_proxy(kith__object *object, size_t offset)
{
    const kith__mapper *mapper = kith__mapper_for(object);
    kith__member member = kith__member_at(mapper, offset);
    if (member.kind == KITH__PROXY && !mapper->proxies[member.index].many)
        return kith__proxy_one(object, &mapper->proxies[member.index]);
    no_such_member(object, offset, "kith_one");
    return NULL;
}

const void *kith_one_(const void *structure, size_t offset)
{
    kith__object *object = kith__object_check(structure);
    if (!object || !kith__session_for(object))
        return NULL;
    const kith__relation *relation = relation_at(kith__mapper_for(object), offset);
    if (!relation || relation->many)
        return read_proxy(object, offset);
    const kith__one_member *one = kith__one_of(object, relation);
    return kith__one_at_hand(object, one) ? one->object : read_one(object, relation);
}

static const void *read_many(kith__object *object, const kith__relation *relation)
{
    kith_link *link = kith__link_peek(object, relation);
    bool current = link && kith__link_current(link);
    if (!current && kith__status(kith__session_for(object)) == KITH_OK && (kith__has_row(object) || object->state == KITH_DETACHED)) {
        if (!kith__load_for_siblings(object, relation))
            return &nothing;
        link = kith__link_peek(object, relation);
    }
    if (!link)
        return &nothing;
    link->handed = link->list.count;
    link->handed_epoch = kith__session_for(object)->epoch;
    return &link->list;
}

const void *kith_many_(const void *structure, size_t offset)
{
    kith__object *object = kith__object_check(structure);
    if (!object || !kith__session_for(object))
        return &nothing;
    const kith__mapper *mapper = kith__mapper_for(object);
    kith__member member = kith__member_at(mapper, offset);
    if (member.kind == KITH__PROXY && mapper->proxies[member.index].many) {
        const void *list = kith__proxy_many(object, &mapper->proxies[member.index]);
        return list ? list : &nothing;
    }
    if (member.kind == KITH__RELATION && mapper->relations[member.index]->many)
        return read_many(object, mapper->relations[member.index]);
    no_such_member(object, offset, "kith_many");
    return &nothing;
}
