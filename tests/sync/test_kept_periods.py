"""Sums of closed days that are kept so that pages stay quick: they always are what the days say."""

import threading
from collections import Counter
from datetime import date, timedelta
from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection, select, true, update

from kiosk.domain.entries import CashCount
from kiosk.domain.ledger import day_of
from sync.server import admin
from sync.server.measures.country import country_page
from sync.server.measures.group_page import group_page
from sync.server.rollups import periods, rebuild, sums
from sync.server.rollups.groups import by_day, some_by_region
from sync.server.rollups.period_sums import Period
from sync.server.rollups.periods import PERIODS_DAYS, bring_up_to_date, kept_periods
from sync.server.schema import shop, shop_day
from sync.server.schema.rollups import (
    DAY_SUMS,
    period_mark,
    product_period,
    region_day,
    shop_period,
)
from tests.sync.harness import SLUG, MemoryJournal, RunningServer
from tests.sync.test_rollups import BUN, WATER, sale_of
from tests.sync.test_upload import push

DAY = timedelta(days=1)
DAY_MS = 86_400_000
DAYS = st.dates(date(2025, 1, 1), date(2027, 12, 31))
TODAY = date(2026, 11, 21)
NOW_MS = 1_795_255_200_000
"""15:00 of that day in Kazakhstan."""


@given(DAYS, DAYS, st.integers(0, 500))
def test_a_period_is_kept_parts_and_days_and_each_of_its_days_once(
    today: date, first: date, count: int
) -> None:
    period = Period(first, first + timedelta(days=count))
    times: Counter[date] = Counter()
    for part in sums.parts_of(period, today):
        assert not part.is_kept or part.period in kept_periods(today)
        for n in range((part.period.last - part.period.first).days + 1):
            times[part.period.first + timedelta(days=n)] += 1
    assert times == Counter(first + timedelta(days=n) for n in range(count + 1))


@given(DAYS)
def test_the_periods_of_pages_are_one_kept_part_and_today(today: date) -> None:
    for count in PERIODS_DAYS:
        first = today - timedelta(days=count - 1)
        parts = list(sums.parts_of(Period(first, today), today))
        assert parts == [((first, today - DAY), True), ((today, today), False)]
    assert all(one.last < today for one in kept_periods(today))


@pytest.fixture
def country(server: RunningServer) -> RunningServer:
    """Shops in two regions, with sales and counts over a year, today and yesterday among them."""
    assert day_of(NOW_MS) == TODAY
    server.store.write(
        lambda c: admin.add_shop(c, slug="far", name="B", region_code="71", cause="", now_ms=1)
    )
    server.add_shop("other")
    for slug in (SLUG, "other", "far"):
        journal = MemoryJournal()
        for number, back in enumerate((370, 366, 364, 200, 91, 60, 31, 29, 21, 20, 8, 6, 1, 0)):
            live(journal, number, NOW_MS - back * DAY_MS)
        push(journal, server.enrol(journal, code=server.code(slug=slug)))
    return server


def live(journal: MemoryJournal, number: int, at_ms: int) -> None:
    journal.add(sale_of(10 * number, WATER, BUN), at_ms)
    journal.add(sale_of(10 * number + 1, BUN, tender="qr"), at_ms)
    expected = 510 if number else None
    journal.add(CashCount({"n500": 1}, "v1", expected, f"v{number}-count-1"), at_ms)


def shown(server: RunningServer) -> list[Any]:
    """All that pages ask of the sums."""

    def work(connection: Connection) -> list[Any]:
        of_other = shop.c.slug == "other"
        year = Period(date(2026, 1, 1), date(2026, 12, 31))
        return [
            *(country_page(connection, true(), NOW_MS, n) for n in PERIODS_DAYS),
            *(group_page(connection, true(), "47", NOW_MS, n) for n in PERIODS_DAYS),
            *(
                {key: one for key, one in found.items() if any(one)}
                for period in (year, Period(date(2026, 10, 1), date(2026, 10, 31)))
                for seen in (true(), of_other)
                for found in (
                    sums.by_shop(connection, seen, period, TODAY),
                    by_day(connection, seen, period, TODAY),
                    some_by_region(connection, seen, period, TODAY, DAY_SUMS),
                )
            ),
        ]

    return server.store.read(work)


def kept_codes(server: RunningServer) -> set[str]:
    return server.store.read(lambda c: periods.regions_kept(c, TODAY))


