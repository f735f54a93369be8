"""differential.py in the tests; KITH_TEST_STEPS and KITH_TEST_SEED choose other lengths and seeds (a seed of 0: one at random)."""
import os
import random

import pytest

pytest.importorskip("sqlalchemy")
import differential     # noqa: E402


@pytest.mark.parametrize("seed", [int(os.environ["KITH_TEST_SEED"])] if "KITH_TEST_SEED" in os.environ else [2, 3, 6, 33])
def test_the_same_operations_at_random_have_the_same_effect_as_on_sqlalchemy(seed):
    seed = seed or random.SystemRandom().randrange(10**9)
    print(f"seed {seed}")
    total, done, raised = differential.check(int(os.environ.get("KITH_TEST_STEPS", "900")), seed)
    assert total - done["skip"] > total // 2
    assert done["cut short"] * differential.EPISODE < total // 10, "SQLAlchemy's own order decides too much"
