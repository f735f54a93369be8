/*
 * files: migration files, as revision.c reads them and graph.c orders them. Only src/migrate may use it.
 */
#ifndef KITH__FILES_H
#define KITH__FILES_H

#include "migrate/ddl.h"

/* What a line "-- kith: word rest" says; both in the arena. False: no memory. */
bool kith__directive_split(kith__arena *, const char *at, size_t size, const char **word, const char **rest);
/* Reads the directives at the top of a file, up to "upgrade". KITH_CONFIG: a half-written file. */
int kith__revision_read_head(kith__arena *, kith__revision *, const char *text, size_t size, kith__error *);
/* Parses the whole text: sections, instructions, sum. */
int kith__revision_parse(kith__arena *, kith__revision *, const char *text, size_t size, kith__error *);
/* The instructions of SQL that stands alone, as history keeps it. */
int kith__section_parse(kith__arena *, const char *file, const char *text, size_t size, kith__section *out, kith__error *);
/* Does `only` let this dialect in? */
bool kith__instruction_for(const kith__instruction *, const char *dialect);
/* Applies what the state can follow. */
int kith__section_replay(const char *file, const kith__section *, kith__state *, kith__error *);
/* Passes `status` on; a fault of a file that has no hint yet says to correct it. */
int kith__correct(kith__error *, int status);
/* Never "drop everything". */
int kith__refuse_no_models(kith__error *);
/* The message as part of a file's name. */
void kith__slug(kith__text *out, const char *message);

#endif
