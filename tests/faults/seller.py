"""A kiosk without its window: the real till on the real journal, selling until it is killed."""

from __future__ import annotations

import itertools
import logging
import queue
import time
from collections import Counter
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path

from kiosk.domain.entries import Sale, decode
from kiosk.domain.money import note
from kiosk.journal import Journal
from kiosk.journal.database import JOURNAL_FILE
from kiosk.journal.store import Reader
from kiosk.late_journal import LateJournal
from kiosk.scan_event import ScanEvent
from kiosk.till import Till
from kiosk.views import Screen
from tests.faults.children import say
from tests.till.shop import CATALOGUE, SETTINGS, WATER_CODE

Thanks = tuple[str, str, int]
"""Checkout, receipt number, and when it was thanked for (monotonic, ns)."""


def sell_for_ever(directory: Path, name: str, pipe: Connection) -> None:
    """Says each sale once its thanks are on the screen: checkout, receipt, moment."""
    logging.disable()  # what it says about a disk that is gone is not what is looked at here
    posted: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
    journal = LateJournal(lambda: Journal.open(directory))
    till, visits = _till(journal, name, posted)
    journal.start(lambda _opened: None, lambda _message: None)
    while True:
        till.scanned(ScanEvent((WATER_CODE,), WATER_CODE, "ean13"))
        till.pay_cash()
        till.tap_piece(note(500))
        till.confirm_cash()
        while till.state.saving:
            posted.get()()
        if till.state.screen is not Screen.THANKS or till.state.thanks is None:
            till.cancel()  # it was refused, and the shopper goes
            continue
        # The visit that is thanked for has handed its place to the next one already.
        say(pipe, visits[-2], till.state.thanks.receipt, time.monotonic_ns())
        till.finish()


def _till(
    journal: LateJournal, name: str, posted: queue.SimpleQueue[Callable[[], None]]
) -> tuple[Till, list[str]]:
    visits: list[str] = []
    numbers = itertools.count(1)

    def new_id() -> str:
        visits.append(f"{name}-{next(numbers)}")
        return visits[-1]

    till = Till(
        journal=journal,
        catalogue=CATALOGUE,
        settings=SETTINGS,
        new_id=new_id,
        monotonic_s=time.monotonic,
        post=posted.put,
    )
    return till, visits


def thanks_of(lines: list[bytes]) -> list[Thanks]:
    """What a seller said."""
    said = [line.decode().split() for line in lines]
    return [(checkout, receipt, int(at_ns)) for checkout, receipt, at_ns in said]


def sales_of(directory: Path) -> tuple[dict[str, str], list[str]]:
    """Receipts by checkout of all sales on the disk, and checkouts that are there twice."""
    receipts: dict[str, str] = {}
    seen: Counter[str] = Counter()
    for stored in Reader(directory / JOURNAL_FILE).entries():
        body = decode(stored.payload).body
        if isinstance(body, Sale):
            seen[body.checkout_id] += 1
            receipts[body.checkout_id] = stored.receipt
    return receipts, [checkout for checkout, count in seen.items() if count > 1]
