/*
 * What the tests of src/migrate share: a schema from SQL, and operations as text.
 */
#ifndef KITH_TEST_MIGRATE_H
#define KITH_TEST_MIGRATE_H

#include "../../support/support.h"
#include "migrate/ddl.h"

/* The operations that portable SQL says; fails the test when a statement is not in the subset. */
kith__ops test_ops_of(kith__arena *arena, const char *sql);
/* The schema that portable SQL makes. */
void test_schema_of(kith__schema *out, kith__arena *arena, const char *sql);
void test_apply(kith__schema *schema, const kith__ops *ops);
/* Each operation as its statement, ended by ";\n". The caller's to free. */
char *test_text_of(const kith__ops *ops);

#endif
