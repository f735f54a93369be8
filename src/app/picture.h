/*
 * picture: what the drawings of models have in common, whether they are letters, DOT or Mermaid. Only src/app may use it.
 */
#ifndef KITH__PICTURE_H
#define KITH__PICTURE_H

#include "app/app.h"

/* ---------------------------------------------------------------- picture.c: what is to be drawn */
const char *kith__picture_label(const kith__models *, const kith__table *);                    /* the model's name, else the table's */

typedef struct kith__marks { bool primary, foreign, unique, null; } kith__marks;
kith__marks kith__picture_marks(const kith__table *, const kith__column *);
/* The type as its table has it. NULL: no memory. The text is the caller's to free. */
const char *kith__picture_type(kith__text *, const kith__column *);

/* At most one row has a given parent: the table sees to that, or the models say so. */
bool kith__picture_single(const kith__models *, const kith__table *, const kith__foreign_key *);
/* A row may have no parent. */
bool kith__picture_optional(const kith__table *, const kith__foreign_key *);
/* The relationships that go by the key: of the models on the side that has it, or on the side that it references. */
void kith__picture_names(kith__text *, const kith__models *, const kith__table *, const kith__foreign_key *, bool from_parent);
/* Where a proxy leads: the model that it gives objects of, or whose column it reads. */
const kith__mapper *kith__picture_end(const kith__proxy *);

/* The letter at `at`, of UTF-8: its bytes; 0 where none begins there. */
size_t kith__picture_letter(const char *at);

/* ---------------------------------------------------------------- in their languages */
void kith__picture_letters(kith__text *, const kith__models *);     /* letters.c */
void kith__picture_dot(kith__text *, const kith__models *);         /* dot.c */
void kith__picture_mermaid(kith__text *, const kith__models *);     /* mermaid.c */
/* What is written in DOT, drawn by Graphviz to standard output. An exit status; other than 0: it has said why. */
int  kith__picture_svg(const kith__run *, const kith__text *dot);   /* svg.c */

#endif
