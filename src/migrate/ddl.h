/*
 * ddl: SQL text as tokens, the part of SQL that speaks of tables as operations, and the way back.
 * Only src/migrate may use it; its pieces are token.c, parse.c, print.c, state.c and edit.c.
 */
#ifndef KITH__DDL_H
#define KITH__DDL_H

#include "migrate/migrate.h"

/* ---------------------------------------------------------------- list.c: arrays that grow in an arena
 * Such an array starts at four items and doubles, so its capacity needs no place. Gives the new item, cleared; NULL: no memory. */
void *kith__list_add(kith__arena *, void *items_pointer, size_t *count, size_t item_size);
/* The same for an array of any origin: copies it, so that whoever shares the old one keeps it. */
void *kith__list_copy_add(kith__arena *, void *items_pointer, size_t *count, size_t item_size);
void  kith__list_remove(void *items, size_t *count, size_t item_size, size_t index);

/* ---------------------------------------------------------------- token.c */
typedef enum kith__token_kind {
    KITH__T_WORD = 1,           /* a bare word: keyword or name */
    KITH__T_NAME,               /* "a", `a`, [a] */
    KITH__T_STRING,             /* 'a', E'a', $$a$$ */
    KITH__T_NUMBER,
    KITH__T_MARK,               /* punctuation and operators */
    KITH__T_DIRECTIVE,          /* -- kith: … alone on its line */
    KITH__T_RAW                 /* the body of a "-- kith: statement" block */
} kith__token_kind;

typedef struct kith__token {
    kith__token_kind kind;
    uint32_t line, column;      /* from 1 */
    const char *at;
    size_t size;
} kith__token;

typedef struct kith__tokens { kith__token *items; size_t count; } kith__tokens;

enum {
    KITH__SQLITE_TEXT = 1       /* as SQLite keeps it: [names], comments do not nest, no directives, no dollar quotes */
};

/* `file` names the text in messages. KITH_CONFIG with file:line:column: something has no end. */
int kith__tokenize(kith__arena *, const char *file, const char *text, size_t size, unsigned flags, kith__tokens *out, kith__error *);

bool kith__token_is(const kith__token *, const char *word);         /* a bare word, in any case */
bool kith__token_mark(const kith__token *, const char *mark);
bool kith__token_identifier(const kith__token *);                   /* can be a name */
const char *kith__token_name(kith__arena *, const kith__token *);   /* unquoted; NULL: no memory */
/* What a string literal says, or NULL (no memory, or not a plain string). */
const char *kith__token_string(kith__arena *, const kith__token *);
/* The text of tokens first to end, each gap made one space; comments fall away. NULL: no memory. */
const char *kith__tokens_text(kith__arena *, const kith__token *items, size_t first, size_t end);

/* The statements in tokens [first, count): each call gives the next one without its semicolon. False: no more. A directive ends one. */
bool kith__statement_next(const kith__tokens *, size_t *at, size_t *first, size_t *end);

/* Two expressions that say the same, but for white space, case of words, quotes around names and brackets around the whole. What these answer
 * holds unless the arena, where they work, is broken. */
bool kith__sql_same(kith__arena *, const char *a, const char *b);
/* Two defaults of a column of that type that say the same: also now() and CURRENT_TIMESTAMP, TRUE and 1, and of numbers 0 and '0', 1.0 and 1.
 * NULL is no default. */
bool kith__default_same(kith__arena *, const kith__type *, const char *a, const char *b);
/* The expression with a name replaced where it stands for a column. NULL: no memory. */
const char *kith__sql_rename(kith__arena *, const char *sql, const char *from, const char *to);
bool kith__sql_mentions(kith__arena *, const char *sql, const char *name);

/* ---------------------------------------------------------------- parse.c */
typedef enum kith__part_kind {
    KITH__PART_NOT_NULL = 1, KITH__PART_NULL, KITH__PART_PRIMARY, KITH__PART_UNIQUE, KITH__PART_CHECK, KITH__PART_DEFAULT,
    KITH__PART_COLLATE, KITH__PART_REFERENCES, KITH__PART_GENERATED, KITH__PART_IDENTITY
} kith__part_kind;

/* A clause of a CREATE TABLE and where it stands, [first, end) in the tokens; with its CONSTRAINT name. */
typedef struct kith__part {
    kith__part_kind kind;
    size_t first, end;
    size_t index;               /* which of the table's uniques, checks, foreign keys it is */
    size_t autoincrement;       /* the token, or 0 */
    size_t close;               /* the bracket that ends the columns of a table's PRIMARY KEY, or 0 */
    bool   descending;          /* PRIMARY KEY DESC */
} kith__part;

typedef struct kith__item {     /* a column, or a constraint of the table */
    bool   constraint;
    size_t first, end;          /* without the comma */
    size_t type_first, type_end;
    kith__part *parts;
    size_t part_count;
} kith__item;

typedef struct kith__definition {       /* a CREATE TABLE with the places of its pieces */
    kith__table *table;
    kith__tokens tokens;
    size_t name_token, open, close;     /* of the table's name and of its two brackets */
    kith__item *items;
    size_t item_count;
    bool   rowid_alias;                 /* SQLite: its primary key is the rowid */
} kith__definition;

