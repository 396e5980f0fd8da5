from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.till.shop import Shop


@pytest.fixture
def uncounted(tmp_path: Path) -> Iterator[Shop]:
    """A shop whose cash box was never counted."""
    shop = Shop(tmp_path)
    yield shop
    shop.close()


@pytest.fixture
def shop(uncounted: Shop) -> Shop:
    """A shop with change in its box: 700 ₸."""
    uncounted.count_box(c100=4, c50=2, c20=10)
    return uncounted
