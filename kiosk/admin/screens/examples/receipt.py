"""A receipt's number, the sale that was found, why and how it is taken back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from kiosk.admin.receipt import FoundSale, ReceiptState, Stage
from kiosk.domain.chain import StoredEntry
from kiosk.domain.checkout import refund_of
from kiosk.domain.entries import CashTender, QrTender, Sale, SaleLine
from kiosk.domain.money import Pieces
from kiosk.domain.products import Product

AT_MS = 1_795_000_000_000
BOX = Pieces.from_codes({"n2000": 2, "n1000": 2, "n500": 3, "c200": 4, "c100": 6, "c20": 9})


def examples(products: dict[str, Product], language: str) -> Iterator[tuple[str, ReceiptState]]:
    """Names and states."""
    yield "typing", ReceiptState()
    yield "searching", ReceiptState(busy=True)
    lines = tuple(
        SaleLine(p.name_in(language), p.price_tenge, 1 + n % 2, p.product_id)
        for n, p in enumerate(list(products.values())[:3])
    )
    total_tenge = sum(line.total_tenge for line in lines)
    tender = CashTender({"n2000": 1}, change_for(2000 - total_tenge))
    sale = Sale("visit", language, lines, total_tenge, tender)
    stored = StoredEntry("", 1, 7, b"", bytes.fromhex("7f3a9c" + "00" * 29), b"", b"")
    found = FoundSale(stored, sale, AT_MS, is_corrected=False)
    one = ReceiptState(Stage.FOUND, found=(found,))
    yield "found", one
    yield "taken-back", replace(one, found=(replace(found, is_corrected=True), found))
    yield "reason", replace(one, stage=Stage.REASON)
    yield "refund", replace(one, stage=Stage.REFUND, refund=refund_of(sale, BOX))
    by_qr = replace(found, sale=Sale("v", language, lines, total_tenge, QrTender(total_tenge)))
    refund = refund_of(by_qr.sale, BOX)
    yield "refund-qr", replace(one, stage=Stage.REFUND, found=(by_qr,), refund=refund)


def change_for(amount_tenge: int) -> dict[str, int]:
    """An amount in a few pieces."""
    pieces: dict[str, int] = {}
    for code, value_tenge in (("n1000", 1000), ("n500", 500), ("c100", 100), ("c10", 10)):
        count, amount_tenge = divmod(amount_tenge, value_tenge)
        pieces |= {code: count} if count else {}
    return pieces
