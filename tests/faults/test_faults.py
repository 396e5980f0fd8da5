"""The quick half: a few rounds of every fault, with the same dice as the whole."""

import random

import pytest

from tests.conftest import MACHINE_LACKS
from tests.faults.frame import NAMES, Log
from tests.faults.runner import load, try_one

NEED_A_KERNEL = ("power_cut", "bad_network")
"""Loop devices, mounts and network namespaces: no package brings them."""


@pytest.mark.timeout(240)
@pytest.mark.parametrize("name", NAMES)
def test_a_promise_is_kept(name: str) -> None:
    fault = load(name)
    seed = random.SystemRandom().randrange(10**6)
    line = try_one(fault, fault.quick_rounds, seed, Log())
    if not line["rounds"]:
        lacks = MACHINE_LACKS if name in NEED_A_KERNEL else ""
        pytest.skip(f"{lacks}{name}: {'; '.join(line['skipped'])}")
    again = f"./run faults {name} --rounds {fault.quick_rounds} --seed {seed}"
    assert not line["broken"], f"{again}\n" + "\n".join(line["broken"])
    assert any(line["counts"].values()), again