def test_pages_say_the_same_whether_sums_are_kept_or_not(country: RunningServer) -> None:
    before = shown(country)
    assert before[3].days.sum.sales == 3 * 2 * 12
    assert before[0].visit_count == 3 * 3
    assert [one.sold.sales for one in before[0].regions] == [2 * 6, 6]
    assert kept_codes(country) == set()
    assert bring_up_to_date(country.store, NOW_MS) == 2
    assert kept_codes(country) == {"47", "71"}
    assert shown(country) == before
    assert bring_up_to_date(country.store, NOW_MS) == 0
    assert rebuild.check(country.store) == []


def test_kept_sums_are_really_read(country: RunningServer) -> None:
    bring_up_to_date(country.store, NOW_MS)
    country.store.write(lambda c: c.execute(update(shop_period).values(sales=1000)))
    country.store.write(lambda c: c.execute(update(region_day).values(sales=1000)))
    page = country.store.read(lambda c: group_page(c, true(), "47", NOW_MS, 30))
    assert [one.sold.sales for one in page.members] == [1002] * 2
    whole = country.store.read(lambda c: country_page(c, true(), NOW_MS, 30))
    assert [one.sold.sales for one in whole.regions] == [6 * 1000 + 4, 6 * 1000 + 2]


def test_what_comes_late_is_shown_at_once_and_kept_after_the_next_round(
    country: RunningServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = MemoryJournal()
    given = country.enrol(journal)
    bring_up_to_date(country.store, NOW_MS)
    before = shown(country)
    live(journal, 1, NOW_MS - 3 * DAY_MS)
    push(journal, given)
    assert kept_codes(country) == {"71"}
    late = shown(country)
    assert late[1].days.sum.sales == before[1].days.sum.sales + 2
    assert late[1].visit_count == before[1].visit_count + 1
    assert bring_up_to_date(country.store, NOW_MS) == 1
    assert shown(country) == late
    assert rebuild.check(country.store) == []


def test_the_next_day_has_sums_of_its_own(country: RunningServer) -> None:
    bring_up_to_date(country.store, NOW_MS)
    tomorrow_ms = NOW_MS + DAY_MS

    def read(connection: Connection) -> Any:
        return country_page(connection, true(), tomorrow_ms, 30)

    before = country.store.read(read)
    assert bring_up_to_date(country.store, tomorrow_ms) == 2
    assert country.store.read(read) == before
    marks = country.store.read(lambda c: c.execute(select(period_mark.c.today)).scalars().all())
    assert set(marks) == {TODAY + DAY}


@pytest.mark.parametrize("comes_first", [True, False])
def test_nothing_slips_in_while_sums_are_made(country: RunningServer, comes_first: bool) -> None:
    """Whichever transaction begins first, the other one's change is seen."""
    store = country.store
    begun, done = threading.Event(), threading.Event()

    def change(connection: Connection) -> None:
        closed = TODAY - DAY
        connection.execute(update(shop_day).where(shop_day.c.day == closed).values(sales=77))
        periods.spoil(connection, {1: "47", 2: "71", 3: "47"}, {1: closed, 2: closed}, NOW_MS)
        wait()

    def make(connection: Connection) -> None:
        for code in ("47", "71"):
            periods.make(connection, code, TODAY)
        wait()

    def wait() -> None:
        if not begun.is_set():
            begun.set()
            done.wait(0.5)

    first, second = (change, make) if comes_first else (make, change)
    thread = threading.Thread(target=lambda: store.write(first))
    thread.start()
    assert begun.wait(20)
    store.write(second)
    done.set()
    thread.join(20)
    kept = shown(country)
    for code in ("47", "71"):
        store.write(partial(periods.drop, region_code=code))
    assert shown(country) == kept
    assert kept[0].days.values("sales")[-2] == 3 * 77


@pytest.mark.parametrize(
    ("table", "column"),
    [(shop_period, "qr_tenge"), (region_day, "goods_due_tenge"), (product_period, "quantity")],
)
def test_a_kept_sum_that_went_wrong_is_found_and_made_again(
    country: RunningServer, table: Any, column: str
) -> None:
    bring_up_to_date(country.store, NOW_MS)
    country.store.write(lambda c: c.execute(update(table).values({column: 12345})))
    assert {one.table for one in rebuild.check(country.store)} == {table.name}
    rebuild.rebuild(country.store)
    assert rebuild.check(country.store) == []
    assert bring_up_to_date(country.store, NOW_MS) == 2
    assert rebuild.check(country.store) == []


def test_a_shop_that_began_today_is_no_reason_to_add_up_days(country: RunningServer) -> None:
    bring_up_to_date(country.store, NOW_MS)
    country.add_shop("newest")
    assert kept_codes(country) == {"47", "71"}
    page = country.store.read(lambda c: country_page(c, true(), NOW_MS, 30))
    assert sum(one.sold.sales for one in page.regions) == 3 * 2 * 7
    assert page.shop_count == 4
