/*
 * search: a query of the program's while it is made into a SELECT (search.c), and what asks with it: query.c, stream.c, numbers.c. For these
 * alone.
 *
 * A search's texts and expressions lie in the session's scratch: what makes one stands between kith__scratch_begin and kith__scratch_over.
 */
#ifndef KITH__SEARCH_H
#define KITH__SEARCH_H

#include "session/session.h"

enum { KITH__MOST_ORDERS = KITH__COUNT(((kith_query *)0)->order_by) };

typedef struct kith__search {
    kith_session *session, *into;   /* whose objects they become: its own, but for a read_only query that brings others along */
    kith__mapper *mapper;
    kith_query query;               /* whole, whatever size the program was compiled with */
    kith__scope scope;
    size_t aliases;
    kith__source source;
    struct { const kith__relation *relation; const char *alias; } joined[KITH__MOST_ORDERS];     /* what it is ordered through */
    size_t joined_count;
    kith__join *joins; size_t join_room;        /* select.joins: those of the source first */
    kith__sort order[KITH__MOST_ORDERS];
    kith__select select;
    kith__group *group;             /* of what kith_all finds, while it is loaded */
} kith__search;

/* What is pending is written first, so that the query finds it. `call`: who asks, for errors. False: an error is set. */
bool kith__search_make(kith__search *, kith_session *, const kith_model *, const kith_query *, const char *call);
void kith__search_limit(kith__search *, size_t most);
kith__statement *kith__search_prepare(kith__search *);          /* NULL: an error is set */
const char *kith__search_path(const kith__search *, size_t index);      /* of .load; NULL: no more */
bool kith__search_brings_along(const kith__search *);

/* stream.c */
typedef struct kith__batch {        /* rows that were read together, with what comes along with them */
    kith_session *owner;            /* whose memory they lie in; NULL: there is none */
    kith__objects objects;
    size_t given;
} kith__batch;
struct kith_reader {                /* all of a stream: nothing of the session's grows while rows go by */
    kith_session *session;
    kith__mapper *mapper;
    kith__statement *statement;     /* NULL: it has come to its end */
    kith__fields fields;            /* of its columns; empty: as the model has them */
    kith__page *page;
    kith__arena values, row;        /* of the query; of the row that was given last */
    bool in_batches;
    const char *load[KITH__COUNT(((kith_query *)0)->load)];
    kith__batch batch;
};
kith_reader *kith__stream_begin(kith_session *, kith__mapper *);    /* NULL: no memory (set); ended by kith_stream_end_ */
bool kith__stream_keep(kith_reader *, kith_value *);                /* the value's text outlives the program's literal */

#endif
