/*
 * build: what the files of src/model share while they make mappers out of declarations. For them alone.
 *
 * Every mistake is said (kith__config), and what hangs on a mistake is left out in silence: one mistake is one error. Where there is no
 * memory, no_memory is set and every step gives up; the models that are half made are freed whole.
 */
#ifndef KITH__MODEL_BUILD_H
#define KITH__MODEL_BUILD_H

#include "model/model.h"

typedef struct kith__declared kith__declared;

/* What is known of a relationship while the models are built. */
typedef struct kith__tie {
    kith__relation *relation;
    kith__declared *owner, *target;
    const char **named; size_t named_count;             /* .foreign_keys */
    const char **remote_side; size_t remote_count;
    const kith__foreign_key *key;                       /* the one that it is joined over, unless it is many-to-many */
    const kith__foreign_key *near, *far;                /* the join table's: to the owner, to the target */
    bool broken;                                        /* a mistake in it was said */
    bool paired;                                        /* a mistake in its pair was said */
} kith__tie;

/* One of the models given. */
struct kith__declared {
    const kith_model *model;
    const char *name;
    kith_attribute *attributes; size_t count;           /* whole ones of this library's size, whatever the program was compiled with */
    kith__table *table;                                 /* NULL: a row of a report */
    kith__mapper *mapper;                               /* NULL: a join table */
    kith__tie *ties; size_t tie_count;                  /* of the relationships that are its own, in their order */
    kith__declared *base, *owner;                       /* the base, or NULL; whose the table is: itself, or the nearest base that has one */
    const kith_attribute *inherits;                     /* its entry of KITH_TYPE_INHERITS, or NULL */
    size_t room;                                        /* entries of all that lie in its table */
    bool broken;                                        /* a mistake was said that leaves nothing to build upon */
    bool keys_broken;                                   /* a foreign key of it leads nowhere, and that was said */
    bool kinds_broken;                                  /* what would tell its rows apart does not, and that was said */
};

typedef struct kith__builder {
    kith__models *models;
    kith__error *error;
    bool no_memory;
    kith__arena scratch;                                /* goes when the models are built */
    kith__declared *declared; size_t count;
    kith__declared **ordered;                           /* the same, each behind its base */
    kith__map by_name, by_table, by_model;              /* -> kith__declared: join tables too */
} kith__builder;

/* Says a mistake; kith__fail_hint may follow. attribute NULL: it is the model's. */
#define kith__config(b, code, declared_, attribute_, ...) \
    (kith__fail_also((b)->error, KITH_CONFIG, "config." code, __VA_ARGS__), kith__fail_about((b)->error, (declared_)->name, (attribute_), NULL))

/* ---------------------------------------------------------------- models.c */

/* Cleared, from the models' arena, the tables' and the scratch; NULL: no memory, and the builder knows. */
void *kith__make(kith__builder *, size_t size);
void *kith__make_in_schema(kith__builder *, size_t size);
void *kith__make_scratch(kith__builder *, size_t size);
/* `item` unless it is NULL, which is noted as lack of memory */
const char *kith__made(kith__builder *, const char *item);
bool kith__is_column(const kith_attribute *);           /* also of a join table */
const kith__property *kith__property_of_column(const kith__mapper *, const char *column);
/* by the member's name, or else by its column's; "Model.member" too */
const kith__property *kith__property_called(const kith__mapper *, const char *name);

/* ---------------------------------------------------------------- words.c: names and words in options */

/* SQL that is put into a statement, whose rest a comment would swallow */
bool kith__has_comment(const char *sql);
/* "a, b c" -> its parts between the commas, trimmed; in scratch. NULL: no memory. */
const char **kith__split(kith__builder *, const char *list, size_t *count);
/* What to say after "there is no such …": `: did you mean "x"?`, or a list of what there is. Never NULL. */
const char *kith__or_rather(kith__builder *, const char *wrong, const char *const *names, size_t count);
/* The same, of the members of a model that the flags ask for */
enum { KITH__NAME_PROPERTIES = 1, KITH__NAME_RELATIONS = 2, KITH__NAME_PROXIES = 4 };
const char *kith__or_rather_member(kith__builder *, const char *wrong, const kith__mapper *, unsigned kinds);
/* Reads .cascade, .load and .order_by into the relationship. The direction and target are known. */
void kith__words_read(kith__builder *, kith__tie *);
void kith__order_read(kith__builder *, kith__tie *);
/* An action of a foreign key as it is written in SQL; NULL with a mistake said when it is none. */
const char *kith__action_read(kith__builder *, kith__declared *, const kith_attribute *, const char *option, const char *action);

/* ---------------------------------------------------------------- inherit.c */

/* What a model begins with that another one goes on: properties; 0 for one without a base. */
static inline size_t kith__inherited(const kith__declared *d) { return d->base ? d->base->mapper->property_count : 0; }
/* A sub-model in the table of its base. */
static inline bool kith__shares_table(const kith__declared *d) { return d->owner != d; }
/* The part of the base's key that lies at the same place: what a sub-model's own table repeats of it. SIZE_MAX: none. */
size_t kith__repeated_key(const kith__declared *, const kith_attribute *);
kith__tie *kith__tie_of(const kith__builder *, const kith__relation *);

/* ---------------------------------------------------------------- the steps, in their order */
void kith__bases_find(kith__builder *);                             /* inherit.c: who inherits from whom, and the order that follows */
void kith__kinds_make(kith__builder *);                             /* inherit.c: discriminators, and where the columns of a SELECT lie */
void kith__columns_make(kith__builder *, kith__declared *);         /* columns.c: the mapper's properties and the table's columns */
void kith__constraints_make(kith__builder *, kith__declared *);     /* constraints.c: uniques, indexes, checks */
void kith__index_names_check(kith__builder *, kith__declared *);    /* constraints.c: no two indexes, nor an index and a table, of one name */
void kith__layout_check(kith__builder *, kith__declared *);         /* layout.c: is every member of the struct in the list? */
void kith__references_make(kith__builder *, kith__declared *);      /* references.c: foreign keys */
void kith__relations_make(kith__builder *, kith__declared *);       /* relations.c: what they say of themselves */
void kith__joins_make(kith__builder *, kith__declared *);           /* relations.c: over which keys, in which direction */
bool kith__join_through(kith__builder *, kith__tie *);              /* secondary.c: over a join table; false: a mistake was said */
void kith__pairs_make(kith__builder *);                             /* pairs.c: back_populates, and who writes what */
void kith__proxies_make(kith__builder *);                           /* proxies.c */
void kith__rank_make(kith__builder *);                              /* rank.c */

#endif
