/*
 * kith/sys/app.h: the commands over models that were built at run time, and models that stand for a C app's.
 */
#include "support.h"
#include "models.h"

#include <kith/sys/app.h>
#include <stdio.h>

/* Copies of the lesson's three whose relationships lead to the copies: what a binding makes of a C app's models. */
typedef struct copies { kith_model models[3]; const kith_model *list[3], *originals[3]; } copies;

static void copy_models(copies *c)
{
    const kith_model *originals[] = { kith_model_of_Business(), kith_model_of_Raccoon(), kith_model_of_Trashcan() };
    for (size_t i = 0; i < 3; i++) {
        kith_attribute *attributes = calloc(originals[i]->count, sizeof *attributes);
        assert_non_null(attributes);
        memcpy(attributes, originals[i]->attributes, originals[i]->count * sizeof *attributes);
        for (size_t k = 0; k < originals[i]->count; k++)
            for (size_t j = 0; attributes[k].target && j < 3; j++)
                if (originals[j] == attributes[k].target()) {
                    attributes[k].target = NULL;
                    attributes[k].target_model = &c->models[j];
                }
        c->models[i] = *originals[i];
        c->models[i].attributes = attributes;
        c->originals[i] = originals[i];
        c->list[i] = &c->models[i];
    }
}

static void free_models(copies *c)
{
    for (size_t i = 0; i < 3; i++)
        free((void *)(uintptr_t)c->models[i].attributes);
}

static int run_words(const kith_sys_app *app, const char *first, const char *second)
{
    char program[] = "flask", words[2][32] = { "", "" };
    strncpy(words[0], first, sizeof words[0] - 1);
    strncpy(words[1], second, sizeof words[1] - 1);
    char *argv[] = { program, words[0], words[1], NULL };
    return kith_sys_main(app, 3, argv);
}

static void the_commands_work_over_models_built_at_run_time(void **state)
{
    (void)state;
    copies c;
    copy_models(&c);
    char *folder = kith_test_folder(), url[512];
    snprintf(url, sizeof url, "sqlite:///%s/app.db", folder);
    kith_sys_app app = { .name = "lesson", .database = url, .models = c.list, .count = 3 };
    assert_int_equal(run_words(&app, "db", "create"), 0);
    kith_database *database = kith_open(url, ALLEY_MODELS);
    kith_session *session = kith_session_open(database);
    const Raccoon *rocky = kith_new(session, Raccoon, .name = "Rocky");
    kith_new(session, Trashcan, .raccoon = { rocky });
    assert_int_equal(kith_commit(session), KITH_OK);
    kith_session_close(session);
    kith_close(database);
    assert_int_equal(run_words(&app, "db", "drop"), 0);
    assert_int_equal(run_words(&app, "db", "nonsense"), 2);
    assert_int_equal(run_words(&app, "nonsense", ""), 2);
    app.database = NULL;
    assert_int_equal(run_words(&app, "db", "create"), 1);       /* which database? */
    kith_test_remove_folder(folder);
    free_models(&c);
}

static void without_models_there_is_nothing_to_make_and_nothing_breaks(void **state)
{
    (void)state;
    kith_sys_app app = { .name = "empty", .database = "sqlite://" };
    assert_int_equal(run_words(&app, "db", "create"), 0);
}

static void a_copy_of_a_model_stands_for_it(void **state)
{
    (void)state;
    copies c;
    copy_models(&c);
    kith_database *models = kith_sys_models(c.list, 3), *engine = kith_sys_open("sqlite://", c.list, 0);
    assert_int_equal(kith_database_status(models), KITH_OK);
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(kith_sys_stands_for(models, c.list[i], c.originals[i]), KITH_OK);
    kith_database *database = kith_sys_with(engine, models);
    assert_int_equal(kith_create_all(database), KITH_OK);
    kith_session *session = kith_session_open(database);
    const Raccoon *rocky = kith_new(session, Raccoon, .name = "Rocky");     /* says the original */
    kith_test_ok(session);
    assert_ptr_equal(kith_sys_model_of(rocky), c.list[1]);
    kith_new(session, Trashcan, .raccoon = { rocky });
    assert_int_equal(kith_commit(session), KITH_OK);
    assert_int_equal(kith_many(kith_first(session, Raccoon, .where = kith_eq(Raccoon, name, "Rocky")), trashcans).count, 1);
    assert_true(kith_sys_session_is_clean(session));
    kith_set(rocky, name, "Ricky");
    assert_false(kith_sys_session_is_clean(session));
    assert_int_equal(kith_flush(session), KITH_OK);
    assert_false(kith_sys_session_is_clean(session));
    assert_int_equal(kith_rollback(session), KITH_OK);
    assert_true(kith_sys_session_is_clean(session));
    kith_delete(kith_first(session, Trashcan));
    assert_false(kith_sys_session_is_clean(session));
    assert_int_equal(kith_rollback(session), KITH_OK);
    assert_true(kith_sys_session_is_clean(session) && kith_sys_session_is_clean(NULL));
    struct Raccoon key = { .id = 0 };
    assert_int_equal(kith_sys_put(models, c.list[1], &key, offsetof(struct Raccoon, id), kith_of_int(1)), KITH_OK);
    assert_ptr_equal(kith_get_(session, c.list[1], &key), rocky);
    struct Trashcan can = { .litres = 0 };
    assert_int_equal(kith_sys_put(models, c.list[2], &can, offsetof(struct Trashcan, litres), kith_of_int(INT64_C(1) << 40)), KITH_RANGE);
    assert_int_equal(kith_sys_put(models, c.list[2], &can, offsetof(struct Trashcan, raccoon), kith_of_int(1)), KITH_MISUSE);
    assert_int_equal(kith_sys_put(NULL, c.list[2], &can, 0, kith_of_int(1)), KITH_MISUSE);
    kith_session_close(session);
    kith_close(database);
    kith_close(engine);
    kith_close(models);
    assert_int_equal(kith_sys_stands_for(NULL, c.list[0], c.originals[0]), KITH_MISUSE);
    free_models(&c);
}

/* Nothing is kept where there is no place for it, and that is said. */
static void only_objects_of_a_bindings_handle_can_be_bound(void **state)
{
    (void)state;
    int thing = 0;
    kith_database *database = kith_open("sqlite://", KITH_MODELS(Business, Raccoon, Trashcan));
    kith_session *session = kith_session_open(database);
    const Raccoon *rocky = kith_new(session, Raccoon, .name = "Rocky");
    kith_test_ok(session);
    kith_sys_bind(rocky, &thing);
    assert_null(kith_sys_binding(rocky));
    kith_test_error(session, KITH_MISUSE, "kith_sys_open");
    kith_sys_bind(NULL, &thing);
    kith_session_close(session);
    kith_close(database);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_commands_work_over_models_built_at_run_time),
        cmocka_unit_test(without_models_there_is_nothing_to_make_and_nothing_breaks),
        cmocka_unit_test(a_copy_of_a_model_stands_for_it),
        cmocka_unit_test(only_objects_of_a_bindings_handle_can_be_bound),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
