/*
 * Any text as JSON from outside, for a new object with others below it and for one that is there: taken, or refused with a sentence. What was made
 * is given out as JSON that makes the same again.
 */
#include "every.h"

#include <kith/json.h>

KITH_DECLARE(Box);
KITH_DECLARE(Thing);
struct Box { int64_t id; const char *name; KITH_MANY(Thing) things; };
struct Thing { int64_t id; kith_blob data; double weight; kith_decimal price; kith_json notes; kith_datetime made; kith_opt_int box_id; KITH_ONE(Box) box; };

KITH_MODEL(Box, "boxes", KITH_COLUMN(id, .primary_key = true), KITH_COLUMN(name, .length = 20), KITH_RELATIONSHIP(things, Thing, .back_populates = "box"));
KITH_MODEL(Thing, "things", KITH_COLUMN(id, .primary_key = true), KITH_COLUMN(data), KITH_COLUMN(weight), KITH_COLUMN(price), KITH_COLUMN(notes), KITH_COLUMN(made),
    KITH_COLUMN(box_id, .foreign_key = "boxes.id"), KITH_RELATIONSHIP(box, Box, .back_populates = "things"));

static kith_database *opened(void)
{
    static kith_database *database;
    if (database == NULL) {
        database = kith_open("sqlite://", KITH_MODELS(Every, Box, Thing));
        MUST(kith_status_of(database) == KITH_OK && kith_create_all(database) == KITH_OK, "%s", kith_error_of(database)->message);
    }
    return database;
}

/* NULL and the JSON null are one in JSON, so it is the texts that are compared. */
static void check_again(kith_session *session, const void *made, const kith_model *model, const char *const *paths)
{
    char *first = kith_to_json_(made, paths), *second;
    MUST(first != NULL, "%s", kith_error_of(session)->message);
    const void *again = kith_from_json_(session, model, first, paths);
    MUST(again != NULL, "%s is refused: %s", first, kith_error_of(session)->message);
    MUST((second = kith_to_json_(again, paths)) != NULL && strcmp(first, second) == 0, "%s\nand\n%s", first, second);
    free(second);
    if (paths[0] == NULL) {
        MUST(kith_assign_json_(made, first) == KITH_OK && (second = kith_to_json_(made, paths)) != NULL, "%s", kith_error_of(session)->message);
        MUST(strcmp(first, second) == 0, "%s\nand\n%s", first, second);
        free(second);
    }
    free(first);
}

static void check(const char *text, const kith_model *model, const char *const *paths)
{
    kith_session *session = kith_session_open(opened());
    const void *made = kith_from_json_(session, model, text, paths);
    if (made != NULL)
        check_again(session, made, model, paths);
    else
        must_say_why(session);
    kith_session_close(session);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = malloc(size + 1);
    if (text == NULL)
        return 0;
    memcpy(text, data, size);
    text[size] = 0;
    check(text, kith_model_of_Every(), (const char *const[]){ NULL });
    check(text, kith_model_of_Box(), (const char *const[]){ "things", NULL });
    free(text);
    return 0;
}
