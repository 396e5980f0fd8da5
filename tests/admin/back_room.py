"""A back room without a window: the real office on a real journal and shelf; the test is the hand.

What other threads finish is drained by the test from a queue, so nothing waits for a clock. The
same directory opened again is the kiosk after a power cut.
"""

from __future__ import annotations

import itertools
import json
import queue
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, TypeVar

from kiosk.admin.desk import Said
from kiosk.admin.office import Office
from kiosk.admin.office_state import OfficeSettings
from kiosk.admin.pages import Page
from kiosk.admin.pin_hash import HashCost
from kiosk.admin.pins import PinBook
from kiosk.admin.visit_book import VisitFile
from kiosk.catalogue import CatalogueStore
from kiosk.clock import StampClock
from kiosk.config import Config
from kiosk.domain.entries import Body, CashCount, EntryBody, decode
from kiosk.domain.products import Catalogue, Product
from kiosk.facts import ROOT
from kiosk.i18n import Texts
from kiosk.journal import Journal
from kiosk.scan_event import ScanEvent
from kiosk.shelf import LocalShelf
from tests.till.shop import CATALOGUE, KINDS

ANSWER_TIMEOUT_S = 60.0
DAY_MS = 86_400_000
START_MS = 1_795_000_000_000
"""A morning of 2026-11-18."""
VOLUNTEER = "v1"
CHEAP = HashCost(memory_kib=64, passes=1, lanes=1)
"""Argon2id as in the kiosk, only quick."""

B = TypeVar("B", bound=Body)


class BackRoom:
    """An office, its journal and shelf, and a clock that the test moves.

    ``services`` are handed to the office on top of the ones every test has.
    """

    def __init__(
        self,
        directory: Path,
        catalogue: Catalogue = CATALOGUE,
        **services: Any,
    ) -> None:
        self.directory = directory
        self.now_s = 1000.0
        self.now_ms = START_MS
        self.clock = StampClock(
            wall_ms=lambda: self.now_ms, mono_ms=lambda: int(self.now_s * 1000), boot="boot-1"
        )
        self.journal = Journal.open(directory, clock=self.clock)
        self._posted: queue.Queue[Callable[[], None]] = queue.Queue()
        self._running = 0
        store = CatalogueStore(directory)
        if store.load().version == 0:
            store.replace(published(catalogue))
        self.shelf = LocalShelf(store, self.journal)
        self.shelf.catch_up(
            self.journal.recent({"product_change", "price_change"}, after=self.shelf.looked_at)[
                ::-1
            ]
        )
        self.journal.on_commit(lambda entry, _ledger: self.shelf.committed(entry))
        self.visit = VisitFile(directory, now_ms=self.clock.now_ms)
        self.heard: list[Said] = []
        ids = itertools.count(1)
        self.office = Office(
            journal=self.journal,
            shelf=self.shelf,
            visit=self.visit,
            directory=directory,
            settings=OfficeSettings(("kk", "ru", "en"), "kk", KINDS),
            services={**everyday_services(directory), **services},
            new_id=lambda: f"id-{time.time_ns()}-{next(ids)}",
            now_ms=self.clock.now_ms,
            monotonic_s=lambda: self.now_s,
            post=self._posted.put,
        )

    # --- doing ---

    def open(self, page: Page, argument: object = None) -> Any:
        """The volunteer is in and on that page; gives its desk."""
        if not self.office.by:
            self.office.knock("kk")
            self.office.let_in(VOLUNTEER, "Asel")
            self.settle()
        self.office.go(page, argument)
        desk = self.office.desk(page)
        desk.watch(None, self.heard.append)
        self.settle()
        return desk

    def scan(self, *codes: str, symbology: str = "ean13") -> None:
        """A code comes from the camera."""
        self.office.scanned(ScanEvent(codes, codes[0] if codes else "?", symbology))
        self.settle()

    def wait(self, seconds: float) -> None:
        """Time passes, with a tick twice a second as in the window."""
        for _ in range(int(seconds * 2)):
            self.now_s += 0.5
            self.now_ms += 500
            self.office.tick()

    def write(self, *bodies: EntryBody, days_ago: float = 0) -> list[Any]:
        """Entries as the till or an earlier visit wrote them, up to so many days ago.

        The stamps of a journal never go back, so write older ones first.
        """
        now_ms = self.now_ms
        self.now_ms = int(now_ms - days_ago * DAY_MS)
        try:
            return [self.journal.append(body).result(ANSWER_TIMEOUT_S) for body in bodies]
        finally:
            self.now_ms = now_ms

    def count_box(self, **pieces: int) -> None:
        """The box was counted before."""
        self.write(CashCount(dict(pieces), VOLUNTEER))

    def settle(self) -> None:
        """Lets everything come back that other threads have finished or are finishing."""
        deadline_s = time.monotonic() + ANSWER_TIMEOUT_S
        quiet = 0
        while quiet < 2:
            assert time.monotonic() < deadline_s, "the back room is still busy"
            self.journal.mark_suggestion_sent("nobody's").result(ANSWER_TIMEOUT_S)
            self.office.wait_for_work(ANSWER_TIMEOUT_S)
            if self._posted.empty():
                quiet += 1
                continue
            quiet = 0
            while not self._posted.empty():
                self._posted.get_nowait()()

    def close(self) -> None:
        """As if the plug were pulled, but for the lock on the directory."""
        self.office.stop()
        self.journal.close()

    # --- looking ---

    @property
    def page(self) -> Page:
        return self.office.state.page

    @property
    def notes(self) -> list[Any]:
        """What the opened desks said."""
        return [said.note for said in self.heard]

    def bodies(self, kind: type[B]) -> list[B]:
        """All entries of one type, oldest first."""
        self.settle()
        bodies = [decode(entry.payload).body for entry in self.journal.entries()]
        return [body for body in bodies if isinstance(body, kind)]

    def product(self, product_id: str) -> Product:
        """A product as a shopper finds it."""
        product = self.shelf.catalogue.by_id(product_id)
        assert product is not None, product_id
        return product


def everyday_services(directory: Path) -> dict[str, Any]:
    """What pages ask of any kiosk: one that is not enrolled, with nobody's PIN yet."""
    config = Config()
    return {
        "pins": PinBook(directory, cost=CHEAP),
        "settings": config.admin,
        "config": config,
        "sync_status": lambda: None,
        "texts": Texts(ROOT / "assets" / "locale"),
        "fonts_dir": ROOT / "assets" / "fonts",
        "shop_name": lambda language: config.shop.name.get(language, ""),
    }


def published(catalogue: Catalogue | Iterable[Product], version: int = 1, **more: Any) -> bytes:
    """A catalogue as the centre publishes it."""
    import msgspec

    products = catalogue.products if isinstance(catalogue, Catalogue) else tuple(catalogue)
    document = {"version": version, "products": msgspec.to_builtins(products), **more}
    return json.dumps(document).encode()
