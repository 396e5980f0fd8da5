"""The money's kept sums are compared with the journals, and made again."""

from typing import Any

import pytest
from sqlalchemy import update

from kiosk.domain.entries import CashCount, CashOut, CashReceived, EntryRef, Restock, RestockLine
from sync.server.rollups import rebuild
from sync.server.schema.money import cash_out, money_day, money_month
from tests.sync.harness import NOW_MS, MemoryJournal, RunningServer
from tests.sync.test_rollups import BUN, WATER, sale_of
from tests.sync.test_upload import push

DAY_MS = 86_400_000


@pytest.fixture
def moved(server: RunningServer) -> RunningServer:
    """Two counts a month apart, cash out that arrived and cash out that did not."""
    journal = MemoryJournal()
    journal.add(CashCount({"n500": 2}, "v1", None, "a-count-1"))
    journal.add(sale_of(1, WATER, BUN), NOW_MS + DAY_MS)
    journal.add(Restock((RestockLine("water", 5, unit_cost_tenge=90),), "v1", "a-restock-2"))
    journal.add(CashCount({"n500": 3}, "v1", 1510, "b-count-1"), NOW_MS + 35 * DAY_MS)
    out = journal.add(CashOut({"n500": 1}, "bank", "v1", "b-take_out-2"), NOW_MS + 35 * DAY_MS)
    journal.add(CashOut({"n500": 1}, "cause", "v1", "b-take_out-3"), NOW_MS + 35 * DAY_MS)
    journal.add(CashReceived(EntryRef(out.epoch, out.seq), "v2"), NOW_MS + 36 * DAY_MS)
    push(journal, server.enrol(journal))
    return server


def test_sums_of_the_money_fit_their_journals(moved: RunningServer) -> None:
    assert rebuild.check(moved.store) == []
    rebuild.rebuild(moved.store)
    assert rebuild.check(moved.store) == []


@pytest.mark.parametrize(
    ("table", "values", "found"),
    [
        (money_day, {"counted_cash_tenge": 7}, {"money_day", "money_month"}),
        (money_month, {"restock_cost_tenge": 7}, {"money_month"}),
        (cash_out, {"amount_tenge": 7}, {"cash_out"}),
        (cash_out, {"waits": False}, {"cash_out"}),
    ],
)
def test_a_sum_of_the_money_that_went_wrong_is_found_and_made_again(
    moved: RunningServer, table: Any, values: dict[str, Any], found: set[str]
) -> None:
    moved.store.write(lambda c: c.execute(update(table).values(values)))
    assert {one.table for one in rebuild.check(moved.store)} == found
    rebuild.rebuild(moved.store)
    assert rebuild.check(moved.store) == []
