"""Who runs which tests when several processes share them."""

import pytest
from xdist.scheduler import LoadFileScheduling  # type: ignore[import-untyped]

ALONE = ("tests/faults/test_faults.py",)
"""Files whose tests share nothing and are long: each goes wherever there is room."""
LONG_FIRST = ("tests/faults", "tests/web", "tests/sync", "tests/admin/screens", "tests/screens")
"""Folders with servers, browsers and windows. What takes a minute must not begin when the rest is
done; the short files that come last fill the gaps."""


class SharedByFile(LoadFileScheduling):
    """A file stays whole, because its tests share servers and windows."""

    def _split_scope(self, nodeid: str) -> str:
        file = super()._split_scope(nodeid)
        return nodeid if file in ALONE else file


def long_first(items: list[pytest.Item]) -> None:
    """Puts the tests into the order in which they are given out."""
    items.sort(key=lambda item: not item.nodeid.startswith(LONG_FIRST))
