/*
 * session: objects, their identity map, the unit of work, loading, relationships, proxies, queries.
 * May use: model, driver, sql, schema, base. Used by: app, and the public face (kith_… functions live beside what they do).
 *
 * Where to find what:
 *   database.c     kith_open, create_all: the pool and the mappers of one handle
 *   session.c      a session's birth, death, switches, error
 *   retry.c        kith_transaction
 *   page.c         the memory of objects           object.c     the header, the table of states
 *   identity.c     key -> object                   describe.c   kith_describe
 *   write.c        kith_new, kith_set: values in   assign.c     kith_assign
 *   link.c         the lists behind KITH_MANY      relate.c     both sides of a relationship in step
 *   array.c        their memory                   block.c      memory that goes when its last piece does
 *   load.c         rows -> objects                 keys.c       WHERE key IN (…)
 *   source.c       what a model is selected from
 *   lazy.c         one statement per relationship for the siblings
 *   along.c        what comes along with them      readonly.c   objects that are only read
 *   flush.c        what is to be written, in order; insert.c: rows of models; join.c: rows of join tables
 *   transaction.c  commit, rollback, savepoints, the undo journal
 *   condition.c    conditions -> expressions       filter.c     conditions that are kept
 *   search.c       queries -> SELECTs, for (search.h): query.c, what they find; stream.c, row by row; numbers.c, sums and their kin
 *   report.c       SQL as it is                    proxy.c      association proxies
 *   where.c        UPDATE and DELETE of what a condition finds; spread.c: of rows in several tables
 *   bulk.c         kith_insert_all
 * For bindings:
 *   select.c       statements as trees (select.h)  built.c      and run
 *   binding.c      what else they ask              arrange.c    lists in a given order
 *   sweep.c        what may go
 */
#ifndef KITH__SESSION_H
#define KITH__SESSION_H

#include "model/model.h"

#include <kith/database.h>
#include <kith/object.h>
#include <kith/report.h>
#include <kith/sys/model.h>

#include <stdatomic.h>

/* ---------------------------------------------------------------- the database handle */
struct kith_database {
    kith__pool *pool;               /* NULL when kith_open failed, as is models */
    kith__models *models;
    _Atomic(struct kith__slab *) spare;     /* page.c: memory for the next session, or NULL */
    bool borrows_pool, borrows_models;      /* another handle's, which closes them */
    kith__error error;              /* why kith_open failed: threads share the handle, so nothing but `spare` is written to it later */
};

int kith__create_all(kith_database *, kith__error *);       /* what the public ones do, saying why they fail */
int kith__drop_all(kith_database *, kith__error *);

/* ---------------------------------------------------------------- objects */
typedef struct kith__object kith__object;
typedef struct kith__page kith__page;
typedef struct kith__group kith__group;
typedef struct kith__notes kith__notes;
typedef struct kith__slab kith__slab;

/* Before every struct that is handed out. */
struct kith__object {
    kith__page *page;               /* whose memory; knows session and mapper */
    kith__group *group;             /* its siblings, or NULL */
    kith__notes *notes;             /* what only changed objects need, or NULL */
    uint32_t check;                 /* from its own address: tells an object from other memory */
    uint32_t epoch;                 /* when its row was read; another than the session's: outdated */
    uint32_t position;              /* in its group */
    uint16_t state;                 /* a kith_state, moved by kith__object_move only */
    uint16_t flags;
};
enum {
    KITH__DIRTY = 1,                /* in session->dirty */
    KITH__DOOMED = 2,               /* in session->doomed: will be deleted at the next flush */
    KITH__ORPHAN = 4,               /* in session->orphans: look whether it still has a parent */
    KITH__VISITED = 8, KITH__PLACED = 16,   /* of the sort in a flush */
    KITH__MARKED = 32,              /* of a sweep */
    KITH__GENERATED = 128,          /* the engine makes its key in the INSERT under way; then the journal says so */
    KITH__GONE = 64,                /* its deletion was committed */
    KITH__GATHERED = 256,           /* in a list that must hold each once; only while the list is made */
    KITH__ORPHANED = 1024,          /* its last owner let it go before it had a row: that something else leads to it does not write it */
    KITH__OWN_KEY = 8192,           /* the engine made its key in this transaction */
    KITH__TAKEN_BACK = 4096,        /* a rollback made it nobody's: the other sides of its relationships have forgotten it */
    KITH__EXPIRED = 2048            /* its notes' original was: what was written may differ from the row though it is the same there */
};

/* Memory in pieces, counted (block.c). */
typedef struct kith__block { atomic_size_t users; size_t size; } kith__block;

/* What an object needs once something was written to it. */
typedef struct kith__chunk { struct kith__chunk *next; size_t size; char data[]; } kith__chunk;
typedef struct kith__parent { struct kith__parent *next; const kith__relation *relation; kith__object *object; } kith__parent;
struct kith__notes {
    void *original;                 /* the struct as its row has it, from before the first write since the last flush */
    kith__chunk *chunks;            /* texts that do not lie in its page */
    kith__parent *parents;          /* owners by one-to-many relationships that have no other side; object NULL: taken out of one */
    bool lasting;                   /* malloc's. Others are the journal's, and go with the transaction */
    bool other_since;               /* something else than a write was noted since `latest` */
    bool apart;                     /* original is none of the journal's images */
    bool kept;                      /* it has texts that an undone savepoint left to be read: a KITH__UNDO_NOTHING says so, too */
    uint32_t latest;                /* in the journal: its last KITH__UNDO_WRITE, counted from 1, if that is still there and the object's */
    uint64_t changed[];             /* a bit per property: written since the last flush. Then, of notes that are the journal's, its image of the struct */
};

