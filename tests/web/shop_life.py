"""A shop's life, written as its kiosk writes it: sales, and visits that count box and shelf."""

from __future__ import annotations

from kiosk.domain.chain import StoredEntry
from kiosk.domain.entries import (
    CashCount,
    CashTender,
    Entry,
    EntryBody,
    QrTender,
    Restock,
    RestockLine,
    Sale,
    SaleLine,
    Stamp,
    Stocktake,
    StocktakeLine,
)
from kiosk.domain.ledger import Ledger
from kiosk.domain.money import Pieces
from tests.sync.harness import MemoryJournal, RunningServer
from tests.sync.test_upload import push

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
NAMES = {"water": "Су", "choco": "Шоколад", "samsa": "Самса"}
PRICES = {"water": 200, "choco": 650, "samsa": 250}


class ShopLife:
    """Writes a journal and folds it as the kiosk would, so that counts know what is expected."""

    def __init__(self, began_ms: int) -> None:
        self.journal = MemoryJournal()
        self.ledger = Ledger()
        self.at_ms = began_ms
        self._made = 0

    def add(self, body: EntryBody) -> StoredEntry:
        """One entry, a minute after the one before."""
        self.at_ms += 60_000
        self.ledger = self.ledger.apply(Entry(body, Stamp(self.at_ms, "boot", 1)))
        return self.journal.add(body, self.at_ms)

    def sell(self, product: str = "water", quantity: int = 1, *, qr: bool = False) -> StoredEntry:
        """Somebody pays exactly, in one 200 ₸ coin per water, or by QR."""
        self._made += 1
        price = PRICES[product]
        line = SaleLine(NAMES[product], price, quantity, product)
        tender = QrTender(price * quantity) if qr else CashTender(None)
        return self.add(Sale(f"visit-{self._made}", "kk", (line,), price * quantity, tender))

    def visit(
        self, name: str, *, missing_tenge: int = 0, taken: dict[str, int] | None = None
    ) -> None:
        """Counts the box (so much is missing) and the shelf (so many were taken unlogged)."""
        known = self.ledger.box.known
        expected = self.ledger.box.expected_tenge if known else None
        counted = max(0, (expected or 5_000) - missing_tenge)
        by = "v1"
        self.add(CashCount(_pieces(counted), by, expected, f"{name}-count-1"))
        lines = tuple(
            StocktakeLine(
                product, max(0, stock - (taken or {}).get(product, 0)), stock, PRICES[product]
            )
            for product, stock in sorted(self.ledger.stock.items())
        )
        if lines:
            self.add(Stocktake(lines, by, f"{name}-stocktake-1"))
        goods = tuple(RestockLine(product, 20, unit_cost_tenge=100) for product in PRICES)
        self.add(Restock(goods, by, f"{name}-restock-1"))

    def next_day(self) -> None:
        """The same hour a day later."""
        self.at_ms += DAY_MS - self.at_ms % HOUR_MS

    def send(self, server: RunningServer, slug: str) -> None:
        """Enrols at that shop and sends everything."""
        push(self.journal, server.enrol(self.journal, code=server.code(slug=slug)))


def _pieces(tenge: int) -> dict[str, int]:
    """As few pieces as make the sum."""
    pieces = {}
    for code in ("n2000", "n1000", "n500", "c200", "c100", "c50", "c20", "c10", "c5", "c2", "c1"):
        pieces[code], tenge = divmod(tenge, int(code[1:]))
    return Pieces.from_codes(pieces).to_codes()
