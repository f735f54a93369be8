/* Arenas, growing texts and maps: what they hold, and what they do when there is no memory. */
#include "support.h"

#include "base/base.h"

static void arena_pieces_are_aligned_and_do_not_overlap(void **state)
{
    (void)state;
    kith__arena arena = { 0 };
    char *pieces[400];
    for (size_t i = 0; i < KITH__COUNT(pieces); i++) {
        size_t size = i % 7 == 0 ? 3000 * i : i;
        pieces[i] = kith__arena_alloc(&arena, size);
        assert_non_null(pieces[i]);
        assert_int_equal((uintptr_t)pieces[i] % 16, 0);
        memset(pieces[i], (int)(i & 255), size);
    }
    for (size_t i = 1; i < KITH__COUNT(pieces); i++) {
        size_t size = i % 7 == 0 ? 3000 * i : i;
        assert_int_equal((unsigned char)pieces[i][0], i & 255);
        assert_int_equal((unsigned char)pieces[i][size - 1], i & 255);
    }
    kith__arena_free(&arena);
}

static void what_was_written_into_the_rest_of_an_arena_is_taken_where_it_is(void **state)
{
    (void)state;
    kith__arena arena = { 0 };
    char *end = NULL, *at = kith__arena_open(&arena, &end);
    assert_ptr_equal(at, end);                              /* empty: there is no rest */
    kith__arena_close(&arena, at);
    assert_non_null(kith__arena_alloc(&arena, 3));
    at = kith__arena_open(&arena, &end);
    assert_true(end - at > 100);
    memcpy(at, "seven", 6);
    kith__arena_close(&arena, at + 6);
    char *next = kith__arena_alloc(&arena, 1);
    assert_true(next >= at + 6 && (size_t)next % 16 == 0);
    *next = 'x';
    assert_string_equal(at, "seven");
    at = kith__arena_open(&arena, &end);
    kith__arena_close(&arena, end);                         /* all of it */
    assert_ptr_equal(kith__arena_open(&arena, &end), end);
    kith__arena_close(&arena, end);
    kith__arena_free(&arena);
}

static void arena_reset_keeps_one_block_and_takes_no_new_memory(void **state)
{
    (void)state;
    kith__arena arena = { 0 };
    size_t before = kith_test_blocks_alive();
    for (int i = 0; i < 1000; i++)
        assert_non_null(kith__arena_alloc(&arena, 100));
    assert_non_null(kith__arena_alloc(&arena, 1 << 20));
    kith__arena_reset(&arena);
    assert_int_equal(kith_test_blocks_alive(), before + 1);
    kith_test_fail_allocation(0);
    assert_non_null(kith__arena_alloc(&arena, 1000));
    assert_int_equal(kith_test_allocations(), 0);
    kith__arena_free(&arena);
    assert_int_equal(arena.total, 0);
}

static void a_text_that_was_taken_is_a_piece_and_a_broken_one_breaks_the_arena(void **state)
{
    (void)state;
    kith__arena arena = { 0 };
    kith__text text = { 0 };
    assert_string_equal(kith__arena_take(&arena, &text), "");
    kith__text_addn(&text, "a\0b", 3);
    assert_memory_equal(kith__arena_take(&arena, &text), "a\0b", 4);
    assert_null(text.data);
    assert_false(arena.broken);
    kith_test_fail_allocation(1);
    kith__text_add(&text, "lost");
    kith_test_fail_allocation(0);
    assert_null(kith__arena_take(&arena, &text));
    assert_true(arena.broken && !text.broken);
    kith__arena_free(&arena);
}

static void an_impossible_size_is_no_memory(void **state)
{
    (void)state;
    kith__arena arena = { 0 };
    assert_false(arena.broken);
    assert_null(kith__arena_alloc(&arena, SIZE_MAX));
    assert_true(arena.broken);
    kith__arena_reset(&arena);
    assert_false(arena.broken);
    assert_null(kith__arena_alloc(&arena, SIZE_MAX / 2));
    assert_null(kith__arena_textn(&arena, "a", SIZE_MAX));
    int *items = NULL;
    size_t capacity = 0;
    assert_false(kith__grow(&items, &capacity, SIZE_MAX / 2, sizeof *items));
    assert_null(items);
    assert_int_equal(capacity, 0);
    kith__arena_free(&arena);
}