struct kith__page {
    kith__page *next, *previous;    /* of the session's, or NULL when it stands alone */
    kith_session *session;          /* NULL: the page stands alone (an object without a session, from a binding) */
    kith__mapper *mapper;
    char *at;                       /* where the next object goes; never beyond `slots` */
    kith__slab *slab;               /* whose memory it is; NULL: malloc's */
    uint16_t *slots;                /* from the end of data down: offset / 8 of each object, the last one's first */
    uint32_t size;                  /* bytes, of data */
    uint32_t count, marked, bound;  /* objects in it; that a sweep has reached; that a binding holds */
    bool noted;                     /* some object of it has had notes that last */
    _Alignas(16) char data[];       /* objects with their texts, and the slots */
};

/* The objects that one load returned. It keeps nothing alive and is freed when none of them belongs to it any more. */
struct kith__group {
    kith__group *next, *previous;
    size_t count, members;
    const void **items;             /* their structs: also the array that the load handed out. NULL where one was swept */
    bool whole;                     /* all rows of their table, when they were loaded */
};

/* an odd multiplier over the address: the same bytes copied elsewhere do not pass */
static inline uint32_t kith__check_of(const kith__object *object) { return (uint32_t)((uintptr_t)object >> 4) * 2654435761u ^ 0x6b697468u; }
static inline void *kith__struct(kith__object *object) { return object + 1; }
static inline kith__object *kith__header(const void *structure) { return (kith__object *)(uintptr_t)structure - 1; }
static inline kith__mapper *kith__mapper_for(const kith__object *object) { return object->page->mapper; }
static inline kith_session *kith__session_for(const kith__object *object) { return object->page->session; }
static inline void **kith__binding_of(const kith__object *object)       /* where it is kept; NULL: no binding has the object */
{
    uint32_t at = kith__mapper_for(object)->binding_at;
    return at ? (void **)(void *)((char *)(uintptr_t)(object + 1) + at) : NULL;
}
static inline size_t kith__aligned(size_t size) { return (size + 7) & ~(size_t)7; }
/* header, struct, and a binding's pointer */
static inline size_t kith__object_size(const kith__mapper *mapper)
{
    return sizeof(kith__object) + (mapper->binding_at ? mapper->binding_at + sizeof(void *) : mapper->size);
}
/* The struct as its row has it, without what was written since the last flush. */
static inline const void *kith__in_row(const kith__object *object)
{
    return object->notes && object->notes->original ? object->notes->original : (const void *)(object + 1);
}
static inline void *kith__member_in(kith__object *object, uint32_t offset) { return (char *)kith__struct(object) + offset; }

/* ---------------------------------------------------------------- relationship members */
typedef struct kith__one_member { const void *object; kith_link *link; } kith__one_member;
typedef struct kith__many_member { const void *list; kith_link *link; } kith__many_member;
/* The link of a KITH_ONE says only what is known: NULL not loaded, or one of these two. */
struct kith_link;
extern const struct kith_link kith__one_loaded, kith__one_changed;
#define KITH__LOADED  ((kith_link *)(uintptr_t)&kith__one_loaded)
#define KITH__CHANGED ((kith_link *)(uintptr_t)&kith__one_changed)

typedef struct kith__array {        /* before the items of a list */
    struct kith__array *next;       /* once its readers alone have it */
    kith__block *block;             /* where it lies with others, or NULL */
    const void *items[];
} kith__array;

typedef struct kith__objects { kith__object **items; size_t count, capacity; } kith__objects;

/* The link of a KITH_MANY holds its list. */
struct kith_link {
    struct { const void **items; size_t count; } list;      /* first: what kith_many hands out */
    kith_link *next, *previous;     /* of the session's */
    kith__object *owner;
    const kith__relation *relation; /* NULL: a proxy's list */
    size_t capacity, handed;        /* of list.items; how many of it were handed out, in handed_epoch */
    uint32_t epoch, handed_epoch;
    bool loaded, touched;           /* list is what the database has, with the changes; in session->touched */
    bool fresh;                     /* of an owner that has no row yet: all of the list is added */
    bool claimed;                   /* a binding's mark */
    kith__objects added, removed;   /* since the last flush */
};

/* A one-to-one whose other side was changed and not flushed: what is in memory wins over what a query would find. */
typedef struct kith__touched_one { kith__object *owner; const kith__relation *relation; } kith__touched_one;

/* ---------------------------------------------------------------- the session */
typedef struct kith__slot { uint64_t word; kith__object *object; } kith__slot;     /* the integer key itself, else a hash of the key */
typedef struct kith__shelf {        /* of one mapper */
    kith__page *page;               /* where the next object goes */
    uint32_t page_size;
    /* of a root, for all that inherit from it: */
    kith__object ***dense; size_t dense_pages;          /* integer keys, KITH__DENSE to a page */
    struct kith__dense_chunk *chunks; size_t chunk_left;            /* identity.c: where the pages lie; how many of the first one are left */
    kith__object **free_page;       /* one that a sweep emptied, which begins with the next */
    kith__slot *slots; size_t slots_capacity, slots_used;       /* other keys, by hash */
    size_t lifted;                  /* out of the slots, and to be put back by a rollback: their room is kept */
    size_t count;
} kith__shelf;

