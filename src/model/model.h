/*
 * model: the user's declarations, checked and resolved against each other into mappers.
 * May use: driver (fields), schema, base. Used by: session, migrate, app.
 *
 * All of it is made by kith__models_build and never changes afterwards, so any thread may read it. There is no registry: two
 * databases have two sets of mappers, even of the same models.
 */
#ifndef KITH__MODEL_H
#define KITH__MODEL_H

#include "driver/driver.h"
#include "schema/schema.h"

#include <kith/model.h>

typedef struct kith__mapper kith__mapper;
typedef struct kith__relation kith__relation;

/* A column of a model. */
typedef struct kith__property {
    const kith_attribute *attribute;    /* a whole one of this library's size, whatever the program was compiled with */
    const char *name;                   /* the member's */
    kith__mapper *mapper;
    const kith__column *column;
    uint32_t index;                     /* in mapper->properties, and the bit of a mask */
    uint32_t layer;                     /* of mapper->layers: whose table has the column */
    kith__field field;
    bool nullable, primary_key, version;
    const kith__relation *writer;       /* the many-to-one relationship that this foreign key belongs to, or NULL */
} kith__property;

/* A version that nothing else renews: the next one is one more. NULL is none. */
static inline bool kith__is_counted(const kith__property *version)
{
    return version && version->version && !version->attribute->on_every_update && !version->attribute->change_of;
}

typedef enum kith__direction { KITH__MANY_TO_ONE = 1, KITH__ONE_TO_MANY, KITH__MANY_TO_MANY } kith__direction;     /* ONE_TO_MANY with many false: one-to-one */
enum { KITH__CASCADE_SAVE = 1, KITH__CASCADE_MERGE = 2, KITH__CASCADE_DELETE = 4, KITH__CASCADE_ORPHAN = 8, KITH__CASCADE_EXPUNGE = 16, KITH__CASCADE_REFRESH = 32 };
typedef enum kith__load { KITH__LOAD_LAZY, KITH__LOAD_EAGER, KITH__LOAD_RAISE } kith__load;

typedef struct kith__order_key { const kith__property *property; bool descending; } kith__order_key;

struct kith__relation {
    const kith_attribute *attribute;
    const char *name;
    kith__mapper *owner, *target;
    uint32_t index, offset;             /* in owner->relations, and in those of its sub-models; of the member */
    bool many;                          /* a KITH_MANY member */
    kith__direction direction;
    kith__relation *reverse;            /* the other side, or NULL */
    /* The join, `pairs` columns wide. MANY_TO_ONE: local are foreign key columns of the owner, remote the key of the target that they
     * name. ONE_TO_MANY: local is the key of the owner, remote the foreign key columns of the target. MANY_TO_MANY: local and remote
     * are the keys of both, near and far the join table's columns for them: local and near are `pairs` wide, remote and far `far_pairs`.
     * Otherwise the two are equal. */
    size_t pairs, far_pairs;
    const kith__property **local, **remote;
    const kith__table *secondary;
    const char **near, **far;
    bool to_primary_key;                /* MANY_TO_ONE: remote is the target's whole primary key, in its order */
    unsigned cascade;
    bool passive_deletes, view_only;
    kith__load load;
    const kith__order_key *order; size_t order_count;
};

typedef struct kith__proxy {
    const kith_attribute *attribute;
    const char *name;
    kith__mapper *owner;
    uint32_t index, offset;
    bool many;                          /* reads as a list */
    kith__relation *through;
    /* exactly one of the three: what it reads on the intermediate */
    const kith__property *property;
    kith__relation *relation;
    const struct kith__proxy *proxy;
    kith__mapper *target;               /* of relation or proxy; NULL when it ends at a property */
} kith__proxy;

typedef enum kith__member_kind { KITH__NO_MEMBER, KITH__PROPERTY, KITH__RELATION, KITH__PROXY } kith__member_kind;
typedef struct kith__member { kith__member_kind kind; uint32_t index; } kith__member;

/* One of the tables that the rows of a model lie in: one, but for a sub-model with a table of its own, whose rows have a part in each of its
 * bases' tables too. */
typedef struct kith__layer {
    const kith__table *table;
    const char **key;                   /* its primary key's columns, in the order of mapper->key */
    size_t first, count;                /* of mapper->properties: those whose columns it has */
} kith__layer;

struct kith__mapper {
    const kith_model *model;
    struct kith__models *models;
    const char *name;
    const kith__table *table;           /* NULL: a KITH_ROW */
    uint32_t index;                     /* in models->mappers */
    uint32_t size;                      /* of the struct */
    uint32_t binding_at;                /* where behind the struct a binding's pointer lies; 0: no binding has this mapper */
    kith__property *properties;  size_t property_count;
    kith__relation **relations;  size_t relation_count;    /* its bases' own, then its own */
    kith__proxy    *proxies;     size_t proxy_count;
    kith__fields fields;                /* of the properties, in their order: the columns of every SELECT of this model */
    const kith__property **key;  size_t key_count;      /* the primary key */
    bool int_key;                       /* a single integer (uint64 has no column type) */
    const kith__property *identity;     /* the engine makes its value; or NULL */
    const kith__property *version;
    bool renews;                        /* some property has a value that each UPDATE gives anew */
    /* every relation of another model (or this one) whose foreign key references this model's table, that has to be looked at when an
     * object of this model is deleted: the relations of this mapper with direction ONE_TO_MANY or MANY_TO_MANY, not view_only */
    uint32_t rank;                      /* insert order: after the models that it references */
    uint32_t cycle;                     /* 0, or the number of the cycle of models that it is in (a self-reference is one) */
    kith__member *members;              /* by offset / 4, `size / 4 + 1` of them */
    /* Inheritance. What the base has comes first: in the struct, among properties, relations and proxies. */
    kith__mapper *base, *root;          /* NULL, itself: it has none */
    uint32_t shelf;                     /* the root's index: one identity map for all of them */
    kith__mapper **below; size_t below_count;       /* its sub-models and theirs, each behind its base; none where nothing tells them apart */
    const kith__property *discriminator;            /* or NULL */
    kith_value kind;                    /* what that says of its rows; of KITH_TYPE_NONE: none is of this model alone */
    kith__layer *layers; size_t layer_count;           /* the root's first; the last is of `table` */
    bool joined;                        /* some model of its root's has more than one layer */
    bool mixed;                         /* what its SELECT brings may be of a sub-model, or of none: the discriminator says it */
    kith__fields own;                   /* of the properties that its base has not: all of a root's */
    size_t start, width;                /* in a SELECT of its root: the column where its own begin. How many columns a SELECT of it has: its
                                         * properties, then the own ones of each that is below */
};

