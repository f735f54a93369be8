/* The support itself: a counted, failing malloc that tells the truth. */
#include "support.h"

#include "base/base.h"

#include <sys/mman.h>

static bool takes_three_and_frees(void *arg)
{
    size_t *runs = arg;
    ++*runs;
    char *one = malloc(10), *two = one ? calloc(3, 3) : NULL, *three = two ? strdup("three") : NULL;
    free(one), free(two), free(three);
    return three != NULL;
}

static void each_allocation_of_a_function_is_failed_once_and_then_none(void **state)
{
    (void)state;
    size_t runs = 0;
    assert_int_equal(kith_test_each_allocation(takes_three_and_frees, &runs), 3);
    assert_int_equal(runs, 4 + 1);              /* there are no pieces of arenas */
}

static bool takes_pieces(void *arg)
{
    size_t *taken = arg;
    kith__arena arena = { 0 };
    bool ok = true;
    *taken = 0;
    for (int i = 0; ok && i < 5; i++, ++*taken)
        ok = kith__arena_alloc(&arena, 8) != NULL;
    ok = ok && kith__arena_text(&arena, "a text");
    kith__arena_free(&arena);
    return ok;
}

static void a_piece_of_an_arena_fails_by_each_way_of_calls_and_each_where_all_are_asked_for(void **state)
{
    (void)state;
    size_t taken;
    unsetenv("KITH_TEST_FAULTS");
    assert_int_equal(kith_test_each_allocation(takes_pieces, &taken), 1 + 2);       /* the block; the first of the loop, the text */
    setenv("KITH_TEST_FAULTS", "all", 1);
    assert_int_equal(kith_test_each_allocation(takes_pieces, &taken), 1 + 6);
    kith_test_fail_piece(3);
    assert_false(takes_pieces(&taken));
    assert_int_equal(taken, 3);
    assert_true(kith_test_piece_failed());
    kith_test_fail_piece(0);
    assert_true(takes_pieces(&taken));
    assert_false(kith_test_piece_failed());
    unsetenv("KITH_TEST_FAULTS");
}

static void a_block_that_nobody_frees_is_seen(void **state)
{
    (void)state;
    size_t before = kith_test_blocks_alive();
    char *block = malloc(1);
    assert_int_equal(kith_test_blocks_alive(), before + 1);
    block = realloc(block, 5000);
    assert_int_equal(kith_test_blocks_alive(), before + 1);
    free(block);
    assert_int_equal(kith_test_blocks_alive(), before);
}

static void thousands_of_blocks_are_counted_right(void **state)
{
    (void)state;
    static void *blocks[20000];
    size_t before = kith_test_blocks_alive();
    for (int round = 0; round < 3; round++) {
        for (size_t i = 0; i < 20000; i++)
            blocks[i] = malloc(i % 100 + 1);
        assert_int_equal(kith_test_blocks_alive(), before + 20000);
        for (size_t i = 0; i < 20000; i++)
            free(blocks[(i * 7919) % 20000]);
        assert_int_equal(kith_test_blocks_alive(), before);
    }
}

static void a_realloc_that_fails_leaves_the_old_block(void **state)
{
    (void)state;
    char *block = strdup("kept");
    kith_test_fail_allocation(1);
    assert_null(realloc(block, 100));
    assert_true(kith_test_allocation_failed());
    kith_test_fail_allocation(0);
    assert_string_equal(block, "kept");
    free(block);
}

static void from_the_nth_on_every_allocation_fails(void **state)
{
    (void)state;
    kith_test_fail_allocations_from(2);
    char *one = malloc(1), *two = malloc(2), *three = calloc(3, 1);
    kith_test_fail_allocation(0);
    char *four = malloc(4);
    assert_non_null(one);
    assert_null(two);
    assert_null(three);
    assert_non_null(four);
    free(one), free(four);
}

static void what_is_mapped_is_counted_and_can_be_refused(void **state)
{
    (void)state;
    size_t before = kith_test_blocks_alive();
    kith_test_fail_allocation(2);
    void *one = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), *two = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    kith_test_fail_allocation(0);
    assert_ptr_not_equal(one, MAP_FAILED);
    assert_ptr_equal(two, MAP_FAILED);
    assert_int_equal(kith_test_blocks_alive(), before + 1);
    assert_int_equal(munmap(one, 4096), 0);
    assert_int_equal(kith_test_blocks_alive(), before);
}

static void a_folder_is_removed_with_what_is_in_it(void **state)
{
    (void)state;
    char *folder = kith_test_folder(), *path = kith_test_path(folder, "a file");
    kith_test_write_file(path, "two\nlines\n");
    char *text = kith_test_read_file(path);
    assert_string_equal(text, "two\nlines\n");
    free(text);
    kith_test_remove_folder(folder);
    assert_null(kith_test_read_file(path));
    free(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_allocation_of_a_function_is_failed_once_and_then_none),
        cmocka_unit_test(a_piece_of_an_arena_fails_by_each_way_of_calls_and_each_where_all_are_asked_for),
        cmocka_unit_test(a_block_that_nobody_frees_is_seen),
        cmocka_unit_test(thousands_of_blocks_are_counted_right),
        cmocka_unit_test(a_realloc_that_fails_leaves_the_old_block),
        cmocka_unit_test(from_the_nth_on_every_allocation_fails),
        cmocka_unit_test(what_is_mapped_is_counted_and_can_be_refused),
        cmocka_unit_test(a_folder_is_removed_with_what_is_in_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