typedef enum kith__undo_kind {
    KITH__UNDO_WRITE, KITH__UNDO_STATE, KITH__UNDO_INSERT, KITH__UNDO_DELETE,
    KITH__UNDO_GENERATED,           /* an insert whose key the engine made */
    KITH__UNDO_NOTHING              /* it is undone; texts that were written stay to be read */
} kith__undo_kind;
typedef struct kith__undo {         /* what a rollback takes back, last first */
    kith__undo_kind kind;
    uint32_t earlier;               /* KITH__UNDO_WRITE: the one of the same object before it, as in kith__notes */
    kith__object *object;
    void *image;                    /* KITH__UNDO_WRITE: the struct before, in session->images */
} kith__undo;

struct kith_session {
    kith_database *database;
    kith__connection *connection;
    kith__error error;
    bool autoflush, lazy_loads, flushing;
    const kith__property *asking;   /* whose value a function of the program is being asked for, or NULL */
    kith_isolation isolation;
    bool writing;                   /* a flush has begun to write */
    bool expunged;                  /* something was, since the last flush: lists may hold it */
    bool broken;                    /* the objects show what the database does not have: kith_error_clear does not help */
    bool lost;                      /* the transaction is gone whole: kith_savepoint_undo does not help either */
    uint32_t epoch, began;          /* began: the first epoch of this transaction; each undone savepoint ends one */
    kith__mapper *asked;            /* the last that a model was looked up for, or NULL */
    kith__shelf *shelves;           /* by mapper->index */
    kith__page *pages;
    kith__slab *slab;               /* page.c: where the next large page lies */
    char *slab_at, *slab_end;
    kith_session *readers, *next_reader;    /* the memory of read_only queries: readonly.c */
    kith__group *groups;
    kith_link *links;
    kith__objects pending, dirty, doomed, orphans;
    kith__objects reached;          /* while new objects join: what is still to be looked at */
    kith__objects waiting;          /* in a flush: for the key of an object that comes later in a circle */
    struct { kith_link **items; size_t count, capacity; } touched;
    struct { kith__touched_one *items; size_t count, capacity; } touched_ones;
    struct { kith__undo *items; size_t count, capacity; } journal;
    struct { size_t *items; size_t count, capacity; } savepoints;   /* where in the journal each began */
    kith__array *graveyard;         /* arrays that were handed out and replaced */
    kith__arena images;             /* the journal's, with notes: until it is empty */
    kith__arena lists;              /* what kith_all gives: until commit, rollback, clear */
    kith__arena filters;            /* until clear */
    kith__arena scratch;            /* of one call; nested uses mark and do not reset: only the outermost call resets */
    int scratch_depth;              /* how many calls use it */
    kith__sql sql;                  /* a statement being written */
    kith_log log;
    void *log_arg;
    int64_t statements_before;      /* what the connection had sent before this session had it */
    size_t page_bytes, swept_bytes; /* of the pages: now, after the last sweep */
    kith_session *nursery;          /* not NULL: what nothing reaches is let go, and what is bound at the end goes there */
    bool is_nursery;                /* it has no connection and never will */
    bool keeps;                     /* what a commit made outdated is not called so before it is met */
    atomic_bool busy;               /* a binding's mark: a thread works with it */
    void *binding;
    kith_sys_hook hook; void *hook_arg;     /* around flushes */
    bool by_sql;                    /* rows were changed in this transaction that the journal knows nothing of */
    kith_session *partner;          /* the next in the ring of sessions that share its connection and transaction; NULL: it has its own */
};

/* Those that share its transaction, from itself on: for (p = session; p; p = kith__partner(p, session)) */
static inline kith_session *kith__partner(const kith_session *at, const kith_session *first) { return at->partner != first ? at->partner : NULL; }

/* session.c */
bool kith__ready(kith_session *);                   /* not NULL, and no error stands */
bool kith__connected(kith_session *);               /* has a connection, in this process; else an error is set */
bool kith__may_read(kith_session *);                /* the same, and holds the snapshot that its isolation asks for */
static inline int kith__status(const kith_session *s) { return s->error.public_.status; }
/* Whether an epoch, not 0, is of the transaction that is open. */
static inline bool kith__of_this_transaction(const kith_session *s, uint32_t epoch) { return epoch - s->began <= s->epoch - s->began; }
static inline bool kith__outdated(const kith_session *s, const kith__object *o) { return o->epoch != s->epoch; }

/* page.c */
kith__object *kith__object_alloc(kith_session *, kith__mapper *);           /* struct cleared, TRANSIENT, epoch 0; NULL: no memory */
/* room for texts beside the object that was allocated last; close it with kith__room_close */
typedef struct kith__object_room { kith__room room; kith__object *object; } kith__object_room;
void *kith__room_more(kith__room *, size_t size);
static inline void kith__room_open(kith__object_room *room, kith__object *object)
{
    *room = (kith__object_room){ .room = { object->page->at, (char *)object->page->slots, kith__room_more }, .object = object };
}
static inline void kith__room_close(const kith__object_room *room)
{
    kith__page *page = room->object->page;
    char *at = (char *)kith__aligned((uintptr_t)room->room.at);
    page->at = at < (char *)page->slots ? at : (char *)page->slots;
}
/* the same for an object that is not the last one of its page: all goes into chunks of its own */
void kith__room_apart(kith__object_room *, kith__object *);
void kith__object_unalloc(kith__object *);                                  /* the object that was allocated last */
void kith__pages_free(kith_session *);
void kith__spare_free(kith_database *);
kith__object *kith__page_object(kith__page *, uint32_t index);
uint32_t kith__page_size_of_one(const kith__mapper *, size_t texts);
void kith__page_free(kith__page *);                         /* alone, while others of its session stay */
kith__notes *kith__notes_of(kith__object *);                                /* made if need be; NULL: no memory */
kith__notes *kith__notes_lasting(kith__object *);                           /* the same, for what outlives the transaction */
bool kith__notes_leave(kith__object *);                                     /* its session: which columns were written stays known. False: no memory */
void *kith__notes_with_image(kith__object *);                               /* of an object that has none: the journal's; room for its struct. NULL: no memory */
void kith__notes_free(kith__object *);
static inline bool kith__is_changed(const kith__object *object, const kith__property *property)      /* written since the last flush */
{
    return object->notes && object->notes->changed[property->index / 64] >> property->index % 64 & 1;
}
void kith__chunks_trim(kith__object *, const void *const *images, size_t count);     /* frees what no member points into, here or in an image of the struct */

