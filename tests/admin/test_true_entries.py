"""The back room's lists of a kiosk whose clock was wrong until it heard the centre."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from kiosk.admin.box_history import read_usage
from kiosk.admin.cash_waiting import read_waiting
from kiosk.admin.pages import Page
from kiosk.admin.sales import SalesDesk, Span
from kiosk.admin.stock_history import read_stock_history
from kiosk.admin.true_entries import true_entries
from kiosk.admin.voices import SPAN_MS, hear
from kiosk.domain.entries import CashOut, HelpCall, StocktakeLine
from kiosk.domain.entries import Stocktake as Counted
from kiosk.domain.ledger import day_of
from tests.admin.back_room import ANSWER_TIMEOUT_S, DAY_MS, START_MS, VOLUNTEER, BackRoom
from tests.admin.money_room import money_room
from tests.admin.visit_shop import open_shop, sell_water

BEHIND_MS = 13 * DAY_MS
MINUTE_MS = 60_000
TODAY = day_of(START_MS)


def pass_minutes(room: BackRoom, minutes: int) -> None:
    """By both clocks."""
    room.now_s += 60 * minutes
    room.now_ms += MINUTE_MS * minutes


def hear_the_centre(room: BackRoom, server_ms: int) -> None:
    """Its answer says what time it is; somebody sets the system's clock, too."""
    correction = room.clock.server_time_heard(server_ms)
    assert correction is not None
    room.journal.append(correction).result(ANSWER_TIMEOUT_S)
    room.now_ms = server_ms


@dataclass
class Shop:
    """A shop of whose morning nobody knew that it is of today."""

    room: BackRoom
    opened_ms: int

    def sales(self, span: Span) -> SalesDesk:
        desk: SalesDesk = self.room.open(Page.SALES)
        desk.choose(span)
        return desk


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    """Opened at 13:26 by a clock 13 days behind; two waters at 13:36, then the right time; one more."""
    room = money_room(tmp_path)
    room.now_ms = START_MS - 20 * MINUTE_MS - BEHIND_MS
    open_shop(room, days_ago=0)
    pass_minutes(room, 10)
    sell_water(room, 1, 1, days_ago=0)
    room.write(HelpCall("basket", "kk"))
    room.write(CashOut({"n1000": 2}, "bank", VOLUNTEER, "before-take_out-1"))
    room.write(Counted((StocktakeLine("water", 28, 28, 180),), VOLUNTEER, "early-stocktake-1"))
    pass_minutes(room, 10)
    hear_the_centre(room, START_MS)
    sell_water(room, 1, days_ago=0)
    yield Shop(room, START_MS - 20 * MINUTE_MS)
    room.close()


@pytest.mark.parametrize("span", list(Span))
def test_what_was_sold_is_of_today(shop: Shop, span: Span) -> None:
    state = shop.sales(span).state
    assert (state.totals.sales, state.totals.cash_tenge) == (3, 540)
    assert sum(bar.cash_tenge for bar in state.bars) == 540
    filled = [bar for bar in state.bars if bar.total_tenge]
    if span is Span.TODAY:
        ten_to = (START_MS - 10 * MINUTE_MS) // 3_600_000 + 5
        assert [bar.hour for bar in filled] == sorted(
            {ten_to % 24, (START_MS // 3_600_000 + 5) % 24}
        )
    else:
        assert [bar.day for bar in filled] == [TODAY]
    assert [(top.product_id, top.pieces) for top in state.top or ()] == [("water", 3)]


def test_the_ledger_and_the_entries_keep_their_stamps(shop: Shop) -> None:
    days = shop.room.journal.ledger.days
    assert days[str(TODAY - timedelta(13))].sales == 2
    assert days[str(TODAY)].sales == 1


def test_lists_reach_what_was_stamped_too_early_and_say_when_it_was(shop: Shop) -> None:
    room, minutes_10 = shop.room, START_MS - 10 * MINUTE_MS
    since_ms = START_MS - DAY_MS
    found = list(true_entries(room.journal, {"sale"}, since_ms))
    assert [entry.stamp.at_ms for _, entry in found] == [START_MS, minutes_10, minutes_10]
    assert len(room.journal.recent({"sale"}, not_before_ms=since_ms)) == 3
    assert room.journal.recent({"sale"}, not_before_ms=START_MS + 1) == []
    receipts = [stored.hash.hex()[:6] for stored, _ in found]
    assert all(room.journal.find_receipt(receipt, since_ms) for receipt in receipts)
    [call] = hear(room.journal, START_MS - SPAN_MS).calls
    assert call.at_ms == minutes_10
    [out] = read_waiting(room.journal, START_MS)
    assert out.at_ms == minutes_10
    history = read_stock_history(room.journal, START_MS)
    assert history.counted_ms == {"water": minutes_10, "tea": shop.opened_ms}
    usage = read_usage(room.journal, START_MS)
    assert usage.days == 1
    assert {day for moves in usage.moves.values() for day, _ in moves} == {TODAY.toordinal()}


def test_what_was_stamped_too_late_is_not_of_the_days_after(tmp_path: Path) -> None:
    room = money_room(tmp_path)
    try:
        room.now_ms = START_MS + 5 * DAY_MS
        open_shop(room, days_ago=0)
        sell_water(room, 1, days_ago=0)
        hear_the_centre(room, START_MS)
        assert [e.stamp.at_ms for _, e in true_entries(room.journal, {"sale"}, 0)] == [START_MS]
        room.now_s += 5 * 86_400
        room.now_ms += 5 * DAY_MS
        desk: SalesDesk = room.open(Page.SALES)
        assert desk.state.totals.sales == 0
        desk.choose(Span.WEEK)
        assert [bar.day for bar in desk.state.bars if bar.total_tenge] == [TODAY]
    finally:
        room.close()
