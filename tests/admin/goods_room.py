"""A back room for the pages about goods, and what earlier visits and shoppers wrote there."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from kiosk.domain.entries import QrTender, Sale, SaleLine, Stocktake, StocktakeLine
from kiosk.domain.products import Catalogue, Product
from tests.admin.back_room import VOLUNTEER, BackRoom
from tests.admin.money_room import services_in
from tests.till.shop import CATALOGUE


def goods_room(directory: Path, goods: Iterable[Product] = CATALOGUE.products) -> BackRoom:
    """The same directory again is the kiosk after a power cut."""
    return BackRoom(directory, Catalogue(1, goods), **services_in(directory))


def sale(product_id: str, quantity: int, checkout_id: str) -> Sale:
    """Somebody bought so many pieces."""
    line = SaleLine("x", 100, quantity, product_id)
    return Sale(checkout_id, "kk", (line,), 100 * quantity, QrTender(100 * quantity))


def counted_before(room: BackRoom, days_ago: float = 7, **quantities: int) -> list[Any]:
    """A week ago somebody counted these goods."""
    lines = tuple(StocktakeLine(i, n, None, 100) for i, n in quantities.items())
    return room.write(
        Stocktake(lines, VOLUNTEER, f"before-{days_ago}-{len(lines)}"), days_ago=days_ago
    )