/* sweep.c */
enum { KITH__TEXTS_OF_ONE = 4096 };                         /* bytes for texts in the page of an object that is nobody's, at the most */
void kith__sweep(kith_session *);
void kith__sweep_if_grown(kith_session *);                  /* where a public call begins to load */
void kith__written_back(kith__object *);     /* the values from before what was written and not flushed */
void kith__forget_property(kith__object *, const kith__property *);    /* the same of one, no key; it is outdated */
bool kith__relate_forget(kith__object *child, const kith__relation *);    /* relate.c: a reference that was set and not flushed */
bool kith__touch_one(kith__object *owner, const kith__relation *);     /* a one-to-one whose other side was changed */
bool kith__adopt(kith_session *, kith__object *);           /* out of a nursery, with what it reaches */
void kith__retire(kith_session *);                          /* what is bound goes to the nursery */

/* object.c */
/* NULL: not one that kith handed out. The header's bytes before what is something else may be anything; reading them is what tells. */
__attribute__((no_sanitize("address"))) static inline kith__object *kith__object_check(const void *structure)
{
    if (!structure || (uintptr_t)structure % _Alignof(kith__object))
        return NULL;
    kith__object *object = kith__header(structure);
    return object->check == kith__check_of(object) ? object : NULL;
}
/* the object, when it may be worked on: checked, its session without an error. NULL otherwise. */
kith__object *kith__object_ready(const void *structure);
bool kith__object_move(kith__object *, kith_state to);      /* false: not an allowed move (KITH_MISUSE is set) */
static inline bool kith__in_session(const kith__object *o) { return o->state == KITH_PENDING || o->state == KITH_PERSISTENT; }
static inline bool kith__has_row(const kith__object *o) { return o->state == KITH_PERSISTENT; }
bool kith__objects_grow(kith_session *, kith__objects *);   /* for one more; false: no memory, which is set */
static inline bool kith__objects_add(kith_session *session, kith__objects *objects, kith__object *object)   /* the same */
{
    if (objects->count == objects->capacity && !kith__objects_grow(session, objects))
        return false;
    objects->items[objects->count++] = object;
    return true;
}
void kith__objects_drop(kith__objects *, const kith__object *);             /* the last that is it */

/* identity.c */
enum { KITH__DENSE = 128 };
/* Where an object with such a key is, or will be; NULL: there is no page for it. */
static inline kith__object **kith__dense_slot(const kith__shelf *shelf, int64_t key)
{
    uint64_t page = (uint64_t)key / KITH__DENSE;
    return page < shelf->dense_pages && shelf->dense[page] ? &shelf->dense[page][(uint64_t)key % KITH__DENSE] : NULL;
}
kith__object *kith__identity_find_int(const kith_session *, const kith__mapper *, int64_t key);
/* One of another model of the same root is none. */
static inline kith__object *kith__identity_as(const kith__mapper *mapper, kith__object *object)
{
    return !mapper->base || !object || kith__is_a(kith__mapper_for(object), mapper) ? object : NULL;
}
static inline kith__object *kith__identity_get_int(const kith_session *session, const kith__mapper *mapper, int64_t key)
{
    kith__object **slot = kith__dense_slot(&session->shelves[mapper->shelf], key);
    return slot && *slot ? kith__identity_as(mapper, *slot) : kith__identity_find_int(session, mapper, key);
}
/* Where most objects go that are loaded. False: look for the place. */
static inline bool kith__identity_fill_dense(kith_session *session, const kith__mapper *mapper, int64_t key, kith__object *object)
{
    kith__shelf *shelf = &session->shelves[mapper->shelf];
    kith__object **slot = shelf->slots_used ? NULL : kith__dense_slot(shelf, key);
    if (!slot || *slot)
        return false;
    *slot = object;
    shelf->count++;
    return true;
}
kith__object *kith__identity_get(const kith_session *, const kith__mapper *, const kith_value *key);
bool kith__identity_put(kith_session *, kith__object *);    /* by its members; false: no memory */
/* The place of an integer key: the object that is there, or room for one, which kith__identity_fill takes. NULL: no memory (set). */
kith__object **kith__identity_place(kith_session *, const kith__mapper *, int64_t key);
void kith__identity_fill(kith_session *, kith__object **place, kith__object *);
void kith__identity_remove(kith_session *, kith__object *);
bool kith__identity_follow(kith_session *, kith__object *); /* its row has the key by now that was written to it; false: no memory (set) */
/* What a rollback has to take back must not need memory: an object is lifted out, and its place is kept until the transaction is over. */
void kith__identity_trim(kith_session *);
void kith__identity_lift(kith_session *, kith__object *);
void kith__identity_put_back(kith_session *, kith__object *);        /* unless it is there */
void kith__identity_settle(kith_session *);                 /* it is over: no places are kept */
void kith__identity_free(kith_session *);
void kith__key_of(const kith__mapper *, const void *structure, kith_value *key);
static inline int64_t kith__int_key(const kith__mapper *mapper, const void *structure)
{
    int64_t key;
    kith__member_int(&mapper->key[0]->field, structure, &key);
    return key;
}
void kith__identity_each(kith_session *, const kith__mapper *, void (*visit)(kith__object *, void *), void *arg);

