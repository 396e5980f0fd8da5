"""A day, a week and four weeks of sales."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from kiosk.admin.sales import ChartBar, SalesState, Span, TopProduct
from kiosk.domain.ledger import DayTotals
from kiosk.domain.products import Product

TODAY = date(2026, 11, 21)
HOURS = (0, 640, 1_180, 950, 2_420, 3_100, 1_260, 700, 380, 1_900, 520, 0)


def examples(products: dict[str, Product], language: str) -> Iterator[tuple[str, SalesState]]:
    """Names and states."""
    top = tuple(
        TopProduct(p.product_id, p.name_in(language), 31 - 4 * n, (31 - 4 * n) * p.price_tenge)
        for n, p in enumerate(list(products.values())[:6])
    )
    totals = DayTotals(38, 61, 10_450, 2_600, 120, 1)
    hours = tuple(ChartBar(TODAY, 8 + n, x, x // 5) for n, x in enumerate(HOURS))
    yield "today", SalesState(Span.TODAY, totals, hours, top, products)
    yield "week", SalesState(Span.WEEK, DayTotals(214, 360, 61_300, 12_900, 840, 3), _days(7), top)
    month = DayTotals(806, 1_390, 241_150, 50_300, 3_140, 9)
    yield "month", SalesState(Span.MONTH, month, _days(28), None, products)
    yield "nothing", SalesState(Span.WEEK, DayTotals(), _empty(7), ())


def _days(count: int) -> tuple[ChartBar, ...]:
    days = (TODAY - timedelta(count - 1 - n) for n in range(count))
    return tuple(
        ChartBar(day, None, 0, 0)
        if day.weekday() == 6
        else ChartBar(day, None, 5_000 + 37 * (day.day**2 % 190), 900 + 11 * day.day)
        for day in days
    )


def _empty(count: int) -> tuple[ChartBar, ...]:
    return tuple(ChartBar(TODAY - timedelta(count - 1 - n), None, 0, 0) for n in range(count))
