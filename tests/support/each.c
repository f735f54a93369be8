/*
 * A piece of work, done again and again, with each allocation and each piece of an arena failing in turn; and how many of such places are tried.
 */
#include "support.h"

static bool disarm(void)
{
    bool failed = kith_test_allocation_failed();
    kith_test_fail_allocation(0);
    return failed;
}

static size_t each(bool (*work)(void *arg), void *arg, const char *what, void (*arm)(size_t n), bool (*over)(void))
{
    enum { MOST = 1000000 };
    for (size_t n = 1; n < MOST; n++) {
        size_t before = kith_test_blocks_alive();
        arm(n);
        bool succeeded = work(arg);
        bool failed = over();
        size_t after = kith_test_blocks_alive();
        if (after > before)
            fail_msg("with %s %zu %s, %zu blocks were left behind", what, n, failed ? "failing" : "(none) failing", after - before);
        if (!failed) {
            if (!succeeded)
                fail_msg("the work failed although each %s of %zu was granted", what, n - 1);
            return n - 1;
        }
    }
    fail_msg("the work still meets a failing %s after %d runs", what, MOST);
    return 0;
}

size_t kith_test_each_allocation(bool (*work)(void *arg), void *arg)
{
    size_t count = each(work, arg, "allocation", kith_test_fail_allocation, disarm);
    return count + each(work, arg, "piece", kith_test_fail_piece, kith_test_piece_failed);
}

size_t kith_test_stride(size_t usual)
{
    const char *faults = getenv("KITH_TEST_FAULTS");
    if (faults && !strcmp(faults, "all"))
        return 1;
    return usual * (faults && atoi(faults) > 1 ? (size_t)atoi(faults) : 1);
}
