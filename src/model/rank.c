/*
 * rank: the order in which rows of the models are inserted, and the circles in which models reference each other (Tarjan's strongly
 * connected components, without recursion: three hundred models in a chain are a deep one). For src/model alone.
 */
#include "model/build.h"

typedef struct node {
    kith__mapper *mapper;
    size_t order, low;              /* when it was met, from 1 (0: not yet); the earliest that it reaches */
    size_t next;                    /* the foreign key to look at next */
    bool waiting;                   /* on the stack of those whose circle is not closed yet */
    bool self;                      /* references itself */
} node;

typedef struct search {
    kith__builder *b;
    node *nodes;
    size_t *path, depth;            /* from the root to where the search is */
    size_t *stack, height;
    size_t met, ranked;
    uint32_t cycles;
} search;

/* The model that a foreign key references; SIZE_MAX: a join table, of no rank. */
static size_t referenced(const search *s, const kith__foreign_key *key)
{
    const kith__declared *target = kith__map_gets(&s->b->by_table, key->table);
    return target && target->mapper ? target->mapper->index : SIZE_MAX;
}

static void enter(search *s, size_t index)
{
    node *n = &s->nodes[index];
    n->order = n->low = ++s->met;
    n->waiting = true;
    s->stack[s->height++] = index;
    s->path[s->depth++] = index;
}

/* All that were met after it and wait are its circle. What they reference beyond has its rank already. */
static void close_circle(search *s, size_t root)
{
    size_t first = s->height;
    while (s->stack[--first] != root)
        ;
    bool circle = s->height - first > 1 || s->nodes[root].self;
    uint32_t number = circle ? ++s->cycles : 0;
    for (size_t i = first; i < s->height; i++) {
        node *n = &s->nodes[s->stack[i]];
        n->waiting = false;
        n->mapper->cycle = number;
    }
    while (s->height > first) {                 /* the deepest first: it is referenced by those above it */
        kith__mapper *mapper = s->nodes[s->stack[--s->height]].mapper;
        mapper->rank = (uint32_t)s->ranked;
        s->b->models->ranked[s->ranked++] = mapper;
    }
}

static void leave(search *s, size_t index)
{
    node *n = &s->nodes[index];
    s->depth--;
    if (n->low == n->order)
        close_circle(s, index);
    if (s->depth) {
        node *parent = &s->nodes[s->path[s->depth - 1]];
        parent->low = n->low < parent->low ? n->low : parent->low;
    }
}

static void step(search *s)
{
    size_t index = s->path[s->depth - 1];
    node *n = &s->nodes[index];
    const kith__table *table = n->mapper->table;
    if (!table || n->next == table->foreign_key_count) {
        leave(s, index);
        return;
    }
    size_t other = referenced(s, &table->foreign_keys[n->next++]);
    if (other == SIZE_MAX)
        return;
    n->self = n->self || other == index;
    if (!s->nodes[other].order)
        enter(s, other);
    else if (s->nodes[other].waiting && s->nodes[other].order < n->low)
        n->low = s->nodes[other].order;
}

void kith__rank_make(kith__builder *b)
{
    size_t count = b->models->count;
    search s = { .b = b, .nodes = kith__make_scratch(b, count * sizeof *s.nodes), .path = kith__make_scratch(b, count * sizeof *s.path),
                 .stack = kith__make_scratch(b, count * sizeof *s.stack) };
    b->models->ranked = kith__make(b, count * sizeof *b->models->ranked);
    if (b->no_memory)
        return;
    for (size_t i = 0; i < count; i++)
        s.nodes[i].mapper = b->models->mappers[i];
    for (size_t i = 0; i < count; i++) {
        if (s.nodes[i].order)
            continue;
        enter(&s, i);
        while (s.depth)
            step(&s);
    }
}
