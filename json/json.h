/*
 * json: what its files share. May use: include/, jansson. Used by: programs, through <kith/json.h>.
 *
 *   write.c    objects -> text                 value.c    one value, both ways
 *   read.c     text -> objects                 base64.c   blobs
 *   paths.c    "trashcans.business": which relationships are meant;  text.c: how it is written
 */
#ifndef KITH_JSON_PRIVATE_H
#define KITH_JSON_PRIVATE_H

#include <kith/json.h>
#include <kith/sys/model.h>
#include <kith/sys/text.h>

#include <jansson.h>

/* ---------------------------------------------------------------- base64.c; the result is the caller's, with a NUL behind it. NULL: no memory */
char *kith__json_base64_write(const void *data, size_t size);
void *kith__json_base64_read(const char *text, size_t length, size_t *size, bool *valid);

/* ---------------------------------------------------------------- paths.c: what is named of one model, as lists that end with NULL */
/* Columns, relationships and proxies, those that it inherits first. NULL: one of something else. */
size_t kith__json_attributes(const kith_model *);
const kith_attribute *kith__json_attribute_at(const kith_model *, size_t index);
const kith_attribute *kith__json_attribute_named(const kith_model *, const char *name);
bool kith__json_is_column(const kith_attribute *);
bool kith__json_is_related(const kith_attribute *);              /* a relationship or a proxy */
/* Is it named? *rest: what is named of the objects that it leads to; the caller's to free. False: not named, or no memory (*rest NULL). */
bool kith__json_paths_name(const char *const *paths, const char *name, const char ***rest);
/* False: a path begins with what is no relationship of the model; an error is set on the session. */
bool kith__json_paths_are_known(kith_session *, const kith_model *, const char *const *paths);

/* ---------------------------------------------------------------- text.c; the caller's to free. NULL: no memory */
char *kith__json_text(const json_t *);

/* ---------------------------------------------------------------- value.c */
typedef struct kith__json_kept { struct kith__json_kept *next; void *memory; } kith__json_kept;      /* what values of one reading point to */
/* NULL: an error is set. */
json_t *kith__json_of_value(kith_session *, const kith_attribute *, kith_value);
/* False: an error is set. What the value points to lives as long as the json_t and what is kept. */
bool kith__json_value(kith_session *, const kith_model *, const kith_attribute *, const json_t *, kith__json_kept **, kith_value *);
void kith__json_kept_free(kith__json_kept *);

/* Sets the error: sentence as printf. False. */
bool kith__json_fail(kith_session *, int status, const char *code, const char *format, ...) __attribute__((format(printf, 4, 5)));
bool kith__json_memory(kith_session *);
bool kith__json_lacked_memory(const json_error_t *);

#endif
