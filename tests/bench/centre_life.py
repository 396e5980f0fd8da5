"""Two invented years of a country's shops, written straight into the centre's tables.

A shop sells some ten thousand lines in two years: seven sales a day of one to four lines, four in
ten by QR; a volunteer comes once a week, counts, takes money out, fills up and takes stock. Bank
statements name nearly every payment by QR. The kept sums are then made by the product itself.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from typing import Any

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Connection, Table, insert, text, true

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
    SaleLine,
    SaleRef,
    Stamp,
    Stocktake,
    StocktakeLine,
    Suggestion,
    UnknownScan,
    encode,
)
from kiosk.domain.entries.shelf import PriceLine
from kiosk.domain.ledger import day_of
from kiosk.domain.products import Product
from sync.fleet.places import CAUSES, GOODS, REGIONS, UNKNOWN_CODES, WISHES
from sync.server import admin, migrate
from sync.server.alarms.kinds import Kind
from sync.server.bulk import EntryRow, insert_entries
from sync.server.money import books
from sync.server.rollups import rebuild
from sync.server.schema import kiosk, kiosk_epoch, quarantine, shop, suggestion_text, watermark
from sync.server.schema.alarms import alarm, kiosk_fold
from sync.server.schema.money import bank_line, money_cost, money_payout
from sync.server.schema.voices import suggestion_case
from sync.server.store import Store

DAYS = 730
DAY_MS = 86_400_000
START_MS = 1_735_671_600_000
"""2025-01-01 00:00 in Kazakhstan."""
NOW_MS = START_MS + (DAYS - 1) * DAY_MS + 15 * 3_600_000
"""In the afternoon of the last day."""

LINES_A_SHOP = 10_000
LINES_PER_SALE = 2.5
SALES_A_DAY = LINES_A_SHOP / LINES_PER_SALE / DAYS
PRODUCTS = 60
QR_SHARE = 0.4
CREDITED_SHARE = 0.98
FIRST_REGION_SHARE = 0.12
"""Mangystau has over a hundred shops; the others share the rest evenly."""
BANK_COLUMNS = (
    *("shop_id", "fingerprint", "statement_id", "day", "at_ms", "amount_tenge", "state"),
    *("kiosk_id", "epoch", "seq", "claim_day", "claim_ms", "claimed_tenge", "changed_ms"),
)
DENOMINATIONS = (
    *(("n20000", 20_000), ("n5000", 5_000), ("n2000", 2_000), ("n1000", 1_000), ("n500", 500)),
    *(("c200", 200), ("c100", 100), ("c50", 50), ("c20", 20), ("c10", 10)),
)
FLOAT_TENGE = 5_000
STATE_SIZE_BYTES = 6_000
"""What the alarms keep of a kiosk."""

Tell = Callable[[str, int, int], None]
"""Told what is being done, how much of it is done, and of how much."""


@dataclass(frozen=True, slots=True)
class Sizes:
    """How large it became."""

    shops: int
    lines: int
    entries: int
    bank_lines: int


def shops_of(lines: int) -> int:
    """How many shops sell so many lines in two years."""
    return max(20, round(lines / LINES_A_SHOP))


def region_of(number: int, shops: int) -> str:
    """Where a shop stands, counted from 0."""
    first = round(shops * FIRST_REGION_SHARE)
    return REGIONS[0] if number < first else REGIONS[1 + number % (len(REGIONS) - 1)]


def fill(store: Store, lines: int, tell: Tell = lambda *_: None) -> Sizes:
    """Makes an empty database full; the sums are made by the product's own rebuild."""
    migrate.upgrade(store)
    store.write(lambda c: admin.put_catalogue(c, _catalogue(), now_ms=START_MS))
    shops = shops_of(lines)
    made = [0, 0, 0]
    for number in range(shops):
        tell("journals", number, shops)
        store.write(lambda c, n=number: _add_shop(c, n, shops, made))  # type: ignore[misc]
    # As autovacuum does in time: a plan without it would be another one's.
    _tidy(store)
    done = [0]

    def rebuilt(count: int) -> None:
        done[0] += count
        tell("sums", done[0], made[1])

    rebuild(store, rebuilt)
    tell("money", 0, 1)
    books.catch_up(store, true())
    _tidy(store)
    tell("money", 1, 1)
    return Sizes(shops, *made)


