/*
 * For bindings: which objects may go. Two sides of a relationship are a cycle, so nothing is counted: what is held, new, changed or
 * deleted is marked, loaded relationships are followed, and the rest goes, a page at a time.
 */
#include "session/session.h"

#include <stdlib.h>

enum { SWEEP_FROM = 4 << 20 };

/* ---------------------------------------------------------------- mark */

typedef struct marking { kith_session *session; kith__objects todo; bool ok; } marking;

static void mark(marking *m, kith__object *object)
{
    if (!object || object->flags & KITH__MARKED || object->page->session != m->session || !m->ok)
        return;
    object->flags |= KITH__MARKED;
    object->page->marked++;
    m->ok = kith__objects_add(m->session, &m->todo, object);
}

static void mark_struct(marking *m, const void *structure)
{
    if (structure)
        mark(m, kith__header(structure));
}

static void mark_objects(marking *m, const kith__objects *objects)
{
    for (size_t i = 0; i < objects->count; i++)
        mark(m, objects->items[i]);
}

static void follow(marking *m, const kith__object *object)
{
    const kith__mapper *mapper = kith__mapper_for(object);
    for (size_t i = 0; i < mapper->relation_count; i++) {
        const kith__relation *relation = mapper->relations[i];
        const kith_link *link = relation->many ? kith__link_peek(object, relation) : NULL;
        if (!relation->many)
            mark_struct(m, kith__one_of(object, relation)->object);
        for (size_t k = 0; link && k < link->list.count; k++)
            mark_struct(m, link->list.items[k]);
        if (link) {
            mark_objects(m, &link->added);
            mark_objects(m, &link->removed);
        }
    }
    for (const kith__parent *parent = object->notes ? object->notes->parents : NULL; parent; parent = parent->next)
        mark(m, parent->object);
}

static bool is_root(const kith__object *object)
{
    void *const *binding = kith__binding_of(object);
    return (binding && *binding) || object->state == KITH_PENDING || object->flags & (KITH__DIRTY | KITH__DOOMED | KITH__ORPHAN);
}

/* Where a session has nothing to write, what is bound is held and nothing else. */
static bool is_at_rest(const kith_session *session)
{
    return !session->pending.count && !session->dirty.count && !session->doomed.count && !session->orphans.count;
}

static bool mark_all(marking *m)
{
    bool rests = is_at_rest(m->session);
    for (kith__page *page = m->session->pages; page; page = page->next)
        for (uint32_t i = 0; (page->bound || !rests) && i < page->count; i++)
            if (is_root(kith__page_object(page, i)))
                mark(m, kith__page_object(page, i));
    for (size_t i = 0; i < m->session->journal.count; i++)
        mark(m, m->session->journal.items[i].object);
    for (size_t i = 0; i < m->session->touched_ones.count; i++)
        mark(m, m->session->touched_ones.items[i].owner);
    while (m->ok && m->todo.count)
        follow(m, m->todo.items[--m->todo.count]);
    free(m->todo.items);
    return m->ok;
}

/* ---------------------------------------------------------------- sweep */

static void unlist_page(kith__page *page)
{
    kith_session *session = page->session;
    if (page->previous)
        page->previous->next = page->next;
    else
        session->pages = page->next;
    if (page->next)
        page->next->previous = page->previous;
    page->next = page->previous = NULL;
    session->page_bytes -= page->size;
    if (session->shelves[page->mapper->index].page == page)
        session->shelves[page->mapper->index].page = NULL;
}

static void list_page(kith_session *session, kith__page *page)
{
    page->session = session;
    page->next = session->pages;
    page->previous = NULL;
    if (session->pages)
        session->pages->previous = page;
    session->pages = page;
    session->page_bytes += page->size;
}

static void unlist_link(kith_session *session, kith_link *link)
{
    if (link->previous)
        link->previous->next = link->next;
    else
        session->links = link->next;
    if (link->next)
        link->next->previous = link->previous;
    link->next = link->previous = NULL;
}

static void untouch(kith_session *session, const kith_link *link)
{
    for (size_t i = session->touched.count; link->touched && i-- > 0;)
        if (session->touched.items[i] == link)
            session->touched.items[i] = session->touched.items[--session->touched.count];
}

/* the lists of relationships, and the views that proxies give */
static void each_link(kith__object *object, void (*work)(kith_session *, kith_link *, void *), void *arg)
{
    kith_session *session = kith__session_for(object);
    const kith__mapper *mapper = kith__mapper_for(object);
    for (size_t i = 0; i < mapper->relation_count; i++) {
        kith_link *link = mapper->relations[i]->many ? kith__link_peek(object, mapper->relations[i]) : NULL;
        if (link)
            work(session, link, arg);
    }
    for (size_t i = 0; i < mapper->proxy_count; i++) {
        const kith__many_member *member = kith__member_in(object, mapper->proxies[i].offset);
        if (mapper->proxies[i].many && member->link)
            work(session, member->link, arg);
    }
}