static bool writes_a_long_text(void *arg)
{
    (void)arg;
    kith__text text = { 0 };
    for (int i = 0; i < 300; i++)
        kith__text_addf(&text, "%d,", i);
    bool whole = !text.broken && !strncmp(text.data, "0,1,2,", 6) && !strcmp(text.data + text.size - 4, "299,");
    if (text.broken)
        assert_true(text.size < 1090);          /* once broken it takes no more, though memory is there again */
    kith__text_free(&text);
    return whole;
}

static void a_text_without_memory_stays_broken(void **state)
{
    (void)state;
    assert_true(kith_test_each_allocation(writes_a_long_text, NULL) > 3);
}

static bool fills_and_empties_a_map(void *arg)
{
    static int keys[500];
    kith__map map = { 0 };
    bool whole = true;
    (void)arg;
    for (int i = 0; whole && i < 500; i++) {
        keys[i] = i;
        whole = kith__map_put(&map, &keys[i], sizeof keys[i], &keys[i]);
        if (whole && i % 3 == 0)
            assert_ptr_equal(kith__map_remove(&map, &keys[i], sizeof keys[i]), &keys[i]);
    }
    for (int i = 0; whole && i < 500; i++)
        assert_ptr_equal(kith__map_get(&map, &keys[i], sizeof keys[i]), i % 3 ? &keys[i] : NULL);
    assert_null(kith__map_remove(&map, &keys[0], sizeof keys[0]));
    assert_true(!whole || map.count == 333);
    kith__map_free(&map);
    return whole;
}

static void a_map_finds_what_was_put_and_not_what_was_removed(void **state)
{
    (void)state;
    assert_true(kith_test_each_allocation(fills_and_empties_a_map, NULL) > 3);
}

static void a_map_tells_keys_apart_that_are_beginnings_of_each_other(void **state)
{
    (void)state;
    kith__map map = { 0 };
    int one, two, none;
    assert_true(kith__map_puts(&map, "abcdefgh", &one));
    assert_true(kith__map_puts(&map, "abcdefghi", &two));
    assert_true(kith__map_put(&map, NULL, 0, &none));
    assert_ptr_equal(kith__map_gets(&map, "abcdefgh"), &one);
    assert_ptr_equal(kith__map_gets(&map, "abcdefghi"), &two);
    assert_ptr_equal(kith__map_get(&map, "", 0), &none);
    assert_null(kith__map_gets(&map, "abcdefg"));
    assert_true(kith__map_puts(&map, "abcdefgh", &two));
    assert_ptr_equal(kith__map_gets(&map, "abcdefgh"), &two);
    assert_int_equal(map.count, 3);
    kith__map_free(&map);
}

static void a_map_of_many_removals_does_not_grow(void **state)
{
    (void)state;
    kith__map map = { 0 };
    for (uint64_t i = 1; i < 10000; i++) {
        uint64_t *key = &i;
        assert_true(kith__map_put(&map, key, sizeof *key, key));
        assert_non_null(kith__map_remove(&map, key, sizeof *key));
    }
    assert_true(map.capacity <= 16);
    kith__map_free(&map);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(arena_pieces_are_aligned_and_do_not_overlap),
        cmocka_unit_test(what_was_written_into_the_rest_of_an_arena_is_taken_where_it_is),
        cmocka_unit_test(arena_reset_keeps_one_block_and_takes_no_new_memory),
        cmocka_unit_test(a_text_that_was_taken_is_a_piece_and_a_broken_one_breaks_the_arena),
        cmocka_unit_test(an_impossible_size_is_no_memory),
        cmocka_unit_test(a_text_without_memory_stays_broken),
        cmocka_unit_test(a_map_finds_what_was_put_and_not_what_was_removed),
        cmocka_unit_test(a_map_tells_keys_apart_that_are_beginnings_of_each_other),
        cmocka_unit_test(a_map_of_many_removals_does_not_grow),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
