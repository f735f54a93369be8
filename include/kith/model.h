/*
 * Models: the program's structs, declared once, checked by the compiler.
 *
 * Ownership: a model is static data of the program's, as are its texts; it must outlive every database handle opened with it.
 * Errors: what the compiler can see it says at the line; the rest kith_open finds, all at once: KITH_CONFIG.
 * Threads: any; a model never changes.
 * Manual: 3-models
 */
#ifndef KITH_MODEL_H
#define KITH_MODEL_H

#include <kith/value.h>

#ifndef KITH_CHECK_HEADERS_
#pragma GCC system_header /* the installed header lives where this is implied */
#endif

KITH_BEGIN_

typedef struct { const void *object; kith_link *link; } kith_to_one_;

/* A number made from a model's name, which the types of its relationship fields carry as the size of an array that is not there: so a
 * proxy whose field is of another model than its path leads to is found at kith_open. Its length, and nine letters in three classes. */
#ifndef __cplusplus
#define KITH_BELOW_(name, i, c) (__builtin_strncmp((name) + ((i) < sizeof(name) ? (i) : 0), c, 1) < 0)
#define KITH_LETTER_(name, i) (KITH_BELOW_(name, i, "k") + KITH_BELOW_(name, i, "r")) * (1 << 2 * (i))
#define KITH_TAG_(name) ((int)sizeof(name) * (1 << 18) + KITH_LETTER_(name, 0) + KITH_LETTER_(name, 1) + KITH_LETTER_(name, 2) + \
    KITH_LETTER_(name, 3) + KITH_LETTER_(name, 4) + KITH_LETTER_(name, 5) + KITH_LETTER_(name, 6) + KITH_LETTER_(name, 7) + KITH_LETTER_(name, 8))
#define KITH_TAG_OF_(M) __extension__ enum { kith_tag_of_##M = KITH_TAG_(#M) };
#define KITH_CARRIES_(number) char tag_[0][number];
#else
#define KITH_TAG_OF_(M)
#define KITH_CARRIES_(number)
#endif

/* Names a model, and makes its type; goes in a header, before structs that point at each other. KITH_ONE(M), KITH_MANY(M): relationship fields,
 * read through kith_one, kith_many. KITH_LIST(M): what kith_many and kith_all give: .items and .count. A list never changes: it is what was
 * there when it was read.
 *   KITH_DECLARE(Raccoon);
 *   struct Raccoon { int64_t id; const char *name; KITH_MANY(Trashcan) trashcans; }; */