/* write.c */
/* The value that a function of the program has for a column, by whichever of the two there is. It may read through the session, and change rows; what
 * a flush that is under way would not notice, or not survive, asks kith__is_asking first: true, and an error is set. `what` was done. */
typedef kith_value (*kith__plain)(kith_session *, const void *object);
typedef kith_value (*kith__knowing)(kith_session *, const void *object, const kith_attribute *);
kith_value kith__ask(kith_session *, const kith__property *, kith__plain, kith__knowing, const void *object);
bool kith__is_asking(kith_session *, const char *what);
int  kith__write(kith__object *, const kith__property *, kith_value);       /* into the session's error */
void kith__copy_key(kith__object *to, const kith__property *to_property, kith__object *from, const kith__property *from_property);
bool kith__mark_dirty(kith__object *);
void kith__mark_clean(kith__object *);                      /* its row has what was written to it, or it was taken back */
bool kith__kind_say(kith__object *);                        /* the discriminator of its model, where it has none; false: an error is set */
/* transient, with its texts; its relationships are not looked at */
kith__object *kith__object_made(kith_session *, kith__mapper *, const void *values);

static inline bool kith__is_pointer(uint32_t type)
{
    return type == KITH_TYPE_TEXT || type == KITH_TYPE_BLOB || type == KITH_TYPE_JSON || type == KITH_TYPE_DECIMAL;
}
size_t kith__texts_size(const kith__mapper *, const void *values);
bool kith__value_copy(kith__room *, kith_value *);          /* what it points to, into the room; false: no memory */

/* block.c: a block begins with one user; who lets go last frees it */
kith__block *kith__block_alloc(size_t size);                        /* at least so large, with its head; NULL: no memory */
void kith__block_leave(kith__block *);                              /* NULL is none */

/* array.c: the memory of lists, as their items */
const void **kith__array_resize(const void **items, size_t capacity, size_t count);     /* with the first `count`; NULL: no memory, and nothing has changed */
void kith__array_free(kith__array *);
void kith__items_free(const void **items);                          /* NULL is none */
kith__array *kith__items_bury(kith__array *graveyard, const void **items);      /* the graveyard with it */
/* Where a load puts the lists it fills, of so many owners; { .session, .owners } begins, close in any case. */
typedef struct kith__arrays { kith_session *session; size_t owners; kith__block *block; char *at, *end; kith_link *top; } kith__arrays;
bool kith__arrays_more(kith__arrays *, kith_link *);                /* room for one more; false: no memory (set) */
void kith__arrays_close(kith__arrays *);
static inline bool kith__arrays_add(kith__arrays *arrays, kith_link *link, kith__object *item)
{
    if (link->list.count == link->capacity && !kith__arrays_more(arrays, link))
        return false;
    link->list.items[link->list.count++] = kith__struct(item);
    return true;
}

/* link.c */
kith_link *kith__link_of(kith__object *, const kith__relation *);   /* made if need be; an outdated one is emptied. NULL: no memory */
static inline kith__many_member *kith__many_of(const kith__object *object, const kith__relation *relation)
{
    return kith__member_in((kith__object *)(uintptr_t)object, relation->offset);
}
static inline kith_link *kith__link_peek(const kith__object *object, const kith__relation *relation) { return kith__many_of(object, relation)->link; }     /* NULL: none yet */
void kith__take_leave(kith__object *);                    /* before it is detached */
bool kith__link_current(const kith_link *);                         /* loaded, and not outdated */
bool kith__link_reserve(kith_link *, size_t capacity);
bool kith__link_part(kith_link *, size_t count);                    /* an array that was handed out stays for its readers; another goes on with its first `count` */
bool kith__link_add(kith_link *, kith__object *item);               /* to the list */
bool kith__link_take(kith_link *, const kith__object *item);        /* one of it, off the list, copying if it was handed out */
bool kith__link_put(kith_link *, const kith__objects *items);       /* the whole list */
bool kith__link_has(const kith_link *, const kith__object *item);
void kith__link_reset(kith_link *);                                 /* forgets list and changes */
bool kith__link_start_load(kith_link *);                    /* false: no memory (set) */
bool kith__link_finish_load(kith_link *);                           /* merges what was changed meanwhile */
bool kith__link_touch(kith_link *);
bool kith__link_settle(kith_link *);                        /* its owner has a row now */
void kith__link_unsettle(kith_link *);                      /* it has none any more: all of the list is new */
void kith__links_free(kith_session *);
void kith__link_free(kith_link *);
void kith__graveyard_free(kith_session *);

