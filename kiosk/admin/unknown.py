"""Codes that shoppers scanned and nobody knew: one tap makes a product of one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from kiosk.admin.desk import Desk
from kiosk.admin.pages import Page
from kiosk.admin.ports import Room
from kiosk.admin.product_codes import first_owner, owner_of
from kiosk.admin.products import FindOwner
from kiosk.domain.chain import StoredEntry
from kiosk.domain.entries import Entry, Sale, SaleLine, UnknownScan, decode
from kiosk.domain.errors import EntryError
from kiosk.domain.products import Catalogue
from kiosk.scan_event import ScanEvent

LOOK_BACK_MS = 90 * 86_400_000
"""What nobody has wanted for three months is not on the shelf any more."""


class Order(StrEnum):
    """What stands first."""

    OFTEN = "often"
    NEWEST = "newest"


class Note(StrEnum):
    """What the list says."""

    NO_PRODUCT_CODE = "no_product_code"


@dataclass(frozen=True, slots=True)
class UnknownRow:
    """One unknown code.

    ``prices``: what shoppers read off the shelf tag for it (tenge, how many pieces were bought at
    that price), the commonest first.
    """

    gtin14: str
    scans: int
    last_ms: int
    prices: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class UnknownState:
    """The list; ``looking`` while the journal is being read."""

    rows: tuple[UnknownRow, ...] = ()
    order: Order = Order.OFTEN
    looking: bool = True


@dataclass(slots=True)
class _Seen:
    scans: int = 0
    last_ms: int = 0
    prices: Counter[int] = field(default_factory=Counter)


class UnknownDesk(Desk[UnknownState]):
    """Reads the journal when it opens; what became a product meanwhile is gone."""

    takes_scans = True

    def __init__(self, room: Room) -> None:
        super().__init__(room, UnknownState())
        self._seen: tuple[UnknownRow, ...] = ()
        self._asked = 0

    def open(self, argument: object = None) -> None:
        """Looks the last months through."""
        self._asked += 1
        mine = self._asked
        journal, since_ms = self.room.journal, self.room.now_ms() - LOOK_BACK_MS
        self.show(looking=True)
        self.room.work(
            lambda: unknown_codes(journal.recent({"unknown_scan", "sale"}, not_before_ms=since_ms)),
            lambda rows: self._found(rows) if mine == self._asked else None,
        )

    def close(self) -> None:
        """What is still being read is not wanted any more."""
        self._asked += 1

    def sort(self, order: str) -> None:
        """The most frequent first, or the newest."""
        self.show(order=Order(order), rows=_sorted(self.state.rows, Order(order)))

    def scanned(self, event: ScanEvent) -> None:
        """He holds the thing in his hand: its product, or a new one."""
        catalogue = self.room.shelf.catalogue
        known = first_owner(catalogue, event.candidates)
        if known is not None:
            self.room.go(Page.PRODUCT, known.product_id)
        elif event.candidates:
            self.make_product(event.candidates[0])
        else:
            self.say(Note.NO_PRODUCT_CODE)

    def make_product(self, gtin14: str) -> None:
        """A new product with this barcode."""
        self.room.go(Page.PRODUCT, gtin14)

    def find_owner(self, gtin14: str) -> None:
        """It is one more barcode of a product that is here already."""
        self.room.go(Page.PRODUCTS, FindOwner(gtin14))

    def back(self) -> None:
        """The page before."""
        self.room.back()

    def _found(self, rows: tuple[UnknownRow, ...]) -> None:
        still = still_unknown(rows, self.room.shelf.catalogue)
        self.show(rows=_sorted(still, self.state.order), looking=False)


def unknown_codes(entries: Iterable[StoredEntry]) -> tuple[UnknownRow, ...]:
    """Counts the unknown scans among these entries, and the prices shoppers entered for them."""
    seen: dict[str, _Seen] = {}
    for entry in _readable(entries):
        body = entry.body
        if isinstance(body, UnknownScan) and body.gtin14 is not None:
            code = seen.setdefault(body.gtin14, _Seen())
            code.scans += 1
            code.last_ms = max(code.last_ms, entry.stamp.at_ms)
        elif isinstance(body, Sale):
            for line in filter(_was_entered, body.lines):
                code = seen.setdefault(str(line.code), _Seen())
                code.prices[line.unit_price_tenge] += line.quantity
                code.last_ms = max(code.last_ms, entry.stamp.at_ms)
    return tuple(
        UnknownRow(gtin14, code.scans, code.last_ms, _commonest_first(code.prices))
        for gtin14, code in seen.items()
        if code.scans
    )


def still_unknown(rows: Iterable[UnknownRow], catalogue: Catalogue) -> tuple[UnknownRow, ...]:
    """Without the codes that belong to a product by now."""
    return tuple(row for row in rows if owner_of(catalogue, row.gtin14) is None)


def _readable(entries: Iterable[StoredEntry]) -> Iterable[Entry]:
    for stored in entries:
        # Most sales hold nothing unknown; decoding three months of them took most of the time.
        if not any(mark in stored.payload for mark in _MARKS):
            continue
        try:
            yield decode(stored.payload)
        except EntryError:  # written by a newer version; it stays in the journal
            continue


_MARKS = (b'"type":"unknown_scan"', b'"price_entered":true')
"""One of them stands in the bytes of every entry that matters here."""


def _was_entered(line: SaleLine) -> bool:
    return line.price_entered and line.code is not None


def _commonest_first(prices: Counter[int]) -> tuple[tuple[int, int], ...]:
    return tuple(sorted(prices.items(), key=lambda priced: (-priced[1], -priced[0])))


def _sorted(rows: Iterable[UnknownRow], order: Order) -> tuple[UnknownRow, ...]:
    if order is Order.NEWEST:
        return tuple(sorted(rows, key=lambda row: (-row.last_ms, -row.scans, row.gtin14)))
    return tuple(sorted(rows, key=lambda row: (-row.scans, -row.last_ms, row.gtin14)))
