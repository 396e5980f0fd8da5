"""The figure follows the counts in a real journal, read in the background."""

import queue
from pathlib import Path

from kiosk.clock import system_wall_ms
from kiosk.domain.entries import CashCount, CashTender, Sale, SaleLine
from kiosk.honesty import Honesty
from kiosk.journal import Journal

PATIENCE_S = 60.0


def sale(number: int) -> Sale:
    tender = CashTender(pieces_in={"n1000": 1}, change={})
    return Sale(f"visit-{number}", "kk", (SaleLine("Су", 1000, 1),), 1000, tender)


def test_the_figure_is_told_at_the_start_and_after_every_count(tmp_path: Path) -> None:
    told: queue.Queue[int | None] = queue.Queue()
    watch = Honesty(told.put, system_wall_ms)
    journal = Journal.open(tmp_path)
    try:
        watch.look(journal)
        assert told.get(timeout=PATIENCE_S) is None
        journal.on_commit(lambda entry, _ledger: watch.committed(entry, journal))
        held, figure = 0, None
        journal.append(CashCount({}, "asel")).result(PATIENCE_S)
        assert told.get(timeout=PATIENCE_S) is None
        for number, found in enumerate((1000, 900, 1000)):
            journal.append(sale(number)).result(PATIENCE_S)
            expected, held = held + 1000, held + found
            counted = {"n1000": held // 1000, "c100": held % 1000 // 100}
            count = CashCount(counted, "asel", expected_tenge=expected)
            journal.append(count).result(PATIENCE_S)
            figure = told.get(timeout=PATIENCE_S)
        assert figure == 966
        assert told.empty(), "a sale is no reason to read the journal"
    finally:
        watch.stop()
        journal.close()
