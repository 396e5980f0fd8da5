"""Unknown codes in the states that matter."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from kiosk.admin.unknown import UnknownRow, UnknownState
from kiosk.domain.products import Product

NOON_MS = 1_795_244_400_000
DAY_MS = 86_400_000


def examples(_products: dict[str, Product], _language: str) -> Iterator[tuple[str, UnknownState]]:
    """Names and states."""
    rows = (
        UnknownRow("04870028006041", 12, NOON_MS, ((650, 9), (600, 2))),
        UnknownRow("04870066004085", 5, NOON_MS - DAY_MS, ((120, 4),)),
        UnknownRow("00000040099637", 3, NOON_MS - 4 * DAY_MS),
        UnknownRow("05000159461122", 2, NOON_MS - 9 * DAY_MS, ((12_900, 1), (1_290, 1))),
        UnknownRow("02000000000015", 1, NOON_MS - 20 * DAY_MS),
        UnknownRow("04607001771562", 1, NOON_MS - 30 * DAY_MS),
    )
    some = UnknownState(rows=rows, looking=False)
    yield "some", some
    yield "few", replace(some, rows=rows[:2])
    yield "none", UnknownState(looking=False)
