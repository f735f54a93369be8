/*
 * rank: the order in which rows of the models are inserted, and the circles in which models reference each other (Tarjan's strongly
 * connected components, without recursion: three hundred models in a chain are a deep one). For src/model alone.
 */
#include "model/build.h"

/* A model with all that inherit from it: their rows reference each other's as those of one model do. */
typedef struct node {
    kith__mapper *mapper;
    const kith__table **tables; size_t table_count;
    size_t order, low;              /* when it was met, from 1 (0: not yet); the earliest that it reaches */
    size_t table, next;             /* the foreign key to look at next */
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
    return target && target->mapper ? target->mapper->shelf : SIZE_MAX;
}

static void enter(search *s, size_t index)
{
    node *n = &s->nodes[index];
    n->order = n->low = ++s->met;
    n->waiting = true;
    s->stack[s->height++] = index;
    s->path[s->depth++] = index;
}

/* All of a family have one: their rows go in the order in which the objects were made. */
static void rank(search *s, kith__mapper *root)
{
    uint32_t number = (uint32_t)s->ranked;
    for (size_t i = 0; i < s->b->models->count; i++) {
        kith__mapper *mapper = s->b->models->mappers[i];
        if (mapper->root != root)
            continue;
        mapper->cycle = root->cycle;
        mapper->rank = number;
        s->b->models->ranked[s->ranked++] = mapper;
    }
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
    while (s->height > first)                   /* the deepest first: it is referenced by those above it */
        rank(s, s->nodes[s->stack[--s->height]].mapper);
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

/* The key by which a sub-model's table goes on from that of its base: both rows are written together, in this order. */
static bool goes_on_from_base(const kith__table *table, const kith__foreign_key *key)
{
    return strcmp(table->name, key->table) != 0 && key->count == table->primary_key.count && kith__listed(table->primary_key.columns, key->count, key->columns[0]);
}

static void step(search *s)
{
    size_t index = s->path[s->depth - 1];
    node *n = &s->nodes[index];
    while (n->table < n->table_count && n->next == n->tables[n->table]->foreign_key_count) {
        n->table++;
        n->next = 0;
    }
    if (n->table == n->table_count) {
        leave(s, index);
        return;
    }
    const kith__foreign_key *key = &n->tables[n->table]->foreign_keys[n->next++];
    size_t other = referenced(s, key);
    if (other == SIZE_MAX)
        return;
    n->self = n->self || (other == index && !goes_on_from_base(n->tables[n->table], key));
    if (!s->nodes[other].order)
        enter(s, other);
    else if (s->nodes[other].waiting && s->nodes[other].order < n->low)
        n->low = s->nodes[other].order;
}

/* Every table once: the sub-models that share one add none. */
static void add_node(search *s, kith__mapper *mapper)
{
    node *n = &s->nodes[mapper->shelf];
    if (mapper->root == mapper)
        n->mapper = mapper;
    if (!mapper->table || (mapper->base && mapper->base->table == mapper->table))
        return;
    const kith__table **tables = kith__make_scratch(s->b, (n->table_count + 1) * sizeof *tables);
    if (!tables)
        return;
    for (size_t i = 0; i < n->table_count; i++)
        tables[i] = n->tables[i];
    tables[n->table_count++] = mapper->table;
    n->tables = tables;
}

void kith__rank_make(kith__builder *b)
{
    size_t count = b->models->count;
    search s = { .b = b, .nodes = kith__make_scratch(b, count * sizeof *s.nodes), .path = kith__make_scratch(b, count * sizeof *s.path),
                 .stack = kith__make_scratch(b, count * sizeof *s.stack) };
    b->models->ranked = kith__make(b, count * sizeof *b->models->ranked);
    if (b->no_memory)
        return;
    for (size_t i = 0; i < count && !b->no_memory; i++)
        add_node(&s, b->models->mappers[i]);
    for (size_t i = 0; i < count && !b->no_memory; i++) {
        if (s.nodes[i].order || b->models->mappers[i]->root->index != i)
            continue;
        enter(&s, i);
        while (s.depth)
            step(&s);
    }
}
