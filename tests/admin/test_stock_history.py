"""What the journal says about the shelf's past."""

from __future__ import annotations

import pytest

from kiosk.admin.stock_history import read_stock_history
from kiosk.domain.best_before import Arrival, AtRisk
from kiosk.domain.entries import (
    Correction,
    Restock,
    RestockLine,
    SaleLine,
    SaleRef,
    Stocktake,
    StocktakeLine,
)
from kiosk.domain.ledger import day_of
from tests.admin.back_room import DAY_MS
from tests.admin.goods_room import counted_before, goods_room, sale


@pytest.fixture
def room(tmp_path):
    room = goods_room(tmp_path)
    yield room
    room.close()


def history(room):
    return read_stock_history(room.journal, room.office.now_ms())


def test_sales_of_the_last_four_weeks_count_and_older_ones_do_not(room):
    room.write(sale("water", 100, "old"))
    room.now_ms += 2 * DAY_MS
    room.write(sale("water", 2, "a"))
    room.now_ms += 27 * DAY_MS
    room.write(sale("water", 3, "b"), sale("tea", 1, "c"))
    assert history(room).sold == {"water": 5, "tea": 1}


def test_a_purchase_that_was_taken_back_is_not_sold(room):
    (stored,) = room.write(sale("water", 3, "a"))
    ref = SaleRef(stored.epoch, stored.seq, stored.hash.hex())
    line = SaleLine("x", 100, 3, "water")
    room.write(Correction(ref, "shopper", "", (line,), 300, 0, 0, "qr", 0, None, {}))
    assert history(room).sold == {"water": 0}


def test_only_the_last_count_of_a_product_tells_whether_pieces_are_missing(room):
    for days_ago, quantity in ((9, 4), (3, 8)):
        line = StocktakeLine("water", quantity, 8, 180)
        room.write(Stocktake((line,), "v1", f"form-{days_ago}"), days_ago=days_ago)
    found = history(room)
    assert found.missing_tenge == {"water": 0}
    assert found.form_ids == {"form-9", "form-3"}
    plan = found.for_plan(room.journal.ledger, room.office.now_ms())
    assert plan.counted_days_ago == {"water": 3}


def test_a_count_of_another_year_is_none(room):
    counted_before(room, days_ago=1, water=5)
    room.now_ms += 100 * DAY_MS
    counted_before(room, days_ago=0, tea=5)
    room.now_ms += 300 * DAY_MS
    assert set(history(room).counted_ms) == {"tea"}


def test_arrivals_are_newest_first_and_what_is_left_of_them_is_at_risk(room):
    counted_before(room, water=0)
    day = day_of(room.now_ms + 7 * DAY_MS)
    room.write(Restock((RestockLine("water", 4, best_before=day.isoformat()),), "v1", "a"))
    room.now_ms += DAY_MS
    room.write(Restock((RestockLine("water", 6),), "v1", "b"), sale("water", 1, "s"))
    found = history(room)
    assert found.arrivals == (Arrival("water", 6, None), Arrival("water", 4, day))
    risks = found.risks(room.journal.ledger, room.office.now_ms())
    assert risks == (AtRisk("water", day, 3),)
    plan = found.for_plan(room.journal.ledger, room.office.now_ms())
    assert plan.expiring == {"water"}
