"""What a kiosk that was cut off still knows about the last minutes."""

from __future__ import annotations

from pathlib import Path

from kiosk.domain.checkout import correction_of, refund_of
from kiosk.domain.entries import (
    Boot,
    CashTender,
    Entry,
    EntryBody,
    Sale,
    SaleLine,
    SaleRef,
    Stamp,
)
from kiosk.journal import Journal
from kiosk.till.undo_desk import UndoDesk, sales_to_undo


def sale(checkout_id: str) -> Sale:
    return Sale(checkout_id, "kk", (SaleLine("Самса", 250, 2),), 500, CashTender({"n500": 1}))


def desk_after_restart(directory: Path, *bodies: EntryBody) -> tuple[UndoDesk, list[str]]:
    journal = Journal.open(directory)
    receipts = [journal.append(body).result().receipt for body in bodies]
    journal.close()
    again = Journal.open(directory)
    last = list(again.entries())
    again.close()
    from kiosk.clock import StampClock

    desk = UndoDesk(window_s=300)
    for recent in sales_to_undo(last, StampClock().stamp(), now_mono_s=1000.0):
        desk.remember(recent)
    return desk, receipts


def test_a_sale_of_just_before_a_restart_can_still_be_undone(tmp_path):
    desk, receipts = desk_after_restart(tmp_path, Boot("adal"), sale("one"))
    desk.forget_old(1000.0)
    found = desk.find(receipts[1], None)
    assert found is not None
    assert found.take_back_tenge == 500


def test_a_sale_that_was_taken_back_before_the_restart_is_not_offered_again(tmp_path):
    journal = Journal.open(tmp_path)
    stored = journal.append(sale("one")).result()
    ref = SaleRef(stored.epoch, stored.seq, stored.hash.hex())
    refund = refund_of(sale("one"), None)
    undone = correction_of(sale("one"), ref, refund, by="shopper", reason="shopper undo")
    journal.append(undone).result()
    last = list(journal.entries())
    journal.close()
    assert sales_to_undo(last, Stamp(0, "boot", 0), 1000.0) == []


def test_after_another_boot_only_the_wall_clock_tells_how_old_a_sale_is():
    from kiosk.domain.chain import GENESIS, StoredEntry
    from kiosk.domain.entries import encode

    payload = encode(Entry(sale("one"), Stamp(1_000_000, "before", 5)))
    stored = StoredEntry("0" * 16, 1, 1, GENESIS, bytes(32), payload, bytes(64))
    (recent,) = sales_to_undo([stored], Stamp(1_060_000, "after", 9), now_mono_s=500.0)
    assert recent.at_mono_s == 440.0
