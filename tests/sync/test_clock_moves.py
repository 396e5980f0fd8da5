"""Sales under a wrong clock are counted on the right day once the kiosk heard the centre's time."""

from datetime import date

import pytest
from sqlalchemy import select

from kiosk.domain.chain import StoredEntry
from kiosk.domain.entries import ClockSet, Correction, Entry, EntryBody, SaleRef, Stamp, encode
from kiosk.domain.ledger import day_of
from sync.server.rollups import rebuild
from sync.server.schema import shop_day
from sync.server.schema.rollups import region_product_day
from tests.sync.harness import NOW_MS, MemoryJournal, RunningServer, sale
from tests.sync.test_upload import push

DAY_MS = 86_400_000
MINUTE_MS = 60_000
TODAY, BEHIND = day_of(NOW_MS), day_of(NOW_MS - 40 * DAY_MS)


class WrongClock(MemoryJournal):
    """A journal whose kiosk is forty days behind until it hears the centre."""

    mono_ms = 0
    boot = "first"
    behind_ms = 40 * DAY_MS

    def write(self, body: EntryBody) -> None:
        self.mono_ms += MINUTE_MS
        at_ms = NOW_MS + self.mono_ms - self.behind_ms
        self.add_payload(encode(Entry(body, Stamp(at_ms, self.boot, self.mono_ms))))

    def hear_the_centre(self) -> None:
        true_ms = NOW_MS + self.mono_ms + MINUTE_MS
        local_ms, self.behind_ms = true_ms - self.behind_ms, 0
        self.write(ClockSet(true_ms, local_ms))

    def start_again(self, behind_ms: int) -> None:
        self.boot += "+"
        self.mono_ms += MINUTE_MS
        self.behind_ms = behind_ms


def sales(server: RunningServer) -> dict[date, int]:
    """By day, as the pages show them."""
    rows = server.store.read(lambda c: c.execute(select(shop_day.c.day, shop_day.c.sales)).all())
    return {row.day: row.sales for row in rows if row.sales}


def goods(server: RunningServer) -> dict[date, tuple[int, int, int]]:
    """Pieces, tenge and corrections by day, of the one product there is."""
    table = region_product_day
    query = select(table.c.day, table.c.quantity, table.c.tenge, table.c.corrections)
    rows = server.store.read(lambda c: c.execute(query).all())
    return {row[0]: tuple(row[1:]) for row in rows if any(row[1:])}


def correction_of(stored: StoredEntry) -> Correction:
    lines = sale().lines
    ref = SaleRef(stored.epoch, stored.seq, stored.hash.hex())
    return Correction(ref, "shopper", "", lines, 180, 0, 0, "qr", 0, None, {})


@pytest.fixture
def journal() -> WrongClock:
    return WrongClock()


def test_sales_move_to_the_day_on_which_they_were_made(
    server: RunningServer, journal: WrongClock
) -> None:
    given = server.enrol(journal)
    for number in range(3):
        journal.write(sale(number))
    push(journal, given)
    assert sales(server) == {BEHIND: 3}
    journal.write(sale(3))
    journal.hear_the_centre()
    journal.write(sale(4))
    push(journal, given)
    assert sales(server) == {TODAY: 5}
    assert goods(server) == {TODAY: (5, 900, 0)}
    assert rebuild.check(server.store) == []
    push(journal, given)
    rebuild.rebuild(server.store)
    assert sales(server) == {TODAY: 5}
    assert goods(server) == {TODAY: (5, 900, 0)}


def test_a_sale_that_was_taken_back_moves_with_its_correction(
    server: RunningServer, journal: WrongClock
) -> None:
    given = server.enrol(journal)
    for number in range(2):
        journal.write(sale(number))
    journal.write(correction_of(journal.entries[0]))
    push(journal, given)
    assert goods(server) == {BEHIND: (1, 180, 1)}
    journal.hear_the_centre()
    push(journal, given)
    assert goods(server) == {TODAY: (1, 180, 1)}
    assert rebuild.check(server.store) == []


def test_another_boots_sales_stay_and_each_sale_moves_once(
    server: RunningServer, journal: WrongClock
) -> None:
    given = server.enrol(journal)
    journal.write(sale(1))
    journal.start_again(behind_ms=2 * DAY_MS)
    journal.write(sale(2))
    journal.hear_the_centre()
    journal.behind_ms = -5 * DAY_MS  # somebody set it ahead
    journal.write(sale(3))
    journal.hear_the_centre()
    push(journal, given)
    assert sales(server) == {BEHIND: 1, TODAY: 2}
    assert rebuild.check(server.store) == []


def test_a_clock_that_is_a_little_off_moves_only_what_crossed_midnight(
    server: RunningServer, journal: WrongClock
) -> None:
    given = server.enrol(journal)
    midnight_ms = -(-(NOW_MS + 5 * 3_600_000) // DAY_MS) * DAY_MS - 5 * 3_600_000
    journal.mono_ms = midnight_ms - NOW_MS - 3 * MINUTE_MS
    journal.behind_ms = 10 * MINUTE_MS
    for number in range(4):  # the first two before the true midnight
        journal.write(sale(number))
    journal.hear_the_centre()
    push(journal, given)
    tomorrow = day_of(midnight_ms)
    assert sales(server) == {TODAY: 2, tomorrow: 2}
    assert rebuild.check(server.store) == []


def test_more_sales_than_are_read_at_once_and_odd_entries_between_them(
    server: RunningServer, journal: WrongClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sync.server.rollups.clock_moves.ROWS_AT_ONCE", 7)
    given = server.enrol(journal)
    for number in range(25):
        journal.write(sale(number))
        journal.add_payload(b"\xff nothing that anybody can read")
    journal.hear_the_centre()
    push(journal, given)
    assert sales(server) == {TODAY: 25}
    assert rebuild.check(server.store) == []


def test_a_centre_time_that_cannot_be_moves_nothing(
    server: RunningServer, journal: WrongClock
) -> None:
    given = server.enrol(journal)
    journal.write(sale(1))
    journal.write(ClockSet(0, 0))
    push(journal, given)
    assert sum(sales(server).values()) == 1
    assert rebuild.check(server.store) == []