/* relate.c: the public operations on a relationship, both sides in step. The item may be NULL for _set. */
bool kith__relate_set(kith__object *, const kith__relation *, kith__object *target);
bool kith__relate_append(kith__object *, const kith__relation *, kith__object *item);
bool kith__relate_remove(kith__object *, const kith__relation *, kith__object *item);
/* Both ends checked as the public calls check them; NULL, false: an error is set. in_memory: view_only is no obstacle. */
kith__object *kith__related(kith__object *owner, const kith__relation *, const void *structure);
bool kith__may_relate(kith__object *, const kith__relation *, bool in_memory);
/* Of a one-to-many or one-to-one, from the owner's side: the item's owner was changed and not flushed, to this one, or to none. */
bool kith__is_moved(const kith__object *item, const kith__relation *, const kith__object **owner);
bool kith__relate_revived(kith__object *);                  /* of a deleted object that is pending now: nobody is its any more, it is its owners' */
bool kith__note_parent(kith__object *child, const kith__relation *, kith__object *owner);    /* for a one-to-many without another side */
bool kith__relate_again(kith__object *);                    /* attached again: what was done to its lists and not written is still to be */
/* Its INSERT is taken back: what it refers to is to be written again. Before it loses its row, and after; neither needs memory. */
void kith__references_keep(kith__object *);
void kith__references_clear(kith__object *);
bool kith__relate_orphaned(kith__object *child, const kith__relation *);     /* its owner goes: only the child is changed */
bool kith__join_session(kith_session *, kith__object *);            /* save-update cascade: it, and what its relationships reach */
bool kith__join_itself(kith_session *, kith__object *);             /* the same of one that is meant, not only reached */
static inline kith__one_member *kith__one_of(const kith__object *object, const kith__relation *relation)
{
    return kith__member_in((kith__object *)(uintptr_t)object, relation->offset);
}
/* As it is most often: it may be read as it stands. */
static inline bool kith__one_at_hand(const kith__object *object, const kith__one_member *one)
{
    uint32_t epoch = kith__session_for(object)->epoch;
    return one->link == KITH__LOADED && object->epoch == epoch && (!one->object || kith__header(one->object)->epoch == epoch);
}
/* the object on the other side of a KITH_ONE as far as memory knows, without a statement; *known says whether it does */
kith__object *kith__one_peek(const kith__object *, const kith__relation *, bool *known);
bool kith__one_is_old(const kith__object *, const kith__relation *);        /* what it knows is from an earlier transaction */

/* load.c */
typedef struct kith__loader {
    kith_session *session;
    kith__mapper *mapper;
    kith__statement *statement;
    size_t first;                   /* the column where the model's begin */
    kith__mapper *last;             /* of the row before, where they may be of several models */
    bool refresh;                   /* overwrite values of objects that are there */
    bool likely_new;                /* the session seems to have no object of these rows yet: they are decoded before their key is looked up */
    kith__objects *into;            /* every object, in the order of the rows */
    kith__group *group;             /* which they join, or NULL */
} kith__loader;
void kith__loader_begin(kith__loader *);                    /* before the first row, where many are to come */
kith__object *kith__load_row(kith__loader *);               /* NULL: an error is set */
bool kith__load_all(kith__loader *);                        /* all rows of the statement into `into`; finishes the statement */
/* What a load returns are siblings: begin, join each as it comes (`position` counts from 0), end. The end gives their structs as an array
 * that lives till the transaction is over; it takes over and empties `objects`, which holds who joined. NULL: none, or no memory (set). */
kith__group *kith__group_begin(kith_session *);
static inline void kith__group_leave(kith__object *object)
{
    if (!object->group)
        return;
    object->group->members--;
    object->group = NULL;
}
/* An object belongs to the newest group that returned it; in one that returned it twice it stands at its last place. */
static inline void kith__group_join(kith__group *group, kith__object *object, size_t position)
{
    kith__group_leave(object);
    object->group = group;
    object->position = (uint32_t)position;
    group->members++;
}
const void **kith__group_end(kith_session *, kith__group *, kith__objects *);
void kith__groups_free(kith_session *);
void kith__groups_free_unused(kith_session *);
/* Whose row the statement is at: the mapper itself, or one that is below it. *last: of the row before, or NULL. NULL: an error is set. */
kith__mapper *kith__mapper_of_row(kith_session *, kith__mapper *, kith__statement *, size_t first, kith__mapper **last);
/* The members of an object of `of`, from a row that was selected of `mapper`. */
int kith__row_of(kith__statement *, size_t first, const kith__mapper *mapper, const kith__mapper *of, void *structure, kith__room *, kith__error *);
/* The model's rows WHERE, kept for (mapper, variant). A where that is NULL is one that there was no memory for. NULL: an error is set. */
kith__statement *kith__prepare_model(kith_session *, const kith__mapper *, const kith__expr *where, uint64_t variant);
kith__object *kith__load_by_key(kith_session *, kith__mapper *, const kith_value *key, const kith__object *known, bool refresh);
bool kith__refresh_siblings(kith__object *);                /* it and its outdated siblings, one statement; gone: KITH_STALE */
int  kith__autoflush(kith_session *, const char *because);

/* The next living siblings of an object, itself first, for which `wanted` holds; at most `limit` of them. */
bool kith__siblings(kith__object *, size_t limit, bool (*wanted)(const kith__object *, const void *), const void *arg, kith__objects *into);
bool kith__is_outdated(const kith__object *, const void *unused);
bool kith__load_keys(kith_session *, const kith__objects *);    /* reads the rows of these objects anew, in one statement; they have one root */
/* What a statement in the cache is for, beside its shape (a mapper or a relation) */
enum { KITH__GET = 1, KITH__INSERT = 2, KITH__DELETE = 3, KITH__NEXT_KEY = 4, KITH__BULK = 5, KITH__INSERT_MISSING = 6, KITH__KEYS = 1 << 12, KITH__DELETE_KEYS = 1 << 13, KITH__UPDATE = 1 << 14 };

/* lazy.c */
/* For all of them, whatever is loaded. `whole`: they are all rows of their table, so the other side is read whole too. */
bool kith__load_relation(kith_session *, const kith__relation *, const kith__objects *owners, bool whole);
bool kith__load_for_siblings(kith__object *, const kith__relation *);
bool kith__is_unloaded(const kith__object *, const void *relation);
enum { KITH__WHOLE_FROM = 16 };                             /* for fewer owners their keys are named, whatever the query was */

