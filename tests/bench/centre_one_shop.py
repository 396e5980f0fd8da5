"""Two invented years of one shop, entry by entry."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from functools import cache

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from kiosk.domain import chain
from kiosk.domain.entries import (
    AdminOpened,
    Boot,
    CashCount,
    CashOut,
    ClockSet,
    Correction,
    Entry,
    EntryBody,
    FloatIn,
    HelpCall,
    PriceChange,
    Restock,
    RestockLine,
    SaleRef,
    Stamp,
    Stocktake,
    StocktakeLine,
    Suggestion,
    UnknownScan,
    encode,
)
from kiosk.domain.entries.shelf import PriceLine
from sync.fleet.places import UNKNOWN_CODES
from sync.server.bulk import EntryRow
from tests.bench.centre_goods import (
    CATALOGUE,
    DAY_MS,
    DAYS,
    DENOMINATIONS,
    FLOAT_TENGE,
    LINES,
    PRODUCTS,
    QR_SHARE,
    SALES_A_DAY,
    SOLD,
    SOLD_WEIGHTS,
    START_MS,
)


class OneShop:
    """One shop's life, entry by entry."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.rng = random.Random(number)
        self.public_key = Ed25519PrivateKey.generate().public_key().public_bytes_raw()
        self.kiosk_id = chain.kiosk_id_of(self.public_key)
        # Nobody asks each signature of a million, so one does for all.
        self.signature = os.urandom(64)
        self.rows: list[EntryRow] = []
        self.head = chain.GENESIS
        self.seq = 0
        self.lines = 0
        self.box_tenge = 0
        self.claims: list[tuple[int, int, int]] = []
        self.suggestions: list[tuple[str, int]] = []
        self.taken_out: list[tuple[int, int, int]] = []
        self.decided: list[tuple[int, int]] = []

    def live(self) -> None:
        """Two years."""
        rng = self.rng
        self._add("boot", Boot("adal 0.1.0"), START_MS)
        busy = rng.uniform(0.5, 1.5)
        picks = iter(rng.choices(SOLD, SOLD_WEIGHTS, k=40_000))
        for day in range(DAYS):
            start_ms = START_MS + day * DAY_MS
            count = round(rng.gauss(SALES_A_DAY * busy, 2.5))
            for at_ms in sorted(rng.randrange(9 * 3_600_000, 19 * 3_600_000) for _ in range(count)):
                self._sale(start_ms + at_ms, picks)
            if day % 7 == self.number % 7:
                self._visit(day, start_ms + 17 * 3_600_000)
            self._seldom(day, start_ms + 19 * 3_600_000)

    def _sale(self, at_ms: int, picks: Iterator[tuple[str, int]]) -> None:
        count = self.rng.choice((1, 2, 2, 3, 3, 4))
        some = [next(picks) for _ in range(count)]
        total = sum(price for _, price in some)
        qr = self.rng.random() < QR_SHARE
        tender = f'{{"type":"qr","claimed_tenge":{total}}}' if qr else _paid(total)
        lines = ",".join(one for one, _ in some)
        payload = (
            f'{{"type":"sale","v":1,"at_ms":{at_ms},"boot":"b0075","mono_ms":{at_ms - START_MS},'
            f'"checkout_id":"{self.seq:032x}","language":"kk","lines":[{lines}],'
            f'"total_tenge":{total},"tender":{tender}}}'
        ).encode()
        self._add_payload("sale", payload, at_ms)
        self.lines += count
        if qr:
            self.claims.append((self.seq, at_ms, total))
        else:
            self.box_tenge += total

    def _visit(self, day: int, at_ms: int) -> None:
        by, form = "v7", f"{self.number:08x}{day:08x}"
        self._add("admin_opened", AdminOpened(by), at_ms)
        missing = self.rng.choice((0, 0, 0, 50, 100, 200))
        counted = max(0, self.box_tenge - missing)
        count = CashCount(
            _pieces(counted), by, self.box_tenge if day > 7 else None, f"{form}-count-1"
        )
        self._add("cash_count", count, at_ms + 60_000)
        self.box_tenge = counted
        if counted > FLOAT_TENGE:
            out = (counted - FLOAT_TENGE) // 10 * 10
            self._add(
                "cash_out", CashOut(_pieces(out), "bank", by, f"{form}-take_out-2"), at_ms + 90_000
            )
            self.box_tenge -= out
            self.taken_out.append((self.seq, at_ms, out))
        if day < 7:
            self._add(
                "float_in",
                FloatIn(_pieces(FLOAT_TENGE), by, f"{form}-change_float-3"),
                at_ms + 95_000,
            )
            self.box_tenge += FLOAT_TENGE
        self._goods(form, by, at_ms + 300_000)

    def _goods(self, form: str, by: str, at_ms: int) -> None:
        gaps = self.rng.choices((0, 1, 2), (95, 4, 1), k=PRODUCTS)
        shelf = tuple(
            StocktakeLine(x.product_id, 20 - gap, 20, x.price_tenge)
            for x, gap in zip(CATALOGUE, gaps, strict=True)
        )
        self._add("stocktake", Stocktake(shelf, by, f"{form}-stocktake-4"), at_ms)
        chosen = self.rng.sample(CATALOGUE, 15)
        came = tuple(
            RestockLine(x.product_id, 12, unit_cost_tenge=x.price_tenge * 7 // 10) for x in chosen
        )
        self._add("restock", Restock(came, by, f"{form}-restock-5"), at_ms + 60_000)

    def _seldom(self, day: int, at_ms: int) -> None:
        rng = self.rng
        if day % 7 == 3:
            self._add("clock_set", ClockSet(at_ms, at_ms + rng.randrange(-3000, 3000)), at_ms)
        if rng.random() < 0.07:
            code = rng.choice(UNKNOWN_CODES)
            self._add("unknown_scan", UnknownScan(code, "EAN-13", f"0{code}"), at_ms)
        if rng.random() < 0.03:
            self._add("help_call", HelpCall("basket", "kk"), at_ms)
        if rng.random() < 0.016:
            name = f"{self.number:08x}{day:08x}"
            self._add("suggestion", Suggestion(name, f"{day:064x}", "kk"), at_ms)
            self.suggestions.append((name, at_ms))
        if rng.random() < 0.07:
            line = LINES[day % PRODUCTS][0]
            tenge = line.total_tenge
            ref = SaleRef(1, self.seq, self.head.hex())
            back = Correction(ref, "shopper", "", (line,), tenge, 0, 0, "qr", 0, {}, {})
            self._add("correction", back, at_ms)
        if day % 365 == self.number % 365:
            one = CATALOGUE[day % PRODUCTS]
            lines = (PriceLine(one.product_id, one.price_tenge + 10, one.price_tenge),)
            self._add("price_change", PriceChange(lines, "v7", "set"), at_ms)
            if day < DAYS - 30:
                self.decided.append((self.seq, at_ms))

    def _add(self, kind: str, body: EntryBody, at_ms: int) -> None:
        self._add_payload(kind, encode(Entry(body, Stamp(at_ms, "b0075", at_ms - START_MS))), at_ms)

    def _add_payload(self, kind: str, payload: bytes, at_ms: int) -> None:
        self.seq += 1
        self.head = chain.entry_hash(self.kiosk_id, 1, self.seq, self.head, payload)
        self.rows.append(
            (
                *(self.number + 1, self.kiosk_id, 1, self.seq, kind, at_ms, True, at_ms + 60_000),
                *(self.head, self.signature, payload),
            )
        )


@cache
def _paid(total_tenge: int) -> str:
    """Whole thousands in, change out."""
    thousands = -(-total_tenge // 1_000)
    change = msgspec.json.encode(_pieces(thousands * 1_000 - total_tenge)).decode()
    return (
        f'{{"type":"cash","pieces_in":{{"n1000":{thousands}}},"change":{change},'
        '"left_to_cause_tenge":0,"rounded_off_tenge":0,"box_known":true}'
    )


def _pieces(amount_tenge: int) -> dict[str, int]:
    found = {}
    for code, value in DENOMINATIONS:
        if amount_tenge >= value:
            found[code], amount_tenge = divmod(amount_tenge, value)
    return found