static void drop_link(kith_session *session, kith_link *link, void *arg)
{
    (void)arg;
    unlist_link(session, link);
    untouch(session, link);
    kith__link_free(link);
}

static void leave_group(kith__object *object)
{
    if (object->group && object->group->items)
        object->group->items[object->position] = NULL;
    kith__group_leave(object);
}

/* It is reached by nothing: nobody will miss what it knew. */
static void evict(kith__object *object)
{
    kith_session *session = kith__session_for(object);
    const kith__mapper *mapper = kith__mapper_for(object);
    if (kith__has_row(object))
        kith__identity_remove(session, object);
    leave_group(object);
    each_link(object, drop_link, NULL);
    for (size_t i = 0; i < mapper->relation_count; i++)
        memset(kith__member_in(object, mapper->relations[i]->offset), 0, sizeof(kith__one_member));
    for (size_t i = 0; i < mapper->proxy_count; i++)
        memset(kith__member_in(object, mapper->proxies[i].offset), 0, mapper->proxies[i].attribute->size);
    kith__notes_free(object);
    object->check = 0;
    object->state = KITH_TRANSIENT;
}

static void sweep_page(kith__page *page)
{
    bool any = page->marked > 0;
    page->marked = 0;
    for (uint32_t i = 0; i < page->count; i++) {
        kith__object *object = kith__page_object(page, i);
        if (object->check && !(object->flags & KITH__MARKED))
            evict(object);
        object->flags &= (uint16_t)~KITH__MARKED;
    }
    if (any)
        return;
    unlist_page(page);
    kith__page_free(page);
}

static void unmark(kith_session *session)
{
    for (kith__page *page = session->pages; page; page = page->next) {
        page->marked = 0;
        for (uint32_t i = 0; i < page->count; i++)
            kith__page_object(page, i)->flags &= (uint16_t)~KITH__MARKED;
    }
}

void kith__sweep(kith_session *session)
{
    marking m = { .session = session, .ok = true };
    if (!mark_all(&m)) {
        unmark(session);
        return;
    }
    for (kith__page *page = session->pages, *next; page; page = next) {
        next = page->next;
        sweep_page(page);
    }
    kith__groups_free_unused(session);
    if (!session->journal.count)        /* else a rollback puts what was deleted back where it was */
        kith__identity_trim(session);
    session->swept_bytes = session->page_bytes;
}

void kith__sweep_if_grown(kith_session *session)
{
    if (session->nursery && session->page_bytes >= SWEEP_FROM && session->page_bytes >= session->swept_bytes * 2)
        kith__sweep(session);
}

/* ---------------------------------------------------------------- from one session to another */

static void move_link(kith_session *from, kith_link *link, void *arg)
{
    kith_session *to = arg;
    unlist_link(from, link);
    untouch(from, link);
    link->touched = false;
    link->handed = 0;
    link->next = to->links;
    if (to->links)
        to->links->previous = link;
    to->links = link;
}

static void move_page(kith__page *page, kith_session *to)
{
    for (uint32_t i = 0; i < page->count; i++)
        if (kith__page_object(page, i)->check)
            each_link(kith__page_object(page, i), move_link, to);
    unlist_page(page);
    list_page(to, page);
}

static bool note_ones(kith__page *page)
{
    const kith__mapper *mapper = page->mapper;
    bool ok = true;
    for (uint32_t i = 0; i < page->count; i++)
        for (size_t k = 0; ok && k < mapper->relation_count; k++) {
            const kith__relation *relation = mapper->relations[k];
            kith__object *object = kith__page_object(page, i);
            if (object->check && !relation->many && relation->direction != KITH__MANY_TO_ONE && kith__one_of(object, relation)->link == KITH__CHANGED)
                ok = kith__touch_one(object, relation);
        }
    return ok;
}

/* The object's page, and those of what it reaches that are in the same nursery: of its pages no other is looked at. */
bool kith__adopt(kith_session *session, kith__object *object)
{
    marking m = { .session = kith__session_for(object), .ok = true };
    if (m.session == session || !m.session->is_nursery)
        return true;
    mark(&m, object);
    for (size_t i = 0; m.ok && i < m.todo.count; i++)
        follow(&m, m.todo.items[i]);
    bool whole = m.ok;      /* all of them move, or none: what they lead to may not stay behind */
    for (size_t i = 0; i < m.todo.count; i++) {
        kith__page *page = m.todo.items[i]->page;
        m.todo.items[i]->flags &= (uint16_t)~KITH__MARKED;
        page->marked = 0;
        if (whole && page->session != session) {
            move_page(page, session);
            m.ok = note_ones(page) && m.ok;
        }
    }
    free(m.todo.items);
    if (m.ok)
        return true;
    kith__error_clear(&m.session->error);       /* it is the other session's, which has a caller to hear it */
    return kith__no_memory(session);
}

