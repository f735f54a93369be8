/*
 * select: a binding's statement while it is built (select.c) and run (built.c). For these two alone.
 */
#ifndef KITH__SELECT_H
#define KITH__SELECT_H

#include "session/session.h"

#include <kith/sys/query.h>

struct kith_sys_query {
    kith_database *database;
    kith__arena arena;
    kith__error error;
};

typedef struct kith__selected {         /* of each row: an object, or a value */
    kith__mapper *mapper;           /* NULL: a value */
    size_t first;                   /* column */
    uint32_t type;
    const kith__type *as;
} kith__selected;

struct kith_sys_select {
    kith_sys_query *query;
    kith__select tree;
    kith__selected *items; size_t item_count;
};

#endif
