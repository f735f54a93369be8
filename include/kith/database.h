/*
 * A database: a pool of connections and the models that live in it. Any thread may use it.
 */
#ifndef KITH_DATABASE_H
#define KITH_DATABASE_H

#include <kith/error.h>
#include <kith/model.h>

#ifndef KITH_CHECK_HEADERS_
#pragma GCC system_header /* the installed header lives where this is implied */
#endif

KITH_BEGIN_

kith_database *kith_open(const char *url, const kith_model_function models[]);      /* NULL-terminated: KITH_MODELS(…) */
void           kith_close(kith_database *);
int            kith_drop_all(kith_database *);              /* the models' tables, children first; others stay */
int            kith_create_all(kith_database *);            /* the tables, without migrations: for tests and first steps */

KITH_END_

#endif /* KITH_DATABASE_H */