#define KITH_DECLARE(M) \
    typedef struct M M; \
    KITH_TAG_OF_(M) \
    typedef struct kith_list_of_##M { const M *const *items; size_t count; } kith_list_of_##M; \
    typedef struct kith_page_of_##M { kith_list_of_##M list; int64_t total; size_t number, pages; } kith_page_of_##M; \
    __extension__ typedef union  kith_one_of_##M  { const M *object_; kith_to_one_ one_; KITH_CARRIES_(2 * kith_tag_of_##M) } kith_one_of_##M; \
    __extension__ typedef struct kith_many_of_##M \
        { const kith_list_of_##M *list_; kith_link *link_; KITH_CARRIES_(2 * kith_tag_of_##M + 1) } kith_many_of_##M; \
    __attribute__((visibility("default"))) const kith_model *kith_model_of_##M(void)
#define KITH_ONE(M)  kith_one_of_##M
#define KITH_MANY(M) kith_many_of_##M
#define KITH_LIST(M) kith_list_of_##M

typedef const kith_model *(*kith_model_function)(void);

/* A member of a model, with what SQL wants to know of it. KITH_COLUMN, KITH_RELATIONSHIP and KITH_ASSOCIATION_PROXY fill it by the names of its
 * members: KITH_COLUMN(name, .not_null = true, .length = 80) */
typedef struct kith_attribute {                 /* new members go at the end; kith_model says how long this one was */
    const char *name;
    size_t      offset, size;
    uint32_t    type;
    /* columns */
    uint32_t    length;                             /* of text; 0: no limit */
    bool        primary_key, not_null, unique, index, version;
    bool        passive_deletes, view_only;         /* relationships */
    const char *column;                             /* its name in the table, where it is not the field's */
    const char *foreign_key;                        /* "table.column" */
    const char *on_delete, *on_update;              /* "CASCADE", "SET NULL", … */
    const char *server_default, *check, *comment;   /* SQL */
    /* relationships */
    kith_model_function target;
    const char *back_populates, *foreign_keys, *remote_side, *secondary, *order_by, *cascade, *load;
    /* association proxies */
    const char *through, *attribute;
    const void *(*creator)(kith_session *, const void *owner, kith_value item);
    /* columns, continued */
    uint32_t    precision, scale;                       /* of kith_decimal; precision 0: any */
    bool        naive;                                  /* kith_datetime as TIMESTAMP without a time zone */
    bool        native;                                 /* KITH_ENUM: the engine's own enumerated type, where it has one */
    bool        never_reuse;                            /* a generated key is not given twice (SQLite: AUTOINCREMENT) */
    const char *renamed_from;                           /* the column's name before; for migrations */
    const char *const *labels;                          /* the texts that a text may be, or that the numbers of an integer are (as KITH_ENUM): ends with NULL */
    /* Both are called while rows are being written. They may read through the session, and change rows by kith_update_where and its like; what makes,
     * writes or lets go of objects there, or ends the transaction, is KITH_MISUSE. */
    kith_value (*on_insert)(kith_session *, const void *object);    /* the value of a member that is not given */
    kith_value (*on_every_update)(kith_session *, const void *object);    /* the value at every UPDATE that does not set it (on_update is the foreign key's) */
    /* constraints */
    const char *columns[8];                             /* KITH_UNIQUE, KITH_INDEX: members of the model; of an index SQL too */
    /* models built at run time (kith/sys/model.h) */
    const kith_model *target_model;                     /* instead of target */
    /* association proxies, continued */
    uint32_t    tag;                                    /* of the field's model, 1: a scalar, 0: not told */
    /* models built at run time, continued */
    uint32_t    in_table;                               /* a kith_sys_type: the column's type, where the member's does not tell. Nothing but the engine then limits its values */
    void       *binding;                                /* the binding's own pointer */
    kith_value (*default_of)(kith_session *, const void *object, const struct kith_attribute *);    /* as on_insert, and on_every_update, */
    kith_value (*change_of)(kith_session *, const void *object, const struct kith_attribute *);     /* which know whose they are */
    /* columns, continued */
    const char *enum_labels;                            /* KITH_ENUM's: "red\0green\0" */
    /* inheritance (kith/sys/model.h): an entry of KITH_TYPE_INHERITS */
    kith_value  identity;                               /* what the discriminator says of the model's rows */
    /* constraints, continued */
    const char *where;                                  /* KITH_INDEX_WITH: SQL; only rows for which it holds are in the index */
    bool        deferred;                               /* of a .foreign_key: it is checked at the commit, and not at each statement */
} kith_attribute;

struct kith_model {                             /* new members go at the end */
    uint32_t abi, attribute_size;
    const char *name, *table;
    size_t size, count;
    const kith_attribute *attributes;
};

#ifndef __cplusplus

/* A model: its table and the list of its members, every one of the struct's. KITH_ROW: what the SELECT of a report gives; it has no table.
 *   KITH_MODEL(Raccoon, "raccoons",
 *       KITH_COLUMN(id, .primary_key = true),
 *       KITH_COLUMN(name, .not_null = true),
 *       KITH_RELATIONSHIP(trashcans, Trashcan, .back_populates = "raccoon")); */
#define KITH_ROW(M, ...) KITH_MODEL(M, NULL, __VA_ARGS__)
#define KITH_MODEL(M, TABLE, ...) \
    const kith_model *kith_model_of_##M(void) \
    { \
        typedef M kith_self __attribute__((unused)); \
        static const kith_attribute kith_attributes_[] = { __VA_ARGS__ }; \
        static const kith_model kith_model_ = { KITH_ABI, sizeof(kith_attribute), #M, TABLE, sizeof(M), \
            sizeof kith_attributes_ / sizeof *kith_attributes_, kith_attributes_ }; \
        return &kith_model_; \
    } \
    _Static_assert(sizeof(M) > 0, #M)

/* A join table that is declared, where the one that .secondary makes by itself does not fit; NAME goes into KITH_DECLARE and
 * KITH_MODELS like a model's.
 *   KITH_JOIN_TABLE(PostTags, "post_tags", KITH_JOIN_COLUMN("post", "posts.id"), KITH_JOIN_COLUMN("tag", "tags.id")); */
#define KITH_JOIN_TABLE(NAME, TABLE, ...) \
    const kith_model *kith_model_of_##NAME(void) \
    { \
        static const kith_attribute kith_attributes_[] = { __VA_ARGS__ }; \
        static const kith_model kith_model_ = { KITH_ABI, sizeof(kith_attribute), #NAME, TABLE, 0, \
            sizeof kith_attributes_ / sizeof *kith_attributes_, kith_attributes_ }; \
        return &kith_model_; \
    } \
    _Static_assert(sizeof(TABLE) > 1, #NAME)
#define KITH_JOIN_COLUMN(COLUMN, ...)          KITH_JOIN_COLUMN_(COLUMN, __VA_ARGS__, )
#define KITH_JOIN_COLUMN_(COLUMN, TARGET, ...) { .name = COLUMN, .foreign_key = TARGET, .on_delete = "CASCADE", .primary_key = true, __VA_ARGS__ }

#define KITH_EXPAND_(...)  KITH_EXPAND1_(KITH_EXPAND1_(KITH_EXPAND1_(KITH_EXPAND1_(__VA_ARGS__))))
#define KITH_EXPAND1_(...) KITH_EXPAND2_(KITH_EXPAND2_(KITH_EXPAND2_(KITH_EXPAND2_(__VA_ARGS__))))
#define KITH_EXPAND2_(...) KITH_EXPAND3_(KITH_EXPAND3_(KITH_EXPAND3_(KITH_EXPAND3_(__VA_ARGS__))))
#define KITH_EXPAND3_(...) KITH_EXPAND4_(KITH_EXPAND4_(KITH_EXPAND4_(KITH_EXPAND4_(__VA_ARGS__))))
#define KITH_EXPAND4_(...) __VA_ARGS__
#define KITH_PARENS_ ()
#define KITH_EACH_MODEL_(M, ...) kith_model_of_##M, __VA_OPT__(KITH_EACH_MODEL_AGAIN_ KITH_PARENS_ (__VA_ARGS__))
#define KITH_EACH_MODEL_AGAIN_() KITH_EACH_MODEL_

/* A list of models for kith_open and KITH_APP; 342 at most. */
#define KITH_MODELS(...)   (const kith_model_function[]){ KITH_EXPAND_(KITH_EACH_MODEL_(__VA_ARGS__, )) NULL }

/* by the address, so that an array or a const member is refused; by the basic types, so that every 64-bit spelling is taken */
#define KITH_TYPE_OF_(p) _Generic((p), \
    bool *: KITH_TYPE_BOOL, signed char *: KITH_TYPE_INT, short *: KITH_TYPE_INT, int *: KITH_TYPE_INT, long *: KITH_TYPE_INT, \
    long long *: KITH_TYPE_INT, unsigned char *: KITH_TYPE_UINT, unsigned short *: KITH_TYPE_UINT, unsigned *: KITH_TYPE_UINT, \
    float *: KITH_TYPE_REAL, double *: KITH_TYPE_REAL, const char **: KITH_TYPE_TEXT, kith_blob *: KITH_TYPE_BLOB, \
    kith_date *: KITH_TYPE_DATE, kith_time *: KITH_TYPE_TIME, kith_datetime *: KITH_TYPE_DATETIME, kith_uuid *: KITH_TYPE_UUID, \
    kith_json *: KITH_TYPE_JSON, kith_decimal *: KITH_TYPE_DECIMAL, \
    kith_opt_bool *: KITH_TYPE_OPT + KITH_TYPE_BOOL, kith_opt_int *: KITH_TYPE_OPT + KITH_TYPE_INT, \
    kith_opt_double *: KITH_TYPE_OPT + KITH_TYPE_REAL, kith_opt_date *: KITH_TYPE_OPT + KITH_TYPE_DATE, \
    kith_opt_time *: KITH_TYPE_OPT + KITH_TYPE_TIME, kith_opt_datetime *: KITH_TYPE_OPT + KITH_TYPE_DATETIME, \
    kith_opt_uuid *: KITH_TYPE_OPT + KITH_TYPE_UUID)

/* the field's name comes first, so that an empty rest is never an empty `...` (clang -pedantic) */
#define KITH_AT_(field) .name = #field, .offset = offsetof(kith_self, field), .size = sizeof(((kith_self *)0)->field)

/* A member that is a column: its type and whether it may be NULL are found from the member. The rest by name, as in kith_attribute.
 *   KITH_COLUMN(raccoon_id, .foreign_key = "raccoons.id", .index = true) */
#define KITH_COLUMN(...)             KITH_COLUMN_(__VA_ARGS__, )

/* A member that is a KITH_ONE or KITH_MANY of the model M. Which side is the many is found from the foreign keys; .back_populates names the
 * field of the other side.
 *   KITH_RELATIONSHIP(trashcans, Trashcan, .back_populates = "raccoon", .cascade = "all, delete-orphan") */
#define KITH_RELATIONSHIP(field, ...) KITH_RELATIONSHIP_(field, __VA_ARGS__, )

/* A member that shows what another relationship leads to: through it, and on to a relationship, proxy or column there. .creator makes the object
 * between, where more than its two sides must be given.
 *   KITH_ASSOCIATION_PROXY(raccoons, "trashcans", "raccoon") */
#define KITH_ASSOCIATION_PROXY(field, THROUGH, ...) KITH_PROXY_(field, THROUGH, __VA_ARGS__, )

/* An enum or an int whose numbers from 0 have labels: KITH_ENUM(colour, "red", "green") keeps 0 as the text 'red'. A kith_opt_int may be
 * NULL. With more options: KITH_COLUMN(colour, .labels = colours, .index = true), a static array of labels with NULL at its end. */
#define KITH_ENUM(field, ...) { KITH_AT_(field), .type = KITH_TYPE_OF_(&((kith_self *)0)->field), \
    .enum_labels = KITH_EXPAND_(KITH_EACH_LABEL_(__VA_ARGS__, )) }

#define KITH_EACH_LABEL_(label, ...) label "\0" __VA_OPT__(KITH_EACH_LABEL_AGAIN_ KITH_PARENS_ (__VA_ARGS__))
#define KITH_EACH_LABEL_AGAIN_() KITH_EACH_LABEL_
#define KITH_COLUMN_(field, ...) { KITH_AT_(field), .type = KITH_TYPE_OF_(&((kith_self *)0)->field), __VA_ARGS__ }
#define KITH_RELATIONSHIP_(field, M, ...) \
    { KITH_AT_(field), .type = _Generic(((kith_self *)0)->field, kith_one_of_##M: KITH_TYPE_ONE, kith_many_of_##M: KITH_TYPE_MANY), \
      .target = kith_model_of_##M, __VA_ARGS__ }
#define KITH_PROXY_(field, THROUGH, ATTRIBUTE, ...) \
    { KITH_AT_(field), .type = KITH_TYPE_PROXY, .tag = KITH_FIELD_TAG_(((kith_self *)0)->field), .through = THROUGH, .attribute = ATTRIBUTE, __VA_ARGS__ }

/* Over several members: KITH_UNIQUE("owner_id", "title"), KITH_INDEX("at", "score"), KITH_CHECK("age >= 0"). They are named by
 * their table and columns (uq_…, ix_…, ck_…); KITH_UNIQUE_NAMED and KITH_INDEX_NAMED begin with a name of your own.
 * What is no name in an index is SQL over the columns of the table: KITH_INDEX("lower(title)"); DESC behind it, or behind a member, turns
 * the order: KITH_INDEX("owner_id", "at DESC"). An index of part of the rows, and a unique one:
 *   KITH_INDEX_WITH(.columns = { "email" }, .unique = true, .where = "deleted_at IS NULL")          .name: one of your own */
#define KITH_UNIQUE(...)             { .type = KITH_TYPE_UNIQUE, .columns = { __VA_ARGS__ } }
#define KITH_INDEX(...)              { .type = KITH_TYPE_INDEX, .columns = { __VA_ARGS__ } }
#define KITH_UNIQUE_NAMED(NAME, ...) { .name = NAME, .type = KITH_TYPE_UNIQUE, .columns = { __VA_ARGS__ } }
#define KITH_INDEX_NAMED(NAME, ...)  { .name = NAME, .type = KITH_TYPE_INDEX, .columns = { __VA_ARGS__ } }
#define KITH_INDEX_WITH(...)         { .type = KITH_TYPE_INDEX, __VA_ARGS__ }
#define KITH_CHECK(...)              { .type = KITH_TYPE_CHECK, .check = __VA_ARGS__ }

/* A model that goes on where another one ends: its struct begins with the other's, its rows lie in the other's table (TABLE NULL), or go on in one of
 * their own, whose key is the other's. A query of the base gives objects of all. What tells them apart is a text or enum of the model that all go
 * back to, named there by KITH_DISCRIMINATOR; KIND is what it says of each model's rows.
 *   struct Engineer { Person person; const char *machine; };
 *   KITH_MODEL(Person, "people", KITH_DISCRIMINATOR("kind", "person"), …);
 *   KITH_MODEL(Engineer, NULL, KITH_INHERITS(Person, "engineer"), KITH_COLUMN(machine));
 *   KITH_MODEL(Engineer, "engineers", KITH_INHERITS(Person, "engineer"), KITH_COLUMN(person.id, .column = "id", .primary_key = true, .foreign_key = "people.id"), …); */
#define KITH_DISCRIMINATOR(MEMBER, KIND) { .type = KITH_TYPE_INHERITS, .attribute = MEMBER, .identity = { .type = KITH_TYPE_TEXT, .s = KIND } }
#define KITH_INHERITS(BASE, KIND) { .type = KITH_TYPE_INHERITS, .target = kith_model_of_##BASE, .identity = { .type = KITH_TYPE_TEXT, .s = KIND } }

/* A member of the program's own, that is no column; one in no list is an error at kith_open. */
#define KITH_UNMAPPED(field) { KITH_AT_(field) }

#endif

KITH_END_

#endif /* KITH_MODEL_H */
