/*
 * write: what the files of this room share. Nobody else may use it.
 */
#ifndef KITH__SQL_WRITE_H
#define KITH__SQL_WRITE_H

#include "sql/sql.h"

/* Adds a value's mark and its bind. */
void kith__write_value(kith__sql *, const kith__dialect *, kith_value, const kith__type *);
/* An expression that stands alone: a WHERE, a column of a SELECT. */
void kith__write_alone(kith__sql *, const kith__dialect *, const kith__expr *);
void kith__write_sort(kith__sql *, const kith__dialect *, const kith__sort *);
/* Nothing when where is NULL. */
void kith__write_where(kith__sql *, const kith__dialect *, const kith__expr *where);
/* Carries what broke the text over to the statement. */
void kith__write_end(kith__sql *);

#endif
