/*
 * Objects as JSON, and back. A library of its own beside libkith, for it needs jansson: pkg-config --cflags --libs kith-json. Not part of
 * <kith/kith.h>: who needs it includes it.
 *
 * Columns go by the names of their members: a bool as true or false, integers (of 64 bits too) and floating values as numbers, the label of
 * a KITH_ENUM, a kith_decimal, a date, a time and a uuid as a string, a kith_datetime as 2026-11-22T11:38:02.000000Z (without the Z where it is
 * .naive), a kith_blob as base64, a kith_json as what it is. NULL is null. Relationships and proxies of objects only where they are named:
 * "trashcans", "trashcans.business".
 *
 * Ownership: a text that is given out is the caller's, to free(). What comes in is copied.
 * Errors: on the session, where the first stays. What is read from outside and does not fit is KITH_RANGE, with the name where it stands; then
 * nothing was made or changed.
 * Threads: one at a time, with the session.
 * Manual: 15-json
 */
#ifndef KITH_JSON_H
#define KITH_JSON_H

#include <kith/object.h>

#ifndef KITH_CHECK_HEADERS_
#pragma GCC system_header /* the installed header lives where this is implied */
#endif

KITH_BEGIN_

char       *kith_to_json_(const void *object, const char *const *paths);
char       *kith_list_to_json_(kith_session *, const void *const *items, size_t count, const char *const *paths);
const void *kith_from_json_(kith_session *, const kith_model *, const char *text, const char *const *paths);
int         kith_assign_json_(const void *object, const char *text);

#ifndef __cplusplus

/* An object, and a list of a session's, as text. A relationship that is named is read as kith_one and kith_many read it: for all siblings in
 * one statement.
 *   char *text = kith_to_json(rocky, "trashcans.business");
 *   char *all = kith_list_to_json(session, kith_all(session, Raccoon));
 * Errors: NULL. Of a NULL object too, which has no session to tell. A floating value that is no number is KITH_RANGE, for JSON has none such. */
#define kith_to_json(...) KITH_TO_JSON_(__VA_ARGS__, )
#define KITH_TO_JSON_(obj, ...) (KITH_OBJECT_(obj), kith_to_json_((obj), KITH_PATHS_(__VA_ARGS__)))
#define kith_list_to_json(session, ...) KITH_LIST_TO_JSON_(session, __VA_ARGS__, )
#define KITH_LIST_TO_JSON_(session, list, ...) \
    __extension__({ __typeof__(list) list_ = (list); kith_list_to_json_((session), (const void *const *)list_.items, list_.count, KITH_PATHS_(__VA_ARGS__)); })

/* A new object of the session's, pending until the next flush, from a JSON object. A member that is not in the text is not given (kith_new); a
 * name that is no column, or a relationship that was not named here, is refused, so that what comes from outside sets no more than it should.
 * A relationship that was named brings new objects along: an object for a KITH_ONE, an array for a KITH_MANY.
 *   const Raccoon *rocky = kith_from_json(session, Raccoon, "{\"name\": \"Rocky\", \"trashcans\": [{\"litres\": 60}]}", "trashcans");
 * Errors: NULL. */
#define kith_from_json(session, M, ...) KITH_FROM_JSON_(session, M, __VA_ARGS__, )
#define KITH_FROM_JSON_(session, M, text, ...) ((const M *)kith_from_json_((session), kith_model_of_##M(), (text), KITH_PATHS_(__VA_ARGS__)))

/* The columns that a JSON object names, into an object of the session, as kith_set does; the others stay as they are.
 *   kith_assign_json(rocky, "{\"age\": 8}");
 * Errors: a status, KITH_OK when it is done. */
#define kith_assign_json(obj, text) (KITH_OBJECT_(obj), kith_assign_json_((obj), (text)))

#define KITH_PATHS_(...) (const char *const[]){ __VA_OPT__(KITH_EXPAND_(KITH_EACH_PATH_(__VA_ARGS__))) NULL }
#define KITH_EACH_PATH_(path, ...) path, __VA_OPT__(KITH_EACH_PATH_AGAIN_ KITH_PARENS_ (__VA_ARGS__))
#define KITH_EACH_PATH_AGAIN_() KITH_EACH_PATH_

#endif

KITH_END_

#endif /* KITH_JSON_H */
