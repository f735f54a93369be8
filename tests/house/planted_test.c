/* Tests that fail in each way a test can, for count_itself.py: the words are those of the ways. */
#include "support.h"

#include <stdio.h>

static void passes(void **state) { (void)state; }
static void fails(void **state) { (void)state; assert_int_equal(1, 2); }
static void skips(void **state) { (void)state; skip(); }
static void dies(void **state) { (void)state; abort(); }

int main(int argc, char **argv)
{
    const char *way = argc > 1 ? argv[1] : "";
    const struct CMUnitTest well[] = { cmocka_unit_test(passes), cmocka_unit_test(skips), cmocka_unit_test(passes) };
    const struct CMUnitTest ill[] = { cmocka_unit_test(passes), cmocka_unit_test(fails), cmocka_unit_test(passes) };
    const struct CMUnitTest dead[] = { cmocka_unit_test(passes), cmocka_unit_test(dies), cmocka_unit_test(passes) };
    if (strcmp(way, "fail") == 0)
        return cmocka_run_group_tests(ill, NULL, NULL);
    if (strcmp(way, "die") == 0)
        return cmocka_run_group_tests(dead, NULL, NULL);
    int result = cmocka_run_group_tests(well, NULL, NULL);
    return strcmp(way, "die after") == 0 ? 99 : result;     /* as when a sanitizer finds a leak at exit */
}
