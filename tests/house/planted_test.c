/*
 * Tests that fail in each way a test can, for count_itself.py, and that do what sanitizers and valgrind must notice, for ./check: the
 * words are those of the ways. Whoever looks for faults first shows that it finds these.
 */
#include "support.h"

#include <limits.h>
#include <pthread.h>
#include <stdio.h>

static volatile int number = INT_MAX, sink;
static char *volatile kept;

static void passes(void **state) { (void)state; }
static void fails(void **state) { (void)state; assert_int_equal(1, 2); }
static void skips(void **state) { (void)state; skip(); }
static void dies(void **state) { (void)state; abort(); }

/* ---------------------------------------------------------------- what is no failed assertion */

static void leak(void **state) { (void)state; kept = malloc(16); kept = NULL; }
static void overflow(void **state) { (void)state; kept = malloc(16); sink = kept[number % 16 + 1]; free(kept); }     /* INT_MAX % 16 is 15 */
static void wrap(void **state) { (void)state; sink = number + 1; }
static void unset(void **state) { (void)state; kept = malloc(16); if (kept[number % 16]) puts("set"); free(kept); }
static void *count_up(void *arg) { for (int i = 0; i < 100000; i++) sink++; return arg; }

static void race(void **state)
{
    (void)state;
    pthread_t other;
    assert_int_equal(pthread_create(&other, NULL, count_up, NULL), 0);
    count_up(NULL);
    assert_int_equal(pthread_join(other, NULL), 0);
}

static int run_fault(const char *way)
{
    const struct CMUnitTest faults[] = { cmocka_unit_test(leak), cmocka_unit_test(overflow), cmocka_unit_test(wrap), cmocka_unit_test(unset),
        cmocka_unit_test(race) };
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++)
        if (strcmp(faults[i].name, way) == 0)
            return _cmocka_run_group_tests(way, &faults[i], 1, NULL, NULL);
    return -1;
}

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
    int fault = run_fault(way);
    if (fault >= 0)
        return fault;
    int result = cmocka_run_group_tests(well, NULL, NULL);
    return strcmp(way, "die after") == 0 ? 99 : result;     /* as when a sanitizer finds a leak at exit */
}