static void outlive(kith__object *object)
{
    if (object->state == KITH_PERSISTENT || object->state == KITH_DELETED) {
        kith__take_leave(object);
        kith__object_move(object, KITH_DETACHED);
    } else if (object->state == KITH_PENDING)
        kith__object_move(object, KITH_TRANSIENT);
}

static void retire_page(kith__page *page, bool all)
{
    page->marked = 0;
    for (uint32_t i = 0; i < page->count; i++) {
        kith__object *object = kith__page_object(page, i);
        bool keep = all || object->flags & KITH__MARKED;
        leave_group(object);
        object->flags = 0;
        if (object->check && !keep)
            evict(object);
        else
            outlive(object);
    }
}

/* What is still bound outlives the session, detached; without memory to find out what that reaches, everything does. */
void kith__retire(kith_session *session)
{
    marking m = { .session = session, .ok = true };
    bool all, any = false;
    for (size_t i = 0; i < session->dirty.count; i++)
        kith__notes_leave(session->dirty.items[i]);     /* without memory for them they are forgotten */
    kith__journal_free(session);
    all = !mark_all(&m);
    for (kith__page *page = session->pages, *next; page; page = next) {
        next = page->next;
        if (!page->marked && !all)
            continue;
        any = true;
        retire_page(page, all);
        move_page(page, session->nursery);
    }
    for (kith__page *page = any ? session->pages : NULL, *next; page; page = next) {
        next = page->next;
        unlist_page(page);
        kith__page_free(page);      /* now: it may lie beside one that stays */
    }
}

/* ---------------------------------------------------------------- the public face */

kith_session *kith_sys_nursery_open(kith_database *database)
{
    kith_session *nursery = database && database->models ? calloc(1, sizeof *nursery) : NULL;
    if (!nursery)
        return NULL;
    *nursery = (kith_session){ .database = database, .epoch = 1, .began = 1, .is_nursery = true };
    nursery->shelves = calloc(database->models->count + 1, sizeof *nursery->shelves);
    if (nursery->shelves)
        return nursery;
    free(nursery);
    return NULL;
}

const void *kith_sys_new(kith_session *nursery, const kith_model *model, const void *values)
{
    if (!kith__ready(nursery))
        return NULL;
    kith__mapper *mapper = kith__mapper_asked(nursery, model);
    if (!mapper || !values)
        return NULL;
    if (nursery->page_bytes >= SWEEP_FROM && nursery->page_bytes >= nursery->swept_bytes * 2)
        kith__sweep(nursery);
    kith__shelf *shelf = &nursery->shelves[mapper->index], before = *shelf;
    size_t texts = kith__texts_size(mapper, values);
    shelf->page = NULL;         /* a page of its own: it goes where the object goes */
    shelf->page_size = kith__page_size_of_one(mapper, texts < KITH__TEXTS_OF_ONE ? texts : 0);
    kith__object *object = kith__object_made(nursery, mapper, values);
    shelf->page = before.page;
    shelf->page_size = before.page_size;
    return object ? kith__struct(object) : NULL;
}

void kith_sys_bind(const void *structure, void *binding)
{
    kith__object *object = kith__object_check(structure);
    void **place = object ? kith__binding_of(object) : NULL;
    if (place) {
        object->page->bound += (binding != NULL) - (uint32_t)(*place != NULL);
        *place = binding;
    } else if (object && kith__session_for(object))
        kith__misuse(kith__session_for(object), "binding.no_room", object, "A binding's pointer has no room on this %s: its handle is kith_open's, and not kith_sys_open's.",
                     kith__mapper_for(object)->name);
}

void *kith_sys_binding(const void *structure)
{
    const kith__object *object = kith__object_check(structure);
    void *const *place = object ? kith__binding_of(object) : NULL;
    return place ? *place : NULL;
}

size_t kith_sys_binding_at(const kith_database *database, const kith_model *model)
{
    const kith__mapper *mapper = database && database->models ? kith__mapper_of(database->models, model) : NULL;
    return mapper ? mapper->binding_at : 0;
}

void kith_sys_session_sweeps(kith_session *session, kith_session *nursery)
{
    if (!session || session == nursery || !nursery || !nursery->is_nursery)
        return;
    if (session->pages)
        kith__misuse(session, "session.has_objects", NULL, "A session lets go of objects from its beginning or never: this one has objects already.");
    else
        session->nursery = nursery;
}

void kith_sys_sweep(kith_session *session)
{
    if (session && session->shelves && (session->nursery || session->is_nursery))
        kith__sweep(session);
}

size_t kith_sys_session_bytes(const kith_session *session) { return session ? session->page_bytes : 0; }
