/*
 * sort: tables in an order in which each comes after those that it references. May use: base. Used by: model, migrate, app.
 *
 * Tarjan's strongly connected components, which come out with those that they reference first, without recursion: a chain of tables
 * may be as long as memory lasts.
 */
#include "schema/schema.h"

#include <stdlib.h>

static const size_t no_table = SIZE_MAX;

typedef struct sort_node {
    const size_t *targets;          /* the tables that it references, as places in the schema */
    size_t target_count, next;      /* next: the first target not yet followed */
    size_t order, low;              /* order 0: not yet seen */
    bool waiting;                   /* on the stack of those whose component is not yet known */
} sort_node;

typedef struct sort_search {
    sort_node *nodes;
    size_t *path, path_size;        /* the way from a root to the table looked at */
    size_t *stack, stack_size;
    size_t seen, done;
    kith__table **sorted;
    kith__table *const *tables;
    bool cyclic;
} sort_search;

static size_t place_of(const kith__map *places, const char *name)
{
    uintptr_t place = (uintptr_t)kith__map_gets(places, name);
    return place ? (size_t)place - 1 : no_table;
}

static bool find_targets(sort_node *node, const kith__table *table, const kith__map *places, kith__arena *scratch)
{
    size_t *targets = kith__arena_alloc(scratch, (table->foreign_key_count + 1) * sizeof *targets);
    if (!targets)
        return false;
    node->targets = targets;
    for (size_t i = 0; i < table->foreign_key_count; i++) {
        size_t place = place_of(places, table->foreign_keys[i].table);
        if (place != no_table)
            targets[node->target_count++] = place;
    }
    return true;
}

static void enter(sort_search *search, size_t place)
{
    sort_node *node = &search->nodes[place];
    node->order = node->low = ++search->seen;
    node->waiting = true;
    search->stack[search->stack_size++] = place;
    search->path[search->path_size++] = place;
}

static int by_place(const void *a, const void *b)
{
    size_t left = *(const size_t *)a, right = *(const size_t *)b;
    return (left > right) - (left < right);
}

/* The component that ends with `place` is the top of the stack. Its tables reference each other: they come as the schema has them. */
static void take_component(sort_search *search, size_t place)
{
    size_t end = search->stack_size, start = end;
    do {
        start--;
        search->nodes[search->stack[start]].waiting = false;
    } while (search->stack[start] != place);
    qsort(search->stack + start, end - start, sizeof *search->stack, by_place);
    for (size_t i = start; i < end; i++)
        search->sorted[search->done++] = search->tables[search->stack[i]];
    search->cyclic = search->cyclic || end - start > 1;
    search->stack_size = start;
}

static void lower(sort_node *node, size_t order)
{
    if (order < node->low)
        node->low = order;
}

/* Follows the next reference of the table at the path's end, or leaves it. */
static void step(sort_search *search)
{
    size_t place = search->path[search->path_size - 1];
    sort_node *at = &search->nodes[place];
    if (at->next < at->target_count) {
        size_t target = at->targets[at->next++];
        if (!search->nodes[target].order)
            enter(search, target);
        else if (search->nodes[target].waiting)
            lower(at, search->nodes[target].order);
        return;
    }
    if (at->low == at->order)
        take_component(search, place);
    search->path_size--;
    if (search->path_size)
        lower(&search->nodes[search->path[search->path_size - 1]], at->low);
}

static bool prepare(sort_search *search, const kith__schema *schema, kith__map *places, kith__arena *scratch)
{
    size_t count = schema->table_count;
    search->nodes = kith__arena_zero(scratch, count * sizeof *search->nodes);
    search->path = kith__arena_alloc(scratch, count * sizeof *search->path);
    search->stack = kith__arena_alloc(scratch, count * sizeof *search->stack);
    if (!search->nodes || !search->path || !search->stack)
        return false;
    for (size_t i = 0; i < count; i++)
        if (!kith__map_puts(places, schema->tables[i]->name, (void *)(uintptr_t)(i + 1)))
            return false;
    for (size_t i = 0; i < count; i++)
        if (!find_targets(&search->nodes[i], schema->tables[i], places, scratch))
            return false;
    return true;
}

kith__table **kith__schema_sorted(const kith__schema *schema, kith__arena *arena, bool *cyclic)
{
    kith__arena scratch = { 0 };
    kith__map places = { 0 };
    sort_search search = { .tables = schema->tables };
    search.sorted = kith__arena_alloc(arena, schema->table_count * sizeof *search.sorted);
    bool ready = search.sorted && prepare(&search, schema, &places, &scratch);
    for (size_t i = 0; ready && i < schema->table_count; i++) {
        if (search.nodes[i].order)
            continue;
        enter(&search, i);
        while (search.path_size)
            step(&search);
    }
    if (ready && cyclic)
        *cyclic = search.cyclic;
    kith__map_free(&places);
    kith__arena_free(&scratch);
    return ready ? search.sorted : NULL;
}
