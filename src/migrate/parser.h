/*
 * parser: a place in the tokens of one statement. Shared by parse.c and parse_table.c only. What there was no memory for is as if it were not
 * in the subset, until the end: then the arena, which remembers that, is asked.
 */
#ifndef KITH__PARSER_H
#define KITH__PARSER_H

#include "migrate/ddl.h"

typedef struct kith__parser {
    kith__arena *arena;
    const kith__token *items;
    size_t count, at;
    unsigned flags;
} kith__parser;

const kith__token *kith__parser_peek(const kith__parser *, size_t ahead);      /* never NULL: past the end, a token of no kind */
bool kith__parser_at(const kith__parser *, const char *word);
bool kith__parser_word(kith__parser *, const char *word);                      /* takes it when it is there */
bool kith__parser_words(kith__parser *, const char *first, const char *second);
bool kith__parser_mark(kith__parser *, const char *mark);
const char *kith__parser_name(kith__parser *);                                 /* NULL: none is there, or no memory */
bool kith__parser_brackets(kith__parser *);                                    /* skips ( … ) */
const char *kith__parser_text(kith__parser *, size_t first, size_t end);       /* of tokens; NULL: no memory */
bool kith__parser_done(const kith__parser *);

bool kith__parse_names(kith__parser *, const char ***names, size_t *count);     /* (a, b) */
bool kith__parse_column(kith__parser *, kith__table *, kith__item *);           /* its constraints go to the table */
bool kith__parse_table_constraint(kith__parser *, kith__table *, kith__item *);
bool kith__parse_type(kith__parser *, size_t *first, size_t *end);
bool kith__parse_default(kith__parser *, const char **sql);
bool kith__parse_index_items(kith__parser *, kith__index *);
bool kith__parse_create_table(kith__parser *, kith__definition *);              /* from the table's name on */
bool kith__name_constraints(kith__arena *, kith__table *);

#endif