typedef enum kith__parsed {
    KITH__PARSED_OTHER,         /* nothing that changes a table: INSERT, UPDATE, PRAGMA, CREATE VIEW */
    KITH__PARSED_DDL,           /* the operations say it all */
    KITH__PARSED_OPAQUE,        /* looks like DDL of tables, but is not in the subset */
    KITH__PARSED_NO_MEMORY
} kith__parsed;

typedef struct kith__statement_meaning {
    kith__ops ops;
    const char *table;          /* of an opaque statement, where it can be told */
    const char *object;         /* the view, trigger or other thing that it makes or drops, where it can be told */
} kith__statement_meaning;

kith__parsed kith__ddl_parse(kith__arena *, const kith__token *items, size_t count, unsigned flags, kith__statement_meaning *out);
/* A stored CREATE TABLE. False: not in the subset, or no memory: the arena is broken. */
bool kith__definition_parse(kith__arena *, const char *sql, unsigned flags, kith__definition *out);
bool kith__index_parse(kith__arena *, const char *sql, unsigned flags, const char **table, kith__index *out);
kith__type kith__type_parse(kith__arena *, const kith__token *items, size_t first, size_t end, unsigned flags);

/* ---------------------------------------------------------------- print.c: the portable SQL of migration files */
void kith__print_name(kith__text *, const char *name);         /* quoted where it must be */
void kith__print_names(kith__text *, const char *const *names, size_t count);
void kith__print_string(kith__text *, const char *text);
void kith__print_foreign_key(kith__text *, const kith__foreign_key *, void (*name)(kith__text *, const char *));
bool kith__type_is_number(const kith__type *);
int  kith__type_family(const kith__type *);                     /* types of one family turn into each other without a cast */

/* ---------------------------------------------------------------- state.c: a schema that operations change */
/* A table of its own arrays; texts are shared. NULL: no memory. */
kith__table *kith__table_clone(kith__schema *into, const kith__table *);
bool kith__schema_clone(kith__schema *into, const kith__schema *);
/* KITH_CONFIG: the operation does not fit: no such table, a column twice, … */
int kith__op_apply(kith__schema *, const kith__op *, kith__error *);
/* Adds what undoes `op`, given the schema before it. False: no memory. An operation that nothing undoes (plain SQL) adds nothing. */
bool kith__op_inverse(kith__arena *, const kith__schema *before, const kith__op *, kith__ops *out);

kith__op *kith__ops_add(kith__arena *, kith__ops *, kith__op_kind, const char *table);
size_t kith__table_column_index(const kith__table *, const char *name);     /* SIZE_MAX: none */
bool kith__names_equal(const char *const *a, const char *const *b, size_t count);

/* ---------------------------------------------------------------- edit.c: the stored CREATE TABLE of SQLite, changed by spans */
/* The text of `sql` under the name `to` after the operations, which are all of this table. KITH_REFUSED: it cannot be read token for
 * token, or the result does not say what it should. Renames are not among the operations: SQLite does those itself. */
int kith__definition_edit(kith__arena *, const char *sql, const char *to, const kith__op *const *ops, size_t count, const char **out, kith__error *);

/* ---------------------------------------------------------------- compare.c, rename.c */
typedef struct kith__comparison {
    kith__arena *arena;
    kith__schema now;                   /* where the operations so far have led */
    const kith__schema *to;
    const kith__map *opaque;
    const kith__compare_options *options;
    const kith__dialect *stored;        /* a database is compared: what its engine stores alike is equal; NULL: files */
    kith__ops *ops;
    kith__error *error;
} kith__comparison;

/* A new operation of the comparison, applied by kith__compare_done once it is filled in. */
kith__op *kith__compare_op(kith__comparison *, kith__op_kind, const char *table, const char *name);
int kith__compare_done(kith__comparison *);
int kith__compare_renames(kith__comparison *);
int kith__compare_run(kith__comparison *, const kith__schema *from);
int kith__compare_stored(kith__arena *, const kith__schema *from, const kith__schema *to, const kith__map *opaque, const kith__compare_options *,
                         const kith__dialect *stored, kith__ops *out, kith__error *);
bool kith__types_same(const kith__comparison *, const kith__type *a, const kith__type *b);
bool kith__types_stored_alike(kith__arena *, const kith__dialect *, const kith__type *a, const kith__type *b);

/* What stands around a name in a "loses", which splits at commas and blanks. */
static inline const char *kith__loses_quote(const char *name) { return strpbrk(name, ", ") != NULL ? "\"" : ""; }

/* ---------------------------------------------------------------- flags.c */
/* "raccoon.tag='none'" in a list: what stands behind "table.column=", or NULL */
const char *kith__flag_value(const char *const *flags, const char *table, const char *column);
/* KITH_REFUSED: one speaks of nothing that the operations do. */
int kith__flags_check(kith__arena *, const kith__schema *before, const kith__ops *, const kith__compare_options *, kith__error *);
/* KITH_REFUSED: it is not one SQL expression, or cannot be a value of the column. */
int kith__fill_check(kith__arena *, const char *table, const kith__column *, const char *sql, kith__error *);

#endif