def _tidy(store: Store) -> None:
    if store.is_sqlite:
        store.write(lambda c: c.execute(text("ANALYZE")))
        return
    with store._writer.connect().execution_options(isolation_level="AUTOCOMMIT") as link:
        link.execute(text("VACUUM ANALYZE"))


def _catalogue() -> list[Product]:
    found = []
    for number in range(PRODUCTS):
        goods = GOODS[number % len(GOODS)]
        again = number // len(GOODS)
        # The first fifteen carry their barcodes; the others are variants without one.
        codes = (goods.code,) if goods.code and not again else ()
        names = {x: f"{goods.name} {again or ''}".strip() for x in ("kk", "ru")}
        found.append(
            Product(f"{goods.product_id}-{again}", names, goods.price_tenge, "other", codes)
        )
    return found


_CATALOGUE = _catalogue()
_WEIGHTS = [GOODS[n % len(GOODS)].weight / (1 + n // len(GOODS)) for n in range(PRODUCTS)]
_LINES = [
    [
        SaleLine(x.names["kk"], x.price_tenge, quantity, x.product_id, next(iter(x.codes), None))
        for quantity in (1, 2)
    ]
    for x in _CATALOGUE
]
_LINE_TEXTS = [[msgspec.json.encode(line).decode() for line in some] for some in _LINES]
_SOLD = [(text_, line.total_tenge) for texts, some in zip(_LINE_TEXTS, _LINES, strict=True)
         for text_, line in zip(texts, some, strict=True)]  # fmt: skip
_SOLD_WEIGHTS = [w * share for w in _WEIGHTS for share in (0.85, 0.15)]


class _Shop:
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

    def live(self) -> None:
        """Two years."""
        rng = self.rng
        self._add("boot", Boot("adal 0.1.0"), START_MS)
        busy = rng.uniform(0.5, 1.5)
        picks = iter(rng.choices(_SOLD, _SOLD_WEIGHTS, k=40_000))
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
        count = CashCount(_pieces(counted), by, self.box_tenge if day > 7 else None, f"{form}.cash")
        self._add("cash_count", count, at_ms + 60_000)
        self.box_tenge = counted
        if counted > FLOAT_TENGE:
            out = (counted - FLOAT_TENGE) // 10 * 10
            self._add("cash_out", CashOut(_pieces(out), "bank", by, f"{form}.out"), at_ms + 90_000)
            self.box_tenge -= out
        if day < 7:
            self._add("float_in", FloatIn(_pieces(FLOAT_TENGE), by, f"{form}.in"), at_ms + 95_000)
            self.box_tenge += FLOAT_TENGE
        self._goods(form, by, at_ms + 300_000)

    def _goods(self, form: str, by: str, at_ms: int) -> None:
        gaps = self.rng.choices((0, 1, 2), (95, 4, 1), k=PRODUCTS)
        shelf = tuple(
            StocktakeLine(x.product_id, 20 - gap, 20, x.price_tenge)
            for x, gap in zip(_CATALOGUE, gaps, strict=True)
        )
        self._add("stocktake", Stocktake(shelf, by, f"{form}.stock"), at_ms)
        chosen = self.rng.sample(_CATALOGUE, 15)
        came = tuple(
            RestockLine(x.product_id, 12, unit_cost_tenge=x.price_tenge * 7 // 10) for x in chosen
        )
        self._add("restock", Restock(came, by, f"{form}.goods"), at_ms + 60_000)

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
            line = _LINES[day % PRODUCTS][0]
            tenge = line.total_tenge
            ref = SaleRef(1, self.seq, self.head.hex())
            back = Correction(ref, "shopper", "", (line,), tenge, 0, 0, "qr", 0, {}, {})
            self._add("correction", back, at_ms)
        if day % 365 == self.number % 365:
            one = _CATALOGUE[day % PRODUCTS]
            lines = (PriceLine(one.product_id, one.price_tenge + 10, one.price_tenge),)
            self._add("price_change", PriceChange(lines, "v7", "set"), at_ms)

    def _add(self, kind: str, body: EntryBody, at_ms: int) -> None:
        self._add_payload(kind, encode(Entry(body, Stamp(at_ms, "b0075", at_ms - START_MS))), at_ms)

    def _add_payload(self, kind: str, payload: bytes, at_ms: int) -> None:
        self.seq += 1
        self.head = chain.entry_hash(self.kiosk_id, 1, self.seq, self.head, payload)
        self.rows.append(
            (self.number + 1, self.kiosk_id, 1, self.seq, kind, at_ms, True, at_ms + 60_000)
            + (self.head, self.signature, payload)
        )


@lru_cache(maxsize=None)
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


def _add_shop(connection: Connection, number: int, shops: int, made: list[int]) -> None:
    one = _Shop(number)
    one.live()
    key: dict[str, Any] = {"shop_id": number + 1, "kiosk_id": one.kiosk_id, "epoch": 1}
    connection.execute(
        insert(shop).values(
            shop_id=number + 1,
            slug=f"shop-{number}",
            name=f"Дүкен № {number}",
            cause=CAUSES[number % len(CAUSES)],
            region_code=region_of(number, shops),
            created_ms=START_MS,
        )
    )
    connection.execute(
        insert(kiosk).values(
            kiosk_id=one.kiosk_id, shop_id=number + 1, software="adal", created_ms=START_MS
        )
    )
    connection.execute(
        insert(kiosk_epoch).values(
            **key, public_key=one.public_key, link_hash=chain.GENESIS, status="approved",
            token_hash=os.urandom(32), enrolled_ms=START_MS,
        )
    )  # fmt: skip
    connection.execute(
        insert(watermark).values(
            **key, seq=one.seq, head_hash=one.head, kiosk_head_seq=one.seq + number % 3, forked=False,
            last_seen_ms=NOW_MS - number % 50 * 60_000,
        )
    )  # fmt: skip
    insert_entries(connection, one.rows)
    credits = list(_credits(one))
    _load(connection, bank_line, BANK_COLUMNS, credits)
    for table, rows in _beside(one).items():
        if rows:
            connection.execute(insert(table), rows)
    made[0] += one.lines
    made[1] += len(one.rows)
    made[2] += len(credits)


def _credits(one: _Shop) -> Iterator[tuple[Any, ...]]:
    """What the bank says: nearly every claim, a few credits without one."""
    for seq, at_ms, tenge in one.claims:
        if one.rng.random() > CREDITED_SHARE:
            continue
        day, print_ = day_of(at_ms), os.urandom(32)
        head = (one.number + 1, print_, f"{day:%Y%m}", day, at_ms, tenge)
        if one.rng.random() < 0.99:
            yield (*head, "matched", one.kiosk_id, 1, seq, day, at_ms, tenge, at_ms)
        else:
            yield (*head, "free", None, None, None, None, None, None, at_ms)


def _load(
    connection: Connection, table: Table, columns: tuple[str, ...], rows: list[tuple[Any, ...]]
) -> None:
    names = ", ".join(columns)
    driver: Any = connection.connection.driver_connection
    if connection.dialect.name == "postgresql":
        with driver.cursor() as cursor, cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        return
    marks = ", ".join("?" * len(columns))
    plain = [[x.isoformat() if hasattr(x, "isoformat") else x for x in row] for row in rows]
    driver.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", plain)  # noqa: S608


def _beside(one: _Shop) -> dict[Table, list[dict[str, Any]]]:
    """What stands beside the journal: payouts, costs, suggestions, alarms, states, quarantine."""
    rng, shop_id = one.rng, one.number + 1
    here = {"shop_id": shop_id, "kiosk_id": one.kiosk_id}
    months = [day_of(START_MS) + timedelta(days=n) for n in range(27, DAYS, 30)]
    spent = [
        {
            "shop_id": shop_id, "day": day, "document_id": None, "account_id": 1,
            "created_ms": START_MS, "withdrawn_ms": None, "withdrawn_by": None,
        }
        for day in months
    ]  # fmt: skip
    texts, cases = [], []
    for place, (name, at_ms) in enumerate(one.suggestions):
        key = {**here, "suggestion_id": name}
        texts.append({**key, "salt": b"salt", "body": rng.choice(WISHES), "received_ms": at_ms})
        if place < len(one.suggestions) - 1:
            cases.append(
                {
                    **key, "status": "done", "office": "region", "reply_kk": "Рахмет!",
                    "reply_ru": "Спасибо!", "reply_en": "", "words_public": False,
                    "reply_public": place % 2 == 0, "closed_ms": at_ms + DAY_MS,
                    "deleted_ms": None, "changed_ms": at_ms + DAY_MS,
                }
            )  # fmt: skip
    return {
        money_payout: [
            {**row, "payout_id": f"{n:032x}", "amount_tenge": 20_000, "cause": "Мектепке кітап"}
            for n, row in enumerate(spent)
        ],
        money_cost: [
            {**row, "cost_id": f"{n:032x}", "amount_tenge": 3_000, "what": "Пакет"}
            for n, row in enumerate(spent)
        ],
        suggestion_text: texts,
        suggestion_case: cases,
        alarm: _alarms(one),
        kiosk_fold: [
            {
                **here, "version": 1, "epoch": 1, "seq": one.seq, "cash_due_tenge": 200_000,
                "cash_difference_tenge": -rng.randrange(9_000),
                "state": os.urandom(STATE_SIZE_BYTES),
            }
        ],
        quarantine: [
            {
                **here, "epoch": 1, "seq": one.seq, "content_sha256": os.urandom(32),
                "reason": "forked", "received_ms": NOW_MS - DAY_MS, "prev_hash": bytes(32),
                "hash": bytes(32), "signature": bytes(64), "payload": b"{}",
            }
        ] if one.number % 200 == 7 else [],
    }  # fmt: skip


def _alarms(one: _Shop) -> list[dict[str, Any]]:
    """Every fourth shop has one, as on a bad morning."""
    kinds = (Kind.SILENT, Kind.SOLD_OUT, Kind.CASH_GAP, Kind.BACKLOG)
    if one.number % 4:
        return []
    kind = kinds[one.number // 4 % len(kinds)]
    detail = {
        Kind.SILENT: f'{{"last_seen_ms": {NOW_MS - DAY_MS}, "hours": 30}}',
        Kind.SOLD_OUT: '{"names": ["Самса"], "count": 1}',
        Kind.CASH_GAP: (
            '{"counted_tenge": 18000, "expected_tenge": 20000, "difference_tenge": -2000}'
        ),
        Kind.BACKLOG: '{"waiting": 300}',
    }[kind]
    return [
        {
            "shop_id": one.number + 1, "kind": kind.value, "key": one.kiosk_id, "severity": 2,
            "level": 1, "since_ms": NOW_MS - DAY_MS, "opened_ms": NOW_MS - DAY_MS,
            "last_ms": NOW_MS - DAY_MS, "closed_ms": None, "detail": detail, "acked_ms": None,
            "acked_by": None, "acked_level": None, "ack_note": "", "told_level": 1,
        }
    ]  # fmt: skip