/* along.c */
bool kith__has_eager(const kith__mapper *);                 /* something always comes along */
bool kith__load_path(kith_session *, const kith__mapper *, const kith__objects *, const char *path, bool whole);
bool kith__load_eager(kith_session *, const kith__mapper *, const kith__objects *, bool whole);    /* what their models say always comes along, and on from there */
bool kith__load_along(kith_session *, const kith__relation *, const kith__objects *owners);        /* the same of what the owners have there */

/* source.c */
typedef struct kith__source {
    const char *table, *alias;      /* the root's */
    kith__join *joins; size_t join_count;       /* its own come first */
    const kith__expr *where;        /* what tells its rows from those of its base; NULL: nothing has to */
} kith__source;
/* rows: with what its sub-models have beside it. outer: its tables may have no row. more: joins that there is room for. False: no memory (set). */
bool kith__source_make(kith_session *, const kith__mapper *, const char *alias, bool rows, bool outer, size_t more, kith__source *out);
int  kith__kinds_bind(kith_session *, kith__statement *, const kith__mapper *, size_t position);      /* the values of that, behind the others */
/* mapper->width of them, behind room for `before`; in the arena. NULL: no memory. */
const kith__expr **kith__columns_selected(kith__arena *, const kith__mapper *, const char *alias, size_t before);
const kith__expr *kith__expr_property(kith__arena *, const char *alias, const kith__property *);    /* alias: of its root's table; NULL: no memory */
const char *kith__layer_alias(kith__arena *, const kith__mapper *, size_t layer, const char *alias);

/* keys.c: statements over many keys. They come in five sizes, so that they can be kept; the last key fills what is left. */
enum { KITH__CHUNK = 1000, KITH__MOST_PARTS = 16 };
size_t kith__chunk_size(size_t wanted);                     /* 1, 8, 64, 512, 1000 */
/* columns IN size marks, in the session's scratch; NULL: no memory (set) */
const kith__expr *kith__keys_expr(kith_session *, const kith__expr *const *columns, size_t count, size_t size);
const kith__expr *kith__key_range_expr(kith_session *, const kith__expr *column);       /* from one mark to another */
/* binds count values of each of the objects, then the last again up to size; of_rows: as their rows have them */
int kith__keys_bind(kith_session *, kith__statement *, const kith__property *const *properties, size_t count, kith__object *const *objects,
                    size_t object_count, size_t size, bool of_rows);
/* values as bytes that are equal when they are, in the session's scratch; NULL: no memory (set) */
const void *kith__key_bytes(kith_session *, const kith_value *values, size_t count, size_t *size);
const kith__expr **kith__columns_of(kith_session *, const char *alias, const kith__property *const *properties, size_t count);

/* flush.c */
int  kith__flush(kith_session *);
int  kith__flush_whole(kith_session *);                     /* with its partners, until nothing is left: what a commit does */
/* adds what the object's loaded relationships with this cascade (a KITH__CASCADE_…) lead to, as far as it is wanted */
bool kith__objects_reached(kith_session *, kith__objects *, const kith__object *, unsigned cascade, bool (*wanted)(const kith__object *));
void kith__expunge(kith__object *);                         /* a pending object becomes nobody's */
bool kith__expunge_owned(kith__object *);                   /* and what its delete cascades lead to, as far as that is pending; false: no memory (set) */
bool kith__sync_keys(kith__object *);                       /* foreign keys from its to-one relationships */

/* insert.c */
/* The columns of a mask are their own key in the statement cache, up to 48 of them; NULL: a wider statement is found by its text. */
const void *kith__columns_key(const kith__mapper *, const kith__layer *, const uint64_t *mask, uint64_t kind, size_t rows, uint64_t *variant);

/* insert.c, join.c: the objects come with those that they reference first */
int  kith__insert_all(kith_session *, const kith__objects *);
/* those of the dirty ones from `from` on; before_inserts: that reference no new object. A last call takes those that are left. */
int  kith__update_all(kith_session *, size_t from, size_t to, bool before_inserts);
int  kith__delete_all(kith_session *, const kith__objects *);
const char *kith__blamed(const kith_session *, const kith__mapper *);   /* the member that the error's constraint is of, or NULL */
int  kith__join_rows_remove(kith_session *, const kith__objects *doomed);
int  kith__join_rows_remove_of(kith_session *, const kith__objects *doomed);        /* all that these have */
int  kith__join_rows_insert(kith_session *);

/* transaction.c */
void kith__journal_free(kith_session *);
/* The object's original, which it has, to be written to: what a rollback goes back to stays as it is. NULL: no memory (set). */
void *kith__original_apart(kith_session *, kith__object *);
bool kith__journal_add(kith_session *, kith__undo_kind, kith__object *, void *image);
bool kith__journal_insert(kith_session *, kith__object *);
void *kith__journal_image(kith_session *, kith__object *);   /* the struct as it is, to which a rollback goes back; NULL: no memory (set) */
bool kith__is_journaled(const kith_session *, const kith__object *);        /* written in this transaction */
void kith__transaction_broken(kith_session *, bool lost);    /* its error is its partners' too, and what they show may not be what the database has */
void kith__partners_leave(kith_session *);                  /* the transaction is theirs alone */
int  kith__write_lock(kith_session *);                      /* the first write of a transaction */
int  kith__write_by_sql(kith_session *);                    /* the same, for what changes rows that no journal knows of */
int  kith__lock_rows(kith_session *, kith_lock);            /* before a SELECT … FOR UPDATE */
/* Reads of one call that are to be of one moment stand between the two, unless a transaction is open already (*own: it is the call's).
 * False: it could not be begun, or ended (set). */
