"""The sales page's desk: sums, bars and what goes best, off a real journal."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.admin.pages import Page
from kiosk.admin.sales import CLOSE_HOUR, OPEN_HOUR, SalesDesk, Span
from kiosk.domain.checkout import correction_of, refund_of
from kiosk.domain.entries import SaleRef
from tests.admin.back_room import BackRoom
from tests.admin.money_room import money_room
from tests.admin.visit_shop import open_shop, sell_water, water_sale


@pytest.fixture
def room(tmp_path: Path) -> Iterator[BackRoom]:
    """Three waters three weeks ago, two a few days ago, one today at 15:06 UTC+5."""
    room = money_room(tmp_path)
    open_shop(room, days_ago=30)
    sell_water(room, 3, days_ago=21)
    sell_water(room, 1, 1, days_ago=4)
    room.write(water_sale("today", 1), days_ago=1 / 24)
    yield room
    room.close()


def choose(room: BackRoom, span: Span) -> SalesDesk:
    desk: SalesDesk = room.open(Page.SALES)
    desk.choose(span)
    return desk


@pytest.mark.parametrize(
    ("span", "sales", "cash_tenge"),
    [(Span.TODAY, 1, 180), (Span.WEEK, 3, 540), (Span.MONTH, 4, 1080)],
)
def test_each_span_sums_its_own_days(
    room: BackRoom, span: Span, sales: int, cash_tenge: int
) -> None:
    state = choose(room, span).state
    assert (state.totals.sales, state.totals.cash_tenge) == (sales, cash_tenge)
    assert sum(bar.cash_tenge for bar in state.bars) == cash_tenge


def test_a_week_is_seven_bars_and_four_weeks_are_28_with_today_last(room: BackRoom) -> None:
    week, month = (choose(room, span).state.bars for span in (Span.WEEK, Span.MONTH))
    assert (len(week), len(month)) == (7, 28)
    assert week[-1] == month[-1]
    assert week[-1].cash_tenge == 180
    assert [bar.cash_tenge for bar in week] == [0, 0, 360, 0, 0, 0, 180]


def test_today_is_a_bar_for_each_hour_at_utc_plus_5(room: BackRoom) -> None:
    bars = choose(room, Span.TODAY).state.bars
    assert [bar.hour for bar in bars] == list(range(OPEN_HOUR, CLOSE_HOUR))
    assert [bar.hour for bar in bars if bar.total_tenge] == [15]


def test_qr_stands_on_cash_in_its_own_colour(room: BackRoom) -> None:
    room.write(water_sale("qr", 2, qr=True))
    state = choose(room, Span.WEEK).state
    assert (state.bars[-1].cash_tenge, state.bars[-1].qr_tenge) == (180, 360)
    assert state.totals.qr_tenge == 360


def test_a_sale_that_was_taken_back_sold_nothing(room: BackRoom) -> None:
    (stored,) = room.write(water_sale("mistake", 4))
    sale = water_sale("mistake", 4)
    refund = refund_of(sale, room.journal.ledger.box.available)
    ref = SaleRef(stored.epoch, stored.seq, stored.hash.hex())
    room.write(correction_of(sale, ref, refund, by="volunteer", reason="mistake"))
    state = choose(room, Span.TODAY).state
    assert state.totals.cash_tenge == 180
    assert state.totals.corrections == 1
    assert sum(bar.total_tenge for bar in state.bars) == 180
    assert [(top.product_id, top.pieces) for top in state.top or ()] == [("water", 1)]


def test_what_brought_most_stands_first(room: BackRoom) -> None:
    state = choose(room, Span.MONTH).state
    (top,) = state.top or ()
    assert (top.product_id, top.pieces, top.total_tenge) == ("water", 6, 1080)


def test_a_shop_that_sold_nothing_shows_nothing(tmp_path: Path) -> None:
    room = money_room(tmp_path)
    try:
        state = choose(room, Span.MONTH).state
        assert state.top == ()
        assert not any(bar.total_tenge for bar in state.bars)
    finally:
        room.close()