typedef struct kith__models {
    kith__arena arena;
    kith__mapper **mappers; size_t count;       /* in the order given; join tables are not among them */
    kith__mapper **ranked;                      /* the same by rank */
    kith__schema schema;                        /* the tables of all, join tables too */
    kith__map by_model;                         /* the address of a kith_model -> mapper; keys are in the mappers */
    kith__map by_name;                          /* "Raccoon" -> mapper */
    size_t largest;                             /* the largest struct */
    bool leaves_out;                            /* some relationship has no save-update in its cascade, and writes */
    bool one_sided;                             /* some list has no other side */
} kith__models;

/* `models` is borrowed: the declarations live as long as the program. All errors at once, as a list, each KITH_CONFIG. */
int  kith__models_build(kith__models **out, const kith_model *const *models, size_t count, kith__error *);
void kith__models_free(kith__models *);

kith__mapper *kith__mapper_of(const kith__models *, const kith_model *);        /* NULL: not one of them */
kith__mapper *kith__mapper_of_table(const kith__models *, const char *table);   /* the first of several, which is the others' base; NULL: no model has it */
/* These properties are the whole primary key, in its order. */
static inline bool kith__is_a(const kith__mapper *mapper, const kith__mapper *base)
{
    while (mapper && mapper != base)
        mapper = mapper->base;
    return mapper != NULL;
}
/* In a SELECT of `mapper`, the column where the own properties of one that is below it begin. */
static inline size_t kith__column_of_own(const kith__mapper *mapper, const kith__mapper *below)
{
    return mapper->property_count + below->start - mapper->start - mapper->own.count;
}
/* Those before it are its bases'. */
static inline size_t kith__first_own_relation(const kith__mapper *mapper) { return mapper->base ? mapper->base->relation_count : 0; }
/* A row of it is told from those of its base by the discriminator: it shares their table. */
static inline bool kith__is_narrowed(const kith__mapper *mapper)
{
    return mapper->base && mapper->discriminator && mapper->base->table == mapper->table;
}
/* The model whose rows the discriminator says are these: the mapper itself or one that is below it. NULL: none is. */
kith__mapper *kith__mapper_of_kind(kith__mapper *, const kith_value *kind);
/* The property of a column of one of its tables: the key for those of the other tables that repeat it. NULL: none. */
const kith__property *kith__property_in(const kith__mapper *, const kith__table *, const char *column);
bool kith__is_primary_key(const kith__mapper *, const kith__property *const *properties, size_t count);
kith__member kith__member_at(const kith__mapper *, size_t offset);
kith__member kith__member_named(const kith__mapper *, const char *name);

/* ---------------------------------------------------------------- value.c: between members and values */

/* The member as a value. A NULL text, blob … or an absent optional gives .absent (with the type). Texts are borrowed. */
kith_value kith__member_value(const kith__field *, const void *object);
/* The same for an integer; false: it is absent. What most keys are is read without a call. */
static inline bool kith__member_int(const kith__field *field, const void *object, int64_t *out)
{
    const char *at = (const char *)object + field->offset;
    if (field->type == KITH_TYPE_OPT + KITH_TYPE_INT || (field->type == KITH_TYPE_INT && field->size == sizeof *out)) {
        memcpy(out, at, sizeof *out);
        return field->type == KITH_TYPE_INT || at[offsetof(kith_opt_int, present)];
    }
    kith_value value = kith__member_value(field, object);
    *out = value.i;
    return !value.absent;
}
/* Converts `value` to the field's C type and writes it there; texts are borrowed, not copied. What does not fit (range, type, NULL where
 * the member cannot hold it) is KITH_RANGE with model and attribute named; `object` may be NULL for a bare place. */
int kith__member_set(const kith__property *, void *object, kith_value value, kith__error *);
/* Writes a value that was converted already. */
void kith__member_write(const kith__field *, void *object, const kith_value *);
/* The same conversion without writing: what `value` is as the field has it (a float is rounded to a float, an int is checked against
 * the width), for comparisons. */
int kith__member_convert(const kith__property *, kith_value value, kith_value *out, kith__error *);
bool kith__value_is_nothing(const kith_value *);                   /* absent, or a NULL */
bool kith__value_equal(const kith_value *, const kith_value *);     /* of one type; absent equals absent */
bool kith__member_equal(const kith__field *, const void *a, const void *b);     /* the members of two objects, as values */
bool kith__member_is_zero(const kith__field *, const void *object); /* all its bytes */

#endif