bool kith__snapshot(kith_session *, bool *own);
bool kith__snapshot_over(kith_session *, bool own);

/* condition.c */
typedef struct kith__scope {        /* the table that a condition speaks of */
    kith_session *session;
    const kith__mapper *mapper;
    const char *alias;
    size_t *aliases;                /* how many were given out in this statement */
} kith__scope;
const kith__expr *kith__condition_expr(const kith__scope *, const kith_condition_ *);       /* NULL: none, or an error is set */
const kith__expr *kith__expr_column(kith__arena *, const char *alias, const kith__column *);
const kith__expr *kith__expr_value(kith__arena *, kith_value, const kith__type *);
const kith__expr *kith__expr_and(kith__arena *, const kith__expr *a, const kith__expr *b);  /* a NULL is nothing; no memory: kith__expr_missing */

const char *kith__alias_next(const kith__scope *);          /* t1, t2, … in the session's scratch; NULL: no memory (set) */

/* bulk.c: to the savepoint that the call has set, whatever stands; where that fails too, only a rollback helps */
void kith__take_back(kith_session *);

/* What an UPDATE sets. Two layers may have a column of one name. */
typedef struct kith__setting { const char *const *names; const kith__expr *const *values; const uint32_t *layers; size_t count; } kith__setting;

/* spread.c: the same for models whose rows have layers in several tables; objects of the session are not looked at */
bool kith__is_spread(const kith__mapper *);
kith__statement *kith__select_keys(kith_session *, const kith__mapper *, const kith__expr *where);      /* NULL: an error is set */
int64_t kith__spread_delete(kith_session *, const kith__mapper *, const kith__expr *where);
int64_t kith__spread_update(kith_session *, const kith__mapper *, const kith__setting *, const kith__expr *where);

/* where.c: rows changed, -1 after a failure. follow: objects of the session that are met say afterwards what their rows say. */
int64_t kith__delete_found(kith_session *, kith__mapper *, const kith__expr *where, bool follow);
int64_t kith__update_found(kith_session *, kith__mapper *, const char *const *names, const kith__expr *const *values, size_t count,
                           const kith__expr *where, bool follow);

/* filter.c */
bool kith__filter_condition(kith_session *, const kith_filter *, const kith_condition_ **condition);    /* false: another session's */

/* query.c */
/* What session->sql has; NULL: an error is set, if only that there was no memory to write it. */
kith__statement *kith__prepare_written(kith_session *);     /* its values bound */
kith__statement *kith__prepare_kept(kith_session *, const void *shape, uint64_t variant);      /* its marks are the caller's to bind */
kith__mapper *kith__mapper_asked(kith_session *, const kith_model *);       /* one with a table; NULL: an error is set */
int  kith__check_value(kith_session *, const kith__object *, const kith__property *, const kith_value *);
int  kith__row_deleted(kith_session *, kith__object *);
int  kith__leave_one_sided_lists(kith_session *);           /* after the last of them */

/* report.c */
bool kith__sql_writes(const char *sql);                     /* a statement of the program's own */

/* readonly.c */
kith__page *kith__read_only_page(kith_session *, kith__mapper *, kith__arena *);    /* what such objects' headers point to; NULL: no memory (set) */
/* The row. pages: where those of sub-models are made. fields: of its columns; NULL: it was selected of the page's model, and may be of one below that. NULL: an error is set. */
kith__object *kith__read_only(kith__page *, kith__arena *pages, kith__arena *, kith__statement *, const kith__fields *);
bool kith__read_only_all(kith__page *, kith__statement *, const kith__fields *, kith__objects *into);   /* in session->lists; finishes the statement */
const void **kith__read_only_list(kith_session *, const kith__objects *);           /* their structs; NULL: no memory (set) */
kith_session *kith__reader_open(kith_session *);            /* NULL: no memory (set) */
bool kith__reader_done(kith_session *, kith_session *reader);       /* hands its objects over; false: an error is set, and it is freed */
void kith__reader_keep(kith_session *, kith_session *reader);       /* until the transaction is over */
void kith__reader_free(kith_session *reader);
void kith__readers_free(kith_session *);                    /* the objects of read_only queries that brought others along */
enum { KITH__READ_ONLY = 512 };                             /* a flag: of a read_only query. Detached, in session->lists, never to be attached */

/* proxy.c */
const void *kith__proxy_many(kith__object *, const kith__proxy *);
const void *kith__proxy_one(kith__object *, const kith__proxy *);
bool kith__proxy_append(kith__object *, const kith__proxy *, kith_value item);
bool kith__proxy_remove(kith__object *, const kith__proxy *, kith_value item);
bool kith__proxy_set(kith__object *, const kith__proxy *, kith_value item);

/* errors that several files set */
int  kith__misuse(kith_session *, const char *code, const kith__object *about, const char *format, ...) KITH__PRINTF(4, 5);
bool kith__no_memory(kith_session *);                       /* sets it; false */
void kith__blame_model(kith_session *, const kith__mapper *);       /* an error that names no model yet is about this one */
/* Between them session->scratch is not reset: a public call that calls another one. */
void kith__scratch_begin(kith_session *);
void kith__scratch_over(kith_session *);
/* the `more` of a room { kith__room room; kith__arena *arena; }: texts go to the arena */
void *kith__scratch_more(kith__room *, size_t size);

#endif
