/* An error: the first stays, later ones change nothing, and none is lost for want of memory. */
#include "support.h"

#include "base/base.h"

#include <stdio.h>

static void the_first_failure_stays_and_hints_of_later_ones_are_not_its_own(void **state)
{
    (void)state;
    kith__error error = { 0 };
    assert_int_equal(kith__fail(&error, KITH_RANGE, "range", "Raccoon.age is %d.", 300), KITH_RANGE);
    kith__fail_hint(&error, "Give it at most %d.", 127);
    kith__fail_about(&error, "Raccoon", "age", NULL);
    assert_int_equal(kith__fail(&error, KITH_IO, "io", "The disk is full."), KITH_RANGE);
    kith__fail_hint(&error, "Buy a disk.");
    kith__fail_about(&error, "Disk", NULL, NULL);
    assert_int_equal(error.public_.status, KITH_RANGE);
    assert_string_equal(error.public_.message, "Raccoon.age is 300.");
    assert_string_equal(error.public_.hint, "Give it at most 127.");
    assert_string_equal(error.public_.model, "Raccoon");
    kith__fail_prefix(&error, "While writing:");
    assert_string_equal(error.public_.message, "While writing: Raccoon.age is 300.");
    kith__error_free(&error);
}

static void texts_outlive_the_clearing_until_the_next_failure(void **state)
{
    (void)state;
    kith__error error = { 0 };
    kith__fail(&error, KITH_BUSY, "busy", "Session %d holds the lock.", 3);
    kith__error_clear(&error);
    assert_false(kith__failed(&error));
    assert_string_equal(error.public_.message, "Session 3 holds the lock.");
    kith__fail(&error, KITH_ERROR, "again", "Again: %s", error.public_.message);
    assert_string_equal(error.public_.message, "Again: Session 3 holds the lock.");
    assert_null(error.public_.hint);
    kith__error_free(&error);
}

static void a_list_keeps_every_error_and_is_copied_whole(void **state)
{
    (void)state;
    kith__error error = { 0 }, copy = { 0 };
    for (int i = 1; i <= 3; i++) {
        kith__fail_also(&error, KITH_CONFIG, "config", "Number %d.", i);
        kith__fail_hint(&error, "Hint %d.", i);
    }
    kith__error_copy(&copy, &error);
    kith__error_free(&error);
    const kith_error *at = &copy.public_;
    for (int i = 1; i <= 3; i++, at = at->next) {
        char message[20], hint[20];
        snprintf(message, sizeof message, "Number %d.", i);
        snprintf(hint, sizeof hint, "Hint %d.", i);
        assert_non_null(at);
        assert_string_equal(at->message, message);
        assert_string_equal(at->hint, hint);
    }
    assert_null(at);
    kith__error_free(&copy);
}

static bool fails_with_all_its_texts(void *arg)
{
    (void)arg;
    kith__error error = { 0 }, copy = { 0 };
    assert_int_equal(kith__fail(&error, KITH_CONSTRAINT, "constraint", "A long one: %5000d.", 1), KITH_CONSTRAINT);
    kith__fail_hint(&error, "%9000d", 1);
    kith__fail_sql(&error, "SELECT 1", "23505");
    kith__fail_constraint(&error, "uq_raccoon_name");
    kith__fail_also(&error, KITH_CONFIG, "more", "More.");
    kith__error_copy(&copy, &error);
    const kith_error *public_ = &copy.public_;
    assert_int_equal(public_->status, KITH_CONSTRAINT);
    assert_non_null(public_->message);
    bool whole = strlen(public_->message) == 5013 && public_->hint && public_->sql && public_->sqlstate && public_->constraint && public_->next;
    kith__error_free(&error);
    kith__error_free(&copy);
    return whole;
}

static void without_memory_the_status_and_some_words_remain(void **state)
{
    (void)state;
    assert_true(kith_test_each_allocation(fails_with_all_its_texts, NULL) > 3);
    kith__error error = { 0 };
    kith_test_fail_allocation(1);
    assert_int_equal(kith__fail_memory(&error), KITH_NO_MEMORY);
    assert_false(kith_test_allocation_failed());
    kith_test_fail_allocation(0);
    kith__error_free(&error);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_failure_stays_and_hints_of_later_ones_are_not_its_own),
        cmocka_unit_test(texts_outlive_the_clearing_until_the_next_failure),
        cmocka_unit_test(a_list_keeps_every_error_and_is_copied_whole),
        cmocka_unit_test(without_memory_the_status_and_some_words_remain),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
