"""One invented shop's life: what its journal would say, day by day."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from kiosk.domain.entries import (
    AdminOpened,
    Boot,
    CashCount,
    CashOut,
    CashTender,
    Correction,
    EntryBody,
    FloatIn,
    HelpCall,
    PinFailed,
    QrTender,
    Restock,
    RestockLine,
    Sale,
    SaleLine,
    SaleRef,
    Stamp,
    Stocktake,
    StocktakeLine,
    Suggestion,
    UnknownScan,
)
from kiosk.domain.entries import Entry as JournalEntry
from kiosk.domain.ledger import KAZAKHSTAN, Ledger
from kiosk.domain.money import Pieces
from sync.fleet.places import GOODS, HOURS, UNKNOWN_CODES, WISHES, Goods

BOX_FLOAT = {"c10": 20, "c20": 20, "c50": 12, "c100": 15, "c200": 5}
SHELF = 30
CHANGE_CODES = (
    *(("n5000", 5000), ("n2000", 2000), ("n1000", 1000), ("n500", 500)),
    *(("c200", 200), ("c100", 100), ("c50", 50), ("c20", 20), ("c10", 10)),
)
KEPT_IN_BOX_TENGE = 5_000


@dataclass(frozen=True, slots=True)
class Character:
    """What kind of shop it is.

    ``sales_a_day``: on average. ``short``: share of the cash that is not left. ``taken``: share
    of the goods that nobody logs. ``visit_every_days``. ``silent_days``: not heard of for so long
    at the end.
    """

    sales_a_day: float
    short: float
    taken: float
    by_qr: float
    visit_every_days: int
    silent_days: int = 0


def invented(rng: random.Random, days: int) -> Character:
    """Most shops are honest and well; a few are not, or have fallen silent."""
    luck = rng.random()
    short = rng.uniform(0, 0.03) if luck < 0.75 else rng.uniform(0.04, 0.25)
    return Character(
        sales_a_day=min(80.0, rng.lognormvariate(2.9, 0.6)),
        short=short,
        taken=rng.uniform(0, 0.02) if luck < 0.8 else rng.uniform(0.03, 0.2),
        by_qr=rng.uniform(0.1, 0.4),
        visit_every_days=rng.choice([2, 3, 3, 4, 7]),
        silent_days=rng.randrange(1, max(2, days // 3)) if rng.random() < 0.06 else 0,
    )


@dataclass(slots=True)
class Life:
    """A shop as it really is, and as its journal says."""

    rng: random.Random
    character: Character
    name: str
    ledger: Ledger = field(default_factory=Ledger)
    missing_tenge: int = 0
    shelf: dict[str, int] = field(default_factory=dict)
    boot_ms: int = 0
    wishes: list[tuple[str, str, str]] = field(default_factory=list)
    """Suggestions of which the words were not sent yet: id, salt in hex, text."""
    made: int = 0
    wishes_made: int = 0

    def day(self, day: date, number: int) -> Iterator[tuple[EntryBody, int]]:
        """The bodies of one day with their times; the first day opens the shop."""
        midnight = datetime(day.year, day.month, day.day, tzinfo=KAZAKHSTAN)
        start_ms = int(midnight.timestamp() * 1000)
        if number == 0 or self.rng.random() < 0.03:
            self.boot_ms = start_ms + 7 * 3_600_000
            yield self._note(Boot("adal 0.1.0 (demo fleet)"), self.boot_ms)
        if number == 0:
            yield from self._visit(start_ms + 7 * 3_600_000 + 60_000, f"{self.name}-{number}")
        is_visit_day = number > 0 and number % self.character.visit_every_days == 0
        visit_ms = start_ms + 17 * 3_600_000 + self.rng.randrange(3_600_000)
        for at_ms in self._moments(start_ms, day):
            if is_visit_day and at_ms > visit_ms:
                yield from self._visit(visit_ms, f"{self.name}-{number}")
                is_visit_day = False
            yield from self._shopper(at_ms)
        if is_visit_day:
            yield from self._visit(visit_ms, f"{self.name}-{number}")

    def _moments(self, start_ms: int, day: date) -> list[int]:
        mean = self.character.sales_a_day * (0.35 if day.weekday() >= 5 else 1.0)
        count = max(0, round(self.rng.gauss(mean, mean**0.5)))
        hours = self.rng.choices(range(24), HOURS, k=count)
        return sorted(start_ms + hour * 3_600_000 + self.rng.randrange(3_600_000) for hour in hours)

    # --- shoppers ---

    def _shopper(self, at_ms: int) -> Iterator[tuple[EntryBody, int]]:
        chance = self.rng.random()
        if chance < 0.01:
            code = self.rng.choice(UNKNOWN_CODES)
            yield self._note(UnknownScan(code, "EAN13", code.zfill(14)), at_ms)
        elif chance < 0.014:
            yield self._note(HelpCall(self.rng.choice(["cash", "basket"]), "kk"), at_ms)
        elif chance < 0.02:
            yield self._note(self._wish(), at_ms)
        for goods in GOODS:
            if self.shelf.get(goods.product_id, 0) and self.rng.random() < self.character.taken / 8:
                self.shelf[goods.product_id] -= 1
        on_shelf = [goods for goods in GOODS if self.shelf.get(goods.product_id, 0) > 0]
        if not on_shelf:
            return
        sale = self._sale(on_shelf)
        yield self._note(sale, at_ms + 20_000)
        if self.rng.random() < 0.008:
            yield self._note(self._taken_back(sale), at_ms + 60_000)

    def _sale(self, on_shelf: list[Goods]) -> Sale:
        self.made += 1
        weights = [goods.weight for goods in on_shelf]
        wanted = dict.fromkeys(self.rng.choices(on_shelf, weights, k=self.rng.choice([1, 1, 2, 3])))
        lines = []
        for goods in wanted:
            quantity = min(self.rng.choice([1, 1, 1, 2]), self.shelf[goods.product_id])
            self.shelf[goods.product_id] -= quantity
            lines.append(
                SaleLine(goods.name, goods.price_tenge, quantity, goods.product_id, goods.code)
            )
        total = sum(line.total_tenge for line in lines)
        language = self.rng.choices(["kk", "ru", "en"], [6, 4, 1])[0]
        tender = self._tender(total)
        return Sale(f"{self.name}-{self.made}", language, tuple(lines), total, tender)

    def _tender(self, total_tenge: int) -> CashTender | QrTender:
        if self.rng.random() < self.character.by_qr:
            return QrTender(total_tenge)
        if self.rng.random() < self.character.short * 2:
            self.missing_tenge += self._about(total_tenge / 2)
        if self.rng.random() < 0.4:
            return CashTender(None)
        note = next((x for x in (500, 1000, 2000, 5000) if x >= total_tenge), None)
        if note is None:
            return CashTender(None)
        left = note - total_tenge
        given = left if left <= 50 and self.rng.random() < 0.3 else 0
        return CashTender({f"n{note}": 1}, in_pieces(left - given), given)

    def _taken_back(self, sale: Sale) -> Correction:
        cash = isinstance(sale.tender, CashTender)
        left = sale.tender.left_to_cause_tenge if isinstance(sale.tender, CashTender) else 0
        for line in sale.lines:
            self.shelf[str(line.product_id)] += line.quantity
        return Correction(
            sale=SaleRef(1, max(1, self.made), "00" * 32),
            by="shopper",
            reason="changed_mind",
            lines=sale.lines,
            total_tenge=sale.total_tenge,
            left_to_cause_tenge=left,
            rounded_off_tenge=0,
            tender="cash" if cash else "qr",
            taken_back_tenge=sale.total_tenge + left if cash else 0,
            taken_back=None,
            put_back={},
        )

    def _wish(self) -> Suggestion:
        text, salt = self.rng.choice(WISHES), self.rng.randbytes(16)
        self.wishes_made += 1
        name = f"{self.name}-wish-{self.wishes_made}"
        self.wishes.append((name, salt.hex(), text))
        digest = hashlib.sha256(salt + text.encode()).hexdigest()
        return Suggestion(name, digest, "kk")

    # --- volunteers ---

    def _visit(self, at_ms: int, visit_id: str) -> Iterator[tuple[EntryBody, int]]:
        """Door, count, money out, stocktake, restock, float."""
        if self.rng.random() < 0.1:
            yield self._note(PinFailed(1), at_ms - 20_000)
        yield self._note(AdminOpened("v1"), at_ms)
        box = self.ledger.box
        expected = box.expected_tenge if box.known else None
        really_tenge = max(0, box.expected_tenge - self.missing_tenge) // 10 * 10
        self.missing_tenge = 0
        counted = in_pieces(really_tenge)
        yield self._note(CashCount(counted, "v1", expected, f"{visit_id}-count-1"), at_ms + 120_000)
        notes = {code: count for code, count in counted.items() if code.startswith("n")}
        if Pieces.from_codes(notes).total_tenge > KEPT_IN_BOX_TENGE:
            out = CashOut(notes, "bank", "v1", f"{visit_id}-take_out-1")
            yield self._note(out, at_ms + 180_000)
        if self.rng.random() < 0.7 or expected is None:
            yield self._note(self._stocktake(f"{visit_id}-stocktake-1"), at_ms + 300_000)
        restock = self._restock(f"{visit_id}-restock-1")
        if restock.lines:
            yield self._note(restock, at_ms + 420_000)
        if expected is None or self.rng.random() < 0.3:
            yield self._note(
                FloatIn(dict(BOX_FLOAT), "v1", f"{visit_id}-change_float-1"), at_ms + 480_000
            )

    def _stocktake(self, form_id: str) -> Stocktake:
        lines = []
        for goods in GOODS:
            expected = self.ledger.stock.get(goods.product_id)
            there = self.shelf.get(goods.product_id, 0)
            known = expected if expected is not None and expected >= 0 else None
            lines.append(StocktakeLine(goods.product_id, there, known, goods.price_tenge))
        return Stocktake(tuple(lines), "v1", form_id)

    def _restock(self, form_id: str) -> Restock:
        """Fills the shelf; the first goods were given, so that the shop had something to start on."""
        is_given = not self.shelf
        lines = []
        for goods in GOODS:
            there = self.shelf.get(goods.product_id, 0)
            # Now and then something was not to be had.
            if there >= SHELF // 2 or self.rng.random() < 0.08:
                continue
            self.shelf[goods.product_id] = SHELF
            best = date(2027, 1, 1) + timedelta(days=self.rng.randrange(200))
            lines.append(
                RestockLine(
                    goods.product_id,
                    SHELF - there,
                    unit_cost_tenge=None if is_given else goods.cost_tenge,
                    best_before=best.isoformat() if goods.code else None,
                )
            )
        return Restock(tuple(lines), "v1", form_id)

    # --- the journal ---

    def _note(self, body: EntryBody, at_ms: int) -> tuple[EntryBody, int]:
        self.ledger = self.ledger.apply(JournalEntry(body, Stamp(at_ms, "", 0)))
        return body, at_ms

    def _about(self, tenge: float) -> int:
        return round(self.rng.uniform(0, 2) * tenge / 10) * 10


def in_pieces(total_tenge: int) -> dict[str, int]:
    """An amount in few pieces, by code; its last tenge below ten must be 0."""
    pieces = {}
    for code, value_tenge in CHANGE_CODES:
        count, total_tenge = divmod(total_tenge, value_tenge)
        if count:
            pieces[code] = count
    return pieces
